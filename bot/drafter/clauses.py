"""The main clause of a sentence: what comes first, the subject, the verb and the rest.

Only clauses of a plain shape are read, those whose parts a few closed word classes tell apart: one subject,
one finite verb, no condition, no speech. What is shaped otherwise is no clause here, and is not asked about:
silence is cheaper than an editor's time.

What always holds: the spans lie in the sentence, in the order lead, subject, verbs, rest.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.drafter.names import is_person
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
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    SAYING,
    SUBORDINATORS,
    base_of_past,
    base_of_present,
    is_participle,
    is_plural,
    lemma,
    past_of_participle,
    singular,
    words_of,
)
from bot.quiz.numerals import COUNTS


@dataclass(frozen=True, slots=True)
class Clause:
    """A main clause: spans of its parts, the words of its verb in their order, and who is said to tell it."""

    text: str
    lead: Span
    subject: Span
    verbs: tuple[str, ...]
    middle: str
    rest: Span
    teller: str = ""

    @property
    def is_passive(self) -> bool:
        """Whether something is done to the subject."""
        return len(self.verbs) > 1 and self.verbs[-2].lower() in BE and is_participle(self.verbs[-1])

    @property
    def is_copula(self) -> bool:
        """Whether the verb only says what the subject is."""
        return len(self.verbs) == 1 and self.verbs[0].lower() in BE


Token = tuple[str, int, int]
_TOKEN = re.compile(r"\d+[–-]\d+|\d[\d.,]*\d|\d|[^\W\d_]+(?:[-–’'.][^\W_]+)*|[^\w\s]")
_BREAKS = ';:–—“”"'
_UNSURE = words_of("unsure_words")  # conditions, guesses, denials: what is told with them is no fact
_BOUNDS = words_of("clause_bounds")
_HEDGES = frozenset(("about", "around", "almost", "nearly", "over", "some", "more", "less", "fewer", "up"))
_DROPPED = words_of("idle_adverbs")
_TELLING = frozenset(("found", "showed", "show", "wrote", "shows"))  # these tell of more than speech
_NO_ADVERBS = frozenset(("family", "assembly", "supply", "reply", "ally", "monopoly", "anomaly", "rally"))
_OPEN_MODALS = frozenset(("will", "can"))


def read_clauses(text: str, names: Sequence[Span]) -> list[Clause]:
    """Return the main clauses of a sentence that share its subject; none where its shape is not plain.

    `names` are the spans of proper names, which hold neither verbs nor bounds. Of "The museum reported that
    ..." the clause behind "that" is read, as told by the museum.
    """
    if re.search(r"[?…]|(?<!\w)[‘']|(?<!s)[‘’'](?!\w)(?!s )", text) or not re.match(r"[A-ZÀ-Þ0-9]", text):
        return []
    told = _TOLD.match(text)
    named_teller = told is not None and any(start < told.end("who") for start, _ in names)
    if told is not None and not named_teller and not told["found"]:
        return []
    tokens = [token for token in _outside_brackets(text) if told is None or token[1] >= told.end()]
    if tokens and tokens[0][0] in ("And", "But"):
        tokens = tokens[1:]
    spoken = re.search(r"n['’]t\b|\bI\b", re.sub(r"[A-ZÀ-Þ][\w’]+ I\b", "", text))  # not of "Boris I"
    if spoken or any(_is_unsure(word) for word, _, _ in tokens):
        return []
    teller = told["who"] if told and named_teller else ""
    clauses: list[Clause] = []
    for part in _parts(tokens):
        read = _read_part(text, part, names, teller)
        if not read and not clauses:
            break
        clauses += read
    return clauses


def _parts(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Part a sentence at "; " and ", and the ...": where another subject may begin."""
    start = 0
    for place in range(1, len(tokens) - 2):
        word, after, begins = (tokens[place + step][0] for step in range(3))
        joined = word == "," and after in ("and", "but", "while", "whereas")
        led = (
            begins[0].isupper()
            or begins in DETERMINERS | PREPOSITIONS | {"he", "she", "it"}
            or is_person(begins)
        )
        if word == ";" or (joined and led and any(_has_verb(token[0]) for token in tokens[place:])):
            yield tokens[start:place]
            start = place + 1 + joined
    yield tokens[start:]


