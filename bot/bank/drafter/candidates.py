"""Candidates: the values of an article that are worth a question, each with the question.

What always holds: candidates stand in the order of their first paragraph; the same fact told twice is one
candidate with both paragraphs; no stem holds its value.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.bank.drafter import gazetteer
from bot.bank.drafter.antecedents import contexts
from bot.bank.drafter.clutter import clutter_reason
from bot.bank.drafter.dates import Published, find_dates, guess_published
from bot.bank.drafter.lexicon import (
    NEVER_NAMES,
    PREPOSITIONS,
    base_of_past,
    base_of_third_person,
)
from bot.bank.drafter.names import Mention, Name, find_names, misspellings
from bot.bank.drafter.numbers import find_numbers
from bot.bank.drafter.paragraphs import Paragraph
from bot.bank.drafter.sentences import split_sentences, without_contractions
from bot.bank.drafter.stems import Context, Stem, write_stem
from bot.bank.drafter.terms import find_causes, find_fixtures, find_quarters, find_terms
from bot.bank.drafter.values import Span, Value, is_free
from bot.bank.facts import FactKind

LONGEST_PROSE = 100_000  # letters: some 17,000 words; nobody reviews the facts of a book in one file
_MENTIONS_TRIED = 6
_BACKGROUND = frozenset({"Earth", "Sun", "Solar System", "Milky Way"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to draw facts from, with what its pronouns stand for."""

    paragraph: int
    text: str
    evidence: str
    context: Context = field(default_factory=Context)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value worth asking for: where it stands, the sentence it comes from, the question."""

    paragraphs: tuple[int, ...]
    evidence: str
    value: Value
    stem: Stem
    spellings: tuple[str, ...] = ()
    noun: str = ""
    order: tuple[int, int] = field(default=(0, 0))


def find_candidates(paragraphs: Sequence[Paragraph], published: Published | None = None) -> list[Candidate]:
    """Return the candidates of the paragraphs that are read, in their order."""
    plain = [
        Sentence(part.number, without_contractions(text), text)
        for part in paragraphs
        if not part.cells
        for text in split_sentences(part.text[:LONGEST_PROSE])
        if not text.rstrip("\"”’')").endswith("?") and clutter_reason(text) is None
    ]
    published = published or guess_published(sentence.text for sentence in plain)
    names = find_names([sentence.text for sentence in plain])
    stands_for = contexts([sentence.text for sentence in plain], names, published.year if published else 0)
    sentences = [replace(sentence, context=each) for sentence, each in zip(plain, stands_for, strict=True)]
    taken = _name_spans(names)
    found: list[Candidate] = []
    first: dict[str, list[Candidate]] = {}
    for index, sentence in enumerate(sentences):
        drawn = first.get(sentence.text)
        if drawn is None:
            drawn = first[sentence.text] = list(
                _of_sentence(index, sentence, taken.get(index, []), published)
            )
            found.extend(drawn)
        else:
            found.extend(replace(candidate, paragraphs=(sentence.paragraph,)) for candidate in drawn)
    found.extend(_of_rows(paragraphs, [sentence.paragraph for sentence in sentences]))
    merged = [_everywhere(candidate, sentences) for candidate in _merged(found)]
    many = max(4.0, 0.3 * len({sentence.paragraph for sentence in sentences}))
    meant = _meant(names, sentences)
    for name in names:
        candidate = _of_name(name, many, sentences)
        if candidate is not None:
            told = {*candidate.paragraphs, *meant.get(name.text, ())}
            merged.append(replace(candidate, paragraphs=tuple(sorted(told))))
    slips = misspellings(names)
    wrong = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(slips, key=len, reverse=True)))})(?!\w)")
    return sorted((_respelt(candidate, wrong, slips) for candidate in merged), key=lambda each: each.order)


def _respelt(candidate: Candidate, wrong: re.Pattern[str], slips: Mapping[str, str]) -> Candidate:
    """Spell names in the question and the statement as the article usually does."""
    text, statement = (
        wrong.sub(lambda match: slips[match[0]], part)
        for part in (candidate.stem.text, candidate.stem.statement)
    )
    return replace(candidate, stem=replace(candidate.stem, text=text, statement=statement))


def _is_quoted(text: str) -> bool:
    return text[:1] in "“\"‘'"


# Tables


_YEARS = re.compile(r"\b(?:[Yy]ear|[Dd]ate|[Bb]uilt|[Ff]ounded|[Oo]pened|[Bb]orn|[Dd]ied)\b")


def _of_rows(paragraphs: Sequence[Paragraph], prose: Sequence[int]) -> Iterator[Candidate]:
    """Yield the numbers and dates of table rows, asked for by the column's head and the row's first cell.

    `prose` are the paragraphs of the sentences, in order: rows stand between them.
    """
    for part in paragraphs:
        if len(part.cells) < 2 or len(part.cells) != len(part.heads) or re.search(r"\d", part.cells[0]):
            continue
        for place, (head, cell) in enumerate(zip(part.heads[1:], part.cells[1:], strict=True)):
            read = [*find_dates(cell), *find_numbers(cell, [])][:1]
            if re.fullmatch(r"(?:1\d|20)\d\d", cell) and _YEARS.search(head):
                read = [Value(0, 4, FactKind.YEAR, cell, "which year", "year", number=float(cell))]
            if not read or not head or read[0].text in head:
                continue
            stem = f"What does the article's table give as “{head}” for {part.cells[0]}?"
            statement = f"{part.cells[0]}, {head[0].lower()}{head[1:]}: {cell}."
            order = (bisect_left(prose, part.number), 1_000 * (part.number - 1_000_000) + place)
            value = replace(read[0], note="From a table: put the question into words.")
            yield Candidate((part.number,), part.text, value, Stem(stem, statement), order=order)


# Numbers, dates, terms and causes


def _name_spans(names: Sequence[Name]) -> dict[int, list[Span]]:
    """Return where names with digits in them stand, by sentence: their digits are no numbers."""
    spans: dict[int, list[Span]] = {}
    for name in names:
        for mention in name.mentions:
            spans.setdefault(mention.sentence, []).append((mention.start, mention.end))
    return spans


def _of_sentence(
    index: int, sentence: Sentence, names: list[Span], published: Published | None
) -> Iterator[Candidate]:
    text = sentence.text
    dates = [value for value in find_dates(text, published) if is_free(value.start, value.end, names)]
    taken = [*names, *((value.start, value.end) for value in dates)]
    numbers = find_numbers(text, taken)
    terms = [value for value in find_terms(text) if is_free(value.start, value.end, taken)]
    values = [*dates, *numbers, *terms, *find_quarters(text), *find_fixtures(text)]
    values += find_causes(text, sentence.context.names)
    for value in [part for whole in values for part in _parts(text, whole)]:
        if not _is_worth_asking(text, value):
            continue
        stem = write_stem(text, value, sentence.context)
        yield Candidate((sentence.paragraph,), sentence.evidence, value, stem, order=(index, value.start))


_TWO_WAYS = re.compile(r" (?:as )?(?P<one>\w+(?:er|ly)) and (?P<two>(?:more )?\w+(?:er|ly|r))\b")


def _parts(text: str, value: Value) -> Iterator[Value]:
    """Yield two values for "400 times larger and farther", which tells two facts; else the value itself."""
    match = _TWO_WAYS.match(text, value.end) if value.form == "times" else None
    if match is None:
        yield value
        return
    for way in ("one", "two"):
        yield replace(value, end=match.end(), asked=f"how many times {match[way]}", form="ratio")


def _is_worth_asking(text: str, value: Value) -> bool:
    """Tell facts from numbers of speech: vague times, small talk, things said of no one."""
    if (
        value.form == "measure"
        and value.unit in ("seconds", "minutes", "days", "times")
        and value.number == 1
    ):
        return False
    if value.form == "times" and value.number == 1:
        return False
    if value.kind is FactKind.QUANTITY and value.form in ("measure", "count") and _is_vague(text, value):
        return False
    return len(value.text) <= 80


def _is_vague(text: str, value: Value) -> bool:
    """Tell "the last two years", "the next five days", "for two or three weeks"."""
    before = text[max(0, value.start - 22) : value.start].lower()
    return bool(
        re.search(r"\b(?:the (?:last|next|past|first|previous|other)|in just|or|these|those) $", before)
    ) and ((value.number or 0) < 10)


def _merged(found: Sequence[Candidate]) -> list[Candidate]:
    """Join candidates that tell the same fact in different paragraphs: the same value in like words."""
    kept: list[Candidate] = []
    by_value: dict[tuple[FactKind, str], list[int]] = {}
    for candidate in found:
        key = (candidate.value.kind, candidate.value.same)
        for position in by_value.get(key, [])[:20]:
            other = kept[position]
            repeated = (
                candidate.paragraphs[0] not in other.paragraphs
                or candidate.stem.text == other.stem.text != ""
            )
            if repeated and _likeness(candidate.evidence, other.evidence) >= 0.25:
                both = tuple(sorted({*other.paragraphs, *candidate.paragraphs}))
                kept[position] = replace(other, paragraphs=both)
                break
        else:
            by_value.setdefault(key, []).append(len(kept))
            kept.append(candidate)
    return kept


def _everywhere(candidate: Candidate, sentences: Sequence[Sentence]) -> Candidate:
    """Give a term every paragraph that uses it."""
    if candidate.value.form != "term":
        return candidate
    term = _spaced(candidate.value.text)
    uses = {sentence.paragraph for sentence in sentences if f" {term} " in f" {_spaced(sentence.text)} "}
    return replace(candidate, paragraphs=tuple(sorted({*candidate.paragraphs, *uses})))


def _spaced(text: str) -> str:
    return " ".join(re.findall(r"[\w’]+", text.casefold()))


def _likeness(one: str, other: str) -> float:
    first, second = _content(one), _content(other)
    return len(first & second) / max(1, min(len(first), len(second)))


def _content(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]{3,}", text.lower()) if word not in NEVER_NAMES}


# Names

_CRAFT_NOUNS = "|".join(sorted(word for word, kind in gazetteer.suffix_kinds().items() if kind == "craft"))
_MEANT = re.compile(
    rf"\b[Tt]he (?P<noun>{_CRAFT_NOUNS})\b(?! [A-Z0-9])|^(?:This|It) (?:is|was|will be) "
    rf".*?\b(?P<told>{_CRAFT_NOUNS})\b"
)


def _meant(names: Sequence[Name], sentences: Sequence[Sentence]) -> dict[str, set[int]]:
    """Return the paragraphs that speak of a named craft as "the mission", "the ship", without its name.

    It is the one last named with this noun; before there is any, the craft that the article names first.
    """
    crafts = sorted((m.sentence, name.text, m.noun) for name in names if name.is_craft for m in name.mentions)
    found: dict[str, set[int]] = {}
    for index, sentence in enumerate(sentences):
        match = _MEANT.search(sentence.text) if crafts else None
        if match is None:
            continue
        noun = match["noun"] or match["told"]
        before = [(text, kind) for place, text, kind in crafts if place <= index]
        named = [text for text, kind in before if kind == noun] or [text for text, _ in before[:1]]
        if named:
            found.setdefault(named[-1], set()).add(sentence.paragraph)
    return found


def _of_name(name: Name, many: float, sentences: Sequence[Sentence]) -> Candidate | None:
    """Ask for a name in the best of the sentences it stands in; None where none asks well.

    A name in more than `many` paragraphs is what the article is about.
    """
    if name.text in gazetteer.WIRES or len(name.text) > 80 or len(name.text) < 2:
        return None
    paragraphs = tuple(sorted({sentences[mention.sentence].paragraph for mention in name.mentions}))
    topical = len(paragraphs) > many
    hidden = _giveaways(name)
    best: tuple[float, Candidate] | None = None
    for mention in name.mentions[:_MENTIONS_TRIED] if not topical else name.mentions[:40]:
        sentence = sentences[mention.sentence]
        value = _value_of_name(name, mention, sentence.text)
        stem = write_stem(sentence.text, value, sentence.context, hidden=hidden)
        score = _name_score(name, mention, sentence, stem, topical=topical)
        order = (name.mentions[0].sentence, name.mentions[0].start)
        spellings = tuple(text for text in name.spellings if text != name.text)
        candidate = Candidate(paragraphs, sentence.evidence, value, stem, spellings, name.noun, order)
        if best is None or score > best[0]:
            best = (score, candidate)
    return best[1] if best and best[0] > 0 else None


def _value_of_name(name: Name, mention: Mention, text: str) -> Value:
    asked = "who" if name.kind is FactKind.PERSON else "what" if name.noun == "name" else f"which {name.noun}"
    start = mention.begin if name.kind is FactKind.PERSON else mention.start
    leading = re.search(r"\b[Tt]he $", text[:start])
    same_noun = text[mention.end : mention.whole].strip() == name.noun
    followed = mention.noun and mention.whole > mention.end and not same_noun
    if followed and name.is_craft:
        asked = f"which {mention.noun}"
    end = mention.whole if same_noun or (followed and name.is_craft) else mention.end
    end += _nouns_behind(text[end : end + 60])
    if name.kind is FactKind.PLACE and (
        wider := re.match(r", [A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]\w+)?(?=[,.;]|$)", text[end : end + 50])
    ):
        end += wider.end()  # "Ann Arbor, Michigan" is one place
    return Value(
        start - (4 if leading else 0), end, name.kind, name.text, asked, "name", aliases=_aliases(name)
    )


def _nouns_behind(after: str) -> int:
    """Return how many letters the nouns take that a name stands before: "the Aitken basin impact crater"."""
    match = re.match(r"(?: [a-z]+){1,3}(?= (?:in|of|on|at|near|from)\b)", after)
    nouns = match[0].split() if match else []
    plain = all(
        noun not in NEVER_NAMES
        and not base_of_past(noun)
        and not base_of_third_person(noun)
        and not noun.endswith("ing")
        for noun in nouns
    )
    return len(match[0]) if match and plain and nouns[-1] in gazetteer.suffix_kinds() else 0


def _aliases(name: Name) -> tuple[str, ...]:
    found = [text for text in name.spellings if text != name.text and len(text) > 2]
    if name.kind is FactKind.COUNTRY:
        found += [
            spelling for spelling, usual in gazetteer.countries().items() if usual == name.text != spelling
        ]
    if name.kind is FactKind.PERSON and " " in name.text and name.text.split()[-1][0].isupper():
        found.append(name.text.split()[-1])
    if name.text[-1:].isdecimal():
        found.append(re.sub(r"[\s-](?=\d+$)", lambda match: "-" if match[0] == " " else " ", name.text))
    return tuple(dict.fromkeys(found))


def _giveaways(name: Name) -> tuple[str, ...]:
    """Return what a stem must not hold besides the name: its spellings, a surname, a country's adjective."""
    words = list(name.spellings)
    if name.kind is FactKind.PERSON:
        words += [part for part in name.text.split() if len(part) > 3]
    if name.kind is FactKind.COUNTRY:
        words += [people for people, land in gazetteer.demonyms().items() if land == name.text]
    return tuple(words)


