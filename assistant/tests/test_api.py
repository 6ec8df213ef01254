import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from assistant.answering import Piece
from assistant.api import _messages
from assistant.questions import Question
from assistant.selectors import provider_status
from sandbox.languages import LANGUAGES

pytestmark = pytest.mark.django_db

BODY = {
    "action": "fix_error",
    "language": "python",
    "code": "print(1/0)",
    "error": "ZeroDivisionError",
}


def assist(**changes: Any) -> Any:
    body = json.dumps(BODY | changes)
    return APIClient().post("/api/ai/assist", body, content_type="application/json")


def fields_at_fault(response: Any) -> set[str]:
    return {error["field"] for error in response.json()["errors"]}


def test_status_promises_nothing_without_a_provider() -> None:
    response = APIClient().get("/api/ai/status")
    assert response.status_code == 200
    assert response.json() == {
        "enabled": False,
        "provider": None,
        "providers": [],
        "teaching": False,
    }
    assert provider_status() == {"status": "disabled", "provider": None}


async def test_unforeseen_failure_ends_a_stream_with_an_error() -> None:
    async def pieces() -> AsyncGenerator[Piece, None]:
        yield "So far"
        raise ZeroDivisionError

    question = Question("explain_error", LANGUAGES["python"], error="No.")
    frames = [frame async for frame in _messages(question, pieces(), None)]
    assert '"So far"' in frames[0]
    assert '"type": "error"' in frames[-1]
    assert '"status": 500' in frames[-1]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("groq,gemini,openai", ["groq", "gemini"]),
        ("gemini,nobody,groq,gemini", ["gemini", "groq"]),
        ("openai", []),
    ],
)
def test_status_names_the_providers_in_the_order_of_the_settings(
    settings: Settings, order: str, expected: list[str]
) -> None:
    settings.GROQ_API_KEY = settings.GEMINI_API_KEY = "secret"
    settings.AI_PROVIDERS = order.split(",")
    answer = APIClient().get("/api/ai/status").json()
    assert [provider["name"] for provider in answer["providers"]] == expected
    assert answer["enabled"] is bool(expected)
    assert answer["provider"] == (expected[0] if expected else None)
    assert "secret" not in str(answer)


def test_server_that_speaks_as_openai_does_needs_a_model_and_no_key(settings: Settings) -> None:
    settings.OPENAI_MODEL = "qwen"
    answer = APIClient().get("/api/ai/status").json()
    assert answer["providers"] == [{"name": "openai", "model": "qwen"}]


@pytest.mark.parametrize(
    "given",
    [
        {"action": "fix_error"},
        {"action": "explain_error", "code": None},
        {"action": "explain_code", "error": ""},
        {"action": "optimize_code", "error": None},
        {"action": "explain_code", "code": "print('\x00')"},
        {"language": "ubuntu", "unknown": "field"},
    ],
)
def test_guest_with_a_complete_request_is_told_that_no_provider_is_configured(
    given: dict[str, Any],
) -> None:
    response = assist(**given)
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert "No AI provider is configured" in response.json()["detail"]


@pytest.mark.parametrize(
    ("action", "missing"),
    [
        ("fix_error", {"code"}),
        ("fix_error", {"error"}),
        ("fix_error", {"code", "error"}),
        ("explain_error", {"error"}),
        ("explain_code", {"code"}),
        ("optimize_code", {"code"}),
    ],
)
@pytest.mark.parametrize("blank", ["", " \n\t", None])
def test_what_the_action_needs_is_asked_for(
    action: str, missing: set[str], blank: str | None
) -> None:
    response = assist(action=action, **dict.fromkeys(missing, blank))
    assert response.status_code == 400
    assert fields_at_fault(response) == missing


@pytest.mark.parametrize("field", ["action", "language"])
@pytest.mark.parametrize(
    "value", ["", "basic", "PYTHON", "\ud800", "a\x00", None, 5, True, ["python"], {"a": 1}]
)
def test_unknown_action_or_language_is_refused(field: str, value: Any) -> None:
    response = assist(**{field: value})
    assert response.status_code == 400
    assert fields_at_fault(response) == {field}


@pytest.mark.parametrize("field", ["code", "error"])
@pytest.mark.parametrize("value", [5, True, ["x"], {"a": 1}, "\ud800"])
def test_code_or_error_of_another_type_is_refused(field: str, value: Any) -> None:
    response = assist(**{field: value})
    assert response.status_code == 400
    assert fields_at_fault(response) == {field}


def test_question_is_as_long_as_the_page_lets_it_be() -> None:
    assert assist(question="?" * 2000).status_code == 503
    response = assist(question="?" * 2001)
    assert response.status_code == 400
    assert fields_at_fault(response) == {"question"}
    assert "no more than 2000 characters" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize("field", ["action", "language", "code", "error"])
def test_missing_field_is_named(field: str) -> None:
    body = {name: value for name, value in BODY.items() if name != field}
    response = APIClient().post("/api/ai/assist", body, format="json")
    assert response.status_code == 400
    assert fields_at_fault(response) == {field}


def test_bad_token_is_refused() -> None:
    response = APIClient().get("/api/ai/status", headers={"Authorization": "Bearer nonsense"})
    assert response.status_code == 401
