"""Servers' own settings as rows; a server without a row has the defaults."""

import json
from dataclasses import dataclass, field
from typing import Any

from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class GuildRow:
    """What a server has set: an IANA time zone, and the options of a game that differ from ours."""

    timezone: str | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    is_apart: bool = False  # its games do not count on the global boards


def load_guild(tx: Tx, guild_id: int) -> GuildRow:
    """Return the server's row, or an empty one."""
    row = tx.execute(
        "SELECT timezone, defaults, is_apart FROM guilds WHERE home_id = ?", (guild_id,)
    ).fetchone()
    if row is None:
        return GuildRow()
    return GuildRow(row["timezone"], json.loads(row["defaults"]), bool(row["is_apart"]))


def set_timezone(tx: Tx, guild_id: int, timezone: str) -> None:
    """Keep the IANA name of the server's time zone."""
    tx.execute(
        "INSERT INTO guilds (home_id, timezone) VALUES (?, ?)"
        " ON CONFLICT (home_id) DO UPDATE SET timezone = excluded.timezone",
        (guild_id, timezone),
    )


def set_defaults(tx: Tx, guild_id: int, defaults: dict[str, Any]) -> None:
    """Keep the options of a game that this server presets."""
    tx.execute(
        "INSERT INTO guilds (home_id, defaults) VALUES (?, ?)"
        " ON CONFLICT (home_id) DO UPDATE SET defaults = excluded.defaults",
        (guild_id, json.dumps(defaults)),
    )


def set_apart(tx: Tx, guild_id: int, *, is_apart: bool) -> None:
    """Keep whether the server's games stay off the global boards."""
    tx.execute(
        "INSERT INTO guilds (home_id, is_apart) VALUES (?, ?)"
        " ON CONFLICT (home_id) DO UPDATE SET is_apart = excluded.is_apart",
        (guild_id, is_apart),
    )
