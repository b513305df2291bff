"""Homes: every row belongs to one, first in its key; a database of before is brought over whole."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.store.migrator import apply_to, faults, migrate, migrations

REFERENCE = {"notes", "questions", "question_names", "schema_versions"}  # the same for everybody, and small
SERVER, ANN, BEN = 11, 101, 102
BEFORE = 9  # the last migration before homes


@pytest.fixture
def old(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database of the release before, on which things go on and others have ended."""
    with closing(sqlite3.connect(tmp_path / "farside.db", isolation_level=None)) as tx:
        apply_to(tx, [step for step in migrations() if step.number <= BEFORE])
        yield tx


def fill(tx: sqlite3.Connection) -> None:
    """Let a server and two people have played, with a game under way in each kind."""
    tx.execute("INSERT INTO guilds (id, timezone) VALUES (?, 'Europe/Berlin')", (SERVER,))
    tx.execute("INSERT INTO players VALUES (?, 'Ann'), (?, 'Ben')", (ANN, BEN))
    tx.execute("INSERT INTO members VALUES (?, ?, 'Captain')", (SERVER, ANN))
    tx.execute("INSERT INTO questions VALUES (5, '{}', 1)")
    games = "INSERT INTO games (id, request_id, kind, guild_id, channel_id, starter_id, rules, state, number,"
    for number, kind, guild, state in (
        (1, "channel", SERVER, "finished"),
        (2, "channel", SERVER, "running"),
        (3, "solo", None, "running"),
    ):
        tx.execute(
            f"{games} started_at) VALUES (?, ?, ?, ?, ?, ?, '{{}}', ?, 1, 1)",
            (number, 70 + number, kind, guild, 20 + number, ANN, state),
        )
        tx.execute(
            "INSERT INTO rounds (id, game_id, number, question, option_order, state, drawn_at)"
            " VALUES (?, ?, 1, 5, '01', ?, 1)",
            (40 + number, number, "closed" if number == 1 else "open"),
        )
        tx.execute("INSERT INTO answers VALUES (?, ?, 1, 2, 1, 10, 1, NULL)", (40 + number, ANN))
        tx.execute("INSERT INTO scores VALUES (?, ?, 10, 1, 1, 1, 1)", (number, ANN))
        tx.execute("INSERT INTO participants VALUES (?, ?)", (number, ANN))
    tx.execute("INSERT INTO answers VALUES (41, ?, 0, 3, 0, 0, 0, NULL)", (BEN,))
    tx.execute("INSERT INTO votes VALUES (2, 0, ?)", (BEN,))
    tx.execute("INSERT INTO held VALUES (2, 42, ?, 'rover', 10, 1, 2, 3)", (ANN,))
    tx.execute("INSERT INTO entries VALUES (1, ?, ?, 0, 'UTC', 'rover', 10, 1, 2, 3, 1, 1, 1)", (ANN, SERVER))
    tx.execute("INSERT INTO boards VALUES (1, ?, 'all', '', 1, NULL), (2, 0, 'all', '', 1, NULL)", (SERVER,))
    tx.execute(
        "INSERT INTO standings VALUES (?, 1, 10, 1, 1, 2, 10, 2), (?, 2, 10, 1, 1, 2, 10, 2)", (ANN, ANN)
    )
    tx.execute("INSERT INTO buckets VALUES (1, -10, 2, ?, 1)", (ANN,))
    tx.execute(
        "INSERT INTO timers (kind, ref, guild_id, due_at) VALUES ('close', '42', NULL, 9),"
        " ('solo', '3', NULL, 9),"
        " ('next', '2', ?, 9), ('daily', 'all', NULL, 9), ('forget', 'server:12', NULL, 9),"
        " ('idle', '99', NULL, 9)",
        (SERVER,),
    )
    tx.execute("INSERT INTO seen VALUES (?, 'q1', 1), (?, 'q2', 1)", (SERVER, ANN))
    tx.execute("INSERT INTO hidden VALUES (?)", (BEN,))
    tx.execute("INSERT INTO profiles VALUES (?, 2, 1)", (ANN,))
    tx.execute("INSERT INTO skills VALUES (?, 'rover', 2, 2)", (ANN,))
    tx.execute(
        "INSERT INTO schedules (id, guild_id, number, request_id, channel_id, at, days,"
        " created_by, created_at)"
        " VALUES (1, ?, 1, 8, 5, '09:00', 127, ?, 1)",
        (SERVER, ANN),
    )
    tx.execute(
        "INSERT INTO posts (id, guild_id, schedule_id, local_date, channel_id, due_at, state)"
        " VALUES (1, ?, 1, '2026-11-27', 5, 1, 'sent')",
        (SERVER,),
    )
    tx.execute("INSERT INTO posted_facts VALUES (?, 'f1')", (SERVER,))


