"""Names and terms as people type them, held against a key: Chang'e 4, Von Kármán, tidal locking.

What always holds:
- the numbers of a name are exact: Apollo 11 is XI and eleven, and never 12;
- what is forgiven (accents, case, marks, an article, a slip) never makes another answer that is known.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from bot.folding import SIGNS, bare
from bot.quiz.judging.key import RIGHT, WRONG, Judgement, Key, close, unclear
from bot.quiz.judging.spelling import is_common, is_spelt, is_word, slips, stem
from bot.quiz.quantity import ORDINALS

_JOINED = re.compile(r"\s*(?:[,;/|&+\n]|\bor\b|\band\b|\bmaybe\b)\s*", re.IGNORECASE)
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_BOTH = re.compile(r"\b(?:or|and)\b|[/&+]", re.IGNORECASE)
_ALL = re.compile(r"\s*(?:,\s*and\b|[,;/|&+]|\band\b)\s*", re.IGNORECASE)
_AND = re.compile(r"(?<=\w)\s+[&+]\s+(?=\w)|(?<=\w{3})[&+](?=\w{3})")
_LAST_FIRST = re.compile(r"\s*([^,]+?)\s*,\s*([^,]+?)\s*")
_WHO = re.compile(r"\bwho\b", re.IGNORECASE)
_OWNERS = re.compile(r"(?<=\w)['’]s\b", re.IGNORECASE)  # Apollo 13's
_CHARGE = r"(?:[+#]+(?!\w)|(?<=\b\w)[-−]$|(?<=\b\w\w)[-−]$)"  # what makes C++ of C, and Na+ of Na
_PIECE = re.compile(rf"\d+(?:\.\d+)?|[^\W\d_{SIGNS}]+{_CHARGE}?|[{SIGNS}]+")
_RANKED = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b|(?:\b(?:no|nr)\b\.?|#|№)\s*(?=\d)", re.IGNORECASE)
_HAN = {sign: number for number, sign in enumerate("一二三四五六七八九", 1)}
_COUNTED_IN_HAN = re.compile(r"(?P<tens>[一二三四五六七八九]?十)?(?P<ones>[一二三四五六七八九])?(?=[号號])")
_ARTICLES = frozenset({"the", "a", "an"})
_SMALL = frozenset({"of", "in", "on", "at", "its", "it", "is", "was", "named", "called", *_ARTICLES})
# fmt: off
_CARDINALS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
]
_ROMANS = [
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi",
    "xvii", "xviii", "xix", "xx",
]
_TITLES = frozenset({
    "mr", "mrs", "ms", "miss", "dr", "doctor", "prof", "professor", "sir", "dame", "lord", "lady", "captain",
    "capt", "commander", "cmdr", "colonel", "col", "general", "gen", "major", "president", "madame", "mme",
})
_TURNED = frozenset({
    "and", "or", "nor", "not", "no", "but", "never", "vs", "versus", "plus", "minus", "without",
})
# fmt: on
_SHORTENED = {"st": "saint", "mt": "mount", "ft": "fort"}
_SHORT = 4  # letters of a first name in which no slip is forgiven
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80}
_TENS |= {"ninety": 90}
_NUMBERS = {word: str(number) for number, word in enumerate(_CARDINALS)}
_NUMBERS |= {word: str(number) for number, word in enumerate(ORDINALS, 1)}
_ROMAN = {roman: str(number) for number, roman in enumerate(_ROMANS, 1)}


@dataclass(frozen=True, slots=True)
class Name:
    """A name in pieces: bare words, and numbers as digits."""

    pieces: tuple[str, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return its numbers, in order."""
        return tuple(piece for piece in self.pieces if piece[0].isdecimal())

    @property
    def words(self) -> tuple[str, ...]:
        """Return its words, in order."""
        return tuple(piece for piece in self.pieces if not piece[0].isdecimal())

    @property
    def joined(self) -> str:
        """Return its pieces without the spaces between words; numbers stay apart from numbers."""
        return "".join(f" {piece} " if piece[0].isdecimal() else stem(piece) for piece in self.pieces)


@lru_cache(maxsize=16384)
def read_name(text: str) -> Name:
    """Return `text` in pieces, without the articles; an article that is all there is stays."""
    undotted = _DOTTED.sub(lambda match: match[0].replace(".", ""), _OWNERS.sub("", _AND.sub(" and ", text)))
    pieces = _PIECE.findall(bare(_RANKED.sub("", _COUNTED_IN_HAN.sub(_in_figures, undotted))))
    kept = [piece for piece in pieces if piece not in _ARTICLES] or pieces
    return Name(tuple(_SHORTENED.get(piece, piece) for piece in _numbered(kept)))


def _in_figures(counted: re.Match[str]) -> str:
    """Return a number in Chinese signs in figures: 四 is 4, and 二十一 21."""
    tens, ones = counted["tens"], counted["ones"]
    number = (_HAN.get(tens[0], 1) * 10 if tens else 0) + (_HAN[ones] if ones else 0)
    return str(number) if number else ""


