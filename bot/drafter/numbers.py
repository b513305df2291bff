"""Quantities in a sentence: counts, measures, money, shares, fractions, ranks, odds, ages and scores.

What always holds: a quantity's text begins with its number, written in digits (fractions and ranks in
words), with the unit under its one name; numbers that are part of a name, a date or a label are no
quantities; a number without a unit or a noun is none either. Scanning takes time linear in the length.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.bank.facts import FactKind
from bot.drafter.names import is_people
from bot.drafter.units import (
    CURRENCIES,
    FRACTIONS,
    SCALES,
    SHORT_SCALES,
    Unit,
    find_unit,
    ordinal,
    short_ordinal,
)
from bot.drafter.values import Span, Value, is_clear, is_free
from bot.drafter.words import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    base_of_past,
    is_plural,
    plural,
    table,
    words_of,
)
from bot.quiz.numerals import COUNTS, RANKS

_NUMERAL = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TOKEN = re.compile(rf"{_NUMERAL.pattern}|{_WORD.pattern}|[^\w\s]|_")
_CLOSED = (
    DETERMINERS | PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | PRONOUNS | {"when", "because", "while", "where"}
)
_HEDGE = re.compile(
    r"\b((?:(?:just|slightly|well|a little|far|much) )?(?:about|around|roughly|approximately|some|nearly|"
    r"almost|circa|over|under|more than|less than|fewer than|up to|at least|at most|as many as|as much as|"
    r"as little as|as few as|an estimated|a total of|just|only|exactly|above|below|close to|higher than|"
    r"no more than|no fewer than|no less than|a record|another|upwards of|in excess of)) $",
    re.IGNORECASE,
)
_LABELS = words_of("labels")  # what a number behind it merely labels: page, flight, phase
_MONEY_BEFORE = re.compile(r"(?:\b(?:US|A|C|NZ|HK|AU|CA))?([£$€¥₹])\s?$")
_MINUS = re.compile(r"(?:\bminus |(?:^|[\s(])[-−–])$", re.IGNORECASE)
_SCORE = re.compile(r"(?<![\w.,-])\d{1,3}[-–]\d{1,3}(?![\w%,-]|\.\d)")
_SCORE_WORDS = re.compile(
    r"\b(?:w[io]n|beat(?:en)?|drew|draw|lost|lose|lead|led|defeat\w*|victory|score\w*|thrash\w*|record)\b"
)
_LABELLED = re.compile(
    r"https?://\S+|www\.\S+|\+?\d[\d ()-]{8,}\d|\b\d+/\d+/\d+\b|#\d+|\b[A-Z]+[-–]\d+\b|\d+\([a-z\d]|"
    r"\b(?:between|from) [\d.,]+ ?(?:%|per ?cent) (?:and|to) [\d.,]+|"
    r"\d+(?:st|nd|rd|th)s?\b|\d+ ?(?:hundred|thousand|million|billion)ths?\b|\d+[′″'\"]"
)
_LIKE_A_YEAR = re.compile(r"(?:1[1-9]|20|21)\d\d")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A number as it was read: where, how much, and whether in words."""

    start: int
    end: int
    number: float
    decimals: int = 0
    in_words: bool = False
    scale: str = ""

    @property
    def written(self) -> str:
        """The number in digits: "4,000", "4.51 billion"."""
        digits = f"{self.number / SCALES.get(self.scale, 1.0):,.{self.decimals}f}"
        return f"{digits} {self.scale}" if self.scale else digits


def find_numbers(sentence: str, taken: Iterable[Span]) -> list[Value]:
    """Return the quantities of a sentence outside the spans that dates and names have taken."""
    labels = [match.span() for match in _LABELLED.finditer(sentence)]
    blocked = list(taken)
    found: list[Value] = []
    for rule in (_scores, _odds, _fractions, _ranks, _amounts):
        for value in rule(sentence):
            outer = [span for span in blocked if span[0] == value.start or span[1] == value.end]
            if (
                is_clear(value.start, value.end, blocked)
                and is_free(value.start, value.end, outer)
                and (rule is _ranks or is_free(value.start, value.end, labels))
            ):
                found.append(value)
                blocked.append((value.start, value.end))
    return sorted(found, key=lambda value: value.start)


# Reading numbers


