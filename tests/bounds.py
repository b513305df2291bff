"""A bound on work: what runs away is stopped, as no test waits for it and none looks at a clock."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE = 60.0  # seconds of the machine's clock after which something hangs; a busy one may need many


class RanAway(Exception):
    """It took many times the work that it should."""


@contextmanager
def processor_seconds(most: float) -> Iterator[None]:
    """Have the kernel raise `RanAway` here after so much work of the processor, where it can."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise RanAway(f"not done after {most:g} s of work")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
