"""The bank that is played: every question, found by id, topic, difficulty and kind, and drawn at random.

What always holds:
- a bank never changes; a new one is loaded when its files do;
- questions decode when they are first looked at, so that a large bank loads in no time;
- drawing costs the same from a thousand questions as from a hundred thousand.
"""

import weakref
from array import array
from bisect import bisect_left
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Mapping, MutableSet, Sequence
from functools import cached_property
from random import Random
from types import MappingProxyType
from typing import TypeVar, overload

from bot.bank.part import Part
from bot.bank.seen import Seen
from bot.errors import BadInput, NotFound
from bot.quiz.arrangement import as_asked
from bot.quiz.game import Asked, Form
from bot.quiz.question import PLAIN, Fact, Kind, Question

D = TypeVar("D")
H = TypeVar("H", bound=Hashable)
PoolKey = tuple[str | None, int | None, frozenset[Kind] | None, bool]

_MAX_POOLS = 512  # pools remembered by a bank; a few numbers for each question in them
_MAX_FOLLOWED = 1024  # plain sets that a bank keeps decks for


class Pool(Sequence[Question]):
    """The questions of one topic, difficulty and choice of kinds, in the order of the bank."""

    def __init__(self, bank: "Bank", key: PoolKey, members: Sequence[int]) -> None:
        self._bank = bank
        self._members = members
        self.key = key

    @cached_property
    def kinds(self) -> Mapping[Kind, float]:
        """The share of each kind in it."""
        return _shares(self._bank.kind_at(member) for member in self._members)

    @cached_property
    def topics(self) -> Mapping[str, float]:
        """The share of each topic in it."""
        return _shares(self._bank.topic_at(member) for member in self._members)

    @cached_property
    def facts(self) -> int:
        """How many facts it asks about."""
        return len({self._bank.fact_at(member) for member in self._members})

    def __len__(self) -> int:
        return len(self._members)

    @overload
    def __getitem__(self, index: int) -> Question: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Question, ...]: ...
    def __getitem__(self, index: int | slice) -> Question | tuple[Question, ...]:
        if isinstance(index, slice):
            return tuple(self._bank.question_at(member) for member in self._members[index])
        return self._bank.question_at(self._members[index])

    def member(self, position: int) -> int:
        """Return where in the bank the pool's question at `position` is."""
        return self._members[position]

    def position(self, member: int) -> int | None:
        """Return where in the pool the bank's question at `member` is; None if it is not in it."""
        if isinstance(self._members, range):
            return member if member < len(self._members) else None
        found = bisect_left(self._members, member)
        return found if found < len(self._members) and self._members[found] == member else None


