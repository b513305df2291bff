"""The stage: what games are shown on and by, joined."""

from dataclasses import dataclass

from bot.cogs.lines import Lines
from bot.cogs.lobbies import Lobbies
from bot.cogs.nights import NightCog
from bot.cogs.publisher import Publisher
from bot.services.library import Library


@dataclass(frozen=True, slots=True)
class Stage:
    """What the commands and buttons of games need to show something."""

    publisher: Publisher
    lobbies: Lobbies
    lines: Lines
    library: Library
    nights: NightCog
