"""Reminders of the daily challenge: when each is due, and whether it still is to be sent.

What always holds:
- one comes at most once a date, and never within 20 hours of the one before, whatever zone is claimed;
- at a change of clocks it behaves as schedules do: `bot.quiz.slots`;
- who has played that day is not reminded, and neither is anybody three hours late or the day after;
- only Discord's own refusal stops it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.quiz.schedule import GRACE
from bot.quiz.slots import Recurrence, local_day

APART = timedelta(hours=20)
"""The least time between two."""

SURE = timedelta(minutes=2)
"""For so long Discord knows a message by its nonce, so sending it again makes no second one."""


class Step(StrEnum):
    """What is to be done about a reminder that rings."""

    WAIT = "wait"  # it is not due yet
    SKIP = "skip"  # not today any more
    SEND = "send"
    LOOK = "look"  # sending was begun a while ago: look whether it is there


@dataclass(frozen=True, slots=True)
class Reminder:
    """A player's reminder, at the local time `at`. `next_at` None: it has stopped, and `reason` says why.

    `tried_at` is when sending the one of `next_on` was begun.
    """

    player_id: int
    at: time
    next_on: date | None = None
    next_at: datetime | None = None
    tried_at: datetime | None = None
    last_on: date | None = None
    last_at: datetime | None = None
    reason: str | None = None

    def armed(self, now: datetime, zone: ZoneInfo) -> "Reminder":
        """Return it with its next date by the calendar of `zone`."""
        after = now if self.last_at is None else max(now, self.last_at + APART)
        slot = Recurrence(self.at, zone).next_slot(after, after_on=self.last_on)
        on, due_at = (slot.on, slot.due_at) if slot else (None, None)
        return replace(self, next_on=on, next_at=due_at, tried_at=None, reason=None)

    def moved(self, at: time, now: datetime, zone: ZoneInfo) -> "Reminder":
        """Return it at another local time; one that is under way counts as sent: rather none than two."""
        is_under_way = self.next_at is not None and self.tried_at is not None
        last_on, last_at = (self.next_on, self.tried_at) if is_under_way else (self.last_on, self.last_at)
        return replace(self, at=at, last_on=last_on, last_at=last_at).armed(now, zone)

    def step(self, now: datetime, zone: ZoneInfo, *, has_played: bool) -> Step:
        """Return what is to be done at an instant; `has_played`: the challenge of `next_on`."""
        if self.next_at is None or self.next_at > now:
            return Step.WAIT
        if self.tried_at is not None:
            return Step.SEND if timedelta(0) <= now - self.tried_at < SURE else Step.LOOK
        return Step.SKIP if has_played or self.is_over(now, zone) else Step.SEND

    def is_over(self, now: datetime, zone: ZoneInfo) -> bool:
        """Return whether it is too late for the one of `next_on`."""
        return self.next_at is None or now - self.next_at > GRACE or self.next_on != local_day(zone, now)

    def tried(self, now: datetime) -> "Reminder":
        """Return it with sending begun."""
        return self if self.tried_at is not None else replace(self, tried_at=now)

    def sent(self, now: datetime, zone: ZoneInfo) -> "Reminder":
        """Return it after its message has gone, armed for the next date."""
        return replace(self, last_on=self.next_on, last_at=self.tried_at or now).armed(now, zone)

    def skipped(self, now: datetime, zone: ZoneInfo) -> "Reminder":
        """Return it armed for the next date, this one being left out."""
        return replace(self, last_on=self.next_on).armed(now, zone)

    def mended(self, now: datetime, zone: ZoneInfo) -> "Reminder":
        """Return it armed by a clock that is right again; what a clock ahead has noted is forgotten."""
        is_ahead = self.last_on is not None and self.last_on > local_day(zone, now)
        return (replace(self, last_on=None, last_at=None) if is_ahead else self).armed(now, zone)

    def stopped(self, reason: str) -> "Reminder":
        """Return it after Discord has refused it for good."""
        return replace(self, next_on=None, next_at=None, tried_at=None, reason=reason)
