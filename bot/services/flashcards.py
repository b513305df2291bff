"""Flashcards: what somebody reviews, as a file for other programs: a table, or a deck for Anki.

Anki's format is written by `genanki`, which knows it and makes what every Anki since 2.0 reads; its notes
have ids that follow from the question's, so that a deck imported again mends its notes and doubles none.

What always holds: no file is larger than Discord takes, so much may be in several; and what an author wrote
is shown as it was written: nothing in it is a formula, a field or a command for either program.
"""

import csv
import html
import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.quiz.question import Question, Source, title_of
from bot.quiz.review import Review
from bot.services.pictures import suffix_of

if TYPE_CHECKING:
    import genanki

_MODEL, _DECK = 1_607_392_319, 2_059_400_110  # for good: by these Anki knows the notes again
_COLUMNS = (
    "question", "options", "answer", "explanation", "source", "references", "topic", "added", "due",
    "graded", "forgotten", "id",
)  # fmt: skip
_CSS = """\
.card { font-family: sans-serif; font-size: 20px; text-align: center; color: #222; background: #fff; }
.nightMode.card { color: #ddd; background: #222; }
ul { display: inline-block; text-align: left; }
img { max-width: 100%; }
.key { font-weight: bold; }
.source { font-size: 14px; margin-top: 1.5em; }
"""
_FRONT = "{{Question}}{{#Picture}}<br>{{Picture}}{{/Picture}}{{#Options}}{{Options}}{{/Options}}"
_BACK = (
    '{{FrontSide}}<hr id="answer"><div class="key">✔ {{Answer}}</div><p>{{Explanation}}</p>'
    '<div class="source">{{Source}}</div>'
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ROOM = 9_500_000  # bytes; Discord takes ten binary megabytes

Reviewed = Sequence[tuple[Review, Question]]


def in_parts(make: Callable[[Reviewed], bytes], reviews: Reviewed, room: int = _ROOM) -> list[bytes]:
    """Return the files that `make` makes of reviews: one, or as many as are needed to keep to the room."""
    content = make(reviews)
    if len(content) <= room or len(reviews) < 2:
        return [content]
    half = len(reviews) // 2
    return [*in_parts(make, reviews[:half], room), *in_parts(make, reviews[half:], room)]


def as_csv(reviews: Reviewed, topics: Mapping[str, str]) -> bytes:
    """Return a table in UTF-8 with a row a review, such as every spreadsheet opens."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for review, question in reviews:
        writer.writerow(
            [
                _cell(one)
                for one in (
                    _front(question),
                    " | ".join(_options(question)),
                    " | ".join(question.right),
                    question.explanation,
                    _place(question.source),
                    " ".join(one.url for one in question.source.references if one.url),
                    title_of(topics, question.topic),
                    review.added_at.date().isoformat(),
                    review.due_at.isoformat(timespec="minutes"),
                    str(review.grades),
                    str(review.lapses),
                    question.id,
                )
            ]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_deck(reviews: Reviewed, pictures: Mapping[str, bytes], title: str) -> bytes:
    """Return an Anki package; `pictures` are image files by the id of their question."""
    import genanki

    deck = genanki.Deck(_DECK, f"Farside: {title}" if title else "Farside")
    model = _model()
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for _, question in reviews:
            name = ""
            if question.id in pictures and question.picture is not None:
                name = f"farside-{genanki.guid_for(question.id)}{suffix_of(question.picture)}"
                name = "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in name)
                file = Path(folder) / name
                file.write_bytes(pictures[question.id])
                files.append(str(file))
            deck.add_note(_note(model, question, name))
        package = genanki.Package(deck, media_files=files)
        target = Path(folder) / "farside.apkg"
        package.write_to_file(str(target))
        return _packed(target)


def _packed(package: Path) -> bytes:
    """Return the file made small: `genanki` stores what is in it as it is."""
    packed = io.BytesIO()
    with zipfile.ZipFile(package) as stored, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as small:
        for name in stored.namelist():
            small.writestr(name, stored.read(name))
    return packed.getvalue()


def _model() -> "genanki.Model":
    import genanki

    names = ("Question", "Picture", "Options", "Answer", "Explanation", "Source", "Id")
    return genanki.Model(
        _MODEL,
        "Farside",
        fields=[{"name": name} for name in names],
        templates=[{"name": "Question", "qfmt": _FRONT, "afmt": _BACK}],
        css=_CSS,
    )


def _note(model: Any, question: Question, picture: str) -> Any:
    import genanki

    options = "".join(f"<li>{_shown(option)}</li>" for option in _options(question))
    alt = _shown(question.picture.alt if question.picture is not None else "")
    return genanki.Note(
        model=model,
        guid=genanki.guid_for("farside", question.id),
        tags=[_tag(question.topic)],
        fields=[
            _shown(_front(question)),
            f'<img src="{picture}" alt="{alt}">' if picture else "",
            f"<ul>{options}</ul>" if options else "",
            _shown(" · ".join(question.right)),
            _shown(question.explanation),
            _linked(question.source) + _credit(question),
            _shown(question.id),
        ],
    )


def _front(question: Question) -> str:
    return " ".join((question.stem, *question.clues))


def _options(question: Question) -> list[str]:
    """Return the options in an order that tells nothing; none where there is no wrong one."""
    return sorted(question.options) if question.distractors else []


def _place(source: Source) -> str:
    return ", ".join(part for part in (source.title, source.publisher, source.published) if part)


def _linked(source: Source) -> str:
    """Return where it comes from, with links."""
    parts = [_link(_place(source), source.url)]
    parts += [_link(one.title, one.url) for one in source.references]
    return "<br>".join(part for part in parts if part)


def _credit(question: Question) -> str:
    """Return whose picture it is."""
    if question.picture is None or not question.picture.credit:
        return ""
    return f"<br>Picture: {_shown(question.picture.credit)}"


def _link(words: str, url: str) -> str:
    if not url.startswith(("http://", "https://")):
        return _shown(words)
    return f'<a href="{_shown(url)}">{_shown(words)}</a>'


def _shown(words: str) -> str:
    """Return words as Anki shows them letter by letter: no HTML, no sound, no LaTeX, on one line.

    Its fields are parted by a sign that nobody sees (U+001F), which goes with the other white space.
    """
    return html.escape(" ".join(words.split()), quote=True).replace("[", "&#91;")


def _tag(topic: str) -> str:
    """Return a topic as Anki takes it for a tag: without spaces."""
    return "-".join(topic.split()) or "farside"


def _cell(words: str) -> str:
    """Return words such that no spreadsheet takes them for a formula."""
    return f"'{words}" if words.startswith(_FORMULA) else words
