"""The deck: which question is asked next in a server, or of one who plays alone.

What always holds: no two draws for one scope take the same question; what was
drawn but not stored is not seen; a question that cannot be asked, whatever is
wrong with it, counts as seen, so that it is in nobody's way.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.bank import Seen
from bot.clock import Clock
from bot.errors import NotFound
from bot.quiz.game import FOR_US, Asked, Game, GameKind, Round, Rules
from bot.quiz.rating import Rating, chance_of_all
from bot.quiz.scoring import allowed_time
from bot.services.draws import Likely, draw, has_questions, pool_size
from bot.services.library import Library
from bot.store.content import content_of
from bot.store.database import Database
from bot.store.games import load_before
from bot.store.papers import EVERYBODY, load_from_paper
from bot.store.ratings import OVERALL, list_ratings
from bot.store.rounds import NewRound, add_rounds, list_asked
from bot.store.scores import list_players
from bot.store.seen import add_seen, delete_seen, list_seen
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
_TRIES = 50  # questions that cannot be asked, until a draw is given up
_NONE_CAN_BE_ASKED = "No question of that kind can be asked now. Please pick another topic or difficulty."
_PAPER_GONE = "These questions are not kept any more. `/quiz solo` asks others."
_PLAYERS = 100  # whose ratings are looked at
_SCOPES = 64  # whose seen questions are kept in memory


@dataclass(frozen=True, slots=True)
class Drawing:
    """A question drawn for a scope (a server, or in solo play a player), ready to be stored as a round."""

    scope_id: int
    asked: Asked
    allowed: timedelta | None
    drawn_at: datetime
    forgotten: Sequence[str] = ()  # questions that may come again, because the pool was used up
    failed: Sequence[str] = ()  # questions drawn before that cannot be asked
    opened_at: datetime | None = None  # in solo play, where no message has to be sent first


class Deck:
    """Draws questions that their scope has not seen."""

    def __init__(self, database: Database, library: Library, clock: Clock, dice: random.Random) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._dice = dice
        self._seen: dict[int, Seen] = {}
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def within(self, rules: Rules) -> Rules:
        """Return the rules with no more questions than there are; raise `NotFound` when there is none."""
        if rules.paper is not None:
            return rules
        return replace(rules, questions=min(rules.questions, pool_size(self._library.bank, rules)))

    def can_ask(self, rules: Rules) -> bool:
        """Return whether the bank has a question that fits the rules."""
        return has_questions(self._library.bank, rules)

    @asynccontextmanager
    async def draw(
        self, scope_id: int, game: Game, opened_at: datetime | None = None
    ) -> AsyncIterator[Drawing]:
        """Draw a question that the scope has not seen, and that goes with those the game has asked.

        It is to be stored within the block. Nobody else draws for the scope meanwhile. Raises `NotFound`
        when no question fits.
        """
        if game.kind is GameKind.SOLO and not self._database.ownership.is_alone:
            self.take_back(scope_id)  # another process may have drawn for this person since
        async with self.seen_in(scope_id) as seen:
            asked: list[str] = []
            if game.id:
                asked = await self._database.read_together(list_asked, (game.home_id, game.id))
            if game.rules.paper is not None:
                drawing = await self._from_paper(scope_id, game, len(asked) + 1, opened_at)
                seen.discard(drawing.asked.question.id)
                seen.add(drawing.asked.question.id)
            else:
                likely = await self._likely(game) if game.rules.difficulty == FOR_US else None
                drawing = self._draw(scope_id, game, seen, asked, opened_at, likely)
            if drawing.failed:  # what was forgotten between them is known from the store alone
                before = await self._database.read(lambda tx: list_seen(tx, scope_id))
                drawing = replace(drawing, forgotten=[one for one in before if one not in seen])
            yield drawing

    @asynccontextmanager
    async def seen_in(self, scope_id: int) -> AsyncIterator[Seen]:
        """Give what a scope has seen to somebody who draws for it in another way.

        What is drawn is to be added, and stored within the block; nobody else draws for the scope meanwhile.
        """
        async with self._lock(scope_id):
            seen = self._seen.pop(scope_id, None)
            if seen is None:
                seen = Seen(await self._database.read(lambda tx: list_seen(tx, scope_id)))
            yield seen
            self._keep(scope_id, seen)  # only now: what was not stored is not seen

    def _keep(self, scope_id: int, seen: Seen) -> None:
        self._seen[scope_id] = seen
        if len(self._seen) > _SCOPES:
            del self._seen[next(iter(self._seen))]

    async def _from_paper(
        self, scope_id: int, game: Game, number: int, opened_at: datetime | None
    ) -> Drawing:
        """Return the question of that number of the game's paper."""
        paper = game.rules.paper
        assert paper is not None  # noqa: S101 - asked before the call
        asked = await self._database.read(lambda tx: load_from_paper(tx, EVERYBODY, paper, number))
        if asked is None:
            raise NotFound(_PAPER_GONE)
        return Drawing(
            scope_id, asked, allowed_time(asked, game.rules), self._clock.now(), opened_at=opened_at
        )

    async def _likely(self, game: Game) -> Likely:
        """Return how likely those who play answer a question right."""
        players = await self._database.read(lambda tx: _strengths(tx, game))
        mode = game.rules.mode
        return lambda question: chance_of_all(players, self._library.rating(question, mode))

    def _draw(
        self,
        scope_id: int,
        game: Game,
        seen: Seen,
        before: Sequence[str],
        opened_at: datetime | None,
        likely: Likely | None,
    ) -> Drawing:
        """Draw until there is a question that can be asked, and add all that was drawn to `seen`."""
        failed: list[str] = []
        rules, bank = game.rules, self._library.bank_at(game.started_at)
        for _ in range(_TRIES):
            try:
                asked, forgotten = draw(bank, self._dice, rules, seen, before, likely)
                allowed = allowed_time(asked, rules)
                content_of(asked)  # what cannot be stored cannot be asked
            except NotFound:
                raise
            except Exception:  # noqa: BLE001 - one question's fault must not stop a game
                failed.append([*seen][-1] if seen else "")
                _log.exception("question %r cannot be asked; another one is drawn", failed[-1])
            else:
                return Drawing(scope_id, asked, allowed, self._clock.now(), forgotten, failed, opened_at)
        raise NotFound(_NONE_CAN_BE_ASKED)

    def take_back(self, scope_id: int) -> None:
        """Forget what a scope has seen, as far as it is kept in memory: it may not be so."""
        self._seen.pop(scope_id, None)

    def drop(self) -> None:
        """Forget what was seen, as far as it is kept in memory: others have drawn, or draw from now on."""
        self._seen.clear()

    def _lock(self, scope_id: int) -> asyncio.Lock:
        lock = self._locks.get(scope_id)
        if lock is None:
            lock = self._locks[scope_id] = asyncio.Lock()
        return lock


