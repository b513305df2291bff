"""Proper names in an article: found whole by their capitals, sorted by what is known of their words.

Names are read over the whole article at once: a surname joins its full name, initials join what they stand
for. A name whose bounds or whose kind the text leaves open is marked `unsure`: it takes its place in the
sentence, so that no number or other name is cut out of it, but nothing is asked about it.

What always holds: mentions lie within their sentences and do not overlap; every name has one.
"""

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from bot.bank.facts import FactKind
from bot.drafter.units import find_unit
from bot.drafter.words import (
    ADVERBS,
    CLOSED,
    OPENERS,
    SAYING,
    base_of_past,
    is_known_word,
    is_plural,
    is_proper,
    lemma,
    singular,
    table,
    words_of,
)
from bot.quiz.numerals import RANKS

_TOKEN = re.compile(r"(?:[A-ZÀ-ÞŁŚŻ]\.){2,}|[^\W_]+(?:(?:[-’'.‑]|–(?=[A-ZÀ-Þ]))[^\W_]+)*|[^\w\s]")
_PARTICLES = frozenset(table("names")["particles"].split())
_OF_PEOPLE = words_of("particles_of_people")
_NEVER_WITHIN = CLOSED - (ADVERBS - {"no"}) - {"may", "will"}
_CAPITAL = re.compile(r"[A-ZÀ-ÞŁŚŻĐ]|al-[A-Z]|d['’][A-Z]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name where it stands; `noun` is the small word beside it that tells its sort ("group", "chemist")."""

    sentence: int
    start: int
    end: int
    text: str
    unsure: bool = False
    noun: str = ""
    role: str = ""


@dataclass(slots=True)
class Name:
    """One thing with a name: its full form, its kind, the noun that asks for it, where it stands."""

    text: str
    kind: FactKind | None
    noun: str
    mentions: list[Mention] = field(default_factory=list)
    spellings: Counter[str] = field(default_factory=Counter)
    gender: str = ""
    articled: bool = False
    plain: bool = False  # what it names is not told, but where it begins and ends is sure

    @property
    def unsure(self) -> bool:
        """Whether nothing should be asked about it."""
        return self.kind is None or all(mention.unsure for mention in self.mentions)


def find_names(sentences: Sequence[str], title: str = "") -> list[Name]:
    """Return the names of an article, in the order of their first mention."""
    inner = _inner_capitals(sentences)
    small = _small_words(sentences)
    mentions = [each for index, text in enumerate(sentences) for each in _mentions(index, text, inner, small)]
    groups: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[_countries().get(mention.text, mention.text)].append(mention)
    joined = _with_short_forms(groups, sentences, title.split())
    names = [_name(text, group, sentences) for text, group in joined.items()]
    return sorted(names, key=lambda name: (name.mentions[0].sentence, name.mentions[0].start))


def _inner_capitals(sentences: Sequence[str]) -> frozenset[str]:
    """Return the words that stand with a capital within a sentence: elsewhere they are names too."""
    found = (re.findall(r"(?<=[a-z,;] )[A-ZÀ-Þ][\w’'-]*", text) for text in sentences)
    return frozenset(re.sub(r"['’]s?$", "", word) for words in found for word in words)


def _small_words(sentences: Sequence[str]) -> frozenset[str]:
    return frozenset(word for text in sentences for word in re.findall(r"(?<![\w'’-])[a-zß-ÿ][\w]+", text))


# Finding runs of capitals

_Tokens = list[tuple[str, int, int]]


def _mentions(index: int, sentence: str, inner: frozenset[str], small: frozenset[str]) -> Iterator[Mention]:
    tokens = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(sentence)]
    shouted = sum(len(text) > 1 and text.isupper() for text, _, _ in tokens)
    if shouted > 5 and 2 * shouted > len(tokens):
        return  # a line of capitals says nothing about names
    place = 0
    while place < len(tokens):
        stop = _run(tokens, place, sentence)
        if stop == place:
            place += 1
            continue
        mention = _mention(index, sentence, tokens[place:stop], inner, small)
        if mention is not None:
            yield mention
        place = stop


