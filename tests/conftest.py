"""What a run of the tests needs to know before the first of them: which parts this machine cannot run."""

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

import tests.laws  # noqa: F401 - its profile
from tests import postgres as pg
from tests.dealing import dealt
from tests.engines import ENGINES, Where, place

if sys.dont_write_bytecode:
    # Dozens of processes start. Where no bytecode may lie beside the sources, it lies with the tests' cache.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "bytecode")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_MEMORY = Path("/dev/shm")
_ROOM = 1 << 30  # bytes
if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    # Thousands of commits: where there is room, the tests' files lie in memory, where a sync costs nothing.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

_BROWSER = Path(__file__).parent / "browser"
_DRIVING = Path(__file__).parent / "e2e"
_WAITING = 8  # processes more than there are cores
_HAS_PLAYWRIGHT = find_spec("playwright") is not None
settings.load_profile("farside")

_LEFT_OUT = "tests/browser is left out: playwright is not installed (`uv run --group browser pytest` runs it)"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Spread folders over the cores; what is named by file runs here, where it can be debugged.

    Most of what drives whole bots is waiting for them, so that many of those tests run beside each other.
    """
    if any(".py" in argument for argument in config.args):
        return 0
    folders = {Path(argument).resolve() for argument in config.args}
    return (os.cpu_count() or 1) + _WAITING if folders & {*_DRIVING.parents, _DRIVING} else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have every process begin with tests that wait, the `long` ones first, so that none ends with one."""
    processes: int = getattr(config, "workerinput", {}).get("workercount", 1)
    if processes > 1:
        items.sort(key=lambda item: item.get_closest_marker("long") is None)
        waiting = [item for item in items if _DRIVING in item.path.parents]
        items[:] = dealt(waiting, [item for item in items if _DRIVING not in item.path.parents], processes)


@pytest.fixture(scope="session")
def postgres() -> Iterator[pg.PostgreSQL]:
    """A PostgreSQL on loopback; each test asks it for a database of its own."""
    with pg.running() as server:
        yield server


def pytest_collection_finish() -> None:
    """Leave alone what was made while the tests were found, whenever memory is cleared up."""
    gc.collect()
    gc.freeze()


@pytest.fixture(params=ENGINES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Where]:
    """Where a new database is: a file, and then one of a PostgreSQL server's."""
    with place(request.param, tmp_path, request) as found:
        yield found


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the browser tests where nothing could drive a browser, unless they are required."""
    if _HAS_PLAYWRIGHT or collection_path != _BROWSER:
        return None
    if os.environ.get("FARSIDE_REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(_LEFT_OUT)
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, whatever else is printed."""
    if not _HAS_PLAYWRIGHT:
        terminalreporter.write_line(_LEFT_OUT, yellow=True)
    if pg.find_programs() is None or find_spec("psycopg") is None:
        terminalreporter.write_line(pg.LEFT_OUT, yellow=True)
