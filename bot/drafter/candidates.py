"""Candidates: the values of an article that are worth a question, each with the question if one is sure.

What always holds: candidates come best first, at most `MOST` for each hundred words, each with the sentence
it comes from and why it is offered; the same fact told twice is one candidate; no question holds its value.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from bot.bank.facts import FactKind
from bot.drafter.beside import question_beside
from bot.drafter.clauses import read_clauses, read_side_clauses
from bot.drafter.clutter import clutter_reason
from bot.drafter.dates import Published, find_dates
from bot.drafter.names import Mention, Name, country_spellings, find_names, is_given, is_sort
from bot.drafter.numbers import find_numbers
from bot.drafter.paragraphs import Paragraph
from bot.drafter.questions import Setting, question_for
from bot.drafter.referents import Reading, hero_of, subjects, topic_of
from bot.drafter.sentences import split_sentences, without_contractions
from bot.drafter.terms import (
    find_causes,
    find_identities,
    find_matter,
    find_quoted,
    find_shorts,
    find_terms,
    find_tongues,
)
from bot.drafter.values import Span, Value, is_clear, is_free
from bot.drafter.words import CLOSED, PRONOUNS, is_known_word, singular, table, words_of
from bot.drafter.worth import Told, is_worth_asking

LONGEST_PROSE = 100_000  # letters: some 17,000 words; nobody reviews the facts of a book in one file
LONGEST_VALUE = 80  # letters: what a facts file takes
MOST = 2.5  # candidates for each hundred words
_FAINT = 1.6  # what weighs less is no fact that an editor would keep
_FEWEST = 3  # that many are offered however little they weigh
_MOST_OF_A_SENTENCE = 3
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


@dataclass
class ReadText:
    """An article read: its sentences, their names, and whom each is about."""

    readings: list[Reading]
    evidence: list[str]
    names: list[Name]
    subjects: list[Name | None]
    words: int
    title: str
    published: Published | None
    named: dict[str, Name]
    mentions: list[list[tuple[Name, Mention]]] = field(default_factory=list)

    shorts: dict[str, str] = field(default_factory=dict)
    hero: Name | None = None

    @cached_property
    def label(self) -> str:
        """The title of an article that is named after one thing: what a question is about, or must name."""
        plain = re.match(r"(?:[\w’'.-]+ ?){1,4}(?=,|$| \()", self.title)
        if plain is None or any(each.text.rstrip(".") == self.title != each.text for each in self.readings):
            return ""  # the first sentence of a text that has no title
        words = plain[0].split()
        parts = [" ".join(words[:stop]) for stop in range(len(words), 0, -1)]  # "Everton" of "Everton F.C."
        told = (re.compile(rf"\b{re.escape(part)}s?\b.* \w", re.IGNORECASE) for part in parts)
        first = [sum(bool(named.search(each.text)) for each in self.readings[:5]) for named in told]
        fit = (part for part, often in zip(parts, first, strict=True) if often > (part != parts[0]) * 2)
        return plain[0] if self.hero else next(fit, "")

    @cached_property
    def is_news(self) -> bool:
        """Whether it tells of its own day: "on Friday", "he said"; or of Friday, and hardly of years."""
        told, days, years = (
            sum(bool(sign.search(reading.text)) for reading in self.readings)
            for sign in (_OF_A_DAY, _DAYS, _YEARS)
        )
        aging = not self.label and 6 * told > len(self.readings) > 4
        return aging or 30 * days >= len(self.readings) > 10 * years

    @cached_property
    def sentences(self) -> list[str]:
        """The texts of its sentences."""
        return [reading.text for reading in self.readings]

    @cached_property
    def regions(self) -> frozenset[str]:
        """The names of its countries, states and provinces: what may follow a town's."""
        wide = ("country", "state", "region", "province", "county")
        return frozenset(
            each.text for each in self.names if each.noun in wide or each.kind is FactKind.COUNTRY
        )

    @cached_property
    def topic(self) -> frozenset[str]:
        """The common nouns of the title, which a question may take for known."""
        if re.fullmatch(r"[A-Z][a-z]{3,}", self.title) and is_known_word(self.title):
            return frozenset((singular(self.title.lower()),))
        return frozenset(word for word in re.findall(r"\b[a-z]{4,}", self.title) if word not in CLOSED)


