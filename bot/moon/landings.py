"""Where spacecraft have landed softly on the Moon, from `landings.tsv`."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.moon.sky import Direction


@dataclass(frozen=True, slots=True)
class Landing:
    """A soft landing: the craft, its place, the year, and whether people were aboard."""

    name: str
    place: Direction
    year: int
    has_crew: bool


@cache
def landings() -> tuple[Landing, ...]:
    """Return the landings in the order of time."""
    lines = files(__package__).joinpath("landings.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple(
        Landing(name, Direction(float(lon), float(lat)), int(year), crew == "1")
        for name, lat, lon, year, crew in rows
    )
