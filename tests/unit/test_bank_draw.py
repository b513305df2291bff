"""Drawing: no repeats within a round, uniform places of the key, the same cost for any bank."""

import copy
import json
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, MutableSet
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank.bank import Bank
from bot.bank.enemies import Enemies
from bot.bank.part import Part
from bot.bank.seen import Seen
from bot.errors import BadInput, NotFound, QuizError
from bot.quiz.question import Kind, question_from_plain, question_to_plain
from tests.banks import faultless, many
from tests.laws import tried


def bank_of(number: int) -> Bank:
    """Return a bank of so many questions."""
    return Bank([Part.of(many(number), {})])


def test_a_draw_is_a_question_and_its_options_in_order() -> None:
    """The key is where it is said to be, and nothing is lost."""
    drawn = bank_of(1).draw(Random(1))
    assert drawn.options[drawn.key_index] == "Chang'e-4"
    assert sorted(drawn.options) == sorted(["Chang'e-4", "Luna 9", "Surveyor 1", "Ranger 4"])


def test_the_same_dice_draw_the_same() -> None:
    """All chance comes from the generator that is given."""
    bank = bank_of(30)
    first, second = Random(5), Random(5)
    assert [bank.draw(first, seen=Seen()) for _ in range(9)] == [
        bank.draw(second, seen=Seen()) for _ in range(9)
    ]


@pytest.mark.parametrize("make", [Seen, set])
def test_nothing_repeats_before_the_pool_is_exhausted(make: type[MutableSet[str]]) -> None:
    """With a `Seen` and with a plain set of ids."""
    bank, rng, seen = bank_of(40), Random(2), make()
    drawn = [bank.draw(rng, seen=seen).question.id for _ in range(40)]
    assert sorted(drawn) == sorted(bank.ids)
    assert set(seen) == set(bank.ids)


def test_what_cannot_be_added_to_is_only_read() -> None:
    """Ids in a list or a frozen set are left out of the draw, as long as others are there."""
    bank, rng = bank_of(40), Random(2)
    half = bank.ids[:20]
    for seen in (frozenset(half), list(half), iter(half)):
        assert bank.draw(rng, seen=seen).question.id not in half
    assert {bank.draw(rng, seen=frozenset(half)).question.id for _ in range(200)} == set(bank.ids[20:])


def test_a_new_round_begins_when_all_were_seen() -> None:
    """Every question once in each round, and never the same twice in a row between two rounds."""
    bank = bank_of(7)
    makes: tuple[type[MutableSet[str]], ...] = (Seen, set)
    for make in makes:
        for start in range(60):
            seen, rng = make(), Random(start)
            drawn = [bank.draw(rng, seen=seen).question.id for _ in range(28)]
            for first in range(0, 28, 7):
                assert sorted(drawn[first : first + 7]) == sorted(bank.ids)
            assert all(one != other for one, other in pairwise(drawn))
            assert len(seen) == 7


def test_a_pool_of_one_comes_again() -> None:
    """There is nothing else to ask."""
    bank, seen = bank_of(1), Seen()
    assert [bank.draw(Random(1), seen=seen).question.id for _ in range(3)] == ["q-0"] * 3


def test_a_new_round_of_one_pool_leaves_the_others_alone() -> None:
    """Only the ids of the pool that is exhausted leave `seen`."""
    bank, rng = bank_of(24), Random(3)
    for seen in (Seen(["q-1", "elsewhere"]), {"q-1", "elsewhere"}):
        drawn = [bank.draw(rng, topic="topic-0", seen=seen).question.id for _ in range(7)]
        assert len(set(drawn[:6])) == 6
        assert set(seen) == {"q-1", "elsewhere", drawn[6]}


def test_pools_know_of_each_other() -> None:
    """What was asked on a topic is not asked again among all, and the other way round."""
    bank, rng, seen = bank_of(24), Random(4), Seen()
    drawn = [bank.draw(rng, topic="topic-0", seen=seen).question.id for _ in range(4)]
    drawn += [bank.draw(rng, seen=seen).question.id for _ in range(18)]
    drawn += [
        bank.draw(rng, difficulty=None, topic=None, kinds=list(Kind), seen=seen).question.id for _ in range(2)
    ]
    assert sorted(drawn) == sorted(bank.ids)


