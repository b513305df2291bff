"""Discord's objects: accounts, roles, members, messages, channels, servers.

Each gives itself in Discord's JSON shape by `json`; ids are decimal strings. Whatever
changes one of them is the world, which tells of it.
"""

from dataclasses import dataclass, field

from bot.emulator.enums import POSTS, THREADS, ChannelType
from bot.emulator.errors import Json


@dataclass(slots=True)
class User:
    """An account: a person's, or the bot's."""

    id: str
    username: str
    global_name: str | None = None
    bot: bool = False
    avatar: str | None = None

    @property
    def shown(self) -> str:
        """Return the name that people see outside of servers."""
        return self.global_name or self.username

    def json(self) -> Json:
        """Return a user object."""
        return {
            "id": self.id,
            "username": self.username,
            "discriminator": "0001" if self.bot else "0",
            "global_name": self.global_name,
            "avatar": self.avatar,
            "avatar_decoration_data": None,
            "collectibles": None,
            "primary_guild": None,
            "bot": self.bot,
            "flags": 0,
            "public_flags": 0,
        }


@dataclass(slots=True)
class Role:
    """A server's role; the one with the server's own id is @everyone."""

    id: str
    name: str
    permissions: int = 0
    position: int = 0
    colour: int = 0
    hoist: bool = False
    mentionable: bool = False
    managed: bool = False
    bot_id: str | None = None

    def json(self) -> Json:
        """Return a role object."""
        return {
            "id": self.id,
            "name": self.name,
            "color": self.colour,
            "colors": {"primary_color": self.colour, "secondary_color": None, "tertiary_color": None},
            "hoist": self.hoist,
            "icon": None,
            "unicode_emoji": None,
            "position": self.position,
            "permissions": str(self.permissions),
            "managed": self.managed,
            "mentionable": self.mentionable,
            "flags": 0,
            **({"tags": {"bot_id": self.bot_id}} if self.bot_id else {}),
        }


@dataclass(slots=True)
class Overwrite:
    """What one role (type 0) or one member (type 1) may do in one channel, differently from elsewhere."""

    id: str
    type: int
    allow: int = 0
    deny: int = 0

    def json(self) -> Json:
        """Return an overwrite object."""
        return {"id": self.id, "type": self.type, "allow": str(self.allow), "deny": str(self.deny)}


@dataclass(slots=True)
class Member:
    """A user in a server."""

    user: User
    joined_at: str
    nick: str | None = None
    roles: list[str] = field(default_factory=list)
    timed_out_until: str | None = None

    def json(self, *, with_user: bool = True) -> Json:
        """Return a guild member object."""
        body: Json = {
            "nick": self.nick,
            "avatar": None,
            "banner": None,
            "roles": list(self.roles),
            "joined_at": self.joined_at,
            "premium_since": None,
            "communication_disabled_until": self.timed_out_until,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }
        if with_user:
            body["user"] = self.user.json()
        return body


@dataclass(slots=True)
class Message:
    """A message: Discord's object, and for whom it is when it is ephemeral."""

    body: Json
    channel: "Channel"
    ephemeral_to: str | None = None
    nonce: str | int | None = None
    reactions: list[tuple[Json, list[str]]] = field(default_factory=list)  # an emoji, and who
    order: int = 0  # of arrival, which is not that of ids when the clock was set back

    @property
    def id(self) -> str:
        """Return the message's id."""
        found: str = self.body["id"]
        return found

    @property
    def author_id(self) -> str:
        """Return who wrote it."""
        found: str = self.body["author"]["id"]
        return found

    @property
    def flags(self) -> int:
        """Return its flags."""
        found: int = self.body["flags"]
        return found


