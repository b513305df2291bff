"""Stand-ins for the two things a test must own: time, and nothing else."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves only when the test moves it; sleepers wake as soon as their time has come."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []
        self._setback = asyncio.Event()

    def now(self) -> datetime:
        """Return the instant to which the test has moved the clock."""
        return self._now

    async def sleep_until(self, due_at: datetime) -> None:
        """Return at once when `due_at` has come, else when the clock is moved there."""
        if due_at <= self._now:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((due_at, future))
        await future

    async def wait_for_setback(self) -> None:
        """Return when the test sets the clock back."""
        await self._setback.wait()
        self._setback.clear()

    async def move_to(self, instant: datetime) -> None:
        """Set the clock and let those who slept until then go on."""
        if instant < self._now:
            self._setback.set()
        self._now = instant
        waiting, self._sleepers = self._sleepers, []
        for due_at, future in waiting:
            if future.done():
                continue
            if due_at <= instant:
                future.set_result(None)
            else:
                self._sleepers.append((due_at, future))
        await asyncio.sleep(0)

    async def forward(self, by: timedelta) -> None:
        """Move the clock by a duration."""
        await self.move_to(self._now + by)
