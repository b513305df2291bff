"""Both of the store's engines for one test: a file, and a database of a PostgreSQL server.

    async def test_something(where: Where) -> None:     # runs twice
        database = await Database.open(where)
        rows_of(where, "SELECT count(*) FROM notes")

`ON_SQLITE` marks a test that is about a file.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.config import DatabaseAddress
from tests.postgres import PostgreSQL

Where = Path | DatabaseAddress
ENGINES = ("sqlite", "postgresql")
ON_SQLITE = pytest.mark.parametrize("where", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("where", ["postgresql"], indirect=True)


@contextmanager
def place(engine: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Where]:
    """Yield where a new database of that engine is, ready to be opened; it is gone afterwards."""
    if engine == "sqlite":
        yield folder / "farside.sqlite3"
        return
    server: PostgreSQL = request.getfixturevalue("postgres")
    with server.migrated() as url:
        yield DatabaseAddress(url)


def rows_of(where: Where, query: str, *arguments: Any) -> list[Any]:
    """Return what another process finds in the database."""
    if isinstance(where, Path):
        with closing(sqlite3.connect(where)) as other:
            return other.execute(query, arguments).fetchall()
    from bot.store.postgres.connection import Connection

    with closing(Connection.open(where.url, what="test")) as tx:
        return [tuple(row) for row in tx.execute(query, arguments)]


def faults_of(where: Where) -> list[str]:
    """Return what `farside db check` finds wrong."""
    if isinstance(where, Path):
        from bot.store.migrator import faults

        return faults(where)
    from bot.store.postgres.keeping import faults as faults_there

    return faults_there(where)


def forget_in(
    where: Where, now: datetime, *, player_id: int | None = None, guild_id: int | None = None
) -> None:
    """Do what `farside db forget` does."""
    if isinstance(where, Path):
        from bot.store.forgetting import forget

        forget(where, now, player_id=player_id, guild_id=guild_id)
    else:
        from bot.store.postgres.forgetting import forget as forget_there

        forget_there(where, now, player_id=player_id, guild_id=guild_id)
