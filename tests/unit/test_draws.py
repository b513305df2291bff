"""A game's questions: what goes together and what comes again, in any bank and in the one that ships."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank import Bank, Seen, load_bank
from bot.bank.part import Part
from bot.errors import NotFound
from bot.quiz.game import Rules
from bot.quiz.question import ONE_PRESS, Kind, Question
from bot.services.draws import draw, has_questions, pool_size
from tests.laws import TIMES, tried
from tests.questions import question

QUESTIONS = Path(__file__).parents[2] / "questions"
TF: dict[str, object] = {"kind": Kind.TRUE_FALSE, "key": "True", "distractors": ("False",)}
SORTS: dict[str, dict[str, object]] = {
    "choice": {},
    "claim": TF,
    "typed": {"distractors": ()},
    "set": {"kind": Kind.SET},
}
OTHER_WAYS = sorted(set(Kind) - ONE_PRESS)


@st.composite
def banks(draw: st.DrawFn) -> Bank:
    """Return a bank of any shape: facts with few or many questions, claims, enemies, unplayable kinds."""
    made: list[Question] = []
    for fact in range(draw(st.integers(1, 9))):
        for number in range(draw(st.integers(1, 4))):
            sort = draw(st.sampled_from(["choice", "choice", "choice", "claim", "typed", "set"]))
            enemies = draw(st.sets(st.sampled_from(["f0", "f1", "f2", "q31"]), max_size=1))
            changes: dict[str, object] = SORTS[sort]
            made.append(
                question(
                    fact * 10 + number,
                    **{
                        "fact": f"f{fact}",
                        "topic": draw(st.sampled_from("ab")),
                        "difficulty": draw(st.integers(1, 3)),
                        "enemies": tuple(enemies),
                        **changes,
                    },
                )
            )
    return Bank([Part.of(made, {})])


def are_enemies(bank: Bank, first: str, other: str) -> bool:
    """Return whether two questions give each other away."""
    one, two = bank.index_of(first), bank.index_of(other)
    assert one is not None
    assert two is not None
    return two in bank.enemies_at(one)


def play(bank: Bank, rules: Rules, dice: Random, seen: Seen) -> list[Question]:
    """Return the questions of one game, each of them fit to be pressed."""
    asked: list[Question] = []
    for _ in range(rules.questions):
        shown, again = draw(bank, dice, rules, seen, [one.id for one in asked])
        assert 2 <= len(shown.options) <= 5
        assert shown.question.key in shown.options
        assert shown.question.is_pressed
        assert shown.question.id in seen
        assert set(again) <= set(bank.ids)
        asked.append(shown.question)
    return asked


def breaches(bank: Bank, asked: Sequence[Question]) -> list[str]:
    """Return the laws that a game breaks."""
    kinds = [one.kind is Kind.TRUE_FALSE for one in asked]
    pairs = [(one, two) for place, one in enumerate(asked) for two in asked[:place]]
    found = {
        "a fact twice": any(one.fact == two.fact for one, two in pairs),
        "enemies": any(are_enemies(bank, one.id, two.id) for one, two in pairs),
        "more than two claims": sum(kinds) > 2,
        "two claims running": any(one and two for one, two in pairwise(kinds)),
    }
    return [law for law, is_broken in found.items() if is_broken]


@tried(30)
@given(banks(), st.integers(1, 9), st.sampled_from([None, "a"]), st.integers(0, 99))
def test_a_game_asks_what_goes_together(bank: Bank, number: int, topic: str | None, chance: int) -> None:
    """Law: game after game, whatever the bank: no fact twice, no enemies, two claims, never running."""
    rules = Rules(questions=number, topic=topic)
    if not has_questions(bank, rules):
        with pytest.raises(NotFound):
            pool_size(bank, rules)
        return
    rules = replace(rules, questions=pool_size(bank, rules))
    assert 1 <= rules.questions <= number
    seen, dice = Seen(), Random(chance)
    for _ in range(6):
        asked = play(bank, rules, dice, seen)
        assert breaches(bank, asked) == []
        assert all(topic in (None, one.topic) for one in asked)


@tried(25)
@given(banks(), st.integers(0, 99))
def test_more_than_goes_together_is_asked_all_the_same(bank: Bank, chance: int) -> None:
    """Law: a fact comes twice only when each of the others has come; then a draw still finds a question."""
    rules = Rules(questions=30)
    if not has_questions(bank, rules):
        return
    facts = {one.fact for one in bank if one.is_pressed}
    asked = play(bank, rules, Random(chance), Seen())
    seen_facts: set[str] = set()
    for one in asked:
        assert one.fact not in seen_facts or seen_facts == facts
        seen_facts.add(one.fact)


def ample(number: int = 60) -> Bank:
    """Return a bank of so many facts with two questions each, one in six of them a claim."""
    made = [
        question(
            n, fact=f"f{n // 2}", topic="abc"[n % 3], difficulty=n // 3 % 3 + 1, **(TF if n % 6 == 0 else {})
        )
        for n in range(2 * number)
    ]
    return Bank([Part.of(made, {})])


@pytest.mark.parametrize("chance", range(8))
def test_nothing_comes_again_before_the_pool_is_used_up(chance: int) -> None:
    """Over games in one server; and no fact of the game before as long as there are others."""
    bank, seen, dice = ample(), Seen(), Random(chance)
    rules = Rules(questions=10)
    games = [play(bank, rules, dice, seen) for _ in range(24)]
    ids = [one.id for game in games for one in game]
    assert len(set(ids[:110])) == 110
    assert set(ids[:130]) == set(bank.ids)
    for before, game in pairwise(games[:8]):
        assert not {one.fact for one in before} & {one.fact for one in game}
    assert max(Counter(ids).values()) - min(Counter(ids).values()) <= 2


def test_a_game_is_spread_and_rises() -> None:
    """Topics and kinds come as the pool has them, and the last question is harder than the first."""
    bank, dice = ample(), Random(1)
    games = [play(bank, Rules(questions=9), dice, Seen()) for _ in range(60)]
    for game in games:
        assert set(Counter(one.topic for one in game).values()) <= {2, 3, 4}
    first, last = (sum(game[place].difficulty for game in games) / len(games) for place in (0, -1))
    assert last - first > 0.8


def test_a_draw_costs_the_same_from_any_bank() -> None:
    """It looks at a bounded number of questions: counted by how often their facts are asked for."""

    class Counted(Bank):
        looks = 0

        def fact_at(self, index: int) -> str:
            Counted.looks += 1
            return super().fact_at(index)

    costs = []
    for number in (200, 2000):
        bank = Counted([Part.of(ample(number).questions, {})])
        seen, dice, rules = Seen(), Random(1), Rules(questions=10)
        play(bank, rules, dice, seen)  # what a pool is asked once
        Counted.looks = 0
        for _ in range(20):
            play(bank, rules, dice, seen)
        costs.append(Counted.looks)
    assert costs[1] < 1.3 * costs[0]


def test_practice_of_a_fact_asks_all_there_is_about_it() -> None:
    """Each question once, then the one of longest ago."""
    bank, seen, rules = ample(3), Seen(), Rules(questions=1, fact="f1")
    ids = [draw(bank, Random(n), rules, seen)[0].question.id for n in range(6)]
    assert set(ids) == {"q2", "q3"}
    assert all(one != two for one, two in pairwise(ids))


@pytest.fixture(scope="module")
def moon() -> Bank:
    """Return the bank that ships."""
    return load_bank(QUESTIONS)


def test_the_moon_plays_well(moon: Bank) -> None:
    """In 100 games of ten in one server, and 10 on each topic, nothing gives another question away."""
    rules, seen, dice = Rules(questions=10), Seen(), Random(1969)
    games = [play(moon, rules, dice, seen) for _ in range(100 * TIMES)]
    assert [game for game in games if breaches(moon, game)] == []
    ids = [one.id for game in games for one in game]
    used_up = len(moon.pool(pressed=True)) - 10
    assert len(set(ids[:used_up])) == used_up
    for topic in moon.topics:
        rules = Rules(questions=10, topic=topic)
        rules = replace(rules, questions=pool_size(moon, rules))
        seen = Seen()
        assert [game for _ in range(10) if breaches(moon, game := play(moon, rules, dice, seen))] == []


def test_enemies_are_what_gives_away() -> None:
    """A key or its synonym in another's stem, options or explanation; or an author's word."""
    made = [
        question(1, key="Chang'e-4", accept=("CE-4",)),
        question(2, stem="Which rover came with Chang’e-4?"),
        question(3, explanation="It is what CE 4 found."),
        question(4, distractors=("Chang'e-4", "Luna 9")),
        question(5, fact="f1", stem="What is Chang'e-4?"),
        question(6, stem="Which lander came after Chang'e-40?"),
        question(7, key="4", stem="How many are there?"),
        question(8, stem="What did all 4 see?", enemies=("f6",)),
        question(9, stem="Is it so?", enemies=("q7",)),
    ]
    bank = Bank([Part.of([question(100)], {}), Part.of(made, {})])
    pairs = {
        (one.id, two.id)
        for one in bank
        for two in bank
        if one.id < two.id and are_enemies(bank, one.id, two.id)
    }
    assert pairs == {("q1", "q2"), ("q1", "q3"), ("q1", "q4"), ("q6", "q8"), ("q7", "q9")}


def test_what_everything_mentions_gives_nothing_away() -> None:
    """In questions about the Moon, the Moon is no secret."""
    made = [question(n, stem=f"What of number {n} is on the Moon?", key="The Moon") for n in range(20)]
    bank = Bank([Part.of(made, {})])
    assert not any(are_enemies(bank, one.id, two.id) for one in bank for two in bank)


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
