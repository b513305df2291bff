"""Turns: what one transaction at a time may do, in however many processes.

What always holds: whoever changes totals or places on boards has the turn for
that until the transaction ends; the others wait for it. So does whoever changes
what is at one home, where several processes may: a person presses in any server,
and each may be another process's. On SQLite whoever writes has it anyway.
"""

from enum import IntEnum

from bot.store.tx import Tx, is_shared

_FARSIDE = 0x4661_7273  # so that no other program's locks are ours
_HOMES = _FARSIDE + 1
_PLACES = 2**31  # homes that share one wait for each other, no more


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


def take_home(tx: Tx, home_id: int) -> None:
    """Wait until no other transaction changes what is read and changed here at a home; likewise."""
    if is_shared(tx):
        place = (home_id >> 22 ^ home_id) % _PLACES
        tx.execute("SELECT pg_advisory_xact_lock(CAST(? AS INTEGER), CAST(? AS INTEGER))", (_HOMES, place))
