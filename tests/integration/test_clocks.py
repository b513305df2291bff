"""Games while the machine's clock is set, either way: the loop of timers at work, Discord's clock going on.

Nothing stalls, and nothing closes early: a round is open for as long as it says, whatever our clock shows.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quiz.game import Cause, Game, Pace, Round, Rules
from bot.quiz.press import Press
from bot.quiz.showing import RoundShowing
from bot.services.discord_clock import DiscordClock
from bot.services.games import ALONE, CLOSE, IDLE, NEXT, Play
from bot.services.games.votes import Wish
from bot.services.library import Library
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.timers import Timer, clear_timer, set_timer
from tests.bounds import PATIENCE
from tests.fakes import START, FakeClock
from tests.integration.test_games import ANN, BEN, CHANNEL, GUILD, snowflake
from tests.laws import tried
from tests.questions import bank, dice

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
JUMPS = [-20 * MINUTE, -2 * SECOND, 3 * SECOND, 10 * HOUR, -400 * timedelta(days=1)]


class Evening:
    """A game on a machine whose clock is not to be trusted. `passed` is the time that really passes."""

    def __init__(self, database: Database, path: Path, *, is_steady: bool = True) -> None:
        self.database = database
        self.clock = FakeClock(is_steady=is_steady)
        self.discords = DiscordClock(self.clock)
        self.timers = Timers(database, self.discords)
        self.timers.before_looks(self.discords.follow)
        self.play = Play.join(database, Library(bank(), path), self.discords, self.timers, dice())
        self.closed: asyncio.Queue[RoundShowing] = asyncio.Queue()
        self.following: asyncio.Queue[RoundShowing | Game | None] = asyncio.Queue()
        self.ended: asyncio.Queue[Round] = asyncio.Queue()
        self._looks: asyncio.Queue[str] = asyncio.Queue()
        self._number = 0
        self.timers.on(CLOSE, self._close)
        self.timers.on(NEXT, self._go_on)
        self.timers.on(IDLE, self._end_unattended)
        self.timers.on(ALONE, lambda timer: self.play.solo.end_abandoned(timer.home_id, int(timer.ref)))
        self.timers.on("look", self._look)

    async def _close(self, timer: Timer) -> None:
        if (closed := await self.play.games.close(timer.home_id, int(timer.ref))) is not None:
            self.closed.put_nowait(closed)

    async def _go_on(self, timer: Timer) -> None:
        self.following.put_nowait(await self.play.games.go_on(timer.home_id, int(timer.ref)))

    async def _end_unattended(self, timer: Timer) -> None:
        if (ended := await self.play.games.end_unattended(timer.home_id, int(timer.ref))) is not None:
            self.ended.put_nowait(ended)

    async def _look(self, timer: Timer) -> None:
        await self.database.write(lambda tx: clear_timer(tx, timer.kind, timer.ref))
        self._looks.put_nowait(timer.ref)

    def at(self) -> Any:
        """Return the present instant by Discord's clock, which nobody sets."""
        return START + timedelta(seconds=self.clock.monotonic())

    def by(self, player: int, message: int | None = None) -> Press:
        """Return something that a player does now."""
        self._number += 1
        return Press(self._number, GUILD, CHANNEL, message, player, str(player), self.at())

    async def start(self, **rules: Any) -> Round:
        """Begin a game; return its first round, its message out, which tells of Discord's clock."""
        started = await self.play.games.start(self.by(ANN), Rules(**({"seconds": 30} | rules)))
        assert started is not None
        self.discords.observe(self.clock.monotonic(), self.at())
        opened = await self.play.games.open(started.round.home_id, started.round.id, snowflake(self.at()))
        assert opened is not None
        return opened

    async def settle(self) -> None:
        """Return when the loop has looked, and done what was due."""
        for name in ("first", "second"):  # what the first look began may have set another timer
            timer = Timer("look", name, self.discords.now())
            await self.database.write(lambda tx, timer=timer: set_timer(tx, timer))  # type: ignore[misc]
            self.timers.notice(timer.due_at)
            assert await asyncio.wait_for(self._looks.get(), PATIENCE) == name
            await self.database.write(lambda _: None)

    async def passes(self, by: timedelta) -> None:
        """Let time pass."""
        await self.clock.forward(by)
        await self.settle()


