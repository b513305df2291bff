"""Interactions as no app of Discord's own would send them: still answered, with a sentence and a way on."""

import asyncio
import json
import re
from datetime import timedelta
from itertools import count
from typing import Any

from bot.emulator.client import PATIENCE
from bot.services.discord_clock import snowflake_time
from tests.e2e.conftest import ROOT, Farside
from tests.e2e.play import CALLBACK
from tests.e2e.rounds import closed, is_standings, opened, round_of, start

_NUMBERS = count(1)

Payload = dict[str, Any]


async def latest(farside: Farside) -> Payload:
    """Return the interaction that the bot was told of last."""
    told = [entry for entry in await farside.desk.log() if entry["event"] == "INTERACTION_CREATE"]
    payload = told[-1]["response"]
    return dict(json.loads(payload) if isinstance(payload, str) else payload)


async def answer_to(farside: Farside, payload: Payload) -> str:
    """Tell the bot of an interaction that its Discord knows nothing of; return the words of the answer."""
    number = str(int(payload["id"]) + next(_NUMBERS))
    payload = {**payload, "id": number, "token": f"token-{number}"}
    for session in farside.emulator.gateway.sessions.values():
        session.dispatch("INTERACTION_CREATE", json.dumps(payload).encode())
    async with asyncio.timeout(PATIENCE):
        while True:
            for entry in await farside.desk.log():
                if (entry["path"] or "").endswith(f"/interactions/{number}/token-{number}/callback"):
                    return json.dumps(entry["request"], ensure_ascii=False)
            await farside.desk.run(farside.desk.you, farside.desk.channel("general"), "about")


async def answers_to(farside: Farside, payloads: list[Payload]) -> list[str]:
    """Tell the bot of many at once, as `answer_to` does of one; return the answers in their order."""
    desk, began = farside.desk, (await farside.desk.log())[-1]["id"]
    numbers = [str(int(payload["id"]) + next(_NUMBERS)) for payload in payloads]
    for number, payload in zip(numbers, payloads, strict=True):
        event = json.dumps({**payload, "id": number, "token": f"token-{number}"}).encode()
        for session in farside.emulator.gateway.sessions.values():
            session.dispatch("INTERACTION_CREATE", event)
    async with asyncio.timeout(PATIENCE):
        while True:
            await desk.run(desk.you, desk.channel("general"), "about")
            found = {entry["path"]: entry["request"] for entry in await desk.log(began) if entry["path"]}
            answers = [found.get(f"/interactions/{n}/token-{n}/callback") for n in numbers]
            if all(answers):
                return [json.dumps(answer, ensure_ascii=False) for answer in answers]


async def test_damaged_buttons(farside: Farside) -> None:
    """A custom_id that no card has gets a sentence, and never a fault of ours."""
    desk = farside.desk
    card = await start(farside)
    await desk.press(desk.you, card, "A")
    press = await latest(farside)
    for damaged in (
        "",
        "answer",
        "answer:1",
        "answer:x:0",
        "answer:1:0:2",
        f"answer:{round_of(card)}:9",
        f"answer:{'9' * 30}:0",
        f"source:{'9' * 30}",
        "source:-1",
        "again:no",
        "solonext:77",
        "practise:no-such-fact",
        "fact:show",
        "fact:form",
        "board:1",
        "board:1:server:all:-5:",
        "nothing:1",
        f"answer:{round_of(card)}:٣",
        f"answer:{round_of(card)}:+1",
        f"answer:{round_of(card)}: 1",
        f"answer:0{round_of(card)}:1",
        f"answer:{round_of(card)}:-1",
        f"answer:{2**63}:0",
        f"answer:{round_of(card)}:{'9' * 5000}",
        "board:1:server:all:٣:",
        f"board:1:server:all:{'9' * 5000}:",
        "moon:far:99999999999:n:",
        "moon:far:-99999999999:n:",
        "moon:far:٣:n:",
        "moon:far:0:n:nowhere at all",
        "moon:far:0:n:91,181",
        "privacy:delete",
        "privacy:delete:",
    ):
        answer = await answer_to(farside, {**press, "data": {**press["data"], "custom_id": damaged}})
        assert "our side" not in answer, damaged
        assert len(answer) > 40, damaged


