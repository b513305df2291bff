"""Dates as people type them, with as much of the day as they gave: 3 January 2019, Jan 2019, 2019-01-03.

What always holds: a day that no calendar has is no date; where figures could be read in two orders both
readings are returned, the day first.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import OSA

from bot.folding import bare
from bot.quiz.judging.figures import ROMAN_ONES, roman
from bot.quiz.judging.years import spoken_year, without_era
from bot.quiz.numerals import COUNTS, RANKS

# fmt: off
_MONTHS = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
]
# fmt: on
_OTHER_MONTHS = {  # French, Spanish, Italian and German, without accents, where a slip does not make them
    word: number
    for number, words in {
        1: "janvier enero gennaio",
        2: "fevrier febrero febbraio februar",
        3: "mars marzo marz",
        4: "avril abril aprile",
        5: "mai mayo maggio",
        6: "juin junio giugno juni",
        7: "juillet julio luglio juli",
        8: "aout agosto",
        9: "septembre septiembre settembre",
        10: "octobre octubre ottobre oktober",
        11: "novembre noviembre",
        12: "decembre diciembre dicembre dezember",
    }.items()
    for word in words.split()
}  # fmt: skip
_SHORT_MONTHS = {month[:3]: number for number, month in enumerate(_MONTHS, 1)} | {"sept": 9}
_FEASTS = {
    "christmas eve": "24 december", "christmas day": "25 december", "christmas": "25 december",
    "xmas": "25 december", "new year's eve": "31 december", "new years eve": "31 december",
    "new year's day": "1 january", "new years day": "1 january", "halloween": "31 october",
    "valentine's day": "14 february", "valentines day": "14 february", "ides of march": "15 march",
}  # fmt: skip
_FEAST = re.compile("|".join(_FEASTS), re.IGNORECASE)
_RANKS = {**RANKS, "thirtieth": 30}
_RANKED = re.compile(rf"\b(?:(?P<tens>twenty|thirty)[ -])?(?P<ones>{'|'.join(_RANKS)})\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?")
_BESIDE = frozenset({"the", "of", "in", "on", "day"})
_PIECE = re.compile(r"'?\d+(?:st|nd|rd|th)?|[^\W\d_]+|[\s,./-]+")
_TIME = re.compile(
    r"(?:,? at|,|[ T])? ?\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?= ?(?:Z|UTC|GMT|[ap]m)?$)", re.IGNORECASE
)
_ZONE = re.compile(r"(?<=\d) ?(?:Z|UTC|GMT|[ap]m)$", re.IGNORECASE)
_FIGURES = re.compile(
    r"(?P<first>\d{1,4})\s?(?P<mark>[-/.])\s?(?P<second>\d{1,2}|[IVX]+)\s?(?P=mark)\s?(?P<third>\d{1,4})"
)
_SIGNS = re.compile(r"(?P<year>\d{4})\s?年(?:\s?(?P<month>\d{1,2})\s?月(?:\s?(?P<day>\d{1,2})\s?日)?)?")
_COMPACT = re.compile(r"(?P<year>[12]\d{3})(?P<month>[01]\d)(?P<day>[0-3]\d)")
_TWO_FIGURES = re.compile(r"(?P<first>\d{1,4}) ?(?P<mark>[-/.]) ?(?P<second>\d{1,4})")
_LEAP_YEAR = 2000  # stands in where no year is given
_SHORT_YEARS = 2  # digits of a year that does not tell its century
_LAST_DAY = 31
_MOST_PIECES = 20  # of a date in words
_LONG = 4  # letters of a month's name that may be misspelt


@dataclass(frozen=True, slots=True)
class Date:
    """A date as precisely as it was given; at least one part is. A year before Christ is negative.

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


def read_dates(text: str, *, is_typed: bool = False) -> tuple[Date, ...]:
    """Return the readings of `text` when all of it is one date; none otherwise.

    A year alone is a date only in four digits (1969), or in two after a mark ('69). `is_typed`: it answers a
    question for a date, so that 14/7 and 10/1957 are no fractions, and 44 BC and Febuary are read.
    """
    text = _ZONE.sub("", _TIME.sub("", re.sub("[‐‑–—]", "-", text.strip()))).strip(" .,")
    if re.fullmatch(r"[12]\d{3}|'\d\d", text):
        return tuple(filter(None, [_date(text, None, None)]))
    if match := _FIGURES.fullmatch(text):
        return _found(_orders(match["first"], match["second"], match["third"]))
    if match := _COMPACT.fullmatch(text) or _SIGNS.fullmatch(text):
        return _found([_date(match["year"], int(match["month"]) if match["month"] else None, match["day"])])
    if is_typed and (match := _TWO_FIGURES.fullmatch(text)):
        return _found(_pairs(**match.groupdict()))
    return _found(_worded(text, is_typed=is_typed))


