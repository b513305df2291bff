"""Votes: skipping, going on and stopping, at once for those in charge, else by a majority of the players.

What always holds: a vote is stored before it is told, and the one that makes the
majority takes effect in the same transaction.
"""

from dataclasses import dataclass

from bot.errors import Conflict, NotAllowed, NotFound
from bot.quiz.game import GRACE, Cause, Game, GameState, Haste, Round, RoundState
from bot.quiz.press import Press
from bot.quiz.vote import Ballot, may_vote, votes_needed
from bot.services.games.live import Live, LiveRounds, save_haste
from bot.services.games.settlement import stop_game
from bot.services.games.showings import NO_GAME
from bot.services.timers import Timers
from bot.store.answers import list_answerers
from bot.store.database import Database
from bot.store.games import load_latest
from bot.store.rounds import load_round_of
from bot.store.scores import list_players
from bot.store.tx import Tx
from bot.store.votes import add_vote, list_votes


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a wish to skip or stop. `ballot` is None for those in charge, who need no vote."""

    game: Game
    round: Round
    ballot: Ballot | None

    @property
    def is_taken(self) -> bool:
        """Return whether what was wished for happens."""
        return self.ballot is None or self.ballot.decides


class Votes:
    """Takes what people in a channel wish for its game."""

    def __init__(self, database: Database, timers: Timers, live: LiveRounds) -> None:
        self._database = database
        self._timers = timers
        self._live = live

    async def skip(self, press: Press, *, is_moderator: bool) -> Decision:
        """Skip the channel's open round: at once for its starter or a moderator, else by vote."""
        game, present = await self._running(press.channel_id)
        live = self._open_round(present.id)
        if live is None:
            raise Conflict("No question is open at this moment: the next one is on its way.")
        if is_moderator or press.player_id == game.starter_id:
            await self._live.hasten(live, press.at, Cause.SKIPPED)
            return Decision(game, present, None)
        haste = Haste(press.at, self._live.skew.to_ours(press.at + GRACE), Cause.SKIPPED)
        ballot = await self._database.write(lambda tx: _vote_skip(tx, game, present.id, press, haste))
        if ballot.decides and live.round.state is RoundState.OPEN:
            live.round = live.round.hasten(press.at, Cause.SKIPPED)
            self._timers.notice(haste.due_at)
        return Decision(game, present, ballot)

    async def end_untimed(self, press: Press, round_id: int, *, is_moderator: bool) -> None:
        """Close an untimed round, for its starter or a moderator."""
        live = self._open_round(round_id)
        if live is None:
            raise Conflict("This question is closed already.")
        if not (is_moderator or press.player_id == live.starter_id):
            raise NotAllowed(
                f"Only <@{live.starter_id}>, who started the game, or a moderator (Manage Messages) can go on"
                " to the next question. `/quiz skip` lets the players vote."
            )
        await self._live.hasten(live, press.at, Cause.NEXT)

    async def stop(self, press: Press, *, is_moderator: bool) -> Decision:
        """Stop the channel's game: at once for its starter or a moderator, else by vote.

        The open round is closed and counts.
        """
        game, present = await self._running(press.channel_id)
        if not (is_moderator or press.player_id == game.starter_id):
            reason = "stopped by a vote of its players"
            ballot = await self._database.write(lambda tx: vote_stop(tx, game, press, reason))
            if ballot.decides:
                self._live.drop(present.id)
            return Decision(game, present, ballot)
        live = self._live.drop(present.id)
        try:
            await self._database.write(
                lambda tx: stop_game(tx, game.id, press.at, f"stopped by {press.name}")
            )
        except Exception:
            if live is not None:
                self._live.put(live)
            raise
        return Decision(game, present, None)

    def _open_round(self, round_id: int) -> Live | None:
        live = self._live.get(round_id)
        return live if live is not None and live.round.state is RoundState.OPEN else None

    async def _running(self, channel_id: int) -> tuple[Game, Round]:
        def load(tx: Tx) -> tuple[Game, Round] | None:
            game = load_latest(tx, channel_id)
            if game is None or game.state is not GameState.RUNNING:
                return None
            return game, load_round_of(tx, game)

        running = await self._database.read(load)
        if running is None:
            raise NotFound(NO_GAME)
        return running


def _vote_skip(tx: Tx, game: Game, round_id: int, press: Press, haste: Haste) -> Ballot:
    ballot = _vote(tx, game, press, round_id)
    if ballot.decides:
        save_haste(tx, round_id, haste, game.guild_id)
    return ballot


def vote_stop(tx: Tx, game: Game, press: Press, reason: str) -> Ballot:
    """Count a vote to stop the game; the one that makes the majority stops it."""
    ballot = _vote(tx, game, press)
    if ballot.decides:
        stop_game(tx, game.id, press.at, reason)
    return ballot


def _vote(tx: Tx, game: Game, press: Press, *about: int) -> Ballot:
    """Count a vote about a round, or about the whole game."""
    players = list_players(tx, game.id) | list_answerers(tx, load_round_of(tx, game).id)
    counts = may_vote(press.player_id, players)
    if counts:
        add_vote(tx, game.id, press.player_id, *about)
    return Ballot(len(list_votes(tx, game.id, *about)), votes_needed(len(players)), counts)
