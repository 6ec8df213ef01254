"""Hints come first where they are to: the order holds whatever is asked."""

import json
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from assistant.models import Call
from assistant.resting import rests
from assistant.tests.ai_server import AIServer, ai_server
from conftest import require
from e2e.server import started

pytestmark = pytest.mark.django_db(transaction=True)

CODE = "one = 1\ntwo = 2\nthree = 3\nfour = 4\nprint(one / 0)\n"
MENDED = CODE.replace("/ 0", "/ 1")
ANSWER = f"Look there.\n\n```python main.py\n{MENDED}```\n"
FIX = {
    "action": "fix_error",
    "language": "python",
    "code": CODE,
    "error": "Traceback, line 5\nZeroDivisionError: division by zero",
    "verify": False,
}


@pytest.fixture
def ai(settings: Settings) -> Iterator[AIServer]:
    with ai_server(lambda prompt: ANSWER) as server:
        settings.GROQ_API_KEY = "secret"
        settings.GROQ_BASE_URL = server.groq()
        settings.AI_TEACHING = True
        settings.RATELIMIT_ENABLE = False
        rests.succeeded("groq")
        yield server


def guest() -> Client:
    client = Client(headers={"Origin": "http://testserver"})
    client.get("/workspaces")
    return client


def ask(client: Client, **changes: Any) -> dict[str, Any]:
    answer = client.post("/api/ai/assist", FIX | changes, content_type="application/json")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


async def answer_text(answer: Any) -> str:
    return b"".join([piece async for piece in answer]).decode()


def steps(client: Client, times: int = 4, **changes: Any) -> list[str]:
    return [ask(client, **changes)["step"] for _ in range(times)]


def test_client_that_knows_no_steps_gets_one_after_the_other(ai: AIServer) -> None:
    client = guest()
    answers = [ask(client) for _ in range(4)]
    assert [answer["step"] for answer in answers] == ["nudge", "explain", "show", "show"]
    assert [answer["next_step"] for answer in answers] == ["explain", "show", None, None]
    assert [answer["code"] for answer in answers] == [None, None, MENDED, MENDED]
    assert ["one / 1" in answer["response"] for answer in answers] == [False, False, True, True]
    assert "this is a nudge" in answers[0]["notes"][0]
    assert "this is the explanation" in answers[1]["notes"][0]
    assert answers[2]["notes"] == []
    assert "Neither the cause nor any code" in str(ai.asked[0]["body"])
    assert [call.step for call in Call.objects.order_by("pk")] == [
        "nudge",
        "explain",
        "show",
        "show",
    ]


def test_stream_ends_with_the_step_and_holds_no_code_before_it(ai: AIServer) -> None:
    accept = {"Accept": "text/event-stream"}
    answer = guest().post(
        "/api/ai/assist", FIX | {"html": True}, content_type="application/json", headers=accept
    )
    stream = async_to_sync(answer_text)(answer)
    assert '"step": "nudge", "next_step": "explain"' in stream
    assert "one / 1" not in stream


def test_who_asks_for_a_step_that_is_open_is_told_no_more(ai: AIServer) -> None:
    client = guest()
    first = ask(client, step="nudge")
    assert (first["step"], first["notes"]) == ("nudge", [])
    again = ask(client, step="nudge")
    assert (again["step"], again["next_step"]) == ("nudge", "explain")
    assert steps(client, 1, step="show") == ["explain"]


@pytest.mark.parametrize(
    "changes",
    [
        {"code": CODE + "five = 5\n"},
        {"error": "NameError: name 'x' is not defined"},
        {"files": [{"name": "lib.py", "content": "x = 1\n"}]},
        {"action": "optimize_code"},
        {"line": 7},
    ],
)
def test_another_question_begins_anew(ai: AIServer, changes: dict[str, Any]) -> None:
    client = guest()
    assert steps(client, 2) == ["nudge", "explain"]
    assert steps(client, 1, **changes) == ["nudge"]


def test_same_failure_of_another_run_goes_on(ai: AIServer) -> None:
    client = guest()
    errors = [f"at 0x{run}f after {run} ms\nError {run}: 0x{run}a" for run in range(3)]
    assert [ask(client, error=error)["step"] for error in errors] == ["nudge", "explain", "show"]


def test_optimisation_has_the_same_order(ai: AIServer) -> None:
    assert steps(guest(), 3, action="optimize_code") == ["nudge", "explain", "show"]


def test_explaining_never_shows_the_fix(ai: AIServer) -> None:
    client = guest()
    assert steps(client, 3, action="explain_error") == ["nudge", "explain", "explain"]
    assert ask(client)["step"] == "show", "it is the same failure"
    answer = ask(client, action="explain_code", question="Just write it for me")
    assert (answer["step"], answer["next_step"], answer["notes"]) == ("explain", None, [])
    assert "one / 1" not in answer["response"]


def test_each_person_has_their_own_steps(ai: AIServer) -> None:
    ada, grace, user = guest(), guest(), Client(headers={"Origin": "http://testserver"})
    user.force_login(User.objects.create_user("ada", "ada@example.org"))
    assert steps(ada, 2) == ["nudge", "explain"]
    assert steps(grace, 1) == ["nudge"]
    assert steps(user, 1) == ["nudge"]


def test_step_that_nobody_was_given_opens_nothing(ai: AIServer, settings: Settings) -> None:
    client = guest()
    settings.GROQ_BASE_URL = ai.groq("status-500")
    failed = client.post("/api/ai/assist", FIX, content_type="application/json")
    assert failed.status_code == 502
    rests.succeeded("groq")
    settings.GROQ_BASE_URL = ai.groq()
    assert steps(client, 1) == ["nudge"]


def test_questions_at_once_get_the_same_step(ai: AIServer, tmp_path: Path) -> None:
    require("bubblewrap")
    settings_of_server = {
        "GROQ_API_KEY": "secret",
        "GROQ_BASE_URL": ai.groq("late-0.5"),
        "AI_TEACHING": "true",
    }
    with started("bubblewrap", tmp_path, settings_of_server) as server:

        def step_of(wish: str) -> str:
            request = urllib.request.Request(
                f"{server.url}/api/ai/assist",
                json.dumps(FIX | {"step": wish}).encode(),
                {"Content-Type": "application/json"},
            )
            with urllib.request.urlopen(request, timeout=30) as response:
                return str(json.load(response)["step"])

        with ThreadPoolExecutor() as threads:
            assert set(threads.map(step_of, ["nudge", "explain", "show", "show"])) == {"nudge"}
            assert set(threads.map(step_of, ["show", "show", "show"])) == {"explain"}


def test_staff_and_sites_without_teaching_get_what_they_ask_for(
    ai: AIServer, settings: Settings
) -> None:
    staff = Client(headers={"Origin": "http://testserver"})
    staff.force_login(User.objects.create_user("root", "root@example.org", is_staff=True))
    assert staff.get("/api/ai/status").json()["teaching"] is False
    assert guest().get("/api/ai/status").json()["teaching"] is True
    assert steps(staff, 1) == ["show"]
    settings.AI_TEACHING = False
    client = guest()
    answer = ask(client)
    assert (answer["step"], answer["next_step"], answer["code"]) == ("show", None, MENDED)
    assert guest().get("/api/ai/status").json()["teaching"] is False
