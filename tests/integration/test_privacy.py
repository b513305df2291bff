"""A person's data is theirs: seen, taken along, hidden, deleted; and a server's goes with the server."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.cluster.shards import WHOLE
from bot.errors import NotSaved
from bot.quiz.day import DayQuestion
from bot.quiz.game import AlreadyAnswered, Asked, Form, Response, Rules
from bot.quiz.periods import Span
from bot.quiz.press import Press
from bot.quiz.report import Reason
from bot.quiz.showing import RoundShowing
from bot.quiz.standing import Scope
from bot.services.boards import BoardsService
from bot.services.challenges import Challenges
from bot.services.games.attempts import PLACE
from bot.services.learning import LearningService
from bot.services.nights import NightPlan, Nights
from bot.services.papers import Papers
from bot.services.privacy import KEPT, PrivacyService, as_file
from bot.services.reports import ReportsService
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store import forgetting
from bot.store.copies import family
from bot.store.database import Database
from bot.store.day_questions import Given, insert_day, save_day_answers
from bot.store.forgetting import FORGET
from bot.store.migrator import migrate
from bot.store.players import Names
from bot.store.timers import list_due
from tests.bounds import PATIENCE
from tests.engines import ON_SQLITE, Where, faults_of, forget_in
from tests.fakes import FakeClock
from tests.integration.test_games import ANN, BEN, CAT, CHANNEL, DAN, GUILD, NAMES, Table
from tests.questions import question, wrong_words

OTHER = 555666777888  # another server
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
OF_PEOPLE = {
    ("answers", "player_id"), ("buckets", "player_id"), ("entries", "player_id"), ("games", "starter_id"),
    ("games", "stopper_id"), ("held", "player_id"), ("members", "player_id"),
    ("members", "name"), ("members", "account"), ("players", "name"), ("schedules", "created_by"),
    ("scores", "player_id"), ("standings", "player_id"), ("votes", "player_id"),
    ("duel_sides", "player_id"), ("duels", "challenger_id"), ("duels", "opponent_id"),
    ("bouts", "opponent_id"),
    ("results", "player_id"), ("podiums", "player_id"), ("lessons", "player_id"), ("ratings", "player_id"),
    ("day_answers", "player_id"),
    ("nights", "starter_id"), ("night_guests", "player_id"),
}  # fmt: skip
OF_SERVERS = {("visits", "guild_id"), ("attempts", "guild_id")}
AT_HOME = {
    "bouts", "duel_sides", "duels",
    "answers", "boards", "buckets", "entries", "games", "guilds", "held", "hidden", "members", "players",
    "posted_facts", "posts", "profiles", "rounds", "schedules", "scores", "seen", "skills", "standings",
    "timers",
    "items", "item_shares", "item_options", "lessons", "ratings", "reports", "reviews", "review_choices",
    "visits", "votes", "attempts", "papers", "reminders", "results", "streaks", "podiums",
    "day_answers", "day_questions", "weeks",
    "nights", "night_cards", "night_games", "night_guests",
}  # fmt: skip
OF_NOBODY = {("notes", "name"), ("papers", "name")}
NICKNAMES = {GUILD: "Captain", OTHER: "Doctor"}


class House(Table):
    """A table with boards, settings and privacy in the house."""

    def __init__(self, where: Where, database: Database, clock: FakeClock, size: int) -> None:
        super().__init__(where, database, clock, size)
        self.furnish()

    def furnish(self) -> None:
        """Join the services to the play that is there."""
        self.timers = Timers(self.database, self.discords)
        self.settings = SettingsService(self.database, self.discords, self.timers)
        self.boards = BoardsService(self.database, self.discords, self.settings)
        parts = (self.database, self.discords, self.timers, self.play, self.settings)
        self.privacy = PrivacyService(*parts)
        self.challenges = Challenges(*parts, Papers(self.database, self.library, self.discords))
        self.learning = LearningService(self.database, self.library, self.discords)
        self.reports = ReportsService(self.database, self.library, self.discords)

    def reopen(self) -> None:
        """Forget all that is in memory, as a kill does."""
        self.play = self._play()
        self.furnish()

    async def answer_right(self, player: int, showing: RoundShowing, *, is_right: bool = True) -> None:
        """Have a player answer a question that they play alone."""
        response = response_to(showing.asked, is_right=is_right)
        await self.play.solo.answer(self.by(player), showing.round.id, response)

    async def challenge(
        self, player: int, guild: int = GUILD, *, is_right: bool = True, is_placed: bool = True
    ) -> list[str]:
        """Have a player play today's challenge to its end; return the ids of its questions."""
        channel = CHANNEL if guild == GUILD else OTHER
        playing = await self.challenges.play(self.by(player, channel=channel), guild_id=guild)
        asked: list[str] = []
        while isinstance(playing, RoundShowing):
            asked.append(playing.asked.question.id)
            await self.answer_right(player, playing, is_right=is_right)
            following = await self.play.solo.next(self.by(player), playing.round.id)
            playing = following if isinstance(following, RoundShowing) else None  # type: ignore[assignment]
        for timer in await self.database.read(lambda tx: list_due(tx, self.now(), 99)):
            if is_placed and timer.kind == PLACE:
                await self.challenges._place(timer)
        return asked

    def by(
        self, player: int, *, at: datetime | None = None, channel: int = CHANNEL, message: int | None = None
    ) -> Press:
        """Return something that a player does; Ann has another name in each server."""
        guild = OTHER if channel == OTHER else GUILD
        NAMES.setdefault(player, f"P{player}")
        press = super().by(player, at=at, channel=channel, message=message)
        name = f"{NICKNAMES[guild]} Ann" if player == ANN else press.name
        return replace(press, guild_id=guild, name=name, account=f"{press.name}.account")

    async def round(self, players: dict[int, bool], guild: int = GUILD) -> None:
        """Play a game of one question in which these players are right or wrong."""
        channel = CHANNEL if guild == GUILD else OTHER
        present = await self.start(channel=channel, guild=guild, questions=1, seconds=10)
        key = await self.key(present)
        for player, is_right in players.items():
            press = self.by(player, channel=channel, message=present.message_id)
            await self.play.answers.submit(press, present.id, key if is_right else (key + 1) % 2)
        await self.forward(60)

    async def alone(self, player: int) -> None:
        """Have a player answer a question alone."""
        showing = await self.play.solo.start(self.by(player), Rules(questions=1))
        await self.play.solo.answer(self.by(player), showing.round.id, 0)

    async def board(self, scope: Scope, guild: int = GUILD, viewer: int = CAT) -> list[tuple[Any, ...]]:
        """Return the rows of a board of all time."""
        board = await self.boards.board(scope, guild, Span.ALL, viewer_id=viewer)
        return [(row.rank, row.player_id, row.name, row.points) for row in board.standings]

    def first_game(self) -> int:
        """Return the id of the first game that was played in a channel."""
        [(game_id,)] = self.rows("SELECT min(id) FROM games WHERE kind = 'channel'")
        return int(game_id)

    def all_text(self) -> str:
        """Return all that is on disk, but for the migrations' own words."""
        query = "SELECT name FROM sqlite_schema WHERE type = 'table'"
        if not isinstance(self.where, Path):
            query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        tables = [row[0] for row in self.rows(query)]
        return "\n".join(repr(row) for table in tables for row in self.rows(f"SELECT * FROM {table}"))


