"""What a game shows of who stands where: its end, its course, and how one person has done alone."""

from collections.abc import Sequence

from bot.cogs.messages.components import (
    MOON,
    PRIMARY,
    Card,
    Component,
    button,
    container,
    gallery,
    row,
    separator,
    text,
)
from bot.cogs.messages.figures import moment, place_mark, points_text
from bot.cogs.messages.text import escape, plain_name, row_of, shown_name, written
from bot.quiz.game import Game, GameState, RoundState
from bot.quiz.scoring import Score, hardest, ranked
from bot.quiz.showing import GameShowing, Status

RACE = "points.png"
"""The name of the picture of a game's points."""

_NAMED = 10  # players named while a game goes on
_ROWS = 15  # players in the standings
_NONE_CLOSED = "No question was closed yet, so nobody has points."
_NONE_ANSWERED = "No question that is closed was answered, so nobody has points."
_LEGEND = "-# points · right of those answered"


def standings_card(showing: GameShowing, totals: Sequence[Sequence[int]] = ()) -> Card:
    """Return the end of a game; with the leaders' `totals` after each round, their picture `RACE`."""
    game = showing.game
    standing = ranked(showing.scores)
    lines: list[Component] = [text("## Final standings")]
    if game.state is GameState.STOPPED:
        lines.append(
            text(
                f"-# {escape(game.reason or 'stopped')}, after {len(showing.tallies)} of"
                f" {game.rules.questions} questions. The scores count."
            )
        )
    if (winners := winners_text(standing)) is not None:
        lines.append(text(f"### {winners}"))
    lines.append(text(places_text(standing, _ROWS) or "Nobody answered."))
    if totals:
        lines.append(gallery(f"attachment://{RACE}", race_text([score for _, score in standing], totals)))
    remarks = [remark for remark in (_longest(showing.scores), _hardest(showing)) if remark]
    if remarks:
        lines += [separator(), text("\n".join(remarks))]
    again = button("Play again", f"again:{game.id}", style=PRIMARY)
    lines.append(row(again, button("How points work", f"points:{game.id}")))
    return [container(*lines, colour=MOON)]


def status_card(status: Status, address: str, *, has_games: bool = True) -> Card:
    """Return how a game stands, for `/quiz status`; `has_games`: another one can be started there."""
    game, present, standings = status.game, status.round, status.standings
    board = places_text(ranked(standings.scores), _NAMED)
    if game.state is GameState.RUNNING:
        title = f"Question {present.number} of {game.rules.questions}"
        state = f"Closes {moment(present.closes_at)}." if present.closes_at else ""
        if present.state is RoundState.OPENING:
            state = "It is on its way."
        elif present.closed_at is not None:
            state = _after(status)
    else:
        title = "No game is running here"
        ended = f" {moment(game.ended_at)}" if game.ended_at else ""
        why = f" It was {escape(game.reason)}." if game.reason else ""
        state = f"The last one ended{ended}.{why}"
        if has_games:
            state += " `/quiz start` begins another."
    return [
        container(
            text(f"### {title}"),
            text(f"{state} {address}".strip()),
            separator(),
            text(board or _nobody(status)),
            _way_on(game, has_games=has_games),
        )
    ]


def _way_on(game: Game, *, has_games: bool) -> Component:
    points = button("How points work", f"points:{game.id}")
    if game.state is GameState.RUNNING or not has_games:
        return row(points)
    return row(button("Start a quiz", "begin", style=PRIMARY), points)


def _nobody(status: Status) -> str:
    """Return why nobody has points; what an open question's answers bring is told when it closes."""
    if not status.standings.tallies:
        return _NONE_CLOSED
    is_open = status.game.state is GameState.RUNNING and status.round.closed_at is None
    return _NONE_ANSWERED if is_open else "Nobody has answered yet."


