"""Votes: skipping, going on and stopping, at once for those in charge, else by a majority of the players.

What always holds: a vote is stored before it is told, and the one that makes the
majority takes effect in the same transaction.
"""

from dataclasses import dataclass

from bot.errors import Conflict, NotAllowed, NotFound
from bot.quiz.game import GRACE, Cause, Game, Haste, Round, RoundState, stopped_by
from bot.quiz.presence import LATELY, Presence
from bot.quiz.press import Press
from bot.quiz.vote import Ballot
from bot.services.games.course import has_following
from bot.services.games.live import Live, LiveRounds, save_haste
from bot.services.games.settlement import stop_game
from bot.services.games.showings import NO_GAME
from bot.services.timers import Timers
from bot.store.answers import list_players_since
from bot.store.database import Database
from bot.store.games import load_game, load_running
from bot.store.rounds import load_round_of
from bot.store.tx import Tx
from bot.store.votes import add_vote, list_votes


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for a game, and what Discord tells of their right to."""

    press: Press
    is_moderator: bool = False
    has_starter_left: bool = False  # whoever started the game is not in the server any more

    def is_in_charge(self, game: Game) -> bool:
        """Return whether they need no vote."""
        return self.is_moderator or self.press.player_id == game.starter_id


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a wish. `ballot` is None for those in charge, who need no vote."""

    game: Game
    round: Round
    ballot: Ballot | None

    @property
    def is_taken(self) -> bool:
        """Return whether what was wished for happens."""
        return self.ballot is None or self.ballot.decides

    @property
    def is_pending(self) -> bool:
        """Return whether it waits for more votes."""
        return self.ballot is not None and self.ballot.counts and not self.ballot.is_carried


class StarterDecides(NotAllowed):
    """Whoever started the game is there, so that it is theirs to go on."""

    def __init__(self, game: Game) -> None:
        super().__init__(
            f"Only <@{game.starter_id}>, who started the game, or a moderator (Manage Messages) can go on"
            " to the next question. `/quiz skip` lets the players vote."
        )
        self.game = game


class Votes:
    """Takes what people in a channel wish for its game."""

    def __init__(self, database: Database, timers: Timers, live: LiveRounds) -> None:
        self._database = database
        self._timers = timers
        self._live = live

    async def skip(self, wish: Wish) -> Decision:
        """Skip the channel's open round: at once for its starter or a moderator, else by vote."""
        game, present, has_next = await self._running(wish.press)
        live = self._open_round(present.id)
        if live is None:
            following = "the next one is on its way" if has_next else "the game is about to end"
            raise Conflict(f"No question is open at this moment: {following}.")
        if wish.is_in_charge(game):
            await self._live.hasten(live, wish.press.at, Cause.SKIPPED)
            return Decision(game, present, None)
        return await self._vote_to_close(live, game, wish, Cause.SKIPPED)

    async def end_untimed(self, wish: Wish, round_id: int) -> Decision:
        """Close an untimed round: at once for those in charge, by vote when its starter is away."""
        live = self._open_round(round_id)
        game = (
            await self._database.read(lambda tx: load_game(tx, live.home_id, live.round.game_id))
            if live
            else None
        )
        if live is None or game is None:
            raise Conflict("This question is closed already.")
        if wish.is_in_charge(game):
            await self._live.hasten(live, wish.press.at, Cause.NEXT)
            return Decision(game, live.round, None)
        presence = await self._database.read(lambda tx: _load_presence(tx, game, wish))
        if not presence.is_starter_away:
            raise StarterDecides(game)
        return await self._vote_to_close(live, game, wish, Cause.NEXT)

    async def _vote_to_close(self, live: Live, game: Game, wish: Wish, cause: Cause) -> Decision:
        press = wish.press
        haste = Haste(press.at, press.at + GRACE, cause)
        present = live.round

        def vote(tx: Tx) -> Ballot:
            ballot = _vote(tx, _load_presence(tx, game, wish), game, wish.press, present.id)
            if ballot.decides:
                save_haste(tx, game.home_id, present.id, haste)
            return ballot

        ballot = await self._database.write(vote)
        if ballot.decides and live.round.state is RoundState.OPEN:
            live.round = live.round.hasten(press.at, cause)
            self._timers.notice(haste.due_at)
        return Decision(game, present, ballot)

    async def stop(self, wish: Wish) -> Decision:
        """Stop the channel's game: at once for its starter or a moderator, else by vote.

        The open round is closed and counts.
        """
        game, present, _ = await self._running(wish.press)
        if not wish.is_in_charge(game):
            ballot = await self._database.write(lambda tx: vote_stop(tx, game, wish))
            if ballot.decides:
                self._live.drop(present.id)
            return Decision(game, present, ballot)
        live = self._live.drop(present.id)
        try:
            await self._database.write(
                lambda tx: stop_game(
                    tx,
                    game.home_id,
                    game.id,
                    wish.press.at,
                    stopped_by(wish.press.name),
                    stopper_id=wish.press.player_id,
                )
            )
        except Exception:
            if live is not None:
                self._live.put(live)
            raise
        return Decision(game, present, None)

    def _open_round(self, round_id: int) -> Live | None:
        live = self._live.get(round_id)
        return live if live is not None and live.round.state is RoundState.OPEN else None

    async def _running(self, press: Press) -> tuple[Game, Round, bool]:
        """Return the channel's game, its round, and whether another one comes after it."""
        home_id = press.home_id

        def load(tx: Tx) -> tuple[Game, Round, bool] | None:
            game = load_running(tx, home_id, press.channel_id)
            return (game, load_round_of(tx, game), has_following(tx, game)) if game is not None else None

        running = await self._database.read(load)
        if running is None:
            raise NotFound(NO_GAME)
        return running


def vote_stop(tx: Tx, game: Game, wish: Wish) -> Ballot:
    """Count a vote to stop the game; the one that makes the majority stops it."""
    ballot = _vote(tx, _load_presence(tx, game, wish), game, wish.press)
    if ballot.decides:
        stop_game(tx, game.home_id, game.id, wish.press.at, "stopped by a vote of its players")
    return ballot


def _vote(tx: Tx, presence: Presence, game: Game, press: Press, *about: int) -> Ballot:
    """Count a vote about a round, or about the whole game; those of people who are away count no more."""
    counts = presence.may_vote(press.player_id)
    if counts:
        add_vote(tx, game.home_id, game.id, press.player_id, *about)
    votes = [voter for voter in list_votes(tx, game.home_id, game.id, *about) if presence.may_vote(voter)]
    return Ballot(len(votes), presence.votes_needed, counts)


def _load_presence(tx: Tx, game: Game, wish: Wish) -> Presence:
    """Return who has played lately."""
    present = load_round_of(tx, game)
    closed = present.number if present.state is RoundState.CLOSED else present.number - 1
    players = list_players_since(tx, game.home_id, game.id, closed - LATELY + 1)
    if wish.has_starter_left:
        players.discard(game.starter_id)
    return Presence(game.starter_id, closed, players, wish.has_starter_left)
