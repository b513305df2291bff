"""Belongings: how much is kept of one player."""

from typing import NamedTuple


class Belongings(NamedTuple):
    """How much is kept of a player; `games` are those answered in, `names` those that servers gave.

    `days` are answers to questions of the day.
    """

    games: int
    answers: int
    solo_games: int
    servers: int
    names: int
    boards: int
    duels: int = 0  # that somebody has played in
    challenges: int = 0  # dates whose daily challenge was begun
    reports: int = 0
    days: int = 0
    reviews: int = 0