def _after(status: Status) -> str:
    """Return what comes after a question that is closed, while its game goes on."""
    if status.has_following:
        return "It is closed; the next one is on its way."
    if status.game.has_next:
        return "Nobody answered three questions in a row, so the game is about to end."
    return "It was the last one; the standings are on their way."


def solo_result_card(showing: GameShowing) -> Card:
    """Return the end of a game that one person played alone."""
    score = showing.scores[0] if showing.scores else None
    lines = [text("## Your result")]
    if score is None:
        lines.append(text("No question was answered in time."))
    else:
        lines.append(
            text(
                f"**{score.right} of {len(showing.tallies)} right** · {points_text(score.points)}"
                f" · longest streak {score.longest_streak}"
            )
        )
    if len(showing.tallies) < showing.game.rules.questions:
        lines.append(text("The question bank has no other question like these any more."))
    if remark := _hardest_alone(showing):
        lines += [separator(), text(remark)]
    lines.append(row(button("Play again", f"soloagain:{showing.game.id}", style=PRIMARY)))
    return [container(*lines, text("-# Solo play never touches a server's boards."), colour=MOON)]


def places_text(standing: Sequence[tuple[int, Score]], most: int) -> str:
    """Return the first rows of a standing, each as wide as a phone, and what their numbers are."""
    if not standing:
        return ""
    rows = [_place_line(rank, score) for rank, score in standing[:most]]
    more = f" · and {len(standing) - most} more" if len(standing) > most else ""
    return "\n".join([*rows, f"{_LEGEND}{more}"])


def _place_line(rank: int, score: Score) -> str:
    """Return a row that a phone shows in one line: place, name, points, right answers."""
    told = f" · **{score.points:,}** · {score.right} of {score.answered}"
    return row_of(place_mark(rank, score.points), score.name, told)


def race_text(standing: Sequence[Score], totals: Sequence[Sequence[int]]) -> str:
    """Return what the picture of the points shows, for those who hear it read."""
    half = len(totals[0]) // 2
    leaders = [
        f"{place}: {plain_name(score.name)}, {series[half - 1]} at half time, {series[-1]} at the end"
        for place, (score, series) in enumerate(zip(standing, totals, strict=False), 1)
    ]
    return f"Points over {len(totals[0])} questions, a line for each leader. {'; '.join(leaders)}."


def winners_text(standing: Sequence[tuple[int, Score]]) -> str | None:
    """Return a warm word for who came first."""
    first = [score for rank, score in standing if rank == 1]
    if not first or not first[0].points:
        return None
    if len(standing) == 1:
        return f"🏆 {shown_name(first[0].name)} had the Moon to themselves. Well played!"
    names = [shown_name(score.name) for score in first]
    if len(first) > 3:
        return f"{len(first)} share the first place. Well played!"
    if len(first) > 1:
        return f"{', '.join(names[:-1])} and {names[-1]} share the first place. Well played!"
    ahead = first[0].points - standing[1][1].points
    return f"🏆 {names[0]} wins, {points_text(ahead)} ahead. Well played!"


def _longest(scores: Sequence[Score]) -> str | None:
    most = max((score.longest_streak for score in scores), default=0)
    if most < 2:
        return None
    names = [shown_name(score.name) for score in scores if score.longest_streak == most]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"**Longest streak:** {most} in a row, {shown}"


def _hardest(showing: GameShowing) -> str | None:
    tally = hardest(showing.tallies)
    if tally is None:
        return None
    return (
        f"**Hardest question:** {written(tally.stem, 300)} **{written(tally.key, 200)}**"
        f" ({tally.right} of {tally.answered} right)"
    )


def _hardest_alone(showing: GameShowing) -> str | None:
    missed = [tally for tally in showing.tallies if not tally.right]
    if not missed:
        return None
    lines = [f"- {written(tally.stem, 200)} **{written(tally.key, 100)}**" for tally in missed[:8]]
    return "\n".join(["**To look at again**", *lines])
