"""From a whole sentence to a question: it stays as it stands, and the value alone is asked for.

Where no clause of a plain shape is found, a sentence that stands by itself may still be asked about where
its value stands: "The dam broke in which year?", "The lake was mapped by which Danish chemist?".

What always holds: the words are the article's own in their order, up to where the first clause ends; no
condition, no speech and no guess is asked about; the gates of every question hold.
"""

import re
from dataclasses import dataclass

from bot.bank.facts import FactKind
from bot.drafter.names import is_role
from bot.drafter.questions import ENDED, NAMING, WHEN, Setting, amount_asked, called, finished
from bot.drafter.values import Value
from bot.drafter.words import (
    ADVERBS,
    AUXILIARIES,
    BE,
    DETERMINERS,
    NOT_PAST,
    PREPOSITIONS,
    base_of_past,
    base_of_present,
    is_participle,
    words_of,
)
from bot.quiz.numerals import COUNTS


@dataclass(frozen=True, slots=True)
class _Gap:
    """A value's place: what stands before it, of that the words of its own clause, and what stands behind."""

    before: str
    clause: str
    behind: str


_LONGEST, _LONGEST_DEED = 19, 14  # words that are read before it is known what is asked: of what is, of deeds
_UNSURE = words_of("unsure_words")
_BEGINS_BADLY = re.compile(
    r"[^A-ZÀ-Þ]|(?:Though|Although|While|When|As|Because|Once|Where|Despite|Like|Unlike|Such|Both|Some|Each|"
    r"Most|Many|Several|Another|Other|One|Out of|And|But|To|Among|Within|Here|There)\b|The \d|"
    r"[A-Z][a-z]+(?:ly|more|ever),"
)
_LEADS = re.compile(r"(?:In|On|At|By|During|After|Since|From|Under|For|With) [^,]{2,60}, ")
_ENDS = re.compile(
    r"[;:—]|\s[–-]\s|, (?:which|who|whose|where|making|leaving|giving|causing|including|with|as)\b|"
    r",? (?P<held>which|who|whose|where|that)\b|"
    r",? (?:when|while|whereas|although|though|because|so|but|until|unless)\b|"
    r",? and (?=(?:(?:then|later|also) )?(?:was|were|is|are|had|has|[a-z]+ed)\b|"
    r"(?:it|he|she|they)\b|(?:the|an?|his|her|its) (?:[\w’'-]+ ){1,5}(?:was|were|is|are|had|has|[a-z]+ed)\b|"
    r"[a-z]+s (?:an?|the|from|in|on|at|to|by)\b)"
)
_AGES = re.compile(
    r"\bwill\b|\b(?:is|are|has been|have been) (?:[a-z]+ly )?"
    r"(?:[a-z]+ing|scheduled|expected|planned|due|set|to) "
)
_SPOKEN = re.compile(
    r"[“”\"?!…\[\]]|respectively|\w['’] |\b(?:said|says|told|claim(?:s|ed)?|argue[sd]?|believe[sd]?|"
    r"estimate[sd]?|suspect(?:s|ed)?|expects?|hopes?|plans?)\b"
)


def question_of_whole(text: str, value: Value, setting: Setting) -> str:
    """Return a question made of a whole sentence, or "" where it does not stand by itself."""
    leads = _LEADS.match(text)
    begin = leads.end() if leads else 0
    end = _ENDS.search(text, begin)
    stop = end.start() if end else len(text.rstrip("."))
    if end and end["held"]:
        return ""  # "a vanguard of 250 soldiers who ..." says nothing without it
    if (
        value.text == setting.about
        or _BEGINS_BADLY.match(text)
        or (leads and any(map(_is_verb, leads[0].split())))
    ):
        return ""
    opening = text.split(maxsplit=2)
    if opening[1:] and is_participle(opening[0]) and opening[1] in PREPOSITIONS:
        return ""  # "Inspired by the time she had spent in Rome, it ..."
    if set(re.findall(r"[a-z]+", text.lower())) & _UNSURE:
        return ""
    parted = re.match(r"[^,]{3,90}, (?:first )?([a-z]+) ", text[begin:stop])
    if parted and (is_participle(parted[1]) or base_of_present(parted[1])):
        return ""  # "The bridge, first opened in 1921, ..."
    if _AGES.search(text[:stop]) or _SPOKEN.search(text[:stop]):
        return ""
    gap = _Gap(text[: value.start], text[begin : value.start], text[value.end : stop])
    if value.end < begin:
        alone = (
            value.form in WHEN
            and value.form != "season"
            and _AT.fullmatch(gap.before)
            and value.end + 2 == begin
            and any(map(_is_verb, text[begin:stop].split()))
        )
        told = f"{text[begin:stop]} {WHEN[value.form]}" if alone and "," not in text[begin:stop] else ""
    elif begin < value.start < value.end <= stop and gap.before.count("(") <= gap.before.count(")"):
        told = _in_place(gap, value, setting)
    else:
        told = ""
    told = _about(told, setting) if told else ""
    any_one = re.match(r"An? ", told) and not re.search(r"[A-ZÀ-Þ]\w|\b[12]\d{3}\b", told[1:])
    is_told = set(told.split()) & (BE - {"be", "been"})
    fit = told and not any_one and len(told.split()) <= (_LONGEST if is_told else _LONGEST_DEED)
    return finished(f"{told}?", value, setting) if fit else ""


