"""Reports: a button on every source, a command on every question's message, and the operator's queue.

What always holds: a form's custom_id names what it is about, so that one that was open
while the bot began anew is understood; nothing of a report is shown in a channel.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import discord
from discord import Interaction, app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.cogs.channels import Channels, Unreadable
from bot.cogs.choices import read_choice
from bot.cogs.door import press_of
from bot.cogs.forms import chosen, plain_words, typed
from bot.cogs.messages.components import Card, tag_of, texts
from bot.cogs.messages.reports import (
    MOST_SHOWN,
    NOT_OURS,
    OUTCOMES,
    REASONS,
    THANKS,
    news_card,
    queue_card,
    resolved_text,
    weak_card,
)
from bot.cogs.messages.text import shorten
from bot.cogs.operators import is_operator, require_operator
from bot.cogs.patience import soon
from bot.cogs.replies import LateReply, follow_up, open_modal, reply
from bot.cogs.router import Router, number_in
from bot.cogs.sender import Failure, Later
from bot.errors import NotFound
from bot.quiz.press import Press
from bot.quiz.report import LONGEST_NOTE, Outcome, Reason, Report, Subject, Telling
from bot.services.facts import FactsService
from bot.services.learning import LearningService
from bot.services.reports import GONE, ReportsService
from bot.services.supervisor import Supervisor

_log = logging.getLogger(__name__)
_OUTCOMES = [Choice(name=words, value=outcome.value) for outcome, words in OUTCOMES.items()]
_OF_ROUNDS = {
    "source", "answer", "type", "choose", "next", "save",
    "solo", "solotype", "solochoose", "soloclue", "solonext",
}  # fmt: skip
_OF_DAYS = {"day", "daysource"}

About = tuple[str, ...]
"""What a report is about, in the words of a custom_id; see `ReportCog._subject`."""
_SUGGESTED = 25


class ReportCog(commands.Cog):
    """What people report, and what answers tell."""

    reports = app_commands.Group(
        name="reports",
        description="For whoever runs Farside: what is reported, and which questions look weak",
        guild_only=True,
        default_permissions=discord.Permissions(administrator=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(  # noqa: PLR0913 - what it joins
        self,
        client: commands.AutoShardedBot,
        router: Router,
        *,
        reports: ReportsService,
        learning: LearningService,
        facts: FactsService,
        channels: Channels,
        supervisor: Supervisor,
        operators: Collection[int],
    ) -> None:
        self._client = client
        self._reports = reports
        self._learning = learning
        self._facts = facts
        self._channels = channels
        self._supervisor = supervisor
        self._operators = operators
        self._menu = app_commands.ContextMenu(
            name="Report this question",
            callback=self._report_message,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        router.on("report", self._press)

    async def cog_load(self) -> None:
        """Add the command of messages, and remember who is to be told something."""
        self._client.tree.add_command(self._menu)
        await self._reports.load()

    # -------------------------------------------------------------------------------------- whoever reports

    async def _report_message(self, interaction: Interaction[Any], message: discord.Message) -> None:
        """Open the form for what a message shows: a question, a fact, or several of them."""
        abouts = list(dict.fromkeys(_abouts(message))) if message.author == self._client.user else []
        if not abouts:
            raise NotFound(NOT_OURS)
        await self._open(interaction, abouts)

    async def _press(self, interaction: Interaction[Any], *words: str) -> None:
        """`report:<about>` opens the form, `report:send:<about>` is its submission; see `_subject`.

        A form with several to choose from is submitted as `report:send`.
        """
        if words[:1] == ("send",):
            await self._take(interaction, words[1:] or tuple(chosen(interaction, "about").split(":")))
        else:
            await self._open(interaction, [words])

    async def _open(self, interaction: Interaction[Any], abouts: Iterable[About]) -> None:
        press, subjects = press_of(interaction), {}
        for about in abouts:
            with suppress(NotFound):
                subjects[about] = await self._subject(press, about)
        if not subjects:
            raise NotFound(GONE)
        await open_modal(interaction, _Form(subjects))

    async def _take(self, interaction: Interaction[Any], about: About) -> None:
        subject = await self._subject(press_of(interaction), about)
        reason = read_choice(Reason, chosen(interaction, "reason"))
        note = plain_words(typed(interaction, "note"))[:LONGEST_NOTE]
        await self._reports.report(press_of(interaction), subject, reason, note)
        await reply(interaction, THANKS)

    async def _subject(self, press: Press, about: About) -> Subject:
        """Return what `round:<id>`, `day:<post>`, `question:<tag>` or `fact:<tag>` names, or raise."""
        match about:
            case ("round", round_id):
                return await self._reports.subject_of_round(press, number_in(round_id))
            case ("day", post_id):
                return await self._reports.subject_of_day(press, number_in(post_id))
            case ("question", *rest) if rest:
                tag = ":".join(rest)
                ids = self._reports.question_ids if tag.startswith("~") else ()
                return self._reports.subject_of_question(
                    next((one for one in ids if tag_of(one) == tag), tag)
                )
            case ("fact", *rest) if rest:
                tag = ":".join(rest)
                known = (fact_id for fact_id in self._facts.ids if tag_of(fact_id) == tag)
                return self._reports.subject_of_fact(next(known, tag))
        raise NotFound(NOT_OURS)

    # ------------------------------------------------------------------------------------------ the operator

    @reports.command(name="list", description="Show what is reported and not answered yet")
    async def show_all(self, interaction: Interaction[Any]) -> None:
        """Show the queue."""
        require_operator(interaction, self._operators)
        found, total = await soon(interaction, self._reports.open(MOST_SHOWN))
        await reply(interaction, view=queue_card(found, total))

    @reports.command(name="weak", description="Show the questions that look weak by what people answered")
    async def weak(self, interaction: Interaction[Any]) -> None:
        """Show what answers tell."""
        require_operator(interaction, self._operators)
        weak, answers = await soon(interaction, self._learning.weak())
        await reply(interaction, view=weak_card(weak, answers))

    @reports.command(
        name="resolve", description="Answer all reports on a question; those who reported are told"
    )
    @app_commands.describe(
        question="Which one, from the suggestions",
        outcome="What came of it",
        note="A few words to those who reported it",
    )
    @app_commands.choices(outcome=_OUTCOMES)
    async def resolve(
        self,
        interaction: Interaction[Any],
        question: str,
        outcome: str,
        note: Range[str, 1, LONGEST_NOTE] | None = None,
    ) -> None:
        """Close reports, and tell those who made them."""
        require_operator(interaction, self._operators)
        about = await self._about(question)
        found = read_choice(Outcome, outcome)
        answered = await soon(interaction, self._reports.resolve(about, found, plain_words(note or "")))
        await reply(interaction, resolved_text(about, found, answered))
        self._supervisor.start("the news of reports", self._tell, is_vital=False)

    @resolve.autocomplete("question")
    async def suggest(self, interaction: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest what is reported, to those alone who may see it."""
        if not is_operator(interaction, self._operators):
            return []
        wanted = current.casefold().strip()
        return [
            Choice(name=shorten(f"{about}: {words or 'gone'}", 100), value=tag_of(about))
            for about, words in (await self._reports.names()).items()
            if wanted in f"{about} {words}".casefold()
        ][:_SUGGESTED]

    async def _about(self, named: str) -> str:
        """Return the id that was picked or typed."""
        reported = await self._reports.names()
        return next((about for about in reported if named.strip() in (about, tag_of(about))), named)

    # ------------------------------------------------------------------------------------------- the news

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Tell what could not be told before the bot ended."""
        self._supervisor.start("the news of reports", self._tell, is_vital=False)

    async def _tell(self) -> None:
        """Send what came of reports by direct message; else it waits for the next command."""
        for report in await self._reports.due():
            if not await self._reports.is_due(report):
                continue
            try:
                card = news_card([report], [self._reports.words_of(report)])
                if not await self._is_there(report, card):
                    await self._channels.send_to(report.player_id, card, nonce=_nonce(report))
            except Later as later:  # with the next start, or the next command
                _log.info("the news of a report waits: %s", later)
                await self._reports.mark([report], Telling.DUE)
            except (Failure, Unreadable) as failure:
                _log.info("whoever reported something cannot be told by direct message: %s", failure)
                await self._reports.mark([report], Telling.REFUSED)
            else:
                await self._reports.mark([report], Telling.TOLD)

    async def _is_there(self, report: Report, card: Card) -> bool:
        """Return whether the news came already: the program may have been killed before it noted that."""
        *_, news = texts(card)
        place = await self._channels.direct(report.player_id)
        return await self._channels.find(place, report.at, news.__eq__, marks=texts) is not None

    @commands.Cog.listener()
    async def on_app_command_completion(self, interaction: Interaction[Any], _: Any) -> None:
        """Tell what came of reports to those who could not be told by direct message."""
        news = await self._reports.news_for(interaction.user.id)
        if news:
            words = [self._reports.words_of(report) for report in news]
            try:
                await follow_up(interaction, view=news_card(news, words))
            except LateReply:
                await self._reports.mark(news, Telling.REFUSED)
                raise
            await self._reports.mark(news, Telling.TOLD)


class _Form(discord.ui.Modal, title="What is wrong with it?"):
    """Asks for a reason and a few words; and what it is about, where there are several."""

    def __init__(self, subjects: Mapping[About, Subject]) -> None:
        [(about, subject), *others] = subjects.items()
        super().__init__(custom_id=":".join(("report", "send", *(() if others else about))))
        if others:
            each: discord.ui.Select[Any] = discord.ui.Select(
                custom_id="about",
                placeholder="Pick one",
                options=[
                    discord.SelectOption(label=shorten(one.words, 100), value=":".join(named))
                    for named, one in list(subjects.items())[:_SUGGESTED]
                ],
            )
            self.add_item(discord.ui.Label(text="What is it about?", component=each))
        shown = None if others else shorten(subject.words, 100)
        reasons: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="reason",
            placeholder="Pick one",
            options=[
                discord.SelectOption(label=words, value=reason.value) for reason, words in REASONS.items()
            ],
        )
        note: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="note",
            style=discord.TextStyle.paragraph,
            placeholder="What is right, and where it stands, if you know",
            required=False,
            max_length=LONGEST_NOTE,
        )
        self.add_item(discord.ui.Label(text="Reason", description=shown, component=reasons))
        self.add_item(discord.ui.Label(text="In a few words", component=note))


def _abouts(message: discord.Message) -> Iterator[About]:
    """Yield what the buttons of a message say it is about, in the words of `report:`."""
    waiting: list[Any] = list(message.components)
    while waiting:
        component = waiting.pop(0)
        match (getattr(component, "custom_id", None) or "").split(":"):
            case [prefix, round_id, *_] if prefix in _OF_ROUNDS and round_id.isdecimal():
                yield "round", round_id
            case [prefix, post_id, *_] if prefix in _OF_DAYS and post_id.isdecimal():
                yield "day", post_id
            case ["fact", "source", _, *rest] if rest:
                yield "fact", *rest
            case ["review", "show" | "source", _, _, *rest] if rest:
                yield "question", *rest
            case ["report", *rest] if rest:
                yield tuple(rest)
        waiting += getattr(component, "children", [])


def _nonce(report: Report) -> str:
    return f"r{tag_of(f'{report.player_id}{report.about}{report.item}' * 2)[1:25]}"
