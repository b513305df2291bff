"""Dates as people write them, as far as it takes to see that there is no such day."""

import re
from contextlib import suppress
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<![\w.,:-]){_DAY}(?: of)? {_MONTH}(?:,? (?P<year>\d{{4}}))?(?!\d)",
        rf"\b{_MONTH} {_DAY}(?![\d:.])(?:,? (?P<year>\d{{4}}))?(?!\d)",
        r"(?<![\d-])(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})(?![\d-])",
        r"(?<![\d.])(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.(?P<year>\d{4})(?![\d.])",
    )
]
_MONTH_OF = re.compile(rf"{_MONTH} (?P<year>\d{{4}})", re.IGNORECASE)
_DIGIT = re.compile(r"\d")  # no day is written without one
_LEAP_YEAR = 2000  # stands in where no year is given


def impossible_date(text: str) -> str | None:
    """Return the first date in `text` that no calendar has, such as 31 February; None when all can be."""
    for form in _FORMS:
        for match in form.finditer(text):
            if _day(match.groupdict()) is None:
                return match[0]
    return None


def day_in(text: str) -> tuple[int, int, int] | None:
    """Return the one day that `text` is, as year, month and day; a month comes before its days."""
    if not _DIGIT.search(text):
        return None
    for form in (*_FORMS, _MONTH_OF):
        if match := form.fullmatch(text.strip()):
            parts = match.groupdict()
            if not parts.get("year"):
                return None
            if form is _MONTH_OF:
                return int(parts["year"]), _MONTHS.index(parts["month"][:3].casefold()) + 1, 0
            return _day(parts)
    return None


def _day(parts: dict[str, str | None]) -> tuple[int, int, int] | None:
    """Return the day if there is one; in figures with dots either number may be the month."""
    year, day = int(parts.get("year") or _LEAP_YEAR) or 1, int(parts["day"] or 0)
    month, number = parts.get("month"), int(parts.get("number") or 0)
    pairs = [(_MONTHS.index(month[:3].casefold()) + 1, day)] if month else [(number, day), (day, number)]
    for one in pairs:
        with suppress(ValueError):
            date(year, *one)
            return year, *one
    return None
