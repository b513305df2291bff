"""The database: one writer with group commit, one reader, both through aiosqlite.

What always holds:
- `write` returns only after the transaction that holds its changes is on disk
  (WAL, `synchronous=FULL`);
- jobs that arrive while a commit is under way share the next one, in the order
  in which they came, in a single hop to the writer's thread;
- a job that raises changes nothing and fails nobody else of its group;
- what the log holds is copied into the file beside the commits, not within
  one, as it is by default: nobody's press waits for that.

Each job is a plain function of a `sqlite3.Connection`, run in that thread. It
may run twice (a group with a failing job is replayed), so it must do nothing
but work on the connection it is given.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from bot.errors import NotSaved
from bot.store.migrator import migrate

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], Any]

_log = logging.getLogger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_BUSY = 1200  # milliseconds to wait for another process: Discord gives a press three seconds
_COPY_AFTER = 256  # commits, about a thousand pages of the log
_COPY_AT_LAST = 4000  # pages of the log at which the writer copies them after all, lest the log grow on
_GROUP = 512  # jobs in one transaction at most, so that the first of a flood is not kept waiting


def stamp(at: datetime) -> int:
    """Return an instant as the store keeps it: milliseconds since 1970 in UTC."""
    return (at - _EPOCH) // _MILLISECOND


def instant(milliseconds: int) -> datetime:
    """Return the aware UTC instant that `stamp` made into `milliseconds`."""
    return _EPOCH + milliseconds * _MILLISECOND


class Database:
    """A SQLite file that is open, migrated and ready."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._waiting: list[tuple[Job, asyncio.Future[Any]]] = []
        self._committer: asyncio.Task[None] | None = None
        self._commits = 0  # since the log was copied
        self._copying: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open `path`, making it and its folder when missing, and migrate it.

        Raises `bot.store.migrator.SchemaError` when the file cannot be used.
        """
        await asyncio.to_thread(migrate, path)
        writer = await _connect(path, read_only=False)
        try:
            reader = await _connect(path, read_only=True)
        except BaseException:
            await writer.close()
            raise
        return cls(path, writer, reader)

    async def close(self) -> None:
        """Finish the commits under way and close."""
        while self._committer is not None:
            await asyncio.wait([self._committer])
        if self._copying is not None:
            await asyncio.wait([self._copying])
        await self._reader.close()
        await self._writer.close()

    async def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run `job` in the next group commit and return its result once that is on disk.

        Raises what the job raises, or `NotSaved` when the commit itself failed.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit_groups())
        return await future

    async def read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run `job` on the reading connection, which sees all that is committed and changes nothing."""
        result: T = await _in_thread(self._reader, job)
        return result

    async def _commit_groups(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
                jobs = [job for job, _ in group]
                outcomes = await _in_thread(self._writer, partial(_commit, jobs=jobs))
                self._count_commit()
                for (_, future), outcome in zip(group, outcomes, strict=True):
                    if future.done():
                        continue
                    if isinstance(outcome, BaseException):
                        future.set_exception(outcome)
                    else:
                        future.set_result(outcome)
        finally:
            self._committer = None

    def _count_commit(self) -> None:
        """Have the log copied when it is time."""
        self._commits += 1
        if self._commits >= _COPY_AFTER and (self._copying is None or self._copying.done()):
            self._commits = 0
            self._copying = asyncio.create_task(asyncio.to_thread(_copy_log, self.path))


def _copy_log(path: Path) -> None:
    """Copy what the log holds into the file, as far as nobody reads older pages there; wait for nobody."""
    try:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    except sqlite3.Error as error:  # a full disk, a lock: the log keeps what it holds
        _log.info("the log is copied into the database later: %s", error)


def _commit(tx: sqlite3.Connection, jobs: list[Job]) -> list[Any]:
    """Run `jobs` in one transaction; return each one's result or exception."""
    try:
        tx.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:  # locked, and waited for long enough: nobody's own fault
        return _failures(jobs, error)
    try:
        outcomes = [job(tx) for job in jobs]
        tx.execute("COMMIT")
    except Exception:  # noqa: BLE001 - whatever it was, the replay finds out whose it is
        _roll_back(tx)
        return _commit_apart(tx, jobs)
    else:
        return outcomes


def _commit_apart(tx: sqlite3.Connection, jobs: list[Job]) -> list[Any]:
    """Run `jobs` in one transaction again, each behind a savepoint of its own."""
    try:
        tx.execute("BEGIN IMMEDIATE")
        outcomes = [_attempt(tx, job) for job in jobs]
        tx.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(tx)
        return _failures(jobs, error)
    else:
        return outcomes


def _failures(jobs: list[Job], error: sqlite3.Error) -> list[Any]:
    _log.warning("a commit of %d changes failed: %s", len(jobs), error)
    failure = NotSaved()
    failure.__cause__ = error
    return [failure] * len(jobs)


def _attempt(tx: sqlite3.Connection, job: Job) -> Any:
    tx.execute("SAVEPOINT job")
    try:
        outcome = job(tx)
    except sqlite3.OperationalError:
        raise  # the disk or a lock: nobody's own fault, so the whole group is not saved
    except Exception as error:  # noqa: BLE001 - handed to the one who wrote the job
        tx.execute("ROLLBACK TO job")
        outcome = error
    tx.execute("RELEASE job")
    return outcome


def _roll_back(tx: sqlite3.Connection) -> None:
    if tx.in_transaction:
        tx.execute("ROLLBACK")


async def _connect(path: Path, *, read_only: bool) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, isolation_level=None, timeout=_BUSY / 1000)
    connection.row_factory = sqlite3.Row
    await connection.execute("PRAGMA foreign_keys = ON")
    await connection.execute("PRAGMA synchronous = FULL")
    await connection.execute("PRAGMA temp_store = MEMORY")
    await connection.execute(f"PRAGMA wal_autocheckpoint = {_COPY_AT_LAST}")
    if read_only:
        await connection.execute("PRAGMA query_only = ON")
    return connection


async def _in_thread(connection: aiosqlite.Connection, job: Callable[[sqlite3.Connection], T]) -> T:
    # aiosqlite's public methods take one statement a hop; a group commit is to take one hop in all.
    result: T = await connection._execute(job, connection._conn)  # type: ignore[no-untyped-call]
    return result
