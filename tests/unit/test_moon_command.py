"""`farside moon`: figures for programs, words for people, and a picture."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from bot.cli.main import farside

FIELDS = {
    "at", "phase", "illuminated_fraction", "age_days", "distance_km", "libration_longitude_deg",
    "libration_latitude_deg", "next_new", "next_first_quarter", "next_full", "next_last_quarter",
    "next_lunar_eclipse", "next_solar_eclipse",
}  # fmt: skip


def run(*arguments: str) -> Result:
    """Run `farside moon`."""
    return CliRunner().invoke(farside, ["moon", *arguments])


def figures(*arguments: str) -> dict[str, Any]:
    """Return what `farside moon --json` prints."""
    result = run("--json", *arguments)
    assert result.exit_code == 0, result.output
    plain: dict[str, Any] = json.loads(result.stdout)
    return plain


def test_the_figures() -> None:
    """Every field is there; instants are ISO 8601 in UTC; an eclipse has a kind and a peak."""
    plain = figures("--date", "2026-03-03T11:33:37Z")
    assert plain.keys() == FIELDS
    assert plain["phase"] == "full Moon"
    assert plain["illuminated_fraction"] > 0.99
    for name in ("next_new", "next_first_quarter", "next_full", "next_last_quarter"):
        assert datetime.fromisoformat(plain[name]).utcoffset() is not None
        assert plain[name].endswith("Z")
    assert plain["next_solar_eclipse"] == {"kind": "total", "peak": plain["next_solar_eclipse"]["peak"]}
    assert plain["next_solar_eclipse"]["peak"].startswith("2026-08-12T17:4")


def test_a_place_has_its_rise_and_set() -> None:
    """They are the next ones after the date's first moment there."""
    plain = figures("--date", "2026-12-24", "--place", "Tokyo")
    assert plain["at"] == "2026-12-23T15:00:00Z"
    assert plain.keys() - FIELDS == {"rises", "sets"}
    assert plain["rises"].startswith("2026-12-24T07:")


def test_a_date_alone_is_the_first_moment_of_its_day_in_utc() -> None:
    """And an instant with an offset is what it says."""
    assert figures("--date", "2026-12-24")["at"] == "2026-12-24T00:00:00Z"
    assert figures("--date", "2026-12-24T01:30+01:00")["at"] == "2026-12-24T00:30:00Z"


def test_words_for_people() -> None:
    """A few lines: the phase, how much is lit, rise and set in the place's own time."""
    result = run("--date", "2026-12-24T12:00", "--place", "Tokyo")
    assert "Full Moon" in result.output
    assert "JST" in result.output
    assert "rises" in result.output


@pytest.mark.parametrize("options", [[], ["--far-side"], ["--south"], ["--far-side", "--landings"]])
def test_a_picture(tmp_path: Path, options: list[str]) -> None:
    """`-o` writes a PNG of the size that was asked for."""
    path = tmp_path / "moon.png"
    result = run("--date", "2026-11-27", "--size", "96", "-o", str(path), *options)
    assert result.exit_code == 0, result.output
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("PNG", (96, 96))


def test_what_is_about_a_picture_says_that_it_needs_a_file() -> None:
    """The figures come all the same; as JSON nothing but them."""
    asked = run("--far-side", "--date", "2026-11-27")
    assert asked.exit_code == 0
    assert "gibbous" in asked.stdout
    assert "-o moon.png" in asked.stderr
    assert run("--far-side", "--json").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--date", "yesterday"], "2026-12-24"),
        (["--date", "0001-01-01"], "1900 to 2100"),
        (["--date", "9999-12-31T23:59-23:00"], "1900 to 2100"),
        (["--place", "Atlantis"], "Latitude and longitude"),
        (["--size", "5"], "64"),
        (["-o", "/nowhere/at/all.png"], "cannot be written"),
    ],
)
def test_wrong_input_is_told_what_to_do(arguments: list[str], told: str) -> None:
    """In one sentence, with status 2."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())
    assert "Traceback" not in result.output
