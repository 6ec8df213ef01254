"""One's own runs, over HTTP of a real server: what is listed, to whom, and in which pages."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from e2e.server import Server
from sandbox.tests.callers import begin, new_guest, new_user, nobody, page, run

_FIELDS = {
    "execution_id",
    "language",
    "status",
    "reason",
    "exit_code",
    "created_at",
    "started_at",
    "ended_at",
    "duration_ms",
    "cpu_ms",
    "memory_bytes",
    "truncated",
}


def listed(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/runs", params=query)
    assert answer.status_code == 200, answer.text
    runs: list[dict[str, Any]] = answer.json()["runs"]
    return runs


def ids(runs: list[dict[str, Any]]) -> list[str]:
    return [item["execution_id"] for item in runs]


def test_a_user_lists_their_own_runs_newest_first(one_server: Server) -> None:
    ada, eve = new_user(one_server), new_user(one_server)
    first, second = page(ada), run(ada, "raise SystemExit(3)")
    page(eve)
    page(nobody(one_server))
    runs = listed(ada)
    assert ids(runs) == [second["execution_id"], first["execution_id"]]
    assert set(runs[0]) == _FIELDS
    for name in ("status", "reason", "exit_code", "duration_ms", "cpu_ms", "truncated"):
        assert runs[0][name] == second[name]
    assert runs[0]["created_at"] <= runs[0]["started_at"] <= runs[0]["ended_at"]


def test_a_guest_lists_the_runs_of_their_session(one_server: Server) -> None:
    guest, other = new_guest(one_server), new_guest(one_server)
    mine = page(guest)
    page(other)
    assert ids(listed(guest)) == [mine["execution_id"]]


def test_without_a_session_there_is_no_list(one_server: Server) -> None:
    page(nobody(one_server))
    assert listed(nobody(one_server)) == []


def test_filters_choose_runs(one_server: Server) -> None:
    ada = new_user(one_server)
    html, good, bad = page(ada), run(ada), run(ada, "raise SystemExit(3)")
    newest, middle, oldest = listed(ada)
    assert ids(listed(ada, language="html")) == [html["execution_id"]]
    assert ids(listed(ada, status="error")) == [bad["execution_id"]]
    assert ids(listed(ada, status="completed", language="python")) == [good["execution_id"]]
    assert ids(listed(ada, created_after=middle["created_at"])) == ids([newest, middle])
    assert ids(listed(ada, created_before=middle["created_at"])) == ids([middle, oldest])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"language": "cobol"}, "language"),
        ({"language": ""}, "language"),
        ({"status": "great"}, "status"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"created_before": "2026-13-01T00:00:00Z"}, "created_before"),
        ({"created_before": "0001-01-01T00:00:00+14:00"}, "created_before"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "\x00"}, "cursor"),
        ({"cursor": "eA=="}, "cursor"),
        ({"cursor": "MjAyNi0wMS0wMVQwMDowMDowMCAwMDAw"}, "cursor"),
    ],
    ids=repr,
)
def test_a_bad_filter_is_named(one_server: Server, query: dict[str, str], field: str) -> None:
    answer = nobody(one_server).get("/api/runs", params=query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_pages_hold_each_run_once_while_new_ones_come(one_server: Server) -> None:
    ada = new_user(one_server)
    made = [page(ada)["execution_id"] for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = ada.get("/api/runs", params=query).json()
        assert len(answer["runs"]) <= 2
        seen += ids(answer["runs"])
        cursor = answer["next_cursor"]
        page(ada)
        if cursor is None:
            break
    assert seen == made[::-1]


def test_a_live_run_is_listed_as_such(one_server: Server) -> None:
    ada = new_user(one_server)
    code = "import time; time.sleep(30)"
    running = [begin(ada, code) for _ in range(2)]
    waiting = begin(ada, code)
    states = [item["status"] for item in listed(ada)]
    assert states[0] == "queued"
    assert set(states[1:]) <= {"starting", "running"}
    assert ada.get(waiting).json()["result"] is None
    for address in [waiting, *running]:
        assert ada.delete(address).status_code == 204
    assert listed(ada) == []


def test_a_run_is_read_with_source_and_result(one_server: Server) -> None:
    ada = new_user(one_server)
    files = [{"name": "a/b.txt", "content": "\x00ü"}]
    code = "import sys\nprint(input())\nprint(nmae)"
    result = run(ada, code, stdin="in\n", files=files)
    stored = ada.get(f"/api/runs/{result['execution_id']}").json()
    assert set(stored) == _FIELDS | {"code", "stdin", "args", "files", "result"}
    assert (stored["code"], stored["stdin"], stored["files"]) == (code, "in\n", files)
    assert stored["result"] == result
    assert (result["stdout"], result["file"], result["line"]) == ("in\n", "main.py", 3)
    assert result["explanation"]


_VIEWS: list[Callable[[httpx.Client, str], httpx.Response]] = [
    lambda client, run_id: client.get(f"/api/runs/{run_id}"),
    lambda client, run_id: client.delete(f"/api/runs/{run_id}"),
    lambda client, run_id: client.get(f"/api/runs/{run_id}/events"),
    lambda client, run_id: client.get(
        f"/api/runs/{run_id}/events", headers={"Accept": "text/event-stream"}
    ),
    lambda client, run_id: client.get(f"/api/runs/{run_id}/recording"),
    lambda client, run_id: client.post(f"/api/execute/stop/{run_id}"),
]
_NOT_IDS = ["0" * 32, "x", "%00", "a" * 2000, "%ED%A0%80", "A" * 32]


@pytest.mark.parametrize("ask", _VIEWS)
def test_a_stranger_cannot_tell_a_run_from_nothing(
    one_server: Server, ask: Callable[[httpx.Client, str], httpx.Response]
) -> None:
    ada, guest = new_user(one_server), new_guest(one_server)
    owned = [(ada, page(ada)["execution_id"]), (guest, page(guest)["execution_id"])]
    nothing = {ask(nobody(one_server), run_id).content for run_id in _NOT_IDS}
    assert len(nothing) == 1
    for _, run_id in owned:
        for caller in (new_user(one_server), new_guest(one_server), nobody(one_server)):
            answer = ask(caller, run_id)
            assert answer.status_code == 404
            assert answer.content in nothing
    for owner, run_id in owned:
        assert owner.get(f"/api/runs/{run_id}").status_code == 200


@pytest.mark.parametrize("ask", _VIEWS[:-1])
def test_who_knows_the_id_reads_a_run_without_a_session(
    one_server: Server, ask: Callable[[httpx.Client, str], httpx.Response]
) -> None:
    run_id = page(nobody(one_server))["execution_id"]
    assert ask(nobody(one_server), run_id).status_code in {200, 204}


@pytest.mark.parametrize("ask", _VIEWS)
def test_a_bad_token_reads_nothing(
    one_server: Server, ask: Callable[[httpx.Client, str], httpx.Response]
) -> None:
    run_id = page(nobody(one_server))["execution_id"]
    client = nobody(one_server)
    client.headers["Authorization"] = "Bearer x"
    assert ask(client, run_id).status_code == 401
    assert client.get("/api/runs").status_code == 401


def test_what_is_deleted_is_gone(one_server: Server) -> None:
    ada = new_user(one_server)
    address = f"/api/runs/{page(ada)['execution_id']}"
    assert ada.delete(address).status_code == 204
    assert ada.get(address).status_code == ada.delete(address).status_code == 404


def test_another_sites_page_may_send_the_headers_of_this_api(one_server: Server) -> None:
    names = {"idempotency-key", "last-event-id"}
    headers = {
        "Origin": "https://other.example",
        "Access-Control-Request-Method": "DELETE",
        "Access-Control-Request-Headers": ", ".join(names),
    }
    answer = nobody(one_server).options("/api/execute", headers=headers)
    assert names <= set(answer.headers["access-control-allow-headers"].split(", "))
    assert "DELETE" in answer.headers["access-control-allow-methods"]
