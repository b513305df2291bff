"""Pictures for questions: drawn from a name, or refused with what to write."""

import io

import numpy as np
import pytest
from PIL import Image

from bot.moon.scenes import SIZE, UnknownScene, check_scene, draw_scene

NAMES = [
    "phase/2026-11-17",
    "phase/2026-11-17/south",
    "ring/Tycho",
    "ring/mare crisium",
    "ring/Chang'e-4",
    "ring/-45.4,177.6",
    "close/Copernicus",
    "side/near",
    "side/far",
    "scale/12742,3475",
    "gap/10,30,60",
]


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_is_drawn(name: str) -> None:
    """A JPEG as wide as all others."""
    check_scene(name)
    drawn = draw_scene(name)
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.format == "JPEG"
        assert picture.width == SIZE
        assert 80 <= picture.height <= SIZE


def test_a_scene_is_the_same_each_time() -> None:
    """What is drawn follows from the name alone."""
    drawn = draw_scene("ring/Tycho")
    draw_scene.cache_clear()
    assert draw_scene("ring/Tycho") == drawn


@pytest.mark.parametrize("name", ["Chang'e-4", "Luna 9", "Tycho", "0.1,0.1"])
def test_a_ring_is_found_on_a_phone(name: str) -> None:
    """A question asks what is ringed: on a phone the ring is 12 pixels and more across."""
    with Image.open(io.BytesIO(draw_scene(f"ring/{name}"))) as picture:
        red, _, blue = np.moveaxis(np.asarray(picture.convert("RGB"), np.float64), 2, 0)
    seen = red - blue > 60
    across = max(float(np.ptp(np.nonzero(seen.any(axis=axis))[0])) for axis in (0, 1))
    assert across * 290 / SIZE >= 12


def test_every_name_is_another_picture() -> None:
    """No two of a kind are alike."""
    assert len({draw_scene(name) for name in NAMES if name.startswith(("phase", "gap"))}) == 3
    assert draw_scene("ring/Tycho") != draw_scene("ring/mare crisium")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "sky",
        "phase/",
        "phase/2026-02-30",
        "phase/2026-11-17/west",
        "ring/Atlantis",
        "ring/99,0",
        "ring/(Frigoris 2)",
        "close/",
        "side/dark",
        "scale/5",
        "scale/5,0",
        "scale/1,2,3,4,5,6",
        "scale/a,b",
        "gap/-3,5",
        "gap/1e9,3",
    ],
)
def test_what_cannot_be_drawn_is_refused(name: str) -> None:
    """Before anything is drawn, in a sentence."""
    with pytest.raises(UnknownScene):
        check_scene(name)


def test_things_to_scale_are_to_scale() -> None:
    """The areas of two discs are as the squares of their diameters."""
    with Image.open(io.BytesIO(draw_scene("scale/12742,6371"))) as picture:
        bright = np.asarray(picture.convert("L"))[: picture.height - 70] > 120
    counts = bright.sum(axis=0)
    gap = next(x for x in range(SIZE) if counts[x] == 0 and counts[:x].any())
    large, small = counts[:gap].sum(), counts[gap:].sum()
    assert large / small == pytest.approx(4, rel=0.05)
