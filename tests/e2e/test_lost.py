"""Answers that are lost, and such as are none, at each step of each kind of round: nothing is doubled."""

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.emulator.client import Message, Outcome
from bot.quiz.game import Form
from tests.e2e.conftest import Farside
from tests.e2e.play import CALLBACK, EDIT, SEND, is_result_of
from tests.e2e.rounds import asked, is_closed, is_open, is_standings, round_of
from tests.e2e.test_typed import PICTURES, with_bank

ORIGINAL = "PATCH /webhooks/*/*/messages/@original"
PAGE = "<html><body>something in between</body></html>"
FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "lost, done": ("lost", {"acts": True}),
    "lost": ("lost", {}),
    "500, done": ("status", {"status": 500, "acts": True}),
    "502, a page": ("status", {"status": 502, "body": PAGE}),
    "200, a page, done": ("status", {"status": 200, "body": PAGE, "acts": True}),
    "200, a list, done": ("status", {"status": 200, "body": [], "acts": True}),
    "200, no id, done": ("status", {"status": 200, "body": {"id": None}, "acts": True}),
    "301": ("status", {"status": 301, "body": PAGE, "headers": {"Location": "http://127.0.0.1:1/"}}),
    "429, a page": ("status", {"status": 429, "body": PAGE}),
    "429, odd": ("status", {"status": 429, "body": {"retry_after": "soon", "global": "shared"}}),
    "429, below 0": ("status", {"status": 429, "body": {"retry_after": -5, "code": 0}}),
    "403, a page, done": ("status", {"status": 403, "body": PAGE, "acts": True}),
    "404, code 0": ("status", {"status": 404, "body": {"message": "404: Not Found", "code": 0}}),
    "401": ("status", {"status": 401, "body": {"message": "401: Unauthorized", "code": 0}}),
}
CLUES = ("It is red.", "It is small.", "It has two moons.")
ONE = """\
  - id: {kind}
    fact: {kind}
    kind: {kind}
    topic: moon
    difficulty: 1
    stem: Which {stem} is meant here?
    key: "{key}"
    explanation: So it is.
    source: {{title: A map}}
{more}"""
BANK = PICTURES + "".join(
    ONE.format(kind=kind, stem=stem, key=key, more=f"    {more}\n")
    for kind, stem, key, more in (
        ("choice", "metal", "Iron", "distractors: [Lead, Tin]"),
        ("text", "river", "Danube", "distractors: [Rhine, Elbe]"),
        ("set", "pair of towns", "Bonn", "keys: [Bonn, Trier]\n    distractors: [Jena, Halle, Gera]"),
        ("ladder", "planet", "Mars", f"clues: [{', '.join(CLUES)}]\n    distractors: [Venus, Saturn]"),
        ("estimate", "distance", "85 km", "tolerance: {low: 80, high: 90, unit: km}"),
    )
)


class Steps:
    """A bot whose Discord lets the first request of each step go wrong."""

    def __init__(self, farside: Farside, fault: str) -> None:
        self.farside = farside
        self.desk = farside.desk
        self._kind, self._options = FAULTS[fault]

    async def arm(self, *routes: str) -> None:
        """Have the next request on each of these routes go wrong."""
        await self.desk.clear_faults()
        for route in routes:
            await self.desk.fault(self._kind, route=route, times=1, **self._options)

    async def answer(self, card: Message, player: str) -> Outcome:
        """Answer a round in its form, each step of it disturbed."""
        what = asked(self.farside, card)
        await self.arm(CALLBACK)
        if what.form is Form.TYPED:
            opened = await self.desk.press(player, card, "Answer")
            assert opened.state == "modal", opened
            await self.arm(CALLBACK)
            return await self.desk.submit(player, opened, text=what.question.key)
        if what.form is Form.MENU:
            values = [str(place) for place in what.key_places]
            menu = str(card.selects[0]["custom_id"])
            return await self.desk.press(player, card, menu, values)
        return await self.desk.press(player, card, "A")


