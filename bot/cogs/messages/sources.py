"""The card that tells where a fact stands, and how far the article can be trusted there."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.cogs.messages.components import (
    MOON,
    WARNING,
    Card,
    Component,
    button,
    container,
    link,
    row,
    separator,
    text,
)
from bot.cogs.messages.text import shorten, written
from bot.quiz.addresses import is_address
from bot.quiz.question import Origin, Reference, Source, Verdict

_VERDICTS = {
    Verdict.SUPPORTED: "✔ **Supported**: other references agree with the article.",
    Verdict.IMPRECISE: "≈ **Imprecise**: the article rounds or simplifies here.",
    Verdict.OUTDATED: "⌛ **Out of date**: it was right when the article appeared.",
    Verdict.CONTRADICTED: "✘ **Contradicted**: the article is wrong here.",
}
_MOST_CITED = 5


def source_card(source: Source, right: str, about: str = "") -> Card:
    """Return the card for a fact from `source`; `right` is what is true, in a sentence.

    `about` names the question or fact for its button `Report`: `round:481` or `fact:rover`.
    """
    lines = [text("### Source"), text(_place(source))]
    is_checked = any(reference.seen for reference in source.references)
    if source.verdict and (is_checked or source.verdict is not Verdict.SUPPORTED):
        lines.append(text(_VERDICTS[source.verdict]))
    is_right = source.verdict in (None, Verdict.SUPPORTED)
    if source.says:
        lines.append(text(f"**The article says:** {written(source.says, 700)}"))
    # Where the article is right there is nothing to set right: what it is about stands by itself.
    lines.append(text(f"{'' if is_right else '**What is right:** '}{written(right, 700)}"))
    lines += [separator(), *_checked(source.references)]
    named = [("The article", source.url)] if source.origin is Origin.ARTICLE else []
    named += [(_site(one.url), one.url) for one in source.references[:_MOST_CITED] if is_address(one.url)]
    links = [link(label, url) for label, url in named if is_address(url)][:_MOST_CITED]
    report = [row(button("Report a mistake", f"report:{about}"))] if about else []
    return [
        container(*lines, *report, colour=MOON if is_right else WARNING),
        *([row(*links)] if links else []),
    ]


def _place(source: Source) -> str:
    """Return where it stands, or that the article does not say it."""
    if source.origin is Origin.SUPPLEMENT:
        return "Not from the article: whoever made these questions added it."
    about = [written(source.publisher, 100), written(source.published, 60)]
    place = ", ".join(part for part in about if part)
    told = [part for part in (place, _paragraphs(source)) if part]
    return "\n".join([f"**{written(source.title, 200)}**", *([" · ".join(told)] if told else [])])


def _paragraphs(source: Source) -> str:
    if not source.paragraphs:
        return "" if source.verdict else "the article does not say this itself"
    numbers = shorten(", ".join(map(str, source.paragraphs)), 100)
    return f"paragraph{'s' if len(source.paragraphs) > 1 else ''} {numbers}"


def _checked(references: Sequence[Reference]) -> list[Component]:
    """Return what was read to check it, and what is named without having been opened."""
    shown = references[:_MOST_CITED]
    if not shown:
        return [text("Not checked elsewhere.")]
    read = [one for one in shown if one.seen]
    named = [one for one in shown if not one.seen]
    groups = (("Checked against", read), ("Not opened for this question, but named", named))
    return [
        text(f"**{head}**\n" + "\n".join(f"- {_cited(one)}" for one in each)) for head, each in groups if each
    ]


def _cited(reference: Reference) -> str:
    return written(reference.title, 200)


def _site(url: str) -> str:
    """Return where an address leads; the reference's title stands above, once."""
    return shorten((urlsplit(url).hostname or "").removeprefix("www.") or "Open", 80)
