"""What Farside calls itself in every request, as Discord's documentation asks of whoever sends one."""

from types import SimpleNamespace

import aiohttp
import discord

from bot import __version__

AGENT = f"DiscordBot (https://github.com/Rapptz/discord.py, {discord.__version__}) Farside/{__version__}"


def signing() -> aiohttp.TraceConfig:
    """Return what signs the requests that discord.py leaves unsigned: those with an interaction's token."""

    async def sign(
        _: aiohttp.ClientSession, __: SimpleNamespace, request: aiohttp.TraceRequestStartParams
    ) -> None:
        request.headers.setdefault("User-Agent", AGENT)

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(sign)
    return trace
