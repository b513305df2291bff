"""Drawing the question of a day: one that its server has not seen, and that the fact does not give away."""

from random import Random

from bot.bank import Bank, Seen
from bot.quiz.arrangement import as_asked
from bot.quiz.day import KINDS
from bot.quiz.game import Asked, Form

_LOOKED_AT = 200  # questions, at random
_MIDDLE = 2  # the difficulty that suits most people
_COST_OF_SEEN, _COST_OF_TOPIC, _COST_OF_LEVEL, _COST_OF_CHANCE = 100.0, 10.0, 1.0, 0.9


def draw_for_day(
    bank: Bank, dice: Random, seen: Seen, *, topic: str | None, fact_id: str, lately: tuple[str, ...]
) -> Asked | None:
    """Return the question of a day, or None where the bank has none that may stand beside the fact.

    `topic` is the schedule's, `lately` the topics of the fact and of the questions before. A question that
    was seen comes again only when all others were; whatever is drawn was then seen last.
    """
    pool = bank.pool(topic, None, KINDS, pressed=True)
    if not len(pool):
        return None
    barred = {question.id for question in bank.about(fact_id)}
    for question_id in tuple(barred):
        index = bank.index_of(question_id)
        barred |= {bank.id_at(enemy) for enemy in (bank.enemies_at(index) if index is not None else ())}
    deck = seen.deck(bank, pool)
    start = dice.randrange(deck.left) if deck.left else 0
    places = [(start + step) % deck.left for step in range(min(deck.left, _LOOKED_AT))]
    indexes = [pool.member(deck.card(place)) for place in places]
    if not any(bank.id_at(index) not in barred for index in indexes):
        known = (bank.index_of(one) for one in [*seen][:_LOOKED_AT])  # those of longest ago first
        indexes += [one for one in known if one is not None and pool.position(one) is not None]
    best: tuple[float, int] | None = None
    for order, index in enumerate(indexes):
        question_id = bank.id_at(index)
        if question_id in barred:
            continue
        cost = (
            _COST_OF_SEEN * (question_id in seen) * (1 + order)
            + _COST_OF_TOPIC * (bank.topic_at(index) in lately)
            + _COST_OF_LEVEL * abs(bank.difficulty_at(index) - _MIDDLE)
            + _COST_OF_CHANCE * dice.random()
        )
        if best is None or cost < best[0]:
            best = (cost, index)
    if best is None:
        return None
    question = bank.question_at(best[1])
    seen.discard(question.id)
    seen.add(question.id)
    return as_asked(question, Form.PRESS, dice)
