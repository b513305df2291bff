"""What people put around an answer, taken off: "I think it's ...", quotes, a full stop."""

import re
from functools import lru_cache

from bot.folding import bare

LONGEST = 120  # characters of an answer; more is no answer to a question that can be typed
_LEAD = re.compile(
    r"(?:(?:well|so|okay|ok|um+|hmm+|erm?)\b[,. ]*"
    r"|i(?:'m| am)? (?:think|guess|believe|say|sure|reckon)(?: that)?\b[,: ]*"
    r"|(?:it|that|this|they|there|he|she)(?:'s| is| was| were|'re| are)\b (?!not\b)"
    r"|the (?:right |correct )?answer(?: is|:)? |answer: "
    r"|(?:maybe|perhaps|probably|definitely|surely|possibly|exactly|precisely)\b[,: ]*"
    r"|(?:in|on|by|at) (?=\w))",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,]*(?:\bi (?:think|guess|believe)|\bprobably|\bmaybe|\bplease|\bright|\bor so|[.!?…;:,])+$",
    re.IGNORECASE,
)
_AROUND = '"“”`*_~ '
_ROUNDS = 4  # of taking off: "Well, I think it's"


@lru_cache(maxsize=16384)
def tidy(typed: str) -> str:
    """Return what was typed without what stands around an answer; never nothing for something."""
    text = " ".join(typed.replace("\u200b", "").replace("’", "'").split()).strip(_AROUND)
    for _ in range(_ROUNDS):
        shorter = _TAIL.sub("", _LEAD.sub("", text, count=1) if _LEAD.match(text) else text).strip(_AROUND)
        if shorter == text or not shorter:
            break
        text = shorter
    return text


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """Return text as it is compared at first: bare, without hyphens in words and an article; signs stay."""
    text = re.sub(r"(?<=\w)[-‐‑–](?=[^\W\d])", " ", bare(text).replace("−", "-"))
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    return " ".join(re.sub(r"^(?:the|an?) (?=\w)|[.!?]+$", "", text).split())
