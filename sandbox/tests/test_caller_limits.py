"""What one caller may ask of a real server, over HTTP and WebSocket."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from cloudrun.tests.windows import wait_for_room
from conftest import require
from e2e.server import Server, started
from sandbox.tests.client import converse, socket_url

PAGE = {"language": "html", "code": "<p>hi</p>"}
QUESTION = {"action": "explain_code", "language": "python", "code": "1"}
PASSWORD = "correct horse battery"
LIMIT = 3


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with low limits, behind a proxy on this machine."""
    limits = {
        "AI_REQUESTS_PER_MINUTE": str(LIMIT),
        "MAX_REQUESTS_PER_MINUTE": str(LIMIT),
        "MAX_SOCKETS_PER_USER": str(LIMIT),
        "SIGNUPS_PER_HOUR": str(LIMIT),
        "TRUSTED_PROXIES": "127.0.0.1, ::1",
    }
    with started("bubblewrap", tmp_path_factory.mktemp("strict"), limits) as server:
        yield server


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that trusts no proxy and gives a lost connection one second."""
    require("bubblewrap")
    settings = {"AI_REQUESTS_PER_MINUTE": str(LIMIT), "DISCONNECT_GRACE": "1"}
    with started("bubblewrap", tmp_path_factory.mktemp("open"), settings) as server:
        yield server


def seen_from(address: str) -> dict[str, str]:
    """As the proxy forwards a client's request, who has made up an address besides."""
    return {"X-Forwarded-For": f"203.0.113.{len(address)}, {address}"}


