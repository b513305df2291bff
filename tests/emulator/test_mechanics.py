"""The local Discord's small machines: ids, clock, rate limits, faults, log, pictures' sizes, routes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.emulator import snowflake
from bot.emulator.clock import WorldClock
from bot.emulator.errors import ApiError, DeskError
from bot.emulator.faults import Faults
from bot.emulator.log import Log
from bot.emulator.ratelimits import RateLimits
from bot.emulator.rest import routes
from bot.emulator.snowflake import Snowflakes


def test_ids_tell_their_time_and_never_repeat() -> None:
    """An id tells when it was made, to the millisecond; ids made in a row grow."""
    clock = WorldClock()
    made = [Snowflakes(clock).next() for _ in range(3)]
    many = Snowflakes(clock)
    row = [int(many.next()) for _ in range(1000)]
    assert abs(snowflake.made_at(made[0]) - clock.now()) < 5
    assert row == sorted(set(row))


@given(st.floats(1_420_070_400, 4_000_000_000))
def test_the_id_of_an_instant(seconds: float) -> None:
    """The id of an instant tells that instant."""
    assert abs(snowflake.made_at(snowflake.at(seconds)) - seconds) < 0.002


def test_the_clock_follows_its_file(tmp_path: Path) -> None:
    """Two clocks on one file agree; half-written nonsense is passed over."""
    file = tmp_path / "clock"
    one, other = WorldClock(file), WorldClock(file)
    assert one.offset == 0
    one.offset = 90.5
    assert float(file.read_text()) == 90.5
    assert other.offset == 90.5
    file.write_text("nonsense")
    assert WorldClock(file).offset == 0


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


CREATE = "POST /channels/{channel_id}/messages"


def test_a_bucket_empties_and_fills() -> None:
    """Five messages in five seconds; the sixth is told how long to wait; then it works again."""
    hand = Hand()
    limits = RateLimits(hand, hand)
    left = [limits.check(CREATE, "1", is_global=True)["X-RateLimit-Remaining"] for _ in range(5)]
    assert left == ["4", "3", "2", "1", "0"]
    hand.at += 2
    with pytest.raises(ApiError) as caught:
        limits.check(CREATE, "1", is_global=True)
    error = caught.value
    assert (error.status, error.body()["retry_after"], error.body()["global"]) == (429, 3.0, False)
    assert error.headers["X-RateLimit-Reset-After"] == "3.000"
    assert error.headers["X-RateLimit-Reset"] == "105.000"
    assert limits.check(CREATE, "2", is_global=True)["X-RateLimit-Remaining"] == "4"
    hand.at += 3
    assert limits.check(CREATE, "1", is_global=True)["X-RateLimit-Remaining"] == "4"


def test_limits_that_are_forgotten_bind_nobody() -> None:
    """Whoever begins anew is counted from nothing, in each bucket and for the app as a whole."""
    hand = Hand()
    limits = RateLimits(hand, hand)
    for number in range(50):
        limits.check(CREATE, str(number // 5), is_global=True)
    limits.forget()
    assert limits.check(CREATE, "1", is_global=True)["X-RateLimit-Remaining"] == "4"


def test_fifty_requests_a_second() -> None:
    """The app's fifty-first request within a second is refused globally; interactions do not count."""
    hand = Hand()
    limits = RateLimits(hand, hand)
    for number in range(50):
        limits.check("GET /channels/{channel_id}", str(number), is_global=True)
    with pytest.raises(ApiError) as caught:
        limits.check("GET /channels/{channel_id}", "x", is_global=True)
    assert caught.value.body()["global"] is True
    assert caught.value.headers["X-RateLimit-Global"] == "true"
    limits.check("POST /webhooks/{webhook_id}/{webhook_token}", "1/t", is_global=False)
    callback = "POST /interactions/{interaction_id}/{interaction_token}/callback"
    assert limits.check(callback, "1", is_global=False) == {}
    hand.at += 1
    limits.check("GET /channels/{channel_id}", "x", is_global=True)


def test_limits_can_be_off() -> None:
    """Without limits nothing is counted and nothing told."""
    limits = RateLimits(on=False)
    assert [limits.check(CREATE, "1", is_global=True) for _ in range(100)] == [{}] * 100


@pytest.mark.parametrize(
    ("pattern", "meets"),
    [
        ("POST /channels/*/messages", True),
        ("POST /channels/1/messages", True),
        ("/channels/*/messages", True),
        ("* /channels/*/messages", True),
        ("POST /channels/**", True),
        ("*", True),
        (None, True),
        ("GET /channels/*/messages", False),
        ("POST /channels/*", False),
        ("POST /channels/2/messages", False),
        ("POST /channels/*/messages/*", False),
    ],
)
def test_a_fault_finds_its_route(pattern: str | None, meets: bool) -> None:
    """A route is named part by part; a star stands for one part, two for the rest."""
    faults = Faults()
    faults.add("lost", {"route": pattern})
    assert (faults.on_route("POST", "/channels/1/messages") is not None) == meets


def test_a_fault_counts_down() -> None:
    """A fault happens so many times and is gone; one without a number stays; the oldest comes first."""
    faults = Faults()
    faults.add("status", {"status": 500, "times": 2})
    faults.add("status", {"status": 503})
    met = [faults.on_route("GET", "/x") for _ in range(4)]
    assert [fault and fault.options["status"] for fault in met] == [500, 500, 503, 503]
    assert len(faults.listed()) == 1
    faults.clear()
    assert faults.on_route("GET", "/x") is None
    with pytest.raises(DeskError):
        faults.add("gremlins", {})


def test_the_log_is_bounded_and_reads_late() -> None:
    """The log keeps the latest lines; bodies that are no JSON are shown as text, huge ones as a size."""
    log = Log(WorldClock())
    for number in range(5100):
        log.open("rest").request = b'{"n":%d}' % number
    assert len(log.since(0, 10_000)) == 5000
    assert log.since(5099)[0]["request"] == {"n": 5099}
    entry = log.open("rest")
    entry.request, entry.response = b"\xff", b"x" * 300_000
    shown = log.since(5100)[0]
    assert (shown["request"], shown["response"]) == ("�", {"size": 300_000})


def test_routes_are_found() -> None:
    """A literal part wins over a named one; an unknown path is 404, a wrong method 405."""
    router = routes()
    found, args = router.find("GET", ["channels", "7", "messages", "pins"])
    assert (found.template, args) == ("/channels/{channel_id}/messages/pins", ("7",))
    found, args = router.find("PATCH", ["webhooks", "1", "token", "messages", "@original"])
    assert (found.template.rpartition("/")[2], args) == ("@original", ("1", "token"))
    found, args = router.find("GET", ["guilds", "1", "members", "search"])
    assert found.template.endswith("/search")
    for method, path, status in (("GET", "/channels", 404), ("PUT", "/channels/7", 405)):
        with pytest.raises(ApiError) as caught:
            router.find(method, path.strip("/").split("/"))
        assert caught.value.status == status
