"""A server that is told to end answers whoever has asked, and its log tells of no failure."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from conftest import require
from e2e.server import Server, started

_CLIENTS = 6


@pytest.fixture
def ending(tmp_path: Path) -> Iterator[Server]:
    """A server that the test ends; its runs then have three seconds."""
    require("bubblewrap")
    with started("bubblewrap", tmp_path, {"DRAIN_TIMEOUT": "3"}) as server:
        yield server


def sleep(server: Server, seconds: float) -> httpx.Response:
    body = {"language": "python", "code": f"import time; time.sleep({seconds})"}
    return httpx.post(f"{server.url}/api/execute", json=body, timeout=30)


def ask_on(server: Server) -> list[httpx.Response]:
    """The answers to one request after the other, until nobody listens any more."""
    body = {"language": "html", "code": "<p>"}
    answers = []
    while True:
        try:
            answers.append(httpx.post(f"{server.url}/api/execute", json=body, timeout=30))
        except httpx.ConnectError:
            return answers


def test_whoever_has_asked_is_answered(ending: Server) -> None:
    assert ending.process
    assert ending.log
    with ThreadPoolExecutor(_CLIENTS + 2) as threads:
        short, long = threads.submit(sleep, ending, 1.2), threads.submit(sleep, ending, 60)
        time.sleep(1)
        others = [threads.submit(ask_on, ending) for _ in range(_CLIENTS)]
        ending.process.send_signal(signal.SIGTERM)
        assert short.result().json()["status"] == "completed"
        assert long.result().json()["status"] == "lost"
        for other in others:
            answers = other.result()
            assert {answer.status_code for answer in answers} <= {200, 503}
            assert answers[-1].headers["Retry-After"] == "5"
            assert answers[-1].json()["code"] == "shutting_down"
    assert ending.process.wait(timeout=10) == 0
    log = ending.log.read_text()
    assert "Traceback" not in log
    assert "RequestAborted" not in log
