"""Discord's own description of its API, held against what a bot sends.

Where the description is stricter than Discord's documentation, and than what every
library sends, the documentation counts: `_as_documented` names each such place.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import jsonschema_rs
import orjson

from bot.emulator.errors import Json
from bot.emulator.snowflake import whole

_URI: Final = "urn:discord-api"
_MOST: Final = 5  # problems told of one request
_SHOWN: Final = 60  # characters of a faulty value that are shown
_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")
_BITS: Final = ("permissions", "default_member_permissions", "allow", "deny")


def read_description(path: Path) -> Json:
    """Return the description in a file. Raises `ValueError` with a sentence when there is none in it."""
    try:
        document: Any = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read as JSON: {error}") from None
    paths = document.get("paths") if isinstance(document, dict) else None
    if isinstance(paths, dict):
        described: Json = document
        return described
    raise ValueError(f"{path} describes no API: it has no `paths`")


class OpenApi:
    """The description; `problems` says where a request breaks it."""

    def __init__(self, path: Path) -> None:
        self._document: Json = read_description(path)
        self._requests = _Schemas(_as_documented(self._document))
        self._responses = _Schemas(self._document)
        self._queries: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._paths = [
            (re.compile(re.sub(r"\\\{\w+\\\}", r"([^/]+)", re.escape(template)) + r"\Z"), template)
            for template in sorted(self._document["paths"], key=lambda t: (t.count("{"), t))
        ]

    def operations(self) -> Iterator[tuple[str, str]]:
        """Yield every operation: its method and its template."""
        for template, described in self._document["paths"].items():
            for method in described.keys() - {"parameters"}:
                yield method.upper(), template

    def operation(self, method: str, path: str) -> tuple[str, Json] | None:
        """Return the template and the description of an operation; None when there is none."""
        for pattern, template in self._paths:
            if pattern.match(path):
                operation = self._document["paths"][template].get(method.lower())
                if operation is not None:
                    return template, operation
        return None

    def problems(
        self, method: str, path: str, query: Mapping[str, str], content_type: str, body: Any
    ) -> list[str]:
        """Return where a request breaks the description; `body` is the parsed JSON, or None.

        Of a form the `payload_json` is checked as if it had been sent alone.
        """
        found = self.operation(method, path)
        if found is None:
            return [f"{method} {path}: not in the description"]
        template, operation = found
        faults = self._query(template, operation, query)
        described = operation.get("requestBody")
        if described is None:
            if body is not None:
                faults.append("the body: none is described")
            return faults
        content = described["content"]
        if body is None:
            # A body is called required also where nothing in it is.
            if described.get("required") and self._requests.faults(_pointer(template, method), {}):
                faults.append("the body is missing")
            return faults
        kind = "application/json" if content_type in _FORMS else content_type
        if kind not in content:
            return [*faults, f"Content-Type {content_type!r}: not described"]
        if content_type not in content:
            faults.append(f"{content_type}: not described")
        return faults + self._requests.faults(_pointer(template, method, kind), body)

    def response_problems(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """Return where an answer of our own breaks the description: for tests of this local Discord."""
        found = self.operation(method, path)
        if found is None:
            return [f"{method} {path}: not in the description"]
        template, operation = found
        responses = operation["responses"]
        key = str(status) if str(status) in responses else f"{status // 100}XX"
        if key not in responses:
            return [f"status {status}: not described"]
        pointer = f"/paths/{_escaped(template)}/{method.lower()}/responses/{key}"
        described = responses[key]
        if "$ref" in described:
            pointer = described["$ref"].removeprefix("#")
            described = self._document["components"]["responses"][pointer.rpartition("/")[2]]
        if "application/json" not in described.get("content", {}):
            return [] if body is None else [f"status {status}: no body is described"]
        return self._responses.faults(f"{pointer}/content/application~1json/schema", body)

    def _query(self, template: str, operation: Json, query: Mapping[str, str]) -> list[str]:
        described = {
            p["name"]: p
            for p in (
                *operation.get("parameters", ()),
                *self._document["paths"][template].get("parameters", ()),
            )
            if p.get("in") == "query"
        }
        faults = [f"query {name}: not described" for name in query if name not in described]
        faults += [
            f"query {name}: missing"
            for name, p in described.items()
            if p.get("required") and name not in query
        ]
        for name, value in query.items():
            if name in described:
                faults += self._check_query(described[name]["schema"], name, value)
        return faults

    def _check_query(self, schema: Json, name: str, value: str) -> list[str]:
        """Check a query's text as the number or truth value that the schema asks for."""
        candidates: list[Any] = [value, [value]]
        if (number := whole(value, signed=True)) is not None:
            candidates.append(number)
        if value.lower() in ("true", "false", "1", "0"):
            candidates.append(value.lower() in ("true", "1"))
        key = orjson.dumps(schema).decode()
        validator = self._queries.get(key)
        if validator is None:
            validator = self._queries[key] = self._requests.made(schema)
        if any(validator.is_valid(candidate) for candidate in candidates):
            return []
        return [f"query {name}: {value!r} does not fit"]


