"""`farside doctor`: look whether everything is there that the bot needs."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

import click
import yarl

from bot.cli.veil import VEIL, can_show
from bot.config import DISCORD_API_URL, DISCORD_GATEWAY_URL, Config, DatabaseAddress, read_what_can_be

if TYPE_CHECKING:  # discord takes a second to import, and the bank and the database are looked at first
    import discord


class Finding(NamedTuple):
    """One line of the report: what was looked at, whether it is well, and what was seen or is to be done."""

    what: str
    is_ok: bool
    says: str


@click.command()
@click.option("--guild", type=int, help="A server's id: look at the bot's permissions there too.")
@click.option("--channel", type=int, help="A channel's id in that server: look at it alone.")
def doctor(guild: int | None, channel: int | None) -> None:
    r"""Look at token, gateway, permissions, database and bank; say what to do.

    \b
    Examples:
      farside doctor
      farside doctor --guild 1180000000000000000
    """
    config, faults = read_what_can_be()
    VEIL.hide(config.token or "")
    for fault in faults:
        _print(Finding("settings", is_ok=False, says=fault))
    wrong = {fault.partition(":")[0] for fault in faults}
    sys.exit(max(bool(faults), asyncio.run(_examine(config, wrong, guild, channel))))


async def _examine(config: Config, wrong: set[str], guild: int | None, channel: int | None) -> int:
    """Look at everything whose settings are not among the `wrong` ones; return the exit status."""
    is_well = True
    parts = []
    if "FARSIDE_QUESTIONS" not in wrong:
        parts.append(_bank(config))
    if "FARSIDE_DATABASE" not in wrong:
        parts.append(_database(config))
    if not any(name.startswith("DISCORD_") for name in wrong):
        parts.append(_discord(config, guild, channel))
    for part in parts:
        async for finding in part:
            _print(finding)
            is_well = is_well and finding.is_ok
    return 0 if is_well else 1


def _print(finding: Finding) -> None:
    mark = "✓ ok" if finding.is_ok else "✗ no"
    if not can_show(mark):
        mark = mark[2:]
    mark = click.style(mark, fg="green" if finding.is_ok else "red")
    click.echo(f"{mark}  {finding.what:<12} {finding.says}")


async def _bank(config: Config) -> AsyncIterator[Finding]:
    from bot.bank import BankError, load_bank

    try:
        bank = await asyncio.to_thread(load_bank, config.questions, supplement=config.supplement)
    except BankError as error:
        faults = "1 fault" if len(error.problems) == 1 else f"{len(error.problems)} faults"
        hint = f"{faults}; see with: farside bank check {config.questions}"
        yield Finding("bank", is_ok=False, says=hint)
    else:
        yield Finding("bank", is_ok=True, says=f"{len(bank)} questions in {config.questions}")


async def _database(config: Config) -> AsyncIterator[Finding]:
    from bot.store.migrator import SchemaError, faults

    if isinstance(config.database, DatabaseAddress):
        async for finding in _server(config.database):
            yield finding
        return
    if not config.database.exists():
        folder = config.database.absolute().parent
        there = next(place for place in (folder, *folder.parents) if place.exists())
        if os.access(there, os.W_OK | os.X_OK) and there.is_dir():
            yield Finding("database", is_ok=True, says=f"not there yet; `farside run` makes it in {folder}")
        else:
            says = f"it cannot be made in {folder}: {there} may not be written; set FARSIDE_DATABASE"
            yield Finding("database", is_ok=False, says=says)
        return
    try:
        found = await asyncio.to_thread(faults, config.database)
    except SchemaError as error:
        found = [str(error)]
    for fault in found:
        yield Finding("database", is_ok=False, says=fault)
    if not found:
        yield Finding("database", is_ok=True, says=f"{config.database} is sound")


async def _server(address: DatabaseAddress) -> AsyncIterator[Finding]:
    """Look at a database of PostgreSQL's, and at what its server is like."""
    if find_spec("psycopg") is None:
        says = "FARSIDE_DATABASE names PostgreSQL, whose driver is missing: pip install 'farside[postgresql]'"
        yield Finding("database", is_ok=False, says=says)
        return
    from bot.store.postgres.keeping import describe, faults

    found = await asyncio.to_thread(faults, address)
    for fault in found:
        yield Finding("database", is_ok=False, says=f"{address}: {fault}")
    if not found:
        yield Finding("database", is_ok=True, says=f"{address} is sound")
        for is_ok, says in await asyncio.to_thread(describe, address):
            yield Finding("PostgreSQL", is_ok=is_ok, says=says)


