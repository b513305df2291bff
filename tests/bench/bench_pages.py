"""Pages of a board of a million players, on both engines in one run: each has to come in 10 ms.

    uv run python -m tests.bench.bench_pages [--players 1000000]

The global board of all time is filled at once (its rows, its buckets), then
read as `/leaderboard` does: the first page, one in the middle, and the page of
somebody in the middle with their neighbours. Medians of 25, in milliseconds.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bot.config import DatabaseAddress
from bot.quiz.standing import PAGE
from bot.store.database import Database
from bot.store.places import BoardKey, rebuild
from bot.store.postgres.connection import Connection
from bot.store.standings import load_board
from bot.store.tx import Tx, is_shared
from tests.engines import Where
from tests.postgres import running

BOARD = BoardKey(0, 1)
NAME = (0, "all", "")
FIRST, APART = 100_000_000_000_000_000, 1_000_003


def fill(tx: Tx, players: int) -> None:
    """Fill the board; all points lie between 0 and 5,000, so that many share each number."""
    numbers = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n"
    if is_shared(tx):
        numbers = "SELECT i FROM generate_series(0, ?) AS n (i)"
    tx.execute(
        "INSERT INTO boards (home_id, id, period, topic, players) VALUES (0, 1, 'all', '', ?)", (players,)
    )
    tx.execute(
        "INSERT INTO standings (home_id, player_id, board_id, points, correct, answered, reached_at,"
        f" is_placed) SELECT 0, {FIRST} + i * {APART}, 1, p, p / 10, p / 8 + 1, i, 1"
        f" FROM (SELECT i, i * 7907 % 65537 % 5001 AS p FROM ({numbers}) AS m) AS s",
        (players - 1,),
    )
    tx.execute(
        f"INSERT INTO players (home_id, name) SELECT {FIRST} + i * {APART}, 'Somebody' FROM ({numbers}) AS m",
        (players - 1,),
    )
    rebuild(tx, BOARD, players)


async def measured(where: Where, players: int) -> None:
    """Fill a new database, and print what its pages take."""
    database = await Database.open(where)
    await database.write(lambda tx: fill(tx, players))
    if not isinstance(where, Path):
        with closing(Connection.open(where.url, what="vacuum")) as tx:  # as in time
            tx.raw.execute(b"VACUUM ANALYZE")
    middle = players // PAGE // 2
    viewer = FIRST + players // 2 * APART
    for what, page, who in (
        ("first page", 1, 1),
        (f"page {middle:,}", middle, 1),
        ("own page", None, viewer),
        ("first page, and around oneself", 1, viewer),
    ):
        times = []
        for _ in range(25):
            begun = time.perf_counter()
            rows = await database.read_whole(lambda tx, page=page, who=who: load_board(tx, NAME, page, who))  # type: ignore[misc]
            times.append(1000 * (time.perf_counter() - begun))
            assert len(rows.standings) == PAGE
        engine = "SQLite" if isinstance(where, Path) else "PostgreSQL"
        print(f"{engine:<11} {what:<31} {statistics.median(times):6.2f} ms")
    await database.close()


async def main(players: int) -> None:
    """Measure both."""
    with running("-c shared_buffers=256MB") as server, tempfile.TemporaryDirectory() as folder:
        await measured(Path(folder) / "farside.sqlite3", players)
        await measured(DatabaseAddress(server.fresh()), players)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--players", type=int, default=1_000_000)
    asyncio.run(main(parser.parse_args().players))
