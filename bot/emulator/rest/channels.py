"""Channels and the messages in them."""

from collections.abc import Mapping
from typing import Any, Final

from bot.emulator import permissions as perms
from bot.emulator.enums import POSTS, ChannelType, MessageFlag, MessageType
from bot.emulator.errors import ApiError, Form, Json, missing_permissions, unknown
from bot.emulator.messages import pointing
from bot.emulator.objects import Channel, Message, Overwrite
from bot.emulator.rest.router import Call, Reply, Routes
from bot.emulator.snowflake import made_at

ROUTES = Routes()
_C = "/channels/{channel_id}"
_M = _C + "/messages/{message_id}"
_VOICES: Final = (ChannelType.VOICE, ChannelType.STAGE)  # each with a chat, for those who may connect
_WRITABLE: Final = (ChannelType.TEXT, ChannelType.DM, ChannelType.NEWS, *_VOICES)
_BULK_SECONDS: Final = 14 * 86_400
_MOST_PINS: Final = 250


@ROUTES.at("GET", _C)
def channel(call: Call) -> Reply:
    """Return a channel or thread."""
    return Reply(200, call.channel(call.args[0]).json(call.parts.world.bot.id))


@ROUTES.at("PATCH", _C)
def change_channel(call: Call) -> Reply:
    """Change a channel's or thread's fields."""
    world, body = call.parts.world, call.json()
    found = call.channel(call.args[0])
    if found.guild_id is None:
        raise ApiError(400, 50003, "Cannot execute action on a DM channel")
    own_thread = found.is_thread and found.owner_id == world.bot.id
    needed = perms.BITS["manage_threads" if found.is_thread else "manage_channels"]
    if found.thread and body == {"archived": False} and not found.thread["locked"]:
        needed = perms.BITS["send_messages_in_threads"]  # whoever may write there may open it
    if not own_thread:
        call.channel(found.id, needed)
    form = Form()
    name = form.text(body, "name", (), low=1, high=100)
    topic = form.text(body, "topic", (), high=4096 if found.type in POSTS else 1024)
    slowmode = form.integer(body, "rate_limit_per_user", (), low=0, high=21600)
    form.close()
    (_change_thread if found.is_thread else _change_place)(call, found, body)
    if name is not None:
        found.name = name
    if "topic" in body:
        found.topic = topic
    if slowmode is not None:
        found.slowmode = slowmode
    world.change_channel(found)
    return Reply(200, found.json(world.bot.id))


def _change_thread(call: Call, found: Channel, body: Json) -> None:
    """Change what threads alone have."""
    if found.thread is None:
        return
    tags = known_tags(body, call.parts.world.channels[found.parent_id or ""])
    found.thread["auto_archive_duration"] = archive_minutes(body, found.thread["auto_archive_duration"])
    for key in ("archived", "locked", "invitable"):
        if body.get(key) is not None:
            found.thread[key] = body[key]
    if "archived" in body:
        found.thread["archive_timestamp"] = call.parts.clock.iso()
    if "applied_tags" in body:
        found.applied_tags = tags


def _change_place(call: Call, found: Channel, body: Json) -> None:
    """Change what channels alone have."""
    if "available_tags" in body and found.type in POSTS:
        found.tags = tags_of(call, body["available_tags"])
    if "parent_id" in body:
        found.parent_id = body["parent_id"]
    if "nsfw" in body:
        found.nsfw = bool(body["nsfw"])
    if "permission_overwrites" in body:
        found.overwrites = {o.id: o for o in overwrites_of(body["permission_overwrites"])}


def archive_minutes(body: Mapping[str, Any], usual: int = 1440) -> int:
    """Return after how many idle minutes a thread is archived: the body's wish, or the usual."""
    form = Form()
    minutes = form.choice(body, "auto_archive_duration", (), (60, 1440, 4320, 10080))
    form.close()
    return usual if minutes is None else minutes


def tags_of(call: Call, listed: list[Json] | None) -> list[Json]:
    """Return the tags that a forum's posts may bear, each with an id."""
    form = Form()
    for number, tag in enumerate(listed or ()):
        form.text(tag, "name", ("available_tags", number), low=1, high=20, required=True)
    form.close()
    return [
        {
            "id": str(tag.get("id") or call.parts.world.snowflakes.next()),
            "name": tag["name"],
            "moderated": bool(tag.get("moderated")),
            "emoji_id": tag.get("emoji_id"),
            "emoji_name": tag.get("emoji_name"),
        }
        for tag in listed or ()
    ]


def known_tags(body: Mapping[str, Any], forum: Channel) -> list[str]:
    """Return the tags that a post is to bear; raise when its forum has no such tag."""
    form = Form()
    wanted = [str(key) for key in form.items(body, "applied_tags", (), high=5)]
    known = {tag["id"] for tag in forum.tags}
    for number, key in enumerate(wanted):
        if key not in known:
            form.fault(("applied_tags", number), "BASE_TYPE_CHOICES", "Unknown tag.")
    form.close()
    return wanted


