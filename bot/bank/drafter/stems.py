"""Stems: the question that a sentence answers, in plain English order.

Three ways, the first that works: the value is the subject ("Which country intends ..."), the value is
fronted and the verb turned round ("In which year did ..."), or, in a short clause that stands alone, the
value is asked for in its place ("The capital has moved how many times?"). A stem never holds its value and
is sound (see `soundness`); where no way leads to such a stem its text is empty, and its note says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.bank.drafter.clauses import (
    Clause,
    find_verbs,
    parse_clause,
    relative_clause,
    segments,
    strip_report,
    subject_phrase,
    trim,
    words_of,
)
from bot.bank.drafter.gazetteer import KIN, NOT_NAMES, ROLES, TITLES, demonyms
from bot.bank.drafter.lexicon import (
    ADVERBS,
    AUXILIARIES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    HAVE,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    SAYING,
    SUBORDINATORS,
    base_of_past,
    base_of_third_person,
    is_base,
    is_participle,
    is_plural,
    plural,
    word_set,
)
from bot.bank.drafter.numbers import VAGUE
from bot.bank.drafter.soundness import is_sound, stands_alone
from bot.bank.drafter.values import Span, Value
from bot.bank.facts import FactKind

LONGEST = 300
_FRONTED = word_set(
    "in on at by from to for with during since until under against near off over through into "
    "within across between "
    "before after around beneath beside along towards inside outside among throughout above below behind"
)


@dataclass(frozen=True, slots=True)
class Context:
    """What pronouns in a sentence stand for, as far as the sentences before tell."""

    thing: str = ""
    person: str = ""
    he: str = ""
    she: str = ""
    people: str = ""
    before: str = ""
    names: frozenset[str] = frozenset()
    person_here: str = ""
    own_he: str = ""
    own_she: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True)
class Stem:
    """A question ("" where none reads well), the statement that answers it, and a note for the author."""

    text: str
    statement: str
    note: str = ""
    is_turned: bool = True


LEANING = "The statement leans on the sentences before it: reword it."
NO_STEM = "No question could be made that reads well: write your own."


def write_stem(sentence: str, value: Value, context: Context, *, hidden: tuple[str, ...] = ()) -> Stem:
    """Return a question about `value` that gives neither it nor `hidden` words away."""
    if value.stem and not _gives_away(value.stem, value, hidden):
        return _told(value.stem, sentence, (0, len(sentence)), value, context)
    smallest: Span | None = None
    for is_turned, tries in ((True, _tries), (False, _last_tries)):
        for text, span, note in tries(sentence, value, context):
            smallest = smallest or span
            for stem in _versions(_polished(text, context), value, is_turned=is_turned):
                sound = is_sound(stem, value.asked, in_place=not is_turned)
                if sound and not _gives_away(stem, value, hidden):
                    return _noted(_told(stem, sentence, span, value, context), note, is_turned=is_turned)
    span = smallest or (0, len(sentence))
    return _noted(_told("", sentence, span, value, context), NO_STEM, is_turned=False)


def _noted(stem: Stem, note: str, *, is_turned: bool) -> Stem:
    return replace(stem, note=f"{note} {stem.note}".strip(), is_turned=is_turned)


def _told(text: str, sentence: str, span: Span, value: Value, context: Context) -> Stem:
    """Return a stem with the clause that answers it as its statement, or the sentence if that is clearer."""
    first = ""
    for start, end in dict.fromkeys((span, (0, len(sentence)))):
        if not start <= value.start <= value.end <= end + 1:
            continue
        statement = _as_statement(sentence, (start, end), context)
        if stands_alone(statement):
            return Stem(text, statement)
        first = first or statement
    return Stem(text, first or sentence, LEANING)


def _versions(stem: str, value: Value, *, is_turned: bool) -> Iterator[str]:
    """Yield a stem, and what is left of it without the phrase behind its last comma."""
    if stem:
        yield stem
    head, comma, _ = stem.rpartition(" and that ")
    if not comma:
        head, comma, _ = stem.rpartition(", ")
    if comma and is_turned and value.asked.casefold() in head.casefold() and len(head.split()) > 4:
        yield f"{head}?"


def _tries(sentence: str, value: Value, context: Context) -> Iterator[tuple[str, Span, str]]:
    """Yield questions, the best first, each with the span of the clause it came from."""
    focus = (value.start, value.end)
    special = {"age": _about_age, "rank": _about_rank, "nth": _about_nth, "term": _about_term}.get(
        value.form, _about_employer
    )
    if text := special(sentence, value, context):
        yield text, (0, len(sentence)), ""
    for span in segments(sentence, focus):
        context = _within(sentence, span, context)
        inner = strip_report(sentence, span, focus)
        if value.kind is FactKind.PERSON and (text := _by_apposition(sentence, inner, value)):
            yield text, inner, ""
        if found := relative_clause(sentence, inner, focus):
            text, note = _about_relative(sentence, *found, value, context)
            if text:
                yield text, inner, note
            continue
        if text := _about_participle(sentence, inner, value, context):
            yield text, inner, ""
        clause = parse_clause(sentence, inner)
        if clause is not None:
            text, note = _about_clause(sentence, clause, value, context)
            if text:
                yield text, inner, note


_PARTICIPLE = re.compile(r"(?P<noun>[^,;:–]{3,70}), (?P<verb>[a-z]+)(?P<rest> [^,;:–]{3,100}),")


def _about_participle(sentence: str, span: Span, value: Value, context: Context) -> str:
    """Ask about "the bridge, opened by the queen, was ..." as about "the bridge was opened by ..."."""
    match = _PARTICIPLE.match(sentence, *span)
    if (
        not match
        or not match.start("rest") < value.start < match.end("rest")
        or not is_participle(match["verb"])
    ):
        return ""
    noun = resolved(match["noun"], context)[0]
    joined = f"{noun} was {match['verb']}{match['rest']}"
    offset = len(noun) + len(" was ") - match.start("verb")
    clause = parse_clause(joined, (0, len(joined)))
    moved = replace(value, start=value.start + offset, end=value.end + offset)
    return _about_clause(joined, clause, moved, context)[0] if clause is not None else ""


def _last_tries(sentence: str, value: Value, context: Context) -> Iterator[tuple[str, Span, str]]:
    """Yield the value asked for in its place, in the smallest stretch that can stand alone."""
    focus = (value.start, value.end)
    spans = segments(sentence, focus)
    if value.form in ("term", "age") and len(sentence) < 240:
        spans.reverse()
    for span in spans:
        context = _within(sentence, span, context)
        inner = strip_report(sentence, span, focus)
        if len(sentence[inner[0] : inner[1]].split()) >= 4:
            text, note = _in_place(sentence, inner, value, context)
            yield text, inner, note


def _within(sentence: str, span: Span, context: Context) -> Context:
    """Let "it" and "he" in a later clause stand for the subject of the sentence, for nothing before it."""
    if span[0] == 0:
        return context
    context = replace(context, he=context.own_he, she=context.own_she)
    if context.person_here:
        context = replace(context, person=context.person_here)
    subject = subject_phrase(sentence)
    if not subject or subject[0].islower():
        return replace(context, thing="", people="")
    last = subject.split()[-1]
    subject = lower_first(resolved(subject, context)[0], context.names)
    if context.person_here and context.person_here.split()[-1] in subject:
        return replace(context, thing="", people="")
    many = is_plural(last) and last.islower()
    return replace(context, people=subject if many else "", thing="" if many else subject)


# Values with questions of their own

_RANKED = re.compile(
    r"[- ]?(?P<most>\w+est|most \w+|least \w+|best|worst)(?P<middle>(?: "
    r"(?!ever\b|in\b|of\b|on\b|to\b|by\b|at\b|since\b|after\b)[\w-]+)*?)"
    r"(?P<rest>(?: (?:ever|in|of|on|to|by|at|since|after)\b[^,.;]*)?)(?=[,.;]|$)"
)


def _about_rank(sentence: str, value: Value, context: Context) -> str:
    """Ask "Where does Kano rank among the largest cities in Nigeria?"."""
    match = _RANKED.match(sentence, value.end)
    if not match or len(match["middle"].split()) > 4:
        return ""
    before = sentence[: value.start]
    named = re.search(r"((?:[A-ZÀ-Þ][\w’'-]+ ?){1,4})(?:,| is| was| as|,? making it) (?:the )?$", before)
    clause = parse_clause(sentence, (0, len(sentence)))
    if named and before[: named.start()].strip():
        subject = named[1].strip()
    elif clause is not None:
        subject, _ = _resolved_subject(sentence, clause, context)
        subject = re.split(r", ", subject)[0]
    else:
        return ""
    kind = match["middle"].strip()
    words = kind.split()
    things = " ".join([*words[:-1], plural(words[-1])]) if words else ""
    return f"Where does {subject} rank among the {match['most']} {things}{match['rest']}" if subject else ""


def _about_age(sentence: str, value: Value, context: Context) -> str:
    """Ask "How old is Jane Smith?" where the text says whose age it is."""
    before, after = sentence[: value.start], sentence[value.end :]
    name = r"((?:[A-ZÀ-Þ][\w’'-]+ ?){1,4})"
    if named := re.search(name + r", (?:who (?:is|was) )?(?:aged |now |then )?$", before):
        return f"How old is {named[1].strip()}"
    if named := re.search(name + r", (?:an? |the )$", before):
        return f"How old is {named[1].strip()}"
    if (named := re.match(r" (?:[a-z]+ ){0,3}" + name, after)) and not _has_preposition(named[0]):
        return f"How old is {named[1].strip()}"
    if re.search(r"\b(?:[Tt]he|[Aa]n?) $", before) or not before.strip():
        noun = re.match(r" ([a-z]+)\b", after)
        if noun and noun[1] not in AUXILIARIES | PREPOSITIONS and not base_of_past(noun[1]):
            return f"How old is the {noun[1]}"
        who = _sure_person(sentence, context)
        return f"How old is {who}" if who else ""
    return ""


def _sure_person(sentence: str, context: Context) -> str:
    """Return whom a sentence is about: its own "he" or "she", else the one person named just before."""
    pronoun = re.search(r"\b([Hh]e|[Ss]he|[Hh]is|[Hh]er)\b", sentence)
    if pronoun:
        return context.he if pronoun[1].lower() in ("he", "his") else context.she
    return context.person


def _has_preposition(text: str) -> bool:
    return any(word in PREPOSITIONS for word in text.split())


def _about_nth(sentence: str, value: Value, context: Context) -> str:
    """Ask "Counting from the first, which of the nine children was she?"."""
    after = sentence[value.end :]
    if match := re.match(r" of (\w+ (?:[a-z]+ )??[a-z]+)(?= (?:of|in|to|from|born)\b|[,.;]|$)", after):
        who = _sure_person(sentence, context)
        return f"Counting from the first, which of the {match[1]} was {who}" if who else ""
    return ""


def _about_employer(sentence: str, value: Value, context: Context) -> str:
    """Ask "Which university does Jane Smith work for?"."""
    if value.kind is FactKind.PERSON:
        return _about_role(sentence, value, context)
    person = re.search(r"((?:[A-ZÀ-Þ][\w’'-]+ ){2,4})(?:of|from|at) (?:the )?$", sentence[: value.start])
    return (
        f"{value.asked} does {person[1].strip()} work for"
        if person and value.kind is FactKind.ORGANISATION
        else ""
    )


_ROLE = re.compile(
    r"(?P<owner>(?:[A-ZÀ-Þ][\w’'-]* ){0,3}[A-ZÀ-Þ][\w-]*['’]s|[Tt]he [a-z]+['’]s|[Ii]ts|[Hh]is|[Hh]er) "
    r"(?P<role>(?:[a-z-]+ ){0,3}[a-z-]+),? $"
)


def _about_role(sentence: str, value: Value, context: Context) -> str:
    """Ask "Who was the company's former sales director?" for a person whom a role introduces."""
    match = _ROLE.search(sentence[: value.start])
    if not match or match["role"].split()[-1] not in ROLES | KIN:
        return ""
    owner, _ = resolved(f"{match['owner']} x", context)
    if owner.split()[0].lower() in ("its", "his", "her"):
        return ""
    return f"who was {lower_first(owner[:-2], context.names)} {match['role']}"


_NAMED_THING = re.compile(
    r"^(?:This|That|It) (?:is|was) (?:an? |the )?(?P<noun>[\w ]{3,40}?) (?:called|known as|termed)\b"
)
_IS_CALLED = re.compile(
    r"^(?P<subject>[^,;]{3,120}?) (?P<verb>is|are|was|were) "
    r"(?:(?:also|often|commonly|usually|sometimes|widely) )?"
    r"(?:called|known as|referred to (?:\w+ )?as|nicknamed|dubbed|named) (?:the |an? )?[\"“‘']?$"
)


def _about_term(sentence: str, value: Value, context: Context) -> str:
    """Ask "What is lava of this kind called?" and "What is the name of this process: ...?"."""
    if value.form != "term":
        return ""
    before = sentence[: value.start]
    if (match := _NAMED_THING.match(before)) and 0 < len(context.before) <= 200:
        return f"What is the name of this {match['noun']}: {context.before.rstrip('.')}"
    if match := _IS_CALLED.match(before):
        subject, _ = resolved(match["subject"], context)
        return f"What {match['verb']} {lower_first(subject, context.names)} called"
    return ""


# The words that ask


def asked_words(value: Value) -> str:
    """Return the words that ask for a value: "about how many metres"."""
    if value.hedge.split(" ")[-1] in VAGUE and value.asked.startswith(("how ", "what ")):
        return f"about {value.asked}"
    return value.asked


_EXTENSION = re.compile(
    r"^ (?:(?:long|wide|high|tall|deep|thick|across|away|old|apart|in "
    r"(?:diameter|length|height|width|depth|size)|"
    r"per \w+|an? (?:second|minute|hour|day|night|week|month|year|season|person|head)|above (?:sea|"
    r"ground|street) "
    r"level|square|or more)\b)+"
)
_OF_STUFF = re.compile(
    r"^ of (?!the |his |her |its |their |this |that |these |those |an? )(?:[a-z-]+ ){0,3}?[a-z-]+"
    r"(?=$|[,.;]| "
    r"(?:[–—]|is|are|was|were|has|have|had|will|in|on|at|by|from|to|for|with|during|since|"
    r"until|into|back|"
    r"across|over|and|each|per|an?|every|after|before|that|which)\b)"
)
_OF_PHRASE = re.compile(
    r"^ (?:of|the|as|more|less|larger|bigger|smaller|faster|heavier|higher|longer|hotter|brighter)\b"
)
_PHRASE_END = re.compile(
    r"[,;:.!?)]|\s(?:[–—]|is|are|was|were|has|have|had|will|would|can|could|in|on|at|by|from|to|"
    r"for|with|during|since|"
    r"until|because|when|after|before|and|but|that|which|who)\b"
)


def _extension(sentence: str, value: Value) -> int:
    """Return how many letters behind a value belong to the words that ask: "long", "of Earth's gravity"."""
    after = sentence[value.end : value.end + 120]
    if match := _EXTENSION.match(after):
        return match.end()
    if value.form in ("measure", "money", "count") and (match := _OF_STUFF.match(after)):
        return match.end()
    if value.form in ("fraction", "times") or value.unit == "per cent":
        if _OF_PHRASE.match(after):
            end = _PHRASE_END.search(after, 8)
            return end.start() if end else len(after.rstrip())
        if value.unit == "per cent" and (noun := re.match(r" ([a-z]+)(?=[.,;]|$| (?:and|in|by)\b)", after)):
            return 0 if noun[1] in _CLOSED or noun[1].endswith("er") else noun.end()
    return 0


_CLOSED = PREPOSITIONS | CONJUNCTIONS | ADVERBS | AUXILIARIES | DETERMINERS | PRONOUNS


def _of_share(extension: str, value: Value) -> str:
    """Write "what percentage of silica" for "50% silica"."""
    if (
        value.unit == "per cent"
        and re.fullmatch(r" [a-z]+", extension)
        and extension[1:] not in ("more", "less")
    ):
        return f" of{extension}"
    return extension


# A clause around the value


def _about_clause(sentence: str, clause: Clause, value: Value, context: Context) -> tuple[str, str]:
    if _is_bare_participle(sentence, clause):
        return "", ""
    if clause.subject[0] <= value.start and value.end <= clause.subject[1]:
        return _about_subject(sentence, clause, value), ""
    if value.start >= clause.rest[0]:
        return _about_rest(sentence, clause, value, context)
    if clause.lead[0] <= value.start < clause.lead[1]:
        return _about_lead(sentence, clause, value, context)
    return "", ""


def _is_bare_participle(sentence: str, clause: Clause) -> bool:
    """Tell "a firm registered in Rotterdam", which describes and states nothing, from a clause."""
    indefinite = sentence[slice(*clause.subject)].startswith(("a ", "an "))
    follower = sentence[slice(*clause.rest)].split(maxsplit=1)[:1]
    passive = clause.verb.do == "did" and is_participle(sentence[slice(*clause.verb_span)].lower())
    return indefinite and passive and bool(follower) and follower[0] in PREPOSITIONS


def _about_subject(sentence: str, clause: Clause, value: Value) -> str:
    """Ask for a subject: "Which country intends to launch a mission?"."""
    before = sentence[clause.subject[0] : value.start].strip().lower()
    if before in ("every", "each", "no", "such"):
        return ""
    if (before and not _is_mere_modifier(before, value)) or _measured_noun(sentence, value):
        return ""
    asked = asked_words(value)
    tail = sentence[value.end : clause.subject[1]]
    if possessive := _possessive(tail, value):
        asked, tail = ("whose" if asked == "who" else f"{asked}’s"), tail[possessive.end() :]
    elif re.match(r" [–—-] ", tail):
        return ""
    elif asked == "who" or tail.lstrip().startswith(","):
        tail = re.sub(r"^, [^,]*(?:,|$)", "", tail)
    verb = sentence[clause.verb_span[0] : clause.verb_span[1]]
    rest = _shortened(sentence[clause.rest[0] : clause.rest[1]])
    return f"{asked}{tail} {verb}{rest}"


def _possessive(after: str, value: Value) -> re.Match[str] | None:
    """Match the "'s" behind a name; a closing quotation mark is none."""
    if value.form != "name":
        return None
    return re.match(r"['’](?= )" if value.text.endswith("s") else r"['’]s(?= )", after)


def _without_owner(before: str, value: Value) -> str:
    """Take "Nasa's" away from before a name that is asked for."""
    if value.form != "name":
        return before
    return re.sub(r"(?:\b[Tt]he )?(?:[A-ZÀ-Þ][\w-]*[ ]?){1,3}['’]s $", "", before)


def _is_mere_modifier(before: str, value: Value) -> bool:
    """Tell words before a subject's name that the question may drop: "the striker", "head coach"."""
    words = before.split()
    if value.kind in (
        FactKind.PERSON,
        FactKind.NAME,
        FactKind.PLACE,
        FactKind.ORGANISATION,
        FactKind.COUNTRY,
    ):
        idle = all(word not in PREPOSITIONS | CONJUNCTIONS | PRONOUNS and "," not in word for word in words)
        return len(words) <= 5 and idle
    return words in (["the"], ["a"], ["an"], ["some"], ["all"])


