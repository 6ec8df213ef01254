"""Callbacks: what is posted, to whom, how often, and where nothing ever goes."""

import asyncio
import hashlib
import hmac
import json
import queue
import socket
import time
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from channels.db import database_sync_to_async
from pytest_django import Settings

from accounts.tests.factories import make_user
from conftest import require
from e2e.server import Server, started
from sandbox import addresses, callbacks
from sandbox.addresses import may_connect, url_problem
from sandbox.callbacks import Callbacks
from sandbox.models import Callback, Run, RunStatus, pack_source
from sandbox.tests.callers import begin, new_user, nobody
from sandbox.tests.receiver import Post, Receiver, receiver

_PAGE = {"language": "html", "code": "<p>"}


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as received:
        yield received


def is_signed(post: Post, key: str) -> bool:
    """As a receiver checks it, by the documentation."""
    message = post.headers["X-CloudRun-Timestamp"].encode() + b"." + post.body
    expected = hmac.new(key.encode(), message, hashlib.sha256).hexdigest()
    return hmac.compare_digest(post.headers["X-CloudRun-Signature"], f"sha256={expected}")


def test_a_result_is_posted_and_signed(one_server: Server, hook: Receiver) -> None:
    ada, eve = new_user(one_server), new_user(one_server)
    address = begin(ada, "print('ü')", callback_url=hook.url)
    post = hook.post()
    assert post.path == "/hook?a=b"
    assert post.headers["Content-Type"] == "application/json"
    assert json.loads(post.body) == ada.get(address).json()["result"]
    assert json.loads(post.body)["stdout"] == "ü\n"
    assert abs(int(post.headers["X-CloudRun-Timestamp"]) - time.time()) < 30
    assert is_signed(post, ada.get("/api/callbacks/key").json()["key"])
    assert not is_signed(post, eve.get("/api/callbacks/key").json()["key"])
    with pytest.raises(queue.Empty):
        hook.posts.get(timeout=3)


def test_each_run_of_a_batch_is_posted(one_server: Server, hook: Receiver) -> None:
    ada = new_user(one_server)
    body = {"runs": [_PAGE, _PAGE], "callback_url": hook.url}
    items = ada.post("/api/runs/batch", json=body).json()["runs"]
    posted = [json.loads(hook.post().body)["execution_id"] for _ in items]
    assert set(posted) == {item["result"]["execution_id"] for item in items}


def test_a_failed_callback_is_tried_again(one_server: Server, hook: Receiver) -> None:
    hook.answers = [500]
    begin(new_user(one_server), "print(1)", callback_url=hook.url)
    assert hook.post().body == hook.post().body


def test_a_redirect_is_not_followed(one_server: Server, hook: Receiver) -> None:
    with receiver() as elsewhere:
        hook.answers, hook.location = [307], elsewhere.url
        begin(new_user(one_server), "print(1)", callback_url=hook.url)
        hook.post()
        hook.post()  # and tried again, as for any other failure
        assert elsewhere.posts.empty()


def test_a_callback_outlives_the_server(tmp_path: Path, hook: Receiver) -> None:
    require("bubblewrap")
    settings = {"CALLBACK_NETWORKS": "127.0.0.0/8"}
    hook.answers = [500]
    with started("bubblewrap", tmp_path, settings) as server:
        ada = new_user(server)
        key = ada.get("/api/callbacks/key").json()["key"]
        begin(ada, "print(1)", callback_url=hook.url)
        failed = hook.post()
        begin(ada, "while True: pass", callback_url=hook.url)
        server.kill()
    with started("bubblewrap", tmp_path, settings):
        posts = [hook.post(), hook.post()]
        results = {json.loads(post.body)["status"]: post for post in posts}
        assert set(results) == {"completed", "lost"}
        assert results["completed"].body == failed.body
        assert all(is_signed(post, key) for post in posts)


def test_callbacks_need_an_account(one_server: Server) -> None:
    guest = nobody(one_server)
    body = {**_PAGE, "callback_url": "https://example.org/"}
    assert guest.post("/api/execute?wait=0", json=body).status_code == 401
    batch = {"runs": [_PAGE], "callback_url": "https://example.org/"}
    assert guest.post("/api/runs/batch", json=batch).status_code == 401
    assert guest.get("/api/callbacks/key").status_code == 401


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "http://x:99999/",
        "http://user:secret@example.org/",
        "http://exa mple.org/",
        "http://example.org/\r\nX: y",
        "http://[::1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://10.1/",
        "http://\uff11\uff10.\uff10.\uff10.\uff11/",
        "https://example.org/" + "x" * 2048,
    ],
)
def test_a_bad_address_is_named(one_server: Server, url: str) -> None:
    answer = new_user(one_server).post("/api/execute", json={**_PAGE, "callback_url": url})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "callback_url"


_PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "localhost",
]


