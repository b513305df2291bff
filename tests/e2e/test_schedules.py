"""What owners do with schedules beyond adding them, and what becomes of those that cannot post."""

import re
from datetime import timedelta
from typing import Any

import aiohttp

from bot.emulator.client import Message
from bot.emulator.objects import Role
from tests.e2e.conftest import AS_BOT, Farside
from tests.e2e.test_daily import DAY, in_minutes, is_post, noted, posts, settle, statement


async def as_bot(farside: Farside, method: str, path: str, **body: Any) -> Any:
    """Ask the local Discord for something that the bot may do, as another program with its token."""
    async with (
        aiohttp.ClientSession(headers=AS_BOT) as session,
        session.request(method, f"{farside.emulator.api_url}{path}", json=body) as response,
    ):
        assert response.status < 300, await response.text()
        return await response.json()


async def thread_in(farside: Farside, channel: str) -> str:
    """Begin a public thread in a channel; return its id."""
    begun = await as_bot(farside, "POST", f"/channels/{channel}/threads", name="facts", type=11)
    await farside.desk.refresh()
    return str(begun["id"])


def in_thread(farside: Farside, thread: str) -> list[Message]:
    """Return the daily posts in a thread."""
    return [message for message in farside.desk.messages(thread) if is_post(message)]


def words_of_stopping(farside: Farside, channel: str) -> list[Message]:
    """Return what the owner sees in a channel of schedules that have stopped."""
    desk = farside.desk
    return [m for m in desk.messages(channel, desk.owner) if "schedule of yours has stopped" in m.text]


def role_of(farside: Farside, channel: str, *, mentionable: bool) -> str:
    """Make a role in the server of a channel; return its id."""
    world = farside.emulator.world
    guild = next(g for g in world.guilds.values() if channel in g.channels)
    role = Role(str(int(guild.id) + 100 + mentionable), "stargazers", mentionable=mentionable)
    return world.add_role(guild, role).id


async def test_a_fact_is_posted_by_hand(farside: Farside) -> None:
    """`/schedule post` sends one now, says where it is, and leaves the day's own to its time."""
    desk = farside.desk
    general, daily = desk.channel("general"), desk.channel("daily-moon")
    assert "no schedules yet" in (await desk.run(desk.owner, general, "schedule post")).text
    time = await in_minutes(farside, 10)
    await desk.run(desk.owner, general, "schedule add", time=time, channel=daily)
    told = await desk.run(desk.owner, general, "schedule post")
    assert told.message.is_ephemeral
    [post] = posts(farside)
    assert f"/{daily}/{post.id}" in told.text
    await farside.forward(10 * 60)
    await noted(farside, "sent", 2)
    await desk.until(lambda: len(posts(farside)) == 2)
    assert len({statement(one) for one in posts(farside)}) == 2
    log = await desk.run(desk.owner, general, "schedule log")
    assert log.text.count(" by hand** · 1") == 1
    await desk.permit(daily, desk.bot_id, deny=("send_messages",))
    refused = await desk.run(desk.owner, general, "schedule post", schedule="1")
    assert "lacks **Send Messages**" in refused.text
    assert len(posts(farside)) == 2
    listed = await desk.run(desk.owner, general, "schedule list")
    assert "Refused" not in listed.text


async def test_the_preview_shows_the_next_post(farside: Farside) -> None:
    """`/schedule preview` has the times and the very card that comes next."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    preview = await desk.run(desk.owner, daily, "schedule preview")
    assert preview.text.count(":F>") == 3
    [_, shown] = re.findall(r"^### (.+)$", preview.text, re.MULTILINE)
    assert (await desk.press(desk.owner, preview.message, "Source")).message.is_ephemeral
    await farside.forward(10 * 60)
    assert statement(await desk.shown(daily, is_post)) == shown


async def test_a_number_that_is_none_is_answered_in_words(farside: Farside) -> None:
    """Whatever stands where a schedule's number belongs, no command stumbles over it."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time="9:00")
    for command in ("log", "preview", "post", "pause", "resume", "remove"):
        for typed in ("9" * 20, "9" * 5000, "-1", "٣", "1e3", "0x1", "²"):
            told = await desk.run(desk.owner, daily, f"schedule {command}", schedule=typed)
            assert "/schedule list" in told.text, (command, typed)
    assert (await desk.run(desk.owner, daily, "schedule log", schedule="8")).text.startswith("Nothing has")


