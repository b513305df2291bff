"""Facts, schedules and settings, from the command to the post in the channel."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.emulator.client import PATIENCE, Message
from tests.e2e.conftest import Farside

DAY = 86_400
HOUR = 3_600


async def now(farside: Farside) -> datetime:
    """Return what the clock of the bot and of its Discord shows."""
    state = await farside.desk.get("/desk/state")
    return datetime.fromisoformat(state["clock"]["now"]).astimezone(UTC)


async def in_minutes(farside: Farside, minutes: float) -> str:
    """Return the time of day in UTC so many minutes from now, as an owner types it."""
    return f"{await now(farside) + timedelta(minutes=minutes):%H:%M}"


def is_post(message: Message) -> bool:
    """Return whether that is a daily post."""
    return "Fact of the day" in message.text


def posts(farside: Farside, channel: str = "daily-moon") -> list[Message]:
    """Return the daily posts in a channel."""
    return [m for m in farside.desk.messages(farside.desk.channel(channel)) if is_post(m)]


async def settle(farside: Farside) -> None:
    """Return when the bot has answered a command, and so is at work on all that came before it."""
    for _ in range(3):  # a bot that has just been started may take its time on a busy machine
        outcome = await farside.desk.run(farside.desk.owner, farside.desk.channel("general"), "schedule log")
        if outcome.state == "done":
            return
    raise AssertionError(f"the bot does not answer:\n{farside.log()}")


async def noted(farside: Farside, state: str, count: int = 1) -> None:
    """Return when so many posts are noted to be in that state; fail when it does not come to that."""
    query = "SELECT count(*) FROM posts WHERE state = ?"
    await farside.until(lambda: farside.rows(query, state) == [(count,)], patience=PATIENCE)


def statement(message: Message) -> str:
    """Return the statement that a fact's card shows."""
    found = re.search(r"^### (.+)$", message.text, re.MULTILINE)
    assert found is not None
    return found[1]


async def test_fact_commands(farside: Farside) -> None:
    """The day's fact is everybody's; its buttons show the source and ask a question on it."""
    desk = farside.desk
    general = desk.channel("general")
    today = await desk.run(desk.you, general, "fact today")
    assert not today.message.is_ephemeral
    other = await desk.run(desk.member, general, "fact today")
    assert other.text == today.text
    source = await desk.press(desk.you, today.message, "Source")
    assert source.message.is_ephemeral
    assert "### Source" in source.text
    assert statement(today.message) in source.text
    asked = await desk.press(desk.you, today.message, "Quiz me on this")
    assert asked.message.is_ephemeral
    assert asked.message.button("A") is not None
    answered = await desk.press(desk.you, asked.message, "A")
    assert answered.state == "done"
    anything = await desk.run(desk.you, general, "fact random")
    assert statement(anything.message)


async def test_fact_search(farside: Farside) -> None:
    """Words with slips find facts; the menu shows the others; without words a form asks for them."""
    desk = farside.desk
    general = desk.channel("general")
    landing = await desk.run(desk.you, general, "fact search", text="Chang'e-4 landed von karman")
    assert "paragraph" in landing.text  # of the article
    found = await desk.run(desk.you, general, "fact search", text="crateer")
    assert found.message.is_ephemeral
    assert "crater" in found.text.lower()
    [menu] = found.message.selects
    other = menu["options"][1]
    await desk.press(desk.you, found.message, menu["custom_id"], [other["value"]])
    shown = await desk.shown(general, lambda m: m.id == found.message.id, desk.you)
    assert shown.selects[0]["options"][1]["default"]
    nothing = await desk.run(desk.you, general, "fact search", text="zeppelin")
    assert "No fact fits" in nothing.text
    form = await desk.run(desk.you, general, "fact search")
    assert form.state == "modal"
    submitted = await desk.submit(desk.you, form, words="eclipse")
    assert submitted.message.is_ephemeral
    assert "eclipse" in submitted.text.lower()
    names = await desk.complete(desk.you, general, "fact search", "text", text="eclips")
    assert any("eclipse" in name.lower() for name in names)
    in_private = await desk.run(desk.you, await desk.dm(desk.you), "fact today")
    assert statement(in_private.message)


