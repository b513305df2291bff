"""A bot that shows every kind of message and asks for every kind of thing, for the page to draw.

Its addresses come from DISCORD_API_URL and DISCORD_GATEWAY_URL; it prints `ready`.
It knows nothing of quizzes: what it does is named by its commands.
"""

import asyncio
import io
import os
import struct
import time
import zlib
from typing import Any

import discord
import yarl
from discord import app_commands

TOPICS = ["Far side", "Craters", "Phases", "Missions", "Tides", "Names & people", "Far <b>bold</b>"]
MARKDOWN = """# Heading one
## Heading two
### Heading three
-# subtext under it
**bold** *italic* _also italic_ __underline__ ~~struck~~ ***both*** `code` ||a spoiler||
> a quote with **bold**
- one
- two
  - deeper
1. first
2. second
```py
print("<script>alert(1)</script>")
```
[masked link](https://example.org/masked) <https://example.org/angle> https://example.org/bare.
snake_case_name \\*not italic\\* <b>not bold</b> &amp; 2 * 3 * 4"""


def picture(width: int, height: int) -> bytes:
    """Return a PNG of a grey disc on dark blue, made here."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 2.4) ** 2
            rows += bytes((226, 222, 205) if inside else (32, 38, 74))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


class Gallery(discord.Client):
    """The client; presses are answered by custom_id, so that no view is kept."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        register(self.tree)

    async def setup_hook(self) -> None:
        """Register the commands."""
        await self.tree.sync()

    async def on_ready(self) -> None:
        """Say so."""
        print("ready", flush=True)

    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Answer presses and forms."""
        given: Any = interaction.data or {}
        custom_id = str(given.get("custom_id", ""))
        if interaction.type is discord.InteractionType.component:
            await pressed(interaction, custom_id, list(given.get("values") or []))
        elif interaction.type is discord.InteractionType.modal_submit:
            words = " | ".join(f"{key}={value}" for key, value in form_values(given.get("components") or []))
            await interaction.response.send_message(f"Form: {words}", ephemeral=True)


def form_values(parts: object) -> list[tuple[str, str]]:
    """Return what each input of a form holds."""
    found: list[tuple[str, str]] = []
    for part in parts if isinstance(parts, list) else []:
        inner = part.get("component")
        for each in [*(part.get("components") or []), *([inner] if inner else [])]:
            given = each.get("value", each.get("values"))
            found.append((str(each["custom_id"]), str(given)))
    return found


async def pressed(
    interaction: discord.Interaction[discord.Client], custom_id: str, values: list[str]
) -> None:
    """Do what the pressed button is named for."""
    if custom_id == "never":
        return
    if custom_id == "form":
        await interaction.response.send_modal(form())
    elif custom_id.startswith("page:"):
        await interaction.response.edit_message(view=pages(int(custom_id.partition(":")[2])))
    elif custom_id == "slow":
        await interaction.response.defer(ephemeral=True, thinking=True)
        await asyncio.sleep(0.5)
        await interaction.followup.send("After some thought: yes.", ephemeral=True)
    else:
        await interaction.response.send_message(
            f"{custom_id}: {', '.join(values) or 'pressed'}", ephemeral=True
        )


def form() -> discord.ui.Modal:
    """Return a form with a short and a long text and a menu."""
    modal = discord.ui.Modal(title="Type your answer", custom_id="the-form")
    short = discord.ui.TextInput["discord.ui.LayoutView"](custom_id="short", min_length=2, max_length=20)
    modal.add_item(
        discord.ui.Label(text="Your answer", description="A number with its unit", component=short)
    )
    long = discord.ui.TextInput["discord.ui.LayoutView"](
        custom_id="long", style=discord.TextStyle.long, required=False
    )
    modal.add_item(discord.ui.Label(text="Why?", component=long))
    options = [discord.SelectOption(label=topic) for topic in TOPICS[:3]]
    menu = discord.ui.Select["discord.ui.LayoutView"](custom_id="menu", options=options, required=False)
    modal.add_item(discord.ui.Label(text="Topic", component=menu))
    return modal


def pages(number: int) -> discord.ui.LayoutView:
    """Return a board with pages."""
    view = discord.ui.LayoutView(timeout=None)
    lines = "\n".join(
        f"`{number * 10 + row:>3}` **Player {number * 10 + row}** 100 points" for row in range(1, 11)
    )
    row: discord.ui.ActionRow[discord.ui.LayoutView] = discord.ui.ActionRow()
    row.add_item(discord.ui.Button(label="Previous", custom_id=f"page:{number - 1}", disabled=number == 0))
    row.add_item(
        discord.ui.Button(label="Next", custom_id=f"page:{number + 1}", style=discord.ButtonStyle.primary)
    )
    view.add_item(
        discord.ui.Container(discord.ui.TextDisplay(f"## Board\n{lines}"), row, accent_colour=0x5865F2)
    )
    return view


def buttons() -> discord.ui.View:
    """Return every style of button and every menu."""
    view = discord.ui.View(timeout=None)
    styles = discord.ButtonStyle
    for style, name in ((styles.primary, "ok"), (styles.secondary, "slow"), (styles.success, "form")):
        view.add_item(discord.ui.Button(label=name.title(), custom_id=name, style=style))
    view.add_item(discord.ui.Button(label="Never", custom_id="never", style=styles.danger, emoji="🌑"))
    view.add_item(discord.ui.Button(label="Off", custom_id="off", disabled=True))
    options = [discord.SelectOption(label=topic, description=f"About {topic}") for topic in TOPICS[:4]]
    view.add_item(discord.ui.Select(custom_id="one", placeholder="One topic", options=options))
    view.add_item(
        discord.ui.Select(custom_id="many", placeholder="Many", options=options, min_values=1, max_values=3)
    )
    view.add_item(discord.ui.UserSelect(custom_id="user", placeholder="A person"))
    view.add_item(discord.ui.ChannelSelect(custom_id="channel", placeholder="A channel"))
    return view


def layout() -> discord.ui.LayoutView:
    """Return every component of a message."""
    ui = discord.ui
    view = ui.LayoutView(timeout=None)
    link: discord.ui.Button[discord.ui.LayoutView] = ui.Button(label="Link", url="https://example.org")
    items = [discord.MediaGalleryItem(f"attachment://moon{n}.png", description=f"Moon {n}") for n in range(3)]
    container: discord.ui.Container[discord.ui.LayoutView] = ui.Container(accent_colour=0xE6B450)
    container.add_item(ui.TextDisplay("### A container\nwith **text** and <t:1:d>"))
    container.add_item(
        ui.Section("A section with a button", accessory=ui.Button(label="Source", custom_id="source"))
    )
    thumbnail: discord.ui.Thumbnail[discord.ui.LayoutView] = ui.Thumbnail(
        "attachment://moon0.png", description="A small moon"
    )
    container.add_item(ui.Section("A section with a thumbnail", accessory=thumbnail))
    container.add_item(ui.Separator(spacing=discord.SeparatorSpacing.large))
    container.add_item(ui.MediaGallery(*items))
    container.add_item(ui.File("attachment://notes.txt"))
    container.add_item(ui.ActionRow(ui.Button(label="Ok", custom_id="ok"), link))
    view.add_item(container)
    return view


def register(tree: app_commands.CommandTree[Gallery]) -> None:
    """Declare the commands."""
    views = {"buttons": buttons, "layout": layout, "board": lambda: pages(0)}

    @tree.command(description="Show a kind of message")
    @app_commands.describe(kind="What to show")
    @app_commands.choices(
        kind=[app_commands.Choice(name=name.title(), value=name) for name in (*views, "text", "embed")]
    )
    async def show(interaction: discord.Interaction[Gallery], kind: str) -> None:
        if kind == "text":
            await interaction.response.send_message(
                f"{MARKDOWN}\n{interaction.user.mention} <t:{int(time.time()) + 86_400}:R>"
            )
        elif kind == "embed":
            embed = discord.Embed(title="An embed", description="With **Markdown**", colour=0xE6B450)
            for name in ("One", "Two", "Three"):
                embed.add_field(name=name, value=f"_{name}_")
            embed.set_footer(text="A footer").set_image(url="attachment://moon.png")
            file = discord.File(io.BytesIO(picture(320, 160)), "moon.png", description="The Moon, drawn")
            await interaction.response.send_message(embed=embed, file=file)
        elif kind == "layout":
            files = [discord.File(io.BytesIO(picture(160, 120)), f"moon{n}.png") for n in range(3)]
            files.append(discord.File(io.BytesIO(b"notes"), "notes.txt"))
            await interaction.response.send_message(view=layout(), files=files)
        elif kind == "buttons":
            await interaction.response.send_message("Press one", view=buttons())
        else:
            await interaction.response.send_message(view=pages(0))

    @tree.command(description="Every type of option")
    @app_commands.describe(
        topic="What about", count="How many", who="A person", where="A channel", sure="Really"
    )
    async def pick(
        interaction: discord.Interaction[Gallery],
        topic: str,
        count: app_commands.Range[int, 1, 50] | None = None,
        who: discord.User | None = None,
        where: discord.TextChannel | None = None,
        sure: bool | None = None,
    ) -> None:
        words = f"topic={topic} count={count} who={who} where={where} sure={sure}"
        await interaction.response.send_message(words, ephemeral=True)

    @pick.autocomplete("topic")
    async def suggest(
        interaction: discord.Interaction[Gallery], typed: str
    ) -> list[app_commands.Choice[str]]:
        fitting = [topic for topic in TOPICS if typed.lower() in topic.lower()]
        return [app_commands.Choice(name=topic, value=topic) for topic in fitting]

    @tree.command(description="Only for who manages the server")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(at="HH:MM")
    async def manage(interaction: discord.Interaction[Gallery], at: app_commands.Range[str, 5, 5]) -> None:
        await interaction.response.send_message(f"At {at}", ephemeral=True)

    @tree.command(description="Open a form")
    async def ask(interaction: discord.Interaction[Gallery]) -> None:
        await interaction.response.send_modal(form())

    @tree.command(description="Look for words")
    @app_commands.describe(words="What to find")
    async def find(interaction: discord.Interaction[Gallery], words: str | None = None) -> None:
        await interaction.response.send_message(f"Found {words}", ephemeral=True)

    @tree.command(description="Never answer")
    async def mute(interaction: discord.Interaction[Gallery]) -> None:
        del interaction

    @tree.command(description="Think before answering")
    async def think(interaction: discord.Interaction[Gallery]) -> None:
        await interaction.response.defer(thinking=True)
        await asyncio.sleep(0.5)
        await interaction.followup.send("After some thought: yes.")


def main() -> None:
    """Run until killed."""
    discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    Gallery().run(os.environ["DISCORD_TOKEN"], log_handler=None)


if __name__ == "__main__":
    main()