def _readings(sentence: str) -> Iterator[_Reading]:
    """Yield every number, in digits or in words, with its scale."""
    tokens = list(_TOKEN.finditer(sentence))
    index = 0
    while index < len(tokens):
        read = _read_digits if tokens[index][0][0].isdecimal() else _read_words
        reading, after = read(sentence, tokens, index)
        if reading is None:
            index += 1
        else:
            yield reading
            index = after


def _read_digits(sentence: str, tokens: list[re.Match[str]], index: int) -> tuple[_Reading | None, int]:
    token = tokens[index]
    before = sentence[max(0, token.start() - 2) : token.start()]
    glued = before[-1:].isalpha() or before[-1:] in ("_", "#") or re.fullmatch(r"\w[-–]|\d[,.]", before)
    if glued or len(token[0]) > 24 or re.match(r",\d", sentence[token.end() : token.end() + 2]):
        return None, index + 1
    number = float(Decimal(token[0].replace(",", "")))
    reading = _Reading(token.start(), token.end(), number, len(token[0].partition(".")[2]))
    after = index + 1
    if after < len(tokens) and tokens[after][0] in "-–" and tokens[after].start() == token.end():
        after += 1  # "$23-million"
    if after < len(tokens) and (scale := _scale(sentence, token, tokens[after])):
        return replace(
            reading, end=tokens[after].end(), number=number * SCALES[scale], scale=scale
        ), after + 1
    return reading, index + 1


def _scale(sentence: str, token: re.Match[str], following: re.Match[str]) -> str:
    """Return the scale that a word gives the number before it: "million", also of "2m" and "£3bn"."""
    word, low, touching = following[0], following[0].lower(), following.start() == token.end()
    if low in SCALES and word != "dozen" and not (touching and low == "hundred"):
        return {"bn": "billion", "mn": "million", "tn": "trillion"}.get(low, low)
    money = _MONEY_BEFORE.search(sentence[max(0, token.start() - 5) : token.start()])
    if touching and word in SHORT_SCALES and (word == "bn" or money):
        return SHORT_SCALES[word]
    people = re.match(r" ([a-z]+)", sentence[following.end() : following.end() + 30])
    if touching and word == "m" and people and is_plural(people[1]) and not find_unit([people[1]], False):
        return "million"
    return ""


def _read_words(sentence: str, tokens: list[re.Match[str]], index: int) -> tuple[_Reading | None, int]:
    """Read "twenty-five", "two hundred and six", "a dozen", "half a million"."""
    del sentence
    start, total, current, scale, last = index, 0.0, 0.0, "", -1
    first = tokens[index][0].lower()
    following = tokens[index + 1][0].lower() if index + 1 < len(tokens) else ""
    if first in ("a", "an") and following in SCALES:
        current, index = 1.0, index + 1
    elif first == "half" and following in ("a", "an") and index + 2 < len(tokens):
        if tokens[index + 2][0].lower() not in SCALES:
            return None, start + 1
        current, index = 0.5, index + 2
    while index < len(tokens) and index < start + 14:
        word = tokens[index][0].lower()
        if word in COUNTS:
            current, last = current + COUNTS[word], index
        elif word in SCALES and (current or total) and word not in ("mn", "bn", "tn"):
            factor = SCALES[word]
            if factor >= 1000:
                total, current, scale = total + (current or 1) * factor, 0.0, word
            else:
                current *= factor
            last = index
        elif not (word in ("-", "and") and last == index - 1 and _goes_on(tokens, index)):
            break
        index += 1
    if last < 0:
        return None, start + 1
    number = total + current
    whole = number >= 1e6 and number % 1e6 == 0
    kept = _Reading(tokens[start].start(), tokens[last].end(), number, 0, True)
    return (replace(kept, scale="million") if whole and scale == "million" else kept), last + 1


def _goes_on(tokens: list[re.Match[str]], index: int) -> bool:
    """Tell whether a hyphen or "and" joins two parts of one number."""
    if index + 1 >= len(tokens) or tokens[index + 1][0].lower() not in COUNTS:
        return False
    before = tokens[index - 1][0].lower()
    if tokens[index][0] == "-":
        touching = tokens[index - 1].end() == tokens[index].start()
        return touching and COUNTS.get(before, 0) >= 20
    return before in ("hundred", "thousand")


# What follows a number


