"""What providers propose is run in real sandboxes before it is called good."""

import json
import socket
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.tests.ai_server import AIServer, ai_server
from conftest import require
from e2e.server import Server, started
from sandbox.tests.callers import new_user

PROGRAMS: list[tuple[str, dict[str, str]]] = [
    (language, program)
    for language, programs in tomllib.loads(
        Path(__file__).with_name("broken_programs.toml").read_text()
    ).items()
    for program in programs
]
IDS = [f"{language}-{number}" for number, (language, _) in enumerate(PROGRAMS)]

GUARDING = [
    (kind, program)
    for kind, programs in tomllib.loads(
        Path(__file__).with_name("guarding_fixes.toml").read_text()
    ).items()
    for program in programs
]
RAN = "Ran with your input: exit 0."
GUARDED = {
    "passed": ("unclear", f"{RAN} But the line that failed did not run this time."),
    "see": (
        "unclear",
        f"{RAN} But it only adds a condition: see whether all that you want still runs.",
    ),
    "mended": ("verified", RAN),
}

# Reach out for the canary and the listener of the test, then do as the right fix does.
EVIL = {
    "python": (
        "import os, socket\n"
        "for path in ({canary!r}, '/etc/evil', '/var/evil'):\n"
        "    try:\n        open(path, 'w').write('evil')\n    except OSError: pass\n"
        "try: socket.create_connection(('127.0.0.1', {port}), 1)\nexcept OSError: pass\n"
        "os.system('kill -9 -1' if os.getpid() > 100000 else 'true')\n"
    ),
    "nodejs": (
        "try {{ require('fs').writeFileSync({canary!r}, 'evil'); }} catch {{}}\n"
        "require('net').connect({port}, '127.0.0.1').on('error', () => {{}});\n"
    ),
    "ubuntu": (
        "(echo evil > {canary}) 2>/dev/null\n(echo > /dev/tcp/127.0.0.1/{port}) 2>/dev/null\n"
    ),
}


def scripted(prompt: str) -> str:
    """The answer of the kind that the asker's last word names, to the program in the prompt."""
    kind = next(kind for kind in ("RIGHT", "WRONG", "EVIL:") if kind in prompt)
    for _, program in PROGRAMS:
        if program["code"] in prompt:
            code = program["wrong" if kind == "WRONG" else "right"]
            if kind == "EVIL:":
                code = json.loads(prompt.rpartition("EVIL:")[2].partition("\n")[0]) + code
            return f"This is why.\n\n````{kind}\n{code}````\n"
    raise AssertionError("an unknown program")


@pytest.fixture(scope="module")
def ai() -> Iterator[AIServer]:
    with ai_server(scripted) as server:
        yield server


