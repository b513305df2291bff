"""What each of Discord's answers means for whoever asked.

What always holds:
- only Discord itself ends anything: an error counts for what it says only when
  it is Discord's own, a JSON object with a known `code`. A page of a proxy, a
  timeout, a 5xx, a limit or a code that nobody here knows is waited out;
- what one code means differs by what was asked: a message that is gone ends no
  game, and an answer that had arrived before is no error.

The codes are those of Discord's table "JSON error codes"; 30046, 40333 and the
limits among them are asked to wait, however final their status looks.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any


class Act(Enum):
    """What was asked of Discord. An answer is anything that an interaction's token opens."""

    SEND = auto()
    EDIT = auto()
    ANSWER = auto()
    READ = auto()


class Meaning(Enum):
    """What an error means."""

    DONE = auto()  # it had arrived before
    LATER = auto()  # not now, or not from Discord: again, with patience
    GONE = auto()  # the message cannot be edited any more; a new one can take its place
    REFUSED = auto()  # Discord does not take what is in it; another message may pass
    LOST = auto()  # its channel cannot be used any more
    EXPIRED = auto()  # the interaction's time is over


_D, _L, _G, _R, _X, _E = (
    Meaning.DONE,
    Meaning.LATER,
    Meaning.GONE,
    Meaning.REFUSED,
    Meaning.LOST,
    Meaning.EXPIRED,
)

MEANINGS: Mapping[int, tuple[Meaning, Meaning, Meaning]] = {
    # code: for a send, an edit, an answer
    10003: (_X, _X, _R),  # unknown channel
    10004: (_X, _X, _R),  # unknown server
    10008: (_X, _G, _E),  # unknown message
    10013: (_X, _X, _R),  # unknown user: the account is gone
    10015: (_L, _L, _E),  # unknown webhook: the interaction's token is over
    10062: (_L, _L, _E),  # unknown interaction: its three seconds are over
    20009: (_R, _R, _R),  # explicit content
    20016: (_L, _L, _L),  # slow mode
    20022: (_L, _L, _L),  # too many edits in an announcement channel
    20028: (_L, _L, _L),  # too much written in the channel
    20029: (_L, _L, _L),  # too much written in the server
    30046: (_L, _L, _L),  # too many edits of messages older than an hour
    40005: (_R, _R, _R),  # too large
    40058: (_X, _X, _R),  # a forum: what is written there is a post of its own
    40060: (_L, _L, _D),  # answered already
    40062: (_L, _L, _L),  # the service is being limited
    40094: (_L, _L, _E),  # an interaction's token takes no more messages
    40333: (_L, _L, _L),  # Cloudflare blocks the request
    50001: (_X, _X, _R),  # no access
    50005: (_L, _G, _E),  # somebody else's message
    50006: (_R, _R, _R),  # an empty message
    50007: (_X, _X, _R),  # this person takes no messages
    50008: (_X, _X, _R),  # a channel without text
    50009: (_X, _X, _R),  # the channel's verification level
    50013: (_X, _X, _R),  # a permission is missing
    50021: (_L, _G, _R),  # a message of Discord's own
    50024: (_X, _X, _R),  # not in a channel of this kind
    50027: (_L, _L, _E),  # the interaction's token is over
    50033: (_X, _X, _R),  # nobody who can be written to: likewise
    50035: (_R, _R, _R),  # something in the message is not as Discord wants it
    50045: (_R, _R, _R),  # a file is too large
    50046: (_R, _R, _R),  # a file is not as Discord wants it
    50068: (_R, _R, _R),  # a type of message that cannot be
    50083: (_X, _G, _R),  # the thread is archived: a new message opens it, unless it is locked
    50109: (_R, _R, _R),  # what was sent is no JSON
    50146: (_R, _R, _R),  # a file that was to be sent is not there
    50278: (_X, _X, _R),  # this person is in no server with us any more
    110001: (_L, _L, _L),  # the application is not there yet
    130000: (_L, _L, _L),  # Discord is overloaded
    160005: (_X, _X, _R),  # the thread is locked
    160006: (_L, _L, _L),  # too many threads are open in the server
    200000: (_R, _R, _R),  # the server's own rules block it
    200001: (_R, _R, _R),  # likewise, its title
    240000: (_R, _R, _R),  # a link in it is thought harmful
    400001: (_R, _R, _R),  # the server may not be sent files for now
}

_COLUMNS = {Act.SEND: 0, Act.EDIT: 1, Act.ANSWER: 2, Act.READ: 0}

_WHY_LOST = {
    10003: "{} channel was deleted",
    10004: "{} server is gone",
    50001: "Farside cannot see {} channel any more",
    50013: "Farside may not post in {} channel",
    50083: "{} thread is archived and locked",
    160005: "{} thread is locked",
}


def meaning_of(act: Act, status: int, answer: object) -> Meaning:
    """Return what an error means: `status` is HTTP's, `answer` the JSON value with it (None: none)."""
    code = code_of(answer)
    if code is None or status in {401, 429} or not 400 <= status < 500:
        return Meaning.LATER
    row = MEANINGS.get(code)
    return Meaning.LATER if row is None else row[_COLUMNS[act]]


def code_of(answer: object) -> int | None:
    """Return Discord's own code for an error, or None where Discord gave none."""
    code: Any = answer.get("code") if isinstance(answer, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) and code else None


def why_lost(code: int | None, whose: str = "its") -> str:
    """Return why a channel cannot be used any more, as part of a sentence: `its channel was deleted`."""
    words = _WHY_LOST.get(code or 0, "Discord takes no messages of Farside's in {} channel any more")
    return words.format(whose)
