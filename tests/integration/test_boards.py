"""Boards against a naive recount of all answers, whatever the order of rounds, postings and readings."""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.quiz.periods import WEEKS, Span, key_of, week_number
from bot.quiz.standing import PAGE, Board, Scope, Skill
from bot.services.boards import _PRUNINGS, BoardsService
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store import places
from bot.store.boards import SettledAnswer, Settlement, drop_held, settle
from bot.store.database import Database, stamp
from bot.store.forgetting import forget_player
from bot.store.hiding import hide
from bot.store.migrator import apply_to, migrations
from bot.store.places import (
    BUCKET,
    FIRST,
    BoardKey,
    Place,
    leave,
    move,
    position,
    rows_at,
    rows_before,
    rows_from,
)
from bot.store.players import Names, save_names
from bot.store.podiums import load_podiums
from bot.store.postings import KEPT, post_entries, prune_boards
from bot.store.standings import load_board, load_profile
from bot.store.tx import Tx
from tests.bounds import PATIENCE
from tests.engines import Where
from tests.fakes import START, FakeClock
from tests.laws import tried

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
ZONES = {1: ZoneInfo("Europe/Berlin"), 2: ZoneInfo("Pacific/Auckland"), None: ZoneInfo("UTC")}
GUILDS = {1: 1, 2: 1, 3: 2, 4: None}  # game -> guild; game 4 is played alone
BoardName = tuple[int, str, str]
BOARD = BoardKey(1, 1)
EVERY = 1 << 32  # rows: all there are


@dataclass
class Total:
    """One player's naive totals on one board."""

    points: int = 0
    right: int = 0
    answered: int = 0
    scored_at: int = 0
    first_at: int = 1 << 60

    def add(self, answer: SettledAnswer) -> None:
        """Count one answer."""
        self.points += answer.points
        self.right += answer.is_right
        self.answered += 1
        if answer.points:
            self.scored_at = max(self.scored_at, stamp(answer.at))
        self.first_at = min(self.first_at, stamp(answer.at))

    def place(self, player_id: int) -> Place:
        """Where these totals put the player."""
        return Place(self.points, self.scored_at if self.points else self.first_at, player_id)


def recount(settlements: Sequence[Settlement]) -> dict[BoardName, dict[int, Total]]:
    """Return every board by adding up all answers."""
    players: defaultdict[int, set[int]] = defaultdict(set)
    for settlement in settlements:
        players[settlement.game_id] |= {answer.player_id for answer in settlement.answers}
    boards: defaultdict[BoardName, defaultdict[int, Total]] = defaultdict(lambda: defaultdict(Total))
    for settlement in settlements:
        if settlement.guild_id is None:
            continue
        scopes = [(settlement.guild_id, settlement.timezone)]
        if len(players[settlement.game_id]) > 1:
            scopes.append((0, ZoneInfo("UTC")))
        for guild_id, zone in scopes:
            for span in Span:
                for topic in ("", settlement.topic):
                    board = boards[guild_id, key_of(span, settlement.closed_at, zone), topic]
                    for answer in settlement.answers:
                        board[answer.player_id].add(answer)
    return {name: dict(board) for name, board in boards.items()}


def sorted_places(board: dict[int, Total]) -> list[Place]:
    """Return a board's places in order."""
    return sorted((total.place(player) for player, total in board.items()), key=lambda place: place.key)


def ranks(order: Sequence[Place]) -> list[int]:
    """Return each place's rank: one more than the number of players with more points."""
    return [1 + sum(other.points > place.points for other in order) for place in order]


@st.composite
def answers(draw: st.DrawFn, round_number: int) -> list[SettledAnswer]:
    """Draw one round's answers of up to eight players."""
    drawn = []
    for player_id in draw(st.sets(st.integers(1, 8), max_size=5)):
        points = draw(st.sampled_from([0, 0, 10, 20]))
        at = START + SECOND * (60 * round_number + draw(st.integers(0, 9)))
        streak = draw(st.integers(1, 6)) if points else 0
        drawn.append(SettledAnswer(player_id, points > 0, points, at, streak))
    return drawn


