"""Drawing the question of a day."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.bank import Bank, Seen, load_bank
from bot.bank.part import Part
from bot.config import shipped_questions
from bot.quiz.day import KINDS
from bot.services.day_draws import draw_for_day
from tests.laws import tried
from tests.questions import question

SHIPPED = load_bank(shipped_questions())


@tried(20)
@given(st.integers(0, 10**6), st.sampled_from(sorted(SHIPPED.facts)))
def test_the_fact_gives_no_question_away(seed: int, fact_id: str) -> None:
    """It asks about another fact, by one press among more than two, and no enemy of what the fact tells."""
    seen = Seen()
    asked = draw_for_day(SHIPPED, Random(seed), seen, topic=None, fact_id=fact_id, lately=())
    assert asked is not None
    question = asked.question
    assert question.fact != fact_id
    assert question.kind in KINDS
    assert 3 <= len(asked.options) <= 5
    assert question.key in asked.options
    index = SHIPPED.index_of(question.id)
    assert index is not None
    enemies = {SHIPPED.fact_at(enemy) for enemy in SHIPPED.enemies_at(index)}
    assert fact_id not in enemies or all(
        SHIPPED.index_of(one.id) not in SHIPPED.enemies_at(index) for one in SHIPPED.about(fact_id)
    )
    assert question.id in seen


def test_no_question_comes_again_before_all_have_come() -> None:
    """And then the one comes that was asked longest ago."""
    bank = Bank([Part.of([question(number) for number in range(1, 6)], {"rover": "The rover"})])
    seen, dice = Seen(), Random(1)
    drawn = []
    for _ in range(10):
        asked = draw_for_day(bank, dice, seen, topic=None, fact_id="other", lately=())
        assert asked is not None
        drawn.append(asked.question.id)
    assert len(set(drawn[:5])) == 5
    assert drawn[5:] == drawn[:5]


def test_no_topic_follows_itself() -> None:
    """While the bank has another, topics of the days before are left aside."""
    seen, dice, before = Seen(), Random(5), ""
    for _ in range(40):
        asked = draw_for_day(SHIPPED, dice, seen, topic=None, fact_id="x", lately=(before,))
        assert asked is not None
        assert asked.question.topic != before
        before = asked.question.topic


def test_a_bank_with_nothing_to_ask() -> None:
    """There is no question, and the post comes without one."""
    empty = Bank([Part.of([], {})])
    assert draw_for_day(empty, Random(1), Seen(), topic=None, fact_id="x", lately=()) is None
    only = Bank([Part.of([question(1)], {"rover": "The rover"})])
    fact_id = next(iter(only)).fact
    assert draw_for_day(only, Random(1), Seen(), topic=None, fact_id=fact_id, lately=()) is None
    assert draw_for_day(only, Random(1), Seen(), topic="elsewhere", fact_id="x", lately=()) is None
