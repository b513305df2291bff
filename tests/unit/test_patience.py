"""Answers that take long: promised in time, given when they are there."""

import asyncio
import io
from typing import Any

import discord
import orjson
import pytest

from bot.cogs import patience
from bot.cogs.mentions import Mentions
from bot.cogs.messages.components import text
from tests.bounds import PATIENCE


class Promise:
    """Notes that an answer was promised, and lets the work go on only then."""

    def __init__(self) -> None:
        self.given = asyncio.Event()

    async def give(self) -> None:
        """Promise the answer."""
        self.given.set()


async def test_what_is_ready_is_not_promised() -> None:
    """Work that is done in time is answered as it is."""

    async def work() -> str:
        return "ten places"

    promise = Promise()
    assert await patience._promised(work(), promise.give) == "ten places"
    assert not promise.given.is_set()


async def test_what_takes_long_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that is not done in time goes on after the promise, and its answer is the same."""
    monkeypatch.setattr(patience, "PROMPTLY", 0)
    promise = Promise()

    async def work() -> str:
        await promise.given.wait()
        return "ten places"

    assert await asyncio.wait_for(patience._promised(work(), promise.give), PATIENCE) == "ten places"


async def test_an_error_is_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the work raises is raised, promised or not; a promise that fails leaves no work behind."""

    async def broken() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        await patience._promised(broken(), Promise().give)
    monkeypatch.setattr(patience, "PROMPTLY", 0)
    ended = asyncio.Event()

    async def endless() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return ""

    async def refused() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await patience._promised(endless(), refused)
    await asyncio.wait_for(ended.wait(), PATIENCE)


class Wire:
    """Notes what is sent: the kind of a callback, or the method, and the names of its files."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []

    async def answer(self, method: str, _: str, body: bytes, *, seconds: float, files: Any = ()) -> None:
        """Take a request by an interaction's token."""
        assert seconds > 0
        message = orjson.loads(body)
        shown = message.get("data", message)
        self.sent.append((message.get("type", method), "components" in shown, [name for name, _ in files]))

    def on_answered(self, _: int) -> None:
        """Note nothing."""


def pressed(wire: Wire, flags: int) -> discord.Interaction[Any]:
    """Return a press of a message with `flags`."""
    client: Any = discord.Client(intents=discord.Intents.none())
    client.sender, client.mentions = wire, Mentions()
    client._connection._get_client = lambda: client
    person = {"id": "5", "username": "ann", "discriminator": "0", "avatar": None}
    message: dict[str, Any] = {
        **{key: [] for key in ("mentions", "mention_roles", "attachments", "embeds", "components")},
        "id": "7",
        "channel_id": "3",
        "author": person,
        "content": "",
        "type": 0,
        "flags": flags,
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "pinned": False,
        "tts": False,
        "mention_everyone": False,
    }
    told: Any = {
        "id": "1",
        "application_id": "9",
        "type": 3,
        "token": "t",
        "version": 1,
        "user": person,
        "attachment_size_limit": 0,
        "data": {"component_type": 2, "custom_id": "x"},
        "message": message,
        "channel_id": "3",
        "channel": {"id": "3", "type": 1, "recipients": [person]},
    }
    return discord.Interaction(data=told, state=client._connection)


@pytest.mark.parametrize(
    ("flags", "is_slow", "kinds"),
    [(64, False, [7]), (64, True, [6, "PATCH"]), (0, False, [4]), (0, True, [5, "PATCH"])],
)
async def test_a_card_whose_picture_takes_long(
    flags: int, is_slow: bool, kinds: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes after the promise, with its picture: in one's own message, else in a new one for oneself."""
    if is_slow:
        monkeypatch.setattr(patience, "PROMPTLY", 0)
    wire = Wire()

    async def work() -> Any:
        while is_slow and not wire.sent:
            await asyncio.sleep(0)
        return [text("Which crater?")], [discord.File(io.BytesIO(b"-"), "crater.jpg")]

    await asyncio.wait_for(patience.opened_soon(pressed(wire, flags), work()), PATIENCE)
    assert [kind for kind, *_ in wire.sent] == kinds
    assert [rest for _, *rest in wire.sent][-1] == [True, ["crater.jpg"]]
    assert [rest for _, *rest in wire.sent][:-1] == [[False, []]] * is_slow