def _about_rest(sentence: str, clause: Clause, value: Value, context: Context) -> tuple[str, str]:
    """Ask for something behind the verb, fronted: "How many moons did Galileo discover?"."""
    between = sentence[clause.rest[0] : value.start]
    between = _without_owner(between, value) if re.search(r" as part of ", between) else between
    whole = between
    verb, between = coordinated(verb_phrase(sentence, clause), between)
    if re.search(r"\b(?:who|which|whose)\b", whole[: len(whole) - len(between)]):
        return "", ""  # the last verb may belong to the relative clause
    if _is_island(between) or _measured_noun(sentence, value):
        return "", ""
    extension = _extension(sentence, value)
    after = sentence[value.end + extension : clause.rest[1]]
    asked = asked_words(value) + _of_share(sentence[value.end : value.end + extension], value)
    if re.match(r" (?:and|to|-|–) ?\d{4}\b", after) or re.search(
        r"\b(?:between|from) \d{4} (?:and|to) $", between
    ):
        return "", ""  # one end of "from 1280 to 1299" is asked for in its place
    subject, note = _resolved_subject(sentence, clause, context)
    if not subject:
        return "", ""
    possessive = _possessive(after, value)
    fronted = _front(_without_owner(between, value), value)
    if fronted is None:
        return "", ""
    preposition, between = fronted
    if (
        not preposition
        and value.form in ("measure", "money")
        and (value.unit == "per cent" or value.form == "money")
    ):
        preposition = "by " if verb.base in _CHANGES else ""
    if possessive:
        if between.strip() or preposition:
            return "", ""
        thing = re.split(
            r" (?:in|on|at|by|from|to|for|with|and|that|which|who)\b|[,;]", after[possessive.end() :]
        )[0]
        after = after[possessive.end() + len(thing) :]
        asked = ("whose" if asked == "who" else f"{asked}’s") + thing
    lead = sentence[slice(*clause.lead)]
    if _keeps(lead):
        comma = " " if len(lead.split()) < 5 else ", "
        lead = f"{comma}{lead[0].lower() + lead[1:] if lead.split()[0].lower() in PREPOSITIONS else lead}"
    else:
        lead = ""
    after = _cut_coordination(_shortened(_without_partner(after)))
    if value.form == "name":
        after = re.sub(
            r"^ of [^,]*?(?=$|,| (?:in|on|at|by|from|to|for|with|during|after|before)\b)", "", after
        )
    first = re.match(r" ([a-z]+)(?= )", after)
    if first and is_participle(first[1]) and value.form != "name":
        after = ""  # what hangs on an object is no part of its question
    return f"{preposition}{asked} {verb.turned(subject)} {between} {after}{lead}", note


