"""Answers to interactions, and the messages that a token still allows."""

from bot.emulator.interactions import Interaction
from bot.emulator.objects import Message
from bot.emulator.rest.router import Call, Reply, Routes

ROUTES = Routes()

_HOOK = "/webhooks/{webhook_id}/{webhook_token}"


@ROUTES.at("POST", "/interactions/{interaction_id}/{interaction_token}/callback", auth=False)
def callback(call: Call) -> Reply:
    """Take the first answer."""
    interactions = call.parts.interactions
    interaction = interactions.answer(call.args[0], call.args[1], call.json(), call.uploads)
    if call.flag("with_response"):
        return Reply(200, interactions.result(interaction))
    return Reply(204)


def _interaction(call: Call) -> Interaction:
    return call.parts.interactions.by_token(call.args[0], call.args[1])


def _named(call: Call) -> tuple[Interaction, Message]:
    interaction = _interaction(call)
    message_id = call.args[2] if len(call.args) > 2 else "@original"
    return interaction, call.parts.interactions.message_of(interaction, message_id)


@ROUTES.at("POST", _HOOK, auth=False)
def follow_up(call: Call) -> Reply:
    """Send a further message."""
    message = call.parts.interactions.follow_up(_interaction(call), call.json(), call.uploads)
    return Reply(200, message.body)


def _shown(call: Call) -> Reply:
    return Reply(200, _named(call)[1].body)


def _edited(call: Call) -> Reply:
    interaction, message = _named(call)
    return Reply(200, call.parts.interactions.edit(interaction, message, call.json(), call.uploads).body)


def _deleted(call: Call) -> Reply:
    call.parts.interactions.delete(*_named(call))
    return Reply(204)


for _path in (_HOOK + "/messages/@original", _HOOK + "/messages/{message_id}"):
    ROUTES.at("GET", _path, auth=False)(_shown)
    ROUTES.at("PATCH", _path, auth=False)(_edited)
    ROUTES.at("DELETE", _path, auth=False)(_deleted)
