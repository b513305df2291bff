"""The veil: what the program writes shows no secret, whoever wrote it.

It lies over the two streams themselves and not over the log alone, since log
lines are only one of the ways out: tracebacks, `sys.excepthook`, asyncio's
handler, warnings, logging's own complaints and plain prints end there too, and
libraries put into an exception's text whatever was on the wire.

What always holds:
- the bot's token is written nowhere, in whatever way a library or a proxy has escaped, encoded or folded it;
- nor is an interaction's or webhook's token, a session's credential in a
  header, or a password in an address, whether or not it is known beforehand;
- a character that the terminal cannot show is written with letters that it has, and ends nothing.
"""

import base64
import io
import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TextIO

VEILED = "[hidden]"
_LONG = 20  # characters, from which on a part of a secret is one

_AUTHORIZATION = (  # as a header, as an item of a dict or multidict, percent-encoded
    r"""((?:proxy-)?authorization['"\\]*(?:\s|%20)*(?::|,|=|%3a)(?:\s|%20)*\(?b?['"\\]*)"""
    r"""(?:(?:bot|bearer|basic|digest)(?:\s|%20|\+)+)?[^\s'"\\,;)}\]<>&]+"""
)
_FOLD = r"(?:=?(?:\r|\\r)?(?:\n|\\n)(?:[ \t]|\\t)?)?"  # a line that was folded
_BETWEEN = rf"(?:\x00|\\x00|[: ]|{_FOLD})"
_SHAPES = (
    (_AUTHORIZATION, r"\1"),
    (r"\b(Bot|Bearer)(\s|%20|\+)+(?=[\w.%=-]{24})[\w%=-]+\.[\w.%=-]+", r"\1 "),
    (r"""(token["'\\]*\s*:\s*b?["'\\]+)[^"'\\\s]+""", r"\1"),  # a payload as JSON or as repr shows it
    (r"((?:interactions|webhooks)(?:/|%2f)\d+(?:/|%2f))[^\s/'\"?#,;)\]}<>%]+", r"\1"),  # their addresses
    (r"((?<!\d)\d{15,25}\+)[\w=-]{20,}", r"\1"),  # discord.py's name of a webhook's rate limit
    (r"()aW50ZXJhY3Rpb246[\w+/=%-]*", r"\1"),  # an interaction's token begins with "interaction:" in base64
    (r"()\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}", r"\1"),  # any bot's token, were it in a wrong setting
    (  # a password in an address, up to the last @ before the path: it may hold some itself
        r"((?:://|%3a%2f%2f)(?:(?!%3a|%2f)[^\s/:'\"]){0,200}(?::|%3a))(?:(?!%2f)[^\s/'\"])+(?=@|%40)",
        r"\1",
    ),
    (r"""(\b(?:pg)?(?:password|passwd|pwd|passphrase)=['"]?)[^\s'"&;]+""", r"\1"),  # one among others
)
_PATTERNS = [(re.compile(shape, re.IGNORECASE), kept + VEILED) for shape, kept in _SHAPES]


