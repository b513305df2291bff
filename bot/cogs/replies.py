"""Answers to interactions: sent once, within Discord's three seconds, whatever the wire does.

What always holds:
- an answer that may have been lost is sent again; when the first had arrived
  after all, Discord says so (40060) and that is success;
- a slow Discord gets all the time there is: one try lasts until the end of the
  three seconds, since a second one beside it could only be refused;
- nobody is ever pinged;
- after `reply`, `defer`, `update` or `open_modal` the interaction counts as
  answered for discord.py too.

discord.py's own `send_message` asks for the message back and parses it, and
gives up on a dropped connection; a press needs neither.
"""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any

import discord
import orjson
from discord import Interaction, InteractionResponseType
from discord.app_commands import Choice

from bot.cogs.mentions import Mentions
from bot.cogs.messages.components import COMPONENTS_V2, NO_PINGS, Card, without_links
from bot.cogs.retries import pause_after
from bot.cogs.sender import Expired, Failure, Later, Refused, Sender
from bot.pauses import Pauses

_EPHEMERAL = 64
_PROMPT = Pauses((0.1, 0.3, 0.6))  # after each try that Discord did not take
_LATEST = 2.9  # seconds after which Discord no longer takes an answer
_FOLLOW_UP_TRIES = 5  # some twenty seconds
_ONE = 5.0  # seconds for one try of a follow-up
_FOLLOWED = "followed up"

TO_ONE: dict[str, Any] = {"flags": _EPHEMERAL, "allowed_mentions": NO_PINGS}
"""What makes a message one that only the person who asked sees, and that pings nobody."""

Files = Sequence[discord.File]


async def reply(
    interaction: Interaction[Any],
    text: str | None = None,
    *,
    view: Card | None = None,
    ephemeral: bool = True,
    files: Files = (),
) -> None:
    """Answer with a message, or follow up when the interaction is answered or deferred already."""
    if interaction.response.is_done():
        await follow_up(interaction, text, view=view, ephemeral=ephemeral, files=files)
    else:
        message = _message(interaction, text, view, ephemeral)
        await _respond(interaction, InteractionResponseType.channel_message, message, files)


async def follow_up(
    interaction: Interaction[Any],
    text: str | None = None,
    *,
    view: Card | None = None,
    ephemeral: bool = True,
    files: Files = (),
) -> None:
    """Send a message after an earlier answer, or in place of the waiting that a deferral shows."""
    is_deferred = interaction.response.type is InteractionResponseType.deferred_channel_message
    if is_deferred and not interaction.extras.get(_FOLLOWED):
        await edit_original(interaction, text, view=view, files=files)
    else:
        message = _message(interaction, text, view, ephemeral)
        await follow_up_by(_sender(interaction), address_of(interaction), message, files)


async def edit_original(
    interaction: Interaction[Any], text: str | None = None, *, view: Card | None = None, files: Files = ()
) -> None:
    """Have the first answer, or the message whose button was pressed, show this; as often as one likes."""
    address = f"{address_of(interaction)}/messages/@original"
    message = _message(interaction, text, view, ephemeral=False)
    if files:  # in place of those that an earlier try, whose answer was lost, has sent
        message["attachments"] = [{"id": str(number)} for number in range(len(files))]
    await follow_up_by(_sender(interaction), address, message, files, method="PATCH")
    interaction.extras[_FOLLOWED] = True


async def update(
    interaction: Interaction[Any], *, view: Card, files: Files = (), of_all: bool = False
) -> None:
    """Replace the message whose button was pressed; `files` in place of those that it had.

    A message that everybody sees is only replaced where it is `of_all`; else the card comes as one
    of its own.
    """
    if not of_all and not is_of_one(interaction):
        await reply(interaction, view=view, files=files)
        return
    message = _message(interaction, None, view, ephemeral=False)
    if files:
        message["attachments"] = [{"id": str(number)} for number in range(len(files))]
    await _respond(interaction, InteractionResponseType.message_update, message, files)


def is_of_one(interaction: Interaction[Any]) -> bool:
    """Return whether the message whose button was pressed is seen by that person alone."""
    return interaction.message is not None and interaction.message.flags.ephemeral


async def defer(interaction: Interaction[Any], *, ephemeral: bool = True) -> None:
    """Show that the answer takes a moment; `reply` then follows up."""
    flags = {"flags": _EPHEMERAL} if ephemeral else {}
    await _respond(interaction, InteractionResponseType.deferred_channel_message, flags)


async def acknowledge(interaction: Interaction[Any]) -> None:
    """Take a press without showing anything."""
    await _respond(interaction, InteractionResponseType.deferred_message_update, {})


