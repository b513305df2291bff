"""Quiz nights as values: when they begin, which step comes next, and how teams are made and ranked."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.messages.nights import announced_text, announcement_card, reminder_card
from bot.errors import BadInput, Conflict
from bot.quiz.game import Pace, Rules
from bot.quiz.night import (
    BREAK,
    LEAD,
    MOST_NIGHTS,
    PATIENCE,
    Guest,
    NewNight,
    Night,
    NightCard,
    NightShowing,
    NightState,
    Step,
    draw_teams,
    notified,
    rank_teams,
    require_room,
    sizes_of,
    timed,
)
from bot.quiz.scoring import Score
from tests.cards import words

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)  # a Friday


def night(starts_in: timedelta = timedelta(hours=2), **changes: Any) -> Night:
    """Return a night as it is announced."""
    new = NewNight(
        guild_id=1, channel_id=2, starter_id=3, request_id=4, starts_at=NOW + starts_in, rules=Rules()
    )
    return replace(Night.of(7, new, NOW), **changes)


def test_more_topics_than_any_night_has_rounds_are_too_many() -> None:
    """Nobody is told to ask for as many rounds as there cannot be."""
    asked: dict[str, Any] = {
        "guild_id": 1,
        "channel_id": 2,
        "starter_id": 3,
        "request_id": 4,
        "starts_at": NOW,
        "rules": Rules(),
    }
    with pytest.raises(BadInput, match="add `rounds:4`"):
        NewNight(**asked, topics=("moon",) * 4)
    with pytest.raises(BadInput, match="6 rounds at most"):
        NewNight(**asked, topics=("moon",) * 7)


def test_a_message_that_comes_too_late_is_past() -> None:
    """A break that is over is not announced, nor is anybody reminded of a night that is off or further on."""
    first = night(rounds=3).reminded().began(11)
    pausing = first.after_game(NOW, was_left=False)
    second = pausing.began(12)
    assert not any(one.is_past(Step.REMINDER) for one in (night(), first))
    assert all(one.is_past(Step.REMINDER) for one in (pausing, second, night().called_off("called off")))
    assert not pausing.is_past(Step.BREAK + 1)
    over = pausing.called_off("ended by a host")
    assert all(one.is_past(Step.BREAK + 1) for one in (second, second.after_game(NOW, was_left=False), over))
    assert not any(over.is_past(step) for step in (Step.ANNOUNCEMENT, Step.OFF, Step.END))


def test_a_reminder_after_the_start_says_that_it_begins_now() -> None:
    """Nobody reads that a night begins some minutes ago."""
    coming = night()
    early = words(reminder_card(NightShowing(coming, []), NightCard(Step.REMINDER, coming.starts_at - LEAD)))
    assert f"<t:{int(coming.starts_at.timestamp())}:R>" in early
    for late in (coming, coming.began(11)):
        assert "begins now" in words(
            reminder_card(NightShowing(late, []), NightCard(Step.REMINDER, coming.starts_at))
        )


def test_a_night_takes_its_steps_in_order() -> None:
    """It reminds before its start, plays its rounds with breaks between them, and is over after the last."""
    coming = night(rounds=2)
    assert coming.due_at == coming.starts_at - LEAD
    reminded = coming.reminded()
    assert reminded.due_at == coming.starts_at
    playing = reminded.began(11)
    assert (playing.state, playing.number, playing.due_at) == (NightState.PLAYING, 1, None)
    pausing = playing.after_game(NOW, was_left=False)
    assert (pausing.state, pausing.due_at) == (NightState.BREAK, NOW + BREAK)
    assert pausing.began(12).after_game(NOW, was_left=False).state is NightState.OVER


def test_a_night_that_nobody_plays_goes_on_no_longer() -> None:
    """When a game ended because nobody played, no further round begins."""
    assert night().began(11).after_game(NOW, was_left=True).state is NightState.OVER


def test_near_its_start_nobody_is_reminded() -> None:
    """A night announced ten minutes before its start or later has no reminder."""
    near = night(timedelta(minutes=9))
    assert near.is_reminded
    assert near.due_at == near.starts_at


def test_a_list_says_what_its_people_do() -> None:
    """Nobody is said to be here who came, or who would have come to a night that is off."""
    states = {
        "Who comes": night(),
        "Who is here": night().began(11),
        "Who came": night(rounds=1).began(11).after_game(NOW, was_left=False),
        "Who would have come": night().called_off("called off by a host"),
    }
    for head, one in states.items():
        for guests in ([], [Guest(5, "Ada")]):
            shown = words(announcement_card(NightShowing(one, guests), {}))
            assert f"**{head}** · " in shown
            assert ("yet" in shown) == (not guests and not one.is_over)


def test_whoever_announces_a_night_reads_by_whose_clock() -> None:
    """Where nobody has set the server's time zone the hour is not what was meant: it is told in words."""
    told = announced_text(night(), ZoneInfo("Asia/Karachi"))
    assert "19:00 by the server's clock (Asia/Karachi)" in told


def test_nobody_is_promised_a_reminder_that_does_not_come() -> None:
    """The announcement tells of the reminder until it was sent, and not at all near the start."""
    promise = "is reminded here 10 minutes before"
    assert promise in words(announcement_card(NightShowing(night(), []), {}))
    for told in (night(timedelta(minutes=9)), night().reminded()):
        assert promise not in words(announcement_card(NightShowing(told, []), {}))


