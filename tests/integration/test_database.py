"""The database on a real file: group commit, faults, migrations."""

import asyncio
import os
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from bot.errors import CannotGoOn, NotRead, NotSaved
from bot.store import migrator
from bot.store.database import Database
from bot.store.migrator import Migration, SchemaError, copy, faults, migrate, migrations, schema_version
from bot.store.notes import load_note, save_note
from bot.store.sqlite import SqliteDatabase
from bot.store.tx import Tx
from tests.bounds import PATIENCE
from tests.engines import Where
from tests.fakes import Panic

Write = Callable[[Database, Callable[[Tx, list[str]], list[str]], str], Awaitable[str]]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh database in a folder that does not exist yet."""
    opened = await Database.open(tmp_path / "new" / "farside.sqlite3")
    yield opened
    await opened.close()


def path_of(database: Database) -> Path:
    """Return where the file is."""
    assert isinstance(database, SqliteDatabase)
    return database.path


async def test_what_write_returned_is_on_disk(database: Database) -> None:
    """Another connection sees a change as soon as `write` has returned."""
    await database.write(lambda tx: save_note(tx, "a", "1"))
    with closing(sqlite3.connect(path_of(database))) as other:
        assert load_note(other, "a") == "1"


async def test_jobs_share_commits(database: Database) -> None:
    """Jobs that arrive while a commit is under way are committed together, in order."""
    commits = 0

    def count(statement: str) -> None:
        nonlocal commits
        commits += statement == "COMMIT"

    await database.write(lambda tx: tx.set_trace_callback(count))
    commits = 0
    await asyncio.gather(*(database.write(partial(save_note, name="last", value=str(i))) for i in range(300)))
    assert commits <= 2
    assert await database.read(lambda tx: load_note(tx, "last")) == "299"
    await database.write(lambda tx: tx.set_trace_callback(None))


async def test_a_failing_job_fails_alone(database: Database) -> None:
    """A job that raises gets its own exception, changes nothing, and the rest of its group is saved."""

    def add(tx: sqlite3.Connection, name: str) -> None:
        tx.execute("INSERT INTO notes VALUES (?, ?)", (name, "x"))

    def half(tx: sqlite3.Connection) -> None:
        add(tx, "half")
        add(tx, "a")

    first, second, third = await asyncio.gather(
        database.write(lambda tx: add(tx, "a")),
        database.write(half),
        database.write(lambda tx: add(tx, "b")),
        return_exceptions=True,
    )
    assert (first, third) == (None, None)
    assert isinstance(second, sqlite3.IntegrityError)
    names = await database.read(
        lambda tx: [row[0] for row in tx.execute("SELECT name FROM notes ORDER BY 1")]
    )
    assert names == ["a", "b"]


async def test_neighbours_are_done_together(database: Database) -> None:
    """Jobs that can be done together are, in their order, and not past another job between them."""
    calls: list[list[int]] = []

    def together(_: Tx, given: list[int]) -> list[int]:
        calls.append(given)
        return [-one for one in given]

    blocker = asyncio.create_task(database.write(lambda tx: save_note(tx, "a", "1")))
    await asyncio.sleep(0)  # the first commit is under way: what follows shares the next one
    results: object = await asyncio.gather(
        database.write_together(together, 1),
        database.write_together(together, 2),
        database.write(lambda _: calls.append([])),
        database.write_together(together, 3),
    )
    await blocker
    assert results == [-1, -2, None, -3], "each gets its own result"
    assert calls == [[1, 2], [], [3]]


@pytest.mark.parametrize("write", [Database.write_together, Database.write_briefly])
async def test_one_of_them_fails_alone(database: Database, write: Write) -> None:
    """When one of several changes made together cannot be made, the others are."""

    def together(tx: Tx, names: list[str]) -> list[str]:
        for name in names:
            tx.execute("INSERT INTO notes VALUES (?, ?)", (name, "x"))
        return names

    names = ["a", "b", "a", "c"]
    results = await asyncio.gather(
        *(write(database, together, name) for name in names), return_exceptions=True
    )
    assert [result for result in results if isinstance(result, str)] == ["a", "b", "c"]
    assert isinstance(results[2], sqlite3.IntegrityError)
    with closing(sqlite3.connect(path_of(database))) as other:
        assert other.execute("SELECT count(*) FROM notes").fetchone() == (3,)


async def test_a_full_disk_is_told_and_passes(database: Database) -> None:
    """When the file cannot grow nothing is saved and it is told; later it works again."""

    def limit(tx: sqlite3.Connection, spare: int) -> None:
        pages = tx.execute("PRAGMA page_count").fetchone()[0]
        tx.execute(f"PRAGMA max_page_count = {pages + spare}")

    await database.write(lambda tx: limit(tx, 0))
    with pytest.raises(NotSaved):
        await database.write(lambda tx: save_note(tx, "big", "x" * 1_000_000))
    await database.write(lambda tx: limit(tx, 10_000))
    await database.write(lambda tx: save_note(tx, "big", "x" * 1_000_000))
    assert await database.read(lambda tx: load_note(tx, "big")) is not None


async def test_asking_whether_anything_can_be_stored_wears_out_no_disk(database: Database) -> None:
    """However often that is asked, it is tried once; and again as soon as a change could not be stored."""
    told: list[bool] = []

    def count(tx: sqlite3.Connection) -> int:
        return tx.total_changes

    before = await database.write(count)
    for _ in range(20):
        told += await asyncio.gather(*(database.can_store() for _ in range(20)))
    assert all(told)
    assert await database.write(count) - before <= 1
    await database.write(lambda tx: tx.execute("PRAGMA query_only = 1"))
    with pytest.raises(NotSaved):
        await database.write(lambda tx: save_note(tx, "a", "1"))
    assert not await database.can_store()


async def test_a_lock_held_elsewhere_is_waited_out_or_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process that holds the write lock for too long costs the press, never the program."""
    monkeypatch.setattr("bot.store.sqlite._BUSY", 20)
    with closing(sqlite3.connect(path_of(database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotSaved):
            await database.write(lambda tx: save_note(tx, "a", "1"))
        other.execute("ROLLBACK")
    await database.write(lambda tx: save_note(tx, "a", "2"))
    assert await database.read(lambda tx: load_note(tx, "a")) == "2"


async def test_a_lock_is_waited_for_once_by_whoever_waits_behind_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time that a change has waited behind others, while a lock was held, counts as waited for it."""
    monkeypatch.setattr("bot.store.sqlite._BUSY", 200)
    monkeypatch.setattr("bot.store.sqlite._BUSY_LEAST", 1)
    begun: list[str] = []
    await database.write(lambda tx: tx.set_trace_callback(begun.append))
    with closing(sqlite3.connect(path_of(database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        first = asyncio.create_task(database.write(lambda tx: save_note(tx, "a", "1")))
        await asyncio.sleep(0)  # its commit is under way
        await asyncio.sleep(0)
        behind = database.write(lambda tx: save_note(tx, "b", "1"))
        assert all(
            isinstance(result, NotSaved)
            for result in await asyncio.gather(first, behind, return_exceptions=True)
        )
        other.execute("ROLLBACK")
    waits = [int(one.split("= ")[1]) for one in begun if one.startswith("PRAGMA busy") and one[-2:] != " 0"]
    assert len(waits) == 2
    assert sum(waits) <= 200 + 50
    await database.write(lambda tx: tx.set_trace_callback(None))


def save_here(tx: Tx, names: list[str]) -> list[int]:
    """Save notes of these names; return for each in which thread that was."""
    for name in names:
        save_note(tx, name, "x")
    return [threading.get_ident() for _ in names]


async def test_brief_jobs_are_run_where_they_are_asked_for(database: Database) -> None:
    """Brief jobs do not change threads, share a commit as others do, and are on disk when told."""
    commits: list[str] = []
    await database.write(lambda tx: tx.set_trace_callback(commits.append))
    commits.clear()
    names = [f"note {number}" for number in range(50)]
    threads = await asyncio.gather(*(database.write_briefly(save_here, name) for name in names))
    with closing(sqlite3.connect(path_of(database))) as other:
        assert [load_note(other, name) for name in names] == ["x"] * 50
    assert set(threads) == {threading.get_ident()}
    assert commits.count("COMMIT") <= 2
    await database.write(lambda tx: tx.set_trace_callback(None))


async def test_a_brief_job_beside_others_is_the_threads(database: Database) -> None:
    """In a group with one job that may take longer, nothing is done on the event loop."""
    brief, other = await asyncio.gather(
        database.write_briefly(save_here, "a"), database.write(lambda _: threading.get_ident())
    )
    assert brief == other != threading.get_ident()


async def test_a_lock_held_elsewhere_is_waited_for_beside_the_event_loop(database: Database) -> None:
    """While another process holds the lock a brief job waits in the thread, and is saved afterwards."""
    with closing(sqlite3.connect(path_of(database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(database.write_briefly(save_here, "a"))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not waiting.done()
        other.execute("ROLLBACK")
    assert await asyncio.wait_for(waiting, PATIENCE) != threading.get_ident()
    assert await database.read(lambda tx: load_note(tx, "a")) == "x"


async def test_after_a_disk_that_was_slow_the_thread_is_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a brief job was not brief, the event loop does not wait for the disk again so soon."""
    with monkeypatch.context() as patch:
        patch.setattr("bot.store.sqlite._BRIEF", -1.0)  # no time at all is too long
        assert await database.write_briefly(save_here, "a") == threading.get_ident()
    assert await database.write_briefly(save_here, "b") != threading.get_ident()


async def test_a_brief_job_that_cannot_be_committed_fails_alone(database: Database) -> None:
    """What SQLite refuses only at the commit is its own job's fault; the rest of the group is saved."""

    def save_or_break(tx: Tx, names: list[str]) -> list[str]:
        for name in names:
            save_note(tx, name, "x")
            if name == "orphan":
                tx.execute("INSERT INTO children VALUES (1)")
        return names

    def make(tx: Tx) -> None:
        tx.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
        tx.execute("CREATE TABLE children (id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)")

    await database.write(make)
    told: list[object] = await asyncio.gather(
        *(database.write_briefly(save_or_break, name) for name in ("a", "orphan", "b")),
        return_exceptions=True,
    )
    assert (told[0], told[2]) == ("a", "b")
    assert isinstance(told[1], sqlite3.IntegrityError)
    saved = await database.read(lambda tx: [load_note(tx, name) for name in ("a", "orphan", "b")])
    assert saved == ["x", None, "x"]


async def test_the_reader_cannot_write(database: Database) -> None:
    """A read that tries to change something is refused by SQLite itself."""
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await database.read(lambda tx: save_note(tx, "a", "1"))


async def test_close_finishes_what_was_asked(tmp_path: Path) -> None:
    """Closing waits for the commits under way; nobody who asked is left without an answer."""
    database = await Database.open(tmp_path / "farside.sqlite3")
    writes = [
        asyncio.ensure_future(database.write(partial(save_note, name=str(i), value="x"))) for i in range(50)
    ]
    await asyncio.sleep(0)
    await database.close()
    assert all(write.done() and write.exception() is None for write in writes)


async def test_the_log_is_copied_beside_the_commits(database: Database) -> None:
    """What is committed reaches the file itself long before the writer would have to copy it."""
    written = 0
    before = path_of(database).stat().st_size
    while path_of(database).stat().st_size == before:
        await database.write(partial(save_note, name=str(written), value="x" * 100))
        written += 1
        assert (
            written < 1000
        )  # of the 4000 pages at which it is the writer's turn, a commit takes two or three


async def test_the_log_does_not_grow_without_end(database: Database) -> None:
    """However much is written within a few commits, the log starts again from its beginning."""
    log = path_of(database).with_name(f"{path_of(database).name}-wal")
    for _ in range(100):  # ten times 4 MB, in fewer commits than bring a copy of their own
        await database.write(lambda tx: save_note(tx, "big", "x" * 400_000))
    assert log.stat().st_size < 24_000_000


def test_migrations_are_numbered() -> None:
    """Each has a number of its own, and says from which one on an older Farside may run beside it."""
    numbers = [step.number for step in migrations()]
    assert numbers == sorted(set(numbers))
    assert all(step.readable_from <= step.number for step in migrations())


def test_the_tables_of_each_schema_are_known_without_making_them() -> None:
    """What is read from the migrations is what they make."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for migration in migrations():
            migrator.apply_to(connection, [migration])
            made = {
                row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            }
            assert migrator.tables_at(migration.number) == made


def test_a_new_file_gets_every_migration(tmp_path: Path) -> None:
    """An empty database is brought up to date, is sound, and a second run changes nothing."""
    path = tmp_path / "farside.sqlite3"
    assert migrate(path) == migrations()
    assert migrate(path) == []
    assert faults(path) == []


def _text(path: Path) -> None:
    path.write_text("root:x:0:0:root:/root:/bin/bash\n", encoding="utf-8")


def _another_programs(path: Path, version: int = 0) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (id INTEGER)")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()


@pytest.mark.parametrize(
    "make", [_text, _another_programs, partial(_another_programs, version=5)], ids=["text", "fresh", "aged"]
)
def test_a_foreign_file_is_refused_untouched(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A file that is not Farside's keeps its content and who may read it, and nothing is left beside it."""
    path = tmp_path / "foreign"
    make(path)
    path.chmod(0o644)
    before = path.read_bytes()
    with pytest.raises(SchemaError, match="Farside"):
        migrate(path)
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_is_refused_untouched(tmp_path: Path) -> None:
    """A pipe or a device is neither opened nor changed."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o644)
    mode = pipe.stat().st_mode
    with pytest.raises(SchemaError, match="no file"):
        migrate(pipe)
    assert pipe.stat().st_mode == mode


def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    """A file of a newer Farside is left as it is, with a sentence that says what to do."""
    path = tmp_path / "farside.sqlite3"
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    with pytest.raises(SchemaError, match="newer Farside"):
        migrate(path)


def test_a_failing_migration_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that fails half-way is undone whole, and the copy made before is there."""
    path = tmp_path / "farside.sqlite3"
    shipped = migrations()
    migrate(path)
    broken = Migration(shipped[-1].number + 1, "broken", "CREATE TABLE half (a); CREATE TABLE notes (a);\n")
    monkeypatch.setattr(migrator, "migrations", lambda: [*shipped, broken])
    with pytest.raises(SchemaError):
        migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        assert schema_version(connection) == shipped[-1].number
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone() == (0,)
    assert (tmp_path / f"farside.sqlite3.v{shipped[-1].number}.backup").exists()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """A text file in the database's place ends in a sentence, not a traceback."""
    path = tmp_path / "farside.sqlite3"
    path.write_text("shopping list: " + "milk " * 500, encoding="utf-8")
    with pytest.raises(SchemaError, match="cannot be used as a database"):
        migrate(path)


async def test_a_copy_made_while_writing_is_whole(database: Database, tmp_path: Path) -> None:
    """A backup taken while the bot writes is a sound database as of one moment."""
    await database.write(lambda tx: save_note(tx, "a", "1"))
    writes = asyncio.gather(*(database.write(partial(save_note, name=str(i), value="x")) for i in range(200)))
    await asyncio.to_thread(copy, path_of(database), tmp_path / "copy.sqlite3")
    await writes
    assert faults(tmp_path / "copy.sqlite3") == []
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as connection:
        assert load_note(connection, "a") == "1"


class Unheard(Exception):
    """Something that nobody has thought of."""


async def test_whatever_a_commit_meets_is_told_to_all_who_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception from below the transaction itself leaves nobody waiting, and the next write is saved."""

    async def broken(*_: object) -> None:
        raise Unheard

    with monkeypatch.context() as patch:
        patch.setattr("bot.store.sqlite._in_thread", broken)
        writes = [database.write(partial(save_note, name=str(i), value="x")) for i in range(3)]
        told = await asyncio.wait_for(asyncio.gather(*writes, return_exceptions=True), PATIENCE)
    assert [type(error) for error in told] == [NotSaved] * 3
    assert all(isinstance(error.__cause__, Unheard) for error in told if isinstance(error, Exception))
    await database.write(lambda tx: save_note(tx, "a", "1"))
    assert await database.read(lambda tx: load_note(tx, "a")) == "1"


async def test_a_statement_at_fault_fails_its_own_job(database: Database) -> None:
    """A job whose SQL is wrong gets SQLite's own error, and the rest of its group is saved."""
    told: list[object] = await asyncio.gather(
        database.write(lambda tx: save_note(tx, "a", "1")),
        database.write(lambda tx: tx.execute("SELECT * FROM nowhere")),
        database.write(lambda tx: save_note(tx, "b", "2")),
        return_exceptions=True,
    )
    assert (told[0], told[2]) == (None, None)
    assert isinstance(told[1], sqlite3.OperationalError)
    assert await database.read(lambda tx: load_note(tx, "b")) == "2"


@pytest.mark.parametrize("error", [StopIteration(), asyncio.CancelledError(), Panic()], ids=repr)
async def test_what_would_be_lost_on_the_way_from_a_thread_is_told(
    where: Where, error: BaseException
) -> None:
    """Whatever a job raises, on either engine: it fails alone, and nobody waits in vain or is cancelled."""
    database = await Database.open(where)

    def faulty(_: object, ones: list[int] | None = None) -> list[int]:
        raise error

    asked: list[Awaitable[Any]] = [
        database.write(faulty),
        database.write_together(faulty, 1),
        database.write_briefly(faulty, 1),
        database.write_aside(faulty),
        database.read(faulty),
        database.read_whole(faulty),
        database.read_together(faulty, 1),
        database.write(partial(save_note, name="a", value="1")),
    ]
    told: list[Any] = await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), PATIENCE)
    assert told.pop() is None
    assert [(type(one), one.__cause__) for one in told] == [(RuntimeError, error)] * 7
    assert await database.read(lambda tx: load_note(tx, "a")) == "1"
    await database.close()


