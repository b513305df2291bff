"""PostgreSQL as the engine: what is told is kept, whatever becomes of connections; writers do not meet."""

import asyncio
import logging
from collections.abc import AsyncIterator
from functools import partial

import psycopg
import pytest

from bot.config import Config, DatabaseAddress, read_config
from bot.errors import NotRead, NotSaved
from bot.store.database import Database
from bot.store.migrator import SchemaError
from bot.store.notes import load_note, save_note
from bot.store.ownership import Ownership
from bot.store.postgres import database as engine
from bot.store.postgres.connection import Connection
from bot.store.postgres.sets import as_sets
from bot.store.postings import post_entries
from bot.store.tx import Tx
from tests.bench.bench_engines import Town
from tests.bounds import PATIENCE
from tests.engines import rows_of
from tests.postgres import PostgreSQL, running


@pytest.fixture
async def database(postgres: PostgreSQL) -> AsyncIterator[Database]:
    """An open database on a server."""
    with postgres.migrated() as url:
        opened = await Database.open(DatabaseAddress(url))
        yield opened
        await opened.close()


def address_of(database: Database) -> DatabaseAddress:
    """Return where the database is."""
    assert isinstance(database, engine.PostgresDatabase)
    return database.address


async def test_what_was_told_outlives_a_power_cut() -> None:
    """With a server that syncs, what `write` returned is there after the server was killed."""
    with running("") as server, server.migrated() as url:
        opened = await Database.open(DatabaseAddress(url))
        await opened.write(partial(save_note, name="a", value="1"))
        server.stop("immediate")
        server.start()
        assert await opened.read(partial(load_note, name="a")) == "1"
        await opened.close()


