"""Names and terms as people type them, read and compared: Chang'e 4, Von Kármán, tidal locking.

What always holds:
- the numbers of a name are exact: Apollo 11 is XI and eleven, and never 12;
- what is forgiven (accents, case, marks, an article, a slip) never makes another answer that is known.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from anyascii import anyascii
from rapidfuzz.distance import OSA

from bot.folding import SIGNS, bare
from bot.quiz.judging.spelling import PARTICLES, names_a_kind, slips, stem
from bot.quiz.judging.years import spoken_year
from bot.quiz.numerals import CARDINALS, COUNTS, RANKS, TENS
from bot.quiz.quantity import parse_amount

_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_AND = re.compile(r"(?<=\w)\s+[&+]\s+(?=\w)|(?<=\w{3})[&+](?=\w{3})|(?<=\w)\s+['’]?[nN]['’]?\s+(?=[^\W\d])")
_PLUS = re.compile(r"(?<=\d)\s?\+\s?(?=\d)")  # PSR B1919+21 is not -21
_OWNERS = re.compile(r"(?<=\w)['’]s\b", re.IGNORECASE)  # Apollo 13's
_OWNED = re.compile(r"[^\W\d]['’]s \w", re.IGNORECASE)
_CHARGE = r"(?:[+#]+(?!\w)|(?<=\b\w)[-−]$|(?<=\b\w\w)[-−]$)"  # what makes C++ of C, and Na+ of Na
_PIECE = re.compile(rf"\d+(?:\.\d+)?|[^\W\d_{SIGNS}]+{_CHARGE}?|[{SIGNS}]+")
_RANKED = re.compile(
    r"(?<=\d)(?:st|nd|rd|th)\b|(?:\b(?:no|nr)\b\.?|#|№)\s*(?=\d)"
    r"|\bnumber (?=\d|one|two|three|four|five|six|seven|eight|nine|ten)",
    re.IGNORECASE,
)
_HAN = {sign: number for number, sign in enumerate("一二三四五六七八九", 1)}
_COUNTED_IN_HAN = re.compile(r"(?P<tens>[一二三四五六七八九]?十)?(?P<ones>[一二三四五六七八九])?(?=[号號])")
_SHORT_NOT = re.compile(
    r"\b(?P<verb>ca|do|does|did|is|are|was|were|has|have|had|wo|would|could|should)n['’]?t\b|\bcannot\b",
    re.IGNORECASE,
)
_THEY = re.compile(r"^(?:[Ii]t|[Tt]hey|[Hh]e|[Ss]he) (?=[a-z]+ \w)")  # (It) slows it down
_ROMAN_AFTER = re.compile(r"(?<=[a-z])(?=[IVX]+\b)")  # AtlasV
_ARTICLES = frozenset({"the", "teh", "a", "an"})
# fmt: off
_SMALL = frozenset({  # what adds nothing, and what says only that it is a ship or a club
    "of", "in", "on", "at", "via", "through", "because",
    "its", "our", "it", "is", "was", "named", "called", "the",
    "hms", "uss", "rms", "fc",
})
# fmt: on
# fmt: off
_ROMANS = [
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi",
    "xvii", "xviii", "xix", "xx",
]
# fmt: on
_UNNAMED = _SMALL | PARTICLES | {"and"}
_SHORTENED = {"sgt": "sergeant", "capt": "captain", "dr": "doctor", "prof": "professor", "gen": "general"}
_SHORTENED |= {
    "st": "saint",
    "sankt": "saint",
    "mt": "mount",
    "mountain": "mount",
    "ft": "fort",
    "junior": "jr",
    "senior": "sr",
}
_LONG = 8  # letters of a name of several words, in which one may slip
_LED = re.compile(rf"(?:{'|'.join(word for word in COUNTS if word != 'zero')})[ -]", re.IGNORECASE)
_ONES = CARDINALS[1:10]
_LEADING = frozenset({*CARDINALS, "twenty"})
_NUMBERS = {word: str(number) for word, number in (COUNTS | RANKS).items()}
_ROMAN = {roman: str(number) for number, roman in enumerate(_ROMANS, 1)}


@dataclass(frozen=True)
class Name:
    """A name in pieces: bare words, and numbers as digits.

    `is_proper`: its words are written large; `is_owned`: it names what somebody has, such as Earth's Moon.
    """

    pieces: tuple[str, ...]
    is_proper: bool = False
    is_owned: bool = False

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Return its numbers, in order."""
        return tuple(piece for piece in self.pieces if piece[0].isdecimal())

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Return its words, in order."""
        return tuple(piece for piece in self.pieces if not piece[0].isdecimal())

    @cached_property
    def solid(self) -> str:
        """Return its pieces as `joined` does, with all endings: clock-wise is clockwise."""
        return "".join(f" {piece} " if piece[0].isdecimal() else piece for piece in self.pieces)

    @cached_property
    def joined(self) -> str:
        """Return its pieces without the spaces between words; numbers stay apart from numbers."""
        return "".join(f" {piece} " if piece[0].isdecimal() else stem(piece) for piece in self.pieces)


@lru_cache(maxsize=16384)
def read_name(text: str, *, is_name: bool = False) -> Name:
    """Return `text` in pieces, without the articles before a word: the A of SN 1987A and of A380 is none."""
    pieces = _PIECE.findall(bare(_RANKED.sub("", _written_out(text))))
    kept = [
        piece
        for piece, after in zip(pieces, (*pieces[1:], ""), strict=False)
        if piece not in _ARTICLES or (piece in ("a", "an") and not after.isalpha())
    ] or pieces
    is_proper = is_name or all(word[0].isupper() for word in text.split() if word.strip("'’") not in _UNNAMED)
    is_owned = ("'" in text or "’" in text) and _OWNED.search(text) is not None
    return Name(tuple(_SHORTENED.get(piece, piece) for piece in _numbered(kept)), is_proper, is_owned)


def _written_out(text: str) -> str:
    """Return a name with its marks as words, and its short forms as long ones."""
    text = _PLUS.sub(" plus ", _AND.sub(" and ", text))
    if "'" in text or "’" in text:
        text = _OWNERS.sub("", text)
    if "." in text:
        text = _DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    if not text.isascii():
        text = _COUNTED_IN_HAN.sub(_in_figures, text.replace("號", "号"))
    text = _THEY.sub("", _SHORT_NOT.sub(_in_full, _ROMAN_AFTER.sub(" ", text)))
    return _led_by_figures(text) if _LED.match(text) else text


def _led_by_figures(text: str) -> str:
    """Return a name with the number that it begins with in figures: Twelve Angry Men, and 1984."""
    if year := spoken_year(text.casefold().replace("-", " ").split()):
        return str(year)
    amount = parse_amount(text)
    return text if amount is None or not amount.unit else f"{amount.number:.10g} {amount.unit}"


def _in_full(said: re.Match[str]) -> str:
    """Return a verb and its "not" as two words: can't, cant and cannot are can not."""
    verb = (said["verb"] or "can").casefold()
    return f"{ {'ca': 'can', 'wo': 'will'}.get(verb, verb) } not"


