"""What boards cost in a server of a million players, each figure beside the naive way, in one run.

    python tests/bench/bench_boards.py [PLAYERS]

Builds a database in a temporary folder (about a minute for 1,000,000 players),
measures, prints and removes it. All points lie between 0 and 500, so that tens
of thousands share each number: the worst case for counting. Readings are
medians in milliseconds; upkeep is what boards add to a group commit, in
microseconds an answer, for players strewn over the whole file.
"""

import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.quiz.periods import Span
from bot.store.boards import BoardIndex, SettledAnswer, Settlement, settle
from bot.store.database import Database, stamp
from bot.store.places import BoardKey, Place, position, rank, rebuild, rows_before, rows_from
from bot.store.postings import STEP, Entry, count_entries, post_entries
from bot.store.standings import load_board

Job = Callable[[sqlite3.Connection], object]

GUILD = 1
ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
TOPICS = ("orbit", "surface", "water", "missions")
SHARES = {
    Span.TODAY: 200,
    Span.WEEK: 30,
    Span.MONTH: 8,
    Span.SEASON: 4,
    Span.ALL: 1,
}  # one in so many has played
FIRST_ID, APART = 100_000_000_000_000_000, 1_000_003
ROUNDS, ANSWERS = 64, 8  # rounds that close in one group commit, and answers in each
COMMITS = 15

NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :players - 1)"


def made(tx: sqlite3.Connection, home_id: int, topic: str) -> list[BoardKey]:
    """Return the boards of a home, made where they are missing."""
    entry = Entry(home_id, 0, 0, 1, 0, 0, 0, ZONE.key, topic, 0, 0, 0, stamp(NOW), 0, 0)
    there = BoardIndex(tx, [entry])
    boards = there.boards_for(home_id, NOW, ZONE, topic)
    there.save()
    return boards


def build(tx: sqlite3.Connection, players: int) -> BoardKey:
    """Fill the boards and return the server's board of all time."""
    tx.execute("PRAGMA synchronous = OFF")
    tx.execute("PRAGMA cache_size = -200000")
    tx.execute("BEGIN")
    index = tx.execute("SELECT sql FROM sqlite_schema WHERE name = 'standings_by_place'").fetchone()[0]
    tx.execute("DROP INDEX standings_by_place")
    tx.execute("CREATE TEMP TABLE filled (home_id INTEGER, board_id INTEGER, players INTEGER)")
    for guild_id in (GUILD, 0):
        for topic in ("", *TOPICS):
            for span, board in zip(Span, made(tx, guild_id, topic), strict=True):
                count = players // SHARES[span] // (len(TOPICS) if topic else 1)
                tx.execute("INSERT INTO filled VALUES (?, ?, ?)", (*board, count))
                tx.execute("UPDATE boards SET players = ? WHERE home_id = ? AND id = ?", (count, *board))
    values = {"players": players, "first": FIRST_ID, "apart": APART, "now": stamp(NOW)}
    # Most have few points; who plays often is strewn over the ids.
    tx.execute(
        f"{NUMBERS} INSERT INTO standings"
        " SELECT home_id, player, board_id, points, points / 10, points / 8 + 1, at, 1"
        " FROM (SELECT home_id, :first + i * :apart AS player, board_id, :now - i * 48271 % 2000000000 AS at,"
        " 10 * min(i * 7907 % 65537 % 51, (i * 104729 + board_id % 65521 * 31) % 65521 % 51) AS points"
        " FROM n CROSS JOIN filled WHERE i * 7919 % :players < filled.players)",
        values,
    )
    tx.execute(f"{NUMBERS} INSERT INTO players SELECT :first + i * :apart, 'Player ' || i FROM n", values)
    tx.execute("CREATE TABLE all_answers (player_id INTEGER, points INTEGER, at INTEGER)")
    tx.execute(
        f"{NUMBERS} INSERT INTO all_answers"
        " SELECT :first + i * :apart, 10 * (i % 2), i FROM n, (VALUES (1), (2))",
        values,
    )
    tx.execute(index)
    for home_id, board_id, count in tx.execute("SELECT home_id, board_id, players FROM filled").fetchall():
        if count > 1024:
            rebuild(tx, BoardKey(home_id, board_id), count)
    tx.execute("COMMIT")
    tx.execute("PRAGMA synchronous = FULL")
    tx.execute("PRAGMA cache_size = -2000")
    tx.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made(tx, GUILD, "")[-1]


