"""Proper names in an article: found by their capitals, sorted by the company they keep.

Names are read over the whole article at once: a word that begins a sentence is a name only if it is one
elsewhere or is known; surnames join full names, and a rare misspelling joins the usual spelling.

What always holds: every `Name` has at least one mention; mentions lie within their sentences and do not
overlap; the kinds are those of `FactKind`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from rapidfuzz.distance import Levenshtein

from bot.bank.drafter import gazetteer as known
from bot.bank.drafter.lexicon import NEVER_NAMES, OPENERS, SAYING, is_plural, singular, word_set
from bot.bank.drafter.units import find_unit
from bot.bank.facts import FactKind

_TOKEN = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*['’]?|[^\w\s]")
_INNER = word_set("of the de van von der den la le du da do dos das del di al el bin ibn y & e to and for")
_PARTICLES = _INNER - {"of", "the", "and", "for", "to", "&", "e", "y"}
_MOST_NAMES_COMPARED = 1_500


@dataclass(frozen=True, slots=True)
class Mention:
    """A name where it stands; `sentence` counts over the article.

    `end` is past the name alone, `whole` past its type word ("Apollo 11 mission"); `begin` is before a title.
    """

    sentence: int
    start: int
    end: int
    text: str
    begin: int
    whole: int
    hint: str = ""
    noun: str = ""


@dataclass(slots=True)
class Name:
    """One thing with a name: its usual spelling, its kind, the noun that asks for it, where it stands."""

    text: str
    kind: FactKind
    noun: str
    mentions: list[Mention] = field(default_factory=list)
    spellings: Counter[str] = field(default_factory=Counter)
    is_craft: bool = False


def find_names(sentences: Sequence[str]) -> list[Name]:
    """Return the names of an article, in the order of their first mention."""
    lower = _lower_words(sentences)
    mentions = [mention for index, text in enumerate(sentences) for mention in _mentions(index, text, lower)]
    groups: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[_key(mention.text)].append(mention)
    for group_rule in (_drop_openers, _join_short_forms, _join_misspellings):
        groups = group_rule(groups, sentences)
    parted = [part for group in groups.values() for part in _part_by_type(group, sentences)]
    names = [_name(group, sentences) for group in parted]
    _share_nouns_of_series(names)
    return sorted(names, key=lambda name: _place(name.mentions[0]))


def misspellings(names: Sequence[Name]) -> dict[str, str]:
    """Return the rare spellings of names that are slips ("Yutru 2"), each to the usual one."""
    found = {"Celcius": "Celsius"}
    for name in names:
        for text in name.spellings:
            alike = len(text.split()) == len(name.text.split()) and text.casefold() != name.text.casefold()
            if alike and Levenshtein.distance(text, name.text, score_cutoff=2) <= 2:
                found[text] = name.text
    return found


def _place(mention: Mention) -> tuple[int, int]:
    return mention.sentence, mention.start


def _key(text: str) -> str:
    spelt = known.countries().get(text, text)
    return re.sub(r"[\s‐-―-]+", " ", spelt.replace("’", "'")).casefold()


def _lower_words(sentences: Sequence[str]) -> Counter[str]:
    """Count the words that the article writes in small letters: those are no names."""
    return Counter(word for text in sentences for word in re.findall(r"(?<![\w'’-])[a-zß-ÿ][\w'’]+", text))


# Finding runs of capitals


def _mentions(index: int, sentence: str, lower: Mapping[str, int]) -> Iterator[Mention]:
    tokens = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(sentence)]
    capitals = sum(1 for text, _, _ in tokens if len(text) > 1 and text.isupper())
    if capitals > 5 and capitals > 0.5 * len(tokens):
        return  # a line of capitals says nothing about names
    position = 0
    while position < len(tokens):
        stop = _run(tokens, position, sentence)
        if stop == position:
            position += 1
            continue
        yield from _mention(index, sentence, tokens, (position, stop), lower)
        position = stop


Tokens = list[tuple[str, int, int]]


def _is_capital(text: str) -> bool:
    return (
        text[0].isupper()
        and (len(text) > 1 or text in "AX")
        and text not in ("I'm", "I've", "I’m", "I’ve", "I'd", "I’ll")
    )


def _run(tokens: Tokens, position: int, sentence: str) -> int:
    """Return where the run of capitals that begins at `position` stops; `position` where none begins."""
    if not _is_capital(tokens[position][0]):
        return position
    stop = position + 1
    while stop < len(tokens) and stop - position < 12:
        text, start, _ = tokens[stop]
        previous = tokens[stop - 1]
        gap = sentence[previous[2] : start]
        if previous[0].endswith(("'s", "’s", "'", "’")):
            break
        if gap in ("", " ") and _is_capital(text) and not _ends_title(tokens, stop):
            stop += 1
        elif text in "-–‑/" and gap == "" and stop + 1 < len(tokens) and _joins(tokens, stop):
            stop += 2
        elif gap == " " and _bare(text).isdecimal() and _numbers_name(tokens, stop, sentence):
            return stop + 1
        elif gap == " " and (text == "." or text in _INNER) and (reach := _bridge(tokens, stop)):
            stop = reach
        elif text == "." and gap == "" and len(previous[0]) == 1 and _next_is_capital(tokens, stop):
            stop += 1
        else:
            break
    return stop


def _ends_title(tokens: Tokens, stop: int) -> bool:
    """Tell a closed-class capital ("The", "In") that cannot go on with a name."""
    return tokens[stop][0].lower() in NEVER_NAMES and tokens[stop][0] not in (
        "May",
        "Will",
        "Down",
        "Up",
        "The",
        "A",
    )


def _joins(tokens: Tokens, stop: int) -> bool:
    """Tell whether a hyphen joins the name to what follows: a capital, a number, "al-"."""
    following, start, _ = tokens[stop + 1]
    return start == tokens[stop][2] and (following[0].isupper() or _bare(following).isdecimal())


def _bare(text: str) -> str:
    """Return a word without its possessive ending."""
    return re.sub(r"(?:['’]s|['’])$", "", text)


def _next_is_capital(tokens: Tokens, stop: int) -> bool:
    return stop + 1 < len(tokens) and tokens[stop + 1][0][0].isupper()


def _numbers_name(tokens: Tokens, stop: int, sentence: str) -> bool:
    """Tell "Apollo 11" from "in Paris 12 people": what follows the number counts nothing."""
    text, end = _bare(tokens[stop][0]), tokens[stop][2]
    name = tokens[stop - 1][0]
    if text != tokens[stop][0]:
        return len(text) < 4
    if len(text) > 4 or name in known.NOT_NAMES or name in known.countries() or name.lower() in NEVER_NAMES:
        return False
    if re.match(r"[,.]\d|[%°]|-\w", sentence[end : end + 2]) or (len(text) == 4 and not name[0].isupper()):
        return False
    if (
        len(text) == 4
        and text[:2] in ("19", "20", "18")
        and name not in ("Euro", "Expo", "Olympics", "Games", "Cup")
    ):
        return False
    following = re.match(r" ([^\W\d_]+)(?: ([^\W\d_]+))?", sentence[end:])
    if not following:
        return True
    words = [word for word in following.groups() if word]
    if find_unit(words, touching=False):
        return False
    return not (is_plural(words[0]) and words[0].islower() and words[0] not in ("has", "was", "is"))


def _bridge(tokens: Tokens, stop: int) -> int:
    """Return where a name goes on behind small words ("University of York"), 0 where it does not."""
    word = tokens[stop][0]
    before = tokens[stop - 1][0]
    if word in ("of", "for") and before not in known.OF_HEADS and not _heads_title(tokens, stop):
        return 0
    if word in ("and", "&", "to", "the"):
        return 0 if word != "&" else (stop + 2 if _next_is_capital(tokens, stop) else 0)
    reach = stop + 1
    while reach < len(tokens) and reach - stop < 3 and tokens[reach][0] in ("the", *_PARTICLES):
        reach += 1
    if reach < len(tokens) and tokens[reach][0][0].isupper():
        return reach + 1
    return 0


def _heads_title(tokens: Tokens, stop: int) -> bool:
    """Tell "the Charter of Scales", a title by its article, from "the Lima of old"."""
    word = tokens[stop - 1][0]
    first = stop - 1
    while first > 0 and _is_capital(tokens[first - 1][0]) and tokens[first - 1][0] != "The":
        first -= 1
    articled = first > 0 and tokens[first - 1][0] in ("the", "The")
    proper = _is_known(word) or word in known.demonyms() or word in known.FIRST_NAMES or is_plural(word)
    return articled and tokens[stop][0] == "of" and not proper and word.isalpha()


def _mention(
    index: int, sentence: str, tokens: Tokens, run: tuple[int, int], lower: Mapping[str, int]
) -> Iterator[Mention]:
    """Trim a run to the name in it; yield nothing where nothing is left."""
    position, stop = run
    begin = tokens[position][1]
    opens = _opens_sentence(sentence, begin)
    while position < stop and _is_no_name_first(
        tokens[position][0], opens=opens, alone=stop - position == 1, lower=lower
    ):
        position, opens = position + 1, False
    title_at = position
    hint = ""
    while position < stop - 1 and tokens[position][0].rstrip(".") in known.TITLES:
        hint = "person"
        if tokens[position][0] in known.KEPT_TITLES:
            break
        position += 1
        if position < stop - 1 and tokens[position][0] == ".":
            position += 1
    if position >= stop:
        return
    start, end = tokens[position][1], tokens[stop - 1][2]
    text = _bare(sentence[start:end])
    end = start + len(text)
    pieces = text.split()
    if not pieces or text in known.NOT_NAMES or text in known.TITLES or (len(text) < 2 and text != "X"):
        return
    if text in known.demonyms() or _is_people(text):
        return  # "Danish" tells a kind, "the Danes" are no place
    for demonym_length in (2, 1):
        head = " ".join(pieces[:demonym_length])
        if len(pieces) > demonym_length and head in known.demonyms() and not _is_kept(pieces):
            offset = len(head) + 1
            start, text = start + offset, text[offset:]
            break
    if species := _binomial(sentence, start, end):
        text, end = f"{text} {species}", end + len(species) + 1
        yield Mention(index, start, end, text, start, end, hint="species")
        return
    noun, whole = _type_word_after(sentence, end)
    yield Mention(index, start, end, text, tokens[title_at][1], whole, hint, noun)


def _binomial(sentence: str, start: int, end: int) -> str:
    """Return the second half of a species' Latin name ("Proteus marinae"), "" where it is none."""
    match = re.match(
        r" ([a-z]{3,}(?:us|um|ae|is|ii|i|a|ensis|orum|oides|ens|or|ix))(?= [a-z]|[,.;)]|$)",
        sentence[end : end + 40],
    )
    before = sentence[max(0, start - 16) : start]
    shown = re.search(r"(?:\b(?:named|called|species|genus|dubbed|as)|\() ?$", before)
    return match[1] if match and shown and match[1] not in NEVER_NAMES else ""


