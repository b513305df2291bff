"""The compose file and what it needs, against the program and each other."""

import re
from pathlib import Path
from typing import Any

import yaml

from bot.config import read_config

CONTAINER = Path(__file__).parents[2] / ".container"
COMPOSE: dict[str, Any] = yaml.safe_load((CONTAINER / "compose.yaml").read_text(encoding="utf-8"))
FARSIDES = [name for name in COMPOSE["services"] if name.startswith("farside")]


def test_two_farsides_share_one_database() -> None:
    """They differ in their names alone, and wait for the one that migrates."""
    first, second = (COMPOSE["services"][name] for name in FARSIDES)
    assert first["environment"]["FARSIDE_MEMBER"] != second["environment"]["FARSIDE_MEMBER"]
    assert first | {"environment": {}} == second | {"environment": {}}
    assert "migrate" in first["depends_on"]
    assert COMPOSE["services"]["migrate"]["command"] == ["db", "migrate"]


def test_the_settings_are_there_and_can_be_used() -> None:
    """Each variable is one that Farside knows, and its value one that it takes."""
    for name in FARSIDES:
        environment = {
            key: re.sub(r"\$\{[^}]*\}", "word", value)
            for key, value in COMPOSE["services"][name]["environment"].items()
        }
        assert read_config(environment).member == environment["FARSIDE_MEMBER"]


def test_nothing_is_secret_in_it() -> None:
    """Token and password come from the environment, and compose asks for them when they are missing."""
    text = (CONTAINER / "compose.yaml").read_text(encoding="utf-8")
    assert re.findall(r"(?:DISCORD_TOKEN|POSTGRES_PASSWORD): (?!\$\{)", text) == []


def test_the_driver_is_pinned_by_its_hashes() -> None:
    """The image has psycopg, whatever database is named later."""
    lock = (CONTAINER / "postgresql.lock").read_text(encoding="utf-8")
    assert set(re.findall(r"^([a-z-]+)==", lock, re.MULTILINE)) == {"psycopg", "psycopg-binary"}
    assert lock.count("--hash=sha256:") >= 2
    assert "://" not in lock.replace("postgresql://...", "")
    assert "postgresql.lock" in (CONTAINER / "Containerfile").read_text(encoding="utf-8")
