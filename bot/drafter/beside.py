"""From what stands beside a name to a question: what only one can be, a seat, the dates of a life.

What always holds: the words between the name and the value leave no doubt about how they belong together.
"""

import re

from bot.bank.facts import FactKind
from bot.drafter.names import Name, is_person
from bot.drafter.questions import SINGLES_OUT, WHEN, Setting, amount_asked, called, capital, finished
from bot.drafter.values import Value
from bot.drafter.words import SAYING, is_plural, words_of


def question_beside(text: str, value: Value, setting: Setting) -> str:
    """Return a question for a value beside a name, or "" where none is sure."""
    for shape in (
        _born_and_died,
        _of_what_it_has,
        _of_word,
        _of_size,
        _of_what_it_is,
        _of_seat,
        _of_distance,
        _of_birthplace,
        _of_border,
        _of_identity,
    ):
        if (told := shape(text, value, setting)) and (told := finished(told, value, setting)):
            return told
    return ""


_OFFICES = "|".join(words_of("single_offices"))
_IS_ONE = re.compile(
    r", (?P<the>the )?(?P<what>(?:[a-z-]+ ){0,5}?(?P<head>[a-z-]+) (?:of|at|for|in|to) [^,;:()“”\"]{4,60}?)"
    r"(?:,|\.$| and | in (?=[A-Z]))"
)

_SAYS = re.compile(r"\b(?:says?|said|tells|told|explain(?:s|ed)|add(?:s|ed))\b")


_HAS_ONE = re.compile(
    r"(?:^|[(,;] ?|\b(?:is|and|contains|with) )(?:(?P<its>[Ii]ts)|[Tt]he(?: (?P<noun>[a-z]+)(?:['’]s)?)?) "
    r"(?P<what>(?!west)[a-z-]+est [a-z]+(?=(?:,| is| was) $)|"
    rf"(?:official |national |first )?(?:{'|'.join(sorted(words_of('owned_once')))}))"
    r"(?: city)?(?:,| is| was)? $"
)


_SORTS = r"(?P<what>[a-z][\w’'-]*(?: [\w’'-]+){0,7}?)"
_IS_LEFT = re.compile(
    rf"(?:^|[,;] (?:and )?)(?:[Tt]he|(?P<its>[Ii]ts)) {_SORTS}(?: (?P<be>is|was)|,) (?:the |an? )?$"
)
_IS_RIGHT = re.compile(rf" (?P<be>is|was) (?:the|(?P<its>its)) {_SORTS}(?:[.,;]|$)")


def _of_what_it_has(text: str, value: Value, setting: Setting) -> str:
    """Ask for what a place has one of: "the state capital Lund", "the state tree is the pine"."""
    before, after = text[: value.start], text[value.end :]
    if value.form == "identity":
        told = _IS_LEFT.search(before) or _IS_RIGHT.match(after)
    else:
        named = value.form == "name" and value.kind is not FactKind.PERSON
        told = _HAS_ONE.search(before) if named and _CLOSED.match(after) else None
    if told is None:
        return ""
    groups = told.groupdict()
    topic = next((name for name in setting.things.values() if name.text == setting.about), None)
    noun = setting.things.get(groups["noun"]) if groups.get("noun") else topic
    owner = setting.subject if groups["its"] else noun
    scoped = re.search(r" (?:of|in) (?:the )?[A-Z]", groups["what"])
    if not scoped and (owner is None or owner.kind is FactKind.PERSON):
        return ""
    asked = capital(value.asked) if value.asked.startswith("which ") else "What"
    be = groups.get("be") or ("was" if "first" in groups["what"] else "is")
    return f"{asked} {be} the {groups['what']}{'' if scoped or owner is None else f' of {called(owner)}'}?"


_CLOSED = re.compile(r"[,.]| (?:is|was|and|has) |$")
_NAME_OF = re.compile(r"^(?:[Tt]he (?P<noun>[a-z]+)['’]s|[Ii]ts) name\b")
_WORD = re.compile(r"\b[Tt]he (?P<sort>name|word|term) [\"“‘]?(?P<word>[\w’-]+)\b")


def _of_word(text: str, value: Value, setting: Setting) -> str:
    """Ask what the word that an article is about means, and from which language it comes."""
    told = _WORD.search(text[: value.start])
    noun = _NAME_OF.search(text[: value.start])
    of_topic = noun and (noun["noun"] is None or noun["noun"] in setting.things)
    if of_topic and value.form == "tongue" and not set(text.split()) & words_of("unsure_words"):
        return f"From which language does the name {setting.about} come?"
    unsure = set(text.split()) & (SAYING - {"means"} | words_of("unsure_words"))
    if told is None or told["word"].lower() not in setting.about.lower() or unsure:
        return ""
    if value.form == "tongue":
        return f"From which language does the {told['sort']} {told['word']} come?"
    means = re.fullmatch(r"(?:(?!\bmean).)*\bmean(?:s|ing)(?: literally)? [\"“]?", text[: value.start])
    return f"What does the {told['sort']} {told['word']} mean?" if means and value.form == "quoted" else ""


