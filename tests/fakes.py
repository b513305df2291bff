"""Stand-ins for what a test must own: time, and a fault that is no Exception."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Panic(BaseException):
    """What a library written in another language raises; it is no Exception."""


class FakeClock:
    """A clock that moves only when the test moves it; sleepers wake as soon as their time has come."""

    def __init__(self, start: datetime = START, *, is_steady: bool = True) -> None:
        self.is_steady = is_steady
        self._now = start
        self._passed = 0.0
        self._sleepers: list[tuple[datetime, float, asyncio.Future[None]]] = []
        self._setback = asyncio.Event()
        self.is_slept_on = asyncio.Event()  # somebody waits for it to be moved

    def now(self) -> datetime:
        """Return the instant to which the test has moved the clock."""
        return self._now

    def surely(self) -> datetime:
        """Return the same: there is no other clock."""
        return self._now

    def monotonic(self) -> float:
        """Return how many seconds the test has let pass."""
        return self._passed

    async def sleep_until(self, due_at: datetime) -> None:
        """Return at once when `due_at` has come, else when the clock shows it or so much has passed."""
        if due_at <= self._now:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((due_at, self._passed + (due_at - self._now).total_seconds(), future))
        self.is_slept_on.set()
        await future

    async def wait_for_setback(self) -> None:
        """Return when the test sets the clock back."""
        await self._setback.wait()
        self._setback.clear()

    async def move_to(self, instant: datetime) -> None:
        """Let time pass until an instant, or set the clock back to it; those who slept until then go on."""
        self._passed += max((instant - self._now).total_seconds(), 0.0)
        await self.set_to(instant)

    async def set_to(self, instant: datetime) -> None:
        """Set the clock, no time having passed."""
        if instant < self._now:
            self._setback.set()
        self._now = instant
        waiting, self._sleepers = self._sleepers, []
        self.is_slept_on.clear()
        for due_at, wakes_at, future in waiting:
            if future.done():
                continue
            if due_at <= instant or wakes_at <= self._passed:
                future.set_result(None)
            else:
                self._sleepers.append((due_at, wakes_at, future))
                self.is_slept_on.set()
        await asyncio.sleep(0)

    async def forward(self, by: timedelta) -> None:
        """Let time pass."""
        await self.move_to(self._now + by)
