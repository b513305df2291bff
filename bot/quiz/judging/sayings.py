"""What people say for a number, and its figures: a dozen, one point six, 1 in 5, twice, $5."""

import re
from collections.abc import Callable

from bot.quiz.numerals import CARDINALS, COUNTS, ORDINALS, TENS
from bot.quiz.quantity import Amount, parse_amount, unit_named

_DIGITS = "|".join(CARDINALS[1:10])
_TENS = "|".join(TENS)
_SCALES = "hundred|thousand|grand|million|billion"
_RANKS = "|".join(ORDINALS[2:])
_ABOUT = (
    r"^(?:about|bout|around|roughly|approximately|approx\.?|nearly|almost|some|circa|ca\.?|c\.|~|≈"
    r"|(?:just|a bit|a little|slightly) (?:over|under|above|below|(?:more|less) than)|just|only)\s*"
)
_PRICE = (
    r"^(?P<about>(?:about|around|some|~) ?)?(?:US ?(?=\$))?"
    r"(?P<currency>[$€£¥₹₽]|(?:USD|EUR|GBP|JPY|INR|RUB)\b) ?(?P<number>.*\d.*?)p?$"
)
_DOZEN = r"^(?:a |one )?dozen\b|^(?P<half>half)(?: a)? dozen\b|^(?P<count>[\w.]+) dozen\b"
_RANKED = r"^(?:the (?=\w+(?:st|nd|rd|th)\b)|#|№|no\.|nr\.?|number(?=\s))\s*(?=\w)|^[x×]\s?(?=\d)"
_POINT = rf"^(?P<whole>[a-z -]+?) point(?P<places>(?:[ -](?:zero|oh|{_DIGITS}))+)\b"
_AND_A_PART = r"^(?P<whole>[\w -]+?) and (?P<part>(?:an?|one|two|three)[ -][a-z]+)\b"
_ONE = r"^(?P<article>(?:an?|one|1) )?(?P<unit>[\w-]+)(?: and (?P<part>(?:an?|one|two|three) [a-z]+))?$"
_PARTS = (
    r"^(?P<top>\d+|an?|one) (?:(?P<rank>\d+)(?:st|nd|rd|th)s?"
    rf"|(?P<part>half|halves|quarters?|(?:{_RANKS})s?))\b"
)
_OFTEN = r"^(?P<word>once|twice|thrice)\b|^(?P<number>[\d.]+|[a-z]+)-?fold\b"
_OUT_OF = r"^(?P<top>\d+|[a-z]+) (?:in|out of)(?: every| an?)? (?P<bottom>\d+|[a-z]+)\b"
_CHAINED = r"^(\d[\d.,]*) (million|billion|thousand)(?: and|,)? (\d[\d.,]*)(?: (hundred|thousand|million))?\b"
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "grand": 1e3, "lakh": 1e5, "million": 1e6, "mn": 1e6,
    "mio": 1e6, "mln": 1e6, "M": 1e6, "crore": 1e7, "milliard": 1e9, "billion": 1e9, "bn": 1e9,
    "trillion": 1e12,
}  # fmt: skip


def _priced(price: re.Match[str]) -> str:
    """Return a price with what it is in after its number, as other units stand: $5 is 5 $."""
    return f"{price['about'] or ''}{price['number']} {price['currency']}"


def _in_dozens(dozen: re.Match[str]) -> str:
    """Return dozens as a number: a dozen is 12; what is no number of dozens stays."""
    count = parse_amount(dozen["count"] or dozen["half"] or "1")
    return dozen[0] if count is None else f"{count.number * 12:.15g}"


def _with_places(spoken: re.Match[str]) -> str:
    """Return a number that is said with its point in figures: one point six is 1.6."""
    whole = parse_amount(spoken["whole"])
    if whole is None or whole.unit or whole.number != int(whole.number):
        return spoken[0]
    places = re.split(r"[ -]", spoken["places"].casefold().strip(" -"))
    return f"{whole.number:.0f}.{''.join(str(COUNTS.get(word, 0)) for word in places)}"


def _with_a_part(said: re.Match[str]) -> str:
    """Return a whole number and a part of one in figures: two and a third."""
    whole, part = parse_amount(said["whole"]), parse_amount(said["part"])
    if whole is None or whole.unit or whole.number < 1 or part is None or part.unit or part.number >= 1:
        return said[0]
    return f"{whole.number + part.number:.15g}"


