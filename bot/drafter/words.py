"""Words of English by their classes, and the forms of verbs and nouns.

What always holds: the classes stand in `data/words.toml`; a word's base form is told by simplemma, so that
no rule here guesses how a verb is spelt.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).with_name("data")


@cache
def table(name: str) -> dict[str, Any]:
    """Return one of the drafter's tables by its name."""
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


def words_of(name: str) -> frozenset[str]:
    """Return a class of words from `data/words.toml`."""
    return frozenset(table("words")[name].split())


DETERMINERS = words_of("determiners")
POSSESSIVES = words_of("possessives")
PRONOUNS = words_of("pronouns")
PREPOSITIONS = words_of("prepositions")
CONJUNCTIONS = words_of("conjunctions")
SUBORDINATORS = words_of("subordinators")
BE, HAVE, DO, MODALS = (words_of(name) for name in ("be", "have", "do", "modals"))
AUXILIARIES = (BE | HAVE | DO | MODALS) - {"be", "been", "being", "having"}
ADVERBS = words_of("adverbs")
OPENERS = words_of("openers")
SAYING = words_of("saying")
NOT_PAST = words_of("not_past")
CLOSED = DETERMINERS | PRONOUNS | PREPOSITIONS | CONJUNCTIONS | SUBORDINATORS | AUXILIARIES | ADVERBS
_UNCHANGED = words_of("unchanged_plurals")


def lemma(word: str) -> str:
    """Return the base form of a word: "ceded" gives "cede", "boundaries" gives "boundary"."""
    import simplemma

    return simplemma.lemmatize(word.lower(), "en")


def is_known_word(word: str) -> bool:
    """Tell whether a word in small letters is one of English."""
    import simplemma

    return bool(simplemma.is_known(word.lower(), "en"))


def is_proper(word: str) -> bool:
    """Tell whether a word with a capital is none of English that is written small, whatever it names."""
    import simplemma

    return not is_known_word(word) or simplemma.lemmatize(word, "en")[:1].isupper()


def is_english(text: str) -> bool:
    """Tell whether most of the words of a text are English; short texts are given the benefit of doubt."""
    import simplemma

    sample = text[:6000]
    if len(re.findall(r"[^\W\d_]{2,}", sample)) < 25:
        letters = re.findall(r"[^\W\d_]", sample)
        latin = sum("A" <= letter <= "ɏ" for letter in letters)
        return bool(2 * latin >= len(letters))
    return bool(simplemma.in_target_language(sample, lang="en") > 0.5)


@cache
def _irregular() -> tuple[dict[str, str], dict[str, str]]:
    """Return irregular simple pasts and participles, each to the verb's base."""
    past: dict[str, str] = {}
    participle: dict[str, str] = {}
    for entry in table("words")["irregular_verbs"].split(";"):
        base, simple, done = entry.split()
        past.setdefault(base if simple == "-" else simple, base)
        participle.setdefault(base if done == "-" else done, base)
    return past, participle


def base_of_past(word: str) -> str | None:
    """Return the base of a simple past ("sank" gives "sink"), or None where the word is none."""
    low = word.lower()
    irregular = _irregular()[0].get(low)
    if irregular or not low.endswith("ed") or len(low) < 4 or low in NOT_PAST:
        return irregular
    base = lemma(low)
    return base if base != low and not base.endswith("ed") else None


def is_participle(word: str) -> bool:
    """Tell whether `word` may follow "has" or "was": "sunk", "mapped"."""
    low = word.lower()
    return low in _irregular()[1] or (low.endswith("ed") and len(low) > 3 and lemma(low) != low)


def past_of_participle(word: str) -> str | None:
    """Return the simple past of a participle ("sunk" gives "sank"), None where it is not known."""
    low = word.lower()
    base = _irregular()[1].get(low)
    if base is None:
        return low if base_of_past(low) else None
    return next((past for past, of in _irregular()[0].items() if of == base), None)


def base_of_present(word: str) -> str | None:
    """Return the base of a verb in "-s": "measures" gives "measure"; nouns that are verbs too pass."""
    low = word.lower()
    if not low.endswith("s") or low.endswith(("ss", "us", "is")) or len(low) < 4 or "'" in low:
        return None
    base = low[:-2] if low.endswith("sses") else lemma(low)
    pasts = (f"{base}ed", f"{base}d", f"{base}{base[-1:]}ed", f"{base[:-1]}ied")
    verb = base in _irregular()[0].values() or any(is_known_word(past) for past in pasts)
    return base if base != low and verb else None


def is_plural(word: str) -> bool:
    """Tell whether a noun looks plural."""
    low = word.lower()
    if low in table("words")["plurals"] or low in _UNCHANGED:
        return True
    return len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is", "'s", "’s"))


def singular(word: str) -> str:
    """Return the singular of a plural noun; of a phrase, of its last word."""
    head, _, last = word.rpartition(" ")
    low = last.lower()
    if low in _UNCHANGED or not is_plural(low):
        return word
    one = table("words")["plurals"].get(low) or lemma(low)
    if one == low:
        one = low[:-1]
    return f"{head} {one}".strip()


def plural(word: str) -> str:
    """Return the plural of a singular noun, by rule; of a plural, itself."""
    low = word.lower()
    for many, one in table("words")["plurals"].items():
        if low == one:
            return str(many)
    if is_plural(low):
        return word
    if low.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if low.endswith("y") and low[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"
