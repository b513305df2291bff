"""Reviews: when a question comes again, what its cards show, and the files that other programs open."""

import csv
import io
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.messages.reviews import (
    Asking,
    Sitting,
    back_card,
    done_card,
    exported_text,
    file_names,
    front_card,
    pile_card,
    wait_text,
)
from bot.quiz.arrangement import as_asked
from bot.quiz.game import Form
from bot.quiz.question import Kind, Picture, Question, Reference
from bot.quiz.review import RETENTION, Grade, Origin, Pile, Review
from bot.services.flashcards import as_csv, as_deck, in_parts
from tests.cards import buttons, check, labelled, words
from tests.fakes import START
from tests.laws import tried
from tests.questions import SOURCE, question

NEW = Review("q1", Origin.MISSED, START, START)
TOPICS = {"rover": "The rover"}
_NAMED = re.compile(r"\{\{([^}]+)\}\}")
GRADES = st.lists(st.tuples(st.sampled_from(Grade), st.floats(0.001, 400)), min_size=1, max_size=12)


def asking(made: Question | None = None, form: Form = Form.PRESS, **changes: object) -> Asking:
    """Return a question as it is asked again."""
    asked = as_asked(made or question(1), form, Random(4))
    return Asking(asked, replace(NEW, **changes), Sitting(3, 2))  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------- the schedule


@tried(60)
@given(GRADES)
def test_the_schedule_is_the_librarys(grades: list[tuple[Grade, float]]) -> None:
    """Grade by grade, state and due date are those of `fsrs` itself, without dice."""
    scheduler = fsrs.Scheduler(desired_retention=RETENTION, enable_fuzzing=False)
    card, review, at = fsrs.Card(card_id=1, due=START), NEW, START
    for number, (grade, days) in enumerate(grades, 1):
        card, _ = scheduler.review_card(card, fsrs.Rating(grade), at)
        review = review.graded(grade, at)
        assert (review.due_at, review.stability, review.hardness) == (
            card.due,
            card.stability,
            card.difficulty,
        )
        assert (review.phase, review.step, review.grades) == (int(card.state), card.step, number)
        at += timedelta(days=days)


@tried(60)
@given(GRADES)
def test_better_known_comes_later(grades: list[tuple[Grade, float]]) -> None:
    """At any moment the four grades ask again in their order, and in the future."""
    review, at = NEW, START
    for grade, days in grades:
        waits = review.waits(at)
        assert list(waits) == list(Grade)
        assert list(waits.values()) == sorted(waits.values())
        assert waits[Grade.AGAIN] > timedelta(0)
        review = review.graded(grade, at)
        at += timedelta(days=days)


def test_what_is_known_comes_ever_more_seldom() -> None:
    """Known each time it is due, the waits grow from minutes to months; forgotten, it is asked soon."""
    review, at, waits = NEW, START, []
    for _ in range(7):
        review = review.graded(Grade.GOOD, at)
        waits.append(review.due_at - at)
        at = review.due_at
    assert waits == sorted(waits)
    assert waits[0] <= timedelta(minutes=10) < timedelta(days=60) < waits[-1]
    assert review.lapses == 0
    again = review.graded(Grade.AGAIN, at)
    assert again.due_at - at <= timedelta(minutes=10)
    assert again.lapses == 1


@given(st.sampled_from(Grade), st.sampled_from(Grade), st.floats(0, 500))
def test_a_clock_that_was_set_back_breaks_nothing(first: Grade, second: Grade, days: float) -> None:
    """A grade before the last one makes a schedule, too: after the moment at which it was given."""
    review = NEW.graded(first, START).graded(second, START - timedelta(days=days))
    assert review.due_at > START - timedelta(days=days)
    assert review.grades == 2


@pytest.mark.parametrize(
    ("wait", "told"),
    [
        (timedelta(seconds=20), "1 min"),
        (timedelta(minutes=10), "10 min"),
        (timedelta(hours=5), "5 h"),
        (timedelta(days=8), "8 d"),
        (timedelta(days=91), "3 mo"),
        (timedelta(days=913), "2.5 y"),
    ],
)
def test_waits_are_told_in_short(wait: timedelta, told: str) -> None:
    """A grade's button says when it asks again, in a few letters."""
    assert wait_text(wait) == told


