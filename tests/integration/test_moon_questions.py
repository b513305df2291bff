"""The questions that ship: fresh, enough, balanced, and true to their facts."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.bank.facts import FactsFile, Use, facts_schema, faults
from bot.bank.folding import folded
from bot.bank.generator import generate, generate_questions
from bot.bank.schema import read_document
from bot.quiz.quantity import parse_amount
from bot.quiz.question import ONE_PRESS, Kind, Question, Verdict

MOON = Path(__file__).parents[2] / "questions" / "moon"
AVOIDED = {"lander-camera-lifetime", "ce5-complexity", "long-term-safety"}
CORRECTED = {
    "relay-orbit",
    "far-side-best-data",
    "soil-sampling",
    "canister-eggs",
    "ice-location",
    "settlement-site",
    "temperature-max",
    "moon-class",
    "brightness-cause",
}


@pytest.fixture(scope="module")
def file() -> FactsFile:
    """Return the facts that ship."""
    read, problems = read_document(MOON / "facts.yaml", FactsFile)
    assert read is not None, problems
    return read


@pytest.fixture(scope="module")
def questions(file: FactsFile) -> tuple[Question, ...]:
    """Return the questions that the facts give rise to."""
    return generate_questions(file)


def test_the_committed_questions_are_fresh(file: FactsFile) -> None:
    """Generating again gives the committed file, byte for byte."""
    assert (MOON / "questions.yaml").read_text(encoding="utf-8") == generate(file)


def test_the_facts_are_sound(file: FactsFile) -> None:
    """All 83 facts of the article are there, whole: references, explanations, topics, and nothing at odds."""
    assert not list(faults(file))
    assert len(file.facts) == 83
    for fact in file.facts:
        assert fact.references, fact.id
        assert fact.paragraphs, fact.id
        assert fact.explanation, fact.id
        assert fact.topic in file.topics
        assert (fact.says is not None) == (fact.verdict is not Verdict.SUPPORTED), fact.id
    assert all(paragraph <= 45 for fact in file.facts for paragraph in fact.paragraphs)
    cited = {reference for fact in file.facts for reference in fact.references if isinstance(reference, str)}
    assert cited == set(file.references)
    assert all(reference.url.startswith("http") for reference in file.references.values())


def test_the_facts_fit_the_schema_for_editors() -> None:
    """The JSON Schema that completes an author's typing accepts the facts that ship."""
    plain: Any = yaml.safe_load((MOON / "facts.yaml").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(facts_schema())
    assert [error.json_path for error in validator.iter_errors(plain)] == []


def test_there_are_enough_questions(questions: tuple[Question, ...], file: FactsFile) -> None:
    """At least 300 questions of eight kinds, 20 a topic, two kinds for every fact that is asked."""
    assert len(questions) >= 300
    assert {question.kind for question in questions} >= ONE_PRESS - {Kind.ODD_ONE_OUT}
    assert min(Counter(question.kind for question in questions).values()) >= 12
    topics = Counter(question.topic for question in questions)
    assert set(topics) == set(file.topics)
    assert min(topics.values()) >= 20
    kinds: dict[str, set[Kind]] = {}
    for question in questions:
        kinds.setdefault(question.fact, set()).add(question.kind)
    assert len(kinds) >= 78
    assert {fact.id for fact in file.facts} - set(kinds) == AVOIDED
    assert all(len(each) >= 2 for each in kinds.values())
    assert len({question.id for question in questions}) == len(questions)


def test_the_corrected_facts_are_asked_in_corrected_form(
    file: FactsFile, questions: tuple[Question, ...]
) -> None:
    """Nine facts contradict or overtake the article: a question that cites it carries what it says."""
    assert {fact.id for fact in file.facts if fact.use is Use.CORRECTED} == CORRECTED
    asked = [question for question in questions if question.fact in CORRECTED]
    assert {question.fact for question in asked} == CORRECTED
    assert all(
        question.source.says and question.source.verdict is not Verdict.SUPPORTED
        for question in asked
        if question.source.verdict or question.source.paragraphs
    )


def test_true_and_false_statements_are_balanced(questions: tuple[Question, ...]) -> None:
    """Guessing True all the time wins nothing, in the bank as in a topic."""
    claims = [question for question in questions if question.kind is Kind.TRUE_FALSE]
    share = sum(question.key == "True" for question in claims) / len(claims)
    assert 0.45 <= share <= 0.55
    for topic in {question.topic for question in claims}:
        keys = Counter(question.key for question in claims if question.topic == topic)
        assert 0.25 <= keys["True"] / keys.total() <= 0.75, topic


def test_no_stem_holds_its_key(questions: tuple[Question, ...]) -> None:
    """The answer is not to be read off the question."""
    for question in questions:
        key = re.escape(folded(question.key))
        assert not re.search(rf"(?<!\w){key}(?!\w)", question.stem.casefold()), question.id


def test_the_options_are_fair(questions: tuple[Question, ...]) -> None:
    """Options differ, fit a button, and the key is seldom the longest; numbers lie outside the tolerance."""
    longest = 0
    chosen = [question for question in questions if question.kind is not Kind.TRUE_FALSE]
    for question in chosen:
        options = [question.key, *question.distractors]
        assert len({folded(option) for option in options}) == len(options), question.id
        assert 3 <= len(options) <= 5, question.id
        assert all(len(option) <= 80 for option in options), question.id
        others = max(len(option) for option in question.distractors)
        assert len(question.key) <= max(1.6 * others, others + 6), question.id
        longest += len(question.key) > others
        if question.tolerance is not None:
            key = parse_amount(question.key)
            assert key is not None
            for distractor in question.distractors:
                amount = parse_amount(distractor)
                assert amount is not None, question.id
                assert amount.unit.rstrip("s") == key.unit.rstrip("s"), question.id
                assert not question.tolerance.low <= amount.number <= question.tolerance.high, question.id
    assert longest / len(chosen) < 0.25


def test_numbers_carry_a_tolerance_with_a_unit(questions: tuple[Question, ...]) -> None:
    """A typed number is judged in a unit that is told."""
    for question in questions:
        if question.kind in (Kind.NUMBER, Kind.YEAR):
            assert question.tolerance is not None, question.id
            assert question.tolerance.unit, question.id
            amount = parse_amount(question.key)
            assert amount is not None
            assert question.tolerance.low <= amount.number <= question.tolerance.high, question.id


def test_the_right_number_is_no_favourite_of_any_rank(questions: tuple[Question, ...]) -> None:
    """Whoever always takes the middle number, or the largest, wins little more than chance."""
    ranks: Counter[int] = Counter()
    for question in questions:
        if question.kind in (Kind.NUMBER, Kind.YEAR):
            options = [parse_amount(option) for option in (question.key, *question.distractors)]
            numbers = [option.number for option in options if option is not None]
            ranks[sorted(numbers).index(numbers[0])] += 1
    assert len(ranks) == 5
    assert max(ranks.values()) / ranks.total() <= 0.3


def test_every_question_is_whole(questions: tuple[Question, ...]) -> None:
    """Stem, explanation and source stand in every question, within the lengths that a card has room for."""
    for question in questions:
        assert 0 < len(question.stem) <= 300
        assert 20 <= len(question.explanation) <= 200, question.id
        assert question.source.title
        assert question.source.publisher == "The Sun"
        assert question.source.published == "January 2020"
        is_claim = question.kind is Kind.TRUE_FALSE
        assert question.stem.endswith("." if is_claim else "?"), question.id


def test_no_stem_is_asked_twice(questions: tuple[Question, ...]) -> None:
    """Comparisons, too, take turns in their words."""
    seen = Counter(question.stem.casefold() for question in questions)
    assert [stem for stem, count in seen.items() if count > 1] == []


def test_the_file_holds_every_field_of_every_question() -> None:
    """Whoever reads the file as plain YAML finds each documented field; a number has its tolerance."""
    text = (MOON / "questions.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=")
    file = yaml.safe_load(text)
    assert next(iter(file)) == "version"
    fields = [
        "id",
        "fact",
        "kind",
        "topic",
        "difficulty",
        "stem",
        "key",
        "distractors",
        "accept",
    ]
    parts = ["title", "publisher", "published", "paragraphs", "verdict", "says", "references"]
    for one in file["questions"]:
        allowed = {"tolerance", "allow"}
        assert [name for name in one if name not in allowed] == [*fields, "explanation", "source"], one["id"]
        assert ("tolerance" in one) == (one["kind"] in ("number", "year")), one["id"]
        assert list(one["source"]) == parts, one["id"]
        texts = (one["stem"], one["key"], *one["distractors"], *one["accept"])
        assert all(isinstance(text, str) for text in texts), one["id"]


def test_the_articles_misspellings_are_not_repeated() -> None:
    """The article misspells names; a player never sees that."""
    text = (MOON / "questions.yaml").read_text(encoding="utf-8") + (MOON / "facts.yaml").read_text(
        encoding="utf-8"
    )
    assert not re.search(r"Yutru|Change'e|Celcius", text)
