"""What people see of boards and profiles.

Rows are sentences rather than columns: Discord's letters differ in width, and a
phone shows about forty of them. What people are called is shortened, escaped and
kept from turning the row around it.
"""

from collections.abc import Iterable, Mapping, Sequence

from bot.charts import percent
from bot.cogs.messages.components import (
    PRIMARY,
    SECONDARY,
    Card,
    Component,
    button,
    container,
    gallery,
    row,
    separator,
    tag_of,
    text,
)
from bot.cogs.messages.figures import bar, counted, medal, moment, place_mark
from bot.cogs.messages.text import escape, row_of, shorten, shown_name
from bot.quiz.periods import Span, months_of
from bot.quiz.question import title_of
from bot.quiz.standing import Board, Podium, Profile, Scope, Seat, Skill, Standing

PROFILE = "profile.png"
"""The name of the picture of a profile."""

TOPICS_DRAWN = 8
_DESCRIPTION = 1024  # characters that Discord takes for a picture's
MINE = "mine"  # in place of a page's number: the page on which the viewer is
TOP = "top"  # the first page of another period or scope
_TOPIC = 40
_TOPICS = 12  # topics on a profile
_SPANS = {
    Span.TODAY: "Today",
    Span.WEEK: "This week",
    Span.MONTH: "This month",
    Span.SEASON: "Season",
    Span.ALL: "All time",
}
_ENDS = {
    Span.TODAY: "the day ends",
    Span.WEEK: "the week ends",
    Span.MONTH: "the month ends",
    Span.SEASON: "the season ends",
}
_PODIUM_NAME = 24  # characters


def board_card(
    board: Board, topics: Mapping[str, str], server: str | None, *, has_games: bool = True
) -> Card:
    """Return a page of a board with buttons to turn pages, periods and scopes.

    `topics` gives titles by id; `server` is the server's name, None outside of servers; `has_games`: where
    it is read there may be games for everybody.
    """
    where = shown_name(server or "this server") if board.scope is Scope.SERVER else "all servers"
    about = escape(shorten(title_of(topics, board.topic), _TOPIC)) if board.topic else "all topics"
    facts = [season_name(board.period.key) if board.span is Span.SEASON else _SPANS[board.span], about]
    if board.players:
        facts.append(counted(board.players, "player"))
    if board.pages > 1:
        facts.append(f"page {board.page:,} of {board.pages:,}")
    if board.period.ends_at is not None:
        facts.append(f"{_ENDS[board.span]} {moment(board.period.ends_at)}")
    body = [text(f"### 🏆 Leaderboard · {where}\n-# {' · '.join(facts)}"), separator()]
    body += _places(board, has_games=has_games)
    body += [text(line) for line in _podiums(board.podiums)]
    body += _waiting(board.waiting)
    return [container(*body, *_controls(board, has_server=server is not None))]


def profile_card(
    profile: Profile,
    name: str,
    topics: Mapping[str, str],
    *,
    in_server: bool,
    duels: Sequence[str] = (),
    has_picture: bool = False,
) -> Card:
    """Return what a player has done so far; `duels` are lines about those.

    With the picture `PROFILE`, if that is sent along.
    """
    answered = sum(skill.answered for skill in profile.skills.values())
    right = sum(skill.right for skill in profile.skills.values())
    lines = []
    if in_server:
        lines.append(_seat("In this server", profile.in_server))
    lines += [
        "**In all servers:** stays off the board"
        if profile.is_hidden
        else _seat("In all servers", profile.everywhere),
        f"**Games:** {profile.games:,}",
        f"**Best streak:** {profile.best_streak:,} right in a row",
        f"**Right answers:** {right:,} of {answered:,} ({percent(right, answered)})",
        *duels,
    ]
    known = known_skills(profile)
    skills = [
        f"{number}. {bar(skill.accuracy)} {percent(skill.right, skill.answered)} ·"
        f" {escape(shorten(title_of(topics, topic), _TOPIC))} · {skill.right:,} of {skill.answered:,}"
        for number, (topic, skill) in enumerate(known[:_TOPICS], 1)
    ]
    picture = gallery(f"attachment://{PROFILE}", _picture_text(profile, topics)) if has_picture else None
    if len(known) > _TOPICS:
        skills.append(f"-# and {counted(len(known) - _TOPICS, 'more topic')}")
    return [
        container(
            text(f"### {shown_name(name)}"),
            text("\n".join(lines)),
            picture,
            separator(),
            text("**By topic**\n" + "\n".join(skills)),
            text("-# Games, streak and topics count `/quiz solo` too; points and ranks do not."),
            *_waiting(profile.waiting),
        )
    ]


def known_skills(profile: Profile) -> list[tuple[str, Skill]]:
    """Return the topics that a player has answered, the most answered first, as the card numbers them."""
    return sorted(profile.skills.items(), key=lambda item: (-item[1].answered, item[0]))


def _picture_text(profile: Profile, topics: Mapping[str, str]) -> str:
    """Return what the picture of a profile shows, in words."""
    weeks = ", ".join(f"{points:,}" for points in profile.weeks)
    named = [
        f"{number} {shorten(title_of(topics, topic), _TOPIC)} {percent(skill.right, skill.answered)}"
        for number, (topic, skill) in enumerate(known_skills(profile)[:TOPICS_DRAWN], 1)
    ]
    told = f"Points by week, this one last: {weeks}. Right answers by topic: {'; '.join(named)}."
    return shorten(told, _DESCRIPTION)


