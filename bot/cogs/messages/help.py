"""What Farside says of itself: a screen for players, one for owners, and what it is."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from bot.cogs.messages.components import Card, Component, button, container, row, separator, text
from bot.cogs.messages.text import escape
from bot.config import KEPT


class Audience(StrEnum):
    """For whom a screen of help is; the value is the choice of `/help`."""

    PLAYERS = "players"
    OWNERS = "owners"


_PLAYERS = (
    "### 🌘 How to play",
    """\
**`/quiz start`** opens a game in this channel. Press the button of your answer: the first press stands, \
and only you are told which one is in. When the time is up, everyone sees the answer, why it is right, \
and where it comes from.
**`/quiz skip`** and **`/quiz stop`** go on or end the game: at once for who started it, by vote for \
others.
**`/quiz status`** shows how the game in this channel stands.
**`/quiz solo`** is a game for you alone, here or in any chat.""",
    """\
**`/leaderboard`** shows who leads today, this week, this month or of all time, and where you stand.
**`/profile`** shows what you, or somebody else, have done so far.
**`/fact today`**, **`/fact random`** and **`/fact search`** give you facts to read, each with its \
source.
**`/moon`** shows the Moon as it stands, on any day, from any place.
**`/privacy view`**, **`export`**, **`hide`** and **`delete`** are about what is kept of you.""",
    """\
-# A right answer among four brings 10 points times its difficulty (1 to 3), one of true or false half of \
that, and more from the third in a row. A wrong one costs nothing. Games of one person do not count on \
the global boards.""",
)
_OWNERS = (
    "### 🌘 Looking after Farside in your server",
    """\
**`/config check`** says what Farside may not do in a channel, and which permission is missing.
**`/config timezone`** sets when days, weeks and months begin on the boards, and when posts come.
**`/config defaults`** sets what `/quiz start` takes when an option is left out; **`/config show`** \
shows it all.
**`/config global-board`** keeps games here off the board of all servers.""",
    """\
**`/schedule add time:09:00`** posts a fact every day; `channel`, `days`, `timezone` and `role` are up \
to you.
**`/schedule list`**, **`preview`** and **`log`** show what comes when, and what became of it.
**`/schedule pause`**, **`resume`** and **`remove`** change that.""",
    """\
-# These commands need Manage Server. Who may use the others you choose in Server Settings → \
Integrations. To play, Farside needs View Channel, Send Messages (in Threads) and Read Message History, \
and no privileged intent.""",
)
_PRIVACY = """\
**What is kept:** your answers (to which question, where and when) and their points, your places, streaks \
and accuracy by topic, your account's name and what each server calls you (shown in that server alone), and \
who started or stopped a game or made a schedule. **`/privacy`** shows it, gives it to you, deletes it, or \
keeps you off the board of all servers.
**How long:** answers {days} days, totals until you delete them; a server's data until 30 days after Farside \
was removed. No message is ever read. Nobody is ever pinged by a game or a board."""


def help_card(audience: Audience) -> Card:
    """Return a screen of help, with a button to the other one."""
    title, *parts = _PLAYERS if audience is Audience.PLAYERS else _OWNERS
    other = Audience.OWNERS if audience is Audience.PLAYERS else Audience.PLAYERS
    label = "For server owners" if other is Audience.OWNERS else "For players"
    body: list[Component] = [text(title)]
    for part in parts:
        body += [separator(), text(part)]
    return [container(*body, row(button(label, f"help:{other}"), button("About Farside", "help:about")))]


def about_card(
    version: str, questions: int, facts: int, topics: Mapping[str, str], kept: timedelta = KEPT
) -> Card:
    """Return what Farside is, what it asks about, and what it keeps."""
    named = ", ".join(escape(title) for title in list(topics.values())[:20])
    asks = f"**{questions:,} questions** on {len(topics):,} topics: {named}." if topics else ""
    told = f" **{facts:,} facts** to read." if facts else ""
    return [
        container(
            text(
                f"### 🌑 Farside {escape(version)}\n"
                "A quiz bot whose every question can show where it comes from:"
                " after each round, press **Source**."
            ),
            separator(),
            text(f"{asks or f'**{questions:,} questions.**'}{told}"),
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