# ---------------------------------------------------------------------------------------------------- cards


def test_a_question_tells_nothing_of_its_answer() -> None:
    """Options, and a way out for whoever does not know; no answer, and everything that a press needs."""
    card = front_card(asking(), TOPICS)
    check(card)
    assert "I do not know" in labelled(card)
    assert "It is key 1" not in words(card)
    assert "3 to go" in words(card)
    assert {one["custom_id"].split(":")[2:4] == ["3-2", asking().state] for one in buttons(card)} == {True}


def test_a_button_knows_which_words_it_is_of() -> None:
    """Once the question is graded or has other words, a button of before is known for an old one."""
    state = asking().state
    assert asking(question(1, topic="site", difficulty=3)).state == state, "these are no words"
    changed = question(1, distractors=("wrong 1", "worse 1", "another"))
    assert len({state, asking(changed).state, asking(grades=1).state}) == 3


def test_a_picture_that_cannot_be_had_is_told_in_words() -> None:
    """What it shows stands where it would stand, on both sides."""
    made = question(5, picture=Picture("a.png", "a crater", "nobody"))
    shown = asking(made)
    for card in (front_card(shown, TOPICS), back_card(shown, NEW.waits(START), TOPICS, None)):
        check(card)
        assert "Picture: a crater" in words(card)
    assert "a crater" not in words(front_card(replace(shown, picture="review.png"), TOPICS))


def test_the_answer_comes_with_four_grades() -> None:
    """What is right in words, why, and for each grade when it comes again."""
    shown = asking()
    for picked in (None, 0, shown.asked.key_index):
        card = back_card(shown, NEW.waits(START), TOPICS, picked)
        check(card)
        assert "key 1** (right answer)" in words(card)
        assert "It is key 1 because it is." in words(card)
        grades = [one["label"].split(" · ")[0] for one in buttons(card)][:4]
        assert grades == ["Again", "Hard", "Good", "Easy"]
    assert "**Right**" in words(card)
    wrong = (shown.asked.key_index + 1) % 4
    assert "**Wrong**: you chose" in words(back_card(shown, NEW.waits(START), TOPICS, wrong))


def test_every_kind_of_question_can_be_reviewed() -> None:
    """Typed, several at once, a ladder, a picture, the longest words: all within Discord's limits."""
    typed = question(2, kind=Kind.TEXT, distractors=())
    several = question(3, kind=Kind.SET, keys=("key 3", "key 4"))
    ladder = question(4, kind=Kind.LADDER, clues=("one clue", "another"), distractors=())
    pictured = question(5, picture=Picture("a.png", "a crater", "nobody"))
    long = question(
        6, stem="w" * 3000, key="k" * 500, explanation="e" * 190, distractors=("d" * 500, "x" * 500)
    )
    named = question(7, id="n" * 90)
    for made, form in (
        (typed, Form.TYPED), (several, Form.MENU), (ladder, Form.TYPED), (pictured, Form.PRESS),
        (long, Form.PRESS), (named, Form.PRESS),
    ):  # fmt: skip
        shown = asking(made, form, question_id=made.id, grades=10**9)
        for card in (front_card(shown, TOPICS), back_card(shown, NEW.waits(START), TOPICS, None)):
            check(card)


@pytest.mark.parametrize("is_automatic", [True, False])
@pytest.mark.parametrize(("all_", "due", "soon"), [(0, 0, 0), (4, 0, 0), (4, 0, 2), (9000, 120, 300)])
def test_the_pile_says_what_joins_by_itself(all_: int, due: int, soon: int, is_automatic: bool) -> None:
    """How much is due, what comes next, whether missed ones join, and the way to change that."""
    pile = Pile(all_, due, soon, START if all_ else None, is_automatic)
    for card in (pile_card(pile), done_card(pile, 3), done_card(pile, 0)):
        check(card)
    card = pile_card(pile)
    assert ("joins by itself" in words(card)) == is_automatic
    assert ("Stop adding what I miss" in labelled(card)) == is_automatic
    assert ("Start" in labelled(card)) == (due > 0)


