"""What Discord refuses: only its own word, given twice, ends anything, and whoever started it is told."""

import asyncio
from functools import partial
from typing import Any

import pytest

from bot.emulator.client import Message
from tests.e2e.conftest import Farside
from tests.e2e.play import CALLBACK, EDIT, SEND, Told, is_result_of, press
from tests.e2e.rounds import closed, is_closed, is_open, is_standings, opened, start

FOLLOW_UP = "POST /webhooks/*/*"
PASSING: list[tuple[int, Any]] = [
    (403, "<html>403</html>"),
    (404, "<html>404</html>"),
    (404, {"message": "404: Not Found", "code": 0}),
    (405, "<html>405</html>"),
    (407, "Proxy Authentication Required"),
    (408, "<html>408</html>"),
    (413, "<html>413</html>"),
    (451, "<html>451</html>"),
    (400, {"message": "nobody knows this one", "code": 987654}),
    (403, {"message": "Cloudflare is blocking your request", "code": 40333}),
    (401, {"message": "401: Unauthorized", "code": 0}),
    (400, {"message": "Service resource is being rate limited", "code": 40062}),
    (429, "<html>You are being rate limited</html>"),
    (503, {"message": "overloaded", "code": 130000}),
]
INVALID = {"message": "Invalid Form Body", "code": 50035, "errors": {}}
LOCKED = {"message": "Tried to perform an operation on an archived thread", "code": 50083}
NO_ACCESS = {"message": "Missing Access", "code": 50001}
UNKNOWN = {"message": "Unknown Message", "code": 10008}


async def said(farside: Farside, words: str) -> Message:
    """Return the message in the quiz's channel, private or not, that says so."""
    desk = farside.desk
    return await desk.shown(desk.channel("quiz"), lambda m: words in m.text, desk.you)


@pytest.mark.long
@pytest.mark.parametrize("route", [SEND, EDIT, CALLBACK], ids=["send", "edit", "callback"])
async def test_what_passes(farside: Farside, route: str) -> None:
    """Pages of proxies, limits and unknown codes end nothing, whatever they are the answer to."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    for number, (status, body) in enumerate(PASSING, 1):
        fault = {"status": status, "body": body, "times": 1, "route": route}
        if (route, status) == (CALLBACK, 429):  # asks for more than the three seconds
            continue
        if route != EDIT:
            await desk.fault("status", **fault)
        if route == CALLBACK and number > 1:
            assert (await desk.run(desk.you, quiz, "quiz status")).state == "done", (status, body)
            continue
        if number == 1:
            await desk.run(desk.you, quiz, "quiz start", seconds=30, questions=len(PASSING))
        card = await desk.shown(quiz, opened(number))
        await desk.press(desk.you, card, "A")  # a game that nobody plays would end
        if route == EDIT:
            await desk.fault("status", **fault)
        await farside.forward(31)
        await desk.shown(quiz, closed(number))
        await farside.forward(9)
    if route != CALLBACK:
        await desk.shown(quiz, is_standings)
    assert farside.rows("SELECT count(*) FROM games WHERE state = 'stopped'") == [(0,)]


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (403, LOCKED, "archived and locked"),
        (403, NO_ACCESS, "cannot see this channel"),
        (404, UNKNOWN, "takes no messages"),
    ],
    ids=["locked", "no access", "unknown message"],
)
async def test_a_channel_that_is_lost(farside: Farside, status: int, body: Any, says: str) -> None:
    """One such answer ends nothing, two in a row end the game; its starter is told below the command."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, questions=3)
    await desk.fault("status", route=SEND, status=status, body=body, times=1)
    await farside.forward(61)
    await desk.shown(quiz, closed(1))
    await farside.forward(9)
    card = await desk.shown(quiz, opened(2))
    await desk.fault("status", route=SEND, status=status, body=body)
    await press(farside, Told(), desk.you, card, "A")
    await farside.forward(61)
    await desk.shown(quiz, closed(2))
    await farside.forward(9)
    told = await said(farside, "The game has ended")
    assert says in told.text
    assert "may keep its buttons: their presses count no more" in told.text
    assert farside.rows("SELECT state FROM games") == [("stopped",)]
    await desk.clear_faults()
    await start(farside)


