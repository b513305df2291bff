"""Duels as people see them: the card in the channel, and what each of the two sees alone.

What always holds: before the end a card tells how far each has come, and what came of those questions only
that both have answered.
"""

from collections.abc import Mapping

from bot.cogs.messages.answering import own_response_text
from bot.cogs.messages.challenges import SIGNS, missed_text, words_of
from bot.cogs.messages.components import (
    MOON,
    OPEN,
    PRIMARY,
    RIGHT,
    Card,
    Component,
    button,
    container,
    row,
    separator,
    text,
)
from bot.cogs.messages.figures import counted, moment, points_text
from bot.cogs.messages.text import shown_name, written
from bot.quiz.duel import Duel, DuelState, Outcome, Record, Side
from bot.quiz.question import title_of
from bot.quiz.showing import RoundShowing
from bot.services.duels import Half

_HIDDEN, _OPEN = "🔵", "⬜"
_OUTCOMES = {
    Outcome.WON: "🏆 **You won.** Well played!",
    Outcome.LOST: "**This one went to {other}.** There is always another.",
    Outcome.DRAWN: "🤝 **A draw.** Neither of you gave way.",
}
Topics = Mapping[str, str]


def duel_card(duel: Duel, topics: Topics) -> Card:
    """Return the card that everybody sees."""
    match duel.state:
        case DuelState.OFFERED:
            return _offered_card(duel, topics)
        case DuelState.RUNNING:
            return _running_card(duel, topics)
        case DuelState.FINISHED | DuelState.LEFT:
            return _ended_card(duel)
        case DuelState.DECLINED:
            why = "The duel was called off."
        case DuelState.EXPIRED:
            why = "Nobody accepted in time, so the duel is off."
    return [container(text(_pair(duel)), text(f"{why} `/duel` asks again."))]


def _offered_card(duel: Duel, topics: Topics) -> Card:
    first, second = duel.sides
    key = _key(duel)
    return [
        container(
            text(f"### ⚔️ {shown_name(first.name)} asks <@{second.player_id}> to a duel"),
            text(f"{_programme(duel, topics)}\n-# Open for an answer until {moment(duel.ends_at, 't')}."),
            row(
                button("Accept", f"duel:accept:{key}", style=PRIMARY),
                button("Decline", f"duel:decline:{key}"),
            ),
            colour=OPEN,
        )
    ]


def _running_card(duel: Duel, topics: Topics) -> Card:
    buttons = [button("Play", f"duel:play:{_key(duel)}", style=PRIMARY)]
    if not duel.is_posted:  # nothing else brings the card up to date
        buttons.append(button("How it stands", f"duel:state:{_key(duel)}"))
    return [
        container(
            text(_pair(duel)),
            text(_programme(duel, topics)),
            text(_progress(duel)),
            text(f"-# {_legend(duel)} Without another answer it ends {moment(duel.ends_at)}."),
            row(*buttons),
            colour=OPEN,
        )
    ]


def _ended_card(duel: Duel) -> Card:
    is_left = duel.state is DuelState.LEFT
    return [
        container(
            text(_pair(duel)),
            text("-# It has ended because nobody played on; what was answered counts.") if is_left else None,
            text(f"**{_result(duel)}**"),
            text(_progress(duel)),
            colour=RIGHT if duel.outcome_for(duel.sides[0].player_id) else MOON,
        )
    ]


def _pair(duel: Duel) -> str:
    first, second = duel.sides
    return f"### ⚔️ {shown_name(first.name)} and {shown_name(second.name)}"


def _programme(duel: Duel, topics: Topics) -> str:
    """Return what is played: "5 questions · all topics · each alone, at their own pace"."""
    about = written(title_of(topics, duel.topic), 60) if duel.topic else "all topics"
    return f"{counted(duel.questions, 'question')} · {about} · each alone, at their own pace"


def _key(duel: Duel) -> str:
    """Return what stands for a duel in a custom_id."""
    return f"{duel.home_id}:{duel.id}"


def gone_card(why: str) -> Card:
    """Return the card of a duel that is kept no more."""
    return [container(text("### ⚔️ A duel that is over"), text(why))]


def offered_text(duel: Duel) -> str:
    """Return the answer to `/duel` where the card comes by itself."""
    until = moment(duel.ends_at, "t")
    return f"Your offer is out; {shown_name(duel.opponent.name)} can accept it until {until}."


def unasked_text(duel: Duel, why: str) -> str:
    """Return what a challenger is told whose offer cannot be shown; `why` is part of a sentence."""
    name = shown_name(duel.opponent.name)
    return f"{name} was not asked to the duel: {why}. `/config check` shows what Farside lacks in a channel."


