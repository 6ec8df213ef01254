"""What pages of other sites, and clients that play one, get from the API and the WebSocket."""

import json

import httpx
import pytest

from cloudrun.tests.test_http_server import answer_to
from e2e.server import Server

PAGE = {"language": "html", "code": "<p>hi</p>"}
FOREIGN = "https://evil.example"


def near_misses(url: str) -> list[str]:
    """Origins that a sloppy comparison takes for ours."""
    scheme, _, host = url.partition("://")
    name, _, port = host.partition(":")
    return [
        f"https://{host}",
        f"{scheme}://{name}",
        f"{scheme}://{name}:{port}0",
        f"{scheme}://{host}.evil.example",
        f"{scheme}://evil.example:{port}",
        f"{scheme}://{name}.evil.example:{port}",
        f"{scheme}://evil{host}",
        f"{scheme}://{host}@evil.example",
        f"{scheme}://evil.example/{url}",
        f"{url}/",
        f"{url}, {FOREIGN}",
        f"{url} {FOREIGN}",
        f"file://{host}",
        "null",
        "",
    ]


def handshake(server: Server, *headers: str, path: str = "/ws/execute") -> tuple[bytes, bytes]:
    lines = [
        f"GET {path} HTTP/1.1", f"Host: {server.url.partition('://')[2]}", "Upgrade: websocket",
        "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13", *headers, "", "",
    ]  # fmt: skip
    return answer_to(server, "\r\n".join(lines).encode("latin-1"))


@pytest.mark.parametrize("number", range(15))
def test_origin_that_is_nearly_ours_is_foreign(server: Server, number: int) -> None:
    origin = near_misses(server.url)[number]
    headers = {"Origin": origin, "Cookie": "sessionid=x"}
    for path in ("/api/execute", "/api/runs/batch", "/api/auth/login", "/api/auth/register"):
        answer = httpx.post(server.url + path, json=PAGE, headers=headers)
        assert answer.status_code == 403, path
    assert httpx.get(f"{server.url}/api/runs", headers=headers).status_code == 403
    head, _ = handshake(server, f"Origin: {origin}", "Cookie: sessionid=x")
    assert head.split()[1] in {b"400", b"403"}


@pytest.mark.parametrize(
    "cookies",
    [
        ["sessionid=x"],
        ["theme=dark; sessionid=x"],
        ["=;;; {}=1; sessionid=x"],
        ['broken="; sessionid=x'],
        ["a b; sessionid=x"],
        ["sessionid =x"],
        ["theme=dark;\tsessionid=x"],
        ["sessionid=y; sessionid=x"],
    ],
    ids=repr,
)
def test_session_is_seen_among_any_cookies(server: Server, cookies: list[str]) -> None:
    head, _ = handshake(server, f"Origin: {FOREIGN}", *(f"Cookie: {line}" for line in cookies))
    assert head.startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/ws/execute", ["Origin: null"]),
        ("/ws/execute", ["Cookie: sessionid=x"]),
        ("/ws/elsewhere", []),
        ("/ws/execute", ["Sec-WebSocket-Version: 99"]),
    ],
    ids=repr,
)
def test_refused_handshake_says_so(server: Server, path: str, headers: list[str]) -> None:
    head, body = handshake(server, *headers, path=path)
    assert b"Content-Type: application/problem+json" in head
    problem = json.loads(body)
    assert problem["status"] == int(head.split()[1])
    assert problem["detail"]


class TestCors:
    @pytest.mark.parametrize("origin", [FOREIGN, "http://localhost", "null"])
    @pytest.mark.parametrize("path", ["/api/languages", "/api/execute", "/api/auth/login"])
    def test_preflight_offers_no_credentials(self, server: Server, path: str, origin: str) -> None:
        headers = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type, cookie",
        }
        answer = httpx.options(server.url + path, headers=headers)
        assert "access-control-allow-credentials" not in answer.headers
        assert answer.headers.get("access-control-allow-origin", "*") == "*"  # none is reflected
        assert "cookie" not in answer.headers.get("access-control-allow-headers", "").split(", ")

    def test_null_is_told_nothing(self, server: Server) -> None:
        for method in ("GET", "OPTIONS", "POST"):
            answer = httpx.request(
                method, f"{server.url}/api/languages", headers={"Origin": "null"}
            )
            assert answer.status_code == 403

    @pytest.mark.parametrize("path", ["/", "/accounts/login/", "/admin/login/", "/docs"])
    def test_pages_are_for_this_site_only(self, server: Server, path: str) -> None:
        answer = httpx.get(server.url + path, headers={"Origin": FOREIGN})
        assert not [name for name in answer.headers if name.startswith("access-control-")]

    def test_answers_differ_by_origin_and_say_so(self, server: Server) -> None:
        answer = httpx.get(f"{server.url}/api/languages", headers={"Origin": FOREIGN})
        assert "origin" in answer.headers["vary"].lower()


class TestForms:
    """Every form of the site needs its token, from its own page."""

    @pytest.mark.parametrize(
        "page",
        ["login", "signup", "logout", "password/reset", "2fa/authenticate", "2fa/webauthn/login",
         "reauthenticate", "email", "password/change", "profile", "delete", "sessions"],
    )  # fmt: skip
    def test_form_without_a_token_is_refused(self, server: Server, page: str) -> None:
        body = {"login": "ada", "password": "correct horse battery"}
        answer = httpx.post(f"{server.url}/accounts/{page}/", data=body)
        assert answer.status_code == 403

    @pytest.mark.parametrize("origin", [FOREIGN, "null"])
    def test_token_does_not_help_another_site(self, server: Server, origin: str) -> None:
        with httpx.Client(base_url=server.url) as browser:
            browser.get("/accounts/login/")
            headers = {"X-CSRFToken": browser.cookies["csrftoken"], "Origin": origin}
            answer = browser.post("/accounts/login/", data={"login": "ada"}, headers=headers)
        assert answer.status_code == 403