def _numbered(pieces: Sequence[str]) -> Iterator[str]:
    """Yield the pieces with a number after a word as digits: eleven, XI; a leading one stays a word."""
    for place, piece in enumerate(pieces):
        before = pieces[place - 1] if place else ""
        if place > 1 and before in _TENS and piece in _CARDINALS[1:10]:
            continue  # told with the tens
        if place and piece in _TENS:
            after = pieces[place + 1] if place + 1 < len(pieces) else ""
            yield str(_TENS[piece] + (_CARDINALS.index(after) if after in _CARDINALS[1:10] else 0))
        elif place and piece in _NUMBERS:
            yield _NUMBERS[piece]
        elif place and place == len(pieces) - 1 and piece in _ROMAN:
            yield _ROMAN[piece]
        else:
            yield piece.lstrip("0") or "0" if piece[0].isdecimal() else piece


@cache
def sorts_of_thing() -> frozenset[str]:
    """Return the words that say what sort of thing a name names: crater, mission, lake."""
    lines = (files(__package__) / "sorts.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(stem(word) for line in lines if not line.startswith("#") for word in line.split())


def distance(
    typed: Name,
    meant: Name,
    spare: Collection[str] = (),
    known: Collection[str] = (),
    owned: Collection[str] = (),
) -> int | None:
    """Return how many slips make `typed` out of `meant`, 0 for none; None when it is another name.

    `spare`: stems of words that may be added, such as those of the question; `known`: see `slips`; `owned`:
    stems that may not be left out although they name a sort of thing: the Parks of Rosa Parks.
    """
    if typed.numbers != meant.numbers:
        return None
    if typed.joined == meant.joined:
        return 0
    one, other = typed.words, meant.words
    if len(one) != len(other):
        one, other = _core(typed, meant, (), spare), _core(meant, typed, owned, (), spare)
        if not other or len(one) != len(other):
            return None
    total = 0
    for typed_word, meant_word in zip(one, other, strict=True):
        found = slips(typed_word, meant_word, known)
        if found is None:
            return None
        total += found
    return total if total <= max(1, sum(map(len, other)) // 6) else None


def _core(
    name: Name,
    beside: Name,
    owned: Collection[str],
    spare: Collection[str],
    asked: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Return the words without those that add nothing; a word that both names have stays.

    `asked`: stems of the question's words, for a name that others are held against. What the question does
    not ask for is left out of it only where the rest names it: Vesuvius is the mount, and neither is Mexico
    its gulf, nor are Star Wars a star.
    """
    shared = {stem(word) for word in beside.words} | {*owned}
    kept, is_whole = [], True
    for word, after in zip(name.words, (*name.words[1:], ""), strict=False):
        is_sort = stem(word) in sorts_of_thing()
        if stem(word) in shared or not (is_sort or word in _SMALL or stem(word) in spare):
            kept.append(word)
        elif asked is not None and is_sort and not any(one.startswith(stem(word)) for one in asked):
            if after == "of":
                return name.words
            is_whole = False
    return tuple(kept) if is_whole or not all(map(is_common, kept)) else name.words


def judge_name(key: Key, text: str, known: Collection[str]) -> Judgement:
    """Judge a name or a term; `known`: bare words that a slip must not make."""
    typed = read_name(text)
    rights = [read_name(right) for right in (key.text, *key.accept)]
    wrongs = [read_name(wrong) for wrong in key.distractors]
    if key.is_person:
        rights += _last_names(key)
    asked = {stem(word) for word in read_name(key.stem).words}
    spare = () if _BOTH.search(text) else asked  # "Jupiter or Saturn" repeats no question
    words = {word for name in (*rights, *wrongs) for word in name.words} | {*known}
    alone = [right.pieces for right in rights if len(right.pieces) == 1]
    people = [right.pieces for right in rights] if key.is_person or _WHO.search(key.stem) else []
    owned = {stem(piece) for pieces in (*alone, *people) for piece in pieces}
    best = _nearest(typed, rights, spare, words, owned)
    rival = _nearest(typed, wrongs, spare, words)
    if best is None and (_is_same_person(text, typed, rights, words) or _says_all(text, key, words)):
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


def _last_names(key: Key) -> list[Name]:
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


def _is_same_person(text: str, typed: Name, rights: Collection[Name], known: Collection[str]) -> bool:
    """Whether it is somebody who is known by the last name alone, with first names as people write them.

    An initial stands for a name, middle ones may be left out or added, a title may come before it,
    and one slip is forgiven although it makes a name of its own: M. Collins, Micheal Collins, Mr Collins
    and Collins, Michael are Michael Collins, Phil Collins is not.
    """
    if turned := _LAST_FIRST.fullmatch(text):
        typed = read_name(f"{turned[2]} {turned[1]}")
    if typed.numbers:
        return False
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
        if any(not given or _are_given(given, own, known) for own in owned):
            return True
    return False


def _are_given(typed: tuple[str, ...], own: tuple[str, ...], known: Collection[str]) -> bool:
    """Whether first names are somebody's own; a whole one may have a further one after it."""
    first, *middle = typed
    is_first = first[0] == own[0][0] and (
        len(first) == 1 or (len(first) > _SHORT and OSA.distance(first, own[0]) <= 1) or first == own[0]
    )
    return is_first and all(
        len(name) == 1 or name in own[1:] or (first == own[0] and name not in _TURNED and name not in known)
        for name in middle
    )


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
    """Whether several answers are joined of which one would be known by itself."""
    parts = [part for part in _JOINED.split(text) if part]
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
