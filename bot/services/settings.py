"""Settings of a server: its time zone and the options that its games begin with.

What always holds: a setting is on disk before it is confirmed; every schedule
that follows the server's time zone is set anew in the transaction that changes
the zone.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clock import Clock
from bot.cluster.shards import Part
from bot.errors import BadInput
from bot.moon.places import is_southern_zone
from bot.quiz.game import Rules
from bot.quiz.periods import QUARTERS, UTC_ZONE, Period, Seasons, Span, period_of
from bot.quiz.slots import local_day
from bot.services.schedules import follow_timezone
from bot.services.timers import Timers
from bot.store.boards import change_seasons
from bot.store.database import Database
from bot.store.guilds import (
    GuildRow,
    load_guild,
    set_apart,
    set_asks_daily,
    set_defaults,
    set_hemisphere,
    set_timezone,
)
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
_CACHED = 20_000  # servers; a row is small
OUR_RULES = Rules()


class Hemisphere(StrEnum):
    """From where the Moon is seen: which way up it is."""

    NORTH = "north"
    SOUTH = "south"


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """What holds in one server. `defaults` are the rules of `/quiz start` where an option is left out."""

    timezone: ZoneInfo = UTC_ZONE
    defaults: Rules = OUR_RULES
    is_apart: bool = False  # its games do not count on the global boards
    hemisphere: Hemisphere | None = None  # from where the Moon is seen; None: as the time zone says
    asks_daily: bool = True  # its daily posts ask a question
    seasons: Seasons = QUARTERS

    def is_southern(self, zone: ZoneInfo | None = None) -> bool:
        """Return whether the Moon is seen from the south, there or in a schedule's own time zone."""
        if self.hemisphere is not None:
            return self.hemisphere is Hemisphere.SOUTH
        return is_southern_zone((zone or self.timezone).key)


EVERYWHERE = GuildSettings()
"""What holds where no server is: in direct messages, and before anything was set."""


class SettingsService:
    """Loads and changes servers' settings; keeps those lately used in memory."""

    def __init__(self, database: Database, clock: Clock, timers: Timers) -> None:
        self._database = database
        self._clock = clock
        self._timers = timers
        self._cache: dict[int, GuildSettings] = {}

    async def load(self, guild_id: int | None) -> GuildSettings:
        """Return the server's settings; outside of servers, the defaults."""
        if guild_id is None:
            return EVERYWHERE
        if (cached := self._cache.get(guild_id)) is not None:
            return cached
        settings = _settings(guild_id, await self._database.read(partial(load_guild, guild_id=guild_id)))
        if len(self._cache) >= _CACHED:
            self._cache.clear()
        self._cache[guild_id] = settings
        return settings

    async def set_timezone(self, guild_id: int, zone: ZoneInfo) -> GuildSettings:
        """Set the server's time zone, and move the schedules that follow it."""
        now = self._clock.now()
        await self._database.write(partial(_set_timezone, guild_id=guild_id, zone=zone, now=now))
        self._cache.pop(guild_id, None)
        self._timers.notice(now)
        return await self.load(guild_id)

    async def set_defaults(self, guild_id: int, rules: Rules) -> GuildSettings:
        """Set what `/quiz start` takes where an option is left out."""
        await self._database.write(partial(set_defaults, guild_id=guild_id, defaults=rules.to_plain()))
        self._cache.pop(guild_id, None)
        return await self.load(guild_id)

    async def set_apart(self, guild_id: int, *, is_apart: bool) -> GuildSettings:
        """Set whether the server's games stay off the global boards from now on."""
        await self._database.write(partial(set_apart, guild_id=guild_id, is_apart=is_apart))
        self._cache.pop(guild_id, None)
        return await self.load(guild_id)

    async def set_hemisphere(self, guild_id: int, hemisphere: Hemisphere | None) -> GuildSettings:
        """Set from where the server sees the Moon; None follows the time zone."""
        await self._database.write(partial(set_hemisphere, guild_id=guild_id, hemisphere=hemisphere))
        self._cache.pop(guild_id, None)
        return await self.load(guild_id)

    async def set_asks_daily(self, guild_id: int, *, asks_daily: bool) -> GuildSettings:
        """Set whether the server's daily posts ask a question from now on."""
        await self._database.write(partial(set_asks_daily, guild_id=guild_id, asks_daily=asks_daily))
        self._cache.pop(guild_id, None)
        return await self.load(guild_id)

    async def set_season(self, guild_id: int, months: int) -> tuple[GuildSettings, Period]:
        """Set how long a season is; return that with the season that goes on."""
        now, before = self._clock.now(), await self.load(guild_id)
        seasons = before.seasons.changed(months, local_day(before.timezone, now))
        await self._database.write(lambda tx: change_seasons(tx, guild_id, seasons, now, before.timezone))
        self._cache.pop(guild_id, None)
        return await self.load(guild_id), period_of(Span.SEASON, now, before.timezone, seasons)

    def drop(self, part: Part) -> None:
        """Read the settings of a part's servers anew when they are needed next: others may have set them."""
        self._cache = {guild: found for guild, found in self._cache.items() if not part.holds(guild)}

    def forget(self, guild_id: int) -> None:
        """Read the server's settings anew when they are needed next: its data has gone."""
        self._cache.pop(guild_id, None)


def _set_timezone(tx: Tx, guild_id: int, zone: ZoneInfo, now: datetime) -> None:
    set_timezone(tx, guild_id, zone.key)
    follow_timezone(tx, guild_id, now)


def _settings(guild_id: int, row: GuildRow) -> GuildSettings:
    """Return the settings in `row`; what this Farside cannot use any more falls back to the default."""
    zone, rules = UTC_ZONE, OUR_RULES
    try:
        zone = ZoneInfo(row.timezone) if row.timezone else UTC_ZONE
    except (ZoneInfoNotFoundError, ValueError):
        _log.warning("server %s has the unknown time zone %r; UTC stands in", guild_id, row.timezone)
    try:
        rules = Rules.from_plain(row.defaults)
    except (BadInput, ValueError, TypeError):
        _log.warning("server %s has unusable defaults %r", guild_id, row.defaults)
    known = row.hemisphere in {side.value for side in Hemisphere}
    side = Hemisphere(row.hemisphere) if row.hemisphere and known else None
    return GuildSettings(zone, rules, row.is_apart, side, row.asks_daily, row.seasons)
