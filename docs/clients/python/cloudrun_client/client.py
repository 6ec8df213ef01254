"""The API over HTTP, and the way to the WebSocket."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from cloudrun_client.data import Frame, Program, Result, Run, RunSummary, Terminal, User
from cloudrun_client.errors import ApiError, ConnectionLostError
from cloudrun_client.session import WAITS_S, Session

_TIMEOUT_S = 120  # a run may wait in the queue


class Client:
    """A caller of one server: a guest, or with a token or after `login` a user.

    Everything raises `ApiError` where the server says no, and `httpx.TransportError` where it
    cannot be reached.
    """

    def __init__(self, url: str, *, token: str | None = None) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_S)
        self._socket_url = url.rstrip("/").replace("http", "ws", 1) + "/ws/execute"
        self.token = token

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def register(self, *, username: str, email: str, password: str) -> User:
        """Make an account, and go on as its user."""
        body = {"username": username, "email": email, "password": password}
        return await self._enter("/api/auth/register", body)

    async def login(self, *, name: str, password: str, code: str = "") -> User:
        """Go on as a user; `name` may be the e-mail address, `code` is of the second factor."""
        body = {"username": name, "password": password} | ({"code": code} if code else {})
        return await self._enter("/api/auth/login", body)

    async def me(self) -> User:
        return User.of(await self._json("GET", "/api/auth/me"))

    async def run(
        self, program: Program, *, callback_url: str = "", idempotency_key: str = ""
    ) -> Result:
        """Run a program and wait for its end.

        With a key it is safe to ask again after a lost connection: it stands for one run.
        """
        answer = await self._execute(program, callback_url, idempotency_key, wait=1)
        return Result.of(answer)

    async def start(
        self, program: Program, *, callback_url: str = "", idempotency_key: str = ""
    ) -> str:
        """Start a program and leave it alone; the answer is its id, for `follow` or `get`."""
        answer = await self._execute(program, callback_url, idempotency_key, wait=0)
        return str(answer["execution_id"])

    async def run_batch(
        self, programs: Sequence[Program], *, callback_url: str = ""
    ) -> list[Result | ApiError]:
        """Run up to 20 programs; each has its result, or the error that kept it from running."""
        body: dict[str, Any] = {"runs": [program.body() for program in programs]}
        if callback_url:
            body["callback_url"] = callback_url
        items = (await self._json("POST", "/api/runs/batch", json=body))["runs"]
        return [
            Result.of(item["result"]) if item["result"] else ApiError(item["problem"])
            for item in items
        ]

    def stream(
        self, program: Program, *, interactive: bool = False, terminal: Terminal | None = None
    ) -> Session:
        """Run a program and follow it; `interactive` keeps its stdin open, and on a `terminal`
        both of its streams come as one."""
        first = program.body() | {"interactive": interactive, "tty": terminal is not None}
        if terminal:
            first |= {"cols": terminal.cols, "rows": terminal.rows}
        return self._session(first)

    def follow(self, execution_id: str, *, after_seq: int = 0) -> Session:
        """Follow a run that is there, from an event on."""
        return self._session(
            {"type": "resume", "execution_id": execution_id, "after_seq": after_seq}
        )

    async def stop(self, execution_id: str) -> None:
        """End a program; returns once it is dead."""
        await self._json("POST", f"/api/execute/stop/{execution_id}")

    async def runs(self, **filters: str) -> AsyncIterator[RunSummary]:
        """One's own runs, newest first; by `language`, `status`, `created_after` or
        `created_before`."""
        cursor: str | None = ""
        while cursor is not None:
            query = filters | ({"cursor": cursor} if cursor else {})
            page = await self._json("GET", "/api/runs", params=query)
            for run in page["runs"]:
                yield RunSummary.of(run)
            cursor = page["next_cursor"]

    async def get(self, execution_id: str) -> Run:
        return Run.of(await self._json("GET", f"/api/runs/{execution_id}"))

    async def delete(self, execution_id: str) -> None:
        """Delete a run; a live one is stopped first."""
        await self._request("DELETE", f"/api/runs/{execution_id}")

    async def artifact(self, execution_id: str, name: str) -> bytes:
        """A file that the program has made."""
        path = f"/api/runs/{execution_id}/artifacts/{quote(name)}"
        return (await self._request("GET", path)).content

    async def recording(self, execution_id: str) -> str:
        """A run as an asciicast."""
        return (await self._request("GET", f"/api/runs/{execution_id}/recording")).text

    async def events(self, execution_id: str, *, after_seq: int = 0) -> AsyncIterator[Frame]:
        """The frames of a run by server-sent events, the live rest too; resumes by itself.

        A reader neither keeps the run going nor stops it. The last frame may be an `error`.
        """
        waits = iter(WAITS_S)
        while True:
            try:
                async for frame in self._event_stream(execution_id, after_seq):
                    waits = iter(WAITS_S)
                    after_seq = frame.seq
                    yield frame
                    if frame.is_last:
                        return
                return
            except httpx.TransportError as error:
                wait_s = next(waits, None)
                if wait_s is None:
                    raise ConnectionLostError("The server cannot be reached.") from error
                await asyncio.sleep(wait_s)

    async def _event_stream(self, execution_id: str, after_seq: int) -> AsyncIterator[Frame]:
        headers = self._headers | {
            "Accept": "text/event-stream",
            "Last-Event-ID": str(after_seq),
        }
        path = f"/api/runs/{execution_id}/events"
        async with self._http.stream("GET", path, headers=headers) as answer:
            if answer.is_error:
                await answer.aread()
                raise ApiError.of_answer(answer)
            async for line in _lines(answer.aiter_text()):
                if line.startswith("data: "):
                    yield Frame.of(json.loads(line.removeprefix("data: ")))

    async def _enter(self, path: str, body: dict[str, str]) -> User:
        answer = await self._json("POST", path, json=body)
        self.token = answer["token"]
        return User.of(answer["user"])

    async def _execute(
        self, program: Program, callback_url: str, idempotency_key: str, *, wait: int
    ) -> Any:
        body = program.body() | ({"callback_url": callback_url} if callback_url else {})
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        params = {"wait": wait}
        return await self._json("POST", "/api/execute", json=body, headers=headers, params=params)

    def _session(self, first: dict[str, Any]) -> Session:
        return Session(self._socket_url, self._headers, first)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def _json(self, method: str, path: str, **request: Any) -> Any:
        return (await self._request(method, path, **request)).json()

    async def _request(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **request: Any
    ) -> httpx.Response:
        headers = self._headers | (headers or {})
        answer = await self._http.request(method, path, headers=headers, **request)
        if answer.is_error:
            raise ApiError.of_answer(answer)
        return answer


async def _lines(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    """The lines of an event stream. httpx would also break them at characters such as U+2028,
    which the JSON in them may hold."""
    rest = ""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split("\n")
        for line in lines:
            yield line
