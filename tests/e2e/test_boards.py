"""Boards, profiles and help, as people see them after real games."""

from typing import Any

from bot.emulator.client import Message
from tests.e2e.conftest import Farside
from tests.e2e.rounds import closed, is_standings, key, start


async def play(farside: Farside) -> None:
    """Play a game of one question: the first person is right, the second is wrong."""
    desk = farside.desk
    card = await start(farside, questions=1)
    right = key(farside, card)
    await desk.press(desk.you, card, right)
    await desk.press(desk.member, card, "A" if right == "B" else "B")
    await farside.forward(62)
    await desk.shown(desk.channel("quiz"), lambda m: closed()(m) and m.id == card.id)
    await farside.forward(6)
    await desk.shown(desk.channel("quiz"), lambda m: is_standings(m) and int(m.id) > int(card.id))


def off(card: Message) -> list[str]:
    """Return the labels of the buttons that cannot be pressed."""
    return [button["label"] for button in card.buttons if button.get("disabled")]


async def test_leaderboard(farside: Farside) -> None:
    """The board shows what was just played; its buttons switch period and scope, also after a restart."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    empty = await desk.run(desk.you, quiz, "leaderboard")
    assert "Nobody has played yet. </quiz start:" in empty.text
    await play(farside)
    shown = await desk.run(desk.you, quiz, "leaderboard", period="today")
    card = shown.message
    assert not card.is_ephemeral
    rows = [line for line in card.text.splitlines() if "%" in line]
    assert len(rows) == 2
    assert rows[0].startswith("🥇 You · **")
    assert rows[0].endswith("100% ‹ **you**")
    assert "· **0** · 0%" in rows[1]
    assert off(card) == ["Today"]

    await farside.kill()
    await farside.restart()
    everywhere = await desk.press(desk.you, card, "All servers")
    assert everywhere.message.id == card.id
    assert "all servers" in everywhere.text
    assert "🥇 You · " in everywhere.text
    always = await desk.press(desk.you, everywhere.message, "All time")
    assert off(always.message) == ["All time"]

    other = await desk.press(desk.member, always.message, "This week")
    assert other.message.is_ephemeral
    assert other.message.id != card.id
    assert "0% ‹ **you**" in other.text

    await farside.forward(86_400)
    tomorrow = await desk.press(desk.you, always.message, "Today")
    assert "Nobody has played today yet." in tomorrow.text


async def test_topics(farside: Farside) -> None:
    """Topics are suggested while typing; a board of one topic counts that one; a wrong one gets the list."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await play(farside)
    [(topic,)] = farside.rows("SELECT json_extract(body, '$.topic') FROM questions")
    [title] = await desk.complete(desk.you, quiz, "leaderboard", "topic", topic=topic)
    assert "🥇 You · " in (await desk.run(desk.you, quiz, "leaderboard", topic=topic)).text
    named = (await desk.run(desk.you, quiz, "leaderboard", topic=title)).text
    assert f"· {title} · 2 players" in named.replace("\\", "")  # a title is escaped
    every = await desk.complete(desk.you, quiz, "leaderboard", "topic", topic="")
    other = next(one for one in every if one != title)
    assert "on this topic yet" in (await desk.run(desk.you, quiz, "leaderboard", topic=other)).text
    wrong = await desk.run(desk.you, quiz, "leaderboard", topic="Mars")
    assert wrong.message.is_ephemeral
    assert "no such topic" in wrong.text


async def test_pages(farside: Farside) -> None:
    """Ten rows a page; pages turn, one's own place is a press away, and a page too far is the last one."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    crowd = [await desk.add_person(f"Player {number:02}") for number in range(21)]
    card = await start(farside, questions=1)
    right = key(farside, card)
    for person in crowd:
        await desk.press(person, card, right)
    await desk.press(desk.you, card, "A" if right == "B" else "B")
    await farside.forward(62)
    await desk.shown(quiz, closed())

    first = (await desk.run(desk.you, quiz, "leaderboard")).message
    assert "page 1 of 3" in first.text
    assert first.text.count("% ‹ **you**") == 1
    assert first.text.count("%") == 10 + 3
    assert "**22.** You · **0** · 0% ‹ **you**" in first.text
    second = await desk.press(desk.you, first, "Next")
    assert "page 2 of 3" in second.text
    third = await desk.press(desk.you, second.message, "My place")
    assert "page 3 of 3" in third.text
    assert off(third.message) == ["Next →", "My place", "All time"]
    far = await desk.run(desk.you, quiz, "leaderboard", page=99)
    assert "page 3 of 3" in far.text


async def test_profile(farside: Farside) -> None:
    """A profile tells rank, points, streak, games and topics; one who never answered gets a way on."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    nobody = await desk.run(desk.you, quiz, "profile")
    assert nobody.message.is_ephemeral
    assert "You have not answered a question yet. </quiz start:" in nobody.text
    await play(farside)
    mine = (await desk.run(desk.you, quiz, "profile")).text
    assert "**In this server:** 🥇 rank **1** of 2" in mine
    assert "**Games:** 1" in mine
    assert "**Best streak:** 1 right in a row" in mine
    assert "1 of 1 (100%)" in mine
    theirs = await desk.run(desk.you, quiz, "profile", user=desk.member)
    assert "rank **2** of 2 · **0 points**" in theirs.text
    third = await desk.run(desk.you, quiz, "profile", user=await desk.add_person("Eve"))
    assert "Eve has not answered a question yet." in third.text
    assert "Bots do not play" in (await desk.run(desk.you, quiz, "profile", user=desk.bot_id)).text


async def test_a_game_of_one_is_not_global(farside: Farside) -> None:
    """A game in which one person answers counts in the server, and not on the global boards."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await start(farside, questions=1)
    await desk.press(desk.you, card, key(farside, card))
    await farside.forward(62)
    await desk.shown(quiz, closed())
    assert "🥇 You · " in (await desk.run(desk.you, quiz, "leaderboard")).text
    everywhere = await desk.run(desk.you, quiz, "leaderboard", scope="global")
    assert "Nobody has played yet." in everywhere.text
    assert "once two people have answered" in everywhere.text


async def test_help(farside: Farside) -> None:
    """Help has a screen for players and one for owners; its buttons lead from one to the other."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    players = await desk.run(desk.member, quiz, "help")
    assert players.message.is_ephemeral
    assert "/quiz start" in players.text
    owners = await desk.press(desk.member, players.message, "For server owners")
    assert owners.message.id == players.message.id
    assert "/config check" in owners.text
    audience: Any = {"for": "owners"}
    assert "/schedule add" in (await desk.run(desk.owner, quiz, "help", **audience)).text
    about = await desk.run(desk.member, quiz, "about")
    assert "questions" in about.text
    assert "How to play" in (await desk.press(desk.member, about.message, "How to play")).text