@st.composite
def histories(draw: st.DrawFn) -> list[Settlement]:
    """Draw rounds of several games in two servers and alone, closing over seven weeks in any order."""
    rounds = []
    for number in range(draw(st.integers(0, 12))):
        game = draw(st.sampled_from(list(GUILDS)))
        mine = draw(answers(number))
        rounds.append(
            Settlement(
                home_id=GUILDS[game] or 0,
                guild_id=GUILDS[game],
                game_id=game,
                round_id=number,
                topic=draw(st.sampled_from(["orbit", "water"])),
                closed_at=START + draw(st.integers(0, 49 * 24)) * HOUR,
                timezone=ZONES[GUILDS[game]],
                answers=mine[:1] if GUILDS[game] is None else mine,
            )
        )
    return rounds


@pytest.fixture(scope="module")
def empty() -> bytes:
    """A migrated database as bytes."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        apply_to(connection, migrations())
        return connection.serialize()


@pytest.fixture
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make buckets so small that a handful of players fills several."""
    monkeypatch.setattr(places, "BUCKET", 4)


def connect(empty: bytes) -> closing[sqlite3.Connection]:
    """Open a fresh database in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(empty)
    connection.row_factory = sqlite3.Row
    return closing(connection)


class Met:
    """Who has answered in which game so far, as its scores tell."""

    def __init__(self) -> None:
        self._players: defaultdict[int, set[int]] = defaultdict(set)

    def settle(self, tx: Tx, settlement: Settlement) -> None:
        """Settle a round after those before it."""
        players = self._players[settlement.game_id]
        settle(tx, settlement, frozenset(players))
        players |= {answer.player_id for answer in settlement.answers}


def put(tx: Tx, placed: Sequence[tuple[Place | None, Place]]) -> None:
    """Move players on the board, as a folding does."""
    for _, place in placed:
        tx.execute(
            "INSERT INTO standings VALUES (1, ?, 1, ?, 0, 0, ?, 1) ON CONFLICT (home_id, player_id, board_id)"
            " DO UPDATE SET points = excluded.points, reached_at = excluded.reached_at",
            (place.player_id, place.points, place.at),
        )
    assert move(tx, BOARD, placed)


def check_buckets(tx: sqlite3.Connection, board: BoardKey) -> None:
    """Assert that each bucket counts what lies in it, and is not too full."""
    buckets = [
        (Place(-row[0], row[1], row[2]), row[3])
        for row in tx.execute(
            "SELECT behind, at, player_id, places FROM buckets WHERE home_id = ? AND board_id = ?"
            " ORDER BY behind, at, player_id",
            board,
        )
    ]
    every = [row.place for row in rows_from(tx, board, FIRST, EVERY)]
    if len(every) <= places.BUCKET:
        assert not buckets
        return
    assert buckets[0][0] == FIRST
    for number, (start, count) in enumerate(buckets):
        end = buckets[number + 1][0].key if number + 1 < len(buckets) else (1 << 63, 0, 0)
        assert count == sum(start.key <= place.key < end for place in every)
        assert count <= places.BUCKET


@pytest.mark.usefixtures("small_buckets")
@given(histories(), st.data())
@tried(60)
def test_boards_equal_a_recount(empty: bytes, history: list[Settlement], data: st.DataObject) -> None:
    """Any rounds, closed and posted in any grouping, give the totals, places and ranks of a naive recount."""
    met = Met()
    with connect(empty) as tx:
        for settlement in history:
            met.settle(tx, settlement)
            if data.draw(st.booleans()):
                post_entries(tx, data.draw(st.integers(1, 6)))
        while post_entries(tx):
            pass
        expected = recount(history)
        found = tx.execute("SELECT id, home_id, period, topic, players FROM boards").fetchall()
        assert {tuple(row)[1:4] for row in found if row["players"]} == {
            name for name, board in expected.items() if board
        }
        for board_id, guild_id, period, topic, players in found:
            board, totals = BoardKey(guild_id, board_id), expected.get((guild_id, period, topic), {})
            order = sorted_places(totals)
            rows = rows_from(tx, board, FIRST, EVERY)
            assert [row.place for row in rows] == order
            assert players == len(order)
            for row in rows:
                assert (row.right, row.answered) == (
                    totals[row.player_id].right,
                    totals[row.player_id].answered,
                )
            check_buckets(tx, board)
            assert [position(tx, board, place) for place in order] == list(range(len(order)))
            for skip in range(len(order) + 2):
                assert [row.place for row in rows_at(tx, board, skip, 3)] == order[skip : skip + 3]


@given(histories())
@tried(25)
def test_totals_are_those_of_all_rounds(empty: bytes, history: list[Settlement]) -> None:
    """Server and global totals are those of all rounds once these are folded in."""
    met = Met()
    with connect(empty) as tx:
        for settlement in history:
            met.settle(tx, settlement)
        while post_entries(tx):
            pass
        found = {
            (row["home_id"], row["period"], row["player_id"]): (
                row["points"],
                row["correct"],
                row["answered"],
            )
            for row in tx.execute(
                "SELECT s.*, b.period FROM standings s JOIN boards b ON b.home_id = s.home_id"
                " AND b.id = s.board_id WHERE b.topic = ''"
            )
        }
        assert found == {
            (guild_id, period, player_id): (total.points, total.right, total.answered)
            for (guild_id, period, topic), board in recount(history).items()
            if not topic
            for player_id, total in board.items()
        }


@given(histories())
@tried(25)
def test_profiles_equal_a_recount(empty: bytes, history: list[Settlement]) -> None:
    """Games, best streak and accuracy by topic count every answer, solo ones too."""
    met = Met()
    with connect(empty) as tx:
        for settlement in history:
            met.settle(tx, settlement)
        while post_entries(tx, 7):
            pass
        for player_id in range(1, 9):
            mine = [
                (settlement, answer)
                for settlement in history
                for answer in settlement.answers
                if answer.player_id == player_id
            ]
            latest = max((week_number(one.closed_at) for one, _ in mine), default=0)
            profile = load_profile(tx, 1, player_id, latest)
            if not mine:
                assert profile is None
                continue
            assert profile is not None
            assert profile.games == len({settlement.game_id for settlement, _ in mine})
            assert profile.best_streak == max(answer.streak for _, answer in mine)
            skills: defaultdict[str, list[bool]] = defaultdict(list)
            for settlement, answer in mine:
                skills[settlement.topic].append(answer.is_right)
            assert profile.skills == {
                topic: Skill(sum(rights), len(rights)) for topic, rights in skills.items()
            }
            weeks = [0] * WEEKS
            for settlement, answer in mine:
                ago = latest - week_number(settlement.closed_at)
                if settlement.guild_id is not None and ago < WEEKS:
                    weeks[WEEKS - 1 - ago] += answer.points
            assert list(profile.weeks) == weeks
            assert (profile.in_server is None) == all(settlement.guild_id != 1 for settlement, _ in mine)


@pytest.mark.usefixtures("small_buckets")
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 5)), max_size=60), st.data())
@tried(60)
def test_whoever_leaves_was_never_there(
    empty: bytes, players: list[tuple[int, int]], data: st.DataObject
) -> None:
    """When any of a board's players leave, the others' places, pages and buckets are as without them."""
    with connect(empty) as tx:
        tx.execute("INSERT INTO boards (home_id, id, period, topic) VALUES (1, 1, 'all', '')")
        standing = {player: Place(points, 1, player) for player, points in players}
        put(tx, [(None, place) for place in standing.values()])
        moved = {player: Place(points + 1, 1, player) for player, points in players[::2]}
        put(tx, [(standing[player], place) for player, place in moved.items()])
        standing |= moved
        while standing:
            going = data.draw(st.sets(st.sampled_from(sorted(standing)), min_size=1))
            leave(tx, BOARD, [standing.pop(player) for player in sorted(going)])
            check_buckets(tx, BOARD)
            order = sorted(standing.values(), key=lambda place: place.key)
            assert [row.place for row in rows_from(tx, BOARD, FIRST, EVERY)] == order
            assert [position(tx, BOARD, place) for place in order] == list(range(len(order)))
            assert tx.execute("SELECT players FROM boards").fetchone()[0] == len(order)
            named = {row[0] for row in tx.execute("SELECT player_id FROM buckets WHERE places > 0")}
            assert not named & going, "nor does a bucket's start tell of them"


moves = st.lists(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 5), st.integers(0, 3)), max_size=30), max_size=12
)


@pytest.mark.usefixtures("small_buckets")
@given(moves)
@tried(80)
def test_buckets_count_any_moves(empty: bytes, batches: list[list[tuple[int, int, int]]]) -> None:
    """Whatever moves, up or down, with however many on the same points: places, pages and buckets agree."""
    with connect(empty) as tx:
        tx.execute("INSERT INTO boards (home_id, id, period, topic) VALUES (1, 1, 'all', '')")
        standing: dict[int, Place] = {}
        for batch in batches:
            latest = {player: Place(points, at, player) for player, points, at in batch}
            put(tx, [(standing.get(player), place) for player, place in latest.items()])
            standing |= latest
            check_buckets(tx, BOARD)
        order = sorted(standing.values(), key=lambda place: place.key)
        assert [row.place for row in rows_from(tx, BOARD, FIRST, EVERY)] == order
        for number, place in enumerate(order):
            assert position(tx, BOARD, place) == number
            assert [row.place for row in rows_at(tx, BOARD, number, 2)] == order[number : number + 2]
            assert [row.place for row in rows_before(tx, BOARD, place, 2)] == order[
                max(0, number - 2) : number
            ]


@given(
    st.lists(st.integers(0, 4), min_size=0, max_size=45),
    st.integers(1, 45),
    st.one_of(st.none(), st.integers(1, 8)),
)
@tried(40)
def test_pages_and_neighbours(empty: bytes, points: list[int], viewer: int, page: int | None) -> None:
    """A page has ten rows with shared ranks; the viewer on another page sees two neighbours on each side."""
    with connect(empty) as tx:
        given_answers = [
            SettledAnswer(player, bool(value), value, START + player * SECOND, 0)
            for player, value in enumerate(points, 1)
        ]
        save_names(tx, [Names(player, 1, f"P{player}", f"A{player}") for player in range(1, 46)])
        settle(tx, Settlement(1, 1, 1, 1, "orbit", START, ZONES[1], given_answers), set())
        while post_entries(tx):
            pass
        board = load_board(tx, (1, "all", ""), page, viewer)
        order = sorted(
            (Place(value, stamp(START + player * SECOND), player) for player, value in enumerate(points, 1)),
            key=lambda place: place.key,
        )
        rows = [
            (rank, place.player_id, f"P{place.player_id}")
            for rank, place in zip(ranks(order), order, strict=True)
        ]
        assert board.players == len(order)
        skip = (board.page - 1) * PAGE
        assert [(row.rank, row.player_id, row.name) for row in board.standings] == rows[skip : skip + PAGE]
        if viewer > len(points):
            assert board.viewer_page is None
            assert not board.around
            return
        own = next(number for number, place in enumerate(order) if place.player_id == viewer)
        assert board.viewer_page == own // PAGE + 1
        if page is None:
            assert board.page == board.viewer_page
        around = [] if board.page == board.viewer_page else rows[max(0, own - 2) : own + 3]
        assert [(row.rank, row.player_id, row.name) for row in board.around] == around


def test_the_first_players_answers_count_globally_once_a_second_one_plays(empty: bytes) -> None:
    """Rounds that one person answered alone count globally when another answers later in the game, once."""
    one = SettledAnswer(1, True, 10, START, 1)
    two = SettledAnswer(2, True, 10, START + SECOND, 1)
    met = Met()
    with connect(empty) as tx:
        save_names(tx, [Names(1, 1, "Captain", "Ada"), Names(2, 1, "Ben", "Ben")])
        for number, answered in enumerate([[one], [one], [two], [one, two]]):
            met.settle(tx, Settlement(1, 1, 9, number, "orbit", START, ZONES[1], answered))
            while post_entries(tx):
                pass
            board = load_board(tx, (0, "all", ""), 1, 1)
            totals = {row.name: row.points for row in board.standings}
            assert totals == [{}, {}, {"Ada": 20, "Ben": 10}, {"Ada": 30, "Ben": 20}][number]


def test_a_game_of_one_never_counts_globally(empty: bytes) -> None:
    """A game that ends with one player leaves nothing global, and nothing behind."""
    one = SettledAnswer(1, True, 10, START, 1)
    with connect(empty) as tx:
        settle(tx, Settlement(1, 1, 9, 1, "orbit", START, ZONES[1], [one]), set())
        drop_held(tx, [(1, 9)])
        while post_entries(tx):
            pass
        assert load_board(tx, (0, "all", ""), 1, 1).players == 0
        assert load_board(tx, (1, "all", ""), 1, 1).players == 1
        for table in ("held", "entries"):
            assert tx.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0


def test_old_boards_go_in_bounded_steps(empty: bytes) -> None:
    """A week after its end a day's board is deleted, a few hundred rows a step; all time stays."""
    with connect(empty) as tx:
        crowd = [SettledAnswer(player, True, 10, START, 1) for player in range(1, 700)]
        settle(tx, Settlement(1, 1, 9, 1, "orbit", START, ZONES[1], crowd), set())
        assert not prune_boards(tx, START + 400 * DAY), "not before what still moves somebody there is posted"
        while post_entries(tx):
            pass
        assert not prune_boards(tx, START + DAY), "the day before is still there"
        steps = 0
        while prune_boards(tx, START + KEPT + 40 * DAY):
            steps += 1
        assert steps > 8
        periods = {row[0] for row in tx.execute("SELECT period FROM boards")}
        assert periods == {"all"}
        left = tx.execute(
            "SELECT count(*), count(DISTINCT home_id * 100 + board_id) FROM standings"
        ).fetchone()
        assert tuple(left) == (4 * 699, 4), "the server's and the global one, of all topics and of one"


