"""What Farside says of itself: a screen for players, one for owners, and what it is."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum

from bot.cogs.mentions import plain
from bot.cogs.messages.components import PRIMARY, Card, Component, button, container, row, separator, text
from bot.cogs.messages.figures import counted
from bot.cogs.messages.text import escape, listed
from bot.config import KEPT


class Audience(StrEnum):
    """For whom a screen of help is; the value is the choice of `/help`."""

    PLAYERS = "players"
    OWNERS = "owners"


_PLAYERS = (
    "### 🌘 How to play",
    """\
{start} Press an answer: your first press stands, and what is right, why \
and by which source is shown when the time is up; there you also report a mistake.
{answer} answers a question whose answer is typed, as its button does, or a reply to it, which everybody sees.
{quiz skip} and {quiz stop} go on or end, by vote if others play; {quiz status} shows how it stands. A game \
that nobody plays ends by itself.
{quiz night} announces an evening of several rounds, {quiz solo} is for you alone, {duel} for two.""",
    """\
{daily play} asks five questions a day, the same for everyone; {daily share} and {daily board} show how it \
went, {daily streak} your days in a row, by your {daily timezone}; {daily remind} reminds you.
{leaderboard} shows who leads, {profile} what you have done.
{review start} asks again what you missed or saved, {review due} shows how much that is, {review export} \
gives it to you for Anki.
{privacy view} and {privacy export} show what is kept of you, {privacy delete} deletes it, {privacy hide} \
keeps you off the board of all servers.
{fact today}, {fact random} and {fact search} give you facts; {moon} shows the Moon as it stands.""",
    """\
-# A right answer among four brings 10 points times its difficulty (1 to 3), one of true or false half of \
that, and more from the third in a row; a wrong one costs nothing. A game that one person plays counts \
in its server alone.""",
)
_OWNERS = (
    "### 🌘 Looking after Farside in your server",
    """\
{config check} says what Farside may not do in a channel, and which permission is missing.
{config timezone} sets when days begin on the boards and when posts come, {config defaults} what a game has \
unless asked otherwise, {config season} how long a season is; {config show} shows it all. \
{config global-board} keeps games here off the board of all servers; {config hemisphere} turns the Moon the \
way you see it.""",
    """\
{schedule add} posts the Moon, a fact and a question every day at your time, or the daily challenge; \
{schedule post} one now. {config daily-question} leaves the question out.
{schedule list}, {schedule preview} and {schedule log} show what comes, and what became of it; \
{schedule pause}, {schedule resume} and {schedule remove} change that.
{reports list}, {reports resolve} and {reports weak} are for whoever runs this Farside.""",
    """\
-# These commands need Manage Server; who may use the others you choose in Server Settings → Integrations. \
To play, Farside needs View Channel, Send Messages (in Threads) and Read Message History, and no privileged \
intent.""",
)
_START_HERE = "{quiz start} opens a game in this channel."
_START_ELSEWHERE = "{quiz start} opens a game for everybody, in a server that Farside is a member of."
_NAMED = re.compile(r"\{([a-z -]+)\}")
_TOPICS = 1500  # characters that /about has for their titles
_PRIVACY = """\
**What is kept:** your answers (to which question, where and when) and their points, your places, streaks, \
accuracy and strength by topic, your duels and daily challenges with time zone and reminder, what you \
report and review, your account's name and what each server calls you (shown in that server alone), and \
who started or stopped a game, announced or joined a quiz night, or made a schedule. `/privacy view` \
shows it, `/privacy export` gives it to you, `/privacy delete` deletes it, and `/privacy hide` keeps you off \
the board of all servers.
**How long:** answers {days} days, totals until you delete them; a server's data until 30 days after Farside \
was removed. Of what people write, only an answer to Farside is read. Nobody is ever pinged by a game or a \
board."""


def help_card(audience: Audience, mention: Callable[[str], str] = plain, *, has_games: bool = True) -> Card:
    """Return a screen of help, with a button to the other one; `mention` writes a command's name.

    `has_games`: where it is read there may be games for everybody.
    """
    start = _START_HERE if has_games else _START_ELSEWHERE
    is_players = audience is Audience.PLAYERS
    title, *parts = _PLAYERS if is_players else _OWNERS
    body: list[Component] = [text(title)]
    for part in parts:
        whole = part.replace("{start}", start)
        body += [separator(), text(_NAMED.sub(lambda match: mention(match[1]), whole))]
    other = Audience.OWNERS if is_players else Audience.PLAYERS
    buttons = [
        button("For server owners" if is_players else "For players", f"help:{other}"),
        button("About Farside", "help:about"),
    ]
    if is_players and has_games:
        buttons.insert(0, button("Start a quiz", "begin", style=PRIMARY))
    return [container(*body, row(*buttons))]


def about_card(
    version: str, questions: int, facts: int, topics: Mapping[str, str], kept: timedelta = KEPT
) -> Card:
    """Return what Farside is, what it asks about, and what it keeps."""
    named = listed(list(topics.values()), _TOPICS)
    asked = f"**{counted(questions, 'question')}**"
    asks = f"{asked} on {counted(len(topics), 'topic')}: {named}." if topics else f"{asked}."
    told = f" **{counted(facts, 'fact')}** to read." if facts else ""
    return [
        container(
            text(
                f"### 🌑 Farside {escape(version)}\n"
                "A quiz bot whose every question can show where it comes from:"
                " after each question, press **Source**."
            ),
            separator(),
            text(f"{asks}{told}"),
            text(_PRIVACY.format(days=kept.days)),
            text(
                "**Where an article and better sources differ,** the right answer follows the better"
                " sources, and the card says what the article had."
            ),
            row(
                button("How to play", f"help:{Audience.PLAYERS}"),
                button("For server owners", f"help:{Audience.OWNERS}"),
            ),
        )
    ]
