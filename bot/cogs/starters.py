"""Starters: how to reach whoever started a game, a duel or a night when its channel takes no messages.

What always holds: an interaction's token speaks for a quarter of an hour, also
where Farside may not post; after that, and after a restart, only the channel does.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from discord import Interaction

from bot.cogs.channels import Address, Channels
from bot.cogs.messages.components import text
from bot.cogs.replies import TO_ONE, LateReply, follow_up_by
from bot.cogs.sender import Failure, Sender
from bot.quiz.game import Game

_log = logging.getLogger(__name__)
_GOOD_FOR = 14.5 * 60  # seconds
_REMEMBERED = 5000


@dataclass(frozen=True, slots=True)
class _Origin:
    address: str
    until: float  # by the loop's clock


class Starters:
    """Remembers by what games, duels and nights were started, and tells their starters."""

    def __init__(self, sender: Sender, channels: Channels) -> None:
        self._sender = sender
        self._channels = channels
        self._origins: dict[int, _Origin] = {}

    def remember(self, started: int, interaction: Interaction[Any]) -> None:
        """Remember that this command or press has started the game, the duel or the night of that id."""
        now = asyncio.get_running_loop().time()
        address = f"/webhooks/{interaction.application_id}/{interaction.token}"
        self._origins[started] = _Origin(address, now + _GOOD_FOR)
        if len(self._origins) > _REMEMBERED:
            self._origins = {key: one for key, one in self._origins.items() if one.until > now}

    async def tell(self, game: Game, sentence: str, *, nonce: str = "") -> None:
        """Tell it below the command, else (where there is a `nonce` for it) in the channel; or log it."""
        if await self._follow_up(game.id, {"content": self._channels.written(sentence)}):
            return
        if nonce:
            try:
                to = Address(game.guild_id, game.channel_id)
                await self._channels.send(to, [text(sentence)], nonce=nonce)
                return
            except Failure as failure:
                _log.info("the channel of game %s could not be told: %s", game.id, failure)
        _log.warning("nobody could be told about game %s: %s", game.id, sentence)

    async def tell_alone(self, started: int, player_id: int, sentence: str) -> None:
        """Tell it to nobody else: below the command, else by direct message; or log it."""
        if await self._follow_up(started, {**TO_ONE, "content": self._channels.written(sentence)}):
            return
        try:
            await self._channels.send_to(player_id, [text(sentence)], nonce=f"nx{started:x}")
        except Failure as failure:
            _log.info("who started %s could not be told: %s", started, failure)

    async def _follow_up(self, started: int, message: dict[str, Any]) -> bool:
        origin = self._origins.get(started)
        if origin is None or origin.until <= asyncio.get_running_loop().time():
            return False
        try:
            await follow_up_by(self._sender, origin.address, message)
        except LateReply as late:
            _log.info("who started %s could not be told below the command: %s", started, late)
            return False
        return True
