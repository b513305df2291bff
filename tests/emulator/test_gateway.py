"""The gateway, spoken to as the documentation describes it, byte by byte."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.emulator import Emulator
from bot.emulator.client import Desk, Json
from tests.emulator.bare import CONTENT, GUILDS, MESSAGES, Bot


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """Open a local Discord that takes one token and grants no privileged intent."""
    async with Emulator(token="right") as opened:
        yield opened


@pytest.mark.parametrize("compress", ["", "zlib-stream", "zstd-stream"])
async def test_hello_identify_ready(emulator: Emulator, compress: str) -> None:
    """HELLO, READY with unavailable servers, then each server; in all three compressions."""
    async with Bot(emulator, compress=compress) as bot:
        ready = await bot.identify()
        assert [guild["unavailable"] for guild in ready["guilds"]] == [True, True]
        assert ready["resume_gateway_url"] == emulator.gateway_url
        assert ready["application"]["id"] == emulator.world.application_id
        first = await bot.until("GUILD_CREATE")
        assert (first["name"], first["unavailable"], first["member_count"]) == ("Tranquility", False, 4)
        assert [member["user"]["bot"] for member in first["members"]] == [True]
        assert [channel["name"] for channel in first["channels"]] == ["general", "quiz", "daily-moon"]
        await bot.send(1, bot.seq)
        while (heard := await bot.hear())["op"] != 11:
            assert heard["op"] == 0


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"op": 2, "d": {"token": "wrong", "intents": 1}}, 4004),
        ({"op": 2, "d": {"token": "right", "intents": 1 << 15}}, 4014),
        ({"op": 2, "d": {"token": "right", "intents": 1 << 40}}, 4013),
        ({"op": 2, "d": {"token": "right", "intents": 1, "shard": [2, 2]}}, 4010),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}, 4004),
        ({"d": 1}, 4002),
    ],
)
async def test_close_codes_before_ready(emulator: Emulator, payload: Json, code: int) -> None:
    """Who does not identify properly is shown out with the documented code."""
    async with Bot(emulator) as bot:
        await bot.hear()
        await bot.say(json.dumps(payload))
        assert await bot.closed() == code


@pytest.mark.parametrize(("text", "code"), [('{"op": 2, "d": {}}', 4005), ('{"op": 99}', 4001), ("no", 4002)])
async def test_close_codes_after_ready(emulator: Emulator, text: str, code: int) -> None:
    """Who misspeaks later is shown out as well."""
    async with Bot(emulator) as bot:
        await bot.identify()
        await bot.say(text)
        assert await bot.closed() == code


@pytest.mark.parametrize("query", ["v=8", "v=10&encoding=etf", "v=10&compress=brotli"])
async def test_what_is_not_spoken_here(emulator: Emulator, query: str) -> None:
    """Another version, encoding or compression is refused with 4012."""
    async with Bot(emulator, query) as bot:
        assert await bot.closed() == 4012


async def test_the_older_version_is_spoken_too(emulator: Emulator) -> None:
    """Version 9 is answered as version 9, at the gateway and by REST."""
    async with Bot(emulator, "v=9&encoding=json") as bot:
        assert (await bot.identify())["v"] == 9
    async with aiohttp.ClientSession(headers={"Authorization": "Bot right"}) as session:
        for version, status in (("/v9", 200), ("/v10", 200), ("", 200), ("/v8", 400)):
            async with session.get(f"{emulator.url}/api{version}/users/@me") as response:
                assert response.status == status


async def test_payloads_are_compressed_one_by_one_when_asked(emulator: Emulator) -> None:
    """`compress: true` in IDENTIFY makes each payload a whole zlib frame of its own."""
    async with Bot(emulator) as bot:
        await bot.hear()
        await bot.send(2, {"token": "right", "intents": GUILDS, "properties": {}, "compress": True})
        received = await bot.receive()
        assert received.type is aiohttp.WSMsgType.BINARY
        assert json.loads(zlib.decompress(received.data))["t"] == "READY"


@pytest.mark.parametrize("resumable", [True, False])
async def test_after_op_9_the_same_socket_goes_on(emulator: Emulator, resumable: bool) -> None:
    """After op 9 a bot may resume (or identify) where it is; nothing is lost meanwhile."""
    async with Desk.at(emulator) as desk, Bot(emulator) as bot:
        ready = await bot.identify(GUILDS | MESSAGES)
        for _ in ready["guilds"]:
            await bot.until("GUILD_CREATE")
        await desk.fault("invalid_session", resumable=resumable)
        assert await bot.hear() == {"t": None, "s": None, "op": 9, "d": resumable}
        await desk.say(desk.you, desk.channel("quiz"), "meanwhile")
        if resumable:
            await bot.send(6, {"token": "right", "session_id": ready["session_id"], "seq": bot.seq})
            assert [(await bot.hear())["t"] for _ in range(2)] == ["MESSAGE_CREATE", "RESUMED"]
        else:
            await bot.send(2, {"token": "right", "intents": GUILDS | MESSAGES, "properties": {}})
            assert (await bot.until("READY"))["session_id"] != ready["session_id"]
        await desk.say(desk.you, desk.channel("quiz"), "afterwards")
        await bot.until("MESSAGE_CREATE")
        assert (await desk.get("/desk/state"))["bot"]["online"]


async def test_a_session_can_be_made_to_expire(emulator: Emulator) -> None:
    """The fault `expire_session` lets a connected bot go on, but no resume succeeds."""
    async with Desk.at(emulator) as desk, Bot(emulator) as bot:
        ready = await bot.identify()
        await desk.fault("expire_session")
        await bot.cut()
        await desk.online(is_online=False)
        async with Bot(emulator) as again:
            await again.hear()
            await again.send(6, {"token": "right", "session_id": ready["session_id"], "seq": bot.seq})
            assert await again.hear() == {"t": None, "s": None, "op": 9, "d": False}


async def test_too_many_payloads(emulator: Emulator) -> None:
    """More than 120 payloads in a minute close the connection with 4008."""
    async with Bot(emulator) as bot:
        await bot.identify(0)
        for _ in range(121):
            await bot.send(1, None)
        assert await bot.closed() == 4008


async def test_a_bot_without_a_heartbeat_is_a_zombie() -> None:
    """Who never beats is closed after two intervals with 4009, and may resume."""
    async with Emulator(heartbeat_interval=0.05) as emulator, Bot(emulator) as bot:
        ready = await bot.identify(0)
        assert await bot.closed() == 4009
        async with Bot(emulator) as again:
            await again.hear()
            await again.send(6, {"token": "right", "session_id": ready["session_id"], "seq": bot.seq})
            assert (await again.hear())["t"] == "RESUMED"


async def test_a_resumed_session_is_told_what_it_missed(emulator: Emulator) -> None:
    """After a cut the dispatches since the last one heard come again, in order, then RESUMED."""
    async with Desk.at(emulator) as desk, Bot(emulator) as bot:
        ready = await bot.identify(GUILDS | MESSAGES)
        await bot.until("GUILD_CREATE")
        await bot.until("GUILD_CREATE")
        await bot.cut()
        await desk.online(is_online=False)
        for word in ("one", "two"):
            await desk.say(desk.you, desk.channel("quiz"), word)
        async with Bot(emulator) as again:
            await again.hear()
            await again.send(6, {"token": "right", "session_id": ready["session_id"], "seq": bot.seq})
            heard = [await again.hear() for _ in range(3)]
        assert [h["t"] for h in heard] == ["MESSAGE_CREATE", "MESSAGE_CREATE", "RESUMED"]
        assert [h["s"] for h in heard] == [bot.seq + 1, bot.seq + 2, bot.seq + 3]


async def test_sessions_that_cannot_be_resumed(emulator: Emulator) -> None:
    """An unknown session is answered with op 9; one closed with 1000 is over; a wrong seq is 4007."""
    async with Bot(emulator) as bot:
        ready = await bot.identify()
        last = bot.seq
        async with Bot(emulator) as ahead:
            await ahead.hear()
            await ahead.send(6, {"token": "right", "session_id": ready["session_id"], "seq": last + 99})
            assert await ahead.closed() == 4007
    async with Bot(emulator) as again:
        await again.hear()
        await again.send(6, {"token": "right", "session_id": ready["session_id"], "seq": last})
        assert await again.hear() == {"t": None, "s": None, "op": 9, "d": False}


async def test_intents_decide_what_is_heard(emulator: Emulator) -> None:
    """Without the intents for messages a bot hears of channels, but not of messages."""
    async with Desk.at(emulator) as desk, Bot(emulator) as deaf, Bot(emulator) as keen:
        await deaf.identify(GUILDS)
        await keen.identify(GUILDS | MESSAGES)
        await desk.say(desk.you, desk.channel("quiz"), "hello")
        await desk.say(desk.you, await desk.dm(desk.you), "hello")
        await desk.post("/desk/channels", name="new")
        for bot, expected in ((deaf, []), (keen, [""])):
            heard = []
            while (payload := await bot.hear())["t"] != "CHANNEL_CREATE":
                heard += [payload["d"]["content"]] if payload["t"] == "MESSAGE_CREATE" else []
            assert heard == expected


async def test_granted_intents() -> None:
    """With the privileged intents granted a bot reads words and knows all members."""
    granted = frozenset({"members", "message_content"})
    async with Emulator(privileged=granted) as emulator, Desk.at(emulator) as desk, Bot(emulator) as bot:
        await bot.identify(GUILDS | MESSAGES | CONTENT | 1 << 1)
        assert len((await bot.until("GUILD_CREATE"))["members"]) == 4
        await desk.say(desk.you, desk.channel("quiz"), "hello")
        assert (await bot.until("MESSAGE_CREATE"))["content"] == "hello"
        await desk.add_person("Eve")
        assert (await bot.until("GUILD_MEMBER_ADD"))["user"]["global_name"] == "Eve"


async def test_what_the_bot_cannot_see_it_does_not_hear(emulator: Emulator) -> None:
    """Messages of a channel hidden from the bot are not dispatched."""
    async with Desk.at(emulator) as desk, Bot(emulator) as bot:
        await bot.identify(GUILDS | MESSAGES)
        await desk.permit(desk.channel("quiz"), desk.bot_id, deny=("view_channel",))
        await desk.say(desk.you, desk.channel("quiz"), "hidden")
        shown = await desk.say(desk.you, desk.channel("general"), "shown")
        assert (await bot.until("MESSAGE_CREATE"))["id"] == shown.id


async def test_members_on_request(emulator: Emulator) -> None:
    """Op 8 is answered with the members asked for and those not found."""
    async with Bot(emulator) as bot:
        ready = await bot.identify()
        user = next(u for u in emulator.world.users.values() if u.username == "ada")
        asked = {"guild_id": ready["guilds"][0]["id"], "user_ids": [user.id, "1"], "limit": 0, "nonce": "n"}
        await bot.send(8, asked)
        chunk = await bot.until("GUILD_MEMBERS_CHUNK")
        assert [member["user"]["username"] for member in chunk["members"]] == ["ada"]
        assert (chunk["not_found"], chunk["nonce"]) == (["1"], "n")


async def test_heartbeats_can_go_unanswered(emulator: Emulator) -> None:
    """The fault `silent` keeps acknowledgements back until it is cleared."""
    async with Desk.at(emulator) as desk, Bot(emulator) as bot:
        await bot.identify(0)
        await desk.fault("silent")
        await bot.send(1, None)
        await bot.send(8, {"guild_id": (await desk.guild())["id"], "user_ids": []})
        assert (await bot.hear())["t"] == "GUILD_MEMBERS_CHUNK"
        await desk.clear_faults()
        await bot.send(1, None)
        assert (await bot.hear())["op"] == 11


async def test_closing_ends_every_connection() -> None:
    """When the local Discord shuts, its sockets are closed and its port is free."""
    emulator = Emulator()
    await emulator.start()
    async with Bot(emulator) as bot:
        await bot.identify()
        closing = asyncio.create_task(emulator.close())
        assert await bot.closed() == 1001
        await closing
