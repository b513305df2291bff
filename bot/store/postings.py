"""Folding of entries: what a settled answer changes on boards and in profiles, later and many at a time.

What always holds:
- an entry is folded once: the transaction that folds it deletes it, so a crash
  loses and repeats nothing;
- whoever folds, or otherwise changes a place or a total on a board, has the turn
  (`take_turn`): there is one at a time, in however many processes;
- once no entry is left, every board and profile is what a recount of all settled
  answers gives;
- a step is a small transaction, so that presses waiting for a commit wait for
  milliseconds.

Folding a player's answers together reads and writes each of the player's rows
once, not once an answer; on boards of a million places, a move is what costs.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.quiz.periods import UTC_ZONE, WEEKS, is_season, week_number, zone_named
from bot.quiz.totals import Gain, Total
from bot.store.boards import BoardIndex, delete_board
from bot.store.database import instant, stamp
from bot.store.hiding import GLOBAL, hidden_among
from bot.store.keys import keys
from bot.store.places import BoardKey, Place, move_all
from bot.store.players import tell_accounts
from bot.store.podiums import keep_podium
from bot.store.turns import Turn, take_turn
from bot.store.tx import Rows, Tx

STEP = 16  # entries a transaction, unless an engine can do with more
KEPT = timedelta(days=8)  # an ended period's boards stay so long, for rounds that close late
_PRUNED = 256  # rows a transaction, and boards

_STANDINGS = (
    "SELECT s.home_id, s.player_id, s.board_id, s.points, s.correct, s.answered, s.reached_at, s.is_placed"
    " FROM {} CROSS JOIN standings AS s WHERE s.home_id = k.a AND s.player_id = k.b"
)
_SAVE = (
    "INSERT INTO standings (home_id, player_id, board_id, points, correct, answered, reached_at, is_placed)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (home_id, player_id, board_id) DO UPDATE SET"
    " points = excluded.points, correct = excluded.correct, answered = excluded.answered,"
    " reached_at = excluded.reached_at, is_placed = excluded.is_placed"
)
_ACCOUNTS = (
    "SELECT m.player_id, m.account FROM {} CROSS JOIN members AS m WHERE m.home_id = k.a AND"
    " m.player_id = k.b"
    " AND m.account <> ''"
)

_OLDEST = (
    "SELECT home_id, id, player_id, is_local, is_global, is_own, in_totals, timezone, topic,"
    " points, is_right,"
    " at, closed_at, games, streak FROM entries ORDER BY id LIMIT ?"
)

Owner = tuple[int, int]
"""A home, and a player with rows there."""


class Entry(NamedTuple):
    """A settled answer that is still to be folded."""

    home_id: int
    id: int
    player_id: int
    is_local: int
    is_global: int
    is_own: int
    in_totals: int
    timezone: str
    topic: str
    points: int
    is_right: int
    at: int
    closed_at: int
    games: int
    streak: int


def post_entries(tx: Tx, most: int = STEP) -> int:
    """Fold the oldest entries, `most` at most; return how many there were."""
    take_turn(tx, Turn.BOARDS)
    entries = [Entry(*row) for row in tx.execute(_OLDEST, (most,))]
    if not entries:
        return 0
    tx.executemany(
        "DELETE FROM entries WHERE home_id = ? AND id = ?", [(one.home_id, one.id) for one in entries]
    )
    hidden = hidden_among(tx, {entry.player_id for entry in entries})
    _add_to_boards(tx, _gains(tx, entries, hidden), hidden)
    _add_to_players(tx, entries)
    return len(entries)


def count_entries(tx: Tx) -> int:
    """Return how many entries wait to be folded."""
    waiting: int = tx.execute("SELECT count(*) FROM entries").fetchone()[0]
    return waiting


def prune_boards(tx: Tx, now: datetime) -> bool:
    """Delete a part of what remains of periods long past; return whether there may be more."""
    take_turn(tx, Turn.BOARDS)
    room = _PRUNED
    boards = tx.execute(
        "SELECT home_id, id, ends_at, period, topic FROM boards WHERE ends_at < ? ORDER BY ends_at LIMIT ?",
        (stamp(now - KEPT), _PRUNED),
    ).fetchall()
    oldest: int | None = tx.execute("SELECT min(closed_at) FROM entries").fetchone()[0]
    for home_id, board_id, ends_at, period, topic in boards:
        if oldest is not None and oldest < ends_at:
            return False  # an entry may still have to move somebody there
        if is_season(period) and not topic:
            keep_podium(tx, BoardKey(home_id, board_id), period)
        room = delete_board(tx, BoardKey(home_id, board_id), room)
        if room <= 0:
            return True
    return False


def place_globally(tx: Tx, player_id: int) -> None:
    """Give the player the places that the totals call for on the global boards."""
    take_turn(tx, Turn.BOARDS)
    _add_to_boards(tx, {(GLOBAL, player_id): {}}, set())


def _gains(tx: Tx, entries: Sequence[Entry], hidden: set[int]) -> dict[Owner, dict[BoardKey, Gain]]:
    """Return what the entries bring each player in each home, board by board."""
    known: dict[tuple[int, int, str, str], list[BoardKey]] = {}
    there = BoardIndex(tx, entries)
    gains: defaultdict[Owner, dict[BoardKey, Gain]] = defaultdict(dict)

    def boards_of(home_id: int, zone: ZoneInfo, entry: Entry) -> list[BoardKey]:
        boards: list[BoardKey] = []
        for topic in (entry.topic,) if entry.in_totals else ("", entry.topic):
            key = (home_id, entry.closed_at, zone.key, topic)
            if key not in known:
                known[key] = there.boards_for(home_id, instant(entry.closed_at), zone, topic)
            boards += known[key][-1:] if home_id == GLOBAL and entry.player_id in hidden else known[key]
        return boards

    for entry in entries:
        boards: list[BoardKey] = []
        if entry.is_local:
            boards += boards_of(entry.home_id, zone_named(entry.timezone), entry)
        if entry.is_global:
            boards += boards_of(GLOBAL, UTC_ZONE, entry)
        for board in boards:
            theirs = gains[board.home_id, entry.player_id]
            if (gain := theirs.get(board)) is None:
                gain = theirs[board] = Gain()
            gain.add(entry.points, entry.is_right, entry.at)
    there.save()
    return gains


def _add_to_boards(tx: Tx, gains: dict[Owner, dict[BoardKey, Gain]], hidden: set[int]) -> None:
    """Add up what each player gains, and give each the places that their totals call for."""
    rows: dict[Owner, dict[BoardKey, Total]] = {owner: {} for owner in gains}
    for home_id, player_id, board_id, *figures in _of(tx, _STANDINGS, gains):
        rows[home_id, player_id][BoardKey(home_id, board_id)] = Total(*figures)
    changed: list[tuple[int | None, ...]] = []
    moves: defaultdict[BoardKey, list[tuple[Place | None, Place]]] = defaultdict(list)
    for owner in sorted(gains):
        home_id, player_id = owner
        theirs, gained = rows[owner], gains[owner]
        before = {board: _place(row, player_id) for board, row in theirs.items() if row.is_placed}
        for board, gain in gained.items():
            if (row := theirs.get(board)) is None:
                row = theirs[board] = Total()
            row.take(gain)
        is_placed = home_id != GLOBAL or player_id not in hidden
        for board, row in sorted(theirs.items()):
            old, new = before.get(board), _place(row, player_id)
            if is_placed and old != new:
                moves[board].append((old, new))
                row.is_placed = 1
            elif board not in gained:
                continue
            changed.append(
                (home_id, player_id, board.id, row.points, row.correct, row.answered, row.reached_at,
                 row.is_placed)
            )  # fmt: skip
    tx.executemany(_SAVE, changed)
    if not moves:
        return
    tx.executemany(
        "DELETE FROM standings WHERE home_id = ? AND player_id = ? AND board_id = ?",
        [
            (board.home_id, new.player_id, board.id)
            for board in move_all(tx, moves)  # boards of periods long past
            for _, new in moves[board]
        ],
    )


def _place(total: Total, player_id: int) -> Place:
    return Place(total.points, total.reached_at, player_id)


def _add_to_weeks(tx: Tx, entries: Sequence[Entry]) -> None:
    """Add to the points of players' weeks, and forget those that no profile shows any more."""
    weeks: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for entry in entries:
        if entry.is_own and entry.is_local:
            week = weeks[entry.player_id, week_number(instant(entry.closed_at))]
            week[0] += entry.points
            week[1] += 1
    tx.executemany(
        "INSERT INTO weeks (home_id, week, points, answered) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (home_id, week) DO UPDATE SET"
        " points = weeks.points + excluded.points, answered = weeks.answered + excluded.answered",
        [(*key, *weeks[key]) for key in sorted(weeks)],
    )
    tx.executemany(
        "DELETE FROM weeks WHERE home_id = ? AND week <= ?",
        sorted({(player_id, week - WEEKS) for player_id, week in weeks}),
    )


