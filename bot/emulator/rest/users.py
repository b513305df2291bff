"""The bot's own account, other users, direct channels, and what everybody has."""

import base64
import binascii
import hashlib
import re
from typing import Final

from bot.emulator.errors import ApiError, Form, Json, unknown
from bot.emulator.objects import Attachment
from bot.emulator.permissions import in_guild
from bot.emulator.rest.router import Call, Reply, Routes
from bot.emulator.snowflake import is_snowflake

ROUTES = Routes()
_DATA = re.compile(r"data:(image/(png|jpeg|gif|webp));base64,")
_LARGEST: Final = 14 * 1024 * 1024  # characters: ten megabytes in base64

# Discord's own sounds that every server has, by their ids.
_SOUNDS: Final = (
    (1, "quack", "🦆"),
    (2, "airhorn", "🔊"),
    (3, "cricket", "🦗"),
    (4, "golf clap", "👏"),
    (5, "sad horn", "🎺"),
    (7, "ba dum tss", "🥁"),
)


@ROUTES.at("GET", "/users/@me")
def me(call: Call) -> Reply:
    """Return the bot's own user."""
    return Reply(200, _own(call))


def _own(call: Call) -> dict[str, object]:
    own = call.parts.world.bot.json()
    return own | {"mfa_enabled": True, "verified": True, "email": None, "locale": "en-US", "flags": 0}


@ROUTES.at("PATCH", "/users/@me")
def change_me(call: Call) -> Reply:
    """Rename the bot, or give it a face."""
    form, body, world = Form(), call.json(), call.parts.world
    name = form.text(body, "username", (), low=2, high=32)
    picture = _picture(form, body, "avatar")
    form.close()
    if name:
        world.bot.username = name
    if "avatar" in body:
        world.bot.avatar = picture.id if picture else None
        if picture:
            world.avatars[picture.id] = picture
    world.tell("USER_UPDATE", _own(call))
    return Reply(200, _own(call))


def _picture(form: Form, body: Json, key: str) -> Attachment | None:
    """Read a picture that a body holds as a data address; its id is its hash."""
    text = form.text(body, key, (), high=_LARGEST)
    if text is None:
        return None
    found = _DATA.match(text)
    try:
        content = base64.b64decode(text[found.end() :], validate=True) if found else b""
    except binascii.Error:
        content = b""
    if found is None or not content:
        form.fault((key,), "IMAGE_INVALID", "Invalid image data")
        return None
    hashed = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return Attachment(hashed, "", f"{hashed}.{found[2]}", content, found[1])


@ROUTES.at("GET", "/users/{user_id}")
def user(call: Call) -> Reply:
    """Return any user."""
    found = call.parts.world.users.get(call.args[0])
    if found is None:
        raise unknown("user")
    return Reply(200, found.json())


@ROUTES.at("GET", "/users/@me/guilds")
def my_guilds(call: Call) -> Reply:
    """List the servers the bot is in."""
    world = call.parts.world
    guilds = [guild for guild in world.guilds.values() if world.has_bot(guild)]
    after = call.snowflake("after") or 0
    before = call.snowflake("before") or 0
    kept = [g for g in guilds if int(g.id) > after and (not before or int(g.id) < before)]
    return Reply(
        200,
        [
            {
                "id": guild.id,
                "name": guild.name,
                "icon": None,
                "banner": None,
                "owner": guild.owner_id == world.bot.id,
                "permissions": str(in_guild(guild, guild.members[world.bot.id])),
                "features": [],
                "approximate_member_count": len(guild.members),
                "approximate_presence_count": len(guild.members),
            }
            for guild in kept[: call.limit(200, 200)]
        ],
    )


@ROUTES.at("DELETE", "/users/@me/guilds/{guild_id}")
def leave_guild(call: Call) -> Reply:
    """Leave a server."""
    world = call.parts.world
    world.remove_member(call.guild(call.args[0]), world.bot)
    return Reply(204)


@ROUTES.at("POST", "/users/@me/channels")
def open_dm(call: Call) -> Reply:
    """Return the direct channel with a user, opened when there is none."""
    world = call.parts.world
    recipient = str(call.json().get("recipient_id"))
    if not is_snowflake(recipient) or recipient not in world.users:
        raise ApiError(400, 50033, "Invalid Recipient(s)")
    if recipient == world.bot.id:
        raise ApiError(400, 50007, "Cannot send messages to this user")
    return Reply(200, world.dm(world.users[recipient], world.bot).json(world.bot.id))


@ROUTES.at("GET", "/soundboard-default-sounds")
def default_sounds(call: Call) -> Reply:
    """List the sounds that everybody may play."""
    del call
    rest = {"volume": 1.0, "emoji_id": None, "available": True}
    sounds = ({"sound_id": str(key), "name": name, "emoji_name": emoji} for key, name, emoji in _SOUNDS)
    return Reply(200, [sound | rest for sound in sounds])
