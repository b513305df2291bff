"""Years as people type them: 1969, nineteen sixty-nine, MCMLXIX, 44 BC."""

import re

from bot.quiz.judging.figures import roman
from bot.quiz.quantity import parse_amount

_ERA = re.compile(r"(?<![^\W\d])(?:a\.? ?d\.?|c\.? ?e\.?|anno(?: domini)?)(?=\W|$)", re.IGNORECASE)
_BEFORE = re.compile(
    r"(?<![^\W\d])b\.? ?c(?:\.? ?e)?\b\.?|\bbefore (?:christ|(?:the )?common era)\b", re.IGNORECASE
)
_FIGURES = re.compile(r"[1-9]\d{0,3}|[1-9],\d{3}")
_CENTURIES, _YEARS, _ONES = range(1, 21), range(10, 100), range(1, 10)  # nineteen | sixty-nine | oh five
_SPOKEN = range(100, 3000)  # four hundred and ten, two thousand and nineteen
_MOST_WORDS = 8  # that tell a year
_OUR_TIME = range(1900, 2100)  # the years that two digits stand for


def without_era(text: str) -> tuple[str, bool]:
    """Return the text without AD or BC, and whether it was before Christ."""
    rest = _BEFORE.sub("", text)
    return (rest, True) if rest != text else (_ERA.sub("", text), False)


def read_year(text: str, right: int = 0) -> int | None:
    """Return the year that all of `text` tells, but for its era; `right`: one that may have two digits."""
    if _FIGURES.fullmatch(text):
        return int(text.replace(",", ""))
    if number := roman(text):
        return number
    return spoken_year(re.sub(r"\band\b|-", " ", text.casefold()).split(), right)


def spoken_year(words: list[str], right: int = 0) -> int | None:
    """Return a year in words: nineteen sixty-nine, nineteen hundred, two thousand nineteen."""
    if not 0 < len(words) <= _MOST_WORDS:
        return None
    if len(words) == 2 and words[1] == "hundred" and (century := counted(words[:1])):
        return century * 100
    for cut in range(1, len(words)):
        first, rest = counted(words[:cut]), words[cut:]
        second = counted(rest[1:] if rest[0] in ("oh", "o") else rest) or 0
        if first in _CENTURIES and second in (_ONES if rest[0] in ("oh", "o") else _YEARS):
            return (first or 0) * 100 + second
    whole = counted(words)
    return whole if whole in _SPOKEN or whole == abs(right) else None


def counted(words: list[str]) -> int | None:
    """Return the whole number that all of the words tell."""
    amount = parse_amount(" ".join(words))
    if amount is None or amount.unit or not amount.in_words or amount.is_rank or amount.number % 1:
        return None
    return int(amount.number)


def century_of(right: int) -> int:
    """Return the century that a year of two digits is in: the right one's, if that is of our time."""
    return right // 100 if right in _OUR_TIME else 20
