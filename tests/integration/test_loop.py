"""The event loop stays free: no single step of it works for long, whatever is asked of a bank however large.

Work is counted as the time that the loop's own thread computes in one step, so that a busy
machine, which takes the processor away for a while, makes no step longer.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from random import Random
from string import ascii_lowercase
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest

from bot.bank import Bank, BankError, Seen, cache, compiler, watch
from bot.bank.enemies import Enemies
from bot.bank.part import Part
from bot.cogs.messages.settings import zone_choices
from bot.errors import QuizError
from bot.quiz.game import Rules
from bot.quiz.items import Level
from bot.quiz.question import Fact
from bot.services.draws import draw, pool_size
from bot.services.facts import FactsService
from bot.services.library import Library
from bot.services.schedules import Almanacs
from bot.services.zones import ZonesService
from bot.services.zones import atlas as make_atlas
from tests.banks import many, source, write_bank
from tests.loops import LONGEST, watched

QUESTIONS = 20_000
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
WORDS = ("crater", "basin", "regolith", "landing", "orbit", "eclipse", "rover", "sample", "mare", "shadow")


def facts(count: int) -> list[Fact]:
    """Return so many facts in which no two have the same words."""
    pairs = product(WORDS, WORDS, range(count))
    return [
        Fact(
            f"fact-{n}",
            f"topic-{n % 40}",
            1,
            f"The {one} {n}x{place} lies beside {other}{n} and {one}{n % 97}.",
            f"Somebody saw {other} number{n}.",
            source(),
        )
        for n, (one, other, place) in zip(range(count), pairs, strict=False)
    ]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """A compiled bank of twenty thousand questions, none of which has been read yet."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("kept")
        patch.setattr(cache, "cache_folder", lambda: folder)
        titles = {f"topic-{n}": f"Topic {n}" for n in range(40)}
        questions = many(QUESTIONS)
        cache.store("large", Part.of(questions, titles, facts(QUESTIONS // 2)), questions)
        part = cache.load("large")
        assert part is not None
        return Bank([part])


def test_reading_a_compiled_bank_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read in one go, for which all threads wait, is short, whatever facts and enemies there are."""
    count, longest, read = 2000, 0, orjson.loads

    def noting(text: memoryview) -> object:
        nonlocal longest
        longest = max(longest, len(text))
        return read(text)

    questions, known = many(count), facts(count)
    enemies = Enemies.beside([range(count)] * count)
    part = replace(Part.of(questions, {}, known), enemies=enemies)
    monkeypatch.setattr(orjson, "loads", noting)
    found = cache._decoded(memoryview(cache._encoded(part, questions)))
    assert list(found.facts) == known
    assert list(found.enemies[7]) == list(range(count))
    assert longest < 150 * count


@pytest.mark.parametrize("is_measured", [False, True])
async def test_what_was_read_of_an_old_bank_goes_in_short_steps(tmp_path: Path, is_measured: bool) -> None:
    """When a new bank or new difficulties come, the loop goes round while the questions read are freed."""
    freed, most = 0, 0

    class Read:
        def __del__(self) -> None:
            nonlocal freed
            freed += 1

    def go_round() -> None:
        nonlocal freed, most
        most, freed = max(most, freed), 0
        asyncio.get_running_loop().call_soon(go_round)

    library = Library(Bank([Part.of(many(6000), {})]), tmp_path)
    first, key = library.bank.ids[0], library.bank.item_of(library.bank.ids[0]) or ""
    library.take([Level(first, key, 3, 2, NOW)], [])
    library.bank._decoded[:] = [cast("Any", Read()) for _ in range(6000)]
    go_round()
    if is_measured:
        await library.take_aside([Level(first, key, 1, 3, NOW)], [])
    else:
        await library.replace(Bank([Part.of(many(1), {})]))
    await asyncio.sleep(0)
    assert 0 < most <= 1000
    assert library.bank.difficulty_at(0) == (1 if is_measured else 3)


async def test_practice_on_one_fact_reads_its_questions_alone(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'Quiz me on this' finds its question among twenty thousand without reading the others."""

    async def practise(fact: str) -> None:
        rules = Rules(fact=fact)
        assert pool_size(bank, rules) == 2
        asked, _ = draw(bank, Random(1), rules, Seen())
        assert asked.question.fact == fact

    with watched() as steps:
        for number in (0, 77, QUESTIONS // 2 - 1):
            await asyncio.create_task(practise(f"fact-{number}"))
    assert sum(question is not None for question in bank._decoded) == 6
    assert steps.longest < LONGEST, steps.what


@pytest.mark.parametrize(
    "typed",
    [
        "crater",
        "craetr basn rgolith lnding orbti eclpse rovr smaple mrae shdow crater9 basin7",
        "a",
        "9" * 200,
        "x " * 100,
    ],
)
async def test_a_search_among_ten_thousand_facts(bank: Bank, typed: str) -> None:
    """The index is made, and words are compared, beside the loop; the first search is no exception."""
    shelf: Any = SimpleNamespace(bank=bank)
    service = FactsService(shelf, Almanacs(shelf))
    with watched() as steps:
        for ask in (service.search, service.suggest):
            try:
                assert len(await ask(typed, 25)) <= 25
            except QuizError:
                assert ask == service.search
        assert (await service.today(date(2026, 11, 22))).id in bank.facts
        assert service.topics
    assert steps.longest < LONGEST, steps.what


async def test_every_keystroke_of_a_time_zone() -> None:
    """The atlas is made beside the loop, and no text takes it long: letters, offsets, slips, long texts."""
    typed = [
        *ascii_lowercase,
        "",
        "UTC+2",
        "utc-3:30",
        "+5",
        "san",
        "xqzvk",
        "new yrok",
        "e" * 6000,
        "🌕" * 100,
    ]

    async def type_(zones: ZonesService, text: str) -> None:
        atlas = await zones.load()
        zone_choices(atlas.search(text, NOW, locale="de"), NOW)
        try:
            atlas.find(text, NOW)
        except QuizError:
            return

    make_atlas.cache_clear()
    zones = ZonesService()
    with watched() as steps:
        for text in typed:
            await asyncio.create_task(type_(zones, text))
    assert steps.longest < LONGEST, steps.what


async def test_a_large_bank_is_read_by_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """YAML is read where it holds nobody up; the running bot takes what was compiled, or the faults found."""

    def refuse(*_: object) -> None:
        raise AssertionError("read by the process that plays")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(watch, "_LARGE", 0)
    monkeypatch.setattr(compiler, "compile_document", refuse)
    path = write_bank(tmp_path / "bank.yaml", *many(8))
    found = await watch.BankFiles(path).load()
    assert isinstance(found, Bank)
    assert len(found) == 8
    path.write_text("version: 1\nquestions:\n  - id: a\n    stem: Where?\n", encoding="utf-8")
    found = await watch.BankFiles(path).load()
    assert isinstance(found, BankError)
    assert f"{path}:3:" in str(found)
