"""What the store's functions ask of a transaction: the little that the databases they may run on share.

Each function takes a `Tx` first and leaves beginning and ending it to the
`Database`; SQLite's own connection is one. Statements keep to what SQLite and
PostgreSQL both understand (`RETURNING`, `ON CONFLICT`, `excluded`) except where
a comment says which part is a database's own.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any, Protocol


class Rows(Protocol):
    """What a statement found; a row gives its columns by place and by name."""

    @property
    def rowcount(self) -> int:
        """Return how many rows were changed."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Go through the rows that are left."""
        ...


class Tx(Protocol):
    """A transaction under way."""

    def execute(self, sql: str, parameters: Any = ..., /) -> Rows:
        """Run one statement."""
        ...

    def executemany(self, sql: str, parameters: Any, /) -> Rows:
        """Run one statement for each set of parameters."""
        ...


def is_shared(tx: Tx) -> bool:
    """Return whether other processes may write to the same database: not to a SQLite file."""
    return not isinstance(tx, sqlite3.Connection)
