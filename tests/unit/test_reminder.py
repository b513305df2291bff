"""When a reminder of the daily challenge is due, and whether it is still to be sent."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from bot.quiz.reminder import APART, SURE, Reminder, Step
from bot.quiz.slots import local_day

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 10, 11, tzinfo=UTC)  # in Berlin
EVENING = Reminder(1, time(18)).armed(NOON, BERLIN)
DUE = datetime(2026, 3, 10, 18, tzinfo=BERLIN)
SECOND = timedelta(seconds=1)
zones = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)


def test_it_is_due_at_its_local_time() -> None:
    """Set before that time it comes today, set after it tomorrow."""
    assert (EVENING.next_on, EVENING.next_at) == (date(2026, 3, 10), DUE)
    assert Reminder(1, time(18)).armed(DUE, BERLIN).next_on == date(2026, 3, 11)


def test_what_is_done_when_it_rings() -> None:
    """Not before its time, not when played, not three hours late, not the day after."""
    assert EVENING.step(DUE - SECOND, BERLIN, has_played=False) is Step.WAIT
    assert EVENING.step(DUE, BERLIN, has_played=False) is Step.SEND
    assert EVENING.step(DUE, BERLIN, has_played=True) is Step.SKIP
    assert EVENING.step(DUE + timedelta(hours=3, seconds=1), BERLIN, has_played=False) is Step.SKIP
    late = Reminder(1, time(23)).armed(NOON, BERLIN)
    assert late.step(DUE + timedelta(hours=6, seconds=1), BERLIN, has_played=False) is Step.SKIP


def test_one_under_way_is_sent_again_only_while_discord_knows_it() -> None:
    """After that it is looked for; also when the clock was set back."""
    tried = EVENING.tried(DUE)
    assert tried.step(DUE + SURE - SECOND, BERLIN, has_played=False) is Step.SEND
    assert tried.step(DUE + SURE, BERLIN, has_played=False) is Step.LOOK
    assert tried.tried(DUE + SURE).tried_at == DUE
    ahead = EVENING.tried(DUE + timedelta(hours=1))
    assert ahead.step(DUE, BERLIN, has_played=False) is Step.LOOK


def test_one_that_discord_refused_has_stopped() -> None:
    """It is not due any more, and says why, until it is set again."""
    stopped = EVENING.stopped("no direct messages")
    assert stopped.step(DUE, BERLIN, has_played=False) is Step.WAIT
    assert stopped.reason == "no direct messages"
    assert stopped.armed(DUE, BERLIN).reason is None


def test_a_clock_that_was_ahead_is_forgotten() -> None:
    """What it has noted for the future keeps nobody waiting until then."""
    ahead = EVENING.tried(DUE).sent(DUE + timedelta(days=300), BERLIN)
    ahead = ahead.armed(DUE + timedelta(days=300), BERLIN)
    assert ahead.mended(NOON + timedelta(days=1), BERLIN).next_on == date(2026, 3, 11)


@given(
    zones, st.lists(st.tuples(zones, st.integers(0, 48)), max_size=12), st.times(), st.dates(date(2000, 1, 1))
)
def test_never_twice_a_date_nor_within_twenty_hours(
    first: ZoneInfo, steps: list[tuple[ZoneInfo, int]], at: time, begin: date
) -> None:
    """Whatever zones somebody claims, and however often they move."""
    now = datetime.combine(min(begin, date(2090, 1, 1)), time(12), UTC)
    reminder = Reminder(1, at.replace(second=0, microsecond=0, tzinfo=None, fold=0)).armed(now, first)
    sent: list[tuple[date, datetime]] = []
    for zone, hours in steps:
        reminder = reminder.armed(now, zone)
        assert reminder.next_at is not None
        now = max(now + timedelta(hours=hours), reminder.next_at)
        if reminder.step(now, zone, has_played=False) is Step.SEND:
            assert reminder.next_on == local_day(zone, now)
            sent.append((reminder.next_on, now))
            reminder = reminder.tried(now).sent(now, zone)
        else:
            reminder = reminder.skipped(now, zone)
    assert len({on for on, _ in sent}) == len(sent)
    assert all(later - sooner >= APART for (_, sooner), (_, later) in pairwise(sent))
