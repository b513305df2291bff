"""Request bodies: JSON, or a form whose `payload_json` is JSON and whose files come beside it.

Each route takes all three content types of Discord's reference. A form without
`payload_json` holds the body's fields one by one, as text.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from aiohttp import web

from bot.emulator.errors import ApiError, Json
from bot.emulator.messages import Upload

_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")
_TAKEN: Final = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
_FILE_FIELD = re.compile(r"files\[(\d+)\]")


@dataclass(slots=True)
class Body:
    """What a request brought: its JSON (None when there was none), the bytes of that, and files."""

    json: Any = None
    raw: bytes | None = None
    uploads: list[Upload] = field(default_factory=list)


async def read(request: web.BaseRequest) -> Body:
    """Read a request's body; raise Discord's refusal of what is not understood."""
    if not request.can_read_body:
        return Body()
    if request.content_type in _FORMS:
        return await _form(request)
    raw = await request.read()
    if not raw:
        return Body()
    if request.content_type != "application/json":
        listed = ", ".join(repr(kind) for kind in _TAKEN)
        fault = {
            "code": "CONTENT_TYPE_INVALID",
            "message": f'Expected "Content-Type" header to be one of {{{listed}}}.',
        }
        raise ApiError(400, 50035, "Invalid Form Body", {"errors": {"_errors": [fault]}})
    return Body(parsed(raw), raw)


def parsed(raw: bytes | str) -> Any:
    """Read JSON; raise Discord's refusal of what is none."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None


async def _form(request: web.BaseRequest) -> Body:
    found = Body()
    fields: Json = {}
    try:
        form = await request.post()
    except ValueError:
        raise ApiError(400, 50035, "Invalid Form Body") from None
    for name, value in form.items():
        if name == "payload_json":
            raw = value.file.read() if isinstance(value, web.FileField) else value
            found.raw = raw.encode() if isinstance(raw, str) else bytes(raw)
            found.json = parsed(found.raw)
        elif isinstance(value, web.FileField):
            number = _FILE_FIELD.fullmatch(name)
            with value.file as opened:
                content = opened.read()
            key = number[1] if number else str(len(found.uploads))
            found.uploads.append(Upload(key, value.filename, content, value.content_type))
        else:
            fields[name] = value if isinstance(value, str) else bytes(value).decode(errors="replace")
    if found.raw is None and fields:
        found.json, found.raw = fields, orjson.dumps(fields)
    return found
