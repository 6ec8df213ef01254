"""A receiver of callbacks, on a port of its own; its answers are what the test wants."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Post:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`posts` are what came; `answers` the coming statuses, 200 where there is none."""

    url: str = ""
    posts: "queue.Queue[Post]" = field(default_factory=queue.Queue)
    answers: list[int] = field(default_factory=list)
    location: str = ""

    def post(self) -> Post:
        """The next one; fails the test where none comes."""
        return self.posts.get(timeout=20)


@contextmanager
def receiver(address: str = "127.0.0.1") -> Iterator[Receiver]:
    received = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.posts.put(Post(self.path, dict(self.headers), body))
            self.send_response(received.answers.pop(0) if received.answers else 200)
            if received.location:
                self.send_header("Location", received.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer((address, 0), Handler)
    received.url = f"http://{address}:{server.server_port}/hook?a=b"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
