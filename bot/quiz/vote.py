"""Votes: when the players of a game decide for all of them."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ballot:
    """How a vote stands after somebody's vote; `counts` is False for one who does not play."""

    votes: int
    needed: int
    counts: bool = True

    @property
    def is_carried(self) -> bool:
        """Return whether a majority has voted."""
        return self.votes >= self.needed

    @property
    def decides(self) -> bool:
        """Return whether this vote counted and made the majority."""
        return self.counts and self.is_carried


def votes_needed(players: int) -> int:
    """Return how many votes are a majority of the players of a game so far; one person is never a vote."""
    return max(2, players // 2 + 1)


def may_vote(player_id: int, players: Collection[int]) -> bool:
    """Return whether a person's vote counts: a player's, or anybody's while nobody has played."""
    return not players or player_id in players
