"""Items: what live answers tell of a question, and what may be amiss with it; sums and figures, no persons.

An item is a question by its words, in one form: a question whose words change begins anew, one that gets
another difficulty, topic or id does not.

How hard a question is, is estimated from its author's word and what was measured, by Bayes: the author's
level stands for a share of players who know the answer (three quarters, a half, a quarter), and weighs as
much as `WEIGHT` answers; whoever does not know it guesses (as in Birnbaum's model, in Lord and Novick,
Statistical Theories of Mental Test Scores, 1968, chapter 17). The prior is the beta distribution with that
mean, so the estimate is (right + WEIGHT x mean) / (answers + WEIGHT).

What always holds:
- a level follows what was measured only from `ENOUGH` answers on, and is left only when the estimate lies
  beyond its bound by `MARGIN`: so it does not swing;
- a strong player is one whose rating was in the upper third before the answer, so no answer judges itself.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.quiz.game import Asked, Form
from bot.quiz.question import Kind as QuestionKind
from bot.quiz.question import Question, content_hash
from bot.quiz.rating import MEAN, SCALE, Rating

ENOUGH = 50  # answers from which an item is judged
WEIGHT = 20  # answers that the author's word counts as
MARGIN = 0.05  # of players who know it, beyond the bound between two levels
NEW_FOR = 20  # answers in which a player is new
LONGEST = 300.0  # seconds; whoever takes longer was away

_KNOWN = {1: 0.75, 2: 0.5, 3: 0.25}  # share of players who know the answer, by the author's level
_BOUNDS = {(1, 2): 0.625, (2, 3): 0.375}
_THIRD = 0.43  # standard deviations: a third of a normal distribution lies beyond
_SPREAD = SCALE * _THIRD  # people spread by about one logit
_TOO_EASY = 0.95  # of all answers are right
_TOO_HARD = 0.05  # of players know it, as far as can be told
_SOME_STRONG = 20
_IDLE = 0.02  # of answers: an option that so few take is none


class Player(StrEnum):
    """What kind of player an answer is from: new, or in the lower, middle or upper third of ratings."""

    NEW = "new"
    WEAK = "weak"
    MIDDLE = "middle"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Share:
    """How many answers, and how many of them right."""

    answers: int = 0
    right: int = 0

    @property
    def part(self) -> float:
        """Return the share of right answers, 0 to 1; 0 of none."""
        return self.right / self.answers if self.answers else 0.0


@dataclass(frozen=True, slots=True)
class Observation:
    """One answer as an item sees it. `rating` is the player's before it.

    `seconds` is None where it was not timed. `places` are the chosen options, counted as the bank has
    them: the right ones first.
    """

    player: Player
    rating: float
    is_right: bool
    seconds: float | None
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """What was measured of a question in one form. `chosen` and `strong` count by option, as in `places`."""

    key: str
    form: Form
    question_id: str
    shares: Mapping[Player, Share] = field(default_factory=dict)
    ratings: float = 0.0  # the sum over all answers, of players' ratings before them
    known: float = 0.0  # the same over all players but the new ones,
    known_squares: float = 0.0  # its squares,
    known_right: float = 0.0  # and over those of them who were right
    timed: int = 0
    log_seconds: float = 0.0  # the sum of natural logarithms
    chosen: Mapping[int, int] = field(default_factory=dict)
    strong: Mapping[int, int] = field(default_factory=dict)
    level: int | None = None  # what players are shown, once it was measured
    level_before: int | None = None

    @property
    def all(self) -> Share:
        """Return the share of everybody."""
        return _sum(self.shares.values())

    @property
    def regular(self) -> Share:
        """Return the share of all but new players."""
        return _sum(share for player, share in self.shares.items() if player is not Player.NEW)

    def share(self, player: Player) -> Share:
        """Return the share of one kind of players."""
        return self.shares.get(player, Share())

    @property
    def seconds(self) -> float | None:
        """Return the time that an answer takes, as the geometric mean; None where none was timed."""
        return math.exp(self.log_seconds / self.timed) if self.timed else None

    @property
    def discrimination(self) -> float | None:
        """Return how being right goes with players' ratings: the point-biserial correlation, -1 to 1.

        None where all are right, all wrong, or all equally strong. (Lord and Novick, 1968, section 15.3.)
        """
        regular = self.regular
        n, hits = regular.answers, regular.right
        spread = n * self.known_squares - self.known**2
        if not 0 < hits < n or spread <= n * 1e-9:
            return None
        return (n * self.known_right - hits * self.known) / math.sqrt(spread * hits * (n - hits))


@dataclass(frozen=True, slots=True)
class Level:
    """The difficulty that a question, by the item's `key`, is shown as since `at`, and what it was before."""

    question_id: str
    key: str
    level: int
    before: int
    at: datetime


def _sum(shares: Iterable[Share]) -> Share:
    answers = right = 0
    for share in shares:
        answers, right = answers + share.answers, right + share.right
    return Share(answers, right)


def key_of(question: Question) -> str:
    """Return what names a question's words: the same under another id, topic or difficulty."""
    return content_hash(replace(question, topic="any", difficulty=1))


def own_form(question: Question) -> Form:
    """Return the form that a question's level is measured in: the one that most games ask it in."""
    if question.kind is QuestionKind.SET:
        return Form.MENU
    return Form.PRESS if question.is_pressed else Form.TYPED


def chance_of_guess(question: Question, form: Form) -> float:
    """Return how likely a blind guess is right, 0 to 1."""
    if form is Form.TYPED:
        return 0.0
    keys = len(question.keys) if form is Form.MENU else 1
    return 1 / math.comb(max(len(question.options), 2), max(keys, 1))


