"""Enemies: questions that give one another away, so that no game asks both.

Two questions of different facts are enemies when an author says so, of them or of their facts, or when the
key of one, or a typed answer that counts for it, stands in the stem, the options or the explanation of the
other. Questions of one fact are always enemies, which nobody needs to write down.

A key that a tenth of the bank mentions, or that 64 questions do, gives nothing away: in questions about the
Moon, "the Moon".
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate, chain
from typing import Self

from bot.bank.folding import folded
from bot.quiz.quantity import parse_amount
from bot.quiz.question import Kind, Question

_TELLING = 10  # a key tells nothing when more than one in so many questions mentions it
_FEW, _MANY = 8, 64  # but in a small bank so many may, and in a large one no more
_PLACE = "I"  # of four bytes wherever Python runs
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"\d{4}")

Phrase = tuple[str, ...]


class Enemies:
    """Where the enemies of each question are, in order, by its place.

    A large bank has millions: bytes, which are there at once, where lists would hold everybody up.
    """

    def __init__(self, ends: "array[int]", others: "array[int]") -> None:
        self._ends = ends
        self._others = others

    @classmethod
    def beside(cls, each: Iterable[Sequence[int]]) -> Self:
        """Return those that hold so many sequences of places."""
        every = list(each)
        return cls(array(_PLACE, accumulate(map(len, every))), array(_PLACE, chain.from_iterable(every)))

    @classmethod
    def from_bytes(cls, ends: memoryview, others: memoryview) -> Self:
        """Return what `to_bytes` has made bytes of. Raise ValueError when they do not fit together."""
        found = cls(array(_PLACE), array(_PLACE))
        found._ends.frombytes(ends)
        found._others.frombytes(others)
        if (found._ends[-1] if found._ends else 0) != len(found._others):
            raise ValueError("enemies of unequal lengths")
        return found

    def to_bytes(self) -> tuple[bytes, bytes]:
        """Return where each question's enemies end, and all of them."""
        return self._ends.tobytes(), self._others.tobytes()

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, place: int) -> Sequence[int]:
        return self._others[self._ends[place - 1] if place else 0 : self._ends[place]]

    def among(self, kept: Sequence[int]) -> Self:
        """Return the enemies of some questions among one another, by their new places."""
        now = {old: new for new, old in enumerate(kept)}
        return self.beside([now[other] for other in self[place] if other in now] for place in kept)


def enemies_of(questions: Sequence[Question]) -> Enemies:
    """Return which questions give one another away."""
    found: list[set[int]] = [set() for _ in questions]
    for first, other in (*_by_hand(questions), *_by_key(questions)):
        if first != other and questions[first].fact != questions[other].fact:
            found[first].add(other)
            found[other].add(first)
    return Enemies.beside(map(sorted, found))


def _by_hand(questions: Sequence[Question]) -> Iterator[tuple[int, int]]:
    if not any(question.enemies for question in questions):
        return
    named: dict[str, list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        named[question.id].append(place)
        if question.fact != question.id:
            named[question.fact].append(place)
    for place, question in enumerate(questions):
        for name in question.enemies:
            for other in named.get(name, ()):
                yield place, other


def _by_key(questions: Sequence[Question]) -> Iterator[tuple[int, int]]:
    owners: dict[Phrase, list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        for phrase in dict.fromkeys(_keys(question)):
            owners[phrase].append(place)
    mentions = _mentions(questions, owners.keys())
    most = min(max(_FEW, len(questions) // _TELLING), _MANY)
    for phrase, places in mentions.items():
        if len(places) <= most:
            for owner in owners[phrase]:
                for place in places:
                    yield owner, place


def _keys(question: Question) -> Iterator[Phrase]:
    """Yield what would give a question away: its keys and their synonyms, but for bare numbers."""
    if question.kind is Kind.TRUE_FALSE:
        return
    for text in (question.key, *question.keys, *question.accept):
        words = tuple(_WORD.findall(folded(text)))
        amount = parse_amount(text)
        is_bare = amount is not None and not amount.unit and not _YEAR.fullmatch(text)
        if words and not is_bare and len("".join(words)) > 2:
            yield words


def _mentions(questions: Sequence[Question], phrases: AbstractSet[Phrase]) -> dict[Phrase, list[int]]:
    """Return where each phrase stands: the positions of the questions whose texts hold it."""
    lengths: dict[str, set[int]] = defaultdict(set)  # of the phrases that begin with a word
    for phrase in phrases:
        lengths[phrase[0]].add(len(phrase))
    found: dict[Phrase, list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        here: set[Phrase] = set()
        for text in dict.fromkeys((question.stem, question.explanation, *question.options)):
            words = _WORD.findall(folded(text))
            for at, word in enumerate(words):
                for length in lengths.get(word, ()):
                    here.add(tuple(words[at : at + length]))
        for phrase in here & phrases:
            found[phrase].append(place)
    return found
