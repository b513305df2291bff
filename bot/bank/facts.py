"""A facts file as its author writes it: what an article says, what is true, and how to ask for it.

What always holds of a `FactsFile`:
- a fact needs no more than `id`, `statement`, `kind` and `value`; all else has a default or adds questions;
- `statement` and `value` are what is true; what the article got wrong stands in `says`, and nowhere else;
- a wording is a sentence that a person wrote, or one with its own key and distractors;
- a draft (`status: draft`) and a fact to avoid (`use: avoid`) give no question.

The models hold for any article, on any subject. Their descriptions are the documentation: editors show
them through the JSON Schema that `facts_schema` returns. Checks that need more than one field are in
`faults`, so that every one of them can be shown at its own place.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from bot.bank.folding import same_answer
from bot.bank.problem import Level
from bot.quiz.calendar import impossible_date
from bot.quiz.quantity import Amount, is_range, is_within, parse_amount
from bot.quiz.question import (
    COLOR,
    FILLED,
    FILLED_OR_NOTHING,
    ORDERED,
    Day,
    Origin,
    Picture,
    Reference,
    Verdict,
)
from bot.quiz.question import Identifier as Anywhere

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=60)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$", max_length=30)]
LONGEST_SENTENCE = 300
Sentence = Annotated[str, Field(min_length=1, max_length=LONGEST_SENTENCE), FILLED]
Option = Annotated[str, Field(min_length=1, max_length=80), FILLED]
Typed = Annotated[str, Field(min_length=1, max_length=100), FILLED]
Short = Annotated[str, Field(max_length=200), FILLED_OR_NOTHING]


class FactKind(StrEnum):
    """What sort of thing the value is; distractors must be of the same sort."""

    QUANTITY = "quantity"  # a number, with a unit or as a bare count: 350 m, 4 moons, 0.27, one sixth
    YEAR = "year"  # 1969
    DATE = "date"  # 20 July 1969
    PERIOD = "period"  # the 2030s, the Bronze Age
    PERSON = "person"
    PLACE = "place"
    COUNTRY = "country"
    ORGANISATION = "organisation"  # an agency, a team, a company
    NAME = "name"  # of a thing: a spacecraft, a ship, a book, a cup
    TERM = "term"  # a word or an expression
    CAUSE = "cause"  # why or what for: the options are clauses
    YES_NO = "yes_no"


class Use(StrEnum):
    """How far a fact may be asked."""

    ASK = "ask"  # freely
    EASY = "easy"  # it is trivial: its questions all count as difficulty 1
    CORRECTED = "corrected"  # the article is wrong: ask for what is right, never for what it says
    AVOID = "avoid"  # not at all: doubtful, ageing or unfair


class Status(StrEnum):
    """Whether a person has vouched for a fact."""

    DRAFT = "draft"
    REVIEWED = "reviewed"


class _Model(BaseModel):
    """Frozen, and closed to fields that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


class Article(_Model):
    """The article that the facts come from."""

    title: Sentence
    """Its title, or one of your own that says what it is about."""
    publisher: Short = ""
    """Who published it: a newspaper, a museum, a club."""
    published: Short = ""
    """When, as people write it: 12 March 2021, or January 2020."""
    url: str | None = None
    """Where it can be read."""


class Range(_Model):
    """The numbers that count as right, both ends included."""

    low: float
    """The smallest number that is still right."""
    high: float
    """The largest number that is still right."""
    unit: Short = ""
    """The unit of both ends; what the value is measured in when left out."""


