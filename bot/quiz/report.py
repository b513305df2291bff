"""Reports: what somebody says is wrong with a question or a fact, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2s

from bot.quiz.items import key_of
from bot.quiz.question import Fact, Question

MOST_A_DAY = 10  # reports of one person
LONGEST_NOTE = 500  # characters


class Reason(StrEnum):
    """What is wrong."""

    WRONG = "wrong"
    UNCLEAR = "unclear"
    OUTDATED = "outdated"
    SPELLING = "spelling"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of it."""

    MENDED = "mended"
    KEPT = "kept"
    REMOVED = "removed"


class Telling(StrEnum):
    """How far the news of an outcome has come; REFUSED: no direct message, so with the next command."""

    NONE = "none"
    DUE = "due"
    REFUSED = "refused"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about: the id of a question or fact, its words in short, and what names them."""

    about: str
    item: str
    words: str

    @classmethod
    def of_question(cls, question: Question) -> "Subject":
        """Return what a report on a question is about."""
        return cls(question.id, key_of(question), question.stem)

    @classmethod
    def of_fact(cls, fact: Fact) -> "Subject":
        """Return what a report on a fact is about."""
        return cls(
            fact.id, f"fact:{blake2s(fact.statement.encode(), digest_size=6).hexdigest()}", fact.statement
        )


@dataclass(frozen=True, slots=True)
class Report:
    """One person's report."""

    player_id: int
    about: str
    item: str
    reason: Reason
    note: str
    at: datetime
    outcome: Outcome | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """All open reports on one question or fact; `words` are its present ones, None where it is gone."""

    about: str
    words: str | None
    reports: Sequence[Report]
    has_changed: bool = False  # since the first of them
