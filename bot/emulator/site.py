"""The page's door: who may come in, the static files, and the files of messages.

What always holds: only this machine's own names are answered, a foreign page's
requests are refused, and the desk opens only for who has the session's secret.
"""

import hmac
import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson
from aiohttp import web

from .desk import Desk
from .errors import DeskError

_PAGE: Final = Path(__file__).with_name("page")
_SAFE_TYPES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
_MONTH: Final = 30 * 86_400


class Site:
    """Answers everything that is not a bot's: the page, the desk, attachments."""

    def __init__(self, secret: str, desk: Desk) -> None:
        self._secret = secret
        self._desk = desk
        self.port = 0

    @property
    def _cookie(self) -> str:
        # Cookies know no ports: two local Discords on one machine must not take each other's.
        return f"desk_{self.port}"

    def refusal(self, request: web.BaseRequest) -> web.Response | None:
        """Return the refusal of a request that comes by another name or from another page."""
        hosts = (f"127.0.0.1:{self.port}", f"localhost:{self.port}")
        if request.headers.get("Host") not in hosts:
            return self._plain(403, "This local Discord answers to 127.0.0.1 and localhost only.")
        origin = request.headers.get("Origin")
        if origin is not None and origin not in [f"http://{host}" for host in hosts]:
            return self._plain(403, "Requests of other pages are refused.")
        return None

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        path = request.path
        if path.startswith("/attachments/"):
            return self._attachment(path)
        if path == "/" and "key" in request.query:
            return self._let_in(request.query["key"])
        desk = path.startswith("/desk/")
        known = any(self._is_secret(key) for key in self._keys(request))
        if not desk:
            printed = "Open the address that was printed at the start: it holds the key."
            return self._file(request) if known else self._plain(403, printed)
        try:
            return await self._desk.answer(request, known=known)
        except DeskError as error:
            return self._json(error.status, {"message": str(error)})

    def _keys(self, request: web.BaseRequest) -> Iterator[str]:
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer":
            yield key
        if cookie := request.cookies.get(self._cookie):
            yield cookie

    def _is_secret(self, key: str) -> bool:
        return hmac.compare_digest(key.encode(), self._secret.encode())

    def _let_in(self, key: str) -> web.Response:
        if not self._is_secret(key):
            return self._plain(403, "This key is wrong. Open the address that was printed at the start.")
        response = web.Response(status=303, headers={**self._headers(), "Location": "/"})
        response.set_cookie(
            self._cookie, self._secret, httponly=True, samesite="Strict", path="/", max_age=_MONTH
        )
        return response

    def _headers(self) -> dict[str, str]:
        socket = f"ws://127.0.0.1:{self.port} ws://localhost:{self.port}"
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; media-src 'self'; "
            f"img-src 'self' data: blob:; connect-src 'self' {socket}; manifest-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-cache",
        }

    def _file(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method not in ("GET", "HEAD"):
            return self._plain(405, "Only GET here.")
        name = request.path.lstrip("/") or "index.html"
        file = (_PAGE / name).resolve()
        if not file.is_relative_to(_PAGE.resolve()) or not file.is_file():
            return self._plain(404, "There is no such file.")
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind.endswith(("javascript", "json")):
            kind += "; charset=utf-8"
        stamp = file.stat()
        tag = f'"{stamp.st_mtime_ns:x}-{stamp.st_size:x}"'
        headers = {**self._headers(), "Content-Type": kind, "ETag": tag}
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=file.read_bytes(), headers=headers)

    def _attachment(self, path: str) -> web.Response:
        """Serve a message's file, as the content network does: whoever has the address may have it."""
        steps = path.split("/")
        file = self._desk.parts.world.attachments.get(steps[3]) if len(steps) == 5 else None
        if file is None or file.channel_id != steps[2]:
            return self._plain(404, "There is no such file.")
        headers = {**self._headers(), "Content-Type": file.content_type}
        if file.content_type not in _SAFE_TYPES:
            headers["Content-Disposition"] = f'attachment; filename="{file.filename}"'
        return web.Response(body=file.content, headers=headers)

    def _plain(self, status: int, text: str) -> web.Response:
        headers = {**self._headers(), "Content-Type": "text/plain; charset=utf-8"}
        return web.Response(status=status, body=text.encode(), headers=headers)

    def _json(self, status: int, body: object) -> web.Response:
        headers = {**self._headers(), "Content-Type": "application/json"}
        return web.Response(status=status, body=orjson.dumps(body), headers=headers)