def _add_to_players(tx: Tx, entries: Sequence[Entry]) -> None:
    """Add to profiles, and note where players stand and what their accounts are called."""
    skills: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    profiles: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for entry in entries:
        if entry.is_own:
            skill, profile = skills[entry.player_id, entry.topic], profiles[entry.player_id]
            skill[0] += entry.is_right
            skill[1] += 1
            profile[0] += entry.games
            profile[1] = max(profile[1], entry.streak)
    tx.executemany(
        "INSERT INTO skills (home_id, topic, correct, answered) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (home_id, topic) DO UPDATE SET"
        " correct = skills.correct + excluded.correct, answered = skills.answered + excluded.answered",
        [(*key, *skills[key]) for key in sorted(skills)],
    )
    _add_to_weeks(tx, entries)
    tx.executemany(
        "INSERT INTO profiles (home_id, games, best_streak) VALUES (?, ?, ?)"
        " ON CONFLICT (home_id) DO UPDATE SET games = profiles.games + excluded.games, best_streak ="
        " CASE WHEN profiles.best_streak < excluded.best_streak THEN excluded.best_streak"
        " ELSE profiles.best_streak END",
        [(player_id, *profiles[player_id]) for player_id in sorted(profiles)],
    )
    tx.executemany(
        "INSERT INTO visits (home_id, guild_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        sorted({(entry.player_id, entry.home_id) for entry in entries if entry.is_local}),
    )
    shown = {(entry.home_id, entry.player_id) for entry in entries if entry.is_global}
    if shown:
        tell_accounts(tx, {row[0]: row[1] for row in _of(tx, _ACCOUNTS, shown)})


def _of(tx: Tx, query: str, owners: Iterable[Owner]) -> Rows:
    """Return what a query finds of these players in these homes."""
    wanted = keys(tx, sorted(owners), 2)
    return tx.execute(query.format(wanted.table), wanted.values)
