"""The files of a bank: which they are, and their bytes. No YAML here, and nothing is raised for a fault."""

import os
import stat
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from bot.bank.problem import Problem

MAX_BYTES = 32 * 2**20  # some 30,000 questions
_ENDINGS = (".yaml", ".yml")


def bank_files(paths: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """Return every bank file that `paths` lead to, in a stable order and once each."""
    files: dict[Path, None] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            is_folder = path.is_dir()
        except (OSError, ValueError):
            is_folder = False
        if not is_folder:
            files.setdefault(path)
            continue
        found = sorted(_files_below(path, problems))
        if not found and not problems:
            message = "no YAML file is in this folder: write `facts.yaml`, or name another folder"
            problems.append(Problem(str(path), 1, 1, "error", "file", message))
        for file in found:
            files.setdefault(file)
    return list(files), problems


def _files_below(top: Path, problems: list[Problem]) -> Iterator[Path]:
    """Yield the YAML files below a folder; hidden ones and folders met before (by a link) are left out."""

    def note(error: OSError) -> None:
        reason = (error.strerror or "error").lower()
        problems.append(Problem(str(error.filename), 1, 1, "error", "file", f"cannot be read: {reason}"))

    met: set[tuple[int, int]] = set()
    for folder, inner, names in os.walk(top, onerror=note, followlinks=True):
        try:
            about = Path(folder).stat()
        except OSError as error:  # it went while it was looked through
            note(error)
            inner.clear()
            continue
        if (about.st_dev, about.st_ino) in met:
            inner.clear()
            continue
        met.add((about.st_dev, about.st_ino))
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in names:
            if name.lower().endswith(_ENDINGS) and not name.startswith("."):
                yield Path(folder) / name


def bank_fingerprint(path: str | os.PathLike[str]) -> str:
    """Return what changes when a file of the bank does (by name, size or time): cheap to ask often."""
    files, problems = bank_files([Path(path)])
    digest = sha256(repr(problems).encode())
    for file in files:
        try:
            about = file.stat()
            digest.update(f"{file}\0{about.st_mtime_ns}\0{about.st_size}\0{about.st_ino}\0".encode())
        except (OSError, ValueError) as error:
            digest.update(f"{file}\0{error}\0".encode())
    return digest.hexdigest()


def read_bytes(path: Path) -> tuple[bytes | None, list[Problem]]:
    """Return the content of a regular file of at most `MAX_BYTES` bytes, or why there is none."""
    reason: str
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            reason = "this is a folder, not a file"
        elif not stat.S_ISREG(about.st_mode):
            reason = "this is not a regular file (a pipe or a device?)"
        elif about.st_size > MAX_BYTES:
            reason = _too_large(about.st_size)
        else:
            with path.open("rb") as file:
                content = file.read(about.st_size + 1)  # a buffer of the limit's size would cost more
                if len(content) > about.st_size:  # it has grown meanwhile
                    content += file.read(MAX_BYTES + 1 - len(content))
            if len(content) <= MAX_BYTES:
                return content, []
            reason = _too_large(len(content))
    except FileNotFoundError:
        reason = "there is no such file"
    except (OSError, ValueError) as error:
        text = (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
        reason = f"cannot be read: {text[0].lower()}{text[1:]}"
    return None, [Problem(str(path), 1, 1, "error", "file", reason)]


def _too_large(size: int) -> str:
    return (
        f"the file has {size / 2**20:.1f} MB; at most {MAX_BYTES // 2**20} MB are read: "
        "split the bank into several files in one folder"
    )
