"""Standings: who stands where on a board, and what one player has done so far.

What always holds: equal points share a rank, and the next rank counts everybody
above it (1, 2, 2, 4); among equals the one who reached the points first comes first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.quiz.periods import Period, Span

PAGE = 10  # rows of a page
PODIUM = 3  # places of a season that are kept
NEIGHBOURS = 2  # rows shown on each side of one's own


class Scope(StrEnum):
    """Whose points a board counts; the value is the choice of `/leaderboard`."""

    SERVER = "server"
    GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class Standing:
    """One player's row."""

    rank: int
    player_id: int
    name: str
    points: int
    right: int
    answered: int


@dataclass(frozen=True, slots=True)
class Podium:
    """The first three of a season that is over, the best first; `season` is its name."""

    season: str
    standings: tuple[tuple[str, int], ...]  # names and points


@dataclass(frozen=True, slots=True)
class Board:
    """One page of a board, as somebody sees it."""

    scope: Scope
    period: Period
    topic: str  # an id; empty for all topics
    players: int
    page: int  # from 1
    standings: tuple[Standing, ...]
    viewer_id: int
    around: tuple[Standing, ...] = ()  # the viewer's row and its neighbours, when it is on another page
    viewer_page: int | None = None  # None: the viewer is not on this board
    is_viewer_hidden: bool = False  # stays off the global boards
    waiting: int = 0  # answers, of all boards, that are not counted in yet
    podiums: tuple[Podium, ...] = ()  # of a season's board: those of the seasons before, the latest first

    @property
    def pages(self) -> int:
        """How many pages there are; an empty board has one."""
        return max(1, -(-self.players // PAGE))

    @property
    def span(self) -> Span:
        """How long the board's period is."""
        return self.period.span


@dataclass(frozen=True, slots=True)
class Skill:
    """How a player does in one topic."""

    right: int
    answered: int

    @property
    def accuracy(self) -> float:
        """The share of answers that were right, from 0 to 1."""
        return self.right / self.answered if self.answered else 0.0


@dataclass(frozen=True, slots=True)
class Seat:
    """A player's place on a board of all time."""

    rank: int
    players: int
    points: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What one player has done. `skills` counts every game, solo ones too, by topic id."""

    player_id: int
    games: int
    best_streak: int
    skills: Mapping[str, Skill]
    in_server: Seat | None
    everywhere: Seat | None
    weeks: tuple[int, ...] = ()  # points of each week in all servers, this one last
    is_hidden: bool = False  # stays off the global boards
    waiting: int = 0  # answers, of all players, that are not counted in yet
