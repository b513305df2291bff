"""The questions that ship: fresh, enough, balanced, and true to their facts."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.bank.facts import FactsFile, Use, asked_wordings, facts_schema, faults
from bot.bank.folding import folded
from bot.bank.generator import generate, generate_questions
from bot.bank.schema import read_document
from bot.moon.scenes import check_scene
from bot.quiz.quantity import parse_amount
from bot.quiz.question import Kind, Origin, Question, Verdict

MOON = Path(__file__).parents[2] / "questions" / "moon"
_NAMED = frozenset(Kind) - {Kind.TRUE_FALSE, Kind.NUMBER, Kind.YEAR, Kind.ESTIMATE}
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
    """The article's 83 facts and ours are there, whole: references, explanations and topics."""
    assert not list(faults(file))
    ours = [fact for fact in file.facts if fact.source is Origin.SUPPLEMENT]
    assert len(file.facts) - len(ours) == 83
    for fact in file.facts:
        assert fact.references, fact.id
        assert bool(fact.paragraphs) == (fact.source is Origin.ARTICLE), fact.id
        assert fact.explanation, fact.id
        assert fact.topic in file.topics
        assert (fact.says is not None) == (fact.verdict is not Verdict.SUPPORTED), fact.id
    assert all(paragraph <= 45 for fact in file.facts for paragraph in fact.paragraphs)
    assert set(_cited(file)) == set(file.references)
    assert all(reference.url.startswith("http") for reference in file.references.values())


def _cited(file: FactsFile) -> Iterator[str]:
    for fact in file.facts:
        worded = (wording.references or () for _, _, wording in asked_wordings(fact))
        for reference in chain(fact.references, *worded):
            assert isinstance(reference, str), fact.id
            yield reference


def test_the_bank_is_of_today(file: FactsFile) -> None:
    """At least 15 facts say on which day they hold; every reference that was read says when."""
    assert sum(fact.as_of is not None for fact in file.facts) >= 15
    seen = [reference for reference in file.references.values() if reference.seen]
    assert len(seen) >= 20
    assert all(reference.seen_as for reference in seen)


def test_every_name_of_a_fact_or_question_is_known(questions: tuple[Question, ...]) -> None:
    """Enemies are facts and questions that there are."""
    known = {question.id for question in questions} | {question.fact for question in questions}
    assert {enemy for question in questions for enemy in question.enemies} <= known


