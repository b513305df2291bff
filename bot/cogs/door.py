"""The door: what Discord tells of a press or a command, taken apart once."""

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
from discord import Interaction

from bot.cogs.messages.components import custom_ids
from bot.errors import NotFound
from bot.quiz.press import Press
from bot.services.discord_clock import snowflake_time

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
    application_id: str


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
    return Pressed(press, payload["token"], payload.get("application_id", ""))


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that mentions the bot: who wrote what, and the round of the question it replies to."""

    press: Press
    words: str
    round_id: int | None


def is_mentioned(mentions: list[dict[str, Any]], own_id: str) -> bool:
    """Return whether one of a message's mentions is of us; a mention of our role alone tells no content."""
    return any(user["id"] == own_id for user in mentions)


def read_heard(payload: dict[str, Any], own_id: str) -> Heard | None:
    """Return what a person wrote to us in a server; None for programs, private chats and other talk.

    A reply counts when it is to an open question, and a mention in words wherever it stands; a reply to
    something else, which mentions us only because Discord does that by itself, is talk among people.
    """
    guild_id, author = payload.get("guild_id"), payload["author"]
    if not guild_id or author.get("bot") or payload.get("webhook_id"):
        return None
    replied_to = payload.get("referenced_message") or {}
    round_id = _typed_round(replied_to) if replied_to.get("author", {}).get("id") == own_id else None
    words = str(payload.get("content") or "")
    spoken = words.replace(f"<@{own_id}>", " ").replace(f"<@!{own_id}>", " ")
    if round_id is None and spoken == words:
        return None
    number, member = int(payload["id"]), payload.get("member") or {}
    account = author.get("global_name") or author["username"]
    press = Press(
        id=number,
        guild_id=int(guild_id),
        channel_id=int(payload["channel_id"]),
        message_id=int(replied_to["id"]) if round_id is not None else None,
        player_id=int(author["id"]),
        name=member.get("nick") or account,
        at=snowflake_time(number),
        account=account,
    )
    return Heard(press, spoken, round_id)


def _typed_round(message: dict[str, Any]) -> int | None:
    """Return the round whose question a message of ours asks, if its answers are typed."""
    for custom_id in custom_ids(message.get("components") or []):
        prefix, _, number = custom_id.partition(":")
        if prefix == "type" and number.isdecimal():
            return int(number)
    return None


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
