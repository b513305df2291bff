"""Both engines beside each other: one history leaves the same rows and pages, and copies are the same."""

import random
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import DatabaseAddress
from bot.quiz.periods import Span
from bot.quiz.standing import Scope
from bot.services.retention import Retention
from bot.store import forgetting, ids, places
from bot.store.archiving import archive
from bot.store.copying import copy_database, opened, tables, totals
from bot.store.migrator import SchemaError, migrate, migrations
from bot.store.postings import post_entries
from tests.engines import Where, faults_of, place, rows_of
from tests.integration.test_games import ANN, BEN, CAT, DAN, GUILD
from tests.integration.test_privacy import House, lived_in
from tests.laws import TIMES
from tests.postgres import PostgreSQL

HISTORIES = 2 * TIMES
DAY = timedelta(days=1)


@pytest.fixture
def both(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Path, DatabaseAddress]]:
    """A new database of each engine."""
    with place("sqlite", tmp_path, request) as file, place("postgresql", tmp_path, request) as address:
        assert isinstance(file, Path)
        assert isinstance(address, DatabaseAddress)
        yield file, address


async def lived(where: Where, seed: int) -> tuple[dict[str, list[Any]], list[Any]]:
    """Let a history happen; return every table's rows and the pages that people read."""
    dice = random.Random(seed)
    ids.IDS = ids.IdMaker()  # so that both make the same
    house = await House.lay(where, 40)
    crowd = [ANN, BEN, CAT, DAN, *range(1000, 1030)]
    for _ in range(12):
        players = dice.sample(crowd, dice.randint(1, 12))
        await house.round({player: dice.random() < 0.6 for player in players})
        if dice.random() < 0.3:
            await house.alone(dice.choice([ANN, BEN]))
        if dice.random() < 0.2:
            await house.privacy.hide(dice.choice(crowd), is_hidden=dice.random() < 0.7)
        if dice.random() < 0.2:
            await house.clock.forward(dice.randint(1, 9) * DAY)
        if dice.random() < 0.5:
            while await house.database.write_aside(post_entries):
                pass
    await house.privacy.delete(dice.choice(crowd))
    pages: list[Any] = []
    for scope in Scope:
        for span in Span:
            for topic in ("", "rover", "site"):
                for page in (1, 2, None):
                    viewer = dice.choice(crowd)
                    board = await house.boards.board(scope, GUILD, span, topic, viewer_id=viewer, page=page)
                    pages.append(board)
    pages += [await house.boards.profile(GUILD, player) for player in crowd]
    await house.database.close()
    found = {
        table.name: sorted(map(repr, rows_of(where, f"SELECT {', '.join(table.columns)} FROM {table.name}")))
        for table in tables()
    }
    return found, pages


