"""Questions and the facts they come from: frozen values, with nothing of YAML or Discord in them.

What always holds:
- a question's options are its keys and its distractors, and no two are equal;
- `fact` names the fact that the question asks about, in the same bank;
- a verdict is about what this question asks, and stands only where the article says that;
- numbers in a `Tolerance` are in its `unit`.

The types are plain dataclasses so that playing needs no schema library. Their annotations and the
sentences under their fields are the format: `bot.bank.schema` validates by them, and writes the JSON
Schema and the tables for authors from them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Never

from annotated_types import Ge, Le, MaxLen, MinLen


class Kind(StrEnum):
    """What sort of question it is, and so how its answer is judged."""

    CHOICE = "choice"
    TRUE_FALSE = "true_false"
    NUMBER = "number"
    YEAR = "year"
    TEXT = "text"
    REVERSE = "reverse"
    ORDER = "order"
    MYTH = "myth"
    ODD_ONE_OUT = "odd_one_out"
    ESTIMATE = "estimate"
    SET = "set"
    LADDER = "ladder"
    PICTURE = "picture"


ONE_PRESS = frozenset(Kind) - {Kind.ESTIMATE, Kind.SET, Kind.LADDER}
"""The kinds that one press of a button answers."""

TYPED = frozenset({Kind.NUMBER, Kind.YEAR, Kind.TEXT, Kind.ESTIMATE, Kind.LADDER})
"""The kinds whose answers can be typed."""

ORDERED = " → "
"""What stands between the things of an order, on one button."""


class Verdict(StrEnum):
    """How the article's statement stands against better references."""

    SUPPORTED = "supported"
    IMPRECISE = "imprecise"
    OUTDATED = "outdated"
    CONTRADICTED = "contradicted"


class Origin(StrEnum):
    """Whether the article tells of a thing, or the bank's authors added it."""

    ARTICLE = "article"
    SUPPLEMENT = "supplement"


@dataclass(frozen=True, slots=True)
class Pattern:
    """The regular expression that a text must match, for whoever validates; playing does not look at it."""

    regex: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        return {**handler(source), "pattern": self.regex}


