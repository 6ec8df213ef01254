"""How questions are noted, whatever becomes of them."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from assistant.answering import Answer, Piece
from assistant.asking import Start
from assistant.calls import Asker, noted
from assistant.errors import BusyError
from assistant.models import Call
from assistant.providers.base import End, Usage
from assistant.providers.openai import OpenAIProvider
from assistant.questions import Question
from sandbox.languages import LANGUAGES

pytestmark = pytest.mark.django_db(transaction=True)

START = Start(OpenAIProvider("groq", "Groq", "http://localhost", "", "llama"), prompt_size=400)
ANSWER = Answer("Fine.", "groq", "llama")


async def note(*pieces: Piece | End, then: BaseException | None = None) -> Call:
    async def given() -> AsyncGenerator[Piece | End, None]:
        for piece in pieces:
            yield piece
        if then:
            raise then

    question = Question("explain_error", LANGUAGES["python"], error="No.")
    seen = noted(question, Asker(None, "address:192.0.2.1"), given())
    if then:
        with pytest.raises(type(then)):
            [piece async for piece in seen]
    else:
        assert [piece async for piece in seen] == [
            piece for piece in pieces if not isinstance(piece, End)
        ]
    return await Call.objects.aget()


async def test_what_a_provider_tells_is_counted() -> None:
    call = await note(START, "Fine.", End(Usage(70, 30)), ANSWER)
    assert (call.prompt_tokens, call.answer_tokens) == (70, 30)


async def test_cost_that_is_not_told_is_estimated() -> None:
    call = await note(START, "Fine, and", " good.", End(Usage()), ANSWER)
    assert (call.prompt_tokens, call.answer_tokens) == (100, 15 // 4)


async def test_what_another_took_over_is_counted_too() -> None:
    call = await note(START, "Half a", START, "Fine.", End(Usage(70, 30)), ANSWER)
    assert (call.prompt_tokens, call.answer_tokens) == (100 + 70, 6 // 4 + 30)


@pytest.mark.parametrize(
    ("error", "why"),
    [(BusyError(), "assistant_busy"), (ZeroDivisionError("my-own"), "ZeroDivisionError")],
)
async def test_refusal_and_crash_are_failures(error: Exception, why: str) -> None:
    call = await note(then=error)
    assert (call.outcome, call.failures) == ("failed", why)


async def test_asker_who_cancels_has_left() -> None:
    call = await note(START, "Half a", then=asyncio.CancelledError())
    assert (call.outcome, call.failures) == ("left", "")
