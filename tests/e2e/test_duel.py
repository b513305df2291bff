"""`/duel`: two answer the same questions alone, and one card in the channel keeps up with them."""

from collections.abc import Callable

from bot.emulator.client import Message
from tests.e2e.conftest import Farside
from tests.e2e.play import SEND, held
from tests.e2e.rounds import answer_alone, asked


async def offered(farside: Farside, by: str = "") -> Message:
    """Have somebody (else the first person) ask the second one; return the card."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    before = {message.id for message in desk.messages(quiz)}
    told = await desk.run(by or desk.you, quiz, "duel", user=desk.member, questions=2)
    assert "Your offer is out" in told.text
    return await desk.shown(quiz, lambda m: m.id not in before and "to a duel" in m.text)


async def play(farside: Farside, player: str, card: Message, *, is_right: bool = True) -> Message:
    """Have one of the two answer both questions; return the last message that they alone see."""
    desk = farside.desk
    question = (await desk.press(player, card, "Play")).message
    assert question.is_ephemeral
    for _ in range(2):
        answered = await answer_alone(farside, player, question, is_right=is_right)
        label = "Result" if "Result" in answered.message.labels else "Next question"
        question = (await desk.press(player, answered.message, label)).message
    return question


async def test_a_duel(farside: Farside) -> None:
    """Asked, accepted, played by both; nothing is told early; card and profiles know the end."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await offered(farside)
    assert [user["id"] for user in card.body["mentions"]] == [desk.member]
    assert "Only the one who was asked" in (await desk.press(desk.you, card, "Accept")).text
    await desk.press(desk.member, card, "Accept")
    running = await desk.shown(quiz, lambda m: m.id == card.id and "answered 0 of 2" in m.text)
    hers = (await desk.press(desk.you, running, "Play")).message
    his = (await desk.press(desk.member, running, "Play")).message
    assert asked(farside, hers).question == asked(farside, his).question
    held_back = await answer_alone(farside, desk.you, hers)
    assert "is in" in held_back.text
    assert "right answer" not in held_back.text
    await answer_alone(farside, desk.member, his, is_right=False)
    await desk.shown(quiz, lambda m: m.id == card.id and m.text.count("answered 1 of 2") == 2)
    told = await desk.press(desk.you, held_back.message, "Look again")
    assert "**Right**" in told.text
    second = (await desk.press(desk.you, told.message, "Next question")).message
    last = await answer_alone(farside, desk.you, second)
    waiting = await desk.press(desk.you, last.message, "Result")
    assert "You have answered all 2" in waiting.text
    resumed = (await desk.press(desk.member, running, "Play")).message
    second = (await desk.press(desk.member, resumed, "Next question")).message
    last = await answer_alone(farside, desk.member, second, is_right=False)
    done = await desk.shown(quiz, lambda m: m.id == card.id and "wins" in m.text)
    assert "2 of 2 right" in done.text
    won = await desk.press(desk.you, waiting.message, "How it stands")
    assert "You won" in won.text
    profile = await desk.run(desk.member, quiz, "profile", user=desk.you)
    assert "**Duels:** 1 won, 0 lost" in profile.text
    assert "**Against you:** 1 won" in profile.text


async def test_who_cannot_be_asked(farside: Farside) -> None:
    """Oneself, and bots; kindly."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    assert "needs two" in (await desk.run(desk.you, quiz, "duel", user=desk.you)).text
    assert "Bots" in (await desk.run(desk.you, quiz, "duel", user=desk.bot_id)).text


async def test_declined_and_left_alone(farside: Farside) -> None:
    """The card says how it ended, also after a restart."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await offered(farside)
    assert "called off" in (await desk.press(desk.member, card, "Decline")).text
    other = await offered(farside)
    await farside.kill()
    await farside.forward(31 * 60)
    await farside.restart()
    await desk.shown(quiz, lambda m: m.id == other.id and "Nobody accepted in time" in m.text)