_CHANGES = word_set(
    "rise fall jump grow drop climb increase decrease shrink decline soar surge widen slip gain lose"
) - {
    "lose",
    "gain",
}


def _keeps(lead: str) -> bool:
    """Tell an opening that limits the fact ("In May 2021") from one that only joins ("However")."""
    words = lead.split()
    if not words or words[0].lower() not in PREPOSITIONS or len(words) > 9:
        return False
    return not any(
        word.strip(",").lower() in PRONOUNS | {"then", "comparison", "addition", "fact"} for word in words
    )


def _about_lead(sentence: str, clause: Clause, value: Value, context: Context) -> tuple[str, str]:
    """Ask for something in an opening phrase: "In 1610, Galileo ..."."""
    before = sentence[clause.lead[0] : value.start]
    fronted = _front(" " + before, value)
    after = sentence[value.end : clause.lead[1]].strip(" ,")
    subject, note = _resolved_subject(sentence, clause, context)
    if not subject:
        return "", ""
    verb = verb_phrase(sentence, clause)
    rest = _shortened(sentence[slice(*clause.rest)])
    first = before.split(" ", 1)[0].lower()
    if is_participle(first) or first == "born":
        if fronted and fronted[0] and fronted[1].lower() == first:
            return f"{fronted[0]}{asked_words(value)} was {subject} {first}", note
        tail = sentence[value.end : clause.lead[1]]
        return f"{subject} was {before[0].lower()}{before[1:]} {asked_words(value)}{tail}", note
    if not before.strip():
        return "", ""
    if fronted is None or fronted[1].strip() or not fronted[0]:
        opening = re.sub(r" (?:the|a|an)$", "", before.rstrip())
        if first not in PREPOSITIONS or find_verbs(words_of(opening, (0, len(opening)))):
            return "", ""
        fronted = (f"{opening} ", "")
    if len(after.split()) > 5:
        return "", ""
    after = f" {after}" if after else ""
    return f"{fronted[0]}{asked_words(value)}{after} {verb.turned(subject)}{rest}", note


