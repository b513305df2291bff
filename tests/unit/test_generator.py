"""The generator's laws, on facts files of any author."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.bank import invention
from bot.bank.facts import FactKind, FactsFile, faults
from bot.bank.folding import folded, same_answer
from bot.bank.generator import MAX_DISTRACTORS, generate, generate_questions
from bot.quiz.quantity import parse_amount
from bot.quiz.question import TYPED, Kind, Origin, Picture, Question, Tolerance
from tests.laws import tried

SOURCE = {"title": "A bridge is opened", "publisher": "The Echo", "published": "May 1999"}
BRIDGE: dict[str, Any] = {
    "id": "opened",
    "statement": "The bridge at Farley was opened in 1894.",
    "kind": "year",
    "value": "1894",
    "ask": "In which year was the bridge at Farley opened?",
}
ARCHITECT: dict[str, Any] = {
    "id": "architect",
    "statement": "The bridge at Farley was designed by Mary Cole.",
    "kind": "person",
    "value": "Mary Cole",
    "distractors": ["John Vane", "Ida Marsh", "Amos Pike"],
    "ask": "Who designed the bridge at Farley?",
}


def file_of(*facts: dict[str, Any], **fields: Any) -> FactsFile:
    """Return a facts file about a bridge."""
    return FactsFile.model_validate({"source": SOURCE, "facts": list(facts), **fields})


def questions_of(*facts: dict[str, Any], **fields: Any) -> dict[str, Question]:
    """Return the questions that `facts` give rise to, by id."""
    return {question.id: question for question in generate_questions(file_of(*facts, **fields))}


def test_the_least_an_author_gives_makes_questions() -> None:
    """A statement, a value and one stem give a question with options and a statement to be judged."""
    questions = questions_of(BRIDGE, ARCHITECT)
    assert set(questions) == {"opened.year", "opened.true_false", "architect.choice", "architect.true_false"}
    choice = questions["architect.choice"]
    assert (choice.key, choice.distractors) == ("Mary Cole", ("John Vane", "Ida Marsh", "Amos Pike"))
    assert choice.explanation == ARCHITECT["statement"]
    year = questions["opened.year"]
    assert len(year.distractors) == 3
    assert all(re.fullmatch(r"1[789]\d\d", wrong) and wrong != "1894" for wrong in year.distractors)
    assert (year.tolerance and (year.tolerance.low, year.tolerance.high)) == (1894, 1894)


def test_a_statement_that_facts_share_is_judged_once() -> None:
    """Several values of one sentence make one statement to be told true or false, beside their questions."""
    designed = {**BRIDGE, "id": "same", "value": "1895", "ask": "When?"}
    questions = questions_of(BRIDGE, designed)
    assert set(questions) == {"opened.year", "opened.true_false", "same.year"}


def test_a_false_statement_carries_a_distractor_in_the_place_of_the_value() -> None:
    """About half of the facts are told falsely; the rest of the sentence stays as the author wrote it."""
    claims = []
    for number in range(40):
        fact = {**ARCHITECT, "id": f"architect-{number}"}
        (claim,) = (q for q in questions_of(fact).values() if q.kind is Kind.TRUE_FALSE)
        claims.append(claim)
        told = re.fullmatch(r"True or false: The bridge at Farley was designed by (.*)\.", claim.stem)
        assert told is not None
        assert (told[1] == "Mary Cole") == (claim.key == "True")
        assert claim.distractors == ("False" if claim.key == "True" else "True",)
    assert 10 <= sum(claim.key == "True" for claim in claims) <= 30


def test_a_false_statement_may_carry_a_made_up_year() -> None:
    """Years and amounts without distractors are told falsely too, with a number that is wrong."""
    stems = {
        claim.stem
        for number in range(40)
        for claim in questions_of({**BRIDGE, "id": f"f{number}", "ask": {}}).values()
        if claim.key == "False"
    }
    assert stems
    assert all(
        re.fullmatch(r"True or false: The bridge at Farley was opened in 1[789]\d\d\.", stem)
        for stem in stems
    )
    assert f"True or false: {BRIDGE['statement']}" not in stems


def test_a_value_inside_another_word_or_number_is_not_replaced() -> None:
    """A false statement is made only where the value stands by itself, once."""
    for value, statement in [
        ("4", "Chang'e-4 has 4.5 m legs."),
        ("Mars", "Marsh and Mars's moon"),
        ("1", "1 of 1"),
    ]:
        fact = {**ARCHITECT, "value": value, "statement": statement, "distractors": ["7", "8"]}
        for number in range(8):
            (claim,) = questions_of({**fact, "id": f"f{number}", "ask": {}}).values()
            assert (claim.stem, claim.key) == (f"True or false: {statement}", "True")


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"use": "avoid"}])
def test_a_draft_and_a_fact_to_avoid_give_nothing(fields: dict[str, str]) -> None:
    """Nothing is asked that no person has vouched for, alone or in a comparison."""
    items = [{"label": label, "value": n} for n, label in enumerate(("Dover", "Calais"))]
    order = {
        "id": "sizes",
        "least": ["Which is least?"],
        "items": [*items, {"label": "Farley", "fact": "opened"}],
    }
    assert not questions_of({**BRIDGE, **fields}, orders=[order])


def test_an_easy_fact_is_easy_unless_the_author_says_otherwise() -> None:
    """A trivial fact's questions count as difficulty 1, but a harder wording may say so."""
    ask = {"choice": ["Who designed it?", {"stem": "Whose plans were chosen?", "difficulty": 3}]}
    questions = questions_of({**ARCHITECT, "use": "easy", "difficulty": 2, "ask": ask})
    assert (questions["architect.choice"].difficulty, questions["architect.choice-2"].difficulty) == (1, 3)


