"""How a run ended, in a few words."""

from dataclasses import dataclass

from sandbox.models import RunStatus

_REASONS = {
    "compile_error": "Did not compile",
    "memory_limit": "Memory limit reached",
    "output_limit": "Output limit reached",
    "process_limit": "Process limit reached",
    "disk_limit": "Disk limit reached",
}
_ENDS = {
    RunStatus.QUEUED: ("Waiting", "accent"),
    RunStatus.STARTING: ("Starting", "accent"),
    RunStatus.RUNNING: ("Running", "accent"),
    RunStatus.COMPLETED: ("Ran fine", "good"),
    RunStatus.TIMEOUT: ("Time limit reached", "warn"),
    RunStatus.STOPPED: ("Stopped", "plain"),
    RunStatus.LOST: ("Lost by the server", "warn"),
}


@dataclass(frozen=True)
class Outcome:
    """`tone` is how a badge says it, for those who see colours."""

    text: str
    tone: str


def outcome_words(*, status: str, reason: str, exit_code: int | None) -> Outcome:
    if status != RunStatus.ERROR:
        return Outcome(*_ENDS[RunStatus(status)])
    if reason in _REASONS:
        return Outcome(_REASONS[reason], "bad")
    return Outcome("Failed" if exit_code is None else f"Failed with exit code {exit_code}", "bad")


def duration_words(duration_ms: int | None) -> str:
    """Empty where nothing was measured."""
    if duration_ms is None:
        return ""
    if duration_ms < 1000:
        return f"{duration_ms} ms"
    seconds = duration_ms / 1000
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
