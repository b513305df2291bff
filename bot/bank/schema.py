"""Plain values to checked ones: pydantic says what is wrong, this file says it to an author.

Heavy (pydantic); imported only when a file is read that no cache knows.
"""

import re
import types
from collections.abc import Mapping, Sequence, Sized
from dataclasses import MISSING, fields, is_dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model
from rapidfuzz import fuzz, process

from bot.bank.document import MAX_PROBLEMS, Document, Loc, Null, open_document, shortened
from bot.bank.problem import Problem
from bot.quiz.question import COLOR, Identifier, MaybeText, Question, Text

T = TypeVar("T")
F = TypeVar("F", bound=BaseModel)
A = TypeVar("A")
_UNIONS = (Union, types.UnionType)


class Authored(BaseModel):
    """What an author writes: frozen, no unknown fields, no infinite numbers; docstrings tell of fields."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )


# --------------------------------------------------------------------------------- the questions of a file


class QuestionFile(Authored):
    """A file of questions."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    """The version of this format."""
    title: MaybeText = ""
    """What the bank is called where it is played."""
    emblem: MaybeText = ""
    """An emoji that stands before the bank's name."""
    color: Annotated[str, Field(pattern=COLOR)] | None = None
    """The colour of its cards, as `#d8cfa4`."""
    topics: dict[Identifier, Text] = {}
    """Each topic's id and the title that players see."""
    questions: tuple[Question, ...]
    """The questions, in any order."""


def questions_schema() -> dict[str, Any]:
    """Return the JSON Schema of a question file, for editors."""
    schema = QuestionFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Farside questions"}


# ------------------------------------------------------------------------------------- what a type looks like


class _Field(NamedTuple):
    shape: "_Shape"
    has_default: bool


class _Shape(NamedTuple):
    """What matters of a type: whether None will do, whether it is text, and what is inside."""

    is_nullable: bool = False
    is_text: bool = False
    fields: Mapping[str, _Field] | None = None  # of a model or dataclass
    inside: "_Shape | None" = None  # of a list's items, or a mapping's values


def _shape_of(annotation: Any) -> _Shape:
    return _cached_shape(annotation)  # a cache alone takes only what a type checker knows as hashable


@cache
def _cached_shape(annotation: Any) -> _Shape:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _shape_of(get_args(annotation)[0])
    if origin in _UNIONS:
        return _merged([_shape_of(part) for part in get_args(annotation)])
    if annotation is type(None):
        return _Shape(is_nullable=True)
    if isinstance(annotation, type):
        return _class_shape(annotation)
    return _container(origin, get_args(annotation))


def _class_shape(annotation: type) -> _Shape:
    if issubclass(annotation, str):
        return _Shape(is_text=True)
    if issubclass(annotation, BaseModel):
        return _Shape(
            fields={
                (field.alias or name): _Field(_shape_of(field.annotation), not field.is_required())
                for name, field in annotation.model_fields.items()
            }
        )
    if is_dataclass(annotation):
        hints = get_type_hints(annotation)
        return _Shape(
            fields={
                field.name: _Field(
                    _shape_of(hints[field.name]),
                    field.default is not MISSING or field.default_factory is not MISSING,
                )
                for field in fields(annotation)
            }
        )
    return _Shape()


def _container(origin: Any, arguments: tuple[Any, ...]) -> _Shape:
    if not isinstance(origin, type) or not arguments:
        return _Shape()
    if issubclass(origin, Mapping):
        return _Shape(inside=_shape_of(arguments[-1]))
    if issubclass(origin, Sequence | set | frozenset):
        return _Shape(inside=_shape_of(arguments[0]))
    return _Shape()


def _merged(shapes: list[_Shape]) -> _Shape:
    models = [shape.fields for shape in shapes if shape.fields is not None]
    return _Shape(
        is_nullable=any(shape.is_nullable for shape in shapes),
        is_text=any(shape.is_text for shape in shapes),
        fields={name: field for model in models for name, field in model.items()} if models else None,
        inside=next((shape.inside for shape in shapes if shape.inside is not None), None),
    )