def overwrites_of(listed: list[Json] | None) -> list[Overwrite]:
    """Return the overwrites of a body."""
    return [
        Overwrite(str(o["id"]), int(o["type"]), int(o.get("allow") or 0), int(o.get("deny") or 0))
        for o in listed or ()
    ]


@ROUTES.at("DELETE", _C)
def delete_channel(call: Call) -> Reply:
    """Delete a channel or thread; close a direct one."""
    found = call.channel(call.args[0])
    if found.guild_id is not None:
        needed = perms.BITS["manage_threads" if found.is_thread else "manage_channels"]
        call.channel(found.id, needed)
        call.parts.world.remove_channel(found)
    return Reply(200, found.json(call.parts.world.bot.id))


@ROUTES.at("PUT", _C + "/permissions/{overwrite_id}")
def set_overwrite(call: Call) -> Reply:
    """Set what one role or member may do in a channel."""
    found = call.channel(call.args[0], perms.BITS["manage_roles"])
    body = call.json()
    form = Form()
    kind = form.choice(body, "type", (), (0, 1), required=True)
    allow = form.integer(body, "allow", (), low=0)
    deny = form.integer(body, "deny", (), low=0)
    form.close()
    overwrite = Overwrite(call.args[1], kind or 0, allow or 0, deny or 0)
    call.parts.world.overwrite(found, overwrite, overwrite.id)
    return Reply(204)


@ROUTES.at("DELETE", _C + "/permissions/{overwrite_id}")
def delete_overwrite(call: Call) -> Reply:
    """Take an overwrite away."""
    found = call.channel(call.args[0], perms.BITS["manage_roles"])
    if call.args[1] not in found.overwrites:
        raise unknown("overwrite")
    call.parts.world.overwrite(found, None, call.args[1])
    return Reply(204)


@ROUTES.at("POST", _C + "/typing")
def typing(call: Call) -> Reply:
    """Show that the bot is typing."""
    world, found = call.parts.world, writable(call, call.args[0])
    now = int(world.clock.now())
    data: Json = {"channel_id": found.id, "user_id": world.bot.id, "timestamp": now}
    if found.guild_id:
        data["guild_id"] = found.guild_id
    world.tell("TYPING_START", data, world.guild_of(found), found)
    return Reply(204)


def writable(call: Call, channel_id: str) -> Channel:
    """Return a channel in which the bot may write."""
    found = call.channel(channel_id)
    if found.guild_id is None:
        return found
    if found.type in POSTS or (not found.is_thread and found.type not in _WRITABLE):
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    _hear(call, found)
    call.channel(
        channel_id, perms.BITS["send_messages_in_threads"] if found.is_thread else perms.SEND_MESSAGES
    )
    if found.thread and found.thread["locked"]:
        raise ApiError(403, 160005, "Thread is locked")
    if found.thread and found.thread["archived"]:
        found.thread["archived"] = False
        call.parts.world.change_channel(found)
    return found


def _hear(call: Call, channel: Channel) -> None:
    """Refuse the chat of a voice channel to a bot that may not connect."""
    world = call.parts.world
    if channel.type in _VOICES and not world.permissions(world.bot.id, channel) & perms.BITS["connect"]:
        raise ApiError(403, 50001, "Missing Access")


