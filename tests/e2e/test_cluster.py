"""Several processes on one PostgreSQL: whatever becomes of them, nothing told is lost or doubled.

FARSIDE_KILLS=200 adds a long run of random kills, with four processes and eight shards.
"""

import asyncio
import os
import random
from pathlib import Path

import aiohttp
import pytest

from bot.emulator.client import Message
from tests.cradle import Cradle
from tests.e2e.crew import Crew, crewed
from tests.e2e.rounds import answer_alone
from tests.postgres import PostgreSQL, free_port

pytest.importorskip("psycopg")

KILLS = int(os.environ.get("FARSIDE_KILLS", "0"))
SEED = int(os.environ.get("FARSIDE_SEED", "4"))
GAMES = int(os.environ.get("FARSIDE_GAMES", "24"))  # 160 for the long run
_LEASE = 3.0
_A_TURN = 4  # kills while a round is open
_PRESSES = 500  # while the database comes and goes
# Seconds that anybody may wait: Discord's own three where cores are shared, one where they are not.
_WORST = float(os.environ.get("FARSIDE_WORST", "3"))


async def test_whatever_becomes_of_them(postgres: PostgreSQL, tmp_path: Path, cradle: Cradle | None) -> None:
    """Killed, stopped, hung, without a database: the others go on, and everybody is answered."""
    dice = random.Random(SEED)
    async with crewed(postgres, tmp_path, cradle, processes=3, shards=4, servers=5) as crew:
        crew.expects_errors = True  # whoever is frozen or loses the database says so

        async def kill_one() -> None:
            await crew.kill(dice.choice([*crew.members]))

        async def stop_one() -> None:
            assert await crew.stop(next(iter(crew.members))) == 0

        async def restart() -> None:
            await asyncio.to_thread(postgres.restart)

        begun = await _sessions_left(crew)
        for disturb in (kill_one, stop_one, restart):
            await crew.turn(dice, disturb)
            if len(crew.members) < 3:
                await crew.start()
            await crew.led(lambda status: len(status.members) == 3)
        _report(crew, "killed, stopped, without a database")
        assert not crew.waits.failed, crew.waits.failed
        assert crew.waits.longest < _WORST, f"{crew.waits.slowest}\n{crew.logs()[-8000:]}"
        assert await _sessions_left(crew) == begun, "a session was begun where one could be taken up"
        await _loses_the_database(crew, postgres)
        await _hangs(crew, dice)
        await crew.finish()
        await crew.check()


async def _loses_the_database(crew: Crew, postgres: PostgreSQL) -> None:
    """Without a database for longer than a lease nobody takes presses; then all goes on by itself."""
    before = {shard.shard: shard.member for shard in crew.status().shards}

    async def is_deaf() -> bool:
        return not any(session.socket for session in crew.emulator.gateway.sessions.values())

    await asyncio.to_thread(postgres.stop)
    took = await crew.wait_for(is_deaf, "presses are taken though nothing can be stored")
    print(f"without a database nobody listens after {took:.2f} s")
    assert took < _LEASE + _WORST / 2
    await asyncio.to_thread(postgres.start)
    await crew.led(lambda status: len(status.members) == 3)
    after = {shard.shard: shard.member for shard in crew.status().shards}
    assert after == before, "shards were taken from processes that live"


async def _hangs(crew: Crew, dice: random.Random) -> None:
    """Freeze a process for longer than its lease: what it wakes with is refused, and it joins again."""
    victim = crew.owner_of(crew.homes[crew.channels[0]])
    assert victim is not None

    async def is_taken_over() -> bool:
        shards = (await asyncio.to_thread(crew.status)).shards
        return all(shard.member not in (None, victim) for shard in shards)

    async def hang() -> None:
        crew.freeze(victim)
        took = await crew.wait_for(is_taken_over, "nobody takes over")
        print(f"a hung process was followed after {took:.2f} s")
        assert _LEASE * 0.8 < took <= _LEASE + _WORST / 2

    await crew.turn(dice, hang)
    crew.thaw(victim)
    await crew.led(lambda status: len(status.members) == 3)
    await crew.turn(dice)


async def test_sessions_begin_in_turn_and_one_stands_by(
    postgres: PostgreSQL, tmp_path: Path, cradle: Cradle | None
) -> None:
    """Of one bucket nobody identifies within five seconds of another; who has no shard stands by."""
    async with crewed(postgres, tmp_path, cradle, processes=2, shards=2, servers=2, concurrency=1) as crew:
        told = [entry["event"] for entry in await crew.desk.log() if entry["kind"] == "gateway"]
        assert not [line for line in told if "too early" in line]
        assert sum(line.startswith("identify") for line in told) == 2
        port = free_port()
        third = await crew.start(FARSIDE_HTTP=f"127.0.0.1:{port}")
        await crew.led(lambda status: len(status.members) == 3)
        [standby] = [one for one in crew.status().members if not one.shards]
        assert standby.name == third
        async with aiohttp.ClientSession() as session:

            async def is_ready() -> bool:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    return (answer.status, await answer.text()) == (200, "ok\n")

            await crew.wait_for(is_ready, "who stands by does not say that it is ready")
        first, _ = [*crew.members][:2]
        await crew.kill(first)
        await crew.led(lambda status: len(status.members) == 2)
        assert [one.name for one in crew.status().members if one.shards].count(third) == 1


