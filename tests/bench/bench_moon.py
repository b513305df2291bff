"""The Moon's picture, 512 pixels a side, in milliseconds of CPU: `python -m tests.bench.bench_moon`.

Drawn from the stored map and packed as a JPEG, as it is sent, and as a PNG, as the command line writes it;
medians and ranges of 15 pictures of different nights. The first picture also reads the map.
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.moon.disc import View, draw_disc, to_jpeg, to_png
from bot.moon.sky import look_ahead, observe

BOUND = 150.0  # milliseconds of CPU a picture


def measure(work: Callable[[datetime], object], times: int = 15) -> list[float]:
    """Return the CPU milliseconds of each call, on nights five days apart."""
    found = []
    for number in range(times):
        began = time.process_time()
        work(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=5 * number))
        found.append((time.process_time() - began) * 1000)
    return found


def main() -> None:
    """Print each figure beside its bound."""
    first = measure(lambda at: to_jpeg(draw_disc(View.of(observe(at)))), times=1)[0]
    print(f"the first picture, with the map read: {first:.0f} ms")
    for name, work in (
        ("a picture to be sent (JPEG)", lambda at: to_jpeg(draw_disc(View.of(observe(at))))),
        ("a picture for a file (PNG)", lambda at: to_png(draw_disc(View.of(observe(at))))),
        ("the figures alone", lambda at: (observe(at), look_ahead(at))),
    ):
        found = measure(work)
        median = statistics.median(found)
        print(f"{name}: {median:.0f} ms ({min(found):.0f} .. {max(found):.0f}), bound {BOUND:.0f} ms")


if __name__ == "__main__":
    main()
