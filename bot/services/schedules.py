"""Schedules as their owners use them, and what happens to them within a transaction.

What always holds:
- rules come from `bot.quiz.schedule`, rows from `bot.store.schedules`: the
  functions of a transaction here join the two and hold neither;
- a request that Discord delivers twice is done once;
- a day is claimed together with its fact, if it is one that is posted, its next slot and both timers.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol

from bot.clock import Clock
from bot.cluster.shards import WHOLE, Part
from bot.errors import NotFound
from bot.quiz.almanac import Almanac, Choice
from bot.quiz.question import Fact
from bot.quiz.schedule import (
    ABSENT,
    GRACE,
    KEPT,
    NO_FACTS,
    NO_TOPIC,
    LogEntry,
    NewSchedule,
    Post,
    PostKind,
    PostState,
    Schedule,
    ScheduleState,
    due_slots,
    require_room,
)
from bot.quiz.slots import Slot, local_day
from bot.services.timers import Timers
from bot.store import schedules as rows
from bot.store.database import Database
from bot.store.day_questions import note_message
from bot.store.tx import Tx

_LATEST = 10  # posts whose facts do not open a new turn through the bank


class Bank(Protocol):
    """What facts need of a bank."""

    @property
    def facts(self) -> Mapping[str, Fact]:
        """Return the facts by their ids; another mapping when the bank is another."""
        ...

    @property
    def topics(self) -> Mapping[str, str]:
        """Return the topics' titles by their ids."""
        ...


class Shelf(Protocol):
    """Whoever has the bank that is in play."""

    @property
    def bank(self) -> Bank:
        """Return the bank of this moment."""
        ...


class Almanacs:
    """The almanac of the bank in play; made beside the event loop, once a bank."""

    def __init__(self, library: Shelf) -> None:
        self._library = library
        self._facts: Mapping[str, Fact] | None = None
        self._almanac = Almanac({})
        self._making = asyncio.Lock()

    async def load(self) -> tuple[Almanac, Mapping[str, Fact]]:
        """Return the almanac, and the facts that it is about."""
        async with self._making:
            facts = self._library.bank.facts
            if facts is not self._facts:
                self._almanac = await asyncio.to_thread(Almanac, facts)
                self._facts = facts
        return self._almanac, facts


class SchedulesService:
    """What the owners of a server do with its schedules."""

    def __init__(self, database: Database, clock: Clock, timers: Timers, almanacs: Almanacs) -> None:
        self._database = database
        self._clock = clock
        self._timers = timers
        self._almanacs = almanacs

    async def add(self, new: NewSchedule) -> Schedule:
        """Add a schedule; the same request delivered twice adds one."""
        schedule = await self._database.write(partial(_add, new=new, now=self._clock.now()))
        self._notice(schedule.next_at)
        return schedule

    async def list_schedules(self, guild_id: int) -> list[Schedule]:
        """Return the server's schedules, oldest first."""
        return await self._database.read(partial(rows.list_schedules, guild_id=guild_id))

    async def set_state(self, guild_id: int, number: int, state: ScheduleState) -> tuple[Schedule, Schedule]:
        """Pause, resume or remove a schedule; return it as it was and as it is."""
        job = partial(_set_state, guild_id=guild_id, number=number, state=state, now=self._clock.now())
        before, after = await self._database.write(job)
        self._notice(after.next_at)
        return before, after

    async def next_slots(self, schedule: Schedule, count: int) -> list[Slot]:
        """Return when the schedule posts next, as if it were active."""
        last_on = await self._database.read(partial(rows.load_last_on, schedule=schedule))
        return schedule.recurrence.next_slots(self._clock.now(), count, after_on=last_on)

    async def next_fact(self, schedule: Schedule, slot: Slot | None) -> Fact | None:
        """Return the fact that the schedule would post in `slot`, were it the server's next; None if none."""
        almanac, facts = await self._almanacs.load()
        if schedule.kind is not PostKind.FACT or not almanac.has(schedule.topic):
            return None
        on = slot.on if slot else local_day(schedule.zone, self._clock.now())
        chosen = await self._database.read(lambda tx: _choose(tx, schedule, on, almanac))
        return facts[chosen.fact_id]

    async def silence(self, schedule: Schedule) -> str | None:
        """Return why the bank in play has nothing for the schedule to post, or None when it has."""
        almanac, _ = await self._almanacs.load()
        return silence(almanac, schedule)

    async def list_log(self, guild_id: int, most: int, number: int | None = None) -> list[LogEntry]:
        """Return what became of the latest posts, newest first."""
        return await self._database.read(partial(rows.list_log, guild_id=guild_id, most=most, number=number))

    def _notice(self, due_at: datetime | None) -> None:
        if due_at is not None:
            self._timers.notice(due_at)


