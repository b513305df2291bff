"""Answers that are typed, and chosen from menus, in the real bot, through `kill -9`."""

import random
from functools import partial
from pathlib import Path

import pytest

from bot.bank import load_bank
from bot.config import shipped_questions
from bot.emulator.client import Message, Outcome
from bot.quiz.game import LETTERS, Form
from bot.quiz.question import Kind, Picture
from bot.services.pictures import load_picture
from tests.banks import write_bank
from tests.e2e.conftest import Farside
from tests.e2e.play import CALLBACK, held, is_result_of, locked
from tests.e2e.recount import tallies
from tests.e2e.rounds import answer_alone, asked, is_open, is_standings, round_of, start

KILLS = 6


async def form(farside: Farside, player: str, card: Message) -> Outcome:
    """Press the button `Answer`; return the form that it opens."""
    opened = await farside.desk.press(player, card, "Answer")
    assert opened.state == "modal", opened
    return opened


async def answer(farside: Farside, player: str, card: Message, words: str) -> str:
    """Answer by the form; return what the player is told."""
    return (await farside.desk.submit(player, await form(farside, player, card), text=words)).text


async def ended(farside: Farside, card: Message) -> Message:
    """Let the round's time pass; return its result."""
    await farside.forward(95)
    return await farside.desk.shown(farside.desk.channel("quiz"), partial(is_result_of, card))


async def test_a_typed_round(farside: Farside) -> None:
    """The button opens a form with one field; an answer is told to be in; the result shows who was right."""
    desk = farside.desk
    card = await start(farside, "typed")
    assert [button["custom_id"] for button in card.buttons] == [f"type:{round_of(card)}"]
    opened = await form(farside, desk.you, card)
    assert opened.fields == ["text"]
    key = asked(farside, card).question.key
    told = await desk.submit(desk.you, opened, text=key)
    assert told.message.is_ephemeral
    assert f'"{key}" is in' in told.text.replace("\\", "")
    assert farside.rows("SELECT text, is_right FROM answers") == [(key, None)]
    again = await desk.press(desk.you, card, "Answer")
    assert f'answer is "{key}"' in again.text.replace("\\", "")
    result = await ended(farside, card)
    assert f"The right answer\n## ✅ {key}\n" in result.text
    assert "✅ ▰▰▰▰▰▰ 1 right" in result.text
    assert "Right: " in result.text


