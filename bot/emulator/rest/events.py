"""Scheduled events of a server: stage, voice, or somewhere else (external)."""

from datetime import UTC, datetime
from typing import Any, Final

from bot.emulator import permissions as perms
from bot.emulator.enums import ChannelType
from bot.emulator.errors import ApiError, Form, Json, missing_permissions, unknown
from bot.emulator.objects import Guild
from bot.emulator.rest.router import Call, Reply, Routes

ROUTES = Routes()
_E = "/guilds/{guild_id}/scheduled-events"
_ONE = _E + "/{guild_scheduled_event_id}"

STAGE, VOICE, EXTERNAL = 1, 2, 3  # where an event takes place
SCHEDULED, ACTIVE, COMPLETED, CANCELED = 1, 2, 3, 4
_NEXT: Final = {SCHEDULED: (ACTIVE, CANCELED), ACTIVE: (COMPLETED,), COMPLETED: (), CANCELED: ()}
_HOSTS: Final = {STAGE: ChannelType.STAGE, VOICE: ChannelType.VOICE}
_MOST: Final = 100  # events of a server that are not over


def _may(call: Call, guild: Guild, *, creates: bool = False, own: bool = False) -> None:
    """Check the bot's right: to create one, or to change one (its own with less)."""
    held = perms.in_guild(guild, guild.members[call.parts.world.bot.id])
    manage, create = perms.BITS["manage_events"], perms.BITS["create_events"]
    if not held & (manage | create if creates or own else manage):
        raise missing_permissions()


def _instant(form: Form, body: Json, key: str, *, required: bool = False) -> datetime | None:
    text = form.text(body, key, (), high=64, required=required)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        form.fault((key,), "DATE_TIME_TYPE_PARSE", f"Could not parse {text}. Should be ISO8601.")
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _place(form: Form, guild: Guild, body: Json, kind: int | None) -> tuple[str | None, Json | None]:
    """Return an event's channel, or where else it takes place."""
    if kind == EXTERNAL:
        place = body.get("entity_metadata")
        given = place if isinstance(place, dict) else {}
        location = form.text(given, "location", ("entity_metadata",), low=1, high=100, required=True)
        return None, {"location": location}
    host = guild.channels.get(str(body.get("channel_id")))
    if kind is not None and (host is None or host.type != _HOSTS[kind]):
        words = "A channel of that kind is needed."
        form.fault(("channel_id",), "GUILD_SCHEDULED_EVENT_CHANNEL_INVALID", words)
    return host.id if host else None, None


def _checked(guild: Guild, body: Json) -> Json:
    """Return the fields of an event that a whole body describes."""
    form = Form()
    form.text(body, "name", (), low=1, high=100, required=True)
    form.text(body, "description", (), high=1000)
    form.choice(body, "privacy_level", (), (2,), required=True)
    kind = form.choice(body, "entity_type", (), (STAGE, VOICE, EXTERNAL), required=True)
    start = _instant(form, body, "scheduled_start_time", required=True)
    end = _instant(form, body, "scheduled_end_time", required=kind == EXTERNAL)
    if start and end and end <= start:
        words = "Must be after the start."
        form.fault(("scheduled_end_time",), "GUILD_SCHEDULED_EVENT_END_BEFORE_START", words)
    channel_id, place = _place(form, guild, body, kind)
    form.close()
    return {
        "name": body["name"],
        "description": body.get("description"),
        "channel_id": channel_id,
        "scheduled_start_time": start.isoformat() if start else None,
        "scheduled_end_time": end.isoformat() if end else None,
        "entity_type": kind,
        "entity_metadata": place,
        "privacy_level": 2,
    }


def _event(call: Call, guild: Guild) -> Json:
    try:
        return guild.events[call.args[1]]
    except KeyError:
        raise unknown("guild scheduled event") from None


@ROUTES.at("GET", _E)
def events(call: Call) -> Reply:
    """List a server's events that are not over."""
    return Reply(200, list(call.guild(call.args[0]).events.values()))


@ROUTES.at("POST", _E)
def create_event(call: Call) -> Reply:
    """Plan an event."""
    world, guild = call.parts.world, call.guild(call.args[0])
    _may(call, guild, creates=True)
    fields = _checked(guild, call.json())
    if datetime.fromisoformat(fields["scheduled_start_time"]).timestamp() < world.clock.now():
        form = Form()
        form.fault(
            ("scheduled_start_time",),
            "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST",
            "Cannot schedule event in the past.",
        )
        form.close()
    if len(guild.events) >= _MOST:
        raise ApiError(
            400, 30038, f"Maximum number of uncompleted guild scheduled events has been reached ({_MOST})"
        )
    event: Json = {
        "id": world.snowflakes.next(),
        "guild_id": guild.id,
        "creator_id": world.bot.id,
        "creator": world.bot.json(),
        "image": None,
        "status": SCHEDULED,
        "entity_id": None,
        "recurrence_rule": None,
        "guild_scheduled_event_exceptions": [],
        "user_count": 0,
        **fields,
    }
    guild.events[event["id"]] = event
    world.tell("GUILD_SCHEDULED_EVENT_CREATE", event, guild)
    return Reply(200, event)


@ROUTES.at("GET", _ONE)
def event(call: Call) -> Reply:
    """Return an event."""
    return Reply(200, _event(call, call.guild(call.args[0])))


@ROUTES.at("PATCH", _ONE)
def change_event(call: Call) -> Reply:
    """Change an event, or begin, end or cancel it by its status; one that is over is gone."""
    world, guild = call.parts.world, call.guild(call.args[0])
    found, body = _event(call, guild), call.json()
    _may(call, guild, own=found["creator_id"] == world.bot.id)
    fields = _checked(guild, {**found, **body})
    form = Form()
    status: Any = form.choice(body, "status", (), (SCHEDULED, ACTIVE, COMPLETED, CANCELED))
    form.close()
    if status is not None and status != found["status"]:
        if status not in _NEXT[found["status"]]:
            raise ApiError(400, 180000, "Invalid guild scheduled event status transition")
        found["status"] = status
    found |= fields
    if found["status"] in (COMPLETED, CANCELED):
        del guild.events[found["id"]]
    world.tell("GUILD_SCHEDULED_EVENT_UPDATE", found, guild)
    return Reply(200, found)


@ROUTES.at("DELETE", _ONE)
def delete_event(call: Call) -> Reply:
    """Delete an event."""
    world, guild = call.parts.world, call.guild(call.args[0])
    found = _event(call, guild)
    _may(call, guild, own=found["creator_id"] == world.bot.id)
    del guild.events[found["id"]]
    world.tell("GUILD_SCHEDULED_EVENT_DELETE", found, guild)
    return Reply(204)


@ROUTES.at("GET", _ONE + "/users")
def interested(call: Call) -> Reply:
    """List who is interested in an event: people cannot say so here."""
    _event(call, call.guild(call.args[0]))
    return Reply(200, [])