class Wording(_Model):
    """One question, where the stem alone is not enough."""

    stem: Sentence
    """The question, or for a true-or-false statement the claim."""
    key: Option | None = None
    """The right option; the fact's value when left out. A wording with a key of its own, and every claim
    that is written by hand, says something else than the fact: it has `paragraphs`, `verdict` and `says`
    only where they are given here."""
    distractors: list[Option] | None = None
    """The wrong options, one to four; the fact's distractors when left out."""
    accept: list[Typed] | None = None
    """Typed answers that count besides the key; the fact's aliases when left out."""
    tolerance: Range | None = None
    """The numbers that count as right, where the key is another number than the fact's value."""
    explanation: Short | None = None
    """What to tell afterwards; the fact's explanation when left out."""
    difficulty: Annotated[int, Field(ge=1, le=3)] | None = None
    """1 easy, 2 medium, 3 hard; the fact's difficulty when left out."""
    slug: Slug | None = None
    """A word that ends the question's id in place of a number, so that wordings can be moved about."""
    allow: dict[str, str] = {}
    """Warnings of the linter switched off for this question, each with the reason."""
    paragraphs: list[Annotated[int, Field(ge=1)]] | None = None
    """The article's paragraphs that say this key; [] where it does not say it."""
    verdict: Verdict | None = None
    """How the article's statement of this key stands against better sources."""
    says: Sentence | None = None
    """What the article states about this key, where it errs or has aged."""
    references: list[Identifier | Reference] | None = None
    """Where this key was checked; the fact's references when left out, [] for none."""
    enemies: list[Anywhere] = []
    """Facts or questions that give this question away, or are given away by it; besides the fact's own."""
    as_of: Day | None = None
    """The day on which this key was true; the fact's when left out."""
    keys: Annotated[list[Option], Field(min_length=2, max_length=4)] | None = None
    """For a `set`: every right option, in place of `key`."""
    items: Annotated[list[Option], Field(min_length=3, max_length=4)] | None = None
    """For an `order` of three or four things: the things in the right order, in place of `key`. The options
    are orders of them; `distractors` may name some, each as `A → B → C`."""
    clues: Annotated[list[Sentence], Field(min_length=2, max_length=5)] | None = None
    """For a `ladder`: the clues, the hardest first."""
    picture: Picture | None = None
    """For a `picture`: the image, what is seen on it, and whose it is."""


Steps = tuple[str | int, ...]
Wordings = Sentence | Wording | list[Sentence | Wording]


def wordings(asked: Wordings | None) -> tuple[Wording, ...]:
    """Return what an author wrote for one kind as wordings: a sentence is one without a key of its own."""
    listed = asked if isinstance(asked, list) else [] if asked is None else [asked]
    return tuple(each if isinstance(each, Wording) else Wording(stem=each) for each in listed)


class Ask(_Model):
    """Question wordings by kind: a sentence, or a list of sentences and of fuller wordings."""

    choice: Wordings = []
    """Asks for the value among options."""
    text: Wordings = []
    """Asks for the value in words that can be typed: one clear answer, with its aliases."""
    number: Wordings = []
    """Asks how many or how much; says the unit. For quantities."""
    year: Wordings = []
    """Asks for the year. For years."""
    reverse: Wordings = []
    """Tells the value and asks what it belongs to: needs its own key and distractors."""
    myth: Wordings = []
    """Asks what is right where the article errs or people commonly do."""
    order: Wordings = []
    """Asks which came first, or is the larger, with its own key and distractors; or for three or four things
    in their order, with `items`. See `orders` too."""
    odd_one_out: Wordings = []
    """Asks which one does not belong: needs its own key and distractors."""
    estimate: Wordings = []
    """Asks for a number that nobody knows by heart: the nearest wins. For quantities and years."""
    set: Wordings = []
    """Asks for all that fit: needs `keys` and distractors."""
    ladder: Wordings = []
    """Asks for the value by `clues`, the hardest first."""
    picture: Wordings = []
    """Asks about an image: needs `picture`."""
    true_statements: Wordings | None = None
    """Claims that are true, to be told from false ones; none when left out."""
    false_statements: Wordings | None = None
    """Claims that are surely false, and that somebody might believe; none when left out. Where no question of
    any kind is written, or a single sentence, the statement itself is told, or told with a wrong value."""


