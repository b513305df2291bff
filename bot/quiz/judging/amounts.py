"""Numbers held against a key: however written, in words, in other units, within the tolerance of the bank.

A number without a unit is taken in the question's; one below 1, where that is percent, is the share itself.
Without a tolerance the number has to be the key's own; one in another unit may differ by what rounding it and
the key has cost.
"""

import re
from dataclasses import replace
from functools import lru_cache
from math import isclose
from typing import NamedTuple

from bot.quiz.judging.figures import readings, scaled
from bot.quiz.judging.key import RIGHT, WRONG, Judgement, Key, close, unclear
from bot.quiz.judging.names import read_name
from bot.quiz.judging.sayings import SCALES
from bot.quiz.judging.spelling import stem
from bot.quiz.judging.tidying import tidy
from bot.quiz.quantity import Amount, Unit, is_range, unit_named

_CLOSE = 0.1  # of the key: so near is told to be close
_ROUNDED = 0.01  # of a number in another unit: more is not forgiven as rounding, or 0 km would be 350 m
_ASKED_SCALE = re.compile(r"\bhow many (?P<scale>thousand|million|billion|trillion)\b", re.IGNORECASE)
_SHORT_SCALES = {
    "K": "thousand",
    "B": "billion",
    "m": "million",
    "mil": "million",
    "b": "billion",
    "t": "trillion",
}
_RATE = re.compile(
    r"(?P<unit>.*?) ?(?:/|\b(?:per|an?|each|every)) ?(?P<time>second|minute|hour|day|week|month|year)"
)
_COUNTED_THINGS = re.compile(r"\bhow many(?: [^\s,?]+){1,4}", re.IGNORECASE)
_COUNTS = re.compile(r"\bhow many (?P<unit>[a-z-]+)\b", re.IGNORECASE)
_AS = re.compile(
    r"\bas \w+(?: as .*)?$|(?<=times) (?:bigger|larger|greater|longer|wider|higher)$"
)  # 400 times as wide
_DEEP = re.compile(r"\b(?:deep|depth|below)\b", re.IGNORECASE)
_SUNK = re.compile(r" below (?:sea level|the (?:surface|sea))$", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+)*")
_NUMBERS = re.compile(r"\d[\d.,' ]*")
# fmt: off
_TURNED = frozenset({  # stems of words that turn a number into another
    "or", "and", "to", "not", "no", "less", "minus", "fewer", "more", "over", "under", "above", "below",
    "before", "after", "past", "plus", "least", "most", "pair", "except", "per", "time",
})
_MEASURING = frozenset({  # stems of words that stand beside a number and its unit
    "long", "high", "deep", "wide", "tall", "thick", "old", "away", "across", "far", "in", "of", "the", "it",
    "them", "diameter", "length", "height", "depth", "width", "mass", "age", "each", "degree",
    "all", "total", "altogether", "only", "exactly", "there", "so", "such", "one",
})
_PEOPLE = frozenset({  # stems of words that count the same
    "people", "person", "man", "men", "woman", "women", "human", "astronaut", "player", "member",
})
# fmt: on


class Measure(NamedTuple):
    """A typed number in the key's unit, beside the smallest and the largest that are right."""

    number: float
    low: float
    high: float


def measure(key: Key, text: str) -> Measure | None:
    """Return what number was typed, in the key's unit; None where it is none, or of something else."""
    if (right := _right(key)) is None:
        return None
    right_unit, _ = _measured(right)
    for reading in readings(tidy(text)):
        amount = _as_asked(reading, right, key)
        number = _in_unit(amount, _measured(amount)[0], right, right_unit, key.stem)
        if number is not None:
            return Measure(number, *_bounds(key, right, right_unit))
    return None


def judge_amount(key: Key, text: str) -> Judgement:
    """Judge a number with or without its unit."""
    if (right := _right(key)) is None:
        return WRONG
    has_three_places = right.decimals == 3 and (right.power != 0 or not right.in_words)
    amounts = list(readings(_over_sea(key, text), has_three_places=has_three_places))
    if not amounts:
        several = is_range(text) or len(_NUMBERS.findall(text)) > 1
        if several:
            return unclear("That says more than one number. Write the one that you mean.")
        beside = f" {'in' if _measured(right)[0] else 'of'} {right.unit.removeprefix('of ')}"
        return unclear(f"Write a number{beside if right.unit else ''}.")
    found = [_compare(key, right, amount) for amount in amounts]
    return RIGHT if RIGHT in found else found[0]


