"""Drawing a game's next question from the bank.

What always holds: a question that is drawn can be asked by buttons, so it has
two to five options, its key among them; none comes again in its server before
the pool it is drawn from is used up.
"""

from collections.abc import Sequence
from random import Random

from bot.bank import Bank, Seen
from bot.errors import NotFound
from bot.quiz.game import MOST_OPTIONS, Asked, Rules
from bot.quiz.question import Kind, Question

_TRIES = 100  # questions that one press does not answer may be in the way
_NOTHING_ABOUT = "No question is asked about this fact yet. `/fact random` shows another one."
_NOTHING = "There is no question like that to ask. Leave out the topic or the difficulty, or pick another."


def pool_size(bank: Bank, rules: Rules) -> int:
    """Return how many questions fit the rules; raise `NotFound` when there is none."""
    size = len(_about(bank, rules.fact) if rules.fact else bank.pool(rules.topic, rules.difficulty))
    if not size:
        raise NotFound(_NOTHING_ABOUT if rules.fact else _NOTHING)
    return size


def draw(bank: Bank, dice: Random, rules: Rules, seen: Seen) -> tuple[Asked, list[str]]:
    """Return a question, and the ids that may come again because the pool began anew.

    What is drawn is added to `seen`. Raise `NotFound` when nothing fits.
    """
    before = list(seen)
    if rules.fact:
        asked = _draw_about(bank, dice, rules.fact, before)
        seen.discard(asked.question.id)
        seen.add(asked.question.id)
        return asked, [one for one in before if one == asked.question.id]
    for _ in range(_TRIES):
        drawn = bank.draw(dice, topic=rules.topic, difficulty=rules.difficulty, seen=seen)
        if not drawn.question.is_pressed:
            continue
        asked = Asked(drawn.question, _at_most_five(drawn.options, drawn.question.key))
        if len(seen) > len(before):
            return asked, []
        return asked, [one for one in before if one not in seen or one == drawn.question.id]
    raise NotFound(_NOTHING)


def _about(bank: Bank, fact: str) -> list[Question]:
    return [question for question in bank.about(fact) if question.is_pressed]


def _draw_about(bank: Bank, dice: Random, fact: str, asked_before: Sequence[str]) -> Asked:
    """Return a question about one fact: a new one while there is one, else the one asked longest ago."""
    about = _about(bank, fact)
    if not about:
        raise NotFound(_NOTHING_ABOUT)
    fresh = [question for question in about if question.id not in asked_before]
    question = dice.choice(fresh) if fresh else min(about, key=lambda one: asked_before.index(one.id))
    options = [question.key, *question.distractors[: MOST_OPTIONS - 1]]
    if question.kind is Kind.TRUE_FALSE:
        options.sort(reverse=True)
    else:
        dice.shuffle(options)
    return Asked(question, tuple(options))


def _at_most_five(options: tuple[str, ...], key: str) -> tuple[str, ...]:
    """Return the options in their order, without the last distractors when there are more than five."""
    if len(options) <= MOST_OPTIONS:
        return options
    wrong = [option for option in options if option != key][: MOST_OPTIONS - 1]
    return tuple(option for option in options if option == key or option in wrong)
