"""Answers that take long: promised in time, given when they are there."""

import asyncio

import pytest

from bot.cogs import patience
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
