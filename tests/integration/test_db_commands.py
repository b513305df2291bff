"""`farside db` and `farside doctor` on both engines, as an operator types them."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import farside
from bot.store import migrator
from bot.store.archiving import note_time
from bot.store.database import Database
from tests.engines import ON_POSTGRES, Where, rows_of
from tests.integration.test_games import ANN
from tests.integration.test_privacy import House, lived_in

SECRET = "hunter2"  # of a server that trusts whoever comes from here


class Operator:
    """Somebody with a shell and a database."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self.named = str(where)
        if not isinstance(where, Path):
            self.named = where.url.replace("farside@", f"farside:{SECRET}@")

    def types(self, *words: str) -> Result:
        """Run a command; its output never holds the password."""
        result = CliRunner().invoke(farside, list(words), env={"FARSIDE_DATABASE": self.named})
        assert SECRET not in result.output
        assert SECRET not in repr(result.exception)
        return result


@pytest.fixture
async def operator(where: Where) -> Operator:
    """An operator of a house that has been lived in, with nobody at home."""
    house = await House.lay(where, 40)
    await lived_in(house)
    month_later = house.now() + timedelta(days=40)
    await house.database.write(lambda tx: note_time(tx, month_later))
    await house.database.close()
    return Operator(where)


def count(operator: Operator) -> int:
    """Return how many answers are stored."""
    found: int = rows_of(operator.where, "SELECT count(*) FROM answers")[0][0]
    return found


def test_backup_and_restore(operator: Operator, tmp_path: Path) -> None:
    """A backup brings back what was deleted after it, and what was there meanwhile is kept."""
    if not isinstance(operator.where, Path) and shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not here")
    before, file = count(operator), tmp_path / "backup"
    assert before > 0
    done = operator.types("db", "backup", str(file))
    assert done.exit_code == 0, done.output
    assert file.stat().st_mode & 0o077 == 0, "it is readable by its owner alone"
    assert operator.types("db", "backup", str(file)).exit_code == 1, "nothing is written over unasked"
    assert operator.types("db", "forget", "--player", str(ANN)).exit_code == 0
    fewer = count(operator)
    assert fewer < before
    restored = operator.types("db", "restore", str(file))
    assert restored.exit_code == 0, restored.output
    assert "is kept as" in restored.output
    assert count(operator) == before
    assert operator.types("db", "check").exit_code == 0


def test_a_backup_that_is_none_changes_nothing(operator: Operator, tmp_path: Path) -> None:
    """What is no backup is refused in a sentence, and everything is as it was."""
    before, file = count(operator), tmp_path / "backup"
    file.write_text("shopping list: milk", encoding="utf-8")
    refused = operator.types("db", "restore", str(file))
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    file.write_bytes(b"PGDMP" if isinstance(operator.where, Path) else b"SQLite format 3\0")
    assert "Postgre" in operator.types("db", "restore", str(file)).output
    assert count(operator) == before


def test_check_and_migrate(operator: Operator) -> None:
    """Both say in a line that all is well, also when they are run again."""
    for command in ("migrate", "check", "migrate"):
        done = operator.types("db", command)
        assert done.exit_code == 0, done.output
    assert "sound" in operator.types("db", "check").output


@ON_POSTGRES
def test_check_finds_what_is_lost(operator: Operator) -> None:
    """Rows that point to missing ones are told, and the command fails."""
    rows_of(operator.where, "DELETE FROM questions RETURNING hash")
    found = operator.types("db", "check")
    assert found.exit_code == 1
    assert "point to missing rows of questions" in found.output


def test_copy_and_archive(operator: Operator, tmp_path: Path) -> None:
    """A database is copied to a file that was not there, and its months are written as Parquet."""
    pytest.importorskip("pyarrow")
    target = tmp_path / "copy.sqlite3"
    done = operator.types("db", "copy", operator.named, str(target))
    assert done.exit_code == 0, done.output
    assert "compared by counts and sums" in done.output
    assert rows_of(target, "SELECT count(*) FROM answers") == [(count(operator),)]
    folder = tmp_path / "archive"
    done = operator.types("db", "archive", str(folder))
    assert done.exit_code == 0, done.output
    assert {path.name.partition("-")[0] for path in folder.iterdir()} >= {"answers", "games", "rounds"}
    assert "nothing new" in operator.types("db", "archive", str(folder)).output


@ON_POSTGRES
def test_doctor_looks_at_a_server(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor says that the database is sound, and what is unsafe about its server."""
    from bot.store.postgres.keeping import describe, faults

    assert not isinstance(operator.where, Path)
    assert faults(operator.where) == []
    said = describe(operator.where)
    assert any("PostgreSQL 1" in line for _, line in said)
    assert (False, "fsync is off: what was told as saved may be lost; set it to on") in said


async def test_an_older_farside_is_told_to_wait(where: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of a newer Farside that this one cannot use is refused with a sentence."""
    opened = await Database.open(where)
    await opened.close()
    shipped = migrator.migrations()
    older = [step for step in shipped if step.number < shipped[-1].number]
    monkeypatch.setattr(migrator, "migrations", lambda: older)
    monkeypatch.setattr("bot.store.postgres.migrator.migrations", lambda: older)
    monkeypatch.setattr("bot.store.postgres.keeping.migrations", lambda: older)
    if shipped[-1].readable_from <= older[-1].number:
        assert "sound" in Operator(where).types("db", "check").output
    else:
        assert "newer" in Operator(where).types("db", "check").output
