"""Terms and causes: what a thing is called, and why something is so.

Both are found by their signal words alone ("known as", "because"), so that few are wrong.
"""

import re
from collections.abc import Iterator

from bot.bank.drafter.clauses import parse_clause, segments, subject_phrase, trim
from bot.bank.drafter.lexicon import ADVERBS, AUXILIARIES, BE, CONJUNCTIONS, PREPOSITIONS, PRONOUNS
from bot.bank.drafter.stems import coordinated, lower_first, verb_phrase
from bot.bank.drafter.values import Value
from bot.bank.facts import FactKind

_CALLED = re.compile(
    r"\b(?:called|known (?:\w+ )?as|referred to (?:\w+ )?as|nicknamed|dubbed|termed|so-called|the "
    r"(?:term|phrase|word|name))"
    r"\s+(?P<article>the |an? )?(?P<open>[\"“‘'])?(?P<term>[^\W\d_][\w’'-]*(?: [\w’'-]+){0,4})"
)
_KIND_OF = re.compile(
    r"\b(?P<term>[a-z][a-z-]+(?: [a-z-]+){0,2}), (?:an? |the )?(?:\w+ )?(?:kind|type|form|sort|species) of\b"
)
_IN_FORM = re.compile(r"\bin the form of (?P<term>[a-z][a-z-]+(?: [a-z-]+)?)(?=[.,;]|$)")
_QUOTED = re.compile(
    r"[\"“](?P<term>[a-z][\w-]*(?: [\w-]+){0,3})[\"”],? (?:which means|meaning|that is|or)\b"
)
_STOPPERS = (
    PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | PRONOUNS | {"because", "when", "where", "while", "after"}
)
_CAUSE = re.compile(
    r"\b(?:because(?! of)|because of|due to|thanks to|owing to|as a result of|caused by)\s+(?P<cause>.+)$"
)
_LONGEST = 80


def find_terms(sentence: str) -> list[Value]:
    """Return the terms that a sentence introduces."""
    found: list[Value] = []
    for pattern in (_CALLED, _QUOTED, _KIND_OF, _IN_FORM):
        for match in pattern.finditer(sentence):
            if pattern is _CALLED and _is_active(sentence, match):
                continue
            term, start = _term(match)
            if term and all(start >= other.end or start + len(term) <= other.start for other in found):
                begin = match.start("article") if match.groupdict().get("article") else match.start("term")
                end = start + len(term)
                asked = "which substance" if pattern is _KIND_OF else "what"
                found.append(Value(begin, end, FactKind.TERM, term, asked, "term"))
    return found


_COMPASS = re.compile(
    r"\b(?:in|on|at|near|off|of|to|from|over) (?P<place>the "
    r"(?:northern|southern|eastern|western|north|south|east|west) "
    r"(?:hemisphere|pole|polar region|coast|shore|slope|tip))\b"
)


def find_quarters(sentence: str) -> Iterator[Value]:
    """Yield places named by the compass: "the southern hemisphere"."""
    for match in _COMPASS.finditer(sentence):
        noun = match["place"].rpartition(" ")[2]
        yield Value(*match.span("place"), FactKind.PLACE, match["place"], f"which {noun}", "quarter")


_FIXED = (
    "mounted|fixed|attached|strapped|bolted|fastened|fitted|welded|moored|anchored|chained|nailed|stitched"
)
_FIXTURE = re.compile(
    r"\b(?:[Aa]n?|[Tt]he) (?P<noun>(?:[\w-]+ ){0,3}?[\w-]+)(?: (?:that|which) [^,;]{3,40}?)? "
    rf"(?:(?:is|was) )?(?P<verb>{_FIXED}) (?P<how>to|onto) "
    r"(?P<place>(?:the [a-z]+ of )?(?:it\b|(?:the |an? |its |[A-ZÀ-Þ])[\w’'-]*"
    r"(?: (?!(?:was|is|were|are|and|that|which|in|on|at|by|to|for|with|during|had|has)\b)[\w’'-]+){0,4}))"
)


