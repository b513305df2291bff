"""Amounts as people write them: "about 2,159 miles", "-173 °C", "3 475 km", "3.8 × 10^5 km", "one sixth".

What always holds:
- the whole number is read, or nothing: a range, a date and a number with a rest are no amount;
- `parse_amount` of what `Amount.written` returns gives that amount back;
- two amounts are compared in the same unit, or not at all.
"""

import re
import tomllib
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files
from math import isclose, isfinite
from typing import NamedTuple
from unicodedata import normalize

from bot.quiz.numerals import COUNTS, RANKS

_ABOUT = re.compile(
    r"(?P<about>about|around|roughly|some|nearly|almost|approximately|approx\.?|circa|ca\.|c\.|~|≈)\s*(?=[\d.½¼¾⅓⅔−-])",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[-\u2212]\s?(?=[\d.½¼¾⅓⅔])|minus (?=\d)", re.IGNORECASE)
_MARK = "[,.'’_ \u00a0\u2009\u202f]"  # what parts thousands, somewhere in the world
_GROUPED = re.compile(rf"[1-9]\d{{0,2}}(?P<mark>{_MARK})\d{{3}}(?:(?P=mark)\d{{3}})*(?!\d)")
_INDIAN = re.compile(r"[1-9]\d?(?P<mark>,)(?:\d\d,)+\d{3}(?!\d)")
_PLAIN = re.compile(r"\d+")
_PART = re.compile(r"(?P<point>[.,])(?P<part>\d+)(?!\d)")
_POWER = re.compile(
    r"(?:\s*[x×·*⋅]\s*10(?:\s*(?:\^|\*\*)\s*(?P<exponent>[-−+]?\d+)|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
    r"|[eE](?P<e>[-−+]?\d+)\b)"
)
_TEN = re.compile(r"10(?:\s?(?:\^|\*\*)\s?(?P<exponent>[-−+]?\d+)|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−", "0123456789-+-")
_RATIO = re.compile(r"(?:(?P<whole>\d+)[ \u00a0])?(?P<top>\d+)\s?[/⁄]\s?(?P<bottom>[1-9]\d*)(?![\d/])")
_SEASON = re.compile(r"[12]\d{3}\s?[/⁄]\s?\d\d(?:\d\d)?\b")  # 2020/21 is no share of anything
LINK = re.compile(r"^(?:of )?an? (?=\w)")  # half a million, a third of a mile
_VULGAR = re.compile(r"(?P<whole>\d*)\s?(?P<part>[½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])")
_SIGNS = "½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_VULGAR_PARTS = {sign: Fraction(normalize("NFKC", sign).replace("⁄", "/")) for sign in _SIGNS}
# A number in the rest, unless it belongs to a unit (m2, km/100 h) or dates what is counted (in 1972).
_SECOND = re.compile(r"(?<![A-Za-z²³°^\d])(?<![A-Za-z]/)\d")
_OF_PROGRAMS = re.compile(r"0[xXoObB][0-9A-Fa-f]")  # 0x10 is no 0 of a unit called x10
_DATED = re.compile(r"\b(?:(?:in|by|since|until|before|after) \d{3,4}|per \d+)\b")
_SMALL = {**COUNTS, "fourty": 40, "ninty": 90}  # as they are misspelt, too
_PARTS = {"half": 2, "halve": 2, "quarter": 4, **{word: n for word, n in RANKS.items() if n > 2}}
_PARTS |= {"hundredth": 100, "thousandth": 1000, "millionth": 1000000}
_LONGEST = 12  # words that may tell one number
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "bn": 1e9}


_ROUNDED = 0.01  # of an amount: what it may lose when it is told in another unit
_LONGEST_RATE = 60  # characters
_PER = re.compile(r"\s*(?:/|\bper\b|(?<=\w )(?:an?|each|every)(?= \w))\s*", re.IGNORECASE)
_SQUARED = re.compile(r"(?:\bper |/)\s?(sec(?:ond)?|s)(?:²|2|\^2| squared)$", re.IGNORECASE)


