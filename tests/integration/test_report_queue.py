"""The queue of reports on both engines: nothing of it is out of sight, however much there is."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cogs.messages.reports import MOST_SHOWN, queue_card
from bot.errors import Conflict, QuizError
from bot.quiz.press import Press
from bot.quiz.report import MOST_A_DAY, Outcome, Reason, Report, Subject
from bot.services.library import Library
from bot.services.reports import ReportsService
from bot.store.database import Database
from bot.store.reports import add_report
from tests.cards import check, words
from tests.engines import Where
from tests.fakes import START, FakeClock
from tests.questions import bank

QUESTIONS, PEOPLE = 250, 600
LAST = "z-most-reported"  # the last one by its name


class Desk:
    """What takes and answers reports."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, FakeClock()
        self.reports = ReportsService(database, Library(bank(20), Path("bank")), self.clock)

    async def report(self, person: int, question_id: str) -> None:
        """Have somebody report a question."""
        press = Press(1, None, 1, None, person, "Name", self.clock.now())
        subject = Subject.of_question(self.reports._library.bank[question_id])
        await self.reports.report(press, subject, Reason.WRONG, "It is 42.")


@pytest.fixture
async def desk(where: Where) -> AsyncIterator[Desk]:
    """A desk with a new database."""
    database = await Database.open(where)
    yield Desk(database)
    await database.close()


async def crowd(desk: Desk) -> None:
    """Have more than a thousand reports: two on each of many questions, and hundreds on the last."""

    def report(person: int, about: str) -> Report:
        return Report(person, about, "words", Reason.WRONG, "note", START + timedelta(seconds=person))

    made = [report(1 + number % 2, f"a{number // 2:03}") for number in range(2 * QUESTIONS)]
    made += [report(10 + person, LAST) for person in range(PEOPLE)]
    await desk.database.write(lambda tx: [add_report(tx, one) for one in made])


async def test_the_most_reported_is_never_out_of_sight(desk: Desk) -> None:
    """Of any number of reports all are counted, what is reported most comes first, and the card fits."""
    assert await desk.reports.open(MOST_SHOWN) == ([], 0)
    await crowd(desk)
    found, total = await desk.reports.open(MOST_SHOWN)
    assert (len(found), total) == (MOST_SHOWN, QUESTIONS + 1)
    assert (found[0].about, len(found[0].reports)) == (LAST, PEOPLE)
    card = queue_card(found, total)
    check(card)
    assert words(card).startswith(f"### Reports on {total} questions\n`{LAST}` · {PEOPLE} reports")
    names = list(await desk.reports.names())
    assert (names[0], len(names)) == (LAST, QUESTIONS + 1)


async def test_one_answer_is_for_all_who_reported(desk: Desk) -> None:
    """However many they are: none is left in the queue, and each is told."""
    await crowd(desk)
    assert len(await desk.reports.resolve(LAST, Outcome.KEPT, "It is so.")) == PEOPLE
    assert LAST not in await desk.reports.names()
    assert len(await desk.reports.due()) == PEOPLE


async def test_news_of_another_process_though_the_clock_was_ahead(desk: Desk) -> None:
    """What another process has answered is found, whenever the clock that began was put right."""
    other = ReportsService(desk.database, desk.reports._library, desk.clock)
    about = next(iter(desk.reports.question_ids))
    await desk.report(1, about)
    await desk.clock.set_to(START - timedelta(days=1))
    await other.resolve(about, Outcome.KEPT, "It is so.")
    await desk.clock.forward(timedelta(minutes=2))
    assert [report.about for report in await desk.reports.news_for(1)] == [about]


async def test_nobody_floods_the_queue(desk: Desk) -> None:
    """One report a person and question, so many a day; the others are not kept from reporting."""
    await desk.report(7, "q1")
    with pytest.raises(Conflict):
        await desk.report(7, "q1")
    for number in range(2, MOST_A_DAY + 1):
        await desk.report(7, f"q{number}")
    with pytest.raises(QuizError, match="10 reports within a day"):
        await desk.report(7, "q19")
    await desk.report(8, "q19")
    await desk.clock.forward(timedelta(days=1, seconds=1))
    await desk.report(7, "q19")
    assert (await desk.reports.open(1))[1] == MOST_A_DAY + 1