_DAYS = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[Tt]oday|[Yy]esterday|[Tt]onight|[Tt]omorrow)\b"
)
_OF_A_DAY, _YEARS = re.compile(rf"{_DAYS.pattern}|\b(?:says?|said|told)\b"), re.compile(r"\b[12]\d{3}\b")


def find_candidates(
    paragraphs: Sequence[Paragraph], published: Published | None = None, title: str = ""
) -> tuple[list[Candidate], ReadText]:
    """Return the candidates of the paragraphs that are read, the best first, and what was read."""
    article = read_text(paragraphs, published, title)
    found = [each for index in range(len(article.readings)) for each in _of_sentence(index, article)]
    ranked = sorted(_merged(found), key=lambda each: (-each.score, each.order))
    room = max(_FEWEST, round(MOST * article.words / 100))
    kept = enumerate(_spread(ranked)[:room])
    return [each for place, each in kept if place < _FEWEST or each.score >= _FAINT], article


def read_text(paragraphs: Sequence[Paragraph], published: Published | None, title: str) -> ReadText:
    """Read paragraphs into sentences, names and clauses."""
    told = [
        (part.number, text)
        for part in paragraphs
        for text in split_sentences(part.text[:LONGEST_PROSE])
        if not text.rstrip("\"”’')").endswith("?") and clutter_reason(text) is None
    ]
    texts = [without_contractions(text) for _, text in told]
    names = find_names(texts, title)
    mentions: list[list[tuple[Name, Mention]]] = [[] for _ in texts]
    for name in names:
        for mention in name.mentions:
            mentions[mention.sentence].append((name, mention))
    for each in mentions:
        each.sort(key=lambda pair: pair[1].start)
    clauses = [
        read_clauses(text, [(mention.start, mention.end) for _, mention in each])
        for text, each in zip(texts, mentions, strict=True)
    ]
    readings = [
        Reading(paragraph, text, tuple(own), tuple(name for name, _ in each))
        for (paragraph, _), text, own, each in zip(told, texts, clauses, mentions, strict=True)
    ]
    words = sum(len(text.split()) for text in texts)
    evidence = [text for _, text in told]
    topic = topic_of(title, texts)
    for name in (name for name in names if name.text == title and name.noun):
        itself = next(iter(topic.values()), replace(name, mentions=[]))
        of_place = name.kind in (FactKind.PLACE, FactKind.COUNTRY)
        nouns = words_of("sorts_of_places") | {"country", "state"} if of_place else ()
        again = {noun for noun in nouns if sum(text.startswith(f"The {noun} ") for text in texts) > 1}
        topic |= dict.fromkeys({name.noun, *again}, itself)
    about = subjects(readings, topic, title)
    shorts = {value.asked.split()[2]: value.text for text in texts for value in find_shorts(text)}
    return ReadText(
        readings, evidence, names, about, words, title, published, topic, mentions, shorts,
        hero_of(readings, title),
    )  # fmt: skip


def _of_sentence(index: int, article: ReadText) -> Iterator[Candidate]:
    reading, mentions = article.readings[index], article.mentions[index]
    text = reading.text
    spans = [(mention.start, mention.end) for _, mention in mentions]
    dated = article.published.year if article.published and article.published.day else 0
    setting = Setting(
        tuple(mentions), article.subjects[index], _things(index, article), article.topic, dated,
        article.label, article.shorts, article.hero, article.is_news,
    )  # fmt: skip
    people = {(mention.start, mention.end) for name, mention in mentions if name.kind is FactKind.PERSON}
    clauses = (*reading.clauses, *read_side_clauses(text, spans, people))
    title = article.title if len(article.title) < 0.7 * len(text) else ""
    values = [
        (value, None)
        for value in _plain_values(text, spans, article.published)
        if value.kind is not FactKind.TERM or value.text.casefold() not in title.casefold()
    ]
    titled = [match.span() for match in re.finditer(re.escape(title) or "(?!)", text)]
    titled += [(value.start, value.end) for value, _ in values if value.form == "quoted"]
    named = [
        (_value_of_name(name, mention, text, article.regions), name)
        for name, mention in mentions
        if not mention.unsure
        and (name.plain or not (name.unsure or is_given(name.text)))
        and not re.search(r"\b[Aa]ccording to (?:\w+ ){0,4}$", text[: mention.start])
        and is_clear(mention.start, mention.end, titled)
    ]
    if not clauses and _is_line_up(text, len(values), len(mentions)):
        return
    told = Told(article.title, article.sentences, mentions)
    for value, name in (*values, *named):
        if len(value.text) > LONGEST_VALUE:
            continue
        guessed = name is not None and not is_sort(name.noun)
        ask = question_for(clauses, value, setting) or question_beside(text, value, setting)
        asked = ask if ask and not guessed and is_worth_asking(ask, value, told) else ""
        yield _weighed(index, article, value, asked, name)
    for cause in find_causes(text):
        yield _weighed(index, article, cause, "", None)


