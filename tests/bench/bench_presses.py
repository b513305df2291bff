"""Presses: Farside, which commits each to disk before it answers, beside a bare bot that stores nothing.

    uv run python -m tests.bench.bench_presses [--presses 2000] [--rounds 7]

Each bot has a mill (`tests.bench.mill`) of its own that presses its buttons, in
turn within one run; the figures that count are the ratios, pair by pair, and
their median. Below them stands who was the limit, how busy each process was,
and what other programs took of the machine meanwhile: where that is more than
a few per cent, only the processor time per press means something.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.local import ENVIRON, ROOT, Bot, Machine, bare, farside

CONCURRENCY = 32
RATE = 200  # presses a second in the open loop
_BUSY = 0.9  # of a processor: a process that is less busy waits for another one


class Mill:
    """A mill in its own process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.addresses: dict[str, str] = self._answer()

    def ask(self, do: str, **order: Any) -> Any:
        """Have it do something, and return what it says."""
        assert self._process.stdin is not None
        print(json.dumps({"do": do, **order}), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def buttons(self, seconds: float = 20) -> list[str]:
        """Return the custom_ids of the latest message with buttons, as soon as there is one."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if (message := self.ask("message")) is not None:
                return list(answers(message["components"]))
            time.sleep(0.05)
        raise TimeoutError("the bot has posted no buttons")


@contextmanager
def mill() -> Iterator[Mill]:
    """Run a mill."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.mill"],
        cwd=ROOT,
        env=ENVIRON,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Mill(process)
    finally:
        process.terminate()
        process.wait(10)


def answers(components: list[dict[str, Any]]) -> Iterator[str]:
    """Return the custom_ids of a message's options."""
    for component in components:
        if component.get("custom_id", "").partition(":")[0] not in ("", "next"):
            yield component["custom_id"]
        yield from answers(component.get("components", []))


def start_game(of: Mill) -> list[str]:
    """Start an untimed game, and return the custom_ids of its first round's options."""
    options = [{"name": "pace", "type": 3, "value": "untimed"}, {"name": "questions", "type": 4, "value": 50}]
    while not of.ask("command", name="quiz", options=[{"name": "start", "type": 1, "options": options}]):
        time.sleep(0.1)
    return of.buttons()


def measure(of: Mill, bot: Bot, custom_ids: list[str], **load: Any) -> Any:
    """Put one load on a bot; return the figures, with each process's share of a processor."""
    before, machine = bot.cpu, Machine()
    figures = of.ask("press", custom_ids=custom_ids, **load)
    used, answered = bot.cpu - before, max(1, figures["answered"])
    return figures | {
        "cpu": used / answered * 1e6,
        "mill_cpu": figures["mill"] / answered * 1e6,
        "busy": used / figures["seconds"],
        "mill_busy": figures["mill"] / figures["seconds"],
        "others": machine.share_of_others(),
    }


def ratios(name: str, ours: list[float], theirs: list[float]) -> str:
    """Return a row: both medians, and the median and range of the ratios pair by pair."""
    pairs = [a / b for a, b in zip(ours, theirs, strict=True)]
    return (
        f"{name:<34} {statistics.median(ours):>10.1f} {statistics.median(theirs):>10.1f}"
        f" {statistics.median(pairs):>8.2f}   ({min(pairs):.2f} .. {max(pairs):.2f})"
    )


def percents(shares: list[float]) -> str:
    """Return the median and the most of shares of the machine."""
    return f"{statistics.median(shares):.0%} of the machine, at most {max(shares):.0%}"


def limit_of(name: str, figures: list[Any]) -> str:
    """Say who was the limit while a bot was pressed as fast as it answers."""
    bot = statistics.median(one["busy"] for one in figures)
    own = statistics.median(one["mill_busy"] for one in figures)
    cost = statistics.median(one["mill_cpu"] for one in figures)
    who = (
        name
        if bot >= max(own, _BUSY)
        else "the mill"
        if own >= _BUSY
        else "the machine (other programs, disk)"
    )
    return (
        f"the limit beside {name}: {who}"
        f" ({name} was busy {bot:.0%} of a processor, the mill {own:.0%}, {cost:.0f} µs a press)"
    )


def main(presses: int, rounds: int) -> None:
    """Measure both bots in turn and print the ratios."""
    closed: dict[str, list[Any]] = {"Farside": [], "the bare bot": []}
    opened: dict[str, list[Any]] = {"Farside": [], "the bare bot": []}
    with (
        mill() as first,
        mill() as second,
        farside(first) as ours,
        bare(second, second.addresses["channel"]) as theirs,
    ):
        theirs.line()
        bots = {
            "Farside": (first, ours, start_game(first)),
            "the bare bot": (second, theirs, second.buttons()),
        }
        for of, bot, buttons in bots.values():
            measure(of, bot, buttons, presses=500, concurrency=CONCURRENCY)  # warm up
        for number in range(rounds):
            for name in list(bots) if number % 2 else reversed(bots):
                of, bot, buttons = bots[name]
                load = {"presses": presses, "concurrency": CONCURRENCY}
                closed[name].append(measure(of, bot, buttons, **load))
                load = {"presses": RATE * 4, "rate": RATE}
                opened[name].append(measure(of, bot, buttons, **load))

    def column(figures: list[Any], *path: str) -> list[float]:
        for key in path:
            figures = [figure[key] for figure in figures]
        return figures

    print(f"{'':<34} {'Farside':>10} {'bare':>10} {'ratio':>8}")
    for label, table, path in (
        (f"presses/s, {CONCURRENCY} at once", closed, ("per_second",)),
        ("CPU per press, µs", closed, ("cpu",)),
        (f"p99 ms, {CONCURRENCY} at once", closed, ("ms", "p99")),
        (f"p50 ms, {RATE}/s", opened, ("ms", "p50")),
        (f"p99 ms, {RATE}/s", opened, ("ms", "p99")),
    ):
        print(ratios(label, *(column(figures, *path) for figures in table.values())))
    for name, figures in closed.items():
        print(limit_of(name, figures))
    all_figures = [one for table in (closed, opened) for figures in table.values() for one in figures]
    failed = {name: sum(column(closed[name] + opened[name], "failed")) for name in closed}
    print("failed presses: " + ", ".join(f"{name} {count}" for name, count in failed.items()))
    print(f"taken by other programs: {percents(column(all_figures, 'others'))}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    main(arguments.presses, arguments.rounds)