async def test_the_maker_of_a_schedule_that_stops_is_told(farside: Farside) -> None:
    """By direct message, which names the server, the channel and the reason."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    private = await desk.dm(desk.owner)
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    await desk.permit(daily, desk.bot_id, deny=("send_messages",))
    await farside.forward(11 * 60)
    for day in range(3):
        if day:
            await farside.forward(DAY)
        await noted(farside, "failed", day + 1)
    word = await desk.shown(private, lambda message: "has stopped" in message.text, desk.owner)
    assert "**Tranquility**" in word.text
    assert "refused 3 posts in a row: Farside lacks Send Messages" in word.text
    await desk.run(desk.owner, daily, "config show")
    await settle(farside)
    assert words_of_stopping(farside, daily) == []


async def test_a_maker_without_open_messages_is_told_in_the_server(farside: Farside) -> None:
    """Where no direct message gets through the next command of the maker there has the word, once."""
    desk = farside.desk
    daily, general = desk.channel("daily-moon"), desk.channel("general")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    await desk.permit(daily, desk.bot_id, deny=("send_messages",))
    await desk.fault("status", status=403, route="POST /users/@me/channels")
    await farside.forward(11 * 60)
    for day in range(3):
        if day:
            await farside.forward(DAY)
        await noted(farside, "failed", day + 1)
    await farside.kill()
    await farside.restart()
    await desk.run(desk.owner, general, "help")
    await desk.until(lambda: len(words_of_stopping(farside, general)) == 1)
    assert words_of_stopping(farside, general)[0].is_ephemeral
    await desk.run(desk.owner, general, "help")
    await settle(farside)
    assert len(words_of_stopping(farside, general)) == 1


async def test_a_locked_thread_pauses_its_schedule(farside: Farside) -> None:
    """A schedule waits while its thread is locked, says so, and goes on when it is opened again."""
    desk = farside.desk
    daily, general = desk.channel("daily-moon"), desk.channel("general")
    thread = await thread_in(farside, daily)
    await desk.run(desk.owner, general, "schedule add", time=await in_minutes(farside, 10), channel=thread)
    await as_bot(farside, "PATCH", f"/channels/{thread}", archived=True, locked=True)
    await farside.forward(10 * 60)
    await farside.until(lambda: bool(farside.rows("SELECT 1 FROM posts WHERE reason IS NOT NULL")))
    listed = await desk.run(desk.owner, general, "schedule list")
    assert "**Paused for now:** its thread is archived and locked" in listed.text
    assert "already" in (await desk.run(desk.owner, general, "schedule resume")).text
    await as_bot(farside, "PATCH", f"/channels/{thread}", archived=False, locked=False)
    await noted(farside, "sent")
    await desk.until(lambda: len(in_thread(farside, thread)) == 1)
    listed = await desk.run(desk.owner, general, "schedule list")
    assert "Paused" not in listed.text


async def test_an_archived_thread_is_no_lost_channel(farside: Farside) -> None:
    """A schedule in a thread that sleeps can be resumed, posts there, and notifies its role."""
    desk = farside.desk
    daily, general = desk.channel("daily-moon"), desk.channel("general")
    role = role_of(farside, daily, mentionable=True)
    thread = await thread_in(farside, daily)
    time = await in_minutes(farside, 10)
    await desk.run(desk.owner, general, "schedule add", time=time, channel=thread, role=role)
    await desk.run(desk.owner, general, "schedule pause")
    await as_bot(farside, "PATCH", f"/channels/{thread}", archived=True)
    assert "active again" in (await desk.run(desk.owner, general, "schedule resume")).text
    await farside.forward(10 * 60)
    await noted(farside, "sent")
    await desk.until(lambda: len(in_thread(farside, thread)) == 1)
    [post] = in_thread(farside, thread)
    assert post.text.startswith(f"<@&{role}>")
    [sent] = [entry["request"] for entry in await desk.log() if "nonce" in str(entry.get("request") or "")]
    assert sent["allowed_mentions"]["roles"] == [role]


async def test_nobody_notifies_a_role_through_farside_that_they_could_not_notify(farside: Farside) -> None:
    """A role that not everybody may mention needs an owner who may; one that everybody may does not."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    closed = role_of(farside, daily, mentionable=False)
    shared = role_of(farside, daily, mentionable=True)
    manager = await desk.add_person("Mara", permissions=("view_channel", "send_messages", "manage_guild"))
    await desk.permit(daily, manager, deny=("mention_everyone",))
    refused = await desk.run(manager, daily, "schedule add", time="9:00", role=closed)
    assert "You may not notify **stargazers** there yourself" in refused.text
    elsewhere = await desk.run(
        manager, desk.channel("general"), "schedule add", time="9:00", role=closed, channel=daily
    )
    assert "You may not notify" in elsewhere.text
    assert "notifying" in (await desk.run(manager, daily, "schedule add", time="9:00", role=shared)).text
    assert "notifying" in (await desk.run(desk.owner, daily, "schedule add", time="9:00", role=closed)).text


