"""The daily fact: each local day's post of a schedule, once.

A slot's timer claims the day in the store; a claimed post is sent and noted.
Between those steps the program may be killed and answers may be lost, so:

- a day is claimed by a unique row, whoever dispatches it and however often;
- before a post is tried again its channel is searched for it, by its marker;
- a post up to three hours late is sent and says so; a later one is skipped;
- a refusal (403, 404) ends the day's post, three in a row stop the schedule;
- whatever may pass (5xx, 429, a dropped connection) is tried again with growing
  pauses, and while Discord is in trouble the queue as a whole waits.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.errors import NotSaved
from bot.quiz.question import Fact
from bot.quiz.slots import Slot
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.schedules import (
    DELIVERY_TIMER,
    GRACE,
    NO_FACTS,
    SLOT_TIMER,
    LogEntry,
    NewSchedule,
    Post,
    PostState,
    Schedule,
    SchedulesStore,
    ScheduleState,
)
from bot.store.timers import Timer

LATE = timedelta(minutes=2)  # from here on a post says that it is late

_log = logging.getLogger(__name__)
_CLAIMED = 16  # schedules in one transaction
_AT_ONCE = 16  # posts on their way to Discord; how fast they leave is the channel's matter
_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 20, 60, 180, 600, 900))
_LAST_MOMENT = 1.0  # seconds, of the five that a stop may take
_TROUBLE = 3  # posts in a row that did not get through, until all wait
_LONGEST_HOLD = timedelta(minutes=5)


class Refused(Exception):
    """Discord will not take a post in that channel; the text is the reason for the owner to read."""


class Unreachable(Exception):
    """A request may or may not have reached Discord, or must wait; the text says what happened."""

    def __init__(self, reason: str, wait: timedelta = timedelta(0)) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Delivery:
    """A post as its channel needs it. `tried_at` is when sending was first begun; None when never."""

    guild_id: int
    channel_id: int
    role_id: int | None
    on: date
    due_at: datetime
    is_late: bool
    fact: Fact
    marker: str
    tried_at: datetime | None


class DailyChannel(Protocol):
    """Where posts go. Both methods raise `Refused` or `Unreachable`."""

    async def post(self, delivery: Delivery) -> int:
        """Send the post and return its message's id; the same marker within minutes makes no second one."""
        ...

    async def find(self, delivery: Delivery) -> int | None:
        """Return the id of the message that carries the marker, or None when it was never sent."""
        ...


class Facts(Protocol):
    """What a bank has for a daily post."""

    @property
    def facts(self) -> Mapping[str, Fact]:
        """Return the facts by their ids."""
        ...


class Shelf(Protocol):
    """Whoever has the bank that is in play."""

    @property
    def bank(self) -> Facts:
        """Return the bank of this moment."""
        ...