def follow_timezone(tx: Tx, guild_id: int, now: datetime) -> None:
    """Arm the schedules that follow the server's time zone anew, after it was changed."""
    for schedule in rows.list_schedules(tx, guild_id):
        if schedule.timezone is None and schedule.is_active:
            _arm(tx, schedule, now)


def claim_due(tx: Tx, now: datetime, almanac: Almanac, markers: Sequence[str], part: Part = WHOLE) -> int:
    """Claim what is due of some schedules of a part, at most as many as `markers`; return how many."""
    due = rows.list_due(tx, now, len(markers), part)
    for schedule, marker in zip(due, markers, strict=False):
        _claim(tx, schedule, now, almanac, marker)
        _arm(tx, schedule, now)
    return len(due)


def claim_extra(
    tx: Tx, schedule: Schedule, now: datetime, almanac: Almanac, *, request_id: int, marker: str
) -> rows.PostKey:
    """Claim a post that was asked for by hand; return its key, the same for the same request."""
    if (known := rows.load_requested(tx, schedule.guild_id, request_id)) is not None:
        return known
    on = local_day(schedule.zone, now)
    new = rows.NewPost(on, now, PostState.CLAIMED, marker=marker, try_at=now, request_id=request_id)
    post = rows.insert_post(tx, schedule, new, now)
    assert post is not None  # noqa: S101 - the request was looked for above
    if schedule.kind is PostKind.FACT:
        give_fact(tx, post, schedule, on, almanac)
    rows.set_world_timer(tx, rows.DELIVERY_TIMER, now)
    return post


def take_posts(tx: Tx, now: datetime, most: int, busy: Sequence[int], part: Part = WHOLE) -> list[Post]:
    """Return up to `most` claimed posts of a part to try now, except the `busy` ones, noted as tried."""
    posts = rows.list_to_try(tx, now, most, busy, part)
    rows.mark_tried(tx, posts, now)
    return posts


def give_fact(tx: Tx, post: rows.PostKey, schedule: Schedule, on: date, almanac: Almanac) -> str:
    """Give the post a fact that its server has not had; it counts as posted from here on."""
    chosen = _choose(tx, schedule, on, almanac)
    if chosen.begins_anew:
        rows.remove_posted(tx, schedule.guild_id, almanac.on_topic(schedule.topic))
    rows.add_posted(tx, schedule.guild_id, chosen.fact_id)
    rows.set_fact(tx, post, chosen.fact_id)
    return chosen.fact_id


def replace_fact(tx: Tx, key: rows.PostKey, almanac: Almanac) -> str | None:
    """Give a claimed post another fact, its own having left the bank; None when there is none."""
    post = rows.load_post(tx, key)
    if silence(almanac, post.schedule) is not None:
        return None
    return give_fact(tx, key, post.schedule, post.on, almanac)


def mark_sent(tx: Tx, key: rows.PostKey, message_id: int, now: datetime) -> None:
    """Note that a post is in its channel, so that its schedule has no refusals in a row any more."""
    post = rows.load_post(tx, key)
    note_message(tx, key.guild_id, key.id, message_id)
    if rows.settle_post(tx, key, PostState.SENT, now, message_id=message_id) and not post.is_extra:
        rows.save_schedule(tx, post.schedule.relieved())


def mark_refused(tx: Tx, key: rows.PostKey, reason: str, now: datetime) -> Schedule:
    """Note that Discord refused a post for good; return its schedule: this may have stopped it."""
    post = rows.load_post(tx, key)
    after = post.schedule
    if mark_lost(tx, key, PostState.FAILED, reason, now) and not post.is_extra:
        after = after.refused(reason)
        rows.save_schedule(tx, after)
    return after


def mark_lost(tx: Tx, key: rows.PostKey, state: PostState, reason: str, now: datetime) -> bool:
    """End a claimed post without a message, through no fault of its schedule; return whether it was one.

    Its fact may be posted another day, unless it may be in the channel after all.
    """
    post = rows.load_post(tx, key)
    if not rows.settle_post(tx, key, state, now, reason=reason):
        return False
    if post.fact_id and state is not PostState.UNKNOWN:
        rows.remove_posted(tx, post.schedule.guild_id, [post.fact_id])
    if state is PostState.MISSED:
        _arm(tx, post.schedule, now)  # notes by which clock it was too late
    return True


def put_off(tx: Tx, post: Post, try_at: datetime, reason: str, *, is_asleep: bool) -> None:
    """Have a post tried again at `try_at`; its schedule says so where its channel sleeps.

    What a sleeping channel did not take was not sent, so that try does not count.
    """
    key = rows.key_of(post)
    rows.set_try(tx, key, try_at, reason, tries=post.tries + (0 if is_asleep else 1))
    if is_asleep and not post.is_extra:
        rows.save_schedule(tx, rows.load_post(tx, key).schedule.waiting(reason))