async def test_the_list_tells_what_is_in_the_way(farside: Farside) -> None:
    """What keeps a post from coming, or from notifying its role, is told before the post is due."""
    desk, world = farside.desk, farside.emulator.world
    daily, general = desk.channel("daily-moon"), desk.channel("general")
    role = role_of(farside, daily, mentionable=True)
    await desk.run(desk.owner, general, "schedule add", time="9:00", channel=daily, role=role)
    assert "⚠" not in (await desk.run(desk.owner, general, "schedule list")).text
    await desk.permit(daily, desk.bot_id, deny=("send_messages",))
    guild = next(g for g in world.guilds.values() if daily in g.channels)
    world.remove_role(guild, guild.roles[role])
    listed = await desk.run(desk.owner, general, "schedule list")
    assert "Nothing will come: Farside lacks Send Messages there" in listed.text
    assert "Nobody is notified: the role was deleted" in listed.text
    shown = await desk.run(desk.owner, general, "schedule preview")
    assert role not in listed.text + shown.text
    await desk.post("/desk/channels/delete", channel_id=daily)
    assert "not in sight" in (await desk.run(desk.owner, general, "schedule list")).text


async def test_nothing_is_promised_in_a_locked_thread(farside: Farside) -> None:
    """Where nothing can be posted no game, night, duel or schedule begins, and the check is not green."""
    desk = farside.desk
    thread = await thread_in(farside, desk.channel("general"))
    await as_bot(farside, "PATCH", f"/channels/{thread}", locked=True)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("quiz start", {}),
        ("quiz night", {"time": "in 2 hours"}),
        ("duel", {"user": desk.member}),
        ("schedule add", {"time": "9:00"}),
        ("config check", {}),
    ]
    for name, options in asked:
        told = await desk.run(desk.owner, thread, name, **options)
        assert "is locked" in told.text, name
    assert farside.rows("SELECT count(*) FROM games") == farside.rows("SELECT count(*) FROM nights") == [(0,)]


async def test_days_of_downtime_are_one_line(farside: Farside) -> None:
    """A week away leaves one line in the log, with its first and last day."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, -30))
    await farside.kill()
    await farside.forward(timedelta(days=7, hours=1).total_seconds())
    await farside.restart()
    await noted(farside, "sent")
    log = await desk.run(desk.owner, daily, "schedule log")
    assert log.text.count("skipped") == 1
    assert " to " in log.text.splitlines()[-1]


async def test_a_clock_ten_hours_ahead_at_boot_skips_nothing(farside: Farside) -> None:
    """The machine boots with a wrong clock that is mended a moment later: today's post comes at its time."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 60))
    await farside.kill()
    await farside.forward(10 * 3600)
    await farside.restart()
    await noted(farside, "missed")
    await farside.forward(-10 * 3600)
    await farside.until(lambda: farside.rows("SELECT count(*) FROM posts") == [(0,)])
    assert posts(farside) == []
    await farside.forward(61 * 60)
    await desk.shown(daily, is_post)
    await noted(farside, "sent")
    assert len(posts(farside)) == 1
