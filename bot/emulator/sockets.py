"""Sockets and sessions of the gateway: what one connection sends, and what outlives it.

What always holds: a session keeps what its bot is still to be told until it resumes;
a socket has one writer, so that what is compressed first is sent first, and `send`
never waits.
"""

import asyncio
import secrets
import sys
import time
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from aiohttp import web

from bot.emulator.enums import CloseCode
from bot.emulator.errors import Json

VERSIONS: Final = ("9", "10")  # those that Discord's documentation calls available
_REPLAYED: Final = 20_000  # dispatches kept for a resume


class Closing(Exception):
    """The bot did something for which Discord closes the socket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Session:
    """What one bot's shard has been told, and is still to be told."""

    def __init__(self, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.seq = 0
        self.sent: deque[tuple[int, bytes]] = deque(maxlen=_REPLAYED)
        self.socket: Socket | None = None
        self.detached_at = 0.0
        self.can_resume = True

    def json(self) -> Json:
        """Return what the desk shows."""
        return {
            "id": self.id,
            "shard": list(self.shard),
            "intents": self.intents,
            "is_connected": self.socket is not None,
            "can_resume": self.can_resume,
            "seq": self.seq,
        }

    def leave(self) -> None:
        """Let go of the socket; what happens from now on waits for a resume."""
        if self.socket is not None:
            self.socket.session = None
            self.socket = None
        self.detached_at = time.monotonic()

    def dispatch(self, event: str, data: bytes) -> None:
        """Number a dispatch, keep it, and send it when the bot is there."""
        self.seq += 1
        payload = b'{"t":"%b","s":%d,"op":0,"d":%b}' % (event.encode(), self.seq, data)
        self.sent.append((self.seq, payload))
        if self.socket is not None:
            self.socket.send(payload)


class Socket:
    """One websocket with its compression; `send` never waits."""

    def __init__(
        self, ws: web.WebSocketResponse, compress: Callable[[bytes], bytes] | None, version: int
    ) -> None:
        self.ws = ws
        self.compress = compress
        self.version = version
        self._queue: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._closing: tuple[int, bytes] | None = None
        self.session: Session | None = None

    def send(self, payload: bytes) -> None:
        """Queue a payload."""
        self._queue.append(payload)
        self._wake.set()

    def op(self, op: int, data: Any = None) -> None:
        """Queue a payload that is not a dispatch."""
        self.send(orjson.dumps({"t": None, "s": None, "op": op, "d": data}))

    def close(self, code: int, reason: str = "") -> None:
        """Close once everything queued is sent."""
        self._closing = (code, reason.encode())
        self._wake.set()

    def cut(self) -> None:
        """Break the connection as a network does, without a word."""
        self._queue.clear()
        transport = self.ws._req.transport if self.ws._req is not None else None
        if transport is not None:
            transport.abort()

    async def write(self) -> None:
        """Send what is queued until the socket closes."""
        while not self.ws.closed:
            await self._wake.wait()
            self._wake.clear()
            try:
                while self._queue:
                    payload = self._queue.popleft()
                    if self.compress is None:
                        await self.ws.send_str(payload.decode())
                    else:
                        await self.ws.send_bytes(self.compress(payload))
            except ConnectionError:
                return
            if self._closing is not None:
                code, reason = self._closing
                await self.ws.close(code=code, message=reason, drain=False)
                return


def compressor(kind: str | None) -> Callable[[bytes], bytes] | None:
    """Return the compression of a connection: zlib-stream, zstd-stream, or none."""
    if kind == "zlib-stream":
        deflate = zlib.compressobj(level=1)
        return lambda payload: deflate.compress(payload) + deflate.flush(zlib.Z_SYNC_FLUSH)
    if kind == "zstd-stream":
        return _zstd()
    if kind:
        raise Closing(CloseCode.INVALID_VERSION, "Invalid compression.")
    return None


def _zstd() -> Callable[[bytes], bytes]:
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdCompressor

        newer = ZstdCompressor(level=1)
        return lambda payload: newer.compress(payload, ZstdCompressor.FLUSH_BLOCK)
    try:
        import zstandard  # discord.py's extra `speed` brings it
    except ImportError:
        raise Closing(CloseCode.INVALID_VERSION, "zstandard is not installed here.") from None

    stream = zstandard.ZstdCompressor(level=1).compressobj()
    return lambda payload: stream.compress(payload) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


def spoken(query: Mapping[str, str]) -> Callable[[bytes], bytes] | None:
    """Return the compression that a connection's query asks for; refuse what is not spoken here."""
    if query.get("v", "10") not in VERSIONS:
        raise Closing(CloseCode.INVALID_VERSION, "Invalid API version.")
    if query.get("encoding", "json") != "json":
        raise Closing(CloseCode.INVALID_VERSION, "Only the encoding json is spoken here.")
    return compressor(query.get("compress"))
