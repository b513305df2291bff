"""Logging in: what passes is waited out, and only Discord's own word refuses the token."""

from typing import Any

import aiohttp
import discord

UNREACHED = "Discord cannot be reached"


class OddAnswer(discord.DiscordException):
    """An answer that is no answer of Discord's: the page of a proxy, perhaps."""


async def log_in(client: discord.Client, token: str) -> None:
    """Log in; a refusal that is not Discord's own is none."""
    try:
        await client.login(token)
    except BaseException as error:
        await client.http.close()
        client.http.connector = discord.utils.MISSING  # closed with the session; the next try makes one
        cause = error.__cause__
        if isinstance(cause, discord.HTTPException) and not _is_own_word(cause):
            raise cause from error
        if isinstance(error, LookupError | TypeError | ValueError):
            raise OddAnswer("something else has answered") from error
        raise


async def read_answer(response: aiohttp.ClientResponse) -> Any:
    """Return an answer's JSON, or its text; discord.py itself reads none whose type names a charset."""
    text = await response.text(encoding="utf-8")
    return discord.utils._from_json(text) if response.content_type == "application/json" else text


def is_of_discord(error: Exception) -> bool:
    """Return whether a request's failure may pass: the wire's, Discord's, or an answer in an odd shape."""
    if isinstance(error, discord.LoginFailure):
        return False
    return isinstance(
        error, discord.DiscordException | aiohttp.ClientError | OSError | LookupError | TypeError | ValueError
    )


def _is_own_word(error: discord.HTTPException) -> bool:
    """Return whether Discord itself refuses the token: a page of something in between says otherwise."""
    return "unauthorized" in error.text.casefold() and "<" not in error.text
