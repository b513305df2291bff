"""The question of the day: asked by a post, answered until the next, told by that one."""

import re
from itertools import pairwise
from typing import Any

import pytest

from bot.emulator.client import Message
from bot.quiz.game import LETTERS
from bot.store.content import asked_of
from tests.e2e.conftest import Farside
from tests.e2e.play import CALLBACK, held, locked
from tests.e2e.test_daily import DAY, in_minutes, is_post, noted, now, posts, settle

MINUTE = 60


async def scheduled(farside: Farside, **options: Any) -> None:
    """Have a post come in ten minutes, every day, and let it come."""
    desk = farside.desk
    time = await in_minutes(farside, 10)
    await desk.run(desk.owner, desk.channel("daily-moon"), "schedule add", time=time, **options)
    await farside.forward(10 * MINUTE)
    await nth(farside, 1)


async def nth(farside: Farside, count: int) -> Message:
    """Return the post number `count` as soon as it is there and noted."""
    await farside.desk.until(lambda: len(posts(farside)) == count)
    await noted(farside, "sent", count)
    return posts(farside)[-1]


async def next_day(farside: Farside, count: int) -> Message:
    """Let a day pass, and return its post."""
    await farside.forward(DAY)
    return await nth(farside, count)


def key_letter(farside: Farside, number: int = 1) -> str:
    """Return the letter of the right answer to the question number `number` that was asked."""
    rows = farside.rows(
        "SELECT q.body, d.option_order FROM day_questions d JOIN questions q ON q.hash = d.question"
        " ORDER BY d.asked_at"
    )
    return LETTERS[asked_of(*rows[number - 1]).key_index]


def wrong_letter(farside: Farside, number: int = 1) -> str:
    """Return the letter of a wrong one."""
    return "A" if key_letter(farside, number) != "A" else "B"


def answers(farside: Farside) -> list[tuple[Any, ...]]:
    """Return the answers that are on disk."""
    return farside.rows("SELECT option, days FROM day_answers ORDER BY at")


def has_buttons(message: Message) -> bool:
    """Return whether the question of a post can be pressed."""
    return any(str(button.get("custom_id", "")).startswith("day:") for button in message.buttons)


async def test_a_post_shows_the_moon_a_fact_and_a_question(farside: Farside) -> None:
    """The picture has words, the question its buttons; another fact's question stands beside the fact."""
    desk = farside.desk
    await scheduled(farside)
    post = posts(farside)[0]
    [attached] = post.body["attachments"]
    assert attached["filename"] == "moon.jpg"
    assert "Tonight's Moon: **" in post.text
    assert "Question of the day" in post.text
    assert has_buttons(post)
    [(fact_id, body)] = farside.rows(
        "SELECT p.fact_id, q.body FROM posts p JOIN day_questions d ON d.post_id = p.id"
        " JOIN questions q ON q.hash = d.question"
    )
    assert f'"fact":"{fact_id}"' not in body
    told = await desk.press(desk.you, post, "A")
    assert told.message.is_ephemeral
    assert told.text.startswith("A is in. The answer comes with the next post")
    again = await desk.press(desk.you, post, "B")
    assert again.text == "Your answer is A: the first press stands."
    assert answers(farside) == [(0, 1)]


async def test_the_next_post_tells_the_answer(farside: Farside) -> None:
    """With counts, who was right, the explanation and the source; the first post then shows it, too."""
    desk = farside.desk
    await scheduled(farside)
    first = posts(farside)[0]
    right, wrong = key_letter(farside), wrong_letter(farside)
    await desk.press(desk.you, first, right)
    await desk.press(desk.member, first, wrong)
    second = await next_day(farside, 2)
    late = await desk.press(desk.member, first, right)
    assert "This question is over. The answer was" in late.text
    assert f"you had {wrong}" in late.text
    assert "Yesterday's question" in second.text
    assert re.search(rf"✅ \*\*{right}\*\* (.*\n)?▰+▱* 1 chose", second.text)
    assert re.search(rf"▫️ \*\*{wrong}\*\* (.*\n)?▰+▱* 1 chose", second.text)
    assert "Right: **You**" in second.text
    assert "Days running" not in second.text
    assert has_buttons(second)
    source = await desk.press(desk.member, second, "Source")
    assert "### Source" in source.text
    [daysource] = [b for b in second.buttons if str(b.get("custom_id")).startswith("daysource:")]
    told = await desk.press(desk.member, second, daysource["custom_id"])
    assert told.message.is_ephemeral
    assert "### Source" in told.text
    saved = await desk.press(desk.owner, second, "Save")
    assert saved.text.startswith("Saved")
    assert len(farside.rows("SELECT 1 FROM reviews WHERE home_id = ?", desk.owner)) == 1
    await farside.forward(2 * MINUTE)
    over = await desk.shown(
        desk.channel("daily-moon"), lambda m: m.id == first.id and "· over" in m.text and is_post(m)
    )
    assert not has_buttons(over)
    assert "Right: **You**" in over.text


