"""Playing: games in channels and alone, from the first question to the standings.

    play        the parts below, joined
    games       the games of channels: started, led from round to round, ended
    answers     presses on a question's buttons
    votes       skipping, going on and stopping
    solo        games that one person plays
    attempts    those of them that are the daily challenge
    showings    what messages show, read for the surface
    live        the rounds that go on, in memory
    deck        which question comes next
    course, settlement   the steps of a game within a transaction

What always holds: these decide by the rules of `bot.quiz`, within a transaction,
between what they load and what they save; the store decides nothing.
"""

from bot.services.games.attempts import date_of
from bot.services.games.games import Games, RunningGame, link_to
from bot.services.games.live import ALONE, CLOSE, CLUE, IDLE, NEXT
from bot.services.games.play import Play
from bot.services.games.showings import Showings
from bot.services.games.votes import Decision, StarterDecides, Wish
from bot.store.nights import NIGHT
from bot.store.papers import duel_of

__all__ = [
    "ALONE",
    "CLOSE",
    "CLUE",
    "IDLE",
    "NEXT",
    "NIGHT",
    "Decision",
    "Games",
    "Play",
    "RunningGame",
    "Showings",
    "StarterDecides",
    "Wish",
    "date_of",
    "duel_of",
    "link_to",
]
