"""The database: one surface, and the group commit that both engines share.

What always holds, whichever engine it is:
- `write` returns only after the transaction that holds its changes is on disk;
- jobs that arrive while a commit is under way share the next one, in a single
  hop to the writer's thread;
- jobs of one kind that can be done together (`write_together`) are;
- a job that raises changes nothing and fails nobody else of its group;
- whoever waits is answered, whatever the layers below raise: a write that did
  not happen is `NotSaved`, a read that could not be is `NotRead`.

Each job is a plain function of a `Tx`, run in that thread, or where it is brief
(`write_briefly`) perhaps on the event loop. It may run twice (a group with a
failing job is replayed, and so is one whose connection was lost while it was
committed), so it must do nothing but work on the transaction it is given, and
change nothing where it was done before.

The engines: `bot.store.sqlite` for a file, `bot.store.postgres` for an address
of a server; the latter is imported only where there is such an address.
"""

import asyncio
import logging
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from bot.config import DatabaseAddress
from bot.errors import CannotGoOn, NotSaved
from bot.metrics import COMMIT_SECONDS, COMMIT_SIZE, NOT_SAVED
from bot.store.notes import save_note
from bot.store.ownership import Held, Ownership, Sole
from bot.store.tx import Tx

T = TypeVar("T")
One = TypeVar("One")
Job = Callable[[Any], Any]

_log = logging.getLogger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_TELLING = 5.0  # seconds for which what a change came to tells whether another can be stored
_GROUP = 512  # jobs in one transaction at most, so that the first of a flood is not kept waiting


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
class Piece:
    """What a job does for one of those it does together; alone it is a job itself."""

    job: Callable[[Tx, list[Any]], list[Any]]
    one: Any
    is_brief: bool = False

    def __call__(self, tx: Tx) -> Any:
        """Do it for this one alone."""
        return self.job(tx, [self.one])[0]


class Waiting(NamedTuple):
    """A job in the queue, what has to be held for it, who waits for it, and since when (`time.monotonic`)."""

    job: Job
    held: tuple[Held, ...]
    future: asyncio.Future[Any]
    since: float


