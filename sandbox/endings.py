"""How a run ends: its last frames, and the same for its row."""

from collections.abc import Iterable
from dataclasses import asdict

from django.conf import settings

from sandbox.dependencies import find_missing
from sandbox.diagnosis import Diagnosis, Facts, Reason, alike, diagnose
from sandbox.errors import LostError, NoSandboxError
from sandbox.events import Event
from sandbox.installing import own_events
from sandbox.languages import LANGUAGES
from sandbox.live import Cause, LiveRun
from sandbox.models import RunStatus
from sandbox.records import Outcome
from sandbox.runners.base import Job
from sandbox.summaries import first_output_ms, output_head, searchable
from sandbox.supervisor import Ending

# Of what a program wrote: an error stands at the end, of a compiler's many the first one counts.
_LOOKED_AT_CHARACTERS = 65_536

_SENTENCES = {
    RunStatus.COMPLETED: "Execution completed successfully",
    RunStatus.TIMEOUT: "Execution timed out",
    RunStatus.STOPPED: "Execution stopped",
}


def previewed(live: LiveRun) -> Outcome:
    """HTML is run by the browser: it gets the page."""
    url = f"{settings.PREVIEW_URL}/preview/{live.preview_token}/"
    live.log.append("html_preview", live.request.code, preview_url=url)
    diagnosis = Diagnosis(Reason.EXIT, "Your page is shown.")
    return _complete(live, RunStatus.COMPLETED, diagnosis, exit_code=0, duration_ms=0)


def never_started(live: LiveRun) -> Outcome:
    """It was stopped before its turn came."""
    cause = live.ending.result()
    if cause == Cause.SHUTDOWN:
        return lost(live, "The server was shut down before the run started.")
    diagnosis = Diagnosis(Reason.STOPPED, "You stopped your program before it started.")
    if cause == Cause.DEACTIVATED:
        explanation = "Your account was deactivated before your program started."
        diagnosis = Diagnosis(Reason.DEACTIVATED, explanation)
    return _complete(live, RunStatus.STOPPED, diagnosis)


def ended(live: LiveRun, job: Job, ending: Ending) -> Outcome:
    """The program ended, by itself or not."""
    if ending.cause == Cause.SHUTDOWN:
        return lost(live, "The server was shut down while the program ran.")
    status = _status(ending)
    if status == RunStatus.ERROR:
        _tell_missing_package(live)
    text = error_text(live.log, terminal=job.terminal is not None, compiled=ending.exit.compiled)
    diagnosis = _diagnosis(job, ending, text)
    return _complete(
        live,
        status,
        diagnosis,
        error="" if status == RunStatus.COMPLETED else alike(diagnosis, text),
        exit_code=ending.exit.exit_code,
        truncated=ending.truncated,
        duration_ms=ending.duration_ms,
        cpu_ms=ending.exit.usage.cpu_ms,
        memory_bytes=ending.exit.usage.memory_bytes,
    )


def lost(live: LiveRun, why: str) -> Outcome:
    """The platform failed."""
    live.log.append(
        "error", f"{why} The run is lost; run it again.", code=LostError.code, status="lost"
    )
    return _without_end(live, "lost")


def refused(live: LiveRun, error: NoSandboxError) -> Outcome:
    """What it needs went away after it was accepted; the same error as before."""
    live.log.append(
        "error", error.detail, code=error.code, status="lost", retry_after=error.retry_after
    )
    return _without_end(live, error.code)


def _without_end(live: LiveRun, reason: str) -> Outcome:
    return Outcome(
        status=RunStatus.LOST,
        reason=reason,
        log=tuple(live.log),
        search_text=searchable(live.request.code, output_head(live.log)),
    )


def _status(ending: Ending) -> RunStatus:
    """Limits and stops are told only from what the platform itself did."""
    if ending.cause in {Cause.STOPPED, Cause.DEACTIVATED}:
        return RunStatus.STOPPED
    if ending.cause == Cause.TIME_LIMIT:
        return RunStatus.TIMEOUT
    return RunStatus.COMPLETED if ending.exit.exit_code == 0 else RunStatus.ERROR


def error_text(log: Iterable[Event], *, terminal: bool, compiled: bool) -> str:
    """What a program wrote of its error, or its compiler did; a terminal has one stream for all."""
    text = _own_output(log, "stdout" if terminal else "stderr")
    return text[-_LOOKED_AT_CHARACTERS:] if compiled else text[:_LOOKED_AT_CHARACTERS]


def _diagnosis(job: Job, ending: Ending, text: str) -> Diagnosis:
    exit = ending.exit
    was_done = exit.exit_code == 0 and ending.cause == Cause.OUTPUT_LIMIT
    facts = Facts(
        language=job.language.id,
        files={file.name: file.content.decode(errors="replace") for file in job.files},
        limits=job.limits,
        exit_code=exit.exit_code,
        ended_by=None if was_done else ending.cause,
        oom_killed=exit.oom_killed,
        compiled=exit.compiled,
        process_limited=exit.process_limited,
        disk_full=exit.disk_full,
    )
    return diagnose(facts, text)


def _tell_missing_package(live: LiveRun) -> None:
    output = _own_output(live.log, "stdout", "stderr")
    installer = LANGUAGES[live.request.language].install
    missing = find_missing(installer, output[-_LOOKED_AT_CHARACTERS:])
    if missing:
        live.log.append(
            "dependency",
            f"The module {missing.module} is not installed.",
            package_manager=missing.package_manager,
            package_name=missing.package_name,
            module=missing.module,
            install_command=missing.install_command,
        )


def _own_output(log: Iterable[Event], *streams: str) -> str:
    """What the program wrote, without what an installer did before it."""
    return "".join(event.content for event in own_events(log) if event.type in streams)


def _complete(
    live: LiveRun,
    status: RunStatus,
    diagnosis: Diagnosis,
    *,
    error: str = "",
    exit_code: int | None = None,
    truncated: bool = False,
    duration_ms: int | None = None,
    cpu_ms: int | None = None,
    memory_bytes: int | None = None,
) -> Outcome:
    """Log the last frame; the outcome holds the same."""
    sentence = _SENTENCES.get(status, f"Execution failed with exit code {exit_code}")
    signal = exit_code - 128 if exit_code is not None and 128 < exit_code < 193 else None
    live.log.append(
        "complete",
        sentence,
        status=status.value,
        reason=diagnosis.reason.value,
        explanation=diagnosis.explanation,
        file=diagnosis.file,
        line=diagnosis.line,
        column=diagnosis.column,
        problems=[asdict(problem) for problem in diagnosis.problems],
        exit_code=exit_code,
        signal=signal,
        truncated=truncated,
        duration_ms=duration_ms,
        cpu_ms=cpu_ms,
        memory_bytes=memory_bytes,
    )
    return Outcome(
        status=status,
        reason=diagnosis.reason.value,
        log=tuple(live.log),
        exit_code=exit_code,
        truncated=truncated,
        duration_ms=duration_ms,
        cpu_ms=cpu_ms,
        memory_bytes=memory_bytes,
        first_output_ms=first_output_ms(live.log, own_events(live.log)),
        error=error,
        search_text=searchable(live.request.code, output_head(live.log)),
    )
