"""Pictures for questions, drawn from a name: a phase, a ringed crater, a side, things to scale.

A name has a kind and what belongs to it, `kind/detail`:

- `phase/2026-11-17` or `phase/2026-11-17/south`: the disc as it stands at 0h UTC of that day;
- `ring/Tycho`: the full Moon with a crater, a sea or a landing site ringed, on whichever side it lies;
- `ring/-45.4,177.6`: likewise, a place by latitude and longitude;
- `close/Tycho`: that place from above in slanting light;
- `side/near`, `side/far`: a whole side in full light;
- `scale/12742,3475,1188`: discs of these diameters (km) to one scale, lettered A, B, C;
- `gap/10,30,60`: Earth and Moon at one scale, so many Earth diameters apart, a row each, lettered.

What always holds: the same name gives the same bytes, and no picture holds a word that could tell the answer.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bot.moon.disc import Mark, View, draw_disc, to_jpeg
from bot.moon.globe import craters, seas
from bot.moon.landings import landings
from bot.moon.sky import Direction, observe

SIZE = 640  # pixels a side; rows of things are as wide, and lower
_SKY = (9, 11, 18)
_LINE = (176, 186, 205)
_EARTH, _MOON = 12742.0, 3474.8  # mean diameters in km (NASA fact sheets)
_LOW_SUN = 55.0  # degrees from the zenith, for relief in close views
_FOUND = 150.0  # km: what is smaller is ringed as if it were so wide, or a phone would not show the ring
_LETTERS = "ABCDE"
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?(?:,-?\d+(?:\.\d+)?)*")


class UnknownScene(ValueError):
    """No picture has that name; the message says what to write."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place on the Moon, and how wide what stands there is, in km."""

    place: Direction
    width: float


@lru_cache(maxsize=64)
def draw_scene(name: str) -> bytes:
    """Return the picture of that name as a JPEG file. Raises `UnknownScene`."""
    return to_jpeg(_scene(name)())


def check_scene(name: str) -> None:
    """Raise `UnknownScene` when no picture has that name; draws nothing."""
    _scene(name)


def _scene(name: str) -> Callable[[], Image.Image]:
    kind, _, detail = name.partition("/")
    makers = {"phase": _phase, "ring": _ring, "close": _close, "side": _side, "scale": _scale, "gap": _gap}
    if kind not in makers:
        raise UnknownScene(
            f"{name!r} is no picture: a name begins with {', '.join(f'{kind}/' for kind in makers)}"
        )
    return makers[kind](detail)


def _phase(detail: str) -> Callable[[], Image.Image]:
    day, _, south = detail.partition("/")
    try:
        at = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UnknownScene(f"{day!r} is no day: write phase/2026-11-17") from None
    if south not in ("", "south"):
        raise UnknownScene(f"after the day only /south may stand, not {south!r}")
    return lambda: draw_disc(View.of(observe(at), is_southern=bool(south)), SIZE)


def _ring(detail: str) -> Callable[[], Image.Image]:
    spot = _spot(detail)
    side = Direction(0 if abs(spot.place.longitude) <= 90 else 180, 0)
    mark = Mark("", spot.place, max(spot.width, _FOUND))
    return lambda: draw_disc(View(side, side), SIZE, (mark,))


def _close(detail: str) -> Callable[[], Image.Image]:
    spot = _spot(detail)
    east = (spot.place.longitude + _LOW_SUN + 180) % 360 - 180
    field = min(1.0, max(0.22, 3.2 * spot.width / _MOON))
    return lambda: draw_disc(View(spot.place, Direction(east, spot.place.latitude / 2), field=field), SIZE)


def _side(detail: str) -> Callable[[], Image.Image]:
    if detail not in ("near", "far"):
        raise UnknownScene("the Moon has two sides: side/near and side/far")
    side = Direction(0 if detail == "near" else 180, 0)
    return lambda: draw_disc(View(side, side), SIZE)


