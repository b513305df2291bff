"""Several real bots on one real PostgreSQL and one local Discord, and people who play in many servers.

    async with crew(postgres, tmp_path, processes=3, shards=4) as crew:
        await crew.play(kills=6)

What was told, shown and stored is held against each other at the end, as for one process.
"""

import asyncio
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bot.emulator import Emulator
from bot.emulator.client import Desk, Message, Outcome, Refused
from bot.store.postgres.leases import Status, read_status
from tests.bounds import PATIENCE
from tests.cradle import Child, Cradle
from tests.e2e.conftest import OPENAPI, ROOT, TOKEN
from tests.e2e.play import Told, expected
from tests.e2e.rounds import is_closed, is_open, is_standings, round_of
from tests.postgres import PostgreSQL

_LOOK = 0.05
_AT_ONCE = 16  # acts at once: of more a busy machine could not tell whose fault a wait is
_ENDS = 95.0  # seconds after which any round of these games is over
_GOES_ON = 9.0
_FAILED = 4.0  # seconds after which Discord takes no answer
SECONDS = 90


@dataclass
class Member:
    """One process."""

    name: str
    log: Path
    process: asyncio.subprocess.Process | Child
    is_stopped: bool = False


@dataclass
class Waits:
    """How long people waited for answers, and what became of the presses."""

    longest: float = 0.0
    slowest: str = ""
    failed: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)

    def note(self, seconds: float, what: str) -> None:
        """Note one wait."""
        if seconds > self.longest:
            self.longest, self.slowest = seconds, what


