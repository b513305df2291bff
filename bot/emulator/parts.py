"""The parts of the local Discord that requests act on, held together."""

from dataclasses import dataclass

from bot.emulator.clock import WorldClock
from bot.emulator.commands import Commands
from bot.emulator.faults import Faults
from bot.emulator.interactions import Interactions
from bot.emulator.log import Log
from bot.emulator.messages import Writer
from bot.emulator.people import People
from bot.emulator.ratelimits import RateLimits
from bot.emulator.starts import Starts
from bot.emulator.world import World


@dataclass(slots=True, frozen=True)
class Parts:
    """One local Discord without its doors."""

    clock: WorldClock
    world: World
    writer: Writer
    commands: Commands
    interactions: Interactions
    people: People
    faults: Faults
    limits: RateLimits
    starts: Starts
    log: Log


def assemble(
    clock: WorldClock,
    *,
    rate_limits: bool = True,
    shards: int = 1,
    max_concurrency: int | None = None,
    bot_permissions: int | None = None,
) -> Parts:
    """Make a fresh local Discord."""
    world = World(clock, bot_permissions=bot_permissions)
    writer = Writer(world)
    commands = Commands(world)
    interactions = Interactions(world, writer)
    people = People(world, commands, interactions)
    limits = RateLimits(wall=clock.now, on=rate_limits)
    starts = Starts(clock, shards=shards, max_concurrency=max_concurrency)
    return Parts(clock, world, writer, commands, interactions, people, Faults(), limits, starts, Log(clock))
