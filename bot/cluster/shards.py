"""Where a home belongs: Discord's own formula, for servers and for whatever else has an id.

<https://discord.com/developers/docs/events/gateway#sharding>
"""

from collections.abc import Iterable
from dataclasses import dataclass

_TIME = 22  # the bits of an id below its milliseconds
EVERYBODY = 0
"""The home of what belongs to nobody alone; its shard, 0, is also that of direct messages."""


def shard_of(home_id: int | None, count: int) -> int:
    """Return the shard, of `count`, of a server's or a player's id; None and 0 are on shard 0."""
    return ((home_id or EVERYBODY) >> _TIME) % count


@dataclass(frozen=True, slots=True)
class Part:
    """Some of `count` shards, and with them the homes that belong there."""

    shards: frozenset[int]
    count: int

    @classmethod
    def of(cls, shards: Iterable[int], count: int) -> "Part":
        """Return the part that is these shards."""
        return cls(frozenset(shards), count)

    def holds(self, home_id: int | None) -> bool:
        """Return whether the home belongs to it."""
        return shard_of(home_id, self.count) in self.shards

    def __bool__(self) -> bool:
        return bool(self.shards)


WHOLE = Part.of([0], 1)
"""Everything: what a process has that is alone."""