def _of_what_it_is(text: str, value: Value, _: Setting) -> str:
    """Ask for what only one can be: "Ann Lind, director of the Lund Museum," or "Lund, the seat of ...,"."""
    if value.form != "name" or value.kind is FactKind.COUNTRY:
        return ""
    told = _IS_ONE.match(text[value.end :])
    if (
        not told
        or is_plural(told["head"])
        or told["head"] in words_of("shared_roles")
        or not re.search(r"[A-Z]\w", told["what"])
    ):
        return ""
    if not told["the"] and not re.fullmatch(_OFFICES, told["head"]):
        return ""
    person = value.kind is FactKind.PERSON
    if not person and is_person(told["head"]):
        return ""
    now = "first" not in told["what"] and (_SAYS.search(text) or not person)
    return f"{'Who' if person else capital(value.asked)} {'is' if now else 'was'} the {told['what']}?"


def _of_seat(text: str, value: Value, setting: Setting) -> str:
    """Ask where something with a seat is: "the Tarn Museum in Oslo"."""
    if value.kind not in (FactKind.PLACE, FactKind.COUNTRY) or value.form != "name":
        return ""
    wider = re.match(r", [A-ZÀ-Þ]", text[value.end :])
    seats, with_the = words_of("seats"), words_of("articled_seats")
    asked = "which town or city" if wider and value.asked in ("where", "which city") else value.asked
    for name, mention in setting.names:
        seated = name.noun in seats and not name.unsure and name.text != value.text
        if seated and asked != "where" and text[mention.end : value.start] in (" in ", " in the "):
            bare = "’s " in name.text or "'s " in name.text or name.noun not in with_the
            the = "" if bare and not name.text.startswith("University of") else "the "
            return f"In {asked} is {the}{name.text}?"
    return ""


def _born_and_died(text: str, value: Value, setting: Setting) -> str:
    """Ask for the dates in the brackets behind a person's name: "(3 May 1821 – 6 June 1899)"."""
    if value.kind not in (FactKind.DATE, FactKind.YEAR) or value.form not in WHEN:
        return ""
    for name, mention in setting.names:
        told = not mention.start or len(name.mentions) > 1 or text[: mention.start].endswith(", ")
        if name.kind is not FactKind.PERSON or not told:
            continue  # who is named once, in passing, is nobody the article is about
        inside = _bracket(text, mention.end)
        place = value.start - mention.end
        if not 0 < place < len(inside):
            continue
        start = max(inside.rfind(mark, 0, place) for mark in "(;") + 1
        words = set(re.findall(r"\b[a-z]{2,}", inside[start:place])) - {"born", "died", "about", "in", "on"}
        if words:
            continue  # "(reign 1335-1408)"
        dash = re.search(r"\s[–—-]\s|(?<=\d)[–—-](?=\d)|\bdied\b", inside)
        if dash and place > dash.start():
            return f"{capital(WHEN[value.form])} did {name.text} die?"
        if dash or "born" in inside:
            return f"{capital(WHEN[value.form])} was {name.text} born?"
    return ""


def life_of(name: Name, text: str) -> tuple[int, int] | None:
    """Return the years between which a person lived, where they stand in brackets behind the name."""
    if name.kind is FactKind.PERSON:
        for spelt in (name.text, *name.spellings):
            years = re.findall(r"\b[12]\d{3}\b", _bracket(text, text.find(spelt) + len(spelt)))
            if len(years) == 2:
                return int(years[0]), int(years[1])
    return None


_SIZE = re.compile(
    r"(?:^With|, (?:with|(?P<having>having))) an? "
    rf"(?P<size>(?:[a-z]+ )?(?:{'|'.join(sorted(words_of('sizes')))})) of $"
)


def _of_size(text: str, value: Value, setting: Setting) -> str:
    """Ask for the size of what a sentence is about: "Lund, with an area of 40 acres, is ..."."""
    found = _SIZE.search(text[: value.start])
    if value.kind is not FactKind.QUANTITY or found is None:
        return ""
    led = re.match(r"(?: \([^()]*\))?(?: as of [^,]+| in [12]\d{3})?, (?:the )?", text[value.end :])
    for name, mention in setting.names:
        about = mention.start < len("The  ") and (mention.end == found.start() or found["having"])
        about = about or bool(not found.start() and led and mention.start == value.end + led.end())
        if name.kind is not FactKind.PERSON and about:
            return f"What is the {found['size']} of {called(name)}?"
    return ""


