"""Threads and who is in them."""

from bot.emulator import permissions as perms
from bot.emulator.enums import POSTS, THREADS, ChannelType, MessageFlag, MessageType
from bot.emulator.errors import ApiError, Form, Json, unknown
from bot.emulator.objects import Channel
from bot.emulator.rest.channels import archive_minutes, known_tags
from bot.emulator.rest.router import Call, Reply, Routes

ROUTES = Routes()
_C = "/channels/{channel_id}"


def _name(call: Call) -> str:
    form = Form()
    name = form.text(call.json(), "name", (), low=1, high=100, required=True)
    form.close()
    return name or ""


@ROUTES.at("POST", _C + "/messages/{message_id}/threads")
def from_message(call: Call) -> Reply:
    """Open a thread on a message; it takes the message's id."""
    world = call.parts.world
    parent = call.channel(call.args[0], perms.BITS["create_public_threads"])
    message = call.message(parent, call.args[1])
    if message.id in world.channels:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    thread = _new(call, parent, ChannelType.THREAD, message.id)
    world.open_thread(thread)
    message.body["thread"] = thread.json(world.bot.id)
    message.body["flags"] |= MessageFlag.HAS_THREAD
    world.change_message(message)
    return Reply(201, thread.json(world.bot.id))


def _new(call: Call, parent: Channel, kind: int, thread_id: str | None = None) -> Channel:
    """Return the thread that the body describes, not open yet."""
    body, world = call.json(), call.parts.world
    minutes = archive_minutes(body)
    form = Form()
    slowmode = form.integer(body, "rate_limit_per_user", (), low=0, high=21600)
    form.close()
    thread = world.new_thread(
        parent, _name(call), world.bot, kind, thread_id=thread_id, archive_minutes=minutes
    )
    thread.slowmode = slowmode or 0
    if kind == ChannelType.PRIVATE_THREAD and thread.thread and body.get("invitable") is not None:
        thread.thread["invitable"] = bool(body["invitable"])
    return thread


@ROUTES.at("POST", _C + "/threads")
def without_message(call: Call) -> Reply:
    """Open a thread by itself; the parent shows a line about it when it is public."""
    world = call.parts.world
    parent = call.channel(call.args[0])
    if parent.guild_id is None or parent.is_thread:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if parent.type in POSTS:
        return _post(call, parent)
    kind = call.json().get("type", ChannelType.PRIVATE_THREAD)
    if kind not in THREADS:
        raise ApiError(400, 50035, "Invalid Form Body")
    right = "create_private_threads" if kind == ChannelType.PRIVATE_THREAD else "create_public_threads"
    call.channel(parent.id, perms.BITS[right])
    thread = world.open_thread(_new(call, parent, kind))
    if kind != ChannelType.PRIVATE_THREAD:
        reference: Json = {"type": 0, "channel_id": thread.id, "guild_id": thread.guild_id}
        extra = {"content": thread.name, "message_reference": reference}
        call.parts.writer.line(parent, world.bot, MessageType.THREAD_CREATED, extra)
    return Reply(201, thread.json(world.bot.id))


def _post(call: Call, forum: Channel) -> Reply:
    """Open a post in a forum: a public thread and its first message, which bears the same id."""
    world, body = call.parts.world, call.json()
    call.channel(forum.id, perms.SEND_MESSAGES)
    if call.uploads:
        call.channel(forum.id, perms.ATTACH_FILES)
    first = body.get("message")
    form = Form()
    if not isinstance(first, dict):
        form.fault(("message",), "BASE_TYPE_REQUIRED", "This field is required")
    form.close()
    thread = _new(call, forum, ChannelType.THREAD)
    thread.applied_tags = known_tags(body, forum)
    message = call.parts.writer.create(
        thread,
        world.bot,
        first or {},
        call.uploads,
        message_id=thread.id,
        opening=lambda: world.open_thread(thread),
    )
    return Reply(201, {**thread.json(world.bot.id), "message": message.body})


def _thread(call: Call) -> Channel:
    found = call.channel(call.args[0])
    if not found.is_thread:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    return found


