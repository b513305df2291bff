"""A streak counts the player's own calendar days, and nothing of clocks or journeys can take it away."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quiz.slots import has_day, instant_of, local_day
from bot.quiz.streak import EARNED_EVERY, MOST_FREEZES, PlayedDay, Streak, day_ends_at

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ZONES = sorted(available_timezones() - {"localtime"})
BERLIN, HONOLULU, KIRITIMATI, APIA = map(
    ZoneInfo, ("Europe/Berlin", "Pacific/Honolulu", "Pacific/Kiritimati", "Pacific/Apia")
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
first_days = st.dates(date(1995, 1, 1), date(2024, 12, 1))
parts = st.lists(st.floats(0, 0.999999), min_size=1, max_size=30)  # of each day gone by when it is played


def played(at: datetime, zone: ZoneInfo) -> PlayedDay:
    """Return a day's challenge, begun at that instant."""
    return PlayedDay(local_day(zone, at), at, zone)


def days_from(first: date, zone: ZoneInfo, count: int) -> list[date]:
    """Return as many days of the zone's calendar."""
    days: list[date] = []
    on = first
    while len(days) < count:
        if has_day(zone, on):
            days.append(on)
        on += DAY
    return days


def within(on: date, zone: ZoneInfo, part: float) -> datetime:
    """Return an instant of that local day, the earliest for 0, one just before its end for almost 1."""
    start, end = instant_of(zone, on, time.min), day_ends_at(on, zone)
    return start + (end - start) * part


def every_day(first: date, zone: ZoneInfo, gone: list[float]) -> Streak:
    """Return the streak of somebody who plays each day, at any hour."""
    streak = Streak()
    for on, part in zip(days_from(first, zone, len(gone)), gone, strict=True):
        streak = streak.after(played(within(on, zone, part), zone))
    return streak


