"""Presses: Farside, which commits each to disk before it answers, beside a bare bot that stores nothing.

    uv run python -m tests.bench.bench_presses [--presses 2000] [--rounds 7]

Both answer the same load from one local Discord, in turn within one run; the
figures that count are the ratios, pair by pair, and their median. Below
them stands what other programs took of the machine meanwhile: where that is
more than a few per cent, only the processor time per press means something.
"""

import argparse
import asyncio
import statistics
from typing import Any

from tests.bench.local import Bot, LocalDiscord, Machine, bare, farside

CONCURRENCY = 32
RATE = 200  # presses a second in the open loop


async def open_round(discord: LocalDiscord, person: str, channel: str) -> dict[str, Any]:
    """Start an untimed game and return the message of its first round."""

    async def commands() -> bool:
        return any(command["name"] == "quiz" for command in (await discord.state())["commands"])

    await discord.wait_for(commands, "the commands")
    options = {"pace": "untimed", "questions": 50}
    await discord.post("commands", **{"as": person}, channel_id=channel, name="quiz start", options=options)

    async def message() -> dict[str, Any] | None:
        listed = await discord.get(f"channels/{channel}/messages", **{"as": person})
        messages = listed["messages"] if isinstance(listed, dict) else listed
        return next((m for m in messages if answer_buttons(m)), None)

    found: dict[str, Any] = await discord.wait_for(message, "the first round")
    return found


def answer_buttons(message: dict[str, Any]) -> list[str]:
    """Return the custom_ids of a round's options."""

    def walk(components: list[dict[str, Any]]) -> list[str]:
        found = []
        for component in components:
            if component.get("custom_id", "").startswith("answer:"):
                found.append(component["custom_id"])
            found += walk(component.get("components", []))
        return found

    return walk(message.get("components", []))


async def measure(
    discord: LocalDiscord, bot: Bot, message: str, custom_ids: list[str] | None, **load: Any
) -> Any:
    """Put one load on a bot; return the desk's figures with the processor time per press in microseconds."""
    before, machine = bot.cpu, Machine()
    body = {"message_id": message, **load} | ({"custom_ids": custom_ids} if custom_ids else {})
    figures = await discord.post("load", **body)
    answered = max(1, figures["answered"])
    return figures | {"cpu": (bot.cpu - before) / answered * 1e6, "others": machine.share_of_others()}


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


async def main(presses: int, rounds: int) -> None:
    """Measure both bots in turn and print the ratios."""
    closed: dict[str, list[Any]] = {"farside": [], "bare": []}
    opened: dict[str, list[Any]] = {"farside": [], "bare": []}
    async with await LocalDiscord.start("--no-rate-limits") as discord:
        state = await discord.state()
        channels = {channel["name"]: channel["id"] for channel in state["guilds"][0]["channels"]}
        with farside(discord) as ours, bare(discord, channels["general"]) as theirs:
            message = await open_round(discord, state["me"]["id"], channels["quiz"])
            bots = {
                "farside": (ours, message["id"], answer_buttons(message)),
                "bare": (theirs, theirs.line().split()[1], None),
            }
            for bot, at, buttons in bots.values():
                await measure(discord, bot, at, buttons, presses=500, concurrency=CONCURRENCY)  # warm up
            for number in range(rounds):
                for name in ("farside", "bare") if number % 2 else ("bare", "farside"):
                    bot, at, buttons = bots[name]
                    load = {"presses": presses, "concurrency": CONCURRENCY}
                    closed[name].append(await measure(discord, bot, at, buttons, **load))
                    load = {"presses": RATE * 4, "rate": RATE}
                    opened[name].append(await measure(discord, bot, at, buttons, **load))

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
        print(ratios(label, column(table["farside"], *path), column(table["bare"], *path)))
    all_figures = [figures for table in (closed, opened) for figures in (*table["farside"], *table["bare"])]
    failed = {name: sum(column(closed[name] + opened[name], "failed")) for name in closed}
    print(f"failed presses: Farside {failed['farside']}, bare {failed['bare']}")
    print(f"taken by other programs: {percents(column(all_figures, 'others'))}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.presses, arguments.rounds))
