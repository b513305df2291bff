"""Retries: growing pauses with a cap, and a log that speaks once a minute."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.retries import Seldom, pause_after


@given(st.integers(0, 10_000), st.floats(0, 600))
def test_pauses(failures: int, least: float) -> None:
    """A pause is never shorter than Discord asks, never longer than a minute by itself, never nothing."""
    pause = pause_after(failures, least)
    assert pause >= max(least, 0.5)
    assert pause <= max(least, 60)


def test_pauses_grow() -> None:
    """The longer the trouble, the longer the pauses, up to the cap."""
    shortest = [min(pause_after(failures) for _ in range(50)) for failures in range(6)]
    assert shortest == sorted(shortest)


def test_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """A trouble of ten minutes is told ten times, and each time how often it was met."""
    now = 0.0
    seldom = Seldom(logging.getLogger("test"), lambda: now)
    for second in range(600):
        now = float(second)
        seldom.warn("Discord takes no messages", "HTTP 503")
        seldom.warn("another trouble", "TimeoutError")
    told = [record.getMessage() for record in caplog.records if "Discord" in record.getMessage()]
    assert len(told) == 10
    assert told[0] == "Discord takes no messages; it is tried again (HTTP 503)"
    assert "59 times more" in told[1]
    assert len(caplog.records) == 20
    assert seldom.is_over("Discord takes no messages")
    assert not seldom.is_over("Discord takes no messages")
    seldom.warn("Discord takes no messages", "HTTP 500")
    assert len(caplog.records) == 21
