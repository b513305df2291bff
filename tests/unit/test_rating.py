"""Ratings: the library against the paper that it names, and what people may rely on."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quiz.rating import MEAN, UNKNOWN, Rating, chance, chance_of_all, rate

RATING = st.builds(Rating, st.floats(5, 45), st.floats(1, 8.3))


@given(RATING, RATING, st.booleans())
def test_an_answer_moves_a_rating_as_the_paper_says(player: Rating, other: Rating, is_right: bool) -> None:
    """Weng and Lin 2011, algorithm 1, equations 23-24 and 29-30 for two teams of one.

    omega = s^2 / c (score - p), delta = gamma (s / c)^2 p (1 - p), gamma = s / c; before it the library adds
    25 / 300 to what is unsure, so that a rating never rests.
    """
    beta, tau, kappa = 25 / 6, 25 / 300, 0.0001
    mine, its = (math.hypot(one.spread, tau) for one in (player, other))
    c = math.sqrt(mine**2 + its**2 + 2 * beta**2)
    p = 1 / (1 + math.exp((other.mean - player.mean) / c))
    after = rate(player, other, is_right=is_right)
    assert after.mean == pytest.approx(player.mean + mine**2 / c * (is_right - p), abs=1e-6)
    delta = mine / c * (mine / c) ** 2 * p * (1 - p)
    assert after.spread == pytest.approx(mine * math.sqrt(max(1 - delta, kappa)), abs=1e-6)


@given(RATING, RATING)
def test_who_is_right_rises(player: Rating, other: Rating) -> None:
    """A right answer raises a rating, a wrong one lowers it, and what was unlikely moves it more."""
    up, down = rate(player, other, is_right=True), rate(player, other, is_right=False)
    assert up.mean > player.mean > down.mean
    unlikely, likely = (up, down) if chance(player, other) < 0.5 else (down, up)
    assert abs(unlikely.mean - player.mean) >= abs(likely.mean - player.mean) - 1e-9


@given(RATING, RATING)
def test_chances_make_one(player: Rating, other: Rating) -> None:
    """Somebody is right, or the question has won."""
    assert chance(player, other) + chance(other, player) == pytest.approx(1)


def test_a_group_answers_as_its_members_do() -> None:
    """The share of a group is the mean of its members' chances; nobody counts as somebody unknown."""
    hard = Rating(30.0, 1.0)
    strong, weak = Rating(35.0, 1.0), Rating(20.0, 1.0)
    assert chance_of_all([strong, weak], hard) == (chance(strong, hard) + chance(weak, hard)) / 2
    assert chance_of_all([], hard) == chance(UNKNOWN, hard)
    assert chance(UNKNOWN, Rating(MEAN, 1.0)) == 0.5


def test_a_rating_finds_its_player() -> None:
    """After some hundred answers the rating is near what the answers came from."""
    from random import Random

    dice, true = Random(4), Rating(31.0, 0.01)
    found = UNKNOWN
    for _ in range(400):
        question = Rating(dice.uniform(20, 36), 1.0)
        found = rate(found, question, is_right=dice.random() < chance(true, question))
    assert found.mean == pytest.approx(31.0, abs=2.5)
