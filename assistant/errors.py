"""Why the assistant gives no answer."""

import math
from collections.abc import Mapping

from assistant.providers.base import Failure, Remedy
from cloudrun.errors import BadGatewayError, ServiceUnavailableError


class NoProviderError(ServiceUnavailableError):
    code = "no_provider"
    title = "The assistant is off"

    def __init__(self) -> None:
        super().__init__(
            "No AI provider is configured on this server. Its operator can set GROQ_API_KEY,"
            " GEMINI_API_KEY or OPENAI_BASE_URL with OPENAI_MODEL."
        )


class BusyError(ServiceUnavailableError):
    code = "assistant_busy"
    title = "The assistant is busy"

    def __init__(self) -> None:
        super().__init__("Too many questions are being answered. Try again.", retry_after=5)


class AllFailedError(BadGatewayError):
    """`failures` maps a provider's title to why it failed."""

    code = "all_providers_failed"
    title = "No AI provider answered"

    def __init__(self, failures: Mapping[str, Failure], *, retry_after_s: float) -> None:
        self.told = "; ".join(f"{title} {failure.reason}" for title, failure in failures.items())
        remedies = {failure.remedy for failure in failures.values()}
        super().__init__(
            f"No AI provider answered. {self.told}. {_todo(remedies)}",
            retry_after=max(1, math.ceil(retry_after_s)) if "time" in remedies else None,
        )


def _todo(remedies: set[Remedy]) -> str:
    if "time" in remedies:
        return "Try again."
    if "question" in remedies:
        return "Ask in other words, or about less code."
    return (
        "Asking again does not help: the operator of this server has to look at its providers'"
        " keys and models."
    )
