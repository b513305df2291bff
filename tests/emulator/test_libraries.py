"""What bots of other libraries send, and what they must be answered."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import yarl

from bot.emulator import Emulator
from bot.emulator.client import Desk, Json
from bot.emulator.rest import routes
from tests.emulator.bare import GUILDS, MESSAGES, Bot

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mNg+M8AAAMBAQDJ/pLv"
    "AAAAAElFTkSuQmCC"
)
REACTIONS, MODERATION, EVENTS = 1 << 10, 1 << 2, 1 << 16


class Api:
    """A bot's requests, as they stand: what is encoded stays encoded."""

    def __init__(self, emulator: Emulator, session: aiohttp.ClientSession) -> None:
        self.emulator = emulator
        self._session = session

    async def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        url = yarl.URL(f"{self.emulator.api_url}{path}", encoded=True)
        given: Any = {"json": body} if body is not None else {}
        async with self._session.request(method, url, **given, **more) as response:
            found = await response.json() if response.content_type == "application/json" else None
            return response.status, found


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """Open a local Discord without limits."""
    async with Emulator(rate_limits=False) as opened:
        yield opened


@pytest.fixture
async def desk(emulator: Emulator) -> AsyncIterator[Desk]:
    """Open its desk."""
    async with Desk.at(emulator) as opened:
        yield opened


@pytest.fixture
async def api(emulator: Emulator) -> AsyncIterator[Api]:
    """Ask as a bot does."""
    async with aiohttp.ClientSession(headers={"Authorization": "Bot token"}) as session:
        yield Api(emulator, session)


async def _asked(emulator: Emulator, desk: Desk, bot: Bot) -> Json:
    """Use a command; return the interaction that the bot is told of."""
    emulator.parts.commands.create("", {"name": "ask", "description": "Asks"})
    await desk.run(desk.you, desk.channel("quiz"), "ask", wait=False)
    return await bot.until("INTERACTION_CREATE")


@pytest.mark.parametrize("name", ["@original", "%40original", "%40%6friginal"])
async def test_a_path_is_the_same_however_it_is_encoded(
    emulator: Emulator, desk: Desk, api: Api, name: str
) -> None:
    """`%40` and `@` are one (RFC 3986): each part of a path is decoded before a route is looked for."""
    async with Bot(emulator) as bot:
        await bot.identify(GUILDS)
        told = await _asked(emulator, desk, bot)
        await api("POST", f"/interactions/{told['id']}/{told['token']}/callback", {"type": 5})
        path = f"/webhooks/{told['application_id']}/{told['token']}/messages/{name}"
        assert (await api("PATCH", path, {"content": "here"}))[1]["content"] == "here"
        assert (await api("GET", path))[0] == 200
        assert (await api("DELETE", path))[0] == 204
        guild = next(iter(emulator.world.guilds))
        assert (await api("PATCH", f"/guilds/{guild}/members/%40me", {"nick": "N"}))[1]["nick"] == "N"


async def test_a_slash_inside_a_part_stays_inside(api: Api, desk: Desk) -> None:
    """An encoded slash makes no new part: it cannot reach another route."""
    quiz = desk.channel("quiz")
    assert (await api("GET", f"/channels/{quiz}%2Fmessages"))[1]["code"] == 10003
    assert (await api("GET", f"/channels/{quiz}/messages/%2e%2e"))[1]["code"] == 10008


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("kind", ["json", FORM, "multipart", "fields"])
async def test_every_route_takes_every_kind_of_body(
    emulator: Emulator, desk: Desk, api: Api, kind: str
) -> None:
    """JSON, and both sorts of forms with `payload_json` or with plain fields, say the same."""
    body = {"content": "words", "tts": False, "nonce": "7"}
    given: dict[str, Any] = {"json": body}
    if kind == FORM:
        given = {"data": urlencode({"payload_json": json.dumps(body)}), "headers": {"Content-Type": FORM}}
    elif kind == "multipart":
        given = {"data": aiohttp.FormData({"payload_json": json.dumps(body)}, default_to_multipart=True)}
    elif kind == "fields":
        fields = {"content": "words", "tts": "false", "nonce": "7"}
        given = {"data": urlencode(fields), "headers": {"Content-Type": FORM}}
    status, made = await api("POST", f"/channels/{desk.channel('quiz')}/messages", **given)
    assert (status, made["content"], made["tts"]) == (200, "words", False)
    async with Bot(emulator) as bot:
        await bot.identify(GUILDS)
        told = await _asked(emulator, desk, bot)
        answer = {"type": 4, "data": {"content": "in"}}
        data = urlencode({"payload_json": json.dumps(answer)})
        path = f"/interactions/{told['id']}/{told['token']}/callback"
        assert (await api("POST", path, data=data, headers={"Content-Type": FORM}))[0] == 204


