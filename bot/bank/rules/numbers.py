"""Rules for questions whose key is a number: tolerance, unit, ranges."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from bot.bank.rules import Finding, question_rule
from bot.bank.rules.text import amount, in_base, is_year, options_of
from bot.quiz.calendar import impossible_date
from bot.quiz.quantity import Amount, in_one_unit, is_within, parse_amount, unit_named
from bot.quiz.question import Kind, Question, Tolerance


def _is_right(found: Amount, tolerance: Tolerance) -> bool:
    return is_within(found, tolerance.low, tolerance.high, tolerance.unit)


def _is_comparable(found: Amount, tolerance: Tolerance) -> bool:
    """Whether an amount is in the tolerance's unit, in one that converts to it, or in none."""
    return not found.unit or in_one_unit(found, Amount(tolerance.low, tolerance.unit)) is not None


@question_rule("error")
def missing_tolerance(question: Question) -> Iterator[Finding]:
    """A `number` question does not say which numbers count as right.

    Write `tolerance:` with `low`, `high` and `unit`; where only one number is right, low and high are equal.
    """
    if question.kind is Kind.NUMBER and question.tolerance is None:
        yield ("tolerance",), "a `number` question needs a `tolerance` with `low`, `high` and `unit`"


@question_rule("warning")
def estimate_without_scale(question: Question) -> Iterator[Finding]:
    """An estimate has no number above zero by which nearness could be told.

    What an estimate brings falls with its ratio to the right number, so at zero and below it nothing is near,
    and without a `tolerance` only the very number is right. Give a tolerance above zero around the key, or
    ask for the number itself.
    """
    if question.kind is not Kind.ESTIMATE:
        return
    found, tolerance = parse_amount(question.key), question.tolerance
    if found is not None and found.number <= 0:
        yield ("key",), f"`{question.key}` is not above zero, so no guess is near it: ask for a `number`"
    elif tolerance is None:
        yield ("tolerance",), "an `estimate` needs a `tolerance`: what counts as hit"
    elif tolerance.low <= 0:
        yield ("tolerance", "low"), f"`low` ({tolerance.low:g}) is not above zero, so no guess below is near"


_WIDE = 3.0  # high to low


@question_rule("warning")
def estimate_too_easy(question: Question) -> Iterator[Finding]:
    """The tolerance of an estimate is so wide that almost any guess is a hit.

    Where `high` is three times `low` or more, people who have no idea hit it as often as those who know.
    Narrow it: what lies outside still brings points by nearness.
    """
    tolerance = question.tolerance
    if question.kind is not Kind.ESTIMATE or tolerance is None or tolerance.low <= 0:
        return
    times = tolerance.high / tolerance.low
    if times >= _WIDE:
        yield ("tolerance",), f"`high` is {times:.1f} times `low`: narrow it, nearness counts anyway"


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
def tolerance_of_another_unit(question: Question) -> Iterator[Finding]:
    """The tolerance is in a unit that measures something else than the key's.

    No number could be held against it. Write the tolerance in the key's unit, or in one that converts to it.
    """
    found = parse_amount(question.key)
    if found is None or question.tolerance is None:
        return
    own, given = unit_named(found.unit), unit_named(question.tolerance.unit)
    if own is not None and given is not None and own.sort != given.sort:
        message = f"`{question.tolerance.unit}` is no unit for `{question.key}`: write it in the key's"
        yield ("tolerance", "unit"), message


@question_rule("error")
def key_outside_tolerance(question: Question) -> Iterator[Finding]:
    """The key itself is not within the tolerance.

    Whoever types the key would be told that it is wrong. Widen the tolerance, or mend the key.
    """
    tolerance = question.tolerance
    if tolerance is None or tolerance.low > tolerance.high:
        return
    found = parse_amount(question.key)
    if found is not None and _is_comparable(found, tolerance) and not _is_right(found, tolerance):
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
        found = parse_amount(distractor)
        if found is not None and _is_right(found, tolerance):
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


@question_rule("error")
def impossible_day(question: Question) -> Iterator[Finding]:
    """A date is in no calendar: 31 February, 31 June, 29 February 2019.

    As a key it cannot be right, and as a distractor it cannot be taken. Write a day that there is.
    """
    for loc, text in options_of(question):
        if day := impossible_date(text):
            yield loc, f"`{day}` is in no calendar: write a day that there is"


@question_rule("warning")
def missing_unit(question: Question) -> Iterator[Finding]:
    """A number stands without its unit: in the tolerance, or in some options while others have one.

    Players cannot know whether you mean metres or feet. Write the unit in `tolerance`, and with every
    option or with none; for a count, write what is counted: `moons`.
    """
    tolerance = question.tolerance
    is_numeric = question.kind in (Kind.NUMBER, Kind.ESTIMATE)
    if is_numeric and tolerance is not None and not tolerance.unit.strip():
        yield ("tolerance", "unit"), "the unit is missing: write what the number counts or is measured in"
    options = list(options_of(question))
    amounts = [(loc, text, found) for loc, text in options if (found := amount(text)) and not is_year(text)]
    if len(amounts) == len(options) > 1 and any(found.unit for _, _, found in amounts):
        for loc, text, found in amounts:
            if not found.unit:
                yield loc, f"`{text}` has no unit, other options have one: add it"


_BETWEEN = re.compile(r"(?:between |from )?(.+?)\s*(?:-|–|—|\bto\b|\band\b)\s*(.+)")
_ABOVE = re.compile(r"(more than|over|above|at least|greater than|>=|>|≥)\s*(.+)")
_BELOW = re.compile(r"(less than|under|below|at most|fewer than|up to|<=|<|≤)\s*(.+)")
_CLOSED = ("at least", ">=", "≥", "at most", "up to", "<=", "≤")


def _range(text: str) -> tuple[float, float, str] | None:
    """Return the numbers that an option like "10 to 20 km" or "over 50 km" covers, and the unit's sort."""
    text = text.strip().casefold()
    if (single := amount(text)) is not None:
        number, unit = in_base(single)
        return number, number, unit
    if (found := _BETWEEN.fullmatch(text)) and (first := amount(found[1])) and (last := amount(found[2])):
        low, _ = in_base(replace(first, unit=first.unit or last.unit))
        high, unit = in_base(last)
        return (low, high, unit) if low < high else None
    if (found := _ABOVE.fullmatch(text)) and (end := amount(found[2])):
        low, unit = in_base(end)
        return low if found[1] in _CLOSED else math.nextafter(low, math.inf), math.inf, unit
    if (found := _BELOW.fullmatch(text)) and (end := amount(found[2])):
        high, unit = in_base(end)
        return -math.inf, high if found[1] in _CLOSED else math.nextafter(high, -math.inf), unit
    return None


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
