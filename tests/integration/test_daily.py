"""The daily fact on a real database, by a clock that the test moves, in a channel that fails in every way."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.errors import Conflict, NotFound, NotSaved
from bot.pauses import Pauses
from bot.quiz.almanac import Almanac
from bot.quiz.question import Fact, Source, Verdict
from bot.quiz.schedule import (
    MOST_SCHEDULES,
    NO_TOPIC,
    NewSchedule,
    Post,
    PostKind,
    PostState,
    Schedule,
    ScheduleState,
)
from bot.quiz.slots import EVERY_DAY
from bot.services.daily import Asleep, DailyService, Refused, Unknown, Unreachable
from bot.services.retention import Retention
from bot.services.schedules import Almanacs, SchedulesService
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.schedules import list_armed_after, list_posted, mark_told, prune_idle
from bot.store.timers import list_due
from tests.bounds import PATIENCE
from tests.engines import ENGINES, Where, place, rows_of
from tests.fakes import FakeClock
from tests.laws import TIMES

GUILD, CHANNEL, OWNER = 11, 22, 33
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)  # an hour before the post in UTC
NONCE_KNOWN = timedelta(minutes=3)


def fact(number: int) -> Fact:
    """Return a fact like any other."""
    source = Source("An article", "A paper", "2019-01-03", (number,), Verdict.SUPPORTED)
    return Fact(f"fact-{number}", "history", 1, f"Statement {number}.", f"Explanation {number}.", source)


@dataclass
class Shelf:
    """A bank with nothing but facts, on a shelf of its own."""

    facts: Mapping[str, Fact] = field(default_factory=lambda: {f"fact-{n}": fact(n) for n in range(5)})
    topics: Mapping[str, str] = field(default_factory=lambda: {"history": "History"})

    @property
    def bank(self) -> "Shelf":
        """Return itself."""
        return self


@dataclass(frozen=True)
class Sent:
    """A message that is in the channel."""

    id: int
    at: datetime
    post: Post
    fact_or_none: Fact | None
    is_late: bool

    @property
    def fact(self) -> Fact:
        """Return the fact that was posted."""
        assert self.fact_or_none is not None
        return self.fact_or_none


class Channel:
    """Channels as Discord keeps them: a nonce is remembered for minutes, a message for good.

    `plan` holds what happens to the next requests: "refuse", "down" (nothing arrives),
    "lost" (it arrives, its answer does not), "jump" (likewise, and a day goes by meanwhile),
    "hang" (nothing arrives and nothing is ever answered), "hang after" (it arrives, and nothing
    is ever answered), "asleep" (a thread that is archived and locked), "blind" (nobody may look).
    """

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.messages: list[Sent] = []
        self.plan: list[str] = []
        self.always: str | None = None
        self.requests: list[datetime] = []
        self.hanging = asyncio.Event()
        self.told: list[Schedule] = []
        self.is_open = True
        self.at_once = 0
        self.most_at_once = 0

    async def announce(self, post: Post, *, is_late: bool) -> int:
        """Take word of a challenge, likewise."""
        assert post.schedule.kind is PostKind.CHALLENGE
        return await self._take(post, None, is_late=is_late)

    async def post(self, post: Post, fact: Fact, *, is_late: bool) -> int:
        """Take a message, as far as the plan goes."""
        assert post.schedule.kind is PostKind.FACT
        return await self._take(post, fact, is_late=is_late)

    async def _take(self, post: Post, fact: Fact | None, *, is_late: bool) -> int:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            return await self._post(Sent(0, self._clock.now(), post, fact, is_late))
        finally:
            self.at_once -= 1

    async def _post(self, new: Sent) -> int:
        fault = self._next_fault()
        await asyncio.sleep(0)
        if fault == "refuse":
            raise Refused("Farside may not send messages in the channel")
        if fault == "asleep":
            raise Asleep("its thread is archived and locked")
        if fault == "down":
            raise Unreachable("HTTP 503")
        if fault == "hang":
            await self._hang()
        now = self._clock.now()
        for sent in self.messages:
            if sent.post.marker == new.post.marker and now - sent.at < NONCE_KNOWN:
                return sent.id
        self.messages.append(replace(new, id=len(self.messages) + 1, at=now))
        if fault == "jump":
            await self._clock.move_to(now + DAY)
        if fault in {"lost", "jump"}:
            raise Unreachable("the connection was dropped")
        if fault == "hang after":
            await self._hang()
        return len(self.messages)

    async def find(self, post: Post) -> int | None:
        """Look through the channel, as far as the plan goes."""
        assert post.tried_at is not None
        fault = self._next_fault()
        await asyncio.sleep(0)
        if fault == "refuse":
            raise Refused("Farside may not view the channel")
        if fault == "blind":
            raise Unknown("Farside may not read the history")
        if fault in {"down", "lost"}:
            raise Unreachable("HTTP 503")
        if fault in {"hang", "hang after"}:
            await self._hang()
        return next((sent.id for sent in self.messages if sent.post.marker == post.marker), None)

    async def tell_stopped(self, schedule: Schedule) -> bool:
        """Take word for the maker of a schedule, if their door is open."""
        self.told.append(schedule)
        return self.is_open

    def _next_fault(self) -> str | None:
        self.requests.append(self._clock.now())
        return self.plan.pop(0) if self.plan else self.always

    async def _hang(self) -> None:
        self.hanging.set()
        await asyncio.Event().wait()

    def days(self) -> list[date]:
        """Return the local day of each message."""
        return [sent.post.on for sent in self.messages]


class Process:
    """Farside at work on the file until it is killed."""

    def __init__(self, database: Database, clock: FakeClock, channel: Channel, shelf: Shelf) -> None:
        self.database = database
        self.clock = clock
        self.timers = Timers(database, clock)
        almanacs = Almanacs(shelf)
        self.schedules = SchedulesService(database, clock, self.timers, almanacs)
        self.daily = DailyService(database, clock, self.timers, almanacs, channel)
        self.settings = SettingsService(database, clock, self.timers)
        self.kind = PostKind.FACT
        self._loops = [asyncio.create_task(self.timers.run()), asyncio.create_task(self.daily.watch())]

    async def kill(self) -> None:
        """Stop at this very moment: whatever waits for an answer never gets it."""
        tasks = [*self.daily._running.values(), *self.timers._running.values(), *self._loops]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self.database.close()

    async def quiet(self) -> None:
        """Return when nothing is left to do at this instant."""
        async with asyncio.timeout(PATIENCE):
            while await self.database.read(lambda tx: list_armed_after(tx, self.clock.now(), 1)):
                await asyncio.sleep(0)
            while await self.is_due():
                await self._go_on(*self.timers._running.values(), *self.daily._running.values())
            while self.daily._running and not all(task.done() for task in self.daily._running.values()):
                await self._go_on(*self.daily._running.values())

    async def _go_on(self, *tasks: asyncio.Task[None]) -> None:
        """Return when one of the tasks has ended; where none is under way, after a turn of the others."""
        if left := [task for task in tasks if not task.done()]:
            await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(0)

    async def is_due(self) -> bool:
        """Return whether a timer is due, or what stands for one in a database that others share."""
        now = self.clock.now()
        if not self.database.is_shared:
            return bool(await self.database.read(lambda tx: list_due(tx, now, 1)))
        due = (await self.daily._next_slot(now), await self.daily._next_try(now))
        return any(one is not None and one <= now for one in due)

    async def until(self, instant: datetime, step: timedelta) -> None:
        """Let time pass in steps, everything done in between."""
        while self.clock.now() < instant:
            await self.clock.move_to(min(self.clock.now() + step, instant))
            await self.quiet()

    async def add(self, **changes: object) -> Schedule:
        """Add a schedule at 09:00, every day, by the server's time zone."""
        asked: dict[str, object] = {
            "guild_id": GUILD,
            "request_id": random.getrandbits(60),
            "channel_id": CHANNEL,
            "at": time(9),
            "days": EVERY_DAY,
            "timezone": None,
            "role_id": None,
            "created_by": OWNER,
            "kind": self.kind,
        }
        return await self.schedules.add(NewSchedule(**{**asked, **changes}))  # type: ignore[arg-type]

    async def log(self) -> list[tuple[date, PostState]]:
        """Return the server's log, newest first."""
        return [(entry.on, entry.state) for entry in await self.schedules.list_log(GUILD, 50)]


