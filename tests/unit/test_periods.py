"""Periods: laws that hold in every time zone, whatever its clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.quiz.periods import (
    QUARTERS,
    Span,
    is_season,
    key_of,
    months_of,
    period_of,
    week_number,
    zone_named,
)
from tests.laws import tried

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
FROM = datetime(2012, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.integers(0, 24 * 366 * 24 * 60).map(lambda minutes: FROM + timedelta(minutes=minutes))
bounded = st.sampled_from([Span.TODAY, Span.WEEK, Span.MONTH, Span.SEASON])


@given(bounded, instants, zones)
@example(Span.TODAY, datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
@example(Span.TODAY, datetime(2026, 4, 23, 22, 30, tzinfo=UTC), ZoneInfo("Africa/Cairo"))
@example(Span.TODAY, datetime(2026, 11, 1, 4, 30, tzinfo=UTC), ZoneInfo("America/Havana"))
@example(Span.TODAY, datetime(2018, 11, 4, 3, 0, tzinfo=UTC), ZoneInfo("America/Sao_Paulo"))
@tried(160)
def test_an_instant_lies_in_its_period(span: Span, at: datetime, zone: ZoneInfo) -> None:
    """A period holds the instant it was asked for, and both its bounds are whole seconds of its calendar."""
    period = period_of(span, at, zone)
    assert period.starts_at is not None
    assert period.ends_at is not None
    assert period.starts_at <= at < period.ends_at
    assert key_of(span, period.starts_at, zone) == period.key
    assert key_of(span, period.ends_at - SECOND, zone) == period.key
    assert key_of(span, period.starts_at - SECOND, zone) != period.key


@given(bounded, instants, zones)
@tried(160)
def test_periods_follow_one_another(span: Span, at: datetime, zone: ZoneInfo) -> None:
    """Where a period ends the next one starts, across any change of clocks."""
    period = period_of(span, at, zone)
    assert period.ends_at is not None
    following = period_of(span, period.ends_at, zone)
    assert following.starts_at == period.ends_at
    assert following.key > period.key


@given(instants, zones)
@tried(80)
def test_days_lie_in_weeks_months_and_seasons(at: datetime, zone: ZoneInfo) -> None:
    """A day's bounds lie within those of its week, of its month and of its season."""
    day = period_of(Span.TODAY, at, zone)
    for span in (Span.WEEK, Span.MONTH, Span.SEASON):
        longer = period_of(span, at, zone)
        assert longer.starts_at is not None
        assert longer.ends_at is not None
        assert day.starts_at is not None
        assert day.ends_at is not None
        assert longer.starts_at <= day.starts_at
        assert day.ends_at <= longer.ends_at


@pytest.mark.parametrize(
    ("zone", "at", "hours"),
    [
        ("Europe/Berlin", "2026-03-29T12:00Z", 23),
        ("Europe/Berlin", "2026-10-25T12:00Z", 25),
        ("Africa/Cairo", "2026-04-24T12:00Z", 23),  # midnight itself does not exist
        ("Australia/Lord_Howe", "2026-04-05T02:00Z", 24.5),
        ("UTC", "2026-03-29T12:00Z", 24),
    ],
)
def test_days_have_the_hours_of_their_clocks(zone: str, at: str, hours: float) -> None:
    """A day in which the clocks change is one day, shorter or longer."""
    day = period_of(Span.TODAY, datetime.fromisoformat(at), ZoneInfo(zone))
    assert day.starts_at is not None
    assert day.ends_at is not None
    assert day.ends_at - day.starts_at == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("span", "at", "key"),
    [
        (Span.TODAY, "2026-11-22T23:30Z", "2026-11-23"),
        (Span.WEEK, "2026-11-22T22:30Z", "2026-W47"),
        (Span.WEEK, "2026-11-22T23:30Z", "2026-W48"),
        (Span.WEEK, "2027-01-02T12:00Z", "2026-W53"),
        (Span.MONTH, "2026-12-31T23:30Z", "2027-01"),
        (Span.ALL, "2026-12-31T23:30Z", "all"),
    ],
)
def test_periods_are_named_by_the_local_calendar(span: Span, at: str, key: str) -> None:
    """In Berlin the day, the ISO week (Monday to Sunday) and the month turn at Berlin's midnight."""
    assert period_of(span, datetime.fromisoformat(at), ZoneInfo("Europe/Berlin")).key == key