@asynccontextmanager
async def playing(folder: Path, *, is_steady: bool = True) -> AsyncIterator[Evening]:
    """Run the loop on a new database."""
    database = await Database.open(folder / "farside.sqlite3")
    evening = Evening(database, folder, is_steady=is_steady)
    loop = asyncio.create_task(evening.timers.run())
    try:
        yield evening
    finally:
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop
        await database.close()


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    """The loop, running."""
    async with playing(tmp_path) as evening:
        yield evening


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_round_is_open_as_long_as_it_says(evening: Evening, jump: timedelta) -> None:
    """Set in the middle of a round, our clock neither closes it early nor keeps it open."""
    present = await evening.start()
    await evening.passes(10 * SECOND)
    await evening.clock.set_to(evening.clock.now() + jump)
    await evening.passes(19 * SECOND)
    assert evening.closed.empty()
    await evening.passes(1.2 * SECOND)
    closed = evening.closed.get_nowait()
    assert closed.round.closed_at == present.closes_at
    assert closed.round.cause is Cause.TIME


@pytest.mark.parametrize("jump", JUMPS)
async def test_nobody_has_to_look_for_it(evening: Evening, jump: timedelta) -> None:
    """The round closes by itself although nothing happens between the setting of the clock and its end."""
    await evening.start()
    await evening.clock.set_to(evening.clock.now() + jump)
    await evening.clock.forward(30.2 * SECOND)
    closed = await asyncio.wait_for(evening.closed.get(), PATIENCE)
    assert closed.round.cause is Cause.TIME


@pytest.mark.parametrize("jump", JUMPS)
async def test_skip_closes_at_once(evening: Evening, jump: timedelta) -> None:
    """A skip that is confirmed is done, whatever our clock shows."""
    await evening.start()
    await evening.passes(10 * SECOND)
    await evening.clock.set_to(evening.clock.now() + jump)
    await evening.play.votes.skip(Wish(evening.by(ANN)))
    await evening.passes(0.2 * SECOND)
    assert evening.closed.get_nowait().round.cause is Cause.SKIPPED


@pytest.mark.parametrize("jump", JUMPS)
async def test_the_pause_ends(evening: Evening, jump: timedelta) -> None:
    """The next question comes after a pause of the usual length."""
    await evening.start(questions=2)
    await evening.passes(30.2 * SECOND)
    await evening.clock.set_to(evening.clock.now() + jump)
    await evening.passes(4 * SECOND)
    assert evening.following.empty()
    await evening.passes(1.2 * SECOND)
    following = evening.following.get_nowait()
    assert isinstance(following, RoundShowing)
    assert following.round.number == 2


@pytest.mark.parametrize("jump", JUMPS)
async def test_an_untimed_hour_is_an_hour(evening: Evening, jump: timedelta) -> None:
    """An untimed question waits for an hour, not for what our clock makes of it."""
    present = await evening.start(pace=Pace.UNTIMED, seconds=None)
    await evening.clock.set_to(evening.clock.now() + jump)
    await evening.passes(59 * MINUTE)
    assert evening.ended.empty()
    await evening.passes(2 * MINUTE)
    assert evening.ended.get_nowait().id == present.id


async def test_nobody_is_sent_away_from_solo_play(evening: Evening) -> None:
    """A clock that is set forward by days ends no game that somebody plays alone."""
    showing = await evening.play.solo.start(evening.by(BEN), Rules(pace=Pace.UNTIMED))
    await evening.clock.set_to(evening.clock.now() + 3 * timedelta(days=1))
    await evening.passes(SECOND)
    answered = await evening.play.solo.answer(evening.by(BEN), showing.round.id, 0)
    assert len(answered.answers) == 1


async def test_what_a_message_tells_is_followed(evening: Evening) -> None:
    """When a message shows that our clock was wrong from the start, open rounds close by Discord's."""
    await evening.clock.set_to(START - HOUR)
    started = await evening.play.games.start(evening.by(ANN), Rules(seconds=30))
    assert started is not None
    await evening.play.games.open(started.round.home_id, started.round.id, snowflake(evening.at()))
    evening.discords.observe(evening.clock.monotonic(), evening.at())
    await evening.passes(29 * SECOND)
    assert evening.closed.empty()
    await evening.passes(1.2 * SECOND)
    assert evening.closed.get_nowait().round.cause is Cause.TIME


@pytest.mark.parametrize("answer", ["set", "slept", None])
async def test_a_machine_that_may_have_slept(tmp_path: Path, answer: str | None) -> None:
    """Where a sleep of the machine is not counted, Discord tells whether time has passed; else it has."""
    asked = 0

    async with playing(tmp_path, is_steady=False) as evening:

        async def discord_time() -> datetime | None:
            nonlocal asked
            asked += 1
            said = {"set": evening.at(), "slept": evening.at() + HOUR, None: None}[answer]
            return said.replace(microsecond=0) if said is not None else None

        evening.discords.ask_by(discord_time)
        await evening.start()
        await evening.clock.set_to(evening.clock.now() + HOUR)
        await evening.settle()
        assert asked == 1
        assert evening.closed.empty() is (answer == "set")
        await evening.clock.set_to(evening.clock.now() - 2 * HOUR)
        await evening.passes(30.2 * SECOND)
        assert asked == 1, "time does not run backwards: nobody has to be asked"
        assert evening.closed.get_nowait().round.cause is Cause.TIME