@given(zones, first_days, parts)
def test_who_plays_every_day_keeps_the_streak(zone: ZoneInfo, first: date, gone: list[float]) -> None:
    """In every zone, over 30 years of clock changes, at whatever hour: a day played is a day more."""
    streak = every_day(first, zone, gone)
    assert streak.days == streak.longest == streak.total == len(gone)
    assert streak.freezes == min(len(gone) // EARNED_EVERY, MOST_FREEZES)


@given(zones, first_days, parts, st.floats(0, 0.999999))
def test_the_whole_next_day_is_there_to_play(
    zone: ZoneInfo, first: date, gone: list[float], part: float
) -> None:
    """However late in the day it is, the streak stands until the next day is over, and says that it waits."""
    streak = every_day(first, zone, gone)
    assert streak.last is not None
    today = days_from(streak.last.on + DAY, zone, 1)[0]
    standing = streak.standing(within(today, zone, part), zone)
    assert (standing.days, standing.is_played, standing.frozen) == (len(gone), False, 0)


@given(zones, zones, first_days, parts, st.floats(0, 2.5))
def test_no_change_of_zone_ends_a_streak_that_staying_keeps(
    old: ZoneInfo, new: ZoneInfo, first: date, gone: list[float], later: float
) -> None:
    """Whoever would have kept it at home keeps it elsewhere, playing there at the same instant."""
    streak = every_day(first, old, gone)
    assert streak.last is not None
    at = streak.last.at + later * DAY
    stays = streak.standing(at, old)
    goes = streak.standing(at, new)
    assert goes.days >= stays.days
    assert streak.after(played(at, new)).days >= stays.days


@given(zones, zones, first_days, parts, st.floats(0, 0.999999))
def test_no_change_of_zone_ends_a_streak_that_having_lived_there_keeps(
    old: ZoneInfo, new: ZoneInfo, first: date, gone: list[float], part: float
) -> None:
    """The next day of the new zone's own calendar after the last game is never a day too late."""
    streak = every_day(first, old, gone)
    assert streak.last is not None
    next_day = days_from(local_day(new, streak.last.at) + DAY, new, 1)[0]
    assert streak.after(played(within(next_day, new, part), new)).days >= len(gone)


@given(st.lists(st.tuples(zones, st.floats(0.01, 1.2)), min_size=1, max_size=40), first_days)
def test_no_journey_outruns_the_calendar(steps: list[tuple[ZoneInfo, float]], first: date) -> None:
    """Whatever zones somebody claims to be in, they gain three days in all at most."""
    streak, at = Streak(), datetime.combine(first, time(12), UTC)
    begun, taken = at, set[date]()
    for zone, pause in steps:
        at += pause * DAY
        if local_day(zone, at) not in taken:  # a challenge is played once
            taken.add(local_day(zone, at))
            streak = streak.after(played(at, zone))
    assert streak.days <= (at - begun) / DAY + 3


stays = st.lists(st.tuples(zones, st.floats(0.01, 2.5), st.floats(0, 0.999999)), min_size=1, max_size=12)


@given(stays, first_days)
def test_no_chain_of_journeys_ends_the_streak_of_who_plays_whatever_there_is(
    journey: list[tuple[ZoneInfo, float, float]], first: date
) -> None:
    """Each day that a calendar shows is played before it, or the stay, is over: nothing is lost."""
    streak, at, taken = Streak(), datetime.combine(first, time(12), UTC), set[date]()
    for zone, stay, part in journey:
        leaves_at = at + stay * DAY
        while at < leaves_at:
            over = min(day_ends_at(local_day(zone, at), zone), leaves_at)
            day = played(at + (over - at) * part, zone)
            if day.on != local_day(zone, at):  # clocks set back over midnight
                day = played(at, zone)
            if day.on not in taken:  # a challenge is played once
                taken.add(day.on)
                before, streak = streak, streak.after(day)
                assert (streak.days, streak.freezes) >= (before.days, before.freezes)
                assert streak.freezes >= before.freezes
            at = over
        streak = streak.leaving(leaves_at, zone)


def test_two_days_in_the_west_take_none_in_the_east() -> None:
    """In Honolulu both dates were played; on Kiritimati one has gone by that was nowhere to be played."""
    streak = Streak()
    for on in (10, 11):
        streak = streak.after(played(datetime(2026, 5, on, 0, 30, tzinfo=KIRITIMATI), KIRITIMATI))
    streak = streak.leaving(datetime(2026, 5, 11, 1, tzinfo=KIRITIMATI), KIRITIMATI)
    leaves_at = datetime(2026, 5, 11, 23, tzinfo=HONOLULU)
    assert streak.standing(leaves_at, HONOLULU).is_played
    back = datetime(2026, 5, 13, 7, tzinfo=KIRITIMATI)
    assert streak.standing(back, KIRITIMATI).days == 0
    assert streak.leaving(leaves_at, HONOLULU).after(played(back, KIRITIMATI)).days == 3


def test_who_leaves_a_day_unplayed_has_not_played_it() -> None:
    """Leaving counts for nothing then, nor before the last game."""
    at = datetime(2026, 5, 10, 12, tzinfo=BERLIN)
    streak = Streak().after(played(at, BERLIN))
    assert streak.leaving(at + DAY, BERLIN) == streak.leaving(at - MINUTE, BERLIN) == streak
    assert Streak().leaving(at, BERLIN) == Streak()


@given(zones, first_days, st.integers(1, 30), st.integers(0, 4))
def test_a_freeze_stands_for_one_missed_day(zone: ZoneInfo, first: date, count: int, missed: int) -> None:
    """With freezes enough the streak goes on where it was and they are used; with too few it begins anew."""
    streak = every_day(first, zone, [0.5] * count)
    assert streak.last is not None
    on = days_from(streak.last.on + DAY, zone, missed + 1)[-1]
    standing = streak.standing(within(on, zone, 0.9), zone)
    after = streak.after(played(within(on, zone, 0.9), zone))
    if missed <= streak.freezes:
        assert (standing.days, standing.frozen) == (count, missed)
        assert after.days == count + 1
        earned = (count + 1) % EARNED_EVERY == 0
        assert after.freezes == min(streak.freezes - missed + earned, MOST_FREEZES)
    else:
        assert standing.days == 0
        assert (after.days, after.freezes, after.longest) == (1, 0, count)


def test_a_day_that_a_zone_left_out_is_missed_by_nobody() -> None:
    """Samoa had no 30 December 2011."""
    streak = every_day(date(2011, 12, 28), APIA, [0.5, 0.5, 0.5])
    assert streak.days == 3
    assert streak.last is not None
    assert streak.last.on == date(2011, 12, 31)


def test_a_flight_over_the_date_line_skips_no_day() -> None:
    """Leave Honolulu on the 10th in the evening, land on the 12th: the 11th is nowhere to be played."""
    streak = Streak().after(played(datetime(2026, 5, 10, 20, tzinfo=HONOLULU), HONOLULU))
    there = datetime(2026, 5, 12, 7, tzinfo=KIRITIMATI)
    assert there - datetime(2026, 5, 10, 20, tzinfo=HONOLULU) < DAY
    assert streak.after(played(there, KIRITIMATI)).days == 2


def test_a_date_that_comes_again_adds_nothing_and_takes_nothing() -> None:
    """Flying west one may live a date twice, and play yesterday's challenge where it was never played."""
    streak = Streak().after(played(datetime(2026, 5, 12, 7, tzinfo=KIRITIMATI), KIRITIMATI))
    west = streak.after(played(datetime(2026, 5, 11, 20, tzinfo=HONOLULU), HONOLULU))
    assert (west.days, west.total) == (1, 2)
    later = west.after(played(datetime(2026, 5, 13, 20, tzinfo=HONOLULU), HONOLULU))
    assert later.days == 2


def test_nobody_has_a_streak_before_the_first_day() -> None:
    """Who has never played stands at nothing."""
    standing = Streak().standing(datetime(2026, 5, 12, tzinfo=UTC), BERLIN)
    assert (standing.days, standing.is_played) == (0, False)


@pytest.mark.parametrize("hours", [23, 25])
def test_a_day_of_23_or_25_hours_is_one_day(hours: int) -> None:
    """Clocks go forward or back in Berlin; the day before, that day and the day after are three days."""
    on = date(2026, 3, 29) if hours == 23 else date(2026, 10, 25)
    assert day_ends_at(on, BERLIN) - instant_of(BERLIN, on, time.min) == timedelta(hours=hours)
    assert every_day(on - DAY, BERLIN, [0.99, 0.01, 0.99]).days == 3
