"""Games when something goes wrong: on the wire, at Discord, on the disk, with the clock."""

import resource
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.quiz.game import GRACE
from tests.desk import Desk, Message
from tests.e2e.conftest import Farside
from tests.e2e.rounds import closed, key, opened, standings, start

SEND = "POST /channels/*/messages"
EDIT = "PATCH /channels/*/messages/*"
SECOND = timedelta(seconds=1)
CALLBACK = "POST /interactions/*/*/callback"


def ours(desk: Desk, channel: str) -> list[Message]:
    """Return the bot's public messages in a channel."""
    return [m for m in desk.messages(channel) if m.author_id == desk.bot_id]


async def finish(farside: Farside, card: Message, number: int = 1) -> None:
    """Let a round that is open run out, and a game of so many rounds end; its messages stand once."""
    desk, quiz = farside.desk, card.channel_id
    await farside.forward(65)
    await desk.shown(quiz, closed(number))
    await farside.forward(6)
    await desk.shown(quiz, standings)
    shown = [m for m in ours(desk, quiz) if "Question **" in m.text or standings(m)]
    assert len(shown) == number + 1


async def test_everything_delivered_twice(farside: Farside) -> None:
    """A command and a press that the gateway delivers twice start one game and count once."""
    desk = farside.desk
    await desk.fault("twice", event="INTERACTION_CREATE", times=2)
    card = await start(farside, questions=1)
    pressed = await desk.press(desk.you, card, "A")
    assert "A is in" in pressed.text or "Your answer is A" in pressed.text
    assert farside.rows("SELECT option FROM answers") == [(0,)]
    assert farside.rows("SELECT count(*) FROM games") == [(1,)]
    await finish(farside, card)


@pytest.mark.parametrize("acts", [False, True], ids=["undone", "done"])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 503},
        {"kind": "lost"},
        {"kind": "rate_limit", "retry_after": 0.3},
    ],
    ids=["500", "503", "lost", "429"],
)
async def test_requests_that_fail(farside: Farside, fault: dict[str, object], acts: bool) -> None:
    """A send, an edit and an answer that fail, or seem to, are made again, and nothing stands twice."""
    desk = farside.desk
    for route in (SEND, EDIT, CALLBACK):
        await desk.fault(**fault, route=route, times=1, acts=acts)  # type: ignore[arg-type]
    quiz = desk.channel("quiz")
    await desk.run(desk.you, quiz, "quiz start", seconds=60, questions=1)
    card = await desk.shown(quiz, opened())
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    await finish(farside, card)


async def test_a_send_that_is_not_answered(farside: Farside) -> None:
    """A press on a message whose sending Discord never answered counts, and the round closes on time."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await desk.fault("hold", route=SEND, times=1, acts=True)
    await desk.run(desk.you, quiz, "quiz start", seconds=10, questions=1)
    card = await desk.shown(quiz, opened())
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    await farside.forward(12)
    await desk.shown(quiz, closed())
    await desk.clear_faults()
    await farside.forward(6)
    await desk.shown(quiz, standings)
    assert len(ours(desk, quiz)) == 3


async def test_rate_limited_for_long(farside: Farside) -> None:
    """While Discord asks to wait, nothing is sent in bursts, and everything comes in the end."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await desk.fault("rate_limit", route=SEND, retry_after=1.5, times=2, **{"global": True})
    await desk.run(desk.you, quiz, "quiz start", seconds=60, questions=1)
    card = await desk.shown(quiz, opened())
    refused = [e for e in await desk.log() if e["kind"] == "rest" and e["status"] == 429]
    assert len(refused) <= 2
    await finish(farside, card)


async def test_deleted_message(farside: Farside) -> None:
    """When the round's message is deleted, the result is posted anew, once, and the game goes on."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await start(farside)
    await desk.press(desk.you, card, key(farside, card))
    await desk.delete(desk.owner, card)
    await farside.forward(62)
    result = await desk.shown(quiz, closed())
    assert result.id != card.id
    assert "**You** +" in result.text
    await farside.forward(6)
    await desk.shown(quiz, opened(2))
    assert len([m for m in ours(desk, quiz) if closed()(m)]) == 1


async def test_deleted_channel(farside: Farside) -> None:
    """When the channel is deleted the game stops, and its scores are kept."""
    desk = farside.desk
    made = await desk.post("/desk/channels", guild_id=(await desk.guild())["id"], name="short-lived")
    await desk.run(desk.you, made["id"], "quiz start", seconds=60)
    card = await desk.shown(made["id"], opened())
    await desk.press(desk.you, card, key(farside, card))
    await desk.post("/desk/channels/delete", channel_id=made["id"])
    await start(farside)  # in another channel: by then the bot has heard of it
    assert farside.rows("SELECT state, reason FROM games ORDER BY id") == [
        ("stopped", "stopped because its channel was deleted"),
        ("running", None),
    ]
    assert farside.rows('SELECT "right" FROM scores') == [(1,)]


async def test_permission_taken_away(farside: Farside) -> None:
    """When Farside may not post any more the game stops; who asks is told why."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await start(farside, questions=3)
    await desk.press(desk.you, card, key(farside, card))
    await desk.permit(quiz, desk.bot_id, deny=("send_messages",))
    await farside.forward(62)
    await desk.shown(quiz, closed())  # editing needs no permission
    await farside.forward(6)
    for _ in range(100):  # until the next question was refused
        status = await desk.run(desk.member, quiz, "quiz status")
        if "No game is running here" in status.text:
            break
    assert "may not post in its channel" in status.text
    assert "**1.** You" in status.text
    assert "Send Messages" in (await desk.run(desk.you, quiz, "quiz start")).text
    await desk.permit(quiz, desk.bot_id)
    await start(farside)


