"""What the local Discord accepts of messages, forms and commands: the documented limits, at and past them."""

from typing import Any

import pytest

from bot.emulator.clock import WorldClock
from bot.emulator.commands import Commands
from bot.emulator.components import Layout, stored, walk
from bot.emulator.errors import ApiError, Form, Json
from bot.emulator.messages import Upload
from bot.emulator.objects import Channel, Message
from bot.emulator.parts import Parts, assemble
from bot.emulator.rest.router import Call
from bot.emulator.world import World

V2 = 32768
TEXT: Json = {"type": 10, "content": "words"}


def button(custom_id: str = "a", **more: Any) -> Json:
    """Return a button."""
    return {"type": 2, "style": 1, "label": "A", "custom_id": custom_id, **more}


def row(*components: Json) -> Json:
    """Return a row."""
    return {"type": 1, "components": list(components)}


def menu(options: int = 1, **more: Any) -> Json:
    """Return a select menu of so many options."""
    listed = [{"label": str(n), "value": str(n)} for n in range(options)]
    return {"type": 3, "custom_id": "m", "options": listed, **more}


def faults(components: list[Any], *, v2: bool = True) -> str:
    """Return the codes and paths of what is wrong, as one text."""
    form = Form()
    Layout(form).message(components, v2=v2)
    return _told(form)


def _told(form: Form) -> str:
    try:
        form.close()
    except ApiError as error:
        return f"{error.status} {error.code} {error.extra['errors']}"
    return ""


@pytest.mark.parametrize(
    "components",
    [
        [TEXT],
        [row(*(button(str(n)) for n in range(5)))],
        [row(menu(25))],
        [{"type": 17, "accent_color": 0xFFFFFF, "components": [TEXT, row(button())]}],
        [{"type": 9, "components": [TEXT, TEXT, TEXT], "accessory": button()}],
        [{"type": 10, "content": "x" * 4000}],
        [row(button("x" * 100, label="x" * 80))],
        [row({"type": 2, "style": 5, "label": "Read", "url": "https://example.org"})],
        [row({"type": 2, "style": 2, "custom_id": "e", "emoji": {"name": "🌕"}})],
        [{"type": 14}, {"type": 14, "divider": False, "spacing": 2}],
        [TEXT] * 40,
    ],
)
def test_good_layouts_pass(components: list[Json]) -> None:
    """What the documentation allows is accepted, at the limits too."""
    assert faults(components) == ""


