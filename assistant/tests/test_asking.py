"""Real providers' clients against a server that fails in every way."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from uuid import uuid4

import pytest
from pytest_django import Settings

from assistant.asking import Start, ask
from assistant.errors import AllFailedError
from assistant.providers.base import End, Message, Prompt, Provider
from assistant.providers.gemini import GeminiProvider
from assistant.providers.openai import OpenAIProvider
from assistant.tests.ai_server import ANSWER, PINGS, AIServer, ai_server

KEY = "sk-VERYSECRETKEY-0123456789"
PROMPT = Prompt("You are kind.", (Message("user", "print(1/0) # my-own-code"),))
TIMEOUT_S = 1
FAULTS = {
    "status-400": "did not understand the request",
    "status-401": "refused the key",
    "status-403": "refused the key",
    "status-404": "does not know the model or the address",
    "status-429-7": "has been asked too often",
    "status-302": "is not followed",
    "status-500": "failed (status 500)",
    "status-503": "failed (status 503)",
    "hang-4": "did not answer in time",
    "stall-4": "did not answer in time",
    "cut": "broke off",
    "cut-cleanly": "broke off",
    "reset": "broke off",
    "empty": "gave an empty answer",
    "nothing": "broke off",
    "html": "something that is no answer",
    "nonsense": "something that is no answer",
    "deep": "something that is no answer",
    "broken": "failed",
    "flood": "without an end",
    "flood-line": "without an end",
}
KINDS = ["groq", "gemini"]


@pytest.fixture(scope="module")
def ai() -> Iterator[AIServer]:
    with ai_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _in_a_hurry(settings: Settings) -> None:
    settings.AI_TIMEOUT = TIMEOUT_S


def provider(ai: AIServer, kind: str, behaviour: str) -> Provider:
    """With a name of its own, so that nothing is known about it."""
    name = f"{kind}-{uuid4()}"
    if kind == "groq":
        return OpenAIProvider(name, "Groq", ai.groq(behaviour), KEY, "llama")
    return GeminiProvider(name, "Gemini", ai.gemini(behaviour), KEY, "gemini")


async def answer(*providers: Provider, prompt: Prompt = PROMPT) -> tuple[str, str, End]:
    """Who answered, with what, and the end."""
    pieces: AsyncGenerator[Start | str | End, None] = ask(prompt, providers)
    title, text = "", ""
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, Start):
                title, text = piece.provider.title, ""
            elif isinstance(piece, str):
                text += piece
            else:
                return title, text, piece
    raise AssertionError("no end")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("behaviour", ["ok", "whole", "paced-0.05", "late-0.5"])
async def test_healthy_provider_answers(ai: AIServer, kind: str, behaviour: str) -> None:
    title, text, end = await answer(provider(ai, kind, behaviour))
    assert text == ANSWER
    assert title.lower() == kind
    assert (end.usage.prompt_tokens, end.usage.answer_tokens) == (70, 30)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_fault_at_the_first_leads_to_the_second(ai: AIServer, kind: str, fault: str) -> None:
    other = KINDS[1 - KINDS.index(kind)]
    began = time.monotonic()
    title, text, _ = await answer(provider(ai, kind, fault), provider(ai, other, "ok"))
    assert time.monotonic() - began < TIMEOUT_S + 1
    assert title.lower() == other
    assert text == ANSWER


@pytest.mark.parametrize("fault", FAULTS)
async def test_fault_at_both_is_one_clear_error(
    ai: AIServer, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(AllFailedError) as caught:
        await answer(provider(ai, "groq", fault), provider(ai, "gemini", fault))
    detail = caught.value.detail
    assert f"Groq {FAULTS[fault]}" in detail or f"{FAULTS[fault]}" in detail.partition("Gemini")[0]
    assert "Gemini " in detail
    assert bool(caught.value.retry_after) == detail.endswith("Try again.")
    for text in (detail, *(record.getMessage() for record in caplog.records if _is_ours(record))):
        assert KEY not in text
        assert "my-own-code" not in text


@pytest.mark.parametrize("fault", ["status-401", "status-402", "status-404"])
async def test_who_cannot_help_it_is_sent_to_the_operator(ai: AIServer, fault: str) -> None:
    refused = provider(ai, "groq", fault), provider(ai, "gemini", "wrongkey")
    for rests in ("", ", and rests"):
        with pytest.raises(AllFailedError) as caught:
            await answer(*refused)
        assert f"Gemini refused the key{rests}. Asking again does not help" in caught.value.detail
        assert "the operator of this server" in caught.value.detail
        assert caught.value.retry_after is None
    with pytest.raises(AllFailedError, match="Try again"):
        await answer(provider(ai, "groq", "status-500"), refused[1])


async def test_declined_question_lets_the_others_ask(ai: AIServer) -> None:
    gemini = provider(ai, "gemini", "declined")
    for _ in range(2):
        with pytest.raises(AllFailedError, match=r"declined to answer\. Ask in other words"):
            await answer(gemini)
    title, _, _ = await answer(gemini, provider(ai, "groq", "ok"))
    assert title == "Groq"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", ["400", "413"])
async def test_question_too_long_for_one_lets_the_others_ask(
    ai: AIServer, kind: str, status: str
) -> None:
    small, other = provider(ai, kind, f"status-{status}"), provider(ai, KINDS[0], "ok")
    long = Prompt("You are kind.", (Message("user", "\N{GRINNING FACE}" * 2_000),))
    ai.asked.clear()
    for _ in range(2):
        _, text, _ = await answer(small, other, prompt=long)
        assert text == ANSWER
    assert len(ai.asked) == 4, "the first does not rest"
    with pytest.raises(AllFailedError, match="too long\\. Ask in other words, or about less code"):
        await answer(small, prompt=long)


def _is_ours(record: logging.LogRecord) -> bool:
    """What the site's logging lets through: see LOGGING in the settings."""
    return record.levelno >= logging.INFO and not record.name.startswith(("httpx2", "google_genai"))


