"""What a channel sees of a quiz night: its announcement, the reminder, each break, and its end."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.cogs.messages.components import (
    MOON,
    OPEN,
    PRIMARY,
    WARNING,
    Card,
    Component,
    button,
    container,
    gallery,
    row,
    separator,
    text,
)
from bot.cogs.messages.figures import counted, moment
from bot.cogs.messages.standings import RACE, places_text, race_text, winners_text
from bot.cogs.messages.text import escape, fitting, shown_name, written
from bot.quiz.night import (
    BREAK,
    LEAD,
    Guest,
    Night,
    NightCard,
    NightShowing,
    NightState,
    Split,
    Step,
    TeamScore,
    notified,
    sizes_of,
)
from bot.quiz.scoring import ranked

Topics = Mapping[str, str]

TEAM_MARKS = ("▲ Triangles", "● Circles", "■ Squares", "★ Stars")
"""The teams, by a shape and a word."""

_LISTED = {NightState.COMING: "comes", NightState.OVER: "came", NightState.OFF: "would have come"}
_GUESTS = 1500  # characters of names on a card
_ROWS = 10


def team_name(team: int) -> str:
    """Return what a team is called; it counts from 1."""
    return TEAM_MARKS[team - 1]


def announcement_card(showing: NightShowing, topics: Topics) -> Card:
    """Return the announcement of a night, which also says how far it has come."""
    night = showing.night
    host = f"Announced by <@{night.starter_id}>. " if night.starter_id else ""  # else they are forgotten
    lines: list[Component | None] = [
        text("## Quiz night"),
        text(f"### {_when(night)}"),
        text(f"{_programme(night, topics)}\n-# {host}Everyone can play."),
        separator(),
        text(_guest_list(showing)),
    ]
    if night.state is NightState.COMING:
        away = (button("Not coming", f"nightleave:{night.id}:0"), _call_off(night, "Call it off"))
        coming = _coming_buttons(night)
        lines += [row(*coming, *away)] if len(coming) == 1 else [row(*coming), row(*away)]
        if not night.is_reminded:
            lines.append(text(f"-# Who comes is reminded here {_minutes(LEAD)} before it begins."))
    elif not night.is_over and night.has_next:
        is_playing = night.state is NightState.PLAYING
        lines.append(row(_call_off(night, "End after this round" if is_playing else "End the night")))
    colour = WARNING if night.state is NightState.OFF else MOON if night.is_over else OPEN
    return [container(*lines, colour=colour)]


def reminder_card(showing: NightShowing, unsent: NightCard) -> Card:
    """Return what reminds those who come, whom it names; one of after the start says that it begins now."""
    night, step = showing.night, unsent.step
    is_late = night.number > 0 or unsent.made_at >= night.starts_at
    head = f"The quiz night begins {'now' if is_late else moment(night.starts_at)}"
    if night.is_past(step):
        head = f"The quiz night of {_stamp(night, 'f')}"
    stay_away = row(button("Not coming after all", f"nightleave:{night.id}:{step}"))
    return [
        container(
            text(f"### {head}"),
            text(mentions_text(notified(showing.guests, step))),
            None if night.is_past(step) else stay_away,
            colour=OPEN,
        )
    ]


def off_card(showing: NightShowing, step: int) -> Card:
    """Return what tells those who come that there is no night."""
    night = showing.night
    return [
        container(
            text(f"### The quiz night of {_stamp(night, 'f')} is off"),
            text(f"{_why(night)}."),
            text(mentions_text(notified(showing.guests, step))),
            row(button("Start a quiz now", f"begin:{night.id}:{step}", style=PRIMARY)),
            colour=WARNING,
        )
    ]


def break_card(showing: NightShowing, step: int, topics: Topics) -> Card:
    """Return the break after a round: how everybody stands so far, and what comes next, or came."""
    night, number = showing.night, step - Step.BREAK
    following, due = number + 1, moment(night.due_at) if night.due_at else "soon"
    lines: list[Component | None] = [
        text(f"### Break after round {number} of {night.rounds}"),
        *_standing(showing),
        separator(),
    ]
    if not night.is_past(step):
        go_on = button("Go on now", f"nightgo:{night.id}:{number}")
        lines += [
            text(f"**Round {following}** begins {due}: {_topic(night, following, topics)}."),
            row(go_on, _call_off(night, "End the night")),
        ]
    elif night.number > number:
        lines.append(text(f"**Round {following}** has begun: {_topic(night, following, topics)}."))
    else:
        lines.append(text("-# The night ended here."))
    return [container(*lines, colour=MOON if night.is_past(step) else OPEN)]


def final_card(showing: NightShowing, totals: Sequence[Sequence[int]] = ()) -> Card:
    """Return the end of a night; with the leaders' `totals` after each question, their picture `RACE`."""
    night, standing = showing.night, ranked(showing.scores)
    lines: list[Component | None] = [text("## The quiz night is over")]
    if night.reason:
        lines.append(text(f"-# {_why(night)}, after {counted(night.number, 'round')}. The scores count."))
    winner = _winning_team(showing.teams) if night.teams else winners_text(standing)
    lines.append(text(f"### {winner}") if winner else None)
    lines += _standing(showing)
    if totals:
        lines.append(gallery(f"attachment://{RACE}", race_text([score for _, score in standing], totals)))
    lines.append(row(button("Start a quiz", f"begin:{night.id}", style=PRIMARY)))
    return [container(*lines, colour=MOON)]


