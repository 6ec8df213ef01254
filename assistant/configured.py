"""The providers that the operator has set up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from assistant.addresses import gemini_base, openai_base
from assistant.providers.base import Provider

NAMES = ("groq", "gemini", "openai")  # as `AI_PROVIDERS` has them
_OPENAI = "assistant.providers.openai.OpenAIProvider"
_GEMINI = "assistant.providers.gemini.GeminiProvider"


@dataclass(frozen=True)
class Setup:
    """What a provider is made of. `path` is that of its class."""

    name: str
    path: str
    title: str
    base_url: str
    key: str = field(repr=False)
    model: str


def setups() -> tuple[Setup, ...]:
    """Of those that have what they need, in the order of `AI_PROVIDERS`; none is made by it."""
    usable = {setup.name: setup for setup in _usable()}
    names = dict.fromkeys(name for name in settings.AI_PROVIDERS if name in usable)
    return tuple(usable[name] for name in names)


def providers() -> tuple[Provider, ...]:
    """Those, ready to be asked. The first call may take a second, and is not for an event loop."""
    return tuple(map(_made, setups()))


def _usable() -> list[Setup]:
    groq = (
        "Groq",
        openai_base(settings.GROQ_BASE_URL, "/openai/v1"),
        settings.GROQ_API_KEY,
        settings.GROQ_MODEL,
    )
    gemini = (
        "Gemini",
        gemini_base(settings.GEMINI_BASE_URL),
        settings.GEMINI_API_KEY,
        settings.GEMINI_MODEL,
    )
    openai = (
        "The OpenAI-compatible server",
        openai_base(settings.OPENAI_BASE_URL, "/v1"),
        settings.OPENAI_API_KEY,
        settings.OPENAI_MODEL,
    )
    usable = []
    if settings.GROQ_API_KEY:
        usable.append(Setup("groq", _OPENAI, *groq))
    if settings.GEMINI_API_KEY:
        usable.append(Setup("gemini", _GEMINI, *gemini))
    if settings.OPENAI_MODEL:  # a server in the house may want no key
        usable.append(Setup("openai", _OPENAI, *openai))
    return usable


@cache
def _made(setup: Setup) -> Provider:
    """Google's library takes most of a second and 30 MB to load: only where it is used."""
    maker = cast("Callable[[str, str, str, str, str], Provider]", import_string(setup.path))
    return maker(setup.name, setup.title, setup.base_url, setup.key, setup.model)
