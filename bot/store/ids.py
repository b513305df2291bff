"""Ids made by the process: unique and in order without asking a database, by any number of processes.

What always holds: of two ids made here the later one is greater, also when the
clock was set back between them; ids of processes with another `shard` are
others; an id tells the millisecond it was made in, which names its partition.
Those behind a game's own id are its rounds': so a game's rounds lie together, and
are found by their key. Instants of a round are kept as milliseconds after the one
that its id tells, in two or three bytes each.

An id has 63 bits: 41 of milliseconds since the beginning of 2015 (Discord's
own epoch; enough until 2084), 10 of the shard, 12 that count within a
millisecond: <https://discord.com/developers/docs/reference#snowflakes>.
"""

from datetime import UTC, datetime, timedelta
from threading import Lock

from bot.store.database import instant, stamp

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_COUNTED = 12  # bits
_SHARDS = 10  # bits
_BEHIND = _COUNTED + _SHARDS
_EPOCH_STAMP = stamp(EPOCH)
FIRST = 1 << 40  # ids given before there were such ids are less
IDS_A_GAME = 256  # ids: the game's own, and those of its rounds
INSTANT = f"({_EPOCH_STAMP} + ({{0}} >> {_BEHIND}))"
"""In a statement: what an instant is kept after; `{0}` is the id."""


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

    def make(self, at: datetime, above: int = 0, many: int = 1) -> int:
        """Return an id of the instant `at` by our clock, or of a later one if that is taken.

        `above`: an id that it has to be greater than, made by whichever process. `many`, a power of two: so
        many ids beginning with this one, which it divides.
        """
        milliseconds = max(0, (at - EPOCH) // _MILLISECOND)
        with self._turn:
            # A greater one of another shard is of a later millisecond, whatever that shard has counted to.
            last = (
                max(self._last, (above >> _BEHIND) << _COUNTED | (1 << _COUNTED) - 1) if above else self._last
            )
            made = max(milliseconds << _COUNTED, last + many & -many)
            self._last = made + many - 1
            moment, count = made >> _COUNTED, made & ((1 << _COUNTED) - 1)
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


def new_game_id(at: datetime, above: int) -> int:
    """Return the id of a new game; those behind it are kept for its rounds."""
    return IDS.make(at, above, IDS_A_GAME)


def id_of_round(game_id: int, number: int) -> int | None:
    """Return the id of a game's round of that number; None where none was kept for it."""
    is_kept = game_id >= FIRST and game_id % IDS_A_GAME == 0 and number < IDS_A_GAME
    return game_id + number if is_kept else None


def after(made: int, at: datetime) -> int:
    """Return how many milliseconds an instant is after the one that an id tells."""
    return stamp(at) - _EPOCH_STAMP - (made >> _BEHIND)


def after_or_none(made: int, at: datetime | None) -> int | None:
    """Return what `after` does, of no instant None."""
    return None if at is None else after(made, at)


def instant_after(made: int, milliseconds: int) -> datetime:
    """Return the instant that `after` made into `milliseconds`."""
    return instant(milliseconds + _EPOCH_STAMP + (made >> _BEHIND))


def instant_after_or_none(made: int, milliseconds: int | None) -> datetime | None:
    """Return what `instant_after` does, of None no instant."""
    return None if milliseconds is None else instant_after(made, milliseconds)