class Veil:
    """Replaces secrets in text: those it was told of, and whatever has the shape of one."""

    def __init__(self) -> None:
        self._known: dict[str, re.Pattern[str]] = {}

    def hide(self, secret: str) -> None:
        """Have `secret` replaced from now on, also where some of it is percent- or backslash-escaped."""
        end = secret.rpartition(".")[2]  # of a bot's token the part that makes it one
        for part in (secret, end if len(end) >= _LONG else ""):
            if part and part not in self._known:
                ways = (_BETWEEN.join(map(_escaped, part)), *_encoded(part.encode()))
                self._known[part] = re.compile("|".join(ways), re.IGNORECASE)

    def over(self, text: str) -> str:
        """Return `text` without secrets."""
        for known in self._known.values():
            text = known.sub(VEILED, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


class VeiledStream(io.TextIOBase):
    """A text stream under a veil. It has no `buffer`, lest somebody writes past the veil."""

    def __init__(self, stream: TextIO, veil: Veil) -> None:
        self._stream = stream
        self._veil = veil

    def write(self, text: str, /) -> int:
        """Write `text` without its secrets, and without what the stream's encoding does not have."""
        shown = self._veil.over(text)
        try:
            self._stream.write(shown)
        except UnicodeEncodeError:
            self._stream.write(plainly(shown, self._stream.encoding))
        return len(text)

    def flush(self) -> None:
        """Flush the stream below."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Return whether a terminal is below."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the file descriptor below."""
        return self._stream.fileno()

    def reconfigure(self, **how: Any) -> None:
        """Change encoding or line ends of the stream below, where it can do that."""
        with suppress(AttributeError, ValueError, OSError):
            self._stream.reconfigure(**how)  # type: ignore[attr-defined]

    def writable(self) -> bool:
        """Return that this can be written to."""
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Return the encoding of the stream below."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """Return what the stream below does with what it cannot encode."""
        return self._stream.errors


_PLAINER = {
    "✓": "ok", "✔": "ok", "✗": "no", "✘": "no", "·": "-", "•": "*", "…": "...", "–": "-", "—": "-", "−": "-",
    "‑": "-", "→": "->", "←": "<-", "⟶": "->", "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "«": '"',
    "»": '"', "×": "x", "≤": "<=", "≥": ">=", "≈": "~", "°": " deg", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O",
    "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ı": "i", "€": "EUR",
    "µ": "u", "μ": "u",
}  # fmt: skip
_DRAWN = ("So", "Sk", "Mn", "Cf", "Cn", "Co")  # emblems, and what only changes the letter before it
_EMBLEM = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]\ufe0f? ?")


def plainly(text: str, encoding: str) -> str:
    """Return `text` with what `encoding` lacks written in plainer letters; `?` only where there are none."""
    return "".join(_plainer(character, encoding) for character in _without_emblems(text, encoding))


def _without_emblems(text: str, encoding: str) -> str:
    """Leave out pictures that the encoding lacks, with the space after each."""

    def kept(found: re.Match[str]) -> str:
        sign = found[0][0]
        return found[0] if sign in _PLAINER or _has(encoding, sign) else ""

    return _EMBLEM.sub(kept, text)


def _plainer(character: str, encoding: str) -> str:
    if _has(encoding, character):
        return character
    parts = _PLAINER.get(character) or unicodedata.normalize("NFKD", character)
    shown = "".join(
        part for part in parts if _has(encoding, part) or unicodedata.category(part) not in _DRAWN
    )
    return shown.encode(encoding, "replace").decode(encoding)


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


VEIL = Veil()
"""The veil over this process's streams."""


def _escaped(character: str) -> str:
    """Return a pattern of a character as it is, and as addresses, JSON and `repr` may write it."""
    number, octal = f"{ord(character):02x}", f"{ord(character):03o}"
    named = rf"&(?:amp;)*#(?:0*{ord(character)}|x0*{number});?"
    return rf"(?:{re.escape(character)}|%(?:25)*{number}|=?{number}|\\+(?:x|u00){number}|\\+{octal}|{named})"


def _encoded(secret: bytes) -> Iterator[str]:
    """Yield patterns of a secret within a longer text that is base64 as a whole."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + secret).decode().rstrip("=")
        sure = whole[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6]  # the rest depends on the text
        yield _FOLD.join("[+-]" if sign == "+" else "[/_]" if sign == "/" else sign for sign in sure)


def draw_over_streams(veil: Veil) -> None:
    """Have all that is written to standard output and standard error pass the veil."""
    for name in ("stdout", "stderr"):
        stream: Any = getattr(sys, name)
        if stream is not None and not isinstance(stream, VeiledStream):
            setattr(sys, name, VeiledStream(stream, veil))


def can_show(text: str) -> bool:
    """Return whether standard output has all characters of `text`."""
    return _has(sys.stdout.encoding or "ascii", text)
