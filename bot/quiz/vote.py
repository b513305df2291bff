"""Votes: how the players of a game decide for all of them; `bot.quiz.presence` tells who may."""

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
