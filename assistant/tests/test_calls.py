"""What is counted, and what staff can see afterwards, from a server as it runs."""

import json
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.tests.ai_server import AIServer, ai_server
from cloudrun.tests.windows import wait_for_room
from conftest import require
from e2e.server import Server, started

KEY = "gsk_VERYSECRET"
BODY = {"action": "explain_error", "language": "python", "error": "ZeroDivisionError: my-own-words"}


@pytest.fixture(scope="module")
def ai() -> Iterator[AIServer]:
    with ai_server() as server:
        yield server


def serving(ai: AIServer, data_dir: Path, groq: str = "ok", **settings: str) -> Any:
    require("bubblewrap")
    keys = {
        "GROQ_API_KEY": KEY,
        "GROQ_BASE_URL": ai.groq(groq),
        "GEMINI_API_KEY": KEY,
        "GEMINI_BASE_URL": ai.gemini("status-500"),
    }
    return started("bubblewrap", data_dir, {**keys, "DATABASE_URL": "", **settings})


def asking(server: Server, accept: str = "application/json", **changes: Any) -> Any:
    request = urllib.request.Request(
        f"{server.url}/api/ai/assist",
        json.dumps(BODY | changes).encode(),
        {"Content-Type": "application/json", "Accept": accept},
    )
    return urllib.request.urlopen(request, timeout=30)


def frames(answer: Any) -> list[dict[str, Any]]:
    lines = answer.read().decode().split("\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line]


def calls(data_dir: Path) -> list[dict[str, Any]]:
    with sqlite3.connect(data_dir / "cloudrun.db") as database:
        database.row_factory = sqlite3.Row
        rows = database.execute("SELECT * FROM assistant_call ORDER BY id")
        return [dict(row) for row in rows]


def test_calls_are_noted_without_texts_and_keys(ai: AIServer, tmp_path: Path) -> None:
    with serving(ai, tmp_path) as server:
        whole = json.load(asking(server))
        stream = frames(asking(server, "text/event-stream"))
        log = server.log.read_text()
    assert [frame["type"] for frame in stream][:2] == ["start", "text"]
    assert "".join(frame.get("content", "") for frame in stream) == whole["response"]
    assert stream[-1] == {"type": "answer", **whole}
    assert whole["code"] is None
    noted = calls(tmp_path)
    assert [(call["outcome"], call["provider"], call["action"]) for call in noted] == [
        ("answered", "groq", "explain_error")
    ] * 2
    assert (noted[0]["prompt_tokens"], noted[0]["answer_tokens"]) == (70, 30)
    assert noted[0]["first_text_ms"] <= noted[0]["latency_ms"]
    for secret in (KEY, "my-own-words", "divided by zero"):
        assert secret not in str(noted)
        assert secret not in log


def test_failure_of_all_is_a_problem_and_noted(ai: AIServer, tmp_path: Path) -> None:
    with serving(ai, tmp_path, "cut") as server:
        with pytest.raises(urllib.error.HTTPError) as caught:
            asking(server)
        problem = json.load(caught.value)
        stream = frames(asking(server, "text/event-stream"))
        log = server.log.read_text()
    assert caught.value.code == 502
    assert "WARNING django.request: Bad Gateway: /api/ai/assist" in log
    assert "ERROR" not in log
    assert int(caught.value.headers["Retry-After"]) >= 1
    assert "Groq cannot be reached, or broke off; Gemini failed (status 500)" in problem["detail"]
    assert KEY not in str(problem)
    assert stream[-1]["type"] == "error"
    assert stream[-1]["problem"]["status"] == 502
    assert "Groq" in calls(tmp_path)[0]["failures"]
    assert {call["outcome"] for call in calls(tmp_path)} == {"failed"}
    assert calls(tmp_path)[0]["prompt_tokens"] > 100, "what broke off has been read"
    assert calls(tmp_path)[0]["answer_tokens"] == 24 // 4  # two pieces


def test_texts_are_kept_where_the_operator_wants_them(ai: AIServer, tmp_path: Path) -> None:
    with serving(ai, tmp_path, AI_LOG_TEXT="true") as server:
        asking(server, error="my-own-words \x00").read()
    (call,) = calls(tmp_path)
    assert "my-own-words" in call["asked"]
    assert "divided by zero" in call["answered"]
    assert KEY not in str(call)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("AI_REQUESTS_PER_MINUTE", "2 times a minute"),
        ("AI_QUESTIONS_PER_DAY", "2 times a day"),
        ("AI_TOKENS_PER_DAY", "tokens a day"),
    ],
)
def test_quotas_hold(ai: AIServer, tmp_path: Path, setting: str, words: str) -> None:
    limit = "150" if "TOKENS" in setting else "2"
    with serving(ai, tmp_path, **{setting: limit}) as server:
        wait_for_room()
        for _ in range(2):
            asking(server).read()
        with pytest.raises(urllib.error.HTTPError) as caught:
            asking(server)
    assert caught.value.code == 429
    assert int(caught.value.headers["Retry-After"]) >= 1
    assert words in json.load(caught.value)["detail"]


def test_asker_who_leaves_is_noted(ai: AIServer, tmp_path: Path) -> None:
    with serving(ai, tmp_path, "paced-0.5") as server:
        answer = asking(server, "text/event-stream")
        answer.readline()
        answer.close()
        asking(server).read()
    left, answered = calls(tmp_path)
    assert left["outcome"] == "left"
    assert left["prompt_tokens"] > 100, "it has been read"
    assert 0 < left["answer_tokens"] < answered["answer_tokens"]


def test_second_round_is_counted_though_nothing_comes_of_it(tmp_path: Path) -> None:
    wrong = "So.\n\n```python main.py\nprint(2 / 0)\n```\n"
    with (
        ai_server(lambda prompt: "No." if "Your proposal was run" in prompt else wrong) as ai,
        serving(ai, tmp_path) as server,
    ):
        answer = json.load(asking(server, action="fix_error", code="print(1 / 0)\n"))
    assert answer["verdict"]["status"] == "failed"
    (call,) = calls(tmp_path)
    assert (call["prompt_tokens"], call["answer_tokens"]) == (140, 60)
