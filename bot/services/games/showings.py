"""Showings: what messages show of games, read for whoever draws them, and how far that has come."""

from bot.errors import NotFound
from bot.quiz.game import Game
from bot.quiz.periods import Span, key_of, zone_named
from bot.quiz.press import Press
from bot.quiz.scoring import places, race, ranked
from bot.quiz.showing import GameShowing, Lobby, RoundShowing, Status
from bot.services.games.course import has_following
from bot.store.database import Database
from bot.store.games import load_game, load_latest, load_start_before
from bot.store.guilds import load_guild
from bot.store.players import list_names
from bot.store.rounds import load_round_of
from bot.store.scores import list_totals
from bot.store.showings import (
    Shown,
    has_unshown_rounds,
    list_points,
    list_unseen_ends,
    load_game_showing,
    load_round_showing,
    mark_games_shown,
    mark_rounds_shown,
)
from bot.store.tx import Tx

_LONG = 5  # rounds from which a game's points are drawn
_LEADERS = 5  # lines that can be told apart

NO_GAME = "No game is running here. `/quiz start` begins one in a server; `/quiz solo` works anywhere."


class Showings:
    """Reads what there is to show."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def status(self, press: Press) -> Status:
        """Return how the running game stands where that was asked, else the last one there."""
        home_id = press.home_id
        found = await self._database.read(lambda tx: _load_status(tx, home_id, press.channel_id))
        if found is None:
            raise NotFound(NO_GAME)
        return found

    async def load_round(self, home_id: int, round_id: int) -> RoundShowing | None:
        """Return what a round's message shows."""
        return await self._database.read(lambda tx: load_round_showing(tx, home_id, round_id))

    async def load_standings(self, home_id: int, game_id: int) -> GameShowing | None:
        """Return what a game's standings show."""
        return await self._database.read(lambda tx: load_game_showing(tx, home_id, game_id))

    async def has_unshown_rounds(self, home_id: int, game_id: int) -> bool:
        """Return whether a message of a game's rounds is behind what is stored."""
        return await self._database.read(lambda tx: has_unshown_rounds(tx, home_id, game_id))

    async def list_unseen_ends(self, home_id: int) -> list[int]:
        """Return the last rounds of a server's latest games that have ended where nothing could be shown."""
        return await self._database.read(lambda tx: list_unseen_ends(tx, home_id))

    async def load_begun(self, home_id: int, game_id: int) -> Lobby | None:
        """Return what the announcement of a game shows once that has begun."""
        return await self._database.read(lambda tx: _load_begun(tx, home_id, game_id))

    async def load_race(self, showing: GameShowing) -> tuple[tuple[int, ...], ...]:
        """Return the leaders' points after each round; nothing for a game too short or lonely."""
        rounds = len(showing.tallies)
        leaders = [score.player_id for _, score in ranked(showing.scores)[:_LEADERS] if score.points]
        if rounds < _LONG or len(leaders) < 2:
            return ()
        points = await self._database.read(lambda tx: list_points(tx, showing.game.home_id, showing.game.id))
        return race(points, leaders, rounds)

    async def load_places(self, game: Game) -> dict[int, int]:
        """Return the place of each player who has points in a game so far."""
        return places(await self._database.read(lambda tx: list_totals(tx, game.home_id, game.id)))

    async def is_first_today(self, game: Game) -> bool:
        """Return whether no other game began before this one in its server, on the server's own day."""
        return await self._database.read(lambda tx: _is_first_today(tx, game))

    async def mark_round_shown(
        self, home_id: int, round_id: int, version: int, message_id: int | None = None
    ) -> None:
        """Note that a round's message shows `version`, and its id when it is a new message."""
        shown = Shown(home_id, round_id, version, message_id)
        await self._database.write_together(mark_rounds_shown, shown)

    async def mark_game_shown(
        self, home_id: int, game_id: int, version: int, message_id: int | None = None
    ) -> None:
        """Note that the standings show `version`, and their message's id when it is a new one."""
        shown = Shown(home_id, game_id, version, message_id)
        await self._database.write_together(mark_games_shown, shown)


def _is_first_today(tx: Tx, game: Game) -> bool:
    before = load_start_before(tx, game)
    if before is None:
        return True
    zone = zone_named(load_guild(tx, game.home_id).timezone or "UTC")
    return key_of(Span.TODAY, before, zone) != key_of(Span.TODAY, game.started_at, zone)


def _load_begun(tx: Tx, home_id: int, game_id: int) -> Lobby | None:
    game = load_game(tx, home_id, game_id)
    if game is None:
        return None
    names = list_names(tx, game.guild_id, [game.starter_id])
    return Lobby(game, names.get(game.starter_id, ""))


def _load_status(tx: Tx, home_id: int, channel_id: int) -> Status | None:
    game = load_latest(tx, home_id, channel_id)
    standings = load_game_showing(tx, home_id, game.id) if game is not None else None
    if game is None or standings is None:
        return None
    return Status(game, load_round_of(tx, game), standings, has_following(tx, game))
