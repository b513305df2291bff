"""Questions as rows: each version of a question's content once, however often it is asked.

What always holds: a bank that changes adds a version and changes no round; a
version goes when no round that is kept can be asking it.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from bot.quiz.game import Asked
from bot.store.content import Content, asked_of, content_of, id_in
from bot.store.database import stamp
from bot.store.keys import keys
from bot.store.turns import Turn, take_turn
from bot.store.tx import Tx

_KNOWN = 20_000  # ids kept in memory: what has a hash never changes
_IDS: dict[int, str] = {}
_DAY = 86_400_000  # milliseconds: how exactly it is known when a version was asked last


def save_question(tx: Tx, asked: Asked, at: datetime) -> Content:
    """Keep what is asked at `at`, unless it is kept already."""
    return save_questions(tx, [(asked, at)])[0]


def save_questions(tx: Tx, drawn: Sequence[tuple[Asked, datetime]]) -> list[Content]:
    """Keep what is asked, each at its instant, unless it is kept already."""
    contents = [content_of(asked) for asked, _ in drawn]
    wanted = keys(tx, {(content.hash,) for content in contents}, 1)
    rows = tx.execute(
        f"SELECT q.hash, q.asked_at FROM {wanted.table} CROSS JOIN questions AS q"  # noqa: S608 - our own words
        " WHERE q.hash = k.a",
        wanted.values,
    )
    known = {row[0]: row[1] for row in rows}
    new = {
        content.hash: (content.hash, content.body, stamp(at))
        for content, (_, at) in zip(contents, drawn, strict=True)
        if known.get(content.hash, 0) < stamp(at) - _DAY
    }
    if new:  # hardly ever: nobody has to wait for another's round of the same question
        take_turn(tx, Turn.QUESTIONS)
        tx.executemany(
            "INSERT INTO questions (hash, body, asked_at) VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE"
            " SET asked_at = excluded.asked_at WHERE questions.asked_at < excluded.asked_at",
            [new[digest] for digest in sorted(new)],
        )
    return contents


def load_questions(tx: Tx, digests: Iterable[int]) -> dict[int, str]:
    """Return the bodies of questions by their hashes."""
    wanted = keys(tx, {(digest,) for digest in digests}, 1)
    rows = tx.execute(
        f"SELECT q.hash, q.body FROM {wanted.table} CROSS JOIN questions AS q WHERE q.hash = k.a",  # noqa: S608
        wanted.values,
    )
    return {row[0]: row[1] for row in rows}


def ids_of(tx: Tx, digests: AbstractSet[int]) -> dict[int, str]:
    """Return the questions' ids by their hashes."""
    known = {digest: _IDS[digest] for digest in digests & _IDS.keys()}
    if new := digests - known.keys():
        found = {digest: id_in(body) for digest, body in load_questions(tx, new).items()}
        known |= found
        if len(_IDS) > _KNOWN:
            _IDS.clear()
        _IDS.update(found)
    return known


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
