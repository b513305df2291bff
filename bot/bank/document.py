"""YAML files as authors write them: text in, plain values out, each with its place in the file.

What always holds:
- a scalar stays what was typed: `yes`, `1:30`, `0o17` and `2019-01-03` are strings until a
  schema asks for something else;
- whatever the bytes are, reading ends, within bounds of time and memory, in a value or in
  problems with a place; nothing is raised for an author's fault.

Events, not nodes: composing recurses in C (deep nesting overflows its stack) and
keeps every node with its marks alive. The events of libyaml do neither.
"""

import gc
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.bank.files import read_bytes
from bot.bank.problem import Level, Problem

T = TypeVar("T")
Loc = tuple[str | int, ...]

MAX_VALUES = 3_000_000  # keys, values, lists and mappings in one file
MAX_DEPTH = 32  # a question's references are 5 deep
MAX_ENTRIES = 150_000  # in a list or mapping at the top: questions, facts, topics
MAX_INNER = 1_000  # in a list or mapping further in: a fault in each entry is a problem of its own
MAX_ALIASED = 100_000  # values that aliases may repeat in one file
MAX_PROBLEMS = 20_000  # in one file, and of the linter; more would help nobody
_MAX_DIRECTIVES = 16  # libyaml compares each %TAG with all before it

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_PLAIN_TAGS = frozenset(("!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"))
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


# A field or item of a list behind something that looks like a space: YAML takes it for text.
_WIDE_INDENT = re.compile(
    "^ *([\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000])[\\s\u200b\u2060]*"
    "(?:- |['\"]?[A-Za-z][\\w-]*['\"]?:(?: |$))",
    re.MULTILINE,
)


class Null(str):
    """An unquoted `~`, `null` or nothing: None where the schema allows that, else what was typed."""

    __slots__ = ()


class _Marks(NamedTuple):
    """The place of a list or mapping, and of the keys and values in it: see `_packed`."""

    place: int
    keys: dict[str, int] | None  # of a mapping
    values: "dict[str, int | _Marks] | list[int | _Marks]"


_COLUMNS = 2**26  # more than a file has bytes


def _packed(mark: Any) -> int:
    """Return a place as one number, a quarter of the memory of two in a tuple."""
    place: int = mark.line * _COLUMNS + mark.column
    return place


class _Fault(Exception):
    """Reading cannot go on after this."""

    def __init__(self, line: int, column: int, rule: str, message: str) -> None:
        super().__init__(message)
        self.line, self.column, self.rule, self.message = line, column, rule, message


def _too_many(event: Any) -> _Fault:
    message = f"more than {MAX_VALUES:,} values in one file: split the bank into several files"
    return _Fault(event.start_mark.line, event.start_mark.column, "file", message)


class Document:
    """One file: its plain value (dicts, lists, strings and `Null`) and what is wrong with it as YAML.

    `root` is None when the file cannot be read as YAML; then `problems` says why.
    """

    def __init__(
        self,
        path: str,
        root: Any,
        problems: list[Problem],
        *,
        has_null: bool,
        marks: "int | _Marks | None" = None,
        original: "Document | None" = None,
    ) -> None:
        self.path = path
        self.original = original  # the document that this is a part of: it knows the places
        self.root = root
        self.problems = problems
        self.has_null = has_null
        self.marks = marks

    @property
    def is_readable(self) -> bool:
        """Whether there is a value to validate."""
        return self.root is not None

    def problem(
        self, loc: Sequence[str | int], rule: str, message: str, *, level: Level = "error", key: bool = False
    ) -> Problem:
        """Return a problem at the field that `loc` leads to; see `mark_of`."""
        line, column = mark_of(self, loc, key=key)
        return Problem(self.path, line, column, level, rule, message)


