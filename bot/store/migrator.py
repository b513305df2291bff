"""Migrations: the store's schema, brought up to date one numbered file at a time.

What always holds: a file either has all of a migration or nothing of it; a
file with data is copied beside itself before it is changed; a file that is not
ours, or of a newer Farside that says it cannot be used by this one, is refused
untouched. The number of the last migration stands in SQLite's `user_version`.

A migration says in its first line from which number on an older Farside may run
beside it: `-- readable from: 12` lets one that knows 12 go on with the schema as
the migration leaves it. So what is taken away goes a release after what used it.
"""

import logging
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from importlib import resources
from itertools import count
from pathlib import Path
from typing import NamedTuple

from bot.store.content import Content, content_of_snapshot
from bot.store.copies import Say, back_up, family, make_private

_log = logging.getLogger(__name__)
_TOLD = 200_000  # rounds: a few seconds' work
_SIZES = ("page_count", "freelist_count")
_LARGE = 256  # pages; a smaller file is not worth it
_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
_TABLES = re.compile(r"^(CREATE|DROP|ALTER) TABLE (\w+)(?: RENAME TO (\w+))?", re.MULTILINE)
_READABLE = re.compile(r"^-- readable from: (\d+)$", re.MULTILINE)
_LOST = (
    "SELECT count(*) FROM rounds r WHERE NOT EXISTS"
    " (SELECT 1 FROM games g WHERE g.home_id = r.home_id AND g.id = r.id - r.behind)"
)
_NOTED_FROM = 10  # the first migration whose number is noted in `schema_versions`


class SchemaError(Exception):
    """The database cannot be used as it is; the text says what to do."""


class NotNow(SchemaError):
    """The database cannot be used at this moment; waiting may help."""


class Migration(NamedTuple):
    """One step of the schema: `number` is the `user_version` after it."""

    number: int
    name: str
    script: str

    @property
    def readable_from(self) -> int:
        """The number that a Farside has to know to run with the schema as it is after this step."""
        said = _READABLE.search(self.script)
        return int(said[1]) if said else self.number


def migrations() -> list[Migration]:
    """Return every migration that ships, in order."""
    found = [
        Migration(int(match[1]), match[2], entry.read_text(encoding="utf-8"))
        for entry in resources.files("bot.store.migrations").iterdir()
        if (match := _NAME.fullmatch(entry.name))
    ]
    return sorted(found)


def migrate(path: Path, say: Say = _log.info) -> list[Migration]:
    """Bring the file at `path` up to date and return the migrations that were applied.

    Makes the file and its folder when they are missing, readable by their owner alone; `say` is told how
    far a long step is. Raises `SchemaError` when that cannot be.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SchemaError(f"the folder {path.parent} cannot be made: {error.strerror}") from error
    try:
        if not path.exists():
            make_private(path)
        elif not path.is_file():
            raise SchemaError(f"{path} is no file that a database could be in; name another one")
        elif not os.access(path, os.W_OK):  # SQLite would open it, and take nothing
            raise SchemaError(f"{path} may not be written: it, or where it lies, is for reading alone")
        with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as connection:
            require_ours(connection, path)
            make_private(path)
            return _apply(connection, path, say)
    except (sqlite3.Error, OSError) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING or isinstance(error, BlockingIOError):
            raise NotNow(f"{path} cannot be used at this moment ({error})") from error
        message = (
            f"{path} cannot be used as a database ({error}); is it a Farside database, and may it be written?"
        )
        raise SchemaError(message) from error


def require_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `SchemaError` unless it is empty, or a database of this Farside or an earlier one."""
    have, known = schema_version(connection), migrations()[-1].number
    if have > known and _readable_from(connection, have) > known:
        raise SchemaError(
            f"{path} was written by a newer Farside (schema {have}, this one knows {known}); "
            "update Farside, or restore the backup that was made before the update"
        )
    tables = _tables(connection)
    if (tables and not have) or tables_at(have) - tables:
        raise SchemaError(f"{path} is a database, but not one of Farside's")


def _readable_from(connection: sqlite3.Connection, version: int) -> int:
    """Return which number a Farside has to know to run with the schema of that one."""
    try:
        row = connection.execute(
            "SELECT readable_from FROM schema_versions WHERE number = ?", (version,)
        ).fetchone()
    except sqlite3.OperationalError:  # it is of nobody who notes that
        return version
    return int(row[0]) if row else version


