"""A user's questions to the assistant as files, for them to take along."""

import json
from collections.abc import AsyncIterator
from typing import Any

from assistant.models import Call


async def call_files(user_id: int) -> AsyncIterator[tuple[str, bytes]]:
    """`(path, content)` of every question, the oldest first; one in memory."""
    ids = Call.objects.filter(user=user_id).order_by("created_at").values_list("pk", flat=True)
    for pk in [pk async for pk in ids]:
        if call := await Call.objects.filter(pk=pk).afirst():  # else deleted since
            path = f"assistant/{call.created_at:%Y-%m-%d_%H%M%S}_{call.action}_{pk}.json"
            yield path, json.dumps(_facts(call), indent=2, ensure_ascii=False).encode()


def _facts(call: Call) -> dict[str, Any]:
    """What was asked and answered is there where the server kept it."""
    return {
        "created_at": call.created_at.isoformat(),
        "action": call.action,
        "language": call.language,
        "provider": call.provider,
        "model": call.model,
        "outcome": call.outcome,
        "verdict": call.verdict,
        "failures": call.failures,
        "first_text_ms": call.first_text_ms,
        "latency_ms": call.latency_ms,
        "prompt_tokens": call.prompt_tokens,
        "answer_tokens": call.answer_tokens,
        "asked": json.loads(call.asked) if call.asked else None,
        "answered": call.answered or None,
    }
