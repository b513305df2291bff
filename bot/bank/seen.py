"""What was asked already, and the decks that deal what was not.

What always holds: dealing costs the same from a thousand questions as from a hundred thousand.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, MutableSet
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.bank.bank import Bank, Pool, PoolKey

_MAX_DECKS = 32  # pools that one `Seen` keeps shuffled


class Deck:
    """A pool's questions in random order: those not yet seen come first.

    An array 0, 1, 2 ... of positions, of which only what was exchanged is stored: a new deck of any size
    is free, and each card that leaves or returns costs one exchange.
    """

    __slots__ = ("_at", "_where", "left", "pool")

    def __init__(self, pool: "Pool") -> None:
        self.pool = pool
        self.begin_again()

    def begin_again(self) -> None:
        """Count every card as not seen."""
        self.left = len(self.pool)  # cards before this place are not seen yet
        self._at: dict[int, int] = {}
        self._where: dict[int, int] = {}

    def card(self, place: int) -> int:
        """Return which of the pool's questions lies at `place`."""
        return self._at.get(place, place)

    def place(self, card: int) -> int:
        """Return where a card lies."""
        return self._where.get(card, card)

    def take(self, card: int) -> None:
        """Move a card behind those not yet seen."""
        if self.place(card) < self.left:
            self.left -= 1
            self._exchange(card, self.left)

    def put_back(self, card: int) -> None:
        """Count a card as not seen."""
        if self.place(card) >= self.left:
            self._exchange(card, self.left)
            self.left += 1

    def _exchange(self, card: int, place: int) -> None:
        old, other = self.place(card), self.card(place)
        self._at[old], self._where[other] = other, old
        self._at[place], self._where[card] = card, place


class Seen(MutableSet[str]):
    """The ids of questions that were asked, in the order of asking; drawing with it never slows down.

    Build it from stored ids, iterate it to store them. Ids that a bank does not have are kept.
    """

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._ids: dict[str, None] = dict.fromkeys(ids)
        self._bank: Bank | None = None
        self._decks: OrderedDict[PoolKey, Deck] = OrderedDict()
        self.leader: MutableSet[str] | None = None  # a plain set that must learn of every change

    def __contains__(self, question_id: object) -> bool:
        return question_id in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __repr__(self) -> str:
        return f"Seen({list(self._ids)!r})"

    def add(self, value: str) -> None:
        """Note that a question was asked."""
        if value in self._ids:
            return
        self._ids[value] = None
        if self.leader is not None:
            self.leader.add(value)
        for deck, card in self._cards(value):
            deck.take(card)

    def discard(self, value: str) -> None:
        """Forget that a question was asked."""
        if value not in self._ids:
            return
        del self._ids[value]
        if self.leader is not None:
            self.leader.discard(value)
        for deck, card in self._cards(value):
            deck.put_back(card)

    def begin_again(self, ids: Iterable[str]) -> None:
        """Hold these ids instead."""
        self._ids = dict.fromkeys(ids)
        self._decks.clear()

    def deal(self, bank: "Bank", pool: "Pool", rng: Random) -> int:
        """Note one of the pool's questions as asked, at random, and return where in the bank it is."""
        deck = self.deck(bank, pool)
        if deck.left == 0:
            card = self._first_of_new_round(deck, bank, rng)
        else:
            card = deck.card(rng.randrange(deck.left))
        index = pool.member(card)
        question_id = bank.id_at(index)
        if self.leader is not None and question_id in self.leader:  # it changed behind our back
            self.begin_again(self.leader)
            return self.deal(bank, pool, rng)
        self.add(question_id)
        return index

    def _first_of_new_round(self, deck: Deck, bank: "Bank", rng: Random) -> int:
        """Forget the whole pool, and return a card that is not the one asked last."""
        pool = deck.pool
        last = bank.index_of(next(reversed(self._ids)))
        others = [other for other in self._decks.values() if other is not deck]
        deck.begin_again()
        for position in range(len(pool)):
            member = pool.member(position)
            question_id = bank.id_at(member)
            self._ids.pop(question_id, None)
            if self.leader is not None:
                self.leader.discard(question_id)
            for other in others:
                card = other.pool.position(member)
                if card is not None:
                    other.put_back(card)
        card = None if last is None else pool.position(last)
        if card is None or len(pool) == 1:
            return deck.card(rng.randrange(deck.left))
        place = rng.randrange(deck.left - 1)
        return deck.card(place + (place >= deck.place(card)))

    def deck(self, bank: "Bank", pool: "Pool") -> Deck:
        """Return the pool's questions, those not yet seen first; it follows what is added and discarded."""
        if self._bank is not bank:
            self._bank = bank
            self._decks.clear()
        deck = self._decks.get(pool.key)
        if deck is None:
            deck = self._decks[pool.key] = Deck(pool)
            for question_id in self._ids:
                index = bank.index_of(question_id)
                card = None if index is None else pool.position(index)
                if card is not None:
                    deck.take(card)
            if len(self._decks) > _MAX_DECKS:
                self._decks.popitem(last=False)
        return deck

    def _cards(self, question_id: str) -> Iterator[tuple[Deck, int]]:
        index = self._bank.index_of(question_id) if self._bank is not None else None
        if index is not None:
            for deck in self._decks.values():
                card = deck.pool.position(index)
                if card is not None:
                    yield deck, card
