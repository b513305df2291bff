"""The content of an author's file: bytes of a regular file of bounded size, or why there are none."""

import stat
from pathlib import Path

from bot.bank.problem import Problem

MAX_BYTES = 32 * 2**20  # some 30,000 questions


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
