"""The Moon's surface as a map: how bright each place is and how it slopes.

The map is made here from two tables, `seas.tsv` and `craters.tsv`, and stored beside them as `globe.jpg`:
making it takes seconds, reading it milliseconds. `python -m bot.moon.globe` makes it anew.

What is known stands in the tables (places, sizes, rays); what is between is invented from a fixed seed: a
ground of many small craters, as the highlands have, and the ragged edges of the seas. Depths and rims follow
Pike (1977, Proc. Lunar Sci. Conf. 8, 3427): for D above 15 km depth 1.044 D^0.301 and rim 0.236 D^0.399 km.

The map is equirectangular, north up, longitude -180 at the left. The file holds three grey layers, one below
the other: the albedo, and the slopes towards the east and the north in km per km, -`STEEPEST` to `STEEPEST`.
"""

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]

WIDTH, HEIGHT = 2048, 1024
STEEPEST = 0.4
_LEVEL = 128 / 255  # how no slope is stored
_RADIUS = 1737.4  # km, the Moon's mean radius (IAU)
_SEED = 20190103
_SMALL = 15000  # invented craters
_HIGHLAND, _SEA = 0.66, 0.30  # albedo as drawn, not as measured: 0.12 and 0.07 would look flat


@dataclass(frozen=True, slots=True)
class Surface:
    """The map as arrays of shape (HEIGHT, WIDTH)."""

    albedo: Floats
    east: Floats
    north: Floats


@dataclass(frozen=True, slots=True)
class Sea:
    """A dark plain: degrees, km, and how dark it is from 0 to 1; below 0, bright ground within one."""

    name: str
    latitude: float
    longitude: float
    diameter: float
    darkness: float


@dataclass(frozen=True, slots=True)
class Crater:
    """A crater: degrees, km, how far its rays reach in km, and how sharp it is from 0 to 1."""

    name: str
    latitude: float
    longitude: float
    diameter: float
    rays: float
    freshness: float


@cache
def _stored() -> NDArray[np.uint8]:
    """Return the stored map: its layers, of shape (3, HEIGHT, WIDTH), as bytes, since they stay in memory."""
    with Image.open(io.BytesIO(files(__package__).joinpath("globe.jpg").read_bytes())) as picture:
        return np.asarray(picture).reshape(3, HEIGHT, WIDTH)


def sample(points: Floats) -> tuple[Floats, Floats, Floats]:
    """Return albedo and slopes to the east and north at unit vectors of shape (n, 3).

    They are blended between the stored map's four nearest pixels.
    """
    column = (np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi) + 0.5) * WIDTH - 0.5
    row = (0.5 - np.arcsin(np.clip(points[:, 2], -1, 1)) / np.pi) * HEIGHT - 0.5
    row = np.clip(row, 0, HEIGHT - 1.001)
    left, top = np.floor(column).astype(np.int32), row.astype(np.int32)
    right_part, low_part = (column - left).astype(np.float32), (row - top).astype(np.float32)
    first, second = left % WIDTH, (left + 1) % WIDTH
    upper, lower = top * WIDTH, (top + 1) * WIDTH
    found = []
    for layer in _stored():
        flat = layer.ravel()
        above = flat[upper + first] * (1 - right_part) + flat[upper + second] * right_part
        below = flat[lower + first] * (1 - right_part) + flat[lower + second] * right_part
        found.append((above * (1 - low_part) + below * low_part) / 255)
    albedo, east, north = found
    return albedo, (east - _LEVEL) * (2 * STEEPEST), (north - _LEVEL) * (2 * STEEPEST)


def seas() -> tuple[Sea, ...]:
    """Return the table of dark plains; parts of a sea have a name in brackets."""
    return tuple(Sea(name, *map(float, rest)) for name, *rest in _rows("seas.tsv"))


