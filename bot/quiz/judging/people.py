"""People: known by their last name alone, and by it with first names as people write them."""

import re
from collections.abc import Collection

from rapidfuzz.distance import OSA

from bot.quiz.judging.key import Key
from bot.quiz.judging.names import Name, read_name
from bot.quiz.judging.spelling import slips, sound

_LAST_FIRST = re.compile(r"\s*([^,]+?)\s*,\s*([^,]+?)\s*")
_EPITHET = re.compile(r"\b(?:the|of)\b", re.IGNORECASE)  # the Great is nobody's last name
# fmt: off
_TITLES = frozenset({
    "mr", "mister", "mrs", "ms", "miss", "dr", "doctor", "prof", "professor", "sir", "dame", "lord", "lady",
    "captain", "capt", "commander", "cmdr", "colonel", "col", "general", "gen", "major", "lieutenant",
    "lt", "sergeant", "admiral", "president", "chairman", "chancellor", "senator", "king", "queen", "prince",
    "princess", "emperor", "empress", "tsar", "pope", "saint", "father", "brother", "sister", "madame",
    "mme", "monsieur", "comrade", "astronaut", "cosmonaut",
})
# fmt: on
_JUNIOR = frozenset({"jr", "sr"})
_SHORT = 4  # letters of a first name in which no slip is forgiven, and one more for each four of a longer one
_INITIALS = 3  # letters that may stand for as many first names
_MOST_PIECES = 6  # of a name that may be turned round


def last_names(key: Key) -> list[Name]:
    """Return the last names of a person, with what belongs to them, that no wrong answer shares.

    Exupéry, Saint-Exupéry and de Saint-Exupéry; nothing of Henry VIII, a junior and Alexander the Great.
    """
    taken = {ending.pieces for wrong in key.distractors for ending in _endings(wrong)}
    return [
        ending
        for right in (key.text, *key.accept)
        for ending in _endings(right)
        if ending.pieces not in taken
    ]


def _endings(text: str) -> list[Name]:
    name = read_name(text)
    if not name.pieces or name.numbers or name.pieces[-1] in _JUNIOR or _EPITHET.search(text):
        return []
    return [Name(name.pieces[place:], name.is_proper) for place in range(1, len(name.pieces))]


def is_same_person(
    key: Key, text: str, rights: Collection[Name], wrongs: Collection[Name], known: Collection[str]
) -> bool:
    """Whether it is somebody by the last name, with first names or a title as people write them.

    A title may come before it. An initial stands for a name, middle ones may be left out or be initials, a
    first name may be written as in another language or with a slip, and the last name may come first:
    M. Collins, Micheal Collins, Mr Collins and Collins Michael are Michael Collins; Phil Collins is not.
    """
    alone = {right.pieces for right in rights}
    people = [
        (right.pieces[:place], right.pieces[place:])
        for right in rights
        if not right.numbers
        for place in range(1, len(right.pieces))
        if key.is_person or right.pieces[place:] in alone
    ]
    if not people:
        return False
    if parted := _LAST_FIRST.fullmatch(text):
        text = f"{parted[2]} {parted[1]}"
    for said in _turned(read_name(text).pieces):
        bare = _without_titles(said)
        for given, last in people:
            first, ending = bare[: -len(last)], bare[-len(last) :]
            if len(ending) != len(last) or any(
                slips(one, other, known, is_name=True) is None
                for one, other in zip(ending, last, strict=True)
            ):
                continue
            if _are_own(first, given, last, wrongs) if first else (bare != said and last in alone):
                return True
    return False


def _turned(pieces: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the pieces as they stand, and with the first of them last: Beethoven Ludwig van."""
    if len(pieces) > _MOST_PIECES:
        return [pieces]
    return [pieces[cut:] + pieces[:cut] for cut in range(len(pieces))]


def _without_titles(pieces: tuple[str, ...]) -> tuple[str, ...]:
    while len(pieces) > 1 and pieces[0] in _TITLES:
        pieces = pieces[1:]
    return pieces


def _are_own(
    typed: tuple[str, ...], given: tuple[str, ...], last: tuple[str, ...], wrongs: Collection[Name]
) -> bool:
    """Whether first names are somebody's, and tell them from everybody else with that last name."""
    rivals = [wrong.pieces[: -len(last)] for wrong in wrongs if wrong.pieces[-len(last) :] == last]
    missing = _left_out(typed, given)
    others = [_left_out(typed, rival) for rival in rivals if rival]
    return missing is not None and all(other is None or missing == 0 < other for other in others)


def _left_out(typed: tuple[str, ...], own: tuple[str, ...]) -> int | None:
    """Return how many of somebody's first names are left out; None where one is not theirs.

    A middle initial may be added where the key has no middle name: John Quincy Adams is not John Adams.
    """
    if len(typed[0]) <= _INITIALS and not _is_name(typed[0], own[0]):
        typed = (*typed[0], *typed[1:])
    if not _is_name(typed[0], own[0]):
        return None
    left, found = list(own[1:]), 1
    for name in typed[1:]:
        place = next((place for place, other in enumerate(left) if _is_name(name, other)), None)
        if place is not None:
            left, found = left[place + 1 :], found + 1
        elif len(own) > 1 or len(name) > 1:
            return None
    return len(own) - found


def _is_name(typed: str, own: str) -> bool:
    """Whether a first name is written, by its initial or as in another language, or with a slip."""
    if 1 in (len(typed), len(own)):
        return typed[0] == own[0]
    one, other = sound(typed), sound(own)
    allowed = len(own) // _SHORT if len(own) > _SHORT else 0
    return one == other or (one[0] == other[0] and OSA.distance(typed, own) <= allowed)
