"""The providers that the operator has set up."""

from collections.abc import Callable
from functools import cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from assistant.providers.base import Provider

_OPENAI = "assistant.providers.openai.OpenAIProvider"
_GEMINI = "assistant.providers.gemini.GeminiProvider"


def providers() -> tuple[Provider, ...]:
    """Those that have what they need, in the order of `AI_PROVIDERS`."""
    makers = {
        "groq": (
            _OPENAI,
            "Groq",
            settings.GROQ_BASE_URL,
            settings.GROQ_API_KEY,
            settings.GROQ_MODEL,
        ),
        "gemini": (
            _GEMINI,
            "Gemini",
            settings.GEMINI_BASE_URL,
            settings.GEMINI_API_KEY,
            settings.GEMINI_MODEL,
        ),
        "openai": (
            _OPENAI,
            "The OpenAI-compatible server",
            settings.OPENAI_BASE_URL,
            settings.OPENAI_API_KEY,
            settings.OPENAI_MODEL,
        ),
    }
    return tuple(_made(name, *makers[name]) for name in provider_names())


def provider_names() -> tuple[str, ...]:
    """Of those, without making them."""
    is_usable = {
        "groq": bool(settings.GROQ_API_KEY),
        "gemini": bool(settings.GEMINI_API_KEY),
        "openai": bool(settings.OPENAI_MODEL),
    }
    return tuple(dict.fromkeys(name for name in settings.AI_PROVIDERS if is_usable.get(name)))


@cache
def _made(name: str, path: str, title: str, base_url: str, key: str, model: str) -> Provider:
    """Google's library takes most of a second to load: only where it is used."""
    maker = cast("Callable[[str, str, str, str, str], Provider]", import_string(path))
    return maker(name, title, base_url, key, model)
