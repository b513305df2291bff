"""The local Discord against Discord's description of its API: requests are checked, answers keep to it."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.emulator import Emulator
from bot.emulator.client import Desk, Json, Message
from bot.emulator.errors import Unbuilt
from bot.emulator.openapi import OpenApi
from bot.emulator.rest import routes

_BESIDE = Path(__file__).parents[2].parent / "shared" / "discord" / "openapi.json"
OPENAPI = Path(os.environ.get("FARSIDE_OPENAPI", _BESIDE))

pytestmark = pytest.mark.skipif(
    not OPENAPI.is_file(),
    reason="Discord's API description is not at hand: put its path into FARSIDE_OPENAPI",
)

_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "78da6360f8cf000003010100c9fe92ef0000000049454e44ae426082"
)
_CARD = [
    {
        "type": 17,
        "accent_color": 0x5865F2,
        "components": [
            {"type": 10, "content": "# One"},
            {
                "type": 9,
                "components": [{"type": 10, "content": "beside"}],
                "accessory": {"type": 2, "style": 5, "label": "Read", "url": "https://example.org/"},
            },
            {"type": 14, "divider": True, "spacing": 2},
            {"type": 1, "components": [{"type": 2, "style": 1, "label": "A", "custom_id": "a"}]},
            {
                "type": 1,
                "components": [{"type": 3, "custom_id": "s", "options": [{"label": "x", "value": "x"}]}],
            },
        ],
    }
]


@pytest.fixture(scope="module")
def description() -> OpenApi:
    """Read the description once."""
    return OpenApi(OPENAPI)


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """Open a local Discord that checks what it is asked."""
    async with Emulator(openapi=OPENAPI, rate_limits=False) as opened:
        yield opened


class Api:
    """A bot's requests, each answer of which must keep to the description."""

    def __init__(self, emulator: Emulator, session: aiohttp.ClientSession, description: OpenApi) -> None:
        self.emulator = emulator
        self._session = session
        self._description = description
        self.faults: list[str] = []

    async def __call__(
        self, method: str, path: str, body: Any = None, *, ok: bool = True, **form: Any
    ) -> Any:
        url = f"{self.emulator.api_url}{path}"
        given: Any = {"json": body} if body is not None else {}
        if form:
            given = {"data": form["data"]}
        async with self._session.request(method, url, **given) as response:
            found = await response.json() if response.content_type == "application/json" else None
            bare = path.partition("?")[0]
            # The documented codes of form errors are words; the description has them as numbers.
            words = "['_errors'][0]['code']"
            for fault in self._description.response_problems(method, bare, response.status, found):
                if words not in fault:
                    self.faults.append(f"{method} {path} {response.status}: {fault}")
            assert (response.status < 400) == ok, (method, path, response.status, found)
            return found


@pytest.fixture
async def api(emulator: Emulator, description: OpenApi) -> AsyncIterator[Api]:
    """Ask as a bot does."""
    headers = {"Authorization": "Bot token", "User-Agent": "DiscordBot (https://example.com, 1)"}
    async with aiohttp.ClientSession(headers=headers) as session:
        yield Api(emulator, session, description)


