"""Places on Earth from which the Moon is watched: a city by its name, or latitude and longitude.

The cities are those of the IANA time zone table (`zone.tab`, to the arc minute) and of `cities.tsv`. A name
that could mean two places is refused with both; nothing is guessed.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from bot.folding import bare_words

_PAIR = re.compile(
    r"\s*([+-]?\d{1,2}(?:\.\d+)?)\s*°?\s*([NnSs])?\s*[,; ]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*([EeWw])?\s*"
)
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")  # 52,5 13,4; but 52,13 is a pair
_ZONE_POINT = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")
_LIKELY = 72  # a likeness in percent from which a name is worth suggesting


class UnknownPlace(ValueError):
    """No place, or more than one, has that name; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place: degrees north and east, and its time zone."""

    name: str
    latitude: float
    longitude: float
    zone: str

    @property
    def is_southern(self) -> bool:
        """Return whether the Moon is seen upside down from there."""
        return self.latitude < 0


def find_place(text: str) -> Place:
    """Return the place that `text` names: "Lagos", "Lima, PE", or "52.5, 13.4" and "33.9 S 151.2 E".

    A pair of numbers has no known time zone: its day is UTC's. Raises `UnknownPlace`.
    """
    if pair := _PAIR.fullmatch(text) or _PAIR.fullmatch(_DECIMAL_COMMA.sub(".", text)):
        return _point(*pair.groups())
    wanted, _, country = (part.strip() for part in text.partition(","))
    found = [
        place
        for place in _by_name().get(_plain(wanted), ())
        if not country or place.name.endswith(f", {country.upper()}")
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownPlace(
            f"{wanted} could be {' or '.join(place.name for place in found)}: write one of them."
        )
    near = suggest_places(text, limit=3) if _plain(wanted) else []
    hint = f" Did you mean {' or '.join(place.name for place in near)}?" if near else ""
    raise UnknownPlace(
        f"No city here is called {text!r}.{hint} Latitude and longitude do as well: 52.5, 13.4"
    )


def suggest_places(text: str, limit: int = 25) -> list[Place]:
    """Return the places whose names are likest to `text`, the likeliest first; for no text all in order."""
    names = _by_name()
    if not (wanted := _plain(text.partition(",")[0])):
        return [place for name in sorted(names) for place in names[name]][:limit]
    starts = sorted(name for name in names if name.startswith(wanted))
    like = process.extract(wanted, names.keys(), scorer=fuzz.ratio, score_cutoff=_LIKELY, limit=limit)
    ordered = dict.fromkeys([*starts, *(name for name, *_ in like)])
    return [place for name in ordered for place in names[name]][:limit]


def is_southern_zone(zone: str) -> bool:
    """Return whether the city that a time zone is named after lies south of the equator; UTC does not."""
    return zone in _southern_zones()


@cache
def _southern_zones() -> frozenset[str]:
    return frozenset(place.zone for place in _zone_cities() if place.is_southern)


def _point(north: str, south: str | None, east: str, west: str | None) -> Place:
    latitude = float(north) * (-1 if south in ("S", "s") else 1)
    longitude = float(east) * (-1 if west in ("W", "w") else 1)
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise UnknownPlace("Latitude goes from -90 to 90, longitude from -180 to 180.")
    return Place(f"{latitude:g}, {longitude:g}", latitude, longitude, "UTC")


@cache
def _by_name() -> dict[str, tuple[Place, ...]]:
    """Return every known place by its folded name."""
    found: dict[str, tuple[Place, ...]] = {}
    for place in (*_cities(), *_zone_cities()):
        key = _plain(place.name.rpartition(",")[0])
        if all(place.name != other.name for other in found.get(key, ())):
            found[key] = (*found.get(key, ()), place)
    return found


def _cities() -> list[Place]:
    lines = files(__package__).joinpath("cities.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [
        Place(f"{name}, {country}", float(lat), float(lon), zone) for name, country, lat, lon, zone in rows
    ]


def _zone_cities() -> list[Place]:
    """Return the cities of the IANA table; the last part of a zone's name is its city."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    found = []
    for line in table.splitlines():
        if not line.startswith("#"):
            country, point, zone, *_ = line.split("\t")
            city = zone.rpartition("/")[2].replace("_", " ")
            found.append(Place(f"{city}, {country}", *_degrees(point), zone))
    return found


def _degrees(point: str) -> tuple[float, float]:
    """Return latitude and longitude of ISO 6709 text: +5230+01322 or with seconds."""
    matched = _ZONE_POINT.fullmatch(point)
    assert matched is not None, point  # noqa: S101 - the table's own form
    south, *north_parts, west, east_d, east_m, east_s = matched.groups()
    latitude = _decimal(south, *north_parts)
    return latitude, _decimal(west, east_d, east_m, east_s)


def _decimal(sign: str, degrees: str, minutes: str, seconds: str | None) -> float:
    value = int(degrees) + int(minutes) / 60 + int(seconds or 0) / 3600
    return round(-value if sign == "-" else value, 4)


def _plain(name: str) -> str:
    """Return a name's bare words, parted by single blanks."""
    return " ".join(bare_words(name))
