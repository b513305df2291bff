"""What stands in an article without being part of it: advertising, captions, teasers, appeals, bylines.

A rule looks at one paragraph and the words any paper uses for such things (`data/clutter.toml`), never at an
article's subject. `left_out` gives each paragraph that is not read a reason in a few words.
"""

import re
from collections.abc import Sequence
from functools import cache

from bot.drafter.paragraphs import Paragraph
from bot.drafter.sentences import is_ended, split_sentences
from bot.drafter.words import is_english, table

LONGEST_HEADLINE = 130
_CAPITALS = re.compile(r"(?:\b[A-Z][A-Z'’!?,]{1,}\b[\s'’!?,:]*){2,}")
_WHOLE = ("byline or date line", "joke")  # these take their paragraph along however long it is
_HEADS = ("other news", "related stories")


@cache
def _rules() -> dict[str, list[re.Pattern[str]]]:
    rules: dict[str, list[re.Pattern[str]]] = {}
    for rule in table("clutter")["rule"]:
        joined = "|".join(rule["any"])
        pattern = f"{rule.get('before', '')}(?:{joined}){rule.get('after', '')}"
        rules.setdefault(rule["reason"], []).append(re.compile(pattern, re.IGNORECASE))
    return rules


def _fits(reason: str, text: str) -> bool:
    return any(rule.search(text) for rule in _rules()[reason])


def left_out(paragraphs: Sequence[Paragraph]) -> dict[int, str]:
    """Return the reason for every paragraph that holds no fact of the article, by number."""
    reasons: dict[int, str] = {}
    behind, opening = "", 0
    letters = sum(len(part.text) for part in paragraphs)
    seen = 0
    for index, part in enumerate(paragraphs):
        seen += len(part.text)
        short = part.role == "heading" or (len(part.text) < 60 and not is_ended(part.text))
        if short and seen > 0.4 * letters and _fits("related stories", part.text):
            behind = "related stories"  # at the foot of a page: nothing of the article follows
        elif behind != "related stories":
            told = _fits("other news", part.text)
            behind = "other news" if told or (behind and part.role != "heading") else ""
        reason: str | None = None
        if part.role == "heading":
            reason = "heading"
        elif index == opening and len(paragraphs) > 2 and _is_headline(paragraphs[index : index + 4]):
            reason, opening = "heading", index + 1
        elif len(part.text) < 60 and not part.cells and not is_ended(part.text) and part.role == "text":
            reason = clutter_reason(part.text, linked=part.linked) or "heading"
        elif part.cells:
            reason = "table"
        else:
            reason = clutter_reason(part.text, linked=part.linked)
            reason = reason or (None if is_english(part.text) else "in another language")
        if reason or behind:
            reasons[part.number] = reason or behind
    return reasons


def clutter_reason(text: str, *, linked: float = 0.0) -> str | None:
    """Say why a paragraph (or one sentence of it) is no part of the article; None where it is."""
    head = text[:400]
    for reason in _rules():
        if reason in _HEADS or not _fits(reason, head):
            continue
        # A long paragraph with one sentence of this sort is read without that sentence.
        if len(text) < 300 or reason in _WHOLE or len(split_sentences(text)) < 3:
            return reason
    if len(_CAPITALS.findall(text)) >= 3 and not is_ended(text):
        return "teaser for another story"
    if linked > 0.8 and not text.rstrip().endswith("."):
        return "teaser for another story" if len(text) > 25 else "navigation"
    return None


def _is_headline(parts: Sequence[Paragraph]) -> bool:
    """Tell a line at the top that is a headline: short, no full stop, before a byline or a longer text."""
    first = parts[0].text
    if is_ended(first) or len(first) > LONGEST_HEADLINE:
        return False
    return any(is_ended(part.text) or clutter_reason(part.text) is not None for part in parts[1:])
