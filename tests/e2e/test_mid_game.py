"""What is taken away in the middle of a game: data, banks, rights, channels; and what kills meet there."""

import asyncio
import re
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.conftest import Farside
from tests.e2e.play import SEND, held, is_result_of
from tests.e2e.rounds import closed, is_closed, is_open, is_standings, opened, start
from tests.e2e.test_clock import own_clock
from tests.e2e.test_typed import with_bank

_CHOICE = """\
  - id: {name}
    fact: {name}
    kind: choice
    topic: {topic}
    difficulty: 1
    stem: Which {name} is meant here?
    key: The {name}
    distractors: [Lead, Tin, Zinc]
    explanation: So it is.
    source: {{title: A map}}
"""


def bank_of(**topics: str) -> str:
    """Return a bank with the named questions of each topic."""
    titles = ", ".join(f"{topic}: {topic.title()}" for topic in topics)
    questions = "".join(
        _CHOICE.format(name=name, topic=topic) for topic, names in topics.items() for name in names.split()
    )
    return f"version: 1\ntopics: {{{titles}}}\nquestions:\n{questions}"


async def test_a_starter_deletes_everything(farside: Farside) -> None:
    """With a round open, a vote pending and a game alone: the game goes on for the others to its end."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, questions=2, seconds=60)
    alone = await desk.run(desk.you, desk.channel("general"), "quiz solo", questions=2)
    await desk.press(desk.you, card, "A")
    await desk.press(desk.member, card, "B")
    form = await desk.run(desk.you, quiz, "privacy delete")
    assert form.modal is not None
    word = form.modal["custom_id"].split(":")[2]
    await desk.submit(desk.you, form, word=word)
    assert farside.rows("SELECT count(*) FROM answers WHERE player_id = ?", int(desk.you)) == [(0,)]
    gone = await desk.press(desk.you, alone.message, "A")
    assert "does not know" in gone.text
    again = await desk.press(desk.you, card, "B")  # it was never given, as far as anybody knows
    assert "B is in" in again.text
    await farside.forward(61)
    await desk.shown(quiz, partial(is_result_of, card))
    await farside.forward(9)
    second = await desk.shown(quiz, opened(2))
    assert "Only" not in (await desk.run(desk.member, quiz, "quiz skip")).text
    await desk.press(desk.member, second, "A")
    await farside.forward(61)
    await desk.shown(quiz, closed(2))
    await farside.forward(9)
    await desk.shown(quiz, is_standings)
    assert farside.rows("SELECT state FROM games") == [("finished",)]
    assert farside.rows("SELECT count(*) FROM games WHERE starter_id = ?", int(desk.you)) == [(0,)]


async def test_a_bank_that_changes_under_a_game(farside: Farside, tmp_path: Path) -> None:
    """The open round stays what it was, the game goes on with what there is, and ends with a word."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await with_bank(farside, tmp_path, bank_of(old="copper iron silver", other="gold"))
    card = await start(farside, topic="old", questions=3, seconds=60)
    await desk.press(desk.you, card, "A")
    alone = await desk.run(desk.you, desk.channel("general"), "quiz solo", topic="old", questions=3)
    await farside.kill()
    (tmp_path / "bank" / "questions.yaml").write_text(bank_of(other="gold"), encoding="utf-8")
    await farside.restart()
    assert "B is in" in (await desk.press(desk.member, card, "B")).text
    await farside.forward(61)
    result = await desk.shown(quiz, partial(is_result_of, card))
    assert "is meant here?" in result.text
    await farside.forward(9)
    assert "no question left" in (await desk.shown(quiz, is_standings)).text
    judged = await desk.press(desk.you, alone.message, "A")
    following = await desk.press(desk.you, judged.message, "Next")
    assert following.state == "done"
    assert " of 1 right" in following.text
    assert "no other question like these" in following.text
    refused = await desk.run(desk.you, quiz, "quiz start", topic="old")
    assert "Something went wrong" not in refused.text
    await start(farside, questions=1)


