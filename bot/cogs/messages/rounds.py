"""What a game shows: questions, results, standings; every word of them.

What always holds: what is right is told by a mark and a word, never by colour
alone; the bank's words stand as its author wrote them, players' names are
escaped; a card stays within Discord's 4,000 characters of text.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.cogs.messages.answering import (
    OPTION,
    how_to,
    is_near,
    key_line,
    listed_options,
    outcome_text,
    own_answer_text,
    picture_of,
    ways,
)
from bot.cogs.messages.components import (
    MOON,
    OPEN,
    PRIMARY,
    RIGHT,
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
from bot.cogs.messages.text import escape, shorten, shown_name, written
from bot.quiz.game import Answer, Asked, Cause, Game, GameState, Mode, Pace, Round, Rules, Scoring
from bot.quiz.question import PLAIN, Look
from bot.quiz.scoring import Score, hardest, ranked, streak_bonus
from bot.quiz.showing import GameShowing, RoundShowing, Status
from bot.quiz.vote import Ballot

DIFFICULTIES = {1: "easy", 2: "medium", 3: "hard"}
_STEM, _EXPLANATION, _TITLE = 1000, 400, 60  # characters of what an author may write at length
_NAMED = 10  # players named in a result
_ROWS = 15  # players in the standings
_CAUSES = {
    Cause.SKIPPED: "Skipped.",
    Cause.STOPPED: "The game was stopped here.",
}
_MODES = {Mode.TYPED: "typed answers", Mode.MIXED: "answers of every kind"}
_PACES = {
    Pace.AUTO: "time to read each question, 12 s at least",
    Pace.FAST: "fast",
    Pace.RELAXED: "relaxed, twice the time to read",
    Pace.UNTIMED: "no time limit",
}
_NO_POINTS = "No question was closed yet, so nobody has points."
RACE = "points.png"
"""The name of the picture of a game's points."""

_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}

Topics = Mapping[str, str]


def round_card(game: Game, present: Round, asked: Asked, closes_at: datetime | None, topics: Topics) -> Card:
    """Return an open round of a channel's game."""
    if closes_at is None:
        ends = "No time limit: who started the game, or a moderator, goes on with **Next**."
        going_on = [row(button("Next", f"next:{present.id}"))]
    else:
        ends = f"Closes {moment(closes_at)}."
        going_on = []
    return [
        container(
            *_head(game, present, asked, topics),
            *ways(asked, present),
            text(f"-# {ends} {how_to(asked)}"),
            *going_on,
            colour=OPEN,
        )
    ]


def result_card(showing: RoundShowing, topics: Topics) -> Card:
    """Return a closed round: the key, the explanation, and who was right."""
    game, present, asked = showing.game, showing.round, showing.asked
    cause = _cause(present, len(showing.answers))
    return [
        container(
            *_head(game, present, asked, topics, with_options=False),
            text(outcome_text(asked, showing.answers)),
            _explanation(asked),
            separator(),
            text(_right_players(showing.answers)),
            text(f"-# {cause}") if cause else None,
            row(button("Source", f"source:{present.id}")),
            colour=_accent([answer for answer, _ in showing.answers]),
        )
    ]


def _accent(answers: Sequence[Answer]) -> int:
    """Return the colour that goes with the words: somebody was right, nobody was, nobody answered."""
    if not answers:
        return MOON
    return RIGHT if any(answer.points for answer in answers) else WARNING


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
    if (winners := _winners(standing)) is not None:
        lines.append(text(f"### {winners}"))
    lines.append(
        text("\n".join(_place(rank, score) for rank, score in standing[:_ROWS]) or "Nobody answered.")
    )
    if len(standing) > _ROWS:
        lines.append(text(f"-# and {len(standing) - _ROWS} more"))
    if totals:
        lines.append(gallery(f"attachment://{RACE}", _race_text([score for _, score in standing], totals)))
    remarks = [remark for remark in (_longest(showing.scores), _hardest(showing)) if remark]
    if remarks:
        lines += [separator(), text("\n".join(remarks))]
    lines.append(row(button("Play again", f"again:{game.id}", style=PRIMARY)))
    return [container(*lines, colour=MOON)]


