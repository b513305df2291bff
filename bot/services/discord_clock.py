"""Discord's clock, as well as it is known: the time that everything in Farside goes by.

The machine's own may be wrong from the start, or be set while the program runs, either way and more than
once. Here it tells but two things: what time it is before Discord has told, and how much time has passed
since, which nobody can set.

What always holds: the time lies within what all messages since it was last put right prove together; one that
contradicts the others begins anew. Setting the machine's clock changes nothing.

A machine's clock that is ahead of what has passed was set, or the machine slept and did not count it: Discord
is asked what time it is.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.clock import Machine
from bot.pauses import PATIENT

Ask = Callable[[], Awaitable[datetime | None]]

CLOCKS_APART = timedelta(minutes=1)
"""No clock of ours is off from Discord's by more, once it was asked: a message may be that much older."""

_NEWS = timedelta(seconds=1)  # less than this is a clock keeping time
_LONG = timedelta(days=1)  # hardly any machine sleeps for longer
_TOLD = timedelta(seconds=1)  # Discord says the time to the second
_TRIES = 5  # some twenty seconds, where it says at once that it does not tell
_READINGS, _AT_ONCE = 5, 0.005  # of two clocks: again when something came between, in seconds
_DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)

_log = logging.getLogger(__name__)


def snowflake_time(snowflake: int) -> datetime:
    """Return the instant, by Discord's clock, at which the snowflake was made."""
    return _DISCORD_EPOCH + timedelta(milliseconds=snowflake >> 22)


