"""Presses on the question of the day, and below its answer."""

from typing import Any

from discord import Interaction
from discord.ext import commands

from bot.cogs.door import press_of
from bot.cogs.messages.components import tag_of
from bot.cogs.messages.day import closed_text, in_text
from bot.cogs.messages.reviews import saved_text
from bot.cogs.messages.sources import source_card
from bot.cogs.replies import reply
from bot.cogs.router import Router, Say, number_in
from bot.metrics import pressed
from bot.quiz.press import Press
from bot.services.day_questions import Closed, DayQuestions
from bot.services.reviews import ReviewsService


class DayCog(commands.Cog):
    """The buttons of daily posts."""

    def __init__(self, router: Router, questions: DayQuestions, reviews: ReviewsService) -> None:
        self._questions = questions
        self._reviews = reviews
        router.on_pressed("day", self._answer)
        router.on("daysource", self._source)
        router.on("daysave", self._save)

    async def _answer(self, press: Press, say: Say, post_id: str, option: str) -> None:
        """`day:<post>:<option>`: answer; the first press stands."""
        number = number_in(post_id)
        with pressed():
            stands = await self._questions.submit(press, number, number_in(option))
        if isinstance(stands, Closed):
            await say(closed_text(stands.outcome, stands.answer))
            return
        await say(in_text(stands, await self._questions.ends_at(press.guild_id or 0, number)))

    async def _source(self, interaction: Interaction[Any], post_id: str) -> None:
        """`daysource:<post>`: where the answer stands."""
        asked = await self._questions.source(interaction.guild_id or 0, number_in(post_id))
        question = asked.question
        about = f"question:{tag_of(question.id)}"
        await reply(interaction, view=source_card(question.source, question.explanation, about))

    async def _save(self, interaction: Interaction[Any], post_id: str) -> None:
        """`daysave:<post>`: have it asked again."""
        asked = await self._questions.source(interaction.guild_id or 0, number_in(post_id))
        is_new = await self._reviews.save_question(press_of(interaction), asked.question.id)
        await reply(interaction, saved_text(is_new=is_new))
