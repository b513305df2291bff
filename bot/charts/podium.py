"""The podium of a game: up to three steps, as high as their points."""

from collections.abc import Sequence

from bot.charts.canvas import BRONZE, FAINT, GOLD, GRID, SILVER, Canvas

_WIDTH, _HEIGHT, _FLOOR = 560, 240, 214
_STEP = 132  # pixels across
_HIGHEST, _LOWEST = 132, 46
_MEDALS = {1: GOLD, 2: SILVER, 3: BRONZE}


def draw_podium(places: Sequence[tuple[int, int]]) -> bytes:
    """Return the podium as a PNG file.

    `places`: rank and points of the first three at most, the best first; equal ranks stand equally high.
    Raises ValueError without any.
    """
    if not places:
        raise ValueError("a podium needs somebody on it")
    canvas = Canvas(_WIDTH, _HEIGHT)
    best = max(1, places[0][1])
    for column, (rank, points) in zip(_columns(len(places)), places[:3], strict=False):
        middle = _WIDTH / 2 + column * (_STEP + 14)
        height = _LOWEST + (_HIGHEST - _LOWEST) * max(points, 0) / best
        colour = _MEDALS.get(rank, FAINT)
        left, right, top = middle - _STEP / 2, middle + _STEP / 2, _FLOOR - height
        canvas.box(left, top, right, _FLOOR, (44, 48, 60), 8)
        canvas.box(left, top, right, top + 7, colour, 3)
        canvas.marker(0, middle, top - 24, colour, 17)
        canvas.text(middle, top - 24, str(rank), size=20, colour=(26, 28, 36))
        canvas.text(middle, top + 28, f"{points:,}", size=20)
    canvas.line(((24, _FLOOR + 1), (_WIDTH - 24, _FLOOR + 1)), GRID)
    return canvas.to_png()


def _columns(count: int) -> Sequence[float]:
    """Return where the best, the second and the third stand, in steps from the middle."""
    return {1: (0,), 2: (-0.5, 0.5)}.get(count, (0, -1, 1))