class Unit(NamedTuple):
    """A unit of a sort, such as length: how much of the sort's first unit it is, and where its zero lies."""

    sort: str
    factor: float
    zero: float = 0.0


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and what follows it; `decimals` is how many places after the point were written.

    `in_words`: written in words, as a fraction or with a power of ten, so that no other number is put
    in its place; then `power` is that of ten. `is_rank`: first, 5th.
    """

    number: float
    unit: str = ""
    decimals: int = 0
    grouped: bool = False
    in_words: bool = False
    about: str = ""
    mark: str = ","
    point: str = "."
    power: int = 0
    is_rank: bool = False

    @property
    def is_small_count(self) -> bool:
        """Whether it counts a few things: 4 moons, and not 4.5 m or 350 m."""
        return not self.decimals and not self.in_words and 0 < self.number <= 15

    @property
    def rounding(self) -> float:
        """How far another number may lie and still be rounded to this one as written.

        Nothing for counts and for numbers in words; for 4.51, 0.005; for 350, where the last digit
        may be round, 5.
        """
        if self.power:
            return float(0.5 * 10.0 ** (self.power - self.decimals))
        if self.in_words or self.is_small_count or not self.number:
            return 0.0
        if self.decimals:
            return float(0.5 * 10.0**-self.decimals)
        digits = f"{abs(self.number):.0f}"
        return float(0.5 * 10.0 ** (len(digits) - len(digits.rstrip("0"))))

    @property
    def can_vary(self) -> bool:
        """Whether another number can be written the same way and be read as that number."""
        return not self.in_words and not (self.point == "," and self.decimals == 3)

    def written(self, number: float) -> str:
        """Write another number the way this one was written: same unit, places and marks."""
        digits = f"{number:,.{self.decimals}f}" if self.grouped else f"{number:.{self.decimals}f}"
        digits = digits.translate({ord(","): self.mark, ord("."): self.point})
        if not self.unit:
            return f"{self.about}{digits}"
        return f"{self.about}{digits}{'' if self.unit in ('%', '°') else ' '}{self.unit}"

    @property
    def base(self) -> tuple[str, float] | None:
        """The sort of what is measured, and how much it is in that sort's first unit; None if unknown."""
        first, _, rest = self.unit.partition(" ")
        scale = _SCALES.get(first.casefold(), 1.0)
        unit = unit_named(rest if scale != 1.0 else self.unit)
        if unit is not None:
            return unit.sort, self.number * scale * unit.factor + unit.zero
        if self.in_words and not self.is_rank and (not self.unit or self.unit.startswith("of ")):
            return "share", self.number
        return None


def same_amount(first: Amount, other: Amount) -> bool:
    """Whether two amounts are equal: 1 km and 1000 m, a half and 50 %, but not 5 m and 5 s.

    What was converted is rounded: 62 mph is 100 km/h.
    """
    pair = in_one_unit(first, other)
    one, two = unit_named(first.unit), unit_named(other.unit)
    is_rounded = one is not None and two is not None and one != two and not (one.zero or two.zero)
    return pair is not None and isclose(*pair, rel_tol=_ROUNDED if is_rounded else 1e-9, abs_tol=1e-12)


def in_one_unit(first: Amount, other: Amount) -> tuple[float, float] | None:
    """Return the numbers of two amounts in the same unit; None where they measure different things."""
    if first.is_rank != other.is_rank:
        return None
    if bare_unit(first.unit) == bare_unit(other.unit):
        return first.number, other.number
    one, two = first.base, other.base
    if one is None or two is None or one[0] != two[0]:
        return None
    return one[1], two[1]


def is_within(amount: Amount, low: float, high: float, unit: str) -> bool:
    """Whether an amount lies between two numbers of `unit`; one without a unit is taken to be in it."""
    if not amount.unit:
        return low <= amount.number <= high
    least, most = in_one_unit(amount, Amount(low, unit)), in_one_unit(amount, Amount(high, unit))
    if least is None or most is None:
        return False
    slack = 1e-9 * max(abs(least[0]), 1e-12)  # what converting may cost
    return least[1] - slack <= least[0] and most[0] <= most[1] + slack


