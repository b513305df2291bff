"""Schedules and their posts: what is asked for, how it stands, and what follows from what happens.

What always holds:
- a schedule is due on each of its local days once, by `bot.quiz.slots`;
- only Discord's own refusals stop it, three in a row; whatever sleeps or cannot
  be known counts against nobody;
- a post is sent within three hours of its time or not at all;
- days on which nobody could have posted are one absence, however many they are.

Values and decisions only: the store keeps them, services run them in transactions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.errors import Conflict
from bot.pauses import Pauses
from bot.quiz.slots import Recurrence, Slot, local_day

LATE = timedelta(minutes=2)  # from here on a post says that it is late
GRACE = timedelta(hours=3)  # how late a post may be
REFUSALS = 3  # in a row, until a schedule stops
MOST_SCHEDULES = 25  # a server: as many as one menu of suggestions shows
KEPT = timedelta(days=400)  # how long the log remembers
_WEEK = timedelta(days=8)  # every slot has another of its schedule within so long, and a gap
_PAUSES = Pauses((5, 20, 60, 180, 600, 900))

ABSENT = "Farside was not running in time"
TOO_LATE = "Farside was not running, or could not reach Discord, in time"
NO_FACTS = "the question bank has no facts to post"
NO_TOPIC = "the question bank has no facts on its topic any more"


class ScheduleState(StrEnum):
    """ACTIVE <-> PAUSED by its owner; STOPPED after refusals; REMOVED for good, its log is kept."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"
    REMOVED = "removed"


class PostKind(StrEnum):
    """What a schedule posts: a fact, or that the day's challenge is there, with yesterday's winners."""

    FACT = "fact"
    CHALLENGE = "challenge"


class PostState(StrEnum):
    """CLAIMED -> SENT | MISSED (too late) | FAILED (refused, or not got through) | UNKNOWN (sent or not)."""

    CLAIMED = "claimed"
    SENT = "sent"
    MISSED = "missed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """What an owner asked for. `timezone` None follows the server's, `topic` None takes every topic."""

    guild_id: int
    request_id: int
    channel_id: int
    at: time
    days: frozenset[int]
    timezone: str | None
    role_id: int | None
    created_by: int
    topic: str | None = None
    kind: PostKind = PostKind.FACT


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it stands; `zone` is the time zone that holds, its own or the server's.

    `reason` is Discord's last refusal, or with no `failures` what an active one waits for. `next_on` and
    `next_at` are None when nothing is to come; `armed_at` is when they were worked out.
    """

    id: int
    guild_id: int
    number: int
    channel_id: int
    at: time
    days: frozenset[int]
    timezone: str | None
    zone: ZoneInfo
    role_id: int | None
    topic: str | None
    created_by: int
    state: ScheduleState
    reason: str | None
    failures: int
    is_told: bool
    next_on: date | None
    next_at: datetime | None
    armed_at: datetime | None
    kind: PostKind = PostKind.FACT

    @property
    def recurrence(self) -> Recurrence:
        """Return when it recurs."""
        return Recurrence(self.at, self.zone, self.days)

    @property
    def is_active(self) -> bool:
        """Return whether it posts."""
        return self.state is ScheduleState.ACTIVE

    @property
    def is_waiting(self) -> bool:
        """Return whether it is active and yet cannot post for now; `reason` says why."""
        return self.is_active and self.reason is not None and not self.failures

    def armed(self, now: datetime, last_on: date | None) -> "Schedule":
        """Return it with its next slot: later than `now`, and than every day that has a post."""
        if not self.is_active:
            return replace(self, next_on=None, next_at=None, armed_at=now)
        return self._with(self.recurrence.next_slot(now, after_on=last_on), now)

    def armed_from(self, on: date, now: datetime) -> "Schedule":
        """Return it with the first slot of the local day `on` or later, due or not."""
        return self._with(next(self.recurrence.slots_from(on), None), now)

    def turned(self, state: ScheduleState) -> "Schedule":
        """Return it as its owner's wish for `state` leaves it; itself when that changes nothing."""
        is_still = state is ScheduleState.PAUSED and self.state is ScheduleState.STOPPED
        if self.state is state or is_still:
            return self
        if state is ScheduleState.ACTIVE:
            return replace(self, state=state, failures=0, reason=None, is_told=True)
        return replace(self, state=state)

    def refused(self, reason: str) -> "Schedule":
        """Return it after Discord refused a post for good: stopped, when this was once too often."""
        failed = replace(self, failures=self.failures + 1, reason=reason)
        if failed.failures >= REFUSALS and self.is_active:
            return replace(failed, state=ScheduleState.STOPPED, is_told=False, next_on=None, next_at=None)
        return failed

    def waiting(self, reason: str) -> "Schedule":
        """Return it while its channel is there and takes nothing: that counts against nobody."""
        return self if not self.is_active or self.failures else replace(self, reason=reason)

    def relieved(self) -> "Schedule":
        """Return it after a post got through."""
        return self if self.state is ScheduleState.STOPPED else replace(self, failures=0, reason=None)

    def _with(self, slot: Slot | None, now: datetime) -> "Schedule":
        on, due_at = (slot.on, slot.due_at) if slot else (None, None)
        return replace(self, next_on=on, next_at=due_at, armed_at=now)


