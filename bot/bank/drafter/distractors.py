"""Suggested wrong answers: numbers outside the tolerance, other names of the same sort.

What always holds: the same value gives the same distractors; none equals the value or lies within its
tolerance; all are written as the value is.
"""

import re
import zlib
from collections.abc import Iterable, Sequence

from bot.bank.drafter.dates import MONTHS
from bot.bank.drafter.units import ordinal, short_ordinal, unit_named
from bot.bank.drafter.values import Value
from bot.bank.facts import FactKind, Range
from bot.quiz.quantity import parse_amount

WANTED = 4
_FACTORS = ((0.5, 2.0, 0.25, 3.0), (0.4, 1.8, 2.5, 0.6), (0.6, 1.5, 2.2, 0.3), (0.7, 1.4, 0.45, 2.0))


def suggest_tolerance(value: Value) -> Range | None:
    """Return the numbers that should count as right: exact for small counts, wider where vague."""
    amount = parse_amount(value.text)
    if value.kind is not FactKind.QUANTITY or value.number is None or amount is None:
        return None
    number = amount.number
    if value.form == "compound":
        return Range(low=number, high=_rounded(value.number * 1.002), unit=value.unit)
    high = number if value.high is None else number * value.high / value.number
    exact = value.form in ("odds", "years", "rank", "place", "ordinal", "nth", "age", "fraction") or (
        value.form in ("count", "bare") and abs(number) <= 20 and not value.hedge
    )
    share = (
        0.0 if exact else 0.1 if value.hedge else 0.05 if value.form in ("measure", "money", "ago") else 0.02
    )
    margin = max(abs(number), abs(high)) * share
    return Range(
        low=min(number, _rounded(number - margin)), high=max(high, _rounded(high + margin)), unit=amount.unit
    )


def _rounded(number: float) -> float:
    return float(f"{number:.4g}")


def suggest_distractors(value: Value, others: Sequence[str], tolerance: Range | None) -> list[str]:
    """Return up to four wrong answers; `others` are values of the same sort in the article, nearest first."""
    rules = {
        FactKind.QUANTITY: lambda: _numbers(value, tolerance),
        FactKind.YEAR: lambda: _years(value),
        FactKind.DATE: lambda: _dates(value),
        FactKind.PERIOD: lambda: _periods(value),
    }
    made: Iterable[str] = rules[value.kind]() if value.kind in rules else []
    if value.kind is FactKind.TERM and value.form in ("clock", "score"):
        made = _clock_or_score(value)
    known = _FAMILIES.get((value.kind, value.asked), _FAMILIES.get((value.kind, ""), ()))
    candidates = list(made) if made else [*others, *_turned(known, value)]
    taken = {value.text.casefold(), *(alias.casefold() for alias in value.aliases)}
    chosen: list[str] = []
    for text in candidates:
        if text.casefold() not in taken and len(text) <= 80:
            taken.add(text.casefold())
            chosen.append(text)
        if len(chosen) == WANTED:
            break
    return chosen


def _seed(text: str) -> int:
    return zlib.crc32(text.encode())


def _turned(known: Sequence[str], value: Value) -> list[str]:
    start = _seed(value.text) % max(1, len(known))
    return [*known[start:], *known[:start]]


# Numbers


def _numbers(value: Value, tolerance: Range | None) -> list[str]:
    if value.number is None:
        return []
    if value.form in ("rank", "place", "nth", "ordinal"):
        return _ranks(value)
    if value.form == "fraction":
        return _fractions(value)
    if value.form == "compound":
        return _compounds(value)
    if value.form == "odds":
        return _odds(value)
    match = re.match(r"-?[\d,.]*\d", value.text)
    if not match:
        return []
    shown = float(match[0].replace(",", ""))
    written = []
    for number in _around(shown, value):
        inside = tolerance is not None and tolerance.low <= number <= tolerance.high
        if not inside and number != shown:
            written.append(_rewritten(value, match[0], number))
    return written


