"""The desk: who may come in, what is refused with which sentence, clock, people, faults, log, reset."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.emulator import Emulator
from bot.emulator.client import Desk, Json, Refused, local_discord

PERSON_KEYS = {"id", "username", "global_name", "bot"}


@pytest.fixture
async def emulator(tmp_path: Path) -> AsyncIterator[Emulator]:
    """Open a local Discord with a clock file and one control."""
    pulled: list[str] = []

    async def pull() -> None:
        pulled.append("pulled")

    async with Emulator(tmp_path / "clock", controls={"pull": pull}, secret="s3cret") as opened:
        opened.world.name_bot("Farside")
        yield opened


@pytest.fixture
async def desk(emulator: Emulator) -> AsyncIterator[Desk]:
    """Open the desk, hearing the log too."""
    async with Desk.at(emulator, log=True) as opened:
        yield opened


async def _status(emulator: Emulator, path: str, **headers: str) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession(emulator.url, cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.get(path, headers=headers, allow_redirects=False) as response,
    ):
        return response.status, response.headers.copy()


async def test_the_secret_opens_the_desk(emulator: Emulator) -> None:
    """Without the secret the desk and the page stay shut; the key in the address opens the page."""
    good = {"Authorization": "Bearer s3cret"}
    assert (await _status(emulator, "/desk/state"))[0] == 401
    assert (await _status(emulator, "/desk/events"))[0] == 401
    assert (await _status(emulator, "/desk/ticket"))[0] == 401
    assert (await _status(emulator, "/desk/state", Authorization="Bearer wrong"))[0] == 401
    assert (await _status(emulator, "/desk/state", **good))[0] == 200
    assert (await _status(emulator, "/"))[0] == 403
    assert (await _status(emulator, "/?key=wrong"))[0] == 403
    assert (await _status(emulator, "/?key=s3cret"))[0] == 200


async def test_half_a_key_opens_nothing(emulator: Emulator) -> None:
    """A cookie goes to every port of this machine, a token is in scripts' reach: only both open the desk."""
    async with (
        aiohttp.ClientSession(emulator.url) as session,
        session.get("/desk/enter", headers={"Authorization": "Bearer s3cret"}) as response,
    ):
        token = (await response.json())["token"]
        cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "s3cret" not in cookie + token
    bearer, sent = f"Bearer {token}", cookie.partition(";")[0]
    assert (await _status(emulator, "/desk/state", Cookie=sent, Authorization=bearer))[0] == 200
    for path in ("/desk/state", "/desk/ticket", "/desk/events", "/desk/log", "/desk/enter"):
        assert (await _status(emulator, path, Cookie=sent))[0] == 401
        assert (await _status(emulator, path, Authorization=bearer))[0] == 401
    assert (await _status(emulator, "/app.js", Cookie=sent))[0] == 200
    assert (await _status(emulator, "/desk/enter", Cookie=sent, Authorization=bearer))[0] == 404


async def test_a_ticket_opens_one_stream(emulator: Emulator) -> None:
    """What a page cannot say in a header it says by a ticket, which opens the events once."""
    async with aiohttp.ClientSession(emulator.url) as session:
        async with session.get("/desk/ticket", headers={"Authorization": "Bearer s3cret"}) as response:
            ticket = (await response.json())["ticket"]
        async with session.ws_connect(f"/desk/events?ticket={ticket}") as socket:
            assert (await socket.receive_json())["type"] == "hello"
        for path in (f"/desk/events?ticket={ticket}", "/desk/events?ticket="):
            assert (await _status(emulator, path))[0] == 401
        async with session.get("/desk/ticket", headers={"Authorization": "Bearer s3cret"}) as response:
            ticket = (await response.json())["ticket"]
        assert (await _status(emulator, f"/desk/state?ticket={ticket}"))[0] == 401


async def test_hostile_pages_are_refused(emulator: Emulator) -> None:
    """Another name for this machine, or another page's origin, is refused everywhere, also for bots."""
    good = {"Authorization": "Bearer s3cret"}
    for path in ("/desk/state", "/", "/api/v10/gateway", "/attachments/1/2/x"):
        assert (await _status(emulator, path, Host="evil.example", **good))[0] == 403
        assert (await _status(emulator, path, Origin="http://evil.example", **good))[0] == 403
    own = emulator.url.replace("127.0.0.1", "localhost")
    assert (await _status(emulator, "/desk/state", Host=own.removeprefix("http://"), Origin=own, **good))[
        0
    ] == 200


async def test_the_page_is_strict(emulator: Emulator) -> None:
    """Every answer of the page forbids foreign code and frames; files outside of it are not served."""
    good = {"Authorization": "Bearer s3cret"}
    _, headers = await _status(emulator, "/", **good)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    for path in ("/../server.py", "/%2e%2e/server.py", "/..%2fserver.py", "/nothing.js", "/a%00b", "/page/"):
        assert (await _status(emulator, path, **good))[0] == 404


