"""Rounds as people live them in a channel: the wait before the first, who is in, and each one's own line."""

import asyncio
from functools import partial
from pathlib import Path

from bot.emulator.client import PATIENCE, Desk, Message
from bot.quiz.question import Kind
from tests.banks import write_bank
from tests.e2e.conftest import Farside
from tests.e2e.play import EDIT, is_result_of
from tests.e2e.rounds import asked, closed, is_open, key, opened, start
from tests.questions import question

HOOK = "PATCH /webhooks/*/*/messages/@original"


def own(desk: Desk, person: str) -> list[Message]:
    """Return the private messages that a person sees in the channel of games."""
    return [m for m in desk.messages(desk.channel("quiz"), as_=person) if m.is_ephemeral]


async def waiting(farside: Farside) -> Message:
    """Start a game that lets people get ready; return its announcement."""
    desk = farside.desk
    await farside.kill()
    farside.environment["FARSIDE_GET_READY"] = "5"
    await farside.restart()
    quiz = desk.channel("quiz")
    outcome = await desk.run(desk.you, quiz, "quiz start", questions=2, seconds=60)
    assert not outcome.message.is_ephemeral
    return outcome.message


async def test_people_get_ready(farside: Farside) -> None:
    """The announcement says when it starts and who is in; the question comes by itself after five seconds."""
    desk = farside.desk
    announced = await waiting(farside)
    assert "**Starts <t:" in announced.text
    assert "In: You" in announced.text
    joined = await desk.press(desk.member, announced, "I'm in")
    assert joined.message.id == announced.id
    assert "In: You, " in joined.text
    assert not [m for m in desk.messages(desk.channel("quiz")) if is_open(m)]
    await farside.forward(6)
    await desk.shown(desk.channel("quiz"), opened())

    def is_begun(message: Message) -> bool:
        return message.id == announced.id and message.labels == ["How points work"] and "In: " in message.text

    await desk.shown(desk.channel("quiz"), is_begun)


async def test_the_starter_need_not_wait(farside: Farside) -> None:
    """`Start now` is for whoever has started the game; others are told who that is."""
    desk = farside.desk
    announced = await waiting(farside)
    refused = await desk.press(desk.member, announced, "Start now")
    assert f"<@{desk.you}>" in refused.text
    begun = await desk.press(desk.you, announced, "Start now")
    assert begun.message.labels == ["How points work"]
    await desk.shown(desk.channel("quiz"), opened())


async def test_who_need_not_get_ready(farside: Farside) -> None:
    """A game without a time limit begins at once, and so does one that is played again."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await farside.kill()
    farside.environment["FARSIDE_GET_READY"] = "5"
    await farside.restart()
    untimed = await desk.run(desk.you, quiz, "quiz start", questions=1, pace="untimed")
    assert untimed.message.labels == ["How points work"]
    await desk.shown(quiz, opened())
    await desk.run(desk.you, quiz, "quiz stop")
    ended = await desk.shown(quiz, lambda m: "Final standings" in m.text)
    again = await desk.press(desk.you, ended, "Play again")
    assert again.message.labels == ["How points work"]


async def test_killed_while_people_get_ready(farside: Farside) -> None:
    """After a restart the first question comes at once, once, and the announcement loses its buttons."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    announced = await waiting(farside)
    await farside.kill()
    await farside.restart()
    await desk.shown(quiz, opened())

    def is_begun(message: Message) -> bool:
        return message.id == announced.id and message.labels == ["How points work"]

    assert "You starts a quiz" in (await desk.shown(quiz, is_begun)).text
    await farside.forward(6)
    await farside.forward(62)
    await desk.shown(quiz, closed())
    assert len([m for m in desk.messages(quiz) if "**1 of 2**" in m.text]) == 1


async def test_buttons_that_are_left_say_that_the_game_has_begun(farside: Farside) -> None:
    """Where Farside may not look for its announcement after a restart, a press brings that up to date."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    announced = await waiting(farside)
    await desk.permit(quiz, desk.bot_id, deny=("read_message_history",))
    await farside.kill()
    await farside.restart()
    await desk.shown(quiz, opened())
    begun = await desk.press(desk.member, announced, "I'm in")
    assert begun.message.labels == ["How points work"]
    assert "You starts a quiz" in begun.text


async def test_stopped_while_people_get_ready(farside: Farside) -> None:
    """A game that is stopped before its first question shows none."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await waiting(farside)
    await desk.run(desk.you, quiz, "quiz stop")
    await farside.forward(6)
    await desk.shown(quiz, lambda m: "Final standings" in m.text)
    assert not [m for m in desk.messages(quiz) if is_open(m)]