def _around(shown: float, value: Value) -> list[float]:
    """Return numbers of the same look: small whole ones by steps, others by factors."""
    turn = _seed(value.text)
    whole = shown == int(shown)
    if whole and abs(shown) <= 12:
        steps = [2, -1, 4, 1, -2, 3, 6, 5] if turn % 2 else [1, 3, -2, 2, -1, 5, 4, 6]
        if abs(shown) >= 5:
            steps = [step * 2 for step in steps[:4]] + steps
        return [
            shown + step for step in steps if shown + step > (1 if value.form == "count" else 0) or shown <= 0
        ]
    if value.unit == "per cent":
        return [number for number in _scaled(shown, turn) if 0 < number < 100] or [shown / 2, shown / 4]
    return _scaled(shown, turn)


def _scaled(shown: float, turn: int) -> list[float]:
    digits = len(f"{abs(shown):.10g}".replace(".", "").strip("0")) or 1
    found = []
    for factor in (*_FACTORS[turn % 4], 1.7, 0.35, 4.0, 0.2):
        number = float(f"{shown * factor:.{max(2, digits)}g}")
        found.append(float(round(number)) if shown == int(shown) and abs(number) >= 1 else number)
    return found


def _rewritten(value: Value, shown: str, number: float) -> str:
    decimals = len(shown.partition(".")[2])
    rest = value.text[len(shown) :]
    grouped = "," in shown or (abs(number) >= 1_000 and len(shown) < 4)
    digits = f"{number:,.{decimals}f}" if grouped else f"{number:.{decimals}f}"
    if value.high is not None and value.number:
        return f"{digits} to {number * value.high / value.number:,.{decimals}f} {value.unit}"
    if value.form == "count" and value.number == 1 and number != 1:
        return f"{digits} {value.unit}"
    unit = unit_named(value.unit) if value.form in ("measure", "money") else None
    if unit and unit.name != unit.singular:
        name = unit.for_number(number)
        rest = re.sub(rf"\b(?:{re.escape(unit.name)}|{re.escape(unit.singular)})$", name, rest)
    return f"{digits}{rest}"


def _ranks(value: Value) -> list[str]:
    number = int(value.number or 0)
    rest = value.text.partition(" ")[2] if value.form == "ordinal" else ""
    steps = [1, -1, 2, -2, 3, 4] if number <= 10 else [4, -5, 11, -9, 17, 22]
    nearby = [number + step for step in steps if number + step > 0]
    return [f"{ordinal(other)} {rest}".strip() for other in nearby]


def _fractions(value: Value) -> list[str]:
    table = [
        "one half",
        "one third",
        "one quarter",
        "one fifth",
        "one sixth",
        "one eighth",
        "one tenth",
        "2/3",
        "3/4",
    ]
    near = sorted(table, key=lambda text: (abs(_size(text) - (value.number or 0)), text))
    return [text for text in near if abs(_size(text) - (value.number or 0)) > 0.01]


def _odds(value: Value) -> list[str]:
    some, every = (int(number) for number in re.findall(r"\d+", value.text))
    joint = re.sub(r"\d+", "{}", value.text)
    others = [
        (some, every + 1),
        (some, every * 2),
        (some + 1, every + 3),
        (max(1, some - 1), every + 2),
        (some, every * 5),
    ]
    return [joint.format(*pair) for pair in others if abs(pair[0] / pair[1] - some / every) > 0.001]


def _size(text: str) -> float:
    if "/" in text:
        top, bottom = text.split("/")
        return int(top) / int(bottom)
    sizes = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
    return 1 / sizes[text.split()[1]]


def _compounds(value: Value) -> list[str]:
    """Change the largest part and the next of "29 days, 12 hours and 44 minutes"."""
    numbers = re.findall(r"\d+", value.text)
    found = []
    for first, second in ((-2, 3), (3, -4), (1, 6), (-5, 8), (7, 1)):
        lead, then = int(numbers[0]) + first, abs(int(numbers[1]) + second) if len(numbers) > 1 else 0
        if lead <= 0:
            continue
        parts = iter([str(lead), str(then), *numbers[2:]])
        found.append(re.sub(r"\d+", lambda _, parts=parts: next(parts), value.text))  # type: ignore[misc]  # bound early
    return found


# Dates


