"""Shards: which servers each one has, how fast they may start, and what a day allows."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.emulator import Emulator
from bot.emulator.client import Desk, Json, Refused
from bot.emulator.clock import WorldClock
from bot.emulator.starts import Starts, TooEarly
from tests.emulator.bare import DIRECT, GUILDS, MESSAGES, Bot


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """Open a local Discord for a bot of four shards, two of which may identify at once."""
    async with Emulator(token="right", shards=4, max_concurrency=2) as opened:
        yield opened


@pytest.fixture
async def desk(emulator: Emulator) -> AsyncIterator[Desk]:
    """Open its desk, and let no bucket rest."""
    async with Desk.at(emulator) as opened:
        await opened.post("/desk/gateway", identify_seconds=0)
        yield opened


async def _advice(emulator: Emulator) -> Json:
    headers = {"Authorization": "Bot right"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{emulator.api_url}/gateway/bot") as response,
    ):
        found: Json = await response.json()
        return found


async def test_each_server_is_told_to_the_shard_of_its_id(emulator: Emulator, desk: Desk) -> None:
    """A server belongs to `(id >> 22) % shards`; direct messages to the first; all shards live at once."""
    await desk.post("/desk/guilds", name="Crater", owner=desk.owner, count=40)
    bots = [Bot(emulator) for _ in range(4)]
    seen: list[str] = []
    try:
        for number, bot in enumerate(bots):
            await bot.__aenter__()
            ready = await bot.identify(GUILDS | DIRECT | MESSAGES, shard=[number, 4])
            ids = [guild["id"] for guild in ready["guilds"]]
            assert ready["shard"] == [number, 4]
            assert {(int(guild_id) >> 22) % 4 for guild_id in ids} == {number}
            for _ in ids:
                await bot.until("GUILD_CREATE")
            seen += ids
        assert sorted(seen) == sorted(emulator.world.guilds)
        await desk.say(desk.you, await desk.dm(desk.you), "direct")
        said = await desk.say(desk.owner, desk.channel("general", "Crater 7"), "here")
        guild = await desk.guild("Crater 7")
        assert (await bots[0].until("MESSAGE_CREATE"))["content"] == "direct"
        home = bots[(int(guild["id"]) >> 22) % 4]
        assert (await home.until("MESSAGE_CREATE"))["id"] == said.id
    finally:
        for bot in bots:
            await bot.__aexit__(None, None, None)


async def test_the_gateway_advises_and_counts(emulator: Emulator, desk: Desk) -> None:
    """`GET /gateway/bot` tells shards, concurrency and the starts that are left; a RESUME costs none."""
    before = await _advice(emulator)
    assert (before["shards"], before["session_start_limit"]["max_concurrency"]) == (4, 2)
    async with Bot(emulator) as bot:
        ready = await bot.identify(shard=[0, 4])
        after = await _advice(emulator)
        await bot.cut()
        await desk.online(is_online=False)
    emulator.parts.limits.on = False
    async with Bot(emulator) as again:
        await again.hear()
        await again.send(6, {"token": "right", "session_id": ready["session_id"], "seq": bot.seq})
        await again.until("RESUMED")
        resumed = await _advice(emulator)
    left = [told["session_start_limit"]["remaining"] for told in (before, after, resumed)]
    assert left == [1000, 999, 999]


async def test_an_identify_too_early_is_refused(emulator: Emulator) -> None:
    """Within five seconds a bucket takes one IDENTIFY; the next gets op 9 and costs nothing."""
    async with (
        Bot(emulator) as first,
        Bot(emulator) as same,
        Bot(emulator) as other,
        Desk.at(emulator) as desk,
    ):
        await first.identify(shard=[0, 4])
        await same.hear()
        early = {"token": "right", "intents": GUILDS, "properties": {}, "shard": [2, 4]}
        await same.send(2, early)
        assert await same.hear() == {"t": None, "s": None, "op": 9, "d": False}
        await other.identify(shard=[1, 4])
        await desk.post("/desk/gateway", identify_seconds=0)
        await same.send(2, early)
        await same.until("READY")
        found = await desk.get("/desk/sessions")
        assert found["gateway"]["session_start_limit"]["remaining"] == 997


def test_a_bucket_rests_five_seconds() -> None:
    """The law of buckets, on a clock of its own; without a concurrency nothing is too early."""
    now = [100.0]
    starts = Starts(WorldClock(), max_concurrency=2, now=lambda: now[0])
    starts.take(0)
    starts.take(1)
    now[0] += 4.9
    for shard in (0, 1, 2, 3):
        with pytest.raises(TooEarly):
            starts.take(shard)
    now[0] += 0.2
    starts.take(2)
    with pytest.raises(TooEarly):
        starts.take(0)
    free = Starts(WorldClock())
    for _ in range(3):
        free.take(0)
    assert (starts.remaining, free.remaining) == (997, 997)


@pytest.mark.parametrize(
    ("settings", "shard", "code"),
    [
        ({}, [4, 4], 4010),
        ({}, ["0", 4], 4010),
        ({"shard_multiple": 16}, [0, 8], 4010),
        ({"guilds_per_shard": 3}, [0, 1], 4011),
    ],
)
async def test_shards_that_cannot_be(
    emulator: Emulator, desk: Desk, settings: Json, shard: list[object], code: int
) -> None:
    """A shard out of bounds or of a forbidden number of shards is 4010, one with too many servers 4011."""
    await desk.post("/desk/guilds", name="Crater", count=4)
    await desk.post("/desk/gateway", identify_seconds=0, **settings)
    async with Bot(emulator) as bot:
        await bot.hear()
        await bot.send(2, {"token": "right", "intents": GUILDS, "properties": {}, "shard": shard})
        assert await bot.closed() == code


async def test_one_start_too_many_ends_everything(emulator: Emulator, desk: Desk) -> None:
    """When no start is left, one more ends every session and takes the token back until the next day."""
    await desk.post("/desk/gateway", remaining=1)
    async with Bot(emulator) as bot, Bot(emulator) as one_more:
        await bot.identify(shard=[0, 4])
        await one_more.hear()
        await one_more.send(2, {"token": "right", "intents": GUILDS, "properties": {}, "shard": [1, 4]})
        assert await one_more.closed() == 4004
        while (received := await bot.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
        assert received.data == 4004
    assert (await _advice(emulator))["message"] == "401: Unauthorized"
    assert (await desk.get("/desk/sessions"))["sessions"] == []
    await desk.forward(86_401)
    async with Bot(emulator) as tomorrow:
        emulator.parts.starts.look()
        await tomorrow.identify(shard=[0, 4])


async def test_the_desk_shows_who_is_connected(emulator: Emulator, desk: Desk) -> None:
    """`/desk/sessions` lists each session's shard, whether its bot is there, and how far it was told."""
    async with Bot(emulator) as bot, Bot(emulator) as gone:
        ready = await bot.identify(0, shard=[3, 4])
        await gone.identify(0, shard=[1, 4])
        await gone.cut()
        await desk.wait_for(lambda e: e["type"] == "bot", since=0)

        async def listed() -> dict[int, Json]:
            found = await desk.get("/desk/sessions")
            return {session["shard"][0]: session for session in found["sessions"]}

        while (shown := await listed())[1]["is_connected"]:
            await desk.say(desk.you, desk.channel("quiz"), "wait")  # each act is a turn of the loop
        assert shown[3] == {
            "id": ready["session_id"],
            "shard": [3, 4],
            "intents": 0,
            "is_connected": True,
            "can_resume": True,
            "seq": 1,
        }