def response_to(asked: Asked, *, is_right: bool) -> Response:
    """Return an answer to a question, whatever its form."""
    if asked.form is Form.TYPED:
        return asked.question.key if is_right else wrong_words(asked.question)
    if asked.form is Form.MENU:
        places = asked.key_places
        wrong = (place for place in range(len(asked.options)) if place not in places)
        return places if is_right else tuple(sorted([*wrong, *places][: len(places)]))
    return asked.key_index if is_right else (asked.key_index + 1) % len(asked.options)


@pytest.fixture
async def house(where: Where) -> AsyncIterator[House]:
    """A house with a new database."""
    laid = await House.lay(where, 40)
    yield laid
    await laid.database.close()


def traces_of(player: int, text: str) -> list[str]:
    """Return where a player's id stands in what is kept, and not within another number."""
    return re.findall(rf".{{0,60}}(?<![\d.]){player}(?![\d.]).{{0,60}}", text)


async def lived_in(house: House) -> None:
    """Have everybody play here and there, together and alone."""
    for number in range(3):
        await house.round({ANN: True, BEN: number > 0, CAT: False})
        await house.round({ANN: number > 1, BEN: True}, OTHER)
    await house.round({DAN: True, CAT: True})
    await house.learning.learn()
    for player in (ANN, BEN):
        await house.alone(player)
        await house.challenge(player)
        press = house.by(player)
        [(round_id,)] = house.rows("SELECT min(id) FROM rounds WHERE home_id = ?", press.home_id)
        subject = await house.reports.subject_of_round(press, round_id)
        await house.reports.report(press, subject, Reason.OTHER, f"says {NAMES[player]}")
    await house.challenges.share(house.by(ANN, channel=OTHER), None, guild_id=OTHER)
    nights = Nights(house.database, house.clock, house.timers, house.play.games, house.settings)
    for channel in (CHANNEL, OTHER):
        night = await nights.announce(house.by(ANN, channel=channel), NightPlan("20:00"))
        for player in (ANN, BEN):
            await nights.come(house.by(player, channel=channel), night.id, 0)
        await nights.end(house.by(ANN, channel=channel), night.id, is_moderator=False)


