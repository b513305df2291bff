"""`bank review` and `bank new`: an author's ten minutes, key by key, in the terminal."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.bank import load_bank
from bot.bank.facts import FactsFile, Status
from bot.bank.schema import read_document
from bot.cli.main import farside
from bot.drafter.draft import stems
from bot.drafter.regeneration import Stale, facts_files, regenerate
from bot.drafter.table import Table

ROOT = Path(__file__).parents[2]
ARTICLE = """\
Tarn Castle

The engineer Anna Berg mapped Lake Tarn in 1921. Otto Lind built Tarn Castle in 1887 for Norway.

Tarn Castle is 340 metres long. Its owners sold 4,000 barrels of salt to Denmark in 1902.
"""
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command in an empty folder, with the keys that are pressed meanwhile."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("FARSIDE_QUESTIONS", raising=False)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def invoke(*arguments: str, keys: str = "") -> Result:
        result = CliRunner().invoke(farside, list(arguments), input=keys, prog_name="farside")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return invoke


def facts_of(path: str) -> FactsFile:
    """Return what a facts file holds; it must be valid."""
    file, problems = read_document(Path(path), FactsFile)
    assert problems == []
    assert file is not None
    return file


def drafted(run: Run) -> list[str]:
    """Draft the article, and return the ids of its candidates."""
    Path("castle.txt").write_text(ARTICLE, encoding="utf-8")
    assert run("bank", "draft", "castle.txt", "-o", "castle/facts.yaml").exit_code == 0
    return [fact.id for fact in facts_of("castle/facts.yaml").facts]


def test_each_key_does_what_it_says(run: Run) -> None:
    """Keep, drop, later and undo work on the candidate that is shown; q leaves with the file saved."""
    first, second, third, *rest = drafted(run)
    result = run("bank", "review", "castle/facts.yaml", keys="kdluq")
    assert result.exit_code == 0
    assert "Taken back: put off." in result.output
    facts = {fact.id: fact for fact in facts_of("castle/facts.yaml").facts}
    assert facts[first].status is Status.REVIEWED
    assert facts[first].evidence is None
    assert second not in facts
    assert [name for name, fact in facts.items() if fact.status is Status.DRAFT] == [third, *rest]
    assert "1 kept, 1 dropped" in result.output


def test_a_candidate_is_shown_as_it_will_be_played(run: Run) -> None:
    """The article's sentence, why it is offered, the question and its key stand on the screen."""
    drafted(run)
    shown = run("bank", "review", "castle", keys="q").output
    fact = facts_of("castle/facts.yaml").facts[0]
    assert str(fact.evidence) in shown
    assert "Offered as " in shown
    assert f"✔ {fact.value}" in shown
    assert stems(fact)[0] in shown


def test_editing_in_the_terminal(run: Run) -> None:
    """A field is chosen by its key, typed over, and written; a bad one is told and not written."""
    first = drafted(run)[0]
    keys = "eqWhat was mapped in Norway in 1921?\nwOslo; Bergen\ny9\n"
    result = run("bank", "review", "castle/facts.yaml", keys=keys)
    assert "difficulty" in result.output
    fact = next(fact for fact in facts_of("castle/facts.yaml").facts if fact.id == first)
    assert fact.distractors == ["Oslo", "Bergen"]
    assert fact.difficulty != 9


def test_what_cannot_be_reviewed_is_told(run: Run) -> None:
    """A missing file, a folder without facts and a file with faults end in a sentence."""
    assert "is not there" in run("bank", "review", "none.yaml").output
    Path("bad.yaml").write_text("facts: [", encoding="utf-8")
    assert run("bank", "review", "bad.yaml").exit_code == 1
    drafted(run)
    Path("castle/facts.yaml").write_text("version: 1\nsource: {title: T}\nfacts: []\n", encoding="utf-8")
    assert "none left" in run("bank", "review", "castle").output


def test_new_makes_a_bank_in_one_command(run: Run) -> None:
    """Draft, review, generate and check; a second run goes on with the review that is there."""
    Path("castle.txt").write_text(ARTICLE, encoding="utf-8")
    result = run("bank", "new", "castle.txt", "--no-play", keys="kq")
    assert result.exit_code == 0, result.output
    assert len(load_bank("castle")) >= 1
    before = len(load_bank("castle"))
    result = run("bank", "new", "castle.txt", "--no-play", keys="kq")
    assert "the review goes on" in result.output
    assert len(load_bank("castle")) > before
    assert "farside preview --questions castle" in result.output


