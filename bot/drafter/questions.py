"""From a clause and a value in it to a question: a few shapes that are safe, and a gate for each fault.

What always holds: a question is made of the clause's own words in their order, with the value taken out and
an auxiliary put in front; what a gate finds fault with is no question. Nothing is asked rather than asked
badly.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.bank.facts import AuthoredFact, FactKind
from bot.drafter.clauses import Clause
from bot.drafter.dates import MONTHS
from bot.drafter.names import Mention, Name, is_role
from bot.drafter.values import Span, Value
from bot.drafter.words import (
    ADVERBS,
    AUXILIARIES,
    BE,
    CLOSED,
    CONJUNCTIONS,
    DETERMINERS,
    HAVE,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    base_of_past,
    base_of_present,
    is_known_word,
    is_participle,
    lemma,
    singular,
    words_of,
)
from bot.quiz.numerals import COUNTS

LONGEST, SHORTEST = 20, 20  # words, letters


@dataclass(frozen=True, slots=True)
class Setting:
    """What a question's words rest on: the names of the sentence, whom "he" means, and what the article is.

    That is the one thing it is about, what its short forms stand for, and whether it is a day's news.
    """

    names: tuple[tuple[Name, Mention], ...] = ()
    subject: Name | None = None
    things: Mapping[str, Name] = field(default_factory=dict)
    topic: frozenset[str] = frozenset()
    year: int = 0
    about: str = ""
    shorts: Mapping[str, str] = field(default_factory=dict)
    hero: Name | None = None
    is_news: bool = False


def question_for(clauses: Sequence[Clause], value: Value, setting: Setting) -> str:
    """Return a question whose answer is `value`, or "" where none is sure to read well."""
    if value.form == "short":
        return _of_short(value, setting)
    for clause in clauses:
        became = clause.verbs == ("did", "become") and value.form not in WHEN
        if became or _ages(clause) or _is_cut(clause):
            continue
        for shape in (
            _of_subject,
            _of_time,
            _of_amount,
            _of_term,
            _of_object,
            _of_adjunct,
            _of_what_it_was,
        ):
            text = shape(clause, value, setting)
            if text:
                for led in _led(text, clause, value):
                    if told := finished(_as_told(led, clause), value, setting):
                        return told
                break
    return ""


def _of_short(value: Value, setting: Setting) -> str:
    """Ask what letters stand for where the article's subject tells which letters: "Oslo: what does ...?"."""
    telling = _words(setting.about)
    if f"does {setting.about} stand" in value.asked:
        return capital(f"{value.asked}?")
    return f"{setting.about}: {value.asked}?" if telling and not telling & _words(value.text) else ""


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.lower())) - CLOSED


def finished(text: str, value: Value, setting: Setting) -> str:
    """Return a question with its names in full, or "" where a gate finds fault with it.

    When something was may be asked without what is added last.
    """
    text = _tidy(_in_full(text, setting, value))
    shorter: list[str] = [*_shortened(text, setting)] if value.form in WHEN else []
    fit = (told for told in (text, *shorter) if not any(gate(told, value, setting) for gate in _GATES))
    told = next(fit, "")
    return told.replace(setting.hero.text, setting.about) if setting.hero else told


_ADDED_LAST = re.compile(
    r" (?=(?:with|by|from|after|before|during|as|following|under|through|despite|in|at|"
    r"to [a-z]+|[a-z]{2,}ing) )"
)


_ONE_OF_TWO = re.compile(
    r"\d{4}|, |\b(?:and|or) (?:the )?[A-ZÀ-Þ]"
)  # "in 1415 and Oslo": what follows is another's
_TO_NAME = re.compile(r" [A-ZÀ-Þ][\w’'-]+$")


def _shortened(text: str, setting: Setting) -> Iterator[str]:
    """Yield a question for a time without what is added last, as long as it names two things."""
    if not text.startswith(("In ", "On ", "Since ", "Until ")):
        return
    for place in reversed([match.start() for match in _ADDED_LAST.finditer(text)]):
        told = text[:place].rstrip(",")
        if (
            _TO_NAME.search(told)
            and not _ONE_OF_TWO.search(text[place:])
            and len(set(_NAMES.findall(_inner(told, setting)))) > 1
        ):
            yield f"{told}?"


_LEFT = re.compile(r"(?:, [^,]{3,120})?, (?:and|or) |,? ?[:“\"]| ?and (?![A-Z])")


_VAGUE_END = re.compile(r"\ban? (?:[a-z-]+ ){0,2}[a-z-]+$")


def _is_cut(clause: Clause) -> bool:
    """Tell a clause that goes on behind its end: a list, what somebody says, an aside amid it, two verbs."""
    begin, end = clause.rest
    rest, after = clause.text[begin:end], clause.text[end:]
    found = _LEFT.match(after)
    if re.match(r" (?:that|who|whom|which|whose|where|how|why|whether|what)\b", after):
        return not _VAGUE_END.search(rest)  # a condition that belongs to it
    if len(clause.verbs) == 1 and is_participle(clause.verbs[0]) and re.match(r"by (?!\d)", rest):
        return True  # "Ann Lind, threatened by his rise, moved ..."
    named = re.match(r", (?:the|an?) [^,]*[A-Z]", after) and not re.search(r"[A-Z]", rest)
    if (
        named
        or (not rest and re.match(r" ?as\b", after))
        or (re.match(r" (?:before|after|since|until)\b", after) and _VAGUE_END.search(rest))
    ):
        return True
    if found is None:
        return "respectively" in after
    if found[0].strip() == "and":
        return not rest
    listed = "," in re.sub(r"(?<=\d), (?=\d{4})", " ", rest)
    return not found[0].startswith((", and", ", or")) or listed or not rest


def _ages(clause: Clause) -> bool:
    """Tell what holds on the day of the article alone: what is being done, is planned, or will be done."""
    first, last = clause.verbs[0], clause.verbs[-1]
    if clause.is_copula and clause.text[slice(*clause.rest)].startswith("to "):
        return True
    return first == "will" or (first in _PRESENT_TIMES and (last.endswith("ing") or last in _PLANNED))


