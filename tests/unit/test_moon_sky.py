"""How the Moon stands, held against printed almanac values and against an independent ephemeris."""

import math
from datetime import UTC, datetime, timedelta

import ephem
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.moon.sky import Moon, Phase, look_ahead, observe, passage
from tests.laws import tried

MINUTE = timedelta(minutes=1)
INSTANTS = st.floats(0, 70 * 365.25).map(lambda days: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days))


def utc(text: str) -> datetime:
    """Return an instant of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def peer(at: datetime) -> ephem.Moon:
    """Return the Moon as XEphem's library has it."""
    return ephem.Moon(ephem.Date(at.replace(tzinfo=None)))


def degrees_apart(a: float, b: float) -> float:
    """Return the smaller angle between two directions."""
    return abs((a - b + 180) % 360 - 180)


def test_the_worked_example_of_meeus() -> None:
    """Meeus, Astronomical Algorithms, examples 47.a, 48.a, 53.a: 12 April 1992, 0h TD (58.8 s before UT)."""
    moon = observe(utc("1992-04-12T00:00:00") - timedelta(seconds=58.8))
    assert moon.illuminated_fraction == pytest.approx(0.6786, abs=0.0005)
    assert moon.distance_km == pytest.approx(368409.7, abs=30)
    assert moon.libration.longitude == pytest.approx(-1.23, abs=0.2)
    assert moon.libration.latitude == pytest.approx(4.20, abs=0.2)
    assert moon.axis == pytest.approx(15.08, abs=0.2)
    assert 90 - moon.subsolar.longitude == pytest.approx(22.12, abs=0.3)


@pytest.mark.parametrize(
    ("after", "phase", "instant"),
    [
        ("1977-02-01", "new", "1977-02-18T03:36:54"),
        ("2024-10-10", "full", "2024-10-17T11:26:00"),
        ("2024-04-01", "new", "2024-04-08T18:21:00"),
        ("2025-09-01", "full", "2025-09-07T18:09:00"),
        ("2026-01-01", "full", "2026-01-03T10:03:00"),
        ("2026-08-01", "new", "2026-08-12T17:37:00"),
    ],
)
def test_phases_to_the_minute(after: str, phase: str, instant: str) -> None:
    """Meeus, example 49.a (in TD, less 48 s), and the U.S. Naval Observatory's tables of the phases."""
    assert abs(getattr(look_ahead(utc(after)), phase) - utc(instant)) <= MINUTE


@pytest.mark.parametrize(
    ("after", "which", "kind", "peak"),
    [
        ("2025-01-01", "lunar_eclipse", "total", "2025-03-14T06:58:47"),
        ("2025-04-01", "lunar_eclipse", "total", "2025-09-07T18:11:47"),
        ("2026-01-01", "lunar_eclipse", "total", "2026-03-03T11:33:37"),
        ("2026-03-04", "lunar_eclipse", "partial", "2026-08-28T04:12:58"),
        ("2026-08-29", "lunar_eclipse", "penumbral", "2027-02-20T23:12:51"),
        ("2024-01-01", "solar_eclipse", "total", "2024-04-08T18:17:18"),
        ("2026-01-01", "solar_eclipse", "annular", "2026-02-17T12:11:54"),
        ("2026-02-18", "solar_eclipse", "total", "2026-08-12T17:45:51"),
        ("2025-01-01", "solar_eclipse", "partial", "2025-03-29T10:47:24"),
        ("2015-03-25", "lunar_eclipse", "total", "2015-04-04T12:00:15"),  # by the last thousandth
        ("2023-04-10", "solar_eclipse", "hybrid", "2023-04-20T04:16:43"),
        ("2013-11-01", "solar_eclipse", "hybrid", "2013-11-03T12:46:28"),
        ("2014-04-20", "solar_eclipse", "annular", "2014-04-29T06:03:25"),  # though its axis misses the Earth
        ("2043-04-01", "solar_eclipse", "total", "2043-04-09T18:56:35"),  # likewise
    ],
)
def test_eclipses_to_the_minute(after: str, which: str, kind: str, peak: str) -> None:
    """NASA's catalogues of lunar and solar eclipses (Espenak and Meeus), greatest eclipse in UT."""
    found = getattr(look_ahead(utc(after)), which)
    assert found.kind == kind
    assert abs(found.peak - utc(peak)) <= MINUTE


def test_the_widened_shadow_just_misses_the_moon() -> None:
    """By Danjon's rule, and Swiss Ephemeris and Skyfield likewise, that of 29 September 2042 is penumbral."""
    assert look_ahead(utc("2042-09-20")).lunar_eclipse.kind == "penumbral"


def test_an_eclipse_that_has_peaked_is_no_longer_to_come() -> None:
    """A second after its peak, the next eclipse is another one."""
    first = look_ahead(utc("2026-01-01T00:00:00")).lunar_eclipse
    following = look_ahead(first.peak + timedelta(seconds=2)).lunar_eclipse
    assert following.peak > first.peak + timedelta(days=20)


