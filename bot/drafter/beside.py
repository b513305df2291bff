"""From what stands beside a name to a question: what only one can be, a seat, the dates of a life.

What always holds: the words between the name and the value leave no doubt about how they belong together.
"""

import re

from bot.bank.facts import FactKind
from bot.drafter.questions import WHEN, Setting, capital, finished
from bot.drafter.values import Value
from bot.drafter.words import is_plural, words_of


def question_beside(text: str, value: Value, setting: Setting) -> str:
    """Return a question for a value beside a name, or "" where none is sure."""
    for shape in (_born_and_died, _of_what_it_is, _of_seat):
        if (told := shape(text, value, setting)) and (told := finished(told, value, setting)):
            return told
    return ""


_OFFICES = "|".join(words_of("single_offices"))
_IS_ONE = re.compile(
    r", (?P<the>the )?(?P<what>(?:[a-z-]+ ){0,5}?(?P<head>[a-z-]+) (?:of|at|for|in|to) [^,;:()“”\"]{4,60}?)"
    r"(?:,|\.$| and | in (?=[A-Z]))"
)


def _of_what_it_is(text: str, value: Value, _: Setting) -> str:
    """Ask for what only one can be: "Ann Lind, director of the Lund Museum," or "Lund, the seat of ...,"."""
    if value.form != "name" or value.kind is FactKind.COUNTRY:
        return ""
    told = _IS_ONE.match(text[value.end :])
    if not told or is_plural(told["head"]) or not re.search(r"[A-Z]\w", told["what"]):
        return ""
    if not told["the"] and not re.fullmatch(_OFFICES, told["head"]):
        return ""
    person = value.kind is FactKind.PERSON
    says = re.search(r"\b(?:says?|said|tells|told|explain(?:s|ed)|add(?:s|ed)|is)\b", text)
    now = "first" not in told["what"] and (says or not person)
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
        if name.kind is not FactKind.PERSON:
            continue
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
