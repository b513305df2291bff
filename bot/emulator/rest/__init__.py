"""REST v9 and v10: one module for each resource; each route is a plain function of the parts and the call."""

from bot.emulator.rest import (
    applications,
    bans,
    channels,
    events,
    guilds,
    interactions,
    reactions,
    threads,
    users,
)
from bot.emulator.rest.router import Call, Reply, Router
from bot.emulator.rest.unbuilt import lacking

__all__ = ["Call", "Reply", "Router", "routes"]


def routes() -> Router:
    """Return the router that knows every route, and what Discord has beside them."""
    router = Router()
    for module in (applications, bans, channels, events, guilds, interactions, reactions, threads, users):
        router.include(module.ROUTES)
    for method, template in lacking():
        router.lack(method, template)
    return router
