"""`POST /api/runs/batch`: several programs, one answer."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from cloudrun.tests.windows import wait_for_room
from conftest import require
from e2e.server import Server, started
from sandbox.tests.callers import new_user, nobody

_PAGE = {"language": "html", "code": "<p>"}


def python(code: str) -> dict[str, Any]:
    return {"language": "python", "code": code}


def post(client: httpx.Client, *runs: Any, **more: Any) -> httpx.Response:
    return client.post("/api/runs/batch", json={"runs": runs, **more})


def test_each_is_a_run_of_its_own(one_server: Server) -> None:
    """More of them than the two that one user may have at once."""
    ada = new_user(one_server)
    codes = [f"print({n})" for n in range(4)] + ["raise SystemExit(3)"]
    answer = post(ada, *map(python, codes))
    assert answer.status_code == 200
    items = answer.json()["runs"]
    assert [item["problem"] for item in items] == [None] * 5
    results = [item["result"] for item in items]
    assert [result["stdout"] for result in results] == ["0\n", "1\n", "2\n", "3\n", ""]
    assert [result["exit_code"] for result in results] == [0, 0, 0, 0, 3]
    stored = ada.get("/api/runs").json()["runs"]
    assert {run["execution_id"] for run in stored} == {run["execution_id"] for run in results}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "runs"),
        ({"runs": []}, "runs"),
        ({"runs": {}}, "runs"),
        ({"runs": [_PAGE] * 21}, "runs"),
        ({"runs": [_PAGE, _PAGE, _PAGE, {**_PAGE, "code": " "}]}, "runs.3.code"),
        ({"runs": [_PAGE, 5]}, "runs.1"),
        ({"runs": [{**_PAGE, "files": [{"name": "/x", "content": ""}]}]}, "runs.0.files.0.name"),
        ({"runs": [_PAGE], "callback_url": 5}, "callback_url"),
    ],
    ids=repr,
)
def test_one_bad_request_starts_nothing(
    one_server: Server, body: dict[str, Any], field: str
) -> None:
    ada = new_user(one_server)
    answer = ada.post("/api/runs/batch", json=body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert ada.get("/api/runs").json()["runs"] == []


def test_all_together_may_be_as_large_as_one(one_server: Server) -> None:
    large = {**_PAGE, "code": "x" * 6 * 1024 * 1024}
    assert post(nobody(one_server), large, large).status_code == 413


def test_the_rate_counts_each_run(tmp_path: Path) -> None:
    require("bubblewrap")
    with started("bubblewrap", tmp_path, {"MAX_REQUESTS_PER_MINUTE": "3"}) as server:
        wait_for_room()
        items = post(nobody(server), *[_PAGE] * 5).json()["runs"]
        assert [item["problem"] is None for item in items] == [True] * 3 + [False] * 2
        assert items[-1]["problem"]["code"] == "rate_limited"
        assert post(nobody(server), _PAGE).json()["runs"][0]["problem"]["status"] == 429