@dataclass(frozen=True, slots=True)
class VerbPhrase:
    """A verb ready to be turned round its subject."""

    auxiliary: str
    tail: str
    base: str
    do: str

    def turned(self, subject: str) -> str:
        """Return "has the rover travelled", "does the Moon measure"."""
        if self.auxiliary:
            return f"{self.auxiliary} {subject} {self.tail}"
        return f"{self.do} {subject} {self.base}"


def verb_phrase(sentence: str, clause: Clause) -> VerbPhrase:
    """Return the verb of a clause, ready to be turned round its subject."""
    tail = sentence[slice(*clause.after_auxiliary)] if clause.verb.auxiliary else ""
    return VerbPhrase(clause.verb.auxiliary, tail, clause.verb.base, clause.verb.do)


_PERSONAL = word_set("they he she it we i you")


_AS_PART = ["as", "part", "of"]


def _is_island(between: str) -> bool:
    """Tell whether a clause of its own stands between verb and value, out of which nothing can be fronted."""
    if "(" in between:
        return True
    words = words_of(between, (0, len(between)))
    for index, word in enumerate(words):
        if word.low in (
            "which",
            "who",
            "whose",
            "where",
            "when",
            "because",
            "although",
            "while",
            "if",
            "whether",
        ):
            return True
        if word.low == "that" and index and words[index - 1].low not in SAYING:
            return True
        if word.low in AUXILIARIES and index and words[index - 1].low not in CONJUNCTIONS | {"to"}:
            return True
        if word.tail.startswith((";", ",")) and [each.low for each in words[index + 1 :]][:3] != _AS_PART:
            return True
        if word.low in _PERSONAL and index and words[index - 1].low not in CONJUNCTIONS | PREPOSITIONS:
            return True
    return False