def settle(plain: Any, shape: _Shape) -> Any:
    """Return `plain` with every `Null` as the schema reads it: None, the default, or what was typed."""
    if plain.__class__ is Null:
        return None if shape.is_nullable else str(plain)
    if isinstance(plain, dict):
        if shape.fields is None:
            inside = shape.inside or _Shape(is_text=True)
            return {key: settle(value, inside) for key, value in plain.items()}
        out = {}
        for key, value in plain.items():
            field = shape.fields.get(key)
            if field is None:
                out[key] = value
            elif (
                value.__class__ is Null
                and field.has_default
                and not field.shape.is_nullable
                and not (field.shape.is_text and value)
            ):
                continue  # `accept:` with nothing after it is as good as no `accept:`
            else:
                out[key] = settle(value, field.shape)
        return out
    if isinstance(plain, list):
        inside = shape.inside or _Shape(is_text=True)
        return [settle(value, inside) for value in plain]
    return plain


# --------------------------------------------------------------------------------------------- validation


def _adapter(model: Any) -> TypeAdapter[Any]:
    return _cached_adapter(model)


@cache
def _cached_adapter(model: Any) -> TypeAdapter[Any]:
    if is_dataclass(model):  # it takes its configuration from the model around it
        return TypeAdapter(create_model("Around", __base__=Authored, value=(model, ...)))
    return TypeAdapter(model)


def _checked(plain: Any, model: Any) -> Any:
    """Return `plain` as a `model`; raise ValidationError."""
    if is_dataclass(model):
        return _adapter(model).validate_python({"value": plain}).value
    return _adapter(model).validate_python(plain)


def validate(document: Document, model: type[T], loc: Loc = ()) -> tuple[T | None, list[Problem]]:
    """Return the value at `loc` of `document` as a `model`, or every reason why it is none."""
    plain = document.root
    for part in loc:
        plain = plain[part]
    if document.has_null:
        plain = settle(plain, _shape_of(model))
    try:
        value: T = _checked(plain, model)
    except ValidationError as error:
        return None, _problems(document, model, loc, error)
    return value, []


def read_document(path: Path, model: type[T]) -> tuple[T | None, list[Problem]]:
    """Read the YAML file at `path` as a `model`: a dataclass or a pydantic model, with all that is wrong.

    Fields of type str hold what was typed; numbers and booleans are read from it where the model says so.
    Unknown fields are a problem when the model forbids extra fields (`extra="forbid"`).
    """
    document = open_document(path)
    if not document.is_readable:
        return None, document.problems
    value, problems = validate(document, model)
    problems = sorted({*document.problems, *problems})
    return (None if problems else value), problems


def validate_file(
    document: Document, model: type[F], name: str, item: type[A]
) -> tuple[F | None, list[A | None], list[Problem]]:
    """Validate a file and, one by one, the list of items under `name`; None stands for an item with faults.

    One by one, so that a file of faults costs no more memory than the problems that are told.
    """
    root, items = document.root, document.root.get(name)
    if not isinstance(items, list):
        file, problems = validate(document, model)
        return file, [], problems
    values, problems = validate_items(document, item, (name,))
    rest = {**root, name: []}
    shell = Document(document.path, rest, [], has_null=document.has_null, original=document)
    file, others = validate(shell, model)
    return file, values, problems + others


def validate_items(document: Document, item: type[A], loc: Loc = ()) -> tuple[list[A | None], list[Problem]]:
    """Validate a list one by one, the one at `loc`; None stands for an item with faults."""
    plain_items: Any = document.root
    for part in loc:
        plain_items = plain_items[part]
    values: list[A | None] = []
    problems: list[Problem] = []
    if document.has_null:
        shape = _shape_of(item)
        plain_items = [settle(one, shape) for one in plain_items]
    for index, plain in enumerate(plain_items):
        try:
            values.append(_checked(plain, item))
        except ValidationError as error:
            values.append(None)
            problems += _problems(document, item, (*loc, index), error)
            if len(problems) >= MAX_PROBLEMS:
                break
    if len(problems) >= MAX_PROBLEMS:
        message = f"more than {MAX_PROBLEMS:,} problems: mend these first, the others are told then"
        problems.append(document.problem(loc, "file", message, key=True))
    return values, problems