def mark_of(document: Document, loc: Sequence[str | int], *, key: bool = False) -> tuple[int, int]:
    """Return line and column (from 1) of the value that `loc` (keys and indices) leads to; `key`: of its key.

    Parts that are not in the file are passed over, so a missing field has the place of what should hold it.
    """
    if document.original is not None:
        return mark_of(document.original, loc, key=key)
    if document.marks is None:
        return 1, 1
    marks = document.marks
    place = marks if isinstance(marks, int) else marks.place
    for part in loc:
        if isinstance(marks, int):
            break
        inner: int | _Marks
        if isinstance(marks.values, dict) and part in marks.values:
            inner = marks.values[str(part)]
            place = (marks.keys or {})[str(part)] if key else inner if isinstance(inner, int) else inner.place
        elif isinstance(marks.values, list) and isinstance(part, int) and 0 <= part < len(marks.values):
            inner = marks.values[part]
            place = inner if isinstance(inner, int) else inner.place
        else:
            continue
        marks = inner
    line, column = divmod(place, _COLUMNS)
    return line + 1, column + 1


# ------------------------------------------------------------------------------------------- bytes to text


def read_text(path: Path) -> tuple[str | None, list[Problem]]:
    """Return the text of a file of at most `MAX_BYTES` bytes of UTF-8, or why there is none."""
    content, problems = read_bytes(path)
    return (None, problems) if content is None else decode(str(path), content)


def decode(path: str, content: bytes) -> tuple[str | None, list[Problem]]:
    """Return `content` as text, without a byte order mark; UTF-8 or a problem."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or content[:4] == b"\0\0\xfe\xff":
        message = "the file is UTF-16 or UTF-32: save it as UTF-8"
        return None, [Problem(path, 1, 1, "error", "encoding", message)]
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line_start = max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
        column = len(before[line_start:].decode("utf-8-sig", "replace")) + 1
        line = len(re.findall(rb"\r\n|\r|\n", before)) + 1
        byte = content[error.start]
        message = (
            f"byte 0x{byte:02X} is not UTF-8 ({bytes([byte]).decode('cp1252', 'replace')!r} "
            "in Windows-1252?): save the file as UTF-8"
        )
        return None, [Problem(path, line, column, "error", "encoding", message)]


# ------------------------------------------------------------------------------------------- text to values


@contextmanager
def no_collector() -> Iterator[None]:
    """Keep the cycle collector off: it would walk all values again and again (six times the whole time)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def parse(path: str, text: str) -> Document:
    """Return the document in `text`; its `problems` are the faults of its YAML."""
    if text.startswith("%") or "\n%" in text:
        directives = re.findall(r"^%", text, re.MULTILINE)
        if len(directives) > _MAX_DIRECTIVES:
            message = "`%` directives are not used in a bank: take them out"
            return Document(path, None, [Problem(path, 1, 1, "error", "syntax", message)], has_null=False)
    if wide := _WIDE_INDENT.search(text):
        line = text.count("\n", 0, wide.start()) + 1
        message = f"the line is indented with U+{ord(wide[1]):04X}, which only looks like a space: use spaces"
        problem = Problem(path, line, wide.start(1) - wide.start() + 1, "error", "syntax", message)
        return Document(path, None, [problem], has_null=False)
    with no_collector():
        reading = _Reading(path, text)
        root = reading.run()
    marks = reading.marks if root is not None else None
    return Document(path, root, reading.problems, has_null=reading.has_null, marks=marks)


