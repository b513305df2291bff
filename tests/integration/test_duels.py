"""Duels on a real database, with a clock that the tests move and a channel that does what it is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cogs.messages.duels import duel_card
from bot.errors import BadInput, Conflict, NotAllowed, NotFound
from bot.quiz.duel import IDLE_FOR, MOST_OPEN, OFFERED_FOR, Duel, DuelState, Outcome, Record, require_pair
from bot.quiz.game import Mode, Pace, Rules
from bot.quiz.showing import RoundShowing
from bot.services.duels import CardGone, CardLater, CardLost, CardRefused, Duels, Half
from bot.services.games import ALONE
from bot.services.papers import Papers
from bot.services.retention import SHORTLY, Retention
from bot.store.duels import BOUT, CAME_OUT, END, GONE, SHOW
from bot.store.timers import Timer, list_due, next_due
from tests.engines import Where
from tests.integration.test_games import ANN, BEN, CAT, GUILD, NAMES
from tests.integration.test_privacy import OTHER, House

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RULES = Rules(questions=3, mode=Mode.MIXED, pace=Pace.UNTIMED)


class Wall:
    """The channel: cards by their messages, and what is to go wrong next."""

    def __init__(self) -> None:
        self.cards: dict[int, list[Duel]] = {}
        self.trouble: list[Exception] = []
        self.down: list[int] = []
        self.told: list[str] = []
        self.is_lost = False  # it arrives, and that is not told
        self.forgets = False  # it does not know a message by its nonce any more

    async def show(self, duel: Duel) -> int | None:
        """Put a card up, or change one."""
        trouble = self.trouble.pop(0) if self.trouble else None
        made = None
        if trouble is None or self.is_lost:
            known = await self.find(duel) if duel.tried_at is None or not self.forgets else None
            made = duel.message_id or known or 900 + len(self.cards)
            self.cards.setdefault(made, []).append(duel)
        if trouble is not None:
            raise trouble
        return None if duel.message_id else made

    async def find(self, duel: Duel) -> int | None:
        """Look for a card."""
        return next((number for number, shown in self.cards.items() if shown[0].id == duel.id), None)

    async def take_down(self, _home_id: int, _channel_id: int, message_id: int) -> None:
        """Take a card's buttons off."""
        if self.trouble:
            raise self.trouble.pop(0)
        self.down.append(message_id)

    async def tell_unasked(self, duel: Duel, why: str) -> None:
        """Tell the challenger."""
        self.told.append(f"{duel.id}: {why}")

    @property
    def states(self) -> list[DuelState]:
        """What each card shows now."""
        return [shown[-1].state for shown in self.cards.values()]


class Arena(House):
    """A house with duels."""

    wall: Wall
    duels: Duels

    def furnish(self) -> None:
        """Join the services; the wall stays the same through a restart."""
        super().furnish()
        self.wall = getattr(self, "wall", Wall())
        papers = Papers(self.database, self.library, self.clock)
        self.duels = Duels(self.database, self.clock, self.timers, self.play, papers)
        self.duels.show_by(self.wall)

    async def settle(self) -> None:
        """Do what is due now, until nothing is."""
        handlers = {
            END: self.duels._end,
            BOUT: self.duels._carry,
            CAME_OUT: self.duels._came_out,
            SHOW: self.duels._show,
            GONE: self.duels._take_down,
        }
        for _ in range(20):
            due = await self.database.read(lambda tx: list_due(tx, self.now(), 99))
            if not due:
                return
            for timer in due:
                if timer.kind == ALONE:
                    await self.play.solo.end_abandoned(timer.home_id, int(timer.ref))
                else:
                    await handlers[timer.kind](timer)
        raise AssertionError(f"something is due again and again: {due}")

    async def until(self, passed: timedelta) -> None:
        """Let time pass, and do what falls due, each at its time."""
        end = self.now() + passed
        while True:
            await self.settle()
            coming = await self.database.read(lambda tx: next_due(tx, self.now()))
            if coming is None or coming > end:
                break
            await self.clock.move_to(coming)
        await self.clock.move_to(end)

    async def offer(self, challenger: int = ANN, opponent: int = BEN) -> Duel:
        """Have one ask another."""
        name = NAMES[opponent]
        duel = await self.duels.offer(self.by(challenger), (opponent, name, name), RULES, is_posted=True)
        await self.settle()
        return duel

    async def begun(self) -> Duel:
        """Have Ann ask Ben, who accepts."""
        duel = await self.offer()
        return await self.duels.accept(self.by(BEN), GUILD, duel.id)

    async def answer(self, duel: Duel, player: int, *, is_right: bool = True) -> RoundShowing:
        """Have one of the two answer their next question."""
        playing = await self.duels.play(self.by(player), GUILD, duel.id)
        assert isinstance(playing, RoundShowing)
        if playing.round.closed_at is not None:
            following = await self.play.solo.next(self.by(player), playing.round.id)
            assert isinstance(following, RoundShowing)
            playing = following
        await self.answer_right(player, playing, is_right=is_right)
        await self.settle()
        return playing

    async def all(self, duel: Duel, player: int, *, is_right: bool = True) -> None:
        """Have one of the two answer everything."""
        for _ in range(duel.questions):
            await self.answer(duel, player, is_right=is_right)

    async def now_stands(self, duel: Duel) -> Duel:
        """Return how it stands."""
        return await self.duels.load(GUILD, duel.id)


