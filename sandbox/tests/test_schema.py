"""The OpenAPI schema says what a real server answers."""

from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from django.conf import settings
from django.core.management import call_command

from e2e.server import Server
from sandbox.tests.callers import begin, new_user, nobody, page, run

_CHECKED_IN = Path("docs/openapi.yaml")
_SSE = {"Accept": "text/event-stream"}
_FAILING = "import yaml\nraise SystemExit(1)"


def test_the_checked_in_schema_is_what_the_code_says(tmp_path: Path) -> None:
    now = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(now))
    renew = f"manage.py spectacular --validate --fail-on-warn --file {_CHECKED_IN}"
    assert now.read_text() == (settings.BASE_DIR / _CHECKED_IN).read_text(), f"Renew it: {renew}"


@pytest.fixture(scope="module")
def schema(one_server: Server) -> Any:
    return _plain(httpx.get(f"{one_server.url}/api/schema").json())


def _plain(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema has it: what may be null is said by another word there."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    rest = {key: _plain(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [rest, {"type": "null"}]} if node.get("nullable") is True else rest


def check(schema: Any, path: str, answer: httpx.Response) -> None:
    """Status, content type and body are among those that the schema has for the endpoint."""
    operation = schema["paths"][path][answer.request.method.lower()]
    described = operation["responses"][str(answer.status_code)]
    if answer.status_code == 204:
        assert not answer.content
        return
    kind = answer.headers["content-type"].partition(";")[0]
    body = answer.json() if kind.endswith("json") else answer.text
    jsonschema.validate(body, described["content"][kind]["schema"] | schema)


def test_server_facts(one_server: Server, schema: Any) -> None:
    client = nobody(one_server)
    for path in ("/health", "/api/status", "/api/languages", "/api/templates"):
        check(schema, path, client.get(path))
    for language in ("python", "cobol"):
        answer = client.get(f"/api/templates/{language}")
        check(schema, "/api/templates/{language}", answer)


def test_execution(one_server: Server, schema: Any) -> None:
    client = nobody(one_server)
    bodies: list[dict[str, Any]] = [
        {"language": "python", "code": "print(1)"},
        {"language": "python", "code": _FAILING},
        {"language": "html", "code": "<p>"},
        {"language": "cobol"},
        {"language": "html", "code": "<p>", "callback_url": "https://example.org"},
    ]
    for body in bodies:
        for query in ("", "?wait=0"):
            answer = client.post(f"/api/execute{query}", json=body)
            check(schema, "/api/execute", answer)
    check(schema, "/api/execute", client.post("/api/execute", content="x"))
    batch = {"runs": bodies[:3]}
    check(schema, "/api/runs/batch", client.post("/api/runs/batch", json=batch))
    check(schema, "/api/runs/batch", client.post("/api/runs/batch", json={"runs": bodies}))
    ada = new_user(one_server)
    for caller in (ada, client):
        check(schema, "/api/callbacks/key", caller.get("/api/callbacks/key"))
    address = begin(ada, "while True: pass")
    stop = address.replace("/api/runs/", "/api/execute/stop/")
    for _ in range(2):
        check(schema, "/api/execute/stop/{execution_id}", ada.post(stop))


def test_stored_runs(one_server: Server, schema: Any) -> None:
    ada = new_user(one_server)
    addresses = [
        *(f"/api/runs/{result['execution_id']}" for result in (page(ada), run(ada, _FAILING))),
        begin(ada, "while True: pass"),
        "/api/runs/x",
    ]
    for query in ("", "?limit=1", "?limit=x"):
        check(schema, "/api/runs", ada.get(f"/api/runs{query}"))
    for address in addresses:
        template = "/api/runs/{execution_id}"
        check(schema, template, ada.get(address))
        check(schema, f"{template}/events", ada.get(f"{address}/events"))
        check(schema, f"{template}/recording", ada.get(f"{address}/recording"))
        check(schema, template, ada.delete(address))
    ended = f"/api/runs/{page(ada)['execution_id']}/events"
    for last_id in ("1", "99", "x"):
        answer = ada.get(ended, headers=_SSE | {"Last-Event-ID": last_id})
        check(schema, "/api/runs/{execution_id}/events", answer)
