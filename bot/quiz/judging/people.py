"""People: known by their last name alone, and by it with first names as people write them."""

import re
from collections.abc import Collection

from rapidfuzz.distance import OSA

from bot.quiz.judging.key import Key
from bot.quiz.judging.names import Name, read_name
from bot.quiz.judging.spelling import slips

_LAST_FIRST = re.compile(r"\s*([^,]+?)\s*,\s*([^,]+?)\s*")
# fmt: off
_TITLES = frozenset({
    "mr", "mrs", "ms", "miss", "dr", "doctor", "prof", "professor", "sir", "dame", "lord", "lady", "captain",
    "capt", "commander", "cmdr", "colonel", "col", "general", "gen", "major", "president", "madame", "mme",
})
# fmt: on
_SHORT = 4  # letters of a first name in which no slip is forgiven


def last_names(key: Key) -> list[Name]:
    """Return the last names of a person, with what belongs to them, that no wrong answer shares.

    Exupéry, Saint-Exupéry and de Saint-Exupéry; nothing of Henry VIII and of a junior.
    """
    taken = {ending for wrong in key.distractors for ending in _endings(read_name(wrong))}
    return [
        ending
        for right in (key.text, *key.accept)
        for ending in _endings(read_name(right))
        if ending not in taken
    ]


def _endings(name: Name) -> list[Name]:
    if name.numbers or name.pieces[-1] in ("jr", "sr", "junior", "senior"):
        return []
    return [Name(name.pieces[place:]) for place in range(1, len(name.pieces))]


def is_same_person(text: str, typed: Name, rights: Collection[Name], known: Collection[str]) -> bool:
    """Whether it is somebody who is known by the last name alone, with first names as people write them.

    An initial stands for a name, middle ones may be left out or be initials, a title may come before it,
    one slip is forgiven although it makes a name of its own, and the last name may come first: M. Collins,
    Micheal Collins, Mr Collins and Collins Michael are Michael Collins, Phil Collins is not.
    """
    if parted := _LAST_FIRST.fullmatch(text):
        typed = read_name(f"{parted[2]} {parted[1]}")
    if typed.numbers:
        return False
    turned_round = Name(typed.pieces[::-1] if len(typed.pieces) == 2 else typed.pieces)
    return any(_is_called(one, rights, known) for one in (typed, turned_round))


def _is_called(typed: Name, rights: Collection[Name], known: Collection[str]) -> bool:
    """Whether it is somebody's first names, after a title or none, before the name they are known by."""
    said = typed.words[1:] if typed.words[:1] and typed.words[0] in _TITLES else typed.words
    for last in (right.words for right in rights if not right.numbers):
        given, ending = said[: -len(last)], said[-len(last) :]
        if len(ending) != len(last) or (len(said) == len(last) == len(typed.words)):
            continue
        if any(slips(one, other, known) is None for one, other in zip(ending, last, strict=True)):
            continue
        owned = [
            right.words[: -len(last)]
            for right in rights
            if len(right.words) > len(last) and right.words[-len(last) :] == last and not right.numbers
        ]
        if any(not given or _are_given(given, own) for own in owned):
            return True
    return False


def _are_given(typed: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Whether first names are somebody's own: John Quincy Adams is not John Adams."""
    first, *middle = typed
    is_first = first[0] == own[0][0] and (
        len(first) == 1 or (len(first) > _SHORT and OSA.distance(first, own[0]) <= 1) or first == own[0]
    )
    return is_first and all(len(name) == 1 or name in own[1:] for name in middle)
