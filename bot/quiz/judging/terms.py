"""Names and terms held against a key: what is forgiven never makes another answer that is known."""

import re
from collections.abc import Collection

from rapidfuzz.distance import OSA

from bot.quiz.judging.key import RIGHT, WRONG, Judgement, Key, close, unclear
from bot.quiz.judging.names import Name, distance, read_name
from bot.quiz.judging.people import is_same_person, last_names
from bot.quiz.judging.spelling import is_spelt, is_word, stem

_JOINED = re.compile(r"\s*(?:[,;/|&+\n]|\bor\b|\band\b|\bmaybe\b)\s*", re.IGNORECASE)
_BOTH = re.compile(r"\b(?:or|and)\b|[/&+]", re.IGNORECASE)
_ALL = re.compile(r"\s*(?:,\s*and\b|[,;/|&+]|\band\b)\s*", re.IGNORECASE)
_MOST_PARTS = 12
_WHO = re.compile(r"\bwho\b", re.IGNORECASE)


def judge_name(key: Key, text: str, known: Collection[str]) -> Judgement:
    """Judge a name or a term; `known`: bare words that a slip must not make."""
    typed = read_name(text)
    rights = [read_name(right) for right in (key.text, *key.accept)]
    wrongs = [read_name(wrong) for wrong in key.distractors]
    if key.is_person:
        rights += last_names(key)
    asked = {stem(word) for word in read_name(key.stem).words}
    spare = () if _BOTH.search(text) else asked  # "Jupiter or Saturn" repeats no question
    words = {word for name in (*rights, *wrongs) for word in name.words} | {*known}
    alone = [right.pieces for right in rights if len(right.pieces) == 1]
    people = [right.pieces for right in rights] if key.is_person or _WHO.search(key.stem) else []
    owned = {stem(piece) for pieces in (*alone, *people) for piece in pieces}
    best = _nearest(typed, rights, spare, words, owned)
    rival = _nearest(typed, wrongs, spare, words)
    if best is None and (
        is_same_person(text, typed, rights, words)
        or _says_all(text, key, words)
        or _says_again(typed, rights)
        or _is_turned_round(typed, key)
    ):
        best = 1
    if best is not None and (rival is None or best < rival):
        return RIGHT
    if rival is not None:
        return WRONG
    if _says_two(text, [*rights, *wrongs], words):
        return unclear("That says more than one thing. Write the one that you mean.")
    if any(_is_nearly(typed, right, words) for right in rights):
        return close("That is nearly spelt like it.")
    return WRONG


def _nearest(
    typed: Name,
    names: Collection[Name],
    spare: Collection[str],
    known: Collection[str],
    owned: Collection[str] = (),
) -> int | None:
    found = (distance(typed, name, spare, known, owned) for name in names)
    return min((one for one in found if one is not None), default=None)


def _is_turned_round(typed: Name, key: Key) -> bool:
    """Whether it is a name of two words with the second one first: Armstrong Neil."""
    proper = [right for right in (key.text, *key.accept) if all(word[:1].isupper() for word in right.split())]
    return len(typed.words) == 2 == len(typed.pieces) and any(
        typed.pieces[::-1] == read_name(right).pieces for right in proper
    )


def _says_again(typed: Name, rights: Collection[Name]) -> bool:
    """Whether two right answers stand side by side, or one twice: SR-71 Blackbird, basalt basalt."""
    known = {right.pieces for right in rights}
    pieces = typed.pieces
    return any(pieces[:cut] in known and pieces[cut:] in known for cut in range(1, len(pieces)))


def _says_all(text: str, key: Key, known: Collection[str]) -> bool:
    """Whether all parts of a key that joins several are said, in any order: nitrogen and oxygen."""
    said = [read_name(part) for part in _ALL.split(text) if part]
    for right in (key.text, *key.accept):
        left = [read_name(part) for part in _ALL.split(right) if part]
        if not 1 < len(left) == len(said):
            continue
        for part in said:
            nearest = [name for name in left if distance(part, name, (), known) is not None]
            if not nearest:
                break
            left.remove(nearest[0])
        if not left:
            return True
    return False


def _says_two(text: str, names: Collection[Name], known: Collection[str]) -> bool:
    """Whether several answers are joined of which one would be known by itself, or very many."""
    parts = {part for part in _JOINED.split(text) if part}
    if len(parts) > _MOST_PARTS:
        return True
    return len(parts) > 1 and any(_nearest(read_name(part), names, (), known) is not None for part in parts)


def _is_nearly(typed: Name, right: Name, known: Collection[str]) -> bool:
    """Whether a name is spelt nearly like the right one: to be told so, never to be accepted."""
    if typed.numbers != right.numbers or len(typed.words) != len(right.words):
        return False
    return all(
        one == other
        or (
            len(other) > 4
            and is_spelt(other)
            and not is_word(one)
            and one not in known
            and OSA.distance(one, other) <= len(other) // 3
        )
        for one, other in zip(typed.words, right.words, strict=True)
    )