async def test_a_machine_that_sleeps_again_while_discord_is_asked(tmp_path: Path) -> None:
    """Each of two sleeps counts, also when the second one falls into the question about the first."""
    async with playing(tmp_path, is_steady=False) as evening:
        slept = timedelta(0)

        async def sleep(lasts: timedelta) -> None:
            nonlocal slept
            slept += lasts
            await evening.clock.set_to(evening.clock.now() + lasts)

        async def discord_time() -> datetime:
            if slept == 5 * SECOND:
                await sleep(41 * SECOND)
            said: datetime = began + slept
            return said.replace(microsecond=0)

        evening.discords.ask_by(discord_time)
        began = evening.at()
        await evening.start()
        await sleep(5 * SECOND)
        await evening.settle()
        assert evening.closed.get_nowait().round.cause is Cause.TIME


async def test_set_back_in_the_midst_of_a_look(evening: Evening) -> None:
    """A clock that is set back while the loop looks what is due stalls nothing either."""
    await evening.start()
    await evening.settle()
    is_set = asyncio.Event()

    async def jump() -> None:
        if not is_set.is_set():
            is_set.set()
            await evening.clock.set_to(evening.clock.now() - 20 * MINUTE)

    evening.timers.before_looks(jump)
    evening.timers.look()
    await is_set.wait()
    await evening.database.write(lambda _: None)
    for _ in range(4):  # nobody wakes the loop: it has to find the time by itself
        await evening.clock.forward(8 * SECOND)
        await evening.database.write(lambda _: None)
    closed = await asyncio.wait_for(evening.closed.get(), PATIENCE)
    assert closed.round.cause is Cause.TIME


async def test_a_look_before_it_is_known_that_time_has_passed(tmp_path: Path) -> None:
    """A look at who plays that falls between the clock's jump and Discord's word for it puts nothing off."""
    async with playing(tmp_path, is_steady=False) as evening:
        is_asked, may_tell = asyncio.Event(), asyncio.Event()

        async def discord_time() -> datetime:
            is_asked.set()
            await may_tell.wait()
            said: datetime = evening.at() + 2 * HOUR
            return said.replace(microsecond=0)

        evening.discords.ask_by(discord_time)
        present = await evening.start(pace=Pace.UNTIMED, seconds=None)
        await evening.clock.set_to(evening.clock.now() + 2 * HOUR)
        await asyncio.wait_for(is_asked.wait(), PATIENCE)
        assert await evening.play.games.end_unattended(present.home_id, present.id) is None
        may_tell.set()
        await evening.settle()
        assert evening.ended.get_nowait().id == present.id


async def test_a_press_shows_that_time_has_passed(tmp_path: Path) -> None:
    """Where something in between tells a wrong time, what Discord itself has stamped is believed."""
    async with playing(tmp_path, is_steady=False) as evening:
        behind: datetime = evening.at()

        async def wrong_time() -> datetime:
            return behind

        evening.discords.ask_by(wrong_time)
        await evening.start()
        await evening.clock.set_to(evening.clock.now() + MINUTE)
        await evening.settle()
        assert evening.closed.empty()
        assert evening.discords.hear(evening.at() + MINUTE)
        evening.timers.look()
        await evening.settle()
        assert evening.closed.get_nowait().round.cause is Cause.TIME


async def test_time_that_passes_uncounted_in_small_steps(tmp_path: Path) -> None:
    """However small the steps in which time passes uncounted, a round closes by the clock."""
    async with playing(tmp_path, is_steady=False) as evening:
        await evening.start()
        for _ in range(33 * 3):
            await evening.clock.set_to(evening.clock.now() + SECOND / 3)
            await evening.settle()
        assert evening.closed.get_nowait().round.cause is Cause.TIME


@given(steps=st.lists(st.tuples(st.integers(1, 9_000), st.integers(-90_000, 90_000)), max_size=6))
@tried(10)
async def test_however_often_it_is_set(
    steps: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However often our clock is set, a round closes after its time: at most a second late, never early."""
    async with playing(tmp_path_factory.mktemp("evening")) as evening:
        await evening.start()
        for passed, jump in steps:
            await evening.clock.set_to(evening.clock.now() + timedelta(milliseconds=jump))
            if evening.clock.monotonic() + passed / 1000 < 29:
                await evening.passes(timedelta(milliseconds=passed))
            assert evening.closed.empty()
        await evening.passes(timedelta(seconds=29 - evening.clock.monotonic()))
        assert evening.closed.empty()
        await evening.passes(2.2 * SECOND)
        assert evening.closed.get_nowait().round.cause is Cause.TIME
