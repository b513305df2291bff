"""Whatever Discord, the wire or the disk do: the state is right, and a person who waits gets a sentence."""

import asyncio
from functools import partial

import pytest

from tests.e2e.conftest import Farside
from tests.e2e.play import (
    CALLBACK,
    EDIT,
    SEND,
    Told,
    check,
    full_disk,
    held,
    is_result_of,
    locked,
    next_card,
    play_on,
    press,
)
from tests.e2e.rounds import is_closed, is_open, is_standings, round_of, start


async def finish(farside: Farside, told: Told | None = None, questions: int = 2) -> None:
    """Play the game to its end and hold it to the yardstick."""
    desk, told = farside.desk, told or Told()
    await play_on(farside, told, [desk.you, desk.member], questions)
    check(farside, told)


async def test_two_presses_at_once(farside: Farside) -> None:
    """Of two presses by one person at the same moment the first stands, and both replies name it."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    begun = [await desk.press(desk.you, card, letter, wait=False) for letter in "AB"]
    texts = [(await desk.outcome(pressed.id)).text for pressed in begun]
    assert "A is in" in texts[0]
    assert "answer is A" in texts[1]
    told.note(round_of(card), desk.you, texts[0])
    await finish(farside, told)


async def test_a_press_delivered_twice(farside: Farside) -> None:
    """A dispatch that comes twice counts once, and the person sees one good answer."""
    desk = farside.desk
    card = await start(farside)
    await desk.fault("twice", event="INTERACTION_CREATE", times=1)
    assert (await desk.press(desk.you, card, "A")).state == "done"
    assert len(farside.rows("SELECT * FROM answers")) == 1
    await finish(farside)


async def test_a_command_delivered_twice(farside: Farside) -> None:
    """A start that comes twice starts one game."""
    await farside.desk.fault("twice", event="INTERACTION_CREATE", times=1)
    await start(farside)
    assert farside.rows("SELECT count(*) FROM games") == [(1,)]
    await finish(farside)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("drop", {}),
        ("reconnect", {}),
        ("invalid_session", {"resumable": True}),
        ("invalid_session", {"resumable": False}),
    ],
)
async def test_a_dropped_gateway(farside: Farside, kind: str, options: dict[str, bool]) -> None:
    """A gateway that drops, asks to reconnect, or ends the session costs no press and no round."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    mark = desk.mark()
    await desk.fault(kind, **options)
    await desk.wait_for(lambda e: e["type"] == "bot" and e["online"], since=mark)
    await press(farside, told, desk.you, card, "A")
    await finish(farside, told)


@pytest.mark.parametrize("acts", [False, True], ids=["undone", "done"])
@pytest.mark.parametrize(
    ("kind", "options"),
    [("status", {"status": 500}), ("lost", {}), ("rate_limit", {"retry_after": 0.2})],
    ids=["500", "lost", "429"],
)
async def test_a_reply_that_fails(farside: Farside, kind: str, options: dict[str, float], acts: bool) -> None:
    """A reply that Discord drops, or took without saying so, is sent again in time; it counts once."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    await desk.fault(kind, route=CALLBACK, times=1, acts=acts, **options)
    outcome = await desk.press(desk.you, card, "B")
    assert outcome.state == "done"
    assert "B is in" in outcome.text
    told.note(round_of(card), desk.you, outcome.text)
    await finish(farside, told)


@pytest.mark.parametrize("route", [SEND, EDIT], ids=["send", "edit"])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("status", {"status": 500, "acts": False}),
        ("status", {"status": 503, "acts": True}),
        ("lost", {"acts": False}),
        ("lost", {"acts": True}),
        ("rate_limit", {"retry_after": 0.3}),
        ("rate_limit", {"retry_after": 0.3, "global": True}),
    ],
    ids=["500", "503-done", "lost", "lost-done", "429", "429-global"],
)
async def test_a_message_that_fails(
    farside: Farside, route: str, kind: str, options: dict[str, object]
) -> None:
    """A round's message or result that fails on the way comes in the end, and once."""
    desk, told = farside.desk, Told()
    if route == SEND:
        await desk.fault(kind, route=route, times=1, **options)
    card = await start(farside, questions=1)
    await press(farside, told, desk.you, card, "A")
    if route == EDIT:
        await desk.fault(kind, route=route, times=1, **options)
    await farside.forward(95)
    await desk.shown(desk.channel("quiz"), partial(is_result_of, card))
    await farside.forward(9)
    assert await next_card(farside) is None
    check(farside, told)


