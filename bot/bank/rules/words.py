"""Rules for all that players read: words that age, letters that deceive, slips of the pen, sources."""

import re
from collections.abc import Iterator
from html import unescape

from bot.bank.folding import folded
from bot.bank.rules import Finding, Loc, question_rule
from bot.bank.rules.text import content_words, options_of, root, words_of
from bot.quiz.addresses import is_address
from bot.quiz.question import Kind, Question, Verdict


def _texts(question: Question) -> Iterator[tuple[Loc, str]]:
    """Yield every text that players read, with its place."""
    yield ("stem",), question.stem
    yield from options_of(question)
    yield ("explanation",), question.explanation


_AGEING = re.compile(
    r"\b(?:(?:later|earlier) this (?:year|month|week|decade)"
    r"|(?:this|last|next|past|coming) (?:year|month|week)"
    r"|(?:this|next|the coming|the past) decade|recently|currently|nowadays|at (?:present|the moment)"
    r"|these days|right now|now(?! known)|yesterday|tomorrow|tonight|today|so far|to date"
    r"|(?:will|shall|is to|are to|may|could) (?:\w+ )?soon|soon (?:will|be|to be)|coming soon"
    r"|upcoming|as yet|in the near future|(?:the|its|their) latest"
    r"|(?<!illion )(?<!illions of )(?<!thousand )years? ago"
    r"|(?:month|week)s? ago|brand[- ]new|up to now|until now)\b",
    re.IGNORECASE,
)
_ANCHOR = re.compile(
    r"\b(?:as of|by|in|since|until|till|up to|at the end of|before|after) (?:\w+ )?[12]\d{3}\b", re.IGNORECASE
)


@question_rule("warning", for_texts=True)
def ageing_words(question: Question) -> Iterator[Finding]:
    """A word ages: "later this year", "recently", "currently", "so far".

    In a year the question is wrong, and nobody sees it. Write the date: "in 2019", "by the end of 2025".
    A sentence that gives such a date is left alone, and so is a question with `as_of`.
    """
    if question.as_of:
        return
    for loc, text in _texts(question):
        if (match := _AGEING.search(text)) and not _ANCHOR.search(text):
            yield loc, f"`{match[0]}` ages: write the date instead"


# Letters of other alphabets that look like Latin ones; micro and ohm signs are units.
_CYRILLIC = "АВЕЗКМНОРСТУХЅІЈаеорсухѕіјһԁԛԝ"
_GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοινυ"
_LOOK_ALIKE = f"[{_CYRILLIC}{_GREEK}\uff21-\uff3a\uff41-\uff5a]"
_MIXED = re.compile(rf"(?<!\w)\w*(?:[A-Za-z0-9]{_LOOK_ALIKE}|{_LOOK_ALIKE}[A-Za-z0-9])\w*")
_DISGUISED = re.compile(rf"(?<!\w){_LOOK_ALIKE}{{2,}}(?!\w)")
_LATIN = re.compile("[A-Za-z]")
_DIGITS = re.compile(r"(?<!\w)(?:\d+[OolI]\d*|[lIO]\d+)(?!\w)")
_CODE = re.compile(r"(?<!\w)\d+[lI](?!\w)|(?<!\w)[IO]\d+(?!\w)")


@question_rule("warning", for_texts=True)
def look_alike_letters(question: Question) -> Iterator[Finding]:
    """A letter of another alphabet looks like a Latin one, or a letter like a digit: "Сhina", "2O19".

    Typed answers would never match, and searching fails. Type the word again.
    """
    for loc, text in _texts(question):
        if text.isascii():
            match = _DIGITS.search(text)
            if match and _CODE.fullmatch(match[0]):
                match = None
        else:
            match = _MIXED.search(text)
            if match is None and (_LATIN.search(text) or _LATIN.search(question.stem)):
                match = _DISGUISED.search(text)
        if match:
            strange = next((c for c in match[0] if re.match(_LOOK_ALIKE, c)), None)
            what = f"U+{ord(strange):04X}" if strange else "a letter among digits"
            yield loc, f"`{match[0]}` holds a look-alike ({what}): type it again"


_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffd]|[\x00-\x08\x0b-\x1f]"
)


@question_rule("warning", for_texts=True)
def invisible_character(question: Question) -> Iterator[Finding]:
    """A character cannot be seen: a soft hyphen, a zero-width space, a mark of direction.

    It comes from copying. Typed answers would not match. Delete it, by typing the word again.
    """
    for loc, text in _texts(question):
        if match := _INVISIBLE.search(text):
            yield loc, f"an invisible character (U+{ord(match[0]):04X}): type the words around it again"