def post(server: Server, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(f"{server.url}{path}", json=body, headers=headers, timeout=30)


def register(server: Server, name: str, address: str) -> httpx.Response:
    user = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    return post(server, "/api/auth/register", user, seen_from(address))


def token_of(server: Server, name: str, address: str) -> str:
    return str(register(server, name, address).json()["token"])


async def run_code(server: Server, headers: dict[str, str]) -> str:
    """`complete`, or the refusal's code, of a run over a WebSocket."""
    frames = await converse(server.url, PAGE, headers=headers)
    return str(frames[-1].get("code", frames[-1]["type"]))


async def test_runs_are_counted_over_http_and_websocket_together(strict: Server) -> None:
    guest = seen_from("192.0.2.1")
    wait_for_room("address:192.0.2.1")
    first = post(strict, "/api/execute", PAGE, guest)
    assert first.status_code == 200
    assert first.headers["RateLimit-Policy"] == f'"runs";q={LIMIT};w=60'
    assert re.fullmatch(rf'"runs";r={LIMIT - 1};t=\d+', first.headers["RateLimit"])
    assert [await run_code(strict, guest) for _ in range(3)] == [
        "complete", "complete", "rate_limited",
    ]  # fmt: skip
    refused = post(strict, "/api/execute", PAGE, guest)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert re.fullmatch(r'"runs";r=0;t=\d+', refused.headers["RateLimit"])
    assert await run_code(strict, seen_from("192.0.2.2")) == "complete"


async def test_guest_with_many_sessions_counts_as_one_address(strict: Server) -> None:
    answers = []
    wait_for_room("address:192.0.2.3")
    for _ in range(LIMIT + 1):
        with httpx.Client(base_url=strict.url, headers=seen_from("192.0.2.3")) as session:
            session.get("/")
            assert "sessionid" in session.cookies
            headers = {"Origin": strict.url, "X-CSRFToken": session.cookies.get("csrftoken") or ""}
            answers.append(session.post("/api/execute", json=PAGE, headers=headers).status_code)
    assert answers == [200] * LIMIT + [429]


async def test_user_is_counted_wherever_they_are(strict: Server) -> None:
    answer = register(strict, "walker", "192.0.2.4").json()
    token = answer["token"]
    wait_for_room(f"user:{answer['user']['id']}")
    places = [
        {"Authorization": f"Bearer {token}"} | seen_from(f"198.51.100.{number}")
        for number in range(LIMIT + 1)
    ]
    codes = [await run_code(strict, place) for place in places]
    assert codes == ["complete"] * LIMIT + ["rate_limited"]
    assert await run_code(strict, seen_from("198.51.100.0")) == "complete"  # a guest's own count


def test_made_up_address_changes_nothing_without_a_proxy(open_server: Server) -> None:
    wait_for_room()
    answers = [
        post(open_server, "/api/ai/assist", QUESTION, {"X-Forwarded-For": f"192.0.2.{number}"})
        for number in range(LIMIT + 1)
    ]
    assert [answer.status_code for answer in answers] == [503] * LIMIT + [429]


def test_signups_are_counted_by_address_on_both_doors(strict: Server) -> None:
    assert [register(strict, f"bulk{n}", "192.0.2.5").status_code for n in range(2)] == [200] * 2
    with httpx.Client(base_url=strict.url, headers=seen_from("192.0.2.5")) as browser:
        answers = []
        for name in ("bulk3", "bulk4"):
            browser.cookies.clear()
            browser.get("/accounts/signup/")
            form = {
                "username": name,
                "email": f"{name}@example.org",
                "password1": PASSWORD,
                "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            }
            headers = {"Referer": f"{strict.url}/", "Accept": "text/html", "Origin": strict.url}
            answers.append(browser.post("/accounts/signup/", data=form, headers=headers))
    assert [answer.status_code for answer in answers] == [302, 429]
    assert int(answers[1].headers["Retry-After"]) > 0
    refused = register(strict, "bulk5", "192.0.2.5")
    assert refused.status_code == 429
    assert refused.headers["RateLimit-Policy"] == f'"sign-ups";q={LIMIT};w=3600'
    assert register(strict, "bulk6", "192.0.2.6").status_code == 200


def test_questions_to_the_assistant_are_counted(strict: Server) -> None:
    guest = seen_from("192.0.2.7")
    wait_for_room("address:192.0.2.7")
    answers = [post(strict, "/api/ai/assist", QUESTION, guest) for _ in range(LIMIT + 1)]
    assert [answer.status_code for answer in answers] == [503] * LIMIT + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    other = post(strict, "/api/ai/assist", QUESTION, seen_from("192.0.2.8"))
    assert other.status_code == 503


@asynccontextmanager
async def waiting_sockets(
    server: Server, count: int, headers: dict[str, str]
) -> AsyncIterator[list[ClientConnection]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                connect(socket_url(server.url), additional_headers=headers)
            )
            for _ in range(count)
        ]


async def test_sockets_of_one_address_are_bounded(strict: Server) -> None:
    guest = seen_from("192.0.2.9")
    async with waiting_sockets(strict, LIMIT, guest) as sockets:
        async with connect(socket_url(strict.url), additional_headers=guest) as refused:
            frame = json.loads(await refused.recv())
            with pytest.raises(websockets.ConnectionClosedOK):
                await refused.recv()
        assert (frame["type"], frame["code"]) == ("error", "rate_limited")
        assert frame["retry_after"] > 0
        assert await run_code(strict, seen_from("192.0.2.10")) == "complete"
        await sockets[0].close()
        assert await run_code(strict, guest) == "complete"


async def test_users_of_one_address_do_not_take_each_others_sockets(strict: Server) -> None:
    place = seen_from("192.0.2.11")
    names = [token_of(strict, name, "192.0.2.12") for name in ("left", "right")]
    bearers = [{"Authorization": f"Bearer {token}"} | place for token in names]
    resume = json.dumps({"type": "resume", "execution_id": "0" * 32, "after_seq": 0})
    async with waiting_sockets(strict, LIMIT - 1, bearers[0]) as sockets:
        for socket in sockets:
            await socket.send(resume)
        assert await run_code(strict, bearers[1]) == "complete"


async def test_long_frame_after_the_first_is_refused_with_1009(open_server: Server) -> None:
    code = "print('ready', flush=True)\nprint(len(input()))"
    request = {"language": "python", "code": code, "interactive": True}
    async with connect(socket_url(open_server.url)) as socket:
        await socket.send(json.dumps(request))
        while json.loads(await socket.recv())["type"] != "stdout":
            pass
        await socket.send(json.dumps({"type": "stdin", "data": "x" * 60_000}))
        await socket.send(json.dumps({"type": "stdin", "data": "x" * 70_000}))
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code == 1009
    assert "64 KB" in (socket.close_reason or "")


async def test_who_asks_for_nothing_is_dropped_and_a_quiet_program_is_not(
    open_server: Server,
) -> None:
    quiet = {"language": "python", "code": "print(input())", "interactive": True}
    async with connect(socket_url(open_server.url)) as program:
        await program.send(json.dumps(quiet))
        while json.loads(await program.recv()).get("state") != "running":
            pass
        async with connect(socket_url(open_server.url)) as idle, asyncio.timeout(40):
            frame = json.loads(await idle.recv())
            with pytest.raises(websockets.ConnectionClosedOK):
                await idle.recv()
        assert (frame["type"], frame["code"]) == ("error", "invalid_request")
        assert "30 s" in frame["content"]
        await program.send(json.dumps({"type": "stdin", "data": "still here\n"}))
        frames = [json.loads(text) async for text in program]
    assert frames[0]["content"].strip() == "still here"
    assert frames[-1]["status"] == "completed"


async def test_open_connections_end_soon_after_the_logout(open_server: Server) -> None:
    """That of a token and that of a session; their runs then stop as after a lost connection."""
    token = token_of(open_server, "leaver", "192.0.2.13")
    with httpx.Client(base_url=open_server.url) as browser:
        browser.get("/accounts/login/")
        form = {
            "login": "leaver",
            "password": PASSWORD,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        headers = {"Referer": f"{open_server.url}/", "Origin": open_server.url}
        assert browser.post("/accounts/login/", data=form, headers=headers).status_code == 302
        session = browser.cookies["sessionid"]
    bearer = {"Authorization": f"Bearer {token}"}
    host = open_server.url.replace("localhost", "127.0.0.1")
    callers = [bearer, {"Cookie": f"sessionid={session}", "Origin": host}, {}]
    request = {"language": "python", "code": "input()", "interactive": True}
    async with AsyncExitStack() as stack:
        sockets = []
        for caller in callers:
            socket = await stack.enter_async_context(
                connect(socket_url(open_server.url), additional_headers=caller)
            )
            await socket.send(json.dumps(request))
            while json.loads(await socket.recv()).get("state") != "running":
                pass
            sockets.append(socket)
        url = f"{open_server.url}/api/auth/logout-everywhere"
        assert httpx.post(url, headers=bearer).status_code == 200
        async with asyncio.timeout(3):  # 2 on a machine that has nothing else to do
            for socket in sockets[:2]:
                frame = json.loads(await socket.recv())
                assert (frame["type"], frame["code"]) == ("error", "not_authenticated")
                with pytest.raises(websockets.ConnectionClosedOK):
                    await socket.recv()
        async with asyncio.timeout(10):
            while httpx.get(f"{open_server.url}/api/status").json()["active_executions"] > 1:
                await asyncio.sleep(0.2)
        assert sockets[2].state is websockets.State.OPEN  # a guest's goes on


async def test_token_in_an_address_stays_out_of_the_log(
    open_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    good = token_of(open_server, "quiet", "192.0.2.14")
    bad = "not-a-token-but-a-secret"
    for token, path in ((good, ""), (bad, ""), (bad, "/elsewhere")):
        address = f"{socket_url(open_server.url)}{path}?token={token}"
        with contextlib.suppress(websockets.InvalidStatus):
            async with connect(address) as socket:
                await socket.send("{")
                await socket.recv()
    httpx.get(f"{open_server.url}/ws/execute?token={bad}")
    httpx.get(f"{open_server.url}/api/nowhere?token={bad}")
    (log,) = tmp_path_factory.getbasetemp().glob("open0/server.log")
    text = log.read_text()
    assert "CloudRun IDE is at" in text
    assert good not in text
    assert bad not in text
