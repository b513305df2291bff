"""Which permissions Farside lacks, in the words of Discord's settings."""

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.cogs.permissions import (
    MENTION_ROLES,
    POST,
    is_member_here,
    missing_needs,
    missing_permissions,
    needs_in,
)

TEXT, THREAD, VOICE, STAGE = (
    SimpleNamespace(type=kind)
    for kind in (
        discord.ChannelType.text,
        discord.ChannelType.public_thread,
        discord.ChannelType.voice,
        discord.ChannelType.stage_voice,
    )
)


def allow(*flags: str) -> discord.Permissions:
    """Return the permissions named."""
    return discord.Permissions(**dict.fromkeys(flags, True))


def test_each_missing_permission_is_named_as_discord_names_it() -> None:
    """Everything missing is named at once, in the words of Discord's settings."""
    assert missing_permissions(discord.Permissions.none()) == [
        "View Channel",
        "Send Messages",
        "Read Message History",
    ]


def test_nothing_is_missing_when_all_is_granted() -> None:
    """A channel with exactly what is needed is ready."""
    assert missing_permissions(allow("view_channel", "send_messages", "read_message_history")) == []


def test_a_thread_needs_its_own_permission_to_send() -> None:
    """In a thread Send Messages neither suffices nor is needed."""
    in_channel = allow("view_channel", "send_messages", "read_message_history")
    in_thread = allow("view_channel", "send_messages_in_threads", "read_message_history")
    assert missing_permissions(in_channel, needs_in(THREAD)) == ["Send Messages in Threads"]
    assert missing_permissions(in_thread, needs_in(THREAD)) == []
    assert missing_permissions(in_thread, needs_in(TEXT)) == ["Send Messages"]


@pytest.mark.parametrize("channel", [VOICE, STAGE])
def test_the_chat_of_a_voice_channel_is_for_those_who_may_connect(channel: SimpleNamespace) -> None:
    """Discord shows it to nobody else, whatever they may do in it."""
    silent = allow("view_channel", "send_messages", "read_message_history")
    assert missing_permissions(silent, needs_in(channel)) == ["Connect"]
    assert missing_permissions(silent | allow("connect"), needs_in(channel)) == []


def test_an_administrator_lacks_nothing() -> None:
    """Administrator stands for every permission."""
    assert missing_permissions(allow("administrator"), (*POST, MENTION_ROLES)) == []


@pytest.mark.parametrize("channel", [TEXT, THREAD, VOICE])
def test_each_need_says_what_it_is_for(channel: SimpleNamespace) -> None:
    """Whoever reads that a permission is missing also reads what it is for."""
    for need in missing_needs(discord.Permissions.none(), needs_in(channel, (*POST, MENTION_ROLES))):
        assert need.purpose.startswith("to ")
        assert need.flag in discord.Permissions.VALID_FLAGS


@pytest.mark.parametrize(("is_told", "is_member"), [(False, True), (True, False)])
def test_a_server_is_foreign_once_its_shard_has_told_of_its_own(is_told: bool, is_member: bool) -> None:
    """Of a server that Discord has not named among ours we are no member, though others are still coming."""
    client = SimpleNamespace(get_guild=lambda _: None, knows=lambda _: is_told)
    press: Any = SimpleNamespace(guild_id=1, client=client, is_guild_integration=lambda: True)
    assert is_member_here(press) is is_member