def test_ids_are_stable_when_other_facts_change() -> None:
    """A question keeps its id and its text, whatever stands before or after its fact."""
    alone, both = questions_of(ARCHITECT), questions_of(BRIDGE, ARCHITECT)
    assert {name: both[name] for name in alone} == alone


def test_a_slug_names_a_wording() -> None:
    """An author who moves wordings about gives them names."""
    ask = {"choice": [{"stem": "Who drew it?", "slug": "drew"}, "Who designed it?"], "true_statements": []}
    assert set(questions_of({**ARCHITECT, "ask": ask})) == {"architect.choice-drew", "architect.choice-2"}


def test_the_id_of_a_claim_does_not_tell_whether_it_is_true() -> None:
    """True and false statements share one row of numbers, which starts differently from fact to fact."""
    ask = {"true_statements": ["It is made of iron."], "false_statements": ["It is made of wood."]}
    keys = set()
    for number in range(30):
        claims = questions_of({**ARCHITECT, "id": f"a{number}", "ask": ask})
        keys.add(claims[f"a{number}.true_false-1"].key)
    assert keys == {"True", "False"}


def test_a_statement_added_later_renames_no_other() -> None:
    """A new true statement leaves the ids of the false ones alone, and the other way round."""
    ask = {"true_statements": ["It is made of iron."], "false_statements": ["It is made of wood."]}
    before = questions_of({**ARCHITECT, "ask": ask})
    after = questions_of(
        {**ARCHITECT, "ask": {**ask, "true_statements": ["It is made of iron.", "It stands."]}}
    )
    assert {name: after[name] for name in before} == before


def test_no_question_without_two_fit_distractors() -> None:
    """One wrong answer is no choice; and no wrong answer is invented for a name."""
    questions = questions_of({**ARCHITECT, "distractors": ["John Vane"]})
    assert set(questions) == {"architect.true_false"}


@pytest.mark.parametrize("length", [284, 285, 286, 300])
def test_a_statement_of_any_length_gives_its_other_questions(length: int) -> None:
    """One that is too long to be told behind "True or false" is not told, and stops nothing else."""
    statement = f"The bridge {'x' * (length - 25)} opened in 1921."[:length]
    kinds = {
        question.kind
        for question in questions_of({**BRIDGE, "statement": statement, "value": "1921"}).values()
    }
    assert Kind.YEAR in kinds
    assert (Kind.TRUE_FALSE in kinds) == (len(statement) + len("True or false: ") <= 300)