async def test_a_press_on_what_is_another_s(farside: Farside) -> None:
    """Whatever custom_id is put on a card that all see, it stays as it is; nobody plays another's game."""
    desk = farside.desk
    card = await start(farside, questions=1)
    alone = await desk.run(desk.member, desk.channel("general"), "quiz solo", questions=1)
    theirs = round_of(alone.message)
    (their_game,) = farside.rows("SELECT id FROM games WHERE kind = 'solo'")
    (our_game,) = farside.rows("SELECT id FROM games WHERE kind = 'channel'")
    await desk.press(desk.you, card, "A")
    press = await latest(farside)
    assert press["member"]["user"]["id"] == desk.you
    for forged in (
        *(f"{kind}:{theirs}:0" for kind in ("solo", "answer")),
        *(f"{kind}:{theirs}" for kind in ("solonext", "solotype", "soloclue", "source", "next", "type")),
        f"soloagain:{their_game[0]}",
        f"soloagain:{our_game[0]}",
        f"again:{their_game[0]}",
        "help:about",
        "help:players",
        "fact:show",
    ):
        answer = await answer_to(farside, {**press, "data": {**press["data"], "custom_id": forged}})
        assert json.loads(answer)["type"] == 4, forged
        assert "our side" not in answer, forged
    for forged in (f"solotyped:{theirs}", f"typed:{theirs}"):
        fields = [{"type": 1, "components": [{"type": 4, "custom_id": "text", "value": "five"}]}]
        data = {"custom_id": forged, "components": fields}
        answer = await answer_to(farside, {**press, "type": 5, "data": data})
        assert "does not know" in answer, forged
    assert farside.rows("SELECT count(*) FROM answers") == [(1,)]
    assert farside.rows("SELECT count(*) FROM games") == [(2,)]


async def test_thin_commands(farside: Farside) -> None:
    """A game starts for a client that leaves out what it may; a choice that was never offered is refused."""
    desk = farside.desk
    await desk.run(desk.you, desk.channel("general"), "quiz start", questions=1)
    command = await latest(farside)
    quiz = next(channel for channel in (await desk.guild())["channels"] if channel["name"] == "quiz")
    here = {"channel_id": quiz["id"], "channel": {**command["channel"], "id": quiz["id"]}}
    thin = {**command, **here, "app_permissions": "0", "authorizing_integration_owners": {}}
    del thin["context"]
    subcommand = {"type": 1, "name": "start", "options": [{"type": 3, "name": "pace", "value": "warp"}]}
    refused = await answer_to(farside, {**thin, "data": {**thin["data"], "options": [subcommand]}})
    assert "Pick one of: auto, fast, relaxed, untimed" in refused
    started = await answer_to(farside, thin)
    assert "starts a quiz" in started


async def test_what_a_direct_message_cannot_have(farside: Farside) -> None:
    """Where there is no server each command says what works there instead."""
    desk = farside.desk
    direct = await desk.dm(desk.you)
    for name in ("quiz start", "quiz stop", "quiz skip", "quiz status"):
        assert "/quiz solo" in (await desk.run(desk.you, direct, name)).text, name
    assert "scope: global" in (await desk.run(desk.you, direct, "leaderboard", scope="server")).text
    for name in ("help", "leaderboard", "profile"):
        offered = await desk.run(desk.you, direct, name)
        assert "in the channel" not in offered.text, name
        assert "in this channel" not in offered.text, name
        assert offered.message.button("Start a quiz") is None, name


