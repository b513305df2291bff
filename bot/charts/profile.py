"""A player's last weeks and topics: points a week as bars, accuracy by topic as bars that lie."""

from collections.abc import Sequence

from bot.charts.canvas import FAINT, GRID, INK, SERIES, Canvas, can_write

_WIDTH, _MARGIN = 640, 28
_WEEKS_TOP, _WEEKS_BOTTOM = 54, 176
_ROW = 30
_NAMES = 232  # pixels for the topics' names
MOST_WEEKS, MOST_TOPICS = 12, 8


def draw_profile(weeks: Sequence[int], topics: Sequence[tuple[str, int, int]]) -> bytes:
    """Return the profile as a PNG file.

    `weeks`: points of the last weeks, the present one last, `MOST_WEEKS` at most. `topics`: name, right
    answers and answers, in the order of the card, `MOST_TOPICS` at most; a name in letters that the font
    lacks stands as its number in that order.
    """
    weeks, topics = weeks[-MOST_WEEKS:], topics[:MOST_TOPICS]
    head = _WEEKS_BOTTOM + 44
    canvas = Canvas(_WIDTH, head + (36 + _ROW * len(topics) if topics else 0))
    _draw_weeks(canvas, weeks)
    if topics:
        canvas.text(_MARGIN, head + 6, "Right answers by topic", size=15, colour=FAINT, anchor="lm")
    for place, (name, right, given) in enumerate(topics):
        y = head + 40 + _ROW * place
        label = name if can_write(name) else f"topic {place + 1}"
        canvas.text(_MARGIN, y, _fitting(canvas, label), size=15, anchor="lm")
        share = right / given if given else 0.0
        left, right_end = _MARGIN + _NAMES, _WIDTH - _MARGIN - 108
        canvas.box(left, y - 8, right_end, y + 8, GRID, 4)
        if share:
            canvas.box(left, y - 8, left + max(8.0, (right_end - left) * share), y + 8, SERIES[1], 4)
        canvas.text(_WIDTH - _MARGIN, y, f"{share:.0%} of {given:,}", size=14, colour=INK, anchor="rm")
    return canvas.to_png()


def _draw_weeks(canvas: Canvas, weeks: Sequence[int]) -> None:
    canvas.text(_MARGIN, 26, "Points a week", size=15, colour=FAINT, anchor="lm")
    canvas.line(((_MARGIN, _WEEKS_BOTTOM), (_WIDTH - _MARGIN, _WEEKS_BOTTOM)), GRID, 1)
    most = max([1, *weeks])
    wide = (_WIDTH - 2 * _MARGIN) / MOST_WEEKS
    first = MOST_WEEKS - len(weeks)
    for place, points in enumerate(weeks, first):
        left = _MARGIN + wide * place + 5
        height = (_WEEKS_BOTTOM - _WEEKS_TOP) * max(points, 0) / most
        if points > 0:
            canvas.box(left, _WEEKS_BOTTOM - max(height, 3), left + wide - 10, _WEEKS_BOTTOM, SERIES[0], 3)
            canvas.text(
                left + wide / 2 - 5, _WEEKS_BOTTOM - height - 11, f"{points:,}", size=12, colour=FAINT
            )
    canvas.text(_WIDTH - _MARGIN - wide / 2, _WEEKS_BOTTOM + 16, "this week", size=12, colour=FAINT)


def _fitting(canvas: Canvas, words: str) -> str:
    """Return `words`, shortened at the end where they are wider than their column."""
    while canvas.length(words, 15) > _NAMES - 14:
        words = words.rstrip("…")[:-1].rstrip() + "…"
    return words
