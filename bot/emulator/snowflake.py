"""Snowflakes: ids that tell when they were made.

An id is the milliseconds since the first second of 2015, shifted by 22 bits, and a
count below it. Ids made here never repeat, also when the world's clock is set back.
"""

from bot.emulator.clock import WorldClock

EPOCH = 1_420_070_400_000  # milliseconds since 1970
_COUNTS = 1 << 22


class Snowflakes:
    """Makes ids at the world's time; two of the same millisecond keep their order."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock
        self._count = 0
        self._spaced = 0

    def spaced(self) -> str:
        """Return a new id with a millisecond of its own, as servers' ids have: shards divide by that."""
        self._spaced = max(int(self._clock.now() * 1000), self._spaced + 1)
        return str((self._spaced - EPOCH) << 22)

    def next(self) -> str:
        """Return a new id as Discord writes it in JSON: a decimal string."""
        self._count = (self._count + 1) % _COUNTS
        return str(((int(self._clock.now() * 1000) - EPOCH) << 22) | self._count)


def made_at(snowflake: str) -> float:
    """Return when an id was made, in seconds since 1970."""
    return ((int(snowflake) >> 22) + EPOCH) / 1000


def at(seconds: float, count: int = 0) -> str:
    """Return the id of that instant with that count."""
    return str(((int(seconds * 1000) - EPOCH) << 22) | count)


def is_instant(seconds: float) -> bool:
    """Tell whether an id can be made at that instant: for some 69 years from 2015 on."""
    return EPOCH <= seconds * 1000 < EPOCH + (1 << 41)


def whole(text: str, *, signed: bool = False) -> int | None:
    """Return the number of up to 64 bits that a text is; None for any other."""
    digits = text.removeprefix("-") if signed else text
    return int(text) if is_snowflake(digits) else None


def is_snowflake(value: object) -> bool:
    """Tell whether a value can be an id: a decimal string of up to 64 bits."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        return False
    return len(value) <= 20 and not int(value) >> 64