async def test_schedule_posts_once_a_day(farside: Farside) -> None:
    """A schedule posts tomorrow's fact once, and the day after another one; the preview told when."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    time = await in_minutes(farside, -5)
    added = await desk.run(desk.owner, daily, "schedule add", time=time)
    assert added.message.is_ephemeral
    due = [int(unix) for unix in re.findall(r"<t:(\d+):F>", added.text)]
    assert len(due) == 3
    assert due[1] - due[0] == due[2] - due[1] == DAY
    assert len(re.findall(r"<t:\d+:R>", added.text)) == 3
    preview = await desk.run(desk.owner, daily, "schedule preview")
    assert [int(unix) for unix in re.findall(r"<t:(\d+):F>", preview.text)] == due
    await farside.forward(DAY - 5 * 60 + 2)
    await desk.shown(daily, is_post)
    await settle(farside)
    assert len(posts(farside)) == 1
    assert "This post is late" not in posts(farside)[0].text
    await farside.forward(DAY)
    await desk.until(lambda: len(posts(farside)) == 2)
    first, second = posts(farside)
    assert statement(first) != statement(second)
    source = await desk.press(desk.you, second, "Source")
    assert statement(second) in source.text
    await noted(farside, "sent", 2)
    log = await desk.run(desk.owner, daily, "schedule log")
    assert log.text.count("✔ sent") == 2


async def test_schedule_is_understood_and_refused_in_words(farside: Farside) -> None:
    """Times, days and zones as people type them; what cannot be read is answered with what to type."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    added = await desk.run(
        desk.owner, daily, "schedule add", time="9.30 pm", days="mon-fri", timezone="Pakistan"
    )
    assert "**21:30** (Asia/Karachi), Monday to Friday" in added.text
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"time": "25:00"}, "goes from `00:00` to `23:59`"),
        ({"time": "soon"}, "Type the time as `09:00`"),
        ({"time": "9:00", "days": "funday"}, "Type the days as `mon-fri`"),
        ({"time": "9:00", "timezone": "Narnia"}, "Start typing a large city"),
        ({"time": "9:00", "timezone": "USA"}, "several time zones"),
    ]
    for options, sentence in refusals:
        refused = await desk.run(desk.owner, daily, "schedule add", **options)
        assert refused.message.is_ephemeral
        assert sentence in refused.text
    zones = await desk.complete(desk.owner, daily, "schedule add", "timezone", time="9:00", timezone="berlin")
    assert re.fullmatch(r"Europe/Berlin · Germany · \w{3} \d\d:\d\d", zones[0])
    listed = await desk.run(desk.owner, daily, "schedule list")
    assert listed.text.count("→ Next") == 1
    again = await desk.run(
        desk.owner, daily, "schedule add", time="21:30", days="weekdays", timezone="Asia/Karachi"
    )
    assert "Schedule 1 posts there at the same time" in again.text


async def test_schedules_are_for_those_who_manage_the_server(farside: Farside) -> None:
    """A member cannot use the commands, whatever channel they try."""
    with pytest.raises(AssertionError, match="Manage Server"):
        await farside.desk.run(
            farside.desk.member, farside.desk.channel("daily-moon"), "schedule add", time="9:00"
        )


async def test_pause_resume_remove(farside: Farside) -> None:
    """A schedule is paused, resumed and removed by its number or, being the only one, by nothing."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    assert "no schedules yet" in (await desk.run(desk.owner, daily, "schedule list")).text
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 20))
    [first, _] = await desk.complete(desk.owner, daily, "schedule pause", "schedule", schedule="")
    assert first.startswith("1: #daily-moon at ")
    assert "Which schedule?" in (await desk.run(desk.owner, daily, "schedule pause")).text
    assert "is paused" in (await desk.run(desk.owner, daily, "schedule pause", schedule="1")).text
    assert "Paused" in (await desk.run(desk.owner, daily, "schedule list")).text
    await farside.forward(15 * 60)
    await farside.forward(10 * 60)
    await desk.shown(daily, is_post)
    await noted(farside, "sent")
    assert len(posts(farside)) == 1
    assert "active again" in (await desk.run(desk.owner, daily, "schedule resume", schedule="1")).text
    assert "is removed" in (await desk.run(desk.owner, daily, "schedule remove", schedule="1")).text
    assert "is removed" in (await desk.run(desk.owner, daily, "schedule remove")).text
    assert "no schedules yet" in (await desk.run(desk.owner, daily, "schedule list")).text
    assert "✔ sent" in (await desk.run(desk.owner, daily, "schedule log")).text


async def test_a_lost_answer_doubles_nothing(farside: Farside) -> None:
    """Discord took the post and its answer was lost: the bot looks, finds its message, and sends no other."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    await desk.fault("lost", route="POST /channels/*/messages", times=1, acts=True)
    await farside.forward(10 * 60)
    await desk.shown(daily, is_post)
    await farside.forward(60)
    await noted(farside, "sent")
    assert len(posts(farside)) == 1


async def test_nothing_is_sent_again_where_farside_cannot_look(farside: Farside) -> None:
    """Without Read Message History a post whose answer was lost is left alone, not doubled."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    await desk.fault("lost", route="POST /channels/*/messages", times=1, acts=True)
    await desk.permit(daily, desk.bot_id, deny=("read_message_history",))
    await farside.forward(10 * 60)
    await desk.shown(daily, is_post)
    await farside.forward(10 * 60)
    await noted(farside, "unknown")
    assert len(posts(farside)) == 1
    log = await desk.run(desk.owner, daily, "schedule log")
    assert "without Read Message History Farside cannot look" in log.text