@pytest.fixture
async def arena(where: Where) -> AsyncIterator[Arena]:
    """A house with a new database."""
    laid = await Arena.lay(where, 40)
    yield laid
    await laid.database.close()


async def test_a_duel_from_the_offer_to_the_end(arena: Arena) -> None:
    """Both answer the same, the better one wins, and one card has shown it all."""
    duel = await arena.begun()
    hers = [(await arena.answer(duel, ANN)).asked for _ in range(3)]
    his = [(await arena.answer(duel, BEN, is_right=number > 0)).asked for number in range(3)]
    assert hers == his
    ended = await arena.now_stands(duel)
    assert ended.state is DuelState.FINISHED
    assert (ended.outcome_for(ANN), ended.outcome_for(BEN)) == (Outcome.WON, Outcome.LOST)
    assert list(arena.wall.cards) == [900]
    assert arena.wall.states == [DuelState.FINISHED]
    assert arena.wall.cards[900][0].state is DuelState.OFFERED
    assert await arena.duels.record(ANN) == Record(won=1)
    assert await arena.duels.record(BEN, ANN) == Record(lost=1)
    assert await arena.duels.record(BEN, CAT) == Record()
    assert arena.rows("SELECT * FROM timers") == []


async def test_nothing_is_told_before_both_have_answered(arena: Arena) -> None:
    """The card knows how far each is; marks are told up to where both are."""
    duel = await arena.begun()
    await arena.answer(duel, ANN)
    await arena.answer(duel, ANN)
    assert (await arena.now_stands(duel)).told == 0
    await arena.answer(duel, BEN, is_right=False)
    stands = await arena.now_stands(duel)
    assert (len(stands.challenger.marks), len(stands.opponent.marks), stands.told) == (2, 1, 1)
    await arena.answer(duel, ANN)
    waiting = await arena.duels.half(ANN, GUILD, duel.id)
    assert waiting.tallies == ()


async def test_reviews_tell_nothing_before_the_end(arena: Arena) -> None:
    """What was missed in a duel joins the reviews when the duel is over, and is learnt from once."""
    duel = await arena.begun()
    await arena.all(duel, ANN, is_right=False)
    await arena.answer(duel, BEN)
    await arena.learning.learn()
    assert arena.rows("SELECT * FROM reviews") == arena.rows("SELECT * FROM items") == []
    await arena.answer(duel, BEN)
    await arena.answer(duel, BEN)
    again = Timer(CAME_OUT, f"{duel.id}:{ANN}", arena.now(), GUILD)  # as after a kill
    for _ in range(2):
        await arena.learning.learn()
        await arena.duels._came_out(again)
    assert arena.rows("SELECT home_id, count(*) FROM reviews GROUP BY home_id") == [(ANN, 3)]
    assert arena.rows("SELECT sum(answers) FROM item_shares") == [(6,)]


