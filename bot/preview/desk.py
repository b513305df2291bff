"""A hand at the local Discord's desk, over HTTP like the page's own."""

import json
from collections.abc import AsyncGenerator, Callable
from typing import Any, Self

import aiohttp


class DeskClient:
    """Asks and acts at the desk of the address that `where()` gives; raises `aiohttp.ClientError`."""

    def __init__(self, where: Callable[[], str], secret: str) -> None:
        self._where = where
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {secret}"}, raise_for_status=True
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._session.close()

    async def get(self, path: str, **params: str) -> Any:
        """Return what the desk says at `path`."""
        async with self._session.get(f"{self._where()}/desk/{path}", params=params) as response:
            return await response.json()

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Do something at the desk."""
        async with self._session.post(f"{self._where()}/desk/{path}", json=body) as response:
            return await response.json()

    async def events(self, user_id: str) -> AsyncGenerator[Any]:
        """Yield the events that a person sees, until the line is closed."""
        address = f"{self._where()}/desk/events"
        async with self._session.ws_connect(address, params={"as": user_id}) as socket:
            async for message in socket:
                yield json.loads(message.data)