def _one_and_a_part(said: re.Match[str]) -> str:
    """Return one of a unit in figures, with the part that is added: a mile, (an) hour and a half."""
    part = parse_amount(said["part"]) if said["part"] else Amount(0) if said["article"] else None
    if part is None or part.unit or part.number >= 1 or unit_named(said["unit"]) is None:
        return said[0]
    return f"{1 + part.number:.15g} {said['unit']}"


def _as_parts(said: re.Match[str]) -> str:
    """Return parts of a thing as a fraction: 2 thirds is 2/3, a 6th 1/6."""
    top = int(said["top"]) if said["top"].isdecimal() else 1
    if said["rank"]:
        return f"{top}/{said['rank']}"
    part = parse_amount(f"one {said['part'].casefold().replace('halves', 'half')}")
    return said[0] if part is None or part.unit else f"{top}/{1 / part.number:.0f}"


def _chained(said: re.Match[str]) -> str:
    """Return a number that is told with two scales in one: 1 million 500 thousand."""
    large, small = SCALES[said[2]], SCALES[said[4]] if said[4] else 1.0
    first, second = parse_amount(said[1]), parse_amount(said[3])
    if first is None or second is None or second.number * small >= large:
        return said[0]
    return f"{first.number * large + second.number * small:.0f}"


def _often(said: re.Match[str]) -> str:
    """Return how often in figures: twice is 2 times, and so is twofold."""
    if said["word"]:
        return f"{('once', 'twice', 'thrice').index(said['word'].casefold()) + 1} times"
    number = parse_amount(said["number"])
    return f"{number.number:.15g} times" if number else said[0]


def as_ratio(text: str) -> str:
    """Return some out of so many as a fraction: 1 in 5 is 1/5, one in a thousand 1/1000."""
    if not (said := re.match(_OUT_OF, text, re.IGNORECASE)):
        return text
    top = parse_amount(said["top"])
    bottom = parse_amount(said["bottom"]) or parse_amount(f"one {said['bottom']}")
    if top is None or bottom is None or top.unit or bottom.unit not in ("", "million"):
        return text
    whole = bottom.number * SCALES.get(bottom.unit, 1)
    return f"{top.number:.0f}/{whole:.0f}{text[said.end() :]}" if 0 < top.number < whole else text


def _each(*pairs: tuple[str, str | Callable[[re.Match[str]], str]]) -> Callable[[str], str]:
    """Return what puts each form, in turn, in other words."""
    forms = [(re.compile(form, re.IGNORECASE), written) for form, written in pairs]

    def put(text: str) -> str:
        for form, written in forms:
            text = form.sub(written, text)
        return text

    return put


without_signs = _each(  # around a number
    (_PRICE, _priced),
    (r"(?<=\d/\d)(?:th|rd|nd)s?\b", ""),
    (r"^[–—](?=\s?\d)", "-"),
    (_ABOUT, ""),
    (r"(?<=\d)[- ]?ish\b", ""),
    (r"^(-?)\.(?=\d)", r"\g<1>0."),
    (r"^\+\s?(?=\d)", ""),
    (_DOZEN, _in_dozens),
    (_RANKED, ""),
    (r" above sea level$", ""),
)
in_figures = _each(  # what is said of a number, and of a part of it
    (_POINT, _with_places),
    (_AND_A_PART, _with_a_part),
    (_ONE, _one_and_a_part),
    (rf"^every (?P<part>{_RANKS})\b(?: one)?", r"one \g<part>"),
    (rf"^an? (?P<scale>{_SCALES}) and a half\b", r"1.5 \g<scale>"),
    (_PARTS, _as_parts),
    (rf"^(?:an? )?(?=(?:{_SCALES}|quarter)\b)", "one "),
    (r"^(\d+)(?:-| ?& ?| and )(?=\d+/\d)", r"\1 "),
    (_CHAINED, _chained),
    (rf"\b({_TENS})({_DIGITS})\b", r"\1-\2"),
    (r"^(?:none|nil|nought|naught)$", "0"),
    (_OFTEN, _often),
)
