"""The budget of requests: Discord takes 50 a second from a bot, whatever they are for.

What always holds: at most `most` requests are under way or were answered less
than a second ago. So however slow the wire is, no second on Discord's side
sees more. What is urgent goes first, and what can wait leaves a third of the
rights to it: a backlog would take every right the moment it comes back, and
they come back in bunches. Answers to interactions do not count.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

_SECOND = 1.0
_CAN_WAIT = 2  # the priority from which on a part is left to others
MOST = 47  # a few are left for what discord.py does by itself
_TICK = 0.001  # seconds by which a timer of the loop may be early


class Budget:
    """Hands out the right to make one request."""

    def __init__(self, most: int = MOST) -> None:
        self._most = self._free = most
        self._kept = most // 3  # for what is urgent
        self._idle = most * 2 // 3
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._resumes_at = 0.0

    @property
    def most(self) -> int:
        """Return how many rights there are a second."""
        return self._most

    @property
    def waiting(self) -> int:
        """Return how many requests wait for their turn."""
        return len(self._waiting)

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits and most rights are free: then there is one to spare."""
        is_open = asyncio.get_running_loop().time() >= self._resumes_at
        return is_open and not self._waiting and self._free > self._idle

    @asynccontextmanager
    async def request(self, priority: int = 1) -> AsyncIterator[None]:
        """Wait for the right to one request; the smaller `priority`, the sooner."""
        await self._take(priority)
        try:
            yield
        finally:
            asyncio.get_running_loop().call_later(_SECOND, self._give)

    def share(self, most: int) -> None:
        """Hand out `most` a second from now on; more than before only when a second has passed.

        Another process may have used these rights a moment ago.
        """
        change, self._most = most - self._most, most
        self._kept = most // 3
        if change <= 0:
            self._free += change
        else:
            asyncio.get_running_loop().call_later(_SECOND, self._add, change)

    def pause(self, seconds: float) -> None:
        """Give no more rights for so long: Discord has said that it takes nothing."""
        loop = asyncio.get_running_loop()
        self._resumes_at = max(self._resumes_at, loop.time() + seconds)
        loop.call_later(seconds, self._hand_out)

    async def _take(self, priority: int) -> None:
        loop = asyncio.get_running_loop()
        is_first = not self._waiting or priority < self._waiting[0][0]
        if is_first and self._is_free(priority) and loop.time() >= self._resumes_at:
            self._free -= 1
            return
        turn: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give()  # it was our turn, and we do not take it
            raise

    def _is_free(self, priority: int) -> bool:
        return self._free > (self._kept if priority >= _CAN_WAIT else 0)

    def _add(self, rights: int) -> None:
        self._free += rights
        self._hand_out()

    def _give(self) -> None:
        self._free += 1
        self._hand_out()

    def _hand_out(self) -> None:
        if asyncio.get_running_loop().time() + _TICK < self._resumes_at:
            return
        while self._waiting and self._is_free(self._waiting[0][0]):
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self._free -= 1
                turn.set_result(None)
