"""Plain values to YAML as a careful person writes it, the same every time.

What always holds: what is written is read back as the same value, by this package and by readers of
YAML 1.1 and 1.2; nothing here depends on the time, the locale or PYTHONHASHSEED.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_WIDTH = 110
_BARE = re.compile(r"[^\W_][^\n\t\r]*")
_UNSAFE = re.compile(r": |:$| #|^\s|\s$|[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]|  ")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"))
_NUMBERLIKE = re.compile(r"[-+.]?[\d.][\d_.,:eExXoO+-]*|0[xXoObB]?[0-9a-fA-F_]+|\d{4}-\d\d?-\d\d?.*")


def dump_yaml(plain: Any) -> str:
    """Return `plain` (dicts, lists, strings, numbers, booleans, None) as YAML, the same every time.

    Block style, UTF-8, text folded at about 110 characters, quotes only where YAML 1.1 or 1.2 would
    read something else, no aliases. Lists of numbers stand on one line.
    """
    lines: list[str] = []
    _dump(plain, 0, "", lines)
    return "\n".join(lines) + "\n"


def _dump(value: Any, indent: int, head: str, lines: list[str]) -> None:
    """Append `value` to `lines`, after `head` (the key or dash before it) at `indent`."""
    pad = " " * indent
    if isinstance(value, Mapping) and value:
        if head and not head.endswith("- "):
            lines.append(head.rstrip())
            head = ""
        for key, item in value.items():
            start = (head or pad) + _scalar(str(key), len(pad), 0) + ": "
            head = ""
            _dump(item, indent + 2, start, lines)
    elif isinstance(value, (list, tuple)) and value and not _is_short(value):
        if head and not head.endswith("- "):
            lines.append(head.rstrip())
            head = ""
        for item in value:
            start = (head or pad) + "- "
            head = ""
            _dump(item, indent + 2, start, lines)
    else:
        lines.append((head or pad) + _leaf(value, len(head), indent))


def _is_short(items: Sequence[Any]) -> bool:
    return all(isinstance(item, int | float) for item in items) and len(items) <= 20


def _leaf(value: Any, column: int, indent: int) -> str:
    if value is None or isinstance(value, bool | int | float):
        return _number(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_leaf(item, 0, 0) for item in value) + "]"
    return _scalar(str(value), column, indent)


def _number(value: float | None) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    text = repr(float(value))
    return text if "." in text else text.replace("e", ".0e")  # YAML 1.1 wants the point


def _scalar(text: str, column: int, indent: int) -> str:
    """Return `text` as a YAML scalar; folded only when `indent` is given."""
    if _UNSAFE.search(text):
        if text.isprintable():
            return _fold("'" + text.replace("'", "''") + "'", column, indent)
        return _double_quoted(text)
    is_bare = (
        _BARE.fullmatch(text)
        and text.lower() not in _WORDS
        and not _NUMBERLIKE.fullmatch(text)
        and not text.startswith(("---", "..."))
    )
    return _fold(text if is_bare else "'" + text.replace("'", "''") + "'", column, indent)


def _double_quoted(text: str) -> str:
    escapes = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    out = []
    for character in text:
        code = ord(character)
        if character in escapes:
            out.append(escapes[character])
        elif character.isprintable():
            out.append(character)
        else:
            out.append(
                f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
            )
    return '"' + "".join(out) + '"'


def _fold(text: str, column: int, indent: int) -> str:
    """Break `text` between words that begin with a letter, so that lines stay below the width."""
    if not indent or column + len(text) <= _WIDTH:
        return text
    lines, line, room = [], "", _WIDTH - column
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > room and word[:1].isalpha() and not line.endswith(" "):
            lines.append(line)
            line, room = word, _WIDTH - indent
        else:
            line = f"{line} {word}" if line else word
    return ("\n" + " " * indent).join([*lines, line])
