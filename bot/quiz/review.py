"""Reviews: what somebody wants to remember, and when it is worth asking again.

The scheduler is FSRS, as the library `fsrs` has it with its own parameters (Ye, Su and Cao, A Stochastic
Shortest Path Algorithm for Optimizing Spaced Repetition Scheduling, KDD 2022): it asks again when one is
expected to have forgotten with a chance of one in ten. Nothing is left to dice here, so the same grades at
the same moments make the same schedule, whoever works it out.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

MOST_AT_ONCE = 50  # reviews of one sitting
USUAL = 10
RETENTION = 0.9  # how likely one still knows it when it is asked again


class Grade(IntEnum):
    """How well it was remembered, as the one who reviews says; the numbers are FSRS's."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Origin(StrEnum):
    """Why it is reviewed."""

    MISSED = "missed"
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class Review:
    """A question that somebody reviews, and what is known of how well they remember it.

    `phase` and `step` are FSRS's state (1 learning, 2 review, 3 relearning) and place in its first steps;
    `stability` is in days, `hardness` from 1 to 10: both None before the first grade.
    """

    question_id: str
    origin: Origin
    added_at: datetime
    due_at: datetime
    phase: int = 1
    step: int | None = 0
    stability: float | None = None
    hardness: float | None = None
    graded_at: datetime | None = None
    grades: int = 0
    lapses: int = 0  # times that it was forgotten after it had been known

    def graded(self, grade: Grade, at: datetime) -> "Review":
        """Return the review after a grade given at `at`, with when it is due next."""
        from fsrs import Rating

        card, _ = _scheduler().review_card(self._card(), Rating(grade), at)
        return replace(
            self,
            due_at=card.due,
            phase=int(card.state),
            step=card.step,
            stability=card.stability,
            hardness=card.difficulty,
            graded_at=at,
            grades=self.grades + 1,
            lapses=self.lapses + (grade is Grade.AGAIN and self.phase == _KNOWN),
        )

    def waits(self, at: datetime) -> dict[Grade, timedelta]:
        """Return for each grade how long it would be until it is asked again."""
        return {grade: self.graded(grade, at).due_at - at for grade in Grade}

    def _card(self) -> "Card":
        from fsrs import Card, State

        return Card(
            card_id=0,
            state=State(self.phase),
            step=self.step,
            stability=self.stability,
            difficulty=self.hardness,
            due=self.due_at,
            last_review=self.graded_at,
        )


_KNOWN = 2


@dataclass(frozen=True, slots=True)
class Pile:
    """What somebody has to review: in all, due now and within a day, and when the next one is due."""

    all: int
    due: int
    soon: int
    next_at: datetime | None
    is_automatic: bool  # what they miss joins by itself


def prepare() -> None:
    """Read the library, which takes a moment when it is done first."""
    _scheduler()


@cache
def _scheduler() -> "Scheduler":
    from fsrs import Scheduler

    return Scheduler(desired_retention=RETENTION, enable_fuzzing=False)
