"""Shallow grammar: the clause around a value, cut into subject, verb and rest.

Only closed classes and verb forms are known, so a cut may fail: `parse_clause` then returns None and the
caller asks in another way. All positions are positions in the sentence that was given.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.bank.drafter.gazetteer import NOT_NAMES
from bot.bank.drafter.lexicon import (
    ADVERBS,
    AUXILIARIES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    NOT_PAST,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    SAYING,
    SUBORDINATORS,
    base_of_past,
    base_of_third_person,
    is_base,
    is_participle,
    is_plural,
)
from bot.bank.drafter.units import CARDINALS, ORDINALS, find_unit
from bot.bank.drafter.values import Span


class Word(NamedTuple):
    """One word, as written and in small letters; `tail` is the punctuation behind it."""

    text: str
    low: str
    start: int
    end: int
    tail: str


@dataclass(frozen=True, slots=True)
class Verb:
    """A finite verb: words `first` to `last`, the auxiliary that a question turns round, or "".

    `base` and `do` serve a plain verb: "measures" is asked with "does ... measure".
    """

    first: int
    last: int
    auxiliary: str
    base: str
    do: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause cut up, as spans of the sentence. `lead` may be empty; `rest` follows the verb."""

    lead: Span
    subject: Span
    verb: Verb
    verb_span: Span
    after_auxiliary: Span
    rest: Span


_CHUNK = re.compile(r"\S+")
_TAIL = re.compile(r"(?:[.,;:!?)\]\"”]|(?<![sS])[’'])+$")


@lru_cache(maxsize=512)
def words_of(sentence: str, span: Span) -> tuple[Word, ...]:
    """Return the words inside `span`; dashes stand as words of their own."""
    found = []
    for match in _CHUNK.finditer(sentence, span[0], span[1]):
        raw = match[0]
        core = raw.lstrip("\"“‘'([")
        tail = _TAIL.search(core) if core and not core[-1].isalnum() else None
        text = core[: tail.start()] if tail and tail.start() else core
        if not text:
            continue
        start = match.end() - len(core)
        found.append(Word(text, text.lower(), start, start + len(text), core[len(text) :]))
    return tuple(found)


def trim(sentence: str, span: Span) -> Span:
    """Shrink `span` past spaces and stray punctuation at its ends."""
    start, end = span
    while start < end and sentence[start] in " ,;:–—-.…":
        start += 1
    while end > start and sentence[end - 1] in " ,;:–—.!?…":
        end -= 1
    return start, end


# Verbs


def find_verbs(words: Sequence[Word]) -> list[Verb]:
    """Return the finite verbs among `words`, in order; not whether they belong to one clause."""
    verbs: list[Verb] = []
    index = 0
    while index < len(words):
        verb = _auxiliary_verb(words, index) or _plain_verb(words, index)
        if verb is not None:
            verbs.append(verb)
        index = verb.last + 1 if verb is not None else index + 1
    return verbs


def _auxiliary_verb(words: Sequence[Word], index: int) -> Verb | None:
    low = words[index].low
    if low not in AUXILIARIES or (index and words[index - 1].low == "to"):
        return None
    if low in ("will", "may", "can", "might") and words[index].text[0].isupper() and index:
        return None
    last = index
    position = index + 1
    seen_main = False
    while position < len(words) and position <= index + 6 and not words[position - 1].tail.strip("\"”’'"):
        word = words[position].low
        if word in BE or word in HAVE or word == "been":
            last = position
        elif word in ADVERBS or word.endswith("ly") or word == "since":
            pass
        elif (
            is_participle(word) or word.endswith("ing") or (low in MODALS | DO and is_base(word))
        ) and not seen_main:
            last, seen_main = position, True
            break
        else:
            break
        position += 1
    if low in HAVE | DO and last == index:
        # "has seven moons": a plain verb after all.
        return Verb(index, index, "", "have" if low in HAVE else "do", _do_form(low), sure=True)
    return Verb(index, last, words[index].text.lower(), "", "", sure=True)


