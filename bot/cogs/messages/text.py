"""Text made safe to show: what people and banks wrote never formats, links or pings."""

import re

_MARKDOWN = re.compile(r"([\\*_~`|>#\[\]()<:@-])")


def escape(text: str) -> str:
    """Return `text` such that Discord shows it letter by letter: no formatting, mention or link."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def shorten(text: str, most: int) -> str:
    """Return `text` in at most `most` characters, with an ellipsis where it was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