async def test_sounds_that_everybody_has(emulator: Emulator, api: Api) -> None:
    """The default sounds are listed, and a request for servers' own sounds is answered: there are none."""
    status, sounds = await api("GET", "/soundboard-default-sounds")
    assert (status, sounds[0]["name"], sounds[0]["sound_id"]) == (200, "quack", "1")
    guild = next(iter(emulator.world.guilds))
    assert await api("GET", f"/guilds/{guild}/soundboard-sounds") == (200, {"items": []})
    async with Bot(emulator) as bot:
        await bot.identify(0)
        await bot.send(31, {"guild_ids": [guild]})
        told = await bot.until("SOUNDBOARD_SOUNDS")
        assert told == {"guild_id": guild, "soundboard_sounds": []}


# --- rights


async def test_the_bot_is_given_rights_and_loses_them(emulator: Emulator, desk: Desk, api: Api) -> None:
    """The desk gives the bot's own role a right for a whole server, and takes it again; the bot is told."""
    guild = (await desk.guild())["id"]
    async with Bot(emulator) as bot:
        await bot.identify(GUILDS)
        assert (await api("POST", f"/guilds/{guild}/roles", {"name": "x"}))[1]["code"] == 50013
        await desk.post("/desk/permissions", guild_id=guild, give=["manage_roles", "ban_members"])
        told = await bot.until("GUILD_ROLE_UPDATE")
        assert int(told["role"]["permissions"]) & (1 << 28)
        assert (await api("POST", f"/guilds/{guild}/roles", {"name": "x"}))[0] == 200
        await desk.post("/desk/permissions", guild_id=guild, take=["manage_roles"])
        assert (await api("POST", f"/guilds/{guild}/roles", {"name": "x"}))[1]["code"] == 50013
        shown = await desk.guild()
        assert "ban_members" in shown["bot_permissions"]
        assert "manage_roles" not in shown["bot_permissions"]


async def test_a_person_and_a_role_are_given_rights(desk: Desk) -> None:
    """A person gets a role of their own for it; a role, @everyone too, is changed itself."""
    guild = await desk.guild()
    quiz = desk.channel("quiz")

    async def may(person: str) -> list[str]:
        state = await desk.get("/desk/state", {"as": person})
        channels = [c for g in state["guilds"] if g["id"] == guild["id"] for c in g["channels"]]
        return next((c["may"] for c in channels if c["id"] == quiz), [])

    await desk.post("/desk/permissions", user_id=desk.member, give=["manage_messages"])
    assert "manage_messages" in await may(desk.member)
    assert "manage_messages" not in await may(desk.you)
    await desk.post("/desk/permissions", role_id=guild["id"], take=["send_messages"])
    assert "send_messages" not in await may(desk.you)
    await desk.post("/desk/permissions", role_id=guild["id"], give=["send_messages"])
    assert "send_messages" in await may(desk.you)


async def test_an_invitation_can_bring_rights(desk: Desk) -> None:
    """What the emulator is opened with is what the bot's role holds in every server, later ones too."""
    async with (
        Emulator(permissions=1 << 13) as emulator,
        Desk.at(emulator) as other,
    ):
        await other.post("/desk/guilds", name="Later", owner=other.owner)
        for name in ("Tranquility", "Later"):
            assert "manage_messages" in (await other.guild(name))["bot_permissions"]
    assert "manage_messages" not in (await desk.guild())["bot_permissions"]


