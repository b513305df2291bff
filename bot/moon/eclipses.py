"""What kind of eclipse it is: by the shadows as they lie at its peak, as NASA's catalogues name it.

The library that finds the peaks calls an eclipse partial whose axis misses the Earth, though the umbra may
touch it; knows none that is total in some places and annular in others; and draws the Earth's shadow a
little wide.
"""

import math

import astronomy

from bot.moon.vectors import Vector, dot

_EARTH, _MOON, _SUN = 6378.137, 1737.4, 696_000.0  # km: the equator's radius, and the mean ones
_GROWN = 1.01  # Danjon's rule: the air widens the Earth's shadow by a hundredth of the Moon's parallax
_POLE = (
    0.9972  # of the equator's radius: about so far from the middle the Earth's limb is where shadows graze
)
_NEARER = (
    0.00464  # by so many of the equator's radii the umbra is narrower in the Earth's middle than at its limb
)


def lunar_kind(peak: astronomy.Time) -> str:
    """Return penumbral, partial or total, for an eclipse of the Moon that peaks at `peak`."""
    moon, sun = _bodies(peak)
    far, farther = math.hypot(*moon), math.hypot(*sun)
    apart = math.acos(-dot(moon, sun) / (far * farther))  # the Moon from the shadow's axis
    umbra = _GROWN * math.asin(_EARTH / far) + math.asin(_EARTH / farther) - math.asin(_SUN / farther)
    half = math.asin(_MOON / far)
    if apart + half <= umbra:
        return "total"
    return "partial" if apart - half < umbra else "penumbral"


def solar_kind(peak: astronomy.Time) -> str:
    """Return partial, annular, hybrid or total, for an eclipse of the Sun that peaks at `peak`.

    Meeus, Astronomical Algorithms, chapter 54, with the axis and the umbra computed, not approximated.
    """
    moon, sun = _bodies(peak)
    ray = (sun[0] - moon[0], sun[1] - moon[1], sun[2] - moon[2])
    length = math.hypot(*ray)
    along = dot(moon, ray) / length
    miss = math.sqrt(max(0.0, dot(moon, moon) - along * along)) / _EARTH
    narrowing = (_SUN - _MOON) / length  # the sine of half the angle of the umbra's cone
    umbra = (along - _MOON / narrowing) * math.tan(math.asin(narrowing)) / _EARTH  # below 0: before its tip
    if miss > _POLE + abs(umbra):
        return "partial"
    if umbra < 0:
        return "total"
    return "hybrid" if umbra < _NEARER * math.sqrt(max(0.0, 1 - miss * miss)) else "annular"


def _bodies(at: astronomy.Time) -> tuple[Vector, Vector]:
    """Return where Moon and Sun are seen from the Earth's centre, in km."""
    moon, sun = astronomy.GeoMoon(at), astronomy.GeoVector(astronomy.Body.Sun, at, True)
    per_au = astronomy.KM_PER_AU
    return (
        (moon.x * per_au, moon.y * per_au, moon.z * per_au),
        (sun.x * per_au, sun.y * per_au, sun.z * per_au),
    )
