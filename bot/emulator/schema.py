"""JSON Schema as plain functions: a fast yes or no.

A description's schemas are turned into closures once, so that a request costs
microseconds. Whoever gets a no and wants the reasons asks `jsonschema`. Formats are not
checked, as they are not there by default. A keyword that is not known here raises
`Unknown`: no schema is ever half checked.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

Check = Callable[[Any], bool]


class Unknown(Exception):
    """A schema uses a keyword that is not known here."""


_SILENT: Final = {
    "title", "description", "format", "default", "deprecated", "examples", "example", "readOnly",
    "writeOnly", "contentEncoding", "contentMediaType", "discriminator", "$comment",
}  # fmt: skip
_TYPES: Final[dict[str, Check]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool))
        or (isinstance(value, float) and value.is_integer())
    ),
}
# A keyword that speaks of one kind of value lets every other kind pass.
_BOUNDS: Final[dict[str, Callable[[Any], Check]]] = {
    "minimum": lambda low: lambda value: not _TYPES["number"](value) or value >= low,
    "maximum": lambda high: lambda value: not _TYPES["number"](value) or value <= high,
    "minLength": lambda low: lambda value: not isinstance(value, str) or len(value) >= low,
    "maxLength": lambda high: lambda value: not isinstance(value, str) or len(value) <= high,
    "minItems": lambda low: lambda value: not isinstance(value, list) or len(value) >= low,
    "maxItems": lambda high: lambda value: not isinstance(value, list) or len(value) <= high,
    "minProperties": lambda low: lambda value: not isinstance(value, dict) or len(value) >= low,
    "maxProperties": lambda high: lambda value: not isinstance(value, dict) or len(value) <= high,
}


class Schemas:
    """The schemas of one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._made: dict[str, Check] = {}

    def at(self, pointer: str) -> Check:
        """Return the check of the schema at a JSON pointer; raise `Unknown` for a keyword not known here."""
        found = self._made.get(pointer)
        if found is not None:
            return found

        def itself(value: Any) -> bool:
            return self._made[pointer](value)

        self._made[pointer] = itself  # a schema may hold itself
        try:
            node: Any = self._document
            for step in pointer.strip("/").split("/"):
                node = node[step.replace("~1", "/").replace("~0", "~")]
            self._made[pointer] = self.check(node)
        except Unknown:
            del self._made[pointer]
            raise
        return self._made[pointer]

    def check(self, schema: Mapping[str, Any] | bool) -> Check:
        """Return the check of a schema."""
        if isinstance(schema, bool):
            return lambda _: schema
        checks = [self._keyword(key, value, schema) for key, value in schema.items() if not _is_silent(key)]
        if len(checks) == 1:
            return checks[0]
        return lambda value: all(check(value) for check in checks)

    def _keyword(self, key: str, value: Any, schema: Mapping[str, Any]) -> Check:
        if key in _BOUNDS:
            return _BOUNDS[key](value)
        if key == "$ref":
            return self.at(str(value).removeprefix("#"))
        if key in ("const", "enum"):
            return _one_of([value] if key == "const" else value)
        if key in ("oneOf", "anyOf", "allOf"):
            return _combined(key, [self.check(part) for part in value])
        maker = _MAKERS.get(key)
        if maker is None:
            raise Unknown(key)
        return maker(self, value, schema)

    def _type(self, value: Any, _: Mapping[str, Any]) -> Check:
        if isinstance(value, str):
            return _TYPES[value]
        kinds = [_TYPES[kind] for kind in value]
        return lambda found: any(kind(found) for kind in kinds)

    def _properties(self, value: Any, _: Mapping[str, Any]) -> Check:
        named = {key: self.check(part) for key, part in value.items()}
        return lambda found: (
            not isinstance(found, dict)
            or all(check(found[key]) for key, check in named.items() if key in found)
        )

    def _required(self, value: Any, _: Mapping[str, Any]) -> Check:
        return lambda found: not isinstance(found, dict) or all(key in found for key in value)

    def _additional(self, value: Any, schema: Mapping[str, Any]) -> Check:
        check, named = self.check(value), set(schema.get("properties", ()))
        return lambda found: (
            not isinstance(found, dict)
            or all(check(inner) for key, inner in found.items() if key not in named)
        )

    def _items(self, value: Any, _: Mapping[str, Any]) -> Check:
        check = self.check(value)
        return lambda found: not isinstance(found, list) or all(check(inner) for inner in found)

    def _unique(self, value: Any, _: Mapping[str, Any]) -> Check:
        if not value:
            return lambda _: True
        return lambda found: (
            not isinstance(found, list)
            or all(not _same(one, other) for n, one in enumerate(found) for other in found[:n])
        )

    def _pattern(self, value: Any, _: Mapping[str, Any]) -> Check:
        pattern = re.compile(value)
        return lambda found: not isinstance(found, str) or pattern.search(found) is not None


_MAKERS: Final[dict[str, Callable[[Schemas, Any, Mapping[str, Any]], Check]]] = {
    "type": Schemas._type,
    "properties": Schemas._properties,
    "required": Schemas._required,
    "additionalProperties": Schemas._additional,
    "items": Schemas._items,
    "uniqueItems": Schemas._unique,
    "pattern": Schemas._pattern,
}


def _is_silent(key: str) -> bool:
    return key in _SILENT or key.startswith("x-")


def _same(one: Any, other: Any) -> bool:
    """Compare as JSON does: true is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _one_of(allowed: list[Any]) -> Check:
    return lambda value: any(_same(value, one) for one in allowed)


def _combined(key: str, checks: list[Check]) -> Check:
    if key == "allOf":
        return lambda value: all(check(value) for check in checks)
    if key == "anyOf":
        return lambda value: any(check(value) for check in checks)
    return lambda value: sum(check(value) for check in checks) == 1
