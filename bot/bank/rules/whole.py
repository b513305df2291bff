"""Rules for the bank as a whole: what one question alone cannot show."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations

from bot.bank.folding import folded
from bot.bank.rules import Entry, Loc, Whole, whole_rule
from bot.bank.rules.text import content_words, options_of
from bot.quiz.question import Kind, Question

Found = Iterator[tuple[Entry, Loc, str]]


@whole_rule("error")
def duplicate_id(whole: Whole) -> Found:
    """Two questions have the same id, in one file or in two.

    Scores and cards remember questions by their id. Rename the later one.
    """
    first: dict[str, Entry] = {}
    for entry in whole.entries:
        earlier = first.setdefault(entry.question.id, entry)
        if earlier is not entry and entry.question.id:
            line, _ = _mark(earlier)
            where = f"{earlier.document.path}:{line}"
            yield entry, ("id",), f"the id `{entry.question.id}` is taken, at {where}: rename this one"


def _mark(entry: Entry) -> tuple[int, int]:
    from bot.bank.document import mark_of

    return mark_of(entry.document, (*entry.loc, "id"))


@whole_rule("error")
def unknown_topic(whole: Whole) -> Found:
    """A question's topic is none of those that the bank declares under `topics:`.

    Players would never find it. Write one of the declared topics, or declare it. Where neither a question
    file nor the facts file beside it declares topics, every topic is known.
    """
    hint = cache(lambda topic: _closest_topic(topic, whole.topics))
    for entry in whole.entries:
        topic = entry.question.topic
        if topic and topic not in whole.topics and entry.document.path in whole.declaring:
            yield entry, ("topic",), f"there is no topic `{topic}`{hint(topic)}"


_FEW_TOPICS = 40  # more are not listed, nor compared with what was written


def _closest_topic(topic: str, topics: Mapping[str, str]) -> str:
    from rapidfuzz import fuzz, process

    known = list(topics)[:_FEW_TOPICS]
    best = process.extractOne(topic[:60], known, scorer=fuzz.ratio, score_cutoff=60)
    if best:
        return f": did you mean `{best[0]}`?"
    return f": write one of {', '.join(known)}, or declare it under `topics:`"


def _sense(question: Question) -> str:
    """Return what is asked, fit to be compared: with the options, where the stem points to them."""
    stem = folded(question.stem)
    if re.search(r"\b(?:of these|of the following|which comes|which came|which is|which was)\b", stem):
        return f"{stem} {' '.join(sorted(folded(text) for _, text in options_of(question)))}"
    return stem


@whole_rule("warning")
def same_stem(whole: Whole) -> Found:
    """Two questions of the same kind ask the same in the same words.

    Players think that they have met it. Merge them, or word one of them otherwise; about different pictures
    the same may be asked. (H&D 4)
    """
    first: dict[tuple[str, str, str], Entry] = {}
    for entry in whole.entries:
        question = entry.question
        if not question.stem:
            continue
        image = question.picture.image if question.picture is not None else ""
        earlier = first.setdefault((question.kind, _sense(question), image), entry)
        if earlier is not entry:
            yield entry, ("stem",), f"`{earlier.question.id}` asks this in the same words: reword or merge"


@whole_rule("warning")
def near_duplicate_stems(whole: Whole) -> Found:
    """Two stems of the same kind are the same but for a few letters or small words.

    One of them is probably a slip or a copy. Stems that differ in a name or number are different
    questions. (H&D 4)
    """
    by_kind: dict[str, dict[str, Entry]] = defaultdict(dict)
    for entry in whole.entries:
        if entry.question.stem:
            by_kind[entry.question.kind].setdefault(_sense(entry.question), entry)
    for senses in by_kind.values():
        for first, second in _near(senses):
            yield second, ("stem",), f"nearly the stem of `{first.question.id}`: reword or merge them"


_NEAR = 92.0  # of 100: rapidfuzz's ratio of two stems with their words in order
_MAX_COMPANY = 60  # a word that more stems share tells nothing


def _near(senses: Mapping[str, Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Yield pairs of nearly equal texts; compares only those that share one of their two rarest words."""
    from rapidfuzz import fuzz

    in_order = {sense: " ".join(sorted(sense.split())) for sense in senses}
    telling = {sense: _telling_words(entry.question) for sense, entry in senses.items()}
    words = {sense: content_words(sense) for sense in senses}
    counts = Counter(word for group in words.values() for word in group)
    company: dict[str, list[str]] = defaultdict(list)
    for sense, group in words.items():
        rarest = sorted(group, key=lambda word: (counts[word] == 1, counts[word], word))
        for word in rarest[:3]:
            if 1 < counts[word] <= _MAX_COMPANY:
                company[word].append(sense)
    told: set[tuple[str, str]] = set()
    for companions in company.values():
        for pair in combinations(companions, 2):
            first, second = pair
            if pair not in told and telling[first] == telling[second]:
                told.add(pair)
                if fuzz.ratio(in_order[first], in_order[second], score_cutoff=_NEAR) >= _NEAR:
                    yield senses[first], senses[second]


