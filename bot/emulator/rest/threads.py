"""Threads and who is in them."""

from bot.emulator import permissions as perms
from bot.emulator.errors import ApiError, Form, Json, unknown
from bot.emulator.world import NEWS_THREAD, PRIVATE_THREAD, THREAD, Channel, User

from .router import Call, Reply, Routes

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
    thread = world.add_thread(parent, _name(call), world.bot, THREAD, message.id)
    message.body["thread"] = thread.json()
    message.body["flags"] |= 32
    world.change_message(message)
    return Reply(201, thread.json())


@ROUTES.at("POST", _C + "/threads")
def without_message(call: Call) -> Reply:
    """Open a thread by itself; the parent shows a line about it when it is public."""
    world = call.parts.world
    parent = call.channel(call.args[0])
    if parent.guild_id is None or parent.is_thread:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    kind = call.json().get("type", PRIVATE_THREAD)
    if kind not in (NEWS_THREAD, THREAD, PRIVATE_THREAD):
        raise ApiError(400, 50035, "Invalid Form Body")
    right = "create_private_threads" if kind == PRIVATE_THREAD else "create_public_threads"
    call.channel(parent.id, perms.BITS[right])
    thread = world.add_thread(parent, _name(call), world.bot, kind)
    if kind != PRIVATE_THREAD:
        announce_thread(call, parent, thread, world.bot)
    return Reply(201, thread.json())


def announce_thread(call: Call, parent: Channel, thread: Channel, owner: User) -> None:
    """Post the line "... started a thread" (message type 18)."""
    reference: Json = {"type": 0, "channel_id": thread.id, "guild_id": thread.guild_id}
    call.parts.writer.create(
        parent, owner, {"content": thread.name or ""}, kind=18, extra={"message_reference": reference}
    )


def _thread(call: Call) -> Channel:
    found = call.channel(call.args[0])
    if not found.is_thread:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    return found


def _member(thread: Channel, user_id: str) -> Json:
    joined = (thread.thread or {})["create_timestamp"]
    return {"id": thread.id, "user_id": user_id, "join_timestamp": joined, "flags": 1}


@ROUTES.at("GET", _C + "/thread-members")
def members(call: Call) -> Reply:
    """List who is in a thread."""
    thread = _thread(call)
    return Reply(200, [_member(thread, key) for key in sorted(thread.thread_members)])


@ROUTES.at("GET", _C + "/thread-members/{user_id}")
def member(call: Call) -> Reply:
    """Tell that somebody is in a thread."""
    thread = _thread(call)
    if call.args[1] not in thread.thread_members:
        raise unknown("member")
    return Reply(200, _member(thread, call.args[1]))


def _join(call: Call) -> Reply:
    thread, user_id = _thread(call), _who(call)
    thread.thread_members.add(user_id)
    _tell(call, thread, added=[_member(thread, user_id)], removed=[])
    return Reply(204)


def _leave(call: Call) -> Reply:
    thread, user_id = _thread(call), _who(call)
    thread.thread_members.discard(user_id)
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


@ROUTES.at("GET", _C + "/threads/archived/public")
def archived(call: Call) -> Reply:
    """List a channel's archived public threads."""
    parent = call.channel(call.args[0], perms.READ_MESSAGE_HISTORY)
    guild = call.guild(parent.guild_id or "")
    found = [
        t.json()
        for t in guild.threads.values()
        if t.parent_id == parent.id and t.type != PRIVATE_THREAD and (t.thread or {})["archived"]
    ]
    return Reply(200, {"threads": found, "members": [], "has_more": False})


@ROUTES.at("GET", "/guilds/{guild_id}/threads/active")
def active(call: Call) -> Reply:
    """List a server's open threads."""
    guild = call.guild(call.args[0])
    found = [t for t in guild.threads.values() if not (t.thread or {})["archived"]]
    bot_id = call.parts.world.bot.id
    mine = [_member(t, bot_id) for t in found if bot_id in t.thread_members]
    return Reply(200, {"threads": [t.json() for t in found], "members": mine, "has_more": False})
