"""Google's Gemini, by its own library."""

from collections.abc import Generator, Iterator
from typing import Any

import httpx2
from google.genai import Client, errors, types
from pydantic import ValidationError

from assistant.providers.base import (
    MAX_ANSWER_TOKENS,
    MAX_BODY_BYTES,
    NO_ANSWER,
    End,
    Prompt,
    ProviderError,
    Usage,
)
from assistant.providers.http_faults import fault_of_status

_ROLES = {"user": "user", "assistant": "model"}
_DECLINED = {
    types.FinishReason.SAFETY,
    types.FinishReason.RECITATION,
    types.FinishReason.BLOCKLIST,
    types.FinishReason.PROHIBITED_CONTENT,
}


class GeminiProvider:
    def __init__(self, name: str, title: str, base_url: str, key: str, model: str) -> None:
        self.name = name
        self.title = title
        self.model = model
        # One for all questions: it takes a tenth of a second to make.
        self._client = Client(
            api_key=key,
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=base_url,
                client_args={"follow_redirects": False, "event_hooks": {"response": [_bound]}},
            ),
        )

    def stream(self, prompt: Prompt, timeout_s: float) -> Generator[str | End]:
        try:
            yield from _read(
                self._client.models.generate_content_stream(
                    model=self.model,
                    contents=[
                        types.Content(
                            role=_ROLES[message.role], parts=[types.Part(text=message.content)]
                        )
                        for message in prompt.messages
                    ],
                    config=types.GenerateContentConfig(
                        http_options=types.HttpOptions(timeout=int(timeout_s * 1000)),
                        system_instruction=prompt.system,
                        max_output_tokens=MAX_ANSWER_TOKENS,
                        temperature=0.2,
                        automatic_function_calling=types.AutomaticFunctionCallingConfig(
                            disable=True
                        ),
                    ),
                )
            )
        except errors.APIError as error:
            raise _fault(error, prompt) from None
        except httpx2.TimeoutException as error:
            raise ProviderError("did not answer in time") from error
        except (httpx2.HTTPError, OSError) as error:
            raise ProviderError("cannot be reached, or broke off") from error
        except (ValueError, TypeError, AttributeError, ValidationError, RecursionError) as error:
            # The library's own words for what is not JSON, or has another shape.
            raise ProviderError(NO_ANSWER) from error


def _fault(error: errors.APIError, prompt: Prompt) -> ProviderError:
    """Gemini answers a wrong key with 400, as if the question were malformed."""
    is_key = error.code == 400 and "API_KEY_INVALID" in str(error.details)
    headers = getattr(error.response, "headers", {})
    return fault_of_status(401 if is_key else error.code, headers, prompt)


def _declined() -> ProviderError:
    return ProviderError("declined to answer", remedy="question")


def _bound(response: httpx2.Response) -> None:
    """End an answer that has no end; the library would hold all of it."""
    assert isinstance(response.stream, httpx2.SyncByteStream)
    response.stream = _BoundedStream(response.stream)


class _BoundedStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        left = MAX_BODY_BYTES
        for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise ProviderError("answered without an end")
            yield chunk

    def close(self) -> None:
        self._stream.close()


def _read(answers: Iterator[types.GenerateContentResponse]) -> Iterator[str | End]:
    finish: types.FinishReason | None = None
    usage = Usage()
    for answer in answers:
        usage = _usage(answer.usage_metadata) or usage
        candidate = answer.candidates[0] if answer.candidates else None
        if candidate is None:
            if answer.prompt_feedback and answer.prompt_feedback.block_reason:
                raise _declined()
            yield ""
            continue
        yield _text(candidate)
        finish = candidate.finish_reason or finish
    if finish is None:
        raise ProviderError("broke off in the middle of its answer")
    if finish in _DECLINED:
        raise _declined()
    yield End(usage, is_cut=finish is types.FinishReason.MAX_TOKENS)


def _text(candidate: types.Candidate) -> str:
    parts = (candidate.content.parts if candidate.content else None) or []
    return "".join(part.text for part in parts if part.text and not part.thought)


def _usage(told: Any) -> Usage | None:
    if told is None:
        return None
    return Usage.told(told.prompt_token_count or 0, told.candidates_token_count or 0)
