"""The machine's clock is set while the bot plays; Discord's goes on."""

from datetime import timedelta

import pytest

from bot.services.discord_clock import snowflake_time
from tests.e2e.conftest import Farside
from tests.e2e.rounds import closed, is_standings, key, opened
from tests.e2e.test_challenge import until
from tests.e2e.test_daily import DAY, HOUR, noted, posts


async def own_clock(farside: Farside, ahead: float = 0) -> None:
    """Give the bot a clock of its own, so many seconds ahead: setting it does not move Discord's."""
    await farside.kill()
    farside.clock_file = farside.clock_file.with_name("own-clock")
    put_ahead(farside, ahead)
    await farside.restart()


def put_ahead(farside: Farside, ahead: float) -> None:
    """Set the bot's own clock, so many seconds ahead of Discord's."""
    discords = farside.clock_file.with_name("clock")
    offset = float(discords.read_text(encoding="ascii") or 0) if discords.exists() else 0.0
    whole = farside.clock_file.with_suffix(".new")
    whole.write_text(str(offset + ahead), encoding="ascii")
    whole.replace(farside.clock_file)


async def passes(farside: Farside, seconds: float, ahead: float) -> None:
    """Let time pass for both; ours stays as wrong as it is."""
    await farside.forward(seconds)
    put_ahead(farside, ahead)


@pytest.mark.long
async def test_set_forward_in_a_round(farside: Farside) -> None:
    """Set forward by twenty minutes, our clock closes no round early, and the next one comes in time."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await own_clock(farside)
    await desk.run(desk.you, quiz, "quiz start", seconds=8, questions=2, pace="fast")
    card = await desk.shown(quiz, opened())
    farside.clock_file.write_text("1200", encoding="ascii")
    await farside.until(lambda: "moved apart" in farside.log())
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    assert farside.rows("SELECT closed_at FROM rounds") == [(None,)]
    await desk.shown(quiz, closed())
    [(shown, ended)] = farside.rows("SELECT opened_at, closed_at FROM rounds")
    assert ended - shown == 8000
    await desk.shown(quiz, opened(2))
    await desk.shown(quiz, closed(2))
    await desk.shown(quiz, is_standings)


@pytest.mark.long
async def test_set_back_in_a_round(farside: Farside) -> None:
    """Set back by twenty minutes, our clock keeps no round open, no skip waiting and no pause going on."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await own_clock(farside)
    await desk.run(desk.you, quiz, "quiz start", seconds=5, questions=2, pace="fast")
    card = await desk.shown(quiz, opened())
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    farside.clock_file.write_text("-1200", encoding="ascii")
    await desk.shown(quiz, closed())
    await desk.shown(quiz, opened(2))
    farside.clock_file.write_text("-3600", encoding="ascii")
    assert (await desk.run(desk.you, quiz, "quiz skip")).text == "Skipped."
    await desk.shown(quiz, closed(2))
    await desk.shown(quiz, is_standings)


async def test_set_while_people_get_ready(farside: Farside) -> None:
    """However our clock is set before the first question, it comes no earlier than was said."""
    desk = farside.desk
    farside.environment["FARSIDE_GET_READY"] = "2"
    await own_clock(farside)
    for name, ahead in (("quiz", -3 * 3600), ("general", 5 * 3600)):
        channel = desk.channel(name)
        announced = (await desk.run(desk.you, channel, "quiz start", questions=1, seconds=30)).message
        put_ahead(farside, ahead)
        card = await desk.shown(channel, opened())
        waited = snowflake_time(int(card.id)) - snowflake_time(int(announced.id))
        assert timedelta(seconds=1.5) < waited < timedelta(seconds=20), (ahead, waited)


@pytest.mark.long
@pytest.mark.parametrize("ahead", [DAY, -DAY, 40 * DAY])
async def test_wrong_since_the_machine_began(farside: Farside, ahead: int) -> None:
    """A clock that nobody sets is wrong by days: posts, nights, reminders and streaks go by Discord's.

    Discord is slow to tell what time it is, and is waited for. Then the clock is put right, and set wrong
    the other way: the next day is a day like any other.
    """
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    daily, direct = desk.channel("daily-moon"), await desk.dm(desk.you)
    await until(farside, 10)
    await desk.fault("delay", route="GET /gateway", seconds=1.5, times=2)
    await own_clock(farside, ahead)
    await desk.run(desk.owner, quiz, "config defaults", questions=1, seconds=30)
    await desk.run(desk.owner, daily, "schedule add", time="12:00")
    await desk.run(desk.you, quiz, "daily remind", time="12:00")
    await desk.run(desk.owner, quiz, "quiz night", time="12:00", rounds=1)
    card = await desk.shown(quiz, lambda m: "## Quiz night" in m.text)
    await desk.press(desk.member, card, "I'm coming")
    await desk.run(desk.member, quiz, "daily play")
    [(now,)] = farside.rows("SELECT max(starts_at) / 1000 FROM nights")
    assert farside.rows("SELECT unixepoch(day) / 86400 FROM attempts") == [(now // DAY,)]
    await farside.kill()  # what it has learned of the time is forgotten, too
    await farside.restart()
    await passes(farside, HOUR, ahead)
    await desk.run(desk.you, quiz, "daily streak")
    assert posts(farside) == []
    await passes(farside, HOUR - 9 * 60, ahead)
    await desk.shown(quiz, lambda m: "The quiz night begins" in m.text)
    await passes(farside, 9 * 60 + 1, ahead)
    asked = await desk.shown(quiz, opened())
    assert "is in" in (await desk.press(desk.member, asked, key(farside, asked))).text
    await desk.shown(direct, lambda m: "The daily challenge of" in m.text)
    await desk.until(lambda: len(posts(farside)) == 1)
    assert "This post is late" not in posts(farside)[0].text
    said = farside.log().count("moved apart")
    put_ahead(farside, 0)
    await farside.until(lambda: farside.log().count("moved apart") > said)
    await passes(farside, 40, 0)
    await desk.shown(quiz, lambda m: "The quiz night is over" in m.text)
    said_again = farside.log().count("moved apart")
    put_ahead(farside, -ahead)
    await farside.until(lambda: farside.log().count("moved apart") > said_again)
    await passes(farside, DAY - HOUR, -ahead)
    await desk.run(desk.you, quiz, "daily streak")
    assert len(posts(farside)) == 1
    await passes(farside, HOUR, -ahead)
    await desk.until(lambda: len(posts(farside)) == 2)
    assert "This post is late" not in posts(farside)[1].text
    told = "The daily challenge of"
    await desk.until(lambda: len([m for m in desk.messages(direct) if told in m.text]) == 2)
    await noted(farside, "sent", 2)
    assert farside.rows("SELECT count(*) FROM posts") == [(2,)]