def test_a_set_may_change_between_two_draws() -> None:
    """Ids that somebody else adds are not drawn; ids that are taken out come again."""
    bank, rng = bank_of(10), Random(5)
    seen: set[str] = set()
    first = bank.draw(rng, seen=seen).question.id
    seen.update(bank.ids[:9])
    seen.discard(first)
    rest = {first, *bank.ids[9:]} - {first} if first == "q-9" else {first, "q-9"}
    rest = rest or {first}
    drawn = {bank.draw(rng, seen=seen).question.id for _ in range(len(rest))}
    assert drawn == (rest if first != "q-9" else {"q-9"})
    seen.clear()
    assert len({bank.draw(rng, seen=seen).question.id for _ in range(10)}) == 10


def test_a_set_of_the_same_size_with_other_ids_is_noticed() -> None:
    """One id taken out and another put in: what is in the set is not drawn."""
    bank = bank_of(3)
    for start in range(30):
        rng, seen = Random(start), set[str]()
        drawn = bank.draw(rng, seen=seen).question.id
        other = next(one for one in bank.ids if one != drawn)
        seen.remove(drawn)
        seen.add(other)
        assert bank.draw(rng, seen=seen).question.id != other


def test_without_seen_draws_are_independent() -> None:
    """Every question comes up, and repeats are possible."""
    bank, rng = bank_of(5), Random(6)
    counts = Counter(bank.draw(rng).question.id for _ in range(500))
    assert len(counts) == 5
    assert min(counts.values()) > 60


def test_seen_moves_to_a_new_bank() -> None:
    """After the files changed: known ids count, ids that are gone do no harm."""
    seen, rng = Seen(), Random(7)
    for _ in range(5):
        bank_of(10).draw(rng, seen=seen)
    larger = bank_of(12)
    drawn = [larger.draw(rng, seen=seen).question.id for _ in range(7)]
    assert len(set(drawn) | set(seen)) == 12


def test_seen_is_a_set_in_the_order_of_asking() -> None:
    """It can be stored by iterating it, and be built again."""
    seen = Seen(["b", "a", "b"])
    seen.add("c")
    seen.discard("a")
    seen.discard("a")
    assert list(seen) == ["b", "c"]
    assert "b" in seen
    assert "a" not in seen
    assert seen.isdisjoint({"a"})
    assert repr(seen) == "Seen(['b', 'c'])"


def test_forgetting_puts_a_question_back() -> None:
    """Discarding an id makes it as good as new in every pool."""
    bank, rng, seen = bank_of(6), Random(8), Seen()
    for _ in range(6):
        bank.draw(rng, seen=seen)
    seen.discard("q-3")
    assert bank.draw(rng, seen=seen).question.id == "q-3"


@tried(60)
@given(
    size=st.integers(1, 12),
    steps=st.lists(st.tuples(st.sampled_from("dtax"), st.integers(0, 11)), max_size=60),
    start=st.integers(0, 99),
)
def test_whatever_happens_no_unseen_question_waits_while_a_seen_one_is_asked(
    size: int, steps: list[tuple[str, int]], start: int
) -> None:
    """Draws from all and from a topic, ids added and taken out, in any order: the law holds."""
    bank, rng, seen = bank_of(size), Random(start), Seen()
    for step, index in steps:
        if step == "a":
            seen.add(f"q-{index}")
        elif step == "x":
            seen.discard(f"q-{index}")
        else:
            topic = f"topic-{index % min(4, size)}" if step == "t" else None
            pool = {one.id for one in bank.pool(topic)}
            unseen = pool - set(seen)
            drawn = bank.draw(rng, topic=topic, seen=seen).question.id
            assert drawn in (unseen or pool)
            assert drawn in seen


def chi_square(counts: Iterable[int]) -> float:
    """Return Pearson's statistic against equal frequencies."""
    numbers = list(counts)
    mean = sum(numbers) / len(numbers)
    return sum((number - mean) ** 2 / mean for number in numbers)


def test_the_key_is_at_every_place_equally_often() -> None:
    """Pearson's test with three degrees of freedom: 16.3 is exceeded once in a thousand."""
    bank = bank_of(20)
    for start in range(5):
        rng = Random(start)
        places = Counter(bank.draw(rng).key_index for _ in range(8000))
        assert len(places) == 4
        assert chi_square(places.values()) < 16.3