@pytest.fixture(scope="module")
def server(ai: AIServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    require("bubblewrap")
    settings = {
        "GROQ_API_KEY": "gsk_secret",
        "GROQ_BASE_URL": ai.groq(),
        "AI_REQUESTS_PER_MINUTE": "1000",
    }
    with started("bubblewrap", tmp_path_factory.mktemp("trials"), settings) as server:
        yield server


def assist(server: Server, language: str, program: dict[str, str], question: str) -> dict[str, Any]:
    body = {
        "action": "fix_error",
        "language": language,
        "code": program["code"],
        "stdin": program.get("stdin", ""),
        "error": "It failed.",
        "question": question,
    }
    request = urllib.request.Request(
        f"{server.url}/api/ai/assist",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


@pytest.mark.parametrize(("language", "program"), PROGRAMS, ids=IDS)
def test_right_fix_is_shown_as_verified(
    server: Server, language: str, program: dict[str, str]
) -> None:
    answer = assist(server, language, program, "RIGHT")
    assert answer["code"] == program["right"]
    assert answer["verdict"]["status"] == "verified", answer["verdict"]
    assert answer["verdict"]["message"] == "Ran with your input: exit 0."


@pytest.mark.parametrize(("language", "program"), PROGRAMS, ids=IDS)
def test_wrong_fix_is_never_shown_as_verified(
    server: Server, ai: AIServer, language: str, program: dict[str, str]
) -> None:
    ai.asked.clear()
    verdict = assist(server, language, program, "WRONG")["verdict"]
    assert verdict["status"] in {"failed", "unclear"}, verdict
    if verdict["status"] == "failed":
        assert len(ai.asked) == 2, "the provider has one more try, with the error"
        assert "Your proposal was run" in str(ai.asked[1]["body"])


def propose(server: Server, ai: AIServer, language: str, code: str, fix: str) -> dict[str, Any]:
    """The verdict on a fix."""
    scripted, ai.answer = ai.answer, lambda prompt: f"So.\n\n```\n{fix}```\n"
    try:
        verdict: dict[str, Any] = assist(server, language, {"code": code}, "Mend it.")["verdict"]
    finally:
        ai.answer = scripted
    return verdict


@pytest.mark.parametrize(("kind", "program"), GUARDING)
def test_fix_that_only_adds_a_condition_is_told_from_one_that_mends(
    server: Server, ai: AIServer, kind: str, program: dict[str, str]
) -> None:
    verdict = propose(server, ai, program["language"], program["code"], program["fix"])
    assert (verdict["status"], verdict["message"]) == GUARDED[kind]


def test_proposal_that_prints_without_an_end_is_told_as_such(server: Server, ai: AIServer) -> None:
    fix = "print(1)\nwhile True: print('x' * 10_000)\n"
    verdict = propose(server, ai, "python", "print(1)\nprint(1 / 0)\n", fix)
    assert verdict["status"] == "failed"
    assert verdict["message"].endswith("Your program printed more than 1 MB and was stopped.")


def test_error_that_is_caught_in_silence_is_not_mended(server: Server, ai: AIServer) -> None:
    fix = "try:\n    print(1 / 0)\nexcept ZeroDivisionError:\n    pass\n"
    verdict = propose(server, ai, "python", "print(1)\nprint(1 / 0)\n", f"print(1)\n{fix}")
    assert verdict["status"] == "unclear"
    assert "it catches errors" in verdict["message"]


def test_first_proposal_is_streamed_again_where_the_second_is_none(
    server: Server, ai: AIServer
) -> None:
    """Whoever reads along has seen the second round's text by then."""
    _, program = PROGRAMS[0]
    wrong = f"Wrong.\n\n```python\n{program['code']}#\n```\n"
    before, ai.answer = (
        ai.answer,
        lambda prompt: "No idea." if "Your proposal was run" in prompt else wrong,
    )
    body = {"action": "fix_error", "language": "python", "code": program["code"], "error": "No."}
    request = urllib.request.Request(
        f"{server.url}/api/ai/assist",
        json.dumps(body | {"html": True}).encode(),
        {"Content-Type": "application/json", "Accept": "text/event-stream"},
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            events = response.read().decode().split("\n\n")
    finally:
        ai.answer = before
    frames = [json.loads(event.removeprefix("data: ")) for event in events if event]
    last_start = max(n for n, frame in enumerate(frames) if frame["type"] == "start")
    texts = [frame["content"] for frame in frames[last_start:] if frame["type"] == "text"]
    drawn = "".join(frame.get("finished", "") for frame in frames[last_start:])
    assert frames[-1]["verdict"]["status"] == "failed"
    assert "".join(texts) == frames[-1]["response"] == wrong
    assert "Wrong." in drawn
    assert "No idea" not in drawn


def test_what_cannot_be_tried_costs_no_run(server: Server, ai: AIServer) -> None:
    scripted, ai.answer = ai.answer, lambda prompt: "So.\n\n```python main.py\nprint(1)\n```\n"
    asker = new_user(server)
    body = {"action": "fix_error", "language": "python", "error": "No."}
    try:
        for code, runs in (("print(1 / 0)\n" * 2_000, 0), ("print(1 / 0)\n", 2)):
            answer = asker.post("/api/ai/assist", json=body | {"code": code}).json()
            assert bool(answer["verdict"]) == bool(answer["files"]) == bool(runs)
            assert len(asker.get("/api/runs").json()["runs"]) == runs
    finally:
        ai.answer = scripted


@pytest.mark.parametrize(
    ("said", "turns", "is_told"),
    [
        ("So.\n\n```python\nprint(1 / 0)\n```\n", [], True),
        ("It is as good as it gets.", [], True),
        ("Because of the zero.", [{"role": "assistant", "content": "So."}], False),
    ],
)
def test_answer_without_a_change_says_so(
    server: Server, ai: AIServer, said: str, turns: list[dict[str, str]], is_told: bool
) -> None:
    scripted, ai.answer = ai.answer, lambda prompt: said
    body = {"action": "optimize_code", "language": "python", "code": "print(1 / 0)"}
    try:
        answer = new_user(server).post("/api/ai/assist", json=body | {"turns": turns}).json()
    finally:
        ai.answer = scripted
    assert (answer["verdict"], answer["files"]) == (None, [])
    assert answer["notes"] == ["The answer proposes no change; nothing was tried."] * is_told


@pytest.mark.parametrize("language", EVIL)
def test_malicious_fix_changes_nothing_outside_the_sandbox(
    server: Server, tmp_path: Path, language: str
) -> None:
    canary = tmp_path / "canary"
    program = next(program for name, program in PROGRAMS if name == language)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        evil = EVIL[language].format(canary=str(canary), port=listener.getsockname()[1])
        answer = assist(server, language, program, f"EVIL:{json.dumps(evil)}")
        with pytest.raises(TimeoutError):
            listener.accept()
    assert answer["verdict"]["execution_id"]
    assert not canary.exists()
    assert not Path("/etc/evil").exists()
