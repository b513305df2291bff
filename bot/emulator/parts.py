"""The parts of the local Discord that requests act on, held together."""

from dataclasses import dataclass

from .clock import WorldClock
from .commands import Commands
from .faults import Faults
from .interactions import Interactions
from .log import Log
from .messages import Writer
from .people import People
from .ratelimits import RateLimits
from .world import World


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
    log: Log


def assemble(clock: WorldClock, *, rate_limits: bool) -> Parts:
    """Make a fresh local Discord."""
    world = World(clock)
    writer = Writer(world)
    commands = Commands(world)
    interactions = Interactions(world, writer)
    people = People(world, commands, interactions)
    limits = RateLimits(wall=clock.now, on=rate_limits)
    return Parts(clock, world, writer, commands, interactions, people, Faults(), limits, Log(clock))
