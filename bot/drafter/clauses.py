"""The main clause of a sentence: what comes first, the subject, the verb and the rest.

Only clauses of a plain shape are read, those whose parts a few closed word classes tell apart: one subject,
one finite verb, no condition, no speech. What is shaped otherwise is no clause here, and is not asked about:
silence is cheaper than an editor's time.

What always holds: the spans lie in the sentence, in the order lead, subject, verbs, rest.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.drafter.values import Span
from bot.drafter.words import (
    ADVERBS,
    AUXILIARIES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    DO,
    HAVE,
    NOT_PAST,
    PREPOSITIONS,
    PRONOUNS,
    SAYING,
    base_of_past,
    base_of_present,
    is_participle,
    is_plural,
    words_of,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A main clause: spans of its parts, and the words of its verb group in their order."""

    text: str
    lead: Span
    subject: Span
    verbs: tuple[str, ...]
    middle: str
    rest: Span

    @property
    def is_passive(self) -> bool:
        """Whether something is done to the subject."""
        return len(self.verbs) > 1 and self.verbs[-2].lower() in BE and is_participle(self.verbs[-1])

    @property
    def is_copula(self) -> bool:
        """Whether the verb only says what the subject is."""
        return len(self.verbs) == 1 and self.verbs[0].lower() in BE


