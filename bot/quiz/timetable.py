"""A timetable as people type and read it: a time of day, and days of the week.

What always holds: what cannot be read raises `BadInput`, whose sentence says
what to type; what was read is said back in one canonical way (`09:00`,
`Monday to Friday`).
"""

import re
from collections.abc import Iterator
from datetime import time

from bot.errors import BadInput
from bot.quiz.slots import EVERY_DAY

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_TIME = re.compile(
    r"(?:at\s+)?(?P<hour>\d{1,2})"
    r"(?:\s*[:.h]\s*(?P<minute>\d{2})?|(?P<digits>\d{2})(?!\d))?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?:o'?clock|uhr|h|hrs?|hours)?"
)
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_NAMED_DAYS = {
    "every day": EVERY_DAY,
    "everyday": EVERY_DAY,
    "daily": EVERY_DAY,
    "all": EVERY_DAY,
    "all days": EVERY_DAY,
    "any": EVERY_DAY,
    "*": EVERY_DAY,
    "weekdays": frozenset(range(5)),
    "weekday": frozenset(range(5)),
    "workdays": frozenset(range(5)),
    "working days": frozenset(range(5)),
    "weekends": frozenset({5, 6}),
    "weekend": frozenset({5, 6}),
}
_DAY_TIME = "Type the time as `09:00`, `21:30` or `9am`."
_DAY_WORDS = "Type the days as `mon-fri`, `weekends`, `mon,wed,fri` or `every day`."


def read_time(text: str) -> time:
    """Return the time of day that `text` means: `9:00`, `09.00`, `21h30`, `9am`, `noon`, `0900` ..."""
    wanted = text.strip().lower()
    if wanted in _NAMED_TIMES:
        return _NAMED_TIMES[wanted]
    match = _TIME.fullmatch(wanted)
    if match is None:
        raise BadInput(f"Farside cannot read that time. {_DAY_TIME}")
    hour, minute = int(match["hour"]), int(match["minute"] or match["digits"] or 0)
    if (half := match["half"]) is not None:
        if not 1 <= hour <= 12:
            raise BadInput(f"With am or pm the hour goes from 1 to 12. {_DAY_TIME}")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour == 24 and minute == 0:
        raise BadInput("A day goes from `00:00` to `23:59`. Type `00:00` for midnight.")
    if hour > 23 or minute > 59:
        raise BadInput(f"There is no such time of day: it goes from `00:00` to `23:59`. {_DAY_TIME}")
    return time(hour, minute)


def read_days(text: str) -> frozenset[int]:
    """Return the days of the week (0 is Monday) that `text` means: `mon-fri`, `weekends`, `mon, wed` ..."""
    wanted = re.sub(r"\s+", " ", text.strip().lower())
    if wanted in _NAMED_DAYS:
        return _NAMED_DAYS[wanted]
    wanted = re.sub(r"\s*(?:-|–|—|\.\.|\b(?:to|through|until)\b)\s*", "-", wanted)
    days: set[int] = set()
    for part in re.split(r"\s*(?:[,;/+&]|\band\b)\s*|\s+", wanted):
        if part:
            days.update(_read_range(part))
    if not days:
        raise BadInput(f"On which days? {_DAY_WORDS}")
    return frozenset(days)


def _read_range(part: str) -> Iterator[int]:
    if part in _NAMED_DAYS:
        yield from _NAMED_DAYS[part]
        return
    ends = part.split("-")
    if len(ends) > 2:
        raise BadInput(f"Farside cannot read those days. {_DAY_WORDS}")
    first, last = _read_day(ends[0]), _read_day(ends[-1])
    for step in range((last - first) % 7 + 1):
        yield (first + step) % 7


def _read_day(word: str) -> int:
    name = word.strip(" .")
    singular = name[:-1] if name.endswith("days") else name
    if len(singular) >= 2:
        for day, full in enumerate(DAYS):
            # `tues`, `thur` and `thurs` are beginnings too.
            if full.lower().startswith(singular):
                return day
    raise BadInput(f"Farside does not know one of those days. {_DAY_WORDS}")


def show_time(at: time) -> str:
    """Return `at` as `09:00`."""
    return f"{at:%H:%M}"


def show_days(days: frozenset[int]) -> str:
    """Return the days in words: `every day`, `Monday to Friday`, `Monday, Wednesday and Sunday`."""
    if days >= EVERY_DAY:
        return "every day"
    if days == _NAMED_DAYS["weekends"]:
        return "Saturday and Sunday"
    runs = _runs(sorted(days))
    parts: list[str] = []
    for first, last in runs:
        if last - first >= 2:
            parts.append(f"{DAYS[first]} to {DAYS[last]}")
        else:
            parts.extend(DAYS[day] for day in range(first, last + 1))
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _runs(days: list[int]) -> list[tuple[int, int]]:
    """Return the stretches of consecutive numbers in `days`, as (first, last)."""
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