@ROUTES.at("GET", _C + "/thread-members")
def members(call: Call) -> Reply:
    """List who is in a thread."""
    thread = _thread(call)
    return Reply(200, [thread.thread_member(key) for key in sorted(thread.thread_members)])


@ROUTES.at("GET", _C + "/thread-members/{user_id}")
def member(call: Call) -> Reply:
    """Tell that somebody is in a thread."""
    thread = _thread(call)
    if call.args[1] not in thread.thread_members:
        raise unknown("member")
    return Reply(200, thread.thread_member(call.args[1]))


def _join(call: Call) -> Reply:
    thread, user_id = _thread(call), _who(call)
    thread.thread_members.setdefault(user_id, call.parts.clock.iso())
    _tell(call, thread, added=[thread.thread_member(user_id)], removed=[])
    return Reply(204)


def _leave(call: Call) -> Reply:
    thread, user_id = _thread(call), _who(call)
    thread.thread_members.pop(user_id, None)
    _tell(call, thread, added=[], removed=[user_id])
    return Reply(204)


def _who(call: Call) -> str:
    """Return whom the path means: a user, or the bot when it says @me."""
    user_id = call.args[1] if len(call.args) > 1 else call.parts.world.bot.id
    if user_id not in call.parts.world.users:
        raise unknown("user")
    return user_id


def _tell(call: Call, thread: Channel, *, added: list[Json], removed: list[str]) -> None:
    world = call.parts.world
    data: Json = {
        "id": thread.id,
        "guild_id": thread.guild_id,
        "member_count": len(thread.thread_members),
        "added_members": added,
        "removed_member_ids": removed,
    }
    world.tell("THREAD_MEMBERS_UPDATE", data, world.guild_of(thread), thread)


for _path in (_C + "/thread-members/@me", _C + "/thread-members/{user_id}"):
    ROUTES.at("PUT", _path)(_join)
    ROUTES.at("DELETE", _path)(_leave)


def _archived(call: Call, parent: Channel, *, private: bool, own: bool = False) -> Reply:
    """List a channel's archived threads of one kind, `own` only those that the bot is in."""
    guild, bot_id = call.guild(parent.guild_id or ""), call.parts.world.bot.id
    found = [
        thread
        for thread in guild.threads.values()
        if thread.parent_id == parent.id
        and (thread.type == ChannelType.PRIVATE_THREAD) == private
        and (thread.thread or {})["archived"]
        and (not own or bot_id in thread.thread_members)
    ]
    mine = [thread.thread_member(bot_id) for thread in found if bot_id in thread.thread_members]
    return Reply(200, {"threads": [t.json(bot_id) for t in found], "members": mine, "has_more": False})


@ROUTES.at("GET", _C + "/threads/archived/public")
def archived(call: Call) -> Reply:
    """List a channel's archived public threads."""
    return _archived(call, call.channel(call.args[0], perms.READ_MESSAGE_HISTORY), private=False)


@ROUTES.at("GET", _C + "/threads/archived/private")
def archived_private(call: Call) -> Reply:
    """List a channel's archived private threads."""
    needed = (perms.READ_MESSAGE_HISTORY, perms.BITS["manage_threads"])
    return _archived(call, call.channel(call.args[0], *needed), private=True)


@ROUTES.at("GET", _C + "/users/@me/threads/archived/private")
def archived_own(call: Call) -> Reply:
    """List a channel's archived private threads that the bot is in."""
    return _archived(call, call.channel(call.args[0], perms.READ_MESSAGE_HISTORY), private=True, own=True)


@ROUTES.at("GET", "/guilds/{guild_id}/threads/active")
def active(call: Call) -> Reply:
    """List a server's open threads."""
    guild = call.guild(call.args[0])
    found = [t for t in guild.threads.values() if not (t.thread or {})["archived"]]
    bot_id = call.parts.world.bot.id
    mine = [t.thread_member(bot_id) for t in found if bot_id in t.thread_members]
    return Reply(200, {"threads": [t.json(bot_id) for t in found], "members": mine, "has_more": False})