def started_card(game: Game, name: str, topics: Topics, wanted: int = 0, look: Look = PLAIN) -> Card:
    """Return the announcement of a game that begins; `wanted` questions were asked for.

    The bank's own `look` is its title, emblem and colour, where it has them.
    """
    rules = game.rules
    shorter = shorter_text(rules, wanted)
    asked = f"{_topic(rules, topics)} · {_difficulty(rules)}"
    return [
        container(
            *([text(f"-# {bank}")] if (bank := _bank_name(look)) else []),
            text(f"### {shown_name(name)} starts a quiz"),
            text(f"{_count(rules)} · {asked}{_mode(rules)} · {_time(rules)}"),
            *([text(f"-# {shorter}")] if shorter else []),
            text(f"-# {_worth(rules)} The first question is on its way."),
            colour=MOON if look.color is None else look.color,
        )
    ]


def _count(rules: Rules) -> str:
    return "1 question" if rules.questions == 1 else f"{rules.questions} questions"


def _bank_name(look: Look) -> str:
    return " ".join(part for part in (look.emblem, escape(shorten(look.title, 100))) if part)


def shorter_text(rules: Rules, wanted: int) -> str:
    """Return why a game has fewer questions than were `wanted`; nothing when it has them all."""
    if rules.questions >= wanted:
        return ""
    return (
        f"You asked for {wanted}. There is only enough for {_count(rules)} here without asking about the same"
        " thing twice: pick another topic, or none, for a longer game."
    )


def unmet_presets_text(presets: Rules, topics: Topics) -> str:
    """Return a word to those who can change a server's presets that the bank cannot meet any more."""
    return (
        f"This server presets {_topic(presets, topics)}, {_difficulty(presets)}. The question bank has no"
        " such questions any more, so that was left aside. `/config defaults` changes it."
    )


def status_card(status: Status, address: str) -> Card:
    """Return how a game stands, for `/quiz status`."""
    game, present, standings = status.game, status.round, status.standings
    board = "\n".join(_place(rank, score) for rank, score in ranked(standings.scores)[:_NAMED])
    if game.state is GameState.RUNNING:
        title = f"Question {present.number} of {game.rules.questions}"
        state = f"Closes {moment(present.closes_at)}." if present.closes_at else ""
        if present.closed_at is not None:
            state = _after(status)
    else:
        title = "No game is running here"
        ended = f" {moment(game.ended_at)}" if game.ended_at else ""
        why = f" It was {escape(game.reason)}." if game.reason else ""
        state = f"The last one ended{ended}.{why} `/quiz start` begins another."
    return [
        container(
            text(f"### {title}"),
            text(f"{state} {address}".strip()),
            separator(),
            text(board or ("Nobody has answered yet." if standings.tallies else _NO_POINTS)),
            text(f"-# {_worth(game.rules)}"),
        )
    ]


def _after(status: Status) -> str:
    """Return what comes after a question that is closed, while its game goes on."""
    if status.has_following:
        return "It is closed; the next one is on its way."
    if status.game.has_next:
        return "Nobody answered three questions in a row, so the game is about to end."
    return "It was the last one; the standings are on their way."


def solo_card(showing: RoundShowing, topics: Topics, above: str = "") -> Card:
    """Return a round that one person plays alone: open, or answered; `above` stands before it."""
    first = [text(above)] if above else []
    game, present, asked = showing.game, showing.round, showing.asked
    if present.closed_at is None:
        ends = f"Closes {moment(present.closes_at)}." if present.closes_at else "No time limit."
        return [
            container(
                *first,
                *_head(game, present, asked, topics),
                *ways(asked, present, alone=True),
                text(f"-# {ends} The first answer stands."),
                colour=OPEN,
            )
        ]
    following = "Next question" if present.number < game.rules.questions else "Result"
    return [
        container(
            *first,
            *_head(game, present, asked, topics, with_options=False),
            text(_own_verdict(showing)),
            text(key_line(asked)),
            _explanation(asked),
            row(
                button(following, f"solonext:{present.id}", style=PRIMARY),
                button("Source", f"source:{present.id}"),
            ),
            colour=_accent([answer for answer, _ in showing.answers]),
        )
    ]