@question_rule("warning", for_texts=True)
def stray_spaces(question: Question) -> Iterator[Finding]:
    """A text begins or ends with a space, has two in a row, or one before a comma.

    It looks careless, and buttons show it. Take the space out.
    """
    for loc, text in _texts(question):
        if text != text.strip() or "  " in text or "\n" in text or re.search(r"\w [,;:?!.](?!\w|\.)", text):
            yield loc, "a space too many: at the start, at the end, doubled or before a sign"


_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


@question_rule("warning", for_texts=True)
def html_entity(question: Question) -> Iterator[Finding]:
    """A text holds a sign as web pages write it: `&quot;`, `&ouml;`, `&#39;`.

    Players would see just that. Write the sign itself: a bank is plain text in UTF-8.
    """
    for loc, text in _texts(question):
        for match in _ENTITY.finditer(text):
            if (sign := unescape(match[0])) != match[0]:
                yield loc, f"`{match[0]}` is how web pages write `{sign}`: write the sign itself"


_MENTION = re.compile(
    r"@(?:everyone|here)\b|<(?:@[!&]?|#)\d+>|</[^<>:]{1,100}:\d+>"
    r"|<a?:\w{2,32}:\d+>|<t:-?\d+(?::\w)?>|<id:\w+>"
)
_LINK = re.compile(r"\[[^\[\]]+\]\(\s*<?(?:https?://|www\.)[^)]*\)|https?://[^\s<>()]+")
_FORMAT = re.compile(r"\*\*(?=\S)[^*\n]+(?<=\S)\*\*|~~(?=\S)[^~\n]+(?<=\S)~~|\|\|[^|\n]+\|\||```")


@question_rule("warning", for_texts=True)
def discord_markup(question: Question) -> Iterator[Finding]:
    """A text holds a mention, link or formatting of Discord's: `@everyone`, `<t:0>`, `[a page](https://...)`.

    A text is shown as it is written, so it would read oddly, and nobody can press it. Write what players are
    to read; a link belongs into the references.
    """
    for loc, text in _texts(question):
        if match := _MENTION.search(text) or _LINK.search(text) or _FORMAT.search(text):
            yield loc, f"`{match[0]}` is markup of Discord's: write what players are to read"


_TWICE = re.compile(r"\b(\w{2,})\s+\1\b", re.IGNORECASE)
_MEANT_TWICE = frozenset(("had", "that", "bora", "pago", "walla", "baden"))


@question_rule("warning", for_texts=True)
def doubled_word(question: Question) -> Iterator[Finding]:
    """A word stands twice in a row: "the the".

    A slip of the pen. Take one out. (H&D 11)
    """
    for loc, text in _texts(question):
        for match in _TWICE.finditer(text):
            if match[1].casefold() not in _MEANT_TWICE and not match[1][0].isdigit():
                yield loc, f"`{match[0]}`: take one of the two out"


_PLACEHOLDER = re.compile(
    r"\b(?:TODO|TBD|TBC|FIXME|XXX+|[Ll]orem ipsum|CHANGE ?ME)\b|\?\?\?|<[a-z ]+>|\{\w*\}"
)


@question_rule("warning", for_texts=True)
def placeholder(question: Question) -> Iterator[Finding]:
    """A text is still to be written: "TODO", "TBD", "???".

    Players would see it. Write the text, or leave the question out until you have it.
    """
    for loc, text in _texts(question):
        if match := _PLACEHOLDER.search(text):
            yield loc, f"`{match[0]}` is a placeholder: write the text"


@question_rule("warning")
def idle_explanation(question: Question) -> Iterator[Finding]:
    """The explanation says no more than the key or the stem.

    It is the moment to learn something: say why, or what is remarkable about it.
    """
    said = folded(question.explanation)
    if said and said in (folded(question.key), folded(question.stem)):
        yield ("explanation",), "this says no more than the question: say why, or what is remarkable"


@question_rule("warning")
def verdict_without_says(question: Question) -> Iterator[Finding]:
    """The verdict and what the article says do not go together.

    Where the article is outdated or contradicted, players are shown both versions.
    Write in `says` what the article states, in your own words.
    """
    source = question.source
    if source.verdict in (Verdict.CONTRADICTED, Verdict.OUTDATED) and not source.says:
        yield (
            ("source", "verdict"),
            f"`{source.verdict}`, but `says` is missing: write what the article states",
        )
    elif source.verdict is Verdict.SUPPORTED and source.says:
        yield ("source", "says"), "`says` is for what the article got wrong, but the verdict is `supported`"


