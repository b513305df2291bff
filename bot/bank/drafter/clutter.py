"""What stands in an article without being part of it: advertising, captions, teasers, appeals, bylines.

A rule looks at one paragraph and the words any paper uses for such things, never at an article's subject.
`left_out` gives each paragraph that is not read a reason in a few words.
"""

import re
from collections.abc import Iterable, Sequence

from bot.bank.drafter.paragraphs import Paragraph
from bot.bank.drafter.sentences import is_ended, split_sentences

_CREDIT = (
    r"(?:credits?|photo(?:graph)?s?|pictures?|images?|pic|illustration|graphic|video|source|photographer)"
)
_WIRE = r"(?:AP|AFP|PA|EPA|Reuters|Getty|Shutterstock|Alamy|PA Media|Getty Images|iStock|Rex)"

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "appeal to readers",
        re.compile(
            r"\b(?:let us know|what do you think|tell us "
            r"(?:what|about|your|in|if|how|which)|e-?mail us|contact us|"
            r"get in touch|have your say|leave (?:us )?(?:a|your) comment|(?:in|join) the "
            r"(?:comments|conversation|debate)|"
            r"comments? (?:section )?below|sign up (?:to|for|here|now|today)|subscribe "
            r"(?:to|now|here|today|for)|"
            r"follow us|follow (?:the )?\w+ on (?:twitter|facebook|instagram|x)\b|download "
            r"(?:our|the) (?:\w+ )?app|"
            r"do you have (?:a|any) (?:stor|tip|photo|pictur|question|view)|(?:have you|did you) (?:ever )?"
            r"(?:seen|found|got|been|spot|notice|experience|enjoy|witness)\w*\b[^.]{0,80}\?|got a "
            r"(?:story|tip|question)|"
            r"we pay for (?:your )?|send (?:us )?your|send (?:\w+ ){0,4}to (?:our|us)\b|support "
            r"(?:us|our journalism)|"
            r"share (?:this|your)|click here|tap here|visit our|call us|text us|our (?:\w+ "
            r"){0,2}(?:newsletter|podcast|"
            r"whatsapp|app|channel)|newsletter|donate (?:now|today|here)|enter (?:our|your)|vote "
            r"in our|take our (?:poll|quiz)|"
            r"write to us|thanks? (?:you )?for reading)",
            re.IGNORECASE,
        ),
    ),
    ("appeal to readers", re.compile(r"\b[\w.+-]{1,60}@[\w-]{1,60}\.[a-z]{2,10}\b", re.IGNORECASE)),
    ("joke", re.compile(r"\b(?:pun intended|no joke|just kidding|boom,? boom|ba dum|lol)\b", re.IGNORECASE)),
    (
        "joke",
        re.compile(
            r"^(?:why (?:did|do|does|was|couldn|can|don)|what do you (?:call|get)|what did the|how "
            r"many \w+ does it take|"
            r"knock,? knock|(?:here's|here is|heard) (?:a|the one)|did you hear the one|a \w+ "
            r"walks into)\b[^?]{0,120}\??.",
            re.IGNORECASE,
        ),
    ),
    (
        "boilerplate",
        re.compile(
            r"\ball rights reserved\b|\bcopyright\b.{0,20}\d{4}|©|\bterms (?:of use|of service|and "
            r"conditions)\b|"
            r"\bprivacy policy\b|\bwe use (?:\d+ )?cookies\b|\bregistered (?:office|in england)|"
            r"^this (?:article|story|piece|report|content|post) "
            r"(?:was|is|has|first|originally|appeared|contains)\b|"
            r"^(?:additional )?(?:reporting|editing|writing) by\b|^editor'?s'? "
            r"note|^correction\b|^clarification\b|"
            r"^notes to editors|^about (?:the author|us)\b|^disclaimer|\bearn a "
            r"commission\b|\baffiliate links?\b|"
            r"^(?:(?-i:[A-ZÀ-Þ])[\w'’.-]+ ){2,3}is (?:an?|the) (?:[\w-]+ ){0,3}(?:author of|writer "
            r"(?:at|for|based|and)|journalist|"
            r"reporter|correspondent|columnist|editor (?:at|of|for))\b|^press "
            r"(?:contact|release)|^for (?:more|further) information|^ends$",
            re.IGNORECASE,
        ),
    ),
    (
        "advertising",
        re.compile(
            r"^(?:advertis\w+|advert|ad|sponsored|promoted|promotion|partner content|paid "
            r"(?:post|content))\b.{0,40}$|"
            r"^(?:advertisement|sponsored|promoted|paid for by|brought to you by|in "
            r"(?:association|partnership) with)\b|"
            r"\b(?:buy now|shop now|order now|book now|book today|free delivery|limited[- "
            r"]time|discount code|promo code|"
            r"use (?:the )?code|call (?:us )?(?:free )?(?:on |now )?0\d{2,4}|\d+% off|click to buy|"
            r"money[- ]back|terms apply|t&cs|special "
            r"offer|while stocks last|"
            r"free trial|exclusive offer|save up to)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "caption or picture credit",
        re.compile(
            rf"(?:^|[\s(\[|.]){_CREDIT}(?: by| courtesy(?: of)?| "
            rf"credit)?\s*:|\b(?:image|photo|picture|photograph)s? "
            rf"(?:courtesy|by|credit|supplied|copyright)\b|\(\s*{_WIRE}\b[^)]*\)\s*$|\b{_WIRE}(?: "
            rf"Images)?\s*$|/{_WIRE}\b|"
            r"^\(?(?:pictured|caption|above|below|figure \d+|fig\.? ?\d+|main image|file "
            r"(?:photo|picture|image))\b\s*[:,.(]|"
            r"\((?:pictured|above|left|right|file photo)[^)]*\)\s*$|^pictured\b|"
            r"^.{20,160}[.!?] \((?-i:[A-Z])[\w .,&/’'-]{2,40}\)$",
            re.IGNORECASE,
        ),
    ),
    (
        "teaser for another story",
        re.compile(
            r"^(?:\W{0,3})(?:read (?:more|also|next)|more (?:on|from|stories|news|like "
            r"this)|related\b|see also|also (?:read|see)|"
            r"don'?t miss|recommended|most (?:read|popular|viewed)|trending|top stories|latest "
            r"(?:news|stories)|watch\s*:|"
            r"watch (?:the|our|more|now)|listen\s*:|listen (?:to|now)|in "
            r"pictures|gallery\s*:|video\s*:|podcast\s*:|live\s*:|"
            r"you (?:may|might) (?:also )?(?:like|enjoy)|further reading|from (?:the|our) "
            r"archives?|up next|next (?:up|story)|"
            r"keep reading|continue "
            r"reading|explained\s*:|analysis\s*:|opinion\s*:|quiz\s*:|exclusive\s*:|find out more|"
            r"editor'?s picks?|what to read|story continues|scroll down|jump to)",
            re.IGNORECASE,
        ),
    ),
    (
        "byline or date line",
        re.compile(
            r"^(?:by|words(?: by)?|from|written by|story by|text by)[ "
            r":]+(?-i:[A-ZÀ-Þ])[\w'’.-]+(?: (?-i:[A-ZÀ-Þ])[\w'’.-]+){1,3}"
            r"(?:$|\s*[,|•·(–-].{0,120}$| (?:in|at|for) (?-i:[A-Z])[\w ]+$| and (?-i:[A-Z]).{0,60}$)|"
            r"^(?-i:[A-ZÀ-Þ])[\w'’.-]+(?: (?-i:[A-ZÀ-Þ])[\w'’.-]+){1,3}\s*[,|•·–-]\s*(?:[\w&-]+ "
            r"){0,4}(?:reporter|editor|"
            r"correspondent|writer|columnist|journalist|contributor|staff|desk)\b[^.]{0,40}$|"
            r"^(?:\w{6,9},? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d{1,2},? "
            r"\d{4}\s*[|•·–-].{0,60}$|"
            r"^(?:\w{6,9},? )?\d{1,2}(?:st|nd|rd|th)? "
            r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?,? \d{4}"
            r"\s*[|•·–-].{0,60}$|"
            r"^(?:first )?(?:published|updated|last updated|posted|last "
            r"modified|created|date)\b\s*:?\s*(?:on |at )?"
            r"(?:\w{3,9},? )?\d.{0,60}$|^.{0,60}\b\d{1,3}[- ]min(?:ute)?s?(?: to)? read\b.{0,30}$|"
            r"^(?:\w{6,9},? )?\d{1,2}(?:st|nd|rd|th)? "
            r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*,? \d{4}"
            r"(?:,? (?:at )?\d.{0,20})?$|^(?:\w{6,9},? "
            r")?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? "
            r"\d{1,2},? \d{4}(?:,? (?:at )?\d.{0,20})?$",
            re.IGNORECASE,
        ),
    ),
    (
        "navigation",
        re.compile(
            r"^(?:home|menu|search|log ?in|sign ?in|skip to (?:main )?content|back to "
            r"top|share|print|e-?mail|copy link|"
            r"comments?(?: \(\d+\))?|\d+ comments?|next|previous|topics?|tags?|filed "
            r"under|categor(?:y|ies)|contents|"
            r"in this article|table of "
            r"contents)\b[^.]{0,80}$|^(?:[^|>»•]{1,30}\s*[|>»•]\s*){2,20}[^|>»•.]{0,40}$|"
            r"^(?:facebook|twitter|whatsapp|x|linkedin|reddit|share|tweet|pinterest|copy|link|[\s,|/·•-])+$",
            re.IGNORECASE,
        ),
    ),
)
_OTHER_NEWS = re.compile(
    r"^(?:and |but |meanwhile,? )?(?:in|and in) (?:other|related|unrelated) (?:\w+ "
    r"){0,2}(?:news|stories|headlines|developments)\b|"
    r"^elsewhere,? in (?:the )?\w* ?news|^also in the news|^other (?:\w+ "
    r")?(?:news|stories|headlines)\b|^news in brief\b|"
    r"^today's other|^in brief\b|^meanwhile,? in other",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"(?:\b[A-Z][A-Z'’!?,]{1,}\b[\s'’!?,:]*){2,}")
