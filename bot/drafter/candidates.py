"""Candidates: the values of an article that are worth a question, each with the question if one is sure.

What always holds: candidates come best first, at most `MOST` for each hundred words, each with the sentence
it comes from and why it is offered; the same fact told twice is one candidate; no question holds its value.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.bank.facts import FactKind
from bot.drafter.clauses import read_clause
from bot.drafter.clutter import clutter_reason
from bot.drafter.dates import Published, find_dates, guess_published
from bot.drafter.names import Mention, Name, country_spellings, find_names
from bot.drafter.numbers import find_numbers
from bot.drafter.paragraphs import Paragraph
from bot.drafter.questions import Setting, born_and_died, question_for, why
from bot.drafter.referents import Reading, subjects
from bot.drafter.sentences import split_sentences, without_contractions
from bot.drafter.terms import find_cause, find_terms
from bot.drafter.values import Span, Value, is_free
from bot.drafter.words import PRONOUNS, words_of

LONGEST_PROSE = 100_000  # letters: some 17,000 words; nobody reviews the facts of a book in one file
MOST = 2.6  # candidates for each hundred words
_MOST_OF_A_SENTENCE = 4
_LINE_UP = 9  # names and numbers in a sentence from which on it is a list, and tells no fact


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value worth asking for: where it stands, the sentence it comes from, the question, and why."""

    paragraphs: tuple[int, ...]
    evidence: str
    value: Value
    ask: str
    statement: str
    order: tuple[int, int]
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    name: Name | None = None


@dataclass(slots=True)
class ReadText:
    """An article read: its sentences, their names, and whom each is about."""

    readings: list[Reading]
    evidence: list[str]
    names: list[Name]
    subjects: list[Name | None]
    words: int
    title: str
    published: Published | None
    mentions: list[list[tuple[Name, Mention]]] = field(default_factory=list)


def find_candidates(
    paragraphs: Sequence[Paragraph], published: Published | None = None, title: str = ""
) -> tuple[list[Candidate], ReadText]:
    """Return the candidates of the paragraphs that are read, the best first, and what was read."""
    article = read_text(paragraphs, published, title)
    found = [each for index in range(len(article.readings)) for each in _of_sentence(index, article)]
    ranked = sorted(_merged(found), key=lambda each: (-each.score, each.order))
    room = max(3, round(MOST * article.words / 100))
    return _spread(ranked)[:room], article


def read_text(paragraphs: Sequence[Paragraph], published: Published | None, title: str) -> ReadText:
    """Read paragraphs into sentences, names and clauses."""
    told = [
        (part.number, text)
        for part in paragraphs
        for text in split_sentences(part.text[:LONGEST_PROSE])
        if not text.rstrip("\"”’')").endswith("?") and clutter_reason(text) is None
    ]
    texts = [without_contractions(text) for _, text in told]
    names = find_names(texts)
    mentions: list[list[tuple[Name, Mention]]] = [[] for _ in texts]
    for name in names:
        for mention in name.mentions:
            mentions[mention.sentence].append((name, mention))
    for each in mentions:
        each.sort(key=lambda pair: pair[1].start)
    readings = [
        Reading(
            paragraph,
            text,
            read_clause(text, [(mention.start, mention.end) for _, mention in each]),
            tuple(name for name, _ in each),
        )
        for (paragraph, _), text, each in zip(told, texts, mentions, strict=True)
    ]
    words = sum(len(text.split()) for text in texts)
    published = published or guess_published(texts)
    evidence = [text for _, text in told]
    about = subjects(readings)
    return ReadText(readings, evidence, names, about, words, title, published, mentions)


def _of_sentence(index: int, article: ReadText) -> Iterator[Candidate]:
    reading, mentions = article.readings[index], article.mentions[index]
    text = reading.text
    spans = [(mention.start, mention.end) for _, mention in mentions]
    setting = Setting(tuple(mentions), article.subjects[index])
    values = [(value, None) for value in _plain_values(text, spans, article.published)]
    named = [(_value_of_name(name, mention, text), name) for name, mention in mentions if not mention.unsure and not name.unsure]
    if len(values) + len(mentions) >= _LINE_UP and len(text.split()) < 6 * (len(values) + len(mentions)):
        return
    for value, name in (*values, *named):
        ask = born_and_died(text, value, setting) or question_for(reading.clause, value, setting)
        yield _candidate(index, article, value, ask, name)
    if (found := find_cause(text, spans)) is not None:
        value, clause = found
        yield _candidate(index, article, value, why(clause, setting), None)