async def test_the_state(desk: Desk) -> None:
    """The state holds all that a client shows at first."""
    state = await desk.get("/desk/state", {"as": desk.you})
    assert set(state) == {
        "me", "bot", "users", "guilds", "dms", "commands", "permissions", "clock", "faults", "controls",
        "openapi", "about", "annexes",
    }  # fmt: skip
    assert state["me"]["global_name"] == "You"
    assert state["bot"]["user"]["username"] == "Farside"
    assert (state["bot"]["online"], state["controls"], state["openapi"]) == (False, ["pull"], False)
    assert [guild["name"] for guild in state["guilds"]] == ["Tranquility"]
    assert set(state["guilds"][0]) >= {"id", "name", "icon", "owner_id", "roles", "channels", "members"}
    assert all(set(user) >= PERSON_KEYS for user in state["users"])
    assert {guild["name"] for guild in (await desk.get("/desk/state", {"as": desk.owner}))["guilds"]} == {
        "Tranquility",
        "Serenity",
    }


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("commands", {"as": "1"}, 404, "no such person"),
        ("commands", {"as": "you", "channel_id": "1"}, 404, "no such channel"),
        ("commands", {"as": "you", "channel_id": "quiz", "name": "help"}, 404, "no command /help"),
        ("press", {"as": "you", "message_id": "1", "custom_id": "a"}, 404, "not there any more"),
        ("modal", {"as": "you", "interaction_id": "1"}, 404, "no such interaction"),
        ("messages", {"as": "you", "channel_id": "quiz", "content": ""}, 400, "empty message"),
        ("messages", {"as": "you", "channel_id": "quiz", "content": "x" * 2001}, 400, "2000 or fewer"),
        ("clock", {}, 400, "number of seconds"),
        ("clock", {"offset": 1e18}, 400, "between 2015 and 2084"),
        ("clock", {"forward": -1e10}, 400, "between 2015 and 2084"),
        ("faults", {"kind": "flood"}, 400, "one of"),
        ("faults", {"kind": "lost", "times": 0}, 400, "from 1"),
        ("faults", {"kind": "status"}, 400, "HTTP status"),
        ("permissions", {"channel_id": "quiz", "user_id": "you", "deny": ["fly"]}, 400, "no permission fly"),
        ("people", {"name": ""}, 400, "1 to 32"),
        ("controls/none", {}, 404, "no control"),
        ("nowhere", {}, 404, "nothing at"),
    ],
)
async def test_refusals_are_sentences(desk: Desk, path: str, body: Json, status: int, words: str) -> None:
    """What a person cannot do is refused with a sentence, never with a trace."""
    names = {"you": desk.you, "quiz": desk.channel("quiz")}
    given = {key: names.get(value, value) if isinstance(value, str) else value for key, value in body.items()}
    with pytest.raises(Refused, match=words) as caught:
        await desk.post(f"/desk/{path}", **given)
    assert caught.value.status == status


async def test_people_and_what_they_may_see(desk: Desk) -> None:
    """A new person joins with their rights; hidden channels are hidden; messages need the right to write."""
    eve = await desk.add_person("Eve", permissions=("manage_guild",))
    state = await desk.get("/desk/state", {"as": eve})
    assert state["me"]["global_name"] == "Eve"
    assert [user["bot"] for dm in state["dms"] for user in dm["recipients"]] == [True]
    quiz = desk.channel("quiz")
    await desk.permit(quiz, eve, deny=("send_messages",))
    with pytest.raises(Refused, match="may not write"):
        await desk.say(eve, quiz, "x")
    await desk.permit(quiz, eve, deny=("view_channel",))
    seen = (await desk.get("/desk/state", {"as": eve}))["guilds"][0]["channels"]
    assert quiz not in [channel["id"] for channel in seen]
    await desk.permit(quiz, eve)
    assert (await desk.say(eve, quiz, "now")).text == "now"


async def test_messages_come_in_pages(desk: Desk) -> None:
    """Messages are listed newest last, so many before a given one."""
    quiz = desk.channel("quiz")
    said = [(await desk.say(desk.you, quiz, str(number))).id for number in range(6)]
    at = f"/desk/channels/{quiz}/messages"
    latest = await desk.get(at, {"as": desk.you, "limit": "2"})
    assert [message["id"] for message in latest] == said[-2:]
    earlier = await desk.get(at, {"as": desk.you, "limit": "3", "before": said[4]})
    assert [message["id"] for message in earlier] == said[1:4]
    with pytest.raises(Refused, match="may not delete"):
        await desk.delete(desk.member, desk.messages(quiz)[0])
    await desk.delete(desk.owner, desk.messages(quiz)[0])
    await desk.until(lambda: [m.id for m in desk.messages(quiz)] == said[1:])


