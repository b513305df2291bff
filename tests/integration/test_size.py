"""What a year of play takes: rows that there is one of for every answer or round are small."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bank import load_bank
from bot.config import shipped_questions
from bot.store import ids
from bot.store.migrator import faults, migrate
from tests.bench.town import START, Town, play

MOST = {  # bytes a row
    "answers": 38.5,
    "rounds": 71,
    "standings": 33,
    "standings_by_place": 28.5,
    "reviews": 25,
    "scores": 39,
    "games": 95,
}


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    """A database on which a server has played for some days, without a gap in it."""
    monkeypatch.setattr(ids, "IDS", ids.IdMaker())  # other tests' clocks may have been ahead
    migrate(tmp_path / "farside.db")
    town = Town(load_bank(shipped_questions()), 2)
    with closing(sqlite3.connect(tmp_path / "farside.db", isolation_level=None)) as tx:
        tx.row_factory = sqlite3.Row
        tx.execute("PRAGMA synchronous = OFF")
        for day in range(4):
            town.day(tx, START + timedelta(days=day), 12)
        tx.execute("VACUUM INTO ?", (str(tmp_path / "full.db"),))
    return sqlite3.connect(tmp_path / "full.db")


def test_rows_are_small(played: sqlite3.Connection) -> None:
    """No row holds an instant in full that another tells, a name that could be a number, or a place twice."""
    with closing(played) as tx:
        try:
            rows = tx.execute("SELECT name, payload, ncell FROM dbstat WHERE aggregate = 1").fetchall()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite cannot tell")
        taken = {name: size / cells for name, size, cells in rows if name in MOST}
    assert taken.keys() == MOST.keys()
    assert {name: size for name, size in taken.items() if size > MOST[name]} == {}


def test_what_grows_has_few_indexes(tmp_path: Path) -> None:
    """Answers, rounds and reviews are found by their keys; beside them only what goes on is kept in order."""
    migrate(tmp_path / "farside.db")
    with closing(sqlite3.connect(tmp_path / "farside.db")) as tx:
        found = tx.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
            " AND tbl_name IN ('answers', 'rounds', 'reviews') ORDER BY name"
        ).fetchall()
    assert found == [("rounds_going_on",), ("rounds_to_show",)]


def test_a_town_of_copies_is_one_that_has_played(tmp_path: Path) -> None:
    """What a part of a town has played is spread so that each part has as much, and all of it adds up."""
    town = play(tmp_path / "farside.db", load_bank(shipped_questions()), 2, scale=0.0024, copies=4)
    assert faults(tmp_path / "farside.db") == []
    assert len(town.servers) == len(set(town.servers)) == 12
    with closing(sqlite3.connect(tmp_path / "farside.db")) as tx:
        given = dict(tx.execute("SELECT home_id, sum(points) FROM answers GROUP BY 1"))
        on_boards = dict(
            tx.execute(
                "SELECT s.home_id, sum(s.points) FROM boards AS b JOIN standings AS s"
                " ON s.home_id = b.home_id AND s.board_id = b.id"
                " WHERE b.topic = '' AND b.period = 'all' GROUP BY 1"
            )
        )
        assert on_boards == {0: sum(given.values()), **given}
        counts = "SELECT count(*) FROM answers", "SELECT sum(answers) FROM item_shares"
        assert len({tx.execute(each).fetchone() for each in counts}) == 1
        players = tx.execute("SELECT players FROM boards WHERE home_id = 0 AND topic = '' AND period = 'all'")
        assert players.fetchall() == tx.execute("SELECT count(*) FROM profiles").fetchall()