def duel_head(duel: Duel, player_id: int) -> str:
    """Return what stands above each question of a duel."""
    return f"-# ⚔️ Duel against {shown_name(duel.other_than(player_id).name)}"


def held_card(showing: RoundShowing, duel: Duel) -> Card:
    """Return a question that one of the two has answered and the other one has not."""
    game, present = showing.game, showing.round
    other = duel.other_than(game.starter_id)
    answer = showing.answers[0][0] if showing.answers else None
    said = f"{own_response_text(showing.asked, answer)} is in." if answer is not None else "It is closed."
    following = "Next question" if present.number < game.rules.questions else "Result"
    return [
        container(
            text(duel_head(duel, game.starter_id)),
            text(f"-# Question **{present.number} of {game.rules.questions}**"),
            text(f"## {written(showing.asked.question.stem, 1000)}"),
            text(f"**{said}** What is right is told when {shown_name(other.name)} has answered, too."),
            row(
                button(following, f"solonext:{present.id}", style=PRIMARY),
                button("Look again", f"duel:look:{present.id}"),
            ),
            colour=OPEN,
        )
    ]


def half_card(half: Half, topics: Topics) -> Card:
    """Return how a duel stands for one of the two who has answered all, or when it is over."""
    duel = half.duel
    own, other = duel.side_of(half.player_id), duel.other_than(half.player_id)
    if own is None or duel.state in {DuelState.DECLINED, DuelState.EXPIRED, DuelState.OFFERED}:
        return duel_card(duel, topics)
    if duel.ended_at is None:
        return [
            container(
                text(f"### ⚔️ You have answered all {duel.questions}"),
                text(_progress(duel)),
                text(
                    f"{shown_name(other.name)} has answered {len(other.marks)}. The result comes when"
                    f" they are done, or {moment(duel.ends_at)} if they do not play on."
                ),
                row(button("How it stands", f"duel:state:{_key(duel)}")),
                colour=OPEN,
            )
        ]
    outcome = duel.outcome_for(half.player_id)
    lines: list[Component] = [
        text(f"### ⚔️ Duel against {shown_name(other.name)}"),
        text(_OUTCOMES[outcome].format(other=shown_name(other.name)) if outcome else "Nobody answered."),
        text(_progress(duel)),
    ]
    if missed := missed_text(half.tallies):
        lines += [separator(), text(missed)]
    return [container(*lines, colour=RIGHT if outcome is Outcome.WON else MOON)]


def record_lines(record: Record, against: Record | None) -> list[str]:
    """Return a profile's lines about duels; `against` is how those against the reader came out."""
    if not record.total:
        return []
    lines = [f"**Duels:** {_counts(record)}"]
    if against is not None and against.total:
        lines.append(f"**Against you:** {_counts(against)}")
    return lines


def _counts(record: Record) -> str:
    drawn = f", {record.drawn} drawn" if record.drawn else ""
    return f"{record.won} won, {record.lost} lost{drawn}"


def _result(duel: Duel) -> str:
    first, second = duel.sides
    outcome = duel.outcome_for(first.player_id)
    if outcome is None:
        return "Nobody answered, so nobody has won."
    if outcome is Outcome.DRAWN:
        return "🤝 A draw."
    winner, other = (first, second) if outcome is Outcome.WON else (second, first)
    return f"🏆 {shown_name(winner.name)} wins, {points_text(winner.points)} to {other.points}."


def _progress(duel: Duel) -> str:
    return "\n".join(_side(duel, side) for side in duel.sides)


def _side(duel: Duel, side: Side) -> str:
    told = side.marks[: duel.told]
    hidden = len(side.marks) - len(told)
    signs = [*(SIGNS[mark] for mark in told), *[_HIDDEN] * hidden]
    signs += [_OPEN] * (duel.questions - len(signs))
    if duel.ended_at is not None:
        words = f"{side.right} of {duel.questions} right, {points_text(side.points)}"
    else:
        words = f"answered {len(side.marks)} of {duel.questions}"
        if told:
            words += f": {words_of(told)}"
    last = f"\n-# {words_of(side.grid(duel.questions))}" if duel.ended_at is not None else ""
    return f"**{shown_name(side.name, 24)}** · {words}\n{' '.join(signs)}{last}"


def _legend(duel: Duel) -> str:
    is_held = any(len(side.marks) > duel.told for side in duel.sides)
    return f"{_HIDDEN} answered, told when both have." if is_held else "Only you see your questions."
