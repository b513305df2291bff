"""Games on a real database, with a clock that the tests move."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank import Bank
from bot.bank.part import Part
from bot.errors import Conflict, NotAllowed, NotFound, NotSaved
from bot.quiz.game import (
    EVERYONE_WAIT,
    GRACE,
    AlreadyAnswered,
    Asked,
    Cause,
    GameState,
    Pace,
    Round,
    RoundState,
    Rules,
    TooLate,
)
from bot.quiz.press import Press
from bot.quiz.question import Question
from bot.quiz.showing import GameShowing, RoundShowing
from bot.quiz.vote import Ballot
from bot.services.discord_clock import DiscordClock
from bot.services.games import ALONE, CLOSE, CLUE, IDLE, NEXT, Play, RunningGame
from bot.services.games.course import NOTHING_LEFT
from bot.services.games.votes import Wish, vote_stop
from bot.services.library import Library
from bot.services.timers import Timers
from bot.store.content import content_of, id_in
from bot.store.database import Database, stamp
from bot.store.games import load_game
from bot.store.migrator import apply_to, migrations
from bot.store.postings import post_entries
from bot.store.timers import list_due
from tests.engines import ON_SQLITE, Where, rows_of
from tests.fakes import START, FakeClock
from tests.laws import tried
from tests.questions import bank, dice, question

GUILD, CHANNEL = 11, 22
ANN, BEN, CAT, DAN = 101, 102, 103, 104
NAMES = {ANN: "Ann", BEN: "Ben", CAT: "Cat", DAN: "Dan"}
SECOND = timedelta(seconds=1)


def snowflake(at: datetime) -> int:
    """Return an id that Discord would make at that instant."""
    return (int((at - datetime(2015, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1)) << 22) + 1


class Table:
    """A table to play at: the service, its database, and hands that open, press and wait."""

    def __init__(self, where: Where, database: Database, clock: FakeClock, size: int) -> None:
        self.where = where
        self.clock = clock  # the machine's
        self.discords = DiscordClock(clock)
        self.discords.told(clock.now(), timedelta(0))
        self.database = database
        self.library = Library(bank(size), Path("questions"))
        self.chance = dice()
        self.play = self._play()
        self.requests = 0
        self.is_played = False  # Ann answers each round as soon as it is open
        self.ended: list[int] = []

    @classmethod
    async def lay(cls, where: Where, size: int = 20) -> Self:
        """Open a new database."""
        return cls(where, await Database.open(where), FakeClock(), size)

    def _play(self) -> Play:
        timers = Timers(self.database, self.discords)
        return Play.join(self.database, self.library, self.discords, timers, self.chance)

    def by(
        self, player: int, *, at: datetime | None = None, channel: int = CHANNEL, message: int | None = None
    ) -> Press:
        """Return something that a player does, by default now."""
        self.requests += 1
        return Press(self.requests, GUILD, channel, message, player, NAMES[player], at or self.now())

    async def start(self, channel: int = CHANNEL, guild: int = GUILD, **rules: Any) -> Round:
        """Have Ann start a game; return its first round, its message out."""
        started = await self.begin(channel, guild, **rules)
        return await self.open(started.round)

    async def begin(self, channel: int = CHANNEL, guild: int = GUILD, **rules: Any) -> RoundShowing:
        """Have Ann start a game; return its first round, its message not out yet."""
        press = replace(self.by(ANN, channel=channel), guild_id=guild)
        started = await self.play.games.start(press, Rules(**rules))
        assert started is not None
        return started

    async def open(self, drawn: Round) -> Round:
        """Let the round's message come out now."""
        opened = await self.play.games.open(drawn.home_id, drawn.id, snowflake(self.now()))
        assert opened is not None
        if self.is_played:
            await self.press(opened, ANN, 0)
        return opened

    def now(self) -> datetime:
        """Return the present instant."""
        return self.discords.now()

    async def press(self, present: Round, player: int, option: int, *, at: datetime | None = None) -> bool:
        """Press a button of the round, by default now; return whether a result shown already changed."""
        [(home, channel)] = self.rows("SELECT home_id, channel_id FROM games WHERE id = ?", present.game_id)
        message = present.message_id or snowflake(self.now())
        press = replace(self.by(player, at=at, channel=channel, message=message), guild_id=home)
        return await self.play.answers.submit(press, present.id, option)

    async def skip(self, player: int, **rights: bool) -> Ballot | None:
        """Have a player wish to skip the question; return how the vote stands, if it is one."""
        return (await self.play.votes.skip(Wish(self.by(player), **rights))).ballot

    async def stop(self, player: int, **rights: bool) -> Ballot | None:
        """Have a player wish to stop the game; return how the vote stands, if it is one."""
        return (await self.play.votes.stop(Wish(self.by(player), **rights))).ballot

    async def go_on(self, player: int, present: Round, **rights: bool) -> Ballot | None:
        """Have a player press Next; return how the vote stands, if it is one."""
        wish = Wish(self.by(player), **rights)
        return (await self.play.votes.end_untimed(wish, present.id)).ballot

    async def forward(self, seconds: float) -> list[Round]:
        """Move the clock; fire what falls due, each at its time; return the rounds that were opened."""
        end = self.now() + timedelta(seconds=seconds)
        opened = []
        while True:
            due = await self.database.read(lambda tx: list_due(tx, end, 1))
            if not due:
                break
            await self.clock.move_to(max(self.now(), due[0].due_at))
            if due[0].kind == CLOSE:
                assert await self.play.games.close(due[0].home_id, int(due[0].ref)) is not None
            elif due[0].kind == CLUE:
                assert await self.play.games.give_clue(due[0].home_id, int(due[0].ref))
            elif due[0].kind == ALONE:
                await self.play.solo.end_abandoned(due[0].home_id, int(due[0].ref))
            elif due[0].kind == IDLE:
                ended = await self.play.games.end_unattended(due[0].home_id, int(due[0].ref))
                self.ended += [ended.game_id] if ended is not None else []
            else:
                assert due[0].kind == NEXT
                following = await self.play.games.go_on(due[0].home_id, int(due[0].ref))
                if isinstance(following, RoundShowing):
                    opened.append(await self.open(following.round))
                elif following is not None:
                    self.ended.append(following.id)
        await self.clock.move_to(end)
        return opened

    async def fold(self) -> None:
        """Have all answers that are settled counted in."""
        while await self.database.write(post_entries):
            pass

    async def be_impatient(self) -> None:
        """Have a lock that another process holds waited for no longer than a moment."""
        await self.database.write(lambda tx: tx.execute("PRAGMA busy_timeout = 20"))

    async def onward(self) -> list[Round]:
        """Move the clock until the next round is open, or the game at its end."""
        ended = len(self.ended)
        while not (opened := await self.forward(0.5)) and len(self.ended) == ended:
            pass
        return opened

    async def onward_unopened(self) -> Round:
        """Move the clock until the next round is drawn; return it, its message not out yet."""
        while True:
            [due] = await self.database.read(lambda tx: list_due(tx, self.now() + timedelta(hours=1), 1))
            await self.clock.move_to(max(self.now(), due.due_at))
            if due.kind == NEXT:
                break
            await self.play.games.close(due.home_id, int(due.ref))
        following = await self.play.games.go_on(due.home_id, int(due.ref))
        assert isinstance(following, RoundShowing)
        return following.round

    async def restart(self) -> tuple[list[int], list[int]]:
        """Forget all that is in memory, as a kill does, and start anew on the same database."""
        self.play = self._play()
        rounds, games = await self.play.games.load()
        return [number for _, number in rounds], [number for _, number in games]

    def rows(self, query: str, *arguments: Any) -> list[Any]:
        """Return what another process finds on disk."""
        return rows_of(self.where, query, *arguments)

    @property
    def path(self) -> Path:
        """Return the file, where there is one."""
        assert isinstance(self.where, Path)
        return self.where

    async def key(self, present: Round) -> int:
        """Return the place of the right option."""
        showing = await self.play.showings.load_round(present.home_id, present.id)
        assert showing is not None
        return showing.asked.key_index

    async def closed(self, present: Round) -> RoundShowing:
        """Return how a round ended."""
        showing = await self.play.showings.load_round(present.home_id, present.id)
        assert showing is not None
        assert showing.round.state is RoundState.CLOSED
        return showing

    async def standings(self, present: Round) -> GameShowing:
        """Return the scores of a round's game."""
        showing = await self.play.showings.load_standings(present.home_id, present.game_id)
        assert showing is not None
        return showing