LONGEST_HEADLINE = 130


def left_out(paragraphs: Iterable[Paragraph]) -> dict[int, str]:
    """Return the reason for every paragraph that holds no fact of the article, by number."""
    reasons: dict[int, str] = {}
    elsewhere, opening = False, 0
    parts = list(paragraphs)
    for index, part in enumerate(parts):
        elsewhere = part.role != "heading" and (elsewhere or bool(_OTHER_NEWS.match(part.text)))
        if part.role == "heading":
            elsewhere = bool(_OTHER_NEWS.match(part.text))
            reason: str | None = "heading"
        elif index == opening and len(parts) > 2 and _is_headline(parts[index : index + 4]):
            reason, opening = "heading", index + 1
        elif len(part.text) < 60 and part.text.isupper() and not is_ended(part.text):
            reason = "heading"
        elif part.cells:
            reason = None
        else:
            reason = clutter_reason(part.text, linked=part.linked)
            reason = reason or ("other news" if elsewhere else None)
        if reason:
            reasons[part.number] = reason
    return reasons


def clutter_reason(text: str, *, linked: float = 0.0) -> str | None:
    """Say why a paragraph (or one sentence of it) is no part of the article; None where it is."""
    head = text[:400]
    reasons = [reason for reason, rule in _RULES if rule.search(head)]
    for reason in reasons:
        # A long paragraph with one sentence of this sort is read without that sentence.
        if len(text) < 300 or len(split_sentences(text)) < 3 or reason in ("byline or date line", "joke"):
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
