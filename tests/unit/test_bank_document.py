"""YAML as authors write it: scalars as typed, every fault with its place, and the writer."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.bank import document as document_module
from bot.bank.document import (
    MAX_ALIASED,
    MAX_DEPTH,
    Document,
    decode,
    mark_of,
    open_document,
    parse,
)
from bot.bank.files import MAX_BYTES, read_bytes
from bot.bank.problem import Problem
from bot.bank.schema import Authored, read_document
from bot.bank.writer import dump_yaml
from tests.laws import tried


def faults(text: str) -> list[tuple[int, int, str]]:
    """Return line, column and rule of each problem of the YAML itself."""
    return [(problem.line, problem.column, problem.rule) for problem in parse("f.yaml", text).problems]


def message(text: str) -> str:
    """Return what the first problem says."""
    return parse("f.yaml", text).problems[0].message


@pytest.mark.parametrize(
    "typed",
    ["yes", "No", "on", "1:30", "0o17", "2019-01-03", "1.0", "012", "1e3", "0x1F", "+1", ".5", "1_000"],
)
def test_scalars_stay_what_was_typed(typed: str) -> None:
    """YAML 1.1 would make booleans, times, dates and numbers of them."""
    assert parse("f", f"key: {typed}\nlist: [{typed}]\n").root == {"key": typed, "list": [typed]}


def test_text_in_all_styles_is_read() -> None:
    """Quoted, folded and literal text, and lines ended in the way of Windows."""
    text = "a: 'x ''y'''\r\nb: \"x\\ty\"\r\nc: >-\r\n  one\r\n  two\r\nd: |\r\n  one\r\n  two\r\n"
    assert parse("f", text).root == {"a": "x 'y'", "b": "x\ty", "c": "one two", "d": "one\ntwo\n"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (1, 1, "empty")),
        ("# nothing but a comment\n", (1, 1, "empty")),
        ("---\n", (1, 1, "empty")),
        ("~\n", (1, 1, "empty")),
        ("\tversion: 1\n", (1, 1, "syntax")),
        ("version: 1\nquestions:\n\t- id: x\n", (3, 1, "syntax")),
        ("a: 1\nb: 2\na: 3\n", (3, 1, "duplicate-key")),
        ("a:\n  - {b: 1, c: 2, b: 3}\n", (2, 18, "duplicate-key")),
        ("a: b: c\n", (1, 5, "syntax")),
        ("a: 'open\nb: 1\n", (1, 4, "syntax")),
        ("a: %b\n", (1, 4, "syntax")),
        ("a: `b`\n", (1, 4, "syntax")),
        ('a: "\\q"\n', (1, 5, "syntax")),
        ("a: [1, 2\n", (2, 1, "syntax")),
        ("? [a]\n: b\n", (1, 3, "syntax")),
        ("{a: 1}: b\n", (1, 1, "syntax")),
        ("a: 1\n---\nb: 2\n", (2, 1, "syntax")),
        ("a: *none\n", (1, 4, "alias")),
        ("a: &x [*x]\n", (1, 8, "alias")),
        ("a: &x b\n*x : c\n", (2, 1, "alias")),
        ("a: !!python/object/apply:os.system [x]\n", (1, 4, "tag")),
        ("a: !secret x\n", (1, 4, "tag")),
        ("ab: x\0y\n", (1, 6, "encoding")),
        ("a: 1\nb: \x07\n", (2, 4, "encoding")),
    ],
)
def test_faults_of_yaml_have_their_place(text: str, expected: tuple[int, int, str]) -> None:
    """Each way in which a file can fail to be YAML is one problem, where an editor would point."""
    assert faults(text) == [expected]


def test_advice_says_what_to_write_instead() -> None:
    """The parser's words are not enough for somebody who writes questions."""
    assert "spaces" in message("\ta: 1")
    assert "quotes" in message("stem: Which is right: this or that?")
    assert "first on line 1" in message("a: 1\na: 2")
    assert "take out the `---`" in message("a: 1\n---\nb: 1\n")


def test_every_duplicate_is_told_at_once() -> None:
    """An author mends a file in one go, even when the YAML fails further down."""
    assert faults("a: 1\na: 2\nb: {c: 1, c: 2}\nd: 'x") == [
        (2, 1, "duplicate-key"),
        (3, 11, "duplicate-key"),
        (4, 4, "syntax"),
    ]


