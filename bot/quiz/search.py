"""Search: finding texts by a few words, slips of the finger forgiven.

What always holds:
- a text that has more of the words comes first; a word that is written somewhere
  as it was typed is never taken for another;
- numbers are never forgiven: 1972 does not find 1969;
- rare words weigh more than common ones, and a text's first field more than its others.
"""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from bot.folding import bare

_WORD = re.compile(r"[a-z0-9]+(?:[.,][0-9]+)*")
_SLIP = 78  # the least likeness (0-100) that counts as a slip of the finger
_MOST_WORDS = 12  # of a query
_NOISE = frozenset((
    "a", "an", "and", "are", "as", "at", "be", "by", "do", "does", "for", "from", "has", "have",
    "how", "in", "is", "it", "its", "of", "on", "or", "that", "the", "their", "there", "this", "to",
    "was", "were", "what", "when", "where", "which", "who", "why", "will", "with",
))  # fmt: skip


class TextIndex:
    """Texts by their ids, each in fields of falling weight, ready to be searched. Immutable."""

    def __init__(self, texts: Mapping[str, Sequence[str]]) -> None:
        self._places: dict[str, dict[str, float]] = defaultdict(dict)  # word -> id -> weight of its field
        self._plain: dict[str, str] = {}
        for key, fields in texts.items():
            worded = [words_of(text) for text in fields]
            self._plain[key] = "".join(f" {' '.join(words)} |" for words in worded)
            for place, words in enumerate(worded):
                for word in words:
                    self._places[word].setdefault(key, 0.6**place)
        self._vocabulary = [word for word in self._places if not word[0].isdigit()]
        self._size = len(texts)

    def search(self, query: str, most: int) -> list[str]:
        """Return the ids of up to `most` texts that fit `query`, best first."""
        words = words_of(query)
        meant = [word for word in words if word not in _NOISE] or words
        meant = list(dict.fromkeys(meant))[:_MOST_WORDS]
        scores: dict[str, float] = defaultdict(float)
        hits: dict[str, int] = defaultdict(int)
        for wanted in meant:
            for key, score in self._score(wanted).items():
                scores[key] += score
                hits[key] += 1
        for first, second in pairwise(words):
            for key in scores:
                if f" {first} {second} " in self._plain[key]:
                    scores[key] += 1
        # Every word found counts for more than any weight of a single one.
        ranked = sorted(scores, key=lambda key: (-hits[key], -scores[key], key))
        best = max(hits.values(), default=0)
        return [key for key in ranked if hits[key] * 2 > best][:most]

    def _score(self, wanted: str) -> dict[str, float]:
        """Return how well each text that has `wanted`, or a word like it, fits."""
        found: dict[str, float] = {}
        for word, likeness in self._like(wanted).items():
            places = self._places[word]
            weight = likeness * math.log(1 + self._size / len(places))
            for key, of_field in places.items():
                found[key] = max(found.get(key, 0.0), weight * of_field)
        return found

    def _like(self, wanted: str) -> dict[str, float]:
        """Return the words of the texts that `wanted` may mean, with their likeness from 0 to 1."""
        if wanted[0].isdigit():
            return {wanted: 1.0} if wanted in self._places else {}
        begins = 2 if wanted not in self._places else 3  # letters that may stand for a longer word
        like = {word: 0.8 for word in self._vocabulary if len(wanted) >= begins and word.startswith(wanted)}
        if wanted in self._places:
            like[wanted] = 1.0
        elif len(wanted) >= 4:  # only a word that nobody wrote can be a slip
            from rapidfuzz import fuzz, process

            for word, likeness, _ in process.extract(
                wanted, self._vocabulary, scorer=fuzz.ratio, score_cutoff=_SLIP, limit=8
            ):
                like.setdefault(word, likeness / 100 * 0.7)
        return like


def words_of(text: str) -> list[str]:
    """Return the words of `text` in lower case, without accents, apostrophes or separators in numbers."""
    plain = re.sub(r"(?<=\d)[,\u00a0\u202f](?=\d{3}\b)", "", bare(text))
    return [_singular(word) for word in _WORD.findall(plain)]


def _singular(word: str) -> str:
    """Return `crater` for `craters`: enough for a search, and harmless where it is wrong."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