class Bank:
    """An immutable collection of questions: `bank["id"]`, `len(bank)`, `for question in bank`.

    `load_bank` makes one. `bank.draw(...)` picks the next question.
    """

    __slots__ = (
        "__weakref__",
        "_about",
        "_all",
        "_at",
        "_decoded",
        "_difficulties",
        "_fact_of",
        "_facts",
        "_followed",
        "_ids",
        "_items",
        "_kinds",
        "_parts",
        "_pools",
        "_pressed",
        "_topic_of",
        "_topics",
        "look",
    )

    def __init__(self, parts: Sequence[Part]) -> None:
        self._ids: list[str] = [one for part in parts for one in part.ids]
        self._at: dict[str, int] = dict(zip(self._ids, range(len(self._ids)), strict=True))
        self._topic_of: list[str] = [one for part in parts for one in part.topic_of]
        self._difficulties: list[int] = [one for part in parts for one in part.difficulties]
        self._kinds: list[Kind] = [one for part in parts for one in part.kinds]
        self._fact_of: list[str] = [one for part in parts for one in part.fact_of]
        self._items: list[str] = [one for part in parts for one in part.items]
        self._pressed: list[bool] = [one for part in parts for one in part.pressed]
        self._decoded: list[Question | None] = [one for part in parts for one in part.questions]
        self._parts = [(part, len(part.ids)) for part in parts]
        self._facts = MappingProxyType({fact.id: fact for part in parts for fact in part.facts})
        self._topics = MappingProxyType(self._titles(parts))
        self.look = next((part.look for part in parts if part.look != PLAIN), PLAIN)
        self._pools: OrderedDict[PoolKey, Pool] = OrderedDict()
        self._followed: OrderedDict[int, tuple[weakref.ref[MutableSet[str]], Seen]] = OrderedDict()
        self._all: tuple[Question, ...] | None = None
        self._about: dict[str, list[int]] | None = None

    def _titles(self, parts: Sequence[Part]) -> dict[str, str]:
        used = dict.fromkeys([*self._topic_of, *(fact.topic for fact in self._facts.values())])
        declared: dict[str, str] = {}
        for part in parts:
            for topic, title in part.topics.items():
                declared.setdefault(topic, title)
        titles = {topic: title for topic, title in declared.items() if topic in used}
        for topic in used:
            titles.setdefault(topic, topic.replace("-", " ").replace("_", " ").capitalize())
        return titles

    def with_difficulties(self, difficulties: Mapping[str, int]) -> "Bank":
        """Return the bank with other difficulties (1 to 3) for some of its questions, by id."""
        return Bank([part.with_difficulties(difficulties) for part, _ in self._parts])

    # ------------------------------------------------------------------------------------------- looking up

    def __getitem__(self, question_id: str) -> Question:
        return self.question_at(self._at[question_id])

    def __contains__(self, question_id: object) -> bool:
        return question_id in self._at

    def __iter__(self) -> Iterator[Question]:
        return map(self.question_at, range(len(self)))

    def __len__(self) -> int:
        return len(self._ids)

    def __repr__(self) -> str:
        return f"<Bank of {len(self)} questions on {len(self.topics)} topics>"

    @overload
    def get(self, question_id: str) -> Question | None: ...
    @overload
    def get(self, question_id: str, default: D) -> Question | D: ...
    def get(self, question_id: str, default: D | None = None) -> Question | D | None:
        """Return the question of that id, or `default`."""
        index = self._at.get(question_id)
        return default if index is None else self.question_at(index)

    @property
    def ids(self) -> Sequence[str]:
        """The id of every question, in the order of the files."""
        return tuple(self._ids)

    def question_at(self, index: int) -> Question:
        """Return the question at `index`, counted from 0 through all files."""
        question = self._decoded[index]
        if question is None:
            part, offset = self._placed(index)
            if part.decode is None:
                raise IndexError(index)
            question = self._decoded[index] = part.decode(offset)
        return question

    def _placed(self, index: int) -> tuple[Part, int]:
        """Return the part that the question at `index` is of, and where in it."""
        offset = index
        for part, size in self._parts:
            if offset < size:
                return part, offset
            offset -= size
        raise IndexError(index)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question, in the order of the files and of the questions in them."""
        if self._all is None:
            self._all = tuple([self.question_at(index) for index in range(len(self))])
        return self._all

    @property
    def read(self) -> Sequence[Question | None]:
        """Every question as far as it was looked at, in the same order; None for the others."""
        return self._decoded

    def about(self, fact: str) -> list[Question]:
        """Return the questions about one fact, in the order of the bank; only they are read for it."""
        if self._about is None:
            self._about = {}
            for index, known in enumerate(self._fact_of):
                self._about.setdefault(known, []).append(index)
        return [self.question_at(index) for index in self._about.get(fact, ())]

    @property
    def topics(self) -> Mapping[str, str]:
        """The title of every topic that has a question or a fact, by its id."""
        return self._topics

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The facts that facts files beside the questions hold, by id; drafts are not among them."""
        return self._facts

    def pool(
        self,
        topic: str | None = None,
        difficulty: int | None = None,
        kinds: Iterable[Kind | str] | Kind | str | None = None,
        *,
        pressed: bool = False,
    ) -> Pool:
        """Return the questions that fit all of what is given; there may be none.

        `pressed`: only those that one press of a button answers.
        """
        key = (topic, difficulty, _kinds(kinds), pressed)
        found = self._pools.get(key)
        if found is None:
            found = self._pools[key] = Pool(self, key, self._members(key))
            if len(self._pools) > _MAX_POOLS:
                self._pools.popitem(last=False)
        return found

    def _members(self, key: PoolKey) -> Sequence[int]:
        topic, difficulty, kinds, pressed = key
        indices: Iterable[int] = range(len(self))
        if topic is None and difficulty is None and kinds is None and not pressed:
            return range(len(self))
        if topic is not None:
            indices = [index for index in indices if self._topic_of[index] == topic]
        if difficulty is not None:
            indices = [index for index in indices if self._difficulties[index] == difficulty]
        if kinds is not None:
            indices = [index for index in indices if self._kinds[index] in kinds]
        if pressed:
            indices = [index for index in indices if self._pressed[index]]
        return array("L", indices)

    def index_of(self, question_id: str) -> int | None:
        """Return where in the bank a question is; None when it is not in it."""
        return self._at.get(question_id)

    def id_at(self, index: int) -> str:
        """Return the id of the question at `index`."""
        return self._ids[index]

    def fact_at(self, index: int) -> str:
        """Return the fact that the question at `index` asks about."""
        return self._fact_of[index]

    def item_of(self, question_id: str) -> str | None:
        """Return what names the words of a question; None for one that is not there."""
        index = self._at.get(question_id)
        return None if index is None else self._items[index]

    def kind_at(self, index: int) -> Kind:
        """Return the kind of the question at `index`."""
        return self._kinds[index]

    def topic_at(self, index: int) -> str:
        """Return the topic of the question at `index`."""
        return self._topic_of[index]

    def difficulty_at(self, index: int) -> int:
        """Return the difficulty of the question at `index`."""
        return self._difficulties[index]

    def enemies_at(self, index: int) -> Sequence[int]:
        """Return where the enemies of the question at `index` are, without those of its own fact."""
        part, offset = self._placed(index)
        before = index - offset
        return [before + other for other in part.enemies[offset]]

    @property
    def unaskable_topics(self) -> Sequence[str]:
        """The topics none of whose questions can be answered by pressing a button."""
        askable = {
            topic for topic, is_pressed in zip(self._topic_of, self._pressed, strict=True) if is_pressed
        }
        return [topic for topic in dict.fromkeys(self._topic_of) if topic not in askable]

    # -------------------------------------------------------------------------------------------- drawing

    def draw(
        self,
        rng: Random,
        topic: str | None = None,
        difficulty: int | None = None,
        kinds: Iterable[Kind | str] | Kind | str | None = None,
        seen: Iterable[str] | None = None,
    ) -> Asked:
        """Draw a question at random, with its options shuffled.

        None that is in `seen` comes again before all others of the pool have come; then a new round of the
        pool begins. `seen` is a `Seen`, or any set of ids: what is drawn is added to it. Without `seen`
        every draw is independent. Raise NotFound when no question fits.
        """
        pool = self.pool(topic, difficulty, kinds)
        if not pool:
            raise NotFound(self._nothing_fits(topic, difficulty, kinds))
        if seen is None:
            index = pool.member(rng.randrange(len(pool)))
        else:
            index = (seen if isinstance(seen, Seen) else self._follow(seen)).deal(self, pool, rng)
        return _asked(self.question_at(index), rng)

    def _nothing_fits(
        self, topic: str | None, difficulty: int | None, kinds: Iterable[Kind | str] | Kind | str | None
    ) -> str:
        names = ", ".join(f"`{name}`" for name in self.topics)
        if topic is not None and topic not in self._topics:
            return f"There is no topic `{topic}`. The topics are {names or 'none yet: the bank is empty'}."
        wanted = [f"of difficulty {difficulty}"] if difficulty is not None else []
        chosen = _kinds(kinds)
        if chosen is not None:
            wanted.append(f"of the kind {' or '.join(sorted(chosen))}")
        if topic is not None:
            wanted.append(f"on `{topic}`")
        return f"No question {' '.join(wanted)} is in the bank. Try another choice; the topics are {names}."

    def _follow(self, seen: Iterable[str]) -> "Seen":
        """Return a `Seen` that agrees with a plain collection, the same one again for the same set."""
        if not isinstance(seen, MutableSet):
            return Seen(seen)
        known = self._followed.get(id(seen))
        if known is not None and known[0]() is seen:
            if len(seen) != len(known[1]):
                known[1].begin_again(seen)
            return known[1]
        follower = Seen(seen)
        follower.leader = seen
        try:
            self._followed[id(seen)] = (weakref.ref(seen), follower)
        except TypeError:  # a set of somebody's own that cannot be referred to weakly: no shortcut
            return follower
        follower.leader = weakref.proxy(seen)
        while len(self._followed) > _MAX_FOLLOWED:
            self._followed.popitem(last=False)
        return follower


def _shares(values: Iterable[H]) -> dict[H, float]:
    counts = Counter(values)
    return {value: count / counts.total() for value, count in counts.items()}


def _kinds(kinds: Iterable[Kind | str] | Kind | str | None) -> frozenset[Kind] | None:
    if kinds is None:
        return None
    try:
        return frozenset(map(Kind, [kinds] if isinstance(kinds, str) else kinds)) or None
    except ValueError as error:
        raise BadInput(f"{error}: the kinds are {', '.join(Kind)}.") from None


def _asked(question: Question, rng: Random) -> Asked:
    """Return the question with all its options to choose from; typed where there are none."""
    if question.kind is Kind.SET:
        return as_asked(question, Form.MENU, rng)
    return as_asked(question, Form.PRESS if question.distractors else Form.TYPED, rng)