@pytest.fixture
async def table(where: Where) -> AsyncIterator[Table]:
    """A table with twenty questions."""
    laid = await Table.lay(where)
    yield laid
    await laid.database.close()


# ------------------------------------------------------------------------------------------------ starting


async def test_one_game_in_a_channel(table: Table) -> None:
    """A second start is told where the game runs; another channel may have its own."""
    present = await table.start()
    with pytest.raises(RunningGame, match=rf"channels/{GUILD}/{CHANNEL}/{present.message_id}"):
        await table.start()
    assert (await table.start(channel=23)).id != present.id
    with pytest.raises(Exception, match=r"(?i)unique"):
        table.rows(
            "INSERT INTO games (home_id, id, request_id, kind, channel_id, starter_id, rules, state, number,"
            " started_at) VALUES (?, 1, 99, 'channel', ?, 1, '{}', 'running', 1, 0)",
            GUILD,
            CHANNEL,
        )


async def test_start_delivered_twice(table: Table) -> None:
    """The same command delivered twice starts one game."""
    present = await table.start()
    again = await table.play.games.start(replace(table.by(ANN), id=1), Rules())
    assert again is None
    assert table.rows("SELECT id FROM rounds") == [(present.id,)]


async def test_never_more_questions_than_there_are(table: Table) -> None:
    """A game on a small pool asks each of its questions once."""
    table.is_played = True
    present = await table.start(questions=50, topic="site", seconds=5)
    rounds = [present, *await table.forward(500)]
    assert len(rounds) == 10
    asked = table.rows("SELECT question FROM rounds")
    assert len(set(asked)) == 10
    assert table.ended


async def test_no_fitting_question(table: Table) -> None:
    """A topic without questions is told at once, and starts nothing."""
    with pytest.raises(NotFound):
        await table.start(topic="cheese")
    assert table.rows("SELECT * FROM games") == []


async def test_no_repeats_in_a_server(table: Table) -> None:
    """No question comes again in a server until its pool is used up, over games and restarts."""
    table.is_played = True
    for number in range(4):
        await table.start(channel=number, questions=10, seconds=5)
        await table.restart()
        await table.forward(300)
        asked = [row[0] for row in table.rows("SELECT question FROM rounds ORDER BY id")]
        assert len(asked) == 10 * (number + 1)
        assert len(set(asked[:20])) == min(len(asked), 20)
        assert len(set(asked[20:])) == max(len(asked) - 20, 0)


async def test_servers_do_not_share_what_was_seen(table: Table) -> None:
    """What one server was asked is new in another."""
    table.is_played = True
    await table.start(questions=20, seconds=5)
    await table.forward(500)
    await table.start(questions=20, seconds=5, channel=5, guild=6)
    await table.forward(500)
    assert table.rows("SELECT count(*) FROM seen WHERE home_id = 6") == [(20,)]


def broken(number: int) -> Question:
    """Return a question that cannot be asked: its key is among its wrong options too."""
    return question(number, distractors=(f"key {number}",))


def unstorable(number: int) -> Question:
    """Return a question that no database takes: half of a character is in it."""
    return question(number, stem="What is \ud800?")


