"""Schemas: models, values, the committed JSON Schemas and the page for authors say the same."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.bank import load_bank
from bot.bank.linter import check
from bot.bank.schema import QuestionFile, read_document
from bot.bank.writer import dump_yaml
from bot.cli.bank.reference import page_with_tables, schema_texts
from bot.quiz.question import ONE_PRESS, Kind, Origin, Picture, Reference, Tolerance, question_to_plain
from tests.banks import faultless, plain, source, yaml_of

ROOT = Path(__file__).parents[2]


def test_every_field_that_is_written_reaches_the_value(tmp_path: Path) -> None:
    """Nothing is lost between what an author writes and what is played."""
    made = faultless(
        kind=Kind.SET,
        accept=("357",),
        tolerance=Tolerance(340.0, 370.0, "m"),
        keys=("Chang'e-4", "Chang'e-6"),
        items=("Luna 2", "Apollo 8", "Chang'e-4"),
        clues=("It was sent by China.", "It is on the far side."),
        picture=Picture("far-side.png", "A dark plain", "CNSA"),
        as_of="2026-11-27",
        enemies=("second-lander",),
        allow={"long-stem": "why"},
        source=source(
            verdict=None,
            says="Less.",
            url="https://example.org/a",
            origin=Origin.SUPPLEMENT,
            references=(Reference("A book", "", "2026-11-27", "a copy"),),
        ),
    )
    assert {name for name in made.__slots__ if not getattr(made, name)} == set()
    written = json.loads(json.dumps(question_to_plain(made)))
    path = tmp_path / "q.yaml"
    path.write_text(dump_yaml({"version": 1, "questions": [written]}), encoding="utf-8")
    value, problems = read_document(path, QuestionFile)
    assert problems == []
    assert value is not None
    assert value.questions == (made,)


def test_every_field_is_described() -> None:
    """Editors show the description; the page's table is made of it."""
    for text in schema_texts().values():
        for name, part in json.loads(text)["$defs"].items():
            for field, about in part.get("properties", {}).items():
                assert about.get("description"), f"{name}.{field}"


@pytest.mark.parametrize("name", ["questions.schema.json", "facts.schema.json"])
def test_the_committed_schemas_are_those_of_the_code(name: str) -> None:
    """`farside bank schema --write questions` brings them up to date."""
    assert (ROOT / "questions" / name).read_text(encoding="utf-8") == schema_texts()[name]


@pytest.mark.parametrize("name", ["questions", "facts"])
def test_shipped_files_conform_to_their_schemas(name: str) -> None:
    """As an editor sees them, which reads scalars its own way; the first line of each names its schema."""
    schema = json.loads((ROOT / "questions" / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    text = (ROOT / "questions" / "moon" / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == f"# yaml-language-server: $schema=../{name}.schema.json"
    jsonschema.validate(yaml.load(text, yaml.CSafeLoader), schema)


@pytest.fixture(scope="module")
def schema() -> Any:
    """What an editor reads of questions."""
    return json.loads(schema_texts()["questions.schema.json"])


@pytest.mark.parametrize(
    "change",
    [
        {"difficulty": 4},
        {"difficulty": "hard"},
        {"kind": "quiz"},
        {"explanation": "x" * 201},
        {"distractors": list("abcde")},
        {"stem": ""},
        {"colour": "blue"},
        {"source": {}},
        {"tolerance": {"low": 1, "high": 2}},
    ],
)
def test_schema_and_loader_refuse_the_same(schema: Any, change: dict[str, Any]) -> None:
    """What an editor underlines is what keeps a bank from loading."""
    file = {"version": 1, "questions": [{**plain(faultless()), **change}]}
    jsonschema.validate(yaml.safe_load(yaml_of(faultless())), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(file, schema)


@pytest.mark.parametrize("change", [{"difficulty": 4}, {"colour": "blue"}, {"source": {}}, {"stem": ""}])
def test_the_loader_refuses_what_the_schema_refuses(tmp_path: Path, change: dict[str, Any]) -> None:
    """The other half of the same law."""
    path = tmp_path / "q.yaml"
    path.write_text(
        dump_yaml({"version": 1, "questions": [{**plain(faultless()), **change}]}), encoding="utf-8"
    )
    assert any(problem.level == "error" for problem in check([path]))


def test_the_shipped_bank_is_clean_and_large_enough() -> None:
    """No problem of any rule; 300 questions from 78 facts; 20 on each topic; every kind."""
    assert check([ROOT / "questions"]) == []
    bank = load_bank(ROOT / "questions")
    assert len(bank) >= 300
    assert len({one.fact for one in bank}) >= 78
    assert all(len(bank.pool(topic)) >= 20 for topic in bank.topics)
    assert {one.kind for one in bank} >= ONE_PRESS - {Kind.ODD_ONE_OUT, Kind.PICTURE}
    assert set(bank.facts) >= {one.fact for one in bank}


def test_every_shipped_question_shows_where_it_comes_from() -> None:
    """By paragraphs of the article, or by a reference: no card says no more than that it was not checked."""
    sources = {one.id: one.source for one in load_bank(ROOT / "questions")}
    assert [name for name, one in sources.items() if not one.paragraphs and not one.references] == []


def test_the_authors_page_lists_fields_and_rules() -> None:
    """`farside bank schema --write questions` brings its tables up to date."""
    page = (ROOT / "questions" / "README.md").read_text(encoding="utf-8")
    assert page == page_with_tables(page)
    for name in ("fields", "fact-fields", "wording-fields", "order-fields", "rules"):
        assert page.count(f"<!-- {name} -->") == page.count(f"<!-- /{name} -->") == 1
    assert "| `explanation` | yes |" in page
    assert "| `key-among-distractors` | error |" in page
