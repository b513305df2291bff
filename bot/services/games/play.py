"""Play: the parts that play together, joined."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from bot.clock import Clock
from bot.cluster.shards import WHOLE, Part
from bot.services.games.answers import Answers
from bot.services.games.deck import Deck
from bot.services.games.games import Games
from bot.services.games.live import Live, LiveRounds
from bot.services.games.showings import Showings
from bot.services.games.solo import Solo
from bot.services.games.votes import Votes
from bot.services.library import Library
from bot.services.timers import Timers
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Play:
    """All use cases of playing."""

    deck: Deck
    games: Games
    answers: Answers
    votes: Votes
    solo: Solo
    showings: Showings
    live: LiveRounds
    _forgetters: list[Callable[[int], None]] = field(default_factory=list)
    _takers: list[Callable[[Live], None]] = field(default_factory=list)

    @classmethod
    def join(
        cls,
        database: Database,
        library: Library,
        clock: Clock,
        timers: Timers,
        dice: random.Random | None = None,
    ) -> Self:
        """Make the parts around one deck and one memory of the rounds that go on."""
        live = LiveRounds(database, clock, timers)
        deck = Deck(database, library, clock, dice or random.Random())
        games = Games(database, clock, timers, live, deck)
        return cls(
            deck=deck,
            games=games,
            answers=Answers(database, timers, live, games),
            votes=Votes(database, timers, live),
            solo=Solo(database, clock, deck),
            showings=Showings(database),
            live=live,
        )

    def on_forgotten(self, forget: Callable[[int], None]) -> None:
        """Have `forget` called with each player who is to be forgotten, by whoever keeps some in memory."""
        self._forgetters.append(forget)

    def on_gone(self, take_down: Callable[[Live], None]) -> None:
        """Have `take_down` called with each open round that was forgotten with its server."""
        self._takers.append(take_down)

    def forget(self, player_id: int) -> None:
        """Forget a player in all that is kept in memory."""
        for forget in self._forgetters:
            forget(player_id)
        self.answers.forget(player_id)
        self.deck.take_back(player_id)

    async def drop_forgotten(self) -> None:
        """Forget what the store may know no more: names, what people have had, rounds that went on."""
        self.answers.drop(WHOLE)
        self.deck.drop()
        for live in await self.live.drop_forgotten():
            for take_down in self._takers:
                take_down(live)

    def drop(self, part: Part) -> None:
        """Forget the servers of a part in all that is kept in memory: they are another process's."""
        self.live.drop_part(part)
        self.answers.drop(part)
        self.deck.drop()

    def forget_server(self, guild_id: int) -> None:
        """Forget a server in all that is kept in memory."""
        self.answers.forget_server(guild_id)
        self.deck.take_back(guild_id)
