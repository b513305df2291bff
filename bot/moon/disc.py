"""The Moon's disc as it looks at an instant: drawn from the surface, the Sun's direction and the observer's.

What always holds: the limb, the lit fraction and the terminator follow from geometry alone, so the picture
cannot say anything else than `sky` does; celestial north is up, or south for the southern hemisphere.

Light follows the lunar-Lambert law (McEwen 1991, Icarus 92, 298): mostly Lommel-Seeliger, which gives the
full Moon its even brightness up to the limb, with some of Lambert's for relief. The dark side has earthshine,
strongest when the Moon is a thin crescent.
"""

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bot.moon.globe import Floats, sample
from bot.moon.sky import Direction, Moon

Box = tuple[float, float, float, float]  # left, top, right, bottom

_SKY = (9, 11, 18)
_TINT = (1.0, 0.985, 0.95)
_AT_ONCE = 32768  # pixels: what is worked out for so many stays in the cache
_FILLED = 0.94  # of the picture's half: the disc's radius
_LAMBERT = 0.35
_RELIEF = 2.2  # slopes are drawn steeper than they are: at this scale the real ones hardly show
_EARTHSHINE = 0.05
_GAMMA = 1 / 1.9
_RING = 1.2  # a ring's width, for each of what it goes round
_POINTS = 180  # of a ring
_OUTLINE = 2  # pixels of dark around letters
SMALLEST, LARGEST = 64, 2048  # pixels


@dataclass(frozen=True, slots=True)
class View:
    """From where the disc is seen: what stands in its middle, which way is up, and what lights it."""

    middle: Direction
    subsolar: Direction
    axis: float = 0.0  # degrees from the upward direction to the Moon's north pole, towards the left
    is_southern: bool = False  # turned by half a turn, as the southern hemisphere sees it
    field: float = 1.0  # how much of the disc is shown from its middle: 0.3 for a close view

    @classmethod
    def of(cls, moon: Moon, *, is_southern: bool = False, is_far_side: bool = False) -> "View":
        """Return the view of `moon` from Earth, or of its far side from beyond it."""
        middle = moon.libration
        if is_far_side:
            middle = Direction((middle.longitude + 360) % 360 - 180, -middle.latitude)
        return cls(middle, moon.subsolar, -moon.axis if is_far_side else moon.axis, is_southern)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to be shown with a ring and a name."""

    name: str
    place: Direction
    width: float = 0.0  # km: the ring goes round what is so wide


def draw_disc(view: View, size: int = 512, marks: tuple[Mark, ...] = ()) -> Image.Image:
    """Return the disc as a square picture of `size` pixels.

    Raises ValueError for a size below `SMALLEST` or above `LARGEST`.
    """
    if not SMALLEST <= size <= LARGEST:
        raise ValueError(f"a picture has {SMALLEST} to {LARGEST} pixels a side, not {size}")
    frame = _frame(view)
    across = np.asarray(((np.arange(size) + 0.5) / size * 2 - 1) * (view.field / _FILLED), np.float32)
    pixels = np.empty((size, size, 3), np.uint8)
    pixels[:] = _SKY
    high = max(1, _AT_ONCE // size)
    for top in range(0, size, high):
        _draw_band(pixels[top : top + high], *np.meshgrid(across, -across[top : top + high]), view, frame)
    picture = Image.fromarray(pixels, "RGB")
    _draw_marks(picture, view, marks)
    return picture


def _draw_band(pixels: NDArray[np.uint8], x: Floats, y: Floats, view: View, frame: Floats) -> None:
    """Draw some rows of the disc; `x` and `y` are where each pixel stands, in radii of the disc."""
    distance = np.hypot(x, y)
    rows, columns = np.nonzero(distance < 1)
    x, y = x[rows, columns], y[rows, columns]
    light = _light(view, frame, np.stack([x, y, np.sqrt(1 - x * x - y * y)], axis=-1))
    edge = np.clip((1 - distance[rows, columns]) * pixels.shape[1] * _FILLED / 2 / view.field, 0, 1)[:, None]
    lit = np.clip(light, 0, 1)[:, None] ** _GAMMA * 255 * np.array(_TINT, np.float32)
    sky = np.array(_SKY, np.float32)
    pixels[rows, columns] = sky + (np.maximum(lit, sky) - sky) * edge


def to_png(picture: Image.Image) -> bytes:
    """Return the picture as a PNG file; packed lightly, for the fine grain hardly yields to more."""
    stored = io.BytesIO()
    picture.save(stored, "PNG", compress_level=1)
    return stored.getvalue()


def to_jpeg(picture: Image.Image) -> bytes:
    """Return the picture as a JPEG file, a fifth of the PNG's size: for sending."""
    stored = io.BytesIO()
    picture.save(stored, "JPEG", quality=92, subsampling=0)
    return stored.getvalue()


def position(view: View, place: Direction) -> tuple[float, float] | None:
    """Return where `place` stands in a picture, 0 to 1 from left and from top; None behind the limb."""
    x, y, z = _frame(view) @ np.array(place.vector)
    scale = _FILLED / 2 / view.field
    return (0.5 + x * scale, 0.5 - y * scale) if z > 0 else None


def _frame(view: View) -> NDArray[np.float32]:
    """Return the rows right, up and towards the observer, as vectors fixed to the Moon."""
    towards = np.array(view.middle.vector)
    east = np.array([-towards[1], towards[0], 0.0])
    east /= np.linalg.norm(east) or 1.0
    north = np.cross(towards, east)
    turn = math.radians(view.axis + (180 if view.is_southern else 0))
    right = east * math.cos(turn) - north * math.sin(turn)
    up = north * math.cos(turn) + east * math.sin(turn)
    return np.array([right, up, towards], np.float32)


