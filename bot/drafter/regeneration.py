"""Questions made again from the facts that were changed.

What always holds: only a file that the generator wrote, or none, gives way; it is written whole or not at
all, and not touched where it says the same already.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.bank.compiler import compile_document
from bot.bank.document import open_document
from bot.bank.generator import generate
from bot.bank.problem import Problem
from bot.drafter.table import save

_MARK = "# Generated from the facts file beside it"


class Stale(Exception):
    """Tells why questions could not be made from facts; `problems` are the facts' own."""

    def __init__(self, sentence: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)


def facts_files(bank: Path) -> Iterator[Path]:
    """Yield the facts files of a bank that make a question file of their own, beside them."""
    folder = bank if bank.is_dir() else bank.parent
    found = folder.rglob("facts.yaml") if bank.is_dir() else [folder / "facts.yaml"]
    yield from sorted(path for path in found if path.is_file() and ".git" not in path.parts)


def regenerate(facts: Path) -> bool:
    """Write `questions.yaml` beside a facts file anew; return whether it has changed.

    Raises Stale where the facts have faults, or where the questions were written by hand.
    """
    compiled = compile_document(open_document(facts))
    if any(problem.level == "error" for problem in compiled.problems):
        raise Stale(f"{facts} has faults: the questions stay as they were.", sorted(compiled.problems))
    target = facts.with_name("questions.yaml")
    old = target.read_text(encoding="utf-8", errors="replace") if target.is_file() else ""
    if compiled.facts_file is None or not (compiled.facts or old):
        return False
    if old and _MARK not in old[:400]:
        raise Stale(f"{target} was written by hand, and is left as it is.")
    schema = next((line.partition("=")[2] for line in old.splitlines()[:1] if "$schema=" in line), "")
    text = generate(compiled.facts_file, schema=schema) if schema else generate(compiled.facts_file)
    if text == old:
        return False
    save(target, text)
    return True
