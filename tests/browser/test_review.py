"""The review tab: drafts kept, mended and dropped in the page, by mouse and by keyboard."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from bot.bank import load_bank
from bot.bank.facts import AuthoredFact, FactsFile, Status
from bot.bank.schema import read_document
from tests.bounds import PATIENCE
from tests.browser.conftest import Opener, Tab, World
from tests.browser.test_preview import preview

FACTS = """\
# The castle, by hand.
version: 1
source:
  title: Tarn Castle
topics:
  numbers: Numbers
  people: People
facts:
  - id: lake-depth
    kind: quantity
    value: 340 metres
    ask: How many metres deep is Lake Tarn?
    statement: Lake Tarn is 340 metres deep.
    topic: numbers
  # what a mason told
  - id: tower-years
    status: draft
    evidence: Otto Lind took nine years over the tower of Tarn Castle.
    note: 'Offered as a measure: it stands near the beginning.'
    ask: How many years did Otto Lind take over the tower of Tarn Castle?
    kind: quantity
    value: 9 years
    statement: Otto Lind took 9 years over the tower of Tarn Castle.
    topic: numbers
  - id: mason
    status: draft
    evidence: Otto Lind took nine years over the tower of Tarn Castle.
    kind: person
    value: Otto Lind
    statement: Otto Lind built the tower of Tarn Castle.
    topic: people
  - id: salt
    status: draft
    evidence: Karl Holm gave 4,000 barrels of salt for the tower.
    ask: How many barrels of salt did Karl Holm give for the tower of Tarn Castle?
    kind: quantity
    value: 4,000 barrels
    statement: Karl Holm gave 4,000 barrels of salt for the tower of Tarn Castle.
    topic: numbers
"""


@pytest.fixture
def castle(tmp_path: Path) -> Path:
    """Return a bank's folder with drafts, and one question that is played."""
    folder = tmp_path / "castle"
    folder.mkdir()
    (folder / "facts.yaml").write_text(FACTS, encoding="utf-8")
    return folder


@pytest.fixture
def world(castle: Path) -> Iterator[World]:
    """A preview of that bank."""
    from bot.drafter.regeneration import regenerate

    regenerate(castle / "facts.yaml")
    started = preview("--questions", str(castle))
    yield started
    started.close()
    shutil.rmtree(castle)


def facts(castle: Path) -> dict[str, AuthoredFact]:
    """Return the file's facts by their ids; the file must be valid."""
    file, problems = read_document(castle / "facts.yaml", FactsFile)
    assert problems == []
    assert file is not None
    return {fact.id: fact for fact in file.facts}


def opened(tab: Tab) -> Locator:
    """Open the tab with the mouse."""
    tab.page.get_by_role("button", name="Review", exact=True).click()
    dialog = tab.page.get_by_role("dialog", name="Review")
    expect(dialog.locator(".review-evidence")).to_have_text(
        "Otto Lind took nine years over the tower of Tarn Castle."
    )
    return dialog


def test_review_by_mouse(world: World, castle: Path, open_tab: Opener) -> None:
    """Sentence and question as played are seen; keeping, dropping and undoing write at once."""
    tab = open_tab(world)
    dialog = opened(tab)
    expect(dialog.locator(".review-stem").first).to_have_text(
        "How many years did Otto Lind take over the tower of Tarn Castle?"
    )
    expect(dialog.locator(".is-right").first).to_contain_text("9 years")
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog.get_by_role("status")).to_contain_text("1 kept, 0 dropped, 2 left")
    assert facts(castle)["tower-years"].status is Status.REVIEWED
    assert facts(castle)["tower-years"].evidence is None
    dialog.get_by_role("button", name="Later").click()
    expect(dialog.get_by_label("Right answer", exact=True)).to_have_value("4,000 barrels")
    dialog.get_by_role("button", name="Drop").click()
    expect(dialog.get_by_role("status")).to_contain_text("1 dropped, 1 left")
    assert "salt" not in facts(castle)
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.get_by_role("status")).to_contain_text("0 dropped, 2 left")
    assert "salt" in facts(castle)
    assert "# what a mason told" in (castle / "facts.yaml").read_text(encoding="utf-8")


