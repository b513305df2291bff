"""Reports: taken from players, looked at and answered by the operator.

What always holds:
- a report is thanked for once it is on disk; a person has one on the same words, and ten a day;
- whoever reported something learns what came of it: by direct message, or else with the next
  command that they use; a crash between the two loses nothing;
- the operator reads what was written, and not by whom.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from itertools import groupby

from bot.bank import Bank
from bot.clock import Clock
from bot.errors import Conflict, NotFound, QuizError
from bot.quiz.press import Press
from bot.quiz.report import MOST_A_DAY, Complaint, Outcome, Reason, Report, Subject, Telling
from bot.services.library import Library
from bot.store.database import Database
from bot.store.day_questions import load_day
from bot.store.reports import (
    add_report,
    count_open_reports,
    count_reports_since,
    is_report_open,
    list_most_reported,
    list_open_reports,
    list_reports_to_tell,
    mark_report,
    resolve_report,
)
from bot.store.rounds import load_asked, load_round
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
_DAY = timedelta(days=1)
_LOOK_AGAIN = timedelta(minutes=1)
GONE = "Farside does not know this question any more, so nobody could look at it."
_KNOWN = "You have reported this before, and it waits to be looked at. You hear what comes of it."
_ANSWERED = (
    "You have reported this before, and it was looked at since. Once its words change you can report it anew."
)
_MANY = (
    f"That makes {MOST_A_DAY} reports within a day: thank you, and please leave some for tomorrow, so that"
    " each can be looked at."
)


class ReportsService:
    """Takes, lists and answers reports."""

    def __init__(self, database: Database, library: Library, clock: Clock) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._looked_at = clock.now()
        self._waiting: set[int] = set()  # people to be told something with the next command they use

    async def subject_of_round(self, press: Press, round_id: int) -> Subject:
        """Return what a report on a round's question is about. Raises `NotFound`."""

        def load(tx: Tx) -> Subject | None:
            for home_id in press.homes:
                if load_round(tx, home_id, round_id) is not None:
                    return Subject.of_question(load_asked(tx, home_id, round_id).question)
            return None

        subject = await self._database.read(load)
        if subject is None:
            raise NotFound(GONE)
        return subject

    async def subject_of_day(self, press: Press, post_id: int) -> Subject:
        """Return what a report on a question of the day is about. Raises `NotFound`."""
        day = await self._database.read(lambda tx: load_day(tx, press.home_id, post_id))
        if day is None or day.asked is None:
            raise NotFound(GONE)
        return Subject.of_question(day.asked.question)

    @property
    def question_ids(self) -> Sequence[str]:
        """The ids of all questions."""
        return self._library.bank.ids

    def subject_of_question(self, question_id: str) -> Subject:
        """Return what a report on a question of the bank is about. Raises `NotFound`."""
        question = self._library.bank.get(question_id)
        if question is None:
            raise NotFound(GONE)
        return Subject.of_question(question)

    def subject_of_fact(self, fact_id: str) -> Subject:
        """Return what a report on a fact is about. Raises `NotFound`."""
        fact = self._library.bank.facts.get(fact_id)
        if fact is None:
            raise NotFound(GONE)
        return Subject.of_fact(fact)

    async def report(self, press: Press, subject: Subject, reason: Reason, note: str) -> None:
        """Take a report. Raises `Conflict` for a second one, `QuizError` for too many in a day."""
        report = Report(press.player_id, subject.about, subject.item, reason, note, self._clock.now())
        is_taken = await self._database.write(partial(_add, report=report))
        if is_taken is None:
            raise QuizError(_MANY)
        if not is_taken:
            is_open = await self._database.read(partial(is_report_open, report=report))
            raise Conflict(_KNOWN if is_open else _ANSWERED)
        _log.info("%s was reported (%s); `/reports list` shows what is open", subject.about, reason)

    async def open(self, most: int) -> tuple[list[Complaint], int]:
        """Return what is most reported, `most` questions and facts at most, and how many there are in all."""
        reports, total = await self._database.read(
            lambda tx: (list_most_reported(tx, most), len(count_open_reports(tx)))
        )
        return complaints(self._library.bank, reports), total

    async def names(self) -> dict[str, str | None]:
        """Return the words of all that is reported, None where it is gone; the most reported first."""
        counted = await self._database.read(count_open_reports)
        return {about: _words_in(self._library.bank, about) for about, _ in counted}

    async def resolve(self, about: str, outcome: Outcome, answer: str) -> list[Report]:
        """Close all open reports on a question or fact and return them. Raises `NotFound` for none."""
        now = self._clock.now()
        reports = await self._database.read(partial(list_open_reports, about=about))
        if not reports:
            raise NotFound("Nothing is reported about that. `/reports list` shows what is.")
        for report in reports:  # each in its own home, and done again without harm
            job = partial(resolve_report, report=report, outcome=outcome, answer=answer, at=now)
            await self._database.write(job)
        return reports

    # ----------------------------------------------------------------------------------- the news of it

    async def load(self) -> None:
        """Remember who is to be told something with their next command."""
        found = await self._database.read(list_reports_to_tell)
        self._waiting = {report.player_id for report, _ in found}
        self._looked_at = self._clock.now()

    async def due(self) -> list[Report]:
        """Return the reports whose outcome no direct message was tried for."""
        found = await self._database.read(list_reports_to_tell)
        return [report for report, telling in found if telling is Telling.DUE]

    async def is_due(self, report: Report) -> bool:
        """Return whether a direct message is still to tell the outcome: a command may have done so since."""
        found = await self._database.read(partial(list_reports_to_tell, player_id=report.player_id))
        return any(one == report and telling is Telling.DUE for one, telling in found)

    async def news_for(self, player_id: int) -> list[Report]:
        """Return the reports of a person whose outcome they do not know yet."""
        if abs(self._clock.now() - self._looked_at) > _LOOK_AGAIN:  # another process may have answered some
            await self.load()
        if player_id not in self._waiting:
            return []
        found = await self._database.read(partial(list_reports_to_tell, player_id=player_id))
        self._waiting.discard(player_id)
        return [report for report, _ in found]

    def words_of(self, report: Report) -> str:
        """Return the words of what a report is about, or its id where it is gone."""
        return _words_in(self._library.bank, report.about) or report.about

    async def mark(self, reports: Iterable[Report], telling: Telling) -> None:
        """Note how far the news of reports has come."""
        for report in reports:
            if telling is not Telling.TOLD:
                self._waiting.add(report.player_id)
            await self._database.write(partial(mark_report, report=report, telling=telling))


def complaints(bank: Bank, reports: Iterable[Report]) -> list[Complaint]:
    """Return open reports by what they are about, the most reported first."""
    found = []
    for about, listed in groupby(sorted(reports, key=lambda one: one.about), lambda one: one.about):
        each = list(listed)
        subjects = _subjects_in(bank, about)
        words = next((subject.words for subject in subjects), None)
        known = {subject.item for subject in subjects}
        found.append(Complaint(about, words, each, any(one.item not in known for one in each)))
    return sorted(found, key=lambda one: (-len(one.reports), one.about))


def _words_in(bank: Bank, about: str) -> str | None:
    return next((subject.words for subject in _subjects_in(bank, about)), None)


def _subjects_in(bank: Bank, about: str) -> list[Subject]:
    """Return the question and the fact of that id, as far as they are in the bank."""
    question, fact = bank.get(about), bank.facts.get(about)
    found = [Subject.of_question(question)] if question is not None else []
    return [*found, Subject.of_fact(fact)] if fact is not None else found


def _add(tx: Tx, report: Report) -> bool | None:
    """Store a report unless there is one; None when its day is full."""
    if count_reports_since(tx, report.player_id, report.at - _DAY) >= MOST_A_DAY:
        return None
    return add_report(tx, report)