def wake(tx: Tx, guild_id: int, channel_id: int, now: datetime) -> bool:
    """Let the schedules of a server's channel that slept go on; return whether there are any."""
    woken = [schedule for schedule in rows.list_waiting(tx, guild_id, channel_id) if schedule.is_waiting]
    for schedule in woken:
        rows.save_schedule(tx, schedule.relieved())
    if woken:
        rows.hurry_posts(tx, now, (guild_id, channel_id))
        rows.set_delivery_timer(tx)
    return bool(woken)


def silence(almanac: Almanac, schedule: Schedule) -> str | None:
    """Return why a bank has nothing for the schedule to post, or None when it has."""
    if schedule.kind is PostKind.CHALLENGE:
        return None  # whoever presses is told when there is nothing to ask
    if not almanac.has(None):
        return NO_FACTS
    return None if almanac.has(schedule.topic) else NO_TOPIC


def mend(tx: Tx, now: datetime, most: int, part: Part = WHOLE) -> int:
    """Undo what up to `most` schedules of a part did by a clock that was ahead of `now`; return how many.

    What was skipped in a future that has not come is due after all.
    """
    ahead = rows.list_armed_after(tx, now, most, part)
    for schedule in ahead:
        for fact_id in rows.revive_posts(tx, schedule, now, now - GRACE):
            rows.add_posted(tx, schedule.guild_id, fact_id)
        first_on = rows.delete_skipped(tx, schedule, now)
        if first_on is None:
            _arm(tx, schedule, now)
            continue
        last_on = rows.load_last_on(tx, schedule)
        rows.save_schedule(tx, schedule.armed_from(max(first_on, _after(last_on)), now))
    if ahead:
        rows.hurry_posts(tx, now, part=part)
        rows.set_delivery_timer(tx)
    return len(ahead)


def _add(tx: Tx, new: NewSchedule, now: datetime) -> Schedule:
    if (known := rows.load_by_request(tx, new.guild_id, new.request_id)) is not None:
        return known
    require_room(rows.list_schedules(tx, new.guild_id))
    return _arm(tx, rows.insert_schedule(tx, new, now), now)


def _set_state(
    tx: Tx, guild_id: int, number: int, state: ScheduleState, now: datetime
) -> tuple[Schedule, Schedule]:
    before = rows.load_schedule(tx, guild_id, number)
    if before is None:
        raise NotFound(f"There is no schedule {number} in this server. `/schedule list` shows what there is.")
    after = before.turned(state)
    return before, before if after is before else _arm(tx, after, now)


def _arm(tx: Tx, schedule: Schedule, now: datetime) -> Schedule:
    armed = schedule.armed(now, rows.load_last_on(tx, schedule))
    rows.save_schedule(tx, armed)
    return armed


def _claim(tx: Tx, schedule: Schedule, now: datetime, almanac: Almanac, marker: str) -> None:
    """Claim the schedule's slots that are due, and note an absence as one post that was missed."""
    absence, slots = due_slots(schedule, now)
    if absence is not None:
        first_on = absence.first_on if absence.first_on < absence.last.on else None
        new = rows.NewPost(absence.last.on, absence.last.due_at, PostState.MISSED, ABSENT, first_on=first_on)
        rows.insert_post(tx, schedule, new, now)
    nothing = silence(almanac, schedule)
    for place, slot in enumerate(slots):
        if nothing is not None:
            rows.insert_post(tx, schedule, rows.NewPost(slot.on, slot.due_at, PostState.MISSED, nothing), now)
            continue
        own = f"{marker}{place or ''}"  # hardly ever are two days due at once
        new = rows.NewPost(slot.on, slot.due_at, PostState.CLAIMED, marker=own, try_at=slot.due_at)
        post = rows.insert_post(tx, schedule, new, now)
        if post is not None:
            if schedule.kind is PostKind.FACT:
                give_fact(tx, post, schedule, slot.on, almanac)
            rows.set_world_timer(tx, rows.DELIVERY_TIMER, now)
    rows.prune_posts(tx, schedule, (now - KEPT).date())


def _choose(tx: Tx, schedule: Schedule, on: date, almanac: Almanac) -> Choice:
    return almanac.choose(
        on,
        had=rows.list_posted(tx, schedule.guild_id),
        recent=rows.list_latest_facts(tx, schedule.guild_id, _LATEST),
        topic=schedule.topic,
    )


def _after(on: date | None) -> date:
    return on + timedelta(days=1) if on else date.min