@pytest.mark.parametrize("is_left", [False, True])
async def test_a_profile_tells_nothing_before_the_end(arena: Arena, is_left: bool) -> None:
    """Points and right answers of a duel join it when the duel is over, once; also of one that is left."""
    duel = await arena.begun()
    await arena.all(duel, ANN)
    assert await arena.boards.profile(GUILD, ANN) is None
    if is_left:
        await arena.until(IDLE_FOR)
    else:
        await arena.all(duel, BEN, is_right=False)
    for _ in range(2):
        await arena.settle()
        await arena.duels._came_out(Timer(CAME_OUT, f"{duel.id}:{ANN}", arena.now(), GUILD))
    profile = await arena.boards.profile(GUILD, ANN)
    assert profile is not None
    counted = [(one.right, one.answered) for one in profile.skills.values()]
    assert [sum(each) for each in zip(*counted, strict=True)] == [RULES.questions] * 2
    assert profile.games == 1


async def test_equal_points_are_a_draw(arena: Arena) -> None:
    """However they came about."""
    duel = await arena.begun()
    await arena.all(duel, BEN)
    await arena.all(duel, ANN)
    assert (await arena.now_stands(duel)).outcome_for(ANN) is Outcome.DRAWN
    assert await arena.duels.record(BEN, ANN) == Record(drawn=1)


async def test_only_the_one_who_was_asked_accepts_and_only_the_two_call_it_off(arena: Arena) -> None:
    """And only once."""
    duel = await arena.offer()
    for player in (ANN, CAT):
        with pytest.raises(NotAllowed):
            await arena.duels.accept(arena.by(player), GUILD, duel.id)
    with pytest.raises(NotAllowed):
        await arena.duels.decline(arena.by(CAT), GUILD, duel.id)
    with pytest.raises(Conflict):
        await arena.duels.play(arena.by(BEN), GUILD, duel.id)
    await arena.duels.decline(arena.by(ANN), GUILD, duel.id)
    with pytest.raises(Conflict):
        await arena.duels.accept(arena.by(BEN), GUILD, duel.id)
    await arena.settle()
    assert arena.wall.states == [DuelState.DECLINED]
    assert arena.rows("SELECT * FROM timers") == []
    running = await arena.begun()
    with pytest.raises(NotAllowed):
        await arena.duels.play(arena.by(CAT), GUILD, running.id)


async def test_who_cannot_duel(arena: Arena) -> None:
    """Nobody duels themselves or a bot, and nobody has more than a few going on."""
    with pytest.raises(BadInput, match="solo"):
        require_pair(ANN, ANN, is_bot=False)
    with pytest.raises(BadInput, match="Bots"):
        require_pair(ANN, BEN, is_bot=True)
    for _ in range(MOST_OPEN):
        await arena.offer()
    with pytest.raises(Conflict):
        await arena.offer()
    await arena.offer(CAT)


async def test_nobody_is_notified_over_and_over(arena: Arena) -> None:
    """An offer that was taken back or declined counts against its maker for half an hour."""
    for player in (ANN, BEN, ANN):
        duel = await arena.offer()
        await arena.duels.decline(arena.by(player), GUILD, duel.id)
    with pytest.raises(Conflict, match="half an hour"):
        await arena.offer()
    await arena.until(OFFERED_FOR)
    await arena.offer()


async def test_the_same_command_delivered_twice_asks_once(arena: Arena) -> None:
    """One duel, one card; also where it was the last that may be asked for."""
    for _ in range(MOST_OPEN - 1):
        await arena.offer()
    press = arena.by(ANN)
    for _ in range(2):
        await arena.duels.offer(press, (BEN, "Ben", "Ben"), RULES, is_posted=True)
    await arena.settle()
    assert len(arena.wall.cards) == MOST_OPEN


async def test_an_offer_that_nobody_answers_ends(arena: Arena) -> None:
    """The card says so, and nothing is counted."""
    duel = await arena.offer()
    await arena.until(OFFERED_FOR + MINUTE)
    assert arena.wall.states == [DuelState.EXPIRED]
    with pytest.raises(Conflict):
        await arena.duels.accept(arena.by(BEN), GUILD, duel.id)
    assert await arena.duels.record(ANN) == Record()


