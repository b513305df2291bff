"""The fast check of JSON Schema, keyword by keyword, against jsonschema."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.emulator.schema import Schemas, Unknown

SCHEMAS: list[Any] = [
    {"type": ["integer", "null"], "minimum": 2, "maximum": 5},
    {"type": "number"},
    {"type": "string", "minLength": 1, "maxLength": 3, "pattern": "a"},
    {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2, "uniqueItems": True},
    {"enum": [1, "a", None]},
    {"const": True},
    {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
    {"anyOf": [{"type": "string"}, {"const": 1}]},
    {"allOf": [{"type": "integer"}, {"minimum": 1}]},
    {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"$ref": "#"}},
        "required": ["a"],
        "additionalProperties": {"type": "null"},
        "minProperties": 1,
        "maxProperties": 2,
    },
    {"additionalProperties": False, "properties": {"a": True}},
    {"uniqueItems": False, "title": "anything", "x-own": 1},
]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 6),
    st.sampled_from([1.0, 2.5]),
    st.sampled_from(["", "a", "ba", "aaaa"]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)


@pytest.mark.parametrize("schema", SCHEMAS, ids=",".join)
@given(value=VALUES)
@settings(max_examples=80, deadline=None)
def test_it_says_what_jsonschema_says(schema: Any, value: Any) -> None:
    """For each keyword and any value the answer is the same."""
    document = {"schema": schema if "$ref" not in str(schema) else _rooted(schema)}
    assert Schemas(document).at("/schema")(value) == Draft202012Validator(schema).is_valid(value)


def _rooted(schema: Any) -> Any:
    """Let a schema that means itself by `#` mean its place in the document."""
    return {**schema, "properties": {**schema["properties"], "b": {"$ref": "#/schema"}}}


def test_no_schema_is_half_checked() -> None:
    """A keyword that is not known raises, each time it is asked for."""
    schemas = Schemas({"schema": {"type": "object", "patternProperties": {}}})
    for _ in range(2):
        with pytest.raises(Unknown, match="patternProperties"):
            schemas.at("/schema")