def _run(tokens: _Tokens, place: int, sentence: str) -> int:
    """Return where the name that begins at `place` stops; `place` where none begins."""
    if not _CAPITAL.match(tokens[place][0]) or tokens[place][0] in ("I", "I’m", "I'm"):
        return place
    stop = place + 1
    while stop < len(tokens) and stop - place < 12:
        text, start, _ = tokens[stop]
        gap = sentence[tokens[stop - 1][2] : start]
        last = tokens[stop - 1][0]
        if last.endswith(("'s", "’s")) and not (gap == " " and _owns_its_name(tokens, place, stop)):
            break
        initial = len(text) == 1 and sentence[start + 1 : start + 2] == "."
        initial = initial or (text == "I" and (last in _first_names() or tokens[place][0] in _kept_titles()))
        if (gap == " " and _CAPITAL.match(text) and (initial or text.lower() not in _NEVER_WITHIN)) or (
            gap == "" and text == "." and (len(last) == 1 or last in _titles() or last in ("St", "Jr", "Sr"))
        ):
            stop += 1
        elif gap == " " and text.isdecimal() and _numbers_it(tokens, stop, sentence):
            return stop + 1
        elif gap == " " and (reach := _bridge(tokens, place, stop)):
            stop = reach
        else:
            break
    return stop


def _owns_its_name(tokens: _Tokens, place: int, stop: int) -> bool:
    """Tell "Levi's Stadium" and "Hudson's Bay Company", one name, from "NASA's Space Center", two."""
    owner = re.sub(r"['’]s$", "", tokens[stop - 1][0])
    reach = stop
    while reach < len(tokens) and reach - stop < 3 and _CAPITAL.match(tokens[reach][0]):
        reach += 1
    begins = place + (tokens[place][0].lower() in CLOSED)
    alone = stop - begins == 1 or tokens[begins][0] in ("St", "Saint")
    ends = reach > stop and tokens[reach - 1][0].lower() in _suffixes()
    surnamed = place > 1 and tokens[place - 1][0] == "the" and _CAPITAL.match(tokens[place - 2][0])
    known = surnamed or owner.isupper() or owner in _peoples() or _known_kind(owner)
    return alone and ends and not known


def _numbers_it(tokens: _Tokens, stop: int, sentence: str) -> bool:
    """Tell "Apollo 11" and "Super Bowl 50" from "in Paris 12 people": what follows counts nothing."""
    name, (text, _, end) = tokens[stop - 1][0], tokens[stop]
    people = tokens[stop - 2][0] in _first_names()
    if people or len(text) > 3 or _known_kind(name) or name in _no_names():
        return False
    if re.match(r"[,.]\d|[%°]|[-–]\w", sentence[end : end + 2]):
        return False
    after = re.match(r" ([^\W\d_]+)(?: ([^\W\d_]+))?", sentence[end:])
    words = [word for word in after.groups() if word] if after else []
    counted = words and is_plural(words[0]) and words[0] not in ("was", "has")
    return not (counted or (words and find_unit(words, False)))


def _bridge(tokens: _Tokens, place: int, stop: int) -> int:
    """Return where a name goes on behind small words ("University of York"), 0 where it does not."""
    word, head = tokens[stop][0], tokens[stop - 1][0]
    reach = stop + 1
    while reach < len(tokens) and reach - stop < 3 and tokens[reach][0] in ("the", *_PARTICLES):
        reach += 1
    following = tokens[reach][0] if reach < len(tokens) else ""
    if not _CAPITAL.match(following) or following in {"I", *_no_names()}:
        return 0
    epithet = word == "the" and stop == place + 1 and reach == stop + 1 and not is_proper(following)
    if word in _PARTICLES or word == "&" or epithet:
        return reach + 1
    headed = any(text in _of_heads() for text, _, _ in tokens[place:stop])
    if word in ("of", "for", "on") and headed:
        return reach + 1
    if word == "and" and not (_known_kind(head) or is_people(head)) and reach == stop + 1:
        after = reach + 1
        while (
            after < len(tokens)
            and _CAPITAL.match(tokens[after][0])
            and tokens[after][1] == tokens[after - 1][2] + 1
        ):
            after += 1
        if _known_kind(" ".join(text for text, _, _ in tokens[reach:after])):
            return 0  # "the Gaza Strip and West Bank"
        kind = _suffixes().get(tokens[after - 1][0].lower())
        whole = kind == "organisation" and head.lower() not in _suffixes() and after > reach + 1
        if (headed and kind is None) or whole:
            return reach + 1
    return 0


