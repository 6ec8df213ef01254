"""The life of one run, from its place in the queue to its one terminal state."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

from cloudrun.errors import ApplicationError
from sandbox import events, records
from sandbox.dependencies import find_missing
from sandbox.errors import LostError
from sandbox.languages import LANGUAGES
from sandbox.live import Cause, Input, InputEnd, LiveRun
from sandbox.models import RunStatus
from sandbox.records import Outcome
from sandbox.runners.base import Job, Runner, SandboxFile, TerminalSize
from sandbox.supervisor import Ending, supervise

logger = logging.getLogger(__name__)

# Error messages stand at the end of what a program wrote.
_LOOKED_AT_CHARACTERS = 16_384


async def drive(
    live: LiveRun, runner: Runner | None, insert: Callable[[], Awaitable[None]]
) -> None:
    """Take the run to its end, whatever happens; the log is closed after the row is written."""
    inserted = asyncio.ensure_future(insert())
    try:
        outcome = await _outcome_or_lost(live, runner, inserted)
        await inserted
        await database_sync_to_async(records.run_end)(live.id, outcome)
    finally:
        live.log.close()
        if live.grace:
            live.grace.cancel()
        # Nobody waits for this: whoever reads has the end already.
        if live.sandbox:
            await asyncio.shield(live.sandbox.remove())


async def _outcome_or_lost(
    live: LiveRun, runner: Runner | None, inserted: "asyncio.Future[None]"
) -> Outcome:
    try:
        return await _outcome(live, runner, inserted)
    except ApplicationError as error:
        logger.error("run %s is lost: %s", live.id, error.detail, exc_info=error)
        return _lost(live, error.detail)
    except Exception as error:
        logger.exception("run %s is lost", live.id)
        return _lost(live, f"The platform failed ({type(error).__name__}).")


async def _outcome(
    live: LiveRun, runner: Runner | None, inserted: "asyncio.Future[None]"
) -> Outcome:
    """Wait for a place, run, and log the end."""
    assert live.ticket is not None
    was_queued = not live.ticket.admitted.done()
    if was_queued:
        either: set[asyncio.Future[Any]] = {live.ticket.admitted, live.ending}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if live.ending.done():
            return _never_started(live)
        await inserted
        await database_sync_to_async(records.run_advance)(live.id, RunStatus.STARTING)
    live.log.append("status", "Starting execution...", state=RunStatus.STARTING.value)
    if runner is None:
        await inserted
        return _previewed(live)
    if live.request.install_packages:
        _refuse_install(live)
    return await _run(live, runner, inserted)


async def _run(live: LiveRun, runner: Runner, inserted: "asyncio.Future[None]") -> Outcome:
    job = make_job(live, embedded=runner.name == "bubblewrap")
    if live.ending.done():
        return _never_started(live)
    live.sandbox = await runner.start(job)
    live.log.append(
        "status",
        _running(job, runner),
        state=RunStatus.RUNNING.value,
        wall_time_s=job.limits.wall_time_s,
        cpu_time_s=job.limits.cpu_time_s,
    )
    # The row follows while the program starts: the user does not wait for the disk.
    advanced = asyncio.ensure_future(_note_running(live, inserted))
    _feed_request(live)
    outcome = _ended(live, await supervise(live, live.sandbox, job.limits))
    await advanced
    return outcome


def _running(job: Job, runner: Runner) -> str:
    if job.language.network and (problem := runner.network_problem()):
        return f"Running... ({problem})"
    return "Running..."


async def _note_running(live: LiveRun, inserted: "asyncio.Future[None]") -> None:
    await inserted
    await database_sync_to_async(records.run_advance)(live.id, RunStatus.RUNNING)


def make_job(live: LiveRun, *, embedded: bool) -> Job:
    request = live.request
    language = LANGUAGES[request.language]
    program = language.program(request.code, embedded=embedded)
    extra = [
        SandboxFile(file.name, file.content.encode())
        for file in request.files
        if file.name != program.file
    ]
    files = (SandboxFile(program.file, request.code.encode()), *extra)
    return Job(
        live.id,
        language,
        files,
        program,
        language.run_limits(interactive=request.waits_for_somebody),
        terminal=TerminalSize(request.cols, request.rows) if request.tty else None,
        network=language.network and live.owner.has_network,
    )


def _feed_request(live: LiveRun) -> None:
    if live.request.stdin:
        live.controls.put_nowait(Input(live.request.stdin.encode()))
    if not live.request.interactive:
        live.controls.put_nowait(InputEnd())


def _refuse_install(live: LiveRun) -> None:
    packages = list(live.request.install_packages)
    live.log.append("install_start", f"Installing {', '.join(packages)}...", packages=packages)
    live.log.append(
        "install_error",
        "Packages cannot be installed on this server yet; running without them.",
        packages=packages,
    )


def _previewed(live: LiveRun) -> Outcome:
    url = f"{settings.PREVIEW_URL}/preview/{live.preview_token}/"
    live.log.append("html_preview", live.request.code, preview_url=url)
    return _complete(live, RunStatus.COMPLETED, "exit", exit_code=0, duration_ms=0)


def _never_started(live: LiveRun) -> Outcome:
    if live.ending.result() == Cause.SHUTDOWN:
        return _lost(live, "The server was shut down before the run started.")
    return _complete(live, RunStatus.STOPPED, "stopped")


def _ended(live: LiveRun, ending: Ending) -> Outcome:
    if ending.cause == Cause.SHUTDOWN:
        return _lost(live, "The server was shut down while the program ran.")
    status, reason = _judge(ending)
    if status == RunStatus.ERROR:
        _tell_missing_package(live)
    return _complete(
        live,
        status,
        reason,
        exit_code=ending.exit.exit_code,
        truncated=ending.truncated,
        duration_ms=ending.duration_ms,
        cpu_ms=ending.exit.usage.cpu_ms,
        memory_bytes=ending.exit.usage.memory_bytes,
    )


def _judge(ending: Ending) -> tuple[RunStatus, str]:
    """Status and reason; limits and stops only from what the platform itself did or counted."""
    exit = ending.exit
    if ending.cause == Cause.STOPPED:
        return RunStatus.STOPPED, "stopped"
    if ending.cause == Cause.TIME_LIMIT:
        return RunStatus.TIMEOUT, "time_limit"
    if exit.exit_code == 0:
        return RunStatus.COMPLETED, "exit"
    if ending.cause == Cause.OUTPUT_LIMIT:
        return RunStatus.ERROR, "output_limit"
    if exit.oom_killed:
        return RunStatus.ERROR, "memory_limit"
    return RunStatus.ERROR, "signal" if exit.exit_code > 128 else "exit"


def _tell_missing_package(live: LiveRun) -> None:
    output = "".join(event.content for event in live.log if event.type in {"stdout", "stderr"})
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


_SENTENCES = {
    RunStatus.COMPLETED: "Execution completed successfully",
    RunStatus.TIMEOUT: "Execution timed out",
    RunStatus.STOPPED: "Execution stopped",
}


def _complete(
    live: LiveRun,
    status: RunStatus,
    reason: str,
    *,
    exit_code: int | None = None,
    truncated: bool = False,
    duration_ms: int | None = None,
    cpu_ms: int | None = None,
    memory_bytes: int | None = None,
) -> Outcome:
    """Log the last frame; the outcome holds the same."""
    sentence = _SENTENCES.get(status, f"Execution failed with exit code {exit_code}")
    facts = {
        "exit_code": exit_code,
        "truncated": truncated,
        "duration_ms": duration_ms,
        "cpu_ms": cpu_ms,
        "memory_bytes": memory_bytes,
    }
    signal = exit_code - 128 if exit_code is not None and 128 < exit_code < 193 else None
    live.log.append(
        "complete", sentence, status=status.value, reason=reason, signal=signal, **facts
    )
    return Outcome(status=status, reason=reason, log=events.pack(live.log), **facts)  # type: ignore[arg-type]


def _lost(live: LiveRun, why: str) -> Outcome:
    live.log.append(
        "error", f"{why} The run is lost; run it again.", code=LostError.code, status="lost"
    )
    return Outcome(status=RunStatus.LOST, reason="lost", log=events.pack(live.log))
