"""Players' names as rows: each account's own, and what a server calls it where that is another.

What always holds: a name that somebody has in one server is read for that server alone.
"""

from collections.abc import Iterable
from typing import NamedTuple

import orjson

from bot.store.tx import Tx


class Names(NamedTuple):
    """What somebody is called: in the server with this id (None: in none), and by their account."""

    player_id: int
    guild_id: int | None
    name: str
    account: str


def save_names(tx: Tx, seen: Iterable[Names]) -> None:
    """Keep the names under which players were seen last."""
    names = list(seen)
    tx.executemany(
        "INSERT INTO players (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name"
        " WHERE players.name <> excluded.name",
        [(one.player_id, one.account) for one in names],
    )
    nicknames = [one for one in names if one.guild_id is not None]
    tx.executemany(
        "INSERT INTO members (guild_id, player_id, name) VALUES (?, ?, ?)"
        " ON CONFLICT (guild_id, player_id) DO UPDATE SET name = excluded.name",
        [(one.guild_id, one.player_id, one.name) for one in nicknames if one.name != one.account],
    )
    tx.executemany(
        "DELETE FROM members WHERE guild_id = ? AND player_id = ?",
        [(one.guild_id, one.player_id) for one in nicknames if one.name == one.account],
    )


def list_names(tx: Tx, guild_id: int | None, player_ids: Iterable[int]) -> dict[int, str]:
    """Return what each player is called in a server, or (None) everywhere; nobody knows some."""
    wanted = orjson.dumps(list(player_ids)).decode()
    rows = tx.execute(
        "SELECT p.id, coalesce(m.name, p.name) FROM players p"
        " LEFT JOIN members m ON m.guild_id = ? AND m.player_id = p.id"
        " WHERE p.id IN (SELECT value FROM json_each(?))",
        (guild_id, wanted),
    )
    return {row[0]: row[1] for row in rows}