def _is_people(text: str) -> bool:
    """Tell "Venetians" and "Poles": those of a place, by the plural of a demonym or by the ending."""
    return (
        text.endswith("s")
        and " " not in text
        and not _is_known(text)
        and (
            text[:-1] in known.demonyms()
            or (text.endswith(("ians", "esians", "eans")) and text not in known.REGIONS)
        )
    )


def _is_kept(pieces: list[str]) -> bool:
    """Tell a demonym that is part of the name ("British Museum", "French Open") from one beside it."""
    return pieces[-1].lower() in known.suffix_kinds() or pieces[-1] in ("Empire", "Republic", "Army")


def _opens_sentence(sentence: str, begin: int) -> bool:
    before = sentence[:begin].rstrip()
    return not before.strip("\"'“‘(–- ") or before[-1:] in ".!?:…—–" or before[-1:] in '“"‘'


def _is_no_name_first(word: str, *, opens: bool, alone: bool, lower: Mapping[str, int]) -> bool:
    low = re.sub(r"['’]s?$", "", word.lower())
    if word in ("US", "IT", "WHO", "UN"):
        return word == "IT"
    if low in NEVER_NAMES and word != "May":
        return True
    if word.rstrip(".") in known.TITLES or word in known.FIRST_NAMES or _is_known(word):
        return False
    if opens and (low in OPENERS or low in known.ROLES or low in lower or low.endswith("ly")):
        return True
    if opens and alone and (is_plural(low) and singular(low) in lower):
        return True
    return (
        word in known.NOT_NAMES
        and not alone
        and not word.startswith(("North", "South", "East", "West"))
        and word not in ("New", "May", "March")
    )


