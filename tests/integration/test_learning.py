"""Learning from rounds: each answer once, at nobody's cost, and difficulty that follows what was measured."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest

from bot.bank import Bank, Seen
from bot.bank.part import Part
from bot.quiz.day import SHOWN_AFTER, DayQuestion
from bot.quiz.game import FOR_US, Asked, Form, Mode, Pace, Round, Rules
from bot.quiz.items import ENOUGH, Item, Level, Player, Share, key_of
from bot.quiz.question import Question
from bot.quiz.rating import Rating, chance
from bot.services.draws import draw
from bot.services.learning import LearningService, learn
from bot.services.library import Library
from bot.store import day_questions as day_rows
from bot.store.content import id_in
from bot.store.items import add_to_items, list_all_items
from bot.store.players import Names
from bot.store.pruning import prune_games
from bot.store.ratings import Rated, load_ratings, save_ratings
from bot.store.reviews import list_due_reviews
from bot.store.tx import Tx
from tests.engines import Where
from tests.fakes import START
from tests.integration.test_games import ANN, BEN, CAT, DAN, GUILD, SECOND, Table
from tests.questions import bank, question

DAY = timedelta(days=1)


@pytest.fixture
async def table(where: Where) -> AsyncIterator[Table]:
    """A table with a new database."""
    laid = await Table.lay(where)
    yield laid
    await laid.database.close()


def learning(table: Table) -> LearningService:
    """Return what learns at this table."""
    return LearningService(table.database, table.library, table.clock)


async def items(table: Table) -> dict[str, Item]:
    """Return what was measured, by the question's id."""
    return {row.item.question_id: row.item for row in await table.database.read(list_all_items)}


async def play(table: Table, questions: int = 5) -> list[Round]:
    """Play a game: Ann is right, Ben never, Cat every other time. Return its rounds."""
    rounds, played = [await table.start(questions=questions, seconds=20)], []
    while rounds:
        for current in rounds:
            key = await table.key(current)
            at = table.now() + 4 * SECOND
            await table.clock.forward(timedelta(seconds=5))
            await table.press(current, ANN, key, at=at)
            await table.press(current, BEN, 1 - min(key, 1), at=at)
            await table.press(current, CAT, key if current.number % 2 else (key + 1) % 3, at=at)
            played.append(current)
        rounds = await table.onward()
    return played


def recount(table: Table) -> Counter[tuple[str, str]]:
    """Return how many answers, and right ones, each question has by the answers themselves."""
    found: Counter[tuple[str, str]] = Counter()
    for body, is_right in table.rows(
        "SELECT q.body, a.is_right FROM answers a JOIN rounds r ON r.id = a.round_id"
        " JOIN questions q ON q.hash = r.question"
    ):
        question_id = id_in(body)
        found[question_id, "answers"] += 1
        found[question_id, "right"] += is_right
    return found


async def learnt(table: Table) -> Counter[tuple[str, str]]:
    """Return the same by what was learnt."""
    found: Counter[tuple[str, str]] = Counter()
    for question_id, item in (await items(table)).items():
        found[question_id, "answers"] += item.all.answers
        found[question_id, "right"] += item.all.right
        assert sum(item.chosen.values()) == item.all.answers
        assert item.chosen.get(0, 0) == item.all.right, "the key is not counted first"
    return +found


async def test_each_answer_is_learnt_from_once(table: Table) -> None:
    """What was added up equals a recount, and a second turn adds nothing."""
    await play(table)
    service = learning(table)
    await service.learn()
    assert await learnt(table) == +recount(table)
    assert table.rows("SELECT count(*) FROM lessons") == [(0,)]
    await service.learn()
    assert await learnt(table) == +recount(table)
    for item in (await items(table)).values():
        assert item.seconds == pytest.approx(4.5, abs=0.5)


async def test_a_crash_between_two_steps_loses_and_repeats_nothing(table: Table) -> None:
    """Steps are transactions: whatever was done is done, and the rest is found after the restart."""
    await play(table, 6)
    await table.database.write(lambda tx: learn(tx, table.library, 2))

    def broken(tx: object) -> None:
        learn(tx, table.library, 1)  # type: ignore[arg-type]
        raise RuntimeError("the power is cut")

    with pytest.raises(RuntimeError):
        await table.database.write(broken)
    await table.restart()
    await learning(table).learn()
    assert await learnt(table) == +recount(table)


