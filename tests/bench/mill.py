"""A mill that presses buttons: the least Discord that a bot can be measured in, in a process of its own.

    python -m tests.bench.mill

It speaks as little REST and gateway as a bot needs to come up, keeps no world
and checks nothing, so that a press costs it a fraction of what it costs any
bot: the bot is the limit, and the figures say so. It prints its addresses as a
line of JSON, then obeys lines of JSON on standard input, each answered by one:

    {"do": "message"}                                          the latest message with a button
    {"do": "command", "name": "quiz", "options": [...]}        whether the bot has the command; it is used
    {"do": "press", "custom_ids": [...], "presses": 2000, "concurrency": 32}
    {"do": "press", "custom_ids": [...], "presses": 800, "rate": 200}
    {"do": "chatter", "messages": 20000, "content": ""}        people talk; nothing of it is for the bot
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import orjson
import zstandard
from aiohttp import WSMessage, WSMsgType, web

Json = dict[str, Any]

_EPOCH = 1_420_070_400_000  # Discord's, in milliseconds
_BOT, _GUILD, _CHANNEL = "1180000000000000001", "1180000000000000002", "1180000000000000003"
_TOKEN = "aW50ZXJhY3Rpb246" + "x" * 180  # as long as Discord's
_GRANTED = str((1 << 53) - 1)
_NUMBERS = count(1)
_PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}


def snowflake() -> str:
    """Return a new id of this moment."""
    return str((time.time_ns() // 1_000_000 - _EPOCH << 22) | next(_NUMBERS) & 0x3FFFFF)


def user(user_id: str, name: str, *, is_bot: bool = False) -> Json:
    """Return a user as Discord describes one."""
    return {
        "id": user_id,
        "username": name,
        "global_name": None if is_bot else name.title(),
        "discriminator": "0",
        "avatar": None,
        "bot": is_bot,
        "public_flags": 0,
        "avatar_decoration_data": None,
        "collectibles": None,
        "clan": None,
        "primary_guild": None,
    }


def member(of: Json) -> Json:
    """Return a member of the server."""
    return {
        "user": of,
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "permissions": _GRANTED,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": None,
        "avatar": None,
        "banner": None,
        "pending": False,
        "communication_disabled_until": None,
        "premium_since": None,
    }


BOT = user(_BOT, "mill", is_bot=True)
CHANNEL = {
    "id": _CHANNEL,
    "type": 0,
    "name": "quiz",
    "guild_id": _GUILD,
    "position": 0,
    "permission_overwrites": [],
    "permissions": _GRANTED,
    "flags": 0,
    "last_message_id": None,
    "nsfw": False,
    "parent_id": None,
    "rate_limit_per_user": 0,
    "topic": None,
}
GUILD = {
    "id": _GUILD,
    "name": "Mill",
    "owner_id": "1180000000000000009",
    "roles": [{"id": _GUILD, "name": "@everyone", "permissions": _GRANTED, "position": 0, "color": 0}],
    "channels": [CHANNEL],
    "threads": [],
    "members": [member(BOT)],
    "member_count": 2,
    "emojis": [],
    "stickers": [],
    "features": [],
    "presences": [],
    "voice_states": [],
    "stage_instances": [],
    "verification_level": 0,
    "large": False,
    "unavailable": False,
}


class Mill:
    """What the bot has posted, and the presses under way."""

    def __init__(self) -> None:
        self.url = ""
        self.messages: list[Json] = []
        self.commands: list[Json] = []
        self._stream: _Stream | None = None
        self._begun: dict[bytes, tuple[float, asyncio.Future[None]]] = {}
        self._times: list[float] = []

    # ------------------------------------------------------------------------------------------------- REST

    def answer(self, method: bytes, path: bytes, body: bytes) -> tuple[int, Any]:
        """Return the status and JSON (or bytes) of a request's answer."""
        parts = path.partition(b"?")[0].split(b"/")[3:]  # without /api/v10
        if parts[0] == b"interactions":
            self._note(parts[1])
            return (200, _CALLBACK) if b"with_response=true" in path.lower() else (204, b"")
        if method == b"POST" and parts[-1] == b"messages":
            posted = orjson.loads(body)
            message = self._message(posted)
            self.messages.append(message)
            return 200, message
        if method == b"PATCH":
            return 200, self._message(orjson.loads(body), str(parts[-1], "ascii"))
        if parts[-1] == b"commands":
            if method == b"PUT":
                self.commands = [
                    {"id": snowflake(), "application_id": _BOT, "version": "1", **command}
                    for command in orjson.loads(body)
                ]
            return 200, self.commands
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        known: dict[bytes, Any] = {
            b"gateway/bot": {"url": self.url, "shards": 1, "session_start_limit": limit},
            b"users/@me": BOT,
            b"oauth2/applications/@me": {
                "id": _BOT,
                "name": "Mill",
                "flags": 0,
                "description": "",
                "icon": None,
            }
            | {"bot_public": True, "bot_require_code_grant": False, "verify_key": "", "team": None}
            | {"owner": user("1180000000000000009", "owner"), "summary": "", "hook": False},
        }
        return 200, known.get(b"/".join(parts), [])

    def _message(self, posted: Json, message_id: str | None = None) -> Json:
        return {
            "id": message_id or snowflake(),
            "channel_id": _CHANNEL,
            "author": BOT,
            "content": posted.get("content") or "",
            "timestamp": "2026-01-01T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
            "flags": posted.get("flags") or 0,
            "components": _numbered(posted.get("components") or []),
        }

    def _note(self, interaction_id: bytes) -> None:
        """Note the arrival of an answer."""
        begun = self._begun.pop(interaction_id, None)
        if begun is not None:
            self._times.append((time.perf_counter() - begun[0]) * 1000)
            begun[1].set_result(None)

    # ---------------------------------------------------------------------------------------------- gateway

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Take the bot's connection."""
        socket = web.WebSocketResponse(max_msg_size=0, compress=False)
        await socket.prepare(request)
        stream = _Stream(socket, is_compressed="zstd" in request.query.get("compress", ""))
        await stream.send({"op": 10, "d": {"heartbeat_interval": 41_250}})
        async for received in socket:
            await self._hear(stream, received)
        return socket

    async def _hear(self, stream: "_Stream", received: WSMessage) -> None:
        if received.type is not WSMsgType.TEXT:
            return
        said = orjson.loads(received.data)
        if said["op"] == 1:
            await stream.send({"op": 11})
        elif said["op"] == 2:
            self._stream = stream
            ready = {"v": 10, "user": BOT, "session_id": "mill", "resume_gateway_url": self.url}
            ready |= {
                "guilds": [{"id": _GUILD, "unavailable": True}],
                "application": {"id": _BOT, "flags": 0},
            }
            if "shard" in said["d"]:
                ready["shard"] = said["d"]["shard"]
            await stream.dispatch("READY", ready)
            await stream.dispatch("GUILD_CREATE", GUILD)

    # ------------------------------------------------------------------------------------------------ doing

    async def do(self, order: Json) -> Any:
        """Obey one line."""
        match order["do"]:
            case "message":
                return next((m for m in reversed(self.messages) if list(_buttons(m["components"]))), None)
            case "command":
                return await self._command(order["name"], order.get("options", []))
            case "chatter":
                return await self._chatter(order["messages"], order["content"])
        return await self._press(order)

    async def _command(self, name: str, options: list[Json]) -> bool:
        """Use a command; return whether the bot has it by now."""
        known = next((command["id"] for command in self.commands if command["name"] == name), None)
        if self._stream is None or known is None:
            return False
        data = {"id": known, "name": name, "type": 1, "options": options}
        await self._stream.dispatch("INTERACTION_CREATE", _interaction(2, data, "starter", snowflake()))
        return True

    async def _chatter(self, messages: int, content: str) -> int:
        """Tell of messages that people write to one another; return how many bytes of JSON each has."""
        assert self._stream is not None
        author = user("1180000000000000077", "talker")
        message = self._message({"content": content}) | {
            "author": author,
            "member": member(author) | {"user": None},
            "guild_id": _GUILD,
            "channel_type": 0,
        }
        size = 0
        for _ in range(messages):
            said = {
                "t": "MESSAGE_CREATE",
                "s": self._stream.next(),
                "op": 0,
                "d": message | {"id": snowflake()},
            }
            text = orjson.dumps(said)
            size = len(text)
            await self._stream.send_raw(text)
        return size

    async def _press(self, order: Json) -> Json:
        message = await self.do({"do": "message"})
        payloads = [
            _Template({"component_type": 2, "id": 1, "custom_id": custom_id}, message)
            for custom_id in order["custom_ids"]
        ]
        self._times.clear()
        began, cpu = time.perf_counter(), time.process_time()
        if "rate" in order:
            await self._open_loop(payloads, order["presses"], order["rate"])
        else:
            await self._closed_loop(payloads, order["presses"], order["concurrency"])
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        times = sorted(self._times)
        return {
            "answered": len(times),
            "failed": order["presses"] - len(times),
            "seconds": seconds,
            "per_second": len(times) / seconds,
            "ms": {
                name: times[min(int(len(times) * part), len(times) - 1)]
                for name, part in _PERCENTILES.items()
            },
            "mill": cpu,
        }

    async def _closed_loop(self, payloads: "list[_Template]", presses: int, concurrency: int) -> None:
        """Press with so many at once, each again as soon as it is answered."""
        left = presses

        async def player() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                await self._once(payloads[left % len(payloads)])

        await asyncio.gather(*(player() for _ in range(concurrency)))

    async def _open_loop(self, payloads: "list[_Template]", presses: int, rate: float) -> None:
        """Press so many times a second, whether or not earlier presses are answered."""
        began, waiting = time.perf_counter(), []
        for number in range(presses):
            wait = began + number / rate - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            waiting.append(asyncio.ensure_future(self._once(payloads[number % len(payloads)])))
        await asyncio.gather(*waiting)

    async def _once(self, payload: "_Template") -> None:
        """Press once, and return when it is answered, or when Discord would have given up."""
        assert self._stream is not None
        interaction_id = snowflake()
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._begun[interaction_id.encode()] = time.perf_counter(), answered
        await self._stream.send_raw(payload.filled(interaction_id, self._stream.next()))
        timeout = asyncio.get_running_loop().call_later(3, _give_up, answered)
        await answered
        timeout.cancel()