def test_the_end_of_a_sitting_says_what_is_left() -> None:
    """What was reviewed is counted, if anything was; and what is due besides, as one says it."""
    pile = Pile(9, 1, 1, None, is_automatic=True)
    assert words(done_card(pile, 2)).startswith("### 2 questions reviewed\n1 more question is due now.")
    due = replace(pile, due=2)
    assert words(done_card(due, 0)).startswith("### Done for now\n2 more questions are due now.")


# ---------------------------------------------------------------------------------------------------- files


SOURCED = replace(
    SOURCE,
    url="https://example.org/walk?a=1&b=2",
    references=(Reference("A <better> source", "https://example.org/better", "2026-01-01"),),
)


def reviewed() -> list[tuple[Review, Question]]:
    """Return some reviews."""
    pictured = question(
        3, topic="The rover's way", source=SOURCED, picture=Picture("way.png", 'the "way"', "Ann & Ben")
    )
    return [
        (NEW, question(1, stem="Is 1 < 2 & 3 > 2?")),
        (replace(NEW.graded(Grade.GOOD, START), question_id="q2"), question(2, key="=1+1")),
        (NEW, pictured),
    ]


def test_a_table_opens_in_a_spreadsheet() -> None:
    """A row a question with all that is known of it; nothing in it runs as a formula."""
    content = as_csv(reviewed(), TOPICS)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == ["q1", "q2", "q3"]
    assert rows[0]["question"] == "Is 1 < 2 & 3 > 2?"
    assert rows[1]["answer"] == "'=1+1"
    assert rows[1]["graded"] == "1"
    assert rows[2]["references"] == "https://example.org/better"
    assert rows[0]["topic"] == "The rover"
    assert "key 1" in rows[0]["options"]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠"])
def test_no_cell_runs(begins: str) -> None:
    """However a spreadsheet would know a formula by its first sign, full-width ones among them."""
    content = as_csv([(NEW, question(1, key=f"{begins}1+1"))], TOPICS).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(content, newline=""))
    assert row["answer"] == f"'{begins}1+1"


def test_what_is_too_large_comes_in_several_files() -> None:
    """Each keeps to the room, and together they have every review once, in order."""
    reviews = [(replace(NEW, question_id=f"q{number}"), question(number)) for number in range(300)]
    make = partial(as_csv, topics=TOPICS)
    assert in_parts(make, reviews) == [make(reviews)]
    parts = in_parts(make, reviews, 20_000)
    assert max(map(len, parts)) <= 20_000
    rows = [row for part in parts for row in csv.DictReader(io.StringIO(part.decode("utf-8-sig")))]
    assert [row["id"] for row in rows] == [f"q{number}" for number in range(300)]
    assert in_parts(make, reviews[:1], 1) == [make(reviews[:1])], "one alone is not divided"


def test_what_is_said_with_a_file() -> None:
    """How many reviews, in how many files, and what could not be put in."""
    assert exported_text("csv", 1, 1, 0) == "Your 1 review, as a table. Only you can see it."
    told = exported_text("anki", 12_000, 2, 1)
    assert told.startswith("Your 12,000 reviews, as a deck in 2 files: open each of them with Anki.")
    assert told.endswith(" 1 picture could not be put in.")
    assert file_names("anki", 1) == ["farside-reviews.apkg"]
    assert file_names("csv", 2) == ["farside-reviews-1.csv", "farside-reviews-2.csv"]


def opened(deck: bytes, folder: Path) -> tuple[sqlite3.Connection, dict[str, bytes]]:
    """Return the collection in a package, and its media by name."""
    with zipfile.ZipFile(io.BytesIO(deck)) as package:
        (folder / "collection.anki2").write_bytes(package.read("collection.anki2"))
        media = json.loads(package.read("media"))
        files = {name: package.read(number) for number, name in media.items()}
    return sqlite3.connect(folder / "collection.anki2"), files