@pytest.mark.parametrize("spoil", [broken, unstorable])
async def test_question_that_cannot_be_asked(table: Table, spoil: Callable[[int], Question]) -> None:
    """A question that cannot be asked, whatever is wrong with it, is left out, and wedges nothing."""
    table.is_played = True
    made = [spoil(number) if number <= 3 else question(number) for number in range(1, 9)]
    table.library.bank = Bank([Part.of(made, {"rover": "The rover"})])
    for _ in range(4):
        await table.start(questions=5, seconds=5)
        await table.restart()
        await table.forward(500)
    assert len(table.ended) == 4
    assert table.rows("SELECT count(*), max(number) FROM rounds") == [(20, 5)]
    asked = [id_in(row[0]) for row in table.rows("SELECT body FROM questions")]
    assert set(asked) == {f"q{number}" for number in range(4, 9)}


async def test_no_question_can_be_asked(table: Table) -> None:
    """Where no question can be asked a start says so, and a running game ends with a sentence."""
    present = await table.start(questions=5, seconds=5)
    table.library.bank = Bank([Part.of([broken(number) for number in range(1, 4)], {"rover": "The rover"})])
    await table.press(present, BEN, 0)
    assert await table.onward() == []
    assert (await table.standings(present)).game.reason == NOTHING_LEFT
    with pytest.raises(NotFound, match="another topic"):
        await table.start(questions=5, seconds=5)
    with pytest.raises(NotFound, match="another topic"):
        await solo(table)
    table.library.bank = bank(20)
    await table.start()


# ---------------------------------------------------------------------------------------------- answering


async def test_on_disk_before_it_is_told(table: Table) -> None:
    """When a press has been taken, another process finds it on disk, with the player's name."""
    present = await table.start()
    await table.press(present, BEN, 2)
    assert table.rows("SELECT player_id, option FROM answers") == [(BEN, 2)]
    assert table.rows("SELECT name FROM members WHERE player_id = ?", BEN) == [("Ben",)]


async def test_first_press_stands(table: Table) -> None:
    """A second press, also at the same time or after a restart, tells which answer stands."""
    present = await table.start()
    await table.press(present, BEN, 1)
    for _ in range(2):
        with pytest.raises(AlreadyAnswered, match="B"):
            await table.press(present, BEN, 3)
        await table.restart()
    assert table.rows("SELECT option FROM answers") == [(1,)]


async def test_two_presses_at_once(table: Table) -> None:
    """Of two presses at the same time one counts, and the other is told which."""
    present = await table.start()
    results = await asyncio.gather(
        *(table.press(present, BEN, option) for option in (0, 1, 0)), return_exceptions=True
    )
    assert results[0] is False
    assert [type(result) for result in results[1:]] == [AlreadyAnswered] * 2
    assert table.rows("SELECT option FROM answers") == [(0,)]


async def test_presses_of_a_commit_are_one_statement(table: Table) -> None:
    """However many presses share a commit, their answers are stored by one statement."""
    present = await table.start()
    statements: list[str] = []
    presses = [replace(table.by(BEN, message=present.message_id), player_id=1000 + one) for one in range(60)]
    await table.database.write(lambda tx: tx.set_trace_callback(statements.append))
    await asyncio.gather(*(table.play.answers.submit(press, present.id, 1) for press in presses))
    await table.database.write(lambda tx: tx.set_trace_callback(None))
    stored = [statement for statement in statements if "INTO answers" in statement]
    commits = [statement for statement in statements if statement == "COMMIT"]
    assert len(stored) <= len(commits) <= 3
    assert table.rows("SELECT count(*) FROM answers") == [(60,)]


async def test_late_by_discords_clock(table: Table) -> None:
    """A press made after the close does not count and says so, though the round waits for slow ones."""
    present = await table.start(seconds=10)
    await table.forward(10.1)
    with pytest.raises(TooLate, match=r"0\.1 s after the question closed"):
        await table.press(present, BEN, 0)
    await table.press(present, CAT, 0, at=table.now() - SECOND)
    await table.forward(0.1)
    showing = await table.closed(present)
    assert [answer.player_id for answer, _ in showing.answers] == [CAT]


async def test_in_time_but_heard_after_the_close(table: Table) -> None:
    """A press made in time and heard after the close counts whole: points, streak, boards, result."""
    present = await table.start(seconds=10, questions=4)
    for late in (False, False, True, False):
        answered_at = table.now()
        key = await table.key(present)
        await table.press(present, CAT, key)
        if late:
            await table.forward(13)
            assert len((await table.closed(present)).answers) == 1
        changed = await table.press(present, BEN, key, at=answered_at)
        assert changed is late
        with pytest.raises((AlreadyAnswered, TooLate), match=f"answer (is|was) {'ABCD'[key]}"):
            await table.press(present, BEN, 0, at=answered_at)
        [*following] = await table.onward()
        showing = await table.closed(present)
        points = {name: (answer.points, answer.streak) for answer, name in showing.answers}
        assert points["Ben"] == points["Cat"]
        assert showing.version == (3 if late else 2)
        present = following[0] if following else present
    scores = {score.name: score for score in (await table.standings(present)).scores}
    assert scores["Ben"].points == scores["Cat"].points
    assert scores["Ben"].longest_streak == 4
    await table.fold()
    board = table.rows("SELECT player_id, max(points) FROM standings GROUP BY player_id")
    assert dict(board) == {CAT: scores["Cat"].points, BEN: scores["Ben"].points}


async def test_second_player_heard_after_the_close(table: Table) -> None:
    """When the second player of a game is heard after the close, both count on the global boards."""
    present = await table.start(seconds=10, questions=1)
    answered_at, key = table.now(), await table.key(present)
    await table.press(present, BEN, key)
    await table.forward(11)
    boards = "SELECT DISTINCT s.player_id FROM standings s WHERE s.home_id = ? AND s.points > 0 ORDER BY 1"
    await table.fold()
    assert table.rows(boards, 0) == []
    assert await table.press(present, CAT, key, at=answered_at)
    await table.fold()
    assert table.rows(boards, 0) == [(BEN,), (CAT,)]
    assert table.rows(boards, GUILD) == [(BEN,), (CAT,)]


