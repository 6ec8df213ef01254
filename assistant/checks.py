"""What stops the server from starting, with what to do about it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from assistant.addresses import address_problem
from assistant.configured import NAMES

_EXAMPLES = {
    "GROQ_BASE_URL": "https://api.groq.com/openai/v1",
    "GEMINI_BASE_URL": "https://generativelanguage.googleapis.com",
    "OPENAI_BASE_URL": "http://localhost:11434/v1",
}


@register()
def check_addresses(**kwargs: Any) -> list[CheckMessage]:
    problems = {name: address_problem(getattr(settings, name)) for name in _EXAMPLES}
    return [
        Error(f"{name} {problem}", hint=_hint(name), id="assistant.E001")
        for name, problem in problems.items()
        if problem
    ]


@register()
def check_providers(**kwargs: Any) -> list[CheckMessage]:
    unknown = [name for name in settings.AI_PROVIDERS if name not in NAMES]
    if not unknown:
        return []
    return [
        Error(
            f"AI_PROVIDERS names no provider that there is: {', '.join(unknown)}",
            hint=f"Write it as {','.join(NAMES)}, or some of these in another order.",
            id="assistant.E002",
        )
    ]


def _hint(name: str) -> str:
    key = name.replace("BASE_URL", "API_KEY")
    return f"Write it as {_EXAMPLES[name]}, without a key, which goes into {key}."
