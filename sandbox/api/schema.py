"""What the documentation of several endpoints has in common."""

from typing import Any

from accounts.schema import refusals

RUN_ID = "9f86d081884c7d659a2feaa0c55ad015"

SUMMARY: dict[str, Any] = {
    "execution_id": RUN_ID,
    "language": "python",
    "status": "error",
    "reason": "exception",
    "exit_code": 1,
    "created_at": "2026-01-05T09:30:00.123456Z",
    "started_at": "2026-01-05T09:30:00.140000Z",
    "ended_at": "2026-01-05T09:30:00.215000Z",
    "duration_ms": 75,
    "cpu_ms": 31,
    "memory_bytes": 9437184,
    "truncated": False,
}

RESULT: dict[str, Any] = {
    "execution_id": RUN_ID,
    "status": "error",
    "message": "Execution failed with exit code 1",
    "stdout": "hello\n",
    "stderr": (
        "Traceback (most recent call last):\n"
        '  File "/workspace/main.py", line 2, in <module>\n'
        "    print(nmae)\n"
        "NameError: name 'nmae' is not defined\n"
    ),
    "exit_code": 1,
    "signal": None,
    "execution_time": 0.075,
    "duration_ms": 75,
    "cpu_ms": 31,
    "memory_bytes": 9437184,
    "truncated": False,
    "reason": "exception",
    "explanation": "The name nmae is used, but nothing is called that.",
    "file": "main.py",
    "line": 2,
    "column": None,
    "problems": [
        {
            "file": "main.py",
            "line": 2,
            "column": None,
            "message": "NameError: name 'nmae' is not defined",
        }
    ],
    "dependency": None,
    "artifacts": [],
    "code": None,
    "retry_after": None,
}


def caller_refusals(**more: str) -> dict[Any, Any]:
    """Those of every endpoint that asks who is calling, and `more`."""
    return refusals(
        _401="The token is not valid, or guests cannot run programs here",
        _403="A session cookie came without its CSRF token, or from another site's page",
        **more,
    )


def body_refusals(**more: str) -> dict[Any, Any]:
    """Those of every endpoint that starts runs, and `more`."""
    return caller_refusals(
        _400="A field is not valid; `errors` says which",
        _413="Code, input and files are larger than this server takes",
        _415="The body is not application/json",
        **{"_503": "Too many large requests at once; `Retry-After` says when to try again", **more},
    )


NOT_FOUND = "There is no such run, or it is somebody else's"
