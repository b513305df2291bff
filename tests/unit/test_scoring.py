"""Time, points, streaks and ranks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quiz.game import Answer, Asked, Cause, Pace, Round, Rules, Scoring
from bot.quiz.marks import worth_of
from bot.quiz.scoring import (
    Score,
    Tally,
    allowed_time,
    hardest,
    judge_round,
    pause_after,
    places,
    points_for,
    race,
    ranked,
    streak_before,
    streak_bonus,
)
from tests.questions import question

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEN = timedelta(seconds=10)


def asked(words: int = 6, difficulty: int = 2) -> Asked:
    """Return a question whose stem has that many words."""
    stem = " ".join(["word"] * words)
    return Asked(question(stem=stem, difficulty=difficulty), ("key 1", "wrong 1"))


@given(st.integers(1, 400))
def test_time_to_read(words: int) -> None:
    """The automatic pace gives at least 12 s, and more for more words, up to a minute and a half."""
    shorter, longer = (allowed_time(asked(count), Rules()) for count in (words, words + 1))
    assert shorter is not None
    assert longer is not None
    assert timedelta(seconds=12) <= shorter <= longer <= timedelta(seconds=90)


def test_paces() -> None:
    """Fast and relaxed are parts and multiples of auto, seconds override every pace, untimed has no end."""
    auto, fast, relaxed = (
        allowed_time(asked(30), Rules(pace=pace)) for pace in (Pace.AUTO, Pace.FAST, Pace.RELAXED)
    )
    assert auto is not None
    assert fast is not None
    assert relaxed == 2 * auto
    assert timedelta(seconds=8) <= fast < auto
    assert allowed_time(asked(), Rules(pace=Pace.UNTIMED)) is None
    assert allowed_time(asked(), Rules(pace=Pace.UNTIMED, seconds=7)) == timedelta(seconds=7)
    assert pause_after(Rules(pace=Pace.FAST)) < pause_after(Rules())


@pytest.mark.parametrize("difficulty", [1, 2, 3])
def test_accuracy(difficulty: int) -> None:
    """A right answer brings ten points times the difficulty, however slow it was."""
    assert points_for(10 * difficulty, Scoring.ACCURACY, TEN, TEN) == 10 * difficulty


@pytest.mark.parametrize(
    ("options", "difficulty", "points"),
    [
        (2, 1, 5),
        (2, 2, 10),
        (2, 3, 15),
        (3, 1, 8),
        (3, 2, 15),
        (4, 2, 20),
        (5, 1, 13),
        (5, 2, 25),
        (5, 3, 38),
    ],
)
def test_a_blind_guess_is_worth_the_same_whatever_the_kind(
    options: int, difficulty: int, points: int
) -> None:
    """Points follow the number of options: what a guess brings on average differs by rounding alone."""
    asked = Asked(question(difficulty=difficulty), ("key 1", *map(str, range(options - 1))))
    assert points_for(worth_of(asked), Scoring.ACCURACY, TEN, TEN) == points
    assert abs(points / options - 2.5 * difficulty) <= 0.5 / options + 1e-9


@pytest.mark.parametrize(
    ("seconds", "points"), [(0, 30), (5, 23), (10, 15), (11, 15), (-1, 30)], ids=str
)  # 22.5 is rounded up
def test_speed(seconds: int, points: int) -> None:
    """With speed, points fall evenly to half over the time allowed, and no further."""
    assert points_for(30, Scoring.SPEED, timedelta(seconds=seconds), TEN) == points


def test_speed_without_time() -> None:
    """Without a time limit, speed is scored like accuracy."""
    assert points_for(20, Scoring.SPEED, timedelta(hours=1), None) == 20


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 3))
def test_sooner_is_worth_more(first: int, second: int, difficulty: int) -> None:
    """Nobody gets more for an answer that came later."""
    sooner, later = sorted((first, second))
    points = [
        points_for(10 * difficulty, Scoring.SPEED, timedelta(milliseconds=taken), TEN)
        for taken in (sooner, later)
    ]
    assert 10 * difficulty >= points[0] >= points[1] >= 5 * difficulty


def test_streak_bonus() -> None:
    """From the third right answer in a row on, a streak brings 2, 4, ... up to 10 more."""
    assert [streak_bonus(streak) for streak in range(10)] == [0, 0, 0, 2, 4, 6, 8, 10, 10, 10]


def test_judging() -> None:
    """A round is judged by its key: right answers get points and lengthen a streak, wrong ones end it."""
    closed = Round(1, 1, 3, 2, TEN).open(9, T0).close(T0 + 2 * TEN)
    answers = [Answer(1, 0, T0), Answer(2, 1, T0), Answer(3, 0, T0 + TEN)]
    judged = judge_round(closed, asked(), Rules(scoring=Scoring.SPEED), answers, {1: 2, 2: 7})
    assert [(one.player_id, one.is_right, one.points, one.streak) for one in judged] == [
        (1, True, 12, 3),
        (2, False, 0, 0),
        (3, True, 5, 1),
    ]


def score(player_id: int, points: int, longest: int = 0) -> Score:
    """Return a score."""
    return Score(player_id, f"P{player_id}", points, 4, 3, longest)


def test_ties_are_shared() -> None:
    """Equal points share a rank, and the ranks they use up are left out after them."""
    found = ranked([score(1, 10), score(2, 30), score(3, 10), score(4, 5)])
    assert [(rank, one.player_id) for rank, one in found] == [(1, 2), (2, 1), (2, 3), (4, 4)]
    assert found[0][1].accuracy == 0.75


def test_hardest() -> None:
    """The hardest question is the one with the smallest share of right answers; none when nobody erred."""
    easy, hard, empty = Tally(1, "e", "k", 4, 4), Tally(2, "h", "k", 4, 1), Tally(3, "n", "k", 0, 0)
    assert hardest([easy, hard, empty]) == hard
    assert hardest([easy, empty]) is None


def test_streak_before() -> None:
    """A streak goes on over rounds that were cut short, and ends with one that was missed."""
    missed, skipped = (Cause.TIME, None), (Cause.SKIPPED, None)
    assert streak_before([]) == 0
    assert streak_before([(Cause.TIME, 3), (Cause.TIME, 2)]) == 3
    assert streak_before([skipped, (Cause.STOPPED, None), (Cause.EVERYONE, 2)]) == 2
    assert streak_before([skipped, missed, (Cause.TIME, 2)]) == 0
    assert streak_before([(Cause.TIME, 0), (Cause.TIME, 2)]) == 0


POINTS = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 4), st.integers(1, 30)), max_size=40)


@given(POINTS, st.integers(1, 10))
def test_a_race_ends_with_everybodys_points(points: list[tuple[int, int, int]], rounds: int) -> None:
    """Each line only rises, has a place for each round, and ends at what its player won in all."""
    lines = race(points, [3, 1], rounds)
    for player_id, line in zip([3, 1], lines, strict=True):
        assert len(line) == rounds
        assert list(line) == sorted(line)
        assert line[-1] == sum(each for n, who, each in points if who == player_id and n <= rounds)


@given(st.dictionaries(st.integers(1, 50), st.integers(0, 30), max_size=20))
def test_places_are_the_ranks_of_the_standings(totals: dict[int, int]) -> None:
    """A player's place while a game goes on is the rank in its standings; without points there is none."""
    scores = [Score(player, "", points, 1, 0, 0) for player, points in totals.items()]
    ranks = {score.player_id: rank for rank, score in ranked(scores) if score.points}
    assert places(totals) == ranks
