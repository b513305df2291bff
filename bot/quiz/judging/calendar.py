"""Years and dates held against a key; a date that says less than the key is close."""

import re

from bot.quiz.judging.dates import Date, read_dates
from bot.quiz.judging.key import RIGHT, WRONG, Judgement, Key, Outcome, close, unclear
from bot.quiz.quantity import parse_amount

_JOINED = re.compile(r"\s*(?:,|;|/|&|\bor\b|\band\b|-|–)\s*", re.IGNORECASE)
_ERA = re.compile(r"^(?:the )?(?:year )?(?:of )?|\b(?:a\.?d\.?|c\.?e\.?)(?=\W|$)|^(?:ad|ce) ", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:about|around|circa|ca?\.|in|since) ?", re.IGNORECASE)
_CENTURIES, _YEARS = range(10, 21), range(1, 100)  # nineteen | sixty-nine
_SPOKEN = range(1000, 3000)  # two thousand and nineteen


def judge_year(key: Key, text: str) -> Judgement:
    """Judge a year, in figures, in words or within a date."""
    whole = _year_in(text)
    years = {whole} if whole else {year for part in _JOINED.split(text) if (year := _year_in(part))}
    if not years:
        return unclear("Write a year in four digits, such as 1969.")
    if len(years) > 1:
        return unclear("That says more than one year. Write the one that you mean.")
    right = _year_in(key.text) or 0
    low, high = (key.tolerance.low, key.tolerance.high) if key.tolerance else (right, right)
    return RIGHT if low <= years.pop() <= high else WRONG


def _year_in(text: str) -> int | None:
    """Return the year that all of `text` tells: 1969, AD 1969, July 1969, nineteen sixty-nine."""
    if re.search(r"\bb\.?c", text, re.IGNORECASE):
        return None
    text = _ABOUT.sub("", _ERA.sub("", text).strip(" .,"))
    if dates := read_dates(text):
        return dates[0].year
    if re.fullmatch(r"[1-9]\d{0,3}|[1-9],\d{3}", text):
        return int(text.replace(",", ""))
    return _spoken_year(re.sub(r"\band\b|-", " ", text.casefold()).split())


def _spoken_year(words: list[str]) -> int | None:
    """Return a year in words: nineteen sixty-nine, nineteen hundred, two thousand nineteen."""
    if len(words) == 2 and words[1] == "hundred" and (century := _counted(words[:1])):
        return century * 100
    for cut in range(1, len(words)):
        first, second = (
            _counted(words[:cut]),
            _counted([word for word in words[cut:] if word not in ("oh", "o")]),
        )
        if first and second and first in _CENTURIES and second in _YEARS:
            return first * 100 + second
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
    if not (readings := read_dates(text)):
        parts = [date for part in re.split(r"\s(?:or|and)\s|/", text) for date in read_dates(part)]
        if len(parts) > 1:
            return unclear("That says more than one date. Write the one that you mean.")
        return unclear("Write a date, such as 20 July 1969.")
    found = [_compare(reading, right) for reading in readings for right in rights]
    return min(found, key=lambda one: list(Outcome).index(one.outcome), default=WRONG)


def _compare(typed: Date, right: Date) -> Judgement:
    """A date that says more than the key, and agrees, is right."""
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
