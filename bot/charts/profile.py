"""A profile: points week by week, and accuracy by topic, side by side.

Topics stand as numbers, as in the list of the card: their titles may be in any script.
"""

from collections.abc import Sequence
from functools import lru_cache

from bot.charts.canvas import FAINT, GRID, INK, SERIES, Canvas

WIDTH, HEIGHT = 720, 300
TOPICS = 8
_TOP, _BOTTOM = 62, 258
_LEFT, _MIDDLE = 24, 372  # where the bars of weeks begin, and those of topics
_WEEKS_END, _TOPICS_END = 336, 696
_GAP = 5


@lru_cache(maxsize=256)
def draw_profile(weeks: tuple[int, ...], topics: tuple[tuple[int, int], ...]) -> bytes:
    """Return the picture as a PNG file, some 10 kB.

    `weeks`: points of each week, this one last. `topics`: right answers and answers of each, eight at most.
    Raises ValueError for no week, and for more right answers than answers.
    """
    if not weeks or any(not 0 <= right <= answered or not answered for right, answered in topics):
        raise ValueError("a profile has a week, and topics with answers")
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.text(_LEFT, 26, "Points by week", size=17, anchor="lm")
    canvas.text(_MIDDLE, 26, "Right answers by topic", size=17, anchor="lm")
    _draw_weeks(canvas, weeks)
    _draw_topics(canvas, topics[:TOPICS])
    return canvas.to_png()


def _draw_weeks(canvas: Canvas, weeks: Sequence[int]) -> None:
    most, room = max(1, *weeks), (_WEEKS_END - _LEFT) / len(weeks)
    canvas.line(((_LEFT, _BOTTOM), (_WEEKS_END, _BOTTOM)), GRID, 1)
    for place, points in enumerate(weeks):
        left = _LEFT + place * room
        middle = left + room / 2
        top = _BOTTOM - (_BOTTOM - _TOP - 14) * max(points, 0) / most
        is_last = place == len(weeks) - 1
        if points > 0:
            colour = SERIES[0] if is_last else SERIES[1]
            canvas.bar((left + _GAP / 2, min(top, _BOTTOM - 2), left + room - _GAP / 2, _BOTTOM), colour)
            canvas.text(middle, top - 10, _short(points), size=11, colour=INK)
        if is_last:
            canvas.text(_WEEKS_END, _BOTTOM + 18, "this week", size=13, colour=FAINT, anchor="rm")
    if len(weeks) > 1:
        canvas.text(_LEFT, _BOTTOM + 18, f"{len(weeks) - 1} weeks ago", size=13, colour=FAINT, anchor="lm")


def _draw_topics(canvas: Canvas, topics: Sequence[tuple[int, int]]) -> None:
    height = (_BOTTOM - _TOP) / TOPICS
    start, end = _MIDDLE + 24, _TOPICS_END - 52
    for number, (right, answered) in enumerate(topics, 1):
        top = _TOP + (number - 1) * height
        middle = top + height / 2
        canvas.text(_MIDDLE + 14, middle, str(number), size=14, colour=FAINT, anchor="rm")
        canvas.bar((start, top + 4, end, top + height - 4), GRID)
        if right:
            canvas.bar(
                (start, top + 4, start + (end - start) * right / answered, top + height - 4), SERIES[2]
            )
        canvas.text(_TOPICS_END, middle, f"{right / answered:.0%}", size=14, anchor="rm")


def _short(points: int) -> str:
    return f"{points:,}" if points < 10_000 else f"{points // 1000:,}k"
