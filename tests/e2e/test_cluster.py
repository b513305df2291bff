"""Several processes on one PostgreSQL: whatever becomes of them, nothing told is lost or doubled.

FARSIDE_KILLS=200 makes the run of random kills a long one, with four processes and eight shards.
"""

import asyncio
import os
import random
from pathlib import Path

import pytest

from tests.e2e.crew import Crew, crewed, playing
from tests.postgres import PostgreSQL

pytest.importorskip("psycopg")

KILLS = int(os.environ.get("FARSIDE_KILLS", "3"))
SEED = int(os.environ.get("FARSIDE_SEED", "4"))
_LONG = KILLS > 20
_WORST = 1.0  # seconds that anybody may wait for an answer
_LEASE = 3.0


async def test_random_kills(postgres: PostgreSQL, tmp_path: Path) -> None:
    """`kill -9` at random moments: the others go on with all games, and nobody waits for long."""
    dice = random.Random(SEED)
    processes, shards = (4, 8) if _LONG else (3, 4)
    async with crewed(postgres, tmp_path, processes=processes, shards=shards, servers=6) as crew:

        async def kill_one() -> None:
            await crew.kill(dice.choice([*crew.members]))
            await crew.led()

        for _ in range(KILLS):
            await crew.turn(dice, kill_one)
            await crew.start()
            await crew.led(lambda status: len(status.members) == processes)
        await crew.finish()
        await crew.check()
        _report(crew, f"{KILLS} kills")
        assert not crew.waits.failed, crew.waits.failed
        assert crew.waits.longest < _WORST, f"{crew.waits.longest}\n{crew.logs()[-8000:]}"


async def test_stopped_in_turn(postgres: PostgreSQL, tmp_path: Path) -> None:
    """SIGTERM, one after the other, with a new one each time: no press is unanswered, no session begun."""
    dice = random.Random(SEED)
    async with playing(postgres, tmp_path) as crew:
        before = (await crew.desk.get("/desk/sessions"))["gateway"]["session_start_limit"]["remaining"]

        async def replace_one() -> None:
            oldest = next(iter(crew.members))
            assert await crew.stop(oldest) == 0
            await crew.led()

        for _ in range(3):
            await crew.turn(dice, replace_one)
            await crew.start()
            await crew.led(lambda status: len(status.members) == 3)
        await crew.finish()
        await crew.check()
        _report(crew, "3 x SIGTERM")
        assert not crew.waits.failed, crew.waits.failed
        assert crew.waits.longest < _WORST, f"{crew.waits.longest}\n{crew.logs()[-8000:]}"
        after = (await crew.desk.get("/desk/sessions"))["gateway"]["session_start_limit"]["remaining"]
        assert after == before, "a session was begun anew"


async def test_a_host_that_hangs(postgres: PostgreSQL, tmp_path: Path) -> None:
    """Stopped for longer than its lease: others take over then, and what it wakes with is refused."""
    dice = random.Random(SEED)
    async with playing(postgres, tmp_path) as crew:
        crew.expects_errors = True  # whoever was frozen says what it has lost
        victim = crew.owner_of(crew.homes[crew.channels[0]])
        assert victim is not None

        async def hang() -> None:
            crew.freeze(victim)

            async def is_taken_over() -> bool:
                shards = (await asyncio.to_thread(crew.status)).shards
                return all(shard.member not in (None, victim) for shard in shards)

            took = await crew.wait_for(is_taken_over, "nobody takes over")
            print(f"taken over after {took:.2f} s")
            assert took <= _LEASE + 0.5

        await crew.turn(dice, hang)
        crew.thaw(victim)
        await crew.led(lambda status: len(status.members) == 3)
        await crew.turn(dice)
        await crew.finish()
        await crew.check()
        _report(crew, "a host that hung")


async def test_the_database_is_killed(postgres: PostgreSQL, tmp_path: Path) -> None:
    """PostgreSQL is gone and back at once: every press is answered, and nobody takes what is not free."""
    dice = random.Random(SEED)
    async with playing(postgres, tmp_path) as crew:
        crew.expects_errors = True
        before = {shard.shard: (shard.member, shard.epoch) for shard in crew.status().shards}

        async def restart() -> None:
            await asyncio.to_thread(postgres.restart)

        await crew.turn(dice, restart)
        await crew.led()
        await crew.finish()
        await crew.check()
        _report(crew, "PostgreSQL restarted")
        assert not crew.waits.failed, crew.waits.failed
        after = {shard.shard: (shard.member, shard.epoch) for shard in crew.status().shards}
        assert after == before, "shards were taken from processes that live"


async def test_sessions_begin_in_turn(postgres: PostgreSQL, tmp_path: Path) -> None:
    """Of one bucket nobody identifies within five seconds of another, in whichever process."""
    async with crewed(
        postgres, tmp_path, processes=2, shards=2, servers=2, concurrency=1, FARSIDE_LOG_LEVEL="INFO"
    ) as crew:
        told = [entry["event"] for entry in await crew.desk.log() if entry["kind"] == "gateway"]
        assert not [line for line in told if "too early" in line]
        assert sum(line.startswith("identify") for line in told) == 2


def _report(crew: Crew, what: str) -> None:
    """Say what was seen: with `-s`, or when a test fails."""
    told = sum(map(len, crew.told.answers.values()))
    waits = crew.waits
    print(f"{what}: {told} answers told, {dict(waits.states)}; longest wait {waits.longest:.2f} s")
    print(waits.slowest)