def _plain_values(text: str, names: list[Span], published: Published | None) -> Iterator[Value]:
    dates = [value for value in find_dates(text, published) if is_free(value.start, value.end, names)]
    taken = [*names, *((value.start, value.end) for value in dates)]
    numbers = find_numbers(text, taken)
    taken += [(value.start, value.end) for value in numbers]
    terms = [value for value in find_terms(text) if is_free(value.start, value.end, taken)]
    yield from (value for value in (*dates, *numbers, *terms) if not _is_small_talk(text, value))


def _is_small_talk(text: str, value: Value) -> bool:
    """Tell numbers of speech from facts: "the last two years", "a second time", a clock, half a day."""
    if value.form in ("clock", "range", "ordinal") or len(value.text) > 60:
        return value.form != "range"
    if value.kind is not FactKind.QUANTITY or value.form not in ("measure", "count", "times"):
        return False
    before = text[max(0, value.start - 22) : value.start].lower()
    vague = re.search(r"\b(?:the (?:last|next|past|first|previous|other)|in just|or|these|those|every|within) $", before)
    return bool(vague) and (value.number or 0) < 12 and value.form != "count"


def _value_of_name(name: Name, mention: Mention, text: str) -> Value:
    """Return a name as a value, with the words beside it that tell its sort as part of what is asked."""
    start, end = mention.start, mention.end
    asked = "who" if name.kind is FactKind.PERSON else "where" if name.noun == "place" else f"which {name.noun}"
    if name.noun == "state":
        asked = "which state"
    if name.noun in ("body", "period", "group", "center", "centre", "service", "office", "office"):
        asked = {"body": "which celestial body", "group": "which group", "period": "which period"}.get(
            name.noun, "which organisation"
        )
    if name.kind is not FactKind.PERSON:
        told = re.search(
            rf"(?:\b[Tt]he |\b[Aa]n? )?(?P<words>(?:[A-ZÀ-Þ][a-z]+(?:ish|ian|ese|an|ch) )?(?:[a-z-]+ ){{0,2}}{mention.noun}) [\"“‘']?$",
            text[:start],
        )
        if mention.noun and told and not set(told["words"].split()[:-1]) & (PRONOUNS | words_of("prepositions") | {"and"}):
            start, asked = told.start(), f"which {told['words']}"
        elif mention.noun and text[end:].startswith(f" {mention.noun}"):
            end, asked = end + 1 + len(mention.noun), f"which {mention.noun}"
    leading = re.search(r"\b[Tt]he $", text[:start])
    aliases = [spelt for spelt in name.spellings if spelt != name.text and len(spelt) > 2]
    if name.kind is FactKind.COUNTRY:
        aliases += country_spellings(name.text)
    if name.kind is FactKind.PERSON and " " in name.text:
        aliases.append(name.text.split()[-1])
    kind = name.kind or FactKind.NAME
    begin = start - (4 if leading else 0)
    return Value(begin, end, kind, name.text, asked, "name", aliases=tuple(dict.fromkeys(aliases)))


def _candidate(index: int, article: ReadText, value: Value, ask: str, name: Name | None) -> Candidate:
    reading = article.readings[index]
    draft = Candidate(
        (reading.paragraph,),
        article.evidence[index],
        value,
        ask,
        reading.text,
        (index, value.start),
        name=name,
    )
    return _weighed(draft, index, article)


# What is worth asking

_WORTH = {
    "date": (2.2, "a date"), "month": (1.8, "a month and year"), "year": (2.0, "a year"),
    "decade": (0.8, "a decade"), "century": (0.8, "a century"), "season": (0.6, "a season"),
    "relative": (0.2, "a year"), "era": (1.0, "a year"), "money": (1.9, "a sum of money"),
    "share": (1.9, "a percentage"), "measure": (1.6, "a measure"), "count": (1.2, "a count"),
    "times": (1.0, "a number of times"), "rank": (1.2, "a rank"), "place": (1.2, "a rank"), "nth": (1.2, "a rank"),
    "fraction": (1.0, "a fraction"), "odds": (1.2, "a proportion"), "score": (1.4, "a score"),
    "compound": (1.2, "a measure"), "age": (0.3, "an age"), "ago": (0.0, "a time"), "range": (1.0, "a range"),
    "term": (1.8, "what something is called"), "cause": (1.8, "a reason"),
}  # fmt: skip
_NAMES_WORTH = {
    FactKind.PERSON: (1.9, "a person"), FactKind.PLACE: (1.1, "a place"), FactKind.COUNTRY: (0.6, "a country"),
    FactKind.ORGANISATION: (1.5, "an organisation"), FactKind.NAME: (1.6, "a thing with a name"),
    FactKind.PERIOD: (0.2, "a period"),
}  # fmt: skip
_STRIKING = re.compile(
    r"\b(?:first|only|largest|smallest|highest|lowest|longest|oldest|youngest|record|most|founded|opened|born|died|"
    r"won|invented|discovered|named|killed|destroyed|completed|established|built|launched|became)\b"
)


