"""Duels: two people answer the same questions, each alone and at their own pace.

What always holds:
- only the one who was asked accepts; either of the two calls it off before that;
- what somebody answered is told to nobody, them included, before both have answered that question
  or the duel is over;
- a duel that nobody accepts, or that nobody plays any more, ends by itself; what was answered counts.

Values and decisions only: the store keeps them, services run them in transactions.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import BadInput, Conflict, NotAllowed
from bot.quiz.challenge import Mark

OFFERED_FOR = timedelta(minutes=30)
"""How long an offer can be accepted."""

IDLE_FOR = timedelta(hours=12)
"""So long after the last answer a duel ends by itself."""

QUESTIONS = 5
MOST_QUESTIONS = 20
MOST_OPEN = 3  # duels of one challenger in one place, with offers in vain: each notifies somebody


class DuelState(StrEnum):
    """OFFERED -> RUNNING | DECLINED | EXPIRED; RUNNING -> FINISHED | LEFT (nobody played on)."""

    OFFERED = "offered"
    RUNNING = "running"
    FINISHED = "finished"
    DECLINED = "declined"
    EXPIRED = "expired"
    LEFT = "left"


class Outcome(StrEnum):
    """How a duel came out for one of the two."""

    WON = "won"
    LOST = "lost"
    DRAWN = "drawn"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what came of each question answered so far, and whether all are."""

    player_id: int
    name: str = ""
    marks: tuple[Mark, ...] = ()
    points: int = 0
    is_done: bool = False

    @property
    def right(self) -> int:
        """How many were right."""
        return self.marks.count(Mark.RIGHT)

    def grid(self, questions: int) -> tuple[Mark, ...]:
        """Return a mark for each of so many questions, those not reached among them."""
        return (*self.marks, *[Mark.NONE] * (questions - len(self.marks)))


@dataclass(frozen=True, slots=True)
class Duel:
    """A duel as it stands; `sides` are the challenger's and then the opponent's."""

    home_id: int
    id: int
    channel_id: int
    message_id: int | None
    is_posted: bool
    questions: int
    topic: str | None
    state: DuelState
    offered_at: datetime
    ends_at: datetime
    sides: tuple[Side, Side]
    tried_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 1
    shown: int = 0

    @property
    def challenger(self) -> Side:
        """Return who has asked."""
        return self.sides[0]

    @property
    def opponent(self) -> Side:
        """Return who was asked."""
        return self.sides[1]

    @property
    def told(self) -> int:
        """How many questions both have answered: so many are told."""
        if self.ended_at is not None:
            return self.questions
        return min(len(side.marks) for side in self.sides)

    def side_of(self, player_id: int) -> Side | None:
        """Return a player's side; None for anybody else."""
        return next((side for side in self.sides if side.player_id == player_id), None)

    def other_than(self, player_id: int) -> Side:
        """Return the other one."""
        return self.sides[1] if self.sides[0].player_id == player_id else self.sides[0]

    def accepted(self, player_id: int, now: datetime) -> "Duel":
        """Return it running; raise `NotAllowed` for anybody but the one who was asked."""
        self._require_offered(now)
        if player_id != self.opponent.player_id:
            raise NotAllowed("Only the one who was asked can accept. `/duel` asks somebody yourself.")
        return self._as(state=DuelState.RUNNING, ends_at=now + IDLE_FOR)

    def declined(self, player_id: int, now: datetime) -> "Duel":
        """Return it called off; raise `NotAllowed` for anybody but the two."""
        self._require_offered(now)
        if self.side_of(player_id) is None:
            raise NotAllowed("This duel is between two others. `/duel` asks somebody yourself.")
        return self._as(state=DuelState.DECLINED, ended_at=now)

    def with_side(self, side: Side, now: datetime) -> "Duel":
        """Return it with what one of the two has done by now: finished, when both have done all."""
        known = self.side_of(side.player_id)
        if self.state is not DuelState.RUNNING or known is None or len(known.marks) > len(side.marks):
            return self
        if replace(side, name=known.name) == known:
            return self
        first, second = (replace(side, name=one.name) if one is known else one for one in self.sides)
        after = self._as(sides=(first, second), ends_at=now + IDLE_FOR)
        if first.is_done and second.is_done:
            return replace(after, state=DuelState.FINISHED, ended_at=now)
        return after

    def expired(self, now: datetime) -> "Duel":
        """Return it as time leaves it: itself when it is over already, or not due."""
        if self.ended_at is not None or now < self.ends_at:
            return self
        state = DuelState.EXPIRED if self.state is DuelState.OFFERED else DuelState.LEFT
        return self._as(state=state, ended_at=now)

    def outcome_for(self, player_id: int) -> Outcome | None:
        """Return how it came out for one of the two; None where nobody has played, or it goes on."""
        own, other = self.side_of(player_id), self.other_than(player_id)
        is_over = self.state in {DuelState.FINISHED, DuelState.LEFT}
        if own is None or not is_over or not (own.marks or other.marks):
            return None
        if own.points == other.points:
            return Outcome.DRAWN
        return Outcome.WON if own.points > other.points else Outcome.LOST

    def _require_offered(self, now: datetime) -> None:
        if self.state is DuelState.EXPIRED or (self.state is DuelState.OFFERED and now >= self.ends_at):
            raise Conflict("That offer has run out. `/duel` makes another one.")
        if self.state is not DuelState.OFFERED:
            raise Conflict("That offer is answered already. `/duel` makes another one.")

    def _as(self, **changes: object) -> "Duel":
        return replace(self, **changes, version=self.version + 1)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Record:
    """How many duels somebody has won, lost and drawn."""

    won: int = 0
    lost: int = 0
    drawn: int = 0

    @property
    def total(self) -> int:
        """How many in all."""
        return self.won + self.lost + self.drawn


def require_pair(challenger_id: int, opponent_id: int, *, is_bot: bool) -> None:
    """Raise `BadInput` for two who cannot duel."""
    if challenger_id == opponent_id:
        raise BadInput("A duel needs two. `/quiz solo` is for you alone.")
    if is_bot:
        raise BadInput("Bots know the answers, or do not play. Ask a person.")
