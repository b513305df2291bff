"""Numbers held against a key: however written, in words, in other units, within the tolerance of the bank.

A number without a unit is taken in the question's. Without a tolerance the number has to be the key's
own; one in another unit may differ by what rounding it and the key has cost.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from bot.quiz.judging.key import RIGHT, WRONG, Judgement, Key, close, unclear
from bot.quiz.judging.names import read_name
from bot.quiz.judging.tidying import tidy
from bot.quiz.quantity import Amount, Unit, is_range, parse_amount, unit_named

_CLOSE = 0.1  # of the key: so near is told to be close
_ROUNDED = 0.01  # of a number in another unit: more is not forgiven as rounding, or 0 km would be 350 m
_ABOUT = re.compile(
    r"^(?:about|around|roughly|approximately|approx\.?|nearly|almost|some|circa|ca\.?|c\.|~|≈"
    r"|(?:just|a bit|a little|slightly) (?:over|under|above|below|(?:more|less) than))\s*",
    re.IGNORECASE,
)
_DIGITS = "one|two|three|four|five|six|seven|eight|nine"
_BELOW = re.compile(r"(?P<number>.+?)(?: degrees?)?(?P<scale> ?°?[CFK])? below zero", re.IGNORECASE)
_RANKED = re.compile(r"^(?:#|№|no\.|nr\.?|number(?=\s))\s*(?=\w)|^[x×]\s?(?=\d)", re.IGNORECASE)
_MINUS = re.compile(r"^(?:minus|negative) +", re.IGNORECASE)
_POINT = re.compile(
    rf"^(?P<whole>[a-z -]+?) point(?P<places>(?:[ -](?:zero|oh|{_DIGITS}))+)\b", re.IGNORECASE
)
_AND_A_PART = re.compile(r"^(?P<whole>[\w -]+?) and (?P<part>(?:an?|one|two|three) [a-z]+)\b", re.IGNORECASE)
_ONE = re.compile(r"^an? (?P<unit>[\w-]+)(?: and (?P<part>(?:an?|one|two|three) [a-z]+))?$", re.IGNORECASE)
_DOZEN = re.compile(
    r"^(?:a |one )?dozen\b|^(?P<half>half)(?: a)? dozen\b|^(?P<count>[\w.]+) dozen\b", re.IGNORECASE
)
_SCALE = re.compile(
    r"(?:of )?(?:an? )?"
    r"(?P<scale>(?i:hundred|thousand|million|billion|trillion)s?|mn|mio|bn|[kM](?![\w²³°/]))\b\.?\s*(?:of )?"
)
_SCALES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "mio": 1e6, "M": 1e6}
_SCALES |= {"billion": 1e9, "bn": 1e9, "trillion": 1e12}
_ASKED_SCALE = re.compile(r"\bhow many (?P<scale>thousand|million|billion|trillion)\b", re.IGNORECASE)
_LINK = re.compile(r"^(?:of )?an? (?=\w)")
_GROUPED_BY_POINT = re.compile(r"(?<![\d.,])([1-9]\d{0,2})\.(\d{3})(?![\d.,])")
_NUMBERS = re.compile(r"\d[\d.,' ]*")
_PART = re.compile(r"([\d.,½¼¾]+)\s*([^\W\d_]+|['\"′″])\.?(?:\s*(?:,|and)?\s*)(?=\d|$)")
_MARKS = {"'": "ft", "′": "ft", '"': "in", "″": "in"}
# fmt: off
_TURNED = frozenset({  # words that turn a number into another
    "or", "and", "to", "not", "no", "less", "minus", "fewer", "more", "over", "under", "above", "below",
    "before", "after", "except", "per", "times",
})
_MEASURING = frozenset({  # words that stand beside a number and its unit
    "long", "high", "deep", "wide", "tall", "thick", "old", "away", "across", "far", "in", "of", "the",
    "earth", "earths", "diameter", "length", "height", "depth", "width", "mass", "age", "each", "degree",
    "degrees",
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
    for reading in _readings(tidy(text)):
        amount = _in_asked_scale(reading, key)
        number = _in_unit(amount, _measured(amount)[0], right, right_unit, key.stem)
        if number is not None:
            return Measure(number, *_bounds(key, right, right_unit))
    return None


def judge_amount(key: Key, text: str) -> Judgement:
    """Judge a number with or without its unit."""
    if (right := _right(key)) is None:
        return WRONG
    readings = list(_readings(text))
    if not readings:
        several = is_range(text) or len(_NUMBERS.findall(text)) > 1
        if several:
            return unclear("That says more than one number. Write the one that you mean.")
        return unclear(f"Write a number{f' of {right.unit}' if right.unit else ''}.")
    found = [_compare(key, right, amount) for amount in readings]
    return RIGHT if RIGHT in found else found[0]


def _right(key: Key) -> Amount | None:
    """Return the key's number, with its scale worked in, and its unit."""
    amount = parse_amount(key.text)
    if amount is None:
        return None
    given = key.unit or (key.tolerance.unit if key.tolerance else "")
    return _scaled(amount if amount.unit else replace(amount, unit=given))


