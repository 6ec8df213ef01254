"""What can go wrong. A program that fails is a result, and no error."""

from collections.abc import Mapping
from typing import Any

import httpx


class ApiError(Exception):
    """The server said no; `code` is its stable word for why, `detail` a sentence for people.

    `errors` are (field, message) pairs. `retry_after` says in how many seconds it is worth trying
    again. `status` is the HTTP status, None for what came over the WebSocket.
    """

    def __init__(self, problem: Mapping[str, Any], *, retry_after: int | None = None) -> None:
        self.status: int | None = problem.get("status")
        self.code: str = problem.get("code", "error")
        self.detail: str = problem["detail"]
        self.errors = tuple((item["field"], item["message"]) for item in problem.get("errors", ()))
        self.retry_after = retry_after
        super().__init__(self.detail)

    @classmethod
    def of_answer(cls, answer: httpx.Response) -> "ApiError":
        """The error in an answer that was read; something before the server may have given it."""
        wait = answer.headers.get("retry-after", "")
        problem = {"status": answer.status_code, "detail": answer.reason_phrase}
        if answer.headers.get("content-type", "").startswith("application/problem+json"):
            problem |= answer.json()
        return cls(problem, retry_after=int(wait) if wait.isdecimal() else None)

    @classmethod
    def of_frame(cls, frame: Mapping[str, Any]) -> "ApiError":
        """The error in a frame of type `error`."""
        problem = {
            "detail": frame["content"],
            "code": frame["code"],
            "errors": frame.get("errors", ()),
        }
        return cls(problem, retry_after=frame.get("retry_after"))


class ConnectionLostError(Exception):
    """The connection was lost and could not be made again."""
