"""The errors fit to show a player.

    QuizError                    the root: its text is the sentence that the player reads
    ├── NotAllowed               somebody else must do this
    ├── NotFound                 the thing asked for is not there (any more)
    ├── Conflict                 it is there already: a second game in a channel
    ├── BadInput                 what was typed cannot be used; says what to type
    ├── NotSaved                 the store did not take it: nothing happened, so try again
    └── NotRead                  the store could not be read: nothing is lost, so try again

    CannotGoOn                   not for players: the program ends, and this is the line that says why

Every sentence names a way on. None of these is ever logged above WARNING. An
author's faults are problems of the linter, not exceptions; our own faults are
ordinary exceptions, logged once with a short id that the player is also given.
"""

import asyncio


class QuizError(Exception):
    """Something the player can mend; `str(error)` is the sentence shown, ephemerally."""


class NotAllowed(QuizError):
    """The player may not do this; the sentence names who may."""


class NotFound(QuizError):
    """What was asked for is not there; the sentence says where to look."""


class Conflict(QuizError):
    """What was asked for is there already; the sentence links to it."""


class BadInput(QuizError):
    """What was typed cannot be used; the sentence says what to type instead."""


class NotSaved(QuizError):
    """The store could not be written (a full disk, a lock): nothing has happened."""

    def __init__(
        self, sentence: str = "Farside could not save that just now, so it does not count. Please try again."
    ) -> None:
        super().__init__(sentence)


class NotRead(QuizError):
    """The store could not be read (a lock, a disk that does not answer): nothing is lost."""

    def __init__(
        self, sentence: str = "Farside could not look that up just now. Nothing is lost; please try again."
    ) -> None:
        super().__init__(sentence)


class CannotGoOn(Exception):
    """The program must end, with status 1, so that it is started anew; the text says why."""


def is_the_end(error: BaseException) -> bool:
    """Return whether an error ends the task that is running, or the program: nothing may go on after it.

    A cancellation that this task was not asked for is none: it is that of something that was awaited here.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is None or task.cancelling() > 0
    return isinstance(error, GeneratorExit | KeyboardInterrupt | SystemExit)
