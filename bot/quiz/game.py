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
from bot.quiz.question import Kind, Question

LETTERS = "ABCDEFGH"
MOST_OPTIONS = 5  # buttons of a row
MOST_IN_MENU = len(LETTERS)
MOST_TYPED = 200  # characters of a typed answer
MOST_QUESTIONS = 50
FOR_US = 4  # a game's difficulty that stands for: such that those who play are right about two times in three
SECONDS = (5, 300)  # the bounds of `Rules.seconds`
GRACE = timedelta(milliseconds=150)  # after its end a round waits so long for presses on the wire
CLUE_GRACE = timedelta(seconds=1)  # from a clue's time on it counts as read only after so long
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


class Mode(StrEnum):
    """How a game's questions are answered: by one press, in words and numbers, or each as suits it best."""

    CHOICE = "choice"
    TYPED = "typed"
    MIXED = "mixed"


class Form(StrEnum):
    """How one question is answered: by one press of a button, by a choice from a menu, or in words."""

    PRESS = "press"
    MENU = "menu"
    TYPED = "typed"


class GameKind(StrEnum):
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


Response = int | str | tuple[int, ...]
"""What a player gives: the option that they press, what they type, or the options that they choose."""


class TooLate(QuizError):
    """The answer came after the round had closed, by Discord's clock."""


class AlreadyAnswered(Conflict):
    """The player has answered: the first answer stands."""

    def __init__(self, response: Response) -> None:
        if isinstance(response, int):
            super().__init__(f"Your answer is {LETTERS[response]}: the first press stands.")
        else:
            super().__init__(f"Your answer is {response_text(response)}: the first one stands.")
        self.response = response


class ImpossibleStep(Exception):
    """Ours: a step that the state does not allow."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a game is played. `seconds`, when given, stands in place of what `pace` would give."""

    questions: int = 10
    mode: Mode = Mode.CHOICE
    topic: str | None = None
    difficulty: int | None = None  # 1 to 3, or `FOR_US`; None takes any
    pace: Pace = Pace.AUTO
    seconds: int | None = None
    scoring: Scoring = Scoring.ACCURACY
    fact: str | None = None  # only questions about this fact: practice for one thing
    paper: str | None = None  # the questions written there, in that order: `bot.store.papers`

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
        if "mode" in known:
            known["mode"] = Mode(known["mode"])
        if "pace" in known:
            known["pace"] = Pace(known["pace"])
        if "scoring" in known:
            known["scoring"] = Scoring(known["scoring"])
        return cls(**known)


