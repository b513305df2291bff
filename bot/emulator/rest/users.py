"""The bot's own account, other users, direct channels."""

from bot.emulator.errors import ApiError, Form, unknown
from bot.emulator.permissions import in_guild
from bot.emulator.snowflake import is_snowflake

from .router import Call, Reply, Routes

ROUTES = Routes()


@ROUTES.at("GET", "/users/@me")
def me(call: Call) -> Reply:
    """Return the bot's own user."""
    return Reply(200, _own(call))


def _own(call: Call) -> dict[str, object]:
    own = call.parts.world.bot.json()
    return own | {"mfa_enabled": True, "verified": True, "email": None, "locale": "en-US", "flags": 0}


@ROUTES.at("PATCH", "/users/@me")
def change_me(call: Call) -> Reply:
    """Rename the bot."""
    form = Form()
    name = form.text(call.json(), "username", (), low=2, high=32)
    form.close()
    if name:
        call.parts.world.bot.username = name
        call.parts.world.tell("USER_UPDATE", _own(call))
    return Reply(200, _own(call))


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
    after = int(call.query.get("after", "0") or 0)
    before = int(call.query.get("before", "0") or 0)
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