def _has_verb(word: str) -> bool:
    return word in AUXILIARIES or bool(base_of_past(word) and word not in NOT_PAST)


def _read_part(text: str, tokens: Sequence[Token], names: Sequence[Span], teller: str) -> list[Clause]:
    named = _named(tokens, names)
    first = None if _is_done(tokens, named) else _after_lead(tokens, named)
    found = _subject(tokens, named, first) if first is not None else None
    if first is None or found is None:
        first, found = _behind_opening(tokens, named)
    if found is None:
        return []
    first_of_subject, ends, verb = found
    while ends > first_of_subject + 1 and not named[ends - 1] and _is_adverb(tokens[ends - 1][0]):
        if tokens[ends - 1][0] not in _DROPPED and not tokens[ends - 1][0].endswith("ly"):
            return []
        ends -= 1
    subject = (tokens[first_of_subject][1], tokens[ends - 1][2])
    if any(word in SAYING for word in text[slice(*subject)].split()):
        return []
    lead = (tokens[0][1], tokens[first - 1][2]) if first else (0, 0)
    clauses: list[Clause] = []
    while verb is not None and len(clauses) < 4:
        read = _predicate(tokens, named, verb, clauses)
        if read is None:
            break
        verbs, middle, after, stop = read
        begin = tokens[after][1] if after < len(tokens) else tokens[-1][2]
        end = tokens[stop - 1][2] if stop > after else begin
        leads = lead if not clauses else (0, 0)
        clauses.append(Clause(text, leads, subject, verbs, middle, (begin, end), teller))
        verb = _next_verb(tokens, named, stop, done=clauses[-1].is_passive)
    if clauses and (behind := _behind_end(tokens, named, stop, clauses[-1].is_copula)):
        clauses.append(Clause(text, (0, 0), subject, behind[0], "", behind[1], teller))
    if clauses and first and _is_done(tokens, named):
        begins = 3 if tokens[1][0] == "and" else 1  # "Born and raised in Oslo, ..."
        done = (tokens[begins][1], tokens[first - 2][2])
        was = "were" if tokens[first][0] == "the" and is_plural(tokens[ends - 1][0]) else "was"
        clauses.append(Clause(text, (0, 0), subject, (was, tokens[0][0].lower()), "", done, teller))
    return clauses


def _is_done(tokens: Sequence[Token], named: Sequence[bool]) -> bool:
    """Tell an opening that tells what was done to the subject: "Born in Oslo, Anna Berg ..."."""
    if len(tokens) < 5 or named[0]:
        return False
    both = tokens[1][0] == "and" and is_participle(tokens[2][0])
    led = tokens[3 if both else 1][0] in PREPOSITIONS
    return led and is_participle(tokens[0][0]) and tokens[0][0].lower() not in SAYING | {"based", "compared"}


def _behind_opening(
    tokens: Sequence[Token], named: Sequence[bool]
) -> tuple[int, tuple[int, int, int | None] | None]:
    """Return where the clause begins behind "Born in Oslo," or "When she came," if a name is its subject."""
    opener = tokens[0][0].lower() if tokens else ""
    clause = opener in SUBORDINATORS | PREPOSITIONS
    phrase = opener in ("a", "an") or opener.endswith("ing") or _is_done(tokens, named)
    if not (clause or phrase) or opener == "according":
        return 0, None
    for place in range(2, min(len(tokens) - 2, 30)):
        if not clause and _is_finite(tokens, named, place):
            break
        if tokens[place][0] == "," and not _joins(tokens, named, place):
            found = _subject(tokens, named, place + 1)
            begins = found[0] + (tokens[found[0]][0] == "the") if found else 0
            whole = found and all(
                named[at] or (at > begins and _is_adverb(tokens[at][0])) for at in range(begins, found[1])
            )
            if found and (whole or tokens[begins][0] in ("he", "she")):
                return place + 1, found
    return 0, None


