"""The door: what Discord tells of a press or a command, taken apart once."""

from typing import Any

from discord import Interaction

from bot.errors import NotFound
from bot.quiz.press import Press


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
    )


def is_moderator(interaction: Interaction[Any]) -> bool:
    """Return whether whoever asks may manage the messages of a server's channel, as Discord says."""
    return interaction.guild_id is not None and interaction.permissions.manage_messages