async def open_modal(interaction: Interaction[Any], modal: discord.ui.Modal) -> None:
    """Open a form; its submission comes back through the router by its custom_id."""
    await _respond(interaction, InteractionResponseType.modal, modal.to_dict())


async def suggest(interaction: Interaction[Any], choices: Sequence[Choice[Any]]) -> None:
    """Answer somebody who types an option."""
    payload = {"choices": [choice.to_dict() for choice in choices]}
    await _respond(interaction, InteractionResponseType.autocomplete_result, payload)


async def respond(
    sender: Sender, interaction_id: int, token: str, kind: int, payload: dict[str, Any], files: Files = ()
) -> None:
    """Post an interaction's callback, again while there is time and a reason to. Raises `LateReply`."""
    try:
        await _call_back(sender, interaction_id, token, kind, payload, files)
    finally:
        sender.on_answered(interaction_id)


async def _call_back(
    sender: Sender, interaction_id: int, token: str, kind: int, payload: dict[str, Any], files: Files
) -> None:
    path = f"/interactions/{interaction_id}/{token}/callback"
    now = asyncio.get_running_loop().time
    latest = now() + _LATEST
    was_refused = False
    for tries in count(1):
        body = orjson.dumps({"type": kind, "data": payload})
        try:
            await sender.answer("POST", path, body, seconds=latest - now(), files=_contents(files))
        except Refused as refused:
            payload = _lighter(payload, LateReply(interaction_id, refused), was_refused=was_refused)
            was_refused = True
        except Expired as expired:
            raise LateReply(interaction_id, expired) from expired
        except Later as later:
            wait = max(_PROMPT.after(tries), later.wait)
            if now() + wait >= latest:
                raise LateReply(interaction_id, later) from later
            await asyncio.sleep(wait)
        else:
            return


async def follow_up_by(
    sender: Sender, address: str, message: dict[str, Any], files: Files = (), *, method: str = "POST"
) -> None:
    """Send `message` by an interaction's token, which is good for 15 minutes. Raises `LateReply`."""
    was_refused = False
    for failures in range(_FOLLOW_UP_TRIES):
        try:
            body = orjson.dumps(message)
            await sender.answer(method, address, body, seconds=_ONE, files=_contents(files))
            return
        except Expired as expired:
            raise LateReply(0, expired) from expired
        except (Later, Refused) as failure:
            if failures + 1 == _FOLLOW_UP_TRIES:
                raise LateReply(0, failure) from failure
            if isinstance(failure, Later):
                await asyncio.sleep(pause_after(failures, failure.wait))
            else:
                message = _lighter(message, LateReply(0, failure), was_refused=was_refused)
                was_refused = True


def _message(
    interaction: Interaction[Any], text: str | None, view: Card | None, ephemeral: bool
) -> dict[str, Any]:
    mentions: Mentions = interaction.client.mentions
    flags = (_EPHEMERAL if ephemeral else 0) | (COMPONENTS_V2 if view is not None else 0)
    message: dict[str, Any] = {"allowed_mentions": NO_PINGS}
    if flags:
        message["flags"] = flags
    if text is not None:
        message["content"] = mentions.written(text)
    if view is not None:
        message["components"] = mentions.on(view)
    return message


def _lighter(message: dict[str, Any], refusal: "LateReply", *, was_refused: bool) -> dict[str, Any]:
    """Return the message without its links, in which Discord may find fault.

    One that has none is tried as it is once more: the second refusal is believed, and raised.
    """
    card = message.get("components")
    lighter = without_links(card) if card else card
    if lighter == card and was_refused:
        raise refusal
    return message | {"components": lighter}


def _contents(files: Files) -> list[tuple[str, bytes]]:
    contents = []
    for file in files:
        file.fp.seek(0)
        contents.append((file.filename, file.fp.read()))
    return contents


async def _respond(
    interaction: Interaction[Any], kind: InteractionResponseType, payload: dict[str, Any], files: Files = ()
) -> None:
    await respond(_sender(interaction), interaction.id, interaction.token, kind.value, payload, files)
    interaction.response._response_type = kind


def _sender(interaction: Interaction[Any]) -> Sender:
    sender: Sender = interaction.client.sender
    return sender


def address_of(interaction: Interaction[Any]) -> str:
    """Return where an interaction's answers are, by its token, which is a secret."""
    return f"/webhooks/{interaction.application_id}/{interaction.token}"


class LateReply(Exception):
    """Discord did not take an answer: too late, or refused. The person sees 'interaction failed'."""

    def __init__(self, interaction_id: int, failure: Failure) -> None:
        which = f"the answer to interaction {interaction_id}" if interaction_id else "a follow-up"
        super().__init__(f"{which} was not taken ({failure})")
        self.code = failure.code
