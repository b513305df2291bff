"""Terms and causes: what a thing is called, and why something is so.

Both are found by their signal words alone ("known as", "because"), so that few are wrong.
"""

import re
from collections.abc import Iterator

from bot.bank.facts import FactKind
from bot.drafter.clauses import Clause, read_clauses
from bot.drafter.values import Span, Value
from bot.drafter.words import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    words_of,
)

_CALLED = re.compile(
    r"\b(?:(?:is|are|was|were|been|be) (?:\w+ly |also |often |sometimes |now )?"
    r"(?:called|nicknamed|dubbed|termed|known (?:\w+ )?as|referred to as)|"
    r"(?:an?|the) (?:[a-z]+ ){1,3}(?:called|known as))\s+(?:the |an? )?"
    r"(?P<open>[\"“‘'])?(?P<term>[^\W_][\w’'-]*(?: [\w’'-]+){0,5})"
)
_NAMED_IT = re.compile(
    r"\b(?:called|named|dubbed|christened|nicknamed) (?:the (?:[a-z]+ ){1,2}|it |(?:his|her|their) [a-z]+ )"
    r"[\"“‘']?(?P<term>[A-ZÀ-Þ][\w’'-]*(?: [A-ZÀ-Þ][\w’'-]*){0,3})"
)
_STOPPERS = PREPOSITIONS - {"of"} | CONJUNCTIONS | AUXILIARIES | PRONOUNS | words_of("clause_bounds")
_CAUSE = re.compile(
    r",? \b(?P<by>because(?! of)|because of|due to|thanks to|owing to)\s+(?P<cause>[^,;:–—()]+)[.,]?"
)


_WHOLE = r"(?P<whole>[A-Z][\w’'-]+(?:[ /-](?:(?:of|the|and|for|on|in) )*[A-Z][\w’'-]*)+)"
_SHORTS = (
    re.compile(rf"{_WHOLE} \((?P<short>[A-Z]{{3,6}})[,)]"),
    re.compile(rf"(?<![\w-])(?P<short>[A-Z]{{3,6}}) \({_WHOLE}\)"),
)


def find_shorts(text: str) -> Iterator[Value]:
    """Yield what letters stand for, where their expansion stands beside them and begins with them."""
    for match in (match for shape in _SHORTS for match in shape.finditer(text)):
        whole, short = re.sub(r"['’]s$", "", match["whole"]), match["short"]
        for word in reversed([*re.finditer(r"[A-Z][\w’'-]*", whole)]):
            initials = iter(re.findall(r"\b[A-Z]", whole[word.start() :]))
            if word[0][0] == short[0] and all(letter in initials for letter in short):
                span = match.start("whole") + word.start(), match.start("whole") + len(whole)
                asked = f"what does {short} stand for"
                text = whole[word.start() :]
                also = (text.replace("/", " and "),) if "/" in text else ()
                yield Value(*span, FactKind.TERM, text, asked, "short", aliases=also)
                break


def find_terms(text: str) -> Iterator[Value]:
    """Yield what a sentence says a thing is called."""
    for match in _NAMED_IT.finditer(text):
        yield Value(*match.span("term"), FactKind.NAME, match["term"], "what", "named")
    for match in _CALLED.finditer(text):
        written = match["term"]
        if match["open"]:
            written = re.split(r"[\"”’'](?:\W|$)", f"{written} ")[0]
        words: list[str] = []
        for word in written.split():
            if word.lower() in _STOPPERS or word.lower() in ADVERBS:
                break
            words.append(word)
        term = " ".join(words).strip("’'\" ")
        if 3 <= len(term) <= 40 and len(words) <= 5:
            start = match.start("term")
            yield Value(start, start + len(term), FactKind.TERM, term, "what", "term")


def find_cause(text: str, names: list[Span]) -> tuple[Value, Clause] | None:
    """Return why something is so with the clause it explains: the main clause stands before "because"."""
    match = _CAUSE.search(text)
    if match is None or match.start() < 15 or not text.rstrip().endswith(match[0].strip()[-1]):
        return None
    cause = match["cause"].strip(" .")
    words = cause.lower().split()
    if not 8 <= len(cause) <= 80 or set(words) & (PRONOUNS | POSSESSIVES | {"this", "that"}):
        return None
    clauses = read_clauses(f"{text[: match.start()].rstrip(' ,')}.", names)
    if not clauses:
        return None
    return Value(match.start(), match.end("cause"), FactKind.CAUSE, cause, "why", "cause"), clauses[-1]
