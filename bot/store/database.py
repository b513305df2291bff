"""The database: one writer with group commit, one reader, both through aiosqlite.

What always holds:
- `write` returns only after the transaction that holds its changes is on disk
  (WAL, `synchronous=FULL`);
- jobs that arrive while a commit is under way share the next one, in the order
  in which they came, in a single hop to the writer's thread;
- adjacent jobs of one kind that can be done together (`write_together`) are;
- a job that raises changes nothing and fails nobody else of its group;
- whoever waits is answered, whatever the layers below raise: a write that did
  not happen is `NotSaved`, a read that could not be is `NotRead`;
- a file that was damaged, removed or replaced is noticed: nothing more is told
  as saved, and `watch` raises;
- what the log holds is copied into the file beside the commits, not within
  one, as it is by default: nobody's press waits for that.

Each job is a plain function of a `Tx`, run in that thread. It
may run twice (a group with a failing job is replayed), so it must do nothing
but work on the connection it is given.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from bot.errors import CannotGoOn, NotRead, NotSaved
from bot.metrics import COMMIT_SECONDS, COMMIT_SIZE, NOT_SAVED
from bot.store.file import OpenFile
from bot.store.migrator import migrate
from bot.store.tx import Tx

T = TypeVar("T")
One = TypeVar("One")
Job = Callable[[sqlite3.Connection], Any]

_log = logging.getLogger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_BUSY = 1200  # milliseconds to wait for another process: Discord gives a press three seconds
_COPY_AFTER = 256  # commits, about a thousand pages of the log
_COPY_AT_LAST = 4000  # pages of the log at which the writer copies them after all, lest the log grow on
_GROUP = 512  # jobs in one transaction at most, so that the first of a flood is not kept waiting
_LOOK = 10  # seconds between looks whether the file is still there

_DELETING = "PRAGMA secure_delete = FAST"  # overwrite what is deleted, where that costs no further page
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PASSING = frozenset(  # what SQLite says when it is not the statement's fault
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
    }
)  # fmt: skip


def stamp(at: datetime) -> int:
    """Return an instant as the store keeps it: milliseconds since 1970 in UTC."""
    return (at - _EPOCH) // _MILLISECOND


def instant(milliseconds: int) -> datetime:
    """Return the aware UTC instant that `stamp` made into `milliseconds`."""
    return _EPOCH + milliseconds * _MILLISECOND


def stamp_or_none(at: datetime | None) -> int | None:
    """Return what `stamp` does, of no instant None."""
    return None if at is None else stamp(at)


def instant_or_none(milliseconds: int | None) -> datetime | None:
    """Return what `instant` does, of None no instant."""
    return None if milliseconds is None else instant(milliseconds)


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the changes that a job makes together; alone it is a job itself."""

    job: Callable[[Tx, list[Any]], list[Any]]
    one: Any

    def __call__(self, tx: Tx) -> Any:
        """Make this change alone."""
        return self.job(tx, [self.one])[0]


