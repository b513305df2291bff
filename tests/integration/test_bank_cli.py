"""`farside bank` as its users meet it: files in a folder, commands, what they print and how they end."""

import difflib
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.bank import load_bank
from bot.bank.document import parse
from bot.bank.writer import dump_yaml
from bot.cli.main import farside
from bot.quiz.question import Origin, Question, content_hash
from tests.banks import faultless, many, number_question, source, write_bank

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]
FACTS = """\
version: 1
source: {title: A harbour, publisher: The Example, published: May 2020}
topics: {wreck: The wreck}
facts:
  - id: built
    statement: The ship was built in 1901.
    kind: year
    value: '1901'
    paragraphs: [3]
    distractors: ['1892', '1910', '1919']
    explanation: The yard that built her had opened the year before.
    ask:
      year: In which year was the ship built?
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command in an empty folder, with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(farside, ["bank", *arguments], prog_name="farside")
        assert result.exit_code in (0, 1), result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return invoke


def facts_here(text: str = FACTS) -> Path:
    """Write a facts file into the present folder."""
    path = Path("facts.yaml")
    path.write_text(text, encoding="utf-8")
    return path


# ----------------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize("command", ["generate", "check", "draft", "stats", "show", "schema", "rules"])
def test_help_teaches_by_example(run: Run, command: str) -> None:
    """Each command shows how it is called, line by line."""
    text = run(command, "--help").output
    assert "Examples:" in text
    assert re.search(rf"^ +farside bank {command}", text, re.MULTILINE)
    assert "\\b" not in text


def test_the_help_of_judge_names_a_question_that_there_is(run: Run) -> None:
    """Its first example can be typed as it stands, and comes out right."""
    found = re.search(r'farside bank (judge \S+) "([^"]+)"', run("judge", "--help").output)
    assert found
    assert run(*found[1].split(), found[2]).output.endswith("right\n")


def test_the_group_shows_the_way_from_article_to_game(run: Run) -> None:
    """Commands in the order in which an author needs them, one a line."""
    text = run("--help").output
    assert run().output == text
    steps = [text.index(f"farside bank {step}") for step in ("draft", "generate", "check")]
    assert steps == sorted(steps)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--format", "xml"],
        ["generate"],
        ["draft"],
        ["show"],
        ["nothing"],
        ["--nothing"],
        ["rules", "no-such-rule"],
        ["schema", "moon"],
        ["check", "--colour"],
    ],
)
def test_wrong_usage_is_a_sentence_and_status_1(run: Run, arguments: list[str]) -> None:
    """Never a traceback."""
    result = run(*arguments)
    assert result.exit_code == 1
    assert "Error: " in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "none.yaml"],
        ["generate", "none.yaml"],
        ["generate", "none.yaml", "--check"],
        ["draft", "none.txt"],
        ["stats", "none"],
        ["show", "x", "--bank", "none"],
        ["check", "nul\0.yaml"],
    ],
)
def test_paths_that_lead_nowhere_are_told_so(run: Run, arguments: list[str]) -> None:
    """Each command says which file it could not find, with status 1."""
    result = run(*arguments)
    assert result.exit_code == 1
    assert (
        "no such file" in result.output
        or "is not there" in result.output
        or "cannot be read" in result.output
    )


# ------------------------------------------------------------------------------------------------- generate


def test_generate_writes_beside_the_facts(run: Run) -> None:
    """The file is a bank; generating again changes nothing."""
    facts_here()
    assert run("generate", "facts.yaml").exit_code == 0
    first = Path("questions.yaml").read_bytes()
    assert load_bank("questions.yaml")["built.year"].key == "1901"
    result = run("generate", "facts.yaml")
    assert result.exit_code == 0
    assert "up to date" in result.output
    assert Path("questions.yaml").read_bytes() == first
    assert sorted(path.name for path in Path().iterdir()) == ["facts.yaml", "questions.yaml"]


def test_generate_writes_where_it_is_told(run: Run) -> None:
    """To a file in a folder that is not there yet, or to standard output: the same bytes."""
    facts_here()
    assert run("generate", "facts.yaml", "-o", "deep/er/q.yaml").exit_code == 0
    assert run("generate", "facts.yaml", "-o", "-").stdout.encode() == Path("deep/er/q.yaml").read_bytes()


def test_generate_puts_several_files_together(run: Run) -> None:
    """With -o all facts make one bank; without, two files for one target are refused."""
    facts_here()
    Path("more.yaml").write_text(FACTS.replace("built", "sunk"), encoding="utf-8")
    assert run("generate", "facts.yaml", "more.yaml").exit_code == 1
    assert not Path("questions.yaml").exists()
    assert run("generate", "facts.yaml", "more.yaml", "-o", "q.yaml").exit_code == 0
    assert {one.fact for one in load_bank("q.yaml")} == {"built", "sunk"}


def test_generate_check_writes_nothing_and_shows_what_differs(run: Run) -> None:
    """Status 1 and a diff when the file is missing or stale, 0 when it is not."""
    facts_here()
    assert run("generate", "facts.yaml", "--check").exit_code == 1
    assert not Path("questions.yaml").exists()
    run("generate", "facts.yaml")
    assert run("generate", "facts.yaml", "--check").exit_code == 0
    facts_here(FACTS.replace("was the ship built?", "was the ship laid down?"))
    before = Path("questions.yaml").read_bytes()
    result = run("generate", "facts.yaml", "--check")
    assert result.exit_code == 1
    assert Path("questions.yaml").read_bytes() == before
    assert "--- questions.yaml\n+++ questions.yaml (generated)\n@@" in result.stdout
    assert re.search(r"^-    stem: In which year was the ship built\?$", result.stdout, re.MULTILINE)
    assert re.search(r"^\+    stem: In which year was the ship laid down\?$", result.stdout, re.MULTILINE)
    assert "Run `farside bank generate facts.yaml`" in result.stderr


def test_the_diff_is_a_patch(run: Run) -> None:
    """Whatever the text holds: long lines are not wrapped, brackets are no markup."""
    facts_here()
    run("generate", "facts.yaml")
    old = Path("questions.yaml").read_text(encoding="utf-8")
    facts_here(
        FACTS.replace("built?", "[bold]built[/bold] at the yard by the long pier of the old harbour town?")
    )
    shown = run("generate", "facts.yaml", "--check").stdout
    run("generate", "facts.yaml")
    new = Path("questions.yaml").read_text(encoding="utf-8")
    names = ("questions.yaml", "questions.yaml (generated)")
    assert shown == "".join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), *names))
    assert "[bold]" in shown


def test_faulty_facts_make_nothing(run: Run) -> None:
    """All faults of all files are told, and no file is touched."""
    facts_here(FACTS.replace("kind: year", "kind: yaer").replace("paragraphs: [3]", "paragraphs: three"))
    Path("more.yaml").write_text("facts: [\n", encoding="utf-8")
    result = run("generate", "facts.yaml", "more.yaml", "-o", "q.yaml")
    assert result.exit_code == 1
    assert re.findall(r"^([a-z.]+):(\d+):", result.stdout, re.MULTILINE) == [
        ("facts.yaml", "7"),
        ("facts.yaml", "9"),
        ("more.yaml", "2"),
    ]
    assert "did you mean `year`?" in result.stdout
    assert not Path("q.yaml").exists()


def test_drafts_alone_make_no_bank(run: Run) -> None:
    """An author who forgot to review is told so, rather than given an empty file."""
    facts_here(FACTS + "    status: draft\n")
    result = run("generate", "facts.yaml")
    assert result.exit_code == 1
    assert "status: reviewed" in result.output
    assert not Path("questions.yaml").exists()


def test_targets_that_cannot_be_written_are_told(run: Run) -> None:
    """A folder, the facts themselves, a name below a file."""
    facts_here()
    for target in (".", "facts.yaml", "facts.yaml/q.yaml", "/proc/q.yaml"):
        result = run("generate", "facts.yaml", "-o", target)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: ")
    assert Path("facts.yaml").read_text(encoding="utf-8") == FACTS


def test_pipes_and_links_are_written_to_not_replaced(run: Run) -> None:
    """A name that stands for something else goes on doing so."""
    facts_here()
    os.mkfifo("pipe")
    end = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    Path("link.yaml").symlink_to("real.yaml")
    assert run("generate", "facts.yaml", "-o", "pipe").exit_code == 0
    assert run("generate", "facts.yaml", "-o", "link.yaml").exit_code == 0
    assert os.read(end, 10) == b"# yaml-lan"
    os.close(end)
    assert Path("pipe").is_fifo()
    assert Path("link.yaml").is_symlink()
    assert Path("real.yaml").is_file()


# ---------------------------------------------------------------------------------------------------- check


def test_check_tells_every_fault_in_text(run: Run) -> None:
    """One line each: path:line:column: level: message (rule); then how many."""
    path = write_bank(
        Path("q.yaml"), faultless(distractors=("Luna 9", "Luna-9", "Io")), faultless(id="b", topic="[red]")
    )
    path.write_text(
        path.read_text(encoding="utf-8").replace("difficulty: 1", "difficulty: 7", 1), encoding="utf-8"
    )
    result = run("check", "q.yaml")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert all(re.fullmatch(r"q\.yaml:\d+:\d+: (error|warning): .+ \([a-z-]+\)", line) for line in lines)
    assert [line.rpartition("(")[2] for line in lines] == ["schema)", "equal-options)", "same-stem)"]
    assert result.stderr == "2 errors, 1 warning.\n"


def test_check_speaks_json(run: Run) -> None:
    """A list of objects with the six fields, also when it is empty."""
    write_bank(Path("q.yaml"), faultless(stem="Which craft did not land?"))
    result = run("check", "q.yaml", "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == [
        {
            "path": "q.yaml",
            "line": 8,
            "column": 11,
            "level": "warning",
            "rule": "unmarked-negative",
            "message": "`not` is passed over easily: ask for what is so, or write NOT",
        }
    ]
    write_bank(Path("q.yaml"), faultless())
    result = run("check", "q.yaml", "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


def test_check_annotates_on_github(run: Run) -> None:
    """As workflow commands, with what they reserve escaped."""
    write_bank(Path("a,b%.yaml"), faultless(stem="Which craft did not land?"))
    result = run("check", "a,b%.yaml", "--format", "github")
    assert result.stdout == (
        "::warning file=a%2Cb%25.yaml,line=8,col=11,title=unmarked-negative"
        "::`not` is passed over easily: ask for what is so, or write NOT\n"
    )


def test_check_takes_files_and_folders_together(run: Run) -> None:
    """Ids must differ across all that is named; a file named twice is read once."""
    write_bank(Path("one/q.yaml"), faultless())
    write_bank(Path("two/q.yaml"), faultless())
    result = run("check", "one", "two/q.yaml", "one/q.yaml")
    assert result.exit_code == 1
    assert "two/q.yaml:3:9: error: the id `first-lander.choice` is taken, at one/q.yaml:3" in result.stdout


def test_check_looks_at_facts(run: Run) -> None:
    """Faults between the fields of a facts file stand at their places."""
    facts_here(FACTS.replace("value: '1901'", "value: May 1901") + "    topic: wrek\n")
    result = run("check", "facts.yaml")
    assert result.exit_code == 1
    assert "facts.yaml:8:12: error:" in result.stdout
    assert "facts.yaml:14:12: error:" in result.stdout


def test_check_of_facts_alone_looks_at_what_they_would_make(run: Run) -> None:
    """An author learns of a bad stem before there is a question file, at the stem itself."""
    facts_here(FACTS.replace("was the ship built?", "was the ship not afloat?"))
    result = run("check", "facts.yaml")
    assert result.exit_code == 1
    assert result.stdout.startswith("facts.yaml:13:13: warning: `not` is passed over easily")
    assert result.stdout.count("\n") == 1


def test_problems_of_generated_questions_lead_to_the_fact(run: Run) -> None:
    """That is where they are to be mended."""
    facts_here(FACTS.replace("was the ship built?", "was the ship not afloat?"))
    run("generate", "facts.yaml")
    (line,) = run("check", ".").stdout.splitlines()
    assert line.startswith("questions.yaml:")
    assert line.endswith("; its fact is at facts.yaml:5 (unmarked-negative)")


def test_check_without_a_path_is_about_the_folder_questions(run: Run) -> None:
    """And about the bank that ships where there is none."""
    assert run("check").exit_code == 0
    write_bank(Path("questions/q.yaml"), faultless(stem="Which is not it?"))
    assert "questions/q.yaml:8" in run("check").stdout


# ---------------------------------------------------------------------------------------------------- draft


ARTICLE = """\
The ship beneath the square

