"""Dates as people type them, with as much of the day as they gave: 3 January 2019, Jan 2019, 2019-01-03.

What always holds: a day that no calendar has is no date; where figures could be read in two orders both
readings are returned, the day first.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from bot.quiz.quantity import ORDINALS

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<year>\d{4}|'\d\d)"
_ANY_YEAR = r"(?P<year>\d{4}|'?\d\d)"  # after a day and a month
_RANKS = {word: number for number, word in enumerate(ORDINALS, 1)} | {"thirtieth": 30}
_RANKED = re.compile(rf"\b(?:(?P<tens>twenty|thirty)[ -])?(?P<ones>{'|'.join(_RANKS)})\b", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"^(?:on )?(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? ", re.IGNORECASE
)
_WORDED = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_DAY}(?: of)?[ -]?{_MONTH}(?:(?:,? |,|-|/)(?:of )?{_ANY_YEAR})?",
        rf"{_MONTH}[ -]?{_DAY}(?:(?:,? |,|-|/)(?:of )?{_ANY_YEAR})?",
        rf"{_MONTH}(?:,? |-|/)(?:of )?{_YEAR}",
        rf"{_YEAR},?[ -]{_MONTH}(?:[ -]{_DAY})?",
    )
]
_FIGURES = re.compile(
    r"(?P<first>\d{1,4})\s?(?P<mark>[-/.年])\s?(?P<second>\d{1,2})\s?(?:(?P=mark)|月)\s?(?P<third>\d{1,4})日?"
)
_COMPACT = re.compile(r"(?P<year>[12]\d{3})(?P<month>[01]\d)(?P<day>[0-3]\d)")
_TWO_FIGURES = re.compile(r"(?P<first>\d{1,4}) ?(?P<mark>[-/.]) ?(?P<second>\d{1,4})")
_LEAP_YEAR = 2000  # stands in where no year is given
_SHORT_YEARS = 2  # digits of a year that does not tell its century


@dataclass(frozen=True, slots=True)
class Date:
    """A date as precisely as it was given; at least one part is.

    `short_year`: the last two digits of a year that was given by them alone.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    short_year: int | None = None

    @property
    def parts(self) -> dict[str, int]:
        """Return what is given, by its name."""
        named = {"year": self.year, "month": self.month, "day": self.day}
        return {name: part for name, part in named.items() if part is not None}


def read_dates(text: str, *, in_two_figures: bool = False) -> tuple[Date, ...]:
    """Return the readings of `text` when all of it is one date; none otherwise.

    A year alone is a date only in four digits (1969), or in two after a mark ('69). `in_two_figures`: 14/7
    and 10/1957 are dates, too, and no fractions.
    """
    text = " ".join(_RANKED.sub(_in_figures, _WEEKDAY.sub("", text.strip())).split()).strip(" .,")
    if re.fullmatch(r"[12]\d{3}|'\d\d", text):
        return tuple(filter(None, [_date(text, None, None)]))
    for form in _WORDED:
        if match := form.fullmatch(text):
            parts = match.groupdict()
            month = _MONTHS.index(parts["month"][:3].casefold()) + 1
            return tuple(filter(None, [_date(parts.get("year"), month, parts.get("day"))]))
    if match := _FIGURES.fullmatch(text):
        return tuple(dict.fromkeys(filter(None, _orders(match["first"], match["second"], match["third"]))))
    if match := _COMPACT.fullmatch(text):
        return tuple(filter(None, [_date(match["year"], int(match["month"]), match["day"])]))
    if in_two_figures and (match := _TWO_FIGURES.fullmatch(text)):
        return tuple(dict.fromkeys(filter(None, _pairs(match["first"], match["second"]))))
    return ()


def _in_figures(rank: re.Match[str]) -> str:
    """Return a rank in words in figures: twenty-first is 21."""
    tens = {"twenty": 20, "thirty": 30}.get((rank["tens"] or "").casefold(), 0)
    return str(tens + _RANKS[rank["ones"].casefold()])


def _orders(first: str, second: str, third: str) -> list[Date | None]:
    """Return the readings of three figures: the year first, or last with day and month in either order."""
    if len(first) == 4:
        return [_date(first, int(second), third)]
    if len(third) not in (_SHORT_YEARS, 4):
        return []
    return [_date(third, int(second), first), _date(third, int(first), second)]


def _pairs(first: str, second: str) -> list[Date | None]:
    """Return the readings of two figures: a year with its month, or a day and a month in either order."""
    if len(first) == 4:
        return [_date(first, int(second), None)]
    if len(second) == 4:
        return [_date(second, int(first), None)]
    return [_date(None, int(second), first), _date(None, int(first), second)]


def _date(year: str | None, month: int | None, day: str | None) -> Date | None:
    """Return the date, or None when no calendar has it."""
    whole = int(year) if year and len(year) == 4 else None
    short = int(year.lstrip("'")) if year and whole is None else None
    with suppress(ValueError):
        date(whole or _LEAP_YEAR, month or 1, int(day) if day else 1)
        return Date(whole, month, int(day) if day else None, short)
    return None