@pytest.mark.parametrize("is_late", [False, True], ids=["below the command", "in the channel"])
async def test_a_question_that_is_refused(farside: Farside, is_late: bool) -> None:
    """It is left out, the game goes on, and its starter is told so in words."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await start(farside, questions=3, seconds=30)
    if is_late:
        await farside.kill()
        await farside.restart()  # the token of the interaction is forgotten with it
    await farside.forward(31)
    await desk.shown(quiz, closed(1))
    await desk.fault("status", route=SEND, status=400, body=INVALID, times=2)
    await farside.forward(9)
    told = await said(farside, "did not take question 2")
    assert (told.body.get("interaction_metadata") is None) == is_late
    await farside.forward(9)
    await desk.shown(quiz, opened(3))
    await farside.forward(31)
    await desk.shown(quiz, closed(3))
    await farside.forward(9)
    assert "Final standings" in (await desk.shown(quiz, is_standings)).text


async def test_questions_refused_over_and_over(farside: Farside) -> None:
    """When it is not the question, the game ends and says so."""
    desk = farside.desk
    await desk.fault("status", route=SEND, status=400, body=INVALID, times=6)
    await desk.run(desk.you, desk.channel("quiz"), "quiz start", seconds=30, questions=9)
    for number in (1, 2):
        await said(farside, f"did not take question {number}")
        await farside.forward(9)
    await said(farside, "Discord does not take its messages")
    assert farside.rows("SELECT state FROM games") == [("stopped",)]


@pytest.mark.parametrize("refusals", [2, 4, 6], ids=["once", "twice", "always"])
async def test_a_result_that_is_refused(farside: Farside, refusals: int) -> None:
    """A barer one takes its place; no message keeps buttons that cannot count, and the game goes on."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, questions=2, seconds=30)
    await press(farside, Told(), desk.you, card, "A")
    await desk.fault("status", route=EDIT, status=400, body=INVALID, times=refusals)
    await farside.forward(31)
    if refusals == 2:
        await desk.shown(quiz, partial(is_result_of, card))

    def cards() -> list[Message]:
        return [message for message in desk.messages(quiz) if message.id == card.id]

    await desk.until(lambda: not any(map(is_open, cards())))
    there = cards()
    assert len(there) == (0 if refusals == 6 else 1)
    assert all("Question 1 is closed" in message.text for message in there)
    await farside.forward(9)
    await desk.shown(quiz, opened(2))


async def test_a_question_of_the_day_whose_end_is_refused(farside: Farside) -> None:
    """The post loses it, and with it the buttons whose presses cannot count."""
    desk, general = farside.desk, farside.desk.channel("general")
    await desk.run(desk.owner, general, "schedule add", time="10:00")
    await farside.forward(86_400)
    post = await desk.shown(general, lambda m: m.button("day:") is not None)
    await desk.fault("status", route=EDIT, status=400, body=INVALID, times=4)
    await desk.run(desk.owner, general, "schedule remove")
    await farside.forward(86_400)
    await desk.shown(general, lambda m: m.id == post.id and m.button("day:") is None)


async def test_standings_that_are_refused(farside: Farside) -> None:
    """A barer end takes their place."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await start(farside, questions=1, seconds=30)
    await farside.forward(31)
    await desk.shown(quiz, is_closed)
    await desk.fault("status", route=SEND, status=400, body=INVALID, times=2)
    await farside.forward(9)
    end = await said(farside, "The game has ended")
    assert end.button("Play again") is not None


async def test_a_card_whose_links_are_refused(farside: Farside) -> None:
    """The rest of the card is shown, and at once."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await start(farside, questions=1, seconds=30)
    await farside.forward(31)
    result = await desk.shown(quiz, is_closed)
    whole = await desk.press(desk.you, result, "Source")
    assert any("url" in button for button in whole.message.buttons)
    await desk.fault("status", route=CALLBACK, status=400, body=INVALID, times=1)
    rest = await desk.press(desk.you, result, "Source")
    assert rest.state == "done"
    assert rest.text == whole.text
    assert not any("url" in button for button in rest.message.buttons)