def _front(between: str, value: Value) -> tuple[str, str] | None:
    """Return the preposition to front with the value and what stays between verb and value; None if neither.

    A preposition inside a noun phrase ("the diameter of ...") cannot be fronted with sense.
    """
    words = between.split()
    if value.form == "relative":
        return "in ", between
    if not words or value.form == "ago":
        return "", between
    if value.form != "measure" and re.search(r"\b(?:plans?|hopes?|efforts?|attempts?|ahead of)\b", between):
        return None  # "plans to build a base in the 2030s": the date is that of the base
    if part := re.search(r",? as part of(?: the)?$", between.rstrip()):
        return "as part of ", between[: part.start()]
    if value.form == "year" and (season := re.search(r"\b(in|by|during|since) the (\w+) of $", between)):
        return f"{season[0]}", between[: season.start()]
    return _front_by_words(words, value)


def _front_by_words(words: list[str], value: Value) -> tuple[str, str] | None:
    """Go back from the value to the preposition or determiner that decides what can be fronted."""
    for back in range(1, min(6, len(words)) + 1):
        low = words[-back].lower().strip("“\"‘'")
        if words[-back].endswith(",") or low in CONJUNCTIONS:
            return None if back < 2 else _bare_front(words, value)
        if low == "to" and back > 1 and is_base(words[-back + 1].lower()):
            return _bare_front(words, value)
        if low in PREPOSITIONS:
            if back > 1 and not _may_drop(words[-back + 1 :], value):
                return None
            if low not in _FRONTED:
                return None
            return f"{low} ", " ".join(words[:-back])
        if (
            low in DETERMINERS
            and back < len(words)
            and value.kind is FactKind.QUANTITY
            and value.form not in ("rank", "ordinal")
        ):
            return None
    return _bare_front(words, value)


