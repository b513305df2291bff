"""Which of two releases is the older: while a cluster is updated, processes of both run."""


def is_older(ours: str, other: str | None) -> bool:
    """Return whether `ours` comes before `other`; nothing comes before a release that is not known."""
    return other is not None and _parts(ours) < _parts(other)


def _parts(release: str) -> tuple[int, ...]:
    numbers = []
    for word in release.split("."):
        digits = "".join(character for character in word if character.isdigit() and character.isascii())
        numbers.append(int(digits or 0))
    return tuple(numbers)
