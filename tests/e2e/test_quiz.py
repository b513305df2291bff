"""Playing, from the command to the standings, as people see it."""

import pytest

from bot.emulator.client import Refused
from tests.e2e.conftest import Farside
from tests.e2e.rounds import closed, is_standings, key, opened, start, stem


async def test_game(farside: Farside) -> None:
    """A game is announced, asked, answered by everyone, closed on time and ends in standings."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await start(farside)
    assert stem(farside, card) in card.text
    assert "**1 of 2**" in card.text
    assert ":R>" in card.text
    assert all(b["label"][:3] in {f"{letter}  " for letter in "ABCDE"} for b in card.buttons)
    right = key(farside, card)
    wrong = "A" if right == "B" else "B"
    outcome = await desk.press(desk.you, card, right)
    assert outcome.message.is_ephemeral
    assert f"{right} is in" in outcome.text
    assert "right" not in outcome.text.casefold().replace(f"{right} is in", "")
    assert f"{wrong} is in" in (await desk.press(desk.member, card, wrong)).text
    assert f"Your answer is {right}" in (await desk.press(desk.you, card, wrong)).text

    await farside.forward(62)
    result = await desk.shown(quiz, closed())
    assert result.id == card.id
    assert "The right answer\n## ✅" in result.text
    assert "▰▰▰▱▱▱ 1 chose" in result.text
    assert "**You** +" in result.text
    source = await desk.press(desk.member, result, "Source")
    assert source.message.is_ephemeral
    assert source.text.startswith("### Source")

    await farside.forward(6)
    card = await desk.shown(quiz, opened(2))
    for person in (desk.you, desk.member):
        await desk.press(person, card, key(farside, card))
    await desk.shown(quiz, closed(2))  # 2 s after everybody who played has answered
    await farside.forward(6)
    end = await desk.shown(quiz, is_standings)
    assert end.text.index("🥇 You") < end.text.index("🥈 ")
    assert "· 2 of 2\n" in end.text
    assert "Hardest question" in end.text
    assert len([m for m in desk.messages(quiz) if m.author_id == desk.bot_id]) == 4

    again = await desk.press(desk.member, end, "Play again")
    assert "starts a quiz" in again.text
    await desk.shown(quiz, lambda m: opened()(m) and m.id > end.id)


async def test_second_start(farside: Farside) -> None:
    """A second start in a channel gets a link to the running game; a thread can have its own."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await start(farside)
    second = await desk.run(desk.member, quiz, "quiz start")
    assert second.message.is_ephemeral
    assert f"/{quiz}/{card.id}" in second.text
    thread = await desk.post("/desk/threads", channel_id=quiz, name="Corner", **{"as": desk.you})
    await desk.run(desk.you, thread["id"], "quiz start", questions=1)
    card = await desk.shown(thread["id"], opened())
    assert "A is in" in (await desk.press(desk.member, card, "A")).text


async def test_permissions_are_named_first(farside: Farside) -> None:
    """What Farside lacks in a channel is named before anything starts."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await desk.permit(quiz, desk.bot_id, deny=("send_messages",))
    refused = await desk.run(desk.you, quiz, "quiz start")
    assert refused.message.is_ephemeral
    assert "Send Messages" in refused.text
    assert farside.rows("SELECT * FROM games") == []
    await desk.permit(quiz, desk.bot_id)
    await start(farside)


async def test_options(farside: Farside) -> None:
    """Options are suggested and checked, and what is chosen is what is played."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    everything = await desk.complete(desk.you, quiz, "quiz start", "topic", topic="")
    assert len(everything) > 1
    title = everything[-1]
    titles = await desk.complete(desk.you, quiz, "quiz start", "topic", topic=title[1:-1].upper())
    assert titles == [title]
    for wrong in ({"questions": 51}, {"seconds": 4}, {"pace": "hurried"}):
        with pytest.raises(Refused):
            await desk.run(desk.you, quiz, "quiz start", **wrong)
    assert "There is no such topic" in (await desk.run(desk.you, quiz, "quiz start", topic="cheese")).text
    outcome = await desk.run(
        desk.you, quiz, "quiz start", topic=titles[0], difficulty=1, questions=3, pace="fast", scoring="speed"
    )
    for part in (titles[0], "easy", "3 questions", "fast", "down to half"):
        assert part in outcome.text
    card = await desk.shown(quiz, opened())
    assert f"{titles[0]} · easy" in card.text


