"""Messages from request bodies: checked as documented, then made or changed.

Nothing is changed before the whole body has been found good.
"""

import mimetypes
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final
from urllib.parse import quote

import imagesize

from bot.emulator import permissions
from bot.emulator.components import Layout, stored, text_of
from bot.emulator.enums import MessageFlag, MessageType
from bot.emulator.errors import ApiError, Form, Json, Unbuilt
from bot.emulator.objects import Attachment, Channel, Guild, Message, User
from bot.emulator.snowflake import is_snowflake
from bot.emulator.world import World

MAX_CONTENT: Final = 2000
MAX_FILE: Final = 10 * 1024 * 1024  # bytes; the documented default
MAX_FILES: Final = 10
NONCE_SECONDS: Final = 300.0  # "the past few minutes"
_SETTABLE: Final = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SILENT | MessageFlag.V2
_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_LEGACY = ("content", "embeds", "poll", "sticker_ids")


@dataclass(slots=True)
class Upload:
    """A file of a multipart request; `number` is the n of its field `files[n]`."""

    number: str
    filename: str
    content: bytes
    content_type: str | None = None


@dataclass(slots=True)
class _Draft:
    """What a message will hold."""

    content: str
    embeds: list[Json]
    components: list[Json]
    attachments: list[Json]
    flags: int
    files: list[Attachment] = field(default_factory=list)


