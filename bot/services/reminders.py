"""Reminders of the daily challenge, by direct message, for those who ask for them.

What always holds:
- one comes at most once a date: sending is noted before it is begun, Discord itself refuses a second
  copy for some minutes, and after these the message is looked for before it is sent again;
- nobody who has played is reminded, nobody late at night of a day that is over;
- when Discord says that a person takes no direct messages, reminders stop, and the person is told
  with the next command; whatever may pass is tried again within three hours.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.quiz.periods import zone_named
from bot.quiz.press import Press
from bot.quiz.reminder import Reminder, Step
from bot.quiz.streak import Standing
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store.attempts import load_attempt, load_streak, save_timezone
from bot.store.database import Database
from bot.store.reminders import (
    ONLY,
    REMIND,
    delete_reminder,
    list_far_ahead,
    load_reminder,
    save_reminder,
)
from bot.store.timers import Timer, clear_timer, set_timer
from bot.store.turns import take_home
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
_AT_ONCE = 16  # on their way to Discord
_AGAIN = timedelta(seconds=30)  # the least pause before one is tried again
_FAR = timedelta(days=3)  # a reminder never lies farther ahead
_MENDED = 100  # in one transaction


class Unwanted(Exception):
    """Discord will not take direct messages to that person; the text says why."""


class Unknown(Exception):
    """The message may have arrived, and there is no way to look."""


class Unreached(Exception):
    """Discord could not take it now, or may have taken it."""

    def __init__(self, reason: str, wait: timedelta = timedelta(0)) -> None:
        super().__init__(reason)
        self.wait = wait


class ReminderChannel(Protocol):
    """Where reminders go. Both raise `Unwanted` or `Unreached`."""

    async def remind(self, reminder: Reminder, standing: Standing) -> None:
        """Send it; the same date's within minutes makes no second one."""
        ...

    async def has_reminded(self, reminder: Reminder) -> bool:
        """Return whether the date's message is there. Raises `Unknown` where that cannot be told."""
        ...


