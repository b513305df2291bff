"""What would grow for ever: kept once, pruned in time, and no figure changes by it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.bank import Bank
from bot.bank.part import Part
from bot.quiz.game import Asked, Rules
from bot.quiz.periods import Span
from bot.quiz.question import question_to_plain
from bot.quiz.standing import Board, Profile, Scope
from bot.services.boards import BoardsService
from bot.services.retention import Retention
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store import pruning
from bot.store.database import Database, stamp
from bot.store.migrator import apply_to, migrate, migrations
from bot.store.showings import load_game_showing, load_round_showing
from tests.bounds import PATIENCE
from tests.engines import Where
from tests.integration.test_games import ANN, BEN, CAT, GUILD, Table
from tests.questions import question

DAY = timedelta(days=1)
KEPT = 400 * DAY
BEFORE_KEEPING = 5  # the schema that stored each round's question whole


@pytest.fixture
async def table(where: Where) -> AsyncIterator[Table]:
    """A table with a new database."""
    laid = await Table.lay(where)
    yield laid
    await laid.database.close()


def retention(table: Table) -> Retention:
    """Return what prunes at this table."""
    return Retention(table.database, table.discords, KEPT)


async def play(table: Table, **rules: Any) -> None:
    """Play a game of three people, right and wrong, to its end."""
    present = await table.start(**({"questions": 4, "seconds": 10} | rules))
    rounds = [present]
    while rounds:
        for current in rounds:
            key = await table.key(current)
            await table.press(current, ANN, key)
            await table.press(current, BEN, 1 - min(key, 1))
            await table.press(current, CAT, key if current.number % 2 else (key + 1) % 3)
        rounds = await table.onward()


async def figures(table: Table) -> list[Board | Profile | None]:
    """Return every figure that people see of the players."""
    boards = BoardsService(
        table.database,
        table.clock,
        SettingsService(table.database, table.clock, Timers(table.database, table.clock)),
    )
    return [
        *[
            await boards.board(scope, GUILD, span, topic, viewer_id=ANN)
            for scope in Scope
            for span in Span
            for topic in ("", "rover", "site")
        ],
        *[await boards.profile(GUILD, player) for player in (ANN, BEN, CAT)],
    ]


def count(table: Table, *names: str) -> list[int]:
    """Return how many rows the tables have."""
    return [table.rows(f"SELECT count(*) FROM {name}")[0][0] for name in names]


async def test_a_questions_text_is_stored_once(table: Table) -> None:
    """However often a question is asked, and in whatever order of options, its text is there once."""
    table.is_played = True
    for guild in range(20, 26):
        await table.start(channel=guild, guild=guild, questions=20, seconds=5)
        await table.forward(500)
    assert count(table, "rounds", "questions") == [120, 20]


async def test_a_changed_question_changes_no_round(table: Table) -> None:
    """A round shows the question as it was asked; the changed one is a version of its own."""
    table.library.bank = Bank([Part.of([question(1)], {"rover": "The rover"})])
    first = await table.start(questions=1, seconds=5)
    await table.forward(60)
    changed = question(1, explanation="Because somebody looked again.")
    table.library.bank = Bank([Part.of([changed], {"rover": "The rover"})])
    second = await table.start(questions=1, seconds=5)
    await table.forward(60)
    assert (await table.closed(first)).asked.question == question(1)
    assert (await table.closed(second)).asked.question == changed
    assert count(table, "questions") == [2]


def lasting(figures: list[Any]) -> list[Profile]:
    """Return the profiles without their weeks, which go by."""
    return [replace(one, weeks=()) for one in figures if isinstance(one, Profile)]


async def test_a_clock_that_is_ahead_deletes_nothing(table: Table) -> None:
    """Set years ahead while the bot runs, neither clock alone takes anything away before its time."""
    await play(table)
    there = count(table, "games", "rounds", "answers", "boards", "standings")
    boards = BoardsService(
        table.database,
        table.discords,
        SettingsService(table.database, table.discords, Timers(table.database, table.discords)),
    )
    right = table.now()
    await table.clock.set_to(right + 10 * KEPT)
    assert not await retention(table).prune()
    await boards._prune(table.now())
    assert count(table, "games", "rounds", "answers", "boards", "standings") == there
    await table.clock.set_to(right)
    assert table.discords.hear(right + 10 * KEPT), "an id that is none of Discord's"
    assert not await retention(table).prune()
    assert count(table, "games", "rounds", "answers", "boards", "standings") == there
    await table.clock.forward(KEPT + DAY)
    await retention(table).prune()
    assert count(table, "games", "rounds", "answers") == [0, 0, 0]


async def test_pruning_changes_no_figure(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the days to keep, games go with all that belongs to them, and no figure changes, step by step."""
    monkeypatch.setattr(pruning, "STEP", 7)
    await play(table)
    await play(table)
    solo = await table.play.solo.start(replace(table.by(CAT), guild_id=None), Rules(questions=1))
    await table.play.solo.answer(table.by(CAT), solo.round.id, 0)
    await table.clock.forward(KEPT - DAY)
    await play(table)
    before = await figures(table)
    assert not await retention(table).prune()
    assert count(table, "games", "rounds") == [4, 13], "not before its time"
    await table.clock.forward(2 * DAY)
    expected = await figures(table)
    kept = table.rows(
        "SELECT * FROM rounds WHERE id - behind = (SELECT max(id) FROM games WHERE kind = 'channel')"
        " ORDER BY id"
    )
    while await table.database.write(lambda tx: pruning.prune_games(tx, table.now() - KEPT)):
        assert await figures(table) == expected
    assert await figures(table) == expected
    assert lasting(before) == lasting(expected)
    assert count(table, "games", "rounds", "answers", "scores") == [1, 4, 12, 3]
    assert table.rows("SELECT * FROM rounds ORDER BY id") == kept
    assert set(table.rows("SELECT home_id FROM seen")) == {(GUILD,)}
    assert table.rows("SELECT count(*) FROM seen") == [(4,)]
    assert table.rows("SELECT hash FROM questions ORDER BY 1") == table.rows(
        "SELECT DISTINCT question FROM rounds ORDER BY 1"
    )


