"""Names and terms held against a key: what is forgiven never makes another answer that is known."""

import re
from collections.abc import Collection

from rapidfuzz.distance import OSA

from bot.quiz.judging.key import RIGHT, WRONG, Judgement, Key, close, unclear
from bot.quiz.judging.names import Name, distance, in_latin, is_same_words, read_name
from bot.quiz.judging.people import is_same_person, last_names
from bot.quiz.judging.spelling import is_spelt, is_word, names_a_kind, slips, stem
from bot.quiz.numerals import ORDINALS, RANKS

_JOINED = re.compile(r"\s*(?:[,;/|&+\n]|\bor\b|\band\b|\bmaybe\b)\s*", re.IGNORECASE)
_BOTH = re.compile(r"\b(?:or|and)\b|[/&+]", re.IGNORECASE)
_ALL = re.compile(r"\s*(?:,\s*and\b|[,;/|&+]|\band\b)\s*", re.IGNORECASE)
_MOST_PARTS = 12
_THAT_IS = re.compile(
    r"^(?:the )?(?:process|phenomenon|city|town|island|planet|country) of (?:the )?", re.IGNORECASE
)
_OF = re.compile(r"(?:the )?(?P<what>[^\W\d_]+) of (?:the )?(?P<of>[^\W\d_]+)", re.IGNORECASE)
_RANK = re.compile(
    rf"(?:the )?(?:(?P<number>\d+)(?:st|nd|rd|th)|(?P<word>{'|'.join(ORDINALS)})) (?P<what>.+)", re.IGNORECASE
)
_FOREIGN = re.compile("[\u0370-\u1dff\u2e80-\ufdff]")  # letters of no Latin script
_VON = frozenset({"von", "van"})  # without which a name is known, too
_ARTICLES = frozenset({"la", "le", "les", "il", "die", "der", "das"})  # of a title: La Traviata
_LONG = 5  # letters that make a title without its article
_WHO = re.compile(r"\bwho\b", re.IGNORECASE)


def judge_name(key: Key, text: str, known: Collection[str]) -> Judgement:
    """Judge a name or a term; `known`: bare words that a slip must not make."""
    typed = read_name(_THAT_IS.sub("", text) or text)
    is_name = read_name(key.text).is_proper
    rights = [read_name(right, is_name=is_name) for right in (key.text, *key.accept)]
    wrongs = [read_name(wrong) for wrong in key.distractors]
    if key.is_person:
        rights += last_names(key)
    rights += [bare for right in rights if (bare := _without_article(right))]
    asked = {stem(word) for word in read_name(key.stem).words}
    spare = () if _BOTH.search(text) else asked  # "Jupiter or Saturn" repeats no question
    words = {word for name in wrongs for word in name.words} | {*known}
    alone = [right.pieces for right in rights if len(right.pieces) == 1]
    people = [right.pieces for right in rights] if key.is_person or _WHO.search(key.stem) else []
    owned = {stem(piece) for pieces in (*alone, *people) for piece in pieces}
    best = _nearest(typed, rights, spare, words, owned)
    rival = _nearest(typed, wrongs, spare, words)
    if best is None and (
        is_same_person(key, text, rights, wrongs, words)
        or _says_all(text, key, words)
        or _says_again(typed, rights)
        or _is_short_for(typed, rights)
        or (
            any(_is_shortened(typed, right, words) for right in rights)
            and not any(_is_shortened(typed, wrong, ()) for wrong in wrongs)
        )
        or _is_turned_round(text, typed, key, words)
    ):
        best = 1
    if best is not None and (rival is None or best < rival):
        return RIGHT
    if rival is not None:
        return WRONG
    if _FOREIGN.search(text) and not _FOREIGN.search(key.text):
        return judge_name(key, in_latin(text), known)
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


def _without_article(name: Name) -> Name | None:
    """Return a name of two words and more without its von, or without the article of another language."""
    first, *rest = name.pieces or ("",)
    is_title = first in _ARTICLES and sum(map(len, rest)) >= _LONG and not all(map(names_a_kind, rest))
    return Name(tuple(rest), name.is_proper) if rest and (first in _VON or is_title) else None


def _is_shortened(typed: Name, name: Name, known: Collection[str]) -> bool:
    """Whether all but the last word of a name are initials, or a middle initial is missing: J. S. Bach."""
    given, left = list(name.pieces[:-1]), list(typed.pieces[:-1])
    if not (name.is_proper and given and left) or typed.numbers or name.numbers:
        return False
    if slips(typed.pieces[-1], name.pieces[-1], known, is_name=True) is None:
        return False
    if left[0] == "".join(word[0] for word in given):
        return True
    for place, word in enumerate(given):
        if left and (left[0] in (word, word[0]) or slips(left[0], word, known) is not None):
            left.pop(0)
        elif not place or len(word) > 1:
            return False
    return not left


def _is_turned_round(text: str, typed: Name, key: Key, known: Collection[str]) -> bool:
    """Whether the words are those of a name in another order that says the same.

    A name of two words with the second one first (Armstrong Neil), what something is of (Versailles treaty),
    and a rank before what it counts (2nd World War, Ninth Symphony).
    """
    turned = [_OF.sub(r"\g<of> \g<what>", text)] if _OF.fullmatch(text) else []
    if ranked := _RANK.fullmatch(text):
        number = RANKS[ranked["word"].casefold()] if ranked["word"] else ranked["number"]
        turned.append(f"{ranked['what']} {number}")
    for right in (key.text, *key.accept):
        name = read_name(right)
        if name.is_proper and len(name.words) == 2 and typed.pieces[::-1] == name.pieces:
            return True
        said = [typed] if _OF.fullmatch(right) else []
        meant = read_name(_OF.sub(r"\g<of> \g<what>", right))
        if any(is_same_words(one, meant, known) for one in (*said, *map(read_name, turned))):
            return True
    return False


def _is_short_for(typed: Name, rights: Collection[Name]) -> bool:
    """Whether it is the initials of a name of three words and more: ISS, WW2."""
    return any(
        right.is_proper
        and len(right.pieces) > 2
        and "".join(typed.pieces)
        == "".join(piece if piece.isdecimal() else piece[0] for piece in right.pieces)
        for right in rights
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
