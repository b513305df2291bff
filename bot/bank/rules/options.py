"""Rules for a question's options: its key, its distractors, and the typed answers that count."""

import re
from collections.abc import Iterator

from bot.bank.folding import folded, same_answer, without_accents
from bot.bank.rules import Finding, question_rule
from bot.bank.rules.text import amount, content_words, is_year, options_of, words_of
from bot.quiz.quantity import Amount, in_one_unit, parse_amount
from bot.quiz.question import Kind, Question

LABEL = 80  # characters of a button
_PRESSED = frozenset((Kind.CHOICE, Kind.TRUE_FALSE, Kind.REVERSE, Kind.ORDER, Kind.MYTH))


@question_rule("error")
def key_among_distractors(question: Question) -> Iterator[Finding]:
    """The key stands among the distractors.

    Two options would be right, and only one would count. Case, quotes, hyphens and a leading article
    make no difference: `the Moon` is `moon`. Nor does another way of telling an amount: `1 km` is
    `1000 m`. Replace the distractor by a wrong answer. (H&D 19)
    """
    for index, distractor in enumerate(question.distractors):
        if distractor and any(same_answer(distractor, key) for key in question.keys or (question.key,)):
            message = f"`{distractor}` is the key: write a wrong answer instead"
            yield ("distractors", index), message


@question_rule("error")
def equal_options(question: Question) -> Iterator[Finding]:
    """Two distractors are the same, but for case, quotes, hyphens, an article, or the unit of an amount.

    Whoever sees the same answer twice knows that it is wrong. Replace one of them. (H&D 22)
    """
    for index, distractor in enumerate(question.distractors):
        earlier = (one for one in question.distractors[:index] if one and same_answer(one, distractor))
        if distractor and (same := next(earlier, None)):
            yield ("distractors", index), f"`{distractor}` is as good as `{same}`: write another one"


@question_rule("warning")
def equal_but_for_accents(question: Question) -> Iterator[Finding]:
    """Two options are the same but for accents: `Kármán` and `Karman`.

    A player cannot tell whether the accent is the point or a slip. Write other options; where the accent is
    what is asked for, say so in the stem, and switch the rule off.
    """
    seen: dict[str, str] = {}
    for loc, text in options_of(question):
        bare = without_accents(text)
        other = seen.setdefault(bare, text)
        if folded(other) != folded(text):
            yield loc, f"`{text}` is `{other}` but for accents: write an option that differs in its letters"


@question_rule("error")
def equal_beginnings(question: Question) -> Iterator[Finding]:
    """Two options are equal in their first 80 characters.

    Where long options stand side by side they are cut, so that they look the same there. Shorten them, or
    begin with what they differ in.
    """
    if len(question.key) <= LABEL and (
        not question.distractors or max(map(len, question.distractors)) <= LABEL
    ):
        return
    options = list(options_of(question))
    seen: set[str] = set()
    for loc, text in options:
        if text[:LABEL] in seen and folded(text) not in (folded(other) for at, other in options if at != loc):
            yield loc, f"equal to another option in its first {LABEL} characters: begin with the difference"
        seen.add(text[:LABEL])


@question_rule("error")
def no_distractors(question: Question) -> Iterator[Finding]:
    """A question that is answered by a button has no distractors.

    With the key alone there is nothing to choose. Write two to four wrong answers, or make it a `text`,
    `number` or `year` question, which is typed.
    """
    if question.kind in _PRESSED and not question.distractors:
        message = f"a `{question.kind}` question needs distractors: write at least one, better three"
        yield ("distractors",), message


@question_rule("error")
def true_false_form(question: Question) -> Iterator[Finding]:
    """The options of a `true_false` question are not True and False.

    Write `key: 'True'` with `distractors: ['False']`, or the other way round.
    """
    if question.kind is not Kind.TRUE_FALSE or not (question.key and question.distractors):
        return
    if question.key not in ("True", "False"):
        yield ("key",), f"the key of a true_false question is `True` or `False`, not `{question.key}`"
    elif question.distractors != ("False" if question.key == "True" else "True",):
        other = "False" if question.key == "True" else "True"
        yield ("distractors",), f"the one distractor of a true_false question with this key is `{other}`"