def _may_drop(words: list[str], value: Value) -> bool:
    """Tell whether the words between a preposition and a value may go: "in the", "in early"."""
    if value.kind in (FactKind.QUANTITY, FactKind.TERM):
        return not words or words in (["the"], ["a"], ["an"], ["its"], ["their"])
    if value.form != "name":
        return all(word.lower() in _BEFORE_DATES for word in words)
    if len(words) > 4 or any(base_of_past(word) for word in words):
        return False
    return all("," not in word and word.lower() not in CONJUNCTIONS for word in words)


_BEFORE_DATES = word_set(
    "the early late mid spring summer autumn winter of about around end start beginning year"
)


def _bare_front(words: list[str], value: Value) -> tuple[str, str] | None:
    """Front a value without a preposition: an object, or a measure behind the object."""
    low = [word.lower().strip(",") for word in words]
    if low[-1] == "worth":
        return None
    if all(word in ADVERBS | DETERMINERS | {"to", "be", "been"} or word.endswith("ly") for word in low):
        kept = [word for word in low if word not in DETERMINERS]
        return "", " ".join(kept)
    if value.kind is FactKind.QUANTITY and value.form in (
        "measure",
        "count",
        "money",
        "compound",
        "range",
        "ago",
        "bare",
        "times",
    ):
        if low[-1] in DETERMINERS or words[-1].endswith(","):
            return None
        return "", " ".join(words)
    if value.form in ("date", "year", "month", "clock", "relative") and low[-1] not in DETERMINERS:
        return "in " if value.form in ("year", "relative") else "", " ".join(words)
    if "to" in low[-4:-1] and is_base(low[low.index("to") + 1]):
        return "", " ".join(words[:-1] if low[-1] in DETERMINERS else words)
    return None


_VERB_JOINT = re.compile(r"(?:, and|, but|,| and| but) (?:then |later |also |first |soon |now )?([a-z]+) ")


def coordinated(verb: VerbPhrase, between: str) -> tuple[VerbPhrase, str]:
    """Go on to the last of several verbs before the value: "has thrown ash, destroyed 589 homes"."""
    for match in reversed(list(_VERB_JOINT.finditer(between + " "))):
        word = match[1]
        rest = between[match.end() :]
        if word in AUXILIARIES:
            following = re.match(r"(?:(?:\w+ly|not|since|also|so far|now) )*([a-z]+)?", rest)
            if word in HAVE and not (following and following[1] and is_participle(following[1])):
                return VerbPhrase("", "", "have", {"has": "does", "had": "did"}.get(word, "do")), rest
            goes_on = following and following[1] and (is_participle(following[1]) or is_base(following[1]))
            tail = following[0] if following and goes_on else ""
            return VerbPhrase(word, tail, "", ""), rest[len(tail) :]
        past = base_of_past(word)
        if match[0].startswith(", ") and "and" not in match[0] and is_participle(word) and _is_behind(rest):
            continue  # "the hall, built in 1904": it describes, it goes on with nothing
        if past and verb.auxiliary in ("has", "have", "had"):
            return replace(verb, tail=f" {word}"), rest
        if (
            past
            and verb.auxiliary in BE
            and is_participle(word)
            and re.match(r"(?:in|on|at|by|to|from|for) ", rest)
        ):
            return replace(verb, tail=f" {word}"), rest
        if past and (verb.do == "did" or verb.auxiliary in BE) and not word.endswith("eed"):
            return VerbPhrase("", "", past, "did"), rest
        third = base_of_third_person(word)
        if third and verb.do == "does":
            return VerbPhrase("", "", third, "does"), rest
        if third and verb.auxiliary in ("is", "has", "was", "had"):
            return VerbPhrase("", "", third, "does"), rest
    return verb, between


def _is_behind(rest: str) -> bool:
    return bool(re.match(r"(?:in|on|at|by|to|from|for) ", rest)) or not rest.strip()


_PARTNER = re.compile(
    r"^ and (?:(?:about |around |roughly |nearly )?\d(?:[^,.;]|[.,]\d)*|(?:the )?[A-ZÀ-Þ][\w’'-]*(?: "
    r"[A-ZÀ-Þ][\w’'-]*)*|"
    r"an? [a-z -]+$)"
)


def _without_partner(after: str) -> str:
    """Drop what is coordinated with the value: "... and Spain last week", "... and a field hospital"."""
    return _PARTNER.sub("", after)


def _cut_coordination(after: str) -> str:
    """Cut a further verb behind the value: "... and forced people to leave"."""
    match = re.search(r"(?:, and|, but|,| and| but) (?:then |later |also )?([a-z]+)(?= )", after)
    if match and (base_of_past(match[1]) or match[1] in AUXILIARIES or base_of_third_person(match[1])):
        return after[: match.start()]
    return after


_TAIL = re.compile(
    r", (?=(?:which|who|whose|where|but|and|or|so|while|although|though|making|giving|leaving|with|"
    r"as|of which|including|"
    r"said|says|according|when|after|before|because|the|a|an|their|his|her|its|roughly|about|"
    r"nearly)\b)|\s[–—]\s|;|\s\(|\sso (?:as )?to\s"
)


def _shortened(rest: str) -> str:
    """Cut what follows a clause's core behind a comma or a dash."""
    match = _TAIL.search(rest)
    return rest[: match.start()] if match else rest


