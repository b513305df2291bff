"""Forgetting by hand, beside bots that may be running on the same server."""

from contextlib import closing
from datetime import datetime

import psycopg

from bot.config import DatabaseAddress
from bot.store.forgetting import forget_player, forget_server
from bot.store.migrator import SchemaError
from bot.store.postgres.connection import AGAIN, Connection, told
from bot.store.postgres.migrator import migrate


def forget(
    address: DatabaseAddress, now: datetime, *, player_id: int | None = None, guild_id: int | None = None
) -> None:
    """Delete all that the database holds of a player or a server. Raises `SchemaError`."""
    migrate(address)
    try:
        with closing(Connection.open(address.url, what="forget")) as tx:
            has_more = True
            while has_more:
                tx.begin()
                try:
                    has_more = player_id is not None and forget_player(tx, player_id, now)
                    has_more |= guild_id is not None and forget_server(tx, guild_id, now)
                    tx.commit()
                except AGAIN:
                    tx.roll_back()
                    has_more = True
            tx.raw.execute(b"VACUUM")
    except psycopg.Error as error:
        raise SchemaError(f"not everything could be deleted ({told(error)}); please try again") from error
