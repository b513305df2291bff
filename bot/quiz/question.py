"""Questions and the facts they come from: frozen values, with nothing of YAML or Discord in them.

What always holds:
- a question's options are its key and its distractors, and no two are equal;
- `fact` names the fact that the question asks about, in the same bank;
- numbers in a `Tolerance` are in its `unit`.

The types are plain dataclasses so that playing needs no schema library at run
time; `bot.bank.schema` derives validation and the JSON Schema from them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Never


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


class Verdict(StrEnum):
    """How the article's statement stands against better references."""

    SUPPORTED = "supported"
    IMPRECISE = "imprecise"
    OUTDATED = "outdated"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The closed interval of numbers that count as right."""

    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a statement was checked."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a question comes from, and how far the article can be trusted there."""

    title: str
    publisher: str
    published: str
    paragraphs: tuple[int, ...]
    verdict: Verdict
    says: str | None = None
    references: tuple[Reference, ...] = ()


class Reasons(dict[str, str]):
    """Why a rule of the linter is switched off, by the rule's name; it cannot be changed."""

    def _refuse(self, *_: object, **__: object) -> Never:
        raise TypeError("a question cannot be changed")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type["Reasons"], tuple[dict[str, str]]]:
        return Reasons, (dict(self),)


@dataclass(frozen=True, slots=True)
class Question:
    """One test item: a stem, its key, distractors, an explanation and a source."""

    id: str
    fact: str
    kind: Kind
    topic: str
    difficulty: int
    stem: str
    key: str
    distractors: tuple[str, ...]
    explanation: str
    source: Source
    accept: tuple[str, ...] = ()
    tolerance: Tolerance | None = None
    allow: Mapping[str, str] = field(default_factory=Reasons)

    def __post_init__(self) -> None:
        object.__setattr__(self, "allow", Reasons(self.allow))


@dataclass(frozen=True, slots=True)
class Fact:
    """One checked statement, as people see it: the true wording, and where the article differs."""

    id: str
    topic: str
    difficulty: int
    statement: str
    explanation: str
    source: Source


def question_to_plain(question: Question) -> dict[str, Any]:
    """Return `question` as JSON-ready dicts, lists, strings and numbers."""
    return asdict(question)


def question_from_plain(plain: Mapping[str, Any]) -> Question:
    """Rebuild the question that `question_to_plain` (after a trip through JSON) described."""
    tolerance = plain.get("tolerance")
    return Question(
        **{name: plain[name] for name in ("id", "fact", "topic", "difficulty", "stem", "key", "explanation")},
        kind=Kind(plain["kind"]),
        distractors=tuple(plain["distractors"]),
        accept=tuple(plain.get("accept", ())),
        allow=dict(plain.get("allow", {})),
        tolerance=Tolerance(**tolerance) if tolerance else None,
        source=source_from_plain(plain["source"]),
    )


def source_from_plain(plain: Mapping[str, Any]) -> Source:
    """Rebuild the source that a plain question or fact holds."""
    return Source(
        **{name: plain[name] for name in ("title", "publisher", "published")},
        paragraphs=tuple(plain["paragraphs"]),
        verdict=Verdict(plain["verdict"]),
        says=plain.get("says"),
        references=tuple(Reference(**reference) for reference in plain.get("references", ())),
    )
