"""REST v10: one module for each resource; each route is a plain function of the parts and the call."""

from . import applications, channels, guilds, interactions, reactions, threads, users
from .router import Call, Reply, Router

__all__ = ["Call", "Reply", "Router", "routes"]


def routes() -> Router:
    """Return the router that knows every route."""
    router = Router()
    for module in (applications, channels, guilds, interactions, reactions, threads, users):
        router.include(module.ROUTES)
    return router