async def test_skip_stop_and_status(farside: Farside) -> None:
    """The starter and moderators skip and stop at once, others by vote; the status shows how it stands."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    assert "</quiz start:" in (await desk.run(desk.member, quiz, "quiz status")).text
    card = await start(farside, questions=4)
    await desk.press(desk.you, card, "A")
    status = await desk.run(desk.member, quiz, "quiz status")
    assert f"/{quiz}/{card.id}" in status.text
    eve = await desk.add_person("Eve", (await desk.guild())["id"])
    await desk.press(desk.member, card, "A")
    assert "answer a question first" in (await desk.run(eve, quiz, "quiz skip")).text
    vote = await desk.run(desk.member, quiz, "quiz skip")
    assert "1 of the 2 needed" in vote.text
    assert not vote.message.is_ephemeral
    assert (await desk.run(desk.you, quiz, "quiz skip")).text == "Skipped."
    assert "Skipped." in (await desk.shown(quiz, closed())).text
    await farside.forward(6)
    await desk.shown(quiz, opened(2))
    moderator = await desk.add_person("Mod", (await desk.guild())["id"], ("manage_messages",))
    assert (await desk.run(moderator, quiz, "quiz skip")).text == "Skipped."
    await desk.shown(quiz, closed(2))
    await farside.forward(6)
    await desk.shown(quiz, opened(3))
    assert "1 of the 2 needed" in (await desk.run(desk.member, quiz, "quiz stop")).text
    assert "has ended" in (await desk.run(moderator, quiz, "quiz stop")).text
    end = await desk.shown(quiz, is_standings)
    assert "stopped by Mod" in end.text
    assert "after 3 of 4" in end.text
    assert "No game is running" in (await desk.run(desk.you, quiz, "quiz stop")).text
    assert "No game is running here" in (await desk.run(desk.you, quiz, "quiz status")).text


async def test_untimed(farside: Farside) -> None:
    """An untimed round stays open until the starter or a moderator presses Next."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await desk.run(desk.you, quiz, "quiz start", pace="untimed", questions=1)
    card = await desk.shown(quiz, opened())
    await farside.forward(3500)
    assert "A is in" in (await desk.press(desk.member, card, "A")).text
    assert "Only" in (await desk.press(desk.member, card, "Next")).text
    await desk.press(desk.you, card, "Next")
    await desk.shown(quiz, closed())
    await farside.forward(6)
    await desk.shown(quiz, is_standings)


async def test_slow_wire(farside: Farside) -> None:
    """A press in time by Discord's clock counts although it is heard after the result is shown."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await start(farside, questions=1)
    right = key(farside, card)
    await desk.fault("hear_late", seconds=0.6, times=1, event="INTERACTION_CREATE")
    await farside.forward(58.6)
    slow = await desk.press(desk.you, card, right, wait=False)
    await farside.forward(1.6)
    await desk.shown(quiz, closed())
    assert f"{right} is in" in (await desk.outcome(slow.id)).text
    await desk.shown(quiz, lambda m: closed()(m) and "**You** +" in m.text)
    await farside.forward(6)
    end = await desk.shown(quiz, is_standings)
    assert "You ·" in end.text


async def test_names_are_only_words(farside: Farside) -> None:
    """A player's name is shown letter by letter; nobody is pinged by anything."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    eve = await desk.add_person("**@everyone** <@1>", (await desk.guild())["id"])
    card = await start(farside, questions=1)
    await desk.press(eve, card, key(farside, card))
    await farside.forward(62)
    result = await desk.shown(quiz, closed())
    assert r"\*\*\@everyone\*\* \<\@1\>" in result.text
    await farside.forward(6)
    end = await desk.shown(quiz, is_standings)
    for message in (result, end):
        assert message.body["mentions"] == []
        assert message.body["mention_everyone"] is False


async def test_solo(farside: Farside) -> None:
    """Alone, only one person sees the game; it survives a restart and the token's fifteen minutes."""
    desk = farside.desk
    for channel in (desk.channel("general"), await desk.dm(desk.you)):
        begun = await desk.run(desk.you, channel, "quiz solo", questions=2)
        card = begun.message
        assert card.is_ephemeral or channel != desk.channel("general")
        answered = await desk.press(desk.you, card, key(farside, card))
        assert "**Right**" in answered.text
        assert "Source" in answered.message.labels
        await farside.kill()
        await farside.forward(1000)
        await farside.restart()
        second = await desk.press(desk.you, answered.message, "Next question")
        assert "**2 of 2**" in second.text
        assert second.message.id == card.id
        wrong = "A" if key(farside, second.message) != "A" else "B"
        answered = await desk.press(desk.you, second.message, wrong)
        assert "**Wrong**" in answered.text
        result = await desk.press(desk.you, answered.message, "Result")
        assert "1 of 2 right" in result.text
        again = await desk.press(desk.you, result.message, "Play again")
        assert "**1 of 2**" in again.text
    assert farside.rows("SELECT * FROM standings") == []
    refused = await desk.run(desk.you, await desk.dm(desk.you), "quiz start")
    assert "/quiz solo" in refused.text


async def test_rate_limited_for_long(farside: Farside) -> None:
    """While Discord asks to wait, nothing is sent in bursts, and everything comes in the end."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await desk.fault(
        "rate_limit", route="POST /channels/*/messages", retry_after=1.5, times=2, **{"global": True}
    )
    await desk.run(desk.you, quiz, "quiz start", seconds=60, questions=1)
    card = await desk.shown(quiz, opened())
    refused = [e for e in await desk.log() if e["kind"] == "rest" and e["status"] == 429]
    assert len(refused) <= 2
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    assert len([m for m in desk.messages(quiz) if opened()(m)]) == 1


async def test_the_points_of_a_long_game_are_drawn(farside: Farside) -> None:
    """The standings of five rounds and more show the leaders' points as a picture, in words, too."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await start(farside, questions=5)
    for number in range(1, 6):
        if number > 1:
            card = await desk.shown(quiz, opened(number))
        for person in (desk.you, desk.member):
            await desk.press(person, card, key(farside, card))
        await farside.forward(62)
        await desk.shown(quiz, closed(number))
        await farside.forward(6)
    end = await desk.shown(quiz, is_standings)
    assert [file["filename"] for file in end.files] == ["points.png"]
    assert "Points over 5 questions" in str(end.components)
