"""What Farside may do in a channel, and what it lacks, in the words of Discord's own settings.

What always holds:
- an interaction's `app_permissions` is Discord's own answer for the channel it
  came from; for any other channel the answer is worked out from what the
  gateway has told (roles, overwrites, a timeout), without a request;
- in a thread "Send Messages in Threads" takes the place of "Send Messages", and the chat of a voice
  channel is nobody's who may not connect;
- who gets to read a missing permission also reads what it is for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import discord

from bot.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Need:
    """A permission as Discord's settings name it, and what Farside does with it."""

    flag: str
    name: str
    purpose: str


VIEW_CHANNEL = Need("view_channel", "View Channel", "to see the channel at all")
SEND_MESSAGES = Need("send_messages", "Send Messages", "to post questions, results and the daily fact")
SEND_IN_THREADS = Need(
    "send_messages_in_threads",
    "Send Messages in Threads",
    "to post questions, results and the daily fact in a thread",
)
CONNECT = Need("connect", "Connect", "to read and write in the chat of a voice channel")
READ_HISTORY = Need(
    "read_message_history",
    "Read Message History",
    "to find its own last message after a restart, so that nothing is posted twice",
)
ATTACH_FILES = Need(
    "attach_files",
    "Attach Files",
    "to show pictures: the Moon every day, and those that are asked about",
)
MENTION_ROLES = Need(
    "mention_everyone",
    "Mention @everyone, @here and All Roles",
    "to notify a role that not everybody may mention; one that everybody may needs nothing",
)

ADD_REACTIONS = Need(
    "add_reactions", "Add Reactions", "to mark answers given by a reply as taken, instead of answering each"
)

POST = (VIEW_CHANNEL, SEND_MESSAGES, READ_HISTORY)
"""What a game and a daily post need."""

OPTIONAL = (ATTACH_FILES, ADD_REACTIONS, MENTION_ROLES)
"""What they are nicer with."""

Channel = discord.abc.GuildChannel | discord.Thread


_INVITED_WITH = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    read_message_history=True,
    attach_files=True,
    add_reactions=True,
)


def invitation(application_id: int | None) -> str:
    """Return the address by which somebody adds Farside to a server, with what it needs there."""
    scope = "scope=bot+applications.commands"
    where = "https://discord.com/oauth2/authorize"
    return f"{where}?client_id={application_id}&{scope}&permissions={_INVITED_WITH.value}"


def is_thread(channel: object) -> bool:
    """Return whether `channel` (a cached one, a partial one, or None) is a thread."""
    if isinstance(channel, discord.Thread):
        return True
    kind = getattr(channel, "type", None)
    return kind in {
        discord.ChannelType.public_thread,
        discord.ChannelType.private_thread,
        discord.ChannelType.news_thread,
    }


def needs_in(channel: object, needs: Sequence[Need] = POST) -> list[Need]:
    """Return what `needs` come to in a channel or thread of that kind."""
    if is_thread(channel):
        return [SEND_IN_THREADS if need is SEND_MESSAGES else need for need in needs]
    if getattr(channel, "type", None) in {discord.ChannelType.voice, discord.ChannelType.stage_voice}:
        return [one for need in needs for one in ((need, CONNECT) if need is VIEW_CHANNEL else (need,))]
    return list(needs)


def missing_needs(permissions: discord.Permissions, needs: Sequence[Need] = POST) -> list[Need]:
    """Return those of `needs` that `permissions` do not grant, in the order given."""
    if permissions.administrator:
        return []
    return [need for need in needs if not getattr(permissions, need.flag)]


def missing_permissions(permissions: discord.Permissions, needs: Sequence[Need] = POST) -> list[str]:
    """Return the names, as Discord's settings show them, of what `permissions` lack of `needs`."""
    return [need.name for need in missing_needs(permissions, needs)]


def missing_here(interaction: discord.Interaction, needs: Sequence[Need] = POST) -> list[str]:
    """Return what Farside lacks in the channel where `interaction` happened, as Discord itself says."""
    return missing_permissions(permissions_here(interaction), needs_in(interaction.channel, needs))


def permissions_here(interaction: discord.Interaction) -> discord.Permissions:
    """Return what Farside may do where `interaction` happened: as Discord says, or as we work out."""
    said = interaction.app_permissions
    if said.value == 0 and isinstance(interaction.channel, discord.abc.GuildChannel | discord.Thread):
        return own_permissions(interaction.channel)
    return said