@question_rule("error")
def accept_contains_distractor(question: Question) -> Iterator[Finding]:
    """A typed answer that counts as right is one of the distractors.

    The same answer would be right when typed and wrong when pressed. Take it out of one of the lists.
    """
    if not question.accept:
        return
    wrong = {folded(distractor) for distractor in question.distractors}
    wrong.discard(folded(question.key))
    for index, answer in enumerate(question.accept):
        if folded(answer) in wrong:
            yield ("accept", index), f"`{answer}` is a distractor too: take it out of one of the two lists"


@question_rule("warning")
def long_option(question: Question) -> Iterator[Finding]:
    """An option is longer than 80 characters.

    A button has no room for more: all have letters alone then, and the options stand above them. Short
    options are also quicker and fairer to read: move what they share into the stem. (H&D 13)
    """
    if not question.distractors:
        return
    for loc, text in options_of(question):
        if len(text) > LABEL:
            yield loc, f"{len(text)} characters, and a button has {LABEL}: move what is shared to the stem"


_FEW = {Kind.ORDER: 2, Kind.ODD_ONE_OUT: 2, Kind.SET: 2}  # what is left of three or four things


@question_rule("warning")
def few_distractors(question: Question) -> Iterator[Finding]:
    """A question of choice has fewer than three distractors, or an `order` fewer than two.

    Two options make a guess right every second time, three every third. Write three distractors that
    somebody would take; where there are only two, ask for something else. (H&D 18)
    """
    needed = _FEW.get(question.kind, 3)
    has_few = 0 < len(question.distractors) < needed
    if has_few and question.kind not in (Kind.TRUE_FALSE, Kind.ESTIMATE):
        yield ("distractors",), f"{len(question.distractors)} of at least {needed}: write more wrong answers"


@question_rule("warning")
def leading_article(question: Question) -> Iterator[Finding]:
    """An option begins with "a", "an" or "the".

    Behind its letter it reads "A  A seismometer". Leave the article out; a name that has one keeps it
    (`The Hague`), and so does a clause.
    """
    for loc, text in options_of(question):
        match = re.match(r"(an?|the) [a-z]", text, re.IGNORECASE)
        if match and len(text.split()) <= 4 and text[len(match[0]) - 1].islower():
            yield loc, f"`{text}` begins with an article: leave it out, in all options alike"


@question_rule("warning")
def mixed_case_options(question: Question) -> Iterator[Finding]:
    """Some options begin with a capital and others do not.

    What looks different is taken or passed over for its look. Begin all of them with a capital. (H&D 23)
    """
    options = [text for _, text in options_of(question) if text[0].isupper() or text[0].islower()]
    if len({text[0].isupper() for text in options}) > 1:
        small = next(text for text in options if text[0].islower())
        yield ("key",), f"`{small}` begins small and another option does not: begin all with a capital"


_FAR = 1000  # times as much, or as little, as the key
_LONG = 150  # years from a key of the last hundred


@question_rule("warning")
def absurd_distractor(question: Question) -> Iterator[Finding]:
    """A distractor is one that nobody takes: a joke, or a number far from the key.

    It leaves fewer to choose from. Write what somebody might believe. Numbers may be a thousand times the key
    or a thousandth of it, years of the last century 150 years off; the words are in `bot/bank/words.toml`.
    (H&D 29, 30)
    """
    key = amount(question.key)
    jokes = words_of("absurd").keys()
    is_serious = not jokes & content_words(f"{question.key} {question.stem}")
    for index, distractor in enumerate(question.distractors):
        found = amount(distractor)
        if is_serious and jokes & content_words(distractor):
            yield ("distractors", index), f"nobody takes `{distractor}`: write what somebody might believe"
        elif key is not None and found is not None and _is_far(key, found, is_year(question.key)):
            yield (
                ("distractors", index),
                f"`{distractor}` is too far from `{question.key}`: write one that tempts",
            )


