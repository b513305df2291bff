"""Ten thousand schedules of one minute: what the store and the queue take, and how long a press waits.

Run: python -m tests.bench.bench_daily [schedules]

The channel answers at once, so all that is measured is Farside's own. In
earnest Discord's 50 requests a second are what decides how long it takes.
"""

import asyncio
import sys
import tempfile
import time as clock
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace

from bot.quiz.question import Fact, Source, Verdict
from bot.quiz.schedule import NewSchedule, Post, Schedule
from bot.quiz.slots import EVERY_DAY
from bot.services.daily import DailyService
from bot.services.schedules import Almanacs, SchedulesService
from bot.services.timers import Timers
from bot.store.database import Database
from tests.fakes import FakeClock

EVENING = datetime(2026, 3, 1, 20, tzinfo=UTC)


class Channel:
    """Takes every post at once."""

    def __init__(self) -> None:
        self.count = 0

    async def post(self, post: Post, fact: Fact, *, is_late: bool) -> int:
        """Count a post."""
        self.count += 1
        return self.count

    async def announce(self, post: Post, *, is_late: bool) -> int:
        """Count an announcement."""
        self.count += 1
        return self.count

    async def find(self, post: Post) -> int | None:
        """Find nothing: nothing was tried before."""
        return None

    async def tell_stopped(self, schedule: Schedule) -> bool:
        """Tell nobody: nothing stops."""
        return True


async def measure(schedules: int, folder: Path) -> None:
    """Print the figures."""
    source = Source("An article", "A paper", "2019", (1,), Verdict.SUPPORTED)
    facts = {f"f{n}": Fact(f"f{n}", "moon", 1, f"Statement {n}.", "", source) for n in range(80)}
    database = await Database.open(folder / "farside.sqlite3")
    fake, channel = FakeClock(EVENING), Channel()
    timers = Timers(database, fake)
    almanacs = Almanacs(SimpleNamespace(bank=SimpleNamespace(facts=facts, topics={})))
    schedules_service = SchedulesService(database, fake, timers, almanacs)
    DailyService(database, fake, timers, almanacs, channel)
    await asyncio.gather(
        *(
            schedules_service.add(NewSchedule(guild, guild, guild, time(9), EVERY_DAY, None, None, 1))
            for guild in range(1, schedules + 1)
        )
    )
    loop = asyncio.create_task(timers.run())
    cpu, wall, waits = clock.process_time(), clock.perf_counter(), []
    await fake.forward(timedelta(hours=13))
    while channel.count < schedules:
        begun = clock.perf_counter()
        await database.write(lambda tx: tx.execute("UPDATE notes SET value = '' WHERE name = ''"))
        waits.append(clock.perf_counter() - begun)
        await asyncio.sleep(0.005)
    cpu, wall = clock.process_time() - cpu, clock.perf_counter() - wall
    waits.sort()
    print(f"{schedules} posts of one minute: {wall:.1f} s, {cpu / schedules * 1e3:.2f} ms of CPU a post")
    print(
        f"a commit beside them waits {waits[len(waits) // 2] * 1e3:.0f} ms at the median,"
        f" {waits[int(len(waits) * 0.99)] * 1e3:.0f} ms at p99, {waits[-1] * 1e3:.0f} ms at worst"
    )
    loop.cancel()
    with suppress(asyncio.CancelledError):
        await loop
    await database.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, Path(place)))
