"""Servers' own settings as rows; a server without a row has the defaults."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.quiz.periods import QUARTERS, Seasons
from bot.store.keys import keys
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class GuildRow:
    """What a server has set: an IANA time zone, and the options of a game that differ from ours."""

    timezone: str | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    is_apart: bool = False  # its games do not count on the global boards
    hemisphere: str | None = None  # from where the Moon is seen; None: as the time zone says
    asks_daily: bool = True  # its daily posts ask a question
    seasons: Seasons = QUARTERS


def load_guild(tx: Tx, guild_id: int) -> GuildRow:
    """Return the server's row, or an empty one."""
    return load_guilds(tx, [guild_id]).get(guild_id, GuildRow())


def load_guilds(tx: Tx, guild_ids: Iterable[int]) -> dict[int, GuildRow]:
    """Return the rows of those of the servers that have one."""
    wanted = keys(tx, {(guild_id,) for guild_id in guild_ids}, 1)
    rows = tx.execute(
        "SELECT g.home_id, g.timezone, g.defaults, g.is_apart, g.hemisphere, g.asks_daily, g.seasons"  # noqa: S608 - ours
        f" FROM {wanted.table} CROSS JOIN guilds AS g WHERE g.home_id = k.a",
        wanted.values,
    )
    return {
        row["home_id"]: GuildRow(
            row["timezone"],
            json.loads(row["defaults"]),
            is_apart=bool(row["is_apart"]),
            hemisphere=row["hemisphere"],
            asks_daily=bool(row["asks_daily"]),
            seasons=_seasons(row["seasons"]),
        )
        for row in rows
    }


def load_seasons(tx: Tx, guild_ids: Iterable[int]) -> dict[int, Seasons]:
    """Return the seasons of those of the servers that have set a length of their own."""
    wanted = keys(tx, {(guild_id,) for guild_id in guild_ids}, 1)
    rows = tx.execute(
        f"SELECT g.home_id, g.seasons FROM {wanted.table} CROSS JOIN guilds AS g"  # noqa: S608 - ours
        " WHERE g.home_id = k.a AND g.seasons IS NOT NULL",
        wanted.values,
    )
    return {row[0]: _seasons(row[1]) for row in rows}


def _seasons(stored: str | None) -> Seasons:
    return Seasons(*json.loads(stored)) if stored else QUARTERS


def set_seasons(tx: Tx, guild_id: int, seasons: Seasons) -> None:
    """Keep how the server's calendar is cut into seasons."""
    tx.execute(
        "INSERT INTO guilds (home_id, seasons) VALUES (?, ?)"
        " ON CONFLICT (home_id) DO UPDATE SET seasons = excluded.seasons",
        (guild_id, json.dumps([seasons.months, seasons.first, seasons.until])),
    )


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


def set_hemisphere(tx: Tx, guild_id: int, hemisphere: str | None) -> None:
    """Keep from where the server sees the Moon."""
    tx.execute(
        "INSERT INTO guilds (home_id, hemisphere) VALUES (?, ?)"
        " ON CONFLICT (home_id) DO UPDATE SET hemisphere = excluded.hemisphere",
        (guild_id, hemisphere),
    )


def set_asks_daily(tx: Tx, guild_id: int, *, asks_daily: bool) -> None:
    """Keep whether the server's daily posts ask a question."""
    tx.execute(
        "INSERT INTO guilds (home_id, asks_daily) VALUES (?, ?)"
        " ON CONFLICT (home_id) DO UPDATE SET asks_daily = excluded.asks_daily",
        (guild_id, int(asks_daily)),
    )