@given(INSTANTS)
def test_an_independent_ephemeris_agrees(at: datetime) -> None:
    """Fraction to 0.5 %, libration to 0.2 degrees, distance to 0.01 %, the Sun's place to a degree."""
    moon, other = observe(at), peer(at)
    assert moon.illuminated_fraction == pytest.approx(other.moon_phase, abs=0.005)
    assert degrees_apart(moon.libration.longitude, math.degrees(other.libration_long)) < 0.2
    assert degrees_apart(moon.libration.latitude, math.degrees(other.libration_lat)) < 0.2
    assert degrees_apart(90 - moon.subsolar.longitude, math.degrees(other.colong)) < 1
    assert moon.distance_km == pytest.approx(other.earth_distance * ephem.meters_per_au / 1000, rel=1e-4)


@tried(15)
@given(INSTANTS)
def test_what_comes_next_comes_within_its_time(at: datetime) -> None:
    """Each principal phase comes after `at`, within 30 days, to a minute as the other ephemeris has it."""
    coming, date = look_ahead(at), ephem.Date(at.replace(tzinfo=None))
    for found, theirs in (
        (coming.new, ephem.next_new_moon),
        (coming.first_quarter, ephem.next_first_quarter_moon),
        (coming.full, ephem.next_full_moon),
        (coming.last_quarter, ephem.next_last_quarter_moon),
    ):
        assert at - timedelta(seconds=1) <= found <= at + timedelta(days=30)
        assert abs(found - theirs(date).datetime().replace(tzinfo=UTC)) <= MINUTE
    assert at < coming.lunar_eclipse.peak < at + timedelta(days=200)
    assert at < coming.solar_eclipse.peak < at + timedelta(days=200)


@tried(15)
@given(INSTANTS)
def test_age_fraction_and_name_agree(at: datetime) -> None:
    """The age counts from the last new Moon; the name, the lit fraction and waxing tell one story."""
    moon = observe(at)
    since = at - timedelta(days=moon.age_days)
    assert abs(look_ahead(since - timedelta(hours=1)).new - since) <= MINUTE
    assert 0 <= moon.age_days < 29.9
    match moon.phase:
        case Phase.NEW:
            assert moon.illuminated_fraction < 0.01
        case Phase.FULL:
            assert moon.illuminated_fraction > 0.99
        case Phase.FIRST_QUARTER | Phase.LAST_QUARTER:
            assert moon.illuminated_fraction == pytest.approx(0.5, abs=0.06)
        case Phase.WAXING_CRESCENT | Phase.WANING_CRESCENT:
            assert moon.illuminated_fraction < 0.5
        case _:
            assert moon.illuminated_fraction > 0.5
    if moon.phase.startswith("wa"):
        assert moon.is_waxing == moon.phase.startswith("waxing")


@given(INSTANTS, st.floats(-60, 60), st.floats(-180, 180))
def test_rise_and_set_to_two_minutes(at: datetime, latitude: float, longitude: float) -> None:
    """Rise and set at sea level agree with an independent ephemeris, with the same refraction of 34'."""
    here = ephem.Observer()
    here.lat, here.lon, here.elevation = math.radians(latitude), math.radians(longitude), 0
    here.pressure, here.horizon = 0, "-0:34"
    here.date = ephem.Date(at.replace(tzinfo=None))
    passing = passage(at, latitude, longitude)
    for found, theirs in ((passing.rises, here.next_rising), (passing.sets, here.next_setting)):
        here.date = ephem.Date(at.replace(tzinfo=None))
        assert found is not None
        expected = theirs(ephem.Moon()).datetime().replace(tzinfo=UTC)
        one_side_is_at_the_edge = min(abs(found - at), abs(expected - at)) < 2 * MINUTE
        assert abs(found - expected) <= 2 * MINUTE or one_side_is_at_the_edge


def test_near_the_pole_the_moon_may_stay_down_for_weeks() -> None:
    """At the pole there is one rise and one set a month, and the answer is no error."""
    passing = passage(utc("2026-06-01T00:00:00"), 90, 0)
    assert passing.rises is not None
    assert passing.sets is not None
    assert abs(passing.rises - passing.sets) > timedelta(days=10)


@pytest.mark.parametrize(("latitude", "longitude"), [(91, 0), (-90.1, 0), (0, 181), (math.nan, 0)])
def test_a_place_is_on_earth(latitude: float, longitude: float) -> None:
    """A place that is nowhere is refused in words."""
    with pytest.raises(ValueError, match="latitude"):
        passage(utc("2026-06-01T00:00:00"), latitude, longitude)


def test_an_instant_has_a_zone() -> None:
    """A naive instant is refused."""
    with pytest.raises(ValueError, match="zone"):
        observe(datetime(2026, 1, 1))  # noqa: DTZ001


def test_each_phase_has_its_emoji() -> None:
    """The eight phases have eight different signs, in order."""
    assert len({phase.emoji for phase in Phase}) == len(Phase) == 8


def test_a_moon_tells_its_instant_in_utc() -> None:
    """Whatever zone the question was asked in."""
    moon: Moon = observe(datetime.fromisoformat("2026-06-01T12:00:00+05:30"))
    assert moon.at == utc("2026-06-01T06:30:00")
    assert moon.at.tzinfo is UTC
