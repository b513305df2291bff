"""A facts file as its author writes it."""

from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from bot.bank.facts import Ask, FactsFile, Wording, facts_schema, faults, wordings

LEAST: dict[str, Any] = {
    "source": {"title": "Who won the final"},
    "facts": [
        {"id": "winner", "statement": "Norwood won the cup in 1921.", "kind": "name", "value": "Norwood"}
    ],
}

GOALS = {"kind": "quantity", "value": "3 goals"}


def with_fact(**fields: Any) -> FactsFile:
    """Return the smallest facts file, its fact changed."""
    return FactsFile.model_validate({**LEAST, "facts": [{**LEAST["facts"][0], **fields}]})


def test_a_fact_needs_four_fields_only() -> None:
    """An author starts with an id, a statement, a kind and a value; all else has a default."""
    (fact,) = FactsFile.model_validate(LEAST).facts
    assert (fact.difficulty, fact.status, fact.use, fact.verdict, fact.distractors) == (
        2,
        "reviewed",
        "ask",
        "supported",
        [],
    )
    assert not list(faults(FactsFile.model_validate(LEAST)))


def test_the_schema_accepts_what_the_models_accept() -> None:
    """Editors complete and check a facts file by the JSON Schema."""
    schema = facts_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(LEAST)
    assert not validator.is_valid({**LEAST, "fact": []})


def test_every_field_is_described() -> None:
    """The schema teaches: no field without a sentence about it."""
    schema = facts_schema()
    parts = [schema, *schema["$defs"].values()]
    bare = [
        f"{part.get('title')}.{name}"
        for part in parts
        for name, field in part.get("properties", {}).items()
        if len(field.get("description", "")) < 15
    ]
    assert not bare


def test_an_unknown_field_is_refused() -> None:
    """A slip in a field's name is not passed over."""
    with pytest.raises(ValidationError, match="distractor"):
        with_fact(distractor=["Ashby"])


@pytest.mark.parametrize("asked", ["Who won?", ["Who won?"], {"stem": "Who won?"}, [{"stem": "Who won?"}]])
def test_a_wording_may_be_a_sentence_or_more(asked: Any) -> None:
    """One stem, a list of stems, and wordings with their own keys are written in one place."""
    ask = Ask.model_validate({"choice": asked})
    assert wordings(ask.choice) == (Wording(stem="Who won?"),)


