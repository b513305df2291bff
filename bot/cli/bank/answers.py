"""`reports` and `stats --answers`: what people say of a bank's questions, and what their answers tell."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.cli.bank.terminal import console, counted, default_bank, failure, load, print_json

if TYPE_CHECKING:
    from bot.bank import Bank
    from bot.quiz.items import Item
    from bot.quiz.report import Complaint
    from bot.store.tx import Tx

T = TypeVar("T")


@click.command()
@click.argument("path", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def reports(path: str | None, form: str) -> None:
    r"""List what people have reported and nobody has answered yet, with file and line.

    The reports are in the bot's database (FARSIDE_DATABASE), which may be
    running; `/reports resolve` in Discord answers them.

    \b
    Examples:
      farside bank reports
      farside bank reports my/questions --format json
    """
    from bot.services.reports import complaints
    from bot.store.reports import list_most_reported

    where = Path(path) if path else default_bank()
    found = complaints(load(where), _view(list_most_reported))
    places = _places(where) if found else {}
    if form == "json":
        print_json([_plain_complaint(one, places) for one in found])
        return
    for one in found:
        _print_complaint(one, places)
    if not found:
        click.echo("Nothing is reported.")


def print_answers(loaded: "Bank", where: Path, form: str) -> None:
    """Print what answers tell of a bank's questions: those first with which something may be amiss."""
    from bot.services.learning import weak_among
    from bot.services.library import with_words_of
    from bot.store.items import list_all_items

    items = [row.item for row in _view(list_all_items)]
    ours = [item for item in items if with_words_of(loaded, item) is not None]
    weak = weak_among(loaded, ours)
    places = _places(where) if weak or form == "json" else {}
    if form == "json":
        faults = {(one.item.key, one.item.form): one.faults for one in weak}
        print_json(
            [_plain_item(loaded, item, faults.get((item.key, item.form), ()), places) for item in ours]
        )
        return
    answers = sum(item.all.answers for item in ours)
    click.echo(
        f"{counted(answers, 'answer')} to {counted(len({one.question_id for one in ours}), 'question')}."
    )
    from bot.cogs.messages.reports import chosen_text, measured_text

    for one in weak:
        click.echo(f"{_place(places, one.question.id)}{one.question.id}: {'; '.join(one.faults)}")
        click.echo(f"    {measured_text(one.item)}")
        if one.item.chosen:
            click.echo(f"    {chosen_text(one.item, one.question)}")
    if not weak:
        click.echo("Nothing looks amiss; a question is judged from its fiftieth answer on.")


def _view(job: "Callable[[Tx], T]") -> T:
    """Read the database that the settings name, or end with why that cannot be."""
    from bot.cli.db import existing_database
    from bot.config import DatabaseAddress
    from bot.store.migrator import SchemaError

    where = existing_database()
    try:
        if isinstance(where, DatabaseAddress):
            from bot.store.postgres.viewing import view as view_there

            return view_there(where, job)
        from bot.store.viewing import view

        return view(where, job)
    except SchemaError as error:
        raise failure(str(error)) from error


def _places(where: Path) -> dict[str, tuple[str, int]]:
    """Return the file and line of each question and fact, by its id."""
    from bot.bank.document import mark_of, open_document
    from bot.bank.files import bank_files

    found: dict[str, tuple[str, int]] = {}
    for file in bank_files([where])[0]:
        document = open_document(file)
        root: Any = document.root if isinstance(document.root, dict) else {}
        for name in ("questions", "facts"):
            entries = root.get(name)
            for index, entry in enumerate(entries if isinstance(entries, list) else ()):
                if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                    place = str(file), mark_of(document, (name, index))[0]
                    found.setdefault(entry["id"], place)
    return found


def _place(places: dict[str, tuple[str, int]], about: str) -> str:
    if about not in places:
        return ""
    file, line = places[about]
    return f"{file}:{line}: "


def _print_complaint(complaint: "Complaint", places: dict[str, tuple[str, int]]) -> None:
    from rich.text import Text

    out = console()
    changed = " (its words have changed since)" if complaint.has_changed and complaint.words else ""
    reasons = ", ".join(dict.fromkeys(str(report.reason) for report in complaint.reports))
    head = f"{complaint.about}: {counted(len(complaint.reports), 'report')}: {reasons}{changed}"
    out.print(Text(f"{_place(places, complaint.about)}{head}"))
    out.print(Text(f"    {complaint.words or 'not in this bank any more'}", "dim"))
    for report in complaint.reports:
        if report.note:
            out.print(Text(f"    {report.at:%Y-%m-%d}: {report.note}"))


def _plain_complaint(complaint: "Complaint", places: dict[str, tuple[str, int]]) -> dict[str, Any]:
    file, line = places.get(complaint.about, (None, None))
    return {
        "about": complaint.about,
        "file": file,
        "line": line,
        "words": complaint.words,
        "changed_since": complaint.has_changed,
        "reports": [
            {"reason": str(report.reason), "note": report.note, "at": report.at.isoformat()}
            for report in complaint.reports
        ],
    }


def _plain_item(
    loaded: "Bank", item: "Item", faults: Iterable[str], places: dict[str, tuple[str, int]]
) -> dict[str, Any]:
    from bot.quiz.items import Player

    question = loaded[item.question_id]
    file, line = places.get(item.question_id, (None, None))
    return {
        "id": item.question_id,
        "file": file,
        "line": line,
        "form": str(item.form),
        "answers": item.all.answers,
        "right": item.all.right,
        "by_player": {
            str(player): {"answers": item.share(player).answers, "right": item.share(player).right}
            for player in Player
        },
        "discrimination": item.discrimination,
        "seconds": item.seconds,
        "options": {
            option: {"chosen": item.chosen.get(place, 0), "by_strong": item.strong.get(place, 0)}
            for place, option in enumerate(question.options)
        }
        if item.form != "typed"
        else {},
        "difficulty": {"written": question.difficulty, "shown": item.level or question.difficulty},
        "faults": [str(fault) for fault in faults],
    }
