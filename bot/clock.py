"""Clocks: what everything asks for the time, and the machine's, the one place that reads it.

All instants are aware and in UTC. The machine's clock can be set forward while
the program runs, by a file that holds an offset in seconds: the preview and the
end-to-end tests move time that way for the bot and its local Discord alike.
Tests inside one process replace the clock by one that they move themselves.
"""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

_POLL = 0.02  # seconds between looks at the offset file: a jump is seen as fast as a person clicks
_WATCH = 5.0  # seconds between looks for a clock that was set
_PASSED: int | None = getattr(time, "CLOCK_BOOTTIME", None)  # Linux; elsewhere a suspension is not counted
_SET = 1.0  # seconds; less than this is the machine keeping time


class Clock(Protocol):
    """What the services need of time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def surely(self) -> datetime:
        """Return an instant that has come by whichever clock: what is deleted does not come back."""
        ...

    def monotonic(self) -> float:
        """Return a number of seconds that grows as time passes, whoever sets the clock."""
        ...

    async def sleep_until(self, due_at: datetime) -> None:
        """Return as soon as `now()` has reached `due_at`; at once when it has passed.

        Also once as much time has passed as was left, and when the clock is set meanwhile: it holds nobody
        up. Who needs the instant itself looks at the clock again.
        """
        ...

    async def wait_for_setback(self) -> None:
        """Return once the clock shows an earlier time than it did before."""
        ...


class Machine(Protocol):
    """A machine's own clock: it may be wrong, and anybody may set it."""

    @property
    def is_steady(self) -> bool:
        """Whether `monotonic` counts all time that passes: then a clock that runs ahead of it was set."""
        ...

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return a number of seconds that grows as time passes, whoever sets the clock."""
        ...

    async def sleep_until(self, due_at: datetime) -> None:
        """Return when `due_at` has come, so much time has passed, or the clock is set meanwhile."""
        ...


class SystemClock:
    """The machine's clock."""

    is_steady = _PASSED is not None

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the seconds since the machine began; those it was suspended count where it counts them."""
        return time.clock_gettime(_PASSED) if _PASSED is not None else time.monotonic()

    async def sleep_until(self, due_at: datetime) -> None:
        """Sleep in bounded steps, so that a machine that was suspended wakes to the right time."""
        await _sleep_until(self, due_at, _WATCH)


class ShiftedClock:
    """The machine's clock plus the offset in seconds that a file holds; an empty or missing file is 0.

    Whether an offset that changed is time that passes or a clock that is set, it cannot tell.
    """

    is_steady = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """Return the shifted instant, aware, in UTC."""
        offset = 0.0
        with suppress(OSError, ValueError):
            offset = float(self._path.read_text(encoding="ascii"))
        return datetime.now(UTC) + timedelta(seconds=offset)

    def monotonic(self) -> float:
        """Return the seconds since the machine began, whatever the file holds."""
        return time.monotonic()

    async def sleep_until(self, due_at: datetime) -> None:
        """Sleep in short steps: the offset may jump at any moment."""
        await _sleep_until(self, due_at, _POLL)


async def _sleep_until(clock: Machine, due_at: datetime, step: float) -> None:
    began_at, began = clock.now(), clock.monotonic()
    lasts = (due_at - began_at).total_seconds()
    while True:
        shown, passed = (clock.now() - began_at).total_seconds(), clock.monotonic() - began
        if shown >= lasts or passed >= lasts or abs(shown - passed) > _SET:
            return
        await asyncio.sleep(min(lasts - shown, lasts - passed, step))
