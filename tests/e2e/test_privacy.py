"""`/privacy` and its house, as people meet it."""

import sqlite3
from contextlib import closing

from tests.e2e.conftest import Farside
from tests.e2e.play import locked
from tests.e2e.rounds import is_open
from tests.e2e.test_boards import play
from tests.e2e.test_running import farside_says


def everything(farside: Farside) -> str:
    """Return all that the database holds."""
    with closing(sqlite3.connect(f"{farside.database.as_uri()}?mode=ro", uri=True)) as connection:
        return "\n".join(connection.iterdump())


async def test_ones_own_data(farside: Farside) -> None:
    """What is kept is shown, taken along, hidden, and deleted once the word that is shown was typed."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await play(farside)
    shown = await desk.run(desk.you, quiz, "privacy view")
    assert shown.message.is_ephemeral
    assert "1 answer in 1 game" in shown.text
    export = await desk.run(desk.you, quiz, "privacy export")
    assert "all that Farside keeps about you" in export.text
    assert export.message.is_ephemeral

    hidden = await desk.run(desk.you, quiz, "privacy hide")
    assert "off the board of all servers" in hidden.text
    everywhere = await desk.run(desk.member, quiz, "leaderboard", scope="global")
    assert "1 player" in everywhere.text
    back = await desk.run(desk.you, quiz, "privacy hide", hidden=False)
    assert "on the board of all servers again" in back.text
    everywhere = await desk.run(desk.member, quiz, "leaderboard", scope="global")
    assert "2 players" in everywhere.text

    form = await desk.run(desk.you, quiz, "privacy delete")
    assert form.state == "modal"
    refused = await desk.submit(desk.you, form, word="no")
    assert "nothing was deleted" in refused.text
    form = await desk.run(desk.you, quiz, "privacy delete")
    assert form.modal is not None
    word = form.modal["custom_id"].split(":")[2]
    assert word in str(form.modal["components"])
    deleted = await desk.submit(desk.you, form, word=word.upper())
    assert "is deleted" in deleted.text
    assert str(desk.you) not in everything(farside)
    board = await desk.run(desk.member, quiz, "leaderboard")
    assert "1 player" in board.text
    assert "have not answered a question yet" in (await desk.run(desk.you, quiz, "profile")).text
    await play(farside)
    assert "2 players" in (await desk.run(desk.member, quiz, "leaderboard")).text


async def test_a_server_apart(farside: Farside) -> None:
    """A server that stays off the global board counts on its own alone."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    told = await desk.run(desk.owner, quiz, "config global-board", counts=False)
    assert "own boards alone" in told.text
    assert "do not count" in (await desk.run(desk.owner, quiz, "config show")).text
    await play(farside)
    assert "2 players" in (await desk.run(desk.you, quiz, "leaderboard")).text
    assert "Nobody has played" in (await desk.run(desk.you, quiz, "leaderboard", scope="global")).text


async def test_removed_while_the_bot_was_down(farside: Farside) -> None:
    """A server that is missing after a start is forgotten a month later, and one that is there is not."""
    desk = farside.desk
    await play(farside)
    await farside.kill()
    guild = (await desk.guild())["id"]
    await desk.post("/desk/guilds/leave", guild_id=guild)
    await farside.restart()
    waiting = "SELECT 1 FROM timers WHERE kind = 'forget' AND ref = ?"
    await farside.until(lambda: bool(farside.rows(waiting, f"server:{guild}")))
    await farside.forward(31 * 86_400)
    await farside.until(lambda: guild not in everything(farside))


async def test_left_and_back_while_nothing_can_be_stored(farside: Farside) -> None:
    """What Discord tells once is noted once the database takes it: left, and that it is ours again."""
    desk = farside.desk
    await play(farside)
    guild = (await desk.guild())["id"]
    waiting = "SELECT 1 FROM timers WHERE kind = 'forget' AND ref = ?"
    for act, is_left in (("leave", True), ("join", False)):
        notes = farside.log().count("the note of a server met an error")
        async with locked(farside):
            await desk.post(f"/desk/guilds/{act}", guild_id=guild)
            await farside.until(
                lambda notes=notes: farside.log().count("the note of a server met an error") > notes  # type: ignore[misc]
            )
        await farside.until(
            lambda is_left=is_left: bool(farside.rows(waiting, f"server:{guild}")) is is_left  # type: ignore[misc]
        )


async def test_word_of_an_earlier_leaving_that_comes_late(farside: Farside) -> None:
    """A server that Farside was invited to again is not left by what is told of the time before."""
    desk, world = farside.desk, farside.emulator.world
    general = desk.channel("general")
    guild = next(g for g in world.guilds.values() if general in g.channels)
    waiting = "SELECT 1 FROM timers WHERE kind = 'forget' AND ref = ?"
    await play(farside)
    await desk.post("/desk/guilds/leave", guild_id=guild.id)
    await farside.until(lambda: bool(farside.rows(waiting, f"server:{guild.id}")))
    await desk.post("/desk/guilds/join", guild_id=guild.id)
    await farside.until(lambda: not farside.rows(waiting, f"server:{guild.id}"))
    world.tell("GUILD_DELETE", {"id": guild.id}, guild)
    await farside.until(lambda: f"server {guild.id} is said to be left, and is ours" in farside.log())
    assert "starts a quiz" in (await desk.run(desk.you, general, "quiz start")).text
    assert not farside.rows(waiting, f"server:{guild.id}")


async def test_forgetting_by_hand(farside: Farside) -> None:
    """The operator's command deletes a person's data while the bot runs."""
    await play(farside)
    status, printed = await farside_says(
        farside.database.parent,
        *("db", "forget", "--player", str(farside.desk.you)),
        FARSIDE_DATABASE=str(farside.database),
    )
    assert status == 0
    assert "is deleted" in printed
    assert str(farside.desk.you) not in everything(farside)
    status, _ = await farside_says(
        farside.database.parent, "db", "forget", FARSIDE_DATABASE=str(farside.database)
    )
    assert status == 2


async def test_forgetting_a_server_whose_game_goes_on(farside: Farside) -> None:
    """The open question loses its buttons within seconds, and another game can begin."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.run(desk.you, quiz, "quiz start", questions=2, seconds=60)
    card = await desk.shown(quiz, is_open)
    guild = (await desk.guild())["id"]
    status, _ = await farside_says(
        farside.database.parent, "db", "forget", "--server", guild, FARSIDE_DATABASE=str(farside.database)
    )
    assert status == 0
    await farside.forward(11)
    gone = await desk.shown(quiz, lambda message: message.id == card.id and not message.buttons)
    assert "was deleted" in gone.text
    assert "You starts a quiz" in (await desk.run(desk.you, quiz, "quiz start")).text