async def test_a_time_out_is_no_missing_permission(farside: Farside) -> None:
    """While a moderator's time-out keeps Farside from writing that is said, and not what to grant.

    It ends by Discord's clock.
    """
    desk, world = farside.desk, farside.emulator.world
    general = desk.channel("general")
    guild = next(g for g in world.guilds.values() if general in g.channels)
    member = guild.members[world.bot.id]
    asked = await desk.run(desk.owner, general, "config check")
    member.timed_out_until = (snowflake_time(int(asked.id)) + timedelta(hours=1)).isoformat()
    world.change_member(guild, member)
    for name in ("quiz start", "config check"):
        told = await desk.run(desk.owner, general, name)
        assert "in a time-out" in told.text, name
        assert "Send Messages" not in told.text, name
    await farside.forward(3601)
    assert "time-out" not in (await desk.run(desk.owner, general, "config check")).text
    await start(farside, channel="general")


async def test_the_moon(farside: Farside) -> None:
    """`/moon` answers with the picture of the disc; its button shows the other side to who pressed."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    shown = (await desk.run(desk.you, quiz, "moon", date="23 December 2026", place="Lagos, NG")).message
    assert "Full Moon" in shown.text
    assert "rises" in shown.text
    assert [file["filename"] for file in shown.files] == ["moon.jpg"]
    far = (await desk.press(desk.you, shown, "Far side")).message
    assert far.is_ephemeral
    assert "The far side of the Moon" in json.dumps(far.components)
    assert await desk.complete(desk.you, quiz, "moon", "place", place="lag") == ["Lagos, NG"]
    refused = await desk.run(desk.you, quiz, "moon", place="Atlantis")
    assert "Latitude and longitude" in refused.text


async def test_a_server_without_farside(farside: Farside) -> None:
    """Installed by a person alone, each command says what is true where the bot is no member."""
    desk = farside.desk
    general = desk.channel("general")
    await desk.run(desk.you, general, "quiz start", questions=1, seconds=5)
    await desk.shown(general, opened())
    await farside.forward(6)
    await desk.shown(general, closed())
    await farside.forward(9)
    end = await desk.shown(general, is_standings)
    await desk.post("/desk/guilds/leave", guild_id=(await desk.guild())["id"])
    async with asyncio.timeout(PATIENCE):  # until the bot has heard of it, too
        while "not a member" not in (await desk.run(desk.you, general, "quiz stop")).text:
            pass
    for name in ("quiz start", "quiz stop", "quiz skip", "quiz night"):
        when: dict[str, Any] = {"time": "tomorrow 20:00"} if name == "quiz night" else {}
        told = await desk.run(desk.you, general, name, **when)
        assert "not a member of this server" in told.text, name
        assert "/quiz solo" in told.text
        assert "oauth2/authorize" in told.text
        assert "Send Messages" not in told.text
    again = await desk.press(desk.you, end, "Play again")
    assert "not a member of this server" in again.text
    assert "all servers" in (await desk.run(desk.you, general, "leaderboard")).text
    for name in ("help", "about", "profile", "quiz solo", "fact today", "moon", "review start", "review due"):
        assert (await desk.run(desk.you, general, name)).state == "done", name
    for name in ("help", "quiz status"):
        assert (await desk.run(desk.you, general, name)).message.button("Start a quiz") is None, name
    assert farside.rows("SELECT count(*) FROM games WHERE kind = 'channel'") == [(1,)]


async def test_interactions_with_what_is_optional_left_out(farside: Farside) -> None:
    """Without `channel`, a picture or a name, with nulls, or unreadable: answered with a sentence."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    farside.expects_errors = True  # what cannot be read is in the log, too
    for name in ("quiz status", "profile", "leaderboard", "moon"):
        await desk.run(desk.you, quiz, name)
        told = await latest(farside)
        member = told["member"]
        thin_user = {"id": member["user"]["id"]}
        for thin in (
            {key: value for key, value in told.items() if key != "channel"},
            {**told, "channel": None},
            {**told, "member": {**member, "user": thin_user}},
            {**told, "guild_id": None, "guild": None},
            {**told, "guild": None},
        ):
            answer = await answer_to(farside, thin)
            assert "our side" not in answer, (name, thin)
            assert "There is no channel" not in answer, (name, thin)
    unreadable = {**told, "member": {"user": {"id": "not a number"}}}
    assert "could not be read" in await answer_to(farside, unreadable)
    damaged = {**told, "data": {**told["data"], "resolved": {"users": {"5": {}}}}}
    assert "could not be read" in await answer_to(farside, damaged)
    for data in (damaged["data"], told["data"], {**told["data"], "name": "gone"}):
        assert '"choices": []' in await answer_to(farside, {**told, "type": 4, "data": data}), data