def _do_form(low: str) -> str:
    return {"has": "does", "have": "do", "had": "did", "does": "does", "do": "do", "did": "did"}[low]


def _plain_verb(words: Sequence[Word], index: int) -> Verb | None:
    word = words[index]
    low = word.low
    if word.text != low or index == 0 or not low.isalpha():
        return None
    before = words[index - 1]
    if before.low == "to" or before.low in DETERMINERS - {"this", "that", "these", "those", "all", "both"}:
        return None
    if index > 1 and before.low in ADVERBS | ORDINALS.keys() and words[index - 2].low in DETERMINERS:
        return None  # "the first manned flight"
    if before.low in PREPOSITIONS and before.low not in ("that", "as", "than", "up", "out", "down", "off"):
        return None
    after = words[index + 1].low if index + 1 < len(words) else ""
    past = base_of_past(low)
    if past and low not in NOT_PAST:
        return Verb(index, index, "", past, "did", sure=not is_participle(low))
    opens_object = after in DETERMINERS | {"that"} or after[:1].isdecimal()
    follows = opens_object or after in PREPOSITIONS | ADVERBS | {""}
    third = base_of_third_person(low)
    if (
        third
        and after not in AUXILIARIES
        and not before.tail.strip(",\"”’'")
        and before.text != f"{before.low}'s"
    ):
        noun_like = is_plural(before.low) and before.low not in PRONOUNS
        if (follows or _next_is_object(words, index)) and not noun_like:
            return Verb(index, index, "", third, "does", sure=opens_object)
    plural_subject = before.low in ("they", "we", "you", "i") or (
        is_plural(before.low) and before.text == before.low
    )
    if is_base(low) and plural_subject and (follows and after):
        return Verb(index, index, "", low, "do", sure=after in DETERMINERS)
    return None


def _next_is_object(words: Sequence[Word], index: int) -> bool:
    """Tell whether the word after a third person looks like the beginning of an object."""
    if index + 1 >= len(words):
        return False
    following = words[index + 1]
    return (
        following.text[0].isupper()
        or following.text[0] in "£$€"
        or base_of_third_person(following.low) is None
    )


# Clauses


def parse_clause(sentence: str, span: Span) -> Clause | None:
    """Cut the clause in `span` into lead, subject, verb and rest; None where the grammar does not suffice."""
    words = words_of(sentence, span)
    if len(words) < 3:
        return None
    begin = _lead_length(words)
    verbs = [verb for verb in find_verbs(words) if verb.first > begin]
    verb = _main_verb(words, begin, verbs)
    if verb is None or verb.first - begin > 28:
        return None
    subject = (words[begin].start, words[verb.first - 1].end)
    rest_start = words[verb.last].end
    auxiliary_end = words[verb.first].end if verb.auxiliary else words[verb.first].start
    return Clause(
        lead=trim(sentence, (span[0], words[begin].start)),
        subject=subject,
        verb=verb,
        verb_span=(words[verb.first].start, rest_start),
        after_auxiliary=(auxiliary_end, rest_start),
        rest=(rest_start, span[1]),
    )


def _lead_length(words: Sequence[Word]) -> int:
    """Return how many words stand before the subject: "In May 2021," or "However,"."""
    first = words[0].low
    begin = 1 if first in CONJUNCTIONS | {"then"} and len(words) > 3 else 0
    low = words[begin].low
    if low == "there":
        return begin
    if low in ("today", "now") and words[begin + 1].low in _PERSONAL:
        return begin + 1
    opens = (
        low in PREPOSITIONS | SUBORDINATORS
        or low.endswith(("ly", "ing"))
        or low in ADVERBS
        or is_participle(low)
    )
    if low in PREPOSITIONS and words[begin + 1].low in ("then", "now") and len(words) > begin + 4:
        return begin + 2
    if low in PREPOSITIONS and (pronoun := _pronoun_subject(words, begin)):
        return pronoun
    if opens or low in ("meanwhile", "however", "today", "moreover", "more", "born"):
        for index in range(begin, min(len(words) - 2, 24)):
            if words[index].tail.startswith(","):
                return _past_apposition(words, index + 1)
        if low in ("in", "on", "by", "during", "at", "since", "from", "until", "after", "before"):
            return _short_lead(words, begin)
    return begin


