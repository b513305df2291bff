"""Copying: a whole database from one engine to the other, table by table.

What always holds:
- the source is read as of one moment and is not changed; nobody else has the
  target meanwhile, and its rows come from the source alone;
- a copy that was cut off goes on where it stopped: what is there of a table is
  a beginning of it, in the order of its key, which both engines sort alike;
- it counts as done when every table has as many rows on both sides, with equal
  sums over all their numbers and over the lengths of all their texts.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bot.config import DatabaseAddress
from bot.store.ids import FIRST, made_at
from bot.store.migrator import SchemaError, apply_to, migrate, migrations
from bot.store.tx import Tx

BATCH = 2000  # rows read and written at a time
Where = Path | DatabaseAddress
Progress = Callable[[str, int, int], None]
"""Told how far a table is: its name, the rows that are there, and how many there are."""

_OWN = {"schema_versions"}  # each side has its own
_PRIME = 1_000_000_007  # sums are taken of what is left by it: those of a billion rows fit into 64 bits


class Table(NamedTuple):
    """A table: its columns, those of its key, and those that are text or have fractions."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    texts: frozenset[str]
    reals: frozenset[str]


def copy_database(source: Where, target: Where, progress: Progress) -> dict[str, int]:
    """Copy all of `source` to `target`; return the rows of each table.

    Raises `SchemaError` when either cannot be used, or the copy is not what it was copied from.
    """
    if str(source) == str(target):
        raise SchemaError(f"{source} cannot be copied to itself")
    with opened(source, is_read_only=True) as read, opened(target) as write:
        _make_room(read, write, target)
        copied = {table.name: _copy(read, write, table, progress) for table in tables()}
        for table in tables():
            if totals(read, table) != totals(write, table):
                raise SchemaError(
                    f"{table.name} is not the same on both sides: was there something in {target} before?"
                    " Name an empty database, and copy anew"
                )
    return copied


def tables() -> list[Table]:
    """Return the tables that hold data, each after those it points to."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as tx:
        apply_to(tx, migrations())
        names = [
            row[0]
            for row in tx.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")
            if row[0] not in _OWN
        ]
        found = []
        for name in names:
            columns = tx.execute(f"PRAGMA table_info({name})").fetchall()
            key = sorted((column[5], column[1]) for column in columns if column[5])
            found.append(
                Table(
                    name,
                    tuple(column[1] for column in columns),
                    tuple(column for _, column in key),
                    frozenset(column[1] for column in columns if column[2] == "TEXT"),
                    frozenset(column[1] for column in columns if column[2] == "REAL"),
                )
            )
    return found


def totals(tx: Tx, table: Table) -> tuple[int, ...]:
    """Return how many rows a table has, how many values in each column, and the sum of each."""
    asked = ["count(*)"]
    for column in table.columns:
        value = f"{column} % {_PRIME}"
        if column in table.texts:
            value = f"length({column})"
        elif column in table.reals:
            value = f"CAST(round({column} * 1024) AS BIGINT)"
        asked += [f"count({column})", f"CAST(coalesce(sum({value}), 0) AS BIGINT)"]
    row = tx.execute(f"SELECT {', '.join(asked)} FROM {table.name}").fetchone()  # noqa: S608 - our own words
    return tuple(row)


@contextmanager
def opened(where: Where, *, is_read_only: bool = False) -> Iterator[Tx]:
    """Open a database that is up to date: to be read as of this moment, or to be written to.

    Raises `SchemaError` when it cannot be used.
    """
    if isinstance(where, DatabaseAddress):
        from bot.store.postgres.keeping import opened as opened_there

        with opened_there(where, is_read_only=is_read_only) as tx:
            yield tx
        return
    if is_read_only and not where.is_file():
        raise SchemaError(f"there is no database at {where}")
    migrate(where)
    try:
        with closing(sqlite3.connect(where, isolation_level=None, timeout=5)) as tx:
            tx.row_factory = sqlite3.Row
            if is_read_only:
                tx.execute("PRAGMA query_only = ON")
                tx.execute("BEGIN")
            yield tx
    except sqlite3.Error as error:
        raise SchemaError(f"{where} cannot be used ({error})") from error


def _make_room(read: Tx, write: Tx, target: Where) -> None:
    """Have a server's database be cut into months as far back as the source reaches."""
    if not isinstance(target, DatabaseAddress):
        return
    from bot.store.postgres.partitions import make_months

    oldest, newest = read.execute("SELECT min(id), max(id) FROM rounds WHERE id > ?", (FIRST,)).fetchone()
    if oldest is not None:
        make_months(write, made_at(oldest), made_at(newest))


def _copy(read: Tx, write: Tx, table: Table, progress: Progress) -> int:
    """Copy what is missing of a table; return how many rows it has."""
    count, done = _count(read, table), _count(write, table)
    if done > count:
        raise SchemaError(f"{table.name} has more rows than its source; name an empty database")
    after = _last(write, table) if done else None
    progress(table.name, done, count)
    marks = ", ".join("?" * len(table.columns))
    put = f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})"  # noqa: S608 - our own words
    while done < count and (rows := _rows(read, table, after)):
        write.execute("BEGIN")
        write.executemany(put, [tuple(row) for row in rows])
        write.execute("COMMIT")
        done += len(rows)
        after = tuple(rows[-1][table.columns.index(column)] for column in table.key)
        progress(table.name, done, count)
    return done


def _count(tx: Tx, table: Table) -> int:
    found: int = tx.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]  # noqa: S608 - our own words
    return found


def _rows(tx: Tx, table: Table, after: Sequence[Any] | None) -> list[Any]:
    """Return the next rows in the order of the table's key."""
    key, marks = ", ".join(table.key), ", ".join("?" * len(table.key))
    where = "" if after is None else f" WHERE ({key}) > ({marks})"
    query = f"SELECT {', '.join(table.columns)} FROM {table.name}{where} ORDER BY {key} LIMIT {BATCH}"  # noqa: S608
    return tx.execute(query, tuple(after or ())).fetchall()


def _last(tx: Tx, table: Table) -> tuple[Any, ...]:
    """Return the greatest key of the table, which has one."""
    order = ", ".join(f"{column} DESC" for column in table.key)
    query = f"SELECT {', '.join(table.key)} FROM {table.name} ORDER BY {order} LIMIT 1"  # noqa: S608 - our own words
    return tuple(tx.execute(query).fetchone())
