"""Viewing: what a command reads of the database while a bot may be running, and changes nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from bot.store.migrator import SchemaError, migrations, schema_version
from bot.store.tx import Tx

T = TypeVar("T")


def view(path: Path, job: Callable[[Tx], T]) -> T:
    """Return what `job` reads of the database at `path`.

    Raises `SchemaError` when it cannot be read, or is of another Farside.
    """
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=5)) as connection:
            connection.row_factory = sqlite3.Row
            have, known = schema_version(connection), migrations()[-1].number
            if have != known:
                what = "run `farside db migrate`" if have < known else "update Farside"
                raise SchemaError(f"{path} has the schema {have}, this Farside {known}: {what}")
            return job(connection)
    except sqlite3.Error as error:
        raise SchemaError(f"{path} cannot be read: {error}") from error