def sound_part(
    plain: Mapping[str, Any], model: type[A], placeholders: Mapping[str, Any]
) -> tuple[A, set[str]]:
    """Return `plain` as a `model`, a placeholder in each field that is wrong, and the names of those."""
    plain = settle(plain, _shape_of(model))
    broken: set[str] = set()
    value: A
    try:
        value = _checked(plain, model)
    except ValidationError as error:
        broken = {str(loc[0]) for fault in error.errors(include_url=False) if (loc := _loc(fault, model))}
        sound = {name: each for name, each in plain.items() if name not in broken}
        value = _checked({**placeholders, **sound}, model)
    return value, broken


def _loc(fault: Any, model: Any) -> tuple[int | str, ...]:
    """Return where in the value a fault is: a dataclass was checked inside a model around it."""
    loc: tuple[int | str, ...] = fault["loc"]
    return loc[1:] if is_dataclass(model) else loc


def close_to(name: str, names: Sequence[str]) -> str | None:
    """Return which of `names` was probably meant by `name`."""
    return _closest(name[:60], tuple(names))


def _problems(document: Document, model: Any, loc: Loc, error: ValidationError) -> list[Problem]:
    """Return the problems in `error`, one for each place: the branches of a union are joined."""
    sentences: dict[tuple[Loc, str], dict[str, None]] = {}
    for fault in error.errors(include_url=False, include_context=True)[:MAX_PROBLEMS]:
        fault["loc"] = _loc(fault, model)
        path, rule = _path_in(document, loc, fault["loc"]), _rule(fault["type"])
        if rule == "missing-field":
            path = (*path, str(fault["loc"][-1])) if path[-1:] != fault["loc"][-1:] else path
        sentences.setdefault((path, rule), {})[_sentence(fault, model, path[len(loc) :])] = None
    out = []
    for (path, rule), told in sentences.items():
        message = "; or ".join(told)
        out.append(document.problem(path, rule, message, key=rule == "unknown-field"))
    return out


def _path_in(document: Document, loc: Loc, found: tuple[int | str, ...]) -> Loc:
    """Return `loc` and the parts of `found` (pydantic names union branches, too) that are in the file."""
    plain = document.root
    for part in loc:
        plain = plain[part]
    path = list(loc)
    for part in found:
        if (isinstance(plain, dict) and part in plain) or (
            isinstance(plain, list) and isinstance(part, int) and part < len(plain)
        ):
            plain = plain[part]  # type: ignore[index] # the line above says that it is there
            path.append(part)
    return tuple(path)


def _rule(kind: str) -> str:
    return {"missing": "missing-field", "missing_argument": "missing-field"}.get(
        kind,
        "unknown-field"
        if kind in ("extra_forbidden", "unexpected_keyword_argument")
        else "missing-value"
        if kind == "string_too_short"
        else "schema",
    )


_WRONG_FORM = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number, written like 1234.5",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "text",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "greater_than": "more than {gt}",
    "less_than": "less than {lt}",
    "string_pattern_mismatch": "written like {pattern}",
    "list_type": "a list (one item a line, each after `- `)",
    "tuple_type": "a list (one item a line, each after `- `)",
    "dict_type": "fields of its own (`name: value`, each on a line, indented)",
    "mapping_type": "fields of its own (`name: value`, each on a line, indented)",
    "model_type": "fields of its own (`name: value`, each on a line, indented)",
    "dataclass_type": "fields of its own (`name: value`, each on a line, indented)",
    "enum": "{expected}",
    "literal_error": "{expected}",
}
_WRONG_SIZE = {
    "string_too_long": "has {length} characters; at most {max_length} are allowed",
    "too_short": "has {length} items; at least {min_length} are needed",
    "too_long": "has {length} items; at most {max_length} are allowed",
}