def _mention(
    index: int, sentence: str, run: _Tokens, inner: frozenset[str], small: frozenset[str]
) -> Mention | None:
    """Trim a run to the name in it; None where nothing is left."""
    opens = not re.search(r"[\w,;)]['\"”’]?\s*$", sentence[: run[0][1]])
    while run and (_is_no_name(run[0][0], opens=opens, alone=len(run) == 1, inner=inner, small=small)):
        if _known_kind(sentence[run[0][1] : run[-1][2]]) or (
            not opens
            and len(run) > 2
            and run[0][0].lower() not in CLOSED
            and run[-1][0].lower() in _suffixes()
        ):
            break  # "the Northern Regional Laboratory"
        run, opens = run[1:], False
    if not run:
        return None
    if office := _OFFICE.match(sentence[run[0][1] : run[-1][2]]):
        begin = run[0][1] + office.end()
        run = [token for token in run if token[1] >= begin] or run
    run, role = _without_title(run)
    role = "person" if office else role
    if not run or not _CAPITAL.match(run[0][0]):
        return None
    start, end = run[0][1], run[-1][2]
    text = re.sub(r"(?:['’]s|['’])$", "", sentence[start:end])
    end = start + len(text)
    people = _peoples()
    if len(run) > 1 and run[0][0] in people and text.rpartition(" ")[2].lower() not in _suffixes():
        start, text = run[1][1], sentence[run[1][1] : end]  # "the Danish Carla Holm"
    text = text.rstrip(".") if text.count(".") == 1 and not text.endswith((" Jr.", " Sr.")) else text
    end = start + len(text)
    if text in people or text in _no_names() or text in _titles() or len(text) < 2:
        return None
    before, after = sentence[:start], sentence[end:]
    owned = re.match(r"['’]s? [A-ZÀ-Þ]", after) or re.search(r"[A-ZÀ-Þ]\w*['’]s? $", before)
    touching = re.match(
        rf" (?:of|for|on) (?:the )?(?!{_DAYS}\b)[A-ZÀ-Þ]|"
        r"[-–/]\w|['’][a-z]{2,}| (?:\d+(?![\d–-])|[IVX]+\b)|\$| ?[№#]",
        after,
    )
    touching = touching or (re.search(r" (?:of|for) ", text) and re.match(r", [A-Z]\w+,? and [A-Z]", after))
    touching = touching or re.search(r"[A-ZÀ-Þ]\w+ (?:of|for|on)(?: the)? $|[\w.][-/]$", before)
    known = _known_kind(text) or (" " in text and text.split()[0] in _first_names())
    unsure = (
        bool(touching and not known)
        or after.startswith("$")
        or bool(owned and not _stands_alone(text, inner, known=bool(known)))
    )
    noun, told = _noun_beside(sentence, start, end)
    if "person" in (role, told) and " " in text and not re.match(r"[-–/]\w", after):
        unsure = False
    return Mention(index, start, end, text, unsure, noun, role or told)


_DAYS = rf"(?:{'|'.join((*calendar.day_name, *calendar.month_name[1:]))})"
_OFFICE = re.compile(
    r"(?:[A-Z][\w.]* )?(?:Secretary|Minister|Chief|Speaker|Chancellor) (?:of|for) (?:the )?"
    r"(?:State|Defen[cs]e|Staff|House|Exchequer|[A-Z]\w+ Affairs|[A-Z]\w+) (?=[A-Z]\w+ [A-Z])"
)


_AGENT = re.compile(r"[a-z]{3,}(?:ist|man|woman|er|or|eur|ian|back)")


def _without_title(run: _Tokens) -> tuple[_Tokens, str]:
    """Drop what stands before a person's name ("Commissioner Ann Lind"), but not "Pope" or "King"."""
    for place in range(len(run) - 2, -1, -1):
        word, rest = run[place][0], run[place + 1 :]
        if rest[0][0] == ".":
            rest = rest[1:]
        if len(rest) == 1 and rest[0][0].lower() in _suffixes():
            continue  # "Friar Street"
        called = word.lower() in _roles() and (place == 0 or rest[0][0] in _first_names())
        is_calling = re.fullmatch(r"[A-Z][a-z]+(?:ist|man|woman|ian)", word) and not is_proper(word)
        titled = word in _titles() or word.rpartition("-")[2] in _titles()
        if not rest or not (titled or called or word == "Jr" or (place == 0 and is_calling)):
            continue
        if all(_CAPITAL.match(text) or text in _PARTICLES or text == "." for text, _, _ in rest):
            return (run[place:] if word in _kept_titles() else rest), "person"
    return run, ""