def test_a_podium_outlives_its_season(empty: bytes) -> None:
    """The first three of a season are the same while its board is there, and for good when it is gone."""
    with connect(empty) as tx:
        crowd = [SettledAnswer(player, True, 10 * player, START, 1) for player in range(1, 700)]
        settle(tx, Settlement(1, 1, 9, 1, "orbit", START, ZONES[1], crowd), set())
        while post_entries(tx):
            pass
        asked = ["2025-S4", "2026-S1"]
        before = load_podiums(tx, 1, asked)
        assert [(one.season, [points for _, points in one.standings]) for one in before] == [
            ("2026-S1", [6990, 6980, 6970])
        ]
        while prune_boards(tx, START + KEPT + 40 * DAY):
            pass
        assert tx.execute("SELECT count(*) FROM boards WHERE period = '2026-S1'").fetchone()[0] == 0
        assert load_podiums(tx, 1, asked) == before
        assert load_podiums(tx, 0, asked)[0].standings == before[0].standings


def test_a_large_board_gets_buckets(empty: bytes) -> None:
    """Past the size of a bucket a board is counted by buckets, all of them made in one step."""
    with connect(empty) as tx:
        crowd = [SettledAnswer(player, True, 10, START, 1) for player in range(1, BUCKET + 1)]
        settle(tx, Settlement(1, 1, 9, 1, "orbit", START, ZONES[1], crowd), set())
        while post_entries(tx):
            pass
        assert tx.execute("SELECT count(*) FROM buckets").fetchone()[0] == 0
        settle(
            tx,
            Settlement(1, 1, 9, 2, "orbit", START, ZONES[1], [SettledAnswer(9999, True, 10, START, 1)]),
            {1, 2},
        )
        while post_entries(tx):
            pass
        large = "SELECT home_id, id FROM boards WHERE players > ?"
        for home_id, board_id in tx.execute(large, (BUCKET,)).fetchall():
            check_buckets(tx, BoardKey(home_id, board_id))
        assert tx.execute("SELECT count(*) FROM buckets").fetchone()[0] >= 2


