"""Archiving: ended games with their rounds and answers as Parquet files, before they are pruned.

What always holds: a month is a file a table, which takes its name only when it
is whole, and is not written twice; what is written is what is stored, in the
order of its key; a month that is not over yet is left for later, whatever the
machine's clock says: the bot has noted what time it was. Only its owner may
read a file.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.store.copies import make_private
from bot.store.copying import BATCH, Table, Where, opened, tables
from bot.store.database import instant, stamp
from bot.store.ids import INSTANT
from bot.store.months import month_after, month_of
from bot.store.notes import load_note, save_note
from bot.store.tx import Tx

if TYPE_CHECKING:
    import pyarrow

_TIME = "time"  # a note: what time it was not long ago, by Discord's clock
OVER = timedelta(days=2)  # after a month's end its last games are played to their ends
Say = Callable[[str], None]


class _Part(NamedTuple):
    """A table that is archived: which instant tells a row's month, and after which id's they are kept."""

    table: str
    column: str
    id: str | None = None

    def value(self, column: str, table: Table) -> str:
        """Return what a column is read as: an instant from 1970 on, as everywhere else."""
        is_kept_so = self.id is None or not _is_instant(column) or column in table.texts
        return column if is_kept_so else f"{INSTANT.format(self.id)} + {column}"


_PARTS = (
    _Part("games", "started_at"),
    _Part("rounds", "drawn_at", "id"),
    _Part("answers", "at", "round_id"),
)


def note_time(tx: Tx, now: datetime) -> None:
    """Note what time it is, for whoever has only a clock that may be wrong."""
    save_note(tx, _TIME, str(stamp(now)))


def archive(where: Where, folder: Path, now: datetime, say: Say) -> list[Path]:
    """Write every month that is over to `folder`; return the files that are new.

    Raises `SchemaError` when the database cannot be used, `OSError` when a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    by_name = {table.name: table for table in tables()}
    with opened(where, is_read_only=True) as tx:
        for month, end in _months(tx, now):
            for part in _PARTS:
                target = folder / f"{part.table}-{month:%Y-%m}.parquet"
                if target.exists():
                    continue
                rows = _write(tx, by_name[part.table], part, (month, end), target)
                say(f"{target}: {rows:,} rows")
                written.append(target)
        target = folder / f"questions-{now:%Y-%m-%d}.parquet"  # what the rounds' hashes stand for
        if written and not target.exists():
            rows = _write(tx, by_name["questions"], None, None, target)
            say(f"{target}: {rows:,} rows")
            written.append(target)
    return written


def _months(tx: Tx, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield first instant and end of each month with games that is over, also by what time was noted."""
    oldest, newest = tx.execute("SELECT min(started_at), max(started_at) FROM games").fetchone()
    if oldest is None:
        return
    known = min(now, instant(int(load_note(tx, _TIME) or newest)))
    month = month_of(instant(oldest))
    while (end := month_after(month)) + OVER <= known:
        yield month, end
        month = end


def _write(
    tx: Tx, table: Table, part: _Part | None, span: tuple[datetime, datetime] | None, target: Path
) -> int:
    """Write a table's rows of a span of time to `target`; return how many there are."""
    import pyarrow
    from pyarrow import parquet

    whole = target.with_name(target.name + ".part")
    schema = pyarrow.schema([(column, _type(column, table)) for column in table.columns])
    written = 0
    try:
        make_private(whole)
        with parquet.ParquetWriter(whole, schema, compression="zstd") as writer:
            for rows in _batches(tx, table, part, span):
                columns = [list(column) for column in zip(*rows, strict=True)]
                arrays = [
                    pyarrow.array(column, type=field.type)
                    for column, field in zip(columns, schema, strict=True)
                ]
                writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
                written += len(rows)
        whole.replace(target)
    finally:
        whole.unlink(missing_ok=True)
    return written


def _type(column: str, table: Table) -> "pyarrow.DataType":
    import pyarrow

    if column in table.texts:
        return pyarrow.string()
    if column in table.reals:
        return pyarrow.float64()
    return pyarrow.timestamp("ms", tz="UTC") if _is_instant(column) else pyarrow.int64()


def _is_instant(column: str) -> bool:
    return column == "at" or column.endswith("_at")


def _batches(
    tx: Tx, table: Table, part: _Part | None, span: tuple[datetime, datetime] | None
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows in the order of the table's key, some at a time."""
    key, marks = ", ".join(table.key), ", ".join("?" * len(table.key))
    chosen, values = "", tuple[Any, ...]()
    wanted = list(table.columns)
    if part is not None and span is not None:
        at = part.value(part.column, table)
        chosen = f"{at} >= ? AND {at} < ?"
        values = tuple(map(stamp, span))
        wanted = [part.value(column, table) for column in wanted]
    after: tuple[Any, ...] = ()
    while True:
        wheres = [where for where in (chosen, f"({key}) > ({marks})" if after else "") if where]
        where = f" WHERE {' AND '.join(wheres)}" if wheres else ""
        query = f"SELECT {', '.join(wanted)} FROM {table.name}{where} ORDER BY {key} LIMIT {BATCH}"  # noqa: S608
        rows = [tuple(row) for row in tx.execute(query, (*values, *after))]
        if not rows:
            return
        yield rows
        after = tuple(rows[-1][table.columns.index(column)] for column in table.key)
