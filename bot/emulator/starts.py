"""How an app's sessions may start: what the gateway advises, and what it allows.

What always holds:
- a RESUME is never too early and costs nothing;
- with `max_concurrency` set, an IDENTIFY less than `identify_seconds` after the last one of
  its bucket (`shard_id % max_concurrency`) is too early; while it is None, none is;
- each IDENTIFY costs one of `total` a day. For one more than that Discord ends all
  of the app's sessions and takes its token back: `is_revoked` until the day is over.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from bot.emulator.clock import WorldClock
from bot.emulator.errors import DeskError, Json

_DAY: Final = 86_400.0
_NUMBERS: Final = ("shards", "max_concurrency", "total", "remaining", "guilds_per_shard", "shard_multiple")


class TooEarly(Exception):
    """The bucket of this shard still rests."""


class Spent(Exception):
    """No session start is left today."""


class Starts:
    """The settings of the gateway, and the count of the sessions that were started."""

    def __init__(
        self,
        clock: WorldClock,
        *,
        shards: int = 1,
        max_concurrency: int | None = None,
        total: int = 1000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.shards = shards
        self.max_concurrency = max_concurrency
        self.identify_seconds = 5.0
        self.total = self.remaining = total
        self.guilds_per_shard = 2500
        self.shard_multiple = 1
        self.is_revoked = False
        self._clock = clock
        self._now = now
        self._day_ends = clock.now() + _DAY
        self._buckets: dict[int, float] = {}  # when the last IDENTIFY of each came

    def take(self, shard_id: int) -> None:
        """Count one IDENTIFY; raise `TooEarly` or `Spent` when there may be none."""
        self.look()
        now = self._now()
        if self.max_concurrency is not None:
            bucket = shard_id % self.max_concurrency
            if now - self._buckets.get(bucket, float("-inf")) < self.identify_seconds:
                raise TooEarly
            self._buckets[bucket] = now
        if self.remaining == 0:
            self.is_revoked = True
            raise Spent
        self.remaining -= 1

    def look(self) -> None:
        """Begin a new day when the old one is over."""
        if self._clock.now() >= self._day_ends:
            self._day_ends = self._clock.now() + _DAY
            self.remaining = self.total
            self.is_revoked = False

    def is_valid(self, shard: tuple[int, int]) -> bool:
        """Tell whether a shard can be one: in bounds, and of a number of shards that is allowed."""
        return 0 <= shard[0] < shard[1] and shard[1] % self.shard_multiple == 0

    def holds(self, guild_ids: Iterable[str], shard: tuple[int, int]) -> bool:
        """Tell whether a shard is small enough for its share of these servers."""
        mine = sum((int(guild_id) >> 22) % shard[1] == shard[0] for guild_id in guild_ids)
        return mine <= self.guilds_per_shard

    def limit(self) -> Json:
        """Return the session start limit object."""
        self.look()
        return {
            "total": self.total,
            "remaining": self.remaining,
            "reset_after": int((self._day_ends - self._clock.now()) * 1000),
            "max_concurrency": self.max_concurrency or 1,
        }

    def json(self) -> Json:
        """Return the settings as the desk shows them."""
        return {
            "shards": self.shards,
            "identify_seconds": self.identify_seconds if self.max_concurrency is not None else 0,
            "guilds_per_shard": self.guilds_per_shard,
            "shard_multiple": self.shard_multiple,
            "is_revoked": self.is_revoked,
            "session_start_limit": self.limit(),
        }

    def change(self, wanted: Mapping[str, Any]) -> None:
        """Set what is named; all of it is checked before any of it is set."""
        changes: dict[str, Any] = {}
        for name in _NUMBERS:
            if name not in wanted:
                continue
            value, low = wanted[name], 0 if name == "remaining" else 1
            if name == "max_concurrency" and value is None:
                changes[name] = value
                continue
            if isinstance(value, bool) or not isinstance(value, int) or value < low:
                raise DeskError(f"`{name}` is a whole number from {low}.")
            changes[name] = value
        if "identify_seconds" in wanted:
            seconds = wanted["identify_seconds"]
            if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
                raise DeskError("`identify_seconds` is a number of seconds.")
            changes["identify_seconds"] = float(seconds)
        if not changes:
            raise DeskError(f"Name one of: identify_seconds, {', '.join(_NUMBERS)}.")
        for name, value in changes.items():
            setattr(self, name, value)
        if "remaining" in changes:
            self.is_revoked = False