class _Schemas:
    """The schemas of one document, each compiled when it is first asked for."""

    def __init__(self, document: Json) -> None:
        self._registry = jsonschema_rs.Registry([(_URI, document)], draft=jsonschema_rs.Draft202012)
        self._made: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def faults(self, pointer: str, body: Any) -> list[str]:
        """Return how a value breaks the schema at a JSON pointer: the first few faults."""
        validator = self._made.get(pointer)
        if validator is None:
            validator = self._made[pointer] = self.made({"$ref": f"#{quote(pointer)}"})
        if validator.is_valid(body):
            return []
        return [_worded(error) for error in list(validator.iter_errors(body))[:_MOST]]

    def made(self, schema: Json) -> jsonschema_rs.Draft202012Validator:
        """Compile a schema whose references mean the document."""
        return jsonschema_rs.Draft202012Validator(_absolute(schema), registry=self._registry)


def _pointer(template: str, method: str, kind: str = "application/json") -> str:
    """Return where the description holds the schema of a request's body."""
    return f"/paths/{_escaped(template)}/{method.lower()}/requestBody/content/{_escaped(kind)}/schema"


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _absolute(schema: Any) -> Any:
    """Let a schema's references stand outside of the document."""
    if isinstance(schema, dict):
        return {
            key: f"{_URI}{value}" if key == "$ref" and str(value).startswith("#") else _absolute(value)
            for key, value in schema.items()
        }
    if isinstance(schema, list):
        return [_absolute(item) for item in schema]
    return schema


def _worded(error: jsonschema_rs.ValidationError) -> str:
    """Return where the cause of a fault is, and what it is, without the whole body in it."""
    cause = _cause(error)
    place = "".join(f"[{step!r}]" for step in cause.instance_path)
    shown = orjson.dumps(cause.instance, option=orjson.OPT_SORT_KEYS).decode()
    words = cause.message.replace(shown, shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}...")
    return f"the body{place}: {words[:300]}"


def _cause(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Return what is wrong in the alternative that was meant: the one of the value's own kind."""
    while context := [branch for branch in getattr(error.kind, "context", ()) if branch]:
        here = list(error.instance_path)
        meant = min(context, key=lambda branch: _unlikeliness(branch, here))
        error = max(meant, key=lambda e: len(list(e.instance_path)))
    return error


def _unlikeliness(
    branch: list[jsonschema_rs.ValidationError], here: list[str | int]
) -> tuple[bool, int, int]:
    """Order alternatives: of the value's kind first, then with few faults, then with deep ones."""
    depth = max(len(list(error.instance_path)) for error in branch)
    return any(_is_of_another_kind(error, here) for error in branch), len(branch), -depth


def _is_of_another_kind(error: jsonschema_rs.ValidationError, here: list[str | int]) -> bool:
    """Tell whether an alternative is not meant: it wants another type of value, or another `type`."""
    path = list(error.instance_path)
    return (path == here and error.kind.name == "type") or path == [*here, "type"]


def _as_documented(document: Json) -> Json:
    """Return the description for requests, as lenient as Discord's documentation is."""
    found: Json = deepcopy(document)
    schemas = found["components"]["schemas"]
    # Ids are strings in the documentation, but numbers are taken, and discord.py sends some.
    schemas["SnowflakeType"]["type"] = ["string", "integer"]
    # "All parameters to this endpoint are optional."
    schemas["BotAccountPatchRequest"].pop("required", None)
    # A forwarded message is a reference of type 1.
    schemas["MessageReferenceType"] = {"type": "integer", "enum": [0, 1]}
    # Sets of permissions are written as strings.
    for properties in _properties(found):
        for name in _BITS:
            kinds = properties.get(name, {}).get("type", ())
            if "integer" in kinds:
                properties[name]["type"] = [*([kinds] if isinstance(kinds, str) else kinds), "string"]
    return found


def _properties(node: Any) -> Iterator[Json]:
    """Yield the `properties` of every schema in a document."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield node["properties"]
        for inner in node.values():
            yield from _properties(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _properties(inner)
