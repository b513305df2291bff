"""Config: read once, every fault at once, nothing of the token shown."""

import json
import logging
import sys
from pathlib import Path

import pytest

from bot.cli.logs import JsonFormatter
from bot.config import ConfigError, default_database, read_config, shipped_questions


def test_a_token_alone_is_enough() -> None:
    """Everything but the token has a default that works."""
    config = read_config({"DISCORD_TOKEN": "abc.def"})
    assert config.token == "abc.def"
    assert config.api_url == "https://discord.com/api/v10"
    assert config.gateway_url == "wss://gateway.discord.gg/"
    assert config.database == default_database()
    assert config.questions == shipped_questions()
    assert config.supplement
    assert not read_config({"DISCORD_TOKEN": "abc.def", "FARSIDE_SUPPLEMENT": "0"}).supplement
    assert (config.log_level, config.log_format) == ("INFO", "text")


def test_every_fault_is_told_at_once() -> None:
    """An operator mends all faults in one go: one sentence each, named by its variable."""
    environ = {
        "DISCORD_API_URL": "discord.com",
        "DISCORD_GATEWAY_URL": "https://gateway",
        "FARSIDE_QUESTIONS": "no/such/folder",
        "FARSIDE_LOG_LEVEL": "LOUD",
        "FARSIDE_LOG_FORMAT": "xml",
    }
    with pytest.raises(ConfigError) as caught:
        read_config(environ)
    names = [fault.partition(":")[0] for fault in caught.value.faults]
    assert names == ["DISCORD_TOKEN", *environ]


def test_a_missing_token_points_to_the_preview() -> None:
    """Who has no token is shown the way to see the bot without one."""
    with pytest.raises(ConfigError, match="farside preview"):
        read_config({})


def test_the_token_is_not_in_its_text() -> None:
    """A config that ends up in a log tells no secret."""
    assert "s3cret" not in repr(read_config({"DISCORD_TOKEN": "s3cret"}))


@pytest.mark.parametrize(
    "token",
    [
        "Bot abc",
        "abc def",
        "\u201cabc.def\u201d",
        "abc\x00",
        "abc\n.def",
        "abc\u200b",
        '"abc.def',
        "abc.d\u0435f",
    ],
    ids=ascii,
)
def test_a_token_that_can_be_none_is_refused(token: str) -> None:
    """One with a prefix, cut in two, or with what an editor put there, is told before Discord refuses it."""
    with pytest.raises(ConfigError, match="no spaces"):
        read_config({"DISCORD_TOKEN": token})


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    """A database setting that names a folder says which file to name."""
    with pytest.raises(ConfigError, match=r"farside\.sqlite3"):
        read_config({"DISCORD_TOKEN": "x", "FARSIDE_DATABASE": str(tmp_path)})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DISCORD_API_URL", "http://127.0.0.1:port/api"),
        ("DISCORD_API_URL", "http://[::1/api"),
        ("DISCORD_GATEWAY_URL", "ws://127.0.0.1:99999/"),
        ("FARSIDE_DATABASE", ":memory:"),
    ],
)
def test_what_only_looks_right_is_refused(name: str, text: str) -> None:
    """An address without a port that there is, and a database that would not outlive the program."""
    with pytest.raises(ConfigError, match=name):
        read_config({"DISCORD_TOKEN": "x", name: text})


def test_each_line_of_a_json_log_is_json() -> None:
    """Whatever is logged, and whatever goes wrong, a line is one JSON object."""
    for words in ("two\nlines", "half a pair: \ud83d", "\x00"):
        try:
            int(words)
        except ValueError:
            record = logging.LogRecord("bot", logging.ERROR, "", 0, "%s", (words,), sys.exc_info())
        line = JsonFormatter().format(record)
        assert "\n" not in line
        assert json.loads(line)["message"] == words


def test_dot_env_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `.env` in the current folder is read; a variable of the process goes before it."""
    (tmp_path / ".env").write_text("DISCORD_TOKEN=from-file\nFARSIDE_LOG_LEVEL=debug\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    monkeypatch.setenv("FARSIDE_LOG_LEVEL", "ERROR")
    config = read_config()
    assert (config.token, config.log_level) == ("from-file", "ERROR")


@pytest.mark.parametrize("name", ["FARSIDE_DATABASE", "FARSIDE_QUESTIONS"])
@pytest.mark.parametrize("path", ["a\0b", "~nobodyhere/there", "x" * 300])
def test_a_path_that_cannot_be_looked_at(name: str, path: str) -> None:
    """A path that no system takes is a fault of its setting, told by its name."""
    with pytest.raises(ConfigError) as found:
        read_config({"DISCORD_TOKEN": "MTIz.a.token", name: path})
    [fault] = found.value.faults
    assert fault.startswith(f"{name}: ")
