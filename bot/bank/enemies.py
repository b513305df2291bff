"""Enemies: questions that give one another away, so that no game asks both.

Two questions of different facts are enemies when an author says so, of them or of their facts, or when the
key of one, or a typed answer that counts for it, stands in the stem, the options or the explanation of the
other. Questions of one fact are always enemies, which nobody needs to write down.

A key that a tenth of the bank mentions, or that 64 questions do, gives nothing away: in questions about the
Moon, "the Moon".
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from bot.bank.folding import folded
from bot.quiz.quantity import parse_amount
from bot.quiz.question import Kind, Question

_TELLING = 10  # a key tells nothing when more than one in so many questions mentions it
_FEW, _MANY = 8, 64  # but in a small bank so many may, and in a large one no more
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"\d{4}")

Phrase = tuple[str, ...]


def enemies_of(questions: Sequence[Question]) -> list[tuple[int, int]]:
    """Return the pairs of positions of enemies, the smaller first, in order and without repeats."""
    found: set[tuple[int, int]] = set()
    for first, other in (*_by_hand(questions), *_by_key(questions)):
        if first != other and questions[first].fact != questions[other].fact:
            found.add((min(first, other), max(first, other)))
    return sorted(found)


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
