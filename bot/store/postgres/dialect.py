"""What PostgreSQL is told of the store's statements, which are SQLite's too: little has to be said otherwise.

    ?  :name              placeholders           %s  %(name)s
    INTEGER  REAL  BLOB   types of a migration   BIGINT  DOUBLE PRECISION  BYTEA
    TEXT                  a column's type        TEXT COLLATE "C": sorted by its bytes, as SQLite does
    STRICT  WITHOUT ROWID words of a migration   nothing

Nothing else is translated: whoever writes a statement keeps to what both understand.
"""

import re
from functools import lru_cache

_WORDS = re.compile(r"'(?:[^']|'')*'|\?|:([a-z_]+)|%")
_TYPES = re.compile(r"'(?:[^']|'')*'|--[^\n]*|\b(INTEGER|REAL|BLOB|TEXT)\b")
_COLUMNS = re.compile(r"(?:\s|--[^\n]*\n)*(?:CREATE|ALTER) TABLE\b")
_NAMES = {"INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION", "BLOB": "BYTEA"}
_ENDINGS = re.compile(r"\)\s*(?:STRICT|WITHOUT\s+ROWID)(?:\s*,\s*(?:STRICT|WITHOUT\s+ROWID))*\s*(?=;|$)")


@lru_cache(maxsize=1024)
def statement(sql: str) -> str:
    """Return a statement with psycopg's placeholders."""

    def said(match: re.Match[str]) -> str:
        word = match[0]
        if word == "?":
            return "%s"
        if word[0] == ":":
            return f"%({match[1]})s"
        return word.replace("%", "%%")

    return _WORDS.sub(said, sql)


def definition(sql: str) -> str:
    """Return a migration's statement, or several, with PostgreSQL's types."""
    is_columns = _COLUMNS.match(sql) is not None

    def said(match: re.Match[str]) -> str:
        word = match[0]
        if word.startswith("--"):
            return ""
        if word == "TEXT":
            return 'TEXT COLLATE "C"' if is_columns else word
        return _NAMES.get(word, word)

    return _ENDINGS.sub(")", _TYPES.sub(said, sql))
