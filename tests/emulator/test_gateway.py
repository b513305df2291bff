"""The gateway, spoken to as the documentation describes it, byte by byte."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

import aiohttp
import pytest
import zstandard

from bot.emulator import Emulator
from bot.emulator.client import Desk, Json

GUILDS, MESSAGES, DIRECT, CONTENT = 1 << 0, 1 << 9, 1 << 12, 1 << 15


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """Open a local Discord that takes one token and grants no privileged intent."""
    async with Emulator(token="right") as opened:
        yield opened


class Bot:
    """A bare gateway connection."""

    def __init__(self, emulator: Emulator, query: str = "v=10&encoding=json", compress: str = "") -> None:
        self._url = f"{emulator.gateway_url}?{query}" + (f"&compress={compress}" if compress else "")
        self._read: Callable[[bytes], bytes] = bytes
        if compress == "zlib-stream":
            self._read = zlib.decompressobj().decompress
        elif compress == "zstd-stream":
            self._read = zstandard.ZstdDecompressor().decompressobj().decompress
        self.seq = 0

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        self._ws = await self._session.ws_connect(self._url)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._ws.close()
        await self._session.close()

    async def send(self, op: int, data: Any) -> None:
        """Send a payload."""
        await self._ws.send_str(json.dumps({"op": op, "d": data}))

    async def say(self, text: str) -> None:
        """Send text as it is."""
        await self._ws.send_str(text)

    async def hear(self) -> Json:
        """Return the next payload."""
        received = await self._ws.receive(timeout=10)
        assert received.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), received
        raw = received.data.encode() if isinstance(received.data, str) else self._read(received.data)
        found: Json = json.loads(raw)
        self.seq = found["s"] or self.seq
        return found

    async def until(self, event: str) -> Json:
        """Return the payload of the next dispatch of that name."""
        while (heard := await self.hear())["t"] != event:
            pass
        found: Json = heard["d"]
        return found

    async def identify(self, intents: int = GUILDS, **more: Any) -> Json:
        """Identify after HELLO; return READY's payload."""
        assert (await self.hear())["op"] == 10
        await self.send(2, {"token": "right", "intents": intents, "properties": {}, **more})
        return await self.until("READY")

    async def closed(self) -> int | None:
        """Return the code with which the socket is closed."""
        while (received := await self._ws.receive(timeout=10)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert received.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED), received
        return self._ws.close_code

    async def cut(self) -> None:
        """Break the connection without a word."""
        transport = self._ws._conn.transport if self._ws._conn is not None else None
        assert transport is not None
        transport.abort()


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


@pytest.mark.parametrize("query", ["v=9", "v=10&encoding=etf", "v=10&compress=brotli"])
async def test_what_is_not_spoken_here(emulator: Emulator, query: str) -> None:
    """Another version, encoding or compression is refused with 4012."""
    async with Bot(emulator, query) as bot:
        assert await bot.closed() == 4012


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


async def test_two_shards(emulator: Emulator) -> None:
    """A server belongs to the shard that its id gives; direct messages to the first."""
    async with Bot(emulator) as first, Bot(emulator) as second, Desk.at(emulator) as desk:
        told = [await bot.identify(GUILDS | DIRECT, shard=[n, 2]) for n, bot in enumerate((first, second))]
        for number, ready in enumerate(told):
            assert [(int(guild["id"]) >> 22) % 2 for guild in ready["guilds"]] == [number]
        await desk.say(desk.you, await desk.dm(desk.you), "hello")
        assert (await first.until("MESSAGE_CREATE"))["content"] == "hello"


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
