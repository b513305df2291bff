"""Units and number words: what may follow a number, and what it is then called.

What always holds: a unit has one name here, its plural in British spelling, however the article writes it.
"""

from dataclasses import dataclass
from functools import cache

from bot.drafter.words import table
from bot.quiz.numerals import RANKS


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit under its one name, and what it measures."""

    name: str
    singular: str
    dimension: str

    def for_number(self, number: float) -> str:
        """Return the name that follows `number`."""
        return self.singular if number == 1 else self.name


CURRENCIES: dict[str, str] = table("units")["currencies"]
_AMBIGUOUS = frozenset(table("units")["ambiguous"].split())


@cache
def _units() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for dimension, entries in table("units")["units"].items():
        for entry in entries:
            name, one, spellings = (part.strip() for part in entry.split("|"))
            unit = Unit(name, one, dimension)
            for spelling in (name, one, *filter(None, spellings.split(","))):
                units.setdefault(spelling.strip(), unit)
    units["pounds"] = Unit("pounds", "pound", "mass")
    units["won"] = Unit("won", "won", "money")
    return units


def find_unit(words: list[str], touching: bool) -> tuple[Unit, int] | None:
    """Return the unit that begins `words`, and how many of them it takes; the longest one wins.

    `touching` tells that no space parts the number from the first word ("2kg").
    """
    for length in range(min(4, len(words)), 0, -1):
        written = " ".join(words[:length])
        unit = _units().get(written)
        if unit is None and len(written) > 3:
            unit = _units().get(written.lower())
        if unit is not None and (touching or written not in _AMBIGUOUS):
            return unit, length
    return None


SCALES: dict[str, float] = table("units")["scales"]
SHORT_SCALES: dict[str, str] = table("units")["short_scales"]
FRACTIONS = {"half": 2, "quarter": 4, **{word: number for word, number in RANKS.items() if number > 2}}
FRACTIONS |= {"hundredth": 100, "thousandth": 1000}


def ordinal(number: int) -> str:
    """Return "fifth", "13th", "101st": in words up to twelfth, as people write."""
    words = {value: word for word, value in RANKS.items() if value <= 12}
    return words.get(number) or short_ordinal(number)


def short_ordinal(number: int) -> str:
    """Return "5th", "13th", "101st"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
