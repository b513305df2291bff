"""A hostile page in the same browser can neither read nor do anything here."""

import http.client
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.bounds import PATIENCE
from tests.browser.conftest import Opener, World


def ask(world: World, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str]]:
    """Send one request with just these headers; return the status and the answer's headers."""
    port = urlsplit(world.url).port
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    line.putrequest(method, path, skip_host="Host" in sent)
    for name, value in sent.items():
        line.putheader(name, value)
    line.endheaders()
    response = line.getresponse()
    response.read()
    line.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}


@pytest.mark.parametrize("path", ["/", "/app.js", "/desk/state", "/desk/events", "/desk/log"])
def test_nothing_is_given_without_the_secret(gallery: World, path: str) -> None:
    """Neither the page nor the desk opens to somebody without the key, nor with a wrong one."""
    assert ask(gallery, path)[0] in (401, 403)
    assert ask(gallery, path, Authorization="Bearer wrong")[0] in (401, 403)
    assert ask(gallery, path, Cookie="desk=wrong")[0] in (401, 403)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example"])
def test_another_name_for_this_machine_is_refused(gallery: World, host: str) -> None:
    """A name that somebody let point at 127.0.0.1 is not answered, even with the secret."""
    assert ask(gallery, "/desk/state", Host=host, Authorization=f"Bearer {gallery.secret}")[0] == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1"])
def test_another_pages_requests_are_refused(gallery: World, origin: str) -> None:
    """An Origin that is not this page's is refused, for reading, acting and listening."""
    key = f"Bearer {gallery.secret}"
    assert ask(gallery, "/desk/state", Origin=origin, Authorization=key)[0] == 403
    assert ask(gallery, "/desk/reset", method="POST", Origin=origin, Authorization=key)[0] == 403
    socket = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13"}
    status, _ = ask(
        gallery,
        "/desk/events",
        Origin=origin,
        Authorization=key,
        Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAA==",
        **socket,
    )
    assert status == 403


def test_the_content_policy_is_strict(gallery: World) -> None:
    """Only this origin's own scripts and styles, no inline ones, no frames, no forms, no sniffing."""
    _, headers = ask(gallery, "/", Authorization=f"Bearer {gallery.secret}")
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    for directive in ("script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert directive in policy
    assert not re.search(r"unsafe|\*|https:", policy)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_the_policy_holds_in_the_browser(gallery: World, open_tab: Opener) -> None:
    """No inline script runs, and the page asks no other machine for anything."""
    tab = open_tab(gallery)
    hosts: set[str] = set()
    tab.page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    tab.page.reload()
    tab.page.locator("body[data-ready]").wait_for()
    assert hosts == {urlsplit(gallery.url).netloc}
    ran = tab.page.evaluate(
        """() => {
            window.ran = false;
            const attack = document.createElement("div");
            attack.innerHTML = "<img src=data:image/png;base64,x onerror='window.ran = true'>";
            document.body.append(attack);
            return new Promise((done) => setTimeout(() => done(window.ran), 100));
        }"""
    )
    assert ran is False
    assert "Content Security Policy" in tab.said.pop(0)
    tab.said.clear()  # the picture that the attack named is none


def test_the_secret_is_not_in_the_pages_reach(gallery: World, open_tab: Opener) -> None:
    """After the first step the key is neither in the address nor in a cookie that scripts can read."""
    tab = open_tab(gallery)
    assert gallery.secret not in tab.page.url
    assert gallery.secret not in tab.page.evaluate("() => document.cookie + JSON.stringify(localStorage)")
    cookie = tab.page.context.cookies()[0]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


def test_a_foreign_page_reads_nothing(gallery: World, browser: Browser) -> None:
    """A page of another origin in the same browser, where the cookie is, gets no answer it can read."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{gallery.url}/?key={gallery.secret}")
    page.goto("about:blank")
    outcome = page.evaluate(
        """async (url) => {
            const credentials = "include";
            const tries = {
                plain: ["state", {}],
                cookie: ["state", { credentials }],
                blind: ["messages/delete", { credentials, mode: "no-cors", method: "POST", body: "{}" }],
            };
            const said = {};
            for (const [name, [path, options]] of Object.entries(tries)) {
                const reply = fetch(`${url}/desk/${path}`, options);
                said[name] = await reply.then((r) => r.type, () => "refused");
            }
            said.socket = await new Promise((done) => {
                const socket = new WebSocket(url.replace("http", "ws") + "/desk/events");
                socket.onopen = () => done("open");
                socket.onerror = () => done("refused");
            });
            return said;
        }""",
        gallery.url,
    )
    context.close()
    assert set(outcome.values()) == {"refused"}
