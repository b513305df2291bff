"""Loading: a folder or a file in, an immutable bank out, or every fault at once; and the cache."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import FrozenInstanceError
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.bank import BankError, Problem, bank_fingerprint, load_bank
from bot.bank import cache as cache_module
from bot.bank.document import parse
from bot.bank.linter import has_errors
from bot.bank.rules import Entry
from bot.bank.writer import dump_yaml
from bot.quiz.question import Kind, Look, Question, Tolerance, Verdict
from tests.banks import faultless, many, number_question, plain, source, write_bank, yaml_of
from tests.laws import tried

FACTS = """\
version: 1
source: {title: A harbour, publisher: The Example, published: May 2020}
topics: {wreck: The wreck}
facts:
  - id: built
    statement: The ship was built in 1901.
    kind: year
    value: '1901'
    topic: wreck
    paragraphs: [3]
  - id: doubtful
    statement: The ship carried gold.
    kind: yes_no
    value: 'Yes'
    use: avoid
  - id: drafted
    statement: The ship had two masts.
    kind: quantity
    value: 2 masts
    status: draft
"""


@pytest.fixture(autouse=True)
def cache_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty cache of its own."""
    home = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    return home


def entries(home: Path) -> list[Path]:
    """Return the files in the cache."""
    return sorted((home / "farside" / "bank").glob("*"))


def problems_of(path: Path) -> list[tuple[str, int, str]]:
    """Return file name, line and rule of all that keeps a bank from being loaded."""
    with pytest.raises(BankError) as caught:
        load_bank(path)
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    return [(Path(problem.path).name, problem.line, problem.rule) for problem in caught.value.problems]


# --------------------------------------------------------------------------------------------- what is in it


def test_a_file_is_a_bank(tmp_path: Path) -> None:
    """Questions by id, in the order of the file; a path may be a string."""
    first, second = faultless(), number_question()
    path = write_bank(tmp_path / "q.yaml", first, second, topics={"mission": "The mission"})
    for bank in (load_bank(path), load_bank(str(path))):
        assert len(bank) == 2
        assert bank.questions == (first, second)
        assert list(bank) == [first, second]
        assert bank["first-lander.choice"] == first
        assert bank.get("nothing") is None
        assert bank.get("nothing", 7) == 7
        assert "first-drive.number" in bank
        assert "nothing" not in bank
        assert bank.ids == ("first-lander.choice", "first-drive.number")
        assert dict(bank.topics) == {"mission": "The mission"}
    with pytest.raises(KeyError):
        load_bank(path)["nothing"]


def test_a_folder_is_a_bank_of_all_its_files(tmp_path: Path) -> None:
    """Files below load together in the order of their names; hidden ones and others are left alone."""
    write_bank(tmp_path / "bank" / "b.yml", faultless(id="b"))
    write_bank(tmp_path / "bank" / "a" / "q.YAML", faultless(id="a"))
    write_bank(tmp_path / "bank" / ".hidden" / "q.yaml", faultless(id="hidden"))
    write_bank(tmp_path / "bank" / ".q.yaml", faultless(id="hidden"))
    (tmp_path / "bank" / "notes.txt").write_text("\t not YAML")
    assert load_bank(tmp_path / "bank").ids == ("a", "b")


def test_facts_come_with_the_questions(tmp_path: Path) -> None:
    """Reviewed facts are there to be shown, with their source; drafts and doubtful ones are not."""
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "facts.yaml").write_text(FACTS)
    write_bank(tmp_path / "bank" / "questions.yaml", faultless(topic="wreck"))
    for _ in ("cold", "warm"):
        bank = load_bank(tmp_path / "bank")
        assert list(bank.facts) == ["built"]
        fact = bank.facts["built"]
        assert (fact.topic, fact.statement, fact.source.paragraphs) == (
            "wreck",
            "The ship was built in 1901.",
            (3,),
        )
        assert fact.explanation == fact.statement
        assert dict(bank.topics) == {"wreck": "The wreck"}


def test_a_bank_cannot_be_changed(tmp_path: Path) -> None:
    """What was loaded is what is played, whoever holds it."""
    bank = load_bank(write_bank(tmp_path / "q.yaml", faultless()))
    with pytest.raises(TypeError):
        bank.topics["x"] = "y"  # type: ignore[index] # the point
    with pytest.raises(AttributeError):
        bank.questions = ()  # type: ignore[misc] # the point
    with pytest.raises(FrozenInstanceError):
        bank.questions[0].stem = "x"  # type: ignore[misc] # the point


