"""Numbers as people write and say them, read: half a million, 5 ft 10 in, minus forty, XII, 1:30."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.quiz.judging.sayings import SCALES, as_ratio, in_figures, without_signs
from bot.quiz.numerals import ORDINALS, RANKS
from bot.quiz.quantity import LINK, Amount, Unit, is_range, parse_amount, unit_named

_BELOW = re.compile(
    r"(?P<number>[^-−].*?)(?: degrees?)?(?P<scale> ?°?[CFK])? below(?: zero| sea level)?", re.IGNORECASE
)
_CLOCK = re.compile(r"(?P<first>\d+):(?P<second>[0-5]\d)")
_UNSAID = re.compile(r"(?P<large>\d+ ?(?P<unit>[a-z]+|['′]))(?: and)? ?(?P<small>\d\d?)", re.IGNORECASE)
_SMALLER = {
    "h": "min",
    "min": "s",
    "m": "cm",
    "ft": "in",
    "$": "cent",
}  # what a number after one with its unit counts
_ROMAN = re.compile(r"(?=..)M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_SMALL_ROMAN = re.compile("[ivx]+")
ROMAN_ONES = {"I": 1, "V": 5, "X": 10}
_ROMANS = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}
_PARTED = re.compile(r"\s*(?:,|\band\b)\s*", re.IGNORECASE)
_MINUS = re.compile(r"^(?:minus|negative) +", re.IGNORECASE)
_SCALE = re.compile(
    r"(?:of )?(?:an? )?"
    r"(?P<scale>(?i:hundred|thousand|grand|lakh|million|crore|milliard|billion|trillion)s?"
    r"|mn|mio|mln|bn|[kM](?![\w²³°/]))\b\.?\s*(?:of )?"
)
_GROUPED_BY_COMMA = re.compile(r"(?<![\d.,])([1-9]\d{0,2}),(\d{3})(?![\d.,])")
_GROUPED_BY_POINT = re.compile(r"(?<![\d.,])([1-9]\d{0,2})\.(\d{3})(?![\d.,])")
_PART = re.compile(r"([\d.,½¼¾]+)\s*([^\W\d_]+|['\"′″])\.?(?:\s*(?:,|and)?\s*)(?=\d|$)")
_MARKS = {"'": "ft", "′": "ft", '"': "in", "″": "in"}


def readings(text: str, *, has_three_places: bool = False) -> Iterator[Amount]:
    """Yield the amounts that `text` may mean; a point before three digits may part thousands.

    `has_three_places`: the number asked for has; then that point is one, and a comma there may be one.
    """
    text = without_signs(text)
    if (minus := _MINUS.match(text)) and not text[minus.end() :].startswith("-"):
        yield from (replace(amount, number=-amount.number) for amount in readings(text[minus.end() :]))
        return
    if below := _BELOW.fullmatch(text):
        yield from readings(f"minus {below['number']}{below['scale'] or ''}")
        return
    text = in_figures(text)
    if wholes := compound(text):
        yield from wholes
        return
    other = (_GROUPED_BY_COMMA, r"\1.\2") if has_three_places else (_GROUPED_BY_POINT, r"\1,\2")
    forms = [text, other[0].sub(other[1], text), as_ratio(text)]
    for form in dict.fromkeys(forms):
        amount = parse_amount(form)
        if amount is not None and not is_range(form):
            yield scaled(amount)
    if number := roman(text):
        yield Amount(float(number), in_words=True)
    if text.casefold() in ORDINALS[2:]:  # a third
        yield Amount(1 / RANKS[text.casefold()], in_words=True, decimals=2)


def roman(text: str) -> int | None:
    """Return the number of two Roman figures or more, in capitals: XII; i, v and x may be small."""
    text = text.upper() if _SMALL_ROMAN.fullmatch(text) else text
    if not _ROMAN.fullmatch(text):
        return None
    values = [_ROMANS[figure] for figure in text]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def compound(text: str) -> list[Amount]:
    """Read 5 ft 10 in, 1 h 30 min, 27 days 7 hours: parts of one sort, each smaller than the last.

    What a clock shows may be hours and minutes, or minutes and seconds: 3:20.
    """
    if clock := _CLOCK.fullmatch(text):
        number = int(clock["first"]) + int(clock["second"]) / 60
        return [Amount(number, unit, in_words=True) for unit in ("h", "min")]
    if (unsaid := _UNSAID.fullmatch(text)) and (
        smaller := _smaller(_MARKS.get(unsaid["unit"], unsaid["unit"]))
    ):
        text = f"{unsaid['large']} {unsaid['small']} {smaller}"
    total, units = 0.0, list[Unit]()
    parts = _parts(text)
    for amount in parts:
        unit = unit_named(amount.unit) if amount.unit else None
        if unit is None or unit.zero:
            return []
        if units and (unit.sort != units[-1].sort or unit.factor >= units[-1].factor):
            return []
        total += amount.number * unit.factor
        units.append(unit)
    return [replace(parts[0], number=total / units[0].factor, in_words=True)] if units else []


def _smaller(unit: str) -> str | None:
    """Return the unit that is meant by a number after one of `unit`: the minutes of an hour."""
    found = unit_named(unit)
    return next((small for large, small in _SMALLER.items() if unit_named(large) == found), None)


def _parts(text: str) -> list[Amount]:
    """Return the amounts that stand in a row, in figures or joined by commas; none where there is but one."""
    found = [(number, _MARKS.get(name, name)) for number, name in _PART.findall(text)]
    if {"h", "s", "sec"} & {name for _, name in found}:
        found = [(number, "min" if name == "m" else name) for number, name in found]
    if len(found) > 1 and not _PART.sub("", text).strip():
        said = [f"{number} {name}" for number, name in found]
    else:
        said = _PARTED.split(text)
    if len(said) > 1:
        return [parse_amount(part) or Amount(0) for part in said]
    return _worded_parts(text)


def _worded_parts(text: str) -> list[Amount]:
    """Return the amounts in words that stand in a row: one hour thirty minutes, one metre eighty."""
    found: list[Amount] = []
    while (amount := parse_amount(text)) and amount.in_words and not amount.is_rank:
        unit, _, text = amount.unit.partition(" ")
        if not unit and not text and found and (smaller := _smaller(found[-1].unit)):
            unit = smaller
        found.append(replace(amount, unit=unit))
        if not text:
            return found if len(found) > 1 else []
    return []


def scaled(amount: Amount) -> Amount:
    """Return the amount with its words of scale worked in: 1.5 million km, 10k, two million ten thousand."""
    while found := _SCALE.match(amount.unit):
        word = found["scale"]
        scale = SCALES.get(word) or SCALES[word.casefold().removesuffix("s")]
        rest = amount.unit[found.end() :].strip()
        amount = replace(amount, number=amount.number * scale, unit=rest, in_words=True)
        more = parse_amount(rest.removeprefix("and ")) if rest else None
        if more is not None and more.in_words and not more.is_rank and 0 < more.number < scale:
            more = scaled(more)
            if more.number < scale:
                return replace(amount, number=amount.number + more.number, unit=more.unit)
    unit = LINK.sub("", amount.unit)
    return amount if unit == amount.unit else replace(amount, unit=unit)