def craters() -> tuple[Crater, ...]:
    """Return the table of craters."""
    return tuple(Crater(name, *map(float, rest)) for name, *rest in _rows("craters.tsv"))


def _rows(name: str) -> list[list[str]]:
    lines = files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def make_surface() -> Surface:
    """Make the map from the tables; the same tables give the same map."""
    dice = np.random.default_rng(_SEED)
    longitude = np.radians((np.arange(WIDTH) + 0.5) / WIDTH * 360 - 180).astype(np.float32)
    latitude = np.radians(90 - (np.arange(HEIGHT) + 0.5) / HEIGHT * 180).astype(np.float32)
    ground = _Ground(longitude, latitude, dice)
    ground.flood(seas())
    ground.dig(craters())
    return ground.finish()


class _Ground:
    """The map while it is being made."""

    def __init__(self, longitude: Floats, latitude: Floats, dice: np.random.Generator) -> None:
        self._dice = dice
        self._longitude, self._latitude = longitude, latitude
        east, north = np.meshgrid(longitude, latitude)
        self._points = np.stack(
            [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1
        )
        self._height = np.zeros(east.shape, np.float32)
        self._sea = np.zeros(east.shape, np.float32)
        self._bright = np.zeros(east.shape, np.float32)
        self._broken = np.ones(east.shape, np.float32)

    def flood(self, table: tuple[Sea, ...]) -> None:
        """Lay the seas, with edges that wander, and the great southern basin of the far side."""
        warp = np.stack([self._noise(scale, octaves=4) for scale in (7.1, 7.3, 7.7)], axis=-1)
        fine = np.stack([self._noise(scale, octaves=3) for scale in (31.0, 33.0, 37.0)], axis=-1)
        warped = self._points + 0.045 * warp + 0.014 * fine
        warped /= np.linalg.norm(warped, axis=-1, keepdims=True)
        for sea in table:
            radius = 1.1 * sea.diameter / 2 / _RADIUS  # the wandering edge takes a part away
            inside = radius - np.arccos(np.clip(warped @ _vector(sea.latitude, sea.longitude), -1, 1))
            edge = 0.022 + 0.07 * radius
            part = _smooth(inside / edge * 0.5 + 0.5)
            if sea.darkness > 0:
                self._sea = np.maximum(self._sea, sea.darkness * part)
            else:
                self._sea *= 1 + sea.darkness * part
        self._sea *= 1 - 0.25 * _smooth(self._noise(19.0, octaves=4) * 2 - 0.2)
        basin = np.arccos(np.clip(warped @ _vector(-53.0, -169.0), -1, 1))
        self._bright -= 0.13 * _smooth(
            (0.68 - basin) / 0.2
        )  # South Pole-Aitken: 2,500 km across, a little darker
        self._height += 0.6 * (1 - self._sea) * self._noise(24.0, octaves=6) + 0.05 * self._noise(
            60.0, octaves=3
        )
        self._height -= 1.4 * self._sea

    def dig(self, table: tuple[Crater, ...]) -> None:
        """Dig the invented craters, then the known ones, the worn before the fresh; lay the rays last."""
        for crater in (*self._invented(), *sorted(table, key=lambda each: each.freshness)):
            self._dig(crater)
        self._broken = 0.45 + 0.75 * _smooth(self._noise(26.0, octaves=4) * 1.6 + 0.5)
        for crater in table:
            if crater.rays:
                self._spread(crater)

    def finish(self) -> Surface:
        """Return the map with its slopes."""
        spacing = np.pi / HEIGHT * _RADIUS
        east_spacing = spacing * np.maximum(np.cos(self._latitude), 0.02)[:, None]
        wrapped = np.pad(self._height, ((0, 0), (1, 1)), mode="wrap")
        east = (wrapped[:, 2:] - wrapped[:, :-2]) / (2 * east_spacing)
        north = np.gradient(self._height, -spacing, axis=0)
        grain = 0.06 * self._noise(44.0, octaves=5) + 0.05 * self._noise(8.0, octaves=4)
        albedo = _HIGHLAND + grain + (_SEA - _HIGHLAND) * self._sea
        albedo = albedo + self._bright * (1 - 0.2 * self._sea)
        limit = np.float32(STEEPEST)
        return Surface(
            np.clip(albedo, 0.05, 1).astype(np.float32),
            np.clip(east, -limit, limit).astype(np.float32),
            np.clip(north, -limit, limit).astype(np.float32),
        )

    def _invented(self) -> list[Crater]:
        """Return small craters by a power law of their diameters, fewer on the seas, which are younger."""
        z = self._dice.uniform(-1, 1, _SMALL)
        east = self._dice.uniform(-180, 180, _SMALL)
        diameter = 11.0 * self._dice.uniform(0.008, 1, _SMALL) ** -0.5
        freshness = self._dice.uniform(0.1, 1, _SMALL) ** 1.5
        kept = self._dice.uniform(0, 1, _SMALL)
        found = []
        for north, lon, size, fresh, chance in zip(
            np.degrees(np.arcsin(z)), east, diameter, freshness, kept, strict=True
        ):
            sea = self._sea[int((90 - north) / 180 * HEIGHT) % HEIGHT, int((lon + 180) / 360 * WIDTH) % WIDTH]
            if chance > 0.94 * sea and (sea < 0.4 or size < 22):
                found.append(Crater("", north, lon, size, 0, fresh))
        return sorted(found, key=lambda each: -each.diameter)

    def _dig(self, crater: Crater) -> None:
        rows, columns, distance = self._around(crater, 1.9)
        size = crater.diameter
        depth = 0.196 * size**1.010 if size < 15 else 1.044 * size**0.301  # Pike 1977
        rim = 0.036 * size**1.014 if size < 15 else 0.236 * size**0.399
        wear = 0.25 + 0.75 * crater.freshness
        at = distance / (size / 2 / _RADIUS)
        floor = 0.0 if size < 15 else min(0.75, 0.25 + 0.004 * size)
        wall = _smooth((at - floor) / max(1.0 - floor, 0.1))
        inside = -depth + (depth + rim) * wall
        outside = rim * np.maximum(at, 1.0) ** -3.5 * _smooth((1.9 - at) / 0.9)
        bowl = np.where(at < 1, inside, outside)
        if 30 < size < 160:
            bowl = bowl + 0.28 * depth * np.exp(-((at / 0.12) ** 2)) * (at < 1)  # the central peak
        area = np.ix_(rows, columns)
        flooded = 1 - 0.75 * self._sea[area] * (at < 1) * (size > 40)
        self._height[area] += (0.85 * wear * bowl * flooded).astype(np.float32)
        fresh = crater.freshness**3
        self._bright[area] += (0.07 * fresh * _smooth((1.5 - at) / 0.6)).astype(np.float32)

    def _spread(self, crater: Crater) -> None:
        """Lay a crater's rays: streaks of their own lengths, brightest near the rim, broken along the way."""
        rows, columns, angle = self._around(crater, 2 * crater.rays / crater.diameter)
        area = np.ix_(rows, columns)
        middle = _vector(crater.latitude, crater.longitude)
        east = np.array([-middle[1], middle[0], 0.0])
        east /= np.linalg.norm(east)
        north = np.cross(middle, east)
        points, distance = self._points[area], angle * _RADIUS
        bearing = np.arctan2(points @ east.astype(np.float32), points @ north.astype(np.float32))
        streaks = np.zeros_like(distance)
        for _ in range(26):
            towards, reach = (
                self._dice.uniform(-np.pi, np.pi),
                crater.rays * self._dice.uniform(0.25, 1.0) ** 1.3,
            )
            width = self._dice.uniform(0.025, 0.085)
            off = (bearing - towards + np.pi) % (2 * np.pi) - np.pi
            across = np.exp(-((off / (width * (0.6 + 90 / (distance + 90)))) ** 2))
            streaks += self._dice.uniform(0.4, 1.0) * across * np.clip(1 - distance / reach, 0, 1) ** 1.2
        halo = np.exp(-((distance / (0.9 * crater.diameter + 0.06 * crater.rays)) ** 2))
        strength = 0.17 + 0.10 * min(crater.rays / 900, 1.0)
        broken = self._broken[area]
        bright = strength * np.minimum(streaks * broken, 1.2) + 0.2 * halo * (0.75 + 0.25 * broken)
        hole = distance < crater.diameter * 0.42
        lit = self._bright[area] + np.where(hole, 0.5, 1.0) * bright * (distance < crater.rays)
        self._bright[area] = np.minimum(lit, 0.36)

    def _around(self, crater: Crater, reach: float) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
        """Return rows and columns within `reach` radii of a crater, and each point's distance in radians."""
        radius = reach * crater.diameter / 2 / _RADIUS
        rows = np.nonzero(np.abs(self._latitude - np.radians(crater.latitude)) <= radius)[0]
        poleward = min(abs(np.radians(crater.latitude)) + radius, np.pi / 2)
        half = np.pi if poleward > 1.5 else min(np.pi, radius / np.cos(poleward))
        off = np.abs((self._longitude - np.radians(crater.longitude) + np.pi) % (2 * np.pi) - np.pi)
        columns = np.nonzero(off <= half)[0]
        points = self._points[np.ix_(rows, columns)]
        towards = _vector(crater.latitude, crater.longitude).astype(np.float32)
        return rows, columns, 2 * np.arcsin(np.clip(np.linalg.norm(points - towards, axis=-1) / 2, 0, 1))

    def _noise(self, scale: float, *, octaves: int) -> Floats:
        """Return smooth noise of about -1 to 1: values on a lattice, blended, each octave half as strong."""
        total, strength = np.zeros(self._points.shape[:2], np.float32), 1.0
        for _ in range(octaves):
            lattice = self._dice.uniform(-1, 1, (32, 32, 32)).astype(np.float32)
            total += np.float32(strength) * _blend(lattice, self._points * np.float32(scale))
            scale, strength = scale * 2.03, strength * 0.55
        return total


def _blend(lattice: Floats, points: Floats) -> Floats:
    """Return the lattice's values between its knots, repeated without end."""
    whole = np.floor(points).astype(np.int32)
    part = points - whole
    part = part * part * (3 - 2 * part)
    size = lattice.shape[0]
    low, high = whole % size, (whole + 1) % size
    total = np.zeros(points.shape[:2], np.float32)
    for corner in range(8):
        chosen = [high[..., axis] if corner >> axis & 1 else low[..., axis] for axis in range(3)]
        weight = np.ones(points.shape[:2], np.float32)
        for axis in range(3):
            weight *= part[..., axis] if corner >> axis & 1 else 1 - part[..., axis]
        total += weight * lattice[chosen[0], chosen[1], chosen[2]]
    return total


def _smooth(x: Floats) -> Floats:
    clipped = np.clip(x, 0, 1)
    return np.asarray(clipped * clipped * (3 - 2 * clipped), dtype=np.float32)


def _vector(latitude: float, longitude: float) -> NDArray[np.float64]:
    north, east = np.radians(latitude), np.radians(longitude)
    return np.array([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


def encode(made: Surface) -> bytes:
    """Return the map as a picture file, as `globe.jpg` holds it."""
    slopes = [layer / (2 * STEEPEST) * 255 + 128 for layer in (made.east, made.north)]
    pixels = np.concatenate([made.albedo * 255, *slopes])
    picture = Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8), "L")
    stored = io.BytesIO()
    picture.save(stored, "JPEG", quality=84)
    return stored.getvalue()


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).with_name("globe.jpg").write_bytes(encode(make_surface()))
