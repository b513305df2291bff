"""Reports, from the button to the news of what came of them; and what the operator sees of weak questions."""

import asyncio
from typing import Any

from bot.emulator.client import PATIENCE, Message, Outcome
from tests.e2e.conftest import Farside
from tests.e2e.play import CALLBACK, SEND, held
from tests.e2e.rounds import is_closed, round_of, start
from tests.e2e.test_boards import play
from tests.e2e.test_day_questions import next_day, scheduled
from tests.e2e.test_running import farside_says

THANKS = "Thank you"


async def closed(farside: Farside) -> Message:
    """Play a question and return its result."""
    await play(farside)
    [card] = [m for m in farside.desk.messages(farside.desk.channel("quiz")) if is_closed(m)][-1:]
    return card


async def opened(farside: Farside, person: str, card: Message) -> Outcome:
    """Open the form by the source's button."""
    source = await farside.desk.press(person, card, "Source")
    assert source.message is not None
    form = await farside.desk.press(person, source.message, "Report a mistake")
    assert form.state == "modal"
    return form


async def reported(farside: Farside, person: str, card: Message, note: str = "It is 42.") -> str:
    """Report a question and return what is said to that."""
    form = await opened(farside, person, card)
    return (await farside.desk.submit(person, form, reason=["wrong"], note=note)).text


def question_of(farside: Farside, card: Message) -> str:
    """Return the id of the question that a message shows."""
    [(question_id,)] = farside.rows(
        "SELECT json_extract(body, '$.id') FROM rounds JOIN questions ON hash = question WHERE id = ?",
        round_of(card),
    )
    return str(question_id)


async def queue(farside: Farside) -> str:
    """Return what the operator sees."""
    desk = farside.desk
    return (await desk.run(desk.owner, desk.channel("quiz"), "reports list")).text


async def resolve(farside: Farside, card: Message, outcome: str = "mended", **more: Any) -> str:
    """Answer the reports on a question."""
    desk = farside.desk
    question = question_of(farside, card)
    told = await desk.run(
        desk.owner, desk.channel("quiz"), "reports resolve", question=question, outcome=outcome, **more
    )
    return told.text


def letters(farside: Farside, channel: str) -> list[str]:
    """Return the news in a direct channel."""
    return [m.text for m in farside.desk.messages(channel) if "What came of your report" in m.text]


async def test_from_a_report_to_its_news(farside: Farside) -> None:
    """Reported by the source's button, seen by the operator alone, answered, and told by direct message.

    Reported again without a change, nothing is promised.
    """
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await closed(farside)
    assert "Nothing is reported" in await queue(farside)
    assert THANKS in await reported(farside, desk.member, card, "It is *42*, see page 7.")
    shown = await queue(farside)
    assert question_of(farside, card) in shown
    assert "the answer is wrong" in shown
    assert r"\*42\*, see page 7." in shown, "what was written never formats"
    assert desk.member not in shown
    chief = await desk.add_person("Chief", permissions=("administrator",))
    for command in ("reports list", "reports weak"):
        refused = await desk.run(chief, quiz, command)
        assert "for whoever runs this Farside" in refused.text
    assert await desk.complete(chief, quiz, "reports resolve", "question", question="") == []
    names = await desk.complete(desk.owner, quiz, "reports resolve", "question", question="")
    assert [name.split(":")[0] for name in names] == [question_of(farside, card)]
    direct = await desk.dm(desk.member)
    assert "One person will be told" in await resolve(farside, card, note="Thanks, it is 42.")
    await desk.until(lambda: len(letters(farside, direct)) == 1)
    [letter] = letters(farside, direct)
    assert "has been mended, thanks to you" in letter
    assert "Thanks, it is 42." in letter
    assert "Nothing is reported" in await queue(farside)
    await farside.until(lambda: farside.rows("SELECT telling FROM reports") == [("told",)])
    assert "it was looked at since" in await reported(farside, desk.member, card), "nobody will look again"


