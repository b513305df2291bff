"""What is counted, and that the papers for operators name what there is."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import read_config
from bot.errors import NotFound
from bot.metrics import PRESS_SECONDS, PRESSES, Histogram, exposed, pressed

CONTAINER = Path(__file__).parents[2] / ".container"
NAME = re.compile(r"farside_[a-z_]+")
GAUGES = [
    "farside_guilds",
    "farside_shards_owned",
    "farside_shard_latency_seconds",
    "farside_rounds_open",
    "farside_rest_waiting",
    "farside_rest_share",
    "farside_lease_age_seconds",
    "farside_sessions_left",
    "farside_entries_waiting",
    "farside_lessons_waiting",
    "farside_questions",
    "farside_tasks",
]


def names() -> set[str]:
    """Return the names of all metrics as Prometheus has them."""
    text = exposed({name: (name, lambda: 1.0) for name in GAUGES}).decode()
    return {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}


@given(st.lists(st.floats(-1, 100), max_size=50))
def test_a_histogram_counts_every_value_once(values: list[float]) -> None:
    """Its ranges add up to all values, and its sum is theirs; a negative one counts as nothing."""
    histogram = Histogram("test", "test", (1, 2, 5))
    for value in values:
        histogram.note(value)
    assert sum(histogram.counts) == len(values)
    assert histogram.sum == pytest.approx(sum(max(value, 0) for value in values))
    assert histogram.counts[0] == sum(value <= 1 for value in values)


def test_an_answer_is_counted_by_what_became_of_it() -> None:
    """In, or refused by the name of the refusal, which goes on."""
    before = dict(PRESSES.values)
    noted = sum(PRESS_SECONDS.counts)
    with pressed():
        pass
    with pytest.raises(NotFound), pressed():
        raise NotFound("no such question")
    assert PRESSES.values[("in",)] == before.get(("in",), 0) + 1
    assert PRESSES.values[("NotFound",)] == before.get(("NotFound",), 0) + 1
    assert sum(PRESS_SECONDS.counts) == noted + 1


@pytest.mark.parametrize("paper", ["README.md", "alerts.yaml", "grafana.json"])
def test_papers_name_metrics_that_are_there(paper: str) -> None:
    """Every metric in the table, the rules and the dashboard is exposed under that name."""
    known = names()
    for named in set(NAME.findall((CONTAINER / paper).read_text(encoding="utf-8"))):
        plain = re.sub(r"_(?:bucket|count|sum)$", "", named)
        assert named in known or plain in known, named


def test_every_metric_is_in_the_table() -> None:
    """Whoever sees a number finds out what it tells."""
    table = (CONTAINER / "README.md").read_text(encoding="utf-8")
    assert {name for name in names() if f"`{name}" not in table} == set()


def test_the_dashboard_is_json() -> None:
    """Grafana can read it."""
    assert json.loads((CONTAINER / "grafana.json").read_text(encoding="utf-8"))["panels"]


@pytest.mark.parametrize("text", ["9100", ":9100", "here:", "here:0", "here:70000", "here:port"])
def test_an_address_that_is_none(text: str) -> None:
    """It is told with an example."""
    with pytest.raises(Exception, match=r"127\.0\.0\.1:9100"):
        read_config({"DISCORD_TOKEN": "a.b.c", "FARSIDE_HTTP": text})


@pytest.mark.parametrize(("text", "host"), [("127.0.0.1:9100", "127.0.0.1"), ("[::1]:9100", "::1")])
def test_an_address(text: str, host: str) -> None:
    """IPv6 stands in brackets."""
    config = read_config({"DISCORD_TOKEN": "a.b.c", "FARSIDE_HTTP": text})
    assert config.http is not None
    assert (config.http.host, str(config.http)) == (host, text)


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, None),
        ({"NOTIFY_SOCKET": "nonsense"}, None),
        ({"NOTIFY_SOCKET": "@farside", "WATCHDOG_USEC": "30000000"}, 30.0),
        ({"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_what_systemd_says(environment: dict[str, str], seconds: float | None) -> None:
    """Only a watchdog that waits for this process is answered."""
    manager = read_config({"DISCORD_TOKEN": "a.b.c", **environment}).manager
    assert (manager.watchdog_seconds if manager else None) == seconds


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    """What the container installs is pinned, whole, and says nothing of where it is had from."""
    lock = (CONTAINER.parent / "requirements.lock").read_text(encoding="utf-8")
    project = tomllib.loads((CONTAINER.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[\[<>=]", needed)[0].replace(".", "-") for needed in project["dependencies"]}
    pinned = set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z]+\])?==", lock, re.MULTILINE))
    assert wanted <= pinned
    assert "://" not in lock
    assert lock.count("--hash=sha256:") >= len(pinned)
