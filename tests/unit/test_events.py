"""Interactions made whole: what is optional in Discord's documentation may be left out."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.events import made_whole

USER = {"id": "5", "username": "ann", "discriminator": "0", "avatar": None, "global_name": "Ann"}
TOLD: dict[str, Any] = {
    "id": "1",
    "type": 2,
    "token": "t",
    "guild_id": "2",
    "channel_id": "3",
    "channel": {"id": "3", "type": 11, "name": "quiz"},
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
    assert made_whole(told)["channel"] == {"id": "3", "type": 0}
    assert made_whole({**told, "guild_id": None})["channel"] == {"id": "3", "type": 1}


def test_a_person_without_a_name_or_a_picture() -> None:
    """There is something to call everybody."""
    whole = made_whole({**TOLD, "member": {"user": {"id": "5"}}})
    assert whole["member"]["user"]["username"]
    assert whole["member"]["user"]["avatar"] is None


@pytest.mark.parametrize("kind", [10, 11, 12])
def test_a_thread_that_was_picked_without_its_owner(kind: int) -> None:
    """What Discord need not tell of a thread is made up; what it tells is kept, and no channel changes."""
    thread = {"id": "7", "type": kind, "name": "t", "permissions": "8", "parent_id": "3", "member_count": 4}
    channel = {"id": "8", "type": 0, "name": "c", "permissions": "8"}
    told = {**TOLD, "data": {"name": "x", "resolved": {"channels": {"7": thread, "8": channel}}}}
    picked = made_whole(told)["data"]["resolved"]["channels"]
    assert picked == {"7": {"owner_id": "0", "message_count": 0, **thread}, "8": channel}


def test_a_member_of_no_server_is_a_person() -> None:
    """Where no server is told, the member's person is who asked."""
    whole = made_whole({**TOLD, "guild_id": None})
    assert "member" not in whole
    assert whole["user"] == USER
