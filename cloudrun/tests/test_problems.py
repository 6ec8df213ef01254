"""Errors are problems for programs and pages for people; nothing else changes an answer's form."""

import json
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.tests.factories import make_user
from sandbox.languages import LANGUAGES

pytestmark = pytest.mark.django_db

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def is_problem(response: Any, status: int) -> bool:
    assert response.status_code == status
    if response["Content-Type"] != "application/problem+json":
        return False
    problem = response.json()
    assert problem["status"] == status
    assert problem["detail"]
    return True


@pytest.mark.parametrize("accept", ["*/*", "application/json", "", BROWSER])
@pytest.mark.parametrize("method", ["get", "post", "put"])
@pytest.mark.parametrize(
    "path",
    ["/health/", "/HEALTH", "/API/status", "/api", "/api/none", "/ws/execute", "/WS", "/docs/"],
)
def test_nothing_at_an_address_of_programs_is_a_problem(
    client: Client, method: str, path: str, accept: str
) -> None:
    response = getattr(client, method)(path, headers={"Accept": accept})
    assert is_problem(response, 404)


@pytest.mark.parametrize(("accept", "expected"), [("*/*", True), (None, True), (BROWSER, False)])
@pytest.mark.parametrize("path", ["/nothing", "/apiary", "/static/none.css"])
def test_nothing_elsewhere_is_a_page_for_browsers(
    client: Client, path: str, accept: str | None, expected: bool
) -> None:
    response = client.get(path, headers={"Accept": accept} if accept else {})
    assert is_problem(response, 404) is expected


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/api/status", BROWSER, True),
        ("/api/languages", "*/*", True),
        ("/health", BROWSER, True),
        ("/", "*/*", True),
        ("/", BROWSER, False),
    ],
)
@pytest.mark.parametrize("host", ["evil.example", "e_vil/.."])
def test_foreign_host_is_a_problem_or_a_page(
    client: Client, host: str, path: str, accept: str, expected: bool
) -> None:
    response = client.get(path, headers={"Host": host, "Accept": accept})
    assert is_problem(response, 400) is expected


@pytest.mark.parametrize(("accept", "expected"), [("*/*", True), (BROWSER, False)])
def test_missing_csrf_token_is_a_problem_or_a_page(accept: str, expected: bool) -> None:
    response = Client(enforce_csrf_checks=True).post("/admin/login/", headers={"Accept": accept})
    assert is_problem(response, 403) is expected


@pytest.mark.parametrize(("accept", "expected"), [("*/*", True), (BROWSER, False)])
def test_form_that_cannot_be_parsed_is_a_problem_or_a_page(
    client: Client, accept: str, expected: bool
) -> None:
    response = client.post(
        "/admin/login/", "x", content_type="multipart/form-data", headers={"Accept": accept}
    )
    assert is_problem(response, 400) is expected


@pytest.mark.parametrize(("accept", "expected"), [("*/*", False), (BROWSER, True)])
def test_other_method_is_told_to_a_browser_in_words(
    client: Client, accept: str, expected: bool
) -> None:
    response = client.post("/workspaces", headers={"Accept": accept})
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert ("A page cannot be asked for by POST here." in response.content.decode()) is expected


def test_htmx_reads_problems() -> None:
    headers = {"Accept": "text/html, */*", "HX-Request": "true"}
    response = Client(enforce_csrf_checks=True).post("/workspaces/new", headers=headers)
    assert is_problem(response, 403)


def test_form_of_a_logged_in_user_is_told_that_it_is_no_json() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    client.cookies["csrftoken"] = "a" * 32
    response = client.post(
        "/api/ai/assist",
        "x",
        content_type="multipart/form-data",
        headers={"Origin": "http://testserver"},
    )
    assert is_problem(response, 415)


@pytest.mark.parametrize("query", ["", "?format=xml", "?format=api", "?format=json", "?format="])
@pytest.mark.parametrize(
    "accept",
    ["*/*", "text/html", "image/png", "text/event-stream", "application/json; indent=8", ";;", ""],
)
@pytest.mark.parametrize("path", ["/api/templates", "/api/ai/status", "/api/schema"])
def test_answer_is_json_whatever_is_asked_for(
    client: Client, path: str, query: str, accept: str
) -> None:
    response = client.get(path + query, headers={"Accept": accept})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.content == client.get(path).content


def test_error_stays_a_problem_whatever_is_asked_for(client: Client) -> None:
    response = client.get("/api/templates/cobol?format=xml", headers={"Accept": "image/png"})
    assert is_problem(response, 404)


