"""Answers as rows.

What always holds: of a player's answers to a round the first one stays, by uniqueness; none is
entered into a round that is closed, because nobody would judge it.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from bot.quiz.game import Answer, Response
from bot.store.games import OF_GAME
from bot.store.ids import after, instant_after, instant_after_or_none
from bot.store.keys import Key, given_rows, keys
from bot.store.tx import Tx, is_shared

_TYPED = -1  # stands as the option of an answer in words
_CHOSEN = 1024  # and of a choice from a menu: this, and a bit for each place

# Each engine's own part, in the order of the answers: of two of one player the first is entered.
_SAVE_SETS = (
    "INSERT INTO answers (home_id, round_id, player_id, option, at, text)"
    " SELECT r.home_id, r.id, k.player_id, k.option, k.at, k.text"
    " FROM unnest(CAST(? AS BIGINT[]), CAST(? AS BIGINT[]), CAST(? AS BIGINT[]), CAST(? AS BIGINT[]),"
    " CAST(? AS BIGINT[]), CAST(? AS TEXT[])) WITH ORDINALITY"
    " AS k (home_id, round_id, player_id, option, at, text, number)"
    " JOIN rounds AS r ON r.home_id = k.home_id AND r.id = k.round_id AND r.closed_at IS NULL"
    " ORDER BY k.number ON CONFLICT DO NOTHING"
)
_SAVE = (
    "INSERT INTO answers (home_id, round_id, player_id, option, at, text)"
    " SELECT r.home_id, r.id, k.column3, k.column4, k.column5, k.column6"
    " FROM ({table}) AS k CROSS JOIN rounds AS r"
    " WHERE r.home_id = k.column1 AND r.id = k.column2 AND r.closed_at IS NULL"
    " ON CONFLICT DO NOTHING"
)


def save_answers(tx: Tx, given: Sequence[tuple[int, int, Answer]]) -> list[Response | None]:
    """Store answers, each with its round's home and id; return what stands for each.

    None for one whose round has closed without it. However many there are, it is one statement: each
    takes the interpreter's lock again, which the answers of a busy program would wait for in turn.
    """
    rows = [_row(home_id, round_id, one) for home_id, round_id, one in given]
    if not is_shared(tx):
        table, values = given_rows(rows)
        entered = tx.execute(_SAVE.format(table=table), values).rowcount
    else:
        *numbers, texts = zip(*rows, strict=True)
        arrays = [f"{{{','.join(map(str, column))}}}" for column in numbers]
        entered = tx.execute(_SAVE_SETS, (*arrays, list(texts))).rowcount
    if entered == len(rows):
        return [one.response for _, _, one in given]
    return [load_answer(tx, home_id, round_id, one.player_id) for home_id, round_id, one in given]


def _row(home_id: int, round_id: int, answer: Answer) -> tuple[int | str | None, ...]:
    response, text = answer.response, None
    if isinstance(response, str):
        option, text = _TYPED, response
    elif isinstance(response, tuple):
        option = _CHOSEN + sum(1 << place for place in response)
    else:
        option = response
    return home_id, round_id, answer.player_id, option, after(round_id, answer.at), text


def response_of(option: int, text: str | None) -> Response:
    """Return the answer that a row of `answers` holds."""
    if text is not None:
        return text
    if option < _CHOSEN:
        return option
    return tuple(place for place in range(_CHOSEN.bit_length() - 1) if option >> place & 1)


def add_answer(tx: Tx, home_id: int, round_id: int, answer: Answer) -> None:
    """Store an answer to a round that has closed; whoever does so judges it."""
    tx.execute(
        "INSERT INTO answers (home_id, round_id, player_id, option, at, text) VALUES (?, ?, ?, ?, ?, ?)",
        _row(home_id, round_id, answer),
    )


def load_answer(tx: Tx, home_id: int, round_id: int, player_id: int) -> Response | None:
    """Return the answer that stands, or None."""
    row = tx.execute(
        "SELECT option, text FROM answers WHERE home_id = ? AND round_id = ? AND player_id = ?",
        (home_id, round_id, player_id),
    ).fetchone()
    return response_of(*row) if row else None


def list_answers(tx: Tx, home_id: int, round_id: int) -> list[Answer]:
    """Return the round's answers in order of time."""
    return list_answers_to(tx, [(home_id, round_id)])[home_id, round_id]


def list_answers_to(tx: Tx, rounds: Collection[Key]) -> dict[Key, list[Answer]]:
    """Return each round's answers in order of time."""
    wanted = keys(tx, rounds, 2)
    rows = tx.execute(
        "SELECT k.a, k.b, n.player_id, n.option, n.text, n.at, n.is_right, n.points, n.streak"  # noqa: S608 - ours
        f" FROM {wanted.table} CROSS JOIN answers AS n WHERE n.home_id = k.a AND n.round_id = k.b"
        " ORDER BY n.at, n.player_id",
        wanted.values,
    )
    found: dict[Key, list[Answer]] = {one: [] for one in rounds}
    for home_id, round_id, player_id, option, text, at, is_right, points, streak in rows:
        found[home_id, round_id].append(
            Answer(
                player_id,
                response_of(option, text),
                instant_after(round_id, at),
                None if is_right is None else bool(is_right),
                points or 0,
                streak or 0,
            )
        )
    return found


def save_judged(tx: Tx, judged: Iterable[tuple[Key, Answer]]) -> None:
    """Note what stored answers are worth, each with its round."""
    tx.executemany(
        "UPDATE answers SET is_right = ?, points = ?, streak = ?"
        " WHERE home_id = ? AND round_id = ? AND player_id = ?",
        [(answer.is_right, answer.points, answer.streak, *one, answer.player_id) for one, answer in judged],
    )


def list_players_since(tx: Tx, home_id: int, game_id: int, number: int) -> set[int]:
    """Return who has answered the game's round of that number or a later one."""
    rows = tx.execute(
        "SELECT DISTINCT a.player_id FROM games AS g CROSS JOIN rounds AS r CROSS JOIN answers AS a"  # noqa: S608
        f" WHERE g.home_id = ? AND g.id = ? AND {OF_GAME} AND r.number >= ?"
        " AND a.home_id = r.home_id AND a.round_id = r.id",
        (home_id, game_id, number),
    )
    return {row[0] for row in rows}


def load_last_at(tx: Tx, home_id: int, round_id: int) -> datetime | None:
    """Return when the round was answered last, or None."""
    row = tx.execute(
        "SELECT max(at) FROM answers WHERE home_id = ? AND round_id = ?", (home_id, round_id)
    ).fetchone()
    return instant_after_or_none(round_id, row[0])