async def test_heard_when_the_game_has_gone_on(table: Table) -> None:
    """A press that is heard when the game has gone on, or is over, is told that it came too late."""
    first = await table.start(seconds=10, questions=2)
    answered_at = table.now()
    [second] = await table.onward()
    with pytest.raises(TooLate, match="too late"):
        await table.press(first, BEN, 0, at=answered_at)
    await table.onward()
    with pytest.raises(TooLate, match="too late"):
        await table.press(second, BEN, 0, at=answered_at)
    assert table.rows("SELECT * FROM answers") == []


async def test_press_on_a_closed_round(table: Table) -> None:
    """A press on a closed round is told that it is closed, and one's own answer."""
    present = await table.start(seconds=10)
    await table.press(present, BEN, 1)
    await table.forward(12)
    with pytest.raises(TooLate, match="Your answer was B"):
        await table.press(present, BEN, 0)
    with pytest.raises(TooLate, match="after the question closed"):
        await table.press(present, CAT, 0)


async def test_unknown_round(table: Table) -> None:
    """A press on a round that is not there, or of another channel, is told so and enters nothing."""
    present = await table.start()
    for round_id, channel in ((present.id + 1, CHANNEL), (present.id, CHANNEL + 1)):
        press = table.by(BEN, channel=channel, message=snowflake(table.now()))
        with pytest.raises(NotFound):
            await table.play.answers.submit(press, round_id, 0)
    assert table.rows("SELECT * FROM answers") == []


async def test_press_before_the_send_is_answered(table: Table) -> None:
    """A press on a message whose sending is not answered yet counts, and opens the round by that message."""
    started = await table.begin(seconds=10)
    message_id = snowflake(table.now())
    await table.clock.forward(3 * SECOND)
    await table.play.answers.submit(table.by(BEN, message=message_id), started.round.id, 1)
    opened = await table.play.games.open(GUILD, started.round.id, message_id)
    assert opened is not None
    assert (opened.message_id, opened.opened_at, opened.closes_at) == (message_id, START, START + 10 * SECOND)
    assert table.rows("SELECT closed_at FROM rounds") == [(None,)]


async def test_message_of_another_database(table: Table) -> None:
    """A press on an old message that happens to carry this round's number is not taken."""
    present = await table.start()
    old = table.by(BEN, message=snowflake(table.now() - timedelta(days=1)))
    with pytest.raises(NotFound):
        await table.play.answers.submit(old, present.id, 1)


