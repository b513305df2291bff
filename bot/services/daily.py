"""The daily fact: each local day's post of a schedule, once.

A slot's timer claims the day in the store; a claimed post is sent and noted.
Between those steps the program may be killed and answers may be lost, so:

- a day is claimed by a unique row, whoever dispatches it and however often;
- before a post is tried again its channel is searched for it, by its marker;
  where that cannot be done it is left alone, and its end is unknown;
- a post up to three hours late is sent and says so; a later one is skipped;
- a refusal ends the day's post, three in a row stop the schedule, and whoever
  made it is told;
- whatever may pass (5xx, 429, a dropped connection, a thread that sleeps) is
  tried again with growing pauses, and while Discord is in trouble the queue as
  a whole waits;
- what was skipped by a clock that was ahead is due again once the clock is right.
"""

import asyncio
import logging
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Protocol

from bot.clock import Clock
from bot.cluster.shards import Part
from bot.errors import NotFound, NotRead, NotSaved, is_the_end
from bot.metrics import DAILY, DAILY_LAG
from bot.pauses import PATIENT
from bot.quiz.question import Fact
from bot.quiz.schedule import NO_FACTS, LogEntry, Post, PostKind, PostState, Schedule
from bot.services import schedules as claims
from bot.services.schedules import Almanacs
from bot.services.timers import Timers
from bot.store import schedules as rows
from bot.store.database import Database
from bot.store.timers import Timer

_log = logging.getLogger(__name__)
_CLAIMED = 16  # schedules in one transaction
_AT_ONCE = 16  # posts on their way to Discord; how fast they leave is the channel's matter
_FIRST_HOLD = timedelta(seconds=5)
_LONGEST_HOLD = timedelta(minutes=5)
_LAST_MOMENT = 1.0  # seconds, of the five that a stop may take
_TROUBLE = 3  # posts in a row that did not get through, until all wait


class Refused(Exception):
    """Discord will not take a post in that channel; the text is the reason for the owner to read."""


class Unknown(Exception):
    """A post may be in its channel already, and there is no way to look; the text says why."""


class Unreachable(Exception):
    """A request may or may not have reached Discord, or must wait; the text says what happened."""

    def __init__(self, reason: str, wait: timedelta = timedelta(0)) -> None:
        super().__init__(reason)
        self.wait = wait


class Asleep(Unreachable):
    """The channel is there and takes nothing for now: an archived thread that is locked; nothing was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, timedelta(minutes=15))


class DailyChannel(Protocol):
    """Where posts go. All methods of a post raise `Refused`, `Asleep` or `Unreachable`."""

    async def post(self, post: Post, fact: Fact, *, is_late: bool) -> int:
        """Send the post and return its message's id; the same marker within minutes makes no second one."""
        ...

    async def announce(self, post: Post, *, is_late: bool) -> int:
        """Send the announcement of a daily challenge, likewise."""
        ...

    async def find(self, post: Post) -> int | None:
        """Return the id of the message that carries the marker, or None when it was never sent.

        Raises `Unknown` where that cannot be told.
        """
        ...

    async def tell_stopped(self, schedule: Schedule) -> bool:
        """Tell whoever made the schedule that it stopped; return whether they were told. Never raises."""
        ...


