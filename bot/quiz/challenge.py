"""The daily challenge: the same questions for everybody on one date, one attempt each.

What always holds:
- an attempt belongs to the date that the player's own calendar showed when it was begun;
- it is marked question by question in the order asked, and what was not answered is marked so;
- a result counts on a server's board once it is whole, and no mark tells an answer.

Values and decisions only: the store keeps them, services run them in transactions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.quiz.game import Answer, Mode, Pace, Rules
from bot.quiz.ranks import ranks

QUESTIONS = 5
"""How many a challenge asks, where the bank has so many."""

RULES = Rules(questions=QUESTIONS, mode=Mode.MIXED, pace=Pace.UNTIMED)
"""How it is played, whatever the questions are."""


class Mark(StrEnum):
    """What came of one question; the value is how it is kept."""

    RIGHT = "r"
    NEAR = "n"
    WRONG = "w"
    NONE = "-"

    @classmethod
    def of(cls, *, is_right: bool, points: int) -> "Mark":
        """Return the mark of an answer that was judged so."""
        if is_right:
            return cls.RIGHT
        return cls.NEAR if points else cls.WRONG


def mark_of(answer: Answer | None) -> Mark:
    """Return the mark of a judged answer, or of none."""
    return Mark.NONE if answer is None else Mark.of(is_right=bool(answer.is_right), points=answer.points)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One player's attempt at the challenge of the date `on`, by the calendar of `zone`.

    `marks` has one for each question so far, of `questions` in all; `guild_id` is the server on whose board
    it is to be put once it is whole, None for none; `ended_at` None while it goes on.
    """

    player_id: int
    on: date
    game_id: int
    questions: int
    zone: ZoneInfo
    guild_id: int | None
    begun_at: datetime
    marks: tuple[Mark, ...] = ()
    points: int = 0
    ended_at: datetime | None = None

    @property
    def right(self) -> int:
        """How many were right."""
        return self.marks.count(Mark.RIGHT)

    @property
    def is_played(self) -> bool:
        """Whether something was answered: beginning is not playing."""
        return any(mark is not Mark.NONE for mark in self.marks)

    @property
    def grid(self) -> tuple[Mark, ...]:
        """A mark for each question, those not reached among them."""
        return (*self.marks, *[Mark.NONE] * (self.questions - len(self.marks)))


@dataclass(frozen=True, slots=True)
class Result:
    """A whole attempt, as a server's board shows it."""

    player_id: int
    name: str
    right: int
    questions: int
    points: int
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a board."""

    rank: int
    result: Result


def placed(results: Iterable[Result]) -> list[Row]:
    """Return who came where: by points, and among equals, who share the rank, by who was done first."""
    ordered = sorted(results, key=lambda one: (-one.points, -one.right, one.ended_at, one.player_id))
    return list(map(Row, ranks(map(_strength, ordered)), ordered))


def winners(rows: Sequence[Row]) -> list[Result]:
    """Return who shares the first place, if anybody was right at all."""
    return [row.result for row in rows if row.rank == 1 and row.result.points]


def _strength(result: Result) -> tuple[int, int]:
    return result.points, result.right
