"""Numbers as pictures: to scale, the same each time, and never told by colour alone."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.charts.canvas import BRONZE, GOLD, SERIES, can_write
from bot.charts.podium import draw_podium
from bot.charts.profile import MOST_TOPICS, MOST_WEEKS, draw_profile
from bot.charts.race import draw_race


def opened(drawn: bytes) -> Image.Image:
    """Return a PNG as a picture."""
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.format == "PNG"
        return picture.convert("RGB")


def tops(picture: Image.Image, colour: tuple[int, int, int]) -> list[int]:
    """Return the highest row of each column in which a colour stands."""
    found: dict[int, int] = {}
    for y in range(picture.height):
        for x in range(picture.width):
            if picture.getpixel((x, y)) == colour:
                found.setdefault(x, y)
    return [y for _, y in sorted(found.items())]


def test_a_podium_is_as_high_as_its_points() -> None:
    """The first stands highest, and the steps are in the order of a podium."""
    picture = opened(draw_podium([(1, 300), (2, 150), (3, 30)]))
    assert min(tops(picture, GOLD)) < min(tops(picture, BRONZE))


def test_equal_ranks_stand_equally_high() -> None:
    """Two who share the first place have the same medal and the same height."""
    rows = tops(opened(draw_podium([(1, 50), (1, 50)])), GOLD)
    middle = len(rows) // 2
    assert rows[:middle] == rows[-middle:][::-1] or set(rows[:middle]) == set(rows[-middle:])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=3))
def test_any_podium_can_be_drawn(points: list[int]) -> None:
    """Whatever the points are, none at all among them."""
    places = [(rank, each) for rank, each in enumerate(sorted(points, reverse=True), 1)]
    assert opened(draw_podium(places)).size == (560, 240)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(1, 50).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 10**5), min_size=n, max_size=n), min_size=1, max_size=5)
    )
)
def test_any_race_can_be_drawn(totals: list[list[int]]) -> None:
    """Up to five lines over up to fifty rounds."""
    assert opened(draw_race(totals)).size == (640, 320)


def test_a_race_shows_every_line() -> None:
    """Each of the five has its own colour and marker, so each can be found."""
    picture = opened(draw_race([[10 * (6 - line) * n for n in range(1, 6)] for line in range(5)]))
    colours = {colour for _, colour in picture.getcolors(1 << 20) or []}
    assert set(SERIES) <= colours


@pytest.mark.parametrize("totals", [[], [[]], [[1, 2], [1]]])
def test_a_race_of_nobody_is_refused(totals: list[list[int]]) -> None:
    """And so is one in which somebody's rounds are missing."""
    with pytest.raises(ValueError, match="race"):
        draw_race(totals)


def test_a_podium_of_nobody_is_refused() -> None:
    """There is nothing to draw."""
    with pytest.raises(ValueError, match="podium"):
        draw_podium([])


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(0, 10**6), max_size=MOST_WEEKS + 3),
    st.lists(
        st.tuples(st.text(max_size=60), st.integers(0, 50), st.integers(50, 60)), max_size=MOST_TOPICS + 2
    ),
)
def test_any_profile_can_be_drawn(weeks: list[int], topics: list[tuple[str, int, int]]) -> None:
    """Of a newcomer without weeks or topics as of anybody; more than fit are left out."""
    picture = opened(draw_profile(weeks, topics))
    assert picture.width == 640
    assert picture.height <= 220 + 36 + 30 * MOST_TOPICS


@pytest.mark.parametrize(
    ("words", "can"), [("Chang’e-4 …", True), ("Kármán", True), ("月", False), ("🌕", False)]
)
def test_letters_that_the_font_lacks_are_known(words: str, can: bool) -> None:
    """They are not drawn as empty boxes."""
    assert can_write(words) is can


def test_the_same_numbers_give_the_same_picture() -> None:
    """Byte for byte."""
    assert draw_race([[1, 2], [0, 1]]) == draw_race([[1, 2], [0, 1]])
    assert draw_profile([1], [("a", 1, 2)]) == draw_profile([1], [("a", 1, 2)])