class Crew:
    """The processes, their database, and the desk."""

    def __init__(
        self,
        emulator: Emulator,
        desk: Desk,
        url: str,
        folder: Path,
        shards: int,
        cradle: Cradle | None,
        postgres: PostgreSQL,
    ) -> None:
        self._cradle = cradle
        self.postgres = postgres
        self.emulator = emulator
        self.desk = desk
        self.url = url
        self.folder = folder
        self.shards = shards
        self.members: dict[str, Member] = {}
        self.environment: dict[str, str] = {}
        self.told = Told()
        self.waits = Waits()
        self.games: Counter[str] = Counter()
        self.channels: list[str] = []
        self.people: list[str] = []
        self.homes: dict[str, int] = {}
        self.expects_errors = False
        self._made = 0
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    # ------------------------------------------------------------------------------------------- processes

    async def start(self, root: Path = ROOT, **environment: str) -> str:
        """Start one more process, and return its name."""
        self._made += 1
        name = f"m{self._made}"
        log = self.folder / f"{name}.log"
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("DISCORD", "FARSIDE"))}
        whole = {
            **kept,
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_URL": self.emulator.api_url,
            "DISCORD_GATEWAY_URL": self.emulator.gateway_url,
            "FARSIDE_DATABASE": self.url,
            "FARSIDE_CLOCK_FILE": str(self.folder / "clock"),
            "FARSIDE_MEMBER": name,
            **self.environment,
            **environment,
        }
        process: asyncio.subprocess.Process | Child
        if self._cradle is not None:
            process = self._cradle.start(("bot", "run"), root, whole, log)
        else:
            with log.open("ab") as output:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot", "run", cwd=root, stdout=output, stderr=output, env=whole
                )
        self.members[name] = Member(name, log, process)
        return name

    async def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        member = self.members.pop(name)
        member.process.kill()
        await member.process.wait()

    async def stop(self, name: str) -> int:
        """End a process as a service manager would; return its exit status."""
        member = self.members.pop(name)
        member.process.terminate()
        return await asyncio.wait_for(member.process.wait(), PATIENCE)

    def freeze(self, name: str) -> None:
        """Have a process do nothing, as on a host that hangs."""
        self.members[name].is_stopped = True
        self.members[name].process.send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Have it go on."""
        self.members[name].is_stopped = False
        self.members[name].process.send_signal(signal.SIGCONT)

    async def end(self) -> None:
        """End all processes."""
        for member in self.members.values():
            with suppress(ProcessLookupError):
                if member.is_stopped:
                    member.process.send_signal(signal.SIGCONT)
                member.process.terminate()
        for member in self.members.values():
            try:
                await asyncio.wait_for(member.process.wait(), PATIENCE)
            except TimeoutError:
                member.process.kill()
                await member.process.wait()

    def logs(self) -> str:
        """Return what all have written, those that have ended too."""
        return "\n".join(
            f"--- {log.stem}\n{log.read_text(encoding='utf-8')}" for log in sorted(self.folder.glob("m*.log"))
        )

    # ----------------------------------------------------------------------------------------- what is known

    def rows(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Return what the database holds at this moment."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query.replace("?", "%s").encode(), arguments).fetchall()

    def execute(self, statements: str) -> None:
        """Change the database as another program does."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statements.encode())

    def status(self) -> Status:
        """Return what the database says of the cluster."""
        found = read_status(self.url)
        assert found is not None
        return found

    def owner_of(self, home_id: int) -> str | None:
        """Return the process that leads a server."""
        return self.status().shards[(home_id >> 22) % self.shards].member

    async def led(self, by: Callable[[Status], bool] = lambda _: True) -> None:
        """Wait until every shard is led, and connected."""

        async def is_led() -> bool:
            with suppress(psycopg.Error):
                status = await asyncio.to_thread(read_status, self.url)
                if status is None:  # nobody has joined yet
                    return False
                there = {
                    session.shard[0]
                    for session in self.emulator.gateway.sessions.values()
                    if session.socket is not None
                }
                held = Counter(shard.member for shard in status.shards)
                parts = [held[one.name] for one in status.members]
                return (
                    len(there) == self.shards
                    and by(status)
                    and held.keys() <= set(self.members)
                    and max(parts) - min(parts) <= 1
                )
            return False

        await self.wait_for(is_led, "a shard is led by nobody")

    async def wait_for(self, condition: Callable[[], Awaitable[bool]], fault: str) -> float:
        """Wait until something holds; return how long that took."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while not await condition():
            assert loop.time() - begun < PATIENCE, f"{fault}\n{self.logs()[-6000:]}"
            await asyncio.sleep(_LOOK)
        return loop.time() - begun

    # ------------------------------------------------------------------------------------------------ people

    async def gather(self, servers: int, people: int) -> None:
        """Found so many servers, on every shard at least one, with a channel where so many people play."""
        desk = self.desk
        self.people = [desk.you, desk.member, desk.owner]
        await desk.post("/desk/guilds", name="Home", owner=desk.owner, count=servers)
        missing = set(range(self.shards)) - {
            (int(guild) >> 22) % self.shards for guild in self.emulator.world.guilds
        }
        while missing:
            await desk.post("/desk/guilds", name="Home", owner=desk.owner)
            missing -= {(int(guild) >> 22) % self.shards for guild in self.emulator.world.guilds}
        first = next(iter(self.emulator.world.guilds))
        for number in range(len(self.people), people):
            self.people.append(await desk.add_person(f"P{number}", first))
        for guild in list(self.emulator.world.guilds.values()):
            for person in self.people:
                with suppress(Refused):  # who is there already
                    await desk.post("/desk/people", user_id=person, guild_id=guild.id)
        state = await desk.refresh()
        for guild in state["guilds"]:
            channel = next(one for one in guild["channels"] if one["type"] == 0)
            self.channels.append(channel["id"])
            self.homes[channel["id"]] = int(guild["id"])

    def card(self, channel: str) -> Message | None:
        """Return the open round of a channel."""
        return next((m for m in reversed(self.desk.messages(channel)[-12:]) if is_open(m)), None)

    def ended(self, channel: str) -> int:
        """Return how many games a channel has seen the end of."""
        return sum(map(is_standings, self.desk.messages(channel)))

    async def begin(self, channel: str, questions: int) -> None:
        """Start a game as a person does: again when the command failed."""
        for _ in range(4):
            outcome = await self.timed(
                f"start in {self.homes[channel]}",
                self.desk.run(self.desk.owner, channel, "quiz start", questions=questions, seconds=SECONDS),
            )
            has_begun = "A game is running here already" in outcome.text  # though the answer was lost
            if outcome.state == "done" and (has_begun or not outcome.message.is_ephemeral):
                self.games[channel] += 1
                return
        raise AssertionError(f"no game can be started: {outcome}\n{self.logs()[-4000:]}")

    async def timed(self, what: str, act: Awaitable[Outcome]) -> Outcome:
        """Wait for an answer, and note how long that took."""
        loop = asyncio.get_running_loop()
        async with self._at_once:
            begun = loop.time()
            outcome = await act
        self.waits.states[outcome.state] += 1
        if outcome.state == "failed":
            self.waits.failed.append(what)
        else:
            self.waits.note(loop.time() - begun, f"{what}: {outcome.text[:60]}")
        return outcome

    async def press(self, player: str, card: Message, letter: str) -> None:
        """Press a button, and keep what is told."""
        try:
            home = self.homes[card.channel_id]
            outcome = await self.timed(f"press in {home}", self.desk.press(player, card, letter))
        except Refused:
            return  # the card has changed meanwhile
        if outcome.state == "done":
            self.told.note(round_of(card), player, outcome.text)

    async def answer_all(self, dice: random.Random, most: int = 3) -> None:
        """Have somebody answer in each channel that has an open round, all at once."""
        presses = [
            self.press(player, card, dice.choice("AB"))
            for channel in self.channels
            if (card := self.card(channel)) is not None
            for player in dice.sample(self.people, dice.randrange(1, most + 1))
        ]
        await asyncio.gather(*presses)

    async def events(self, count: int) -> None:
        """Wait until so many things more have happened, or nothing does any more."""
        mark = self.desk.mark()
        with suppress(AssertionError):
            await self.desk.until(lambda: len(self.desk.events) >= mark + count, patience=0.3)

    async def moved(self, condition: Callable[[], bool], seconds: float) -> None:
        """Move everybody's clock until something holds."""
        for _ in range(30):
            with suppress(AssertionError):
                await self.desk.until(condition, patience=1.0)
                return
            await self.desk.forward(seconds)
        still = [
            (
                self.homes[c] % 1000,
                bool(self.card(c)),
                self.ended(c),
                self.games[c],
                [m.text[:90] for m in self.desk.messages(c)[-2:]],
            )
            for c in self.channels
        ]
        raise AssertionError(f"the games stand still\n{still}\n{self.logs()[-6000:]}")

    def is_idle(self, channel: str) -> bool:
        """Return whether a channel's game is over."""
        return self.ended(channel) == self.games[channel] and self.card(channel) is None

    async def turn(self, dice: random.Random, *disturbances: Callable[[], Awaitable[None]]) -> None:
        """Play one round in every channel, while one thing after the other goes wrong."""
        for channel in self.channels:
            if self.is_idle(channel):
                await self.begin(channel, dice.randrange(1, 4))
        await self.moved(lambda: all(self.card(c) or self.is_idle(c) for c in self.channels), _GOES_ON)
        cards = [card for channel in self.channels if (card := self.card(channel)) is not None]
        answers = [asyncio.create_task(self.answer_all(dice))]
        for disturb in disturbances:
            await self.events(dice.randrange(0, 12))
            await disturb()
            answers.append(asyncio.create_task(self.answer_all(dice)))
        await asyncio.gather(*answers)
        await self.moved(lambda: all(map(self._is_settled, cards)), _ENDS)

    async def replace_leader(self, channel: str) -> None:
        """Kill the process that leads a channel's server, and have another one join the others."""
        processes, leader = len(self.members), self.owner_of(self.homes[channel])
        assert leader is not None
        await self.kill(leader)
        await self.start()
        await self.led(lambda status: len(status.members) == processes)

    async def _close_all(self, dice: random.Random) -> None:
        cards = [card for channel in self.channels if (card := self.card(channel)) is not None]
        await self.answer_all(dice)
        await self.moved(lambda: all(map(self._is_settled, cards)), _ENDS)

    def _is_settled(self, was: Message) -> bool:
        return all(m.id != was.id or is_closed(m) for m in self.desk.messages(was.channel_id))

    async def finish(self) -> None:
        """Play every game to its end."""
        dice = random.Random(1)
        for _ in range(12):
            if all(map(self.is_idle, self.channels)):
                return
            await self.moved(lambda: all(self.card(c) or self.is_idle(c) for c in self.channels), _GOES_ON)
            await self._close_all(dice)
        raise AssertionError("the games do not end")

    # ------------------------------------------------------------------------------------------ the yardstick

    def lost(self) -> dict[tuple[int, str], str]:
        """Return the answers that somebody was told to be in, and that are not there."""
        kept = {
            (r, str(p)): "ABCDE"[o]
            for r, p, o in self.rows("SELECT round_id, player_id, option FROM answers")
        }
        told = {
            (round_id, player): letter
            for round_id, answers in self.told.answers.items()
            for player, letter in answers.items()
        }
        return {key: letter for key, letter in told.items() if kept.get(key) != letter}

    async def check(self) -> None:
        """Hold channels, answers, scores and boards against what was told."""
        for channel in self.channels:
            shown = self.desk.messages(channel)
            rounds = Counter(round_of(m) for m in shown if is_open(m) or is_closed(m))
            twice = [key for key, count in rounds.items() if count > 1]
            assert not twice, f"rounds stand in the channel twice: {twice}"
            assert not any(map(is_open, shown)), "a round was left open"
            assert self.ended(channel) == self.games[channel]
        assert not (lost := self.lost()), f"answers that were told to be in are not there: {lost}"
        scores = dict(self.rows("SELECT player_id, CAST(sum(points) AS BIGINT) FROM scores GROUP BY 1"))
        wanted: Any = self
        assert scores == expected(wanted), "the scores are not what the answers give"

        async def is_folded() -> bool:
            return self.rows("SELECT count(*) FROM entries") == [(0,)]

        await self.wait_for(is_folded, "answers are not on the boards")
        boards = dict(
            self.rows(
                "SELECT s.player_id, s.points FROM standings s JOIN boards b ON b.home_id = s.home_id"
                " AND b.id = s.board_id WHERE b.home_id = 0 AND b.period = 'all' AND b.topic = ''"
            )
        )
        assert boards == expected(wanted, least_players=2), "the global board is not what the answers give"
        local = dict(
            self.rows(
                "SELECT s.player_id, CAST(sum(s.points) AS BIGINT) FROM standings s JOIN boards b"
                " ON b.home_id = s.home_id AND b.id = s.board_id"
                " WHERE b.home_id <> 0 AND b.period = 'all' AND b.topic = '' GROUP BY 1"
            )
        )
        assert local == expected(wanted), "the servers' boards are not what the answers give"
        deadlocks = self.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert deadlocks == [(0,)], self.postgres.log()