# --- forums and threads


@pytest.fixture
async def forum(desk: Desk, api: Api) -> Json:
    """Make a forum with two tags."""
    guild = (await desk.guild())["id"]
    await desk.post("/desk/permissions", give=["manage_channels", "manage_messages", "manage_threads"])
    body = {"name": "facts", "type": 15, "available_tags": [{"name": "near"}, {"name": "far"}]}
    status, made = await api("POST", f"/guilds/{guild}/channels", body)
    assert (status, [tag["name"] for tag in made["available_tags"]]) == (201, ["near", "far"])
    return dict(made)


async def test_a_post_in_a_forum(emulator: Emulator, desk: Desk, api: Api, forum: Json) -> None:
    """A post is a public thread with its first message inside, of the same id, and bears the forum's tags."""
    async with Bot(emulator) as bot:
        await bot.identify(GUILDS | MESSAGES)
        tag = forum["available_tags"][1]["id"]
        body = {
            "name": "Farside",
            "auto_archive_duration": 60,
            "applied_tags": [tag],
            "message": {"content": "never seen from Earth"},
        }
        status, made = await api("POST", f"/channels/{forum['id']}/threads", body)
        assert (status, made["type"], made["applied_tags"]) == (201, 11, [tag])
        assert made["thread_metadata"]["auto_archive_duration"] == 60
        assert (made["message"]["id"], made["message"]["content"]) == (made["id"], "never seen from Earth")
        assert made["member"]["user_id"] == emulator.world.bot.id
        opened, said = await bot.until("THREAD_CREATE"), await bot.until("MESSAGE_CREATE")
        assert (opened["id"], opened["newly_created"], said["channel_id"]) == (made["id"], True, made["id"])
        assert (await api("GET", f"/channels/{made['id']}/messages/{made['id']}"))[0] == 200
    assert (await api("POST", f"/channels/{forum['id']}/messages", {"content": "x"}))[1]["code"] == 50008


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"name": "x"}, "message"),
        ({"name": "x", "message": {"content": "y" * 2001}}, "content"),
        ({"name": "x", "message": {"content": "y"}, "applied_tags": ["1"]}, "applied_tags"),
        ({"name": "x", "message": {"content": "y"}, "auto_archive_duration": 61}, "auto_archive_duration"),
        ({"message": {"content": "y"}}, "name"),
    ],
)
async def test_a_faulty_post_leaves_no_thread(
    desk: Desk, api: Api, forum: Json, body: Json, place: str
) -> None:
    """A post without a message, with an unknown tag or with too long a text is refused whole."""
    status, told = await api("POST", f"/channels/{forum['id']}/threads", body)
    assert (status, told["code"]) == (400, 50035)
    assert place in told["errors"]
    assert [c for c in (await desk.guild())["channels"] if c["parent_id"] == forum["id"]] == []


async def test_threads_keep_what_they_were_opened_with(emulator: Emulator, desk: Desk, api: Api) -> None:
    """The archive duration is kept; an answer tells that the bot is in the thread, one left tells nothing."""
    quiz = desk.channel("quiz")
    body = {"name": "t", "type": 11, "auto_archive_duration": 4320}
    _, thread = await api("POST", f"/channels/{quiz}/threads", body)
    assert thread["thread_metadata"]["auto_archive_duration"] == 4320
    assert thread["member"]["user_id"] == emulator.world.bot.id
    _, shown = await api("GET", f"/channels/{thread['id']}")
    assert shown["member"]["id"] == thread["id"]
    await api("DELETE", f"/channels/{thread['id']}/thread-members/@me")
    assert "member" not in (await api("GET", f"/channels/{thread['id']}"))[1]
    _, changed = await api(
        "PATCH", f"/channels/{thread['id']}", {"archived": True, "auto_archive_duration": 60}
    )
    assert changed["thread_metadata"]["auto_archive_duration"] == 60
    _, listed = await api("GET", f"/channels/{quiz}/threads/archived/public")
    assert [t["id"] for t in listed["threads"]] == [thread["id"]]


