"""The local Discord held against discord.py itself: an unmodified client lives in it."""

import asyncio
import datetime
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands

from bot.emulator import Emulator, permissions
from bot.emulator.client import Desk, Message, Refused
from tests.bounds import PATIENCE

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "78da6360f8cf000003010100c9fe92ef0000000049454e44ae426082"
)
Interaction = discord.Interaction[discord.Client]


class Card(discord.ui.LayoutView):
    """A container with words, two buttons and a menu."""

    row: discord.ui.ActionRow["Card"] = discord.ui.ActionRow()

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.pressed: list[str] = []
        self.add_item(discord.ui.Container(discord.ui.TextDisplay("# Which?")))
        menu: discord.ui.Select[Card] = discord.ui.Select(
            custom_id="menu", options=[discord.SelectOption(label="One"), discord.SelectOption(label="Two")]
        )

        async def chosen(interaction: Interaction) -> None:
            await interaction.response.edit_message(content=None, view=None)

        menu.callback = chosen  # type: ignore[method-assign] # the documented way without a subclass
        self.add_item(discord.ui.ActionRow(menu))

    @row.button(label="A", custom_id="answer:a")
    async def first(self, interaction: Interaction, _: discord.ui.Button["Card"]) -> None:
        self.pressed.append(interaction.user.display_name)
        assert isinstance(interaction.client, Client)
        interaction.client.look()
        await interaction.response.send_message(f"A is in, {interaction.user.display_name}", ephemeral=True)

    @row.button(label="Ask", custom_id="ask")
    async def second(self, interaction: Interaction, _: discord.ui.Button["Card"]) -> None:
        await interaction.response.send_modal(Form())


class Form(discord.ui.Modal, title="Say it"):
    """A form with one field."""

    words: discord.ui.Label["Form"] = discord.ui.Label(
        text="Words", component=discord.ui.TextInput(custom_id="words", max_length=20)
    )

    async def on_submit(self, interaction: Interaction) -> None:
        field = self.words.component
        assert isinstance(field, discord.ui.TextInput)
        await interaction.response.send_message(f"you said {field.value}", ephemeral=True)


