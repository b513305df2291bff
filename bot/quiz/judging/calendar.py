"""Years and dates held against a key; a date that says less than the key is close."""

import re
from dataclasses import replace

from bot.quiz.judging.dates import Date, read_dates
from bot.quiz.judging.figures import roman
from bot.quiz.judging.key import RIGHT, WRONG, Judgement, Key, Outcome, close, unclear
from bot.quiz.quantity import parse_amount

_JOINED = re.compile(r"\s*(?:,|;|/|&|\bor\b|\band\b|-|–)\s*", re.IGNORECASE)
_ERA = re.compile(
    r"^(?:the )?(?:year )?(?:of )?|\b(?:a\.? ?d\.?|c\.? ?e\.?|anno domini)(?=\W|$)|^(?:ad|ce) ", re.IGNORECASE
)
_BEFORE = re.compile(
    r"(?<![^\W\d])b\.? ?c(?:\.? ?e)?\b\.?|\bbefore (?:christ|(?:the )?common era)\b", re.IGNORECASE
)
_ABOUT = re.compile(
    r"^(?:(?:about|around|circa|ca?\.|in|since) ?|(?:early|mid|late)[- ](?:in )?"
    r"|(?:the )?(?:spring|summer|autumn|fall|winter)(?: of)? )",
    re.IGNORECASE,
)
_CENTURIES, _YEARS, _ONES = range(10, 21), range(10, 100), range(1, 10)  # nineteen | sixty-nine | oh five
_SPOKEN = range(100, 3000)  # four hundred and ten, two thousand and nineteen
_MOST_PARTS = 6  # that are read of years joined in one answer
_MOST_WORDS = 8  # that tell a year
_FOUR_DIGITS = 1000
_SHORT = range(1900, 2100)  # the years that two digits stand for


def judge_year(key: Key, text: str) -> Judgement:
    """Judge a year, in figures, in words or within a date."""
    right = _year_in(key.text) or 0
    whole = _year_in(text, right)
    parts = {*_JOINED.split(text, _MOST_PARTS)} if whole is None else set[str]()
    years = {whole} if whole else {year for part in parts if (year := _year_in(part, right))}
    if not years:
        return unclear("Write a year in four digits, such as 1969.")
    if len(years) > 1:
        return unclear("That says more than one year. Write the one that you mean.")
    year = years.pop()
    low, high = (key.tolerance.low, key.tolerance.high) if key.tolerance else (right, right)
    if low <= year <= high:
        return RIGHT
    is_bare = text.isdecimal()
    return close("That is close: say that it is BC.") if is_bare and low <= -year <= high else WRONG


def _year_in(text: str, right: int = 0) -> int | None:
    """Return the year that all of `text` tells: 1969, July 1969, nineteen sixty-nine, MCMLXIX, 44 BC.

    Two digits after a mark are the year of our time that ends so; `right` says in which century.
    """
    if _BEFORE.search(text):
        rest = _BEFORE.sub("", text).strip(" ,")
        year = _year_in(rest) or _counted(rest.split())
        return -year if year and year > 0 else None
    text = _ABOUT.sub("", _ERA.sub("", text).strip(" .,"))
    ended = re.fullmatch(r"(?P<date>.+?),? (?P<year>\d{1,3})", text)
    if ended and abs(right) < _FOUR_DIGITS and read_dates(ended["date"]):
        return int(ended["year"])
    if dates := read_dates(text, in_two_figures=True):
        return _full_year(dates[0], right).year
    if re.fullmatch(r"[1-9]\d{0,3}|[1-9],\d{3}", text):
        return int(text.replace(",", ""))
    if number := roman(text):
        return number
    return _spoken_year(re.sub(r"\band\b|-", " ", text.casefold()).split())


def _full_year(date: Date, right: int) -> Date:
    """Return the date with the year that its two digits stand for: the right one, if they are its own."""
    if date.short_year is None:
        return date
    century = right // 100 if right in _SHORT else 20
    return replace(date, year=century * 100 + date.short_year, short_year=None)


def _spoken_year(words: list[str]) -> int | None:
    """Return a year in words: nineteen sixty-nine, nineteen hundred, two thousand nineteen."""
    if len(words) > _MOST_WORDS:
        return None
    if len(words) == 2 and words[1] == "hundred" and (century := _counted(words[:1])):
        return century * 100
    for cut in range(1, len(words)):
        first, rest = _counted(words[:cut]), words[cut:]
        second = _counted(rest[1:] if rest[0] in ("oh", "o") else rest) or 0
        if first in _CENTURIES and second in (_ONES if rest[0] in ("oh", "o") else _YEARS):
            return (first or 0) * 100 + second
    whole = _counted(words)
    return whole if whole in _SPOKEN else None


def _counted(words: list[str]) -> int | None:
    """Return the whole number that all of the words tell."""
    amount = parse_amount(" ".join(words))
    if amount is None or amount.unit or not amount.in_words or amount.is_rank or amount.number % 1:
        return None
    return int(amount.number)


def judge_date(key: Key, text: str) -> Judgement:
    """Judge a date; where its figures have two readings the better one counts."""
    rights = [date for right in (key.text, *key.accept) for date in read_dates(right)]
    if not (readings := read_dates(text, in_two_figures=True)):
        parts = [date for part in re.split(r"\s(?:or|and)\s|/", text) for date in read_dates(part)]
        if len(parts) > 1:
            return unclear("That says more than one date. Write the one that you mean.")
        return unclear("Write a date, such as 20 July 1969.")
    found = [_compare(reading, right) for reading in readings for right in rights]
    return min(found, key=lambda one: list(Outcome).index(one.outcome), default=WRONG)


def _compare(typed: Date, right: Date) -> Judgement:
    """A date that says more than the key, and agrees, is right."""
    typed = _full_year(typed, right.year or 0)
    both = typed.parts.keys() & right.parts.keys()
    if any(typed.parts[part] != right.parts[part] for part in both):
        return WRONG
    missing = [part for part in ("day", "month", "year") if part in right.parts.keys() - typed.parts.keys()]
    if not missing:
        return RIGHT
    return (
        WRONG
        if typed.parts.keys() <= {"month"}
        else close(f"That is close: the {missing[0]} is asked for, too.")
    )
