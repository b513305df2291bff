"""Backups and their way back: private, whole, and never mixed with an old log."""

import os
import resource
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.store.copies import family
from bot.store.migrator import SchemaError, apply_to, copy, faults, migrate, migrations
from bot.store.restoring import restore

ROOT = Path(__file__).parents[2]

_WRITER = """
import asyncio, sys
from pathlib import Path
from bot.store.database import Database
from bot.store.notes import save_note

async def main():
    database = await Database.open(Path(sys.argv[1]))
    for number in range(10**9):
        await database.write(lambda tx: save_note(tx, f"note {number}", "x" * 300))
        print(number, flush=True)
        if number >= int(sys.argv[2]):
            sys.stdin.read(1)

asyncio.run(main())
"""


@contextmanager
def writer(path: Path, notes: int) -> Iterator[subprocess.Popen[str]]:
    """Have another process write so many notes, and keep the database open until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path), str(notes)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= notes:
                break
        yield process
    finally:
        process.kill()
        process.communicate()


def content(path: Path) -> list[str]:
    """Return all that a database holds, as SQL."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def modes(folder: Path) -> set[int]:
    """Return the permissions of the files in a folder."""
    return {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir() if file.is_file()}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_are_their_owners_alone(tmp_path: Path, umask: int) -> None:
    """Database, log, index, backup and the copy before a migration are 0600, whatever the umask."""
    before = os.umask(umask)
    try:
        path = tmp_path / "farside.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as old:
            apply_to(old, migrations()[:2])
        path.chmod(0o644)
        migrate(path)
        copy(path, tmp_path / "backup.sqlite3")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("INSERT INTO notes VALUES ('a', '1')")
            connection.commit()
            assert [file.name for file in family(path) if not file.exists()] == []
            assert len(list(tmp_path.iterdir())) == 5
            assert modes(tmp_path) == {0o600}
    finally:
        os.umask(before)


def test_killed_and_restored(tmp_path: Path) -> None:
    """After `kill -9`, with its log left beside it, the restored database is the backup and nothing else."""
    path, backup = tmp_path / "farside.sqlite3", tmp_path / "backup.sqlite3"
    with writer(path, 40):
        copy(path, backup)
    with writer(path, 80):
        pass
    assert family(path)[1].exists(), "a log is left"
    before = content(backup)
    kept = restore(path, backup)
    assert kept is not None
    assert {file.name for file in tmp_path.iterdir()} == {path.name, backup.name, kept.name}
    assert modes(tmp_path) == {0o600}
    assert content(path) == before
    assert faults(path) == []
    assert "note 80" in "".join(content(kept)), "what only the log held is in the database put aside"
    with writer(path, 1):
        pass
    assert len(content(path)) >= len(before)


def test_a_running_bot_is_left_alone(tmp_path: Path) -> None:
    """While another process has the database open, nothing is restored, and the sentence says what to do."""
    path, backup = tmp_path / "farside.sqlite3", tmp_path / "backup.sqlite3"
    with writer(path, 5):
        copy(path, backup)
        with pytest.raises(SchemaError, match="stop Farside"):
            restore(path, backup)
        assert not list(tmp_path.glob("*restore*"))
    restore(path, backup)


def test_a_database_that_is_damaged_is_put_aside(tmp_path: Path) -> None:
    """A database that cannot even be opened is kept, and its log is no part of the new one."""
    path, backup = tmp_path / "farside.sqlite3", tmp_path / "backup.sqlite3"
    migrate(path)
    copy(path, backup)
    path.write_bytes(b"\xa5" * 9000)
    family(path)[1].write_bytes(b"an old log")
    kept = restore(path, backup)
    assert kept is not None
    assert kept.read_bytes() == b"\xa5" * 9000
    assert not family(path)[1].exists()
    assert faults(path) == []
    again = restore(path, backup)
    assert again not in {None, kept}, "and nothing that was put aside before is lost"


def test_a_log_without_its_database_is_no_part_of_the_restored_one(tmp_path: Path) -> None:
    """Somebody removed the file and left its log: the log is not replayed into the backup."""
    path, backup = tmp_path / "farside.sqlite3", tmp_path / "backup.sqlite3"
    with writer(path, 5):
        copy(path, backup)
    with writer(path, 60):
        pass
    path.unlink()
    assert restore(path, backup) is None
    assert content(path) == content(backup)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-6000])


def _scribble(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[4096 * 3 : 4096 * 4] = b"\xa5" * 4096
    path.write_bytes(bytes(body))


def _age(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")


def _another_programs(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
        connection.execute("PRAGMA user_version = 2")


def _text(path: Path) -> None:
    path.write_text("shopping list: " + "milk " * 500, encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_cut, "damaged|malformed"),
        (_scribble, "damaged|malformed"),
        (_age, "newer Farside"),
        (_another_programs, "not one of Farside's"),
        (_text, "is it a backup"),
        (lambda path: path.write_bytes(b""), "not one of Farside's"),
        (lambda path: path.write_bytes(b"PGDMP" + bytes(600)), "a backup of PostgreSQL's"),
    ],
)
def test_a_file_that_will_not_do_changes_nothing(tmp_path: Path, spoil: object, sentence: str) -> None:
    """A damaged, newer or foreign file is refused with a sentence, and the database is as it was."""
    path, backup = tmp_path / "farside.sqlite3", tmp_path / "backup.sqlite3"
    with writer(path, 30):
        copy(path, backup)
    spoil(backup)  # type: ignore[operator]
    before = {file.name: file.read_bytes() for file in family(path) if file.exists()}
    with pytest.raises(SchemaError, match=sentence):
        restore(path, backup)
    assert {file.name: file.read_bytes() for file in family(path) if file.exists()} == before


def test_where_there_is_no_room_it_is_not_the_backups_fault(tmp_path: Path) -> None:
    """On a full disk nothing changes, and it is the disk that is told of."""
    path, backup = tmp_path / "farside.sqlite3", tmp_path / "backup.sqlite3"
    with writer(path, 30):
        copy(path, backup)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(SchemaError, match=f"is there room in {tmp_path}"):
            restore(path, backup)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert faults(path) == []


@pytest.mark.parametrize("end", ["", "-wal"])
def test_the_database_itself_is_no_backup(tmp_path: Path, end: str) -> None:
    """Naming the database, or its log, is refused."""
    path = tmp_path / "farside.sqlite3"
    with writer(path, 3):
        pass
    with pytest.raises(SchemaError, match="name a backup"):
        restore(path, path.with_name(path.name + end))
