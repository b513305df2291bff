"""Whether a statement stands by itself, away from the sentences around it."""

import re

from bot.drafter.words import words_of

_SPOKEN = re.compile(r"[“”\"]|\b(?:I|[Ww]e|[Yy]ou|[Oo]ur|[Mm]y|[Yy]our|us)\b")
_OPENS = re.compile(
    r"^(?:It|He|She|They|This|That|These|Those|His|Her|Their|Its|Such|Both|Here|There|Then|But|And|So|Yet|However|"
    r"Another|Instead|Meanwhile|Also|Later|Afterwards?|Again|Now|Some|Others?|One|Many)\b"
)
_TIMES = re.compile(
    r"\b(?:this|last|next) (?:year|month|week|season|summer|spring|autumn|fall|winter)\b|\bago\b"
)


def stands_alone(statement: str) -> bool:
    """Tell whether a statement can be told true or false without the text it comes from.

    It begins with no pronoun, speaks of no "we", "here" or "last week", and "the plan" is no subject of it.
    """
    if _OPENS.match(statement) or _SPOKEN.search(statement) or _TIMES.search(statement):
        return False
    words = set(re.findall(r"\b[a-z]+", statement))
    if words & words_of("leaning_words") or statement.endswith("..."):
        return False
    subject = re.match(r"The ((?:[a-z-]+ ){1,4})", statement)
    return not subject or bool(re.match(r"(?:[a-z-]+ ){1,3}(?:of|in|at|for) ", subject[1]))