def _pronoun_subject(words: Sequence[Word], begin: int) -> int:
    """Return where "she" stands in "At the outbreak of the war she joined", which has no comma."""
    for index in range(begin + 1, min(begin + 12, len(words) - 1)):
        if words[index].tail or words[index].low in SUBORDINATORS | RELATIVES:
            return 0
        if words[index].low in _PERSONAL - {"this"} and words[index - 1].low not in PREPOSITIONS:
            return index
    return 0


def _past_apposition(words: Sequence[Word], begin: int) -> int:
    """Go on past "the second city of the land," that explains an opening phrase, to the subject."""
    explained = words[begin].low in DETERMINERS
    for index in range(begin + 1, min(begin + 12, len(words) - 2)):
        if words[index].tail.startswith(","):
            if not explained and words[index + 1].low not in DETERMINERS | PRONOUNS:
                return begin
            return (
                index + 1
                if not find_verbs(words[begin : index + 1]) and find_verbs(words[index : index + 8])
                else begin
            )
    return begin


def _short_lead(words: Sequence[Word], begin: int) -> int:
    """Return the length of an opening like "In 1610 Galileo" or "By Monday the lava"."""
    for index in range(begin + 1, min(begin + 8, len(words) - 2)):
        follower = words[index + 1]
        subject = follower.text[0].isupper() or follower.low in DETERMINERS | PRONOUNS
        dated = re.match(r"\d{3,4}$|\d+$", words[index].text) or words[index].text.endswith("day")
        if dated and subject and follower.text not in NOT_NAMES:
            return index + 1
    return begin


def _main_verb(words: Sequence[Word], begin: int, verbs: Sequence[Verb]) -> Verb | None:
    """Return the verb of the main clause: relative clauses and participles before it are passed over."""
    waiting = 0
    position = begin
    for index, verb in enumerate(verbs):
        for word_index in range(position, verb.first):
            low = words[word_index].low
            if low in RELATIVES and word_index > begin:
                waiting += 1
        position = verb.last + 1
        if waiting:
            waiting -= 1
            continue
        if not verb.sure and not verb.auxiliary and _is_reduced(words, verb, verbs[index + 1 :]):
            continue
        return verb
    return None


def _is_reduced(words: Sequence[Word], verb: Verb, later: Sequence[Verb]) -> bool:
    """Tell a participle beside its noun ("a canister strapped to it was ...") from the verb of the clause."""
    if verb.do != "did":
        nearest = later[0] if later else None
        if nearest is None or not nearest.sure or words[nearest.first - 1].low in CONJUNCTIONS | PRONOUNS:
            return False
        return not any(word.tail.startswith(",") for word in words[verb.last : nearest.first])
    if words[verb.first - 1].tail.startswith(","):
        return bool(later)
    after = words[verb.last + 1] if verb.last + 1 < len(words) else None
    if after is None or after.low in DETERMINERS | PRONOUNS | CARDINALS.keys() or not after.text[0].islower():
        return False  # an object follows: the verb is active
    if after.low == "by" and not later:
        return False
    for other in later[:3]:
        between = words[verb.last + 1 : other.first]
        joined = words[other.first - 1].low in CONJUNCTIONS | ADVERBS | RELATIVES
        opened = any(word.low in RELATIVES | SUBORDINATORS for word in between)
        if other.sure and not joined and not opened:
            return True
        if other.sure and not joined and between and between[-1].tail.startswith(","):
            return True
    return False


# Segments: the smallest stretch that may be a clause of its own

