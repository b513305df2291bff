"""Which questions are kept back, however well they read: such as everybody can answer, and nobody would ask.

What is kept back leaves its candidate to the editor, without a question.

What always holds: each rule finds one fault, and looks at the question, at its key, and at what the article
says elsewhere of both.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.bank.facts import FactKind
from bot.drafter.names import Mention, Name
from bot.drafter.questions import SINGLES_OUT, WHEN
from bot.drafter.values import Value
from bot.drafter.words import PREPOSITIONS, is_participle, lemma, table, words_of
from bot.quiz.numerals import CARDINALS

_YEAR = re.compile(r"\b[12]\d{3}\b")
_LEAD, _RETOLD = 2, 2  # sentences that say what an article is about; how often letters are told that matter


@dataclass(frozen=True, slots=True)
class Told:
    """What an article says elsewhere: its title, its sentences, the names of the one asked about."""

    title: str
    sentences: Sequence[str]
    mentions: Sequence[tuple[Name, Mention]]


def is_worth_asking(ask: str, value: Value, told: Told) -> bool:
    """Tell whether an editor would ask it: not where a rule finds fault with it."""
    return not any(rule(ask, value, told) for rule in _RULES)


def _is_common_knowledge(_: str, value: Value, told: Told) -> bool:
    """Tell the country or state that all of an article is about, but for its own title, and the Earth."""
    if value.text == "Earth":
        return True
    wide = value.kind is FactKind.COUNTRY or value.asked.rpartition(" ")[2] in ("state", "region", "country")
    lead = " ".join(told.sentences[:_LEAD])
    names = (value.text, *value.aliases) if wide and value.text not in told.title else ()
    return any(re.search(rf"\b{re.escape(name)}(?!\w)", lead) for name in names)


def _is_said_in_passing(ask: str, value: Value, told: Told) -> bool:
    """Tell letters that an article hardly uses, or whose words are its title's, and what is done any day."""
    if value.form == "short":
        shared = {word for word in re.findall(r"\w{4,}", value.text) if word in told.title}
        if shared and told.title not in ask and len(told.title.split()) < 6:
            return True  # of which football or academy they are cannot be said without the answer
        short = ask.rpartition(" stand for")[0].rpartition(" ")[2]
        uses = sum(short in re.findall(r"\w+", text) for text in told.sentences)
        return uses < _RETOLD and len(told.sentences) > 9
    found = re.search(r"(\w+) an? [a-z]+(?: (?:in|on) which [a-z ]+)?\?$", ask)  # "appoint a committee?"
    vague = (found is not None and found[1] not in PREPOSITIONS | {"become"}) or ask.endswith(" over?")
    return value.form in WHEN and (vague or bool(_verbs(ask) & words_of("passing_words")))


def _is_aging(ask: str, *_: object) -> bool:
    """Tell what holds now: who is the current owner."""
    return bool(re.search(r"\bcurrent(?:ly)? (?!of|in|through)", ask))


def _is_done_to_many(ask: str, value: Value, _: Told) -> bool:
    """Tell who was killed, or named player of the year, when it is not said in which."""
    if value.kind is not FactKind.PERSON or _YEAR.search(ask) or SINGLES_OUT.search(ask):
        return False
    done = re.match(r"(?:Who|Which [^?]+?) was (?:[a-z]+ly )?([a-z]+)\b", ask)
    return bool(done and is_participle(done[1]))


def _is_of_a_first_name(ask: str, value: Value, told: Told) -> bool:
    """Tell a question about "Eduard", born or married, of whom it is not even sure that he is a person."""
    names = (name for name, _ in told.mentions if name.kind is None and " " not in name.text)
    named = any(name.text in ask and name.text not in value.text + told.title for name in names)
    return named and bool(re.search(r"\b(?:born|marry|married)\b", ask))


def _verbs(ask: str) -> set[str]:
    return {lemma(word) for word in re.findall(r"\b[a-z]+\b", ask)}


_PLACED = re.compile(
    r"^(?:In|At|To|From|On|Near) (?:which|what)|^Where\b|\b(?:in|at|to|from) which [a-z ]+\?|"
    r"^Which .*\b(?:attend|visit|join|enter|meet)\b"
)


_AFTER = re.compile(r"\b[Hh]ow many (?:years|months|weeks|days|hours)\b.* (?:after|before|later|earlier)\b")


def _is_any_such(ask: str, value: Value, *_: object) -> bool:
    """Tell one of several: "a friend of hers was which poet", "which place", a time after another."""
    vague = re.match(r"An? ", ask) and value.form == "name"
    return bool(vague or _AFTER.search(ask) or re.search(r"\b[Ww]hich (?:place|thing)\b", ask))


def _is_half_a_name(_: str, value: Value, told: Told) -> bool:
    """Tell a person of whom the article says no more than "Lind", or "Duke of Lund"."""
    if value.kind is not FactKind.PERSON or value.form != "name":
        return False
    few = all(len(name.mentions) < 3 for name, _ in told.mentions if name.text == value.text)
    titled = (
        re.match(r"[A-Z][a-z]+ of ", value.text) and value.text.split()[0] in table("names")["titles"].split()
    )
    return bool(titled) or (" " not in value.text and few and value.text not in told.title)


def _is_anywhere(ask: str, value: Value, told: Told) -> bool:
    """Tell a place that is one of several: somebody settled, taught or moved there, it is not said when."""
    if value.form != "name" or not _PLACED.search(ask) or _YEAR.search(ask):
        return False
    plain = ask.partition(": ")[2] or ask
    names = {name.text for name, mention in told.mentions if mention.text in plain}
    return len(names) < 2 and not _verbs(plain) & words_of("placed_once")


_NUMBER = (
    rf"(?:\d[\d,.]*|{'|'.join(word for word in CARDINALS if len(word) > 2)}|an? hundred|hundreds?|thousands?)"
)
_PAIR = re.compile(
    rf"\bhow many (?:[\w’'-]+ ){{1,8}}and {_NUMBER} |\b{_NUMBER} (?:[\w’'-]+ ){{1,5}}and how many "
)


def _is_half_of_a_pair(ask: str, *_: object) -> bool:
    """Tell a number beside another: "a hundred families and how many soldiers"."""
    return bool(_PAIR.search(ask))


def _is_of_officials(_: str, value: Value, *__: object) -> bool:
    """Tell a question for a government or a police: whose it is says the rest of the sentence."""
    return value.asked.rpartition(" ")[2] in words_of("faint_sorts") - {"region", "body"}


_Rule = Callable[[str, Value, Told], bool]
_RULES: Sequence[_Rule] = (
    _is_common_knowledge,
    _is_said_in_passing,
    _is_aging,
    _is_done_to_many,
    _is_of_a_first_name,
    _is_half_of_a_pair,
    _is_anywhere,
    _is_any_such,
    _is_half_a_name,
    _is_of_officials,
)