def bare_unit(unit: str) -> str:
    """Return a unit without what makes no difference: case of words, plural, stops."""
    unit = unit.strip(" .")
    return unit if len(unit) <= 2 else unit.casefold().removesuffix("s")


def unit_named(name: str) -> Unit | None:
    """Return the unit that people call `name`, by its symbol or in words, if it is a known one."""
    known = _units()
    name = name.strip(" .").replace(". ", " ")
    bare = name.casefold()
    return known.get(name) or known.get(bare) or known.get(bare.removesuffix("s")) or _rate(name)


@lru_cache(maxsize=4096)
def _rate(name: str) -> Unit | None:
    """Return the unit of one thing per another: miles/s, metres per second squared, kg/m³."""
    if len(name) > _LONGEST_RATE:
        return None
    name = _SQUARED.sub(r" per \1 per \1", name)
    above, _, below = _PER.sub("/", name).rpartition("/")
    if not above or not below or below[0].isdecimal():
        return None
    one, other = unit_named(above), unit_named(below)
    if one is None or other is None or one.zero or other.zero:
        return None
    sort = f"{one.sort}/{other.sort}"
    return Unit("speed" if sort == "length/time" else sort, one.factor / other.factor)


@cache
def _units() -> dict[str, Unit]:
    table = tomllib.loads((files("bot.quiz") / "units.toml").read_text(encoding="utf-8"))
    zeros = table.pop("zero")
    return {
        name: Unit(sort, float(factor), float(zeros.get(symbol, 0)))
        for sort, units in table.items()
        for symbol, (factor, *names) in units.items()
        for name in (symbol, *names, *(each.casefold() for each in names))
    }


@lru_cache(maxsize=65536)
def parse_amount(text: str) -> Amount | None:
    """Read the number that `text` begins with, all of it, and the unit after it; None where there is none."""
    text = text.strip()
    about = _ABOUT.match(text)
    rest = text[about.end() :] if about else text
    sign = _SIGN.match(rest)
    digits = rest[sign.end() :] if sign else rest
    found = None if _OF_PROGRAMS.match(digits) else _in_figures(digits)
    if found is None:
        return None if about or sign else _in_words(text)
    amount, after = found
    if _SECOND.search(_DATED.sub("", after)) or not isfinite(amount.number):
        return None
    unit = after.strip().lstrip("-").strip() if after[:1] == "-" else after.strip()
    number = -amount.number if sign else amount.number
    return replace(amount, number=number, unit=unit, about=about[0] if about else "")


def is_range(text: str) -> bool:
    """Whether `text` names two ends instead of one number: 10 to 20 km, 350 ± 5 m."""
    return (
        re.search(
            r"\d.*?(?:(?<!\de)(?<!\dE)(?<!\^)(?<!\*)[-–—±]|\.\.|\bto\b|\band\b|\bor\b)\s*\D{0,2}\d", text
        )
        is not None
    )


def _in_figures(text: str) -> tuple[Amount, str] | None:
    """Return the number in figures that `text` begins with, and what comes after it."""
    if match := _TEN.match(text):
        exponent = _exponent(match)
        return Amount(_times_ten(1.0, exponent), in_words=True, power=exponent), text[match.end() :]
    if match := _VULGAR.match(text):
        part = int(match["whole"] or 0) + _VULGAR_PARTS[match["part"]]
        return Amount(float(part), decimals=2, in_words=True), text[match.end() :]
    if _SEASON.match(text):
        return None
    if match := _RATIO.match(text):
        ratio = int(match["whole"] or 0) + Fraction(int(match["top"]), int(match["bottom"]))
        return Amount(float(ratio), decimals=2, in_words=True), text[match.end() :]
    return _decimal(text)


def _decimal(text: str) -> tuple[Amount, str] | None:
    for pattern in (_GROUPED, _INDIAN, _PLAIN):
        match = pattern.match(text)
        if match is None:
            continue
        mark = match.groupdict().get("mark") or ""
        part = _PART.match(text, match.end())
        if not _fit_together(match[0], mark, part):
            continue
        end = part.end() if part else match.end()
        digits = re.sub(r"\D", "", match[0])
        point, decimals = (part["point"], len(part["part"])) if part else (".", 0)
        number = float(f"{digits}.{part['part']}" if part else digits)
        amount = Amount(number, "", decimals, bool(mark), mark=mark or ",", point=point)
        return _raised(amount, text[end:])
    return None


