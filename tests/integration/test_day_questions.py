"""The question of the day on a real database of either kind, by a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import pytest

from bot.errors import BadInput, NotFound
from bot.quiz.day import DayAnswer, DayOutcome, DayQuestion
from bot.quiz.game import AlreadyAnswered
from bot.quiz.press import Press
from bot.quiz.question import Fact
from bot.quiz.schedule import Post, Schedule, ScheduleState
from bot.quiz.slots import EVERY_DAY
from bot.services.day_questions import Closed, Day, DayQuestions
from bot.services.games import Play
from bot.services.library import Library
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.day_questions import list_to_show, note_message, prune_days
from tests.engines import Where, rows_of
from tests.fakes import FakeClock
from tests.questions import SOURCE, bank

GUILD, CHANNEL, ANN, BEN, CAT = 11, 22, 1001, 1002, 1003
DAY = timedelta(days=1)
FACT = Fact("elsewhere", "nothing", 1, "A statement.", "Why.", SOURCE)


class House:
    """The questions of one schedule, and hands that post and press."""

    def __init__(self, where: Where, database: Database, clock: FakeClock) -> None:
        self.where = where
        self.database = database
        self.clock = clock
        self.shown: list[int] = []
        self.can_show = True
        self.posted = 0
        self.begin()

    @classmethod
    async def lay(cls, where: Where) -> Self:
        """Open a new database."""
        return cls(where, await Database.open(where), FakeClock(datetime(2026, 3, 1, 9, tzinfo=UTC)))

    def begin(self) -> None:
        """Begin as a new process does."""
        timers = Timers(self.database, self.clock)
        library = Library(bank(), Path("questions"))
        play = Play.join(self.database, library, self.clock, timers)
        self.settings = SettingsService(self.database, self.clock, timers)
        self.days = DayQuestions(self.database, self.clock, timers, play, library, self.settings)
        self.days.show_in(self)
        self.timers = timers

    async def show(self, guild_id: int, post_id: int) -> bool:
        """Note that a message was edited."""
        assert guild_id == GUILD
        self.shown.append(post_id)
        return self.can_show

    def post(self, *, is_extra: bool = False) -> Post:
        """Return this day's post."""
        now = self.clock.now()
        schedule = Schedule(
            id=7,
            guild_id=GUILD,
            number=1,
            channel_id=CHANNEL,
            at=time(9),
            days=EVERY_DAY,
            timezone="UTC",
            zone=ZoneInfo("UTC"),
            role_id=None,
            topic=None,
            created_by=1,
            state=ScheduleState.ACTIVE,
            reason=None,
            failures=0,
            is_told=True,
            next_on=None,
            next_at=None,
            armed_at=None,
        )
        self.posted += 1
        return Post(self.posted, schedule, now.date(), now, "fact", "marker", 0, None, is_extra)

    def again(self, post_id: int) -> Post:
        """Return the post of that id, as it is prepared again."""
        self.posted = post_id - 1
        return self.post()

    async def send(self, *, arrives: bool = True) -> tuple[int, Day]:
        """Prepare a post and have it arrive, or not; return its id and what it shows."""
        post = self.post()
        day = await self.days.prepare(post, FACT)
        if arrives:
            await self.database.write(lambda tx: note_message(tx, GUILD, post.id, 500 + post.id))
        return post.id, day

    def press(self, player: int, after: timedelta = timedelta(seconds=1), channel: int = CHANNEL) -> Press:
        """Return a press of this moment, more or less."""
        return Press(1, GUILD, channel, 501, player, f"Name {player}", self.clock.now() + after, "account")

    async def answer(self, player: int, post_id: int, option: int = 0) -> DayAnswer:
        """Answer, and return what stands."""
        stands = await self.days.submit(self.press(player), post_id, option)
        assert isinstance(stands, DayAnswer)
        return stands


@pytest.fixture
async def house(where: Where) -> AsyncIterator[House]:
    """Yield a house on a database of its own."""
    laid = await House.lay(where)
    yield laid
    await laid.database.close()


def own(day: Day) -> DayQuestion:
    """Return the question that a post asks."""
    assert isinstance(day.own, DayQuestion)
    return day.own


async def test_a_post_has_one_question_however_often_it_is_prepared(house: House) -> None:
    """Also by a process that begins anew between two tries."""
    post = house.post()
    first = await house.days.prepare(post, FACT)
    again = await house.days.prepare(post, FACT)
    house.begin()
    assert own(await house.days.prepare(post, FACT)).asked == own(again).asked == own(first).asked
    assert own(first).closes_at == house.clock.now() + DAY


async def test_the_first_press_stands(house: House) -> None:
    """Pressed by many at once, again, by nobody known, or where no button was."""
    post_id, _ = await house.send()
    stands = await asyncio.gather(
        *(house.answer(player, post_id, player % 4) for player in range(2000, 2040))
    )
    assert {one.option for one in stands} == {0, 1, 2, 3}
    with pytest.raises(AlreadyAnswered):
        await house.answer(2001, post_id, 2)
    assert await house.answer(2001, post_id, 1) == DayAnswer(1, 1)
    with pytest.raises(BadInput):
        await house.answer(ANN, post_id, 4)
    with pytest.raises(NotFound):
        await house.answer(ANN, 99)
    with pytest.raises(NotFound):
        await house.days.submit(house.press(ANN, channel=5), post_id, 0)
    assert rows_of(house.where, "SELECT count(*) FROM day_answers") == [(40,)]


