"""What messages show, read as a whole, and how far it has come.

What always holds: a message is shown when `shown` has reached `version`; whoever changes what it
shows raises `version`, and only a message that is out raises `shown`.
"""

from bot.quiz.game import Answer, RoundState
from bot.quiz.scoring import Tally
from bot.quiz.showing import GameShowing, RoundShowing
from bot.store.answers import list_answers
from bot.store.content import asked_of
from bot.store.database import instant
from bot.store.games import game_of, load_game
from bot.store.players import list_names
from bot.store.questions import load_question
from bot.store.rounds import round_of
from bot.store.scores import list_scores
from bot.store.tx import Tx


def load_round_showing(tx: Tx, round_id: int) -> RoundShowing | None:
    """Return what the round's message shows."""
    row = tx.execute("SELECT * FROM rounds WHERE id = ?", (round_id,)).fetchone()
    if row is None:
        return None
    game = load_game(tx, row["game_id"])
    assert game is not None  # noqa: S101 - a foreign key says so
    answers: list[tuple[Answer, str]] = []
    if row["state"] == RoundState.CLOSED:
        given = list_answers(tx, round_id)
        names = list_names(tx, game.guild_id, [answer.player_id for answer in given])
        answers = [(answer, names.get(answer.player_id, "")) for answer in given]
    return RoundShowing(
        game,
        round_of(row),
        load_question(tx, row["question"], row["option_order"]),
        instant(row["drawn_at"]),
        row["version"],
        row["shown"],
        answers,
    )


def load_game_showing(tx: Tx, game_id: int) -> GameShowing | None:
    """Return what the game's standings show."""
    row = tx.execute("SELECT * FROM games WHERE id = ?", (game_id,)).fetchone()
    if row is None:
        return None
    return GameShowing(
        game_of(row),
        row["message_id"],
        row["version"],
        row["shown"],
        list_scores(tx, game_id),
        _list_tallies(tx, game_id),
    )


def list_points(tx: Tx, game_id: int) -> list[tuple[int, int, int]]:
    """Return number of the round, player and points of every answer of a game that brought some."""
    rows = tx.execute(
        "SELECT r.number, a.player_id, a.points FROM rounds r JOIN answers a ON a.round_id = r.id"
        " WHERE r.game_id = ? AND a.points > 0",
        (game_id,),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def list_to_show(tx: Tx) -> tuple[list[int], list[int]]:
    """Return the ids of rounds and of games whose messages are behind what is stored."""
    rounds = [row[0] for row in tx.execute("SELECT id FROM rounds WHERE shown < version ORDER BY id")]
    games = [row[0] for row in tx.execute("SELECT id FROM games WHERE shown < version ORDER BY id")]
    return rounds, games


def mark_round_shown(tx: Tx, round_id: int, version: int, message_id: int | None = None) -> None:
    """Note that the round's message shows `version`, and its id when it is a new message."""
    _mark_shown(tx, "rounds", round_id, version, message_id)


def mark_game_shown(tx: Tx, game_id: int, version: int, message_id: int | None = None) -> None:
    """Note that the standings' message shows `version`, and its id when it is a new message."""
    _mark_shown(tx, "games", game_id, version, message_id)


def give_up_round(tx: Tx, round_id: int) -> None:
    """Note that nothing of the round can be shown any more."""
    tx.execute("UPDATE rounds SET shown = version WHERE id = ?", (round_id,))


def give_up_showing(tx: Tx, game_id: int) -> None:
    """Note that nothing of the game can be shown any more."""
    tx.execute("UPDATE rounds SET shown = version WHERE game_id = ? AND shown < version", (game_id,))
    tx.execute("UPDATE games SET shown = version WHERE id = ?", (game_id,))


def _mark_shown(tx: Tx, table: str, row_id: int, version: int, message_id: int | None) -> None:
    tx.execute(
        f"UPDATE {table} SET shown = CASE WHEN shown < ? THEN ? ELSE shown END,"  # noqa: S608 - a name of ours
        " message_id = coalesce(?, message_id) WHERE id = ?",
        (version, version, message_id, row_id),
    )


def _list_tallies(tx: Tx, game_id: int) -> list[Tally]:
    tallies = []
    for number, body, order, answered, right in tx.execute(
        "SELECT r.number, q.body, r.option_order, count(a.player_id), coalesce(sum(a.is_right), 0)"
        " FROM rounds r JOIN questions q ON q.hash = r.question"
        " LEFT JOIN answers a ON a.round_id = r.id WHERE r.game_id = ? AND r.state = 'closed'"
        " GROUP BY r.id ORDER BY r.number",
        (game_id,),
    ):
        question = asked_of(body, order).question
        tallies.append(Tally(number, question.stem, question.key, answered, right))
    return tallies