def announced_text(night: Night, zone: ZoneInfo) -> str:
    """Return what whoever announced a night is told."""
    event = "" if night.event_id is None else " It goes among the server's events, too."
    there = f"{night.starts_at.astimezone(zone):%H:%M} by the server's clock ({escape(zone.key)})"
    return (
        f"The quiz night is announced: {_stamp(night, 'F')}, {there}.{event} It begins by itself; you and"
        " moderators can call it off with its button."
    )


def lost_text(night: Night, why: object) -> str:
    """Return what its host is told of a night whose channel is lost; `why` is a part of a sentence."""
    end = "has ended" if night.number else "is off"
    return (
        f"The quiz night of {_stamp(night, 'f')} in <#{night.channel_id}> {end}: {why}."
        " `/config check` shows what Farside lacks in a channel."
    )


def ending_text(night: Night) -> str:
    """Return what whoever ended a night is told."""
    match night.state:
        case NightState.OFF:
            return "The quiz night is called off. Those who said that they come are told."
        case NightState.OVER:
            return "The quiz night is over; its scores count."
        case _:
            return "The night ends after this round. `/quiz stop` ends the round, too."


def coming_text(night: Night, guest: Guest, *, is_new: bool) -> str:
    """Return what somebody is told who comes."""
    team = f" in the team **{team_name(guest.team)}**" if guest.team else ""
    drawn = " Teams are drawn when it begins." if night.teams and not guest.team else ""
    if not is_new or night.number:
        return f"You are on the list{team}.{drawn}"
    told = "" if night.is_reminded else f" You are named here {_minutes(LEAD)} before it begins."
    return f"You are on the list{team}. It begins {moment(night.starts_at)}.{told}{drawn}"


def leaving_text(night: Night, *, is_off: bool) -> str:
    """Return what somebody is told who does not come."""
    if night.number:
        return "The night has begun, so its list stays as it is. Nobody has to play."
    return "You are off the list. You may play all the same." if is_off else "You were not on the list."


def mentions_text(guests: Sequence[Guest]) -> str:
    """Return those whom a message notifies as mentions."""
    return " ".join(f"<@{guest.player_id}>" for guest in guests) or "Nobody is on the list any more."


def event_text(night: Night, topics: Topics, link: str) -> tuple[str, str]:
    """Return name and description of a night among a server's events, with the link to its announcement."""
    plain = _programme(night, topics).replace("**", "").replace("\\", "")
    return "Quiz night", f"{plain}. Everyone can play; who comes is on the list: {link}"


