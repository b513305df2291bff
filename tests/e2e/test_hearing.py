"""Answers written in the channel: by a reply to the question, or with a mention of the bot."""

from functools import partial
from typing import Any

import pytest

from bot.emulator.client import Message
from tests.e2e.conftest import Farside
from tests.e2e.play import held, is_result_of, locked
from tests.e2e.rounds import asked, is_open, round_of, start

REACTIONS = "PUT /channels/*/messages/*/reactions/*/@me"


def key_of(farside: Farside, card: Message) -> str:
    """Return what a round's right answer is."""
    return str(asked(farside, card).question.key)


def other_than_key(farside: Farside, card: Message, which: int = 1) -> str:
    """Return words that can be judged and are not right: the `which`th option of the question."""
    return str(asked(farside, card).question.options[which])


async def is_in(farside: Farside, message: Message) -> None:
    """Return when the message has got the mark that says its answer is on disk."""
    channel = farside.desk.channel("quiz")

    def is_marked(shown: Message) -> bool:
        return shown.id == message.id and bool(shown.body.get("reactions"))

    await farside.desk.shown(channel, is_marked)


def stored(farside: Farside) -> list[tuple[Any, ...]]:
    """Return the answers that are on disk."""
    return farside.rows("SELECT text FROM answers ORDER BY at")


async def settle(farside: Farside) -> None:
    """Return when the bot has answered a command, and so has heard all that came before it."""
    await farside.desk.run(farside.desk.owner, farside.desk.channel("quiz"), "quiz status")


async def test_a_reply_to_the_question_is_an_answer(farside: Farside) -> None:
    """It is marked once it is on disk, with no word on whether it is right, and counts at the close."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, "typed")
    key = key_of(farside, card)
    reply = await desk.say(desk.you, quiz, key, reply_to=card)
    await is_in(farside, reply)
    assert stored(farside) == [(key,)]
    assert len(desk.messages(quiz)) == len([m for m in desk.messages(quiz) if m.id <= reply.id])
    await farside.forward(95)
    result = await desk.shown(quiz, partial(is_result_of, card))
    assert "Right: " in result.text


async def test_a_mention_is_an_answer_to_the_open_question(farside: Farside) -> None:
    """Wherever the mention stands in the message; its words alone are the answer."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, "typed")
    key = key_of(farside, card)
    for person, words in ((desk.you, f"<@{desk.bot_id}> {key}"), (desk.member, f"{key} <@!{desk.bot_id}>")):
        await is_in(farside, await desk.say(person, quiz, words))
    assert stored(farside) == [(key,), (key,)]


async def test_the_first_answer_stands_whichever_way_it_was_given(farside: Farside) -> None:
    """After `/answer` a reply changes nothing and is told so, without a word of what was answered."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, "typed")
    key = key_of(farside, card)
    await desk.run(desk.you, quiz, "answer", text=key)
    await desk.say(desk.you, quiz, "something else", reply_to=card)
    told = await desk.shown(quiz, lambda m: "first answer stands" in m.text and not is_open(m))
    assert key not in told.text
    assert stored(farside) == [(key,)]
    wrong = other_than_key(farside, card)
    reply = await desk.say(desk.member, quiz, wrong, reply_to=card)
    await is_in(farside, reply)
    again = await desk.run(desk.member, quiz, "answer", text=key)
    assert "stands" in again.text
    assert stored(farside) == [(key,), (wrong,)]


async def test_talk_is_left_alone(farside: Farside) -> None:
    """What is said without a mention, to others, by edits, or where no answers are typed is not touched."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.say(desk.you, quiz, f"<@{desk.bot_id}> hello")
    card = await start(farside, "typed")
    key = key_of(farside, card)
    mine = await desk.say(desk.you, quiz, key)
    await desk.say(desk.member, quiz, key, reply_to=mine)
    await desk.say(desk.member, desk.channel("general"), f"<@{desk.bot_id}> {key}")
    await desk.say(desk.member, quiz, f"<@{desk.bot_id}>")
    before = len(desk.messages(quiz))
    await settle(farside)
    assert stored(farside) == []
    assert len(desk.messages(quiz)) == before
    await desk.run(desk.you, quiz, "quiz stop")
    pressed = await start(farside, "choice")
    await desk.say(desk.you, quiz, "B", reply_to=pressed)
    await settle(farside)
    assert stored(farside) == []