def _spot(detail: str) -> _Spot:
    if _NUMBERS.fullmatch(detail) and detail.count(",") == 1:
        latitude, longitude = map(float, detail.split(","))
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return _Spot(Direction(longitude, latitude), 120.0)
    if (spot := _spots().get(detail.casefold())) is None:
        raise UnknownScene(
            f"no crater, sea or landing site is called {detail!r}; latitude,longitude do as well"
        )
    return spot


@lru_cache(maxsize=1)
def _spots() -> dict[str, _Spot]:
    """Return every named place of the tables; parts of seas, whose names stand in brackets, have none."""
    found = {each.name: _Spot(each.place, 60.0) for each in landings()}
    rows = [(each.name, each.latitude, each.longitude, each.diameter) for each in seas()]
    rows += [(each.name, each.latitude, each.longitude, each.diameter) for each in craters()]
    for name, latitude, longitude, diameter in rows:
        if not name.startswith("("):
            found[name] = _Spot(Direction(longitude, latitude), diameter)
    return {name.casefold(): spot for name, spot in found.items()}


def _values(detail: str, least: float) -> list[float]:
    if not _NUMBERS.fullmatch(detail):
        raise UnknownScene(f"{detail!r} is no list of numbers: write 12742,3475")
    values = [float(part) for part in detail.split(",")]
    if not 2 <= len(values) <= len(_LETTERS) or min(values) < least:
        raise UnknownScene(f"two to five numbers of at least {least:g}, not {detail}")
    return values


def _scale(detail: str) -> Callable[[], Image.Image]:
    return partial(_draw_scale, _values(detail, 1))


def _gap(detail: str) -> Callable[[], Image.Image]:
    return partial(_draw_gap, _values(detail, 1))


def _draw_scale(diameters: list[float]) -> Image.Image:
    """Draw discs side by side on one line, lettered, the largest as large as there is room."""
    margin, gap = 28, 26
    room = SIZE - 2 * margin - gap * (len(diameters) - 1)
    unit = min(room / sum(diameters), (SIZE * 0.62) / max(diameters))
    height = round(max(diameters) * unit) + 96
    picture, pen = _canvas(height)
    left = (SIZE - (sum(diameters) * unit + gap * (len(diameters) - 1))) / 2
    for letter, diameter in zip(_LETTERS, diameters, strict=False):
        width = max(2.0, diameter * unit)
        top = height - 60 - width
        _disc(pen, (left, top, left + width, top + width), (201, 197, 184))
        _letter(pen, letter, left + width / 2, height - 40)
        left += width + gap
    return picture


def _draw_gap(gaps: list[float]) -> Image.Image:
    """Draw a row for each distance: Earth at the left, the Moon at the right, to one scale in all rows."""
    margin, row = 64, 96
    unit = (SIZE - 2 * margin) / (max(gaps) * _EARTH)
    picture, pen = _canvas(row * len(gaps) + 16)
    for number, (letter, gap) in enumerate(zip(_LETTERS, gaps, strict=False)):
        middle = row * number + row / 2 + 8
        _letter(pen, letter, 26, middle - 12)
        earth, moon = max(5.0, _EARTH * unit / 2), max(2.0, _MOON * unit / 2)
        far = margin + gap * _EARTH * unit
        pen.line((margin, middle, far, middle), fill=(52, 58, 74), width=2)
        _disc(pen, (margin - earth, middle - earth, margin + earth, middle + earth), (72, 118, 186))
        _disc(pen, (far - moon, middle - moon, far + moon, middle + moon), (201, 197, 184))
    return picture


def _canvas(height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.fromarray(np.full((height, SIZE, 3), _SKY, np.uint8), "RGB")
    return picture, ImageDraw.Draw(picture)


def _disc(
    pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: tuple[int, int, int]
) -> None:
    pen.ellipse(box, fill=colour, outline=tuple(part // 2 for part in colour))


def _letter(pen: ImageDraw.ImageDraw, letter: str, middle: float, top: float) -> None:
    font = ImageFont.load_default(24)
    pen.text((middle - pen.textlength(letter, font=font) / 2, top), letter, font=font, fill=_LINE)