async def _discord(config: Config, guild: int | None, channel: int | None) -> AsyncIterator[Finding]:
    import aiohttp
    import discord

    from bot.app import point_at
    from bot.cogs.permissions import invitation
    from bot.cogs.sender import AGENT

    point_at(config)
    client = discord.Client(intents=discord.Intents.none())
    client.http.user_agent = AGENT
    try:
        await client.login(config.token)
        yield Finding(
            "token", is_ok=True, says=f"it is {client.user}'s (application {client.application_id})"
        )
        yield Finding("invitation", is_ok=True, says=invitation(client.application_id))
        yield await _gateway(client, config)
        if guild is not None:
            async for finding in _permissions(client, guild, channel):
                yield finding
    except discord.LoginFailure:
        says = "Discord refuses it; copy it again from the developer portal into DISCORD_TOKEN"
        yield Finding("token", is_ok=False, says=says)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        yield Finding("Discord", is_ok=False, says=_unreachable(config, error))
    finally:
        await client.close()


def _unreachable(config: Config, error: Exception) -> str:
    where = "DISCORD_API_URL and the network" if config.api_url != DISCORD_API_URL else "the network"
    return f"{config.api_url} cannot be reached ({error}); look at {where}"


async def _gateway(client: "discord.Client", config: Config) -> Finding:
    """Shake hands with the gateway as the bot does, without identifying."""
    import aiohttp

    from bot.cogs.gateway import gateway_query, read_first

    shards, told, limit = await client.http.get_bot_gateway()
    address = told if config.gateway_url == DISCORD_GATEWAY_URL else config.gateway_url
    try:
        async with (
            aiohttp.ClientSession(headers={"User-Agent": client.http.user_agent}) as session,
            session.ws_connect(yarl.URL(address).with_query(gateway_query())) as socket,
        ):
            hello = read_first((await socket.receive(timeout=10)).data)
    except Exception as error:  # noqa: BLE001 - whatever stands there, and however it compresses
        says = f"{address} does not answer as a gateway: {type(error).__name__} {error}"
        return Finding("gateway", is_ok=False, says=says)
    if not isinstance(hello, dict) or hello.get("op") != 10:
        return Finding("gateway", is_ok=False, says=f"{address} is not Discord's gateway")
    sessions = f"{limit['remaining']} of {limit['total']} sessions left today"
    says = f"it answers; {shards} {'shard' if shards == 1 else 'shards'} recommended, {sessions}"
    return Finding("gateway", is_ok=limit["remaining"] > 0, says=says)


async def _permissions(client: "discord.Client", guild: int, channel: int | None) -> AsyncIterator[Finding]:
    """Say for each text channel of the server what Farside lacks there."""
    import discord

    from bot.cogs.permissions import missing_permissions

    try:
        server = await client.fetch_guild(guild)
        me = await server.fetch_member(client.user.id if client.user else 0)
        channels = [c for c in await server.fetch_channels() if isinstance(c, discord.TextChannel)]
    except discord.HTTPException:
        says = f"the bot is not in server {guild}; invite it with the address above"
        yield Finding("server", is_ok=False, says=says)
        return
    yield Finding("server", is_ok=True, says=f"the bot is in {server.name}")
    for place in channels:
        if channel is None or place.id == channel:
            lacking = missing_permissions(place.permissions_for(me))
            says = f"#{place.name}: " + (
                "all permissions" if not lacking else "missing " + ", ".join(lacking)
            )
            yield Finding("permissions", is_ok=not lacking, says=says)