async def test_a_game_that_goes_on_is_never_pruned(table: Table) -> None:
    """However long ago it began: only what has ended is pruned."""
    present = await table.start(pace="untimed", questions=2)
    await table.press(present, ANN, 0)
    await table.clock.forward(5 * KEPT)
    assert not await retention(table).prune()
    assert count(table, "games", "rounds", "answers", "questions") == [1, 1, 1, 1]


async def test_what_was_pruned_may_be_asked_again(table: Table) -> None:
    """A server that comes back after the days to keep may be asked what it was asked then."""
    table.is_played = True
    await table.start(questions=20, seconds=5)
    await table.forward(500)
    await table.clock.forward(KEPT + DAY)
    while await retention(table).prune():
        pass
    assert count(table, "games", "seen", "questions") == [0, 0, 20], (
        "versions stay until there is a later game"
    )
    await table.restart()
    await table.start(questions=1, seconds=5)
    await table.forward(60)
    assert not await retention(table).prune()
    assert count(table, "questions") == [1]


def old_database(path: Path, rounds: int) -> list[Asked]:
    """Make a database as Farside did before questions were kept once; return what its rounds asked."""
    asked = [
        Asked(one, options)
        for one in [question(number) for number in range(1, 6)]
        for options in (
            (one.key, *one.distractors),
            (one.distractors[1], one.key),
            (*one.distractors[::-1], one.key),
        )
    ]
    asked = [asked[number % len(asked)] for number in range(rounds)]
    with closing(sqlite3.connect(path, isolation_level=None)) as tx:
        apply_to(tx, migrations()[:BEFORE_KEEPING])
        tx.execute("BEGIN")
        tx.execute(
            "INSERT INTO games"
            " VALUES (1, 7, 'channel', 11, 22, 101, '{}', 'finished', ?, 1, 9, NULL, 5, 1, 1)",
            (rounds,),
        )
        for number, one in enumerate(asked, 1):
            whole = {"question": question_to_plain(one.question), "options": list(one.options)}
            tx.execute(
                "INSERT INTO rounds VALUES (?, 1, ?, ?, ?, 5000, 'closed', ?, 9, 9, 9, 9, 'time', 2, 2)",
                (number, number, orjson.dumps(whole).decode(), len(one.options), number),
            )
            tx.execute("INSERT INTO answers VALUES (?, 101, 0, 1, 1, 10, 1)", (number,))
            tx.execute(
                "INSERT OR IGNORE INTO seen (scope_id, question_id) VALUES (11, ?)", (one.question.id,)
            )
        tx.execute("COMMIT")
    return asked


async def test_an_existing_database_is_brought_over(tmp_path: Path) -> None:
    """Rounds of before show what they showed, each text is kept once, and the file gets small."""
    path, told = tmp_path / "farside.db", list[str]()
    asked = old_database(path, 3000)
    before = path.stat().st_size
    migrate(path, told.append)
    assert path.stat().st_size < before / 3
    assert (tmp_path / f"farside.db.v{BEFORE_KEEPING}.backup").stat().st_size >= before - 4096
    assert any("made smaller" in line for line in told)
    database = await Database.open(path)
    for number, one in enumerate(asked, 1):
        showing = await database.read(partial(load_round_showing, home_id=11, round_id=number))
        assert showing is not None
        assert showing.asked == one
        assert showing.round.options == len(one.options)
    game = await database.read(lambda tx: load_game_showing(tx, 11, 1))
    assert game is not None
    assert [tally.stem for tally in game.tallies] == [one.question.stem for one in asked]
    assert await database.read(lambda tx: tx.execute("SELECT count(*) FROM questions").fetchone()[0]) == 5
    seen = "SELECT question_id FROM seen WHERE home_id = 11 ORDER BY asked_at"
    assert await database.read(lambda tx: [row[0] for row in tx.execute(seen)]) == [
        "q1",
        "q2",
        "q3",
        "q4",
        "q5",
    ]
    assert await database.read(lambda tx: tx.execute("PRAGMA foreign_key_check").fetchall()) == []
    await database.close()


def test_a_long_step_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While many rounds are brought over, and while a large file is copied, it is told how far that is."""
    monkeypatch.setattr("bot.store.migrator._TOLD", 500)
    monkeypatch.setattr("bot.store.copies._LONG", 1)
    monkeypatch.setattr("bot.store.copies._STEP", 16)
    path, told = tmp_path / "farside.db", list[str]()
    old_database(path, 2000)
    migrate(path, told.append)
    assert sum("rounds read" in line for line in told) == 4
    assert sum("rounds done" in line for line in told) == 4
    assert sum(line.startswith("copying to ") for line in told) >= 9


async def test_what_time_it_is_is_noted(table: Table) -> None:
    """While Farside runs it notes what time it is, so that an archive need not go by the machine's clock."""
    running = asyncio.create_task(retention(table).run())
    await asyncio.wait_for(table.clock.is_slept_on.wait(), PATIENCE)
    running.cancel()
    assert table.rows("SELECT value FROM notes WHERE name = 'time'") == [(str(stamp(table.now())),)]