def _in_figures(counted: re.Match[str]) -> str:
    """Return a number in Chinese signs in figures: 四 is 4, and 二十一 21."""
    tens, ones = counted["tens"], counted["ones"]
    number = (_HAN.get(tens[0], 1) * 10 if tens else 0) + (_HAN[ones] if ones else 0)
    return str(number) if number else ""


def _numbered(pieces: Sequence[str]) -> Iterator[str]:
    """Yield the pieces with their numbers as digits; a leading rank and a number alone stay."""
    for place, piece in enumerate(pieces):
        before = pieces[place - 1] if place else ""
        if place > 1 and before in TENS and piece in _ONES:
            continue  # told with the tens
        if place and piece in TENS:
            after = pieces[place + 1] if place + 1 < len(pieces) else ""
            yield str(COUNTS[piece] + (COUNTS[after] if after in _ONES else 0))
        elif piece in _NUMBERS and (place or (len(pieces) > 1 and piece in _LEADING)):
            yield _NUMBERS[piece]
        elif place and piece in _ROMAN and (len(piece) > 1 or _are_sorts(pieces[place + 1 :])):
            yield _ROMAN[piece]
        else:
            yield piece.lstrip("0") or "0" if piece[0].isdecimal() else piece


def _are_sorts(words: Sequence[str]) -> bool:
    """Whether all words say what sort of thing it is, if there are any: the rocket of Atlas V."""
    return all(stem(word) in sorts_of_thing()[0] for word in words)