def test_pools_are_what_fits_all_conditions(tmp_path: Path) -> None:
    """By topic, difficulty and kinds, alone and together; kinds by name or value."""
    bank = load_bank(write_bank(tmp_path / "q.yaml", *many(48)))
    for topic in (None, "topic-1", "topic-9"):
        for difficulty in (None, 2):
            for kinds in (None, "reverse", Kind.REVERSE, [Kind.MYTH, "reverse"]):
                wanted = {Kind(kind) for kind in ([kinds] if isinstance(kinds, str) else kinds or list(Kind))}
                expected = [
                    one
                    for one in bank.questions
                    if topic in (None, one.topic)
                    and difficulty in (None, one.difficulty)
                    and one.kind in wanted
                ]
                pool = bank.pool(topic=topic, difficulty=difficulty, kinds=kinds)
                assert list(pool) == expected
                assert len(pool) == len(expected)
    assert bank.pool("topic-1")[1:3] == tuple(bank.pool("topic-1"))[1:3]


def test_topics_need_not_be_declared(tmp_path: Path) -> None:
    """A title is made of the id; declared topics that nothing is about are left out."""
    bank = load_bank(write_bank(tmp_path / "q.yaml", faultless(topic="far-side")))
    assert dict(bank.topics) == {"far-side": "Far side"}
    topics = {"moon": "The Moon", "sun": "The Sun"}
    bank = load_bank(write_bank(tmp_path / "r.yaml", faultless(topic="moon"), topics=topics))
    assert dict(bank.topics) == {"moon": "The Moon"}


def test_scalars_of_a_question_stay_what_was_typed(tmp_path: Path) -> None:
    """The key `yes` is no boolean, 1:30 is no number of seconds, and numbers are read where they belong."""
    text = yaml_of(number_question()).replace("357 m", "no").replace("120 m", "0o17").replace("900 m", "1:30")
    text = text.replace("March 2021", "2019-01-03").replace("kind: number", "kind: choice")
    (tmp_path / "q.yaml").write_text(text.replace("'", ""))
    loaded = load_bank(tmp_path / "q.yaml").questions[0]
    assert loaded.key == "no"
    assert loaded.distractors == ("0o17", "1:30", "2500 m")
    assert loaded.source.published == "2019-01-03"
    assert loaded.tolerance == Tolerance(340.0, 370.0, "m")
    assert loaded.difficulty == 1


def test_optional_fields_may_be_null(tmp_path: Path) -> None:
    """As a program writes them that knows no other way of saying nothing."""
    fields: dict[str, Any] = plain(faultless())
    fields |= {"tolerance": None, "accept": [], "allow": {}}
    fields["source"] |= {"says": None}
    (tmp_path / "q.yaml").write_text(dump_yaml({"version": 1, "topics": None, "questions": [fields]}))
    assert load_bank(tmp_path / "q.yaml").questions == (faultless(),)


# ------------------------------------------------------------------------------------------- what is refused


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    """Schema, rules and faults between files; one exception, in the order of the files."""
    bank = tmp_path / "bank"
    write_bank(
        bank / "a.yaml", faultless(id="one"), faultless(id="two", distractors=("the Chang’e 4", "Luna 9"))
    )
    write_bank(bank / "b.yaml", faultless(id="one"), faultless(id="three", difficulty=7))
    (bank / "c.yaml").write_text("\tversion: 1\n")
    (bank / "d.yaml").write_text("facts: []\nquestions: []\n")
    (bank / "e.yaml").write_text("colour: blue\n")
    (bank / "f.yaml").symlink_to("gone.yaml")
    found = problems_of(bank)
    assert [(name, rule) for name, _, rule in found] == [
        ("a.yaml", "key-among-distractors"),
        ("b.yaml", "duplicate-id"),
        ("b.yaml", "schema"),
        ("c.yaml", "syntax"),
        ("d.yaml", "schema"),
        ("e.yaml", "schema"),
        ("f.yaml", "file"),
    ]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"distractors": ("Chang'e-4", "Luna 9")}, "key-among-distractors"),
        ({"distractors": ("Luna 9", "luna-9")}, "equal-options"),
        ({"distractors": ()}, "no-distractors"),
        ({"distractors": tuple("abcde")}, "schema"),
        ({"difficulty": 4}, "schema"),
        ({"explanation": "x" * 201}, "schema"),
        ({"stem": ""}, "missing-value"),
        ({"id": "two words"}, "schema"),
        ({"kind": Kind.TRUE_FALSE, "key": "Right", "distractors": ("Wrong",)}, "true-false-form"),
        ({"kind": Kind.NUMBER}, "missing-tolerance"),
    ],
)
def test_what_cannot_be_played_is_refused(tmp_path: Path, change: dict[str, Any], rule: str) -> None:
    """A bank that loads is one that can be played."""
    path = write_bank(tmp_path / "q.yaml", faultless(**change))
    assert rule in {found for _, _, found in problems_of(path)}


