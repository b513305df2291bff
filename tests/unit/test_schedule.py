"""Schedules as values: what is due, what was missed, and when they stop."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from bot.quiz.schedule import GRACE, REFUSALS, Schedule, ScheduleState, due_slots
from bot.quiz.slots import EVERY_DAY

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))


def schedule_at(zone: str, at: time, days: frozenset[int] = EVERY_DAY) -> Schedule:
    """Return an active schedule that was never armed."""
    return Schedule(
        id=1,
        guild_id=1,
        number=1,
        channel_id=1,
        at=at,
        days=days,
        timezone=None,
        zone=ZoneInfo(zone),
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


schedules = st.builds(
    schedule_at,
    st.sampled_from(ZONES),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.frozensets(st.integers(0, 6), min_size=1),
)
instants = st.integers(0, 47 * 366 * 24 * 60).map(
    lambda minute: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)
spans = st.timedeltas(timedelta(0), timedelta(days=900))


@given(schedules, instants, spans)
def test_each_day_is_either_posted_or_part_of_one_absence(
    schedule: Schedule, begun: datetime, absent: timedelta
) -> None:
    """After any time away, in any zone and year, each day's slot is due now, was missed, or is to come."""
    armed = schedule.armed(begun, None)
    now = begun + absent
    absence, current = due_slots(armed, now)
    expected = []
    for slot in schedule.recurrence.slots_after(begun):
        if slot.due_at > now:
            break
        expected.append(slot)
    missed = [slot for slot in expected if now - slot.due_at > GRACE]
    assert current == expected[len(missed) :]
    assert (absence is None) == (not missed)
    if absence is not None:
        assert (absence.first_on, absence.last) == (missed[0].on, missed[-1])
    after = armed.armed(now, expected[-1].on if expected else None)
    assert after.next_at is not None
    assert after.next_at > now
    assert after.next_on not in {slot.on for slot in expected}


@given(schedules, instants, st.lists(st.timedeltas(timedelta(days=-40), timedelta(days=40)), max_size=12))
def test_wherever_the_clock_goes_no_day_comes_twice(
    schedule: Schedule, at: datetime, jumps: list[timedelta]
) -> None:
    """Claimed days are claimed once, by a clock that jumps to and fro over changes of clocks as well."""
    armed, posted = schedule.armed(at, None), set[date]()
    for jump in jumps:
        at += jump
        if armed.next_at is not None and armed.next_at <= at:
            absence, current = due_slots(armed, at)
            days = [slot.on for slot in current] + ([absence.last.on] if absence else [])
            assert posted.isdisjoint(days)
            assert len(set(days)) == len(days)
            posted.update(days)
        armed = armed.armed(at, max(posted, default=None))


def test_refusals_in_a_row_stop_a_schedule_and_nothing_else_does() -> None:
    """Refusals with a post between them leave it active; three in a row stop it, its maker untold."""
    schedule = schedule_at("Europe/Berlin", time(9))
    for _ in range(REFUSALS - 1):
        schedule = schedule.refused("no")
    schedule = schedule.relieved().waiting("asleep")
    assert schedule.is_waiting
    for _ in range(REFUSALS):
        assert schedule.state is ScheduleState.ACTIVE
        schedule = schedule.refused("no")
    assert (schedule.state, schedule.is_told, schedule.next_at) == (ScheduleState.STOPPED, False, None)
    assert schedule.turned(ScheduleState.PAUSED) is schedule
    assert schedule.waiting("asleep") is schedule
    again = schedule.turned(ScheduleState.ACTIVE)
    assert (again.failures, again.reason, again.is_told) == (0, None, True)
