"""Presses with everything they cause, on SQLite and on PostgreSQL in one run.

    uv run python -m tests.bench.bench_engines [--games 64] [--rounds 6] [--repeats 3] [--network 0.5]

Games of eight answers a round are played by Farside's own services, all at once: each is opened, answered,
closed, shown and followed by the next as soon as the store has taken the step before, and all answers are
counted in on boards and in profiles. What counts is answers a second from the first press until nothing waits
any more, and seconds of CPU of this process an answer. The engines take turns; medians. PostgreSQL is
Debian's with its own settings for safety (fsync on), on loopback; with `--network` each message to it waits
that many milliseconds more.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.config import DatabaseAddress
from bot.quiz.game import Rules
from bot.quiz.press import Press
from bot.quiz.showing import RoundShowing
from bot.services.boards import BoardsService
from bot.services.games import Play
from bot.services.library import Library
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store.database import Database
from tests.engines import Where
from tests.fakes import START, FakeClock
from tests.integration.test_games import snowflake
from tests.postgres import running
from tests.questions import bank, dice

ANSWERS = 8  # a round
PLAYERS = 200  # in a server
FIRST = 1_180_000_000_000_000_000
_SAFE = "-c shared_buffers=256MB"


class Town:
    """Servers in which a game goes on each, played as fast as the store takes it."""

    def __init__(self, database: Database, games: int, first: int = 0) -> None:
        self.clock = FakeClock(START)
        self.database = database
        timers = Timers(database, self.clock)
        library = Library(bank(200), Path("questions"))
        self.play = Play.join(database, library, self.clock, timers, dice())
        settings = SettingsService(database, self.clock, timers)
        self.boards = BoardsService(database, self.clock, settings)
        self.games = games
        self.first = first * games  # of the servers that are led here
        self.ids = iter(range(FIRST + first * 10**9, FIRST + (first + 1) * 10**9))
        self.chance = random.Random(7)

    def press(self, game: int, player: int, message: int | None) -> Press:
        """Return something that a player of a game's server does now."""
        guild = FIRST + (self.first + game << 22)
        name = f"Player {player}"
        who = FIRST + (game << 22) + 1 + player  # people play in the servers of several processes
        return Press(next(self.ids), guild, guild + 5, message, who, name, self.clock.now(), name)

    async def lead(self, game: int, rounds: int) -> None:
        """Play a game from its first question to its last."""
        rules = Rules(questions=rounds, seconds=20)
        showing = await self.play.games.start(self.press(game, 0, None), rules)
        while isinstance(showing, RoundShowing):
            home, present = showing.game.home_id, showing.round
            opened = await self.play.games.open(home, present.id, snowflake(self.clock.now()))
            assert opened is not None
            assert opened.opened_at is not None
            assert opened.closes_at is not None
            players = self.chance.sample(range(PLAYERS), ANSWERS)
            presses = [
                replace(self.press(game, player, opened.message_id), at=opened.opened_at)
                for player in players
            ]
            await asyncio.gather(
                *(self.play.answers.submit(press, present.id, self.chance.randrange(3)) for press in presses)
            )
            await self.clock.move_to(max(self.clock.now(), opened.closes_at))
            closed = await self.play.games.close(home, present.id)
            assert closed is not None
            await self.play.showings.mark_round_shown(home, present.id, closed.version, None)
            following = await self.play.games.go_on(home, showing.game.id)
            if isinstance(following, RoundShowing):
                showing = following
            else:
                await self.play.showings.mark_game_shown(home, showing.game.id, 1, 1)
                break

    async def run(self, rounds: int) -> tuple[float, float]:
        """Play all games at once; return seconds, and seconds of CPU, until all is counted in."""
        counting = asyncio.create_task(self._count())
        begun, worked = time.perf_counter(), time.process_time()
        await asyncio.gather(*(self.lead(game, rounds) for game in range(self.games)))
        counting.cancel()
        await asyncio.wait([counting])
        await self.boards._post()
        return time.perf_counter() - begun, time.process_time() - worked

    async def _count(self) -> None:
        while True:
            await self.boards._post()
            await asyncio.sleep(0.2)


@contextmanager
def slowed(milliseconds: float) -> Iterator[None]:
    """Have each message to PostgreSQL wait that much longer."""
    from psycopg import Connection

    execute = Connection.execute

    def late(self: Any, *words: Any, **named: Any) -> Any:
        time.sleep(milliseconds / 1000)
        return execute(self, *words, **named)

    if milliseconds:
        Connection.execute = late  # type: ignore[method-assign]
    try:
        yield
    finally:
        Connection.execute = execute  # type: ignore[method-assign]


async def measured(where: Where, games: int, rounds: int, network: float) -> tuple[float, float]:
    """Return answers a second and microseconds of CPU an answer."""
    database = await Database.open(where)
    with slowed(network if not isinstance(where, Path) else 0):
        await Town(database, games).run(1)  # what is prepared and read for the first time does not count
        town = Town(database, games)
        town.ids = iter(range(FIRST + 10**9, FIRST + 2 * 10**9))
        seconds, worked = await town.run(rounds)
    await database.close()
    answers = games * rounds * ANSWERS
    return answers / seconds, worked / answers * 1e6


async def main(games: int, rounds: int, repeats: int, network: float) -> None:
    """Measure both engines in turn and print."""
    found: dict[str, list[tuple[float, float]]] = {"SQLite": [], "PostgreSQL": []}
    with running(_SAFE) as server, tempfile.TemporaryDirectory() as folder:
        for number in range(repeats):
            path = Path(folder) / f"{number}.sqlite3"
            found["SQLite"].append(await measured(path, games, rounds, network))
            address = DatabaseAddress(server.fresh())
            found["PostgreSQL"].append(await measured(address, games, rounds, network))
    rates, works = {}, {}
    for engine, figures in found.items():
        rates[engine] = statistics.median(rate for rate, _ in figures)
        works[engine] = statistics.median(work for _, work in figures)
        scatter = ", ".join(f"{rate:,.0f}" for rate, _ in figures)
        print(
            f"{engine:<11} {rates[engine]:8,.0f} answers/s   {works[engine]:7,.0f} µs of CPU"
            f" each   ({scatter})"
        )
    print(
        f"PostgreSQL has {rates['PostgreSQL'] / rates['SQLite']:.2f} of SQLite's rate"
        f" and takes {works['PostgreSQL'] / works['SQLite']:.2f} of its CPU in the bot"
        + (f"; each message {network} ms late" if network else "")
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--games", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--network", type=float, default=0.0, help="milliseconds more for each message")
    chosen = parser.parse_args()
    asyncio.run(main(chosen.games, chosen.rounds, chosen.repeats, chosen.network))