async def reading(database: Database, jobs: Sequence[Job]) -> float:
    """Return the median milliseconds of `jobs` inside the database."""

    def timed(tx: sqlite3.Connection) -> list[float]:
        times = []
        for job in jobs:
            begun = time.perf_counter()
            job(tx)
            times.append(1000 * (time.perf_counter() - begun))
        return times

    return statistics.median(await database.read(timed))


async def readings(database: Database, board: BoardKey, players: int) -> None:
    """Print pages, ranks and neighbours, each beside the naive way."""
    dice = random.Random(1)
    ids = [FIRST_ID + dice.randrange(players) * APART for _ in range(25)]
    found = await database.read(
        lambda tx: [
            tx.execute(
                "SELECT points, reached_at FROM standings WHERE home_id = ? AND player_id = ?"
                " AND board_id = ?",
                (board.home_id, who, board.id),
            ).fetchone()
            for who in ids
        ]
    )
    own = [Place(points, at, who) for (points, at), who in zip(found, ids, strict=True)]
    name = (GUILD, "all", "")
    deep = players // 20  # the page in the middle
    order = "ORDER BY points DESC, reached_at, player_id LIMIT"
    rows = (
        f"SELECT * FROM standings WHERE home_id = {board.home_id} AND board_id = {board.id}"
        f" AND is_placed = 1 {order}"
    )
    better = (
        f"SELECT count(*) FROM standings WHERE home_id = {board.home_id} AND board_id ="
        f" {board.id} AND is_placed = 1 AND"
        " (points > ? OR (points = ? AND reached_at < ?))"
    )
    scan = (
        "SELECT player_id, sum(points) FROM all_answers GROUP BY player_id ORDER BY 2 DESC, max(at) LIMIT 10"
    )

    def around(tx: sqlite3.Connection, place: Place) -> None:
        position(tx, board, place)
        rows_before(tx, board, place, 2)
        rows_from(tx, board, place, 3)

    def naive_around(tx: sqlite3.Connection, place: Place) -> None:
        skip = tx.execute(better, (place.points, *place[:2])).fetchone()[0]
        tx.execute(f"{rows} 5 OFFSET ?", (max(0, skip - 2),)).fetchall()

    compared: list[tuple[str, list[Job], str, list[Job]]] = [
        (
            "first page", [lambda tx: load_board(tx, name, 1, 0)] * 25,
            "adding up two answers a player", [lambda tx: tx.execute(scan).fetchall()],
        ),
        (
            f"page {deep:,}", [lambda tx: load_board(tx, name, deep, 0)] * 25,
            "OFFSET", [lambda tx: tx.execute(f"{rows} 10 OFFSET {deep * 10 - 10}").fetchall()] * 5,
        ),
        (
            "own rank", [partial(lambda place, tx: rank(tx, board, place.points), place) for place in own],
            "counting all better rows",
            [
                partial(lambda place, tx: tx.execute(better, (place.points, *place[:2])).fetchall(), place)
                for place in own
            ],
        ),
        (
            "neighbours", [partial(around, place=place) for place in own],
            "counting, then OFFSET", [partial(naive_around, place=place) for place in own],
        ),
        (
            "whole command", [partial(lambda who, tx: load_board(tx, name, 1, who), who) for who in ids],
            "", [],
        ),
    ]  # fmt: skip
    for what, jobs, naive, naive_jobs in compared:
        ours = await reading(database, jobs)
        line = f"{what:<16} {ours:8.2f} ms"
        if naive_jobs:
            theirs = await reading(database, naive_jobs)
            line += f"    {naive:<32} {theirs:9.2f} ms   {theirs / ours:8.0f} times"
        print(line)