def _years(value: Value) -> list[str]:
    year = int(value.number or 0)
    steps = (
        [-3, 2, -7, 5, 4]
        if year >= 1990
        else [-6, 8, -13, 4, 17]
        if year >= 1900
        else [-23, 31, -48, 64, 12]
        if year >= 1500
        else [-60, 85, -140, 120, 45]
    )
    turn = -1 if _seed(value.text) % 2 and year < 1990 else 1
    return [str(year + step * turn) for step in steps]


def _dates(value: Value) -> list[str]:
    """Move the day and the month, or the month and the year, keeping the form."""
    words = value.text.split()
    month = MONTHS.index(next(word for word in words if word in MONTHS))
    found = []
    for days, months, years in ((0, 2, 0), (6, 0, -1), (-8, -1, 0), (11, 3, 1), (3, -2, 0)):
        parts = [MONTHS[(month + months) % 12]]
        if words[0].isdecimal():
            parts.insert(0, str((int(words[0]) + days - 1) % 28 + 1))
        if words[-1].isdecimal() and len(words[-1]) == 4:
            parts.append(str(int(words[-1]) + (years if len(words) > 2 else years or days // 5)))
        found.append(" ".join(parts))
    return found


def _periods(value: Value) -> list[str]:
    number = value.number
    if number is None:
        return []
    if value.form == "decade":
        return [f"the {int(number) + step}s" for step in (-20, 10, -10, 20, 30)]
    if value.form == "season":
        years = [int(number) + step for step in (-3, 2, -5, 4)]
        return [f"{year}-{(year + 1) % 100:02d}" for year in years]
    if value.form == "century":
        near = [int(number) + step for step in (-2, 1, -1, 2) if int(number) + step > 0]
        return [re.sub(r"\d+(?:st|nd|rd|th)", short_ordinal(other), value.text) for other in near]
    steps = [-60, 85, -140, 120] if abs(number) < 2500 else [-900, 1200, 2100, -1500]
    size = [abs(int(number)) + step for step in steps if abs(int(number)) + step > 0]
    return [re.sub(r"[\d,]*\d", f"{year:,}" if year > 9999 else str(year), value.text) for year in size]


def _clock_or_score(value: Value) -> list[str]:
    if value.form == "score":
        left, right = map(int, value.text.split("-"))
        scores = [
            (left + 1, right),
            (left, right + 1),
            (left + 1, right + 2),
            (left + 2, right),
            (right, left),
        ]
        return [f"{one}-{two}" for one, two in scores if (one, two) != (left, right)]
    hour = int(re.match(r"\d+", value.text)[0])  # type: ignore[index]  # a clock begins with its hour
    top = 12 if re.search(r"[ap]\.?m", value.text) else 24
    return [re.sub(r"^\d+", str((hour + step - 1) % top + 1), value.text) for step in (2, -3, 4, -5)]


# Names that stand in for want of others in the article: common knowledge, by what is asked.

_FAMILIES: dict[tuple[FactKind, str], tuple[str, ...]] = {
    (FactKind.COUNTRY, ""): (
        "France",
        "Japan",
        "Brazil",
        "Germany",
        "India",
        "Canada",
        "Italy",
        "South Korea",
        "Sweden",
    ),
    (FactKind.PLACE, "which city"): (
        "Lisbon",
        "Vienna",
        "Toronto",
        "Osaka",
        "Lyon",
        "Naples",
        "Porto",
        "Chicago",
    ),
    (FactKind.PLACE, "which celestial body"): (
        "Mars",
        "Venus",
        "Saturn",
        "Mercury",
        "Neptune",
        "Jupiter",
        "Uranus",
    ),
    (FactKind.PLACE, "which ocean"): (
        "Pacific Ocean",
        "Indian Ocean",
        "Arctic Ocean",
        "Southern Ocean",
        "Atlantic Ocean",
    ),
    (FactKind.PLACE, "which mountain"): (
        "Mount Etna",
        "Mount Fuji",
        "Mount Rainier",
        "Mont Blanc",
        "Mount Kenya",
    ),
    (FactKind.PERIOD, "which period"): ("Bronze Age", "Iron Age", "Renaissance", "Stone Age", "Middle Ages"),
}