@pytest.mark.long
@pytest.mark.parametrize("fault", ["lost, done", "200, a list, done", "429, odd"])
async def test_each_step_disturbed(farside: Farside, tmp_path: Path, fault: str) -> None:
    """A game of every kind of round, one alone, an export and a post by hand come to their ends, once."""
    desk, quiz, steps = farside.desk, farside.desk.channel("quiz"), Steps(farside, fault)
    await with_bank(farside, tmp_path, BANK)
    kinds = await in_channel(steps)
    assert len(kinds) == 6, [m.text for m in desk.messages(quiz)]
    shown = desk.messages(quiz)
    rounds = Counter(round_of(m) for m in shown if is_open(m) or is_closed(m))
    assert sorted(rounds.values()) == [1] * 6
    assert sum(map(is_standings, shown)) == 1
    assert farside.rows("SELECT count(*), count(is_right) FROM answers") == [(7, 7)]
    await alone(steps)
    await steps.arm(ORIGINAL)
    assert len((await desk.run(desk.you, quiz, "moon")).message.files) == 1
    await steps.arm(CALLBACK)
    told = await desk.run(desk.you, quiz, "privacy export")
    assert [file["filename"] for file in told.message.files] == [f"farside-{desk.you}.json"]


async def in_channel(steps: Steps) -> set[str]:
    """Play a game of everything in the channel; return the kinds of questions that were asked."""
    farside, desk, quiz = steps.farside, steps.desk, steps.desk.channel("quiz")
    await steps.arm(CALLBACK, SEND)
    started = await desk.run(desk.you, quiz, "quiz start", mode="mixed", questions=6, seconds=90)
    assert started.state == "done", started
    kinds: set[str] = set()
    seen: set[str] = set()
    while True:

        def is_next(message: Message) -> bool:
            return message.id not in seen and (is_open(message) or is_standings(message))

        card = await desk.shown(quiz, is_next)
        if is_standings(card):
            return kinds
        if not seen:  # who is awaited from now on, so that rounds end by their time alone
            await steps.answer(card, desk.member)
        seen.add(card.id)
        question = asked(farside, card).question
        kinds.add(question.kind)
        told = await steps.answer(card, desk.you)
        assert " in. The result" in told.text, told
        if question.clues:
            for clue in question.clues[1:]:
                await steps.arm(EDIT)
                await farside.forward(31)
                await desk.shown(quiz, partial(has, card, clue))
        await steps.arm(EDIT)
        await farside.forward(95)
        await desk.shown(quiz, partial(is_result_of, card))
        await steps.arm(SEND)
        await farside.forward(9)


def has(card: Message, words: str, message: Message) -> bool:
    """Tell whether the message is this card, and says these words."""
    return message.id == card.id and words in message.text


async def alone(steps: Steps) -> None:
    """Play all of it alone."""
    desk = steps.desk
    await steps.arm(CALLBACK)
    told = await desk.run(desk.you, desk.channel("general"), "quiz solo", mode="mixed", questions=6)
    for number in range(6):
        judged = await steps.answer(told.message, desk.you)
        assert judged.state == "done", judged
        assert judged.message.id == told.message.id
        await steps.arm(CALLBACK)
        told = await desk.press(desk.you, judged.message, "Next" if number < 5 else "Result")
        assert told.state == "done", told
    assert "Play again" in told.message.labels
    [(answers, games)] = steps.farside.rows(
        "SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM games WHERE state = 'finished')"
    )
    assert (answers, games) == (13, 2)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_post_disturbed(farside: Farside, fault: str) -> None:
    """A fact that is posted by hand comes once, whatever becomes of the first answers."""
    desk, quiz, steps = farside.desk, farside.desk.channel("quiz"), Steps(farside, fault)
    await steps.arm(CALLBACK)
    added = await desk.run(desk.owner, quiz, "schedule add", time="09:00")
    assert added.state == "done", added
    await steps.arm(CALLBACK, SEND)
    posted = await desk.run(desk.owner, quiz, "schedule post", wait=False)

    await farside.pass_until(lambda: farside.rows("SELECT state FROM posts") == [("sent",)])
    await desk.outcome(posted.id)
    assert sum("source:" in str(m.buttons) for m in desk.messages(quiz)) == 1
    assert farside.rows("SELECT count(*) FROM schedules") == [(1,)]