@dataclass(slots=True)
class Channel:
    """A place to write: in a server, a thread, or between two people."""

    id: str
    type: int
    guild_id: str | None = None
    name: str | None = None
    parent_id: str | None = None
    position: int = 0
    topic: str | None = None
    nsfw: bool = False
    slowmode: int = 0
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    recipients: list[User] = field(default_factory=list)
    owner_id: str | None = None
    thread: Json | None = None
    thread_members: dict[str, str] = field(default_factory=dict)  # who is in a thread, since when
    tags: list[Json] = field(default_factory=list)  # of a forum: what its posts may bear
    applied_tags: list[str] = field(default_factory=list)  # of a post: what it bears
    messages: dict[str, Message] = field(default_factory=dict)
    whispers: dict[str, Message] = field(default_factory=dict)
    last_message_id: str | None = None
    message_count: int = 0
    pins: dict[str, str] = field(default_factory=dict)  # which messages are pinned, since when

    @property
    def is_thread(self) -> bool:
        """Tell whether this is a thread."""
        return self.type in THREADS

    def thread_member(self, user_id: str) -> Json:
        """Return the thread member object of somebody who is in this thread."""
        return {"id": self.id, "user_id": user_id, "join_timestamp": self.thread_members[user_id], "flags": 1}

    def json(self, viewer_id: str | None = None) -> Json:
        """Return a channel object as a viewer gets it.

        In a direct one the recipients are everybody else; a thread tells whether they are in it.
        """
        if self.type == ChannelType.DM:
            others = [user.json() for user in self.recipients if user.id != viewer_id]
            return {
                "id": self.id,
                "type": ChannelType.DM,
                "last_message_id": self.last_message_id,
                "flags": 0,
                "recipients": others,
            }
        body: Json = {
            "id": self.id,
            "type": self.type,
            "guild_id": self.guild_id,
            "name": self.name,
            "parent_id": self.parent_id,
            "last_message_id": self.last_message_id,
            "rate_limit_per_user": self.slowmode,
            "flags": 0,
        }
        if self.is_thread:
            body |= {
                "owner_id": self.owner_id,
                "thread_metadata": dict(self.thread or {}),
                "message_count": self.message_count,
                "member_count": len(self.thread_members),
                "total_message_sent": self.message_count,
                "applied_tags": list(self.applied_tags),
            }
            if viewer_id in self.thread_members:
                body["member"] = self.thread_member(viewer_id)
        else:
            body |= {
                "position": self.position,
                "topic": self.topic,
                "nsfw": self.nsfw,
                "permission_overwrites": [o.json() for o in self.overwrites.values()],
            }
            if self.type in (ChannelType.VOICE, ChannelType.STAGE):
                body |= {"bitrate": 64_000, "user_limit": 0, "rtc_region": None}
            if self.type in POSTS:
                body |= {
                    "available_tags": list(self.tags),
                    "default_reaction_emoji": None,
                    "default_sort_order": None,
                    "default_forum_layout": 0,
                    "default_thread_rate_limit_per_user": 0,
                }
        return body


@dataclass(slots=True)
class Guild:
    """A server."""

    id: str
    name: str
    owner_id: str
    roles: dict[str, Role] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    threads: dict[str, Channel] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    system_channel_id: str | None = None
    bans: dict[str, tuple[User, str | None]] = field(default_factory=dict)  # who is banned, and why
    events: dict[str, Json] = field(default_factory=dict)  # scheduled events

    def json(self) -> Json:
        """Return a guild object as REST gives it."""
        return {
            "id": self.id,
            "name": self.name,
            "icon": None,
            "description": None,
            "home_header": None,
            "splash": None,
            "discovery_splash": None,
            "features": [],
            "banner": None,
            "owner_id": self.owner_id,
            "application_id": None,
            "region": "deprecated",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "system_channel_id": self.system_channel_id,
            "system_channel_flags": 0,
            "widget_enabled": False,
            "widget_channel_id": None,
            "verification_level": 0,
            "roles": [role.json() for role in self.roles.values()],
            "default_message_notifications": 0,
            "mfa_level": 0,
            "explicit_content_filter": 0,
            "max_presences": None,
            "max_members": 500000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "vanity_url_code": None,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": "en-US",
            "rules_channel_id": None,
            "safety_alerts_channel_id": None,
            "public_updates_channel_id": None,
            "premium_progress_bar_enabled": False,
            "nsfw": False,
            "nsfw_level": 0,
            "emojis": [],
            "stickers": [],
            "incidents_data": None,
            "inventory_settings": None,
        }

    def created(self, bot_id: str, *, all_members: bool) -> Json:
        """Return the payload of GUILD_CREATE; without the Members intent it holds the bot's member only."""
        members = self.members.values() if all_members else (self.members[bot_id],)
        return self.json() | {
            "joined_at": self.members[bot_id].joined_at,
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "voice_states": [],
            "members": [member.json() for member in members],
            "channels": [channel.json() for channel in self.channels.values()],
            "threads": [thread.json(bot_id) for thread in self.threads.values()],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": list(self.events.values()),
            "soundboard_sounds": [],
        }


@dataclass(slots=True)
class Attachment:
    """A file that came with a message, and is served back."""

    id: str
    channel_id: str
    filename: str
    content: bytes
    content_type: str
