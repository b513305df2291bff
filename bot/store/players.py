"""Players' names as rows: each account's own, and what a server calls it where that is another.

What always holds: a name that somebody has in one server is read for that server alone. An
account's name that was seen in a server is noted there, and told everywhere by the folding of an
answer that counts everywhere (`bot.store.postings`): no play in a server writes outside of it.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.store.keys import given_rows, keys
from bot.store.tx import Tx, is_shared

_MEMBERS = "INSERT INTO members (home_id, player_id, name, account)"
_RENAMED = " ON CONFLICT (home_id, player_id) DO UPDATE SET name = excluded.name, account = excluded.account"


class Names(NamedTuple):
    """What somebody is called: in the server with this id (None: in none), and by their account."""

    player_id: int
    guild_id: int | None
    name: str
    account: str


def save_names(tx: Tx, seen: Iterable[Names]) -> None:
    """Keep the names under which players were seen last.

    One statement, as for answers (`bot.store.answers.save_answers`): newcomers come with their answers.
    """
    names = list(seen)
    tell_accounts(tx, {one.player_id: one.account for one in names if one.guild_id is None})
    rows = [(one.guild_id, one.player_id, one.name, one.account) for one in names if one.guild_id is not None]
    if is_shared(tx):
        tx.executemany(f"{_MEMBERS} VALUES (?, ?, ?, ?){_RENAMED}", rows)
    elif rows:
        table, values = given_rows(rows)
        tx.execute(f"{_MEMBERS} {table}{_RENAMED}", values)


def tell_accounts(tx: Tx, names: Mapping[int, str]) -> None:
    """Keep accounts' own names, by player, for wherever no server's name holds."""
    tx.executemany(
        "INSERT INTO players (home_id, name) VALUES (?, ?) ON CONFLICT (home_id)"
        " DO UPDATE SET name = excluded.name WHERE players.name <> excluded.name",
        sorted(names.items()),
    )


def list_names(tx: Tx, guild_id: int | None, player_ids: Iterable[int]) -> dict[int, str]:
    """Return what each player is called in a server, or (None) everywhere; nobody knows some."""
    home_id = guild_id or 0
    found = list_names_in(tx, [(home_id, player_id) for player_id in player_ids])
    return {player_id: name for (_, player_id), name in found.items()}


def list_names_in(tx: Tx, players: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Return what players are called where, by server (0: everywhere) and player; nobody knows some."""
    wanted = keys(tx, players, 2)
    rows = tx.execute(
        f"SELECT k.a, k.b, coalesce(m.name, p.name) FROM {wanted.table}"  # noqa: S608 - our own words
        " LEFT JOIN players p ON p.home_id = k.b"
        " LEFT JOIN members m ON m.home_id = k.a AND m.player_id = k.b",
        wanted.values,
    )
    return {(row[0], row[1]): row[2] for row in rows if row[2] is not None}