def _is_far(key: Amount, found: Amount, is_of_year: bool) -> bool:
    pair = in_one_unit(key, found)
    if pair is None or 0 in pair:
        return False
    right, wrong = pair
    if is_of_year:
        return right >= 1900 and abs(right - wrong) > _LONG
    return right * wrong > 0 and not 1 / _FAR <= wrong / right <= _FAR


@question_rule("warning")
def unordered_numbers(question: Question) -> Iterator[Finding]:
    """The options are numbers that cannot be put in order: in units that do not convert.

    Options that are numbers are shown in ascending order, so that the eye finds its place. Write all of them
    in one unit.
    """
    amounts = [amount(text) for _, text in options_of(question)]
    first = amounts[0] if amounts else None
    if first is None or None in amounts or question.kind is Kind.TRUE_FALSE:
        return
    if any(found is not None and in_one_unit(first, found) is None for found in amounts):
        yield ("key",), "the options are numbers that cannot be put in order: write all of them in one unit"


@question_rule("warning")
def key_stands_out(question: Question) -> Iterator[Finding]:
    """The key is much longer, or much shorter, than every distractor.

    Test-wise players pick the longest answer, because authors qualify what must be right. Shorten the
    key, or write distractors of its length. (H&D 24, 28d)
    """
    lengths = [len(distractor) for distractor in question.distractors]
    if len(lengths) < 2 or not question.key:
        return
    key = len(question.key)
    if key > 1.7 * max(lengths) and key - max(lengths) >= 12:
        yield ("key",), f"the key ({key} characters) is far longer than all distractors: shorten it"
    elif 1.7 * key < min(lengths) and min(lengths) - key >= 12:
        yield ("key",), f"the key ({key} characters) is far shorter than all distractors: shorten those"


_OTHERS = r"(?:the )?(?:above|below|these|them|those|others?|options|answers|choices)\b.*"
_ALL_OF_THEM = re.compile(
    rf"(?:all|each|both|every one)(?: of)? {_OTHERS}|all (?:two|three|four|five)(?: of {_OTHERS})?"
    r"|everything (?:above|listed)|(?:both )?[a-e] (?:and|&) [a-e]",
    re.IGNORECASE,
)
_NONE_OF_THEM = re.compile(
    rf"(?:none|neither|no one|nothing)(?: of)? {_OTHERS}|none|neither|nothing (?:above|listed)|none is right",
    re.IGNORECASE,
)


@question_rule("warning")
def all_of_the_above(question: Question) -> Iterator[Finding]:
    """An option refers to the other options as all right: "all of the above", "both A and B".

    Options are shuffled, so nothing is above; and who knows two right answers, or one wrong one, is led
    past the rest. Ask for one thing. (H&D 26)
    """
    for loc, text in options_of(question):
        if _ALL_OF_THEM.fullmatch(text.strip(" .!")):
            yield loc, f"`{text}` refers to the other options, which are shuffled: write an answer of its own"


@question_rule("warning")
def none_of_the_above(question: Question) -> Iterator[Finding]:
    """An option says that no other is right: "none of the above".

    Who picks it may know what is wrong without knowing what is right. Write a further distractor. (H&D 25)
    """
    for loc, text in options_of(question):
        if _NONE_OF_THEM.fullmatch(text.strip(" .!")):
            yield loc, f"`{text}` tests nothing: write a plausible wrong answer instead"


_ABSOLUTE = re.compile(
    r"\b(?:always|never|absolutely|completely|entirely|totally|invariably)\b", re.IGNORECASE
)


@question_rule("warning")
def absolute_words(question: Question) -> Iterator[Finding]:
    """Only some options, or a claim, say "always", "never", "completely" or the like.

    Such words give an option away as wrong: hardly anything is always so. Say it without. (H&D 28a)
    """
    options = list(options_of(question))
    found = [(loc, match) for loc, text in options if (match := _ABSOLUTE.search(text))]
    if len(found) < len(options):
        for loc, match in found:
            yield loc, f"`{match[0]}` marks an option as wrong: say it without"
    if question.kind is Kind.TRUE_FALSE and (match := _ABSOLUTE.search(question.stem)):
        yield ("stem",), f"`{match[0]}` marks a claim as false: say it without"