class _Reading:
    """One careful pass over the events of a text: plain values, the places of all, and all that is wrong."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.problems: list[Problem] = []
        self.has_null = False
        self._count = 0
        self._aliased = 0
        self._anchors: dict[str, tuple[Any, int | _Marks, int]] = {}
        self._box: Any = []  # what is being filled: a list or a dict
        self._key: str | None = None  # the key whose value comes next, in a dict
        self._is_mapping = False
        self._outer: list[tuple[Any, ...]] = []
        self._keys: dict[str, int] = {}
        self._values: Any = []
        self._documents = 0

    def run(self) -> Any:
        """Return the value, or None when there is none; what is wrong is in `problems`."""
        try:
            self._consume()
        except _Fault as fault:
            self._note(fault.line, fault.column, fault.rule, fault.message)
            return None
        except yaml.MarkedYAMLError as error:
            self._note_syntax(error)
            return None
        except yaml.reader.ReaderError:
            self._note_unprintable()
            return None
        if self.problems:
            return self._box[0] if self._box else None
        if not self._box or (isinstance(self._box[0], Null) and len(self._box) == 1):
            self._note(0, 0, "empty", "the file is empty: begin with `version: 1`")
            return None
        return self._box[0]

    @property
    def marks(self) -> int | _Marks:
        """The places of the value that was read, and of all that is in it."""
        marks: int | _Marks = self._values[0]
        return marks

    def _consume(self) -> None:
        handlers: dict[type, Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._start,
            SequenceStartEvent: self._start,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
        }
        handler_of = handlers.get
        parser: Any = yaml.CLoader(self.text)
        next_event = parser.get_event
        while (event := next_event()) is not None:
            handler = handler_of(event.__class__)
            if handler is not None:
                handler(event)

    def _scalar(self, event: Any) -> None:
        value: str = event.value
        if value in _NULLS and event.implicit[0]:
            value = Null(value)
            self.has_null = True
        if event.anchor is not None or event.tag is not None:
            self._check_tag(event)
            if event.anchor is not None and not (self._is_mapping and self._key is None):
                self._anchors[event.anchor] = (value, _packed(event.start_mark), 1)
        self._count += 1
        if self._count > MAX_VALUES:
            raise _too_many(event)
        if not self._is_mapping:
            self._box.append(value)
            self._values.append(_packed(event.start_mark))
        elif self._key is None:
            self._take_key(event, value)
        else:
            self._box[self._key] = value
            self._values[self._key] = _packed(event.start_mark)
            self._key = None

    def _take_key(self, event: Any, value: str) -> None:
        mark = event.start_mark
        if value in self._box:
            line = self._keys[value] // _COLUMNS
            message = f"the field `{shortened(value)}` stands here twice (first on line {line + 1})"
            self._note(mark.line, mark.column, "duplicate-key", message)
        self._key = value
        self._keys[value] = _packed(mark)

    def _start(self, event: Any) -> None:
        mark = event.start_mark
        if self._is_mapping and self._key is None:
            raise _Fault(
                mark.line,
                mark.column,
                "syntax",
                "a field's name must be a word, not a list or mapping"
                + (" (text that begins with `{` or `[` needs quotes)" if event.flow_style else ""),
            )
        if len(self._outer) >= MAX_DEPTH:
            raise _Fault(mark.line, mark.column, "too-deep", f"nested deeper than {MAX_DEPTH} levels")
        if event.tag is not None:
            self._check_tag(event)
        self._outer.append(
            (self._box, self._key, self._is_mapping, self._keys, self._values, event, self._count)
        )
        self._is_mapping = event.__class__ is MappingStartEvent
        self._box = {} if self._is_mapping else []
        self._key = None
        self._count += 1
        self._keys = {}
        self._values = {} if self._is_mapping else []

    def _end(self, _: Any) -> None:
        value, keys, values, was_mapping = self._box, self._keys, self._values, self._is_mapping
        self._box, self._key, self._is_mapping, self._keys, self._values, start, before = self._outer.pop()
        limit = MAX_INNER if len(self._outer) > 1 else MAX_ENTRIES
        if len(value) > limit:
            mark = start.start_mark
            message = f"{len(value):,} entries in one place; at most {limit:,} are read: split the bank"
            raise _Fault(mark.line, mark.column, "file", message)
        place = _packed(start.start_mark)
        marks = _Marks(place, keys if was_mapping else None, values) if values else place
        self._add(value, marks)
        if start.anchor is not None:
            self._anchors[start.anchor] = (value, marks, self._count - before)

    def _alias(self, event: Any) -> None:
        mark = event.start_mark
        if self._is_mapping and self._key is None:
            raise _Fault(mark.line, mark.column, "alias", "an alias cannot be a field's name")
        if event.anchor not in self._anchors:
            message = (
                f"the alias `*{shortened(event.anchor)}` has no anchor before it (text that begins with "
                "`*` needs quotes)"
            )
            raise _Fault(mark.line, mark.column, "alias", message)
        value, marks, size = self._anchors[event.anchor]
        self._count += size
        self._aliased += size
        if self._aliased > MAX_ALIASED:
            message = f"the aliases repeat more than {MAX_ALIASED:,} values: write them out, or use fewer"
            raise _Fault(mark.line, mark.column, "alias", message)
        self._add(value, marks)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            mark = event.start_mark
            message = "a second document begins here: take out the `---`, or use a file of its own"
            raise _Fault(mark.line, mark.column, "syntax", message)

    def _add(self, value: Any, marks: int | _Marks) -> None:
        if self._is_mapping:
            self._box[self._key] = value
            self._values[self._key] = marks
            self._key = None
        else:
            self._box.append(value)
            self._values.append(marks)

    def _check_tag(self, event: Any) -> None:
        if event.tag is not None and event.tag not in _PLAIN_TAGS:
            mark = event.start_mark
            message = f"the tag `{shortened(event.tag)}` has no meaning in a bank: take it out"
            self._note(mark.line, mark.column, "tag", message)

    def _note(self, line: int, column: int, rule: str, message: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(self.path, line + 1, column + 1, "error", rule, message))

    def _note_syntax(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        if "end of stream" in str(error.problem) and error.context_mark:
            mark = error.context_mark  # where the quote was opened tells more than the end of the file
        line, column = (mark.line, mark.column) if mark else (0, 0)
        self._note(line, column, "syntax", _syntax_sentence(error, self.text, line, column))

    def _note_unprintable(self) -> None:
        found = _UNPRINTABLE.search(self.text)
        at = found.start() if found else 0
        line_start = self.text.rfind("\n", 0, at) + 1
        what = f"the character U+{ord(self.text[at]):04X}" if found else "a character"
        message = f"{what} cannot stand in a YAML file: take it out"
        self._note(self.text.count("\n", 0, at), at - line_start, "encoding", message)


_ADVICE = (
    (
        "mapping values are not allowed",
        "text that holds `: ` needs quotes around it, or the indentation is off",
    ),
    ("could not find expected ':'", "a field needs `name: value`; text that goes on needs to be indented"),
    ("did not find expected key", "check the indentation, and quotes inside quoted text (write '' for ')"),
    ("did not find expected '-' indicator", "the items of a list must be indented alike"),
    ("unexpected end of stream", "a quote or bracket is opened and never closed"),
    ("did not find expected node content", "a bracket is opened and never closed"),
    (
        "did not find expected ',' or",
        "text that begins with `[` or `{` needs quotes, or a bracket is missing",
    ),
    ("found unexpected ':'", "text that holds `: ` needs quotes around it"),
    ("did not find expected alphabetic or numeric", "text that begins with `&` or `*` needs quotes"),
    ("block sequence entries are not allowed", "a list begins on a line of its own, after `name:`"),
    ("unknown escape", "in double quotes a backslash begins an escape: use single quotes"),
)


def _syntax_sentence(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> str:
    """Return what is wrong with the YAML and what to write instead."""
    source = next(islice(io.StringIO(text), line, None), "")
    if "\t" in source[: column + 1]:
        return "a tab: YAML indents by spaces only; replace the tab by spaces"
    if source[column : column + 1] in ("%", "@", "`", "|", ">"):
        return f"text that begins with `{source[column]}` needs quotes around it"
    problem = str(error.problem or error.context or "this is not YAML")
    advice = next((advice for words, advice in _ADVICE if words in problem), None)
    return f"{problem}: {advice}" if advice else problem


def shortened(value: object, limit: int = 60) -> str:
    """Return `value` on one line, cut to `limit` characters, fit for a message."""
    text = " ".join(str(value)[: limit * 2].split())
    text = "".join(character if character.isprintable() else "�" for character in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def open_document(path: Path) -> Document:
    """Read and parse the file at `path`."""
    text, problems = read_text(path)
    if text is None:
        return Document(str(path), None, problems, has_null=False)
    return parse(str(path), text)
