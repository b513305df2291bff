"""The almanac: which fact belongs to a day, the same for everybody, without anything being stored.

What always holds: through as many days as there are facts each comes once, and
none comes on two days running.
"""

import random
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

_SEED = "farside daily fact"


def fact_of_day(fact_ids: Sequence[str], on: date) -> str:
    """Return the id of the fact that belongs to `on`, out of `fact_ids` in any order; there must be one."""
    ids = tuple(sorted(fact_ids))
    turn, place = divmod(on.toordinal(), len(ids))
    return _order(ids, turn)[place]


@lru_cache(maxsize=16)
def _order(ids: tuple[str, ...], turn: int) -> tuple[str, ...]:
    """Return the order of one turn through all facts; it does not begin with what ended the last."""
    order = _shuffled(ids, turn)
    if len(ids) > 2 and order[0] == _shuffled(ids, turn - 1)[-1]:
        order[:2] = order[1], order[0]
    return tuple(order)


def _shuffled(ids: tuple[str, ...], turn: int) -> list[str]:
    order = list(ids)
    random.Random(f"{_SEED} {turn}").shuffle(order)
    return order