async def killed_with_its_post_unanswered(farside: Farside) -> str:
    """Kill the bot while Discord has a post and has not answered; return the post's channel."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    held = await desk.fault("hold", route="POST /channels/*/messages", times=1, acts=True)
    await farside.forward(10 * 60)
    await desk.shown(daily, is_post)
    await farside.kill()
    await desk.clear_faults(held)
    return daily


async def test_killed_between_send_and_note(farside: Farside) -> None:
    """The bot is killed while Discord has the post and has not answered: the next one finds its message."""
    await killed_with_its_post_unanswered(farside)
    assert farside.rows("SELECT state, tries FROM posts") == [("claimed", 1)]
    await farside.forward(30 * 60)
    await farside.restart()
    await noted(farside, "sent")
    [(state, message_id)] = farside.rows("SELECT state, message_id FROM posts")
    assert state == "sent"
    assert [m.id for m in posts(farside)] == [str(message_id)]


async def test_a_crash_doubles_nothing_where_farside_cannot_look(farside: Farside) -> None:
    """Killed after Discord took the post, begun anew without the right to read: nothing is sent again."""
    desk, daily = farside.desk, await killed_with_its_post_unanswered(farside)
    await desk.permit(daily, desk.bot_id, deny=("read_message_history",))
    await farside.forward(30 * 60)
    await farside.restart()
    await noted(farside, "unknown")
    assert len(posts(farside)) == 1
    listed = await desk.run(desk.owner, daily, "schedule list")
    assert "→ Next" in listed.text
    assert "Refused" not in listed.text


@pytest.mark.parametrize("acts", [True, False])
async def test_an_error_of_discord_is_waited_out(farside: Farside, acts: bool) -> None:
    """Discord answers 500, whether it took the post or not: there is one message in the end."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    await desk.fault("status", status=500, route="POST /channels/*/messages", times=1, acts=acts)
    await farside.forward(10 * 60)
    await desk.shown(daily, is_post)
    await noted(farside, "sent")
    assert farside.rows("SELECT state FROM posts") == [("sent",)]
    assert len(posts(farside)) == 1


async def test_a_command_delivered_twice_adds_one_schedule(farside: Farside) -> None:
    """A dispatch that the gateway delivers twice makes one schedule and one post."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.fault("twice", event="INTERACTION_CREATE", times=1)
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    await settle(farside)
    assert farside.rows("SELECT number FROM schedules") == [(1,)]


async def test_a_change_of_clocks(farside: Farside) -> None:
    """On the day that Berlin has no 02:30 the post comes at 03:00, and once."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    present = await now(farside)
    gap = datetime(present.year + 1, 3, 31, 1, tzinfo=UTC)
    gap -= timedelta(days=(gap.weekday() + 1) % 7)  # the last Sunday of March, 01:00 UTC
    await farside.forward((gap - timedelta(hours=12) - present).total_seconds())
    added = await desk.run(desk.owner, daily, "schedule add", time="02:30", timezone="Europe/Berlin")
    assert f"<t:{int(gap.timestamp())}:F>" in added.text
    await farside.forward((gap - timedelta(minutes=5) - await now(farside)).total_seconds())
    await settle(farside)
    assert posts(farside) == []
    await farside.forward(5 * 60 + 1)
    post = await desk.shown(daily, is_post)
    assert "This post is late" not in post.text
    await farside.forward(HOUR)
    await settle(farside)
    assert len(posts(farside)) == 1


async def test_only_the_chosen_role_is_notified(farside: Farside) -> None:
    """A post names and notifies the role that the owner chose, if Farside may; everyone is refused."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.add_person("Eve", permissions=("view_channel",))
    state = await desk.refresh()
    guild = next(g for g in state["guilds"] if any(c["id"] == daily for c in g["channels"]))
    everyone, role = guild["id"], next(r["id"] for r in guild["roles"] if r["id"] != guild["id"])
    refused = await desk.run(desk.owner, daily, "schedule add", time="9:00", role=everyone)
    assert "never notifies everyone" in refused.text
    time = await in_minutes(farside, 10)
    added = await desk.run(desk.owner, daily, "schedule add", time=time, role=role)
    assert f"notifying <@&{role}>" in added.text
    await farside.forward(10 * 60)
    post = await desk.shown(daily, is_post)
    assert post.text.startswith(f"<@&{role}>")
    [sent] = [entry["request"] for entry in await desk.log() if "nonce" in str(entry.get("request") or "")]
    assert set(sent["allowed_mentions"]["roles"]) <= {role}
    assert sent["allowed_mentions"]["parse"] == []


@pytest.mark.parametrize(("late", "is_sent"), [(2 * HOUR, True), (4 * HOUR, False)])
async def test_after_downtime(farside: Farside, late: int, is_sent: bool) -> None:
    """Up to three hours late a post is sent and says so; later it is skipped, and the log says so."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    await farside.kill()
    await farside.forward(10 * 60 + late)
    await farside.restart()
    if is_sent:
        post = await desk.shown(daily, is_post)
        assert re.search(r"This post is late: it was due <t:\d+:t>", post.text)
    await noted(farside, "sent" if is_sent else "missed")
    assert len(posts(farside)) == int(is_sent)
    log = await desk.run(desk.owner, daily, "schedule log")
    assert re.search(r"2 h [01] min late" if is_sent else "skipped: Farside was not running", log.text)


async def test_three_refusals_stop_a_schedule(farside: Farside) -> None:
    """Where Farside may not post any more its schedule stops on the third day, with the reason."""
    desk = farside.desk
    daily, general = desk.channel("daily-moon"), desk.channel("general")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    await desk.permit(daily, desk.bot_id, deny=("send_messages",))
    await farside.forward(11 * 60)
    for day in range(3):
        if day:
            await farside.forward(DAY)
        await noted(farside, "failed", day + 1)
        listed = await desk.run(desk.owner, general, "schedule list")
        assert "lacks Send Messages" in listed.text
        assert ("**Stopped**" in listed.text) == (day == 2)
    log = await desk.run(desk.owner, general, "schedule log")
    assert log.text.count("✘ not posted: Farside lacks Send Messages in the channel") == 3
    refused = await desk.run(desk.owner, general, "schedule resume")
    assert "lacks **Send Messages**" in refused.text
    await desk.permit(daily, desk.bot_id, allow=("send_messages",))
    assert "active again" in (await desk.run(desk.owner, general, "schedule resume")).text
    await farside.forward(DAY)
    await desk.shown(daily, is_post)


async def test_a_deleted_channel_stops_its_schedule(farside: Farside) -> None:
    """A channel that is gone is named as the reason."""
    desk = farside.desk
    general, daily = desk.channel("general"), desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    await desk.post("/desk/channels/delete", channel_id=daily)
    await farside.forward(11 * 60)
    for day in range(3):
        if day:
            await farside.forward(DAY)
        await noted(farside, "failed", day + 1)
    listed = await desk.run(desk.owner, general, "schedule list")
    assert "**Stopped**" in listed.text
    assert "the channel was deleted" in listed.text
    assert "is gone" in (await desk.run(desk.owner, general, "schedule resume")).text


async def test_settings(farside: Farside) -> None:
    """The time zone moves what follows it; defaults are what a game takes; each change is said back."""
    desk = farside.desk
    general = desk.channel("general")
    added = await desk.run(desk.owner, general, "schedule add", time="9:00")
    assert "</config timezone:" in added.text
    told = await desk.run(desk.owner, general, "config timezone", timezone="New York")
    assert "**America/New\\_York**" in told.text
    assert "1 schedule moved with it" in told.text
    listed = await desk.run(desk.owner, general, "schedule list")
    assert "(America/New\\_York)" in listed.text
    told = await desk.run(desk.owner, general, "config defaults", questions=3, difficulty=1, seconds=45)
    assert "3 questions, every topic, easy" in told.text
    started = await desk.run(desk.you, general, "quiz start")
    assert "3 questions" in started.text
    shown = await desk.run(desk.owner, general, "config show")
    assert "America/New\\_York" in shown.text
    assert "45 s a question" in shown.text
    assert "1 schedule" in shown.text
    back = await desk.run(desk.owner, general, "config defaults", reset=True)
    assert "10 questions" in back.text


async def test_check_names_each_missing_permission(farside: Farside) -> None:
    """`/config check` says in Discord's words what a channel lacks, and what each is for."""
    desk = farside.desk
    general, quiz = desk.channel("general"), desk.channel("quiz")
    fine = await desk.run(desk.owner, general, "config check")
    assert "All is well" in fine.text
    await desk.permit(quiz, desk.bot_id, deny=("send_messages", "read_message_history"))
    places: list[tuple[str, dict[str, Any]]] = [(general, {"channel": quiz}), (quiz, {})]
    for place, options in places:
        lacking = await desk.run(desk.owner, place, "config check", **options)
        assert "2 permissions are missing" in lacking.text
        assert "✘ **Send Messages** – to post" in lacking.text
        assert "✘ **Read Message History** – to find" in lacking.text
        assert "✔ View Channel" in lacking.text
    refused = await desk.run(desk.owner, general, "schedule add", time="9:00", channel=quiz)
    assert "lacks **Send Messages** and **Read Message History**" in refused.text
