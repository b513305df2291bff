"""Places: what is known of a channel or thread, whether or not it sleeps.

What always holds: a thread that is archived is not in discord.py's memory, and
not gone: Discord is asked before it is said to be; while the servers are not
known yet nothing is judged.
"""

import asyncio

import discord

from bot.cogs.learning import Learning
from bot.cogs.meanings import Act
from bot.cogs.permissions import own_permissions
from bot.cogs.sender import Later, Sender

Writable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
"""What a command takes as a place to post in."""

_READY = 20.0  # seconds to wait for the servers to be known


async def known_server(client: discord.Client, guild_id: int) -> discord.Guild | None:
    """Return a server of ours, None when it is none (any more). Raises `Later` while nobody knows."""
    guild = client.get_guild(guild_id)
    if guild is not None and not guild.unavailable:
        return guild
    learning: Learning | None = getattr(client, "learning", None)
    if learning is not None and not learning.knows(guild_id):
        return await learning.learn(guild_id)
    try:
        await asyncio.wait_for(client.wait_until_ready(), _READY)
    except TimeoutError:
        raise Later("the servers are not known yet") from None
    guild = client.get_guild(guild_id)
    if guild is not None and guild.unavailable:
        raise Later("the server is not there at this moment")
    return guild


async def can_read_history(
    client: discord.Client, sender: Sender, guild_id: int | None, channel_id: int, *, priority: int = 2
) -> bool:
    """Return whether Farside may read what was written in a channel or thread.

    In a server that is not ours, and in a direct channel, Discord's own answer tells: True.
    Raises `Lost` when Discord knows of no such channel, `Later` while nobody can tell.
    """
    guild = await known_server(client, guild_id) if guild_id is not None else None
    if guild is None:
        return True
    channel = await find_channel(guild, sender, channel_id, priority=priority)
    return channel is not None and own_permissions(channel).read_message_history


async def find_channel(
    guild: discord.Guild, sender: Sender, channel_id: int, *, priority: int = 1
) -> discord.abc.GuildChannel | discord.Thread | None:
    """Return a channel of the server, or what stands above a thread that sleeps; None when neither is seen.

    A thread has the permissions of the channel above it.
    """
    known = guild.get_channel_or_thread(channel_id)
    if known is not None:
        return known
    told = await sender.request(
        Act.READ, "GET", f"/channels/{channel_id}", place="/channels", priority=priority
    )
    if not isinstance(told, dict):
        raise Later("an answer that is no channel")
    return guild.get_channel(int(told.get("parent_id") or 0))