def _stands_alone(text: str, inner: frozenset[str], *, known: bool) -> bool:
    return known or text.rsplit(maxsplit=1)[-1].lower() in _suffixes() or (text.isupper() and text in inner)


def _is_no_name(word: str, *, opens: bool, alone: bool, inner: frozenset[str], small: frozenset[str]) -> bool:
    """Tell a capital that only begins a sentence, or a word that is never a name."""
    low = re.sub(r"['’]s?$", "", word.lower())
    if word in ("US", "UN", "WHO") or (word == "May" and not opens) or (low in RANKS and not opens):
        return False
    if low in CLOSED or re.fullmatch(r".*[-‑][a-zß-ÿ]+", word):
        return True  # "Earth-based"
    if not opens:
        return word in _no_names() and not alone
    if _known_kind(word) or word in _first_names() or word.rstrip(".") in _titles():
        return False
    if not alone and low in table("names")["prefixes"]:
        return False  # "Lake Como"
    bare = re.sub(r"['’]s?$", "", word)
    participle = low.endswith("ing") and not is_proper(word)
    if participle or low in OPENERS or low in _roles() or low in small or low.endswith("ly"):
        return True
    return alone and bare not in inner and not word.isupper() and not is_proper(bare)


_BESIDE = re.compile(r"(?<!\w)(?P<words>(?:[a-z][\w-]* ){1,3})[\"“‘']?(?:The )?$")
_BEHIND = re.compile(
    r"^,? ?(?:\([^)]{1,40}\))?,? (?:(?:is|was) )?(?:an?|the|his|her|its) "
    r"(?P<words>(?:[\w.-]+ ){0,5}?[a-z]+)(?= (?:at|of|in|for|from|who|which|that|with)\b|[,.;])"
)
_OF = re.compile(r"\b(?P<noun>[a-z]+) of (?:the )?$")
_IS = re.compile(
    r"(?:^|[,;] (?:and |while )?)(?:The|the|Its|its) (?P<words>[a-z][\w’' -]{2,60}?) "
    r"(?:is|was|are|were) (?:the )?$"
)


def _noun_beside(sentence: str, start: int, end: int) -> tuple[str, str]:
    """Return the noun beside a name that tells its sort, and "person" where it is a role."""
    before = _BESIDE.search(sentence[max(0, start - 50) : start])
    if before:
        word = before["words"].split()[-1]
        if word in _roles() | _kin() or (" " in sentence[start:end] and _AGENT.fullmatch(word)):
            return word, "" if word in _suffixes() | dict.fromkeys(CLOSED, "") else "person"
        if word in _suffixes() and word not in CLOSED:
            return word, ""
    owner = _OF.search(sentence[max(0, start - 30) : start])
    if owner and (noun := singular(owner["noun"])) in words_of("sorts_of_places"):
        return "place" if noun in ("battle", "siege") else noun, ""
    after = re.match(r" ([a-z]+)\b", sentence[end : end + 30])
    if after and (
        _suffixes().get(after[1]) in ("craft", "work", "event") or after[1] in words_of("sorts_of_land")
    ):
        return after[1], ""
    if after and singular(after[1]) in words_of("staff"):
        return "organisation", ""  # "a Hamas official"
    if told := _IS.search(sentence[:start]):
        head = re.split(r" (?:of|in|at|for|by|to|from|on)\b", told["words"])[0].split()[-1]
        return head, "person" if head in _roles() | _kin() else ""
    behind = _BEHIND.match(sentence[end : end + 90])
    if behind:
        last = behind["words"].split()[-1]
        if last in _roles() | _kin():
            return last, "person"
        if last in _suffixes():
            return last, ""
    return "", ""


# Joining mentions of the same thing


