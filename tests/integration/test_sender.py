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
