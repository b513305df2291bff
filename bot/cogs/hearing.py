"""Hearing: answers written in the channel itself, as a reply to the question or with a mention of the bot.

Discord tells of every message in a server's channels, and what is in it only where the bot is mentioned;
a reply mentions whom it replies to. So no privileged intent is needed, and all that is not for us goes by
at the cost of reading its list of mentions: none of discord.py's objects is made of it.

What always holds:
- such an answer is one like any other: the first stands, Discord's id of the message tells when it was
  given, and it is acknowledged only once it is on disk;
- what is said about it is seen by all, so it never tells what is right, nor what was answered before;
- where no question takes typed answers nothing is said and nothing is kept, and an edited or deleted
  message changes nothing.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

import discord

from bot.cogs.channels import Address, Channels
from bot.cogs.door import Heard, is_mentioned, read_heard
from bot.cogs.forms import plain_words
from bot.cogs.messages.answering import FIRST_STANDS, IS_IN, TOO_LONG, own_fault_text
from bot.cogs.permissions import ADD_REACTIONS, READ_HISTORY, may_in
from bot.cogs.publisher import Publisher
from bot.cogs.sender import Failure
from bot.errors import NotFound, QuizError
from bot.metrics import HEARD, pressed
from bot.quiz.game import MOST_TYPED, AlreadyAnswered
from bot.services.games import Play

_log = logging.getLogger(__name__)
_PRIORITY = 5  # whatever a game needs goes first
_IN = "📥"
_REMEMBERED = 2000  # messages that were heard, and people who were told something
_TOLD = 2  # sentences that somebody gets about one question, at most

Parse = Callable[[Any], None]


class Hearing:
    """Takes answers from messages, as the gateway tells of them."""

    def __init__(self, client: discord.Client, channels: Channels, play: Play, publisher: Publisher) -> None:
        self._client = client
        self._channels = channels
        self._answers = play.answers
        self._live = play.live
        self._publisher = publisher
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard: OrderedDict[int, None] = OrderedDict()
        self._told: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._own_id = ""
        self.is_stopping = False

    def parsers(self) -> dict[str, Parse]:
        """Return what is to be done with the events of messages."""
        return {
            "MESSAGE_CREATE": self.take,
            **dict.fromkeys(("MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK"), _nothing),
        }

    def take(self, payload: dict[str, Any]) -> None:
        """Take a message if it is for us; most are not."""
        mentions = payload.get("mentions")
        if not mentions or self.is_stopping:
            return
        if not self._own_id:
            self._own_id = str(self._client.user.id) if self._client.user is not None else ""
        if not is_mentioned(mentions, self._own_id):
            return
        heard = read_heard(payload, self._own_id)
        if heard is not None and heard.press.id not in self._heard:
            _note(self._heard, heard.press.id, None)
            self._begin(self._submit(heard))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _submit(self, heard: Heard) -> None:
        press = heard.press
        round_id = heard.round_id or self._open_in(press.channel_id)
        if round_id is None:
            return
        HEARD.add()
        words = plain_words(heard.words)
        if not words:
            return
        if len(words) > MOST_TYPED:
            await self._say(heard, round_id, TOO_LONG)
            return
        try:
            with pressed():
                has_changed = await self._answers.submit(press, round_id, words)
        except AlreadyAnswered:
            await self._say(heard, round_id, FIRST_STANDS)
        except NotFound:
            return  # somebody talks about a question that is long over
        except QuizError as refusal:
            await self._say(heard, round_id, str(refusal))
        except Exception:  # noqa: BLE001 - a message must not end in silence when it may have counted
            _log.exception("a message in channel %s could not be taken as an answer", press.channel_id)
            await self._say(heard, round_id, own_fault_text())
        else:
            await self._acknowledge(heard, round_id)
            if has_changed:
                self._publisher.show_round(press.home_id, round_id)
            else:
                self._publisher.count_soon(press.home_id, round_id)

    def _open_in(self, channel_id: int) -> int | None:
        """Return the channel's open question, if its answers are typed."""
        live = self._live.in_channel(channel_id)
        return live.round.id if live is not None and live.key is not None else None

    async def _acknowledge(self, heard: Heard, round_id: int) -> None:
        """Show that the answer is on disk: by a reaction, or where that is not allowed in words."""
        to = Address(heard.press.guild_id, heard.press.channel_id)
        if may_in(self._client, *to, (ADD_REACTIONS, READ_HISTORY)):
            try:
                await self._channels.react(to, heard.press.id, _IN, priority=_PRIORITY)
            except Failure as failure:  # whoever has blocked Farside, for one, gets no reactions
                _log.info("no reaction in channel %s: %s", to.channel_id, failure)
            else:
                return
        await self._say(heard, round_id, IS_IN)

    async def _say(self, heard: Heard, round_id: int, sentence: str) -> None:
        """Reply to the message, pinging nobody; to one person about one question a few times at most."""
        press, key = heard.press, (round_id, heard.press.player_id)
        times = self._told.get(key, 0)
        if times >= _TOLD:
            return
        _note(self._told, key, times + 1)
        to = Address(press.guild_id, press.channel_id)
        try:
            await self._channels.reply_to(to, press.id, press.player_id, sentence, priority=_PRIORITY)
        except Failure as failure:
            _log.info("nothing could be said in channel %s: %s", to.channel_id, failure)


def _note(kept: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)


def _nothing(_: Any) -> None:
    """Take no note of an edit or a deletion: the answer was given when the message was written."""