@dataclass
class World:
    """The service on a real file, and the clock."""

    database: Database
    clock: FakeClock
    settings: SettingsService
    boards: BoardsService
    path: Path
    met: Met = field(default_factory=Met)

    async def play(self, points: dict[int, int], *, guild_id: int = 1) -> None:
        """Close a round in which each player got these points."""
        zone = (await self.settings.load(guild_id)).timezone
        now = self.clock.now()
        answered = [
            SettledAnswer(player, value > 0, value, now, int(value > 0)) for player, value in points.items()
        ]
        settlement = Settlement(guild_id, guild_id, 1, stamp(now), "orbit", now, zone, answered)
        await self.database.write(lambda tx: self.met.settle(tx, settlement))

    async def points(self, span: Span, scope: Scope = Scope.SERVER) -> list[tuple[int, int, int]]:
        """Return (rank, player, points) of the board's first page."""
        board = await self.boards.board(scope, 1, span, viewer_id=1)
        return [(row.rank, row.player_id, row.points) for row in board.standings]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Boards in a server whose time zone is Berlin's."""
    database = await Database.open(tmp_path / "farside.db")
    clock = FakeClock(datetime(2026, 11, 22, 22, 30, tzinfo=UTC))  # Sunday, 23:30 in Berlin
    service = SettingsService(database, clock, Timers(database, clock))
    await service.set_timezone(1, ZONES[1])
    yield World(database, clock, service, BoardsService(database, clock, service), tmp_path / "farside.db")
    await database.close()


