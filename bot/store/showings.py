"""What messages show, read as a whole, and how far it has come.

What always holds: a message is shown when `shown` has reached `version`; whoever changes what it
shows raises `version`, and only a message that is out raises `shown`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cluster.shards import WHOLE, Part
from bot.quiz.game import Answer
from bot.quiz.scoring import Tally
from bot.quiz.showing import GameShowing, RoundShowing
from bot.store.answers import list_answers
from bot.store.content import asked_of
from bot.store.games import OF_GAME, game_of, load_game
from bot.store.ids import instant_after
from bot.store.players import list_names
from bot.store.questions import load_question
from bot.store.rounds import round_of
from bot.store.scores import list_scores
from bot.store.tx import Tx
from bot.store.within import within

_LATEST = 10  # games: a channel has one at a time


def load_round_showing(tx: Tx, home_id: int, round_id: int) -> RoundShowing | None:
    """Return what the round's message shows."""
    row = tx.execute("SELECT * FROM rounds WHERE home_id = ? AND id = ?", (home_id, round_id)).fetchone()
    if row is None:
        return None
    game = load_game(tx, home_id, row["id"] - row["behind"])
    assert game is not None  # noqa: S101 - a foreign key says so
    answers: list[tuple[Answer, str]] = []
    if row["closed_at"] is not None:
        given = list_answers(tx, home_id, round_id)
        names = list_names(tx, game.guild_id, [answer.player_id for answer in given])
        answers = [(answer, names.get(answer.player_id, "")) for answer in given]
    return RoundShowing(
        game,
        round_of(row),
        load_question(tx, row["question"], row["option_order"]),
        instant_after(row["id"], row["drawn_at"]),
        row["version"],
        row["shown"],
        answers,
    )


def load_game_showing(tx: Tx, home_id: int, game_id: int) -> GameShowing | None:
    """Return what the game's standings show."""
    row = tx.execute("SELECT * FROM games WHERE home_id = ? AND id = ?", (home_id, game_id)).fetchone()
    if row is None:
        return None
    return GameShowing(
        game_of(row),
        row["message_id"],
        row["version"],
        row["shown"],
        list_scores(tx, home_id, game_id),
        _list_tallies(tx, home_id, game_id),
    )


def list_points(tx: Tx, home_id: int, game_id: int) -> list[tuple[int, int, int]]:
    """Return number of the round, player and points of every answer of a game that brought some."""
    rows = tx.execute(
        "SELECT r.number, a.player_id, a.points"  # noqa: S608 - our own words
        " FROM games AS g CROSS JOIN rounds AS r CROSS JOIN answers AS a"
        f" WHERE g.home_id = ? AND g.id = ? AND {OF_GAME} AND a.home_id = r.home_id AND a.round_id = r.id"
        " AND a.points > 0 ORDER BY r.number, a.player_id",
        (home_id, game_id),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def list_to_show(tx: Tx, part: Part = WHOLE) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return home and id of a part's rounds and games whose messages are behind what is stored."""
    rounds, games = (
        tx.execute(
            f"SELECT home_id, id FROM {table} WHERE shown < version{within(part)} ORDER BY id"  # noqa: S608 - ours
        ).fetchall()
        for table in ("rounds", "games")
    )
    return [(row[0], row[1]) for row in rounds], [(row[0], row[1]) for row in games]


def has_unshown_rounds(tx: Tx, home_id: int, game_id: int) -> bool:
    """Return whether a round's message is behind what is stored."""
    row = tx.execute(
        "SELECT 1 FROM games AS g CROSS JOIN rounds AS r"  # noqa: S608 - our own words
        f" WHERE g.home_id = ? AND g.id = ? AND {OF_GAME} AND r.shown < r.version LIMIT 1",
        (home_id, game_id),
    ).fetchone()
    return row is not None


def list_unseen_ends(tx: Tx, home_id: int) -> list[int]:
    """Return the last rounds of a server's latest games that have ended where nothing could be shown."""
    rows = tx.execute(
        "SELECT r.id FROM games AS g CROSS JOIN rounds AS r"  # noqa: S608 - our own words
        " WHERE g.home_id = ? AND g.kind = 'channel' AND g.ended_at IS NOT NULL AND g.message_id IS NULL"
        f" AND {OF_GAME} AND r.number = g.number AND r.message_id IS NOT NULL ORDER BY g.id DESC LIMIT ?",
        (home_id, _LATEST),
    )
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message shows by now: that of a round, or of a game's standings; with its id when it is new."""

    home_id: int
    id: int
    version: int
    message_id: int | None = None


def mark_rounds_shown(tx: Tx, shown: Sequence[Shown]) -> list[None]:
    """Note what rounds' messages show."""
    _mark_shown(tx, "rounds", shown)
    return [None] * len(shown)


def mark_games_shown(tx: Tx, shown: Sequence[Shown]) -> list[None]:
    """Note what standings' messages show."""
    _mark_shown(tx, "games", shown)
    return [None] * len(shown)


def give_up_round(tx: Tx, home_id: int, round_id: int) -> None:
    """Note that nothing of the round can be shown any more."""
    tx.execute("UPDATE rounds SET shown = version WHERE home_id = ? AND id = ?", (home_id, round_id))


def give_up_showing(tx: Tx, home_id: int, game_id: int) -> None:
    """Note that nothing of the game can be shown any more."""
    tx.execute(
        "UPDATE rounds SET shown = version WHERE shown < version AND home_id = ? AND id IN"  # noqa: S608
        " (SELECT r.id FROM games AS g CROSS JOIN rounds AS r"
        f" WHERE g.home_id = ? AND g.id = ? AND {OF_GAME})",
        (home_id, home_id, game_id),
    )
    tx.execute("UPDATE games SET shown = version WHERE home_id = ? AND id = ?", (home_id, game_id))


def _mark_shown(tx: Tx, table: str, shown: Sequence[Shown]) -> None:
    tx.executemany(
        f"UPDATE {table} SET shown = CASE WHEN shown < ? THEN ? ELSE shown END,"  # noqa: S608 - a name of ours
        " message_id = coalesce(?, message_id) WHERE home_id = ? AND id = ?",
        [(one.version, one.version, one.message_id, one.home_id, one.id) for one in shown],
    )


def _list_tallies(tx: Tx, home_id: int, game_id: int) -> list[Tally]:
    tallies = []
    for number, body, order, answered, right in tx.execute(
        "SELECT r.number, q.body, r.option_order, count(a.player_id), coalesce(sum(a.is_right), 0)"  # noqa: S608
        " FROM games AS g CROSS JOIN rounds AS r JOIN questions q ON q.hash = r.question"
        " LEFT JOIN answers a ON a.home_id = r.home_id AND a.round_id = r.id"
        f" WHERE g.home_id = ? AND g.id = ? AND {OF_GAME} AND r.closed_at IS NOT NULL"
        " GROUP BY r.number, r.id, q.body, r.option_order ORDER BY r.number",
        (home_id, game_id),
    ):
        question = asked_of(body, order).question
        tallies.append(Tally(number, question.stem, " · ".join(question.right), answered, right))
    return tallies
