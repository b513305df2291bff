"""How rounds and games end, within a transaction: loaded, decided by the rules, saved.

What always holds: a round's answers get their points in the transaction that
closes it, in the game and on the boards; each step that was taken already
changes nothing.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from bot.quiz.game import Answer, Asked, Game, GameKind, GameState, Round
from bot.quiz.periods import zone_named
from bot.quiz.scoring import CUT_SHORT, judge_round
from bot.services.games.attempts import note_end, note_round
from bot.services.games.live import ALONE, CLOSE, CLUE, NEXT, NIGHT
from bot.services.learning import teach
from bot.store.answers import list_answers, save_judged
from bot.store.boards import SettledAnswer, Settlement, finish, settle
from bot.store.games import load_game, save_end
from bot.store.guilds import GuildRow, load_guild
from bot.store.nights import load_night_of
from bot.store.rounds import list_going_on, load_asked, save_closed
from bot.store.scores import add_scores, end_streaks, list_streaks
from bot.store.showings import give_up_showing
from bot.store.timers import Timer, clear_timer, set_timer
from bot.store.tx import Tx
from bot.store.votes import delete_votes

_STANDINGS_FIRST = timedelta(seconds=3)  # before a night goes on after a game's end


def settle_round(tx: Tx, game: Game, closed: Round) -> None:
    """Save how a round has closed: judge its answers, add the points, tell the boards."""
    home_id = game.home_id
    asked, streaks = load_asked(tx, home_id, closed.id), list_streaks(tx, home_id, game.id)
    judged = judge_round(closed, asked, game.rules, list_answers(tx, home_id, closed.id), streaks)
    if closed.cause not in CUT_SHORT:
        end_streaks(tx, home_id, game.id, closed.id)
    clear_timer(tx, CLUE, str(closed.id), home_id)
    save_closed(tx, game, closed)
    credit(tx, game, closed, asked, judged, streaks.keys())
    note_round(tx, game, closed, judged)
    if judged:
        teach(tx, game, closed.id)


def credit(
    tx: Tx, game: Game, closed: Round, asked: Asked, judged: Sequence[Answer], before: AbstractSet[int]
) -> None:
    """Give stored answers their points, in the game and on the boards; `before`: who has a score there."""
    if not judged or closed.closed_at is None:
        return
    save_judged(tx, game.home_id, closed.id, judged)
    add_scores(tx, game.home_id, game.id, judged)
    guild = load_guild(tx, game.guild_id) if game.guild_id is not None else GuildRow()
    settle(
        tx,
        Settlement(
            home_id=game.home_id,
            guild_id=game.guild_id,
            game_id=game.id,
            round_id=closed.id,
            topic=asked.question.topic,
            closed_at=closed.closed_at,
            timezone=zone_named(guild.timezone or "UTC"),
            is_apart=guild.is_apart,
            answers=[
                SettledAnswer(
                    answer.player_id,
                    bool(answer.is_right),
                    answer.points,
                    answer.at,
                    answer.streak,
                )
                for answer in judged
            ],
        ),
        before,
    )


def load_running_game(tx: Tx, home_id: int, game_id: int) -> Game | None:
    """Return the game while it goes on, else None."""
    game = load_game(tx, home_id, game_id)
    return game if game is not None and game.state is GameState.RUNNING else None


def finish_game(tx: Tx, home_id: int, game_id: int, at: datetime) -> None:
    """End a game that has asked all its questions."""
    clear_timer(tx, NEXT, str(game_id), home_id)
    game = load_running_game(tx, home_id, game_id)
    if game is not None:
        end_game(tx, game.finish(at))


def stop_game(  # noqa: PLR0913 - a game's key is two
    tx: Tx,
    home_id: int,
    game_id: int,
    at: datetime,
    reason: str,
    *,
    stopper_id: int | None = None,
    silently: bool = False,
) -> bool:
    """End a game before its time; its open round is closed and counts. False when it ended before.

    `stopper_id`: whose name is in the reason. `silently`: its channel cannot be written to, so nothing
    is left to be shown.
    """
    clear_timer(tx, NEXT, str(game_id), home_id)
    game = load_running_game(tx, home_id, game_id)
    if game is None:
        return False
    for present in list_going_on(tx, home_id, game_id):
        clear_timer(tx, CLOSE, str(present.id), home_id)
        settle_round(tx, game, present.close(at))
    end_game(tx, game.stop(at, reason), stopper_id)
    if silently:
        give_up_showing(tx, home_id, game_id)
    return True


def end_game(tx: Tx, ended: Game, stopper_id: int | None = None) -> None:
    """Save how a game has ended, and forget what was kept only while it went on."""
    save_end(tx, ended, stopper_id)
    if ended.kind is GameKind.SOLO:
        clear_timer(tx, ALONE, str(ended.id), ended.home_id)
    delete_votes(tx, ended.home_id, ended.id)
    finish(tx, ended.home_id, ended.id)
    note_end(tx, ended)
    if ended.guild_id is not None and (night := load_night_of(tx, ended.guild_id, ended.id)) is not None:
        due_at = (ended.ended_at or night.starts_at) + _STANDINGS_FIRST
        set_timer(tx, Timer(NIGHT, str(night.id), due_at, ended.guild_id))
