"""Answers: what becomes of a press on a question's button, of a choice from its menu, of words typed.

What always holds:
- an answer is looked at and entered into its round without an await between the
  two, and told only after the commit that holds it;
- words that cannot be judged are refused at once, and count as nothing; whether others are
  right is decided when their round closes;
- answers that share a commit are stored by one statement;
- an answer given in time counts, also when it is heard after the close.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.cluster.shards import Part
from bot.errors import NotFound, NotSaved
from bot.quiz.game import (
    EVERYONE_WAIT,
    AlreadyAnswered,
    Answer,
    Cause,
    Form,
    Game,
    GameState,
    Haste,
    Response,
    Round,
    RoundState,
    TooLate,
    response_text,
)
from bot.quiz.judging import Key
from bot.quiz.marks import require_clear
from bot.quiz.press import Press
from bot.quiz.scoring import judge_round, streak_before
from bot.quiz.showing import RoundShowing
from bot.services.discord_clock import CLOCKS_APART, snowflake_time
from bot.services.games.course import names_in
from bot.services.games.games import Games
from bot.services.games.live import Live, LiveRounds, save_hastes
from bot.services.games.settlement import Judged, credit, load_running_game
from bot.services.games.showings import NO_GAME
from bot.services.learning import teach
from bot.services.timers import Timers
from bot.store.answers import add_answer, load_answer, save_answers
from bot.store.database import Database
from bot.store.games import load_running
from bot.store.players import Names, save_names
from bot.store.rounds import list_streaks_before, load_asked, load_round, load_round_of, raise_version
from bot.store.scores import list_players
from bot.store.showings import load_round_showing
from bot.store.tx import Tx

_NAMES = 50_000  # display names remembered, so that an unchanged one is not written again
_UNKNOWN = "Farside does not know this question any more. `/quiz start` begins a new game."
_LEFT_OUT = "This question was left out, so no answer to it counts. The game goes on with the next one."
_CLOSED = "This question is closed: its result is shown above, or about to be."
_TOO_SLOW = "That answer reached Farside too late: this question is closed and the game has gone on."


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to be stored, with its player's names when they are new and the round's earlier end."""

    home_id: int
    round_id: int
    answer: Answer
    names: Names | None = None
    haste: Haste | None = None


