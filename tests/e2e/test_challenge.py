"""`/daily`: the same five questions for everybody, one try a day, and nothing of it is lost."""

from datetime import UTC, datetime, timedelta

from bot.emulator.client import Message
from tests.e2e.conftest import Farside
from tests.e2e.play import CALLBACK, SEND, held, locked
from tests.e2e.rounds import answer_alone, asked

HOUR = 3600
CLOSED = {"message": "Cannot send messages to this user", "code": 50007}


async def play_on(farside: Farside, player: str, card: Message, *, is_right: bool = True) -> Message:
    """Play a challenge from a question on to its end; return the result's message."""
    desk = farside.desk
    for _ in range(5):
        answered = await answer_alone(farside, player, card, is_right=is_right)
        assert answered.state == "done", answered
        label = "Result" if "Result" in answered.message.labels else "Next question"
        card = (await desk.press(player, answered.message, label)).message
        if label == "Result":
            return card
    raise AssertionError("the challenge does not end")


async def begin(farside: Farside, player: str, channel: str | None = None) -> Message:
    """Have a player ask for today's challenge; return its first question."""
    begun = await farside.desk.run(player, channel or farside.desk.channel("quiz"), "daily play")
    assert "Daily challenge of" in begun.text, begun.text
    return begun.message


async def placed(farside: Farside, count: int) -> None:
    """Wait until so many results are on boards: a timer of the players' own puts them there."""
    await farside.until(lambda: farside.rows("SELECT count(*) FROM results") == [(count,)])


async def test_a_day_of_the_challenge(farside: Farside) -> None:
    """Everybody is asked the same; the grid is shared, the board shows who played, the streak grows."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    hers = await begin(farside, desk.you)
    his = await begin(farside, desk.member)
    assert hers.is_ephemeral
    assert asked(farside, hers).question == asked(farside, his).question
    refused = await desk.run(desk.you, quiz, "daily share")
    assert "not finished" in refused.text
    result = await play_on(farside, desk.you, hers)
    assert "5 of 5 right" in result.text
    assert "1 day in a row" in result.text
    assert "right, right, right, right, right" in result.text
    await play_on(farside, desk.member, his, is_right=False)
    shared = await desk.press(desk.you, result, "Share")
    assert not shared.message.is_ephemeral
    for stem in (row[0] for row in farside.rows("SELECT body FROM questions")):
        assert shared.message.text not in stem
    assert "🟩 🟩 🟩 🟩 🟩" in shared.message.text
    await placed(farside, 2)
    board = await desk.run(desk.member, quiz, "daily board")
    lines = [line for line in board.message.text.splitlines() if " of 5**" in line]
    assert ["5 of 5" in lines[0], "you" in lines[1]] == [True, True]
    again = await desk.run(desk.you, quiz, "daily play")
    assert "5 of 5 right" in again.text
    await farside.forward(24 * HOUR)
    assert "1 day in a row" in (await desk.run(desk.you, quiz, "daily streak")).text
    offered = await desk.run(desk.you, quiz, "daily share")  # as late in an evening
    assert "not finished" in offered.text
    late = await desk.press(desk.you, offered.message, offered.message.labels[0])
    assert late.text.splitlines()[0] == shared.text.splitlines()[0]
    result = await play_on(farside, desk.you, await begin(farside, desk.you))
    assert "2 days in a row" in result.text
    yesterday = await desk.press(desk.member, board.message, "← Day before")
    assert "nobody has played" in yesterday.text
    third = await desk.add_person("Cleo")
    pressed = await desk.press(third, shared.message, "Play it too")
    assert "Daily challenge of" in pressed.text


async def test_in_direct_messages_and_everywhere(farside: Farside) -> None:
    """It works without a server; there is no board to be on."""
    desk = farside.desk
    direct = await desk.dm(desk.you)
    result = await play_on(farside, desk.you, await begin(farside, desk.you, direct))
    assert "5 of 5 right" in result.text
    assert "Board" not in result.labels
    assert "belongs to a server" in (await desk.run(desk.you, direct, "daily board")).text
    assert farside.rows("SELECT * FROM results") == []
    await desk.run(desk.you, desk.channel("quiz"), "daily share")
    assert len(farside.rows("SELECT * FROM results")) == 1


async def test_killed_at_every_step(farside: Farside) -> None:
    """What was told is there, what was not is asked again, and the day counts once."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    async with held(desk, CALLBACK, acts=False) as reached:
        await desk.run(desk.you, quiz, "daily play", wait=False)
        await reached()
        await farside.kill()
    await farside.restart()
    assert len(farside.rows("SELECT * FROM attempts")) == 1
    card = await begin(farside, desk.you)
    async with locked(farside):
        await answer_alone(farside, desk.you, card, wait=False)
        await farside.kill()
    await farside.restart()
    assert farside.rows("SELECT marks FROM attempts") == [("",)]
    for number in range(1, 6):
        card = (await desk.run(desk.you, quiz, "daily play")).message
        answered = await answer_alone(farside, desk.you, card)
        assert "**Right**" in answered.text
        await farside.kill()
        assert farside.rows("SELECT marks FROM attempts") == [("r" * number,)]
        assert farside.rows("SELECT days, total FROM streaks") == [(1, 1)]
        await farside.restart()
        if number < 5:
            resumed = (await desk.run(desk.you, quiz, "daily play")).message
            assert "**Right**" in resumed.text
            await desk.press(desk.you, resumed, "Next question")
    assert "5 of 5 right" in (await desk.run(desk.you, quiz, "daily play")).text
    await placed(farside, 1)
    board = await desk.run(desk.you, quiz, "daily board")
    assert "1 has played" in board.text
    assert farside.rows("SELECT count(*) FROM attempts") == [(1,)]


