"""Loops beside Discord: they go on after an error, or the program is told why it cannot."""

import asyncio
import logging
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli import loops
from bot.cli.run import _run
from bot.config import read_config
from bot.errors import CannotGoOn, NotRead, NotSaved
from bot.services.supervisor import MOST_FAILURES, Supervisor
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.timers import Timer, clear_timer, set_timer
from tests.bounds import PATIENCE
from tests.engines import Where
from tests.fakes import START, FakeClock, Panic

MINUTE = timedelta(minutes=1)


class Loop:
    """A loop that fails so many times, and then turns until it is cancelled."""

    def __init__(self, failures: int, error: BaseException | None = None) -> None:
        self.failures = failures
        self.begun = 0
        self._error = error or RuntimeError("a wheel came off")

    async def run(self) -> None:
        """Fail, or go on."""
        self.begun += 1
        if self.begun <= self.failures:
            raise self._error
        await asyncio.Event().wait()


async def settle(clock: FakeClock) -> None:
    """Let everything happen that can happen now, and a minute later."""
    for _ in range(10):
        await asyncio.sleep(0)
    await clock.forward(MINUTE)
    for _ in range(10):
        await asyncio.sleep(0)


async def test_none_is_begun_after_the_end() -> None:
    """What comes late, such as word of a shard while the program ends, begins nothing on what is closed."""
    supervisor, loop = Supervisor(FakeClock()), Loop(0)
    await supervisor.close()
    supervisor.start("the loop", loop.run)
    await asyncio.sleep(0)
    assert loop.begun == 0


async def test_a_loop_goes_on_after_errors(caplog: pytest.LogCaptureFixture) -> None:
    """A loop that fails is begun again after a pause, and each error is in the log."""
    clock, loop = FakeClock(), Loop(3)
    supervisor = Supervisor(clock)
    supervisor.start("the loop", loop.run)
    for _ in range(6):
        await settle(clock)
    assert loop.begun == 4
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(told) == 3
    assert all("the loop met an error" in line and "a wheel came off" in line for line in told)
    await supervisor.close()


ODD = [asyncio.CancelledError(), Panic("in another language"), MemoryError(), StopAsyncIteration()]


