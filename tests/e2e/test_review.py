"""`/review` as people meet it: from a missed question to the day when it comes again; killed in between."""

import csv
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import aiohttp

from bot.emulator.client import Message, Outcome
from bot.quiz.question import Kind, Picture
from tests.banks import faultless, write_bank
from tests.e2e.conftest import Farside
from tests.e2e.play import CALLBACK, held
from tests.e2e.rounds import is_closed, round_of
from tests.e2e.test_boards import play

DAY = 86_400


async def closed(farside: Farside) -> Message:
    """Play a question that `member` gets wrong; return its result."""
    await play(farside)
    [card] = [m for m in farside.desk.messages(farside.desk.channel("quiz")) if is_closed(m)][-1:]
    return card


async def started(farside: Farside, person: str, channel: str = "", **options: int) -> Outcome:
    """Begin a sitting."""
    where = channel or farside.desk.channel("quiz")
    return await farside.desk.run(person, where, "review start", **options)  # type: ignore[arg-type]


async def shown(farside: Farside, person: str, message: Message | None, name: str) -> Message:
    """Press a button of a sitting; return what its message shows then."""
    assert message is not None
    outcome = await farside.desk.press(person, message, name)
    assert outcome.message is not None
    return outcome.message


def ids(farside: Farside, message: Message) -> str:
    """Return the id of the question that a message of a round shows."""
    [(body,)] = farside.rows(
        "SELECT body FROM rounds JOIN questions ON hash = question WHERE id = ?", round_of(message)
    )
    return str(json.loads(body)["id"])


async def content(message: Message | None) -> bytes:
    """Return the file of a message."""
    assert message is not None
    [file] = message.files
    async with aiohttp.ClientSession() as session, session.get(file["url"]) as response:
        return await response.read()


async def test_from_a_mistake_to_the_day_when_it_comes_again(farside: Farside) -> None:
    """Missed, it is due; answered and graded it comes again days later, and nobody else sees any of it."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    nothing = await desk.run(desk.you, quiz, "review due")
    assert "Nothing to review yet" in nothing.text
    card = await closed(farside)
    due = await desk.run(desk.member, quiz, "review due")
    assert "1 question due now" in due.text
    assert due.message is not None
    assert due.message.is_ephemeral
    assert "Nothing is due now" in (await started(farside, desk.you)).text, "whoever was right has nothing"
    asked = await started(farside, desk.member)
    assert asked.message is not None
    assert asked.message.is_ephemeral
    back = await shown(farside, desk.member, asked.message, "I do not know")
    assert "(right answer)" in back.text
    assert [label.split(" · ")[0] for label in back.labels[:4]] == ["Again", "Hard", "Good", "Easy"]
    source = await desk.press(desk.member, back, "Source")
    assert source.message is not None
    assert "Report a mistake" in source.message.labels
    done = await shown(farside, desk.member, back, "Easy")
    assert "1 question reviewed: nothing else is due" in done.text
    assert farside.rows(
        "SELECT question_id, grades FROM reviews JOIN question_names ON number = question"
    ) == [(ids(farside, card), 1)]
    assert "Nothing is due now" in (await started(farside, desk.member)).text
    await farside.forward(30 * DAY)
    assert "Review · the last one" in (await started(farside, desk.member, await desk.dm(desk.member))).text


async def test_save_and_stop(farside: Farside) -> None:
    """`Save` adds a closed question; what is missed joins until one stops that; any may go again."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await closed(farside)
    assert "Saved" in (await desk.press(desk.owner, card, "Save")).text
    assert "among your reviews already" in (await desk.press(desk.owner, card, "Save")).text
    due = await desk.run(desk.member, quiz, "review due")
    stopped = await shown(farside, desk.member, due.message, "Stop adding what I miss")
    assert "does not join" in stopped.text
    await closed(farside)
    assert "1 question in all" in (await desk.run(desk.member, quiz, "review due")).text
    asked = await started(farside, desk.member)
    back = await shown(farside, desk.member, asked.message, "I do not know")
    gone = await shown(farside, desk.member, back, "Do not ask again")
    assert "Nothing is due now" in gone.text
    assert farside.rows("SELECT count(*) FROM reviews WHERE home_id = ?", desk.member) == [(0,)]


