"""The application, its commands, and where its gateway is."""

from bot.emulator.commands import GLOBAL
from bot.emulator.errors import ApiError, Json, unknown
from bot.emulator.rest.router import Call, Reply, Routes

ROUTES = Routes()


def application(call: Call) -> Json:
    """Return the application object."""
    world = call.parts.world
    founder = next(iter(world.guilds.values()), None)
    owner = (
        world.users[founder.owner_id]
        if founder is not None
        else next(user for user in world.users.values() if not user.bot)
    )
    return {
        "id": world.application_id,
        "name": world.application_name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": world.bot.json(),
        "bot_public": True,
        "bot_require_code_grant": False,
        "is_monetized": False,
        "is_verified": False,
        "is_discoverable": False,
        "hook": True,
        "storefront_available": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
        "owner": owner.json(),
        "team": None,
        "tags": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "event_webhooks_status": 1,
        "integration_types_config": {
            "0": {"oauth2_install_params": {"scopes": ["bot", "applications.commands"], "permissions": "0"}},
            "1": {"oauth2_install_params": {"scopes": ["applications.commands"], "permissions": "0"}},
        },
        "approximate_guild_count": sum(world.has_bot(guild) for guild in world.guilds.values()),
        "approximate_user_install_count": sum(not user.bot for user in world.users.values()),
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "max_participants": None,
        "creator_monetization_state": 1,
        "discoverability_state": 1,
        "discovery_eligibility_flags": 0,
        "internal_guild_restriction": 1,
        "interactions_event_types": [],
        "interactions_version": 1,
        "monetization_eligibility_flags": 0,
        "monetization_state": 1,
        "rpc_application_state": 0,
        "store_application_state": 1,
        "verification_state": 1,
        "integration_public": True,
        "integration_require_code_grant": False,
    }


@ROUTES.at("GET", "/oauth2/applications/@me")
@ROUTES.at("GET", "/applications/@me")
@ROUTES.at("GET", "/applications/{application_id}")
@ROUTES.at("PATCH", "/applications/{application_id}")
@ROUTES.at("PATCH", "/applications/@me")
def own_application(call: Call) -> Reply:
    """Return the bot's application: there is no other one."""
    if call.args and call.args[0] != call.parts.world.application_id:
        raise unknown("application")
    return Reply(200, application(call))


@ROUTES.at("GET", "/gateway", auth=False)
def gateway(call: Call) -> Reply:
    """Tell the gateway's address."""
    return Reply(200, {"url": _gateway(call)})


@ROUTES.at("GET", "/gateway/bot")
def gateway_bot(call: Call) -> Reply:
    """Tell the gateway's address and how many shards are advised."""
    starts = call.parts.starts
    found = {"url": _gateway(call), "shards": starts.shards, "session_start_limit": starts.limit()}
    return Reply(200, found)


def _gateway(call: Call) -> str:
    return call.parts.world.base_url.replace("http", "ws", 1) + "/"


def _scope(call: Call) -> str:
    """Check the application and the server of a command's path; return the commands' scope."""
    if call.args[0] != call.parts.world.application_id:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
    if len(call.args) < 2 or call.args[1] not in call.parts.world.guilds:
        if len(call.args) > 1:
            raise ApiError(403, 50001, "Missing Access")
        return GLOBAL
    return call.args[1]


def _announce(call: Call) -> None:
    call.parts.world.tell("COMMANDS", {"commands": call.parts.commands.every()})


_BASES = (
    "/applications/{application_id}/commands",
    "/applications/{application_id}/guilds/{guild_id}/commands",
)


def _listed(call: Call) -> Reply:
    return Reply(200, [_localised(call, command) for command in call.parts.commands.listed(_scope(call))])


def _localised(call: Call, command: Json) -> Json:
    """Leave the localisations out unless they were asked for, as Discord does."""
    if call.flag("with_localizations"):
        return command
    return {k: v for k, v in command.items() if k not in ("name_localizations", "description_localizations")}


def _created(call: Call) -> Reply:
    command, new = call.parts.commands.create(_scope(call), call.json())
    _announce(call)
    return Reply(201 if new else 200, command)


def _overwritten(call: Call) -> Reply:
    if not isinstance(call.body, list):
        raise ApiError(400, 50035, "Invalid Form Body")
    commands = call.parts.commands.overwrite(_scope(call), call.body)
    _announce(call)
    return Reply(200, commands)


def _split(call: Call) -> tuple[str, str]:
    """Return the scope and the command's id of a path."""
    command_id = call.args[-1]
    call.args = call.args[:-1]
    return _scope(call), command_id


def _one(call: Call) -> Reply:
    return Reply(200, call.parts.commands.get(*_split(call)))


def _changed(call: Call) -> Reply:
    command = call.parts.commands.edit(*_split(call), call.json())
    _announce(call)
    return Reply(200, command)


def _deleted(call: Call) -> Reply:
    call.parts.commands.delete(*_split(call))
    _announce(call)
    return Reply(204)


for _base in _BASES:
    ROUTES.at("GET", _base)(_listed)
    ROUTES.at("POST", _base)(_created)
    ROUTES.at("PUT", _base)(_overwritten)
    ROUTES.at("GET", _base + "/{command_id}")(_one)
    ROUTES.at("PATCH", _base + "/{command_id}")(_changed)
    ROUTES.at("DELETE", _base + "/{command_id}")(_deleted)


@ROUTES.at("GET", "/applications/{application_id}/guilds/{guild_id}/commands/permissions")
def command_permissions(call: Call) -> Reply:
    """List the servers' own permissions of commands: none are set here."""
    _scope(call)
    return Reply(200, [])


@ROUTES.at("GET", "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions")
def one_command_permissions(call: Call) -> Reply:
    """Tell the permissions of one command: none are set, which Discord answers with 10066."""
    call.args = call.args[:2]
    _scope(call)
    raise ApiError(404, 10066, "Unknown application command permissions")


@ROUTES.at("GET", "/applications/{application_id}/entitlements")
def entitlements(call: Call) -> Reply:
    """List entitlements: nothing is sold here."""
    _scope(call)
    return Reply(200, [])


@ROUTES.at("GET", "/applications/{application_id}/emojis")
def emojis(call: Call) -> Reply:
    """List the application's emojis: it has none."""
    if call.args[0] != call.parts.world.application_id:
        raise unknown("application")
    return Reply(200, {"items": []})
