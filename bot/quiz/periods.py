"""Periods: the day, week, month and season that an instant falls in, by a time zone's calendar.

What always holds:
- a period is named by the local calendar (`2026-11-22`, `2026-W47`, `2026-11`,
  `2026-S4`, `all`), so a month stays the same month when a server changes its time zone;
  a season that is no quarter of a year by its first month and their number (`2026-11-S2`);
- an instant lies in `[starts_at, ends_at)` of its own period, and the next
  period starts at the instant at which this one ends: a day of 23 or 25 hours
  is one day;
- a week is an ISO week, from Monday to Sunday; a season is a quarter of a year, unless a server has
  another length: see `Seasons`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEKS = 12  # of a player's points that are kept: this one and those before it
UTC_ZONE = ZoneInfo("UTC")
SEASON = 3  # months
SEASONS = (1, 12)
"""The fewest and the most months of a season."""

_SEASON = re.compile(r"(?P<year>\d{4})-(?:(?P<month>\d{2})-)?S(?P<number>\d+)")


def zone_named(name: str) -> ZoneInfo:
    """Return the zone; UTC for one that this machine's time zone database lacks (a database moved here)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC_ZONE


class Span(StrEnum):
    """How long a period is; the value is the choice of `/leaderboard`."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Seasons:
    """How a calendar is cut into seasons: of `months` each, counted from month `until` on.

    Before that lies the one that went on when the length was changed: it keeps its beginning, month
    `first`, and what came before it counts for it. Months are numbered from that of 1 January 0.
    """

    months: int = SEASON
    first: int = 0
    until: int = SEASON

    def around(self, month: int) -> tuple[int, int]:
        """Return the first month of the season that holds this one, and the first month after it."""
        if month < self.until:
            return self.first, self.until
        start = self.until + (month - self.until) // self.months * self.months
        return start, start + self.months

    def changed(self, months: int, on: date) -> "Seasons":
        """Return them with another length, also of that day's season, which has that day's month at least."""
        if months == self.months:
            return self
        month = _month(on)
        first, _ = self.around(month)
        return Seasons(months, first, max(first + months, month + 1))


QUARTERS = Seasons()


@dataclass(frozen=True, slots=True)
class Period:
    """One day, week, month or season (or all time: then it has no bounds) of one calendar."""

    span: Span
    key: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def period_of(span: Span, at: datetime, zone: ZoneInfo, seasons: Seasons = QUARTERS) -> Period:
    """Return the period of length `span` that holds the aware instant `at` in `zone`."""
    key = key_of(span, at, zone, seasons)
    if span is Span.ALL:
        return Period(span, key)
    first, after = _days(span, at.astimezone(zone).date(), seasons)
    return Period(span, key, _start(first, zone), _start(after, zone))


def key_of(span: Span, at: datetime, zone: ZoneInfo, seasons: Seasons = QUARTERS) -> str:
    """Return the name of the period of length `span` that holds `at`, without working out its bounds."""
    if span is Span.ALL:
        return "all"
    day = at.astimezone(zone).date()
    if span is Span.TODAY:
        return day.isoformat()
    if span is Span.MONTH:
        return f"{day:%Y-%m}"
    if span is Span.SEASON:
        return _season_name(*seasons.around(_month(day)))
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _days(span: Span, day: date, seasons: Seasons) -> tuple[date, date]:
    """Return the first day of the period that holds `day`, and the first day after it."""
    if span is Span.TODAY:
        return day, day + _DAY
    if span is Span.WEEK:
        monday = day - day.weekday() * _DAY
        return monday, monday + 7 * _DAY
    if span is Span.SEASON:
        start, end = seasons.around(_month(day))
        return _first_day(start), _first_day(end)
    first = day.replace(day=1)
    return first, (first + 31 * _DAY).replace(day=1)


def _start(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of `day`: midnight, or the end of the gap that swallowed it."""
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    # A clock that jumps across midnight makes `midnight` an instant inside the day, which began at the jump.
    while (earlier := midnight - timedelta(minutes=15)).astimezone(zone).date() >= day:
        midnight = earlier
    return midnight


def is_season(key: str) -> bool:
    """Return whether that is a season's name."""
    return _SEASON.fullmatch(key) is not None


def months_of(season: str) -> tuple[date, date]:
    """Return the first days of the first and the last month of a season, from its name."""
    match = _SEASON.fullmatch(season)
    assert match is not None  # noqa: S101 - it is a season's name
    number, length = int(match["number"]), SEASON
    month = (number - 1) * SEASON + 1
    if match["month"]:
        month, length = int(match["month"]), number
    first = date(int(match["year"]), month, 1)
    return first, _first_day(_month(first) + length - 1)


def _season_name(first: int, until: int) -> str:
    start, months = _first_day(first), until - first
    if months == SEASON and first % SEASON == 0:
        return f"{start.year}-S{start.month // SEASON + 1}"
    return f"{start:%Y-%m}-S{months}"


def _month(day: date) -> int:
    """Return the number of a day's month."""
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def week_number(at: datetime) -> int:
    """Return which week an instant is in, from Monday to Sunday in UTC; that of 1 January 1970 is 0."""
    return ((at - _EPOCH) // _DAY + 3) // 7
