"""Lines: each player's private word on their answer, brought up to date once its result is shown.

What always holds:
- a player has one line in a channel: the one for their latest press; the one before it is taken away;
- no line is needed: what cannot be told in time is left out, and after a restart nothing is missed;
- no press waits for a line: lines are changed a few at a time, and not while presses are under way;
- the tokens that lines are changed by are kept in memory alone, no longer than Discord takes them.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from bot.cogs.messages.components import NO_PINGS
from bot.cogs.messages.lines import verdict_text
from bot.cogs.sender import Failure, Sender
from bot.errors import NotRead
from bot.quiz.showing import RoundShowing
from bot.services.games.showings import Showings

_log = logging.getLogger(__name__)
_GOOD_FOR = 14.5 * 60  # seconds that Discord takes an interaction's token, with some to spare
_MOST = 10_000  # lines remembered: some five megabytes
_WAITING = 4000  # changes waiting; what comes on top of them is left out
_AT_ONCE = 6
_PAUSE = 0.05  # seconds between two handfuls: 120 changes a second at most
_BUSY_PAUSE = 0.25  # seconds until it is looked again whether presses are under way
_FRESH = 20.0  # seconds in which a change is worth making: then the next question is there
_PATIENCE = 3.0  # seconds for one change


@dataclass(slots=True)
class _Line:
    address: str
    until: float  # by the loop's clock
    round_id: int


@dataclass(slots=True)
class _Change:
    method: str
    address: str
    body: bytes | None
    until: float


class Lines:
    """Remembers the latest line of each player in each channel, and changes it.

    `is_calm` tells whether there is nothing more urgent to do.
    """

    def __init__(self, sender: Sender, showings: Showings, is_calm: Callable[[], bool]) -> None:
        self._sender = sender
        self._showings = showings
        self.is_calm = is_calm
        # by channel and player, oldest first
        self._lines: OrderedDict[tuple[int, int], _Line] = OrderedDict()
        self._changes: deque[_Change] = deque()
        self._work: asyncio.Task[None] | None = None
        self._readings: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._lines)

    def keep(self, channel_id: int, player_id: int, address: str, round_id: int) -> None:
        """Remember the line that a player has just got, by its token's address; it replaces their last one.

        `round_id` is the round whose result it is to tell; 0 for none.
        """
        now = asyncio.get_running_loop().time()
        key = channel_id, player_id
        last = self._lines.pop(key, None)
        self._lines[key] = _Line(address, now + _GOOD_FOR, round_id)
        if last is not None and last.until > now:
            self._change(_Change("DELETE", last.address, None, min(last.until, now + _GOOD_FOR)))
        while self._lines:
            oldest = next(iter(self._lines))
            if len(self._lines) <= _MOST and self._lines[oldest].until > now:
                break
            del self._lines[oldest]

    def settle(self, showing: RoundShowing) -> None:
        """Have the lines of a round's players tell what came of their answers; its result is shown."""
        channel_id, now = showing.game.channel_id, asyncio.get_running_loop().time()
        for answer, _ in showing.answers:
            line = self._lines.get((channel_id, answer.player_id))
            if line is not None and line.round_id == showing.round.id and line.until > now:
                reading = asyncio.create_task(self._settle(showing))
                self._readings.add(reading)
                reading.add_done_callback(self._readings.discard)
                return

    async def _settle(self, showing: RoundShowing) -> None:
        game, round_id = showing.game, showing.round.id
        try:
            places = await self._showings.load_places(game)
        except NotRead:
            return
        now = asyncio.get_running_loop().time()
        for answer, _ in showing.answers:
            line = self._lines.get((game.channel_id, answer.player_id))
            if line is not None and line.round_id == round_id and line.until > now:
                told = verdict_text(showing.asked, answer, places.get(answer.player_id))
                body = orjson.dumps({"content": told, "allowed_mentions": NO_PINGS})
                self._change(_Change("PATCH", line.address, body, min(line.until, now + _FRESH)))

    def forget(self, player_id: int) -> None:
        """Forget a player's lines."""
        for key in [key for key in self._lines if key[1] == player_id]:
            del self._lines[key]

    async def close(self) -> None:
        """Stop; what is not told is not missed."""
        tasks = [*self._readings, *([self._work] if self._work is not None else [])]
        self._changes.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)

    def _change(self, change: _Change) -> None:
        if len(self._changes) >= _WAITING:
            return
        self._changes.append(change)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._make_changes())

    async def _make_changes(self) -> None:
        """Make what waits, a handful at a time, while nothing more urgent is to be done."""
        now = asyncio.get_running_loop().time
        while self._changes:
            await asyncio.sleep(_PAUSE)
            while not self.is_calm():
                await asyncio.sleep(_BUSY_PAUSE)
            handful = [self._changes.popleft() for _ in range(min(_AT_ONCE, len(self._changes)))]
            await asyncio.gather(*(self._make(change) for change in handful if change.until > now()))

    async def _make(self, change: _Change) -> Any:
        path = f"{change.address}/messages/@original"
        try:
            await self._sender.answer(change.method, path, change.body, seconds=_PATIENCE)
        except Failure as failure:  # its player has closed it, or Discord is slow: it stays as it is
            _log.debug("a private line stays as it is: %s", failure)
