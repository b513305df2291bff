"""How SQLite goes about each statement that the store can run: by an index, wherever a table grows with time.

Every place in `bot/store` that runs a statement is found in the source. What is written there is
looked at as it stands; what is put together while the program runs must be played here, or the
test fails: so no statement can search through history unseen.
"""

import ast
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot import store
from bot.cluster.shards import WHOLE, Part
from bot.quiz.game import Cause, Haste
from bot.quiz.periods import Span
from bot.quiz.standing import Scope
from bot.store import day_questions, games, places, rounds, schedules, showings, timers
from bot.store.migrator import migrate
from tests.fakes import START
from tests.integration.test_games import ANN, GUILD
from tests.integration.test_privacy import House, lived_in
from tests.postgres import PostgreSQL

STORE = Path(next(iter(store.__path__)))
ASIDE = {
    "archiving.py",
    "copying.py",
    "copies.py",
    "database.py",
    "leases.py",
    "migrator.py",
    "restoring.py",
    "sqlite.py",
}  # they open files, or read all there is
GROWING = (
    "answers", "rounds", "games", "scores", "seen", "standings", "items", "item_shares", "item_options",
    "ratings", "reports", "reviews", "day_answers", "day_questions",
)  # fmt: skip
SMALL = {
    "games_going_on",
    "games_running",
    "games_to_show",
    "rounds_going_on",
    "rounds_to_show",
    "reports_open",
    "reports_to_tell",
}  # hold only what goes on
_READS = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?", re.IGNORECASE)
_OF_POSTGRES = re.compile(r"\b(?:unnest|pg_\w+)\(")
_STEP = re.compile(r"^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")


class Site(NamedTuple):
    """A place in the store that runs a statement; `sql` is None when only running it can tell."""

    file: str
    line: int
    last: int
    sql: str | None


def sites() -> Iterator[Site]:
    """Yield every place in the store that runs a statement."""
    for path in sorted(STORE.glob("*.py")):
        if path.name in ASIDE:
            continue
        words = vars(import_module(f"bot.store.{path.stem}"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"execute", "executemany"}
            ):
                last = node.end_lineno or node.lineno
                yield Site(path.name, node.lineno, last, written(node.args[0], words))