def closing_rounds(dice: random.Random, players: int, commit: int) -> list[Settlement]:
    """Return rounds of one commit: players who were on today's board already, half of them right."""
    inverse = pow(7919, -1, players)
    rounds = []
    for number in range(ROUNDS):
        chosen = dice.sample(range(players // SHARES[Span.TODAY]), ANSWERS)
        at = NOW + timedelta(seconds=commit)
        answers = [
            SettledAnswer(
                FIRST_ID + who * inverse % players * APART, seat % 2 == 0, 20 * (seat % 2 == 0), at, 1
            )
            for seat, who in enumerate(chosen)
        ]
        game = commit * ROUNDS + number
        rounds.append(Settlement(GUILD, GUILD, game, game, dice.choice(TOPICS), at, ZONE, answers))
    return rounds


def note(tx: sqlite3.Connection, settlement: Settlement) -> None:
    """Store the answers and nothing else: the commit without boards."""
    tx.executemany(
        "INSERT INTO all_answers VALUES (?, ?, ?)",
        [(answer.player_id, answer.points, stamp(answer.at)) for answer in settlement.answers],
    )


def note_and_settle(tx: sqlite3.Connection, settlement: Settlement) -> None:
    """Store the answers, and what Farside does for its boards in the same transaction."""
    note(tx, settlement)
    settle(tx, settlement, set())


def note_and_place(tx: sqlite3.Connection, settlement: Settlement) -> None:
    """Do everything in the round's transaction: every topic's totals and every place at once."""
    note_and_settle(tx, settlement)
    post_entries(tx)


async def commit(
    database: Database, rounds: Sequence[Settlement], job: Callable[..., None]
) -> tuple[float, float]:
    """Return the seconds, and the seconds of CPU, that one group commit of `rounds` takes."""
    begun, worked = time.perf_counter(), time.process_time()
    await asyncio.gather(*(database.write(partial(job, settlement=one)) for one in rounds))
    return time.perf_counter() - begun, time.process_time() - worked


async def upkeep(database: Database, players: int) -> None:
    """Print what an answer's upkeep adds to its commit, now and when its posting comes."""
    dice = random.Random(2)
    spent: dict[str, list[tuple[float, float]]] = {"without": [], "settle": [], "post": [], "at once": []}
    steps: list[tuple[float, float]] = []
    for number in range(COMMITS):
        spent["without"].append(await commit(database, closing_rounds(dice, players, 3 * number), note))
        spent["settle"].append(
            await commit(database, closing_rounds(dice, players, 3 * number + 1), note_and_settle)
        )
        first = len(steps)
        while await database.read(count_entries):
            begun, worked = time.perf_counter(), time.process_time()
            await database.write(post_entries)
            steps.append((time.perf_counter() - begun, time.process_time() - worked))
        spent["post"].append((sum(wall for wall, _ in steps[first:]), sum(cpu for _, cpu in steps[first:])))
        spent["at once"].append(
            await commit(database, closing_rounds(dice, players, 3 * number + 2), note_and_place)
        )
    elapsed, cpu = (
        {
            what: 1e6 * statistics.median(one[side] for one in all_) / (ROUNDS * ANSWERS)
            for what, all_ in spent.items()
        }
        for side in (0, 1)
    )
    step = 1000 * statistics.median(wall for wall, _ in steps)
    print(f"\n{'µs an answer':<34} {'elapsed':>8} {'CPU':>8}")
    for what, more, less in (
        ("upkeep in the commit", "settle", "without"),
        ("  every place there too (naive)", "at once", "without"),
        ("the commit without boards", "without", None),
        (f"posted later, {step:.0f} ms a step of {STEP}", "post", None),
    ):
        took = [figures[more] - (figures[less] if less else 0) for figures in (elapsed, cpu)]
        print(f"{what:<34} {took[0]:8.1f} {took[1]:8.1f}")


async def main(players: int) -> None:
    """Build, measure, print; the folder goes at the end."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "boards.db"
        database = await Database.open(path)
        try:
            begun = time.perf_counter()
            connection = sqlite3.connect(path, isolation_level=None)
            board = build(connection, players)
            rows = connection.execute("SELECT count(*) FROM standings").fetchone()[0]
            connection.close()
            print(
                f"{players:,} players, {rows:,} rows on {2 * 4 * (1 + len(TOPICS))} boards,"
                f" {path.stat().st_size / 1e6:.0f} MB, built in {time.perf_counter() - begun:.0f} s\n"
            )
            await readings(database, board, players)
            await upkeep(database, players)
        finally:
            await database.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