async def test_killed_in_the_midst_of_a_sitting(farside: Farside) -> None:
    """A grade whose answer was lost is there, and counts once; buttons from before the kill go on."""
    desk = farside.desk
    for _ in range(2):
        await closed(farside)
    asked = await started(farside, desk.member, count=5)
    await farside.kill()
    await farside.restart()
    back = await shown(farside, desk.member, asked.message, "A")
    async with held(desk, CALLBACK, acts=False) as reached:
        await desk.press(desk.member, back, "Good", wait=False)
        await reached()
        await farside.kill()
    await farside.restart()
    assert farside.rows("SELECT sum(grades) FROM reviews") == [(1,)]
    following = await shown(farside, desk.member, back, "Good")
    assert "Review · " in following.text, "the other one is due"
    assert farside.rows("SELECT sum(grades) FROM reviews") == [(1,)]
    second = await shown(farside, desk.member, following, "I do not know")
    done = await shown(farside, desk.member, second, "Good")
    assert "reviewed" in done.text
    assert farside.rows("SELECT sum(grades), count(*) FROM reviews") == [(2, 2)]


async def test_taken_along(farside: Farside, tmp_path: Path) -> None:
    """A table and a deck, for the one who asked alone; with nothing there is a sentence."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    assert "nothing to export yet" in (await desk.run(desk.you, quiz, "review export", format="csv")).text
    card = await closed(farside)
    table = await desk.run(desk.member, quiz, "review export", format="csv")
    assert table.message is not None
    assert table.message.is_ephemeral
    rows = list(csv.DictReader(io.StringIO((await content(table.message)).decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == [ids(farside, card)]
    deck = await desk.run(desk.member, quiz, "review export", format="anki")
    with zipfile.ZipFile(io.BytesIO(await content(deck.message))) as package:
        (tmp_path / "collection").write_bytes(package.read("collection.anki2"))
    with closing(sqlite3.connect(tmp_path / "collection")) as collection:
        assert collection.execute("SELECT count(*) FROM cards").fetchone() == (1,)


async def test_what_changed_in_the_bank_is_asked_anew(farside: Farside, tmp_path: Path) -> None:
    """A button of before the change is known for an old one; a picture that is gone holds nobody up."""
    desk = farside.desk
    folder = tmp_path / "bank"
    folder.mkdir()
    (folder / "craft.png").write_bytes(b"\x89PNG\r\n\x1a\nnot much of a picture")
    shown_first = Picture("craft.png", "A craft with four legs", "Somebody")
    first = faultless(kind=Kind.PICTURE, picture=shown_first)
    write_bank(folder / "questions.yaml", first, topics={"mission": "The mission"})
    farside.environment["FARSIDE_QUESTIONS"] = str(folder)
    await farside.kill()
    await farside.restart()
    card = await closed(farside)
    assert "Saved" in (await desk.press(desk.owner, card, "Save")).text
    asked = await started(farside, desk.owner)
    assert asked.message is not None
    assert [file["filename"] for file in asked.message.files] == ["review.png"]
    await farside.kill()
    (folder / "craft.png").unlink()
    changed = replace(
        first, kind=Kind.CHOICE, picture=None, distractors=("Luna 1", "Luna 2", "Luna 3", "Luna 4")
    )
    write_bank(folder / "questions.yaml", changed, topics={"mission": "The mission"})
    await farside.restart()
    anew = await shown(farside, desk.owner, asked.message, "A")
    assert "(right answer)" not in anew.text
    assert {"Luna 1", "Luna 4"} <= {label[3:] for label in anew.labels}
    back = await shown(farside, desk.owner, anew, "A")
    assert "(right answer)" in back.text
    (folder / "craft.png").write_bytes(b"\x89PNG\r\n\x1a\nnot much of a picture")
    write_bank(folder / "questions.yaml", first, topics={"mission": "The mission"})
    await farside.kill()
    await farside.restart()
    (folder / "craft.png").unlink()
    assert "Picture: A craft with four legs" in (await started(farside, desk.owner)).text
    deck = await desk.run(desk.owner, desk.channel("quiz"), "review export", format="anki")
    assert "1 picture could not be put in" in deck.text