async def test_listeners_hear_what_is_theirs(desk: Desk, emulator: Emulator) -> None:
    """A listener as one person hears only what that person sees; custom events reach everybody."""
    quiz = desk.channel("quiz")
    await desk.permit(quiz, desk.member, deny=("view_channel",))
    headers = {"Authorization": "Bearer s3cret"}
    async with aiohttp.ClientSession(emulator.url, headers=headers) as session:
        socket = await session.ws_connect(f"/desk/events?as={desk.member}")
        assert (await socket.receive_json())["type"] == "hello"
        await desk.say(desk.you, quiz, "hidden")
        await desk.say(desk.you, desk.channel("general"), "shown")
        heard = await socket.receive_json()
        assert (heard["type"], heard["message"]["content"]) == ("message_create", "shown")
        emulator.announce("notice", level="info", title="Bank", text="312 questions loaded")
        assert await socket.receive_json() == {
            "type": "notice",
            "level": "info",
            "title": "Bank",
            "text": "312 questions loaded",
        }
        await socket.close()


async def test_the_clock_moves_for_everybody(desk: Desk, emulator: Emulator, tmp_path: Path) -> None:
    """Moving the clock writes the offset into the file that the bot reads; new ids tell the new time."""
    before = await desk.say(desk.you, desk.channel("quiz"), "today")
    await desk.forward(86_400)
    assert float((tmp_path / "clock").read_text()) == 86_400
    after = await desk.say(desk.you, desk.channel("quiz"), "tomorrow")
    apart = (int(after.id) >> 22) - (int(before.id) >> 22)
    assert 86_400_000 <= apart < 86_460_000
    told = await desk.wait_for(lambda e: e["type"] == "clock", since=0)
    assert told["offset"] == 86_400
    await desk.post("/desk/clock", offset=0)
    assert emulator.parts.clock.offset == 0


async def test_requests_are_logged_with_their_bodies(desk: Desk, emulator: Emulator) -> None:
    """Each request of a bot is a line with body, answer, status and milliseconds; listeners hear it."""
    quiz = desk.channel("quiz")
    headers = {"Authorization": "Bot token"}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{emulator.api_url}/channels/{quiz}/messages"
        async with session.post(url, json={"content": "hello"}) as response:
            assert response.headers["Content-Type"] == "application/json"
            assert response.headers["Via"]
            assert response.headers["X-RateLimit-Remaining"] == "4"
    told = await desk.wait_for(lambda e: e["type"] == "log" and e["entry"]["kind"] == "rest", since=0)
    entry = told["entry"]
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", f"/channels/{quiz}/messages", 200)
    assert entry["request"] == {"content": "hello"}
    assert entry["response"]["content"] == "hello"
    assert entry["ms"] >= 0
    assert [e["id"] for e in await desk.log(entry["id"])] == []


async def test_tokens_and_rates(desk: Desk, emulator: Emulator) -> None:
    """Without a token 401; too fast 429 with everything a client needs to wait."""
    url = f"{emulator.api_url}/channels/{desk.channel('quiz')}/messages"
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            assert (response.status, await response.json()) == (
                401,
                {"message": "401: Unauthorized", "code": 0},
            )
        headers = {"Authorization": "Bot token"}
        for _ in range(5):
            async with session.post(url, json={"content": "x"}, headers=headers) as response:
                assert response.status == 200
        async with session.post(url, json={"content": "x"}, headers=headers) as response:
            body = await response.json()
            assert response.status == 429
            assert 0 < body["retry_after"] <= 5
            assert (body["global"], response.headers["X-RateLimit-Scope"]) == (False, "user")
            assert int(response.headers["Retry-After"]) >= body["retry_after"]


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/nowhere", None, (404, 0)),
        ("PUT", "/users/@me", None, (405, 0)),
        ("GET", "/channels/1", None, (404, 10003)),
        ("GET", "/guilds/1", None, (404, 10004)),
        ("GET", "/users/1", None, (404, 10013)),
        ("POST", "/interactions/1/t/callback", {"type": 4}, (404, 10062)),
        ("POST", "/webhooks/1/t", {"content": "x"}, (401, 50027)),
        ("POST", "/users/@me/channels", {"recipient_id": "1"}, (400, 50033)),
        ("PUT", "/applications/1/commands", [], (403, 20012)),
    ],
)
async def test_documented_errors(
    emulator: Emulator, method: str, path: str, body: Any, expected: tuple[int, int]
) -> None:
    """Errors carry Discord's numbers."""
    headers = {"Authorization": "Bot token"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, emulator.api_url + path, json=body) as response,
    ):
        assert (response.status, (await response.json())["code"]) == expected


