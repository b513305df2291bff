"""Items as rows: sums over live answers, added to and read in pages.

What always holds: rows are added to where they stand, never read and written back, so the
order in which answers come changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.quiz.game import Form
from bot.quiz.items import Item, Player, Share
from bot.store.database import instant_or_none, stamp
from bot.store.tx import Tx

EVERYWHERE = 0  # the home of what belongs to no server
PAGE = 500

_ADD = (
    "INSERT INTO items (home_id, item, form, question_id, ratings, known, known_squares, known_right,"
    " timed, log_seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (home_id, item, form) DO UPDATE"
    " SET question_id = excluded.question_id, ratings = items.ratings + excluded.ratings,"
    " known = items.known + excluded.known, known_squares = items.known_squares + excluded.known_squares,"
    " known_right = items.known_right + excluded.known_right, timed = items.timed + excluded.timed,"
    " log_seconds = items.log_seconds + excluded.log_seconds"
)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item, and since when it has the level that it has; None: always."""

    item: Item
    level_at: datetime | None


def add_to_items(tx: Tx, news: Iterable[Item]) -> None:
    """Add sums to the items of the same key and form."""
    listed = list(news)
    tx.executemany(
        _ADD,
        [
            (
                EVERYWHERE, one.key, one.form, one.question_id, one.ratings, one.known, one.known_squares,
                one.known_right, one.timed, one.log_seconds,
            )
            for one in listed
        ],
    )  # fmt: skip
    tx.executemany(
        "INSERT INTO item_shares (home_id, item, form, player, answers, hits) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (home_id, item, form, player) DO UPDATE SET"
        " answers = item_shares.answers + excluded.answers, hits = item_shares.hits + excluded.hits",
        [
            (EVERYWHERE, one.key, one.form, player, share.answers, share.right)
            for one in listed
            for player, share in one.shares.items()
        ],
    )
    tx.executemany(
        "INSERT INTO item_options (home_id, item, form, place, chosen, strong) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (home_id, item, form, place) DO UPDATE SET"
        " chosen = item_options.chosen + excluded.chosen, strong = item_options.strong + excluded.strong",
        [
            (EVERYWHERE, one.key, one.form, place, chosen, one.strong.get(place, 0))
            for one in listed
            for place, chosen in one.chosen.items()
        ],
    )


def load_item(tx: Tx, key: str, form: Form) -> Item | None:
    """Return an item, or None."""
    row = tx.execute(
        "SELECT * FROM items WHERE home_id = ? AND item = ? AND form = ?", (EVERYWHERE, key, form)
    ).fetchone()
    return _item(tx, row) if row is not None else None


def list_items(tx: Tx, after: str, most: int = PAGE) -> list[ItemRow]:
    """Return the items of the next `most` rows whose keys come after that one; empty at the end."""
    keys = [
        row[0]
        for row in tx.execute(
            "SELECT item FROM items WHERE home_id = ? AND item > ? ORDER BY item LIMIT ?",
            (EVERYWHERE, after, most),
        )
    ]
    if not keys:
        return []
    rows = tx.execute(
        "SELECT * FROM items WHERE home_id = ? AND item > ? AND item <= ? ORDER BY item, form",
        (EVERYWHERE, after, keys[-1]),
    ).fetchall()
    shares, options = _page(tx, "item_shares", after, keys[-1]), _page(tx, "item_options", after, keys[-1])
    return [
        ItemRow(
            _made(row, shares.get(_name(row), ()), options.get(_name(row), ())),
            instant_or_none(row["level_at"]),
        )
        for row in rows
    ]


def list_all_items(tx: Tx) -> list[ItemRow]:
    """Return every item, page by page."""
    found: list[ItemRow] = []
    after = ""
    while rows := list_items(tx, after):
        found += rows
        after = rows[-1].item.key
    return found


def set_level(tx: Tx, item: Item, level: int, before: int, at: datetime) -> None:
    """Note which difficulty players are shown from `at` on, and which they were before."""
    tx.execute(
        "UPDATE items SET level = ?, level_before = ?, level_at = ?"
        " WHERE home_id = ? AND item = ? AND form = ?",
        (level, before, stamp(at), EVERYWHERE, item.key, item.form),
    )


def _page(tx: Tx, table: str, after: str, last: str) -> Mapping[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    for row in tx.execute(
        f"SELECT * FROM {table} WHERE home_id = ? AND item > ? AND item <= ?",  # noqa: S608 - a name of ours
        (EVERYWHERE, after, last),
    ):
        found.setdefault(_name(row), []).append(row)
    return found


def _name(row: Any) -> tuple[str, str]:
    return row["item"], row["form"]


def _item(tx: Tx, row: Any) -> Item:
    key = (EVERYWHERE, row["item"], row["form"])
    shares = tx.execute("SELECT * FROM item_shares WHERE home_id = ? AND item = ? AND form = ?", key)
    options = tx.execute("SELECT * FROM item_options WHERE home_id = ? AND item = ? AND form = ?", key)
    return _made(row, shares.fetchall(), options.fetchall())


def _made(row: Any, shares: Iterable[Any], options: Iterable[Any]) -> Item:
    counted = list(options)
    return Item(
        key=row["item"],
        form=Form(row["form"]),
        question_id=row["question_id"],
        shares={Player(one["player"]): Share(one["answers"], one["hits"]) for one in shares},
        ratings=row["ratings"],
        known=row["known"],
        known_squares=row["known_squares"],
        known_right=row["known_right"],
        timed=row["timed"],
        log_seconds=row["log_seconds"],
        chosen={one["place"]: one["chosen"] for one in counted},
        strong={one["place"]: one["strong"] for one in counted},
        level=row["level"],
        level_before=row["level_before"],
    )