@cache
def _is_known(text: str) -> bool:
    text = re.sub(r"['’]s?$", "", text)
    return (
        text in known.countries()
        or text in known.CITIES
        or text in known.REGIONS
        or text in known.CELESTIAL
        or text in known.STATES
        or text in known.MONONYMS
    )


def _type_word_after(sentence: str, end: int) -> tuple[str, int]:
    """Return the small word that tells what a name names ("basin", "spacecraft") and where it ends."""
    match = re.match(r"['’]?s? ([a-z]+)(?: ([a-z]+))?", sentence[end : end + 50])
    if not match or sentence[end : end + 2] in ("'s", "’s"):
        return "", end
    for group in (1, 2):
        word = match[group]
        if word and singular(word) == word and word in known.suffix_kinds() and not word.endswith("ing"):
            return word, end + match.end(group)
        if word in NEVER_NAMES:
            break
    return "", end


# Joining mentions of the same thing

Groups = dict[str, list[Mention]]


def _drop_openers(groups: Groups, sentences: Sequence[str]) -> Groups:
    """Drop single words that only ever begin sentences and that nothing else shows to be names."""
    kept: Groups = {}
    inside = {word for group in groups.values() for mention in group for word in mention.text.split()[1:]}
    for key, group in groups.items():
        first = group[0]
        opens = all(_opens_sentence(sentences[mention.sentence], mention.start) for mention in group)
        single = " " not in first.text and "-" not in first.text
        shown = (
            _is_known(first.text) or first.hint or first.noun or first.text in inside or first.text.isupper()
        )
        shown = (
            shown or any(character.isdecimal() for character in first.text) or first.text in known.FIRST_NAMES
        )
        if (
            opens
            and single
            and not shown
            and len(group) == 1
            and not _acts_like_a_name(first, sentences[first.sentence])
        ):
            continue
        kept[key] = group
    return kept