@pytest.mark.parametrize("error", ODD, ids=repr)
async def test_a_loop_that_ends_in_silence_is_begun_again(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    """What is no Exception, or the cancellation of something that was waited for, ends no loop either."""
    clock, loop = FakeClock(), Loop(2, error)
    supervisor = Supervisor(clock)
    supervisor.start("the loop", loop.run)
    for _ in range(4):
        await settle(clock)
    assert loop.begun == 3
    assert caplog.text.count(f"the loop met an error and goes on in 1 s: {type(error).__name__}") == 1
    await supervisor.close()


@pytest.mark.parametrize("error", ODD, ids=repr)
async def test_a_timer_that_ends_in_silence_rings_again_after_a_pause(
    where: Where, error: BaseException
) -> None:
    """Its handler may raise what it likes: it is tried once a pause, and others ring meanwhile."""
    database, clock = await Database.open(where), FakeClock()
    timers, tries, rung = Timers(database, clock), Loop(1000, error), asyncio.Event()

    async def ring(timer: Timer) -> None:
        if timer.ref == "faulty":
            await tries.run()
        await database.write(lambda tx: clear_timer(tx, timer.kind, timer.ref))
        rung.set()

    timers.on("bell", ring)
    await database.write(lambda tx: set_timer(tx, Timer("bell", "faulty", START)))
    await database.write(lambda tx: set_timer(tx, Timer("bell", "sound", START)))
    running = asyncio.ensure_future(timers.run())
    await asyncio.wait_for(rung.wait(), PATIENCE)
    for _ in range(50):
        await asyncio.sleep(0)
    assert tries.begun == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await database.close()


@pytest.mark.parametrize("error", ODD, ids=repr)
def test_a_program_that_ends_in_silence_says_so(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nobody told it to stop, whatever ended it is told in a line, and the status is 1."""

    async def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr("bot.parts.wire", broken)
    assert loops.run(_run(read_config({}, need_token=False))) == 1
    [told] = [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]
    assert told.startswith("Farside cannot go on: ")
    assert type(error).__name__ in told


async def test_a_store_that_is_busy_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """What passes by itself, as a lock that another process holds, is a warning without a traceback."""
    clock, loop = FakeClock(), Loop(1, NotSaved())
    supervisor = Supervisor(clock)
    supervisor.start("the loop", loop.run)
    await settle(clock)
    [told] = [record for record in caplog.records if "the loop met an error" in record.getMessage()]
    assert (told.levelno, told.exc_info) == (logging.WARNING, None)
    assert loop.begun == 2
    await supervisor.close()


async def test_a_loop_that_cannot_go_on_is_told() -> None:
    """One that only ever fails is given up with a line that names it and says why."""
    clock, loop = FakeClock(), Loop(1000)
    supervisor = Supervisor(clock)
    supervisor.start("the loop", loop.run)
    fault = asyncio.ensure_future(supervisor.fault())
    for _ in range(MOST_FAILURES + 2):
        await settle(clock)
    with pytest.raises(CannotGoOn, match=f"the loop failed {MOST_FAILURES} times in a row: .*a wheel"):
        await asyncio.wait_for(fault, PATIENCE)
    assert loop.begun == MOST_FAILURES
    await supervisor.close()


async def test_failures_far_apart_do_not_add_up() -> None:
    """A loop that worked for long between its failures is never given up."""
    clock = FakeClock()

    class Flaky:
        begun = 0

        async def run(self) -> None:
            self.begun += 1
            await clock.sleep_until(clock.now() + 10 * MINUTE)
            raise RuntimeError("once in a while")

    flaky, supervisor = Flaky(), Supervisor(clock)
    supervisor.start("the loop", flaky.run)
    fault = asyncio.ensure_future(supervisor.fault())
    for _ in range(20 * 3 * MOST_FAILURES):
        await settle(clock)
    assert flaky.begun > 2 * MOST_FAILURES
    assert not fault.done()
    fault.cancel()
    await supervisor.close()


async def test_what_is_not_vital_never_ends_the_program() -> None:
    """A loop that the bot can do without is tried for ever."""
    clock, loop = FakeClock(), Loop(1000)
    supervisor = Supervisor(clock)
    supervisor.start("the loop", loop.run, is_vital=False)
    fault = asyncio.ensure_future(supervisor.fault())
    for _ in range(3 * MOST_FAILURES):
        await settle(clock)
    assert loop.begun > 2 * MOST_FAILURES
    assert not fault.done()
    fault.cancel()
    await supervisor.close()


async def test_who_says_that_it_is_over_is_believed_at_once() -> None:
    """`CannotGoOn` from a loop is passed on without another try."""
    loop = Loop(1000, CannotGoOn("the database has vanished"))
    supervisor = Supervisor(FakeClock())
    supervisor.start("the loop", loop.run)
    with pytest.raises(CannotGoOn, match="vanished"):
        await asyncio.wait_for(supervisor.fault(), PATIENCE)
    assert loop.begun == 1
    await supervisor.close()


async def test_timers_outlive_failed_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails twice ends nothing: the timer that fell due meanwhile rings afterwards."""
    database, clock = await Database.open(tmp_path / "farside.sqlite3"), FakeClock()
    timers, rung = Timers(database, clock), asyncio.Event()

    async def ring(timer: Timer) -> None:
        await database.write(lambda tx: clear_timer(tx, timer.kind, timer.ref))
        rung.set()

    timers.on("bell", ring)
    await database.write(lambda tx: set_timer(tx, Timer("bell", "one", START)))
    left = [NotRead(), sqlite3.OperationalError("disk I/O error")]
    read = database.read

    async def failing(job: object) -> object:
        if left:
            raise left.pop()
        return await read(job)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "read", failing)
    supervisor = Supervisor(clock)
    supervisor.start("the loop of timers", timers.run)
    async with asyncio.timeout(PATIENCE):
        while not rung.is_set():
            await settle(clock)
    assert not left
    await supervisor.close()
    await database.close()
