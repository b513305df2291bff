"""Years, decades and dates held against a key; what says less than the key is close."""

import re
from dataclasses import replace

from bot.quiz.judging.dates import Date, read_dates
from bot.quiz.judging.decades import Decade, read_decade
from bot.quiz.judging.key import RIGHT, WRONG, Judgement, Key, Outcome, close, unclear
from bot.quiz.judging.years import century_of, read_year, without_era

_JOINED = re.compile(r"\s*(?:,|;|/|&|\bor\b|\band\b|-|–)\s*", re.IGNORECASE)
_ABOUT = re.compile(
    r"^(?:(?:about|bout|around|circa|ca?\.|in|since|during|back in|sometime in) ?"
    r"|(?:early|mid|late|(?:the )?(?:beginning|start|middle|end) of)[- ](?:in )?"
    r"|(?:the )?(?:spring|summer|autumn|fall|winter)(?: of)? "
    r"|(?:the )?year (?:of )?)+",
    re.IGNORECASE,
)
_REMARK = re.compile(r" ?\((?P<remark>[^()\d]+)\)$")  # 1969 (July)
_APPOSED = re.compile(
    r"^(?!.*\b(?:or|not?)\b)[^\d,]+, (?=\w+ \w+ \d{4}$)", re.IGNORECASE
)  # D-Day, 6 June 1944
_AND_NEXT = re.compile(r"(?P<year>\d{4})[-/–](?P<next>\d\d)")
_MOST_PARTS = 6  # that are read of years joined in one answer
_FOUR_DIGITS = 1000
_SEVERAL = "That says more than one year. Write the one that you mean."


def judge_year(key: Key, text: str) -> Judgement:
    """Judge a year, in figures, in words or within a date."""
    right = _year_in(key.text) or 0
    whole = None if _is_with_next(text) else _year_in(_without_remark(text), right)
    parts = {*_JOINED.split(text, _MOST_PARTS)} if whole is None else set[str]()
    years = {whole} if whole else {year for part in parts if (year := _year_in(part, right))}
    if not years:
        return unclear("Write a year in four digits, such as 1969.")
    if whole is None:
        several = len(years) > 1
        return unclear(_SEVERAL if several else "Write the year alone, such as 1969.")
    low, high = (key.tolerance.low, key.tolerance.high) if key.tolerance else (right, right)
    if low <= whole <= high:
        return RIGHT
    is_bare = text.isdecimal()
    return close("That is close: say that it is BC.") if is_bare and low <= -whole <= high else WRONG


def _is_with_next(text: str) -> bool:
    """Whether a year and the next are joined: 2008-09 may be a season, and no September."""
    joined = _AND_NEXT.fullmatch(text)
    return bool(joined and int(joined["next"]) == (int(joined["year"]) + 1) % 100)


def _without_remark(text: str) -> str:
    """Return the text without what explains it in brackets, if that says neither another year nor "not"."""
    found = _REMARK.search(text)
    return text if found is None or re.search(r"\b(?:or|not?)\b", found["remark"]) else text[: found.start()]


def _year_in(text: str, right: int = 0) -> int | None:
    """Return the year that all of `text` tells: 1969, July 1969, nineteen sixty-nine, MCMLXIX, 44 BC.

    Two digits after a mark are the year of our time that ends so; `right` says in which century.
    """
    text = _ABOUT.sub("", text)
    signed = re.fullmatch(r"[-−](\d{1,4})", text)
    if signed:
        return -int(signed[1])
    ended = re.fullmatch(r"(?P<date>.+?),? (?P<year>\d{1,3})", text)
    if ended and abs(right) < _FOUR_DIGITS and read_dates(ended["date"]):
        return int(ended["year"])
    if dates := read_dates(text, is_typed=True):
        return _full_year(dates[0], right).year
    rest, is_before = without_era(text)
    year = read_year(_ABOUT.sub("", rest.strip(" .,")), right)
    return -year if year and is_before else year


def _full_year(date: Date, right: int) -> Date:
    """Return the date with the year that its two digits stand for: the right one, if they are its own."""
    if date.short_year is None:
        return date
    return replace(date, year=century_of(right) * 100 + date.short_year, short_year=None)


def judge_decade(key: Key, text: str) -> Judgement:
    """Judge a decade or a century; a decade of the century is close."""
    right, typed = read_decade(key.text), read_decade(text) or read_decade(f"{text} century")
    if right is None or typed is None:
        return unclear("Write a decade or a century, such as the 1960s.")
    if typed.is_short:
        typed = Decade(century_of(right.first) * 100 + typed.first, typed.years)
    if typed == right:
        return RIGHT
    is_within = right.first <= typed.first < right.first + right.years
    return close("That is close, and not what is asked for.") if is_within else WRONG


def judge_date(key: Key, text: str) -> Judgement:
    """Judge a date; where its figures have two readings the better one counts."""
    text = _ABOUT.sub("", _without_remark(text))
    rights = [date for right in (key.text, *key.accept) for date in read_dates(right, is_typed=True)]
    if not (readings := read_dates(_APPOSED.sub("", text), is_typed=True)):
        parts = [date for part in re.split(r"\s(?:or|and)\s|/", text) for date in read_dates(part)]
        if len(parts) > 1:
            return unclear("That says more than one date. Write the one that you mean.")
        if (year := _year_in(text)) is None:
            return unclear("Write a date, such as 20 July 1969.")
        readings = (Date(year),)
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
