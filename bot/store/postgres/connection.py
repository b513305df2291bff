"""A connection to PostgreSQL as the store's functions see it, and what its errors mean.

What always holds: rows give their columns by place and by name, as SQLite's do;
integers travel as 64 bits, so that each statement is prepared once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import psycopg
from psycopg import errors
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper

from bot.store.postgres.dialect import statement
from bot.store.postgres.sets import as_sets, plain

PATIENCE = 2.5  # seconds in which a lost server may come back: Discord gives a press three
_SILENT = 3  # seconds without an answer after which a connection is taken for lost
# Every statement of a bot goes by keys. On a table that is young, or was swept a while ago, the planner may
# think otherwise; and each plan is made once.
_OPTIONS = (
    "-c timezone=UTC -c jit=off -c plan_cache_mode=force_generic_plan"
    " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
)
_PASSING = (psycopg.OperationalError, psycopg.InterfaceError)  # a full disk is one of the former
AGAIN = (errors.SerializationFailure, errors.DeadlockDetected)
"""What passes when the transaction is tried again at once."""


class Row(tuple[Any, ...]):
    """A row; its columns have names, too."""

    __slots__ = ()
    _places: ClassVar[Mapping[str, int]] = {}

    def __getitem__(self, key: Any) -> Any:
        """Return a column by its place or its name."""
        return tuple.__getitem__(self, self._places[key] if isinstance(key, str) else key)

    def keys(self) -> Iterable[str]:
        """Return the columns' names."""
        return self._places.keys()


@lru_cache(maxsize=512)
def _row_class(names: tuple[str, ...]) -> type[Row]:
    return type(
        "Row", (Row,), {"__slots__": (), "_places": {name: place for place, name in enumerate(names)}}
    )


def _rows(cursor: psycopg.Cursor[Any]) -> Any:
    """Return what makes rows of a result, for psycopg."""
    found = cursor.pgresult
    if found is None or not found.nfields:
        return tuple
    return _row_class(tuple((found.fname(place) or b"").decode() for place in range(found.nfields)))


class _Boolean(Int8Dumper):
    """Yes and no are kept as 1 and 0."""

    def dump(self, obj: Any) -> bytes:
        """Return it as the server reads it."""
        return b"1" if obj else b"0"


class _Whole(psycopg.adapt.Loader):
    """Sums of 64 bits come as numbers of any size; those of ours are whole."""

    def load(self, data: Any) -> int:
        """Return the number."""
        return int(bytes(data))


class Changes:
    """What several statements changed, in place of a result."""

    def __init__(self, rowcount: int) -> None:
        self.rowcount = rowcount

    def fetchone(self) -> None:
        """Return nothing: there are no rows."""

    def fetchall(self) -> list[Any]:
        """Return nothing, as above."""
        return []

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class Connection:
    """A transaction under way, or a connection between two: what the store's functions run on."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw
        self._trace: Callable[[str], object] | None = None

    def set_trace_callback(self, trace: Callable[[str], object] | None) -> None:
        """Have `trace` called with each statement, as SQLite's connection does."""
        self._trace = trace

    @classmethod
    def open(cls, url: str, *, what: str, options: str = "", patience: float = _SILENT) -> "Connection":
        """Connect. Raises `psycopg.OperationalError`."""
        raw = psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=max(2, round(patience)),
            application_name=f"farside {what}",
            options=f"{_OPTIONS} {options}",
            prepare_threshold=2,
            tcp_user_timeout=_SILENT * 1000,
            keepalives_idle=_SILENT,
            keepalives_interval=1,
            keepalives_count=_SILENT,
        )
        raw.row_factory = _rows
        raw.adapters.register_dumper(int, Int8Dumper)
        raw.adapters.register_dumper(int, Int8BinaryDumper)
        raw.adapters.register_dumper(bool, _Boolean)
        raw.adapters.register_loader("numeric", _Whole)
        raw.prepared_max = 400
        return cls(raw)

    @property
    def is_lost(self) -> bool:
        """Return whether the connection is gone."""
        return self.raw.closed or self.raw.broken

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        """Run one statement."""
        if self._trace is not None:
            self._trace(sql)
        return self.raw.execute(statement(sql).encode(), parameters)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Any:
        """Run one statement for all sets of parameters."""
        rows = list(parameters)
        if not rows:
            return Changes(0)
        if len(rows) == 1:
            return self.execute(sql, [plain(value) for value in rows[0]])
        if self._trace is not None:
            self._trace(sql)
        changed = 0
        for said, arrays in as_sets(sql, rows):
            changed += self.raw.execute(said.encode(), arrays).rowcount
        return Changes(changed)

    def begin(self, how: str = "BEGIN") -> None:
        """Begin a transaction."""
        self.raw.execute(how.encode())

    def commit(self) -> None:
        """End the transaction; it is on disk then."""
        if self._trace is not None:
            self._trace("COMMIT")
        self.raw.execute(b"COMMIT")

    def roll_back(self) -> None:
        """Undo the transaction, if there is one and a connection."""
        if not self.is_lost and self.raw.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            self.raw.execute(b"ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        self.raw.close()


def is_passing(error: BaseException) -> bool:
    """Return whether an error is not the statement's fault."""
    return isinstance(error, _PASSING)


def told(error: BaseException) -> str:
    """Return an error of the driver in one line; it never holds a password."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