def _readings(text: str) -> Iterator[Amount]:
    """Yield the amounts that `text` may mean; a point before three digits may part thousands."""
    text = _ABOUT.sub("", re.sub(r"^[–—](?=\s?\d)", "-", text))
    text = re.sub(r"^\+\s?(?=\d)", "", re.sub(r"^(-?)\.(?=\d)", r"\g<1>0.", text))
    text = _RANKED.sub("", _DOZEN.sub(_in_figures, text))
    if (minus := _MINUS.match(text)) and not text[minus.end() :].startswith("-"):
        yield from (replace(amount, number=-amount.number) for amount in _readings(text[minus.end() :]))
        return
    text = _ONE.sub(_one_and_a_part, _AND_A_PART.sub(_with_a_part, _POINT.sub(_with_places, text)))
    if below := _BELOW.fullmatch(text):
        text = f"-{below['number']}{below['scale'] or ''}"
    if whole := _compound(text):
        yield whole
        return
    for form in dict.fromkeys((text, _GROUPED_BY_POINT.sub(r"\1,\2", text))):
        amount = parse_amount(form)
        if amount is not None and not is_range(form):
            yield _scaled(amount)


def _in_figures(dozen: re.Match[str]) -> str:
    """Return dozens as a number: a dozen is 12; what is no number of dozens stays."""
    count = parse_amount(dozen["count"] or dozen["half"] or "1")
    return dozen[0] if count is None else f"{count.number * 12:g}"


def _with_places(spoken: re.Match[str]) -> str:
    """Return a number that is said with its point in figures: one point six is 1.6."""
    whole = parse_amount(spoken["whole"])
    if whole is None or whole.unit or whole.number != int(whole.number):
        return spoken[0]
    digits = {word: str(place) for place, word in enumerate(_DIGITS.split("|"), 1)}
    places = re.split(r"[ -]", spoken["places"].casefold().strip(" -"))
    return f"{whole.number:.0f}.{''.join(digits.get(word, '0') for word in places)}"


def _with_a_part(said: re.Match[str]) -> str:
    """Return a whole number and a part of one in figures: two and a third."""
    whole, part = parse_amount(said["whole"]), parse_amount(said["part"])
    if whole is None or whole.unit or whole.number < 1 or part is None or part.unit or part.number >= 1:
        return said[0]
    return f"{whole.number + part.number:.6g}"


def _one_and_a_part(said: re.Match[str]) -> str:
    """Return one of a unit in figures, with the part that is added: a mile, an inch and a half."""
    part = parse_amount(said["part"]) if said["part"] else Amount(0)
    if unit_named(said["unit"]) is None or part is None or part.unit or part.number >= 1:
        return said[0]
    return f"{1 + part.number:.6g} {said['unit']}"


def _compound(text: str) -> Amount | None:
    """Read 5 ft 10 in, 1 h 30 min, 27 days 7 hours: parts of one sort, each smaller than the last."""
    parts = [(number, _MARKS.get(name, name)) for number, name in _PART.findall(text)]
    if len(parts) < 2 or _PART.sub("", text).strip():
        return None
    total, units = 0.0, list[Unit]()
    for number, name in parts:
        amount, unit = parse_amount(number), unit_named(name)
        if amount is None or unit is None or unit.zero:
            return None
        if units and (unit.sort != units[-1].sort or unit.factor >= units[-1].factor):
            return None
        total += amount.number * unit.factor
        units.append(unit)
    return Amount(total / units[0].factor, parts[0][1], in_words=True)