async def answer_the_day(house: House, guild_id: int, players: tuple[int, ...]) -> None:
    """Have a question of the day asked in a server, and answered."""
    now = house.clock.now()
    asked = Asked(question(1), tuple(question(1).options))
    day = DayQuestion(guild_id, guild_id + 1, 1, CHANNEL, now.date(), asked, now + DAY, message_id=5)
    await house.database.write(partial(insert_day, new=day, now=now))
    for player in players:
        names = Names(player, guild_id, NAMES[player], f"{NAMES[player]}.account")
        given = Given(guild_id, day.post_id, player, 1, now, names, None)
        await house.database.write_together(save_day_answers, given)


async def test_answers_to_questions_of_the_day_are_their_players(house: House) -> None:
    """They are counted, exported in words and deleted with their player, and go with their server."""
    for guild_id in (GUILD, OTHER):
        await answer_the_day(house, guild_id, (ANN, BEN))
    assert (await house.privacy.count(ANN)).days == 2
    export = orjson.loads(as_file(await house.privacy.export(ANN)))
    assert [one["answer"] for one in export["questions_of_the_day"]] == ["wrong 1", "wrong 1"]
    await house.privacy.delete(ANN)
    left = "SELECT home_id, player_id FROM day_answers ORDER BY home_id"
    assert house.rows(left) == sorted([(GUILD, BEN), (OTHER, BEN)])
    while await house.database.write(
        partial(forgetting.forget_server, guild_id=GUILD, now=house.clock.now())
    ):
        pass
    assert house.rows(left) == [(OTHER, BEN)]
    assert house.rows("SELECT home_id FROM day_questions") == [(OTHER,)]


async def test_a_nickname_is_shown_in_its_server_alone(house: House) -> None:
    """Each server's board has the name of that server, the global one the account's own."""
    await lived_in(house)
    assert "Captain Ann" in [row[2] for row in await house.board(Scope.SERVER)]
    assert "Doctor Ann" in [row[2] for row in await house.board(Scope.SERVER, OTHER)]
    everywhere = [row[2] for row in await house.board(Scope.GLOBAL)]
    assert sorted(everywhere) == ["Ann.account", "Ben.account", "Cat.account", "Dan.account"]
    game = await house.play.showings.load_standings(GUILD, house.first_game())
    assert game is not None
    assert "Captain Ann" in [score.name for score in game.scores]


async def test_a_nickname_that_is_taken_off_is_gone(house: House) -> None:
    """Whoever goes by the account's own name again has no other one kept."""
    await house.round({ANN: True, BEN: True})
    assert house.rows("SELECT name FROM members WHERE player_id = ?", ANN) == [("Captain Ann",)]
    present = await house.start(questions=1, seconds=10)
    plain = replace(house.by(ANN), name="Ann.account", message_id=present.message_id)
    await house.play.answers.submit(plain, present.id, 0)
    assert house.rows("SELECT name FROM members WHERE player_id = ?", ANN) == [("Ann.account",)]


