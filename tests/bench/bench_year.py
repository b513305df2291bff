"""A year of play: how large the file gets, and whether anything costs more than on the first day.

    uv run python -m tests.bench.bench_year [--scale 0.01] [--days 365] [--starts 7]

At scale 1 it plays 100,000 answers a day, four to a round and ten rounds to a game, on 5,000 servers, by
the store's own functions, only without an fsync, and learns from them as the bot does, so that there are
ratings, and a review of each question that somebody missed; a smaller scale has as much fewer of both. Then
it prints the bytes of the file for each answer kept (bound: 120) with the tables that take most of them,
how long the real bot takes from its start until it is online, against the same on an empty database (bound:
1.1), and what reading a board and a profile, starting a game and a press cost, against the same after a day,
when most servers have one game behind them and four people on their board, and after a month, when everybody
has a place and a page is full. What is compared is measured in turns within one run, and asked for by
somebody who has played.
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
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from bot.bank import Bank, load_bank
from bot.config import KEPT, shipped_questions
from bot.quiz.game import Answer, Asked, Game, GameKind, Rules
from bot.quiz.periods import Span
from bot.quiz.press import Press
from bot.quiz.standing import Scope
from bot.services.boards import BoardsService
from bot.services.games.answers import Given, save_given
from bot.services.games.course import (
    Due,
    Following,
    Opened,
    close_rounds,
    names_in,
    next_round,
    open_drawn,
    start_game,
)
from bot.services.games.deck import Drawing
from bot.services.games.live import CLOSE
from bot.services.games.settlement import finish_game
from bot.services.learning import learn
from bot.services.library import Library
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.migrator import migrate
from bot.store.postings import post_entries, prune_boards
from bot.store.pruning import prune_games
from bot.store.showings import give_up_showing
from bot.store.timers import Timer
from tests.bench.local import LocalDiscord, bot_process
from tests.fakes import FakeClock

ANSWERS, SERVERS = 100_000, 5_000  # a day
A_ROUND, A_GAME = 4, 10  # answers, and rounds
MEMBERS = 16  # who play, of a server
START = datetime(2026, 1, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIRST_ID = 100_000_000_000_000_000  # as long as Discord's are
RULES = Rules(questions=A_GAME)


class Town:
    """Servers, their players, and the questions that they have not had yet."""

    def __init__(self, bank: Bank, servers: int) -> None:
        self._dice = random.Random(1)
        self._library = Library(bank, shipped_questions())
        self._asked = [
            Asked(question, (question.key, *question.distractors[:3]))
            for question in bank.questions
            if question.is_pressed
        ]
        self._decks: dict[int, list[Asked]] = {}
        self._ids = count(FIRST_ID)
        self.servers = [FIRST_ID + 1_000_003 * number for number in range(1, servers + 1)]

    def members(self, guild_id: int) -> list[int]:
        """Return a few of a server's people."""
        place = self.servers.index(guild_id) * (MEMBERS - 3)  # some play in two servers
        return [FIRST_ID + 999 * (place + one) for one in self._dice.sample(range(MEMBERS), A_ROUND)]

    def draw(self, guild_id: int, at: datetime) -> Drawing:
        """Draw a question that the server has not had; when it has had all, they begin anew."""
        deck = self._decks.get(guild_id)
        forgotten: list[str] = []
        if not deck:
            if deck is not None:
                forgotten = [one.question.id for one in self._asked]
            deck = self._decks[guild_id] = self._dice.sample(self._asked, len(self._asked))
        return Drawing(guild_id, deck.pop(), 20 * SECOND, at, forgotten)

    def player(self, tx: sqlite3.Connection, guild_id: int) -> int | None:
        """Return somebody who has a place on the server's board."""
        found = tx.execute(
            "SELECT s.player_id FROM boards b JOIN standings s ON s.home_id = b.home_id AND s.board_id = b.id"
            " WHERE b.home_id = ? AND b.topic = '' AND b.period = 'all'",
            (guild_id,),
        ).fetchall()
        return self._dice.choice(found)[0] if found else None

    def press(self, guild_id: int, player_id: int, at: datetime) -> Press:
        """Return something that a player does."""
        name = f"Player {player_id % 10_007}"
        return Press(next(self._ids), guild_id, guild_id + 5, None, player_id, name, at, name)

    def game(self, tx: sqlite3.Connection, guild_id: int, at: datetime) -> None:
        """Play a game from its start to its end."""
        members = self.members(guild_id)
        press = self.press(guild_id, members[0], at)
        game = Game(0, GameKind.CHANNEL, guild_id, press.channel_id, members[0], RULES, at)
        started = start_game(tx, game, press, self.draw(guild_id, at))
        game, drawn = started.game, started.round
        while True:
            opened = drawn.open(next(self._ids), at)
            open_drawn(tx, [Opened(opened, (Timer(CLOSE, str(drawn.id), at, guild_id),))])
            given = [
                Given(
                    guild_id,
                    drawn.id,
                    Answer(player, self._dice.randrange(2), at + SECOND * (2 + place)),
                    names_in(guild_id, self.press(guild_id, player, at)) if game.number == 1 else None,
                )
                for place, player in enumerate(members)
            ]
            save_given(tx, given)
            close_rounds(tx, [Due(guild_id, drawn.id, at)])
            at += 26 * SECOND
            if not game.has_next:
                break
            following = next_round(tx, Following(guild_id, game.id, game.number, self.draw(guild_id, at)))
            assert following is not None
            game, drawn = game.next(), following[0]
        finish_game(tx, guild_id, game.id, at)
        give_up_showing(tx, guild_id, game.id)

    def day(self, tx: sqlite3.Connection, at: datetime, games: int) -> None:
        """Play a day, post and learn what it brought, and let go what is old."""
        tx.execute("BEGIN")
        for number in range(games):
            self.game(tx, self._dice.choice(self.servers), at + number * 40_000 / games * SECOND)
        while post_entries(tx, 512):
            pass
        while learn(tx, self._library, 64):
            pass
        while prune_boards(tx, at):
            pass
        while prune_games(tx, at - KEPT):
            pass
        tx.execute("COMMIT")