_YES_NO = frozenset(("yes", "no", "Yes", "No", "true", "false", "True", "False"))  # NO is Norway
_NUMBER_SORTS = frozenset(("a year", "a number"))
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(rf"\b(?:{_MONTHS})\b.*\d|\d.*\b(?:{_MONTHS})\b")
_HEDGE = re.compile(
    r"(?:nearly|almost|over|under|above|below|more|less|fewer|greater|between|from|up|at|just|exactly|only|approx"
    r"|roughly|some|about|around|half|twice|a|an|one|several|minus|plus)\b",
    re.IGNORECASE,
)


def _sort(text: str) -> str:
    """Return what sort of thing an option is, as far as its form tells."""
    if is_year(text):
        return "a year"
    if text in _YES_NO:
        return "yes or no"
    if _DATE.search(text):
        return "a date"
    found = amount(text)
    if found is not None:
        return "a number" if len(found.unit.split()) <= 3 else "unknown"
    is_open = text[:1].isalpha() and (_HEDGE.match(text) or parse_amount(text) is not None)
    return "words" if text[:1].isalpha() and not is_open else "unknown"


@question_rule("warning")
def other_kind(question: Question) -> Iterator[Finding]:
    """A distractor is of another kind than the key: a name among numbers, a year among amounts.

    It is passed over without knowing anything. Write distractors that could be the key. (H&D 23, 29)
    """
    sort = _sort(question.key)
    if not question.distractors or sort == "unknown" or not question.key:
        return
    for index, distractor in enumerate(question.distractors):
        other = _sort(distractor)
        if other in ("unknown", sort) or not distractor:
            continue
        if {sort, other} == _NUMBER_SORTS and not (amount(distractor) or amount(question.key)):
            continue
        message = f"`{distractor}` is {other}, the key is {sort}: write a distractor of the key's kind"
        yield ("distractors", index), message


@question_rule("warning")
def key_looks_different(question: Question) -> Iterator[Finding]:
    """The key alone is written in another form than all distractors.

    A capital, a full stop, an article or a bracket that only the key has (or lacks) gives it away.
    Write all options alike. (H&D 23, 28d)
    """
    if len(question.distractors) < 2 or not question.key:
        return
    for look, name in _LOOKS:
        key = look(question.key)
        others = [look(distractor) for distractor in question.distractors if distractor]
        if key is not None and others and all(other is (not key) for other in others):
            has = "alone" if key else "alone does not"
            verb = name if key else _infinitive(name)
            yield ("key",), f"the key {has} {verb}: write all options alike"


def _infinitive(phrase: str) -> str:
    first, _, rest = phrase.partition(" ")
    return f"{first.removesuffix('s')} {rest}"


def _begins_with_capital(text: str) -> bool | None:
    return text[0].isupper() if text[0].isalpha() else None


def _ends_with_stop(text: str) -> bool | None:
    return text.endswith((".", "!", ";"))


def _begins_with_article(text: str) -> bool | None:
    return text.casefold().startswith(("a ", "an ", "the "))


def _has_bracket(text: str) -> bool | None:
    return "(" in text


_LOOKS = (
    (_begins_with_capital, "begins with a capital"),
    (_ends_with_stop, "ends with a full stop"),
    (_begins_with_article, "begins with an article"),
    (_has_bracket, "holds a bracket"),
)


@question_rule("warning")
def repeated_accept(question: Question) -> Iterator[Finding]:
    """A typed answer that counts is listed twice.

    One of them can go; case makes no difference when answers are compared.
    """
    seen: set[str] = set()
    for index, answer in enumerate(question.accept):
        form = answer.casefold().strip()
        if form in seen:
            yield ("accept", index), f"`{answer}` stands in the list already: take it out"
        seen.add(form)


@question_rule("warning")
def hard_to_type(question: Question) -> Iterator[Finding]:
    """A typed question's shortest answer is longer than 40 characters.

    Nobody types that without a slip. Add a shorter form to `accept`, or make it a `choice`.
    """
    if question.kind is Kind.TEXT and question.key:
        shortest = min((question.key, *question.accept), key=len)
        if len(shortest) > 40:
            yield ("key",), f"nobody types {len(shortest)} characters: add a short form to `accept`"
