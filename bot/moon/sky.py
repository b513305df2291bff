"""How the Moon stands at an instant: phase, distance, libration, and what comes next.

Positions come from the Astronomy Engine library (Don Cross; within about one arcminute of VSOP87 and NOVAS),
seen from the Earth's centre as almanacs give them; rising and setting are for an observer at sea level, the
upper limb on the horizon with the usual 34' of refraction.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import astronomy

from bot.moon.eclipses import lunar_kind, solar_kind
from bot.moon.vectors import Vector, cross, dot, unit

_NEAR = timedelta(hours=12)  # so long before and after its instant a principal phase gives the day its name
_HORIZON_DAYS = 40  # a principal phase, a rise or a set that exists comes within these


class Phase(StrEnum):
    """The eight names of the Moon's phases, in the order of a month."""

    NEW = "new Moon"
    WAXING_CRESCENT = "waxing crescent"
    FIRST_QUARTER = "first quarter"
    WAXING_GIBBOUS = "waxing gibbous"
    FULL = "full Moon"
    WANING_GIBBOUS = "waning gibbous"
    LAST_QUARTER = "last quarter"
    WANING_CRESCENT = "waning crescent"

    @property
    def heading(self) -> str:
        """Return the name with a capital, to begin a line with."""
        return self.value[0].upper() + self.value[1:]

    @property
    def emoji(self) -> str:
        """Return the emoji of the phase as the northern hemisphere sees it."""
        return self.seen_as(is_southern=False)

    def seen_as(self, *, is_southern: bool) -> str:
        """Return the emoji of the phase as a hemisphere sees it: lit on the other side in the south."""
        place = list(Phase).index(self)
        return "🌑🌒🌓🌔🌕🌖🌗🌘"[-place if is_southern else place]


_PRINCIPAL = (Phase.NEW, Phase.FIRST_QUARTER, Phase.FULL, Phase.LAST_QUARTER)
_BETWEEN = (Phase.WAXING_CRESCENT, Phase.WAXING_GIBBOUS, Phase.WANING_GIBBOUS, Phase.WANING_CRESCENT)


@dataclass(frozen=True, slots=True)
class Direction:
    """A point of the Moon's surface, or the direction in which it is straight overhead; degrees."""

    longitude: float
    latitude: float

    @property
    def vector(self) -> Vector:
        """Return the unit vector from the Moon's centre: x to longitude 0, y to 90 east, z to the north."""
        east, north = math.radians(self.longitude), math.radians(self.latitude)
        return (math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north))


@dataclass(frozen=True, slots=True)
class Eclipse:
    """An eclipse: penumbral, partial or total of the Moon; partial, annular, hybrid or total of the Sun."""

    kind: str
    peak: datetime


