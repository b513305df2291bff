"""Showings: all that a message shows of a game, as values that the surface draws."""

from collections.abc import Sequence
from dataclasses import dataclass
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