_DEFAULTS = Rules()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked: with its options in the order shown; with none it is typed."""

    question: Question
    options: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.form is Form.TYPED:
            is_sound = self.question.is_typed
        else:
            most = MOST_OPTIONS if self.form is Form.PRESS else MOST_IN_MENU
            is_sound = 2 <= len(self.options) <= most and self._has_keys_once
        if not is_sound:
            raise ImpossibleStep(f"question {self.question.id} with the options {self.options}")

    @property
    def _has_keys_once(self) -> bool:
        keys = self.question.keys if self.form is Form.MENU else (self.question.key,)
        return bool(keys) and all(self.options.count(key) == 1 for key in keys)

    @property
    def form(self) -> Form:
        """Return how it is answered."""
        if not self.options:
            return Form.TYPED
        return Form.MENU if self.question.kind is Kind.SET else Form.PRESS

    @property
    def key_index(self) -> int:
        """Return the position of the key, where one press answers."""
        return self.options.index(self.question.key)

    @property
    def key_places(self) -> tuple[int, ...]:
        """Return the positions of all right options, in order; there is none where the answer is typed."""
        return tuple(place for place, option in enumerate(self.options) if option in self.question.right)


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
    response: Response
    at: datetime
    is_right: bool | None = None
    points: int = 0
    streak: int = 0  # right answers in a row in this game, up to and with this one

    @property
    def places(self) -> tuple[int, ...]:
        """Return the positions of the options chosen; none where words were typed."""
        if isinstance(self.response, int):
            return (self.response,)
        return () if isinstance(self.response, str) else self.response


@dataclass(frozen=True, slots=True)
class Round:
    """One question being asked. The question itself is in `Asked`, so that an open round is small.

    `options` is how many there are; of a round whose answers are typed, 0.
    """

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
    clues_at: tuple[datetime, ...] = ()  # when each clue of a ladder after the first was to be read
    home_id: int = 0  # its game's

    def clues_by(self, at: datetime) -> int:
        """Return how many clues of a ladder were to be read at an instant."""
        return 1 + sum(clue_at <= at for clue_at in self.clues_at)

    def submit(
        self, player_id: int, response: Response, at: datetime, first: Response | None = None
    ) -> Answer:
        """Return the player's answer, given at `at`; `first` is the answer they gave before, if they did.

        An answer given before a close and heard after it is in time: its giver did not see the result.
        Raises `AlreadyAnswered`, `TooLate`, or `BadInput` for an answer that was never offered.
        """
        self._require_offered(response)
        if first is not None:
            raise AlreadyAnswered(first)
        end = self.closed_at if self.state is RoundState.CLOSED else self.closes_at
        if end is not None and at > end:
            what = "press" if isinstance(response, int) else "answer"
            raise TooLate(
                f"That {what} came {seconds_text(at - end)} after the question closed, so it does not count."
            )
        return Answer(player_id, response, at)

    def _require_offered(self, response: Response) -> None:
        if isinstance(response, int):
            if not 0 <= response < self.options:
                raise BadInput("This question has no such option. Please press one of its buttons.")
        elif isinstance(response, str):
            if self.options:
                raise BadInput("This question is answered below it: please choose among its options.")
        elif not response or response[-1] >= self.options or list(response) != sorted(set(response)):
            raise BadInput("This question has no such options. Please choose from its menu.")

    def open(self, message_id: int | None, opened_at: datetime) -> "Round":
        """Return the round as its message shows it; `opened_at` is that message's time."""
        self._require(RoundState.OPENING)
        closes_at = opened_at + self.allowed if self.allowed is not None else None
        return replace(
            self, state=RoundState.OPEN, message_id=message_id, opened_at=opened_at, closes_at=closes_at
        )

    def give_clue(self, at: datetime) -> "Round":
        """Return the round with one more clue of a ladder out, to be read from `at` on."""
        self._require(RoundState.OPEN)
        return replace(self, clues_at=(*self.clues_at, at))

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
    kind: GameKind
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
    def home_id(self) -> int:
        """To whom all of the game belongs: its server; played alone, its player."""
        return self.starter_id if self.guild_id is None else self.guild_id

    @property
    def has_next(self) -> bool:
        """Return whether another round is to come."""
        return self.state is GameState.RUNNING and self.number < self.rules.questions

    @property
    def is_public(self) -> bool:
        """Whether it is played in a channel, where its messages show all how it stands."""
        return self.kind is GameKind.CHANNEL

    def is_alone_of(self, player_id: int) -> bool:
        """Return whether that player plays it alone."""
        return self.kind is GameKind.SOLO and self.starter_id == player_id

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


def stopped_by(name: str = "") -> str:
    """Return why a game was stopped that somebody has ended; nobody is named who is forgotten."""
    return f"stopped by {name or 'somebody'}"


def response_text(response: Response) -> str:
    """Return an answer as its giver knows it: `B`, `A, C and D`, or the words in quotes."""
    if isinstance(response, int):
        return LETTERS[response]
    if isinstance(response, str):
        return f'"{response}"'
    *others, last = (LETTERS[place] for place in response)
    return f"{', '.join(others)} and {last}" if others else last


def seconds_text(duration: timedelta) -> str:
    """Return a duration as a player reads it: `0.3 s`, `12 s`, `3 min`."""
    seconds = duration.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
