"""Who still plays a game, and how many of them decide."""

from hypothesis import given
from hypothesis import strategies as st

from bot.quiz.game import Cause
from bot.quiz.presence import LATELY, Ending, Presence, are_refused, is_idle
from bot.quiz.vote import Ballot

STARTER = 7
PEOPLE = st.sets(st.integers(1, 9), max_size=9)


def test_majority() -> None:
    """A vote needs more than half of the players, and at least two people."""
    needed = [Presence(STARTER, 0, range(players)).votes_needed for players in range(6)]
    assert needed == [2, 2, 2, 2, 3, 3]


@given(players=PEOPLE, closed=st.integers(0, 60), has_left=st.booleans())
def test_always_a_way_out(players: set[int], closed: int, has_left: bool) -> None:
    """Whoever plays, once the starter is away those who do can decide, be it one person."""
    players -= {STARTER} if has_left else set()
    presence = Presence(STARTER, closed, players, has_left)
    voters = [person for person in range(1, 10) if presence.may_vote(person)]
    assert set(voters) == players or (not players and len(voters) == 9)
    if has_left or (closed >= LATELY and STARTER not in players):
        assert presence.votes_needed <= len(voters)
    else:
        assert presence.votes_needed >= 2


@given(players=PEOPLE, closed=st.integers(0, LATELY - 1))
def test_nobody_is_away_at_the_beginning(players: set[int], closed: int) -> None:
    """Before three rounds are over the starter is waited for."""
    assert not Presence(STARTER, closed, players - {STARTER}).is_starter_away


def test_nobody_waits_for_a_starter_who_is_forgotten() -> None:
    """Where who started a game is not known any more, those who play decide from the first question on."""
    assert Presence(0, 0, {1}).votes_needed == 1


def test_idle() -> None:
    """A game is idle when its last three questions ran out of time without an answer, and not before."""
    missed, met, skipped = Ending(Cause.TIME, 0), Ending(Cause.TIME, 1), Ending(Cause.SKIPPED, 0)
    assert is_idle([missed] * 3)
    assert is_idle([missed] * 3 + [met])
    assert not is_idle([missed] * 2)
    for somebody in (met, skipped, Ending(Cause.NEXT, 0), Ending(Cause.REFUSED, 0), Ending(None, 0)):
        for place in range(3):
            endings = [missed] * 3
            endings[place] = somebody
            assert not is_idle(endings)


def test_refused() -> None:
    """Three refusals in a row are no fault of the questions."""
    refused = Ending(Cause.REFUSED, 0)
    assert are_refused([refused] * 3)
    assert not are_refused([refused] * 2)
    assert not are_refused([refused, Ending(Cause.TIME, 0), refused, refused])


def test_ballot() -> None:
    """Only a vote that counts decides."""
    assert Ballot(2, 2).decides
    assert not Ballot(2, 2, counts=False).decides
    assert not Ballot(1, 2).decides
