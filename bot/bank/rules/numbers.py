"""Rules for questions whose key is a number: tolerance, unit, ranges."""

import math
import re
from collections.abc import Iterator

from bot.bank.rules import Finding, question_rule
from bot.bank.rules.text import amount, is_year, options_of
from bot.quiz.question import Kind, Question


def _bare_unit(unit: str) -> str:
    return unit.casefold().strip(" .").removesuffix("s")


def _number_in(text: str, question: Question) -> float | None:
    """Return the number that `text` begins with, if it is written in the tolerance's unit or in none."""
    found = amount(text)
    if found is None or question.tolerance is None:
        return None
    unit = _bare_unit(question.tolerance.unit)
    key = amount(question.key)
    as_key = key is not None and _bare_unit(key.unit) == _bare_unit(found.unit)
    if not found.unit or _bare_unit(found.unit) == unit or as_key:
        return found.number
    return None


@question_rule("error")
def missing_tolerance(question: Question) -> Iterator[Finding]:
    """A `number` question does not say which numbers count as right.

    Write `tolerance:` with `low`, `high` and `unit`; where only one number is right, low and high are equal.
    """
    if question.kind is Kind.NUMBER and question.tolerance is None:
        yield ("tolerance",), "a `number` question needs a `tolerance` with `low`, `high` and `unit`"


@question_rule("error")
def tolerance_order(question: Question) -> Iterator[Finding]:
    """The tolerance's `low` is above its `high`.

    No number could be right, and the key would be told to be wrong. Exchange the two.
    """
    tolerance = question.tolerance
    if tolerance is not None and tolerance.low > tolerance.high:
        message = f"`low` ({tolerance.low:g}) is above `high` ({tolerance.high:g}): exchange them"
        yield ("tolerance", "low"), message


@question_rule("error")
def key_outside_tolerance(question: Question) -> Iterator[Finding]:
    """The key itself is not within the tolerance.

    Whoever types the key would be told that it is wrong. Widen the tolerance, or mend the key.
    """
    tolerance = question.tolerance
    if tolerance is None or tolerance.low > tolerance.high:
        return
    number = _number_in(question.key, question)
    if number is not None and not tolerance.low <= number <= tolerance.high:
        message = f"the key `{question.key}` is outside {tolerance.low:g} to {tolerance.high:g}: widen it"
        yield ("tolerance",), message


@question_rule("error")
def distractor_inside_tolerance(question: Question) -> Iterator[Finding]:
    """A distractor is within the tolerance, so it would be right when typed.

    Write a distractor further off, or narrow the tolerance. (H&D 19)
    """
    tolerance = question.tolerance
    if tolerance is None:
        return
    for index, distractor in enumerate(question.distractors):
        number = _number_in(distractor, question)
        if number is not None and tolerance.low <= number <= tolerance.high:
            message = (
                f"`{distractor}` is within {tolerance.low:g} to {tolerance.high:g}, so it is right as well"
            )
            yield ("distractors", index), f"{message}: write one further off"


@question_rule("error")
def year_form(question: Question) -> Iterator[Finding]:
    """The key of a `year` question is not a year.

    Write the year in figures, `1969` or `44 BC`; for a whole date or a decade make it a `choice` or `text`.
    """
    if question.kind is Kind.YEAR and question.key and not _A_YEAR.fullmatch(question.key):
        yield ("key",), f"`{question.key}` is not a year: write it in figures, like `1969`"


_A_YEAR = re.compile(r"\d{1,4}(?: (?:BC|BCE|AD|CE))?")


@question_rule("warning")
def missing_unit(question: Question) -> Iterator[Finding]:
    """A number stands without its unit: in the tolerance, or in some options while others have one.

    Players cannot know whether you mean metres or feet. Write the unit in `tolerance`, and with every
    option or with none; for a count, write what is counted: `moons`.
    """
    tolerance = question.tolerance
    if question.kind is Kind.NUMBER and tolerance is not None and not tolerance.unit.strip():
        yield ("tolerance", "unit"), "the unit is missing: write what the number counts or is measured in"
    options = list(options_of(question))
    amounts = [(loc, text, found) for loc, text in options if (found := amount(text)) and not is_year(text)]
    if len(amounts) == len(options) > 1 and any(found.unit for _, _, found in amounts):
        for loc, text, found in amounts:
            if not found.unit:
                yield loc, f"`{text}` has no unit, other options have one: add it"


_NUMBER = r"[-−]?\d[\d,]*(?:\.\d+)?"
_BETWEEN = re.compile(
    rf"(?:between |from )?({_NUMBER})\s*([^\d\s]*\D{{0,20}}?)\s*(?:-|–|—|to|and)\s*({_NUMBER})\b(.*)"
)
_ABOVE = re.compile(rf"(more than|over|above|at least|greater than|>=|>|≥)\s*({_NUMBER})(.*)")
_BELOW = re.compile(rf"(less than|under|below|at most|fewer than|up to|<=|<|≤)\s*({_NUMBER})(.*)")

_CLOSED = ("at least", ">=", "≥", "at most", "up to", "<=", "≤")


def _range(text: str) -> tuple[float, float, str] | None:
    """Return the numbers that an option like "10 to 20 km" or "over 50 km" covers, and the unit."""
    text = text.strip().casefold()
    if found := _BETWEEN.fullmatch(text):
        low, high = _float(found[1]), _float(found[3])
        return (low, high, _bare_unit(found[4])) if low < high else None
    if found := _ABOVE.fullmatch(text):
        low = _float(found[2])
        return low if found[1] in _CLOSED else math.nextafter(low, math.inf), math.inf, _bare_unit(found[3])
    if found := _BELOW.fullmatch(text):
        high = _float(found[2])
        return (
            -math.inf,
            high if found[1] in _CLOSED else math.nextafter(high, -math.inf),
            _bare_unit(found[3]),
        )
    single = amount(text)
    return (single.number, single.number, _bare_unit(single.unit)) if single else None


def _float(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


@question_rule("warning")
def overlapping_ranges(question: Question) -> Iterator[Finding]:
    """Two options are ranges of numbers that overlap, as 10 to 20 and 15 to 30.

    A number in both would make both right. Choose ranges that do not touch: 10 to 19 and 20 to 29. (H&D 22)
    """
    if not any(character.isdigit() for character in question.key):
        return
    known: list[tuple[float, float, str, str]] = []
    for loc, text in options_of(question):
        here = _range(text)
        if here is None:
            continue
        low, high, unit = here
        for other_low, other_high, other_unit, other in known:
            is_range = low != high or other_low != other_high
            if is_range and unit == other_unit and low <= other_high and other_low <= high:
                yield loc, f"`{text}` overlaps with `{other}`: write ranges that do not touch"
                break
        known.append((low, high, unit, text))