_PRESENT_TIMES = frozenset(("is", "are", "has", "have"))
_PLANNED = frozenset(("scheduled", "expected", "planned", "due", "set", "slated", "believed", "thought"))


# Pieces


_PRESENT = frozenset(("is", "has", "can", "does"))


def _subject_text(clause: Clause, setting: Setting) -> str:
    """Return the subject as it stands in a question, "" where it leans on the text before."""
    text = clause.text[slice(*clause.subject)]
    named = _named(clause.subject, setting)
    if named and _has_role(clause.text[clause.subject[0] : named[0][1].start], named[0][0]):
        return f"the {text}"  # "French explorer Ann Lind"
    if text == setting.about:
        return text
    if (meant := _meant(text, setting)) is not None:
        return meant
    first, _, rest = text.partition(" ")
    if (
        text == "it"
        or first.lower() in PRONOUNS | POSSESSIVES
        or first.capitalize() in ("Both", "Such", "Another", "Some", "Each")
    ):
        return ""
    if re.search(r"(?:^| )[Tt]he $", clause.text[: clause.subject[0]]):
        return f"the {text}"  # "the Lund Union, founded in 1921"
    bare = first.lower() not in DETERMINERS and not re.search(r"[A-ZÀ-Þ0-9]", text[not clause.subject[0] :])
    if bare and not named and (clause.verbs[0] in ("was", "were", "had") or base_of_past(clause.verbs[0])):
        return ""  # "construction began": of what is told elsewhere
    known = re.search(r"[A-ZÀ-Þ]|\d{4}", rest)
    general = first in ("A", "An") and (clause.verbs[0] in _PRESENT or base_of_present(clause.verbs[0]))
    told = first in ("The", "the") and re.match(r"(?:[a-z-]+ ){1,3}of [a-z]", rest)
    if (
        first in ("The", "the", "A", "An")
        and not (known or general or told)
        and rest not in _UNIQUE | setting.topic
    ):
        return ""
    if named and clause.subject[0] == named[0][1].start:
        opens = all(mention.start == 0 for mention in named[0][0].mentions)  # "Historic areas of Rome"
        if not (named[0][0].unsure and opens and is_known_word(first)):
            return text
    opens = is_known_word(first) and not clause.subject[0]
    lowers = first.lower() in CLOSED or (opens and not re.match(r"[A-ZÀ-Þ]", rest))
    return text[0].lower() + text[1:] if lowers and not (first.isupper() and len(first) > 1) else text


def _meant(text: str, setting: Setting) -> str | None:
    """Return whom or what "he", "its price" and "the gate" mean; None where a subject says so itself."""
    if setting.subject and (text.lower() in ("he", "she", "it") or re.match(r"[Tt]he [a-z]+$", text)):
        return called(setting.subject)
    if setting.subject and (owned := re.match(r"(?:His|Her|Its|his|her|its) (.+)", text)):
        return f"{called(setting.subject)}'s {owned[1]}"
    if text == "There":
        return "there"
    if text.endswith(("'s", "’s")):
        return ""
    whole = _with_things(text, setting, None)
    return whole if whole != text else None


def _has_role(before: str, name: Name) -> bool:
    words = before.split()
    role = bool(words) and words[0].lower() not in DETERMINERS and words[-1].islower()
    return role and name.kind is FactKind.PERSON and is_role(before.strip())


def called(name: Name) -> str:
    """Return a name with its article where the text has one."""
    return f"the {name.text}" if name.articled and name.kind is not FactKind.PERSON else name.text


def _named(span: Span, setting: Setting) -> list[tuple[Name, Mention]]:
    return [(name, mention) for name, mention in setting.names if span[0] <= mention.start < span[1]]


def _turned(clause: Clause, subject: str) -> str:
    """Return the verb in front of and behind the subject: "did Ann Lind map", "was the lake mapped"."""
    first, *others = clause.verbs
    middle = f" {clause.middle}" if clause.middle else ""
    low = first.lower()
    if low in AUXILIARIES and (others or low in BE):
        return " ".join((low, f"{subject}{middle}", *others))
    if low in HAVE:
        return f"{'does' if low == 'has' else 'did' if low == 'had' else 'do'} {subject} have"
    if base := base_of_past(low):
        return f"did {subject} {base}"
    if base := base_of_present(low):
        return f"does {subject} {base}"
    return f"do {subject} {low}" if not others and lemma(low) == low else ""


def _verb_text(clause: Clause) -> str:
    middle = f"{clause.middle} " if clause.middle else ""
    return f"{clause.verbs[0]} {middle}{' '.join(clause.verbs[1:])}".strip()


def _around(clause: Clause, value: Value, *, before: str = "", behind: str = "") -> tuple[str, str] | None:
    """Return the words of the rest around the value with its preposition; None if it is elsewhere."""
    begin, end = clause.rest
    if not begin <= value.start < end:
        return None
    head, tail = clause.text[begin : value.start], clause.text[value.end : end]
    tail = re.sub(r" ?\([^()]*\)", "", tail)
    if re.match(r"['’.]| of all\b", tail):
        return None  # "Berg' design", "No. 5"
    if re.match(
        r" (?:and|or)\b|,? (?:then|later)\b|, [12]\d{3}\b", tail or clause.text[end:].replace(" and", "", 1)
    ):
        return None  # it is one of several
    if before:
        match = re.search(before, head)
        if match is None:
            return None
        head = head[: match.start()]
    if behind and (match := re.match(behind, tail)):
        tail = tail[match.end() :]
    follows = re.match(r" ([a-z’'-]+)", tail)
    joined = follows and follows[1] not in PREPOSITIONS | ADVERBS | SUBORDINATORS | CONJUNCTIONS
    if joined and (
        value.form == "name" or (value.form in WHEN and clause.text[: value.start].endswith(" the "))
    ):
        return None  # "the U.S. state", "in the 2003 coup"
    return head.strip(" ,"), tail.strip(" ,")


