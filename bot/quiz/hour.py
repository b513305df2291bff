"""The hour for which something is announced, as people type it: `20:00`, `8pm tomorrow`, `31 Dec, 20:00`.

What always holds: whatever is typed is one instant to come, or refused with a sentence that says what to
type; an hour that a change of clocks leaves out is the first moment after the gap, and one that comes twice
the first of the two that is still to come.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import BadInput
from bot.quiz.judging.dates import read_dates
from bot.quiz.periods import UTC_ZONE
from bot.quiz.slots import has_day, instant_of, local_day
from bot.quiz.timetable import DAYS, read_time

FARTHEST = timedelta(days=60)

_HOW = "Type `20:00`, `tomorrow 20:00`, `fri 20:00` or `2026-12-31 20:00`, by the server's clock."
_PAST = f"That is past already. {_HOW}"
_FAR = f"That is too far ahead: {FARTHEST.days} days at most."
_TWO = f"That can be read in two ways. {_HOW}"
_DAY = timedelta(days=1)
_SMALL_HOURS = 6  # before them it is still the night that "tonight" means
_SPAN = re.compile(
    r"in (?:(?P<half>half an hour)|(?:(?P<hours>an?|\d{1,4}) ?h(?:ours?|rs?)?)?(?: and)? ?"
    r"(?:(?P<minutes>\d{1,4}) ?m(?:in(?:ute)?s?)?\.?)?)"
)
_STAMP = re.compile(r"<t:(?P<seconds>\d{1,11})(?::[a-z])?>")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})t(\d{2}:\d{2})(?::\d{2})?(z?)")
_SHORT_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})\.?")


def read_hour(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the hour that was typed: without a day the next such one by the clocks of `zone`.

    Raises `BadInput` for what cannot be read, is past, or lies more than 60 days ahead.
    """
    typed = " ".join(text.lower().replace(",", " ").replace("@", " at ").split())
    at = _instant(typed, now)
    readings = [at] if at is not None else _readings(typed, now, zone)
    coming = {reading for reading in readings if timedelta(0) < reading - now <= FARTHEST}
    if len(coming) > 1:
        raise BadInput(_TWO)
    if not coming:
        raise BadInput(_PAST if readings[0] <= now else _FAR)
    return coming.pop()


def _instant(typed: str, now: datetime) -> datetime | None:
    """Return what is the same in every zone: `in 2 hours`, or a time as Discord writes it."""
    if match := _STAMP.fullmatch(typed):
        with suppress(OverflowError, ValueError, OSError):
            return datetime.fromtimestamp(int(match["seconds"]), UTC)
    if (match := _SPAN.fullmatch(typed)) and any(match.groups()):
        hours = match["hours"] or "0"
        minutes = 30 if match["half"] else int(match["minutes"] or 0)
        return now + timedelta(hours=int(hours) if hours.isdecimal() else 1, minutes=minutes)
    return None


def _readings(typed: str, now: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return what a time, with a day before it or behind it, can mean: one instant at least."""
    words = _ISO.sub(r"\1 \2 \3", typed).split()
    if words and words[-1] in ("utc", "gmt", "z"):
        del words[-1]
        zone = UTC_ZONE
    found: list[list[datetime]] = []  # by which of the words are the day
    refusal = BadInput(f"Farside cannot read that time. {_HOW}")
    for place in range(len(words)):
        first, second = " ".join(words[:place]), " ".join(words[place:])
        for day, hour in ((first, second), (second, first)) if first else ((first, second),):
            try:
                at = read_time(hour.removeprefix("at "))
            except BadInput:
                continue
            refusal = BadInput(f"Farside cannot read that day. {_HOW}")
            if days := list(_days(day, at, local_day(zone, now))):
                found.append([_coming(each, at, now, zone) for each in days])
    if len(found) > 1:
        raise BadInput(_TWO)
    if not found:
        raise refusal
    return found[0]


def _coming(days: list[date], at: time, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the first such hour of these days that is to come, or else their last."""
    instants = [instant for day in days if has_day(zone, day) for instant in _instants(day, at, zone)]
    if not instants:
        raise BadInput(f"There is no such day there. {_HOW}")
    return next((instant for instant in instants if instant > now), instants[-1])


def _instants(day: date, at: time, zone: ZoneInfo) -> list[datetime]:
    """Return when clocks show `at`: twice on the day on which they are put back."""
    first = instant_of(zone, day, at)
    again = datetime.combine(day, at.replace(fold=1), zone).astimezone(UTC)
    return [first, again] if again > first else [first]


def _days(day: str, at: time, today: date) -> Iterator[list[date]]:
    """Yield for each reading of a day the dates that it can stand for, in order; none for what is no day."""
    day = day.removeprefix("on ").removeprefix("this ").strip(" .")
    days = [today + number * _DAY for number in range(8)]
    if day in ("", "today", "tonight", "tomorrow"):
        is_late = day == "tonight" and at.hour < _SMALL_HOURS
        yield {"": days[:2], "tomorrow": days[1:2]}.get(day, days[: 2 if is_late else 1])
    elif (weekday := _weekday(day)) is not None:
        yield [one for one in days if one.weekday() == weekday]
    else:
        for year, month, number in _dates(day):
            if year and not today.year <= year <= today.year + 1:  # at its ends the calendar overflows
                raise BadInput(_PAST if year < today.year else _FAR)
            years = (year,) if year else (today.year, today.year + 1)
            yield [date(one, month, number) for one in years if _is_date(one, month, number)]


def _dates(day: str) -> Iterator[tuple[int | None, int, int]]:
    """Yield year (if there is one), month and day of each reading of a date."""
    if match := _SHORT_DATE.fullmatch(day):
        first, second = int(match[1]), int(match[2])
        for month, number in dict.fromkeys(((second, first), (first, second))):
            if _is_date(2000, month, number):
                yield None, month, number
    for reading in read_dates(day):
        if reading.month and reading.day:
            yield reading.year, reading.month, reading.day


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _weekday(word: str) -> int | None:
    singular = word[:-1] if word.endswith("days") else word
    fitting = (number for number, name in enumerate(DAYS) if name.lower().startswith(singular))
    return next(fitting, None) if len(singular) >= 2 else None