def test_an_old_database_is_brought_over(old: sqlite3.Connection, tmp_path: Path) -> None:
    """All that was there is there, at home with its server, or with its player where it is theirs alone."""
    fill(old)
    path = tmp_path / "farside.db"
    migrate(path)
    assert faults(path) == []
    with closing(sqlite3.connect(path)) as tx:

        def rows(sql: str) -> list[tuple[Any, ...]]:
            return tx.execute(sql).fetchall()

        homes = [(SERVER, 1), (SERVER, 2), (ANN, 3)]
        assert rows("SELECT home_id, id FROM games ORDER BY id") == homes
        assert rows("SELECT home_id, id - behind FROM rounds ORDER BY id") == homes
        assert rows("SELECT home_id, game_id FROM scores ORDER BY game_id") == homes
        assert rows("SELECT home_id, round_id, player_id, option FROM answers ORDER BY 2, 3") == [
            (SERVER, 41, ANN, 1), (SERVER, 41, BEN, 0), (SERVER, 42, ANN, 1), (ANN, 43, ANN, 1),
        ]  # fmt: skip
        assert rows("SELECT * FROM votes") == [(SERVER, 2, 0, BEN)]
        assert rows("SELECT home_id, game_id, round_id, player_id FROM held") == [(SERVER, 2, 42, ANN)]
        assert rows("SELECT home_id, player_id, is_local, in_totals FROM entries") == [(SERVER, ANN, 1, 1)]
        assert rows("SELECT home_id, id FROM boards ORDER BY home_id") == [(0, 1), (SERVER, 1)]
        assert rows("SELECT home_id, player_id, points FROM standings") == [(0, ANN, 10), (SERVER, ANN, 10)]
        assert rows("SELECT home_id, board_id, places FROM buckets") == [(SERVER, 1, 1)]
        assert rows("SELECT home_id, kind, ref FROM timers ORDER BY kind") == [
            (SERVER, "close", "42"), (0, "daily", "all"), (12, "forget", "server:12"), (SERVER, "next", "2"),
            (ANN, "solo", "3"),
        ]  # fmt: skip
        assert rows("SELECT * FROM visits") == [(ANN, SERVER)]
        assert rows("SELECT home_id, name, account FROM members") == [(SERVER, "Captain", "")]
        assert rows("SELECT home_id, schedule_id, local_date FROM posts") == [(SERVER, 1, "2026-11-27")]
        assert rows("SELECT readable_from FROM schema_versions WHERE number = 10") == [(10,)]


def test_every_row_has_a_home_first_in_its_key(tmp_path: Path) -> None:
    """Each table's key, and all that must be unique in it, begins with the home: so a home could be moved."""
    migrate(tmp_path / "farside.db")
    with closing(sqlite3.connect(tmp_path / "farside.db")) as tx:
        names = {row[0] for row in tx.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for table in names - REFERENCE:
            key = {row[5]: row[1] for row in tx.execute(f"PRAGMA table_info({table})") if row[5]}
            assert key[1] == "home_id", table
            for index in [row[1] for row in tx.execute(f"PRAGMA index_list({table})") if row[2]]:
                columns = [row[2] for row in tx.execute(f"PRAGMA index_info({index})")]
                assert columns[0] == "home_id", f"{index} of {table}"
            for points_to in tx.execute(f"PRAGMA foreign_key_list({table})"):
                assert points_to[1] or points_to[3] == "home_id", f"{table} points out of its home"