async def test_days_running(farside: Farside) -> None:
    """Who answers day after day is told so; a missed one ends the run, and a day without a post does not."""
    desk = farside.desk
    await scheduled(farside)
    await desk.press(desk.you, posts(farside)[0], "A")
    await desk.press(desk.member, posts(farside)[0], "B")
    second = await next_day(farside, 2)
    assert "2 days running" in (await desk.press(desk.you, second, "B")).text
    await desk.run(desk.owner, desk.channel("daily-moon"), "schedule pause")
    await farside.forward(3 * DAY)
    await desk.run(desk.owner, desk.channel("daily-moon"), "schedule resume")
    third = await next_day(farside, 3)
    assert "The question of " in third.text
    assert "🔥 Days running: **You** 2" in third.text
    assert "3 days running" in (await desk.press(desk.you, third, "A")).text
    assert (await desk.press(desk.member, third, "A")).text.startswith("A is in. The answer")
    fourth = await next_day(farside, 4)
    assert "🔥 Days running: **You** 3" in fourth.text


async def test_where_the_next_post_never_comes(farside: Farside) -> None:
    """A schedule that was removed still tells: its last message shows the answer when the time is up."""
    desk = farside.desk
    await scheduled(farside)
    post = posts(farside)[0]
    await desk.press(desk.you, post, key_letter(farside))
    await desk.run(desk.owner, desk.channel("daily-moon"), "schedule remove")
    await farside.forward(DAY + 1)
    assert "you had it" in (await desk.press(desk.you, post, "A")).text
    await farside.forward(2 * MINUTE)
    over = await desk.shown(desk.channel("daily-moon"), lambda m: m.id == post.id and "· over" in m.text)
    assert "Right: **You**" in over.text
    assert len(posts(farside)) == 1


async def test_a_server_that_wants_no_question(farside: Farside) -> None:
    """Its posts have a Moon and a fact; the one after the change still tells the answer that is owed."""
    desk = farside.desk
    await scheduled(farside)
    said = await desk.run(desk.owner, desk.channel("general"), "config daily-question", wanted=False)
    assert "ask nothing" in said.text
    second = await next_day(farside, 2)
    assert "Yesterday's question" in second.text
    assert not has_buttons(second)
    third = await next_day(farside, 3)
    assert "question" not in third.text.lower()
    assert "Tonight's Moon" in third.text


async def test_the_moon_the_way_people_there_see_it(farside: Farside) -> None:
    """By the time zone, or as it is set."""
    desk = farside.desk
    general = desk.channel("general")
    await desk.run(desk.owner, general, "config timezone", timezone="Australia/Sydney")
    assert "southern hemisphere" in (await desk.run(desk.owner, general, "config show")).text
    said = await desk.run(desk.owner, general, "config hemisphere", side="north")
    assert "northern hemisphere" in said.text
    assert "northern hemisphere" in (await desk.run(desk.owner, general, "config show")).text
    said = await desk.run(desk.owner, general, "config hemisphere", side="auto")
    assert "southern hemisphere sees it, as its time zone says" in said.text
    await desk.run(desk.owner, general, "config hemisphere", side="south")
    await desk.run(desk.owner, general, "config timezone", timezone="UTC")
    await scheduled(farside)
    [media] = [part for part in posts(farside)[0].components if part["type"] == 12]
    assert "south is up" in media["items"][0]["description"]


async def test_where_no_picture_may_be_sent(farside: Farside) -> None:
    """Without Attach Files the post comes without its picture, and is told its answer all the same."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.permit(daily, desk.bot_id, deny=("attach_files",))
    await scheduled(farside)
    post = posts(farside)[0]
    assert post.body["attachments"] == []
    assert "Tonight's Moon" in post.text
    assert has_buttons(post)
    await next_day(farside, 2)
    await farside.forward(2 * MINUTE)
    await desk.shown(daily, lambda m: m.id == post.id and "· over" in m.text)


async def test_a_post_by_hand_asks_nothing(farside: Farside) -> None:
    """It shows the Moon and a fact, and leaves the day's own question alone."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await scheduled(farside)
    await desk.run(desk.owner, daily, "schedule post")
    await desk.until(lambda: len(posts(farside)) == 2)
    by_hand = posts(farside)[-1]
    assert "Tonight's Moon" in by_hand.text
    assert "uestion of the day" not in by_hand.text
    assert (await desk.press(desk.you, posts(farside)[0], "A")).text.startswith("A is in")


