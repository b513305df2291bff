"""The event loop of a command that goes on until it is told to stop.

What always holds: it starts on every system; where the faster loop (uvloop) or
Unix's way to hear signals is not there, Python's own takes its place.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

STOPS = ("SIGINT", "SIGTERM", "SIGBREAK")
"""What tells a service to stop: Ctrl-C, a service manager, and Ctrl-Break on Windows."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` in a new loop, the fastest there is, and return what it returns."""
    with asyncio.Runner(loop_factory=_fastest()) as runner:
        return runner.run(main)


def on_signals(names: tuple[str, ...], stop: Callable[[], object]) -> None:
    """Have each of these signals that the system has call `stop` in the running loop."""
    loop = asyncio.get_running_loop()
    for name in names:
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


def _fastest() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