async def test_nobody_notices_a_short_absence(
    postgres: PostgreSQL, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the server is killed and comes back, whoever writes or reads waits, is answered, and is kept."""
    monkeypatch.setattr("bot.store.postgres.database.PATIENCE", PATIENCE)  # however slowly it comes back here
    told: list[str] = []

    async def write(number: int) -> None:
        await database.write(partial(save_note, name=f"n{number}", value="x"))
        told.append(f"n{number}")
        assert await database.read(partial(load_note, name=f"n{number}")) == "x"

    writing = [asyncio.create_task(write(number)) for number in range(50)]
    await asyncio.sleep(0)
    await asyncio.to_thread(postgres.restart)
    writing += [asyncio.create_task(write(number)) for number in range(50, 100)]
    await asyncio.gather(*writing)
    kept = {row[0] for row in rows_of(address_of(database), "SELECT name FROM notes")}
    assert {f"n{number}" for number in range(100)} == set(told) == kept & set(told)


async def test_a_commit_whose_answer_was_lost_is_done_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the connection goes while a commit is under way, the group is done once more, and told once."""
    commit, lost = Connection.commit, [0]

    def losing(self: Connection) -> None:
        commit(self)
        if not lost[0]:
            lost[0] += 1
            self.close()
            raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(Connection, "commit", losing)
    await asyncio.gather(*(database.write(partial(save_note, name=f"n{i}", value="x")) for i in range(9)))
    assert lost == [1]
    assert rows_of(address_of(database), "SELECT count(*) FROM notes WHERE value = 'x'") == [(9,)]


async def test_a_server_that_stays_away_is_told(
    postgres: PostgreSQL, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for a server that does not come back is told in time, and later all is well again."""
    monkeypatch.setattr("bot.store.postgres.database.PATIENCE", 0.2)
    postgres.stop()
    try:
        with pytest.raises(NotSaved):
            await database.write(partial(save_note, name="a", value="1"))
        with pytest.raises(NotRead):
            await database.read(partial(load_note, name="a"))
    finally:
        postgres.start()
    await database.write(partial(save_note, name="a", value="2"))
    assert await database.read(partial(load_note, name="a")) == "2"


async def test_a_failing_job_fails_alone(database: Database) -> None:
    """A job that raises gets its own exception, changes nothing, and the rest of its group is saved."""

    def add(tx: Tx, name: str) -> None:
        tx.execute("INSERT INTO notes (name, value) VALUES (?, ?)", (name, "x"))

    def half(tx: Tx) -> None:
        add(tx, "half")
        add(tx, "a")

    told = await asyncio.gather(
        database.write(lambda tx: add(tx, "a")),
        database.write(half),
        database.write(lambda tx: add(tx, "b")),
        return_exceptions=True,
    )
    assert told[0] is told[2] is None
    assert isinstance(told[1], psycopg.errors.UniqueViolation)
    assert rows_of(address_of(database), "SELECT name FROM notes ORDER BY 1") == [("a",), ("b",)]


async def test_changes_under_a_lost_lease_are_not_kept(database: Database) -> None:
    """Of a group the changes under a lease that another process has taken fail; the others are kept."""
    where = address_of(database)
    await database.write(
        lambda tx: tx.execute(
            "CREATE TABLE cluster_shards (id BIGINT PRIMARY KEY, owner BIGINT, epoch BIGINT)"
        )
    )
    await database.write(lambda tx: tx.execute("INSERT INTO cluster_shards VALUES (0, 1, 1), (1, 1, 1)"))
    ours = Ownership(2)
    ours.take(0, 1)
    ours.take(1, 1)
    mine = await Database.open(where, ours)

    async def write(shard: int, name: str) -> None:
        ours.work_on(shard)
        await mine.write(partial(save_note, name=name, value="x"))

    await asyncio.gather(asyncio.create_task(write(0, "before 0")), asyncio.create_task(write(1, "before 1")))
    await database.write(lambda tx: tx.execute("UPDATE cluster_shards SET owner = 2, epoch = 2 WHERE id = 1"))
    doomed = [asyncio.create_task(write(0, "after 0")), asyncio.create_task(write(1, "after 1"))]
    await asyncio.sleep(0)
    ours.drop(1)
    told = await asyncio.gather(*doomed, return_exceptions=True)
    assert told[0] is None
    assert isinstance(told[1], NotSaved)
    await mine.close()
    kept = {row[0] for row in rows_of(where, "SELECT name FROM notes")}
    assert kept == {"before 0", "before 1", "after 0"}


async def test_several_processes_do_not_meet(database: Database) -> None:
    """Three processes lead their games and fold: nothing is counted twice or lost, nobody deadlocks."""
    where = address_of(database)
    towns = [Town(await Database.open(where), 4, first=number) for number in range(3)]

    async def play(town: Town) -> None:
        await town.run(3)

    await asyncio.gather(*(play(town) for town in towns))
    while await database.write_aside(post_entries):
        pass
    answers = rows_of(where, "SELECT count(*), sum(points) FROM answers")[0]
    totals = (
        "SELECT sum(answered), sum(points) FROM standings s JOIN boards b ON b.home_id = s.home_id"
        " AND b.id = s.board_id WHERE b.period = 'all' AND b.topic = '' AND b.home_id {} 0"
    )
    assert rows_of(where, totals.format("<>"))[0] == answers
    assert rows_of(where, totals.format("="))[0] == answers
    assert rows_of(where, "SELECT sum(answered) FROM skills")[0] == answers[:1]
    assert rows_of(where, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == [
        (0,)
    ]
    for town in towns:
        await town.database.close()


def test_many_rows_are_one_statement() -> None:
    """Rows go as arrays into one statement; those that would change one row twice into several, in order."""
    put = (
        "INSERT INTO notes (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    statements = list(as_sets(put, [("a", "1"), ("b", "2"), ("a", "3")]))
    assert [arrays for _, arrays in statements] == [['{"a","b"}', '{"1","2"}'], ['{"a"}', '{"3"}']]
    assert "FROM unnest(CAST(%s AS TEXT[]), CAST(%s AS TEXT[])) AS v (p0, p1) ON CONFLICT" in statements[0][0]
    [(said, arrays)] = as_sets("UPDATE games SET reason = ?, ended_at = ? WHERE home_id = ? AND id = ?", [
        (None, 5, 1, 2), (None, 6, 1, 3),
    ])  # fmt: skip
    assert said.startswith("UPDATE games SET reason = NULL, ended_at = v.p1 FROM unnest(")
    assert arrays == ["{5,6}", "{1,1}", "{2,3}"]
    with pytest.raises(ValueError, match="cannot take many"):
        list(as_sets("SELECT 1", [(1,), (2,)]))


async def test_a_password_is_told_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the settings nor an error nor the log hold what is in the address but for host and name."""
    secret = "hunter2"
    url = f"postgresql://farside:{secret}@127.0.0.1:1/farside?connect_timeout=1"
    config: Config = read_config({"FARSIDE_DATABASE": url}, need_token=False)
    assert secret not in repr(config)
    assert str(config.database) == "postgresql://farside@127.0.0.1:1/farside"
    with caplog.at_level(logging.DEBUG), pytest.raises(SchemaError) as refused:
        await Database.open(config.database)
    assert secret not in str(refused.value)
    assert secret not in caplog.text
