"""Rules for answers that are typed, by the judge that games use: what it takes, and what it refuses."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from bot.bank.rules import Entry, Finding, Loc, Whole, question_rule, whole_rule
from bot.bank.rules.text import in_base
from bot.quiz.judging import Key, Outcome, Sort, judge, measure
from bot.quiz.quantity import Amount, parse_amount
from bot.quiz.question import Kind, Question

_SLACK = 1e-9  # of a number, for what computing with it costs


@question_rule("warning")
def key_refused(question: Question) -> Iterator[Finding]:
    """The key of a typed question, or an answer that is to count, is refused by the judge of games.

    Whoever knows the answer would be told that it is wrong, or that it cannot be judged. Write a key that
    can be typed: a number in figures, a name in a few words.
    """
    if not question.is_typed or not question.key:
        return
    key = Key.of(question)
    told = (
        (("key",), question.key),
        *((("accept", place), each) for place, each in enumerate(question.accept)),
    )
    for loc, text in told:
        judgement = judge(key, text)
        if judgement.outcome is not Outcome.RIGHT:
            yield loc, f"`{text}` is not taken when it is typed ({judgement.note or judgement.outcome})"
    if key.sort is Sort.NUMBER and measure(key, question.key) is None:
        yield ("key",), f"`{question.key}` is no number that other ways of writing it can be held against"


@question_rule("warning")
def distractor_accepted(question: Question) -> Iterator[Finding]:
    """A distractor of a typed question would count as right when somebody types it, but for standing there.

    So would what is nearly written like it: `accept` or `tolerance` lets it in. Take that out, or write a
    distractor further off. (H&D 19)
    """
    if not question.is_typed or not question.key:
        return
    key = replace(Key.of(question), distractors=())
    for index, distractor in enumerate(question.distractors):
        if distractor and judge(key, distractor).outcome is Outcome.RIGHT:
            yield ("distractors", index), f"`{distractor}` would be right when typed: write one further off"


@whole_rule("warning")
def tolerance_takes_other_value(whole: Whole) -> Iterator[tuple[Entry, Loc, str]]:
    """The tolerance of a number lets in the value of another fact of its topic, in the same unit.

    Who mixes the two up would be right. Narrow the tolerance; where both values are near by chance and
    nobody takes one for the other, switch the rule off. Shares are left aside, being of different things.
    """
    known: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
    asked: list[tuple[Entry, Amount, str]] = []
    for entry in whole.entries:
        question = entry.question
        if (
            question.kind not in (Kind.NUMBER, Kind.ESTIMATE)
            or (amount := parse_amount(question.key)) is None
        ):
            continue
        number, unit = in_base(amount)
        if unit == "share":
            continue
        known[question.topic, unit].append((number, question.fact))
        asked.append((entry, amount, unit))
    for values in known.values():
        values.sort()
    for entry, amount, unit in asked:
        tolerance = entry.question.tolerance
        if tolerance is None or tolerance.low >= tolerance.high or tolerance.unit != amount.unit:
            continue
        own, _ = in_base(amount)
        low, high = (in_base(replace(amount, number=end))[0] for end in (tolerance.low, tolerance.high))
        values = known[entry.question.topic, unit]
        here = values[bisect_left(values, (low, "")) : bisect_right(values, (high, "\uffff"))]
        for number, fact in here:
            if fact != entry.question.fact and abs(number - own) > _SLACK * max(abs(number), abs(own)):
                yield entry, ("tolerance",), f"it lets in the value of `{fact}`, another fact: narrow it"
                break
