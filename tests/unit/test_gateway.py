"""The gateway's patience: pauses that stay under a minute, and no session that Discord does not grant."""

import asyncio
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.cogs.gateway import CappedBackoff, SessionStarts, Unreadable, is_passing
from bot.cogs.led import SharedStarts


def test_pauses_between_connections() -> None:
    """However long the trouble, the next try comes within a minute, and not at once."""
    backoff = CappedBackoff()
    pauses = [backoff.delay() for _ in range(200)]
    assert max(pauses) < 60
    assert min(pauses) > 0.5
    assert sum(pauses[:4]) < 20


class Told(discord.http.HTTPClient):
    """What Discord says of session starts, one answer after the other; the last stays."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def get_bot_gateway(self) -> Any:
        """Return or raise the next answer."""
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return 1, "wss://gateway.example", answer


@pytest.mark.parametrize(
    "answer",
    [
        OSError("away"),
        discord.DiscordException("away"),
        KeyError("session_start_limit"),
        {},
        {"remaining": None},
    ],
    ids=repr,
)
async def test_no_session_is_begun_unasked(answer: object) -> None:
    """With none left, an answer that cannot be had begins none either: it is waited out."""
    starts = SessionStarts(Told(answer))
    with pytest.raises(Unreadable) as raised:
        await starts.take(0)
    assert is_passing(raised.value)
    assert isinstance(raised.value, OSError), "discord.py reconnects after it, too"


async def test_pauses_until_there_are_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord is asked again after a pause, though it says that the next session is there at once."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    waits = [{"remaining": 0, "reset_after": after} for after in (86_400_000, 30_000, 0, -5)]
    told = Told(*waits, {"remaining": 2, "reset_after": 0})
    starts = SessionStarts(told)
    await starts.take(0)
    await starts.take(1)
    assert (told.asked, starts.left) == (5, 0)
    assert pauses == [60, 30, 1, 1]


async def test_none_is_left_among_all_processes() -> None:
    """What one process heard at its start does not count: Discord is asked how many there are by now."""
    left, noted = 0, []

    async def take_start() -> bool:
        return left > 0

    async def note_sessions_left(number: int) -> None:
        nonlocal left
        left = number
        noted.append(number)

    async def wait_to_identify(*_: int) -> None:
        pass

    cluster: Any = SimpleNamespace(
        take_start=take_start, note_sessions_left=note_sessions_left, wait_to_identify=wait_to_identify
    )
    told = Told({"remaining": 3, "reset_after": 0})
    starts = SharedStarts(told, cluster)
    starts.note({"remaining": 900})
    await starts.take(0)
    assert (told.asked, noted) == (1, [3])