class World:
    """What outlives a process: the file, the time and the channel."""

    def __init__(self, where: Where, kind: PostKind = PostKind.FACT) -> None:
        self.where = where
        self.kind = kind  # of its schedules, unless they say otherwise
        self.clock = FakeClock(START)
        self.channel = Channel(self.clock)
        self.shelf = Shelf()
        self.processes: list[Process] = []

    async def start(self) -> Process:
        """Start Farside."""
        process = Process(await Database.open(self.where), self.clock, self.channel, self.shelf)
        process.kind = self.kind
        self.processes.append(process)
        await process.daily.start()
        return process

    async def kill(self, process: Process) -> None:
        """Kill one process."""
        self.processes.remove(process)
        await process.kill()


def on(engines: Sequence[str], kind: PostKind) -> list[tuple[str, PostKind]]:
    """Return worlds on these engines whose schedules post that."""
    return [(engine, kind) for engine in engines]


of_facts = pytest.mark.parametrize("world", on(ENGINES, PostKind.FACT), indirect=True)
of_challenges = pytest.mark.parametrize("world", on(ENGINES, PostKind.CHALLENGE), indirect=True)


@pytest.fixture(params=[*on(ENGINES, PostKind.CHALLENGE), ("sqlite", PostKind.FACT)])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """A world without a process yet; what holds of schedules holds whatever they post.

    What is of facts alone is tried on both engines besides.
    """
    engine, kind = request.param
    with place(engine, tmp_path, request) as where:
        world = World(where, kind)
        yield world
        for process in list(world.processes):
            await world.kill(process)


async def test_a_post_comes_at_its_time_and_not_before(world: World) -> None:
    """At 09:00 there is one message, on time; before it there is none, and none again until tomorrow."""
    farside = await world.start()
    await farside.add()
    await farside.until(START + HOUR - MINUTE, 10 * MINUTE)
    assert world.channel.messages == []
    await farside.until(START + HOUR, MINUTE)
    await farside.until(START + 24 * HOUR, HOUR)
    assert [sent.at for sent in world.channel.messages] == [START + HOUR]
    assert not world.channel.messages[0].is_late


async def test_each_local_day_of_a_month_with_a_change_of_clocks_has_one_post(world: World) -> None:
    """Berlin loses 02:30 on 29 March 2026: that day's post comes at 03:00, every other one at 02:30."""
    farside = await world.start()
    await farside.add(at=time(2, 30), timezone="Europe/Berlin")
    for day in range(1, 33):  # each half hour in which a post may come, and the rest of the day
        await farside.until(START + day * DAY - 8 * HOUR, 16 * HOUR)
        await farside.until(START + day * DAY - 6 * HOUR, 30 * MINUTE)
    berlin = ZoneInfo("Europe/Berlin")
    shown = [sent.at.astimezone(berlin) for sent in world.channel.messages]
    assert [at.date() for at in shown] == [date(2026, 3, 2) + n * DAY for n in range(32)]
    assert {f"{at:%H:%M}" for at in shown if at.date() != date(2026, 3, 29)} == {"02:30"}
    assert f"{shown[27]:%d %H:%M}" == "29 03:00"