class AuthoredFact(_Model):
    """One thing that the article states, checked, with what it takes to ask for it."""

    id: Identifier
    """A short name in small letters, digits and hyphens. Questions are named after it: never change it."""
    statement: Sentence
    """What is true, in a sentence of your own that stands by itself."""
    kind: FactKind
    """What sort of thing the value is."""
    value: Option
    """The right answer, as it should stand on a button: 350 m, 1969, Ada Lovelace."""
    topic: Identifier | None = None
    """One of the file's topics; the first of them when left out."""
    difficulty: Annotated[int, Field(ge=1, le=3)] = 2
    """1: most people know it; 2: readers of the article do; 3: few do."""
    source: Origin = Origin.ARTICLE
    """`article`; or `supplement` for a fact that it does not tell: no `paragraphs`, `verdict`, `says`."""
    paragraphs: list[Annotated[int, Field(ge=1)]] = []
    """The article's paragraphs it stands in, counted from 1."""
    tolerance: Range | None = None
    """For quantities: the numbers that count as right. When left out: those that round to the value."""
    aliases: list[Typed] = []
    """Other ways of typing the value that count as right."""
    distractors: list[Option] = []
    """Wrong answers of the same sort: plausible, surely wrong, written like the value."""
    explanation: Short = ""
    """What to tell players afterwards: why, or what is remarkable. The statement when left out."""
    verdict: Verdict = Verdict.SUPPORTED
    """How the article's own statement stands against better sources."""
    says: Sentence | None = None
    """What the article states, restated in your words, where it errs or has aged."""
    use: Use = Use.ASK
    """How far the fact may be asked."""
    ask: Sentence | Ask = Ask()
    """One question as a sentence, or wordings by kind."""
    references: list[Identifier | Reference] = []
    """Where you checked it: ids from the file's own `references`, or a title and a link."""
    as_of: Day | None = None
    """The day on which it was true, as `2026-11-27`, where time may change it."""
    enemies: list[Anywhere] = []
    """Facts or questions, by id, that give this one away or are given away by it: never in one game."""
    status: Status = Status.REVIEWED
    """A draft is never asked; set it to reviewed once you have checked every field."""
    evidence: str | None = None
    """For drafts: the article's own sentence. Delete it before you publish the file."""
    note: str | None = None
    """A note to yourself and to later editors; never shown to players."""

    @cached_property
    def amount(self) -> Amount | None:
        """The value as an amount; None where it is none."""
        return parse_amount(self.value)


class Item(_Model):
    """One thing in an order."""

    label: Option
    """The thing, as it should stand on a button."""
    fact: Identifier | None = None
    """The fact that it comes from. One without a fact serves as a wrong option only, unless the order says
    how many `questions` it gives."""
    value: float | None = None
    """What it is ordered by; the number or year of its fact when left out."""
    shown: Annotated[str, Field(max_length=40)] | None = None
    """How that number is told afterwards: 1959, or 3,475 km. With it, the explanation lists the order."""


class Order(_Model):
    """Things that can be compared by a number: a time line, a row of sizes.

    Every item with a fact becomes the right answer of up to two questions: which is the least (the
    earliest, the smallest) among itself and the next larger ones, and which is the greatest. Where
    `questions` says how many are made, items without a fact are right answers too, so that none is the
    right one whenever it is offered.
    """

    id: Identifier
    """A short name, used in the ids of its questions: never change it."""
    topic: Identifier | None = None
    """One of the file's topics; each item's fact's own when left out."""
    least: list[Sentence] = []
    """Ways of asking for the smallest: "Which of these came first?" They take turns."""
    most: list[Sentence] = []
    """Ways of asking for the largest: "Which of these came last?" They take turns."""
    gap: Annotated[float, Field(ge=0)] = 0
    """How far apart two values must be to be compared at all."""
    options: Annotated[int, Field(ge=3, le=5)] = 4
    """How many options a question has, at most."""
    difficulty: Annotated[int, Field(ge=1, le=3)] = 2
    """1 easy, 2 medium, 3 hard."""
    questions: Annotated[int, Field(ge=0)] | None = None
    """How many questions it gives at most, with as many different right answers as there are."""
    references: list[Identifier | Reference] = []
    """Where its numbers were checked. Left out: where the facts compared were, if each of them was."""
    items: Annotated[list[Item], Field(min_length=3, max_length=60)]
    """The things, in any order."""