class _Stream:
    """What is sent to a bot, compressed as it has asked for."""

    def __init__(self, socket: web.WebSocketResponse, *, is_compressed: bool) -> None:
        self._socket = socket
        self._compressor = zstandard.ZstdCompressor(level=1).compressobj() if is_compressed else None
        self._sequence = 0

    def next(self) -> int:
        """Return the number of the next event."""
        self._sequence += 1
        return self._sequence

    async def dispatch(self, event: str, data: Json) -> None:
        """Tell of an event."""
        await self.send({"op": 0, "t": event, "s": self.next(), "d": data})

    async def send(self, said: Json) -> None:
        """Send JSON."""
        await self.send_raw(orjson.dumps(said))

    async def send_raw(self, text: bytes) -> None:
        """Send bytes of JSON."""
        if self._compressor is None:
            await self._socket.send_str(text.decode())
            return
        packed = self._compressor.compress(text) + self._compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        await self._socket.send_bytes(packed)


class _Template:
    """The payload of a press, made once; what differs is put in between."""

    def __init__(self, data: Json, message: Json) -> None:
        made = _interaction(3, data, "@person@", "@id@") | {"message": message}
        event = orjson.dumps({"op": 0, "t": "INTERACTION_CREATE", "s": "@sequence@", "d": made})
        self._parts = event.replace(b'"@sequence@"', b"@sequence@")

    def filled(self, interaction_id: str, sequence: int) -> bytes:
        """Return the event of one press by a new person."""
        number = interaction_id.encode()
        text = self._parts.replace(b"@id@", number).replace(b"@person@", b"p" + number)
        return text.replace(b"@sequence@", str(sequence).encode())


