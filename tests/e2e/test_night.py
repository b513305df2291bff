"""Quiz nights as people see them, with the bot killed between their steps."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.emulator.client import PATIENCE, Message, Outcome, Refused
from bot.quiz.night import BREAK, LEAD
from bot.services.discord_clock import snowflake_time
from tests.e2e.conftest import AS_BOT, Farside
from tests.e2e.play import SEND, held
from tests.e2e.rounds import is_standings, key, opened
from tests.e2e.test_clock import own_clock

_MINUTE = 60.0


async def announce(farside: Farside, hours: int = 2, **options: Any) -> tuple[Message, float]:
    """Have the owner announce a night some hours from now; return its card and the seconds to its start."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    preset = await desk.run(desk.owner, quiz, "config defaults", questions=1, seconds=30)
    now = snowflake_time(int(preset.message.id))
    time = f"{now + timedelta(hours=hours):%H:%M}"
    answered: Outcome = await desk.run(desk.owner, quiz, "quiz night", time=time, **options)
    assert answered.message.is_ephemeral, answered.text
    assert "is announced" in answered.text
    card = await desk.shown(quiz, lambda m: "## Quiz night" in m.text)
    [(starts_at,)] = farside.rows("SELECT starts_at FROM nights")
    return card, starts_at / 1000 - now.timestamp()


def asking(farside: Farside) -> list[Message]:
    """Return the messages in the quiz's channel that ask for a press about a night."""
    shown = farside.desk.messages(farside.desk.channel("quiz"))
    return [m for m in shown if any(b.get("custom_id", "").startswith("night") for b in m.buttons)]


@pytest.mark.long
@pytest.mark.parametrize("killed", [False, True])
async def test_a_night_from_its_announcement_to_its_end(farside: Farside, *, killed: bool) -> None:
    """It names who comes, reminds them, plays its rounds, and ends in standings; killed at each step, too."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    done: set[str] = set()

    async def step() -> None:
        if killed:
            await farside.kill()
            await farside.restart()

    card, left = await announce(farside, rounds=2)
    assert "2 rounds** of 1 question" in card.text
    coming = await desk.press(desk.member, card, "I'm coming")
    assert "You are on the list" in coming.text
    await step()
    await desk.shown(quiz, lambda m: m.id == card.id and "**Who comes** · 1" in m.text)
    await farside.forward(left - LEAD.total_seconds() + 2)
    reminder = await desk.shown(quiz, lambda m: "The quiz night begins" in m.text)
    assert f"<@{desk.member}>" in reminder.text
    assert [one["id"] for one in reminder.body["mentions"]] == [desk.member]
    await step()
    await farside.forward(LEAD.total_seconds() + 1)
    for number in (1, 2):
        seen = await desk.shown(quiz, lambda m: opened(1)(m) and m.id not in done)
        done.add(seen.id)
        await step()
        await desk.press(desk.member, seen, key(farside, seen))
        await farside.forward(32)
        await farside.forward(10)
        if number == 1:
            pausing = await desk.shown(quiz, lambda m: "Break after round 1 of 2" in m.text)
            assert "🥇 " in pausing.text
            await step()
            await farside.forward(BREAK.total_seconds() + 1)
    end = await desk.shown(quiz, lambda m: "The quiz night is over" in m.text)
    assert "2 of 2" in end.text
    assert len([m for m in desk.messages(quiz) if "Quiz night" in m.text or "quiz night" in m.text]) == 3
    await desk.shown(quiz, lambda m: m.id == card.id and "Over" in m.text)
    await desk.until(lambda: not asking(farside))


async def test_what_comes_too_late_is_not_said(farside: Farside) -> None:
    """After an outage over the start and a break, whoever comes reads "now", and nothing of a past break."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card, left = await announce(farside, rounds=2)
    await desk.press(desk.member, card, "I'm coming")
    await farside.kill()
    await farside.forward(left + _MINUTE)
    await farside.restart()
    reminder = await desk.shown(quiz, lambda m: "The quiz night begins" in m.text)
    assert "begins now" in reminder.text
    seen = await desk.shown(quiz, opened(1))
    await desk.press(desk.member, seen, key(farside, seen))
    await farside.forward(32)
    await desk.shown(quiz, is_standings)
    await desk.fault("status", route="POST /channels/*/messages", status=500)
    await farside.forward(10)
    await farside.until(lambda: farside.rows("SELECT state FROM nights") == [("break",)])
    await farside.forward(BREAK.total_seconds() + 1)
    await farside.until(lambda: farside.rows("SELECT number FROM nights") == [(2,)])
    await desk.clear_faults()
    await desk.shown(quiz, lambda m: opened(1)(m) and m.id != seen.id)
    await farside.until(lambda: not farside.rows("SELECT 1 FROM night_cards WHERE is_settled = 0"))
    assert not [m for m in desk.messages(quiz) if "Break after" in m.text]


