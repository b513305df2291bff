"""Items: figures from live answers, against their textbook definitions; difficulty that follows them."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quiz.game import Asked, Form
from bot.quiz.items import (
    ENOUGH,
    NEW_FOR,
    WEIGHT,
    Fault,
    Item,
    Observation,
    Player,
    Share,
    added,
    chance_of_guess,
    expected_share,
    faults_of,
    idle_options,
    key_of,
    measured_level,
    observe,
    player_of,
    rating_of,
)
from bot.quiz.question import Kind
from bot.quiz.rating import MEAN, SCALE, UNKNOWN, Rating, chance
from tests.questions import question

EMPTY = Item("words", Form.PRESS, "q1")
SEEN = st.builds(
    Observation,
    st.sampled_from(Player),
    st.floats(5, 45),
    st.booleans(),
    st.none() | st.floats(0.5, 300),
    st.sampled_from([(0,), (1,), (2,), (3,)]),
)


def answers(player: Player, counts: Sequence[int], rating: float = MEAN) -> list[Observation]:
    """Return answers of one kind of player: so many for each option, the first of which is the key."""
    return [
        Observation(player, rating, place == 0, 10.0, (place,))
        for place, count in enumerate(counts)
        for _ in range(count)
    ]


def test_another_topic_or_difficulty_is_the_same_item() -> None:
    """What was measured stays when a question gets another level or topic, and not other words."""
    made = question(1)
    assert key_of(made) == key_of(replace(made, id="other", topic="site", difficulty=3))
    assert key_of(made) != key_of(replace(made, stem="What is the first number?"))
    assert key_of(made) != key_of(replace(made, distractors=("wrong 1", "worse 1")))


@given(st.lists(SEEN, max_size=30), st.integers(0, 30))
def test_sums_do_not_know_in_which_order_answers_came(seen: list[Observation], cut: int) -> None:
    """Added at once or in parts, in any order, answers make the same figures."""
    whole = added(EMPTY, seen)
    parts = added(added(EMPTY, seen[cut:]), seen[:cut])
    assert parts.shares == whole.shares
    assert (parts.chosen, parts.strong, parts.timed) == (whole.chosen, whole.strong, whole.timed)
    for name in ("ratings", "known", "known_squares", "known_right", "log_seconds"):
        assert math.isclose(getattr(parts, name), getattr(whole, name), abs_tol=1e-6)


@given(st.lists(SEEN, min_size=3, max_size=60))
def test_discrimination_is_the_correlation_of_right_and_rating(seen: list[Observation]) -> None:
    """The point-biserial correlation of the sums is Pearson's of the answers themselves."""
    regular = [one for one in seen if one.player is not Player.NEW]
    right = np.array([float(one.is_right) for one in regular])
    ratings = np.array([one.rating for one in regular])
    found = added(EMPTY, seen).discrimination
    if len(regular) < 2 or right.std() == 0 or ratings.std() < 1e-3:
        return
    assert found == pytest.approx(np.corrcoef(right, ratings)[0, 1], abs=1e-5)


def test_what_kind_of_player_somebody_is() -> None:
    """New in the first answers; then a third each, of people who spread by a logit."""
    assert player_of(40.0, NEW_FOR - 1) is Player.NEW
    assert [player_of(MEAN + off, NEW_FOR) for off in (-3, 0, 3)] == [
        Player.WEAK,
        Player.MIDDLE,
        Player.STRONG,
    ]
    people = np.random.default_rng(1969).normal(MEAN, SCALE, 30_000)
    kinds = [player_of(rating, NEW_FOR) for rating in people]
    for kind in (Player.WEAK, Player.MIDDLE, Player.STRONG):
        assert kinds.count(kind) / len(kinds) == pytest.approx(1 / 3, abs=0.01)


def test_an_answer_is_counted_by_the_banks_own_order() -> None:
    """However the options stood on the buttons, the right ones come first in the counts."""
    made = question(1)
    asked = Asked(made, ("wrong 1", "key 1", "worst 1", "worse 1"))
    seen = observe(asked, rating=UNKNOWN, answers=0, is_right=True, places=(1,), seconds=301.0)
    assert (seen.places, seen.seconds, seen.player) == ((0,), None, Player.NEW)
    assert observe(asked, rating=UNKNOWN, answers=99, is_right=False, places=(2,), seconds=4).places == (3,)


# ------------------------------------------------------------------------------------------ difficulty


def test_the_estimate_is_bayes() -> None:
    """A beta prior of the author's word, as many answers heavy as documented, and the posterior's mean."""
    guess = 0.25
    prior = guess + 0.75 * 0.5  # of a question of medium difficulty half of the players know the answer
    assert expected_share(2, guess) == prior
    assert expected_share(2, guess, Share(80, 72)) == (72 + WEIGHT * prior) / (80 + WEIGHT)


