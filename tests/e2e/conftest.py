"""The real bot, in a process of its own, against a local Discord on loopback.

    async def test_something(farside: Farside) -> None:
        quiz = farside.desk.channel("quiz")
        await farside.desk.run(farside.desk.you, quiz, "quiz start", questions=1)
        await farside.kill()          # kill -9
        await farside.restart()       # on the same database
        await farside.forward(60)     # the clock of both jumps

The bot's words on stderr are in `farside.log()`; a test that leaves an error there fails.
"""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.emulator import Emulator
from bot.emulator.client import PATIENCE, Desk
from bot.emulator.openapi import OpenApi
from tests.cradle import Child, Cradle, opened

ROOT = Path(__file__).parents[2]
COMMANDS = ("quiz",)
_GENTLY = 8.0  # seconds to end by oneself
_LOOK = 0.02  # seconds between two looks at what tells nobody that it has changed
TOKEN = "MTIz.farside.test"
AS_BOT = {"Authorization": f"Bot {TOKEN}", "User-Agent": "DiscordBot (https://example.com, 1)"}
_BESIDE = ROOT.parent / "shared" / "discord" / "openapi.json"
_NAMED = Path(os.environ.get("FARSIDE_OPENAPI", _BESIDE))
# Where it is at hand, every request is held against it; reading it takes a tenth of a second.
OPENAPI = OpenApi(_NAMED) if _NAMED.is_file() else None


class Farside:
    """The bot process, its database, and the desk of its local Discord."""

    def __init__(self, emulator: Emulator, desk: Desk, folder: Path, cradle: Cradle | None = None) -> None:
        self.emulator = emulator
        self._cradle = cradle
        self.desk = desk
        self.database = folder / "farside.sqlite3"
        self.clock_file = folder / "clock"
        self.expects_errors = False  # set by a test that provokes some
        self._log = folder / "bot.log"
        self._process: asyncio.subprocess.Process | Child | None = None
        self.environment: dict[str, str] = {}

    async def start(self, *, wait: bool = True) -> None:
        """Start the bot; return when it is connected and its commands are there.

        What the one before has used up of Discord's limits counts no more: each would wait for seconds.
        """
        self.emulator.parts.limits.forget()
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("DISCORD", "FARSIDE"))
            },
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_URL": self.emulator.api_url,
            "DISCORD_GATEWAY_URL": self.emulator.gateway_url,
            "FARSIDE_DATABASE": str(self.database),
            "FARSIDE_CLOCK_FILE": str(self.clock_file),
            "FARSIDE_GET_READY": "0",
            **self.environment,
        }
        if self._cradle is not None:
            self._process = self._cradle.start(("bot", "run"), ROOT, environment, self._log)
        else:
            with self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment, stdout=log, stderr=log
                )
        if wait:
            await self.desk.online()
            await self.desk.commands(*COMMANDS)

    @property
    def is_running(self) -> bool:
        """Tell whether the process is there."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """Return the process's id."""
        assert self._process is not None
        return self._process.pid

    async def kill(self) -> None:
        """End the bot as a power cut would."""
        await self._end("kill")

    async def stop(self) -> int:
        """End the bot as a service manager would; return its exit status."""
        return await self._end("terminate")

    async def ended(self) -> int:
        """Wait until the bot has ended by itself; return its exit status."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), PATIENCE)

    async def restart(self) -> None:
        """Start the bot again on the same database."""
        await self.start()

    async def _end(self, how: str) -> int:
        assert self._process is not None
        if self._process.returncode is None:
            getattr(self._process, how)()
        status = await self._process.wait()
        await self.desk.online(is_online=False)
        return status

    async def forward(self, seconds: float) -> None:
        """Move the clock of the bot and of its Discord."""
        await self.desk.forward(seconds)

    def rows(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Return what the database holds at this moment."""
        with closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            return connection.execute(query, arguments).fetchall()

    async def pass_until(self, holds: Callable[[], bool]) -> None:
        """Let second after second pass until `holds()` is true of the database or the log."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await self.forward(1)
                await asyncio.sleep(_LOOK)

    async def until(self, holds: Callable[[], bool], *, patience: float = PATIENCE) -> None:
        """Return once `holds()` is true of the database or the log; nothing tells when they change."""
        try:
            async with asyncio.timeout(patience):
                while not holds():
                    await asyncio.sleep(_LOOK)
        except TimeoutError:
            raise AssertionError(f"waited {patience} s in vain:\n{self.log()[-2000:]}") from None

    def log(self) -> str:
        """Return what the bot has written to stderr."""
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    async def end(self) -> None:
        """End the bot when it still runs; gently where it is measured, for else nothing is written."""
        if self._process is not None and self._process.returncode is None:
            if "COVERAGE_PROCESS_CONFIG" in os.environ:
                self._process.terminate()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._process.wait(), _GENTLY)
            if self._process.returncode is None:
                self._process.kill()
            await self._process.wait()


@pytest.fixture(scope="session", autouse=True)
def cradle() -> Iterator[Cradle | None]:
    """Where bots start quickly."""
    with opened() as cradle:
        yield cradle


@pytest.fixture
async def farside(tmp_path: Path, cradle: Cradle | None) -> AsyncIterator[Farside]:
    """A bot that is connected to a local Discord of its own."""
    emulator = Emulator(clock_file=tmp_path / "clock", openapi=OPENAPI)
    await emulator.start()
    try:
        async with Desk.at(emulator) as desk:
            bot = Farside(emulator, desk, tmp_path, cradle)
            try:
                await bot.start()
                yield bot
                problems = await desk.problems()
            finally:
                await bot.end()
    finally:
        await emulator.close()
    assert not problems, problems
    if not bot.expects_errors:
        assert "ERROR" not in bot.log(), bot.log()
    assert "py.warnings" not in bot.log(), bot.log()  # of a library, which an operator can do nothing about