@pytest.mark.parametrize("address", _PRIVATE)
def test_nothing_private_is_connected_to(address: str, settings: Settings) -> None:
    settings.CALLBACK_NETWORKS = []
    assert not may_connect(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_public_addresses_are(address: str, settings: Settings) -> None:
    settings.CALLBACK_NETWORKS = []
    assert may_connect(address)


def test_a_trusted_network_is_and_no_other(settings: Settings) -> None:
    settings.CALLBACK_NETWORKS = [ip_network("10.1.0.0/16"), ip_network("fd00::/8")]
    assert may_connect("10.1.2.3")
    assert may_connect("fd00::1")
    assert not may_connect("10.2.0.1")
    assert not may_connect("::ffff:10.1.2.3")


@pytest.mark.parametrize(
    "host",
    [
        *(f"[{address}]" if ":" in address else address for address in _PRIVATE),
        "127.1",
        "0x7f000001",
        "0177.0.0.1",
        "2130706433",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "\uff11\uff12\uff17.\uff10.\uff10.\uff11",  # fullwidth digits
        "127。0。0。1",
        "ⓛocalhost",
        socket.gethostname(),
        f"{socket.gethostname().upper()}.",
    ],
)
def test_a_private_address_is_refused_when_it_is_given(host: str, settings: Settings) -> None:
    settings.CALLBACK_NETWORKS = []
    assert url_problem(f"http://{host}:8000/x")


def test_names_of_the_machines_own_hosts_file_are_looked_up(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CALLBACK_NETWORKS = [ip_network("10.1.0.0/16")]
    hosts = tmp_path / "hosts"
    hosts.write_text("::1 ip6-localhost\n10.2.0.1 Db db.lan # not elsewhere\n10.1.0.1 hook\n")
    monkeypatch.setattr(addresses, "_HOSTS", hosts)
    for name in ("ip6-localhost", "db", "DB.lan", "db.lan."):
        assert url_problem(f"http://{name}/"), name
    for name in ("hook", "elsewhere", "example.org", "münchen.example.org"):
        assert url_problem(f"http://{name}/") is None, name


def make_due(url: str) -> str:
    """An ended run of a user, whose callback is due."""
    run = Run.objects.create(
        user=make_user(), language="python", status=RunStatus.LOST, source=pack_source({"code": ""})
    )
    Callback.objects.create(run=run, url=url)
    return run.pk


async def send(run_id: str, waits_s: tuple[float, ...] = (0, 0)) -> Callback:
    sender = Callbacks(waits_s)
    sender.send(run_id)
    deadline = asyncio.get_running_loop().time() + 20
    while asyncio.get_running_loop().time() < deadline:
        callback = await database_sync_to_async(Callback.objects.get)(pk=run_id)
        if callback.due_at is None:
            return callback
        await asyncio.sleep(0.02)
    raise AssertionError("it is still due")


@pytest.mark.django_db(transaction=True)
async def test_it_is_given_up_after_the_last_try(settings: Settings, hook: Receiver) -> None:
    settings.CALLBACK_NETWORKS = [ip_network("127.0.0.1")]
    hook.answers = [500] * 10
    callback = await send(await database_sync_to_async(make_due)(hook.url))
    assert (callback.tries, hook.posts.qsize()) == (3, 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
async def test_the_connection_itself_is_refused(
    settings: Settings, hook: Receiver, name: str
) -> None:
    """Whatever was checked before: a name may lead elsewhere by now."""
    settings.CALLBACK_NETWORKS = []
    url = hook.url.replace("127.0.0.1", name)
    callback = await send(await database_sync_to_async(make_due)(url))
    assert callback.tries == 3
    assert hook.posts.empty()


@pytest.mark.django_db(transaction=True)
async def test_a_public_name_of_a_private_address_leads_nowhere(
    settings: Settings, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the DNS of somebody hostile says, who may have said otherwise to whoever asked before."""

    async def resolve(self: Any, host: str, port: int = 0, family: int = 0) -> list[Any]:
        return [
            {
                "hostname": host,
                "host": "127.0.0.1",
                "port": port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
        ]

    settings.CALLBACK_NETWORKS = []
    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", resolve)
    url = hook.url.replace("127.0.0.1", "public.example")
    callback = await send(await database_sync_to_async(make_due)(url))
    assert callback.tries == 3
    assert hook.posts.empty()


@pytest.mark.django_db(transaction=True)
async def test_no_proxy_is_taken_from_the_environment(
    settings: Settings, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CALLBACK_NETWORKS = [ip_network("127.0.0.1")]
    with receiver() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        callback = await send(await database_sync_to_async(make_due)(hook.url))
        assert (callback.tries, hook.posts.qsize()) == (1, 1)
        assert proxy.posts.empty()


@pytest.mark.django_db(transaction=True)
async def test_a_receiver_that_never_ends_is_left(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its head never ends, or its body: neither is waited for, nor kept."""
    settings.CALLBACK_NETWORKS = [ip_network("127.0.0.1")]
    monkeypatch.setattr(callbacks, "_TIMEOUT_S", 0.5)
    heads = [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]
    sent = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(heads.pop(0))
        try:
            while True:
                writer.write(b"X: y\r\n" * 1000)
                sent += 6000
                await writer.drain()
                await asyncio.sleep(0.001)
        except OSError:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        callback = await send(await database_sync_to_async(make_due)(f"http://127.0.0.1:{port}/"))
    assert callback.tries == 2, "the first never came to its end, of the second the head did"
    assert sent < 20_000_000