async def test_removed_from_the_server(farside: Farside) -> None:
    """When Farside is removed from a server its games stop, without an error, and it stays removed."""
    desk = farside.desk
    await start(farside)
    guild = await desk.guild()
    await desk.post("/desk/guilds/leave", guild_id=guild["id"])
    channels = (await desk.guild("Serenity"))["channels"]
    serenity = next(channel["id"] for channel in channels if channel["name"] == "quiz")
    await desk.run(desk.owner, serenity, "quiz start", seconds=60)
    await desk.shown(serenity, opened())
    assert [row[0] for row in farside.rows("SELECT state FROM games ORDER BY id")] == ["stopped", "running"]
    await farside.forward(70)
    await desk.shown(serenity, closed())


@pytest.mark.parametrize(
    "fault",
    [{"kind": "reconnect"}, {"kind": "drop"}, {"kind": "invalid_session", "resumable": True},
     {"kind": "invalid_session", "resumable": False}],
    ids=["op7", "cut", "op9-resumable", "op9"],
)  # fmt: skip
async def test_gateway_lost(farside: Farside, fault: dict[str, object]) -> None:
    """A gateway that drops, resumed or identified anew, costs no round and no answer."""
    desk = farside.desk
    card = await start(farside, questions=1)
    await desk.press(desk.you, card, "A")
    mark = desk.mark()
    await desk.fault(**fault)  # type: ignore[arg-type]
    await desk.wait_for(lambda e: e["type"] == "bot" and not e["online"], since=mark)
    await desk.wait_for(lambda e: e["type"] == "bot" and e["online"], since=mark, patience=30)
    assert "B is in" in (await desk.press(desk.member, card, "B")).text
    await finish(farside, card)
    assert farside.rows("SELECT count(*) FROM answers") == [(2,)]


async def test_locked_database(farside: Farside) -> None:
    """While another process locks the database, a player is told that the answer was not saved."""
    desk = farside.desk
    card = await start(farside, questions=1)
    with closing(sqlite3.connect(farside.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = await desk.press(desk.you, card, "A")
        other.execute("ROLLBACK")
    assert "could not save" in refused.text
    assert "B is in" in (await desk.press(desk.you, card, "B")).text
    await finish(farside, card)


async def test_full_disk(farside: Farside) -> None:
    """While the disk is full, a player is told that the answer was not saved; afterwards all goes on."""
    desk = farside.desk
    card = await start(farside, questions=1)
    _, most = resource.prlimit(farside.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(farside.pid, resource.RLIMIT_FSIZE, (0, most))
    refused = await desk.press(desk.you, card, "A")
    resource.prlimit(farside.pid, resource.RLIMIT_FSIZE, (most, most))
    assert "could not save" in refused.text
    assert "B is in" in (await desk.press(desk.you, card, "B")).text
    await finish(farside, card)
    assert farside.rows("SELECT option FROM answers") == [(1,)]


@pytest.mark.parametrize("seconds", [2, -2])
async def test_clock_that_is_off(farside: Farside, seconds: int, tmp_path: Path) -> None:
    """With its own clock two seconds off, the bot closes a round by Discord's clock all the same."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await farside.stop()
    wrong = tmp_path / "wrong-clock"
    wrong.write_text(str(seconds), encoding="ascii")
    farside.environment["FARSIDE_CLOCK_FILE"] = str(wrong)
    await farside.start()
    card = await start(farside, seconds=5, questions=1)
    result = await desk.shown(quiz, closed())
    [(opened_at, closes_at)] = farside.rows("SELECT opened_at, closes_at FROM rounds")
    assert closes_at - opened_at == 5000
    edited_at = datetime.fromisoformat(result.body["edited_timestamp"])
    assert GRACE <= edited_at - datetime.fromtimestamp(closes_at / 1000, UTC) <= GRACE + SECOND
    edits = [e for e in desk.events if e["type"] == "message_update" and e["message"]["id"] == card.id]
    assert len(edits) <= 2  # the end that it shows put right, and the result
