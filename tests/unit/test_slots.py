"""When a daily post is due, across real changes of clocks and calendars."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quiz.slots import EVERY_DAY, Recurrence, has_day, instant_of, local_day
from tests.laws import tried

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Havana",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Karachi",
    "Asia/Tehran",
    "UTC",
)


def utc(text: str) -> datetime:
    """Return the UTC instant that `text` (YYYY-MM-DD HH:MM) names."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "on", "at", "due"),
    [
        ("Europe/Berlin", date(2026, 1, 15), time(9), "2026-01-15 08:00"),
        ("Europe/Berlin", date(2026, 7, 15), time(9), "2026-07-15 07:00"),
        # Berlin puts its clocks forward at 02:00 and back at 03:00.
        ("Europe/Berlin", date(2026, 3, 29), time(1, 59), "2026-03-29 00:59"),
        ("Europe/Berlin", date(2026, 3, 29), time(2), "2026-03-29 01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29 01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(3), "2026-03-29 01:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25 00:30"),
        ("Europe/Berlin", date(2026, 10, 25), time(3), "2026-10-25 02:00"),
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08 07:00"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01 05:30"),
        # Lord Howe moves its clocks by half an hour.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03 15:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04 14:45"),
        # In Cairo and Havana midnight itself may be missing.
        ("Africa/Cairo", date(2026, 4, 24), time(0), "2026-04-23 22:00"),
        ("America/Havana", date(2026, 3, 8), time(0, 30), "2026-03-08 05:00"),
        ("Asia/Kathmandu", date(2026, 5, 1), time(9), "2026-05-01 03:15"),
        ("Asia/Karachi", date(2026, 3, 29), time(2, 30), "2026-03-28 21:30"),
    ],
)
def test_a_wall_time_becomes_one_instant(zone: str, on: date, at: time, due: str) -> None:
    """A missing hour moves to the first instant after the gap; a doubled one counts the first time."""
    assert instant_of(ZoneInfo(zone), on, at) == utc(due)


def test_a_day_that_a_zone_left_out_has_no_slot() -> None:
    """Samoa went from 29 to 31 December 2011: nothing is due on the 30th, and nothing twice on the 31st."""
    apia = Recurrence(time(9), ZoneInfo("Pacific/Apia"))
    assert not has_day(apia.zone, date(2011, 12, 30))
    assert [slot.on.day for slot in apia.next_slots(utc("2011-12-29 00:00"), 3)] == [29, 31, 1]


def test_days_of_the_week_are_those_of_the_zone() -> None:
    """Monday in Auckland begins while London still has Sunday."""
    auckland = Recurrence(time(8), ZoneInfo("Pacific/Auckland"), frozenset({0}))
    slot = auckland.next_slot(utc("2026-11-22 00:00"))
    assert slot is not None
    assert (slot.on, slot.due_at) == (date(2026, 11, 23), utc("2026-11-22 19:00"))


def test_the_next_slot_is_strictly_later_than_the_instant() -> None:
    """At the very instant of a slot the next one is tomorrow's."""
    daily = Recurrence(time(9), ZoneInfo("UTC"))
    slot = daily.next_slot(utc("2026-11-22 09:00"))
    assert slot is not None
    assert slot.due_at == utc("2026-11-23 09:00")


def test_a_day_that_has_had_its_post_is_left_out() -> None:
    """When the zone was moved west after a post, the same date does not come a second time."""
    honolulu = Recurrence(time(9), ZoneInfo("Pacific/Honolulu"))
    now = utc("2026-11-22 10:00")  # still the 22nd at 00:00 in Honolulu
    slot = honolulu.next_slot(now, after_on=date(2026, 11, 22))
    assert slot is not None
    assert slot.on == date(2026, 11, 23)


def test_no_days_means_no_slots() -> None:
    """A recurrence on no day of the week is never due, and asking for it ends."""
    assert Recurrence(time(9), ZoneInfo("UTC"), frozenset()).next_slot(utc("2026-11-22 09:00")) is None


recurrences = st.builds(
    Recurrence,
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    days=st.one_of(st.just(EVERY_DAY), st.frozensets(st.integers(0, 6), min_size=1)),
)
dates = st.dates(date(1970, 1, 5), date(2060, 1, 1))
instants = st.integers(400_000, 2_800_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@tried(60)
@given(recurrence=recurrences, on=dates)
def test_later_days_have_later_slots(recurrence: Recurrence, on: date) -> None:
    """Each local day has at most one slot, and the slots of later days are strictly later."""
    found = [slot for day in range(12) if (slot := recurrence.slot(on + timedelta(days=day)))]
    assert all(earlier.due_at < later.due_at for earlier, later in pairwise(found))
    assert len({slot.on for slot in found}) == len(found)
    assert all(slot.on.weekday() in recurrence.days for slot in found)


@tried(60)
@given(recurrence=recurrences, instant=instants)
def test_nothing_lies_between_an_instant_and_its_next_slot(recurrence: Recurrence, instant: datetime) -> None:
    """The next slot is the earliest of all slots later than the instant."""
    slot = recurrence.next_slot(instant)
    assert slot is not None
    near = local_day(recurrence.zone, instant)
    around = [recurrence.slot(near + timedelta(days=day)) for day in range(-3, 10)]
    assert slot.due_at == min(other.due_at for other in around if other and other.due_at > instant)


@tried(60)
@given(recurrence=recurrences, on=dates)
def test_a_slot_shows_its_time_or_follows_a_gap(recurrence: Recurrence, on: date) -> None:
    """Clocks show the wall time asked for, or a moment earlier they showed less than it and now more."""
    slot = recurrence.slot(on)
    if slot is None:
        return
    wall = datetime.combine(on, recurrence.at)
    shown = slot.due_at.astimezone(recurrence.zone).replace(tzinfo=None)
    just_before = (slot.due_at - timedelta(seconds=1)).astimezone(recurrence.zone).replace(tzinfo=None)
    assert shown == wall or just_before < wall < shown
