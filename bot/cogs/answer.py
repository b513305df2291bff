"""`/answer`, and answers that are not one press: what is typed into a form, what is chosen from a menu.

What always holds: an answer is told to be in after it is on disk, to its giver alone, with
words that do not tell whether it is right. A form's custom_id names its round, so that one
that was open while the bot began anew is understood.
"""

from typing import Any

import discord
from discord import Interaction, app_commands
from discord.app_commands import Range
from discord.ext import commands

from bot.cogs.alone import Alone
from bot.cogs.door import press_of
from bot.cogs.forms import plain_words, typed
from bot.cogs.messages.answering import chosen_text, is_in_text, shown_typed
from bot.cogs.messages.text import shorten
from bot.cogs.replies import address_of, open_modal, reply, update
from bot.cogs.router import Router, number_in
from bot.cogs.stage import Stage
from bot.errors import NotFound
from bot.metrics import pressed
from bot.quiz.game import MOST_TYPED, AlreadyAnswered, Response, TooLate
from bot.services.games import Play

_FIELD = "text"


class AnswerCog(commands.Cog):
    """Answers in words, and of several options."""

    def __init__(self, router: Router, play: Play, stage: Stage, alone: Alone) -> None:
        self._answers = play.answers
        self._solo = play.solo
        self._publisher = stage.publisher
        self._lines = stage.lines
        self._alone = alone
        router.on("type", self._open)
        router.on("typed", self._typed)
        router.on("choose", self._choose)
        router.on("solotype", self._open_alone)
        router.on("solotyped", self._typed_alone)
        router.on("solochoose", self._choose_alone)
        router.on("soloclue", self._clue_alone)

    @app_commands.command(name="answer", description="Answer the question that is open in this channel")
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.describe(text="Your answer, in a few words or as a number")
    async def answer(self, interaction: Interaction[Any], text: Range[str, 1, MOST_TYPED]) -> None:
        """Take typed words for the round of this channel."""
        words, press = plain_words(text), press_of(interaction)
        round_id = await self._answers.find_round(press)
        await self._submit(interaction, round_id, words, is_in_text(words))

    async def _open(self, interaction: Interaction[Any], round_id: str) -> None:
        """Open the form for an answer: `type:<round>`."""
        number, press = number_in(round_id), press_of(interaction)
        try:
            stem = await self._answers.require_unanswered(press, number)
        except AlreadyAnswered as refusal:
            await self._tell(interaction, number, _stands_text(refusal))
            return
        except TooLate:
            self._publisher.retire(press, number)
            raise
        await open_modal(interaction, _Form(f"typed:{number}", stem))

    async def _typed(self, interaction: Interaction[Any], round_id: str) -> None:
        """Take what was typed into the form: `typed:<round>`."""
        words = plain_words(typed(interaction, _FIELD))
        await self._submit(interaction, number_in(round_id), words, is_in_text(words))

    async def _choose(self, interaction: Interaction[Any], round_id: str) -> None:
        """Take what was chosen from the menu: `choose:<round>`."""
        chosen = _chosen(interaction)
        await self._submit(interaction, number_in(round_id), chosen, chosen_text(chosen))

    async def _submit(
        self, interaction: Interaction[Any], round_id: int, response: Response, is_in: str
    ) -> None:
        press = press_of(interaction)
        try:
            with pressed():
                has_changed = await self._answers.submit(press, round_id, response)
        except AlreadyAnswered as refusal:
            await self._tell(interaction, round_id, _stands_text(refusal))
            return
        except TooLate:
            self._publisher.retire(press, round_id)
            raise
        await self._tell(interaction, round_id, is_in)
        if has_changed:
            self._publisher.show_round(press.home_id, round_id)
        else:
            self._publisher.count_soon(press.home_id, round_id)

    async def _tell(self, interaction: Interaction[Any], round_id: int, words: str) -> None:
        """Tell a player their line on a round."""
        await reply(interaction, words)
        press = press_of(interaction)
        self._lines.keep(press.channel_id, press.player_id, address_of(interaction), round_id)

    # -------------------------------------------------------------------------------------------------- solo

    async def _open_alone(self, interaction: Interaction[Any], round_id: str) -> None:
        """Open the form for an answer given alone: `solotype:<round>`."""
        number = number_in(round_id)
        showing = await self._solo.load(press_of(interaction), number)
        if showing.round.closed_at is not None:
            await update(interaction, view=await self._alone.card(showing))
        else:
            await open_modal(interaction, _Form(f"solotyped:{number}", showing.asked.question.stem))

    async def _typed_alone(self, interaction: Interaction[Any], round_id: str) -> None:
        """Judge what was typed alone: `solotyped:<round>`."""
        await self._judge_alone(interaction, round_id, plain_words(typed(interaction, _FIELD)))

    async def _choose_alone(self, interaction: Interaction[Any], round_id: str) -> None:
        """Judge what was chosen alone: `solochoose:<round>`."""
        await self._judge_alone(interaction, round_id, _chosen(interaction))

    async def _clue_alone(self, interaction: Interaction[Any], round_id: str) -> None:
        """Give the next clue of a ladder played alone: `soloclue:<round>`."""
        showing = await self._solo.give_clue(press_of(interaction), number_in(round_id))
        await update(interaction, view=await self._alone.card(showing))

    async def _judge_alone(self, interaction: Interaction[Any], round_id: str, response: Response) -> None:
        showing = await self._solo.answer(press_of(interaction), number_in(round_id), response)
        await update(interaction, view=await self._alone.card(showing))


class _Form(discord.ui.Modal, title="Your answer"):
    """One field for an answer."""

    def __init__(self, custom_id: str, stem: str) -> None:
        super().__init__(custom_id=custom_id)
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label="A few words, or a number with its unit",
            placeholder=shorten(stem, 100),
            custom_id=_FIELD,
            min_length=1,
            max_length=MOST_TYPED,
        )
        self.add_item(field)


def _chosen(interaction: Interaction[Any]) -> tuple[int, ...]:
    """Return the places of the options chosen from a menu, in order."""
    submitted: Any = interaction.data
    values = submitted.get("values")
    if not values or not isinstance(values, list):
        raise NotFound("That menu is damaged or from an older Farside. `/quiz status` shows the game.")
    return tuple(sorted({number_in(str(value)) for value in values}))


def _stands_text(refusal: AlreadyAnswered) -> str:
    """Return which answer stands, with what was typed escaped."""
    response = refusal.response
    return str(AlreadyAnswered(shown_typed(response)) if isinstance(response, str) else refusal)
