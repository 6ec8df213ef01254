"""A server that speaks as Groq (and OpenAI) and Gemini do, and can fail in every way.

How it behaves is the first part of the path, so that one server plays all of them at once:
`GROQ_BASE_URL = server.groq("cut")`.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = "Nothing can be divided by zero.\n\n```python main.py\nprint(1 / 1)\n```\n"
# Signs of life without a word, as lines of a stream; "space" comes before a whole answer.
PINGS = {
    "groq": {
        "space": " ",
        "comment": ": still here",
        "nothing": 'data: {"choices": [{"index": 0, "delta": {}}]}',
        "thought": 'data: {"choices": [{"index": 0, "delta": {"reasoning_content": "Hm."}}]}',
        "blank": 'data: {"choices": [{"index": 0, "delta": {"content": " "}}]}',
    },
    "gemini": {
        "nothing": "data: {}",
        "thought": (
            'data: {"candidates": [{"content": {"parts": [{"text": "Hm.", "thought": true}]}}]}'
        ),
        "blank": 'data: {"candidates": [{"content": {"parts": [{"text": " "}]}}]}',
    },
}
_PIECE = 12  # characters of an answer that are sent at once


@dataclass
class AIServer:
    """`asked` holds what it was sent: `{"path", "headers", "body"}`. `left` is set when somebody
    went away who was sent `pings`."""

    port: int = 0
    answer: Callable[[str], str] = lambda prompt: ANSWER
    asked: list[dict[str, Any]] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)

    @property
    def root(self) -> str:
        """Where it is well, and has no path in front of the API's own."""
        return f"http://127.0.0.1:{self.port}"

    def groq(self, behaviour: str = "ok") -> str:
        return f"{self.root}/{behaviour}/openai/v1"

    def gemini(self, behaviour: str = "ok") -> str:
        return f"{self.root}/{behaviour}"