# --- events


async def test_many_messages_go_in_one_event(emulator: Emulator, desk: Desk, api: Api) -> None:
    """A bulk deletion is one MESSAGE_DELETE_BULK for the bot, and each message's end for people."""
    await desk.post("/desk/permissions", give=["manage_messages"])
    quiz = desk.channel("quiz")
    said = [(await desk.say(desk.you, quiz, str(number))).id for number in range(3)]
    async with Bot(emulator) as bot:
        await bot.identify(GUILDS | MESSAGES)
        mark = desk.mark()
        assert (await api("POST", f"/channels/{quiz}/messages/bulk-delete", {"messages": said[:2]}))[0] == 204
        told = await bot.until("MESSAGE_DELETE_BULK")
        assert (told["ids"], told["channel_id"]) == (said[:2], quiz)
        await desk.wait_for(lambda e: e["type"] == "message_delete" and e["id"] == said[1], since=mark)
        assert [m.id for m in desk.messages(quiz)] == [said[2]]
        last = await desk.say(desk.you, quiz, "after")
        assert (await bot.hear())["d"]["id"] == last.id  # and no MESSAGE_DELETE beside it


async def test_reactions_go_together(emulator: Emulator, desk: Desk, api: Api) -> None:
    """All reactions, or all with one emoji, are removed by one event."""
    await desk.post("/desk/permissions", give=["manage_messages"])
    quiz = desk.channel("quiz")
    said = (await desk.say(desk.you, quiz, "look")).id
    base = f"/channels/{quiz}/messages/{said}/reactions"
    async with Bot(emulator) as bot:
        await bot.identify(GUILDS | REACTIONS)
        for emoji in ("%F0%9F%8C%91", "%F0%9F%8C%95"):
            assert (await api("PUT", f"{base}/{emoji}/@me"))[0] == 204
        await api("DELETE", f"{base}/%F0%9F%8C%91")
        assert (await bot.until("MESSAGE_REACTION_REMOVE_EMOJI"))["emoji"] == {"id": None, "name": "🌑"}
        await api("DELETE", base)
        assert (await bot.until("MESSAGE_REACTION_REMOVE_ALL"))["message_id"] == said
    assert (await api("GET", f"/channels/{quiz}/messages/{said}"))[1]["reactions"] == []


async def test_people_react(emulator: Emulator, desk: Desk) -> None:
    """A person's reaction is told with who they are here; the same act again takes it back."""
    quiz = desk.channel("quiz")
    said = (await desk.say(desk.you, quiz, "look")).id
    act = {"as": desk.member, "message_id": said, "emoji": "🌕"}
    async with Bot(emulator) as bot:
        await bot.identify(GUILDS | REACTIONS)
        assert (await desk.post("/desk/reactions", **act)) == {"reacted": True}
        told = await bot.until("MESSAGE_REACTION_ADD")
        assert (told["user_id"], told["member"]["user"]["id"]) == (desk.member, desk.member)
        assert desk.messages(quiz)[0].body["reactions"][0]["count"] == 1
        assert (await desk.post("/desk/reactions", **act)) == {"reacted": False}
        assert (await bot.until("MESSAGE_REACTION_REMOVE"))["emoji"]["name"] == "🌕"
    await desk.permit(quiz, desk.member, deny=("add_reactions",))
    with pytest.raises(AssertionError, match="may not add reactions"):
        await desk.post("/desk/reactions", **act)
    with pytest.raises(AssertionError, match="Unknown Emoji"):
        await desk.post("/desk/reactions", **{**act, "emoji": "moon"})


