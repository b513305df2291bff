"""Notes: small things to remember between runs."""

from bot.store.tx import Tx


def load_note(tx: Tx, name: str) -> str | None:
    """Return the note's text, or None when it was never saved."""
    row = tx.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def save_note(tx: Tx, name: str, value: str) -> None:
    """Save the note in place of what it said before."""
    tx.execute(
        "INSERT INTO notes (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
