"""Schemas: models, values, the committed JSON Schemas and the README say the same."""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.bank import load_bank
from bot.bank.linter import check
from bot.bank.schema import (
    Authored,
    AuthoredQuestion,
    AuthoredReference,
    AuthoredSource,
    AuthoredTolerance,
    as_question,
    field_table,
)
from bot.bank.writer import dump_yaml
from bot.cli.bank.reference import rules_table, schema_texts
from bot.quiz.question import Kind, Question, Reference, Source, Tolerance
from tests.banks import number_question, plain, question, source, yaml_of

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("model", "value"),
    [
        (AuthoredQuestion, Question),
        (AuthoredSource, Source),
        (AuthoredTolerance, Tolerance),
        (AuthoredReference, Reference),
    ],
)
def test_models_have_the_fields_of_the_values(model: type[Authored], value: type) -> None:
    """Whatever a question knows can be written, and nothing else."""
    assert is_dataclass(value)
    assert set(model.model_fields) == {field.name for field in fields(value)}


def test_every_field_of_a_model_reaches_the_value() -> None:
    """Nothing is lost between what was validated and what is played."""
    made = number_question(accept=("357",), allow={"long-stem": "why"}, source=source(says="Less."))
    assert as_question(AuthoredQuestion.model_validate(plain(made))) == made


def test_every_field_is_described() -> None:
    """Editors show the description; the README's table is made of it."""
    for model in (AuthoredQuestion, AuthoredSource, AuthoredTolerance, AuthoredReference):
        for name, about in model.model_fields.items():
            assert about.description, f"{model.__name__}.{name}"


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
def test_schema_and_loader_refuse_the_same(change: dict[str, Any]) -> None:
    """What an editor underlines is what keeps a bank from loading."""
    schema = json.loads(schema_texts()["questions.schema.json"])
    file = {"version": 1, "questions": [{**plain(question()), **change}]}
    jsonschema.validate(yaml.safe_load(yaml_of(question())), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(file, schema)


@pytest.mark.parametrize("change", [{"difficulty": 4}, {"colour": "blue"}, {"source": {}}, {"stem": ""}])
def test_the_loader_refuses_what_the_schema_refuses(tmp_path: Path, change: dict[str, Any]) -> None:
    """The other half of the same law."""
    path = tmp_path / "q.yaml"
    path.write_text(
        dump_yaml({"version": 1, "questions": [{**plain(question()), **change}]}), encoding="utf-8"
    )
    assert any(problem.level == "error" for problem in check([path]))


def test_the_shipped_bank_is_clean_and_large_enough() -> None:
    """No problem of any rule; 300 questions from 78 facts; 20 on each topic; every kind."""
    assert check([ROOT / "questions"]) == []
    bank = load_bank(ROOT / "questions")
    assert len(bank) >= 300
    assert len({one.fact for one in bank}) >= 78
    assert all(len(bank.pool(topic)) >= 20 for topic in bank.topics)
    assert {str(one.kind) for one in bank} == set(Kind)
    assert set(bank.facts) >= {one.fact for one in bank}


def between(text: str, name: str) -> str:
    """Return what stands in the README between two markers."""
    return text.partition(f"<!-- {name} -->\n")[2].partition(f"\n<!-- /{name} -->")[0]


def test_the_readme_lists_fields_and_rules() -> None:
    """Made by `farside bank schema --table` and `farside bank rules --format markdown`."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert between(readme, "fields").strip() == field_table().strip()
    assert between(readme, "rules").strip() == rules_table().strip()