async def test_people_send_files(emulator: Emulator, desk: Desk) -> None:
    """A person's message may bring files, which are served; a crooked one is refused with a sentence."""
    quiz = desk.channel("quiz")
    act = {"as": desk.you, "channel_id": quiz, "content": ""}
    file = {"filename": "moon.txt", "content": base64.b64encode(b"far").decode()}
    made = await desk.post("/desk/messages", **act, files=[file])
    assert [(f["filename"], f["size"]) for f in made["attachments"]] == [("moon.txt", 3)]
    async with (
        aiohttp.ClientSession() as session,
        session.get(made["attachments"][0]["url"]) as response,
    ):
        assert await response.read() == b"far"
    with pytest.raises(AssertionError, match="content in base64"):
        await desk.post("/desk/messages", **act, files=[{"filename": "x", "content": "?"}])
    await desk.permit(quiz, desk.you, deny=("attach_files",))
    with pytest.raises(AssertionError, match="may not attach"):
        await desk.post("/desk/messages", **act, files=[file])


async def test_pins_are_told_and_leave_a_line(emulator: Emulator, desk: Desk, api: Api) -> None:
    """A pin changes the message, tells of the channel's pins, and leaves a line of type 6."""
    await desk.post("/desk/permissions", give=["manage_messages"])
    quiz = desk.channel("quiz")
    said = (await desk.say(desk.you, quiz, "keep")).id
    async with Bot(emulator) as bot:
        await bot.identify(GUILDS | MESSAGES)
        await api("PUT", f"/channels/{quiz}/pins/{said}")
        assert (await bot.until("MESSAGE_UPDATE"))["pinned"] is True
        told = await bot.until("CHANNEL_PINS_UPDATE")
        assert (told["channel_id"], told["last_pin_timestamp"] is not None) == (quiz, True)
        line = await bot.until("MESSAGE_CREATE")
        assert (line["type"], line["message_reference"]["message_id"]) == (6, said)
        await api("PUT", f"/channels/{quiz}/pins/{said}")  # again: nothing happens
        _, paged = await api("GET", f"/channels/{quiz}/messages/pins")
        assert paged["items"][0]["pinned_at"] == told["last_pin_timestamp"]
        await api("DELETE", f"/channels/{quiz}/pins/{said}")
        assert [(await bot.hear())["t"] for _ in range(2)] == ["MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE"]
    assert [m.body["type"] for m in desk.messages(quiz)] == [0, 6]


async def test_who_joins_is_welcomed(emulator: Emulator, desk: Desk) -> None:
    """A server has a system channel, where each who joins has a line of type 7."""
    guild = emulator.world.guilds[(await desk.guild())["id"]]
    assert guild.json()["system_channel_id"] == desk.channel("general")
    eve = await desk.add_person("Eve")
    line = desk.messages(desk.channel("general"))[-1]
    assert (line.body["type"], line.author_id) == (7, eve)


async def test_the_bot_has_a_face(emulator: Emulator, api: Api) -> None:
    """An avatar is kept, told, and served; a bot's discriminator is not that of a webhook."""
    status, own = await api("PATCH", "/users/@me", {"avatar": PIXEL})
    assert (status, own["discriminator"]) == (200, "0001")
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{emulator.url}/avatars/{own['id']}/{own['avatar']}.png?size=64") as response:
            assert (response.status, response.content_type) == (200, "image/png")
        async with session.get(f"{emulator.url}/avatars/{own['id']}/0.png") as response:
            assert response.status == 404
    assert (await api("PATCH", "/users/@me", {"avatar": "data:image/png;base64,?"}))[0] == 400
    assert (await api("PATCH", "/users/@me", {"avatar": None}))[1]["avatar"] is None


async def test_a_whole_number_may_be_written_with_a_point(desk: Desk, api: Api) -> None:
    """5.0 is taken for 5, as Discord does; 5.5 is refused."""
    await desk.post("/desk/permissions", give=["manage_channels"])
    quiz = desk.channel("quiz")
    assert (await api("PATCH", f"/channels/{quiz}", {"rate_limit_per_user": 5.0}))[1][
        "rate_limit_per_user"
    ] == 5
    assert (await api("PATCH", f"/channels/{quiz}", {"rate_limit_per_user": 5.5}))[1]["code"] == 50035


