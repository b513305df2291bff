"""What the benchmarks share: a local Discord and bots, each in a process of its own.

Everything is on loopback and ends with the `with` block that began it.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, Self

import aiohttp
import psutil

ROOT = Path(__file__).parents[2]
# Installed packages are compiled once; what is measured in a checkout is to be compiled once, too.
ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class LocalDiscord:
    """The emulator in its own process, and its desk."""

    def __init__(self, process: subprocess.Popen[str], addresses: dict[str, str]) -> None:
        self._process = process
        self.addresses = addresses
        self._session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {addresses['secret']}"})

    @classmethod
    async def start(cls, *options: str) -> Self:
        """Start it and wait until it has told its addresses."""
        command = [sys.executable, "-m", "bot.emulator", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: ASYNC220 - at once
        assert process.stdout is not None
        line = await asyncio.to_thread(process.stdout.readline)
        return cls(process, json.loads(line))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        self._process.terminate()
        await asyncio.to_thread(self._process.wait, 10)

    async def post(self, path: str, **body: Any) -> Any:
        """Ask something of the desk."""
        url = f"{self.addresses['url']}/desk/{path}"
        async with self._session.post(url, json=body, timeout=aiohttp.ClientTimeout(total=300)) as response:
            answer = await response.json()
            assert response.status == 200, f"{path}: {answer}"
            return answer

    async def get(self, path: str, **query: str) -> Any:
        """Read something from the desk."""
        async with self._session.get(f"{self.addresses['url']}/desk/{path}", params=query) as response:
            answer = await response.json()
            assert response.status == 200, f"{path}: {answer}"
            return answer

    async def state(self) -> Any:
        """Return the world as a member sees it."""
        people = (await self.get("state"))["users"]
        person = next(user["id"] for user in people if not user.get("bot"))
        return await self.get("state", **{"as": person})

    async def wait_for(self, look: Callable[[], Any], what: str, seconds: float = 30) -> Any:
        """Return what the async `look` returns as soon as it is true."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := await look():
                return found
            await asyncio.sleep(0.02)
        raise TimeoutError(what)


class Addressed(Protocol):
    """Anything that a bot can be pointed at."""

    @property
    def addresses(self) -> dict[str, str]:
        """Return its `api_url` and `gateway_url`."""
        ...


class Bot:
    """A bot process, and what it costs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._ps = psutil.Process(process.pid)

    @property
    def cpu(self) -> float:
        """Seconds of processor time used so far, all threads."""
        times = self._ps.cpu_times()
        return float(times.user + times.system)

    @property
    def memory(self) -> float:
        """Resident megabytes."""
        return float(self._ps.memory_info().rss) / 1_000_000

    def line(self) -> str:
        """Return the next line that the bot prints."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()


class Machine:
    """What other programs take of the machine's processors, from now on."""

    def __init__(self) -> None:
        self._began, self._busy, self._ours = time.perf_counter(), *self._used()

    @staticmethod
    def _used() -> tuple[float, float]:
        """Return the seconds that all programs have used, and those of this one and what it has started."""
        times = psutil.cpu_times()
        mine = psutil.Process()
        ours = [process.cpu_times() for process in (mine, *mine.children(recursive=True))]
        ended = mine.cpu_times()
        return (
            sum(times) - times.idle - times.iowait,
            sum(used.user + used.system for used in ours) + ended.children_user + ended.children_system,
        )

    def share_of_others(self) -> float:
        """Return the share of all processors that the others have taken, 0 to 1."""
        seconds = time.perf_counter() - self._began
        busy, ours = self._used()
        taken = (busy - self._busy) - (ours - self._ours)
        return max(0.0, taken / (seconds * (psutil.cpu_count() or 1)))


@contextmanager
def bot_process(discord: Addressed, *command: str, **environ: str) -> Iterator[Bot]:
    """Run `python COMMAND...` as a bot of that Discord."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get("BENCH_LOG") else subprocess.DEVNULL,
        text=True,
        env={
            **ENVIRON,
            "DISCORD_TOKEN": "bench",
            "DISCORD_API_URL": discord.addresses["api_url"],
            "DISCORD_GATEWAY_URL": discord.addresses["gateway_url"],
            **environ,
        },
    )
    try:
        yield Bot(process)
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def farside(discord: Addressed, **environ: str) -> Iterator[Bot]:
    """Run Farside itself on a fresh database."""
    with (
        tempfile.TemporaryDirectory() as folder,
        bot_process(
            discord, "-m", "bot", "run", FARSIDE_DATABASE=f"{folder}/farside.sqlite3", **environ
        ) as bot,
    ):
        yield bot


def bare(discord: Addressed, channel: str) -> Any:
    """Run the bare bot in that channel (a context manager)."""
    return bot_process(discord, str(Path(__file__).with_name("bare_bot.py")), BARE_CHANNEL=channel)
