"""What Discord tells of an interaction, made whole for discord.py, which takes for given what is optional.

What always holds: what was told is kept, and nothing is made up but what stands for "not told": a channel of
which only the id is known, a person without a name or a picture.
"""

import asyncio
import logging
from collections.abc import Callable
from traceback import walk_tb
from types import CodeType
from typing import Any

from discord import InteractionResponseType

from bot.cogs.meanings import Act
from bot.cogs.replies import LateReply, respond
from bot.cogs.sender import Failure, Sender

_log = logging.getLogger(__name__)
_TEXT, _DIRECT, _GROUP = 0, 1, 3  # types of channels
_THREADS = (10, 11, 12)
_CHANNEL = {"name": "", "position": 0, "bitrate": 0, "user_limit": 0}
_THREAD: dict[str, Any] = {
    "name": "",
    "parent_id": "0",
    "owner_id": "0",
    "member_count": 0,
    "message_count": 0,
    "thread_metadata": {
        "archived": False,
        "auto_archive_duration": 60,
        "archive_timestamp": "1970-01-01T00:00:00+00:00",
    },
}
_ASIDE = 3  # after whatever is to be shown
UNREADABLE = "That could not be read. Please try it once more; `/help` shows what there is."


def made_whole(payload: dict[str, Any]) -> dict[str, Any]:
    """Return an INTERACTION_CREATE with what discord.py cannot do without; the payload is not changed.

    `channel` is optional in Discord's documentation beside `channel_id`; a `guild_id` of null means none, and
    a member told without a server is the person alone. A channel that Farside does not know, or one that was
    picked, is told in part, and which part Discord does not promise.
    """
    whole = {name: value for name, value in payload.items() if value is not None}
    channel_id = whole.get("channel_id")
    channel = whole.get("channel")
    if channel_id is not None and not isinstance(channel, dict):
        channel = {"id": channel_id, "type": _TEXT}
    if isinstance(channel, dict):
        is_private = channel.get("type") in (_DIRECT, _GROUP)
        whole["channel"] = _channel(
            channel if "guild_id" in whole or is_private else {**channel, "type": _DIRECT}
        )
    member = whole.get("member")
    if isinstance(member, dict):
        user = member.get("user")
        if isinstance(user, dict):
            member = {**member, "user": _person(user)}
        if "guild_id" in whole:
            whole["member"] = member
        else:
            del whole["member"]
            whole.setdefault("user", member.get("user"))
    if isinstance(whole.get("user"), dict):
        whole["user"] = _person(whole["user"])
    data = whole.get("data")
    if isinstance(data, dict) and isinstance(data.get("resolved"), dict):
        whole["data"] = {**data, "resolved": _resolved(data["resolved"])}
    return whole


def _resolved(resolved: dict[str, Any]) -> dict[str, Any]:
    channels = resolved.get("channels")
    if not isinstance(channels, dict):
        return resolved
    return {**resolved, "channels": {key: _channel(channel) for key, channel in channels.items()}}


def _channel(channel: dict[str, Any]) -> dict[str, Any]:
    if channel.get("type") in (_DIRECT, _GROUP):
        return channel
    untold = _THREAD if channel.get("type") in _THREADS else _CHANNEL
    return untold | {name: value for name, value in channel.items() if value is not None}


def _person(user: dict[str, Any]) -> dict[str, Any]:
    return {"username": "somebody", "discriminator": "0", "avatar": None, "global_name": None} | user


async def tell_unreadable(sender: Sender, payload: dict[str, Any]) -> None:
    """Answer an interaction that discord.py cannot make an object of, by its bare id and token."""
    kind = InteractionResponseType.channel_message.value
    try:
        await respond(
            sender, int(payload["id"]), str(payload["token"]), kind, {"content": UNREADABLE, "flags": 64}
        )
    except (LookupError, TypeError, ValueError, LateReply) as error:
        _log.warning("an interaction that cannot be read was not answered: %s", error)


def once_confirmed(
    parse: Callable[[Any], None], sender: Sender, is_new: Callable[[int], bool]
) -> Callable[[Any], None]:
    """Return `parse` of GUILD_DELETE such that a server that is new is left once Discord, asked, says so too.

    The event may be of an earlier leaving, told late: it would have the server's data deleted. When Discord
    does not say, it counts.
    """
    tasks: set[asyncio.Task[None]] = set()

    async def parse_if_left(payload: Any) -> None:
        try:
            await sender.request(Act.READ, "GET", f"/guilds/{int(payload['id'])}", priority=_ASIDE)
        except Failure:
            parse(payload)
        else:
            _log.info("server %s is said to be left, and is ours", payload["id"])

    def parse_or_ask(payload: Any) -> None:
        if payload.get("unavailable") or not is_new(int(payload["id"])):
            parse(payload)
            return
        task = asyncio.create_task(parse_if_left(payload))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    return parse_or_ask


def forgiving(event: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return `parse` such that an event that discord.py cannot read is logged, and ends nothing.

    Where each kind of fault is from is told once: what Discord leaves out, it leaves out of every event.
    """
    known: set[tuple[type[Exception], CodeType, int]] = set()

    def parse_or_log(payload: Any) -> None:
        try:
            parse(payload)
        except Exception as error:
            if event == "READY":  # without it there is no session: the connection is made anew
                raise
            *_, (frame, line) = walk_tb(error.__traceback__)
            kind = (type(error), frame.f_code, line)
            _log.error(
                "an event cannot be read and is left out: %s (%s: %s)",
                event,
                kind[0].__name__,
                error,
                exc_info=kind not in known,
            )
            known.add(kind)

    return parse_or_log
