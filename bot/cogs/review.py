"""`/review`: what somebody has missed or saved, asked again until they know it; and `Save` below questions.

What always holds: only the one who reviews sees any of it; a button carries all that a press needs, so a
sitting goes on after any number of restarts; a grade is on disk before the next question is shown.
"""

import asyncio
import io
import logging
from collections.abc import Iterable
from functools import partial
from random import Random
from typing import Any

import discord
from discord import Interaction, app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.cogs.door import press_of
from bot.cogs.messages.components import Card, tag_of
from bot.cogs.messages.reviews import (
    NOTHING_TO_EXPORT,
    Asking,
    Sitting,
    back_card,
    done_card,
    exported_text,
    file_names,
    front_card,
    pile_card,
    saved_text,
)
from bot.cogs.messages.sources import source_card
from bot.cogs.patience import opened_soon, soon
from bot.cogs.replies import reply, update
from bot.cogs.router import Router, number_in
from bot.errors import NotFound
from bot.quiz.arrangement import as_asked
from bot.quiz.forms import form_of
from bot.quiz.game import Form, Mode
from bot.quiz.question import Question
from bot.quiz.review import MOST_AT_ONCE, USUAL, Grade, Review
from bot.services.flashcards import as_csv, as_deck, in_parts
from bot.services.library import Library
from bot.services.pictures import suffix_of
from bot.services.reviews import ReviewsService

_log = logging.getLogger(__name__)
_OLD = "That button is from an older Farside. `/review start` asks what is due."
_FORMATS = [Choice(name="csv: a table", value="csv"), Choice(name="anki: a deck", value="anki")]
_PICTURES, _PICTURE_BYTES = 200, 16_000_000  # in a deck


