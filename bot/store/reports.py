"""Reports as rows.

What always holds: a person has one report on the same words, by uniqueness; an outcome is told
until it is known to have arrived.
"""

from datetime import datetime
from typing import Any

from bot.quiz.report import Outcome, Reason, Report, Telling
from bot.store.database import instant, stamp
from bot.store.tx import Tx


def add_report(tx: Tx, report: Report) -> bool:
    """Store a report; False when this person has one on the same words already."""
    return bool(
        tx.execute(
            "INSERT INTO reports (home_id, about, item, reason, note, reported_at, state)"
            " VALUES (?, ?, ?, ?, ?, ?, 'open') ON CONFLICT (home_id, about, item) DO NOTHING",
            (report.player_id, report.about, report.item, report.reason, report.note, stamp(report.at)),
        ).rowcount
    )


def is_report_open(tx: Tx, report: Report) -> bool:
    """Return whether this person's report on the same words is not answered yet."""
    return bool(
        tx.execute(
            "SELECT 1 FROM reports WHERE home_id = ? AND about = ? AND item = ? AND state = 'open'",
            (report.player_id, report.about, report.item),
        ).fetchone()
    )


def count_reports_since(tx: Tx, player_id: int, since: datetime) -> int:
    """Return how many reports a person has made since an instant."""
    count: int = tx.execute(
        "SELECT count(*) FROM reports WHERE home_id = ? AND reported_at >= ?", (player_id, stamp(since))
    ).fetchone()[0]
    return count


def count_open_reports(tx: Tx) -> list[tuple[str, int]]:
    """Return what is reported, each with how many open reports there are on it, the most reported first."""
    rows = tx.execute(
        "SELECT about, count(*) FROM reports WHERE state = 'open' GROUP BY about"
        " ORDER BY count(*) DESC, about"
    )
    return [(row[0], row[1]) for row in rows]


def list_open_reports(tx: Tx, about: str) -> list[Report]:
    """Return the open reports on a question or fact, as they came."""
    rows = tx.execute(
        "SELECT * FROM reports WHERE state = 'open' AND about = ? ORDER BY reported_at, home_id", (about,)
    )
    return [_report(row) for row in rows]


def list_most_reported(tx: Tx, most: int | None = None) -> list[Report]:
    """Return the open reports on what is most reported, `most` questions and facts; None: on all."""
    return [report for about, _ in count_open_reports(tx)[:most] for report in list_open_reports(tx, about)]


def resolve_report(tx: Tx, report: Report, outcome: Outcome, answer: str, at: datetime) -> None:
    """Close an open report; its outcome is then to be told."""
    tx.execute(
        "UPDATE reports SET state = 'resolved', outcome = ?, answer = ?, resolved_at = ?, telling = 'due'"
        " WHERE home_id = ? AND about = ? AND item = ? AND state = 'open'",
        (outcome, answer, stamp(at), report.player_id, report.about, report.item),
    )


def list_reports_to_tell(tx: Tx, player_id: int | None = None) -> list[tuple[Report, Telling]]:
    """Return the reports whose outcome is not known to have arrived; `player_id`: of one person."""
    if player_id is None:
        rows = tx.execute(
            "SELECT * FROM reports WHERE telling IN ('due', 'refused') ORDER BY home_id, reported_at"
        )
    else:
        rows = tx.execute(
            "SELECT * FROM reports WHERE telling IN ('due', 'refused') AND home_id = ? ORDER BY reported_at",
            (player_id,),
        )
    return [(_report(row), Telling(row["telling"])) for row in rows]


def mark_report(tx: Tx, report: Report, telling: Telling) -> None:
    """Note how far the news of a report's outcome has come; what was told stays told."""
    tx.execute(
        "UPDATE reports SET telling = ? WHERE home_id = ? AND about = ? AND item = ?"
        " AND telling IN ('due', 'refused')",
        (telling, report.player_id, report.about, report.item),
    )


def _report(row: Any) -> Report:
    return Report(
        row["home_id"],
        row["about"],
        row["item"],
        Reason(row["reason"]),
        row["note"],
        instant(row["reported_at"]),
        Outcome(row["outcome"]) if row["outcome"] else None,
        row["answer"] or "",
    )
