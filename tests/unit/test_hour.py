"""The hour of a quiz night as people type it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.quiz.hour import FARTHEST, read_hour

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)  # a Friday
BERLIN = ZoneInfo("Europe/Berlin")


def local(typed: str, now: datetime = NOW, zone: ZoneInfo = BERLIN) -> str:
    """Return what was read, as clocks there show it."""
    return read_hour(typed, now, zone).astimezone(zone).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("20:00", "2026-03-06 20:00"),
        ("8pm", "2026-03-06 20:00"),
        ("9:00", "2026-03-07 09:00"),  # that hour has passed today
        ("at 20.30", "2026-03-06 20:30"),
        ("tomorrow 20:00", "2026-03-07 20:00"),
        ("tomorrow at 8 pm", "2026-03-07 20:00"),
        ("tonight 21:00", "2026-03-06 21:00"),
        ("Fri 20:00", "2026-03-06 20:00"),
        ("friday 9:00", "2026-03-13 09:00"),  # this Friday's hour has passed
        ("Sunday, 20:00", "2026-03-08 20:00"),
        ("2026-03-29 02:30", "2026-03-29 03:00"),  # clocks are put forward then
        ("noon", "2026-03-07 12:00"),
        ("8 p.m. tomorrow", "2026-03-07 20:00"),
        ("20h30 on Saturday", "2026-03-07 20:30"),
        ("@8pm", "2026-03-06 20:00"),
        ("this Sunday at 2000", "2026-03-08 20:00"),
        ("7 March, 20:00", "2026-03-07 20:00"),
        ("Sat, March 7th, 8pm", "2026-03-07 20:00"),
        ("07.03.2026 20:00", "2026-03-07 20:00"),
        ("20:00 7.3.", "2026-03-07 20:00"),
        ("3/7 8pm", "2026-03-07 20:00"),  # the third of July is too far ahead
        ("2026-03-07T20:00", "2026-03-07 20:00"),
        ("2026-03-07T20:00:00Z", "2026-03-07 21:00"),
        ("20:00 UTC", "2026-03-06 21:00"),
        ("<t:1772900000:F>", "2026-03-07 17:13"),
        ("in 2 hours", "2026-03-06 15:00"),
        ("in half an hour", "2026-03-06 13:30"),
        ("in 1 h 30 min", "2026-03-06 14:30"),
        ("tonight at midnight", "2026-03-07 00:00"),
        ("midnight", "2026-03-07 00:00"),
        ("tonight 1:30", "2026-03-07 01:30"),
    ],
)
def test_a_start_is_read_as_people_write_it(typed: str, wanted: str) -> None:
    """An hour is the next such hour of the server's zone; a day or a date may stand on either side of it."""
    assert local(typed) == wanted


@pytest.mark.parametrize("typed", ["4/5 8pm", "04.05.2026 20:00", "5 april 8", "5 mar 8"])
def test_what_can_be_read_in_two_ways_is_refused(typed: str) -> None:
    """A night is never announced for an hour that was not meant."""
    with pytest.raises(BadInput, match="two ways"):
        read_hour(typed, NOW, BERLIN)


def test_an_hour_that_comes_twice() -> None:
    """When clocks are put back it is the first of both that is to come, then the second."""
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30, for the first time
    second = first + timedelta(hours=1)
    before = timedelta(minutes=10)
    for typed in ("02:30", "today 02:30", "2026-10-25 02:30"):
        assert read_hour(typed, first - before, BERLIN) == first
        assert read_hour(typed, second - before, BERLIN) == second
    assert local("02:30", second) == "2026-10-26 02:30"
    with pytest.raises(BadInput, match="past"):
        read_hour("today 02:30", second, BERLIN)


@pytest.mark.parametrize(
    ("zone", "now", "typed", "wanted"),
    [
        ("Africa/Cairo", datetime(2026, 4, 23, 12, tzinfo=UTC), "fri 00:30", "2026-04-24 01:00"),
        ("America/Havana", datetime(2026, 3, 7, 12, tzinfo=UTC), "midnight", "2026-03-08 01:00"),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 12, tzinfo=UTC), "02:15", "2026-10-04 02:30"),
    ],
)
def test_an_hour_that_clocks_leave_out(zone: str, now: datetime, typed: str, wanted: str) -> None:
    """It is the first moment after the gap, also at midnight."""
    assert local(typed, now, ZoneInfo(zone)) == wanted


@pytest.mark.parametrize(
    "typed", ["", "soon", "25:00", "today 9:00", "2026-13-01 20:00", "2020-01-01 20:00", "someday 20:00"]
)
def test_what_is_no_start_says_what_to_type(typed: str) -> None:
    """What cannot be read, or is past, is refused with an example."""
    with pytest.raises(BadInput):
        read_hour(typed, NOW, BERLIN)


def test_nobody_announces_next_year() -> None:
    """A night lies sixty days ahead at most."""
    with pytest.raises(BadInput, match="60 days"):
        read_hour("2026-12-31 20:00", NOW, BERLIN)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
@pytest.mark.parametrize("typed", ["9999-12-31 20:00", "0001-01-01 00:00"])
def test_no_date_of_the_calendar_is_too_much(typed: str, zone: str) -> None:
    """The calendar's last and first days are refused in words in every zone, like any that is too far."""
    with pytest.raises(BadInput):
        read_hour(typed, NOW, ZoneInfo(zone))


_WORDS = [
    "20:00",
    "8",
    "pm",
    "fri",
    "31",
    "dec",
    "7.3.",
    "in",
    "h",
    "9",
    "tonight",
    "at",
    "2026",
    "9999-12-31",
]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(_WORDS), max_size=6).map(" ".join)))
def test_reading_a_start_never_fails_otherwise(typed: str) -> None:
    """Whatever is typed is either a coming instant or refused in words."""
    with suppress(BadInput):
        assert timedelta(0) < read_hour(typed, NOW, BERLIN) - NOW <= FARTHEST


def test_a_day_that_a_zone_left_out() -> None:
    """There was no 30 December 2011 in Samoa."""
    with pytest.raises(BadInput, match="no such day"):
        read_hour("2011-12-30 20:00", datetime(2011, 12, 28, 12, tzinfo=UTC), ZoneInfo("Pacific/Apia"))