async def test_reading_shows_what_was_settled_a_moment_ago(world: World) -> None:
    """A board read right after a round holds that round, and equal points share a rank."""
    await world.play({1: 10, 2: 30, 3: 10, 4: 0})
    expected = [(1, 2, 30), (2, 1, 10), (2, 3, 10), (4, 4, 0)]
    for span in Span:
        assert await world.points(span) == expected
        assert await world.points(span, Scope.GLOBAL) == expected


async def test_periods_turn_at_the_servers_midnight(world: World) -> None:
    """At midnight in Berlin the day and the week begin anew there; in UTC, globally, an hour later."""
    await world.play({1: 10, 2: 20})
    await world.clock.forward(HOUR)
    assert await world.points(Span.TODAY) == []
    assert await world.points(Span.WEEK) == []
    assert len(await world.points(Span.MONTH)) == 2
    assert len(await world.points(Span.TODAY, Scope.GLOBAL)) == 2
    await world.clock.forward(HOUR)
    assert await world.points(Span.WEEK, Scope.GLOBAL) == []


async def test_a_new_time_zone_keeps_what_was_counted(world: World) -> None:
    """When a server moves to another zone its month goes on, and its day is the new zone's."""
    await world.play({1: 10, 2: 20})
    await world.settings.set_timezone(1, ZoneInfo("Pacific/Auckland"))
    assert await world.points(Span.TODAY) == []
    await world.play({1: 5})
    assert await world.points(Span.TODAY) == [(1, 1, 5)]
    assert await world.points(Span.MONTH) == [(1, 2, 20), (2, 1, 15)]
    await world.settings.set_timezone(1, ZONES[1])
    assert await world.points(Span.TODAY) == [(1, 2, 20), (2, 1, 10)]


