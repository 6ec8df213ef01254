"""Keys and code stay out of logs, answers and pages, whatever providers do."""

import base64
import itertools
import json
import logging
import traceback
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.test import AsyncClient
from pytest_django import Settings

from assistant.configured import providers, setups
from assistant.models import Call
from assistant.providers.base import Message, Prompt, ProviderError
from assistant.resting import rests
from assistant.tests.ai_server import AIServer, ai_server
from assistant.tests.test_asking import FAULTS

KEYS = {
    "GROQ_API_KEY": "gsk_KEY/of+groq=&0123456789",
    "GEMINI_API_KEY": "AIza-KEY/of+gemini=&0123456789",
    "OPENAI_API_KEY": "sk-KEY/of+openai=&0123456789",
}
CODE = "my_own_secret_code"
QUESTION = {
    "action": "explain_error",
    "language": "python",
    "code": f"print({CODE})",
    "error": f"NameError: {CODE}",
    "stdin": CODE,
}
LEAST_LINES = 10_000
JSON, STREAM = "application/json", "text/event-stream"


def forms(secret: str) -> set[str]:
    """As it is and as it may be written; of base64, what stays the same wherever it begins."""
    data = secret.encode()
    coded = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), data.hex()}
    coded.add(json.dumps(secret)[1:-1])
    for before in range(3):
        for code in (base64.b64encode, base64.urlsafe_b64encode):
            coded.add(code(b"x" * before + data).decode()[4:-4])
    return coded


SECRETS = {form for key in KEYS.values() for form in forms(key)}


@pytest.fixture(scope="module")
def ai() -> Iterator[AIServer]:
    with ai_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _all_have_keys(settings: Settings) -> None:
    for name, key in KEYS.items():
        setattr(settings, name, key)
    settings.OPENAI_MODEL = "qwen"
    settings.AI_TIMEOUT = 0.3
    settings.AI_REQUESTS_PER_MINUTE = settings.AI_QUESTIONS_PER_DAY = 1_000_000
    settings.AI_TOKENS_PER_DAY = 1_000_000_000


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that anybody logs, also what the site's own levels keep back."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, name)
    return caplog


def play(ai: AIServer, settings: Settings, faults: tuple[str, str, str]) -> None:
    """What Groq, Gemini and the third do from now on; nobody rests."""
    settings.GROQ_BASE_URL = ai.groq(faults[0])
    settings.GEMINI_BASE_URL = ai.gemini(faults[1])
    settings.OPENAI_BASE_URL = ai.groq(faults[2])
    for name in ("groq", "gemini", "openai"):
        rests.succeeded(name)


async def staff_client() -> AsyncClient:
    user = await get_user_model().objects.acreate_superuser("root", "root@example.org", "x")
    client = AsyncClient()
    await client.aforce_login(user)
    return client


async def text_of(client: AsyncClient, method: str, path: str, **more: Any) -> str:
    response = await getattr(client, method)(path, **more)
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    if response.streaming:
        body = b"".join([piece async for piece in response.streaming_content])
    else:
        body = response.content
    return f"{headers}\n\n{body.decode()}"


async def answer(accept: str) -> str:
    return await text_of(
        AsyncClient(), "post", "/api/ai/assist", data=json.dumps(QUESTION),
        content_type=JSON, headers={"Accept": accept},
    )  # fmt: skip


async def pages(client: AsyncClient) -> list[str]:
    call = await Call.objects.afirst()
    assert call is not None
    paths = ("/api/ai/status", "/api/status", f"/admin/assistant/call/{call.pk}/change/")
    return [await text_of(client, "get", path) for path in paths]


@pytest.mark.django_db(transaction=True)
def test_ten_thousand_lines_hold_no_key_and_no_code(
    ai: AIServer, settings: Settings, log: pytest.LogCaptureFixture
) -> None:
    logged, shown = async_to_sync(_collected)(ai, settings, log)
    everything = "\n".join((logged, shown))
    for secret in SECRETS:
        assert secret not in everything
    assert CODE not in logged
    for name in ("urllib3", "assistant.asking"):
        assert name in logged, "these have logged"


async def _collected(
    ai: AIServer, settings: Settings, log: pytest.LogCaptureFixture
) -> tuple[str, str]:
    """What is logged and what is shown under all faults, together as many lines as wanted."""
    client = await staff_client()
    logged: list[str] = []
    shown: list[str] = []
    rounds = itertools.cycle(
        faults
        for fault in FAULTS
        for faults in ((fault, fault, fault), (fault, "ok", "ok"), ("status-401", fault, "ok"))
    )
    lines = turns = 0
    while lines < LEAST_LINES or turns < 3 * len(FAULTS):
        play(ai, settings, next(rounds))
        for accept in (JSON, STREAM):
            shown.append(await answer(accept))
            assert "all_providers_failed" in shown[-1] or '"success"' in shown[-1]
        shown += await pages(client)
        logged.append(log.text)
        log.clear()
        turns += 1
        lines = sum(bool(line.strip()) for text in (*logged, *shown) for line in text.split("\n"))
    return "\n".join(logged), "\n".join(shown)


@pytest.mark.parametrize("fault", FAULTS)
def test_no_exception_holds_a_key(ai: AIServer, settings: Settings, fault: str) -> None:
    play(ai, settings, (fault, fault, fault))
    for provider in providers():
        told = repr(provider) + repr(vars(provider))
        try:
            list(provider.stream(Prompt("Be kind.", (Message("user", CODE),)), 0.3))
        except ProviderError as error:
            told += repr(error) + "".join(traceback.format_exception(error))
        assert "ProviderError" in told or fault == "empty", "that one only comes to light later"
        for secret in (*SECRETS, CODE):
            assert secret not in told


def test_setups_do_not_show_their_keys() -> None:
    shown = repr(setups())
    assert "groq" in shown
    assert not any(secret in shown for secret in SECRETS)