async def test_once_a_person_and_question_and_not_without_end(farside: Farside) -> None:
    """A second report on the same words is told to be known; what is not ours cannot be reported."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await closed(farside)
    assert THANKS in await reported(farside, desk.member, card)
    assert "reported this before" in await reported(farside, desk.member, card)
    assert THANKS in await reported(farside, desk.you, card)
    assert "2 reports" in await queue(farside)
    written = await desk.say(desk.you, quiz, "What is the Moon made of?")
    refused = await desk.run(desk.you, quiz, "Report this question", target_id=written.id)
    assert "no question or fact of Farside" in refused.text


async def test_by_the_command_of_a_message(farside: Farside) -> None:
    """A question is reported from its message, open or closed, and a fact from its source."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await start(farside, questions=1)
    form = await desk.run(desk.member, quiz, "Report this question", target_id=card.id)
    assert form.state == "modal"
    sent = await desk.submit(desk.member, form, reason=["unclear"], note="")
    assert THANKS in sent.text
    assert sent.message is not None
    assert sent.message.is_ephemeral
    assert question_of(farside, card) in await queue(farside)
    fact = await desk.run(desk.you, quiz, "fact today")
    assert fact.message is not None
    form = await opened(farside, desk.you, fact.message)
    assert THANKS in (await desk.submit(desk.you, form, reason=["outdated"], note="")).text
    assert "2 questions" in await queue(farside)


def choices(form: Outcome) -> dict[str, str]:
    """Return what a form offers to be about, and under which value."""
    assert form.modal is not None
    fields = [part["component"] for part in form.modal["components"]]
    return {
        one["label"]: one["value"]
        for each in fields
        if each["custom_id"] == "about"
        for one in each["options"]
    }


async def test_by_the_command_of_a_daily_post(farside: Farside) -> None:
    """A post shows a fact, a question, and the one before: whichever is meant is what is reported."""
    desk = farside.desk
    await scheduled(farside)
    post = await next_day(farside, 2)
    asked = farside.rows(
        "SELECT json_extract(body, '$.id'), json_extract(body, '$.stem') FROM day_questions"
        " JOIN questions ON hash = question ORDER BY day_questions.asked_at"
    )
    channel = desk.channel("daily-moon")
    form = await desk.run(desk.member, channel, "Report this question", target_id=post.id)
    offered = choices(form)
    assert len(offered) == 3
    for question_id, stem in asked:
        [value] = [value for label, value in offered.items() if stem.startswith(label.removesuffix("…"))]
        sent = await desk.submit(desk.member, form, about=[value], reason=["wrong"], note="")
        assert THANKS in sent.text
        assert f"`{question_id}` · 1 report" in await queue(farside)
        form = await desk.run(desk.member, channel, "Report this question", target_id=post.id)
    fact = next(value for value in offered.values() if value.startswith("fact:"))
    assert THANKS in (await desk.submit(desk.member, form, about=[fact], reason=["wrong"], note="")).text
    assert "Reports on 3 questions" in await queue(farside)


async def test_a_question_that_one_plays_alone(farside: Farside) -> None:
    """Played alone or reviewed, open or answered: it is one of Farside's, and can be reported."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    solo = (await desk.run(desk.you, quiz, "quiz solo")).message
    shown = (await desk.press(desk.you, solo, str(solo.buttons[0]["custom_id"]))).message
    for message in (solo, shown):
        form = await desk.run(desk.you, quiz, "Report this question", target_id=message.id)
        assert form.state == "modal"
    await closed(farside)
    front = (await desk.run(desk.member, quiz, "review start")).message
    back = (await desk.press(desk.member, front, "I do not know")).message
    for message in (front, back):
        form = await desk.run(desk.member, quiz, "Report this question", target_id=message.id)
        assert form.state == "modal"


async def test_without_direct_messages_the_next_command_tells(farside: Farside) -> None:
    """Where Discord refuses a direct message, the news comes with the next command, once."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await closed(farside)
    await reported(farside, desk.member, card)
    refusal = {"code": 50007, "message": "Cannot send messages to this user"}
    await desk.fault("status", status=403, route="POST /users/@me/channels", body=refusal)
    await resolve(farside, card, "kept")
    await farside.until(lambda: farside.rows("SELECT telling FROM reports") == [("refused",)])
    await farside.kill()
    await farside.restart()
    before = desk.mark()
    await desk.run(desk.member, quiz, "leaderboard")
    await desk.wait_for(lambda e: "stays as it is" in str(e), since=before)
    await farside.until(lambda: farside.rows("SELECT telling FROM reports") == [("told",)])
    mark = desk.mark()
    await desk.run(desk.member, quiz, "leaderboard")
    await queue(farside)
    assert "stays as it is" not in str(desk.events[mark:])


