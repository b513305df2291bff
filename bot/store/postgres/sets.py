"""Many rows in one statement: what `executemany` does on PostgreSQL.

SQLite runs a statement again for each set of parameters, in microseconds; to a
server each would be a message. So a statement is made over to take all sets at
once, as arrays:

    INSERT … VALUES (?, ?) ON CONFLICT …    INSERT … SELECT v.a, v.b FROM unnest(…) AS v ON CONFLICT …
    UPDATE t SET a = ? WHERE b = ?          UPDATE t SET a = v.a FROM unnest(…) AS v WHERE b = v.b
    DELETE FROM t WHERE b = ?               DELETE FROM t USING unnest(…) AS v WHERE b = v.b

What always holds: the outcome is that of one statement after the other. Sets
that would change the same row go into statements of their own, in their order.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

_INSERT = re.compile(
    r"(INSERT INTO \w+ \(([^)]*)\)) VALUES \((.*?)\)( ON CONFLICT(?: \(([^)]*)\))?.*)?$", re.DOTALL
)
_UPDATE = re.compile(r"(UPDATE (\w+) SET .*?)( WHERE .*)$", re.DOTALL)
_DELETE = re.compile(r"(DELETE FROM (\w+))( WHERE .*)$", re.DOTALL)
_BACKSLASH = "\\"
_MARK = re.compile(r"'(?:[^']|'')*'|\?")


class Shape(NamedTuple):
    """A statement cut where the arrays go; `keys` are the parameters that tell which row is changed."""

    before: str
    after: str
    keys: tuple[int, ...]


@lru_cache(maxsize=256)
def shape_of(sql: str) -> Shape:
    """Return how the statement takes many sets of parameters. Raises `ValueError` for one that cannot."""
    if match := _INSERT.match(sql):
        names = [name.strip() for name in match[2].split(",")]
        values = [value.strip() for value in _commas(match[3])]
        conflict = match[4] or ""
        target = [name.strip() for name in (match[5] or "").split(",")] if match[5] else []
        given = [place for place, value in enumerate(values) if value == "?"]
        keys = tuple(given.index(names.index(name)) for name in target) if "DO UPDATE" in conflict else ()
        before = f"{match[1]} SELECT {', '.join(values)} FROM "  # noqa: S608 - a statement of ours
        return Shape(before, conflict, keys)
    if match := _UPDATE.match(sql):
        first = match[1].count("?")
        return Shape(f"{match[1]} FROM ", match[3], tuple(range(first, first + match[3].count("?"))))
    if match := _DELETE.match(sql):
        return Shape(f"{match[1]} USING ", match[3], ())
    raise ValueError(f"this statement cannot take many sets of parameters at once: {sql}")


def as_sets(sql: str, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, list[str]]]:
    """Yield the statements that do what `sql` does with each of `rows`, with an array for each parameter."""
    shape = shape_of(sql)
    for batch in _apart(shape, rows):
        columns = list(zip(*batch, strict=True))
        types = tuple(map(_type, columns))
        arrays = [array(column, known) for column, known in zip(columns, types, strict=True) if known]
        yield _written(sql, types), arrays


def array(values: Iterable[Any], type_name: str) -> str:
    """Return values as PostgreSQL writes an array of that type; a fraction of the driver's work."""
    write = _WRITE[type_name]
    return "{" + ",".join(["NULL" if one is None else write(one) for one in values]) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace(_BACKSLASH, _BACKSLASH * 2).replace('"', _BACKSLASH + '"') + '"'


_WRITE: dict[str, Callable[[Any], str]] = {
    "BIGINT": lambda number: str(int(number)),
    "TEXT": _quoted,
    "BYTEA": lambda data: _quoted(f"{_BACKSLASH}x{data.hex()}"),
    "DOUBLE PRECISION": lambda number: repr(float(number)),
}


def plain(value: Any) -> Any:
    """Return a value as the store keeps it: yes and no as 1 and 0, a name of ours as text."""
    if value is True or value is False:
        return int(value)
    return str(value) if isinstance(value, str) else value


@lru_cache(maxsize=512)
def _written(sql: str, types: tuple[str, ...]) -> str:
    """Write the statement for parameters of these types; one that is always NULL has none, and is said so."""
    shape = shape_of(sql)
    names = iter([f"v.p{place}" if known else "NULL" for place, known in enumerate(types)])

    def named(match: re.Match[str]) -> str:
        return next(names) if match[0] == "?" else match[0].replace("%", "%%")

    before = _MARK.sub(named, shape.before)
    after = _MARK.sub(named, shape.after)
    told = [place for place, known in enumerate(types) if known]
    arrays = ", ".join(f"CAST(%s AS {types[place]}[])" for place in told)
    columns = ", ".join(f"p{place}" for place in told)
    return f"{before}unnest({arrays}) AS v ({columns}){after}"


def _apart(shape: Shape, rows: Sequence[Sequence[Any]]) -> list[Sequence[Sequence[Any]]]:
    """Cut `rows` such that no statement changes a row of the table twice; the last change stays the last."""
    if not shape.keys or len(rows) == 1:
        return [rows]
    key_of = itemgetter(*shape.keys)
    if len({key_of(row) for row in rows}) == len(rows):
        return [rows]
    batches: list[list[Sequence[Any]]] = []
    met: dict[Any, int] = {}
    for row in rows:
        key = key_of(row)
        number = met.get(key, -1) + 1
        met[key] = number
        if number == len(batches):
            batches.append([])
        batches[number].append(row)
    return list(batches)


def _type(column: Sequence[Any]) -> str:
    """Return the type of a column's values; nothing where all are NULL."""
    for value in column:
        if isinstance(value, str):
            return "TEXT"
        if isinstance(value, float):
            return "DOUBLE PRECISION"
        if isinstance(value, bytes):
            return "BYTEA"
        if value is not None:
            return "BIGINT"
    return ""


def _commas(text: str) -> list[str]:
    """Cut at the commas that stand in no bracket and no literal."""
    parts, depth, quoted, last = [], 0, False, 0
    for place, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == "," and not depth:
                parts.append(text[last:place])
                last = place + 1
    return [*parts, text[last:]]
