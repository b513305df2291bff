"""Gateways that misbehave, for the bot to be pointed at instead of the local Discord's own."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from math import inf
from typing import Any

from aiohttp import web

from tests.e2e.conftest import Farside

HELLO = {"op": 10, "d": {"heartbeat_interval": 41_250}}
Talk = Callable[["Gateway", web.WebSocketResponse], Awaitable[None]]


class Gateway:
    """A gateway whose every connection, by its number from 0, is led by `talk`, or refused with 503."""

    def __init__(self, farside: Farside, talk: Talk, refuses: int) -> None:
        self.farside = farside
        self.connections = 0
        self.queries: list[dict[str, str]] = []
        self.url = ""
        self._talk = talk
        self._refuses = refuses

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Take a connection."""
        self.connections += 1
        self.queries.append(dict(request.query))
        if self.connections <= self._refuses:
            return web.Response(status=503, text="<html>upstream connect error</html>")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self._talk(self, socket)
        return socket

    async def ready(
        self, socket: web.WebSocketResponse, *, hello: Any = HELLO, answers: float = inf, **changes: Any
    ) -> None:
        """Say HELLO and, after IDENTIFY, READY with no servers; answer so many heartbeats."""
        await socket.send_json(hello)
        sent = _opcodes(socket, answers)
        async for opcode in sent:
            if opcode == 2:
                break
        bot = self.farside.desk.state["bot"]["user"]
        ready = {
            "v": 10,
            "user": {**bot, "bot": True},
            "guilds": [],
            "session_id": "a",
            "resume_gateway_url": self.url,
            "application": {"id": bot["id"], "flags": 0},
            "shard": [0, 1],
        }
        data = {key: value for key, value in {**ready, **changes}.items() if value is not None}
        await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": data})
        async for _ in sent:
            pass


async def _opcodes(socket: web.WebSocketResponse, answers: float) -> AsyncIterator[int]:
    async for received in socket:
        opcode = json.loads(received.data)["op"]
        if opcode == 1 and answers > 0:
            answers -= 1
            await socket.send_json({"op": 11})
        yield opcode


def closing_with(code: int) -> Talk:
    """Return a gateway that says HELLO, and closes for good at IDENTIFY."""

    async def talk(_: Gateway, socket: web.WebSocketResponse) -> None:
        await socket.send_json(HELLO)
        async for received in socket:
            if json.loads(received.data)["op"] == 2:
                await socket.close(code=code, message=b"for good")

    return talk


@asynccontextmanager
async def gateway(farside: Farside, talk: Talk, *, refuses: int = 0) -> AsyncIterator[Gateway]:
    """Open such a gateway, and point the bot at it from its next start on."""
    made = Gateway(farside, talk, refuses)
    application = web.Application()
    application.router.add_get("/", made.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/"
    farside.environment["DISCORD_GATEWAY_URL"] = made.url
    try:
        yield made
    finally:
        await farside.end()
        await runner.cleanup()