_BREAK = re.compile(r"\s[–—]\s|;\s|:\s|\s\(|\)\s?")
_PERSONAL = frozenset({"it", "they", "he", "she", "we", "this"})
_SPLITTERS = SUBORDINATORS - {"once", "as", "so", "where", "that", "when"}


def segments(sentence: str, focus: Span) -> list[Span]:
    """Return stretches around `focus`, the smallest first, that begin where a clause may begin."""
    low, high = _quoted_part(sentence, focus)
    for match in _BREAK.finditer(sentence, low, high):
        if match.end() <= focus[0]:
            low = match.end()
        elif match.start() >= focus[1]:
            high = match.start()
            break
    whole = trim(sentence, (low, high))
    if len(sentence[whole[0] : whole[1]].split()) < 4 and sentence[: whole[0]].endswith("("):
        whole = trim(sentence, (0, len(sentence)))
    if (opening := re.match(r"(?:said|says|added|explained) ", sentence[whole[0] :])) and whole[
        0
    ] + opening.end() <= focus[0]:
        whole = (whole[0] + opening.end(), whole[1])
    found: list[Span] = []
    words = words_of(sentence, whole)
    opened = _opening_clause(words)
    if opened and focus[0] < words[opened].end:
        words = words[1 : opened + 1]
    elif opened:
        words = words[opened + 1 :]
    starts = [index for index in range(1, len(words)) if _begins_clause(words, index)]
    left = [
        0,
        *(index + (words[index].low not in _PERSONAL) for index in starts if words[index].start <= focus[0]),
    ]
    right = [index for index in starts if words[index].start >= focus[1]]
    for begin in reversed(left):
        stops = [stop for stop in (*right[:1], len(words)) if stop > begin]
        found += [trim(sentence, (words[begin].start, words[stop - 1].end)) for stop in stops]
    spans = [span for span in found if span[0] <= focus[0] and span[1] >= focus[1] - 1]
    return list(dict.fromkeys(spans or [trim(sentence, (0, len(sentence)))]))


def _opening_clause(words: Sequence[Word]) -> int:
    """Return the last word of a clause that opens the sentence ("Because it rained,"); 0 for none."""
    if len(words) < 5 or words[0].low not in SUBORDINATORS - {"so", "that"} or _is_preposition(words, 0):
        return 0
    if words[1].low in ("then", "now"):
        return 0
    for index in range(2, len(words) - 2):
        splits = words[index].tail.startswith(",") and _subject_soon(words[index + 1 : index + 2])
        if splits and find_verbs(words[: index + 1]) and find_verbs(words[index + 1 :]):
            return index
    return 0


def _quoted_part(sentence: str, focus: Span) -> Span:
    """Return the inside of a quotation that holds `focus`, or what stands outside of quotations beside it."""
    low, high = 0, len(sentence)
    for start, end in _quotations(sentence):
        if start <= focus[0] and end >= focus[1]:
            return start, end
        if end <= focus[0]:
            low = min(end + 1, focus[0])
        elif start >= focus[1]:
            high = max(focus[1], start - 1)
            break
    return low, high


def _quotations(sentence: str) -> list[Span]:
    """Return the insides of the quotations that are speech: longer than a word or two."""
    found, opened = [], -1
    for match in re.finditer(r"[“”\"]", sentence):
        if opened < 0:
            opened = match.end()
        else:
            found.append((opened, match.start()))
            opened = -1
    if opened >= 0:
        found.append((opened, len(sentence)))
    return [(start, end) for start, end in found if end - start > 25]


