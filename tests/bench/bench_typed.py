"""A typed answer beside a press: from the service's door to the commit that holds it.

    uv run python -m tests.bench.bench_typed [--answers 4000] [--rounds 7]

Both are put on one database in turn, 32 at once, as the gateway would hand them on; what counts is the
ratio, pair by pair, and its median. A typed answer is judged once more than a press: to refuse what
cannot be judged.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from bot.bank import Bank
from bot.bank.part import Part
from bot.clock import SystemClock
from bot.quiz.game import Mode, Pace, Response, Rules
from bot.quiz.judging import load_words
from bot.quiz.press import Press
from bot.quiz.question import Kind, Tolerance
from bot.services.discord_clock import DiscordClock
from bot.services.games import Play
from bot.services.library import Library
from bot.services.timers import Timers
from bot.store.database import Database
from tests.questions import question

CONCURRENCY = 32
SAID: dict[Mode, Response] = {Mode.CHOICE: 1, Mode.TYPED: "0.35 km"}
_EPOCH = 1420070400  # seconds: Discord's


def bank() -> Bank:
    """Return questions that can be pressed and typed."""
    made = [
        question(number, kind=Kind.NUMBER, key=f"{340 + number}", tolerance=Tolerance(340, 360, "m"))
        for number in range(1, 11)
    ]
    return Bank([Part.of(made, {"rover": "The rover"})])


async def seconds_for(play: Play, mode: Mode, answers: int, game: int) -> float:
    """Return how long so many answers to a new round take."""
    clock = SystemClock()
    start = Press(game, game, game, None, 1, "Ann", clock.now())
    begun = await play.games.start(start, Rules(mode=mode, pace=Pace.UNTIMED, questions=1))
    assert begun is not None
    message_id = (int((clock.now().timestamp() - _EPOCH) * 1000) << 22) + game
    await play.games.open(begun.round.home_id, begun.round.id, message_id)
    waiting = iter(range(answers))

    async def give() -> None:
        for number in waiting:
            press = Press(0, game, game, message_id, 1000 + number, "Ben", clock.now())
            await play.answers.submit(press, begun.round.id, SAID[mode])

    began = time.perf_counter()
    await asyncio.gather(*(give() for _ in range(CONCURRENCY)))
    return time.perf_counter() - began


async def main(answers: int, rounds: int) -> None:
    """Measure both in turn and print the ratio."""
    load_words()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "farside.sqlite3"
        database, clock = await Database.open(path), DiscordClock(SystemClock())
        play = Play.join(database, Library(bank(), path), clock, Timers(database, clock))
        taken: dict[Mode, list[float]] = {mode: [] for mode in SAID}
        game = 1
        for number in range(rounds + 1):
            for mode in sorted(SAID, reverse=bool(number % 2)):
                game += 1
                seconds = await seconds_for(play, mode, answers, game)
                if number:  # the first pair warms up
                    taken[mode].append(seconds)
        await database.close()
    ratios = [typed / pressed for pressed, typed in zip(taken[Mode.CHOICE], taken[Mode.TYPED], strict=True)]
    for mode, each in taken.items():
        print(f"{mode:<7} {statistics.median(each) / answers * 1e6:8.0f} µs an answer")
    print(f"typed to pressed: {statistics.median(ratios):.2f} ({min(ratios):.2f} .. {max(ratios):.2f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.answers, arguments.rounds))