async def test_an_hour_that_comes_twice_posts_once(world: World) -> None:
    """Berlin has 02:30 twice on 25 October 2026: the post comes the first time only."""
    world.clock = world.channel._clock = FakeClock(datetime(2026, 10, 24, 22, 0, tzinfo=UTC))
    farside = await world.start()
    await farside.add(at=time(2, 30), timezone="Europe/Berlin")
    await farside.until(datetime(2026, 10, 25, 6, tzinfo=UTC), 10 * MINUTE)
    assert [sent.at for sent in world.channel.messages] == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


@of_facts
async def test_no_fact_comes_again_before_all_have_been_posted(world: World) -> None:
    """Each turn through the bank has each fact once, and a new turn does not begin with a recent one."""
    farside = await world.start()
    await farside.add()
    await farside.add(at=time(12))
    await farside.until(START + 15 * DAY, HOUR)
    posted = [sent.fact.id for sent in world.channel.messages]
    assert len(posted) == 30
    for turn in range(6):
        assert len(set(posted[5 * turn : 5 * turn + 5])) == 5
    assert all(earlier != later for earlier, later in pairwise(posted))


@of_facts
async def test_a_server_s_first_posts_are_the_facts_of_their_days(world: World) -> None:
    """What is posted is what /fact today shows, as long as the server has not had it before."""
    world.shelf.facts = {f"fact-{n}": fact(n) for n in range(40)}
    farside = await world.start()
    await farside.add()
    while START.date().toordinal() % 40 + len(world.channel.messages) < 40:
        await farside.until(world.clock.now() + DAY, HOUR)
        sent = world.channel.messages[-1]
        assert sent.fact.id == Almanac(world.shelf.facts).fact_of(sent.post.on)


@of_facts
async def test_two_schedules_of_one_minute_post_two_facts(world: World) -> None:
    """Two schedules in one channel at the same minute are two posts with different facts."""
    farside = await world.start()
    await farside.add()
    await farside.add()
    await farside.until(START + 2 * HOUR, HOUR)
    assert len({sent.fact.id for sent in world.channel.messages}) == 2


async def test_killed_while_sending_before_anything_arrived(world: World) -> None:
    """A process killed before Discord heard of the post leaves it to the next one, which sends it once."""
    farside = await world.start()
    await farside.add()
    world.channel.plan = ["hang"]
    await world.clock.move_to(START + HOUR)
    await asyncio.wait_for(world.channel.hanging.wait(), PATIENCE)
    await world.kill(farside)
    await world.clock.forward(10 * MINUTE)
    farside = await world.start()
    await farside.quiet()
    assert len(world.channel.messages) == 1
    assert world.channel.messages[0].is_late
    assert await farside.log() == [(START.date(), PostState.SENT)]


@pytest.mark.parametrize("pause", [timedelta(seconds=1), 10 * MINUTE, 2 * HOUR, 5 * HOUR])
async def test_killed_after_the_message_arrived(world: World, pause: timedelta) -> None:
    """A process killed between send and note never doubles the message, however long it was away."""
    farside = await world.start()
    await farside.add()
    world.channel.plan = ["hang after"]
    await world.clock.move_to(START + HOUR)
    await asyncio.wait_for(world.channel.hanging.wait(), PATIENCE)
    await world.kill(farside)
    await world.clock.forward(pause)
    farside = await world.start()
    await farside.quiet()
    assert len(world.channel.messages) == 1
    assert await farside.log() == [(START.date(), PostState.SENT)]


async def test_stopped_while_sending(world: World) -> None:
    """A stop does not wait for an answer that does not come; the next start finds the message."""
    farside = await world.start()
    await farside.add()
    world.channel.plan = ["hang after"]
    await world.clock.move_to(START + HOUR)
    await asyncio.wait_for(world.channel.hanging.wait(), PATIENCE)
    await asyncio.wait_for(farside.daily.close(), PATIENCE)
    await world.kill(farside)
    await world.clock.forward(10 * MINUTE)
    farside = await world.start()
    await farside.quiet()
    assert len(world.channel.messages) == 1
    assert await farside.log() == [(START.date(), PostState.SENT)]


async def test_a_lost_answer_does_not_double_the_message(world: World) -> None:
    """When Discord acted but its answer was lost, the message is found and noted."""
    farside = await world.start()
    await farside.add()
    world.channel.plan = ["lost", "down", "down"]
    await farside.until(START + 2 * HOUR, MINUTE)
    assert len(world.channel.messages) == 1
    assert await farside.log() == [(START.date(), PostState.SENT)]


async def test_a_message_is_looked_for_however_far_the_clock_went_on(world: World) -> None:
    """When a day goes by while an answer is lost, the post is found after all, and not noted as failed."""
    farside = await world.start()
    await farside.add()
    world.channel.plan = ["jump"]
    await farside.until(START + 2 * HOUR, MINUTE)
    await farside.until(START + DAY + 2 * HOUR, MINUTE)
    assert sorted(await farside.log()) == [
        (START.date(), PostState.SENT),
        (START.date() + DAY, PostState.SENT),
    ]
    assert world.channel.days() == [START.date(), START.date() + DAY]


async def test_a_fault_that_passes_is_waited_out_with_growing_pauses(world: World) -> None:
    """While Discord is down the tries get rarer; when it is back the post is sent and says it is late."""
    farside = await world.start()
    await farside.add()
    world.channel.always = "down"
    await farside.until(START + 3 * HOUR, MINUTE)
    tries = world.channel.requests
    assert 5 <= len(tries) <= 20
    assert tries[-1] - tries[-2] >= 10 * MINUTE
    world.channel.always = None
    await farside.until(START + 4 * HOUR, MINUTE)
    assert [sent.is_late for sent in world.channel.messages] == [True]