def test_matters_of_style_are_for_the_linter_only(tmp_path: Path) -> None:
    """A warning keeps no bot from starting."""
    assert len(load_bank(write_bank(tmp_path / "q.yaml", faultless(stem="Name it, not that one")))) == 1


def test_a_bank_keeps_the_look_of_its_head(tmp_path: Path) -> None:
    """Title, emblem and colour, cold and warm; none where its author gave none."""
    path = write_bank(tmp_path / "q.yaml", faultless())
    assert load_bank(path).look == Look()
    text = path.read_text(encoding="utf-8")
    path.write_text(f"title: Ships of Farley\nemblem: ⚓\ncolor: '#12ab56'\n{text}", encoding="utf-8")
    for _ in range(2):
        assert load_bank(path).look == Look("Ships of Farley", "⚓", 0x12AB56)
    path.write_text(f"color: blue\n{text}", encoding="utf-8")
    assert {rule for _, _, rule in problems_of(path)} == {"schema"}


def test_a_warning_can_be_switched_off_and_no_error(tmp_path: Path) -> None:
    """Whatever a game cannot do with keeps a bank from loading, whatever reason is given for it."""
    why = {"equal-options": "they are two craft"}
    faulty = faultless(distractors=("Luna 9", "luna 9"), allow=why)
    assert {rule for _, _, rule in problems_of(write_bank(tmp_path / "a.yaml", faulty))} == {
        "allowed-error",
        "equal-options",
    }
    sound = write_bank(tmp_path / "b.yaml", faultless(allow=why))
    assert {rule for _, _, rule in problems_of(sound)} == {"allowed-error"}
    path = write_bank(tmp_path / "c.yaml", faultless(allow={"equal-option": "why"}))
    assert {rule for _, _, rule in problems_of(path)} == {"unknown-rule"}
    negative = faultless(stem="Which craft did not land?", allow={"unmarked-negative": "it is the joke"})
    loaded = load_bank(write_bank(tmp_path / "d.yaml", negative))
    assert loaded.questions[0].allow == {"unmarked-negative": "it is the joke"}


def test_errors_between_questions_cannot_be_switched_off_either(tmp_path: Path) -> None:
    """Nobody finds an undeclared topic, and no two questions have one id."""
    secret = faultless(topic="secret", allow={"unknown-topic": "a surprise for the last day"})
    path = write_bank(tmp_path / "a.yaml", secret, topics={"mission": "The mission"})
    assert {rule for _, _, rule in problems_of(path)} == {"allowed-error", "unknown-topic"}
    twin = faultless(stem="Who flew first?", allow={"duplicate-id": "they are twins"})
    path = write_bank(tmp_path / "b.yaml", faultless(), twin)
    assert {rule for _, _, rule in problems_of(path)} == {"allowed-error", "duplicate-id"}


@pytest.mark.parametrize("text", ["", "questions: []\n", "version: 1\nquestions:\n", "# later\n"])
def test_an_empty_bank_is_told_so(tmp_path: Path, text: str) -> None:
    """Nothing to ask is a fault: the bot would have nothing to say."""
    (tmp_path / "q.yaml").write_text(text)
    assert len(problems_of(tmp_path / "q.yaml")) == 1


def test_paths_that_lead_nowhere_are_told_so(tmp_path: Path) -> None:
    """A missing file, a folder without YAML, a name that no file can have."""
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "none", tmp_path / "empty", tmp_path / "nul\0.yaml"):
        assert [rule for _, _, rule in problems_of(path)] == ["file"]


def test_loops_of_links_end(tmp_path: Path) -> None:
    """A folder that contains itself is read once."""
    write_bank(tmp_path / "bank" / "q.yaml", faultless())
    (tmp_path / "bank" / "self").symlink_to(".")
    (tmp_path / "bank" / "up").symlink_to("..")
    assert len(load_bank(tmp_path / "bank")) == 1


def test_a_folder_with_the_name_of_a_file_is_a_folder(tmp_path: Path) -> None:
    """Its files count, and nothing breaks."""
    write_bank(tmp_path / "bank" / "x.yaml" / "q.yaml", faultless())
    assert len(load_bank(tmp_path / "bank")) == 1


