"""PostgreSQL: the group commit over a server, by psycopg in threads of its own.

What always holds beside what `bot.store.database` promises:
- one connection writes, one reads, one does what nobody waits for; a connection
  that is lost is made anew, and what was under way is done again: within
  `PATIENCE`, whoever presses notices nothing. Whether a commit that got no
  answer has happened does not matter: a job that was done changes nothing when
  it is done again;
- a transaction that met another one (40001, 40P01) is tried again at once;
- each group begins with its fence: a change is kept only under the lease under
  which its work was begun (`bot.store.ownership`). Where a lease was lost, the
  changes under it are not saved, and the others of the group are.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self, TypeVar, cast

import psycopg

from bot.config import DatabaseAddress
from bot.errors import NotRead
from bot.metrics import FENCED, RECONNECTS
from bot.store.database import Database, Job, Piece, Waiting, attempted, failures, not_saved, run_jobs
from bot.store.migrator import NotNow
from bot.store.ownership import Ownership
from bot.store.postgres.connection import AGAIN, PATIENCE, Connection, is_passing, told
from bot.store.postgres.leases import LeaseLost, require
from bot.store.postgres.migrator import migrate
from bot.store.postgres.partitions import keep_months

T = TypeVar("T")
One = TypeVar("One")

_log = logging.getLogger(__name__)
_TRIES = 8  # of a transaction that met another one
_PAUSE = 0.05  # seconds between two attempts to connect
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_READING = (
    "-c default_transaction_read_only=on"
    " -c plan_cache_mode=auto"  # the best way to a page hangs on its length, which no plan for all knows
)
_IDLE = 10_000  # milliseconds in a transaction without a word, after which the server ends it


class _Line:
    """A connection with a thread of its own, made anew when it is lost."""

    def __init__(self, url: str, what: str, options: str = "") -> None:
        self._url = url
        self._what = what
        self._options = f"-c idle_in_transaction_session_timeout={_IDLE} {options}"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"farside {what}")
        self._connection: Connection | None = None

    async def run(self, work: Callable[["_Line"], T]) -> T:
        """Run `work` in the thread."""
        result, error = await asyncio.get_running_loop().run_in_executor(self._thread, attempted, work, self)
        if error is not None:
            raise error
        return cast("T", result)

    def connection(self) -> Connection:
        """Return the connection; to be called in the thread. Raises psycopg's errors."""
        if self._connection is None or self._connection.is_lost:
            is_new = self._connection is None
            self._connection = Connection.open(self._url, what=self._what, options=self._options)
            if not is_new:
                RECONNECTS.add()
                _log.info("the connection to the database (%s) is made anew", self._what)
        return self._connection

    def patiently(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the connection; where that is lost, on a new one, for a while."""
        until = time.monotonic() + PATIENCE
        tries = 0
        while True:
            try:
                return work(self.connection())
            except AGAIN:
                tries += 1
                if tries >= _TRIES:
                    raise
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                is_lost = self._connection is None or self._connection.is_lost
                if not is_lost or time.monotonic() >= until:
                    raise
                _log.debug("the database is tried again: %s", error)
                time.sleep(_PAUSE)

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self.run(_Line._close)
        self._thread.shutdown()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()


class PostgresDatabase(Database):
    """A database of a PostgreSQL server that is open, migrated and ready."""

    is_shared = True
    closed_at_once = 64  # as sets they take little longer than one
    posted_at_once = 512  # no press waits behind that here, and the more there are the less each costs

    def __init__(self, address: DatabaseAddress, ownership: Ownership) -> None:
        super().__init__(ownership)
        self.address = address
        self._writer = _Line(address.url, "writer")
        self._reader = _Line(address.url, "reader", _READING)
        self._aside = _Line(address.url, "aside")
        self._asked: dict[Callable[[Any, list[Any]], list[Any]], list[tuple[Any, asyncio.Future[Any]]]] = {}
        self._asking: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, address: DatabaseAddress, ownership: Ownership) -> Self:
        """Connect and migrate. Raises `SchemaError`, or `NotNow` where the server cannot be reached."""
        await asyncio.to_thread(migrate, address)
        database = cls(address, ownership)
        try:
            for line in database._lines():
                await line.run(_Line.connection)
        except psycopg.Error as error:
            await database.close()
            raise NotNow(f"{address} cannot be reached at this moment ({told(error)})") from error
        return database

    async def limit_idle(self, lease: timedelta) -> None:
        """Have the server end a writer's transaction that falls silent, before its lease could end."""
        idle = f"idle_in_transaction_session_timeout={max(1, int(lease.total_seconds() * 1000 / 3))}"
        self._writer._options = f"-c {idle}"
        await self._writer.run(lambda line: line.connection().raw.execute(f"SET {idle}".encode()))

    async def close(self) -> None:
        """Finish the commits under way and close."""
        await self.finish()
        for line in self._lines():
            await line.close()

    def _lines(self) -> tuple[_Line, ...]:
        return self._writer, self._reader, self._aside

    # --------------------------------------------------------------------------------------------- reading

    async def read(self, job: Callable[[Any], T]) -> T:
        """Run `job` on the reading connection, each statement by itself."""
        return await self._read(job)

    async def read_together(self, job: Callable[[Any, list[One]], list[T]], one: One) -> T:
        """Read for `one`, and for all others who ask the same while a reading is under way."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(job, []).append((one, future))
        if self._asking is None:
            self._asking = asyncio.create_task(self._read_groups())
        return await future

    async def _read_groups(self) -> None:
        try:
            while self._asked:
                job = next(iter(self._asked))
                group = self._asked.pop(job)
                ones = [one for one, _ in group]
                try:
                    found: list[Any] = await self.read(lambda tx, job=job, ones=ones: job(tx, ones))  # type: ignore[misc]
                except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are answered
                    found = [error] * len(group)
                for (_, future), result in zip(group, found, strict=True):
                    if future.done():
                        continue
                    if isinstance(result, BaseException):
                        future.set_exception(result)
                    else:
                        future.set_result(result)
        finally:
            self._asking = None
            for group in self._asked.values():  # left only when the event loop itself is ending
                for _, future in group:
                    future.cancel()

    async def read_whole(self, job: Callable[[Any], T]) -> T:
        """Run `job` on the reading connection, on one snapshot."""

        def in_one_snapshot(tx: Connection) -> T:
            tx.begin(_SNAPSHOT)
            try:
                result = job(tx)
                tx.commit()
            except BaseException:
                tx.roll_back()
                raise
            return result

        return await self._read(in_one_snapshot)

    async def _read(self, job: Callable[[Any], T]) -> T:
        try:
            return await self._reader.run(lambda line: line.patiently(job))
        except psycopg.Error as error:
            if not is_passing(error):
                raise
            _log.warning("a read failed: %s", told(error))
            raise NotRead from error

    async def watch(self) -> None:
        """Watch for ever: a server that is away may come back, and nothing here is lost by that."""
        await asyncio.Event().wait()

    async def look(self) -> None:
        """Ask the server whether it is there. `fault` stays None: it may come back by itself."""

    async def is_reached(self) -> bool:
        """Return whether the server answers at this moment."""
        try:
            await self.read(lambda tx: tx.execute("SELECT 1").fetchone())
        except NotRead:
            return False
        return True

    # --------------------------------------------------------------------------------------------- writing

    async def write_aside(self, job: Callable[[Any], T]) -> T:
        """Run `job` in a transaction beside the presses."""
        try:
            return await self._aside.run(lambda line: line.patiently(partial(_whole, job)))
        except psycopg.Error as error:
            if not is_passing(error):
                raise
            raise not_saved(error) from error

    async def tidy(self, now: datetime, before: datetime) -> None:
        """Make the months to come, and let go of those that are past and empty."""
        await self.write_aside(lambda tx: keep_months(tx, now, before))

    async def _commit_group(self, group: Sequence[Waiting]) -> list[Any]:
        """Return each job's result or exception; never raises on account of a job, or of the database."""
        order = _order(group)
        work = partial(self._commit, [group[place] for place in order])
        try:
            outcomes = await self._writer.run(work)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are answered
            return failures(len(group), error)
        by_place = dict(zip(order, outcomes, strict=True))
        return [by_place[place] for place in range(len(group))]

    def _commit(self, group: list[Waiting], line: _Line) -> list[Any]:
        """Commit the group, whatever becomes of the connection and of leases meanwhile."""
        outcomes: dict[int, Any] = {}
        left = list(enumerate(group))
        while left:
            waiting = [one for _, one in left]
            try:
                found = line.patiently(lambda tx, waiting=waiting: _commit(tx, waiting))  # type: ignore[misc]
            except LeaseLost as lost:
                FENCED.add()
                epochs = self.ownership.epochs
                gone = [
                    place
                    for place, one in left
                    if any(epochs.get(shard) != epoch for shard, epoch in one.held)
                ]
                if not gone:  # it is not told yet which: all of them are done again when that is known
                    gone = [place for place, _ in left]
                outcomes |= dict(zip(gone, failures(len(gone), lost), strict=True))
                left = [(place, one) for place, one in left if place not in outcomes]
            else:
                outcomes |= {place: result for (place, _), result in zip(left, found, strict=True)}
                break
        return [outcomes[place] for place in range(len(group))]


def _order(group: Sequence[Waiting]) -> list[int]:
    """Return in which order the jobs are done: alike ones together, where the first of them was.

    Nobody has been answered yet, so no order is promised; answers that are to be told soon are kept before
    what closes their round by whoever asks for both.
    """
    first: dict[Any, int] = {}
    keys = []
    for place, waiting in enumerate(group):
        job = waiting.job
        keys.append((first.setdefault(job.job, place) if isinstance(job, Piece) else place, place))
    return [place for _, place in sorted(keys)]


def _commit(tx: Connection, group: Sequence[Waiting]) -> list[Any]:
    """Run the group's jobs in one transaction; return each one's result or exception."""
    jobs = [waiting.job for waiting in group]
    tx.roll_back()  # should a job before have been cut off in its midst
    try:
        _begin(tx, group)
        outcomes = run_jobs(tx, jobs)
        tx.commit()
    except (LeaseLost, *AGAIN):
        tx.roll_back()
        raise
    except Exception as error:
        if tx.is_lost:
            raise
        tx.roll_back()
        if is_passing(error):
            raise
        return _commit_apart(tx, group)
    return outcomes


def _begin(tx: Connection, group: Sequence[Waiting]) -> None:
    """Begin a transaction with its fence."""
    tx.begin()
    held = sorted({one for waiting in group for one in waiting.held})
    if held:
        require(tx.raw, held)


def _commit_apart(tx: Connection, group: Sequence[Waiting]) -> list[Any]:
    """Run the jobs in one transaction again, each behind a savepoint of its own."""
    try:
        _begin(tx, group)
        outcomes = [_attempt(tx, waiting.job) for waiting in group]
        tx.commit()
    except Exception:
        tx.roll_back()
        raise
    return outcomes


def _attempt(tx: Connection, job: Job) -> Any:
    """Return the job's result or its own exception; raise what is the connection's."""
    tx.execute("SAVEPOINT job")
    try:
        [outcome] = run_jobs(tx, [job])
    except AGAIN:
        raise
    except Exception as error:
        if tx.is_lost or is_passing(error):
            raise
        tx.execute("ROLLBACK TO SAVEPOINT job")
        outcome = error
    tx.execute("RELEASE SAVEPOINT job")
    return outcome


def _whole(job: Callable[[Any], T], tx: Connection) -> T:
    """Run a job in a transaction of its own."""
    tx.roll_back()
    try:
        tx.begin()
        result = job(tx)
        tx.commit()
    except BaseException:
        tx.roll_back()
        raise
    return result
