"""The order in which a question's options are shown: numbers and days ascending, all else shuffled.

Among numbers in disorder a reader looks for the place before the answer, and an author's habit of
writing the key first shows; in order, neither.
"""

from collections.abc import Sequence
from random import Random

from bot.quiz.calendar import day_in
from bot.quiz.quantity import in_one_unit, parse_amount
from bot.quiz.question import Kind, Question


def arranged(question: Question, dice: Random) -> tuple[str, ...]:
    """Return the options in the order of their buttons; True comes before False."""
    options = list(question.options)
    if question.kind is Kind.TRUE_FALSE:
        return tuple(sorted(options, reverse=True))
    places = _by_number(options) or _by_day(options)
    if places is None:
        dice.shuffle(options)
        return tuple(options)
    return tuple(option for _, option in sorted(zip(places, options, strict=True)))


def _by_number(options: Sequence[str]) -> list[float] | None:
    """Return the options' numbers in the first one's unit; None unless each of them has one."""
    amounts = [parse_amount(option) for option in options]
    first = amounts[0] if amounts else None
    if first is None:
        return None
    numbers: list[float] = []
    for amount in amounts:
        pair = in_one_unit(amount, first) if amount is not None else None
        if pair is None:
            return None
        numbers.append(pair[0])
    return numbers


def _by_day(options: Sequence[str]) -> list[tuple[int, int, int]] | None:
    days = [day_in(option) for option in options]
    return None if None in days else [day for day in days if day is not None]
