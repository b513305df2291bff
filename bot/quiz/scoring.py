"""Scoring: the time a question gives, what an answer is worth, and who stands where.

- accuracy: a right answer among four options brings 10 points times the difficulty
  (1 to 3), and in proportion among more or fewer: 5 for true or false, 7.5 among three,
  12.5 among five. So a blind guess is worth the same, whatever the kind: `bot.quiz.marks`.
- speed: the same, falling evenly to half of it over the time allowed; a round
  without a time limit is scored like accuracy, and so is a ladder, whose clues are its time.
- streak: the third right answer in a row within a game brings 2 points more,
  the fourth 4, and so on up to 10. A wrong answer or a missed round ends the
  streak; a round that was skipped does not, for those who had not answered.
- a wrong answer brings nothing and costs nothing. Equal points share a rank.

Points are whole numbers; halves are rounded up.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import accumulate

from bot.quiz.game import SECONDS, Answer, Asked, Cause, Form, Pace, Round, Rules, Scoring
from bot.quiz.marks import mark, worth_of
from bot.quiz.question import Kind
from bot.quiz.ranks import ranks

CUT_SHORT = frozenset({Cause.SKIPPED, Cause.STOPPED, Cause.REFUSED})
"""Why a round ends that nobody misses: it ends no streak."""

_STREAK_FROM = 3
_STREAK_STEP = 2
_STREAK_MOST = 10

LONGEST_CLUE = timedelta(seconds=SECONDS[1])
"""The most that `clue_after` gives."""

LONGEST_PAUSE = timedelta(seconds=8)
"""The most that `pause_after` gives."""

_THINKING = 8.0  # seconds beside the reading itself, for each clue of a ladder
_CLUE = 15.0  # seconds for each clue where there is no time limit
_TYPING = 8.0  # seconds to open a form and type into it
_WORDS_PER_SECOND = 2.5  # 150 words a minute: a slow reader, or one who reads a second language
_LEAST = 12  # seconds, at pace auto
_LEAST_FAST = 8
_MOST = 90
_FAST = 0.6
_RELAXED = 2.0


def allowed_time(asked: Asked, rules: Rules) -> timedelta | None:
    """Return how long the round is open, from the words to be read; None when it is untimed."""
    if rules.seconds is not None:
        return timedelta(seconds=rules.seconds)
    if rules.pace is Pace.UNTIMED:
        return None
    question = asked.question
    words = sum(len(part.split()) for part in (question.stem, *question.clues, *asked.options))
    thinking = _THINKING * max(len(question.clues), 1) + (_TYPING if asked.form is Form.TYPED else 0)
    auto = min(max(_LEAST, math.ceil(thinking + words / _WORDS_PER_SECOND)), _MOST)
    if rules.pace is Pace.FAST:
        return timedelta(seconds=max(_LEAST_FAST, math.ceil(auto * _FAST)))
    if rules.pace is Pace.RELAXED:
        return timedelta(seconds=math.ceil(auto * _RELAXED))
    return timedelta(seconds=auto)


def clue_after(allowed: timedelta | None, clues: int) -> timedelta:
    """Return how long a ladder gives for each of its clues: even parts of the time, if that is limited."""
    return timedelta(seconds=_CLUE) if allowed is None else allowed / clues


def pause_after(rules: Rules) -> timedelta:
    """Return the time to read a result before the next question."""
    if rules.pace is Pace.FAST:
        return timedelta(seconds=3)
    return LONGEST_PAUSE if rules.pace is Pace.RELAXED else timedelta(seconds=5)


def points_for(worth: float, scoring: Scoring, taken: timedelta, allowed: timedelta | None) -> int:
    """Return what an answer is worth before its bonus; `taken` beyond `allowed` counts as all of it."""
    if scoring is Scoring.SPEED and allowed is not None:
        worth *= 1 - min(max(taken / allowed, 0.0), 1.0) / 2
    return math.floor(worth + 0.5)


def streak_bonus(streak: int) -> int:
    """Return the bonus for the right answer that makes a streak this long."""
    return min(max(streak - _STREAK_FROM + 1, 0) * _STREAK_STEP, _STREAK_MOST)


def judge_round(
    closed: Round, asked: Asked, rules: Rules, answers: Iterable[Answer], streaks: Mapping[int, int]
) -> list[Answer]:
    """Return the answers of a round that closes, with rightness, points and streak.

    `streaks` holds each player's streak before this round; a missing one is 0.
    """
    scoring = Scoring.ACCURACY if asked.question.kind is Kind.LADDER else rules.scoring
    worth = worth_of(asked)
    judged = []
    for answer in answers:
        found = mark(asked, closed, answer)
        streak = streaks.get(answer.player_id, 0) + 1 if found.is_right else 0
        taken = answer.at - closed.opened_at if closed.opened_at is not None else timedelta(0)
        points = points_for(worth * found.share, scoring, taken, closed.allowed)
        judged.append(
            replace(answer, is_right=found.is_right, points=points + streak_bonus(streak), streak=streak)
        )
    return judged


def streak_before(rounds: Iterable[tuple[Cause | None, int | None]]) -> int:
    """Return a player's streak before a round, from the rounds before it, latest first.

    Each is why it closed, and the player's streak with it; None is a round not answered.
    """
    for cause, streak in rounds:
        if streak is not None:
            return streak
        if cause not in CUT_SHORT:
            break
    return 0


@dataclass(frozen=True, slots=True)
class Score:
    """How a player stands in one game."""

    player_id: int
    name: str
    points: int
    answered: int
    right: int
    longest_streak: int

    @property
    def accuracy(self) -> float:
        """Return the share of right answers among those given, 0 to 1."""
        return self.right / self.answered if self.answered else 0.0


def ranked(scores: Iterable[Score]) -> list[tuple[int, Score]]:
    """Return (rank, score), best first; equal points share a rank and the next rank is left out."""
    ordered = sorted(scores, key=lambda score: (-score.points, score.name.casefold(), score.player_id))
    return list(zip(ranks(score.points for score in ordered), ordered, strict=True))


def places(totals: Mapping[int, int]) -> dict[int, int]:
    """Return each player's rank by their points, as `ranked` does; who has none yet has no place."""
    ordered = sorted(totals.values(), reverse=True)
    rank_of = dict(zip(ordered, ranks(ordered), strict=True))
    return {player_id: rank_of[points] for player_id, points in totals.items() if points}


@dataclass(frozen=True, slots=True)
class Tally:
    """How a closed round went, for the end of a game; `key` is all that was right, in a line."""

    number: int
    stem: str
    key: str
    answered: int
    right: int


def hardest(tallies: Sequence[Tally]) -> Tally | None:
    """Return the round with the smallest share of right answers; None when nobody erred anywhere."""
    missed = [tally for tally in tallies if tally.right < tally.answered]
    return min(
        missed, key=lambda tally: (tally.right / tally.answered, -tally.answered, tally.number), default=None
    )


def race(
    points: Iterable[tuple[int, int, int]], leaders: Sequence[int], rounds: int
) -> tuple[tuple[int, ...], ...]:
    """Return, for each of `leaders`, the points that they had after each round.

    `points`: number of the round (from 1), player and points, in any order.
    """
    gained = {player_id: [0] * rounds for player_id in leaders}
    for number, player_id, each in points:
        if player_id in gained and 1 <= number <= rounds:
            gained[player_id][number - 1] += each
    return tuple(tuple(accumulate(gained[player_id])) for player_id in leaders)
