"""Showings: all that a message shows of a game, as values that the surface draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.quiz.game import Answer, Asked, Game, Round
from bot.quiz.scoring import Score, Tally


@dataclass(frozen=True, slots=True)
class RoundShowing:
    """All that a round's message shows. `answers` come with their players' names, in order of time.

    The message is to show `version`, and shows `shown`; 0 is none at all. `drawn_at` is by our clock.
    """

    game: Game
    round: Round
    asked: Asked
    drawn_at: datetime
    version: int
    shown: int
    answers: Sequence[tuple[Answer, str]]


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many have answered an open round, and how many are playing: fewer where newcomers have answered."""

    answered: int = 0
    expected: int = 0


NOBODY = Attendance()


@dataclass(frozen=True, slots=True)
class Lobby:
    """A game before its first question, which comes at `starts_at` by Discord's clock, or at once.

    `wanted` questions were asked for; `with_rules`: its announcement says how points work; `players`: the
    names of those who have said that they play, by their ids.
    """

    game: Game
    starter: str
    starts_at: datetime | None = None
    wanted: int = 0
    with_rules: bool = False
    players: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GameShowing:
    """All that a game's standings show."""

    game: Game
    message_id: int | None
    version: int
    shown: int
    scores: Sequence[Score]
    tallies: Sequence[Tally]


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand in a channel; `has_following` when another question comes after this one."""

    game: Game
    round: Round
    standings: GameShowing
    has_following: bool = True