def no_profile_text(name: str, *, is_own: bool, has_games: bool = True) -> str:
    """Return the sentence about somebody who has never answered; `has_games`: games for everyone, here."""
    who = "You have" if is_own else f"{shown_name(name)} has"
    told = f"{who} not answered a question yet."
    if not has_games:
        return f"{told} `/quiz solo` opens a game for you alone." if is_own else told
    if is_own:
        return (
            f"{told} `/quiz start` opens a game for everyone in the channel, `/quiz solo` one for you alone."
        )
    return f"{told} Invite them: `/quiz start`."


def _waiting(answers: int) -> list[Component]:
    """Say so when answers given a moment ago are not in these figures yet."""
    if not answers:
        return []
    return [text(f"-# {counted(answers, 'answer')} given a moment ago will be counted in soon.")]


def season_name(key: str) -> str:
    """Return a season's name in words: "October to December 2026"."""
    first, last = months_of(key)
    if first == last:
        return f"{first:%B %Y}"
    return f"{first:%B}{'' if first.year == last.year else first.strftime(' %Y')} to {last:%B %Y}"


def _podiums(podiums: Sequence[Podium]) -> Iterable[str]:
    """Return a line for each season before: its first three with their medals and points."""
    for podium in podiums:
        best = [points for _, points in podium.standings]
        ranks = [best.index(points) + 1 for points in best]
        leaders = " · ".join(
            f"{medal(rank)}{shown_name(name, _PODIUM_NAME)} {points:,}"
            for rank, (name, points) in zip(ranks, podium.standings, strict=True)
        )
        yield f"-# {season_name(podium.season)}: {leaders}"


def _places(board: Board, *, has_games: bool) -> Iterable[Component]:
    if not board.standings:
        yield text(_empty(board, has_games=has_games))
        if has_games:
            yield row(button("Start a quiz", "begin", style=PRIMARY))
        return
    yield text("\n".join(_place(standing, board.viewer_id) for standing in board.standings))
    yield text("-# points · right answers")
    if board.around:
        yield separator()
        yield text("\n".join(_place(standing, board.viewer_id) for standing in board.around))
    elif board.is_viewer_hidden:
        yield text("-# You stay off this board. `/privacy hide hidden:False` brings you back.")
    elif board.viewer_page is None:
        yield text("-# You are not on this board yet: answer a question of a `/quiz start` game.")


def _empty(board: Board, *, has_games: bool) -> str:
    when = {
        Span.TODAY: "Nobody has played today yet.",
        Span.WEEK: "Nobody has played this week yet.",
        Span.MONTH: "Nobody has played this month yet.",
        Span.SEASON: "Nobody has played this season yet.",
        Span.ALL: "Nobody has played yet.",
    }[board.span]
    if board.topic:
        when = when.replace(" yet.", " on this topic yet.")
    where = "everyone in the channel can join" if has_games else "counts, in a server with Farside in it"
    way_on = f"`/quiz start` opens a game that {where}."
    if board.scope is Scope.GLOBAL:
        way_on += " It counts here once two people have answered."
    return f"{when} {way_on}"


def _place(standing: Standing, viewer_id: int) -> str:
    """Return a row that a phone shows in one line."""
    mark = place_mark(standing.rank, standing.points)
    share = percent(standing.right, standing.answered)
    you = " ‹ **you**" if standing.player_id == viewer_id else ""
    return row_of(mark, standing.name, f" · **{standing.points:,}** · {share}{you}")


def _controls(board: Board, *, has_server: bool) -> Iterable[Component]:
    def turn(label: str, page: str, *, is_off: bool = False, style: int = SECONDARY) -> Component:
        return button(label, _custom_id(board, page=page), disabled=is_off, style=style)

    yield separator(line=False)
    if board.pages > 1:
        is_away = board.viewer_page not in {None, board.page}
        yield row(
            turn("← Previous", str(board.page - 1), is_off=board.page == 1),
            turn("Next →", str(board.page + 1), is_off=board.page >= board.pages),
            turn("My place", MINE, is_off=not is_away, style=PRIMARY if is_away else SECONDARY),
        )
    yield row(
        *(
            button(label, _custom_id(board, span=span), disabled=span is board.span)
            for span, label in _SPANS.items()
        )
    )
    if has_server:
        yield row(_other_scope(board))


def _other_scope(board: Board) -> Component:
    other = Scope.GLOBAL if board.scope is Scope.SERVER else Scope.SERVER
    label = "All servers" if other is Scope.GLOBAL else "This server"
    return button(label, _custom_id(board, scope=other))


def _custom_id(board: Board, *, scope: Scope | None = None, span: Span | None = None, page: str = TOP) -> str:
    """Return `board:<viewer>:<scope>:<period>:<page>:<topic>`; no two buttons of a card have the same."""
    return f"board:{board.viewer_id}:{scope or board.scope}:{span or board.span}:{page}:{tag_of(board.topic)}"


def _seat(where: str, seat: Seat | None) -> str:
    if seat is None:
        return f"**{where}:** no points yet"
    points = counted(seat.points, "point")
    return f"**{where}:** {medal(seat.rank)}rank **{seat.rank:,}** of {seat.players:,} · **{points}**"