async def test_a_message_deleted_while_its_round_is_open(farside: Farside) -> None:
    """When somebody deletes a round's message its result is posted anew, and the game goes on."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    await press(farside, told, desk.you, card, "A")
    await desk.delete(desk.owner, card)
    await farside.forward(95)
    result = await desk.shown(desk.channel("quiz"), is_closed)
    assert result.id != card.id
    await farside.forward(9)
    await finish(farside, told)


async def test_a_message_deleted_as_its_game_is_stopped(farside: Farside) -> None:
    """Its result, posted anew after a fault of Discord's, stands above the final standings."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside)
    await desk.delete(desk.owner, card)
    await desk.fault("status", route=EDIT, times=1, status=503, acts=False)
    await desk.run(desk.you, quiz, "quiz stop")
    standings = await desk.shown(quiz, is_standings)
    result = await desk.shown(quiz, is_closed)
    assert card.id < result.id < standings.id


async def test_a_channel_deleted_mid_game(farside: Farside) -> None:
    """A game whose channel is deleted ends, what was scored stays, and other channels play on."""
    desk = farside.desk
    card = await start(farside)
    await press(farside, Told(), desk.you, card, "A")
    await farside.forward(95)
    await desk.shown(desk.channel("quiz"), is_closed)
    scores = farside.rows("SELECT * FROM scores")
    await desk.post("/desk/channels/delete", **{"as": desk.owner}, channel_id=desk.channel("quiz"))
    general = desk.channel("general")
    await desk.run(desk.you, general, "quiz start", questions=1)
    await desk.shown(general, is_open)
    states = [("stopped",), ("running",)]  # the deletion is heard beside the commands
    await farside.until(lambda: farside.rows("SELECT state FROM games ORDER BY id") == states)
    assert farside.rows("SELECT * FROM scores") == scores


async def test_permissions_taken_away_mid_game(farside: Farside) -> None:
    """A game that may not post any more ends with its scores kept; a new one names what is missing."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await start(farside)
    await press(farside, Told(), desk.you, card, "A")
    await desk.permit(quiz, desk.bot_id, deny=("send_messages",))
    await farside.forward(95)
    await desk.shown(quiz, is_closed)
    await farside.forward(9)

    await stopped(farside, quiz, desk.you)
    assert "Send Messages" in (await desk.run(desk.you, quiz, "quiz start")).text
    await desk.permit(quiz, desk.bot_id)
    await start(farside)


async def stopped(farside: Farside, channel: str, person: str) -> None:
    """Return when the only game has stopped; meanwhile the bot answers commands as ever."""
    assert (await farside.desk.run(person, channel, "quiz status")).state == "done"
    await farside.until(lambda: farside.rows("SELECT state FROM games") == [("stopped",)])


async def test_removed_from_the_server_mid_game(farside: Farside) -> None:
    """Removed from a server, the bot ends its games there; back, it takes off their buttons and plays."""
    desk = farside.desk
    card = await start(farside)
    guild = (await desk.guild())["id"]
    await farside.until(lambda: "online as" in farside.log())  # before that every server is a new one
    await desk.post("/desk/guilds/leave", guild_id=guild)
    elsewhere = (await desk.guild("Serenity"))["channels"]
    serenity = next(channel["id"] for channel in elsewhere if channel["name"] == "quiz")
    await stopped(farside, serenity, desk.owner)
    await desk.post("/desk/guilds/join", guild_id=guild)
    await desk.shown(desk.channel("quiz"), partial(is_result_of, card))
    await desk.run(desk.you, desk.channel("quiz"), "quiz start", questions=1)
    await desk.until(lambda: sum(map(is_open, desk.messages(desk.channel("quiz")))) >= 1)


async def test_a_locked_database(farside: Farside) -> None:
    """While another process holds the database a press does not count, and is told so; reading goes on."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    async with locked(farside):
        refused = await desk.press(desk.you, card, "A")
        assert "does not count" in refused.text
        quiz = desk.channel("quiz")
        assert "Leaderboard" in (await desk.run(desk.you, quiz, "leaderboard")).text
        assert "have not answered" in (await desk.run(desk.you, quiz, "profile")).text
    assert "B is in" in await press(farside, told, desk.you, card, "B")
    await finish(farside, told)


