"""Files of the database: readable by their owner alone, and copied whole.

What always holds: a file is made private before anything is written into it,
whatever the umask; SQLite gives its log and its index the same permissions; a
copy takes its name only when it is whole.
"""

import logging
import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

Say = Callable[[str], None]

SQLITE_FILE, POSTGRES_BACKUP = b"SQLite format 3\0", b"PGDMP"
"""How the files of each engine begin."""

_log = logging.getLogger(__name__)
_PRIVATE = stat.S_IRUSR | stat.S_IWUSR
_STEP = 4096  # pages copied at a time
_LONG = 25_600  # pages, 100 MB: from here on it is told how far the copy is


def family(path: Path) -> list[Path]:
    """Return the database's file, its log and the index of its log, whether they are there or not."""
    return [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]


def begins(path: Path, with_: bytes) -> bool:
    """Return whether a file begins with these bytes; False where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(with_)) == with_
    except OSError:
        return False


def make_private(path: Path) -> None:
    """Have the file exist, and let nobody but its owner read it, its log or its index.

    An existing file is never opened here: closing it would drop the locks that SQLite holds in this process.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE))
    for file in family(path):
        try:
            if stat.S_IMODE(file.stat().st_mode) != _PRIVATE:
                file.chmod(_PRIVATE)
        except FileNotFoundError:
            continue
        except PermissionError:
            _log.warning("%s belongs to somebody else; who may read it cannot be changed", file)


def back_up(connection: sqlite3.Connection, target: Path, say: Say = _log.info) -> None:
    """Copy what `connection` sees at this moment to `target`; others may go on writing."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)

    def tell(_: int, remaining: int, total: int) -> None:
        done = total - remaining
        if total >= _LONG and done * 10 // total > (done - _STEP) * 10 // total:
            say(f"copying to {target}: {done * 100 // total} %")

    try:
        make_private(part)
        connection.execute("BEGIN")  # one state of the database, from the first page to the last
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        try:
            with closing(sqlite3.connect(part)) as other:
                connection.backup(other, pages=_STEP, progress=tell, sleep=0)
        finally:
            connection.execute("COMMIT")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
