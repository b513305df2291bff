"""Which homes are this process's, and under which leases something is written for them.

What always holds: a change is written under the lease that was held when the work on it began. What was begun
before a shard was lost is not kept, though the shard may have come back meanwhile.

A process that has the database to itself owns everything, and nothing here is asked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from bot.cluster.shards import WHOLE, Part, shard_of

Held = tuple[int, int]
"""A shard, and the epoch under which it is held."""

_NEVER: Final = -1  # the epoch of a shard that is not held: no claim has it

_WORKING: ContextVar[Held | None] = ContextVar("working", default=None)


class Ownership:
    """The shards that are held. `count`: how many there are in all."""

    def __init__(self, count: int = 1) -> None:
        self.count = count
        self._epochs: dict[int, int] = {}

    @property
    def part(self) -> Part:
        """Return the shards that are held."""
        return Part.of(self._epochs, self.count)

    @property
    def epochs(self) -> dict[int, int]:
        """Return the epoch of each shard that is held."""
        return dict(self._epochs)

    @property
    def is_leader(self) -> bool:
        """Return whether what one process does for all is this one's: it holds shard 0."""
        return 0 in self._epochs

    @property
    def is_alone(self) -> bool:
        """Return whether no other process may hold anything."""
        return False

    def owns(self, home_id: int | None) -> bool:
        """Return whether the home's shard is held."""
        return shard_of(home_id, self.count) in self._epochs

    def take(self, shard: int, epoch: int) -> None:
        """Hold a shard from now on."""
        self._epochs[shard] = epoch

    def drop(self, shard: int) -> None:
        """Hold a shard no more."""
        self._epochs.pop(shard, None)

    def work_on(self, shard: int) -> None:
        """Have all that this task does from now on, and what it starts, be for that shard."""
        _WORKING.set((shard, self._epochs.get(shard, _NEVER)))

    @contextmanager
    def working_for(self, home_id: int | None) -> Iterator[None]:
        """Have what is done inside be for that home."""
        before = _WORKING.set(self._held(home_id))
        try:
            yield
        finally:
            _WORKING.reset(before)

    def under(self) -> tuple[Held, ...]:
        """Return what has to be held for a change that is asked for now: by default all that is."""
        working = _WORKING.get()
        return (working,) if working is not None else tuple(self._epochs.items())

    def _held(self, home_id: int | None) -> Held:
        shard = shard_of(home_id, self.count)
        return shard, self._epochs.get(shard, _NEVER)


class Sole(Ownership):
    """Everything, by a process that is alone; nothing is looked up."""

    @property
    def part(self) -> Part:
        """Return all there is."""
        return WHOLE

    @property
    def is_leader(self) -> bool:
        """Return True: there is nobody else."""
        return True

    @property
    def is_alone(self) -> bool:
        """Return True."""
        return True

    def owns(self, home_id: int | None) -> bool:  # noqa: ARG002 - whichever it is
        """Return True."""
        return True

    def under(self) -> tuple[Held, ...]:
        """Return nothing: there is one lease, and it has no end."""
        return ()

    def work_on(self, shard: int) -> None:
        """Do nothing: there is one lease, and it has no end."""

    @contextmanager
    def working_for(self, home_id: int | None) -> Iterator[None]:  # noqa: ARG002 - as above
        """Do nothing, as above."""
        yield


SOLE: Final = Sole()
"""What a process owns that is alone."""
