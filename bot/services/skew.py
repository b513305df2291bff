"""Skew: how far Discord's clock is ahead of ours.

Rounds open and close by Discord's clock, timers fire by ours, and ours may be
seconds off. Each message we send tells the difference: its snowflake holds
Discord's time, which lies between our clock before the request and after it.

What always holds: the skew lies within what all messages since the clocks last
moved apart prove together; one that contradicts the others begins anew. When
our clock is set, either way, the skew moves with it at once: by a clock that
nobody sets it stays as it was.

A clock that is ahead of what has passed was set, or the machine slept and did
not count it: where that cannot be told, Discord is asked what time it is.
"""

from datetime import UTC, datetime, timedelta

from bot.clock import Clock

_TOLERANCE = timedelta(milliseconds=50)
_NEWS = timedelta(seconds=1)  # less than this is a clock keeping time
_READINGS, _AT_ONCE = 5, 0.005  # of two clocks: again when something came between, in seconds
_DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


def snowflake_time(snowflake: int) -> datetime:
    """Return the instant, by Discord's clock, at which the snowflake was made."""
    return _DISCORD_EPOCH + timedelta(milliseconds=snowflake >> 22)


class Skew:
    """Discord's time minus ours, learned from what was sent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = self._offset()
        self._skew = timedelta(0)  # by our clock as it would show if nobody had set it since
        self._proved: tuple[timedelta, timedelta] | None = None

    def _offset(self) -> datetime:
        """Return when, by our clock, the clock that nobody sets was at 0."""
        for _ in range(_READINGS):
            before, now, after = self._clock.monotonic(), self._clock.now(), self._clock.monotonic()
            if after - before < _AT_ONCE:
                break
        return now - timedelta(seconds=(before + after) / 2)

    def _set_by(self) -> timedelta:
        """Return by how much our clock was set forward in all."""
        moved = self._offset() - self._began
        return moved if abs(moved) > _TOLERANCE else timedelta(0)

    @property
    def set_by(self) -> timedelta:
        """Return by how much our clock was set forward in all, or time passed that was not counted."""
        return self._set_by()

    def has_passed(self, jump: timedelta, said: datetime) -> bool:
        """Return whether so much time has passed uncounted, from what Discord `said`, to the second."""
        as_set = self.to_discord(self._clock.now())
        middle = said + timedelta(seconds=0.5)
        return abs(middle - (as_set + jump)) < abs(middle - as_set)

    def let_pass(self, jump: timedelta) -> None:
        """Take it that so much time has passed, rather than that our clock was set."""
        self._began += jump

    @property
    def is_proved(self) -> bool:
        """Return whether a message has told the difference."""
        return self._proved is not None

    def observe(self, before: datetime, stamped: datetime, after: datetime, took: timedelta) -> None:
        """Learn from a request between `before` and `after` (ours) that Discord `stamped`.

        `took` is how long it took by a clock that nobody sets; when ours says
        otherwise it was set meanwhile, and the request proves nothing.
        """
        if abs(after - before - took) > _TOLERANCE:
            return
        set_by = self._set_by()
        low, high = stamped - after + set_by, stamped - before + set_by
        if self._proved is not None and self._proved[0] <= high and low <= self._proved[1]:
            low, high = max(low, self._proved[0]), min(high, self._proved[1])
        self._proved = (low, high)
        self._skew = (low + high) / 2

    def hear(self, stamped: datetime) -> bool:
        """Learn from what Discord has stamped and told us by now; return whether it was news.

        Nothing that is heard is from the future: if it seems to be, Discord's clock is ahead of what we took
        it for. How far it is behind nobody can tell by that, since anything may come late.
        """
        low = stamped - self._clock.now() + self._set_by()
        if low <= (self._skew if self._proved is None else self._proved[1]) + _NEWS:
            return False
        self._proved, self._skew = (low, low + _NEWS), low
        return True

    def to_ours(self, discord_time: datetime) -> datetime:
        """Return what our clock shows at an instant of Discord's."""
        return discord_time - self._skew + self._set_by()

    def to_discord(self, our_time: datetime) -> datetime:
        """Return what Discord's clock shows when ours shows `our_time`."""
        return our_time + self._skew - self._set_by()