def _acts_like_a_name(mention: Mention, sentence: str) -> bool:
    """Tell a singular subject without a determiner: "Kaldnes, the district ...", "Lawal scored"."""
    if is_plural(mention.text):
        return False
    return bool(
        re.match(
            r"['’]s |, (?:the|a|an|who|which|in|on) | (?:said|says|scored|won|told) ", sentence[mention.end :]
        )
    )


def _join_short_forms(groups: Groups, sentences: Sequence[str]) -> Groups:
    """Let "Lund" join "Marit Lund", and "Vauban" join "Racing Vauban": one full form only."""
    full: dict[str, set[str]] = defaultdict(set)
    for key in groups:
        words = key.split()
        if len(words) > 1:
            for part in {words[-1], words[0], " ".join(words[1:])}:
                full[part].add(key)
    joined: Groups = {}
    for key, group in groups.items():
        targets = full.get(key, set())
        target = next(iter(targets)) if len(targets) == 1 else key
        if target != key and not _may_shorten(group, groups[target], key, sentences):
            target = key
        joined.setdefault(target, []).extend(group)
    return {key: sorted(group, key=_place) for key, group in joined.items()}


def _may_shorten(short: list[Mention], full: list[Mention], key: str, sentences: Sequence[str]) -> bool:
    words = _key(full[0].text).split()
    kind, _, _ = _kind_of(full, sentences)
    if _is_known(short[0].text) and short[0].text not in known.MONONYMS:
        surname = kind is FactKind.PERSON and words[-1] == key
        return surname and not any(_is_place_like(mention, sentences) for mention in short)
    if kind is FactKind.ORGANISATION and words[0] == key and any(_is_place_like(m, sentences) for m in short):
        return False
    if words[0] == key and (any(word[0].isdecimal() for word in words[1:]) or kind is not FactKind.PERSON):
        return kind is FactKind.ORGANISATION
    if kind is FactKind.PERSON:
        return True
    return (kind is FactKind.ORGANISATION and key not in known.suffix_kinds()) or words[-1] == key


def _is_place_like(mention: Mention, sentences: Sequence[str]) -> bool:
    before = sentences[mention.sentence][max(0, mention.start - 9) : mention.start]
    return bool(re.search(r"\b(?:in|near|to|from|outside) $", before))


