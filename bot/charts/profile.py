"""A profile: points week by week, and below them accuracy by topic, both as wide as a phone.

Topics stand as numbers, as in the list of the card: their titles may be in any script.
"""

from collections.abc import Sequence
from functools import lru_cache

from bot.charts import percent
from bot.charts.canvas import FAINT, GRID, SERIES, WIDTH, Canvas

TOPICS = 8
_LEFT, _RIGHT = 24, WIDTH - 24
_TOP, _BOTTOM = 62, 236  # between which the bars of weeks stand
_TITLE, _ROWS, _ROW = 308, 336, 38  # where topics begin, and how high each is
_GAP = 6
_OVER = 20  # pixels of the points over a bar: twelve of them stand side by side


@lru_cache(maxsize=256)
def draw_profile(weeks: tuple[int, ...], topics: tuple[tuple[int, int], ...]) -> bytes:
    """Return the picture as a PNG file, some 15 kB.

    `weeks`: points of each week, this one last. `topics`: right answers and answers of each, eight at most.
    Raises ValueError for no week, and for more right answers than answers.
    """
    if not weeks or any(not 0 <= right <= answered or not answered for right, answered in topics):
        raise ValueError("a profile has a week, and topics with answers")
    shown = topics[:TOPICS]
    canvas = Canvas(_ROWS + _ROW * len(shown) + 16 if shown else _TITLE - 28)
    canvas.text(_LEFT, 28, "Points by week", anchor="lm")
    _draw_weeks(canvas, weeks)
    if shown:
        canvas.text(_LEFT, _TITLE, "Right answers by topic", anchor="lm")
        _draw_topics(canvas, shown)
    return canvas.to_png()


def _draw_weeks(canvas: Canvas, weeks: Sequence[int]) -> None:
    most, room = max(1, *weeks), (_RIGHT - _LEFT) / len(weeks)
    canvas.line(((_LEFT, _BOTTOM), (_RIGHT, _BOTTOM)), GRID, 1)
    for place, points in enumerate(weeks):
        left = _LEFT + place * room
        top = _BOTTOM - (_BOTTOM - _TOP - _OVER) * max(points, 0) / most
        if points > 0:
            colour = SERIES[0] if place == len(weeks) - 1 else SERIES[1]
            canvas.bar((left + _GAP / 2, min(top, _BOTTOM - 2), left + room - _GAP / 2, _BOTTOM), colour)
            canvas.text(left + room / 2, top - 14, _short(points), size=_OVER)
    canvas.text(_RIGHT, _BOTTOM + 24, "this week", colour=FAINT, anchor="rm")
    if len(weeks) > 1:
        canvas.text(_LEFT, _BOTTOM + 24, f"{len(weeks) - 1} weeks ago", colour=FAINT, anchor="lm")


def _draw_topics(canvas: Canvas, topics: Sequence[tuple[int, int]]) -> None:
    start, end = _LEFT + 32, _RIGHT - 76
    for number, (right, answered) in enumerate(topics, 1):
        top = _ROWS + (number - 1) * _ROW
        middle = top + _ROW / 2
        canvas.text(_LEFT + 16, middle, str(number), colour=FAINT, anchor="rm")
        canvas.bar((start, top + 5, end, top + _ROW - 5), GRID)
        if right:
            full = start + (end - start) * right / answered
            canvas.bar((start, top + 5, full, top + _ROW - 5), SERIES[2])
        canvas.text(_RIGHT, middle, percent(right, answered), anchor="rm")


def _short(points: int) -> str:
    """Return points in four letters: 999, 1.2k, 12k."""
    if points < 1000:
        return str(points)
    return f"{points / 1000:.1f}k" if points < 9950 else f"{points / 1000:,.0f}k"