def test_a_deck_opens_in_anki(tmp_path: Path) -> None:
    """A collection of schema 11, as every Anki reads: notes, cards, one deck, a model whose templates fit."""
    deck, files = opened(as_deck(reviewed(), {"q3": b"a picture"}, "The Moon"), tmp_path)
    with closing(deck):
        assert deck.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {row[0] for row in deck.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        assert {"col", "notes", "cards", "revlog", "graves"} <= tables
        version, models, decks = deck.execute("SELECT ver, models, decks FROM col").fetchone()
        assert version == 11
        [model] = json.loads(models).values()
        fields = [field["name"] for field in model["flds"]]
        for template in model["tmpls"]:
            for side in ("qfmt", "afmt"):
                named = {one.strip("#/") for one in _NAMED.findall(template[side])}
                assert named <= {*fields, "FrontSide"}
        assert "Farside: The Moon" in {one["name"] for one in json.loads(decks).values()}
        notes = [row[0].split("\x1f") for row in deck.execute("SELECT flds FROM notes ORDER BY id")]
        assert all(len(note) == len(fields) for note in notes)
        first, _, third = (dict(zip(fields, note, strict=True)) for note in notes)
        assert first["Question"] == "Is 1 &lt; 2 &amp; 3 &gt; 2?"
        assert "<li>key 1</li>" in first["Options"]
        assert first["Answer"] == "key 1"
        assert 'href="https://example.org/walk?a=1&amp;b=2"' in third["Source"]
        assert "A &lt;better&gt; source" in third["Source"]
        assert "Picture: Ann &amp; Ben" in third["Source"]
        [(name, content)] = files.items()
        assert content == b"a picture"
        assert f'<img src="{name}" alt="the &quot;way&quot;">' == third["Picture"]
        [(cards, orphans)] = deck.execute(
            "SELECT count(*), sum(nid NOT IN (SELECT id FROM notes)) FROM cards"
        )
        assert (cards, orphans) == (3, 0)
        assert all(" " not in tags.strip() for (tags,) in deck.execute("SELECT tags FROM notes"))


def test_what_an_author_wrote_is_no_command_in_anki(tmp_path: Path) -> None:
    """Sounds, LaTeX, HTML and the sign that parts fields are shown, or gone; a note keeps its fields."""
    odd = question(1, stem="[sound:a.mp3] <b>x</b>\x1f [latex]y[/latex]", key="月\U0001f315 عربى")
    deck, _ = opened(as_deck([(NEW, odd)], {}, ""), tmp_path)
    with closing(deck):
        [(fields,)] = deck.execute("SELECT flds FROM notes")
    first, *others = fields.split("\x1f")
    assert len(others) == 6
    assert first == "&#91;sound:a.mp3] &lt;b&gt;x&lt;/b&gt; &#91;latex]y&#91;/latex]"
    assert others[2] == "月\U0001f315 عربى"


def test_a_heavy_users_deck_is_one_file() -> None:
    """Ten thousand notes are far from what Discord takes."""
    reviews = [(replace(NEW, question_id=f"q{number}"), question(number)) for number in range(1000)]
    assert len(as_deck(reviews, {}, "The Moon")) * 10 < 9_000_000


def test_a_deck_imported_again_doubles_nothing(tmp_path: Path) -> None:
    """A note is known again by its guid, and its model and deck by their ids, whatever has changed in it."""
    found = []
    for changed in ("It is so.", "It is still so."):
        made = question(1, explanation=changed)
        deck, _ = opened(as_deck([(NEW, made)], {}, "The Moon"), tmp_path)
        with closing(deck):
            models = deck.execute("SELECT models FROM col").fetchone()[0]
            found.append((deck.execute("SELECT guid, mid FROM notes").fetchall(), list(json.loads(models))))
    assert found[0] == found[1]
