"""The one loop that makes timers fire.

What always holds:
- a timer fires at its instant or as soon after it as the program runs;
- its row is removed by the handler's own transaction, so a timer that fired
  before a crash fires again after it, and the handler's work is done once;
- one timer is never handled twice at the same time;
- a clock that is set back holds no look up for longer than was left to wait, whenever it is set.

The rows are the truth; between two looks the loop only knows when to look next.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from bot.clock import Clock
from bot.errors import NotRead, NotSaved, is_the_end
from bot.pauses import PATIENT
from bot.store.database import Database
from bot.store.ownership import SOLE, Ownership
from bot.store.timers import Timer, list_due, next_due

Key = tuple[int, str, str]
Handler = Callable[[Timer], Awaitable[None]]
NextAt = Callable[[datetime], Awaitable[datetime | None]]

_log = logging.getLogger(__name__)
_SOON = 3.0  # seconds after which a timer fires again that the store did not take
_LOOK = 256  # rows taken at one look
_LONGEST = timedelta(seconds=10)  # without a look: a clock that was set unseen stalls nothing for longer
_SET = 1.0  # seconds; less than this is the machine keeping time


class Timers:
    """Fires each timer's handler when it is due."""

    def __init__(self, database: Database, clock: Clock, ownership: Ownership = SOLE) -> None:
        self._database = database
        self._clock = clock
        self.ownership = ownership
        self._worked_out: dict[str, NextAt] = {}
        self._handlers: dict[str, Handler] = {}
        self._before: list[Callable[[], Awaitable[None]]] = []
        self._running: dict[Key, asyncio.Task[None]] = {}
        self._done: set[Key] = set()  # handled since the look under way began
        self._failures: dict[Key, int] = {}
        self._look = asyncio.Event()
        self._sleeping_until: datetime | None = None

    def on(self, kind: str, handler: Handler) -> None:
        """Have `handler` called with each timer of that kind; it removes the row when its work is stored."""
        self._handlers[kind] = handler

    def on_worked_out(self, kind: str, next_at: NextAt) -> None:
        """Have the handler of that kind called, one call at a time, when `next_at` says; it has no row."""
        self._worked_out[kind] = next_at

    def before_looks(self, check: Callable[[], Awaitable[None]]) -> None:
        """Have `check` called before each look at what is due: it may set timers anew when clocks moved."""
        self._before.append(check)

    def look(self) -> None:
        """Have the loop look at once: what is due here is another matter than before."""
        self._look.set()

    def notice(self, due_at: datetime) -> None:
        """Tell the loop of a timer that was stored a moment ago."""
        if self._sleeping_until is None or due_at < self._sleeping_until:
            self._look.set()

    async def run(self) -> None:
        """Fire timers until cancelled; those under way are finished first."""
        try:
            while True:
                self._look.clear()
                began, begun = self._clock.now(), self._clock.monotonic()
                due_at = await self._fire_due()
                set_by = (self._clock.now() - began).total_seconds() - (self._clock.monotonic() - begun)
                if abs(set_by) < _SET:  # else what is due next was found by a clock that has been set since
                    await self._sleep(due_at)
        finally:
            if self._running:
                await asyncio.wait(self._running.values(), timeout=3)

    async def _fire_due(self) -> datetime | None:
        """Start every handler that is due; return when to look again."""
        for check in self._before:
            await check()
        now = self._clock.now()
        most = _LOOK + len(self._running)
        self._done.clear()
        part = self.ownership.part
        due = await self._database.read(lambda tx: list_due(tx, now, most, part))
        later = await self._work_out(now)
        for timer in [*due, *(Timer(kind, "", at) for kind, at in later.items() if at <= now)]:
            key = (timer.home_id, timer.kind, timer.ref)
            is_old_news = key in self._done or key in self._running
            if not is_old_news and timer.kind in self._handlers:
                task = asyncio.create_task(self._fire(timer))
                self._running[key] = task
                task.add_done_callback(partial(self._finished, key))
        if len(due) == most:
            return now
        then = await self._database.read(lambda tx: next_due(tx, now, part))
        return min((at for at in (then, *later.values()) if at is not None and at > now), default=None)

    async def _work_out(self, now: datetime) -> dict[str, datetime]:
        """Return when each kind that has no rows is due next."""
        found = [(kind, await next_at(now)) for kind, next_at in self._worked_out.items()]
        return {kind: at for kind, at in found if at is not None}

    def _finished(self, key: Key, _: asyncio.Task[None]) -> None:
        del self._running[key]
        self._done.add(key)  # a look that began before the row was removed still sees it
        self._look.set()

    async def _fire(self, timer: Timer) -> None:
        key = (timer.home_id, timer.kind, timer.ref)
        most = math.inf
        try:
            if timer.kind in self._worked_out:
                await self._handlers[timer.kind](timer)
            else:
                with self.ownership.working_for(timer.home_id):
                    await self._handlers[timer.kind](timer)
            self._failures.pop(key, None)
            return
        except (NotSaved, NotRead):
            most = _SOON  # a lock or a full disk may be over at any moment, and people wait for it
            _log.warning("timer %s %s: the store did not take its work", timer.kind, timer.ref)
        except BaseException as error:
            if is_the_end(error):
                raise
            _log.exception("timer %s %s failed", timer.kind, timer.ref)
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        pause = min(PATIENT.after(failures), most)
        await self._clock.sleep_until(self._clock.now() + timedelta(seconds=pause))

    async def _sleep(self, due_at: datetime | None) -> None:
        """Return at `due_at`, or as soon as there is a reason to look earlier."""
        longest = self._clock.now() + _LONGEST
        self._sleeping_until = longest if due_at is None else min(due_at, longest)
        sleep = asyncio.ensure_future(self._clock.sleep_until(self._sleeping_until))
        look = asyncio.ensure_future(self._look.wait())
        try:
            await asyncio.wait((sleep, look), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._sleeping_until = None
            sleep.cancel()
            look.cancel()