async def test_a_full_disk(farside: Farside) -> None:
    """A press that cannot be stored is told that it does not count; with room again the game goes on."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    async with full_disk(farside):
        refused = await desk.press(desk.you, card, "A")
        assert "does not count" in refused.text
    assert "B is in" in await press(farside, told, desk.you, card, "B")
    await finish(farside, told)


@pytest.mark.parametrize("seconds", [2, -2], ids=["fast", "slow"])
async def test_a_clock_two_seconds_off(farside: Farside, seconds: int) -> None:
    """Rounds open and close by Discord's clock, though the bot's own is two seconds off."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    wrong = farside.clock_file.with_name("wrong-clock")
    wrong.write_text(str(seconds), encoding="ascii")
    await farside.stop()
    farside.environment["FARSIDE_CLOCK_FILE"] = str(wrong)
    await farside.start()

    async def forward(by: float) -> None:
        wrong.write_text(str(float(wrong.read_text(encoding="ascii")) + by), encoding="ascii")
        await farside.forward(by)

    card = await start(farside, seconds=60, questions=1)
    await forward(57.0)
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    assert not any(map(is_closed, desk.messages(quiz)))
    await forward(3.2)
    assert "does not count" in (await desk.press(desk.member, card, "A")).text
    await forward(1.5)
    await desk.shown(quiz, is_closed)


async def test_in_time_but_slow_on_the_wire(farside: Farside) -> None:
    """A press that Discord took before the close counts, though it reaches the bot after it."""
    desk = farside.desk
    card = await start(farside, seconds=60, questions=1)
    await desk.fault("hear_late", seconds=0.5, times=1)
    await farside.forward(59.2)
    pressed = await desk.press(desk.you, card, "A", wait=False)
    await farside.forward(0.6)
    assert "A is in" in (await desk.outcome(pressed.id)).text


async def test_pressed_before_the_send_is_answered(farside: Farside) -> None:
    """A question that players see before the bot knows that it is out takes their presses already."""
    desk, told = farside.desk, Told()
    async with held(desk, SEND, acts=True) as reached:
        await desk.run(desk.you, desk.channel("quiz"), "quiz start", questions=2, seconds=90)
        await reached()
        card = await desk.shown(desk.channel("quiz"), is_open)
        assert "A is in" in await press(farside, told, desk.you, card, "A")
    await finish(farside, told)


async def test_told_to_stop(farside: Farside) -> None:
    """SIGTERM ends the bot within five seconds with status 0, and what was told is kept."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    crowd = [await desk.add_person(f"Player {i}", (await desk.guild())["id"]) for i in range(20)]
    begun = {player: await desk.press(player, card, "A", wait=False) for player in crowd}
    async with asyncio.timeout(5):
        assert await farside.stop() == 0
    await farside.forward(4)
    for player, pressed in begun.items():
        told.note(round_of(card), player, (await desk.outcome(pressed.id)).text)
    await farside.restart()
    await finish(farside, told)


async def test_a_press_after_the_close(farside: Farside) -> None:
    """A press on a closed round whose result is not shown yet says that it is closed, and counts nothing."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    async with held(desk, EDIT, acts=False) as reached:
        await farside.forward(95)
        await reached()
        late = await desk.press(desk.member, card, "A")
        assert "closed" in late.text
    assert farside.rows("SELECT * FROM answers") == []
    await desk.shown(desk.channel("quiz"), partial(is_result_of, card))
    await farside.forward(9)
    await finish(farside, told)
