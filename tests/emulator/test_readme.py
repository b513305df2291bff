"""The page about the local Discord tells of everything that it can do."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.emulator import Emulator
from bot.emulator.desk.actions import Actions
from bot.emulator.desk.stream import Stream
from bot.emulator.desk.view import View
from bot.emulator.faults import KINDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "bot" / "emulator" / "README.md").read_text(encoding="utf-8")


def test_every_act_of_the_desk_is_told() -> None:
    """Each path that the desk takes stands in the page."""
    emulator = Emulator()
    view = View(emulator.parts, emulator.gateway)
    stream = Stream(emulator.parts, emulator.gateway, view)
    acts = set(Actions(emulator.parts, emulator.gateway, view, stream).listed())
    assert {f"/desk/{act}" for act in acts} - set(re.findall(r"/desk/[a-z/]+", README)) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_is_told(kind: str) -> None:
    """Each kind of fault stands in the page."""
    assert f"`{kind}`" in README


def test_every_option_is_told() -> None:
    """Each option of `python -m bot.emulator` stands in the page."""
    told = subprocess.run(
        [sys.executable, "-m", "bot.emulator", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    options = set(re.findall(r"--[a-z-]+", told)) - {"--help"}
    assert options
    assert {option for option in options if option not in README} == set()


def test_every_link_leads_somewhere() -> None:
    """The files that the page names are there."""
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / "bot" / "emulator" / target).exists(), target