Workers digging in the harbour of Tønsberg in 2019 found a ship that had sunk in 1368. It is 23 metres long.

Olav Tryggvason built the Havfrua in 1366. Olav Tryggvason sold 400 barrels of salt to Denmark in 1367.
"""


def test_draft_finds_candidates_that_are_drafts(run: Run) -> None:
    """A facts file with evidence, which generates nothing before it was reviewed."""
    Path("ship.txt").write_text(ARTICLE, encoding="utf-8")
    result = run("draft", "ship.txt", "-o", "facts.yaml")
    assert result.exit_code == 0
    text = Path("facts.yaml").read_text(encoding="utf-8")
    facts = parse("facts.yaml", text).root["facts"]
    assert len(facts) >= 3
    assert {fact["status"] for fact in facts} == {"draft"}
    assert all(fact["evidence"] in ARTICLE for fact in facts)
    assert run("check", "facts.yaml").exit_code == 0
    assert run("generate", "facts.yaml").exit_code == 1
    Path("facts.yaml").write_text(text.replace("status: draft", "status: reviewed"), encoding="utf-8")
    assert run("generate", "facts.yaml").exit_code == 0
    assert len(load_bank(".")) >= 2


def test_draft_goes_to_standard_output(run: Run) -> None:
    """Where it can be piped; the hints go elsewhere."""
    Path("ship.txt").write_text(ARTICLE, encoding="utf-8")
    result = run("draft", "ship.txt")
    assert parse("f", result.stdout).root["version"] == "1"
    assert "candidate facts" in result.stderr


def test_draft_never_overwrites_an_author_s_work(run: Run) -> None:
    """An existing facts file is kept, unless it is empty or the author insists."""
    Path("ship.txt").write_text(ARTICLE, encoding="utf-8")
    facts_here()
    result = run("draft", "ship.txt", "-o", "facts.yaml")
    assert result.exit_code == 1
    assert "--force" in result.stderr
    assert Path("facts.yaml").read_text(encoding="utf-8") == FACTS
    assert run("draft", "ship.txt", "-o", "facts.yaml", "--force").exit_code == 0
    facts_here("")
    assert run("draft", "ship.txt", "-o", "facts.yaml").exit_code == 0


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\x00\x01\x02", b"one two", b"\x80" * 99])
def test_articles_that_cannot_be_drafted_are_told(run: Run, content: bytes) -> None:
    """Empty, binary or without a sentence: a problem, and no file."""
    Path("a.txt").write_bytes(content)
    assert run("draft", "a.txt", "-o", "facts.yaml").exit_code == 1
    assert run("draft", ".").exit_code == 1
    assert not Path("facts.yaml").exists()


# --------------------------------------------------------------------------------------- stats, show, rules


def test_stats_counts(run: Run) -> None:
    """By topic, kind and difficulty; for programs as JSON."""
    write_bank(Path("q.yaml"), *many(24), number_question())
    text = run("stats", "q.yaml").stdout
    assert "25 questions from 13 facts" in text
    counts = json.loads(run("stats", "q.yaml", "--format", "json").stdout)
    assert counts["questions"] == 25
    assert counts["topics"] == {"topic-0": 6, "topic-1": 6, "topic-2": 6, "topic-3": 6, "mission": 1}
    assert counts["kinds"] == {"choice": 6, "reverse": 6, "myth": 6, "order": 6, "number": 1}
    assert counts["difficulties"] == {"1": 9, "2": 8, "3": 8}


def review(*readings: tuple[Question, str, str]) -> None:
    """Write what readers thought of questions as they are given: a question, a reader, a verdict."""
    entries = [
        {"id": one.id, "hash": content_hash(one), "reader": reader, "verdict": verdict, "read": "2026-11-27"}
        for one, reader, verdict in readings
    ]
    Path("review.yaml").write_text(dump_yaml(entries), encoding="utf-8")


def test_check_tells_what_changed_since_it_was_read(run: Run) -> None:
    """A question that is not what a reader saw is told, and one that a reader would not print; no other."""
    first, second = faultless(), faultless(id="second", stem="What is it called in China?", key="Yutu")
    write_bank(Path("q.yaml"), first, second)
    review((first, "A", "print"), (second, "A", "print"))
    assert run("check", ".").exit_code == 0
    review((first, "A", "print"), (second, "A", "edit"), (faultless(id="gone"), "B", "print"))
    told = run("check", ".").stdout
    unmended, gone = told.splitlines()
    assert unmended.startswith("review.yaml:9:12: warning: reader A would edit `second`")
    assert unmended.endswith("(unmended)")
    assert gone.startswith("review.yaml:11:7: warning: there is no question `gone`")
    write_bank(Path("q.yaml"), first, replace(second, stem="What is it called in Chinese?"))
    review((first, "A", "print"), (second, "A", "edit"))
    (line,) = run("check", ".").stdout.splitlines()
    assert re.fullmatch(r"review.yaml:7:9: warning: `second` has changed since reader A .*", line)
    write_bank(Path("q.yaml"), first, replace(second, enemies=(first.id,), allow={}))
    review((first, "A", "print"), (second, "A", "print"))
    assert run("check", ".").exit_code == 0
    assert len(load_bank(".")) == 2


def test_a_review_that_cannot_be_read_is_told(run: Run) -> None:
    """With every fault at its place, like a bank's own."""
    write_bank(Path("q.yaml"), faultless())
    Path("review.yaml").write_text("- {id: a, hash: xyz, reader: Ann, verdict: fine}\n", encoding="utf-8")
    rules = [line.rpartition("(")[2] for line in run("check", ".").stdout.splitlines()]
    assert rules == ["schema)"] * 3


