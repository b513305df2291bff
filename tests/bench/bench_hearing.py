"""What it costs to be told of every message in every channel, most of which are not for the bot.

    uv run python -m tests.bench.bench_hearing [--messages 20000] [--rounds 5]

A mill tells the real bot of messages that people write to one another, without their contents, as
Discord does to a bot without the privileged intent. What counts is the bot's processor time for each; a
press, measured in the same run, says what that means.
"""

import argparse
import statistics

from tests.bench.bench_presses import measure, mill, start_game
from tests.bench.local import farside

_PRESSES = 1000


def main(messages: int, rounds: int) -> None:
    """Measure messages and presses in turn, and print what each costs."""
    heard: list[float] = []
    pressed: list[float] = []
    with mill() as one, farside(one) as bot:
        ids = start_game(one)
        measure(one, bot, ids, presses=_PRESSES, concurrency=32)  # warms up
        for _ in range(rounds):
            before = bot.cpu
            size = one.ask("chatter", messages=messages, content="")
            one.ask("press", custom_ids=ids, presses=1, concurrency=1)  # answered once all before it is read
            heard.append((bot.cpu - before) / messages * 1e6)
            pressed.append(measure(one, bot, ids, presses=_PRESSES, concurrency=32)["cpu"])
    each, press = statistics.median(heard), statistics.median(pressed)
    spread = f"({min(heard):.1f} .. {max(heard):.1f})"
    print(f"a message of {size} bytes that is not for the bot: {each:.1f} µs {spread}")
    print(f"a press: {press:.0f} µs, as much as {press / each:.0f} messages")
    print(f"a thousand messages a second take {each / 10:.1f} % of a processor")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    main(given.messages, given.rounds)