def _words_after(sentence: str, end: int) -> tuple[list[tuple[str, int]], bool, bool]:
    """Return up to five words after `end` with where each ends, and whether they touch, hyphenated or not.

    Words stop at a comma or a full stop: a unit or a noun stands in the same breath as its number.
    """
    window = sentence[end : end + 90]
    touching = bool(window) and not window[0].isspace()
    hyphen = window[:1] in ("-", "–", "‑")
    offset = 1 if hyphen else 0
    words: list[tuple[str, int]] = []
    for match in re.finditer(r"\S+", window[offset:]):
        raw = match[0]
        word = raw.rstrip(".,;:!?)]\"”’'")
        begin = end + offset + match.start()
        double = re.match(r"(square|cubic|nautical)-([a-z]+)", word) if not words and hyphen else None
        if double:
            words += [(double[1], begin + double.end(1)), (double[2], begin + double.end(2))]
            break
        if not words and hyphen and "-" in word and word.lower() not in ("light-year", "light-years"):
            word = word.partition("-")[0]
            words.append((word, begin + len(word)))
            break
        if raw[0] in "(\"“‘'–—":
            break
        if raw == "U.S.":
            continue
        words.append((word, begin + len(word)))
        if (raw.rstrip("\"”’'") != word and raw[-1] in ".,;:!?)]") or len(words) == 5:
            break
    return words, touching, hyphen


def _unit_after(sentence: str, end: int) -> tuple[Unit, int] | None:
    """Return the unit after a number and where it ends, also behind one adjective ("12 lunar days")."""
    words, touching, hyphen = _words_after(sentence, end)
    texts = [word for word, _ in words]
    if not texts:
        return None
    touching = touching or bool(re.match(r" ?\S+ \(\d", sentence[end:]))  # "13.5 in (34.3 cm)"
    if found := find_unit(texts, touching and not hyphen):
        return found[0], words[found[1] - 1][1]
    plain = texts[0].isalpha() and texts[0].lower() not in _CLOSED | ADVERBS
    if len(texts) > 1 and plain and not touching and (found := find_unit(texts[1:2], touching=False)):
        unit = found[0]
        if unit.dimension == "time" and not is_plural(texts[0]):
            joined = Unit(f"{texts[0]} {unit.name}", f"{texts[0]} {unit.singular}", "time")
            return joined, words[1][1]
    return None


def _noun_after(sentence: str, end: int) -> tuple[str, int] | None:
    """Return the plural noun phrase after a count ("leather shoes") and where it ends."""
    words, touching, hyphen = _words_after(sentence, end)
    if touching and not hyphen:
        return None
    phrase: list[str] = []
    for word, stop in words:
        low = word.lower()
        if low in _CLOSED or not re.fullmatch(r"[^\W\d_][\w’'-]*", word) or word.endswith(("'s", "’s")):
            return None
        if low in ADVERBS or (base_of_past(low) and not low.endswith("ed")):
            return None
        phrase.append(word)
        if is_plural(word) and (not word[0].isupper() or is_people(word)):
            return " ".join(phrase), stop
    return None


# The rules


def _amounts(sentence: str) -> Iterator[Value]:
    """Yield measures, money, shares and counts."""
    readings = list(_readings(sentence))
    index = 0
    while index < len(readings):
        value, used = _amount(sentence, readings, index)
        if value is not None:
            yield value
        index += max(1, used)


def _amount(sentence: str, readings: list[_Reading], index: int) -> tuple[Value | None, int]:
    reading = readings[index]
    before = sentence[max(0, reading.start - 5) : reading.start]
    if money := _MONEY_BEFORE.search(before):
        return _money(sentence, reading, CURRENCIES[money[1]], reading.start - len(before) + money.start()), 1
    if _leads_nowhere(sentence, reading):
        return None, 1
    if (span := _range(sentence, readings, index)) is not None:
        return span, 2
    found = _unit_after(sentence, reading.end)
    if found is not None and not _is_year_of(sentence, reading, found[0]):
        return _measure(sentence, readings, index, *found)
    return _count(sentence, reading), 1


def _is_year_of(sentence: str, reading: _Reading, unit: Unit) -> bool:
    """Tell "the 2015 season" from "2,015 days"."""
    like_a_year = _LIKE_A_YEAR.fullmatch(sentence[reading.start : reading.end])
    one = re.match(r" ([a-z]+)", sentence[reading.end :])
    return bool(unit.dimension == "time" and like_a_year and one and not is_plural(one[1]))


