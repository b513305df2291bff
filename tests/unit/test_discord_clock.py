"""Discord's clock, learned from what was sent, heard and told; the machine's is wrong, and is set."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.discord_clock import DiscordClock, snowflake_time
from tests.bounds import PATIENCE
from tests.fakes import FakeClock
from tests.laws import tried

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
JUMPS = [timedelta(minutes=-20), timedelta(hours=10), timedelta(milliseconds=700), DAY, -400 * DAY]


def at(milliseconds: float) -> datetime:
    """Return an instant near T0."""
    return T0 + timedelta(milliseconds=milliseconds)


def test_snowflake_time() -> None:
    """A snowflake holds the milliseconds since 2015 above its lowest 22 bits."""
    assert snowflake_time(175928847299117063) == datetime(2016, 4, 30, 11, 18, 25, 796000, tzinfo=UTC)


@given(
    st.integers(-5000, 5000),
    st.lists(st.tuples(st.integers(0, 800), st.integers(0, 800)), min_size=1, max_size=8),
)
async def test_within_what_is_proved(skew: int, trips: list[tuple[int, int]]) -> None:
    """After any requests, the clock is off by no more than half of the quickest one took."""
    machine = FakeClock(T0)
    learned = DiscordClock(machine)
    for there, back in trips:
        await machine.forward(10 * SECOND)
        began = machine.monotonic()
        await machine.forward(timedelta(milliseconds=there))
        stamped = machine.now() + timedelta(milliseconds=skew)
        await machine.forward(timedelta(milliseconds=back))
        learned.observe(began, stamped)
    error = learned.now() - machine.now() - timedelta(milliseconds=skew)
    half = min(there + back for there, back in trips) / 2
    assert abs(error) <= timedelta(milliseconds=half) + timedelta(microseconds=5)


async def test_what_contradicts_is_believed() -> None:
    """A later message that contradicts what was learned is believed: Discord's clock was put right."""
    machine = FakeClock(T0)
    learned = DiscordClock(machine)
    learned.observe(machine.monotonic(), at(5))
    await machine.forward(SECOND)
    learned.observe(machine.monotonic(), at(3000))
    assert learned.now() == at(3000)


async def test_nothing_is_heard_from_the_future() -> None:
    """What Discord stamped later than its clock was taken to be shows it is ahead; what is late, nothing."""
    machine = FakeClock(T0)
    learned = DiscordClock(machine)
    learned.observe(machine.monotonic(), T0)
    assert not learned.hear(at(-60_000))
    assert not learned.hear(at(900))
    assert learned.now() == T0
    assert learned.hear(at(31_000))
    assert not learned.hear(at(31_500))
    assert learned.now() == at(31_000)
    learned.observe(machine.monotonic(), T0)
    assert learned.now() == T0, "a request says how late it is, too"


@pytest.mark.parametrize("by", JUMPS)
async def test_nobody_sets_it(by: timedelta) -> None:
    """When the machine's clock is set, either way and twice, what was learned of Discord's still holds."""
    machine = FakeClock(T0)
    learned = DiscordClock(machine)
    learned.observe(machine.monotonic(), at(2000))
    await machine.forward(5 * SECOND)
    for jump in (by, by / 2, -2 * by):
        await machine.set_to(machine.now() + jump)
        await learned.follow()
        assert learned.now() == at(7000)
    began = machine.monotonic()
    await machine.set_to(machine.now() + by)
    learned.observe(began, at(7000))
    assert learned.now() == at(7000)


@pytest.mark.parametrize("by", [-400 * DAY, -DAY, -5 * SECOND, 5 * SECOND, DAY])
@pytest.mark.parametrize("is_steady", [False, True])
async def test_wrong_since_the_machine_began(by: timedelta, *, is_steady: bool) -> None:
    """A clock that was wrong from the start and is never set is put right by what Discord says."""
    machine = FakeClock(T0 + by, is_steady=is_steady)
    learned = DiscordClock(machine)
    learned.told(at(2000), SECOND / 10)
    assert abs(learned.now() - at(2500)) <= SECOND
    await machine.forward(DAY)
    learned.ask_by(partial(asyncio.sleep, 0, at(2000) + DAY))
    await machine.set_to(T0 + DAY)  # right at last, which is no news
    await learned.follow()
    assert abs(learned.now() - at(2500) - DAY) <= SECOND