@pytest.mark.parametrize(
    "questions",
    [
        "questions: []",
        "version: 1\ntopics: {moon: The Moon}\nquestions: []",
    ],
    ids=["no version", "no question"],
)
async def test_a_bank_of_which_nothing_can_be_asked(farside: Farside, tmp_path: Path, questions: str) -> None:
    """It is refused when it is loaded, with a sentence."""
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "questions.yaml").write_text(questions, encoding="utf-8")
    await farside.kill()
    farside.environment["FARSIDE_QUESTIONS"] = str(tmp_path / "bank")
    await farside.start(wait=False)
    assert await farside.ended() == 78
    assert "Traceback" not in farside.log()


@pytest.mark.parametrize("acts", [False, True], ids=["before", "after"])
async def test_killed_while_a_picture_is_sent(farside: Farside, tmp_path: Path, acts: bool) -> None:
    """The question stands in the channel once, with its picture, whether it had arrived or not."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await with_bank(farside, tmp_path)
    async with held(desk, SEND, acts=acts) as reached:
        await desk.run(desk.you, quiz, "quiz start", questions=1, seconds=90, wait=False)
        await reached()
        await farside.kill()
    await farside.forward(30)
    await farside.restart()
    card = await desk.shown(quiz, is_open)
    assert len(card.files) == 1
    await desk.press(desk.you, card, "A")
    await farside.forward(120)
    await desk.shown(quiz, partial(is_result_of, card))
    await farside.forward(9)
    await desk.shown(quiz, is_standings)
    assert sum(is_open(m) or is_closed(m) for m in desk.messages(quiz)) == 1


async def test_a_picture_that_may_not_be_attached(farside: Farside, tmp_path: Path) -> None:
    """Its question is left out, and whoever started the game is told which right Farside lacks."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.permit(quiz, desk.bot_id, deny=("attach_files",))
    await with_bank(farside, tmp_path)
    await desk.run(desk.you, quiz, "quiz start", questions=1, seconds=90, wait=False)
    told = await desk.shown(quiz, lambda m: "Attach Files" in m.text)
    assert "left out" in told.text
    assert "may not post" not in farside.log()


async def test_a_right_that_is_taken_and_given_back(farside: Farside) -> None:
    """Taken while nothing is to be sent and given back in time, it costs nothing."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, questions=2, seconds=60)
    await desk.permit(quiz, desk.bot_id, deny=("send_messages",))
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    await farside.forward(61)
    await desk.shown(quiz, partial(is_result_of, card))
    await desk.permit(quiz, desk.bot_id)
    await farside.forward(9)
    second = await desk.shown(quiz, opened(2))
    await desk.press(desk.you, second, "A")
    await farside.forward(61)
    await desk.shown(quiz, closed(2))
    await farside.forward(9)
    await desk.shown(quiz, is_standings)


@pytest.mark.parametrize("seconds", [-1200, 1200], ids=["back", "forth"])
async def test_a_clock_that_is_set_between_rounds(farside: Farside, seconds: int) -> None:
    """Before the next question, and before the standings: nothing stalls, and nothing is doubled."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await own_clock(farside)
    card = await start(farside, questions=2, seconds=5, pace="fast")
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    await desk.shown(quiz, closed(1))
    farside.clock_file.write_text(str(seconds), encoding="ascii")
    card = await desk.shown(quiz, opened(2))
    assert "B is in" in (await desk.press(desk.you, card, "B")).text
    await desk.shown(quiz, closed(2))
    farside.clock_file.write_text(str(3 * seconds), encoding="ascii")
    await desk.shown(quiz, is_standings)
    shown = desk.messages(quiz)
    assert sum(is_open(m) or is_closed(m) for m in shown) == 2
    assert sum(map(is_standings, shown)) == 1


async def test_forty_servers_at_once(farside: Farside) -> None:
    """Forty servers that join in one moment are all there, and presses go on meanwhile."""
    desk = farside.desk
    card = await start(farside, questions=1)
    joining = asyncio.create_task(desk.post("/desk/guilds", name="Server", count=40))
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    made = await joining
    assert "B is in" in (await desk.press(desk.member, card, "B")).text
    await farside.kill()
    await farside.restart()
    assert len(made["guilds"]) == 40
    while re.search(r"online as \S+ in 4\d servers", farside.log()) is None:
        assert (await desk.run(desk.you, desk.channel("quiz"), "about")).state == "done", farside.log()
