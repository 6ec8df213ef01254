"""`Idempotency-Key` and `?wait=0`: runs that are started once, and go on by themselves."""

import asyncio
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.utils import timezone
from websockets.asyncio.client import connect

from cloudrun.tests.windows import wait_for_room
from conftest import require
from e2e.server import Server, started
from sandbox.errors import KeyReusedError
from sandbox.idempotency import KEY_LIFETIME, key_release, key_take
from sandbox.models import IdempotencyKey
from sandbox.requests import Owner, RunRequest
from sandbox.tests.callers import begin, new_user, nobody
from sandbox.tests.client import socket_url

_CODE = "import time, uuid; time.sleep(0.5); print(uuid.uuid4())"
_OWNER = Owner(7, "", "192.0.2.1")
_REQUEST = RunRequest("python", "print(1)")


def post(
    client: httpx.Client, key: str, code: str = _CODE, language: str = "python", wait: str = "1"
) -> httpx.Response:
    return client.post(
        f"/api/execute?wait={wait}",
        json={"language": language, "code": code},
        headers={"Idempotency-Key": key},
    )


def new_key() -> str:
    return str(uuid.uuid4())


def test_a_key_stands_for_one_run(one_server: Server) -> None:
    ada, key = new_user(one_server), new_key()
    first, second = post(ada, key), post(ada, key)
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert len(ada.get("/api/runs").json()["runs"]) == 1


def test_a_key_stands_for_its_run_while_it_runs(one_server: Server) -> None:
    ada, key = new_user(one_server), new_key()
    accepted = post(ada, key, wait="0")
    assert accepted.status_code == 202
    result = post(ada, key).json()
    assert accepted.headers["location"] == f"/api/runs/{result['execution_id']}"
    assert result["status"] == "completed"


def test_two_at_once_start_one_run(one_server: Server) -> None:
    ada, key = new_user(one_server), new_key()
    with ThreadPoolExecutor(8) as pool:
        answers = [answer.json() for answer in pool.map(lambda _: post(ada, key), range(8))]
    assert answers == [answers[0]] * 8
    assert answers[0]["status"] == "completed"


def test_a_key_with_another_body_is_refused(one_server: Server) -> None:
    ada, key = new_user(one_server), new_key()
    assert post(ada, key, "<p>", "html").status_code == 200
    answer = post(ada, key, "<b>", "html")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_is_its_callers_own(one_server: Server) -> None:
    key = new_key()
    answers = [
        post(caller, key, "<p>", "html").json()
        for caller in (new_user(one_server), new_user(one_server), nobody(one_server))
    ]
    assert len({answer["execution_id"] for answer in answers}) == 3


@pytest.mark.parametrize("key", [b"", b"x" * 256, "ü".encode()])
def test_what_cannot_be_a_key_is_named(one_server: Server, key: bytes) -> None:
    answer = nobody(one_server).post(
        "/api/execute",
        json={"language": "html", "code": "<p>"},
        headers=[(b"Idempotency-Key", key)],
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_key_outlives_the_server(tmp_path: Path) -> None:
    require("bubblewrap")
    key = new_key()
    with started("bubblewrap", tmp_path) as server:
        first = post(nobody(server), key).json()
        lost_key = new_key()
        lost = post(nobody(server), lost_key, "while True: pass", wait="0").json()
        server.kill()
    with started("bubblewrap", tmp_path) as server:
        assert post(nobody(server), key).json() == first
        answer = post(nobody(server), lost_key, "while True: pass").json()
        assert (answer["execution_id"], answer["status"]) == (lost["execution_id"], "lost")
        address = f"/api/runs/{lost['execution_id']}"
        stored = nobody(server).get(address).json()
        assert (stored["status"], stored["reason"], stored["result"]) == ("lost", "lost", answer)
        frames = nobody(server).get(f"{address}/events").json()["events"]
        assert [(frame["type"], frame["code"]) for frame in frames] == [("error", "lost")]


def test_a_deleted_run_frees_its_key(one_server: Server) -> None:
    ada, key = new_user(one_server), new_key()
    first = post(ada, key, "<p>", "html").json()["execution_id"]
    assert ada.delete(f"/api/runs/{first}").status_code == 204
    assert post(ada, key, "<p>", "html").json()["execution_id"] != first


def test_a_refused_run_frees_its_key(tmp_path: Path) -> None:
    require("bubblewrap")
    with started("bubblewrap", tmp_path, {"MAX_REQUESTS_PER_MINUTE": "1"}) as server:
        wait_for_room()
        key = new_key()
        answers = [post(nobody(server), key, code, "html") for code in ("<p>", "<b>", "<i>")]
        assert [answer.status_code for answer in answers] == [200, 422, 422]
        other = new_key()
        answers = [post(nobody(server), other, code, "html") for code in ("<p>", "<b>", "<i>")]
        assert [answer.status_code for answer in answers] == [429, 429, 429]


@pytest.mark.django_db
def test_a_key_is_kept_for_a_day() -> None:
    def take(run_id: str, request: RunRequest = _REQUEST) -> str:
        return key_take(owner=_OWNER, key="k", request=request, run_id=run_id)

    def age(time: timedelta) -> None:
        IdempotencyKey.objects.update(created_at=timezone.now() - time)

    assert take("first") == "first"
    age(KEY_LIFETIME - timedelta(minutes=1))
    assert take("second") == "first"
    with pytest.raises(KeyReusedError):
        take("second", RunRequest("python", "print(2)"))
    age(KEY_LIFETIME + timedelta(minutes=1))
    assert take("third") == "third"
    key_release(run_id="third")
    assert take("fourth") == "fourth"


def test_a_run_nobody_waits_for_goes_on(one_server: Server) -> None:
    """`DISCONNECT_GRACE` is 1 s on this server."""
    ada = new_user(one_server)
    address = begin(ada, "import time; time.sleep(2.5); print('done')")
    while (run := ada.get(address).json())["result"] is None:
        time.sleep(0.1)
    assert (run["status"], run["result"]["stdout"]) == ("completed", "done\n")


async def test_a_reader_who_comes_and_goes_does_not_stop_it(one_server: Server) -> None:
    """Not even one that would have kept any other run going."""
    client = nobody(one_server)
    address = begin(client, "import time; time.sleep(20)")
    socket = await connect(socket_url(one_server.url))
    await socket.send(json.dumps({"type": "resume", "execution_id": address.split("/")[-1]}))
    await socket.recv()
    socket.transport.abort()
    await asyncio.sleep(2)
    assert client.get(address).json()["status"] == "running"
    assert client.delete(address).status_code == 204


@pytest.mark.parametrize("wait", ["no", "", "2", "00"])
def test_a_bad_wait_is_named(one_server: Server, wait: str) -> None:
    answer = post(nobody(one_server), new_key(), wait=wait)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "wait"