def tables_at(version: int) -> set[str]:
    """Return the tables of a schema, read from the migrations: to make them takes a tenth of a start."""
    tables: set[str] = set()
    for migration in migrations():
        for does, table, renamed in _TABLES.findall(migration.script) if migration.number <= version else ():
            if does == "CREATE":
                tables.add(table)
            elif does == "DROP" or renamed:
                tables.remove(table)
                tables |= {renamed} - {""}
    return tables


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def _apply(connection: sqlite3.Connection, path: Path, say: Say) -> list[Migration]:
    have = schema_version(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    pending = [migration for migration in migrations() if migration.number > have]
    if pending and have:
        back_up(connection, path.with_name(f"{path.name}.v{have}.backup"), say)
    apply_to(connection, pending, say)
    if pending and have:
        _shrink(connection, path, say)
    return pending


def apply_to(connection: sqlite3.Connection, pending: Iterable[Migration], say: Say = _log.info) -> None:
    """Apply each migration, whole or not at all."""
    _teach(connection, say)
    connection.execute("PRAGMA foreign_keys = OFF")  # tables point to those that take another's place
    for migration in pending:
        connection.execute("BEGIN EXCLUSIVE")
        try:
            for statement in split(migration.script):
                connection.execute(statement)
            if migration.number >= _NOTED_FROM:
                connection.execute(
                    "INSERT INTO schema_versions (number, readable_from) VALUES (?, ?)",
                    (migration.number, migration.readable_from),
                )
            connection.execute(f"PRAGMA user_version = {migration.number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _teach(connection: sqlite3.Connection, say: Say) -> None:
    """Give the connection the functions that migrations may use beside SQLite's own."""

    def telling(done: str, part: Callable[[Content], str]) -> Callable[[str], str]:
        numbers = count(1)

        def convert(snapshot: str) -> str:
            number = next(numbers)
            if number % _TOLD == 0:
                say(f"bringing the database up to date: {number:,} rounds {done}")
            return part(content_of_snapshot(snapshot))

        return convert

    for name, function in (
        ("question_hash", lambda snapshot: content_of_snapshot(snapshot).hash),
        ("question_body", telling("read", lambda content: content.body)),
        ("question_order", telling("done", lambda content: content.order)),
    ):
        connection.create_function(name, 1, function, deterministic=True)


def _shrink(connection: sqlite3.Connection, path: Path, say: Say) -> None:
    """Give space back that a migration has left empty, when that is most of the file."""
    pages, empty = (connection.execute(f"PRAGMA {what}").fetchone()[0] for what in _SIZES)
    if empty * 2 <= pages or pages < _LARGE:
        return
    say(f"{path} is {empty * 100 // pages} % empty now; it is made smaller")
    try:
        connection.execute("VACUUM")
    except sqlite3.OperationalError as error:  # no room for that: the empty pages are used in time
        _log.warning("%s could not be made smaller: %s", path, error)


def schema_version(connection: sqlite3.Connection) -> int:
    """Return the number of the last migration applied; 0 for an empty file."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def copy(path: Path, target: Path, say: Say = _log.info) -> None:
    """Copy the database at `path` to `target`, as of this moment, while others go on writing."""
    if target.resolve() in {file.resolve() for file in family(path)}:
        raise SchemaError(f"{target} belongs to the database itself; name another file")
    try:
        with closing(_read_only(path)) as connection:
            back_up(connection, target, say)
    except sqlite3.Error as error:
        raise SchemaError(f"{path} cannot be copied to {target}: {error}") from error


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5)


def faults(path: Path) -> list[str]:
    """Return what is wrong with the database at `path`, a sentence each; empty when it is sound."""
    try:
        with closing(_read_only(path)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [
                f"a row of {row[0]} points to a missing row of {row[2]}"
                for row in connection.execute("PRAGMA foreign_key_check")
            ]
            have, known = schema_version(connection), migrations()[-1].number
            if have >= known and (lost := connection.execute(_LOST).fetchone()[0]):
                found.append(f"{lost:,} rows of rounds point to missing rows of games")
            readable = _readable_from(connection, have) <= known
    except sqlite3.Error as error:
        return [f"it cannot be read: {error}"]
    if have > known and not readable:
        found.append(
            f"its schema is {have}, this Farside knows {known}: a newer one wrote it; update Farside"
        )
    elif have < known:
        found.append(f"its schema is {have}, this Farside's is {known}: run `farside db migrate`")
    return found


def split(script: str) -> Iterator[str]:
    """Split `script` at its statements' ends; a trigger's inner semicolons are not ends."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
