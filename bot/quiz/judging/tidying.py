"""What people put around an answer, taken off: "I think it's ...", quotes, a full stop."""

import re
from functools import lru_cache
from unicodedata import decimal, normalize

from bot.folding import bare

LONGEST = 120  # characters of an answer; more is no answer to a question that can be typed
_SURELY = (
    "maybe|perhaps|probably|possibly|definitely|surely|certainly|obviously|clearly|absolutely|exactly"
    "|precisely"
)
_SURE = r"(?:(?:pretty|quite|fairly|almost|very) )?(?:sure|certain)"
_THINK = rf"i(?:'m| am|'d|'ll| would| will)? (?:think|guess|believe|bet|say|reckon|go with|{_SURE})"
_LEAD = re.compile(
    r"(?:(?:well|so|okay|ok|um+|uh+|hm+|erm?)\b[,.: ]*"
    rf"|(?:{_THINK}|pretty sure|let(?:'s| me) say|(?:i'm )?going with)(?: that)?\b[,: ]*"
    r"|(?:it|that|this|they|there|he|she)(?:'s| is| was| were|'re| are)\b (?!not\b)"
    r"|(?:(?:it|that|this|they) )?(?:could|should|must|might|may|would|has to|have to|gotta) be\b (?!not\b)"
    r"|(?:it|they|he|she|we) (?:has|have|had|takes?|took|lasts?|lasted|weighs?|weighed)\b (?!not?\b)"
    r"|its \w+ (?:is|was) (?!not\b)"
    r"|(?:the|my) (?:right |correct |best |final )?(?:answer|guess|bet)(?: is|:)? |(?:final )?answer: "
    rf"|(?:{_SURELY})\b[,: ]*"
    r"|(?:in|on|by|at) (?=\w))",
    re.IGNORECASE,
)
_ASIDE = (
    rf"{_THINK}|{_SURE}|of course|for sure|(?:no|without(?: a)?) doubt|final answer|lol|lmao|ha(?:ha)+|imh?o"
    rf"|tbh|iirc|{_SURELY}|please|right|or so"
)
_TAIL = re.compile(rf"(?<![\w(])(?:{_ASIDE})$|\((?:{_ASIDE})\)$", re.IGNORECASE)
_STOPS = ".!?…;:, "
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")
_PICTURES = re.compile(
    "[\u20e3\u2190-\u21ff\u2300-\u23ff\u25a0-\u266c\u2670-\u27bf\u2b00-\u2bff\ufe0e\ufe0f"
    "\U0001f000-\U0001faff]+"
)
_AROUND = '"“”„«»「」『』`*_~ '
_ROUNDS = 4  # of taking off: "Well, I think it's"


@lru_cache(maxsize=16384)
def tidy(typed: str) -> str:
    """Return what was typed without what stands around an answer; never nothing for something."""
    text = " ".join(_in_letters(typed).replace("’", "'").split()).strip(_AROUND)
    for _ in range(_ROUNDS):
        shorter = (_LEAD.sub("", text, count=1) if _LEAD.match(text) else text).rstrip(_STOPS)
        shorter = re.sub(r"\s[-–—]$", "", _TAIL.sub("", shorter).rstrip(_STOPS)).strip(_AROUND)
        if shorter == text or not shorter:
            break
        text = shorter
    return text


def _in_letters(typed: str) -> str:
    """Return what was typed without pictures beside it; wide letters and the digits of any script as ours.

    Pictures that are all there is stay.
    """
    if typed.isascii():
        return typed
    typed = "".join(_letter(sign) for sign in _UNSEEN.sub("", typed))
    return _PICTURES.sub(" ", typed) if _PICTURES.sub("", typed).strip() else typed


def _letter(sign: str) -> str:
    if sign.isdecimal():
        return str(decimal(sign))
    return normalize("NFKC", sign) if "\uff01" <= sign <= "\uff5e" else sign


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """Return text as it is compared at first: bare, without hyphens in words and an article; signs stay."""
    text = re.sub(r"(?<=\w)[-‐‑–](?=[^\W\d])", " ", bare(text).replace("−", "-"))
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    return " ".join(re.sub(r"^(?:the|an?) (?=\w)|[.!?]+$", "", text).split())