class Writer:
    """Makes and changes the messages of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._nonces: dict[tuple[str, str], tuple[float, Message]] = {}

    def reset(self) -> None:
        """Forget every nonce."""
        self._nonces.clear()

    # --- making

    def create(
        self,
        channel: Channel,
        author: User,
        body: Mapping[str, Any],
        uploads: Iterable[Upload] = (),
        *,
        ephemeral_to: str | None = None,
        extra: Mapping[str, Any] | None = None,
        kind: int = MessageType.DEFAULT,
        message_id: str | None = None,
        opening: Callable[[], object] | None = None,
    ) -> Message:
        """Post a message; with `enforce_nonce` return the one already posted with that nonce.

        `opening` is done once the body has been found good, before anybody is told of the message.
        """
        form = Form()
        nonce = self._nonce(body, form)
        if nonce is not None and body.get("enforce_nonce") and (same := self._same(author, nonce)):
            return same
        message_id = message_id or self.world.snowflakes.next()
        empty = _Draft("", [], [], [], 0)
        draft = self._draft(channel, body, uploads, form, empty)
        reference = self._reference(channel, body, form) if body.get("message_reference") else None
        form.close()
        if not (draft.content or draft.embeds or draft.components or draft.attachments):
            raise ApiError(400, 50006, "Cannot send an empty message")
        if ephemeral_to is not None:
            draft.flags |= MessageFlag.EPHEMERAL
        full: Json = {
            "id": message_id,
            "type": MessageType.REPLY if reference and kind == MessageType.DEFAULT else kind,
            "channel_id": channel.id,
            "author": author.json(),
            "content": draft.content,
            "timestamp": self.world.clock.iso(),
            "edited_timestamp": None,
            "tts": bool(form.boolean(body, "tts", ())),
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": draft.attachments,
            "embeds": draft.embeds,
            "pinned": False,
            "components": draft.components,
            "flags": draft.flags,
        }
        if reference is not None:
            full |= reference
        if extra:
            full |= extra
        self._mention(channel, author, body, full)
        message = Message(full, channel, ephemeral_to, nonce)
        self._keep(draft.files)
        if opening is not None:
            opening()
        self.world.post(message)
        if nonce is not None:
            self._nonces[author.id, str(nonce)] = (self.world.clock.now(), message)
        return message

    def loading(
        self, channel: Channel, author: User, ephemeral_to: str | None, extra: Mapping[str, Any], kind: int
    ) -> Message:
        """Post the placeholder of a deferred response: "... is thinking"."""
        flags = MessageFlag.LOADING | (MessageFlag.EPHEMERAL if ephemeral_to is not None else 0)
        return self._put(channel, author, kind, {"flags": flags, **extra}, ephemeral_to)

    def line(
        self, channel: Channel, author: User, kind: MessageType, extra: Mapping[str, Any] | None = None
    ) -> Message:
        """Post one of Discord's own lines, e.g. "... pinned a message"."""
        return self._put(channel, author, kind, extra or {}, None)

    def welcome(self, guild: Guild, user: User) -> None:
        """Say in a server's system channel that somebody joined."""
        channel = guild.channels.get(guild.system_channel_id or "")
        if channel is not None:
            self.line(channel, user, MessageType.JOINED)

    def _put(
        self, channel: Channel, author: User, kind: int, extra: Mapping[str, Any], ephemeral_to: str | None
    ) -> Message:
        """Post a message without words of its own."""
        body: Json = {
            "id": self.world.snowflakes.next(),
            "type": kind,
            "channel_id": channel.id,
            "author": author.json(),
            "content": "",
            "timestamp": self.world.clock.iso(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "components": [],
            "flags": 0,
            **extra,
        }
        return self.world.post(Message(body, channel, ephemeral_to))

    def edit(self, message: Message, body: Mapping[str, Any], uploads: Iterable[Upload] = ()) -> Message:
        """Change a message; what the body does not name stays."""
        form = Form()
        old = message.body
        before = _Draft(old["content"], old["embeds"], old["components"], old["attachments"], message.flags)
        if before.flags & MessageFlag.V2 and isinstance(body.get("flags"), int):
            body = {**body, "flags": body["flags"] | MessageFlag.V2}  # once set it stays
        draft = self._draft(message.channel, body, uploads, form, before)
        form.close()
        if not (draft.content or draft.embeds or draft.components or draft.attachments):
            raise ApiError(400, 50006, "Cannot send an empty message")
        was_loading = message.flags & MessageFlag.LOADING
        kept = message.flags & ~(_SETTABLE | MessageFlag.LOADING)
        old |= {
            "content": draft.content,
            "embeds": draft.embeds,
            "components": draft.components,
            "attachments": draft.attachments,
            "flags": kept | draft.flags & _SETTABLE,
        }
        if was_loading:
            old["timestamp"] = self.world.clock.iso()
        else:
            old["edited_timestamp"] = self.world.clock.iso()
        if "content" in body or "components" in body:
            self._mention(message.channel, self.world.users[message.author_id], body, old)
        self._keep(draft.files)
        self.world.change_message(message)
        return message

    # --- checking

    def _nonce(self, body: Mapping[str, Any], form: Form) -> str | int | None:
        nonce = body.get("nonce")
        if nonce is None or (isinstance(nonce, int) and not isinstance(nonce, bool)):
            return nonce
        if not isinstance(nonce, str) or len(nonce) > 25:
            form.fault(("nonce",), "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length.")
            return None
        return nonce

    def _same(self, author: User, nonce: str | int) -> Message | None:
        now = self.world.clock.now()
        if len(self._nonces) > 1000:
            self._nonces = {k: v for k, v in self._nonces.items() if now - v[0] < NONCE_SECONDS}
        at, message = self._nonces.get((author.id, str(nonce)), (0.0, None))
        return message if message is not None and 0 <= now - at < NONCE_SECONDS else None

    def _draft(
        self, channel: Channel, body: Mapping[str, Any], uploads: Iterable[Upload], form: Form, old: _Draft
    ) -> _Draft:
        """Check the fields that making and editing share; lay them over what was there."""
        flags = form.integer(body, "flags", ())
        flags = old.flags & _SETTABLE if flags is None else flags & _SETTABLE
        v2 = bool(flags & MessageFlag.V2)
        form.text(body, "content", (), high=MAX_CONTENT)
        given = body.get("embeds", body.get("embed"))
        if given is not None and not isinstance(given, list):
            given = [given]
        embeds = form.items({"embeds": given}, "embeds", (), high=10)
        components = form.items(body, "components", (), high=40)
        if body.get("poll") or body.get("sticker_ids"):
            raise Unbuilt("A message with a poll or stickers")
        if isinstance(body.get("message_reference"), dict) and body["message_reference"].get("type") == 1:
            raise Unbuilt("Forwarding a message")
        content = (body.get("content") or "") if "content" in body else old.content
        if not isinstance(content, str):
            content = ""
        if v2:
            self._no_legacy(body, content, given if "embeds" in body else old.embeds, form)
        _check_embeds(embeds, form)
        _check_mentions(body, form)
        if "components" in body:
            Layout(form).message(components, v2=v2)
        elif not v2 and old.components and old.flags & MessageFlag.V2:
            components = []
        form.close()
        attachments, files = self._attachments(channel, body, uploads, form, old)
        draft = _Draft(content, old.embeds, old.components, attachments, flags, files)
        if given is not None or "embeds" in body:
            draft.embeds = [self._embed(embed, attachments) for embed in embeds]
        if "components" in body:
            by_name = {a["filename"]: a for a in attachments}
            draft.components = stored(components, by_name.get, form)
        return draft

    def _no_legacy(self, body: Mapping[str, Any], content: str, embeds: Any, form: Form) -> None:
        there = {**{key: body.get(key) for key in _LEGACY}, "content": content, "embeds": embeds}
        for key, value in there.items():
            if value:
                form.fault(
                    (key,),
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                )

    def _attachments(
        self, channel: Channel, body: Mapping[str, Any], uploads: Iterable[Upload], form: Form, old: _Draft
    ) -> tuple[list[Json], list[Attachment]]:
        uploaded = {upload.number: upload for upload in uploads}
        listed = body.get("attachments")
        named: list[Any] = form.items(body, "attachments", (), high=MAX_FILES)
        if listed is None:
            named = [{"id": a["id"]} for a in old.attachments]
            named += [{"id": number} for number in uploaded]
        kept = {a["id"]: a for a in old.attachments}
        described: list[Json] = []
        files: list[Attachment] = []
        for place, entry in enumerate(named):
            key = str(entry.get("id", place)) if isinstance(entry, dict) else ""
            if key in kept:
                described.append({**kept[key], **_worded(entry)})
            elif upload := uploaded.get(key):
                file = self._file(channel, upload, entry)
                files.append(file)
                described.append({**self._described(file), **_worded(entry)})
            elif listed is not None and is_snowflake(key) and len(key) < 3:
                form.fault(("attachments", place, "id"), "ATTACHMENT_NOT_FOUND", "The file was not sent")
        form.close()
        if len(described) > MAX_FILES:
            raise ApiError(400, 30015, "Maximum number of attachments in a message reached (10)")
        return described, files

    def _file(self, channel: Channel, upload: Upload, entry: Mapping[str, Any]) -> Attachment:
        if len(upload.content) > MAX_FILE:
            raise ApiError(413, 40005, "Request entity too large")
        name = re.sub(r"[^\w.\-]", "_", str(entry.get("filename") or upload.filename)) or "file"
        kind = mimetypes.guess_type(name)[0] or upload.content_type or "application/octet-stream"
        return Attachment(self.world.snowflakes.next(), channel.id, name, upload.content, kind)

    def _described(self, file: Attachment) -> Json:
        """Return an attachment object."""
        url = f"{self.world.base_url}/attachments/{file.channel_id}/{file.id}/{quote(file.filename)}"
        body: Json = {
            "id": file.id,
            "filename": file.filename,
            "size": len(file.content),
            "url": url,
            "proxy_url": url,
            "content_type": file.content_type,
        }
        width, height = imagesize.get(BytesIO(file.content))
        if width > 0:
            body |= {"width": width, "height": height}
        return body

    def _keep(self, files: Iterable[Attachment]) -> None:
        for file in files:
            self.world.attachments[file.id] = file

    def _embed(self, embed: Json, attachments: list[Json]) -> Json:
        """Return an embed as it is given back; `attachment://` becomes the file's address."""
        urls = {f"attachment://{a['filename']}": a for a in attachments}
        kept = {key: value for key, value in embed.items() if value is not None} | {"type": "rich"}
        for key in ("image", "thumbnail"):
            if isinstance(kept.get(key), dict):
                url = kept[key].get("url")
                found = urls.get(url)
                address = found["url"] if found else url
                kept[key] = {"url": address, "proxy_url": address, "width": 0, "height": 0}
                if found and "width" in found:
                    kept[key] |= {"width": found["width"], "height": found["height"]}
        if "fields" in kept:
            kept["fields"] = [{"inline": False, **entry} for entry in kept["fields"]]
        for key in ("author", "footer"):
            if isinstance(kept.get(key), dict) and (found := urls.get(kept[key].get("icon_url"))):
                kept[key] = {**kept[key], "icon_url": found["url"]}
        return kept

    def _reference(self, channel: Channel, body: Mapping[str, Any], form: Form) -> Json | None:
        reference = body["message_reference"]
        found = (
            channel.messages.get(str(reference.get("message_id"))) if isinstance(reference, dict) else None
        )
        if found is None:
            if isinstance(reference, dict) and reference.get("fail_if_not_exists") is False:
                return None
            form.fault(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
            return None
        return reference_to(found)

    # --- mentions

    def _mention(self, channel: Channel, author: User, body: Mapping[str, Any], full: Json) -> None:
        """Work out who is mentioned and pinged, as `allowed_mentions` permits."""
        text = full["content"] or (text_of(full["components"]) if full["flags"] & MessageFlag.V2 else "")
        if "@" not in text and "referenced_message" not in full:
            full |= {"mentions": [], "mention_roles": [], "mention_everyone": False}
            return
        allowed = body.get("allowed_mentions")
        guild = self.world.guild_of(channel)
        users = [self.world.users[i] for i in _unique(_USER.findall(text)) if i in self.world.users]
        if allowed is not None:
            users = [user for user in users if _lets(allowed, "users", user.id)]
        replied = full.get("referenced_message")
        if replied and (allowed is None or allowed.get("replied_user")):
            replier = self.world.users.get(replied["author"]["id"])
            if replier and replier not in users:
                users.append(replier)
        full["mentions"] = [user.json() for user in users]
        full["mention_roles"] = []
        full["mention_everyone"] = False
        if guild is None:
            return
        may_all = bool(self.world.permissions(author.id, channel) & permissions.MENTION_EVERYONE)
        full["mention_roles"] = [
            role_id
            for role_id in _unique(_ROLE.findall(text))
            if role_id in guild.roles
            and (may_all or guild.roles[role_id].mentionable)
            and (allowed is None or _lets(allowed, "roles", role_id))
        ]
        if may_all and re.search(r"@(everyone|here)\b", text):
            full["mention_everyone"] = allowed is None or "everyone" in (allowed.get("parse") or ())


def pointing(message: Message) -> Json:
    """Return the field that points from an answer to a message."""
    reference: Json = {"type": 0, "channel_id": message.channel.id, "message_id": message.id}
    if message.channel.guild_id:
        reference["guild_id"] = message.channel.guild_id
    return {"message_reference": reference}


def reference_to(message: Message) -> Json:
    """Return the fields that make a message a reply to another, which it quotes."""
    quoted = {key: value for key, value in message.body.items() if key != "referenced_message"}
    return {**pointing(message), "referenced_message": quoted}


def _unique(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))


def _lets(allowed: Mapping[str, Any], kind: str, key: str) -> bool:
    return kind in (allowed.get("parse") or ()) or key in map(str, allowed.get(kind) or ())


def _worded(entry: Mapping[str, Any]) -> Json:
    """Return what an attachment's entry adds to the file: a description for who cannot see it."""
    return {key: entry[key] for key in ("description", "title") if entry.get(key)}


def _check_mentions(body: Mapping[str, Any], form: Form) -> None:
    allowed = body.get("allowed_mentions")
    if allowed is None:
        return
    at = ("allowed_mentions",)
    if not isinstance(allowed, dict):
        form.fault(at, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return
    parse = form.items(allowed, "parse", at, high=3)
    for number, kind in enumerate(parse):
        if kind not in ("users", "roles", "everyone"):
            form.fault(
                (*at, "parse", number),
                "BASE_TYPE_CHOICES",
                "Value must be one of ('users', 'roles', 'everyone').",
            )
    for kind in ("users", "roles"):
        listed = form.items(allowed, kind, at, high=100)
        if listed and kind in parse:
            form.fault(
                at,
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )


_EMBED_TEXTS: Final = (("title", 256), ("description", 4096))
_EMBED_PARTS: Final = (("footer", "text", 2048), ("author", "name", 256))
_EMBED_TOTAL: Final = 6000


def _check_embeds(embeds: list[Any], form: Form) -> None:
    total = 0
    for number, embed in enumerate(embeds):
        at = ("embeds", number)
        if not isinstance(embed, dict):
            form.fault(at, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            continue
        for key, high in _EMBED_TEXTS:
            total += len(form.text(embed, key, at, high=high) or "")
        for part, key, high in _EMBED_PARTS:
            if isinstance(embed.get(part), dict):
                total += len(form.text(embed[part], key, (*at, part), low=1, high=high, required=True) or "")
        form.integer(embed, "color", at, low=0, high=0xFFFFFF)
        for place, entry in enumerate(form.items(embed, "fields", at, high=25)):
            where = (*at, "fields", place)
            if not isinstance(entry, dict):
                form.fault(where, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
                continue
            total += len(form.text(entry, "name", where, low=1, high=256, required=True) or "")
            total += len(form.text(entry, "value", where, low=1, high=1024, required=True) or "")
    if total > _EMBED_TOTAL:
        form.fault(
            ("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {_EMBED_TOTAL}"
        )