def test_a_night_that_is_far_too_late_is_off() -> None:
    """Up to an hour late it, or its next round, begins; after that it does not."""
    coming = night()
    pausing = coming.began(11).after_game(NOW + timedelta(hours=3), was_left=False)
    for one, due_at in ((coming, coming.starts_at), (pausing, NOW + timedelta(hours=3) + BREAK)):
        assert not one.is_lost(due_at + PATIENCE)
        assert one.is_lost(due_at + PATIENCE + timedelta(seconds=1))
    assert not coming.began(11).is_lost(coming.starts_at + timedelta(days=1))


def test_all_who_come_are_notified() -> None:
    """A message notifies a hundred people: of two hundred the others are named by a second one."""
    guests = [Guest(number) for number in range(1, 201)]
    for first, more in ((Step.REMINDER, Step.REMINDER_MORE), (Step.OFF, Step.OFF_MORE)):
        told = [*notified(guests, first), *notified(guests, more)]
        assert told == guests
        assert max(len(notified(guests, step)) for step in (first, more)) <= 100
        assert not notified(guests[:100], more)
    showing = NightShowing(night(), guests)
    texts = [
        words(reminder_card(showing, NightCard(step, NOW))) for step in (Step.REMINDER, Step.REMINDER_MORE)
    ]
    assert all(any(f"<@{guest.player_id}>" in text for text in texts) for guest in guests)


def test_a_night_never_waits_for_a_button() -> None:
    """Where the server presets games without a time limit, its nights have the usual one all the same."""
    assert timed(Rules(pace=Pace.UNTIMED)) == Rules()
    for kept in (Rules(pace=Pace.FAST), Rules(pace=Pace.UNTIMED, seconds=20)):
        assert timed(kept) == kept


def test_called_off_after_a_round_its_scores_count() -> None:
    """What was played makes it over, not off."""
    assert night().called_off("called off").state is NightState.OFF
    assert night().began(11).called_off("ended").state is NightState.OVER


def test_a_topic_that_has_left_the_bank_is_not_promised() -> None:
    """A night whose topic the bank has no more says that it asks about everything, as it does."""
    evening = NightShowing(night(rounds=2, topics=("gone",)), [])
    assert "all topics" in words(announcement_card(evening, {"moon": "The Moon"}))
    assert "gone" not in words(announcement_card(evening, {"moon": "The Moon"}))


def test_topics_come_in_turn() -> None:
    """With fewer topics than rounds they begin anew; with none every round asks about everything."""
    evening = night(rounds=4, topics=("a", "b"))
    assert [evening.topic_of(number) for number in (1, 2, 3, 4)] == ["a", "b", "a", "b"]
    assert night().topic_of(2) is None


def test_a_channel_has_one_night_at_a_time() -> None:
    """Two nights in a channel lie an hour apart, and a server has five to come at most."""
    first = night()
    with pytest.raises(Conflict, match="at about that time"):
        require_room([first], first.channel_id, first.starts_at + timedelta(minutes=59))
    require_room([first], first.channel_id, first.starts_at + PATIENCE)
    require_room([first], first.channel_id + 1, first.starts_at)
    with pytest.raises(Conflict, match=str(MOST_NIGHTS)):
        require_room([first] * MOST_NIGHTS, 99, first.starts_at + timedelta(days=1))


@given(
    teams=st.integers(2, 4),
    chosen=st.lists(st.integers(0, 4), max_size=30),
    seed=st.integers(0, 2**32),
)
def test_drawn_teams_are_even(teams: int, chosen: list[int], seed: int) -> None:
    """Who chose a team keeps it; the others are dealt out so that no team could be smaller by one of them."""
    guests = [Guest(place, team=team if team <= teams else 0) for place, team in enumerate(chosen)]
    drawn = draw_teams(guests, teams, random.Random(seed))
    assert [guest.player_id for guest in drawn] == [guest.player_id for guest in guests]
    assert all(new.team == old.team for new, old in zip(drawn, guests, strict=True) if old.team)
    assert all(1 <= guest.team <= teams for guest in drawn)
    before, after = sizes_of(guests, teams), sizes_of(drawn, teams)
    grown = [after[team] for team in after if after[team] > before[team]]
    assert not grown or max(grown) - min(after.values()) <= 1


def test_a_team_s_points_are_a_head() -> None:
    """A team of one with 30 points stands before a team of two with 40, who have 20 each."""
    scores = [Score(player, "", points, 1, 1, 1) for player, points in ((1, 30), (2, 25), (3, 15))]
    guests = [Guest(1, team=1), Guest(2, team=2), Guest(3, team=2), Guest(4, team=2)]
    standing = rank_teams(scores, guests, 3)
    assert [(each.team, each.points, each.played) for each in standing] == [(1, 30, 1), (2, 20, 2), (3, 0, 0)]


def test_teams_with_as_many_points_share_a_rank() -> None:
    """As on every board: 1, 1, 3."""
    scores = [Score(player, "", points, 1, 1, 1) for player, points in ((1, 20), (2, 10), (3, 20))]
    standing = rank_teams(scores, [Guest(player, team=player) for player in (1, 2, 3)], 3)
    assert [(each.rank, each.team) for each in standing] == [(1, 1), (1, 3), (3, 2)]
