"""A file of before is moved to smaller tables: everything is there, and what goes on goes on."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import DatabaseAddress
from bot.quiz.game import Answer, Asked, Cause, Round, RoundState
from bot.quiz.review import Origin, Review
from bot.services.games import CLOSE
from bot.store import ids
from bot.store.answers import list_answers
from bot.store.content import content_of
from bot.store.copying import opened
from bot.store.database import stamp
from bot.store.migrator import apply_to, migrations
from bot.store.reviews import list_reviews
from bot.store.rounds import list_asked, list_endings, load_round
from bot.store.tx import Tx
from tests.engines import ENGINES, Where, faults_of
from tests.fakes import START
from tests.integration.test_games import ANN, BEN, CHANNEL, GUILD, Table
from tests.postgres import PostgreSQL
from tests.questions import question

BEFORE = 23  # the last migration of larger tables
SECOND = timedelta(seconds=1)
OLD, LATER = 7, ids.first_of(START) + 5  # a game of before processes made ids, and one of theirs
TOPICS = ("", "rover")


@pytest.fixture(params=ENGINES)
def old(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Where:
    """A database of the release before; two games in turns: one has ended, one goes on."""
    earlier = [step for step in migrations() if step.number <= BEFORE]
    where: Where = tmp_path / "farside.db"
    if request.param == "sqlite":
        with closing(sqlite3.connect(tmp_path / "farside.db", isolation_level=None)) as tx:
            apply_to(tx, earlier)
            fill(tx)
            between_two_places(tx)
    else:
        from bot.store.postgres import migrator
        from bot.store.postgres.connection import Connection

        server: PostgreSQL = request.getfixturevalue("postgres")
        where = DatabaseAddress(server.fresh())
        with monkeypatch.context() as patch:
            patch.setattr(migrator, "migrations", lambda: earlier)
            migrator.migrate(where)
        with closing(Connection.open(where.url, what="test")) as there:
            fill(there)
    return where


def fill(tx: Tx) -> None:
    """Store questions, the games, boards and reviews."""
    for number in (1, 2, 3):
        kept = content_of(Asked(question(number), question(number).options))
        tx.execute("INSERT INTO questions VALUES (?, ?, 1)", (kept.hash, kept.body))
    games(tx)
    boards(tx)
    for player, one in reviews():
        tx.execute(
            "INSERT INTO reviews VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                player, one.question_id, str(one.origin), stamp(one.added_at), stamp(one.due_at), one.phase,
                one.step, one.stability, one.hardness, one.graded_at and stamp(one.graded_at), one.grades,
                one.lapses,
            ),
        )  # fmt: skip


def rounds() -> list[Round]:
    """Return the rounds of both games, in turns."""
    wide = [(OLD, 1, 61), (LATER, 1, LATER + 1), (OLD, 2, 62), (LATER, 2, LATER + (900 << 22))]
    found = []
    for game, number, made in wide:
        shown = Round(made, game, number, 4, 10 * SECOND, home_id=GUILD).open(
            made + 1, START + number * SECOND
        )
        found.append(shown if (game, number) == (LATER, 2) else shown.close(START + 60 * SECOND))
    found[2] = replace(found[2], cause=Cause.SKIPPED)
    return found


def games(tx: Tx) -> None:
    """Store the games with their rounds, an answer to each."""
    for game, channel, state in ((OLD, 9, "finished"), (LATER, CHANNEL, "running")):
        tx.execute(
            "INSERT INTO games (home_id, id, request_id, kind, channel_id, starter_id, rules, state, number,"
            " started_at, ended_at) VALUES (?, ?, ?, 'channel', ?, ?, '{\"questions\": 3}', ?, 2, ?, ?)",
            (GUILD, game, game, channel, ANN, state, stamp(START), None if game == LATER else stamp(START)),
        )
        tx.execute("INSERT INTO scores VALUES (?, ?, ?, 10, 1, 1, 1, 1)", (GUILD, game, ANN))
    for one in rounds():
        kept = content_of(Asked(question(one.number), question(one.number).options))
        tx.execute(
            "INSERT INTO rounds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 2, 2)",
            (
                GUILD, one.id, one.game_id, one.number, kept.hash, kept.order, 10_000, str(one.state),
                stamp(START), one.message_id, stamp(one.opened_at or START), stamp(one.closes_at or START),
                one.closed_at and stamp(one.closed_at),
                one.cause and str(one.cause),
            ),
        )  # fmt: skip
        at = stamp(START + 3 * SECOND)
        tx.execute("INSERT INTO answers VALUES (?, ?, ?, 1, NULL, ?, 1, 10, 1)", (GUILD, one.id, ANN, at))
    tx.execute(
        "INSERT INTO timers VALUES (?, ?, ?, ?)",
        (GUILD, CLOSE, str(rounds()[3].id), stamp(START + 12 * SECOND)),
    )


def boards(tx: Tx) -> None:
    """Store two boards in each of two homes, with a standing and a bucket on each."""
    for number, home in enumerate((0, 0, GUILD, GUILD)):
        board, topic = ids.first_of(START) + number, TOPICS[number % 2]
        tx.execute("INSERT INTO boards VALUES (?, ?, 'all', ?, 1, NULL)", (home, board, topic))
        tx.execute(
            "INSERT INTO standings VALUES (?, ?, ?, ?, 1, 1, 5, ?, 5)", (home, ANN, board, *[number] * 2)
        )
        tx.execute("INSERT INTO buckets VALUES (?, ?, ?, 5, ?, 1)", (home, board, -number, ANN))


def between_two_places(tx: Tx) -> None:
    """Have Ben's totals be ahead of his place, as was possible in a file of before there were homes."""
    [(board,)] = tx.execute("SELECT max(id) FROM boards WHERE home_id = ?", (GUILD,)).fetchall()
    tx.execute("INSERT INTO standings VALUES (?, ?, ?, 9, 1, 1, 5, 2, 5)", (GUILD, BEN, board))
    tx.execute("UPDATE boards SET players = 2 WHERE id = ?", (board,))
    tx.execute("UPDATE buckets SET places = 2 WHERE board_id = ?", (board,))