def _light(view: View, frame: NDArray[np.float32], seen: Floats) -> Floats:
    """Return how bright each point is, 0 to 1; `seen` are unit vectors in the frame, of shape (n, 3)."""
    points = seen @ frame
    albedo, east, north = sample(points)
    sun = np.array(view.subsolar.vector, np.float32)
    height = points @ sun  # the sine of the Sun's height over level ground
    flat = np.hypot(points[:, 0], points[:, 1]) + 1e-6
    to_east = (points[:, 0] * sun[1] - points[:, 1] * sun[0]) / flat
    to_north = (sun[2] - points[:, 2] * height) / flat
    emitted = np.maximum(seen[:, 2], 0.02)
    steep = _RELIEF * np.minimum(1, emitted * 2.5)  # near the limb a pixel spans many slopes, which even out
    relief = height - steep * (east * to_east + north * to_north)
    day = np.clip((height + 0.035) / 0.05, 0, 1)  # high ground catches the Sun a little beyond the terminator
    sunlit = np.maximum(relief, 0.12 * height) * day  # a slope in shadow still has light from its neighbours
    seeliger = 2 * sunlit / (sunlit + emitted + 1e-6)
    phase = float(np.clip(frame[2] @ sun, -1, 1))  # 1: full, -1: new
    bright = (
        albedo
        * ((1 - _LAMBERT) * np.minimum(seeliger, 1.25) + _LAMBERT * sunlit)
        * (1.05 + 0.15 * (1 - phase))
    )
    shine = _EARTHSHINE * ((1 - phase) / 2) ** 2 * (0.35 + 0.65 * emitted)
    return np.asarray(bright + albedo * shine, dtype=np.float32)


def _draw_marks(picture: Image.Image, view: View, marks: tuple[Mark, ...]) -> None:
    """Draw a ring around each place on the visible side, and its name beside it, clear of the others."""
    size = picture.width
    seen = [(mark, (at[0] * size, at[1] * size)) for mark in marks if (at := position(view, mark.place))]
    pen, smallest = ImageDraw.Draw(picture), max(3, size // 90)
    line = max(1, size // 256)
    taken: list[Box] = []
    for mark, (left, top) in seen:
        box = (left - smallest, top - smallest, left + smallest, top + smallest)
        if mark.width / 3474.8 * size * _FILLED / view.field * _RING / 2 > smallest:
            for arc in _outline(view, mark, size):
                pen.line(arc, fill=(255, 196, 64), width=line + 1, joint="curve")
        else:
            pen.ellipse(box, outline=(255, 196, 64), width=line + 1)
        taken.append(box)
    font = ImageFont.load_default(max(11, size // 36))
    for mark, place in seen:
        if mark.name:
            box = _free(_beside(place, smallest, pen.textbbox((0, 0), mark.name, font=font)), taken, size)
            taken.append(box)
            at = (box[0], (box[1] + box[3]) / 2)
            pen.text(
                at,
                mark.name,
                font=font,
                fill=(255, 236, 190),
                anchor="lm",
                stroke_width=_OUTLINE,
                stroke_fill=(20, 18, 12),
            )


def _beside(place: tuple[float, float], ring: float, text: Box) -> list[Box]:
    """Return where a name may stand by its ring, the best place first: right, left, and above and below."""
    x, y = place
    width, high = text[2] - text[0] + 2 * _OUTLINE, text[3] - text[1] + 2 * _OUTLINE
    apart, rise = ring * 1.8, ring + high * 0.7
    lefts = (x + apart, x - apart - width)
    found = [(left, y) for left in lefts]
    found += [(left, y + turn * rise) for turn in (1, -1) for left in (*lefts, x - width / 2)]
    return [(left, middle - high / 2, left + width, middle + high / 2) for left, middle in found]


def _free(places: list[Box], taken: list[Box], size: int) -> Box:
    """Return the first place within the picture that covers nothing; else what covers least."""
    within = [box for box in places if box[0] >= 0 and box[2] <= size and box[1] >= 0 and box[3] <= size]
    return min(within or places, key=lambda box: sum(_shared(box, other) for other in taken))


def _shared(one: Box, other: Box) -> float:
    """Return how many pixels two boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _outline(view: View, mark: Mark, size: int) -> list[list[tuple[float, float]]]:
    """Return the ring around a place as it lies on the globe: the arcs of it that are on the visible side."""
    reach = min(mark.width * _RING / 3474.8, math.pi / 2)  # radians: half its width over the radius
    middle = np.array(mark.place.vector)
    side = np.cross(middle, (0.0, 0.0, 1.0) if abs(middle[2]) < 0.9 else (1.0, 0.0, 0.0))
    side /= np.linalg.norm(side)
    turns = np.linspace(0, 2 * math.pi, _POINTS, endpoint=False)[:, None]
    around = np.cos(turns) * side + np.sin(turns) * np.cross(middle, side)
    seen = (math.cos(reach) * middle + math.sin(reach) * around) @ _frame(view).T
    is_near = seen[:, 2] > 0
    first = int(np.argmin(is_near)) if not is_near.all() else 0  # begin behind the limb, if any of it is
    scale = _FILLED / 2 / view.field
    arcs: list[list[tuple[float, float]]] = [[]]
    for step in range(_POINTS + 1):
        x, y, depth = (float(part) for part in seen[(first + step) % _POINTS])
        if depth > 0:
            arcs[-1].append(((0.5 + x * scale) * size, (0.5 - y * scale) * size))
        elif arcs[-1]:
            arcs.append([])
    return [arc for arc in arcs if len(arc) > 1]
