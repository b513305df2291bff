"""Time zones as people look for them: by town, country, abbreviation or IANA name, slips forgiven.

The IANA database knows one town a zone; people type theirs, or their country.
So the search goes through zone names, the countries of `iso3166.tab`, the old
names that the database still links, and two files: `towns.txt` and `zones.toml`.

What always holds:
- a name is taken as it is typed only when all that it may mean keep one time;
  any other is answered with what it may mean, the likeliest first;
- what was shown as a suggestion is taken as it was shown;
- a search takes a few milliseconds, whatever was typed: all that takes longer
  was done when the atlas was made, beside the event loop.
"""

import asyncio
import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from importlib import resources
from math import log10
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import BadInput
from bot.folding import bare_words

MOST = 25  # choices that Discord shows
_ASKED = 8  # places named to whoever typed something that is not certain
_SHADOWED = 10  # a town so many times as large as its namesakes is meant
_PREFIX = 66  # a score that means: the text begins so, or one of its words does
_SLIP = 85  # the least likeness (0-100) that counts as a slip
_APART = 8  # by how much a slip must be likelier than the next zone
_SLIPS_FROM = 5  # letters; in fewer a slip is another word
_COUNTRY, _REGION, _TOWN = 20_000, 5_000, 500  # weights, in thousands of people, where no better one is known
_PARTS_OF_THE_WORLD = {
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
}
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?(\d{2}))?")
_SPELT = re.compile(r"(?<=\b[a-z]) (?=[a-z]\b)")  # between the letters of a short form
_UNKNOWN = (
    "Farside knows no such time zone. Start typing a large city near you, or a country, "
    "and pick one of the suggestions: `Europe/Berlin`, for example."
)
_IS_OFFSET = (
    "An offset such as `UTC+2` does not know when clocks change. "
    "Start typing a city or a country, and pick one of the suggestions."
)


@dataclass(frozen=True, slots=True)
class NamedZone:
    """A zone as it was found: `name` is the town or country that people know it by."""

    key: str
    name: str


class _Entry(NamedTuple):
    """Something that people type for a place. `rank` orders a country's zones: the likeliest is 0."""

    text: str
    zone: NamedZone
    weight: int
    rank: int = 0


