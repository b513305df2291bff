"""Small banks for tests: plain questions with a few fields changed, and their YAML."""

from pathlib import Path
from typing import Any

from bot.bank.writer import dump_yaml
from bot.quiz.question import Kind, Question, Reference, Source, Tolerance, Verdict


def source(**changes: Any) -> Source:
    """Return a source without fault, but for `changes`."""
    fields: dict[str, Any] = {
        "title": "Light on the far side",
        "publisher": "The Example",
        "published": "March 2021",
        "paragraphs": (2,),
        "verdict": Verdict.SUPPORTED,
        "references": (Reference("A catalogue of craft", "https://example.org/craft"),),
    }
    return Source(**{**fields, **changes})


def faultless(**changes: Any) -> Question:
    """Return a question in which no rule finds a fault, but for `changes`."""
    fields: dict[str, Any] = {
        "id": "first-lander.choice",
        "fact": "first-lander",
        "kind": Kind.CHOICE,
        "topic": "mission",
        "difficulty": 1,
        "stem": "Which craft was the first to land softly on the far side of the Moon?",
        "key": "Chang'e-4",
        "distractors": ("Luna 9", "Surveyor 1", "Ranger 4"),
        "explanation": "The far side has no view of Earth, so a relay had to be put into orbit before.",
        "source": source(),
        "accept": (),
        "tolerance": None,
        "allow": {},
    }
    return Question(**{**fields, **changes})


def number_question(**changes: Any) -> Question:
    """Return a number question in which no rule finds a fault, but for `changes`."""
    fields: dict[str, Any] = {
        "id": "first-drive.number",
        "fact": "first-drive",
        "kind": Kind.NUMBER,
        "stem": "How many metres did the rover Yutu-2 drive in its first year?",
        "key": "357 m",
        "distractors": ("120 m", "900 m", "2500 m"),
        "tolerance": Tolerance(340.0, 370.0, "m"),
    }
    return faultless(**{**fields, **changes})


def plain(value: Question) -> dict[str, Any]:
    """Return a question as an author would write it: without the fields that are not needed."""
    about = value.source
    out: dict[str, Any] = {
        "id": value.id,
        "fact": value.fact,
        "kind": str(value.kind),
        "topic": value.topic,
        "difficulty": value.difficulty,
        "stem": value.stem,
        "key": value.key,
        "distractors": list(value.distractors),
        "accept": list(value.accept),
        "tolerance": value.tolerance
        and {"low": value.tolerance.low, "high": value.tolerance.high, "unit": value.tolerance.unit},
        "explanation": value.explanation,
        "source": {
            "title": about.title,
            "publisher": about.publisher,
            "published": about.published,
            "paragraphs": list(about.paragraphs),
            "verdict": about.verdict and str(about.verdict),
            "says": about.says,
            "references": [
                {"title": one.title, "url": one.url} | ({"seen": one.seen} if one.seen else {})
                for one in about.references
            ],
            "origin": str(about.origin),
        },
        "keys": list(value.keys),
        "items": list(value.items),
        "clues": list(value.clues),
        "picture": value.picture and {"image": value.picture.image, "alt": value.picture.alt},
        "as_of": value.as_of,
        "enemies": list(value.enemies),
        "allow": dict(value.allow),
    }
    return {name: field for name, field in out.items() if field not in (None, [], {})}


def yaml_of(*questions: Question, topics: dict[str, str] | None = None) -> str:
    """Return the text of a question file."""
    file: dict[str, Any] = {"version": 1}
    if topics:
        file["topics"] = topics
    return dump_yaml({**file, "questions": [plain(one) for one in questions]})


def write_bank(path: Path, *questions: Question, topics: dict[str, str] | None = None) -> Path:
    """Write a question file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml_of(*questions, topics=topics), encoding="utf-8")
    return path


def many(number: int) -> list[Question]:
    """Return so many different questions, on four topics, of all difficulties and four kinds."""
    kinds = (Kind.CHOICE, Kind.REVERSE, Kind.MYTH, Kind.ORDER)
    return [
        faultless(
            id=f"q-{index}",
            fact=f"fact-{index // 2}",
            kind=kinds[index % 4],
            topic=f"topic-{index % 4}",
            difficulty=index % 3 + 1,
            stem=f"Which craft carried the load of number {index} to the Moon?",
        )
        for index in range(number)
    ]