async def test_an_offer_is_accepted_in_time_or_not_at_all(arena: Arena) -> None:
    """Also where its end has not been noted yet, as after a time away."""
    duel = await arena.offer()
    await arena.clock.forward(OFFERED_FOR)
    with pytest.raises(Conflict, match="run out"):
        await arena.duels.accept(arena.by(BEN), GUILD, duel.id)
    await arena.settle()
    with pytest.raises(Conflict, match="run out"):
        await arena.duels.decline(arena.by(BEN), GUILD, duel.id)
    assert (await arena.now_stands(duel)).state is DuelState.EXPIRED


async def test_a_duel_that_nobody_plays_on_ends_and_counts(arena: Arena) -> None:
    """Twelve hours after the last answer, with the points that there are; the games end with it."""
    duel = await arena.begun()
    await arena.until(6 * HOUR)
    await arena.answer(duel, BEN)
    await arena.until(IDLE_FOR - MINUTE)
    assert arena.wall.states == [DuelState.RUNNING]
    await arena.until(2 * MINUTE)
    assert arena.wall.states == [DuelState.LEFT]
    assert await arena.duels.record(BEN, ANN) == Record(won=1)
    assert await arena.duels.record(ANN, BEN) == Record(lost=1)
    assert arena.rows("SELECT * FROM games WHERE state = 'running'") == []
    assert arena.rows("SELECT * FROM timers") == []
    assert isinstance(await arena.duels.play(arena.by(ANN), GUILD, duel.id), Half)


async def test_nobody_is_asked_on_when_it_is_over(arena: Arena) -> None:
    """Also in the moment before the end has reached their own game."""
    duel = await arena.begun()
    await arena.answer(duel, BEN)
    await arena.clock.forward(IDLE_FOR)
    await arena.duels._end(Timer(END, str(duel.id), arena.now(), GUILD))
    assert isinstance(await arena.duels.play(arena.by(BEN), GUILD, duel.id), Half)


async def test_one_that_nobody_began_counts_for_nobody(arena: Arena) -> None:
    """It ends, and there is no winner."""
    await arena.begun()
    await arena.until(IDLE_FOR + MINUTE)
    assert arena.wall.states == [DuelState.LEFT]
    assert await arena.duels.record(ANN) == await arena.duels.record(BEN) == Record()


async def test_killed_at_every_step(arena: Arena) -> None:
    """Whatever waits to be carried is carried after the start, once."""
    duel = await arena.duels.offer(arena.by(ANN), (BEN, "Ben", "Ben"), RULES, is_posted=True)
    arena.reopen()
    await arena.settle()
    await arena.duels.accept(arena.by(BEN), GUILD, duel.id)
    for number in range(3):
        for player in (ANN, BEN):
            arena.reopen()
            playing = await arena.duels.play(arena.by(player), GUILD, duel.id)
            assert isinstance(playing, RoundShowing)
            if number:
                following = await arena.play.solo.next(arena.by(player), playing.round.id)
                assert isinstance(following, RoundShowing)
                playing = following
            await arena.answer_right(player, playing)
    arena.reopen()
    await arena.settle()
    ended = await arena.now_stands(duel)
    assert ended.state is DuelState.FINISHED
    assert [len(side.marks) for side in ended.sides] == [3, 3]
    assert await arena.duels.record(ANN) == Record(drawn=1)
    assert len(arena.wall.cards) == 1
    assert arena.rows("SELECT count(*) FROM games") == [(2,)]


@pytest.mark.parametrize("away", [MINUTE, HOUR / 4])
async def test_a_card_whose_answer_is_lost_is_there_once(arena: Arena, away: timedelta) -> None:
    """It is looked for before it is sent again."""
    arena.wall.is_lost = True
    arena.wall.trouble = [CardLater("a dropped connection")]
    duel = await arena.duels.offer(arena.by(ANN), (BEN, "Ben", "Ben"), RULES, is_posted=True)
    [timer] = [
        one for one in await arena.database.read(lambda tx: list_due(tx, arena.now(), 9)) if one.kind == SHOW
    ]
    await arena.duels._show(timer)
    arena.wall.is_lost = False
    arena.reopen()
    await arena.clock.forward(away)
    arena.wall.forgets = away > 2 * MINUTE
    await arena.settle()
    assert list(arena.wall.cards) == [900]
    assert arena.rows("SELECT message_id FROM duels WHERE id = ?", duel.id) == [(900,)]


