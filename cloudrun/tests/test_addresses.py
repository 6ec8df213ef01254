"""Paths, queries and headers that try to lead somewhere else, or to break what reads them."""

import base64
import json

import httpx
import pytest
from websockets.sync.client import connect

from cloudrun.tests.test_http_server import answer_to
from e2e.server import Server

PATHS = [
    "/api/runs/..%2f..%2fhealth", "/api/runs/%2e%2e/execute", "/api/runs/%00",
    "/api/runs/%00/events", "/api/runs/a%0d%0aX-Injected:1", "/api/runs/%ED%A0%80",
    "/api/runs/" + "a" * 10_000, "/api/runs/%25", "/api/runs/1%20OR%201=1", "/api/runs/*",
    "/api/runs/__all__/recording",
    "/api/templates/..%2f..%2fsettings", "/api/templates/%00", "/api/%ff", "/api//runs",
    "/static/../manage.py", "/static/..%2fmanage.py", "/static/%2e%2e/%2e%2e/etc/passwd",
    "/static//etc/passwd", "/static/%00", "/static/..%5cmanage.py", "/static/staticfiles.json%00",
    "/preview/x/..%2f..%2fmanage.py", "/preview/%00/", "/preview/x/%00", "/%ff%fe", "/%", "/%zz",
    "/accounts/%00/", "/accounts/confirm-email/%00/", "/accounts/sessions/-1/end/",
    "//evil.example/", "/.env", "/.git/config", "/data/cloudrun.db", "/health/", "/health%00",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_path_leads_nowhere(server: Server, path: str) -> None:
    # By hand: clients tidy addresses up before they send them.
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    head, body = answer_to(server, request.encode())
    assert head.split()[1] == b"404", head
    assert b"X-Injected" not in head
    assert b"root:" not in body


ENDS_OF_TIME = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"]


def cursor(text: str) -> str:
    """As the server makes them."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "query",
    [
        *(f"cursor={cursor(when + ' ' + 32 * 'a')}" for when in ENDS_OF_TIME),
        "cursor=%00", "cursor=%ED%A0%80", "cursor=AAAA", "cursor=" + "A" * 5000, "cursor[]=x",
        "limit=1e9", "limit=-1", "limit=NaN", "limit=99999999999999999999", "limit=0x10",
        "language=%00", "language='", "language=%25", "status=*", "status[]=completed",
        "status=completed'%20OR%201=1--", "created_after=99999999999999", "created_after=%00",
        "created_after=0000-00-00", "created_after=0001-01-01T00:00:00%2B14:00",
        "created_before=9999-12-31T23:59:59-14:00", "created_before=2026-01-01T00:00:00%2B99:99",
        "created_before=2026-W01-1", "limit=%F0%9D%9F%8F",
        "language__startswith=p&user__password__startswith=pbkdf2", "owner=1&user_id=1&user=1",
        "&".join(f"x{number}=1" for number in range(900)), "format=xml&_method=DELETE",
    ],
    ids=lambda query: query[:40],
)  # fmt: skip
def test_query_chooses_nobody_elses_runs(server: Server, query: str) -> None:
    somebody = httpx.post(f"{server.url}/api/execute", json={"language": "html", "code": "x"})
    assert somebody.status_code == 200
    with httpx.Client(base_url=server.url) as guest:
        guest.get("/")
        answer = guest.get(f"/api/runs?{query}")
    if answer.status_code == 200:
        assert answer.json() == {"runs": [], "next_cursor": None}
    else:
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"


VALUES = [
    b"",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"a" * 8000,
    b"-1",
    b"nan",
    b"*/*;q=x",
    b'"',
    b";,=",
    b"\t",
]
HEADERS = [
    "Accept", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Headers", "Cookie",
    "Content-Encoding", "Content-Type", "Expect", "Idempotency-Key", "If-Modified-Since",
    "If-None-Match", "Last-Event-ID", "Origin", "Range", "Referer", "TE", "Upgrade", "User-Agent",
    "X-CSRFToken", "X-Forwarded-For", "X-Forwarded-Proto", "X-HTTP-Method-Override",
]  # fmt: skip


@pytest.mark.parametrize("key", [r'"abcdefgh\000"', r'"abcdefgh\777"', "a" * 8000, "a'b--abcdef"])
def test_what_cannot_be_a_session_is_none(server: Server, key: str) -> None:
    headers = {"Cookie": f"sessionid={key}", "Origin": server.url}
    statuses = {"/": 200, "/api/runs": 200, "/api/auth/me": 401, "/accounts/profile/": 302}
    for path, status in statuses.items():
        assert httpx.get(server.url + path, headers=headers).status_code == status
    with connect(f"ws{server.url[4:]}/ws/execute", additional_headers=headers) as socket:
        socket.send('{"language": "html", "code": "<p>hi</p>"}')
        frames = [json.loads(frame) for frame in socket]
    assert frames[-1]["status"] == "completed"


@pytest.mark.parametrize("name", HEADERS)
def test_odd_header_breaks_nothing(server: Server, name: str) -> None:
    for path in ("/", "/api/runs", "/api/languages", "/accounts/login/", "/static/favicon.svg"):
        for value in VALUES:
            head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{name}: "
            answer, _ = answer_to(server, head.encode() + value + b"\r\n\r\n")
            assert b"200" <= answer.split()[1] < b"500", (path, value)