class Answers:
    """Takes presses on the buttons of channels' rounds."""

    def __init__(self, database: Database, timers: Timers, live: LiveRounds, games: Games) -> None:
        self._database = database
        self._timers = timers
        self._live = live
        self._games = games
        self._names: dict[tuple[int | None, int], Names] = {}

    async def submit(self, press: Press, round_id: int, response: Response) -> bool:
        """Take an answer; return, once it is on disk, whether it changed a result shown already.

        Raises `AlreadyAnswered`, `TooLate`, `NotFound`, `BadInput` or `NotSaved`, each with its sentence.
        """
        live = self._live.get(round_id)
        if live is None or live.channel_id != press.channel_id:
            await self._submit_late(press, round_id, response)
            return True
        present = live.round
        if press.message_id is not None and press.message_id != present.message_id:
            present = _as_shown(live, press.message_id)
        try:
            answer = present.submit(press.player_id, response, press.at, live.first.get(press.player_id))
        except AlreadyAnswered:
            await self._repeat(live, press.player_id)
            return False
        if live.key is not None:
            require_clear(live.key, response)
        live.first[press.player_id] = response
        haste = self._haste_after(live, press.player_id, press.at) if live.awaited is not None else None
        names = names_in(live.guild_id, press)
        is_known = self._names.get((live.guild_id, press.player_id)) == names
        given = Given(live.home_id, round_id, answer, None if is_known else names, haste)
        try:
            stands = await self._database.write_briefly(save_given, given)
        except Exception:
            await self._undo(live, press.player_id)
            raise
        if not is_known:
            self._remember(names)
        if haste is not None:
            self._timers.notice(haste.due_at)
        if live.round.state is RoundState.OPENING and press.message_id is not None:
            # the press shows that the message is out
            await self._games.open(live.home_id, round_id, press.message_id)
        if stands is None:
            live.first.pop(press.player_id, None)
            raise TooLate(_TOO_SLOW)
        if stands != response:
            live.first[press.player_id] = stands
            raise AlreadyAnswered(stands)
        live.stored += 1
        return False

    async def require_unanswered(self, press: Press, round_id: int) -> str:
        """Return the question's stem when the player may type an answer; else raise what `submit` would."""
        live = self._live.get(round_id)
        if live is None or live.channel_id != press.channel_id or live.key is None:
            showing = await self._load_closed(press, round_id)
            raise TooLate(_over(showing.game) if showing.game.state is GameState.STOPPED else _CLOSED)
        if press.player_id in live.first:
            await self._repeat(live, press.player_id)
        if live.round.closes_at is not None and press.at > live.round.closes_at:
            raise TooLate(_CLOSED)
        return live.key.stem

    async def find_round(self, press: Press) -> int:
        """Return the present round of the channel's game. Raises `NotFound` where none is running."""
        home_id = press.home_id
        round_id = await self._database.read(lambda tx: _load_present(tx, home_id, press.channel_id))
        if round_id is None:
            raise NotFound(f"{NO_GAME} What you play alone is answered below its question.")
        return round_id

    def _haste_after(self, live: Live, player_id: int, at: datetime) -> Haste | None:
        """Take the player off the awaited; when that was the last one, end the round soon."""
        assert live.awaited is not None  # noqa: S101 - asked before the call
        if player_id not in live.awaited:
            return None
        live.awaited.discard(player_id)
        if live.round.state is not RoundState.OPEN or not live.is_complete:
            return None
        return self._live.haste(live, at + EVERYONE_WAIT, Cause.EVERYONE)

    async def _repeat(self, live: Live, player_id: int) -> None:
        """Tell which answer stands, once it is known whether the first one was saved.

        One that is not in the store was not, or was forgotten by another program: the next one counts.
        """
        home_id, round_id = live.home_id, live.round.id
        stands = await self._database.write(lambda tx: load_answer(tx, home_id, round_id, player_id))
        if stands is None:
            if live.first.pop(player_id, None) is not None:
                live.stored -= 1
            raise NotSaved
        raise AlreadyAnswered(stands)

    async def _undo(self, live: Live, player_id: int) -> None:
        """Forget an answer that was not saved."""
        live.first.pop(player_id, None)
        if live.awaited is not None:
            live.awaited.add(player_id)
        await self._live.reload(live)

    def forget(self, player_id: int) -> None:
        """Forget a player's names, and the answers in rounds that go on."""
        self._names = {key: names for key, names in self._names.items() if names.player_id != player_id}
        self._live.forget(player_id)

    def drop(self, part: Part) -> None:
        """Forget what the servers of a part call their players: others may have changed it."""
        self._names = {key: names for key, names in self._names.items() if not part.holds(key[0])}

    def forget_server(self, guild_id: int) -> None:
        """Forget what a server calls its players."""
        self._names = {key: names for key, names in self._names.items() if names.guild_id != guild_id}

    def _remember(self, names: Names) -> None:
        if len(self._names) >= _NAMES:
            self._names.clear()
        self._names[names.guild_id, names.player_id] = names

    async def _load_closed(self, press: Press, round_id: int) -> RoundShowing:
        """Return a round of the channel that does not go on. Raises `NotFound`."""
        home_id = press.home_id
        showing = await self._database.read(lambda tx: load_round_showing(tx, home_id, round_id))
        if showing is None or showing.game.channel_id != press.channel_id or not showing.game.is_public:
            raise NotFound(_UNKNOWN)
        return showing

    async def _submit_late(self, press: Press, round_id: int, response: Response) -> None:
        """Take an answer to a closed round, when it was given in time and was only slow on the wire."""
        showing = await self._load_closed(press, round_id)
        home_id = showing.game.home_id
        given = await self._database.write(lambda tx: load_answer(tx, home_id, round_id, press.player_id))
        if given is not None:
            raise TooLate(f"This question is closed. {_told(given)}")
        is_over = showing.game.state is GameState.STOPPED
        if showing.round.cause is Cause.REFUSED and not is_over:
            raise TooLate(_LEFT_OUT)
        try:
            answer = showing.round.submit(press.player_id, response, press.at)
        except TooLate:
            if is_over:
                raise TooLate(_over(showing.game)) from None
            raise
        if showing.asked.form is Form.TYPED:
            require_clear(Key.of(showing.asked.question), response)
        names = names_in(showing.game.guild_id, press)
        stands = await self._database.write(lambda tx: save_late(tx, Given(home_id, round_id, answer, names)))
        if stands is None:
            raise TooLate(_over(showing.game) if is_over else _TOO_SLOW)
        if stands != response:
            raise AlreadyAnswered(stands)


