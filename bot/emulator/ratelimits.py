"""Rate limits: a window for each bucket and the app's global one.

Discord tells apps never to hard-code these numbers, and neither may a bot here: they
are what it is told by headers. The figures are those seen in the wild. Time is the
machine's, since a limit passes by waiting, not by moving the world's clock.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.emulator.errors import ApiError, Json

GLOBAL_PER_SECOND: Final = 50

# (route, requests, seconds); every other route gets _USUAL
_LIMITS: Final = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
    "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me": (1, 0.25),
    "POST /webhooks/{webhook_id}/{webhook_token}": (5, 2.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original": (5, 2.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": (5, 2.0),
    "PUT /applications/{application_id}/commands": (5, 20.0),
    "PUT /applications/{application_id}/guilds/{guild_id}/commands": (5, 20.0),
    "POST /channels/{channel_id}/threads": (5, 15.0),
    "GET /gateway/bot": (2, 5.0),
}
_USUAL: Final = (50, 1.0)
_UNLIMITED: Final = ("POST /interactions/{interaction_id}/{interaction_token}/callback",)
_TOLD: Final = 4096  # buckets remembered


@dataclass(slots=True)
class _Window:
    """One bucket: how many requests are left until when."""

    left: int
    until: float


class RateLimits:
    """Counts requests; `check` raises the 429 that Discord answers."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        *,
        on: bool = True,
    ) -> None:
        self.on = on
        self._now = now
        self._wall = wall
        self._windows: dict[tuple[str, str], _Window] = {}
        self._global = _Window(GLOBAL_PER_SECOND, 0.0)

    def forget(self) -> None:
        """Count from nothing again, as if every limit had passed."""
        self._windows.clear()
        self._global = _Window(GLOBAL_PER_SECOND, 0.0)

    def check(self, route: str, major: str, *, is_global: bool) -> dict[str, str]:
        """Count one request; return the headers that tell its bucket."""
        if not self.on or route in _UNLIMITED:
            return {}
        now = self._now()
        if is_global:
            self._check_global(now)
        limit, seconds = _LIMITS.get(route, _USUAL)
        key = (route, major)
        window = self._windows.get(key)
        if window is None or now >= window.until:
            if len(self._windows) >= _TOLD:
                self._windows = {k: w for k, w in self._windows.items() if w.until > now}
            window = self._windows[key] = _Window(limit, now + seconds)
        if window.left <= 0:
            wait = window.until - now
            raise too_many(wait, headers=self._headers(route, limit, 0, wait))
        window.left -= 1
        return self._headers(route, limit, window.left, window.until - now)

    def _check_global(self, now: float) -> None:
        if now >= self._global.until:
            self._global = _Window(GLOBAL_PER_SECOND, now + 1.0)
        if self._global.left <= 0:
            raise too_many(self._global.until - now, is_global=True)
        self._global.left -= 1

    def _headers(self, route: str, limit: int, left: int, wait: float) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{self._wall() + wait:.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": bucket(route),
        }


@lru_cache
def bucket(route: str) -> str:
    """Return the opaque name of a route's bucket."""
    return hashlib.blake2b(route.encode(), digest_size=16).hexdigest()


def too_many(
    wait: float, *, is_global: bool = False, scope: str = "user", headers: dict[str, str] | None = None
) -> ApiError:
    """Return the 429 for a request that came `wait` seconds too early."""
    extra: Json = {"retry_after": round(max(wait, 0.001), 3), "global": is_global}
    error = ApiError(429, 0, "You are being rate limited.", extra)
    error.headers = dict(headers or {})
    error.headers["Retry-After"] = str(int(wait) + 1)
    error.headers["X-RateLimit-Scope"] = "global" if is_global else scope
    if is_global:
        error.headers["X-RateLimit-Global"] = "true"
    return error
