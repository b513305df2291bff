"""Looking after a server's database: checked, backed up and restored by PostgreSQL's own programs.

What always holds: a password reaches those programs by their environment, never
by their command line, which anybody on the machine can read; a backup takes its
name only when it is whole; a restored one is looked through before it takes the
place of what was there, which is kept under another name.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from bot.config import DatabaseAddress, child_environment
from bot.store.copies import SQLITE_FILE, Say, begins, make_private
from bot.store.migrator import SchemaError, migrations
from bot.store.postgres.connection import Connection, told
from bot.store.postgres.migrator import migrate, require_ours, schema_version

_MISSING = "{program} is not here: it comes with PostgreSQL (Debian: apt-get install postgresql-client)"
_ORPHANS = (
    ("answers", "rounds", "a.home_id = b.home_id AND a.round_id = b.id"),
    ("rounds", "games", "a.home_id = b.home_id AND a.id - a.behind = b.id"),
    ("scores", "games", "a.home_id = b.home_id AND a.game_id = b.id"),
    ("standings", "boards", "a.home_id = b.home_id AND a.board_id = b.id"),
    ("rounds", "questions", "a.question = b.hash"),
)
_OLDEST = 150000  # PostgreSQL 15
_TWICE = (
    "SELECT count(*) FROM"
    " (SELECT 1 FROM rounds GROUP BY home_id, id - behind, number HAVING count(*) > 1) AS t"
)


def faults(address: DatabaseAddress) -> list[str]:
    """Return what is wrong with the database, a sentence each; empty when it is sound."""
    try:
        with closing(Connection.open(address.url, what="check")) as tx:
            have, readable_from = schema_version(tx)
            known = migrations()[-1].number
            if readable_from > known:
                return [
                    f"its schema is {have}, this Farside knows {known}: a newer one wrote it; update Farside"
                ]
            if have < known:
                return [f"its schema is {have}, this Farside's is {known}: run `farside db migrate`"]
            found = []
            for table, parent, where in _ORPHANS:
                lost = tx.execute(
                    f"SELECT count(*) FROM {table} a WHERE NOT EXISTS"  # noqa: S608 - our own words
                    f" (SELECT 1 FROM {parent} b WHERE {where})"
                ).fetchone()[0]
                if lost:
                    found.append(f"{lost:,} rows of {table} point to missing rows of {parent}")
            if tx.execute(_TWICE).fetchone()[0]:
                found.append("a game has two rounds of one number")
    except psycopg.Error as error:
        return [f"it cannot be read: {told(error)}"]
    return found


def describe(address: DatabaseAddress) -> list[tuple[bool, str]]:
    """Return what an operator had better know of the server: whether it is well, and a sentence, for each."""
    with closing(Connection.open(address.url, what="doctor")) as tx:
        (version,) = tx.execute("SELECT current_setting('server_version_num')").fetchone()
        found = [
            (
                int(version) >= _OLDEST,
                f"PostgreSQL {int(version) // 10000}; {_OLDEST // 10000} or later is needed",
            )
        ]
        for name, wanted in (("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on")):
            (said,) = tx.execute("SELECT current_setting(?)", (name,)).fetchone()
            if said != wanted:
                found.append(
                    (False, f"{name} is {said}: what was told as saved may be lost; set it to {wanted}")
                )
        (most, taken) = tx.execute(
            "SELECT CAST(current_setting('max_connections') AS BIGINT), count(*) FROM pg_stat_activity"
        ).fetchone()
        found.append((taken + 4 <= most, f"{taken} of {most} connections are taken; each Farside needs four"))
        (size,) = tx.execute("SELECT pg_database_size(current_database())").fetchone()
        found.append((True, f"{size / 1e6:,.0f} MB are stored"))
    return found


@contextmanager
def opened(address: DatabaseAddress, *, is_read_only: bool = False) -> Iterator[Connection]:
    """Open the database, up to date: to be read as of this moment, or to be written to."""
    migrate(address)
    try:
        with closing(Connection.open(address.url, what="copy")) as tx:
            if is_read_only:
                tx.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield tx
    except psycopg.Error as error:
        raise SchemaError(f"{address} cannot be used ({told(error)})") from error


def back_up(address: DatabaseAddress, target: Path) -> None:
    """Write the database, as of this moment, to the file `target` while others go on."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        make_private(part)
        _run("pg_dump", address, "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def restore(address: DatabaseAddress, source: Path, say: Say) -> str | None:
    """Put the backup `source` in the place of the database; return the schema in which the old one is kept.

    Raises `SchemaError` when that cannot be; then nothing has changed.
    """
    if begins(source, SQLITE_FILE):
        raise SchemaError(f"{source} is a file of SQLite's; `farside db copy` brings it to PostgreSQL")
    _run("pg_restore", None, "--list", str(source))
    with closing(Connection.open(address.url, what="restore")) as tx:
        others = tx.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <>"
            " pg_backend_pid()"
            " AND application_name LIKE 'farside%'"
        ).fetchone()[0]
        if others:
            raise SchemaError(f"{address} is in use; stop Farside everywhere, then restore again")
        kept = _set_aside(tx)
        say(f"restoring {source} to {address}")
        try:
            _run(
                "pg_restore",
                address,
                "--no-owner",
                "--no-privileges",
                "--exit-on-error",
                "--schema=public",
                str(source),
            )
            _require_farsides(tx, address, source)
        except BaseException:
            tx.execute("DROP SCHEMA IF EXISTS public CASCADE")
            tx.execute(f"ALTER SCHEMA {kept} RENAME TO public" if kept else "CREATE SCHEMA public")
            raise
    migrate(address, say)
    return kept


def _require_farsides(tx: Connection, address: DatabaseAddress, source: Path) -> None:
    require_ours(tx, address)
    if not schema_version(tx)[0]:
        raise SchemaError(f"{source} is a database, but not one of Farside's")


def _set_aside(tx: Connection) -> str | None:
    """Rename what is there, so that the backup finds an empty place; None when nothing is there."""
    is_empty = not tx.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()[0]
    if is_empty:
        tx.execute("DROP SCHEMA IF EXISTS public CASCADE")
        tx.execute("CREATE SCHEMA public")
        return None
    names = {row[0] for row in tx.execute("SELECT nspname FROM pg_namespace")}
    kept = next(name for n in range(1, 1000) if (name := f"before_restore_{n}") not in names)
    tx.execute(f"ALTER SCHEMA public RENAME TO {kept}")
    tx.execute("CREATE SCHEMA public")
    return kept


def _run(program: str, address: DatabaseAddress | None, *words: str) -> None:
    """Run one of PostgreSQL's programs. Raises `SchemaError` with what it said."""
    found = shutil.which(program)
    if found is None:
        raise SchemaError(_MISSING.format(program=program))
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [found, *(["--dbname=" + _name(address)] if address else []), *words],
        env=child_environment(**(_secrets(address) if address else {})),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        faults = [fault for line in said if (fault := line.partition("error: ")[2])]
        raise SchemaError(f"{program}: {(faults or said or ['it failed without a word'])[0]}")


def _name(address: DatabaseAddress) -> str:
    """Return the address without its password."""
    parts = urlsplit(address.url)
    host = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}@" if parts.username else ""
    return parts._replace(netloc=f"{user}{host}").geturl()


def _secrets(address: DatabaseAddress) -> dict[str, str]:
    password = urlsplit(address.url).password
    return {"PGPASSWORD": unquote(password)} if password else {}
