"""The world: servers, channels, people and what they wrote. No HTTP, no sockets.

What always holds:
- whatever changes is told once, as a `Happening`, to everybody in `World.listeners`;
  the gateway turns it into dispatches, the desk into events for people;
- objects give themselves in Discord's JSON shapes; ids are decimal strings;
- an ephemeral message stands apart from a channel's history and names its one reader.

The world at start has the same ids every time, so that a link to a channel survives
a restart.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from bot.emulator import permissions as perms
from bot.emulator.clock import WorldClock, iso
from bot.emulator.enums import ChannelType
from bot.emulator.errors import Json
from bot.emulator.objects import Attachment, Channel, Guild, Member, Message, Overwrite, Role, User
from bot.emulator.snowflake import EPOCH, Snowflakes

_BORN: Final = 1_704_067_200  # the first second of 2024: when the world at start was made
_WHISPERS: Final = 5_000  # ephemeral messages kept; older ones are forgotten


@dataclass(slots=True, frozen=True)
class Happening:
    """Something that changed: a dispatch's name and payload, and where it happened."""

    name: str
    data: Json
    guild: Guild | None = None
    channel: Channel | None = None
    message: Message | None = None


class World:
    """Everything there is. Its methods change it and tell what changed."""

    def __init__(self, clock: WorldClock, *, bot_permissions: int | None = None) -> None:
        self.clock = clock
        self._bot_permissions = perms.EVERYONE | (bot_permissions or 0)
        self.snowflakes = Snowflakes(clock)
        self.listeners: list[Callable[[Happening], None]] = []
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.attachments: dict[str, Attachment] = {}
        self.avatars: dict[str, Attachment] = {}  # by their hash
        self._messages: dict[str, Message] = {}
        self._posted = 0
        self.base_url = ""  # where files are served
        self._whispers: deque[Message] = deque()
        self.bot = User(_fixed(1), "bot", None, bot=True)
        self.application_id = self.bot.id
        self.application_name = "Local bot"
        self.reset()

    # --- the beginning

    def reset(self) -> None:
        """Make the world as it is at start; nobody is told, listeners look anew."""
        for things in (self.users, self.guilds, self.channels, self.attachments, self._messages):
            things.clear()
        self._whispers.clear()
        self.users[self.bot.id] = self.bot
        you = self._settle(10, "you", "You")
        owner = self._settle(11, "ada", "Ada")
        member = self._settle(12, "grace", "Grace")
        tranquility = self._found(100, "Tranquility", owner, (you, member))
        serenity = self._found(201, "Serenity", owner, ())
        for guild in (tranquility, serenity):
            base = int(guild.id)
            for number, name in enumerate(("general", "quiz", "daily-moon")):
                channel = Channel(str(base + 10 + number), ChannelType.TEXT, guild.id, name, position=number)
                guild.channels[channel.id] = self.channels[channel.id] = channel
            guild.system_channel_id = next(iter(guild.channels))
        for number, user in enumerate((you, owner, member)):
            self._open_dm(_fixed(300 + number), user, self.bot)
        self._open_dm(_fixed(310), you, member)

    def _settle(self, number: int, username: str, global_name: str) -> User:
        user = User(_fixed(number), username, global_name)
        self.users[user.id] = user
        return user

    def _found(self, number: int, name: str, owner: User, others: Iterable[User]) -> Guild:
        guild = Guild(_fixed(number), name, owner.id)
        self._furnish(guild, owner, iso(_BORN), str(int(guild.id) + 1))
        for user in others:
            guild.members[user.id] = Member(user, iso(_BORN))
        return guild

    def _furnish(self, guild: Guild, owner: User, joined_at: str, role_id: str) -> None:
        """Give a server its roles, its owner and the bot."""
        guild.roles[guild.id] = Role(guild.id, "@everyone", perms.EVERYONE)
        guild.roles[role_id] = self._bot_role(role_id)
        guild.members[owner.id] = Member(owner, joined_at)
        guild.members[self.bot.id] = Member(self.bot, joined_at, roles=[role_id])
        self.guilds[guild.id] = guild

    def _bot_role(self, role_id: str) -> Role:
        """Return the role that an invitation gives the bot: it bears its name and holds its rights."""
        return Role(
            role_id,
            self.application_name,
            self._bot_permissions,
            position=1,
            managed=True,
            bot_id=self.bot.id,
        )

    def _open_dm(self, channel_id: str, *users: User) -> Channel:
        channel = Channel(channel_id, ChannelType.DM, recipients=list(users))
        self.channels[channel_id] = channel
        return channel

    # --- looking

    def tell(
        self,
        name: str,
        data: Json,
        guild: Guild | None = None,
        channel: Channel | None = None,
        message: Message | None = None,
    ) -> None:
        """Tell every listener what happened."""
        happening = Happening(name, data, guild, channel, message)
        for listener in self.listeners:
            listener(happening)

    def guild_of(self, channel: Channel) -> Guild | None:
        """Return the server of a channel, None for a direct one."""
        return self.guilds[channel.guild_id] if channel.guild_id else None

    def has_bot(self, guild: Guild) -> bool:
        """Tell whether the bot is a member."""
        return self.bot.id in guild.members

    def permissions(self, user_id: str, channel: Channel) -> int:
        """Return what a user may do in a channel; 0 where they have no place."""
        guild = self.guild_of(channel)
        if guild is None:
            inside = any(user.id == user_id for user in channel.recipients)
            return perms.EVERYONE if inside else 0
        member = guild.members.get(user_id)
        if member is None:
            return 0
        until = member.timed_out_until
        return perms.in_channel(guild, channel, member, timed_out=bool(until and until > self.clock.iso()))

    def message(self, channel: Channel, message_id: str) -> Message | None:
        """Return a message of a channel, ephemeral ones too."""
        return channel.messages.get(message_id) or channel.whispers.get(message_id)

    def find_message(self, message_id: str) -> Message | None:
        """Return a message wherever it stands."""
        return self._messages.get(message_id)

    def dm(self, *users: User) -> Channel:
        """Return the direct channel of those users, made when there is none."""
        wanted = {user.id for user in users}
        for channel in self.channels.values():
            if channel.type == ChannelType.DM and {user.id for user in channel.recipients} == wanted:
                return channel
        channel = self._open_dm(self.snowflakes.next(), *users)
        self.tell("DM_CREATE", channel.json(self.bot.id), None, channel)
        return channel

    # --- people and servers

    def add_user(self, name: str) -> User:
        """Let a person come into being; the username is made of the name."""
        username = "".join(c for c in name.lower().replace(" ", "_") if c.isalnum() or c in "._") or "person"
        taken = {user.username for user in self.users.values()}
        unique, number = username[:28], 1
        while unique in taken:
            number += 1
            unique = f"{username[:28]}{number}"
        user = User(self.snowflakes.next(), unique, name)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User) -> Guild:
        """Found a server with the bot in it and a channel #general."""
        guild = Guild(self.snowflakes.spaced(), name, owner.id)
        self._furnish(guild, owner, self.clock.iso(), self.snowflakes.next())
        channel = Channel(self.snowflakes.next(), ChannelType.TEXT, guild.id, "general")
        guild.channels[channel.id] = self.channels[channel.id] = channel
        guild.system_channel_id = channel.id
        self.tell("GUILD_CREATE", guild.created(self.bot.id, all_members=True), guild)
        return guild

    def add_member(self, guild: Guild, user: User, roles: Iterable[str] = ()) -> Member:
        """Let a user join; for the bot that is an invitation."""
        member = Member(user, self.clock.iso(), roles=list(roles))
        guild.members[user.id] = member
        if user is self.bot:
            role = self._bot_role(self.snowflakes.next())
            guild.roles[role.id] = role
            member.roles.append(role.id)
            self.tell("GUILD_CREATE", guild.created(user.id, all_members=True), guild)
        else:
            self.tell("GUILD_MEMBER_ADD", {**member.json(), "guild_id": guild.id}, guild)
        return member

    def remove_member(self, guild: Guild, user: User) -> None:
        """Let a user leave; when it is the bot, the server is gone for it, with its role."""
        member = guild.members.pop(user.id)
        if user is self.bot:
            for role_id in member.roles:
                if guild.roles[role_id].managed:
                    del guild.roles[role_id]
            self.tell("GUILD_DELETE", {"id": guild.id}, guild)
        else:
            self.tell("GUILD_MEMBER_REMOVE", {"guild_id": guild.id, "user": user.json()}, guild)

    def ban(self, guild: Guild, user: User, reason: str | None) -> None:
        """Keep a user out of a server; who is in it goes."""
        guild.bans[user.id] = (user, reason)
        self.tell("GUILD_BAN_ADD", {"guild_id": guild.id, "user": user.json()}, guild)
        if user.id in guild.members:
            self.remove_member(guild, user)

    def unban(self, guild: Guild, user: User) -> None:
        """Let a user come back."""
        del guild.bans[user.id]
        self.tell("GUILD_BAN_REMOVE", {"guild_id": guild.id, "user": user.json()}, guild)

    def change_member(self, guild: Guild, member: Member) -> None:
        """Tell that a member's nickname, roles or time-out changed."""
        self.tell("GUILD_MEMBER_UPDATE", {**member.json(), "guild_id": guild.id}, guild)

    def add_role(self, guild: Guild, role: Role) -> Role:
        """Add a role."""
        guild.roles[role.id] = role
        self.tell("GUILD_ROLE_CREATE", {"guild_id": guild.id, "role": role.json()}, guild)
        return role

    def change_role(self, guild: Guild, role: Role) -> None:
        """Tell that a role changed."""
        self.tell("GUILD_ROLE_UPDATE", {"guild_id": guild.id, "role": role.json()}, guild)

    def remove_role(self, guild: Guild, role: Role) -> None:
        """Remove a role from the server and from everybody who had it."""
        del guild.roles[role.id]
        for member in guild.members.values():
            if role.id in member.roles:
                member.roles.remove(role.id)
        self.tell("GUILD_ROLE_DELETE", {"guild_id": guild.id, "role_id": role.id}, guild)

    def change_guild(self, guild: Guild) -> None:
        """Tell that a server's own fields changed."""
        self.tell("GUILD_UPDATE", guild.json(), guild)

    # --- channels

    def add_channel(self, guild: Guild, channel: Channel) -> Channel:
        """Add a channel to a server."""
        channel.position = len(guild.channels)
        guild.channels[channel.id] = self.channels[channel.id] = channel
        self.tell("CHANNEL_CREATE", channel.json(), guild, channel)
        return channel

    def change_channel(self, channel: Channel) -> None:
        """Tell that a channel or thread changed."""
        name = "THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE"
        self.tell(name, channel.json(), self.guild_of(channel), channel)

    def remove_channel(self, channel: Channel) -> None:
        """Remove a channel with its threads, or a thread."""
        guild = self.guild_of(channel)
        if guild is None:
            return
        if channel.is_thread:
            gone = {key: channel.json()[key] for key in ("id", "guild_id", "parent_id", "type")}
            self._forget(guild.threads, channel)
            self.tell("THREAD_DELETE", gone, guild, channel)
            return
        for thread in [t for t in guild.threads.values() if t.parent_id == channel.id]:
            self._forget(guild.threads, thread)
        self._forget(guild.channels, channel)
        self.tell("CHANNEL_DELETE", channel.json(), guild, channel)

    def _forget(self, channels: dict[str, Channel], channel: Channel) -> None:
        del channels[channel.id]
        del self.channels[channel.id]
        for message_id in (*channel.messages, *channel.whispers):
            self._messages.pop(message_id, None)

    def new_thread(
        self,
        parent: Channel,
        name: str,
        owner: User,
        kind: int = ChannelType.THREAD,
        *,
        thread_id: str | None = None,
        archive_minutes: int = 1440,
    ) -> Channel:
        """Return a thread under a channel that nobody knows of yet; one on a message has the message's id."""
        now = self.clock.iso()
        thread = Channel(thread_id or self.snowflakes.next(), kind, parent.guild_id, name, parent.id)
        thread.owner_id = owner.id
        thread.thread = {
            "archived": False,
            "archive_timestamp": now,
            "auto_archive_duration": archive_minutes,
            "locked": False,
            "create_timestamp": now,
        }
        if kind == ChannelType.PRIVATE_THREAD:
            thread.thread["invitable"] = True
        thread.thread_members[owner.id] = now
        return thread

    def open_thread(self, thread: Channel) -> Channel:
        """Put a new thread into its server."""
        guild = self.guilds[thread.guild_id or ""]
        guild.threads[thread.id] = self.channels[thread.id] = thread
        told = {**thread.json(self.bot.id), "newly_created": True}
        self.tell("THREAD_CREATE", told, guild, thread)
        return thread

    def overwrite(self, channel: Channel, overwrite: Overwrite | None, target_id: str) -> None:
        """Set or take away one overwrite of a channel."""
        if overwrite is None:
            channel.overwrites.pop(target_id, None)
        else:
            channel.overwrites[target_id] = overwrite
        self.change_channel(channel)

    # --- messages

    def post(self, message: Message) -> Message:
        """Put a message into its channel."""
        channel = message.channel
        self._posted += 1
        message.order = self._posted
        self._messages[message.id] = message
        if message.ephemeral_to is not None:
            channel.whispers[message.id] = message
            self._whispers.append(message)
            if len(self._whispers) > _WHISPERS:
                oldest = self._whispers.popleft()
                oldest.channel.whispers.pop(oldest.id, None)
                self._messages.pop(oldest.id, None)
        else:
            channel.messages[message.id] = message
            channel.last_message_id = message.id
            channel.message_count += 1
        self._tell_message("MESSAGE_CREATE", message)
        return message

    def change_message(self, message: Message) -> None:
        """Tell that a message was edited."""
        self._tell_message("MESSAGE_UPDATE", message)

    def _tell_message(self, name: str, message: Message) -> None:
        if not self.listeners:
            return
        channel = message.channel
        guild = self.guild_of(channel)
        if message.ephemeral_to is not None:
            self.tell(name, message.body, guild, channel, message)
            return
        data = dict(message.body)
        data["channel_type"] = channel.type
        if message.nonce is not None and name == "MESSAGE_CREATE":
            data["nonce"] = message.nonce
        if guild is not None:
            data["guild_id"] = guild.id
            member = guild.members.get(message.author_id)
            if member is not None:
                data["member"] = member.json(with_user=False)
        self.tell(name, data, guild, channel, message)

    def remove_message(self, message: Message, *, quietly: bool = False) -> None:
        """Delete a message; `quietly` leaves the telling to the caller."""
        channel = message.channel
        self._messages.pop(message.id, None)
        if message.ephemeral_to is not None:
            channel.whispers.pop(message.id, None)
        else:
            channel.messages.pop(message.id, None)
            if message.id in channel.pins:
                del channel.pins[message.id]
        data: Json = {"id": message.id, "channel_id": channel.id}
        if channel.guild_id:
            data["guild_id"] = channel.guild_id
        if not quietly:
            self.tell("MESSAGE_DELETE", data, self.guild_of(channel), channel, message)

    def remove_messages(self, channel: Channel, messages: list[Message]) -> None:
        """Delete several messages of a channel at once: all of them are told of together."""
        for message in messages:
            self.remove_message(message, quietly=True)
        if messages:
            data: Json = {"ids": [m.id for m in messages], "channel_id": channel.id}
            if channel.guild_id:
                data["guild_id"] = channel.guild_id
            self.tell("MESSAGE_DELETE_BULK", data, self.guild_of(channel), channel)

    def history(
        self, channel: Channel, *, before: int | None = None, after: int | None = None, limit: int = 50
    ) -> list[Message]:
        """Return messages, newest first, between two ids (both excluded).

        With `after` alone the ones next to it are taken, as Discord does.
        """
        found: list[Message] = []
        low = -1 if after is None else after
        listed: Iterable[Message] = channel.messages.values()
        if after is None:
            listed = reversed(channel.messages.values())
        for message in listed:
            number = int(message.id)
            if number > low and (before is None or number < before):
                found.append(message)
                if len(found) == limit:
                    break
        return found if after is None else found[::-1]

    def name_bot(self, name: str) -> None:
        """Set the bot's and the application's name."""
        self.bot.username = self.application_name = name

    def shard_of(self, guild: Guild | None, shards: int) -> int:
        """Return which shard hears of a server; direct messages belong to shard 0."""
        return 0 if guild is None else (int(guild.id) >> 22) % shards


def _fixed(number: int) -> str:
    """Return the id of a thing of the world at start: a millisecond apart, so that shards divide them."""
    return str((_BORN * 1000 + number - EPOCH) << 22)
