"""The clock: the one place that knows what time it is.

All instants are aware and in UTC. A `Clock` can be set forward while the
program runs, by a file that holds an offset in seconds: the preview and the
end-to-end tests move time that way for the bot and its local Discord alike.
Tests inside one process replace the clock by one that they move themselves.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

_POLL = 0.02  # seconds between looks at the offset file: a jump is seen as fast as a person clicks
_WATCH = 5.0  # seconds between looks for a clock that was set back
_SET_BACK = timedelta(seconds=1)  # less than this is the machine keeping time


class Clock(Protocol):
    """What the services need of time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    async def sleep_until(self, due_at: datetime) -> None:
        """Return as soon as `now()` has reached `due_at`; at once when it has passed."""
        ...

    async def wait_for_setback(self) -> None:
        """Return once the clock shows an earlier time than it did before."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep_until(self, due_at: datetime) -> None:
        """Sleep in bounded steps, so that a machine that was suspended wakes to the right time."""
        while (left := (due_at - self.now()).total_seconds()) > 0:
            await asyncio.sleep(min(left, 60.0))

    async def wait_for_setback(self) -> None:
        """Return once the clock shows an earlier time than it did before."""
        await _wait_for_setback(self, _WATCH)


class ShiftedClock:
    """The machine's clock plus the offset in seconds that a file holds; an empty or missing file is 0."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """Return the shifted instant, aware, in UTC."""
        offset = 0.0
        with suppress(OSError, ValueError):
            offset = float(self._path.read_text(encoding="ascii"))
        return datetime.now(UTC) + timedelta(seconds=offset)

    async def sleep_until(self, due_at: datetime) -> None:
        """Sleep in short steps: the offset may jump at any moment."""
        while (left := (due_at - self.now()).total_seconds()) > 0:
            await asyncio.sleep(min(left, _POLL))

    async def wait_for_setback(self) -> None:
        """Return once the clock shows an earlier time than it did before."""
        await _wait_for_setback(self, _POLL * 10)


async def _wait_for_setback(clock: Clock, pause: float) -> None:
    latest = clock.now()
    while (now := clock.now()) > latest - _SET_BACK:
        latest = max(now, latest)
        await asyncio.sleep(pause)