# Subjects and pronouns


def _resolved_subject(sentence: str, clause: Clause, context: Context) -> tuple[str, str]:
    """Return the subject as it reads inside a question, and a note where a pronoun was replaced."""
    text = sentence[slice(*clause.subject)]
    replaced, note = resolved(text, context)
    replaced = re.sub(r"^([^,]{3,}?), (?!and\b|or\b)(?:[a-z]|\d)[^,]*(?:,(?! and| or).*|$)", r"\1", replaced)
    words = replaced.split()
    inner = find_verbs(words_of(replaced, (0, len(replaced))))
    has_clause = any(verb.do == "does" for verb in inner) and not set(replaced.split()) & RELATIVES
    if not words or len(words) > 20 or words[0].lower() in PREPOSITIONS or has_clause or _owns(words[-1]):
        return "", ""
    return lower_first(replaced.rstrip(","), context.names), note


def _owns(word: str) -> bool:
    return word.endswith(("'s", "’s"))


def resolved(text: str, context: Context) -> tuple[str, str]:
    """Replace a pronoun that begins `text` by what it stands for, where that is known."""
    first, _, others = text.partition(" ")
    low = first.lower().strip(",")
    personal = {
        "he": context.he,
        "she": context.she,
        "it": context.thing,
        "they": context.people or (context.thing if context.thing[:1].isupper() else ""),
    }
    owner = {
        "his": context.he,
        "her": context.she,
        "its": context.thing,
        "their": context.people or (context.thing if context.thing[:1].isupper() else ""),
    }
    stands = personal.get(low, "")
    if stands and (not others or low in personal):
        return f"{stands} {others}".strip(), f"“{first}” is read as “{stands}”: check."
    if owner.get(low) and others:
        return f"{owner[low]}’s {others}", f"“{first}” is read as “{owner[low]}’s”: check."
    return text, ""


def lower_first(text: str, names: frozenset[str] = frozenset()) -> str:
    """Begin with a small letter where the first word is none of the article's names."""
    first = re.split(r"[ ,]", text, maxsplit=1)[0]
    bare = re.sub(r"['’]s?$", "", first)
    is_name = first in names or bare in names or bare == "I" or any(mark in bare for mark in "0123456789")
    is_name = is_name or bare in TITLES or bare in NOT_NAMES or bare in demonyms()
    if not text or is_name or (bare.isupper() and len(bare) > 1) or bare.lower() == bare:
        return text
    return text[0].lower() + text[1:]


# Relative clauses, appositions, and the last resort


def _about_relative(
    sentence: str, noun: Span, verb_phrase: Span, value: Value, context: Context
) -> tuple[str, str]:
    """Ask about "the mission, which landed in ..." as about "the mission landed in ..."."""
    head = sentence[slice(*noun)].rstrip(",")
    if noun[0] <= value.start < noun[1]:
        return "", ""
    body = sentence[slice(*verb_phrase)]
    first = head.split(" ", 1)
    if first[0].lower() in ("a", "an") and len(first) > 1:
        head = f"the {first[1]}"
    joined = f"{head} {body}"
    offset = len(head) + 1 - verb_phrase[0]
    moved = replace(value, start=value.start + offset, end=value.end + offset)
    clause = parse_clause(joined, (0, len(joined)))
    if clause is None:
        return "", ""
    return _about_clause(joined, clause, moved, context)


def _by_apposition(sentence: str, span: Span, value: Value) -> str:
    """Ask for a person by what follows the name: "who led the dig", "a geologist at the survey"."""
    after = sentence[value.end : span[1]]
    match = re.match(r"(?: (?:of|from|at) [^,]{3,60})?,? who (?P<verb>[^,.;–]{8,})", after)
    if match and not re.match(r"(?:is|was) (?:aged )?\d", match["verb"]):
        return f"who {match['verb']}"
    if match := re.match(r", (?P<noun>(?:an?|the) [^,.;–]{6,})", after):
        article, _, noun = match["noun"].partition(" ")
        if not noun.lower().startswith("former ") and not re.search(r"\b(?:was|is|has)\b", noun):
            return f"who is {article} {noun}" if article == "the" else f"who is described as {article} {noun}"
    return ""


_JOINERS = re.compile(
    r"^(?:(?:since then|by then|however|meanwhile|moreover|in addition|by comparison|in fact|"
    r"of course|luckily[^,]{0,20}|"
    r"unfortunately|of which|in which|at which)\b,? ?)+",
    re.IGNORECASE,
)
_DIRECTIONS = "(?:north|south)?-?(?:northern|southern|eastern|western)|central|modern|ancient"


