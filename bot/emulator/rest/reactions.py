"""Reactions to messages."""

from bot.emulator.errors import ApiError, Json
from bot.emulator.objects import Message
from bot.emulator.permissions import ADD_REACTIONS, MANAGE_MESSAGES, READ_MESSAGE_HISTORY
from bot.emulator.rest.router import Call, Reply, Routes

ROUTES = Routes()
_R = "/channels/{channel_id}/messages/{message_id}/reactions"


def _emoji(text: str) -> Json:
    """Return the emoji that a path names: a character, or `name:id`."""
    name, _, emoji_id = text.partition(":")
    if not emoji_id and name.isascii():
        raise ApiError(400, 10014, "Unknown Emoji")
    return {"id": emoji_id or None, "name": name}


def _message(call: Call, *needed: int) -> Message:
    channel = call.channel(call.args[0])
    if channel.guild_id:
        call.channel(channel.id, READ_MESSAGE_HISTORY, *needed)
    return call.message(channel, call.args[1])


def _who(message: Message, emoji: Json) -> list[str]:
    """Return the users who reacted so."""
    return next((users for kept, users in message.reactions if kept == emoji), [])


def _counted(emoji: Json, users: list[str], bot_id: str) -> Json:
    """Return a reaction object."""
    return {
        "emoji": emoji,
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "me": bot_id in users,
        "me_burst": False,
        "burst_colors": [],
    }


def _set(call: Call, message: Message, emoji: Json, users: list[str], *, event: str, user_id: str) -> None:
    """Let exactly these users have reacted so; `user_id` is the one who came or went."""
    message.reactions = [(kept, them) for kept, them in message.reactions if kept != emoji]
    if users:
        message.reactions.append((emoji, users))
    data = {
        "user_id": user_id, "emoji": emoji, "burst": False, "type": 0, "message_author_id": message.author_id,
    }  # fmt: skip
    _tell(call, message, event, data)


def _tell(call: Call, message: Message, event: str, more: Json) -> None:
    """Count a message's reactions anew, and tell what happened to them."""
    world = call.parts.world
    message.body["reactions"] = [_counted(kept, them, world.bot.id) for kept, them in message.reactions]
    data: Json = {"channel_id": message.channel.id, "message_id": message.id, **more}
    if message.channel.guild_id:
        data["guild_id"] = message.channel.guild_id
    world.tell(event, data, world.guild_of(message.channel), message.channel, message)


@ROUTES.at("PUT", _R + "/{emoji}/@me")
def react(call: Call) -> Reply:
    """Add the bot's reaction."""
    message, emoji = _message(call), _emoji(call.args[2])
    users, bot_id = _who(message, emoji), call.parts.world.bot.id
    if not users:
        _message(call, ADD_REACTIONS)
    if bot_id not in users:
        _set(call, message, emoji, [*users, bot_id], event="MESSAGE_REACTION_ADD", user_id=bot_id)
    return Reply(204)


def _remove(call: Call, user_id: str) -> Reply:
    message, emoji = _message(call), _emoji(call.args[2])
    users = _who(message, emoji)
    if user_id in users:
        rest = [u for u in users if u != user_id]
        _set(call, message, emoji, rest, event="MESSAGE_REACTION_REMOVE", user_id=user_id)
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
    message, emoji = _message(call), _emoji(call.args[2])
    return Reply(200, [call.parts.world.users[key].json() for key in _who(message, emoji)])


@ROUTES.at("DELETE", _R)
def clear(call: Call) -> Reply:
    """Take all reactions away."""
    message = _message(call, MANAGE_MESSAGES)
    if message.reactions:
        message.reactions = []
        _tell(call, message, "MESSAGE_REACTION_REMOVE_ALL", {})
    return Reply(204)


@ROUTES.at("DELETE", _R + "/{emoji}")
def clear_emoji(call: Call) -> Reply:
    """Take all reactions with one emoji away."""
    message, emoji = _message(call, MANAGE_MESSAGES), _emoji(call.args[2])
    if _who(message, emoji):
        message.reactions = [(kept, them) for kept, them in message.reactions if kept != emoji]
        _tell(call, message, "MESSAGE_REACTION_REMOVE_EMOJI", {"emoji": emoji})
    return Reply(204)