def test_a_level_waits_for_fifty_answers() -> None:
    """Below that the author's word stands, whatever was measured."""
    for count in (0, 1, ENOUGH - 1):
        assert measured_level(3, 0.25, Share(count, count), None) is None
    assert measured_level(3, 0.25, Share(ENOUGH, ENOUGH), None) == 1
    assert measured_level(1, 0.25, Share(ENOUGH, ENOUGH // 4), None) == 3


@given(st.integers(1, 3), st.sampled_from([0.0, 0.25, 0.5]), st.integers(ENOUGH, 3000), st.floats(0, 1))
def test_a_level_does_not_swing(author: int, guess: float, count: int, part: float) -> None:
    """Once it has followed, neither one more answer nor a second look brings it back."""
    measured = Share(count, round(count * part))
    first = measured_level(author, guess, measured, None)
    assert first is not None
    assert measured_level(author, guess, measured, first) == first
    for more in (0, 1):
        after = measured_level(author, guess, Share(count + 1, measured.right + more), first)
        assert after is not None
        if after != first:
            assert measured_level(author, guess, measured, after) == after, "it would swing"


@given(st.integers(1, 3), st.sampled_from([0.0, 0.25, 0.5]), st.floats(0.01, 0.99))
def test_much_evidence_outweighs_the_author(author: int, guess: float, known: float) -> None:
    """After many answers the level is that of the share of players who know it, beside its bounds."""
    if min(abs(known - bound) for bound in (0.375, 0.625)) < 0.06:
        return
    count = 20_000
    share = Share(count, round(count * (guess + (1 - guess) * known)))
    wanted = 1 if known > 0.625 else 2 if known > 0.375 else 3
    assert measured_level(author, guess, share, None) == wanted


def test_a_guess_is_worth_what_it_is() -> None:
    """One of so many options; one of so many choices from a menu; nothing where it is typed."""
    made = question(1)
    assert chance_of_guess(made, Form.PRESS) == 0.25
    assert chance_of_guess(made, Form.TYPED) == 0.0
    several = replace(made, kind=Kind.SET, keys=("key 1", "key 2"))
    assert chance_of_guess(several, Form.MENU) == 1 / 10


def test_a_question_is_as_hard_as_those_are_strong_who_half_know_it() -> None:
    """The rating that a question gets is where a player is right as often as was measured."""
    seen = answers(Player.MIDDLE, (5000, 5000), rating=31.0)
    found = rating_of(2, 0.25, added(EMPTY, seen))
    assert found.mean == pytest.approx(31.0, abs=0.1)
    assert chance(Rating(31.0, 0.5), found) == pytest.approx(0.5, abs=0.01)
    sure = Rating(MEAN, 0.01)
    assert chance(sure, replace_spread(rating_of(1, 0.25))) == pytest.approx(
        expected_share(1, 0.25), abs=0.01
    )
    assert rating_of(1, 0.25).mean < rating_of(2, 0.25).mean < rating_of(3, 0.25).mean


def replace_spread(rating: Rating) -> Rating:
    """Return the rating as if it were sure."""
    return rating._replace(spread=0.01)


# ------------------------------------------------------------------------------------------ what is amiss


def faults(*seen: list[Observation]) -> list[Fault]:
    """Return what is amiss with a question of four options after these answers."""
    return faults_of(added(EMPTY, [one for each in seen for one in each]), question(1))


def test_nothing_is_said_before_there_is_enough() -> None:
    """Fewer than fifty answers tell nothing, however bad they look."""
    assert faults(answers(Player.NEW, (0, 49))) == []
    assert faults(answers(Player.NEW, (0, 50))) != []


def test_a_sound_question_has_no_fault() -> None:
    """Two thirds right, strong players more, each option taken by some."""
    assert faults(answers(Player.WEAK, (8, 5, 4, 3), 20.0), answers(Player.STRONG, (40, 4, 3, 3), 31.0)) == []


def test_what_each_fault_is() -> None:
    """Each is found alone, and none where it is not."""
    assert faults(answers(Player.NEW, (30, 40, 15, 15))) == [Fault.WRONG_OPTION]
    split = answers(Player.STRONG, (9, 12, 1, 1), 31.0), answers(Player.WEAK, (40, 10, 5, 5), 20.0)
    assert faults(*split) == [Fault.WRONG_OPTION, Fault.STRONG_ERR]
    inverse = answers(Player.STRONG, (20, 9, 8, 3), 31.0), answers(Player.WEAK, (40, 5, 3, 2), 20.0)
    assert faults(*inverse) == [Fault.STRONG_ERR]
    assert faults(answers(Player.NEW, (27, 24, 25, 24))) == [Fault.TOO_HARD]
    assert faults(answers(Player.NEW, (97, 1, 1, 1))) == [Fault.TOO_EASY]
    assert faults(answers(Player.NEW, (60, 39, 1, 0))) == [Fault.IDLE_OPTION]


def test_idle_options_are_named() -> None:
    """An option that fewer than one in fifty takes."""
    item = added(EMPTY, answers(Player.NEW, (60, 38, 2, 0)))
    assert idle_options(item, question(1)) == ["worst 1"]