def _is_line_up(text: str, values: int, names: int) -> bool:
    """Tell a list of names or of numbers, which tells no fact that can be asked for alone."""
    return values + names >= _LINE_UP and len(text.split()) < 4 * (values + names)


def _things(index: int, article: ReadText) -> dict[str, Name]:
    """Return what a plain noun means here: "the stadium", where one stadium is named at all."""
    by_noun: dict[str, list[Name]] = {}
    for name in article.names:
        noun = name.noun if name.kind in (FactKind.PLACE, FactKind.ORGANISATION) else ""
        if noun and noun not in words_of("vague_nouns"):
            by_noun.setdefault(noun, []).append(name)
    alone = {noun: names[0] for noun, names in by_noun.items() if len(names) == 1 and not names[0].unsure}
    return {n: name for n, name in alone.items() if index >= name.mentions[0].sentence} | article.named


def _plain_values(text: str, names: list[Span], published: Published | None) -> Iterator[Value]:
    dates = [value for value in find_dates(text, published) if is_free(value.start, value.end, names)]
    taken = [*names, *((value.start, value.end) for value in dates)]
    numbers = find_numbers(text, taken)
    taken += [(value.start, value.end) for value in numbers]
    told = (*find_terms(text), *find_identities(text), *find_tongues(text), *find_matter(text))
    terms = [value for value in told if value.form == "named" or is_clear(value.start, value.end, taken)]
    taken += [(value.start, value.end) for value in terms]
    quoted = [value for value in find_quoted(text) if is_free(value.start, value.end, taken[len(names) :])]
    found = (*dates, *_without_conversions(text, numbers), *terms, *quoted, *find_shorts(text))
    yield from (value for value in found if not _is_small_talk(text, value))


def _without_conversions(text: str, numbers: Sequence[Value]) -> list[Value]:
    """Join a measure with the same one in another unit behind it: "40 miles (64 kilometres)"."""
    kept: list[Value] = []
    for value in numbers:
        between = text[kept[-1].end : value.start] if kept and value.unit else ""
        if re.fullmatch(r" \((?:about |or |roughly )?", between):
            kept[-1] = replace(kept[-1], aliases=(*kept[-1].aliases, value.text))
        else:
            kept.append(value)
    return kept


def _is_small_talk(text: str, value: Value) -> bool:
    """Tell numbers of speech from facts: "the last two years", "a second time", a clock, half a day."""
    if value.form in ("clock", "range", "ordinal") or len(value.text) > 60:
        return value.form != "range"
    if value.kind is not FactKind.QUANTITY or value.form not in ("measure", "count", "times"):
        return False
    if re.match(r" (?:later|earlier|before|after)\b", text[value.end :]):
        return True  # "160 years later"
    before = text[max(0, value.start - 22) : value.start].lower()
    vague = re.search(
        r"\b(?:the (?:last|next|past|first|previous|other)|in just|or|these|those|every|within) $", before
    )
    return bool(vague) and (value.number or 0) < 12 and value.form != "count"


