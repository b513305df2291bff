"""When two spellings are one word, and when a slip of the fingers has made another.

A slip is forgiven in proportion to a word's length: up to four letters two that changed places, one up to
eight, two beyond; letters that are read alike in other languages are no slip, and a key held down is one at
any length. It is never forgiven in the sound of the first letter, nor where a word breaks off after four
letters, nor where a sign is a word or a syllable, nor when what was typed is a word of its own: "waning" is
no misspelt "waxing".
English words are told by the list of the pyspellchecker package, which holds none misspelt.
"""

import gzip
import re
from collections.abc import Collection
from functools import cache, lru_cache
from importlib.resources import files

import orjson
from anyascii import anyascii
from rapidfuzz.distance import OSA

_SYLLABLES = re.compile("[\u0900-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]")
_FREE, _ONE = 4, 8  # the longest words in which no slip, and one, is forgiven
_LONG = 10  # letters of a name of several words in which a slip in a short one is forgiven
_RARE = 50  # times that every word of the list stands there at least
_COMMON = 2000  # times that an everyday word stands in the list's texts; names stand there less often
_BRITISH = (
    (re.compile(r"(?<=[a-z]{2})our(?=s?$|ed$|ing$|ite$|ful$)"), "or"),
    (re.compile(r"(?<=[a-z][bt])re(?=s?$)"), "er"),
    (re.compile(r"(?<=[a-z]{2})is(?=e[sdr]?$|ing$|ation$)"), "iz"),
    (re.compile(r"ae|oe(?=[a-z])"), "e"),
    (re.compile(r"^grey"), "gray"),
    (re.compile(r"ll(?=ed$|ing$|er$)"), "l"),
    (re.compile(r"(?<=[a-z]{2})ogue$"), "og"),
    (re.compile(r"amme(?=s?$)"), "am"),
    (re.compile(r"(?<=min)ium$"), "um"),
    (re.compile(r"(?<=^sul)ph"), "f"),
    (re.compile(r"(?<=[lr])ves$|(?<=[eo]a)ves$"), "f"),  # wolves, leaves, loaves
)
_PREFIX = re.compile(r"hypo|hyper|inter|intra|endo|exo|ante|anti|macro|micro")
_ENDING = re.compile(r"(?:[aeiy]ne|one|[ao]l|[ai]te|ide|[oa]se)$")
_IS_BRITISH = re.compile("|".join(form.pattern for form, _ in _BRITISH))
_DOUBLED = re.compile(r"(.)\1+")
_HELD = re.compile(r"(.)\1\1")  # which no word has
_SOUNDS = (  # letters that are read alike in the languages that names come from
    (re.compile(r"tsch|tsh|tch|cz"), "ch"),
    (re.compile(r"sch"), "sh"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?<=[bdgkt])h|(?<=[aeiou])h(?=[^aeiou])"), ""),
    (re.compile(r"c(?=[eiy])|z"), "s"),
    (re.compile(r"c(?!h)k?|ch(?=[rl])|q"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"w"), "v"),
    (re.compile(r"[jy]"), "i"),
    (re.compile(r"(?<=[^aeiou])io"), "e"),  # Korolyov
    (re.compile(r"(?<=[ao])i(?=e)"), ""),  # Dostoyevsky
    (re.compile(r"e[ia]|i[ei]|ee"), "i"),
    (re.compile(r"ou|oo"), "u"),
    (re.compile(r"(.)\1"), r"\1"),
)
# fmt: off
PARTICLES = frozenset({  # that names in other languages have, and that people mix up
    "von", "van", "der", "den", "de", "di", "da", "do", "du", "del", "della", "la", "le", "el", "al",
    "bin", "ibn", "ben", "zu", "af", "san", "sao", "saint",
})
# fmt: on


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return a bare word without its plural's ending and in American spelling, to compare by."""
    if word.endswith("ae"):
        word = word[:-1]  # supernovae
    if _IS_BRITISH.search(word):
        for form, plain in _BRITISH:
            word = form.sub(plain, word)
    if len(word) > _FREE:
        if word.endswith("ies"):
            return word[:-3] + "y"
        if word.endswith(("ses", "xes", "zes", "oes", "ches", "shes")):
            return word[:-2]
    if len(word) >= _FREE and word.endswith(("se", "xe", "ze", "che", "she")):
        return word[:-1]  # as "es" is taken off: phase, phases
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@cache
def _words() -> dict[str, int]:
    """Return the English words, and how often each stands in the list's texts."""
    packed = files("spellchecker").joinpath("resources", "en.json.gz").read_bytes()
    counted: dict[str, int] = orjson.loads(gzip.decompress(packed))  # without its checker, which counts them
    return counted


