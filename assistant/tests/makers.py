"""What was asked before."""

from datetime import datetime
from typing import Any

from accounts.models import User
from assistant.models import Call


def make_call(user: User | None = None, *, at: datetime | None = None, **changes: Any) -> Call:
    """Now, unless it says when."""
    fields = {
        "subject": f"user:{user.pk}" if user else "address:192.0.2.1",
        "action": "fix_error",
        "language": "python",
        "prompt_version": 1,
        "provider": "groq",
        "model": "llama",
        "outcome": "answered",
        "latency_ms": 900,
        "prompt_tokens": 70,
        "answer_tokens": 30,
    }
    call = Call.objects.create(user=user, **fields | changes)
    if at:
        Call.objects.filter(pk=call.pk).update(created_at=at)
    return call
