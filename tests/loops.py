"""A watch on the event loop: how long it was held up by one step, in processor time of its own thread.

Processor time, because what other programs take of the machine is not the step's fault.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 0.05  # seconds that one step of the bot may take: presses wait for it


class Steps:
    """The longest step so far, and what it was."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.what = ""

    def note(self, seconds: float, handle: asyncio.Handle) -> None:
        """Note a step that was taken."""
        if seconds > self.longest:
            self.longest, self.what = seconds, repr(handle)


@contextmanager
def watched() -> Iterator[Steps]:
    """Watch every step that the loop takes within the block."""
    steps, run = Steps(), asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        begun = time.thread_time()
        run(handle)
        steps.note(time.thread_time() - begun, handle)

    asyncio.Handle._run = timed  # type: ignore[method-assign, assignment]
    try:
        yield steps
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]