def _when(night: Night) -> str:
    match night.state:
        case NightState.COMING:
            return f"{_stamp(night, 'F')} · {moment(night.starts_at)}"
        case NightState.OFF:
            return f"Off: {escape(night.reason or 'called off')}"
        case NightState.OVER:
            return f"Over: it began {_stamp(night, 'f')}"
        case _:
            return f"Going on: round {night.number} of {night.rounds}"


def _why(night: Night) -> str:
    """Return why a night has ended before its time, as a sentence begins."""
    reason = escape(night.reason or "called off")
    return reason[:1].upper() + reason[1:]


def _stamp(night: Night, style: str) -> str:
    return moment(night.starts_at, style)


def _programme(night: Night, topics: Topics) -> str:
    """Return what is played: "3 rounds of 10 questions · Moon, Missions · 2 teams, drawn"."""
    parts = [f"**{counted(night.rounds, 'round')}** of {counted(night.rules.questions, 'question')}"]
    if night.topics:
        rounds = range(1, len(night.topics) + 1)
        parts.append(", ".join(dict.fromkeys(_topic(night, number, topics) for number in rounds)))
    if night.rounds > 1:
        parts.append(f"breaks of {_minutes(BREAK)}")
    if night.teams:
        chosen = "choose yours" if night.split is Split.CHOSEN else "drawn when it begins"
        parts.append(f"{night.teams} teams, {chosen}")
    return " · ".join(parts)


def _coming_buttons(night: Night) -> list[Component]:
    if night.teams and night.split is Split.CHOSEN:
        return [
            button(f"Join {team_name(team)}", f"nightcome:{night.id}:{team}")
            for team in range(1, night.teams + 1)
        ]
    return [button("I'm coming", f"nightcome:{night.id}:0", style=PRIMARY)]


def _call_off(night: Night, label: str) -> Component:
    return button(label, f"nightend:{night.id}:{night.number}")


def _guest_list(showing: NightShowing) -> str:
    guests, night = showing.guests, showing.night
    head = f"**Who {_LISTED.get(night.state, 'is here')}** · "
    nobody = "nobody" if night.is_over else "nobody yet"
    if not guests:
        return f"{head}{nobody}"
    head += str(len(guests))
    if not any(guest.team for guest in guests):
        return f"{head}\n{_names(guests, _GUESTS)}"
    lines = [head]
    for team, size in sizes_of(guests, night.teams).items():
        those = [guest for guest in guests if guest.team == team]
        lines.append(f"{team_name(team)} · {size}: {_names(those, _GUESTS // night.teams) or nobody}")
    if without := [guest for guest in guests if not guest.team]:
        lines.append(f"Without a team yet: {_names(without, _GUESTS // 4)}")
    return "\n".join(lines)


def _names(guests: Sequence[Guest], room: int) -> str:
    names = [shown_name(guest.name) for guest in guests]
    return " · ".join(fitting(names, room, lambda more: f"and {more} more"))


def _standing(showing: NightShowing) -> list[Component | None]:
    standing = ranked(showing.scores)
    if not standing:
        return [text("Nobody has answered.")]
    parts = []
    if teams := showing.teams:
        parts.append(text("\n".join(map(_team_line, teams))))
    parts.append(text(places_text(standing, _ROWS)))
    return [*parts]


def _team_line(team: TeamScore) -> str:
    players = counted(team.played, "player")
    return f"**{team.rank}. {team_name(team.team)}** · {team.points:g} a head · {players}"


def _winning_team(teams: Sequence[TeamScore]) -> str | None:
    best = [team for team in teams if team.rank == 1]
    if not teams[0].points:
        return None
    names = " and ".join(team_name(team.team) for team in best)
    return f"🏆 {names} win the night. Well played!" if len(best) == 1 else f"{names} share the night."


def _topic(night: Night, number: int, topics: Topics) -> str:
    """Return what a round is about; a topic that has left the bank stands for all of them."""
    title = topics.get(night.topic_of(number) or "")
    return written(title, 60) if title else "all topics"


def _minutes(span: timedelta) -> str:
    return f"{span.seconds // 60} minutes"
