"""Permissions, computed as Discord documents it: roles first, then a channel's overwrites.

A set of permissions is an integer; `named` and `names` translate to and from the
documented names in lower case.
"""

from collections.abc import Iterable
from typing import Final

from bot.emulator.objects import Channel, Guild, Member

# The documented order of bits; an empty name is a bit without a meaning.
_NAMES: Final = (
    "create_instant_invite", "kick_members", "ban_members", "administrator", "manage_channels",
    "manage_guild",
    "add_reactions", "view_audit_log", "priority_speaker", "stream", "view_channel", "send_messages",
    "send_tts_messages", "manage_messages", "embed_links", "attach_files", "read_message_history",
    "mention_everyone", "use_external_emojis", "view_guild_insights", "connect", "speak", "mute_members",
    "deafen_members", "move_members", "use_vad", "change_nickname", "manage_nicknames", "manage_roles",
    "manage_webhooks", "manage_guild_expressions", "use_application_commands", "request_to_speak",
    "manage_events", "manage_threads", "create_public_threads", "create_private_threads",
    "use_external_stickers", "send_messages_in_threads", "use_embedded_activities", "moderate_members",
    "view_creator_monetization_analytics", "use_soundboard", "create_guild_expressions", "create_events",
    "use_external_sounds", "send_voice_messages", "", "", "send_polls", "use_external_apps", "pin_messages",
    "bypass_slowmode",
)  # fmt: skip
BITS: Final = {name: 1 << bit for bit, name in enumerate(_NAMES) if name}

ADMINISTRATOR: Final = BITS["administrator"]
VIEW_CHANNEL: Final = BITS["view_channel"]
SEND_MESSAGES: Final = BITS["send_messages"]
MANAGE_MESSAGES: Final = BITS["manage_messages"]
EMBED_LINKS: Final = BITS["embed_links"]
ATTACH_FILES: Final = BITS["attach_files"]
READ_MESSAGE_HISTORY: Final = BITS["read_message_history"]
MENTION_EVERYONE: Final = BITS["mention_everyone"]
USE_EXTERNAL_EMOJIS: Final = BITS["use_external_emojis"]
ADD_REACTIONS: Final = BITS["add_reactions"]
USE_APPLICATION_COMMANDS: Final = BITS["use_application_commands"]
ALL: Final = sum(BITS.values())

# What a new server gives everybody.
EVERYONE: Final = sum(
    BITS[name]
    for name in (
        "create_instant_invite", "add_reactions", "stream", "view_channel", "send_messages", "embed_links",
        "attach_files", "read_message_history", "mention_everyone", "use_external_emojis", "connect", "speak",
        "use_vad", "change_nickname", "use_application_commands", "request_to_speak", "create_public_threads",
        "create_private_threads", "use_external_stickers", "send_messages_in_threads",
        "use_embedded_activities", "use_soundboard", "use_external_sounds", "send_voice_messages",
        "send_polls",
        "use_external_apps",
    )
)  # fmt: skip
_WITHOUT_SENDING: Final = MENTION_EVERYONE | BITS["send_tts_messages"] | ATTACH_FILES | EMBED_LINKS
_TIMED_OUT: Final = VIEW_CHANNEL | READ_MESSAGE_HISTORY
IN_PRIVATE: Final = ATTACH_FILES | EMBED_LINKS | MENTION_EVERYONE  # an app's permissions in a direct message


def named(names: Iterable[str]) -> int:
    """Return the set of those permissions; raise `KeyError` for a name that there is not."""
    found = 0
    for name in names:
        found |= BITS[name]
    return found


def names(permissions: int) -> list[str]:
    """Return the names of the permissions in a set, lowest bit first."""
    return [name for name, bit in BITS.items() if permissions & bit]


def in_guild(guild: Guild, member: Member) -> int:
    """Return what a member's roles allow, before any channel's overwrites."""
    if member.user.id == guild.owner_id:
        return ALL
    found = guild.roles[guild.id].permissions
    for role_id in member.roles:
        found |= guild.roles[role_id].permissions
    return ALL if found & ADMINISTRATOR else found


def in_channel(guild: Guild, channel: Channel, member: Member, *, timed_out: bool = False) -> int:
    """Return what a member may do in a channel; a thread takes its parent's overwrites.

    What a denied permission implies is taken away too: who cannot see a channel can do
    nothing in it, who cannot write can attach nothing.
    """
    found = in_guild(guild, member)
    if found & ADMINISTRATOR:
        return ALL
    if channel.is_thread and channel.parent_id in guild.channels:
        channel = guild.channels[channel.parent_id]
    overwrites = channel.overwrites
    if overwrites:
        if everyone := overwrites.get(guild.id):
            found = found & ~everyone.deny | everyone.allow
        allow = deny = 0
        for role_id in member.roles:
            if overwrite := overwrites.get(role_id):
                allow |= overwrite.allow
                deny |= overwrite.deny
        found = found & ~deny | allow
        if own := overwrites.get(member.user.id):
            found = found & ~own.deny | own.allow
    if timed_out:
        found &= _TIMED_OUT
    if not found & VIEW_CHANNEL:
        return 0
    if not found & SEND_MESSAGES:
        found &= ~_WITHOUT_SENDING
    return found