def _leads_nowhere(sentence: str, reading: _Reading) -> bool:
    """Tell numbers that count nothing: page 4, a numbered list, 50/50, 4x4, a decimal of a version."""
    before = re.findall(r"[\w’'.]+|\S", sentence[max(0, reading.start - 24) : reading.start])
    after = sentence[reading.end : reading.end + 2]
    leader = before[-1].lower() if before else ""
    if leader in _LABELS or after[:1] in ("/", ":", "_", "@", "(") or leader in ("/", ":", "."):
        return True
    if re.match(r"['’]?s\b", after):
        return True
    return reading.start == 0 and after[:1] in (".", ")")


def _hedge(sentence: str, start: int) -> tuple[str, int]:
    """Return the words before a number that make it vague, and where they begin."""
    match = _HEDGE.search(sentence[max(0, start - 32) : start])
    return (match[1].lower(), start - len(match[0])) if match else ("", start)


def _signed(sentence: str, reading: _Reading) -> tuple[_Reading, int]:
    match = _MINUS.search(sentence[max(0, reading.start - 8) : reading.start])
    if not match or (match[0].lower() != "minus " and sentence[reading.start - 1] == " "):
        return reading, reading.start
    return replace(reading, number=-reading.number), reading.start - len(match[0].lstrip(" ("))


def _quantity(
    span: Span, text: str, form: str, number: float, unit: str = "", asked: str = "", **more: object
) -> Value:
    asked = asked or f"how many {unit}"
    return Value(*span, FactKind.QUANTITY, text, asked, form, number, unit=unit, **more)  # type: ignore[arg-type]


def _money(sentence: str, reading: _Reading, unit: str, start: int) -> Value:
    hedge, begin = _hedge(sentence, start)
    symbol = next(sign for sign, name in CURRENCIES.items() if name == unit)
    text = f"{reading.written} {unit.removesuffix('s') if reading.number == 1 else unit}"
    aliases = (f"{symbol}{reading.written}", sentence[start : reading.end])
    span = (begin, reading.end)
    return _quantity(span, text, "money", reading.number, unit, hedge=hedge, aliases=aliases)


def _range(sentence: str, readings: list[_Reading], index: int) -> Value | None:
    """Read "between 20 and 25 kilometres", "six to eight metres", "5-7 metres"."""
    if index + 1 >= len(readings):
        return None
    low, high = readings[index : index + 2]
    joint = sentence[low.end : high.start]
    between = bool(re.search(r"\bbetween $", sentence[max(0, low.start - 9) : low.start], re.IGNORECASE))
    if joint not in ("-", "–", " to ", " - ", " – ") and not (between and joint == " and "):
        return None
    if low.number >= high.number or sentence[max(0, low.start - 5) : low.start].lower() == "from ":
        return None
    found = _unit_after(sentence, high.end) or _noun_after(sentence, high.end)
    if found is None:
        return None
    unit = found[0].name if isinstance(found[0], Unit) else found[0]
    factor = SCALES.get(high.scale, 1.0) if not low.scale else 1.0
    text, number = f"{low.written} to {high.written} {unit}", low.number * factor
    span = (low.start - (8 if between else 0), found[1])
    return _quantity(span, text, "range", number, unit, high=high.number)


def _measure(
    sentence: str, readings: list[_Reading], index: int, unit: Unit, end: int
) -> tuple[Value | None, int]:
    reading, start = _signed(sentence, readings[index])
    hedge, start = _hedge(sentence, start)
    if reading.in_words and reading.number == 1:
        return None, 1
    used, number, text = 1, reading.number, f"{reading.written} {unit.for_number(reading.number)}"
    while index + used < len(readings) and (
        part := _smaller_part(sentence, readings[index + used], unit, end)
    ):
        share, written, end = part
        number, used, text = number + share, used + 1, f"{text}, {written}"
    if unit.dimension == "time" and hedge in ("over", "under", "above", "below"):
        hedge, start = "", reading.start  # "over 12 days" tells during what, not how exactly
    after = sentence[end : end + 12]
    asked, form = "", "measure"
    more: tuple[str, ...] = ()
    if used > 1:
        head, _, last = text.rpartition(", ")
        text, form, more = f"{head} and {last}", "compound", (f"{number:.2f} {unit.name}",)
    elif unit.dimension == "share":
        asked = "what percentage" if unit.name == "per cent" else ""
        form, more = "share", (f"{reading.written}%",) if unit.name == "per cent" else ()
    elif unit.dimension in ("times", "money"):
        form = unit.dimension
    if unit.dimension == "time" and (match := re.match(r" ago\b|[- ]olds?\b", after)):
        end, form = end + len(match[0]), "age" if "old" in match[0] else "ago"
    return _quantity((start, end), text, form, number, unit.name, asked, hedge=hedge, aliases=more), used