def play(path: Path, bank: Bank, days: int, scale: float) -> Town:
    """Fill the database at `path` with so many days."""
    migrate(path)
    town = Town(bank, max(1, round(SERVERS * scale)))
    with closing(sqlite3.connect(path, isolation_level=None)) as tx:
        tx.row_factory = sqlite3.Row
        tx.execute("PRAGMA synchronous = OFF")
        tx.execute("PRAGMA cache_size = -100000")
        for day in range(days):
            town.day(tx, START + timedelta(days=day), max(1, round(ANSWERS * scale / A_ROUND / A_GAME)))
        tx.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return town


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

    async def timed(name: str, work: Callable[[], Awaitable[object]]) -> None:
        begun = time.perf_counter()
        await work()
        found.setdefault(name, []).append(1000 * (time.perf_counter() - begun))

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
        await timed("/quiz start", partial(database.write, start))
        [(round_id,)] = await database.read(lambda tx: tx.execute("SELECT max(id) FROM rounds").fetchall())
        given = Given(guild_id, round_id, Answer(player, 0, now))
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


async def main(scale: float, days: int, starts: int) -> None:
    """Play, measure, print; the folder goes at the end."""
    with tempfile.TemporaryDirectory() as name:
        folder, bank = Path(name), load_bank(shipped_questions())
        begun = time.perf_counter()
        first = play(folder / "day.sqlite3", bank, 1, scale)
        second = play(folder / "month.sqlite3", bank, 30, scale)
        later = play(folder / "year.sqlite3", bank, days, scale)
        print(f"{days} days at scale {scale} played in {time.perf_counter() - begun:.0f} s")
        sizes(folder / "year.sqlite3")
        migrate(folder / "empty.sqlite3")
        took: dict[str, list[float]] = {"empty": [], "year": []}
        async with await LocalDiscord.start("--no-rate-limits") as discord:
            await online(discord, folder / "empty.sqlite3")  # warm up
            for number in range(starts):
                for which in ("empty", "year") if number % 2 else ("year", "empty"):
                    shutil.copy(folder / f"{which}.sqlite3", folder / "used.sqlite3")
                    took[which].append(await online(discord, folder / "used.sqlite3"))
        pairs = [year / empty for year, empty in zip(took["year"], took["empty"], strict=True)]
        print(
            f"{'start to online, s':<28} {statistics.median(took['empty']):8.2f}"
            f" {statistics.median(took['year']):8.2f} {statistics.median(pairs):8.2f}   (bound 1.10)"
        )
        found: dict[str, Found] = {"day": {}, "month": {}, "year": {}}
        for turn in range(6):
            for which, town, age in (("day", first, 1), ("month", second, 30), ("year", later, days)):
                at = START + timedelta(days=age)
                await measure(folder / f"{which}.sqlite3", town, at, turn, found[which])
        day, month, year = [
            {what: statistics.median(times) for what, times in found[which].items()} for which in found
        ]
        print(
            f"\n{'milliseconds':<24} {'a day':>8} {'a month':>8} {'a year':>8} {'to day':>8} {'to month':>9}"
        )
        for what, cost in year.items():
            print(
                f"{what:<24} {day[what]:8.2f} {month[what]:8.2f} {cost:8.2f}"
                f" {cost / day[what]:8.2f} {cost / month[what]:9.2f}"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--starts", type=int, default=7)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.scale, arguments.days, arguments.starts))