def _led(text: str, clause: Clause, value: Value) -> list[str]:
    """Return a question with what leads its clause: "In 1516, who ...?"; without it where it sets no time.

    Behind a question that begins with a preposition the lead comes last: "In which city did ... in 1516?".
    """
    lead = clause.text[slice(*clause.lead)].strip(" ,")
    inside = clause.lead[0] <= value.start < clause.lead[1]
    first, *words = lead.split() or [""]
    if not words or inside or first.lower() in ADVERBS - PREPOSITIONS:
        return [text]
    told = first.lower() not in PREPOSITIONS or any(
        word in AUXILIARIES or base_of_past(word) for word in words
    )
    if told:
        return [text]  # what came before, told in a clause of its own
    if first == "Since" and clause.verbs[0] in _PRESENT_TIMES and len(clause.verbs) == 1:
        return [text]
    bare = [] if first == "As" or re.search(r"\d", lead) else [text]  # "as god of the sun": only so
    if (
        bare
        and first not in ("In", "During", "Under", "After")
        and not re.match(r"(?:the )?[A-Z]", " ".join(words))
    ):
        return bare  # "on the advice of the dean", "to help the poor"
    if set(lead.lower().split()) & POSSESSIVES:
        return bare
    if text.partition(" ")[0].lower() not in PREPOSITIONS:
        return [f"{capital(lead)}, {text[0].lower()}{text[1:]}", *bare]
    behind = re.sub(r", (?=in |on |at )", " ", " ".join((first.lower(), *words)))
    return [f"{text[:-1]} {behind}?", *bare] if len(words) < _LONG_LEAD else bare


_LONG_LEAD = 9  # words: no longer one stands behind its question


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


# The shapes


def _of_subject(clause: Clause, value: Value, setting: Setting) -> str:
    """Turn "Ann Lind mapped the lake" into "Who mapped the lake?"."""
    begin, end = clause.subject
    if not begin <= value.start < value.end <= end:
        return ""
    before, after = clause.text[begin : value.start], clause.text[value.end : end].strip()
    rest = clause.text[slice(*clause.rest)]
    predicate = _join(_verb_text(clause), rest)
    if value.kind is FactKind.QUANTITY:
        asked = amount_asked(value)
        if before.strip() or after.startswith("and ") or value.form not in ("count", "share", "measure"):
            return ""
        return f"{capital(_join(asked, after, predicate))}?" if asked else ""
    role = re.sub(r" ?\([^()]*\)", "", before).strip()
    people = [mention.text for name, mention in setting.names if name.kind is FactKind.PERSON]
    if after or value.form != "name" or _is_shared(clause, rest) or rest in people:
        return ""  # "Lind defeated Berg": others may have
    if _is_anybodys(clause, value, rest) and (not role or clause.lead[1]):
        return ""
    if not role or role == "The":
        sort = value.asked.removeprefix("which ")
        one = clause.is_copula and re.match(r"(?:the )?(?:[A-Z]\w+['’]s )?(?:[a-z-]+ )*[a-z-]+est\b", rest)
        asked = "what" if one and sort != value.asked and sort not in rest.split()[:2] else value.asked
        return f"{capital(asked)} {predicate}?" if asked != "where" else ""
    words = role.split()
    if (
        value.kind in (FactKind.PERSON, FactKind.ORGANISATION)
        and 0 < len(words) <= 6
        and not set(words) & CONJUNCTIONS
        and (words[-1].islower() or is_role(role))
    ):
        if words[0].lower() in ("the", "a", "an"):
            words = words[1:]
        if {word for word in words if word.islower()} & PREPOSITIONS - {"of", "for"}:
            return ""  # "a meeting with the director Ann Lind"
        if words and words[-1].rstrip(".") in ("Mr", "Mrs", "Ms", "Miss", "Dr", "Prof", "Sir"):
            return f"Who {predicate}?"
        if len(words) == 1:
            words = [words[0].lower()]
        return f"Which {' '.join(words)} {predicate}?" if words and words[-1] not in PREPOSITIONS else ""
    return ""


def _is_anybodys(clause: Clause, value: Value, rest: str) -> bool:
    """Tell what nobody is known for, as to write or found something: "in 1893, who took a train to Rome?"."""
    if SINGLES_OUT.search(rest):
        return False
    deed = clause.is_copula or lemma(clause.verbs[-1]) in words_of("deed_verbs")
    return bool(clause.lead[1]) or (value.kind is FactKind.PERSON and not deed)


def _is_shared(clause: Clause, rest: str) -> bool:
    """Tell what is true of many: to be "a professor", to have written to "his bishop" or grown up in Lund."""
    if clause.is_copula and re.match(r"(?:an?|one|among|part) ", rest):
        return True
    if SINGLES_OUT.search(rest):
        return False
    dated = _ON_A_DAY.search(f"{clause.text[slice(*clause.lead)]} {rest}")
    named = re.search(r"[A-ZÀ-Þ]\w", _MONTHS.sub("", rest)) or len(re.findall(r"\d[\d,]*", rest)) > 1
    anybody = re.match(r"(?:[a-z]+ )?(?:his|her|its|their) ", rest)
    return bool(not named or anybody or (lemma(clause.verbs[-1]) in words_of("shared_verbs") and not dated))


_MONTHS = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")


_ON_A_DAY = re.compile(rf"\b(?:(?:{'|'.join(MONTHS)}) \d\d?|\d\d? (?:{'|'.join(MONTHS)})),? [12]\d{{3}}\b")
SINGLES_OUT = re.compile(r"\b(?:first|only|last|record|most|[a-z]{2,}est)\b|\b[A-Z]\w+ (?:Prize|Award)")
WHEN = {"year": "in which year", "month": "in which month and year", "date": "on which date",
         "decade": "in which decade", "century": "in which century", "season": "in which season",
         "relative": "in which year", "era": "in which year"}  # fmt: skip


_SPORT_BEGAN = 1870


