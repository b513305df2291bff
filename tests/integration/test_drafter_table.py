"""The editor's table: each step on the file at once, nothing lost, everything taken back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank import BankError
from bot.bank.facts import FactsFile, Status
from bot.bank.schema import read_document
from bot.drafter.table import Refused, Table
from tests.laws import tried

FACTS = """\
# The castle, by hand.
version: 1
source:
  title: Tarn Castle   # as printed
  publisher: Castle News

topics:
  numbers: Numbers
  people: People

facts:
  # what a mason told
  - id: tower-years
    status: draft
    evidence: Otto Lind took nine years over the tower of Tarn Castle.
    note: 'Offered as a measure: it stands near the beginning.'
    ask: How many years did Otto Lind take over the tower of Tarn Castle?
    kind: quantity
    value: 9 years
    statement: Otto Lind took 9 years over the tower of Tarn Castle.
    topic: numbers   # or castles

  - id: mason
    status: draft
    evidence: Otto Lind took nine years over the tower of Tarn Castle.
    note: My own note.
    # ask: ...?
    kind: person
    value: Otto Lind
    statement: Otto Lind built the tower of Tarn Castle.
    topic: people

  - id: lake-depth
    kind: quantity
    value: 340 metres
    ask: How many metres deep is Lake Tarn?
    statement: Lake Tarn is 340 metres deep.
    topic: numbers
    references:
      - title: An atlas
        url: https://atlas.example/tarn
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a facts file of two drafts and a reviewed fact, with comments."""
    file = tmp_path / "facts.yaml"
    file.write_text(FACTS, encoding="utf-8")
    return file


def read(path: Path) -> FactsFile:
    """Return what a facts file holds; it must be valid."""
    file, problems = read_document(path, FactsFile)
    assert problems == []
    assert file is not None
    return file


def test_a_kept_fact_is_reviewed_and_loses_its_evidence(path: Path) -> None:
    """Kept means fit to publish: no sentence of the article, no word of the drafter is left in it."""
    table = Table(path)
    assert [fact.id for fact in table.drafts] == ["tower-years", "mason"]
    table.keep("tower-years")
    kept = read(path).facts[0]
    assert (kept.status, kept.evidence, kept.note) == (Status.REVIEWED, None, None)
    assert [fact.id for fact in table.drafts] == ["mason"]
    assert (table.tally["kept"], table.reviewed) == (1, 2)


def test_comments_and_order_stay(path: Path) -> None:
    """Whatever was not touched is there byte for byte, and an editor's own note is kept."""
    table = Table(path)
    table.keep("tower-years")
    table.keep("mason", {"ask": "Which mason built the tower of Tarn Castle?"})
    text = path.read_text(encoding="utf-8")
    for comment in ("# The castle, by hand.", "# as printed", "# what a mason told", "# or castles"):
        assert comment in text
    assert "My own note." in text
    untouched = FACTS[FACTS.index("  - id: lake-depth") :]
    assert text.endswith(untouched)
    assert text.startswith(FACTS[: FACTS.index("    status: draft")])


def test_dropping_takes_the_fact_out(path: Path) -> None:
    """A dropped fact is gone from the file, and nothing else is."""
    table = Table(path)
    table.drop("tower-years")
    assert [fact.id for fact in read(path).facts] == ["mason", "lake-depth"]
    table.drop("mason")
    assert table.drafts == []
    with pytest.raises(Refused, match="no fact 'mason' in the file any more"):
        table.drop("mason")


def test_the_last_fact_may_be_dropped(path: Path) -> None:
    """A file without facts is still a facts file."""
    text = FACTS[: FACTS.index("  - id: mason")]
    path.write_text(text, encoding="utf-8")
    table = Table(path)
    table.drop("tower-years")
    assert read(path).facts == []
    assert table.undo() == "drop"
    assert path.read_text(encoding="utf-8") == text


def test_later_puts_off_and_writes_nothing(path: Path) -> None:
    """What is put off comes back behind all others."""
    table = Table(path)
    table.later("tower-years")
    assert [fact.id for fact in table.drafts] == ["mason", "tower-years"]
    assert path.read_text(encoding="utf-8") == FACTS
    assert table.undo() == "put off"
    assert [fact.id for fact in table.drafts] == ["tower-years", "mason"]


def test_undo_takes_back_step_by_step(path: Path) -> None:
    """Each step is taken back, down to the file as it was, byte for byte; then there is nothing left."""
    table = Table(path)
    table.edit("mason", {"value": "Otto the Mason"})
    table.keep("tower-years")
    table.drop("mason")
    assert [table.undo() for _ in range(3)] == ["drop", "keep", "edit"]
    assert path.read_text(encoding="utf-8") == FACTS
    assert table.tally == {"kept": 0, "dropped": 0}
    with pytest.raises(Refused, match="nothing to take back"):
        table.undo()


