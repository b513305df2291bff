"""The router: what a button press or a submitted modal does.

A custom_id carries all that is needed (`answer:481:2`), so nothing has to be
remembered between showing a button and its press, and a button works after any
number of restarts. Modal submissions come the same way: discord.py finds a
modal only in the memory of the process that opened it.

What always holds: every press gets an answer - its handler's, the sentence of
a `QuizError`, a short id for a fault of ours, or word that the button is old.
"""

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from inspect import Signature, signature
from typing import Any

import discord
from discord import Interaction
from discord.ext import commands

from bot.cogs.door import Pressed, read_pressed
from bot.cogs.replies import TO_ONE, LateReply, reply, respond
from bot.cogs.sender import Sender
from bot.errors import NotFound, QuizError, is_the_end

Handler = Callable[..., Awaitable[None]]
Say = Callable[[str], Awaitable[None]]
Written = Callable[[str], str]

_log = logging.getLogger(__name__)
_ROUTED = (discord.InteractionType.component, discord.InteractionType.modal_submit)
_COMPONENT = discord.InteractionType.component.value
_MESSAGE = discord.InteractionResponseType.channel_message.value
_UNKNOWN = "This button is from an older Farside and does nothing any more. `/help` shows what there is."
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_HIGHEST = 2**63 - 1  # what the store can hold
_DAMAGED = "That button is damaged or from an older Farside. `/quiz status` shows the game."
STOPPING = "Farside is restarting. Please try again in a few seconds."


def number_in(word: str) -> int:
    """Return a number from a custom_id as Farside writes it; any other is somebody's invention."""
    if _NUMBER.fullmatch(word) is None or (number := int(word)) > _HIGHEST:
        raise NotFound(_DAMAGED)
    return number


class Reply:
    """Answers a press, to its maker alone; `address` is then where the answer can be changed."""

    __slots__ = ("_pressed", "_sender")

    def __init__(self, sender: Sender, pressed: Pressed) -> None:
        self._sender = sender
        self._pressed = pressed

    async def __call__(self, text: str) -> None:
        """Say it, once it is Farside's turn to."""
        pressed = self._pressed
        message = {"content": text, **TO_ONE}
        await respond(self._sender, pressed.press.id, pressed.token, _MESSAGE, message)

    @property
    def address(self) -> str:
        """The address by the press's token, which is a secret and good for a quarter of an hour."""
        return f"/webhooks/{self._pressed.application_id}/{self._pressed.token}"


class Router(commands.Cog):
    """Sends each press to the handler of the first word of its custom_id."""

    def __init__(self, written: Written = str) -> None:
        """`written` makes the commands that a text names ones that can be clicked."""
        self._written = written
        self._handlers: dict[str, Handler] = {}
        self._signatures: dict[str, Signature] = {}
        self._light: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_stopping = False

    def on(self, prefix: str, handler: Handler) -> None:
        """Have `handler(interaction, *words)` called for custom_ids `prefix` or `prefix:word:word`."""
        if prefix in self._handlers:
            raise ValueError(f"two handlers for the custom_id '{prefix}'")
        self._handlers[prefix] = handler
        self._signatures[prefix] = signature(handler)

    def on_pressed(self, prefix: str, handler: Handler) -> None:
        """Have `handler(press, say, *words)` called, where presses come by the thousand.

        `press` is a `bot.quiz.press.Press`; `say(text)` answers the person alone, and `say.address` is
        where that answer can be changed.
        """
        self.on(prefix, handler)
        self._light.add(prefix)

    def take(self, payload: dict[str, Any], sender: Sender) -> bool:
        """Handle a press for which a handler needs no more than its event tells; False for any other."""
        try:
            prefix, *words = payload["data"]["custom_id"].split(":")
            if payload["type"] != _COMPONENT or prefix not in self._light:
                return False
            pressed = read_pressed(payload)
        except (LookupError, TypeError, ValueError, AttributeError):
            return False
        task = asyncio.create_task(self._handle_pressed(prefix, words, pressed, sender))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    @property
    def under_way(self) -> int:
        """How many presses are being answered at this moment, of those that come by the thousand."""
        return len(self._tasks)

    async def _handle_pressed(self, prefix: str, words: list[str], pressed: Pressed, sender: Sender) -> None:
        press, say = pressed.press, Reply(sender, pressed)
        try:
            if self.is_stopping:
                await say(STOPPING)
            else:
                await self._handlers[prefix](press, say, *words)
        except BaseException as error:
            if is_the_end(error):
                raise
            is_damaged = isinstance(error, TypeError) and not self._takes(prefix, press, say, *words)
            explained = NotFound(_UNKNOWN) if is_damaged else error
            await explain_to(lambda text: say(self._written(text)), press.id, explained)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction[Any]) -> None:
        """Handle a press or a submission; commands and autocompletion are not ours."""
        if interaction.type not in _ROUTED:
            return
        prefix, *words = interaction.data["custom_id"].split(":")  # type: ignore[index,typeddict-item]
        try:
            if self.is_stopping:
                await reply(interaction, STOPPING)
            elif prefix in self._light:  # its event could not be read, or somebody made it up
                await reply(interaction, _UNKNOWN)
            elif (handler := self._handlers.get(prefix)) is not None:
                await handler(interaction, *words)
            else:
                await reply(interaction, _UNKNOWN)
        except BaseException as error:
            if is_the_end(error):
                raise
            is_damaged = isinstance(error, TypeError) and not self._takes(prefix, interaction, *words)
            await explain(interaction, NotFound(_UNKNOWN) if is_damaged else error)

    def _takes(self, prefix: str, *given: object) -> bool:
        """Return whether the handler takes what it was given; looked at only after it has failed."""
        try:
            self._signatures[prefix].bind(*given)
        except TypeError:
            return False
        return True


async def explain(interaction: Interaction[Any], error: BaseException) -> None:
    """Tell the person what went wrong: a `QuizError` by its sentence, anything else by a short id."""
    await explain_to(partial(reply, interaction), interaction.id, error)


async def explain_to(say: Say, interaction_id: int, error: BaseException) -> None:
    """Tell it by `say`, as `explain` does."""
    if isinstance(error, LateReply):
        _log.warning("%s", error)
        return
    if isinstance(error, QuizError):
        sentence = str(error)
    else:
        fault = secrets.token_hex(3)
        _log.error("fault %s in interaction %s", fault, interaction_id, exc_info=error)
        sentence = f"Something went wrong on our side (fault `{fault}`). Nothing is lost; please try again."
    try:
        await say(sentence)
    except LateReply as late:
        _log.warning("%s", late)