def load_words() -> None:
    """Read the list of words, and how other scripts are read, which takes some hundredths of a second."""
    _words()
    anyascii("".join(map(chr, range(0x300, 0x10000, 0x100))))


def slips(
    typed: str, meant: str, known: Collection[str] = (), letters: int = 0, *, is_name: bool = False
) -> int | None:
    """Return how many slips make the bare word `typed` out of `meant`; None when it is another word.

    `known`: words that `typed` may be besides the English ones, such as those of wrong answers; `letters`:
    of the whole name, which in a long one may slip in a short word, too. `is_name`: it is a name, as is what
    sounds like it and names no kind of thing: Sidney, but not a viper for a wiper.
    """
    if typed == meant or stem(typed) == stem(meant):
        return 0
    if (typed in PARTICLES and meant in PARTICLES) or _is_held(typed, meant):
        return 1
    if (
        sound(typed)[:1] != sound(meant)[:1]
        or (meant.startswith(typed) and len(typed) <= _FREE)  # what breaks off may be short for another
        or not (typed.isalpha() and meant.isalpha())
        or typed in known
        or stem(typed) in known
        or not is_spelt(meant)
        or _is_other(typed, meant)
    ):
        return None
    is_alike = len(meant) > _FREE or len(meant) == len(typed) == _FREE
    if is_alike and sound(typed) == sound(meant):
        return None if is_word(typed) and not (is_name and not names_a_kind(typed)) else 0
    is_short = len(meant) <= _FREE and letters < _LONG
    allowed = 1 if len(meant) <= _ONE else 2
    pairs = ((typed, meant), (sound(typed), sound(meant)))
    found = min(OSA.distance(one, other, score_cutoff=allowed) for one, other in pairs)
    if is_short and not (len(meant) == _FREE and sorted(typed) == sorted(meant)):
        return None  # but for two letters that changed places
    is_other = is_word(typed) and not (is_name and found == 1 and _is_rare(typed))
    return None if found > allowed or is_other else found


def _is_held(typed: str, meant: str) -> bool:
    """Say whether a key was held down: mooon."""
    return _HELD.search(typed) is not None and _DOUBLED.sub(r"\1", typed) == _DOUBLED.sub(r"\1", meant)


def _is_other(typed: str, meant: str) -> bool:
    """Say whether another part of it carries another meaning: ethanal for ethanol, hyper- for hypo-."""
    one, other = _PREFIX.match(typed), _PREFIX.match(meant)
    if one is not None and other is not None and one[0] != other[0]:
        return True
    one, other = _ENDING.search(typed), _ENDING.search(meant)
    if one is None or other is None or one[0] == other[0]:
        return False
    return typed[: one.start()] == meant[: other.start()]


def _is_rare(word: str) -> bool:
    """Say whether a long word that the list knows may yet be a name misspelt: Withering, for Wuthering."""
    return len(word) > _ONE and not names_a_kind(word)


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """Return a bare word as it is read, near enough: Juri as Yuri, Kopernikus as Copernicus."""
    for form, read in _SOUNDS:
        word = form.sub(read, word)
    return word


def is_spelt(word: str) -> bool:
    """Say whether a word is written in letters, of which one may slip, and not in syllables or in signs."""
    return word.isascii() or _SYLLABLES.search(word) is None


def is_word(word: str) -> bool:
    """Say whether a bare word is an English one."""
    return word in _words()


def is_common(word: str) -> bool:
    """Say whether a bare word is one of the everyday ones, which by themselves name nothing: star, united."""
    return _words().get(word, 0) >= _COMMON


def names_a_kind(word: str) -> bool:
    """Say whether a bare word is an everyday one, or has a plural: magpie, and neither Hudson nor Nile.

    A plural that is found more often is a name itself: Niles.
    """
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return is_common(word) or _RARE < _words().get(plural, 0) < _words().get(word, 0)