def _scaled(amount: Amount) -> Amount:
    """Return the amount with a word of scale worked in: 1.5 million km, half a million, 10k."""
    if not (found := _SCALE.match(amount.unit)):
        return replace(amount, unit=_LINK.sub("", amount.unit))
    word = found["scale"]
    scale = _SCALES.get(word) or _SCALES[word.casefold().removesuffix("s")]
    return replace(
        amount, number=amount.number * scale, unit=amount.unit[found.end() :].strip(), in_words=True
    )


def _measured(amount: Amount) -> tuple[Unit | None, list[str]]:
    """Return the unit among the words after a number, and the words beside it."""
    words = amount.unit.replace("º", "°").replace("'s", "").split()
    for start in range(min(len(words), 3)):
        for end in range(len(words), start, -1):
            if unit := unit_named(" ".join(words[start:end]).rstrip(",;")):
                return unit, words[:start] + words[end:]
    return None, words


def _compare(key: Key, right: Amount, typed: Amount) -> Judgement:
    """Hold one reading against the key, in the key's unit."""
    typed = _in_asked_scale(typed, key)
    right_unit, own_words = _measured(right)
    unit, words = _measured(typed)
    if right_unit and unit and (right_unit.sort, unit.sort) == ("temperature", "angle"):
        unit = None  # "260 degrees" says no scale: the question's
    beside = {word.casefold().strip(".,;") for word in words}
    asked = {*read_name(key.stem).words}
    if "per" in beside and beside - {"per"} <= asked:
        beside -= {"per"}  # "3.8 cm per year", where it is asked how much it is each year
    if (beside - {*own_words}) & _TURNED:
        return unclear("Write the number alone, with its unit.")
    if unit is None and right_unit and not beside <= _MEASURING | {*own_words} | asked:
        return unclear(f"Write the number in {right.unit}.")
    number = _in_unit(typed, unit, right, right_unit, key.stem)
    if number is None:
        return Judgement(WRONG.outcome, f"The question asks for {right.unit or 'a number'}.")
    low, high = _bounds(key, right, right_unit)
    slack = 1e-12 * max(abs(number), abs(right.number))
    if unit is not None and right_unit is not None and unit != right_unit:
        rounded = _last_place(typed) * unit.factor / right_unit.factor
        slack += rounded if unit.zero or right_unit.zero else min(rounded, _ROUNDED * abs(number))
        slack += _last_place(right) if key.tolerance is None else 0
    if low - slack <= number <= high + slack:
        return RIGHT
    off = low - number if number < low else number - high
    return close("That is close.") if off <= max(_CLOSE * abs(right.number), high - low) else WRONG


def _in_asked_scale(typed: Amount, key: Key) -> Amount:
    """Return a bare number as the question counts: 650 where it asks how many million, and the key has so."""
    asked = _ASKED_SCALE.search(key.stem)
    scale = _SCALES[asked["scale"].casefold()] if asked else 1.0
    if asked is None or typed.unit or typed.number >= scale or asked["scale"] not in key.text:
        return typed
    return replace(typed, number=typed.number * scale)


def _in_unit(
    typed: Amount, unit: Unit | None, right: Amount, right_unit: Unit | None, stem: str
) -> float | None:
    """Return the typed number in the key's unit; None where it measures something else."""
    if unit is None:
        is_share = right_unit is not None and right_unit.sort == "share" and typed.in_words
        return typed.number / right_unit.factor if is_share and right_unit else typed.number
    if right_unit is None:
        if unit.sort == "share" and not right.unit:
            return typed.number * unit.factor
        return typed.number if _is_named(typed.unit, right.unit, stem) else None
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
    ends = [_scaled(Amount(end, key.tolerance.unit)) for end in (key.tolerance.low, key.tolerance.high)]
    numbers = [end.number for end in ends]
    given = _measured(ends[0])[0]
    if right_unit and given and given != right_unit and given.sort == right_unit.sort:
        numbers = [(end * given.factor + given.zero - right_unit.zero) / right_unit.factor for end in numbers]
    if not ends[0].unit and right.in_words and not min(numbers) <= right.number <= max(numbers):
        numbers = [right.number, right.number]  # a range in another scale than the key's, which says no unit
    return min(numbers), max(numbers)


def _last_place(amount: Amount) -> float:
    """Return half of the last written place: what rounding the number may have cost."""
    return 0.0 if amount.in_words else float(0.5 * 10.0**-amount.decimals)