@ON_SQLITE
async def test_not_saved(table: Table) -> None:
    """When the disk does not take an answer the player is told so, and can press again."""
    present = await table.start()
    await table.be_impatient()
    with closing(sqlite3.connect(table.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotSaved):
            await table.press(present, BEN, 1)
        other.execute("ROLLBACK")
    await table.press(present, BEN, 2)
    assert table.rows("SELECT option FROM answers") == [(2,)]


@ON_SQLITE
async def test_not_saved_leaves_the_end_as_it_was(table: Table) -> None:
    """When the press that would end the round early is not saved, the round ends at its time."""
    present = await table.start(seconds=60)
    await table.press(present, BEN, 1)
    [second] = await table.forward(70)
    await table.be_impatient()
    with closing(sqlite3.connect(table.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotSaved):
            await table.press(second, BEN, 1)
        other.execute("ROLLBACK")
    await table.forward(30)
    await table.press(second, CAT, 1)
    await table.press(second, BEN, 1)
    await table.forward(4)
    showing = await table.closed(second)
    assert showing.round.cause is Cause.EVERYONE
    assert len(showing.answers) == 2


# ------------------------------------------------------------------------------------------------ closing


async def test_closes_by_discords_clock(table: Table) -> None:
    """With our clock two seconds behind Discord's, a round closes neither early nor late."""
    started = await table.begin(seconds=10)
    before = table.now()
    message_id = snowflake(before + 2 * SECOND)
    table.discords.observe(table.clock.monotonic(), before + 2 * SECOND)
    opened = await table.play.games.open(GUILD, started.round.id, message_id)
    assert opened is not None
    assert opened.closes_at == before + 12 * SECOND
    [(due_at,)] = table.rows("SELECT due_at FROM timers")
    assert due_at == int((before + 12 * SECOND + GRACE).timestamp() * 1000)
    assert table.now() == before + 2 * SECOND, "ten seconds before its end"


async def test_everyone_has_answered(table: Table) -> None:
    """A round ends 2 s after all who answered an earlier one have answered; the first never does."""
    first = await table.start(seconds=60)
    for player in (ANN, BEN):
        await table.press(first, player, 0)
    [second] = await table.forward(70)
    assert (await table.closed(first)).round.cause is Cause.TIME
    await table.press(second, CAT, 0)
    await table.press(second, ANN, 0)
    await table.forward(5)
    await table.press(second, BEN, 0)
    last_at = table.now()
    await table.press(second, DAN, 0, at=last_at + SECOND)
    await table.forward(3.1)
    showing = await table.closed(second)
    assert showing.round.closed_at == last_at + EVERYONE_WAIT
    assert showing.round.cause is Cause.EVERYONE
    assert len(showing.answers) == 4


async def test_everyone_after_a_restart(table: Table) -> None:
    """Who is awaited is known after a restart."""
    first = await table.start(seconds=60)
    await table.press(first, ANN, 0)
    await table.press(first, BEN, 0)
    [second] = await table.forward(70)
    await table.press(second, ANN, 0)
    await table.restart()
    await table.press(second, BEN, 0)
    await table.forward(3.1)
    assert (await table.closed(second)).round.cause is Cause.EVERYONE


async def test_untimed(table: Table) -> None:
    """An untimed round waits, whoever has answered, until the starter or a moderator goes on."""
    first = await table.start(pace=Pace.UNTIMED, questions=2)
    await table.press(first, BEN, 0)
    await table.forward(3_000)
    with pytest.raises(NotAllowed, match=f"<@{ANN}>"):
        await table.go_on(BEN, first)
    await table.go_on(ANN, first)
    [second] = await table.forward(10)
    assert (await table.closed(first)).round.cause is Cause.NEXT
    await table.press(second, BEN, 0)
    await table.forward(3_000)
    await table.go_on(CAT, second, is_moderator=True)
    await table.forward(10)
    assert table.ended == [first.game_id]
    with pytest.raises(Conflict):
        await table.go_on(ANN, second)


async def test_skip_at_once(table: Table) -> None:
    """The starter skips at once; presses made before the skip still count, later ones do not."""
    present = await table.start(seconds=60)
    await table.forward(5)
    assert await table.skip(ANN) is None
    await table.press(present, BEN, 0, at=table.now() - SECOND)
    with pytest.raises(TooLate):
        await table.press(present, CAT, 0, at=table.now() + SECOND)
    await table.forward(0.3)
    showing = await table.closed(present)
    assert showing.round.cause is Cause.SKIPPED
    assert len(showing.answers) == 1
    with pytest.raises(Conflict, match="on its way"):
        await table.skip(ANN)


async def test_skip_by_vote(table: Table) -> None:
    """Others skip by a majority of the players so far; votes are stored and count once."""
    present = await table.start(seconds=60)
    for player in (BEN, CAT):
        await table.press(present, player, 0)
    outsider = await table.skip(DAN)
    assert outsider is not None
    assert not outsider.counts
    for _ in range(2):
        ballot = await table.skip(BEN)
        assert ballot is not None
        assert (ballot.votes, ballot.needed, ballot.is_carried) == (1, 2, False)
        await table.restart()
    ballot = await table.skip(CAT)
    assert ballot is not None
    assert ballot.is_carried
    await table.forward(0.3)
    assert (await table.closed(present)).round.cause is Cause.SKIPPED


async def test_players_decide_without_the_starter(table: Table) -> None:
    """When the starter has answered none of the last three questions, one who plays decides alone."""
    present = await table.start(questions=10, seconds=30)
    for _ in range(3):
        await table.press(present, BEN, 0)
        waiting = await table.skip(BEN)
        assert waiting is not None
        assert (waiting.votes, waiting.needed) == (1, 2)
        [present] = await table.onward()
    outsider = await table.skip(CAT)
    assert outsider is not None
    assert not outsider.counts
    skipped = await table.skip(BEN)
    assert skipped is not None
    assert skipped.decides
    [present] = await table.onward()
    stopped = await table.stop(BEN)
    assert stopped is not None
    assert stopped.decides
    assert (await table.standings(present)).game.state is GameState.STOPPED


async def test_a_starter_who_answers_is_waited_for(table: Table) -> None:
    """One answer in the last three rounds, or in the present one, makes the starter somebody who plays."""
    present = await table.start(questions=10, seconds=30)
    for turn in range(6):
        await table.press(present, BEN, 0)
        if turn in {1, 5}:
            await table.press(present, ANN, 0)
        ballot = await table.stop(BEN)
        assert ballot is not None
        assert ballot.needed == 2, turn
        [present] = await table.onward()


async def test_players_who_left_are_not_waited_for(table: Table) -> None:
    """Who has answered none of the last three rounds is not counted in a vote, and their votes neither."""
    present = await table.start(questions=10, seconds=30)
    for player in (BEN, CAT, DAN):
        await table.press(present, player, 0)
    first = await table.stop(DAN)
    assert first is not None
    assert (first.votes, first.needed) == (1, 2)
    for _ in range(3):
        [present] = await table.onward()
        await table.press(present, BEN, 0)
    [present] = await table.onward()
    ballot = await table.stop(BEN)
    assert ballot is not None
    assert (ballot.votes, ballot.needed) == (1, 1)


async def test_untimed_without_its_starter(table: Table) -> None:
    """When the starter has left the server, or is silent, those who play go on, skip and stop alone."""
    present = await table.start(questions=10, pace=Pace.UNTIMED)
    await table.press(present, BEN, 0)
    with pytest.raises(NotAllowed):
        await table.go_on(BEN, present)
    for _ in range(2):
        gone = await table.go_on(BEN, present, has_starter_left=True)
        assert gone is not None
        assert gone.decides
        [present] = await table.onward()
        await table.press(present, BEN, 0)
    outsider = await table.go_on(CAT, present, has_starter_left=True)
    assert outsider is not None
    assert not outsider.counts
    await table.go_on(ANN, present)
    [present] = await table.onward()
    await table.press(present, BEN, 0)
    silent = await table.go_on(BEN, present)
    assert silent is not None
    assert silent.decides
    await table.onward()
    assert (await table.closed(present)).round.cause is Cause.NEXT
    stopped = await table.stop(BEN, has_starter_left=True)
    assert stopped is not None
    assert stopped.decides


async def test_a_starter_who_played_and_left(table: Table) -> None:
    """A starter who has left the server is no player any more, although they have answered."""
    present = await table.start(questions=10, seconds=30)
    for player in (ANN, BEN):
        await table.press(present, player, 0)
    ballot = await table.skip(BEN, has_starter_left=True)
    assert ballot is not None
    assert (ballot.votes, ballot.needed) == (1, 1)


async def test_nobody_plays(table: Table) -> None:
    """A game ends, with a sentence, after three questions in a row that nobody answered."""
    present = await table.start(questions=10, seconds=10)
    await table.press(present, BEN, await table.key(present))
    for _ in range(3):
        [present] = await table.onward()
        assert (await table.play.showings.status(table.by(ANN))).has_following
    assert await table.onward() == []
    assert table.ended == [present.game_id]
    standings = await table.standings(present)
    assert standings.game.reason == "stopped because nobody answered three questions in a row"
    assert [score.name for score in standings.scores] == ["Ben"]
    assert len(standings.tallies) == 4
    await table.start()


async def test_about_to_end(table: Table) -> None:
    """After the last question, or three that nobody answered, nothing says that another one comes."""
    await table.start(questions=4, seconds=10)
    for _ in range(2):
        await table.onward()
    await table.forward(10.5)
    assert not (await table.play.showings.status(table.by(ANN))).has_following
    with pytest.raises(Conflict, match="about to end"):
        await table.skip(ANN)
    await table.onward()
    await table.start(questions=1, seconds=10)
    await table.forward(10.5)
    assert not (await table.play.showings.status(table.by(ANN))).has_following
    with pytest.raises(Conflict, match="about to end"):
        await table.skip(ANN)


async def test_untimed_left_alone(table: Table) -> None:
    """An untimed question ends its game an hour after it was asked, or answered last."""
    present = await table.start(questions=10, pace=Pace.UNTIMED)
    await table.forward(3500)
    await table.press(present, BEN, 0)
    await table.restart()
    await table.forward(3500)
    await table.press(present, CAT, 0)
    await table.forward(3599)
    assert table.ended == []
    await table.forward(1)
    assert table.ended == [present.game_id]
    standings = await table.standings(present)
    assert standings.game.reason == "stopped because nobody has played for an hour"
    assert len(standings.scores) == 2
    assert table.rows("SELECT * FROM timers") == []
    with pytest.raises(TooLate):
        await table.press(present, DAN, 0)


async def test_untimed_that_goes_on(table: Table) -> None:
    """The hour of an untimed question is over with the question."""
    first = await table.start(questions=3, pace=Pace.UNTIMED)
    await table.forward(3500)
    await table.go_on(ANN, first)
    [second] = await table.onward()
    await table.forward(3500)
    assert table.ended == []
    await table.forward(200)
    assert table.ended == [second.game_id]


async def test_stop(table: Table) -> None:
    """A stop closes the open round; its answers and all scores count."""
    present = await table.start(seconds=60)
    await table.press(present, BEN, await table.key(present))
    ballot = await table.stop(ANN)
    assert ballot is None
    standings = await table.standings(present)
    assert standings.game.reason == "stopped by Ann"
    assert [(score.name, score.right) for score in standings.scores] == [("Ben", 1)]
    assert await table.forward(1000) == []
    with pytest.raises(NotFound, match="/quiz start"):
        await table.stop(ANN)
    assert (await table.start()).number == 1


async def test_stop_by_vote(table: Table) -> None:
    """Others stop a game by a majority of its players."""
    present = await table.start(seconds=60)
    for player in (BEN, CAT, DAN):
        await table.press(present, player, 0)
    for player, carried in ((BEN, False), (CAT, True)):
        ballot = await table.stop(player)
        assert ballot is not None
        assert ballot.is_carried is carried
    assert (await table.standings(present)).game.reason == "stopped by a vote of its players"


async def test_press_beside_the_vote_that_stops(table: Table) -> None:
    """A press that shares a commit with the vote that stops the game is told that it came too late."""
    present = await table.start(seconds=60)
    for player in (BEN, CAT):
        await table.press(present, player, 0)
    await table.stop(BEN)
    game = await table.database.read(lambda tx: load_game(tx, GUILD, present.game_id))
    assert game is not None
    vote = Wish(table.by(CAT))
    ballot, pressed = await asyncio.gather(
        table.database.write(lambda tx: vote_stop(tx, game, vote)),
        table.press(present, DAN, 0),
        return_exceptions=True,
    )
    assert isinstance(ballot, Ballot)
    assert ballot.is_carried
    assert isinstance(pressed, TooLate)
    assert table.rows("SELECT player_id FROM answers WHERE is_right IS NULL") == []


async def test_streaks(table: Table) -> None:
    """A streak grows with right answers, ends with a wrong or missed one, and survives a skip."""
    present = await table.start(seconds=60, questions=6)
    points = []
    for turn in range(6):
        key = await table.key(present)
        if turn not in {2, 4}:
            await table.press(present, BEN, key)
        if turn == 2:
            await table.skip(ANN, is_moderator=True)
        opened = await table.onward()
        showing = await table.closed(present)
        difficulty = showing.asked.question.difficulty
        points.append([(answer.points - 10 * difficulty, answer.streak) for answer, _ in showing.answers])
        present = opened[0] if opened else present
    assert points == [[(0, 1)], [(0, 2)], [], [(2, 3)], [], [(0, 1)]]
    standings = await table.standings(present)
    assert standings.scores[0].longest_streak == 3


# ---------------------------------------------------------------------------------------------- surviving


async def test_restart_at_every_step(table: Table) -> None:
    """Whenever the program dies, the next start knows what goes on and what is still to be shown."""
    started = await table.begin(questions=2, seconds=10)
    round_id, game_id = started.round.id, started.game.id
    assert await table.restart() == ([round_id], [])  # drawn, not sent
    present = await table.open(started.round)
    assert await table.restart() == ([], [])
    await table.press(present, BEN, await table.key(present))
    await table.restart()
    await table.forward(11)
    assert await table.restart() == ([round_id], [])  # closed, not shown
    await table.play.showings.mark_round_shown(GUILD, round_id, 2)
    assert await table.restart() == ([], [])
    [second] = await table.forward(5)
    await table.restart()
    await table.forward(12)
    await table.play.showings.mark_round_shown(GUILD, second.id, 2)
    await table.restart()
    await table.forward(5)
    assert await table.restart() == ([], [game_id])  # ended, standings not shown
    await table.play.showings.mark_game_shown(GUILD, game_id, 1, 77)
    assert await table.restart() == ([], [])
    assert (await table.standings(second)).scores[0].right == 1


async def test_asleep_for_an_hour(table: Table) -> None:
    """A round whose time passed while nobody ran closes as of its end."""
    present = await table.start(seconds=10)
    await table.clock.forward(timedelta(hours=1))
    await table.restart()
    await table.forward(0)
    showing = await table.closed(present)
    assert showing.round.closed_at == START + 10 * SECOND


async def test_lost_channel(table: Table) -> None:
    """A game whose channel is lost is stopped; its scores are kept and nothing is left to be shown."""
    present = await table.start(seconds=60)
    await table.press(present, BEN, await table.key(present))
    await table.play.games.stop_lost(GUILD, present.game_id, "stopped because its channel was deleted")
    standings = await table.standings(present)
    assert standings.scores[0].right == 1
    assert await table.restart() == ([], [])
    assert await table.forward(1000) == []


async def test_refused_question(table: Table) -> None:
    """A question that Discord refuses is left out, shown nowhere, ends no streak, and the game goes on."""
    present = await table.start(seconds=10, questions=4)
    for _ in range(2):
        await table.press(present, BEN, await table.key(present))
        refused = await table.onward_unopened()
        game = await table.play.games.skip_refused(GUILD, refused.id)
        assert game is not None
        assert game.state is GameState.RUNNING
        assert await table.play.games.skip_refused(GUILD, refused.id) is None
        for at in (table.now() - SECOND, table.now() + SECOND):  # its message may be out after all
            with pytest.raises(TooLate, match="left out"):
                await table.press(refused, CAT, 0, at=at)
        await table.play.showings.mark_round_shown(GUILD, present.id, 2)
        assert await table.restart() == ([], [])
        opened = await table.onward()
        present = opened[0] if opened else present
    assert table.ended == [present.game_id]
    assert (await table.standings(present)).scores[0].longest_streak == 2


async def test_every_question_refused(table: Table) -> None:
    """When Discord refuses one question after the other the game ends, and nothing is left to be shown."""
    game, refused = None, (await table.begin(questions=10)).round
    for number in range(3):
        game = await table.play.games.skip_refused(GUILD, refused.id)
        assert game is not None
        if number < 2:
            refused = await table.onward_unopened()
    assert game is not None
    assert game.reason == "stopped because Discord does not take its messages"
    assert await table.restart() == ([], [])
    assert await table.forward(1000) == []
    await table.start()


async def test_press_on_a_game_that_was_stopped(table: Table) -> None:
    """A press on a question whose game was stopped, and whose message may not show it, is told the truth."""
    present = await table.start(seconds=60)
    pressed_at = table.now()
    await table.play.games.stop_lost(
        GUILD, present.game_id, "stopped because Discord does not take its messages"
    )
    await table.clock.forward(5 * SECOND)
    for at in (pressed_at - SECOND, table.now()):
        with pytest.raises(TooLate, match=r"does not take its messages.*/quiz start"):
            await table.press(present, BEN, 0, at=at)
    assert table.rows("SELECT * FROM answers") == []


async def test_removed_from_a_server(table: Table) -> None:
    """All games of a server are stopped when Farside is removed from it, and no others."""
    await table.start(channel=1)
    await table.start(channel=2)
    await table.start(channel=3, guild=12)
    await table.play.games.stop_all("stopped because Farside was removed", guild_id=GUILD)
    assert table.rows("SELECT channel_id FROM games WHERE state = 'running'") == [(3,)]


async def test_boards_are_told_in_the_same_transaction(table: Table) -> None:
    """The points of a closed round stand on the server's board."""
    present = await table.start(seconds=10)
    await table.press(present, BEN, await table.key(present))
    await table.press(present, CAT, (await table.key(present) + 1) % 4)
    assert table.rows("SELECT * FROM standings") == []
    await table.forward(11)
    showing = await table.closed(present)
    await table.fold()
    points = dict(table.rows("SELECT player_id, max(points) FROM standings GROUP BY player_id"))
    assert points == {answer.player_id: answer.points for answer, _ in showing.answers}


PRESSES = st.lists(
    st.tuples(
        st.integers(0, 14_000),  # when in the round, in milliseconds
        st.sampled_from([ANN, BEN, CAT, DAN]),
        st.integers(0, 3),
        st.sampled_from([0, 0, 0, 140, 900, 2900]),  # how long it is on the wire
    ),
    max_size=8,
)


@given(rounds=st.lists(PRESSES, min_size=1, max_size=3), deaths=st.sets(st.integers(0, 40), max_size=6))
@tried(25)
async def test_any_order_of_presses_and_deaths(
    rounds: list[list[tuple[int, int, int, int]]], deaths: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However presses, closes and restarts fall, first answers in time count, once, and nothing else."""
    table = await Table.lay(tmp_path_factory.mktemp("game") / "farside.sqlite3")
    steps = 0
    expected: dict[int, list[int]] = {}
    try:
        present = await table.start(seconds=10, questions=len(rounds))
        for number, presses in enumerate(rounds, 1):
            opened_at = present.opened_at
            assert opened_at is not None
            key = await table.key(present)
            first: dict[int, int] = {}
            following: list[Round] = []
            for after, player, option, wire in sorted(presses, key=lambda one: one[0] + one[3]):
                pressed_at = opened_at + timedelta(milliseconds=after)
                heard_at = pressed_at + timedelta(milliseconds=wire)
                following += await table.forward(max((heard_at - table.now()).total_seconds(), 0))
                if steps in deaths:
                    await table.restart()
                steps += 1
                try:
                    await table.press(present, player, option, at=pressed_at)
                except (TooLate, AlreadyAnswered):
                    continue
                assert player not in first
                first[player] = option
                stored = await table.play.showings.load_round(GUILD, present.id)
                assert stored is not None
                assert stored.round.closes_at is not None
                assert pressed_at <= stored.round.closes_at
            following += await table.forward(40) if number < len(rounds) else []
            for player, option in first.items():
                expected.setdefault(player, []).append(int(option == key))
            if following:
                present = following[0]
        await table.forward(40)
        assert table.ended == [present.game_id]
        scores = (await table.standings(present)).scores
        assert {score.player_id: [score.answered, score.right] for score in scores} == {
            player: [len(judged), sum(judged)] for player, judged in expected.items()
        }
        points = table.rows("SELECT player_id, sum(points) FROM answers GROUP BY player_id")
        assert dict(points) == {score.player_id: score.points for score in scores}
    finally:
        await table.database.close()


# --------------------------------------------------------------------------------------------------- solo


async def solo(table: Table, **rules: Any) -> RoundShowing:
    """Have Ann begin to play alone."""
    return await table.play.solo.start(table.by(ANN), Rules(**({"pace": Pace.UNTIMED} | rules)))


async def test_solo_game(table: Table) -> None:
    """Alone, each answer is judged at once; it goes on after a restart, and ends with a result."""
    showing = await solo(table, questions=2)
    key = showing.asked.key_index
    answered = await table.play.solo.answer(table.by(ANN), showing.round.id, key)
    assert answered.answers[0][0].is_right
    again = await table.play.solo.answer(table.by(ANN), showing.round.id, (key + 1) % 4)
    assert again.answers == answered.answers
    await table.restart()
    second = await table.play.solo.next(table.by(ANN), showing.round.id)
    assert isinstance(second, RoundShowing)
    assert second.round.number == 2
    twice = await table.play.solo.next(table.by(ANN), showing.round.id)
    assert isinstance(twice, RoundShowing)
    assert twice.round.id == second.round.id
    wrong = (second.asked.key_index + 1) % 4
    await table.play.solo.answer(table.by(ANN), second.round.id, wrong)
    result = await table.play.solo.next(table.by(ANN), second.round.id)
    assert isinstance(result, GameShowing)
    assert (result.scores[0].answered, result.scores[0].right) == (2, 1)
    assert table.rows("SELECT state FROM games") == [("finished",)]
    await table.fold()
    assert table.rows("SELECT count(*) FROM standings") == [(0,)]
    assert await table.restart() == ([], [])


async def test_solo_in_time(table: Table) -> None:
    """Alone and timed, an answer after the end by Discord's clock is told to be too late."""
    showing = await solo(table, seconds=10)
    late = await table.play.solo.answer(table.by(ANN, at=table.now() + 11 * SECOND), showing.round.id, 0)
    assert late.answers == []
    assert late.round.closed_at == table.now() + 10 * SECOND


async def test_solo_beside_a_game(table: Table) -> None:
    """A game alone needs no free channel, takes none, and is nobody else's."""
    await table.start()
    showing = await solo(table)
    await solo(table)
    with pytest.raises(NotFound):
        await table.play.solo.answer(table.by(BEN), showing.round.id, 0)


async def test_solo_left_alone(table: Table) -> None:
    """A game alone ends a day after its last question, open or answered; a press on it then says so."""
    left, answered, played = [await solo(table, questions=2) for _ in range(3)]
    await table.forward(80_000)
    await table.play.solo.answer(table.by(ANN), answered.round.id, 0)
    await table.play.solo.answer(table.by(ANN), played.round.id, 0)
    following = await table.play.solo.next(table.by(ANN), played.round.id)
    assert isinstance(following, RoundShowing)
    await table.forward(6_400)
    assert table.rows("SELECT state FROM games ORDER BY id") == [("stopped",), ("stopped",), ("running",)]
    shown = await table.play.solo.answer(table.by(ANN), left.round.id, 0)
    assert (shown.round.cause, shown.answers) == (Cause.STOPPED, [])
    result = await table.play.solo.next(table.by(ANN), answered.round.id)
    assert isinstance(result, GameShowing)
    assert result.scores[0].answered == 1
    await table.play.solo.answer(table.by(ANN), following.round.id, 0)
    assert table.rows("SELECT * FROM timers") == []
    assert table.rows("SELECT count(*) FROM games WHERE ended_at IS NULL") == [(0,)]


async def test_left_by_an_earlier_release(tmp_path: Path) -> None:
    """Games that were left alone before there were timers for that end too."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        apply_to(old, [step for step in migrations() if step.number < 7])
        games = "INSERT INTO games (id, request_id, kind, guild_id, channel_id, starter_id, rules, state,"
        old.execute(
            f"{games} number, started_at) VALUES (1, 1, 'solo', NULL, ?, ?, '{{}}', 'running', 1, ?),"
            " (2, 2, 'channel', ?, ?, ?, '{}', 'running', 1, ?)",
            (CHANNEL, ANN, stamp(START), GUILD, CHANNEL, ANN, stamp(START)),
        )
        kept = content_of(Asked(question(1), question(1).options))
        old.execute("INSERT INTO questions VALUES (?, ?, 1)", (kept.hash, kept.body))
        for number in (1, 2):
            old.execute(
                "INSERT INTO rounds (id, game_id, number, question, option_order, state, drawn_at, opened_at)"
                " VALUES (?, ?, 1, ?, ?, 'open', ?, ?)",
                (number, number, kept.hash, kept.order, stamp(START), stamp(START)),
            )
    table = await Table.lay(path)
    await table.restart()
    await table.forward(86_400)
    assert table.ended == [2]
    assert table.rows("SELECT count(*) FROM games WHERE state = 'running'") == [(0,)]
    await table.database.close()


async def test_practice_of_one_fact(table: Table) -> None:
    """A fact can be practised: the question asked is about it."""
    showing = await solo(table, fact="f7", questions=1)
    assert showing.asked.question.fact == "f7"
    with pytest.raises(NotFound):
        await solo(table, fact="nothing")
