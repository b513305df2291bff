"""Article files: bytes to text, with every way a file can be no article told in a sentence."""

import codecs
import re
from pathlib import Path

from bot.bank.problem import BankError, Problem
from bot.drafter.paragraphs import Format

LONGEST_FILE = 4_000_000  # bytes and characters; a novel has a tenth of it
_FORMATS: dict[str, Format] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
_NO_TEXT = (
    (b"{\\rtf", "an RTF file"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a word processor's file or an archive"),
    (b"\xd0\xcf\x11\xe0", "an old word processor's file"),
    (b"\x1f\x8b", "a packed file"),
    (b"%!PS", "a PostScript file"),
    (b"MIME-Version:", "a saved mail or web archive"),
    (b"From: <Saved by", "a saved web archive"),
    (b'{"', "a JSON file"),
)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def fault(name: str, rule: str, message: str, line: int = 1) -> Problem:
    """Return an error of an article file."""
    return Problem(path=name, line=line, column=1, level="error", rule=rule, message=message)


def read_file(path: Path) -> str:
    """Return an article's text. Raises BankError for what is missing, too large, binary or not in UTF-8."""
    try:
        size = path.stat().st_size
        if path.is_file() and size > LONGEST_FILE:
            message = f"{size:,} bytes, more than the {LONGEST_FILE:,} of any article: save its text alone"
            raise BankError([fault(str(path), "too-long", message)])
        raw = _read_at_most(path, LONGEST_FILE)
    except OSError as error:
        message = f"cannot be read ({error.strerror or error}): check the name and who may read it"
        raise BankError([fault(str(path), "unreadable-file", message)]) from error
    return decode(raw, str(path))


def _read_at_most(path: Path, most: int) -> bytes:
    """Return all of a file, or of what a pipe brings; raise for what does not end."""
    with path.open("rb") as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        message = f"more than the {most:,} bytes of any article: save its text alone"
        raise BankError([fault(str(path), "too-long", message)])
    return raw


def decode(raw: bytes, name: str) -> str:
    """Decode UTF-8, UTF-16 with a mark, or the encoding that an HTML page states."""
    if not raw.strip():
        raise BankError([fault(name, "empty-article", "the file is empty: save the article's text in it")])
    if kind := next((kind for mark, kind in _NO_TEXT if raw.lstrip().startswith(mark)), None):
        message = f"this is {kind}: open it, and save the article as plain text, Markdown or HTML"
        raise BankError([fault(name, "binary-file" if kind != "an RTF file" else "rtf-file", message)])
    encoding = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), "utf-8")
    if encoding == "utf-8" and b"\0" in raw:
        message = "this is no text file: open it, and save the article as plain text, Markdown or HTML"
        raise BankError([fault(name, "binary-file", message)])
    if encoding == "utf-8" and (
        stated := re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{2,20})", raw[:2000])
    ):
        encoding = _known(stated[1].decode("ascii"))
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"a letter here is not in {encoding.upper()}: open the file and save it as UTF-8"
        raise BankError([fault(name, "not-utf-8", message, line)]) from error


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "utf-8"


def format_of(name: str, text: str) -> Format:
    """Tell the format by the file's ending; without a known one, a page that begins with a tag is HTML."""
    known = _FORMATS.get(Path(name).suffix.casefold())
    if known:
        return known
    return "html" if re.match(r"\s*<(?:!doctype|html|head|body|article)\b", text, re.IGNORECASE) else "text"
