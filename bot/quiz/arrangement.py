"""The order in which a question's options are shown: numbers and days ascending, all else shuffled.

Among numbers in disorder a reader looks for the place before the answer, and an author's habit of
writing the key first shows; in order, neither.
"""

from collections.abc import Sequence
from random import Random

from bot.quiz.calendar import day_in
from bot.quiz.game import MOST_IN_MENU, MOST_OPTIONS, Asked, Form
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


def as_asked(question: Question, form: Form, dice: Random) -> Asked:
    """Return the question as it is asked in that form; wrong options beyond what there is room for go."""
    if form is Form.TYPED:
        return Asked(question, ())
    keys = question.right
    most = MOST_IN_MENU if form is Form.MENU else MOST_OPTIONS
    options = arranged(question, dice)
    wrong = [option for option in options if option not in keys][: most - len(keys)]
    return Asked(question, tuple(one for one in options if one in keys or one in wrong))


def _by_number(options: Sequence[str]) -> list[float] | None:
    """Return the options' numbers in the first one's unit; None unless each of them has one."""
    first = parse_amount(options[0]) if options else None
    if first is None:
        return None
    numbers: list[float] = []
    for option in options:
        amount = parse_amount(option)
        pair = in_one_unit(amount, first) if amount is not None else None
        if pair is None:
            return None
        numbers.append(pair[0])
    return numbers


def _by_day(options: Sequence[str]) -> list[tuple[int, int, int]] | None:
    """Return the options' days; None as soon as one is none, which is seen by most questions' first."""
    days: list[tuple[int, int, int]] = []
    for option in options:
        day = day_in(option)
        if day is None:
            return None
        days.append(day)
    return days
