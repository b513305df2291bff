"""When two spellings are one word, and when a slip of the fingers has made another.

A slip is forgiven in proportion to a word's length: up to four letters two that changed places, one up to
eight, two beyond; a letter doubled, or not, always. It is never forgiven in the first letter, nor where a
sign is a word or a syllable, nor when what was typed is a word of its own: "waning" is no misspelt "waxing".
English words are told by the list of the pyspellchecker package, which holds none misspelt.
"""

import gzip
import re
from collections.abc import Collection
from functools import cache, lru_cache
from importlib.resources import files

import orjson
from rapidfuzz.distance import OSA

_SYLLABLES = re.compile("[\u0900-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]")
_FREE, _ONE = 4, 8  # the longest words in which no slip, and one, is forgiven
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
)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return a bare word without its plural's ending and in American spelling, to compare by."""
    if word.endswith("ae"):
        word = word[:-1]  # supernovae
    for form, plain in _BRITISH:
        word = form.sub(plain, word)
    if len(word) > _FREE:
        if word.endswith("ies"):
            return word[:-3] + "y"
        if re.search(r"(?:[sxzo]|ch|sh)es$", word):
            return word[:-2]
    if len(word) >= _FREE and re.search(r"(?:[sxz]|ch|sh)e$", word):
        return word[:-1]  # as "es" is taken off: phase, phases
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """Return the English words, and those of them that are common."""
    packed = files("spellchecker").joinpath("resources", "en.json.gz").read_bytes()
    counted = orjson.loads(gzip.decompress(packed))  # without its checker, which counts them first
    return frozenset(counted), frozenset(word for word, times in counted.items() if times >= _COMMON)


def load_words() -> None:
    """Read the list of words, which takes some hundredths of a second; slips wait for it otherwise."""
    _words()


def slips(typed: str, meant: str, known: Collection[str] = ()) -> int | None:
    """Return how many slips make the bare word `typed` out of `meant`; None when it is another word.

    `known`: words that `typed` may be besides the English ones, such as those of wrong answers.
    """
    if typed == meant or stem(typed) == stem(meant):
        return 0
    if (
        typed[:1] != meant[:1]
        or not (typed.isalpha() and meant.isalpha())
        or typed in known
        or stem(typed) in known
        or not is_spelt(meant)
    ):
        return None
    if len(meant) > _FREE and _single(typed) == _single(meant):
        return 0
    if len(meant) <= _FREE:
        is_swap = len(meant) == _FREE and sorted(typed) == sorted(meant) and OSA.distance(typed, meant) == 1
        return 1 if is_swap and not is_word(typed) else None
    allowed = 1 if len(meant) <= _ONE else 2
    pairs = ((typed, meant), (_single(typed), _single(meant)))
    found = min(OSA.distance(one, other, score_cutoff=allowed) for one, other in pairs)
    return None if found > allowed or is_word(typed) else found


def _single(word: str) -> str:
    """Return a word with doubled letters written once: where people double the wrong one."""
    return re.sub(r"(.)\1", r"\1", word)


def is_spelt(word: str) -> bool:
    """Say whether a word is written in letters, of which one may slip, and not in syllables or in signs."""
    return word.isascii() or _SYLLABLES.search(word) is None


def is_word(word: str) -> bool:
    """Say whether a bare word is an English one."""
    return word in _words()[0]


def is_common(word: str) -> bool:
    """Say whether a bare word is one of the everyday ones, which by themselves name nothing: star, united."""
    return word in _words()[1]