def test_every_order_of_the_options_is_equally_likely() -> None:
    """Twenty-three degrees of freedom: 49.7 is exceeded once in a thousand."""
    bank, rng = bank_of(1), Random(9)
    orders = Counter(bank.draw(rng).options for _ in range(12_000))
    assert len(orders) == 24
    assert chi_square(orders.values()) < 49.7


def test_every_question_is_equally_likely_to_come_first() -> None:
    """Nine degrees of freedom: 27.9 is exceeded once in a thousand."""
    bank, rng = bank_of(10), Random(10)
    counts = Counter(bank.draw(rng, seen=Seen()).question.id for _ in range(8000))
    assert chi_square(counts.values()) < 27.9


def test_true_stands_before_false() -> None:
    """People expect it there, so its place tells nothing."""
    for key, other in (("True", "False"), ("False", "True")):
        made = faultless(kind=Kind.TRUE_FALSE, key=key, distractors=(other,))
        drawn = Bank([Part.of([made], {})]).draw(Random(1))
        assert drawn.options == ("True", "False")
        assert drawn.options[drawn.key_index] == key


def test_a_pool_without_questions_says_what_there_is() -> None:
    """A sentence fit for a player, with a way on."""
    bank = bank_of(12)
    with pytest.raises(NotFound, match=r"no topic `moon`\. The topics are `topic-0`"):
        bank.draw(Random(1), topic="moon")
    with pytest.raises(NotFound, match="difficulty 3 of the kind text on `topic-1`"):
        bank.draw(Random(1), topic="topic-1", difficulty=3, kinds=["text"])
    with pytest.raises(BadInput, match="choice, true_false"):
        bank.draw(Random(1), kinds=["quiz"])
    with pytest.raises(QuizError):
        Bank([]).draw(Random(1))
    assert bank.draw(Random(1), kinds=()).question in bank.questions


def test_drawing_copies_nothing() -> None:
    """A deck stores what was drawn, whatever the size of the pool it draws from."""
    bank, rng, seen = bank_of(5000), Random(11), Seen()
    for _ in range(10):
        bank.draw(rng, seen=seen)
    (deck,) = seen._decks.values()
    assert len(deck._at) <= 20
    assert len(deck._where) <= 20


def test_a_bank_and_its_questions_cannot_be_changed() -> None:
    """Who plays from a bank must not be able to change it for others: not even a question's `allow`."""
    bank = Bank([Part.of([faultless(allow={"long-stem": "it is a quotation"})], {"mission": "The mission"})])
    first = bank.questions[0]
    for name in ("questions", "topics", "facts", "title"):
        with pytest.raises(AttributeError):
            setattr(bank, name, ())
    with pytest.raises(AttributeError):
        setattr(first, "stem", "Which?")  # noqa: B010 # a plain assignment would not pass the type check
    allow: Any = first.allow
    changes: list[Callable[[], object]] = [
        lambda: allow.update(x="y"),
        lambda: allow.pop("long-stem"),
        lambda: allow.__setitem__("x", "y"),
        allow.clear,
    ]
    for change in changes:
        with pytest.raises(TypeError):
            change()
    assert copy.deepcopy(first) == pickle.loads(pickle.dumps(first)) == replace(first) == first
    assert question_from_plain(json.loads(json.dumps(question_to_plain(first)))) == first


@pytest.mark.parametrize("count", [0, 1, 60])
def test_enemies_are_kept_as_they_are(count: int) -> None:
    """Through bytes and a choice of questions each keeps its enemies, and nobody else's."""
    rng = Random(count)
    each = [sorted(rng.sample(range(count), rng.randrange(count))) for _ in range(count)]
    enemies = Enemies.beside(each)
    kept = sorted(rng.sample(range(count), count // 2))
    among = enemies.among(kept)
    again = Enemies.from_bytes(*(memoryview(one) for one in enemies.to_bytes()))
    assert [list(again[place]) for place in range(len(again))] == each
    assert [[kept[other] for other in among[place]] for place in range(len(kept))] == [
        [other for other in each[old] if other in kept] for old in kept
    ]
