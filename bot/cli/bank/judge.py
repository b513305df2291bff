"""`judge`: what becomes of a typed answer, one at a time or by a file of cases."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.bank.terminal import counted, default_bank, failure, load, print_problems, say

if TYPE_CHECKING:
    from bot.bank import Bank
    from bot.quiz.judging import Judgement
    from bot.quiz.question import Question


@click.command()
@click.argument("question", required=False)
@click.argument("answer", nargs=-1)
@click.option(
    "--cases", type=click.Path(path_type=Path), metavar="FILE", help="Judge every case of a YAML file."
)
@click.option("--bank", "where", type=click.Path(path_type=Path), help="The bank that the question is in.")
def judge(question: str | None, answer: tuple[str, ...], cases: Path | None, where: Path | None) -> None:
    r"""Judge a typed answer to a question, as a game would.

    QUESTION is a question's id. With --cases every case of a file is judged and each that comes out otherwise
    than it says is printed; exit status 1 if there is any. A case has `kind`, `key`, `answer` and `verdict`
    (right, close or wrong), and perhaps `unit`, `accept`, `tolerance`, `distractors` and `stem`.

    \b
    Examples:
      farside bank judge next-mission-name.text "change 5"
      farside bank judge --cases cases.yaml
    """
    if cases is not None:
        if question is not None:
            raise click.UsageError("Either a question and an answer, or --cases FILE.")
        _judge_cases(cases)
        return
    if question is None or not answer:
        raise click.UsageError("Name a question and an answer, or --cases FILE.")
    _judge_one(load(where or default_bank()), question, " ".join(answer))


def _judge_one(bank: "Bank", name: str, answer: str) -> None:
    from bot.quiz.judging import Key
    from bot.quiz.judging import judge as judge_answer

    question = _question(bank, name)
    judgement = judge_answer(Key.of(question), answer)
    say(f"{question.stem} ({question.key})", "dim")
    say(_told(judgement), "bold", stderr=False)


def _question(bank: "Bank", name: str) -> "Question":
    if name not in bank:
        raise failure(
            f"No question of the bank is called {name!r}: `farside bank show --random` shows one with its id."
        )
    return bank[name]


def _told(judgement: "Judgement") -> str:
    return f"{judgement.outcome}{f': {judgement.note}' if judgement.note else ''}"


def _judge_cases(path: Path) -> None:
    from bot.bank.cases import Expected, read_cases
    from bot.quiz.judging import judge as judge_answer

    cases, problems = read_cases(path)
    if problems:
        print_problems(problems)
        sys.exit(1)
    misses: Counter[tuple[str, str]] = Counter()
    for number, case in enumerate(cases, 1):
        judgement = judge_answer(case.judged_by, case.answer)
        if Expected.of(judgement.outcome) is not case.verdict:
            misses[case.verdict, Expected.of(judgement.outcome)] += 1
            click.echo(
                f"{number}: {case.answer!r} for {case.key!r} ({case.kind}): {_told(judgement)},"
                f" not {case.verdict}"
            )
    right = sum(case.verdict == "right" for case in cases)
    lost = sum(count for (wanted, _), count in misses.items() if wanted == "right")
    taken = sum(count for (wanted, got), count in misses.items() if wanted != "right" and got == "right")
    say(
        f"{counted(len(cases), 'case')}, {sum(misses.values())} judged otherwise;"
        f" {right - lost} of {right} right answers accepted, {taken} of {len(cases) - right} others."
    )
    if misses:
        sys.exit(1)
