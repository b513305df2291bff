"""Drawing a game's next question from the bank.

What always holds of a question that is drawn, as long as another one is left that would keep it:
- it can be asked in the game's mode: `bot.quiz.forms`;
- its server has not seen it since the pool was used up;
- its fact was not asked in this game, and it is no enemy of a question that was;
- it is not the third true-or-false claim of the game, nor the second one running;
- its fact was not asked in the game before.

Among those that keep all of it, the one is taken that spreads kinds and topics as the pool has them, and
rises gently in difficulty; or, where a game is to suit those who play, that they answer right about two
times in three. A draw looks at a bounded number of questions, however large the bank is.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import islice
from random import Random

from bot.bank import Bank, Pool, Seen
from bot.errors import NotFound
from bot.quiz.arrangement import as_asked
from bot.quiz.forms import KINDS, form_of
from bot.quiz.game import FOR_US, Asked, Form, Mode, Rules
from bot.quiz.question import Kind, Question

_NOTHING_ABOUT = "No question is asked about this fact yet. `/fact random` shows another one."
_NOTHING = "There is no question like that to ask. Leave out the mode, topic or difficulty, or pick another."
_MOST_CLAIMS = 2  # true-or-false claims in a game
_TRIES = 64  # questions looked at, at random, for a good one
_ENOUGH = 10  # good ones to choose the best of
_MOST = 3000  # questions looked at when there is no good one among those
_SUITS, _SUITS_BY = 0.675, 0.075  # how often those who play should be right, where a game is to suit them
_PLANS = 6  # ways of choosing that are tried in a tight pool
_AMPLE = 4  # facts for each question of a game: with so many no draw can go astray


def pool_size(bank: Bank, rules: Rules) -> int:
    """Return how many questions a game by these rules can have; raise `NotFound` when there is none.

    As many as are asked for, unless fewer go together: no fact twice, no enemies.
    """
    if rules.fact:
        size = len(_about(bank, rules))
    else:
        game = _Game(bank, rules, Seen(), ())
        size = _reach(game, (), rules.questions) if game.is_tight else rules.questions
    if not size:
        raise NotFound(_NOTHING_ABOUT if rules.fact else _NOTHING)
    return size


def has_questions(bank: Bank, rules: Rules) -> bool:
    """Return whether there is anything to ask by these rules."""
    if rules.fact:
        return bool(_about(bank, rules))
    return bool(pool_of(bank, rules))


Likely = Callable[[Question], float]
"""Tells how likely those who play answer a question right, 0 to 1."""


def draw(
    bank: Bank,
    dice: Random,
    rules: Rules,
    seen: Seen,
    asked: Sequence[str] = (),
    likely: Likely | None = None,
) -> tuple[Asked, list[str]]:
    """Return a game's next question, and the ids of those that may come again from now on.

    `asked` are the ids of the questions that the game has asked; `likely` is given where it is to suit
    those who play. What is drawn is added to `seen`. Raise `NotFound` when nothing fits.
    """
    if rules.fact:
        return _draw_about(bank, dice, rules, seen)
    game = _Game(bank, rules, seen, asked, likely)
    if not len(game.pool):
        raise NotFound(_NOTHING)
    forgotten = list(game.forget_the_pool()) if not game.left else []
    question_id = bank.id_at(_next(game, dice))
    if question_id in seen:
        forgotten.append(question_id)
        seen.discard(question_id)
    seen.add(question_id)
    return _asked(bank[question_id], rules.mode, dice), forgotten


class _Game:
    """A game as a draw sees it: the pool's questions not yet seen, and what was asked in it and before."""

    def __init__(
        self, bank: Bank, rules: Rules, seen: Seen, asked: Sequence[str], likely: Likely | None = None
    ) -> None:
        self.bank, self.rules, self.seen, self.likely = bank, rules, seen, likely
        self.pool = pool_of(bank, rules)
        kinds, apart = KINDS[rules.mode], frozenset({Kind.TRUE_FALSE})
        parts = [each for each in (kinds - apart, kinds & apart) if each]
        self.pools: list[Pool] = [pool_of(bank, rules, each) for each in parts]
        self.decks = [seen.deck(bank, pool) for pool in self.pools]
        found = [bank.index_of(question_id) for question_id in asked]
        self.asked = [index for index in found if index is not None]
        self._ids = frozenset(asked)
        self.facts = {bank.fact_at(index) for index in self.asked}
        self.enemies = {enemy for index in self.asked for enemy in bank.enemies_at(index)}
        claims = [bank.kind_at(index) is Kind.TRUE_FALSE for index in self.asked]
        self.takes_claims = sum(claims) < _MOST_CLAIMS and not (claims and claims[-1])

    @property
    def is_tight(self) -> bool:
        """Whether facts are so few that a draw must think of those to come."""
        return self.pool.facts < _AMPLE * self.rules.questions

    @cached_property
    def members(self) -> list[int]:
        """Where the pool's questions are in the bank, up to a bound."""
        return [self.pool.member(position) for position in range(min(len(self.pool), _MOST))]

    @property
    def left(self) -> int:
        """How many of them were not seen yet."""
        return sum(deck.left for deck in self.decks)

    @cached_property
    def facts_before(self) -> set[str]:
        """The facts of as many questions as a game has, asked in this server just before this one."""
        ids = (one for one in reversed(self.seen) if one not in self._ids)
        places = (self.bank.index_of(one) for one in islice(ids, self.rules.questions))
        return {self.bank.fact_at(place) for place in places if place is not None}

    def forget_the_pool(self) -> Iterator[str]:
        """Let the pool begin anew, and yield what may come again: all but what was asked just now."""
        kept = min(self.rules.questions, len(self.pool) // 2)
        recent = {*self._ids, *islice((one for one in reversed(self.seen) if one not in self._ids), kept)}
        for position in range(len(self.pool)):
            question_id = self.bank.id_at(self.pool.member(position))
            if question_id in self.seen and question_id not in recent:
                self.seen.discard(question_id)
                yield question_id

    def unseen(self, dice: Random) -> Iterator[int]:
        """Yield questions of the pool that were not seen, in random order, each once, up to a bound."""
        for deck in self.decks:
            start = dice.randrange(deck.left) if deck.left else 0
            for step in range(min(deck.left, _MOST)):
                yield deck.pool.member(deck.card((start + step) % deck.left))

    def some(self, dice: Random) -> Iterator[int]:
        """Yield unseen questions at random for ever; claims only when the game takes one."""
        decks = self.decks if self.takes_claims else self.decks[:1]
        left = sum(deck.left for deck in decks)
        while left:
            place = dice.randrange(left)
            deck = decks[0]
            if place >= deck.left:
                place, deck = place - deck.left, decks[1]
            yield deck.pool.member(deck.card(place))

    def was_seen(self) -> Iterator[int]:
        """Yield questions of the pool that were seen, those of long ago first, up to a bound."""
        for question_id in islice(self.seen, _MOST):
            index = self.bank.index_of(question_id)
            if index is not None and self.pool.position(index) is not None:
                yield index

    # What a question may be to the game, from the law that gives way last to the one that gives way first.

    def is_new(self, index: int) -> bool:
        """Whether its fact was not asked in this game."""
        return self.bank.fact_at(index) not in self.facts

    def is_friendly(self, index: int) -> bool:
        """Whether nothing asked in this game gives it away, or is given away by it."""
        return self.is_new(index) and index not in self.enemies

    def is_lawful(self, index: int) -> bool:
        """Whether it is no claim too many besides."""
        return self.is_friendly(index) and (
            self.takes_claims or self.bank.kind_at(index) is not Kind.TRUE_FALSE
        )

    def is_fresh(self, index: int) -> bool:
        """Whether its fact was not asked in the game before either."""
        return self.is_lawful(index) and self.bank.fact_at(index) not in self.facts_before


def _next(game: _Game, dice: Random) -> int:
    """Return where in the bank the next question is: the best of those that keep the laws."""
    found = _best(game, dice)
    if found is not None:
        return found
    for law in (game.is_lawful, game.is_friendly, game.is_new):
        for listed in (game.unseen(dice), game.was_seen()):
            for index in listed:
                if law(index):
                    return index
    for index in (*game.unseen(dice), *game.was_seen()):
        if index not in game.asked:
            return index
    return next(iter((*game.unseen(dice), *game.was_seen())))


def _best(game: _Game, dice: Random) -> int | None:
    """Return the best of some questions that keep all laws and let the game go on to its end, if any does."""
    cost = _costs(game)
    for law in (game.is_fresh, game.is_lawful):
        found = _some(game, law, dice)
        found.sort(key=lambda index: cost(index) + 0.4 * dice.random())
        for index in found:
            if _goes_on(game, index):
                return index
    seen = filter(game.is_lawful, game.was_seen())
    return next((index for index in seen if _goes_on(game, index)), None)


def _some(game: _Game, law: Callable[[int], bool], dice: Random) -> list[int]:
    """Return some questions that were not seen and keep a law: in a tight pool all, else a few at random."""
    if game.is_tight:
        return [index for index in game.unseen(dice) if law(index)]
    enough = _ENOUGH if game.likely is None else _TRIES
    found = list(dict.fromkeys(islice(filter(law, islice(game.some(dice), _TRIES)), enough)))
    return found or list(islice(filter(law, game.unseen(dice)), enough))


def _goes_on(game: _Game, index: int) -> bool:
    """Return whether the game can be played to its end, as all laws but the first want, after a question."""
    need = game.rules.questions - len(game.asked) - 1
    return not game.is_tight or _reach(game, [*game.asked, index], need) >= need


def _reach(game: _Game, asked: Sequence[int], most: int) -> int:
    """Return how many questions, up to `most`, could follow those asked: no fact twice, no enemies."""
    reach = 0
    for turn in range(_PLANS):
        if reach < most:
            reach = max(reach, _planned(game, asked, most, turn))
    return reach


def _planned(game: _Game, asked: Sequence[int], most: int, turn: int) -> int:
    """Return how far one way of choosing leads; `turn` says which.

    The fact with the fewest questions left comes first, with the one that is in the way of the fewest others.
    Whoever goes a step of a plan finds the rest of it again, so that no game loses its way.
    """
    bank = game.bank
    facts = {bank.fact_at(index) for index in asked}
    enemies = {enemy for index in asked for enemy in bank.enemies_at(index)}
    possible: dict[str, set[int]] = {}
    for index in game.members:
        if bank.fact_at(index) not in facts and index not in enemies:
            possible.setdefault(bank.fact_at(index), set()).add(index)
    claims = [bank.kind_at(index) is Kind.TRUE_FALSE for index in asked]
    for step in range(most):
        takes_claims = sum(claims) < _MOST_CLAIMS and not (claims and claims[-1])
        usable = [
            [one for one in each if takes_claims or bank.kind_at(one) is not Kind.TRUE_FALSE]
            for each in possible.values()
        ]
        ranked = [(len(each) + _whim(min(each), turn), min(each), each) for each in usable if each]
        if not ranked:
            return step
        index = min(
            min(ranked)[2], key=lambda one: (_in_the_way(bank, one, possible) + _whim(one, turn), one)
        )
        claims.append(bank.kind_at(index) is Kind.TRUE_FALSE)
        del possible[bank.fact_at(index)]
        for enemy in bank.enemies_at(index):
            possible.get(bank.fact_at(enemy), set()).discard(enemy)
    return most


def _whim(index: int, turn: int) -> int:
    """Return a small number that differs from turn to turn and stays the same in one; 0 in the first."""
    return (index + 1) * turn * 2654435761 // 65536 % 3


def _in_the_way(bank: Bank, index: int, possible: Mapping[str, set[int]]) -> int:
    """Return how much a question would hinder: the facts that it bars weigh most, then being a claim."""
    enemies = set(bank.enemies_at(index))
    near = {bank.fact_at(enemy) for enemy in enemies} & possible.keys() - {bank.fact_at(index)}
    left = [len(possible[fact] - enemies) for fact in near]
    barred = sum(len(possible[fact] & enemies) for fact in near)
    return 100 * left.count(0) + 10 * (bank.kind_at(index) is Kind.TRUE_FALSE) + barred


def _costs(game: _Game) -> Callable[[int], float]:
    """Return how much a question would unbalance the game: its kinds, its topics, its rise in difficulty."""
    bank, number = game.bank, len(game.asked) + 1
    kinds = Counter(bank.kind_at(index) for index in game.asked)
    topics = Counter(bank.topic_at(index) for index in game.asked)
    last = bank.kind_at(game.asked[-1]) if game.asked else None
    likely = game.likely
    level = 1.2 + 1.6 * (number - 1) / max(game.rules.questions - 1, 1)

    def cost(index: int) -> float:
        """Add up by how many questions there would be too many of a kind and topic, and the rest."""
        kind, topic = bank.kind_at(index), bank.topic_at(index)
        return (
            max(0.0, kinds[kind] + 1 - game.pool.kinds[kind] * number)
            + max(0.0, topics[topic] + 1 - game.pool.topics[topic] * number)
            + 0.5 * (kind is last)
            + (0.4 * abs(bank.difficulty_at(index) - level) if likely is None else unfit(index, likely))
        )

    def unfit(index: int, likely: Likely) -> float:
        """Return how far those who play are from being right as often as they should."""
        apart = abs(likely(bank.question_at(index)) - _SUITS)
        return max(0.0, apart - _SUITS_BY) * 20 + apart

    return cost


def pool_of(bank: Bank, rules: Rules, kinds: AbstractSet[Kind] | None = None) -> Pool:
    """Return the questions that fit the rules, of all their mode's kinds or of some."""
    is_pressed = rules.mode is Mode.CHOICE
    difficulty = None if rules.difficulty == FOR_US else rules.difficulty
    return bank.pool(rules.topic, difficulty, kinds or KINDS[rules.mode], pressed=is_pressed)


def _about(bank: Bank, rules: Rules) -> list[Question]:
    assert rules.fact is not None  # noqa: S101 - asked before the call
    return [question for question in bank.about(rules.fact) if form_of(question, rules.mode)]


def _draw_about(bank: Bank, dice: Random, rules: Rules, seen: Seen) -> tuple[Asked, list[str]]:
    """Return a question about one fact: a new one while there is one, else the one asked longest ago."""
    about = _about(bank, rules)
    if not about:
        raise NotFound(_NOTHING_ABOUT)
    fresh = [question for question in about if question.id not in seen]
    if fresh:
        question = dice.choice(fresh)
        seen.add(question.id)
        return _asked(question, rules.mode, dice), []
    by_id = {question.id: question for question in about}
    oldest = next(one for one in seen if one in by_id)
    seen.discard(oldest)
    seen.add(oldest)
    return _asked(by_id[oldest], rules.mode, dice), [oldest]


def _asked(question: Question, mode: Mode, dice: Random) -> Asked:
    return as_asked(question, form_of(question, mode) or Form.PRESS, dice)
