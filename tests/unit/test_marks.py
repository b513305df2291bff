"""How right an answer is, and that a blind guess is worth the same however it is asked for."""

import math
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.quiz.forms import KINDS, form_of
from bot.quiz.game import Answer, Asked, Form, ImpossibleStep, Mode, Round
from bot.quiz.judging import Key
from bot.quiz.marks import GUESS, ladder_share, mark, require_clear, worth_of
from bot.quiz.question import Kind, Question, Tolerance
from tests.questions import question

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
ESTIMATE = question(
    kind=Kind.ESTIMATE,
    stem="How many kilograms did it weigh?",
    key="140 kg",
    distractors=(),
    tolerance=Tolerance(130, 150, "kg"),
)


def present(asked: Asked, *clues_at: datetime) -> Round:
    """Return a round that asks it."""
    return Round(7, 1, 1, len(asked.options), None, clues_at=clues_at)


def menu(options: int, keys: int) -> Asked:
    """Return a question of which so many of its options are right."""
    right, wrong = (
        tuple(f"right {n}" for n in range(keys)),
        tuple(f"wrong {n}" for n in range(options - keys)),
    )
    asked = question(kind=Kind.SET, key=right[0], keys=right, distractors=wrong)
    return Asked(asked, (*wrong, *right))


def share(asked: Asked, response: int | str | tuple[int, ...], *clues_at: datetime) -> float:
    """Return the part of a right answer's worth that an answer brings."""
    return mark(asked, present(asked, *clues_at), Answer(1, response, T0)).share


@given(st.integers(2, 5), st.integers(1, 3))
def test_a_blind_press_is_worth_the_same_among_any_number(options: int, difficulty: int) -> None:
    """Points follow the number of options: on average a guess brings 2.5 times the difficulty."""
    asked = Asked(question(difficulty=difficulty), ("key 1", *map(str, range(options - 1))))
    brought = [worth_of(asked) * share(asked, place) for place in range(options)]
    assert sum(brought) / options == pytest.approx(GUESS * difficulty)


@given(st.integers(4, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(2, n - 1))))
def test_a_blind_choice_from_a_menu_is_worth_the_same(size: tuple[int, int]) -> None:
    """Over every way to choose as many as are right, the average is that of a press."""
    asked = menu(*size)
    ways = list(combinations(range(size[0]), size[1]))
    brought = [worth_of(asked) * share(asked, way) for way in ways]
    assert sum(brought) / len(ways) == pytest.approx(GUESS)
    assert max(brought) == worth_of(asked)


def test_choosing_everything_brings_nothing() -> None:
    """Who chooses more or fewer than are right, as no client of Discord's can, gets nothing for it."""
    asked = menu(5, 2)
    assert share(asked, (0, 1, 2, 3, 4)) == share(asked, (3,)) == 0
    assert share(asked, (3, 4)) == 1


def test_only_all_of_a_menu_is_right() -> None:
    """All but one brings a part, and is not right."""
    asked = menu(6, 3)
    found = mark(asked, present(asked), Answer(1, (0, 3, 4), T0))
    assert not found.is_right
    assert 0 < found.share < 0.5


@pytest.mark.parametrize(
    ("said", "expected"),
    [("140", 1), ("130 kg", 1), ("0.15 t", 1), ("150", 1), ("1500", 0), ("4", 0), ("many", 0), ("140 km", 0)],
)
def test_estimates_within_the_tolerance_and_far_off(said: str, expected: float) -> None:
    """Within the tolerance all of it, in any unit; far off, or of another sort, nothing."""
    assert share(Asked(ESTIMATE, ()), said) == expected


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6))
def test_nearer_estimates_never_bring_less(first: float, second: float) -> None:
    """By ratio: twice too much is as far off as half."""
    asked = Asked(ESTIMATE, ())

    def far(number: float) -> float:
        return max(0.0, math.log(130 / number), math.log(number / 150))

    nearer, farther = sorted((first, second), key=far)
    assert share(asked, f"{nearer:.4f}") >= share(asked, f"{farther:.4f}") - 0.01


