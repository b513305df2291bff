"""Rules for a question's stem: that it asks one clear thing, and does not tell the answer."""

import re
from collections.abc import Iterator

from bot.bank.folding import folded
from bot.bank.rules import Finding, question_rule
from bot.bank.rules.text import content_words, holds, options_of, root, words_of
from bot.quiz.question import Kind, Question


@question_rule("warning")
def long_stem(question: Question) -> Iterator[Finding]:
    """The stem is longer than 300 characters.

    A quiz question is read against the clock: leave out what the answer does not need, or tell it in the
    explanation. (H&D 13, 16)
    """
    if len(question.stem) > 300:
        yield (
            ("stem",),
            f"{len(question.stem)} characters, at most 300: leave out what the answer does not need",
        )


_CLOZE = re.compile(
    r"_{2,}|\.{4,}|…\s*\.|\[\s*(?:\.{3}|…)?\s*\]|\(\s*(?:blank|\?)?\s*\)|<blank>", re.IGNORECASE
)


@question_rule("warning")
def blank_in_stem(question: Question) -> Iterator[Finding]:
    """The stem is a sentence with a blank in it.

    A question is easier to read, and does not give the answer's place in a sentence away. Ask: "Which
    rover ...?" (H&D 9, 15)
    """
    if match := _CLOZE.search(question.stem):
        yield (
            ("stem",),
            f"a blank (`{match[0]}`): ask a question instead, one that begins with which, who or how",
        )


_DIRECTION = re.compile(
    r"\b(?:name|type|give|write|complete|pick|choose|say|tell|put|find|guess|spot)\b", re.IGNORECASE
)


@question_rule("warning")
def stem_form(question: Question) -> Iterator[Finding]:
    """A question does not end with a question mark, or a claim to be judged does.

    Players must see at once what to do: a `true_false` stem is a claim and ends with a full stop; all
    others ask, or say what to do ("Name the rover that ..."). (H&D 9, 14)
    """
    stem = question.stem.rstrip(" \"'”’)")
    if not stem:
        return
    if question.kind is Kind.TRUE_FALSE:
        asks = re.match(r"(?:true or false|right or wrong)\b", stem, re.IGNORECASE)
        if stem.endswith("?") and not asks:
            yield ("stem",), "a true_false stem is a claim: write it as a sentence with a full stop"
    elif not stem.endswith("?") and "?" not in stem and not _DIRECTION.search(stem):
        yield ("stem",), "the stem asks nothing: end it with a question mark, or begin with what to do"


_NEGATIVE = re.compile(
    r"\b(?:not|except|excepting|never|cannot"
    r"|(?:is|was|are|were|do|does|did|has|have|had|could|would|ca)n['’]t)\b"
)
_RHETORICAL = re.compile(r"\bwhether or not\b|\bnot only\b|\bif not\b|\bnot until\b", re.IGNORECASE)
_WHY = re.compile(r"\bwhy\b", re.IGNORECASE)
_NOT = re.compile(r"\bnot\b", re.IGNORECASE)


def _is_rhetorical(stem: str) -> bool:
    """Whether a negative is part of what is asked: "Why did it not ...?"."""
    why = _WHY.search(stem)
    return _RHETORICAL.search(stem) is not None or (
        why is not None and _NOT.search(stem, why.end()) is not None
    )


@question_rule("warning")
def unmarked_negative(question: Question) -> Iterator[Finding]:
    """The stem says "not" or "except" in small letters.

    A reader in a hurry passes over it and answers the opposite. Ask for what is so; if you must, write
    NOT or EXCEPT in capitals. (H&D 17)
    """
    if (match := _NEGATIVE.search(question.stem)) and not _is_rhetorical(question.stem):
        message = f"`{match[0]}` is passed over easily: ask for what is so, or write {match[0].upper()}"
        yield ("stem",), message


@question_rule("warning")
def negative_option(question: Question) -> Iterator[Finding]:
    """An option begins with "not" or says "except".

    Together with a stem it makes a double negative. Say what is so. (H&D 27)
    """
    for loc, text in options_of(question):
        if re.match(r"not\b|no (?!\.|man\b|one\b)", text, re.IGNORECASE) or re.search(r"\bexcept\b", text):
            yield loc, f"`{text}` is a negative: say what is so"


_STOP_AFTER_ARTICLE = re.compile(r"\b(an?)\s*[?:.]?\s*$", re.IGNORECASE)


@question_rule("warning")
def grammar_clue(question: Question) -> Iterator[Finding]:
    """The stem ends with "a" or "an", and not every option fits.

    Only options that go with the article can be right. Put the article into the options. (H&D 28c)
    """
    match = _STOP_AFTER_ARTICLE.search(question.stem)
    if not match or len(question.distractors) < 1:
        return
    wants_vowel = match[1].casefold() == "an"
    fits = [text[0].casefold() in "aeiou" for _, text in options_of(question)]
    if any(fit != wants_vowel for fit in fits):
        yield ("stem",), f"`{match[1]}` at the end fits some options only: put the article into the options"


