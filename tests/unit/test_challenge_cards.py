"""The cards of the daily challenge and of duels: within Discord's limits, safe, and in words for all."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cogs.messages.challenges import (
    announcement_card,
    day_board_card,
    direct_card,
    outcome_card,
    reminder_card,
    shared_card,
    streak_card,
    words_of,
)
from bot.cogs.messages.components import Card
from bot.cogs.messages.duels import duel_card, half_card, record_lines
from bot.cogs.messages.text import PHONE, seen_width
from bot.quiz.challenge import Attempt, Mark, Result, placed
from bot.quiz.duel import Duel, DuelState, Record, Side
from bot.quiz.reminder import Reminder
from bot.quiz.scoring import Tally
from bot.quiz.streak import Standing
from bot.services.challenges import Calendar, DayBoard, Outcome
from bot.services.duels import Half
from bot.services.retention import SHORTLY
from tests.cards import check, labelled, words

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TODAY, ZONE = date(2026, 11, 28), ZoneInfo("Europe/Berlin")
HOSTILE = "**[@everyone](https://x.example)** \u202e" + "W" * 30
MARKS = (Mark.RIGHT, Mark.NEAR, Mark.WRONG, Mark.NONE, Mark.RIGHT)
ATTEMPT = Attempt(1, TODAY, 5, 5, ZONE, None, NOW, MARKS, 42, NOW)
CALENDAR = Calendar(
    Standing(12, 30, 1, 40, is_played=True),
    TODAY,
    ZONE,
    (ATTEMPT,),
    NOW + timedelta(hours=11),
    is_chosen=True,
)
TALLIES = tuple(Tally(number, "*Why* " * 80, "_Because_ " * 30, 1, 0) for number in range(1, 21))
OUTCOME = Outcome(ATTEMPT, CALENDAR, TALLIES[:5])
STOPPED = Reminder(1, time(18), reason="Discord lets Farside send you no direct messages")


def board(count: int) -> DayBoard:
    """Return a board with so many people, each with other points."""
    results = [Result(number, HOSTILE, number % 6, 5, number * 10, NOW) for number in range(1, count + 1)]
    return DayBoard(TODAY - timedelta(days=1), TODAY, tuple(placed(results)))


def duel(state: DuelState, questions: int = 20, first: int = 20, second: int = 3) -> Duel:
    """Return a duel in which both have answered so many."""
    sides = (
        Side(1, HOSTILE, (Mark.RIGHT,) * first, first * 30, first == questions),
        Side(2, "Ben", (Mark.WRONG,) * second, 0, second == questions),
    )
    ended = None if state in {DuelState.OFFERED, DuelState.RUNNING} else NOW
    return Duel(11, 12, 13, 14, True, questions, None, state, NOW, NOW, sides, ended_at=ended)


CARDS: list[Card] = [
    outcome_card(OUTCOME, None, has_board=True),
    outcome_card(replace(OUTCOME, attempt=replace(ATTEMPT, on=date(2026, 11, 27))), STOPPED, has_board=True),
    shared_card(OUTCOME, HOSTILE),
    streak_card(CALENDAR, STOPPED),
    streak_card(replace(CALENDAR, attempts=(), standing=Standing(0, 0, 0, 0, is_played=False)), None),
    streak_card(
        replace(CALENDAR, attempts=(), standing=Standing(9, 9, 0, 9, is_played=False, frozen=2)), None
    ),
    *(day_board_card(board(count), 1, HOSTILE) for count in (0, 1, 10, 11, 40)),
    *(
        announcement_card(TODAY, board(count).rows, role_id=7, marker="abc", is_late=True)
        for count in (0, 1, 40)
    ),
    reminder_card(Reminder(1, time(18), TODAY, NOW), "Europe/Berlin"),
    direct_card(Reminder(1, time(18), TODAY, NOW), Standing(9, 9, 0, 9, is_played=False, frozen=2)),
    *(duel_card(duel(state), {}) for state in DuelState),
    *(half_card(Half(duel(state), 1, TALLIES), {}) for state in DuelState),
]


@pytest.mark.parametrize("card", CARDS)
def test_every_card_is_one_that_discord_takes(card: Card) -> None:
    """Whatever people are called and however much an author wrote; and nobody's name formats or pings."""
    check(card)
    assert "@everyone](" not in words(card)


def test_a_grid_tells_by_shape_colour_and_word_and_nothing_of_what_was_asked() -> None:
    """Each mark has its own shape, and the words stand below; no word of a question is there."""
    shown = words(shared_card(OUTCOME, "Ann"))
    assert "🟩 🔶 🔴 ➖ 🟩" in shown
    assert "right, near, wrong, not answered, right" in shown
    assert "Why" not in shown


def test_nobody_hears_the_same_word_twenty_times() -> None:
    """A duel of twenty that one has left alone is told in a few words."""
    assert words_of([Mark.NONE] * 20) == "20 times not answered"
    assert words_of([Mark.RIGHT] * 5 + [Mark.WRONG] * 6) == f"{'right, ' * 5}6 times wrong"


def test_somebody_outside_the_first_ten_finds_themselves() -> None:
    """Their own line stands below the others."""
    assert "‹ **you**" in words(day_board_card(board(40), 1, "Here"))
    assert "‹ **you**" not in words(day_board_card(board(40), 999, "Here"))


def test_a_board_of_a_day_fits_a_phone() -> None:
    """No row is wider, whatever people are called, one's own included; what its numbers are stands below."""
    rows = [line for line in words(day_board_card(board(40), 1, "Here")).splitlines() if " of 5** · " in line]
    assert len(rows) == 11
    assert max(map(seen_width, rows)) <= PHONE
    assert "right answers · points" in words(day_board_card(board(1), 1, "Here"))


@pytest.mark.parametrize("days", [0, 1, 39, 40, 999_999])
def test_a_board_turns_back_as_long_as_boards_are_kept(days: int) -> None:
    """Forty days; a date that only a forged button names is answered, too."""
    on = date.fromordinal(max(1, TODAY.toordinal() - days))
    shown = labelled(day_board_card(DayBoard(on, TODAY, ()), 1, "Here"))
    assert ("← Day before" in shown) == (days < SHORTLY.days)
    assert ("Day after →" in shown) == (days > 0)


def test_winners_are_named_and_who_had_nothing_right_is_none() -> None:
    """Those who share the first place are named together."""
    tied = [
        replace(row.result, name=name, points=9, right=3)
        for row, name in zip(board(2).rows, "BA", strict=True)
    ]
    assert "**A** and **B** with 3 of 5 right" in words(announcement_card(TODAY, placed(tied)))
    near = [replace(row.result, points=9, right=0) for row in board(2).rows]
    assert "with 9 points." in words(announcement_card(TODAY, placed(near)))
    nothing = [replace(row.result, points=0, right=0) for row in board(2).rows]
    assert "nobody was right" in words(announcement_card(TODAY, placed(nothing)))


def test_a_running_duel_tells_only_what_both_have_answered() -> None:
    """Twenty and three answers: three are told."""
    shown = words(duel_card(duel(DuelState.RUNNING), {}))
    assert shown.count("🟩") == shown.count("🔴") == 3
    assert "answered 20 of 20: right, right, right\n" in shown


def test_a_profile_tells_of_duels_when_there_were_some() -> None:
    """All, and those against the reader."""
    assert record_lines(Record(), None) == []
    lines = record_lines(Record(3, 2, 1), Record(1, 0))
    assert lines == ["**Duels:** 3 won, 2 lost, 1 drawn", "**Against you:** 1 won, 0 lost"]
