"""Pauses: how long to wait after so many failures in a row; each is longer, up to the last."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pauses:
    """A row of pauses in seconds."""

    seconds: tuple[float, ...]

    def after(self, failures: int) -> float:
        """Return the pause in seconds after so many failures in a row, one at least."""
        return self.seconds[min(failures, len(self.seconds)) - 1]


PATIENT = Pauses((1, 2, 5, 10, 30, 60))
"""For what nobody waits for this moment, and what must go on in the end."""