class DiscordClock:
    """A `Clock` that follows Discord's. What is learned is when the clock that nobody sets was at 0."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._zero = self._judged = self._learned = self._machines_zero()
        self._apart = timedelta(0)  # as was said last
        self._proved: tuple[datetime, datetime] | None = None
        self._latest: datetime | None = None  # of what Discord has stamped
        # When that clock was at 0, by Discord's ids and by its dates; not before, while it tells neither.
        self._by_ids = self._by_dates = _DISCORD_EPOCH
        self._is_doubted = False  # a sleep so long that it is asked for until Discord tells
        self._ask: Ask = _nobody_to_ask
        self._following = asyncio.Lock()
        self._setback = asyncio.Event()
        self._on_moved: Callable[[], object] = _nothing

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return self._zero + self._passed()

    def surely(self) -> datetime:
        """Return an instant that has come by two of three: the machine, Discord's ids and its dates.

        Each alone may be far ahead; and before Discord has told anything there is but one.
        """
        by_ids, by_dates = self._by_ids + self._passed(), self._by_dates + self._passed()
        return min(self.now(), sorted((self._machine.now(), by_ids, by_dates))[1])

    def monotonic(self) -> float:
        """Return a number of seconds that grows as time passes, whoever sets the clock."""
        return self._machine.monotonic()

    async def sleep_until(self, due_at: datetime) -> None:
        """Return when as much time has passed as is left until `due_at`, or the machine's clock is set.

        What is learned meanwhile changes nothing of that: see `on_moved`.
        """
        await self._machine.sleep_until(self._machine.now() + (due_at - self.now()))

    async def wait_for_setback(self) -> None:
        """Return once the clock shows an earlier time than it did before."""
        await self._setback.wait()

    def on_moved(self, react: Callable[[], object]) -> None:
        """Call `react` whenever what is learned moves the clock by more than a second."""
        self._on_moved = react

    # ------------------------------------------------------------------------------------- what is learned

    def observe(self, began: float, stamped: datetime) -> None:
        """Learn from a request, ended now and begun when `monotonic` was `began`, that Discord `stamped`."""
        self._note(stamped)
        low, high = stamped - self._passed(), stamped - timedelta(seconds=began)
        if self._proved is not None and self._proved[0] <= high and low <= self._proved[1]:
            low, high = max(low, self._proved[0]), min(high, self._proved[1])
        else:
            self._latest = stamped  # Discord's own clock may have been set back, too
        self._learn((low, high), low + (high - low) / 2)

    def hear(self, stamped: datetime) -> bool:
        """Learn from what Discord has stamped and told us by now; return whether it was news.

        Nothing that is heard is from the future: if it seems to be, Discord's clock is ahead of what we took
        it for. How far it is behind nobody can tell by that, since anything may come late.
        """
        self._note(stamped)
        low = stamped - self._passed()
        if low <= (self._zero if self._proved is None else self._proved[1]) + _NEWS:
            return False
        self._learn((low, low + _NEWS), low)
        return True

    def told(self, said: datetime, took: timedelta) -> bool:
        """Learn from an answer that names the time, to the second, and `took` so long; False: not believed.

        What fits is kept, or that all has passed by which the machine's clock was set: both knew it better.
        What is earlier than Discord has stamped already is not Discord's: something in between is wrong.
        """
        if self._latest is not None and said + _TOLD < self._latest - _NEWS:
            return False
        low, high = said - self._passed(), said + _TOLD + took - self._passed()
        middle = low + (high - low) / 2
        passed = min(timedelta(0), self._set_by(), key=lambda by: abs(self._zero + by - middle))
        if not low - _NEWS <= self._zero + passed <= high + _NEWS:
            self._learn((low, high), middle)
        elif passed:
            self._let_pass(passed)
        self._is_doubted, self._learned = False, self._machines_zero()
        self._by_dates = said - self._passed()
        return True

    def ask_by(self, ask: Ask) -> None:
        """Have Discord's time asked for, to the second, by that."""
        self._ask = ask

    async def begin(self) -> None:
        """Ask Discord what time it is until it tells, for a while: the machine's clock may be wrong."""
        for failures in range(_TRIES):
            if failures:
                await self.sleep_until(self.now() + timedelta(seconds=PATIENT.after(failures)))
            if await self.ask():
                return
        _log.warning("Discord does not tell what time it is; until it does this machine's clock is gone by")

    async def ask(self) -> bool:
        """Ask Discord what time it is; False when it does not tell."""
        began = self.monotonic()
        said = await self._ask()
        return said is not None and self.told(said, timedelta(seconds=self.monotonic() - began))

    async def follow(self) -> None:
        """Find out, whenever the machine's clock was set forward, whether time has passed uncounted.

        Where Discord does not tell, it has on a machine that does not count its own sleep. One finds out at a
        time: the same jump, judged by several at once, would count for each of them.
        """
        async with self._following:
            if self._is_doubted:
                await self.ask()
            while abs(jump := self._set_by()) > _NEWS:
                is_asked = jump > timedelta(0) or self._proved is None
                may_have_passed = jump > timedelta(0) and not self._machine.is_steady
                if not (is_asked and await self.ask()) and may_have_passed and not self._has_learned():
                    self._let_pass(jump)
                    self._is_doubted = jump > _LONG
                self._judged += jump  # and no more: it may have jumped again meanwhile
                self._say_apart()

    def _note(self, stamped: datetime) -> None:
        self._latest = stamped if self._latest is None else max(stamped, self._latest)
        self._by_ids = max(self._by_ids, stamped - self._passed())

    def _set_by(self) -> timedelta:
        """Return by how much the machine's clock was set forward since that was judged."""
        return self._machines_zero() - self._judged

    def _has_learned(self) -> bool:
        """Return whether Discord has told what time it is since the machine's clock was set forward."""
        return self._learned - self._judged > _NEWS

    def _let_pass(self, uncounted: timedelta) -> None:
        proved = self._proved and (self._proved[0] + uncounted, self._proved[1] + uncounted)
        self._learn(proved, self._zero + uncounted)

    def _learn(self, proved: tuple[datetime, datetime] | None, zero: datetime) -> None:
        moved = zero - self._zero
        self._proved, self._zero, self._learned = proved, zero, self._machines_zero()
        self._say_apart()
        if abs(moved) > _NEWS:
            self._on_moved()
        if moved < -_NEWS:
            self._setback.set()
            self._setback = asyncio.Event()

    def _say_apart(self) -> None:
        apart = self._machines_zero() - self._zero
        if abs(apart - self._apart) > _NEWS:
            _log.warning("our clock and Discord's moved apart; ours is %s s ahead now", apart.total_seconds())
            self._apart = apart

    def _passed(self) -> timedelta:
        return timedelta(seconds=self._machine.monotonic())

    def _machines_zero(self) -> datetime:
        """Return when, by the machine's clock, the clock that nobody sets was at 0."""
        for _ in range(_READINGS):
            before, now, after = self.monotonic(), self._machine.now(), self.monotonic()
            if after - before < _AT_ONCE:
                break
        return now - timedelta(seconds=(before + after) / 2)


async def _nobody_to_ask() -> datetime | None:
    return None


def _nothing() -> None: ...