async def test_who_comes_while_it_is_announced_is_named(farside: Farside) -> None:
    """Whoever presses before Farside has heard that its announcement is out stands on it soon after."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    async with held(desk, SEND, acts=True):
        card, _ = await announce(farside)
        assert "You are on the list" in (await desk.press(desk.member, card, "I'm coming")).text
    await desk.shown(quiz, lambda m: m.id == card.id and "**Who comes** · 1" in m.text)


async def test_where_no_picture_may_be_sent(farside: Farside) -> None:
    """Without Attach Files the end of a night comes without its picture; ended in its first round, too."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.permit(quiz, desk.bot_id, deny=("attach_files",))
    card, left = await announce(farside, rounds=2)
    await farside.forward(left + 1)
    seen = await desk.shown(quiz, opened(1))
    card = await desk.shown(quiz, lambda m: m.id == card.id and "End after this round" in m.labels)
    assert "Only <@" in (await desk.press(desk.member, card, "End after this round")).text
    assert "ends after this round" in (await desk.press(desk.owner, card, "End after this round")).text
    for player in (desk.member, desk.owner):
        await desk.press(player, seen, key(farside, seen))
    await farside.forward(32)
    await farside.forward(10)
    end = await desk.shown(quiz, lambda m: "The quiz night is over" in m.text)
    assert end.body["attachments"] == []
    assert "1 of 1" in end.text


async def test_a_night_is_called_off(farside: Farside) -> None:
    """Its host calls it off; those who come are told, the event goes, and nobody else may."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card, left = await announce(farside, teams=2, split="chosen")
    assert "▲ Triangles · 0" not in card.text
    joined = await desk.press(desk.member, card, "Join ● Circles")
    assert "● Circles" in joined.text
    refused = await desk.press(desk.member, card, "Call it off")
    assert "Only <@" in refused.text
    off = await desk.press(desk.owner, card, "Call it off")
    assert "called off" in off.text
    told = await desk.shown(quiz, lambda m: "is off" in m.text)
    assert f"<@{desk.member}>" in told.text
    await farside.forward(left + _MINUTE)
    await desk.shown(quiz, lambda m: m.id == card.id and "Off:" in m.text)
    assert farside.rows("SELECT count(*) FROM games") == [(0,)]


async def test_an_announcement_that_somebody_deleted(farside: Farside) -> None:
    """`/quiz status` shows the night, whose buttons work there: its host can still call it off."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card, left = await announce(farside)
    await desk.delete(desk.owner, card)
    shown = await desk.run(desk.owner, quiz, "quiz status")
    assert "## Quiz night" in shown.text
    assert shown.message.is_ephemeral
    assert "You are on the list" in (await desk.press(desk.owner, shown.message, "I'm coming")).text
    assert "called off" in (await desk.press(desk.owner, shown.message, "Call it off")).text
    await desk.shown(quiz, lambda m: "is off" in m.text)
    assert "No game is running" in (await desk.run(desk.owner, quiz, "quiz status")).text
    await farside.forward(left + _MINUTE)
    assert farside.rows("SELECT count(*) FROM games") == [(0,)]