@tried(50)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.tuples(st.integers(0, 900), st.binary(max_size=4)),
        st.tuples(
            st.integers(0, 900), st.sampled_from([b": ", b"\n", b"- ", b"'", b"&a", b"*a", b"{", b"]", b"\t"])
        ),
    )
)
def test_any_bytes_end_in_a_bank_or_in_problems_with_places(
    tmp_path: Path, damage: bytes | tuple[int, bytes]
) -> None:
    """Noise, and a good file with a few bytes put in anywhere."""
    content = yaml_of(faultless(), number_question()).encode()
    if isinstance(damage, bytes):
        content = damage
    else:
        at, inserted = damage
        content = content[:at] + inserted + content[at:]
    path = tmp_path / "q.yaml"
    path.write_bytes(content)
    problems: tuple[Problem, ...] = ()
    size = 0
    try:
        size = len(load_bank(path))
    except BankError as error:
        problems = error.problems
    assert (size > 0) is not bool(problems)
    for problem in problems:
        assert problem.path == str(path)
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message


_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(
    lambda text: text.strip() == text
)


@tried(25)
@given(
    stem=_TEXT,
    key=_TEXT,
    accept=st.lists(_TEXT, max_size=3),
    says=st.one_of(st.none(), _TEXT),
    low=st.floats(-1e9, 1e9),
    verdict=st.sampled_from(Verdict),
    kind=st.sampled_from([Kind.TEXT, Kind.CHOICE, Kind.REVERSE]),
    paragraphs=st.lists(st.integers(1, 99), max_size=4).map(tuple),
)
def test_any_valid_bank_survives_dump_and_load(tmp_path: Path, **fields: Any) -> None:
    """Cold and warm, every field is what it was."""
    made: Question = faultless(
        stem=fields["stem"],
        key=fields["key"],
        accept=tuple(fields["accept"]),
        kind=fields["kind"],
        tolerance=Tolerance(fields["low"], fields["low"] + 1, "milliarcseconds of it"),
        source=source(says=fields["says"], verdict=fields["verdict"], paragraphs=fields["paragraphs"]),
        allow={"stray-spaces": "anything goes here"},
    )
    assume(not has_errors([Entry(made, parse("f", "questions: []"), ())]))
    path = write_bank(tmp_path / "q.yaml", made)
    assert load_bank(path).questions == (made,)
    assert load_bank(path).questions == (made,)


def test_the_fingerprint_changes_with_the_files(tmp_path: Path) -> None:
    """Cheap to ask often: names, sizes and times."""
    path = write_bank(tmp_path / "bank" / "q.yaml", faultless())
    first = bank_fingerprint(tmp_path / "bank")
    assert bank_fingerprint(tmp_path / "bank") == first
    os.utime(path, ns=(1, 1))
    second = bank_fingerprint(tmp_path / "bank")
    write_bank(tmp_path / "bank" / "r.yaml", faultless(id="r"))
    assert len({first, second, bank_fingerprint(tmp_path / "bank"), bank_fingerprint(tmp_path / "none")}) == 4


# ------------------------------------------------------------------------------------------------- the cache


def test_an_unchanged_file_is_not_read_as_yaml_again(tmp_path: Path, cache_home: Path) -> None:
    """Nor is a schema library imported: a bot that starts again starts at once."""
    path = write_bank(tmp_path / "q.yaml", *many(5))
    program = (
        "import sys; from bot.bank import load_bank; bank = load_bank(sys.argv[1]); bank.questions;"
        "import random; bank.draw(random.Random(1));"
        "print([name for name in ('yaml', 'pydantic', 'rich', 'click', 'rapidfuzz') if name in sys.modules])"
    )
    load_bank(path)
    command = [sys.executable, "-c", program, str(path)]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == "[]"


