"""Ranks: equals in an order share one, and the next counts everybody above: 1, 2, 2, 4."""

from collections.abc import Iterable, Iterator


def ranks(strengths: Iterable[object], *, before: int = 0, first: int | None = None) -> Iterator[int]:
    """Yield the rank of each in an order, the best first, by what makes two of them equal.

    `before`: so many stand before these; then `first` is the rank that their first has, with some of those.
    """
    rank, last = first or before + 1, object()
    for place, strength in enumerate(strengths, before + 1):
        if place > before + 1 and strength != last:
            rank = place
        last = strength
        yield rank
