"""Keys as a table: how a statement is given many rows' keys at once, on either engine."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import orjson

from bot.store.tx import Tx, is_shared

_NAMES = "abcdef"

Key = tuple[int, int]
"""Home and id of a game or a round."""


class Keys(NamedTuple):
    """What stands in a statement for rows given to it, and the values of its marks."""

    table: str
    values: tuple[Any, ...]


_EACH = [f"json_extract(value, '$[{n}]') AS {name}" for n, name in enumerate(_NAMES)]
_SQLITE = [
    f"(SELECT {', '.join(_EACH[:width])} FROM json_each(?)) AS k"  # noqa: S608 - our own words
    for width in range(len(_NAMES))
]
_POSTGRES = [
    f"unnest({', '.join(['CAST(? AS BIGINT[])'] * width)}) AS k ({', '.join(_NAMES[:width])})"
    for width in range(len(_NAMES))
]


def keys(tx: Tx, rows: Iterable[Sequence[int]], width: int) -> Keys:
    """Return keys of so many integers each as a table `k` with columns a, b and so on."""
    given = list(rows)
    if not is_shared(tx):
        return Keys(_SQLITE[width], (orjson.dumps(given).decode(),))
    columns = zip(*given, strict=True) if given else [()] * width
    return Keys(_POSTGRES[width], tuple(f"{{{','.join(map(str, column))}}}" for column in columns))


def given_rows(rows: Sequence[Sequence[Any]]) -> Keys:
    """Return rows, one at least, as `VALUES`: half the cost of JSON, and a statement for each number."""
    marks = f"({', '.join('?' * len(rows[0]))})"
    return Keys(f"VALUES {', '.join([marks] * len(rows))}", tuple(chain.from_iterable(rows)))