async def test_answers_by_the_command(farside: Farside) -> None:
    """`/answer` does what the form does; what cannot be judged is refused with a word and does not count."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    assert "No game is running here" in (await desk.run(desk.you, quiz, "answer", text="x")).text
    card = await start(farside, "typed")
    refused = await desk.run(desk.you, quiz, "answer", text="y" * 190)
    assert "too long" in refused.text
    assert farside.rows("SELECT * FROM answers") == []
    told = await desk.run(desk.you, quiz, "answer", text=asked(farside, card).question.key)
    assert told.message.is_ephemeral
    assert "is in" in told.text
    assert "stands" in (await desk.run(desk.you, quiz, "answer", text="another")).text


async def test_a_form_that_was_open_while_the_bot_was_killed(farside: Farside) -> None:
    """Its submission finds its round; one that comes after the close says so and changes nothing."""
    desk = farside.desk
    card = await start(farside, "typed")
    key = asked(farside, card).question.key
    mine, other = await form(farside, desk.you, card), await form(farside, desk.member, card)
    await farside.kill()
    await farside.restart()
    assert " is in. The result" in (await desk.submit(desk.you, mine, text=key)).text
    await farside.forward(95)
    await desk.shown(desk.channel("quiz"), partial(is_result_of, card))
    assert "does not count" in (await desk.submit(desk.member, other, text=key)).text
    assert farside.rows("SELECT text FROM answers") == [(key,)]


@pytest.mark.parametrize("mode", ["typed", "mixed"])
async def test_killed_before_the_commit(farside: Farside, mode: str) -> None:
    """Nothing is stored, and the player answers again."""
    card = await start(farside, mode)
    begin = partial(give, farside, farside.desk.you)
    async with locked(farside):
        pending = await begin(card, 0, wait=False)
        await farside.desk.wait_for(lambda e: e["type"] == "interaction" and e["id"] == pending.id, since=0)
        await farside.kill()
    assert farside.rows("SELECT * FROM answers") == []
    await farside.restart()
    assert " in. The result" in (await begin(card, 0)).text
    assert len(farside.rows("SELECT * FROM answers")) == 1


async def test_killed_after_the_commit_before_the_reply(farside: Farside) -> None:
    """Answering again says which answer stands: the one that was committed."""
    desk = farside.desk
    card = await start(farside, "typed")
    key = asked(farside, card).question.key
    first, second = await form(farside, desk.you, card), await form(farside, desk.you, card)
    async with held(desk, CALLBACK, acts=False) as reached:
        await desk.submit(desk.you, first, text=key, wait=False)
        await reached()
        await farside.kill()
    assert farside.rows("SELECT text FROM answers") == [(key,)]
    await farside.restart()
    told = await desk.submit(desk.you, second, text="iron")
    assert f'answer is "{key}"' in told.text.replace("\\", "")


async def give(farside: Farside, player: str, card: Message, pick: int, *, wait: bool = True) -> Outcome:
    """Answer a round in its form: with its `pick`th option, or the words that stand for it."""
    desk, what = farside.desk, asked(farside, card)
    if what.form is Form.TYPED:
        words = what.question.options[pick % len(what.question.options)]
        return await desk.submit(player, await form(farside, player, card), text=words, wait=wait)
    if what.form is Form.MENU:
        size, count = len(what.options), len(what.key_places)
        values = sorted({(pick + step) % size for step in range(count)})
        return await desk.press(player, card, f"choose:{round_of(card)}", [*map(str, values)], wait=wait)
    return await desk.press(player, card, "AB"[pick % 2], wait=wait)


@pytest.mark.parametrize(
    ("kind", "mode"), [(None, "mixed"), (Kind.TEXT, "typed"), (Kind.SET, "mixed"), (Kind.LADDER, "mixed")]
)
@pytest.mark.long
async def test_random_moments(farside: Farside, tmp_path: Path, kind: Kind | None, mode: str) -> None:
    """Killed at any moment of games of every kind, and of one alone, what was told is there, once."""
    desk, dice, kills, games = farside.desk, random.Random(7), 0, 0
    quiz, told = desk.channel("quiz"), 0
    if kind is not None:
        await with_kind(farside, tmp_path, kind)

    def goes_on(count: int, message: Message) -> bool:
        return is_open(message) or sum(map(is_standings, desk.messages(quiz))) == count

    while kills < KILLS:
        card = await start(farside, mode, questions=4)
        games += 1
        assert kind is None or asked(farside, card).question.kind is kind
        while is_open(card):
            begun = [
                await give(farside, player, card, dice.randrange(2), wait=False)
                for player in (desk.you, desk.member)
            ]
            if kills < KILLS and dice.random() < 0.7:
                kills += 1
                await farside.kill()
                await farside.forward(4)
            outcomes = [await desk.outcome(one.id) for one in begun]
            told += sum(" in. The result" in outcome.text for outcome in outcomes)
            if not farside.is_running:
                await farside.restart()
            await ended(farside, card)
            await farside.forward(9)
            card = await desk.shown(quiz, partial(goes_on, games))
    [(answers, unjudged)] = farside.rows("SELECT count(*), sum(is_right IS NULL) FROM answers")
    assert answers >= told
    assert not unjudged
    scores = farside.rows("SELECT game_id, player_id, points, answered, correct FROM scores")
    assert {(game, player): tuple(rest) for game, player, *rest in scores} == tallies(farside)


async def with_kind(farside: Farside, folder: Path, kind: Kind) -> None:
    """Have the bot ask the shipped questions of one kind alone."""
    shipped = load_bank(shipped_questions())
    chosen = [question for question in shipped.questions if question.kind is kind]
    (folder / "bank").mkdir()
    write_bank(folder / "bank" / "questions.yaml", *chosen, topics=dict(shipped.topics))
    await farside.kill()
    farside.environment["FARSIDE_QUESTIONS"] = str(folder / "bank")
    await farside.restart()


PICTURES = """\
version: 1
topics: {moon: The Moon}
questions:
  - id: ringed
    fact: ringed
    kind: picture
    topic: moon
    difficulty: 1
    stem: Which crater is ringed?
    key: Tycho
    distractors: [Plato, Clavius]
    picture: {image: ring/Tycho, alt: The full Moon with a ring in its south.}
    explanation: It has long rays.
    source: {title: A map}
