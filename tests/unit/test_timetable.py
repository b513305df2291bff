"""Times and days as server owners type them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.quiz.timetable import read_days, read_time, show_days, show_time


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("09:00", time(9)),
        ("9:00", time(9)),
        ("09.00", time(9)),
        ("9.05", time(9, 5)),
        ("9", time(9)),
        ("9am", time(9)),
        ("9 AM", time(9)),
        ("9:30pm", time(21, 30)),
        ("9.30 p.m.", time(21, 30)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        ("12:15 am", time(0, 15)),
        ("21:30", time(21, 30)),
        ("2130", time(21, 30)),
        ("0900", time(9)),
        ("900", time(9)),
        ("21h30", time(21, 30)),
        ("21h", time(21)),
        ("9 Uhr", time(9)),
        ("at 9 o'clock", time(9)),
        (" 00:00 ", time(0)),
        ("noon", time(12)),
        ("Midnight", time(0)),
    ],
)
def test_usual_ways_to_write_a_time_are_read(text: str, at: time) -> None:
    """Whatever an owner is used to typing names the time of day that they mean."""
    assert read_time(text) == at


@pytest.mark.parametrize(
    "text", ["", "soon", "25:00", "24:00", "9:60", "13pm", "0am", "9:5", "-1:00", "9:00:00", "12345", "9 9"]
)
def test_what_is_no_time_is_answered_with_what_to_type(text: str) -> None:
    """A wrong time is refused with an example to follow."""
    with pytest.raises(BadInput, match=r"[Tt]ype .*`0\d:00`"):
        read_time(text)


@given(st.times())
def test_every_time_is_read_as_it_is_shown(at: time) -> None:
    """What Farside writes it can read."""
    minute = at.replace(second=0, microsecond=0, fold=0)
    assert read_time(show_time(minute)) == minute


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("Mon - Fri", {0, 1, 2, 3, 4}),
        ("Monday to Friday", {0, 1, 2, 3, 4}),
        ("weekdays", {0, 1, 2, 3, 4}),
        ("weekends", {5, 6}),
        ("sat, sun", {5, 6}),
        ("mon,wed", {0, 2}),
        ("mon wed fri", {0, 2, 4}),
        ("Mondays and Thursdays", {0, 3}),
        ("tues; thurs", {1, 3}),
        ("fri-mon", {4, 5, 6, 0}),
        ("weekends, wed", {2, 5, 6}),
        ("every day", set(range(7))),
        ("daily", set(range(7))),
        ("mon-sun", set(range(7))),
        ("su", {6}),
    ],
)
def test_usual_ways_to_write_days_are_read(text: str, days: set[int]) -> None:
    """Ranges, lists, single days and their names in any usual length are understood."""
    assert read_days(text) == days


@pytest.mark.parametrize("text", ["", "m", "t", "funday", "mon-wed-fri", "1-5", ","])
def test_what_are_no_days_is_answered_with_what_to_type(text: str) -> None:
    """Wrong days are refused with examples to follow."""
    with pytest.raises(BadInput, match="Type the days as `mon-fri`"):
        read_days(text)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({0, 1, 2, 3, 4, 5, 6}, "every day"),
        ({0, 1, 2, 3, 4}, "Monday to Friday"),
        ({5, 6}, "Saturday and Sunday"),
        ({0}, "Monday"),
        ({0, 1}, "Monday and Tuesday"),
        ({0, 2, 6}, "Monday, Wednesday and Sunday"),
        ({0, 1, 2, 5}, "Monday to Wednesday and Saturday"),
    ],
)
def test_days_are_said_in_words(days: set[int], words: str) -> None:
    """Days are shown the way a person would say them."""
    assert show_days(frozenset(days)) == words


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_days_are_read_as_they_are_shown(days: frozenset[int]) -> None:
    """What Farside writes it can read."""
    assert read_days(show_days(days)) == days