@pytest.mark.parametrize("seed", range(HISTORIES))
async def test_the_same_history_leaves_the_same(
    both: tuple[Path, DatabaseAddress], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any history, played through either engine, ends in equal tables and equal pages."""
    monkeypatch.setattr(places, "BUCKET", 8)
    monkeypatch.setattr(ids, "IDS", ids.IDS)
    monkeypatch.setattr(forgetting, "token_hex", lambda length: "f" * 2 * length)
    rows, pages = await lived(both[0], seed)
    rows_there, pages_there = await lived(both[1], seed)
    assert rows_there == rows
    assert pages_there == pages
    assert any(rows["standings"])
    assert faults_of(both[1]) == []


async def test_a_copy_is_the_same_both_ways(both: tuple[Path, DatabaseAddress], tmp_path: Path) -> None:
    """A file is copied to a server and from there to another file, whole, and told about as it goes on."""
    house = await House.lay(both[0], 40)
    await lived_in(house)
    await house.database.close()
    told: list[tuple[str, int, int]] = []
    copied = copy_database(both[0], both[1], lambda *step: told.append(step))
    assert copied["answers"] > 0
    assert {table for table, done, count in told if done == count} == copied.keys()
    back = tmp_path / "back.sqlite3"
    assert copy_database(both[1], back, lambda *_: None) == copied
    for table in tables():
        query = f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {', '.join(table.key)}"
        assert rows_of(back, query) == rows_of(both[0], query) == rows_of(both[1], query)
    assert faults_of(back) == faults_of(both[1]) == []


async def test_a_copy_goes_on_where_it_was_cut_off(both: tuple[Path, DatabaseAddress]) -> None:
    """What an interrupted copy has left is made whole; what is not a beginning of the source is refused."""
    house = await House.lay(both[0], 40)
    await lived_in(house)
    await house.database.close()

    def cut(table: str, done: int, _: int) -> None:
        if table == "answers" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_database(both[0], both[1], cut)
    assert rows_of(both[1], "SELECT count(*) FROM standings") == [(0,)]
    copy_database(both[0], both[1], lambda *_: None)
    with opened(both[0], is_read_only=True) as here, opened(both[1], is_read_only=True) as there:
        assert all(totals(here, table) == totals(there, table) for table in tables())
    with opened(both[1]) as tx:
        tx.execute("UPDATE scores SET points = points + 1")
    with pytest.raises(SchemaError, match="scores is not the same"):
        copy_database(both[0], both[1], lambda *_: None)


async def test_archives_hold_what_is_stored(where: Where, tmp_path: Path) -> None:
    """Each month that is over, also by what the bot knows, is written once: all the rows that are there."""
    parquet = pytest.importorskip("pyarrow.parquet")
    house = await House.lay(where, 40)
    await lived_in(house)
    folder, told = tmp_path / "archive", list[str]()
    assert archive(where, folder, house.now(), told.append) == [], "the month is not over"
    later = house.now() + 40 * DAY
    assert archive(where, folder, later, told.append) == [], "the machine alone says that it is"
    retention = Retention(house.database, house.clock, 400 * DAY)
    await retention.note_time()
    assert archive(where, folder, later, told.append) == [], "and the bot says that it is not"
    await house.clock.forward(40 * DAY)
    await retention.note_time()
    await house.database.close()
    written = archive(where, folder, later, told.append)
    assert {path.name.partition("-")[0] for path in written} == {"answers", "games", "questions", "rounds"}
    assert archive(where, folder, later, told.append) == []
    assert {stat.S_IMODE(file.stat().st_mode) for file in written} == {0o600}, "people's answers are in it"
    for table in ("answers", "games", "rounds"):
        [path] = folder.glob(f"{table}-*.parquet")
        kept = parquet.read_table(path).to_pylist()
        assert len(kept) == rows_of(where, f"SELECT count(*) FROM {table}")[0][0]
    [answers] = folder.glob("answers-*.parquet")
    first = parquet.read_table(answers).to_pylist()[0]
    assert isinstance(first["at"], datetime)
    assert first["at"].tzinfo is not None


def test_both_have_the_same_schema(both: tuple[Path, DatabaseAddress]) -> None:
    """Every table has the same columns on both, of the types that the migrations say, and the same number."""
    migrate(both[0])
    types = {"INTEGER": "bigint", "TEXT": "text", "REAL": "double precision", "BLOB": "bytea"}
    with closing(sqlite3.connect(both[0])) as tx:
        names = [row[0] for row in tx.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        here = {
            (name, row[1], types[row[2]], bool(row[3] or row[5]))
            for name in names
            for row in tx.execute(f"PRAGMA table_info({name})")
        }
    there = rows_of(
        both[1],
        "SELECT table_name, column_name, data_type, is_nullable = 'NO' FROM information_schema.columns"
        " WHERE table_schema = 'public'",
    )
    assert {row for row in there if row[0] in names} == here
    assert rows_of(both[1], "SELECT max(number) FROM schema_versions") == [(migrations()[-1].number,)]


def test_one_process_migrates(postgres: PostgreSQL) -> None:
    """Several that start at once on an empty database have it migrated once, and all of them may go on."""
    from concurrent.futures import ThreadPoolExecutor

    from bot.store.postgres.migrator import migrate as migrate_there

    address = DatabaseAddress(postgres.fresh())
    with ThreadPoolExecutor(4) as threads:
        applied = list(threads.map(lambda _: migrate_there(address), range(4)))
    assert sorted(len(steps) > 0 for steps in applied) == [False, False, False, True]


def test_a_newer_schema_may_be_used_when_it_says_so(postgres: PostgreSQL) -> None:
    """A Farside runs beside the next release where the schema allows it, and refuses to where it does not."""
    from bot.store.postgres.migrator import migrate as migrate_there

    with postgres.migrated() as url:
        address, known = DatabaseAddress(url), migrations()[-1].number
        rows_of_command = "INSERT INTO schema_versions (number, readable_from) VALUES (?, ?) RETURNING number"
        rows_of(address, rows_of_command, known + 1, known)
        assert migrate_there(address) == []
        rows_of(address, rows_of_command, known + 2, known + 2)
        with pytest.raises(SchemaError, match="newer Farside"):
            migrate_there(address)


def test_months_are_made_and_go(postgres: PostgreSQL) -> None:
    """Rounds lie in the month of their ids; a month that is long past and empty goes."""
    from bot.store.postgres.connection import Connection
    from bot.store.postgres.partitions import keep_months

    now = datetime(2026, 3, 5, tzinfo=UTC)
    with postgres.migrated() as url, closing(Connection.open(url, what="test")) as tx:
        keep_months(tx, now, now - 400 * DAY)
        tx.execute(
            "INSERT INTO games (home_id, id, request_id, kind, channel_id, starter_id, rules, state, number,"
            " started_at) VALUES (1, 1, 1, 'channel', 1, 1, '{}', 'running', 1, 1)"
        )
        for number, at in enumerate((now, now + 40 * DAY)):
            tx.execute(
                "INSERT INTO rounds (home_id, id, behind, number, question, option_order, drawn_at,"
                " closed_at) VALUES (1, ?, 0, ?, 1, '0', 1, 1)",
                (ids.first_of(at) + number, number),
            )
        assert tx.execute("SELECT count(*) FROM rounds_2026_03").fetchone()[0] == 1
        assert tx.execute("SELECT count(*) FROM rounds_2026_04").fetchone()[0] == 1
        assert tx.execute("SELECT count(*) FROM rounds_rest").fetchone()[0] == 0
        later = now + 500 * DAY
        keep_months(tx, later, later - 400 * DAY)
        assert tx.execute("SELECT count(*) FROM rounds_2026_03").fetchone()[0] == 1, "it holds a round"
        tx.execute("DELETE FROM rounds")
        keep_months(tx, later, later - 400 * DAY)
        assert tx.execute("SELECT to_regclass('rounds_2026_03')").fetchone()[0] is None
        assert tx.execute("SELECT to_regclass('answers_2027_07')").fetchone()[0] is not None