"""


async def with_bank(farside: Farside, folder: Path, bank: str = PICTURES) -> None:
    """Have the bot ask from a bank of its own."""
    (folder / "bank").mkdir()
    (folder / "bank" / "questions.yaml").write_text(bank, encoding="utf-8")
    await farside.kill()
    farside.environment["FARSIDE_QUESTIONS"] = str(folder / "bank")
    await farside.restart()


async def test_a_picture_round(farside: Farside, tmp_path: Path) -> None:
    """The image is sent with its words for those who hear it, stays with the result, and comes alone too."""
    desk = farside.desk
    await with_bank(farside, tmp_path)
    card = await start(farside, "choice", questions=1)
    [file] = card.files
    [shown] = [part for part in card.components if part["type"] == 12]
    assert shown["items"][0]["description"] == "The full Moon with a ring in its south."
    assert file["content_type"] == "image/jpeg"
    result = await ended(farside, card)
    assert result.files == card.files
    assert any(part["type"] == 12 for part in result.components)
    alone = (await desk.run(desk.you, desk.channel("general"), "quiz solo", questions=1)).message
    assert len(alone.files) == 1
    judged = await desk.press(desk.you, alone, "A")
    assert "Tycho" in judged.text


async def test_a_picture_that_is_not_there(farside: Farside, tmp_path: Path) -> None:
    """Its question is left out, whoever started the game is told, and the game goes on to its end."""
    desk = farside.desk
    await with_bank(farside, tmp_path, PICTURES.replace("ring/Tycho", "gone.png"))
    await desk.run(desk.you, desk.channel("quiz"), "quiz start", questions=1, seconds=90)
    await desk.shown(desk.channel("quiz"), lambda m: "is left out" in m.text)
    await farside.forward(9)
    await desk.shown(desk.channel("quiz"), is_standings)


LADDERS = PICTURES.replace("kind: picture", "kind: ladder").replace(
    "    picture: {image: ring/Tycho, alt: The full Moon with a ring in its south.}\n",
    "    clues: [It is young., It has rays., A Dane is its namesake.]\n",
)


async def test_a_ladder_through_a_kill(farside: Farside, tmp_path: Path) -> None:
    """The message shows clue after clue; one that fell due while the bot was away comes after its return."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await with_bank(farside, tmp_path, LADDERS)
    card = await start(farside, "mixed", questions=1, seconds=300)  # a clue every 100 s, however slow a start
    assert "It is young." in card.text
    assert "It has rays." not in card.text
    right = LETTERS[asked(farside, card).key_index]
    await desk.press(desk.you, card, right)
    await farside.kill()
    await farside.forward(101)
    await farside.restart()
    await desk.shown(quiz, lambda m: m.id == card.id and "It has rays." in m.text and "Dane" not in m.text)
    await farside.forward(2)
    assert " in. The result" in (await desk.press(desk.member, card, right)).text
    await farside.forward(101)
    await desk.shown(quiz, lambda m: m.id == card.id and "Dane" in m.text)
    await farside.forward(120)
    await desk.shown(quiz, partial(is_result_of, card))
    points = dict(farside.rows("SELECT player_id, points FROM answers"))
    assert points == {int(desk.you): 8, int(desk.member): 6}


async def test_alone_the_verdict_comes_at_once(farside: Farside) -> None:
    """The form's submission turns the card into the verdict; what cannot be judged leaves it open."""
    desk = farside.desk
    card = (await desk.run(desk.you, desk.channel("quiz"), "quiz solo", mode="typed", questions=1)).message
    opened = await desk.press(desk.you, card, "Answer")
    assert "too long" in (await desk.submit(desk.you, opened, text="y" * 190)).text
    key = asked(farside, card).question.key
    opened = await desk.press(desk.you, card, "Answer")
    judged = await desk.submit(desk.you, opened, text=key)
    assert judged.message.id == card.id
    assert "**Right**" in judged.text
    assert judged.message.button("Result") is not None


async def test_the_next_clue_alone(farside: Farside, tmp_path: Path) -> None:
    """Alone a ladder's next clue comes by a button, in the same message."""
    desk = farside.desk
    await with_bank(farside, tmp_path, LADDERS)
    card = (await desk.run(desk.you, desk.channel("quiz"), "quiz solo", mode="mixed", questions=1)).message
    assert "It has rays." not in card.text
    more = await desk.press(desk.you, card, "soloclue:")
    assert "It has rays." in more.text
    judged = await desk.press(desk.you, more.message, "ABC"[asked(farside, card).key_index])
    assert "**Right**: +6" in judged.text


async def test_who_plays_alone_gets_past_a_picture_that_is_gone(farside: Farside, tmp_path: Path) -> None:
    """Taken from beside the bank in the midst of the day, it is told in words, and the challenge goes on."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await with_bank(farside, tmp_path, PICTURES.replace("ring/Tycho", "ring.png"))
    image = tmp_path / "bank" / "ring.png"
    image.write_bytes(await load_picture(Picture("ring/Tycho", ""), tmp_path))
    seen = (await desk.run(desk.member, quiz, "daily play")).message
    assert len(seen.files) == 1
    image.unlink()
    card = (await desk.run(desk.you, quiz, "daily play")).message
    assert card.files == []
    assert "The picture is missing. It shows: The full Moon with a ring in its south." in card.text
    for player, message in ((desk.you, card), (desk.member, seen)):
        answered = await answer_alone(farside, player, message)
        assert "**Right**" in answered.text
        assert "1 of 1 right" in (await desk.press(player, answered.message, "Result")).text