@pytest.mark.parametrize("kind", KINDS)
async def test_key_travels_in_a_header_only(ai: AIServer, kind: str) -> None:
    ai.asked.clear()
    await answer(provider(ai, kind, "ok"))
    (asked,) = ai.asked
    assert KEY in str(asked["headers"])
    assert KEY not in asked["path"]
    assert KEY not in str(asked["body"])


@pytest.mark.parametrize("kind", KINDS)
async def test_half_a_character_harms_nobody(kind: str) -> None:
    with ai_server(lambda prompt: "So\ud800, and \N{GRINNING FACE}.") as ai:
        _, text, _ = await answer(provider(ai, kind, "ok"))
    assert text == "So\N{REPLACEMENT CHARACTER}, and \N{GRINNING FACE}."


@pytest.mark.parametrize("kind", KINDS)
async def test_character_in_two_pieces_is_one(kind: str) -> None:
    with ai_server(lambda prompt: "Twelve, and\ud83d\ude00.\ud83d") as ai:
        _, text, _ = await answer(provider(ai, kind, "ok"))
    assert text == "Twelve, and\N{GRINNING FACE}.\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("told", "most"), [("-5", 0), ("2000000000", 10_000_000)])
async def test_odd_cost_is_not_believed(ai: AIServer, kind: str, told: str, most: int) -> None:
    _, _, end = await answer(provider(ai, kind, f"boasts-{told}"))
    assert (end.usage.prompt_tokens, end.usage.answer_tokens) == (most, most)


async def test_rate_limited_provider_rests_as_long_as_it_asked(ai: AIServer) -> None:
    first, second = provider(ai, "groq", "status-429-60"), provider(ai, "gemini", "ok")
    await answer(first, second)
    ai.asked.clear()
    title, _, _ = await answer(first, second)
    assert title == "Gemini"
    assert len(ai.asked) == 1
    with pytest.raises(AllFailedError) as caught:
        await answer(first)
    assert "Groq has been asked too often, and rests" in caught.value.detail
    assert 50 < (caught.value.retry_after or 0) <= 60


@pytest.mark.parametrize("kind", KINDS)
async def test_caller_who_leaves_ends_the_question(ai: AIServer, kind: str) -> None:
    asked = provider(ai, kind, "paced-0.1")
    async with aclosing(ask(PROMPT, [asked])) as pieces:
        assert isinstance(await anext(pieces), Start)
    title, text, _ = await answer(asked)  # and nobody thinks that it failed
    assert (title.lower(), text) == (kind, ANSWER)


@pytest.mark.parametrize(
    ("kind", "ping"),
    [(kind, ping) for kind, pings in PINGS.items() for ping in pings],
)
async def test_signs_of_life_are_no_answer(ai: AIServer, kind: str, ping: str) -> None:
    ai.left.clear()
    began = time.monotonic()
    _, text, _ = await answer(provider(ai, kind, f"pings-{ping}"), provider(ai, kind, "ok"))
    assert time.monotonic() - began < TIMEOUT_S + 1
    assert text == ANSWER
    assert await asyncio.to_thread(ai.left.wait, 1), "nobody reads on"


async def test_caller_who_leaves_before_the_first_word_ends_the_question(
    ai: AIServer, settings: Settings
) -> None:
    settings.AI_TIMEOUT = 20
    ai.left.clear()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(answer(provider(ai, "groq", "pings-thought")), 0.5)
    assert await asyncio.to_thread(ai.left.wait, 1), "nobody reads on"


@pytest.mark.parametrize("kind", KINDS)
async def test_little_pieces_come_together_but_the_first_at_once(kind: str) -> None:
    long = "".join(f"word {number} " for number in range(400))
    with ai_server(lambda prompt: long) as ai:  # some 300 pieces
        asked = provider(ai, kind, "paced-0.002")
        async with aclosing(ask(PROMPT, [asked])) as pieces:
            texts = [piece async for piece in pieces if isinstance(piece, str)]
    assert "".join(texts) == long
    assert 3 < len(texts) < 60
    assert len(texts[0]) < 100
