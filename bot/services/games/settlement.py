"""How rounds and games end, within a transaction: loaded, decided by the rules, saved.

What always holds: a round's answers get their points in the transaction that
closes it, in the game and on the boards; each step that was taken already
changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.quiz.game import Answer, Asked, Game, GameKind, GameState, Round
from bot.quiz.periods import zone_named
from bot.quiz.scoring import CUT_SHORT, judge_round
from bot.services.games.attempts import note_end, note_round
from bot.services.games.live import ALONE, CLOSE, CLUE, NEXT
from bot.services.learning import teach_all
from bot.store.answers import list_answers_to, save_judged
from bot.store.boards import SettledAnswer, Settlement, drop_held, settle_all
from bot.store.games import load_game, load_running_games, save_ends
from bot.store.guilds import GuildRow, load_guilds
from bot.store.keys import Key
from bot.store.nights import NIGHT, load_night_of
from bot.store.papers import duel_of
from bot.store.rounds import list_closed, list_going_on, load_asked, save_closed
from bot.store.scores import add_scores, end_streaks, list_streaks
from bot.store.showings import give_up_showing
from bot.store.timers import Timer, clear_timer, clear_timers, set_timer
from bot.store.tx import Tx
from bot.store.votes import delete_votes

_STANDINGS_FIRST = timedelta(seconds=3)  # before a night goes on after a game's end


@dataclass(frozen=True, slots=True)
class Judged:
    """A round that has closed, and what its answers are worth; `before`: who has a score in the game."""

    game: Game
    round: Round
    asked: Asked
    answers: Sequence[Answer]
    before: AbstractSet[int]


def settle_round(tx: Tx, game: Game, closed: Round) -> None:
    """Save how a round has closed: judge its answers, add the points, tell the boards."""
    settle_rounds(tx, [(game, closed, load_asked(tx, game.home_id, closed.id))])


def settle_rounds(tx: Tx, closed: Sequence[tuple[Game, Round, Asked]]) -> list[Judged]:
    """Save how rounds of different games have closed, in a statement each for all of them."""
    streaks = list_streaks(tx, [(game.home_id, game.id) for game, _, _ in closed])
    answers = list_answers_to(tx, [(game.home_id, one.id) for game, one, _ in closed])
    judged = []
    for game, one, asked in closed:
        theirs = streaks[game.home_id, game.id]
        worth = judge_round(one, asked, game.rules, answers[game.home_id, one.id], theirs)
        judged.append(Judged(game, one, asked, worth, theirs.keys()))
    end_streaks(tx, [missed for each in judged for missed in _missed(each, streaks)])
    clear_timers(tx, CLUE, [(game.home_id, one.id) for game, one, _ in closed])
    save_closed(tx, [(game, one) for game, one, _ in closed])
    credit(tx, judged)
    for each in judged:
        note_round(tx, each.game, each.round, each.answers)
    teach_all(tx, [(each.game, each.round.id) for each in judged if each.answers and not _is_in_duel(each)])
    return judged


def _is_in_duel(judged: Judged) -> bool:
    """Return whether the round is a duel's, which counts and is learnt from when the duel is over."""
    return duel_of(judged.game.rules.paper) is not None


def _missed(judged: Judged, streaks: Mapping[Key, Mapping[int, int]]) -> Iterator[tuple[Key, int]]:
    """Yield whose streaks the round has ended by their not answering it."""
    if judged.round.cause in CUT_SHORT:
        return
    game, answered = (judged.game.home_id, judged.game.id), {one.player_id for one in judged.answers}
    for player_id, streak in streaks[game].items():
        if streak and player_id not in answered:
            yield game, player_id


def credit(tx: Tx, judged: Sequence[Judged]) -> None:
    """Give stored answers their points, in the games and on the boards."""
    judged = [one for one in judged if one.answers and one.round.closed_at is not None]
    save_judged(tx, [((one.game.home_id, one.round.id), answer) for one in judged for answer in one.answers])
    add_scores(tx, [((one.game.home_id, one.game.id), answer) for one in judged for answer in one.answers])
    told = [one for one in judged if not _is_in_duel(one)]
    guilds = load_guilds(tx, [one.game.guild_id for one in told if one.game.guild_id is not None])
    settle_all(tx, [(_settlement(one, guilds), one.before) for one in told])


def credit_duel(tx: Tx, player_id: int, game_id: int) -> None:
    """Enter in somebody's profile what they answered in a duel that is over: before, it would tell."""
    game, rounds = load_game(tx, player_id, game_id), list_closed(tx, player_id, game_id)
    answers = list_answers_to(tx, [(player_id, one.id) for one in rounds])
    before: AbstractSet[int] = frozenset()
    for one in rounds:
        if game is not None and (given := answers[player_id, one.id]):
            judged = Judged(game, one, load_asked(tx, player_id, one.id), given, before)
            settle_all(tx, [(_settlement(judged, {}), before)])
            before = {player_id}


def _settlement(judged: Judged, guilds: Mapping[int, GuildRow]) -> Settlement:
    game, closed = judged.game, judged.round
    guild = GuildRow() if game.guild_id is None else guilds.get(game.guild_id, GuildRow())
    assert closed.closed_at is not None  # noqa: S101 - it has closed
    return Settlement(
        home_id=game.home_id,
        guild_id=game.guild_id,
        game_id=game.id,
        round_id=closed.id,
        topic=judged.asked.question.topic,
        closed_at=closed.closed_at,
        timezone=zone_named(guild.timezone or "UTC"),
        is_apart=guild.is_apart,
        answers=[
            SettledAnswer(answer.player_id, bool(answer.is_right), answer.points, answer.at, answer.streak)
            for answer in judged.answers
        ],
    )


def load_running_game(tx: Tx, home_id: int, game_id: int) -> Game | None:
    """Return the game while it goes on, else None."""
    game = load_game(tx, home_id, game_id)
    return game if game is not None and game.state is GameState.RUNNING else None


def finish_game(tx: Tx, home_id: int, game_id: int, at: datetime) -> None:
    """End a game that has asked all its questions."""
    finish_games(tx, [(home_id, game_id, at)])


def finish_games(tx: Tx, ends: Sequence[tuple[int, int, datetime]]) -> list[None]:
    """End games that have asked all their questions: home, id and when."""
    clear_timers(tx, NEXT, [(home_id, game_id) for home_id, game_id, _ in ends])
    games = load_running_games(tx, {(home_id, game_id) for home_id, game_id, _ in ends})
    times = {(home_id, game_id): at for home_id, game_id, at in ends}
    end_games(tx, [(game.finish(times[key]), None) for key, game in games.items()])
    return [None] * len(ends)


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
    end_games(tx, [(ended, stopper_id)])


def end_games(tx: Tx, ended: Sequence[tuple[Game, int | None]]) -> None:
    """Do what `end_game` does for each, in a statement each for all of them."""
    games = [(game.home_id, game.id) for game, _ in ended]
    save_ends(tx, ended)
    clear_timers(tx, ALONE, [(game.home_id, game.id) for game, _ in ended if game.kind is GameKind.SOLO])
    delete_votes(tx, games)
    drop_held(tx, games)
    for game, _ in ended:
        note_end(tx, game)
        if game.guild_id is not None and (night := load_night_of(tx, game.guild_id, game.id)) is not None:
            due_at = (game.ended_at or night.starts_at) + _STANDINGS_FIRST
            set_timer(tx, Timer(NIGHT, str(night.id), due_at, game.guild_id))
