"""Viewing: what a command reads of a server's database while bots may be running, and changes nothing."""

from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

import psycopg

from bot.config import DatabaseAddress
from bot.store.migrator import SchemaError, migrations
from bot.store.postgres.connection import Connection, told
from bot.store.postgres.migrator import schema_version
from bot.store.tx import Tx

T = TypeVar("T")


def view(address: DatabaseAddress, job: Callable[[Tx], T]) -> T:
    """Return what `job` reads of the database. Raises `SchemaError`."""
    try:
        with closing(Connection.open(address.url, what="view")) as tx:
            (have, _), known = schema_version(tx), migrations()[-1].number
            if have != known:
                what = "run `farside db migrate`" if have < known else "update Farside"
                raise SchemaError(f"{address} has the schema {have}, this Farside {known}: {what}")
            return job(tx)
    except psycopg.Error as error:
        raise SchemaError(f"{address} cannot be read: {told(error)}") from error
