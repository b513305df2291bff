"""Servers: their channels, members and roles."""

from bot.emulator import permissions as perms
from bot.emulator.enums import POSTS, ChannelType
from bot.emulator.errors import Form, Json, missing_permissions, unknown
from bot.emulator.objects import Channel, Guild, Member, Role
from bot.emulator.rest.channels import overwrites_of, tags_of
from bot.emulator.rest.router import Call, Reply, Routes

ROUTES = Routes()
_G = "/guilds/{guild_id}"


@ROUTES.at("GET", _G)
def guild(call: Call) -> Reply:
    """Return a server."""
    found = call.guild(call.args[0])
    body = found.json()
    if call.flag("with_counts"):
        body |= {
            "approximate_member_count": len(found.members),
            "approximate_presence_count": len(found.members),
        }
    return Reply(200, body)


@ROUTES.at("GET", _G + "/preview")
def preview(call: Call) -> Reply:
    """Return what anybody may know of a server."""
    found = call.guild(call.args[0])
    keys = (
        "id", "name", "icon", "splash", "discovery_splash", "home_header", "emojis", "features",
        "description", "stickers",
    )  # fmt: skip
    body = found.json()
    counts = {
        "approximate_member_count": len(found.members),
        "approximate_presence_count": len(found.members),
    }
    return Reply(200, {key: body[key] for key in keys} | counts)


@ROUTES.at("PATCH", _G)
def change_guild(call: Call) -> Reply:
    """Rename a server."""
    found = call.guild(call.args[0], perms.BITS["manage_guild"])
    form = Form()
    name = form.text(call.json(), "name", (), low=2, high=100)
    form.close()
    if name:
        found.name = name
        call.parts.world.change_guild(found)
    return Reply(200, found.json())


@ROUTES.at("GET", _G + "/channels")
def channels(call: Call) -> Reply:
    """List a server's channels, threads not among them."""
    return Reply(200, [channel.json() for channel in call.guild(call.args[0]).channels.values()])


@ROUTES.at("POST", _G + "/channels")
def create_channel(call: Call) -> Reply:
    """Create a channel."""
    world, body = call.parts.world, call.json()
    found = call.guild(call.args[0], perms.BITS["manage_channels"])
    form = Form()
    name = form.text(body, "name", (), low=1, high=100, required=True)
    kind = form.choice(body, "type", (), (0, 2, 4, 5, 13, 14, 15, 16))
    form.text(body, "topic", (), high=4096 if kind in POSTS else 1024)
    slowmode = form.integer(body, "rate_limit_per_user", (), low=0, high=21600)
    form.close()
    channel = Channel(world.snowflakes.next(), ChannelType.TEXT if kind is None else kind, found.id, name)
    channel.parent_id, channel.topic = body.get("parent_id"), body.get("topic")
    channel.overwrites = {o.id: o for o in overwrites_of(body.get("permission_overwrites"))}
    channel.slowmode, channel.nsfw = slowmode or 0, bool(body.get("nsfw"))
    if channel.type in POSTS:
        channel.tags = tags_of(call, body.get("available_tags"))
    return Reply(201, world.add_channel(found, channel).json())


@ROUTES.at("PATCH", _G + "/channels")
def move_channels(call: Call) -> Reply:
    """Change channels' places."""
    found = call.guild(call.args[0], perms.BITS["manage_channels"])
    for entry in call.body if isinstance(call.body, list) else ():
        channel = found.channels.get(str(entry.get("id")))
        if channel is not None and entry.get("position") is not None:
            channel.position = int(entry["position"])
            call.parts.world.change_channel(channel)
    return Reply(204)


# --- members


def _member(call: Call, guild: Guild, user_id: str) -> Member:
    try:
        return guild.members[user_id]
    except KeyError:
        if user_id not in call.parts.world.users:
            raise unknown("user") from None
        raise unknown("member") from None


@ROUTES.at("GET", _G + "/members")
def members(call: Call) -> Reply:
    """List members by id."""
    found = call.guild(call.args[0])
    after = call.snowflake("after") or 0
    listed = sorted(
        (m for m in found.members.values() if int(m.user.id) > after), key=lambda m: int(m.user.id)
    )
    return Reply(200, [member.json() for member in listed[: call.limit(1, 1000)]])


@ROUTES.at("GET", _G + "/members/search")
def search_members(call: Call) -> Reply:
    """List members whose name begins so."""
    found, begun = call.guild(call.args[0]), call.query.get("query", "").lower()
    listed = [m for m in found.members.values() if _begins(m, begun)]
    return Reply(200, [member.json() for member in listed[: call.limit(1, 1000)]])


def _begins(member: Member, begun: str) -> bool:
    names = (member.nick, member.user.global_name, member.user.username)
    return any(name is not None and name.lower().startswith(begun) for name in names)


@ROUTES.at("GET", _G + "/members/{user_id}")
def member(call: Call) -> Reply:
    """Return a member; this needs no privileged intent."""
    return Reply(200, _member(call, call.guild(call.args[0]), call.args[1]).json())


@ROUTES.at("PATCH", _G + "/members/@me")
def change_own_member(call: Call) -> Reply:
    """Change the bot's nickname."""
    world, found = call.parts.world, call.guild(call.args[0], perms.BITS["change_nickname"])
    own = found.members[world.bot.id]
    own.nick = call.json().get("nick") or None
    world.change_member(found, own)
    return Reply(200, own.json())


