"""The card that tells where a fact stands, and how far the article can be trusted there."""

from bot.cogs.messages.components import MOON, WARNING, Card, container, link, row, separator, text
from bot.cogs.messages.text import escape, shorten
from bot.quiz.question import Reference, Source, Verdict

_VERDICTS = {
    Verdict.SUPPORTED: "✔ **Supported**: other references agree with the article.",
    Verdict.IMPRECISE: "≈ **Imprecise**: the article rounds or simplifies here.",
    Verdict.OUTDATED: "⌛ **Out of date**: it was right when the article appeared.",
    Verdict.CONTRADICTED: "✘ **Contradicted**: the article is wrong here.",
}
_MOST_LINKS = 5


def source_card(source: Source, right: str) -> Card:
    """Return the card for a fact from `source`; `right` is what is true, in a sentence."""
    published = f", {escape(shorten(source.published, 60))}" if source.published else ""
    place = f"{escape(shorten(source.publisher, 100))}{published} · {_paragraphs(source.paragraphs)}"
    lines = [
        text("### Source"),
        text(f"**{escape(shorten(source.title, 200))}**\n{place}"),
        text(_VERDICTS[source.verdict]),
    ]
    if source.says:
        lines.append(text(f"**The article says:** {shorten(source.says, 800)}"))
    lines.append(text(f"**What is right:** {shorten(right, 800)}"))
    references = source.references[:_MOST_LINKS]
    if references:
        lines.append(separator())
        lines.append(text("**Checked against**\n" + "\n".join(f"- {_cited(one)}" for one in references)))
    links = [link(shorten(one.title, 80), one.url) for one in references if _is_address(one.url)]
    colour = MOON if source.verdict is Verdict.SUPPORTED else WARNING
    return [container(*lines, colour=colour), *([row(*links)] if links else [])]


def _paragraphs(numbers: tuple[int, ...]) -> str:
    if not numbers:
        return "no single paragraph"
    return f"paragraph{'s' if len(numbers) > 1 else ''} {shorten(', '.join(map(str, numbers)), 100)}"


def _cited(reference: Reference) -> str:
    return escape(shorten(reference.title, 100))


def _is_address(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= 512