def _begins_clause(words: Sequence[Word], index: int) -> bool:
    """Tell whether word `index` joins a clause of its own to what is before it."""
    low = words[index].low
    after = words[index + 1 : index + 14]
    if len(after) < 2:
        return False
    joins = low in _SPLITTERS and not _is_preposition(words, index)
    listed = low in ("and", "but", "so", "as", "or") and words[index - 1].tail.startswith(",")
    joins = joins or (listed and after[0].low not in ADVERBS)
    joins = joins or (
        low in ("and", "but") and after[0].low in PRONOUNS - {"that", "which", "who", "you", "there"}
    )
    joins = joins or (low in ("when", "as", "where") and _subject_soon(after))
    if (
        low in _PERSONAL
        and words[index - 1].tail.startswith(",")
        and find_verbs([words[index - 1], *words[index : index + 3]])
    ):
        return True
    if not joins:
        return False
    # A clause of its own has a subject, so it does not begin with its verb.
    verbs = find_verbs([words[index], *after])
    return bool(verbs) and verbs[0].first > 1


def _subject_soon(after: Sequence[Word]) -> bool:
    return after[0].low in DETERMINERS | PRONOUNS | POSSESSIVES or after[0].text[0].isupper()


def _is_preposition(words: Sequence[Word], index: int) -> bool:
    """Tell "after a swarm of earthquakes" from "after the ship sank"."""
    low = words[index].low
    if low not in PREPOSITIONS:
        return False
    if low in ("after", "before") and find_unit([words[index - 1].low], touching=False):
        return True  # "a hundred years after it was lit" is one measure
    if low == "as" and index + 1 < len(words) and _subject_soon(words[index + 1 : index + 2]):
        return not find_verbs(words[index : index + 9])
    after = words[index : index + 9]
    cut = next((n + 1 for n, word in enumerate(after) if word.tail and n), len(after))
    return not any(verb.first > 1 for verb in find_verbs(after[:cut]))


def strip_report(sentence: str, span: Span, focus: Span) -> Span:
    """Take "Tree-ring dating shows that" and "geologists say" away from before a clause."""
    words = words_of(sentence, span)
    for index, word in enumerate(words[:40]):
        if word.start >= focus[0]:
            break
        if (
            word.low in SAYING
            and 0 < index < len(words) - 3
            and words[index - 1].low not in ("to", "is", "are", "was", "were")
        ):
            after = index
            if words[after + 1].low == "on" and words[after + 2].low.endswith("day"):
                after += 2
            elif words[after + 1].low.endswith("day"):
                after += 1
            begins = words[after + 1 :]
            spoken = bool(begins) and (
                _subject_soon(begins) or begins[0].low in CARDINALS or begins[0].text[0].isdecimal()
            )
            if begins and begins[0].low == "that":
                begins, spoken = begins[1:], True
            inner = find_verbs(begins)
            if spoken and begins and begins[0].start < focus[1] and inner and inner[0].first > 0:
                return (begins[0].start, span[1])
    return span


def relative_clause(sentence: str, span: Span, focus: Span) -> tuple[Span, Span] | None:
    """Return the noun phrase and the verb phrase of the relative clause that holds `focus`, if one does."""
    words = words_of(sentence, span)
    for index in range(len(words) - 1, 0, -1):
        if words[index].start >= focus[0] or words[index].low not in ("which", "who", "that"):
            continue
        if words[index - 1].low in SAYING | PREPOSITIONS or not _verb_follows(words, index):
            return None
        stop = _relative_end(words, index, focus)
        if stop is None:
            continue
        noun = _noun_phrase_before(words, index)
        if (
            noun is None
            or words[stop].end < focus[1] - 1
            or not _is_one_clause(words[index : stop + 1], focus)
        ):
            return None
        return (words[noun].start, words[index - 1].end), (words[index + 1].start, words[stop].end)
    return None


def _verb_follows(words: Sequence[Word], index: int) -> bool:
    """Tell whether a relative pronoun is the subject of its clause: a verb comes next, adverbs aside."""
    following = find_verbs(words[index : index + 6])
    if not following or following[0].first > 3:
        return False
    between = words[index + 1 : index + following[0].first]
    return all(word.low in ADVERBS or word.low.endswith("ly") for word in between)


