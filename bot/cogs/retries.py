"""Retries: how long to wait before asking again, and how seldom to speak of it.

What always holds: pauses grow and are capped, and no two that begin together
stay together; of one trouble the log tells once a minute at most.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.pauses import PATIENT

T = TypeVar("T")

_SPREAD = 0.2  # a pause is up to so much shorter
_MINUTE = 60.0
_SHOWN = 160  # characters of what an error says


def pause_after(failures: int, least: float = 0.0) -> float:
    """Return the seconds to wait after so many failures in a row (the first is 0); `least` at least."""
    return max(least, PATIENT.after(failures + 1) * (1 - _SPREAD * random.random()))


class Seldom:
    """Tells a trouble once a minute, with how often it was met since."""

    def __init__(self, log: logging.Logger, now: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._now = now
        self._told_at: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    def warn(self, trouble: str, detail: object) -> None:
        """Log `trouble (detail)`, unless the same trouble was told less than a minute ago."""
        now, told_at = self._now(), self._told_at.get(trouble)
        if told_at is not None and now - told_at < _MINUTE:
            self._untold[trouble] = self._untold.get(trouble, 0) + 1
            return
        self._told_at[trouble] = now
        more = self._untold.pop(trouble, 0)
        self._log.warning(
            "%s; it is tried again (%s)%s", trouble, detail, f"; {more} times more in between" if more else ""
        )

    def is_over(self, trouble: str) -> bool:
        """Return whether this trouble was told, and forget it: the next time it is told at once."""
        self._untold.pop(trouble, None)
        return self._told_at.pop(trouble, None) is not None


async def patiently(
    attempt: Callable[[], Awaitable[T]], passing: Callable[[Exception], bool], trouble: str, seldom: Seldom
) -> T:
    """Call `attempt` until it succeeds, or fails with what is not `passing`; return its result."""
    failures = 0
    while True:
        try:
            result = await attempt()
        except Exception as error:
            if not passing(error):
                raise
            pause = pause_after(failures)
            failures += 1
            seldom.warn(trouble, _brief(error))
            await asyncio.sleep(pause)
        else:
            return result


def _brief(error: Exception) -> str:
    """Return what an error says in a line: it may hold a whole page."""
    says = " ".join(str(error).split())
    shown = says if len(says) <= _SHOWN else f"{says[:_SHOWN]}…"
    return f"{type(error).__name__}: {shown}" if shown else type(error).__name__
