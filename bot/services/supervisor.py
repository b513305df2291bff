"""The supervisor: keeps the loops that run beside Discord alive, or ends the program.

What always holds:
- a loop that meets an error goes on after a pause, and the error is in the log;
- one that fails over and over, or says itself that it cannot go on, ends the
  program with a line that says why: nothing is left half alive;
- once they are ended none is begun any more: what it would need is being closed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import CannotGoOn, QuizError, is_the_end
from bot.pauses import PATIENT

Loop = Callable[[], Awaitable[None]]

_log = logging.getLogger(__name__)
MOST_FAILURES = 10  # in a row: some five minutes
_WELL_AFTER = timedelta(minutes=5)  # a loop that ran so long has left its failures behind
_LAST_MOMENT = 3.5  # seconds for what is under way at the end


class Supervisor:
    """Runs loops, each under its name; the bot asks `fault` for the first that cannot go on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._fault: CannotGoOn | None = None
        self._has_fault = asyncio.Event()
        self._is_closed = False

    def start(self, name: str, loop: Loop, *, is_vital: bool = True) -> None:
        """Run `loop` until it returns; one that is not vital is tried again for ever."""
        if self._is_closed:
            return
        task = asyncio.create_task(self._keep(name, loop, is_vital), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def fault(self) -> None:
        """Wait for the first loop that cannot go on, and raise its `CannotGoOn`."""
        await self._has_fault.wait()
        assert self._fault is not None  # noqa: S101 - set before the event
        raise self._fault

    async def close(self) -> None:
        """Cancel every loop, and give what is under way a moment to finish."""
        self._is_closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_LAST_MOMENT)

    async def _keep(self, name: str, loop: Loop, is_vital: bool) -> None:
        failures = 0
        while True:
            begun = self._clock.now()
            try:
                await loop()
            except CannotGoOn as error:
                self._give_up(error)
                return
            except BaseException as error:
                if is_the_end(error):
                    raise
                failures = 1 if self._was_well(begun) else failures + 1
                if is_vital and failures >= MOST_FAILURES:
                    reason = f"{name} failed {failures} times in a row: {type(error).__name__}: {error}"
                    self._give_up(CannotGoOn(reason))
                    return
                await self._pause(name, error, timedelta(seconds=PATIENT.after(failures)))
            else:
                return

    def _was_well(self, begun: datetime) -> bool:
        return self._clock.now() - begun >= _WELL_AFTER

    def _give_up(self, fault: CannotGoOn) -> None:
        if self._fault is None:
            self._fault = fault
            self._has_fault.set()

    async def _pause(self, name: str, error: BaseException, pause: timedelta) -> None:
        is_passing = isinstance(error, QuizError)  # such a fault of the store needs no traceback
        _log.log(
            logging.WARNING if is_passing else logging.ERROR,
            "%s met an error and goes on in %s s: %s: %s",
            name,
            int(pause.total_seconds()),
            type(error).__name__,
            error,
            exc_info=None if is_passing else error,
        )
        await self._clock.sleep_until(self._clock.now() + pause)