# --- moderation, roles, events


async def test_bans(emulator: Emulator, desk: Desk, api: Api) -> None:
    """A ban removes a member and their messages, keeps them out, and is lifted; all of it is told."""
    guild = (await desk.guild())["id"]
    path = f"/guilds/{guild}/bans/{desk.member}"
    assert (await api("PUT", path))[1]["code"] == 50013
    await desk.post("/desk/permissions", give=["ban_members"])
    assert (await api("GET", path))[1] == {"message": "Unknown Ban", "code": 10026}
    await desk.say(desk.member, desk.channel("quiz"), "spam")
    async with Bot(emulator) as bot:
        await bot.identify(GUILDS | MESSAGES | MODERATION)
        headers = {"X-Audit-Log-Reason": "told%20twice"}
        body = {"delete_message_seconds": 3600}
        assert (await api("PUT", path, body, headers=headers))[0] == 204
        assert (await bot.until("GUILD_BAN_ADD"))["user"]["id"] == desk.member
        assert len((await bot.until("MESSAGE_DELETE_BULK"))["ids"]) == 1
        assert (await api("GET", path))[1]["reason"] == "told twice"
        assert [ban["user"]["id"] for ban in (await api("GET", f"/guilds/{guild}/bans"))[1]] == [desk.member]
        assert (await api("GET", f"/guilds/{guild}/members/{desk.member}"))[1]["code"] == 10007
        with pytest.raises(AssertionError, match="is banned"):
            await desk.post("/desk/people", user_id=desk.member, guild_id=guild)
        assert (await api("DELETE", path))[0] == 204
        assert (await bot.until("GUILD_BAN_REMOVE"))["guild_id"] == guild
    await desk.post("/desk/people", user_id=desk.member, guild_id=guild)
    await desk.post("/desk/permissions", give=["manage_guild"])
    many = {"user_ids": [desk.you, desk.owner, "1"]}
    _, told = await api("POST", f"/guilds/{guild}/bulk-ban", many)
    assert told == {"banned_users": [desk.you], "failed_users": [desk.owner, "1"]}


async def test_roles_have_places(desk: Desk, api: Api) -> None:
    """Roles are moved together; all roles are answered."""
    guild = (await desk.guild())["id"]
    await desk.post("/desk/permissions", give=["manage_roles"])
    _, role = await api("POST", f"/guilds/{guild}/roles", {"name": "x"})
    status, roles = await api("PATCH", f"/guilds/{guild}/roles", [{"id": role["id"], "position": 7}])
    assert (status, {r["id"]: r["position"] for r in roles}[role["id"]]) == (200, 7)
    assert (await api("PATCH", f"/guilds/{guild}/roles", [{"id": "1", "position": 7}]))[1]["code"] == 10011


async def test_scheduled_events(emulator: Emulator, desk: Desk, api: Api) -> None:
    """An event is planned, changed, begun and ended; a server tells of those that are not over."""
    guild = (await desk.guild())["id"]
    path = f"/guilds/{guild}/scheduled-events"
    start = emulator.parts.clock.iso().replace("2026", "2027")
    body: Json = {
        "name": "Moon quiz",
        "privacy_level": 2,
        "entity_type": 3,
        "scheduled_start_time": start,
        "scheduled_end_time": start.replace("2027", "2028"),
        "entity_metadata": {"location": "#quiz"},
    }
    assert (await api("POST", path, body))[1]["code"] == 50013
    await desk.post("/desk/permissions", give=["create_events"])
    async with Bot(emulator) as bot:
        await bot.identify(GUILDS | EVENTS)
        status, made = await api("POST", path, body)
        assert (status, made["status"], made["entity_metadata"]) == (200, 1, {"location": "#quiz"})
        assert (await bot.until("GUILD_SCHEDULED_EVENT_CREATE"))["id"] == made["id"]
        assert [event["id"] for event in (await api("GET", path))[1]] == [made["id"]]
        assert (await api("PATCH", f"{path}/{made['id']}", {"status": 3}))[1]["code"] == 180000
        assert (await api("PATCH", f"{path}/{made['id']}", {"status": 2, "name": "Now"}))[1]["name"] == "Now"
        assert (await api("PATCH", f"{path}/{made['id']}", {"status": 3}))[1]["status"] == 3
        assert [(await bot.until("GUILD_SCHEDULED_EVENT_UPDATE"))["status"] for _ in range(2)] == [2, 3]
    assert (await api("GET", f"{path}/{made['id']}"))[1]["code"] == 10070
    for wrong, place in (
        ({"scheduled_end_time": None}, "scheduled_end_time"),
        ({"entity_metadata": None}, "entity_metadata"),
        ({"scheduled_start_time": "soon"}, "scheduled_start_time"),
        ({"scheduled_start_time": "2020-01-01T00:00:00"}, "scheduled_start_time"),
        ({"entity_type": 2}, "channel_id"),
    ):
        status, told = await api("POST", path, {**body, **wrong})
        assert (status, place in told["errors"]) == (400, True), wrong


