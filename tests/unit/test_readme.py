"""The papers and `/help` against the program: every command, option and setting is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
from discord import app_commands

from bot.cogs.answer import AnswerCog
from bot.cogs.challenge import ChallengeCog
from bot.cogs.day import DayCog
from bot.cogs.duel import DuelCog
from bot.cogs.fact import FactCog
from bot.cogs.gone import GoneCog
from bot.cogs.help import HelpCog
from bot.cogs.leaderboard import LeaderboardCog
from bot.cogs.messages.help import Audience, help_card
from bot.cogs.moon import MoonCog
from bot.cogs.nights import NightCog
from bot.cogs.permissions import (
    ADD_REACTIONS,
    ATTACH_FILES,
    READ_HISTORY,
    SEND_IN_THREADS,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    invitation,
)
from bot.cogs.privacy import PrivacyCog
from bot.cogs.profile import ProfileCog
from bot.cogs.quiz import QuizCog
from bot.cogs.report import ReportCog
from bot.cogs.review import ReviewCog
from bot.cogs.schedule import ScheduleCog
from bot.cogs.settings import SettingsCog

ROOT = Path(__file__).parents[2]
PLAYING = (ROOT / "bot" / "cogs" / "README.md").read_text(encoding="utf-8")
OPERATING = (ROOT / ".container" / "README.md").read_text(encoding="utf-8")
_NOT_OURS = {".venv", "node_modules", "articles"}  # what is installed, and articles to draft from
PAPERS = sorted(path for path in ROOT.rglob("*.md") if not _NOT_OURS & set(path.parts))
COGS = (
    ChallengeCog,
    DuelCog,
    AnswerCog,
    GoneCog,
    DayCog,
    SettingsCog,
    FactCog,
    HelpCog,
    LeaderboardCog,
    MoonCog,
    NightCog,
    PrivacyCog,
    ProfileCog,
    QuizCog,
    ReportCog,
    ReviewCog,
    ScheduleCog,
)
SETTING = re.compile(r"(?:DISCORD|FARSIDE)_[A-Z_]+")

AnyCommand = app_commands.Command[Any, ..., Any]


def commands() -> Iterator[AnyCommand]:
    """Yield every slash command of every cog."""
    for cog in COGS:
        for command in cog.__cog_app_commands__:
            if isinstance(command, app_commands.Group):
                yield from (one for one in command.walk_commands() if isinstance(one, app_commands.Command))
            else:
                yield command


COMMANDS = {command.qualified_name: command for command in commands()}


def help_text() -> str:
    """Return both screens of help."""
    shown = ""
    for audience in Audience:
        for part in help_card(audience)[0]["components"]:
            shown += part.get("content", "") + "\n"
    return shown


def test_every_cog_is_looked_at() -> None:
    """The cogs of this test are those that the bot adds, so that no command goes unseen."""
    tree = ast.parse((ROOT / "bot" / "app.py").read_text(encoding="utf-8"))
    made = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert {name for name in made if name.endswith("Cog")} == {cog.__name__ for cog in COGS}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_its_page(name: str) -> None:
    """Each command stands in its page with its options, in brackets where they may be left out."""
    options = [
        option.display_name if option.required else f"[{option.display_name}]"
        for option in COMMANDS[name].parameters
    ]
    assert f"| `{' '.join([f'/{name}', *options])}` |" in PLAYING


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_help(name: str) -> None:
    """Each command is found by somebody who reads `/help` (but for `/help` itself)."""
    if name in {"help", "about"}:
        return
    shown = help_text()
    group, _, last = name.partition(" ")
    assert f"`/{name}" in shown or (f"`/{group} " in shown and f"`{last}`" in shown), (
        f"/{name} is not in /help"
    )


def test_the_first_page_invites_as_the_bot_does() -> None:
    """Its address asks for what the bot's own does, and names each permission as Discord's settings do."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    asked = parse_qs(urlsplit(invitation(1)).query)["permissions"]
    assert re.findall(r"&permissions=(\d+)", page) == asked
    needs = (VIEW_CHANNEL, SEND_MESSAGES, SEND_IN_THREADS, READ_HISTORY, ATTACH_FILES, ADD_REACTIONS)
    assert discord.Permissions(int(asked[0])) == discord.Permissions(**{need.flag: True for need in needs})
    assert [need.name for need in needs if f"*{need.name}*" not in page] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.relative_to(ROOT).as_posix())
def test_no_paper_names_a_command_that_is_not_there(paper: Path) -> None:
    """What a page calls a command is one, whole or the first word of several."""
    if paper.is_relative_to(ROOT / "bot" / "emulator"):
        return  # its page is about any bot
    addresses = {"healthz", "readyz", "metrics"}  # of the page for operators
    known = set(COMMANDS) | {name.split(" ")[0] for name in COMMANDS} | addresses
    for typed in re.findall(r"`/([a-z]+(?: [a-z-]+)?)[^`/]*`", paper.read_text(encoding="utf-8")):
        assert typed in known or typed.split(" ")[0] in set(COMMANDS), (
            f"/{typed} is in {paper.name} but not in the bot"
        )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_commands_are_described(name: str) -> None:
    """Each command and each option says what it does, in a length that Discord takes."""
    command = COMMANDS[name]
    assert 10 <= len(command.description) <= 100
    for option in command.parameters:
        assert option.description not in {"", "…"}, f"/{name} {option.display_name} is not described"
        assert len(str(option.description)) <= 100


def test_every_setting_is_in_the_operators_page() -> None:
    """The settings that the program reads and those that the page for operators names are the same."""
    read = set(SETTING.findall((ROOT / "bot" / "config.py").read_text(encoding="utf-8")))
    table = {match[1] for match in re.finditer(r"^\| `([A-Z_]+)` \|", OPERATING, re.MULTILINE)}
    assert read == table


def test_the_readme_is_short() -> None:
    """What a newcomer reads first fits a few minutes: 7 kB."""
    assert len((ROOT / "README.md").read_bytes()) <= 7000


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.relative_to(ROOT).as_posix())
def test_every_link_inside_leads_somewhere(paper: Path) -> None:
    """A link to a file of this project names one that is there."""
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", paper.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (paper.parent / target).exists(), f"{paper.name}: {target}"
