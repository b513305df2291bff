"""The Moon's picture: what it shows follows from where the Moon stands."""

import io
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from bot.moon import disc
from bot.moon.disc import Mark, View, draw_disc, position, to_jpeg, to_png
from bot.moon.globe import craters, sample, seas
from bot.moon.landings import landings
from bot.moon.sky import Direction, observe
from tests.laws import tried

INSTANTS = st.floats(0, 70 * 365.25).map(lambda days: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days))
FULL = Direction(0, 0)
SIZE = 128


def grey(view: View, size: int = SIZE) -> NDArray[np.float64]:
    """Return the picture's brightness, 0 to 255."""
    return np.asarray(draw_disc(view, size).convert("L"), dtype=np.float64)


@tried(10)
@given(INSTANTS)
def test_the_lit_part_is_the_illuminated_fraction(at: datetime) -> None:
    """As much of the disc is bright as the sky says is lit, on the side where the Sun stands."""
    moon = observe(at)
    upright = View(moon.libration, moon.subsolar)
    pixels = grey(upright)
    off = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
    x, y = np.meshgrid(off, -off)
    inside = np.hypot(x, y) < 0.93
    lit = (pixels > 52) & inside
    assert lit.sum() / inside.sum() == pytest.approx(moon.illuminated_fraction, abs=0.09)
    if 0.05 < moon.illuminated_fraction < 0.95:
        assert (x[lit].mean() > 0) == moon.is_waxing


def test_south_is_north_turned_by_half() -> None:
    """The southern hemisphere sees the same disc, upside down."""
    moon = observe(datetime(2026, 11, 17, tzinfo=UTC))
    north, south = grey(View.of(moon)), grey(View.of(moon, is_southern=True))
    assert np.abs(north - south[::-1, ::-1]).max() <= 3


@given(INSTANTS)
def test_the_pole_leans_as_the_axis_says(at: datetime) -> None:
    """The north pole stands left of the top when the axis leans to the east, by the position angle."""
    moon = observe(at)
    place = Direction(moon.libration.longitude, moon.libration.latitude + 20)
    found = position(View.of(moon), place)
    assert found is not None
    left, top = found
    assert math.degrees(math.atan2(0.5 - left, 0.5 - top)) == pytest.approx(moon.axis, abs=0.01)


def test_the_far_side_is_the_other_side() -> None:
    """What is visible from Earth is not on the far side's picture, and the other way round."""
    moon = observe(datetime(2026, 12, 9, tzinfo=UTC))
    near, far = View.of(moon), View.of(moon, is_far_side=True)
    for landing in landings():
        assert (position(near, landing.place) is None) != (position(far, landing.place) is None)
    sites = {landing.name for landing in landings() if position(far, landing.place)}
    assert {"Chang'e-4", "Chang'e-6"} <= sites
    assert "Apollo 11" not in sites


def test_known_places_look_as_they_do() -> None:
    """At full Moon the seas are darker than the highlands, and Tycho's rays brighter than both."""
    view = View(FULL, FULL)
    pixels = grey(view, 512)

    def tone(latitude: float, longitude: float) -> float:
        found = position(view, Direction(longitude, latitude))
        assert found is not None
        column, row = (int(part * 512) for part in found)
        return float(pixels[row - 3 : row + 4, column - 3 : column + 4].mean())

    dark = [tone(17, 59), tone(28, 18), tone(9, 30), tone(-24.5, -38.6), tone(51.6, -9.4)]
    bright = [tone(-35, 10), tone(-50, 30), tone(20.5, 0), tone(-10, 12)]
    assert max(dark) + 15 < min(bright)
    assert tone(-43.3, -8.0) > np.mean(bright)


def test_the_new_moon_is_dark_but_not_gone() -> None:
    """The Earth's light shows the disc against the sky."""
    pixels = grey(View(FULL, Direction(180, 0)))
    assert pixels[64, 64] > pixels[2, 2]
    assert pixels.max() < 90