def _name_score(name: Name, mention: Mention, sentence: Sentence, stem: Stem, *, topical: bool) -> float:
    """Score how well a sentence asks for a name; nothing above 0 means that the name is background."""
    score = 2.0 if stem.is_turned else 0.6 if stem.text else 0.4
    text = sentence.text
    if name.text in _BACKGROUND:
        score -= 3.0
    if topical and name.kind is FactKind.PLACE and name.noun == "celestial body":
        score -= 1.0 if _defines(text, mention) else 3.0
    if name.kind is FactKind.PERIOD:
        before = re.findall(r"[a-z]+", text[: mention.start])[-2:]
        score -= 0.0 if before and before[0] in PREPOSITIONS else 3.0
    if name.noun == "name" and not stem.is_turned:
        score -= 0.5
    if _is_quoted(text):
        score -= 0.5
    if stem.text and not 6 <= len(stem.text.split()) <= 30:
        score -= 0.5
    return (
        score
        + (0.3 if len(stem.text) < 110 else 0.0)
        + (0.2 if stem.text.startswith(("Which", "Who")) else 0.0)
    )


def _defines(text: str, mention: Mention) -> bool:
    """Tell a sentence that says what the named thing is."""
    return bool(
        re.match(r" (?:is|was) an? | [–—-] (?:an?|the|our|its) ", text[mention.end : mention.end + 10])
    )
