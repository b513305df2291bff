"""Games and rounds: the rules of play, with nothing of Discord, SQL or the clock in them.

A game asks its questions one at a time; a round is one question, open until
`closes_at`, until everybody who plays has answered, or until somebody moves on.
All are frozen values; a step that cannot be taken raises.

What always holds:
- a player's first answer stands;
- an answer is judged by the moment Discord took it, not by when it was read;
- `closes_at` only ever moves forward in haste: nothing makes a round longer;
- a closed round never opens again, an ended game never asks again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from bot.errors import BadInput, Conflict, QuizError
from bot.quiz.question import Question

LETTERS = "ABCDE"
MOST_OPTIONS = len(LETTERS)
MOST_QUESTIONS = 50
SECONDS = (5, 300)  # the bounds of `Rules.seconds`
GRACE = timedelta(milliseconds=150)  # after its end a round waits so long for presses on the wire
EVERYONE_WAIT = timedelta(seconds=2)  # after everybody has answered: time for a newcomer


class Pace(StrEnum):
    """How much time a question gives."""

    AUTO = "auto"
    FAST = "fast"
    RELAXED = "relaxed"
    UNTIMED = "untimed"


class Scoring(StrEnum):
    """What a right answer is worth."""

    ACCURACY = "accuracy"
    SPEED = "speed"


class Kind(StrEnum):
    """Who plays a game: everybody in a channel, or one person in a message only they see."""

    CHANNEL = "channel"
    SOLO = "solo"


class GameState(StrEnum):
    """RUNNING -> FINISHED (all questions asked) or STOPPED (before that)."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"


class RoundState(StrEnum):
    """OPENING (drawn, its message not yet known) -> OPEN -> CLOSED."""

    OPENING = "opening"
    OPEN = "open"
    CLOSED = "closed"


class Cause(StrEnum):
    """Why a round closes when it does."""

    TIME = "time"
    EVERYONE = "everyone"
    SKIPPED = "skipped"
    NEXT = "next"
    STOPPED = "stopped"
    REFUSED = "refused"  # Discord did not take its message: nobody has seen it


class TooLate(QuizError):
    """The press came after the round had closed, by Discord's clock."""


class AlreadyAnswered(Conflict):
    """The player has answered: the first press stands."""

    def __init__(self, option: int) -> None:
        super().__init__(f"Your answer is {LETTERS[option]}: the first press stands.")
        self.option = option


