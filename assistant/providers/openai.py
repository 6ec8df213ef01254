"""Services that speak OpenAI's chat completions: Groq, Ollama, vLLM and many more.

https://platform.openai.com/docs/api-reference/chat/streaming
https://console.groq.com/docs/api-reference#chat-create
"""

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

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
from assistant.providers.sse import data_lines

_CHUNK_BYTES = 65_536
_LAST = "[DONE]"


class _Bearer(requests.auth.AuthBase):
    """As an `auth`, and not as a header, which a `.netrc` would replace."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:  # a server in the house may want none
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class OpenAIProvider:
    def __init__(self, name: str, title: str, base_url: str, key: str, model: str) -> None:
        self.name = name
        self.title = title
        self.model = model
        self._url = f"{base_url}/chat/completions"
        self._auth = _Bearer(key)

    def stream(self, prompt: Prompt, timeout_s: float) -> Generator[str | End]:
        try:
            with closing(self._ask(prompt, timeout_s)) as response:
                if response.status_code != requests.codes.ok:
                    raise fault_of_status(response.status_code, response.headers, prompt)
                kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                yield from _READERS.get(kind, _refuse)(response)
        except (requests.Timeout, ReadTimeoutError) as error:
            raise ProviderError("did not answer in time") from error
        except (requests.RequestException, HTTPError, OSError) as error:
            raise ProviderError("cannot be reached, or broke off") from error

    def _ask(self, prompt: Prompt, timeout_s: float) -> requests.Response:
        messages = [{"role": "system", "content": prompt.system}]
        messages += [
            {"role": message.role, "content": message.content} for message in prompt.messages
        ]
        return requests.post(
            self._url,
            json={
                "model": self.model,
                "messages": messages,
                "max_tokens": MAX_ANSWER_TOKENS,
                "temperature": 0.2,
                "stream": True,
                "stream_options": {"include_usage": True},
            },
            headers={"Accept-Encoding": "identity"},
            auth=self._auth,
            timeout=timeout_s,
            stream=True,
            allow_redirects=False,
        )


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """What comes, as it comes: `iter_content` would wait until its chunk is full."""
    left = MAX_BODY_BYTES
    while chunk := response.raw.read1(_CHUNK_BYTES):
        left -= len(chunk)
        if left < 0:
            raise ProviderError("answered without an end")
        yield chunk


def _read_stream(response: requests.Response) -> Iterator[str | End]:
    finish, usage = "", Usage()
    for data in data_lines(_chunks(response)):
        if data == _LAST:
            break
        if not data:
            yield ""
            continue
        event = _parsed(data)
        usage = _usage(event) or usage
        choice = _choice(event)
        yield _text(choice, "delta")
        finish = choice.get("finish_reason") or finish
    if not finish:
        raise ProviderError("broke off in the middle of its answer")
    yield End(usage, is_cut=finish == "length")


def _read_whole(response: requests.Response) -> Iterator[str | End]:
    """From a server that does not stream."""
    chunks: list[bytes] = []
    for chunk in _chunks(response):
        chunks.append(chunk)
        yield ""
    body = _parsed(b"".join(chunks).decode(errors="replace"))
    choice = _choice(body)
    yield _text(choice, "message")
    yield End(_usage(body) or Usage(), is_cut=choice.get("finish_reason") == "length")


def _refuse(response: requests.Response) -> Iterator[str | End]:
    raise ProviderError(NO_ANSWER)


_READERS = {"text/event-stream": _read_stream, "application/json": _read_whole}


def _parsed(data: str) -> dict[str, Any]:
    """`ProviderError` for what is no answer, an error that is sent in the stream included."""
    try:
        event = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ProviderError(NO_ANSWER) from error
    if not isinstance(event, dict):
        raise ProviderError(NO_ANSWER)
    if event.get("error"):
        raise ProviderError("failed in the middle of its answer")
    return event


def _choice(event: dict[str, Any]) -> dict[str, Any]:
    """The first choice; the event that tells the usage has none."""
    match event.get("choices"):
        case [dict() as choice, *_]:
            return choice
        case [] | None if "usage" in event or "x_groq" in event:
            return {}
        case _:
            raise ProviderError(NO_ANSWER)


def _text(choice: dict[str, Any], field: str) -> str:
    match choice.get(field):
        case {"content": str(text)}:
            return text
        case _:
            return ""


def _usage(event: dict[str, Any]) -> Usage | None:
    """Groq tells it in a place of its own, too."""
    match event:
        case {"usage": {"prompt_tokens": int(asked), "completion_tokens": int(answered)}} | {
            "x_groq": {"usage": {"prompt_tokens": int(asked), "completion_tokens": int(answered)}}
        }:
            return Usage.told(asked, answered)
        case _:
            return None
