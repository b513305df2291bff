"""Syncing: Discord is sent the commands when they are not what it was sent last."""

import hashlib
import logging

import discord
import orjson

from bot.cogs.gateway import seldom
from bot.cogs.login import is_of_discord
from bot.cogs.mentions import Mentions
from bot.cogs.retries import patiently
from bot.cogs.tree import Tree
from bot.services.sent import SentCommands

_log = logging.getLogger(__name__)
_UNSENT = "the commands could not be sent to Discord, so they are missing or old"


class Syncing:
    """Sends the commands of `tree`, and has `mentions` learn their ids."""

    def __init__(self, tree: Tree, mentions: Mentions, sent: SentCommands) -> None:
        self._tree = tree
        self._mentions = mentions
        self._sent = sent

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
            self._mentions.learn(await self._tree.sync())
            return True

        if await patiently(send, is_of_discord, _UNSENT, seldom):
            await self._sent.save(digest)
            _log.info("%s commands sent to Discord", len(payload))

    async def _are_there(self, names: set[str]) -> bool:
        """Return whether Discord still has the commands that were sent; they may have been removed."""
        try:
            found = await self._tree.fetch_commands()
        except (discord.Forbidden, discord.NotFound):
            return False
        self._mentions.learn(found)
        return {command.name for command in found} == names
