"""Numbers as people say them, read: a dozen, one point six, half a million, 5 ft 10 in, minus forty, XII."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.quiz.quantity import LINK, ORDINALS, Amount, Unit, is_range, parse_amount, unit_named

_ABOUT = re.compile(
    r"^(?:about|around|roughly|approximately|approx\.?|nearly|almost|some|circa|ca\.?|c\.|~|≈"
    r"|(?:just|a bit|a little|slightly) (?:over|under|above|below|(?:more|less) than)|just|only)\s*",
    re.IGNORECASE,
)
_DIGITS = "one|two|three|four|five|six|seven|eight|nine"
_BELOW = re.compile(
    r"(?P<number>[^-−].*?)(?: degrees?)?(?P<scale> ?°?[CFK])? below(?: zero| sea level)?", re.IGNORECASE
)
_ABOVE = re.compile(r" above sea level$", re.IGNORECASE)
_OUT_OF = re.compile(r"^(?P<top>\d+|[a-z]+) (?:in|out of)(?: every)? (?P<bottom>\d+|[a-z]+)\b", re.IGNORECASE)
_EVERY = re.compile(rf"^every (?P<part>{'|'.join(ORDINALS[2:])})\b(?: one)?", re.IGNORECASE)
_CLOCK = re.compile(r"(?P<first>\d+):(?P<second>[0-5]\d)")
_UNSAID = re.compile(r"(?P<large>\d+ ?(?P<unit>h|m|min|ft|feet|foot|['′])) ?(?P<small>\d\d?)", re.IGNORECASE)
_SMALLER = {"h": "min", "m": "cm", "min": "s"}  # than a unit that is said; than feet, inches
_PARTS_OF = re.compile(
    rf"^(?P<top>\d+) (?P<part>half|halves|quarters?|(?:{'|'.join(ORDINALS[2:])})s?)\b", re.IGNORECASE
)
_BARE_SCALE = re.compile(r"^(?:an? )?(?=(?:hundred|thousand|million|billion|quarter)\b)", re.IGNORECASE)
_AND_A_HALF = re.compile(r"^an? (?P<scale>hundred|thousand|million|billion) and a half\b", re.IGNORECASE)
_ROMAN = re.compile(r"(?=..)M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ROMANS = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}
_PRICE = re.compile(
    r"(?P<about>(?:about|around|some|~) ?)?(?:US ?(?=\$))?"
    r"(?P<currency>[$€£¥₹₽]|(?:USD|EUR|GBP|JPY|INR|RUB)\b) ?(?P<number>.*\d.*)",
    re.IGNORECASE,
)
_PARTED = re.compile(r"\s*(?:,|\band\b)\s*", re.IGNORECASE)
_RANKED = re.compile(r"^(?:#|№|no\.|nr\.?|number(?=\s))\s*(?=\w)|^[x×]\s?(?=\d)", re.IGNORECASE)
_MINUS = re.compile(r"^(?:minus|negative) +", re.IGNORECASE)
_POINT = re.compile(
    rf"^(?P<whole>[a-z -]+?) point(?P<places>(?:[ -](?:zero|oh|{_DIGITS}))+)\b", re.IGNORECASE
)
_AND_A_PART = re.compile(r"^(?P<whole>[\w -]+?) and (?P<part>(?:an?|one|two|three) [a-z]+)\b", re.IGNORECASE)
_ONE = re.compile(r"^an? (?P<unit>[\w-]+)(?: and (?P<part>(?:an?|one|two|three) [a-z]+))?$", re.IGNORECASE)
_DOZEN = re.compile(
    r"^(?:a |one )?dozen\b|^(?P<half>half)(?: a)? dozen\b|^(?P<count>[\w.]+) dozen\b", re.IGNORECASE
)
_SCALE = re.compile(
    r"(?:of )?(?:an? )?"
    r"(?P<scale>(?i:hundred|thousand|lakh|million|crore|milliard|billion|trillion)s?|mn|mio|mln|bn|[kM](?![\w²³°/]))"
    r"\b\.?\s*(?:of )?"
)
SCALES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "mio": 1e6, "M": 1e6}
SCALES |= {
    "mln": 1e6,
    "milliard": 1e9,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
    "lakh": 1e5,
    "crore": 1e7,
}
_GROUPED_BY_COMMA = re.compile(r"(?<![\d.,])([1-9]\d{0,2}),(\d{3})(?![\d.,])")
_GROUPED_BY_POINT = re.compile(r"(?<![\d.,])([1-9]\d{0,2})\.(\d{3})(?![\d.,])")
_PART = re.compile(r"([\d.,½¼¾]+)\s*([^\W\d_]+|['\"′″])\.?(?:\s*(?:,|and)?\s*)(?=\d|$)")
_MARKS = {"'": "ft", "′": "ft", '"': "in", "″": "in"}


def readings(text: str, *, has_three_places: bool = False) -> Iterator[Amount]:
    """Yield the amounts that `text` may mean; a point before three digits may part thousands.

    `has_three_places`: the number asked for has; then a comma before three digits may be its point.
    """
    text = re.sub(r"(?<=\d/\d)(?:th|rd|nd)s?\b", "", priced(text))
    text = _ABOUT.sub("", re.sub(r"^[–—](?=\s?\d)", "-", text))
    text = re.sub(r"^\+\s?(?=\d)", "", re.sub(r"^(-?)\.(?=\d)", r"\g<1>0.", text))
    text = _ABOVE.sub("", _RANKED.sub("", _DOZEN.sub(_in_dozens, text)))
    if (minus := _MINUS.match(text)) and not text[minus.end() :].startswith("-"):
        yield from (replace(amount, number=-amount.number) for amount in readings(text[minus.end() :]))
        return
    if below := _BELOW.fullmatch(text):
        yield from readings(f"minus {below['number']}{below['scale'] or ''}")
        return
    text = _ONE.sub(_one_and_a_part, _AND_A_PART.sub(_with_a_part, _POINT.sub(_with_places, text)))
    text = _AND_A_HALF.sub(r"1.5 \g<scale>", _EVERY.sub(r"one \g<part>", text))
    text = _BARE_SCALE.sub("one ", _PARTS_OF.sub(_as_parts, text))
    if wholes := compound(text):
        yield from wholes
        return
    forms = [text, _GROUPED_BY_POINT.sub(r"\1,\2", text), _OUT_OF.sub(_as_ratio, text)]
    if has_three_places:
        forms.append(_GROUPED_BY_COMMA.sub(r"\1.\2", text))
    for form in dict.fromkeys(forms):
        amount = parse_amount(form)
        if amount is not None and not is_range(form):
            yield scaled(amount)
    if number := roman(text):
        yield Amount(float(number), in_words=True)


def priced(text: str) -> str:
    """Return a price with what it is in after its number, as other units stand: $5 is 5 $."""
    price = _PRICE.fullmatch(text)
    return f"{price['about'] or ''}{price['number']} {price['currency']}" if price else text


def roman(text: str) -> int | None:
    """Return the number of two Roman figures or more, in capitals: XII."""
    if not _ROMAN.fullmatch(text):
        return None
    values = [_ROMANS[figure] for figure in text]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def _as_parts(said: re.Match[str]) -> str:
    """Return parts of a thing as a fraction: 2 thirds is 2/3."""
    part = parse_amount(f"one {said['part'].casefold().replace('halves', 'half')}")
    return said[0] if part is None or part.unit else f"{said['top']}/{1 / part.number:.0f}"


def _as_ratio(said: re.Match[str]) -> str:
    """Return some out of so many as a fraction: 1 in 5 is 1/5."""
    top, bottom = parse_amount(said["top"]), parse_amount(said["bottom"])
    if top is None or bottom is None or top.unit or bottom.unit or not 0 < top.number < bottom.number:
        return said[0]
    return f"{top.number:.0f}/{bottom.number:.0f}"


def _in_dozens(dozen: re.Match[str]) -> str:
    """Return dozens as a number: a dozen is 12; what is no number of dozens stays."""
    count = parse_amount(dozen["count"] or dozen["half"] or "1")
    return dozen[0] if count is None else f"{count.number * 12:g}"


def _with_places(spoken: re.Match[str]) -> str:
    """Return a number that is said with its point in figures: one point six is 1.6."""
    whole = parse_amount(spoken["whole"])
    if whole is None or whole.unit or whole.number != int(whole.number):
        return spoken[0]
    digits = {word: str(place) for place, word in enumerate(_DIGITS.split("|"), 1)}
    places = re.split(r"[ -]", spoken["places"].casefold().strip(" -"))
    return f"{whole.number:.0f}.{''.join(digits.get(word, '0') for word in places)}"


def _with_a_part(said: re.Match[str]) -> str:
    """Return a whole number and a part of one in figures: two and a third."""
    whole, part = parse_amount(said["whole"]), parse_amount(said["part"])
    if whole is None or whole.unit or whole.number < 1 or part is None or part.unit or part.number >= 1:
        return said[0]
    return f"{whole.number + part.number:.6g}"


def _one_and_a_part(said: re.Match[str]) -> str:
    """Return one of a unit in figures, with the part that is added: a mile, an inch and a half."""
    part = parse_amount(said["part"]) if said["part"] else Amount(0)
    if unit_named(said["unit"]) is None or part is None or part.unit or part.number >= 1:
        return said[0]
    return f"{1 + part.number:.6g} {said['unit']}"


def compound(text: str) -> list[Amount]:
    """Read 5 ft 10 in, 1 h 30 min, 27 days 7 hours: parts of one sort, each smaller than the last.

    What a clock shows may be hours and minutes, or minutes and seconds: 3:20.
    """
    if clock := _CLOCK.fullmatch(text):
        number = int(clock["first"]) + int(clock["second"]) / 60
        return [Amount(number, unit, in_words=True) for unit in ("h", "min")]
    if unsaid := _UNSAID.fullmatch(text):
        text = f"{unsaid['large']} {unsaid['small']} {_SMALLER.get(unsaid['unit'].casefold(), 'in')}"
    total, units = 0.0, list[Unit]()
    parts = _parts(text)
    for amount in parts:
        unit = unit_named(amount.unit) if amount.unit else None
        if unit is None or unit.zero:
            return []
        if units and (unit.sort != units[-1].sort or unit.factor >= units[-1].factor):
            return []
        total += amount.number * unit.factor
        units.append(unit)
    return [replace(parts[0], number=total / units[0].factor, in_words=True)] if units else []


def _parts(text: str) -> list[Amount]:
    """Return the amounts that stand in a row, in figures or joined by commas; none where there is but one."""
    found = [(number, _MARKS.get(name, name)) for number, name in _PART.findall(text)]
    if {"h", "s", "sec"} & {name for _, name in found}:
        found = [(number, "min" if name == "m" else name) for number, name in found]
    if len(found) > 1 and not _PART.sub("", text).strip():
        said = [f"{number} {name}" for number, name in found]
    else:
        said = _PARTED.split(text)
    return [parse_amount(part) or Amount(0) for part in said] if len(said) > 1 else []


def scaled(amount: Amount) -> Amount:
    """Return the amount with its words of scale worked in: 1.5 million km, 10k, two million ten thousand."""
    while found := _SCALE.match(amount.unit):
        word = found["scale"]
        scale = SCALES.get(word) or SCALES[word.casefold().removesuffix("s")]
        rest = amount.unit[found.end() :].strip()
        amount = replace(amount, number=amount.number * scale, unit=rest, in_words=True)
        more = parse_amount(rest.removeprefix("and ")) if rest else None
        if more is not None and more.in_words and not more.is_rank and 0 < more.number < scale:
            more = scaled(more)
            if more.number < scale:
                return replace(amount, number=amount.number + more.number, unit=more.unit)
    unit = LINK.sub("", amount.unit)
    return amount if unit == amount.unit else replace(amount, unit=unit)
