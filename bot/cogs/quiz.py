"""`/quiz`: playing in a channel, and the presses that belong to it.

What always holds: a press is answered after its answer is on disk, and with
words that do not tell whether it was right.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from discord import Interaction, app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.cogs.alone import Alone
from bot.cogs.choices import read_choice
from bot.cogs.door import has_left, is_moderator, press_of
from bot.cogs.messages.rounds import (
    ballot_text,
)
from bot.cogs.messages.sources import source_card
from bot.cogs.messages.standings import status_card
from bot.cogs.messages.starts import shorter_text, unmet_presets_text
from bot.cogs.options import Options, takes_options
from bot.cogs.patience import opened_soon
from bot.cogs.permissions import (
    SEND_MESSAGES,
    VIEW_CHANNEL,
    is_manager,
    is_member_here,
    require_here,
    require_member_here,
)
from bot.cogs.replies import reply, update
from bot.cogs.router import Reply, Router, number_in
from bot.cogs.stage import Stage
from bot.cogs.topics import read_several, suggest_several, suggest_topics
from bot.errors import NotAllowed, NotFound
from bot.metrics import pressed
from bot.quiz.game import LETTERS, AlreadyAnswered, GameState, Pace, RoundState, Rules, TooLate
from bot.quiz.night import ROUNDS, TEAMS, Split
from bot.quiz.press import Press
from bot.quiz.showing import RoundShowing
from bot.services.games import ALONE, CLOSE, CLUE, IDLE, NEXT, Decision, Play, StarterDecides, Wish, link_to
from bot.services.nights import NightPlan
from bot.services.settings import SettingsService
from bot.services.timers import Timers

_NEEDS = (VIEW_CHANNEL, SEND_MESSAGES)  # a game can do without Read Message History
_ALONE = Rules(pace=Pace.UNTIMED)  # what `/quiz solo` begins with: nobody waits for the one who plays

_SPLITS = [
    Choice(name="drawn: by lot when it begins", value=Split.DRAWN.value),
    Choice(name="chosen: everybody picks one", value=Split.CHOSEN.value),
]


class QuizCog(commands.Cog):
    """The commands and buttons of a game."""

    quiz = app_commands.Group(
        name="quiz",
        description="Play a quiz, together in a channel or alone",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )

    def __init__(
        self,
        router: Router,
        *,
        timers: Timers,
        play: Play,
        stage: Stage,
        settings: SettingsService,
        alone: Alone,
    ) -> None:
        self._deck = play.deck
        self._games = play.games
        self._answers = play.answers
        self._votes = play.votes
        self._solo = play.solo
        self._alone = alone
        self._nights = stage.nights
        self._showings = play.showings
        self._publisher = stage.publisher
        self._lobbies = stage.lobbies
        self._lines = stage.lines
        self._library = stage.library
        self._settings = settings
        timers.on(CLOSE, lambda timer: self._close(timer.home_id, int(timer.ref)))
        timers.on(CLUE, lambda timer: self._give_clue(timer.home_id, int(timer.ref)))
        self._part = timers.ownership.part  # nothing yet, where there are other processes
        timers.on(NEXT, lambda timer: self._go_on(timer.home_id, int(timer.ref)))
        timers.on(IDLE, lambda timer: self._end_unattended(timer.home_id, int(timer.ref)))
        timers.on(ALONE, lambda timer: self._solo.end_abandoned(timer.home_id, int(timer.ref)))
        router.on_pressed("answer", self._answer)
        router.on("next", self._end_untimed)
        router.on("source", self._source)
        router.on("again", self._again)
        router.on("begin", self._begin)
        router.on("solo", self._answer_solo)
        router.on("solonext", self._next_solo)
        router.on("soloagain", self._again_solo)
        router.on("practise", self._practise)

    async def cog_load(self) -> None:
        """Take up the games that were running, and show what is not shown yet."""
        rounds, games = await self._games.load(self._part)
        for round_key in rounds:
            self._publisher.show_round(*round_key)
        for game_key in games:
            self._publisher.show_game(*game_key)

    async def cog_unload(self) -> None:
        """Leave what is not shown yet to the next start."""
        await self._lobbies.close()
        await self._publisher.close()
        await self._lines.close()

    # ---------------------------------------------------------------------------------------------- commands

    @quiz.command(name="start", description="Start a quiz in this channel; everyone can join in")
    @takes_options()
    async def start(self, interaction: Interaction[Any], options: Options) -> None:
        """Begin a game, announce it, and open its first round."""
        await self._start_by(interaction, options)

    async def _begin(self, interaction: Interaction[Any], *_: str) -> None:
        """Start a game as the server presets it, from a button: `begin`, with any words after it."""
        await self._start_by(interaction, Options())

    async def _start_by(self, interaction: Interaction[Any], options: Options) -> None:
        require_member_here(interaction)
        presets = (await self._settings.load(interaction.guild_id)).defaults
        rules = self._over(presets, options)
        await self._start(interaction, rules)
        is_kept = rules == options.over(presets, self._library.bank.topics)
        if not is_kept and is_manager(interaction):
            await reply(interaction, unmet_presets_text(presets, self._library.bank.topics))

    @quiz.command(name="stop", description="End the game in this channel; its scores count")
    async def stop(self, interaction: Interaction[Any]) -> None:
        """Stop the game, or count a vote to stop it."""
        require_member_here(interaction)
        decision = await _decide(interaction, self._votes.stop)
        if decision.is_taken:
            self._publisher.show_round(decision.game.home_id, decision.round.id)
            self._publisher.show_game(decision.game.home_id, decision.game.id)
        await _tell(interaction, decision, "stop the game", "The game has ended; its scores count.")

    @quiz.command(name="skip", description="Go on to the next question, or vote to")
    async def skip(self, interaction: Interaction[Any]) -> None:
        """Close the open round, or count a vote to close it."""
        require_member_here(interaction)
        decision = await _decide(interaction, self._votes.skip)
        await _tell(interaction, decision, "skip this question", "Skipped.")

    @quiz.command(name="status", description="Show how the game in this channel stands")
    async def status(self, interaction: Interaction[Any]) -> None:
        """Show the running game's round and board, or how the last one ended; and the channel's night."""
        press = press_of(interaction)
        night = await self._nights.card_in(press)
        try:
            status = await self._showings.status(press)
        except NotFound:
            if not night:
                raise
            await reply(interaction, view=night)
            return
        address = ""
        if status.game.state is GameState.RUNNING:
            address = link_to(status.game, status.round.message_id)
        await reply(
            interaction, view=[*status_card(status, address, has_games=is_member_here(interaction)), *night]
        )

    @quiz.command(name="solo", description="Play alone, anywhere; only you see it")
    @takes_options()
    async def solo(self, interaction: Interaction[Any], options: Options) -> None:
        """Begin a game for one person."""
        rules = options.over(_ALONE, self._library.bank.topics)
        showing = await self._solo.start(press_of(interaction), rules)
        await opened_soon(interaction, self._alone.opened(showing), is_new=True)
        if shorter := shorter_text(showing.game.rules, rules.questions):
            await reply(interaction, shorter)

    @quiz.command(name="night", description="Announce an evening of several rounds, with breaks and teams")
    @app_commands.describe(
        time="When it begins: 20:00, tomorrow 20:00, fri 20:00, 2026-12-31 20:00",
        rounds="How many, each a game of its own (default 3)",
        topics="What the rounds are about, in turn, parted by commas (default: everything)",
        teams="How many teams (default: none)",
        split="How people come into teams (default drawn)",
    )
    @app_commands.choices(split=_SPLITS)
    async def night(
        self,
        interaction: Interaction[Any],
        time: str,
        *,
        rounds: Range[int, ROUNDS[0], ROUNDS[1]] = 3,
        topics: str | None = None,
        teams: Range[int, TEAMS[0], TEAMS[1]] | None = None,
        split: str = Split.DRAWN.value,
    ) -> None:
        """Announce a quiz night."""
        about = read_several(self._library.bank.topics, topics or "")
        plan = NightPlan(time, rounds, about, teams or 0, read_choice(Split, split))
        await self._nights.announce(interaction, plan)

    @night.autocomplete("topics")
    async def suggest_rounds(self, _: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest topics for the last of several."""
        return suggest_several(self._library.bank.topics, current)

    @start.autocomplete("topic")
    @solo.autocomplete("topic")
    async def suggest_topics(self, _: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest topics by a part of their title or id."""
        return suggest_topics(self._library.bank.topics, current)

    def _over(self, presets: Rules, options: Options) -> Rules:
        """Return what was chosen over what the server presets, so far as the bank can still meet that."""
        topics = self._library.bank.topics
        rules = options.over(presets, topics)
        if self._deck.can_ask(rules):
            return rules
        fewer = (replace(presets, topic=None), replace(presets, topic=None, difficulty=None))
        return next((r for one in fewer if self._deck.can_ask(r := options.over(one, topics))), rules)

    async def _start(self, interaction: Interaction[Any], rules: Rules, *, at_once: bool = False) -> None:
        require_here(interaction, needs=_NEEDS)
        press = press_of(interaction)
        showing = await self._games.start(press, rules)
        if showing is None:  # delivered twice: the first delivery answers
            return
        await self._lobbies.announce(showing, interaction, rules.questions, at_once=at_once)

    # ----------------------------------------------------------------------------------------------- presses

    async def _answer(self, press: Press, say: Reply, round_id: str, option: str) -> None:
        """Take an answer, `answer:<round>:<option>`: the hot path, with nothing that it does not need."""
        chosen, number = number_in(option), number_in(round_id)
        try:
            with pressed():
                has_changed = await self._answers.submit(press, number, chosen)
        except TooLate:
            self._publisher.retire(press, number)
            raise
        except AlreadyAnswered as refusal:
            await say(str(refusal))
            self._lines.keep(press.channel_id, press.player_id, say.address, number)
            return
        await say(_IS_IN[chosen])
        self._lines.keep(press.channel_id, press.player_id, say.address, number)
        if has_changed:
            self._publisher.show_round(press.home_id, number)
        else:
            self._publisher.count_soon(press.home_id, number)

    async def _end_untimed(self, interaction: Interaction[Any], round_id: str) -> None:
        """Close an untimed round: `next:<round>`."""
        number = number_in(round_id)
        decision = await _decide(interaction, lambda wish: self._votes.end_untimed(wish, number))
        await _tell(interaction, decision, "go on", "On to the next question.")

    async def _source(self, interaction: Interaction[Any], round_id: str) -> None:
        """Show where a question comes from, once it is closed: `source:<round>`."""
        for home_id in press_of(interaction).homes:
            showing = await self._showings.load_round(home_id, number_in(round_id))
            if showing is not None:
                break
        else:
            raise NotFound("Farside does not know this question any more. `/fact search` finds facts.")
        if showing.round.state is not RoundState.CLOSED:
            raise NotAllowed("The source is shown when the question is closed.")
        question = showing.asked.question
        right = question.explanation or f"{question.stem} {' · '.join(question.right)}"
        await reply(interaction, view=source_card(question.source, right, f"round:{showing.round.id}"))

    async def _again(self, interaction: Interaction[Any], game_id: str) -> None:
        """Start a game by the rules of another: `again:<game>`."""
        require_member_here(interaction)
        home_id = press_of(interaction).home_id
        standings = await self._showings.load_standings(home_id, number_in(game_id))
        if standings is None:
            raise NotFound("Farside does not know that game any more. `/quiz start` begins a new one.")
        self._require_questions(standings.game.rules, "start")
        await self._start(interaction, standings.game.rules, at_once=True)

    def _require_questions(self, rules: Rules, command: str) -> None:
        """Raise `NotFound` when the bank has none for the rules of an earlier game any more."""
        if not self._deck.can_ask(rules):
            raise NotFound(
                "The question bank has changed since, and has no questions like those of that game any more."
                f" `/quiz {command}` begins another one."
            )

    # -------------------------------------------------------------------------------------------------- solo

    async def _answer_solo(self, interaction: Interaction[Any], round_id: str, option: str) -> None:
        """Judge an answer given alone: `solo:<round>:<option>`."""
        showing = await self._solo.answer(press_of(interaction), number_in(round_id), number_in(option))
        await update(interaction, view=await self._alone.card(showing))

    async def _next_solo(self, interaction: Interaction[Any], round_id: str) -> None:
        """Show the question after this one, or the result: `solonext:<round>`."""
        press = press_of(interaction)
        following = await self._solo.next(press, number_in(round_id))
        if isinstance(following, RoundShowing):
            await opened_soon(interaction, self._alone.opened(following))
        else:
            has_board = is_member_here(interaction)
            await update(interaction, view=await self._alone.end_card(press, following, has_board=has_board))

    async def _again_solo(self, interaction: Interaction[Any], game_id: str) -> None:
        """Start a game alone by the rules of another: `soloagain:<game>`."""
        press = press_of(interaction)
        standings = await self._showings.load_standings(press.player_id, number_in(game_id))
        if standings is None:
            raise NotFound("Farside does not know that game any more. `/quiz solo` begins a new one.")
        if standings.game.rules.paper is not None:
            raise NotFound("Those questions are asked once. `/quiz solo` asks others.")
        self._require_questions(standings.game.rules, "solo")
        showing = await self._solo.start(press, standings.game.rules)
        await opened_soon(interaction, self._alone.opened(showing))

    async def _practise(self, interaction: Interaction[Any], *fact: str) -> None:
        """Ask a question about one fact: `practise:<fact id>`."""
        rules = Rules(questions=1, pace=Pace.UNTIMED, fact=":".join(fact))
        showing = await self._solo.start(press_of(interaction), rules)
        await opened_soon(interaction, self._alone.opened(showing), is_new=True)

    # ------------------------------------------------------------------------------------------- what happens

    async def _close(self, home_id: int, round_id: int) -> None:
        if (closed := await self._games.close(home_id, round_id)) is not None:
            self._publisher.show_result(closed)

    async def _give_clue(self, home_id: int, round_id: int) -> None:
        if await self._games.give_clue(home_id, round_id):
            self._publisher.show_round(home_id, round_id)

    async def _go_on(self, home_id: int, game_id: int) -> None:
        following = await self._games.go_on(home_id, game_id)
        if isinstance(following, RoundShowing):
            self._publisher.show_new(following)
        elif following is not None:
            self._publisher.show_game(home_id, following.id)

    async def _end_unattended(self, home_id: int, round_id: int) -> None:
        if (ended := await self._games.end_unattended(home_id, round_id)) is not None:
            self._publisher.show_round(home_id, ended.id)
            self._publisher.show_game(home_id, ended.game_id)


_IS_IN = [f"{letter} is in. The result is shown when the question closes." for letter in LETTERS]


async def _decide(interaction: Interaction[Any], take: Callable[[Wish], Awaitable[Decision]]) -> Decision:
    """Take a wish; when it waits for others, look whether the game's starter is there at all any more."""
    wish = Wish(press_of(interaction), is_moderator(interaction))
    try:
        decision = await take(wish)
    except StarterDecides as refusal:
        if not await has_left(interaction, refusal.game.starter_id):
            raise
    else:
        if not decision.is_pending or not await has_left(interaction, decision.game.starter_id):
            return decision
    return await take(replace(wish, has_starter_left=True))


async def _tell(interaction: Interaction[Any], decision: Decision, what: str, done: str) -> None:
    """Tell how a vote stands to everybody, or whoever decided alone that it is `done`."""
    ballot = decision.ballot
    if ballot is None:
        await reply(interaction, done)
    else:
        text = ballot_text(ballot, what, decision.game.starter_id)
        await reply(interaction, text, ephemeral=not ballot.counts)