def _value_of_name(name: Name, mention: Mention, text: str, regions: Collection[str]) -> Value:
    """Return a name as a value, with the words beside it that tell its sort as part of what is asked."""
    start, end = mention.start, mention.end
    asked = (
        "who" if name.kind is FactKind.PERSON else "where" if name.noun == "place" else f"which {name.noun}"
    )
    told_as = name.text
    asked = "which war" if re.search(r"\bWar\b", name.text) else asked
    asked = f"which {called}" if (called := table("names")["asked_as"].get(name.noun)) else asked
    if name.kind is not FactKind.PERSON:
        told = re.search(
            r"(?:\b[Tt]he |\b[Aa]n? )?(?P<words>(?:[A-ZÀ-Þ][a-z]+(?:ish|ian|ese|an|ch) )?"
            rf"(?:[a-z-]+ ){{0,2}}{mention.noun}) [\"“‘']?$",
            text[:start],
        )
        if (
            mention.noun
            and told
            and not set(told["words"].split()[:-1]) & (PRONOUNS | words_of("prepositions") | {"and"})
        ):
            start, asked = told.start(), f"which {told['words']}"
        elif mention.noun and text[end:].startswith(f" {mention.noun}"):
            end, asked = end + 1 + len(mention.noun), f"which {mention.noun}"
            told_as += f" {mention.noun}" if name.kind is FactKind.NAME and " " not in name.text else ""
    leading = re.search(r"\b[Tt]he $", text[:start])
    if mention.noun in ("hurricane", "typhoon", "cyclone") and text[:start].lower().endswith(
        f"{mention.noun} "
    ):
        start, told_as = start - len(mention.noun) - 1, f"{mention.noun.capitalize()} {name.text}"
    aliases = [spelt for spelt in name.spellings if spelt != told_as and len(spelt) > 2]
    if name.kind is FactKind.COUNTRY:
        aliases += country_spellings(name.text)
    aliases += _other_forms(name, asked.rpartition(" ")[2], text[end:], regions)
    kind = name.kind or FactKind.NAME
    begin = start - (4 if leading else 0)
    return Value(begin, end, kind, told_as, asked, "name", aliases=tuple(dict.fromkeys(aliases)))


def _other_forms(name: Name, sort: str, behind: str, places: Collection[str]) -> Iterator[str]:
    """Yield what else is right: a surname, "Tarn" for Lake Tarn and the Kingdom of Tarn, "Lund, Ohio"."""
    words = name.text.split()
    if name.kind is FactKind.PERSON:
        if len(words) > 1 and not words[-1].isupper():  # not "IV" of William IV
            yield words[-1]
        return
    bare = re.sub(rf"^{sort}(?: of)?(?: the)? | {sort}$", "", name.text, flags=re.IGNORECASE)
    telling = bare in places or not all(map(is_known_word, bare.split()))  # not "General" of a council
    telling = telling and (name.kind is not FactKind.ORGANISATION or not country_spellings(bare))
    if bare != name.text and len(bare) > 3 and bare[0].isupper() and telling:
        yield bare
    wider = re.match(r", ([A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]\w+)*)", behind)
    if name.kind is FactKind.PLACE and wider and wider[1] in places:
        yield f"{name.text}, {wider[1]}"


# What is worth asking: weights fitted by hand to what editors chose from articles

_STRIKING = re.compile(
    r"\b(?:first|only|largest|smallest|highest|lowest|longest|oldest|youngest|record|most|founded|opened|born|died|"
    r"won|invented|discovered|named|killed|destroyed|completed|established|built|launched|became)\b"
)
_BEGINNING = (6, 13)  # sentences that say what an article is about, and those that go on with it
_DURATIONS = words_of("durations")


