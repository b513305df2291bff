"""Points over the rounds of a game: a line for each of the leaders, its place at its end."""

import math
from collections.abc import Sequence

from bot.charts.canvas import FAINT, GRID, LETTERS, SERIES, WIDTH, Canvas

HEIGHT = 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, WIDTH - 48, 28, HEIGHT - 52
_NUMBERED = 8  # rounds that have their number below them, at most
_BESIDE = 5  # pixels by which a line runs below another with as many points, that both are seen
_MARKED = 20  # rounds that all have a marker


def draw_race(totals: Sequence[Sequence[int]]) -> bytes:
    """Return the race as a PNG file.

    `totals`: for each leader, the best first and five at most, the points after each round. Raises
    ValueError when there are none, or when their rounds are not as many.
    """
    if not totals or not totals[0] or len({len(each) for each in totals}) != 1:
        raise ValueError("a race needs the same rounds for everybody in it")
    canvas = Canvas(HEIGHT)
    rounds, most = len(totals[0]), max(1, *(max(series) for series in totals))
    every = math.ceil(rounds / _NUMBERED)
    _draw_grid(canvas, rounds, most, every)
    ends = []
    for number, series in reversed(list(enumerate(totals[: len(SERIES)]))):
        points = [(_across(0, rounds), _up(0, most))]
        for place, total in enumerate(series):
            equals = sum(other[place] == total for other in totals[:number])
            points.append((_across(place + 1, rounds), _up(total, most) + _BESIDE * equals))
        colour = SERIES[number]
        canvas.line(points, colour, 3)
        for x, y in [*points[1 : -1 : every if rounds > _MARKED else 1], points[-1]]:
            canvas.marker(number, x, y, colour, 6)
        ends.append((points[-1][1], number))
    for y, number in _spread(sorted(ends)):
        canvas.text(_RIGHT + 16, y, str(number + 1), colour=SERIES[number], anchor="lm")
    return canvas.to_png()


def _draw_grid(canvas: Canvas, rounds: int, most: int, every: int) -> None:
    step = _round_step(most)
    for value in range(0, most + 1, step):
        y = _up(value, most)
        canvas.line(((_LEFT, y), (_RIGHT, y)), GRID, 1)
        canvas.text(_LEFT - 12, y, f"{value:,}", colour=FAINT, anchor="rm")
    for place in range(every, rounds + 1, every):
        canvas.text(_across(place, rounds), _BOTTOM + 26, str(place), colour=FAINT)


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
        placed.append((max(y, placed[-1][0] + LETTERS) if placed else y, number))
    excess = max(0.0, placed[-1][0] - _BOTTOM)
    return [(y - excess, number) for y, number in placed]
