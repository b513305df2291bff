"""Compiled files: what a bank's file holds, checked already and quick to load, in the user's cache folder.

What always holds:
- an entry is found by the content of the file it was compiled from, and by the version of this
  package: it is never stale;
- an entry carries a checksum of all of itself; one that is damaged is passed over and written again;
- it is JSON, so the worst that a forged one could do is to ask a foolish question;
- a folder that cannot be written, or is not there, is no error: compiling takes a second, no more.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from bot import __version__
from bot.bank.bank import Part
from bot.quiz.question import Fact, Kind, Question, Reference, Source, Verdict, question_from_plain

_MAGIC = b"farside bank 1\n"
_DIGEST = 64
_KEPT = 48  # entries; older ones are removed when one is written
_KEPT_BYTES = 512 * 2**20
_ABANDONED = 3600.0  # seconds after which another writer's unfinished file is litter


def cache_folder() -> Path | None:
    """Return the folder of compiled files, or None where the user has none."""
    from platformdirs import user_cache_path

    try:
        folder = user_cache_path("farside", appauthor=False) / "bank"
    except (OSError, RuntimeError, KeyError):
        return None
    return folder if folder.is_absolute() else None


def key_of(content: bytes) -> str:
    """Return the name under which a file with this content is stored."""
    digest = sha256(content)
    digest.update(_own_version())
    return digest.hexdigest()


def _own_version() -> bytes:
    """Return what changes whenever the code does that decides what a file means."""
    parts = [f"{_MAGIC!r} {__version__} {sys.version_info[:2]}"]
    here = Path(__file__).parent
    for path in (here, here / "rules", here.parent / "quiz"):
        with suppress(OSError), os.scandir(path) as found:
            for entry in sorted(found, key=lambda entry: entry.name):
                if entry.name.endswith(".py"):
                    about = entry.stat()
                    parts.append(f"{entry.name} {about.st_size} {about.st_mtime_ns}")
    return "\n".join(parts).encode()


def load(key: str) -> Part | None:
    """Return what is stored under `key`, if it is there and whole."""
    folder = cache_folder()
    if folder is None:
        return None
    path = folder / f"{key}.json"
    try:
        content = path.read_bytes()
    except (OSError, ValueError):
        return None
    start = len(_MAGIC) + _DIGEST
    if not content.startswith(_MAGIC):
        return None
    body = memoryview(content)[start:]
    if sha256(body).hexdigest().encode() != content[len(_MAGIC) : start]:
        return None
    with suppress(OSError):
        os.utime(path)  # in use: pruned last
    try:
        return _decoded(body)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, IndexError):
        return None


def _decoded(body: memoryview) -> Part:
    size = int(bytes(body[:12]))
    index = orjson.loads(body[12 : 12 + size])
    blob = body[12 + size :]
    ends = index["ends"]
    kinds = [Kind(name) for name in index["kind_names"]]
    topics = index["topic_names"]

    def decode(offset: int) -> Question:
        start = ends[offset - 1] if offset else 0
        return question_from_plain(orjson.loads(blob[start : ends[offset]]))

    part = Part(
        index["ids"],
        [topics[number] for number in index["topic_of"]],
        index["difficulties"],
        [kinds[number] for number in index["kinds"]],
        questions=[None] * len(ends),
        decode=decode,
        topics=index["topics"],
        facts=[_fact(plain) for plain in index["facts"]],
    )
    if not len(part.ids) == len(part.topic_of) == len(part.difficulties) == len(part.kinds) == len(ends):
        raise ValueError("an index of unequal lengths")
    return part


def _fact(plain: dict[str, Any]) -> Fact:
    source = plain["source"]
    return Fact(
        **{name: plain[name] for name in ("id", "topic", "difficulty", "statement", "explanation")},
        source=Source(
            source["title"],
            source["publisher"],
            source["published"],
            tuple(source["paragraphs"]),
            Verdict(source["verdict"]),
            source["says"],
            tuple(Reference(**reference) for reference in source["references"]),
        ),
    )


def _encoded(questions: Sequence[Question], topics: dict[str, str], facts: Sequence[Fact]) -> bytes:
    topic_names = list(dict.fromkeys(question.topic for question in questions))
    kind_names = list(dict.fromkeys(question.kind for question in questions))
    topic_number = {name: number for number, name in enumerate(topic_names)}
    kind_number = {name: number for number, name in enumerate(kind_names)}
    pieces = [orjson.dumps(question) for question in questions]
    ends, end = [], 0
    for piece in pieces:
        end += len(piece)
        ends.append(end)
    index = orjson.dumps(
        {
            "ids": [question.id for question in questions],
            "topic_names": topic_names,
            "topic_of": [topic_number[question.topic] for question in questions],
            "difficulties": [question.difficulty for question in questions],
            "kind_names": kind_names,
            "kinds": [kind_number[question.kind] for question in questions],
            "ends": ends,
            "topics": topics,
            "facts": facts,
        }
    )
    return b"".join([f"{len(index):012d}".encode(), index, *pieces])


def store(key: str, questions: Sequence[Question], topics: dict[str, str], facts: Sequence[Fact]) -> None:
    """Store a compiled file under `key`, if the user's cache folder can be written."""
    import tempfile  # only whoever writes needs it

    folder = cache_folder()
    if folder is None:
        return
    try:
        body = _encoded(questions, topics, facts)
    except TypeError:  # text that UTF-8 cannot hold: not worth a cache
        return
    content = b"".join([_MAGIC, sha256(body).hexdigest().encode(), body])
    name = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(folder / f"{key}.json")
        name = None
        _prune(folder)
    except OSError:
        pass  # read-only, full, or somebody else's: the bank is loaded all the same
    finally:
        if name is not None:
            with suppress(OSError):
                Path(name).unlink()


def _prune(folder: Path) -> None:
    """Remove the entries used longest ago, and what other writers left behind."""
    entries: list[tuple[float, int, Path]] = []
    newest = 0.0
    for path in folder.iterdir():
        with suppress(OSError):
            about = path.stat()
            newest = max(newest, about.st_mtime)
            entries.append((about.st_mtime, about.st_size, path))
    kept = size = 0
    for used_at, length, path in sorted(entries, reverse=True):
        if path.suffix == ".part":
            is_litter = newest - used_at > _ABANDONED
        elif path.suffix == ".json":
            kept, size = kept + 1, size + length
            is_litter = kept > 1 and (kept > _KEPT or size > _KEPT_BYTES)
        else:
            continue
        if is_litter:
            with suppress(OSError):
                path.unlink()
