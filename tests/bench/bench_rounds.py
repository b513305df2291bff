"""Rounds: starting up, opening games, holding many open, closing them on time.

    uv run python -m tests.bench.bench_rounds [--starts 9] [--rounds 5000] [--together 200]

A part whose number is 0 is left out; 5,000 rounds take six minutes. Start-up
is measured beside a bare bot in turn, both compiled before (two starts that do
not count); memory against the same process before its first round. Lateness is
the time from a round's end to the arrival of its result at the local Discord,
both read from one clock; the moment that presses on their way are waited for
is part of it. Discord takes 50 requests a second and Farside allows itself 47,
less while requests are slow to be answered, so rounds open, and therefore
close, at 30 a second; of `--together` rounds that end at the same moment the
n-th can be shown after n/47 s at the earliest, and lateness is counted from there.
"""

import argparse
import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from tests.bench.local import Bot, LocalDiscord, Machine, bare, farside

PER_SECOND = 47  # requests that Farside allows itself
PACE = 30  # rounds opened a second, so that the limit is not what decides when they close
UNCOUNTED = 2
WARM = 50  # games before those that count


async def online(discord: LocalDiscord) -> None:
    """Return when a bot is connected and its client is ready."""

    async def is_online() -> bool:
        return bool((await discord.get("state"))["bot"]["online"])

    await discord.wait_for(is_online, "the bot")


async def start_up(runs: int) -> None:
    """Print how long Farside and a bare bot take from their start to the gateway's READY, in turn."""
    taken: dict[str, list[tuple[float, float]]] = {"farside": [], "bare": []}
    machine = Machine()
    async with await LocalDiscord.start("--no-rate-limits") as discord:  # Discord allows few starts a minute
        channel = (await discord.state())["guilds"][0]["channels"][0]["id"]

        async def is_gone() -> bool:
            return not (await discord.get("state"))["bot"]["online"]

        for number in range(runs + UNCOUNTED):
            for name, figures in taken.items():
                began = time.perf_counter()
                with farside(discord) if name == "farside" else bare(discord, channel) as bot:
                    await online(discord)
                    if number >= UNCOUNTED:
                        figures.append((time.perf_counter() - began, bot.cpu))
                await discord.wait_for(is_gone, "the bot's end")
    for what, side in (("elapsed", 0), ("CPU", 1)):
        all_ours, all_theirs = ([figures[side] for figures in each] for each in taken.values())
        pairs = [a / b for a, b in zip(all_ours, all_theirs, strict=True)]
        ours, theirs = statistics.median(all_ours), statistics.median(all_theirs)
        print(
            f"start to ready, {what}: {ours:.2f} s, bare {theirs:.2f} s,"
            f" ratio {statistics.median(pairs):.2f} ({min(pairs):.2f} .. {max(pairs):.2f})"
        )
    print(f"taken by other programs: {machine.share_of_others():.0%} of the machine")


class Games:
    """Games started in channels of their own, and when each round was seen to close."""

    def __init__(self, discord: LocalDiscord, person: str, guild: str) -> None:
        self._discord = discord
        self._person = person
        self._guild = guild
        self.opened: dict[str, datetime] = {}
        self.closed: dict[str, datetime] = {}
        self.refused = 0
        self._last = 0

    async def make_channels(self, count: int) -> list[str]:
        """Add text channels to the server and return their ids."""
        made = [
            await self._discord.post("channels", guild_id=self._guild, name=f"room-{number}")
            for number in range(count)
        ]
        return [channel["id"] for channel in made]

    async def start(self, channels: list[str], seconds: int) -> None:
        """Start a game of one question in each channel, a little slower than Discord allows."""
        began = time.monotonic()
        for number, channel in enumerate(channels):
            options = {"questions": 1, "seconds": seconds}
            body = {"as": self._person, "channel_id": channel, "name": "quiz start", "options": options}
            await self._discord.post("commands", **body)
            if number % 10 == 9:
                await self.read()
                await asyncio.sleep(max(0.0, began + (number + 1) / PACE - time.monotonic()))
        await self.until(lambda: set(channels) <= set(self.opened), "every round to open")

    async def until(self, condition: Any, what: str, seconds: float = 600) -> None:
        """Read the log until a condition holds."""
        limit = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > limit:
                raise TimeoutError(what)
            await asyncio.sleep(0.05)
            await self.read()

    async def read(self) -> None:
        """Take in what the log says of rounds sent, results shown, and requests refused with 429."""
        found = await self._discord.get("log", since=str(self._last))
        for entry in found["entries"]:
            self._last = max(self._last, int(entry["id"]))
            if entry["kind"] != "rest":
                continue
            self.refused += entry["status"] == 429
            if entry["status"] != 200:
                continue
            at = datetime.fromisoformat(entry["at"])
            if match := re.fullmatch(r".*/channels/(\d+)/messages", entry["path"]):
                if entry["method"] == "POST":
                    self.opened.setdefault(match[1], at)
            elif (
                match := re.fullmatch(r".*/channels/(\d+)/messages/\d+", entry["path"])
            ) and "source:" in str(entry["request"]):
                self.closed.setdefault(match[1], at)


