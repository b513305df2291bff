"""Quiz nights as people see them, with the bot killed between their steps."""

from datetime import timedelta
from typing import Any

import pytest

from bot.emulator.client import Message, Outcome
from bot.quiz.night import BREAK, LEAD
from bot.services.skew import snowflake_time
from tests.e2e.conftest import Farside
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