async def test_reads_and_messages_keep_to_the_description(api: Api) -> None:
    """What a bot reads of its world, and the messages it writes, has the described shape."""
    world = api.emulator.world
    guild = next(iter(world.guilds.values()))
    general = next(iter(guild.channels))
    user = next(u for u in world.users.values() if not u.bot)
    app = world.application_id
    for path in (
        "/users/@me",
        f"/users/{user.id}",
        "/users/@me/guilds",
        "/applications/@me",
        "/oauth2/applications/@me",
        "/gateway",
        "/gateway/bot",
        f"/guilds/{guild.id}",
        f"/guilds/{guild.id}?with_counts=true",
        f"/guilds/{guild.id}/preview",
        f"/guilds/{guild.id}/channels",
        f"/guilds/{guild.id}/members?limit=10",
        f"/guilds/{guild.id}/members/search?query=ada",
        f"/guilds/{guild.id}/members/{user.id}",
        f"/guilds/{guild.id}/roles",
        f"/guilds/{guild.id}/roles/{guild.id}",
        f"/guilds/{guild.id}/threads/active",
        f"/guilds/{guild.id}/emojis",
        f"/channels/{general}",
        f"/channels/{general}/messages",
        f"/channels/{general}/pins",
        f"/channels/{general}/messages/pins",
        f"/applications/{app}/commands",
        f"/applications/{app}/emojis",
        f"/applications/{app}/entitlements",
        f"/applications/{app}/guilds/{guild.id}/commands",
        f"/applications/{app}/guilds/{guild.id}/commands/permissions",
    ):
        await api("GET", path)
    at = f"/channels/{general}/messages"
    plain = await api("POST", at, {"content": f"hello <@{user.id}>", "nonce": "1", "enforce_nonce": True})
    card = await api("POST", at, {"flags": 32768, "components": _CARD})
    embedded = {"title": "t", "description": "d", "fields": [{"name": "n", "value": "v"}]}
    await api("POST", at, {"embeds": [embedded], "message_reference": {"message_id": plain["id"]}})
    await api("GET", f"{at}/{card['id']}")
    await api("PATCH", f"{at}/{plain['id']}", {"content": "again"})
    await api("PUT", f"{at}/{plain['id']}/reactions/%F0%9F%8C%95/@me")
    await api("GET", f"{at}/{plain['id']}/reactions/%F0%9F%8C%95")
    await api("PUT", f"/channels/{general}/pins/{plain['id']}", ok=False)
    await api("POST", f"/channels/{general}/typing")
    form = aiohttp.FormData()
    gallery = [
        {"type": 12, "items": [{"media": {"url": "attachment://moon.png"}, "description": "the Moon"}]}
    ]
    payload = {"flags": 32768, "components": gallery, "attachments": [{"id": 0, "filename": "moon.png"}]}
    form.add_field("payload_json", aiohttp.payload.JsonPayload(payload))
    form.add_field("files[0]", _PNG, filename="moon.png", content_type="image/png")
    pictured = await api("POST", at, data=form)
    assert pictured["components"][0]["items"][0]["media"]["width"] == 1
    thread = await api("POST", f"{at}/{plain['id']}/threads", {"name": "talk"})
    await api("POST", f"/channels/{thread['id']}/messages", {"content": "in it"})
    await api("GET", f"/channels/{thread['id']}/thread-members")
    await api("PATCH", f"/channels/{thread['id']}", {"archived": True})
    await api("GET", at + "?limit=100")
    await api("DELETE", f"{at}/{plain['id']}")
    dm = await api("POST", "/users/@me/channels", {"recipient_id": user.id})
    await api("POST", f"/channels/{dm['id']}/messages", {"content": "hello"})
    assert not api.faults, "\n".join(api.faults)