def _found(dates: Iterable[Date | None]) -> tuple[Date, ...]:
    return tuple(dict.fromkeys(filter(None, dates)))


def _worded(text: str, *, is_typed: bool) -> Iterator[Date | None]:
    """Yield the readings of a date with its month in words, and a year at either end."""
    is_before = False
    if is_typed:
        text, is_before = without_era(text)
        text = _FEAST.sub(lambda feast: _FEASTS[feast[0].casefold()], text)
    text = _RANKED.sub(_in_figures, text)
    pieces = _PIECE.findall(text)
    if len(pieces) > 2 * _MOST_PIECES or sum(map(len, pieces)) != len(text):
        return
    pieces = [piece.casefold() for piece in pieces if piece[-1].isalnum()]
    kept = [piece for piece in pieces if piece not in _BESIDE and not _WEEKDAY.fullmatch(piece)]
    named = {place: month for place, piece in enumerate(kept) if (month := _month(piece, is_typed=is_typed))}
    if len(named) != 1:
        return
    [(place, month)] = named.items()
    numbers = [piece for piece in kept if piece[0].isdecimal() or piece[-1].isdecimal()]
    words = [piece for piece in kept[place + 1 :] if piece.isalpha()]
    if len(kept) != len(numbers) + len(words) + 1:
        return
    if words:
        year = spoken_year([word for word in words if word != "and"])
        numbers = [*numbers, f"{year:04}"] if year else []
    years, days = _years_and_days(numbers, is_before=is_before)
    if max(len(years), len(days)) == 1 and not (years and numbers[1:-1]):
        yield _date("".join(years) or None, month, "".join(days) or None, is_before=is_before)
    if (
        is_typed
        and place == 0
        and not (years or words)
        and len("".join(days)) == _SHORT_YEARS
        and numbers == days
    ):
        yield _date(days[0], month, None)  # Jan 19


def _years_and_days(numbers: list[str], *, is_before: bool) -> tuple[list[str], list[str]]:
    """Return which of the numbers beside a month are years, and which are days of it."""
    years = [number for number in numbers if number[0] == "'" or (number.isdecimal() and len(number) > 2)]
    days = [re.sub(r"\D", "", number) for number in numbers if number not in years]
    if not years:
        late = [number for number in days if int(number) > _LAST_DAY]
        years = late or (days[-1:] if is_before or len(days) == 2 else [])
        days = [number for number in days if number not in years] if late else days[: len(days) - len(years)]
    return years, days


def _month(word: str, *, is_typed: bool) -> int | None:
    """Return the month that a word names; with a slip, where it is typed."""
    if word in _SHORT_MONTHS:
        return _SHORT_MONTHS[word]
    if word in _MONTHS:
        return _MONTHS.index(word) + 1
    word = bare(word)
    if is_typed and word in _OTHER_MONTHS:
        return _OTHER_MONTHS[word]
    if not is_typed or len(word) < _LONG:
        return None
    near = [number for number, name in enumerate(_MONTHS, 1) if OSA.distance(word, name, score_cutoff=1) <= 1]
    return near[0] if len(near) == 1 else None


def _in_figures(rank: re.Match[str]) -> str:
    """Return a rank in words in figures: twenty-first is 21."""
    tens = COUNTS[(rank["tens"] or "zero").casefold()]
    return str(tens + _RANKS[rank["ones"].casefold()])


def _orders(first: str, second: str, third: str) -> Iterator[Date | None]:
    """Yield the readings of three figures: the year first, or last with day and month in either order."""
    middle = int(second) if second.isdecimal() else roman(second) or ROMAN_ONES.get(second, 0)
    if len(first) == 4 or int(first) > _LAST_DAY:
        yield _date(first, middle, third)
    elif len(third) in (_SHORT_YEARS, 4):
        yield _date(third, middle, first)
        if second.isdecimal():
            yield _date(third, int(first), second)


def _pairs(first: str, mark: str, second: str) -> Iterator[Date | None]:
    """Yield the readings of two figures: a year with its month, or a day and a month in either order."""
    if len(first) == 4:
        yield _date(first, int(second), None) if mark != "." else None
    elif len(second) == 4:
        yield _date(second, int(first), None)
    else:
        yield _date(None, int(second), first)
        yield _date(None, int(first), second)


def _date(year: str | None, month: int | None, day: str | None, *, is_before: bool = False) -> Date | None:
    """Return the date, or None when no calendar has it."""
    is_whole = year is not None and (is_before or len(year) > _SHORT_YEARS) and year[0] != "'"
    whole = int(year) if year and is_whole else None
    short = int(year.lstrip("'")) if year and whole is None else None
    with suppress(ValueError, OverflowError):
        date(_LEAP_YEAR if whole is None or is_before else whole, month or 1, int(day) if day else 1)
        return Date(-whole if whole and is_before else whole, month, int(day) if day else None, short)
    return None