def _weighed(candidate: Candidate, index: int, article: ReadText) -> Candidate:
    """Give a candidate its score, and the reasons for it in words."""
    value, text = candidate.value, candidate.evidence
    score, what = _WORTH.get(value.form) or _NAMES_WORTH.get(value.kind, (0.5, "a name"))
    reasons = [what]
    if candidate.ask:
        score += 2.0
        reasons.append("its sentence makes a question")
    if _STRIKING.search(text):
        score += 0.6
        reasons.append(f"the sentence tells of something “{_STRIKING.search(text)[0]}”")  # type: ignore[index]
    topic = set(re.findall(r"[A-ZÀ-Þ]\w{2,}", article.title)) & set(re.findall(r"\w+", text))
    if topic:
        score += 0.3
        reasons.append("it names what the article is about")
    if candidate.order[0] < 6:
        score += 0.4
        reasons.append("it stands near the beginning")
    if value.kind is FactKind.QUANTITY and value.form in ("count", "measure", "times"):
        small = abs(value.number or 0) <= 3 or (value.unit in ("years", "days", "weeks", "months", "hours", "minutes", "seconds"))
        score -= 0.7 if small else 0.0
    if candidate.name is not None:
        score += _weight_of_name(candidate, candidate.name, article, reasons)
    if re.match(r"[\"“]", text) or "”" in text:
        score -= 0.5
    if re.search(r"\b(?:if|would|could|might|may)\b", text):
        score -= 0.5
    if article.readings[index].clause is None:
        score -= 0.2
    return replace(candidate, score=round(score, 2), reasons=tuple(reasons))


def _weight_of_name(candidate: Candidate, name: Name, article: ReadText, reasons: list[str]) -> float:
    times = len(name.mentions)
    told = name.mentions[0].sentence == candidate.order[0]
    weight = 0.3 if told else -0.4
    if times > max(5, len(article.readings) // 6):
        reasons.append("the article is much about it")
        return weight - 0.5
    if times > 1 and name.kind is not FactKind.COUNTRY:
        weight += 0.3
        reasons.append(f"it is named {times} times")
    if any(mention.role or mention.noun for mention in name.mentions):
        weight += 0.4
        reasons.append("the text says who or what it is")
    return weight


def _merged(found: Sequence[Candidate]) -> list[Candidate]:
    """Join what tells the same: a name wherever it stands, a value in sentences with like words."""
    kept: dict[tuple[FactKind, str], list[Candidate]] = {}
    for candidate in sorted(found, key=lambda each: (-each.score, each.order)):
        same = kept.setdefault((candidate.value.kind, candidate.value.same), [])
        for place, other in enumerate(same):
            if candidate.name is not None or _is_like(candidate.evidence, other.evidence):
                both = tuple(sorted({*other.paragraphs, *candidate.paragraphs}))
                same[place] = replace(other, paragraphs=both)
                break
        else:
            same.append(candidate)
    return [candidate for same in kept.values() for candidate in same]


def _is_like(one: str, other: str) -> bool:
    first, second = (set(re.findall(r"[a-z]{4,}", text.lower())) for text in (one, other))
    return len(first & second) >= 0.3 * max(1, min(len(first), len(second)))


def _spread(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Put off what comes from a sentence that has given enough, and numbers of one kind in a row of them."""
    taken: dict[int, int] = {}
    first, later = [], []
    for candidate in ranked:
        sentence = candidate.order[0]
        taken[sentence] = taken.get(sentence, 0) + 1
        (first if taken[sentence] <= _MOST_OF_A_SENTENCE else later).append(candidate)
    return [*first, *later]
