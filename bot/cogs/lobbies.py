"""Lobbies: the seconds between a game's announcement and its first question, for people to get ready.

What always holds: the first question is stored before it is announced, so a game goes on whatever becomes
of its lobby: after a restart its question comes at once. Who is in is shown, and decides nothing: whoever
reads a question may answer it.
"""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from discord import Interaction

from bot.cogs.door import is_moderator, press_of
from bot.cogs.messages.components import Card
from bot.cogs.messages.starts import points_card, start_card
from bot.cogs.publisher import Publisher
from bot.cogs.replies import LateReply, edit_original, reply, update
from bot.cogs.router import Router, number_in
from bot.errors import NotAllowed, NotFound, NotRead
from bot.quiz.game import Game
from bot.quiz.showing import Lobby, RoundShowing
from bot.services.discord_clock import DiscordClock
from bot.services.games import Play
from bot.services.library import Library

_log = logging.getLogger(__name__)
_ANNOUNCED_WITHIN = 2.0  # seconds that the first question waits for the announcement at most
_MOST = 500  # people who are told to be in


@dataclass(slots=True)
class _Open:
    """A lobby with what begins its game, and where its announcement can be changed."""

    lobby: Lobby
    showing: RoundShowing
    interaction: Interaction[Any]
    is_over: asyncio.Event = field(default_factory=asyncio.Event)


class Lobbies:
    """Announces games, and has their first questions come after `wait`."""

    def __init__(
        self,
        router: Router,
        *,
        play: Play,
        publisher: Publisher,
        library: Library,
        clock: DiscordClock,
        wait: timedelta,
    ) -> None:
        self._play = play
        self._publisher = publisher
        self._library = library
        self._clock = clock
        self._wait = wait
        self._open: dict[int, _Open] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        router.on("in", self._join)
        router.on("now", self._begin)
        router.on("points", self._explain)

    async def announce(
        self, showing: RoundShowing, interaction: Interaction[Any], wanted: int, *, at_once: bool
    ) -> None:
        """Announce a new game and have its first question come; `wanted` questions were asked for.

        `at_once`: nobody needs to get ready for it.
        """
        game, press = showing.game, press_of(interaction)
        waits = game.rules.is_timed and bool(self._wait) and not at_once
        ends_at = self._clock.now() + self._wait
        lobby = Lobby(
            game,
            press.name,
            ends_at if waits else None,
            wanted,
            with_rules=await self._is_first(game),
            players={press.player_id: press.name},
        )
        if waits:
            self._open[game.id] = _Open(lobby, showing, interaction)
        announcing = asyncio.ensure_future(reply(interaction, view=self._card(lobby), ephemeral=False))
        try:
            await asyncio.wait([announcing], timeout=_ANNOUNCED_WITHIN)
        finally:
            if waits:
                task = asyncio.create_task(self._end(game.id, ends_at))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            else:
                self._publisher.show_first(showing, interaction)
        await announcing

    async def close(self) -> None:
        """Stop waiting: the first questions of these games come at the next start."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)

    async def _end(self, game_id: int, ends_at: datetime) -> None:
        """Let the time pass, or what is left of it when somebody begins; then show the first question."""
        here = self._open[game_id]
        sleep = asyncio.ensure_future(self._pass(ends_at))
        begin = asyncio.ensure_future(here.is_over.wait())
        try:
            await asyncio.wait((sleep, begin), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            begin.cancel()
            del self._open[game_id]
        self._publisher.show_first(here.showing, here.interaction)
        try:
            await edit_original(here.interaction, view=self._card(here.lobby, has_begun=True))
        except LateReply as late:
            _log.info("the announcement of game %s stays as it is: %s", game_id, late)

    async def _pass(self, ends_at: datetime) -> None:
        """Let the time pass, however the machine's clock is set meanwhile."""
        while self._clock.now() < ends_at:
            await self._clock.sleep_until(ends_at)
            await self._clock.follow()

    # ----------------------------------------------------------------------------------------------- presses

    async def _join(self, interaction: Interaction[Any], game_id: str) -> None:
        """Say that one plays: `in:<game>`."""
        here = self._open.get(number_in(game_id))
        if here is None:
            await self._show_begun(interaction, game_id)
            return
        press = press_of(interaction)
        if len(here.lobby.players) < _MOST:
            here.lobby = replace(here.lobby, players={**here.lobby.players, press.player_id: press.name})
        await update(interaction, view=self._card(here.lobby), of_all=True)

    async def _begin(self, interaction: Interaction[Any], game_id: str) -> None:
        """Have the first question come at once: `now:<game>`, for whoever started it and moderators."""
        here = self._open.get(number_in(game_id))
        if here is None:
            await self._show_begun(interaction, game_id)
            return
        is_starter = press_of(interaction).player_id == here.lobby.game.starter_id
        if not (is_starter or is_moderator(interaction)):
            raise NotAllowed(f"<@{here.lobby.game.starter_id}> started the game, and can begin at once.")
        here.is_over.set()
        await update(interaction, view=self._card(here.lobby, has_begun=True), of_all=True)

    async def _show_begun(self, interaction: Interaction[Any], game_id: str) -> None:
        """Bring an announcement up to date whose game has begun, perhaps in an earlier run of the program."""
        home_id = press_of(interaction).home_id
        begun = await self._play.showings.load_begun(home_id, number_in(game_id))
        if begun is None:
            raise _unknown()
        await update(interaction, view=self._card(begun, has_begun=True), of_all=True)

    async def _explain(self, interaction: Interaction[Any], game_id: str) -> None:
        """Tell how points work in a game: `points:<game>`."""
        await reply(interaction, view=points_card((await self._load(interaction, game_id)).rules))

    async def _load(self, interaction: Interaction[Any], game_id: str) -> Game:
        home_id = press_of(interaction).home_id
        found = await self._play.showings.load_standings(home_id, number_in(game_id))
        if found is None:
            raise _unknown()
        return found.game

    async def _is_first(self, game: Game) -> bool:
        """Return whether its server is to be told how points work; a game begins whatever can be read."""
        try:
            return await self._play.showings.is_first_today(game)
        except NotRead:
            return False

    def _card(self, lobby: Lobby, *, has_begun: bool = False) -> Card:
        bank = self._library.bank
        return start_card(lobby, bank.topics, bank.look, has_begun=has_begun)


def _unknown() -> NotFound:
    return NotFound("Farside does not know that game any more. `/quiz start` begins a new one.")