async def test_a_release_beside_the_next(postgres: PostgreSQL, tmp_path: Path, cradle: Cradle | None) -> None:
    """A newer release has migrated and sent its commands: this one plays on and takes neither back."""
    dice = random.Random(SEED)
    async with crewed(postgres, tmp_path, cradle, processes=2, shards=2, servers=2) as crew:
        crew.execute(
            "ALTER TABLE games ADD COLUMN of_the_next_release BIGINT;"
            " INSERT INTO schema_versions (number, readable_from)"
            " SELECT max(number) + 1, max(number) FROM schema_versions;"
            " UPDATE notes SET value = '999.0' WHERE name = 'release of the commands';"
            " UPDATE notes SET value = 'of the next release' WHERE name = 'commands synced'"
        )
        sent = await _commands_sent(crew)

        async def replace_one() -> None:
            await crew.stop(next(iter(crew.members)))

        for _ in range(2):
            await crew.turn(dice, replace_one)
            await crew.start()
            await crew.led(lambda status: len(status.members) == 2)
        await crew.finish()
        await crew.check()
        assert not crew.waits.failed, crew.waits.failed
        assert await _commands_sent(crew) == sent, "an older release has sent its commands"
        assert crew.rows("SELECT value FROM notes WHERE name = 'commands synced'") == [
            ("of the next release",)
        ]
        crew.execute("UPDATE notes SET value = '0.0.1' WHERE name = 'release of the commands'")
        leader = crew.status().shards[0].member
        assert leader is not None
        await crew.kill(leader)

        async def is_sent() -> bool:
            return await _commands_sent(crew) > sent

        await crew.wait_for(is_sent, "who leads shard 0 by now does not send the commands")


