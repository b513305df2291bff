"""What `farside doctor` asks Discord, and what it makes of the answers."""

from collections.abc import Awaitable, Callable

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.cli.doctor import _discord
from bot.cogs.sender import AGENT
from bot.config import read_what_can_be

ITSELF = {"id": "7", "username": "farside", "discriminator": "0", "avatar": None}
ANSWERS = {
    "/users/@me": ITSELF,
    "/oauth2/applications/@me": {
        "id": "7",
        "name": "Farside",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "",
        "flags": 0,
        "owner": ITSELF,
    },
    "/gateway/bot": {
        "url": "",
        "shards": 1,
        "session_start_limit": {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1},
    },
}


@pytest.mark.parametrize("charset", [None, "utf-8"])
async def test_every_request_says_whose_it_is(monkeypatch: pytest.MonkeyPatch, charset: str | None) -> None:
    """The doctor calls itself what the bot does, also at the gateway; JSON is read with a charset, too."""
    said: list[tuple[str, str | None]] = []

    @web.middleware
    async def note(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        said.append((request.path, request.headers.get("User-Agent")))
        return await handler(request)

    async def tell(request: web.Request) -> web.Response:
        return web.Response(
            body=orjson.dumps(ANSWERS[request.path]), content_type="application/json", charset=charset
        )

    async def greet(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 1000}})
        await socket.close()
        return socket

    app = web.Application(middlewares=[note])
    app.router.add_get("/gateway", greet)
    for path in ANSWERS:
        app.router.add_get(path, tell)
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    async with TestServer(app) as server:
        monkeypatch.setenv("DISCORD_TOKEN", "MTIz.for.tests")
        monkeypatch.setenv("DISCORD_API_URL", str(server.make_url("")).rstrip("/"))
        monkeypatch.setenv("DISCORD_GATEWAY_URL", str(server.make_url("/gateway")).replace("http", "ws"))
        config, _ = read_what_can_be()
        findings = [finding async for finding in _discord(config, None, None)]
    assert [finding.what for finding in findings if finding.is_ok] == ["token", "invitation", "gateway"]
    assert said == [(path, AGENT) for path in (*ANSWERS, "/gateway")]