def test_marks_are_drawn_where_they_can_be_seen() -> None:
    """A mark on the visible side changes the picture; one behind the limb does not."""
    view = View(FULL, FULL)
    plain = draw_disc(view, 256)
    seen = draw_disc(view, 256, (Mark("Apollo 11", Direction(23.5, 0.7)),))
    hidden = draw_disc(view, 256, (Mark("Chang'e-4", Direction(177.6, -45.4)),))
    assert seen.tobytes() != plain.tobytes() == hidden.tobytes()


@pytest.mark.parametrize("width", [0.0, 85.0, 1100.0, 2600.0])
@pytest.mark.parametrize("longitude", [-89.0, -57.0, 0.0, 60.0])
def test_a_ring_lies_on_the_disc(longitude: float, width: float) -> None:
    """However wide what it goes round and however near the limb, no ring hangs over into the sky."""
    view = View(FULL, FULL)
    plain = np.asarray(draw_disc(view, 256), dtype=np.int16)
    ringed = np.asarray(draw_disc(view, 256, (Mark("", Direction(longitude, 18), width),)), dtype=np.int16)
    rows, columns = np.nonzero(np.abs(ringed - plain).max(axis=2))
    assert len(rows) > 3
    reach = np.hypot(rows + 0.5 - 128, columns + 0.5 - 128).max()
    smallest = 5 if width == 0.0 else 0  # a mere mark has its size in any case
    assert reach <= 256 * 0.94 / 2 + 2 + smallest


def test_names_of_places_stand_clear_of_one_another() -> None:
    """Also where several have landed side by side: hardly a letter is covered, on either side."""

    def inked(middle: float, marks: tuple[Mark, ...]) -> int:
        picture = Image.new("RGB", (640, 640))
        disc._draw_marks(picture, View(Direction(middle, 0), Direction(middle + 180, 0)), marks)
        return int((np.asarray(picture) == (255, 236, 190)).all(axis=-1).sum())

    sites = tuple(Mark(each.name, each.place) for each in landings())
    for middle in (0.0, 180.0):
        alone = sum(inked(middle, (site,)) for site in sites)
        assert inked(middle, sites) > 0.97 * alone


def test_the_same_view_gives_the_same_bytes() -> None:
    """Nothing but the view decides the picture."""
    view = View.of(observe(datetime(2026, 11, 27, tzinfo=UTC)))
    assert to_png(draw_disc(view, 96)) == to_png(draw_disc(view, 96))


@pytest.mark.parametrize(("write", "kind"), [(to_png, "PNG"), (to_jpeg, "JPEG")])
def test_pictures_open(write: object, kind: str) -> None:
    """What is written is a picture of the size that was asked for."""
    assert callable(write)
    with Image.open(io.BytesIO(write(draw_disc(View(FULL, FULL), 100)))) as picture:
        assert (picture.format, picture.size) == (kind, (100, 100))


@pytest.mark.parametrize("size", [0, 63, 2049])
def test_a_size_out_of_reach_is_refused(size: int) -> None:
    """Neither a dot nor a picture that nobody can send."""
    with pytest.raises(ValueError, match="pixels"):
        draw_disc(View(FULL, FULL), size)


def test_the_tables_are_of_the_moon() -> None:
    """Every row lies on the Moon, and no named crater or sea stands twice."""
    rows = [*((each.latitude, each.longitude) for each in seas())]
    rows += [(each.latitude, each.longitude) for each in craters()]
    assert all(-90 <= latitude <= 90 and -180 <= longitude <= 180 for latitude, longitude in rows)
    for names in ([each.name for each in seas()], [each.name for each in craters()]):
        assert len(set(names)) == len(names)


def test_the_map_was_made_from_the_tables() -> None:
    """Rayed craters are bright on the stored map, and flooded floors are dark."""

    def albedo(latitude: float, longitude: float) -> float:
        return float(sample(np.array([Direction(longitude, latitude).vector], np.float32))[0][0])

    rayed = [albedo(each.latitude, each.longitude) for each in craters() if each.rays > 300]
    floors = [albedo(each.latitude, each.longitude) for each in seas() if each.darkness >= 0.9]
    assert np.mean(rayed) > np.mean(floors) + 0.25
    assert max(floors) < 0.6
