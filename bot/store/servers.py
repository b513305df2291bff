"""Which servers have data here, found by stepping from one to the next in indexes that begin with them."""

from bot.store.tx import Tx

_TABLES = ("boards", "schedules", "members", "nights", "games", "results")
_EACH = (
    "WITH RECURSIVE server (id) AS ("
    "SELECT min(home_id) FROM {table} WHERE home_id > 0{only} UNION ALL"
    " SELECT (SELECT min(home_id) FROM {table} WHERE home_id > server.id{only}) FROM server"
    " WHERE server.id IS NOT NULL) SELECT id FROM server WHERE id IS NOT NULL"
)
_ONLY = {"games": " AND kind = 'channel'"}  # the others are at home with their players


def list_servers(tx: Tx) -> set[int]:
    """Return every server that has data here."""
    found = {row[0] for row in tx.execute("SELECT home_id FROM guilds")}
    for table in _TABLES:
        found |= {row[0] for row in tx.execute(_EACH.format(table=table, only=_ONLY.get(table, "")))}
    return found