def test_stats_tell_of_the_supplement_and_of_readers(run: Run) -> None:
    """How much is not from the article, what was opened, what was read as it is, and when."""
    beside = faultless(
        id="second",
        fact="moon",
        stem="What is it called?",
        source=source(origin=Origin.SUPPLEMENT, verdict=None),
    )
    write_bank(Path("q.yaml"), faultless(), beside)
    review(
        (faultless(), "A", "print"), (faultless(), "B", "print"), (replace(beside, stem="What?"), "A", "kill")
    )
    counts = json.loads(run("stats", ".", "--format", "json").stdout)
    assert counts["supplement"] == {"questions": 1, "facts": 0}
    assert counts["references_seen"] == {"references": 1, "seen": 0, "last": None}
    assert counts["read"] == {
        "questions": 1,
        "readers": ["A", "B"],
        "verdicts": {"print": 2},
        "first": "2026-11-27",
        "last": "2026-11-27",
        "changed_since": 1,
    }
    assert "1 of 2 questions read as they are, by A and B" in run("stats", ".").stdout
    assert len(load_bank(".")) == 2
    assert [one.id for one in load_bank(".", supplement=False)] == [faultless().id]
    assert [one.id for one in load_bank(".", supplement=False)] == [faultless().id]  # from the cache