async def test_deleting_leaves_nothing_and_everybody_else_as_they_were(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a deletion no table holds the person's id or names; the others stand as if alone."""
    monkeypatch.setattr(forgetting, "STEP", 3)
    await lived_in(house)
    await house.boards.profile(GUILD, ANN)
    before = {scope: await house.board(scope) for scope in Scope}
    others = [await house.boards.profile(GUILD, player) for player in (BEN, CAT, DAN)]
    assert str(ANN) in house.all_text()
    await house.privacy.delete(ANN)
    left = house.all_text()
    assert traces_of(ANN, left) == []
    assert "Ann" not in left
    for scope in Scope:
        rows = [row for row in before[scope] if row[1] != ANN]
        expected = [(1 + sum(other[3] > row[3] for other in rows), *row[1:]) for row in rows]
        assert await house.board(scope) == expected
    for player, profile in zip((BEN, CAT, DAN), others, strict=True):
        now = await house.boards.profile(GUILD, player)
        assert now is not None
        assert profile is not None
        assert (now.games, now.best_streak, now.skills) == (
            profile.games,
            profile.best_streak,
            profile.skills,
        )
    assert await house.boards.profile(GUILD, ANN) is None
    assert house.rows("SELECT count(*) FROM games WHERE kind = 'solo'") == [(2,)]
    assert await house.database.read(lambda tx: list_due(tx, house.now() + 99 * DAY, 9)) == []
    assert faults_of(house.where) == []


@ON_SQLITE
async def test_what_is_deleted_is_not_in_the_file_either(house: House) -> None:
    """Names are overwritten where they stood, in the database and in its log."""
    await lived_in(house)
    assert b"Captain Ann" in b"".join(file.read_bytes() for file in family(house.path))
    await house.privacy.delete(ANN)
    left = b"".join(file.read_bytes() for file in family(house.path))
    assert b"Captain Ann" not in left
    assert b"Ann.account" not in left
    assert b"Ben.account" in left


def test_every_column_that_tells_of_somebody_is_thought_of(tmp_path: Path) -> None:
    """A table that is added with somebody's id or name in it is to be forgotten and exported, too.

    Whoever adds one says so in `bot.store.forgetting` and `bot.store.belongings`, and then here.
    """
    migrate(tmp_path / "farside.db")
    with closing(sqlite3.connect(tmp_path / "farside.db")) as tx:
        tables = [row[0] for row in tx.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        columns = {(name, row[1]) for name in tables for row in tx.execute(f"PRAGMA table_info({name})")}
    telling = re.compile(
        r"player_|user|member|starter|stopper|challenger|opponent|created_by|author|owner|name|guild_|account"
    )
    assert {table for table, column in columns if column == "home_id"} == AT_HOME
    told = {(table, column) for table, column in columns if telling.search(column)}
    assert told == OF_PEOPLE | OF_SERVERS | OF_NOBODY


async def test_whoever_was_deleted_begins_afresh(house: House) -> None:
    """A later game counts from nothing, and the names are kept anew."""
    await lived_in(house)
    await house.privacy.delete(ANN)
    await house.round({ANN: True, BEN: False})
    profile = await house.boards.profile(GUILD, ANN)
    assert profile is not None
    assert profile.games == 1
    assert sum(skill.answered for skill in profile.skills.values()) == 1
    assert [row[2] for row in await house.board(Scope.SERVER) if row[1] == ANN] == ["Captain Ann"]


async def test_deleting_in_the_midst_of_a_game(house: House) -> None:
    """The answer in the open round goes, and may be given anew; votes go; the game goes on for the others."""
    present = await house.start(questions=3, seconds=30)
    key = await house.key(present)
    await house.press(present, ANN, key)
    await house.press(present, BEN, key)
    await house.skip(BEN)
    await house.privacy.delete(ANN)
    assert house.rows("SELECT player_id FROM answers") == [(BEN,)]
    assert house.rows("SELECT starter_id FROM games") == [(0,)]
    await house.press(present, ANN, key)
    assert sorted(house.rows("SELECT player_id FROM answers")) == [(ANN,), (BEN,)]
    await house.forward(200)
    game = await house.play.showings.load_standings(GUILD, house.first_game())
    assert game is not None
    assert {score.player_id for score in game.scores} == {ANN, BEN}


async def test_deleting_in_the_midst_of_what_is_played_alone(house: House) -> None:
    """Of a game or a challenge that goes on nothing is left either, not even what would end it."""
    await house.play.solo.start(house.by(ANN), Rules(questions=3))
    await house.challenges.play(house.by(ANN), guild_id=GUILD)
    assert traces_of(ANN, house.all_text()) != []
    await house.privacy.delete(ANN)
    assert traces_of(ANN, house.all_text()) == []


async def test_a_deletion_that_was_cut_off_is_finished(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the program ends in the midst of it, the timer that stands for the deletion takes it up."""
    await lived_in(house)
    monkeypatch.setattr(forgetting, "STEP", 2)
    erasures, erase = [0], house.database.erase

    async def failing(job: Any) -> Any:
        erasures[0] += 1
        if erasures[0] > 3:
            raise ConnectionError
        return await erase(job)

    with monkeypatch.context() as patch:
        patch.setattr(house.database, "erase", failing)
        with pytest.raises(ConnectionError):
            await house.privacy.delete(ANN)
    assert str(ANN) in house.all_text()
    [timer] = await house.database.read(lambda tx: list_due(tx, house.now() + 60 * SECOND, 9))
    assert timer.kind == FORGET
    await house.restart()
    await house.privacy._forget(timer)
    assert traces_of(ANN, house.all_text()) == []


async def test_hidden_players_are_not_there_for_anybody(house: House) -> None:
    """A hidden player is on no global board, the others close ranks; shown again, all points are back."""
    await lived_in(house)
    here, everywhere = await house.board(Scope.SERVER), await house.board(Scope.GLOBAL)
    await house.privacy.hide(BEN, is_hidden=True)
    rows = [row for row in everywhere if row[1] != BEN]
    closed = [(1 + sum(other[3] > row[3] for other in rows), *row[1:]) for row in rows]
    assert await house.board(Scope.GLOBAL) == closed
    assert await house.board(Scope.SERVER) == here
    for span in (Span.TODAY, Span.WEEK, Span.MONTH):
        board = await house.boards.board(Scope.GLOBAL, GUILD, span, viewer_id=BEN)
        assert board.is_viewer_hidden
        assert BEN not in [row.player_id for row in board.standings]
    profile = await house.boards.profile(GUILD, BEN)
    assert profile is not None
    assert profile.is_hidden
    assert profile.everywhere is None
    await house.round({BEN: True, CAT: False})
    assert BEN not in [row[1] for row in await house.board(Scope.GLOBAL)]
    await house.privacy.hide(BEN, is_hidden=False)
    points = {row[1]: row[3] for row in everywhere}
    now = {row[1]: row[3] for row in await house.board(Scope.GLOBAL)}
    assert now[BEN] > points[BEN], "what was played meanwhile counts, too"
    assert not await house.privacy.is_hidden(BEN)


async def test_a_server_that_stays_apart(house: House) -> None:
    """A server's games count globally as it was set when their rounds closed; its own boards have all."""
    await house.settings.set_apart(GUILD, is_apart=True)
    await house.round({ANN: True, BEN: True})
    assert await house.board(Scope.GLOBAL) == []
    assert len(await house.board(Scope.SERVER)) == 2
    await house.settings.set_apart(GUILD, is_apart=False)
    await house.round({ANN: True, BEN: False})
    assert len(await house.board(Scope.GLOBAL)) == 2
    assert (await house.settings.load(GUILD)).is_apart is False


async def test_a_game_alone_counts_once_it_is_answered(house: House) -> None:
    """Like any other: what stands in brackets is a part of the number before it."""
    await house.round({ANN: True})
    await house.play.solo.start(house.by(ANN), Rules(questions=2))
    counts = await house.privacy.count(ANN)
    assert (counts.games, counts.solo_games) == (1, 0)


async def test_an_export_holds_everything(house: House) -> None:
    """The file has every answer with its question, every board, every name; and it is JSON."""
    await lived_in(house)
    export = orjson.loads(as_file(await house.privacy.export(ANN)))
    assert export["player_id"] == str(ANN)
    assert [one["name"] for one in export["server_names"]] == ["Captain Ann", "Doctor Ann"]
    assert export["account_names"] == [{"name": "Ann.account"}]
    given = [answer for game in export["games_played"] for answer in game["answers"]]
    assert len(given) == house.rows("SELECT count(*) FROM answers WHERE player_id = ?", ANN)[0][0]
    assert all(answer["question"].startswith("What is number") for answer in given)
    assert all(answer["at"].startswith("2026-03-01T12:") for answer in given)
    counts = await house.privacy.count(ANN)
    assert (counts.answers, counts.games, counts.solo_games) == (len(given), len(export["games_played"]), 2)
    assert (counts.servers, counts.names) == (2, 2)
    assert counts.boards == len(export["boards"])
    assert counts.challenges == len(export["daily_challenges"]) == 1
    assert [one["marks"] for one in export["daily_challenges"]] == ["rrrrr"]
    assert [one["guild_id"] for one in export["daily_boards"]] == [str(GUILD), str(OTHER)]
    assert [one["days"] for one in export["daily_streak"]] == [1]
    nobody = await house.privacy.export(999)
    assert not any(value for name, value in nobody.items() if name != "player_id")


async def fire(house: House) -> None:
    """Fire what is due of forgetting."""
    for timer in await house.database.read(lambda tx: list_due(tx, house.now(), 9)):
        assert timer.kind == FORGET
        await house.privacy._forget(timer)


async def test_a_servers_data_goes_a_month_after_farside_has(house: House) -> None:
    """Thirty days after the removal nothing of the server is left; players keep what they are everywhere."""
    await lived_in(house)
    await house.settings.set_apart(OTHER, is_apart=False)
    everywhere = await house.board(Scope.GLOBAL)
    here = await house.board(Scope.SERVER)
    await house.privacy.note_servers([GUILD, OTHER])
    await house.privacy.left(OTHER)
    await house.clock.forward(KEPT - DAY)
    await fire(house)
    assert len(await house.board(Scope.SERVER, OTHER)) == 2
    await house.clock.forward(2 * DAY)
    await fire(house)
    assert str(OTHER) not in house.all_text()
    assert await house.board(Scope.SERVER, OTHER) == []
    assert await house.board(Scope.GLOBAL) == everywhere
    assert await house.board(Scope.SERVER) == here
    assert faults_of(house.where) == []


async def test_a_server_that_is_back_keeps_its_data(house: House) -> None:
    """When Farside is added again in time, the boards are as they were, for good."""
    await lived_in(house)
    before = await house.board(Scope.SERVER, OTHER)
    await house.privacy.note_servers([GUILD, OTHER])
    await house.privacy.left(OTHER)
    await house.clock.forward(KEPT - DAY)
    await house.privacy.joined(OTHER)
    await house.clock.forward(99 * DAY)
    await fire(house)
    assert await house.board(Scope.SERVER, OTHER) == before


async def test_removals_that_nobody_saw(house: House) -> None:
    """A server that is missing when Discord tells where we are was left while the bot was down."""
    await lived_in(house)
    await house.privacy.note_servers([GUILD, OTHER])
    again = PrivacyService(house.database, house.clock, house.timers, house.play, house.settings)
    await again.note_servers([])
    assert len(await house.database.read(lambda tx: list_due(tx, house.now() + 99 * DAY, 9))) == 2
    await again.note_servers([GUILD])
    await again.note_servers([GUILD])
    [timer] = await house.database.read(lambda tx: list_due(tx, house.now() + 99 * DAY, 9))
    assert (timer.ref, timer.due_at) == (f"server:{OTHER}", house.now() + KEPT)
    await again.note_servers([GUILD, OTHER])
    assert await house.database.read(lambda tx: list_due(tx, house.now() + 99 * DAY, 9)) == []


async def test_no_server_goes_before_discord_has_told_where_we_are(house: House) -> None:
    """A timer that is due while the gateway has told nothing waits, and is void when the server is there."""
    await lived_in(house)
    await house.privacy.note_servers([GUILD, OTHER])
    await house.privacy.left(OTHER)
    await house.clock.forward(KEPT + DAY)
    again = PrivacyService(house.database, house.clock, house.timers, house.play, house.settings)
    [timer] = await house.database.read(lambda tx: list_due(tx, house.now(), 9))
    await again._forget(timer)
    assert len(await house.board(Scope.SERVER, OTHER)) == 2
    [timer] = await house.database.read(lambda tx: list_due(tx, house.now() + DAY, 9))
    again._present, again._told = frozenset({GUILD, OTHER}), [WHOLE]
    await again._forget(timer)
    assert len(await house.board(Scope.SERVER, OTHER)) == 2
    assert await house.database.read(lambda tx: list_due(tx, house.now() + 99 * DAY, 9)) == []


async def test_no_server_goes_by_a_clock_that_is_ahead(house: House) -> None:
    """Thirty days are thirty days, also where our clock is set a year ahead meanwhile."""
    await lived_in(house)
    await house.privacy.note_servers([GUILD])
    right = house.now()
    await house.clock.set_to(right + 365 * DAY)
    assert await house.database.read(lambda tx: list_due(tx, house.now(), 9)) == []
    assert len(await house.board(Scope.SERVER, OTHER)) == 2
    await house.clock.set_to(right)
    await house.clock.forward(KEPT + DAY)
    [timer] = await house.database.read(lambda tx: list_due(tx, house.now(), 9))
    await house.privacy._forget(timer)
    assert await house.board(Scope.SERVER, OTHER) == []


async def test_forgetting_from_outside(house: House) -> None:
    """The command line's way forgets the same, beside a bot that has the database open."""
    await lived_in(house)
    forget_in(house.where, house.now() + DAY, player_id=ANN)
    assert "Ann" not in house.all_text()
    forget_in(house.where, house.now() + DAY, guild_id=OTHER)
    assert house.rows("SELECT count(*) FROM games WHERE home_id = ?", OTHER) == [(0,)]
    assert len(await house.board(Scope.SERVER)) == 3


async def test_a_deletion_is_carried_out_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """No timer begins it a second time while it goes on: that would take what is answered after its end."""
    await house.round({ANN: True})
    erase, due = house.database.erase, []

    async def erase_and_look(job: Any) -> Any:
        due.extend(await house.database.read(lambda tx: list_due(tx, house.now(), 99)))
        return await erase(job)

    monkeypatch.setattr(house.database, "erase", erase_and_look)
    await house.privacy.delete(ANN)
    assert FORGET not in [timer.kind for timer in due]


async def test_whoever_another_process_forgot_begins_afresh(house: House) -> None:
    """Who deletes their data in a server of another process is called by the name that they give anew."""
    await house.round({ANN: True, BEN: True})
    watching = asyncio.create_task(house.privacy.watch())
    await house.clock.forward(SECOND)
    known = await house.database.read(forgetting.load_forgetting)
    play = house._play()
    other = PrivacyService(house.database, house.discords, house.timers, play, house.settings)
    await other.delete(ANN)
    assert await house.database.read(forgetting.load_forgetting) != known
    async with asyncio.timeout(PATIENCE):
        while (GUILD, ANN) in house.play.answers._names:
            await house.clock.forward(10 * SECOND)
    watching.cancel()
    await house.round({ANN: True})
    assert (ANN,) in house.rows("SELECT player_id FROM members")


async def test_whoever_was_forgotten_from_outside_may_answer_anew(house: House) -> None:
    """What they pressed in an open round is known no more: asked to press again they do, and it counts."""
    present = await house.start(questions=1, seconds=30)
    await house.press(present, ANN, 0)
    await house.press(present, BEN, 1)
    forget_in(house.where, house.now(), player_id=ANN)
    with pytest.raises(NotSaved):
        await house.press(present, ANN, 1)
    with pytest.raises(AlreadyAnswered):
        await house.press(present, BEN, 0)
    await house.press(present, ANN, 1)
    assert house.rows("SELECT player_id, option FROM answers ORDER BY player_id") == [(ANN, 1), (BEN, 1)]
    live = house.play.live.get(present.id)
    assert live is not None
    assert live.stored == 2


@pytest.mark.parametrize("has_failed", [False, True])
async def test_whoever_was_forgotten_from_outside_begins_afresh(house: House, has_failed: bool) -> None:
    """A bot that runs meanwhile knows them, and what their server wants, no more: names are stored anew."""
    await house.settings.set_apart(GUILD, is_apart=True)
    await house.round({ANN: True, BEN: True})
    watching = asyncio.create_task(house.privacy.watch())
    await house.clock.forward(SECOND)
    await house.database.read(lambda _: None)
    for whose in ({"player_id": ANN}, {"guild_id": GUILD}):
        forget_in(house.where, house.now(), **whose)
    if has_failed:  # the watch, since nothing could be read: it is begun again
        watching.cancel()
        watching = asyncio.create_task(house.privacy.watch())
    assert house.rows("SELECT * FROM members") == []
    async with asyncio.timeout(PATIENCE):
        while (await house.settings.load(GUILD)).is_apart:
            await house.clock.forward(10 * SECOND)
    watching.cancel()
    await house.round({ANN: True})
    assert house.rows("SELECT player_id, account FROM members") == [(ANN, "Ann.account")]