def _in_place(gap: _Gap, value: Value, setting: Setting) -> str:
    """Return a sentence with what asks for its value in the value's place."""
    words = gap.clause.split()
    around = zip(("", *words), words, (*words[1:], "a"), strict=False)
    acts = any(_acts(word, then) for last, word, then in around if not last.endswith(","))
    if not acts and not _HELPED.match(gap.behind):
        return ""
    if value.form in WHEN:
        return _time_asked(gap, value, words)
    if _IS_LISTED.search(gap.behind):
        return ""
    if value.kind is FactKind.QUANTITY:
        return _amount_in_place(gap, value)
    return _name_in_place(gap, value, setting) if value.form == "name" else ""


def _acts(word: str, then: str) -> bool:
    """Tell a finite verb; one in "-s", which may be a noun, by what follows it."""
    taken = then in DETERMINERS | PREPOSITIONS or not then[0].islower()
    return _is_verb(word) or bool(taken and base_of_present(word))


_HELPED = re.compile(r" (?:was|were|is|are|had|has|have)\b")
_IS_LISTED = re.compile(r", (?:[^,]+, )?(?:and|or) [A-Z]|^,? or |^, [a-z ]*\d")
_AT = re.compile(r"(?:^| )(?:[Ii]n|[Oo]n)(?: (?:early|late|mid))?(?: \w+day,?)? $")


def _time_asked(gap: _Gap, value: Value, words: list[str]) -> str:
    """Ask for a time that ends its clause; not of "the United Kingdom followed", which tells nothing more."""
    at = _AT.search(gap.before) if value.form != "season" else None
    alone = not gap.behind.strip(" ,") and len(words) > 4 and not _is_verb(words[-2])
    named = re.search(r"\b(?:is|was) [A-Z][\w’' ]*$", gap.before[: at.start()] if at else "")
    fit = at and alone and not named and not ENDED.search(gap.clause[: -len(at[0])])
    return f"{gap.before[: at.start()]} {WHEN[value.form]}" if at and fit else ""


_WORDS = "|".join(word for word in COUNTS if len(word) > 2)
_COUNTED = re.compile(rf"\b(?:(?![12]\d{{3}}\b)\d[\d,.]*|hundred|thousand|dozens?|{_WORDS})\b")
_TIMES = frozenset(("years", "months", "weeks", "days"))
_AMOUNTS = frozenset(("measure", "money", "share", "count", "times"))
_BELONGS = re.compile(
    r"(?:\b(?:an?|the|or|each|all|both|with|its|their|his|her|these|those|top|out of)|['’]s|,) $"
)  # "a 33-run stand", "the 50 metres sprint"


def _amount_in_place(gap: _Gap, value: Value) -> str:
    if value.form not in _AMOUNTS or value.high is not None or _BELONGS.search(gap.before):
        return ""
    follows = re.match(r" ([a-z]+)", gap.behind)
    fit = PREPOSITIONS | AUXILIARIES | ADVERBS | words_of("behind_measures")
    if value.form != "count" and follows and follows[1] not in fit:
        return ""  # "75 millimetres ammunition"
    if value.form == "count" and _COUNTED.search(f"{gap.clause}{gap.behind}"):
        return ""  # "a hundred families and 400 soldiers"
    told = re.sub(r"^[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*", "", f"{gap.clause}{gap.behind}")
    sizes = set(told.split()) & (words_of("sizes") | words_of("measuring_verbs"))
    if not re.search(r"[A-Z]|\d{4}", told) and len(re.findall(r"[a-z]{3,}", told)) < (3 if sizes else 4):
        return ""  # what happens often, told without when or where
    if value.unit in _TIMES and not re.search(
        r"\b(?:for|in|last(?:s|ed)|took|takes|of|spans?|spanned) $", gap.before
    ):
        return ""  # "took control 135 years after"
    asked = amount_asked(value)
    return f"{gap.before}{asked}{gap.behind}" if asked else ""