def _relative_end(words: Sequence[Word], index: int, focus: Span) -> int | None:
    """Return the last word of a relative clause; None where it ends before `focus`."""
    commas = [n for n in range(index + 1, len(words)) if words[n].tail.startswith(",")]
    if words[index - 1].tail.startswith(",") and commas and words[commas[0]].end <= focus[0]:
        return None
    stop = next((n for n in commas if words[n].end > focus[0]), len(words) - 1)
    for verb in find_verbs(words[index : stop + 1])[1:]:
        first = index + verb.first
        joined = words[first - 1].low in CONJUNCTIONS | {"that", "which", "who"} | ADVERBS
        if words[first].start >= focus[1] and not joined and verb.auxiliary:
            return first - 1
    return stop


def _is_one_clause(words: Sequence[Word], focus: Span) -> bool:
    """Tell whether the verbs before `focus` all belong to the relative pronoun."""
    later = [verb for verb in find_verbs(words)[1:] if words[verb.last].end <= focus[0]]
    return all(words[verb.first - 1].low in CONJUNCTIONS | {"that"} for verb in later)


def _noun_phrase_before(words: Sequence[Word], index: int) -> int | None:
    """Return where the noun phrase that ends before `index` begins."""
    who = words[index].low == "who"
    for start in range(index - 1, max(-1, index - 11), -1):
        low = words[start].low
        per_time = start and words[start - 1].text[:1] in "£$€0123456789"
        if low in DETERMINERS and low not in ("that", "this") and not (low in ("a", "an") and per_time):
            if (
                who
                and start > 1
                and words[start - 1].low in ("of", "from", "at")
                and words[start - 2].text[0].isupper()
            ):
                continue
            outer = words[start - 1].low if start else ""
            if outer in PREPOSITIONS - {"of"} and not words[index - 1].tail:
                return _wider(words, start - 1) or start
            return start
        if words[start].tail and start < index - 1:
            return start + 1
        if who and low in ("of", "from", "at", "in") and start and not words[start - 1].tail:
            continue
        if low in PREPOSITIONS - {"of"} and not words[index - 1].tail and (wider := _wider(words, start)):
            return wider
        if low in PREPOSITIONS | AUXILIARIES | SAYING or low in CONJUNCTIONS:
            return start + 1 if start + 1 < index else None
    return 0 if index < 10 else None


def _wider(words: Sequence[Word], preposition: int) -> int | None:
    """Return where "a factory outside Toledo" begins, which "that" goes on from; None for no such phrase."""
    for start in range(preposition - 1, max(0, preposition - 5), -1):
        if words[start].low in ("a", "an"):
            return start
        if words[start].tail or words[start].low in DETERMINERS | PREPOSITIONS | AUXILIARIES | CONJUNCTIONS:
            return None
    return None


def subject_phrase(sentence: str) -> str:
    """Return the subject of a sentence without what follows its noun, to stand for "it" in the next one."""
    whole = trim(sentence, (0, len(sentence)))
    told = strip_report(sentence, whole, (whole[1] - 1, whole[1]))
    return _subject_of(sentence, told) or (_subject_of(sentence, whole) if told != whole else "")


def _subject_of(sentence: str, span: Span) -> str:
    clause = parse_clause(sentence, span)
    if clause is None:
        return ""
    words = words_of(sentence, clause.subject)
    kept: list[Word] = []
    for word in words:
        if word.low in RELATIVES and kept:
            break
        kept.append(word)
        if word.tail:
            break
    while kept and kept[-1].low in PREPOSITIONS | ADVERBS:
        kept.pop()
    while kept and kept[0].low in CONJUNCTIONS:
        kept.pop(0)
    if (
        not kept
        or len(kept) > 9
        or kept[0].low in PREPOSITIONS
        or (len(kept) == 1 and kept[0].low in PRONOUNS)
        or (kept[0].low in PRONOUNS | POSSESSIVES and kept[0].low not in DETERMINERS)
    ):
        return ""
    return sentence[kept[0].start : kept[-1].end]