def _interaction(kind: int, data: Json, name: str, interaction_id: str) -> Json:
    """Return what Discord tells of an interaction; its maker's id is its own."""
    return {
        "id": interaction_id,
        "application_id": _BOT,
        "type": kind,
        "token": _TOKEN,
        "version": 1,
        "data": data,
        "guild_id": _GUILD,
        "guild": {"id": _GUILD, "locale": "en-US", "features": []},
        "channel_id": _CHANNEL,
        "channel": CHANNEL,
        "member": member(user(interaction_id, name)),
        "app_permissions": _GRANTED,
        "locale": "en-GB",
        "guild_locale": "en-US",
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": {"0": _GUILD},
        "context": 0,
        "attachment_size_limit": 10_485_760,
    }


def _numbered(components: list[Json]) -> list[Json]:
    """Return components with the ids that Discord gives them."""
    numbers = count(1)

    def number(component: Json) -> Json:
        made = {"id": next(numbers), **component}
        if "components" in component:
            made["components"] = [number(inner) for inner in component["components"]]
        return made

    return [number(component) for component in components]


def _buttons(components: list[Json]) -> Iterator[str]:
    for component in components:
        if "custom_id" in component:
            yield component["custom_id"]
        yield from _buttons(component.get("components", []))


def _give_up(answered: asyncio.Future[None]) -> None:
    if not answered.done():
        answered.set_result(None)


_CALLBACK = {
    "interaction": {"id": "1", "type": 3, "response_message_id": "2", "response_message_loading": False}
    | {"response_message_ephemeral": True},
    "resource": {"type": 4, "message": Mill()._message({"content": "A is in", "flags": 64}, "2")},
}


class _Rest(asyncio.Protocol):
    """HTTP/1.1 as far as a bot's client speaks it: whole requests with a length, one after the other."""

    def __init__(self, mill: Mill) -> None:
        self._mill = mill
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is there in full."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            at = head.lower().find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._buffer) < end + 4 + length:
                return
            body, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
            method, path, _ = head.split(b" ", 2)
            status, answer = self._mill.answer(method, path, body)
            if status == 204:
                self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                continue
            text = orjson.dumps(answer)
            self._transport.write(
                b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(text), text)
            )


async def main() -> None:
    """Serve until standard input ends."""
    mill, loop = Mill(), asyncio.get_running_loop()
    rest = await loop.create_server(lambda: _Rest(mill), "127.0.0.1", 0)
    application = web.Application()
    application.router.add_get("/", mill.connect)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    mill.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/"
    port = rest.sockets[0].getsockname()[1]
    addresses = {"api_url": f"http://127.0.0.1:{port}/api/v10", "gateway_url": mill.url}
    print(json.dumps(addresses | {"channel": _CHANNEL}), flush=True)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        print(json.dumps(await mill.do(json.loads(line))), flush=True)


if __name__ == "__main__":
    try:
        import uvloop

        uvloop.run(main())
    except ImportError:
        asyncio.run(main())
