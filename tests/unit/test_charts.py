"""Numbers as pictures: the same each time, and never told by colour alone."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.charts import percent
from bot.charts.canvas import GROUND, SERIES, WIDTH, Canvas
from bot.charts.profile import draw_profile
from bot.charts.race import draw_race
from tests.laws import tried

TOTALS = st.integers(1, 50).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 10**5), min_size=n, max_size=n), min_size=1, max_size=5)
)


def opened(drawn: bytes) -> Image.Image:
    """Return a PNG as a picture."""
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.format == "PNG"
        return picture.convert("RGB")


def test_a_phone_shows_its_numbers_large_enough() -> None:
    """A picture is some 260 pixels wide there: a figure must be 6 high, as in the small print of a card."""
    canvas = Canvas(100)
    canvas.text(50, 50, "0")
    drawn = ImageChops.difference(picture := opened(canvas.to_png()), Image.new("RGB", picture.size, GROUND))
    _, top, _, bottom = drawn.point(lambda shade: 255 if shade > 60 else 0).getbbox() or (0, 0, 0, 0)
    assert (bottom - top) * 260 / WIDTH >= 6


@tried(10)
@given(TOTALS)
def test_any_race_can_be_drawn(totals: list[list[int]]) -> None:
    """Up to five lines over up to fifty rounds."""
    assert opened(draw_race(totals)).width == WIDTH


def test_a_race_shows_every_line() -> None:
    """Each of the five has its own colour and marker, so each can be found."""
    picture = opened(draw_race([[10 * (6 - line) * n for n in range(1, 6)] for line in range(5)]))
    colours = {colour for _, colour in picture.getcolors(1 << 20) or []}
    assert set(SERIES) <= colours


def test_equal_lines_run_beside_each_other() -> None:
    """Where players have as many points, neither line hides the other."""
    picture = opened(draw_race([[10, 20, 30]] * 3))
    counted = {colour: count for count, colour in picture.getcolors(1 << 20) or []}
    seen = [counted.get(colour, 0) for colour in SERIES[:3]]
    assert min(seen) > max(seen) / 10, seen


@pytest.mark.parametrize("totals", [[], [[]], [[1, 2], [1]]])
def test_a_race_of_nobody_is_refused(totals: list[list[int]]) -> None:
    """And so is one in which somebody's rounds are missing."""
    with pytest.raises(ValueError, match="race"):
        draw_race(totals)


def test_the_same_numbers_give_the_same_picture() -> None:
    """Byte for byte."""
    assert draw_race([[1, 2], [0, 1]]) == draw_race([[1, 2], [0, 1]])


SKILLS = st.lists(
    st.integers(1, 10**5).flatmap(lambda answered: st.tuples(st.integers(0, answered), st.just(answered))),
    max_size=8,
).map(tuple)


@tried(10)
@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=12).map(tuple), SKILLS)
def test_any_profile_can_be_drawn(weeks: tuple[int, ...], topics: tuple[tuple[int, int], ...]) -> None:
    """Weeks without points, topics without a right answer, and none at all."""
    assert opened(draw_profile(weeks, topics)).width == WIDTH


def test_a_better_week_and_a_better_topic_are_longer() -> None:
    """Twice the points are twice the blue; all right is more green than half of it."""

    def count(drawn: bytes, colour: tuple[int, int, int]) -> int:
        return {shade: number for number, shade in opened(drawn).getcolors(1 << 20) or []}.get(colour, 0)

    half = count(draw_profile((50, 100, 1), ()), SERIES[1]) - count(draw_profile((0, 100, 1), ()), SERIES[1])
    whole = count(draw_profile((100, 100, 1), ()), SERIES[1]) - count(
        draw_profile((0, 100, 1), ()), SERIES[1]
    )
    assert whole / half == pytest.approx(2, rel=0.1)
    assert count(draw_profile((1,), ((10, 10),)), SERIES[2]) == pytest.approx(
        2 * count(draw_profile((1,), ((5, 10),)), SERIES[2]), rel=0.1
    )


@pytest.mark.parametrize(
    ("right", "answered", "told"),
    [(0, 0, "0%"), (0, 9, "0%"), (1, 900, "1%"), (1, 2, "50%"), (899, 900, "99%"), (9, 9, "100%")],
)
def test_all_and_none_are_told_of_nothing_else(right: int, answered: int, told: str) -> None:
    """A chart and a card write the same share, and no rounding makes it all or none."""
    assert percent(right, answered) == told


@pytest.mark.parametrize(("weeks", "topics"), [((), ()), ((1,), ((2, 1),)), ((1,), ((0, 0),))])
def test_a_profile_of_nothing_is_refused(weeks: tuple[int, ...], topics: tuple[tuple[int, int], ...]) -> None:
    """And so are more right answers than answers."""
    with pytest.raises(ValueError, match="profile"):
        draw_profile(weeks, topics)