@contextmanager
def ai_server(answer: Callable[[str], str] = lambda prompt: ANSWER) -> Iterator[AIServer]:
    played = AIServer(answer=answer)

    class Handler(_Handler):
        server_state = played

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # many ask at once

        def handle_error(self, *args: Any) -> None:
            """Clients that go away are what is tested."""

    server = Server(("127.0.0.1", 0), Handler)
    played.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_state: AIServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._plain(200, "text/html", b"<h1>Hello</h1>")  # where a redirect would lead

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        behaviour, _, path = self.path.lstrip("/").partition("/")
        if behaviour in {"openai", "v1"}:
            behaviour, path = "ok", self.path.lstrip("/")
        self.server_state.asked.append(
            {"path": f"/{path}", "headers": dict(self.headers), "body": body}
        )
        speak = _Gemini(body) if ":streamGenerateContent" in path else _OpenAI(body)
        name, _, argument = behaviour.partition("-")
        getattr(self, f"_{name}")(speak, argument)

    # How it behaves

    def _ok(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self._begin(200, "text/event-stream")
        for event in speak.stream(self.server_state.answer(speak.prompt)):
            self._send(event)
        self._end()

    def _late(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        time.sleep(float(argument))
        self._ok(speak, "")

    def _paced(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self._begin(200, "text/event-stream")
        for event in speak.stream(self.server_state.answer(speak.prompt)):
            self._send(event)
            time.sleep(float(argument))
        self._end()

    def _whole(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        body = json.dumps(speak.whole(self.server_state.answer(speak.prompt))).encode()
        self._plain(200, "application/json", body)

    def _status(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        code, _, retry_after = argument.partition("-")
        headers = {"Retry-After": retry_after} if retry_after else {}
        if code.startswith("3"):
            headers["Location"] = self.server_state.gemini("ok")
        echo = json.dumps({"error": {"message": str(dict(self.headers)), "code": int(code)}})
        self._plain(int(code), "application/json", echo.encode(), headers)

    def _hang(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        time.sleep(float(argument or 30))

    def _stall(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self._begin(200, "text/event-stream")
        self._send(next(speak.stream("Half an answ")))
        time.sleep(float(argument or 30))

    def _pings(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self._begin(200, "application/json" if argument == "space" else "text/event-stream")
        try:
            for _ in range(50):
                self._write(speak.pings[argument].encode() + b"\n\n")
                time.sleep(0.1)
        except OSError:
            self.server_state.left.set()

    def _cut(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self._begin(200, "text/event-stream")
        for _, event in zip(range(2), speak.stream(ANSWER), strict=False):
            self._send(event)
        if argument == "cleanly":
            self._end()
        self.close_connection = True

    def _reset(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self.close_connection = True

    def _empty(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self._begin(200, "text/event-stream")
        for event in speak.stream(" \n"):
            self._send(event)
        self._end()

    def _nothing(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self._plain(200, "text/event-stream", b"")

    def _wrongkey(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        """As Gemini says it."""
        error = {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}
        error["details"] = [{"reason": "API_KEY_INVALID"}]
        self._plain(400, "application/json", json.dumps({"error": error}).encode())

    def _declined(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        """As Gemini does it."""
        self._begin(200, "text/event-stream")
        self._send(json.dumps({"promptFeedback": {"blockReason": "SAFETY"}}))
        self._end()

    def _boasts(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        """Of what it has cost."""
        self._begin(200, "text/event-stream")
        for event in speak.stream("Fine."):
            self._send(event.replace(": 70,", f": {argument},").replace(": 30", f": {argument}"))
        self._end()

    def _html(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self._plain(200, "text/html", b"<html><h1>Log in to the Wi-Fi</h1></html>")

    def _nonsense(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self._begin(200, "text/event-stream")
        for event in ('{"choices": 5}', '{"candidates": [{"content": 5}]}', "{oops", "[]", "null"):
            self._send(event)
        self._end()

    def _deep(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self._begin(200, "text/event-stream")
        self._send("[" * 100_000)
        self._end()

    def _broken(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        self._begin(200, "text/event-stream")
        self._send(next(speak.stream("Half an answ")))
        self._send(json.dumps({"error": {"message": "overloaded", "code": 503}}))
        self._end()

    def _flood(self, speak: "_OpenAI | _Gemini", argument: str) -> None:
        """10 MB, in answers or, with an argument, in one line."""
        self._begin(200, "text/event-stream")
        if argument:
            self._write(b"data: ")
        for _ in range(10_000):
            if argument:
                self._write(b"x" * 1024)
            else:
                self._send(next(speak.stream("x" * 1024, piece=1024)))
        self._end()

    # HTTP

    def _begin(self, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _send(self, event: str) -> None:
        self._write(f"data: {event}\n\n".encode())

    def _write(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def _plain(
        self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _pieces(answer: str, size: int) -> list[str]:
    return [answer[start : start + size] for start in range(0, len(answer), size)] or [""]


class _OpenAI:
    """https://platform.openai.com/docs/api-reference/chat/streaming"""

    pings = PINGS["groq"]

    def __init__(self, body: dict[str, Any]) -> None:
        self.prompt = "\n".join(message["content"] for message in body["messages"])
        self.model = body["model"]

    def stream(self, answer: str, *, piece: int = _PIECE) -> Iterator[str]:
        for text in _pieces(answer, piece):
            yield self._event([{"index": 0, "delta": {"content": text}, "finish_reason": None}])
        yield self._event([{"index": 0, "delta": {}, "finish_reason": "stop"}])
        yield self._event([], usage={"prompt_tokens": 70, "completion_tokens": 30})
        yield "[DONE]"

    def whole(self, answer: str) -> dict[str, Any]:
        message = {"role": "assistant", "content": answer}
        return {
            "object": "chat.completion",
            "model": self.model,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 70, "completion_tokens": 30},
        }

    def _event(self, choices: list[dict[str, Any]], **more: Any) -> str:
        event = {"object": "chat.completion.chunk", "model": self.model, "choices": choices, **more}
        return json.dumps(event)


class _Gemini:
    """https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent"""

    pings = PINGS["gemini"]

    def __init__(self, body: dict[str, Any]) -> None:
        contents = [body["systemInstruction"], *body["contents"]]
        self.prompt = "\n".join(part["text"] for content in contents for part in content["parts"])

    def stream(self, answer: str, *, piece: int = _PIECE) -> Iterator[str]:
        *before, last = _pieces(answer, piece)
        for text in before:
            yield json.dumps({"candidates": [self._candidate(text)]})
        yield json.dumps(self.whole(last))

    def whole(self, answer: str) -> dict[str, Any]:
        usage = {"promptTokenCount": 70, "candidatesTokenCount": 30, "totalTokenCount": 100}
        candidate = self._candidate(answer) | {"finishReason": "STOP"}
        return {"candidates": [candidate], "usageMetadata": usage}

    @staticmethod
    def _candidate(text: str) -> dict[str, Any]:
        return {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