async def test_a_channel_that_is_deleted(farside: Farside) -> None:
    """The night is off, its event goes, and its host is told why by direct message."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.post("/desk/permissions", give=["create_events"])
    card, left = await announce(farside)
    await desk.press(desk.member, card, "I'm coming")
    await until_events(farside, [1])
    direct = await desk.dm(desk.owner)
    await desk.post("/desk/channels/delete", channel_id=quiz)
    await farside.forward(left - LEAD.total_seconds() + 2)
    told = await desk.shown(direct, lambda m: "The quiz night of" in m.text)
    assert "is off: its channel was deleted." in told.text
    await until_events(farside, [])
    await farside.until(lambda: farside.rows("SELECT state FROM nights") == [("off",)])
    await farside.until(lambda: not farside.rows("SELECT 1 FROM timers WHERE kind = 'night'"))


async def test_shut_out_of_the_channel_and_let_in_again(farside: Farside) -> None:
    """What a night's messages still ask for when it has ended unseen they ask no more after a press."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card, left = await announce(farside)
    await desk.press(desk.member, card, "I'm coming")
    await farside.forward(left - LEAD.total_seconds() + 2)
    reminder = await desk.shown(quiz, lambda m: "The quiz night begins" in m.text)
    await desk.permit(quiz, desk.bot_id, deny=("view_channel", "send_messages"))
    await farside.forward(LEAD.total_seconds() + 1)
    await farside.until(lambda: farside.rows("SELECT state FROM nights") in ([("off",)], [("over",)]))
    await desk.permit(quiz, desk.bot_id)
    with suppress(Refused):  # it asks no more already
        assert "is over" in (await desk.press(desk.member, reminder, "Not coming after all")).text
    await desk.until(lambda: not asking(farside))


async def test_where_it_may_write_no_more(farside: Farside) -> None:
    """A night that cannot go on leaves no buttons: what Farside has written it may change yet."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card, left = await announce(farside)
    await desk.press(desk.member, card, "I'm coming")
    await desk.permit(quiz, desk.bot_id, deny=("send_messages",))
    await farside.forward(left - LEAD.total_seconds() + 2)
    await desk.until(lambda: not asking(farside))


async def test_removed_and_back(farside: Farside) -> None:
    """A server that takes Farside out and back in before the night has its night."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card, left = await announce(farside, rounds=1)
    await desk.press(desk.member, card, "I'm coming")
    guild = (await desk.guild())["id"]
    await desk.post("/desk/guilds/leave", guild_id=guild)
    await farside.forward(_MINUTE)
    await desk.post("/desk/guilds/join", guild_id=guild)
    await farside.forward(left - LEAD.total_seconds() - _MINUTE + 2)
    await desk.shown(quiz, lambda m: "The quiz night begins" in m.text)
    await farside.forward(LEAD.total_seconds())
    await desk.shown(quiz, opened(1))


async def test_killed_while_its_announcement_is_sent_by_a_clock_that_is_ahead(farside: Farside) -> None:
    """What was sent is found again, though Discord's time of it lies before ours: it is announced once."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await own_clock(farside)
    farside.clock_file.write_text("30", encoding="ascii")
    now = snowflake_time(int((await desk.run(desk.owner, quiz, "about")).message.id))
    time = f"{now + timedelta(hours=2):%H:%M}"
    async with held(desk, SEND, acts=True) as reached:
        await desk.run(desk.owner, quiz, "quiz night", time=time, wait=False)
        await reached()
        await farside.kill()
    await farside.forward(300)
    farside.clock_file.write_text("330", encoding="ascii")
    await farside.restart()
    await farside.until(lambda: farside.rows("SELECT is_settled FROM night_cards") == [(1,)])
    assert sum("## Quiz night" in m.text for m in desk.messages(quiz)) == 1


async def request_events(farside: Farside, method: str, path: str = "") -> Any:
    """Ask for the server's scheduled events with the bot's token, behind its back."""
    guild = await farside.desk.guild()
    url = f"{farside.emulator.api_url}/guilds/{guild['id']}/scheduled-events{path}"
    async with aiohttp.ClientSession(headers=AS_BOT) as session:
        while True:
            async with session.request(method, url) as answer:
                found: Any = None if answer.status == 204 else await answer.json()
            if answer.status != 429:
                return found
            await asyncio.sleep(found["retry_after"])  # so many asked at once


async def events(farside: Farside) -> list[int]:
    """Return the states of the server's scheduled events that are not over: 1 is to come, 2 goes on."""
    return [event["status"] for event in await request_events(farside, "GET")]


async def until_events(farside: Farside, wanted: list[int]) -> None:
    """Return once the server's events stand like that."""
    async with asyncio.timeout(PATIENCE):
        while await events(farside) != wanted:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("is_begun", [True, False])