@dataclass(frozen=True, slots=True)
class Moon:
    """How the Moon stands at `at`."""

    at: datetime
    phase: Phase
    illuminated_fraction: float  # of the disc, 0 to 1
    age_days: float  # since the last new Moon
    distance_km: float  # between the centres of Earth and Moon
    libration: Direction  # the point of the Moon that faces the Earth's centre
    subsolar: Direction  # the point of the Moon where the Sun stands overhead
    axis: float  # how far the Moon's north pole leans from celestial north towards the east, degrees

    @property
    def is_waxing(self) -> bool:
        """Return whether the lit part grows: the Sun then stands east of the point that faces us."""
        return (self.subsolar.longitude - self.libration.longitude) % 360 < 180


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes next after an instant."""

    new: datetime
    first_quarter: datetime
    full: datetime
    last_quarter: datetime
    lunar_eclipse: Eclipse
    solar_eclipse: Eclipse

    @property
    def phases(self) -> list[tuple[datetime, Phase]]:
        """Return the principal phases, the next one first."""
        return sorted(
            zip((self.new, self.first_quarter, self.full, self.last_quarter), _PRINCIPAL, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """When the Moon next rises and sets at a place; None near the poles, when it stays up or down."""

    rises: datetime | None
    sets: datetime | None


def observe(at: datetime) -> Moon:
    """Return how the Moon stands at `at`, an aware instant."""
    time = _time(at)
    lit = astronomy.Illumination(astronomy.Body.Moon, time)
    libration = astronomy.Libration(time)
    moon = astronomy.GeoMoon(time)
    sun = astronomy.GeoVector(astronomy.Body.Sun, time, True)
    to_sun = (sun.x - moon.x, sun.y - moon.y, sun.z - moon.z)
    spin = astronomy.RotationAxis(astronomy.Body.Moon, time)
    return Moon(
        at=at.astimezone(UTC),
        phase=_phase(time, at),
        illuminated_fraction=lit.phase_fraction,
        age_days=time.ut - _before(0, time).ut,
        distance_km=libration.dist_km,
        libration=Direction(libration.elon, libration.elat),
        subsolar=_overhead(to_sun, spin),
        axis=_lean((moon.x, moon.y, moon.z), (spin.north.x, spin.north.y, spin.north.z)),
    )


def look_ahead(at: datetime) -> Coming:
    """Return the next principal phases and eclipses after `at`."""
    time = _time(at)
    new, first, full, last = (_instant(_after(angle, time)) for angle in (0, 90, 180, 270))
    lunar = astronomy.SearchLunarEclipse(time)
    while lunar.peak.ut < time.ut:
        lunar = astronomy.NextLunarEclipse(lunar.peak)
    solar = astronomy.SearchGlobalSolarEclipse(time)
    while solar.peak.ut < time.ut:
        solar = astronomy.NextGlobalSolarEclipse(solar.peak)
    return Coming(
        new,
        first,
        full,
        last,
        Eclipse(lunar_kind(lunar.peak), _instant(lunar.peak)),
        Eclipse(solar_kind(solar.peak), _instant(solar.peak)),
    )


def passage(at: datetime, latitude: float, longitude: float) -> Passage:
    """Return when the Moon next rises and sets after `at` at a place, in degrees north and east.

    Raises ValueError for a place that is not on Earth.
    """
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(
            f"there is no place at {latitude}, {longitude}: latitude goes to 90, longitude to 180"
        )
    observer, time = astronomy.Observer(latitude, longitude, 0), _time(at)
    rises, sets = (
        astronomy.SearchRiseSet(astronomy.Body.Moon, observer, direction, time, _HORIZON_DAYS)
        for direction in (astronomy.Direction.Rise, astronomy.Direction.Set)
    )
    return Passage(rises and _instant(rises), sets and _instant(sets))


def _time(at: datetime) -> astronomy.Time:
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return astronomy.Time.Parse(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def _instant(time: astronomy.Time) -> datetime:
    at: datetime = time.Utc()
    return at.replace(tzinfo=UTC, microsecond=0) + timedelta(seconds=round(at.microsecond / 1e6))


def _after(angle: float, time: astronomy.Time) -> astronomy.Time:
    """Return when the Moon next stands `angle` degrees east of the Sun."""
    found = astronomy.SearchMoonPhase(angle, time, _HORIZON_DAYS)
    assert found is not None  # noqa: S101 - a month is shorter than that
    return found


def _before(angle: float, time: astronomy.Time) -> astronomy.Time:
    """Return when the Moon last stood there; at that very instant it is now."""
    found = astronomy.SearchMoonPhase(angle, time, -_HORIZON_DAYS)
    assert found is not None  # noqa: S101 - as above
    return found


def _phase(time: astronomy.Time, at: datetime) -> Phase:
    """Name the phase: a principal one half a day before and after its instant, else the one between."""
    angle = astronomy.MoonPhase(time)
    nearest = round(angle / 90) % 4
    offset = (angle - 90 * nearest + 180) % 360 - 180
    instant = _before(90 * nearest, time) if offset >= 0 else _after(90 * nearest, time)
    if abs(_instant(instant) - at) <= _NEAR:
        return _PRINCIPAL[nearest]
    return _BETWEEN[int(angle // 90) % 4]


def _overhead(vector: Vector, spin: astronomy.AxisInfo) -> Direction:
    """Return the point of the Moon below a direction, by the IAU's axis and meridian (Archinal 2018)."""
    pole = (spin.north.x, spin.north.y, spin.north.z)
    node = unit((-pole[1], pole[0], 0.0))  # where the Moon's equator rises through the Earth's
    ahead = cross(pole, node)
    x, y, z = dot(vector, node), dot(vector, ahead), dot(vector, pole)
    longitude = math.degrees(math.atan2(y, x)) - spin.spin
    return Direction((longitude + 180) % 360 - 180, math.degrees(math.atan2(z, math.hypot(x, y))))


def _lean(moon: Vector, pole: Vector) -> float:
    """Return the position angle of the Moon's axis (Meeus, Astronomical Algorithms, chapter 53)."""
    away = unit(moon)
    east = unit((-away[1], away[0], 0.0))
    north = cross(away, east)
    return math.degrees(math.atan2(dot(pole, east), dot(pole, north)))
