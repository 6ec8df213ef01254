"""What the server makes of HTTP itself, before Django sees a request."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from cloudrun.parsers import max_json_bytes
from e2e.server import Server

PAGE = {"language": "html", "code": "<p>hi</p>"}
PROBLEM = "application/problem+json"
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
JSON = {"Content-Type": "application/json"}


def chunks(body: bytes, size: int) -> Iterator[bytes]:
    """httpx sends an iterator as a chunked body, with no Content-Length."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


def post_chunked(
    server: Server, path: str, body: bytes, *, size: int = 7, **headers: str
) -> httpx.Response:
    return httpx.post(
        server.url + path, content=chunks(body, size), headers=JSON | headers, timeout=60
    )


def answer_to(server: Server, request: bytes) -> tuple[bytes, bytes]:
    """The head and the body of the answer to the bytes of a request."""
    host, port = "127.0.0.1", urlsplit(server.url).port
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def test_chunked_run_answers_its_result(server: Server) -> None:
    answer = post_chunked(server, "/api/execute", json.dumps(PAGE).encode())
    assert (answer.status_code, answer.json()["stdout"]) == (200, PAGE["code"])


def test_chunked_registration_and_login_work(server: Server) -> None:
    user = {"username": "chunk", "email": "chunk@example.org", "password": "correct horse battery"}
    for path in ("/api/auth/register", "/api/auth/login"):
        answer = post_chunked(server, path, json.dumps(user).encode())
        assert answer.json()["user"]["username"] == "chunk"


def test_chunked_question_reaches_the_assistant(server: Server) -> None:
    question = {"action": "explain_code", "language": "python", "code": "1"}
    answer = post_chunked(server, "/api/ai/assist", json.dumps(question).encode())
    assert answer.status_code == 503


def test_chunked_code_over_the_limit_is_a_413(server: Server) -> None:
    body = json.dumps({"language": "html", "code": "#" * (10 * 1024**2 + 1)}).encode()
    answer = post_chunked(server, "/api/execute", body, size=1024**2)
    assert answer.status_code == 413


@pytest.mark.parametrize("is_chunked", [True, False])
def test_body_over_all_limits_is_read_to_its_end_and_refused(
    server: Server, is_chunked: bool
) -> None:
    body = b" " * (max_json_bytes() + 1)
    with httpx.Client(base_url=server.url, headers=JSON, timeout=60) as client:
        content = chunks(body, 1024**2) if is_chunked else body
        answer = client.post("/api/execute", content=content)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "too_large"
        assert client.get("/health").status_code == 200  # on the same connection


def test_form_over_all_limits_is_a_page_for_a_browser(server: Server) -> None:
    body = b" " * (max_json_bytes() + 1)
    for path, headers, kind in (
        ("/workspaces/import", {"Accept": BROWSER}, "text/html; charset=utf-8"),
        ("/workspaces/import", {"Accept": BROWSER, "HX-Request": "true"}, PROBLEM),
        ("/workspaces/import", {}, PROBLEM),
        ("/api/execute", {"Accept": BROWSER}, PROBLEM),
    ):
        answer = httpx.post(server.url + path, content=body, headers=headers, timeout=60)
        assert (answer.status_code, answer.headers["content-type"]) == (413, kind)


@pytest.mark.parametrize("path", ["/api/execute", "/api/auth/login", "/api/ai/assist"])
@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=abc",
        f"multipart/form-data; boundary={'a' * 300}",
        "application/x-www-form-urlencoded",
    ],
)
def test_form_is_told_that_it_is_no_json(server: Server, path: str, kind: str) -> None:
    body = json.dumps(PAGE)
    answer = httpx.post(server.url + path, content=body, headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "request_line_and_headers",
    [
        "GET /api/é HTTP/1.1".encode(),
        "GET /é HTTP/1.1".encode(),
        "GET /api/status?x=é HTTP/1.1".encode(),
        b"GET /health HTTP/1.1\r\nBad name: x",
        b"GET /health HTTP/1.1\r\nX: " + b"a" * 20_000,
        b"POST /api/execute HTTP/1.1\r\nContent-Length: two",
        b"POST /api/execute HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked",
        b"nonsense",
    ],
)
def test_what_is_no_http_is_a_problem(server: Server, request_line_and_headers: bytes) -> None:
    head, body = answer_to(server, request_line_and_headers + b"\r\nHost: localhost\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"Content-Type: application/problem+json" in head
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (400, "invalid_request")
    assert problem["errors"] == [{"field": "", "message": problem["detail"]}]


@pytest.mark.parametrize("path", ["/%ff", "/%zz", "/api/%ff", "/api/%zz", "/api/templates/%ff"])
def test_path_of_bad_percent_signs_is_a_problem(server: Server, path: str) -> None:
    head, body = answer_to(
        server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    assert head.startswith(b"HTTP/1.1 404 ")
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["code"] == "not_found"


@pytest.mark.parametrize("path", ["/", "/ws/other", "/ws/a%0Ab", "/ws/execute/", "/api/status"])
def test_handshake_anywhere_else_is_forbidden(server: Server, path: str) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        connect(server.url.replace("http://localhost", "ws://127.0.0.1") + path)
    assert refusal.value.response.status_code == 403


def test_offer_to_upgrade_that_is_no_handshake_is_passed_over(server: Server) -> None:
    offer = {"Upgrade": "websocket"}
    assert httpx.get(f"{server.url}/health", headers=offer).json()["status"] == "healthy"
    answer = httpx.post(f"{server.url}/api/execute", json=PAGE, headers=offer)
    assert answer.json()["stdout"] == PAGE["code"]


def test_client_cannot_move_the_site_below_another_path(server: Server) -> None:
    moved = {"Daphne-Root-Path": "/elsewhere"}
    assert httpx.get(f"{server.url}/elsewhere/api/status", headers=moved).status_code == 404
    assert "/elsewhere" not in httpx.get(f"{server.url}/docs", headers=moved).text


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/workspaces?x=1", b"text/html; charset=utf-8"), ("/api/status?x=1", PROBLEM.encode())],
)
def test_head_that_is_too_long_is_a_page_for_a_browser(
    server: Server, path: str, kind: bytes
) -> None:
    # In the order of browsers, whose cookies come last.
    heads = (f"Accept: {BROWSER}", "Accept-Language: en", f"Cookie: {'a' * 20_000}")
    request = "\r\n".join((f"GET {path} HTTP/1.1", "Host: localhost", *heads, "", ""))
    head, body = answer_to(server, request.encode())
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"Content-Type: " + kind in head
    assert b"at most" in body
