"""What people put around an answer, taken off: "I think it's ...", quotes, a full stop."""

import re
from functools import lru_cache
from unicodedata import decimal, normalize

from bot.folding import bare

LONGEST = 120  # characters of an answer; more is no answer to a question that can be typed
_SURELY = (
    "maybe|perhaps|probably|possibly|definitely|surely|certainly|obviously|clearly|absolutely|exactly"
    "|precisely|honestly|totally|mayb|prolly|probs|deff?o?|obvs?|ofc|ngl|fr|no cap|duh|ez"
)
_SURE = r"(?:(?:pretty|quite|fairly|almost|very) )?(?:sure|certain)"
_THINK = (
    r"(?:i(?:'m|'d|'ll|mma|ma|m|d| am| would| will)?|gonna|lemme) (?:gonna )?"
    rf"(?:think|fink|guess|believe|bet|say|reckon|suppose|hope|choose|pick|go(?:ing)?(?: with| for)?|{_SURE})"
)
_AT_A_LOSS = r"idk|dunno|(?:i'm )?not sure|no (?:idea|clue)|i don't know"
_THEY = "it|that|this|these|they|there|he|she|we"
_NOT = r"(?!not?\b|n't\b|never\b)"
_NAMED = r"(?:(?:made(?: up)?|composed) (?:out )?of|called|named|known as|actually|really)\b "
_ASKED = (
    "year|date|day|number|amount|name|distance|length|height|depth|width|mass|weight|speed|age|temperature"
)
_LEAD = re.compile(
    r"(?:(?:well|so|okay|ok|um+|uh+|hm+|erm?|oh|ah|yeah|yo|bro|dude|like)\b[,.: ]*"
    rf"|easy[,.:!] *|(?:{_AT_A_LOSS})(?: but\b)?[,.:; ]+"
    rf"|(?:{_THINK}|pretty sure|let(?:'s| me) say|(?:i'm )?going with)(?: that)?\b[,: ]*"
    rf"|(?:{_THEY})(?:'s| is| was| were|'re| are)\b {_NOT}(?:{_NAMED})?"
    rf"|(?:is|was|were|are|could|might|would) (?:{_THEY})(?: be)?\b {_NOT}(?:{_NAMED})?"
    rf"|(?:(?:{_THEY}) )?(?:could|should|must|might|may|would|has to|have to|gotta) be\b {_NOT}"
    rf"|(?:{_THEY}) (?:has|have|had|takes?|took|lasts?|lasted|weighs?|weighed)\b {_NOT}"
    rf"|(?:{_THEY}) (?:\w+ed|began|took place|flew) (?:in|on|at) {_NOT}(?=.*\d)"
    rf"|its \w+ (?:is|was) {_NOT}|(?:thats|its|tis|hes|shes) {_NOT}"
    rf"|(?:the )?(?:{_ASKED})(?: is| was|:) {_NOT}"
    r"|(?:the|my) (?:right |correct |best |final )?(?:answer|guess|bet)(?: is|:)? "
    r"|(?:answer|guess)(?: -|:| is) |final answer(?: -|:| is)? "
    rf"|(?:{_SURELY})(?!\w)[,: ]*"
    r"|(?:in|on|by|at) (?=\w)|[a-d]\) |[•=] ?|[-*>] (?!\d))",
    re.IGNORECASE,
)
_ASIDE = (
    rf"{_THINK}|{_SURE}|of course|for sure|(?:no|without(?: a)?) doubt|final answer|lol|lmao|ha(?:ha)+|imh?o"
    rf"|tbh|iirc|afaik|{_SURELY}|please|right|easy|or so|or something|innit|mate|bro|bruh|dude|fam|guys|ftw"
    rf"|for the win|for real|i swear|trust me|(?:but )?(?:{_AT_A_LOSS})"
)
_TAIL = re.compile(rf"(?<![\w(])(?:{_ASIDE})$|\((?:{_ASIDE})\)$", re.IGNORECASE)
_STOPS = ".!?…;:, "
_UNSEEN = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+|\ufe0f?\u20e3")
_PICTURES = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u25a0-\u266c\u2670-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\U0001f000-\U0001faff]+"
)
_WIDE = re.compile("[\u2160-\u217f\uff01-\uff5e\U0001d400-\U0001d7ff]")  # letters with a form of their own
_MARKUP = re.compile(r"~~[^~]+~~|<a?:\w+:\d+>|(?<!\w):[a-z]\w+:(?!\w)")  # struck out, and Discord's emoji
_IN_BRACKETS = re.compile(r"[(\[{<]([^()\[\]{}<>]+)[)\]}>]")
_AROUND = '"“”„«»「」『』`*_~| '
_HYPHEN = re.compile(r"(?<=\w)[-‐‑–](?=[^\W\d])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_ENDS = re.compile(r"^(?:the|an?) (?=\w)|[.!?]+$")
_ROUNDS = 4  # of taking off: "Well, I think it's"


@lru_cache(maxsize=16384)
def tidy(typed: str) -> str:
    """Return what was typed without what stands around an answer; never nothing for something."""
    text = " ".join(_in_letters(typed).replace("’", "'").split())
    text = (_MARKUP.sub("", text).strip() or text).strip(_AROUND)
    for _ in range(_ROUNDS):
        shorter = (_LEAD.sub("", text, count=1) if _LEAD.match(text) else text).rstrip(_STOPS)
        shorter = re.sub(r"\s[-–—]$", "", _TAIL.sub("", shorter).rstrip(_STOPS)).strip(_AROUND)
        shorter = _IN_BRACKETS.sub(r"\1", shorter) if _IN_BRACKETS.fullmatch(shorter) else shorter
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
    return normalize("NFKC", sign) if _WIDE.match(sign) else sign


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """Return text as it is compared at first: bare, without hyphens in words and an article; signs stay."""
    text = _THOUSANDS.sub("", _HYPHEN.sub(" ", bare(text).replace("−", "-")))
    return " ".join(_ENDS.sub("", text).split())
