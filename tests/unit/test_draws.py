"""What a game is dealt: questions that one press answers, whatever else the bank holds."""

from random import Random

import pytest

from bot.bank import Bank, Seen
from bot.bank.bank import Part
from bot.errors import NotFound
from bot.quiz.game import Rules
from bot.quiz.question import ONE_PRESS, Kind
from bot.services.draws import draw, pool_size
from tests.questions import question

OTHER_WAYS = sorted(set(Kind) - ONE_PRESS)


@pytest.mark.parametrize("fact", [None, "fact"])
def test_what_one_press_does_not_answer_is_not_dealt(fact: str | None) -> None:
    """An estimate, a set, a ladder and a picture stay in the bank until a game can ask them."""
    others = [
        question(number, id=f"fact.{kind}", kind=kind, fact="fact") for number, kind in enumerate(OTHER_WAYS)
    ]
    bank = Bank([Part.of([*others, question(9, id="fact.choice", fact="fact")], {})])
    rules = Rules(fact=fact)
    for seed in range(20):
        asked, _ = draw(bank, Random(seed), rules, Seen())
        assert asked.question.id == "fact.choice"


def test_a_fact_without_such_a_question_has_none() -> None:
    """A player who wants to practise it is told so."""
    bank = Bank([Part.of([question(kind=Kind.ESTIMATE, fact="fact")], {})])
    with pytest.raises(NotFound, match="about this fact"):
        pool_size(bank, Rules(fact="fact"))
