"""`schema` and `rules`: what a bank's files may hold, and what makes a good question."""

import json
from pathlib import Path

import click

from bot.cli.bank.terminal import LEVEL_STYLE, console, failure, pour, print_json, say, write


@click.command()
@click.argument("which", type=click.Choice(["questions", "facts"]), default="questions")
@click.option("--write", "folder", metavar="FOLDER", help="Write both schemas into FOLDER instead.")
def schema(which: str, folder: str | None) -> None:
    r"""Print the JSON Schema of question files, or of facts files.

    Editors that speak YAML then complete field names and mark faults as you type; the first line of a
    file says where its schema is. Where FOLDER has a README.md with tables of fields and rules between marks
    like `<!-- fields -->` and `<!-- /fields -->`, they are brought up to date.

    \b
    Examples:
      farside bank schema > questions.schema.json
      farside bank schema facts
      farside bank schema --write questions
    """
    texts = schema_texts()
    if folder is None:
        pour(texts[f"{which}.schema.json"])
        return
    for name, text in texts.items():
        write(Path(folder) / name, text)
        say(f"{Path(folder) / name} is written.")
    page = Path(folder) / "README.md"
    if page.is_file():
        old = page.read_text(encoding="utf-8")
        if (new := page_with_tables(old)) != old:
            write(page, new)
            say(f"The tables in {page} are up to date.")


def page_with_tables(text: str) -> str:
    """Return a Markdown page with the tables between its marks made anew; without marks, as it is."""
    from bot.bank.facts import facts_schema
    from bot.bank.schema import field_table, questions_schema

    facts = facts_schema()
    tables = {
        "fields": field_table(questions_schema(), "Question"),
        "fact-fields": field_table(facts, "AuthoredFact"),
        "wording-fields": field_table(facts, "Wording"),
        "order-fields": field_table(facts, "Order"),
        "rules": rules_table(),
    }
    for name, table in tables.items():
        begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->\n"
        before, mark, rest = text.partition(begin)
        _, closing, after = rest.partition(end)
        if mark and closing:
            text = f"{before}{begin}{table}{end}{after}"
    return text


def schema_texts() -> dict[str, str]:
    """Return the text of both JSON Schemas by file name."""
    from bot.bank.facts import facts_schema
    from bot.bank.schema import questions_schema

    schemas = {"questions.schema.json": questions_schema(), "facts.schema.json": facts_schema()}
    return {name: json.dumps(plain, indent=2, ensure_ascii=False) + "\n" for name, plain in schemas.items()}


@click.command()
@click.argument("name", required=False)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True
)
def rules(name: str | None, form: str) -> None:
    r"""List the linter's rules, or tell all about one.

    \b
    Examples:
      farside bank rules
      farside bank rules stem-gives-key
    """
    from bot.bank.linter import READING
    from bot.bank.rules import all_rules

    known = all_rules()
    if name is not None:
        _print_rule(name)
        return
    if form == "json":
        print_json(
            [
                {"name": rule.name, "level": rule.level, "documentation": rule.documentation}
                for rule in known.values()
            ]
        )
        return
    if form == "markdown":
        click.echo(rules_table())
        return
    from rich.text import Text

    out = console()
    width = max(map(len, [*known, *READING])) + 2
    out.print(
        Text(
            "Rules for questions; a warning can be switched off for one question: allow: {rule: reason}",
            "bold",
        )
    )
    for rule in known.values():
        level = Text(f"{rule.level:8} ", LEVEL_STYLE[rule.level])
        out.print(Text(f"  {rule.name:{width}}") + level + Text(rule.summary, "not bold"))
    out.print(Text("\nWhat is found while a file is read:", "bold"))
    for reading, summary in READING.items():
        out.print(Text(f"  {reading:{width}}{'':9}{summary}"))


def _print_rule(name: str) -> None:
    from bot.bank.linter import READING
    from bot.bank.rules import all_rules
    from bot.bank.schema import close_to

    rule = all_rules().get(name)
    if rule is not None:
        click.echo(f"{rule.name} ({rule.level})\n\n{rule.documentation}")
    elif name in READING:
        click.echo(f"{name} (error)\n\n{READING[name]}")
    else:
        close = close_to(name, [*all_rules(), *READING])
        hint = f"Did you mean `{close}`?" if close else "`farside bank rules` lists them."
        raise failure(f"There is no rule `{name}`. {hint}")


def rules_table() -> str:
    """Return the rules as a Markdown table."""
    from bot.bank.rules import all_rules

    rows = [f"| `{rule.name}` | {rule.level} | {rule.summary} |" for rule in all_rules().values()]
    return "\n".join(["| rule | level | what it finds |", "|---|---|---|", *rows])