async def test_a_reply_asks_for_the_history(desk: Desk, api: Api) -> None:
    """Whoever may not read what was written before may write, but not reply to it."""
    quiz = desk.channel("quiz")
    said = await desk.say(desk.you, quiz, "hello")
    await desk.permit(quiz, desk.bot_id, deny=("read_message_history",))
    reply = {"content": "x", "message_reference": {"message_id": said.id}}
    status, told = await api("POST", f"/channels/{quiz}/messages", reply)
    assert (status, told["code"]) == (403, 160002)
    assert (await api("POST", f"/channels/{quiz}/messages", {"content": "x"}))[0] == 200


# --- what is not built


async def test_what_is_not_built_says_so(emulator: Emulator, desk: Desk, api: Api) -> None:
    """What Discord has and this one has not is 501 in plain words, a problem, and a card on the page."""
    quiz = desk.channel("quiz")
    for _ in range(2):
        status, told = await api("POST", f"/channels/{quiz}/invites", {})
        assert (status, told["code"]) == (501, 0)
        assert told["message"] == "POST /channels/{channel_id}/invites is not part of this local Discord."
    assert len(await desk.problems()) == 2
    cards = [event for event in desk.events if event["type"] == "notice"]
    assert [card["text"] for card in cards] == [told["message"]]
    assert (await api("POST", f"/channels/{quiz}/messages", {"content": "x", "poll": {"question": {}}}))[
        0
    ] == 501
    assert (await api("GET", "/moon"))[0] == 404
    assert (await api("PUT", f"/channels/{quiz}/messages"))[0] == 405


def test_nothing_is_both_built_and_not() -> None:
    """The list of what is not built names nothing that is."""
    from bot.emulator.rest.unbuilt import lacking

    router = routes()
    built = {(route.method, _bare(route.template)) for route in router.routes}
    assert [entry for entry in lacking() if (entry[0], _bare(entry[1])) in built] == []


def _bare(template: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in template.split("/"))


async def test_another_name_for_a_container(desk: Desk) -> None:
    """With a name of its own it answers to that, puts it into its addresses, and still to nobody else's."""
    with pytest.raises(ValueError, match="--name"):
        await Emulator().start("0.0.0.0")
    emulator = Emulator(names=["discord"])
    await emulator.start("0.0.0.0")
    try:
        port = emulator.url.rpartition(":")[2]
        assert emulator.api_url == f"http://discord:{port}/api/v10"
        async with aiohttp.ClientSession(headers={"Authorization": "Bot token"}) as session:
            for host, status in ((f"discord:{port}", 200), (f"localhost:{port}", 200), ("evil:80", 403)):
                url = f"http://127.0.0.1:{port}/api/v10/gateway/bot"
                async with session.get(url, headers={"Host": host}) as response:
                    assert response.status == status
                    if status == 200:
                        assert (await response.json())["url"] == f"ws://discord:{port}/"
    finally:
        await emulator.close()
