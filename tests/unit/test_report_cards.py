"""Cards about reports and weak questions: all that matters, and within Discord's limits."""

from dataclasses import replace

import pytest

from bot.cogs.messages.reports import (
    MOST_SHOWN,
    measured_text,
    news_card,
    queue_card,
    resolved_text,
    weak_card,
)
from bot.cogs.messages.sources import source_card
from bot.cogs.options import Options
from bot.quiz.game import FOR_US, Form, Rules
from bot.quiz.items import Fault, Item, Observation, Player, added, key_of
from bot.quiz.report import Complaint, Outcome, Reason, Report
from bot.services.learning import Weak
from tests.cards import check, labelled, words
from tests.fakes import START
from tests.questions import SOURCE, question

REPORT = Report(7, "q1", "words", Reason.WRONG, "It *is* 43.", START)


def test_an_empty_queue_is_good_news() -> None:
    """There is something to read in any case."""
    check(queue_card([], 0))
    assert "Nothing is reported" in words(queue_card([], 0))
    check(weak_card([], 12))
    assert "after 12 answers" in words(weak_card([], 12))


def test_the_queue_says_what_and_how_often() -> None:
    """Reasons counted, notes as they were written, and whether the question is another one by now."""
    reports = [REPORT, replace(REPORT, player_id=8, note=""), replace(REPORT, reason=Reason.OUTDATED)]
    shown = words(queue_card([Complaint("q1", "What is it?", reports, has_changed=True)], 1))
    assert "3 reports: the answer is wrong (2); out of date" in shown
    assert "> It \\*is\\* 43." in shown
    assert "its words have changed since" in shown
    assert "not in the bank any more" in words(
        queue_card([Complaint("gone", None, reports, has_changed=True)], 1)
    )


@pytest.mark.parametrize(("count", "told"), [(3, ""), (4, "and 1 more note"), (5, "and 2 more notes")])
def test_notes_beyond_the_third_are_counted(count: int, told: str) -> None:
    """One is a note, two are notes."""
    lines = words(queue_card([Complaint("q1", "What is it?", [REPORT] * count)], 1)).splitlines()
    assert [line.removeprefix("-# ") for line in lines if "more note" in line] == ([told] if told else [])


@pytest.mark.parametrize("count", [1, 29, 30, 31, 400])
def test_however_many_there_are_the_cards_fit(count: int) -> None:
    """Long ids, words and notes by the hundred: the card fits, and the number left out is right."""
    long = replace(REPORT, note="n" * 500, answer="a" * 500, outcome=Outcome.MENDED)
    complaints = [Complaint(f"{number}" + "q" * 60, "w" * 900, [long] * 5) for number in range(count)]
    weak = [
        Weak(question(number, id=f"{number}" + "q" * 60), item(), (Fault.WRONG_OPTION, Fault.STRONG_ERR))
        for number in range(count)
    ]
    for card in (
        queue_card(complaints, count),
        queue_card(complaints[:MOST_SHOWN], count),
        weak_card(weak, 10**6),
        news_card([long] * count, ["w" * 900] * count),
    ):
        check(card)
        text = words(card)
        last = [one for one in text.splitlines() if one.startswith("-# and ") and "more note" not in one]
        told = [int(one.split()[2]) for one in last]
        shown = text.count("q" * 60) if "q" * 60 in text else text.count("“")
        assert shown + sum(told) == count


def item() -> Item:
    """Return what was measured of some question."""
    seen = [
        Observation(player, rating, place == 0, 9.0, (place,))
        for player, rating in ((Player.NEW, 25.0), (Player.WEAK, 20.0), (Player.STRONG, 30.0))
        for place in (0, 0, 1, 2)
    ]
    return added(Item("words", Form.PRESS, "q1"), seen)


def test_a_line_of_figures() -> None:
    """Answers, shares by kind of player, discrimination with a real minus, and the time."""
    told = measured_text(item())
    assert told == "12 answers, 50% right · new 50%, weak 50%, strong 50% · discrimination 0.00 · 9 s"
    assert "(typed)" in measured_text(replace(item(), form=Form.TYPED))


def test_a_weak_question_says_which_option_it_is() -> None:
    """Its words and figures; and where an option is amiss how often each was chosen, the right one first."""
    seen = [
        Observation(Player.NEW, 25.0, place == 0, 9.0, (place,))
        for place, count in enumerate((20, 40, 1200, 0))
        for _ in range(count)
    ]
    made = question(1)
    found = added(Item(key_of(made), Form.PRESS, made.id), seen)
    for fault, told in (
        (
            Fault.WRONG_OPTION,
            "chosen, the right one first: key 1: 20 · wrong 1: 40 · worse 1: 1,200 · worst 1: 0",
        ),
        (Fault.TOO_HARD, ""),
    ):
        card = weak_card([Weak(made, found, (fault,))], 1260)
        check(card)
        assert f"`q1` · {fault}\nWhat is number 1?\n" in words(card)
        assert "Discrimination" not in words(card), "of new players alone there is none"
        assert [line for line in words(card).splitlines() if "chosen," in line] == (
            [f"-# {told}"] if told else []
        )


def test_the_news_say_what_came_of_it() -> None:
    """Each outcome in words, with the operator's own."""
    for outcome in Outcome:
        card = news_card([replace(REPORT, outcome=outcome, answer="See *page* 7.")], ["What is it?"])
        check(card)
        assert "“What is it?”" in words(card)
        assert "> See \\*page\\* 7." in words(card)
    assert resolved_text("q1", Outcome.KEPT, [REPORT]).endswith("One person will be told.")
    assert resolved_text("q1", Outcome.KEPT, [REPORT] * 3).endswith("3 people will be told.")


def test_every_source_can_be_reported() -> None:
    """The button names what the source is of."""
    card = source_card(SOURCE, "It is so.", "round:481")
    check(card)
    assert labelled(card)["Report a mistake"]["custom_id"] == "report:round:481"


def test_a_game_for_us_is_an_option_like_others() -> None:
    """It is taken as chosen, kept as a preset, and read again."""
    rules = Options(difficulty=FOR_US).over(Rules(), {})
    assert rules.difficulty == FOR_US
    assert Rules.from_plain(rules.to_plain()) == rules
    assert Options(difficulty=0).over(rules, {}).difficulty is None