@question_rule("warning")
def stem_gives_key(question: Question) -> Iterator[Finding]:
    """The stem contains its key, or an answer that counts when typed, and not the distractors.

    The answer can be read off. Say it in other words; when the stem names all options, as in "Luna 3 or
    Luna 9?", that is fair. (H&D 28b)
    """
    if question.kind is Kind.TRUE_FALSE:
        return
    stem = f" {folded(question.stem)} "
    told = [
        one for one in (question.key, *question.accept) if len(folded(one)) > 1 and holds(stem, folded(one))
    ]
    if not told:
        return
    if question.distractors and all(holds(stem, folded(distractor)) for distractor in question.distractors):
        return
    yield ("stem",), f"the stem contains the answer `{told[0]}`: say it in other words"


@question_rule("warning")
def key_echoes_stem(question: Question) -> Iterator[Finding]:
    """A telling word of the stem comes back in the key, and in no distractor.

    Test-wise players pick the option that sounds like the question. Use another word in the stem, or the
    same word in a distractor too. (H&D 28b)
    """
    if len(question.distractors) < 2 or holds(f" {folded(question.stem)} ", folded(question.key)):
        return
    stem = {root(word): word for word in content_words(question.stem) if len(word) >= 5 and word.isalpha()}
    key = {root(word) for word in content_words(question.key)}
    wrong = {root(word) for distractor in question.distractors for word in content_words(distractor)}
    for shared in sorted(stem.keys() & (key - wrong)):
        yield (
            ("key",),
            f"the stem's word `{stem[shared]}` is in the key only: put it in a distractor, or reword",
        )
        return


_OPINION = re.compile(
    r"\b(?:do you (?:think|feel|believe|like)|in your (?:opinion|view)|your favou?rite"
    r"|would you (?:rather|say)"
    r"|most (?:beautiful|interesting|exciting|amazing|boring|impressive|fascinating))\b",
    re.IGNORECASE,
)


@question_rule("warning")
def asks_opinion(question: Question) -> Iterator[Finding]:
    """The stem asks for an opinion.

    An opinion has no key. Ask who holds it, or for what can be checked. (H&D 6)
    """
    if match := _OPINION.search(question.stem):
        yield ("stem",), f"`{match[0]}` asks for an opinion: ask for what can be checked"


@question_rule("warning")
def two_questions(question: Question) -> Iterator[Finding]:
    """The stem asks two things.

    Who knows one of them is lost. Make two questions of it. (H&D 1, 15)
    """
    if question.stem.count("?") > 1:
        yield ("stem",), "more than one question mark: ask one thing, and make another question of the rest"


_LEANS = re.compile(
    r"(?:it(?! \w+ .*\b(?:to|that|when|who|what|whether|how|why|where)\b)"
    r"|he|she|they|this(?! (?:year|century)\b)|these|those|that(?= (?:is|was|has|had|day|year|same)\b)"
    r"|his|her|hers|its|their|theirs|such|both|the (?:former|latter|same)|however|moreover|furthermore"
    r"|instead|therefore|thus|also|but|and|so|then)\b",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(r"(?:true or false|right or wrong)\W+", re.IGNORECASE)


@question_rule("warning")
def dependent_statement(question: Question) -> Iterator[Finding]:
    """A claim leans on a sentence before it: "It landed there", "However, both failed".

    A player sees this claim alone, and cannot know who is meant. Name it.
    """
    if question.kind is Kind.TRUE_FALSE and (match := _LEANS.match(_SAYS_SO.sub("", question.stem))):
        yield ("stem",), f"`{match[0]}` leans on a sentence that no player sees: say who or what is meant"


@question_rule("warning")
def unsaid_claim(question: Question) -> Iterator[Finding]:
    """A claim to be judged does not say that it may be false.

    Until the options are read it looks like something to learn. Begin with "True or false: ".
    """
    if question.kind is Kind.TRUE_FALSE and question.stem and not _SAYS_SO.match(question.stem):
        yield ("stem",), "the stem does not say that this may be false: begin with `True or false: `"


_TEXT = re.compile(
    r"\b(?:the|this|our) (?:article|text|passage|author|paragraph|report|story|newspaper|caption|writer)\b"
    r"(?! (?:of|that|which|in|on|about|called|by)\b)(?!['’]s)",
    re.IGNORECASE,
)
_FOLLOWED = re.compile(
    r"\W+(?:(?:that|which|who|whose|of|aboard|from|sent|launched|called|named|built|by|at|near|under"
    r"|behind|with|in [12]\d{3})\b"
    r"|[A-Z\d])"
)
_PROPER = re.compile(r"(?<=[a-z,;:'’”\"–-] )[\"“'‘]?([A-Z][\w'’-]+)|\b([A-Z][\w'’]*-\d\w*)")


@question_rule("warning")
def unnamed_referent(question: Question) -> Iterator[Finding]:
    """The stem speaks of "the article", or of "the rover" without saying which.

    A player sees the stem alone, and has not read the article. Name the thing; where the article's mistake is
    the point, tell it as a claim that people meet: "It is often written that ...". The words are listed in
    `bot/bank/words.toml`.
    """
    stem = question.stem
    if match := _TEXT.search(stem):
        yield ("stem",), f"no player has read `{match[0]}`: tell what it says as a claim that people meet"
        return
    for match in re.finditer(r"\b[Tt]h(?:e|is) ([a-z]+)\b", stem):
        if match[1] not in words_of("needs_name") or _FOLLOWED.match(stem, match.end()):
            continue
        named = [one or two for one, two in _PROPER.findall(stem)]
        if not any(name not in words_of("everywhere") for name in named):
            yield ("stem",), f"which one is `{match[0]}`? Name it: a player sees this stem alone"
            return