def _strengths(tx: Tx, game: Game) -> list[Rating]:
    """Return the ratings of those who play: in this game, else in the one before; and of its starter."""
    players = list_players(tx, game.home_id, game.id) if game.id else set()
    if not players and game.is_public:
        before = load_before(tx, game)
        players = list_players(tx, before.home_id, before.id) if before is not None else set()
    players.add(game.starter_id)
    return list_ratings(tx, game.home_id, sorted(players)[:_PLAYERS], game.rules.topic or OVERALL)


def add_drawn(tx: Tx, drawn: Sequence[tuple[Game, Drawing]]) -> list[Round]:
    """Store what was drawn as each game's present round, and that its scope has seen it."""
    drawings = [drawing for _, drawing in drawn]
    delete_seen(tx, [(one.scope_id, forgotten) for one in drawings for forgotten in one.forgotten])
    add_seen(
        tx,
        [
            (one.scope_id, question_id, one.drawn_at)
            for one in drawings
            for question_id in (*one.failed, one.asked.question.id)
        ],
    )
    return add_rounds(tx, [_new_round(game, drawing) for game, drawing in drawn])


def _new_round(game: Game, drawing: Drawing) -> NewRound:
    drawn = Round(0, game.id, game.number, len(drawing.asked.options), drawing.allowed, home_id=game.home_id)
    if drawing.opened_at is not None:
        drawn = drawn.open(None, drawing.opened_at)
    return NewRound(game, drawn, drawing.asked, drawing.drawn_at)