def _with_short_forms(
    groups: dict[str, list[Mention]], sentences: Sequence[str], title: Sequence[str]
) -> dict[str, list[Mention]]:
    """Join surnames to full names and initials to what they stand for; a short form of two stays open."""
    full = [text for text in groups if " " in text]
    joined: dict[str, list[Mention]] = {}
    for text in sorted(groups, key=lambda each: -len(each.split())):
        targets: list[str] = []
        places = [each for each in groups[text] if _LOCAL.search(sentences[each.sentence][: each.start])]
        mononym = text in _words("mononyms")
        if " " not in text and (_known_kind(text) is None or mononym or not places):
            targets = [whole for whole in full if _may_shorten(text, whole, groups, sentences)]
            if _known_kind(text) is not None and not mononym:
                targets = [whole for whole in targets if whole.split()[0] in _first_names()]
        if any(not sentences[each.sentence][each.end :].startswith(("'", "’")) for each in places):
            targets = []  # "in Alberta" is no person
        owns = sum(whole.startswith(f"{text} ") for whole in full) > 1
        ends = [*title[:1], *title[-1:]]
        targets = [each for each in targets if [each.split()[0], each.split()[-1]] == ends][:1] or targets
        main = targets[0] if len(targets) == 1 else _main_person(targets, groups) if targets else text
        if not targets and [text] == ends[1:] and len(title) > 1 and title[0] in _first_names():
            main = " ".join(title)  # the text calls by a surname alone whom its title names
        if targets and (owns or main is None):
            # "Harvard" beside Harvard College and Harvard Library is no John Harvard
            joined[text] = [replace(mention, unsure=True) for mention in groups[text]]
        else:
            joined.setdefault(main or text, []).extend(groups[text])
    return {text: sorted(group, key=lambda m: (m.sentence, m.start)) for text, group in joined.items()}


def _main_person(targets: Sequence[str], groups: dict[str, list[Mention]]) -> str | None:
    """Return whom the article begins with, where several share a surname."""
    first = min(targets, key=lambda text: groups[text][0].sentence)
    begins = groups[first][0].sentence
    alone = all(groups[text][0].sentence > begins for text in targets if text != first)
    return first if (begins < 2 and len(groups[first]) > 1) or (begins == 0 and alone) else None


def _may_shorten(short: str, whole: str, groups: dict[str, list[Mention]], sentences: Sequence[str]) -> bool:
    words = whole.split()
    if short.isupper() and len(short) > 1:
        initials = "".join(word[0] for word in words if word[0].isupper())
        spelt = any(
            sentences[m.sentence][m.end :].startswith((f" ({short})", f" ({short},")) for m in groups[whole]
        )
        return spelt or initials == short
    if short not in (words[0], words[-1]):
        return False
    kind = _kind_of(whole, groups[whole], sentences)[0]
    if kind is FactKind.ORGANISATION and is_plural(words[-1]):
        return short == words[-1]
    main = groups[whole][0].sentence < 2  # whom the article is about may be called by a first name
    given = main and short == words[0] and short in _first_names()
    return kind is FactKind.PERSON and (short == words[-1] or given)


# What sort of thing a name names


def _name(text: str, group: list[Mention], sentences: Sequence[str]) -> Name:
    kind, noun = _kind_of(text, group, sentences)
    spellings = Counter(mention.text for mention in group)
    found = Name(text, kind, noun, group, spellings)
    whole = [mention for mention in group if mention.text == text]
    leads = [sentences[mention.sentence][: mention.start].lower().endswith("the ") for mention in whole]
    found.articled = 2 * sum(leads) > len(leads)
    if kind is FactKind.PERSON:
        found.gender = _gender(text, group, sentences)
    found.plain = kind is None and _is_plain(text, group, sentences)
    for mention in group[:1]:
        short = re.match(r" \(([A-Z][A-Za-z]{1,9})\)", sentences[mention.sentence][mention.end :])
        if short and short[1].isupper():
            spellings[short[1]] += 1
    return found


def _kind_of(text: str, group: Sequence[Mention], sentences: Sequence[str]) -> tuple[FactKind | None, str]:
    """Return a name's kind and the noun that asks for it; no kind where the text does not tell."""
    located = sum(_is_located(mention, sentences) for mention in group)
    here = located and 2 * located >= len(group)
    if (known := _known_kind(text)) and not (here and known[0] is FactKind.PERSON):
        return known
    words = text.split()
    if len(words) > 1 and (told := _kind_by_words(text, words, sentences)):
        return told
    votes = Counter(mention.role for mention in group if mention.role)
    if votes["person"] and not any(character.isdigit() for character in text):
        return FactKind.PERSON, "person"
    if any(_acts_as_person(mention, sentences) for mention in group) and len(words) < 4:
        return FactKind.PERSON, "person"
    nouns = Counter(mention.noun for mention in group if mention.noun in _suffixes())
    if nouns:
        noun = nouns.most_common(1)[0][0]
        if noun == "capital":
            return FactKind.PLACE, "city"
        taxon = noun in words_of("taxa") and len(words) == 1
        return FactKind.NAME if taxon else _kind_of_sort(noun), noun
    if here:
        return FactKind.PLACE, "place"
    if named := [mention.noun for mention in group if mention.noun]:
        return (FactKind.PLACE if named[0] == "place" else FactKind.NAME), named[0]
    return _guessed(words, group, sentences)


