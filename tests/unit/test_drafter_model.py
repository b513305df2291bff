"""The model of English: more clauses and names where it is installed, and nothing missed where it is not."""

import pytest

from bot.bank.facts import FactKind
from bot.drafter import draft, model
from bot.drafter.draft import stems

with_model = pytest.mark.skipif(not model.is_installed(), reason="farside[draft] is not installed")


@pytest.mark.skipif(model.is_installed(), reason="farside[draft] is installed")
def test_without_a_model_everything_says_nothing() -> None:
    """The plain installation reads with its own rules alone, and looks for nothing elsewhere."""
    assert model.parse(["Ferries carry 400 people to Oslo every day."]) == []
    assert model.kinds_of_names([]) == {}


@with_model
def test_the_model_reads_clauses_that_the_plain_shapes_leave() -> None:
    """A verb in its base form is found by the parse, and turned into a question as the others are."""
    (document,) = model.parse(["Ferries from Denmark carry 400 people to Oslo every day."])
    (clause,) = model.clauses_of(document)
    assert clause.text[slice(*clause.subject)] == "Ferries from Denmark"
    assert clause.verbs == ("carry",)
    text = "Ferries from Denmark carry 400 people to Oslo every day."
    found = {fact.value: stems(fact) for fact in draft(text, name="a").facts_file.facts}
    assert found["400 people"] == ["How many people do ferries from Denmark carry to Oslo every day?"]


@with_model
@pytest.mark.parametrize(
    "text",
    [
        "If Denmark wins, 400 people will come to Oslo.",
        "The plan might cost 400 dollars.",
        "“Denmark pays 400 dollars,” said Anna.",
        "Why does Denmark pay 400 dollars?",
    ],
)
def test_conditions_and_speech_are_no_clauses_for_the_model_either(text: str) -> None:
    """The same things stay unasked, whoever reads the sentence."""
    assert all(model.clauses_of(document) == [] for document in model.parse([text]))


@with_model
def test_the_model_tells_kinds_that_the_words_leave_open() -> None:
    """A name is given the kind that the model takes it for wherever it stands."""
    kinds = model.kinds_of_names(
        model.parse(["Angela Merkel visited Leipzig.", "Angela Merkel spoke in Leipzig."])
    )
    assert kinds["Angela Merkel"] == (FactKind.PERSON, "person")
    assert kinds["Leipzig"] == (FactKind.PLACE, "place")
