"""Timers on a real database and a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest

from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.timers import Timer, clear_timer, set_timer
from tests.bounds import PATIENCE
from tests.engines import Where
from tests.fakes import START, FakeClock

MINUTE = timedelta(minutes=1)


class Bell:
    """Rings for each timer, and clears it as a handler must."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.rung: asyncio.Queue[str] = asyncio.Queue()
        self.failures = 0

    async def ring(self, timer: Timer) -> None:
        """Note the timer and remove its row."""
        if self.failures:
            self.failures -= 1
            self.rung.put_nowait(f"{timer.ref} failed")
            raise RuntimeError("no bell")
        await self._database.write(lambda tx: clear_timer(tx, timer.kind, timer.ref))
        self.rung.put_nowait(timer.ref)

    async def next(self) -> str:
        """Return the next ring."""
        return await asyncio.wait_for(self.rung.get(), PATIENCE)


class World:
    """A database, a clock and the loop at work on them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.timers = Timers(database, self.clock)
        self.bell = Bell(database)
        self.timers.on("bell", self.bell.ring)

    async def set(self, ref: str, minutes: float) -> None:
        """Store a timer that is due in so many minutes, and tell the loop."""
        timer = Timer("bell", ref, START + minutes * MINUTE)
        await self.database.write(lambda tx: set_timer(tx, timer))
        self.timers.notice(timer.due_at)


@pytest.fixture
async def world(where: Where) -> AsyncIterator[World]:
    """The loop, running."""
    database = await Database.open(where)
    world = World(database)
    loop = asyncio.create_task(world.timers.run())
    yield world
    loop.cancel()
    with suppress(asyncio.CancelledError):
        await loop
    await database.close()


async def test_timers_fire_in_their_order(world: World) -> None:
    """A timer fires when its instant comes, also when it was set after a later one."""
    await world.set("late", 10)
    await world.set("early", 1)
    await world.clock.forward(MINUTE)
    assert await world.bell.next() == "early"
    assert world.bell.rung.empty()
    await world.clock.forward(9 * MINUTE)
    assert await world.bell.next() == "late"


async def test_a_timer_that_is_past_fires_at_once(world: World) -> None:
    """What came due while the program was down fires at start, in the order in which it was due."""
    await world.set("older", -60)
    assert await world.bell.next() == "older"


async def test_a_failing_handler_is_called_again(world: World) -> None:
    """A timer whose handler raises stays stored and fires again a little later; others are not held up."""
    world.bell.failures = 1
    await world.set("a", 0)
    assert await world.bell.next() == "a failed"
    await world.set("b", 0)
    assert await world.bell.next() == "b"
    while world.bell.rung.empty():
        await world.clock.forward(timedelta(seconds=1))
        await world.database.read(lambda tx: None)
    assert await world.bell.next() == "a"


async def test_many_at_the_same_instant_all_fire_once(world: World) -> None:
    """A thousand timers due together fire once each, none twice."""
    timers = [Timer("bell", str(i), START + MINUTE) for i in range(1000)]
    await asyncio.gather(*(world.database.write(partial(set_timer, timer=timer)) for timer in timers))
    world.timers.notice(START + MINUTE)
    await world.clock.forward(MINUTE)
    rung = [await world.bell.next() for _ in timers]
    assert sorted(rung, key=int) == [timer.ref for timer in timers]
    assert world.bell.rung.empty()
