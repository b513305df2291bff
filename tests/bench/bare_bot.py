"""A bare discord.py bot to measure against: one plain view, each press answered ephemerally, nothing stored.

Its addresses come from DISCORD_API_URL and DISCORD_GATEWAY_URL, its channel
from BARE_CHANNEL. It prints `ready MESSAGE_ID` once its message is posted.
"""

import os

import discord
import yarl


class Options(discord.ui.View):
    """Four buttons that only say which was pressed."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        for letter in "ABCD":
            self.add_item(Letter(label=letter))


class Letter(discord.ui.Button[Options]):
    """One of them."""

    async def callback(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Answer the one who pressed."""
        await interaction.response.send_message(f"{self.label} is in", ephemeral=True)


class BareBot(discord.Client):
    """A client that posts its view and waits."""

    async def on_ready(self) -> None:
        """Post the buttons once."""
        channel = self.get_partial_messageable(int(os.environ["BARE_CHANNEL"]))
        message = await channel.send("Press one", view=Options())
        print("ready", message.id, flush=True)


def main() -> None:
    """Run until killed."""
    discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    BareBot(intents=discord.Intents(guilds=True)).run(os.environ["DISCORD_TOKEN"], log_handler=None)


if __name__ == "__main__":
    main()
