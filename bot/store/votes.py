"""Votes as rows: each player's once, for a round or for the whole game."""

from collections.abc import Iterable

from bot.store.keys import Key
from bot.store.tx import Tx

_TO_STOP = 0  # in a round's place: the vote is about the game itself


def add_vote(tx: Tx, home_id: int, game_id: int, player_id: int, round_id: int = _TO_STOP) -> None:
    """Store a vote to skip a round, or without one to stop the game."""
    tx.execute(
        "INSERT INTO votes (home_id, game_id, round_id, player_id) VALUES (?, ?, ?, ?) ON CONFLICT"
        " DO NOTHING",
        (home_id, game_id, round_id, player_id),
    )


def list_votes(tx: Tx, home_id: int, game_id: int, round_id: int = _TO_STOP) -> set[int]:
    """Return who has voted to skip a round, or without one to stop the game."""
    rows = tx.execute(
        "SELECT player_id FROM votes WHERE home_id = ? AND game_id = ? AND round_id = ?",
        (home_id, game_id, round_id),
    )
    return {row[0] for row in rows}


def delete_votes(tx: Tx, games: Iterable[Key]) -> None:
    """Forget the votes of games that have ended."""
    tx.executemany("DELETE FROM votes WHERE home_id = ? AND game_id = ?", games)