class ReviewCog(commands.Cog):
    """The commands and buttons of reviews."""

    review = app_commands.Group(
        name="review",
        description="Be asked again what you missed or saved, until you know it",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )

    def __init__(self, router: Router, reviews: ReviewsService, library: Library) -> None:
        self._reviews = reviews
        self._library = library
        self._exporting = asyncio.Lock()  # one at a time, so that games have the rest of the machine
        router.on("save", self._save)
        router.on("review", self._press)

    # ---------------------------------------------------------------------------------------------- commands

    @review.command(name="start", description="Review what is due; only you see it")
    @app_commands.describe(count=f"How many at most (default {USUAL})")
    async def start(self, interaction: Interaction[Any], count: Range[int, 1, MOST_AT_ONCE] = USUAL) -> None:
        """Ask the first question that is due."""
        await opened_soon(interaction, self._following(interaction, Sitting(count)), is_new=True)

    @review.command(name="due", description="See how much is due, and what joins by itself")
    async def due(self, interaction: Interaction[Any]) -> None:
        """Show what there is to review."""
        await reply(interaction, view=pile_card(await self._reviews.pile(interaction.user.id)))

    @review.command(name="export", description="Get your reviews as a file for you alone")
    @app_commands.rename(form="format")
    @app_commands.describe(form="A table, or a deck for Anki")
    @app_commands.choices(form=_FORMATS)
    async def export(self, interaction: Interaction[Any], form: str) -> None:
        """Send a file."""
        contents, text = await soon(interaction, self._export(interaction.user.id, form))
        named = zip(contents, file_names(form, len(contents)), strict=True)
        files = [discord.File(io.BytesIO(content), name) for content, name in named]
        await reply(interaction, text, files=files)

    async def _export(self, player_id: int, form: str) -> tuple[list[bytes], str]:
        """Return the files, and what is said with them. Raises `NotFound` where there is nothing."""
        async with self._exporting:
            reviews = await self._reviews.all(player_id)
            if not reviews:
                raise NotFound(NOTHING_TO_EXPORT)
            bank = self._library.bank
            pictured = [question for _, question in reviews if question.picture is not None]
            pictures = await self._pictures(pictured) if form == "anki" else {}
            make = (
                partial(as_csv, topics=bank.topics)
                if form == "csv"
                else partial(as_deck, pictures=pictures, title=bank.look.title)
            )
            contents = await asyncio.to_thread(in_parts, make, reviews)
        without = len(pictured) - len(pictures) if form == "anki" else 0
        return contents, exported_text(form, len(reviews), len(contents), without)

    async def _pictures(self, questions: Iterable[Question]) -> dict[str, bytes]:
        """Return the pictures of questions by their id, as many as have room."""
        found: dict[str, bytes] = {}
        room = _PICTURE_BYTES
        for question in questions:
            content = await self._picture(question) if len(found) < _PICTURES else None
            if content is not None and len(content) <= room:
                found[question.id] = content
                room -= len(content)
        return found

    async def _picture(self, question: Question) -> bytes | None:
        """Return the picture that a question is about; None where there is none, or none any more."""
        if question.picture is None:
            return None
        try:
            return await self._library.load_picture(question.picture)
        except NotFound as missing:
            _log.warning("%s is shown without its picture: %s", question.id, missing)
            return None

    # ----------------------------------------------------------------------------------------------- presses

    async def _save(self, interaction: Interaction[Any], round_id: str) -> None:
        """Save a closed round's question: `save:<round>`."""
        is_new = await self._reviews.save(press_of(interaction), number_in(round_id))
        await reply(interaction, saved_text(is_new=is_new))

    async def _press(self, interaction: Interaction[Any], *words: str) -> None:
        """Do what a button says: see `Asking.custom_id`; and `review:begin`, `review:auto:on` or `off`."""
        player_id = interaction.user.id
        match words:
            case ("begin",):
                await self._go_on(interaction, Sitting(USUAL))
            case ("auto", ("on" | "off") as chosen):
                await self._reviews.set_automatic(player_id, is_automatic=chosen == "on")
                await update(interaction, view=pile_card(await self._reviews.pile(player_id)))
            case ("pick", sitting, state, place, *tag):
                await self._show_back(interaction, _sitting(sitting), state, tag, number_in(place))
            case ("show", sitting, state, *tag):
                await self._show_back(interaction, _sitting(sitting), state, tag, None)
            case ("grade", sitting, state, grade, *tag):
                before = number_in(state.partition(".")[0])
                await self._grade(interaction, _sitting(sitting), before, _grade(grade), tag)
            case ("remove", sitting, _, *tag):
                await self._reviews.remove(player_id, self._named(tag))
                present = _sitting(sitting)
                await self._go_on(interaction, Sitting(present.left - 1, present.done))
            case ("source", _, _, *tag):
                _, question = await self._reviews.load(player_id, self._named(tag))
                about = f"question:{tag_of(question.id)}"
                await reply(interaction, view=source_card(question.source, question.explanation, about))
            case _:
                raise NotFound(_OLD)

    async def _grade(
        self, interaction: Interaction[Any], sitting: Sitting, before: int, grade: Grade, tag: list[str]
    ) -> None:
        """Note a grade, unless the question was graded since, and go on."""
        press = press_of(interaction)
        is_new = await self._reviews.grade(press, self._named(tag), grade, before)
        await self._go_on(interaction, Sitting(sitting.left - 1, sitting.done + 1) if is_new else sitting)

    def _named(self, tag: list[str]) -> str:
        """Return the id of the question that a button names."""
        named = ":".join(tag)
        if not named.startswith("~"):
            return named
        return next((one for one in self._library.bank.ids if tag_of(one) == named), named)

    async def _show_back(
        self, interaction: Interaction[Any], sitting: Sitting, state: str, tag: list[str], picked: int | None
    ) -> None:
        """Show the answer, unless the question was graded or got other words since: then what is due now."""
        review, question = await self._reviews.load(interaction.user.id, self._named(tag))
        has_picture = interaction.message is not None and bool(interaction.message.attachments)
        asking = _asking(review, question, sitting, has_picture=has_picture)
        if asking.state != state:
            await self._go_on(interaction, sitting)
            return
        if picked is not None and not 0 <= picked < len(asking.asked.options):
            raise NotFound(_OLD)
        waits = review.waits(interaction.created_at)
        await update(interaction, view=back_card(asking, waits, self._library.bank.topics, picked))

    async def _go_on(self, interaction: Interaction[Any], sitting: Sitting) -> None:
        await opened_soon(interaction, self._following(interaction, sitting))

    async def _following(
        self, interaction: Interaction[Any], sitting: Sitting
    ) -> tuple[Card, list[discord.File]]:
        """Return the next question that is due, while some of the sitting are left; else its end."""
        player_id = interaction.user.id
        found = await self._reviews.next(player_id) if sitting.left > 0 else None
        if found is None:
            return done_card(await self._reviews.pile(player_id), sitting.done), []
        review, question = found
        due = await self._reviews.count_due(player_id)
        sitting = Sitting(min(sitting.left, max(due, 1)), sitting.done)
        content = await self._picture(question)
        files = [discord.File(io.BytesIO(content), _name(question))] if content is not None else []
        asking = _asking(review, question, sitting, has_picture=content is not None)
        return front_card(asking, self._library.bank.topics), files


def _asking(review: Review, question: Question, sitting: Sitting, *, has_picture: bool) -> Asking:
    """Return the question as it is asked this time: its options in an order that its grades decide."""
    form = form_of(question, Mode.CHOICE) or form_of(question, Mode.MIXED) or Form.TYPED
    asked = as_asked(question, form, Random(f"{question.id}:{review.grades}"))
    return Asking(asked, review, sitting, _name(question) if has_picture else "")


def _name(question: Question) -> str:
    """Return under which name the question's picture is sent; empty where there is none."""
    return f"review{suffix_of(question.picture)}" if question.picture is not None else ""


def _sitting(word: str) -> Sitting:
    """Return the sitting that a button tells of, as far as it can be one."""
    left, _, done = word.partition("-")
    return Sitting(max(0, min(number_in(left), MOST_AT_ONCE)), max(0, min(number_in(done), 10_000)))


def _grade(word: str) -> Grade:
    try:
        return Grade(number_in(word))
    except ValueError:
        raise NotFound(_OLD) from None