class Atlas:
    """Every name of every zone, ready to be searched. Making it takes a moment; it never changes."""

    def __init__(self) -> None:
        from rapidfuzz import fuzz, process  # here, that is: not on the event loop

        self._alike = partial(process.extract, scorer=fuzz.ratio)
        words = tomllib.loads(_read("bot.services", "zones.toml"))
        self._popular: list[str] = words["popular"]
        self._locales: Mapping[str, str] = words["locales"]
        self._country_of = _countries(words["largest"])
        self._names = self._zone_names()
        self._zones = {name: ZoneInfo(name) for name in {*self._names.values(), *self._country_of, "UTC"}}
        found = sorted(self._entries(words), key=lambda entry: (entry.text, entry.rank, -entry.weight))
        self._found = list({(entry.text, entry.zone.key): entry for entry in reversed(found)}.values())[::-1]
        self._by_text: dict[str, list[_Entry]] = {}
        for entry in self._found:
            self._by_text.setdefault(entry.text, []).append(entry)
        self._texts = list(self._by_text)
        # Each text from each of its words on, so that one look finds all that begin so.
        self._beginnings = sorted(
            (text[start:], start, place)
            for place, text in enumerate(self._texts)
            for start in [0, *(match.end() for match in re.finditer(" ", text))]
        )
        self._years: dict[tuple[str, int], tuple[timedelta | None, ...]] = {}

    def search(self, text: str, now: datetime, *, locale: str = "") -> list[NamedZone]:
        """Return up to 25 zones that `text` may mean, the likeliest first.

        Without text: the zones most people live in, led by the likeliest one for
        Discord's `locale`. A text like `UTC+2` finds zones that keep that time now.
        """
        wanted = _plain(_without_label(text))
        if (offset := _offset(text)) is not None:
            return list(self._at_offset(offset, now))[:MOST]
        if not wanted:
            first = [self._locales[locale]] if locale in self._locales else []
            return [self._named(zone) for zone in dict.fromkeys([*first, *self._popular])][:MOST]
        return [entry.zone for entry in self._ranked(wanted)][:MOST]

    def find(self, text: str, now: datetime) -> ZoneInfo:
        """Return the zone that `text` certainly means; raises `BadInput` with what it may mean otherwise."""
        typed = _without_label(text)
        exact = self._names.get(re.sub(r"\s+", "_", typed.strip()).casefold())
        if exact is not None:
            return self._zones[exact]
        if _offset(text) is not None:
            raise BadInput(_IS_OFFSET)
        wanted = _plain(typed)
        meant = self._meant(wanted)
        if meant and self._is_one_time({entry.zone.key for entry in meant}, now):
            return self._zones[meant[0].zone.key]
        raise BadInput(_question(meant + self._namesakes(wanted) or self._ranked(wanted)))

    def _meant(self, wanted: str) -> list[_Entry]:
        """Return what is called so, or so but for a slip, without what hardly anybody means by it."""
        named = self._namesakes(wanted)
        exact = [entry.weight for entry in named if entry.text == wanted]
        if not exact:
            return named or self._slips(wanted)
        largest = max(exact)
        # `Leon` may be the larger León de los Aldama too, but `Santiago` is not Santiago de Cuba.
        return [
            entry
            for entry in named
            if (entry.weight * _SHADOWED >= largest if entry.text == wanted else entry.weight > largest)
        ]

    def _namesakes(self, wanted: str) -> list[_Entry]:
        """Return what is called `wanted`, then what is called so and more, the largest first."""
        if not wanted:
            return []
        longer = [
            entry
            for _, start, place in self._beginning_with(f"{wanted} ")
            if not start
            for entry in self._by_text[self._texts[place]]
        ]
        found = [*self._by_text.get(wanted, ()), *longer]
        return sorted(found, key=lambda entry: (entry.text != wanted, -entry.weight, entry.rank))

    def _slips(self, wanted: str) -> list[_Entry]:
        """Return what `wanted` may be a slip for, if it is likely to be one at all: the likeliest first."""
        if len(wanted) < _SLIPS_FROM:
            return []
        found = self._alike(wanted, self._texts, score_cutoff=_SLIP, limit=MOST)
        near = [text for text, likeness, _ in found if likeness > found[0][1] - _APART]
        return [entry for text in near for entry in self._meant(text)]

    def _ranked(self, wanted: str) -> list[_Entry]:
        """Return the entry of each zone that fits `wanted` best, the likeliest first."""
        if not wanted:
            return []
        best: dict[str, tuple[float, _Entry]] = {}

        def offer(score: float, text: str) -> None:
            for entry in self._by_text[text]:
                own = score + 3 * log10(entry.weight) - entry.rank * 0.1
                if own > best.get(entry.zone.key, (0.0, entry))[0]:
                    best[entry.zone.key] = own, entry

        for beginning, start, place in self._beginning_with(wanted):
            if beginning == wanted and not start:
                offer(100, self._texts[place])
            else:
                offer((78 if start else 88) - min(len(beginning) - len(wanted), 30) * 0.2, self._texts[place])
        if len(wanted) >= 3 and len(best) < MOST:
            for text in self._texts:
                if wanted in text:
                    offer(60, text)
        if not any(score >= _PREFIX for score, _ in best.values()):
            for entry in self._slips(wanted):
                offer(_SLIP, entry.text)
        ranked = sorted(best.values(), key=lambda found: (-found[0], found[1].zone.key))
        return [entry for _, entry in ranked]

    def _beginning_with(self, wanted: str) -> Iterator[tuple[str, int, int]]:
        for found in self._beginnings[bisect_left(self._beginnings, (wanted,)) :]:
            if not found[0].startswith(wanted):
                break
            yield found

    def _at_offset(self, offset: timedelta, now: datetime) -> Iterator[NamedZone]:
        """Yield the zones that are `offset` ahead of UTC now, those of many people first."""
        for zone in dict.fromkeys([*self._popular, *self._country_of]):
            if now.astimezone(self._zones[zone]).utcoffset() == offset:
                yield self._named(zone)

    def _is_one_time(self, zones: Iterable[str], now: datetime) -> bool:
        """Return whether all zones show the same time through this year and the next."""
        return len({self._year(zone, now.year) for zone in zones}) == 1

    def _year(self, zone: str, year: int) -> tuple[timedelta | None, ...]:
        """Return how far the zone is ahead of UTC in each week of a year and the next."""
        key = (zone, year)
        if key not in self._years:
            first = datetime(year, 1, 1, tzinfo=self._zones["UTC"])
            weeks = (first + timedelta(weeks=week) for week in range(104))
            self._years[key] = tuple(week.astimezone(self._zones[zone]).utcoffset() for week in weeks)
        return self._years[key]

    def _entries(self, words: Mapping[str, Any]) -> Iterator[_Entry]:
        yield _Entry("utc", self._named("UTC"), _COUNTRY)
        for names, weight in ((words["regions"], _REGION), (words["abbreviations"], _COUNTRY)):
            for name, zones in names.items():
                for rank, zone in enumerate(zones):
                    yield _Entry(_plain(name), NamedZone(zone, name), weight, rank)
        yield from self._towns(words["towns"])
        yield from self._of_countries(words["countries"])
        for target, old in _links():
            group, _, name = old.rpartition("/")
            if not group or target not in self._country_of or old in self._country_of:
                continue
            yield _Entry(_plain(old), self._named(target), _TOWN)
            if _names_a_place(group, name):
                yield _Entry(_plain(name), self._named(target), _TOWN)

    def _towns(self, others: Mapping[str, str]) -> Iterator[_Entry]:
        codes = _country_names()
        zone = country = ""
        for line in _lines("bot.services", "towns.txt"):
            if line.startswith("\t"):
                town, _, weight = line[1:].rpartition(" ")
                is_own = _plain(town) == _plain(zone.rpartition("/")[2])  # the zone's name says it already
                name = country if is_own else f"{town}, {country}"
                yield _Entry(_plain(town), NamedZone(zone, name), int(weight))
            else:
                zone, _, code = line.partition(" ")
                country = codes.get(code, code)
        for town, zone in others.items():
            yield _Entry(
                _plain(town), NamedZone(zone, f"{town}, {self._country_of.get(zone, '')}"), _TOWN * 2
            )

    def _of_countries(self, others: Mapping[str, str]) -> Iterator[_Entry]:
        """Yield each zone by its own town, and by all names of its country."""
        codes = _country_names()
        names: dict[str, set[str]] = {}
        for country in codes.values():
            names[country] = {country, country.replace("&", "and"), re.sub(r"\s*\(.*\)", "", country)}
        for name, code in others.items():
            names[codes[code]].add(name)
        of_country: dict[str, int] = {}
        for zone, country in self._country_of.items():
            rank = of_country.get(country, 0)
            of_country[country] = rank + 1
            yield _Entry(_plain(zone.rpartition("/")[2]), self._named(zone), _TOWN)
            yield _Entry(_plain(zone), self._named(zone), _TOWN)
            for name in names[country]:
                yield _Entry(_plain(name), NamedZone(zone, country), _COUNTRY, rank)

    def _zone_names(self) -> dict[str, str]:
        """Return the name to use for each that the database accepts, by that name in lower case.

        Names without a region are left out but for UTC: `EST` is a fixed offset that
        hardly anybody means who types it.
        """
        links = {old: target for target, old in _links()}
        names = {"utc": "UTC"}
        for name in available_timezones():
            if "/" in name and not name.startswith(("posix/", "right/")):
                names[name.casefold()] = name if name in self._country_of else links.get(name, name)
        return names

    def _named(self, zone: str) -> NamedZone:
        return NamedZone(zone, self._country_of.get(zone, "no summer time" if zone == "UTC" else ""))