def written(node: ast.expr, words: dict[str, Any]) -> str | None:
    """Return the SQL that stands there, as far as it is made of literals and the module's own words."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return None if (word := words.get(node.id)) is None else str(word)
    if isinstance(node, ast.FormattedValue):
        return written(node.value, words)
    if isinstance(node, ast.JoinedStr):
        parts = [written(part, words) for part in node.values]
        return None if None in parts else "".join(part for part in parts if part is not None)
    return None


ran: defaultdict[Site, set[str]] = defaultdict(set)
_SITES = list(sites())


def note(sql: str) -> None:
    """Note which place of the store runs a statement."""
    frame = sys._getframe(2)
    path = Path(frame.f_code.co_filename)
    if path.parent == STORE:
        for site in _SITES:
            if site.file == path.name and site.line <= frame.f_lineno <= site.last:
                ran[site].add(sql)


class Watched(sqlite3.Connection):
    """A connection that notes what is run on it, and from where."""

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        """Run one statement."""
        note(sql)
        return super().execute(sql, *parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        """Run one statement for each set of parameters."""
        note(sql)
        return super().executemany(sql, parameters)


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A house whose database notes every statement."""
    connect = sqlite3.connect

    def watched(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        opened: sqlite3.Connection = connect(*args, **{"factory": Watched, **kwargs})
        return opened

    monkeypatch.setattr(sqlite3, "connect", watched)
    monkeypatch.setattr(places, "BUCKET", 8)
    laid = await House.lay(tmp_path / "farside.db", 40)
    yield laid
    await laid.database.close()


def scans(tx: sqlite3.Connection, sql: str) -> list[str]:
    """Return the steps of a statement's plan that go through a growing table from end to end."""
    names = {name: name for name in GROWING}
    for table, alias in _READS.findall(sql):
        if table in GROWING:
            names[alias or table] = table
    numbers = [int(number) for number in re.findall(r"\?(\d+)", sql)]
    marks = max(numbers, default=0) + sql.count("?") - len(numbers)
    named = dict.fromkeys(re.findall(r":(\w+)", sql))
    found = []
    for step in tx.execute(f"EXPLAIN QUERY PLAN {sql}", named or [None] * marks):
        detail = step[3]
        match = _STEP.match(detail)
        if match and match[1] in names and match[2] not in SMALL:
            found.append(f"{names[match[1]]}: {detail}")
        if "AUTOMATIC" in detail:
            found.append(detail)
    return found


async def test_every_statement_goes_by_an_index(house: House) -> None:
    """None of all that the store can run goes through a table that grows with time."""
    await play_what_is_made_up(house)
    assert len(_SITES) > 150
    never = [site for site in _SITES if site.sql is None and site not in ran]
    assert not never, "not played here: " + ", ".join(f"{site.file}:{site.line}" for site in never)
    statements = {sql for sqls in ran.values() for sql in sqls} | {site.sql for site in _SITES if site.sql}
    statements = {sql for sql in statements if not _OF_POSTGRES.search(sql)}
    with sqlite3.connect(house.path) as tx:
        bad = {sql: found for sql in sorted(statements) if (found := scans(tx, sql))}
    assert not bad, "\n".join(f"{sql}\n    {'; '.join(found)}" for sql, found in bad.items())


def test_a_search_through_history_is_noticed(tmp_path: Path) -> None:
    """The yardstick itself: what goes through a growing table is found, under its name or another."""
    migrate(tmp_path / "farside.db")
    with sqlite3.connect(tmp_path / "farside.db") as tx:
        for sql in (
            "SELECT count(*) FROM answers",
            "DELETE FROM answers WHERE player_id = ?",
            "SELECT a.option FROM rounds r JOIN answers a ON a.round_id = r.id WHERE r.closed_at IS NULL",
            "UPDATE games SET reason = NULL WHERE reason = ?",
            "SELECT 1 FROM standings WHERE points > ?",
            "SELECT question_id FROM seen WHERE question_id = :one",
        ):
            assert scans(tx, sql), sql
        assert not scans(tx, "SELECT * FROM rounds WHERE closed_at IS NULL")
        assert not scans(tx, "DELETE FROM answers WHERE home_id = ? AND round_id = ?")


def test_a_review_takes_one_entry(tmp_path: Path) -> None:
    """There is a review for nearly every other answer: it lies with its person's others and nowhere else."""
    migrate(tmp_path / "farside.db")
    with sqlite3.connect(tmp_path / "farside.db") as tx:
        due = "SELECT * FROM reviews WHERE home_id = ? AND due_at <= ? ORDER BY due_at LIMIT 1"
        steps = [step[3] for step in tx.execute(f"EXPLAIN QUERY PLAN {due}", (1, 1))]
        indexes = "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'reviews' AND sql <> ''"
        assert tx.execute(indexes).fetchall() == []
    assert steps[0] == "SEARCH reviews USING PRIMARY KEY (home_id=?)"


def test_places_are_read_in_their_index_alone(tmp_path: Path) -> None:
    """To count a board's places, or to step through them, nobody's row is read: only those on a page are."""
    migrate(tmp_path / "farside.db")
    board, place, said = places.BoardKey(1, 1), places.Place(10, 5, 7), list[str]()
    with sqlite3.connect(tmp_path / "farside.db") as tx:
        tx.set_trace_callback(said.append)
        places.position(tx, board, place)
        places.rank(tx, board, place.points)
        places.rows_from(tx, board, place, 3, skip=20)
        places.rows_before(tx, board, place, 2)
        tx.set_trace_callback(None)
        steps = [step[3] for sql in said for step in tx.execute(f"EXPLAIN QUERY PLAN {sql}")]
    found = [step for step in steps if "standings_by_place" in step]
    assert len(found) >= 8
    assert [step for step in found if "COVERING INDEX" not in step] == []


async def play_what_is_made_up(house: House) -> None:
    """Run every statement whose words are put together while the program runs, in each of its forms."""
    await lived_in(house)
    crowd = range(1000, 1040)
    for number in range(3):
        await house.round({player: player % 5 > number for player in crowd})
    await house.fold()
    read = partial(house.boards.board, Scope.GLOBAL, GUILD, Span.ALL, viewer_id=1001, page=2)
    while (board := await read()).waiting:
        pass  # until all is counted in, of which a board waits for a part only
    assert board.around
    await house.play.games.load()
    await house.privacy.count(ANN)
    await house.privacy.export(ANN)
    await house.privacy.note_servers([GUILD])
    await house.learning.learn()
    await house.learning.weak()
    for player in (ANN, *crowd[:35]):
        await house.privacy.delete(player)
    await house.play.showings.mark_round_shown(GUILD, 1, 1)
    await house.play.showings.mark_game_shown(GUILD, 1, 1)
    await house.play.showings.has_unshown_rounds(GUILD, 1)
    await house.play.showings.list_unseen_ends(GUILD)
    await house.play.games.stop_all("stopped", GUILD)
    await house.play.games.stop_all("stopped", GUILD, GUILD)
    for ask in (
        lambda tx: schedules.hurry_posts(tx, START),
        lambda tx: schedules.hurry_posts(tx, START, (GUILD, 1)),
        lambda tx: schedules.list_log(tx, GUILD, 9, None),
        lambda tx: schedules.list_log(tx, GUILD, 9, 1),
        lambda tx: schedules.load_entry(tx, schedules.PostKey(GUILD, 1)),
        lambda tx: schedules.load_by_request(tx, GUILD, 1),
        lambda tx: schedules.list_schedules(tx, GUILD),
        lambda tx: schedules.list_due(tx, START, 9),
        lambda tx: schedules.list_armed_after(tx, START, 9),
        schedules.list_untold,
        lambda tx: schedules.list_waiting(tx, GUILD, 1),
        lambda tx: schedules.list_to_try(tx, START, 9, ()),
        lambda tx: schedules.load_post(tx, schedules.PostKey(GUILD, 1)),
    ):
        with suppress(ValueError, TypeError):  # there is no such post; the statement was run
            await house.database.write(ask)
    haste = Haste(START, START, Cause.SKIPPED)
    await house.database.write(lambda tx: rounds.hasten_rounds(tx, {(GUILD, 1): haste}))
    for part in (WHOLE, Part.of([1], 2)):
        await house.database.write(partial(timers.hasten_timers, kind="x", latest=START, part=part))
        await house.database.write(partial(timers.list_due, by=START, most=9, part=part))
        await house.database.write(partial(timers.next_due, after=START, part=part))
        await house.database.write(partial(games.list_all_running, part=part))
        await house.database.write(partial(rounds.list_live, part=part))
        await house.database.write(partial(showings.list_to_show, part=part))
        await house.database.write(partial(schedules.load_next_at, part=part))
        await house.database.write(partial(day_questions.load_next_show, part=part))
        await house.database.write(partial(day_questions.list_to_show, now=START, most=9, part=part))
        await house.database.write(partial(schedules.load_next_try, part=part))


_PLACEHOLDERS = re.compile(r"'(?:[^']|'')*'|\?|:([a-z_]+)")
_SQLITE_ALONE = re.compile(r"json_(?:each|extract)\(|\bPRAGMA\b|^BEGIN IMMEDIATE$|^COMMIT$")


def numbered(sql: str) -> str:
    """Return a statement with PostgreSQL's own placeholders."""
    names: dict[str, int] = {}

    def said(match: re.Match[str]) -> str:
        if match[0].startswith("'"):
            return match[0]
        name = match[1] or f"?{match.start()}"
        return f"${names.setdefault(name, len(names) + 1)}"

    return _PLACEHOLDERS.sub(said, sql)


def test_postgresql_understands_every_statement(postgres: PostgreSQL) -> None:
    """Each statement that stands in the store as it is run can be prepared there."""
    from bot.store.postgres.connection import Connection
    from bot.store.postgres.sets import shape_of

    refused = []
    written_out = [site for site in _SITES if site.sql and not _SQLITE_ALONE.search(site.sql)]
    assert len(written_out) > 100
    with postgres.migrated() as url, closing(Connection.open(url, what="test")) as tx:
        for number, site in enumerate(written_out):
            try:
                tx.raw.execute(f"PREPARE p{number} AS {numbered(site.sql or '')}".encode())
            except Exception as error:  # noqa: BLE001 - whatever it says of it
                refused.append(f"{site.file}:{site.line}: {error}")
    for path in sorted(STORE.glob("*.py")):
        if path.name in ASIDE:
            continue
        words = vars(import_module(f"bot.store.{path.stem}"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                sql = written(node.args[0], words) if node.func.attr == "executemany" else None
                if sql is not None:
                    shape_of(sql)
    assert not refused, "\n".join(refused)