async def test_a_clock_that_is_right_stays_as_it_is() -> None:
    """Discord says the time to the second, and a slow answer less than that: neither moves a right clock."""
    machine = FakeClock(at(1999))
    learned = DiscordClock(machine)
    learned.told(at(1000), SECOND / 10)
    assert learned.now() == at(1999)
    await machine.forward(4 * SECOND)
    learned.told(at(2000), 4 * SECOND)
    assert learned.now() == at(5999)


async def test_what_something_in_between_says() -> None:
    """A time before what Discord has stamped already is another clock's, and is not believed."""
    machine = FakeClock(T0, is_steady=False)
    learned = DiscordClock(machine)
    learned.observe(machine.monotonic(), T0)
    assert not learned.told(T0 - DAY, SECOND / 10)
    assert learned.now() == T0
    learned.ask_by(partial(asyncio.sleep, 0, T0 - DAY))
    await machine.set_to(T0 + DAY)
    await learned.follow()
    assert learned.now() == T0 + DAY, "nobody tells, so the machine slept"


async def test_whoever_waits_by_it_is_told_when_it_moves() -> None:
    """By whatever it is learned; where it fits what was known nobody is told."""
    learned, moved = DiscordClock(FakeClock(T0)), list[datetime]()
    learned.on_moved(lambda: moved.append(learned.now()))
    learned.told(T0 + DAY, SECOND / 10)
    learned.told(T0 + DAY, SECOND / 10)
    learned.observe(0.0, T0 + 2 * DAY)
    learned.hear(T0 + 3 * DAY)
    assert [round((at - T0) / DAY) for at in moved] == [1, 2, 3]


async def test_a_sleep_is_counted_once() -> None:
    """What a message has told of a sleep is not counted again where Discord, asked, does not answer."""
    machine = FakeClock(T0, is_steady=False)
    learned = DiscordClock(machine)
    learned.observe(machine.monotonic(), T0)
    for woken in (T0 + DAY / 2, T0 + DAY):
        await machine.set_to(woken)
        learned.observe(machine.monotonic(), woken)
        await learned.follow()
        assert learned.now() == woken


async def test_a_sleep_of_days_is_asked_for_until_discord_tells() -> None:
    """Where Discord does not tell at once whether a machine slept for days, it is asked at the next look."""
    machine = FakeClock(T0, is_steady=False)
    learned = DiscordClock(machine)
    learned.observe(machine.monotonic(), T0)
    await machine.set_to(T0 + 40 * DAY)
    await learned.follow()
    learned.ask_by(partial(asyncio.sleep, 0, T0))
    await learned.follow()
    assert abs(learned.now() - T0) <= SECOND


async def test_whoever_waits_for_a_setback() -> None:
    """All who wait for the clock to go back are told, and nobody when the machine's alone does."""
    machine = FakeClock(T0 + DAY)
    learned = DiscordClock(machine)
    waiting = [asyncio.create_task(learned.wait_for_setback()) for _ in range(2)]
    await machine.set_to(T0)
    await asyncio.sleep(0)
    assert not any(one.done() for one in waiting)
    learned.told(T0, SECOND)
    await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)


async def test_a_held_machine() -> None:
    """A machine that was held without noticing is told by the next answer how much time has passed."""
    machine = FakeClock(T0)
    learned = DiscordClock(machine)
    learned.observe(machine.monotonic(), T0)
    learned.told(T0 + DAY, SECOND / 10)
    assert abs(learned.now() - T0 - DAY) <= 2 * SECOND


