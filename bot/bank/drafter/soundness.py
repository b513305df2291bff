"""Soundness: whether a question that was put together by rule may be shown to an author.

A stem that fails here is left out, and the author is told to write one: no stem is better than one that
must be unpicked. What always holds of a sound stem: it has a finite verb, speaks to no one and of no one
unnamed (no "I", "you", no pronoun without what it stands for), and asks once.
"""

import re

from bot.bank.drafter.gazetteer import ROLES
from bot.bank.drafter.lexicon import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    PREPOSITIONS,
    SAYING,
    SUBORDINATORS,
    base_of_past,
    base_of_third_person,
    is_base,
    word_set,
)

LONGEST_IN_PLACE = 150  # letters of a question whose question word stands inside

_SPOKEN = re.compile(r"\b(?:[Ww]e|[Yy]ou|[Mm]y|[Oo]ur|[Yy]our|us|me|yours|ours)\b|(?:^|(?<=[a-z,] ))I\b")
_OBJECTS = word_set("him them it")
_OWNERS = word_set("his her its their he she they")
_SHARES = word_set("most all some many half none one each both several few")
_TOLD_BEHIND = re.compile(r"^What is the name of this")
_POINTERS = word_set("this these those")
_BROKEN = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|may|must|should) "
    r"(?:and|or|but|when|while|if|which|who|because|since|although|then|thereby|of|by)\b|"
    r"\b(?:how|which|what|who|the|an?) (?:how|which|what|who|whose)\b|"
    r"\b(?:what|which|who|how many)[.,]\s|(?<!\w)\.\w|\b(?:what|which) (?:numbers?|places?)\w*[A-Z]|"
    r"\b(?:and|or|but|of|the|a|an|which|that)\?$|\band that\b|\bof how many (?:was|were|is|are)\b|"
    r"\b(?:which|what) \w+ and (?:is|was|has|had|are|were|will)\b|"
    r"^Since which .*\b(?:first|last|best|worst|\w+est)\b|\bwas mine\b|"
    r"(?:['’]s|\b(?:its|his|her|their|our|two|three|four)) (?:how many|what|which|who)\b|"
    r"\bthere (?:are|is|was|were) what\b|(?:how many|what number)[-‑]\w|\bat what fraction\b|"
    r"(?:\b[Ww]ho|\bwhom|\b[Ww]hat|\b[Ww]hich \w+) (?:and|or) (?:the )?[A-Z0-9]|^Who (?:is|was) (?:his|"
    r"her|its|"
    r"their)\b|"
    r"^(?:About )?[Hh]ow many \w+ (?:before|after)\b|^\w+ (?:years|months|weeks|days|hours|minutes) "
    r"(?:before|after)\b|"
    r"^(?:In|For|At|From|By|To|On|Over|With|Into) what (?:is|are|was|were|do|does|did|has|have|had|can|"
    r"will)\b"
)
_OPENERS = word_set("then and or but which that who because while although so as when if though")
_ASKING = word_set("which what who whom whose how why when where")


def is_sound(stem: str, asked: str, *, in_place: bool) -> bool:
    """Tell whether `stem` reads as one clear question; `asked` are the words that ask in it."""
    words = re.findall(r"[\w’'-]+", stem)
    low = [word.lower() for word in words]
    if len(words) < 4 or _SPOKEN.search(stem) or _BROKEN.search(stem):
        return False
    if in_place and (len(stem) > LONGEST_IN_PLACE or not _stands_alone(stem, low, asked)):
        return False
    if low[0] in _ASKING and not in_place and not stem.lower().startswith(("about", "how", asked.lower())):
        return asked == "why" or low[0] in ("where", "what", "which", "who", "whose", "whom")
    if not any(_may_be_verb(word) for word in low[1:]):
        return False
    if low[-1] in SAYING and len(words) < 7:
        return False  # "Passing sentence, who said?"
    return all(_is_clear(words, low, index) for index in range(len(low)))


def stands_alone(statement: str) -> bool:
    """Tell whether a statement can be told true or false without the sentences around it."""
    words = re.findall(r"[\w’'-]+", statement)
    low = [word.lower() for word in words]
    if (
        len(words) < 4
        or _SPOKEN.search(statement)
        or low[-1] in SAYING
        or low[0] in _OPENERS | _OWNERS | _OBJECTS
    ):
        return False
    if base_of_third_person(low[0]) and low[1] in PREPOSITIONS | DETERMINERS:
        return False
    return any(map(_may_be_verb, low[1:])) and all(_is_clear(words, low, index) for index in range(len(low)))


def _stands_alone(stem: str, low: list[str], asked: str) -> bool:
    """Tell a main clause with its verb from a torn-off piece of one."""
    asks_first = stem.lower().startswith(asked.lower())
    if (
        not asks_first
        and low[0] in _OPENERS | CONJUNCTIONS | SUBORDINATORS | PREPOSITIONS | _OWNERS | _OBJECTS
    ):
        return False
    if base_of_third_person(low[0]) and low[1] in PREPOSITIONS | DETERMINERS:
        return False
    place = stem.lower().find(asked.lower())
    if asked.startswith(("who", "what", "which")) and stem[max(0, place - 2) : place] == ", ":
        return False
    if asked.startswith(("who", "what", "which")) and not _may_lead(stem[: max(place, 0)].split()):
        return False
    behind = stem[place + len(asked) :].split()
    return place >= 0 and len(behind) <= 18


def _may_lead(before: list[str]) -> bool:
    """Tell whether the words that ask for a name may follow: not right behind the noun that names it."""
    last = before[-1] if before else ","
    bare = last.lower()
    known = (
        bare in PREPOSITIONS | CONJUNCTIONS | ADVERBS | DETERMINERS
        or last[-1] in ",:;-–"
        or last[0].isupper()
        or bare.endswith("ing")
    )
    return known or len(before) < 2 or _may_be_verb(bare)


def _may_be_verb(word: str) -> bool:
    return bool(word in AUXILIARIES or is_base(word) or base_of_past(word) or base_of_third_person(word))


def _is_clear(words: list[str], low: list[str], index: int) -> bool:
    """Tell whether a word is no pronoun, or one whose noun stands before it in the stem."""
    word = low[index]
    if word == "them" and low[index - 1] == "of" and low[index - 2] in _SHARES and index > 6:
        return True
    if word in _OBJECTS:
        joined = index > 6 and low[index - 1] in SUBORDINATORS | CONJUNCTIONS | {"that", "which"}
        return word == "it" and joined
    if word in _POINTERS:
        return (index > 6 and word != "this") or _TOLD_BEHIND.search(" ".join(words)) is not None
    if word not in _OWNERS:
        return True
    if word in ("he", "she", "they") and low[index - 1] in AUXILIARIES:
        return False  # "In which year did they ..."
    before = words[1:index]
    person = any(text[0].isupper() or text.lower() in ROLES for text in before) or low[0] in ("who", "whose")
    if word in ("his", "her", "he", "she"):
        return person
    return index > 3
