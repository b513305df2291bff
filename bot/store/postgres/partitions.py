"""Partitions: rounds and answers lie in a table a month, so that a month long past goes at once.

What always holds: an id tells its month (`bot.store.ids`), so a row has one
place; what has none yet, such as a row of before there were such ids, lies in
the rest. A month is made before it begins, and goes when its last row has gone.
"""

import logging
import re
from datetime import UTC, datetime, timedelta

import psycopg

from bot.store.ids import first_of
from bot.store.months import month_after, month_of
from bot.store.postgres.connection import Connection
from bot.store.postgres.migrator import PARTITIONED
from bot.store.tx import Tx

AHEAD = timedelta(days=62)  # months are made so long before they begin
_log = logging.getLogger(__name__)
_NAME = re.compile(r"(rounds|answers)_(\d{4})_(\d{2})")


def make_months(tx: Tx, first: datetime, last: datetime) -> list[str]:
    """Make the months from that of `first` to that of `last` that are missing; return their tables."""
    made = []
    month = month_of(first)
    there = {
        row[0] for row in tx.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    }
    while month <= last:
        following = month_after(month)
        for table in PARTITIONED:
            name = f"{table}_{month:%Y_%m}"
            if name not in there and _make(tx, table, name, first_of(month), first_of(following)):
                made.append(name)
        month = following
    return made


def keep_months(connection: Connection, now: datetime, before: datetime) -> None:
    """Make the months to come, and let go of those before `before` that are empty."""
    make_months(connection, now, now + AHEAD)
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    ).fetchall()
    for (name,) in sorted(rows):
        match = _NAME.fullmatch(name)
        if match is None:
            continue
        end = month_after(datetime(int(match[2]), int(match[3]), 1, tzinfo=UTC))
        is_empty = end < before and not connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()  # noqa: S608
        if is_empty:
            connection.execute(f"DROP TABLE {name}")
            _log.info("nothing is left of %s; it is gone", name)


def _make(tx: Tx, table: str, name: str, first: int, end: int) -> bool:
    """Make one month's table; not where the rest has rows of it: they stay where they are."""
    if tx.execute(
        f"SELECT 1 FROM {table}_rest WHERE {PARTITIONED[table]} >= ? AND {PARTITIONED[table]} < ? LIMIT 1",  # noqa: S608
        (first, end),
    ).fetchone():
        return False
    try:
        tx.execute(
            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} FOR VALUES FROM ({first}) TO ({end})"
        )
    except psycopg.errors.LockNotAvailable:
        return False
    return True
