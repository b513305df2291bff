"""Discord's clock, learned from what was sent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.skew import Skew, snowflake_time
from tests.fakes import FakeClock

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)


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
def test_within_what_is_proved(skew: int, trips: list[tuple[int, int]]) -> None:
    """After any requests, the skew is off by no more than half of the quickest one took."""
    learned = Skew(FakeClock(T0))
    for number, (there, back) in enumerate(trips):
        sent = at(number * 10_000)
        learned.observe(
            sent,
            sent + timedelta(milliseconds=there + skew),
            sent + timedelta(milliseconds=there + back),
            timedelta(milliseconds=there + back),
        )
    error = learned.to_discord(T0) - T0 - timedelta(milliseconds=skew)
    assert abs(error) <= timedelta(milliseconds=min(there + back for there, back in trips) / 2)
    assert learned.to_ours(learned.to_discord(T0)) == T0


def test_clock_that_was_set() -> None:
    """A later message that contradicts what was learned is believed."""
    learned = Skew(FakeClock(T0))
    learned.observe(at(0), at(5), at(10), timedelta(milliseconds=10))
    learned.observe(at(1000), at(3050), at(1100), timedelta(milliseconds=100))
    assert learned.to_discord(T0) == at(2000)


def test_nothing_is_heard_from_the_future() -> None:
    """What Discord stamped later than its clock was taken to be shows it is ahead; what is late, nothing."""
    clock = FakeClock(T0)
    learned = Skew(clock)
    learned.observe(at(0), at(5), at(10), timedelta(milliseconds=10))
    assert not learned.hear(at(-60_000))
    assert not learned.hear(at(900))
    assert learned.to_discord(T0) == T0
    assert learned.hear(at(31_000))
    assert not learned.hear(at(31_500))
    assert learned.to_discord(T0) == at(31_000)
    learned.observe(at(0), at(5), at(10), timedelta(milliseconds=10))
    assert learned.to_discord(T0) == T0, "a request says how late it is, too"


@pytest.mark.parametrize("after", [-5000, 7_200_000])
def test_clock_set_meanwhile(after: int) -> None:
    """A request during which our clock was set proves nothing."""
    learned = Skew(FakeClock(T0))
    learned.observe(at(0), at(10), at(after), timedelta(milliseconds=20))
    assert learned.to_discord(T0) == T0


@pytest.mark.parametrize("by", [timedelta(minutes=-20), timedelta(hours=10), timedelta(milliseconds=700)])
async def test_moves_with_our_clock(by: timedelta) -> None:
    """When our clock is set, either way, what was learned of Discord's still holds, at once."""
    clock = FakeClock(T0)
    learned = Skew(clock)
    learned.observe(at(0), at(2010), at(20), timedelta(milliseconds=20))
    await clock.forward(timedelta(seconds=5))
    await clock.set_to(clock.now() + by)
    assert learned.to_discord(clock.now()) == at(7000)
    assert learned.to_ours(at(7000)) == clock.now()
    sent = clock.now()
    learned.observe(sent, at(7010), sent + timedelta(milliseconds=20), timedelta(milliseconds=20))
    assert learned.to_discord(clock.now()) == at(7000)
