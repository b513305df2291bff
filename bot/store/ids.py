"""Ids made by the process: unique and in order without asking a database, by any number of processes.

What always holds: of two ids made here the later one is greater, also when the
clock was set back between them; ids of processes with another `shard` are
others; an id tells the millisecond it was made in, which names its partition.

An id has 63 bits: 41 of milliseconds since the beginning of 2015 (Discord's
own epoch; enough until 2084), 10 of the shard, 12 that count within a
millisecond: <https://discord.com/developers/docs/reference#snowflakes>.
"""

from datetime import UTC, datetime, timedelta
from threading import Lock

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_COUNTED = 12  # bits
_SHARDS = 10  # bits
_BEHIND = _COUNTED + _SHARDS


class IdMaker:
    """Makes the ids of one process; may be called from any thread."""

    def __init__(self, shard: int = 0) -> None:
        self._turn = Lock()
        self._shard = shard % (1 << _SHARDS)
        self._last = 0  # the milliseconds of the last id, and its count behind them

    def be(self, shard: int) -> None:
        """Make ids as this shard, or this process of a cluster, from now on: 0 to 1023."""
        with self._turn:
            self._shard = shard % (1 << _SHARDS)

    def make(self, at: datetime, above: int = 0) -> int:
        """Return an id of the instant `at` by our clock, or of a later one if that is taken.

        `above`: an id that it has to be greater than, made by whichever process.
        """
        milliseconds = max(0, (at - EPOCH) // _MILLISECOND)
        with self._turn:
            # A greater one of another shard is of a later millisecond, whatever that shard has counted to.
            last = (
                max(self._last, (above >> _BEHIND) << _COUNTED | (1 << _COUNTED) - 1) if above else self._last
            )
            self._last = max(milliseconds << _COUNTED, last + 1)
            moment, count = self._last >> _COUNTED, self._last & ((1 << _COUNTED) - 1)
            return moment << _BEHIND | self._shard << _COUNTED | count


def first_of(at: datetime) -> int:
    """Return what every id made at `at` or later is at least."""
    return max(0, (at - EPOCH) // _MILLISECOND) << _BEHIND


def made_at(made: int) -> datetime:
    """Return the instant that an id tells."""
    return EPOCH + (made >> _BEHIND) * _MILLISECOND


IDS = IdMaker()
"""This process's own."""


def new_id(at: datetime, above: int = 0) -> int:
    """Return what `IdMaker.make` of this process does."""
    return IDS.make(at, above)