@pytest.mark.parametrize(
    ("components", "words"),
    [
        ([TEXT] * 41, "40 or fewer"),
        ([{"type": 10, "content": "x" * 2001}] * 2, "exceeds maximum size of 4000"),
        ([{"type": 10, "content": ""}], "BASE_TYPE_REQUIRED"),
        ([row(*(button(str(n)) for n in range(6)))], "between 1 and 5"),
        ([row(menu(), button())], "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
        ([row(menu(26))], "between 1 and 25"),
        ([row(menu(2, max_values=3))], "exceeds the number of options"),
        ([row(button("x" * 101))], "between 1 and 100"),
        ([row(button(label="x" * 81))], "80 or fewer"),
        ([row(button(), button())], "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ([row(button()), {"type": 17, "components": [row(button())]}], "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ([row(button(id=5), button("b", id=5))], "COMPONENT_ID_DUPLICATED"),
        ([row(button(style=7))], "Value must be one of"),
        ([row({"type": 2, "style": 1, "label": "A"})], "custom_id"),
        ([row({"type": 2, "style": 5, "label": "A"})], "url"),
        ([row({"type": 2, "style": 5, "label": "A", "url": "javascript:x"})], "URL_TYPE_INVALID_SCHEME"),
        ([row({"type": 2, "style": 1, "custom_id": "a"})], "label or emoji"),
        ([button()], "Value must be one of"),
        ([{"type": 17, "components": [{"type": 17, "components": [TEXT]}]}], "Value must be one of"),
        ([{"type": 9, "components": [TEXT]}], "accessory"),
        ([{"type": 9, "components": [TEXT] * 4, "accessory": button()}], "between 1 and 3"),
        ([{"type": 12, "items": []}], "between 1 and 10"),
        ([{"type": 13, "file": {"url": "https://example.org/x"}}], "URL_TYPE_INVALID_SCHEME"),
        (["text"], "DICT_TYPE_CONVERT"),
        ([row({"type": 4, "custom_id": "t", "style": 1})], "Value must be one of"),
    ],
)
def test_bad_layouts_are_refused_where_they_are_bad(components: list[Any], words: str) -> None:
    """Each fault is told under the path of what is wrong."""
    assert words in faults(components)


def test_layouts_need_the_flag() -> None:
    """Without the flag only rows are taken, five at most."""
    assert "Value must be one of {1}" in faults([TEXT], v2=False)
    assert "5 or fewer" in faults([row(button(str(n))) for n in range(6)], v2=False)


def test_every_fault_is_told_at_once() -> None:
    """A body with three faults is refused with all three."""
    told = faults([row(button("x" * 101, label="x" * 81)), {"type": 99}])
    assert told.count("_errors") == 3


def test_components_come_back_numbered() -> None:
    """Each component gets a number that nobody else has; given numbers stay; media are resolved."""
    form = Form()
    given: list[Json] = [
        {
            "type": 17,
            "components": [TEXT, {"type": 12, "items": [{"media": {"url": "https://x.example/a.png"}}]}],
        },
        row(button(id=1)),
    ]
    kept = stored(given, lambda _: None, form)
    numbers = [c["id"] for c in walk(kept)]
    assert len(set(numbers)) == len(numbers) == 5
    assert kept[1]["components"][0]["id"] == 1
    assert kept[0]["components"][1]["items"][0]["media"]["proxy_url"] == "https://x.example/a.png"


# --- messages


@pytest.fixture
def parts() -> Parts:
    """Make a world without doors."""
    return assemble(WorldClock(), rate_limits=True)


def place(parts: Parts) -> Channel:
    """Return #general."""
    return next(iter(next(iter(parts.world.guilds.values())).channels.values()))


def post(parts: Parts, **body: Any) -> Message:
    """Let the bot write."""
    return parts.writer.create(place(parts), parts.world.bot, body)


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({}, 50006, "empty message"),
        ({"content": "x" * 2001}, 50035, "2000 or fewer"),
        ({"flags": V2, "content": "x", "components": [TEXT]}, 50035, "LEGACY_FIELDS"),
        ({"flags": V2, "embeds": [{"title": "x"}], "components": [TEXT]}, 50035, "LEGACY_FIELDS"),
        ({"embeds": [{"title": "x" * 257}]}, 50035, "256 or fewer"),
        ({"embeds": [{"description": "x" * 4000}] * 2}, 50035, "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{}] * 11}, 50035, "10 or fewer"),
        ({"content": "x", "nonce": "x" * 26}, 50035, "25 or fewer"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            50035,
            "mutually exclusive",
        ),
        ({"content": "x", "allowed_mentions": {"parse": ["all"]}}, 50035, "BASE_TYPE_CHOICES"),
        ({"content": "x", "message_reference": {"message_id": "1"}}, 50035, "REPLIES_UNKNOWN_MESSAGE"),
        (
            {
                "flags": V2,
                "components": [{"type": 12, "items": [{"media": {"url": "attachment://none.png"}}]}],
            },
            50035,
            "ATTACHMENT_NOT_FOUND",
        ),
    ],
)
def test_bad_messages_are_refused(parts: Parts, body: Json, code: int, words: str) -> None:
    """A message past a limit is not posted."""
    with pytest.raises(ApiError) as caught:
        post(parts, **body)
    assert caught.value.code == code
    assert words in f"{caught.value.message} {caught.value.extra}"
    assert not place(parts).messages


def test_a_nonce_is_remembered_for_minutes(parts: Parts) -> None:
    """The same nonce gives the same message, for five minutes, when it is to be enforced."""
    first = post(parts, content="one", nonce="n", enforce_nonce=True)
    assert post(parts, content="two", nonce="n", enforce_nonce=True) is first
    assert post(parts, content="three", nonce="n") is not first
    again = post(parts, content="four", nonce="m", enforce_nonce=True)
    parts.clock.offset = 301
    assert post(parts, content="five", nonce="m", enforce_nonce=True) is not again


def test_mentions_go_by_what_is_allowed(parts: Parts) -> None:
    """Everybody named is mentioned, unless `allowed_mentions` says otherwise."""
    user = next(u for u in parts.world.users.values() if not u.bot)
    words = f"<@{user.id}> @everyone"
    free = post(parts, content=words)
    assert ([u["id"] for u in free.body["mentions"]], free.body["mention_everyone"]) == ([user.id], True)
    for allowed, mentioned in (
        ({"parse": []}, []),
        ({"users": [user.id]}, [user.id]),
        ({"parse": ["users"]}, [user.id]),
    ):
        sent = post(parts, content=words, allowed_mentions=allowed)
        assert [u["id"] for u in sent.body["mentions"]] == mentioned
        assert not sent.body["mention_everyone"]
    shown = post(parts, flags=V2, components=[{"type": 10, "content": words}], allowed_mentions={"parse": []})
    assert shown.body["mentions"] == []


def test_edits_keep_what_they_do_not_name(parts: Parts) -> None:
    """An edit changes the named fields; the flag for layouts stays for good; a bad edit changes nothing."""
    message = post(parts, content="one", embeds=[{"title": "t"}])
    parts.writer.edit(message, {"content": "two"})
    assert (message.body["content"], message.body["embeds"][0]["title"]) == ("two", "t")
    assert message.body["edited_timestamp"]
    with pytest.raises(ApiError):
        parts.writer.edit(message, {"flags": V2, "components": [TEXT]})
    parts.writer.edit(message, {"content": None, "embeds": None, "flags": V2, "components": [TEXT]})
    parts.writer.edit(message, {"flags": 0, "components": [TEXT, TEXT]})
    assert message.flags & V2
    with pytest.raises(ApiError):
        parts.writer.edit(message, {"content": "words"})
    assert message.body["content"] == ""


def test_files_stay_through_edits(parts: Parts) -> None:
    """A file is kept by an edit that does not speak of it, and goes when it is not listed."""
    upload = Upload("0", "moon one.png", b"x")
    entry = {"id": 0, "description": "the Moon"}
    body = {"content": "x", "attachments": [entry]}
    message = parts.writer.create(place(parts), parts.world.bot, body, [upload])
    file = message.body["attachments"][0]
    assert (file["filename"], file["description"], file["size"]) == ("moon_one.png", "the Moon", 1)
    parts.writer.edit(message, {"content": "y"})
    assert [kept["id"] for kept in message.body["attachments"]] == [file["id"]]
    parts.writer.edit(message, {"attachments": []})
    assert message.body["attachments"] == []
    with pytest.raises(ApiError) as caught:
        parts.writer.create(place(parts), parts.world.bot, {}, [Upload("0", "x", bytes(10 * 2**20 + 1))])
    assert caught.value.code == 40005


# --- commands


def command(**more: Any) -> Json:
    """Return a command."""
    return {"name": "quiz", "description": "Play", **more}


def option(name: str = "topic", kind: int = 3, **more: Any) -> Json:
    """Return an option."""
    return {"type": kind, "name": name, "description": "What", **more}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (command(name="Quiz"), "Command name is invalid"),
        (command(name="two words"), "Command name is invalid"),
        (command(name="x" * 33), "between 1 and 32"),
        (command(description="x" * 101), "between 1 and 100"),
        (command(description=""), "BASE_TYPE_REQUIRED"),
        (command(options=[option(str(n)) for n in range(26)]), "25 or fewer"),
        (
            command(options=[option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])]),
            "25 or fewer",
        ),
        (command(options=[option(), option()]), "Option name already exists"),
        (command(options=[option("a"), option("b", required=True)]), "Required options must be placed"),
        (command(options=[option("a", 1), option("b")]), "cannot be mixed"),
        (command(options=[option("a", 2, options=[option("b")])]), "Value must be one of {1}"),
        (
            command(options=[option(choices=[{"name": "a", "value": "a"}], autocomplete=True)]),
            "both be given",
        ),
        (command(options=[option(kind=5, choices=[{"name": "a", "value": "a"}])]), "takes no choices"),
        (command(options=[option(kind=4, choices=[{"name": "a", "value": "a"}])]), "is not a number"),
        (command(options=[option(choices=[{"name": "a", "value": "x" * 101}])]), "100 or fewer"),
        (command(options=[option(min_value=1)]), "not valid here"),
        (command(contexts=[3]), "Value must be one of"),
        ({"type": 2, "name": "Look", "description": "x"}, "cannot have description"),
        (
            command(
                options=[
                    option(
                        f"o{n}",
                        choices=[{"name": f"{n}-{m}" + "x" * 90, "value": "x" * 99} for m in range(20)],
                    )
                    for n in range(3)
                ]
            ),
            "maximum size (8000)",
        ),
    ],
)
def test_bad_commands_are_refused(parts: Parts, body: Json, words: str) -> None:
    """A command past a documented limit is not registered."""
    with pytest.raises(ApiError) as caught:
        parts.commands.overwrite("", [body])
    assert words in str(caught.value.extra["errors"])
    assert parts.commands.every() == []


