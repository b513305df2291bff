"""Points over the rounds of a game: a line for each of the leaders, its place at its end."""

from collections.abc import Sequence

from bot.charts.canvas import FAINT, GRID, SERIES, Canvas

_WIDTH, _HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 596, 22, 280
_APART = 17.0  # pixels between the labels of two lines


def draw_race(totals: Sequence[Sequence[int]]) -> bytes:
    """Return the race as a PNG file.

    `totals`: for each leader, the best first and five at most, the points after each round. Raises
    ValueError when there are none, or when their rounds are not as many.
    """
    if not totals or not totals[0] or len({len(each) for each in totals}) != 1:
        raise ValueError("a race needs the same rounds for everybody in it")
    canvas = Canvas(_WIDTH, _HEIGHT)
    rounds, most = len(totals[0]), max(1, *(max(series) for series in totals))
    _draw_grid(canvas, rounds, most)
    ends = []
    for number, series in reversed(list(enumerate(totals[: len(SERIES)]))):
        points = [(_across(0, rounds), _up(0, most))]
        points += [(_across(place, rounds), _up(total, most)) for place, total in enumerate(series, 1)]
        colour = SERIES[number]
        canvas.line(points, colour, 2.5)
        for x, y in points[1:]:
            canvas.marker(number, x, y, colour, 4.5)
        ends.append((points[-1][1], number))
    for y, number in _spread(sorted(ends)):
        canvas.text(_RIGHT + 12, y, str(number + 1), size=17, colour=SERIES[number], anchor="lm")
    return canvas.to_png()


def _draw_grid(canvas: Canvas, rounds: int, most: int) -> None:
    step = _round_step(most)
    for value in range(0, most + 1, step):
        y = _up(value, most)
        canvas.line(((_LEFT, y), (_RIGHT, y)), GRID, 1)
        canvas.text(_LEFT - 8, y, f"{value:,}", size=13, colour=FAINT, anchor="rm")
    every = max(1, round(rounds / 10))
    for place in range(every, rounds + 1, every):
        canvas.text(_across(place, rounds), _BOTTOM + 18, str(place), size=13, colour=FAINT)


def _round_step(most: int) -> int:
    """Return a step of 1, 2 or 5 times a power of ten that gives three to six lines."""
    power: int = 10 ** max(0, len(str(most)) - 2)
    steps: Sequence[int] = [factor * power for factor in (1, 2, 5, 10, 20, 50, 100)]
    return next(step for step in steps if most <= 6 * step)


def _across(place: int, rounds: int) -> float:
    return _LEFT + (_RIGHT - _LEFT) * place / rounds


def _up(total: int, most: int) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * max(total, 0) / most


def _spread(ends: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """Return labels moved down from one another where lines end close together."""
    placed: list[tuple[float, int]] = []
    for y, number in ends:
        placed.append((max(y, placed[-1][0] + _APART) if placed else y, number))
    excess = max(0.0, placed[-1][0] - _BOTTOM)
    return [(y - excess, number) for y, number in placed]
