"""The door: a press read from its event is what discord.py would have made of it."""

from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.door import is_mentioned, press_of, read_heard, read_pressed
from bot.cogs.router import Router

_BOT = {"id": "5", "username": "Farside", "discriminator": "0", "avatar": None}

snowflakes = st.integers(1 << 50, (1 << 63) - 1).map(str)
names = st.text("abcABC żółw_", min_size=1, max_size=32)
maybe = st.one_of(st.none(), names)
users: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "id": snowflakes,
        "username": names,
        "global_name": maybe,
        "discriminator": st.just("0"),
        "avatar": st.none(),
    }
)
members: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "user": users,
        "nick": maybe,
        "roles": st.just([]),
        "joined_at": st.just("2026-01-01T00:00:00+00:00"),
        "permissions": st.just("0"),
        "flags": st.just(0),
    }
)


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, Any]:
    """Return the event of a press in a server or in private."""
    channel_id = draw(snowflakes)
    payload: dict[str, Any] = {
        "id": draw(snowflakes),
        "application_id": "5",
        "type": 3,
        "token": draw(st.text("abc-_", min_size=1)),
        "version": 1,
        "attachment_size_limit": 0,
        "data": {"component_type": 2, "custom_id": "answer:1:2"},
        "channel_id": channel_id,
        "channel": {"id": channel_id, "type": 0, "name": "quiz", "position": 0, "permission_overwrites": []},
        "message": {
            "id": draw(snowflakes),
            "channel_id": channel_id,
            "author": _BOT,
            "content": "",
            "timestamp": "2026-01-01T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
            "components": [],
        },
    }
    if draw(st.booleans()):
        return payload | {"guild_id": draw(snowflakes), "member": draw(members)}
    user = draw(users)
    return payload | {"user": user, "channel": {"id": channel_id, "type": 1, "recipients": [user]}}


@given(payloads())
def test_a_press_is_what_discordpy_makes_of_it(payload: dict[str, Any]) -> None:
    """Who, where, when and by which names are the same, at a fraction of the cost."""
    pressed = read_pressed(payload)
    state = discord.Client(intents=discord.Intents(guilds=True))._connection
    state.user = discord.ClientUser(state=state, data=_BOT)  # type: ignore[arg-type]
    interaction: discord.Interaction[Any] = discord.Interaction(data=payload, state=state)  # type: ignore[arg-type]
    assert pressed.press == press_of(interaction)
    assert pressed.token == interaction.token


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"type": 2, "data": {"name": "quiz"}},
        {"type": 3, "data": {"custom_id": "answer:1:2"}},
        {"type": 3, "data": {"custom_id": None}},
        {"type": 3, "data": {"custom_id": "other:1"}, "id": "1"},
        {"type": 3, "data": {"custom_id": "answer:1:2"}, "id": "x", "user": {"id": "1", "username": "a"}},
        {"type": 5, "data": {"custom_id": "answer:1:2"}},
    ],
)
def test_what_is_left_to_discordpy(odd: dict[str, Any]) -> None:
    """Other interactions, other buttons and odd shapes are not taken, and nothing is raised."""

    async def never(*_: object) -> None:
        raise AssertionError

    router = Router()
    router.on_pressed("answer", never)
    assert not router.take(odd, None)  # type: ignore[arg-type]


def message(**changes: Any) -> dict[str, Any]:
    """Return the event of a message that replies to an open question of ours."""
    asked = {
        "id": "1180000000000000042",
        "author": _BOT,
        "components": [
            {"type": 17, "components": [{"type": 1, "components": [{"type": 2, "custom_id": "type:81"}]}]}
        ],
    }
    return {
        "id": "1180000000000000099",
        "channel_id": "3",
        "guild_id": "2",
        "author": {"id": "7", "username": "ann", "global_name": "Ann"},
        "member": {"nick": "Annie"},
        "content": "350 m",
        "mentions": [_BOT],
        "referenced_message": asked,
    } | changes


def test_a_reply_to_a_question_is_read() -> None:
    """Who wrote it, what, when by Discord's id, and to which round's message."""
    heard = read_heard(message(), "5")
    assert heard is not None
    assert (heard.round_id, heard.words) == (81, "350 m")
    press = heard.press
    assert (press.player_id, press.name, press.account) == (7, "Annie", "Ann")
    assert (press.guild_id, press.channel_id, press.message_id) == (2, 3, 1180000000000000042)
    assert press.at == discord.utils.snowflake_time(1180000000000000099)


@pytest.mark.parametrize("words", ["<@5> 350 m", "350 m <@!5>", "350 <@5> m"])
def test_a_mention_is_read_wherever_it_stands(words: str) -> None:
    """Its round is whichever is open in the channel; the mention is no part of the answer."""
    heard = read_heard(message(content=words, referenced_message=None), "5")
    assert heard is not None
    assert (heard.round_id, heard.words.split()) == (None, ["350", "m"])


@pytest.mark.parametrize(
    "changes",
    [
        {"guild_id": None},
        {"author": {"id": "8", "username": "other", "bot": True}},
        {"webhook_id": "9"},
        {"referenced_message": None},
        {"referenced_message": {"id": "6", "author": {"id": "8"}, "components": []}},
        {"referenced_message": {"id": "6", "author": _BOT, "components": []}},
        {"referenced_message": {"id": "6", "author": _BOT, "components": [{"custom_id": "type:x"}]}},
    ],
)
def test_other_talk_is_not_read(changes: dict[str, Any]) -> None:
    """Programs, private chats, and replies to anything but an open question of ours."""
    assert read_heard(message(**changes), "5") is None


def test_somebody_else_s_mention_is_not_ours() -> None:
    """Among many mentions ours is found, and only ours."""
    assert is_mentioned([{"id": "1"}, _BOT], "5")
    assert not is_mentioned([{"id": "1"}, {"id": "55"}], "5")
