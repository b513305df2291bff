"""Slash commands that end in an odd way."""

import asyncio
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.cogs import tree as module
from bot.cogs.tree import Tree
from tests.fakes import Panic


@pytest.mark.parametrize("error", [asyncio.CancelledError(), Panic()], ids=repr)
async def test_no_command_ends_in_silence(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where something that it waits for is cancelled, or what it meets is no Exception, that is told."""
    told: list[BaseException] = []

    async def fail(*_: object) -> None:
        raise error

    async def explain(_: object, met: BaseException) -> None:
        told.append(met)

    monkeypatch.setattr(app_commands.CommandTree, "_call", fail)
    monkeypatch.setattr(module, "explain", explain)
    interaction: Any = SimpleNamespace(type=discord.InteractionType.application_command)
    await Tree.__new__(Tree)._call(interaction)
    assert told == [error]
