"""A run's events over HTTP: as JSON, as server-sent events, as a recording."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from e2e.server import Server
from sandbox.tests.callers import begin, new_user, nobody, run
from sandbox.tests.client import converse, socket_url, text

_SSE = {"Accept": "text/event-stream"}
_TICKS = "import time\nfor n in range({n}):\n    print(n, flush=True)\n    time.sleep({s})\n"


def messages(response: httpx.Response) -> Iterator[dict[str, Any]]:
    """The frames of an event stream, each with the id that it came under."""
    assert response.headers["content-type"] == "text/event-stream"
    message: dict[str, str] = {}
    for line in response.iter_lines():
        if line:
            name, _, value = line.partition(":")
            message[name] = value.removeprefix(" ")
        elif "data" in message:
            yield {"id": message.get("id"), **json.loads(message["data"])}
            message = {}


def threads_of(server: Server) -> int:
    assert server.process is not None
    return len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))


def stream(client: httpx.Client, address: str, **headers: str) -> list[dict[str, Any]]:
    with client.stream("GET", f"{address}/events", headers=_SSE | headers) as response:
        return list(messages(response))


async def test_events_are_the_frames_of_the_socket(one_server: Server) -> None:
    body = {"language": "python", "code": "print('ü\\x00')"}
    frames = await converse(one_server.url, body)
    address = f"/api/runs/{frames[0]['execution_id']}"
    client = nobody(one_server)
    answer = client.get(f"{address}/events").json()
    assert answer["events"] == frames
    assert answer["status"] == "completed"
    assert client.get(f"{address}/events?after_seq=2").json()["events"] == frames[2:]
    assert client.get(f"{address}/events?after_seq=999").json()["events"] == []
    streamed = stream(client, address)
    assert [int(frame.pop("id")) for frame in streamed] == [frame["seq"] for frame in frames]
    assert streamed == frames


def test_a_live_run_is_followed_to_its_end(one_server: Server) -> None:
    ada = new_user(one_server)
    address = begin(ada, _TICKS.format(n=3, s=1))
    so_far = ada.get(f"{address}/events").json()
    assert so_far["status"] in {"starting", "running"}
    times = []
    with ada.stream("GET", f"{address}/events", headers=_SSE) as response:
        frames = []
        for frame in messages(response):
            frames.append(frame)
            times.append(time.monotonic())
    assert text(frames) == "0\n1\n2\n"
    assert frames[-1]["type"] == "complete"
    assert times[-1] - times[0] > 0.5, "they came all at once"
    assert [frame["seq"] for frame in frames] == list(range(1, len(frames) + 1))


def test_a_stream_goes_on_behind_the_last_event(one_server: Server) -> None:
    ada = new_user(one_server)
    address = begin(ada, _TICKS.format(n=4, s=0.2))
    with ada.stream("GET", f"{address}/events", headers=_SSE) as response:
        for first in messages(response):
            if first["type"] == "stdout":
                break
    rest = stream(ada, address, **{"Last-Event-ID": first["id"]})
    assert rest[0]["seq"] == first["seq"] + 1
    assert rest[-1]["type"] == "complete"
    after = ada.get(f"{address}/events", headers=_SSE | {"Last-Event-ID": rest[-1]["id"]})
    assert (after.status_code, after.content) == (204, b"")


def test_a_reader_who_leaves_is_noticed_and_stops_nothing(one_server: Server) -> None:
    """`DISCONNECT_GRACE` is 1 s on this server, and 50 streams may be open at once."""
    ada = new_user(one_server)
    address = begin(ada, _TICKS.format(n=100, s=0.2))
    for _ in range(60):
        with ada.stream("GET", f"{address}/events", headers=_SSE) as response:
            assert response.status_code == 200
            next(messages(response))
    time.sleep(1.5)
    assert ada.get(address).json()["status"] == "running"
    assert ada.delete(address).status_code == 204


def test_a_quiet_stream_is_kept_alive_until_its_reader_is_logged_out(one_server: Server) -> None:
    """A comment comes every 15 s."""
    ada = new_user(one_server)
    address = begin(ada, "import time; time.sleep(29)")
    with ada.stream("GET", f"{address}/events", headers=_SSE) as response:
        lines = response.iter_lines()
        while next(lines) != ": keep-alive":
            pass
        assert ada.post("/api/auth/logout-everywhere").status_code == 200
        left_at = time.monotonic()
        event, data = [line for line in lines if line]
    assert time.monotonic() - left_at < 3
    assert event == "event: over"
    assert json.loads(data.removeprefix("data: "))["code"] == "not_authenticated"


def test_too_many_streams_are_refused(one_server: Server) -> None:
    ada = new_user(one_server)
    address = begin(ada, "import time; time.sleep(20)")
    limits = httpx.Limits(max_connections=None)
    with httpx.Client(base_url=one_server.url, headers=ada.headers, limits=limits) as client:
        opened = []  # the iterators, too: one that goes out of scope closes its response
        for _ in range(50):
            request = client.build_request("GET", f"{address}/events", headers=_SSE)
            lines = client.send(request, stream=True).iter_lines()
            assert next(lines) == "id: 1"
            opened.append(lines)
        assert threads_of(one_server) < 50, "each stream has one"
        refused = client.get(f"{address}/events", headers=_SSE)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert refused.headers["retry-after"]
        opened.clear()
    assert ada.delete(address).status_code == 204


@pytest.mark.parametrize(
    ("headers", "query", "field"),
    [
        ({}, "?after_seq=-1", "after_seq"),
        ({}, "?after_seq=x", "after_seq"),
        (_SSE | {"Last-Event-ID": "x"}, "", "Last-Event-ID"),
        (_SSE | {"Last-Event-ID": "9" * 30}, "", "Last-Event-ID"),
        (_SSE, "?after_seq=1.5", "after_seq"),
    ],
    ids=repr,
)
def test_a_bad_position_is_named(
    one_server: Server, headers: dict[str, str], query: str, field: str
) -> None:
    client = nobody(one_server)
    address = f"/api/runs/{run(client)['execution_id']}"
    answer = client.get(f"{address}/events{query}", headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/json, text/event-stream;q=0.5", "application/json"),
        ("text/event-stream, application/json;q=0.5", "text/event-stream"),
        ("image/png", "application/json"),
    ],
)
def test_the_preferred_form_is_answered(one_server: Server, accept: str, kind: str) -> None:
    client = nobody(one_server)
    address = f"/api/runs/{run(client)['execution_id']}"
    answer = client.get(f"{address}/events", headers={"Accept": accept})
    assert answer.headers["content-type"] == kind
    assert "Accept" in answer.headers["vary"]


def test_a_recording_is_an_asciicast(one_server: Server) -> None:
    client = nobody(one_server)
    code = (
        "import sys, time\nprint('a\\nb')\ntime.sleep(0.3)\n"
        "print('ü', file=sys.stderr)\nsys.stdout.write('c\\r\\n')\n"
    )
    run_id = run(client, code)["execution_id"]
    answer = client.get(f"/api/runs/{run_id}/recording")
    assert answer.headers["content-type"] == "application/x-asciicast"
    header, *events = [json.loads(line) for line in answer.text.splitlines()]
    assert header["version"] == 2
    assert (header["width"], header["height"]) == (80, 24)
    assert abs(header["timestamp"] - time.time()) < 60
    times, kinds, texts = zip(*events, strict=True)
    assert set(kinds) == {"o"}
    assert "".join(texts) == "a\r\nb\r\nü\r\nc\r\r\n"
    assert list(times) == sorted(times)
    assert times[-1] - times[0] >= 0.25


async def test_a_terminals_recording_has_its_size_and_its_bytes(one_server: Server) -> None:
    body = {"language": "python", "code": "print('x\\ny')", "tty": True, "cols": 40, "rows": 10}
    frames = await converse(one_server.url, body)
    run_id = frames[0]["execution_id"]
    lines = nobody(one_server).get(f"/api/runs/{run_id}/recording").text.splitlines()
    header, *events = map(json.loads, lines)
    assert (header["width"], header["height"]) == (40, 10)
    assert "".join(event[2] for event in events) == text(frames) == "x\r\ny\r\n"


async def test_the_row_says_what_the_last_frame_said(one_server: Server) -> None:
    """Asked for at once after the last frame, which is sent before the row is written."""
    client = nobody(one_server)
    async with connect(socket_url(one_server.url)) as socket:
        await socket.send(json.dumps({"language": "python", "code": "print(1)"}))
        while (frame := json.loads(await socket.recv()))["type"] != "complete":
            assert client.get(f"/api/runs/{frame['execution_id']}").status_code == 200
        stored = client.get(f"/api/runs/{frame['execution_id']}").json()
    assert stored["status"] == "completed"
    assert stored["result"]["stdout"] == "1\n"