def missing_in(channel: Channel, needs: Sequence[Need] = POST) -> list[str]:
    """Return what Farside lacks in a cached `channel` or thread."""
    return missing_permissions(own_permissions(channel), needs_in(channel, needs))


def is_locked(channel: object, permissions: discord.Permissions) -> bool:
    """Return whether `channel` is a thread that is locked, to whoever has these permissions in it."""
    may_write = permissions.manage_threads or permissions.administrator
    return is_thread(channel) and not may_write and bool(getattr(channel, "locked", False))


def own_permissions(channel: Channel) -> discord.Permissions:
    """Work out Farside's permissions in `channel` from roles and overwrites; none while they are unknown."""
    me: discord.Member | None = channel.guild.me  # until the guild is there in full there is none
    if me is None or (isinstance(channel, discord.Thread) and channel.parent is None):
        return discord.Permissions.none()
    return channel.permissions_for(me)


def may_in(
    client: discord.Client,
    guild_id: int | None,
    channel_id: int,
    needs: Sequence[Need],
    *,
    unknown: bool = False,
) -> bool:
    """Return whether Farside has all of `needs` in a channel or thread; `unknown` until Discord has told."""
    guild = client.get_guild(guild_id) if guild_id is not None else None
    channel = guild.get_channel_or_thread(channel_id) if guild is not None else None
    if channel is None or channel.guild.me is None:
        return unknown
    return not missing_in(channel, needs)


def is_member_here(interaction: discord.Interaction) -> bool:
    """Return whether Farside is a member of the server where `interaction` happened.

    Where a person alone has installed it, discord.py makes up a server, which tells nothing; and a button
    of a time when it was a member still names the server among its owners.
    """
    guild_id, client = interaction.guild_id, interaction.client
    if guild_id is None:
        return False
    if client.get_guild(guild_id) is not None:
        return True
    knows: Callable[[int], bool] = client.knows  # type: ignore[attr-defined]  # as Farside's own does
    return interaction.is_guild_integration() and not knows(guild_id)


def require_member_here(interaction: discord.Interaction) -> None:
    """Raise `NotAllowed`, with a way on, unless Farside is a member where `interaction` happened."""
    if is_member_here(interaction):
        return
    alone = "`/quiz solo` works everywhere, and only you see it."
    if interaction.guild_id is None:
        raise NotAllowed(f"A game for everyone needs a server with Farside in it. {alone}")
    raise NotAllowed(
        f"Farside is not a member of this server, so it cannot post here. {alone} "
        f"Whoever manages the server can [add Farside]({invitation(interaction.application_id)})."
    )


def require_here(interaction: discord.Interaction, needs: Sequence[Need] = POST) -> None:
    """Raise `NotAllowed`, naming everything that is missing, unless Farside can post where it was asked."""
    place = getattr(interaction.channel, "mention", "this channel")
    _require(missing_here(interaction, needs), place, interaction.guild)
    if is_locked(interaction.channel, permissions_here(interaction)):
        raise NotAllowed(
            f"{place} is locked, so Farside cannot post in it. Whoever may manage threads can unlock it."
        )


def require_in(channel: Channel, needs: Sequence[Need] = POST) -> None:
    """Raise `NotAllowed`, naming everything that is missing, unless Farside can post in `channel`."""
    _require(missing_in(channel, needs), channel.mention, channel.guild)


def is_manager(interaction: discord.Interaction) -> bool:
    """Return whether whoever asks may manage the server, as Discord says."""
    return interaction.permissions.manage_guild or interaction.permissions.administrator


def timed_out_until(guild: discord.Guild | None) -> datetime | None:
    """Return until when a moderator's time-out keeps Farside from writing in a server; None without one."""
    me = guild.me if guild is not None else None
    return me.timed_out_until if me is not None and me.is_timed_out() else None


def _require(missing: Iterable[str], place: str, guild: discord.Guild | None) -> None:
    names = [f"**{name}**" for name in missing]
    if names and (until := timed_out_until(guild)) is not None:
        raise NotAllowed(
            f"Farside may not write in this server until {discord.utils.format_dt(until, 'f')}: "
            "it is in a time-out, which a moderator can end."
        )
    if names:
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        raise NotAllowed(
            f"Farside may not post in {place} yet: it lacks {listed}. "
            "Somebody who may manage the channel can allow that in its settings, under Permissions; "
            "`/config check` then tells whether all is well."
        )