class Database(ABC):
    """A database that is open, migrated and ready."""

    is_shared = False  # with other processes
    closed_at_once = 8  # rounds a commit: of many that end together the first are shown at once
    posted_at_once = 16  # entries a transaction: among a million places, a hundredth of a second's work

    def __init__(self, ownership: Ownership) -> None:
        self.ownership = ownership
        self._waiting: list[Waiting] = []
        self._committer: asyncio.Task[None] | None = None
        self._loss: CannotGoOn | None = None
        self._trial: asyncio.Task[None] | None = None
        self._could_store, self._told_at = False, -math.inf

    @staticmethod
    async def open(where: Path | DatabaseAddress, ownership: Ownership | None = None) -> "Database":
        """Open the file or the server's database, and migrate it; a file is made when it is missing.

        `ownership`: which shards this process leads, where it is one of several; each group of changes is
        then fenced by the leases under which they were begun.
        Raises `bot.store.migrator.SchemaError` when it cannot be used.
        """
        if isinstance(where, DatabaseAddress):
            from bot.store.postgres.database import PostgresDatabase

            return await PostgresDatabase.connect(where, ownership or Sole())
        from bot.store.sqlite import SqliteDatabase

        return await SqliteDatabase.at(where)

    async def limit_idle(self, lease: timedelta) -> None:  # noqa: B027 - where nobody else is, nobody waits
        """Let no transaction stand still for as long as a lease lasts: another process may wait for it."""

    async def finish(self) -> None:
        """Wait for the commits under way: whoever asked for one is answered."""
        while self._committer is not None:
            await asyncio.wait([self._committer])

    @abstractmethod
    async def close(self) -> None:
        """Finish the commits under way and close."""

    async def write(self, job: Callable[[Any], T]) -> T:
        """Run `job` in the next group commit and return its result once that is on disk.

        Raises what the job raises, or `NotSaved` when the commit itself failed.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(job, self.ownership.under(), future, time.monotonic()))
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit_groups())
        return await future

    async def write_together(self, job: Callable[[Tx, list[One]], list[T]], one: One) -> T:
        """Run `job` in the next commit on `one` and its neighbours there; return the result for `one`.

        `job` returns a result for each it is given. Called for one at a time when a group has a failing job.
        """
        return await self.write(Piece(job, one))

    async def write_briefly(self, job: Callable[[Tx, list[One]], list[T]], one: One) -> T:
        """Do as `write_together` does with a job of some microseconds a piece, that comes by the thousand.

        An engine may run it on the event loop, and have only what waits for the disk done in a thread.
        """
        return await self.write(Piece(job, one, is_brief=True))

    async def write_aside(self, job: Callable[[Any], T]) -> T:
        """Run `job` as `write` does, where the engine can beside the presses: for work that nobody waits for.

        Such work belongs to no shard; whoever does it has a turn (`bot.store.turns`).
        """
        return await self.write(job)

    async def erase(self, job: Callable[[Any], T]) -> T:
        """Run `job` as `write_aside` does, such that what it deletes is overwritten where that can be."""
        return await self.write_aside(job)

    async def tidy(self, now: datetime, before: datetime) -> None:  # noqa: B027 - there need be nothing to do
        """Make room for what is to come, and give back what nothing from before `before` takes any more."""

    async def empty_log(self) -> None:  # noqa: B027 - there need be none
        """Have nothing that was deleted be left in a log, where that is in our hands."""

    @abstractmethod
    async def read(self, job: Callable[[Any], T]) -> T:
        """Run `job` on a connection that sees all that is committed and changes nothing.

        Raises what the job raises, or `NotRead` when the database cannot be read at this moment.
        """

    async def read_together(self, job: Callable[[Tx, list[One]], list[T]], one: One) -> T:
        """Read what `job` finds for `one`, with its neighbours where the engine gains by that."""
        return await self.read(Piece(job, one))

    @abstractmethod
    async def read_whole(self, job: Callable[[Any], T]) -> T:
        """Read as `read` does, and see one state of the database from the first statement to the last."""

    @abstractmethod
    async def watch(self) -> None:
        """Look now and then whether the database is there and sound; raise `CannotGoOn` when it is lost."""

    @property
    def fault(self) -> str | None:
        """Return why the database is lost, when it is."""
        return str(self._loss) if self._loss is not None else None

    @abstractmethod
    async def look(self) -> None:
        """Look once whether the database is there and sound."""

    async def can_store(self) -> bool:
        """Return whether anything could be stored a moment ago: a disk may be full, or read alone.

        Where nothing was, next to nothing is, once for all who ask: asking over and over wears out no disk.
        """
        if time.monotonic() - self._told_at >= _TELLING:
            if self._trial is None or self._trial.done():
                self._trial = asyncio.create_task(self._try_to_store())
            await asyncio.shield(self._trial)
        return self._could_store

    async def _try_to_store(self) -> None:
        other = str(time.monotonic_ns())  # what is there already would not be written
        try:
            await self.write_aside(lambda tx: save_note(tx, "can store", other))
        except NotSaved:
            self._could_store = False
        else:
            self._could_store = True
        self._told_at = time.monotonic()

    @abstractmethod
    async def _commit_group(self, group: Sequence[Waiting]) -> list[Any]:
        """Return each job's result or exception; never raises on account of a job, or of the database."""

    async def _commit_groups(self) -> None:
        group: list[Waiting] = []
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
                begun = time.perf_counter()
                outcomes = await self._commit_group(group)
                COMMIT_SECONDS.note(time.perf_counter() - begun)
                COMMIT_SIZE.note(len(group))
                if all(isinstance(outcome, NotSaved) for outcome in outcomes):
                    self._told_at = -math.inf
                else:
                    self._could_store, self._told_at = True, time.monotonic()
                for waiting, outcome in zip(group, outcomes, strict=True):
                    if waiting.future.done():
                        continue
                    if isinstance(outcome, BaseException):
                        waiting.future.set_exception(outcome)
                    else:
                        waiting.future.set_result(outcome)
        finally:
            self._committer = None
            for waiting in [*group, *self._waiting]:  # left only when the event loop itself is ending
                waiting.future.cancel()


def run_jobs(tx: Tx, jobs: Sequence[Job]) -> list[Any]:
    """Run `jobs` in their order, neighbours together where they can be. Raises what `plain` returns."""
    outcomes: list[Any] = []
    try:
        for together, alike in groupby(jobs, key=lambda job: job.job if isinstance(job, Piece) else None):
            if together is None:
                outcomes += [job(tx) for job in alike]
            else:
                outcomes += together(tx, [piece.one for piece in alike if isinstance(piece, Piece)])
    except BaseException as error:  # noqa: BLE001 - a thread has no way out but this one
        raise plain(error)  # noqa: B904 - mostly the error itself
    return outcomes


def attempted(work: Callable[[One], T], given: One) -> tuple[T | None, Exception | None]:
    """Do some work in a thread; return its result or its error, which is then to be raised outside of it."""
    try:
        return work(given), None
    except BaseException as error:  # noqa: BLE001 - whatever it is, whoever waits is answered
        return None, plain(error)


def plain(error: BaseException) -> Exception:
    """Return an error as one that whoever waits is sure to get.

    Between a thread and a task a StopIteration is lost; and a cancellation, or what is no Exception, would
    end the task in silence.
    """
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    fault = RuntimeError(f"the store met {error!r}")
    fault.__cause__ = error
    return fault


def failures(count: int, error: BaseException) -> list[Any]:
    """Return for each of so many jobs that it was not saved, and count it."""
    _log.warning("a commit of %d changes failed: %s", count, error)
    NOT_SAVED.add()
    return [not_saved(error) for _ in range(count)]


def not_saved(error: BaseException) -> NotSaved:
    """Return what whoever waits is told when the database did not take a change."""
    failure = NotSaved()
    failure.__cause__ = error
    return failure