def _kind_of_sort(noun: str) -> FactKind:
    kinds = {"place": FactKind.PLACE, "organisation": FactKind.ORGANISATION}
    return kinds.get(_suffixes().get(noun, ""), FactKind.NAME)


def _kind_by_words(text: str, words: list[str], sentences: Sequence[str]) -> tuple[FactKind, str] | None:
    """Sort a name by its own words: a first name, "University of", "Lake", the team of a city."""
    for noun, firsts in table("names")["prefixes"].items():
        if words[0] in firsts.split():
            return _kind_of_sort(noun), noun
    last, given = words[-1].lower(), words[1] if words[0] in _titles() else words[0]
    house = any(word.lower() in _suffixes() for word in words[1:])
    if (given in _first_names() or _OF_PEOPLE & set(words[1:-1])) and not house:
        return FactKind.PERSON, "person"
    if is_plural(words[-1]) and last not in _suffixes() and _known_kind(" ".join(words[:-1])):
        sport = re.compile(r"\b(?:team|season|coach|league|match|game)\b")
        return FactKind.ORGANISATION, "team" if any(map(sport.search, sentences[:40])) else "group"
    head = re.split(r" (?:of|for|on) ", text, maxsplit=1)[0].rpartition(" ")[2].lower()
    if head == "house" != last:
        return FactKind.ORGANISATION, "house"  # "House of Lords"
    theirs = _suffixes().get(head) == "place" and _suffixes().get(last) == "organisation"
    for word in (last, head) if theirs else (head, last):  # "Republic of China Army", "Battle of Lund Bridge"
        if word in _suffixes():
            return _kind_of_sort(word), word
    return None


def _guessed(
    words: list[str], group: Sequence[Mention], sentences: Sequence[str]
) -> tuple[FactKind | None, str]:
    """Sort what nothing tells: initials in brackets, "the Bretton Woods Accord", "Crispus Attucks"."""
    human = sum(_does_as_people_do(mention, sentences) for mention in group)
    local = sum(_stands_in(mention, sentences) for mention in group)
    if human > local and len(words) < 4 and not is_known_word(words[-1].lower()):
        return FactKind.PERSON, "person"
    if local > human and len(words) < 3 and not words[0].isupper():
        return FactKind.PLACE, "place"
    leads = {
        (re.search(r"(\w+) $", sentences[m.sentence][: m.start]) or [" "])[0].strip().lower() for m in group
    }
    behind = sentences[group[0].sentence][group[0].end :]
    if len(words) > 1 and re.match(r" \([A-Z]{2,6}\)", behind):
        return FactKind.ORGANISATION, "organisation"
    last = re.split(r" (?:of|for|on) ", " ".join(words))[0].rpartition(" ")[2].lower()
    if len(words) < 2 or last in _roles() or any(character.isdigit() for character in last):
        return None, ""
    if leads <= {"the"}:
        return (FactKind.NAME, last) if not is_proper(last) and not is_plural(last) else (None, "")
    numeral = re.fullmatch(r"[ivxl]+", last)
    plain = len(words) < 4 and not (numeral or is_plural(last) or is_known_word(last) or words[0].isupper())
    guess = plain and not leads & words_of("before_no_person")
    return (FactKind.PERSON if guess else None), ""  # a guess, about whom nothing is asked


def _is_plain(text: str, group: Sequence[Mention], sentences: Sequence[str]) -> bool:
    """Tell a proper name that is no adjective of what follows: "Cabo was", not "the Cabo peoples"."""
    words = text.split()
    for mention in group:
        after = re.match(r" ([a-z]+)", sentences[mention.sentence][mention.end :])
        if mention.unsure or (after and after[1] not in CLOSED and not base_of_past(after[1])):
            return False
    spelt = all(re.fullmatch(r"[A-ZÀ-Þ][^\W\d_A-Z]{3,}", word) for word in words)
    known = words[0] in _peoples() | _first_names() or text.endswith(("ean", "ian", "ish", "ese"))
    return spelt and not known and is_proper(words[-1]) and not is_plural(words[-1])


