"""Bans: who is kept out of a server."""

from typing import Final

from bot.emulator import permissions as perms
from bot.emulator.errors import ApiError, Form, Json, missing_permissions, unknown
from bot.emulator.objects import Guild, User
from bot.emulator.rest.router import Call, Reply, Routes
from bot.emulator.snowflake import made_at

ROUTES = Routes()
_B = "/guilds/{guild_id}/bans"
_LONGEST: Final = 604_800  # seconds of messages that a ban may delete


def _guild(call: Call) -> Guild:
    return call.guild(call.args[0], perms.BITS["ban_members"])


def _user(call: Call, user_id: str) -> User:
    try:
        return call.parts.world.users[user_id]
    except KeyError:
        raise unknown("user") from None


def _banned(guild: Guild, user_id: str) -> Json:
    if user_id not in guild.bans:
        raise unknown("ban")
    user, reason = guild.bans[user_id]
    return {"user": user.json(), "reason": reason}


@ROUTES.at("GET", _B)
def bans(call: Call) -> Reply:
    """List a server's bans by user id."""
    guild, after = _guild(call), call.snowflake("after") or 0
    limit = call.limit(1000, 1000)
    listed = sorted((key for key in guild.bans if int(key) > after), key=int)[:limit]
    return Reply(200, [_banned(guild, key) for key in listed])


@ROUTES.at("GET", _B + "/{user_id}")
def ban(call: Call) -> Reply:
    """Return one ban."""
    return Reply(200, _banned(_guild(call), call.args[1]))


def _delete_since(call: Call) -> int:
    """Return how many seconds of the banned one's messages are to go."""
    form, body = Form(), call.json()
    seconds = form.integer(body, "delete_message_seconds", (), low=0, high=_LONGEST)
    days = form.integer(body, "delete_message_days", (), low=0, high=7)
    form.close()
    return seconds if seconds is not None else (days or 0) * 86_400


def _ban(call: Call, guild: Guild, user: User, seconds: int) -> None:
    world = call.parts.world
    if user.id in (guild.owner_id, world.bot.id):
        raise missing_permissions()
    world.ban(guild, user, call.reason)
    if seconds:
        since = world.clock.now() - seconds
        for channel in (*guild.channels.values(), *guild.threads.values()):
            theirs = (m for m in channel.messages.values() if m.author_id == user.id)
            world.remove_messages(channel, [m for m in theirs if made_at(m.id) >= since])


@ROUTES.at("PUT", _B + "/{user_id}")
def create_ban(call: Call) -> Reply:
    """Ban an account, whether or not it is a member."""
    guild = _guild(call)
    _ban(call, guild, _user(call, call.args[1]), _delete_since(call))
    return Reply(204)


@ROUTES.at("DELETE", _B + "/{user_id}")
def remove_ban(call: Call) -> Reply:
    """Lift a ban."""
    guild = _guild(call)
    _banned(guild, call.args[1])
    call.parts.world.unban(guild, _user(call, call.args[1]))
    return Reply(204)


@ROUTES.at("POST", "/guilds/{guild_id}/bulk-ban")
def bulk_ban(call: Call) -> Reply:
    """Ban up to 200 accounts at once; tell which could be."""
    guild = call.guild(call.args[0], perms.BITS["ban_members"], perms.BITS["manage_guild"])
    form = Form()
    wanted = [str(key) for key in form.items(call.json(), "user_ids", (), low=1, high=200, required=True)]
    form.close()
    seconds = _delete_since(call)
    world = call.parts.world
    may = [key for key in wanted if key in world.users and key not in (guild.owner_id, world.bot.id)]
    fresh = [key for key in may if key not in guild.bans]
    if not fresh:
        raise ApiError(500, 500000, "Failed to ban users")
    for key in fresh:
        _ban(call, guild, world.users[key], seconds)
    return Reply(200, {"banned_users": fresh, "failed_users": [key for key in wanted if key not in fresh]})
