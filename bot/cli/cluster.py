"""`farside cluster`: look after several processes on one PostgreSQL."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.cli.run import fail
from bot.config import ConfigError, read_config

if TYPE_CHECKING:
    from bot.store.postgres.leases import Status


@click.group()
def cluster() -> None:
    r"""Look after several Farsides that share a PostgreSQL.

    Start the same program as often as you like with the same FARSIDE_DATABASE;
    they divide Discord's shards among themselves. `.container/SCALE.md` says more.
    """


@cluster.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def status(*, as_json: bool) -> None:
    r"""Show members, the shards that each leads, and the sessions that are left today.

    The exit status is 1 while a shard is led by nobody.

    \b
    Examples:
      farside cluster status
      watch -n 1 farside cluster status
      farside cluster status --json | jq '.members[].name'
    """
    try:
        database = read_config(need_token=False).database
    except ConfigError as error:
        fail(error.faults)
    url: str | None = getattr(database, "url", None)
    if url is None:
        raise click.ClickException(
            f"{database} is a SQLite file, which one process has to itself; a cluster has a PostgreSQL"
        )
    from bot.errors import NotRead
    from bot.store.postgres.leases import read_status

    try:
        found = read_status(url)
    except NotRead as error:
        raise click.ClickException(str(error)) from error
    if found is None:
        raise click.ClickException("no Farside has run on this database yet")
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
    else:
        _show(found)
    sys.exit(0 if all(shard.member for shard in found.shards) else 1)


def _show(found: "Status") -> None:
    from rich.console import Console
    from rich.table import Table

    members = Table("member", "number", "release", "up for", "lease", "shards", box=None, pad_edge=False)
    for one in found.members:
        lease = "leaving" if one.is_leaving else f"{one.left:.1f} s" if one.left > 0 else "ended"
        led = ", ".join(map(str, one.shards)) or "none (standby)"
        members.add_row(one.name, str(one.number), one.release, _age(one.age), lease, led)
    table = Table("shard", "led by", "for", "event", "noted", "epoch", box=None, pad_edge=False)
    for shard in found.shards:
        table.add_row(
            str(shard.shard),
            shard.member or "nobody",
            _age(shard.held_for),
            "–" if shard.seq is None else str(shard.seq),
            _age(shard.noted, " ago"),
            str(shard.epoch),
        )
    left = "not known" if found.sessions_left is None else f"{found.sessions_left}"
    console = Console(highlight=False)
    console.print(members)
    console.print()
    console.print(table)
    console.print(f"\n{found.shard_count} shards; sessions that may be begun today: {left}")


def _age(seconds: float | None, after: str = "") -> str:
    if seconds is None:
        return "–"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}{after}"
    return f"{max(seconds, 0):.1f} s{after}"