_PARTS_OF: dict[str, float] = table("units")["parts"]


def _smaller_part(sentence: str, reading: _Reading, unit: Unit, end: int) -> tuple[float, str, int] | None:
    """Read the "12 hours" of "29 days, 12 hours": its share of the larger unit, its text, where it ends."""
    joint = sentence[end : reading.start]
    if joint not in ("", " ", ", ", " and ", ", and ") or unit.name not in _PARTS_OF:
        return None
    found = _unit_after(sentence, reading.end)
    if found is None and unit.name == "feet" and (inches := re.match(r" ?in\b", sentence[reading.end :])):
        found = Unit("inches", "inch", "length"), reading.end + inches.end()
    if found is None or found[0].dimension != unit.dimension or found[0].name not in _PARTS_OF:
        return None
    ratio = _PARTS_OF[found[0].name] / _PARTS_OF[unit.name]
    if ratio <= 1:
        return None
    return reading.number / ratio, f"{reading.written} {found[0].for_number(reading.number)}", found[1]


def _count(sentence: str, reading: _Reading) -> Value | None:
    """Read a number of things; a number without a noun counts nothing that can be asked for."""
    found = _noun_after(sentence, reading.end)
    signed, start = _signed(sentence, reading)
    written = sentence[reading.start : reading.end]
    before = re.findall(r"[\w’'-]+", sentence[max(0, start - 20) : start])
    leader = before[-1].lower() if before else ""
    hedge, start = _hedge(sentence, start)
    if _LIKE_A_YEAR.fullmatch(written) and not hedge:
        return None  # "the 1957 harvests"
    told = _NUMBER_OF.search(sentence[:start])
    hurt = _HURT.match(sentence, reading.end)
    if (told or hurt) and found is None and reading.number > 2:
        found = (told and told["noun"]) or "people", reading.end
    elif reading.number <= 1 or (reading.in_words and leader in _UNTOLD):
        return None
    if sentence[reading.end : reading.end + 1] == "-":
        return _hyphened(sentence, reading)
    if found is None:
        return None
    noun, end = found
    return _quantity((start, end), f"{reading.written} {noun}", "count", signed.number, noun, hedge=hedge)


_UNTOLD = words_of("untold_counts")
_HURT = re.compile(r" (?:people |others )?(?:dead|homeless|missing|injured|wounded|killed|hurt)\b(?! \d)")
_NUMBER_OF = re.compile(
    r"\b(?:population of|number of (?:[a-z]+ ){0,2}(?P<noun>[a-z]+s|people|species) "
    r"(?:is|was|are|were|has reached)) $"
)


def _hyphened(sentence: str, reading: _Reading) -> Value | None:
    """Read the "410 pages" of "a 410-page report"."""
    words, _, hyphen = _words_after(sentence, reading.end)
    if not hyphen or not words or not words[0][0].isalpha() or words[0][0].lower() in _CLOSED:
        return None
    noun, end = words[0]
    idle = noun in ADVERBS | {"plus", "odd"} or find_unit([noun], False)
    if idle or not noun.islower() or not re.match(r" [a-z]", sentence[end:]):
        return None
    noun = plural(noun)
    return _quantity((reading.start, end), f"{reading.written} {noun}", "count", reading.number, noun)


def _scores(sentence: str) -> Iterator[Value]:
    found = [*_SCORE.finditer(sentence)] if _SCORE_WORDS.search(sentence) else []
    if len(found) > 3 or re.search(r"\d[-–]\d+(?:,| \()", sentence):
        return  # the sets of a match
    for match in found:
        words, _, _ = _words_after(sentence, match.end())
        if find_unit([word for word, _ in words], touching=False) is None:
            text = match[0].replace("–", "-")
            yield Value(match.start(), match.end(), FactKind.TERM, text, "what score", "score")


_ODDS = re.compile(
    r"\b(?P<some>[a-z]+|\d+) (?:out of|in) (?:every )?(?P<all>[a-z]+|\d+)\b"
    r"(?! (?:years|months|days|weeks)\b)",
    re.IGNORECASE,
)