@dataclass(frozen=True, slots=True)
class Absence:
    """The local days from `first_on` to `last.on` whose posts nobody could send."""

    first_on: date
    last: Slot


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a schedule; `tries` counts the times that sending was begun before.

    `fact_id` is empty where it is no fact that is posted.
    An `is_extra` one was asked for by hand, beside those of the schedule's days.
    """

    id: int
    schedule: Schedule
    on: date
    due_at: datetime
    fact_id: str
    marker: str
    tries: int
    tried_at: datetime | None
    is_extra: bool

    @property
    def guild_id(self) -> int:
        """Return the server it is for."""
        return self.schedule.guild_id

    @property
    def channel_id(self) -> int:
        """Return the channel it is for."""
        return self.schedule.channel_id

    @property
    def role_id(self) -> int | None:
        """Return the role that it notifies."""
        return self.schedule.role_id

    def is_late(self, now: datetime) -> bool:
        """Return whether it should say that it is late."""
        return now - self.due_at > LATE

    def lost_because(self, now: datetime) -> str | None:
        """Return why it shall not be sent any more, or None when it shall."""
        state = self.schedule.state
        if state is ScheduleState.REMOVED or not (self.is_extra or self.schedule.is_active):
            return f"the schedule was {state} before it could be sent"
        return TOO_LATE if now - self.due_at > GRACE else None

    def next_try(self, began: datetime, now: datetime, wait: timedelta) -> datetime | None:
        """Return when to try again after a try, begun at `began`, that did not get through; None for never.

        The last look begins after the grace, however far the clock went on meanwhile: then it is found,
        or given up.
        """
        if began - self.due_at > GRACE:
            return None
        pause = max(timedelta(seconds=_PAUSES.after(self.tries + 1)), wait)
        last = max(self.due_at + GRACE + timedelta(seconds=1), now + timedelta(seconds=_PAUSES.after(1)))
        return min(now + pause, last)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What became of one day's post, or of those of all days from `first_on` to `on`."""

    number: int
    on: date
    channel_id: int
    due_at: datetime
    state: PostState
    reason: str | None
    settled_at: datetime | None
    message_id: int | None
    first_on: date | None = None
    is_extra: bool = False


def require_room(schedules: Sequence[Schedule]) -> None:
    """Raise `Conflict` when a server has as many schedules as can be."""
    if len(schedules) >= MOST_SCHEDULES:
        raise Conflict(
            f"This server has {MOST_SCHEDULES} schedules, which is as many as can be. "
            "Remove one with `/schedule remove` first."
        )


def due_slots(schedule: Schedule, now: datetime) -> tuple[Absence | None, list[Slot]]:
    """Return what of the schedule is too late at `now`, and the slots to post.

    The work is the same however long nobody looked.
    """
    if schedule.next_on is None:
        return None, []
    first, earliest = schedule.next_on, now - GRACE
    last: Slot | None = None
    current: list[Slot] = []
    for slot in schedule.recurrence.slots_from(max(first, local_day(schedule.zone, earliest) - _WEEK)):
        if slot.due_at > now:
            break
        if slot.due_at < earliest:
            last = slot
        else:
            current.append(slot)
    return Absence(first, last) if last else None, current