async def test_a_job_too_large_for_the_disk_fails_alone(database: Database) -> None:
    """What does not fit is not saved; what was asked for beside it is."""

    def limit(tx: sqlite3.Connection) -> None:
        pages = tx.execute("PRAGMA page_count").fetchone()[0]
        tx.execute(f"PRAGMA max_page_count = {pages + 4}")

    await database.write(limit)
    first, large, second = await asyncio.gather(
        database.write(lambda tx: save_note(tx, "a", "1")),
        database.write(lambda tx: save_note(tx, "big", "x" * 1_000_000)),
        database.write(lambda tx: save_note(tx, "b", "2")),
        return_exceptions=True,
    )
    assert (first, second) == (None, None)
    assert isinstance(large, NotSaved)


async def test_a_read_that_cannot_be_is_told_in_words(database: Database) -> None:
    """A database that another process holds for itself alone gives a sentence, not SQLite's words."""

    def unreadable(_: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ  # as SQLite's own module sets it
        raise error

    with pytest.raises(NotRead, match="try again"):
        await database.read(unreadable)


@pytest.mark.parametrize("how", ["removed", "replaced", "emptied"])
async def test_a_database_that_is_gone_is_noticed(database: Database, how: str) -> None:
    """When the file was removed, replaced or emptied nothing is told as saved, and it is said."""
    if how == "emptied":
        path_of(database).write_bytes(b"")
    else:
        path_of(database).unlink()
    if how == "replaced":
        path_of(database).write_bytes(b"another file")
    with pytest.raises(NotSaved):
        await database.write(lambda tx: save_note(tx, "a", "1"))
    with pytest.raises(CannotGoOn, match="vanished" if how == "removed" else how):
        await asyncio.wait_for(database.watch(), PATIENCE)
    assert path_of(database).exists() == (how != "removed")


@pytest.mark.parametrize("end", ["-wal", "-shm"])
@pytest.mark.parametrize("is_replaced", [False, True])
async def test_a_log_that_is_gone_is_noticed(tmp_path: Path, end: str, is_replaced: bool) -> None:
    """Nothing more is told as saved, it is said, and what was told before is in the file at the end."""
    path = tmp_path / "farside.sqlite3"
    database = await Database.open(path)
    await database.write(lambda tx: save_note(tx, "a", "1"))
    await database.look()
    beside = path.with_name(path.name + end)
    beside.unlink()
    if is_replaced:
        beside.touch()
    with pytest.raises(NotSaved):
        await database.write(lambda tx: save_note(tx, "b", "1"))
    with pytest.raises(CannotGoOn, match=r"log .* was removed"):
        await asyncio.wait_for(database.watch(), PATIENCE)
    await database.close()
    with closing(sqlite3.connect(path)) as other:
        assert [load_note(other, name) for name in "ab"] == ["1", None]


async def test_a_database_that_is_written_over_is_noticed(database: Database) -> None:
    """Rubbish in the file is found before anything more is told as saved, though the log is whole."""
    await database.write(lambda tx: save_note(tx, "a", "1"))
    with path_of(database).open("r+b") as file:
        file.write(b"\xa5" * 4096)
    with pytest.raises(NotSaved):
        await database.write(lambda tx: save_note(tx, "a", "2"))
    with pytest.raises(CannotGoOn, match="damaged"):
        await asyncio.wait_for(database.watch(), PATIENCE)


async def test_a_damaged_page_is_noticed_by_whoever_meets_it(database: Database) -> None:
    """What SQLite finds to be damaged is told as `NotRead`, and then the database is given up."""
    for number in range(200):
        await database.write(partial(save_note, name=f"note {number}", value="x" * 500))
    await database.empty_log()
    size = path_of(database).stat().st_size
    with path_of(database).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    with pytest.raises(NotRead):
        await database.read(lambda tx: tx.execute("SELECT sum(length(value)) FROM notes").fetchone())
    with pytest.raises(CannotGoOn, match=r"damaged .*`farside db restore`"):
        await asyncio.wait_for(database.watch(), PATIENCE)


async def test_a_jobs_hop_takes_one_turn_of_the_thread(database: Database) -> None:
    """What is not public of aiosqlite is still there: a job runs whole in the connection's own thread."""
    threads = await asyncio.gather(*(database.write(lambda _: threading.get_ident()) for _ in range(3)))
    reading = await database.read(lambda _: threading.get_ident())
    assert len({*threads, reading, threading.get_ident()}) == 3


def test_the_library_below_is_one_that_was_tried() -> None:
    """The two attributes of aiosqlite that the house leans on exist in the version that is installed."""
    assert callable(aiosqlite.Connection._execute)
    assert "_conn" in dir(aiosqlite.Connection)


async def test_a_transaction_that_was_cut_off_is_no_part_of_the_next(database: Database) -> None:
    """Whatever a job leaves behind it, the next one begins a transaction of its own."""

    def cut_off(tx: sqlite3.Connection) -> None:
        save_note(tx, "a", "1")
        raise Panic

    with pytest.raises(RuntimeError, match="Panic"):
        await database.write(cut_off)
    await database.write(lambda tx: save_note(tx, "b", "2"))
    assert await database.read(lambda tx: (load_note(tx, "a"), load_note(tx, "b"))) == (None, "2")


async def test_a_file_for_reading_alone_is_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing could be stored the program does not begin to play: it says so."""
    path = tmp_path / "farside.sqlite3"
    migrate(path)
    monkeypatch.setattr(os, "access", lambda where, mode: not (where == path and mode & os.W_OK))
    with pytest.raises(SchemaError, match="for reading alone"):
        await Database.open(path)