@pytest.mark.parametrize(
    ("fields", "rule", "place"),
    [
        ({"topic": "football"}, "unknown-topic", ("topic",)),
        ({"verdict": "outdated"}, "verdict-without-says", ("verdict",)),
        ({"use": "corrected"}, "corrected-but-supported", ("use",)),
        ({"kind": "year", "value": "in 1921"}, "year-form", ("value",)),
        ({"kind": "year", "value": "²²²²"}, "year-form", ("value",)),
        ({"kind": "quantity", "value": "lots"}, "quantity-form", ("value",)),
        ({"distractors": ["Ashby", "norwood"]}, "key-among-distractors", ("distractors", 1)),
        ({"distractors": ["Ashby", "Leeds", "ashby"]}, "equal-options", ("distractors", 2)),
        ({"kind": "date", "value": "31 February 1921"}, "impossible-day", ("value",)),
        ({"kind": "quantity", "value": "3 to 5 goals"}, "quantity-form", ("value",)),
        ({"kind": "quantity", "value": "3.8 × 105 goals"}, "quantity-form", ("value",)),
        (
            {"kind": "quantity", "value": "1 km", "distractors": ["2 km", "1,000 m"]},
            "key-among-distractors",
            ("distractors", 1),
        ),
        ({**GOALS, "tolerance": {"low": 5, "high": 4}}, "tolerance-order", ("tolerance",)),
        ({**GOALS, "tolerance": {"low": 4, "high": 5}}, "tolerance-misses-value", ("tolerance",)),
        ({"references": ["almanac"]}, "unknown-reference", ("references", 0)),
        ({"ask": {"reverse": "What did Norwood win?"}}, "wording-without-key", ("ask", "reverse")),
        ({"source": "supplement", "paragraphs": [1]}, "supplement-of-article", ("source",)),
        ({"ask": {"set": "Who?"}}, "set-without-keys", ("ask", "set")),
        ({"ask": {"ladder": ["Who?"]}}, "ladder-without-clues", ("ask", "ladder", 0)),
        ({"ask": {"picture": "Who is this?"}}, "picture-without-picture", ("ask", "picture")),
        (
            {"ask": {"choice": {"stem": "Who?", "items": ["A", "B", "C"]}}},
            "field-of-another-kind",
            ("ask", "choice", "items"),
        ),
        (
            {"ask": {"order": {"stem": "In order?", "items": ["A", "B", "C"], "key": "A"}}},
            "two-keys",
            ("ask", "order", "key"),
        ),
        (
            {"ask": {"order": {"stem": "In order?", "items": ["A" * 30, "B" * 30, "C" * 30]}}},
            "long-order",
            ("ask", "order", "items"),
        ),
        (
            {"ask": {"choice": {"stem": "Who?", "verdict": "outdated"}}},
            "verdict-without-says",
            ("ask", "choice", "verdict"),
        ),
        (
            {"ask": {"choice": {"stem": "Who?", "references": ["almanac"]}}},
            "unknown-reference",
            ("ask", "choice", "references", 0),
        ),
        (
            {"ask": {"choice": [{"stem": "Who?", "key": "Ashby"}]}},
            "key-without-distractors",
            ("ask", "choice", 0),
        ),
        (
            {"ask": {"choice": [{"stem": "Who?", "slug": "who"}, {"stem": "Which club?", "slug": "who"}]}},
            "duplicate-slug",
            ("ask", "choice", 1, "slug"),
        ),
    ],
)
def test_a_fault_between_fields_is_found_at_its_place(
    fields: dict[str, Any], rule: str, place: tuple[str | int, ...]
) -> None:
    """Each fault that one field alone does not show is told where it stands, with what to do."""
    found = list(faults(with_fact(**fields)))
    assert [(fault.rule, fault.place) for fault in found] == [(rule, ("facts", 0, *place))]
    assert len(found[0].message) > 20


def test_every_fault_is_found_at_once() -> None:
    """Ids, orders and facts are checked together, not until the first fault."""
    fact = {**LEAST["facts"][0], "topic": "nowhere"}
    items: list[dict[str, Any]] = [
        {"label": "A", "fact": "nobody"},
        {"label": "B"},
        {"label": "C", "value": 1},
    ]
    order = {"id": "cups", "items": items}
    file = FactsFile.model_validate({**LEAST, "facts": [fact, fact], "orders": [order, order]})
    rules = sorted(fault.rule for fault in faults(file))
    assert rules == sorted(
        [
            "duplicate-fact",
            "duplicate-order",
            "unknown-topic",
            "unknown-topic",
            *["unknown-fact", "order-without-value"] * 2,
        ]
    )


def test_a_fact_stands_in_an_order_once() -> None:
    """Two items of one fact in one order would make two questions of one id."""
    items = [{"label": label, "fact": "winner", "value": n} for n, label in enumerate("AB")]
    order = {"id": "cups", "items": [*items, {"label": "C", "value": 9}]}
    file = FactsFile.model_validate({**LEAST, "orders": [order]})
    assert [fault.rule for fault in faults(file)] == ["duplicate-item"]


@pytest.mark.parametrize(
    "fields",
    [
        {"explanation": " "},
        {"statement": "\t"},
        {"value": " "},
        {"distractors": ["Ashby", "  "]},
        {"aliases": [" "]},
        {"ask": " "},
        {"ask": {"choice": [{"stem": "Who won?", "key": " ", "distractors": ["Ashby"]}]}},
        {"references": [{"title": " "}]},
    ],
)
def test_a_blank_text_is_told(fields: dict[str, Any]) -> None:
    """What holds nothing but spaces is as empty as nothing, and a card would show a gap."""
    with pytest.raises(ValidationError):
        with_fact(**fields)