def test_a_distractor_within_the_tolerance_is_left_out() -> None:
    """What would be right when typed is never offered as wrong."""
    fact = {
        "id": "length",
        "statement": "The bridge is about 350 m long.",
        "kind": "quantity",
        "value": "350 m",
        "tolerance": {"low": 340, "high": 360},
        "distractors": ["355 m", "90 m", "1,200 m"],
        "ask": "About how long is the bridge at Farley?",
    }
    assert questions_of(fact)["length.number"].distractors == ("90 m", "1,200 m")


@pytest.mark.parametrize(
    "value", ["350 m", "2,159 miles", "2 arches", "4 arches", "0.27", "-173 °C", "4.51 billion years", "59%"]
)
def test_wrong_numbers_are_made_up_in_the_form_of_the_key(value: str) -> None:
    """Where the author gave none: same unit, same places, outside what counts as right."""
    fact = {
        "id": "n",
        "statement": f"It is {value}.",
        "kind": "quantity",
        "value": value,
        "ask": "How much is it?",
    }
    question = questions_of(fact)["n.number"]
    key = parse_amount(value)
    assert key is not None
    assert question.tolerance is not None
    assert len(question.distractors) == 3
    for distractor in question.distractors:
        amount = parse_amount(distractor)
        assert amount is not None
        assert (amount.unit, amount.decimals) == (key.unit, key.decimals)
        assert not question.tolerance.low <= amount.number <= question.tolerance.high
        assert (amount.number, amount.unit) != (1, "arches")
        assert abs(key.number) / 10 < abs(amount.number) < abs(key.number) * 10


def test_made_up_years_do_not_lie_after_the_article() -> None:
    """An article of 1999 makes no one guess 2003."""
    for number in range(30):
        fact = {**BRIDGE, "id": f"f{number}", "value": "1998", "statement": "It was painted in 1998."}
        (question,) = (q for q in questions_of(fact).values() if q.kind is Kind.YEAR)
        assert all(1900 < int(wrong) <= 1999 for wrong in question.distractors)


NONE: dict[str, Any] = {"true_statements": []}


def order_file(**fields: Any) -> FactsFile:
    """Return a facts file with a row of five things, three of them facts."""
    facts = [
        {"id": name, "statement": f"{name} is {n} m.", "kind": "quantity", "value": f"{n} m", "ask": NONE}
        for name, n in (("creek", 4), ("brook", 9), ("river", 60))
    ]
    items = [
        {"label": "The creek", "fact": "creek", "shown": "4 m"},
        {"label": "The brook", "fact": "brook", "shown": "9 m"},
        {"label": "The river", "fact": "river", "shown": "60 m"},
        {"label": "The ditch", "value": 1, "shown": "1 m"},
        {"label": "The sound", "value": 900, "shown": "900 m"},
    ]
    order = {
        "id": "widths",
        "least": ["Which is narrowest?"],
        "most": ["Which is widest?"],
        "items": items,
        **fields,
    }
    return file_of(*facts, orders=[order])


def test_comparisons_have_one_right_answer() -> None:
    """Each item of a fact is the least of those above it and the most of those below it."""
    found = {q.id: (q.key, q.distractors) for q in generate_questions(order_file())}
    assert found == {
        "creek.order.widths-least": ("The creek", ("The brook", "The river", "The sound")),
        "brook.order.widths-least": ("The brook", ("The river", "The sound")),
        "brook.order.widths-most": ("The brook", ("The creek", "The ditch")),
        "river.order.widths-most": ("The river", ("The brook", "The creek", "The ditch")),
    }


def test_a_comparison_tells_the_order_afterwards() -> None:
    """The explanation lists the options from least to most, with their numbers."""
    found = {q.id: q.explanation for q in generate_questions(order_file())}
    assert found["river.order.widths-most"] == (
        "In order: The ditch (1 m), The creek (4 m), The brook (9 m), The river (60 m)."
    )


def test_what_lies_too_close_is_not_compared() -> None:
    """An order's `gap` keeps apart what a fair question cannot tell apart."""
    found = {q.id: q.distractors for q in generate_questions(order_file(gap=10))}
    assert found == {
        "creek.order.widths-least": ("The river", "The sound"),
        "brook.order.widths-least": ("The river", "The sound"),
        "river.order.widths-most": ("The brook", "The creek", "The ditch"),
    }