def _bracket(text: str, start: int) -> str:
    """Return the bracket behind a name, with what is nested in it; "" where none follows."""
    depth = 0
    for place, letter in enumerate(text[start : start + 250]):
        depth += (letter == "(") - (letter == ")")
        if place > 1 and depth == 0:
            return text[start : start + place]
        if place == 1 and depth == 0:
            return ""
    return ""


_DISTANCE = re.compile(
    r"(?: \((?:[^()]|\([^()]*\))*\))? "
    r"(?P<way>(?:north|south|east|west)[a-z-]*|off|away from|from)(?P<of> of)?"
    r"(?P<where> (?:the )?(?:[a-z]+ of )?[A-ZÀ-Þ][\w’'.-]*(?:(?: of| the| de)* [A-ZÀ-Þ][\w’'.-]*)*"
    r"(?: (?:coast|border|state line))?)(?=[,.;]| and\b)"
)
_LIES = re.compile(r"\b(?:is|lies|located|situated|stands|fought)\b[^;:]*$")


def _of_distance(text: str, value: Value, setting: Setting) -> str:
    """Ask how far what a sentence is about lies from a place: "Lund is in Ohio, 29 miles north of Tarn"."""
    found = _DISTANCE.match(text[value.end :])
    if value.form != "measure" or found is None or not _LIES.search(text[: value.start]):
        return ""
    first = next((name for name, mention in setting.names if not mention.start), None)
    about = setting.subject if text.startswith("It ") else first
    if about is None or about.kind is FactKind.PERSON or setting.about not in (about.text, ""):
        return ""
    asked, way = amount_asked(value), f"{found['way']}{found['of'] or ''}"
    return f"{capital(asked)} {way}{found['where']} is {called(about)}?" if asked else ""


_BORN_OR_DIED = re.compile(
    r"(?P<who>.+?),? (?:was (?:[a-z]+ly )?)?(?P<verb>born|died)\b"
    r"(?P<told>(?:(?! (?:in|at) (?:the |a )?[A-Z])[^;:])*?) (?:in|at) $"
)


def _of_birthplace(text: str, value: Value, setting: Setting) -> str:
    """Ask where a life began or ended: "Ann Lind was born to Per Lind on 3 May 1921 in Oslo"."""
    told = _BORN_OR_DIED.match(text[: value.start])
    if told is None or value.form != "name" or value.kind is not FactKind.PLACE:
        return ""
    first = next((name for name, mention in setting.names if told["who"] == mention.text), None)
    who = setting.subject if told["who"] in ("He", "She") else first
    also = re.search(r"\b(?:but|who|when|while|and [a-z]+(?:ed|ew|t))\b", told["told"])
    if who is None or who.kind is not FactKind.PERSON or also:
        return ""
    asked = "Where" if value.asked == "where" else f"In {value.asked}"
    return f"{asked} was {who.text} born?" if told["verb"] == "born" else f"{asked} did {who.text} die?"


_SIDE = r"(?:north|south|east|west)[a-z-]*"
_BORDERED = re.compile(
    rf"(?P<who>It|[A-ZÀ-Þ][\w ]+?) (?P<told>(?:is|was) (?:bordered|bounded))\b"
    rf".*?(?:\bto the (?P<side>{_SIDE}))? by (?:the )?$"
)


def _of_border(text: str, value: Value, setting: Setting) -> str:
    """Ask what borders a place on one side: "It is bordered to the north by the Moe, to the west by Tarn"."""
    found = _BORDERED.match(text[: value.start])
    behind = re.match(rf" to the ({_SIDE})|,? (?:and|or) (?!to\b)", text[value.end :])
    if found is None or value.form != "name" or (behind and not behind[1]):
        return ""
    who = setting.about if found["who"] == "It" else found["who"]
    side = found["side"] or (behind[1] if behind else "")
    verb, done = found["told"].split()
    return f"By {value.asked} {verb} {who} {done} to the {side}?" if side and who else ""


_IDENTITY = re.compile(r"The (?P<one>[^,;:“”\"]{8,90}) (?P<be>is|was) (?:[A-Z]?[a-z]+ ){0,3}$")
_SCOPE = re.compile(r" (?:(?:of|in|at|on|from|for) (?:the |an? )?\w|to [a-z]+ (?:the )?[A-Z])")


def _of_identity(text: str, value: Value, _: Setting) -> str:
    """Turn "The first woman who flew was Ann Lind" into "Who was the first woman who flew?"."""
    told = _IDENTITY.match(text[: value.start])
    closed = re.match(r"[.,;]|$| (?:in|and|who|which) | \(", text[value.end :])
    if told is None or value.form != "name" or not closed or value.asked == "where":
        return ""
    one = SINGLES_OUT.search(told["one"]) or re.search(r" of (?:the )?[A-Z]", told["one"])
    asked = "Who" if value.kind is FactKind.PERSON else capital(value.asked)
    return f"{asked} {told['be']} the {told['one']}?" if one and _SCOPE.search(told["one"]) else ""