def test_aliases_may_repeat_a_little() -> None:
    """One source for several questions is a fair use of YAML."""
    document = parse("f", "- &s {title: T}\n- *s\n- x: *s\n")
    assert document.problems == []
    assert document.root == [{"title": "T"}, {"title": "T"}, {"x": {"title": "T"}}]
    assert mark_of(document, (2, "x", "title")) == (1, 14)


def test_aliases_that_explode_are_refused_at_once() -> None:
    """Nine lines of aliases stand for a thousand million values."""
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
    )
    assert [rule for _, _, rule in faults(bomb)] == ["alias"]
    assert f"{MAX_ALIASED:,}" in message(bomb)


@pytest.mark.parametrize("bracket", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_ends_in_a_problem(bracket: str) -> None:
    """A hundred thousand brackets overflow no stack."""
    assert [rule for _, _, rule in faults(bracket * 100_000)] in (["too-deep"], ["syntax"])
    assert faults("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []


def test_many_directives_are_refused() -> None:
    """The parser compares each %TAG with all before it: a file of them would take hours."""
    text = "".join(f"%TAG !{n}! x\n" for n in range(300_000)) + "---\na: 1\n"
    assert [rule for _, _, rule in faults(text)] == ["syntax"]
    assert "directives are not used" in message(text)  # told by counting them, before the parser began


def test_more_values_than_memory_is_meant_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file within the limit of size may still hold sixteen million values."""
    monkeypatch.setattr(document_module, "MAX_VALUES", 1000)
    assert faults("[" + "1," * 998 + "1]") == []
    assert faults("a: 1\nb:\n  [" + "1," * 2000 + "1]") == [(3, 1994, "file")]


def test_lists_that_are_too_long_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each entry may be a fault of its own: a bound on entries is a bound on problems, and on memory."""
    monkeypatch.setattr(document_module, "MAX_ENTRIES", 20)
    monkeypatch.setattr(document_module, "MAX_INNER", 5)
    assert faults("a: [" + "1, " * 19 + "1]\nb: {c: [1, 2, 3, 4, 5]}") == []
    assert faults("a: [" + "1, " * 20 + "1]") == [(1, 4, "file")]
    assert faults("a:\n  - [1, 2, 3, 4, 5, 6]") == [(2, 5, "file")]
    assert faults("a:\n  - {b: 1, c: 1, d: 1, e: 1, f: 1, g: 1}") == [(2, 5, "file")]


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u202f", "\u200b"])
def test_what_only_looks_like_an_indent_is_told_at_its_line(space: str) -> None:
    """Whoever pastes from a web page gets the line of the odd space; in a text it is a letter as any."""
    for line in (f" {space} key: b", f"{space}{space}- c", f"  {space}'key': d"):
        document = parse("f", f"a:\n  - stem: b\n{line}\n")
        (problem,) = document.problems
        assert (problem.line, problem.column) == (3, line.index(space) + 1)
        assert f"U+{ord(space):04X}" in problem.message
    for text in (f"a: 3{space}475 km\nb: c", f"a: b\n  {space}and more", f"a: |\n  {space}x"):
        assert parse("f", text).problems == []


# ------------------------------------------------------------------------------------------------ files


def test_files_that_cannot_be_read_are_told_in_a_sentence(tmp_path: Path) -> None:
    """Missing, a folder, too large, a loop of links, a name with a NUL: never an exception."""
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(50 * 2**20)
    reasons = {
        name: read_bytes(tmp_path / name)[1][0].message
        for name in ("none.yaml", "folder.yaml", "loop.yaml", "huge.yaml", "nul\0.yaml")
    }
    assert reasons["none.yaml"] == "there is no such file"
    assert reasons["folder.yaml"] == "this is a folder, not a file"
    assert "links" in reasons["loop.yaml"]
    assert "50.0 MB" in reasons["huge.yaml"]
    assert f"at most {MAX_BYTES // 2**20} MB" in reasons["huge.yaml"]
    assert reasons["nul\0.yaml"].startswith("cannot be read")


def test_devices_and_pipes_are_not_read() -> None:
    """Reading them would never end."""
    assert "not a regular file" in read_bytes(Path("/dev/zero"))[1][0].message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_other_encodings_are_named(encoding: str) -> None:
    """An author is told what to do, not what a codec thinks."""
    content = "\ufeffa: 1\n".encode(encoding) if encoding.endswith("be") else "a: 1\n".encode(encoding)
    text, problems = decode("f", content)
    assert text is None
    assert "save it as UTF-8" in problems[0].message


def test_a_byte_that_is_not_utf_8_has_its_place() -> None:
    """Line and column, and what the byte would be in the usual other encoding."""
    text, problems = decode("f", "a: 1\nb: é x".encode("latin-1"))
    assert text is None
    assert (problems[0].line, problems[0].column, problems[0].rule) == (2, 4, "encoding")
    assert "'é'" in problems[0].message


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Some editors write one; the first field keeps its name and place."""
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfversion: 1\n")
    document = open_document(path)
    assert document.root == {"version": "1"}
    assert mark_of(document, ("version",), key=True) == (1, 1)


@tried(120)
@given(
    st.one_of(
        st.binary(max_size=300), st.text(alphabet="a:-[]{}&*!|>'\"#%@ \n\t,?~0", max_size=80).map(str.encode)
    )
)
def test_any_bytes_end_in_a_value_or_in_problems_with_places(content: bytes) -> None:
    """Whatever the bytes are, nothing is raised, and every problem has a place in the text."""
    text, problems = decode("f.yaml", content)
    if text is not None:
        document = parse("f.yaml", text)
        problems = document.problems
        assert document.is_readable or problems
    for problem in problems:
        assert 1 <= problem.line <= content.count(b"\n") + content.count(b"\r") + 2
        assert problem.column >= 1
        assert problem.message


# ------------------------------------------------------------------------------------------ with a schema


class Inner(Authored):
    """A model below another."""

    title: str
    size: int | None = None


class Outer(Authored):
    """A model with a field of each sort."""

    name: str
    number: float = 0.0
    is_set: bool = False
    note: str | None = None
    words: tuple[str, ...] = ()
    inner: Inner | None = None
    either: str | Inner = ""


def read(tmp_path: Path, text: str) -> tuple[Outer | None, list[Problem]]:
    """Read a file of this text as an `Outer`."""
    path = tmp_path / "f.yaml"
    path.write_text(text, encoding="utf-8")
    return read_document(path, Outer)


def test_numbers_and_booleans_are_read_where_the_schema_says_so(tmp_path: Path) -> None:
    """And text stays text, although it looks like a number."""
    value, problems = read(tmp_path, "name: 007\nnumber: 3e2\nis_set: yes\nwords: [1.0, no]\n")
    assert problems == []
    assert value == Outer(name="007", number=300.0, is_set=True, words=("1.0", "no"))


def test_null_is_none_only_where_that_is_possible(tmp_path: Path) -> None:
    """Where text is needed `null` stays the word that was typed; a field left empty has its default."""
    value, problems = read(tmp_path, "name: null\nnote: ~\nwords:\ninner:\n  title: ~\n  size:\n")
    assert problems == []
    assert value == Outer(name="null", note=None, words=(), inner=Inner(title="~"))
    assert value is not None
    assert type(value.name) is str


def test_quoted_null_is_text(tmp_path: Path) -> None:
    """Quotes say that it is meant."""
    value, _ = read(tmp_path, "name: x\nnote: 'null'\n")
    assert value is not None
    assert value.note == "null"


def test_every_fault_is_told_with_its_place_and_what_to_write(tmp_path: Path) -> None:
    """Unknown, missing and wrong fields at any depth, all at once."""
    text = "nmae: x\nnumber: many\nis_set: perhaps\nwords: one\ninner: {titel: T, size: big}\n"
    value, problems = read(tmp_path, text)
    assert value is None
    told = {(problem.line, problem.column): (problem.rule, problem.message) for problem in problems}
    assert told[1, 1] in (
        ("missing-field", "the field `name` is missing"),
        ("unknown-field", "there is no field `nmae` here: did you mean `name`?"),
    )
    assert told[2, 9] == ("schema", "`number` must be a number, written like 1234.5, not `many`")
    assert told[3, 9] == ("schema", "`is_set` must be true or false, not `perhaps`")
    assert "must be a list" in told[4, 8][1]
    assert "did you mean `title`?" in " ".join(problem.message for problem in problems)
    assert told[5, 25][1] == "`size` must be a whole number, not `big`"
    assert len(problems) == 8


def test_text_that_became_a_mapping_is_explained(tmp_path: Path) -> None:
    """`name: {x}` and `name: [x]` are the two ways in which text turns into something else."""
    _, problems = read(tmp_path, "name: {x}\n")
    assert "needs quotes" in problems[0].message


def test_a_choice_of_types_is_one_problem(tmp_path: Path) -> None:
    """Both ways of writing it stand in one sentence at one place."""
    _, problems = read(tmp_path, "name: x\neither: [1]\n")
    assert len(problems) == 1
    assert "; or " in problems[0].message


def test_dataclasses_serve_as_models(tmp_path: Path) -> None:
    """With their defaults, and closed to unknown fields."""

    @dataclass(frozen=True)
    class Plain:
        name: str
        tags: list[str] = field(default_factory=list)

    path = tmp_path / "f.yaml"
    path.write_text("name: 1:30\ntags:\n", encoding="utf-8")
    assert read_document(path, Plain) == (Plain("1:30"), [])
    path.write_text("name: x\ntgas: [a]\n", encoding="utf-8")
    value, problems = read_document(path, Plain)
    assert value is None
    assert "did you mean `tags`?" in problems[0].message


def test_a_merge_key_is_a_field_that_does_not_exist(tmp_path: Path) -> None:
    """`<<` merges nothing: what stands in a question is what is asked."""
    value, problems = read(tmp_path, "name: x\n<<: {note: y}\n")
    assert value is None
    assert problems[0].rule == "unknown-field"


def test_places_of_missing_fields_fall_back_to_what_should_hold_them() -> None:
    """So that every problem has a place in the file."""
    document = parse("f", "a:\n  - b: 1\n    c: [x, y]\n")
    assert mark_of(document, ("a", 0, "c", 1)) == (3, 12)
    assert mark_of(document, ("a", 0, "c"), key=True) == (3, 5)
    assert mark_of(document, ("a", 0, "d")) == (2, 5)
    assert mark_of(document, ("a", 7, "d")) == (2, 3)
    assert mark_of(Document("f", None, [], has_null=False), ("a",)) == (1, 1)


# ----------------------------------------------------------------------------------------------- writing

_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)
_WORDS = st.lists(
    st.sampled_from(
        [
            "yes",
            "a:",
            "#b",
            "-",
            "km",
            "O'Neil",
            "12",
            "é",
            "—",
            "'",
            '"',
            "%",
            "2019-01-01",
            "[x]",
            "0o17",
            "1:30",
            "Moon",
            "word",
            "~",
            "null",
        ]
    ),
    max_size=60,
).map(" ".join)
_LEAF = st.one_of(
    _TEXT,
    _WORDS,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
_TREE = st.recursive(
    _LEAF,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(_TEXT.map(lambda text: text[:40]), inner, max_size=4)
    ),
    max_leaves=10,
)


@tried(120)
@given(_TREE)
def test_what_is_written_is_read_the_same_by_any_reader(value: object) -> None:
    """PyYAML in both its forms, which knows YAML 1.1 with its booleans, dates and odd numbers."""
    text = dump_yaml(value)
    assert yaml.safe_load(text) == value
    assert yaml.load(text, yaml.CSafeLoader) == value


@tried(80)
@given(st.dictionaries(st.text("abc", min_size=1), st.one_of(_TEXT, _WORDS), min_size=1))
def test_text_survives_our_own_reader(value: dict[str, str]) -> None:
    """No text turns into null, or into another."""
    assert parse("f", dump_yaml(value)).root == value


def test_writing_is_for_people() -> None:
    """Quotes only where needed, lists of numbers on a line, long text folded."""
    text = dump_yaml(
        {
            "stem": "What is the Moon's mean distance?",
            "key": "2018",
            "list": [1, 2.0, 2.5],
            "items": [{"a": "x", "b": []}, "- y"],
            "long": "word " * 40 + "end",
        }
    )
    assert text.startswith(
        "stem: What is the Moon's mean distance?\nkey: '2018'\nlist: [1, 2, 2.5]\n"
        "items:\n  - a: x\n    b: []\n  - '- y'\nlong: word word"
    )
    assert max(map(len, text.splitlines())) <= 110
