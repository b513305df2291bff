"""Which questions are kept back, however well they read: such as everybody can answer, and nobody would ask.

What is kept back leaves its candidate to the editor, without a question.

What always holds: each rule finds one fault, and looks at the question, at its key, and at what the article
says elsewhere of both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.bank.facts import FactKind
from bot.drafter.names import Mention, Name
from bot.drafter.questions import SINGLES_OUT, WHEN
from bot.drafter.values import Value
from bot.drafter.words import PREPOSITIONS, is_participle, lemma, table, words_of

_YEAR = re.compile(r"\b[12]\d{3}\b")


@dataclass(frozen=True, slots=True)
class Told:
    """What an article says elsewhere: its title, its sentences, the names of the one asked about."""

    title: str
    sentences: Sequence[str]
    mentions: Sequence[tuple[Name, Mention]]


def is_worth_asking(ask: str, value: Value, told: Told) -> bool:
    """Tell whether an editor would ask it: not where a rule finds fault with it."""
    rules = (_is_common_knowledge, _is_said_in_passing, _is_of_many, _is_half_a_name, _is_anywhere)
    return not any(rule(ask, value, told) for rule in rules)


def _is_common_knowledge(_: str, value: Value, told: Told) -> bool:
    """Tell the country or state that all of an article is about, the Earth, and any government."""
    sort = value.asked.rpartition(" ")[2]
    if value.text == "Earth" or sort in words_of("faint_sorts") - {"region", "body"}:
        return True
    wide = value.kind is FactKind.COUNTRY or sort in ("state", "region", "country")
    names = (value.text, *value.aliases) if wide and value.text not in told.title else ()
    lead = " ".join(told.sentences[:2])
    return any(re.search(rf"\b{re.escape(name)}(?!\w)", lead) for name in names)


def _is_said_in_passing(ask: str, value: Value, told: Told) -> bool:
    """Tell letters that an article hardly uses, or whose words are its title's, and what is done any day."""
    if value.form == "short":
        shared = {word for word in re.findall(r"\w{4,}", value.text) if word in told.title}
        if shared and told.title not in ask and len(told.title.split()) < 6:
            return True  # of which football or academy they are cannot be said without the answer
        short = ask.rpartition(" stand for")[0].rpartition(" ")[2]
        uses = sum(short in re.findall(r"\w+", text) for text in told.sentences)
        return uses < 2 and len(told.sentences) > 9
    found = re.search(
        r"(\w+) an? (?:[a-z-]+ ){0,2}[a-z]+(?: (?:in|on) which [a-z ]+)?\?$", ask
    )  # "appoint a committee?"
    vague = (found is not None and found[1] not in PREPOSITIONS | {"become"}) or ask.endswith(" over?")
    return value.form in WHEN and (vague or bool(_verbs(ask) & words_of("passing_words")))


_ANY_SUCH = re.compile(
    r"\b[Hh]ow many (?:years|months|weeks|days|hours)\b.* (?:after|before|later|earlier)\b|"
    r"\b[Ww]hich (?:place|thing)\b|\bcurrent(?:ly)? (?!of|in|through)"
)


def _is_of_many(ask: str, value: Value, _: Told) -> bool:
    """Tell one of several: who was killed, in no year; "which place"; who is current; years after another."""
    done = re.match(r"(?:Who|Which [^?]+?) was (?:[a-z]+ly )?([a-z]+)\b", ask)
    open_ = value.kind is FactKind.PERSON and not _YEAR.search(ask) and not SINGLES_OUT.search(ask)
    return bool(_ANY_SUCH.search(ask)) or bool(open_ and done and is_participle(done[1]))


def _is_half_a_name(ask: str, value: Value, told: Told) -> bool:
    """Tell a person of whom the article says no more than "Lind" or "Duke of Lund", as key or born or wed."""
    alone = [name for name, _ in told.mentions if " " not in name.text and name.text not in told.title]
    if re.search(r"\b(?:born|marry|married)\b", ask):
        unsure = {name.text for name in alone if name.kind is None} - {value.text}
        if any(text in ask for text in unsure):
            return True
    titled = re.match(r"([A-Z][a-z]+) of ", value.text)
    known = titled is None or titled[1] not in table("names")["titles"].split()
    few = any(name.text == value.text and len(name.mentions) < 3 for name in alone)
    return value.kind is FactKind.PERSON and (not known or few)


def _verbs(ask: str) -> set[str]:
    return {lemma(word) for word in re.findall(r"\b[a-z]+\b", ask)}


_PLACED = re.compile(
    r"^(?:In|At|To|From|On|Near) (?:which|what)|^Where\b|\b(?:in|at|to|from) which [a-z ]+\?|"
    r"^Which .*\b(?:attend|visit)\b"
)


def _is_anywhere(ask: str, value: Value, told: Told) -> bool:
    """Tell a place that is one of several: somebody settled, taught or moved there, it is not said when."""
    if value.form != "name" or not _PLACED.search(ask) or _YEAR.search(ask):
        return False
    plain = ask.partition(": ")[2] or ask
    names = {name.text for name, mention in told.mentions if mention.text in plain}
    return len(names) < 2 and not _verbs(plain) & words_of("placed_once")
