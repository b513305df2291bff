"""Servers' own settings as rows; a server without a row has the defaults."""

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.store.database import Database
from bot.store.schedules import follow_timezone
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class GuildRow:
    """What a server has set: an IANA time zone, and the options of a game that differ from ours."""

    timezone: str | None = None
    defaults: dict[str, Any] = field(default_factory=dict)


class GuildsStore:
    """Reads and writes servers' settings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_guild(self, guild_id: int) -> GuildRow:
        """Return the server's row, or an empty one."""
        return await self._database.read(lambda tx: load_guild(tx, guild_id))

    async def set_timezone(self, guild_id: int, timezone: str, now: datetime) -> None:
        """Keep the IANA name of the server's time zone, and move the schedules that follow it."""

        def job(tx: sqlite3.Connection) -> None:
            set_timezone(tx, guild_id, timezone)
            follow_timezone(tx, guild_id, now)

        await self._database.write(job)

    async def set_defaults(self, guild_id: int, defaults: dict[str, Any]) -> None:
        """Keep the options of a game that this server presets."""
        await self._database.write(lambda tx: set_defaults(tx, guild_id, defaults))


def load_guild(tx: Tx, guild_id: int) -> GuildRow:
    """Return the server's row, or an empty one."""
    row = tx.execute("SELECT timezone, defaults FROM guilds WHERE id = ?", (guild_id,)).fetchone()
    return GuildRow(row["timezone"], json.loads(row["defaults"])) if row else GuildRow()


def set_timezone(tx: Tx, guild_id: int, timezone: str) -> None:
    """Keep the IANA name of the server's time zone."""
    tx.execute(
        "INSERT INTO guilds (id, timezone) VALUES (?, ?)"
        " ON CONFLICT (id) DO UPDATE SET timezone = excluded.timezone",
        (guild_id, timezone),
    )


def set_defaults(tx: Tx, guild_id: int, defaults: dict[str, Any]) -> None:
    """Keep the options of a game that this server presets."""
    tx.execute(
        "INSERT INTO guilds (id, defaults) VALUES (?, ?)"
        " ON CONFLICT (id) DO UPDATE SET defaults = excluded.defaults",
        (guild_id, json.dumps(defaults)),
    )
