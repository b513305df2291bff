"""Secrets: whatever is written, however a library escaped it, shows none."""

import io
import re
from base64 import b64encode, encodebytes, urlsafe_b64encode
from quopri import encodestring
from urllib.parse import quote

import aiohttp
import multidict
import pytest
import yarl
from aiohttp.client_reqrep import RequestInfo
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.veil import VEILED, Veil, VeiledStream, plainly

TOKEN = "MTE4MDAwMDAwMDAwMDAwMDAwMA.GqZk3x.s3cret-Part_of0the1token2that3nobody4reads"
INTERACTION = "aW50ZXJhY3Rpb246MTE4MDAwMDAwMDAwMDAwMDAwMDphYmNkZWY"
HEADERS = multidict.CIMultiDictProxy(multidict.CIMultiDict({"Authorization": f"Bot {TOKEN}"}))
URL = yarl.URL(f"https://discord.com/api/v10/interactions/1180000000000000001/{INTERACTION}/callback")


@pytest.fixture
def veil() -> Veil:
    """A veil that knows the bot's token."""
    veil = Veil()
    veil.hide(TOKEN)
    return veil


WAYS = {
    "plain": TOKEN,
    "header": f"Authorization: Bot {TOKEN}",
    "repr": repr({"Authorization": f"Bot {TOKEN}"}),
    "bytes": repr(f"Authorization: Bot {TOKEN}\r\n".encode()),
    "percent": quote(TOKEN, safe="").replace(".", "%2E").replace("-", "%2d").replace("_", "%5F"),
    "every character": "".join(f"%{ord(c):02X}" for c in TOKEN),
    "twice": "".join(f"%25{ord(c):02x}" for c in TOKEN),
    "unicode": TOKEN.replace(".", "\\u002e").replace("-", "\\\\u002D"),
    "hexadecimal": TOKEN.replace("_", "\\x5f"),
    "upper case": TOKEN.upper(),
    "lower case": TOKEN.lower(),
    "its end alone": TOKEN.rpartition(".")[2],
    "response error": repr(
        aiohttp.ClientResponseError(RequestInfo(URL, "POST", HEADERS, URL), (), status=400, message="no HTTP")
    ),
    "user of an address": f"http://{TOKEN}:x@proxy.example/",
    "password of an address": f"http://bot:{TOKEN}@proxy.example/",
    "of basic authorization": b64encode(f"bot:{TOKEN}".encode()).decode(),
    **{f"base64 {n}": b64encode(b"x" * n + f"Bot {TOKEN}\r\n".encode()).decode() for n in range(3)},
    "folded base64": repr(encodebytes(f"GET / HTTP/1.1\r\nAuthorization: Bot {TOKEN}\r\n".encode())),
    "base64 for addresses": urlsafe_b64encode(f"~?~?{TOKEN}".encode()).decode(),
    "entities": "".join(f"&#{ord(c)};" for c in TOKEN),
    "hexadecimal entities": TOKEN.replace(".", "&#x2E;").replace("-", "&amp;#45;"),
    "a dump": TOKEN.encode().hex(),
    "a dump with spaces": TOKEN.encode().hex(" "),
    "octal": "".join(f"\\{ord(c):03o}" for c in TOKEN),
    "two bytes a letter": repr(TOKEN.encode("utf-16-le")),
    "quoted-printable": encodestring(f"Authorization: Bot {TOKEN}".encode()).decode(),
    "a folded header": f"X-Was: {TOKEN[:40]}\r\n {TOKEN[40:]}",
    "a folded header, shown": repr(f"X-Was: {TOKEN[:40]}\r\n\t{TOKEN[40:]}"),
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS.keys())
def test_the_token_in_every_way(veil: Veil, text: str) -> None:
    """The bot's token is replaced, however it was escaped, and so is the interaction's beside it."""
    shown = veil.over(text)
    assert VEILED in shown
    for secret in (TOKEN, TOKEN.rpartition(".")[2], INTERACTION):
        assert secret.casefold() not in shown.casefold()
    assert not re.search(r"[\w+/=\\&;:# -]{60}", shown.replace("x" * 60, "")), "no long rest is left"