def _join_misspellings(groups: Groups, sentences: Sequence[str]) -> Groups:
    """Let a spelling one letter away join the more frequent one, where both have the same number."""
    del sentences
    if len(groups) > _MOST_NAMES_COMPARED:
        return groups
    order = sorted(groups, key=lambda key: (-len(groups[key]), _place(groups[key][0])))
    kept: Groups = {}
    for key in order:
        target = next((other for other in kept if _is_slip(key, other)), key)
        kept.setdefault(target, []).extend(groups[key])
    return {key: sorted(group, key=_place) for key, group in kept.items()}


def _part_by_type(group: list[Mention], sentences: Sequence[str]) -> list[list[Mention]]:
    """Part the Kaldnes ship from Kaldnes the district: one name, two things, told by the word after it."""
    crafts = [mention for mention in group if known.suffix_kinds().get(mention.noun) == "craft"]
    others = [mention for mention in group if mention not in crafts]
    if not crafts or not others or any(character.isdecimal() for character in group[0].text):
        return [group]
    kind, _, craft = _kind_of(others, sentences)
    if craft or kind not in (FactKind.PLACE, FactKind.PERSON, FactKind.COUNTRY):
        return [group]
    return [crafts, others]


def _share_nouns_of_series(names: list[Name]) -> None:
    """Let Apollo 8 be asked for as Apollo 11 is: names that differ by a number are of one sort."""
    nouns = {_series(name.text): name for name in names if name.is_craft and _series(name.text)}
    for name in names:
        model = nouns.get(_series(name.text))
        if model and name.noun == "name":
            name.noun, name.kind, name.is_craft = model.noun, model.kind, True


def _series(text: str) -> str:
    match = re.fullmatch(r"(\D+?)[\s-]?\d+", text)
    return match[1].casefold() if match else ""


