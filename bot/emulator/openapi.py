"""Discord's own description of its API, held against what a bot sends.

What is good is found good in microseconds by `schema`; what is not, `jsonschema` puts
into words. That package is needed only here, and only when a description is given.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from .errors import Json
from .schema import Schemas, Unknown

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_URI = "urn:discord-api"
_MOST = 5  # problems told of one request


class OpenApi:
    """The description; `problems` says where a request breaks it."""

    def __init__(self, path: Path) -> None:
        try:
            from jsonschema import Draft202012Validator
            from referencing import Registry, Resource
            from referencing.jsonschema import DRAFT202012
        except ImportError as error:
            raise RuntimeError(
                "To check requests against Discord's description install jsonschema: uv sync"
            ) from error
        self._document: Json = orjson.loads(path.read_bytes())
        resource: Any = Resource.from_contents(self._document, default_specification=DRAFT202012)
        self._registry: Any = Registry().with_resource(_URI, resource)
        self._validator = Draft202012Validator
        self._schemas = Schemas(self._document)
        self._validators: dict[str, Draft202012Validator] = {}
        self._paths = [
            (re.compile(re.sub(r"\\\{\w+\\\}", r"([^/]+)", re.escape(template)) + r"\Z"), template)
            for template in sorted(self._document["paths"], key=lambda t: (t.count("{"), t))
        ]

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

        Of a multipart request the `payload_json` is checked as if it had been sent alone.
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
        if body is None:
            if described.get("required"):
                faults.append("the body is missing")
            return faults
        content = described["content"]
        kind = "application/json" if content_type.startswith("multipart/") else content_type
        if kind not in content:
            return [*faults, f"Content-Type {content_type!r}: not described"]
        if content_type.startswith("multipart/") and "multipart/form-data" not in content:
            faults.append("multipart/form-data: not described")
        kind = kind.replace("/", "~1")
        pointer = f"/paths/{_escaped(template)}/{method.lower()}/requestBody/content/{kind}/schema"
        return faults + self._check(pointer, body)

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
        return self._check(f"{pointer}/content/application~1json/schema", body)

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
        if value.lstrip("-").isdigit():
            candidates.append(int(value))
        if value.lower() in ("true", "false", "1", "0"):
            candidates.append(value.lower() in ("true", "1"))
        key = orjson.dumps(schema).decode()
        validator = self._validators.get(key)
        if validator is None:
            validator = self._validators[key] = self._made(schema)
        if any(validator.is_valid(candidate) for candidate in candidates):
            return []
        return [f"query {name}: {value!r} does not fit"]

    def _check(self, pointer: str, body: Any) -> list[str]:
        try:
            if self.quick(pointer)(body):
                return []
        except Unknown:
            pass  # a keyword that only jsonschema knows
        return [_worded(error) for error in list(self.slow(pointer).iter_errors(body))[:_MOST]]

    def quick(self, pointer: str) -> Callable[[Any], bool]:
        """Return the yes or no of the schema at a pointer."""
        return self._schemas.at(pointer)

    def slow(self, pointer: str) -> "Draft202012Validator":
        """Return the validator with reasons of the schema at a pointer."""
        validator = self._validators.get(pointer)
        if validator is None:
            validator = self._validators[pointer] = self._made({"$ref": f"{_URI}#{pointer}"})
        return validator

    def _made(self, schema: Json) -> "Draft202012Validator":
        # References inside the document are relative to it.
        return self._validator(_absolute(schema), registry=self._registry)


def _escaped(template: str) -> str:
    return template.replace("~", "~0").replace("/", "~1")


def _worded(error: "ValidationError") -> str:
    """Return where the deepest cause of a fault is, and what it is, without the whole body in it."""
    from jsonschema.exceptions import best_match

    deepest = best_match([error]) or error
    place = "".join(f"[{step!r}]" for step in deepest.absolute_path)
    shown = repr(deepest.instance)
    words = deepest.message.replace(shown, shown if len(shown) <= 60 else f"{shown[:60]}...")
    return f"the body{place}: {words[:300]}"


def _absolute(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: f"{_URI}{value}" if key == "$ref" and str(value).startswith("#") else _absolute(value)
            for key, value in schema.items()
        }
    if isinstance(schema, list):
        return [_absolute(item) for item in schema]
    return schema
