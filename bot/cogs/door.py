"""The door: what Discord tells of a press or a command, taken apart once."""

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
from discord import Interaction

from bot.errors import NotFound
from bot.quiz.press import Press
from bot.services.skew import snowflake_time

_LOOK = 1.0  # seconds to wait for Discord's answer: a press has three in all
_NOT_THERE = {10007, 10013}  # Discord's codes: no such member, no such user


def press_of(interaction: Interaction[Any]) -> Press:
    """Return who asked for something, where and when. Raises `NotFound` where there is no channel."""
    if interaction.channel_id is None:
        raise NotFound("There is no channel here to play in. Use a channel of a server, or `/quiz solo`.")
    user, message = interaction.user, interaction.message
    return Press(
        id=interaction.id,
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        message_id=message.id if message is not None else None,
        player_id=user.id,
        name=user.display_name,
        at=interaction.created_at,
        account=user.global_name or user.name,
    )


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press of a button as the gateway has told of it, and the token by which it is answered.

    What answers that come by the thousand need; discord.py's objects for all that is told beside it
    cost more than storing the answer.
    """

    press: Press
    token: str


def read_pressed(payload: dict[str, Any]) -> Pressed:
    """Return a press from its event. Raises `LookupError`, `TypeError` or `ValueError` for odd shapes."""
    member = payload.get("member")
    user = member["user"] if member else payload["user"]
    account = user.get("global_name") or user["username"]
    number, guild_id = int(payload["id"]), payload.get("guild_id")
    press = Press(
        id=number,
        guild_id=int(guild_id) if guild_id else None,
        channel_id=int(payload["channel_id"]),
        message_id=int(payload["message"]["id"]),
        player_id=int(user["id"]),
        name=(member.get("nick") if member else None) or account,
        at=snowflake_time(number),
        account=account,
    )
    return Pressed(press, payload["token"])


def is_moderator(interaction: Interaction[Any]) -> bool:
    """Return whether whoever asks may manage the messages of a server's channel, as Discord says."""
    return interaction.guild_id is not None and interaction.permissions.manage_messages


async def has_left(interaction: Interaction[Any], user_id: int) -> bool:
    """Return whether Discord says that a person is not in the server; no answer in time means they are."""
    if interaction.guild_id is None:
        return False
    try:
        async with asyncio.timeout(_LOOK):
            await interaction.client.http.get_member(interaction.guild_id, user_id)
    except discord.HTTPException as error:
        return error.code in _NOT_THERE
    except (aiohttp.ClientError, OSError):  # a TimeoutError is an OSError
        return False
    return False