class Client(discord.Client):
    """A plain client with a few commands; `do` lets a test say what `/act` does."""

    def __init__(self, **options: Any) -> None:
        super().__init__(intents=discord.Intents.default(), guild_ready_timeout=0.05, **options)
        self.tree = app_commands.CommandTree(self)
        self.is_up = asyncio.Event()
        self.resumed = asyncio.Event()
        self.heard: list[discord.Message] = []
        self.do: Callable[[Interaction], Awaitable[object]] = _nothing
        self.errors: list[Exception] = []
        self.card = Card()
        self._waiting: list[tuple[Callable[[], bool], asyncio.Event]] = []

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds; it is looked at after each thing that the client hears."""
        seen = asyncio.Event()
        self._waiting.append((condition, seen))
        self.look()
        async with asyncio.timeout(PATIENCE):
            await seen.wait()

    def look(self) -> None:
        for condition, seen in self._waiting:
            if condition():
                seen.set()

    async def error(self) -> Exception:
        await self.until(lambda: bool(self.errors))
        return self.errors[0]

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        super().dispatch(event, *args, **kwargs)
        self.look()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once; discord.py waits five seconds otherwise."""

    async def on_ready(self) -> None:
        self.is_up.set()

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)
        self.look()

    async def setup_hook(self) -> None:
        self._declare()
        await self.tree.sync()

    def _declare(self) -> None:
        @self.tree.command(description="Shows a card")
        @app_commands.guild_only()
        async def card(interaction: Interaction) -> None:
            await interaction.response.send_message(view=self.card)

        @self.tree.command(description="Does what the test says")
        @app_commands.allowed_installs(guilds=True, users=True)
        @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
        async def act(interaction: Interaction) -> None:
            try:
                await self.do(interaction)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
                self.errors.append(error)
                self.look()

        group = app_commands.Group(name="set", description="Sets", guild_only=True)
        group.default_permissions = discord.Permissions(manage_guild=True)

        @group.command(description="Sets everything")
        @app_commands.choices(pace=[app_commands.Choice(name="Fast", value="fast")])
        async def everything(
            interaction: Interaction,
            topic: str,
            count: app_commands.Range[int, 1, 50],
            pace: app_commands.Choice[str] | None = None,
            who: discord.Member | None = None,
            where: discord.TextChannel | None = None,
            role: discord.Role | None = None,
            loud: bool = False,
        ) -> None:
            told = (topic, count, pace and pace.value, who and who.display_name, where and where.name)
            await interaction.response.send_message(f"{told} {role} {loud}")

        @everything.autocomplete("topic")
        async def topics(_: Interaction, current: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=f"{current}!", value=current)]

        self.tree.add_command(group)

        @self.tree.context_menu(name="Look")
        async def look(interaction: Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(f"it says {message.content}")


async def _nothing(_: Interaction) -> None:
    """Answer nothing."""


@pytest.fixture
async def emulator(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Emulator]:
    """Open a local Discord and point discord.py at it."""
    async with Emulator() as opened:
        monkeypatch.setattr(discord.http.Route, "BASE", opened.api_url)
        gateway = yarl.URL(opened.gateway_url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        yield opened


@pytest.fixture
async def client(emulator: Emulator) -> AsyncIterator[Client]:
    """Run a client until it is ready."""
    async for one in _running(Client()):
        yield one


async def _running(client: Client) -> AsyncIterator[Client]:
    running = asyncio.create_task(client.start("token"))
    async with asyncio.timeout(PATIENCE):
        await client.is_up.wait()
    yield client
    await client.close()
    await running


@pytest.fixture
async def desk(emulator: Emulator, client: Client) -> AsyncIterator[Desk]:
    """Open the desk."""
    async with Desk.at(emulator) as opened:
        yield opened


async def test_the_client_sees_its_world(client: Client, desk: Desk) -> None:
    """After READY and GUILD_CREATE the client knows its servers, channels and itself."""
    assert {guild.name for guild in client.guilds} == {"Tranquility", "Serenity"}
    guild = next(g for g in client.guilds if g.name == "Tranquility")
    assert [c.name for c in guild.text_channels] == ["general", "quiz", "daily-moon"]
    assert guild.me.guild_permissions.send_messages
    assert client.user is not None
    assert str(client.user.id) == desk.bot_id


async def test_commands_are_registered_once(client: Client, desk: Desk) -> None:
    """Commands synced again unchanged keep their ids; the desk shows them."""
    first = {c.name: c.id for c in await client.tree.fetch_commands()}
    again = {c.name: c.id for c in await client.tree.sync()}
    assert first == again
    assert set(await desk.commands("card", "act", "set", "Look")) == {"card", "act", "set", "Look"}


async def test_every_kind_of_option_arrives(client: Client, desk: Desk) -> None:
    """Options arrive as the objects that people chose, those left out as their defaults."""
    quiz = desk.channel("quiz")
    guild = await desk.guild()
    outcome = await desk.run(
        desk.owner,
        quiz,
        "set everything",
        topic="craters",
        count=3,
        pace="fast",
        who=desk.member,
        where=quiz,
        role=guild["id"],
        loud=True,
    )
    assert outcome.text == "('craters', 3, 'fast', 'Grace', 'quiz') @everyone True"
    assert outcome.message.body["type"] == 20


async def test_the_client_of_people_refuses_what_discords_would(client: Client, desk: Desk) -> None:
    """Required options, bounds, choices and permissions are checked before anything is sent."""
    quiz = desk.channel("quiz")
    for who, options, words in (
        (desk.owner, {"count": 3}, "topic is required"),
        (desk.owner, {"topic": "x", "count": 51}, "from 1 to 50"),
        (desk.owner, {"topic": "x", "count": "many"}, "whole number"),
        (desk.owner, {"topic": "x", "count": 1, "pace": "slow"}, "one of: Fast"),
        (desk.owner, {"topic": "x", "count": 1, "speed": 1}, "no option speed"),
        (desk.you, {"topic": "x", "count": 1}, "Manage Server"),
    ):
        with pytest.raises(Refused, match=words):
            await desk.run(who, quiz, "set everything", **options)
    with pytest.raises(Refused, match="direct message"):
        await desk.run(desk.owner, await desk.dm(desk.owner), "set everything", topic="x", count=1)
    with pytest.raises(Refused, match="needs one of: everything"):
        await desk.run(desk.owner, quiz, "set")


async def test_autocomplete(client: Client, desk: Desk) -> None:
    """Suggestions for what is being typed come back."""
    assert await desk.complete(desk.owner, desk.channel("quiz"), "set everything", "topic", topic="cra") == [
        "cra!"
    ]


async def test_a_press_is_answered_for_one_person_alone(client: Client, desk: Desk) -> None:
    """An ephemeral answer is seen by who pressed, by nobody else, and is not in the history."""
    quiz = desk.channel("quiz")
    card = (await desk.run(desk.you, quiz, "card")).message
    reply = (await desk.press(desk.member, card, "A")).message
    assert reply.is_ephemeral
    assert reply.text == "A is in, Grace"
    assert reply.id in [m.id for m in desk.messages(quiz, desk.member)]
    assert reply.id not in [m.id for m in desk.messages(quiz, desk.you)]
    channel = client.get_channel(int(quiz))
    assert isinstance(channel, discord.TextChannel)
    assert [str(m.id) async for m in channel.history()] == [card.id]
    with pytest.raises(discord.NotFound) as caught:
        await channel.fetch_message(int(reply.id))
    assert caught.value.code == 10008
    await desk.dismiss(desk.member, reply)
    with pytest.raises(Refused):
        await desk.dismiss(desk.member, reply)


async def test_a_form_is_filled_in(client: Client, desk: Desk) -> None:
    """A press opens a form; its fields are checked; what was typed arrives."""
    card = (await desk.run(desk.you, desk.channel("quiz"), "card")).message
    opened = await desk.press(desk.you, card, "Ask")
    assert (opened.state, opened.fields) == ("modal", ["words"])
    with pytest.raises(Refused, match="0 to 20"):
        await desk.submit(desk.you, opened, words="x" * 21)
    assert (await desk.submit(desk.you, opened, words="hello")).text == "you said hello"


async def test_a_form_that_was_not_taken_stays_open(client: Client, desk: Desk) -> None:
    """When the app does not answer a form in time, it can be sent in again; once taken it is closed."""
    card = (await desk.run(desk.you, desk.channel("quiz"), "card")).message
    opened = await desk.press(desk.you, card, "Ask")
    await desk.fault("hear_late", seconds=0.1, times=1)
    sent = await desk.submit(desk.you, opened, words="hello", wait=False)
    await desk.forward(3)
    assert (await desk.outcome(sent.id)).state == "failed"
    assert (await desk.submit(desk.you, opened, words="again")).text == "you said again"
    with pytest.raises(Refused, match="not open"):
        await desk.submit(desk.you, opened, words="more")


async def test_a_context_menu_gets_its_message(client: Client, desk: Desk) -> None:
    """A message command receives the message it was used on."""
    quiz = desk.channel("quiz")
    said = await desk.say(desk.you, quiz, "the Moon")
    assert (await desk.run(desk.you, quiz, "Look", target_id=said.id)).text == "it says the Moon"


async def test_thinking_then_answering(client: Client, desk: Desk) -> None:
    """A deferred answer shows a placeholder, and takes its words by an edit; follow-ups stand apart."""

    async def act(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(content="thought")
        further = await interaction.followup.send("more", wait=True)
        await further.edit(content="much more")
        await (await interaction.followup.send("gone", ephemeral=True, wait=True)).delete()

    client.do = act
    quiz = desk.channel("quiz")
    outcome = await desk.run(desk.you, quiz, "act")
    assert (outcome.response_type, outcome.text, outcome.message.is_ephemeral) == (5, "thought", True)
    further = await desk.shown(quiz, lambda m: m.text == "much more")
    assert not further.is_ephemeral
    await desk.wait_for(lambda e: e["type"] == "message_delete")
    assert client.errors == []


async def test_acknowledged_twice(client: Client, desk: Desk) -> None:
    """A second acknowledgement is refused with 40060."""

    async def act(interaction: Interaction) -> None:
        await interaction.response.send_message("one")
        again = Interaction(data=_raw(interaction), state=interaction._state)
        await again.response.send_message("two")

    client.do = act
    await desk.run(desk.you, desk.channel("quiz"), "act")
    error = await client.error()
    assert isinstance(error, discord.HTTPException)
    assert error.code == 40060


def _raw(interaction: Interaction) -> Any:
    """Return enough of an interaction's payload to answer it once more."""
    return {
        "id": str(interaction.id),
        "type": 2,
        "token": interaction.token,
        "version": 1,
        "application_id": str(interaction.application_id),
        "attachment_size_limit": 1,
        "data": interaction.data,
    }


async def test_answered_too_late(client: Client, desk: Desk) -> None:
    """After three seconds the person is told that it failed, and the app's answer is unknown (10062)."""

    async def act(interaction: Interaction) -> None:
        await desk.forward(4)
        await interaction.response.send_message("late")

    client.do = act
    assert (await desk.run(desk.you, desk.channel("quiz"), "act")).state == "failed"
    error = await client.error()
    assert isinstance(error, discord.NotFound)
    assert error.code == 10062


async def test_the_token_dies_after_a_quarter_of_an_hour(client: Client, desk: Desk) -> None:
    """Fifteen minutes later a token is refused with 50027; before it works."""

    async def act(interaction: Interaction) -> None:
        await interaction.response.send_message("now")
        await desk.forward(890)
        await interaction.edit_original_response(content="still")
        await desk.forward(11)
        await interaction.edit_original_response(content="dead")

    client.do = act
    await desk.run(desk.you, desk.channel("quiz"), "act")
    error = await client.error()
    assert isinstance(error, discord.HTTPException)
    assert (error.status, error.code) == (401, 50027)


async def test_a_channel_that_is_gone_cannot_be_answered_in(client: Client, desk: Desk) -> None:
    """When its channel was deleted meanwhile, an edit meets 10008, a further message 10003."""

    async def act(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await desk.post("/desk/channels/delete", channel_id=str(interaction.channel_id))
        try:
            await interaction.edit_original_response(content="here")
        except discord.NotFound as error:
            client.errors.append(error)
        await interaction.followup.send("here")

    client.do = act
    await desk.run(desk.you, desk.channel("quiz"), "act", wait=False)
    await client.until(lambda: len(client.errors) == 2)
    assert [error.code for error in client.errors if isinstance(error, discord.NotFound)] == [10008, 10003]


async def test_commands_of_a_user_installed_app_work_anywhere(client: Client, desk: Desk) -> None:
    """In the bot's direct channel and in other people's, with the context that Discord tells."""
    seen: list[tuple[bool, bool, bool]] = []

    async def act(interaction: Interaction) -> None:
        context = interaction.context
        seen.append((context.guild, context.dm_channel, context.private_channel))
        await interaction.response.send_message("here", ephemeral=True)

    client.do = act
    state = await desk.get("/desk/state", {"as": desk.you})
    for dm in state["dms"]:
        assert (await desk.run(desk.you, dm["id"], "act")).text == "here"
    await desk.run(desk.you, desk.channel("quiz"), "act")
    assert sorted(seen) == [(False, False, True), (False, True, False), (True, False, False)]


async def test_files_go_in_and_come_out(client: Client, desk: Desk) -> None:
    """A picture sent with a layout is served back as it was, with its size."""
    channel = client.get_channel(int(desk.channel("general")))
    assert isinstance(channel, discord.TextChannel)
    view = discord.ui.LayoutView()
    view.add_item(
        discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://moon.png", description="it"))
    )
    sent = await channel.send(view=view, file=discord.File(io.BytesIO(PNG), "moon.png"))
    shown = await desk.shown(str(channel.id), lambda m: bool(m.files))
    media = shown.components[0]["items"][0]["media"]
    assert (media["width"], media["url"]) == (1, shown.files[0]["url"])
    assert await sent.attachments[0].read() == PNG


async def test_files_answer_interactions(client: Client, desk: Desk) -> None:
    """An answer and an edit of it may carry files."""

    async def act(interaction: Interaction) -> None:
        await interaction.response.send_message("one", file=discord.File(io.BytesIO(PNG), "one.png"))
        more = [discord.File(io.BytesIO(PNG), "two.png")]
        await interaction.edit_original_response(content="two", attachments=more)

    client.do = act
    quiz = desk.channel("quiz")
    await desk.run(desk.you, quiz, "act")
    shown = await desk.shown(quiz, lambda m: m.text == "two")
    assert [file["filename"] for file in shown.files] == ["two.png"]
    assert client.errors == []


async def test_messages_live(client: Client, desk: Desk) -> None:
    """Messages are sent, found again, edited, deleted; a nonce is enforced."""
    channel = client.get_channel(int(desk.channel("general")))
    assert isinstance(channel, discord.TextChannel)
    first = await channel.send("one", nonce="n1")
    same = await channel.send("two", nonce="n1")
    assert first.id == same.id
    await first.edit(content="three")
    await first.add_reaction("🌕")
    assert [m.content async for m in channel.history()] == ["three"]
    assert (await channel.fetch_message(first.id)).reactions[0].me
    thread = await first.create_thread(name="talk")
    await thread.send("inside")
    await first.delete()
    await desk.until(lambda: desk.messages(str(channel.id)) == [])
    inside = await desk.shown(str(thread.id), lambda m: m.text == "inside")
    assert inside.author_id == desk.bot_id


async def test_permissions_hold(client: Client, desk: Desk) -> None:
    """Without the right to write 50013, without the right to see 50001; gone channels are 10003."""
    general = desk.channel("general")
    channel = client.get_channel(int(general))
    assert isinstance(channel, discord.TextChannel)
    for denied, code in (("send_messages", 50013), ("view_channel", 50001)):
        await desk.permit(general, desk.bot_id, deny=(denied,))
        with pytest.raises(discord.Forbidden) as caught:
            await channel.send("x")
        assert caught.value.code == code
    await desk.post("/desk/channels/delete", channel_id=general)
    with pytest.raises(discord.NotFound) as gone:
        await channel.send("x")
    assert gone.value.code == 10003


async def test_without_the_intent_words_of_others_are_hidden(client: Client, desk: Desk) -> None:
    """Without the privileged intent a message's content is empty, unless it is to the bot."""
    quiz = desk.channel("quiz")
    await desk.say(desk.you, quiz, "secret")
    await desk.say(desk.you, quiz, f"<@{desk.bot_id}> open")
    await desk.say(desk.you, await desk.dm(desk.you), "direct")
    await client.until(lambda: len(client.heard) == 3)
    assert [m.content for m in client.heard] == ["", f"<@{desk.bot_id}> open", "direct"]


async def test_a_server_is_run(client: Client, desk: Desk, emulator: Emulator) -> None:
    """With the right to, the client manages roles, members, channels, threads, pins and messages."""
    guild = next(g for g in client.guilds if g.name == "Tranquility")
    with pytest.raises(discord.Forbidden):
        await guild.create_role(name="never")
    emulator.parts.limits.on = False
    own = emulator.world.guilds[str(guild.id)].roles[str(guild.me.roles[-1].id)]
    own.permissions = permissions.ALL & ~permissions.ADMINISTRATOR
    role = await guild.create_role(name="Moon", colour=discord.Colour(0x123456), mentionable=True)
    await role.edit(name="Full Moon", hoist=True)
    grace = await guild.fetch_member(int(desk.member))
    await grace.add_roles(role)
    await grace.edit(nick="Gracious")
    await grace.timeout(datetime.timedelta(minutes=5))
    with pytest.raises(Refused, match="may not write"):
        await desk.say(desk.member, desk.channel("quiz"), "x")
    await desk.forward(301)
    await desk.say(desk.member, desk.channel("quiz"), "x")
    grace = await guild.fetch_member(grace.id)
    assert (grace.nick, [r.name for r in grace.roles]) == ("Gracious", ["@everyone", "Full Moon"])
    await grace.remove_roles(role)
    await role.delete()
    channel = await guild.create_text_channel("new", topic="news")
    await channel.set_permissions(grace, view_channel=False)
    await channel.edit(topic="other", slowmode_delay=5)
    fetched = await client.fetch_channel(channel.id)
    assert isinstance(fetched, discord.TextChannel)
    assert (fetched.topic, fetched.overwrites_for(grace).view_channel) == ("other", False)
    sent = [await channel.send(str(number)) for number in range(4)]
    await sent[0].pin()
    assert [m.id async for m in channel.pins()] == [sent[0].id]
    await sent[0].unpin()
    assert [m.content async for m in channel.history(before=sent[3], limit=2)] == ["2", "1"]
    after = [m async for m in channel.history(after=sent[1], oldest_first=True)]
    assert [m.content for m in after[:2]] == ["2", "3"]
    assert (after[2].type, after[2].reference and after[2].reference.message_id) == (
        discord.MessageType.pins_add,
        sent[0].id,
    )
    assert [m.content async for m in channel.history(around=sent[1], limit=3)] == ["2", "1", "0"]
    await sent[3].reply("reply")
    await sent[3].add_reaction("🌑")
    await sent[3].clear_reactions()
    await channel.delete_messages(sent[:2])
    thread = await channel.create_thread(name="aside", type=discord.ChannelType.private_thread)
    await thread.add_user(grace)
    assert {m.id for m in await thread.fetch_members()} == {guild.me.id, grace.id}
    await thread.edit(archived=True, locked=True)
    assert [t.id for t in await guild.active_threads()] == []
    await thread.delete()
    async with channel.typing():
        pass
    await channel.delete()
    assert len(await guild.fetch_roles()) == 2
    await grace.kick()
    with pytest.raises(discord.NotFound) as gone:
        await guild.fetch_member(grace.id)
    assert gone.value.code == 10007
    await guild.leave()
    await client.until(lambda: client.get_guild(guild.id) is None)


@pytest.mark.parametrize("kind", ["reconnect", "drop", "invalid_session"])
async def test_the_client_comes_back(client: Client, desk: Desk, kind: str) -> None:
    """After op 7, op 9 or a cut wire the client resumes, hears what it missed, and works on."""
    quiz = desk.channel("quiz")
    card = (await desk.run(desk.you, quiz, "card")).message
    await desk.fault(kind, resumable=True)
    await desk.wait_for(lambda e: e["type"] == "bot" and not e["online"])
    pressed = await desk.press(desk.member, card, "A", wait=False)
    assert (await desk.outcome(pressed.id)).text == "A is in, Grace"
    assert client.resumed.is_set()


async def test_dispatches_delivered_twice(client: Client, desk: Desk) -> None:
    """A press can be told twice; the second answer meets 40060."""
    card = (await desk.run(desk.you, desk.channel("quiz"), "card")).message
    await desk.fault("twice", event="INTERACTION_CREATE", times=1)
    await desk.press(desk.you, card, "A")
    await client.until(lambda: len(client.card.pressed) == 2)
    assert client.card.pressed == ["You", "You"]


async def test_heard_late(client: Client, desk: Desk) -> None:
    """A dispatch that was late on the wire still tells when the person acted."""
    told: list[float] = []

    async def act(interaction: Interaction) -> None:
        told.append((discord.utils.utcnow() - interaction.created_at).total_seconds())
        await interaction.response.send_message("heard")

    client.do = act
    await desk.fault("hear_late", seconds=0.2, times=1)
    await desk.run(desk.you, desk.channel("quiz"), "act")
    assert 0.2 <= told[0] < PATIENCE


async def test_faults_of_requests(client: Client, desk: Desk) -> None:
    """A 500 is retried by the client; a connection can be lost although the thing was done."""
    channel = client.get_channel(int(desk.channel("general")))
    assert isinstance(channel, discord.TextChannel)
    await desk.fault("status", status=403, route="POST /channels/*/messages", times=1)
    with pytest.raises(discord.Forbidden):
        await channel.send("never")
    await desk.fault("rate_limit", route="POST /channels/*/messages", retry_after=0.01, times=1)
    await channel.send("in the end")
    await desk.fault("lost", route="POST /channels/*/messages", times=1, acts=True)
    with pytest.raises(aiohttp.ClientError):
        await channel.send("done all the same")
    await desk.shown(str(channel.id), lambda m: m.text == "done all the same")
    texts = [m.text for m in desk.messages(str(channel.id))]
    assert texts == ["in the end", "done all the same"]


async def test_a_held_request_is_seen_and_let_go(client: Client, desk: Desk) -> None:
    """A request can be held without an answer until the test releases it."""
    channel = client.get_channel(int(desk.channel("general")))
    assert isinstance(channel, discord.TextChannel)
    fault = await desk.fault("hold", route="POST /channels/*/messages", times=1, acts=True)
    sending = asyncio.create_task(channel.send("held"))
    await desk.shown(str(channel.id), lambda m: m.text == "held")
    assert not sending.done()
    await desk.clear_faults(fault)
    assert (await sending).content == "held"


async def test_joining_and_leaving_servers(client: Client, desk: Desk) -> None:
    """The client hears of a new server, of being removed, of new channels and members."""
    made = await desk.post("/desk/guilds", name="Crisium", owner=desk.you)
    await client.until(lambda: client.get_guild(int(made["id"])) is not None)
    channel = await desk.post("/desk/channels", guild_id=made["id"], name="new")
    await client.until(lambda: client.get_channel(int(channel["id"])) is not None)
    await desk.post("/desk/guilds/leave", guild_id=made["id"])
    await client.until(lambda: client.get_guild(int(made["id"])) is None)


async def test_shards_share_the_servers(emulator: Emulator) -> None:
    """Each shard hears of its servers alone, and direct messages belong to the first."""

    class Sharded(Client, discord.AutoShardedClient):
        """The same client over two shards."""

    async for client in _running(Sharded(shard_count=2)):
        assert sorted(guild.shard_id for guild in client.guilds) == [0, 1]
        async with Desk.at(emulator) as desk:
            await desk.commands("card")
            for server in ("Tranquility", "Serenity"):
                outcome = await desk.run(desk.owner, _first(await desk.guild(server)), "card")
                assert outcome.state == "done"


def _first(guild: dict[str, Any]) -> str:
    return str(guild["channels"][0]["id"])


async def test_a_world_made_anew(client: Client, desk: Desk) -> None:
    """After a reset the client finds the world as at start, at once and on the same connection."""
    quiz = desk.channel("quiz")
    made = await desk.post("/desk/guilds", name="Crisium", owner=desk.you)
    await client.until(lambda: client.get_guild(int(made["id"])) is not None)
    await desk.say(desk.you, quiz, "before")
    await desk.reset()
    assert desk.messages(quiz) == []
    await client.until(lambda: len(client.guilds) == 2 and not any(g.unavailable for g in client.guilds))
    assert client.get_guild(int(made["id"])) is None
    assert isinstance((await desk.run(desk.you, quiz, "card")).message, Message)