async def test_suggestions_that_are_lost(farside: Farside) -> None:
    """They are sent again, whatever the wire or a page in between does to them."""
    desk = farside.desk
    for kind, options in (("lost", {}), ("status", {"status": 403, "body": "<html>"})):
        await desk.fault(kind, route=CALLBACK, times=1, **options)
        assert await desk.complete(desk.you, desk.channel("quiz"), "quiz start", "topic", topic="")


ODD = ("", "x", "-1", "0", "٣", "9" * 30, "1:2", "1:2:3", "1:2:3:4:5:6", ":", "🌕:🌕", "1" * 90)


async def test_commands_whose_parts_do_not_fit(farside: Farside) -> None:
    """An option or a target of which nothing, or nonsense, is told: a sentence, and no fault of ours."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside)
    await desk.run(desk.you, quiz, "Report this question", target_id=card.id)
    menu = await latest(farside)
    await desk.run(desk.you, quiz, "profile", user=desk.owner)
    profile = await latest(farside)
    [user] = profile["data"]["options"]
    damages: list[tuple[Payload, Payload]] = [
        (menu, {"resolved": {}}),
        (menu, {"target_id": "x"}),
        (menu, {"type": 77}),
        (profile, {"resolved": None}),
        (profile, {"resolved": {"users": {user["value"]: {}}}}),
        (profile, {"options": None}),
        (profile, {"options": [None]}),
        (profile, {"options": [{**user, "name": []}]}),
    ]
    odd = [{**payload, "data": {**payload["data"], **damage}} for payload, damage in damages]
    typing = {**profile, "type": 4, "data": {**profile["data"], "options": [None]}}
    for session in farside.emulator.gateway.sessions.values():
        session.dispatch("INTERACTION_CREATE", json.dumps(typing).encode())
    for answer in await answers_to(farside, odd):
        assert "went wrong" not in answer
    assert "cannot be read" in farside.log()


async def test_every_custom_id_with_odd_words(farside: Farside) -> None:
    """Whatever stands after the first word of a custom_id, pressed or submitted: a sentence, and no fault."""
    desk = farside.desk
    card = await start(farside)
    await desk.press(desk.you, card, "A")
    press = await latest(farside)
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "cogs").glob("*.py"))
    known = sorted({name for source in sources for name in re.findall(r'\.on(?:_pressed)?\("(\w+)"', source)})
    assert len(known) > 15
    fields = [{"type": 1, "components": [{"type": 4, "custom_id": "text", "value": "٣"}]}]
    kinds: tuple[tuple[int, Payload], ...] = (
        (3, {}),
        (3, {"values": ["٣", "x"]}),
        (5, {"components": fields}),
    )
    for prefix in known:
        told = [
            {**press, "type": kind, "data": {**press["data"], **more, "custom_id": f"{prefix}:{words}"[:100]}}
            for words in ODD
            for kind, more in kinds
        ]
        for payload, answer in zip(told, await answers_to(farside, told), strict=True):
            assert "our side" not in answer, payload["data"]
    assert farside.rows("SELECT count(*) FROM answers") == [(1,)]
