"""Streaks: on how many days in a row somebody has played the daily challenge, by their own calendar.

What always holds:
- a day belongs to the date that the player's calendar showed when its challenge
  was begun: an evening that goes on past midnight is that evening's;
- a date that a zone left out (Samoa's 30 December 2011) is missed by nobody;
- after a change of zone the days between two games are counted by the old zone's
  calendar, by the new one's, and by the dates played, and the fewest count: a
  journey ends no streak that staying would have kept;
- whoever leaves a zone whose day they have played has played up to that moment: no
  chain of journeys ends the streak of somebody to whom each calendar said "done";
- a streak grows by a date later than all before it, so no journey makes one faster
  than the calendar by more than a day or two in all.

Every seventh day in a row earns a freeze, of which two may be held. A freeze stands
for one missed day, by itself; what is missed beyond them ends the streak.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.quiz.slots import has_day, instant_of, local_day

EARNED_EVERY = 7
"""Days in a row that earn a freeze."""

MOST_FREEZES = 2
"""How many may be held."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlayedDay:
    """A challenge that was played: its date `on`, and the instant and zone in which it was begun.

    Or, of a streak's last one, in which a zone was left whose day was played: see `Streak.leaving`.
    """

    on: date
    at: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row up to the last one played, and what is held. `total` counts every day played."""

    days: int = 0
    longest: int = 0
    freezes: int = 0
    total: int = 0
    last: PlayedDay | None = None

    def after(self, played: PlayedDay) -> "Streak":
        """Return the streak with one more day played; days come in the order in which they were begun."""
        if self.last is not None and played.on <= self.last.on:  # a date that the journey west brought again
            return replace(self, total=self.total + 1, last=replace(played, on=self.last.on))
        missed = self._missed(played) if self.last is not None else 0
        lasts = missed <= self.freezes
        days = self.days + 1 if lasts else 1
        freezes = self.freezes - missed if lasts else 0
        if days % EARNED_EVERY == 0:
            freezes = min(freezes + 1, MOST_FREEZES)
        return Streak(days, max(self.longest, days), freezes, self.total + 1, played)

    def leaving(self, now: datetime, zone: ZoneInfo) -> "Streak":
        """Return the streak of somebody who goes by the calendar of `zone` up to now, and then by another."""
        last = self.last
        if last is None or now <= last.at or local_day(zone, now) > last.on:
            return self
        return replace(self, last=PlayedDay(last.on, now, zone))

    def standing(self, now: datetime, zone: ZoneInfo) -> "Standing":
        """Return how it stands at an instant for somebody whose calendar is that of `zone`."""
        today = local_day(zone, now)
        if self.last is None:
            return Standing(0, self.longest, 0, self.total, is_played=False)
        if today <= self.last.on:
            return Standing(self.days, self.longest, self.freezes, self.total, is_played=True)
        missed = self._missed(PlayedDay(today, now, zone))
        if missed > self.freezes:
            return Standing(0, self.longest, 0, self.total, is_played=False)
        return Standing(
            self.days, self.longest, self.freezes - missed, self.total, is_played=False, frozen=missed
        )

    def _missed(self, played: PlayedDay) -> int:
        """Return how many days lie unplayed between the last one and this, counted as far as matters."""
        last = self.last
        assert last is not None  # noqa: S101 - asked before the call
        old, new = last.zone, played.zone
        return min(
            _between(new, last.on, played.on),
            _between(new, local_day(new, last.at), played.on),
            _between(old, local_day(old, last.at), local_day(old, played.at)),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """A streak as it stands today: `days` is 0 when it has ended, `frozen` how many freezes hold it now.

    `freezes` are those left beside these.
    """

    days: int
    longest: int
    freezes: int
    total: int
    is_played: bool
    frozen: int = 0


def day_ends_at(on: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which the local day `on` is over."""
    after = on + _DAY
    while not has_day(zone, after):
        after += _DAY
    return instant_of(zone, after, time.min)


def _between(zone: ZoneInfo, first: date, last: date) -> int:
    """Return how many of the zone's days lie between two dates, counted no further than can matter."""
    count, on = 0, first + _DAY
    while on < last and count <= MOST_FREEZES:
        count += has_day(zone, on)
        on += _DAY
    return count
