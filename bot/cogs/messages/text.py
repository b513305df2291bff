"""Text made safe to show: what people and banks wrote never formats, links or pings.

What always holds: Discord shows names and an author's words as they were typed,
letter by letter; and nothing that is cut is cut in the midst of an escape.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import accumulate

_MARKDOWN = re.compile(r"([\\*_~`|>#\[\]()<:@-])")
_FORMATTING = re.compile(r"[\\*_~`|\[<@]|:(?=//)")  # wherever it stands in a line
_BEGINNING = re.compile(r"(?:#{1,3}|>{1,3}|-#?)(?=\s)|\d+(?=[.)]\s)")  # of a heading, quotation or list
_LAST_WORD = 0.7  # of the room: so far back a cut may go to the end of a word

_NAME = 40  # characters; Discord's own names have 32 at most
PHONE = 258
"""Points that a line of a card has on a phone 360 points wide."""

_NARROW = frozenset(" .,:;'|!()[]·‹›ijlftrI-")
_WIDE = frozenset("mwMW%@…")
_LEAST_NAME = 6  # characters that a name has in a row, however little room is left beside it
_MARKS = re.compile(r"\*\*|\\(?=[^a-zA-Z0-9\s])|`|^-# |^#+ ")  # of Markdown: they take no room
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def escape(text: str) -> str:
    """Return `text` such that Discord shows it letter by letter: no formatting, mention or link."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def written(text: str, most: int) -> str:
    """Return an author's `text` as one line that Discord shows as it was typed, in at most `most` characters.

    Only what would format, link or ping is escaped; the room that escapes take is counted.
    """
    line = _FORMATTING.sub(r"\\\g<0>", " ".join(text.split()))
    if (begins := _BEGINNING.match(line)) is not None:
        mark = begins[0]
        line = f"{mark}\\{line[len(mark) :]}" if mark.isdigit() else f"\\{line}"
    return shorten(line, most)


def length(text: str) -> int:
    """Return how long a text is at the most: in units of UTF-16, of which an emoji takes two.

    Discord does not say whether it counts these or characters.
    """
    return len(text) if text.isascii() else len(_as_units(text)) // 2


def _as_units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def shorten(text: str, most: int) -> str:
    """Return `text` at most `most` long, cut after a word if it can be, with an ellipsis."""
    if length(text) <= most:
        return text
    head = _as_units(text)[: 2 * (most - 1)].decode("utf-16-le", "ignore")
    if not text[len(head)].isspace():
        end = head.rfind(" ")
        head = head[:end] if end >= most * _LAST_WORD else head
    if (len(head) - len(head.rstrip("\\"))) % 2:  # what it escapes was cut off
        head = head[:-1]
    return head.rstrip() + "…"


def listed(names: Sequence[str], room: int, *, what: str = "more") -> str:
    """Return names, whatever they hold, as a list that reads well in at most `room` characters.

    They are parted by dots where some have commas of their own; those that do not fit are counted.
    """
    parts = [written(name, max(room // 3, 20)) for name in names]
    mark = " · " if any("," in part for part in parts) else ", "
    sizes = list(accumulate(length(part) + len(mark) for part in parts))
    if not sizes or sizes[-1] - len(mark) <= room:
        return mark.join(parts)
    tail = f" and {len(parts)} {what}"
    shown = sum(1 for size in sizes if size - len(mark) + len(tail) <= room)
    return f"{mark.join(parts[:shown])} and {len(parts) - shown} {what}"


def fitting(lines: Sequence[str], room: int, more: Callable[[int], str]) -> list[str]:
    """Return the first of `lines` that fit into `room` characters, then `more` with the number left out.

    Each line is counted with a line end; the words on the rest have their room in any case.
    """
    last = more(len(lines))
    sizes = list(accumulate(length(line) + 1 for line in lines))
    if not sizes or sizes[-1] <= room:
        return list(lines)
    shown = sum(1 for size in sizes if size + len(last) + 1 <= room)
    return [*lines[:shown], more(len(lines) - shown)]


def plain_name(name: str, most: int = _NAME) -> str:
    """Return a name for what is no Markdown, as a picture's description: shortened, and turning nothing."""
    kept = "".join(letter for letter in name if unicodedata.bidirectional(letter) not in _TURNS)
    return shorten(" ".join(kept.split()), most) or "Somebody"


def shown_name(name: str, most: int = _NAME) -> str:
    """Return a name safe to stand in a row: shortened, escaped, and never turning what follows it."""
    shown = escape(plain_name(name, most))
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in shown):
        return f"\N{FIRST STRONG ISOLATE}{shown}\N{POP DIRECTIONAL ISOLATE}"
    return shown


def seen_width(line: str) -> int:
    """Return about how many points wide a line of Markdown is shown, in letters of 16 points; rather more."""
    return sum(map(_letter_width, _MARKS.sub("", line)))


def _letter_width(letter: str) -> int:
    if letter in _NARROW:
        return 5
    if letter in _WIDE:
        return 14
    if unicodedata.category(letter) == "Cf":  # what turns text about, and is not seen
        return 0
    if letter >= "\U0001f000" or unicodedata.east_asian_width(letter) in "WF":
        return 20
    return 12 if letter.isupper() or letter in "▰▱" else 9


def row_of(before: str, name: str, after: str) -> str:
    """Return a row with a name in it that a phone shows in one line: the name is cut to the room there is."""
    plain = plain_name(name)
    room = PHONE - seen_width(before) - seen_width(after)
    if seen_width(plain) > room:
        sizes = accumulate(map(_letter_width, plain[:-2]), initial=_letter_width("…"))
        plain = plain_name(name, max(sum(size <= room for size in sizes), _LEAST_NAME))
    return f"{before}{shown_name(plain)}{after}"