@cache
def atlas() -> Atlas:
    """Return the atlas of this process."""
    return Atlas()


class ZonesService:
    """The atlas, made once beside the event loop by whoever needs it first."""

    def __init__(self) -> None:
        self._making: asyncio.Task[Atlas] | None = None

    def begin(self) -> None:
        """Have the atlas made, so that the first who needs it need not wait."""
        making = self._making
        if making is None or (making.done() and (making.cancelled() or making.exception())):
            self._making = asyncio.create_task(asyncio.to_thread(atlas))

    async def load(self) -> Atlas:
        """Return the atlas."""
        self.begin()
        assert self._making is not None  # noqa: S101 - begun a line ago
        return await asyncio.shield(self._making)


def _names_a_place(group: str, name: str) -> bool:
    """Return whether an old name ends in a place's own: `Asia/Calcutta` does, `Brazil/East` does not."""
    return group.partition("/")[0] in _PARTS_OF_THE_WORLD and name not in {"North", "South", "West"}


def _countries(largest: Iterable[str]) -> dict[str, str]:
    """Return each zone of `zone.tab` with its country's name; a country's larger zones come first."""
    names = _country_names()
    zones = {}
    for line in _lines("tzdata.zoneinfo", "zone.tab"):
        code, _, zone = line.split("\t")[:3]
        zones[zone] = names[code]
    return {zone: zones[zone] for zone in largest} | zones


