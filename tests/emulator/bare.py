"""A bot without a library: the gateway spoken to byte by byte, and REST as plain requests."""

import json
import zlib
from collections.abc import Callable
from typing import Any, Self

import aiohttp
import zstandard

from bot.emulator import Emulator
from bot.emulator.client import Json
from tests.bounds import PATIENCE

GUILDS, MESSAGES, DIRECT, CONTENT = 1 << 0, 1 << 9, 1 << 12, 1 << 15


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

    async def receive(self) -> aiohttp.WSMessage:
        """Return the next message as it came."""
        return await self._ws.receive(timeout=PATIENCE)

    async def hear(self) -> Json:
        """Return the next payload."""
        received = await self.receive()
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
        while (received := await self._ws.receive(timeout=PATIENCE)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert received.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED), received
        return self._ws.close_code

    async def cut(self) -> None:
        """Break the connection without a word."""
        transport = self._ws._conn.transport if self._ws._conn is not None else None
        assert transport is not None
        transport.abort()