async def test_a_deleted_message_was_an_answer(farside: Farside) -> None:
    """Whoever takes a message away does not take the answer back."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, "typed")
    wrong = other_than_key(farside, card)
    reply = await desk.say(desk.you, quiz, wrong, reply_to=card)
    await is_in(farside, reply)
    await desk.delete(desk.you, reply)
    await settle(farside)
    assert stored(farside) == [(wrong,)]


async def test_the_bot_may_not_react(farside: Farside) -> None:
    """Where Add Reactions is not granted the answer is acknowledged in words, which ping nobody."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.permit(quiz, desk.bot_id, deny=("add_reactions",))
    card = await start(farside, "typed")
    wrong = other_than_key(farside, card)
    reply = await desk.say(desk.you, quiz, wrong, reply_to=card)
    told = await desk.shown(quiz, lambda m: m.text == "Your answer is in.")
    assert told.body["message_reference"]["message_id"] == reply.id
    assert told.body["mentions"] == []
    assert stored(farside) == [(wrong,)]


async def test_the_bot_may_not_read_what_was_before(farside: Farside) -> None:
    """Without Read Message History there is neither a reaction nor a reply: the words name who is meant."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.permit(quiz, desk.bot_id, deny=("read_message_history",))
    card = await start(farside, "typed")
    await desk.say(desk.you, quiz, other_than_key(farside, card), reply_to=card)
    told = await desk.shown(quiz, lambda m: m.text.endswith("Your answer is in."))
    assert told.text.startswith(f"<@{desk.you}> ")
    assert "message_reference" not in told.body


async def test_a_reaction_that_discord_refuses(farside: Farside) -> None:
    """Whoever has blocked the bot gets no reaction: that their answer is in is told in words."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    blocked = {"message": "Reaction was blocked", "code": 90001}
    await desk.fault("status", route=REACTIONS, status=403, body=blocked)
    card = await start(farside, "typed")
    reply = await desk.say(desk.you, quiz, other_than_key(farside, card), reply_to=card)
    told = await desk.shown(quiz, lambda m: m.text == "Your answer is in.")
    assert told.body["message_reference"]["message_id"] == reply.id


async def test_what_cannot_be_judged_is_told(farside: Farside) -> None:
    """It does not count, and neither does what is too long; nobody is told more than twice a question."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, "typed")
    for _ in range(4):
        await desk.say(desk.you, quiz, "y" * 300, reply_to=card)
    await settle(farside)
    await desk.shown(quiz, lambda m: "too long" in m.text)
    await settle(farside)
    assert stored(farside) == []
    assert sum("too long" in m.text for m in desk.messages(quiz)) == 2


async def test_a_message_told_twice_is_one_answer(farside: Farside) -> None:
    """The gateway delivers it twice: one answer, one mark, no word of a first one."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, "typed")
    wrong = other_than_key(farside, card)
    await desk.fault("twice", event="MESSAGE_CREATE", times=1)
    reply = await desk.say(desk.you, quiz, wrong, reply_to=card)
    await is_in(farside, reply)
    await settle(farside)
    assert stored(farside) == [(wrong,)]
    assert not [m for m in desk.messages(quiz) if "answered already" in m.text and not is_open(m)]


async def test_discord_s_clock_decides(farside: Farside) -> None:
    """A reply written in time and heard after the close counts; one written after it does not."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, "typed")
    key = key_of(farside, card)
    await desk.fault("hear_late", event="MESSAGE_CREATE", seconds=1.0, times=1)
    await desk.say(desk.you, quiz, key, reply_to=card)
    await farside.forward(95)
    await desk.shown(quiz, lambda m: is_result_of(card, m) and "Right: " in m.text)
    assert stored(farside) == [(key,)]
    await desk.say(desk.member, quiz, key, reply_to=card)
    await settle(farside)
    assert stored(farside) == [(key,)]


@pytest.mark.parametrize("is_committed", [False, True])
async def test_killed_around_the_commit(farside: Farside, is_committed: bool) -> None:
    """Before it nothing is stored and nothing is marked; after it the answer is there, marked or not."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await start(farside, "typed")
    wrong, right = other_than_key(farside, card), key_of(farside, card)
    if is_committed:
        async with held(desk, REACTIONS, acts=False) as reached:
            reply = await desk.say(desk.you, quiz, wrong, reply_to=card)
            await reached()
            await farside.kill()
    else:
        async with locked(farside):
            reply = await desk.say(desk.you, quiz, wrong, reply_to=card)
            await farside.kill()
    await farside.restart()
    shown = next(m for m in desk.messages(quiz) if m.id == reply.id)
    assert not shown.body.get("reactions")
    assert stored(farside) == ([(wrong,)] if is_committed else [])
    again = await desk.say(desk.you, quiz, right, reply_to=card)
    if is_committed:
        await desk.shown(quiz, lambda m: "first answer stands" in m.text and not is_open(m))
        assert stored(farside) == [(wrong,)]
    else:
        await is_in(farside, again)
        assert stored(farside) == [(right,)]


async def test_no_privileged_intent_is_asked_for(farside: Farside) -> None:
    """The session has the intents of servers and of their messages, and no other."""
    [session] = (await farside.desk.get("/desk/sessions"))["sessions"]
    assert session["intents"] == (1 << 0) | (1 << 9)
    card = await start(farside, "typed")
    assert round_of(card)