def _country_names() -> dict[str, str]:
    """Return the countries' names by their codes."""
    names = dict(line.split("\t")[:2] for line in _lines("tzdata.zoneinfo", "iso3166.tab"))
    return names | {"GB": "United Kingdom", "KR": "South Korea", "KP": "North Korea"}


def _links() -> Iterator[tuple[str, str]]:
    """Yield (zone, old name) for each link of the database."""
    for line in _lines("tzdata.zoneinfo", "tzdata.zi"):
        if line.startswith("L "):
            _, target, old = line.split()[:3]
            yield target, old


def _lines(package: str, name: str) -> list[str]:
    return [line for line in _read(package, name).splitlines() if line and not line.startswith("#")]


def _read(package: str, name: str) -> str:
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")


def _question(likely: Iterable[_Entry]) -> str:
    """Return what to ask whoever typed something that is not certain."""
    found = list({entry.zone.key: entry.zone for entry in reversed(list(likely))}.values())[::-1]
    if not found:
        return _UNKNOWN
    if len(found) == 1:
        return f"Did you mean `{found[0].key}`? Type it like that, or pick one of the suggestions."
    zones = ", ".join(f"`{zone.key}`" for zone in found[:_ASKED])
    names = {zone.name: None for zone in found[:_ASKED]}  # those of one country are all called by its name
    told = f"\n-# {' · '.join(names)}" if len(names) > 1 else ""
    return f"That could be several time zones. Type one of them in full: {zones}.{told}"


def _without_label(text: str) -> str:
    """Return `text` without what a suggestion shows beside its zone: `Asia/Karachi · Pakistan ...`."""
    return text.partition("·")[0].strip()


def _offset(text: str) -> timedelta | None:
    """Return what `UTC+2`, `gmt -3:30` or `+5` is ahead of UTC, or None for any other text."""
    match = _OFFSET.fullmatch(text.strip().lower())
    if match is None:
        return None
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return ahead if match[1] == "+" else -ahead


def _plain(text: str) -> str:
    """Return `text` bare, its words parted by single blanks: without `the`, and `u.s.a.` as one word."""
    words = " ".join("saint" if word == "st" else word for word in bare_words(text))
    return _SPELT.sub("", words).removeprefix("the ")