@ROUTES.at("GET", _C + "/messages")
def messages(call: Call) -> Reply:
    """List a channel's messages, newest first; none without the right to read history."""
    world = call.parts.world
    found = call.channel(call.args[0])
    _hear(call, found)
    limit = call.limit(50, 100)
    around, before, after = map(call.snowflake, ("around", "before", "after"))
    if found.guild_id and not world.permissions(world.bot.id, found) & perms.READ_MESSAGE_HISTORY:
        return Reply(200, [])
    if around is not None:
        older = world.history(found, before=around + 1, limit=limit // 2 + 1)
        newer = world.history(found, after=around, limit=limit - len(older)) if limit > len(older) else []
        listed = newer + older
    else:
        listed = world.history(found, before=before, after=after, limit=limit)
    return Reply(200, [message.body for message in listed])


@ROUTES.at("POST", _C + "/messages")
def create_message(call: Call) -> Reply:
    """Post a message."""
    world = call.parts.world
    found = writable(call, call.args[0])
    if call.uploads and found.guild_id:
        call.channel(found.id, perms.ATTACH_FILES)
    is_reply = call.body is not None and bool(call.json().get("message_reference"))
    if (
        is_reply
        and found.guild_id
        and not world.permissions(world.bot.id, found) & perms.READ_MESSAGE_HISTORY
    ):
        raise ApiError(403, 160002, "Cannot reply without permission to read message history")
    if found.type == ChannelType.DM and world.bot not in found.recipients:
        raise ApiError(403, 50001, "Missing Access")
    body = call.json()
    if not body and call.uploads:
        body = {"attachments": [{"id": upload.number} for upload in call.uploads]}
    flags = body.get("flags")
    if isinstance(flags, int) and flags & MessageFlag.EPHEMERAL:
        body = {**body, "flags": flags & ~64}  # only an interaction's answer can be ephemeral
    return Reply(200, call.parts.writer.create(found, world.bot, body, call.uploads).body)


def _message(call: Call, *needed: int) -> Message:
    return call.message(call.channel(call.args[0], *needed), call.args[1])


@ROUTES.at("GET", _M)
def message(call: Call) -> Reply:
    """Return a message."""
    found = call.channel(call.args[0])
    if found.guild_id:
        call.channel(found.id, perms.READ_MESSAGE_HISTORY)
    return Reply(200, _message(call).body)


@ROUTES.at("PATCH", _M)
def edit_message(call: Call) -> Reply:
    """Edit one of the bot's messages; of another's only the suppressing of embeds."""
    found = _message(call)
    if found.author_id != call.parts.world.bot.id:
        if set(call.json()) - {"flags"}:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        _message(call, perms.MANAGE_MESSAGES)
    if found.channel.thread and found.channel.thread["archived"]:
        raise ApiError(400, 50083, "Thread is archived")
    return Reply(200, call.parts.writer.edit(found, call.json(), call.uploads).body)


@ROUTES.at("DELETE", _M)
def delete_message(call: Call) -> Reply:
    """Delete a message; another's needs the right to."""
    found = _message(call)
    if found.author_id != call.parts.world.bot.id:
        if found.channel.guild_id is None:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
        _message(call, perms.MANAGE_MESSAGES)
    call.parts.world.remove_message(found)
    return Reply(204)


@ROUTES.at("POST", _C + "/messages/bulk-delete")
def delete_messages(call: Call) -> Reply:
    """Delete 2 to 100 messages at once, none older than two weeks."""
    world = call.parts.world
    found = call.channel(call.args[0], perms.MANAGE_MESSAGES)
    form = Form()
    ids = form.items(call.json(), "messages", (), low=2, high=100, required=True)
    form.close()
    if any(made_at(str(key)) < world.clock.now() - _BULK_SECONDS for key in ids):
        raise ApiError(400, 50034, "You can only bulk delete messages that are under 14 days old.")
    world.remove_messages(found, [found.messages[str(key)] for key in ids if str(key) in found.messages])
    return Reply(204)


_PINS: Final = ("/channels/{channel_id}/pins", "/channels/{channel_id}/messages/pins")


@ROUTES.at("GET", _PINS[0])
def pins(call: Call) -> Reply:
    """List pinned messages, as the older route does."""
    found = call.channel(call.args[0])
    return Reply(200, [found.messages[key].body for key in reversed(found.pins)])


@ROUTES.at("GET", _PINS[1])
def pins_paged(call: Call) -> Reply:
    """List pinned messages with when they were pinned."""
    found = call.channel(call.args[0])
    items = [
        {"pinned_at": at, "message": found.messages[key].body} for key, at in reversed(found.pins.items())
    ]
    return Reply(200, {"items": items, "has_more": False})


def _pinnable(call: Call) -> Message:
    """Return a message that the bot may pin or unpin."""
    found = _message(call)
    world = call.parts.world
    if found.channel.guild_id:
        held = world.permissions(world.bot.id, found.channel)
        if not held & perms.BITS["pin_messages"] and not held & perms.MANAGE_MESSAGES:
            raise missing_permissions()
    return found


def _tell_pins(call: Call, message: Message) -> None:
    """Tell that a channel's pins changed."""
    world, place = call.parts.world, message.channel
    message.body["pinned"] = message.id in place.pins
    world.change_message(message)
    data: Json = {"channel_id": place.id, "last_pin_timestamp": next(reversed(place.pins.values()), None)}
    if place.guild_id:
        data["guild_id"] = place.guild_id
    world.tell("CHANNEL_PINS_UPDATE", data, world.guild_of(place), place)


def _pin(call: Call) -> Reply:
    found = _pinnable(call)
    if found.id not in found.channel.pins:
        if len(found.channel.pins) >= _MOST_PINS:
            raise ApiError(400, 30003, f"Maximum number of pins reached for the channel ({_MOST_PINS})")
        found.channel.pins[found.id] = call.parts.clock.iso()
        _tell_pins(call, found)
        call.parts.writer.line(found.channel, call.parts.world.bot, MessageType.PINNED, pointing(found))
    return Reply(204)


def _unpin(call: Call) -> Reply:
    found = _pinnable(call)
    if found.channel.pins.pop(found.id, None) is not None:
        _tell_pins(call, found)
    return Reply(204)


for _base in _PINS:
    ROUTES.at("PUT", _base + "/{message_id}")(_pin)
    ROUTES.at("DELETE", _base + "/{message_id}")(_unpin)


@ROUTES.at("GET", _C + "/invites")
@ROUTES.at("GET", _C + "/webhooks")
def nothing(call: Call) -> Reply:
    """List what this local Discord has none of."""
    call.channel(call.args[0], perms.BITS["manage_channels"])
    return Reply(200, [])