_TOLD = re.compile(
    r"(?P<who>(?:The |An? )?[^,;:]{3,70}?) (?:reported|announced|estimated|estimates|said|says|stated|noted|"
    r"notes|concluded|reports|(?P<found>found|revealed|reveals?|shows?|showed|confirmed)) that "
)


def read_side_clauses(text: str, names: Sequence[Span], people: Collection[Span] = ()) -> list[Clause]:
    """Return what is told of a name beside it: "Tarn Bridge, built in 1921," and "Lind, who mapped ..."."""
    tokens = _outside_brackets(text)
    named = _named(tokens, names)
    found = []
    for place in range(1, len(tokens) - 3):
        name = next((span for span in names if span[1] == tokens[place - 1][2]), None)
        if name is None or tokens[place][0] not in (",", "who"):
            continue
        if re.search(r"\b(?:of|for|and|or)(?: the)? $", text[: name[0]]):
            continue  # "the Council of Lund, founded in 1921,": it may be either's
        verb = place + (tokens[place][0] == ",")
        if tokens[verb][0] == ("who" if name in people else "which"):
            verb += 1
            if named[verb] or not (_is_finite(tokens, named, verb) or base_of_past(tokens[verb][0])):
                continue
            verbs: tuple[str, ...] = ()
        elif (
            name not in people
            and tokens[verb][0] in _DONE
            and tokens[verb + 1][0] not in DETERMINERS | POSSESSIVES
        ):
            verbs = ("was",)
        else:
            continue
        group = _verb_group(tokens, verb)
        if group is None:
            continue
        stop = _bound(tokens, named, group[2])
        part = text[name[0] : tokens[stop - 1][2]]
        finite = any(_is_finite(tokens, named, later) for later in range(group[2], stop))
        if (
            stop <= group[2]
            or finite
            or re.search(r"[“”\"]", part)
            or any(_is_unsure(word) for word in part.split())
        ):
            continue
        rest = (tokens[group[2]][1], tokens[stop - 1][2])
        found.append(Clause(text, (0, 0), name, (*verbs, *group[0]), group[1], rest))
    return found


_DONE = words_of("done_to_things")


def _is_unsure(word: str) -> bool:
    return word in _UNSURE or word in ("If", "Unless", "Perhaps", "Maybe", "We", "You")


def _is_adverb(word: str) -> bool:
    return word.lower() in ADVERBS or (word.islower() and word.endswith("ly") and word not in _NO_ADVERBS)


def _predicate(
    tokens: Sequence[Token], named: Sequence[bool], verb: int, before: Sequence[Clause]
) -> tuple[tuple[str, ...], str, int, int] | None:
    """Return the verb at `verb` with the adverbs that count, where its rest begins and where it stops."""
    group = _verb_group(tokens, verb)
    if group is None:
        return None
    verbs, middle, after = group
    stop = _bound(tokens, named, after)
    if any(_is_finite(tokens, named, place) for place in range(after, stop)):
        return None
    parted = verb > 1 and "," in (tokens[verb - 1][0], tokens[verb - 2][0])  # "was trapped, and surrendered"
    moved_on = parted or lemma(verbs[-1]) in words_of("shared_verbs")  # "was sent to Oslo and served there"
    if len(verbs) == 1 and before and len(before[-1].verbs) > 1 and is_participle(verbs[0]) and not moved_on:
        verbs = (*before[-1].verbs[:-1], *verbs)  # "was charged and convicted"
    if len(verbs) == 2 and verbs[0] == "had" and (past := past_of_participle(verbs[1])):
        verbs = (past,)  # what a story tells as done before is asked as done
    return verbs, middle, after, stop


