"""Terms and causes: what a thing is called, and why something is so.

Both are found by their signal words alone ("known as", "because"), so that few are wrong.
"""

import re
from collections.abc import Iterator

from bot.bank.facts import FactKind
from bot.drafter.names import is_given
from bot.drafter.values import Value
from bot.drafter.words import (
    ADVERBS,
    AUXILIARIES,
    CLOSED,
    CONJUNCTIONS,
    DETERMINERS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    is_known_word,
    is_participle,
    words_of,
)

_NAMING = r"called|nicknamed|dubbed|termed|known (?:\w+ )?as"
_CALLED = re.compile(
    rf"\b(?:(?:is|are|was|were|been|be) (?:\w+ly |also |often |sometimes |now )?(?:{_NAMING}|referred to as)|"
    rf"(?:an?|the) (?:[a-z]+ ){{1,3}}(?:called|known as)|"
    rf"(?:(?<=, )|(?<=\())(?:also |often |formerly |better |sometimes )?(?:{_NAMING})|"
    r"[Tt]he (?:term|word)(?= [\"“]?[a-z]+[\"”]? (?:is|was|refers|comes|derives|can|has|means)\b))\s+"
    r"(?:the |an? )?(?P<open>[\"“‘'])?(?P<term>[^\W_][\w’'-]*(?: [\w’'-]+){0,5})"
)
_NAMED_IT = re.compile(
    r"\b(?:called|named|dubbed|christened|nicknamed) (?:the (?:[a-z]+ ){1,2}|it |(?:his|her|their) [a-z]+ )"
    r"[\"“‘']?(?P<term>[A-ZÀ-Þ][\w’'-]*(?: [A-ZÀ-Þ][\w’'-]*){0,3})"
)
_QUOTED = re.compile(
    r"(?P<before>(?:[\w,]+ ){0,4})[\"“](?P<term>[^\"“”]{3,40}?)[,.]?[\"”](?! ?(?:\w+ )?said\b)"
)
_GLOSS = re.compile(
    r"\b(?:means?|meaning|meant|as|the|an?|termed|nickname|titled|literally|rating|motto|or) $"
)
_TITLE = re.compile(r"[A-ZÀ-Þ][\w’'-]*(?: (?:[A-ZÀ-Þ][\w’'-]*|of|the|and|in|a|to|for|on|dear))*")
_IDENTITY = re.compile(
    r"\b(?:[Tt]he|[Ii]ts) (?P<what>[a-z][\w’' -]{2,50}?)(?: (?:is|was)|(?P<beside>,)) (?P<the>(?:the |an? )?)"
    r"(?P<term>[a-z-]+(?: [a-z-]+){0,2})(?=[,.;(]| and the )"
)
_FROM = re.compile(
    r"\b(?:from|in) (?:the )?(?:earlier |modern )?"
    r"(?P<term>(?:(?:Old|Middle|Ancient|Classical|Medieval|Late|Vulgar|High|Low) )?"
    r"[A-Z][a-z]+(?:ek|in|sh|se|an|ic|it|ns|ch|ew|ue))"
    r"(?= (?:words?|for|names?|terms?|phrase|verb|root|meaning)\b| ?[(,“\"]| [^\x00-\x7f])"
)
_MADE_OF = re.compile(
    r"(?<!not )\b(?:(?:made|formed|composed|built|carved|cast) (?:up |mainly |entirely |almost )*"
    r"(?:of|from|out of|in)|"
    r"(?:feeds?|fed|subsists?|preys?|lives) (?:mainly |mostly |primarily |largely |only )?(?:up)?on) "
    r"(?P<term>[a-z][a-z-]+(?:(?:,| and|, and)? [a-z][a-z-]+){0,3})"
    r"(?=[,.;(]| (?:for|on|in|by|with|and|at|which|that|to|from|during|as) )"
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
        reflexive = words and words[0] in ("Mr", "Mrs", "Ms", "themselves", "himself", "herself")
        somebody = not words or reflexive or is_given(words[0])
        if 3 <= len(term) <= 40 and len(words) <= 5 and not somebody and term[-2:] not in ("'s", "’s"):
            start = match.start("term")
            yield Value(start, start + len(term), FactKind.TERM, term, "what", "term")


def find_quoted(text: str) -> Iterator[Value]:
    """Yield what stands in quotation marks as a title, a nickname, a meaning or a name for something."""
    for match in _QUOTED.finditer(text):
        term = match["term"].strip()
        if re.search(r"[A-Z]\w+ $", match["before"]) and re.match(r" [A-Z]", text[match.end() :]):
            continue  # a nickname within a name
        words, glossed = term.lower().split(), _GLOSS.search(match["before"]) and term.islower()
        spoken = term.lower() in CLOSED or set(words) & {"i", "we", "you", "is", "are"}
        if (glossed or _TITLE.fullmatch(term)) and len(words) < 6 and not spoken:
            yield Value(*match.span("term"), FactKind.TERM, term, "what", "quoted")


def find_identities(text: str) -> Iterator[Value]:
    """Yield what a sentence says that the one thing of a sort is: "The state tree is the longleaf pine"."""
    for match in _IDENTITY.finditer(text):
        sides = [(match["what"].split(), "what"), (match["term"].split(), "term")]
        if _is_one_of_a_kind(sides[1][0]):
            sides.reverse()
        (sort, _), (words, side) = sides
        plain = not set(words) & (_STOPPERS | ADVERBS | POSSESSIVES) and words[-1][-2:] != "ly"
        plain = plain and len(words) < 4 and is_known_word(words[-1]) and not is_participle(words[-1])
        one = _is_one_of_a_kind(sort) and (not match["beside"] or match["the"] == "the ")
        if plain and (one or (match["the"] == "the " and not match["beside"])):
            yield Value(*match.span(side), FactKind.TERM, match[side], "what", "identity")


def _is_one_of_a_kind(words: list[str]) -> bool:
    superlative = {word for word in words if word.endswith("est") and len(word) > 5}
    return bool(
        set(words) & words_of("singling_adjectives") or superlative - {"forest", "interest", "request"}
    )


def find_matter(text: str) -> Iterator[Value]:
    """Yield what something is made of, or feeds on."""
    idle = _STOPPERS | ADVERBS | DETERMINERS | {"of"}
    for match in _MADE_OF.finditer(text):
        words = re.split(r",? ", match["term"])
        plain = not set(words) & (idle - {"and"}) and not any(word.endswith("ly") for word in words)
        if plain and is_known_word(words[-1]):
            yield Value(*match.span("term"), FactKind.TERM, match["term"], "what", "matter")


def find_tongues(text: str) -> Iterator[Value]:
    """Yield the language that a word is from."""
    if re.search(r"\b(?:name|word|term|derives?|derived|comes?|etymology|meaning|means)\b", text):
        for match in _FROM.finditer(text):
            yield Value(*match.span("term"), FactKind.TERM, match["term"], "which language", "tongue")


def find_causes(text: str) -> Iterator[Value]:
    """Yield why something is so, where the sentence ends with it."""
    for match in _CAUSE.finditer(text, 15):
        cause = match["cause"].strip(" .")
        told = 8 <= len(cause) <= 80 and text.rstrip().endswith(match[0].strip()[-1])
        leaning = PRONOUNS | POSSESSIVES | words_of("leaning_words")
        if told and not set(re.findall(r"[a-z]+", cause.lower())) & leaning:
            yield Value(*match.span("cause"), FactKind.CAUSE, cause, "why", "cause")