class Reminders:
    """Reminders on the way to people."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        timers: Timers,
        settings: SettingsService,
        channel: ReminderChannel,
    ) -> None:
        self._database = database
        self._clock = clock
        self._timers = timers
        self._settings = settings
        self._channel = channel
        self._room = asyncio.Semaphore(_AT_ONCE)
        timers.on(REMIND, self._ring)

    # --------------------------------------------------------------------------------------- what people do

    async def load(self, player_id: int) -> Reminder | None:
        """Return a person's reminder, or None."""
        return await self._database.read(partial(load_reminder, player_id=player_id))

    async def set(self, press: Press, at: time) -> tuple[Reminder, ZoneInfo]:
        """Remind a person at that local time every day from now on; return that, and whose time it is."""
        usual = (await self._settings.load(press.guild_id)).timezone
        now = self._clock.now()

        def keep(tx: Tx) -> tuple[Reminder, ZoneInfo]:
            take_home(tx, press.player_id)
            row = load_streak(tx, press.player_id)
            if row is None:
                save_timezone(tx, press.player_id, usual.key)
            zone = zone_named(row.timezone) if row is not None else usual
            known = load_reminder(tx, press.player_id)
            reminder = (known or Reminder(press.player_id, at)).moved(at, now, zone)
            save_reminder(tx, reminder)
            return reminder, zone

        reminder, zone = await self._database.write(keep)
        if reminder.next_at is not None:
            self._timers.notice(reminder.next_at)
        return reminder, zone

    async def stop(self, player_id: int) -> bool:
        """Remind a person no more; False when they were not reminded anyway."""

        def remove(tx: Tx) -> bool:
            take_home(tx, player_id)
            return delete_reminder(tx, player_id)

        return await self._database.write(remove)

    # ------------------------------------------------------------------------------------------- what happens

    async def watch(self) -> None:
        """Arm anew, whenever the machine's clock is set back, what a clock that was ahead has put off."""
        await self.mend()
        while True:
            await self._clock.wait_for_setback()
            await self.mend()

    async def mend(self) -> None:
        """Arm anew what lies farther ahead than any reminder can."""
        while await self._database.write(partial(_mend, now=self._clock.now())):
            self._timers.notice(self._clock.now())

    async def _ring(self, timer: Timer) -> None:
        """Bring a reminder that is due to its end, or to its next try."""
        async with self._room:
            job = partial(_take, player_id=timer.home_id, now=self._clock.now())
            taken = await self._database.write(job)
            if taken is None:
                return
            reminder, zone = taken.reminder, taken.zone
            try:
                ended = await self._send(taken)
            except Unwanted as refusal:
                _log.info("a reminder is stopped: %s", refusal)
                ended = reminder.stopped(str(refusal))
            except Unknown:
                ended = reminder.sent(self._clock.now(), zone)
            except Unreached as trouble:
                _log.info("a reminder did not get through: %s", trouble)
                await self._put_off(reminder, zone, trouble.wait)
                return
            await self._end(reminder, ended)

    async def _send(self, taken: "_Taken") -> Reminder:
        """Send it, or see that it is there or too late; return it armed for the next date."""
        reminder, zone = taken.reminder, taken.zone
        if taken.step is Step.LOOK and not await self._channel.has_reminded(reminder):
            if reminder.is_over(self._clock.now(), zone):
                return reminder.skipped(self._clock.now(), zone)
            await self._channel.remind(reminder, taken.standing)
        elif taken.step is Step.SEND:
            await self._channel.remind(reminder, taken.standing)
        return reminder.sent(self._clock.now(), zone)

    async def _put_off(self, reminder: Reminder, zone: ZoneInfo, wait: timedelta) -> None:
        now = self._clock.now()
        if reminder.is_over(now, zone):
            await self._end(reminder, reminder.sent(now, zone))
            return
        again = Timer(REMIND, ONLY, now + max(wait, _AGAIN), reminder.player_id)
        await self._database.write(lambda tx: set_timer(tx, again))
        self._timers.notice(again.due_at)

    async def _end(self, before: Reminder, after: Reminder) -> None:
        """Store how a reminder goes on, unless its person has changed it meanwhile."""

        def keep(tx: Tx) -> None:
            take_home(tx, before.player_id)
            if load_reminder(tx, before.player_id) == before:
                save_reminder(tx, after)

        await self._database.write(keep)
        if after.next_at is not None:
            self._timers.notice(after.next_at)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A reminder whose sending is noted as begun, and what its message tells."""

    reminder: Reminder
    zone: ZoneInfo
    standing: Standing
    step: Step


def _take(tx: Tx, player_id: int, now: datetime) -> _Taken | None:
    """Note that a reminder is being sent; None when it is not to be, now or any more."""
    take_home(tx, player_id)
    reminder, row = load_reminder(tx, player_id), load_streak(tx, player_id)
    if reminder is None or row is None or reminder.next_on is None:
        clear_timer(tx, REMIND, ONLY, player_id)
        return None
    zone = zone_named(row.timezone)
    attempt = load_attempt(tx, player_id, reminder.next_on)
    step = reminder.step(now, zone, has_played=attempt is not None and attempt.is_played)
    if step is Step.WAIT:
        save_reminder(tx, reminder)
        return None
    if step is Step.SKIP:
        save_reminder(tx, reminder.skipped(now, zone))
        return None
    save_reminder(tx, reminder.tried(now))
    tried = load_reminder(tx, player_id)  # as it is stored: instants are kept to the millisecond
    assert tried is not None  # noqa: S101 - it was stored a line ago
    return _Taken(tried, zone, row.streak.standing(now, zone), step)


def _mend(tx: Tx, now: datetime) -> int:
    """Arm some reminders that lie too far ahead anew; return how many there were."""
    ahead = list_far_ahead(tx, now + _FAR, _MENDED)
    for reminder in ahead:
        row = load_streak(tx, reminder.player_id)
        if row is None:
            delete_reminder(tx, reminder.player_id)
        else:
            save_reminder(tx, reminder.mended(now, zone_named(row.timezone)))
    return len(ahead)
