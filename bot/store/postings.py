"""Postings: what a settled answer changes beyond the totals, done a little later and many at a time.

What always holds:
- an entry is posted once: the transaction that posts it deletes it, so a crash
  loses and repeats nothing;
- once no entry is left, every board and profile is what a recount of all settled
  answers gives;
- a step is a small transaction, so that presses waiting for a commit wait for
  milliseconds.

Posting a player's ten rounds of a game together moves each of the player's
places once, not ten times; on boards of a million places, a move is what costs.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.quiz.periods import UTC_ZONE, zone_named
from bot.store.boards import add, board_ids, delete_board
from bot.store.database import instant, stamp
from bot.store.hiding import GLOBAL, hidden_among
from bot.store.places import Place, move
from bot.store.tx import Tx

STEP = 16  # entries a transaction: among a million places, a hundredth of a second's work
KEPT = timedelta(days=8)  # an ended period's boards stay so long, for rounds that close late
_GLOBAL_BOARDS = "SELECT id FROM boards WHERE guild_id = ?"
_PRUNED = 256  # rows a transaction, and boards


def post_entries(tx: Tx, most: int = STEP) -> int:
    """Post the oldest entries, `most` at most; return how many there were."""
    entries = tx.execute("SELECT * FROM entries ORDER BY id LIMIT ?", (most,)).fetchall()
    if not entries:
        return 0
    tx.execute("DELETE FROM entries WHERE id <= ?", (entries[-1]["id"],))
    _add_to_topics(tx, entries)
    _add_to_profiles(tx, [entry for entry in entries if entry["is_own"]])
    move_players(tx, sorted({entry["player_id"] for entry in entries}))
    return len(entries)


def count_entries(tx: Tx) -> int:
    """Return how many entries wait to be posted."""
    waiting: int = tx.execute("SELECT count(*) FROM entries").fetchone()[0]
    return waiting


def prune_boards(tx: Tx, now: datetime) -> bool:
    """Delete a part of what remains of periods long past; return whether there may be more."""
    room = _PRUNED
    boards = tx.execute(
        "SELECT id, ends_at FROM boards WHERE ends_at < ? ORDER BY ends_at LIMIT ?",
        (stamp(now - KEPT), _PRUNED),
    ).fetchall()
    oldest: int | None = tx.execute("SELECT min(closed_at) FROM entries").fetchone()[0]
    for board_id, ends_at in boards:
        if oldest is not None and oldest < ends_at:
            return False  # an entry may still have to move somebody there
        room = delete_board(tx, board_id, room)
        if room <= 0:
            return True
    return False


def _add_to_topics(tx: Tx, entries: Sequence[Any]) -> None:
    known: dict[tuple[int, int, str, str], Sequence[int]] = {}

    def boards_of(guild_id: int, zone: ZoneInfo, entry: Any) -> Sequence[int]:
        key = (guild_id, entry["closed_at"], zone.key, entry["topic"])
        if key not in known:
            known[key] = board_ids(tx, guild_id, instant(entry["closed_at"]), zone, entry["topic"])
        return known[key]

    hidden = hidden_among(tx, {entry["player_id"] for entry in entries})
    for entry in entries:
        boards: list[int] = []
        if entry["guild_id"] is not None:
            boards += boards_of(entry["guild_id"], zone_named(entry["timezone"]), entry)
        if entry["is_global"]:
            everywhere = boards_of(GLOBAL, UTC_ZONE, entry)
            boards += everywhere[-1:] if entry["player_id"] in hidden else everywhere
        add(tx, boards, entry["player_id"], (entry["points"], entry["is_right"], entry["at"]))


def _add_to_profiles(tx: Tx, entries: Sequence[Any]) -> None:
    tx.executemany(
        "INSERT INTO skills (player_id, topic, correct, answered) VALUES (?, ?, ?, 1)"
        " ON CONFLICT (player_id, topic) DO UPDATE SET"
        " correct = correct + excluded.correct, answered = answered + 1",
        [(entry["player_id"], entry["topic"], entry["is_right"]) for entry in entries],
    )
    tx.executemany(
        "INSERT INTO profiles (player_id, games, best_streak) VALUES (?, ?, ?)"
        " ON CONFLICT (player_id) DO UPDATE SET games = games + excluded.games,"
        " best_streak = max(best_streak, excluded.best_streak)",
        [(entry["player_id"], entry["games"], entry["streak"]) for entry in entries],
    )


def move_players(tx: Tx, player_ids: Sequence[int]) -> None:
    """Give each player the place that the totals call for, on every board where it is another."""
    hidden = hidden_among(tx, player_ids)
    everywhere = {row[0] for row in tx.execute(_GLOBAL_BOARDS, (GLOBAL,))} if hidden else set()
    moves: defaultdict[int, list[tuple[Place | None, Place]]] = defaultdict(list)
    for player_id in player_ids:
        for board_id, points, at, placed_points, placed_at in tx.execute(
            "SELECT board_id, points, reached_at, placed_points, placed_at FROM standings"
            " WHERE player_id = ? AND (points IS NOT placed_points OR reached_at IS NOT placed_at)",
            (player_id,),
        ):
            if player_id in hidden and board_id in everywhere:
                continue
            old = None if placed_points is None else Place(placed_points, placed_at, player_id)
            moves[board_id].append((old, Place(points, at, player_id)))
    for board_id in sorted(moves):
        move(tx, board_id, moves[board_id])