class FactsFile(_Model):
    """What an article says, checked: the file that questions are generated from."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    """The version of this format."""
    title: Short = ""
    """What the bank is called where it is played; the article's title is not shown for it."""
    emblem: Short = ""
    """An emoji that stands before the bank's name."""
    color: Annotated[str, Field(pattern=COLOR)] | None = None
    """The colour of its cards, as `#d8cfa4`."""
    source: Article
    """The article: its title, and who published it when."""
    topics: dict[Identifier, Sentence] = {}
    """Each topic's id and the title that players see."""
    references: dict[Identifier, Reference] = {}
    """Sources that several facts share, each under a short id."""
    facts: list[AuthoredFact]
    """The facts, in the article's order or any other."""
    orders: list[Order] = []
    """Things to be compared with each other, for "which came first?" questions."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a facts file that fits no question: the place, as keys and positions, and a sentence."""

    place: Steps
    rule: str
    message: str
    level: Level = "error"


def faults(file: FactsFile) -> Iterator[Fault]:
    """Yield what is wrong between the fields of `file`, all of it, each at its own place."""
    for place, name in _repeated([fact.id for fact in file.facts]):
        yield Fault(("facts", place, "id"), "duplicate-fact", f"another fact is called {name!r}: rename one")
    for index, fact in enumerate(file.facts):
        yield from fact_faults(index, fact, file)
    for place, name in _repeated([order.id for order in file.orders]):
        yield Fault(
            ("orders", place, "id"), "duplicate-order", f"another order is called {name!r}: rename one"
        )
    known = {fact.id: fact for fact in file.facts}
    for index, order in enumerate(file.orders):
        for fault in (
            *_topic_faults(order.topic, file.topics),
            *_reference_faults(order.references, file),
            *_order_faults(order, known),
        ):
            yield replace(fault, place=("orders", index, *fault.place))


def fact_faults(index: int, fact: AuthoredFact, file: FactsFile) -> Iterator[Fault]:
    """Yield what is wrong between the fields of one fact, the one at `index` of `file`."""
    for fault in (
        *_topic_faults(fact.topic, file.topics),
        *_value_faults(fact),
        *_verdict_faults(fact),
        *_wording_faults(fact, file),
        *_reference_faults(fact.references, file),
    ):
        yield replace(fault, place=("facts", index, *fault.place))


def _reference_faults(listed: Sequence[str | Reference], file: FactsFile) -> Iterator[Fault]:
    for index, reference in enumerate(listed):
        if isinstance(reference, str) and reference not in file.references:
            message = f"no reference is called {reference!r}: add it to the file's `references`"
            yield Fault(("references", index), "unknown-reference", message)


def _topic_faults(topic: str | None, topics: Mapping[str, str]) -> Iterator[Fault]:
    if topic is not None and topic not in topics:
        known = ", ".join([*topics][:12]) or "(none yet)"
        message = f"no topic is called {topic!r}: write one of {known}, or add it"
        yield Fault(("topic",), "unknown-topic", message)


def _verdict_faults(fact: AuthoredFact) -> Iterator[Fault]:
    differs = fact.verdict is not Verdict.SUPPORTED
    if fact.source is Origin.SUPPLEMENT and (fact.paragraphs or differs or fact.says):
        message = "a supplement is not in the article: take out `paragraphs`, `verdict` and `says`"
        yield Fault(("source",), "supplement-of-article", message)
    if differs and fact.says is None:
        message = f"the verdict is {fact.verdict}: add `says`, what the article states, in your own words"
        yield Fault(("verdict",), "verdict-without-says", message)
    if fact.use is Use.CORRECTED and not differs:
        message = "asked in corrected form only, so the verdict cannot be supported: change one of them"
        yield Fault(("use",), "corrected-but-supported", message)


