"""Periods: the day, week, month and season that an instant falls in, by a time zone's calendar.

What always holds:
- a period is named by the local calendar (`2026-11-22`, `2026-W47`, `2026-11`,
  `2026-S4`, `all`), so a month stays the same month when a server changes its time zone;
- an instant lies in `[starts_at, ends_at)` of its own period, and the next
  period starts at the instant at which this one ends: a day of 23 or 25 hours
  is one day;
- a week is an ISO week, from Monday to Sunday; a season is a quarter of a year.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEKS = 12  # of a player's points that are kept: this one and those before it
UTC_ZONE = ZoneInfo("UTC")
SEASON = 3  # months


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
class Period:
    """One day, week, month or season (or all time: then it has no bounds) of one calendar."""

    span: Span
    key: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def period_of(span: Span, at: datetime, zone: ZoneInfo) -> Period:
    """Return the period of length `span` that holds the aware instant `at` in `zone`."""
    if span is Span.ALL:
        return Period(span, key_of(span, at, zone))
    first, after = _days(span, at.astimezone(zone).date())
    return Period(span, key_of(span, at, zone), _start(first, zone), _start(after, zone))


def key_of(span: Span, at: datetime, zone: ZoneInfo) -> str:
    """Return the name of the period of length `span` that holds `at`, without working out its bounds."""
    if span is Span.ALL:
        return "all"
    day = at.astimezone(zone).date()
    if span is Span.TODAY:
        return day.isoformat()
    if span is Span.MONTH:
        return f"{day:%Y-%m}"
    if span is Span.SEASON:
        return f"{day.year}-S{(day.month - 1) // SEASON + 1}"
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _days(span: Span, day: date) -> tuple[date, date]:
    """Return the first day of the period that holds `day`, and the first day after it."""
    if span is Span.TODAY:
        return day, day + _DAY
    if span is Span.WEEK:
        monday = day - day.weekday() * _DAY
        return monday, monday + 7 * _DAY
    if span is Span.SEASON:
        first = day.replace(month=(day.month - 1) // SEASON * SEASON + 1, day=1)
        return first, (first + SEASON * 31 * _DAY).replace(day=1)
    first = day.replace(day=1)
    return first, (first + 31 * _DAY).replace(day=1)


def _start(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of `day`: midnight, or the end of the gap that swallowed it."""
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    # A clock that jumps across midnight makes `midnight` an instant inside the day, which began at the jump.
    while (earlier := midnight - timedelta(minutes=15)).astimezone(zone).date() >= day:
        midnight = earlier
    return midnight


def seasons_before(season: Period, count: int, zone: ZoneInfo) -> list[str]:
    """Return the names of the last `count` seasons before one, the latest first."""
    found: list[str] = []
    for _ in range(count):
        assert season.starts_at is not None  # noqa: S101 - it is a season
        season = period_of(Span.SEASON, season.starts_at - _DAY, zone)
        found.append(season.key)
    return found


def months_of(season: str) -> tuple[date, date]:
    """Return the first days of the first and the last month of a season, from its name (`2026-S4`)."""
    year, _, number = season.partition("-S")
    last = int(number) * SEASON
    return date(int(year), last - SEASON + 1, 1), date(int(year), last, 1)


def week_number(at: datetime) -> int:
    """Return which week an instant is in, from Monday to Sunday in UTC; that of 1 January 1970 is 0."""
    return ((at - _EPOCH) // _DAY + 3) // 7