_AT_TIME = re.compile(
    r"\b(?P<by>in|on|since|until|by|during|from)(?: the| \w+day,)?(?: (?:early|late|mid))?[ -]?$",
    re.IGNORECASE,
)


def _of_time(clause: Clause, value: Value, setting: Setting) -> str:
    """Turn "It opened in 1921" and "In 1921, it opened" into "In which year did it open?"."""
    leads = clause.lead[0] <= value.start < clause.lead[1]
    found = _AT_TIME.search(clause.text[(clause.lead if leads else clause.rest)[0] : value.start])
    subject, by = _subject_text(clause, setting), found["by"].lower() if found else ""
    if value.form not in WHEN or not subject or by not in ("in", "on", "since", "until"):
        return ""
    if value.form == "season" and (value.number or 0) < _SPORT_BEGAN:
        return ""  # "in 1812-13"
    if _is_state(clause) and by != "since":
        return ""  # "in 2013 it had the highest bridges"
    around = _beside_lead(clause, value) if leads else _around(clause, value, before=_AT_TIME.pattern)
    if around is None or (not leads and _is_that_one(clause, around)):
        return ""
    asked = WHEN[value.form]
    if by in ("since", "until"):
        asked = f"{by} {asked.partition(' ')[2]}"
    return (
        f"{capital(asked)} {_join(_turned(_lasting(clause) if by == 'since' else clause, subject), *around)}?"
    )


def _is_that_one(clause: Clause, around: tuple[str, str]) -> bool:
    """Tell a time of something else than the verb's, and what says nothing without its time."""
    named = clause.is_copula and re.match(r"(?:the )?[A-Z]|the ", around[0])
    plain = not "".join(around) and len(clause.verbs) == 1 and not clause.is_copula
    idle = plain and lemma(clause.verbs[-1]) not in words_of("whole_verbs")  # "the United Kingdom followed"
    return bool(named or idle or ENDED.search(around[0]))


def _beside_lead(clause: Clause, value: Value) -> tuple[str, str] | None:
    """Return the rest with what leads it beside a time, if short: "In 1501, at the age of 17, she left"."""
    first = _AT_TIME.sub("", clause.text[clause.lead[0] : value.start]).rstrip().removeprefix("Also")
    if first and not first.endswith(","):
        return None  # "Elected in 1846, she left"
    first, behind = first.strip(" ,"), clause.text[value.end : clause.lead[1]].strip(" ,")
    more = _join(first[:1].lower() + first[1:], behind)
    short = len(more.split()) < _LONG_LEAD and not set(more.split()) & (POSSESSIVES | AUXILIARIES)
    return clause.text[slice(*clause.rest)], more if short else ""


ENDED = re.compile(r"\b(?:until|till|before|prior to|despite|since) [^,]+$")  # "... since its start in 2005"


def _is_state(clause: Clause) -> bool:
    """Tell what is so for years, though it is told of one: to be or to have something."""
    alone = len(clause.verbs) == 1 and (clause.is_copula or clause.verbs[0] in HAVE)
    return alone and bool(
        re.match(r"(?:an?|the|over|about|some|more|\d\S*) ", clause.text[slice(*clause.rest)])
    )


def _lasting(clause: Clause) -> Clause:
    """Return a clause as told of what has lasted since then: "has 16 teams" as "has had 16 teams"."""
    first, *others = clause.verbs
    if first in ("is", "are"):
        return replace(clause, verbs=("has" if first == "is" else "have", "been", *others))
    return replace(clause, verbs=(first, "had")) if first in ("has", "have") and not others else clause


_SIZES = (
    r" (?P<size>long|wide|deep|high|tall|thick|across|(?:above|below) sea level|in (?:diameter|length))\b"
)


def amount_asked(value: Value) -> str:
    """Return the words that ask for an amount; "" for a bound ("up to 5") and for one or two of something."""
    hedged = set(value.hedge.split())
    if hedged & _BOUNDING or (value.form == "count" and (value.number or 0) < 3):
        return ""
    return f"about {value.asked}" if hedged & _VAGUE else value.asked


def _of_amount(clause: Clause, value: Value, setting: Setting) -> str:
    """Turn "It destroyed 45 km of fence" into "How many km of fence did it destroy?"."""
    asked = amount_asked(value)
    if not asked or value.kind is not FactKind.QUANTITY or value.form in _NOT_ASKED:
        return ""
    subject = _subject_text(clause, setting)
    around = _around(clause, value)
    if not subject or around is None:
        return ""
    head, tail = around
    if clause.is_copula and not head:
        return _of_size(clause, value, subject, tail)
    if size := _SIZE_OF.fullmatch(head):
        return f"What {_be(clause)} the {size[1]} of {subject}?"
    for follows in (r"(?:an?|per) [a-z]+\b", _COUNTED):
        if more := re.match(follows, tail):
            asked, tail = f"{asked} {more[0]}", tail[more.end() :].strip()
    if re.match(r"[\d$£€]", tail) or re.search(r"\band (?:about |over |some )?(?![12]\d{3}\b)\d", tail):
        return ""
    by = re.search(r"(?:^| )(by|for|at|to|into|from|over|in|with|of|about)$", head)
    if by is None:
        inside = not head or re.fullmatch(r"(?:[A-Z][\w’-]+ )*to [a-z]+", head)  # "Congress to spend"
        bare = _is_thin(clause, head, tail) and " of " not in asked
        bare = (
            bare and lemma(clause.verbs[-1]) not in words_of("measuring_verbs") and clause.verbs != ("has",)
        )
        return (
            "" if bare or not inside else f"{capital(asked)} {_join(_turned(clause, subject), head, tail)}?"
        )
    if by[1] == "at" and (clause.is_copula or value.unit == "years"):
        return ""  # "the largest state at 400 square miles"
    if (
        re.match(r"[a-z]+ed\b", tail)
        or by[1] not in ("by", "for", "at", "to", "into")
        or re.search(r"\bfrom \S*\d", head)
    ):
        return ""
    head = head[: by.start()].strip()
    if _is_thin(clause, head, tail) and by[1] != "into":
        return ""
    return f"{by[1].capitalize()} {asked} {_join(_turned(clause, subject), head, tail)}?"


