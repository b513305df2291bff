"""Compiled files: what a bank's file holds, checked already and quick to load, in the user's cache folder.

What always holds:
- an entry is found by the content of the file it was compiled from, and by the version of this
  package: it is never stale;
- an entry carries a checksum of all of itself; one that is damaged is passed over and written again;
- it is JSON and numbers, so the worst that a forged one could do is to ask a foolish question;
- a folder that cannot be written, or is not there, is no error: compiling takes a second, no more.
"""

import os
import sys
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

import orjson
from platformdirs import user_cache_path

from bot import __version__
from bot.bank.enemies import Enemies
from bot.bank.part import Part
from bot.quiz.question import Fact, Kind, Look, Question, question_from_plain, source_from_plain

H = TypeVar("H", bound=Hashable)

_MAGIC = b"farside bank 9\n"
_DIGEST = 64
_KEPT = 48  # entries; older ones are removed when one is written
_KEPT_BYTES = 512 * 2**20
_ABANDONED = 3600.0  # seconds after which another writer's unfinished file is litter


def cache_folder() -> Path | None:
    """Return the folder of compiled files, or None where the user has none."""
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
    parts = [f"{_MAGIC!r} {__version__} {sys.version_info[:2]} {sys.byteorder}"]
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
    ends, others, written, known, told = _cut(body[12 + size :], *index["sizes"])
    questions, sources = _Pieces(written, index["ends"]), _Pieces(told, index["source_ends"])
    facts = _Pieces(known, index["fact_ends"])
    kinds = [Kind(name) for name in index["kind_names"]]
    topics, about = index["topic_names"], index["fact_names"]
    part = Part(
        index["ids"],
        [topics[number] for number in index["topic_of"]],
        index["difficulties"],
        [kinds[number] for number in index["kinds"]],
        fact_of=[about[number] for number in index["fact_of"]],
        items=index["items"],
        pressed=list(map(bool, index["pressed"])),
        enemies=Enemies.from_bytes(ends, others),
        supplements=list(map(bool, index["supplements"])),
        questions=[None] * len(index["ends"]),
        decode=lambda offset: _question(questions[offset], sources),
        topics=index["topics"],
        facts=[_fact(facts[place]) for place in range(len(index["fact_ends"]))],
        look=Look(**index["look"]),
    )
    lists = (
        part.topic_of,
        part.difficulties,
        part.kinds,
        part.fact_of,
        part.items,
        part.pressed,
        part.supplements,
        part.enemies,
    )
    if any(len(one) != len(part.ids) for one in lists):
        raise ValueError("an index of unequal lengths")
    return part


def _cut(content: memoryview, *sizes: int) -> Iterator[memoryview]:
    """Yield as many bytes as each of `sizes` says, and then the rest."""
    for size in sizes:
        yield content[:size]
        content = content[size:]
    yield content


class _Pieces:
    """JSON values one after the other, each read when it is asked for."""

    def __init__(self, blob: memoryview, ends: Sequence[int]) -> None:
        self._blob = blob
        self._ends = ends

    def __getitem__(self, place: int) -> Any:
        start = self._ends[place - 1] if place else 0
        return orjson.loads(self._blob[start : self._ends[place]])


def _question(plain: dict[str, Any], sources: _Pieces) -> Question:
    return question_from_plain({**plain, "source": sources[plain["source"]]})


def _fact(plain: dict[str, Any]) -> Fact:
    return Fact(**{**plain, "source": source_from_plain(plain["source"])})


def _encoded(part: Part, questions: Sequence[Question]) -> bytes:
    """Return an index, the enemies, every question and fact, and every source of questions once.

    Each is JSON of its own: a long text of it holds up all threads while it is read.
    """
    topic_number = _numbers(question.topic for question in questions)
    kind_number = _numbers(question.kind for question in questions)
    fact_number = _numbers(part.fact_of)
    source_number = _numbers(question.source for question in questions)
    pieces = [
        orjson.dumps(
            {**{name: getattr(question, name) for name in _FIELDS}, "source": source_number[question.source]}
        )
        for question in questions
    ]
    sources = [orjson.dumps(source) for source in source_number]
    facts = [orjson.dumps(fact) for fact in part.facts]
    enemies = part.enemies.to_bytes()
    index = orjson.dumps(
        {
            "ids": part.ids,
            "topic_names": list(topic_number),
            "topic_of": [topic_number[question.topic] for question in questions],
            "difficulties": part.difficulties,
            "kind_names": list(kind_number),
            "kinds": [kind_number[question.kind] for question in questions],
            "ends": list(accumulate(map(len, pieces))),
            "sizes": [*map(len, enemies), sum(map(len, pieces)), sum(map(len, facts))],
            "fact_ends": list(accumulate(map(len, facts))),
            "source_ends": list(accumulate(map(len, sources))),
            "fact_names": list(fact_number),
            "fact_of": [fact_number[fact] for fact in part.fact_of],
            "items": part.items,
            "pressed": list(map(int, part.pressed)),
            "supplements": list(map(int, part.supplements)),
            "look": part.look,
            "topics": dict(part.topics),
        }
    )
    return b"".join([f"{len(index):012d}".encode(), index, *enemies, *pieces, *facts, *sources])


_FIELDS = [field.name for field in fields(Question) if field.name != "source"]


def _numbers(values: Iterable[H]) -> dict[H, int]:
    """Number the different ones of `values`, in the order in which they come."""
    return {value: number for number, value in enumerate(dict.fromkeys(values))}


def store(key: str, part: Part, questions: Sequence[Question]) -> None:
    """Store a compiled file under `key`, if the user's cache folder can be written."""
    import tempfile  # only whoever writes needs it

    folder = cache_folder()
    if folder is None:
        return
    try:
        body = _encoded(part, questions)
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