def _behind_end(
    tokens: Sequence[Token], named: Sequence[bool], stop: int, is_copula: bool
) -> tuple[tuple[str, str], Span] | None:
    """Return what ends a sentence on its subject: "Oslo grew, becoming a city in 1822"."""
    word = tokens[stop + 1][0] if stop + 2 < len(tokens) and tokens[stop][0] == "," else ""
    if word != "becoming" and not (is_copula and word in _DONE):
        return None
    verbs = ("did", "become") if word == "becoming" else ("was", word)
    return verbs, (tokens[stop + 2][1], tokens[_bound(tokens, named, stop + 2) - 1][2])


def _next_verb(tokens: Sequence[Token], named: Sequence[bool], stop: int, *, done: bool) -> int | None:
    """Return the verb that goes on with the same subject behind a comma or "and"; None where none does."""
    place = stop
    while place < len(tokens) and tokens[place][0] in (",", "and", "but") and place < stop + 2:
        place += 1
    if place == stop:
        return None
    while place < len(tokens) and _is_adverb(tokens[place][0]) and tokens[place][0] not in AUXILIARIES:
        place += 1
    if place >= len(tokens) or named[place] or not tokens[place][0].islower():
        return None
    word = tokens[place][0]
    following = tokens[place + 1][0].lower() if place + 1 < len(tokens) else ""
    if word in AUXILIARIES:
        return place
    past = base_of_past(word) and word not in NOT_PAST and following not in (",", "")
    between = {token[0] for token in tokens[stop:place]}
    if following == "by" and not (done and "and" in between):
        return None  # "was held in Oslo and hosted by ..."
    hung = is_participle(word) and not between & {"and", "but"}  # "Lund, located in Sweden"
    hung = hung and following not in DETERMINERS | POSSESSIVES
    return place if past and not hung else None


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
    """Tell of each token whether it lies in a proper name or has a capital within the sentence."""
    return [
        any(start <= token[1] < end for start, end in names) or (place > 0 and token[0][0].isupper())
        for place, token in enumerate(tokens)
    ]


def _after_lead(tokens: Sequence[Token], named: Sequence[bool]) -> int | None:
    """Return where the clause begins behind "In 1921, at home," or "However,"; None where a clause leads."""
    place = 0
    for _ in range(3):
        after = _after_phrase(tokens, named, place)
        if after is None:
            return None if not place or not _may_begin(tokens, named, place) else place
        if after == place:
            return place
        place = after
    return place


