"""A run's log as one result, for callers that do not follow it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sandbox.errors import LostError
from sandbox.events import Event, time_stamp, unpack
from sandbox.installing import own_events
from sandbox.models import Run, RunStatus


@dataclass(frozen=True)
class Result:
    """How a run ended and what its program wrote; the answer of `POST /api/execute`.

    `message` says it in the words of the last frame, `explanation` to a beginner, for whom `file`,
    `line` and `column` point at the error where it is known; `problems` are all such errors. `code`
    and `retry_after` (seconds) are there where the platform failed, `artifacts` where they were
    asked for.
    """

    execution_id: str
    status: str
    message: str
    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = None
    signal: int | None = None
    execution_time: float = 0.0  # seconds
    duration_ms: int | None = None
    cpu_ms: int | None = None
    memory_bytes: int | None = None
    truncated: bool = False
    reason: str = ""
    explanation: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    problems: Sequence[Mapping[str, Any]] = ()
    dependency: Mapping[str, Any] | None = None
    artifacts: Sequence[Mapping[str, Any]] = ()
    code: str | None = None
    retry_after: int | None = None


_FIELDS = {field.name for field in fields(Result)}


def result_of(run_id: str, log: Iterable[Event]) -> Result:
    """The result in a log that has its last frame."""
    texts: dict[str, list[str]] = {"stdout": [], "stderr": []}
    dependency = None
    artifacts: Sequence[Mapping[str, Any]] = ()
    events = own_events(log)
    for event in events:
        if event.type == "html_preview":
            texts["stdout"].append(event.content)
        elif event.type in texts:
            texts[event.type].append(event.content)
        elif event.type == "dependency":
            dependency = event.fields
        elif event.type == "artifacts":
            artifacts = event.fields["files"]
    last = events[-1]
    told = {name: value for name, value in last.fields.items() if name in _FIELDS}
    return Result(
        execution_id=run_id,
        message=last.content,
        stdout="".join(texts["stdout"]),
        stderr="".join(texts["stderr"]),
        execution_time=(told.get("duration_ms") or 0) / 1000,
        dependency=dependency,
        artifacts=artifacts,
        **{"reason": told.get("code", ""), **told},
    )


def lost_frame(run: Run) -> dict[str, Any] | None:
    """The one frame of a run whose log went with its server, as a resumed WebSocket has it."""
    if run.log is not None or run.status != RunStatus.LOST:
        return None
    return {
        "type": "error",
        "content": LostError.MESSAGE,
        "timestamp": time_stamp(run.ended_at or run.created_at),
        "execution_id": run.pk,
        "code": LostError.code,
    }


def result_in(run: Run) -> Result | None:
    """The result in a run's row; None while the run is alive."""
    if run.log is not None:
        return result_of(run.pk, unpack(bytes(run.log)))
    if run.status != RunStatus.LOST:
        return None
    return Result(
        execution_id=run.pk,
        status=run.status,
        message=LostError.MESSAGE,
        reason=LostError.code,
        code=LostError.code,
    )
