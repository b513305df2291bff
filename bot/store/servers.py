"""Which servers have data here, found by stepping from one to the next in indexes that begin with them."""

from bot.store.tx import Tx

_TABLES = ("boards", "games", "schedules", "members")
_EACH = (
    "WITH RECURSIVE server (id) AS ("
    "SELECT min(guild_id) FROM {table} WHERE guild_id > 0 UNION ALL"
    " SELECT (SELECT min(guild_id) FROM {table} WHERE guild_id > server.id) FROM server"
    " WHERE server.id IS NOT NULL) SELECT id FROM server WHERE id IS NOT NULL"
)


def list_servers(tx: Tx) -> set[int]:
    """Return every server that has data here."""
    found = {row[0] for row in tx.execute("SELECT id FROM guilds")}
    for table in _TABLES:
        found |= {row[0] for row in tx.execute(_EACH.format(table=table))}
    return found