MAX_TEXT = 1000  # characters; what is longer is a slip, and would cost every rule time
FILLED = Pattern(r"\S")
FILLED_OR_NOTHING = Pattern(r"^$|\S")
Text = Annotated[str, MinLen(1), MaxLen(MAX_TEXT), FILLED]
MaybeText = Annotated[str, MaxLen(MAX_TEXT), FILLED_OR_NOTHING]
Identifier = Annotated[str, MinLen(1), MaxLen(100), Pattern(r"^\S+$")]
Day = Annotated[str, Pattern(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Level = Annotated[int, Ge(1), Le(3)]
COLOR = "^#[0-9A-Fa-f]{6}$"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The closed interval of numbers that count as right."""

    low: float
    """The smallest number that is still right."""
    high: float
    """The largest number that is still right."""
    unit: MaybeText
    """What both are measured in, as players read it: `km`, `days`; `year` for a year."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a statement was checked."""

    title: Text
    """What it is, so that a reader finds it without the link."""
    url: MaybeText = ""
    """Where it can be read; leave it out for a book."""
    seen: Day | None = None
    """The day on which its text was opened and read for this bank, as `2026-11-27`; left out: not opened."""
    seen_as: Text | None = None
    """What was read when it was not the page itself: `stored copy`, `abstract`."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a question comes from, and how far the article can be trusted there."""

    title: Text
    """The article's title, or what it is about."""
    publisher: MaybeText = ""
    """Who published it."""
    published: MaybeText = ""
    """When, as people write it: `12 March 2021`, or `January 2020`."""
    paragraphs: tuple[Annotated[int, Ge(1)], ...] = ()
    """The article's paragraphs that say this question's key, counted from 1; none where it does not."""
    verdict: Verdict | None = None
    """What the article says of this is `supported`, `imprecise`, `outdated` or `contradicted` by better
    sources; left out where it says nothing of it."""
    says: Text | None = None
    """What the article states, in your words, where it differs from what is right."""
    references: tuple[Reference, ...] = ()
    """Better sources, where the statement was checked."""
    url: MaybeText = ""
    """Where the article can be read."""
    origin: Origin = Origin.ARTICLE
    """`article`, also where it tells the fact and not the key; or `supplement`: it tells neither."""


PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif")
"""How the name of an image ends that is a file; any other is the name of one that is drawn."""

PICTURE_BYTES = 8_000_000
"""The most that such a file may have; Discord takes ten million."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that a question is about."""

    image: Text
    """The image: a file beside the bank, or the name of one that Farside draws."""
    alt: Text
    """What is seen, for those who hear it read; it must not tell the key."""
    credit: MaybeText = ""
    """Whose image it is, and under which licence."""


class Reasons(dict[str, str]):
    """Why a rule of the linter is switched off, by the rule's name; it cannot be changed."""

    def _refuse(self, *_: object, **__: object) -> Never:
        raise TypeError("a question cannot be changed")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type["Reasons"], tuple[dict[str, str]]]:
        return Reasons, (dict(self),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One test item: a stem, its key, distractors, an explanation and a source."""

    id: Identifier
    """A name that never changes, different from every other in the bank: players' scores remember it."""
    fact: Identifier
    """The fact that the question asks about, by its id in the facts file."""
    kind: Kind
    """`choice`, `true_false`, `number`, `year`, `text` (typed), `reverse` (the value is given, the subject
    asked), `order` (which came first, or things in their order), `myth` (what people get wrong) or
    `odd_one_out`; `estimate` (points by nearness), `set` (several keys), `ladder` (clue after clue, the
    hardest first) or `picture`."""
    topic: Identifier
    """One of the file's topics: players choose by it."""
    difficulty: Level
    """1: most people know it; 2: readers of the article do; 3: few do."""
    stem: Text
    """The question. For `true_false` the claim."""
    key: Text
    """The right answer, as it stands on a button: `True` or `False` for `true_false`; for a `set`, the first
    of its `keys`; for an `order` with `items`, those in their order."""
    distractors: Annotated[tuple[Text, ...], MaxLen(4)] = ()
    """Wrong answers of the key's sort: plausible, surely wrong, written like the key."""
    accept: tuple[Text, ...] = ()
    """Typed answers that count besides the key."""
    tolerance: Tolerance | None = None
    """Where the key is a number: the numbers that count as right."""
    keys: Annotated[tuple[Text, ...], MaxLen(4)] = ()
    """For a `set`: every right answer, two to four."""
    items: Annotated[tuple[Text, ...], MaxLen(4)] = ()
    """For an `order` of three or four things: the things, in the right order."""
    clues: Annotated[tuple[Text, ...], MaxLen(5)] = ()
    """For a `ladder`: the clues, the hardest first."""
    picture: Picture | None = None
    """For a `picture`: the image that is asked about."""
    explanation: Annotated[str, MinLen(1), MaxLen(200), FILLED]
    """What players read afterwards: why, or what is remarkable."""
    source: Source
    """Where the question comes from."""
    as_of: Day | None = None
    """The day on which the key was true, as `2026-11-27`, where time may change it."""
    enemies: tuple[Identifier, ...] = ()
    """Facts and questions, by id, that would give this one away in the same game."""
    allow: Mapping[Identifier, Annotated[str, MaxLen(MAX_TEXT)]] = field(default_factory=Reasons)
    """Warnings of the linter switched off for this question, each with the reason."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "allow", Reasons(self.allow))

    @property
    def options(self) -> tuple[str, ...]:
        """Every option, the right ones first."""
        return (*self.right, *self.distractors)

    @property
    def right(self) -> tuple[str, ...]:
        """All right options or answers: of a `set` several, else the key alone."""
        return self.keys or (self.key,)

    @property
    def is_typed(self) -> bool:
        """Whether its answer can be typed."""
        return self.kind in TYPED

    @property
    def is_pressed(self) -> bool:
        """Whether one press of a button answers it: it has two options or more, one of them right."""
        return self.kind in ONE_PRESS and bool(self.distractors)


@dataclass(frozen=True, slots=True)
class Fact:
    """One checked statement, as people see it: the true wording, and where the article differs."""

    id: str
    topic: str
    difficulty: int
    statement: str
    explanation: str
    source: Source
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a bank looks where it is played: nothing where its author gave nothing."""

    title: str = ""
    emblem: str = ""
    color: int | None = None


PLAIN = Look()


def title_of(topics: Mapping[str, str], topic: str) -> str:
    """Return a topic's title; of one that has left the bank, what its id says."""
    return topics.get(topic) or topic.replace("-", " ").capitalize()


def content_hash(question: Question) -> str:
    """Return what changes when a word that a reader reads does: twelve letters and digits.

    What keeps questions apart (`id`, `enemies`), what the linter leaves alone (`allow`), when a reference was
    seen, and fields that are empty count for nothing.
    """
    return sha256(json.dumps(_read_of(question), sort_keys=True).encode()).hexdigest()[:12]


_UNREAD = frozenset(("id", "enemies", "allow", "seen", "seen_as"))


def _read_of(value: Any) -> Any:
    if is_dataclass(value):
        return {
            name: _read_of(each)
            for name in value.__dataclass_fields__
            if (each := getattr(value, name)) and name not in _UNREAD
        }
    return [_read_of(each) for each in value] if isinstance(value, tuple | list) else value


def question_to_plain(question: Question) -> dict[str, Any]:
    """Return `question` as JSON-ready dicts, lists, strings and numbers."""
    return asdict(question)


def question_from_plain(plain: Mapping[str, Any]) -> Question:
    """Rebuild the question that `question_to_plain` (after a trip through JSON) described.

    Fields that an older release did not know may be missing; those of a newer one are left out.
    """
    made = {name: value for name, value in plain.items() if name in _FIELDS}
    made |= {name: tuple(plain[name]) for name in _LISTS if name in plain}
    if plain.get("tolerance"):
        made["tolerance"] = Tolerance(**plain["tolerance"])
    if plain.get("picture"):
        made["picture"] = Picture(**plain["picture"])
    return Question(**made | {"kind": Kind(plain["kind"]), "source": source_from_plain(plain["source"])})


_FIELDS = frozenset(field.name for field in fields(Question))
_LISTS = ("distractors", "accept", "keys", "items", "clues", "enemies")


def source_from_plain(plain: Mapping[str, Any]) -> Source:
    """Rebuild the source that a plain question or fact holds."""
    return Source(
        **{name: plain[name] for name in ("title", "publisher", "published")},
        paragraphs=tuple(plain["paragraphs"]),
        verdict=Verdict(plain["verdict"]) if plain.get("verdict") else None,
        says=plain.get("says"),
        references=tuple(Reference(**reference) for reference in plain.get("references", ())),
        url=plain.get("url", ""),
        origin=Origin(plain.get("origin", Origin.ARTICLE)),
    )
