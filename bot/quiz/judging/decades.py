"""Decades and centuries as people type them: the sixties, the 1960s, the 19th century."""

import re
from typing import NamedTuple

from bot.quiz.judging.figures import ROMAN_ONES, roman
from bot.quiz.judging.years import counted, without_era
from bot.quiz.numerals import ORDINALS

_TENS = ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]
_DECADE = re.compile(
    r"(?:the )?(?:'|(?P<century>\d\d)|(?P<spoken>[a-z]+)[ -])?"
    rf"(?:(?P<tens>\d)0'?s|(?P<word>{'|'.join(_TENS)}))"
)
_CENTURY = re.compile(
    r"(?:the )?(?:(?P<number>\d\d?)(?:st|nd|rd|th)|(?P<roman>[ivx]+)"
    rf"|(?P<word>{'|'.join(ORDINALS)}|twenty[ -]first))[ -](?:century|cent|c)\.?"
)


class Decade(NamedTuple):
    """So many years from the first on; `is_short`: of which century was not said."""

    first: int
    years: int
    is_short: bool = False


def read_decade(text: str) -> Decade | None:
    """Return the decade or the century that all of `text` names."""
    text, is_before = without_era(text.casefold())
    text = text.strip(" .,")
    if found := _CENTURY.fullmatch(text):
        word = (found["word"] or "").replace(" ", "-")
        ranked = [*ORDINALS, "twenty-first"].index(word) + 1 if word else 0
        said = (found["roman"] or "").upper()
        number = int(found["number"] or ranked or roman(said) or ROMAN_ONES.get(said, 0))
        if not number:
            return None
        return Decade(-number * 100 if is_before else number * 100 - 100, 100)
    if is_before or not (found := _DECADE.fullmatch(text)):
        return None
    tens = int(found["tens"]) if found["tens"] else _TENS.index(found["word"]) + 2
    century = int(found["century"]) if found["century"] else counted([found["spoken"] or ""])
    if found["spoken"] and not century:
        return None
    if found["century"] and tens == 0:
        return Decade(int(found["century"]) * 100, 100)  # the 1800s
    return Decade((century or 0) * 100 + tens * 10, 10, is_short=century is None)