async def test_a_post_that_never_got_through_is_given_up_and_logged(world: World) -> None:
    """Three hours after its time a post is given up; its schedule goes on the next day."""
    farside = await world.start()
    schedule = await farside.add()
    world.channel.always = "down"
    await farside.until(START + 12 * HOUR, MINUTE)
    assert await farside.log() == [(START.date(), PostState.FAILED)]
    world.channel.always = None
    await farside.until(START + 2 * DAY, HOUR)
    assert world.channel.days() == [START.date() + DAY]
    [now] = await farside.schedules.list_schedules(GUILD)
    assert (now.id, now.state, now.failures) == (schedule.id, ScheduleState.ACTIVE, 0)


async def test_three_refusals_in_a_row_stop_the_schedule(world: World) -> None:
    """After the third refused day the schedule is stopped, says why, and asks nothing of Discord any more."""
    farside = await world.start()
    await farside.add()
    world.channel.always = "refuse"
    await farside.until(START + 2 * DAY, HOUR)
    assert [s.state for s in await farside.schedules.list_schedules(GUILD)] == [ScheduleState.ACTIVE]
    await farside.until(START + 6 * DAY, HOUR)
    [schedule] = await farside.schedules.list_schedules(GUILD)
    assert schedule.state is ScheduleState.STOPPED
    assert schedule.reason == "Farside may not send messages in the channel"
    assert schedule.next_at is None
    assert len(world.channel.requests) == 3
    log = await farside.schedules.list_log(GUILD, 10)
    assert [entry.state for entry in log] == [PostState.FAILED] * 3
    assert {entry.reason for entry in log} == {schedule.reason}


async def test_a_stopped_schedule_can_be_resumed(world: World) -> None:
    """Once the reason is mended, resume forgets the failures and the next day's post comes."""
    farside = await world.start()
    schedule = await farside.add()
    world.channel.always = "refuse"
    await farside.until(START + 4 * DAY, HOUR)
    world.channel.always = None
    _, after = await farside.schedules.set_state(GUILD, schedule.number, ScheduleState.ACTIVE)
    assert (after.state, after.failures, after.reason) == (ScheduleState.ACTIVE, 0, None)
    await farside.until(START + 5 * DAY, HOUR)
    assert world.channel.days() == [START.date() + 4 * DAY]


async def test_a_post_that_got_through_forgets_the_refusals_before_it(world: World) -> None:
    """Only refusals in a row stop a schedule."""
    farside = await world.start()
    await farside.add()
    world.channel.plan = ["refuse", "refuse"]
    await farside.until(START + 3 * DAY, HOUR)
    world.channel.plan = ["refuse", "refuse"]
    await farside.until(START + 6 * DAY, HOUR)
    [schedule] = await farside.schedules.list_schedules(GUILD)
    assert (schedule.state, schedule.failures) == (ScheduleState.ACTIVE, 0)
    assert len(world.channel.messages) == 2


@of_facts
async def test_a_refused_fact_goes_back_into_the_pool(world: World) -> None:
    """A fact that nobody saw is not counted as posted."""
    farside = await world.start()
    await farside.add()
    world.channel.plan = ["refuse"]
    await farside.until(START + 6 * DAY, HOUR)
    assert len({sent.fact.id for sent in world.channel.messages}) == 5


@pytest.mark.parametrize(("late", "is_sent"), [(3 * HOUR, True), (3 * HOUR + MINUTE, False)])
async def test_after_downtime_a_post_up_to_three_hours_late_is_sent(
    world: World, late: timedelta, is_sent: bool
) -> None:
    """Up to three hours late a post is sent and says so; later it is skipped, and the log says why."""
    farside = await world.start()
    await farside.add()
    await world.kill(farside)
    await world.clock.move_to(START + HOUR + late)
    farside = await world.start()
    await farside.quiet()
    assert [sent.is_late for sent in world.channel.messages] == ([True] if is_sent else [])
    [entry] = await farside.schedules.list_log(GUILD, 10)
    assert entry.state is (PostState.SENT if is_sent else PostState.MISSED)
    assert entry.reason == (None if is_sent else "Farside was not running in time")


async def test_days_of_downtime_are_one_line_and_one_post_is_sent(world: World) -> None:
    """A week away leaves one row for all its days; a post still in time is sent; no burst of old ones."""
    farside = await world.start()
    await farside.add()
    await world.kill(farside)
    await world.clock.move_to(START + 7 * DAY + 2 * HOUR)
    farside = await world.start()
    await farside.quiet()
    assert world.channel.days() == [START.date() + 7 * DAY]
    sent, missed = await farside.schedules.list_log(GUILD, 50)
    assert (sent.on, sent.state) == (START.date() + 7 * DAY, PostState.SENT)
    assert (missed.first_on, missed.on, missed.state) == (
        START.date(),
        START.date() + 6 * DAY,
        PostState.MISSED,
    )


async def test_one_missed_day_is_no_span(world: World) -> None:
    """A single day that was missed is logged as itself, and a year as one line."""
    farside = await world.start()
    await farside.add()
    await world.kill(farside)
    await world.clock.move_to(START + DAY)
    farside = await world.start()
    await farside.quiet()
    [entry] = await farside.schedules.list_log(GUILD, 50)
    assert (entry.first_on, entry.on) == (None, START.date())
    await world.kill(farside)
    await world.clock.move_to(START + 365 * DAY)
    farside = await world.start()
    await farside.quiet()
    entry, _ = await farside.schedules.list_log(GUILD, 50)
    assert (entry.first_on, entry.on) == (START.date() + DAY, START.date() + 364 * DAY)


