"""Answers to interactions: sent once, within Discord's three seconds, whatever the wire does.

What always holds:
- an answer that may have been lost is sent again; when the first had arrived
  after all, Discord says so (40060) and that is success;
- nobody is ever pinged;
- after `reply`, `defer`, `update` or `open_modal` the interaction counts as
  answered for discord.py too.

discord.py's own `send_message` asks for the message back and parses it, and
gives up on a dropped connection; a press needs neither.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord
import orjson
from discord import Interaction
from discord.http import Route

from bot.cogs.messages.components import Card

_log = logging.getLogger(__name__)
_EPHEMERAL = 64
_COMPONENTS_V2 = 1 << 15
_PAUSES = (0.1, 0.3, 0.6, 0.6)  # seconds after each try: all fit into the three that Discord grants
_TRY = 1.3  # seconds to wait for one answer, so that a second try is still in time
_LATEST = 2.8  # seconds after which Discord no longer takes an answer
_HEADERS = {"Content-Type": "application/json"}
_NO_PINGS: dict[str, list[str]] = {"parse": []}
_ANSWERED_ALREADY = 40060

Layout = discord.ui.LayoutView | Card


async def reply(
    interaction: Interaction[Any],
    text: str | None = None,
    *,
    view: Layout | None = None,
    ephemeral: bool = True,
    files: Sequence[discord.File] = (),
) -> None:
    """Answer with a message, or follow up when the interaction is answered or deferred already."""
    if interaction.response.is_done():
        await follow_up(interaction, text, view=view, ephemeral=ephemeral, files=files)
    elif files:
        await _reply_with_files(interaction, text, view, ephemeral, files)
    else:
        await _respond(
            interaction, discord.InteractionResponseType.channel_message, _message(text, view, ephemeral)
        )


async def follow_up(
    interaction: Interaction[Any],
    text: str | None = None,
    *,
    view: Layout | None = None,
    ephemeral: bool = True,
    files: Sequence[discord.File] = (),
) -> None:
    """Send a message after a deferral or an earlier answer."""
    if isinstance(view, list) and not files:
        route = Route("POST", f"/webhooks/{interaction.application_id}/{interaction.token}")
        await interaction._state.http.request(route, json=_message(text, view, ephemeral))
        return
    await interaction.followup.send(**_arguments(text, view, ephemeral, files))


async def update(interaction: Interaction[Any], *, view: Layout) -> None:
    """Replace the message whose button was pressed."""
    await _respond(
        interaction, discord.InteractionResponseType.message_update, _message(None, view, ephemeral=False)
    )


async def defer(interaction: Interaction[Any], *, ephemeral: bool = True) -> None:
    """Show that the answer takes a moment; `reply` then follows up."""
    flags = {"flags": _EPHEMERAL} if ephemeral else {}
    await _respond(interaction, discord.InteractionResponseType.deferred_channel_message, flags)


async def acknowledge(interaction: Interaction[Any]) -> None:
    """Take a press without showing anything."""
    await _respond(interaction, discord.InteractionResponseType.deferred_message_update, {})


async def open_modal(interaction: Interaction[Any], modal: discord.ui.Modal) -> None:
    """Open a form; its submission comes back through the router by its custom_id."""
    await _respond(interaction, discord.InteractionResponseType.modal, modal.to_dict())


def _message(text: str | None, view: Layout | None, ephemeral: bool) -> dict[str, Any]:
    flags = (_EPHEMERAL if ephemeral else 0) | (_COMPONENTS_V2 if view is not None else 0)
    message: dict[str, Any] = {"allowed_mentions": _NO_PINGS}
    if flags:
        message["flags"] = flags
    if text is not None:
        message["content"] = text
    if view is not None:
        message["components"] = view if isinstance(view, list) else view.to_components()  # type: ignore[no-untyped-call]
    return message


async def _respond(
    interaction: Interaction[Any], kind: discord.InteractionResponseType, payload: dict[str, Any]
) -> None:
    """Post the interaction's callback, again while there is time and a reason to."""
    url = f"{Route.BASE}/interactions/{interaction.id}/{interaction.token}/callback"
    body = orjson.dumps({"type": kind.value, "data": payload})
    now = asyncio.get_running_loop().time
    latest = now() + _LATEST
    for pause in _PAUSES:
        status, code, wait = await _post(interaction, url, body, min(_TRY, latest - now()))
        if 200 <= status < 300 or code == _ANSWERED_ALREADY:
            interaction.response._response_type = kind
            return
        is_final = 400 <= status < 500 and status != 429
        if is_final or now() + max(pause, wait) > latest:
            break
        await asyncio.sleep(max(pause, wait))
    raise LateReply(interaction.id, status, code)


async def _post(
    interaction: Interaction[Any], url: str, body: bytes, seconds: float
) -> tuple[int, int, float]:
    """Return the HTTP status (0: no answer), Discord's error code, and how long it asks us to wait."""
    session: aiohttp.ClientSession = interaction._session
    http = interaction._state.http
    try:
        async with session.post(
            url,
            data=body,
            headers=_HEADERS,
            proxy=http.proxy,
            proxy_auth=http.proxy_auth,
            timeout=aiohttp.ClientTimeout(total=seconds),
        ) as response:
            if response.status < 300:
                return response.status, 0, 0.0
            refusal = orjson.loads(await response.read())
            return response.status, int(refusal.get("code") or 0), float(refusal.get("retry_after") or 0)
    except (aiohttp.ClientConnectionError, ConnectionError, TimeoutError) as error:
        _log.info("an answer to interaction %s was dropped on the way (%r)", interaction.id, error)
        return 0, 0, 0.0
    except (ValueError, AttributeError):  # an error page that is not Discord's JSON
        return response.status, 0, 0.0


async def _reply_with_files(
    interaction: Interaction[Any],
    text: str | None,
    view: Layout | None,
    ephemeral: bool,
    files: Sequence[discord.File],
) -> None:
    await interaction.response.send_message(**_arguments(text, view, ephemeral, files))


def _arguments(
    text: str | None, view: Layout | None, ephemeral: bool, files: Sequence[discord.File]
) -> dict[str, Any]:
    """Return what discord.py's own senders take; they refuse None where something is left out."""
    arguments: dict[str, Any] = {"ephemeral": ephemeral, "allowed_mentions": discord.AllowedMentions.none()}
    if text is not None:
        arguments["content"] = text
    if view is not None:
        arguments["view"] = view
    if files:
        arguments["files"] = list(files)
    return arguments


class LateReply(Exception):
    """Discord did not take an answer: too late, or refused. The person sees 'interaction failed'."""

    def __init__(self, interaction_id: int, status: int, code: int) -> None:
        super().__init__(
            f"the answer to interaction {interaction_id} was not taken (HTTP {status}, code {code})"
        )
        self.status = status
        self.code = code