def _sentence(fault: Any, model: Any, path: Loc) -> str:
    """Return what is wrong, and what to write instead."""
    kind, value, rule = fault["type"], fault["input"], _rule(fault["type"])
    context = {**fault.get("ctx", {}), "length": len(value) if isinstance(value, Sized) else 0}
    name = shortened(fault["loc"][-1] if fault["loc"] else "the file")
    field = _field_name(path)
    if rule == "missing-field":
        return f"the field `{name}` is missing"
    if rule == "unknown-field":
        return f"there is no field `{name}` here{_did_you_mean(name, _names_at(model, path[:-1]))}"
    if rule == "missing-value" or (isinstance(value, str) and not value.strip()):
        return f"{field} is empty"
    if kind in _WRONG_SIZE:
        return f"{field} {_WRONG_SIZE[kind].format_map(context)}"
    if kind not in _WRONG_FORM:
        message = str(context.get("error", fault["msg"]))
        return f"{field}: {message[0].lower()}{message[1:]}"
    expected = _WRONG_FORM[kind].format_map(context).replace("'", "`")
    names = re.findall("`([^`]+)`", expected) if "{expected}" in _WRONG_FORM[kind] else ()
    hint = _did_you_mean(value, names) if names and isinstance(value, str) else ""
    if kind == "string_type" and isinstance(value, dict | list):
        hint = " (text that holds `: `, or begins with `[` or `{`, needs quotes)"
    return f"{field} must be {expected}, not {_shown(value)}{hint}"


def _field_name(path: Loc) -> str:
    """Return what to call the value at `path`: the last name in it, and which item of its list."""
    name = next((str(part) for part in reversed(path) if isinstance(part, str)), None)
    if name is None:
        return f"item {path[-1] + 1}" if path and isinstance(path[-1], int) else "what the file holds"
    return f"`{shortened(name)}`" if path[-1] == name else f"an item of `{shortened(name)}`"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "fields"
    if isinstance(value, list | tuple):
        return "a list"
    return f"`{shortened(value)}`"


def _names_at(model: Any, path: Loc) -> list[str]:
    """Return the names of the fields that `model` has where `path` leads."""
    shape: _Shape | None = _shape_of(model)
    for part in path:
        if shape is None:
            return []
        if shape.fields is not None and part in shape.fields:
            shape = shape.fields[str(part)].shape
        else:
            shape = shape.inside
    return list(shape.fields or ()) if shape else []


@lru_cache(maxsize=1024)
def _closest(name: str, names: tuple[str, ...]) -> str | None:
    best = process.extractOne(name.lower(), names, scorer=fuzz.ratio, score_cutoff=60)
    return best[0] if best else None


def _did_you_mean(name: str, names: Sequence[str]) -> str:
    close = _closest(name[:60], tuple(names))
    if close:
        return f": did you mean `{close}`?"
    return f" (fields: {', '.join(names)})" if names and len(names) < 25 else ""


def field_table(schema: Mapping[str, Any], name: str) -> str:
    """Return the fields of one type of a JSON Schema, and of the types in it, as a Markdown table."""
    rows = ["| field | needed | what it is |", "|---|---|---|"]
    known = schema["$defs"]

    def add(name: str, prefix: str, above: tuple[str, ...]) -> None:
        for field, about in known[name]["properties"].items():
            needed = "yes" if field in known[name].get("required", ()) else ""
            told = " ".join(about.get("description", "").split()).replace("|", "\\|")
            rows.append(f"| `{prefix}{field}` | {needed} | {told} |")
            inner = re.findall("#/[$]defs/([A-Za-z]+)", str(about))
            if len(inner) == 1 and inner[0] not in above and "properties" in known[inner[0]]:
                add(inner[0], f"{prefix}{field}.", (*above, inner[0]))

    add(name, "", (name,))
    return "\n".join(rows)
