"""Text made safe to show: what people and banks wrote never formats, links or pings."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import accumulate

_MARKDOWN = re.compile(r"([\\*_~`|>#\[\]()<:@-])")


_NAME = 40  # characters; Discord's own names have 32 at most
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def escape(text: str) -> str:
    """Return `text` such that Discord shows it letter by letter: no formatting, mention or link."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def shorten(text: str, most: int) -> str:
    """Return `text` in at most `most` characters, with an ellipsis where it was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def fitting(lines: Sequence[str], room: int, more: Callable[[int], str]) -> list[str]:
    """Return the first of `lines` that fit into `room` characters, then `more` with the number left out.

    Each line is counted with a line end; the words on the rest have their room in any case.
    """
    last = more(len(lines))
    sizes = list(accumulate(len(line) + 1 for line in lines))
    if not sizes or sizes[-1] <= room:
        return list(lines)
    shown = sum(1 for size in sizes if size + len(last) + 1 <= room)
    return [*lines[:shown], more(len(lines) - shown)]


def shown_name(name: str, most: int = _NAME) -> str:
    """Return a name safe to stand in a row: shortened, escaped, and never turning what follows it."""
    plain = "".join(letter for letter in name if unicodedata.bidirectional(letter) not in _TURNS)
    shown = escape(shorten(plain.strip(), most)) or "Somebody"
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in shown):
        return f"\N{FIRST STRONG ISOLATE}{shown}\N{POP DIRECTIONAL ISOLATE}"
    return shown
