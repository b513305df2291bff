"""What is torn away or set wrong in the midst of play: sessions, tokens, places, room, locks and clocks."""

from functools import partial

import pytest

from bot.emulator.client import Message
from bot.emulator.enums import ChannelType
from tests.e2e.conftest import TOKEN, Farside
from tests.e2e.play import Told, check, full_disk, is_result_of, locked, play_on, press
from tests.e2e.rounds import closed, is_closed, is_open, is_standings, opened, start
from tests.e2e.test_clock import own_clock

DAY = 86_400


async def finish(farside: Farside, told: Told) -> None:
    """Play the game to its end and hold it to the yardstick."""
    await play_on(farside, told, [farside.desk.you, farside.desk.member], 2)
    check(farside, told)


async def test_a_refused_resume(farside: Farside) -> None:
    """A session that Discord does not take up again is begun anew, and costs no press and no round."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    mark = desk.mark()
    await desk.fault("expire_session")
    await desk.fault("drop")
    await desk.wait_for(lambda e: e["type"] == "bot" and e["online"], since=mark)
    await press(farside, told, desk.you, card, "A")
    await finish(farside, told)


async def test_a_token_that_is_revoked(farside: Farside) -> None:
    """The program ends in the midst of a game with status 78, which starts nothing anew, and one line."""
    await start(farside)
    farside.emulator.token = "another"
    await farside.desk.fault("expire_session")
    await farside.desk.fault("drop")
    assert await farside.ended() == 78
    said = [line for line in farside.log().splitlines() if "token" in line.casefold()]
    assert len(said) == 1, farside.log()
    assert said[0].startswith("DISCORD_TOKEN: Discord does not take this token")
    assert TOKEN not in farside.log()
    assert "Traceback" not in farside.log()
    farside.emulator.token = None
    await farside.restart()
    await farside.forward(61)
    await farside.desk.shown(farside.desk.channel("quiz"), closed(1))


@pytest.mark.parametrize("kind", [ChannelType.NEWS, ChannelType.VOICE, ChannelType.STAGE, ChannelType.FORUM])
async def test_other_kinds_of_channels(farside: Farside, kind: ChannelType) -> None:
    """Among announcements, beside a voice channel and in a post of a forum a game is played as anywhere."""
    desk = farside.desk
    server = next(guild["id"] for guild in desk.state["guilds"] if guild["name"] == "Tranquility")
    made = await desk.post("/desk/channels", guild_id=server, name="other", type=int(kind))
    place = made["id"]
    if kind is ChannelType.FORUM:
        place = (await desk.post("/desk/threads", channel_id=place, name="a post", **{"as": desk.owner}))[
            "id"
        ]
    await desk.refresh()
    if kind in (ChannelType.VOICE, ChannelType.STAGE):
        await desk.permit(place, desk.bot_id, deny=("connect",))
        assert "lacks **Connect**" in (await desk.run(desk.you, place, "quiz start")).text
        assert "✘ **Connect**" in (await desk.run(desk.owner, place, "config check")).text
        await desk.permit(place, desk.bot_id)
    await desk.run(desk.you, place, "quiz start", questions=1, seconds=30)
    card = await desk.shown(place, opened())
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    await farside.forward(31)
    await desk.shown(place, is_standings)


async def test_no_room_while_a_round_closes(farside: Farside) -> None:
    """A close that cannot be stored is made up for once there is room; until then no press counts."""
    desk, told = farside.desk, Told()
    card = await start(farside, seconds=30)
    await press(farside, told, desk.you, card, "A")
    async with full_disk(farside):
        await farside.forward(33)
        await farside.until(lambda: farside.log().count("did not take its work") >= 2)
        assert not any(map(is_closed, desk.messages(desk.channel("quiz"))))
        assert "does not count" in (await desk.press(desk.member, card, "B")).text
    await desk.shown(desk.channel("quiz"), partial(is_result_of, card))
    await finish(farside, told)


async def test_a_lock_while_a_round_closes(farside: Farside) -> None:
    """Held by another process for long, the database is read meanwhile, and the close comes afterwards."""
    desk, told = farside.desk, Told()
    card = await start(farside, seconds=30)
    await press(farside, told, desk.you, card, "A")
    async with locked(farside):
        await farside.forward(33)
        await farside.until(lambda: farside.log().count("database is locked") >= 6)
        assert "Leaderboard" in (await desk.run(desk.you, desk.channel("quiz"), "leaderboard")).text
        assert not any(map(is_closed, desk.messages(desk.channel("quiz"))))
    await desk.shown(desk.channel("quiz"), partial(is_result_of, card))
    await finish(farside, told)


@pytest.mark.parametrize("seconds", [-DAY, DAY], ids=["back", "forth"])
async def test_a_day_off_in_a_round(farside: Farside, seconds: int) -> None:
    """Set by a day in a round, and back in the pause behind it, our clock stalls and doubles nothing."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await own_clock(farside)
    card = await start(farside, questions=2, seconds=5, pace="fast")
    farside.clock_file.write_text(str(seconds), encoding="ascii")
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    await desk.shown(quiz, closed(1))
    farside.clock_file.write_text("0", encoding="ascii")
    card = await desk.shown(quiz, opened(2))
    assert "B is in" in (await desk.press(desk.you, card, "B")).text
    await desk.shown(quiz, is_standings)
    shown: list[Message] = desk.messages(quiz)
    assert sum(is_open(m) or is_closed(m) for m in shown) == 2
    assert sum(map(is_standings, shown)) == 1
