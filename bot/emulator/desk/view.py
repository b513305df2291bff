"""What people are shown of the world: as one person's client would show it, or all of it."""

from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import islice

from bot.emulator import permissions as perms
from bot.emulator.enums import ChannelType
from bot.emulator.errors import DeskError, Json
from bot.emulator.gateway import Gateway
from bot.emulator.objects import Channel, Guild, Member, Message, User
from bot.emulator.parts import Parts
from bot.emulator.snowflake import is_snowflake, whole


class View:
    """Looks at the world for somebody; a viewer who is None sees everything."""

    def __init__(self, parts: Parts, gateway: Gateway) -> None:
        self._parts = parts
        self._gateway = gateway

    def person(self, user_id: str | None) -> User:
        """Return a person by id, the first of all when none is named."""
        if user_id is None:
            return next(user for user in self._parts.world.users.values() if not user.bot)
        return self._parts.people.user(user_id)

    def state(self, user: User) -> Json:
        """Return all that a person's client shows at first."""
        world = self._parts.world
        guilds = [guild for guild in world.guilds.values() if user.id in guild.members]
        directs = [c for c in world.channels.values() if c.type == ChannelType.DM and user in c.recipients]
        return {
            "me": user.json(),
            "bot": {
                "user": world.bot.json(),
                "online": self._gateway.online,
                "application_id": world.application_id,
            },
            "users": [u.json() for u in world.users.values()],
            "guilds": [self.guild(guild, user) for guild in guilds],
            "dms": [self.place(channel, user) for channel in directs],
            "commands": self._parts.commands.every(),
            "permissions": list(perms.BITS),
            "clock": self.clock(),
            "faults": self._parts.faults.listed(),
        }

    def guild(self, guild: Guild, viewer: User | None) -> Json:
        """Return a server with the channels that the viewer sees."""
        places = [*guild.channels.values(), *guild.threads.values()]
        usable: dict[int, list[str]] = {}
        own = guild.members.get(self._parts.world.bot.id)
        return {
            "id": guild.id,
            "name": guild.name,
            "icon": None,
            "owner_id": guild.owner_id,
            "roles": [role.json() for role in guild.roles.values()],
            "channels": [self._place(c, viewer, usable) for c in places if self.sees(viewer, c)],
            "members": [member_json(member) for member in guild.members.values()],
            "bot_permissions": perms.names(perms.in_guild(guild, own)) if own else [],
        }

    def place(self, channel: Channel, viewer: User | None) -> Json:
        """Return a channel with what the viewer may do there, and the commands that they may use."""
        return self._place(channel, viewer, {})

    def _place(self, channel: Channel, viewer: User | None, usable: dict[int, list[str]]) -> Json:
        """Draw a channel; `usable` remembers the commands of one server by the permissions held."""
        body = channel.json(viewer.id if viewer else None)
        if viewer is None:
            return body
        world = self._parts.world
        held = world.permissions(viewer.id, channel)
        if held not in usable:
            usable[held] = [command["id"] for command in self._parts.people.usable(viewer, channel)]
        body |= {"permissions": str(held), "may": perms.names(held), "commands": usable[held]}
        if channel.guild_id:
            own = channel.overwrites.get(world.bot.id)
            allow, deny = (own.allow, own.deny) if own else (0, 0)
            body["bot_overwrite"] = {"allow": perms.names(allow), "deny": perms.names(deny)}
        return body

    def sees(self, viewer: User | None, channel: Channel) -> bool:
        """Tell whether the viewer sees a channel."""
        return viewer is None or bool(self._parts.world.permissions(viewer.id, channel) & perms.VIEW_CHANNEL)

    def clock(self) -> Json:
        """Return the world's time."""
        clock = self._parts.clock
        return {"now": clock.iso(), "offset": clock.offset}

    def messages(self, channel_id: str, query: Mapping[str, str]) -> list[Json]:
        """Return a channel's latest messages before one, newest last, with the reader's ephemeral ones.

        They stand in the order in which they came, also where the clock was set back in between.
        """
        user = self.person(query.get("as"))
        channel = self._parts.people.channel(user, channel_id)
        limit = whole(query.get("limit", "50"))
        most = min(max(limit, 1), 500) if limit is not None else 50
        before = query.get("before")
        if before is not None and not is_snowflake(before):
            raise DeskError("`before` is a message's id.")
        if not self._parts.world.permissions(user.id, channel) & perms.READ_MESSAGE_HISTORY:
            return []
        mine = [m for m in channel.whispers.values() if m.ephemeral_to == user.id]
        latest = _latest(list(channel.messages.values()), mine)
        if before is not None:
            known = self._parts.world.message(channel, before)
            latest = (m for m in latest if (m.order < known.order if known else int(m.id) < int(before)))
        return [message.body for message in islice(latest, most)][::-1]

    def sessions(self) -> Json:
        """Return who is connected to the gateway, as which shard, and how far each was told."""
        return {
            "sessions": [session.json() for session in self._gateway.sessions.values()],
            "gateway": self._parts.starts.json(),
        }


def _latest(public: list[Message], mine: list[Message]) -> Iterator[Message]:
    """Yield the messages of two lists, each in the order of arrival, the latest first."""
    return merge(reversed(public), reversed(mine), key=lambda message: -message.order)


def member_json(member: Member) -> Json:
    """Return a member as the page shows one."""
    return {
        "user": member.user.json(),
        "nick": member.nick,
        "roles": list(member.roles),
        "joined_at": member.joined_at,
    }
