"""Quiz nights: several games in a row, announced for an hour, with breaks and, if wanted, in teams.

    COMING ──starts──> PLAYING ──a game ends──> BREAK ──two minutes──> PLAYING ... ──the last one ends──> OVER
       └── called off, or nobody can be reached any more ──> OFF <── at any step

What always holds:
- a night takes each of its steps once, whoever looks and how often;
- drawn teams differ by one person at most, and who comes later joins the smallest;
- a team's points are its members' points a head, so that a small team may win: its sum of points, divided
  by how many of it have answered at all, rounded to a tenth.

Values and decisions only: the store keeps them, services run them in transactions.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bot.errors import BadInput, Conflict
from bot.quiz.game import Pace, Rules
from bot.quiz.scoring import Score

ROUNDS = (1, 6)
"""The fewest and the most rounds of a night; each is a game of its own."""

TEAMS = (2, 4)
"""The fewest and the most teams."""

MOST_NOTIFIED = 100  # by one message
MOST_GUESTS = 2 * MOST_NOTIFIED  # two messages tell them all
MOST_NIGHTS = 5  # that are to come in a server at once

LEAD = timedelta(minutes=10)
"""How long before its start those who come are reminded."""

BREAK = timedelta(minutes=2)
BUSY = timedelta(seconds=30)  # between two looks whether the channel's own game has ended
PATIENCE = timedelta(hours=1)  # how late a round may begin: after a game of its channel, or without Farside

WANTED = 0  # the id of an event that is to be among the server's, and may be there without being known

LATE = "Farside was not running at its time"
TAKEN = "another game went on in its channel for an hour"
NOTHING_TO_ASK = "the question bank has nothing to ask"


class NightState(StrEnum):
    """How far a night has come."""

    COMING = "coming"
    PLAYING = "playing"
    BREAK = "break"
    OVER = "over"
    OFF = "off"


class Step(IntEnum):
    """Which message of a night; the break after its round n is `BREAK` + n.

    What notifies people has a second message, `..._MORE`, for those whom the first cannot notify, too.
    """

    ANNOUNCEMENT = 0
    REMINDER = 1
    OFF = 2
    REMINDER_MORE = 3
    OFF_MORE = 4
    BREAK = 10
    END = 99


class Split(StrEnum):
    """How people come into teams; the value is the choice of `/quiz night`."""

    DRAWN = "drawn"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class NewNight:
    """What somebody asked for. `topics`: of its rounds in turn, over and over; none is every topic."""

    guild_id: int
    channel_id: int
    starter_id: int
    request_id: int
    starts_at: datetime
    rules: Rules
    rounds: int = 3
    topics: tuple[str, ...] = ()
    teams: int = 0
    split: Split = Split.DRAWN
    has_event: bool = False

    def __post_init__(self) -> None:
        if not ROUNDS[0] <= self.rounds <= ROUNDS[1]:
            raise BadInput(f"A quiz night has {ROUNDS[0]} to {ROUNDS[1]} rounds.")
        if self.teams and not TEAMS[0] <= self.teams <= TEAMS[1]:
            raise BadInput(f"There can be {TEAMS[0]} to {TEAMS[1]} teams, or none.")
        if len(self.topics) > ROUNDS[1]:
            raise BadInput(
                f"{len(self.topics)} topics are too many: a quiz night has {ROUNDS[1]} rounds at most."
            )
        if len(self.topics) > self.rounds:
            raise BadInput(f"{len(self.topics)} topics need as many rounds: add `rounds:{len(self.topics)}`.")


@dataclass(frozen=True, slots=True)
class Night:
    """A night as it stands: `due_at` is when its next step is, `number` counts the games that have begun.

    `game_id` is the last of them. `event_id` is the night among the server's events on Discord: `WANTED`
    until it is there, None where it is not to be.
    """

    id: int
    guild_id: int
    channel_id: int
    starter_id: int
    starts_at: datetime
    rules: Rules
    rounds: int
    topics: tuple[str, ...]
    teams: int
    split: Split
    state: NightState
    is_reminded: bool
    number: int
    due_at: datetime | None
    game_id: int | None = None
    event_id: int | None = None
    reason: str | None = None

    @classmethod
    def of(cls, night_id: int, new: NewNight, now: datetime) -> "Night":
        """Return a night as it is announced; near its start nobody needs to be reminded."""
        is_near = new.starts_at - now <= LEAD
        return cls(
            id=night_id,
            guild_id=new.guild_id,
            channel_id=new.channel_id,
            starter_id=new.starter_id,
            starts_at=new.starts_at,
            rules=new.rules,
            rounds=new.rounds,
            topics=new.topics,
            teams=new.teams,
            split=new.split,
            state=NightState.COMING,
            is_reminded=is_near,
            number=0,
            due_at=new.starts_at if is_near else new.starts_at - LEAD,
            event_id=WANTED if new.has_event else None,
        )

    @property
    def is_over(self) -> bool:
        """Return whether nothing more happens."""
        return self.state in (NightState.OVER, NightState.OFF)

    @property
    def has_next(self) -> bool:
        """Return whether another round follows."""
        return self.number < self.rounds

    def topic_of(self, number: int) -> str | None:
        """Return the topic of a round, counted from 1; None is every topic."""
        return self.topics[(number - 1) % len(self.topics)] if self.topics else None

    @property
    def next_rules(self) -> Rules:
        """Return how the next round is played."""
        return replace(self.rules, topic=self.topic_of(self.number + 1))

    def is_due(self, now: datetime) -> bool:
        """Return whether it has a step to take."""
        return self.due_at is not None and self.due_at <= now

    def reminded(self) -> "Night":
        """Return it after those who come were reminded."""
        return replace(self, is_reminded=True, due_at=self.starts_at)

    def began(self, game_id: int) -> "Night":
        """Return it with its next round begun."""
        number = self.number + 1
        return replace(self, state=NightState.PLAYING, number=number, game_id=game_id, due_at=None)

    def after_game(self, now: datetime, *, was_left: bool) -> "Night":
        """Return it after its game has ended; over after the last, and when nobody played (`was_left`)."""
        if was_left or not self.has_next:
            return replace(self, state=NightState.OVER, due_at=None)
        return replace(self, state=NightState.BREAK, due_at=now + BREAK)

    def called_off(self, reason: str) -> "Night":
        """Return it ended before its time; what was played counts."""
        state = NightState.OVER if self.number else NightState.OFF
        return replace(self, state=state, due_at=None, reason=reason)

    def is_past(self, step: int) -> bool:
        """Return whether a message's time is over: it is not sent any more, and asks for no press."""
        if step in (Step.REMINDER, Step.REMINDER_MORE):
            return self.number > 1 or self.state not in (NightState.COMING, NightState.PLAYING)
        if Step.BREAK < step < Step.END:
            return self.state is not NightState.BREAK or step != Step.BREAK + self.number
        return False

    def is_lost(self, now: datetime) -> bool:
        """Return whether it, or its next round, is so late that it does not begin any more."""
        due_at = self.starts_at if self.state is NightState.COMING else self.due_at
        return due_at is not None and now - due_at > PATIENCE


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who comes, by the `name` that holds in the server; `team` counts from 1, 0 is none yet."""

    player_id: int
    name: str = ""
    team: int = 0


@dataclass(frozen=True, slots=True)
class NightCard:
    """A message of a night: one that is to be sent, or (with its `message_id`) is out."""

    step: int
    made_at: datetime
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class TeamScore:
    """How a team stands: `points` a head, rounded to a tenth, of `played` members who have answered.

    Teams of the same points share a rank.
    """

    rank: int
    team: int
    points: float
    played: int


def timed(rules: Rules) -> Rules:
    """Return rules by which a game goes on by itself, whoever is there."""
    return rules if rules.is_timed else replace(rules, pace=Pace.AUTO)


def notified(guests: Sequence[Guest], step: int) -> Sequence[Guest]:
    """Return whom of those who come a message names and notifies."""
    is_more = step in (Step.REMINDER_MORE, Step.OFF_MORE)
    return guests[MOST_NOTIFIED:MOST_GUESTS] if is_more else guests[:MOST_NOTIFIED]


def require_room(nights: Sequence[Night], channel_id: int, starts_at: datetime) -> None:
    """Raise `Conflict` where a server has enough nights to come, or its channel one at about that time."""
    if len(nights) >= MOST_NIGHTS:
        raise Conflict(f"{MOST_NIGHTS} quiz nights are announced here already. Call one off first.")
    near = [
        night
        for night in nights
        if night.channel_id == channel_id and abs(night.starts_at - starts_at) < PATIENCE
    ]
    if near:
        raise Conflict(
            "This channel has a quiz night at about that time already. Choose another time or channel,"
            " or call that one off with its button; `/quiz status` shows it."
        )


def draw_teams(guests: Sequence[Guest], teams: int, dice: random.Random) -> list[Guest]:
    """Return the guests with a team each: those who have none are dealt out, the smallest team first."""
    sizes = sizes_of(guests, teams)
    placed = {guest.player_id: guest for guest in guests if guest.team}
    waiting = [guest for guest in guests if not guest.team]
    dice.shuffle(waiting)
    for guest in waiting:
        team = smallest(sizes)
        sizes[team] += 1
        placed[guest.player_id] = replace(guest, team=team)
    return [placed[guest.player_id] for guest in guests]


def sizes_of(guests: Iterable[Guest], teams: int) -> dict[int, int]:
    """Return how many people each team has."""
    counted = Counter(guest.team for guest in guests)
    return {team: counted[team] for team in range(1, teams + 1)}


def smallest(sizes: Mapping[int, int]) -> int:
    """Return the team with the fewest people, the first of several."""
    return min(sizes, key=lambda team: (sizes[team], team))


def rank_teams(scores: Iterable[Score], guests: Iterable[Guest], teams: int) -> list[TeamScore]:
    """Return how the teams stand, the best first."""
    team_of = {guest.player_id: guest.team for guest in guests}
    points, played = Counter[int](), Counter[int]()
    for score in scores:
        team = team_of.get(score.player_id, 0)
        points[team] += score.points
        played[team] += 1
    heads = {
        team: round(points[team] / played[team], 1) if played[team] else 0.0 for team in range(1, teams + 1)
    }
    found = [
        TeamScore(1 + sum(other > own for other in heads.values()), team, own, played[team])
        for team, own in heads.items()
    ]
    return sorted(found, key=lambda each: (each.rank, each.team))


@dataclass(frozen=True, slots=True)
class NightShowing:
    """All that a night's messages show: who comes, and how those stand who have played.

    `message_id` is its announcement, which is behind while `shown` is less than `version`.
    """

    night: Night
    guests: Sequence[Guest]
    scores: Sequence[Score] = ()
    message_id: int | None = None
    version: int = 1
    shown: int = 0

    @property
    def teams(self) -> list[TeamScore]:
        """Return how the teams stand, the best first; nothing where there are none."""
        return rank_teams(self.scores, self.guests, self.night.teams) if self.night.teams else []
