"""Presence: who still plays a game, judged by its latest rounds.

What always holds: there is always somebody who can end a game. Who started it
and moderators can; so can a majority of those who have played lately, two at
least; once the starter is away, that majority may be one person; and a game that
nobody plays ends by itself.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.quiz.game import Cause

LATELY = 3
"""Rounds in a row: who has answered none of them is away."""

IDLE_FOR = timedelta(hours=1)
"""How long an untimed round waits for an answer, and after its last one for somebody to go on."""

LEFT_FOR = timedelta(days=1)
"""How long a game played alone waits for its player, from its last question on."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How one of a game's rounds has ended; `cause` is None while it goes on."""

    cause: Cause | None
    answered: int


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is there: `players` have answered one of the last closed rounds, or the one that goes on."""

    starter_id: int
    closed: int  # rounds closed so far
    players: Collection[int]  # a starter who has left is not among them
    has_starter_left: bool = False

    @property
    def is_starter_away(self) -> bool:
        """Return whether the players need not wait for who started the game, who may be forgotten (0)."""
        is_silent = self.closed >= LATELY and self.starter_id not in self.players
        return self.has_starter_left or not self.starter_id or is_silent

    @property
    def votes_needed(self) -> int:
        """Return how many votes decide: a majority; of one person only when the starter is away."""
        return max(1 if self.is_starter_away else 2, len(self.players) // 2 + 1)

    def may_vote(self, player_id: int) -> bool:
        """Return whether a person's vote counts: a player's, or anybody's while nobody plays."""
        return not self.players or player_id in self.players


def is_idle(endings: Sequence[Ending]) -> bool:
    """Return whether nobody plays any more, from how a game's rounds ended, the latest first."""
    latest = endings[:LATELY]
    return len(latest) == LATELY and all(
        ending.cause is Cause.TIME and not ending.answered for ending in latest
    )


def are_refused(endings: Sequence[Ending]) -> bool:
    """Return whether Discord has refused several questions in a row: then it is not the questions."""
    latest = endings[:LATELY]
    return len(latest) == LATELY and all(ending.cause is Cause.REFUSED for ending in latest)