async def test_a_card_that_is_gone_stops_nothing(arena: Arena) -> None:
    """Whoever plays plays on; nothing is tried for ever."""
    duel = await arena.begun()
    arena.wall.trouble = [CardLost("deleted") for _ in range(20)]
    await arena.all(duel, ANN)
    await arena.all(duel, BEN)
    assert (await arena.now_stands(duel)).state is DuelState.FINISHED
    assert arena.rows("SELECT * FROM timers") == []


@pytest.mark.parametrize("is_left", [False, True])
async def test_a_card_that_was_deleted_has_another_in_its_place(arena: Arena, is_left: bool) -> None:
    """A duel that goes on can be played, and how it came out is told, also where a moderator has tidied."""
    duel = await arena.begun()
    await arena.settle()
    for _ in range(2):
        arena.wall.cards.clear()
        arena.wall.trouble = [CardGone("deleted"), CardLater("not now")]
        await arena.answer(duel, ANN)
        await arena.until(MINUTE)
        assert arena.wall.states == [DuelState.RUNNING]
    arena.wall.cards.clear()
    arena.wall.trouble = [CardGone("deleted")]
    if is_left:
        await arena.until(IDLE_FOR)
    else:
        await arena.answer(duel, ANN)
        await arena.all(duel, BEN)
    assert arena.wall.states == [DuelState.LEFT if is_left else DuelState.FINISHED]
    assert arena.rows("SELECT * FROM timers") == []


async def test_a_topic_that_has_left_the_bank_meanwhile(arena: Arena) -> None:
    """A duel on it asks about every topic, and its card says so."""
    duel = await arena.offer()
    await arena.database.write(lambda tx: tx.execute("UPDATE duels SET topic = 'old-topic'"))
    assert "Old topic" in str(duel_card(await arena.now_stands(duel), {}))
    await arena.duels.accept(arena.by(BEN), GUILD, duel.id)
    await arena.all(duel, ANN)
    assert (await arena.now_stands(duel)).topic is None


async def test_an_offer_that_nobody_can_see_is_none(arena: Arena) -> None:
    """Where Discord does not take the card the challenger is told, and may ask others as before."""
    for number in range(MOST_OPEN + 1):
        arena.wall.trouble = [CardLater("not now"), CardRefused("no")]
        duel = await arena.offer()
        await arena.until(MINUTE)
        assert arena.wall.told[number:] == [f"{duel.id}: no"]
        assert arena.rows("SELECT * FROM duels") == arena.rows("SELECT * FROM timers") == []


async def test_nobody_is_asked_what_they_have_had(arena: Arena) -> None:
    """Ten duels of three questions on forty: none comes again for either of the two."""
    seen: list[str] = []
    for _ in range(10):
        duel = await arena.begun()
        seen += [(await arena.answer(duel, ANN)).asked.question.id for _ in range(3)]
        await arena.all(duel, BEN)
    assert len(set(seen)) == 30


async def test_outside_of_servers_the_card_is_the_answer(arena: Arena) -> None:
    """Where Farside is no member nothing is posted; the duel is at home with who has asked."""
    ann, ben = (replace(arena.by(player), guild_id=None) for player in (ANN, BEN))
    duel = await arena.duels.offer(ann, (BEN, "Ben", "Ben"), RULES, is_posted=False)
    assert (duel.home_id, duel.challenger.name, duel.opponent.name) == (ANN, "Ann.account", "Ben")
    await arena.duels.accept(ben, ANN, duel.id)
    for player in (ANN, BEN):
        for number in range(3):
            playing = await arena.duels.play(arena.by(player), ANN, duel.id)
            assert isinstance(playing, RoundShowing)
            if number:
                following = await arena.play.solo.next(arena.by(player), playing.round.id)
                assert isinstance(following, RoundShowing)
                playing = following
            await arena.answer_right(player, playing, is_right=player == BEN)
    await arena.settle()
    assert (await arena.duels.load(ANN, duel.id)).state is DuelState.FINISHED
    assert await arena.duels.record(BEN) == Record(won=1)
    assert arena.wall.cards == {}
    assert arena.rows("SELECT * FROM timers") == []


