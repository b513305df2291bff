"""A town: servers, whose people play by the store's own functions as fast as these go.

To play a year of thousands of servers takes hours. So a part of them may play alone until `spread` gives each
of the others what one of these has: the rows of its home, and of its people, under ids of their own, entered
in the order in which play enters them, so that pages are as full as play leaves them. (Those of boards are
fuller, since nobody has left them: two bytes less for each answer of a year.) What spans homes is as play
would have it: totals of items are so many times as much, and the boards of all servers have everybody,
counted into buckets by the store. From then on all of them play.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bot.bank import Bank
from bot.config import KEPT, shipped_questions
from bot.quiz.game import Answer, Asked, Game, GameKind, Rules
from bot.quiz.press import Press
from bot.services.games.answers import Given, save_given
from bot.services.games.course import (
    Due,
    Following,
    Opened,
    close_rounds,
    names_in,
    next_round,
    open_drawn,
    start_game,
)
from bot.services.games.deck import Drawing
from bot.services.games.live import CLOSE
from bot.services.games.settlement import finish_game
from bot.services.learning import learn
from bot.services.library import Library
from bot.store.hiding import GLOBAL
from bot.store.ids import first_of
from bot.store.migrator import migrate
from bot.store.places import BUCKET, BoardKey, rebuild
from bot.store.postings import post_entries, prune_boards
from bot.store.pruning import prune_games
from bot.store.showings import give_up_showing
from bot.store.timers import Timer

ANSWERS, SERVERS = 100_000, 5_000  # a day
A_ROUND, A_GAME = 4, 10  # answers, and rounds
OWN, GUESTS = 13, 3  # who play on a server; guests are of the next one's own
START = datetime(2026, 1, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIRST_ID = 100_000_000_000_000_000  # as long as Discord's are
APART = 1_000_003  # a server's id from the next one's; its own people's ids lie between
RULES = Rules(questions=A_GAME)

# What play fills, in the order in which it does. What spans homes has home 0, or none.
_ORDER = {
    "games": "id", "rounds": "id", "answers": "round_id", "scores": "game_id", "seen": "asked_at",
    "reviews": "added_at", "standings": "reached_at", "boards": "ends_at", "weeks": "week",
    "podiums": "season", "ratings": "random()", "skills": "random()", "profiles": "random()",
    "players": "random()", "members": "random()", "visits": "random()",
}  # fmt: skip
_SPANS = {"items", "item_shares", "item_options", "questions", "question_names", "schema_versions"}
_SUMS = {
    "items": ("ratings", "known", "known_squares", "known_right", "timed", "log_seconds"),
    "item_shares": ("answers", "hits"),
    "item_options": ("chosen", "strong"),
    "boards": ("players",),
}


class Town:
    """Servers, their players, and the questions that they have not had yet."""

    def __init__(self, bank: Bank, servers: int, copies: int = 1) -> None:
        self._dice = random.Random(1)
        self._library = Library(bank, shipped_questions())
        self._asked = [
            Asked(question, (question.key, *question.distractors[:3]))
            for question in bank.questions
            if question.is_pressed
        ]
        self._decks: dict[int, list[Asked]] = {}
        self._ids = count(FIRST_ID)
        self._part, self._copies = servers, copies
        self.servers = [FIRST_ID + APART * number for number in range(servers)]

    def members(self, guild_id: int) -> Iterator[int]:
        """Return a few of a server's people; some play in two servers of the same part."""
        number = (guild_id - FIRST_ID) // APART
        first = number - number % self._part
        for one in self._dice.sample(range(OWN + GUESTS), A_ROUND):
            home = first + (number + one // OWN) % self._part
            yield FIRST_ID + APART * home + 1 + one % OWN

    def draw(self, guild_id: int, at: datetime) -> Drawing:
        """Draw a question that the server has not had; when it has had all, they begin anew."""
        deck = self._decks.get(guild_id)
        forgotten: list[str] = []
        if not deck:
            if deck is not None:
                forgotten = [one.question.id for one in self._asked]
            deck = self._decks[guild_id] = self._dice.sample(self._asked, len(self._asked))
        return Drawing(guild_id, deck.pop(), 20 * SECOND, at, forgotten)

    def player(self, tx: sqlite3.Connection, guild_id: int) -> int | None:
        """Return somebody who has a place on the server's board."""
        found = tx.execute(
            "SELECT s.player_id FROM boards b JOIN standings s ON s.home_id = b.home_id AND s.board_id = b.id"
            " WHERE b.home_id = ? AND b.topic = '' AND b.period = 'all'",
            (guild_id,),
        ).fetchall()
        return self._dice.choice(found)[0] if found else None

    def press(self, guild_id: int, player_id: int, at: datetime) -> Press:
        """Return something that a player does."""
        name = f"Player {player_id % 10_007}"
        return Press(next(self._ids), guild_id, guild_id + 5, None, player_id, name, at, name)

    def game(self, tx: sqlite3.Connection, guild_id: int, at: datetime) -> None:
        """Play a game from its start to its end."""
        members = [*self.members(guild_id)]
        press = self.press(guild_id, members[0], at)
        game = Game(0, GameKind.CHANNEL, guild_id, press.channel_id, members[0], RULES, at)
        started = start_game(tx, game, press, self.draw(guild_id, at))
        game, drawn = started.game, started.round
        while True:
            opened = drawn.open(next(self._ids), at)
            open_drawn(tx, [Opened(opened, (Timer(CLOSE, str(drawn.id), at, guild_id),))])
            given = [
                Given(
                    guild_id,
                    drawn.id,
                    Answer(player, self._dice.randrange(2), at + SECOND * (2 + place)),
                    names_in(guild_id, self.press(guild_id, player, at)) if game.number == 1 else None,
                )
                for place, player in enumerate(members)
            ]
            save_given(tx, given)
            close_rounds(tx, [Due(guild_id, drawn.id, at)])
            at += 26 * SECOND
            if not game.has_next:
                break
            following = next_round(tx, Following(guild_id, game.id, game.number, self.draw(guild_id, at)))
            assert following is not None
            game, drawn = game.next(), following[0]
        finish_game(tx, guild_id, game.id, at)
        give_up_showing(tx, guild_id, game.id)

    def day(self, tx: sqlite3.Connection, at: datetime, games: int) -> None:
        """Play a day, post and learn what it brought, and let go what is old."""
        tx.execute("BEGIN")
        for number in range(games):
            self.game(tx, self._dice.choice(self.servers), at + number * 40_000 / games * SECOND)
        while post_entries(tx, 512):
            pass
        while learn(tx, self._library, 64):
            pass
        while prune_boards(tx, at):
            pass
        while prune_games(tx, at - KEPT):
            pass
        tx.execute("COMMIT")

    def spread(self, tx: sqlite3.Connection) -> None:
        """Give every other part of the town what the first has, once it has played."""
        others = range(1, self._copies)
        if not others:
            return
        tx.execute("CREATE TEMP TABLE parts (part INTEGER PRIMARY KEY)")
        tx.executemany("INSERT INTO parts VALUES (?)", [(number,) for number in others])
        for (table,) in tx.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            if table not in _SPANS and tx.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                self._spread_rows(tx, table)
        for table, sums in _SUMS.items():
            added = ", ".join(f"{name} = {name} * {self._copies}" for name in sums)
            tx.execute(f"UPDATE {table} SET {added} WHERE home_id = {GLOBAL}")
        for board in tx.execute("SELECT id, players FROM boards WHERE home_id = ?", (GLOBAL,)).fetchall():
            if board["players"] > BUCKET:
                rebuild(tx, BoardKey(GLOBAL, board["id"]), board["players"])
        first = {guild_id: self._decks.get(guild_id) for guild_id in self.servers}
        for part in others:
            for guild_id, deck in first.items():
                self.servers.append(guild_id + part * self._part * APART)
                if deck is not None:
                    self._decks[self.servers[-1]] = deck[:]

    def _spread_rows(self, tx: sqlite3.Connection, table: str) -> None:
        """Enter a table's rows for each other part: ids of Discord's and of the store are others there."""
        columns = tx.execute(f"PRAGMA table_info({table})").fetchall()
        mine = "" if table == "standings" else f" WHERE home_id <> {GLOBAL}"
        tx.execute(f"CREATE TEMP TABLE first AS SELECT * FROM {table}{mine} ORDER BY {_ORDER[table]}")
        values = ", ".join(
            f"CASE WHEN {name} >= {first_of(START)} THEN {name} + (part << 12)"  # as by another process
            f" WHEN {name} >= {FIRST_ID} THEN {name} + part * {self._part * APART} ELSE {name} END"
            if kind == "INTEGER" and (name == "id" or name.endswith("_id"))
            else name
            for _, name, kind, *_ in columns
        )
        tx.execute(f"INSERT INTO {table} SELECT {values} FROM temp.first AS f CROSS JOIN temp.parts AS p")
        tx.execute("DROP TABLE temp.first")


def play(path: Path, bank: Bank, days: int, scale: float, copies: int = 1) -> Town:
    """Fill the database at `path` with so many days; the last one is played by everybody."""
    migrate(path)
    town = Town(bank, max(2, round(SERVERS * scale / copies)), copies)
    games = max(1, round(ANSWERS * scale / copies / A_ROUND / A_GAME))
    with closing(sqlite3.connect(path, isolation_level=None)) as tx:
        tx.row_factory = sqlite3.Row
        tx.execute("PRAGMA synchronous = OFF")
        tx.execute("PRAGMA cache_size = -400000")
        for day in range(days - 1):
            town.day(tx, START + timedelta(days=day), games)
        tx.execute("PRAGMA journal_mode = OFF")
        town.spread(tx)
        tx.execute("PRAGMA journal_mode = WAL")
        town.day(tx, START + timedelta(days=days - 1), games * copies)
        tx.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return town