async def until(farside: Farside, hour: int, minute: int = 0) -> None:
    """Move the clock to the next such time in UTC."""
    await farside.desk.refresh()
    now = datetime.fromisoformat(farside.desk.state["clock"]["now"]).astimezone(UTC)
    at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    await farside.forward((at + timedelta(days=at <= now) - now).total_seconds())


async def test_a_reminder_comes_once_and_is_ended_by_a_press(farside: Farside) -> None:
    """It is a direct message at the time that was asked for; after the press none comes."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    direct = await desk.dm(desk.you)
    assert "not reminded" in (await desk.run(desk.you, quiz, "daily remind")).text
    assert "Reminders at 18:00" in (await desk.run(desk.you, quiz, "daily remind", time="6pm")).text
    await until(farside, 18, 1)
    told = await desk.shown(direct, lambda m: "The daily challenge of" in m.text)
    await farside.kill()
    await farside.forward(120)
    await farside.restart()
    assert "off" in (await desk.press(desk.you, told, "No more reminders")).text
    await farside.forward(26 * HOUR)
    await desk.run(desk.you, quiz, "daily streak")
    assert len([m for m in desk.messages(direct) if "The daily challenge of" in m.text]) == 1
    assert farside.rows("SELECT * FROM reminders") == []


async def test_a_reminder_whose_answer_is_lost_arrives_once(farside: Farside) -> None:
    """Killed between the message and its note, it is looked for and not sent again."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    direct = await desk.dm(desk.you)
    await desk.run(desk.you, quiz, "daily remind", time="18:00")
    async with held(desk, SEND, acts=True) as reached:
        await until(farside, 18, 1)
        await reached()
        await farside.kill()
    assert farside.rows("SELECT tried_at IS NOT NULL FROM reminders") == [(1,)]
    await farside.forward(10 * 60)
    await farside.restart()
    for _ in range(50):
        await desk.run(desk.you, quiz, "daily streak")
        if farside.rows("SELECT last_on IS NOT NULL FROM reminders") == [(1,)]:
            break
    assert farside.rows("SELECT last_on IS NOT NULL FROM reminders") == [(1,)]
    assert len([m for m in desk.messages(direct) if "The daily challenge of" in m.text]) == 1


async def test_who_takes_no_direct_messages_is_told_with_a_command(farside: Farside) -> None:
    """Discord's 50007 ends reminders, twice asked, and `/daily streak` says so."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.run(desk.you, quiz, "daily remind", time="18:00")
    await desk.fault("status", route=SEND, status=403, body=CLOSED, times=9)
    await until(farside, 18, 1)
    await desk.wait_for(  # it asks a second time before it believes that
        lambda e: e["type"] == "faults" and any(fault["times"] == 7 for fault in e["faults"]), since=0
    )
    for _ in range(50):
        told = await desk.run(desk.you, quiz, "daily streak")
        if "Reminders have stopped" in told.text:
            break
    assert "Reminders have stopped" in told.text
    assert farside.rows("SELECT next_at FROM reminders") == [(None,)]


async def test_a_zone_is_chosen_and_found(farside: Farside) -> None:
    """`/daily timezone` takes what people type; what is not certain is asked back."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    told = await desk.run(desk.you, quiz, "daily timezone", timezone="Berlin")
    assert "Europe/Berlin" in told.text
    assert (
        "knows no such time zone" in (await desk.run(desk.you, quiz, "daily timezone", timezone="zzz")).text
    )


async def test_the_challenge_is_announced_with_the_winners_of_the_day_before(farside: Farside) -> None:
    """`/schedule add kind:challenge` posts once a day; its button plays, and survives a kill."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    added = await desk.run(desk.owner, quiz, "schedule add", time="09:00", kind="challenge")
    assert "the daily challenge" in added.text
    refused = await desk.run(
        desk.owner, quiz, "schedule add", time="9", kind="challenge", topic="The far side"
    )
    assert "leave out the topic" in refused.text
    await until(farside, 8)
    await play_on(farside, desk.you, await begin(farside, desk.you))
    await play_on(farside, desk.member, await begin(farside, desk.member), is_right=False)
    async with held(desk, SEND, acts=True) as reached:
        await until(farside, 9, 1)
        await reached()
        await farside.kill()
    await farside.restart()
    first = await desk.shown(quiz, lambda m: "The daily challenge of" in m.text)
    await until(farside, 9, 1)
    second = await desk.shown(quiz, lambda m: "with 5 of 5 right" in m.text)
    assert second.id != first.id
    assert "2 people played" in second.text
    begun = await desk.press(desk.member, second, "Play")
    assert begun.message.is_ephemeral
    assert "Daily challenge of" in begun.text
    board = await desk.press(desk.member, second, "Board")
    assert "nobody has played" in board.text
    announced = [m for m in desk.messages(quiz) if "The daily challenge of" in m.text]
    assert len(announced) == 2