def test_names_are_taken_once(parts: Parts) -> None:
    """In one request a name stands once for each type; a hundred commands are the most."""
    with pytest.raises(ApiError, match="Invalid Form Body"):
        parts.commands.overwrite("", [command(), command()])
    many = [command(name=f"c{n}") for n in range(101)]
    with pytest.raises(ApiError) as caught:
        parts.commands.overwrite("", many)
    assert caught.value.code == 30032
    parts.commands.overwrite("", many[:100])


def test_versions_change_with_the_command() -> None:
    """An equal command keeps id and version; a changed one keeps its id and gets a new version."""
    commands = Commands(World(WorldClock()))
    first, is_new = commands.create("", command())
    again, was_new = commands.create("", command())
    changed, _ = commands.create("", command(description="Play more"))
    assert (is_new, was_new) == (True, False)
    assert first is again
    assert changed["id"] == first["id"]
    assert changed["version"] != first["version"]


def test_a_servers_own_command_hides_the_global_one() -> None:
    """Where both are registered people see the server's."""
    commands = Commands(World(WorldClock()))
    commands.create("", command())
    own, _ = commands.create("7", command(description="Here"))
    assert commands.usable("7") == [own]
    assert len(commands.usable("8")) == 1


def test_what_was_left_empty_is_not_given_back() -> None:
    """A menu's options come back without the nulls they were sent with; a picture has a description."""
    option = {"label": "x", "value": "x", "description": None, "emoji": None}
    menu = {"type": 3, "custom_id": "s", "options": [option]}
    gallery = {"type": 12, "items": [{"media": {"url": "https://example.org/a.png"}}]}
    kept = stored([{"type": 1, "components": [menu]}, gallery], lambda _: None, Form())
    assert kept[0]["components"][0]["options"] == [{"label": "x", "value": "x"}]
    assert kept[1]["items"][0]["description"] is None


@pytest.mark.parametrize(
    "text", ["abc", "1.0", "-1", "²", "٣", str(1 << 64), "1" * 21, "9" * 5000, " 1"], ids=ascii
)
def test_ids_and_numbers_of_a_query_are_read_or_refused(parts: Parts, text: str) -> None:
    """What is none is a fault of the request, at its name, as Discord tells it."""
    call = Call(parts, (), {"around": text, "limit": text, "after": "0"}, None, [], None)
    with pytest.raises(ApiError, match="Invalid Form Body"):
        call.snowflake("around")
    with pytest.raises(ApiError, match="Invalid Form Body"):
        call.limit(50, 100)
    assert (call.snowflake("after"), call.snowflake("before")) == (0, None)
