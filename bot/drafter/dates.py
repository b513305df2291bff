"""Years, dates, decades, centuries and times of day in a sentence.

What always holds: a number counts as a year only where the words around it say so; a relative date ("last
year") is resolved when the article's own date is known, and says so in its note.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from bot.bank.facts import FactKind
from bot.drafter.units import find_unit, ordinal, short_ordinal
from bot.drafter.values import Span, Value, is_free
from bot.drafter.words import is_plural, words_of
from bot.quiz.numerals import RANKS

MONTHS = tuple(calendar.month_name)[1:]
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b(?:\.(?=,? \d))?"
)
_YEAR = r"(?P<year>1\d{3}|20\d{2}|21\d{2})\b"
_DAY_FIRST = re.compile(rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? {_YEAR}(?!,\d))?")
_MONTH_FIRST = re.compile(rf"\b{_MONTH} (?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!,\d{{3}})(?:,? {_YEAR})?")
_MONTH_YEAR = re.compile(rf"\b{_MONTH},?(?: of)? {_YEAR}")
_DECADE = re.compile(r"\b(?:the )?(?:(?:early|late|mid)[- ])?(?P<decade>(?:1\d|20)\d0)[’']?s\b")
_CENTURY = re.compile(
    r"\b(?:the )?(?:(?:early|late|mid)[- ])?(?P<nth>\d{1,2}(?:st|nd|rd|th)|" + "|".join(RANKS) + r")[- ]"
    r"(?:century|Century)(?P<era> (?:BCE?|AD|CE))?\b"
)
_ERA = re.compile(  # a span of years is no year
    r"(?:(?<!C to )\b(?P<ad>AD) (?P<after>\d{1,4})|(?<!\d[-–])(?<!\d (?:to|or) )(?<!\d and )"
    r"\b(?P<before>\d{1,3}(?:,\d{3})+|\d{1,5}) ?(?P<era>BCE?|AD|CE))\b(?! ?(?:[-–]|to\b))"
)
_SEASON = re.compile(r"\b(?P<first>1\d{3}|20\d\d)[-–/](?P<last>\d{2})\b(?!\d)(?= season| campaign|\b)")
_BARE_YEAR = re.compile(rf"(?<![\w.,£$€-]){_YEAR}(?![\w%°]|[.,]\d|(?: (?:and|to|or) \d+)? ?(?:BCE?|CE)\b)")
_CLOCK = re.compile(
    r"\b(?:[01]?\d|2[0-3])(?:[.:][0-5]\d)?(?: ?(?:am|pm|a\.m\.|p\.m\.)(?!\w)(?: "
    r"(?:GMT|BST|UTC|CET|EST|local time))?|"
    r"(?<=\d\d) ?(?:GMT|BST|UTC|CET|EST|local time)\b)"
)
_RELATIVE = re.compile(
    r"\b(?:(?:around|about) this time )?(?P<which>last|next|(?:later |earlier )?this) year\b(?!['’]s)"
)
_YEAR_LEADERS = words_of("year_leaders")
_PLURAL_ALLOWED = frozenset(("in", "since", "until", "during"))


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published; `told` says how that is known, `day` is None where only the year is."""

    year: int
    told: str
    day: date | None = None


def find_dates(sentence: str, published: Published | None = None) -> list[Value]:
    """Return the dates of a sentence; earlier rules are more exact and win over later ones."""
    found: list[Value] = []
    taken: list[Span] = []
    for rule in (_full_dates, _month_years, _centuries, _decades, _eras, _seasons, _clocks, _years):
        for value in rule(sentence):
            if is_free(value.start, value.end, taken):
                found.append(value)
                taken.append((value.start, value.end))
    found.extend(v for v in _relative(sentence, published) if is_free(v.start, v.end, taken))
    return sorted(found, key=lambda value: value.start)


_ASKED = {"month": "month and year", "era": "year", "relative": "year"}


def _value(
    match: re.Match[str], kind: FactKind, text: str, form: str, number: float | None = None, *aliases: str
) -> Value:
    asked = "what time" if form == "clock" else f"which {_ASKED.get(form, form)}"
    return Value(*match.span(), kind, text, asked, form, number, aliases=aliases)


def month_number(name: str) -> int:
    """Return 1 to 12 for a month's name or its abbreviation."""
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(name.rstrip(".")[:3]))


