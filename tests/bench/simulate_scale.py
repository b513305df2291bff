"""Where each limit lies: Farside at any size, worked out from measured costs and Discord's published limits.

Run: python -m tests.bench.simulate_scale [guilds [part of them that play at the peak]]

Nothing is measured here. The costs are those of the benchmarks beside this file, on two shared cores: what a
press and all that it causes takes of the bot and of PostgreSQL, the bytes of a row, the memory of a server.
A day is gone through hour by hour; a limit is met when an hour needs more than there is.
"""

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bot.cluster.shards import shard_of
from bot.cluster.shares import share

# A game: a round every 25 s with 8 players; a round is two requests, a game three more.
ROUND_SECONDS = 25.0
PLAYERS = 8
REQUESTS_A_ROUND = 2.1
# Measured: bench_rounds, bench_presses and bench_boards, in seconds of one core.
BOT_CPU_A_PRESS = 0.9e-3
PG_CPU_A_PRESS = 264e-6
FOLD_SECONDS_AN_ENTRY = 0.65e-3
WAL_A_PRESS = 9.4e3  # bytes; of a small young database, so at most
ROW_BYTES = {"answer": 116, "round": 192}
GUILD_BYTES = 22 * 1024
PROCESS_MEMORY = 1.4e9
# Discord's: https://discord.com/developers/docs/topics/rate-limits and .../events/gateway#sharding
GUILDS_A_SHARD = 1_000  # what it advises; 2,500 at most
IDENTIFY_SECONDS = 5.0
LARGE = 150_000  # servers from which on a bot may ask for more
REQUESTS = 50.0
REQUESTS_OF_A_LARGE_BOT = 500.0
# How many play in each hour of the day, as a part of the peak.
HOURS = (
    0.30, 0.20, 0.12, 0.08, 0.06, 0.05, 0.06, 0.10, 0.15, 0.20, 0.24, 0.27,
    0.30, 0.32, 0.35, 0.40, 0.48, 0.58, 0.70, 0.85, 1.00, 0.95, 0.75, 0.50,
)  # fmt: skip


@dataclass(frozen=True)
class Bot:
    """A bot in so many servers, of which a part plays at the peak, each one game."""

    guilds: int
    playing: float

    @property
    def shards(self) -> int:
        """Return how many shards Discord advises."""
        return max(1, math.ceil(self.guilds / GUILDS_A_SHARD))

    @property
    def concurrency(self) -> int:
        """Return how many sessions may begin in five seconds."""
        return 16 if self.guilds >= LARGE else 1

    @property
    def requests(self) -> float:
        """Return how many requests a second Discord takes."""
        return REQUESTS_OF_A_LARGE_BOT if self.guilds >= LARGE else REQUESTS

    @property
    def processes(self) -> int:
        """Return how many are needed: for the memory of the servers, and two at least that may be updated."""
        return max(2, math.ceil(self.guilds * GUILD_BYTES / PROCESS_MEMORY))


@dataclass(frozen=True)
class Load:
    """What one hour asks for, in a second of it."""

    games: float

    @property
    def rounds(self) -> float:
        """Return rounds."""
        return self.games / ROUND_SECONDS

    @property
    def presses(self) -> float:
        """Return presses."""
        return self.rounds * PLAYERS


@dataclass(frozen=True)
class Limit:
    """One thing that there is only so much of: what is needed of it at the peak, and what there is."""

    name: str
    needed: float
    there: float
    unit: str

    @property
    def used(self) -> float:
        """Return the part that is used."""
        return self.needed / self.there


def day(bot: Bot) -> Iterator[Load]:
    """Yield the hours of a day."""
    for part in HOURS:
        yield Load(bot.guilds * bot.playing * part)


