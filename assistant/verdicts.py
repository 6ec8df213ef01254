"""What a proposal's run says about it, beside the run of the program as it was."""

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from assistant.hiding import hides_error
from assistant.questions import Question
from sandbox.models import RunStatus
from sandbox.results import Result

Status = Literal["verified", "unclear", "failed", "not_tried"]

_SLOWER = 1.1  # below that it is noise
_MAX_ERROR_LINE = 200
_PLACES = re.compile(r"0x[0-9a-f]+|\d+")


@dataclass(frozen=True)
class Figures:
    """What a run cost; None where the runner cannot tell."""

    duration_ms: int | None
    cpu_ms: int | None
    memory_bytes: int | None


@dataclass(frozen=True)
class Verdict:
    """`verified`: it ran, and nothing speaks against it. `unclear`: it ran, but something does.
    `failed`: it did not do what was asked. `not_tried`: it could not be run, or was not.

    `message` says why, to a person. `execution_id` is the run of the proposal.
    """

    status: Status
    message: str
    execution_id: str | None = None
    before: Figures | None = None
    after: Figures | None = None


def judge(question: Question, files: dict[str, str], before: Result, after: Result) -> Verdict:
    """The verdict on proposed `files`, from the runs of the program without and with them."""
    status, message = _JUDGES[question.action](question, files, before, after)
    return Verdict(status, message, after.execution_id, _figures(before), _figures(after))


def not_tried(why: str) -> Verdict:
    return Verdict("not_tried", why)


def guarded(verdict: Verdict, *, is_reached: bool | None) -> Verdict:
    """The same for a proposal that only adds conditions; `is_reached` tells whether the line that
    failed ran this time, where that is known."""
    if is_reached:
        return verdict
    but = (
        "But it only adds a condition: see whether all that you want still runs."
        if is_reached is None
        else "But the line that failed did not run this time."
    )
    return replace(verdict, status="unclear", message=f"{verdict.message} {but}")


def _judge_fix(
    question: Question, files: dict[str, str], before: Result, after: Result
) -> tuple[Status, str]:
    if after.status != RunStatus.COMPLETED:
        return "failed", _still_fails(before, after)
    ran = f"Ran with your input: exit {after.exit_code}"
    if before.status == RunStatus.COMPLETED:
        return "unclear", f"{ran}. But your own program did not fail this time, either."
    if after.truncated:
        return "unclear", f"{ran}. But it printed more than is kept, so that it cannot be compared."
    if not after.stdout.strip():
        return "unclear", f"{ran}. But it printed nothing: see whether it does what you want."
    if not after.stdout.startswith(before.stdout):
        return (
            "unclear",
            f"{ran}. But it does not print what your program printed before the error.",
        )
    sources = question.sources
    if how := hides_error(question.language.id, sources, {**sources, **files}):
        return "unclear", f"{ran}. But {how}, which may only hide the error."
    return "verified", f"{ran}."


def _judge_optimisation(
    question: Question, files: dict[str, str], before: Result, after: Result
) -> tuple[Status, str]:
    if after.status != before.status or after.exit_code != before.exit_code:
        return "failed", f"It ends in another way than your program: {after.message}."
    if (after.stdout, after.stderr) != (before.stdout, before.stderr):
        return "failed", "It prints something else than your program."
    if before.truncated:
        return "unclear", "It printed more than is kept, so that it cannot be compared."
    if _is_slower(before, after):
        return "unclear", "The same output with your input, but not faster."
    return "verified", f"Ran with your input: the same output, exit {after.exit_code}."


_JUDGES = {"fix_error": _judge_fix, "optimize_code": _judge_optimisation}


def _still_fails(before: Result, after: Result) -> str:
    if after.status == RunStatus.TIMEOUT:
        return "Tried with your input: it does not come to its end in time."
    line = _error_line(after)
    if (before.reason, _PLACES.sub("0", _error_line(before))) == (
        after.reason,
        _PLACES.sub("0", line),
    ):
        return "Tried with your input: still fails, with the same error."
    what = line or after.explanation or after.message
    return f"Tried with your input: still fails, with another error: {what}"


def _error_line(result: Result) -> str:
    """The last line that it printed, where most languages say what went wrong."""
    if result.problems:
        return str(result.problems[0]["message"])[:_MAX_ERROR_LINE]
    if result.truncated and not result.stderr:  # it was ended in the middle of its output
        return ""
    lines = (result.stderr or result.stdout).split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:_MAX_ERROR_LINE]


def _is_slower(before: Result, after: Result) -> bool:
    """By CPU time, which what else runs on the machine changes less."""
    old, new = before.cpu_ms or before.duration_ms, after.cpu_ms or after.duration_ms
    return bool(old and new and new > old * _SLOWER and new - old > 20)


def _figures(result: Result) -> Figures:
    return Figures(result.duration_ms, result.cpu_ms, result.memory_bytes)


def as_json(verdict: Verdict) -> dict[str, Any]:
    """`{"status", "message", "execution_id", "before": {"duration_ms", ...}, "after"}`."""
    return {
        "status": verdict.status,
        "message": verdict.message,
        "execution_id": verdict.execution_id,
        "before": vars(verdict.before) if verdict.before else None,
        "after": vars(verdict.after) if verdict.after else None,
    }