def test_the_facts_fit_the_schema_for_editors() -> None:
    """The JSON Schema that completes an author's typing accepts the facts that ship."""
    plain: Any = yaml.safe_load((MOON / "facts.yaml").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(facts_schema())
    assert [error.json_path for error in validator.iter_errors(plain)] == []


def test_there_are_enough_questions(questions: tuple[Question, ...], file: FactsFile) -> None:
    """At least 400 questions, ten facts and 20 questions a topic, two kinds for every fact that is asked."""
    assert len(questions) >= 400
    assert min(Counter(fact.topic for fact in file.facts).values()) >= 10
    topics = Counter(question.topic for question in questions)
    assert set(topics) == set(file.topics)
    assert min(topics.values()) >= 20
    kinds: dict[str, set[Kind]] = {}
    for question in questions:
        kinds.setdefault(question.fact, set()).add(question.kind)
    assert {fact.id for fact in file.facts} - set(kinds) == AVOIDED
    assert all(len(each) >= 2 for each in kinds.values())
    assert len({question.id for question in questions}) == len(questions)


def test_the_kinds_are_mixed(questions: tuple[Question, ...]) -> None:
    """Half are of choice; at most 60 true or false, 25 two-line orders, and a third not of the article."""
    kinds = Counter(question.kind for question in questions)
    assert set(kinds) >= set(Kind) - {Kind.PICTURE}
    assert min(kinds.values()) >= 12
    assert kinds[Kind.TRUE_FALSE] <= 60
    assert sum(question.kind is Kind.ORDER and not question.items for question in questions) <= 25
    chosen = kinds[Kind.CHOICE] + kinds[Kind.TEXT] + kinds[Kind.REVERSE]
    assert 0.4 <= chosen / len(questions) <= 0.6
    ours = sum(question.source.origin is Origin.SUPPLEMENT for question in questions)
    assert ours / len(questions) <= 1 / 3


def test_an_explanation_is_told_twice_at_most(questions: tuple[Question, ...]) -> None:
    """Each question tells its own reason."""
    told = Counter(question.explanation for question in questions)
    assert max(told.values()) <= 2


def test_nothing_is_right_whenever_it_is_offered(questions: tuple[Question, ...]) -> None:
    """Who has noticed what is often right wins nothing by it."""
    offered: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for question in questions:
        if question.kind in _NAMED and not question.items:
            keys = question.keys or (question.key,)
            right.update(keys)
            offered.update((*keys, *question.distractors))
    assert [name for name, count in offered.items() if count >= 3 and right[name] == count] == []


def test_no_stem_speaks_of_an_article(questions: tuple[Question, ...]) -> None:
    """A player sees the stem alone, and has read no article."""
    assert not [question.id for question in questions if re.search(r"\b[Tt]he article\b", question.stem)]


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
    assert {question.fact for question in asked if question.source.says} == CORRECTED


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
        if question.kind is Kind.TRUE_FALSE:
            continue
        key = re.escape(folded(question.key))
        assert not re.search(rf"(?<!\w){key}(?!\w)", question.stem.casefold()), question.id


def test_the_options_are_fair(questions: tuple[Question, ...]) -> None:
    """Options differ, fit a button and have no article; the key is seldom the longest; numbers ascend."""
    longest = 0
    chosen = [question for question in questions if question.kind not in (Kind.TRUE_FALSE, Kind.ESTIMATE)]
    for question in chosen:
        keys = question.keys or (question.key,)
        options = [*keys, *question.distractors]
        assert len({folded(option) for option in options}) == len(options), question.id
        assert len(keys) + 2 <= len(options) <= 6, question.id
        assert len(options) >= 4, question.id
        assert all(len(option) <= 80 for option in options), question.id
        assert not [option for option in options if re.match(r"(?:a|an|the) ", option, re.IGNORECASE)], (
            question.id
        )
        others = max(len(option) for option in question.distractors)
        assert max(map(len, keys)) <= max(1.6 * others, others + 6), question.id
        longest += not question.items and max(map(len, keys)) > others
        if question.tolerance is not None:
            key = parse_amount(question.key)
            assert key is not None
            numbers = []
            for distractor in question.distractors:
                amount = parse_amount(distractor)
                assert amount is not None, question.id
                assert amount.unit.rstrip("s") == key.unit.rstrip("s"), question.id
                assert not question.tolerance.low <= amount.number <= question.tolerance.high, question.id
                numbers.append(amount.number)
            assert numbers == sorted(numbers), question.id
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
        assert question.stem.startswith("True or false: ") == is_claim, question.id
        assert question.stem.endswith("." if is_claim or question.items else "?"), question.id


def test_no_stem_is_asked_twice(questions: tuple[Question, ...]) -> None:
    """Comparisons, too, take turns in their words; about different pictures the same may be asked."""
    seen = Counter(
        (question.stem.casefold(), question.picture and question.picture.image) for question in questions
    )
    assert [stem for stem, count in seen.items() if count > 1] == []


def test_pictures_can_be_drawn_and_their_words_do_not_tell(questions: tuple[Question, ...]) -> None:
    """There are thirty or more; each is one that Farside draws, and what is read out holds no option."""
    pictured = [question for question in questions if question.picture is not None]
    assert len(pictured) >= 30
    for question in pictured:
        assert question.picture is not None
        check_scene(question.picture.image)
        told = question.picture.alt.casefold()
        assert not any(option.casefold() in told for option in question.options), question.id


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
        allowed = {"tolerance", "keys", "items", "clues", "as_of", "enemies", "allow", "picture"}
        assert [name for name in one if name not in allowed] == [*fields, "explanation", "source"], one["id"]
        assert ("tolerance" in one) == (one["kind"] in ("number", "year", "estimate")), one["id"]
        assert [name for name in one["source"] if name != "origin"] == parts, one["id"]
        texts = (one["stem"], one["key"], *one["distractors"], *one["accept"])
        assert all(isinstance(text, str) for text in texts), one["id"]


def test_the_articles_misspellings_are_not_repeated() -> None:
    """The article misspells names; a player never sees that."""
    text = (MOON / "questions.yaml").read_text(encoding="utf-8") + (MOON / "facts.yaml").read_text(
        encoding="utf-8"
    )
    assert not re.search(r"Yutru|Change'e|Celcius", text)