@question_rule("warning")
def unchecked_correction(question: Question) -> Iterator[Finding]:
    """The article is contradicted, and no reference shows where the right version was checked.

    Whoever corrects an article must say from what. Add `references` with title and url.
    """
    if question.source.verdict is Verdict.CONTRADICTED and not question.source.references:
        yield (
            ("source", "verdict"),
            "a correction needs `references`: say where the right version was checked",
        )


@question_rule("warning")
def web_address(question: Question) -> Iterator[Finding]:
    """A reference's url is not a web address.

    Players press it, so one that Discord does not take is left out. Write the whole address, beginning with
    https://, of at most 512 characters and without a name or password, or none.
    """
    for index, reference in enumerate(question.source.references):
        if reference.url and not is_address(reference.url):
            yield (
                ("source", "references", index, "url"),
                f"`{reference.url}` is no web address that can be opened: begin with https://",
            )


@question_rule("warning")
def missing_paragraphs(question: Question) -> Iterator[Finding]:
    """A verdict on the article stands, and not which of its paragraphs say so.

    Players who doubt it look it up there. Write `paragraphs: [3]`; where the article says nothing of what is
    asked, take the verdict out.
    """
    if question.source.verdict and not question.source.paragraphs:
        yield ("source",), "`paragraphs` is missing: write where the article says it, or take out `verdict`"


@question_rule("warning", for_texts=True)
def misspelling(question: Question) -> Iterator[Finding]:
    """A name or word is misspelt in a way that many know: "Celcius", "Yutru", "Farenheit".

    Mend it. The list is in `bot/bank/words.toml`. (H&D 11)
    """
    for loc, text in _texts(question):
        for match in re.finditer(r"[A-Za-z]{5,}", text):
            right = words_of("misspellings").get(match[0].casefold())
            if right:
                yield loc, f"`{match[0]}` is misspelt: write `{right}`"


@question_rule("warning")
def myth_without_source(question: Question) -> Iterator[Finding]:
    """A `myth` question's stem does not make clear whose mistake it is, and `says` is missing.

    A myth tells what an article or people get wrong. Write it in `says`, or in the stem: "contrary to
    what many think".
    """
    if question.kind is not Kind.MYTH or question.source.says:
        return
    told = re.search(
        r"\b(?:article|myth|often|many|people|popular|common|contrary|despite|mistak|wrong|really|actually"
        r"|in fact"
        r"|claim|said|say|belie|rumou?r|misconception|truth|correct|right|called|nickname)",
        question.stem,
        re.IGNORECASE,
    )
    if question.stem and not told:
        yield ("stem",), "whose mistake is it? Write what the article states in `says`, or say it in the stem"


@question_rule("warning")
def verdict_of_another(question: Question) -> Iterator[Finding]:
    """The card would tell what the article says about something else.

    What stands in `says` has no word in common with the question; or it is an `order`, whose things the
    article does not compare. Take verdict and `says` out, or write those of this question's key.
    """
    source = question.source
    if question.kind is Kind.ORDER and source.verdict:
        yield ("source", "verdict"), "an order compares things, and the verdict is about one: take it out"
    elif source.says and source.verdict in (Verdict.CONTRADICTED, Verdict.OUTDATED):
        texts = (question.stem, *question.options, *question.accept)
        asked = {root(word) for text in texts for word in content_words(text)}
        told = {root(word) for word in content_words(question.explanation)}
        if not {root(word) for word in content_words(source.says)} & (asked | told):
            yield ("source", "says"), "`says` has no word in common with what is asked: it belongs elsewhere"


@question_rule("warning")
def weak_reference(question: Question) -> Iterator[Finding]:
    """Every reference is one that anybody may write, or that copies from others: a blog, a tabloid, a video.

    Whoever doubts the answer is no wiser. Name the agency's own page, a museum, or the paper by its DOI. The
    hosts are listed in `bot/bank/words.toml`.
    """
    hosts = [_host(reference.url) for reference in question.source.references]
    weak = [host for host in hosts if any(part in words_of("weak_hosts") for part in _domains(host))]
    if weak and len(weak) == len(hosts):
        yield (
            ("source", "references"),
            f"`{weak[0]}` alone is a weak reference: add the agency's page or the paper",
        )


def _host(url: str) -> str:
    match = re.match(r"https?://(?:[^/@]*@)?([^/:?#]+)", url, re.IGNORECASE)
    return match[1].casefold() if match else ""


def _domains(host: str) -> list[str]:
    parts = host.split(".")
    return [".".join(parts[place:]) for place in range(len(parts) - 1)]