def _fit_together(whole: str, mark: str, part: re.Match[str] | None) -> bool:
    """Whether marks and point are those of one number: 1.234 has a point, 1.234.567 has marks."""
    if mark == ".":
        return (part is not None and part["point"] == ",") or (part is None and whole.count(".") > 1)
    if mark:
        return part is None or part["point"] != mark
    # A comma before three digits parts thousands, unless what stands before it cannot be thousands.
    is_comma = part is not None and part["point"] == ","
    return not (is_comma and part and len(part["part"]) == 3 and len(whole) <= 3 and whole.strip("0"))


def _times_ten(number: float, exponent: int) -> float:
    """Return `number` × 10^`exponent`, rounded once; infinite where no float is so large."""
    digits, _, own = repr(number).partition("e")
    return float(f"{digits}e{int(own or 0) + exponent}")


def _raised(amount: Amount, rest: str) -> tuple[Amount, str] | None:
    """Return the amount with the power of ten or the ending of a rank that comes after its digits."""
    if match := _POWER.match(rest):
        exponent = _exponent(match)
        number = _times_ten(amount.number, exponent)
        return replace(amount, number=number, in_words=True, power=exponent), rest[match.end() :]
    if re.match(r"(?:st|nd|rd|th)\b", rest) and not amount.decimals:
        return replace(amount, in_words=True, is_rank=True), rest[2:]
    return amount, rest


def _exponent(match: re.Match[str]) -> int:
    parts = match.groupdict()
    digits = (parts.get("exponent") or parts.get("raised") or parts.get("e") or "0").translate(_RAISED)
    return max(-400, min(400, int(digits)))


def _in_words(text: str) -> Amount | None:
    """Read "four moons", "two hundred", "fifth", "two thirds", "one and a half" or "one sixth of Earth's"."""
    words = text.split()
    tokens = [part for word in words[:_LONGEST] for part in word.casefold().strip(",").split("-")]
    if tokens[:1] and tokens[0] in RANKS:
        return Amount(float(RANKS[tokens[0]]), _words_of(words, 1), in_words=True, is_rank=True)
    whole, used = _whole(tokens)
    if used and tokens[used : used + 3] == ["and", "a", "half"]:
        return Amount(whole + 0.5, _words_of(words, used + 3), decimals=2, in_words=True)
    top, at = (whole, used) if used else (1, 1 if tokens[:1] and tokens[0] in ("a", "an") else 0)
    part = tokens[at].removesuffix("s") if at < len(tokens) else ""
    if part in _PARTS and (at or part == "half"):
        unit = LINK.sub("", _words_of(words, at + 1))
        return Amount(top / _PARTS[part], unit, decimals=2, in_words=True)
    if used and tokens[used : used + 1] == ["in"]:
        bottom, more = _whole(tokens[used + 1 :])
        if more and bottom:
            return Amount(whole / bottom, _words_of(words, used + 1 + more), decimals=2, in_words=True)
    return Amount(float(whole), _words_of(words, used), in_words=True) if used else None


def _whole(tokens: list[str]) -> tuple[int, int]:
    """Return the whole number that words begin with, and how many of the words tell it."""
    whole = number = used = 0  # what is in thousands, and what comes after them
    for place, word in enumerate(tokens):
        if word in _SMALL:
            number += _SMALL[word]
        elif word == "hundred" and used:
            number = (number or 1) * 100
        elif word == "thousand" and used:
            whole, number = whole + (number or 1) * 1000, 0
        elif word == "and" and used and number % 100 == 0 and tokens[place + 1 : place + 2] != ["a"]:
            continue
        else:
            break
        used = place + 1
    return whole + number, used


def _words_of(words: list[str], used: int) -> str:
    """Return what is left of `words` after as many parts, which hyphens join, as were used."""
    for place, word in enumerate(words):
        if used <= 0:
            return " ".join(words[place:])
        used -= word.count("-") + 1
    return ""