@pytest.mark.parametrize("is_learnt_before", [False, True])
async def test_an_answer_heard_after_the_close_counts_once(table: Table, is_learnt_before: bool) -> None:
    """In time and slow on the wire, it is learnt from whether its round was before or not."""
    present = await table.start(questions=3, seconds=20)
    await table.press(present, ANN, await table.key(present))
    given_at = table.now() + SECOND
    await table.forward(20.5)
    if is_learnt_before:
        await learning(table).learn()
    await table.press(present, BEN, await table.key(present), at=given_at)
    await learning(table).learn()
    assert await learnt(table) == +recount(table)
    assert sum(recount(table).values()) == 4


async def test_what_was_read_a_moment_before_tells_nothing(table: Table) -> None:
    """A question about a fact on somebody's screen is left out."""
    showing = await table.play.solo.start(table.by(ANN), Rules(questions=1, pace=Pace.UNTIMED, fact="f3"))
    await table.play.solo.answer(table.by(ANN), showing.round.id, 0)
    assert table.rows("SELECT count(*) FROM lessons") == [(0,)]
    showing = await table.play.solo.start(table.by(ANN), Rules(questions=1))
    await table.play.solo.answer(table.by(ANN), showing.round.id, 0)
    assert table.rows("SELECT home_id FROM lessons") == [(ANN,)]


async def test_a_question_of_the_day_is_learnt_from_once(table: Table) -> None:
    """When its answer is shown first; shown again it tells nothing new; whoever was wrong reviews it."""
    made = table.library.bank["q4"]
    asked, now = Asked(made, made.options), table.now()
    day = DayQuestion(GUILD, 71, 1, 22, now.date(), asked, now + DAY, message_id=5)
    due = day_rows.Due(GUILD, 71, now + DAY + SHOWN_AFTER)

    def answer(tx: Tx) -> None:
        day_rows.insert_day(tx, day, now)
        given = [
            day_rows.Given(GUILD, 71, player, option, now, Names(player, GUILD, "N", "N"), 5)
            for player, option in ((ANN, 0), (BEN, 2), (CAT, 2))
        ]
        day_rows.save_day_answers(tx, given)

    await table.database.write(answer)
    for _ in range(2):
        await table.database.write(lambda tx: day_rows.mark_shown(tx, due))
        await learning(table).learn()
        item = (await items(table))["q4"]
        assert (item.all, dict(item.chosen)) == (Share(3, 1), {0: 1, 2: 2})
        assert item.seconds is None
    due_now = {
        player: [
            one.question_id
            for one in await table.database.read(partial(list_due_reviews, player_id=player, at=now, most=9))
        ]
        for player in (ANN, BEN, CAT)
    }
    assert due_now == {ANN: [], BEN: ["q4"], CAT: ["q4"]}


async def test_ratings_are_of_a_player_a_server_and_a_topic(table: Table) -> None:
    """Who is right stands above who is wrong, in this server, in all and by topic; nowhere else."""
    for _ in range(3):
        await play(table)
        await learning(table).learn()
    for topic in ("", "rover"):
        load = partial(load_ratings, home_id=GUILD, player_ids=(ANN, BEN, DAN), topics=(topic,))
        found = await table.database.read(load)
        assert found[ANN, topic].rating.mean > 27 > 23 > found[BEN, topic].rating.mean
        assert found[ANN, topic].rating.spread < found[DAN, topic].rating.spread
        assert found[DAN, topic].answers == 0
    elsewhere = await table.database.read(lambda tx: load_ratings(tx, GUILD + 1, (ANN,), ("",)))
    assert elsewhere[ANN, ""].answers == 0


async def test_what_was_learnt_outlives_answers_and_players(table: Table) -> None:
    """When old answers are pruned the sums stay: nothing in them tells of anybody."""
    await play(table)
    await learning(table).learn()
    before = await items(table)
    assert not any(str(player) in repr(before) for player in (ANN, BEN, CAT))
    while await table.database.write(lambda tx: prune_games(tx, table.now() + DAY)):
        pass
    assert table.rows("SELECT count(*) FROM answers") == [(0,)]
    assert await items(table) == before


async def test_a_round_pruned_unlearnt_is_left_out(table: Table) -> None:
    """A lesson whose round is gone is dropped, and holds nobody up."""
    await play(table)
    while await table.database.write(lambda tx: prune_games(tx, table.now() + DAY)):
        pass
    await learning(table).learn()
    assert await items(table) == {}
    assert table.rows("SELECT count(*) FROM lessons") == [(0,)]


