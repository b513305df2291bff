"""Rules for questions about an image: that there is one to show."""

from collections.abc import Iterator
from pathlib import Path

from bot.bank.rules import Entry, Loc, Whole, whole_rule
from bot.quiz.question import PICTURE_BYTES, PICTURE_SUFFIXES


@whole_rule("warning")
def picture_not_shown(whole: Whole) -> Iterator[tuple[Entry, Loc, str]]:
    """The image of a `picture` question is neither one that Farside draws nor a file beside the bank.

    Games would leave the question out. Write a name that can be drawn (`ring/Tycho`, `phase/2026-11-17`,
    `side/far`), or put the file into the bank's folder: a JPEG, PNG, WebP or GIF of 8 MB at most.
    """
    for entry in whole.entries:
        picture = entry.question.picture
        if picture is None or not picture.image:
            continue
        fault = _fault(picture.image, Path(entry.document.path).parent)
        if fault:
            yield entry, ("picture", "image"), fault


def _fault(image: str, folder: Path) -> str:
    """Return what keeps an image from being shown; empty where nothing does."""
    if Path(image).suffix.casefold() not in PICTURE_SUFFIXES:
        from bot.moon.scenes import UnknownScene, check_scene  # numpy, for those who need it

        try:
            check_scene(image)
        except UnknownScene as unknown:
            return f"`{image}` cannot be drawn: {unknown}"
        return ""
    path = (folder / image).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return f"there is no file `{image}` in the bank's folder: put it there"
    if path.stat().st_size > PICTURE_BYTES:
        return f"`{image}` is larger than {PICTURE_BYTES // 1_000_000} MB: make it smaller"
    return ""
