"""Base URLs, however an operator writes them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from assistant.addresses import gemini_base, openai_base
from assistant.checks import check_addresses
from assistant.configured import providers
from assistant.providers.base import Message, Prompt
from assistant.tests.ai_server import ANSWER, AIServer, ai_server
from e2e.server import ROOT

PROMPT = Prompt("Be kind.", (Message("user", "Why?"),))


@pytest.fixture(scope="module")
def ai() -> Iterator[AIServer]:
    with ai_server() as server:
        yield server


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("http://localhost:11434/", "http://localhost:11434/v1"),
        ("http://localhost:11434/v1", "http://localhost:11434/v1"),
        ("http://localhost:11434/v1/", "http://localhost:11434/v1"),
        ("http://localhost:11434/v1/chat/completions", "http://localhost:11434/v1"),
        ("https://proxy.example/of/ours//", "https://proxy.example/of/ours"),
        ("http://[::1]:8080", "http://[::1]:8080/v1"),
    ],
)
def test_path_is_added_where_there_is_none(given: str, base: str) -> None:
    assert openai_base(given, "/v1") == base


@pytest.mark.parametrize("end", ["", "/", "/v1beta", "/v1beta/", "/v1"])
def test_version_of_gemini_is_the_librarys(end: str) -> None:
    assert gemini_base(f"https://proxy.example/google{end}") == "https://proxy.example/google"


@pytest.mark.parametrize(
    ("name", "end"),
    [
        *(("GROQ", end) for end in ("", "/", "/openai/v1", "/openai/v1/", "/v1")),
        *(("OPENAI", end) for end in ("", "/", "/v1", "/v1/", "/v1/chat/completions")),
        *(("GEMINI", end) for end in ("", "/", "/v1", "/v1beta/")),
    ],
)
def test_provider_is_found(ai: AIServer, settings: Settings, name: str, end: str) -> None:
    setattr(settings, f"{name}_API_KEY", "secret")
    setattr(settings, f"{name}_BASE_URL", f"{ai.root}{end}")
    settings.OPENAI_MODEL = "qwen" if name == "OPENAI" else ""
    (provider,) = providers()
    *texts, _ = provider.stream(PROMPT, 5)
    assert "".join(map(str, texts)) == ANSWER


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("api.groq.com/openai/v1", "does not begin with http"),
        ("localhost:11434", "does not begin with http"),
        ("ftp://localhost/v1", "does not begin with http"),
        ("http://", "is no URL"),
        ("http://[::1", "is no URL"),
        ("http://local host/v1", "is no URL"),
        ("http://localhost:port/v1", "is no URL"),
        ("https://me:sk-secret@localhost/v1", "holds a user name or a password"),
        ("https://localhost/v1?key=sk-secret", "has more behind its path"),
    ],
)
def test_what_is_no_address_is_an_error(settings: Settings, url: str, problem: str) -> None:
    settings.OPENAI_BASE_URL = url
    (error,) = check_addresses()
    assert error.id == "assistant.E001"
    assert error.msg.startswith(f"OPENAI_BASE_URL {problem}")
    assert "sk-secret" not in str(error)


def test_server_does_not_start_with_it(tmp_path: Path) -> None:
    data_dir = {"ENV_FILE": os.devnull, "DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "serve"],
        env=os.environ | data_dir | {"GROQ_BASE_URL": "api.groq.com/openai/v1"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "(assistant.E001) GROQ_BASE_URL does not begin with http" in done.stderr
    assert "Write it as https://api.groq.com/openai/v1, without a key" in done.stderr