_HUMAN = re.compile(r"(?:,? (?:who|then|later|also|himself|herself))? (?P<verb>[a-z]+)\b")
_LOCAL = re.compile(
    r"\b(?:in|near|outside|(?:moved|returned|went|came|travell?ed|marched|sailed|sent|fled|back|journey|trip|road)"
    r" (?:\w+ )?(?:to|from)) $"
)


def _does_as_people_do(mention: Mention, sentences: Sequence[str]) -> bool:
    """Tell a person by what only people do ("Temür married"), beside "he" or "she" where others do it too."""
    text = sentences[mention.sentence]
    after = _HUMAN.match(text[mention.end :])
    verb = lemma(after["verb"]) if after else ""
    if verb in words_of("human_verbs"):
        return True
    by = re.search(
        r"\b(?:written|painted|told|invented|discovered|composed|led|quoted|directed|lyrics|words|music|novel|"
        r"novella|poem|song|film|opera) by $",
        text[: mention.start],
    )
    if by or re.search(r"\b(?:says|quoth|writes) $", text[: mention.start]):
        return True
    near = " ".join(sentences[mention.sentence : mention.sentence + 2])[mention.end :]
    acts = after and (base_of_past(after["verb"]) or after["verb"] in ("says", "was", "had"))
    return bool(acts and re.search(r"\b(?:[Hh]e|[Ss]he|his|her|him)\b", near[:200]))


def _stands_in(mention: Mention, sentences: Sequence[str]) -> bool:
    """Tell a place that is no English word by "in": "in Erfurt, ..."; not "in Swahili" nor "in Islam"."""
    text = sentences[mention.sentence]
    low = mention.text.lower()
    plain = re.fullmatch(r"[A-ZÀ-Þ][a-zß-ÿ’'-]{3,}(?: [A-ZÀ-Þ][a-zß-ÿ’'-]+)?", mention.text)
    ends = re.match(
        r"[,.;)]| (?:in|on|at|by|from|to|for|with|and|where|was|is|after|before|until)\b|$",
        text[mention.end :],
    )
    tongue = low.endswith(("ism", "ish", "ese", "ian", "ic"))
    return bool(
        plain and ends and not tongue and _LOCAL.search(text[: mention.start]) and not is_known_word(low)
    )


_NEXT = re.compile(r"(?:,|,? and|,? or| to) ((?:[A-ZÀ-Þ][\w’'-]+ ?){1,2})(?<! )")
_BEFORE = re.compile(r"((?:[A-ZÀ-Þ][\w’'-]+ ?){1,2})(?:, (?:and |or )?| and | or |(?<= ) to )$")
_LOCATED = re.compile(
    r"\b(?:born|died|lived?|living|moved|settled|raised|held|buried|near|town|city|village|port|travell?ed|"
    r"returned|located|arrived)(?: \w+)?(?: in| at| to| of| near| from)? $"
)


def _is_located(mention: Mention, sentences: Sequence[str]) -> bool:
    """Tell a place by the words before it ("born in Eisleben") or the wider place behind it."""
    text = sentences[mention.sentence]
    beside = (_NEXT.match(text[mention.end :]), _BEFORE.search(text[: mention.start]))
    if any(match and (_known_kind(match[1].strip()) or [0])[0] in _OF_PLACES for match in beside):
        return True
    wider = re.match(r"(?:,| in) ([A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]\w+)?)", text[mention.end : mention.end + 40])
    if wider and (known := _known_kind(wider[1])) and known[0] in _OF_PLACES:
        return bool(re.search(r"\b(?:in|at|near|from|to|of) $", text[: mention.start]))
    return bool(_LOCATED.search(text[: mention.start]))


_OF_PLACES = (FactKind.PLACE, FactKind.COUNTRY)
_PERSONAL = re.compile(
    r"^(?:, (?:aged )?\d\d,|,? (?:\(?born|who (?:was|is|had|has|wrote|won)\b)|['’]s (?:father|mother|"
    r"wife|husband|son|daughter|brother|sister|death|parents)\b| (?:was born|married|died|grew up|studied)\b|"
    r" (?:became|was|is) the [^,.]*\b(?:man|woman|person|[A-Z][a-z]+(?:an|ese|ish)) "
    r"(?:man |woman )?(?:to|in)\b)"
)


