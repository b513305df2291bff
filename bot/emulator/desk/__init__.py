"""The desk: how people act in the local Discord, and hear what happens there.

JSON over HTTP under `/desk/` (`door`): looking (`view`), acting (`actions`), and live
events over a websocket (`stream`). Who acts is named by `as`, a user's id; a listener
without `as` hears everything, which is what tests want. Refusals are sentences.
"""

from bot.emulator.desk.door import Door

__all__ = ["Door"]
