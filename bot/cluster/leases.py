"""Who holds which shards: what each process works out alone, from what the database told it.

What always holds:
- of what a view says, every process works out the same, so no two of them
  claim the same shard and none is left to nobody;
- nobody holds more than their part, rounded up, for longer than two beats, and
  what may stay where it is stays;
- nobody is taken for dead by a clock but the database's own; nor by anything
  that says as much of the database as of them: a server that was started, or a
  connection that was made, less than a lease ago.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

BEAT = timedelta(seconds=0.25)
"""How often a lease is renewed, and others are looked at."""

FENCED_AFTER = 0.8
"""The part of a lease after which its holder, unable to renew it, takes no more presses."""


@dataclass(frozen=True, slots=True)
class Member:
    """A process of the cluster, as another sees it. `id` is new with each start, `number` is reused."""

    id: int
    name: str
    number: int
    release: str = ""
    left: timedelta = timedelta(0)  # until its lease ends, by the database's clock; less than none: it has
    is_leaving: bool = False
    is_gone: bool = False  # its connection is: the lock that it held there is free

    @property
    def is_expired(self) -> bool:
        """Return whether its lease has ended."""
        return self.left < timedelta(0)


@dataclass(frozen=True, slots=True)
class Holding:
    """A shard and who holds it. Each claim raises `epoch`, so that what was begun under another is known."""

    shard: int
    owner: int | None
    epoch: int


class Session(NamedTuple):
    """Discord's session of a shard, as whoever takes it over needs it."""

    id: str
    seq: int
    url: str


@dataclass(frozen=True, slots=True)
class View:
    """The cluster at one moment. `may_judge`: whether who has let a lease end is dead."""

    members: Sequence[Member]
    holdings: Sequence[Holding]
    may_judge: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What one member is to do now: whose leases end, which shards it claims, which it hands over."""

    dead: tuple[Member, ...] = ()
    claims: tuple[Holding, ...] = ()
    releases: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.dead or self.claims or self.releases)


def plan(view: View, me: int) -> Plan:
    """Return what the member with the id `me` is to do; nothing for one that is not a member any more."""
    dead = tuple(one for one in view.members if one.id != me and _is_dead(one, view.may_judge))
    living = sorted((one for one in view.members if one not in dead), key=lambda one: one.number)
    if me not in {one.id for one in living}:
        return Plan()
    held: dict[int, list[Holding]] = {one.id: [] for one in living}
    free: list[Holding] = []
    for holding in sorted(view.holdings, key=lambda one: one.shard):
        if holding.owner is not None and holding.owner in held:
            held[holding.owner].append(holding)
        else:
            free.append(holding)
    parts = _parts(living, held, len(view.holdings))
    mine = held[me]
    surplus = len(mine) - parts.get(me, 0)
    if me not in parts:  # leaving: it hands over by itself, once what is under way has been answered
        return Plan(dead=dead)
    if surplus > 0:
        return Plan(dead=dead, releases=tuple(one.shard for one in mine[-surplus:]))
    return Plan(dead=dead, claims=_claims(free, held, parts, me))


def _is_dead(member: Member, may_judge: bool) -> bool:
    return member.is_gone or (may_judge and member.is_expired)


def _parts(living: Sequence[Member], held: dict[int, list[Holding]], shards: int) -> dict[int, int]:
    """Return how many shards each is to hold: who holds the most keeps what cannot be divided."""
    staying = [one for one in living if not one.is_leaving]
    if not staying:
        return {}
    each, rest = divmod(shards, len(staying))
    order = sorted(staying, key=lambda one: -len(held[one.id]))
    most = {one.id for one in order[:rest]}
    return {one.id: each + (one.id in most) for one in staying}


def _claims(
    free: Sequence[Holding], held: dict[int, list[Holding]], parts: dict[int, int], me: int
) -> tuple[Holding, ...]:
    """Return those of the free shards that are mine when all who lack some take theirs in turn."""
    begin = 0
    for member, part in parts.items():
        lacks = max(0, part - len(held[member]))
        if member == me:
            return tuple(free[begin : begin + lacks])
        begin += lacks
    return ()


def lowest_free(numbers: Sequence[int]) -> int:
    """Return the smallest number, from 0, that is not among these."""
    taken = set(numbers)
    return next(number for number in range(len(taken) + 1) if number not in taken)
