"""Interactions made whole: what is optional in Discord's documentation may be left out."""

import copy
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.events import forgiving, made_whole

USER = {"id": "5", "username": "ann", "discriminator": "0", "avatar": None, "global_name": "Ann"}
TOLD: dict[str, Any] = {
    "id": "1",
    "type": 2,
    "token": "t",
    "guild_id": "2",
    "channel_id": "3",
    "channel": {"id": "3", "type": 1},
    "member": {"user": USER, "roles": [], "permissions": "8"},
}


def test_what_is_whole_stays() -> None:
    """Nothing is changed in an interaction that has everything."""
    assert made_whole(TOLD) == TOLD


@given(st.sets(st.sampled_from(sorted(TOLD))), st.sets(st.sampled_from(sorted(TOLD))))
def test_nothing_told_is_lost(missing: set[str], null: set[str]) -> None:
    """Whatever is missing or null, all else is kept, and the payload itself is not touched."""
    told = {name: None if name in null else value for name, value in TOLD.items() if name not in missing}
    before = copy.deepcopy(told)
    whole = made_whole(told)
    assert told == before
    for name, value in told.items():
        if value is not None and name not in ("channel", "member"):
            assert whole[name] == value


@pytest.mark.parametrize("channel", [None, {"id": "3", "type": 0}])
def test_a_channel_of_which_only_the_id_is_told(channel: Any) -> None:
    """In a server it is a channel, elsewhere a conversation."""
    told = {**TOLD, "channel": channel}
    whole = made_whole(told)["channel"]
    assert (whole["id"], whole["type"]) == ("3", 0)
    assert made_whole({**told, "guild_id": None})["channel"] == {"id": "3", "type": 1}


@pytest.mark.parametrize("told", [{}, {"name": "quiz"}, {"name": "quiz", "parent_id": None, "position": 4}])
@pytest.mark.parametrize("kind", [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16, 99])
def test_any_channel_can_be_read(kind: int, told: dict[str, Any]) -> None:
    """In a server that Farside is no member of a channel comes in part, and discord.py reads it."""
    client: Any = discord.Client(intents=discord.Intents.none())
    state = client._connection
    state.user = discord.ClientUser(state=state, data=USER)  # type: ignore[arg-type]
    rest = {"application_id": "9", "version": 1, "data": {"name": "x"}, "attachment_size_limit": 0}
    whole = made_whole({**TOLD, **rest, "channel": {"id": "3", "type": kind, **told}})
    whole["member"] |= {"joined_at": None, "deaf": False, "mute": False, "flags": 0}
    read: Any = discord.Interaction(data=whole, state=state)  # type: ignore[arg-type]
    assert (read.channel is None) is (kind in (14, 99))  # of kinds that discord.py does not know


def test_a_person_without_a_name_or_a_picture() -> None:
    """There is something to call everybody."""
    whole = made_whole({**TOLD, "member": {"user": {"id": "5"}}})
    assert whole["member"]["user"]["username"]
    assert whole["member"]["user"]["avatar"] is None


@pytest.mark.parametrize("kind", [0, 10, 11, 12])
def test_a_channel_that_was_picked(kind: int) -> None:
    """What Discord need not tell of it is made up; what it tells is kept."""
    channel = {"id": "7", "type": kind, "name": "t", "permissions": "8", "parent_id": "3", "member_count": 4}
    told = {**TOLD, "data": {"name": "x", "resolved": {"channels": {"7": channel}}}}
    picked = made_whole(told)["data"]["resolved"]["channels"]["7"]
    assert picked | channel == picked
    assert ("owner_id" in picked) is (kind != 0)


def test_a_member_of_no_server_is_a_person() -> None:
    """Where no server is told, the member's person is who asked."""
    whole = made_whole({**TOLD, "guild_id": None})
    assert "member" not in whole
    assert whole["user"] == USER


def test_what_every_event_lacks_is_told_whole_once(caplog: pytest.LogCaptureFixture) -> None:
    """Each event that cannot be read is one line of the log; where a fault is from is told once a kind."""

    def parse_id(payload: Any) -> None:
        int(payload["id"])

    parse = forgiving("INTERACTION_CREATE", parse_id)
    for payload in ({}, {}, {"id": "x"}, {}, {"id": "y"}):
        parse(payload)
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, True, False, False]
    assert all("INTERACTION_CREATE" in record.message for record in caplog.records)
    assert "KeyError: 'id'" in caplog.records[1].message
