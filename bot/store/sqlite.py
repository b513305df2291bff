"""SQLite: a file, with one writer and one reader, both through aiosqlite.

What always holds beside what `bot.store.database` promises:
- WAL, `synchronous=FULL`: what is told is on disk;
- a file that was damaged, removed or replaced is noticed: nothing more is told
  as saved, and `watch` raises;
- what the log holds is copied into the file beside the commits, not within
  one, as it is by default: nobody's press waits for that;
- the event loop never waits: neither for another process's lock nor, for a commit,
  for the disk; only groups of brief jobs are run there, and no longer where
  reading a page took the disk too long.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import aiosqlite

from bot.errors import CannotGoOn, NotRead, NotSaved
from bot.store.database import Database, Job, Piece, Waiting, attempted, failures, not_saved, run_jobs
from bot.store.file import OpenFile
from bot.store.migrator import migrate
from bot.store.ownership import Sole

T = TypeVar("T")

_log = logging.getLogger(__name__)
_BUSY = 1600  # milliseconds to wait for another process, in the queue too: a press has three seconds
_BUSY_LEAST = 100  # of them, for whoever has waited that long behind others
_BRIEF = 0.005  # seconds on the event loop for a group of brief jobs; more is the disk's doing
_PATIENCE = 10.0  # seconds after that for which the disk is waited for in the thread
_COPY_AFTER = 256  # commits, about a thousand pages of the log
_COPY_AT_LAST = 4000  # pages of the log at which the writer copies them after all, lest the log grow on
_LOOK = 10  # seconds between looks whether the file is still there

_DELETING = "PRAGMA secure_delete = FAST"  # overwrite what is deleted, where that costs no further page
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PASSING = frozenset(  # what SQLite says when it is not the statement's fault
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
    }
)  # fmt: skip


class SqliteDatabase(Database):
    """A SQLite file that is open, migrated and ready."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        super().__init__(Sole())
        self.path = path
        self._file = OpenFile(path)
        self._writer = writer
        self._reader = reader
        self._here_again = 0.0  # by the clock that nobody sets: until then the disk is slow to read
        self._commits = 0  # since the log was copied
        self._copying: asyncio.Task[None] | None = None
        self._is_lost = asyncio.Event()

    @classmethod
    async def at(cls, path: Path) -> Self:
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
        await self.finish()
        if self._copying is not None:
            await asyncio.wait([self._copying])
        await self._reader.close()
        await self._writer.close()
        self._file.close()

    async def erase(self, job: Callable[[Any], T]) -> T:
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

    async def read(self, job: Callable[[Any], T]) -> T:
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

    async def read_whole(self, job: Callable[[Any], T]) -> T:
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

    async def _commit_group(self, group: Sequence[Waiting]) -> list[Any]:
        """Return each job's result or exception; never raises on account of a job, or of the database."""
        jobs = [waiting.job for waiting in group]
        done = self._run_here(jobs) if all(isinstance(job, Piece) and job.is_brief for job in jobs) else None
        if done is None:
            waited = time.monotonic() - group[0].since
            commit = partial(_commit, jobs=jobs, file=self._file, waited=waited)
        else:
            commit = partial(_finish, jobs=jobs, outcomes=done)
        try:
            outcomes: list[Any] = await _in_thread(self._writer, commit)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are answered
            self._notice(error)
            return failures(len(jobs), error)
        for outcome in outcomes:
            if isinstance(outcome, NotSaved):
                self._notice(outcome.__cause__)
        self._count_commit()
        return outcomes

    def _run_here(self, jobs: list[Job]) -> list[Any] | None:
        """Run brief jobs in a transaction that is then to be committed; None when that is the thread's.

        Two threads that both want the interpreter's lock take it from each other at each statement, which
        costs several times what the statements do.
        """
        begun = time.monotonic()
        if begun < self._here_again:
            return None
        tx = self._writer._conn  # the thread is at rest: one commit is under way at a time
        try:
            self._file.require()
            _roll_back(tx)  # should a job before have been cut off in its midst
            tx.execute("BEGIN IMMEDIATE")
            return run_jobs(tx, jobs)
        except Exception:  # noqa: BLE001 - whatever it was, the thread waits, replays and says whose it is
            return None
        finally:
            ended = time.monotonic()
            if ended - begun > _BRIEF:
                self._here_again = ended + _PATIENCE

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
    except Exception as error:  # noqa: BLE001 - a full disk, a lock: the log keeps what it holds
        _log.info("the log is copied into the database later: %s", error)


def _commit(tx: sqlite3.Connection, jobs: list[Job], file: OpenFile, waited: float) -> list[Any]:
    """Run `jobs`, the first of which has `waited`, in one transaction; return each's result or exception."""
    file.require()
    _roll_back(tx)  # should a job before have been cut off in its midst
    try:
        _begin(tx, waited)
    except sqlite3.Error as error:  # locked, and waited for long enough: nobody's own fault
        return failures(len(jobs), error)
    try:
        outcomes = run_jobs(tx, jobs)
        tx.execute("COMMIT")
    except Exception:  # noqa: BLE001 - whatever it was, the replay finds out whose it is
        _roll_back(tx)
        return _commit_apart(tx, jobs)
    else:
        return outcomes


def _finish(tx: sqlite3.Connection, jobs: list[Job], outcomes: list[Any]) -> list[Any]:
    """Commit what `jobs` have done already, with those outcomes; return each one's result or exception."""
    try:
        tx.execute("COMMIT")
    except Exception:  # noqa: BLE001 - as above
        _roll_back(tx)
        return _commit_apart(tx, jobs)
    else:
        return outcomes


def _begin(tx: sqlite3.Connection, waited: float = 0.0) -> None:
    """Begin a transaction that writes, once others let us: on the event loop nobody waits for that."""
    tx.execute(f"PRAGMA busy_timeout = {max(_BUSY_LEAST, _BUSY - round(waited * 1000))}")
    try:
        tx.execute("BEGIN IMMEDIATE")
    finally:
        tx.execute("PRAGMA busy_timeout = 0")


def _commit_apart(tx: sqlite3.Connection, jobs: list[Job]) -> list[Any]:
    """Run `jobs` in one transaction again, each behind a savepoint of its own."""
    try:
        _begin(tx)
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
            _begin(tx)
        except sqlite3.Error as error:
            return outcomes + failures(len(jobs) - number, error)
        try:
            outcomes += run_jobs(tx, [job])
            tx.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - handed to the one who wrote the job
            del outcomes[number:]
            outcomes.append(_outcome(error))
            _roll_back(tx)
    return outcomes


def _attempt(tx: sqlite3.Connection, job: Job) -> Any:
    """Return the job's result or exception; raise only when SQLite has undone all that went before, too."""
    tx.execute("SAVEPOINT job")
    try:
        [outcome] = run_jobs(tx, [job])
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
    return not_saved(error) if is_the_disks else error


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code; 0 for an error that Python's module made up by itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _roll_back(tx: sqlite3.Connection) -> None:
    if tx.in_transaction:
        tx.execute("ROLLBACK")


async def _connect(path: Path, *, read_only: bool) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(
        path,
        isolation_level=None,
        timeout=_BUSY / 1000 if read_only else 0,  # a writer waits where it begins
        check_same_thread=False,  # brief jobs are run on the event loop
    )
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
    result, error = await connection._execute(attempted, job, connection._conn)  # type: ignore[no-untyped-call]
    if error is not None:
        raise error
    return cast("T", result)