@given(
    st.integers(-100_000, 100_000),
    st.lists(st.tuples(st.integers(0, 50_000), st.integers(-100_000, 100_000)), max_size=6),
    st.booleans(),
)
@tried(50)
async def test_however_it_is_set(first: int, steps: list[tuple[int, int]], is_steady: bool) -> None:
    """Wrong at first and set as often as anybody likes, it is within two seconds of what Discord says."""
    machine = FakeClock(T0 + first * SECOND, is_steady=is_steady)
    learned = DiscordClock(machine)

    async def discords() -> datetime:
        return (T0 + timedelta(seconds=machine.monotonic())).replace(microsecond=0)

    learned.ask_by(discords)
    await learned.ask()
    for passed, jump in steps:
        await machine.forward(timedelta(milliseconds=passed))
        await machine.set_to(machine.now() + timedelta(seconds=jump))
        await learned.follow()
        assert abs(learned.now() - T0 - timedelta(seconds=machine.monotonic())) <= 2 * SECOND


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("by", [-400 * DAY, 9 * SECOND, DAY])
async def test_several_may_follow_at_once(by: timedelta, *, tells: bool) -> None:
    """A jump counts once, however many ask for it while Discord is asked, whether that tells or not."""
    machine = FakeClock(T0, is_steady=False)
    learned = DiscordClock(machine)

    async def discords() -> datetime | None:
        for _ in range(3):
            await asyncio.sleep(0)
        return T0 if tells else None

    learned.ask_by(discords)
    await machine.set_to(T0 + by)
    await asyncio.wait_for(asyncio.gather(*(learned.follow() for _ in range(5))), PATIENCE)
    passed = timedelta(0) if tells or by < timedelta(0) else by
    assert abs(learned.now() - T0 - passed) <= SECOND


async def test_nothing_has_surely_come_before_discord_tells() -> None:
    """What is deleted does not come back: a machine that is years ahead at its start deletes nothing."""
    learned = DiscordClock(FakeClock(T0 + 4000 * DAY))
    assert learned.surely() < T0


@pytest.mark.parametrize("by", [-4000 * DAY, 4000 * DAY])
@pytest.mark.parametrize("wrong", ["machine", "ids", "dates"])
async def test_two_witnesses_of_three_are_sure(by: timedelta, wrong: str) -> None:
    """One that is years ahead deletes nothing early, and one that is behind keeps nothing for ever."""
    offsets = {"machine": 0 * DAY, "ids": 0 * DAY, "dates": 0 * DAY, wrong: by}
    machine = FakeClock(T0 + offsets["machine"])
    learned = DiscordClock(machine)
    learned.told(T0 + offsets["dates"], SECOND / 10)
    learned.hear(T0 + offsets["ids"])
    await machine.forward(DAY)
    assert learned.surely() <= T0 + DAY + SECOND
    learned.told(T0 + DAY + offsets["dates"], SECOND / 10)
    learned.observe(machine.monotonic(), T0 + DAY + offsets["ids"])
    assert learned.surely() <= T0 + DAY + SECOND
    if wrong == "machine":
        assert learned.surely() >= T0 + DAY - SECOND


async def test_it_is_asked_until_discord_tells() -> None:
    """At the start nothing goes by the machine's clock before Discord was asked more than once."""
    machine, asked = FakeClock(T0 - 400 * DAY), list[datetime | None]([None, None, T0])
    learned = DiscordClock(machine)

    async def tell() -> datetime | None:
        return asked.pop(0)

    learned.ask_by(tell)
    beginning = asyncio.create_task(learned.begin())
    while not beginning.done():
        await machine.forward(SECOND)
        await asyncio.sleep(0)
    assert not asked
    assert abs(learned.now() - T0) <= SECOND


async def test_where_discord_never_tells_it_begins_nevertheless() -> None:
    """Something in between may keep the time from us: then the machine's clock has to do."""
    machine = FakeClock(T0)
    learned = DiscordClock(machine)
    beginning = asyncio.create_task(learned.begin())
    while not beginning.done() and machine.monotonic() < 20:
        await machine.forward(SECOND)
        await asyncio.sleep(0)
    await beginning
    assert learned.now() == machine.now()