async def test_killed_while_the_card_is_sent_and_while_it_is_played(farside: Farside) -> None:
    """One card, every answer counted once, and the end is shown."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    async with held(desk, SEND, acts=True) as reached:
        await desk.run(desk.you, quiz, "duel", user=desk.member, questions=2, wait=False)
        await reached()
        await farside.kill()
    await farside.forward(300)
    await farside.restart()
    card = await desk.shown(quiz, lambda m: "to a duel" in m.text)
    await desk.press(desk.member, card, "Accept")
    card = await desk.shown(quiz, lambda m: m.id == card.id and "Play" in m.labels)
    await play(farside, desk.you, card)
    question = (await desk.press(desk.member, card, "Play")).message
    await answer_alone(farside, desk.member, question)
    await farside.kill()
    await farside.restart()
    resumed = (await desk.press(desk.member, card, "Play")).message
    second = (await desk.press(desk.member, resumed, "Next question")).message
    await answer_alone(farside, desk.member, second)
    await desk.shown(quiz, lambda m: m.id == card.id and "A draw" in m.text)
    assert len([m for m in desk.messages(quiz) if "⚔️" in m.text and not m.is_ephemeral]) == 1
    assert farside.rows("SELECT count(*) FROM games") == [(2,)]


async def test_where_farside_is_no_member_the_answer_is_the_card(farside: Farside) -> None:
    """Nothing can be posted there, so each press that changes the duel changes the card that all see."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await desk.post("/desk/guilds/leave", guild_id=(await desk.guild())["id"])
    await farside.until(lambda: "was left" in farside.log())
    card = (await desk.run(desk.you, quiz, "duel", user=desk.member, questions=2)).message
    assert not card.is_ephemeral
    assert "Only the one who was asked" in (await desk.press(desk.you, card, "Accept")).text
    await desk.press(desk.member, card, "Accept")
    running = await desk.shown(quiz, lambda m: m.id == card.id and "answered 0 of 2" in m.text)
    await play(farside, desk.you, running)
    await desk.press(desk.member, running, "How it stands")
    running = await desk.shown(quiz, lambda m: m.id == card.id and "answered 2 of 2" in m.text)
    await play(farside, desk.member, running, is_right=False)
    await desk.press(desk.you, running, "How it stands")
    await desk.shown(quiz, lambda m: m.id == card.id and "wins" in m.text)
    late = (await desk.run(desk.you, quiz, "duel", user=desk.member)).message
    await farside.forward(31 * 60)
    await farside.until(lambda: farside.rows("SELECT count(*) FROM duels WHERE state = 'expired'") == [(1,)])
    await desk.press(desk.member, late, "Accept")
    await desk.shown(quiz, lambda m: m.id == late.id and "Nobody accepted in time" in m.text)


async def test_the_card_of_a_duel_that_is_kept_no_more_says_so(farside: Farside) -> None:
    """One of the two has deleted their data: nobody waits for an end that does not come, press or not."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")

    async def begun(by: str) -> Message:
        card = await offered(farside, by)
        await desk.press(desk.member, card, "Accept")
        return await desk.shown(quiz, lambda m: m.id == card.id and "Play" in m.labels)

    async def forget(by: str) -> None:
        form = await desk.run(by, quiz, "privacy delete")
        assert form.modal is not None
        await desk.submit(by, form, word=form.modal["custom_id"].split(":")[2])

    def is_over(card: Message) -> Callable[[Message], bool]:
        return lambda m: m.id == card.id and "does not know that duel" in m.text and not m.labels

    card = await begun(desk.you)
    await forget(desk.you)
    await desk.shown(quiz, is_over(card))
    card = await begun(desk.owner)
    await desk.fault("status", status=503, route="PATCH /channels/*/messages/*")
    await forget(desk.owner)
    await desk.press(desk.member, card, "Play")
    await desk.shown(quiz, is_over(card))


async def test_a_card_that_a_moderator_deletes(farside: Farside) -> None:
    """Another one comes in its place, at once, by which the duel is played on, and which tells its end."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    card = await offered(farside)
    await desk.press(desk.member, card, "Accept")
    card = await desk.shown(quiz, lambda m: m.id == card.id and "Play" in m.labels)
    hers = (await desk.press(desk.you, card, "Play")).message
    await desk.delete(desk.owner, card)
    await answer_alone(farside, desk.you, hers)
    card = await desk.shown(quiz, lambda m: m.id != card.id and "answered 1 of 2" in m.text)
    await play(farside, desk.member, card)
    await desk.press(desk.you, card, "Play")
    assert [m.id for m in desk.messages(quiz)] == [card.id]
