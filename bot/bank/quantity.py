"""Amounts as people write them: "about 2,159 miles", "-173 °C", "one sixth", "fifth", "1969".

What always holds: `parse_amount` of what `Amount.written` returns gives that amount back; nothing here
converts one unit to another.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_ABOUT = r"(?P<about>about |around |roughly |some )?"
_DIGITS = re.compile(_ABOUT + r"(?P<sign>[-\u2212]?)(?P<number>\d[\d,]*(?:\.\d+)?)")
_RATIO = re.compile(r"(?P<top>\d+)/(?P<bottom>[1-9]\d*)(?P<rest>(?:\s.*)?)$", re.DOTALL)
# fmt: off
_CARDINALS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
]
_ORDINALS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
]
# fmt: on
_PARTS = {"half": 2, "quarter": 4, **{word: n for n, word in enumerate(_ORDINALS, 1) if n > 2}}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and what follows it; `decimals` is how many places after the point were written."""

    number: float
    unit: str = ""
    decimals: int = 0
    grouped: bool = False
    in_words: bool = False
    about: str = ""

    @property
    def is_small_count(self) -> bool:
        """Whether it counts a few things: 4 moons, and not 4.5 m or 350 m."""
        return not self.decimals and not self.in_words and 0 < self.number <= 15

    @property
    def rounding(self) -> float:
        """How far another number may lie and still be rounded to this one as written.

        Nothing for counts and for numbers in words; for 4.51, 0.005; for 350, where the last digit
        may be round, 5.
        """
        if self.in_words or self.is_small_count or not self.number:
            return 0.0
        if self.decimals:
            return float(0.5 * 10.0**-self.decimals)
        digits = f"{abs(self.number):.0f}"
        return float(0.5 * 10.0 ** (len(digits) - len(digits.rstrip("0"))))

    def written(self, number: float) -> str:
        """Write another number the way this one was written: same unit, places and grouping."""
        digits = f"{number:,.{self.decimals}f}" if self.grouped else f"{number:.{self.decimals}f}"
        if not self.unit:
            return f"{self.about}{digits}"
        return f"{self.about}{digits}{'' if self.unit in ('%', '°') else ' '}{self.unit}"


def parse_amount(text: str) -> Amount | None:
    """Read the number that `text` begins with, and the unit after it; None where there is none."""
    stripped = text.strip()
    if match := _RATIO.match(stripped):
        ratio = Fraction(int(match["top"]), int(match["bottom"]))
        return Amount(float(ratio), match["rest"].strip(), decimals=2, in_words=True)
    if match := _DIGITS.match(stripped):
        written = match["number"].rstrip(",")
        number = Decimal(written.replace(",", ""))
        rest = stripped[match.start("number") + len(written) :]
        if rest[:1].isalpha() and rest[:2] in ("st", "nd", "rd", "th"):
            return Amount(float(number), rest[2:].strip(), in_words=True)
        return Amount(
            number=float(-number if match["sign"] else number),
            unit=rest.strip(),
            decimals=len(written.partition(".")[2]),
            grouped="," in written,
            about=match["about"] or "",
        )
    return _parse_words(stripped)


def _parse_words(text: str) -> Amount | None:
    """Read "four moons", "fifth" or "one sixth of Earth's"."""
    first, _, rest = text.partition(" ")
    word = first.casefold()
    if word in ("a", "an", "one"):
        part, _, after = rest.partition(" ")
        if part.casefold() in _PARTS:
            return Amount(1 / _PARTS[part.casefold()], after.strip(), decimals=2, in_words=True)
    if word in _CARDINALS:
        return Amount(float(_CARDINALS.index(word)), rest.strip(), in_words=True)
    if word in _ORDINALS:
        return Amount(float(_ORDINALS.index(word) + 1), rest.strip(), in_words=True)
    return None
