"""Players' names as rows."""

from collections.abc import Iterable

from bot.store.tx import Tx


def save_names(tx: Tx, names: Iterable[tuple[int, str]]) -> None:
    """Keep the name under which each player was seen last."""
    tx.executemany(
        "INSERT INTO players (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        list(names),
    )


def list_names(tx: Tx, round_id: int) -> dict[int, str]:
    """Return the names of those who have answered a round."""
    rows = tx.execute(
        "SELECT id, name FROM players WHERE id IN (SELECT player_id FROM answers WHERE round_id = ?)",
        (round_id,),
    )
    return {row[0]: row[1] for row in rows}