def _may_begin(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    return place < len(tokens) and (named[place] or tokens[place][0].lower() not in PREPOSITIONS)


def _after_phrase(tokens: Sequence[Token], named: Sequence[bool], start: int) -> int | None:
    """Return where a phrase that leads ends; `start` where none begins there, None where it does not end."""
    if start >= len(tokens):
        return None
    first = tokens[start][0].lower()
    if first in ("this", "last") and start + 2 < len(tokens) and tokens[start + 1][0] == "year":
        return start + 3 if tokens[start + 2][0] == "," else None
    hedged = first in _HEDGES or first == "there" or first[0].isdigit()
    led = first in PREPOSITIONS - {"like", "as", "despite"} or _is_adverb(tokens[start][0].lower())
    if hedged or not led or (named[start] and first not in PREPOSITIONS):
        return start if first not in _BOUNDS | {"despite", "like"} else None
    for place in range(start, min(start + 16, len(tokens))):
        if tokens[place][0] == "," and not _joins(tokens, named, place):
            return place + 1
        if place > start and _is_finite(tokens, named, place):
            break
    words = " ".join(token[0] for token in tokens[start : start + 4])
    if time := re.match(
        r"(?:In|By|Since|in|by|since) (?:[A-Z][a-z]+ )?[12]\d{3}\b|From \d{4} to \d{4}\b", words
    ):
        return start + len(time[0].split())  # "In 1505 Martin Luther entered ..."
    return None


def _joins(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    """Tell the comma of a date, of "Santa Clara, California" and of a list from one that ends a phrase."""
    if place + 1 >= len(tokens) or place == 0:
        return False
    before, after = tokens[place - 1], tokens[place + 1]
    if re.fullmatch(r"\d{1,2}", before[0]) and re.fullmatch(r"[12]\d{3}", after[0]):
        return True
    return (
        named[place - 1] and named[place + 1] and (place + 2 >= len(tokens) or tokens[place + 2][0] in ",;")
    )


def _subject(
    tokens: Sequence[Token], named: Sequence[bool], first: int
) -> tuple[int, int, int | None] | None:
    """Return where the subject begins and ends, and where its verb stands."""
    if first >= len(tokens):
        return None
    opening = tokens[first][0].lower()
    if opening == "there" and first + 1 < len(tokens) and tokens[first + 1][0] in BE:
        return first, first + 1, first + 1
    if opening in (PRONOUNS - {"he", "she", "it"}) | CONJUNCTIONS or (
        opening in PREPOSITIONS and not named[first]
    ):
        return None
    for place in range(first, min(len(tokens), first + 25)):
        word = tokens[place][0]
        if word == ",":
            closing = _apposition(tokens, named, place)
            if closing is None or closing + 1 >= len(tokens):
                return None
            verb = closing + 1
            if not _is_finite(tokens, named, verb) and not base_of_past(tokens[verb][0]):
                return None
            inside = place + 2 if tokens[place + 1][0] == "the" else place + 1
            if not named[place - 1] and all(named[inside:closing]):
                return place + 1, closing, verb  # "the ferry in question, the Aurora, was built"
            return (first, place, verb) if named[place - 1] else None
        if word in _BREAKS or (word.lower() in _BOUNDS and not named[place] and not _compares(tokens, place)):
            return None
        if place > first and _is_verb(tokens, named, place):
            return first, place, place
    return None


def _apposition(tokens: Sequence[Token], named: Sequence[bool], comma: int) -> int | None:
    """Return the comma that closes what stands beside a name: "Ann Lind, a chemist at Acme, found ..."."""
    for place in range(comma + 1, min(comma + 18, len(tokens))):
        if tokens[place][0] == "," and not _joins(tokens, named, place):
            return place
        if tokens[place][0] in _BREAKS:
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


def _is_verb(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    """Tell the verb behind a subject, among nouns that look like one."""
    word, before = tokens[place][0], tokens[place - 1][0].lower()
    if named[place] or not word.islower() or before in DETERMINERS | PREPOSITIONS | {"and", "or"}:
        return False
    if word == "based" and named[place - 1]:
        return False  # "a New York based firm"
    if not named[place - 1] and (before in COUNTS or before[0].isdigit()):
        return False
    if word in AUXILIARIES:
        return True
    rest = range(place + 1, _bound(tokens, named, place + 1))
    if any(_is_finite(tokens, named, later) for later in rest):
        return False  # the finite verb comes later: this one belongs to a noun
    if base_of_past(word) and word not in NOT_PAST:
        following = tokens[place + 1][0].lower() if place + 1 < len(tokens) else ""
        hung = (
            not named[place - 1]
            and is_participle(word)
            and (following in PREPOSITIONS or _is_adverb(following))
        )
        return not (hung and any(_is_later_past(tokens, named, later) for later in rest))
    if not base_of_present(word) or place + 1 >= len(tokens):
        return False
    if is_person(singular(word)) and before not in PRONOUNS | ADVERBS:
        return False
    following = tokens[place + 1][0].lower()
    one = named[place - 1] or not is_plural(before)
    taken = following in DETERMINERS | PREPOSITIONS or following[0].isdigit() or named[place + 1]
    return one and taken and not any(base_of_past(tokens[later][0]) for later in rest)


def _is_later_past(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    """Tell the verb of "the area covered in ice grew", behind a participle that hangs on a noun."""
    word, before = tokens[place][0], tokens[place - 1][0].lower()
    if named[place] or not base_of_past(word) or word in NOT_PAST:
        return False
    return before not in DETERMINERS | PREPOSITIONS | {"and", "or", ","} and not _is_adverb(before)


def _verb_group(tokens: Sequence[Token], verb: int) -> tuple[tuple[str, ...], str, int] | None:
    """Return the words of the verb, the adverbs among them that count, and where the rest begins."""
    head = tokens[verb][0]
    if head in SAYING - _TELLING or head in AUXILIARIES - BE - HAVE - DO - _OPEN_MODALS:
        return None
    verbs, middle, place = [head], [], verb + 1
    if head not in AUXILIARIES:
        return (head,), "", place
    while place < len(tokens):
        word = tokens[place][0].lower()
        if word in ("been", "be", "being"):
            verbs.append(word)
        elif tokens[place][0].islower() and (word.endswith("ly") or word == "first"):
            middle.append(word)
        elif word not in _DROPPED:
            break
        place += 1
    following = tokens[place][0] if place < len(tokens) else ""
    if verbs[-1] in _OPEN_MODALS:
        if not following.islower() or following in DETERMINERS | PREPOSITIONS:
            return None
        verbs.append(following)
    elif _goes_on(verbs[-1], following):
        verbs.append(following)
    else:
        return tuple(verbs), " ".join(middle), place
    if verbs[-1] in SAYING - {"found", "shown", "reported"}:
        return None
    return tuple(verbs), " ".join(middle), place + 1


def _goes_on(helper: str, word: str) -> bool:
    """Tell "was mapped", "has sunk" and "is growing" from "was tired" and "has a lake"."""
    if word in NOT_PAST or helper not in BE | HAVE | {"been", "being", "be"}:
        return False
    return is_participle(word) or (helper in BE and word.endswith("ing"))


def _bound(tokens: Sequence[Token], named: Sequence[bool], start: int) -> int:
    """Return where the clause ends: at a dash, a subordinate clause, a second verb, a comma that parts."""
    for place in range(start, len(tokens)):
        word, low = tokens[place][0], tokens[place][0].lower()
        if word in _BREAKS:
            return place
        if named[place]:
            continue
        if word == "," and not _joins(tokens, named, place) and not _in_list(tokens, named, place):
            return place
        if (
            low in _BOUNDS
            and not _compares(tokens, place)
            and not (low in ("after", "before", "since", "until", "as") and _is_phrase(tokens, named, place))
        ):
            return place
        if low in ("and", "but", "or") and _second_verb(tokens, named, place):
            return place
    return len(tokens)


def _compares(tokens: Sequence[Token], place: int) -> bool:
    """Tell the "than" of "more than 300" from one that begins a clause."""
    return tokens[place][0] == "than" and tokens[place - 1][0].lower() in ("more", "less", "fewer", "rather")


def _in_list(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    """Tell the comma of a list of names: "Kansas, New Mexico and Colorado"."""
    ahead = [token[0] for token in tokens[place + 1 : place + 8]]
    return (
        named[place - 1]
        and place + 1 < len(tokens)
        and named[place + 1]
        and ("and" in ahead or "or" in ahead)
    )


def _is_phrase(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    """Tell "after the war" from "after the war ended": no verb before the next bound."""
    for later in range(place + 1, min(place + 10, len(tokens))):
        word = tokens[later][0].lower()
        if word in f",{_BREAKS}" or word in _BOUNDS:
            break
        if not named[later] and (word in AUXILIARIES or base_of_past(word) or word.endswith("ing")):
            return False
    return True


def _second_verb(tokens: Sequence[Token], named: Sequence[bool], place: int) -> bool:
    for later in range(place + 1, min(place + 8, len(tokens))):
        word = tokens[later][0].lower()
        if word in f",{_BREAKS}" or word == "and":
            return False
        if named[later]:
            continue
        before = tokens[later - 1][0].lower()
        past = base_of_past(word) and before not in DETERMINERS | PREPOSITIONS
        if word in AUXILIARIES or past or word in PRONOUNS:
            return True
    return False