def _be(clause: Clause) -> str:
    return "is" if clause.verbs[0] in _PRESENT_TIMES or base_of_present(clause.verbs[0]) else "was"


def _is_thin(clause: Clause, *words: str) -> bool:
    """Tell what happens often, told without when or where: to rush for 256 yards, to return 27 punts."""
    told = " ".join((*words, clause.text[slice(*clause.lead)]))
    return not re.search(r"[A-Z]|\d{4}", told) and len(re.findall(r"[a-z]{3,}", told)) < 3


_SIZE_OF = re.compile(rf"an? ((?:[a-z]+ )?(?:{'|'.join(words_of('sizes'))})) of")
_VAGUE, _BOUNDING = words_of("vague_hedges"), words_of("bounding_hedges")
_NOT_ASKED = frozenset(("age", "ago", "odds", "nth", "range", "rank", "place"))
_COUNTED = (
    r"of (?:the |its |their )?[\w’'-]+(?: [a-z-]+){0,3}?"
    r"(?= (?:in|on|at|by|from|to|for|with|during)\b|$)"
)


def _of_size(clause: Clause, value: Value, subject: str, tail: str) -> str:
    """Turn "It is 340 metres deep" into "How many metres deep is it?", and ask what there is how often."""
    if subject == "there" and value.form == "count":
        return f"{capital(value.asked)} {clause.verbs[0].lower()} there {tail}?"
    size = re.match(_SIZES, f" {tail}")
    if value.form != "measure" or not size:
        return ""
    behind = tail[size.end() - 1 :].strip()
    return f"{capital(value.asked)} {size['size']} {_join(_turned(clause, subject), behind)}?"


def _of_object(clause: Clause, value: Value, setting: Setting) -> str:
    """Turn "She married Ann Lind" into "Whom did she marry?"."""
    around = _around(clause, value, before=r"^(?:the )?$") if value.form == "name" else None
    subject = _subject_text(clause, setting)
    timed = not clause.lead[1] or re.search(r"\d", clause.text[slice(*clause.lead)])
    if around is None or not subject or clause.is_passive or clause.is_copula or not timed:
        return ""
    if value.text == setting.about:
        return ""
    asked = "whom" if value.kind is FactKind.PERSON else value.asked
    if asked == "whom" and not around[1] and not clause.lead[1]:
        return ""  # "whom did she marry?": she may have been anybody
    if asked == "where" or re.match(r"(?:an?|the|more|less)\b|[A-Z$£€\d]|[a-z]+s?\b$", around[1]):
        return ""
    if not around[1] and re.match(
        r",? (?:\([^()]*\),? )?(?:the |an? |and )?[A-Z]", clause.text[clause.rest[1] :]
    ):
        return ""  # the first of several
    return f"{capital(asked)} {_join(_turned(clause, subject), around[1])}?"


def _of_term(clause: Clause, value: Value, setting: Setting) -> str:
    """Turn "Such a stone is called a tarn" into "What is such a stone called?"."""
    if value.form not in ("term", "name", "quoted") or not clause.is_passive:
        return ""
    around = _around(clause, value, before=r"(?:^|^as )(?:an? |the )?$")
    subject = _subject_text(clause, setting)
    if not subject or around is None or clause.verbs[-1] not in NAMING:
        return ""
    asked = "By what name" if clause.verbs[-1] == "known" else "What"
    return f"{asked} {_join(_turned(clause, subject), around[1])}?"


NAMING = frozenset(("called", "known", "nicknamed", "dubbed", "termed", "named"))


_BEHIND = re.compile(
    r"(?:^| )(?P<by>in|at|near|from|to|by|with|for|on|through|into|during|out of)(?: the)?(?P<role>) ?$"
)
_BEHIND_PERSON = re.compile(
    r"(?:^| )(?P<by>by|to|from|with|after)(?: the| an?)?(?P<role>(?: [a-z-]+){0,3}(?<!ing)) ?$"
)
_WIDER = r"(?:, [A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]\w+)?,?)"


def _of_adjunct(clause: Clause, value: Value, setting: Setting) -> str:
    """Turn "It stands in Rome" into "In which city does it stand?", of a person "By whom was it built?"."""
    person = value.kind is FactKind.PERSON
    found = (_BEHIND_PERSON if person else _BEHIND).search(clause.text[clause.rest[0] : value.start])
    if value.form != "name" or value.text == setting.about or found is None:
        return ""
    by, subject = found["by"], _subject_text(clause, setting)
    around = _around(clause, value, before=re.escape(found[0]) + "$", behind="" if person else _WIDER)
    if not subject or around is None or re.match(r"[A-Z]|['’]", around[1]):
        return ""
    asked = value.asked
    if person:
        fits = (
            clause.is_passive
            if by == "by"
            else not around[0] and (by != "after" or clause.verbs[-1] in NAMING)
        )
        asked = f"which{found['role']}" if found["role"] else "whom"
    else:
        fits = not _belongs_elsewhere(clause, around, by, setting)
    if asked == "where":
        fits, by = fits and by in ("in", "at"), ""
    return f"{capital(_join(by, asked, _turned(clause, subject), *around))}?" if fits else ""


_HOLDS_ON = re.compile(
    r"\bto (?!the\b|an?\b|[A-Z])|\b(?:after|before|with|than|only|last|[a-z]+est)\b|[A-Z][\w’'-]*$|ing$"
)