def test_what_the_article_does_not_tell_can_be_left_out(run: Run) -> None:
    """`--article-only` makes the questions that the article tells of, and no other."""
    beside = FACTS.replace("id: built", "id: beside\n    source: supplement").replace(
        "    paragraphs: [3]\n", ""
    )
    facts_here(FACTS + beside.partition("facts:\n")[2])
    both = run("generate", "facts.yaml", "-o", "-").stdout
    one = run("generate", "facts.yaml", "-o", "-", "--article-only").stdout
    assert "fact: beside" in both
    assert "origin: supplement" in both
    assert "fact: built" in one
    assert "fact: beside" not in one


def test_show_takes_a_path_and_shows_all(run: Run) -> None:
    """`show ID FILE`; all of a bank, for those who read it one by one, with the hash of each."""
    write_bank(Path("q.yaml"), faultless(), number_question())
    assert "357 m  ← key" in run("show", "first-drive.number", "q.yaml").stdout
    assert run("show", "--all", "q.yaml").stdout.count("← key") == 2
    told = json.loads(run("show", "--all", "--json", "q.yaml").stdout)
    assert [(one["id"], one["hash"]) for one in told] == [
        (one.id, content_hash(one)) for one in (faultless(), number_question())
    ]


def test_the_bank_is_the_one_that_farside_questions_names(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """For every command, over the folder here; a name on the command line goes before it."""
    write_bank(Path("mine/q.yaml"), faultless())
    write_bank(Path("questions/q.yaml"), *many(2))
    monkeypatch.setenv("FARSIDE_QUESTIONS", "mine")
    assert json.loads(run("stats", "--format", "json").stdout)["questions"] == 1
    assert "Chang'e-4  ← key" in run("show", "first-lander.choice").stdout
    assert run("check").exit_code == 0
    assert json.loads(run("stats", "questions", "--format", "json").stdout)["questions"] == 2
    monkeypatch.setenv("FARSIDE_QUESTIONS", "nowhere")
    result = run("stats")
    assert result.exit_code == 1
    assert "FARSIDE_QUESTIONS names nowhere, which is not there" in result.output


def test_show_a_question_a_fact_or_what_was_meant(run: Run) -> None:
    """By id; a slip of the pen is understood."""
    write_bank(Path("q.yaml"), faultless(), number_question())
    text = run("show", "first-drive.number", "--bank", "q.yaml").stdout
    for part in (
        "357 m  ← key",
        "340 to 370 m",
        "Source: Light on the far side",
        "paragraph 2",
        "A catalogue",
    ):
        assert part in text
    assert "first-lander.choice" in run("show", "first-lander", "--bank", "q.yaml").stdout
    assert run("show", "--random", "--bank", "q.yaml").stdout.count("← key") == 1
    result = run("show", "first-landr.choice", "--bank", "q.yaml")
    assert result.exit_code == 1
    assert "Did you mean `first-lander.choice`" in result.stderr


def test_a_bank_with_errors_is_not_shown_but_explained(run: Run) -> None:
    """The same lines as from check."""
    write_bank(Path("q.yaml"), faultless(difficulty=9))
    for command in (["stats", "q.yaml"], ["show", "x", "--bank", "q.yaml"]):
        result = run(*command)
        assert result.exit_code == 1
        assert "q.yaml:7:17: error:" in result.stdout


def test_rules_are_listed_and_explained(run: Run) -> None:
    """At least 25, each with its level; one in full; for programs as JSON."""
    listed = json.loads(run("rules", "--format", "json").stdout)
    assert len(listed) >= 25
    text = run("rules").stdout
    assert all(rule["name"] in text for rule in listed)
    assert "H&D 24" in run("rules", "key-stands-out").stdout
    assert "Did you mean `key-stands-out`?" in run("rules", "key-stand-out").stderr


def test_schemas_are_printed_and_written(run: Run) -> None:
    """For editors: both at once into a folder."""
    assert json.loads(run("schema").stdout)["title"] == "Farside questions"
    assert json.loads(run("schema", "facts").stdout)["title"] == "Farside facts"
    run("schema", "--write", "here")
    assert sorted(path.name for path in Path("here").iterdir()) == [
        "facts.schema.json",
        "questions.schema.json",
    ]


# --------------------------------------------------------------------------------------- as real processes


def farside_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command line as a process, from the project's folder."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "bank", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )


def test_the_committed_questions_are_what_the_facts_make() -> None:
    """Byte for byte: the command of continuous integration."""
    done = farside_process("generate", "questions/moon/facts.yaml", "--check")
    assert (done.returncode, done.stdout) == (0, b""), done.stdout[:2000]


def test_output_survives_a_poor_terminal(tmp_path: Path) -> None:
    """Where only ASCII can be written, letters are replaced, and nothing fails."""
    path = write_bank(tmp_path / "q.yaml", faultless(key="嫦娥四号"))
    done = farside_process("show", "first-lander.choice", "--bank", str(path), PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"?" in done.stdout
    done = farside_process("show", "first-lander.choice", "--bank", str(path), LC_ALL="C", PYTHONUTF8="0")
    assert done.returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_what_is_to_be_a_file_loses_no_letter(tmp_path: Path, encoding: str) -> None:
    """Sent to a file or a program, YAML and JSON are in UTF-8, whatever a terminal here would have."""
    article = tmp_path / "article.txt"
    article.write_text(
        "Łódź has 672,185 inhabitants. The “Księży Młyn” opened in 1873.\n" * 3, encoding="utf-8"
    )
    done = farside_process("draft", str(article), PYTHONIOENCODING=encoding)
    assert "Łódź" in done.stdout.decode("utf-8")
    path = write_bank(tmp_path / "q.yaml", faultless(key="嫦娥四号"))
    shown = farside_process("show", "--all", str(path), "--json", PYTHONIOENCODING=encoding)
    assert json.loads(shown.stdout)[0]["key"] == "嫦娥四号"


def test_an_article_that_does_not_end_or_is_a_folder(run: Run, tmp_path: Path) -> None:
    """What is no file of an article's size is told as what it is, and never read for ever."""
    assert "is a folder: name a file in it" in run("draft", str(tmp_path)).output
    assert "more than the 4,000,000 bytes" in run("draft", "/dev/zero").output
    assert "is not there" in run("draft", str(tmp_path / "none")).output


def on_a_terminal(*arguments: str, **environment: str) -> bytes:
    """Run the command line on a terminal and return what it shows."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "bank", *arguments],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", **environment},
        stdout=secondary,
        stderr=secondary,
    )
    os.close(secondary)
    shown = b""
    try:
        while chunk := os.read(primary, 65536):
            shown += chunk
    except OSError:  # Linux's way of saying that the other end was closed
        pass
    process.wait()
    os.close(primary)
    return shown


def test_colour_only_on_a_terminal(tmp_path: Path) -> None:
    """Colours for people, none in a pipe, none where NO_COLOR is set."""
    path = write_bank(tmp_path / "q.yaml", faultless(difficulty=9))
    escape = b"\x1b[1;31m"
    assert escape in on_a_terminal("check", str(path), NO_COLOR="")
    assert escape not in on_a_terminal("check", str(path), NO_COLOR="1")
    assert b"\x1b" not in farside_process("check", str(path)).stdout


def test_long_checks_show_how_far_they_are(tmp_path: Path) -> None:
    """A bar on a terminal only."""
    path = write_bank(tmp_path / "q.yaml", *many(2100))
    assert b"Checking" in on_a_terminal("check", str(path))
    assert b"Checking" not in farside_process("check", str(path)).stderr


def test_a_file_that_the_system_withholds_is_told_in_a_line(run: Run) -> None:
    """A name that no folder can hold ends no command with a traceback, whether it is read or written."""
    Path("article.txt").write_text("The ferry was built in 1901. It had two funnels.\n", encoding="utf-8")
    endless = "x" * 300
    for arguments in (("draft", "article.txt", "-o", endless), ("new", "article.txt", "--out", endless)):
        refused = run(*arguments)
        assert refused.exit_code == 1
        assert f"{endless[:9]}" in refused.output
        assert len(refused.output.splitlines()) < 4, arguments
