"""A person with ten thousand reviews among others' hundred thousand: what `/review` asks of the store.

Run: python -m tests.bench.bench_reviews [reviews] [others]

Prints the median and the slowest of many runs, and what of it was this process's own work: on a machine
that does something else besides, the rest is waiting. A file on disk, one process.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from bot.bank import Bank
from bot.bank.part import Part
from bot.quiz.press import Press
from bot.quiz.review import Grade, Origin, Review
from bot.services.learning import LearningService
from bot.services.library import Library
from bot.services.reviews import ReviewsService
from bot.store.database import Database
from bot.store.reviews import add_reviews
from tests.fakes import START, FakeClock
from tests.questions import question

HEAVY = 7
TURNS = 300


async def measured(what: str, work: Callable[[], Awaitable[object]], turns: int = TURNS) -> None:
    """Run something many times and print how long it takes."""
    taken, worked = [], []
    for _ in range(turns):
        begun, own = time.perf_counter(), time.process_time()
        await work()
        taken.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - own) * 1000)
    for name, times in ((what, sorted(taken)), ("  of it work", sorted(worked))):
        middle, nearly_all = statistics.median(times), times[-(turns // 100 + 1)]
        print(f"{name:32} {middle:7.2f} ms, 99 of 100 {nearly_all:7.2f} ms, slowest {times[-1]:7.2f} ms")


async def measure(reviews: int, others: int, folder: Path) -> None:
    """Print the figures."""
    dice = Random(1969)
    bank = Bank([Part.of([question(number) for number in range(reviews)], {"rover": "The rover"})])
    database, clock = await Database.open(folder / "farside.sqlite3"), FakeClock()
    library = Library(bank, folder)
    service = ReviewsService(database, library, LearningService(database, library, clock), clock)

    def some(count: int) -> list[Review]:
        due = [START + timedelta(days=dice.uniform(-30, 300)) for _ in range(count)]
        return [Review(f"q{number}", Origin.MISSED, START, at) for number, at in enumerate(due)]

    added = [(HEAVY, one) for one in some(reviews)]
    added += [(100 + person, one) for person in range(others // 100) for one in some(100)]
    for begin in range(0, len(added), 5000):
        await database.write(partial(add_reviews, added=added[begin : begin + 5000]))

    async def grade() -> None:
        found = await service.next(HEAVY)
        assert found is not None
        press = Press(1, None, 1, None, HEAVY, "Heavy", clock.now())
        await service.grade(press, found[0].question_id, Grade.GOOD, found[0].grades)

    pile = await service.pile(HEAVY)
    print(f"{pile.all:,} reviews of one person, {pile.due:,} due; {others:,} of others")
    await measured("/review due", lambda: service.pile(HEAVY))
    await measured("the next question", lambda: service.next(HEAVY))
    await measured("a grade, and the next question", grade)
    await measured("all of it, for a file", lambda: service.all(HEAVY), 5)
    await database.close()


if __name__ == "__main__":
    mine, theirs = ([int(one) for one in sys.argv[1:]] + [10_000, 100_000][len(sys.argv) - 1 :])[:2]
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(measure(mine, theirs, Path(made)))
