"""`farside db`: look after the database."""

import sys
from collections.abc import Callable
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import click

from bot.cli.run import fail
from bot.config import ConfigError, DatabaseAddress, database_named, read_config

if TYPE_CHECKING:
    from rich.progress import TaskID

P = ParamSpec("P")
_ID = click.IntRange(1, 2**63 - 1)  # what Discord gives, and the store can hold


def _database() -> Path | DatabaseAddress:
    """Return the database's file, or its server's address, as the config has it."""
    try:
        return read_config(need_token=False).database
    except ConfigError as error:
        fail(error.faults)


def existing_database() -> Path | DatabaseAddress:
    """Return where the database is; end with a sentence where there is none yet."""
    path = _database()
    if isinstance(path, Path) and not path.is_file():
        raise click.ClickException(
            f"there is no database at {path} yet; `farside run` or `farside db migrate` makes it"
        )
    return path


def _plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what the store or the file system refuses into one sentence."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        from bot.store.migrator import SchemaError

        try:
            command(*args, **kwargs)
        except SchemaError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            why = error.strerror or str(error)
            where = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{where}{why[:1].lower()}{why[1:]}") from error

    return told


@click.group()
def db() -> None:
    r"""Look after the database: back it up, restore it, migrate it, check it.

    The database is the file, or the postgresql:// address, in
    FARSIDE_DATABASE, or the default that `farside db check` prints.

    \b
    Examples:
      farside db backup /backups/farside-$(date +%F).sqlite3
      farside db check
      farside db copy farside.sqlite3 postgresql://farside@db.example/farside
    """


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE when it is there already.")
@_plainly
def backup(file: Path, *, force: bool) -> None:
    r"""Copy the database to FILE, whole and consistent, while the bot runs.

    A server's database is written by PostgreSQL's own pg_dump, in the form
    that pg_restore reads.

    \b
    Example:
      farside db backup /backups/farside.sqlite3
    """
    from bot.store.migrator import copy

    path = existing_database()
    if not file.absolute().parent.is_dir():
        raise click.ClickException(f"there is no folder {file.absolute().parent}; make it, or name another")
    if file.exists() and not file.is_file():
        raise click.ClickException(f"{file} is no file that could be replaced; name another one")
    if file.exists() and not force:
        raise click.ClickException(f"{file} is there already; name another file, or add --force")
    if isinstance(path, DatabaseAddress):
        from bot.store.postgres.keeping import back_up

        back_up(path, file)
    else:
        copy(path, file, click.echo)
    click.echo(f"{path} copied to {file} ({file.stat().st_size:,} bytes)")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_plainly
def restore(file: Path) -> None:
    r"""Put the backup FILE in the place of the database, which is kept beside it.

    Farside must not be running. The backup is looked through first: one that
    is damaged, not Farside's, or of a newer Farside changes nothing.

    \b
    Example:
      systemctl stop farside
      farside db restore /backups/farside.sqlite3
      systemctl start farside
    """
    from bot.store.restoring import restore as put_back

    path = _database()
    kept: Path | str | None
    if isinstance(path, DatabaseAddress):
        from bot.store.postgres.keeping import restore as put_back_there

        kept = put_back_there(path, file, click.echo)
    else:
        kept = put_back(path, file, click.echo)
    click.echo(f"{file} restored to {path}")
    if kept is not None:
        click.echo(f"what was there before is kept as {kept}")


@db.command()
@click.option("--player", type=_ID, help="A user's id: all that is kept of that person.")
@click.option("--server", type=_ID, help="A server's id: all that is kept of it.")
@_plainly
def forget(player: int | None, server: int | None) -> None:
    r"""Delete what is kept of a person or of a server; everybody else's totals stay right.

    The bot may be running; it may go on calling the person by name for some
    seconds. People can do this themselves with /privacy delete.

    \b
    Examples:
      farside db forget --player 80351110224678912
      farside db forget --server 197038439483310086
    """
    from bot.clock import SystemClock
    from bot.store.forgetting import forget as delete

    if (player is None) == (server is None):
        raise click.UsageError("name a --player or a --server")
    path = existing_database()
    if isinstance(path, DatabaseAddress):
        from bot.store.postgres.forgetting import forget as delete_there

        delete_there(path, SystemClock().now(), player_id=player, guild_id=server)
    else:
        delete(path, SystemClock().now(), player_id=player, guild_id=server)
    whose = f"player {player}" if player is not None else f"server {server}"
    click.echo(f"all that {path} held of {whose} is deleted; backups made before still hold it")


@db.command()
@_plainly
def migrate() -> None:
    """Bring the database up to date; `farside run` does so by itself.

    A database with data in it is first copied beside itself.
    """
    from bot.store.migrator import migrate as apply

    path = _database()
    if isinstance(path, DatabaseAddress):
        from bot.store.postgres.migrator import migrate as apply_there

        applied = apply_there(path, click.echo)
    else:
        applied = apply(path, click.echo)
    for step in applied:
        click.echo(f"applied {step.number:04d} {step.name}")
    click.echo(f"{path} is up to date")


@db.command()
@_plainly
def check() -> None:
    """Check the database's integrity and schema; exit 1 when something is wrong."""
    from bot.store.migrator import faults

    path = existing_database()
    if isinstance(path, DatabaseAddress):
        from bot.store.postgres.keeping import faults as faults_there

        found = faults_there(path)
    else:
        found = faults(path)
    for fault in found:
        click.echo(f"{path}: {fault}", err=True)
    if found:
        sys.exit(1)
    click.echo(f"{path} is sound")


@db.command(name="copy")
@click.argument("source")
@click.argument("target")
@_plainly
def copy_over(source: str, target: str) -> None:
    r"""Copy a whole database from SOURCE to TARGET: a file, or a postgresql:// address, each.

    TARGET has to be empty, or what an interrupted copy has left: that one goes
    on. Farside must not be running on TARGET; stop it on SOURCE too, or what
    happens meanwhile is not copied. In the end both sides are compared, by
    counts and sums.

    \b
    Example:
      farside db copy farside.sqlite3 postgresql://farside:secret@db.example/farside
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from bot.store.copying import copy_database

    places = [_place(text) for text in (source, target)]
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bars:
        tasks: dict[str, TaskID] = {}

        def show(table: str, done: int, count: int) -> None:
            if table not in tasks:
                tasks[table] = bars.add_task(table, total=count)
            bars.update(tasks[table], completed=done, total=count)

        copied = copy_database(places[0], places[1], show)
    click.echo(
        f"{places[0]} copied to {places[1]}: {sum(copied.values()):,} rows, compared by counts and sums"
    )


@db.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@_plainly
def archive(folder: Path) -> None:
    r"""Write games, rounds and answers to FOLDER as Parquet, a file a month, before they are deleted.

    Months that are over, also by the bot's clock, and not in FOLDER yet are
    written; run it monthly, before FARSIDE_KEEP_DAYS have passed. Needs the extra: pip install
    'farside[archive]'.

    \b
    Example:
      farside db archive /archive/farside
    """
    if find_spec("pyarrow") is None:
        raise click.ClickException("Parquet needs pyarrow: pip install 'farside[archive]'")
    from bot.clock import SystemClock
    from bot.store.archiving import archive as write

    place = existing_database()
    written = write(place, folder, SystemClock().now(), click.echo)
    if not written:
        click.echo(f"nothing new is to be archived; {folder} has every month that is over")


def _place(text: str) -> Path | DatabaseAddress:
    """Return the database that an argument names."""
    try:
        return database_named(text)
    except ValueError as fault:
        raise click.ClickException(str(fault)) from None