def _in_place(sentence: str, span: Span, value: Value, context: Context) -> tuple[str, str]:
    """Ask for the value where it stands: "The capital has moved how many times?"."""
    start, end = span
    inner = sentence[start : value.start]
    words = words_of(inner, (0, len(inner)))
    joined = words and words[0].low in CONJUNCTIONS | SUBORDINATORS - {"before", "after", "since"}
    if joined and not (words[0].low == "that" and len(words) > 1 and words[1].low in AUXILIARIES):
        inner = inner[words[0].end :].lstrip(" ,")
    inner = _JOINERS.sub("", inner)
    before, note = resolved(inner.strip(), context) if inner.strip() else ("", "")
    before = (
        re.sub(r"\b(?:the|a|an)$", "", before, flags=re.IGNORECASE).rstrip()
        if value.form not in ("nth", "rank")
        else before
    )
    before = _without_owner(f"{before} ", value).strip()
    if value.form == "name" and value.asked.startswith("which "):
        noun = re.escape(value.asked[6:])
        before = re.sub(
            rf"\b(?:the )?{noun}s? of$|\b(?:{_DIRECTIONS})$", "", before, flags=re.IGNORECASE
        ).rstrip()
    after = _shortened(sentence[value.end : end])
    spliced = after.find(", ")
    if spliced >= 0 and find_verbs(words_of(after, (spliced, len(after)))):
        after = after[:spliced]
    asked = asked_words(value)
    if (noun := _measured_noun(sentence, value)) and noun != after:
        article = re.search(r"\b(?:[Tt]he|[Aa]n?)$", inner.strip())
        before = f"{before} {article[0].lower() if article else ''} {noun} of"
        after = after[len(noun) + 1 :]
    tail = _of_share(after, value) if _extension(sentence, value) == len(after) else after
    return f"{before} {asked}{tail}", note


def _measured_noun(sentence: str, value: Value) -> str:
    """Return the noun behind an adjective of measure: "contract" in "a five-year contract"."""
    written = sentence[value.start : value.end].rpartition(" ")[2]
    singular_unit = (
        value.form in ("measure", "count")
        and (value.number or 0) != 1
        and not is_plural(written)
        and "-" in written
    )
    anniversary = value.form == "measure" and sentence[value.end : value.end + 12] == " anniversary"
    if not singular_unit and not anniversary:
        return ""
    match = re.match(r"(?:-[a-z]+)? ((?:[a-z]+ )??[a-z]+)(?= (?:[a-z]+)\b|[,.;]|$)", sentence[value.end :])
    return match[1] if match else ""


_SHARED = re.compile(
    r"\b[Oo]ur (?=(?:own )?(?:[Ss]olar [Ss]ystem|planet|galaxy|Galaxy|Moon|Sun|species|world)\b)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_PASSING = re.compile(
    r",? (?<!\bthe )(?<!\bsince )(?<!\buntil )(?<!\bfrom )(?<!\bby )(?<!\bof )(?<!\bfor )"
    r"(?<!\bthan )(?<!\bin )"
    r"(?:(?:(?:later|earlier|early|late) )?(?P<which>this|last|next) "
    rf"(?:year|month|week|spring|summer|autumn|fall|winter|night|{_DAY})|today|yesterday|tomorrow|"
    rf"on {_DAY}(?: (?:morning|afternoon|evening|night))?)(?!['’\w])"
)


def _timeless(text: str, year: int) -> str:
    """Take away words that age ("later this year", "on Tuesday"); a year is named where it is known."""

    def instead(match: re.Match[str]) -> str:
        step = {"this": 0, "last": -1, "next": 1}.get(match["which"] or "", 0)
        return f" in {year + step}" if year and match[0].endswith(" year") else ""

    return _PASSING.sub(instead, _SHARED.sub("the ", text))


def _polished(text: str, context: Context) -> str:
    """Return a question with tidy spaces, its capital and its mark; "" if it cannot be one."""
    text = _timeless(text, context.year)
    text = re.sub(r"[“”\"]", "", text)
    text = re.sub(r"\(\s*\)|\[\s*\]", "", text)
    if text.count("(") != text.count(")"):
        text = re.sub(r"[()]", "", text)
    text = re.sub(r"\s+([,.;:?!’])(?!\d)", r"\1", re.sub(r"\s+", " ", text))
    text = re.sub(r"^[\s,;:–—-]+|[\s,;:.!?–—-]+$", "", text)
    text = re.sub(
        r"\b([Ff]or|[Bb]y|[Tt]o|[Ww]ith|[Ff]rom|[Oo]f|[Aa]gainst|[Uu]nder|[Oo]n|[Aa]t|[Bb]etween|"
        r"[Aa]fter) who\b",
        r"\1 whom",
        text,
    )
    text = re.sub(r"\b(?:and|or|but|the|a|an)$", "", text).rstrip(" ,")
    if not 12 <= len(text) <= LONGEST - 1:
        return ""
    return f"{text[0].upper()}{text[1:]}?"


def _as_statement(sentence: str, span: Span, context: Context) -> str:
    """Return a clause as a sentence: its pronoun resolved, without what joins it to others or ages."""
    start, end = trim(sentence, span)
    text = sentence[start:end]
    if start:
        text = re.sub(r"^(?:that|and|but|so|because|while|although) ", "", text, flags=re.IGNORECASE)
    text = _timeless(resolved(text, _within(sentence, (start, end), context))[0], context.year)
    text = re.sub(r"\s+([,.;])", r"\1", text).strip(" ,;")
    return f"{text[0].upper()}{text[1:]}." if text else sentence


def _gives_away(stem: str, value: Value, hidden: tuple[str, ...]) -> bool:
    """Tell whether a stem holds its value: the number, the name or a telling part of it."""
    low = re.sub(r"[\s‐-―-]+", " ", stem.casefold().replace("’", "'"))
    for text in (value.text, *value.aliases, *hidden):
        shown = re.sub(r"[\s‐-―-]+", " ", text.casefold().replace("’", "'")).strip()
        if shown and re.search(rf"(?<!\w){re.escape(shown)}(?!\w)", low):
            return True
    if value.kind is FactKind.QUANTITY and (digits := re.match(r"[\d.,]*\d", value.text.lstrip("-"))):
        return bool(re.search(rf"(?<![\w.,]){re.escape(digits[0])}(?![\w]|[.,]\d)", low))
    return False
