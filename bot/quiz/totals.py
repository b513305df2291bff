"""What answers add up to on one board: points, right answers, and when the points were reached.

What always holds: however answers are put together before they are added, and in whatever order, the total
is the same; points were reached at the last answer that brought some or, before there are any, at the first.
"""

from dataclasses import dataclass

TOGETHER = 2
"""So many players make a game count everywhere: points made alone are worth nothing to others."""


@dataclass(slots=True)
class Gain:
    """What answers bring a player on one board; instants in milliseconds since 1970."""

    points: int = 0
    correct: int = 0
    answered: int = 0
    first_at: int = 0
    scored_at: int = 0  # the last instant that brought points

    def add(self, points: int, is_right: int, at: int) -> None:
        """Add an answer."""
        self.first_at = min(self.first_at, at) if self.answered else at
        self.points += points
        self.correct += is_right
        self.answered += 1
        if points > 0:
            self.scored_at = max(self.scored_at, at)


@dataclass(slots=True)
class Total:
    """What a player has on one board; `reached_at` decides among equals."""

    points: int = 0
    correct: int = 0
    answered: int = 0
    reached_at: int = 0
    is_placed: int = 0  # 0: without a place there, since the player stays off it

    def take(self, gain: Gain) -> None:
        """Add a gain."""
        if gain.points > 0:
            self.reached_at = max(self.reached_at, gain.scored_at) if self.points > 0 else gain.scored_at
        elif not self.points:
            self.reached_at = min(self.reached_at, gain.first_at) if self.answered else gain.first_at
        self.points += gain.points
        self.correct += gain.correct
        self.answered += gain.answered
