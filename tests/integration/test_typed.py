"""Answers that are typed, and chosen from menus, on a real database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bank import Bank
from bot.bank.part import Part
from bot.errors import BadInput, NotFound, NotSaved
from bot.quiz.game import AlreadyAnswered, Cause, Mode, Response, Round, Rules, TooLate
from bot.quiz.question import Kind, Question, Tolerance
from bot.services.library import Library
from tests.engines import Where
from tests.integration.test_games import ANN, BEN, CAT, CHANNEL, SECOND, Table
from tests.questions import question

NUMBER = {"kind": Kind.NUMBER, "key": "350", "distractors": (), "tolerance": Tolerance(340, 360, "m")}
SET = {"kind": Kind.SET, "key": "Io", "keys": ("Io", "Titan"), "distractors": ("Triton", "Charon", "Europa")}


def asking(table: Table, *questions: Question) -> None:
    """Have the table ask these questions."""
    table.library = Library(Bank([Part.of(questions, {"rover": "The rover"})]), Path("questions"))
    table.play = table._play()


@pytest.fixture
async def table(where: Where) -> AsyncIterator[Table]:
    """A table whose questions are typed: how far the rover drove."""
    laid = await Table.lay(where)
    asking(
        laid,
        *(question(number, stem=f"How far did rover {number} drive?", **NUMBER) for number in range(1, 7)),
    )
    yield laid
    await laid.database.close()


async def answer(table: Table, present: Round, player: int, response: Response, **given: object) -> bool:
    """Have a player answer; return whether a result shown already changed."""
    press = table.by(player, message=present.message_id, **given)  # type: ignore[arg-type]
    return await table.play.answers.submit(press, present.id, response)


async def test_typed_answers_are_stored_as_they_are_and_judged_at_the_close(table: Table) -> None:
    """Nothing on disk tells who is right before the round closes; then each gets what it is worth."""
    present = await table.start(mode=Mode.TYPED)
    await answer(table, present, ANN, "0.35 km")
    await answer(table, present, BEN, "three hundred")
    assert table.rows("SELECT player_id, text, is_right FROM answers ORDER BY 1") == [
        (ANN, "0.35 km", None),
        (BEN, "three hundred", None),
    ]
    await table.forward(300)
    closed = await table.closed(present)
    assert [(one.response, one.is_right, one.points) for one, _ in closed.answers] == [
        ("0.35 km", True, 13),
        ("three hundred", False, 0),
    ]


async def test_the_first_typed_answer_stands(table: Table) -> None:
    """A second one changes nothing, told twice, typed anew, or after a restart."""
    present = await table.start(mode=Mode.TYPED)
    await answer(table, present, ANN, "350 m")
    for _ in range(2):
        with pytest.raises(AlreadyAnswered) as refused:
            await answer(table, present, ANN, "400 m")
        assert refused.value.response == "350 m"
        await table.restart()
    assert table.rows("SELECT text FROM answers") == [("350 m",)]


async def test_a_refusal_after_the_close_repeats_no_words(table: Table) -> None:
    """What was answered alone is not told where a late message in the channel is answered for all to read."""
    present = await table.start(mode=Mode.TYPED)
    await answer(table, present, ANN, "357 m")
    await table.forward(300)
    with pytest.raises(TooLate, match="What you wrote before stands") as refused:
        await answer(table, present, ANN, "1 km")
    assert "357" not in str(refused.value)


async def test_what_cannot_be_judged_does_not_count(table: Table) -> None:
    """It is refused with a word, stores nothing, and leaves its writer free to answer."""
    present = await table.start(mode=Mode.TYPED)
    for words in ("340 or 350", "far away", "", "x" * 500):
        with pytest.raises(BadInput):
            await answer(table, present, ANN, words)
    assert table.rows("SELECT * FROM answers") == []
    await answer(table, present, ANN, "350")
    assert table.rows("SELECT text FROM answers") == [("350",)]


async def test_a_typed_round_takes_no_press_and_a_pressed_one_no_words(table: Table) -> None:
    """Whatever a client sends, an answer of a form that was not offered is refused."""
    typed = await table.start(mode=Mode.TYPED)
    for response in (0, (0, 1)):
        with pytest.raises(BadInput):
            await answer(table, typed, ANN, response)
    asking(table, *(question(number) for number in range(1, 5)))
    pressed = await table.start(channel=CHANNEL + 1, guild=12)
    press = table.by(ANN, channel=CHANNEL + 1)
    with pytest.raises(BadInput):
        await table.play.answers.submit(press, pressed.id, "key 1")


async def test_words_in_time_that_come_late_count(table: Table) -> None:
    """Sent before the close and heard after it they are judged like the others; sent after it, not."""
    present = await table.start(mode=Mode.TYPED, seconds=30)
    in_time = table.now() + 29 * SECOND
    await table.forward(31)
    assert await answer(table, present, ANN, "350 m", at=in_time)
    closed = await table.closed(present)
    assert [(one.response, one.points) for one, _ in closed.answers] == [("350 m", 13)]
    with pytest.raises(BadInput):
        await answer(table, present, BEN, "1 or 2", at=in_time)
    with pytest.raises(TooLate):
        await answer(table, present, BEN, "350 m", at=in_time + 5 * SECOND)
    with pytest.raises(TooLate, match="What you wrote before stands"):
        await answer(table, present, ANN, "360 m", at=in_time)


async def test_typed_answers_after_a_restart(table: Table) -> None:
    """A form that was open meanwhile finds its round; what was stored stands, and everybody is waited for."""
    first = await table.start(mode=Mode.TYPED)
    await answer(table, first, ANN, "350 m")
    await answer(table, first, BEN, "10 m")
    [second] = await table.onward()
    await answer(table, second, ANN, "10 m")
    await table.restart()
    with pytest.raises(BadInput):
        await answer(table, second, BEN, "1 or 2")
    await answer(table, second, BEN, "350 m")
    await table.forward(5)
    assert (await table.closed(second)).round.cause is Cause.EVERYONE


async def test_a_form_is_opened_only_for_who_can_answer(table: Table) -> None:
    """Who has answered is told so; a closed question opens none, and one in another channel is not known."""
    present = await table.start(mode=Mode.TYPED, seconds=30)
    answers = table.play.answers
    assert "did rover" in await answers.require_unanswered(table.by(ANN), present.id)
    await answer(table, present, ANN, "350 m")
    with pytest.raises(AlreadyAnswered):
        await answers.require_unanswered(table.by(ANN), present.id)
    with pytest.raises(NotFound):
        await answers.require_unanswered(table.by(BEN, channel=99), present.id)
    await table.forward(31)
    with pytest.raises(TooLate):
        await answers.require_unanswered(table.by(BEN), present.id)


async def test_the_command_finds_the_round_of_its_channel(table: Table) -> None:
    """`/answer` needs no message: it is for what is open here."""
    with pytest.raises(NotFound):
        await table.play.answers.find_round(table.by(ANN))
    present = await table.start(mode=Mode.TYPED)
    assert await table.play.answers.find_round(table.by(ANN)) == present.id
    with pytest.raises(NotFound):
        await table.play.answers.find_round(table.by(ANN, channel=CHANNEL + 1))


async def test_alone_the_verdict_comes_at_once(table: Table) -> None:
    """A typed answer closes a solo round; one that cannot be judged leaves it open."""
    showing = await table.play.solo.start(table.by(ANN), Rules(mode=Mode.TYPED, questions=1))
    with pytest.raises(BadInput):
        await table.play.solo.answer(table.by(ANN), showing.round.id, "1 or 2")
    judged = await table.play.solo.answer(table.by(ANN), showing.round.id, "0.35 km")
    [(given, _)] = judged.answers
    assert (given.response, given.is_right) == ("0.35 km", True)
    again = await table.play.solo.answer(table.by(ANN), showing.round.id, "1 km")
    assert again.answers == judged.answers


async def test_choices_from_a_menu(table: Table) -> None:
    """All right brings all, all but one a part; what was chosen comes back from the store as it was."""
    asking(table, *(question(number, **SET) for number in range(1, 5)))
    present = await table.start(mode=Mode.MIXED)
    showing = await table.play.showings.load_round(present.home_id, present.id)
    assert showing is not None
    right = showing.asked.key_places
    [wrong, *_] = [place for place in range(5) if place not in right]
    half = tuple(sorted((right[0], wrong)))
    await answer(table, present, ANN, right)
    await answer(table, present, BEN, half)
    with pytest.raises(BadInput):
        await answer(table, present, CAT, (0, 5))
    await table.restart()
    with pytest.raises(AlreadyAnswered) as refused:
        await answer(table, present, BEN, right)
    assert refused.value.response == half
    await table.forward(300)
    closed = await table.closed(present)
    assert [(one.response, one.is_right, one.points) for one, _ in closed.answers] == [
        (right, True, 13),
        (half, False, 2),
    ]


async def test_the_end_of_a_game_tells_all_that_was_right_of_several(table: Table) -> None:
    """The question that was missed most is told with all its right options, also after a restart."""
    asking(table, question(1, **SET))
    present = await table.start(mode=Mode.MIXED, questions=1)
    await table.forward(300)
    await table.restart()
    [tally] = (await table.standings(present)).tallies
    assert tally.key == "Io · Titan"


async def test_words_that_are_no_plain_text_fail_nobody_else(table: Table) -> None:
    """What cannot be written as UTF-8 takes no answer of the same commit with it."""
    present = await table.start(mode=Mode.TYPED)
    with pytest.raises((BadInput, NotSaved)):
        await answer(table, present, ANN, "350 \ud800")
    await answer(table, present, BEN, "350 m")
    assert table.rows("SELECT text FROM answers") == [("350 m",)]


async def test_rules_keep_their_mode(table: Table) -> None:
    """A mode survives the store; a game begun before there were any is played by one press."""
    present = await table.start(mode=Mode.TYPED)
    assert (await table.standings(present)).game.rules.mode is Mode.TYPED
    assert Rules.from_plain({"questions": 3}).mode is Mode.CHOICE
    assert replace(Rules(), mode=Mode.MIXED).to_plain() == {"mode": Mode.MIXED}
    assert timedelta(0) < (present.allowed or timedelta(0))


LADDER = {"kind": Kind.LADDER, "clues": ("Far.", "Dusty.", "Round.")}


async def test_clues_come_one_after_another(table: Table) -> None:
    """Each takes an even part of the time; an answer brings less with each that was out by then."""
    asking(table, *(question(number, **LADDER) for number in range(1, 5)))
    present = await table.start(mode=Mode.MIXED, seconds=30)
    right = await table.key(present)
    await answer(table, present, ANN, right)
    await table.forward(12)
    await answer(table, present, BEN, right)
    await table.restart()
    await table.forward(12)
    await answer(table, present, CAT, right)
    showing = await table.play.showings.load_round(present.home_id, present.id)
    assert showing is not None
    assert len(showing.round.clues_at) == 2
    assert showing.version > 2
    await table.forward(10)
    closed = await table.closed(present)
    assert [one.points for one, _ in closed.answers] == [10, 8, 5]
    assert table.rows("SELECT * FROM timers WHERE kind = 'clue'") == []


async def test_an_answer_on_the_wire_while_a_clue_came_counts_without_it(table: Table) -> None:
    """What was given before the clue was to be read is worth what it was worth then, also when heard late."""
    asking(table, *(question(number, **LADDER) for number in range(1, 5)))
    present = await table.start(mode=Mode.MIXED, seconds=30)
    before = table.now() + 10 * SECOND
    await table.forward(31)
    assert await answer(table, present, ANN, await table.key(present), at=before)
    assert [one.points for one, _ in (await table.closed(present)).answers] == [10]


async def test_clues_alone_come_when_asked_for(table: Table) -> None:
    """A button gives the next one, as long as there is one; it is told what the answer then brings."""
    asking(table, *(question(number, **LADDER) for number in range(1, 5)))
    alone = table.play.solo
    showing = await alone.start(table.by(ANN), Rules(mode=Mode.MIXED, questions=1))
    for count in (1, 2, 2):
        showing = await alone.give_clue(table.by(ANN), showing.round.id)
        assert len(showing.round.clues_at) == count
    judged = await alone.answer(table.by(ANN), showing.round.id, showing.asked.key_index)
    assert [one.points for one, _ in judged.answers] == [5]
    assert await table.play.games.load() == ([], [])