Token = tuple[str, int, int]
_TOKEN = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_]+(?:[-’'.][^\W_]+)*|[^\w\s]")
_UNSURE = words_of("unsure_words")  # conditions, guesses, denials: what is told with them is no fact
_BOUNDS = words_of("clause_bounds")
_DROPPED = words_of("idle_adverbs")
_OPEN_MODALS = frozenset(("will", "can"))


def read_clause(text: str, names: Sequence[Span]) -> Clause | None:
    """Return the main clause of a sentence, or None where its shape is not plain.

    `names` are the spans of proper names, which hold neither verbs nor bounds.
    """
    if re.search(r"[“”\"?…]|(?<!\w)[‘']|[‘'](?!\w)(?!s )", text) or not text[:1].isupper():
        return None
    tokens = _outside_brackets(text)
    words = {token[0].lower() for token in tokens}
    if words & _UNSURE or "n't" in text or "n’t" in text:
        return None
    named = _named(tokens, names)
    first = _after_lead(tokens, named)
    if first is None:
        return None
    found = _subject(tokens, named, first)
    if found is None:
        return None
    ends, verb = found
    group = _verb_group(tokens, verb)
    if group is None:
        return None
    verbs, middle, after = group
    stop = _bound(tokens, named, after)
    if any(_is_finite(tokens, named, place) for place in range(after, stop)):
        return None
    lead = (tokens[0][1], tokens[first - 1][2]) if first else (0, 0)
    begin = tokens[after][1] if after < len(tokens) else len(text)
    end = tokens[stop - 1][2] if stop > after else begin
    return Clause(text, lead, (tokens[first][1], tokens[ends - 1][2]), verbs, middle, (begin, end))


def _outside_brackets(text: str) -> list[Token]:
    depth, tokens = 0, []
    for match in _TOKEN.finditer(text):
        depth += match[0] in "([" and 1
        if not depth:
            tokens.append((match[0], match.start(), match.end()))
        depth -= match[0] in ")]" and depth > 0 and 1
    while tokens and tokens[-1][0] in ".!":
        tokens.pop()
    return tokens


def _named(tokens: Sequence[Token], names: Sequence[Span]) -> list[bool]:
    """Tell of each token whether it lies in a proper name or begins with a capital within the sentence."""
    return [
        any(start <= token[1] < end for start, end in names) or (place > 0 and token[0][0].isupper())
        for place, token in enumerate(tokens)
    ]


def _after_lead(tokens: Sequence[Token], named: Sequence[bool]) -> int | None:
    """Return where the clause begins behind "In 1921," or "However,"; None where what leads is a clause."""
    first = tokens[0][0].lower() if tokens else ""
    led = first in PREPOSITIONS - {"like", "as", "despite"} or first in ADVERBS or first.endswith("ly")
    if not led or named[0]:
        return 0 if tokens and first not in _BOUNDS | {"despite", "like"} else None
    for place, (word, _, _) in enumerate(tokens[:14]):
        if word == "," and not _joins(tokens, named, place):
            return place + 1
        if place and _is_finite(tokens, named, place):
            break
    if re.fullmatch(r"\d{4}", tokens[1][0] if len(tokens) > 1 else "") and len(tokens) > 3:
        return 2  # "In 1505 Martin Luther entered ..."
    return None


def _joins(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    """Tell the comma of a date, of "Santa Clara, California" and of a list from one that ends a phrase."""
    if place + 1 >= len(tokens) or place == 0:
        return False
    before, after = tokens[place - 1], tokens[place + 1]
    if re.fullmatch(r"\d{1,2}", before[0]) and re.fullmatch(r"[12]\d{3}", after[0]):
        return True
    return named[place - 1] and named[place + 1] and (place + 2 >= len(tokens) or tokens[place + 2][0] in ",;")


def _subject(tokens: Sequence[Token], named: Sequence[bool], first: int) -> tuple[int, int] | None:
    """Return where the subject ends and where its verb stands."""
    if first >= len(tokens):
        return None
    opening = tokens[first][0].lower()
    if opening in (PRONOUNS - {"he", "she"}) | CONJUNCTIONS or (opening in PREPOSITIONS and not named[first]):
        return None
    place, ends = first, 0
    while place < len(tokens) and place < first + 25:
        word = tokens[place][0]
        if word == ",":
            closing = _apposition(tokens, named, first, place)
            if closing is None:
                return None
            ends, place = place, closing + 1
            if place >= len(tokens) or not _is_finite(tokens, named, place):
                return None
            return ends, place
        if word in ";:–—" or (word.lower() in _BOUNDS and not named[place]):
            return None
        if place > first and _is_verb(tokens, named, first, place):
            return place, place
        place += 1
    return None


def _apposition(tokens: Sequence[Token], named: Sequence[bool], first: int, comma: int) -> int | None:
    """Return the comma that closes what stands beside a name: "Ann Lind, a chemist at Acme, found ..."."""
    if not all(named[first:comma]):
        return None
    for place in range(comma + 1, min(comma + 18, len(tokens))):
        if tokens[place][0] == "," and not _joins(tokens, named, place):
            return place
        if tokens[place][0] in ";:–—":
            return None
    return None


def _is_finite(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    """Tell a word that is surely a finite verb: an auxiliary, or a past that is no participle."""
    word = tokens[place][0]
    if named[place] or not word.islower():
        return False
    if word in AUXILIARIES:
        return True
    return bool(base_of_past(word)) and not is_participle(word)


def _is_verb(tokens: Sequence[Token], named: Sequence[bool], first: int, place: int) -> bool:
    """Tell the verb behind a subject, among nouns that look like one."""
    word, before = tokens[place][0], tokens[place - 1][0].lower()
    if named[place] or not word.islower() or before in DETERMINERS | PREPOSITIONS | {"and", "or"}:
        return False
    if word in AUXILIARIES:
        return True
    rest = range(place + 1, _bound(tokens, named, place + 1))
    if any(_is_finite(tokens, named, later) for later in rest):
        return False  # the finite verb comes later: this one belongs to a noun
    if base_of_past(word) and word not in NOT_PAST:
        return True
    if not base_of_present(word) or place + 1 >= len(tokens):
        return False
    following = tokens[place + 1][0].lower()
    one = named[place - 1] or not is_plural(before)
    taken = following in DETERMINERS | PREPOSITIONS or following[0].isdigit() or named[place + 1]
    return one and taken and not any(base_of_past(tokens[later][0]) for later in rest)


def _verb_group(tokens: Sequence[Token], verb: int) -> tuple[tuple[str, ...], str, int] | None:
    """Return the words of the verb, the adverbs among them that count, and where the rest begins."""
    head = tokens[verb][0]
    if head in SAYING and head not in ("found", "showed", "show", "wrote", "shows", "announced", "announces"):
        return None
    verbs, middle, place = [head], [], verb + 1
    if head in AUXILIARIES:
        if head in AUXILIARIES - BE - HAVE - DO - _OPEN_MODALS:
            return None
        while place < len(tokens):
            word = tokens[place][0].lower()
            if word in ("been", "be", "being"):
                verbs.append(word)
            elif word in _DROPPED:
                pass
            elif word.endswith("ly") and not verbs[-1].endswith("ed"):
                middle.append(word)
            else:
                break
            place += 1
        following = tokens[place][0] if place < len(tokens) else ""
        takes = is_participle(following) if verbs[-1] in BE | HAVE | {"been", "being"} else False
        if takes and not (following in NOT_PAST or tokens[place - 1][0] in DETERMINERS):
            verbs.append(following)
            place += 1
        elif verbs[-1] in BE and following.endswith("ing"):
            verbs.append(following)
            place += 1
        elif verbs[-1] in _OPEN_MODALS or verbs[-1] == "be":
            if not following.islower():
                return None
            verbs.append(following)
            place += 1
    return tuple(verbs), " ".join(middle), place


def _bound(tokens: Sequence[Token], named: Sequence[bool], start: int) -> int:
    """Return where the clause ends: at a dash, a subordinate clause, a second verb, a comma that parts."""
    for place in range(start, len(tokens)):
        word, low = tokens[place][0], tokens[place][0].lower()
        if word in ";:–—":
            return place
        if named[place]:
            continue
        if word == "," and not _joins(tokens, named, place) and not _in_list(tokens, named, place):
            return place
        if low in _BOUNDS and not (low in ("after", "before", "since", "until", "as") and _is_phrase(tokens, named, place)):
            return place
        if low in ("and", "but", "or") and _second_verb(tokens, named, place):
            return place
    return len(tokens)


def _in_list(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    """Tell the comma of a list of names: "Kansas, New Mexico and Colorado"."""
    ahead = [token[0] for token in tokens[place + 1 : place + 8]]
    return named[place - 1] and place + 1 < len(tokens) and named[place + 1] and ("and" in ahead or "or" in ahead)


def _is_phrase(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    """Tell "after the war" from "after the war ended": no verb before the next bound."""
    for later in range(place + 1, min(place + 10, len(tokens))):
        word = tokens[later][0].lower()
        if word in ",;:–—" or word in _BOUNDS:
            break
        if not named[later] and (word in AUXILIARIES or base_of_past(word) or word.endswith("ing")):
            return False
    return True


def _second_verb(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    for later in range(place + 1, min(place + 8, len(tokens))):
        word = tokens[later][0].lower()
        if word in ",;:–—":
            return False
        if named[later]:
            continue
        before = tokens[later - 1][0].lower()
        past = base_of_past(word) and before not in DETERMINERS | PREPOSITIONS
        if word in AUXILIARIES or past or word in PRONOUNS:
            return True
    return False
