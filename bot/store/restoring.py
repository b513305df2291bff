"""Restoring: a backup takes the place of the database.

What always holds:
- nothing is touched before the backup was found to be whole, ours, and not of a
  newer Farside; nor while anybody has the database open;
- the log of the old database never meets the restored file: what it holds is
  first folded into the old one;
- the old database is kept under another name, and there is at each moment a
  whole database in its place: the old one or the restored one.
"""

import os
import sqlite3
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

from bot.store.copies import POSTGRES_BACKUP, Say, back_up, begins, family
from bot.store.migrator import SchemaError, require_ours, schema_version


def restore(path: Path, source: Path, say: Say = lambda _: None) -> Path | None:
    """Put the backup `source` in the place of the database at `path`; return where the old one is kept.

    Raises `SchemaError` when that cannot be; then nothing has changed.
    """
    if any(file.exists() and source.samefile(file) for file in family(path)):
        raise SchemaError(f"{source} is the database itself, or belongs to it; name a backup")
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise SchemaError(f"{path} is no file that a database could be in; name another one")
    path.parent.mkdir(parents=True, exist_ok=True)
    restored = path.with_name(path.name + ".restored")
    try:
        with closing(_open_backup(source)) as connection:
            _require_whole(connection, source)
            is_sound = path.exists() and _close_log(path)
            back_up(connection, restored, say)
    except sqlite3.Error as error:
        asked = f"is there room in {path.parent}" if _is_the_disks(error) else _asked_of(source)
        raise SchemaError(f"{source} cannot be restored ({error}); {asked}?") from error
    try:
        return _exchange(path, restored, is_sound=is_sound)
    finally:
        restored.unlink(missing_ok=True)


def _is_the_disks(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def _asked_of(source: Path) -> str:
    if begins(source, POSTGRES_BACKUP):
        return "it is a backup of PostgreSQL's: does FARSIDE_DATABASE name a server"
    return "is it a backup, and is it whole"


def _open_backup(source: Path) -> sqlite3.Connection:
    """Open the backup without leaving anything beside it; a log that was copied with it is part of it."""
    _, log, _ = family(source)
    is_alone = not log.exists() or not log.stat().st_size
    address = f"{source.absolute().as_uri()}?{'immutable=1' if is_alone else 'mode=ro'}"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=5)


def _require_whole(connection: sqlite3.Connection, source: Path) -> None:
    """Raise unless it is a whole database of this Farside or an earlier one."""
    if not schema_version(connection):
        raise SchemaError(f"{source} is a database, but not one of Farside's")
    require_ours(connection, source)
    faults = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    if faults:
        raise SchemaError(f"{source} is damaged: {faults[0]}")


def _close_log(path: Path) -> bool:
    """Fold the database's log into it; False when it is too damaged for that.

    SQLite lets go of the log only for somebody who is alone with the file.
    """
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0)
        ) as connection:
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return False
        mode = "in use"
    except sqlite3.DatabaseError:
        return False
    if mode != "delete":
        raise SchemaError(
            f"{path} is in use; stop Farside, and whatever else has it open, then restore again"
        )
    return True


def _exchange(path: Path, restored: Path, *, is_sound: bool) -> Path | None:
    """Put `restored` at `path` in one step, with what was there before under a free name."""
    kept = _free_name(path)
    _, log, index = family(path)
    if not is_sound:  # nobody could fold the log into the old file: it is kept beside it
        with suppress(FileNotFoundError):
            log.rename(kept.with_name(kept.name + "-wal"))
        index.unlink(missing_ok=True)
    was_there = path.exists()
    if was_there:
        try:
            os.link(path, kept)
        except OSError:  # a file system without links
            path.rename(kept)
    restored.replace(path)
    _sync(path.parent)
    return kept if was_there else None


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.before-restore{f'-{n}' if n > 1 else ''}") for n in count(1))
    return next(name for name in names if not name.exists())


def _sync(folder: Path) -> None:
    """Have the names in the folder be on disk, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