async def test_killed_before_the_press_is_stored(farside: Farside) -> None:
    """Nothing is there, and it is answered again."""
    desk = farside.desk
    await scheduled(farside)
    post = posts(farside)[0]
    async with locked(farside):
        pending = await desk.press(desk.you, post, "A", wait=False)
        await desk.wait_for(lambda e: e["type"] == "interaction" and e["id"] == pending.id, since=0)
        await farside.kill()
    assert answers(farside) == []
    await farside.restart()
    assert (await desk.press(desk.you, post, "B")).text.startswith("B is in")
    assert answers(farside) == [(1, 1)]


async def test_killed_after_the_press_is_stored(farside: Farside) -> None:
    """It is there, and pressing again says which answer stands."""
    desk = farside.desk
    await scheduled(farside)
    post = posts(farside)[0]
    async with held(desk, CALLBACK, acts=False) as reached:
        await desk.press(desk.you, post, "A", wait=False)
        await reached()
        await farside.kill()
    assert answers(farside) == [(0, 1)]
    await farside.restart()
    assert (await desk.press(desk.you, post, "B")).text == "Your answer is A: the first press stands."


@pytest.mark.parametrize("acts", [True, False])
async def test_killed_while_a_post_is_sent(farside: Farside, acts: bool) -> None:
    """Whether Discord has it or not: there is one message, with one question, and its presses count."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    async with held(desk, "POST /channels/*/messages", acts=acts) as reached:
        await farside.forward(10 * MINUTE)
        await reached()
        await farside.kill()
    before = farside.rows("SELECT question, option_order FROM day_questions")
    assert len(before) == 1
    await farside.restart()
    await farside.forward(MINUTE)
    post = await nth(farside, 1)
    assert farside.rows("SELECT question, option_order FROM day_questions") == before
    assert (await desk.press(desk.you, post, "A")).text.startswith("A is in")
    assert "Yesterday's question" in (await next_day(farside, 2)).text


async def test_a_lost_answer_sends_the_picture_again(farside: Farside) -> None:
    """Nothing arrived: the second try has the same question and the whole picture."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(farside, 10))
    await desk.fault("lost", route="POST /channels/*/messages", times=1, acts=False)
    await farside.forward(10 * MINUTE)
    await settle(farside)
    await farside.forward(MINUTE)
    post = await nth(farside, 1)
    [attached] = post.body["attachments"]
    assert attached["size"] > 10_000
    assert len(farside.rows("SELECT * FROM day_questions")) == 1


async def test_discord_s_clock_decides(farside: Farside) -> None:
    """A press made in time and heard after the answer was told counts, and is shown."""
    desk = farside.desk
    daily = desk.channel("daily-moon")
    await scheduled(farside)
    post = posts(farside)[0]
    [(closes_at,)] = farside.rows("SELECT closes_at FROM day_questions")
    await farside.forward(closes_at / 1000 - (await now(farside)).timestamp() - 1)
    right = key_letter(farside)
    await desk.fault("hear_late", event="INTERACTION_CREATE", seconds=0.3, times=1)
    pressing = await desk.press(desk.you, post, right, wait=False)
    await farside.forward(1.1)
    assert f"{right} is in" in (await desk.outcome(pressing.id)).text
    assert len(answers(farside)) == 1
    await nth(farside, 2)
    await farside.forward(5 * MINUTE)
    await desk.shown(daily, lambda m: m.id == post.id and "Right: **You**" in m.text)


async def test_privacy(farside: Farside) -> None:
    """What somebody answered is theirs to see and to delete."""
    desk = farside.desk
    general = desk.channel("general")
    await scheduled(farside)
    await desk.press(desk.you, posts(farside)[0], "A")
    seen = await desk.run(desk.you, general, "privacy view")
    assert "1 answer to questions of the day" in seen.text
    exported = await desk.run(desk.you, general, "privacy export")
    assert exported.message.body["attachments"]
    form = await desk.run(desk.you, general, "privacy delete")
    assert form.modal is not None
    word = form.modal["custom_id"].split(":")[2]
    assert "is deleted" in (await desk.submit(desk.you, form, word=word)).text
    assert answers(farside) == []


async def test_eight_days(farside: Farside) -> None:
    """No question and no fact comes twice, and no topic of a fact or question on two days running."""
    await scheduled(farside)
    for count in range(2, 9):
        await next_day(farside, count)
    asked = farside.rows("SELECT question, topic FROM day_questions ORDER BY asked_at")
    assert len({question for question, _ in asked}) == 8
    topics = [topic for _, topic in asked]
    assert all(one != other for one, other in pairwise(topics))
    facts = farside.rows("SELECT fact_id FROM posts ORDER BY due_at")
    assert len(set(facts)) == 8
    assert all("Yesterday's question" in post.text for post in posts(farside)[1:])
