"""A language model's help with the wording, from servers that answer well, badly, late, and with lies."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from bot.bank.facts import AuthoredFact, Status, faults
from bot.drafter import Draft, draft
from bot.drafter.draft import stems
from bot.drafter.rewrite import Rewriter, Unreachable, sound_distractors

ARTICLE = """\
Tarn Castle

The lake below the castle is 340 metres deep, and people say that it has no ground at all in winter.

Otto Lind, a mason from Oslo, took nine years over the tower, and Karl Holm gave 4,000 barrels of salt for it.
"""

Reply = Callable[[dict[str, Any]], Any]


def saying(**answer: Any) -> Reply:
    """Return a server's manner: the same JSON object for every candidate."""
    return lambda asked: json.dumps(answer)


@asynccontextmanager
async def server(reply: Reply, seen: list[dict[str, Any]] | None = None) -> AsyncIterator[str]:
    """Serve the chat protocol on loopback; `reply` gets what is asked and returns the content."""

    async def chat(request: web.Request) -> web.Response:
        body = await request.json()
        if seen is not None:
            seen.append(body)
        content = reply(json.loads(body["messages"][-1]["content"]))
        if isinstance(content, web.Response):
            return content
        if content is asyncio.Event:
            await asyncio.Event().wait()  # never answers
        return web.json_response({"choices": [{"message": {"role": "assistant", "content": content}}]})

    app = web.Application()
    app.router.add_post("/v1/chat/completions", chat)
    runner = web.AppRunner(app, shutdown_timeout=0.01, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/v1"
    finally:
        await runner.cleanup()


def plain() -> Draft:
    """Return the draft without a model."""
    return draft(ARTICLE, name="castle.txt")


def by_value(found: Draft) -> dict[str, AuthoredFact]:
    """Return the facts of a draft by their values."""
    return {fact.value: fact for fact in found.facts_file.facts}


async def reworded(reply: Reply, seen: list[dict[str, Any]] | None = None, **options: Any) -> Draft:
    """Return the draft after a server's answers; whatever they are, it is valid and asks nothing yet."""
    async with server(reply, seen) as url:
        better, _ = await Rewriter(url, "small", **options).rewrite(plain())
    assert list(faults(better.facts_file)) == []
    assert all(fact.status is Status.DRAFT for fact in better.facts_file.facts)
    return better


async def test_good_answers_word_complete_and_drop() -> None:
    """A sound question and statement are taken, a candidate that no reader wants is dropped."""

    def reply(asked: dict[str, Any]) -> str:
        if asked["value"] != "4,000 barrels":
            return json.dumps({"drop": True})
        return json.dumps(
            {
                "drop": False,
                "ask": "How many barrels of salt did Karl Holm give for the tower of Otto Lind?",
                "statement": "Karl Holm gave 4,000 barrels of salt for the tower of Otto Lind.",
                "distractors": ["900 barrels", "1,200 barrels", "9,000 barrels"],
            }
        )

    (fact,) = (await reworded(reply)).facts_file.facts
    assert stems(fact) == ["How many barrels of salt did Karl Holm give for the tower of Otto Lind?"]
    assert fact.statement == "Karl Holm gave 4,000 barrels of salt for the tower of Otto Lind."
    assert fact.distractors == ["900 barrels", "1,200 barrels", "9,000 barrels"]
    assert "Worded by small." in str(fact.note)
    assert (fact.evidence, fact.value) == (by_value(plain())["4,000 barrels"].evidence, "4,000 barrels")


async def test_an_answer_in_a_fence_is_read() -> None:
    """Small models wrap their JSON in prose and fences."""
    answer = json.dumps({"drop": True})
    assert not (await reworded(lambda asked: f"Here you are:\n```json\n{answer}\n```")).facts_file.facts


@pytest.mark.parametrize(
    "reply",
    [
        lambda asked: "I am sorry, I cannot do that.",
        lambda asked: '{"drop": "perhaps", "ask": 7}',
        lambda asked: "{" * 50_000,
        lambda asked: None,
        lambda asked: web.Response(text="<html>not JSON</html>"),
        lambda asked: web.json_response({"choices": []}),
        lambda asked: web.json_response(["nothing"]),
        saying(),
    ],
    ids=["prose", "types", "nesting", "null", "page", "empty", "list", "nothing"],
)
async def test_bad_answers_leave_the_plain_draft(reply: Reply) -> None:
    """Prose, wrong types, pages and emptiness change nothing."""
    assert (await reworded(reply)).facts_file == plain().facts_file


@pytest.mark.parametrize(
    "answer",
    [
        {"ask": "How many barrels of salt did King Harald give for the tower of Otto Lind?"},
        {"ask": "How many barrels of salt did Karl Holm give in 1066 for the tower of Otto Lind?"},
        {"ask": "Did Karl Holm give 4,000 barrels of salt for the tower of Otto Lind?"},
        {"ask": "How many barrels did he give for it?"},
        {"ask": "Karl Holm gave barrels of salt"},
        {"ask": "How many barrels of salt did Karl Holm give for\nthe tower of Otto Lind?"},
        {"statement": "Karl Holm gave 5,000 barrels of salt for the tower of Otto Lind."},
        {"statement": "Karl Holm gave 4,000 barrels of salt to King Harald."},
        {"statement": "He gave 4,000 barrels of salt for it."},
        {"statement": "Karl Holm did not give 4,000 barrels of salt for the tower."},
        {"statement": "Nobody gave 4,000 barrels of salt for the tower."},
        {"statement": "Harald gave 4,000 barrels of salt for the tower."},
        {"statement": "Karl Holm gave twice 4,000 barrels of salt for the tower."},
        {"statement": "Karl Holm gave 4,000 barrels of salt for seven towers."},
        {"ask": "Harald gave how many barrels of salt for the tower of Otto Lind?"},
        {"ask": "In which year did Karl Holm give barrels of salt for the tower of Otto Lind?"},
        {"distractors": ["4,000 barrels", "4000 barrels", "4,000 barrels"]},
        {"distractors": ["Otto Lind", "a lot"]},
        {"distractors": ["900 barrels"]},
    ],
)
async def test_lies_are_refused(answer: dict[str, Any]) -> None:
    """New names, numbers and denials, the key given away or not asked for, right answers as wrong: none."""
    assert (await reworded(saying(**answer))).facts_file == plain().facts_file


async def test_one_bad_field_does_not_spoil_the_others() -> None:
    """A statement that is sound is taken although the question beside it is not."""
    sound = "Karl Holm gave 4,000 barrels of salt for the tower of Otto Lind."
    found = await reworded(saying(ask="How many did he give?", statement=sound))
    assert by_value(found)["4,000 barrels"].statement == sound
    assert stems(by_value(found)["4,000 barrels"]) == stems(by_value(plain())["4,000 barrels"])


async def test_late_answers_leave_the_plain_draft() -> None:
    """A candidate whose answer does not come in time stays as it was drafted."""
    first = plain().facts_file.facts[0].value

    def reply(asked: dict[str, Any]) -> Any:
        return json.dumps({"drop": True}) if asked["value"] == first else asyncio.Event

    found = await reworded(reply, timeout=0.3)
    assert found.facts_file.facts == plain().facts_file.facts[1:]


async def test_a_server_that_is_not_there_is_told_at_once() -> None:
    """The first answer decides: nothing more is tried, and the author reads why."""
    async with server(saying()) as url:
        pass
    with pytest.raises(Unreachable, match="cannot be reached"):
        await Rewriter(url, "small").rewrite(plain())
    seen: list[dict[str, Any]] = []
    async with server(lambda asked: web.Response(status=404), seen) as url:
        with pytest.raises(Unreachable, match="answered 404: is the model's name right"):
            await Rewriter(url, "small").rewrite(plain())
    assert len(seen) == 1


async def test_only_the_candidates_own_sentence_is_sent() -> None:
    """Of the article nothing goes out but each candidate's evidence."""
    seen: list[dict[str, Any]] = []
    await reworded(saying(), seen)
    assert len(seen) == len(plain().facts_file.facts)
    for body in seen:
        told = json.loads(body["messages"][-1]["content"])
        assert set(told) == {"sentence", "value", "kind", "question"}
        assert told["sentence"] in ARTICLE
        assert (body["model"], body["temperature"], body["stream"]) == ("small", 0, False)


def test_wrong_answers_are_of_the_keys_sort() -> None:
    """Names for a name, amounts in its unit for an amount, none that the sentence holds or that is akin."""
    fact = by_value(plain())["Otto Lind"]
    assert sound_distractors(fact, ["Karl Holm", "Peter Dahl", "Lind", "9", "Jan Moe"]) == [
        "Peter Dahl",
        "Jan Moe",
    ]
    fact = by_value(plain())["340 metres"]
    assert sound_distractors(fact, ["335 metres", "500 metres", "120 metres", "90 feet"]) == [
        "500 metres",
        "120 metres",
    ]