def solo_result_card(showing: GameShowing) -> Card:
    """Return the end of a game that one person played alone."""
    score = showing.scores[0] if showing.scores else None
    lines = [text("## Your result")]
    if score is None:
        lines.append(text("No question was answered in time."))
    else:
        lines.append(
            text(
                f"**{score.right} of {showing.game.rules.questions} right** · {points_text(score.points)}"
                f" · longest streak {score.longest_streak}"
            )
        )
    if remark := _hardest_alone(showing):
        lines += [separator(), text(remark)]
    lines.append(row(button("Play again", f"soloagain:{showing.game.id}", style=PRIMARY)))
    return [container(*lines, text("-# Solo play never touches a server's boards."), colour=MOON)]


def ballot_text(ballot: Ballot, what: str, starter_id: int) -> str:
    """Return how a vote stands; `what` completes "vote to"."""
    at_once = "Moderators can do it at once."
    if starter_id:  # else whoever it was is forgotten
        at_once = f"<@{starter_id}>, who started the game, and moderators can do it at once."
    if not ballot.counts:
        return f"Only those who play can vote to {what}: answer a question first. {at_once}"
    if ballot.is_carried:
        return f"Carried with {ballot.votes} of {ballot.needed} votes to {what}."
    return f"Your vote to {what} counts: {ballot.votes} of the {ballot.needed} needed. {at_once}"


def moment(at: datetime) -> str:
    """Return an instant as each reader's Discord shows it, relative to now; parts of a second round up."""
    return f"<t:{math.ceil(at.timestamp())}:R>"


def _head(
    game: Game, present: Round, asked: Asked, topics: Topics, *, with_options: bool = True
) -> list[Component]:
    question = asked.question
    topic = written(topics.get(question.topic, question.topic), _TITLE)
    difficulty = DIFFICULTIES.get(question.difficulty, str(question.difficulty))
    lines = [
        text(f"Question **{present.number} of {game.rules.questions}** · {topic} · {difficulty}"),
        text(f"## {written(question.stem, _STEM)}"),
    ]
    if (picture := picture_of(asked, present.id)) is not None:
        lines.append(picture)
    if question.clues:
        lines.append(text(_clues(question.clues, len(present.clues_at) + 1 if with_options else None)))
    if with_options and (options := listed_options(asked)) is not None:
        lines.append(options)
    return lines


def _clues(clues: Sequence[str], count: int | None) -> str:
    """Return the first `count` clues of a ladder, or all of them."""
    shown = [f"{number}. {written(clue, OPTION)}" for number, clue in enumerate(clues[:count], 1)]
    return "\n".join(shown)


def _explanation(asked: Asked) -> Component | None:
    explanation = asked.question.explanation
    return text(written(explanation, _EXPLANATION)) if explanation.strip() else None


def _cause(present: Round, answered: int) -> str | None:
    """Return why a round closed before its time, if it did."""
    if present.cause is Cause.EVERYONE:
        return "The only player has answered." if answered == 1 else f"All {answered} players have answered."
    return _CAUSES.get(present.cause) if present.cause else None


def _right_players(answers: Sequence[tuple[Answer, str]]) -> str:
    if not answers:
        return "Nobody answered."
    right = [(answer, name) for answer, name in answers if answer.is_right]
    near = [(answer, name) for answer, name in answers if not answer.is_right and answer.points]
    lines = [f"{word}: {_named(those)}" for word, those in (("Right", right), ("Near", near)) if those]
    return "\n".join(lines) or "Nobody was right this time."