def _telling_words(question: Question) -> frozenset[str]:
    """Return the names and numbers in a stem: what makes a different question of like words."""
    found = re.findall(r"(?<!^)\b[A-Z][\w'’-]*|(?<!\w)\w*\d\w*", question.stem)
    opposites = re.findall(
        r"\b(?:first|last|earliest|latest|largest|smallest|longest|shortest|near|far|north|south|high|low"
        r"|hottest|coldest|day|night|before|after|most|least|more|less|not)\w*",
        question.stem.casefold(),
    )
    return frozenset((*found, *opposites))


@whole_rule("warning")
def unpressable_topic(whole: Whole) -> Found:
    """No question on a topic can be answered by pressing a button.

    A game asks by buttons, so players who pick the topic get none. Write distractors for some of its
    questions, or questions of kinds that are pressed.
    """
    first: dict[str, Entry] = {}
    askable: set[str] = set()
    for entry in whole.entries:
        first.setdefault(entry.question.topic, entry)
        if entry.question.is_pressed or entry.broken:
            askable.add(entry.question.topic)
    for topic, entry in first.items():
        if topic and topic not in askable:
            yield entry, ("topic",), f"no question on `{topic}` can be answered by a button: add distractors"


@whole_rule("warning")
def unknown_enemy(whole: Whole) -> Found:
    """`enemies` names no question and no fact of the bank.

    It keeps nothing apart, and is probably a slip. Write the id of a question or of a fact.
    """
    known = {name for entry in whole.entries for name in (entry.question.id, entry.question.fact)}
    for entry in whole.entries:
        for place, name in enumerate(entry.question.enemies):
            if name not in known:
                yield (
                    entry,
                    ("enemies", place),
                    f"no question or fact is called `{name}`: mend it, or take it out",
                )


@whole_rule("warning")
def twin_options(whole: Whole) -> Found:
    """Two questions, of whatever kinds, have the same options and the same key.

    They are one question in two wordings: who has met one knows the other. Merge them, or give one of them
    other options. (H&D 4)
    """
    first: dict[tuple[str, frozenset[str]], Entry] = {}
    for entry in whole.entries:
        question = entry.question
        if len(question.options) < 3 or question.kind is Kind.TRUE_FALSE:
            continue
        options = frozenset(folded(option) for option in question.options)
        earlier = first.setdefault((folded(question.key), options), entry)
        if earlier is not entry:
            message = (
                f"`{earlier.question.id}` has the same key and options: merge them, or change the options"
            )
            yield entry, ("distractors",), message


@whole_rule("warning")
def shared_explanation(whole: Whole) -> Found:
    """More than two questions have the same explanation.

    Players read it again, and it can hardly say why each of the keys is right. Write one for each.
    """
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in whole.entries:
        if entry.question.explanation:
            found[entry.question.explanation].append(entry)
    for entries in found.values():
        for entry in entries[2:]:
            message = f"{len(entries)} questions have this explanation: write one that fits this key"
            yield entry, ("explanation",), message


_OFTEN = 4


@whole_rule("warning")
def always_the_key(whole: Whole) -> Found:
    """Something is the right answer whenever it is among the options, four times or more.

    Who has noticed need not think. Offer it as a wrong answer too, or ask for it less often.
    """
    offered: dict[str, int] = defaultdict(int)
    right: dict[str, list[Entry]] = defaultdict(list)
    for entry in whole.entries:
        question = entry.question
        if question.kind is Kind.TRUE_FALSE or len(question.options) < 2:
            continue
        for option in {folded(text) for text in question.options}:
            offered[option] += 1
        right[folded(question.key)].append(entry)
    for option, entries in right.items():
        if len(entries) == offered[option] >= _OFTEN:
            message = (
                f"`{entries[0].question.key}` is the key each of the {offered[option]} times it is offered"
            )
            yield entries[0], ("key",), f"{message}: offer it as a wrong answer too"