SHAPES = [
    str(URL),
    repr(URL),
    quote(str(URL), safe=""),
    f"POST /webhooks/1180000000000000001/{INTERACTION}/messages/@original has returned 404",
    f"abc:1180000000000000001+{INTERACTION}",
    repr({"t": "INTERACTION_CREATE", "d": {"token": INTERACTION, "id": "1"}}),
    f'{{"token":"{INTERACTION}"}}',
    f'"{{\\"token\\": \\"{INTERACTION}\\"}}"',
    f"{{'authorization': ('Bearer {INTERACTION}',)}}",
    f"Proxy-Authorization: Basic {INTERACTION}",
    f"postgresql://farside:{INTERACTION}@db.example/farside",
    f"Bot {TOKEN} was refused",
    f"http://farside:p@{INTERACTION}@proxy.example:3128",
    f"http://farside:{INTERACTION}@p@@proxy.example:3128/path?mail=me@example.org",
    f"http://me@corp.example:{INTERACTION}@proxy.example:3128",
    f"http://me%40corp.example:{INTERACTION}@proxy.example:3128",
    f"proxy=http%3A%2F%2Fme%40corp%3A{INTERACTION}%40proxy.example%3A3128%2F",
    f"host=db.example user=farside password={INTERACTION} dbname=farside",
    f"postgresql://db.example/farside?user=me&password={INTERACTION}",
    f"PGPASSWORD='{INTERACTION}'",
    f"FARSIDE_LOG_LEVEL: '{TOKEN}' is not one of DEBUG, INFO",
]


@pytest.mark.parametrize("text", SHAPES)
def test_what_has_the_shape_of_a_secret(text: str) -> None:
    """Tokens of interactions and webhooks, credentials and passwords are replaced unknown as they are."""
    shown = Veil().over(text)
    assert VEILED in shown
    assert INTERACTION not in shown
    assert TOKEN not in shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01 09:00:00 INFO    bot.app: ready: 3 servers, 428 questions",
        "DISCORD_TOKEN: Discord does not take this token; copy it again from the developer portal",
        "https://discord.com/oauth2/authorize?client_id=1&scope=bot+applications.commands&permissions=2",
        "https://discord.com/channels/1180000000000000000/1180000000000000001/1180000000000000002",
        'File "/srv/farside/bot/cogs/replies.py", line 12, in reply',
        "POST of channel 1180000000000000000 was dropped on the way: TimeoutError",
        "the bot farside.example goes on; token: none",
        "http://[::1]:8474/?key=x#channel/quiz is the page; write to me@example.org",
        "http://127.0.0.1:3128/@me: ConnectionRefusedError",
        "https://discord.com/api/v10/users/@me/channels",
    ],
)
def test_what_is_no_secret(veil: Veil, text: str) -> None:
    """What holds no secret stays as it is."""
    assert veil.over(text) == text


@given(st.text(), st.text())
def test_amid_anything(before: str, after: str) -> None:
    """Whatever stands around it, the token is not shown, and what is shown has no more to hide."""
    veil = Veil()
    veil.hide(TOKEN)
    shown = veil.over(before + TOKEN + after)
    assert TOKEN not in shown
    assert TOKEN not in veil.over(shown)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_terminal_that_cannot_show_it(veil: Veil, encoding: str) -> None:
    """What the terminal's encoding lacks is written in plainer letters, without secrets."""
    below = io.BytesIO()
    stream = VeiledStream(io.TextIOWrapper(below, encoding), veil)
    print("🌖 Łódź → “é” … ✓ 月", TOKEN, "end", file=stream, flush=True)
    line = below.getvalue().decode(encoding)
    plain = {
        "utf-8": "🌖 Łódź → “é” … ✓ 月 [hidden] end\n",
        "cp1252": "Lódz -> “é” … ok ? [hidden] end\n",
        "ascii": 'Lodz -> "e" ... ok ? [hidden] end\n',
    }
    assert line == plain[encoding]


@given(st.text(), st.sampled_from(["cp1252", "ascii", "cp437", "latin-1", "utf-8"]))
def test_any_text_on_any_terminal(text: str, encoding: str) -> None:
    """Whatever is printed, the terminal's encoding can write it, and plain letters stay as they are."""
    shown = plainly(text, encoding)
    assert shown.encode(encoding).decode(encoding) == shown
    if text.isascii():
        assert shown == text