def _acts_as_person(mention: Mention, sentences: Sequence[str]) -> bool:
    text = sentences[mention.sentence]
    before, after = text[: mention.start], text[mention.end :]
    says = re.match(r" ([a-z]+)\b", after)
    spoken = re.search(r"[,”\"] (?:said|says|wrote|explained|added) $", before)
    return bool(spoken or _PERSONAL.match(after) or (" " in mention.text and says and says[1] in SAYING))


def _gender(text: str, group: Sequence[Mention], sentences: Sequence[str]) -> str:
    words = text.split()
    first = words[1] if words[0] in ("Saint", "St.") and len(words) > 1 else words[0]
    if first in table("names")["women"].split() or first in ("Queen", "Princess", "Empress", "Dame"):
        return "she"
    if first in table("names")["men"].split() or first in ("King", "Prince", "Pope", "Emperor", "Sir"):
        return "he"
    behind = Counter(
        match[0].lower()
        for mention in group
        for match in re.finditer(r"\b(?:he|she)\b", sentences[mention.sentence][mention.end :])
    )
    return behind.most_common(1)[0][0] if len(behind) == 1 else ""


@cache
def _known_kind(text: str) -> tuple[FactKind, str] | None:
    """Return the kind of a name that everybody knows, and the noun that asks for it."""
    if text in _countries():
        return FactKind.COUNTRY, "country"
    names = table("names")
    for key, noun in (("cities", "city"), ("states", "state"), ("regions", "region"), ("celestial", "body")):
        if text in _listed(key):
            return FactKind.PLACE, noun
    if text in _listed("periods"):
        return FactKind.PERIOD, "period"
    return (FactKind.PERSON, "person") if text in names["mononyms"].split() else None


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(name.strip() for name in table("names")[key].split(";"))


@cache
def _countries() -> dict[str, str]:
    """Return every spelling of a country's name, to the one used for the answer."""
    found: dict[str, str] = {}
    for entry in table("names")["countries"]:
        spellings = entry.split("|")[0].split(",")
        found |= {
            spelling: spellings[0] if spelling.isupper() or len(spellings) < 3 else spelling
            for spelling in spellings
        }
    return found | {"Britain": "Britain"}


@cache
def _peoples() -> frozenset[str]:
    found = {word for entry in table("names")["countries"] for word in entry.partition("|")[2].split(",")}
    return frozenset(found | {f"{word}s" for word in found if word})


def is_people(word: str) -> bool:
    """Tell a word for people by their country, one or many: "Norwegian", "Norwegians"."""
    return word in _peoples()


@cache
def _suffixes() -> dict[str, str]:
    return {word: kind for kind, words in table("names")["suffixes"].items() for word in words.split()}


def _words(key: str) -> frozenset[str]:
    return frozenset(table("names")[key].split())


_titles, _kept_titles, _roles, _kin, _of_heads, _no_names = (
    cache(lambda key=key: _words(key))
    for key in ("titles", "kept_titles", "roles", "kin", "of_heads", "no_names")
)


@cache
def _first_names() -> frozenset[str]:
    return _words("women") | _words("men") | _words("either")


def is_role(phrase: str) -> bool:
    """Tell an office before a person's name: "US Secretary of State", "NFL Commissioner", "President"."""
    last = phrase.rsplit(maxsplit=1)[-1]
    known = last in _titles() or last.lower() in _roles() or phrase.endswith((" of State", " of Defense"))
    return known or bool(re.fullmatch(r"[a-z]{3,}(?:ist|ian|man|woman)", last))


def is_sort(noun: str) -> bool:
    """Tell what surely says of what sort a name is from the last word of a name: "Khrushchev Thaw"."""
    return noun in _suffixes() or noun in _KNOWN_SORTS or is_person(noun)


_KNOWN_SORTS = words_of("known_sorts")


def is_given(name: str) -> bool:
    """Tell a bare given name: "Anna", of whom nothing more is told."""
    return name in _first_names()


def is_person(noun: str) -> bool:
    """Tell a small noun that only people are called by: "chemist", "son"."""
    return noun in _roles() | _kin()


def country_spellings(name: str) -> tuple[str, ...]:
    """Return the other spellings of a country's name."""
    return tuple(text for text, usual in _countries().items() if usual == name and text != name)
