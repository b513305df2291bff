"""Rules for sets, orders, ladders and pictures: that each has what its kind asks for, and that it fits."""

from collections.abc import Iterator, Sequence

from bot.bank.folding import folded
from bot.bank.rules import Finding, question_rule
from bot.bank.rules.text import holds
from bot.quiz.question import ORDERED, Kind, Question

_PARTS = {Kind.SET: "keys", Kind.LADDER: "clues", Kind.PICTURE: "picture", Kind.ORDER: "items"}
_LEAST = 2  # keys of a set, and clues of a ladder
_SEVERAL = ("keys", "items", "clues")


@question_rule("error")
def missing_parts(question: Question) -> Iterator[Finding]:
    """A `set` has no two `keys`, a `ladder` no two `clues`, or a `picture` no image.

    It cannot be asked as what it is. Add them, or give it another kind.
    """
    if question.kind is Kind.PICTURE and question.picture is None:
        yield ("picture",), "a `picture` needs an image: add `picture` with `image` and `alt`"
    if question.kind in (Kind.SET, Kind.LADDER):
        part = _PARTS[question.kind]
        if len(getattr(question, part)) < _LEAST:
            yield (part,), f"a `{question.kind}` needs at least two `{part}`: add what is missing"


@question_rule("error")
def parts_of_another_kind(question: Question) -> Iterator[Finding]:
    """A question has `keys`, `items`, `clues` or a `picture` that its kind does not ask by.

    Nobody would see them. Take them out, or give it the kind that has them.
    """
    for kind, part in _PARTS.items():
        if question.kind is not kind and getattr(question, part):
            yield (part,), f"a `{question.kind}` has no `{part}`: take it out, or make it a `{kind}`"


@question_rule("error")
def repeated_part(question: Question) -> Iterator[Finding]:
    """A right answer of a `set`, a thing of an `order` or a clue of a `ladder` stands there twice.

    Nobody could choose both, and a clue that comes again tells nothing. Write another in its place.
    """
    for part in _SEVERAL:
        texts = [folded(text) for text in getattr(question, part)]
        for index, text in enumerate(texts):
            if text and text in texts[:index]:
                yield (part, index), f"`{getattr(question, part)[index]}` stands there twice: write another"


@question_rule("error")
def key_beside_parts(question: Question) -> Iterator[Finding]:
    """The key of a `set` is not the first of its `keys`, or that of an `order` not its `items` in order.

    What is shown as right and what counts as right would differ. Write the one as the other says.
    """
    if question.kind is Kind.SET and question.keys and question.key != question.keys[0]:
        yield ("key",), f"the key of this set is the first of its keys, `{question.keys[0]}`"
    if question.kind is not Kind.ORDER or not question.items:
        return
    if question.key != (right := ORDERED.join(question.items)):
        yield ("key",), f"the key of this order is `{right}`, as its items stand"
    for index, distractor in enumerate(question.distractors):
        if sorted(distractor.split(ORDERED)) != sorted(question.items):
            yield ("distractors", index), f"`{distractor}` is no order of these items: write one that is"


@question_rule("warning")
def clue_gives_key(question: Question) -> Iterator[Finding]:
    """A clue of a `ladder`, or the words beside a `picture` for those who do not see it, name the key.

    The answer can be read off. Say it in other words.
    """
    options = [folded(option) for option in question.options]
    if question.kind is Kind.LADDER:
        for index, clue in enumerate(question.clues):
            if _tells(clue, options):
                yield ("clues", index), f"this clue contains the key `{question.key}`: say it in other words"
    if question.picture is not None and _tells(question.picture.alt, options):
        yield ("picture", "alt"), f"these words contain the key `{question.key}`: say it in other words"


def _tells(text: str, options: Sequence[str]) -> bool:
    """Whether a text contains the first option, and not all of them."""
    text = f" {folded(text)} "
    return bool(options[0]) and holds(text, options[0]) and not all(holds(text, one) for one in options)


@question_rule("warning")
def picture_of_another(question: Question) -> Iterator[Finding]:
    """The image of a `picture` question is that of a wrong option.

    Who knows the answer would be told that it is wrong. Write the image of the key.
    """
    if question.picture is None:
        return
    _, _, shown = question.picture.image.partition("/")
    for distractor in question.distractors:
        if shown and folded(shown) == folded(distractor) != folded(question.key):
            yield ("picture", "image"), f"it shows `{distractor}`, a wrong option: write the image of the key"
