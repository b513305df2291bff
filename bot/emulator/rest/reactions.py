"""Reactions to messages."""

from bot.emulator import reactions
from bot.emulator.objects import Message
from bot.emulator.permissions import ADD_REACTIONS, MANAGE_MESSAGES, READ_MESSAGE_HISTORY
from bot.emulator.rest.router import Call, Reply, Routes

ROUTES = Routes()
_R = "/channels/{channel_id}/messages/{message_id}/reactions"


def _message(call: Call, *needed: int) -> Message:
    channel = call.channel(call.args[0])
    if channel.guild_id:
        call.channel(channel.id, READ_MESSAGE_HISTORY, *needed)
    return call.message(channel, call.args[1])


@ROUTES.at("PUT", _R + "/{emoji}/@me")
def react(call: Call) -> Reply:
    """Add the bot's reaction."""
    message, emoji = _message(call), reactions.emoji_of(call.args[2])
    if not reactions.who(message, emoji):
        _message(call, ADD_REACTIONS)
    reactions.put(call.parts.world, message, emoji, call.parts.world.bot.id)
    return Reply(204)


def _remove(call: Call, user_id: str) -> Reply:
    reactions.take(call.parts.world, _message(call), reactions.emoji_of(call.args[2]), user_id)
    return Reply(204)


@ROUTES.at("DELETE", _R + "/{emoji}/@me")
def unreact(call: Call) -> Reply:
    """Take the bot's reaction back."""
    return _remove(call, call.parts.world.bot.id)


@ROUTES.at("DELETE", _R + "/{emoji}/{user_id}")
def remove_reaction(call: Call) -> Reply:
    """Take another's reaction away."""
    _message(call, MANAGE_MESSAGES)
    return _remove(call, call.args[3])


@ROUTES.at("GET", _R + "/{emoji}")
def reacted(call: Call) -> Reply:
    """List who reacted."""
    message, emoji = _message(call), reactions.emoji_of(call.args[2])
    return Reply(200, [call.parts.world.users[key].json() for key in reactions.who(message, emoji)])


@ROUTES.at("DELETE", _R)
def clear(call: Call) -> Reply:
    """Take all reactions away."""
    reactions.clear(call.parts.world, _message(call, MANAGE_MESSAGES))
    return Reply(204)


@ROUTES.at("DELETE", _R + "/{emoji}")
def clear_emoji(call: Call) -> Reply:
    """Take all reactions with one emoji away."""
    reactions.clear(call.parts.world, _message(call, MANAGE_MESSAGES), reactions.emoji_of(call.args[2]))
    return Reply(204)
