"""What can be done at the desk: as a person, to the world, and to the traffic.

Each action is a coroutine that takes the request's JSON object and returns the
answer's; a refusal is a `DeskError`. `README.md` documents them one by one.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from bot.emulator import permissions as perms
from bot.emulator import reactions
from bot.emulator.desk.stream import Stream
from bot.emulator.desk.view import View
from bot.emulator.enums import ChannelType
from bot.emulator.errors import DeskError, Json
from bot.emulator.faults import ON_GATEWAY
from bot.emulator.gateway import Gateway
from bot.emulator.messages import Upload
from bot.emulator.objects import Channel, Guild, Overwrite, Role, User
from bot.emulator.parts import Parts
from bot.emulator.people import read_file
from bot.emulator.snowflake import is_instant

_AUTOCOMPLETE_SECONDS: Final = 3.0
_MOST: Final = 10_000  # channels or servers made at once

Action = Callable[[Json], Awaitable[Any]]


class Actions:
    """The actions by their paths below `/desk/`."""

    def __init__(self, parts: Parts, gateway: Gateway, view: View, stream: Stream) -> None:
        self.parts = parts
        self._gateway = gateway
        self._view = view
        self._announce = stream.announce

    def listed(self) -> dict[str, Action]:
        """Return every action by its path."""
        return {
            "commands": self._run,
            "autocomplete": self._complete,
            "press": self._press,
            "modal": self._submit,
            "dismiss": self._dismiss,
            "messages": self._write,
            "messages/delete": self._unwrite,
            "reactions": self._react,
            "channels": self._add_channel,
            "channels/delete": self._delete_channel,
            "threads": self._add_thread,
            "people": self._add_person,
            "permissions": self._permit,
            "guilds": self._add_guild,
            "guilds/leave": self._leave_guild,
            "guilds/join": self._join_guild,
            "clock": self._move_clock,
            "gateway": self._set_gateway,
            "faults": self._add_fault,
            "faults/clear": self._clear_faults,
            "reset": self._reset,
        }

    # --- as a person

    async def _run(self, body: Json) -> Json:
        people = self.parts.people
        user = people.user(body.get("as"))
        channel = people.channel(user, body.get("channel_id"))
        options, target = body.get("options") or {}, body.get("target_id")
        if not isinstance(options, dict):
            raise DeskError("`options` is an object of names and values.")
        name = str(body.get("name") or "")
        target_id = None if target is None else str(target)
        begun = people.run(user, channel, name, options, target_id, command_id=body.get("command_id"))
        return {"interaction_id": begun.id}

    async def _complete(self, body: Json) -> Json:
        people = self.parts.people
        user = people.user(body.get("as"))
        channel = people.channel(user, body.get("channel_id"))
        options = body.get("options") or {}
        interaction = people.complete(user, channel, str(body.get("name")), options, str(body.get("focused")))
        await self.parts.interactions.settled(interaction, ("pending",), _AUTOCOMPLETE_SECONDS + 0.5)
        if interaction.choices is None:
            raise DeskError("The app gave no suggestions in time.", 504)
        return {"choices": interaction.choices}

    async def _press(self, body: Json) -> Json:
        people = self.parts.people
        user = people.user(body.get("as"))
        message = people.message(user, body.get("message_id"))
        values = body.get("values")
        pressed = people.press(user, message, str(body.get("custom_id")), values)
        return {"interaction_id": pressed.id}

    async def _submit(self, body: Json) -> Json:
        people = self.parts.people
        user = people.user(body.get("as"))
        opened = self.parts.interactions.known(str(body.get("interaction_id")))
        return {"interaction_id": people.submit(user, opened, body.get("values") or {}).id}

    async def _dismiss(self, body: Json) -> Json:
        people = self.parts.people
        user = people.user(body.get("as"))
        message = people.message(user, body.get("message_id"))
        if message.ephemeral_to is None:
            raise DeskError("Only a message that you alone can see is put away.")
        self.parts.world.remove_message(message)
        return {}

    async def _write(self, body: Json) -> Json:
        people, world = self.parts.people, self.parts.world
        user = people.user(body.get("as"))
        channel = people.channel(user, body.get("channel_id"))
        right = perms.BITS["send_messages_in_threads"] if channel.is_thread else perms.SEND_MESSAGES
        if channel.guild_id and not world.permissions(user.id, channel) & right:
            raise DeskError("This person may not write in this channel.", 403)
        content = {"content": body.get("content"), "message_reference": body.get("message_reference")}
        files = [_upload(number, file) for number, file in enumerate(body.get("files") or ())]
        if files and channel.guild_id and not world.permissions(user.id, channel) & perms.ATTACH_FILES:
            raise DeskError("This person may not attach files in this channel.", 403)
        return self.parts.writer.create(channel, user, content, files).body

    async def _unwrite(self, body: Json) -> Json:
        people, world = self.parts.people, self.parts.world
        user = people.user(body.get("as"))
        message = people.message(user, body.get("message_id"))
        held = world.permissions(user.id, message.channel)
        if message.author_id != user.id and not held & perms.MANAGE_MESSAGES:
            raise DeskError("This person may not delete another's message here.", 403)
        world.remove_message(message)
        return {}

    async def _react(self, body: Json) -> Json:
        """React to a message, or take the reaction back when there is one."""
        people, world = self.parts.people, self.parts.world
        user = people.user(body.get("as"))
        message = people.message(user, body.get("message_id"))
        if message.ephemeral_to is not None:
            raise DeskError("A message that you alone can see takes no reactions.")
        emoji = reactions.emoji_of(str(body.get("emoji") or ""))
        users = reactions.who(message, emoji)
        if user.id in users:
            reactions.take(world, message, emoji, user.id)
            return {"reacted": False}
        if not users and not world.permissions(user.id, message.channel) & perms.ADD_REACTIONS:
            raise DeskError("This person may not add reactions in this channel.", 403)
        reactions.put(world, message, emoji, user.id)
        return {"reacted": True}

    # --- places and people

    async def _add_channel(self, body: Json) -> Json:
        """Add a channel, or with `count` so many at once, numbered from 1."""
        guild = self._guild(body)
        name = str(body.get("name") or "").strip()
        if not 1 <= len(name) <= 100:
            raise DeskError("A channel's name has 1 to 100 characters.")
        kind = body.get("type") or ChannelType.TEXT
        if kind not in set(ChannelType) - {ChannelType.DM}:
            raise DeskError("`type` is one of Discord's channel types, for example 0.")
        if body.get("count") is None:
            return self._new_channel(guild, name, kind, body.get("parent_id"))
        made = [self._new_channel(guild, f"{name}-{n}", kind, None) for n in _numbers(body["count"])]
        return {"channels": made}

    def _new_channel(self, guild: Guild, name: str, kind: int, parent_id: str | None) -> Json:
        channel = Channel(self.parts.world.snowflakes.next(), kind, guild.id, name, parent_id)
        return self.parts.world.add_channel(guild, channel).json()

    def _channel(self, body: Json) -> Channel:
        channel = self.parts.world.channels.get(str(body.get("channel_id")))
        if channel is None:
            raise DeskError("There is no such channel.", 404)
        return channel

    def _guild(self, body: Json) -> Guild:
        """Return the server that `guild_id` names, the first one when it is left out."""
        guilds = self.parts.world.guilds
        wanted = body.get("guild_id")
        guild = guilds.get(str(wanted)) if wanted else next(iter(guilds.values()), None)
        if guild is None:
            raise DeskError("There is no such server.", 404)
        return guild

    async def _delete_channel(self, body: Json) -> Json:
        self.parts.world.remove_channel(self._channel(body))
        return {}

    async def _add_thread(self, body: Json) -> Json:
        channel = self._channel(body)
        if channel.guild_id is None or channel.is_thread:
            raise DeskError("A thread is opened in a server's channel.")
        owner = self._view.person(body.get("as"))
        name = str(body.get("name") or "thread")[:100]
        world = self.parts.world
        return world.open_thread(world.new_thread(channel, name, owner)).json()

    async def _add_person(self, body: Json) -> Json:
        """Add a new person, or (by `user_id`) one who is there, to a server."""
        world, guild = self.parts.world, self._guild(body)
        given = _named(body.get("permissions"))
        if body.get("user_id"):
            user = self.parts.people.user(body["user_id"])
            if user.id in guild.bans:
                raise DeskError(f"{user.shown} is banned from this server.", 403)
        else:
            name = str(body.get("name") or "").strip()
            if not 1 <= len(name) <= 32:
                raise DeskError("A name has 1 to 32 characters.")
            user = world.add_user(name)
            world.dm(user, world.bot)
        if user.id in guild.members:
            raise DeskError(f"{user.shown} is a member already.")
        world.add_member(guild, user)
        if given:
            self._own_role(guild, user, given)
        self.parts.writer.welcome(guild, user)
        self._announce("people_update", users=[u.json() for u in world.users.values()])
        return user.json()

    async def _permit(self, body: Json) -> Json:
        """Set what somebody may do in one channel, or give and take rights in a whole server."""
        if body.get("channel_id"):
            return self._permit_here(self._channel(body), body)
        world, guild = self.parts.world, self._guild(body)
        give, take = _named(body.get("give")), _named(body.get("take"))
        if not give and not take:
            raise DeskError("Name rights to `give` or to `take`, or a channel by `channel_id`.")
        if role_id := body.get("role_id"):
            role = guild.roles.get(str(role_id))
            if role is None:
                raise DeskError("There is no such role.", 404)
        else:
            user = world.users.get(str(body.get("user_id") or world.bot.id))
            if user is None or user.id not in guild.members:
                raise DeskError("This account is not a member of the server.", 404)
            role = self._own_role(guild, user, 0)
        role.permissions = role.permissions & ~take | give
        world.change_role(guild, role)
        return {"role": role.json(), "permissions": perms.names(role.permissions)}

    def _own_role(self, guild: Guild, user: User, given: int) -> Role:
        """Return the role that is one member's alone, made with those rights when there is none."""
        world, member = self.parts.world, guild.members[user.id]
        for role_id in member.roles:
            role = guild.roles[role_id]
            if role.bot_id == user.id or role.name == f"{user.shown}'s role":
                return role
        role = Role(world.snowflakes.next(), f"{user.shown}'s role", given, position=1)
        world.add_role(guild, role)
        member.roles.append(role.id)
        world.change_member(guild, member)
        return role

    def _permit_here(self, channel: Channel, body: Json) -> Json:
        if channel.guild_id is None:
            raise DeskError("A direct channel has no permissions to set.")
        target, kind = str(body.get("role_id") or ""), 0
        if not target:
            target, kind = str(body.get("user_id") or ""), 1
        guild = self.parts.world.guilds[channel.guild_id]
        if target not in (guild.members if kind else guild.roles):
            raise DeskError("Name a member by `user_id`, or a role by `role_id`.")
        allow, deny = _named(body.get("allow")), _named(body.get("deny"))
        overwrite = Overwrite(target, kind, allow, deny) if allow or deny else None
        self.parts.world.overwrite(channel, overwrite, target)
        return channel.json()

    async def _add_guild(self, body: Json) -> Json:
        """Found a server with the bot in it, or with `count` so many at once, numbered from 1."""
        owner = self._view.person(body.get("owner"))
        name = str(body.get("name") or "A server")[:90]
        world = self.parts.world
        if body.get("count") is None:
            return self._view.guild(world.add_guild(name, owner), owner)
        made = [world.add_guild(f"{name} {number}", owner) for number in _numbers(body["count"])]
        return {"guilds": [{"id": guild.id, "name": guild.name} for guild in made]}

    async def _leave_guild(self, body: Json) -> Json:
        world, guild = self.parts.world, self._guild(body)
        if not world.has_bot(guild):
            raise DeskError("The bot is not in this server.")
        world.remove_member(guild, world.bot)
        return {}

    async def _join_guild(self, body: Json) -> Json:
        world, guild = self.parts.world, self._guild(body)
        if world.has_bot(guild):
            raise DeskError("The bot is in this server already.")
        world.add_member(guild, world.bot)
        return {}

    # --- time and trouble

    async def _move_clock(self, body: Json) -> Json:
        clock, parts = self.parts.clock, self.parts
        forward, offset = body.get("forward"), body.get("offset")
        if isinstance(forward, int | float):
            wanted = clock.offset + forward
        elif isinstance(offset, int | float):
            wanted = float(offset)
        else:
            raise DeskError("Give `forward` or `offset`, a number of seconds.")
        if not is_instant(clock.now() - clock.offset + wanted):
            raise DeskError("Discord has no ids for that instant: stay between 2015 and 2084.")
        clock.offset = wanted
        parts.interactions.look()
        self._announce("clock", **self._view.clock())
        return self._view.clock()

    async def _set_gateway(self, body: Json) -> Json:
        self.parts.starts.change(body)
        return self.parts.starts.json()

    async def _add_fault(self, body: Json) -> Json:
        fault = self.parts.faults.add(str(body.get("kind")), body)
        if fault.kind in ON_GATEWAY:
            self._gateway.suffer(fault)
        return {"id": fault.id}

    async def _clear_faults(self, body: Json) -> Json:
        self.parts.faults.clear(str(body["id"]) if body.get("id") else None)
        return {}

    async def _reset(self, body: Json) -> Json:
        """Make the world as at start; registered commands stay, as they do at Discord."""
        del body
        parts = self.parts
        before = frozenset(g.id for g in parts.world.guilds.values() if parts.world.has_bot(g))
        parts.faults.clear()
        parts.interactions.reset()
        parts.writer.reset()
        parts.world.reset()
        parts.log.clear()
        parts.clock.offset = 0.0
        self._gateway.renew(before)
        self._announce("reset")
        return {}


def _upload(number: int, file: Any) -> Upload:
    """Read a file that a body holds as its filename and its content in base64."""
    name, content = read_file(file)
    return Upload(str(number), name, content)


def _numbers(count: Any) -> range:
    """Return the numbers of so many things to be made."""
    if not isinstance(count, int) or not 1 <= count <= _MOST:
        raise DeskError(f"`count` is a whole number from 1 to {_MOST}.")
    return range(1, count + 1)


def _named(names: Iterable[str] | None) -> int:
    try:
        return perms.named(names or ())
    except KeyError as error:
        raise DeskError(f"There is no permission {error.args[0]}; for example send_messages.") from None
