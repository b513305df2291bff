"""Syncing: Discord is sent the commands when they are not what it was sent last."""

import hashlib
import logging
from typing import Protocol

import discord
import orjson

from bot import __version__
from bot.cluster.releases import is_older
from bot.cogs.gateway import seldom
from bot.cogs.login import is_of_discord
from bot.cogs.mentions import Mentions
from bot.cogs.retries import patiently
from bot.cogs.tree import Tree
from bot.services.sent import SentCommands

_log = logging.getLogger(__name__)
_UNSENT = "the commands could not be sent to Discord, so they are missing or old"


class Leader(Protocol):
    """Who does what one process does for all."""

    @property
    def is_leader(self) -> bool:
        """Return whether it is this one."""
        ...

    @property
    def is_alone(self) -> bool:
        """Return whether there are no others."""
        ...


class Syncing:
    """Sends the commands of `tree`, and has `mentions` learn their ids."""

    def __init__(self, tree: Tree, mentions: Mentions, sent: SentCommands, leader: Leader) -> None:
        self._tree = tree
        self._mentions = mentions
        self._sent = sent
        self._leader = leader

    async def run(self) -> None:
        """Send the commands when they are not what was sent last; for as long as it takes."""
        payload = [command.to_dict(self._tree) for command in self._tree.get_commands()]
        application_id = self._tree.client.application_id
        digest = hashlib.sha256(
            orjson.dumps([application_id, payload], option=orjson.OPT_SORT_KEYS)
        ).hexdigest()
        names = {command["name"] for command in payload}

        async def send() -> bool:
            if await self._sent.load() == digest and await self._are_there(names):
                return False
            if not await self._may_send():
                self._mentions.learn(await self._tree.fetch_commands())
                return False
            self._mentions.learn(await self._tree.sync())
            return True

        if await patiently(send, is_of_discord, _UNSENT, seldom):
            await self._sent.save(digest, __version__)
            _log.info("%s commands sent to Discord", len(payload))

    async def _may_send(self) -> bool:
        """Return whether it is for this process to send them: for one, and not of an older release."""
        if self._leader.is_alone:
            return True
        return self._leader.is_leader and not is_older(__version__, await self._sent.load_release())

    async def _are_there(self, names: set[str]) -> bool:
        """Return whether Discord still has the commands that were sent; they may have been removed."""
        try:
            found = await self._tree.fetch_commands()
        except (discord.Forbidden, discord.NotFound):
            return False
        self._mentions.learn(found)
        return {command.name for command in found} == names