async def test_news_come_by_one_message_whenever_it_is_killed(farside: Farside) -> None:
    """Killed between the message and its note, and away for long, Farside sends no second one."""
    desk = farside.desk
    card = await closed(farside)
    await reported(farside, desk.member, card)
    direct = await desk.dm(desk.member)
    async with held(desk, SEND, acts=True) as reached:
        await resolve(farside, card, "kept")
        await reached()
        await farside.kill()
    await farside.forward(30 * 60)
    await farside.restart()
    await farside.until(lambda: farside.rows("SELECT telling FROM reports") == [("told",)])
    assert len(letters(farside, direct)) == 1


async def test_news_that_a_command_has_told_come_no_second_time(farside: Farside) -> None:
    """While news go out one by one, whoever is told with a command gets no direct message besides."""
    desk = farside.desk
    card = await closed(farside)
    first, second = sorted((desk.you, desk.member), key=int)
    for person in (first, second):
        await reported(farside, person, card)
    async with held(desk, SEND, acts=True) as reached:
        await resolve(farside, card)
        await reached()
        await farside.forward(61)
        before = desk.mark()
        await desk.run(second, desk.channel("quiz"), "leaderboard")
        await desk.wait_for(lambda e: "thanks to you" in str(e), since=before)
        await farside.until(lambda: farside.rows("SELECT 1 FROM reports WHERE telling = 'told'") != [])
    await farside.until(lambda: farside.rows("SELECT 1 FROM reports WHERE telling <> 'told'") == [])
    assert [len(letters(farside, await desk.dm(person))) for person in (first, second)] == [1, 0]


async def test_killed_with_the_form_open_and_before_the_news(farside: Farside) -> None:
    """A form that was open is understood; a report that was thanked for is there; the news still comes."""
    desk = farside.desk
    card = await closed(farside)
    form = await opened(farside, desk.member, card)
    await farside.kill()
    await farside.restart()
    async with held(desk, CALLBACK, acts=False) as reached:
        await desk.submit(desk.member, form, wait=False, reason=["wrong"], note="It is 42.")
        await reached()
        await farside.kill()
    await farside.restart()
    assert farside.rows("SELECT note FROM reports") == [("It is 42.",)]
    assert "reported this before" in await reported(farside, desk.member, card)
    direct = await desk.dm(desk.member)
    async with held(desk, SEND, acts=True) as reached:
        await resolve(farside, card)
        await reached()
        await farside.kill()
    await farside.restart()
    await farside.until(lambda: farside.rows("SELECT telling FROM reports") == [("told",)])
    assert len(letters(farside, direct)) == 1, "Discord knows the nonce: it stands there once"


async def test_what_answers_tell_in_discord_and_at_the_shell(farside: Farside) -> None:
    """`/reports weak`, `farside bank stats --answers` and `bank reports` read what the bot has learnt."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    card = await closed(farside)
    await reported(farside, desk.member, card, "It is 42.")
    async with asyncio.timeout(PATIENCE):
        while not farside.rows("SELECT 1 FROM items"):
            await farside.forward(6)
            await queue(farside)
    weak = (await desk.run(desk.owner, quiz, "reports weak")).text
    assert "Nothing looks amiss after 2 answers" in weak
    folder, environment = farside.database.parent, {"FARSIDE_DATABASE": str(farside.database)}
    status, printed = await farside_says(folder, "bank", "stats", "--answers", **environment)
    assert (status, "2 answers to 1 question" in printed) == (0, True), printed
    status, printed = await farside_says(folder, "bank", "reports", **environment)
    assert status == 0
    assert "It is 42." in printed
    question = question_of(farside, card)
    [line] = [line for line in printed.splitlines() if f" {question}: " in line]
    path, number, *_ = line.split(":")
    with open(path, encoding="utf-8") as file:  # noqa: ASYNC230, PTH123 - a small one
        assert question in file.readlines()[int(number) - 1]