async def test_a_clock_moved_a_day_ahead_and_back_doubles_nothing(world: World) -> None:
    """A local day that has had its post has no second one, wherever the clock goes."""
    farside = await world.start()
    await farside.add()
    for hours in (1, 25, 1, 2, 25, 26, 49, 1, 49, 73):
        await world.clock.move_to(START + hours * HOUR)
        await farside.quiet()
    assert max(Counter(world.channel.days()).values()) == 1
    assert START.date() + 3 * DAY in world.channel.days()


async def test_a_clock_that_was_years_ahead_is_mended_at_start(world: World) -> None:
    """A machine that booted in a wrong year does not silence its schedules until that year."""
    farside = await world.start()
    await farside.add()
    await world.clock.move_to(START + 3000 * DAY)
    await farside.quiet()
    await world.kill(farside)
    await world.clock.move_to(START + 2 * HOUR)
    farside = await world.start()
    await farside.until(START + 3 * DAY, HOUR)
    assert {START.date() + DAY, START.date() + 2 * DAY} <= set(world.channel.days())
    assert max(Counter(world.channel.days()).values()) == 1


@pytest.mark.parametrize("is_up", [True, False])
@pytest.mark.parametrize("ahead", [10 * HOUR, 40 * HOUR, 400 * DAY])
async def test_a_clock_that_was_ahead_at_boot_skips_nothing(
    world: World, is_up: bool, ahead: timedelta
) -> None:
    """A clock mended seconds after the start, or before the next one, leaves today's post to its time."""
    farside = await world.start()
    await farside.add()
    await world.kill(farside)
    await world.clock.forward(ahead)
    farside = await world.start()
    await farside.quiet()
    assert world.channel.messages == []
    if not is_up:
        await world.kill(farside)
    await world.clock.move_to(START + MINUTE)
    if not is_up:
        farside = await world.start()
    await farside.quiet()
    await farside.until(START + HOUR, 10 * MINUTE)
    await farside.until(START + 3 * DAY, HOUR)
    assert [sent.at for sent in world.channel.messages] == [START + HOUR + n * DAY for n in range(3)]
    assert [state for _, state in await farside.log()] == [PostState.SENT] * 3


async def test_days_missed_before_a_clock_went_ahead_stay_missed(world: World) -> None:
    """What was missed by the right clock is noted so, what only the wrong one missed is posted."""
    farside = await world.start()
    await farside.add()
    await world.kill(farside)
    await world.clock.move_to(START + 5 * DAY + 10 * HOUR)
    farside = await world.start()
    await farside.quiet()
    await world.clock.move_to(START + 5 * DAY)
    await farside.quiet()
    await farside.until(START + 5 * DAY + 2 * HOUR, 10 * MINUTE)
    sent, missed = await farside.schedules.list_log(GUILD, 50)
    assert (sent.on, sent.state) == (START.date() + 5 * DAY, PostState.SENT)
    assert (missed.first_on, missed.on) == (START.date(), START.date() + 4 * DAY)


async def test_a_post_given_up_by_a_wrong_clock_is_taken_up_again(world: World) -> None:
    """A post on its way when the machine died is looked for once the clock is right, and sent once."""
    farside = await world.start()
    await farside.add()
    world.channel.plan = ["hang"]
    await world.clock.move_to(START + HOUR)
    await asyncio.wait_for(world.channel.hanging.wait(), PATIENCE)
    await world.kill(farside)
    await world.clock.forward(10 * HOUR)
    farside = await world.start()
    await farside.quiet()
    assert await farside.log() == [(START.date(), PostState.MISSED)]
    await world.clock.move_to(START + HOUR + MINUTE)
    await farside.quiet()
    await farside.until(START + 2 * HOUR, MINUTE)
    assert await farside.log() == [(START.date(), PostState.SENT)]
    assert len(world.channel.messages) == 1


async def test_a_schedule_added_by_a_wrong_clock_begins_by_the_right_one(world: World) -> None:
    """What was worked out in a future that did not come is worked out again."""
    farside = await world.start()
    await world.clock.forward(20 * HOUR)
    await farside.add()
    await world.clock.move_to(START)
    await farside.quiet()
    await farside.until(START + 2 * HOUR, 10 * MINUTE)
    assert [sent.at for sent in world.channel.messages] == [START + HOUR]


@of_facts
async def test_where_nothing_can_be_looked_up_nothing_is_sent_again(world: World) -> None:
    """After a crash, without the right to read, the post is left alone and logged as unknown."""
    farside = await world.start()
    await farside.add()
    world.channel.plan = ["hang after"]
    await world.clock.move_to(START + HOUR)
    await asyncio.wait_for(world.channel.hanging.wait(), PATIENCE)
    await world.kill(farside)
    world.channel.plan = ["blind"]
    await world.clock.forward(30 * MINUTE)
    farside = await world.start()
    await farside.quiet()
    assert len(world.channel.messages) == 1
    [entry] = await farside.schedules.list_log(GUILD, 5)
    assert (entry.state, entry.reason) == (PostState.UNKNOWN, "Farside may not read the history")
    [schedule] = await farside.schedules.list_schedules(GUILD)
    assert (schedule.failures, schedule.is_active) == (0, True)
    await farside.until(START + 5 * DAY, HOUR)
    posted = [sent.fact.id for sent in world.channel.messages]
    assert len(set(posted)) == len(posted) == 5  # what may have been seen does not come again


async def test_whoever_made_a_schedule_is_told_that_it_stopped(world: World) -> None:
    """Three refusals in a row stop it, and its maker gets word by direct message, once."""
    farside = await world.start()
    await farside.add()
    world.channel.always = "refuse"
    await farside.until(START + 2 * DAY + 30 * MINUTE, HOUR)
    assert world.channel.told == []
    await farside.until(START + 5 * DAY, HOUR)
    [schedule] = world.channel.told
    assert (schedule.created_by, schedule.state, schedule.failures) == (OWNER, ScheduleState.STOPPED, 3)
    assert farside.daily.take_untold(GUILD, OWNER) == []
    await world.kill(farside)
    farside = await world.start()
    assert farside.daily.take_untold(GUILD, OWNER) == []