def _load_present(tx: Tx, home_id: int, channel_id: int) -> int | None:
    """Return the id of the present round of the channel's game."""
    game = load_running(tx, home_id, channel_id)
    return load_round_of(tx, game).id if game is not None else None


def save_given(tx: Tx, given: list[Given]) -> list[Response | None]:
    """Store answers, changed names and earlier ends; return what stands for each answer.

    None for one whose round has closed without it, by an earlier job of the same commit.
    """
    stands = save_answers(tx, [(one.home_id, one.round_id, one.answer) for one in given])
    names = [one.names for one in given if one.names is not None]
    if names:
        save_names(tx, names)
    hasty = [(one.home_id, one.round_id, one.haste) for one in given if one.haste is not None]
    if hasty:
        save_hastes(tx, hasty)
    return stands


def save_late(tx: Tx, late: Given) -> Response | None:
    """Store and judge an answer that was in time, in a round that has closed meanwhile.

    Return the answer that stands; None when the game has gone on without it.
    """
    answer, home_id = late.answer, late.home_id
    standing = load_answer(tx, home_id, late.round_id, answer.player_id)
    if standing is not None:
        return standing
    closed = load_round(tx, home_id, late.round_id)
    game = load_running_game(tx, home_id, closed.game_id) if closed is not None else None
    if closed is None or game is None or game.number != closed.number:
        return None
    if closed.state is not RoundState.CLOSED:  # its close was not saved: there will be another
        return save_given(tx, [late])[0]
    if late.names is not None:
        save_names(tx, [late.names])
    before = streak_before(list_streaks_before(tx, home_id, game.id, closed.number, answer.player_id))
    asked = load_asked(tx, home_id, closed.id)
    judged = judge_round(closed, asked, game.rules, [answer], {answer.player_id: before})
    add_answer(tx, home_id, closed.id, answer)
    credit(tx, [Judged(game, closed, asked, judged, list_players(tx, home_id, game.id))])
    teach(tx, game, closed.id, answer.player_id)
    raise_version(tx, home_id, closed.id)
    return answer.response


def _told(given: Response) -> str:
    """Return what somebody has answered before; no words of theirs, since all may read where that is said."""
    if isinstance(given, str):
        return "What you wrote before stands."
    return f"Your answer was {response_text(given)}."


def _over(game: Game) -> str:
    """Return what a press is told whose game has ended before its time; its message may not show that."""
    return f"This game is over: it was {game.reason or 'stopped'}. `/quiz start` begins another one."


def _as_shown(live: Live, message_id: int) -> Round:
    """Return the round as the message with this id shows it.

    A press may come before the answer to the send that made its message: then
    the message's own time tells when the round opened. A message older than
    the round belongs to another database.
    """
    opened_at = snowflake_time(message_id)
    if opened_at < live.drawn_at - CLOCKS_APART:
        raise NotFound(_UNKNOWN)
    return live.round.open(message_id, opened_at) if live.round.state is RoundState.OPENING else live.round
