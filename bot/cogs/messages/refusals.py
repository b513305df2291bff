"""What people read where Discord does not take what a game has to show."""

from bot.cogs.messages.components import MOON, PRIMARY, RIGHT, Card, button, container, row, text
from bot.cogs.messages.text import written
from bot.quiz.game import Game, GameState, Round
from bot.quiz.showing import GameShowing, RoundShowing

FAULTY = (
    "A question of this game could not be shown: the fault is Farside's, and was noted."
    " The question is left out; the game goes on."
)


def left_out_text(game: Game, present: Round) -> str:
    """Return word that Discord has refused a question; when it was one too many the game is stopped."""
    if game.state is GameState.STOPPED:
        return "The game has ended: Discord does not take its messages. Its scores count."
    return f"Discord did not take question {present.number}, so it is left out. The game goes on."


def unknown_text(present: Round) -> str:
    """Return word that a question may have been shown, and is not shown a second time."""
    return (
        f"Farside cannot see whether question {present.number} was shown, so it is left out. "
        "With the permission Read Message History it could have looked."
    )


def lost_text(why: str) -> str:
    """Return word that a game has ended since its channel cannot be used; `why` is part of a sentence."""
    return (
        f"The game has ended: {why}. Its scores count. A question that stands there may keep its buttons:"
        " their presses count no more. `/config check` shows what Farside lacks in a channel."
    )


def forgotten_card() -> Card:
    """Return what stands in place of an open question whose server was forgotten."""
    return [
        container(
            text("### A question that is over"),
            text(
                "All that Farside kept of this server was deleted, with this game. `/quiz start` begins one."
            ),
        )
    ]


def bare_results(showing: RoundShowing) -> list[Card]:
    """Return what can stand in place of a result that Discord refuses: with the key, and without."""
    number, right = showing.round.number, " · ".join(showing.asked.question.right)
    return [
        [
            container(
                text(f"### Question {number} is closed"),
                text(f"✔ {written(right, 500)}"),
                row(button("Source", f"source:{showing.round.id}")),
                colour=RIGHT,
            )
        ],
        [container(text(f"### Question {number} is closed"), colour=RIGHT)],
    ]


def bare_standings(showing: GameShowing) -> Card:
    """Return what can stand in place of standings that Discord refuses."""
    return [
        container(
            text("## The game has ended"),
            text("`/quiz status` shows how."),
            row(button("Play again", f"again:{showing.game.id}", style=PRIMARY)),
            colour=MOON,
        )
    ]