def test_all_time_has_no_bounds() -> None:
    """The board of all time never ends."""
    period = period_of(Span.ALL, datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))
    assert (period.starts_at, period.ends_at) == (None, None)


def test_an_unknown_zone_is_utc() -> None:
    """A database that knows a zone which this machine does not goes on working, by UTC."""
    assert zone_named("Europe/Berlin").key == "Europe/Berlin"
    assert zone_named("Moon/Von_Karman").key == "UTC"
    assert zone_named("../../etc/passwd").key == "UTC"


@given(instants, zones)
@tried(80)
def test_a_season_is_three_months(at: datetime, zone: ZoneInfo) -> None:
    """A season's name tells its months; the season before it ends where it begins."""
    season = period_of(Span.SEASON, at, zone)
    first, last = months_of(season.key)
    assert (first.year, first.month) <= (at.astimezone(zone).year, at.astimezone(zone).month)
    assert (last.month, last.year) == (first.month + 2, first.year)
    assert season.starts_at is not None
    assert season.starts_at.astimezone(zone).date() == first
    earlier = period_of(Span.SEASON, season.starts_at - SECOND, zone)
    assert earlier.ends_at == season.starts_at
    assert months_of(earlier.key)[1] < first


@given(instants, zones, st.lists(st.integers(1, 12), min_size=1, max_size=4), st.data())
@tried(160)
def test_seasons_of_another_length(
    at: datetime, zone: ZoneInfo, lengths: list[int], data: st.DataObject
) -> None:
    """However often the length changes, a season keeps its beginning, and another one follows it."""
    seasons = QUARTERS
    for months in lengths:
        at += timedelta(days=data.draw(st.integers(0, 500)))
        before = period_of(Span.SEASON, at, zone, seasons)
        was, seasons = seasons, seasons.changed(months, at.astimezone(zone).date())
        season = period_of(Span.SEASON, at, zone, seasons)
        assert season.starts_at == before.starts_at
        assert season.starts_at is not None
        assert season.ends_at is not None
        assert season.starts_at <= at < season.ends_at
        assert is_season(season.key)
        first, last = months_of(season.key)
        assert season.starts_at.astimezone(zone).date() == first
        assert (season.ends_at - SECOND).astimezone(zone).date().replace(day=1) == last
        following = period_of(Span.SEASON, season.ends_at, zone, seasons)
        assert following.starts_at == season.ends_at
        first, last = months_of(following.key)
        assert (last.year - first.year) * 12 + last.month - first.month + 1 == months
        if seasons is not was:  # what is counted late, or after a change of zones, is not lost
            assert period_of(Span.SEASON, season.starts_at - SECOND, zone, seasons) == season


@pytest.mark.parametrize(
    ("months", "on", "name", "following"),
    [
        (3, "2026-11-15", "2026-S4", "2027-S1"),
        (2, "2026-11-15", "2026-10-S2", "2026-12-S2"),
        (1, "2026-11-15", "2026-10-S2", "2026-12-S1"),  # its month has passed: it ends with this one
        (6, "2026-11-15", "2026-10-S6", "2027-04-S6"),
        (12, "2026-12-31", "2026-10-S12", "2027-10-S12"),
    ],
)
def test_a_length_that_is_changed_within_a_season(months: int, on: str, name: str, following: str) -> None:
    """The season that goes on has the new length, or as many months as have begun."""
    seasons = QUARTERS.changed(months, date.fromisoformat(on))
    season = period_of(Span.SEASON, datetime.fromisoformat(f"{on}T12:00Z"), ZoneInfo("UTC"), seasons)
    assert season.key == name
    assert season.ends_at is not None
    assert key_of(Span.SEASON, season.ends_at, ZoneInfo("UTC"), seasons) == following


@given(instants)
def test_weeks_are_counted_from_monday_to_sunday(at: datetime) -> None:
    """The number changes when the ISO week does, and by one."""
    assert (week_number(at) == week_number(at + timedelta(days=1))) == (at.weekday() != 6)
    assert week_number(at + timedelta(days=7)) == week_number(at) + 1
    assert week_number(datetime(1970, 1, 1, tzinfo=UTC)) == 0