def _over_sea(key: Key, text: str) -> str:
    """Return the text without what says that it lies below the sea, where it is asked how deep."""
    return _SUNK.sub("", text) if _DEEP.search(key.stem) else text


def _right(key: Key) -> Amount | None:
    """Return the key's number, with its scale worked in, and its unit."""
    return _read_key(key.text, key.unit or (key.tolerance.unit if key.tolerance else ""))


@lru_cache(maxsize=4096)
def _read_key(text: str, given: str) -> Amount | None:
    amount = next(readings(text), None)
    scale, _, rest = given.partition(" ")
    if scale in SCALES and scale in text.split():
        given = rest  # 650 million, in millions, are not a million times as many
    return amount if amount is None or amount.unit else scaled(replace(amount, unit=given))


def _measured(amount: Amount) -> tuple[Unit | None, list[str]]:
    """Return the unit among the words after a number, and the words beside it."""
    words = amount.unit.replace("º", "°").replace("'s", "").split()
    for start in range(min(len(words), 3)):
        for end in range(len(words), start, -1):
            if words[start:end] == ["in"] and len(words) > end:
                continue  # "206 in total" counts no inches
            if unit := unit_named(" ".join(words[start:end]).rstrip(",;")):
                return unit, words[:start] + words[end:]
    return None, words


def _compare(key: Key, right: Amount, typed: Amount) -> Judgement:
    """Hold one reading against the key, in the key's unit."""
    typed = _as_asked(typed, right, key)
    right_unit, _ = _measured(right)
    unit, words = _measured(typed)
    if right_unit and unit and (right_unit.sort, unit.sort) == ("temperature", "angle"):
        unit = None  # "260 degrees" says no scale: the question's
    if right_unit and unit and {right_unit.sort, unit.sort} == {"mass", "sterling"}:
        unit = _in_pounds(typed, unit, right, right_unit)
    if refusal := _refusal(key, right, typed, has_unit=unit is not None, words=words):
        return refusal
    number = _in_unit(typed, unit, right, right_unit, key.stem)
    if number is None:
        return unclear(f"Write the number in {right.unit}." if right_unit else "Write the number alone.")
    low, high = _bounds(key, right, right_unit)
    slack = 1e-12 * max(abs(number), abs(right.number))
    if unit is not None and right_unit is not None and unit != right_unit:
        rounded = _last_place(typed) * unit.factor / right_unit.factor
        slack += rounded if unit.zero or right_unit.zero else min(rounded, _ROUNDED * abs(number))
        slack += _last_place(right) if key.tolerance is None and not _is_exact(unit, right_unit) else 0
    slack += _cut_off(typed, right) * (unit.factor if unit else 1)
    if low - slack <= number <= high + slack:
        return RIGHT
    off = low - number if number < low else number - high
    near = max(_CLOSE * abs(right.number), min(high - low, abs(right.number) / 2))
    return close("That is close.") if off <= near else WRONG


def _is_exact(unit: Unit, other: Unit) -> bool:
    """Whether one unit is a whole number of times the other, as an hour is of minutes: nothing is rounded."""
    times = max(unit.factor / other.factor, other.factor / unit.factor)
    return not (unit.zero or other.zero) and isclose(times, round(times), rel_tol=1e-9)


def _in_pounds(typed: Amount, unit: Unit, right: Amount, right_unit: Unit) -> Unit:
    """Return the unit of a number in pounds, which are money where that is asked for."""
    said = typed.unit if right_unit.sort == "sterling" else right.unit
    part = unit.factor if unit.sort == "sterling" else 1.0
    return Unit(right_unit.sort, right_unit.factor * part) if "pound" in said.casefold() else unit


def _refusal(key: Key, right: Amount, typed: Amount, *, has_unit: bool, words: list[str]) -> Judgement | None:
    """Return why a number cannot be judged by the words beside it; None where it can."""
    right_unit, own_words = _measured(right)
    beside = {stem(word.casefold().strip(".,;")) for word in words}
    counted = _COUNTED_THINGS.search(key.stem)
    asked = () if right_unit else read_name(counted[0] if counted else key.stem).words
    known = {stem(word.casefold()) for word in own_words or asked}
    is_often = beside == {"time"} and not right.unit
    if beside & _TURNED - known and not is_often:
        return unclear("Write the number alone, with its unit.")
    if known & _PEOPLE or (right_unit is None and not own_words):
        known |= _PEOPLE
    is_free = not (right_unit or {*own_words} - {"times"} or key.stem) and _WORDS.fullmatch(typed.unit)
    if right.is_rank and typed.is_rank:
        beside = {word for word in beside if not word.endswith("est")}  # 5th largest
    if not (has_unit or is_often or is_free or beside <= _MEASURING | known):
        return unclear(f"Write the number in {right.unit}." if right_unit else "Write the number alone.")
    if typed.is_rank and not right.is_rank:
        return unclear("Write the number itself.")
    return None


