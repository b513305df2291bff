"""Patience: an answer that may take long is promised in time.

Discord drops an interaction that is not answered within three seconds. What is
ready within half of that is answered as it is; else Discord is told that the
answer takes a moment, and gets it as soon as it is there.
"""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

from discord import Interaction

from bot.cogs.messages.components import Card
from bot.cogs.replies import Files, acknowledge, defer, edit_original, is_of_one, reply, update

T = TypeVar("T")
PROMPTLY = 1.5  # seconds


async def soon(interaction: Interaction[Any], work: Coroutine[Any, Any, T], *, ephemeral: bool = True) -> T:
    """Return what `work` returns, for `reply` to send; defer when that takes long."""
    return await _promised(work, lambda: defer(interaction, ephemeral=ephemeral))


async def turned_soon(interaction: Interaction[Any], work: Coroutine[Any, Any, Card]) -> None:
    """Replace the message whose button was pressed by the card that `work` returns."""
    card = await _promised(work, lambda: acknowledge(interaction))
    await _turn(interaction, card)


async def opened_soon(
    interaction: Interaction[Any], work: Coroutine[Any, Any, tuple[Card, Files]], *, is_new: bool = False
) -> None:
    """Show one person the card that `work` returns with its pictures, in a new message or the one pressed."""
    if is_new or not is_of_one(interaction):
        card, files = await soon(interaction, work)
        await reply(interaction, view=card, files=files)
    else:
        card, files = await _promised(work, lambda: acknowledge(interaction))
        await _turn(interaction, card, files)


async def _turn(interaction: Interaction[Any], card: Card, files: Files = ()) -> None:
    if interaction.response.is_done():
        await edit_original(interaction, view=card, files=files)
    else:
        await update(interaction, view=card, files=files, of_all=True)


async def _promised(work: Coroutine[Any, Any, T], promise: Any) -> T:
    task = asyncio.create_task(work)
    try:
        await asyncio.wait((task,), timeout=PROMPTLY)
        if not task.done():
            promised: Awaitable[None] = promise()
            await promised
        return await task
    except BaseException:
        task.cancel()
        raise