@pytest.fixture
async def anywhere(where: Where, tmp_path: Path) -> AsyncIterator[World]:
    """The same world on either engine."""
    database = await Database.open(where)
    clock = FakeClock(datetime(2026, 11, 22, 22, 30, tzinfo=UTC))
    service = SettingsService(database, clock, Timers(database, clock))
    await service.set_timezone(1, ZONES[1])
    yield World(database, clock, service, BoardsService(database, clock, service), tmp_path)
    await database.close()


async def test_a_length_of_seasons_that_is_changed_loses_nothing(anywhere: World) -> None:
    """The season goes on with its points, counted or not yet, and ends sooner; the next follows it."""
    world = anywhere

    async def season(scope: Scope = Scope.SERVER, topic: str = "") -> Board:
        return await world.boards.board(scope, 1, Span.SEASON, topic, viewer_id=1)

    def points(board: Board) -> list[int]:
        return [row.points for row in board.standings]

    await world.play({1: 10, 2: 20})
    assert points(await season()) == [20, 10]
    await world.play({1: 5})
    settings, going_on = await world.settings.set_season(1, 2)
    assert settings.seasons.months == 2
    assert going_on.key == (await season()).period.key == "2026-10-S2"
    await world.play({1: 30})
    for topic in ("", "orbit"):
        assert points(await season(topic=topic)) == [45, 20]
    assert points(await season(Scope.GLOBAL)) == points(await season())
    await world.clock.forward(9 * DAY)
    new = await season()
    assert (new.period.key, points(new)) == ("2026-12-S2", [])
    assert [(one.season, one.standings[0][1]) for one in new.podiums] == [("2026-10-S2", 45)]
    await world.play({2: 7})
    assert (await world.settings.set_season(1, 1))[1].key == "2026-12-S1"
    assert points(await season()) == [7]
    await world.clock.forward(60 * DAY)
    await season()
    while await world.database.write(lambda tx: prune_boards(tx, world.clock.now())):
        pass
    later = await season()
    assert later.period.key == "2027-01-S1"
    assert [(one.season, one.standings[0][1]) for one in later.podiums] == [
        ("2026-12-S1", 7),
        ("2026-10-S2", 45),
    ]
    assert [one.season for one in (await season(Scope.GLOBAL)).podiums] == ["2026-S4"]