def _value_faults(fact: AuthoredFact) -> Iterator[Fault]:
    if fact.kind is FactKind.YEAR and not re.fullmatch("[0-9]{4}", fact.value):
        yield Fault(("value",), "year-form", "write a year as four digits; a decade or an age is a `period`")
    elif fact.kind is FactKind.QUANTITY and fact.amount is None:
        yield Fault(("value",), "quantity-form", _quantity_message(fact.value))
    elif day := impossible_date(fact.value):
        yield Fault(("value",), "impossible-day", f"{day} is in no calendar: write a day that there is")
    yield from _tolerance_faults(fact)
    for index, distractor in enumerate(fact.distractors):
        if same_answer(distractor, fact.value):
            message = "this is the value itself: write a wrong answer"
            yield Fault(("distractors", index), "key-among-distractors", message)
        elif any(same_answer(distractor, earlier) for earlier in fact.distractors[:index]):
            message = f"`{distractor}` stands in the list already: write another one"
            yield Fault(("distractors", index), "equal-options", message, "warning")


def _quantity_message(value: str) -> str:
    if is_range(value):
        return "a range is no single number: write one, and both ends in `tolerance`"
    return "begin a quantity with its number, and write no other: 350 m, 3,475 km, 1.2 × 10^6, one sixth"


def _tolerance_faults(fact: AuthoredFact) -> Iterator[Fault]:
    tolerance, amount = fact.tolerance, fact.amount
    if tolerance is None:
        return
    if tolerance.low > tolerance.high:
        yield Fault(("tolerance",), "tolerance-order", "`low` is larger than `high`: exchange them")
    elif amount is not None and not is_within(
        amount, tolerance.low, tolerance.high, tolerance.unit or amount.unit
    ):
        message = f"the value {fact.value} itself would count as wrong: widen the range"
        yield Fault(("tolerance",), "tolerance-misses-value", message)


def _wording_faults(fact: AuthoredFact, file: FactsFile) -> Iterator[Fault]:
    for kind, place, wording in asked_wordings(fact):
        for fault in (*_reference_faults(wording.references or (), file), *_key_faults(fact, kind, wording)):
            yield replace(fault, place=(*place, *fault.place))
    for (kind, slug), places in _by_slug(fact).items():
        for place in places[1:]:
            yield Fault((*place, "slug"), "duplicate-slug", f"another {kind} is called {slug!r}: rename one")


def _by_slug(fact: AuthoredFact) -> dict[tuple[str, str], list[Steps]]:
    found: dict[tuple[str, str], list[Steps]] = {}
    for kind, place, wording in asked_wordings(fact):
        if wording.slug is not None:
            found.setdefault((kind, wording.slug), []).append(place)
    return found


def asked_wordings(fact: AuthoredFact) -> Iterator[tuple[str, Steps, Wording]]:
    """Yield what an author wrote by kind: the kind's field of `Ask`, where in the fact it is, the wording."""
    if isinstance(fact.ask, str):
        return
    for kind in Ask.model_fields:
        asked = getattr(fact.ask, kind)
        for index, wording in enumerate(wordings(asked)):
            yield kind, ("ask", kind, index) if isinstance(asked, list) else ("ask", kind), wording


_NEEDS = {"set": "keys", "ladder": "clues", "picture": "picture"}
_OWN_KEY = frozenset(("reverse", "order", "odd_one_out"))
_WITHOUT_DISTRACTORS = frozenset(("number", "year", "estimate"))


