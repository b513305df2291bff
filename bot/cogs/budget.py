"""The budget of requests: Discord takes 50 a second from a bot, whatever they are for.

What always holds: at most `most` requests are under way or were answered less
than a second ago. So however slow the wire is, no second on Discord's side
sees more. What is urgent goes first. Answers to interactions do not count.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

_SECOND = 1.0
_MOST = 45  # a few are left for what discord.py does by itself


class Budget:
    """Hands out the right to make one request."""

    def __init__(self, most: int = _MOST) -> None:
        self._free = most
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()

    @asynccontextmanager
    async def request(self, priority: int = 1) -> AsyncIterator[None]:
        """Wait for the right to one request; the smaller `priority`, the sooner."""
        await self._take(priority)
        try:
            yield
        finally:
            asyncio.get_running_loop().call_later(_SECOND, self._give)

    async def _take(self, priority: int) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give()
            raise

    def _give(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