@ROUTES.at("PATCH", _G + "/members/{user_id}")
def change_member(call: Call) -> Reply:
    """Change a member's nickname, roles or time-out."""
    world, body = call.parts.world, call.json()
    found = call.guild(call.args[0])
    needed = {
        "nick": "manage_nicknames",
        "roles": "manage_roles",
        "communication_disabled_until": "moderate_members",
    }
    call.guild(found.id, *(perms.BITS[right] for key, right in needed.items() if key in body))
    target = _member(call, found, call.args[1])
    if target.user.id == found.owner_id:
        raise missing_permissions()
    if "nick" in body:
        target.nick = body["nick"] or None
    if "roles" in body:
        target.roles = [call.role(found, str(key)).id for key in body["roles"] or ()]
    if "communication_disabled_until" in body:
        target.timed_out_until = body["communication_disabled_until"]
    world.change_member(found, target)
    return Reply(200, target.json())


@ROUTES.at("DELETE", _G + "/members/{user_id}")
def kick(call: Call) -> Reply:
    """Remove a member."""
    found = call.guild(call.args[0], perms.BITS["kick_members"])
    target = _member(call, found, call.args[1])
    if target.user.id == found.owner_id:
        raise missing_permissions()
    call.parts.world.remove_member(found, target.user)
    return Reply(204)


def _give(call: Call, *, given: bool) -> Reply:
    found = call.guild(call.args[0], perms.BITS["manage_roles"])
    target, role = _member(call, found, call.args[1]), call.role(found, call.args[2])
    if given and role.id not in target.roles:
        target.roles.append(role.id)
    elif not given and role.id in target.roles:
        target.roles.remove(role.id)
    call.parts.world.change_member(found, target)
    return Reply(204)


@ROUTES.at("PUT", _G + "/members/{user_id}/roles/{role_id}")
def give_role(call: Call) -> Reply:
    """Give a member a role."""
    return _give(call, given=True)


@ROUTES.at("DELETE", _G + "/members/{user_id}/roles/{role_id}")
def take_role(call: Call) -> Reply:
    """Take a role from a member."""
    return _give(call, given=False)


# --- roles


@ROUTES.at("GET", _G + "/roles")
def roles(call: Call) -> Reply:
    """List roles."""
    return Reply(200, [role.json() for role in call.guild(call.args[0]).roles.values()])


@ROUTES.at("GET", _G + "/roles/{role_id}")
def role(call: Call) -> Reply:
    """Return a role."""
    return Reply(200, call.role(call.guild(call.args[0]), call.args[1]).json())


def _filled(role: Role, body: Json) -> Role:
    form = Form()
    form.text(body, "name", (), high=100)
    permissions = form.integer(body, "permissions", (), low=0)
    colour = form.integer(body, "color", (), low=0, high=0xFFFFFF)
    form.close()
    role.name = body.get("name") or role.name
    role.permissions = role.permissions if permissions is None else permissions
    role.colour = role.colour if colour is None else colour
    role.hoist = bool(body.get("hoist", role.hoist))
    role.mentionable = bool(body.get("mentionable", role.mentionable))
    return role


@ROUTES.at("POST", _G + "/roles")
def create_role(call: Call) -> Reply:
    """Create a role; it begins with what everybody may do."""
    world, found = call.parts.world, call.guild(call.args[0], perms.BITS["manage_roles"])
    everyone = found.roles[found.id].permissions
    fresh = Role(world.snowflakes.next(), "new role", everyone, position=1)
    return Reply(200, world.add_role(found, _filled(fresh, call.json())).json())


@ROUTES.at("PATCH", _G + "/roles")
def move_roles(call: Call) -> Reply:
    """Change roles' places; answer with all roles."""
    found = call.guild(call.args[0], perms.BITS["manage_roles"])
    entries = [entry for entry in call.body if isinstance(entry, dict)] if isinstance(call.body, list) else []
    moved = [(call.role(found, str(entry.get("id"))), entry.get("position")) for entry in entries]
    for role, position in moved:
        if position is not None and role.id != found.id:
            role.position = int(position)
            call.parts.world.change_role(found, role)
    return Reply(200, [role.json() for role in found.roles.values()])


@ROUTES.at("PATCH", _G + "/roles/{role_id}")
def change_role(call: Call) -> Reply:
    """Change a role."""
    found = call.guild(call.args[0], perms.BITS["manage_roles"])
    changed = _filled(call.role(found, call.args[1]), call.json())
    call.parts.world.change_role(found, changed)
    return Reply(200, changed.json())


@ROUTES.at("DELETE", _G + "/roles/{role_id}")
def delete_role(call: Call) -> Reply:
    """Delete a role."""
    found = call.guild(call.args[0], perms.BITS["manage_roles"])
    gone = call.role(found, call.args[1])
    if gone.managed or gone.id == found.id:
        raise missing_permissions()
    call.parts.world.remove_role(found, gone)
    return Reply(204)


@ROUTES.at("GET", _G + "/emojis")
@ROUTES.at("GET", _G + "/stickers")
@ROUTES.at("GET", _G + "/invites")
@ROUTES.at("GET", _G + "/webhooks")
def nothing(call: Call) -> Reply:
    """List what this local Discord has none of."""
    call.guild(call.args[0])
    return Reply(200, [])


@ROUTES.at("GET", _G + "/soundboard-sounds")
def sounds(call: Call) -> Reply:
    """List a server's own sounds: it has none."""
    call.guild(call.args[0])
    return Reply(200, {"items": []})