async def test_who_hides_or_is_forgotten_is_on_no_podium(anywhere: World) -> None:
    """Nobody reads of whoever stays off the global boards in their archive, or is forgotten; others stay."""
    world = anywhere
    await world.play({1: 10, 2: 20})
    await world.clock.forward(60 * DAY)
    await world.boards.board(Scope.GLOBAL, 1, Span.SEASON, viewer_id=1)
    while await world.database.write(lambda tx: prune_boards(tx, world.clock.now())):
        pass
    await world.database.write(lambda tx: hide(tx, 2))
    for scope, expected in ((Scope.GLOBAL, [10]), (Scope.SERVER, [20, 10])):
        [podium] = (await world.boards.board(scope, 1, Span.SEASON, viewer_id=1)).podiums
        assert [points for _, points in podium.standings] == expected
    while await world.database.write(lambda tx: forget_player(tx, 2, world.clock.now())):
        pass
    [podium] = (await world.boards.board(Scope.SERVER, 1, Span.SEASON, viewer_id=1)).podiums
    assert [points for _, points in podium.standings] == [10]


async def test_a_servers_board_needs_a_server(world: World) -> None:
    """In a direct message only the global boards can be asked for, and the sentence says so."""
    with pytest.raises(BadInput, match="scope: global"):
        await world.boards.board(Scope.SERVER, None, Span.ALL, viewer_id=1)


async def test_boards_survive_a_restart_before_posting(world: World, tmp_path: Path) -> None:
    """Answers settled but not posted when the process ends are posted by the next one."""
    await world.play({1: 10, 2: 20})
    again = await Database.open(tmp_path / "farside.db")
    try:
        boards = BoardsService(again, world.clock, world.settings)
        board = await boards.board(Scope.SERVER, 1, Span.ALL, "orbit", viewer_id=1)
    finally:
        await again.close()
    assert [(row.player_id, row.points) for row in board.standings] == [(2, 20), (1, 10)]