def reviews() -> list[tuple[int, Review]]:
    """Return reviews: new, saved, and graded."""
    new = Review("q2", Origin.MISSED, START, START)
    return [
        (ANN, new),
        (ANN, Review("q1", Origin.SAVED, START, START + SECOND)),
        (BEN, replace(new, due_at=START + 9 * SECOND, phase=2, step=None, stability=2.3065, hardness=1e-7,
                      graded_at=START, grades=3, lapses=1)),
    ]  # fmt: skip


def test_all_of_it_is_there(old: Where) -> None:
    """Rounds, answers, boards and reviews are as they were, and each game finds its own rounds."""
    with opened(old) as tx:
        for one in rounds():
            assert load_round(tx, GUILD, one.id) == one
            assert list_answers(tx, GUILD, one.id) == [Answer(ANN, 1, START + 3 * SECOND, True, 10, 1)]
        assert list_asked(tx, [(GUILD, OLD), (GUILD, LATER)]) == [["q1", "q2"], ["q1", "q2"]]
        assert [one.cause for one in list_endings(tx, GUILD, OLD, 9)] == [Cause.SKIPPED, Cause.TIME]
        for player in (ANN, BEN):
            kept = [review for whose, review in reviews() if whose == player]
            assert list_reviews(tx, player, "", 9) == sorted(kept, key=lambda one: one.question_id)
        found = tx.execute(
            "SELECT b.home_id, b.topic, b.players, k.behind, k.places, s.player_id, s.points, s.is_placed"
            " FROM boards b JOIN buckets k ON k.home_id = b.home_id AND k.board_id = b.id"
            " JOIN standings s ON s.home_id = b.home_id AND s.board_id = b.id"
            " ORDER BY b.home_id, b.id, s.player_id"
        ).fetchall()
    assert [tuple(row) for row in found if row[5] == ANN] == [
        (0, "", 1, 0, 1, ANN, 0, 1), (0, "rover", 1, -1, 1, ANN, 1, 1),
        (GUILD, "", 1, -2, 1, ANN, 2, 1), (GUILD, "rover", 1, -3, 1, ANN, 3, 1),
    ]  # fmt: skip
    assert [tuple(row)[6:] for row in found if row[5] == BEN] in ([], [(9, 0)])
    assert faults_of(old) == []


async def test_a_game_goes_on(old: Where) -> None:
    """A game that is being played while its file is moved is played to its end, with all its rounds."""
    table = await Table.lay(old)
    await table.restart()
    following = await table.forward(30)
    assert [(one.number, one.state) for one in following] == [(3, RoundState.OPEN)]
    await table.forward(30)
    assert table.ended == [LATER]
    showing = await table.play.showings.load_standings(GUILD, LATER)
    assert showing is not None
    assert [tally.number for tally in showing.tallies] == [1, 2, 3]
    await table.database.close()
