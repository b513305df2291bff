"""What the generator makes up where an author left a gap: wrong numbers, wrong years, false statements.

What always holds: everything follows from the arguments alone (a digest stands in for chance), and what is
made up is wrong: an invented number lies outside the range that counts as right.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from math import floor, log10

from bot.bank.facts import AuthoredFact, FactKind
from bot.quiz.quantity import Amount, parse_amount

_COUNT = 3
# The rows differ in how many wrong numbers lie below the right one, so that no rank is a good guess.
_FACTORS = ((0.5, 1.5, 2.0, 0.7), (0.4, 0.7, 1.5, 2.2), (0.4, 0.6, 0.8, 1.5), (1.4, 1.8, 2.5, 0.6))
_STEPS = ((-2, 1, 3, 4, 6), (-1, -3, 2, 5, 7), (2, 4, 8, 9, -2), (-4, -2, -1, 3, 6))
_YEARS = ((-3, -1, 2, 4), (-4, -2, -1, 3), (-1, 2, 3, 5), (1, 2, 4, 5))
_REPLACEABLE = frozenset(FactKind) - {FactKind.CAUSE, FactKind.YES_NO}


def coin(name: str) -> bool:
    """Toss a coin that falls the same way for the same name, everywhere and always."""
    return bool(digest(name) & 1)


def digest(name: str) -> int:
    """Return a large number that is the same for the same name, everywhere and always."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def last_year(published: str) -> int | None:
    """Return the last year named in a date as people write it."""
    years = [int(year) for year in re.findall(r"\b\d{4}\b", published)]
    return max(years, default=None)


def wrong_years(
    year: int, name: str, latest: int | None, earliest: int = 1000, not_in: Collection[str] = ()
) -> tuple[str, ...]:
    """Return three wrong years near `year`, none after `latest` unless the year itself is later.

    The steps grow with the distance from our time, as memory does: some years for 1969, decades for 1543;
    and they are no longer than lets them all lie between `earliest` and `latest`.
    """
    end = max(year, latest or 9999)
    room = max(1, (end - earliest) // 12) if latest else 35
    step = min(room, 2 if year >= 1980 else 4 if year >= 1900 else 12 if year >= 1500 else 35)
    pattern = _YEARS[digest(name) % len(_YEARS)]
    offsets = (*pattern, -3, 3, -5, 5, -6, -7, -8, 6, 7)
    years = [year + step * offset for offset in offsets]
    fit = (each for each in dict.fromkeys(years) if earliest <= each <= min(end, 9999))
    return tuple(f"{each}" for each in fit if f"{each}" not in not_in)[:_COUNT]


def wrong_amounts(amount: Amount, right: tuple[float, float], name: str) -> tuple[str, ...]:
    """Return three wrong amounts in the form of `amount`: same unit, same places, as roundly put.

    Each lies outside `right`, the lowest and the highest number that count as right. Nothing is
    returned for numbers in words and fractions, which are the author's to vary.
    """
    if not amount.can_vary:
        return ()
    turn = digest(name) % len(_FACTORS)
    if amount.is_small_count:
        numbers = [amount.number + step for step in (*_STEPS[turn], 10, 12, 15, 20)]
        least = 2 if amount.unit and amount.number != 1 else 1  # "1 days" would tell that it is wrong
        numbers = [number for number in numbers if number >= least]
    else:
        factors = (*_FACTORS[turn], *(factor for row in _FACTORS for factor in row), 20.0, 50.0)
        numbers = [_as_round(amount, amount.number * factor) for factor in factors]
    wrong = (number for number in numbers if not right[0] <= number <= right[1])
    return tuple(_distinct(amount.written(number) for number in wrong))[:_COUNT]


def _as_round(amount: Amount, number: float) -> float:
    """Round `number` to the places of `amount`, or to as many significant digits as it was written with."""
    if number == 0 or amount.decimals:
        return round(number, amount.decimals)
    significant = max(len(f"{abs(amount.number):.0f}".rstrip("0")), 1)
    return round(number, significant - 1 - floor(log10(abs(number))))


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if (read := parse_amount(text)) and read.number != 0))


def claim(fact: AuthoredFact, wrong: Sequence[str]) -> tuple[str, bool]:
    """Return a statement to be told true or false, and which it is.

    It is the fact's own, or, for about half of the facts that allow it, the fact's own with one of
    the `wrong` values in the place of the right one.
    """
    if fact.kind in _REPLACEABLE and wrong and coin(fact.id):
        pattern = re.compile(rf"(?<![\w.,'’-]){re.escape(fact.value)}(?![\w'’-]|[.,]\d)")
        chosen = wrong[digest(fact.id) // 2 % len(wrong)]
        if len(pattern.findall(fact.statement)) == 1 and _is_outside(fact, chosen):
            false = pattern.sub(lambda _: chosen, fact.statement)
            if len(false) <= 300 and chosen.casefold() not in fact.statement.casefold():
                return false[:1].upper() + false[1:], False
    return fact.statement, True


def _is_outside(fact: AuthoredFact, distractor: str) -> bool:
    """Say whether a distractor is wrong even for those who read the tolerance generously."""
    amount = parse_amount(distractor)
    if fact.tolerance is None or amount is None:
        return True
    return not fact.tolerance.low <= amount.number <= fact.tolerance.high
