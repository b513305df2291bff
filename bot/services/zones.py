"""Time zones as people look for them: by city, country, abbreviation or IANA name, slips forgiven.

The IANA database knows one city a zone; people type theirs, or their country.
So the search goes through zone names, the countries of `iso3166.tab`, the old
names that the database still links, and a list of large cities that are not
zones. A name that is certain is taken as it is typed; any other is answered
with the likeliest, never guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import BadInput

MOST = 25  # choices that Discord shows
_SURE = 78  # a score from which a match is taken without asking, when no other is near
_AHEAD = 8  # by how much the best must lead the next zone
_PREFIX = 66  # a score that means: the text begins so, or one of its words does
_SLIP = 78  # the least likeness that counts as a slip

_POPULAR = (
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Warsaw",
    "Europe/Athens",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Africa/Lagos",
    "Africa/Johannesburg",
)

# In countries with several zones: those of the most people, in the order in which they are offered.
_LARGEST = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Toronto",
    "America/Vancouver",
    "America/Edmonton",
    "America/Winnipeg",
    "America/Halifax",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Manaus",
    "Europe/Moscow",
    "Australia/Sydney",
    "Australia/Melbourne",
    "Australia/Brisbane",
    "Australia/Adelaide",
    "Australia/Perth",
    "Australia/Hobart",
    "Australia/Darwin",
    "Asia/Jakarta",
    "Asia/Almaty",
    "Europe/Kyiv",
    "Pacific/Auckland",
    "Asia/Shanghai",
    "Europe/Madrid",
    "Europe/Lisbon",
    "America/Mexico_City",
)

_AMERICAN = " ".join(_LARGEST[:7])

# What people type for a country or its parts; the first zone is the likeliest.
_REGIONS = {
    "UK": "Europe/London",
    "Great Britain": "Europe/London",
    "United Kingdom": "Europe/London",
    "England": "Europe/London",
    "Scotland": "Europe/London",
    "Wales": "Europe/London",
    "Northern Ireland": "Europe/London",
    "USA": _AMERICAN,
    "US": _AMERICAN,
    "America": _AMERICAN,
    "United States of America": _AMERICAN,
    "UAE": "Asia/Dubai",
    "Holland": "Europe/Amsterdam",
    "Deutschland": "Europe/Berlin",
    "Österreich": "Europe/Vienna",
    "Schweiz": "Europe/Zurich",
    "España": "Europe/Madrid",
    "Italia": "Europe/Rome",
    "Polska": "Europe/Warsaw",
    "Brasil": "America/Sao_Paulo America/Manaus America/Bahia America/Fortaleza",
    "Korea": "Asia/Seoul",
    "South Korea": "Asia/Seoul",
    "North Korea": "Asia/Pyongyang",
    "Czech Republic": "Europe/Prague",
    "Burma": "Asia/Yangon",
    "Ivory Coast": "Africa/Abidjan",
    "Macedonia": "Europe/Skopje",
    "Bosnia": "Europe/Sarajevo",
    "Vatican City": "Europe/Vatican",
    "Palestine": "Asia/Gaza Asia/Hebron",
    "Taiwan": "Asia/Taipei",
    "Hong Kong": "Asia/Hong_Kong",
    "Hawaii": "Pacific/Honolulu",
    "Alaska": "America/Anchorage",
    "California": "America/Los_Angeles",
    "Texas": "America/Chicago",
    "Florida": "America/New_York",
    "Arizona": "America/Phoenix",
    "Ontario": "America/Toronto",
    "Quebec": "America/Toronto",
    "British Columbia": "America/Vancouver",
    "Alberta": "America/Edmonton",
    "New South Wales": "Australia/Sydney",
    "Queensland": "Australia/Brisbane",
    "Victoria": "Australia/Melbourne",
    "Western Australia": "Australia/Perth",
    "Bavaria": "Europe/Berlin",
    "Bali": "Asia/Makassar",
    "Siberia": "Asia/Novosibirsk Asia/Krasnoyarsk Asia/Irkutsk",
}

_ABBREVIATIONS = {
    "GMT": "UTC Europe/London",
    "Z": "UTC",
    "Zulu": "UTC",
    "BST": "Europe/London",
    "CET": "Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Warsaw",
    "CEST": "Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Warsaw",
    "MEZ": "Europe/Berlin Europe/Vienna Europe/Zurich",
    "EET": "Europe/Athens Europe/Kyiv Europe/Helsinki",
    "EEST": "Europe/Athens Europe/Kyiv Europe/Helsinki",
    "WET": "Europe/Lisbon",
    "MSK": "Europe/Moscow",
    "EST": "America/New_York America/Toronto America/Panama Australia/Sydney",
    "EDT": "America/New_York America/Toronto",
    "ET": "America/New_York",
    "Eastern": "America/New_York",
    "CST": "America/Chicago America/Mexico_City Asia/Shanghai",
    "CDT": "America/Chicago",
    "CT": "America/Chicago",
    "Central": "America/Chicago",
    "MST": "America/Denver America/Phoenix",
    "MDT": "America/Denver",
    "MT": "America/Denver",
    "Mountain": "America/Denver",
    "PST": "America/Los_Angeles Asia/Manila",
    "PDT": "America/Los_Angeles",
    "PT": "America/Los_Angeles",
    "AKST": "America/Anchorage",
    "HST": "Pacific/Honolulu",
    "IST": "Asia/Kolkata Europe/Dublin Asia/Jerusalem",
    "PKT": "Asia/Karachi",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "SGT": "Asia/Singapore",
    "HKT": "Asia/Hong_Kong",
    "WIB": "Asia/Jakarta",
    "AEST": "Australia/Sydney Australia/Brisbane",
    "AEDT": "Australia/Sydney",
    "ACST": "Australia/Adelaide Australia/Darwin",
    "AWST": "Australia/Perth",
    "NZST": "Pacific/Auckland",
    "NZDT": "Pacific/Auckland",
    "SAST": "Africa/Johannesburg",
    "BRT": "America/Sao_Paulo",
}

# Large cities that the database does not name.
_CITIES = {
    "Europe/Berlin": "Munich München Hamburg Cologne Köln Frankfurt Stuttgart Düsseldorf Leipzig Dresden"
    " Hanover Nuremberg Bremen",
    "Europe/London": "Manchester Birmingham Glasgow Edinburgh Liverpool Leeds Bristol Cardiff Belfast",
    "Europe/Paris": "Lyon Marseille Toulouse Nice Bordeaux Lille Nantes Strasbourg",
    "Europe/Madrid": "Barcelona Valencia Seville Bilbao Málaga",
    "Europe/Rome": "Milan Naples Turin Florence Venice Bologna Palermo Milano Roma",
    "Europe/Zurich": "Geneva Basel Bern Lausanne",
    "Europe/Vienna": "Graz Salzburg Innsbruck Linz Wien",
    "Europe/Amsterdam": "Rotterdam Utrecht Eindhoven The_Hague",
    "Europe/Brussels": "Antwerp Ghent Bruges",
    "Europe/Warsaw": "Kraków Gdańsk Wrocław Poznań Łódź Warszawa",
    "Europe/Lisbon": "Porto Lisboa",
    "Europe/Prague": "Brno Praha",
    "Europe/Stockholm": "Gothenburg Malmö",
    "Europe/Copenhagen": "Aarhus København",
    "Europe/Oslo": "Bergen Trondheim",
    "Europe/Helsinki": "Tampere Turku Espoo",
    "Europe/Athens": "Thessaloniki",
    "Europe/Istanbul": "Ankara Izmir Antalya",
    "Europe/Moscow": "Saint_Petersburg St_Petersburg Kazan Sochi",
    "Europe/Kyiv": "Lviv Odesa Kharkiv Dnipro",
    "Europe/Bucharest": "Cluj Timișoara Iași",
    "America/New_York": "Washington Washington_DC Boston Philadelphia Miami Atlanta Charlotte Pittsburgh"
    " Cleveland Columbus Orlando Tampa Baltimore Jacksonville NYC Brooklyn",
    "America/Chicago": "Houston Dallas Austin San_Antonio Minneapolis St_Louis New_Orleans Kansas_City"
    " Nashville Milwaukee Memphis Oklahoma_City",
    "America/Denver": "Salt_Lake_City Albuquerque Colorado_Springs",
    "America/Phoenix": "Tucson",
    "America/Los_Angeles": "San_Francisco San_Diego Seattle Portland Las_Vegas Sacramento San_Jose Oakland"
    " LA",
    "America/Toronto": "Montreal Ottawa Quebec_City Hamilton",
    "America/Edmonton": "Calgary",
    "America/Mexico_City": "Guadalajara Puebla",
    "America/Sao_Paulo": "Rio_de_Janeiro Brasília Belo_Horizonte Curitiba Porto_Alegre",
    "America/Argentina/Buenos_Aires": "Rosario La_Plata",
    "America/Bogota": "Medellín Cali",
    "America/Guayaquil": "Quito",
    "America/La_Paz": "Santa_Cruz",
    "Africa/Johannesburg": "Cape_Town Durban Pretoria",
    "Africa/Lagos": "Abuja Kano",
    "Africa/Casablanca": "Rabat Marrakesh",
    "Africa/Cairo": "Alexandria Giza",
    "Asia/Kolkata": "Mumbai Delhi New_Delhi Bangalore Bengaluru Chennai Hyderabad Pune Ahmedabad Bombay",
    "Asia/Karachi": "Lahore Islamabad Rawalpindi Faisalabad Peshawar",
    "Asia/Dhaka": "Chittagong",
    "Asia/Dubai": "Abu_Dhabi Sharjah",
    "Asia/Riyadh": "Jeddah Mecca Medina",
    "Asia/Jerusalem": "Tel_Aviv Haifa",
    "Asia/Shanghai": "Beijing Shenzhen Guangzhou Chengdu Wuhan Hangzhou Nanjing Tianjin Peking",
    "Asia/Tokyo": "Osaka Kyoto Nagoya Sapporo Fukuoka Yokohama",
    "Asia/Seoul": "Busan Incheon Daegu",
    "Asia/Ho_Chi_Minh": "Hanoi Da_Nang",
    "Asia/Bangkok": "Chiang_Mai Phuket",
    "Asia/Jakarta": "Bandung Surabaya",
    "Asia/Makassar": "Denpasar",
    "Asia/Manila": "Quezon_City Cebu Davao",
    "Asia/Almaty": "Astana",
    "Australia/Sydney": "Canberra Newcastle",
    "Australia/Brisbane": "Gold_Coast Cairns",
    "Pacific/Auckland": "Wellington Christchurch",
}

_LOCALES = {
    "bg": "Europe/Sofia",
    "cs": "Europe/Prague",
    "da": "Europe/Copenhagen",
    "de": "Europe/Berlin",
    "el": "Europe/Athens",
    "en-GB": "Europe/London",
    "en-US": "America/New_York",
    "es-ES": "Europe/Madrid",
    "es-419": "America/Mexico_City",
    "fi": "Europe/Helsinki",
    "fr": "Europe/Paris",
    "hi": "Asia/Kolkata",
    "hr": "Europe/Zagreb",
    "hu": "Europe/Budapest",
    "id": "Asia/Jakarta",
    "it": "Europe/Rome",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "lt": "Europe/Vilnius",
    "nl": "Europe/Amsterdam",
    "no": "Europe/Oslo",
    "pl": "Europe/Warsaw",
    "pt-BR": "America/Sao_Paulo",
    "ro": "Europe/Bucharest",
    "ru": "Europe/Moscow",
    "sv-SE": "Europe/Stockholm",
    "th": "Asia/Bangkok",
    "tr": "Europe/Istanbul",
    "uk": "Europe/Kyiv",
    "vi": "Asia/Ho_Chi_Minh",
    "zh-CN": "Asia/Shanghai",
    "zh-TW": "Asia/Taipei",
}

_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A zone as it was found: `name` is the city or country that people know it by."""

    zone: str
    name: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something that people type. `rank` orders the zones of one text: the likeliest is 0."""

    text: str
    place: Place
    rank: int


def search_zones(text: str, now: datetime, *, locale: str = "") -> list[Place]:
    """Return up to 25 zones that `text` may mean, the likeliest first.

    Without text: the zones most people live in, led by the likeliest one for
    Discord's `locale`. A text like `UTC+2` finds zones that keep that time now.
    """
    wanted = _plain(text)
    if not wanted and not _OFFSET.fullmatch(text.strip().lower()):
        first = [_LOCALES[locale]] if locale in _LOCALES else []
        return [_place(zone) for zone in dict.fromkeys([*first, *_POPULAR])][:MOST]
    if (offset := _offset(text)) is not None:
        return list(_at_offset(offset, now))[:MOST]
    return [place for _, place in _ranked(wanted)][:MOST]


def find_zone(text: str) -> ZoneInfo:
    """Return the zone that `text` certainly means; raises `BadInput` with the likeliest ones otherwise."""
    exact = _zone_names().get(re.sub(r"\s+", "_", text.strip()).casefold())
    if exact is not None:
        return ZoneInfo(exact)
    if _offset(text) is not None:
        raise BadInput(
            "An offset such as `UTC+2` does not know when clocks change. "
            "Start typing a city or a country, and pick one of the suggestions."
        )
    ranked = _ranked(_plain(text))
    if not ranked:
        raise BadInput(
            "Farside knows no such time zone. Start typing a large city near you, or a country, "
            "and pick one of the suggestions: `Europe/Berlin`, for example."
        )
    best, place = ranked[0]
    rivals = [found.zone for score, found in ranked[1:] if best - score < _AHEAD]
    if best >= _SURE and all(_keeps_time_of(place.zone, rival) for rival in rivals):
        return ZoneInfo(place.zone)
    if len(ranked) == 1:
        raise BadInput(f"Did you mean `{place.zone}`? Type it like that, or pick one of the suggestions.")
    likely = ", ".join(f"`{found.zone}`" for _, found in ranked[:4])
    raise BadInput(f"That could be several time zones. Type one of them in full: {likely}.")


def _ranked(wanted: str) -> list[tuple[float, Place]]:
    """Return each zone that `wanted` fits, with its best score (100: exactly), best first."""
    from rapidfuzz import fuzz, process

    if not wanted:
        return []
    entries = _entries()
    best: dict[str, tuple[float, Place]] = {}

    def offer(score: float, entry: _Entry) -> None:
        score -= entry.rank * 0.1 if entry.rank else 0
        if entry.rank:
            score -= _AHEAD / 2  # a country's second zone is never certain, and makes the first uncertain
        if score > best.get(entry.place.zone, (0.0, entry.place))[0]:
            best[entry.place.zone] = (score, entry.place)

    for entry in entries:
        if (score := _score(wanted, entry.text)) is not None:
            offer(score, entry)
    if not any(score >= _PREFIX for score, _ in best.values()):
        texts = [entry.text for entry in entries]
        for _, likeness, index in process.extract(
            wanted, texts, scorer=fuzz.ratio, score_cutoff=_SLIP, limit=MOST
        ):
            offer(likeness, entries[index])
    return sorted(best.values(), key=lambda found: (-found[0], found[1].zone))


def _score(wanted: str, text: str) -> float | None:
    if text == wanted:
        return 100
    if text.startswith(wanted):
        return 88 - min(len(text) - len(wanted), 30) * 0.2
    if f" {wanted}" in f" {text}":
        return 78 - min(len(text) - len(wanted), 30) * 0.2
    if len(wanted) >= 3 and wanted in text:
        return 60
    return None


@cache
def _entries() -> list[_Entry]:
    """Return everything that people may type, as one list."""
    entries = list(_read_entries())
    return list({(entry.text, entry.place.zone): entry for entry in reversed(entries)}.values())[::-1]


def _read_entries() -> Iterator[_Entry]:
    yield _Entry("utc", _place("UTC"), 0)
    for names in (_REGIONS, _ABBREVIATIONS):
        for text, zones in names.items():
            for rank, zone in enumerate(zones.split()):
                yield _Entry(_plain(text), Place(zone, text), rank)
    for zone, cities in _CITIES.items():
        for city in cities.split():
            name = city.replace("_", " ")
            yield _Entry(_plain(name), Place(zone, f"{name}, {_country_of().get(zone, '')}"), 0)
    of_country: dict[str, int] = {}
    for zone, country in _country_of().items():
        rank = of_country.get(country, 0)
        of_country[country] = rank + 1
        yield _Entry(_plain(zone.rpartition("/")[2]), _place(zone), 0)
        yield _Entry(_plain(zone), _place(zone), 0)
        for name in {country, country.replace("&", "and"), re.sub(r"\s*\(.*\)", "", country)}:
            yield _Entry(_plain(name), _place(zone), rank)
    known = _country_of()
    for target, old in _links():
        if target in known and "/" in old and old not in known:
            yield _Entry(_plain(old.rpartition("/")[2]), _place(target), 0)


@cache
def _country_of() -> dict[str, str]:
    """Return each zone of `zone.tab` with its country's name; a country's larger zones come first."""
    countries = dict(line.split("\t")[:2] for line in _table("iso3166.tab"))
    countries |= {"GB": "United Kingdom", "KR": "South Korea", "KP": "North Korea"}
    zones = {}
    for line in _table("zone.tab"):
        code, _, zone = line.split("\t")[:3]
        zones[zone] = countries[code]
    return {zone: zones[zone] for zone in _LARGEST} | zones


@cache
def _zone_names() -> dict[str, str]:
    """Return the name to use for each that the database accepts, by that name in lower case.

    Names without a region are left out but for UTC: `EST` is a fixed offset that
    hardly anybody means who types it.
    """
    known = _country_of()
    links = {old: target for target, old in _links()}
    names = {"utc": "UTC"}
    for name in available_timezones():
        if "/" in name and not name.startswith(("posix/", "right/")):
            names[name.casefold()] = name if name in known else links.get(name, name)
    return names


def _keeps_time_of(zone: str, other: str) -> bool:
    """Return whether two zones show the same time, in winter and in summer."""
    samples = (datetime(2026, month, 15, tzinfo=UTC) for month in (1, 7))
    return all(
        at.astimezone(ZoneInfo(zone)).utcoffset() == at.astimezone(ZoneInfo(other)).utcoffset()
        for at in samples
    )


def _links() -> Iterator[tuple[str, str]]:
    """Yield (zone, old name) for each link of the database."""
    text = resources.files("tzdata.zoneinfo").joinpath("tzdata.zi").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("L "):
            _, target, old = line.split()[:3]
            yield target, old


def _table(name: str) -> Iterable[str]:
    text = resources.files("tzdata.zoneinfo").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _place(zone: str) -> Place:
    return Place(zone, _country_of().get(zone, "no summer time" if zone == "UTC" else ""))


def _offset(text: str) -> timedelta | None:
    """Return what `UTC+2`, `gmt -3:30` or `+5` is ahead of UTC, or None for any other text."""
    match = _OFFSET.fullmatch(text.strip().lower())
    if match is None:
        return None
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return ahead if match[1] == "+" else -ahead


def _at_offset(offset: timedelta, now: datetime) -> Iterator[Place]:
    """Yield the zones that are `offset` ahead of UTC now, those of many people first."""
    for zone in dict.fromkeys([*_POPULAR, *_country_of()]):
        if now.astimezone(ZoneInfo(zone)).utcoffset() == offset:
            yield _place(zone)


def _plain(text: str) -> str:
    """Return `text` in lower case, without accents, its words parted by single blanks."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l").replace("ø", "o"))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in letters if not unicodedata.combining(c))))
