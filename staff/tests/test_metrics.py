"""`/metrics`: who reads it, and what stands there after runs on a real server."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from websockets import Origin
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from accounts.tests.factories import make_user
from conftest import require
from e2e.server import Server, started

_TOKEN = "a-token-for-the-scraper-of-this-test"
_DASHBOARD = Path(__file__).parents[2] / "deploy" / "grafana" / "cloudrun.json"


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    require("bubblewrap")
    more = {"METRICS_TOKEN": _TOKEN, "LOG_FORMAT": "json"}
    with started("bubblewrap", tmp_path_factory.mktemp("metrics"), more) as server:
        body = {"language": "python", "code": "print('seen')"}
        httpx.post(f"{server.url}/api/execute", json=body, timeout=60).raise_for_status()
        body = {"language": "strange", "code": "1"}
        httpx.post(f"{server.url}/api/execute?token=hidden", json=body)
        wrong = {"username": "nobody", "password": "wrong"}
        httpx.post(f"{server.url}/api/auth/login", json=wrong)
        yield server


def scrape(server: Server) -> str:
    headers = {"Authorization": f"Bearer {_TOKEN}"}
    answer = httpx.get(f"{server.url}/metrics", headers=headers)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["cache-control"]
    return answer.text


def test_a_run_is_counted_and_timed(scraped: Server) -> None:
    text = scrape(scraped)
    assert 'cloudrun_runs_total{language="python",outcome="completed"} 1.0' in text
    assert 'cloudrun_run_first_output_seconds_count{language="python"} 1.0' in text
    assert 'cloudrun_run_duration_seconds_count{language="python"} 1.0' in text
    assert re.search(r'cloudrun_pool_taken_total\{language="python",result="(hit|miss)"\} 1', text)
    assert re.search(r"cloudrun_http_requests_total\{status_class=\"4xx\"\} [1-9]", text)
    assert "process_resident_memory_bytes" in text
    assert "cloudrun_login_failures_total 1.0" in text


def test_an_unknown_language_makes_no_label(scraped: Server) -> None:
    assert "strange" not in scrape(scraped)


def test_nobody_reads_it_by_another_token(scraped: Server) -> None:
    for value in ("Bearer", f"Bearer {_TOKEN}x", f"Basic {_TOKEN}", "Bearer \xe9"):
        headers = [(b"Authorization", value.encode("latin-1"))]
        assert httpx.get(f"{scraped.url}/metrics", headers=headers).status_code == 404


def test_the_dashboard_asks_for_what_there_is(scraped: Server) -> None:
    """Those with labels that only come with use are known by their `# TYPE` line."""
    known = set(re.findall(r"^# TYPE (\S+)", scrape(scraped), re.MULTILINE))
    asked: set[str] = set()
    for panel in json.loads(_DASHBOARD.read_text())["panels"]:
        for target in panel["targets"]:
            asked |= set(re.findall(r"\b(?:cloudrun|process)_\w+", target["expr"]))
    assert asked
    missing = {name for name in asked if re.sub(r"_(bucket|sum|count)$", "", name) not in known}
    assert missing == set()


def test_the_log_has_ids_and_no_query(scraped: Server) -> None:
    """A stranger's id is not taken, and a newline in a path makes no second line."""
    hostile = {"X-Request-ID": "stranger-0123456789"}
    answer = httpx.get(f"{scraped.url}/a%0Ab?token=hidden", headers=hostile)
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    assert scraped.log is not None
    text = scraped.log.read_text()
    assert "hidden" not in text
    assert "stranger-0123456789" not in text
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    own = [line for line in lines if line.get("request_id") == answer.headers["x-request-id"]]
    accesses: list[Any] = [line for line in own if line["logger"] == "cloudrun.access"]
    assert [(line["path"], line["status"]) for line in accesses] == [("/a\nb", 404)]


def test_sockets_have_a_line_for_their_handshake_and_one_for_their_end(scraped: Server) -> None:
    address = f"{scraped.url.replace('http', 'ws', 1)}/ws/execute?token=hidden"
    with connect(address) as socket:
        socket.send("no request")
        socket.recv()
    foreign = Origin("https://evil.example")
    with pytest.raises(InvalidStatus):
        connect(address, origin=foreign, additional_headers={"Cookie": "sessionid=x"})
    with pytest.raises(InvalidStatus):
        connect(address.replace("execute", "nowhere"))
    wanted = [
        ("/ws/execute", 403),
        ("/ws/execute", 1000),
        ("/ws/execute", 101),
        ("/ws/nowhere", 403),
    ]
    assert sorted(_socket_lines(scraped), key=str) == sorted(wanted, key=str)


def _socket_lines(server: Server) -> list[tuple[str, int]]:
    """Those of the last socket come a moment after it."""
    assert server.log is not None
    for _ in range(50):
        text = server.log.read_text()
        assert "hidden" not in text
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        own = [line for line in lines if line.get("method") == "WEBSOCKET"]
        assert all(line["request_id"] and line["duration_ms"] >= 0 for line in own)
        if len(own) >= 4:
            break
        time.sleep(0.1)
    return [(line["path"], line.get("status") or line["close_code"]) for line in own]


@pytest.mark.django_db
def test_only_operators_read_it_without_a_token(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    staff = make_user("teacher", is_staff=True)
    client.force_login(staff)
    assert client.get("/metrics").status_code == 404
    staff.user_permissions.add(Permission.objects.get(codename="see_everybody"))
    assert client.get("/metrics").status_code == 200
    staff.is_staff = False
    staff.save()
    assert client.get("/metrics").status_code == 404
