"""Quantities in a sentence: counts, measures, money, shares, fractions, ranks, ages and scores.

What always holds: a quantity's text begins with its number, written in digits (fractions and ranks in
words), with the unit under its one name; numbers that are part of a name or a date are not quantities.
Scanning takes time linear in the sentence's length.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.bank.drafter.lexicon import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    base_of_past,
    is_plural,
    plural,
    singular,
    word_set,
)
from bot.bank.drafter.units import (
    CARDINALS,
    CURRENCIES,
    FRACTIONS,
    ORDINALS,
    SCALES,
    SHORT_SCALES,
    Unit,
    find_unit,
    ordinal,
    short_ordinal,
    unit_named,
)
from bot.bank.drafter.values import Span, Value, is_free
from bot.bank.facts import FactKind

_NUMERAL = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TOKEN = re.compile(rf"{_NUMERAL.pattern}|{_WORD.pattern}|[^\w\s]|_")
_CLOSED = (
    DETERMINERS | PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | PRONOUNS | {"when", "because", "while", "where"}
)
_HEDGE = re.compile(
    r"\b((?:(?:just|slightly|well|a little|far|much) "
    r")?(?:about|around|roughly|approximately|some|nearly|almost|circa|over|"
    r"under|more than|less than|fewer than|up to|at least|at most|as many as|as much as|as little "
    r"as|as few as|"
    r"an estimated|a total of|just|only|exactly|above|below|close to|believed to be|higher than|no "
    r"more than|no fewer than|"
    r"no less than|a record|a further|another|upwards of|in excess of|more or less)) $",
    re.IGNORECASE,
)
VAGUE = word_set("about around roughly approximately some nearly almost circa")
_NOT_COUNTS = word_set(
    "page figure fig chapter section article route flight room phase part episode version type "
    "mark volume issue "
    "line paragraph category level grade platform gate junction covid channel isbn tel phone"
)
_MONEY_BEFORE = re.compile(r"(?:\b(?:US|A|C|NZ|HK|AU|CA))?([£$€¥₹])\s?$")
_MINUS = re.compile(r"(?:\bminus |(?:^|[\s(])[-−–])$", re.IGNORECASE)
_SCORE = re.compile(r"(?<![\w.,-])\d{1,3}[-–]\d{1,3}(?![\w%,-]|\.\d)")
_SCORE_WORDS = re.compile(
    r"\b(?:w[io]n|beat(?:en)?|drew|draw|lost|lose|lead|led|defeat\w*|victory|score\w*|thrash\w*|"
    r"ahead|trail\w*|hammer\w*)\b"
)
_BY_ITSELF = re.compile(r"https?://\S+|www\.\S+|\+?\d[\d ()-]{8,}\d|\b\d+/\d+/\d+\b|#\d+")
_ONLY = re.compile(
    r"(?P<owner>(?:\b[A-ZÀ-Þ][\w’'-]{0,30} ){0,2}\b[A-ZÀ-Þ][\w-]{0,30})['’]s? only "
    r"(?P<noun>(?:[a-z-]{2,20} ){0,3}[a-z-]{2,20})"
)


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
        factor = SCALES.get(self.scale, 1.0)
        digits = f"{self.number / factor:,.{self.decimals}f}"
        return f"{digits} {self.scale}" if self.scale else digits


def find_numbers(sentence: str, taken: Iterable[Span]) -> list[Value]:
    """Return the quantities of a sentence outside the spans that dates and names have taken."""
    blocked = [*taken, *(match.span() for match in _BY_ITSELF.finditer(sentence))]
    found: list[Value] = []
    for rule in (_scores, _odds, _fractions, _ranks, _amounts, _only_ones, _twice):
        for value in rule(sentence):
            if is_free(value.start, value.end, blocked):
                found.append(value)
                blocked.append((value.start, value.end))
    return sorted(found, key=lambda value: value.start)


# Reading numbers


def _readings(sentence: str) -> Iterator[_Reading]:
    """Yield every number, in digits or in words, with its scale."""
    tokens = list(_TOKEN.finditer(sentence))
    index = 0
    while index < len(tokens):
        reading, after = _read_number(sentence, tokens, index)
        if reading is None:
            index += 1
        else:
            yield reading
            index = after


def _read_number(sentence: str, tokens: list[re.Match[str]], index: int) -> tuple[_Reading | None, int]:
    token = tokens[index]
    if token[0][0].isdecimal():
        return _read_digits(sentence, tokens, index)
    return _read_words(tokens, index)


def _read_digits(sentence: str, tokens: list[re.Match[str]], index: int) -> tuple[_Reading | None, int]:
    token = tokens[index]
    glued_before = token.start() > 0 and (
        sentence[token.start() - 1].isalpha() or sentence[token.start() - 1] == "_"
    )
    if glued_before or len(token[0]) > 24:
        return None, index + 1
    number = float(Decimal(token[0].replace(",", "")))
    decimals = len(token[0].partition(".")[2])
    if index + 1 < len(tokens):
        following = tokens[index + 1]
        word, touching = following[0], following.start() == token.end()
        scale = word.lower() if word.lower() in SCALES and word != "dozen" else ""
        if (
            not scale
            and touching
            and word in SHORT_SCALES
            and (word == "bn" or _is_money(sentence, token.start()))
        ):
            scale = SHORT_SCALES[word]
        if not scale and touching and word == "m" and _counts_people(sentence, following.end()):
            scale = "million"
        if scale and (not touching or scale != "hundred"):
            scale = {"bn": "billion", "mn": "million", "tn": "trillion"}.get(scale, scale)
            number *= SCALES[scale]
            return _Reading(token.start(), following.end(), number, decimals, False, scale), index + 2
    return _Reading(token.start(), token.end(), number, decimals), index + 1


def _is_money(sentence: str, start: int) -> bool:
    return bool(_MONEY_BEFORE.search(sentence[max(0, start - 5) : start]))


def _counts_people(sentence: str, end: int) -> bool:
    after = re.match(r" ([a-z]+)", sentence[end : end + 30])
    return bool(after and is_plural(after[1]) and find_unit([after[1]], touching=False) is None)


def _read_words(tokens: list[re.Match[str]], index: int) -> tuple[_Reading | None, int]:
    """Read "twenty-five", "two hundred and six", "a dozen", "half a million"."""
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
        if word in CARDINALS:
            current, last = current + CARDINALS[word], index
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
    if index + 1 >= len(tokens) or tokens[index + 1][0].lower() not in CARDINALS:
        return False
    before = tokens[index - 1][0].lower()
    if tokens[index][0] == "-":
        touching = tokens[index - 1].end() == tokens[index].start()
        return touching and CARDINALS.get(before, 0) >= 20
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
        if raw[0] in "(\"“‘'–—" and not (raw[0] in "\"“‘'" and len(raw) > 2):
            break
        lead = len(raw) - len(raw.lstrip("\"“‘'"))
        word = word.lstrip("\"“‘'")
        words.append((word, begin + lead + len(word)))
        if (raw.rstrip("\"”’'") != word and raw[-1] in ".,;:!?)]") or len(words) == 5:
            break
    return words, touching, hyphen


def _unit_after(sentence: str, end: int) -> tuple[Unit, int] | None:
    """Return the unit after a number and where it ends, also behind one adjective ("12 lunar days")."""
    words, touching, hyphen = _words_after(sentence, end)
    texts = [word for word, _ in words]
    if not texts:
        return None
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
    if len(words) > 2 and words[0][0].lower() == "of" and words[1][0].lower() in DETERMINERS:
        words = words[3:] if len(words) > 3 and words[2][0].lower() in CARDINALS else words[2:]
    phrase: list[str] = []
    for word, stop in words:
        low = word.lower()
        if low in _CLOSED or not re.fullmatch(r"[^\W\d_][\w’'-]*", word):
            return None
        phrase.append(word)
        if low in ADVERBS or low.endswith("ly"):
            phrase.pop()
            continue
        if is_plural(word) and not word.endswith(("'s", "’s")):
            return " ".join(phrase), stop
        if base_of_past(low) and len(phrase) == 1 and not low.endswith("ed"):
            return None
    return None


# The rules


def _amounts(sentence: str) -> Iterator[Value]:
    """Yield measures, money, shares, counts and bare numbers."""
    readings = list(_readings(sentence))
    index = 0
    while index < len(readings):
        reading = readings[index]
        value, used = _amount(sentence, readings, index)
        if value is not None and value.start <= reading.start:
            yield value
        index += max(1, used)


def _amount(sentence: str, readings: list[_Reading], index: int) -> tuple[Value | None, int]:
    reading = readings[index]
    before = sentence[: reading.start]
    money = _MONEY_BEFORE.search(before[-5:])
    if money:
        start = reading.start - (len(before[-5:]) - money.start())
        value = _money(sentence, reading, CURRENCIES[money[1]], start)
        return value, 1
    if _leads_nowhere(sentence, reading):
        return None, 1
    if (span := _range(sentence, readings, index)) is not None:
        return span, 2
    found = _unit_after(sentence, reading.end)
    if found is not None:
        return _measure(sentence, readings, index, *found)
    return _count(sentence, reading), 1


def _leads_nowhere(sentence: str, reading: _Reading) -> bool:
    """Tell numbers that count nothing: page 4, a numbered list, 50/50, 4x4, a decimal of a version."""
    before = re.findall(r"[\w’'.]+|\S", sentence[max(0, reading.start - 24) : reading.start])
    after = sentence[reading.end : reading.end + 2]
    leader = before[-1].lower() if before else ""
    if leader in _NOT_COUNTS or after[:1] in ("/", ":", "_", "@") or (leader in ("/", ":", ".") and before):
        return True
    if re.match(r"(?:st|nd|rd|th)\b", after) or re.match(r"['’]?s\b", after):
        return True
    return reading.start == 0 and after[:1] in (".", ")")


def _hedge(sentence: str, start: int) -> tuple[str, int]:
    """Return the words before a number that make it vague, and where they begin."""
    match = _HEDGE.search(sentence[max(0, start - 32) : start])
    if not match:
        return "", start
    return match[1].lower(), start - len(match[0])


def _signed(sentence: str, reading: _Reading) -> tuple[_Reading, int]:
    match = _MINUS.search(sentence[max(0, reading.start - 8) : reading.start])
    if not match or (match[0].lower() != "minus " and sentence[reading.start - 1] == " "):
        return reading, reading.start
    negative = replace(reading, number=-reading.number)
    return negative, reading.start - len(match[0].lstrip(" ("))


def _money(sentence: str, reading: _Reading, unit: str, start: int) -> Value:
    hedge, begin = _hedge(sentence, start)
    symbol = next(sign for sign, name in CURRENCIES.items() if name == unit)
    short = f"{symbol}{reading.written}"
    return Value(
        begin,
        reading.end,
        FactKind.QUANTITY,
        f"{reading.written} {unit.removesuffix('s') if reading.number == 1 else unit}",
        f"how many {unit}",
        "money",
        number=reading.number,
        unit=unit,
        hedge=hedge,
        aliases=(short, sentence[start : reading.end]),
    )


def _range(sentence: str, readings: list[_Reading], index: int) -> Value | None:
    """Read "between 20 and 25 kilometres", "six to eight metres", "5-7 metres"."""
    if index + 1 >= len(readings):
        return None
    low, high = readings[index : index + 2]
    joint = sentence[low.end : high.start]
    between = bool(re.search(r"\bbetween $", sentence[max(0, low.start - 9) : low.start], re.IGNORECASE))
    if joint not in ("-", "–", " to ", " - ", " – ") and not (between and joint == " and "):
        return None
    if low.number >= high.number or sentence[low.start - 5 : low.start].lower() == "from ":
        return None
    start = low.start - (8 if between else 0)
    found = _unit_after(sentence, high.end) or _noun_after(sentence, high.end)
    if found is None:
        return None
    unit = found[0].name if isinstance(found[0], Unit) else found[0]
    factor = SCALES.get(high.scale, 1.0) if not low.scale else 1.0
    return Value(
        start,
        found[1],
        FactKind.QUANTITY,
        f"{low.written} to {high.written} {unit}",
        f"how many {unit}",
        "range",
        number=low.number * factor,
        high=high.number,
        unit=unit,
    )


def _measure(
    sentence: str, readings: list[_Reading], index: int, unit: Unit, end: int
) -> tuple[Value | None, int]:
    reading, start = _signed(sentence, readings[index])
    hedge, start = _hedge(sentence, start)
    if reading.in_words and reading.number == 1 and not hedge and _is_idle_one(sentence, reading, end):
        return None, 1
    used, number, text = 1, reading.number, f"{reading.written} {unit.for_number(reading.number)}"
    while index + used < len(readings) and (
        part := _smaller_part(sentence, readings[index + used], unit, end)
    ):
        share, written, end = part
        number, used, text = number + share, used + 1, f"{text} {written}"
    if unit.dimension == "time" and hedge in ("over", "under", "above", "below"):
        hedge, start = "", reading.start  # "over 12 days" tells during what, not how exactly
    after = sentence[end : end + 12]
    asked, form = f"how many {unit.name}", "measure"
    aliases: tuple[str, ...] = ()
    if used > 1:
        pieces = re.findall(r"[\d.,]+ [^\d]+?(?= \d|$)", text)
        text, form = ", ".join(pieces[:-1]) + f" and {pieces[-1]}", "compound"
        at_age = re.search(r"\b(?:at|aged) $", sentence[:start][-6:])
        if old := re.match(r"[- ]olds?\b", after):
            end, at_age, asked = end + old.end(), None, "how old"
        asked = (
            "how old" if old else "what age" if at_age else "how long" if unit.dimension == "time" else asked
        )
        aliases = (f"{number:.2f} {unit.name}",)
    elif unit.dimension == "share":
        asked = "what percentage" if unit.name == "per cent" else asked
        aliases = (f"{reading.written}%",) if unit.name == "per cent" else ()
    elif unit.dimension == "time" and (match := re.match(r" ago\b|[- ]olds?\b", after)):
        end += len(match[0])
        form = "age" if "old" in match[0] else "ago"
        asked = f"how many {unit.name} ago" if form == "ago" else "how old"
    elif unit.dimension == "times":
        form = "times"
    elif unit.dimension == "money":
        form = "money"
    return (
        Value(
            start,
            end,
            FactKind.QUANTITY,
            text,
            asked,
            form,
            number=number,
            unit=unit.name,
            hedge=hedge,
            aliases=aliases,
        ),
        used,
    )


def _is_idle_one(sentence: str, reading: _Reading, end: int) -> bool:
    """Tell the "one" of "one day", "one time", "at one point" from one year, one tonne."""
    words = sentence[reading.end : end].strip(" -").lower()
    return (
        words in ("day", "time", "second", "stone")
        or sentence[max(0, reading.start - 3) : reading.start].lower() == "no "
    )


_PARTS_OF = {
    "years": 1.0,
    "months": 12.0,
    "weeks": 52.18,
    "days": 365.25,
    "hours": 8766.0,
    "minutes": 525_960.0,
    "seconds": 31_557_600.0,
    "feet": 1.0,
    "inches": 12.0,
    "stone": 1.0,
    "pounds": 14.0,
    "kilometres": 1.0,
    "metres": 1000.0,
    "centimetres": 100_000.0,
}


def _smaller_part(sentence: str, reading: _Reading, unit: Unit, end: int) -> tuple[float, str, int] | None:
    """Read the "12 hours" of "29 days, 12 hours": its share of the larger unit, its text, where it ends."""
    joint = sentence[end : reading.start]
    if joint not in ("", " ", ", ", " and ", ", and ") or unit.name not in _PARTS_OF:
        return None
    found = _unit_after(sentence, reading.end)
    if found is None or found[0].dimension != unit.dimension or found[0].name not in _PARTS_OF:
        return None
    ratio = _PARTS_OF[found[0].name] / _PARTS_OF[unit.name]
    if ratio <= 1:
        return None
    written = f"{reading.written} {found[0].for_number(reading.number)}"
    return reading.number / ratio, written, found[1]


def _count(sentence: str, reading: _Reading) -> Value | None:
    """Read a number of things, or a bare number where it is written in digits."""
    found = _noun_after(sentence, reading.end)
    signed, start = _signed(sentence, reading)
    before = re.findall(r"[\w’'-]+", sentence[max(0, start - 20) : start])
    leader = before[-1].lower() if before else ""
    hedge, start = _hedge(sentence, start)
    if before[-2:] == ["age", "of"]:
        begin = sentence.rindex("age of", 0, reading.start)
        begin -= 4 if sentence[:begin].endswith("the ") else 0
        return _at_age(reading, begin, "what age")
    if sentence[reading.end : reading.end + 1] == "-" and (thing := _hyphened(sentence, reading)):
        return thing
    if reading.in_words and leader == "the" and not _is_told_whose(sentence, reading, found):
        return None
    if reading.in_words and leader in (
        "these",
        "those",
        "other",
        "or",
        "no",
        "any",
        "every",
        "each",
        "this",
    ):
        return None
    if reading.number == 1 and not (hedge in ("only", "just") and reading.in_words):
        return None
    if found is None:
        if reading.in_words and not (_counts_alone(sentence, reading) or _is_age(sentence, reading)):
            return None
        if leader == "number" and not reading.in_words:
            return _numbered(sentence, reading)
        if leader == "aged" and re.search(
            r"\b(?:\w+ed|year|today|[A-Z]\w+day) aged $", sentence[:start][-30:]
        ):
            return _at_age(reading, start - len("aged "), "at what age")
        if re.search(r"\bturn(?:ed|s|ing) $", sentence[:start]) and 5 < reading.number < 120:
            return _at_age(reading, reading.start, "what age")
        if re.search(r"^[A-Z][a-z]+(?:ed|en|n|t)? at $", sentence[:start]) and sentence[reading.end] == ",":
            return _at_age(reading, reading.start, "what age")  # "Crowned at 19, she ..."
        form = "age" if leader in ("aged", "age") or _is_age(sentence, reading) else "bare"
        return Value(
            start,
            reading.end,
            FactKind.QUANTITY,
            signed.written,
            "how old" if form == "age" else _how_many(sentence, reading, before),
            form,
            number=signed.number,
            hedge=hedge,
        )
    noun, end = found
    one = singular(noun) if reading.number == 1 else noun
    return Value(
        start,
        end,
        FactKind.QUANTITY,
        f"{reading.written} {one}",
        f"how many {noun}",
        "count",
        number=signed.number,
        unit=noun,
        hedge=hedge,
    )


def _numbered(sentence: str, reading: _Reading) -> Value:
    """Read "the number 9 shirt": the number is a name."""
    noun = re.match(r" ([a-z]+)(?= [a-z]|[,.;]|$)", sentence[reading.end :])
    kept = noun is not None and noun[1] not in _CLOSED
    return Value(
        reading.start - len("number "),
        reading.end + (noun.end() if noun and kept else 0),
        FactKind.QUANTITY,
        reading.written,
        f"which number {noun[1]}" if noun and kept else "which number",
        "bare",
        number=reading.number,
    )


def _at_age(reading: _Reading, start: int, asked: str) -> Value:
    return Value(
        start, reading.end, FactKind.QUANTITY, reading.written, asked, "years", number=reading.number
    )


def _is_told_whose(sentence: str, reading: _Reading, found: tuple[str, int] | None) -> bool:
    """Tell "the nine engines of the rocket" and "the nineteen who died" from "the three men" of before."""
    after = sentence[found[1] if found else reading.end :]
    told = r" (?:of|in) (?:the |[A-Z])| who " if found else r" who "
    return reading.number > 2 and bool(re.match(told, after))


def _how_many(sentence: str, reading: _Reading, before: list[str]) -> str:
    """Return what asks for a number without a noun: people, things left unnamed, or a mere number."""
    if before[-2:] == ["population", "of"]:
        return "how many people"
    after = re.match(r" ([a-z]+)", sentence[reading.end :])
    counted = after is not None and (after[1] in AUXILIARIES | {"who"} or bool(base_of_past(after[1])))
    return "how many" if counted or before[-1:] == ["of"] else "what number"


def _hyphened(sentence: str, reading: _Reading) -> Value | None:
    """Read the "410 pages" of "a 410-page report"."""
    words, _, hyphen = _words_after(sentence, reading.end)
    if not hyphen or not words or not words[0][0].isalpha() or words[0][0].lower() in _CLOSED:
        return None
    noun, end = words[0]
    if not re.match(r" [a-z]", sentence[end:]) or reading.number < 2:
        return None
    noun = plural(noun)
    text = f"{reading.written} {noun}"
    asked = f"how many {noun}"
    number = reading.number
    return Value(reading.start, end, FactKind.QUANTITY, text, asked, "count", number=number, unit=noun)


def _counts_alone(sentence: str, reading: _Reading) -> bool:
    """Tell whether a number word counts people or things that go unnamed ("twelve were killed")."""
    after = re.match(
        r" (were|are|have|had|of them|others|who|an? (?:day|night|week|month|year|minute|hour))\b",
        sentence[reading.end :],
    )
    return (reading.number > 2 and bool(after)) or reading.number >= 20


def _is_age(sentence: str, reading: _Reading) -> bool:
    before, after = sentence[: reading.start], sentence[reading.end :]
    named = re.search(r"[A-ZÀ-Þ][\w’'-]+, (?:then |now )?$", before[-40:])
    if re.search(r", who (?:is|was) (?:now |then )?$", before) and re.match(r"(?:,|\.| and )", after):
        return 5 < reading.number < 120
    if (
        re.search(r"\b(?:I|he|she|they|[A-ZÀ-Þ]\w+) (?:was|is|are|were|turned|turns) $", before[-30:])
        and 2 < reading.number < 110
    ):
        return not re.match(r" [a-z]+s\b", after) or after.startswith(" years")
    return bool(named and re.match(r"(?:,|\.$)", after) and 5 < reading.number < 120)


def _scores(sentence: str) -> Iterator[Value]:
    if not _SCORE_WORDS.search(sentence):
        return
    for match in _SCORE.finditer(sentence):
        words, _, _ = _words_after(sentence, match.end())
        if find_unit([word for word, _ in words], touching=False) is None:
            yield Value(
                match.start(),
                match.end(),
                FactKind.TERM,
                match[0].replace("–", "-"),
                "what score",
                "score",
            )


_ODDS = re.compile(
    r"\b(?P<some>[a-z]+|\d+) (?:out of|in) (?:every )?(?P<all>[a-z]+|\d+)\b(?! "
    r"(?:years|months|days|weeks)\b)",
    re.IGNORECASE,
)


def _odds(sentence: str) -> Iterator[Value]:
    """Yield "three out of four", "one in five"."""
    for match in _ODDS.finditer(sentence):
        some, every = (_small(match[name]) for name in ("some", "all"))
        if some and every and some < every and (every <= 20 or every % 10 == 0):
            hedge, start = _hedge(sentence, match.start())
            yield Value(
                start,
                match.end(),
                FactKind.QUANTITY,
                f"{some} {'out of' if 'out' in match[0] else 'in'} {every}",
                "what proportion of",
                "odds",
                number=some / every,
                hedge=hedge,
            )


def _small(word: str) -> int:
    return int(word) if word.isdecimal() and len(word) < 7 else CARDINALS.get(word.lower(), 0)


_FRACTION = re.compile(
    r"\b(?P<top>a|an|one|two|three|four|five|six|seven|eight|nine)[ "
    r"-](?P<bottom>half|halves|(?:third|quarter|fourth|fifth|sixth|"
    r"seventh|eighth|ninth|tenth|hundredth|thousandth|twelfth|fifteenth|twentieth)s?)\b|\b(?P<half>half)\b",
    re.IGNORECASE,
)


def _fractions(sentence: str) -> Iterator[Value]:
    for match in _FRACTION.finditer(sentence):
        after = sentence[match.end() : match.end() + 30]
        if match["half"]:
            yield from _halves(sentence, match, after)
            continue
        top = CARDINALS.get(match["top"].lower(), 1)
        word = match["bottom"].lower()
        bottom = 2 if word in ("half", "halves") else FRACTIONS.get(word.removesuffix("s"), 20)
        several = word.endswith("s")
        if several != (top > 1) or not (
            several
            or re.match(
                r"(?: of\b| the\b| as\b| "
                r"(?:less|more|smaller|larger|lower|higher|cheaper|faster)\b|[,.;)]|\s*$)",
                after,
            )
        ):
            continue
        bottom = ORDINALS.get(word.removesuffix("s"), bottom)
        yield _fraction(sentence, match.span(), top, bottom)


def _halves(sentence: str, match: re.Match[str], after: str) -> Iterator[Value]:
    if unit := re.match(r" an? ([a-z]+(?: [A-Z]?[a-z]+)?)", after):
        found = find_unit(unit[1].split(), touching=False)
        if found:
            end = match.end() + unit.start(1) + len(" ".join(unit[1].split()[: found[1]]))
            hedge, start = _hedge(sentence, match.start())
            text = f"0.5 {found[0].name}"
            asked = f"how many {found[0].name}"
            yield Value(
                start,
                end,
                FactKind.QUANTITY,
                text,
                asked,
                "measure",
                number=0.5,
                unit=found[0].name,
                hedge=hedge,
                aliases=(f"half a {found[0].singular}",),
            )
        elif unit[1].split()[0] not in SCALES:
            noun = unit[1].split()[0]
            hedge, start = _hedge(sentence, match.start())
            yield Value(
                start,
                match.end() + unit.start(1) + len(noun),
                FactKind.QUANTITY,
                f"0.5 {plural(noun)}",
                f"how many {plural(noun)}",
                "count",
                number=0.5,
                unit=plural(noun),
                hedge=hedge,
                aliases=(f"half a {noun}",),
            )
    elif re.match(r" (?:of|the|its|their|his|her)\b", after):
        yield _fraction(sentence, match.span(), 1, 2)


def _fraction(sentence: str, span: Span, top: int, bottom: int) -> Value:
    hedge, start = _hedge(sentence, span[0])
    text = f"{top}/{bottom}"
    if top == 1 and bottom <= 12:
        text = "one " + ("half" if bottom == 2 else "quarter" if bottom == 4 else ordinal(bottom))
    return Value(
        start,
        span[1],
        FactKind.QUANTITY,
        text,
        "what fraction",
        "fraction",
        number=round(top / bottom, 4),
        hedge=hedge,
        aliases=(f"{top}/{bottom}", sentence[span[0] : span[1]].lower()),
    )


_RANK = re.compile(
    r"\b(?P<nth>\d{1,4}(?:st|nd|rd|th)|" + "|".join(ORDINALS) + r")\b(?P<rest>[- ]?(?P<next>[A-Za-z]+)?)",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"\b(?:finish(?:ed|es)?|came|comes|come|placed|ranked|ranks|sit|sits|stands?|lie|lies|was|were|"
    r"is)(?: in)? $"
)
_IDLE_NOUNS = word_set(
    "time half hand party step place lady person thing way part round one wave glance language "
    "quarter stage leg phase "
    "thoughts class degree nature family grade world attempt look century centuries largely ever known"
)


def _ranks(sentence: str) -> Iterator[Value]:
    """Yield "fifth biggest", "finished 11th", "the 87th minute", "fourth of nine", "their ninth title"."""
    for match in _RANK.finditer(sentence):
        word = match["nth"].lower()
        number = ORDINALS.get(word) or int(re.sub(r"\D", "", word))
        value = _ranked(sentence, match, number) if number > 1 else None
        if value is not None:
            yield value


def _ranked(sentence: str, match: re.Match[str], number: int) -> Value | None:
    """Read one ordinal by the words around it; None where it ranks nothing ("a second time")."""
    follower = (match["next"] or "").lower()
    before = sentence[max(0, match.start() - 24) : match.start()]
    if (follower.endswith("est") and len(follower) > 4) or follower in ("most", "least", "best", "worst"):
        return _rank(match, number, "rank", "which place in the ranking")
    if _PLACED.search(before) and (follower in PREPOSITIONS | {"", "last", "and", "overall"}):
        return _rank(match, number, "place", "which place")
    if follower == "place":
        return _rank(match, number, "place", "which place", match.end())
    unit = find_unit([follower], touching=False) if follower not in ("time", "century") else None
    if unit is not None:
        timed = unit[0].dimension == "time"
        return _rank(match, number, "ordinal", f"which {follower}", match.end()) if timed else None
    if _OF_SEVERAL.match(sentence, match.end("nth")):
        return _rank(match, number, "nth", "which")
    if not follower or follower in _IDLE_NOUNS | _CLOSED or not match["rest"].startswith(" "):
        return None
    leader = (re.findall(r"[\w’']+", before) or [""])[-1].lower()
    if base_of_past(follower) or follower in AUXILIARIES:
        return None
    owned = leader in ("the", "his", "her", "their", "its") or leader.endswith(("'s", "’s"))
    return _rank(match, number, "nth", f"which {follower}") if owned else None


_OF_SEVERAL = re.compile(rf" of (?:{'|'.join(list(CARDINALS)[2:13])}|\d+) [a-z]+")


def _rank(match: re.Match[str], number: int, form: str, asked: str, end: int | None = None) -> Value:
    text = ordinal(number)
    if form == "ordinal":
        text = f"{text} {match['next'].lower()}"
    return Value(
        match.start(),
        match.end("nth") if end is None else end,
        FactKind.QUANTITY,
        text,
        asked,
        form,
        number=float(number),
        unit="" if form != "ordinal" else plural(match["next"].lower()),
        aliases=tuple(alias for alias in (short_ordinal(number), str(number)) if alias != text),
    )


def _only_ones(sentence: str) -> Iterator[Value]:
    """Read a count of one from "Earth's only natural satellite"."""
    for match in _ONLY.finditer(sentence):
        words: list[str] = []
        for word in match["noun"].split():
            if word in _CLOSED or word in ADVERBS or base_of_past(word):
                break
            words.append(word)
        if words and unit_named(words[-1]) is None:
            noun = " ".join((*words[:-1], plural(words[-1])))
            start = match.end("owner")
            only = sentence.index("only", start)
            yield Value(
                only,
                only + 5 + len(" ".join(words)),
                FactKind.QUANTITY,
                f"1 {' '.join(words)}",
                f"how many {noun}",
                "count",
                number=1.0,
                unit=noun,
                stem=f"How many {noun} does {match['owner']} have?",
            )


def _twice(sentence: str) -> Iterator[Value]:
    for match in re.finditer(r"\b(twice|double|triple) (?=(?:as|the|its|their) )", sentence):
        number = 3.0 if match[1] == "triple" else 2.0
        yield Value(
            match.start(),
            match.end(1),
            FactKind.QUANTITY,
            f"{number:.0f} times",
            "how many times",
            "times",
            number=number,
            unit="times",
            aliases=(match[1],),
        )