def test_an_edit_is_shown_as_it_would_be_played_before_it_is_written(path: Path) -> None:
    """The linter speaks of the fields as they are typed; the file is not touched by looking."""
    table = Table(path)
    look = table.look("mason")
    assert [question.kind for question in look.questions] == ["true_false"]
    look = table.look("mason", {"ask": "Which mason is Otto Lind?", "distractors": "Karl Holm\nPeter Dahl"})
    (question,) = (question for question in look.questions if question.kind == "choice")
    assert (question.key, question.distractors) == ("Otto Lind", ("Karl Holm", "Peter Dahl"))
    assert any("key" in word.message or "answer" in word.message for word in look.words)
    look = table.look("mason", {"value": ""})
    assert look.words[0].level == "error"
    assert path.read_text(encoding="utf-8") == FACTS


def test_the_articles_own_sentence_as_a_statement_is_told(path: Path) -> None:
    """An editor hears when the statement is not in words of one's own yet."""
    table = Table(path)
    told = "own words"
    assert not any(told in word.message for word in table.look("mason").words)
    form = {"statement": "Otto Lind took nine years over the tower of Tarn Castle."}
    assert any(told in word.message for word in table.look("tower-years", form).words)


def test_what_is_not_valid_is_not_kept(path: Path) -> None:
    """A wrong value, an unknown topic and an empty statement are told, and nothing is written."""
    table = Table(path)
    for form in ({"value": "long"}, {"topic": "castles"}, {"statement": ""}, {"difficulty": 9}):
        with pytest.raises(Refused):
            table.keep("tower-years", form)
    with pytest.raises(Refused):
        table.edit("tower-years", {"difficulty": 9})
    assert path.read_text(encoding="utf-8") == FACTS


def test_a_question_takes_the_kind_that_its_answers_allow(path: Path) -> None:
    """Without two wrong answers a name is typed; with them it is chosen; without a question it only tells."""
    table = Table(path)
    table.edit("mason", {"ask": "Who built the tower of Tarn Castle?"})
    assert read(path).facts[1].ask.text == "Who built the tower of Tarn Castle?"  # type: ignore[union-attr]
    table.edit("mason", {"distractors": ["Karl Holm", "Peter Dahl"]})
    assert read(path).facts[1].ask == "Who built the tower of Tarn Castle?"
    table.edit("mason", {"ask": "", "statement": "He built it."})
    assert read(path).facts[1].ask.true_statements == []  # type: ignore[union-attr]


def test_a_new_value_loses_the_old_tolerance(path: Path) -> None:
    """What counted as right for the old number does not for the new one."""
    path.write_text(
        FACTS.replace(
            "    value: 9 years\n", "    value: 9 years\n    tolerance: {low: 9, high: 9, unit: years}\n"
        )
    )
    table = Table(path)
    table.keep("tower-years", {"value": "10 years", "statement": "Otto Lind took 10 years over Tarn Castle."})
    assert read(path).facts[0].tolerance is None


def test_what_others_write_meanwhile_is_read_and_never_lost(path: Path) -> None:
    """Another editor's change is there after the next step, and is not taken back by undo."""
    table = Table(path)
    table.keep("tower-years")
    changed = path.read_text(encoding="utf-8").replace("Castle News", "The Castle News")
    path.write_text(changed, encoding="utf-8")
    assert table.refresh()
    assert table.undoable == ""
    with pytest.raises(Refused):
        table.undo()
    table.drop("mason")
    assert read(path).source.publisher == "The Castle News"
    path.write_text("facts: [", encoding="utf-8")
    with pytest.raises(BankError):
        table.refresh()
    assert path.read_text(encoding="utf-8") == "facts: ["


def test_other_files_are_no_table(tmp_path: Path) -> None:
    """A bank of questions, a faulty file and a missing one are told as such."""
    for name, text in (("q.yaml", "version: 1\nquestions: []\n"), ("bad.yaml", "facts: [")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(BankError):
            Table(tmp_path / name)
    with pytest.raises(BankError, match="cannot be read"):
        Table(tmp_path / "none.yaml")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["keep", "drop", "later", "edit", "undo"]),
        st.sampled_from(["tower-years", "mason", "lake-depth"]),
        st.fixed_dictionaries(
            {},
            optional={
                "ask": st.text(max_size=40),
                "statement": st.text(max_size=40),
                "explanation": st.text(max_size=30),
            },
        ),
    ),
    max_size=8,
)


@tried(25)
@given(STEPS)
def test_any_order_of_steps_keeps_the_file_valid_and_can_be_undone(
    path: Path, steps: list[tuple[str, str, dict[str, str]]]
) -> None:
    """Whatever is pressed, the file is valid, and undoing everything gives the first file again."""
    path.write_text(FACTS, encoding="utf-8")
    table = Table(path)
    for step, name, form in steps:
        try:
            if step == "undo":
                table.undo()
            elif step in ("keep", "edit"):
                getattr(table, step)(name, form)
            else:
                getattr(table, step)(name)
        except Refused:
            pass
        read(path)
    while table.undoable:
        table.undo()
    assert path.read_text(encoding="utf-8") == FACTS