class ImpossibleStep(Exception):
    """Ours: a step that the state does not allow."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a game is played. `seconds`, when given, stands in place of what `pace` would give."""

    questions: int = 10
    topic: str | None = None
    difficulty: int | None = None
    pace: Pace = Pace.AUTO
    seconds: int | None = None
    scoring: Scoring = Scoring.ACCURACY
    fact: str | None = None  # only questions about this fact: practice for one thing

    def __post_init__(self) -> None:
        if not 1 <= self.questions <= MOST_QUESTIONS:
            raise BadInput(f"A game has 1 to {MOST_QUESTIONS} questions.")
        if self.seconds is not None and not SECONDS[0] <= self.seconds <= SECONDS[1]:
            raise BadInput(f"A question gives {SECONDS[0]} to {SECONDS[1]} seconds.")

    @property
    def is_timed(self) -> bool:
        """Return whether rounds close by themselves."""
        return self.seconds is not None or self.pace is not Pace.UNTIMED

    def to_plain(self) -> dict[str, Any]:
        """Return what differs from the defaults, JSON-ready."""
        return {
            name: value
            for name in self.__slots__
            if (value := getattr(self, name)) != getattr(_DEFAULTS, name)
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild the rules that `to_plain` described; names that it does not know are left out."""
        known = {name: value for name, value in plain.items() if name in cls.__slots__}
        if "pace" in known:
            known["pace"] = Pace(known["pace"])
        if "scoring" in known:
            known["scoring"] = Scoring(known["scoring"])
        return cls(**known)


_DEFAULTS = Rules()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked: with its options in the order of the buttons."""

    question: Question
    options: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 2 <= len(self.options) <= MOST_OPTIONS:
            raise ImpossibleStep(f"question {self.question.id} with {len(self.options)} options")
        if self.options.count(self.question.key) != 1:
            raise ImpossibleStep(f"question {self.question.id} without its key among the options")

    @property
    def key_index(self) -> int:
        """Return the position of the key."""
        return self.options.index(self.question.key)


@dataclass(frozen=True, slots=True)
class Haste:
    """A round's earlier end by Discord's clock, and when by ours its timer is then due."""

    closes_at: datetime
    due_at: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class Answer:
    """One player's answer. What comes after `at` is known from the close on."""

    player_id: int
    option: int
    at: datetime
    is_right: bool | None = None
    points: int = 0
    streak: int = 0  # right answers in a row in this game, up to and with this one


@dataclass(frozen=True, slots=True)
class Round:
    """One question being asked. The question itself is in `Asked`, so that an open round is small."""

    id: int
    game_id: int
    number: int
    options: int
    allowed: timedelta | None
    state: RoundState = RoundState.OPENING
    message_id: int | None = None
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    closed_at: datetime | None = None
    cause: Cause | None = None

    def submit(self, player_id: int, option: int, at: datetime, first: int | None = None) -> Answer:
        """Return the player's answer, given at `at`; `first` is the option they chose before, if they did.

        A press made before a close and heard after it is in time: its maker did not see the result.
        Raises `AlreadyAnswered`, `TooLate`, or `BadInput` for an option that was never offered.
        """
        if not 0 <= option < self.options:
            raise BadInput("This question has no such option. Please press one of its buttons.")
        if first is not None:
            raise AlreadyAnswered(first)
        end = self.closed_at if self.state is RoundState.CLOSED else self.closes_at
        if end is not None and at > end:
            raise TooLate(
                f"That press came {seconds_text(at - end)} after the round closed, so it does not count."
            )
        return Answer(player_id, option, at)

    def open(self, message_id: int | None, opened_at: datetime) -> "Round":
        """Return the round as its message shows it; `opened_at` is that message's time."""
        self._require(RoundState.OPENING)
        closes_at = opened_at + self.allowed if self.allowed is not None else None
        return replace(
            self, state=RoundState.OPEN, message_id=message_id, opened_at=opened_at, closes_at=closes_at
        )

    def hasten(self, closes_at: datetime, cause: Cause) -> "Round":
        """Return the round closing at `closes_at`, or as it is when that would not be earlier."""
        self._require(RoundState.OPEN)
        if self.closes_at is not None and self.closes_at <= closes_at:
            return self
        return replace(self, closes_at=closes_at, cause=cause)

    def close(self, at: datetime) -> "Round":
        """Return the closed round: as of `closes_at` when that has passed, else (a stop) as of `at`."""
        if self.state is RoundState.CLOSED:
            raise ImpossibleStep(f"round {self.id} is closed already")
        is_due = self.closes_at is not None and self.closes_at <= at
        cause = (self.cause or Cause.TIME) if is_due else Cause.STOPPED
        return replace(self, state=RoundState.CLOSED, closed_at=self.closes_at if is_due else at, cause=cause)

    def refuse(self, at: datetime) -> "Round":
        """Return the round, closed because Discord does not take its message."""
        self._require(RoundState.OPENING)
        return replace(self, state=RoundState.CLOSED, closed_at=at, cause=Cause.REFUSED)

    def _require(self, state: RoundState) -> None:
        if self.state is not state:
            raise ImpossibleStep(f"round {self.id} is {self.state}, not {state}")


@dataclass(frozen=True, slots=True)
class Game:
    """A run of rounds under one set of rules."""

    id: int
    kind: Kind
    guild_id: int | None
    channel_id: int
    starter_id: int
    rules: Rules
    started_at: datetime
    state: GameState = GameState.RUNNING
    number: int = 1  # of the round that was drawn last
    ended_at: datetime | None = None
    reason: str | None = None  # why it was stopped, as a sentence

    @property
    def has_next(self) -> bool:
        """Return whether another round is to come."""
        return self.state is GameState.RUNNING and self.number < self.rules.questions

    def next(self) -> "Game":
        """Return the game at its next round."""
        self._require_running()
        if not self.has_next:
            raise ImpossibleStep(f"game {self.id} has asked all its questions")
        return replace(self, number=self.number + 1)

    def finish(self, at: datetime) -> "Game":
        """Return the game, played to its end."""
        self._require_running()
        return replace(self, state=GameState.FINISHED, ended_at=at)

    def stop(self, at: datetime, reason: str) -> "Game":
        """Return the game, ended before its time."""
        self._require_running()
        return replace(self, state=GameState.STOPPED, ended_at=at, reason=reason)

    def _require_running(self) -> None:
        if self.state is not GameState.RUNNING:
            raise ImpossibleStep(f"game {self.id} is {self.state}")


def seconds_text(duration: timedelta) -> str:
    """Return a duration as a player reads it: `0.3 s`, `12 s`, `3 min`."""
    seconds = duration.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
