"""A PostgreSQL of the tests' own: on loopback, in a folder that goes with it, started once a run.

    def test_something(postgres: PostgreSQL) -> None:
        url = postgres.fresh()      # an empty database, for this test alone
    with postgres.migrated() as url:    # one with Farside's tables; the next test has it as if new
        postgres.restart()          # as a power cut would, and at once again

Where there is none, tests that ask for it are skipped and say so; with FARSIDE_REQUIRE_POSTGRES=1 they fail.
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

_FAST = "-c fsync=off -c full_page_writes=off"  # what is committed outlives the server, not the machine
_USER = "farside"
LEFT_OUT = "tests on PostgreSQL are left out: there is no PostgreSQL here, or no psycopg"
_OTHERS = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database()"
_OURS = "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
_MONTHS = f"SELECT relname {_OURS} AND relispartition AND relname NOT LIKE '%\\_rest'"
_WRITTEN = f"SELECT relname {_OURS} AND relname <> 'schema_versions' AND pg_relation_size(oid) > 0"
_MADE_OF = """
    SELECT count(*), sum(hashtext(relname || attname || atttypid)),
        (SELECT string_agg(number || ' ' || readable_from, ',' ORDER BY number) FROM schema_versions)
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0
"""  # the same of two databases with the same columns after the same migrations


class PostgreSQL:
    """A server; `options` are its own, such as `-c fsync=on`."""

    def __init__(self, programs: Path, folder: Path, options: str = _FAST) -> None:
        self._programs = programs
        self._folder = folder
        self._options = options
        self._made_of: Any = None
        self._emptied: list[str] = []  # databases that are as new
        self.port = free_port()

    def start(self) -> None:
        """Make the cluster of databases where it is missing, and start."""
        if not (self._folder / "data").exists():
            self._run(
                "initdb", "--no-sync", "--auth=trust", f"--username={_USER}", "--encoding=UTF8", "--locale=C"
            )
        self._control("start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: "immediate" as a power cut does, "fast" in good order."""
        self._control("stop", "-m", mode)

    def log(self) -> str:
        """Return what the server has written of transactions that waited for each other."""
        lines = (self._folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()
        found = [place for place, line in enumerate(lines) if "deadlock" in line]
        return "\n".join("\n".join(lines[place : place + 12]) for place in found)

    def restart(self) -> None:
        """Take it away as a power cut does, and start it again."""
        self.stop()
        self.start()

    def fresh(self) -> str:
        """Return the address of an empty database."""
        name = f"test_{secrets.token_hex(4)}"
        self.sql(f"CREATE DATABASE {name}")
        return self._address(name)

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """Yield the address of a database with Farside's tables and no rows.

        It is one that a test has left, if there is one: to empty it costs a fiftieth of making another.
        """
        name = self._emptied.pop() if self._emptied else self._migrated()
        yield self._address(name)
        if self._empty(name):
            self._emptied.append(name)
        else:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def _migrated(self) -> str:
        from bot.config import DatabaseAddress
        from bot.store.postgres.migrator import migrate

        url = self.fresh()
        migrate(DatabaseAddress(url))
        name = url.rpartition("/")[2]
        with self._connection(name) as connection:
            self._made_of = connection.execute(_MADE_OF).fetchone()
        return name

    def _empty(self, name: str) -> bool:
        """Make a database as if new; tell whether it is, since a test may have changed its tables."""
        with self._connection(name) as connection:
            connection.execute(f"{_OTHERS} AND pid <> pg_backend_pid()")
            for found, over in ((_MONTHS, "DROP TABLE"), (_WRITTEN, "TRUNCATE")):
                if tables := [table for (table,) in connection.execute(found)]:
                    connection.execute(f"{over} {', '.join(tables)} CASCADE")
            return bool(connection.execute(_MADE_OF).fetchone() == self._made_of)

    def _address(self, name: str) -> str:
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{name}"

    def sql(self, statement: str) -> None:
        """Run a statement outside of any test's database."""
        with self._connection("postgres") as connection:
            connection.execute(statement)

    def _connection(self, name: str) -> Any:
        import psycopg

        return psycopg.connect(self._address(name), autocommit=True)

    def _control(self, *words: str) -> None:
        where = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1"
        options = f"{where} -c max_connections=60 {self._options}"
        self._run("pg_ctl", "-w", "-s", "-l", str(self._folder / "log"), "-o", options, *words)

    def _run(self, program: str, *words: str) -> None:
        command = [str(self._programs / program), "-D", str(self._folder / "data"), *words]
        as_whom = "postgres" if os.geteuid() == 0 else None  # it refuses to be started by root
        done = subprocess.run(command, user=as_whom, capture_output=True, check=False, cwd=self._folder)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout.decode()}{done.stderr.decode()}")


def find_programs() -> Path | None:
    """Return the folder with PostgreSQL's programs; None where there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    found = shutil.which("initdb")
    return debian[-1].parent if debian else Path(found).parent if found else None


@contextmanager
def running(options: str = _FAST) -> Iterator[PostgreSQL]:
    """Run a server in a folder of its own. Skips the test, or fails it, where there is none."""
    programs = find_programs()
    if programs is None or find_spec("psycopg") is None:
        if os.environ.get("FARSIDE_REQUIRE_POSTGRES") == "1":
            pytest.fail(LEFT_OUT)
        pytest.skip(LEFT_OUT)
    with tempfile.TemporaryDirectory(prefix="farside-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        server = PostgreSQL(programs, folder, options)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def free_port() -> int:
    """Return a port on loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
