"""From an article to candidate facts, for an editor to keep, mend or drop.

What always holds: nothing leaves the computer (but what `rewrite` is asked to send), nothing is guessed where
the text leaves doubt, and nothing of the bot imports this package but its commands and the preview.
"""

from bot.drafter.draft import Draft, draft, draft_file

__all__ = ["Draft", "draft", "draft_file"]
