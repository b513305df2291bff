"""Seven nights of the Moon side by side: tonight's large in the middle, three before it and three after it.

What always holds: every disc is drawn by `disc` from where the Moon stands at that hour of its night; the
words below are days of the week, and tell nothing that the discs do not.
"""

from datetime import datetime, timedelta

from PIL import Image, ImageDraw, ImageFont

from bot.moon.disc import View, draw_disc
from bot.moon.nights import NIGHTS
from bot.moon.sky import observe

WIDTH, HEIGHT = 960, 360
_LARGE, _SMALL = 320, 92  # pixels a disc
_STEP = 104  # from the middle of one small disc to that of the next
_SKY = (9, 11, 18)
_INK = (168, 176, 194)
_LETTERS = 34  # pixels: a phone shows the picture some 260 wide, and these as 9


def draw_week(evening: datetime, *, is_southern: bool = False) -> Image.Image:
    """Return the nights around `evening`, an aware instant in the time zone whose days are named."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _SKY)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(_LETTERS)
    for offset in range(-NIGHTS, NIGHTS + 1):
        at = evening + timedelta(days=offset)
        size = _SMALL if offset else _LARGE
        side = (offset > 0) - (offset < 0)
        middle = WIDTH // 2 + side * (_LARGE // 2 + 14) + (offset - side) * _STEP + side * _SMALL // 2
        disc = draw_disc(View.of(observe(at), is_southern=is_southern), size)
        picture.paste(disc, (middle - size // 2, (HEIGHT - size) // 2 - (12 if offset else 0)))
        if offset:
            pen.text((middle, HEIGHT // 2 + _SMALL // 2 + 16), f"{at:%a}", font=font, fill=_INK, anchor="mm")
    return picture