def _key_faults(fact: AuthoredFact, kind: str, wording: Wording) -> Iterator[Fault]:
    """Yield what a wording lacks, or has too much, to be a question of its kind."""
    for needed in (*_NEEDS.values(), "items"):
        is_given = getattr(wording, needed) is not None
        if _NEEDS.get(kind) == needed and not is_given:
            yield Fault((), f"{kind}-without-{needed}", f"a `{kind}` needs `{needed}`: add it")
        elif is_given and _NEEDS.get(kind, "items" if kind == "order" else "") != needed:
            yield Fault((needed,), "field-of-another-kind", f"a `{kind}` has no `{needed}`: take it out")
    is_whole = bool(wording.keys or wording.items)
    if kind in _OWN_KEY and wording.key is None and not is_whole:
        yield Fault((), "wording-without-key", "add `key`, the right answer, and `distractors`")
    elif is_whole and wording.key is not None:
        message = "the key is told by `keys` or `items` already: take `key` out"
        yield Fault(("key",), "two-keys", message)
    elif wording.items and len(ORDERED.join(wording.items)) > 80:
        message = "an order stands on one button, which has room for 80 characters: shorten the things"
        yield Fault(("items",), "long-order", message)
    elif wording.keys and not wording.distractors:
        yield Fault((), "key-without-distractors", "add `distractors`: wrong answers beside these keys")
    elif wording.key is not None and not wording.distractors and kind not in _WITHOUT_DISTRACTORS:
        yield Fault((), "key-without-distractors", "add `distractors`: wrong answers to this key")
    if wording.verdict not in (None, Verdict.SUPPORTED) and not (wording.says or fact.says):
        message = f"the verdict is {wording.verdict}: add `says`, what the article states, in your own words"
        yield Fault(("verdict",), "verdict-without-says", message)
    if fact.source is Origin.SUPPLEMENT and (wording.paragraphs or wording.verdict or wording.says):
        message = "a supplement is not in the article: take out `paragraphs`, `verdict` and `says`"
        yield Fault((), "supplement-of-article", message)


def _order_faults(order: Order, known: Mapping[str, AuthoredFact]) -> Iterator[Fault]:
    for position, item in enumerate(order.items):
        place = ("items", position)
        if item.fact is not None and item.fact not in known:
            message = f"no fact is called {item.fact!r}: write the id of a fact in this file, or leave it out"
            yield Fault((*place, "fact"), "unknown-fact", message)
        elif item.value is None and (item.fact is None or known[item.fact].amount is None):
            message = "there is no number to order it by: add `value`, say the year or the length"
            yield Fault(place, "order-without-value", message)
    for position, name in _repeated([item.fact or f"{number}" for number, item in enumerate(order.items)]):
        message = f"the fact {name!r} stands in this order already: leave it out of one item"
        yield Fault(("items", position, "fact"), "duplicate-item", message)


def _repeated(identifiers: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the position and the name of every identifier that has stood earlier in the list."""
    seen: Counter[str] = Counter()
    for place, identifier in enumerate(identifiers):
        if seen[identifier]:
            yield place, identifier
        seen[identifier] += 1


def facts_schema() -> dict[str, Any]:
    """Return the JSON Schema of a facts file, for editors.

    Where the models want text, numbers and booleans pass too: a file's scalars are read as typed,
    but editors take `value: 1969` for a number and `value: yes` for a boolean.
    """
    schema = _as_typed(FactsFile.model_json_schema())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Farside facts",
        **{name: part for name, part in schema.items() if name != "title"},
    }


def _as_typed(part: Any) -> Any:
    """Return a part of a schema with plain text loosened to whatever an editor makes of it."""
    if isinstance(part, list):
        return [_as_typed(each) for each in part]
    if not isinstance(part, dict):
        return part
    loosened = {name: _as_typed(each) for name, each in part.items()}
    is_free = (
        loosened.get("pattern") in (None, FILLED.regex, FILLED_OR_NOTHING.regex)
        and not {"enum", "const"} & loosened.keys()
    )
    if loosened.get("type") == "string" and is_free:
        loosened["type"] = ["string", "number", "boolean"]
    return loosened
