"""Turns: what one transaction at a time may do, in however many processes.

What always holds: whoever changes totals or places on boards has the turn for
that until the transaction ends; the others wait for it. On SQLite whoever
writes has it anyway.
"""

from enum import IntEnum

from bot.store.tx import Tx, is_shared

_FARSIDE = 0x4661_7273  # so that no other program's locks are ours


class Turn(IntEnum):
    """What is done in turns."""

    BOARDS = 1
    QUESTIONS = 2
    KEEPING = 3
    LEARNING = 4


def take_turn(tx: Tx, turn: Turn) -> None:
    """Wait for the turn; the end of the transaction passes it on."""
    if is_shared(tx):
        tx.execute("SELECT pg_advisory_xact_lock(CAST(? AS INTEGER), CAST(? AS INTEGER))", (_FARSIDE, turn))
