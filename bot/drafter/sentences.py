"""Sentences of a paragraph, split by rule.

What always holds: the sentences, in order, are pieces of the paragraph; splitting takes time linear in its
length.
"""

import re

from bot.drafter.words import CLOSED, words_of

_ABBREVIATIONS = words_of("abbreviations")
_END = re.compile(r"(?:\.{3}|[.!?…])[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[A-Z0-9À-Þ£$€:])")
_LONGEST = 1_500


def split_sentences(paragraph: str) -> list[str]:
    """Split after full stops, question and exclamation marks that end a sentence; drop endless ones."""
    sentences, start = [], 0
    for match in _END.finditer(paragraph):
        if paragraph[match.start()] == "." and match[0] != "..." and _is_abbreviation(paragraph, match):
            continue
        sentences.append(paragraph[start : match.end()].strip())
        start = match.end()
    sentences.append(paragraph[start:].strip())
    return [sentence for sentence in sentences if 2 < len(sentence) <= _LONGEST]


def _is_abbreviation(paragraph: str, match: re.Match[str]) -> bool:
    if match[0] != ".":
        return False
    before = paragraph[max(0, match.start() - 12) : match.start()]
    last = re.split(r"[\s(\[“\"‘]", before)[-1]
    follows_number = paragraph[match.end() : match.end() + 5].lstrip()[:1].isdigit()
    if last.lower() in ("no", "nos", "c", "ca", "co", "est"):
        return follows_number
    short = last.lower() in _ABBREVIATIONS or re.fullmatch(r"(?:[A-Z]\.)*[A-Z]", last)
    following = re.search(r"\w+", paragraph[match.end() : match.end() + 20])
    return bool(short and (following is None or following[0].lower() not in CLOSED))  # "by Lind Inc. The"


_ENDS = re.compile(r"[.!?…][\"'”’)\]]*$")


def is_ended(paragraph: str) -> bool:
    """Tell whether a paragraph ends like a sentence."""
    return bool(_ENDS.search(paragraph))


_CONTRACTIONS = (
    (
        re.compile(
            r"\b([Ii]t|[Hh]e|[Ss]he|[Tt]hat|[Tt]here|[Hh]ere|[Ww]ho|[Ww]hat)['’]s (?=been|had|got|become)"
        ),
        r"\1 has ",
    ),
    (re.compile(r"\b([Ii]t|[Hh]e|[Ss]he|[Tt]hat|[Tt]here|[Hh]ere|[Ww]ho|[Ww]hat)['’]s (?!own\b)"), r"\1 is "),
    (re.compile(r"\b([Ww])on['’]t\b"), r"\1ill not"),
    (re.compile(r"\b([Cc]a)n['’]t\b"), r"\1nnot"),
    (
        re.compile(r"\b(is|are|was|were|has|have|had|do|does|did|could|would|should)n['’]t\b", re.IGNORECASE),
        r"\1 not",
    ),
    (re.compile(r"\b(I|[Ww]e|[Yy]ou|[Tt]hey|[Hh]e|[Ss]he|[Ii]t)['’]ll\b"), r"\1 will"),
    (re.compile(r"\b(I|[Ww]e|[Yy]ou|[Tt]hey)['’]ve\b"), r"\1 have"),
    (re.compile(r"([A-ZÀ-Þ]\w+) [\"“]\w+[\"”] (?=[A-ZÀ-Þ]\w+)"), r"\1 "),  # Anna "Nan" Berg
    (re.compile(r"\b([Ww]e|[Yy]ou|[Tt]hey)['’]re\b"), r"\1 are"),
)


_DATELINE = re.compile(
    r"^[A-ZÀ-Þ][A-ZÀ-Þ .'’-]{2,30}(?:, [A-Z][\w.]{1,20})?(?: \([A-Za-z ]{2,20}\))? ?(?:[—–]|--?) "
    r"?(?=[A-Z\"“])"
)


_PLAIN = (
    (
        re.compile(r"^((?:In|On) (?:\d{1,2} )?(?:[A-Z][a-z]+ )?[12]\d{3}) (?=(?:an?|the|his|her|its) )"),
        r"\1, ",
    ),
    (re.compile(r"\ba total of (?=\d)"), ""),
    (
        re.compile(
            r"(\b(?:[Hh]is|[Hh]er|\w+['’]s) (?:[a-z-]+ ){0,3}[a-z]+), "
            r"([A-ZÀ-Þ][\w’'&-]*(?: (?:of|the|and|in|for|a|[A-ZÀ-Þ0-9][\w’'&-]*)){0,5}),"
            r"(?= (?:was|were|is|had|has|in|on|to|at|by|for|from|with)\b)"
        ),
        r"\1 \2",
    ),
)  # "his sixth film, The Gate, was shown" is read as "his sixth film The Gate was shown"


def without_contractions(sentence: str) -> str:
    """Write "it's" and "didn't" in full, so that verbs can be found; drop a dateline ("PARIS, France -")."""
    sentence = _DATELINE.sub("", sentence)
    for pattern, full in (*_CONTRACTIONS, *_PLAIN):
        sentence = pattern.sub(full, sentence)
    return sentence
