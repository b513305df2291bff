"""Slots: on which local days, and at which instants, something that recurs is due.

What always holds:
- a local day has at most one slot, and later days have later slots;
- an hour that the day lacks (clocks put forward) gives way to the first instant
  after the gap; one that it has twice (clocks put back) counts the first time;
- a day that a zone left out altogether (Samoa's 30 December 2011) has no slot.

Pure arithmetic on the time zone database; instants are aware and in UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_LAST = date(9990, 1, 1)  # near the end of the calendar arithmetic overflows: nothing is due there


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One occurrence: the local day it belongs to, and when it is due."""

    on: date
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Something due at `at` by the clocks of `zone`, on `days` of the week (0 is Monday)."""

    at: time
    zone: ZoneInfo
    days: frozenset[int] = EVERY_DAY

    def slot(self, on: date) -> Slot | None:
        """Return the slot of the local day `on`, or None when it has none."""
        if on.weekday() not in self.days or not has_day(self.zone, on):
            return None
        return Slot(on, instant_of(self.zone, on, self.at))

    def slots_from(self, on: date) -> Iterator[Slot]:
        """Yield the slots of the local day `on` and of all later ones, in order."""
        if not self.days:
            return
        while on < _LAST:
            slot = self.slot(on)
            if slot is not None:
                yield slot
            on += _DAY

    def slots_after(self, instant: datetime, *, after_on: date | None = None) -> Iterator[Slot]:
        """Yield the slots due later than `instant`, in order; with `after_on`, of later days only."""
        # A gap can move a slot into the next local day, so start one day early.
        start = local_day(self.zone, instant) - _DAY
        if after_on is not None:
            start = max(start, after_on + _DAY)
        for slot in self.slots_from(start):
            if slot.due_at > instant:
                yield slot

    def next_slot(self, instant: datetime, *, after_on: date | None = None) -> Slot | None:
        """Return the first of `slots_after`, or None when nothing is due any more."""
        return next(self.slots_after(instant, after_on=after_on), None)

    def next_slots(self, instant: datetime, count: int, *, after_on: date | None = None) -> list[Slot]:
        """Return the first `count` of `slots_after`."""
        return list(islice(self.slots_after(instant, after_on=after_on), count))


def local_day(zone: ZoneInfo, instant: datetime) -> date:
    """Return the date that calendars in `zone` show at `instant`."""
    return instant.astimezone(zone).date()


def instant_of(zone: ZoneInfo, on: date, at: time) -> datetime:
    """Return when clocks in `zone` show `at` on `on`: the first such instant, or the first after a gap."""
    wall = datetime.combine(on, at.replace(tzinfo=None, fold=0))
    found = _to_utc(wall, zone, fold=0)
    if _wall(found, zone) == wall:
        return found
    return _end_of_gap(zone, _to_utc(wall, zone, fold=1), found)


def has_day(zone: ZoneInfo, on: date) -> bool:
    """Return whether any instant falls on the date `on` in `zone`."""
    midnight = datetime.combine(on, time.min)
    noon = datetime.combine(on, time(12))
    if _wall(_to_utc(noon, zone, fold=0), zone) == noon:
        return True
    return local_day(zone, instant_of(zone, on, time.min)) == midnight.date()


def _to_utc(wall: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _end_of_gap(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first instant, to the second, at which `zone` keeps the time that it keeps at `after`."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle <= before:
            break
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