def _named(answers: Sequence[tuple[Answer, str]]) -> str:
    """Return players with their points, the most first."""
    ordered = sorted(answers, key=lambda pair: (-pair[0].points, pair[0].at))
    named = " · ".join(
        f"**{shown_name(name)}** +{answer.points}{_streak(answer)}" for answer, name in ordered[:_NAMED]
    )
    return named + (f" · and {len(ordered) - _NAMED} more" if len(ordered) > _NAMED else "")


def _streak(answer: Answer) -> str:
    return f" ({answer.streak} in a row)" if streak_bonus(answer.streak) else ""


def _own_verdict(showing: RoundShowing) -> str:
    if not showing.answers and showing.round.cause is Cause.STOPPED:
        return "⌛ **Over**: this game was left alone for a day, so it has ended."
    if not showing.answers:
        return "⌛ **Too late**: the time was up."
    answer, _ = showing.answers[0]
    if answer.is_right:
        return f"✔ **Right**: +{answer.points}{_streak(answer)}"
    said = own_answer_text(showing.asked, answer)
    if is_near(showing.asked, answer):
        return f"≈ **Near**: {f'+{answer.points}, ' if answer.points else ''}{said}"
    return f"✘ **Wrong**: {said}"


def _place(rank: int, score: Score) -> str:
    mark = f"{_MEDALS[rank]} " if rank in _MEDALS and score.points else ""
    return (
        f"{mark}**{rank}.** {shown_name(score.name)} · {points_text(score.points)}"
        f" · {score.right} of {score.answered} right ({score.accuracy:.0%})"
    )


def _race_text(standing: Sequence[Score], totals: Sequence[Sequence[int]]) -> str:
    """Return what the picture of the points shows, for those who hear it read."""
    half = len(totals[0]) // 2
    leaders = [
        f"{place}: {written(score.name, 40)}, {series[half - 1]} at half time, {series[-1]} at the end"
        for place, (score, series) in enumerate(zip(standing, totals, strict=False), 1)
    ]
    return f"Points over {len(totals[0])} rounds, a line for each leader. {'; '.join(leaders)}."


def _winners(standing: Sequence[tuple[int, Score]]) -> str | None:
    """Return a warm word for who came first, where there was somebody to come first of."""
    first = [score for rank, score in standing if rank == 1]
    if len(standing) < 2 or not first[0].points:
        return None
    names = [shown_name(score.name) for score in first]
    if len(first) > 3:
        return f"{len(first)} share the first place. Well played!"
    if len(first) > 1:
        return f"{', '.join(names[:-1])} and {names[-1]} share the first place. Well played!"
    ahead = first[0].points - standing[1][1].points
    return f"🏆 {names[0]} wins, {points_text(ahead)} ahead. Well played!"


def points_text(points: int) -> str:
    """Return points with their noun."""
    return "1 point" if points == 1 else f"{points} points"


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


def _topic(rules: Rules, topics: Topics) -> str:
    return written(topics.get(rules.topic, rules.topic), _TITLE) if rules.topic else "all topics"


def _difficulty(rules: Rules) -> str:
    return DIFFICULTIES.get(rules.difficulty, "any difficulty") if rules.difficulty else "any difficulty"


def _mode(rules: Rules) -> str:
    return f" · {_MODES[rules.mode]}" if rules.mode in _MODES else ""


def _time(rules: Rules) -> str:
    return f"{rules.seconds} s each" if rules.seconds is not None else _PACES[rules.pace]


def _worth(rules: Rules) -> str:
    bonus = "From the third right answer in a row on, a streak brings 2 to 10 more."
    worth = "A right answer among four brings 10 points times its difficulty (1 to 3), one of true or false 5"
    if rules.scoring is Scoring.SPEED and rules.is_timed:
        return f"{worth}, down to half as time runs out. {bonus}"
    return f"{worth}; speed does not matter. {bonus}"
