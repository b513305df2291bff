"""Private lines: a result with forty of them while two hundred rounds close, and people who go on pressing.

    uv run python -m tests.bench.bench_lines [--lines 40] [--rounds 200] [--presses 150]

Presses in a game of its own are timed from the desk's request to the answer that Discord has taken, first
with nothing else to do, then from the moment at which all the other rounds end at once. What counts is the
ratio of both, and that nothing was refused: lines wait for presses, not presses for lines.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from itertools import count
from pathlib import Path

from bot.emulator import Emulator
from bot.emulator.client import Desk, Message
from tests.e2e.conftest import Farside
from tests.e2e.rounds import is_closed, is_open

RATE = 50  # presses a second
PACE = 30  # games opened a second: Discord's limit is not what is measured
_SECONDS = 300


async def opened(desk: Desk, channel: str) -> Message:
    """Return the open round of a channel."""
    return await desk.shown(channel, is_open, patience=120)


async def press_all(desk: Desk, people: list[str], card: Message) -> list[float]:
    """Have each press once, so many a second; return the milliseconds until each was answered, sorted."""
    began, taken = time.perf_counter(), []

    async def one(person: str, number: int) -> None:
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        start = time.perf_counter()
        outcome = await desk.press(person, card, "A")
        assert outcome.state == "done", outcome
        taken.append((time.perf_counter() - start) * 1000)

    await asyncio.gather(*(one(person, number) for number, person in enumerate(people)))
    return sorted(taken)


def told(desk: Desk, channel: str, people: list[str]) -> int:
    """Return how many people's lines tell what came of their answers."""
    lines = [
        next((m.text for m in desk.messages(channel, as_=person) if m.is_ephemeral), "") for person in people
    ]
    return sum(line.startswith(("✅", "❌", "≈")) for line in lines)


def shown(name: str, taken: list[float]) -> str:
    """Return the middle and the worst of sorted milliseconds."""
    p99 = taken[min(int(len(taken) * 0.99), len(taken) - 1)]
    return f"{name:<32} p50 {statistics.median(taken):6.1f} ms   p99 {p99:6.1f} ms"


async def main(lines: int, rounds: int, presses: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        emulator = Emulator(clock_file=path / "clock")
        await emulator.start()
        async with Desk.at(emulator) as desk:
            farside = Farside(emulator, desk, path)
            await farside.start()
            try:
                await measure(farside, lines, rounds, presses)
            finally:
                await farside.end()
        await emulator.close()


async def measure(farside: Farside, lines: int, rounds: int, presses: int) -> None:
    """Open everything, press in peace, end all rounds at once, and press again."""
    desk, number = farside.desk, count()
    guild = (await desk.guild())["id"]

    async def channels(many: int) -> list[str]:
        made = [
            await desk.post("/desk/channels", guild_id=guild, name=f"c{next(number)}") for _ in range(many)
        ]
        return [one["id"] for one in made]

    rooms = await channels(rounds)
    crowd_room, press_room = await channels(2)
    crowd = [await desk.add_person(f"Crowd {n}") for n in range(lines)]
    people = [await desk.add_person(f"Player {n}") for n in range(2 * presses)]
    for place, room in enumerate([crowd_room, *rooms]):
        await desk.run(desk.you, room, "quiz start", questions=1, seconds=_SECONDS)
        if place % PACE == PACE - 1:
            await asyncio.sleep(1)
    await desk.run(desk.you, press_room, "quiz start", questions=1, pace="untimed")
    card, crowd_card = await opened(desk, press_room), await opened(desk, crowd_room)
    await asyncio.gather(*(desk.press(person, crowd_card, "A") for person in crowd))
    await asyncio.gather(*(opened(desk, room) for room in rooms))
    peace = await press_all(desk, people[:presses], card)
    began = time.perf_counter()
    await farside.forward(_SECONDS + 5)
    busy = await press_all(desk, people[presses:], card)
    await desk.until(lambda: all(any(map(is_closed, desk.messages(room))) for room in rooms), patience=120)
    closed = time.perf_counter() - began
    await desk.until(lambda: told(desk, crowd_room, crowd) == lines, patience=60)
    print(shown("presses with nothing else to do", peace))
    print(shown(f"presses while {rounds} rounds close", busy))
    ratio = statistics.median(busy) / statistics.median(peace)
    print(f"ratio of the medians: {ratio:.2f}")
    print(
        f"all {rounds} results after {closed:.1f} s; {lines} lines after {time.perf_counter() - began:.1f} s"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--presses", type=int, default=150)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.lines, arguments.rounds, arguments.presses))