def _belongs_elsewhere(clause: Clause, around: tuple[str, str], by: str, setting: Setting) -> bool:
    """Tell words behind which "in Rome" may belong to them and not to the verb: "to rebuild St. Peter's"."""
    head, tail = around
    if clause.is_copula:
        today = clause.verbs[0] == "is" and any(
            name.kind is FactKind.PERSON for name, _ in _named(clause.subject, setting)
        )
        return bool(head) or today or by not in ("in", "at", "near")  # where somebody is today
    plain = not head and not tail and not clause.is_passive and not clause.lead[1]
    if plain and lemma(clause.verbs[-1]) not in words_of("placed_verbs"):
        return True  # "she struggled in Rome"
    if by == "during" or any(
        head == mention.text for name, mention in setting.names if name.kind is FactKind.PERSON
    ):
        return False
    held = POSSESSIVES if by in ("in", "by", "on") else POSSESSIVES | PREPOSITIONS
    if by == "at":
        held, head = PREPOSITIONS, re.sub(r" in [12]\d{3}$", "", head)
    return bool(_HOLDS_ON.search(head) or set(head.lower().split()) & held)


def _of_what_it_was(clause: Clause, value: Value, setting: Setting) -> str:
    """Turn "She was the founder of the Tarn Museum" into "She was the founder of which museum?"."""
    around = _around(clause, value, before=r" of(?: the)? $", behind=_WIDER)
    if around is None or not clause.is_copula or not value.asked.startswith("which "):
        return ""
    subject, beside = _subject_text(clause, setting), clause.text[value.end :].startswith(", the ")
    if not subject or beside or value.text == setting.about:
        return ""
    return f"{capital(_join(subject, _verb_text(clause), around[0], 'of', value.asked, around[1]))}?"


# Making it whole


def capital(text: str) -> str:
    """Write the first letter large."""
    return text[:1].upper() + text[1:]


def _as_told(text: str, clause: Clause) -> str:
    """Add who tells it: what somebody reports is asked as reported."""
    if not clause.teller or not text:
        return text
    lowers = clause.teller.startswith(("The ", "A ", "An "))
    teller = clause.teller[0].lower() + clause.teller[1:] if lowers else clause.teller
    return f"{text[:-1]}, according to {teller}?"


def _in_full(text: str, setting: Setting, value: Value | None) -> str:
    """Write short forms of names in full, once: "Lind" as "Ann Lind"."""
    for name, mention in setting.names:
        short = mention.text
        grown = name.kind in (FactKind.PERSON, FactKind.ORGANISATION) and short in name.text.split()
        if not grown or mention.unsure or short.isupper() or name.text in text:
            continue
        if value is not None and value.text == name.text:
            continue
        alone = rf"(?<![\w’'-])(?:(?:von|van|der|de|da|di|la|le|al) )*{re.escape(short)}(?![\w-])"
        text = re.sub(rf"(?:(?:Mr|Mrs|Ms|Miss)\.? )?{alone}", name.text, text, count=1)
    hero = setting.hero
    people = {name.text for name, _ in setting.names if name.kind is FactKind.PERSON and name is not hero}
    if hero and not people and setting.about not in text:
        text = _OBJECT.sub(setting.about, text, count=1)
    for short, whole in setting.shorts.items():
        if whole not in text and (value is None or whole not in value.text):
            text = re.sub(rf"\bthe {short}(?![\w-]| [A-Z])", f"the {whole}", text, count=1)
    if setting.year:
        for told, year in (("last year", setting.year - 1), ("this year", setting.year)):
            text = re.sub(rf"(?<!\bfor )(?<!\bof )(?<!\bby )\b{told}\b(?!['’])", f"in {year}", text)
    return _with_things(text, setting, value)


_BEHIND_THINGS = "|".join(sorted(PREPOSITIONS - {"of"} | AUXILIARIES))


def _with_things(text: str, setting: Setting, value: Value | None) -> str:
    """Write the name of what "the gate" means, where only one can be meant."""
    for noun, name in setting.things.items():
        if name.text not in text and (value is None or name.text != value.text):
            alone = rf"\b[Tt]he {noun}(?= (?:{_BEHIND_THINGS})\b|['’]s\b|[?,]|$)"
            text = re.sub(alone, called(name), text, count=1)
    return text


def _tidy(text: str) -> str:
    text = re.sub(r"\bborn (?:to )?[A-ZÀ-Þ][^?]*?(?= (?:in|on|at) |\?)", "born", text)
    text = re.sub(r"\s*\([^()]*\)|\s*\[[^\]]*\]|(?<=[a-z]) also(?= [a-z])", "", text)
    text = re.sub(r"\s+([,.;?])", r"\1", re.sub(r"\s+", " ", text))
    return re.sub(r"(?:[,.;:]| and)+\?", "?", text).strip()


# The gates: each finds one fault

_LEANING = words_of("leaning_words")
_ASKING = words_of("asking_words")
_UNIQUE = words_of("unique_nouns")


def _is_of_no_length(text: str, *_: object) -> bool:
    """Tell a stem that is too short to say anything, or too long to read in time."""
    return len(text) < SHORTEST or len(text.split()) > LONGEST


def _leans(text: str, value: Value, setting: Setting) -> bool:
    """Tell a stem that points outside itself: "these", "here", "this year", "the plan"."""
    words = re.findall(
        r"[\w’'-]+",
        re.sub(
            r"\b(?:is|are|was|were) there\b|(?:\b[Tt]he|['’]s) last\b|\bfor the first time\b|"
            r"\b(?:now|later) (?=known|called)",
            "",
            text,
        ),
    )
    if re.search(r"\b(?:at the time|the same|of the (?:year|month|week|day))\b|\s['’]s\b", text.lower()):
        return True
    if re.search(
        r"\b(?:last|next) (?:[a-z]*day|year|month|week|season|night|summer|spring|autumn|winter)\b(?! of)",
        text,
    ):
        return True
    if any(word.lower() in _LEANING and not word.isupper() for word in words):
        return True
    theirs = re.search(r"\b(?:his|her|him)\b", text)
    is_of_key = value.kind is FactKind.PERSON and text.startswith(("Who ", "Which "))
    if theirs and (_OBJECT.search(text) or not is_of_key):
        people = [setting.subject, *(name for name, _ in setting.names)]
        before = text[: theirs.start()]
        if not any(each and each.kind is FactKind.PERSON and each.text in before for each in people):
            return True
    if any(match[1].lower() in words_of("bodies") for match in _GENERIC.finditer(text)):
        return True  # "the Foundation"
    before = text.partition(" their ")[0]
    many = re.search(r"\b(?:and|\w+s|people|men|women|children)\b", before)
    if before != text and not many and (not setting.about or setting.about not in before):
        return True  # "did chairman Lind present their results"
    return any(
        _is_untold(text, match, setting.topic)
        for match in re.finditer(r"\b[Tt]he (?!first [A-ZÀ-Þ]\w+ [A-ZÀ-Þ])(?=((?:[a-z-]+ ?){1,5}))", text)
    )