async def test_a_round_that_cannot_be_read_holds_nobody_up(
    table: Table, caplog: pytest.LogCaptureFixture
) -> None:
    """One broken question is logged and left out; what waits behind it is learnt from."""
    await play(table, 2)
    [(first,)] = table.rows("SELECT min(id) FROM rounds")
    await table.database.write(lambda tx: tx.execute("UPDATE rounds SET question = 0 WHERE id = ?", (first,)))
    await learning(table).learn()
    assert table.rows("SELECT count(*) FROM lessons") == [(0,)]
    assert len(await items(table)) == 1
    assert "nothing can be learnt from round" in caplog.text


# ------------------------------------------------------------------------------------------ difficulty


async def measured(table: Table, number: int, answers: int, right: int) -> None:
    """Have a question answered so often, by new players."""
    made = table.library.bank[f"q{number}"]
    item = Item(
        key_of(made), Form.PRESS, made.id, shares={Player.NEW: Share(answers, right)}, ratings=25.0 * answers
    )
    await table.database.write(lambda tx: add_to_items(tx, [item]))


async def test_difficulty_follows_once_a_day_and_not_before_fifty(table: Table) -> None:
    """A question that nearly everybody gets right becomes easy, on the next day that begins."""
    service = learning(table)
    hard = next(one for one in table.library.bank if one.difficulty == 3)
    number = int(hard.id[1:])
    assert await service.follow()
    await measured(table, number, ENOUGH - 1, ENOUGH - 1)
    await table.clock.forward(DAY)
    assert await service.follow()
    assert table.library.bank[hard.id].difficulty == 3
    await measured(table, number, 1, 1)
    assert not await service.follow(), "a second time on the same day"
    assert table.library.bank[hard.id].difficulty == 3
    await table.clock.forward(DAY)
    assert await service.follow()
    assert table.library.bank[hard.id].difficulty == 1
    assert hard.id in [one.id for one in table.library.bank.pool(difficulty=1)]
    assert hard.id not in [one.id for one in table.library.bank.pool(difficulty=3)]


async def test_a_restart_shows_what_was_measured(table: Table) -> None:
    """The levels are in the database; a new bank keeps them as far as its words are the same."""
    hard = next(one for one in table.library.bank if one.difficulty == 3)
    await measured(table, int(hard.id[1:]), 200, 199)
    await learning(table).follow()
    table.library = Library(bank(20), Path("bank"))
    assert table.library.bank[hard.id].difficulty == 3
    await learning(table).load()
    assert table.library.bank[hard.id].difficulty == 1
    table.library.bank = Bank([Part.of([replace(hard, stem="Other words?")], {"rover": "R", "site": "S"})])
    assert table.library.bank[hard.id].difficulty == 3


async def test_what_was_measured_is_read_once_at_the_start(table: Table) -> None:
    """Whoever has loaded what holds today follows it already, and reads nothing again until the next day."""
    hard = next(one for one in table.library.bank if one.difficulty == 3)
    assert await learning(table).follow()
    service = learning(table)
    await service.load()
    await measured(table, int(hard.id[1:]), 200, 199)
    await table.database.write(
        lambda tx: tx.execute("UPDATE items SET level = 1, level_before = 3, level_at = 1")
    )
    assert not await service.follow()
    assert table.library.bank[hard.id].difficulty == 3
    await table.clock.forward(DAY)
    assert await service.follow()
    assert table.library.bank[hard.id].difficulty == 1


def test_what_was_measured_is_followed_without_reading_a_question() -> None:
    """A start takes no longer for the questions that were answered: each is read when it is asked."""

    def read(_: int) -> Question:
        raise AssertionError("a question was read")

    made = [question(number, difficulty=3) for number in range(1, 4)]
    kept = replace(Part.of(made, {"rover": "The rover"}), questions=[None] * len(made), decode=read)
    library = Library(Bank([kept]), Path("bank"))
    items = [
        Item(key, Form.PRESS, question_id) for question_id, key in zip(kept.ids, kept.items, strict=True)
    ]
    items[2] = replace(items[2], key="of other words")
    library.take([Level(one.question_id, one.key, 1, 3, START) for one in items], items)
    assert [library.bank.difficulty_at(place) for place in range(3)] == [1, 1, 3]