def _weighed(index: int, article: ReadText, value: Value, ask: str, name: Name | None) -> Candidate:
    """Return a candidate with its score, and the reasons for it in words."""
    reading, evidence, worth = article.readings[index], article.evidence[index], table("worth")
    score, what = worth.get(value.form) or worth["names"].get(value.kind.value, (0.5, "a name"))
    reasons = [what]
    before = reading.text[: value.start]
    if ask:
        score += 2.0
        reasons.append("its sentence makes a question")
    if striking := _STRIKING.search(evidence):
        score += 0.15
        reasons.append(f"the sentence says “{striking[0]}”")
    if index < _BEGINNING[1]:
        score += 0.7 if index < _BEGINNING[0] else 0.4
        reasons.append("it stands near the beginning")
    if re.search(r"\b(?:is|was) (?:the |an? )?$", before):
        score += 0.7
        reasons.append("the sentence says that it is it")
    score += _weight_of_value(value, asked=bool(ask), beside=before.count("(") > before.count(")"))
    if len(evidence) > 250 or evidence.startswith(("“", '"')):
        score -= 0.5
    if name is not None:
        score += _weight_of_name(name, len(article.mentions[index]), reasons)
    paragraphs, order = (reading.paragraph,), (index, value.start)
    return Candidate(
        paragraphs, evidence, value, ask, reading.text, order, round(score, 2), tuple(reasons), name
    )


def _weight_of_value(value: Value, *, asked: bool, beside: bool) -> float:
    """Weigh what a value is, and whether it stands in brackets."""
    whole = value.form != "date" or re.search(r"\d{4}", value.text)
    weights = (
        (bool(value.hedge), 0.5),
        (value.kind is FactKind.QUANTITY and abs(value.number or 0) <= 3, -0.4),
        (value.unit in _DURATIONS, -0.8 if abs(value.number or 0) < 150 else 0.4),  # how old a thing is
        (not whole, -0.8),
        (value.form == "year" and not asked, -0.4),
        (beside and value.form not in ("quoted", "short", "share"), -0.6),
    )
    return sum(weight for holds, weight in weights if holds)


def _weight_of_name(name: Name, neighbours: int, reasons: list[str]) -> float:
    weight = -0.4 if neighbours > 5 else 0.0
    if name.plain:
        weight -= 0.2
    if name.kind is FactKind.PERSON and " " not in name.text and len(name.mentions) < 3:
        weight -= 0.8  # "David", of whom nothing more is known
    if name.noun in words_of("faint_sorts"):
        weight -= 0.4
    if len(name.mentions) > 1:
        reasons.append(f"it is named {len(name.mentions)} times")
    if any(mention.role or mention.noun for mention in name.mentions):
        weight += 0.8
        reasons.append("the text says who or what it is")
    return weight


def _merged(found: Sequence[Candidate]) -> list[Candidate]:
    """Join what tells the same: a name wherever it stands, a value in sentences with like words."""
    kept: dict[tuple[FactKind, str], list[Candidate]] = {}
    for candidate in sorted(found, key=lambda each: (-each.score, each.order)):
        told = candidate.value.kind in (FactKind.QUANTITY, FactKind.YEAR, FactKind.DATE)
        kind = candidate.value.kind if told else FactKind.NAME
        same = kept.setdefault((kind, candidate.value.same), [])
        for place, other in enumerate(same):
            named = (
                candidate.name is not None
                or candidate.value.form == "date"
                or candidate.ask == other.ask != ""
            )
            if named or _is_like(candidate.evidence, other.evidence):
                both = tuple(sorted({*other.paragraphs, *candidate.paragraphs}))
                again = 0.3 if len(other.paragraphs) == 1 and len(both) > 1 else 0.0
                same[place] = replace(other, paragraphs=both, score=round(other.score + again, 2))
                break
        else:
            same.append(candidate)
    return [candidate for same in kept.values() for candidate in same]


def _is_like(one: str, other: str) -> bool:
    first, second = (set(re.findall(r"[a-z]{4,}", text.lower())) for text in (one, other))
    return len(first & second) >= 0.3 * max(1, min(len(first), len(second)))


def _spread(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Put off what comes from a sentence that has given enough, and numbers of one kind in a row of them."""
    taken: Counter[object] = Counter()
    first: list[Candidate] = []
    later: list[Candidate] = []
    for candidate in ranked:
        value, sentence = candidate.value, candidate.order[0]
        listed = (sentence, value.form) if value.form == "name" and not candidate.ask else None
        row = (value.unit, value.form) if value.form in ("measure", "era") else None
        taken.update((sentence, listed, row))
        enough = (
            taken[sentence] > _MOST_OF_A_SENTENCE
            or (listed and taken[listed] > 2)
            or (row and taken[row] > 3)
        )
        (later if enough else first).append(candidate)
    return [*first, *later]