@asynccontextmanager
async def crewed(
    postgres: PostgreSQL,
    folder: Path,
    cradle: Cradle | None,
    *,
    processes: int,
    shards: int,
    servers: int,
    people: int = 3,
    concurrency: int | None = None,
    **environment: str,
) -> AsyncIterator[Crew]:
    """Run so many processes until the block ends; every shard is led when it begins."""
    emulator = Emulator(clock_file=folder / "clock", openapi=OPENAPI)
    await emulator.start()
    try:
        async with Desk.at(emulator) as desk, AsyncExitStack() as stack:
            url = stack.enter_context(postgres.migrated())
            await desk.post("/desk/gateway", shards=shards, max_concurrency=concurrency or shards)
            crew = Crew(emulator, desk, url, folder, shards, cradle, postgres)
            crew.environment = environment
            await crew.gather(servers, people)
            try:
                for _ in range(processes):
                    emulator.parts.limits.forget()  # for what the one before has used each would wait
                    await crew.start()
                    if len(crew.members) == 1:
                        await crew.led()
                await crew.led(lambda status: len(status.members) == processes)
                await desk.commands("quiz")
                yield crew
                problems = await desk.problems()
            finally:
                await crew.end()
    finally:
        await emulator.close()
    assert not problems, problems
    entries = re.split(r"\n(?=--- |\d{4}-\d\d-\d\d )", crew.logs())  # each with its traceback
    errors = [entry for entry in entries if " ERROR " in entry or "Traceback" in entry]
    assert crew.expects_errors or not errors, "\n".join(errors)