async def test_posting_goes_on_in_the_background(world: World) -> None:
    """Entries are posted by the loop even when nobody looks, and old boards go."""
    await world.play({1: 10, 2: 20})
    loop = asyncio.create_task(world.boards.run())

    def left(tx: sqlite3.Connection) -> tuple[int, int]:
        return (
            tx.execute("SELECT count(*) FROM entries").fetchone()[0],
            tx.execute("SELECT count(*) FROM boards WHERE period <> 'all'").fetchone()[0],
        )

    try:
        await asyncio.wait_for(world.clock.is_slept_on.wait(), PATIENCE)
        assert (await world.database.read(left))[0] == 0
        async with asyncio.timeout(PATIENCE):
            while (await world.database.read(left))[1]:
                await world.clock.forward(10 * DAY)
    finally:
        loop.cancel()
        await asyncio.wait([loop])
    assert await world.points(Span.ALL) == [(1, 2, 20), (2, 1, 10)]


async def test_reading_never_needs_the_writer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another process holds the write lock, what is there is shown, with how much still waits."""
    monkeypatch.setattr("bot.services.boards._PATIENCE", 0.05)
    await world.play({1: 10, 2: 20})
    assert len(await world.points(Span.ALL)) == 2
    await world.play({1: 30})
    with closing(sqlite3.connect(world.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        board = await world.boards.board(Scope.SERVER, 1, Span.ALL, viewer_id=1)
        profile = await world.boards.profile(1, 1)
        other.execute("ROLLBACK")
    assert [(row.player_id, row.points) for row in board.standings] == [(2, 20), (1, 10)]
    assert board.waiting == 1
    assert profile is not None
    assert profile.waiting == 1
    monkeypatch.setattr("bot.services.boards._PATIENCE", 10)
    assert await world.points(Span.ALL) == [(1, 1, 40), (2, 2, 20)]


async def test_a_flood_of_answers_holds_up_no_reading(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With thousands of answers waiting a board is read after a moment, and the loop brings it up to date."""
    monkeypatch.setattr("bot.services.boards._PATIENCE", 0.05)
    for number in range(25):
        await world.play(dict.fromkeys(range(200 * number, 200 * number + 200), 10))
    board = await world.boards.board(Scope.SERVER, 1, Span.ALL, viewer_id=1)
    assert 0 < board.waiting <= 5000
    loop = asyncio.create_task(world.boards.run())
    await asyncio.wait_for(world.clock.is_slept_on.wait(), PATIENCE)  # it has posted what there was
    loop.cancel()
    await asyncio.wait([loop])
    board = await world.boards.board(Scope.SERVER, 1, Span.ALL, viewer_id=1)
    assert (board.players, board.waiting) == (5000, 0)


def test_boards_are_pruned_as_fast_as_they_are_made(empty: bytes) -> None:
    """What 20,000 servers leave behind in five seconds is gone after one look, entries or not.

    A server that plays each day makes twelve boards a day: 2.8 a second for all of them.
    """
    with connect(empty) as tx:
        made = 14 * 20  # boards of ten players
        for board in range(1, made + 1):
            tx.execute(
                "INSERT INTO boards (home_id, id, period, topic, players, ends_at)"
                " VALUES (?, ?, '2026-01-01', '', 10, ?)",
                (board, board, stamp(START)),
            )
            tx.executemany(
                "INSERT INTO standings VALUES (?, ?, ?, 10, 1, 1, 5, 1)",
                [(board, player, board) for player in range(10)],
            )
        answer = SettledAnswer(1, True, 10, START, 1)
        later = START + KEPT + DAY
        settle(tx, Settlement(1, 1, 9, 1, "orbit", later, ZONES[1], [answer]), set())
        for _ in range(_PRUNINGS):
            if not prune_boards(tx, later):
                break
        assert tx.execute("SELECT count(*) FROM boards WHERE ends_at < ?", (stamp(later),)).fetchone()[0] == 0
        assert tx.execute("SELECT count(*) FROM entries").fetchone()[0] == 1