async def test_many_games(postgres: PostgreSQL, tmp_path: Path, cradle: Cradle | None) -> None:
    """However many games go on at once, all processes together ask Discord no more often than it allows."""
    async with crewed(postgres, tmp_path, cradle, processes=3, shards=4, servers=4) as crew:
        channels = []
        for guild in list(crew.emulator.world.guilds):
            channels += [
                (guild, channel) for channel in await crew.desk.add_channels("more", GAMES // 4, guild)
            ]
        for guild, channel in channels:
            crew.channels.append(channel)
            crew.homes[channel] = int(guild)
        await asyncio.gather(*(crew.begin(channel, 2) for channel in crew.channels))
        await crew.finish()
        limited = [entry for entry in await crew.desk.log() if entry.get("status") == 429]
        routes = {entry["path"] for entry in limited} - {"/gateway/bot"}
        assert not routes, routes
        await crew.check()


@pytest.mark.skipif(not KILLS, reason="FARSIDE_KILLS=200 kills at random moments")
async def test_random_kills(postgres: PostgreSQL, tmp_path: Path, cradle: Cradle | None) -> None:
    """`kill -9` at random moments: the others go on with all games, and nobody waits for long."""
    dice = random.Random(SEED)
    async with crewed(postgres, tmp_path, cradle, processes=4, shards=8, servers=6, people=12) as crew:

        async def kill_one() -> None:
            await crew.led(lambda status: len(status.members) >= 3)
            await crew.kill(dice.choice([*crew.members]))
            await crew.start()

        for kills in range(_A_TURN, KILLS + _A_TURN, _A_TURN):
            await crew.turn(dice, *[kill_one] * _A_TURN)
            assert not crew.lost(), crew.lost()
            _report(crew, f"{kills} kills")
        await crew.finish()
        await crew.check()
        _report(crew, f"{KILLS} kills")
        assert not crew.waits.failed, crew.waits.failed
        assert crew.waits.longest < _WORST, f"{crew.waits.slowest}\n{crew.logs()[-8000:]}"


async def test_a_quiz_night_whose_process_dies_at_every_step(
    postgres: PostgreSQL, tmp_path: Path, cradle: Cradle | None
) -> None:
    """Announced, reminded of, played and ended once, each step by another process; its event goes with it."""
    async with crewed(postgres, tmp_path, cradle, processes=2, shards=2, servers=2) as crew:
        desk, channel = crew.desk, crew.channels[0]
        await desk.post("/desk/permissions", give=["create_events"])

        async def until(words: str) -> Message:
            await crew.moved(lambda: any(words in m.text for m in desk.messages(channel)), 20)
            return next(m for m in reversed(desk.messages(channel)) if words in m.text)

        await desk.run(desk.owner, channel, "config defaults", questions=1, seconds=30)
        said = await desk.run(desk.owner, channel, "quiz night", time="in 30 minutes", rounds=2)
        assert "is announced" in said.text
        card = await until("## Quiz night")
        assert "You are on the list" in (await desk.press(desk.member, card, "I'm coming")).text
        await crew.replace_leader(channel)
        await desk.forward(21 * 60)
        await until("The quiz night begins")
        await crew.replace_leader(channel)
        await desk.forward(10 * 60)
        for number in (1, 2):
            await crew.moved(lambda: crew.card(channel) is not None, 20)
            seen = crew.card(channel)
            assert seen is not None
            await crew.replace_leader(channel)
            await desk.press(desk.member, seen, "A")
            if number == 1:
                await until("Break after round 1 of 2")
                await crew.replace_leader(channel)
        await until("The quiz night is over")
        await crew.replace_leader(channel)
        cards = crew.rows("SELECT step, is_settled FROM night_cards ORDER BY step")
        assert cards == [(step, 1) for step in (0, 1, 11, 99)]
        shown = [m for m in desk.messages(channel) if "uiz night" in m.text or "Break after" in m.text]
        assert len(shown) == 4
        assert crew.ended(channel) == 2

        async def is_gone() -> bool:
            return not any(guild.events for guild in crew.emulator.world.guilds.values())

        await crew.wait_for(is_gone, "the event of a night that is over stays")


async def test_a_challenge_and_a_duel_whose_process_dies_at_every_step(
    postgres: PostgreSQL, tmp_path: Path, cradle: Cradle | None
) -> None:
    """Played in two servers in turn, each led by another process: every answer counts, once, and both end."""
    async with crewed(postgres, tmp_path, cradle, processes=2, shards=2, servers=2) as crew:
        desk, (here, there) = crew.desk, crew.channels[:2]

        async def card(words: str) -> Message:
            return await desk.shown(here, lambda m: words in m.text and "⚔️" in m.text)

        for channel in (here, there, here, there, here):
            question = (await desk.run(desk.you, channel, "daily play")).message
            if "Next question" in question.labels:
                question = (await desk.press(desk.you, question, "Next question")).message
            assert "**Right**" in (await answer_alone(crew, desk.you, question)).text
            await crew.replace_leader(here)
        assert crew.rows("SELECT marks FROM attempts") == [("rrrrr",)]
        assert crew.rows("SELECT days, total FROM streaks") == [(1, 1)]
        assert "5 of 5 right" in (await desk.run(desk.you, here, "daily play")).text
        assert "**5 of 5**" in (await desk.run(desk.you, here, "daily board")).text
        await desk.run(desk.you, here, "duel", user=desk.member, questions=2)
        await crew.replace_leader(here)
        await desk.press(desk.member, await card("to a duel"), "Accept")
        await crew.replace_leader(here)
        for player in (desk.you, desk.member):
            question = (await desk.press(player, await card("of 2\n"), "Play")).message
            answered = await answer_alone(crew, player, question)
            await crew.replace_leader(here)
            question = (await desk.press(player, answered.message, "Next question")).message
            await answer_alone(crew, player, question)
        await crew.replace_leader(here)
        assert "2 of 2 right" in (await card("A draw")).text
        assert crew.rows("SELECT count(*) FROM games") == [(3,)]


@pytest.mark.skipif(not KILLS, reason="FARSIDE_KILLS=200 takes the database away again and again")
async def test_a_database_that_comes_and_goes(
    postgres: PostgreSQL, tmp_path: Path, cradle: Cradle | None
) -> None:
    """PostgreSQL is killed and back in a second while people press, five hundred times: all are answered."""
    dice = random.Random(SEED)
    async with crewed(postgres, tmp_path, cradle, processes=3, shards=4, servers=6, people=12) as crew:
        crew.expects_errors = True  # what the database answers while it starts

        async def restart() -> None:
            await asyncio.to_thread(postgres.restart)

        while crew.waits.states.total() < _PRESSES:
            await crew.turn(dice, restart)
        await crew.finish()
        await crew.check()
        _report(crew, "the database came and went")
        assert not crew.waits.failed, crew.waits.failed


async def _commands_sent(crew: Crew) -> int:
    """Return how often Discord was sent the commands."""
    return sum(one["method"] == "PUT" for one in await crew.desk.log() if one["kind"] == "rest")


async def _sessions_left(crew: Crew) -> int:
    left: int = (await crew.desk.get("/desk/sessions"))["gateway"]["session_start_limit"]["remaining"]
    return left


def _report(crew: Crew, what: str) -> None:
    """Say what was seen: with `-s`, or when a test fails."""
    told = sum(map(len, crew.told.answers.values()))
    waits = crew.waits
    print(f"{what}: {told} answers told, {dict(waits.states)}; longest wait {waits.longest:.2f} s")
    print(waits.slowest, flush=True)
