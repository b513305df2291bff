"""The review tab: the editor's table in the page, for the facts of the bank that was named.

What always holds: nothing is read or written but facts files inside that bank's folder; steps come one
after another, whoever presses.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.bank import BankError
from bot.drafter.regeneration import facts_files
from bot.drafter.table import Look, Refused, Table
from bot.emulator.annex import Annex
from bot.emulator.errors import DeskError
from bot.quiz.question import Question

_PAGE = Path(__file__).with_name("page")
_STEPS = ("keep", "drop", "later", "edit", "undo")
_TYPED = ("text", "number", "year", "estimate")


class ReviewDesk:
    """Answers the review tab of the page for the bank at `bank`, a folder or a file in it."""

    def __init__(self, bank: Path) -> None:
        self._bank = bank
        self._tables: dict[Path, Table] = {}
        self._turn = asyncio.Lock()

    def annex(self) -> Annex:
        """Return what the page needs to show the tab."""
        files = {name: _PAGE / name for name in ("review.js", "review.css")}
        return Annex("review", files, self.answer)

    async def answer(self, path: str, body: dict[str, Any] | None) -> Any:
        """Answer one request: the table as it lies, a look at typed fields, or a step."""
        async with self._turn:
            try:
                return await asyncio.to_thread(self._answer, path, body or {}, is_step=body is not None)
            except Refused as error:
                raise DeskError(str(error)) from None
            except BankError as error:
                told = "; ".join(str(problem) for problem in error.problems[:5])
                raise DeskError(f"The facts have faults; mend them in your editor: {told}") from None
            except OSError as error:
                raise DeskError(f"The file cannot be written: {error.strerror or error}.") from None

    def _answer(self, path: str, body: Mapping[str, Any], *, is_step: bool) -> Any:
        files = self._files()
        if not files:
            return {"files": [], "file": None, "candidate": None}
        name = str(body.get("file") or "") or self._first(files)
        if name not in files:
            raise DeskError("There is no such facts file in this bank.", 404)
        table = self._table(files[name])
        table.refresh()
        if path == "look" and is_step:
            look = table.look(str(body.get("id")), _form(body))
            return {"words": _words(look), "questions": _questions(look)}
        if is_step and path != "show":
            _step(table, path, str(body.get("id")), _form(body))
        return {"files": [*files], "file": name, **_lying(table)}

    def _files(self) -> dict[str, Path]:
        folder = self._bank if self._bank.is_dir() else self._bank.parent
        return {str(path.relative_to(folder)): path for path in facts_files(self._bank)}

    def _first(self, files: Mapping[str, Path]) -> str:
        """Return the first file with drafts in it, else the first of all."""
        waiting = (
            name for name, path in files.items() if "status: draft" in path.read_text("utf-8", "replace")
        )
        return next(waiting, next(iter(files)))

    def _table(self, path: Path) -> Table:
        if path not in self._tables:
            self._tables[path] = Table(path)
        return self._tables[path]


def _form(body: Mapping[str, Any]) -> dict[str, Any] | None:
    form = body.get("form")
    if form is not None and not isinstance(form, dict):
        raise DeskError("`form` holds the fields of a fact.")
    return form


def _step(table: Table, step: str, name: str, form: dict[str, Any] | None) -> None:
    if step == "keep":
        table.keep(name, form)
    elif step == "edit":
        table.edit(name, form or {})
    elif step == "drop":
        table.drop(name)
    elif step == "later":
        table.later(name)
    elif step == "undo":
        table.undo()
    else:
        raise DeskError(f"Steps are {', '.join(_STEPS)}.", 404)


def _lying(table: Table) -> dict[str, Any]:
    drafts = table.drafts
    return {
        "progress": {**table.tally, "left": len(drafts), "reviewed": table.reviewed},
        "undo": table.undoable,
        "topics": table.topics,
        "candidate": _candidate(table.look(drafts[0].id)) if drafts else None,
    }


def _candidate(look: Look) -> dict[str, Any]:
    fact = look.fact
    return {
        "id": fact.id,
        "kind": fact.kind.value,
        "evidence": fact.evidence or "",
        "note": fact.note or "",
        "form": look.form,
        "words": _words(look),
        "questions": _questions(look),
    }


def _words(look: Look) -> list[dict[str, str]]:
    return [asdict(word) for word in look.words]


def _questions(look: Look) -> list[dict[str, Any]]:
    return [_played(question) for question in look.questions]


def _played(question: Question) -> dict[str, Any]:
    """Return a question as players will see it, with the right answers told."""
    is_typed = question.kind.value in _TYPED and not question.is_pressed
    options = sorted(question.options) if not is_typed else []
    return {
        "kind": question.kind.value,
        "stem": question.stem,
        "options": [{"text": option, "right": option == question.key} for option in options],
        "accept": [question.key, *question.accept] if is_typed else [],
        "explanation": question.explanation,
    }