def find_fixtures(sentence: str) -> Iterator[Value]:
    """Yield what a thing is fixed to: "a canister strapped to the lander"; "it" is the sentence's subject."""
    for match in _FIXTURE.finditer(sentence):
        place = match["place"]
        if re.search(r"\bit$", place):
            subject = lower_first(subject_phrase(sentence))
            if not subject:
                continue
            place = f"{place[:-2]}{subject}"
        stem = f"{match['how'].capitalize()} what was the {match['noun']} {match['verb']}?"
        yield Value(*match.span("place"), FactKind.PLACE, place, "what", "fixture", stem=stem)


def _is_active(sentence: str, match: re.Match[str]) -> bool:
    """Tell "she called the plan a mistake" from "a process called erosion" and "it is called a delta"."""
    if not match[0].startswith("called"):
        return False
    before = re.findall(r"[\w’'-]+,?", sentence[max(0, match.start() - 40) : match.start()])
    if re.search(r"\ban? (?:[a-z-]+ ){1,3}$", sentence[: match.start()]):
        return False
    last = before[-1] if before else ","
    if last.lower() in BE or last.lower() in ADVERBS:
        return False
    return last.endswith(",") or last[0].isupper() or (match["article"] == "the " and not match["open"])


def _term(match: re.Match[str]) -> tuple[str, int]:
    """Cut a match to the noun phrase it begins with."""
    text = match["term"]
    if match.groupdict().get("open"):
        text = re.split(r"[\"”’'](?:\W|$)", text + " ")[0]
    words: list[str] = []
    for word in text.split():
        if word.lower() in _STOPPERS or word.lower() in ADVERBS:
            break
        words.append(word)
    term = " ".join(words).strip("’'\"")
    if not words or words[0].lower() in (
        "me",
        "him",
        "her",
        "us",
        "them",
        "it",
        "for",
        "on",
        "off",
        "up",
        "out",
    ):
        return "", match.start("term")
    if len(term) < 3 or (term[0].isupper() and not match.groupdict().get("open")) or len(words) > 4:
        return "", match.start("term")
    return term, match.start("term")


def find_causes(sentence: str, names: frozenset[str] = frozenset()) -> Iterator[Value]:
    """Yield why something is so, with its question: the main clause must turn round cleanly."""
    match = _CAUSE.search(sentence)
    if not match or match.start() < 15:
        return
    cause = re.split(r"[;–—(]|, (?:which|who|but|and|while|said|when)\b|[.!?]", match["cause"])[0].strip(
        ' ,"”'
    )
    main = next((span for span in segments(sentence, (match.start(), match.start() + 1))), None)
    if main is None or not 8 <= len(cause) <= _LONGEST or len(cause.split()) < 2:
        return
    begin = max(0, sentence.rfind(",", 0, match.start() - 3) + 1)
    for start in dict.fromkeys((0, begin)):
        stem = _why(sentence, start, match.start(), names)
        if stem:
            yield Value(
                match.start(),
                match.start("cause") + len(cause),
                FactKind.CAUSE,
                cause,
                "why",
                "cause",
                stem=stem,
            )
            return


def _why(sentence: str, start: int, end: int, names: frozenset[str]) -> str:
    """Turn a main clause into a question why; "" where it has no clear subject and verb."""
    clause = parse_clause(sentence, trim(sentence, (start, end)))
    if clause is None or sentence[slice(*clause.subject)].split(maxsplit=1)[0].lower() in PRONOUNS:
        return ""
    subject = lower_first(sentence[slice(*clause.subject)], names)
    rest = sentence[clause.rest[0] : min(clause.rest[1], end)].rstrip(" ,")
    verb, rest = coordinated(verb_phrase(sentence, clause), rest)
    if re.search(r"\b(?:and|but|or)$", rest) or len(subject.split()) > 14:
        return ""
    question = re.sub(r"[“”\"]", "", f"Why {verb.turned(subject)} {rest}")
    question = re.sub(r"\s+", " ", question).strip(" ,.")
    return f"{question}?" if len(question) < 250 else ""