async def test_what_schedules_leave_that_post_no_more_goes(world: World) -> None:
    """What became of posts is kept for 400 days, and of a schedule that was removed nothing then."""
    farside = await world.start()
    removed, paused, active = [await farside.add() for _ in range(3)]
    await farside.until(START + 3 * DAY, HOUR)
    await farside.schedules.set_state(GUILD, removed.number, ScheduleState.REMOVED)
    await farside.schedules.set_state(GUILD, paused.number, ScheduleState.PAUSED)
    retention = Retention(farside.database, world.clock, timedelta(days=400))

    async def left() -> list[tuple[int, int]]:
        await retention.prune_schedules()
        rows = "SELECT s.number, count(p.id) FROM schedules s LEFT JOIN posts p ON p.schedule_id = s.id"
        return [tuple(row) for row in rows_of(world.where, f"{rows} GROUP BY s.number ORDER BY s.number")]

    assert await left() == [(1, 3), (2, 3), (3, 3)]
    await farside.schedules.set_state(GUILD, active.number, ScheduleState.PAUSED)
    await world.clock.forward(399 * DAY)
    assert await left() == [(1, 1), (2, 1), (3, 1)]
    await world.clock.forward(2 * DAY)
    assert await left() == [(2, 0), (3, 0)]


async def test_posts_go_a_few_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of schedules with years of posts only so many go in one step: presses wait for no more."""
    monkeypatch.setattr("bot.store.schedules.STEP", 2)
    farside = await world.start()
    for _ in range(2):
        await farside.add()
    await farside.until(START + 5 * DAY, HOUR)
    for number in (1, 2):
        await farside.schedules.set_state(GUILD, number, ScheduleState.REMOVED)
    before, after = (START + 9 * DAY).date(), (0, 0)
    count = [10]
    while last := await farside.database.write_aside(partial(prune_idle, after=after, before=before)):
        after = last
        count += rows_of(world.where, "SELECT count(*) FROM posts")[0]
    assert {more - fewer for more, fewer in pairwise(count)} <= {0, 1, 2}
    assert rows_of(world.where, "SELECT * FROM schedules") == []


async def test_word_that_has_arrived_is_noted_in_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the database is away just then it is noted later, so that nobody is told twice."""
    farside = await world.start()
    await farside.add()
    database, refusals = farside.database, [NotSaved(), NotSaved()]
    write = database.write

    async def refuse(job: Any) -> Any:
        if getattr(job, "func", None) is mark_told and refusals:
            raise refusals.pop()
        return await write(job)

    monkeypatch.setattr(database, "write", refuse)
    monkeypatch.setattr("bot.services.daily.PATIENT", Pauses((0.0,)))
    world.channel.always = "refuse"
    await farside.until(START + 5 * DAY, HOUR)
    assert refusals == []
    await world.kill(farside)
    farside = await world.start()
    assert len(world.channel.told) == 1
    assert farside.daily.take_untold(GUILD, OWNER) == []


async def test_a_maker_who_takes_no_messages_is_told_at_the_next_command(world: World) -> None:
    """Where no direct message gets through, the word waits in the store for the maker, in that server."""
    world.channel.is_open = False
    farside = await world.start()
    await farside.add()
    world.channel.always = "refuse"
    await farside.until(START + 4 * DAY, HOUR)
    await world.kill(farside)
    farside = await world.start()
    assert len(world.channel.told) == 1
    assert farside.daily.take_untold(GUILD + 1, OWNER) == farside.daily.take_untold(GUILD, OWNER + 1) == []
    [schedule] = farside.daily.take_untold(GUILD, OWNER)
    assert schedule.reason == "Farside may not send messages in the channel"
    await farside.daily.mark_told([schedule])
    assert farside.daily.take_untold(GUILD, OWNER) == []
    await world.kill(farside)
    farside = await world.start()
    assert farside.daily.take_untold(GUILD, OWNER) == []


async def test_a_thread_that_sleeps_pauses_its_schedule(world: World) -> None:
    """A locked thread stops nothing: its post waits, is sent when the thread is opened, and days go on."""
    farside = await world.start()
    await farside.add()
    world.channel.always = "asleep"
    await farside.until(START + 2 * HOUR, MINUTE)
    [schedule] = await farside.schedules.list_schedules(GUILD)
    assert schedule.is_waiting
    assert schedule.reason == "its thread is archived and locked"
    assert len(world.channel.requests) < 10
    world.channel.always = None
    await farside.daily.wake(GUILD, CHANNEL + 1)
    assert world.channel.messages == []
    await farside.daily.wake(GUILD, CHANNEL)
    await farside.quiet()
    assert len(world.channel.messages) == 1
    [schedule] = await farside.schedules.list_schedules(GUILD)
    assert (schedule.is_waiting, schedule.reason) == (False, None)
    world.channel.always = "asleep"
    await farside.until(START + 9 * DAY, HOUR)
    [schedule] = await farside.schedules.list_schedules(GUILD)
    assert schedule.is_waiting
    assert {state for _, state in await farside.log()} == {PostState.SENT, PostState.MISSED}
    world.channel.always = None
    await farside.until(START + 10 * DAY, HOUR)
    [schedule] = await farside.schedules.list_schedules(GUILD)
    assert not schedule.is_waiting
    assert len(world.channel.messages) == 2