async def test_the_next_post_tells_how_it_went(house: House) -> None:
    """Counts, names, and the runs of those who answer day after day; a missed day ends a run."""
    first, _ = await house.send()
    for player in (ANN, BEN, CAT):
        await house.answer(player, first)
    await house.clock.forward(DAY)
    second, day = await house.send()
    assert day.told is not None
    assert day.told.answered == 3
    assert day.told.runs == []
    key = day.told.asked.key_index
    assert list(day.told.right) == (["Name 1001", "Name 1002", "Name 1003"] if key == 0 else [])
    assert (await house.answer(BEN, second)).days == 2
    assert (await house.answer(ANN, second)).days == 2
    await house.clock.forward(DAY)
    third, day = await house.send()
    assert day.told is not None
    assert [run[1] for run in day.told.runs] == [2, 2]
    assert (await house.answer(ANN, third)).days == 3
    assert (await house.answer(CAT, third)).days == 1


async def test_a_post_that_never_arrived_ends_no_run(house: House) -> None:
    """Its question was asked of nobody; the next post tells the one before it."""
    first, _ = await house.send()
    await house.answer(ANN, first)
    await house.clock.forward(DAY)
    await house.send(arrives=False)
    await house.clock.forward(DAY)
    third, day = await house.send()
    assert day.told is not None
    assert day.told.question.post_id == first
    assert (await house.answer(ANN, third)).days == 2


async def test_whoever_comes_too_late_is_told(house: House) -> None:
    """Discord's clock decides; the answer is told to whoever presses what is left."""
    post_id, _ = await house.send()
    await house.answer(ANN, post_id, 2)
    for player, answered in ((ANN, True), (BEN, False)):
        told = await house.days.submit(house.press(player, DAY + timedelta(milliseconds=1)), post_id, 1)
        assert isinstance(told, Closed)
        assert (told.answer is not None) == answered
    assert isinstance(await house.days.submit(house.press(BEN, DAY), post_id, 1), DayAnswer)


async def test_an_answer_that_is_told_earlier_closes_its_question(house: House) -> None:
    """The next post comes before its time, by another time zone: no press counts from then on."""
    first, _ = await house.send()
    await house.clock.forward(timedelta(hours=20))
    await house.send()
    assert isinstance(await house.days.submit(house.press(ANN), first, 0), Closed)


async def test_the_message_shows_how_it_went(house: House) -> None:
    """A minute after the close, once; anew when an answer that was in time is heard later."""
    running = asyncio.create_task(house.timers.run())
    post_id, _ = await house.send()
    await house.clock.forward(DAY + timedelta(seconds=30))
    await until(house, lambda: True)
    assert house.shown == []
    await house.clock.forward(timedelta(seconds=31))
    await until(house, lambda: house.shown == [post_id])
    shown = await house.days.prepare(house.again(post_id), FACT)
    assert isinstance(shown.own, DayOutcome)
    in_time = house.press(ANN, -timedelta(minutes=2))
    assert isinstance(await house.days.submit(in_time, post_id, 0), DayAnswer)
    await house.clock.forward(timedelta(seconds=1))
    await until(house, lambda: house.shown == [post_id, post_id])
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.parametrize("can_show", [True, False])
async def test_a_message_that_waited_long_is_tried_once(house: House, can_show: bool) -> None:
    """After days in which nothing ran a message shows how it went; one that cannot is then let be."""
    house.can_show = can_show
    post_id, _ = await house.send()
    house.begin()
    await house.clock.forward(timedelta(days=3))
    running = asyncio.create_task(house.timers.run())
    await until(house, lambda: house.shown == [post_id])
    for _ in range(400):
        if not await house.database.read(lambda tx: list_to_show(tx, house.clock.now(), 9)):
            break
    else:
        pytest.fail("it is to be tried once more")
    assert house.shown == [post_id]
    running.cancel()
    await asyncio.wait([running])


async def until(house: House, condition: Callable[[], bool]) -> None:
    """Let what is under way go on until something holds, or fail."""
    for _ in range(400):
        if condition():
            return
        await house.database.read(lambda tx: tx.execute("SELECT 1").fetchone())
    raise AssertionError(f"shown: {house.shown}")


async def test_a_server_without_questions(house: House) -> None:
    """It has no rows, but for the answer that it owes."""
    await house.settings.set_asks_daily(GUILD, asks_daily=False)
    _, day = await house.send()
    assert day == Day()
    await house.settings.set_asks_daily(GUILD, asks_daily=True)
    first, _ = await house.send()
    await house.settings.set_asks_daily(GUILD, asks_daily=False)
    await house.clock.forward(DAY)
    _, day = await house.send()
    assert day.own is None
    assert day.told is not None
    assert day.told.question.post_id == first
    _, day = await house.send()
    assert day == Day()


async def test_a_post_by_hand_asks_nothing(house: House) -> None:
    """It belongs to no day."""
    assert await house.days.prepare(house.post(is_extra=True), FACT) == Day()


async def test_old_ones_go(house: House) -> None:
    """Questions and answers of longer ago than they are kept are deleted, a part at a time."""
    first, _ = await house.send()
    for player in range(2000, 2010):
        await house.answer(player, first)
    await house.clock.forward(DAY)
    await house.send()
    before = house.clock.now() - timedelta(hours=1)
    assert await house.database.write(lambda tx: prune_days(tx, before, 4)) == 4
    assert await house.database.write(lambda tx: prune_days(tx, before, 100)) == 7
    assert await house.database.write(lambda tx: prune_days(tx, before, 100)) == 0
    assert rows_of(house.where, "SELECT post_id FROM day_questions") == [(2,)]