class DailyService:
    """Schedules, and their posts on the way to their channels."""

    def __init__(
        self, database: Database, clock: Clock, timers: Timers, library: Shelf, channel: DailyChannel
    ) -> None:
        self._store = SchedulesStore(database)
        self._clock = clock
        self._timers = timers
        self._library = library
        self._channel = channel
        self._running: dict[int, asyncio.Task[None]] = {}
        self._troubles = 0
        self._hold_until: datetime | None = None
        self.is_stopping = False  # set by `close`
        timers.on(SLOT_TIMER, self._claim)
        timers.on(DELIVERY_TIMER, self._deliver)

    async def start(self) -> None:
        """Mend what a wrong clock may have left; timers and claimed posts are in the store already."""
        now = self._clock.now()
        await self._store.mend(now)
        self._timers.notice(now)

    async def close(self) -> None:
        """Take up no more posts; what does not get through in a moment is looked for at the next start."""
        self.is_stopping = True
        under_way = [task for task in self._running.values() if not task.done()]
        if under_way:
            await asyncio.wait(under_way, timeout=_LAST_MOMENT)
        for task in under_way:
            task.cancel()

    async def add(self, new: NewSchedule) -> Schedule:
        """Add a schedule; the same request delivered twice adds one."""
        schedule = await self._store.add_schedule(new, self._clock.now())
        self._notice(schedule.next_at)
        return schedule

    async def list_schedules(self, guild_id: int) -> list[Schedule]:
        """Return the server's schedules, oldest first."""
        return await self._store.list_schedules(guild_id)

    async def set_state(self, guild_id: int, number: int, state: ScheduleState) -> tuple[Schedule, Schedule]:
        """Pause, resume or remove a schedule; return it as it was and as it is."""
        before, after = await self._store.set_state(guild_id, number, state, self._clock.now())
        self._notice(after.next_at)
        return before, after

    async def next_slots(self, schedule: Schedule, count: int) -> list[Slot]:
        """Return when the schedule posts next, as if it were active."""
        last_on = await self._store.load_last_on(schedule.id)
        return schedule.recurrence.next_slots(self._clock.now(), count, after_on=last_on)

    async def list_log(self, guild_id: int, most: int, number: int | None = None) -> list[LogEntry]:
        """Return what became of the latest posts, newest first."""
        return await self._store.list_log(guild_id, most, number)

    def _notice(self, due_at: datetime | None) -> None:
        if due_at is not None:
            self._timers.notice(due_at)

    async def _claim(self, _: Timer) -> None:
        """Claim what is due, a few schedules at a time: a press must not wait behind all of a full hour."""
        facts = list(self._library.bank.facts)
        while not self.is_stopping:
            markers = [secrets.token_hex(6) for _ in range(_CLAIMED)]
            if await self._store.claim_slots(self._clock.now(), facts, markers) < _CLAIMED:
                break
        self._notice(await self._store.load_next_at())

    async def _deliver(self, _: Timer) -> None:
        """Send what is claimed, a few at a time, until nothing more is due now."""
        while True:
            self._running = {post_id: task for post_id, task in self._running.items() if not task.done()}
            room = 0 if self.is_stopping or self._is_holding() else _AT_ONCE - len(self._running)
            if room:
                for post in await self._store.take_posts(self._clock.now(), room, self._running.keys()):
                    self._running[post.id] = asyncio.create_task(self._send(post))
            if not self._running:
                break
            await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
        if not self.is_stopping:
            self._notice(await self._store.set_delivery_timer(self._hold_until))

    async def _send(self, post: Post) -> None:
        """Bring one post to its end, or to its next try. Never raises."""
        try:
            try:
                await self._try(post)
            except Refused as refusal:
                self._troubles, self._hold_until = 0, None
                schedule = await self._store.mark_refused(post.id, str(refusal), self._clock.now())
                _log.info("daily post %s refused (%s); its schedule is %s", post.id, refusal, schedule.state)
            except Unreachable as trouble:
                await self._put_off(post, trouble)
        except NotSaved:
            _log.warning("what became of daily post %s could not be saved; it will be looked for", post.id)
        except Exception:  # noqa: BLE001 - ours; one post's fault must not hold up the others
            _log.exception("daily post %s failed", post.id)
            with suppress(NotSaved):
                await self._put_off(post, Unreachable("a fault of Farside's own"))

    async def _try(self, post: Post) -> None:
        now = self._clock.now()
        fact = await self._fact(post)
        if fact is None:
            await self._store.mark_lost(post.id, PostState.MISSED, NO_FACTS, now)
            return
        delivery = Delivery(
            guild_id=post.guild_id,
            channel_id=post.channel_id,
            role_id=post.role_id,
            on=post.on,
            due_at=post.due_at,
            is_late=now - post.due_at > LATE,
            fact=fact,
            marker=post.marker,
            tried_at=post.tried_at,
        )
        message_id = await self._channel.find(delivery) if post.tries else None
        if message_id is None:
            if (reason := _too_late(post, now)) is not None:
                await self._store.mark_lost(post.id, PostState.MISSED, reason, now)
                return
            message_id = await self._channel.post(delivery)
        await self._store.mark_sent(post.id, message_id, self._clock.now())
        self._troubles, self._hold_until = 0, None

    async def _fact(self, post: Post) -> Fact | None:
        """Return the post's fact; another one when it has left the bank since the claim."""
        facts = self._library.bank.facts
        if (fact := facts.get(post.fact_id)) is not None:
            return fact
        other = await self._store.set_fact(post.id, list(facts))
        return facts[other] if other is not None else None

    async def _put_off(self, post: Post, trouble: Unreachable) -> None:
        now = self._clock.now()
        self._troubles += 1
        if self._troubles >= _TROUBLE:
            wait = min(_PAUSES[0] * 2 ** min(self._troubles - _TROUBLE, 10), _LONGEST_HOLD)
            self._hold_until = now + wait
        if now - post.due_at > GRACE:
            reason = f"Discord could not be reached in time: {trouble}"
            await self._store.mark_lost(post.id, PostState.FAILED, reason, now)
            return
        pause = max(_PAUSES[min(post.tries, len(_PAUSES) - 1)], trouble.wait)
        # The last look is just after the grace: then it is found, or given up.
        try_at = min(now + pause, max(post.due_at + GRACE + timedelta(seconds=1), now + _PAUSES[0]))
        _log.warning("daily post %s did not get through (%s); again at %s", post.id, trouble, try_at)
        await self._store.set_try(post.id, try_at, str(trouble))

    def _is_holding(self) -> bool:
        """Return whether all wait; a clock that was put back must not make that long."""
        if self._hold_until is None:
            return False
        return timedelta(0) < self._hold_until - self._clock.now() <= _LONGEST_HOLD


def _too_late(post: Post, now: datetime) -> str | None:
    """Return why a post that is not in its channel shall not be sent any more, or None when it shall."""
    if post.schedule_state is not ScheduleState.ACTIVE:
        return f"the schedule was {post.schedule_state} before it could be sent"
    if now - post.due_at > GRACE:
        return "Farside was not running, or could not reach Discord, in time"
    return None
