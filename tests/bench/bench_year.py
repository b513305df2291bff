"""A year of play: how large the file gets, and whether anything costs more than on the first day.

    uv run python -m tests.bench.bench_year [--scale 0.01] [--copies 1] [--days 365] [--starts 7]
    uv run python -m tests.bench.bench_year --scale 1 --copies 100   # all of it: half an hour, 10 GB

At scale 1 there are 100,000 answers a day, four to a round and ten rounds to a game, on 5,000 servers, played
by the store's own functions, only without an fsync; they are learnt from as the bot does, so that there are
ratings, and a review of each question that somebody missed; a smaller scale has as much fewer of both. Of so
many copies one plays until the last day, and the others are given what it has (see `tests.bench.town`).

Then it prints the bytes of the file for each answer kept (bound: 120) with the tables that take most of them,
what is wrong with the file, if anything is, how long the real bot takes from its start until it is online,
against the same on an empty database (bound: 1.1), and what reading a board and a profile, starting a game
and a press cost, against the same after a day, when most servers have one game behind them and four people
on their board, and after a month, when everybody has a place and a page is full. What is compared is measured
in turns within one run, and asked for by somebody who has played.
"""

import argparse
import asyncio
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.bank import load_bank
from bot.config import shipped_questions
from bot.quiz.game import Answer, Game, GameKind
from bot.quiz.periods import Span
from bot.quiz.standing import Scope
from bot.services.boards import BoardsService
from bot.services.games.answers import Given, save_given
from bot.services.games.course import start_game
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.migrator import faults, migrate
from tests.bench.local import LocalDiscord, bot_process
from tests.bench.town import FIRST_ID, RULES, START, Town, play
from tests.fakes import FakeClock

T = TypeVar("T")


async def online(discord: LocalDiscord, path: Path) -> float:
    """Return the seconds from the bot's start until it is online."""

    async def is_online() -> bool:
        return bool((await discord.state())["bot"]["online"])

    async def is_gone() -> bool:
        return not await is_online()

    begun = time.perf_counter()
    with bot_process(discord, "-m", "bot", "run", FARSIDE_DATABASE=str(path)):
        await discord.wait_for(is_online, "the bot")
        took = time.perf_counter() - begun
    await discord.wait_for(is_gone, "its end")
    return took


Found = dict[str, list[float]]


async def measure(path: Path, town: Town, now: datetime, turn: int, found: Found) -> None:
    """Add to `found` what each thing costs at that moment, in milliseconds."""
    database, clock, dice = await Database.open(path), FakeClock(now), random.Random(turn)
    boards = BoardsService(database, clock, SettingsService(database, clock, Timers(database, clock)))
    servers = [dice.choice(town.servers) for _ in range(40)]

    async def timed(name: str, work: Callable[[], Awaitable[T]]) -> T:
        begun = time.perf_counter()
        result = await work()
        found.setdefault(name, []).append(1000 * (time.perf_counter() - begun))
        return result

    for number, guild_id in enumerate(servers):
        player = await database.read(partial(town.player, guild_id=guild_id))
        if player is None:
            continue
        press = replace(town.press(guild_id, player, now), channel_id=FIRST_ID + 100 * turn + number)
        game = Game(0, GameKind.CHANNEL, guild_id, press.channel_id, player, RULES, now)
        drawing = town.draw(guild_id, now)
        page = partial(boards.board, span=Span.ALL, viewer_id=player)
        await timed("/leaderboard", partial(page, Scope.SERVER, guild_id))
        await timed("/leaderboard, global", partial(page, Scope.GLOBAL, None))
        await timed("/profile", partial(boards.profile, guild_id, player))
        start = partial(start_game, game=game, press=press, drawing=drawing)
        started = await timed("/quiz start", partial(database.write, start))
        given = Given(guild_id, started.round.id, Answer(player, 0, now))
        await timed("a press", partial(database.write_briefly, save_given, given))
    await database.close()


def sizes(path: Path) -> None:
    """Print the file's bytes an answer, and the tables that take most of it."""
    with closing(sqlite3.connect(path)) as tx:
        answers = tx.execute("SELECT count(*) FROM answers").fetchone()[0]
        print(f"{answers:,} answers kept, {path.stat().st_size / 1e6:,.0f} MB")
        print(f"{'bytes an answer kept':<28} {path.stat().st_size / answers:8.1f}   (bound 120)")
        try:
            rows = tx.execute(
                "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_schema m ON m.name = s.name"
                " WHERE s.aggregate = 1 GROUP BY 1 ORDER BY 2 DESC LIMIT 12"
            ).fetchall()
        except sqlite3.OperationalError:  # this SQLite cannot tell
            return
    for name, size in rows:
        print(f"  {name:<26} {size / answers:8.1f}")


async def starts(folder: Path, many: int) -> None:
    """Print how long the bot takes to be online, on the year and on an empty database, in turns."""
    took: dict[str, list[float]] = {"empty": [], "year": []}
    for which in took:
        shutil.copy(folder / f"{which}.sqlite3", folder / f"used {which}.sqlite3")
    async with await LocalDiscord.start("--no-rate-limits") as discord:
        await online(discord, folder / "used empty.sqlite3")  # warm up
        for number in range(many):
            for which in ("empty", "year") if number % 2 else ("year", "empty"):
                took[which].append(await online(discord, folder / f"used {which}.sqlite3"))
    (folder / "used year.sqlite3").unlink()
    pairs = [year / empty for year, empty in zip(took["year"], took["empty"], strict=True)]
    print(
        f"{'start to online, s':<28} {statistics.median(took['empty']):8.2f}"
        f" {statistics.median(took['year']):8.2f} {statistics.median(pairs):8.2f}   (bound 1.10)"
    )


async def costs(folder: Path, towns: dict[str, tuple[Town, int]]) -> None:
    """Print what each thing costs at each age, measured in turns."""
    found: dict[str, Found] = {which: {} for which in towns}
    for turn in range(6):
        for which, (town, age) in towns.items():
            at = START + timedelta(days=age)
            await measure(folder / f"{which}.sqlite3", town, at, turn, found[which])
    day, month, year = [
        {what: statistics.median(times) for what, times in found[which].items()} for which in found
    ]
    print(f"\n{'milliseconds':<24} {'a day':>8} {'a month':>8} {'a year':>8} {'to day':>8} {'to month':>9}")
    for what, cost in year.items():
        print(
            f"{what:<24} {day[what]:8.2f} {month[what]:8.2f} {cost:8.2f}"
            f" {cost / day[what]:8.2f} {cost / month[what]:9.2f}"
        )


async def main(scale: float, days: int, many_starts: int, copies: int) -> None:
    """Play, measure, print; the folder goes at the end."""
    with tempfile.TemporaryDirectory() as name:
        folder, bank, towns = Path(name), load_bank(shipped_questions()), {}
        for which, age in (("day", 1), ("month", 30), ("year", days)):
            begun = time.perf_counter()
            towns[which] = play(folder / f"{which}.sqlite3", bank, age, scale, copies), age
            print(f"{age} days at scale {scale} played in {time.perf_counter() - begun:.0f} s", flush=True)
        for fault in faults(folder / "year.sqlite3"):
            print(fault)
        sizes(folder / "year.sqlite3")
        migrate(folder / "empty.sqlite3")
        await starts(folder, many_starts)
        await costs(folder, towns)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--starts", type=int, default=7)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.scale, arguments.days, arguments.starts, arguments.copies))
