"""The rules of play."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.quiz.game import (
    AlreadyAnswered,
    Asked,
    Cause,
    Game,
    GameKind,
    GameState,
    ImpossibleStep,
    Pace,
    Round,
    RoundState,
    Rules,
    Scoring,
    TooLate,
)
from bot.store.content import asked_of, content_of
from tests.questions import question

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEN = timedelta(seconds=10)
MILLISECOND = timedelta(milliseconds=1)


def drawn(allowed: timedelta | None = TEN) -> Round:
    """Return a round whose message is not out yet."""
    return Round(id=7, game_id=3, number=1, options=4, allowed=allowed)


def opened(allowed: timedelta | None = TEN) -> Round:
    """Return a round that opened at T0."""
    return drawn(allowed).open(99, T0)


def game(questions: int = 2) -> Game:
    """Return a game at its first round."""
    return Game(3, GameKind.CHANNEL, 1, 2, 4, Rules(questions=questions), T0)


def test_opens_at_its_message() -> None:
    """A round opens at its message's time and closes after the time allowed."""
    present = opened()
    assert (present.state, present.message_id) == (RoundState.OPEN, 99)
    assert (present.opened_at, present.closes_at) == (T0, T0 + TEN)
    assert opened(None).closes_at is None


def test_opens_once() -> None:
    """A round that is open cannot open again, and one not open cannot be hastened."""
    with pytest.raises(ImpossibleStep):
        opened().open(100, T0)
    with pytest.raises(ImpossibleStep):
        drawn().hasten(T0, Cause.SKIPPED)


@given(st.integers(-(10**6), 10**6), st.integers(0, 3))
def test_discords_clock_decides(milliseconds: int, option: int) -> None:
    """A press counts up to the moment of the close, by its own time, and not a millisecond later."""
    at = T0 + TEN + milliseconds * MILLISECOND
    if milliseconds <= 0:
        answer = opened().submit(5, option, at)
        assert (answer.player_id, answer.response, answer.at) == (5, option, at)
    else:
        with pytest.raises(TooLate, match="after the question closed, so it does not count"):
            opened().submit(5, option, at)


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 20_000))
def test_first_press_stands(first: int, second: int, milliseconds: int) -> None:
    """A second press, whenever it comes and whatever it is, tells which answer stands."""
    with pytest.raises(AlreadyAnswered) as refused:
        opened().submit(5, second, T0 + milliseconds * MILLISECOND, first)
    assert refused.value.response == first
    assert f"answer is {'ABCDE'[first]}" in str(refused.value)


@pytest.mark.parametrize("option", [-1, 4, 10**9])
def test_option_out_of_range(option: int) -> None:
    """An option that was never offered is refused, whatever a client sends."""
    with pytest.raises(BadInput):
        opened().submit(5, option, T0)


def test_untimed_has_no_end() -> None:
    """An untimed round takes answers until somebody moves on."""
    present = opened(None)
    assert present.submit(5, 0, T0 + timedelta(days=3)).response == 0
    ended = present.hasten(T0 + TEN, Cause.NEXT)
    with pytest.raises(TooLate):
        ended.submit(5, 0, T0 + TEN + MILLISECOND)


@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=6))
def test_never_longer(ends: list[int]) -> None:
    """However often a round is hastened, it ends at the earliest of all."""
    present = opened()
    for end in ends:
        present = present.hasten(T0 + end * MILLISECOND, Cause.SKIPPED)
    assert present.closes_at == min(T0 + TEN, *(T0 + end * MILLISECOND for end in ends))


def test_closes_as_of_its_end() -> None:
    """A round that is found too late closes as of its own end, and never opens again."""
    closed = opened().close(T0 + timedelta(hours=1))
    assert (closed.state, closed.closed_at, closed.cause) == (RoundState.CLOSED, T0 + TEN, Cause.TIME)
    with pytest.raises(ImpossibleStep):
        closed.close(T0)
    with pytest.raises(ImpossibleStep):
        closed.open(1, T0)
    assert closed.submit(5, 0, T0 + TEN).at == T0 + TEN  # made in time, heard late
    with pytest.raises(TooLate):
        closed.submit(5, 0, T0 + TEN + MILLISECOND)


def test_stopped_round_closes_now() -> None:
    """A round that a stop cuts short closes at that moment."""
    closed = opened().close(T0 + timedelta(seconds=3))
    assert (closed.closed_at, closed.cause) == (T0 + timedelta(seconds=3), Cause.STOPPED)
    skipped = opened().hasten(T0 + timedelta(seconds=2), Cause.SKIPPED).close(T0 + timedelta(seconds=3))
    assert (skipped.closed_at, skipped.cause) == (T0 + timedelta(seconds=2), Cause.SKIPPED)


def test_game_asks_all_and_ends() -> None:
    """A game goes through its questions, ends once, and never goes on after that."""
    second = game().next()
    assert (second.number, second.has_next) == (2, False)
    with pytest.raises(ImpossibleStep):
        second.next()
    ended = second.finish(T0 + TEN)
    assert (ended.state, ended.ended_at) == (GameState.FINISHED, T0 + TEN)
    stopped = game().stop(T0, "stopped by Ann")
    assert (stopped.state, stopped.reason, stopped.has_next) == (GameState.STOPPED, "stopped by Ann", False)
    for done in (ended, stopped):
        with pytest.raises(ImpossibleStep):
            done.finish(T0)
        with pytest.raises(ImpossibleStep):
            done.stop(T0, "again")
        with pytest.raises(ImpossibleStep):
            done.next()


@given(
    st.builds(
        Rules,
        questions=st.integers(1, 50),
        topic=st.none() | st.text(min_size=1, max_size=5),
        difficulty=st.none() | st.integers(1, 3),
        pace=st.sampled_from(Pace),
        seconds=st.none() | st.integers(5, 300),
        scoring=st.sampled_from(Scoring),
    )
)
def test_rules_survive_storage(rules: Rules) -> None:
    """Rules come back from storage as they were; a name that is not known any more is left out."""
    assert Rules.from_plain(rules.to_plain() | {"hints": True}) == rules
    assert rules.is_timed == (rules.seconds is not None or rules.pace is not Pace.UNTIMED)


@pytest.mark.parametrize("wrong", [{"questions": 0}, {"questions": 51}, {"seconds": 4}, {"seconds": 301}])
def test_rules_within_bounds(wrong: dict[str, int]) -> None:
    """Rules outside of what the command allows are refused wherever they come from."""
    with pytest.raises(BadInput):
        Rules(**wrong)  # type: ignore[arg-type]


def test_asked_survives_storage() -> None:
    """A question as asked comes back from storage whole; its order is no part of its content."""
    asked = Asked(question(), ("wrong 1", "key 1", "worse 1"))
    content = content_of(asked)
    assert asked_of(content.body, content.order) == asked
    again = content_of(Asked(question(), ("worse 1", "key 1")))
    assert (again.hash, again.body) == (content.hash, content.body), "its content is kept once"
    other = content_of(Asked(question(explanation="Because it was."), asked.options))
    assert other.hash != content.hash
    assert asked.key_index == 1


@pytest.mark.parametrize("options", [("key 1",), ("a", "b"), ("key 1", "key 1"), (*"abcde", "key 1")])
def test_asked_has_its_key(options: tuple[str, ...]) -> None:
    """A question is asked with two to five options, the key once among them."""
    with pytest.raises(ImpossibleStep):
        Asked(question(), options)
