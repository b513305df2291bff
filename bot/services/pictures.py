"""Pictures that questions are about: drawn by name, or read from a file beside the bank.

What always holds: nothing is drawn or read on the event loop; no file outside the bank's folder is read.
"""

import asyncio
from pathlib import Path

from bot.errors import NotFound
from bot.quiz.question import PICTURE_BYTES, PICTURE_SUFFIXES, Picture


async def load_picture(picture: Picture, folder: Path) -> bytes:
    """Return the image file's content. Raises `NotFound` where there is none that Discord would take.

    `folder` is the one that the bank's files are in.
    """
    return await asyncio.to_thread(_load, folder, picture.image)


def suffix_of(picture: Picture) -> str:
    """Return how the image file's name ends."""
    suffix = Path(picture.image).suffix.casefold()
    return suffix if suffix in PICTURE_SUFFIXES else ".jpg"


def _load(folder: Path, name: str) -> bytes:
    if Path(name).suffix.casefold() in PICTURE_SUFFIXES:
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file() and path.stat().st_size <= PICTURE_BYTES:
            return path.read_bytes()
        raise NotFound(f"The picture {name} is not beside the question bank.")
    from bot.moon.scenes import UnknownScene, draw_scene

    try:
        return draw_scene(name)
    except UnknownScene as unknown:
        raise NotFound(f"The picture {name} cannot be drawn.") from unknown
