"""Large requests, which may take only so much memory all together."""

import json
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError

from conftest import require
from e2e.server import Server, started
from sandbox.tests.client import socket_url

_LARGE = "#" * (700 * 1024)
_COLLECTED_WITHIN_S = 3
_SMALL = {"language": "html", "code": "<p>"}


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that takes one request of `_LARGE` at a time."""
    require("bubblewrap")
    with started("bubblewrap", tmp_path_factory.mktemp("x"), {"UPLOAD_MEMORY": "1m"}) as server:
        yield server


@pytest.fixture(scope="module")
def roomy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    require("bubblewrap")
    with started("bubblewrap", tmp_path_factory.mktemp("x"), {}) as server:
        yield server


def post(server: Server, body: dict[str, Any]) -> httpx.Response:
    return httpx.post(f"{server.url}/api/execute", json=body, timeout=30)


async def begin(socket: ClientConnection, request: dict[str, Any]) -> None:
    """Until the program runs: by then the server has the whole request."""
    await socket.send(json.dumps(request))
    while json.loads(await socket.recv()).get("state") != "running":
        pass


async def test_what_is_too_much_together_is_refused_until_there_is_room(narrow: Server) -> None:
    large = {"language": "html", "code": _LARGE}
    waiting = {"language": "python", "code": f"input()\n{_LARGE}", "interactive": True}
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(connect(socket_url(narrow.url)))
        await begin(first, waiting)
        for _ in range(2):
            refusal = post(narrow, large)
            assert refusal.status_code == 503
            assert refusal.headers["Retry-After"] == "2"
            assert refusal.headers["Content-Type"] == "application/problem+json"
            assert refusal.json()["code"] == "unavailable"
        second = await stack.enter_async_context(connect(socket_url(narrow.url)))
        with pytest.raises(ConnectionClosedError) as closed:
            await begin(second, waiting)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1013
        assert post(narrow, _SMALL).status_code == 200
        await first.close()
    assert post(narrow, large).status_code == 200
    assert post(narrow, large).status_code == 200, "it was given back"


def test_one_that_is_alone_may_be_as_large_as_any(narrow: Server) -> None:
    assert post(narrow, {"language": "html", "code": 4 * _LARGE}).status_code == 200


def test_what_large_requests_leave_is_freed(roomy: Server) -> None:
    """The views, the errors and the transports that hold it are cycles."""
    unread = {"language": "python", "code": "pass", "stdin": 9_000_000 * "x"}
    post(roomy, unread)
    time.sleep(_COLLECTED_WITHIN_S)
    before = roomy.memory_bytes
    for _ in range(30):
        assert post(roomy, unread).json()["status"] == "completed"
    time.sleep(_COLLECTED_WITHIN_S)
    assert roomy.memory_bytes - before < 2 * len(unread["stdin"])