def test_new_with_nothing_kept_ends_with_the_way_on(run: Run) -> None:
    """Whoever leaves at once finds the draft and the command that goes on."""
    Path("castle.txt").write_text(ARTICLE, encoding="utf-8")
    result = run("bank", "new", "castle.txt", "--out", "harbour", keys="q")
    assert result.exit_code == 0
    assert "Go on with: farside bank new castle.txt" in result.output
    assert "in the page, under Review: farside preview --questions harbour" in result.output
    assert Path("harbour/facts.yaml").exists()
    assert not Path("harbour/questions.yaml").exists()
    assert run("bank", "new", "none.txt").exit_code == 1


def test_without_a_terminal_the_page_is_named(run: Run) -> None:
    """Where no key can be pressed, a sentence says where to review, and the draft stays."""
    drafted(run)
    command = [sys.executable, "-m", "bot", "bank", "review", "castle"]
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, start_new_session=True, timeout=60,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "There is no terminal here" in ended.stderr
    assert "farside preview --questions" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_path_for_authors_in_the_page_works_line_by_line(run: Run) -> None:
    """Each command of the page's first part, as it stands there, on an article of ours."""
    page = (ROOT / "questions" / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\$ farside (.+?)(?: {2,}#.*)?$", page, re.MULTILINE)
    article = (ROOT / "tests" / "articles" / "record_transfer.md").read_text(encoding="utf-8")
    Path("harbour.txt").write_text(article, encoding="utf-8")
    commands = [shlex.split(line) for line in lines]
    assert [command[:2] for command in commands[:6]] == [
        ["bank", "new"],
        ["bank", "draft"],
        ["bank", "review"],
        ["bank", "generate"],
        ["bank", "check"],
        ["preview", "--questions"],
    ]
    for command in commands[1:5]:
        result = run(*command, keys="k" * 20 + "q")
        assert result.exit_code == 0 or "0 errors" in result.output, (command, result.output)
    assert len(load_bank("harbour")) >= 3
    assert run(*commands[0], "--no-play").exit_code == 0
    assert run(*commands[5][:2], "nowhere").exit_code == 2


def test_the_named_bank_means_the_same_everywhere(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """FARSIDE_QUESTIONS names the bank of every command that is given none."""
    Path("castle.txt").write_text(ARTICLE, encoding="utf-8")
    run("bank", "new", "castle.txt", "--no-play", keys="kkkkq")
    monkeypatch.setenv("FARSIDE_QUESTIONS", "castle")
    count = len(load_bank("castle"))
    assert f"{count} questions from" in run("bank", "stats").output
    assert "castle" in run("bank", "check", "--format", "json").output or count
    monkeypatch.setenv("FARSIDE_QUESTIONS", "nowhere")
    assert "nowhere" in run("preview").output


def test_changed_facts_are_made_into_questions_at_once(run: Run) -> None:
    """Questions follow their facts; what is written by hand, or has faults, stays and is told."""
    Path("castle.txt").write_text(ARTICLE, encoding="utf-8")
    run("bank", "new", "castle.txt", "--no-play", keys="kq")
    before = len(load_bank("castle"))
    table = Table(Path("castle/facts.yaml"))
    table.keep(table.drafts[0].id)
    assert regenerate(Path("castle/facts.yaml"))
    assert not regenerate(Path("castle/facts.yaml"))
    assert len(load_bank("castle")) > before
    questions = Path("castle/questions.yaml")
    lines = questions.read_text(encoding="utf-8").split("\n")
    questions.write_text("\n".join(["# mine", *lines[8:]]), encoding="utf-8")
    mine = questions.read_text(encoding="utf-8")
    with pytest.raises(Stale, match="written by hand"):
        regenerate(Path("castle/facts.yaml"))
    assert questions.read_text(encoding="utf-8") == mine
    table.path.write_text("facts: [", encoding="utf-8")
    with pytest.raises(Stale, match="has faults"):
        regenerate(table.path)
    assert [*facts_files(Path("castle"))] == [Path("castle/facts.yaml")]