_OBJECT = re.compile(r"\b(?:him|her)(?= (?:as|the|an?|to|in|on|with|for|at|by|from)\b|\?)")
_GENERIC = re.compile(r"\b[Tt]he ([A-Z][a-z]+)\b(?! (?:of|for|[A-Z])|['’]s [A-Z])")


def _is_untold(text: str, match: re.Match[str], topic: frozenset[str]) -> bool:
    """Tell "the plan", known from before, from "the plan of Rome", "the largest" and "the world"."""
    words = match[1].split()
    after = text[match.end(1) :]
    if words[0] in _UNIQUE:
        return False
    if words[0] in words_of("telling_adjectives") or re.fullmatch(r"[\w-]+(?:th|est)", words[0]):
        for word in re.findall(r"[\w’'-]+", text[match.end() :])[1:6]:
            if word in AUXILIARIES or _is_past(word) or word in _SCOPES:
                break
            if base_of_present(word):
                return True  # "the first usage appears in ..."
        scope = r"\b(?:of|in(?! [12]\d{3}| which)|at|for|on(?! \d| which)|from|to|with|ever|since)\b"
        scope += r"|^\w+ [A-Z][\w’'-]*s\b"
        asked = re.search(r"\b[Ii]n which (?!year|month|decade|century|season)", text)
        return not re.search(scope, text[match.end() :]) and not asked
    for place, word in enumerate(words):
        if word in PREPOSITIONS | AUXILIARIES | DETERMINERS or (place and _is_past(word)):
            noun = words[place - 1] if place else ""
            counts = words[place + 1 : place + 2] and words[place + 1] in COUNTS
            if place and word in ("in", "at", "near") and _OF_A_NAME.match(text[match.start(1) :]):
                return False  # "the old town in the centre of Lund"
            return noun not in _UNIQUE | topic and (counts or not (word == "of" and place))
        if word in _UNIQUE or word in topic:
            return False
    goes_on = any(map(base_of_present, words[1:]))  # "the ridge parts Lake Tarn"
    return goes_on or not re.match(r"[A-ZÀ-Þ0-9]", after) or text[match.end(1) - 1] != " "


_OF_A_NAME = re.compile(r"(?:[a-z-]+ ){1,4}(?:in|at|near) (?:the [a-z]+ of )[A-ZÀ-Þ]")
_SCOPES = frozenset(("of", "in", "at", "for", "on", "from", "to", "with", "ever", "since"))


def _is_past(word: str) -> bool:
    return bool(base_of_past(word)) and not is_participle(word)


def _gives_away(text: str, value: Value, *_: object) -> bool:
    """Tell a stem that holds the key or a telling part of it."""
    stem = set(re.findall(r"\w+", text.lower()))
    if value.kind is FactKind.QUANTITY:
        number = re.match(r"[\d.,]+", value.text)
        return bool(number and re.search(rf"(?<![\d.,]){re.escape(number[0])}(?![\d])", text))
    words = {word for word in re.findall(r"\w+", value.text.lower()) if len(word) > 2 or word.isdigit()}
    asked = set(value.asked.split())
    telling = words - asked - {"the", "and", "for", "city", "university"}
    small = {word for word in telling if re.search(rf"\b{word}\b", text)}
    told = telling & stem
    return bool(told and (told - small or told == telling)) or value.text.lower() in text.lower()


def _ends_open(text: str, *_: object) -> bool:
    """Tell a stem that breaks off: after a preposition, an article, a conjunction, an open bracket."""
    words = re.findall(r"[\w’'-]+", text)
    last, before = words[-1].lower(), words[-2].lower() if len(words) > 1 else ""
    broken = last in DETERMINERS | CONJUNCTIONS | {"than", "including", "such", "about", "not"}
    if last in PREPOSITIONS:
        broken = (
            broken or last not in ("up", "out", "off", "down", "on", "in", "over") or before in PREPOSITIONS
        )
    return broken or bool(_TORN.search(text))


_TORN = re.compile(
    r"[()\[\]“”\"/;:<>]|\s[-–—]\s|[-–]\?|\bet al\b|, ?,|\bwhat['’]s\b|[a-z]{3}\. |\s['’](?=\s|s\b)|"
    r"\b(?:is|was) [^?]*, [a-z]+s (?:[a-z]+ ){1,3}which\b|"  # "is a member of one, holds office in which"
    r"\b([a-z]{3,}) of which \1\b|\bof all (?:do|does|did|is|are|was|were|has|have)\b"
)


_NAMES = re.compile(
    r"(?<![\w’'-])[A-ZÀ-Þ][\w’'.-]*(?: (?:(?:of|the|de|da|di|von|van|for) )*[A-ZÀ-Þ][\w’'.-]*)*"
)


def _is_about(text: str, setting: Setting) -> bool:
    """Tell a stem that names what the article is about: "Anna Maria Berg" in one about Anna Berg."""
    return setting.about.lower() in text.lower() or bool(setting.hero and setting.hero.text in text)


def _inner(text: str, setting: Setting) -> str:
    """Return a stem without its first word, unless a name begins it, and without months."""
    first, _, inner = text.partition(" ")
    led = is_known_word(first) and not any(text.startswith(mention.text) for _, mention in setting.names)
    return _MONTHS.sub("", inner if led or first.lower() in CLOSED else text)