async def test_what_has_ended_long_ago_goes(arena: Arena) -> None:
    """Forty days later a duel goes with its questions, and a challenge off its board; records stay."""
    await arena.challenge(ANN)
    duel = await arena.begun()
    await arena.all(duel, ANN)
    await arena.all(duel, BEN)
    retention = Retention(arena.database, arena.clock, timedelta(days=400))
    await arena.clock.forward(SHORTLY - HOUR)
    await retention.prune()
    assert len(arena.rows("SELECT * FROM duels")) == len(arena.rows("SELECT * FROM results")) == 1
    await arena.clock.forward(timedelta(days=2))
    await retention.prune()
    for table in ("duels", "duel_sides", "results"):
        assert arena.rows(f"SELECT * FROM {table}") == []
    assert arena.rows("SELECT DISTINCT name FROM papers WHERE name LIKE 'duel:%'") == []
    assert await arena.duels.record(ANN) == Record(drawn=1)


async def test_who_deletes_their_data_takes_their_duels_along(arena: Arena) -> None:
    """The other one's record stays, without the name; a running duel is not known any more."""
    duel = await arena.begun()
    await arena.all(duel, ANN)
    await arena.all(duel, BEN, is_right=False)
    running = await arena.begun()
    await arena.answer(running, BEN)
    await arena.privacy.delete(ANN)
    await arena.settle()
    assert arena.rows("SELECT * FROM duels") == arena.rows("SELECT * FROM duel_sides") == []
    assert await arena.duels.record(BEN) == Record(lost=1)
    assert await arena.duels.record(BEN, ANN) == Record()
    with pytest.raises(NotFound):
        await arena.duels.play(arena.by(BEN), GUILD, running.id)


async def test_an_export_tells_nothing_before_the_end(arena: Arena) -> None:
    """Whether an answer was right, and what it brought, stands in it when the duel is over."""
    duel = await arena.begun()
    await arena.answer(duel, ANN)
    export = await arena.privacy.export(ANN)
    [game], [side] = export["games_played"], export["duel_answers"]
    [given] = game["answers"]
    assert side == {"duel_id": str(duel.id), "answered": 1, "marks": None, "points": None}
    assert given["answer"]
    assert {game["points"], game["correct"], given["is_right"], given["points"], given["streak"]} == {None}
    await arena.until(IDLE_FOR)
    export = await arena.privacy.export(ANN)
    assert export["games_played"][0]["answers"][0]["is_right"] is True
    assert export["duel_answers"][0]["marks"] == "r"


@pytest.mark.parametrize("is_server", [False, True])
async def test_who_plays_on_when_a_duel_is_forgotten(arena: Arena, is_server: bool) -> None:
    """What they answered counts from then on, once; their game ends, and the card takes no more presses."""
    duel = await arena.begun()
    await arena.answer(duel, BEN)
    await arena.answer(duel, BEN, is_right=False)
    arena.wall.trouble.append(CardLater("not now"))
    await (arena.privacy.delete_server(GUILD) if is_server else arena.privacy.delete(ANN))
    assert arena.rows("SELECT * FROM papers WHERE name LIKE 'duel:%'") == []
    for _ in range(2):
        await arena.until(MINUTE)
        await arena.duels._carry(Timer(BOUT, str(duel.id), arena.now(), BEN))
    assert arena.wall.down == ([] if is_server else [900])
    profile = await arena.boards.profile(OTHER, BEN)
    assert profile is not None
    assert sum(one.answered for one in profile.skills.values()) == 2
    await arena.learning.learn()
    assert arena.rows("SELECT home_id, count(*) FROM reviews GROUP BY home_id") == [(BEN, 1)]
    assert arena.rows("SELECT state FROM games WHERE home_id = ?", BEN) == [("stopped",)]
    assert arena.rows("SELECT * FROM timers WHERE kind <> ?", ALONE) == []
