"""A part of a bank: the questions and facts of one file, side by side as lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace

from bot.bank.enemies import Enemies, enemies_of
from bot.quiz.items import key_of
from bot.quiz.question import PLAIN, Fact, Kind, Look, Origin, Question


@dataclass(slots=True, eq=False)
class Part:
    """The questions and facts of one file, in its order: each list has an entry for each question.

    `items` name the questions' words, as what was measured of them does. A question that is None is read by
    `decode`, by its place, when it is looked at.
    """

    ids: list[str]
    topic_of: list[str]
    difficulties: list[int]
    kinds: list[Kind]
    _: KW_ONLY
    fact_of: list[str]
    items: list[str]
    pressed: list[bool]
    enemies: Enemies
    supplements: list[bool]
    questions: list[Question | None]
    decode: Callable[[int], Question] | None = None
    topics: Mapping[str, str]
    facts: Sequence[Fact] = ()
    look: Look = PLAIN

    @classmethod
    def of(
        cls,
        questions: Sequence[Question],
        topics: Mapping[str, str],
        facts: Sequence[Fact] = (),
        look: Look = PLAIN,
    ) -> "Part":
        """Return the part that holds these values."""
        return cls(
            [question.id for question in questions],
            [question.topic for question in questions],
            [question.difficulty for question in questions],
            [question.kind for question in questions],
            fact_of=[question.fact for question in questions],
            items=[key_of(question) for question in questions],
            pressed=[question.is_pressed for question in questions],
            enemies=enemies_of(questions),
            supplements=[question.source.origin is Origin.SUPPLEMENT for question in questions],
            questions=list(questions),
            topics=topics,
            facts=facts,
            look=look,
        )

    def without_supplement(self) -> "Part":
        """Return the part without what its article does not tell."""
        kept = [place for place, is_beside in enumerate(self.supplements) if not is_beside]
        decode = self.decode
        return replace(
            self,
            ids=[self.ids[place] for place in kept],
            topic_of=[self.topic_of[place] for place in kept],
            difficulties=[self.difficulties[place] for place in kept],
            kinds=[self.kinds[place] for place in kept],
            fact_of=[self.fact_of[place] for place in kept],
            items=[self.items[place] for place in kept],
            pressed=[self.pressed[place] for place in kept],
            enemies=self.enemies.among(kept),
            supplements=[False] * len(kept),
            questions=[self.questions[place] for place in kept],
            decode=None if decode is None else lambda offset: decode(kept[offset]),
            facts=[fact for fact in self.facts if fact.source.origin is Origin.ARTICLE],
        )

    def with_difficulties(self, difficulties: Mapping[str, int]) -> "Part":
        """Return the part with other difficulties for some of its questions, by id."""
        levels = [
            difficulties.get(one, level) for one, level in zip(self.ids, self.difficulties, strict=True)
        ]
        decode = self.decode
        return replace(
            self,
            difficulties=levels,
            questions=[
                None if one is None else one if one.difficulty == level else replace(one, difficulty=level)
                for one, level in zip(self.questions, levels, strict=True)
            ],
            decode=None
            if decode is None
            else lambda offset: replace(decode(offset), difficulty=levels[offset]),
        )
