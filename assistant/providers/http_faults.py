"""What an HTTP answer without an answer means, in the same words for every provider."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from assistant.providers.base import Prompt, ProviderError, Remedy

_MAX_RETRY_AFTER_S = 3600.0
_LARGE = 4_000  # bytes of a prompt which a small model may find too long
_REASONS = {
    400: "did not understand the request",
    401: "refused the key",
    402: "wants to be paid first",
    403: "refused the key",
    404: "does not know the model or the address",
    408: "did not answer in time",
    413: "found the question too long",
    429: "has been asked too often",
}
_REMEDIES: dict[int, Remedy] = {
    400: "operator",
    401: "operator",
    402: "operator",
    403: "operator",
    404: "operator",
    413: "question",
}


def fault_of_status(status: int, headers: Mapping[str, str], prompt: Prompt) -> ProviderError:
    """The error for a status that is not 200, and came for `prompt`."""
    # As vLLM and llama.cpp answer what is longer than their context.
    if status == 400 and prompt.size > _LARGE:
        return ProviderError(
            "did not understand the request, or found it too long", remedy="question"
        )
    return ProviderError(
        _reason(status),
        remedy=_REMEDIES.get(status, "time"),
        retry_after_s=_retry_after_s(headers),
    )


def _reason(status: int) -> str:
    if status in _REASONS:
        return _REASONS[status]
    if 300 <= status < 400:
        return "sent the request elsewhere, which is not followed"
    if status >= 500:
        return f"failed (status {status})"
    return f"refused the request (status {status})"


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """`Retry-After`, in seconds or as a date: RFC 9110, section 10.2.3."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        wait_s = float(text)
    except ValueError:
        wait_s = _until(text)
    is_sane = 0 <= wait_s < float("inf")
    return min(wait_s, _MAX_RETRY_AFTER_S) if is_sane else None


def _until(date: str) -> float:
    """Seconds from now; negative for what is no date."""
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return -1.0
    return (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()
