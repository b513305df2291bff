"""What people see of what is kept of them."""

from bot.cogs.messages.components import Card, container, separator, text
from bot.cogs.messages.figures import counted
from bot.quiz.belongings import Belongings

CONFIRMATIONS = ("crater", "eclipse", "regolith", "perigee", "lander", "orbiter", "crescent", "far side")
"""One of these is shown and has to be typed before anything is deleted."""
EXPORTED = "This is all that Farside keeps about you. Only you can see it."
DELETED = (
    "All that Farside kept about you is deleted: answers, scores, streaks, places, votes,"
    " reports, reviews and names."
    " Whatever you play from now on begins afresh. Messages that are in a channel already stay there until"
    " somebody deletes them."
)


def privacy_card(counts: Belongings, *, is_hidden: bool) -> Card:
    """Return what is kept of somebody, and what they can do about it."""
    where = "stay off it" if is_hidden else "are on it, under your account's own name"
    back = "`/privacy hide hidden:False` brings you back." if is_hidden else "`/privacy hide` takes you off."
    return [
        container(
            text("### What Farside keeps about you"),
            text(
                f"- {counted(counts.answers, 'answer')} in {counted(counts.games, 'game')}"
                f" ({counts.solo_games:,} of them alone): what you chose, when, and the points\n"
                f"- {counted(counts.days, 'answer')} to questions of the day, and how many days running\n"
                f"- points, right answers and places on {counted(counts.boards, 'board')}"
                f" of {counted(counts.servers, 'server')} and of all servers\n"
                "- your best streak, your accuracy by topic, and (shown to nobody) how strong you are there\n"
                f"- {counted(counts.reports, 'report')} on questions, with what you wrote;"
                f" {counted(counts.reviews, 'question')} to review, and how well you remember them\n"
                f"- your account's name, and {counted(counts.names, 'name')} that a server gave you;"
                " each is shown in its server alone\n"
                f"- {counted(counts.challenges, 'daily challenge')}: how each went, your streak, your time"
                " zone, and when you want to be reminded\n"
                f"- {counted(counts.duels, 'duel')}: against whom, and how it came out\n"
                "- which games and schedules you have started or stopped"
            ),
            separator(),
            text(
                f"**The board of all servers:** you {where}. {back}\n"
                "**`/privacy export`** gives you all of it as a file; **`/privacy delete`** deletes it.\n"
                "-# Only what is written to Farside as an answer is read. `/about` says how long it is kept."
            ),
        )
    ]


def hidden_text(*, is_hidden: bool) -> str:
    """Return the answer to `/privacy hide`."""
    if is_hidden:
        return (
            "You are off the board of all servers, and stay off it. The boards of your servers still show"
            " you; `/privacy hide hidden:False` brings you back, with your points of all time."
        )
    return "You are on the board of all servers again."


def not_deleted_text(word: str) -> str:
    """Return what somebody reads who typed another word than the one shown."""
    return f"That was not “{word}”, so nothing was deleted. `/privacy delete` asks again."
