"""Questions as rows: each version of a question's content once, however often it is asked.

What always holds: a bank that changes adds a version and changes no round; a
version goes when no round that is kept can be asking it.
"""

from datetime import datetime

from bot.quiz.game import Asked
from bot.store.content import Content, asked_of, content_of
from bot.store.database import stamp
from bot.store.turns import Turn, take_turn
from bot.store.tx import Tx

_DAY = 86_400_000  # milliseconds: how exactly it is known when a version was asked last


def save_question(tx: Tx, asked: Asked, at: datetime) -> Content:
    """Keep what is asked at `at`, unless it is kept already."""
    content = content_of(asked)
    known = tx.execute("SELECT asked_at FROM questions WHERE hash = ?", (content.hash,)).fetchone()
    if known is not None and known[0] >= stamp(at) - _DAY:
        return content  # as nearly always; nobody has to wait for another's round of it
    take_turn(tx, Turn.QUESTIONS)
    tx.execute(
        "INSERT INTO questions (hash, body, asked_at) VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE"
        " SET asked_at = excluded.asked_at WHERE questions.asked_at < excluded.asked_at - ?",
        (content.hash, content.body, stamp(at), _DAY),
    )
    return content


def load_question(tx: Tx, digest: int, order: str) -> Asked:
    """Return a question as a round asked it."""
    row = tx.execute("SELECT body FROM questions WHERE hash = ?", (digest,)).fetchone()
    return asked_of(row[0], order)


def delete_unasked(tx: Tx, most: int) -> int:
    """Delete up to `most` versions that were last asked before whatever is kept was; return how many."""
    asked = (
        tx.execute("SELECT min(started_at) FROM games").fetchone()[0],
        tx.execute("SELECT min(asked_at) FROM day_questions").fetchone()[0],
    )
    kept = [at for at in asked if at is not None]
    if not kept:
        return 0
    return tx.execute(
        "DELETE FROM questions WHERE hash IN (SELECT hash FROM questions WHERE asked_at < ? LIMIT ?)",
        (min(kept) - _DAY, most),
    ).rowcount