def in_latin(text: str) -> str:
    """Return a name in another script as it is read in ours: 嫦娥四号 is Chang'e 4, Гагарин Gagarin."""
    return anyascii(_COUNTED_IN_HAN.sub(_in_figures, text.replace("號", "号")).replace("号", ""))


@cache
def sorts_of_thing() -> tuple[frozenset[str], frozenset[str]]:
    """Return words that say what sort of thing a name names (crater), and those of another (bridge)."""
    texts = (files(__package__) / "sorts.txt").read_text(encoding="utf-8").split("\n\n")
    lines = ([line for line in text.splitlines() if not line.startswith("#")] for text in texts)
    same, other = (frozenset(map(stem, " ".join(part).split())) for part in lines)
    return same, other


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
    if typed.numbers != meant.numbers or _is_led(typed) != _is_led(meant):
        return None
    if typed.joined == meant.joined or typed.solid == meant.solid:
        return None if _lacks_s(typed.words, meant) else 0
    if (found := _slips(typed.words, meant.words, meant, known)) is not None:
        return found
    one, other = _core(typed, meant, (), spare, is_typed=True), _core(meant, typed, owned, spare)
    same, _ = sorts_of_thing()
    if {*map(stem, typed.words)} - {*map(stem, one)} & same and {*map(stem, meant.words)} - {
        *map(stem, other)
    } & same:
        return None  # the Hudson River is no Hudson Bay
    found = _slips(one, other, meant, known)
    if found is None and len(typed.words) != len(meant.words) and not typed.numbers:
        said, name = "".join(typed.words), "".join(meant.words)  # words joined or split, with a slip
        found = slips(said, name, known) if len(name) > _LONG else None
        return 1 if found == 0 or found == 1 == OSA.distance(said, name) else None
    return found


def is_same_words(typed: Name, meant: Name, known: Collection[str]) -> bool:
    """Whether all words of two names are the same, but for slips, and their numbers."""
    return typed.numbers == meant.numbers and (
        typed.joined == meant.joined or _slips(typed.words, meant.words, meant, known) is not None
    )


def _is_led(name: Name) -> bool:
    """Whether a number comes first: 9 Falcons are no Falcon 9."""
    return name.pieces[:1] == name.numbers[:1] != ()


def _lacks_s(typed: tuple[str, ...], meant: Name) -> bool:
    """Whether one proper word alone lost its s, which is no plural's: Mars, (Rosa) Parks, (Sea of) Rains."""
    return meant.is_proper and len(typed) == 1 and f"{typed[0]}s" in meant.words


def _slips(typed: tuple[str, ...], words: tuple[str, ...], meant: Name, known: Collection[str]) -> int | None:
    """Return how many slips make the words of one name out of as many of another."""
    if not words or len(typed) != len(words) or _lacks_s(typed, meant):
        return None
    total, letters = 0, sum(map(len, words))
    for typed_word, meant_word in zip(typed, words, strict=True):
        found = slips(typed_word, meant_word, known, letters, is_name=meant.is_proper)
        if found is None:
            return None
        total += found
    return total if total <= max(1, letters // 6) else None


def _core(
    name: Name,
    beside: Name,
    owned: Collection[str],
    spare: Collection[str],
    *,
    is_typed: bool = False,
) -> tuple[str, ...]:
    """Return the words without those that add nothing; a word that both names have stays.

    What says which sort of thing is named adds nothing: Vesuvius is the mount, but Mexico is not its gulf,
    nor Earth its moon. It is left out of a key only where the rest names it: Star Wars are no star.
    """
    shared = {stem(word) for word in beside.words} | {*owned}
    is_others = is_typed and name.is_owned and not beside.is_owned
    same, other = sorts_of_thing()
    kept, is_whole = [], True
    for word, after in zip(name.words, (*name.words[1:], ""), strict=False):
        sort = stem(word)
        is_asked = any(one.startswith(sort) for one in spare)
        if sort in shared:
            kept.append(word)
        elif word in _SMALL or (is_asked and (is_typed or sort in same | other)):
            continue
        elif sort not in same:
            kept.append(word)
        elif after == "of" or is_others:
            return name.words
        else:
            is_whole = False
    return tuple(kept) if is_whole or is_typed or not all(map(names_a_kind, kept)) else name.words