async def test_a_fault_can_be_for_one_shard(emulator: Emulator, desk: Desk) -> None:
    """A fault of the gateway with a `shard_id` leaves the other shards alone."""
    async with Bot(emulator) as first, Bot(emulator) as second:
        await first.identify(0, shard=[0, 4])
        await second.identify(0, shard=[1, 4])
        await desk.fault("reconnect", shard_id=1)
        assert (await second.hear())["op"] == 7
        await first.send(1, None)
        assert (await first.hear())["op"] == 11


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "Name one of"),
        ({"shards": 0}, "from 1"),
        ({"remaining": -1}, "from 0"),
        ({"identify_seconds": "5"}, "number of seconds"),
        ({"shards": True}, "from 1"),
    ],
)
async def test_settings_that_cannot_be(desk: Desk, body: Json, words: str) -> None:
    """A setting out of bounds is refused with a sentence, and nothing is set."""
    before = (await desk.get("/desk/sessions"))["gateway"]
    with pytest.raises(Refused, match=words):
        await desk.post("/desk/gateway", **body)
    after = (await desk.get("/desk/sessions"))["gateway"]
    assert {**before, "session_start_limit": 0} == {**after, "session_start_limit": 0}


async def test_answers_to_interactions_are_outside_the_global_limit(emulator: Emulator, desk: Desk) -> None:
    """Sixty callbacks and sixty edits of one second meet no global limit, each token has its own bucket."""
    emulator.parts.commands.create("", {"name": "ask", "description": "Asks"})
    quiz, app = desk.channel("quiz"), emulator.world.application_id
    async with (
        Bot(emulator) as bot,
        aiohttp.ClientSession(headers={"Authorization": "Bot right"}) as session,
    ):
        await bot.identify(GUILDS)
        for _ in range(60):
            await desk.run(desk.you, quiz, "ask", wait=False)
            told = await bot.until("INTERACTION_CREATE")
            path = f"{emulator.api_url}/interactions/{told['id']}/{told['token']}/callback"
            async with session.post(path, json={"type": 4, "data": {"content": "x"}}) as response:
                assert response.status == 204
            path = f"{emulator.api_url}/webhooks/{app}/{told['token']}/messages/@original"
            async with session.patch(path, json={"content": "y"}) as response:
                assert response.status == 200
        statuses = []
        for _ in range(6):
            async with session.patch(path, json={"content": "z"}) as response:
                statuses.append(response.status)
                body = await response.json()
        assert statuses == [200, 200, 200, 200, 429, 429]
        assert body["global"] is False
