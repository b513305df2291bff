"""Ratings: how strong a player is on a topic, from answers to questions whose difficulty is known.

An answer is a game of two, player against question: who is right has won. The model is Weng and Lin's
(A Bayesian Approximation Method for Online Ranking, Journal of Machine Learning Research 12, 2011,
algorithm 1: Bradley-Terry), as the library `openskill` has it. Everybody begins at 25, of which one
is not sure by 25/3; a rating never rests for good, so that who gets better is seen to.

A rating is no rank and is shown to nobody; it finds questions that suit those who play.
"""

import math
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from openskill.models import BradleyTerryFull

MEAN = 25.0
_BETA = MEAN / 6
SCALE = math.sqrt(2) * _BETA
"""How much stronger makes the odds of being right e times as high, where both ratings are sure."""


class Rating(NamedTuple):
    """What is believed of a player or a question: the mean and how unsure it is (standard deviation)."""

    mean: float = MEAN
    spread: float = MEAN / 3


UNKNOWN = Rating()


@cache
def _model() -> "BradleyTerryFull":
    from openskill.models import BradleyTerryFull

    return BradleyTerryFull()


def rate(player: Rating, question: Rating, *, is_right: bool) -> Rating:
    """Return the player's rating after an answer."""
    model = _model()
    one = model.rating(mu=player.mean, sigma=player.spread)
    other = model.rating(mu=question.mean, sigma=question.spread)
    [[after], _] = model.rate([[one], [other]], ranks=[1, 2] if is_right else [2, 1])
    return Rating(after.mu, after.sigma)


def chance(player: Rating, question: Rating) -> float:
    """Return how likely the player answers right, 0 to 1, by the model above."""
    scale = math.sqrt(2 * _BETA**2 + player.spread**2 + question.spread**2)
    return 1 / (1 + math.exp((question.mean - player.mean) / scale))


def chance_of_all(players: Iterable[Rating], question: Rating) -> float:
    """Return the share of right answers that players give on average; of nobody, an unknown one's."""
    chances = [chance(player, question) for player in players] or [chance(UNKNOWN, question)]
    return sum(chances) / len(chances)