class Database:
    """A SQLite file that is open, migrated and ready."""

    is_shared = False  # with other processes

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self.path = path
        self._file = OpenFile(path)
        self._writer = writer
        self._reader = reader
        self._waiting: list[tuple[Job, asyncio.Future[Any]]] = []
        self._committer: asyncio.Task[None] | None = None
        self._commits = 0  # since the log was copied
        self._copying: asyncio.Task[None] | None = None
        self._loss: CannotGoOn | None = None
        self._is_lost = asyncio.Event()

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

    async def finish(self) -> None:
        """Wait for the commits under way: whoever asked for one is answered."""
        while self._committer is not None:
            await asyncio.wait([self._committer])

    async def close(self) -> None:
        """Finish the commits under way and close."""
        await self.finish()
        if self._copying is not None:
            await asyncio.wait([self._copying])
        await self._reader.close()
        await self._writer.close()
        self._file.close()

    async def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run `job` in the next group commit and return its result once that is on disk.

        Raises what the job raises, or `NotSaved` when the commit itself failed.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit_groups())
        return await future

    async def write_together(self, job: Callable[[Tx, list[One]], list[T]], one: One) -> T:
        """Run `job` in the next commit on `one` and its neighbours there; return the result for `one`.

        `job` returns a result for each it is given. Called for one at a time when a group has a failing job.
        """
        return await self.write(_Part(job, one))

    async def erase(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run `job` as `write` does, such that what it deletes is overwritten in the file, too."""

        def erasing(tx: sqlite3.Connection) -> T:
            tx.execute("PRAGMA secure_delete = ON")
            try:
                return job(tx)
            finally:
                tx.execute(_DELETING)

        return await self.write(erasing)

    async def empty_log(self) -> None:
        """Copy the log into the file and cut it off, unless somebody reads there: it holds what was there."""
        await asyncio.to_thread(_copy_log, self.path, "TRUNCATE")

    async def read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run `job` on the reading connection, which sees all that is committed and changes nothing.

        Raises what the job raises, or `NotRead` when the database cannot be read at this moment.
        """
        try:
            result: T = await _in_thread(self._reader, job)
        except sqlite3.Error as error:
            self._notice(error)
            if _code(error) not in _PASSING | _DAMAGE:
                raise
            _log.warning("a read failed: %s", error)
            raise NotRead from error
        return result

    async def read_whole(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Read as `read` does, and see one state of the database from the first statement to the last."""

        def in_one_snapshot(tx: sqlite3.Connection) -> T:
            tx.execute("BEGIN")
            try:
                return job(tx)
            finally:
                tx.execute("COMMIT")

        return await self.read(in_one_snapshot)

    async def watch(self) -> None:
        """Look now and then whether the file is still there and sound; raise `CannotGoOn` when it is not."""
        while self._loss is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_lost.wait(), _LOOK)
            await self.look()
        raise self._loss

    @property
    def fault(self) -> str | None:
        """Return why the database is lost, when it is."""
        return str(self._loss) if self._loss is not None else None

    async def look(self) -> None:
        """Look once whether the file is still there and sound; `watch` then raises."""
        try:
            await asyncio.to_thread(_look, self._file)
        except (sqlite3.Error, CannotGoOn) as error:
            self._notice(error)

    def _notice(self, error: BaseException | None) -> None:
        """Note when an error means that the database is lost."""
        if isinstance(error, sqlite3.Error) and _code(error) in _DAMAGE:
            error = CannotGoOn(
                f"the database {self.path} is damaged ({error}); `farside db check` tells more,"
                " and `farside db restore` brings a backup back"
            )
        if self._loss is None and isinstance(error, CannotGoOn):
            self._loss = error
            self._is_lost.set()

    async def _commit_groups(self) -> None:
        group: list[tuple[Job, asyncio.Future[Any]]] = []
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
                outcomes = await self._commit_group([job for job, _ in group])
                for (_, future), outcome in zip(group, outcomes, strict=True):
                    if future.done():
                        continue
                    if isinstance(outcome, BaseException):
                        future.set_exception(outcome)
                    else:
                        future.set_result(outcome)
        finally:
            self._committer = None
            for _, future in [*group, *self._waiting]:  # left only when the event loop itself is ending
                future.cancel()

    async def _commit_group(self, jobs: list[Job]) -> list[Any]:
        """Return each job's result or exception; never raises on account of a job, or of the database."""
        begun = time.perf_counter()
        try:
            outcomes: list[Any] = await _in_thread(self._writer, partial(_commit, jobs=jobs, file=self._file))
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are answered
            NOT_SAVED.add()
            self._notice(error)
            return _failures(jobs, error)
        for outcome in outcomes:
            if isinstance(outcome, NotSaved):
                self._notice(outcome.__cause__)
        COMMIT_SECONDS.note(time.perf_counter() - begun)
        COMMIT_SIZE.note(len(jobs))
        self._count_commit()
        return outcomes

    def _count_commit(self) -> None:
        """Have the log copied when it is time."""
        self._commits += 1
        if self._commits >= _COPY_AFTER and (self._copying is None or self._copying.done()):
            self._commits = 0
            self._copying = asyncio.create_task(asyncio.to_thread(_copy_log, self.path))


def _look(file: OpenFile) -> None:
    """Raise unless the file is there and its first page is a database's."""
    file.require()
    with closing(_beside(file.path)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _beside(path: Path) -> sqlite3.Connection:
    """Open the file once more, for a moment; a file that is not there is not made."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0)


def _copy_log(path: Path, how: str = "PASSIVE") -> None:
    """Copy what the log holds into the file, as far as nobody reads older pages there; wait for nobody."""
    try:
        with closing(_beside(path)) as connection:
            connection.execute(f"PRAGMA wal_checkpoint({how})")
    except Exception as error:  # noqa: BLE001 - logged, and copied at another time  # a full disk, a lock: the log keeps what it holds
        _log.info("the log is copied into the database later: %s", error)


def _commit(tx: sqlite3.Connection, jobs: list[Job], file: OpenFile) -> list[Any]:
    """Run `jobs` in one transaction; return each one's result or exception."""
    file.require()
    _roll_back(tx)  # should a job before have been cut off in its midst
    try:
        tx.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:  # locked, and waited for long enough: nobody's own fault
        return _failures(jobs, error)
    try:
        outcomes = _run(tx, jobs)
        tx.execute("COMMIT")
    except Exception:  # noqa: BLE001 - whatever it was, the replay finds out whose it is
        _roll_back(tx)
        return _commit_apart(tx, jobs)
    else:
        return outcomes


def _run(tx: sqlite3.Connection, jobs: list[Job]) -> list[Any]:
    """Run `jobs` in their order, neighbours together where they can be."""
    outcomes: list[Any] = []
    for together, alike in groupby(jobs, key=lambda job: job.job if isinstance(job, _Part) else None):
        if together is None:
            outcomes += [job(tx) for job in alike]
        else:
            outcomes += together(tx, [part.one for part in alike if isinstance(part, _Part)])
    return outcomes


def _commit_apart(tx: sqlite3.Connection, jobs: list[Job]) -> list[Any]:
    """Run `jobs` in one transaction again, each behind a savepoint of its own."""
    try:
        tx.execute("BEGIN IMMEDIATE")
        outcomes = [_attempt(tx, job) for job in jobs]
        tx.execute("COMMIT")
    except Exception:  # noqa: BLE001 - a full disk undoes the whole transaction, not one savepoint
        _roll_back(tx)
        return _commit_singly(tx, jobs)
    else:
        return outcomes


def _commit_singly(tx: sqlite3.Connection, jobs: list[Job]) -> list[Any]:
    """Run each of `jobs` in a transaction of its own."""
    outcomes: list[Any] = []
    for number, job in enumerate(jobs):
        try:
            tx.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            return outcomes + _failures(jobs[number:], error)
        try:
            outcomes.append(job(tx))
            tx.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - handed to the one who wrote the job
            del outcomes[number:]
            outcomes.append(_outcome(error))
            _roll_back(tx)
    return outcomes


def _failures(jobs: list[Job], error: Exception) -> list[Any]:
    _log.warning("a commit of %d changes failed: %s", len(jobs), error)
    return [_not_saved(error) for _ in jobs]


def _not_saved(error: Exception) -> NotSaved:
    failure = NotSaved()
    failure.__cause__ = error
    return failure


def _attempt(tx: sqlite3.Connection, job: Job) -> Any:
    """Return the job's result or exception; raise only when SQLite has undone all that went before, too."""
    tx.execute("SAVEPOINT job")
    try:
        outcome = job(tx)
    except Exception as error:
        if not tx.in_transaction:
            raise
        tx.execute("ROLLBACK TO job")
        outcome = _outcome(error)
    tx.execute("RELEASE job")
    return outcome


def _outcome(error: Exception) -> Exception:
    """Return what the one who asked is told: the job's own error, or `NotSaved` when it is the disk's."""
    is_the_disks = isinstance(error, sqlite3.Error) and _code(error) in _PASSING | _DAMAGE
    return _not_saved(error) if is_the_disks else error


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code; 0 for an error that Python's module made up by itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


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
    else:
        await connection.execute(_DELETING)
    return connection


async def _in_thread(connection: aiosqlite.Connection, job: Callable[[sqlite3.Connection], T]) -> T:
    # aiosqlite's public methods take one statement a hop; a group commit is to take one hop in all.
    result: T = await connection._execute(job, connection._conn)  # type: ignore[no-untyped-call]
    return result
