"""The review tab's answers: only the named bank's facts files, one step after another."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.emulator.errors import DeskError
from bot.preview.review import ReviewDesk
from tests.integration.test_drafter_table import FACTS


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """Return a bank's folder with one facts file, beside a file of somebody else."""
    folder = tmp_path / "castle"
    folder.mkdir()
    (folder / "facts.yaml").write_text(FACTS, encoding="utf-8")
    (tmp_path / "facts.yaml").write_text(FACTS, encoding="utf-8")
    return folder


def ask(desk: ReviewDesk, path: str, **body: Any) -> Any:
    """Post to the tab's desk."""
    return asyncio.run(desk.answer(path, body))


def look(desk: ReviewDesk) -> Any:
    """Get the table as it lies."""
    return asyncio.run(desk.answer("", None))


def test_the_table_is_shown_as_it_lies(bank: Path) -> None:
    """The candidate with its evidence, its fields, its question as played, and how far one is."""
    lying = look(ReviewDesk(bank))
    assert (lying["files"], lying["file"]) == (["facts.yaml"], "facts.yaml")
    assert lying["progress"] == {"kept": 0, "dropped": 0, "left": 2, "reviewed": 1}
    assert lying["topics"] == {"numbers": "Numbers", "people": "People"}
    candidate = lying["candidate"]
    assert candidate["evidence"] == "Otto Lind took nine years over the tower of Tarn Castle."
    assert candidate["form"]["ask"] == "How many years did Otto Lind take over the tower of Tarn Castle?"
    (asked, told) = candidate["questions"]
    assert {"text": "9 years", "right": True} in asked["options"]
    assert told["kind"] == "true_false"


def test_steps_are_taken_and_taken_back(bank: Path) -> None:
    """Each answer is the table after the step."""
    desk = ReviewDesk(bank)
    assert ask(desk, "keep", id="tower-years")["progress"]["kept"] == 1
    after = ask(desk, "drop", id="mason")
    assert after["candidate"] is None
    assert after["undo"] == "drop"
    assert ask(desk, "undo")["candidate"]["id"] == "mason"
    assert ask(desk, "undo")["candidate"]["id"] == "tower-years"
    assert (bank / "facts.yaml").read_text(encoding="utf-8") == FACTS


def test_looking_writes_nothing(bank: Path) -> None:
    """What is typed is shown as it would be played, with the linter's word."""
    told = ask(ReviewDesk(bank), "look", id="mason", form={"value": ""})
    assert told["words"][0]["level"] == "error"
    assert (bank / "facts.yaml").read_text(encoding="utf-8") == FACTS


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("keep", {"id": "mason", "file": "../facts.yaml"}),
        ("keep", {"id": "mason", "file": "/etc/passwd"}),
        ("keep", {"id": "none"}),
        ("keep", {"id": "tower-years", "form": {"value": "long"}}),
        ("keep", {"id": "tower-years", "form": "all"}),
        ("burn", {"id": "mason"}),
        ("undo", {}),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(bank: Path, path: str, body: dict[str, Any]) -> None:
    """Other folders, other facts, faulty fields and unknown steps change nothing anywhere."""
    with pytest.raises(DeskError) as caught:
        ask(ReviewDesk(bank), path, **body)
    assert str(caught.value).endswith(".")
    assert (bank / "facts.yaml").read_text(encoding="utf-8") == FACTS
    assert (bank.parent / "facts.yaml").read_text(encoding="utf-8") == FACTS


def test_a_faulty_file_and_an_empty_folder_are_told(bank: Path) -> None:
    """Whoever breaks the file in an editor reads where; a bank without facts has nothing to review."""
    desk = ReviewDesk(bank)
    look(desk)
    (bank / "facts.yaml").write_text("facts: [", encoding="utf-8")
    with pytest.raises(DeskError, match="have faults"):
        look(desk)
    (bank / "facts.yaml").unlink()
    assert look(desk) == {"files": [], "file": None, "candidate": None}