def _is_slip(one: str, other: str) -> bool:
    """Tell a slip of the pen: long enough, same numbers, one edit (two in a name with a number)."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 6 or one[0] != other[0]:
        return False
    digits = re.findall(r"\d+", one)
    if digits != re.findall(r"\d+", other) or _is_known(one.title()) or _is_known(other.title()):
        return False
    bare_one, bare_other = one.replace("'", ""), other.replace("'", "")
    return bare_one == bare_other or Levenshtein.distance(one, other, score_cutoff=1) <= 1


# What sort of thing a name names

_HEADS_BEFORE = re.compile(
    r"\b(?P<head>[a-z]+)(?: (?:of|called|named|known as|nicknamed|dubbed))?,? (?:the )?"
    r"(?:[A-ZÀ-Þ][\w’'-]{1,20}(?:,| and| or) (?:the )?){0,3}[\"“‘']?$"
)
_APPOSITION = re.compile(
    r"^,? ?(?:\([^)]{1,40}\))?,? (?:is|was|–|-)? ?(?:an?|the|one of the)\b (?P<phrase>\w[^,.;:(–]{2,60})"
)
_PERSON_DOES = re.compile(
    r"^(?: (?:of|the) [A-Z]\w+,?)? (?:reigned|married|was born|was crowned|was \d\d years old|grew up|"
    r"retired|"
    r"inherited|resigned|was elected|was ransomed|studied|had married|left no (?:son|heir|child\w*))\b"
)
_PERSON_AFTER = re.compile(
    r"^(?:, (?:\d\d|who|whose|aged|from|an? [a-z ]*?(?:" + "|".join(sorted(known.ROLES)) + r"))\b)"
)


def _kind_of(group: list[Mention], sentences: Sequence[str]) -> tuple[FactKind, str, bool]:
    """Return the kind of the thing, the noun that asks for it, and whether it is a craft."""
    votes: dict[tuple[FactKind, str, bool], float] = defaultdict(float)
    for mention in group[:40]:
        for (kind, noun, craft), weight in _votes(mention, sentences[mention.sentence]):
            if weight:
                votes[kind, noun, craft] += weight
    if not votes:
        return FactKind.NAME, "name", False
    by_kind: dict[tuple[FactKind, bool], float] = defaultdict(float)
    for (kind, _, craft), weight in votes.items():
        by_kind[kind, craft] += weight
    kind, craft = max(by_kind, key=lambda item: (by_kind[item], item[0].value))
    noun = max(
        (
            (weight, noun not in _PLAIN_NOUNS.values(), noun)
            for (k, noun, c), weight in votes.items()
            if k is kind and c is craft
        ),
        key=lambda item: (item[1], item[0], item[2]),
    )[2]
    return kind, noun, craft


_PLAIN_NOUNS = {
    FactKind.PERSON: "person",
    FactKind.PLACE: "place",
    FactKind.COUNTRY: "country",
    FactKind.ORGANISATION: "organisation",
    FactKind.NAME: "name",
    FactKind.PERIOD: "period",
}
_KIND_OF_SUFFIX = {
    "place": FactKind.PLACE,
    "organisation": FactKind.ORGANISATION,
    "event": FactKind.NAME,
    "craft": FactKind.NAME,
    "work": FactKind.NAME,
}
Vote = tuple[tuple[FactKind, str, bool], float]


def _votes(mention: Mention, sentence: str) -> Iterator[Vote]:
    text, words = mention.text, mention.text.split()
    yield from _known_votes(text)
    last = (
        words[-1].lower().rstrip("s") if words[-1].lower() not in known.suffix_kinds() else words[-1].lower()
    )
    if len(words) > 1 and last in known.suffix_kinds() and "of" not in words:
        yield _by_type(last, 2.5 if last in ("town", "city", "county", "park", "forest") else 6.0)
    if words[0] in known.OF_HEADS and len(words) > 2 and words[1] in ("of", "for"):
        head = words[0].lower().rstrip("s")
        if head in known.suffix_kinds():
            yield _by_type(head, 7.0)
    if len(words) > 1 and words[0] in known.PREFIX_NOUNS:
        kind, noun = known.PREFIX_NOUNS[words[0]]
        yield (FactKind(kind), noun, False), 6.0
    if mention.noun:
        yield _by_type(mention.noun, 5.0)
    yield from _person_votes(mention, sentence, words)
    yield from _context_votes(mention, sentence)
    if text in known.STATES:
        yield (FactKind.PLACE, "state", False), 8.0
    if re.search(r"[a-z'’]-?\s?\d+$", text) and len(words) < 4:
        yield (FactKind.NAME, "name", False), 1.0
    if text.isupper() and 2 < len(text) < 6 and " " not in text:
        yield (FactKind.ORGANISATION, "organisation", False), 2.0


def _known_votes(text: str) -> Iterator[Vote]:
    if text in known.countries():
        yield (FactKind.COUNTRY, "country", False), 20.0
    if text in known.CITIES:
        yield (FactKind.PLACE, "city", False), 8.0
    if text in known.REGIONS:
        yield (FactKind.PLACE, "place", False), 6.0
    if text in known.CELESTIAL:
        yield (FactKind.PLACE, "celestial body", False), 12.0
    if text in known.PERIODS:
        yield (FactKind.PERIOD, "war" if "War" in text else "period", False), 12.0
    if text in known.MONONYMS:
        yield (FactKind.PERSON, "person", False), 8.0
    if text in ("Nasa", "Esa", "Unesco", "Nato", "Fifa", "Uefa", "Interpol", "Opec"):
        yield (FactKind.ORGANISATION, "organisation", False), 8.0


_FIRMS = word_set(
    "capital ventures research analytics energy foods pharma pharmaceuticals therapeutics robotics "
    "labs media industries "
    "entertainment insurance motors systems airways airlines records pictures"
)


def _by_type(word: str, weight: float) -> Vote:
    sort = known.suffix_kinds()[word]
    noun = word
    if sort == "craft" and word in ("mission", "module", "capsule"):
        noun = "mission" if word == "mission" else word
    if sort == "organisation" and word in (
        "fc",
        "afc",
        "cf",
        "united",
        "athletic",
        "rovers",
        "wanderers",
        "albion",
        "hotspur",
        "villa",
        "trust",
    ):
        noun = "club" if word != "trust" else "trust"
    if noun in ("times", "post", "gazette", "herald"):
        noun = "newspaper"
    if noun in _FIRMS:
        noun = "company"
    if noun in (
        "ltd",
        "limited",
        "inc",
        "plc",
        "corp",
        "corporation",
        "gmbh",
        "holdings",
        "partners",
        "technologies",
        "motors",
    ):
        noun = "company"
    if noun in ("states", "county", "olympics", "games", "awards"):
        noun = {"olympics": "event", "games": "event", "awards": "award"}.get(noun, noun)
    return (_KIND_OF_SUFFIX[sort], noun, sort == "craft"), weight


def _person_votes(mention: Mention, sentence: str, words: list[str]) -> Iterator[Vote]:
    person = (FactKind.PERSON, "person", False)
    before, after = (
        sentence[max(0, mention.begin - 40) : mention.begin],
        sentence[mention.end : mention.end + 70],
    )
    if mention.hint == "species":
        yield (FactKind.NAME, "species", False), 12.0
    if mention.hint == "person":
        yield person, 9.0
    if words[0] in known.FIRST_NAMES and 1 < len(words) < 5 and not re.search(r"\b[Tt]he $", before):
        yield person, 4.0
    if words[0] in known.KEPT_TITLES and len(words) > 1:
        yield person, 8.0
    yield person, _role_weight(before, words)
    if _PERSON_DOES.match(after):
        yield person, 2.5
    if _PERSON_AFTER.match(after):
        yield person, 4.0
    if re.match(
        r" (?:of|from|at) (?:the )?(?:[A-ZÀ-Þ]\w+ "
        r"){0,2}(?:University|Institute|College|Museum|Observatory)\b",
        after,
    ):
        yield person, 3.0
    plain = all(word.isalpha() and word.lower() not in known.suffix_kinds() for word in words)
    if len(words) == 2 and plain and not re.search(r"\b(?:[Tt]he|in|at|near|on|of) $", before):
        yield person, 0.3
    said = re.match(r"^,? (?:" + "|".join(sorted(SAYING)) + r")\b", after)
    if said or re.search(r"\b(?:said|says|added|according to|explained) $", before):
        yield person, 2.5 if len(words) == 2 else 1.0
    if re.match(
        r"['’]s (?:theory|book|novel|paintings?|wife|husband|son|daughter|father|mother|brother|"
        r"life|death)\b",
        after,
    ):
        yield person, 3.0


def _role_weight(before: str, words: list[str]) -> float:
    """Return how surely the word before a name tells a person: "the geologist", "his sister,"."""
    leading = re.search(r"\b([a-z-]+)(,?) (?:[A-Z][a-z]+ )?$", before)
    if leading is None:
        return 0.0
    if leading[1] in known.KIN or (leading[1] in known.ROLES and not leading[2]):
        return 6.0
    return 3.0 if leading[1] in known.ROLES and 1 < len(words) < 5 else 0.0


_OPPONENT = re.compile(
    r"\b(?:against|beat|beating|beaten by|defeated|signed for|plays? for|played for|joined|the \w+ club) $"
)


def _context_votes(mention: Mention, sentence: str) -> Iterator[Vote]:
    before, after = (
        sentence[max(0, mention.begin - 60) : mention.begin],
        sentence[mention.whole : mention.whole + 90],
    )
    if head := _HEADS_BEFORE.search(before):
        sort = next(
            (word for word in (head["head"], singular(head["head"])) if word in known.suffix_kinds()), ""
        )
        if sort:
            yield _by_type(sort, 5.0)
    if (phrase := _APPOSITION.match(after)) and not mention.noun:
        yield from _apposition_votes(phrase["phrase"])
    bare = re.search(
        r"\b(in|near|at|from|to|off|around|outside|across|to the (?:north|south|east|west) of) (?:the )?$",
        before,
    )
    if bare and len(mention.text.split()) < 4:
        in_place = bare[1] in ("in", "near", "outside", "around", "across", "off")
        yield (FactKind.PLACE, "place", False), 2.2 if in_place else 0.7
    if (land := re.match(r", ([A-Z]\w+(?: [A-Z]\w+)?)", after)) and (
        land[1] in known.STATES or land[1] in known.countries()
    ):
        yield (FactKind.PLACE, "place", False), 6.0
    yield from _company_votes(after)
    if re.search(r"\bpublished (?:\w+ )?in (?:the (?:journal )?)?$", before, re.IGNORECASE):
        yield (FactKind.NAME, "journal", False), 4.0
    if _OPPONENT.search(before):
        yield (FactKind.ORGANISATION, "team", False), 1.8
    if re.search(r"\d[-–]\d .{0,24}\b(?:with|against|over|by|to|at) $", before) or re.match(
        r" (?:\d[-–]\d|beat|drew) ", after
    ):
        yield (FactKind.ORGANISATION, "team", False), 4.0
    if re.search(
        r"\b(?:acquired|founded|bought|company|firm|\w*maker|builder|startup|start-up|manufacturer|chain|"
        r"retailer|developer|operator|publisher|brewer|supplier) $",
        before,
    ):
        yield (FactKind.ORGANISATION, "company", False), 3.0
    if re.match(
        r"['’]s (?:spokes\w+|chief|shares|board|boss|manager|fans|players|striker|coach|customers|"
        r"profits?)\b",
        after,
    ):
        yield (FactKind.ORGANISATION, "organisation", False), 2.5
    if re.search(
        r"\b(?:species|genus|plant|moth|beetle|bird|fish|dinosaur) (?:called |named |of )?$", before
    ):
        yield (FactKind.NAME, "species", False), 3.0


def _company_votes(after: str) -> Iterator[Vote]:
    """Vote by what companies do: "announced", "now employs"."""
    company = (FactKind.ORGANISATION, "company", False)
    if re.match(
        r" (?:now |also )?(?:began|announced|launch(?:ed|es)|sells?|sold|makes?|bought|plans|expects|"
        r"unveiled|recalled)\b",
        after,
    ):
        yield company, 1.2
    if re.match(r" (?:now |also )?(?:employs|has booked|raised|posted|went public|is valued)\b", after):
        yield company, 3.0


_NOUNS_OF_PEOPLE = known.ROLES | word_set("man woman boy girl son daughter king queen star teenager veteran")


def _apposition_votes(phrase: str) -> Iterator[Vote]:
    """Vote by what follows a comma: "Eidsborg, a village in Telemark"; the head comes before "in"."""
    head = re.split(
        r" (?:of|in|on|at|for|from|that|which|who|where|with|to|by|near|and|about|some|between|\w+ed)\b",
        phrase,
    )[0]
    words = head.split()
    noun = words[-1] if words else ""
    if noun in _NOUNS_OF_PEOPLE:
        yield (FactKind.PERSON, "person", False), 5.0
    elif noun in known.suffix_kinds():
        yield _by_type(noun, 5.0)
    elif noun in (
        "firm",
        "maker",
        "manufacturer",
        "start-up",
        "startup",
        "retailer",
        "charity",
        "band",
        "airline",
    ):
        yield (FactKind.ORGANISATION, noun, False), 5.0
    elif noun in (
        "suburb",
        "country",
        "nation",
        "capital",
        "locality",
        "site",
        "resort",
        "settlement",
        "community",
    ):
        yield (FactKind.PLACE, noun, False), 5.0
    elif noun in (
        "language",
        "drug",
        "vaccine",
        "film",
        "novel",
        "book",
        "album",
        "song",
        "game",
        "species",
        "comet",
        "star",
    ):
        yield (FactKind.NAME, noun, False), 4.0


def _name(group: list[Mention], sentences: Sequence[str]) -> Name:
    """Make one name of its mentions: the usual full spelling, the kind that most of them vote for."""
    kind, noun, craft = _kind_of(group, sentences)
    spellings = Counter(mention.text for mention in group)
    longest = max(len(re.findall(r"[^\W_]+", text)) for text in spellings)
    usual = max(
        (text for text in spellings if len(re.findall(r"[^\W_]+", text)) == longest),
        key=lambda text: (spellings[text], -len(text), text),
    )
    if noun == "name" and any(mention.noun in known.SPACE_WORDS for mention in group):
        noun = "spacecraft"
    if kind in (FactKind.PLACE, FactKind.NAME) and (typed := _typed(group, usual)):
        usual, group = typed, [_with_type(mention) for mention in group]
    return Name(usual, kind, noun, group, spellings, craft)


_PARTS_OF_NAMES = word_set(
    "basin crater sea ocean river lake mountain valley desert peninsula strait canyon ridge "
    "estuary trench reef fissure "
    "program programme cog galleon"
)


def _typed(group: list[Mention], usual: str) -> str:
    """Return "South Pole-Aitken basin" for a name to which its small type word belongs."""
    for mention in group:
        belongs = mention.noun in _PARTS_OF_NAMES and mention.whole - mention.end == len(mention.noun) + 1
        if belongs and mention.text == usual:
            return f"{usual} {mention.noun}"
    return ""


def _with_type(mention: Mention) -> Mention:
    if mention.whole - mention.end == len(mention.noun) + 1 and mention.noun:
        return replace(mention, end=mention.whole)
    return mention
