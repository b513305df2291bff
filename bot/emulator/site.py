"""The page's door: who may come in, the static files, and the files of messages.

What always holds: only this machine's own names (and those it was given) are answered,
a foreign page's requests are refused, and the desk opens only for who sends the session's
secret in a header. The page changes the key of its address into two halves: a cookie that
no script reads, and a token in its origin's storage. Cookies know no ports, so each
server on this machine is sent that half; neither opens the desk without the other.
"""

import hmac
import mimetypes
import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import orjson
from aiohttp import web

from bot.emulator.desk import Door
from bot.emulator.errors import DeskError

_PAGE: Final = Path(__file__).with_name("page")
_SAFE_TYPES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
_FILES: Final = {file.name: file for file in _PAGE.iterdir() if file.is_file()}
_TICKET_SECONDS: Final = 30.0
_MONTH: Final = 30 * 86_400


class Site:
    """Answers everything that is not a bot's: the page, the desk, attachments."""

    def __init__(
        self,
        secret: str,
        desk: Door,
        names: Sequence[str] = (),
        files: Mapping[str, Path] = MappingProxyType({}),
    ) -> None:
        self._secret = secret
        self._files = {**files, **_FILES}
        self._desk = desk
        self._names = ("127.0.0.1", "localhost", *names)
        self._tickets: dict[str, float] = {}  # until when each one holds
        self.port = 0

    def _half(self, name: str) -> str:
        """Return one of the page's halves; it does not tell the secret."""
        return hmac.new(self._secret.encode(), f"{name} {self.port}".encode(), "sha256").hexdigest()

    @property
    def _cookie(self) -> str:
        return f"page_{self.port}"

    @property
    def _hosts(self) -> list[str]:
        return [f"{name}:{self.port}" for name in self._names]

    def refusal(self, request: web.BaseRequest) -> web.Response | None:
        """Return the refusal of a request that comes by another name or from another page."""
        if request.headers.get("Host") not in self._hosts:
            return self._plain(403, f"This local Discord answers to {', '.join(self._names)} only.")
        origin = request.headers.get("Origin")
        if origin is not None and origin not in [f"http://{host}" for host in self._hosts]:
            return self._plain(403, "Requests of other pages are refused.")
        return None

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        path = request.path
        if path.startswith(("/attachments/", "/avatars/")):
            return self._picture(path)
        if not path.startswith("/desk/"):
            return self._page(request)
        try:
            if path == "/desk/enter" and self._has_secret(request):
                return self._enter()
            if path == "/desk/ticket" and self._is_known(request):
                return self._json(200, {"ticket": self._ticket()})
            return await self._desk.answer(request, known=self._is_known(request))
        except DeskError as error:
            return self._json(error.status, {"message": str(error)})

    def _is_known(self, request: web.BaseRequest) -> bool:
        """Tell whether a request may pass: by the secret, by both halves, or by a ticket."""
        if self._has_secret(request):
            return True
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self._has_cookie(request) and hmac.compare_digest(token.encode(), self._half("desk").encode()):
            return True
        until = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        return request.path == "/desk/events" and time.monotonic() < until

    def _has_secret(self, request: web.BaseRequest) -> bool:
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        return kind == "Bearer" and hmac.compare_digest(key.encode(), self._secret.encode())

    def _has_cookie(self, request: web.BaseRequest) -> bool:
        given = request.cookies.get(self._cookie, "")
        return hmac.compare_digest(given.encode(), self._half("page").encode())

    def _enter(self) -> web.Response:
        """Give a page that knows the key its two halves."""
        response = self._json(200, {"token": self._half("desk")})
        self._set_cookie(response)
        return response

    def _set_cookie(self, response: web.Response) -> None:
        value = self._half("page")
        response.set_cookie(self._cookie, value, httponly=True, samesite="Strict", path="/", max_age=_MONTH)

    def _ticket(self) -> str:
        """Return a ticket for one websocket: browsers send no header of ours when they open one."""
        now = time.monotonic()
        self._tickets = {ticket: until for ticket, until in self._tickets.items() if now < until}
        ticket = secrets.token_urlsafe(18)
        self._tickets[ticket] = now + _TICKET_SECONDS
        return ticket

    def _page(self, request: web.BaseRequest) -> web.StreamResponse:
        """Show one of the page's files to who has opened its address with the key."""
        if "key" not in request.query:
            known = self._has_cookie(request) or self._has_secret(request)
            printed = "Open the address that was printed at the start: it holds the key."
            return self._file(request) if known else self._plain(403, printed)
        if not hmac.compare_digest(request.query["key"].encode(), self._secret.encode()):
            return self._plain(403, "This key is wrong. Open the address that was printed at the start.")
        response = self._file(request)
        self._set_cookie(response)
        return response

    def _headers(self) -> dict[str, str]:
        socket = " ".join(f"ws://{host}" for host in self._hosts)
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

    def _file(self, request: web.BaseRequest) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return self._plain(405, "Only GET here.")
        name = request.path.lstrip("/") or "index.html"
        file = self._files.get(name)
        if file is None:
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

    def _picture(self, path: str) -> web.Response:
        """Serve a file or a face, as the content network does: whoever has the address may have it."""
        steps, world = path.split("/"), self._desk.parts.world
        file = None
        if steps[1] == "avatars" and len(steps) == 4:
            file = world.avatars.get(steps[3].partition(".")[0])
        elif len(steps) == 5:
            file = world.attachments.get(steps[3])
            file = file if file and file.channel_id == steps[2] else None
        if file is None:
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
