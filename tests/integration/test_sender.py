"""The sender, where nobody answers."""

import asyncio

import pytest
from discord.http import HTTPClient, Route

from bot.cogs.budget import Budget
from bot.cogs.meanings import Act
from bot.cogs.sender import Later, Sender


async def test_a_request_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is still at work while the bot stops is told so, and meets no error that nobody expects."""
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1")
    sender = Sender(HTTPClient(asyncio.get_running_loop()), Budget())
    with pytest.raises(Later):
        await sender.answer("POST", "/callback", b"{}", seconds=1)
    await sender.close()
    with pytest.raises(Later, match="stopping"):
        await sender.answer("POST", "/callback", b"{}", seconds=1)
    assert await sender.time() is None


async def test_a_request_that_nobody_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made once, and not at all while others want the right to it."""
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1")
    purse = Budget(most=3)
    sender = Sender(HTTPClient(asyncio.get_running_loop()), purse)
    with pytest.raises(Later):
        await sender.request_if_idle(Act.EDIT, "PATCH", "/channels/1/messages/2", {})
    async with purse.request(0):
        assert not await sender.request_if_idle(Act.EDIT, "PATCH", "/channels/1/messages/2", {})
    await sender.close()


@pytest.mark.parametrize("below", ["", "/api/v10"])
async def test_a_request_as_it_is_written(monkeypatch: pytest.MonkeyPatch, below: str) -> None:
    """A request goes below the address that is set, has its path as it is written, and takes no packing."""
    heard: list[str] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setattr(Route, "BASE", f"http://127.0.0.1:{port}{below}")
        sender = Sender(HTTPClient(asyncio.get_running_loop()), Budget())
        await sender.answer("GET", "/messages/%40original?limit=1", None, seconds=5)
        await sender.close()
    assert heard[0].startswith(f"GET {below}/messages/%40original?limit=1 HTTP/1.1\r\n")
    assert "Accept-Encoding: identity\r\n" in heard[0]