async def test_difficulty_never_changes_within_a_game(table: Table) -> None:
    """A game that runs keeps the levels that it began with, in what is shown, paid and drawn."""
    present = await table.start(questions=20, seconds=10)
    began = {one.id: one.difficulty for one in table.library.bank}
    for number in range(1, 21):
        await measured(table, number, 300, 299)
    await table.clock.forward(timedelta(seconds=1))
    assert await learning(table).follow()
    assert {one.difficulty for one in table.library.bank} == {1}
    rounds, shown = [present], {}
    while rounds:
        for current in rounds:
            showing = await table.play.showings.load_round(GUILD, current.id)
            assert showing is not None
            shown[showing.asked.question.id] = showing.asked.question.difficulty
            await table.press(current, ANN, showing.asked.key_index)
        rounds = await table.onward()
    assert len(shown) == 20
    assert shown == {question_id: began[question_id] for question_id in shown}
    present = await table.start(questions=1, seconds=10)
    showing = await table.play.showings.load_round(GUILD, present.id)
    assert showing is not None
    assert showing.asked.question.difficulty == 1, "a new game has the new levels"


def test_a_bank_with_other_difficulties_is_else_the_same() -> None:
    """Ids, order, enemies, topics and what is decoded later stay; the first bank does not change."""
    first = bank(20)
    other = first.with_difficulties({"q1": 3, "q2": 3, "gone": 1})
    assert [one.id for one in other] == [one.id for one in first]
    assert (other["q1"].difficulty, other["q2"].difficulty, other["q3"].difficulty) == (3, 3, 1)
    assert first["q1"].difficulty == 2
    assert [replace(one, difficulty=1) for one in other] == [replace(one, difficulty=1) for one in first]


# ------------------------------------------------------------------------------------------ for us


def varied(size: int = 400) -> Library:
    """Return a bank whose questions were measured to be from very easy to very hard."""
    made = [question(number, difficulty=number % 3 + 1) for number in range(size)]
    library = Library(Bank([Part.of(made, {"rover": "The rover"})]), Path("bank"))
    chance_dice = Random(7)
    found = [
        Item(
            key_of(one), Form.PRESS, one.id, ratings=25.0 * 400,
            shares={Player.NEW: Share(400, round(400 * chance_dice.uniform(0.1, 0.98)))},
        )
        for one in made
    ]  # fmt: skip
    library.take([], found)
    return library


@pytest.mark.parametrize("strength", [20.0, 25.0, 30.0])
def test_a_game_for_us_is_right_for_those_who_play(strength: float) -> None:
    """Weak, middling or strong, a group is right 60 to 75 times in a hundred; without it far from that."""
    library, chances = varied(), Random(1969)
    player = Rating(strength, 1.5)
    rules = Rules(questions=10, difficulty=FOR_US)
    right = asked = 0
    seen = Seen()
    for _ in range(20):
        before: list[str] = []
        for _ in range(10):
            drawn, _ = draw(
                library.bank, chances, rules, seen, before,
                lambda one: chance(player, library.rating(one, Mode.CHOICE)),
            )  # fmt: skip
            before.append(drawn.question.id)
            asked += 1
            right += chances.random() < chance(player, library.rating(drawn.question, Mode.CHOICE))
    assert 0.58 <= right / asked <= 0.77
    assert len(set(map(str, seen))) > 100, "the same questions over and over"


async def test_a_game_for_us_looks_at_who_plays(table: Table) -> None:
    """The ratings of the players of this channel decide, and of the starter alone where nobody has played."""
    table.library = varied(200)
    table.play = table._play()
    strong = [Rated(GUILD, player, "", Rating(36.0, 1.0), 99) for player in (ANN, BEN)]
    await table.database.write(partial(save_ratings, rated=strong))
    shares = []
    for _ in range(3):
        rounds = [await table.start(questions=5, seconds=10, difficulty=FOR_US)]
        while rounds:
            for current in rounds:
                showing = await table.play.showings.load_round(GUILD, current.id)
                assert showing is not None
                rating = table.library.rating(table.library.bank[showing.asked.question.id], Mode.CHOICE)
                shares.append(chance(Rating(36.0, 1.0), rating))
                await table.press(current, ANN, 0)
                await table.press(current, BEN, 0)
            rounds = await table.onward()
    assert 0.55 <= sum(shares) / len(shares) <= 0.8


def test_levels_of_other_words_are_left_out() -> None:
    """A level that was measured of words that the bank has no more is not applied."""
    library = Library(bank(5), Path("bank"))
    at = START
    library.take([Level("q1", "other words", 3, 2, at)], [])
    assert library.bank["q1"].difficulty == 2
    library.take([Level("q1", key_of(library.bank["q1"]), 3, 2, at)], [])
    assert library.bank["q1"].difficulty == 3
    assert library.bank_at(at - DAY)["q1"].difficulty == 2
    assert library.bank_at(at)["q1"].difficulty == 3
