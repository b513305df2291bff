"""The question of the day: asked by one daily post, answered until the next, told by that one.

What always holds:
- the first press stands, and is judged by the moment Discord took it;
- it closes at a time that is fixed when it is asked, or earlier where its answer is told earlier;
- days running count questions, not days of the calendar: where nothing is posted nobody misses anything;
- it brings no points: it is open for a day, and whoever looks the answer up is welcome to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.errors import BadInput
from bot.quiz.game import Asked
from bot.quiz.question import Kind

KINDS = frozenset(
    {Kind.CHOICE, Kind.NUMBER, Kind.YEAR, Kind.TEXT, Kind.REVERSE, Kind.ORDER, Kind.MYTH, Kind.ODD_ONE_OUT}
)
"""What is asked: what one press answers, without a picture of its own, and not by the toss of a coin."""

SHOWN_AFTER = timedelta(minutes=1)  # after its close: the next post goes first
LONGEST_TRY = timedelta(hours=6)  # after that time a message that cannot be changed keeps what it shows


@dataclass(frozen=True, slots=True)
class DayQuestion:
    """The question of one post. `asked` is None where the post asks nothing and only tells an answer.

    `told_id` is the post whose question this one tells; `message_id` is None until it is known to be out.
    """

    guild_id: int
    post_id: int
    schedule_id: int
    channel_id: int
    on: date
    asked: Asked | None
    closes_at: datetime
    told_id: int | None = None
    message_id: int | None = None

    def is_closed(self, at: datetime) -> bool:
        """Return whether a press at that moment comes too late."""
        return at > self.closes_at

    @property
    def shows_at(self) -> datetime | None:
        """When its message shows the answer; None where nothing was asked."""
        return self.closes_at + SHOWN_AFTER if self.asked is not None else None

    def close_by(self, at: datetime) -> "DayQuestion":
        """Return the question, closed by that moment, since its answer is about to be told."""
        return replace(self, closes_at=min(self.closes_at, at))

    def require_option(self, option: int) -> None:
        """Raise `BadInput` for an option that was never shown."""
        if self.asked is None or not 0 <= option < len(self.asked.options):
            raise BadInput("This question has no such option. Please press one of its buttons.")


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """The answer that stands, and how many questions in a row its player has answered with it."""

    option: int
    days: int


def days_running(before: int | None) -> int:
    """Return the run that an answer makes; `before`: that at the question before, None if not answered."""
    return 1 + (before or 0)


@dataclass(frozen=True, slots=True)
class DayOutcome:
    """How a question went: how many chose each option, some of who was right, and the longest runs."""

    question: DayQuestion
    asked: Asked
    counts: Sequence[int]
    right: Sequence[str]  # names, the earliest first; not all of them
    runs: Sequence[tuple[str, int]]  # names and days, the longest first; only those of two days and more

    @property
    def answered(self) -> int:
        """Return how many have answered."""
        return sum(self.counts)

    @property
    def correct(self) -> int:
        """Return how many were right."""
        return self.counts[self.asked.key_index]