def _as_asked(typed: Amount, right: Amount, key: Key) -> Amount:
    """Return a number as the question counts.

    650 where it asks how many million, and the key has so; 1.5m for 1.5 million, where nothing is measured;
    3.8 cm per year where it asks how much it is each year.
    """
    if typed.unit == "x":
        typed = replace(typed, unit="times")
    if _AS.search(typed.unit):
        typed = replace(typed, unit=_AS.sub("", typed.unit).strip())
    unit = _measured(right)[0]
    short, _, counted = typed.unit.partition(" ")
    scale = SCALES[_SHORT_SCALES[short]] if short in _SHORT_SCALES else 0.0
    if scale and right.number * 10 >= scale and (unit is None or unit.sort not in ("length", "temperature")):
        return replace(typed, number=typed.number * scale, unit=counted)
    rate = _RATE.fullmatch(typed.unit)
    if rate and rate["time"] in key.stem and rate["time"] not in key.text:
        return replace(typed, unit=rate["unit"])
    asked = _ASKED_SCALE.search(key.stem)
    scale = SCALES[asked["scale"].casefold()] if asked else 1.0
    if asked is None or typed.unit or typed.number >= scale or asked["scale"] not in key.text:
        return typed
    return replace(typed, number=typed.number * scale)


def _in_unit(
    typed: Amount, unit: Unit | None, right: Amount, right_unit: Unit | None, stem: str
) -> float | None:
    """Return the typed number in the key's unit; None where it measures something else."""
    if unit is None:
        is_share = right_unit is not None and right_unit.sort == "share"
        is_share &= typed.in_words or abs(typed.number) < 1 <= right.number
        return typed.number / right_unit.factor if is_share and right_unit else typed.number
    if right_unit is None:
        if unit.sort == "share" and not right.unit:
            return typed.number * unit.factor
        counted = _COUNTS.search(stem)
        asked = unit_named(counted["unit"]) if counted and not right.unit else None
        is_asked = unit == asked if asked else _is_named(typed.unit, right.unit, stem)
        return typed.number if is_asked else None
    if unit.sort != right_unit.sort:
        return None
    if unit == right_unit:
        return typed.number
    return (typed.number * unit.factor + unit.zero - right_unit.zero) / right_unit.factor


def _is_named(name: str, unit: str, stem: str) -> bool:
    """Whether the question itself counts in what an answer names: "How many days ...?" and 365 days."""
    asked = {word.rstrip("s") for word in (*read_name(stem).words, *read_name(unit).words)}
    named = {word.rstrip("s") for word in read_name(name).words}
    return bool(named) and named <= asked  # a mark, such as %, names nothing


def _bounds(key: Key, right: Amount, right_unit: Unit | None) -> tuple[float, float]:
    """Return the smallest and the largest number that is right, in the key's unit."""
    if key.tolerance is None:
        return right.number, right.number
    ends = [scaled(Amount(end, key.tolerance.unit)) for end in (key.tolerance.low, key.tolerance.high)]
    numbers = [end.number for end in ends]
    given = _measured(ends[0])[0]
    if right_unit and given and given != right_unit and given.sort == right_unit.sort:
        numbers = [(end * given.factor + given.zero - right_unit.zero) / right_unit.factor for end in numbers]
    if not ends[0].unit and right.in_words and not min(numbers) <= right.number <= max(numbers):
        numbers = [right.number, right.number]  # a range in another scale than the key's, which says no unit
    return min(numbers), max(numbers)


def _cut_off(typed: Amount, right: Amount) -> float:
    """Return what writing a part in decimals may have cost that none of them tell: two thirds in 66.7 %."""
    thousandths = right.number * 1000
    figures = f"{typed.number:.{typed.decimals}f}".replace(".", "").strip("0")
    is_endless = right.in_words and not right.unit and abs(thousandths - round(thousandths)) > 1e-6
    return _last_place(typed) if is_endless and len(figures) > 1 else 0.0


def _last_place(amount: Amount) -> float:
    """Return half of the last written place: what rounding the number may have cost."""
    return 0.0 if amount.in_words else float(0.5 * 10.0**-amount.decimals)
