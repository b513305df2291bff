"""What one person plays alone, as its message shows it: solo games, the daily challenge, duels."""

import io
import logging
from dataclasses import replace

import discord

from bot.cogs.messages.answering import picture_name, without_picture
from bot.cogs.messages.challenges import challenge_head, outcome_card
from bot.cogs.messages.components import Card
from bot.cogs.messages.duels import duel_head, half_card, held_card
from bot.cogs.messages.rounds import solo_card
from bot.cogs.messages.standings import solo_result_card
from bot.errors import NotFound
from bot.quiz.press import Press
from bot.quiz.showing import GameShowing, RoundShowing
from bot.services.challenges import Challenges, Outcome
from bot.services.duels import Duels, Half
from bot.services.games import date_of, duel_of
from bot.services.library import Library
from bot.services.reminders import Reminders

_log = logging.getLogger(__name__)


class Alone:
    """Draws what one person plays."""

    def __init__(self, library: Library, challenges: Challenges, reminders: Reminders, duels: Duels) -> None:
        self._library = library
        self._challenges = challenges
        self._duels = duels
        self._reminders = reminders

    async def opened(self, showing: RoundShowing) -> tuple[Card, list[discord.File]]:
        """Return a round with the picture that it is about; one that is gone is told in words."""
        files = await self._files(showing)
        return await self._card(showing, has_picture=bool(files)), files

    async def card(self, showing: RoundShowing) -> Card:
        """Return a round whose message has its picture; a picture that is gone ends nothing."""
        return await self._card(showing, has_picture=bool(await self._files(showing)))

    async def _card(self, showing: RoundShowing, *, has_picture: bool) -> Card:
        if showing.asked.question.picture is not None and not has_picture:
            showing = replace(showing, asked=without_picture(showing.asked))
        on = date_of(showing.game.rules.paper)
        above = challenge_head(on) if on is not None else ""
        if (key := duel_of(showing.game.rules.paper)) is not None:
            player_id = showing.game.starter_id
            duel = await self._duels.of(player_id, key)
            if showing.round.closed_at is not None and showing.round.number > duel.told:
                return held_card(showing, duel)
            above = duel_head(duel, player_id)
        return solo_card(showing, self._library.bank.topics, above)

    async def end_card(self, press: Press, showing: GameShowing, *, has_board: bool) -> Card:
        """Return the end of a game; `has_board` in a server that Farside is a member of."""
        on = date_of(showing.game.rules.paper)
        if (key := duel_of(showing.game.rules.paper)) is not None:
            duel = await self._duels.of(press.player_id, key)
            return self.half_card(await self._duels.half(press.player_id, duel.home_id, duel.id))
        if on is None:
            return solo_result_card(showing)
        outcome = await self._challenges.outcome(press.player_id, on)
        return await self.outcome_card(outcome, has_board=has_board)

    def half_card(self, half: Half) -> Card:
        """Return how a duel stands for one of the two."""
        return half_card(half, self._library.bank.topics)

    async def outcome_card(self, outcome: Outcome, *, has_board: bool) -> Card:
        """Return the end of a challenge."""
        reminder = await self._reminders.load(outcome.attempt.player_id)
        return outcome_card(outcome, reminder, has_board=has_board)

    async def _files(self, showing: RoundShowing) -> list[discord.File]:
        """Return the picture that a question is about, if it is about one and that is there."""
        picture = showing.asked.question.picture
        if picture is None:
            return []
        try:
            content = await self._library.load_picture(picture)
        except NotFound as missing:
            _log.warning("%s is shown without its picture: %s", showing.asked.question.id, missing)
            return []
        return [discord.File(io.BytesIO(content), picture_name(showing.asked, showing.round.id))]