async def test_points_are_explained_once_a_day(farside: Farside) -> None:
    """The first game of a day in a server says how points work; after that a button does, for the asker."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    first = await desk.run(desk.you, quiz, "quiz start", questions=1, seconds=60)
    assert "points times its difficulty" in first.text
    card = await desk.shown(quiz, opened())
    await desk.press(desk.you, card, "A")
    await farside.forward(62)
    await desk.shown(quiz, partial(is_result_of, card))
    await farside.forward(6)
    await desk.shown(quiz, lambda m: "Final standings" in m.text)
    for restarts in (False, True):
        if restarts:
            await farside.kill()
            await farside.restart()
        again = await desk.run(desk.you, quiz, "quiz start", questions=1, seconds=60)
        assert "points times its difficulty" not in again.text
        await desk.run(desk.you, quiz, "quiz stop")
    asked = await desk.press(desk.member, again.message, "How points work")
    assert asked.message.is_ephemeral
    assert "How points work" in asked.text
    await farside.forward(86_400)
    tomorrow = await desk.run(desk.you, quiz, "quiz start", questions=1, seconds=60)
    assert "points times its difficulty" in tomorrow.text


async def test_ones_own_line_tells_what_came_of_it(farside: Farside) -> None:
    """After the result a player's line has points, streak and place; there is one, for the latest answer."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside)
    right = key(farside, card)
    wrong = "A" if right == "B" else "B"
    await desk.press(desk.you, card, right)
    await desk.press(desk.you, card, wrong)
    await desk.press(desk.member, card, wrong)
    await farside.forward(62)
    await desk.shown(quiz, closed())
    await desk.until(lambda: [m.text[:3] for m in own(desk, desk.you)] == ["✅ +"])
    await desk.until(lambda: own(desk, desk.member)[0].text.startswith(f"❌ it was **{right}** "))
    assert own(desk, desk.you)[0].text.endswith(" · 1st")
    await farside.forward(6)
    card = await desk.shown(quiz, opened(2))
    right = key(farside, card)
    await desk.press(desk.you, card, right)
    await desk.until(lambda: [f"{right} is in" in m.text for m in own(desk, desk.you)] == [True])
    await farside.forward(62)
    await desk.until(lambda: [" · 2 in a row · 1st" in m.text for m in own(desk, desk.you)] == [True])


async def test_a_typed_answers_line(farside: Farside) -> None:
    """It is the same for what is typed, however often the player tries."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.run(desk.you, quiz, "quiz start", mode="typed", questions=1, seconds=60)
    card = await desk.shown(quiz, opened())
    right = asked(farside, card).question.key
    assert "is in" in (await desk.run(desk.you, quiz, "answer", text=right)).text
    assert "stands" in (await desk.run(desk.you, quiz, "answer", text=right)).text
    await farside.forward(62)
    await desk.shown(quiz, partial(is_result_of, card))
    await desk.until(lambda: [m.text[:3] for m in own(desk, desk.you)] == ["✅ +"])


async def test_lines_after_a_restart_are_left_alone(farside: Farside) -> None:
    """After a restart a round closes as ever; lines of before it stay, and the next ones are told."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside)
    await desk.press(desk.you, card, "A")
    await farside.kill()
    await farside.restart()
    await desk.press(desk.member, card, key(farside, card))
    await farside.forward(62)
    await desk.shown(quiz, closed())
    await desk.until(lambda: own(desk, desk.member)[0].text.startswith("✅ +"))
    assert ["A is in" in m.text for m in own(desk, desk.you)] == [True]


async def test_a_line_that_cannot_be_changed_stops_nothing(farside: Farside) -> None:
    """Discord may refuse a line, be slow, or forget it: rounds go on, and nothing is tried for ever."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.fault("status", route=HOOK, status=500, times=3)
    card = await start(farside)
    await desk.press(desk.you, card, "A")
    await farside.forward(62)
    await desk.shown(quiz, closed())
    await farside.forward(6)
    await desk.shown(quiz, opened(2))


async def test_how_many_are_in(farside: Farside) -> None:
    """An open question tells in a while how many have answered, of how many; one edit for several."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside)
    for person in (desk.you, desk.member, desk.owner):
        await desk.press(person, card, "A")
    await desk.shown(quiz, lambda m: m.id == card.id and "**3** are in" in m.text)
    await farside.forward(62)
    await desk.shown(quiz, closed())
    await farside.forward(6)
    card = await desk.shown(quiz, opened(2))
    await desk.press(desk.you, card, "A")
    await desk.shown(quiz, lambda m: m.id == card.id and "**1 of 3** are in" in m.text)
    edits = [e for e in await desk.log() if e["kind"] == "rest" and e["method"] == "PATCH"]
    assert len([e for e in edits if ' in"' in str(e["request"]).replace("'", '"')]) <= 2


async def test_a_refused_count_is_not_missed(farside: Farside) -> None:
    """The count is no part of the game: a failure of its edit leaves result and presses as they are."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.fault("status", route=EDIT, status=500, times=1)
    card = await start(farside)
    await desk.press(desk.you, card, "A")
    await asyncio.wait_for(_used_up(desk), PATIENCE)
    await farside.forward(62)
    await desk.shown(quiz, closed())


async def _used_up(desk: Desk) -> None:
    await desk.wait_for(
        lambda e: e["type"] == "faults" and all(fault["times"] == 0 for fault in e["faults"]), since=0
    )


async def test_a_ladder_shows_clue_and_count(farside: Farside, tmp_path: Path) -> None:
    """A ladder tells at which clue it is, and how many have answered."""
    folder = tmp_path / "ladders"
    folder.mkdir()
    made = question(kind=Kind.LADDER, clues=("Far.", "Round.", "Grey."))
    write_bank(folder / "questions.yaml", made, topics={"rover": "The rover"})
    await farside.kill()
    farside.environment["FARSIDE_QUESTIONS"] = str(folder)
    await farside.restart()
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.run(desk.you, quiz, "quiz start", mode="mixed", questions=1, seconds=60)
    card = await desk.shown(quiz, opened())
    assert "clue 1 of 3" in card.text
    await desk.press(desk.you, card, "A")
    await farside.forward(21)
    await desk.shown(quiz, lambda m: m.id == card.id and "clue 2 of 3" in m.text and "**1** is in" in m.text)