@pytest.mark.parametrize("query", ["", "?format=json"])
@pytest.mark.parametrize("accept", ["*/*", "application/json", BROWSER])
def test_docs_are_a_page_whatever_is_asked_for(client: Client, query: str, accept: str) -> None:
    response = client.get(f"/docs{query}", headers={"Accept": accept})
    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://evil.example", "Access-Control-Request-Method": "GET"}]
)
@pytest.mark.parametrize("method", ["options", "post", "delete"])
def test_docs_can_only_be_got(client: Client, method: str, headers: dict[str, str]) -> None:
    response = getattr(client, method)("/docs", headers=headers)
    assert is_problem(response, 405)
    assert response["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[]", "must be a JSON object"),
        (b'"x"', "must be a JSON object"),
        (b"{", "not valid JSON"),
        (b"\xff", "byte 0 is not UTF-8"),
        (b"[" * 100_000, "too deeply nested"),
        (b'{"code": %s}' % (b"9" * 5000), "a number has too many digits"),
        (b'{"code": -%s}' % (b"9" * 5000), "a number has too many digits"),
        (b'{"code": NaN}', "NaN is not JSON"),
    ],
)
def test_body_that_is_no_object_is_one_error_of_no_field(
    client: Client, body: bytes, said: str
) -> None:
    response = client.post("/api/ai/assist", body, content_type="application/json")
    assert is_problem(response, 400)
    problem = response.json()
    assert said in problem["detail"]
    assert problem["errors"] == [{"field": "", "message": problem["detail"]}]
    assert "sys." not in problem["detail"]
    assert "codec" not in problem["detail"]


def test_unforeseen_failure_is_a_problem_or_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("cloudrun.urls.DocsView.get", fail)
    client = Client(raise_request_exception=False)
    assert is_problem(client.get("/docs", headers={"Accept": BROWSER}), 500)


def fails(*args: Any, **kwargs: Any) -> None:
    raise OperationalError("the database is gone")


@pytest.mark.parametrize("is_user", [True, False])
def test_page_of_a_failure_needs_no_database(
    monkeypatch: pytest.MonkeyPatch, is_user: bool
) -> None:
    client = Client(raise_request_exception=False)
    if is_user:
        client.force_login(make_user())
    client.cookies["theme"] = "dark"
    monkeypatch.setattr(connection, "cursor", fails)
    response = client.get("/workspaces", headers={"Accept": BROWSER})
    assert response.status_code == 500
    page = response.content.decode()
    assert "The server failed on this request." in page
    assert 'data-theme="dark"' in page


def schema(client: Client) -> Any:
    return json.loads(client.get("/api/schema").content)


def test_schema_offers_a_run_that_can_be_tried_at_once(client: Client) -> None:
    body = schema(client)["paths"]["/api/execute"]["post"]["requestBody"]
    content = body["content"]["application/json"]
    example = next(iter(content["examples"].values()))
    assert example["value"] == {"language": "python", "code": 'print("hello")'}
    assert schema(client)["components"]["schemas"]["LanguageEnum"]["enum"] == list(LANGUAGES)


def test_schema_does_not_repeat_what_it_is_asked_by(client: Client) -> None:
    response = client.get("/api/schema", {"version": "<script>x", "lang": "<script>x"})
    assert response.content == client.get("/api/schema").content
    assert "script" not in response["Content-Disposition"]


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        (
            "/api/execute",
            "post",
            {"200", "202", "400", "401", "403", "409", "413", "415", "422", "429", "503"},
        ),
        ("/api/execute/stop/{execution_id}", "post", {"200", "401", "403", "404"}),
        ("/api/templates/{language}", "get", {"200", "404"}),
        ("/api/ai/assist", "post", {"200", "400", "401", "403", "413", "429", "502", "503"}),
        ("/api/auth/register", "post", {"200", "400", "409", "413", "429"}),
        ("/api/auth/login", "post", {"200", "400", "401", "403", "413", "429"}),
        ("/api/auth/me", "get", {"200", "401"}),
        ("/api/auth/password", "post", {"200", "400", "401", "403", "413", "429"}),
        ("/api/auth/logout-everywhere", "post", {"200", "401", "403"}),
        ("/api/auth/verify", "post", {"200", "401", "403"}),
    ],
)
def test_schema_lists_the_refusals(
    client: Client, path: str, method: str, statuses: set[str]
) -> None:
    responses = schema(client)["paths"][path][method]["responses"]
    assert set(responses) == statuses
    for status in statuses - {"200", "202"}:
        assert list(responses[status]["content"]) == ["application/problem+json"]
