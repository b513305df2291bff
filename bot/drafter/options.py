"""Wrong answers and tolerances: only such as are surely wrong and of the key's kind.

Wrong amounts are left to the generator, which makes them up beside the tolerance. Of names, three that are
surely wrong must be found, or the question is one to be typed; persons and countries are always typed: who
else was there in those days, and could have done it, no rule can tell.

What always holds: the same article gives the same wrong answers; none equals the value, is another name of
it, or stands in the value's own paragraph; no wrong year lies outside the life or the time that is told of.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.bank.facts import FactKind, Range
from bot.bank.invention import wrong_years
from bot.drafter.dates import MONTHS
from bot.drafter.names import Name
from bot.drafter.units import ordinal, short_ordinal
from bot.drafter.values import Value
from bot.drafter.words import words_of
from bot.quiz.quantity import parse_amount

WANTED, ENOUGH = 3, 2


@dataclass(frozen=True, slots=True)
class Others:
    """What an article holds beside one value: names, the words of its paragraphs, the time, the question."""

    names: Sequence[Name]
    nearby: str
    span: tuple[int, int] = (1000, 9999)
    ask: str = ""


def suggest_tolerance(value: Value) -> Range | None:
    """Return the numbers that should count as right: exact for small counts, wider where vague."""
    amount = parse_amount(value.single)
    if value.kind is not FactKind.QUANTITY or value.number is None or amount is None:
        return None
    number = amount.number
    if value.form == "compound":
        return Range(low=number, high=_rounded(value.number * 1.002), unit=value.unit)
    high = number if value.high is None else number * value.high / (value.number or 1)
    exact = value.form in ("odds", "rank", "place", "nth", "age", "fraction", "range") or (
        value.form == "count" and abs(number) <= 20 and not value.hedge
    )
    share = 0.0 if exact else 0.1 if value.hedge else 0.05 if value.form in ("measure", "money") else 0.02
    margin = max(abs(number), abs(high)) * share
    low, top = min(number, _rounded(number - margin)), max(high, _rounded(high + margin))
    if value.form == "share":
        low, top = max(low, 0.0), min(top, max(100.0, high))
    return Range(low=low, high=top, unit=amount.unit)


def _rounded(number: float) -> float:
    return float(f"{number:.4g}")


def suggest_distractors(value: Value, others: Others) -> list[str]:
    """Return two or three wrong answers, or none where they are not surely wrong or not to be had."""
    if value.kind is FactKind.YEAR:
        return _years(value, others)
    made = _MADE.get(value.form)
    if made is not None:
        distinct = list(dict.fromkeys(text for text in made(value) if text != value.text))[:WANTED]
        return distinct if len(distinct) >= ENOUGH else []
    names = [] if value.kind is FactKind.QUANTITY else _other_names(value, others)
    return names[:WANTED] if len(names) >= WANTED else []


def _years(value: Value, others: Others) -> list[str]:
    """Return years in which it may have been, closer to each other in a shorter time, none told nearby."""
    year, (low, high) = int(value.number or 0), others.span
    near = set(re.findall(r"\b[12]\d{3}\b", others.nearby))
    found = wrong_years(year, value.text, min(high, 9999), low, not_in=near)
    return list(found) if len(found) == WANTED else []


def _other_names(value: Value, others: Others) -> list[str]:
    """Return names of the very same sort from elsewhere in the article: cities, states, rivers."""
    own = next((name for name in others.names if name.text == value.text), None)
    if own is None or own.kind in (None, FactKind.PERSON, FactKind.COUNTRY) or own.noun in _MIXED:
        return []
    if others.ask and not re.search(rf"\bwhich (?:[a-z]+ )?{own.noun}\b", others.ask, re.IGNORECASE):
        return []  # "what is Ohio nicknamed?"
    near = others.nearby.casefold()
    found = (
        name.text
        for name in others.names
        if name is not own
        and (name.kind, name.noun) == (own.kind, own.noun)
        and not name.unsure
        and not any(text.casefold() in near for text in (name.text, *name.spellings))
        and not _is_akin(name.text, value.text)
    )
    return list(dict.fromkeys(found))


_MIXED = frozenset(
    ("place", "region", "organisation", "group", "event", "work", "body", "mission", "craft", "")
)


def _is_akin(one: str, other: str) -> bool:
    """Tell other names of the same thing, and names that share a telling word: Parata and Hori Parata."""
    first, second = (set(re.findall(r"\w{3,}", text.casefold())) for text in (one, other))
    return bool(first & second - words_of("seats") - _SORTS) or one.casefold() in other.casefold()


_SORTS = {"the", "river", "lake", "state", "national"}


# Made from the value


def _ranks(value: Value) -> list[str]:
    number = int(value.number or 0)
    steps = [1, -1, 2, 3] if number <= 10 else [4, -5, 11, -9]
    return [ordinal(number + step) for step in steps if number + step > 0]


def _shares(value: Value) -> list[str]:
    """Return percentages on both sides, within 0 and 100 where the value is."""
    if value.unit != "per cent" or value.number is None:
        return []
    number = value.number
    decimals = len((re.match(r"[\d,]*\.?(\d*)", value.text) or [""])[1] if "." in value.text else "")
    if not 0 < number < 100:
        return []
    room = min(number, 100 - number)
    step = max(room * 0.5, 10.0**-decimals * 2) if room < 20 else 15.0
    near = (number - step, number + step, number + 2 * step if number < 50 else number - 2 * step)
    return [f"{each:.{decimals}f} per cent" for each in near if 0 < each < 100]


def _dates(value: Value) -> list[str]:
    """Move the day and the month, or the month and the year, keeping the form; months run on into years."""
    words = value.text.split()
    month = MONTHS.index(next(word for word in words if word in MONTHS))
    found = []
    for days, months, years in ((0, 2, 0), (6, 0, -1), (-8, -1, 0), (11, 3, 1)):
        parts = [MONTHS[(month + months) % 12]]
        if words[0].isdecimal():
            parts.insert(0, str((int(words[0]) + days - 1) % 28 + 1))
        if words[-1].isdecimal() and len(words[-1]) == 4:
            turn = (years if len(words) > 2 else years or days // 5) + min(0, (month + months) // 12)
            parts.append(str(int(words[-1]) + turn))
        found.append(" ".join(parts))
    return found


_STEPS = {"decade": (-20, 10, -10), "century": (-2, 1, -1, 2)}


def _stepped(value: Value) -> list[str]:
    """Put another number into a decade, a century or a year of old: steps of a tenth of it for the last."""
    number = abs(int(value.number or 0))
    tenth = max(5, number // 10)
    near = [number + step for step in _STEPS.get(value.form, (-2 * tenth, tenth, 3 * tenth, -tenth))]
    write = short_ordinal if value.form == "century" else str
    return [
        re.sub(r"\d[\d,]*(?:st|nd|rd|th)?", write(other), value.text, count=1) for other in near if other > 0
    ]


_MADE = {
    "rank": _ranks, "place": _ranks, "nth": _ranks, "share": _shares, "date": _dates,
    "month": _dates, "decade": _stepped, "century": _stepped, "era": _stepped,
}  # fmt: skip
