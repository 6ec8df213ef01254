"""A browser as the server sees it: cookies, an Origin, forms with their tokens."""

import re
from typing import Any

import httpx

from e2e.server import Server
from sandbox.tests.client import Frame, converse, socket_url

PASSWORD = "correct horse battery"
VISITOR = "Visitor/1.0"


class Visitor:
    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.origin = server.url.replace("localhost", "127.0.0.1")  # as `socket_url` has it
        headers = {"Origin": self.origin, "User-Agent": VISITOR}
        self.http = httpx.Client(base_url=self.origin, headers=headers, timeout=30)
        self.http.get("/").raise_for_status()

    @property
    def socket_headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        return {"Origin": self.origin, "Cookie": cookies}

    @property
    def socket_url(self) -> str:
        return socket_url(self.url)

    def submit(self, path: str, *, to: str = "", **fields: str) -> httpx.Response:
        """Fill in the page's form and send it, `to` another address where the form does so."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.http.get(path).text)
        assert token
        return self.http.post(to or path, data=fields | {"csrfmiddlewaretoken": token[1]})

    def begin_workspace(self, start: str) -> None:
        """`start` is `language:<id>` or `example:<id>`."""
        assert self.submit("/workspaces", to="/workspaces/new", start=start).status_code == 302

    def sign_up(self, username: str) -> None:
        email = f"{username}@example.org"
        response = self.submit(
            "/accounts/signup/", username=username, email=email, password1=PASSWORD
        )
        assert response.status_code == 302, response.text

    def log_in(self, username: str) -> None:
        response = self.submit("/accounts/login/", login=username, password=PASSWORD)
        assert response.status_code == 302, response.text

    def log_out(self) -> None:
        assert self.submit("/accounts/logout/").status_code == 302

    def execute(self, code: str, language: str = "python") -> dict[str, Any]:
        headers = {"X-CSRFToken": self.http.cookies.get("csrftoken") or ""}
        body = {"language": language, "code": code}
        result: dict[str, Any] = self.http.post("/api/execute", json=body, headers=headers).json()
        return result

    async def resume(self, run_id: str) -> list[Frame]:
        request = {"type": "resume", "execution_id": run_id, "after_seq": 0}
        return await converse(self.url, request, headers=self.socket_headers)

    async def can_read(self, run_id: str) -> bool:
        frames = await self.resume(run_id)
        return bool(frames[-1]["type"] == "complete")
