"""Callers of the run API, as httpx clients: users by their token, a guest by their session."""

import itertools
from collections.abc import Sequence
from typing import Any

import httpx

from cloudrun_client import Frame
from e2e.server import Server

_names = itertools.count()


def new_user(server: Server) -> httpx.Client:
    name = f"user_{next(_names)}"
    body = {"username": name, "email": f"{name}@example.org", "password": "correct horse battery"}
    answer = httpx.post(f"{server.url}/api/auth/register", json=body).raise_for_status()
    return _client(server, Authorization=f"Bearer {answer.json()['token']}")


def new_guest(server: Server) -> httpx.Client:
    """A browser that has seen the IDE, which gave it a session."""
    client = _client(server, Origin=server.url)
    client.get("/").raise_for_status()
    return client


def nobody(server: Server) -> httpx.Client:
    return _client(server)


def _client(server: Server, **headers: str) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers=headers, timeout=60)


def run(client: httpx.Client, code: str = "print(1)", **more: Any) -> dict[str, Any]:
    """Run Python (or what `language` says) to its end."""
    body = {"language": "python", "code": code, **more}
    answer = client.post("/api/execute", json=body).raise_for_status()
    result: dict[str, Any] = answer.json()
    return result


def begin(client: httpx.Client, code: str, **more: Any) -> str:
    """Have Python run, without waiting for it; the run's address."""
    body = {"language": "python", "code": code, **more}
    answer = client.post("/api/execute?wait=0", json=body)
    assert answer.status_code == 202, answer.text
    return answer.headers["location"]


def page(client: httpx.Client, code: str = "<p>hi</p>") -> dict[str, Any]:
    """A run that needs no sandbox and no time."""
    return run(client, code, language="html")


def text_of(frames: Sequence[Frame]) -> str:
    """What a program wrote to its stdout, in the frames that the Python client gave."""
    return "".join(frame.content for frame in frames if frame.type == "stdout")