async def test_an_answer_that_is_refused_once(farside: Farside) -> None:
    """It is given once more: one refusal leaves nobody without an answer."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.fault("status", route=CALLBACK, status=403, body=NO_ACCESS, times=1)
    assert (await desk.run(desk.you, quiz, "quiz status")).state == "done"


async def test_a_slow_discord(farside: Farside) -> None:
    """An answer that takes two seconds is waited for: the press is in, and asked for once."""
    desk = farside.desk
    card = await start(farside)
    await desk.fault("delay", route=CALLBACK, seconds=2)
    begun = [await desk.press(person, card, "B", wait=False) for person in (desk.you, desk.member)]
    outcomes = await asyncio.gather(*(desk.outcome(pressed.id) for pressed in begun))
    assert [outcome.state for outcome in outcomes] == ["done", "done"]
    assert all("B is in" in outcome.text for outcome in outcomes)
    paths = [path for entry in await desk.log() if (path := entry["path"] or "").endswith("/callback")]
    assert len(paths) == len(set(paths))


async def test_a_late_answer_is_followed_up(farside: Farside) -> None:
    """What is said below a command is tried again while Discord cannot take it."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.fault("status", route=FOLLOW_UP, status=503, body="<html>503</html>", times=2)
    await desk.fault("status", route=SEND, status=403, body=NO_ACCESS, times=2)
    await desk.run(desk.you, quiz, "quiz start", questions=3)
    await said(farside, "The game has ended")
    assert "ERROR" not in farside.log()


async def test_a_question_that_cannot_be_looked_for(farside: Farside) -> None:
    """After a crash a question is never shown twice: where that cannot be seen it is left out, and said."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.permit(quiz, desk.bot_id, deny=("read_message_history",))
    await start(farside, questions=3, seconds=30)
    await farside.forward(31)
    await desk.shown(quiz, closed(1))
    await desk.fault("lost", route=SEND, acts=True)
    await farside.forward(9)
    await desk.shown(quiz, opened(2))
    await farside.kill()
    await desk.clear_faults()
    await farside.forward(120)
    await farside.restart()
    await said(farside, "cannot see whether question 2 was shown")
    [left] = filter(opened(2), desk.messages(quiz))
    await farside.forward(90)
    await desk.shown(quiz, opened(3))
    pressed = await desk.press(desk.you, left, "A")
    assert pressed.state == "done"
    assert "is in" not in pressed.text
    await desk.shown(quiz, partial(is_result_of, left))


async def test_an_archived_thread(farside: Farside) -> None:
    """A thread that was archived is opened again by what a game has to show; no buttons are left there."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    thread = (await desk.post("/desk/threads", channel_id=quiz, name="a thread", **{"as": desk.owner}))["id"]
    await desk.refresh()
    await desk.run(desk.you, thread, "quiz start", questions=2, seconds=30)
    card = await desk.shown(thread, opened())
    place = farside.emulator.world.channels[thread]
    place.thread = {**(place.thread or {}), "archived": True}
    farside.emulator.world.change_channel(place)
    await farside.forward(31)
    result = await desk.shown(thread, closed(1))
    assert result.id == card.id
    await farside.forward(9)
    await desk.shown(thread, opened(2))


async def test_an_archived_thread_that_may_not_be_opened(farside: Farside) -> None:
    """Its next message shows what the one before could not."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, questions=2, seconds=30)
    archived = {"message": "Thread is archived", "code": 50083}
    await desk.fault("status", route=EDIT, status=400, body=archived, times=1)
    await farside.forward(31)
    result = await desk.shown(quiz, closed(1))
    assert result.id != card.id
    await farside.forward(9)
    await desk.shown(quiz, opened(2))


@pytest.mark.parametrize("refusal", [(400, INVALID), (403, NO_ACCESS)], ids=["content", "channel"])
async def test_what_is_announced_and_refused(farside: Farside, refusal: tuple[int, Any]) -> None:
    """Whoever offers a duel or announces a night that nobody can see is told alone, and may do so again."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    status, body = refusal
    await desk.fault("status", route=SEND, status=status, body=body)
    await desk.run(desk.you, quiz, "duel", user=desk.member)
    assert (await said(farside, "was not asked to the duel")).is_ephemeral
    assert "is announced" in (await desk.run(desk.you, quiz, "quiz night", time="tomorrow 21:00")).text
    assert (await said(farside, "is off: ")).is_ephemeral
    await farside.until(lambda: farside.rows("SELECT state FROM nights") == [("off",)])
    assert "No game is running here" in (await desk.run(desk.you, quiz, "quiz status")).text
    assert farside.rows("SELECT * FROM duels") == []
