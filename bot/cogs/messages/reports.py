"""What is said of reports and of weak questions: to those who report, and to the operator."""

from collections import Counter
from collections.abc import Sequence

from bot.cogs.messages.components import MOON, RIGHT, WARNING, Card, container, separator, text
from bot.cogs.messages.figures import counted
from bot.cogs.messages.text import fitting, written
from bot.quiz.game import Form
from bot.quiz.items import Fault, Item, Player
from bot.quiz.question import Question
from bot.quiz.report import Complaint, Outcome, Reason, Report
from bot.services.learning import Weak

REASONS = {
    Reason.WRONG: "The answer is wrong",
    Reason.UNCLEAR: "Unclear, or more than one answer is right",
    Reason.OUTDATED: "Out of date",
    Reason.SPELLING: "Spelling or wording",
    Reason.OTHER: "Something else",
}
OUTCOMES = {
    Outcome.MENDED: "mended",
    Outcome.KEPT: "right as it is",
    Outcome.REMOVED: "not asked any more",
}
_NEWS = {
    Outcome.MENDED: "has been mended, thanks to you",
    Outcome.KEPT: "was looked at and stays as it is",
    Outcome.REMOVED: "is not asked any more, thanks to you",
}
_ROOM = 3600  # characters of lines on a card
_STEM, _NOTE = 160, 240
_NOTES = 3
_OF_OPTIONS = {Fault.WRONG_OPTION, Fault.IDLE_OPTION}
MOST_SHOWN = 30  # on a card, which may have forty components
_DISCRIMINATION = (
    "-# Discrimination says how being right goes with being good: 0.2 and more is fine; below 0, good players"
    " are wrong more often."
)
THANKS = (
    "Thank you: whoever looks after the questions will read it, without your name. You hear what came of it"
    " by direct message, or else with the next command that you use."
)
NOT_OURS = (
    "That is no question or fact of Farside's. Use this on the message of a question, or press"
    " **Report a mistake** on a source."
)
FOR_THE_OPERATOR = (
    "That is for whoever runs this Farside: the owner of its application, or those whom FARSIDE_OPERATORS"
    " names. **Report a mistake**, on every source, is for everybody."
)


def queue_card(complaints: Sequence[Complaint], total: int) -> Card:
    """Return what is reported and not looked at yet: the most reported of `total`."""
    if not complaints:
        return [
            container(
                text("### Reports\nNothing is reported. `/reports weak` shows what answers tell."),
                colour=RIGHT,
            )
        ]
    lines = [_complaint(one) for one in complaints]
    shown = _blocks(lines, total, "; `farside bank reports` shows all")
    return [
        container(
            text(f"### Reports on {counted(total, 'question')}"),
            *map(text, shown),
            separator(),
            text(
                "-# `/reports resolve` answers all on one question; `farside bank reports` has file and line."
            ),
            colour=WARNING,
        )
    ]


def weak_card(weak: Sequence[Weak], answers: int) -> Card:
    """Return the questions with which something may be amiss; `answers` is how many there were in all."""
    if not weak:
        return [
            container(
                text(
                    f"### What answers tell\nNothing looks amiss after {counted(answers, 'answer')}."
                    " A question is judged from its fiftieth answer on."
                ),
                colour=RIGHT,
            )
        ]
    lines = [_weak(one) for one in weak]
    is_known = any(one.item.discrimination is not None for one in weak[:MOST_SHOWN])
    shown = _blocks(lines, len(weak), "; `farside bank stats --answers` shows all")
    return [
        container(
            text(f"### {counted(len(weak), 'question')} to look at"),
            *map(text, shown),
            *([separator(), text(_DISCRIMINATION)] if is_known else []),
            colour=MOON,
        )
    ]


def _blocks(lines: Sequence[str], total: int, where: str = "") -> list[str]:
    """Return what has room of `lines`, each a component of its own; and how many of `total` were left out."""
    left_out = total - len(lines[:MOST_SHOWN])
    return fitting(
        [*lines[:MOST_SHOWN], *([f"-# and {left_out} more{where}"] if left_out else [])],
        _ROOM,
        lambda left: f"-# and {left + max(0, left_out - 1)} more{where}",
    )


def resolved_text(about: str, outcome: Outcome, reports: Sequence[Report]) -> str:
    """Return word that reports are answered."""
    told = "One person will" if len(reports) == 1 else f"{len(reports)} people will"
    return f"`{about}`: {OUTCOMES[outcome]}. {told} be told."


def news_card(reports: Sequence[Report], words: Sequence[str]) -> Card:
    """Return what came of somebody's reports; `words` are those of what each is about."""
    lines = []
    for report, about in zip(reports, words, strict=True):
        news = _NEWS[report.outcome] if report.outcome else "was looked at"
        answer = f"\n> {written(report.answer, 500)}" if report.answer else ""
        lines.append(f"“{written(about, _STEM)}” {news}.{answer}")
    shown = _blocks(lines, len(reports))
    return [
        container(
            text(f"### What came of your report{'' if len(reports) == 1 else 's'}"),
            *map(text, shown),
            colour=RIGHT,
        )
    ]


def measured_text(item: Item) -> str:
    """Return what was measured of a question, in a line."""
    everybody = item.all
    parts = [f"{counted(everybody.answers, 'answer')}, {everybody.part:.0%} right"]
    if item.form is not Form.PRESS:
        parts[0] += " (typed)" if item.form is Form.TYPED else " (menu)"
    by_kind = [f"{player} {item.share(player).part:.0%}" for player in Player if item.share(player).answers]
    if len(by_kind) > 1:
        parts.append(", ".join(by_kind))
    if (found := item.discrimination) is not None:
        parts.append(f"discrimination {found:.2f}".replace("-", "−"))
    if item.seconds is not None:
        parts.append(f"{item.seconds:.0f} s")
    return " · ".join(parts)


def chosen_text(item: Item, question: Question) -> str:
    """Return how often each option was chosen, the right ones first; empty where nothing is chosen."""
    if not item.chosen:
        return ""
    counts = (f"{option}: {item.chosen.get(place, 0):,}" for place, option in enumerate(question.options))
    return f"chosen, the right {'one' if len(question.keys) < 2 else 'ones'} first: {' · '.join(counts)}"


def _weak(weak: Weak) -> str:
    lines = [
        f"`{weak.question.id}` · {'; '.join(weak.faults)}",
        written(weak.question.stem, _STEM),
        f"-# {measured_text(weak.item)}",
    ]
    if _OF_OPTIONS.intersection(weak.faults):
        lines.append(f"-# {written(chosen_text(weak.item, weak.question), _NOTE)}")
    return "\n".join(lines)


def _complaint(complaint: Complaint) -> str:
    reasons = Counter(report.reason for report in complaint.reports)
    told = "; ".join(
        f"{REASONS[reason].lower()}{f' ({count})' if count > 1 else ''}"
        for reason, count in reasons.most_common()
    )
    about = written(complaint.words, _STEM) if complaint.words is not None else "not in the bank any more"
    changed = (
        " · its words have changed since" if complaint.has_changed and complaint.words is not None else ""
    )
    notes = [f"> {written(report.note, _NOTE)}" for report in complaint.reports if report.note]
    more = len(notes) - _NOTES
    if more > 0:
        notes[_NOTES:] = [f"-# and {counted(more, 'more note')}"]
    head = f"`{complaint.about}` · {counted(len(complaint.reports), 'report')}: {told}{changed}"
    return "\n".join([head, about, *notes])
