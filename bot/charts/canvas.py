"""What the charts share: a dark canvas drawn at twice its size, colours, text, and its way into a file."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]

GROUND: Colour = (26, 28, 36)
GRID: Colour = (58, 62, 76)
INK: Colour = (226, 228, 234)
FAINT: Colour = (150, 156, 172)
# Told apart with every common kind of colour blindness (Okabe and Ito 2008), lightened for a dark ground.
SERIES: Sequence[Colour] = ((230, 170, 60), (96, 180, 233), (60, 190, 150), (224, 130, 190), (238, 226, 110))
WIDTH = 640
LETTERS = 24  # pixels of a letter: a phone shows the picture some 260 wide, and this as 10
_TWICE = 2  # drawn larger and made smaller, so that edges are smooth


class Canvas:
    """A picture while it is being drawn; places and sizes are in pixels of the finished picture."""

    def __init__(self, height: int) -> None:
        self.height = height
        self._picture = Image.new("RGB", (WIDTH * _TWICE, height * _TWICE), GROUND)
        self._pen = ImageDraw.Draw(self._picture)

    def line(self, points: Sequence[tuple[float, float]], colour: Colour, width: float = 2) -> None:
        """Draw a line through `points`."""
        scaled = [(x * _TWICE, y * _TWICE) for x, y in points]
        self._pen.line(scaled, fill=colour, width=round(width * _TWICE), joint="curve")

    def bar(self, box: tuple[float, float, float, float], colour: Colour) -> None:
        """Fill a rectangle: left, top, right and bottom."""
        left, top, right, bottom = (round(place * _TWICE) for place in box)
        if right > left and bottom > top:
            self._pen.rounded_rectangle((left, top, right, bottom), radius=3 * _TWICE, fill=colour)

    def marker(self, number: int, x: float, y: float, colour: Colour, size: float = 5) -> None:
        """Draw the marker of a series: a disc, a square, a diamond, a triangle, a cross, and over again."""
        x, y, reach = x * _TWICE, y * _TWICE, size * _TWICE
        match number % 5:
            case 0:
                self._pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)
            case 1:
                self._pen.rectangle((x - reach, y - reach, x + reach, y + reach), fill=colour)
            case 2:
                self._pen.polygon(
                    ((x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)), fill=colour
                )
            case 3:
                self._pen.polygon(
                    ((x, y - reach), (x + reach, y + reach), (x - reach, y + reach)), fill=colour
                )
            case _:
                self._pen.line((x - reach, y - reach, x + reach, y + reach), fill=colour, width=_TWICE * 3)
                self._pen.line((x - reach, y + reach, x + reach, y - reach), fill=colour, width=_TWICE * 3)

    def text(
        self, x: float, y: float, words: str, *, size: int = LETTERS, colour: Colour = INK, anchor: str = "mm"
    ) -> None:
        """Write `words`; `anchor` is Pillow's: "mm" around the place, "lm" right of it, "rm" left of it."""
        font = ImageFont.load_default(size * _TWICE)
        self._pen.text((x * _TWICE, y * _TWICE), words, font=font, fill=colour, anchor=anchor)

    def to_png(self) -> bytes:
        """Return the picture as a PNG file."""
        stored = io.BytesIO()
        small = self._picture.resize((WIDTH, self.height), Image.Resampling.LANCZOS)
        small.save(stored, "PNG", optimize=True)
        return stored.getvalue()
