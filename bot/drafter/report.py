"""A draft as its author gets it: the file to review, and what to tell on the screen.

What always holds: the text is the facts file, whole and valid; comments and blank lines only part it.
"""

from collections import Counter
from typing import Any

from bot.bank.facts import AuthoredFact
from bot.bank.writer import dump_yaml
from bot.drafter.draft import Draft, stems

_HEADER = """\
# Candidate facts, found in {article} by `farside bank draft`, the best first.
# `farside bank review {facts}` shows them one at a time; or, by hand, for each one:
#   - compare it with `evidence` (the article's own sentence) and with a better source, or delete it;
#   - put `ask` (the question), `statement` and `distractors` into your own words;
#   - delete `evidence`, and set `status: reviewed`. What is still a draft is never asked.
# A tolerance is a suggestion: counts up to 20, ages, ranks and years are exact; measures and money may be 5 %
# off, large counts 2 %, and 10 % where the article says "around" or "more than".
# Then: farside bank check {facts}
#       farside bank generate {facts}
"""
# What a reviewer reads first comes first.
_ORDER = (
    "id", "status", "evidence", "note", "paragraphs", "ask", "kind", "value", "aliases", "tolerance",
    "distractors", "statement", "topic", "difficulty",
)  # fmt: skip
_KINDS = {
    "quantity": ("quantity", "quantities"),
    "country": ("country", "countries"),
    "person": ("person", "people"),
    "yes_no": ("yes or no", "yes or no"),
}
_FEWEST = 3  # candidates below which an article hardly makes a bank


def draft_text(found: Draft, *, article: str, facts: str) -> str:
    """Return the facts file as text: `article` and `facts` are the names of the files."""
    plain = {
        "version": 1,
        **found.facts_file.model_dump(mode="json", exclude_defaults=True, exclude={"facts"}),
    }
    parts = [_HEADER.format(article=article, facts=facts), dump_yaml(plain)]
    if not found.facts_file.facts:
        return "".join((*parts, "facts: []\n"))
    parts.append("facts:\n")
    parts += map(_fact_text, found.facts_file.facts)
    return "".join(parts)


def _fact_text(fact: AuthoredFact) -> str:
    plain: dict[str, Any] = fact.model_dump(mode="json", exclude_defaults=True)
    ordered = {name: plain[name] for name in _ORDER if name in plain}
    text = dump_yaml({"facts": [ordered | plain]}).removeprefix("facts:\n")
    if not stems(fact):
        mark = "\n    ask:" if "ask" in plain else "\n    kind: "
        text = text.replace(mark, f"\n    # ask: ...?{mark}", 1)
    return f"{text}\n"


def summary(found: Draft, *, facts: str) -> str:
    """Return what the command says: what was read, what was found, what to do next with the file `facts`."""
    drafted = found.facts_file.facts
    paragraphs = _counted(found.paragraphs, "paragraph")
    lines = [f"{_counted(len(drafted), 'candidate fact')} in {found.read} of {paragraphs}."]
    if drafted:
        kinds = Counter(fact.kind.value for fact in drafted)
        lines.append(
            "  Found: " + ", ".join(_of_kind(number, kind) for kind, number in kinds.most_common()) + "."
        )
    if found.left_out:
        reasons = Counter(reason for _, reason in found.left_out)
        told = ", ".join(f"{reason} {number}" for reason, number in reasons.most_common())
        lines.append(f"  Left out: {told}.")
    silent = sum(not stems(fact) for fact in drafted)
    if silent:
        lines.append(f"  {_counted(silent, 'fact')} without a suggested question: write `ask` yourself.")
    if len(drafted) < _FEWEST:
        lines.append(
            "Is this the whole article? Numbers, dates and names in full sentences are what is found."
        )
    else:
        lines += [
            f"Next: 1. farside bank review {facts}     keep, mend or drop each",
            f"      2. farside bank check {facts}",
            f"      3. farside bank generate {facts}",
        ]
    return "\n".join(lines)


def _of_kind(number: int, kind: str) -> str:
    one, many = _KINDS.get(kind, (kind, f"{kind}s"))
    return f"{number} {one if number == 1 else many}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