def late(games: Games, channels: list[str], seconds: int) -> list[float]:
    """Return by how many milliseconds each round's result came after its end."""
    return sorted(
        (games.closed[c] - games.opened[c]).total_seconds() * 1000 - seconds * 1000 for c in channels
    )


def percentiles(milliseconds: list[float]) -> str:
    """Return the middle and the worst of sorted figures."""
    at = {name: milliseconds[min(int(len(milliseconds) * part), len(milliseconds) - 1)] for name, part in
          (("p50", 0.5), ("p99", 0.99), ("max", 1.0))}  # fmt: skip
    return ", ".join(f"{name} {figure:.0f} ms" for name, figure in at.items())


async def many(games: Games, bot: Bot, rounds: int) -> None:
    """Open many rounds, weigh them, and see them close."""
    channels = await games.make_channels(rounds)
    warm = await games.make_channels(WARM)
    idle = bot.memory
    await games.start(warm, 5)
    await games.until(lambda: set(warm) <= set(games.closed), "the first rounds to close")
    seconds = min(300, round(rounds / PACE * 1.2) + 10)
    cpu, machine = bot.cpu, Machine()
    await games.start(channels, seconds)
    print(f"opening a game: {(bot.cpu - cpu) / len(channels) * 1000:.2f} ms of processor time")
    print(f"{len(channels)} rounds open: {bot.memory - idle:+.1f} MB over {idle:.0f} MB idle")
    await games.until(lambda: set(channels) <= set(games.closed), "every round to close")
    print(f"results shown after the end of their rounds: {percentiles(late(games, channels, seconds))}")
    print(f"refused with 429: {games.refused}")
    print(f"taken by other programs: {machine.share_of_others():.0%} of the machine")


async def together(discord: LocalDiscord, games: Games, count: int) -> None:
    """Have many rounds end at the same moment, by moving the clock past all of them."""
    channels = await games.make_channels(count)
    refused = games.refused
    await games.start(channels, 300)
    machine = Machine()
    await asyncio.sleep(1.5)
    began = await now(discord)
    await discord.post("clock", forward=400)
    await games.until(lambda: set(channels) <= set(games.closed), "every round to close")
    shown = sorted((games.closed[c] - began).total_seconds() - 400 for c in channels)
    beyond = sorted(max(0.0, at - number / PER_SECOND) * 1000 for number, at in enumerate(shown))
    print(f"{count} ending together, beyond what Discord's limit allows: {percentiles(beyond)}")
    print(f"refused with 429: {games.refused - refused}")
    print(f"taken by other programs: {machine.share_of_others():.0%} of the machine")


async def now(discord: LocalDiscord) -> datetime:
    """Return the local Discord's time."""
    return datetime.fromisoformat((await discord.get("state"))["clock"]["now"])


async def main(rounds: int, count: int, runs: int) -> None:
    """Measure what is asked for and print it."""
    if runs:
        await start_up(runs)
    if rounds:
        async with playing() as (_, games, bot):
            await many(games, bot, rounds)
    if count:
        with tempfile.TemporaryDirectory() as folder:
            clock = f"{folder}/clock"
            async with playing("--clock-file", clock, FARSIDE_CLOCK_FILE=clock) as (discord, games, _):
                await together(discord, games, count)


@asynccontextmanager
async def playing(*options: str, **environ: str) -> AsyncIterator[tuple[LocalDiscord, Games, Bot]]:
    """Run a local Discord and Farside, ready to play."""
    async with await LocalDiscord.start(*options) as discord:
        state = await discord.state()
        with farside(discord, **environ) as bot:

            async def commands() -> bool:
                return any(command["name"] == "quiz" for command in (await discord.state())["commands"])

            await discord.wait_for(commands, "the commands")
            await online(discord)
            yield discord, Games(discord, state["me"]["id"], state["guilds"][0]["id"]), bot


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=9)
    parser.add_argument("--rounds", type=int, default=5000)
    parser.add_argument("--together", type=int, default=200)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.rounds, arguments.together, arguments.starts))