def test_review_by_keyboard(world: World, castle: Path, open_tab: Opener) -> None:
    """Without the mouse: open, edit, hear the linter, keep, put off, undo and close."""
    tab = open_tab(world)
    page = tab.page
    page.get_by_role("button", name="Review", exact=True).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Review")
    expect(dialog.get_by_label("Question", exact=True)).to_have_value(
        "How many years did Otto Lind take over the tower of Tarn Castle?"
    )
    page.keyboard.press("l")
    expect(dialog.get_by_label("Right answer", exact=True)).to_have_value("Otto Lind")
    page.keyboard.press("e")
    page.keyboard.type("Which mason built the tower of Tarn Castle?")
    expect(dialog.locator(".review-stem").first).to_have_text("Which mason built the tower of Tarn Castle?")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Otto Lind\nPeter Dahl")
    expect(dialog.locator(".review-words")).to_contain_text("value itself")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Karl Holm\nPeter Dahl")
    expect(dialog.locator(".review-options").first.locator("li")).to_have_count(3)
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_role("status")).to_contain_text("1 kept")
    kept = facts(castle)["mason"]
    assert kept.ask == "Which mason built the tower of Tarn Castle?"
    assert kept.distractors == ["Karl Holm", "Peter Dahl"]
    page.keyboard.press("u")
    expect(dialog.get_by_role("status")).to_contain_text("0 kept")
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_what_is_kept_is_played_at_once(world: World, castle: Path, open_tab: Opener) -> None:
    """Questions are made of kept facts while the preview runs, and the page says how many there are."""
    tab = open_tab(world)
    before = len(load_bank(castle))
    dialog = opened(tab)
    tab.page.keyboard.press("k")
    expect(dialog.get_by_role("status")).to_contain_text("1 kept")
    world.until(lambda: len(load_bank(castle)) > before)
    now = len(load_bank(castle))
    expect(tab.page.get_by_text(f"{now} questions loaded").first).to_be_attached(timeout=PATIENCE * 1000)


@pytest.fixture
def unread(castle: Path) -> Iterator[World]:
    """A preview of a bank of which nothing is reviewed yet."""
    drafts = FACTS.replace("  - id: lake-depth\n", "  - id: lake-depth\n    status: draft\n")
    (castle / "facts.yaml").write_text(drafts, encoding="utf-8")
    started = preview("--questions", str(castle), online=False)
    yield started
    started.close()


def test_the_first_fact_that_is_kept_starts_the_bot(unread: World, castle: Path, open_tab: Opener) -> None:
    """A bank of drafts alone cannot be played; with the first question it is, and nothing says otherwise."""
    tab = open_tab(unread)
    ended = tab.page.get_by_text("has ended with status")
    expect(ended.first).to_be_visible(timeout=PATIENCE * 1000)
    tab.page.get_by_role("button", name="Review", exact=True).click()
    expect(tab.page.locator(".review-stem").first).to_have_text("How many metres deep is Lake Tarn?")
    tab.page.keyboard.press("k")
    unread.until(lambda: unread.state()["bot"]["online"])
    expect(ended).to_have_count(0)
    assert len(load_bank(castle)) >= 1


def test_what_cannot_be_kept_is_told_and_not_written(world: World, castle: Path, open_tab: Opener) -> None:
    """A wrong value is told while it is typed, and again when it is kept; the file stays."""
    tab = open_tab(world)
    dialog = opened(tab)
    before = (castle / "facts.yaml").read_text(encoding="utf-8")
    dialog.get_by_label("Right answer", exact=True).fill("long")
    expect(dialog.locator(".review-words .is-error")).to_contain_text("begin a quantity with its number")
    with tab.page.expect_console_message(lambda message: "400" in message.text):
        dialog.get_by_role("button", name="Keep").click()
    tab.said.clear()  # the browser says so of every answer that refuses
    expect(dialog.locator(".review-words .is-error")).to_contain_text("egin a quantity")
    assert (castle / "facts.yaml").read_text(encoding="utf-8") == before


@pytest.fixture
def shipped() -> Iterator[World]:
    """A preview of the bank that ships."""
    started = preview()
    yield started
    started.close()


def test_the_shipped_bank_has_no_review(shipped: World, open_tab: Opener) -> None:
    """Where no folder was named on the command line nothing may be written, so nothing is offered."""
    tab = open_tab(shipped)
    expect(tab.page.get_by_role("button", name="Review", exact=True)).to_have_count(0)
