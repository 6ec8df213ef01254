"""Server-sent events: how an answer is streamed.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
from collections.abc import AsyncGenerator
from typing import Any

from asgiref.sync import SyncToAsync
from django.http import StreamingHttpResponse

CONTENT_TYPE = "text/event-stream"
NOTHING_MORE = 204  # the status on which an EventSource stops without a word

# Proxies must not keep the beginning until the end.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def event_stream(messages: AsyncGenerator[str, None]) -> StreamingHttpResponse:
    """The answer that sends `messages`, each made by `message`, as they come."""
    return StreamingHttpResponse(messages, content_type=CONTENT_TYPE, headers=_HEADERS)


def message(frame: dict[str, Any]) -> str:
    """JSON holds no line break, which would end the message."""
    number = f"id: {frame['seq']}\n" if "seq" in frame else ""
    return f"{number}data: {json.dumps(frame, ensure_ascii=False)}\n\n"


def last_message(frame: dict[str, Any]) -> str:
    """Why nothing follows: a script closes its EventSource by it, which would ask again."""
    return f"event: over\n{message(frame)}"


def release_thread() -> None:
    """Let go of the thread that has run the view: by itself Django keeps it until the answer's end.

    To be called as the stream begins. What comes after its end gets another thread.
    """
    context = SyncToAsync.thread_sensitive_context.get(None)
    if context and (executor := SyncToAsync.context_to_thread_executor.pop(context, None)):
        executor.shutdown(wait=False)