def test_importing_the_bank_is_cheap() -> None:
    """No YAML, no pydantic, before a file is read that is new."""
    program = (
        "import sys, bot.bank; print([n for n in ('yaml', 'pydantic', 'rich', 'click') if n in sys.modules])"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == "[]"


def test_the_cache_is_keyed_by_content(tmp_path: Path, cache_home: Path) -> None:
    """A changed file is read anew, a copy of a known one is not; what changed back is known still."""
    path = write_bank(tmp_path / "q.yaml", faultless())
    load_bank(path)
    assert len(entries(cache_home)) == 1
    write_bank(path, faultless(stem="Which craft landed first?"))
    assert load_bank(path).questions[0].stem == "Which craft landed first?"
    assert len(entries(cache_home)) == 2
    write_bank(path, faultless())
    write_bank(tmp_path / "copy.yaml", faultless())
    assert load_bank(path).questions == load_bank(tmp_path / "copy.yaml").questions == (faultless(),)
    assert len(entries(cache_home)) == 2


@pytest.mark.parametrize("damage", ["empty", "short", "flipped", "noise", "folder"])
def test_a_damaged_cache_is_rebuilt_not_trusted(tmp_path: Path, cache_home: Path, damage: str) -> None:
    """Cut off, changed in one bit, or something else altogether."""
    path = write_bank(tmp_path / "q.yaml", *many(8))
    load_bank(path)
    (entry,) = entries(cache_home)
    good = entry.read_bytes()
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    if damage == "folder":
        entry.unlink()
        entry.mkdir()
    else:
        bad = {"empty": b"", "short": good[:-9], "flipped": bytes(flipped), "noise": b"\x80" * 99}
        entry.write_bytes(bad[damage])
    assert load_bank(path).questions == tuple(many(8))
    if damage != "folder":
        assert entry.read_bytes() == good


def test_an_entry_with_a_checksum_but_without_sense_is_rebuilt(tmp_path: Path, cache_home: Path) -> None:
    """Even a forged one raises nothing."""
    path = write_bank(tmp_path / "q.yaml", faultless())
    load_bank(path)
    (entry,) = entries(cache_home)
    for body in (b"", b"000000000002{}", b"000000000004null", b"999999999999{}", b"x" * 40):
        digest = sha256(body).hexdigest().encode()
        entry.write_bytes(cache_module._MAGIC + digest + body)
        assert load_bank(path).questions == (faultless(),)


def test_the_cache_holds_json(tmp_path: Path, cache_home: Path) -> None:
    """A format that runs nothing when it is read."""
    load_bank(write_bank(tmp_path / "q.yaml", faultless()))
    content = entries(cache_home)[0].read_bytes()
    body = content[len(cache_module._MAGIC) + 64 :]
    size = int(body[:12])
    assert json.loads(body[12 : 12 + size])["ids"] == ["first-lander.choice"]
    index = json.loads(body[12 : 12 + size])
    ends, none, first, no_facts, told = cache_module._cut(memoryview(body)[12 + size :], *index["sizes"])
    assert (bytes(ends), bytes(none), bytes(no_facts)) == (bytes(4), b"", b"")
    assert json.loads(bytes(first))["stem"] == faultless().stem
    assert json.loads(bytes(told))["title"] == faultless().source.title


@pytest.mark.parametrize("home", ["file/below", "/proc/nowhere", "/dev/null"])
def test_a_cache_that_cannot_be_written_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    """On a read-only file system the bank is compiled each time."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / home))
    path = write_bank(tmp_path / "q.yaml", faultless())
    assert load_bank(path).questions == load_bank(path).questions == (faultless(),)


def test_no_home_is_no_error(tmp_path: Path) -> None:
    """As in a container, for a user whom the system does not know."""
    path = write_bank(tmp_path / "q.yaml", faultless())
    environment = {"PATH": os.environ["PATH"], "HOME": ""}
    program = "import sys; from bot.bank import load_bank; print(len(load_bank(sys.argv[1])))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        env=environment,
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "1"


def test_concurrent_writers_leave_whole_entries(tmp_path: Path, cache_home: Path) -> None:
    """Several bots that start at once each load the whole bank, and no unfinished file stays."""
    path = write_bank(tmp_path / "q.yaml", *many(60))
    sizes: list[int] = []
    threads = [threading.Thread(target=lambda: sizes.append(len(load_bank(path)))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [60] * 6
    assert [entry.suffix for entry in entries(cache_home)] == [".json"]


def test_old_entries_are_pruned(tmp_path: Path, cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those used longest ago go first, and so does what a killed writer left behind."""
    monkeypatch.setattr(cache_module, "_KEPT", 3)
    folder = cache_home / "farside" / "bank"
    for index in range(5):
        load_bank(write_bank(tmp_path / "q.yaml", faultless(id=f"q{index}")))
        for entry in folder.iterdir():
            about = entry.stat()
            os.utime(entry, ns=(about.st_atime_ns - 10**9, about.st_mtime_ns - 10**9))
    (folder / ".left.part").write_text("")
    os.utime(folder / ".left.part", (1, 1))
    load_bank(write_bank(tmp_path / "q.yaml", faultless(id="last")))
    assert len(entries(cache_home)) == 3
    load_bank(write_bank(tmp_path / "q.yaml", faultless(id="q4")))
    assert len(entries(cache_home)) == 3
