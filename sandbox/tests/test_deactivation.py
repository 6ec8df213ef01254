"""Who is deactivated is out within two seconds, whichever server of the database does it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from conftest import require
from e2e.database import run_code
from e2e.server import Server, started
from sandbox.tests.callers import begin, new_user
from sandbox.tests.client import socket_url

# Two, on a machine that has nothing else to do.
_SOON_S = 3
_WAIT = "import time; time.sleep(25)"
_BECAUSE = "Your program was stopped because your account was deactivated."
_DEACTIVATE = """
from accounts.models import User
from accounts.services import user_deactivate
user_deactivate(User.objects.get(username={name!r}))
"""
_EXPECT = """
from sandbox.models import Run
statuses = sorted(Run.objects.filter(user__username={name!r}).values_list("status", flat=True))
assert statuses == {statuses!r}, statuses
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deactivation")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    require("bubblewrap")
    with started("bubblewrap", folder, {"MAX_RUNS": "8", "MAX_RUNS_PER_USER": "3"}) as server:
        yield server


async def begun(server: Server, client: httpx.Client, state: str) -> ClientConnection:
    bearer = {"Authorization": client.headers["Authorization"]}
    socket = await connect(socket_url(server.url), additional_headers=bearer)
    await socket.send(json.dumps({"language": "python", "code": _WAIT}))
    while json.loads(await socket.recv()).get("state") != state:
        pass
    return socket


async def last_frame(socket: ClientConnection) -> dict[str, Any]:
    """Of a socket that is then closed as any that has ended."""
    frames = [json.loads(text) async for text in socket]
    assert socket.close_code == 1000
    last: dict[str, Any] = frames[-1]
    return last


async def test_all_runs_of_who_is_deactivated_are_stopped(server: Server, folder: Path) -> None:
    ada, other = new_user(server), new_user(server)
    name = ada.get("/api/auth/me").json()["username"]
    going_on = begin(other, _WAIT)
    begin(ada, _WAIT)
    running = await begun(server, ada, "running")
    body = {"language": "python", "code": _WAIT}
    awaited = asyncio.create_task(asyncio.to_thread(ada.post, "/api/execute", json=body))
    while httpx.get(f"{server.url}/api/status").json()["active_executions"] < 4:
        await asyncio.sleep(0.1)
    queued = await begun(server, ada, "queued")
    begin(ada, _WAIT)
    await asyncio.to_thread(run_code, folder, _DEACTIVATE.format(name=name))
    async with asyncio.timeout(_SOON_S):
        stopped, never_started = await last_frame(running), await last_frame(queued)
        result = (await awaited).json()
        while httpx.get(f"{server.url}/api/status").json()["active_executions"] > 1:
            await asyncio.sleep(0.1)
    assert (stopped["type"], stopped["status"], stopped["reason"]) == (
        "complete", "stopped", "deactivated",
    )  # fmt: skip
    assert stopped["explanation"] == _BECAUSE
    before = "Your account was deactivated before your program started."
    assert (never_started["status"], never_started["explanation"]) == ("stopped", before)
    assert (result["status"], result["explanation"]) == ("stopped", _BECAUSE)
    run_code(folder, _EXPECT.format(name=name, statuses=["stopped"] * 5))
    assert other.get(going_on).json()["status"] == "running"
    other.delete(going_on)


async def test_who_came_back_to_a_run_is_told_and_cannot_come_again(
    server: Server, folder: Path
) -> None:
    ada = new_user(server)
    name = ada.get("/api/auth/me").json()["username"]
    run_id = begin(ada, _WAIT).rpartition("/")[2]
    bearer = {"Authorization": ada.headers["Authorization"]}
    async with connect(socket_url(server.url), additional_headers=bearer) as socket:
        await socket.send(json.dumps({"type": "resume", "execution_id": run_id, "after_seq": 0}))
        await socket.recv()
        await asyncio.to_thread(run_code, folder, _DEACTIVATE.format(name=name))
        async with asyncio.timeout(_SOON_S):
            assert (await last_frame(socket))["explanation"] == _BECAUSE
    async with connect(socket_url(server.url), additional_headers=bearer) as socket:
        await socket.send(json.dumps({"language": "python", "code": "1"}))
        assert json.loads(await socket.recv())["code"] == "not_authenticated"
        with pytest.raises(websockets.ConnectionClosedOK):
            await socket.recv()


async def test_page_of_who_is_logged_out_runs_nothing_as_a_guest(server: Server) -> None:
    async with connect(f"{socket_url(server.url)}?user=1") as socket:
        await socket.send(json.dumps({"language": "python", "code": "1"}))
        frame = json.loads(await socket.recv())
    assert (frame["code"], frame["content"]) == ("not_authenticated", "You are logged out.")
