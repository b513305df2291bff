"""Marks: how right an answer is, and what a right one is worth, by how its question is answered.

A right answer brings 10 points times the difficulty (1 to 3) where there are four options, and in proportion
where there are more or fewer: so a blind guess is worth the same everywhere, 2.5 points times the difficulty.

- pressed: right or wrong.
- typed: right or wrong, as `bot.quiz.judging` says; it is worth as much as one of five options.
- from a menu: right is who chose all right options and no other. With one wrong and one missing it is
  a part of that, such that blind guesses are worth as much as elsewhere.
- estimate: right within the tolerance, and worth as much as one of four options; outside it the less the
  farther off, by ratio, down to nothing at 3.2 times (the root of 10) the tolerance's far end, or as small a
  part of it. A guess anywhere within ten times too much or too little is then worth what a blind one is
  elsewhere, however wide the tolerance is.
- ladder: the full worth at the first clue, falling evenly to half of it at the last.
"""

import math
from dataclasses import dataclass

from bot.errors import BadInput
from bot.quiz.game import Answer, Asked, Form, Response, Round
from bot.quiz.judging import Judgement, Key, Outcome, judge, measure
from bot.quiz.question import Kind

GUESS = 2.5  # points that a blind guess is worth, for a difficulty of 1
_TYPED = 5  # options that a typed answer counts as
_ESTIMATED = 4
_FAR = math.log(10) / 2


@dataclass(frozen=True, slots=True)
class Marking:
    """Whether an answer is right, and the part of a right answer's worth that it has, 0 to 1."""

    is_right: bool
    share: float


_RIGHT, _WRONG = Marking(is_right=True, share=1.0), Marking(is_right=False, share=0.0)


def worth_of(asked: Asked) -> float:
    """Return the points of a right answer, before time and streak."""
    is_estimate = asked.question.kind is Kind.ESTIMATE
    options = _ESTIMATED if is_estimate else len(asked.options) or _TYPED
    return GUESS * options * asked.question.difficulty


def mark(asked: Asked, present: Round, answer: Answer) -> Marking:
    """Mark an answer to a round."""
    found = _mark(asked, answer)
    if found.share and asked.question.kind is Kind.LADDER:
        return Marking(found.is_right, found.share * ladder_share(asked, present.clues_by(answer.at)))
    return found


def _mark(asked: Asked, answer: Answer) -> Marking:
    if asked.form is Form.PRESS:
        return _RIGHT if answer.response == asked.key_index else _WRONG
    if asked.form is Form.MENU:
        return _mark_chosen(asked, answer.places)
    return _mark_typed(asked, str(answer.response))


def _mark_chosen(asked: Asked, chosen: tuple[int, ...]) -> Marking:
    wanted = asked.key_places
    hits = len({*chosen} & {*wanted})
    if len(chosen) != len(wanted) or hits < len(wanted) - 1:
        return _WRONG
    return (
        _RIGHT
        if hits == len(wanted)
        else Marking(is_right=False, share=near_miss(len(asked.options), hits + 1))
    )


def near_miss(options: int, keys: int) -> float:
    """Return the worth of all but one of a menu's `keys`, as a part of the whole.

    Of blind choices of so many, one in C(options, keys) is all right, and keys * (options - keys) times as
    many are but one: together they are to be worth what one in `options` is elsewhere.
    """
    ways = math.comb(options, keys)
    return (ways / options - 1) / (keys * (options - keys))


def _mark_typed(asked: Asked, text: str) -> Marking:
    key = Key.of(asked.question)
    if judge(key, text).outcome is Outcome.RIGHT:
        return _RIGHT
    if asked.question.kind is not Kind.ESTIMATE or (found := measure(key, text)) is None:
        return _WRONG
    if found.number <= 0 or found.low <= 0:
        return _WRONG
    near, far = (found.low, found.high) if found.number < found.low else (found.high, found.low)
    left, whole = _FAR - abs(math.log(found.number / far)), _FAR - abs(math.log(near / far))
    return Marking(is_right=False, share=left / whole if left > 0 else 0.0)


def ladder_share(asked: Asked, clues: int) -> float:
    """Return the part of a ladder's worth that is left when so many clues are out."""
    steps = len(asked.question.clues) - 1
    return 1.0 if steps < 1 else 1 - min(clues - 1, steps) / steps / 2


def judgement_of(asked: Asked, answer: Answer) -> Judgement | None:
    """Return how a typed answer was judged, with its note; None for one that was not typed."""
    if not isinstance(answer.response, str):
        return None
    return judge(Key.of(asked.question), answer.response)


def require_clear(key: Key, response: Response) -> None:
    """Raise `BadInput`, with what to write instead, for words that cannot be judged."""
    if isinstance(response, str) and (judgement := judge(key, response)).outcome is Outcome.UNCLEAR:
        raise BadInput(f"{judgement.note} That did not count; please answer again.")