def _odds(sentence: str) -> Iterator[Value]:
    """Yield "one in four", "three out of five"."""
    for match in _ODDS.finditer(sentence):
        some, all_ = _small(match["some"]), _small(match["all"])
        if some and all_ and some < all_ <= 1_000_000 and all_ < 1100:
            text, digits = f"{match['some'].lower()} in {match['all'].lower()}", f"{some} in {all_}"
            aliases = tuple(alias for alias in (text, f"{some}/{all_}") if alias != digits)
            unit, asked = f"in {all_}", "what proportion"
            yield _quantity(match.span(), digits, "odds", float(some), unit, asked, aliases=aliases)


def _small(word: str) -> int:
    return int(word) if word.isdecimal() and len(word) < 8 else COUNTS.get(word.lower(), 0)


_FRACTION = re.compile(
    r"\b(?P<top>a|an|one|two|three|four|five|six|seven|eight|nine)[ -](?P<bottom>half|halves|(?:third|"
    r"quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth|hundredth|thousandth|twelfth)s?)(?= of\b)|"
    r"\b(?<!first )(?<!second )(?<!latter )(?P<half>half)(?= of (?:the|all|its|their)\b| the\b)",
    re.IGNORECASE,
)


def _fractions(sentence: str) -> Iterator[Value]:
    """Yield fractions of something: "two thirds of the ice", "half of the"."""
    for match in _FRACTION.finditer(sentence):
        if match["half"]:
            yield _fraction(sentence, match.span(), 1, 2)
            continue
        top = COUNTS.get(match["top"].lower(), 1)
        word = match["bottom"].lower()
        several = word.endswith("s")
        bottom = 2 if word in ("half", "halves") else FRACTIONS.get(word.removesuffix("s"), 0)
        if bottom > top and several == (top > 1):
            yield _fraction(sentence, match.span(), top, bottom)


def _fraction(sentence: str, span: Span, top: int, bottom: int) -> Value:
    hedge, start = _hedge(sentence, span[0])
    text = f"{top}/{bottom}"
    if top == 1 and bottom <= 12:
        text = "one " + ("half" if bottom == 2 else "quarter" if bottom == 4 else ordinal(bottom))
    told = (f"{top}/{bottom}", sentence[span[0] : span[1]].lower())
    aliases, number = tuple(alias for alias in told if alias != text), round(top / bottom, 4)
    span = start, span[1]
    return _quantity(span, text, "fraction", number, "", "what fraction", hedge=hedge, aliases=aliases)


_RANK = re.compile(
    r"\b(?P<nth>\d{1,4}(?:st|nd|rd|th)|" + "|".join(RANKS) + r")\b(?P<rest>[- ]?(?P<next>[A-Za-z]+)?)",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"\b(?:finish(?:ed|es)?|came|comes|placed|ranked|ranks|stands?|lie|lies)(?: in| as)?(?: the)? $"
)


def _ranks(sentence: str) -> Iterator[Value]:
    """Yield "fifth biggest", "finished 11th", "their ninth title"."""
    for match in _RANK.finditer(sentence):
        word = match["nth"].lower()
        number = RANKS.get(word) or int(re.sub(r"\D", "", word))
        follower = (match["next"] or "").lower()
        before = sentence[max(0, match.start() - 24) : match.start()]
        if number < 2:
            continue
        if (follower.endswith("est") and len(follower) > 4) or follower in ("most", "least", "best", "worst"):
            yield _rank(match, number, "rank", "which place in the ranking")
        elif _PLACED.search(before) and follower in {"", "last", "and", "overall", "place", "in", "among"}:
            yield _rank(match, number, "place", "which place")
        elif (
            _OWNED.search(before) and (follower in _RANKED_NOUNS or _TITLED.match(sentence, match.end("nth")))
        ) or (number > 2 and _BECAME.search(before) and follower and follower not in _NO_RANKED):
            yield _rank(match, number, "nth", f"which {follower}")


_TITLED = re.compile(r" (?:[A-Z]\w+ ){1,3}(?:title|victory|win|medal|appearance|championship)\b")
_RANKED_NOUNS = words_of("ranked_nouns")
_OWNED = re.compile(r"\b(?:his|her|their|its|['’]s) $")
_BECAME = re.compile(r"\b(?:is|was|are|were|as|become|became|just|only) the $")
_NO_RANKED = words_of("unranked_words")


def _rank(match: re.Match[str], number: int, form: str, asked: str) -> Value:
    text = ordinal(number)
    aliases = tuple(alias for alias in (short_ordinal(number), str(number)) if alias != text)
    span = match.start(), match.end("nth")
    return _quantity(span, text, form, float(number), "", asked, aliases=aliases)