async def test_a_night_among_the_events(farside: Farside, *, is_begun: bool) -> None:
    """It begins and ends with the night; where Discord did not hear that it began, it goes all the same."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.post("/desk/permissions", give=["create_events"])
    _, left = await announce(farside, rounds=1)
    await until_events(farside, [1])
    if not is_begun:
        await desk.fault("status", route="PATCH /guilds/**", status=500, times=1)
    await farside.forward(left + 1)
    seen = await desk.shown(quiz, opened(1))
    if is_begun:
        await until_events(farside, [2])
    await desk.press(desk.member, seen, key(farside, seen))
    await farside.forward(32)
    await farside.forward(10)
    await desk.shown(quiz, lambda m: "The quiz night is over" in m.text)
    await until_events(farside, [])


@pytest.mark.parametrize("is_killed", [False, True])
async def test_an_event_whose_making_was_not_heard(farside: Farside, *, is_killed: bool) -> None:
    """It is found again by what it says, after a kill, too: there is one; it goes where nobody plays."""
    desk = farside.desk
    await desk.post("/desk/permissions", give=["create_events"])
    making = "POST /guilds/*/scheduled-events"
    if is_killed:
        async with held(desk, making, acts=True) as reached:
            _, left = await announce(farside, rounds=1)
            await reached()
            await farside.kill()
        await farside.restart()
    else:
        await desk.fault("lost", route=making, acts=True, times=1)
        _, left = await announce(farside, rounds=1)
    await farside.until(lambda: farside.rows("SELECT 1 FROM nights WHERE event_id > 0") != [])
    assert await events(farside) == [1]
    await farside.kill()
    await farside.forward(left + 2 * 60 * _MINUTE)
    await farside.restart()
    await until_events(farside, [])


async def test_an_event_that_discord_does_not_take(farside: Farside) -> None:
    """A fault that passes is waited out, at its end, too; a refusal leaves the night without."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.post("/desk/permissions", give=["create_events"])
    await desk.fault("status", route="POST /guilds/*/scheduled-events", status=500, times=2)
    card, _ = await announce(farside)
    await until_events(farside, [1])
    await desk.fault("rate_limit", route="DELETE /guilds/*/scheduled-events/*", retry_after=1, times=1)
    await desk.press(desk.owner, card, "Call it off")
    await until_events(farside, [])
    too_many = {"message": "Maximum number of uncompleted guild scheduled events reached", "code": 30038}
    await desk.fault("status", route="POST /guilds/*/scheduled-events", status=400, body=too_many)
    again = await desk.run(desk.owner, quiz, "quiz night", time="in 2 hours")
    assert "is announced" in again.text
    await farside.until(
        lambda: farside.rows("SELECT event_id, shown - version FROM nights ORDER BY id")[1:] == [(None, 0)]
    )
    assert await events(farside) == []


async def test_an_event_that_somebody_deleted(farside: Farside) -> None:
    """It stays away, and the night is played without."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.post("/desk/permissions", give=["create_events"])
    _, left = await announce(farside, rounds=1)
    await until_events(farside, [1])
    await farside.until(lambda: farside.rows("SELECT 1 FROM nights WHERE event_id > 0") != [])
    await request_events(farside, "DELETE", f"/{farside.rows('SELECT event_id FROM nights')[0][0]}")
    await farside.forward(left + 1)
    seen = await desk.shown(quiz, opened(1))
    await desk.press(desk.member, seen, key(farside, seen))
    await farside.forward(32)
    await farside.forward(10)
    await desk.shown(quiz, lambda m: "The quiz night is over" in m.text)
    await farside.until(lambda: not farside.rows("SELECT 1 FROM nights WHERE shown < version"))
    assert await events(farside) == []


async def test_no_event_is_left_of_a_night_that_is_off(farside: Farside) -> None:
    """Not where it is called off while Discord takes the event in, nor where its channel is lost."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.post("/desk/permissions", give=["create_events"])
    async with held(desk, "POST /guilds/*/scheduled-events", acts=True) as reached:
        card, _ = await announce(farside)
        await reached()
        assert "called off" in (await desk.press(desk.owner, card, "Call it off")).text
    await until_events(farside, [])
    again = await desk.run(desk.owner, quiz, "quiz night", time="tomorrow 12:00")
    assert "is announced" in again.text
    await until_events(farside, [1])
    await desk.shown(quiz, lambda m: "## Quiz night" in m.text and m.id != card.id)
    await desk.permit(quiz, desk.bot_id, deny=("send_messages",))
    await farside.forward(2 * 24 * 60 * _MINUTE)
    await until_events(farside, [])