@of_facts
async def test_a_post_asked_for_by_hand_comes_beside_the_day_s_own(world: World) -> None:
    """It is sent at once, once for each request, with a fact of its own; the day's post comes as ever."""
    farside = await world.start()
    schedule = await farside.add()
    entry = await farside.daily.post_now(schedule, 5, patience=PATIENCE)
    assert (entry.state, entry.is_extra, entry.message_id) == (PostState.SENT, True, 1)
    again = await farside.daily.post_now(schedule, 5, patience=0)
    assert again == entry
    await farside.until(START + 2 * HOUR, HOUR)
    first, second = world.channel.messages
    assert first.post.on == second.post.on == START.date()
    assert first.fact != second.fact
    assert not first.is_late


@of_challenges
async def test_an_announcement_asked_for_by_hand_takes_no_fact(world: World) -> None:
    """It comes beside the day's own, also where the bank has no facts, and none counts as posted."""
    farside = await world.start()
    world.shelf.facts = {}
    schedule = await farside.add()
    await farside.until(START + timedelta(days=1), timedelta(hours=1))
    entry = await farside.daily.post_now(schedule, 5, patience=PATIENCE)
    assert entry.state is PostState.SENT
    assert [sent.post.is_extra for sent in world.channel.messages] == [False, True]
    assert await farside.database.read(lambda tx: list_posted(tx, GUILD)) == set()


@of_facts
async def test_a_post_by_hand_tells_what_stands_in_its_way(world: World) -> None:
    """A refusal is told and counts against nobody; a paused schedule can be tried out; no facts, no post."""
    farside = await world.start()
    schedule = await farside.add()
    await farside.schedules.set_state(GUILD, schedule.number, ScheduleState.PAUSED)
    world.channel.plan = ["refuse"]
    entry = await farside.daily.post_now(schedule, 1, patience=PATIENCE)
    assert (entry.state, entry.reason) == (PostState.FAILED, "Farside may not send messages in the channel")
    entry = await farside.daily.post_now(schedule, 2, patience=PATIENCE)
    assert entry.state is PostState.SENT
    [schedule] = await farside.schedules.list_schedules(GUILD)
    assert schedule.failures == 0
    world.shelf.facts = {}
    with pytest.raises(NotFound, match="no facts"):
        await farside.daily.post_now(schedule, 3, patience=0)


@of_facts
async def test_the_preview_shows_the_fact_that_is_posted(world: World) -> None:
    """What the next post is said to be is what it is, each day."""
    farside = await world.start()
    schedule = await farside.add()
    for day in range(12):
        [slot] = await farside.schedules.next_slots(schedule, 1)
        expected = await farside.schedules.next_fact(schedule, slot)
        await farside.until(START + day * DAY + 2 * HOUR, HOUR)
        assert world.channel.messages[-1].fact == expected


@of_facts
async def test_a_schedule_keeps_to_its_topic(world: World) -> None:
    """A schedule on one topic posts that topic's facts in turn, and says so when the bank has none left."""
    world.shelf.facts = {f"f-{n}": replace(fact(n), id=f"f-{n}", topic="ab"[n % 2]) for n in range(6)}
    farside = await world.start()
    schedule = await farside.add(topic="a")
    assert await farside.schedules.silence(schedule) is None
    await farside.until(START + 6 * DAY, HOUR)
    posted = [sent.fact.id for sent in world.channel.messages]
    assert set(posted[:3]) == set(posted[3:]) == {"f-0", "f-2", "f-4"}
    world.shelf.facts = {"f-1": world.shelf.facts["f-1"]}
    assert await farside.schedules.silence(schedule) == NO_TOPIC
    await farside.until(START + 7 * DAY, HOUR)
    assert (await farside.schedules.list_log(GUILD, 1))[0].reason == NO_TOPIC


async def test_the_same_command_delivered_twice_adds_one_schedule(world: World) -> None:
    """A dispatch that Discord delivers twice makes one schedule."""
    farside = await world.start()
    first, second = await farside.add(request_id=7), await farside.add(request_id=7)
    assert first == second
    assert len(await farside.schedules.list_schedules(GUILD)) == 1


async def test_two_processes_on_one_file_post_once(world: World) -> None:
    """Two processes that both find the slot due send one message between them."""
    farside = await world.start()
    await farside.add()
    other = await world.start()
    await world.clock.move_to(START + HOUR)
    farside.timers.notice(world.clock.now())
    other.timers.notice(world.clock.now())
    await asyncio.gather(farside.quiet(), other.quiet())
    assert len(world.channel.messages) == 1


async def test_paused_and_removed_schedules_do_not_post(world: World) -> None:
    """A paused schedule is silent until resumed, a removed one for good; its log stays."""
    farside = await world.start()
    paused, removed = await farside.add(), await farside.add(at=time(10))
    await farside.until(START + 3 * HOUR, HOUR)
    await farside.schedules.set_state(GUILD, paused.number, ScheduleState.PAUSED)
    await farside.schedules.set_state(GUILD, removed.number, ScheduleState.REMOVED)
    await farside.until(START + 2 * DAY + 3 * HOUR, HOUR)
    assert len(world.channel.messages) == 2
    await farside.schedules.set_state(GUILD, paused.number, ScheduleState.ACTIVE)
    await farside.until(START + 3 * DAY + 3 * HOUR, HOUR)
    assert len(world.channel.messages) == 3
    assert [s.number for s in await farside.schedules.list_schedules(GUILD)] == [paused.number]
    assert len(await farside.log()) == 3
    with pytest.raises(NotFound, match="/schedule list"):
        await farside.schedules.set_state(GUILD, removed.number, ScheduleState.ACTIVE)


