"""Loading a bank: a folder or a file in, an immutable bank out, or every fault at once.

What always holds:
- what is loaded is sound: each error of schema and linter in any file is an error of the bank;
- a file whose content was compiled before is not read as YAML again;
- the loader looks at files, never at the network, and writes nothing but its cache.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.bank import cache
from bot.bank.bank import Bank
from bot.bank.files import bank_files, read_bytes
from bot.bank.part import Part
from bot.bank.problem import BankError, Problem

if TYPE_CHECKING:
    from bot.bank.compiler import Compiled

_TRIES = 3


def load_bank(path: str | os.PathLike[str], *, supplement: bool = True) -> Bank:
    """Load the bank in a file, or in all YAML files of a folder and of the folders in it.

    Without `supplement` what the article does not tell is left out. Raise BankError with every problem of
    every file when there is any error.
    """
    for _ in range(_TRIES):
        files, problems = bank_files([Path(path)])
        if problems:
            raise BankError(problems)
        faulty: dict[Path, Compiled] = {}
        parts = _parts(files, faulty)
        if parts is None or not _fit_together(files, parts):
            problems = _errors(Path(path), faulty)
        if problems:
            raise BankError(problems)
        if parts is not None and _fit_together(files, parts):
            if not supplement:
                parts = [part.without_supplement() for part in parts]
            if any(part.ids for part in parts):
                return Bank(parts)
            message = "there is no question here: `farside bank generate` makes them from a facts file"
            raise BankError([Problem(str(path), 1, 1, "error", "empty", message)])
    raise BankError(
        [Problem(str(path), 1, 1, "error", "file", "the files change while they are read: try again")]
    )


def _errors(path: Path, faulty: Mapping[Path, "Compiled"]) -> list[Problem]:
    """Return every error of a bank that cannot be loaded; none when its files were mended meanwhile."""
    from bot.bank.linter import check

    found = check([path], errors_only=True, known=faulty)
    return [problem for problem in found if problem.level == "error"]


def _parts(files: Sequence[Path], faulty: dict[Path, "Compiled"]) -> list[Part] | None:
    """Return what each file holds, from the cache or compiled now; None as soon as one is `faulty`."""
    parts = []
    for file in files:
        part = _part(file, faulty)
        if part is None:
            return None
        parts.append(part)
    return parts


def _part(file: Path, faulty: dict[Path, "Compiled"]) -> Part | None:
    content, problems = read_bytes(file)
    if content is None or problems:
        return None
    key = cache.key_of(content)
    part = cache.load(key)
    if part is not None:
        return part
    from bot.bank.compiler import compile_document
    from bot.bank.document import decode, no_collector, parse
    from bot.bank.linter import has_errors

    with no_collector():
        text, problems = decode(str(file), content)
        if text is None:
            return None
        compiled = compile_document(parse(str(file), text))
        if not compiled.is_sound or has_errors(compiled.entries):
            faulty[file] = compiled
            return None
        questions = [entry.question for entry in compiled.entries]
        part = Part.of(questions, compiled.topics, compiled.facts, compiled.look)
        cache.store(key, part, questions)
        return part


def _fit_together(files: Sequence[Path], parts: Sequence[Part]) -> bool:
    """Whether no id comes twice, and topics are declared where they should be: see the rules' `Whole`."""
    ids: set[str] = set()
    declared = {topic for part in parts for topic in part.topics}
    told = {file.parent for file, part in zip(files, parts, strict=True) if part.topics and not part.ids}
    for file, part in zip(files, parts, strict=True):
        before = len(ids)
        ids.update(part.ids)
        if len(ids) - before != len(part.ids):
            return False
        if (part.topics or file.parent in told) and not declared.issuperset(part.topic_of):
            return False
    return True