def player_of(rating: float, answers: int) -> Player:
    """Return what kind of player gives an answer, who has had that rating and so many answers before."""
    if answers < NEW_FOR:
        return Player.NEW
    if rating < MEAN - _SPREAD:
        return Player.WEAK
    return Player.STRONG if rating >= MEAN + _SPREAD else Player.MIDDLE


def observe(asked: Asked, *, rating: Rating, answers: int, is_right: bool, places: tuple[int, ...],
            seconds: float | None) -> Observation:  # fmt: skip
    """Return an answer as its item sees it; `places` are those of the options as they were asked."""
    pool = asked.question.options
    return Observation(
        player_of(rating.mean, answers),
        rating.mean,
        is_right,
        seconds if seconds is not None and 0 < seconds <= LONGEST else None,
        tuple(pool.index(asked.options[place]) for place in places),
    )


def added(item: Item, seen: Iterable[Observation]) -> Item:
    """Return the item with more answers in its sums."""
    shares, chosen, strong = dict(item.shares), Counter(item.chosen), Counter(item.strong)
    ratings = known = squares = known_right = log_seconds = 0.0
    timed = 0
    for one in seen:
        before = shares.get(one.player, Share())
        shares[one.player] = Share(before.answers + 1, before.right + one.is_right)
        ratings += one.rating
        if one.player is not Player.NEW:
            known += one.rating
            squares += one.rating**2
            known_right += one.rating if one.is_right else 0.0
        if one.seconds is not None:
            timed += 1
            log_seconds += math.log(one.seconds)
        chosen.update(one.places)
        if one.player is Player.STRONG:
            strong.update(one.places)
    return replace(
        item,
        shares=shares,
        ratings=item.ratings + ratings,
        known=item.known + known,
        known_squares=item.known_squares + squares,
        known_right=item.known_right + known_right,
        timed=item.timed + timed,
        log_seconds=item.log_seconds + log_seconds,
        chosen=dict(chosen),
        strong=dict(strong),
    )


# ------------------------------------------------------------------------------------------ how hard it is


def expected_share(difficulty: int, guess: float, measured: Share = Share()) -> float:
    """Return the share of right answers to be expected, from the author's level and what was measured."""
    prior = guess + (1 - guess) * _KNOWN.get(difficulty, 0.5)
    return (measured.right + WEIGHT * prior) / (measured.answers + WEIGHT)


def measured_level(difficulty: int, guess: float, measured: Share, shown: int | None) -> int | None:
    """Return the level (1 to 3) to be shown, by what was measured; None while that is not enough.

    `difficulty` is the author's word, `shown` what players were shown last, None where it was that.
    """
    if measured.answers < ENOUGH:
        return None
    level = shown or difficulty
    known = (expected_share(difficulty, guess, measured) - guess) / (1 - guess)
    while level > 1 and known > _BOUNDS[level - 1, level] + MARGIN:
        level -= 1
    while level < 3 and known < _BOUNDS[level, level + 1] - MARGIN:
        level += 1
    return level


def rating_of(difficulty: int, guess: float, item: Item | None = None) -> Rating:
    """Return the rating of a question: what a player has to have to be right half of the time.

    A share of right answers is compared with how strong those were who gave them.
    """
    measured = item.all if item is not None else Share()
    share = expected_share(difficulty, guess, measured)
    weight = measured.answers + WEIGHT
    players = ((item.ratings if item is not None else 0.0) + WEIGHT * MEAN) / weight
    return Rating(
        players - SCALE * math.log(share / (1 - share)), SCALE / math.sqrt(weight * share * (1 - share))
    )


# --------------------------------------------------------------------------------------- what may be amiss


class Fault(StrEnum):
    """What may be amiss with a question, the gravest first; the value is how it is told."""

    WRONG_OPTION = "a wrong option is chosen more than the right one"
    STRONG_ERR = "good players get it wrong more than others"
    TOO_HARD = "hardly anybody knows it"
    TOO_EASY = "nearly everybody is right"
    IDLE_OPTION = "nobody takes one of its options"


def faults_of(item: Item, question: Question) -> list[Fault]:
    """Return what may be amiss with a question; nothing while there are fewer than `ENOUGH` answers."""
    measured, guess = item.all, chance_of_guess(question, item.form)
    if measured.answers < ENOUGH:
        return []
    found = []
    if item.form is not Form.TYPED and _is_beaten(item, question):
        found.append(Fault.WRONG_OPTION)
    if item.regular.answers >= ENOUGH and (item.discrimination or 0.0) < 0:
        found.append(Fault.STRONG_ERR)
    if (measured.part - guess) / (1 - guess) <= _TOO_HARD:
        found.append(Fault.TOO_HARD)
    if measured.part >= _TOO_EASY:
        found.append(Fault.TOO_EASY)
    elif item.form is Form.PRESS and idle_options(item, question):
        found.append(Fault.IDLE_OPTION)
    return found


def idle_options(item: Item, question: Question) -> list[str]:
    """Return the options that nobody takes, or nearly nobody."""
    least = item.all.answers * _IDLE
    return [one for place, one in enumerate(question.options) if item.chosen.get(place, 0) < least]


def _is_beaten(item: Item, question: Question) -> bool:
    """Return whether a wrong option is chosen more than a right one: by all, or by strong players."""
    keys = max(len(question.keys), 1)
    counts = [item.chosen]
    if item.share(Player.STRONG).answers >= _SOME_STRONG:
        counts.append(item.strong)
    for count in counts:
        right = min(count.get(place, 0) for place in range(keys))
        wrong = max((count.get(place, 0) for place in range(keys, len(question.options))), default=0)
        if wrong > right:
            return True
    return False