def test_a_file_with_faults_is_refused_with_all_of_them() -> None:
    """The generator writes nothing from a file that is wrong, and says why."""
    with pytest.raises(ValueError, match=r"facts\.0\.topic(.|\n)*facts\.0\.verdict"):
        generate(file_of({**BRIDGE, "topic": "rivers", "verdict": "outdated"}))


def test_several_files_make_one() -> None:
    """An author with two articles may put their questions together."""
    one, other = file_of(BRIDGE), file_of(ARCHITECT)
    ids = [question["id"] for question in yaml.safe_load(generate(one, other))["questions"]]
    assert ids == [question.id for file in (one, other) for question in generate_questions(file)]


def test_a_coin_falls_alike_everywhere() -> None:
    """What stands in for chance is a digest: the same on every machine and in every run."""
    tosses = [invention.coin(name) for name in ("opened", "architect", "launch-year", "a", "b")]
    assert tosses == [False, True, False, False, False]


LETTERS = st.text("abcdefgäé '-,.", min_size=1, max_size=12).map(str.strip).filter(bool)
IDS = st.from_regex(r"[a-z]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)
NUMBERS = st.one_of(
    st.integers(0, 99999).map(str),
    st.integers(1000, 10**7).map(lambda n: f"{n:,} km"),
    st.decimals(-500, 500, places=2).map(lambda n: f"{n} °C"),
    st.sampled_from(["1/6", "fifth", "four moons", "12%"]),
)


@st.composite
def facts_files(draw: st.DrawFn) -> FactsFile:
    """Any facts file whose fields fit together."""
    facts = []
    for identifier in draw(st.lists(IDS, min_size=1, max_size=4, unique=True)):
        kind = draw(st.sampled_from(list(FactKind)))
        values = {FactKind.QUANTITY: NUMBERS, FactKind.YEAR: st.integers(1000, 2100).map(str)}.get(
            kind, LETTERS
        )
        value = draw(values)
        wording = st.one_of(
            LETTERS,
            st.builds(
                lambda stem, key, wrong: {"stem": stem, "key": key, "distractors": wrong},
                LETTERS,
                NUMBERS | LETTERS,
                st.lists(NUMBERS | LETTERS, min_size=1, max_size=5),
            ),
        )
        kinds = ("choice", "text", "number", "year", "myth", "true_statements", "false_statements")
        ask = draw(
            st.one_of(
                LETTERS, st.fixed_dictionaries({}, optional={k: st.lists(wording, max_size=3) for k in kinds})
            )
        )
        fact = {
            "id": identifier,
            "kind": kind.value,
            "value": value,
            "ask": ask,
            "statement": draw(LETTERS) + draw(st.sampled_from(["", f" is {value}."])),
            "distractors": [
                wrong for wrong in draw(st.lists(values, max_size=6)) if not same_answer(wrong, value)
            ],
            "aliases": draw(st.lists(LETTERS, max_size=3)),
            "difficulty": draw(st.integers(1, 3)),
            "use": draw(st.sampled_from(["ask", "ask", "easy", "avoid"])),
            "status": draw(st.sampled_from(["reviewed", "reviewed", "draft"])),
        }
        if kind is FactKind.QUANTITY and draw(st.booleans()) and (amount := parse_amount(value)):
            slack = draw(st.floats(0, 50))
            fact["tolerance"] = {"low": amount.number - slack, "high": amount.number + slack}
        facts.append(fact)
    items = [
        {"label": draw(LETTERS), "value": draw(st.floats(-9, 9)), "fact": draw(st.sampled_from([None, name]))}
        for name in (*(fact["id"] for fact in facts), None, None, None)
    ]
    order = {
        "id": "row",
        "least": ["Which is least?"],
        "most": ["Which is most?"],
        "items": items,
        "gap": draw(st.sampled_from([0, 0.5])),
        "options": draw(st.integers(3, 5)),
    }
    file = FactsFile.model_validate(
        {"source": SOURCE, "facts": facts, "orders": draw(st.sampled_from([[], [order]]))}
    )
    assert not [fault for fault in faults(file) if fault.level == "error"]
    return file


@tried(25)
@given(facts_files())
def test_whatever_the_facts_the_questions_are_sound(file: FactsFile) -> None:
    """Laws: ids are unique; options are distinct, 2 to 5; no distractor is right; every field is filled."""
    questions = generate_questions(file)
    asked = {fact.id: fact for fact in file.facts if fact.status == "reviewed" and fact.use != "avoid"}
    assert len({question.id for question in questions}) == len(questions)
    for question in questions:
        fact = asked[question.fact]
        assert question.id.startswith((f"{fact.id}.{question.kind}", f"{fact.id}.order."))
        options = [folded(option) for option in (question.key, *question.distractors)]
        assert len(set(options)) == len(options)
        if question.kind is Kind.TRUE_FALSE:
            assert {question.key, *question.distractors} == {"True", "False"}
        elif question.distractors or question.kind not in TYPED:  # else it is one to be typed
            assert 2 <= len(question.distractors) <= MAX_DISTRACTORS
        assert question.stem
        assert 0 < len(question.explanation) <= 200
        assert all(len(option) <= 80 for option in (question.key, *question.distractors))
        assert not {folded(answer) for answer in question.accept} & set(options[1:])
        if question.tolerance is not None:
            assert question.kind in (Kind.NUMBER, Kind.YEAR)
            for distractor in question.distractors:
                amount, key = parse_amount(distractor), parse_amount(question.key)
                assert key is not None
                if amount is not None and amount.unit == key.unit:
                    assert not question.tolerance.low <= amount.number <= question.tolerance.high
        if fact.use == "easy" and isinstance(fact.ask, str) and question.kind is not Kind.ORDER:
            assert question.difficulty == 1


@tried(10)
@given(facts_files())
def test_the_same_facts_give_the_same_text(file: FactsFile) -> None:
    """Laws: generating is a function of the facts, and what is written is read back as it was."""
    text = generate(file)
    assert text == generate(FactsFile.model_validate(file.model_dump()))
    read = yaml.load(text, yaml.BaseLoader)
    assert [q["stem"] for q in read["questions"]] == [q.stem for q in generate_questions(file)]


CITED = {
    **ARCHITECT,
    "paragraphs": [4],
    "verdict": "imprecise",
    "says": "It was designed by the Coles.",
    "references": [{"title": "A register", "url": "https://example.org/r", "seen": "2026-11-27"}],
}


def test_a_question_with_a_key_of_its_own_cites_the_article_for_nothing() -> None:
    """Paragraphs and verdict are the fact's own: another key has them only where they are given again."""
    other = {
        "stem": "What did Mary Cole build?",
        "key": "A bridge",
        "distractors": ["A mill", "A dam", "A weir"],
    }
    said = {"paragraphs": [7], "verdict": "outdated", "says": "She built a mill.", "references": []}
    ask = {
        "choice": ["Who designed the bridge at Farley?", {"stem": "And who, once more?", "paragraphs": []}],
        "reverse": [other, {**other, "stem": "What is by Mary Cole?", **said}],
        "true_statements": ["Mary Cole lived at Farley.", ARCHITECT["statement"]],
    }
    questions = questions_of({**CITED, "ask": ask})
    cited = {name: (q.source.paragraphs, q.source.verdict, q.source.says) for name, q in questions.items()}
    own, none = ((4,), "imprecise", "It was designed by the Coles."), ((), None, None)
    assert cited["architect.choice"] == own
    assert cited["architect.choice-2"] == none
    assert cited["architect.reverse"] == none
    assert cited["architect.reverse-2"] == ((7,), "outdated", "She built a mill.")
    claims = sorted(name for name in cited if "true_false" in name)
    assert [cited[name] for name in claims] == [none, own]
    assert [len(q.source.references) for q in questions.values()].count(0) == 1
    assert questions["architect.choice"].source.references[0].seen == "2026-11-27"


def test_a_supplement_cites_no_article() -> None:
    """What the article does not tell is marked, and has no verdict about it."""
    (question, claim) = questions_of({**ARCHITECT, "source": "supplement"}).values()
    for one in (question, claim):
        assert (one.source.origin, one.source.verdict) == (Origin.SUPPLEMENT, None)


def test_a_claim_is_made_up_only_where_an_author_wrote_little() -> None:
    """Wordings by kind are all that is asked; a sentence, or nothing, gets a statement to be judged too."""
    asks: tuple[Any, ...] = ("Who?", {}, {"choice": "Who?"}, {"true_statements": "Hers."}, {"choice": []})
    kinds = {str(ask): {q.kind for q in questions_of({**ARCHITECT, "ask": ask}).values()} for ask in asks}
    assert [Kind.TRUE_FALSE in found for found in kinds.values()] == [True, True, False, True, True]


def test_days_and_enemies_are_the_facts_and_the_wordings() -> None:
    """A wording's day stands in place of the fact's; enemies add up."""
    wording = {"stem": "Who, by 2020?", "as_of": "2020-01-31", "enemies": ["b", "c"]}
    ask = {"choice": ["Who?", wording]}
    fact = {**ARCHITECT, "as_of": "2026-11-27", "enemies": ["a", "b"], "ask": ask}
    first, second = questions_of(fact).values()
    assert (first.as_of, first.enemies) == ("2026-11-27", ("a", "b"))
    assert (second.as_of, second.enemies) == ("2020-01-31", ("a", "b", "c"))


def test_three_or_four_things_are_asked_for_in_their_order() -> None:
    """The options are orders of the same things, and the key is the right one."""
    for items in (["Dover", "Calais", "Farley"], ["Dover", "Calais", "Farley", "Ghent"]):
        ask = {"order": {"stem": "Which order is from south to north?", "items": items}}
        (question,) = questions_of({**ARCHITECT, "ask": ask}).values()
        assert question.items == tuple(items)
        assert question.key == " → ".join(items)
        assert len(set(question.options)) == 4
        assert {tuple(sorted(option.split(" → "))) for option in question.options} == {tuple(sorted(items))}
        assert question == questions_of({**ARCHITECT, "ask": ask})[question.id]


def test_kinds_to_come_have_their_place() -> None:
    """Sets, ladders, pictures, estimates and odd ones out go through with all that they need."""
    picture = {"image": "bridge.png", "alt": "A bridge of three arches"}
    ask = {
        "set": {
            "stem": "Which two are bridges?",
            "keys": ["Farley", "Dunmore"],
            "distractors": ["Ely", "Ryde"],
        },
        "ladder": {"stem": "Who is this?", "clues": ["Born in 1850.", "She built a bridge."]},
        "picture": {"stem": "Who built this?", "picture": picture},
        "estimate": {"stem": "How many arches has it?", "key": "12 arches"},
        "odd_one_out": {"stem": "Which is no bridge?", "key": "Ely", "distractors": ["Farley", "Dunmore"]},
    }
    questions = questions_of({**ARCHITECT, "ask": ask})
    by_kind = {str(q.kind): q for q in questions.values()}
    assert set(by_kind) == set(ask)
    assert by_kind["set"].options == ("Farley", "Dunmore", "Ely", "Ryde")
    assert by_kind["ladder"].clues == ("Born in 1850.", "She built a bridge.")
    assert by_kind["picture"].picture == Picture("bridge.png", "A bridge of three arches")
    assert by_kind["estimate"].tolerance == Tolerance(12, 12, "arches")
    assert {kind for kind, q in by_kind.items() if q.is_pressed} == {"odd_one_out", "picture"}


def test_an_order_gives_as_many_questions_as_its_author_wants() -> None:
    """Then every item may be the right answer, those without a fact too, and few come twice."""
    items = [{"label": f"Weir {n}", "value": n, **({"fact": "opened"} if n == 3 else {})} for n in range(8)]
    order = {"id": "weirs", "least": ["Which is least?"], "most": ["Which is most?"], "items": items}
    for most in (0, 1, 5, 99):
        made = questions_of({**BRIDGE, "ask": {}}, orders=[{**order, "questions": most}])
        asked = [question for question in made.values() if question.kind is Kind.ORDER]
        assert len(asked) == min(most, 8)
        assert len({question.key for question in asked}) >= min(len(asked), 5)
        assert all(question.fact == "opened" for question in asked)
