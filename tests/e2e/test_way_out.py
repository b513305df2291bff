"""There is always a way out of a game, as people see it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.e2e.conftest import ROOT, Farside
from tests.e2e.rounds import closed, is_standings, opened, start


def leave(farside: Farside, person: str) -> None:
    """Have a person leave the server."""
    world = farside.emulator.world
    guild = next(guild for guild in world.guilds.values() if guild.name == "Tranquility")
    world.remove_member(guild, world.users[person])


async def test_nobody_plays(farside: Farside) -> None:
    """After three questions in a row without an answer the game ends, and says why."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await start(farside, questions=10, seconds=10)
    for number in (1, 2, 3):
        await desk.shown(quiz, opened(number))
        await farside.forward(11)
        await desk.shown(quiz, closed(number))
        if number == 3:
            assert "about to end" in (await desk.run(desk.you, quiz, "quiz status")).text
            assert "about to end" in (await desk.run(desk.you, quiz, "quiz skip")).text
        await farside.forward(6)
    end = await desk.shown(quiz, is_standings)
    assert "nobody answered three questions in a row" in end.text
    assert "after 3 of 10" in end.text
    assert not [m for m in desk.messages(quiz) if opened(4)(m)]
    await start(farside)


async def test_untimed_left_alone(farside: Farside) -> None:
    """An untimed question that nobody answers ends its game after an hour, also over a restart."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await desk.run(desk.you, quiz, "quiz start", pace="untimed", questions=5)
    card = await desk.shown(quiz, opened())
    await farside.kill()
    await farside.forward(3500)
    await farside.restart()
    assert "A is in" in (await desk.press(desk.member, card, "A")).text
    await farside.forward(3500)
    assert "Only" in (await desk.press(desk.member, card, "Next")).text
    await farside.forward(101)
    end = await desk.shown(quiz, is_standings)
    assert "nobody has played for an hour" in end.text
    await desk.shown(quiz, closed())


BROKEN = """
from bot.cogs.messages import rounds, standings
def breaking(cards, name, is_met):
    made = getattr(cards, name)
    def make(*args, **more):
        if is_met(*args):
            raise LookupError("a card that cannot be made")
        return made(*args, **more)
    setattr(cards, name, make)
breaking(rounds, "round_card", lambda game, present, *_: present.number == 2)
breaking(rounds, "result_card", lambda showing, *_: showing.round.number == 3)
breaking(standings, "standings_card", lambda *_: True)
"""


async def test_cards_that_cannot_be_made(farside: Farside, tmp_path: Path) -> None:
    """A fault of ours in a card is noticed, said and stepped over: the game goes on to its end."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    (tmp_path / "sitecustomize.py").write_text(BROKEN, encoding="utf-8")
    farside.environment["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{ROOT}"
    farside._cradle = None  # which has read the libraries, and looks for no sitecustomize any more
    farside.expects_errors = True
    await farside.kill()
    await farside.restart()
    card = await start(farside, questions=3, seconds=30)
    await desk.press(desk.you, card, "A")
    await farside.forward(31)
    await desk.shown(quiz, closed(1))
    await farside.forward(9)
    await desk.shown(quiz, lambda m: "could not be shown: the fault is Farside's" in m.text)
    await farside.forward(9)
    third = await desk.shown(quiz, opened(3))
    await desk.press(desk.you, third, "A")
    await farside.forward(31)
    await desk.shown(quiz, lambda m: m.id == third.id and "Question 3 is closed" in m.text)
    await farside.forward(9)
    end = await desk.shown(quiz, lambda m: "The game has ended" in m.text)
    assert "Play again" in end.labels
    assert farside.rows("SELECT state FROM games") == [("finished",)]
    assert farside.rows("SELECT count(*) FROM rounds WHERE shown < version") == [(0,)]


async def test_starter_who_left(farside: Farside) -> None:
    """When whoever started the game has left the server, its one player goes on, skips and stops alone."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await desk.run(desk.member, quiz, "quiz start", pace="untimed", questions=5)
    card = await desk.shown(quiz, opened())
    player = await desk.add_person("Eve", (await desk.guild())["id"])
    await desk.press(player, card, "A")
    assert "1 of the 2 needed" in (await desk.run(player, quiz, "quiz skip")).text
    assert "Only" in (await desk.press(player, card, "Next")).text
    leave(farside, desk.member)
    assert "1 of 1" in (await desk.press(player, card, "Next")).text
    await farside.forward(6)
    card = await desk.shown(quiz, opened(2))
    await desk.press(player, card, "A")
    assert "1 of 1" in (await desk.run(player, quiz, "quiz skip")).text
    await farside.forward(6)
    card = await desk.shown(quiz, opened(3))
    await desk.press(player, card, "A")
    assert "1 of 1" in (await desk.run(player, quiz, "quiz stop")).text
    await desk.shown(quiz, is_standings)


def change(farside: Farside, statement: str) -> None:
    """Change what the store holds, as an earlier bank would have left it."""
    with closing(sqlite3.connect(farside.database, timeout=5)) as connection, connection:
        connection.execute(statement)


async def test_preset_that_left_the_bank(farside: Farside) -> None:
    """A server's preset topic that the bank has no more stops no game; a manager is told how to change it."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    presets = """'{"topic": "cheese", "questions": 3}'"""
    change(
        farside, f"INSERT INTO guilds (home_id, defaults) VALUES ({(await desk.guild())['id']}, {presets})"
    )
    begun = await desk.run(desk.member, quiz, "quiz start")
    assert "3 questions · all topics" in begun.text
    await desk.shown(quiz, opened())
    await desk.run(desk.owner, quiz, "quiz stop")
    assert not [m for m in desk.messages(quiz, desk.member) if "presets" in m.text]
    await desk.run(desk.owner, quiz, "quiz start")
    word = await desk.shown(quiz, lambda m: "presets Cheese" in m.text, desk.owner)
    assert word.is_ephemeral
    assert "/config defaults" in word.text


async def test_again_when_its_topic_has_left_the_bank(farside: Farside) -> None:
    """Play again of a game whose topic is gone says so, and what to do instead."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await start(farside, questions=1)
    await desk.run(desk.owner, quiz, "quiz stop")
    end = await desk.shown(quiz, is_standings)
    change(farside, """UPDATE games SET rules = '{"topic": "cheese"}'""")
    refused = await desk.press(desk.member, end, "Play again")
    assert refused.message.is_ephemeral
    assert "question bank has changed" in refused.text
    assert "/quiz start" in refused.text