async def test_refusals_keep_to_the_description(api: Api) -> None:
    """Errors have Discord's shape: code, message, and each fault under its path."""
    general = next(iter(next(iter(api.emulator.world.guilds.values())).channels))
    await api("GET", "/channels/1", ok=False)
    await api("POST", f"/channels/{general}/messages", {}, ok=False)
    found = await api("POST", f"/channels/{general}/messages", {"content": "x" * 2001}, ok=False)
    assert found["code"] == 50035
    assert found["errors"]["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"
    assert not api.faults, "\n".join(api.faults)


async def test_commands_keep_to_the_description(api: Api) -> None:
    """Registered commands come back in the described shape."""
    app = api.emulator.world.application_id
    command: Json = {
        "name": "quiz",
        "description": "Play",
        "contexts": [0, 1, 2],
        "integration_types": [0, 1],
        "default_member_permissions": "32",
        "options": [
            {
                "type": 1,
                "name": "start",
                "description": "Begin",
                "options": [
                    {"type": 3, "name": "topic", "description": "Which", "autocomplete": True},
                    {
                        "type": 4,
                        "name": "questions",
                        "description": "How many",
                        "min_value": 1,
                        "max_value": 50,
                    },
                    {
                        "type": 3,
                        "name": "pace",
                        "description": "How fast",
                        "choices": [{"name": "auto", "value": "auto"}],
                    },
                ],
            }
        ],
    }
    at = f"/applications/{app}/commands"
    made = (await api("PUT", at, [command, {"type": 2, "name": "Profile"}]))[0]
    again = (await api("PUT", at, [command, {"type": 2, "name": "Profile"}]))[0]
    assert (again["id"], again["version"]) == (made["id"], made["version"])
    await api("GET", at)
    await api("GET", f"{at}/{made['id']}")
    await api("POST", at, {"name": "help", "description": "Help"})
    await api("PATCH", f"{at}/{made['id']}", {"description": "Play now"})
    await api("DELETE", f"{at}/{made['id']}")
    assert not api.faults, "\n".join(api.faults)


async def test_interactions_keep_to_the_description(api: Api) -> None:
    """The callback's answer and every message by a token have the described shape."""
    app, emulator = api.emulator.world.application_id, api.emulator
    await api("POST", f"/applications/{app}/commands", {"name": "help", "description": "Help"})
    heard: list[Json] = []
    emulator.world.listeners.append(
        lambda h: heard.append(h.data) if h.name == "INTERACTION_CREATE" else None
    )
    async with Desk.at(emulator) as desk:
        quiz = desk.channel("quiz")
        await desk.run(desk.you, quiz, "help", wait=False)
        sent = heard[-1]
        answer = {"type": 4, "data": {"flags": 32768, "components": _CARD}}
        at = f"/interactions/{sent['id']}/{sent['token']}/callback?with_response=1"
        result = await api("POST", at, answer)
        hook = f"/webhooks/{app}/{sent['token']}"
        further = await api("POST", hook, {"content": "more", "flags": 64})
        await api("PATCH", f"{hook}/messages/{further['id']}", {"content": "less"})
        await api("GET", f"{hook}/messages/@original")
        await api("PATCH", f"{hook}/messages/@original", {"components": _CARD})
        card = Message(result["resource"]["message"])
        await desk.press(desk.you, card, "A", wait=False)
        pressed = heard[-1]
        at = f"/interactions/{pressed['id']}/{pressed['token']}/callback?with_response=1"
        await api("POST", at, {"type": 5, "data": {"flags": 64}})
        await api("PATCH", f"/webhooks/{app}/{pressed['token']}/messages/@original", {"content": "in"})
        await api("DELETE", f"/webhooks/{app}/{pressed['token']}/messages/@original")
        await desk.press(desk.you, card, "A", wait=False)
        late = heard[-1]
        modal = {
            "custom_id": "m",
            "title": "Say",
            "components": [
                {"type": 18, "label": "What", "component": {"type": 4, "custom_id": "t", "style": 1}}
            ],
        }
        at = f"/interactions/{late['id']}/{late['token']}/callback?with_response=true"
        await api("POST", at, {"type": 9, "data": modal})
        assert await desk.problems() == []
    assert not api.faults, "\n".join(api.faults)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/guilds/1/roles", {"name": "x", "permissions": "1024"}),
        ("PUT", "/channels/1/permissions/2", {"type": 1, "allow": "1024", "deny": None}),
        ("POST", "/applications/1/commands", {"name": "x", "default_member_permissions": "8"}),
        ("POST", "/channels/1/messages", {"content": "x", "allowed_mentions": {"users": [12345]}}),
        ("POST", "/channels/1/messages", {"message_reference": {"type": 1, "message_id": "1"}}),
        ("PATCH", "/users/@me", {"avatar": None}),
    ],
)
def test_what_the_documentation_allows_is_no_problem(
    description: OpenApi, method: str, path: str, body: Json
) -> None:
    """Permissions as strings, ids as numbers, forwards, an account without a new name: all right traffic."""
    assert description.problems(method, path, {}, "application/json", body) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"content": 5}, "the body['content']: 5 is not of types"),
        ({"embeds": [{"title": 3}]}, "the body['embeds'][0]['title']: 3 is not"),
        ({"message_reference": {"message_id": []}}, "the body['message_reference']['message_id']: [] is not"),
        (
            {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "A" * 90}]}]},
            "the body['components'][0]['components'][0]['label']: ",
        ),
        ({"components": [{"type": 99}]}, "the body['components'][0]"),
    ],
)
def test_a_fault_is_told_at_its_place(description: OpenApi, body: Json, words: str) -> None:
    """Among alternatives the one that was meant is explained, and a long value is cut."""
    told = description.problems("POST", "/channels/1/messages", {}, "application/json", body)
    assert any(words in line for line in told), told
    assert all(len(line) < 400 for line in told)


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_a_form_is_read_by_its_json(description: OpenApi, kind: str) -> None:
    """What a form holds as payload_json is checked as if it had been sent alone."""
    path = "/webhooks/1/token"
    assert description.problems("POST", path, {}, kind, {"content": "x"}) == []
    assert description.problems("POST", path, {}, kind, {"content": 5}) != []


async def test_what_breaks_the_description_is_told(api: Api) -> None:
    """A request that the description does not allow is shown with the place where it breaks it."""
    general = next(iter(next(iter(api.emulator.world.guilds.values())).channels))
    await api("POST", f"/channels/{general}/messages", {"content": "x", "tts": "perhaps"})
    await api("GET", f"/channels/{general}/messages?limit=ten", ok=False)
    async with Desk.at(api.emulator) as desk:
        told = await desk.problems()
    assert any("tts" in problem for problem in told)
    assert any("limit" in problem for problem in told)


@pytest.mark.parametrize(
    ("agent", "is_told"),
    [
        ("DiscordBot (https://example.com, 1.0) Words/2", False),
        ("DiscordBot (https://example.com 1.0)", False),
        ("Python/3.11 aiohttp/3.14.5", True),
        ("DiscordBot", True),
    ],
)
async def test_a_request_that_does_not_say_whose_it_is_is_told(api: Api, agent: str, is_told: bool) -> None:
    """Discord asks every program for its address and version; the comma between them may be missing."""
    async with aiohttp.ClientSession(headers={"User-Agent": agent}) as session:
        await (await session.get(f"{api.emulator.api_url}/gateway")).read()
    async with Desk.at(api.emulator) as desk:
        told = await desk.problems()
    assert any("User-Agent" in problem for problem in told) is is_told


def test_every_operation_is_built_or_known_to_be_missing(description: OpenApi) -> None:
    """Whatever Discord describes is a route, or answers that it is not part of this local Discord."""
    router = routes()
    for method, template in description.operations():
        steps = [step.strip("{}") for step in template.strip("/").split("/")]
        try:
            router.find(method, steps)
        except Unbuilt:
            continue