async def test_a_post_waiting_for_discord_is_dropped_when_its_schedule_is_paused(world: World) -> None:
    """A pause holds also for a post that is being tried again."""
    farside = await world.start()
    schedule = await farside.add()
    world.channel.always = "down"
    await farside.until(START + HOUR + MINUTE, MINUTE)
    await farside.schedules.set_state(GUILD, schedule.number, ScheduleState.PAUSED)
    world.channel.always = None
    await farside.until(START + 3 * HOUR, MINUTE)
    assert world.channel.messages == []
    assert await farside.log() == [(START.date(), PostState.MISSED)]


async def test_a_new_time_zone_moves_the_schedules_that_follow_it(world: World) -> None:
    """A schedule without a zone of its own follows the server's, and never posts a date twice."""
    farside = await world.start()
    following, own = await farside.add(), await farside.add(timezone="UTC", at=time(9, 30))
    await farside.until(START + 2 * HOUR, HOUR)
    await farside.settings.set_timezone(GUILD, ZoneInfo("Pacific/Honolulu"))
    schedules = {schedule.id: schedule for schedule in await farside.schedules.list_schedules(GUILD)}
    assert schedules[following.id].zone.key == "Pacific/Honolulu"
    assert schedules[own.id].next_at == START + DAY + HOUR + 30 * MINUTE
    await farside.until(START + 3 * DAY, HOUR)
    of_following = [sent for sent in world.channel.messages if sent.post.due_at.minute == 0]
    assert [sent.post.on.day for sent in of_following] == [1, 2, 3]
    assert [sent.at.hour for sent in of_following] == [9, 19, 19]


async def test_a_server_has_only_so_many_schedules(world: World) -> None:
    """One more than fit into the suggestions is refused with a way on."""
    farside = await world.start()
    for _ in range(MOST_SCHEDULES):
        await farside.add()
    with pytest.raises(Conflict, match="/schedule remove"):
        await farside.add()


@of_facts
async def test_a_fact_that_left_the_bank_is_replaced(world: World) -> None:
    """A bank changed between claim and send still gives a post."""
    farside = await world.start()
    await farside.add()
    world.channel.plan = ["down"]
    await farside.until(START + HOUR, HOUR)
    world.shelf.facts = {"fact-9": fact(9)}
    await farside.until(START + 2 * HOUR, MINUTE)
    assert [sent.fact.id for sent in world.channel.messages] == ["fact-9"]


@of_facts
async def test_a_bank_without_facts_is_logged(world: World) -> None:
    """A bank of questions alone posts nothing, and the log says why."""
    world.shelf.facts = {}
    farside = await world.start()
    await farside.add()
    await farside.until(START + 2 * HOUR, HOUR)
    [entry] = await farside.schedules.list_log(GUILD, 10)
    assert (entry.state, entry.reason) == (PostState.MISSED, "the question bank has no facts to post")


@of_facts
async def test_a_thousand_schedules_of_one_minute_are_all_sent_once(world: World) -> None:
    """A full hour at which everybody posts is worked off a few at a time, each once."""
    farside = await world.start()
    for guild_id in range(1, 1001):
        await farside.add(guild_id=guild_id, channel_id=guild_id)
    await world.clock.move_to(START + HOUR)
    await farside.quiet()
    assert Counter(sent.post.channel_id for sent in world.channel.messages) == Counter(range(1, 1001))
    assert world.channel.most_at_once <= 16


@of_facts
async def test_while_discord_is_down_the_queue_as_a_whole_waits(world: World) -> None:
    """Two hundred posts due at once do not knock two hundred times a minute at a closed door."""
    farside = await world.start()
    for guild_id in range(1, 201):
        await farside.add(guild_id=guild_id, channel_id=guild_id)
    world.channel.always = "down"
    await farside.until(START + HOUR + 10 * MINUTE, timedelta(seconds=10))
    assert len(world.channel.requests) < 200
    world.channel.always = None
    await farside.until(START + 3 * HOUR, MINUTE)
    assert Counter(sent.post.channel_id for sent in world.channel.messages) == Counter(range(1, 201))


@pytest.mark.parametrize("seed", range(4 * TIMES))
async def test_whatever_happens_no_local_day_is_posted_twice(world: World, seed: int) -> None:
    """Any order of faults, kills, pauses and jumps of the clock keeps one message a schedule and day."""
    dice = random.Random(seed)
    farside = await world.start()
    for _ in range(3):
        zone = dice.choice(["Europe/Berlin", "Pacific/Apia", "UTC"])
        await farside.add(at=time(dice.randrange(24)), timezone=zone)
    faults = [None, None, "refuse", "down", "lost", "hang", "hang after"]
    for _ in range(60):
        world.channel.plan = [fault for fault in dice.choices(faults, k=3) if fault]
        await world.clock.forward(timedelta(minutes=dice.choice([-1500, -30, 0, 1, 5, 60, 180, 720, 1500])))
        for _ in range(dice.randrange(200)):
            await asyncio.sleep(0)
        if dice.random() < 0.4 or world.channel.hanging.is_set():
            await world.kill(farside)
            world.channel.hanging.clear()
            farside = await world.start()
        if dice.random() < 0.2:
            number, state = dice.randrange(1, 4), dice.choice([ScheduleState.PAUSED, ScheduleState.ACTIVE])
            await farside.schedules.set_state(GUILD, number, state)
    world.channel.plan = []
    await world.kill(farside)
    farside = await world.start()
    await farside.quiet()
    posted = Counter(sent.post.marker for sent in world.channel.messages)
    assert max(posted.values(), default=0) <= 1
    log = [e for e in await farside.schedules.list_log(GUILD, 1000) if e.state is PostState.SENT]
    messages = {sent.id: sent for sent in world.channel.messages}
    assert len({entry.message_id for entry in log}) == len(log)
    assert all(messages[entry.message_id or 0].post.on == entry.on for entry in log)
