"""Reactions: who has reacted to a message, and with what.

What always holds: a message's `reactions` object counts those who are listed; each
change is told once, in Discord's words.
"""

from bot.emulator.errors import ApiError, Json
from bot.emulator.objects import Message
from bot.emulator.world import World


def emoji_of(text: str) -> Json:
    """Return the emoji that a text names: a character, or `name:id`."""
    name, _, emoji_id = text.partition(":")
    if not emoji_id and (not name or name.isascii()):
        raise ApiError(400, 10014, "Unknown Emoji")
    return {"id": emoji_id or None, "name": name}


def who(message: Message, emoji: Json) -> list[str]:
    """Return the users who reacted so."""
    return next((users for kept, users in message.reactions if kept == emoji), [])


def put(world: World, message: Message, emoji: Json, user_id: str) -> None:
    """Let a user react so; nothing happens when they have."""
    users = who(message, emoji)
    if user_id not in users:
        _set(world, message, emoji, [*users, user_id], event="MESSAGE_REACTION_ADD", user_id=user_id)


def take(world: World, message: Message, emoji: Json, user_id: str) -> None:
    """Take a user's reaction away; nothing happens when there is none."""
    users = who(message, emoji)
    if user_id in users:
        rest = [user for user in users if user != user_id]
        _set(world, message, emoji, rest, event="MESSAGE_REACTION_REMOVE", user_id=user_id)


def clear(world: World, message: Message, emoji: Json | None = None) -> None:
    """Take all reactions away, or all with one emoji: they are told of together."""
    if emoji is None and message.reactions:
        message.reactions = []
        _tell(world, message, "MESSAGE_REACTION_REMOVE_ALL", {})
    elif emoji is not None and who(message, emoji):
        message.reactions = [(kept, them) for kept, them in message.reactions if kept != emoji]
        _tell(world, message, "MESSAGE_REACTION_REMOVE_EMOJI", {"emoji": emoji})


def _set(world: World, message: Message, emoji: Json, users: list[str], *, event: str, user_id: str) -> None:
    """Let exactly these users have reacted so; `user_id` is the one who came or went."""
    known = [kept for kept, _ in message.reactions]
    if emoji not in known:
        message.reactions.append((emoji, users))
    else:
        place = known.index(emoji)
        message.reactions[place : place + 1] = [(emoji, users)] if users else []
    data: Json = {"user_id": user_id, "emoji": emoji, "burst": False, "type": 0}
    data["message_author_id"] = message.author_id
    guild = world.guild_of(message.channel)
    if event == "MESSAGE_REACTION_ADD" and guild and (member := guild.members.get(user_id)):
        data["member"] = member.json()
    _tell(world, message, event, data)


def _tell(world: World, message: Message, event: str, more: Json) -> None:
    """Count a message's reactions anew, and tell what happened to them."""
    message.body["reactions"] = [_counted(kept, them, world.bot.id) for kept, them in message.reactions]
    data: Json = {"channel_id": message.channel.id, "message_id": message.id, **more}
    if message.channel.guild_id:
        data["guild_id"] = message.channel.guild_id
    world.tell(event, data, world.guild_of(message.channel), message.channel, message)


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