def _names_too_little(text: str, value: Value, setting: Setting) -> bool:
    """Tell a stem that names neither the article's subject, nor one by two words, nor two by one each."""
    if not setting.about or value.form == "short" or _is_about(text, setting):
        return False
    inner = _inner(text, setting)
    named = set(_NAMES.findall(inner)) | set(re.findall(r"\b[12]\d{3}\b", inner))
    clear = len(named) > 1 or any(len(re.findall("[A-ZÀ-Þ][a-z]", name)) > 1 for name in named)
    one = SINGLES_OUT.search(inner) and (named or "in the world" in inner)
    return not (clear or one or _SEAT.match(text))


_SEAT = re.compile(r"In [\w ]+ is (?:the )?[A-Z]")


def _means_another(text: str, value: Value, setting: Setting) -> bool:
    """Tell "Julia", and "Captain Anna Berg" and "Hans Berg" in an article about Anna Berg."""
    known = (setting.subject, *(name for name, _ in setting.names))
    people = [
        name.text
        for name in known
        if name and name.kind is FactKind.PERSON and name is not setting.hero and name.text != value.text
    ]
    people = [name for name in people if name in text]
    if any(" " not in name for name in people) or setting.hero is None:
        return any(" " not in name for name in people)
    ranked = re.search(rf"\b([A-Z][a-z]+) {re.escape(setting.hero.text)}\b", text)
    kin = not _is_about(text, setting) and setting.about.split()[-1]
    return bool(ranked and ranked[1].lower() not in CLOSED) or any(name.split()[-1] == kin for name in people)


_NOT_NAMES = ("term", "short", "quoted", "tongue")


def _has_no_anchor(text: str, value: Value, setting: Setting) -> bool:
    """Tell a stem about nothing in particular: it names nobody and nothing."""
    if any(name.kind is not FactKind.PERSON and text.startswith(name.text) for name, _ in setting.names):
        return False
    inner = _inner(text, setting)
    if value.form in _NOT_NAMES:
        told = {singular(word) for word in re.findall(r"[a-z]{4,}", text)}
        return not (re.search(r"[A-Z]\w", inner) or told & setting.topic)
    if not re.search(r"[A-ZÀ-Þ]\w|\b(?:in|of|since|until|by|from) [12]\d{3}\b", inner):
        content = [word for word in re.findall(r"[a-z]{4,}", inner) if word not in CLOSED | _ASKING]
        one = re.search(
            r"\b(?:(?:first|only|last|most|[a-z]+est) .*\bin the world|ever|first [a-z]+ to)\b", inner
        )
        return not one or len(content) < 4
    known = (setting.subject, *(name for name, _ in setting.names))
    named = [name for name in known if name and name.text in text and name.text != value.text]
    return bool(named) and all(
        name.kind is None and " " not in name.text != setting.about and len(name.mentions) < 2
        for name in named
    )


def _is_one_of_many(text: str, value: Value, *_: object) -> bool:
    """Tell a stem to which other answers are right too: "one of", a day without its year."""
    dayless = (
        value.form == "date" and not re.search(r"\d{4}", value.text) and not re.search(r"\b[12]\d{3}\b", text)
    )
    low = text.lower()
    named = value.form not in WHEN and value.kind is not FactKind.QUANTITY
    vague = named and re.search(r"(?<!how )\b(?:several|various|many)\b", low)
    shared = r"\b(?:one|some|part|member) of\b|\bamong\b" if named else r"\b(?:one|some) of\b|\bamong the\b"
    return dayless or bool(vague or re.search(shared, low))


def _stutters(text: str, value: Value, *_: object) -> bool:
    """Tell a stem with two finite verbs, a word twice, two question words or a year beside "when"."""
    asking = re.findall(r"\b(?:which|whom?|how many|what)\b", re.sub(r"(?<=[a-z]) who ", " ", text).lower())
    return bool(
        re.search(r"\b(?:did|does|do) [^?]*\b(?:was|were|is|are|has|had)\b|\b(\w+) \1\b", text)
        or (value.form in WHEN and re.search(r"\b[12]\d{3}\b", text))
        or len(asking) > 1
        or re.search(r"\b(?:in|on|at|by) (?:in|on|at|by)\b", text)
    )


_DAY = re.compile(
    rf"\b(?:{'|'.join(MONTHS)}|(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.)(?!\w) ?(?:\d\d?\b)?|\b\d\d? May\b"
)


def _is_of_one_day(text: str, value: Value, setting: Setting) -> bool:
    """Tell what a day's news says without its year, and what any text says of a weekday."""
    dated = re.search(r"\b[12]\d{3}\b", f"{text} {value.text if value.form in WHEN else ''}")
    weekday = re.search(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b", text)
    return not dated and not _SEAT.match(text) and bool(setting.is_news or weekday)


def _is_of_no_year(text: str, *_: object) -> bool:
    """Tell a stem with a day or a month and without its year: "on October 19"."""
    found = [match for match in _DAY.finditer(text) if match[0].strip() not in ("May", "March")]
    return bool(found) and not re.search(r"\b[12]\d{3}\b", text)


_Gate = Callable[[str, Value, Setting], bool]
_GATES: Sequence[_Gate] = (
    _is_of_no_length,
    _leans,
    _gives_away,
    _ends_open,
    _has_no_anchor,
    _names_too_little,
    _means_another,
    _stutters,
    _is_of_no_year,
    _is_of_one_day,
    _is_one_of_many,
)


def faults_of(text: str, fact: AuthoredFact) -> list[str]:
    """Return the names of the gates that a question for a fact does not pass, whoever wrote it."""
    asked = {FactKind.QUANTITY: "how many", FactKind.YEAR: "which year"}.get(fact.kind, "which")
    form = {FactKind.DATE: "date"}.get(fact.kind, fact.kind.value)
    value = Value(0, 0, fact.kind, fact.value, asked, form)
    return [gate.__name__.strip("_").replace("_", " ") for gate in _GATES if gate(text, value, Setting())]
