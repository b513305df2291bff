"""Which process runs which tests: each has its share of those that wait, and runs them first.

The scheduler gives each process an equal share of the list, in the list's order; who is done takes over
half of what another has left, from its end.
"""

from collections.abc import Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def dealt(waiting: Sequence[T], others: Sequence[T], processes: int) -> list[T]:
    """Return all tests as a list of shares: those that wait dealt out one by one, then some of the others."""
    rest, left = iter(others), len(waiting) + len(others)
    order: list[T] = []
    for process in range(processes):
        own, share = waiting[process::processes], left // (processes - process)
        order += [*own, *islice(rest, max(0, share - len(own)))]
        left -= share
    return [*order, *rest]