def _full_dates(sentence: str) -> Iterator[Value]:
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        for match in pattern.finditer(sentence):
            day, month = int(match["day"]), MONTHS[month_number(match["month"]) - 1]
            if not 1 <= day <= 31:
                continue
            text = f"{day} {month}" + (f" {match['year']}" if match["year"] else "")
            american = f"{month} {day}" + (f", {match['year']}" if match["year"] else "")
            yield _value(match, FactKind.DATE, text, "date", None, american)


def _month_years(sentence: str) -> Iterator[Value]:
    for match in _MONTH_YEAR.finditer(sentence):
        text = f"{MONTHS[month_number(match['month']) - 1]} {match['year']}"
        yield _value(match, FactKind.DATE, text, "month", float(match["year"]), match["year"])


def _centuries(sentence: str) -> Iterator[Value]:
    for match in _CENTURY.finditer(sentence):
        word, era = match["nth"].lower(), match["era"] or ""
        number = RANKS.get(word) or int(re.sub(r"\D", "", word))
        text, alias = f"the {short_ordinal(number)} century{era}", f"{ordinal(number)} century{era}"
        yield _value(match, FactKind.PERIOD, text, "century", float(number), alias)


def _decades(sentence: str) -> Iterator[Value]:
    for match in _DECADE.finditer(sentence):
        told = match["decade"]
        yield _value(match, FactKind.PERIOD, f"the {told}s", "decade", float(told), f"{told}s", told)


def _eras(sentence: str) -> Iterator[Value]:
    for match in _ERA.finditer(sentence):
        era, digits = match["ad"] or match["era"], match["after"] or match["before"]
        text, aliases = (f"AD {digits}", [digits]) if era == "AD" else (f"{digits} {era}", [])
        number = float(digits.replace(",", "")) * (-1 if era.startswith("B") else 1)
        yield _value(match, FactKind.PERIOD, text, "era", number, *aliases)


def _seasons(sentence: str) -> Iterator[Value]:
    for match in _SEASON.finditer(sentence):
        if (int(match["first"]) + 1) % 100 == int(match["last"]):
            text = f"{match['first']}-{match['last']}"
            yield _value(match, FactKind.PERIOD, text, "season", float(match["first"]))


def _clocks(sentence: str) -> Iterator[Value]:
    for match in _CLOCK.finditer(sentence):
        yield _value(match, FactKind.TERM, match[0].strip(), "clock")


def _years(sentence: str) -> Iterator[Value]:
    for match in _BARE_YEAR.finditer(sentence):
        before = re.findall(r"[\w’'-]+|[(]", sentence[max(0, match.start() - 30) : match.start()])
        after = re.findall(r"[\w-]+", sentence[match.end() : match.end() + 60])[:4]
        leader = before[-1].lower() if before else ""
        glued = sentence[match.end() : match.end() + 1] not in (" ", "")
        if find_unit(after, touching=False) and not glued:
            continue
        if not glued and after and is_plural(after[0]) and leader not in _PLURAL_ALLOWED:
            continue
        if leader in _YEAR_LEADERS or leader == "(" or glued or leader.endswith("-"):
            yield _value(match, FactKind.YEAR, match["year"], "year", float(match["year"]))


def _relative(sentence: str, published: Published | None) -> Iterator[Value]:
    """Yield "last year" as the year it was; without the article's date it is no value."""
    if published is None:
        return
    for match in _RELATIVE.finditer(sentence):
        year = str(published.year + {"last": -1, "next": 1}.get(match["which"], 0))
        note = f"“{match[0]}” is counted from {published.told}: check."
        yield replace(_value(match, FactKind.YEAR, year, "relative", float(year)), note=note)


def published_on(text: str) -> Published | None:
    """Read when an article was published: a day, a month and year, or a year; None without one."""
    if day := read_published(text):
        return Published(day.year, f"the article's date, {day.day} {day:%B} {day.year}", day)
    month = _MONTH_YEAR.search(text)
    year = month["year"] if month else text.strip()
    if not re.fullmatch(r"1\d{3}|20\d{2}|21\d{2}", year):
        return None
    return Published(int(year), f"the article's date, {text.strip()}")


def read_published(text: str) -> date | None:
    """Read a day from an ISO stamp or from a date line ("14 March 2023, 09:15"); None without one."""
    if match := re.search(r"\b(\d{4})-(\d{2})-(\d{2})(?!\d)", text):
        year, month, day = map(int, match.groups())
    elif (match := _DAY_FIRST.search(text) or _MONTH_FIRST.search(text)) and match["year"]:
        year, month, day = int(match["year"]), month_number(match["month"]), int(match["day"])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