def limits(bot: Bot, cores: int = 16) -> list[Limit]:
    """Return every limit with what the busiest hour needs of it, the tightest first."""
    peak = max(day(bot), key=lambda load: load.games)
    busiest = max(owned(bot).values()) / bot.shards
    found = [
        Limit("Discord's requests", peak.rounds * REQUESTS_A_ROUND, bot.requests, "a second"),
        Limit("the one folder of boards", peak.presses * FOLD_SECONDS_AN_ENTRY, 1.0, "cores"),
        Limit("PostgreSQL's processors", peak.presses * PG_CPU_A_PRESS, cores, "cores"),
        Limit("the busiest process", peak.presses * BOT_CPU_A_PRESS * busiest, 1.0, "cores"),
        Limit("the log to disk", peak.presses * WAL_A_PRESS / 1e6, 200.0, "MB a second"),
        Limit("memory of a process", bot.guilds * GUILD_BYTES * busiest / 1e9, PROCESS_MEMORY / 1e9, "GB"),
        Limit("a start of all shards", start_seconds(bot), 600.0, "seconds"),
        Limit("servers of the fullest shard", fullest(bot), 2_500, "servers"),
    ]
    return sorted(found, key=lambda limit: -limit.used)


def start_seconds(bot: Bot) -> float:
    """Return how long it takes until every shard has begun a session, one a bucket and five seconds."""
    return math.ceil(bot.shards / bot.concurrency) * IDENTIFY_SECONDS


def owned(bot: Bot) -> dict[int, int]:
    """Return how many shards each process leads: as even as can be."""
    each, rest = divmod(bot.shards, bot.processes)
    return {number: each + (number < rest) for number in range(bot.processes)}


def fullest(bot: Bot, sample: int = 200_000) -> int:
    """Return how many servers the fullest shard has, by Discord's formula over ids made like Discord's."""
    counts = [0] * bot.shards
    drawn = min(bot.guilds, sample)
    for number in range(drawn):
        moment = (number * 2_654_435_761) % 2**41
        counts[shard_of(moment << 22, bot.shards)] += 1
    mean = bot.guilds / bot.shards
    return math.ceil(mean + (max(counts) - drawn / bot.shards) * math.sqrt(bot.guilds / drawn))


def rows_a_day(bot: Bot) -> dict[str, float]:
    """Return the bytes that a day adds, by table."""
    presses = sum(load.presses for load in day(bot)) * 3600
    rounds = sum(load.rounds for load in day(bot)) * 3600
    return {"answers": presses * ROW_BYTES["answer"], "rounds": rounds * ROW_BYTES["round"]}


def tell(bot: Bot) -> None:
    """Print all of it."""
    peak = max(day(bot), key=lambda load: load.games)
    print(f"{bot.guilds:,} servers, {bot.playing:.1%} of them play at the peak")
    print(
        f"  {peak.games:,.0f} games, {peak.presses:,.0f} presses a second; {bot.shards:,} shards in"
        f" {bot.processes} processes of {max(owned(bot).values())}, which make"
        f" {share(int(bot.requests) - 3, range(max(owned(bot).values())), bot.shards)} requests a second each"
    )
    for place, limit in enumerate(limits(bot)):
        mark = "  <- met first" if not place and limit.used > 1 else ""
        print(
            f"  {limit.used:8.1%}  {limit.name}: {limit.needed:,.2f} of {limit.there:,.2f} {limit.unit}{mark}"
        )
    kept = rows_a_day(bot)
    print(f"  rows of a day: {', '.join(f'{size / 1e9:.2f} GB {name}' for name, size in kept.items())}\n")


def main() -> None:
    """Print the sizes of the operators' page, or the one that is asked for."""
    if len(sys.argv) > 1:
        playing = float(sys.argv[2]) if len(sys.argv) > 2 else 0.01
        tell(Bot(int(sys.argv[1]), playing))
        return
    for guilds, playing in ((1_000, 0.02), (10_000, 0.056), (150_000, 0.039), (1_000_000, 0.01)):
        tell(Bot(guilds, playing))


if __name__ == "__main__":
    main()