class DailyService:
    """Posts on the way to their channels."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        timers: Timers,
        almanacs: Almanacs,
        channel: DailyChannel,
    ) -> None:
        self._database = database
        self._clock = clock
        self._timers = timers
        self._almanacs = almanacs
        self._channel = channel
        self._running: dict[int, asyncio.Task[None]] = {}
        self._homes: dict[int, int] = {}  # of those that are running: their servers
        self._ends: dict[int, asyncio.Future[None]] = {}
        self._untold: dict[tuple[int, int], list[Schedule]] = {}  # (server, maker) -> what stopped
        self._troubles = 0
        self._hold_until: datetime | None = None
        self.is_stopping = False  # set by `close`
        self._ownership = timers.ownership
        timers.on(rows.SLOT_TIMER, self._claim)
        timers.on(rows.DELIVERY_TIMER, self._deliver)
        if database.is_shared:
            timers.on_worked_out(rows.SLOT_TIMER, self._next_slot)
            timers.on_worked_out(rows.DELIVERY_TIMER, self._next_try)

    async def start(self) -> None:
        """Mend what a wrong clock may have left; timers and claimed posts are in the store already."""
        await self.take_up(self._ownership.part)

    async def take_up(self, part: Part) -> None:
        """Take up the schedules of a part."""
        for schedule in await self._database.read(partial(rows.list_untold, part=part)):
            self._keep_untold(schedule)
        await self.mend()
        self._timers.notice(self._clock.now())

    def drop(self, part: Part) -> None:
        """Leave a part's posts to whoever takes them up: one that is under way is looked for first."""
        self._untold = {key: one for key, one in self._untold.items() if not part.holds(key[0])}
        for post_id, guild_id in self._homes.items():
            if part.holds(guild_id) and (task := self._running.get(post_id)) is not None:
                task.cancel()

    async def _next_slot(self, _: datetime) -> datetime | None:
        return await self._database.read(partial(rows.load_next_at, part=self._ownership.part))

    async def _next_try(self, _: datetime) -> datetime | None:
        if self.is_stopping:
            return None
        due_at = await self._database.read(partial(rows.load_next_try, part=self._ownership.part))
        return max(due_at, self._hold_until) if due_at and self._is_holding() and self._hold_until else due_at

    async def watch(self) -> None:
        """Mend whenever the machine's clock is set back, until cancelled."""
        while True:
            await self._clock.wait_for_setback()
            await self.mend()

    async def mend(self) -> None:
        """Make due again what was skipped by a clock that was ahead."""
        while await self._database.write(
            partial(claims.mend, now=self._clock.now(), most=_CLAIMED, part=self._ownership.part)
        ):
            self._timers.notice(self._clock.now())

    async def close(self) -> None:
        """Take up no more posts; what does not get through in a moment is looked for at the next start."""
        self.is_stopping = True
        under_way = [task for task in self._running.values() if not task.done()]
        if under_way:
            await asyncio.wait(under_way, timeout=_LAST_MOMENT)
        for task in under_way:
            task.cancel()

    async def post_now(self, schedule: Schedule, request_id: int, *, patience: float) -> LogEntry:
        """Send a post beside those of the schedule's days; return what became of it in `patience` seconds.

        Raises `NotFound` when the bank has nothing to post.
        """
        almanac, _ = await self._almanacs.load()
        if (silence := claims.silence(almanac, schedule)) is not None:
            raise NotFound(f"There is nothing to post: {silence}.")
        job = partial(
            claims.claim_extra,
            schedule=schedule,
            request_id=request_id,
            now=self._clock.now(),
            almanac=almanac,
            marker=secrets.token_hex(6),
        )
        key = await self._database.write(job)
        end = self._ends.setdefault(key.id, asyncio.get_running_loop().create_future())
        self._timers.notice(self._clock.now())
        await asyncio.wait([end], timeout=patience)
        self._ends.pop(key.id, None)
        return await self._database.read(partial(rows.load_entry, post=key))

    async def wake(self, guild_id: int, channel_id: int) -> None:
        """Go on in a channel that slept: a thread that was opened again."""
        now = self._clock.now()
        if await self._database.write(
            partial(claims.wake, guild_id=guild_id, channel_id=channel_id, now=now)
        ):
            self._timers.notice(now)

    def take_untold(self, guild_id: int | None, user_id: int) -> list[Schedule]:
        """Return the schedules of a server that stopped and whose maker, `user_id`, does not know yet.

        They are in nobody else's hands then: whoever takes them marks them as told, or gives them back.
        """
        return self._untold.pop((guild_id or 0, user_id), [])

    def give_back(self, schedules: list[Schedule]) -> None:
        """Take back what could not be told."""
        for schedule in schedules:
            self._keep_untold(schedule)

    async def mark_told(self, schedules: list[Schedule]) -> None:
        """Note that the maker of these schedules knows that they stopped; else they are told once more."""
        for failures in count(1):
            try:
                await self._database.write(partial(rows.mark_told, schedules=schedules))
            except NotSaved:
                await asyncio.sleep(PATIENT.after(failures))
            else:
                return

    def _keep_untold(self, schedule: Schedule) -> None:
        self._untold.setdefault((schedule.guild_id, schedule.created_by), []).append(schedule)

    def _notice(self, due_at: datetime | None) -> None:
        if due_at is not None:
            self._timers.notice(due_at)

    async def _claim(self, _: Timer) -> None:
        """Claim what is due, a few schedules at a time: a press must not wait behind all of a full hour."""
        await self.mend()
        almanac, _facts = await self._almanacs.load()
        while not self.is_stopping:
            markers = [secrets.token_hex(6) for _ in range(_CLAIMED)]
            part = self._ownership.part
            job = partial(
                claims.claim_due, now=self._clock.now(), almanac=almanac, markers=markers, part=part
            )
            if await self._database.write(job) < _CLAIMED:
                break
        self._notice(await self._database.read(partial(rows.load_next_at, part=self._ownership.part)))

    async def _deliver(self, _: Timer) -> None:
        """Send what is claimed, a few at a time, until nothing more is due now."""
        while True:
            self._running = {post_id: task for post_id, task in self._running.items() if not task.done()}
            self._homes = {post_id: self._homes[post_id] for post_id in self._running}
            room = 0 if self.is_stopping or self._is_holding() else _AT_ONCE - len(self._running)
            if room:
                job = partial(
                    claims.take_posts,
                    now=self._clock.now(),
                    most=room,
                    busy=tuple(self._running),
                    part=self._ownership.part,
                )
                for post in await self._database.write(job):
                    with self._ownership.working_for(post.guild_id):
                        self._running[post.id] = asyncio.create_task(self._send(post))
                    self._homes[post.id] = post.guild_id
            if not self._running:
                break
            await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
        if not self.is_stopping:
            job_timer = partial(rows.set_delivery_timer, not_before=self._hold_until)
            self._notice(await self._database.write(job_timer))

    async def _send(self, post: Post) -> None:
        """Bring one post to its end, or to its next try. Never raises."""
        began = self._clock.now()
        try:
            await self._send_or_explain(post, began)
        except (NotSaved, NotRead):
            _log.warning("what became of daily post %s could not be saved; it will be looked for", post.id)
        except BaseException as error:
            if is_the_end(error):
                raise
            _log.exception("daily post %s failed", post.id)
            with suppress(NotSaved, NotRead):
                await self._put_off(post, Unreachable("a fault of Farside's own"), began)
        finally:
            if (end := self._ends.pop(post.id, None)) is not None and not end.done():
                end.set_result(None)

    async def _send_or_explain(self, post: Post, began: datetime) -> None:
        try:
            await self._try(post)
        except Refused as refusal:
            self._troubles, self._hold_until = 0, None
            await self._note_refusal(post, str(refusal))
        except Unknown as unknown:
            _log.warning("daily post %s may have been sent or not: %s", post.id, unknown)
            await self._end(post, PostState.UNKNOWN, str(unknown))
        except Unreachable as trouble:
            await self._put_off(post, trouble, began)

    async def _try(self, post: Post) -> None:
        now = self._clock.now()
        fact = await self._fact(post) if post.schedule.kind is PostKind.FACT else None
        if fact is None and post.schedule.kind is PostKind.FACT:
            await self._end(post, PostState.MISSED, NO_FACTS)
            return
        message_id = await self._channel.find(post) if post.tries else None
        if message_id is None:
            if (reason := post.lost_because(now)) is not None:
                await self._end(post, PostState.MISSED, reason)
                return
            if fact is None:
                message_id = await self._channel.announce(post, is_late=post.is_late(now))
            else:
                message_id = await self._channel.post(post, fact, is_late=post.is_late(now))
        job = partial(claims.mark_sent, key=rows.key_of(post), message_id=message_id, now=self._clock.now())
        await self._database.write(job)
        DAILY.add("sent")
        DAILY_LAG.note((self._clock.now() - post.due_at).total_seconds())
        self._troubles, self._hold_until = 0, None

    async def _fact(self, post: Post) -> Fact | None:
        """Return the post's fact; another one when it has left the bank since the claim."""
        almanac, facts = await self._almanacs.load()
        if (fact := facts.get(post.fact_id)) is not None:
            return fact
        job = partial(claims.replace_fact, key=rows.key_of(post), almanac=almanac)
        other = await self._database.write(job)
        return facts[other] if other is not None else None

    async def _note_refusal(self, post: Post, reason: str) -> None:
        """Note a refusal, and tell whoever made the schedule when this one stopped it."""
        DAILY.add("refused")
        job = partial(claims.mark_refused, key=rows.key_of(post), reason=reason, now=self._clock.now())
        schedule = await self._database.write(job)
        _log.info("daily post %s refused (%s); its schedule is %s", post.id, reason, schedule.state)
        if not schedule.is_told and post.schedule.is_active:
            if await self._channel.tell_stopped(schedule):
                await self.mark_told([schedule])
            else:
                self._keep_untold(schedule)

    async def _end(self, post: Post, state: PostState, reason: str) -> None:
        DAILY.add(str(state))
        job = partial(
            claims.mark_lost, key=rows.key_of(post), state=state, reason=reason, now=self._clock.now()
        )
        await self._database.write(job)

    async def _put_off(self, post: Post, trouble: Unreachable, began: datetime) -> None:
        now = self._clock.now()
        is_asleep = isinstance(trouble, Asleep)
        if not is_asleep:
            self._hold(now)
        since = now if is_asleep else began  # asleep: not sent, so there is nothing to look for
        try_at = post.next_try(since, now, trouble.wait)
        if try_at is None:
            if is_asleep:
                await self._end(post, PostState.MISSED, str(trouble))
            else:
                reason = f"Discord could not be reached in time: {trouble}"
                await self._end(post, PostState.FAILED, reason)
            return
        _log.warning("daily post %s did not get through (%s); again at %s", post.id, trouble, try_at)
        job = partial(claims.put_off, post=post, try_at=try_at, reason=str(trouble), is_asleep=is_asleep)
        await self._database.write(job)

    def _hold(self, now: datetime) -> None:
        """Have the whole queue wait once several posts in a row did not get through."""
        self._troubles += 1
        if self._troubles >= _TROUBLE:
            wait = min(_FIRST_HOLD * 2 ** min(self._troubles - _TROUBLE, 10), _LONGEST_HOLD)
            self._hold_until = now + wait

    def _is_holding(self) -> bool:
        """Return whether all wait; a clock that was put back must not make that long."""
        if self._hold_until is None:
            return False
        return timedelta(0) < self._hold_until - self._clock.now() <= _LONGEST_HOLD