@pytest.mark.parametrize(
    ("content_type", "data", "code"), [("text/plain", "{}", 50035), ("application/json", "{", 50109)]
)
async def test_bodies_that_are_not_json(
    desk: Desk, emulator: Emulator, content_type: str, data: str, code: int
) -> None:
    """Only JSON that says it is JSON is taken."""
    headers = {"Authorization": "Bot token", "Content-Type": content_type}
    url = f"{emulator.api_url}/channels/{desk.channel('quiz')}/messages"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, data=data) as response,
    ):
        assert (response.status, (await response.json())["code"]) == (400, code)


ASK = {
    "name": "ask",
    "description": "Asks",
    "options": [{"type": 3, "name": "what", "description": "What", "autocomplete": True}],
}


async def test_a_busy_machine_takes_nothing_of_the_three_seconds(
    desk: Desk, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are counted while this process runs: what it could not see pass leaves the app its time."""
    emulator.parts.commands.create("", ASK)
    begun = await desk.run(desk.you, desk.channel("quiz"), "ask", wait=False)
    loop, time = asyncio.get_running_loop(), asyncio.get_running_loop().time
    monkeypatch.setattr(loop, "time", lambda: time() + 10)
    await desk.refresh()
    assert emulator.parts.interactions.known(begun.id).state == "pending"


async def test_nobody_answers(desk: Desk, emulator: Emulator) -> None:
    """Without a bot a command fails after three seconds of the world's clock, and suggestions with 504."""
    emulator.parts.commands.create("", ASK)
    quiz = desk.channel("quiz")
    begun = await desk.run(desk.you, quiz, "ask", wait=False)
    await desk.forward(3)
    assert (await desk.outcome(begun.id)).state == "failed"
    mark = desk.mark()
    asking = asyncio.create_task(desk.complete(desk.you, quiz, "ask", "what", what="x"))
    await desk.wait_for(lambda e: e["type"] == "interaction" and e["state"] == "pending", since=mark)
    await desk.forward(3)
    with pytest.raises(Refused) as caught:
        await asking
    assert caught.value.status == 504


async def test_servers_and_channels_are_found_by_name(desk: Desk) -> None:
    """Servers of any member, and those made later, are known to the tests' client by name."""
    assert desk.channel("quiz", "Serenity") != desk.channel("quiz")
    await desk.post("/desk/guilds", name="Crisium", owner=desk.you)
    made = await desk.post("/desk/channels", guild_id=(await desk.guild("Serenity"))["id"], name="new")
    assert (desk.channel("new", "Serenity"), bool(desk.channel("general", "Crisium"))) == (made["id"], True)
    many = await desk.add_channels("row", 300)
    assert (desk.channel("row-1"), desk.channel("row-300")) == (many[0], many[-1])
    await desk.post("/desk/channels/delete", channel_id=made["id"])
    with pytest.raises(StopIteration):
        desk.channel("new", "Serenity")


async def test_controls_and_reset(desk: Desk, emulator: Emulator) -> None:
    """A control is pulled; a reset makes the world as at start with the same ids, and keeps commands."""
    await desk.post("/desk/controls/pull")
    emulator.parts.commands.create("", {"name": "ask", "description": "Asks"})
    quiz = desk.channel("quiz")
    await desk.say(desk.you, quiz, "before")
    await desk.add_person("Eve")
    await desk.forward(60)
    await desk.fault("delay", seconds=1)
    await desk.reset()
    state = await desk.get("/desk/state")
    assert len(state["users"]) == 4
    assert (state["faults"], state["clock"]["offset"]) == ([], 0)
    assert [command["name"] for command in state["commands"]] == ["ask"]
    assert (desk.channel("quiz"), desk.messages(quiz)) == (quiz, [])


async def test_alone_in_a_process(tmp_path: Path) -> None:
    """`python -m bot.emulator` prints its addresses in one line, and takes a clock file."""
    async with local_discord("--no-rate-limits", clock_file=tmp_path / "clock") as local:
        async with Desk(local.url, local.secret) as desk:
            await desk.forward(5)
        assert local.api_url == f"{local.url}/api/v10"
        assert json.loads((tmp_path / "clock").read_text()) == 5


@pytest.mark.parametrize("odd", ["²", "٣", "-1", "x", "9" * 5000, "1e3", "\0", ""], ids=ascii)
async def test_a_number_that_is_none_in_a_question(desk: Desk, odd: str) -> None:
    """It counts as not given, or is refused with a sentence."""
    await desk.get("/desk/log", {"since": odd})
    where = f"/desk/channels/{desk.channel('quiz')}/messages"
    await desk.get(where, {"as": desk.you, "limit": odd})
    with pytest.raises(Refused, match="message's id"):
        await desk.get(where, {"as": desk.you, "before": odd})
