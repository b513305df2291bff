"""The sender, where nobody answers, and what it makes of answers that follow each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import orjson
import pytest
from discord.http import HTTPClient, Route

from bot.cogs import sender as module
from bot.cogs.budget import Budget
from bot.cogs.meanings import MEANINGS, Act, Meaning
from bot.cogs.sender import Gone, Later, Lost, Refused, Sender


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


@asynccontextmanager
async def answering(patch: pytest.MonkeyPatch, script: list[tuple[int, object]]) -> AsyncIterator[Sender]:
    """Give a sender to a Discord that gives the answers of `script`, one after the other."""

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        status, answer = script.pop(0)
        body = orjson.dumps(answer)
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        patch.setattr(Route, "BASE", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        patch.setattr(module, "_DOUBT", 0)
        sender = Sender(HTTPClient(asyncio.get_running_loop()), Budget(most=10_000))
        yield sender
        await sender.close()


ENDS = {Meaning.LOST: Lost, Meaning.REFUSED: Refused}
DONE = (200, {"id": "1"})


def error(code: int) -> tuple[int, object]:
    """Return an answer of Discord's with that code."""
    return 403, {"message": "no", "code": code}


@pytest.mark.parametrize("act", [Act.SEND, Act.EDIT], ids=["send", "edit"])
async def test_each_code_once_and_twice_and_in_between(monkeypatch: pytest.MonkeyPatch, act: Act) -> None:
    """What ends something is believed when it was said twice in a row, and whatever came in between counts.

    One of another kind in between is no second time; neither is an overloaded Discord, or a page of a proxy.
    """
    script: list[tuple[int, object]] = []

    async def outcome(*answers: tuple[int, object]) -> Any:
        script[:] = answers
        try:
            return await sender.request(act, "POST", "/channels/1/messages", {})
        except (Gone, Later, Lost, Refused) as failure:
            return type(failure)

    async with answering(monkeypatch, script) as sender:
        for code, row in MEANINGS.items():
            meaning = row[0 if act is Act.SEND else 1]
            if meaning not in ENDS:
                expected = Later if meaning is Meaning.LATER else Gone
                assert (code, await outcome(error(code))) == (code, expected)
                continue
            other = 50035 if meaning is Meaning.LOST else 50013
            assert (code, await outcome(error(code), DONE)) == (code, {"id": "1"})
            assert (code, await outcome(error(code), error(code))) == (code, ENDS[meaning])
            for between in ((503, "<html>"), (403, "<html>"), error(987654), error(other)):
                assert (code, await outcome(error(code), between)) == (code, Later)
                assert (code, await outcome(error(code), DONE)) == (code, {"id": "1"})


async def test_a_limit_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that Discord sets between two answers that would end something ends nothing, and is kept to."""
    limit = (429, {"message": "slowly", "retry_after": 7.5, "global": False})
    script = [error(10003), limit]
    async with answering(monkeypatch, script) as sender:
        with pytest.raises(Later) as told:
            await sender.request(Act.SEND, "POST", "/channels/1/messages", {})
    assert told.value.wait == 7.5


@pytest.mark.parametrize(
    ("date", "is_told"),
    [
        ("Sat, 28 Nov 2026 12:00:00 GMT", True),
        ("Fri, 31 Dec 9999 23:59:59 GMT", False),
        ("Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("Mon, 01 Jan 0001 00:00:00 GMT", False),
        ("tomorrow", False),
        ("Sat, 28 Nov 99999999999999999999 12:00:00 GMT", False),
        ("Sat, 28 Nov 2026 12:00:00 +9999999999999999", False),
        ("Sat, 30 Feb 2026 12:00:00 GMT", False),
    ],
)
async def test_a_time_that_cannot_be(monkeypatch: pytest.MonkeyPatch, date: str, is_told: bool) -> None:
    """A request is answered whatever time its answer names, and what can be no time of Discord's is none."""

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: 13\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + b'{"url":"wss"}')
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        monkeypatch.setattr(Route, "BASE", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        sender, told = Sender(HTTPClient(asyncio.get_running_loop()), Budget()), list[datetime]()
        sender.on_time = lambda said, _: told.append(said)
        assert (await sender.time() is not None) is is_told
        assert await sender.answer("GET", "/gateway", None, seconds=5) == {"url": "wss"}
        assert bool(told) is is_told
        await sender.close()
