"""Migrations on PostgreSQL: the same files, applied by one process at a time.

What always holds: all that is pending is applied in one transaction, under a
lock that whoever else starts waits for; a database that is not ours, or of a
newer Farside that says it cannot be used by this one, is refused untouched.

A new database begins with the schema as SQLite has it after the migration that
gave every row a home: nobody has a server's database from before. It is read
from a SQLite database in memory, so there is nothing that could differ, but
for this: `answers` and `rounds` are cut into partitions by their ids, which tell
the month (see `bot.store.partitions`). So what is unique among rounds has to
hold the id, and answers do not point to their rounds.
"""

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import resources

import psycopg

from bot.config import DatabaseAddress
from bot.store.copies import Say
from bot.store.migrator import Migration, NotNow, SchemaError, apply_to, migrations, split
from bot.store.postgres.connection import Connection, told
from bot.store.postgres.dialect import definition

GROUND = 10  # the first migration that a server's database has
PARTITIONED = {"answers": "round_id", "rounds": "id"}
_LOCK = 0x4661_7273_6964_6500
_log = logging.getLogger(__name__)
_BUSY_TABLES = ("entries", "timers", "buckets")  # their rows come and go: swept after a thousand, not a fifth


def migrate(address: DatabaseAddress, say: Say = _log.info) -> list[Migration]:
    """Bring the database up to date and return the migrations that were applied. Raises `SchemaError`."""
    try:
        with closing(Connection.open(address.url, what="migration")) as tx:
            tx.begin()
            tx.execute("SELECT pg_advisory_xact_lock(?)", (_LOCK,))
            applied = list(_apply(tx, address, say))
            tx.commit()
    except psycopg.OperationalError as error:
        raise NotNow(f"{address} cannot be used at this moment ({told(error)})") from error
    except psycopg.Error as error:
        raise SchemaError(f"{address} cannot be used as a database ({told(error)})") from error
    return applied


def schema_version(tx: Connection) -> tuple[int, int]:
    """Return the number of the last migration, and which one a Farside has to know to run."""
    if tx.execute("SELECT to_regclass('schema_versions')").fetchone()[0] is None:
        return 0, 0
    row = tx.execute(
        "SELECT number, readable_from FROM schema_versions ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def require_ours(tx: Connection, address: DatabaseAddress) -> int:
    """Return the schema's number; raise `SchemaError` for a database that is not ours, or too new."""
    have, readable_from = schema_version(tx)
    known = migrations()[-1].number
    if readable_from > known:
        raise SchemaError(
            f"{address} was written by a newer Farside (schema {have}, this one knows {known});"
            " update Farside"
        )
    if not have:
        there = (
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND"
            " tablename NOT LIKE 'cluster%'"
        )
        if tx.execute(there).fetchone()[0]:
            raise SchemaError(f"{address} has tables, but they are not Farside's; name an empty database")
    return have


def _apply(tx: Connection, address: DatabaseAddress, say: Say) -> Iterator[Migration]:
    have = require_ours(tx, address)
    for step in migrations():
        if step.number <= have or step.number < GROUND:
            continue
        say(f"applying {step.number:04d} {step.name} to {address}")
        if step.number == GROUND:
            for statement in ground():
                tx.raw.execute(statement.encode())
        else:
            for statement in split(_script(step)):
                if said := definition(statement).strip().rstrip(";"):
                    tx.raw.execute(said.encode())
        tx.execute(
            "INSERT INTO schema_versions (number, readable_from) VALUES (?, ?)",
            (step.number, step.readable_from),
        )
        yield step


def _script(step: Migration) -> str:
    """Return what a step does here: where tables that are cut into months change, it has its own words."""
    own = resources.files("bot.store.postgres") / f"{step.number:04d}_{step.name}.sql"
    return own.read_text(encoding="utf-8") if own.is_file() else step.script


def ground() -> Iterator[str]:
    """Yield the statements that make the schema as it is after `GROUND`."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        apply_to(connection, [step for step in migrations() if step.number <= GROUND])
        found = connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY"
            " type DESC, rowid"
        ).fetchall()
    for kind, name, table, sql in found:
        said = definition(sql)
        if kind == "table" and name in PARTITIONED:
            yield from _partitioned(name, said)
        elif table in PARTITIONED and kind == "index":
            yield said.replace("CREATE UNIQUE INDEX", "CREATE INDEX")
        else:
            yield said
    for table in _BUSY_TABLES:
        yield (
            f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0,"
            " autovacuum_vacuum_threshold = 1000)"
        )


def _partitioned(name: str, said: str) -> Iterator[str]:
    if name == "answers":
        said = re.sub(r",\s*FOREIGN KEY \(home_id, round_id\) REFERENCES \S+ \(home_id, id\)", "", said)
    yield f"{said} PARTITION BY RANGE ({PARTITIONED[name]})"
    yield f"CREATE TABLE {name}_rest PARTITION OF {name} DEFAULT"  # what belongs to no month that was made
