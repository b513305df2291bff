"""Papers as rows: questions fixed beforehand, the same for all who answer them.

What always holds: a paper is written once, whoever writes it and however often, and never changes.
"""

from collections.abc import Iterable, Sequence

from bot.quiz.game import Asked
from bot.store.content import asked_of, content_of
from bot.store.tx import Tx

EVERYBODY = 0
"""The home of what is everybody's."""

_DUEL = "duel:"


def duel_paper(duel_id: int) -> str:
    """Return the name of a duel's paper."""
    return f"{_DUEL}{duel_id}"


def duel_of(paper: str | None) -> int | None:
    """Return the id of the duel whose questions a paper has; None for another paper, or none."""
    if paper is None or not paper.startswith(_DUEL):
        return None
    return int(paper.removeprefix(_DUEL))


def add_paper(tx: Tx, home_id: int, name: str, questions: Sequence[Asked]) -> bool:
    """Write a paper; False when there is one of that name, which stays as it is."""
    if load_size(tx, home_id, name):
        return False
    rows = [(home_id, name, number, content_of(asked)) for number, asked in enumerate(questions, 1)]
    tx.executemany(
        "INSERT INTO papers (home_id, name, number, body, option_order) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (home_id, name, number) DO NOTHING",  # of two processes at once the first one's stands
        [(home, title, number, content.body, content.order) for home, title, number, content in rows],
    )
    return True


def load_size(tx: Tx, home_id: int, name: str) -> int:
    """Return how many questions a paper has; 0 when there is none of that name."""
    row = tx.execute("SELECT count(*) FROM papers WHERE home_id = ? AND name = ?", (home_id, name)).fetchone()
    return int(row[0])


def load_from_paper(tx: Tx, home_id: int, name: str, number: int) -> Asked | None:
    """Return a paper's question of that number, or None."""
    row = tx.execute(
        "SELECT body, option_order FROM papers WHERE home_id = ? AND name = ? AND number = ?",
        (home_id, name, number),
    ).fetchone()
    return asked_of(row[0], row[1]) if row else None


def delete_papers(tx: Tx, home_id: int, first: str, end: str) -> None:
    """Delete the papers whose names come at `first` or later, and before `end`."""
    tx.execute("DELETE FROM papers WHERE home_id = ? AND name >= ? AND name < ?", (home_id, first, end))


def delete_duel_papers(tx: Tx, duel_ids: Iterable[int]) -> None:
    """Delete the papers of duels."""
    names = [(EVERYBODY, duel_paper(duel_id)) for duel_id in duel_ids]
    tx.executemany("DELETE FROM papers WHERE home_id = ? AND name = ?", names)
