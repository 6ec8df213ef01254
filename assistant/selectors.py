"""What the assistant can do now."""

from dataclasses import dataclass
from typing import Literal, TypedDict

from assistant.configured import setups


@dataclass(frozen=True)
class Provider:
    """A configured AI service; never its key."""

    name: str
    model: str


class ProviderStatus(TypedDict):
    status: Literal["ok", "disabled"]
    provider: str | None


def assistant_enabled() -> bool:
    return bool(setups())


def provider_list() -> list[Provider]:
    """The providers that can be asked, the first choice first."""
    return [Provider(setup.name, setup.model) for setup in setups()]


def provider_status() -> ProviderStatus:
    """The assistant's line of `/api/status`."""
    providers = provider_list()
    if not providers:
        return {"status": "disabled", "provider": None}
    return {"status": "ok", "provider": providers[0].name}