_LISTING = frozenset(("like", "as", "between", "including", "such"))
_VAGUE = words_of("vague_sorts")
_ROLE = re.compile(
    r"\b(?:(?:the|an?) )?(?P<role>(?:[A-Z][\w.-]+ )?"
    r"(?:(?!(?:of|and|with|in|at|from|by|to|on|for|his|her|their|its) )[a-z-]+ (?:and )?){1,3})$"
)


def _name_in_place(gap: _Gap, value: Value, setting: Setting) -> str:
    """Ask "which river" or "which Danish chemist", where a preposition or the verb leads to the name."""
    before, asked = gap.before, value.asked
    role = _ROLE.search(before) if value.kind is FactKind.PERSON else None
    if role and _is_called(role["role"].strip(), value, setting):
        before, asked = before[: role.start()], f"which {role['role'].strip()}"
    led = re.search(r"\b([a-z]+) (?:the )?$", before)
    if re.search(r"[A-Z]\w+ (?:of|for)(?: the)? $", before):
        return ""  # "the Beasts of England"
    if led is None or led[1] in NAMING or not (led[1] in PREPOSITIONS - _LISTING or _is_verb(led[1])):
        return ""
    done = re.search(r"\b(?:was|were|is|are|been) ", gap.clause) and " of " not in before[-30:]
    if asked == "who" and led[1] == "by" and done:
        asked = "which person"
    sort = asked.removeprefix("which ")
    if sort == asked or sort in _VAGUE | {"celestial body"} or sort.rpartition(" ")[2] in before.split()[-3:]:
        return ""  # "the state of Florida"
    if value.kind is FactKind.COUNTRY and re.search(r"\b(?:is|are) ", gap.clause):
        return ""  # "Rome is a city in the south of Italy"
    local = value.kind in (FactKind.PLACE, FactKind.COUNTRY)
    if local and re.search(r"\bto (?!the\b)[a-z]+ |\bby an? ", gap.clause):
        return ""  # "sold bonds to rebuild roads in Rome"
    behind = _behind_name(re.sub(r" ?\([^()]*\)", "", gap.behind).rstrip(" ,"))
    return f"{before}{asked}{behind}" if behind is not None else ""


def _behind_name(behind: str) -> str | None:
    """Return how a sentence goes on behind a name; None where it is one of several, or goes on itself."""
    if re.match(r"(?:, [A-Z][\w’' -]*)+,? (?:and|or) [A-Z]", behind):
        return None
    if not behind or behind.startswith((", ", " with ")):
        return ""
    goes_on = re.match(r" ([a-z]+)\b(?!.*(?:\band\b|\bor\b|[,(]))", behind)
    return behind if goes_on and goes_on[1] in PREPOSITIONS | AUXILIARIES else None


def _is_called(role: str, value: Value, setting: Setting) -> bool:
    """Tell what somebody is from any words before a name: "Soviet aeronautics pioneer", not "former"."""
    if any(map(_is_verb, role.split())):
        return False
    beside = (mention for _, mention in setting.names if mention.end == value.end and mention.role)
    return is_role(role) or (" " in role and any(role.endswith(f" {mention.noun}") for mention in beside))


def _goes_on(word: str) -> bool:
    return word in PREPOSITIONS | ADVERBS or _is_verb(word) or bool(base_of_present(word))


def _is_verb(word: str) -> bool:
    return word in AUXILIARIES or bool(base_of_past(word) and word not in NOT_PAST)


_MEANT = re.compile(
    rf"(?P<leads>(?:{_LEADS.pattern})?)(?P<who>he|she|it|his|her|its|the (?P<noun>[a-z]+)) (?=[a-z])",
    re.IGNORECASE,
)
_OWNS = dict.fromkeys(("his", "her", "its"), "'s")


def _about(told: str, setting: Setting) -> str:
    """Write what a sentence is about by its name; "" where "he" or "it" may be anybody."""
    told = re.sub(r"\b(is|are|was|were|has|had) also\b", r"\1", told.strip())
    told = told[:1].upper() + told[1:]
    meant = _MEANT.match(told)
    if meant and meant["noun"] and not _goes_on(told[meant.end() :].split()[0]):
        return told  # "the mission control teams"
    person = setting.subject is not None and setting.subject.kind is FactKind.PERSON
    known = setting.things.get(meant["noun"] or "") if meant else None
    about = known or setting.subject
    if meant is None or (meant["noun"] and not known and (about is None or person)):
        return "" if re.match(r"(?:Their|They) ", told) else told
    if about is None:
        return ""
    name = f"{called(about)}{_OWNS.get(meant['who'].lower(), '')} {told[meant.end() :]}"
    return f"{meant['leads']}{name}" if meant["leads"] else f"{name[0].upper()}{name[1:]}"
