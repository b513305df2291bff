"""What a year of play takes: rows that there is one of for every answer or round are small."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bank import load_bank
from bot.config import shipped_questions
from bot.store import ids
from bot.store.migrator import migrate
from tests.bench.bench_year import START, Town

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
