"""`farside preview`: the unmodified bot in a local Discord, with a page for people.

The local Discord runs in this process, the bot in one of its own, exactly as
`farside run` starts it: only the addresses, the database and the clock file in
its environment differ. Nothing here reaches beyond this machine.
"""

from bot.preview.session import Preview, PreviewOptions

__all__ = ["Preview", "PreviewOptions"]