@pytest.mark.parametrize("width", [1.0, 1.15, 1.5, 2.9])
def test_a_guess_of_an_estimate_within_ten_times_is_worth_as_much(width: float) -> None:
    """Spread evenly, by ratio, over ten times too much or too little, it brings what a blind press does.

    However wide the tolerance: the wider it is the faster what lies outside falls.
    """
    low, high = 140 / width**0.5, 140 * width**0.5
    bounds = Tolerance(low, high, "kg")
    asked = Asked(question(kind=Kind.ESTIMATE, key="140 kg", distractors=(), tolerance=bounds), ())
    steps = 400
    guesses = [140 * 10 ** (2 * (step + 0.5) / steps - 1) for step in range(steps)]
    average = sum(share(asked, f"{guess:.6f}") for guess in guesses) / steps
    assert worth_of(asked) * average == pytest.approx(GUESS, rel=0.01)


@pytest.mark.parametrize("key", ["-173 °C", "0 km"])
def test_estimates_of_what_has_no_ratio(key: str) -> None:
    """Where ratios mean nothing, only what is within the tolerance brings anything."""
    number = float(key.split()[0])
    bounds = Tolerance(number - 5, number + 5, key.split()[1])
    asked = Asked(question(kind=Kind.ESTIMATE, key=key, distractors=(), tolerance=bounds), ())
    assert share(asked, key) == 1
    assert share(asked, key.replace("173", "200").replace("0 km", "9 km")) == 0


LADDER = question(kind=Kind.LADDER, clues=("Far.", "Dusty.", "Round."))


def test_a_ladder_brings_less_with_each_clue() -> None:
    """All of it at the first clue, evenly down to half at the last; a clue counts from when it is read."""
    asked = Asked(LADDER, ("wrong 1", "key 1"))
    second, third = T0 + timedelta(seconds=1), T0 + timedelta(seconds=9)
    assert [share(asked, 1, *out) for out in ((), (T0,), (T0, T0))] == [1, 0.75, 0.5]
    assert share(asked, 1, second, third) == 1
    assert share(asked, 0) == 0
    assert ladder_share(asked, 99) == 0.5


def test_typed_answers_are_judged_by_the_question() -> None:
    """Right is what the judge calls right; close is not right, and brings nothing."""
    dated = question(kind=Kind.TEXT, key="3 January 2019", distractors=())
    asked = Asked(dated, ())
    found = {
        said: mark(asked, present(asked), Answer(1, said, T0)) for said in ("Jan 3, 2019", "January 2019")
    }
    assert [(each.is_right, each.share) for each in found.values()] == [(True, 1), (False, 0)]


def test_what_cannot_be_judged_is_refused_with_a_word() -> None:
    """Two numbers in one answer say nothing; a press is never looked at."""
    with pytest.raises(BadInput, match="more than one number"):
        require_clear(Key.of(ESTIMATE), "100 or 140")
    require_clear(Key.of(ESTIMATE), "140")
    require_clear(Key.of(ESTIMATE), 3)


# ---------------------------------------------------------------------------------------------------- forms


def of_kind(kind: Kind) -> Question:
    """Return a question of that kind."""
    if kind is Kind.SET:
        return question(kind=kind, keys=("key 1", "other"))
    return question(kind=kind, clues=("Far.", "Near."))


@pytest.mark.parametrize("kind", [*Kind])
@pytest.mark.parametrize("mode", [*Mode])
def test_each_kind_has_its_form_in_each_mode(kind: Kind, mode: Mode) -> None:
    """By one press: what one press answers. Typed: only what can be typed. Mixed: all, each as suits it."""
    written = {Kind.TEXT, Kind.NUMBER, Kind.YEAR, Kind.ESTIMATE}
    expected: dict[Mode, Form | None] = {
        Mode.CHOICE: None if kind in {Kind.SET, Kind.LADDER, Kind.ESTIMATE} else Form.PRESS,
        Mode.TYPED: Form.TYPED if kind in written | {Kind.LADDER} else None,
        Mode.MIXED: Form.TYPED if kind in written else Form.MENU if kind is Kind.SET else Form.PRESS,
    }
    form = form_of(of_kind(kind), mode)
    assert form is expected[mode]
    assert form is None or kind in KINDS[mode]


def test_what_is_asked_has_a_form() -> None:
    """Without options only what can be typed is asked; a menu has all its keys, and eight options at most."""
    assert Asked(ESTIMATE, ()).form is Form.TYPED
    assert menu(8, 3).form is Form.MENU
    for asked, options in ((question(), ()), (menu(5, 3).question, ("a", "b"))):
        with pytest.raises(ImpossibleStep):
            Asked(asked, options)
