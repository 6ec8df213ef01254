"""The life of one run, from its place in the queue to its one terminal state."""

import asyncio
import contextlib
import logging
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError

from cloudrun.errors import ApplicationError
from cloudrun.logs import run_context
from sandbox import records
from sandbox.artifacts import keep_artifacts
from sandbox.endings import ended, lost, never_started, previewed, refused
from sandbox.errors import NoSandboxError
from sandbox.installing import install
from sandbox.languages import LANGUAGES
from sandbox.live import LiveRun, Row
from sandbox.metrics import note_run
from sandbox.models import RunStatus
from sandbox.records import Outcome
from sandbox.runners.base import Job, Runner, SandboxFile, TerminalSize
from sandbox.supervisor import supervise

logger = logging.getLogger(__name__)

_HEAD_START_S = 0.03


async def drive(live: LiveRun, runner: Runner | None, row: Row) -> None:
    """Take the run to its end, whatever happens; the log is closed after the row is written."""
    run_context(live.id)
    try:
        outcome = await _outcome_or_lost(live, runner, row)
        note_run(
            live.request.language,
            outcome.status.value,
            outcome.first_output_ms,
            outcome.duration_ms,
        )
        await row.insert()
        await database_sync_to_async(records.run_end)(live.id, outcome, live.owner)
    finally:
        live.log.close()
        if live.grace:
            live.grace.cancel()
        # Nobody waits for this: whoever reads has the end already.
        if live.sandbox:
            await asyncio.shield(live.sandbox.remove())


async def _outcome_or_lost(live: LiveRun, runner: Runner | None, row: Row) -> Outcome:
    try:
        return await _outcome(live, runner, row)
    except NoSandboxError as error:
        logger.error("run %s cannot run: %s", live.id, error.detail)
        return refused(live, error)
    except ApplicationError as error:
        logger.error("run %s is lost: %s (%r)", live.id, error.detail, error.__cause__)
        return lost(live, error.detail)
    except Exception as error:
        logger.exception("run %s is lost", live.id)
        return lost(live, f"The platform failed ({type(error).__name__}).")


async def _outcome(live: LiveRun, runner: Runner | None, row: Row) -> Outcome:
    """Wait for a place, run, and log the end."""
    assert live.ticket is not None
    was_queued = not live.ticket.admitted.done()
    if was_queued:
        await row.insert()
        either: set[asyncio.Future[Any]] = {live.ticket.admitted, live.ending}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if live.ending.done():
            return never_started(live)
        await database_sync_to_async(records.run_advance)(live.id, RunStatus.STARTING)
    live.log.append("status", "Starting execution...", state=RunStatus.STARTING.value)
    if runner is None:
        await row.insert()
        return previewed(live)
    packages = None
    if live.request.install_packages:
        await row.insert()
        packages = await install(live, runner)
    return await _run(live, runner, row, packages)


async def _run(live: LiveRun, runner: Runner, row: Row, packages: str | None) -> Outcome:
    job = make_job(live, packages, embedded=runner.name == "bubblewrap")
    if live.ending.done():
        return never_started(live)
    live.sandbox = await runner.start(job)
    note = _network_note(job, runner)
    live.log.append(
        "status",
        f"Running... ({note})" if note else "Running...",
        state=RunStatus.RUNNING.value,
        note=note,
        wall_time_s=job.limits.wall_time_s,
        cpu_time_s=job.limits.cpu_time_s,
        memory_bytes=job.limits.memory_bytes,
    )
    # The row follows: the user waits neither for the disk, nor for the processor or interpreter
    # that the thread which writes would take.
    is_over = asyncio.Event()
    advanced = asyncio.ensure_future(_note_running(live, row, is_over))
    ending = await supervise(live, live.sandbox, job.limits)
    if job.collects and ending.cause is None:
        await row.insert()
        await keep_artifacts(live, live.sandbox, job)
    outcome = ended(live, job, ending)
    is_over.set()
    await advanced
    return outcome


def _network_note(job: Job, runner: Runner) -> str | None:
    """Why a program that would have a network has none."""
    if not job.language.network:
        return None
    if not job.network:
        return "Guests' programs have no network on this server."
    return runner.network_problem()


async def _note_running(live: LiveRun, row: Row, is_over: asyncio.Event) -> None:
    """Once the program has had the processors to itself for a moment, or is over."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(is_over.wait(), _HEAD_START_S)
    try:
        await row.insert()
        await database_sync_to_async(records.run_advance)(live.id, RunStatus.RUNNING)
    except DatabaseError:
        # Its end may be told already. Where that cannot be stored either, that is an error.
        logger.warning("that run %s is running is not stored", live.id, exc_info=True)


def make_job(live: LiveRun, packages: str | None, *, embedded: bool) -> Job:
    request = live.request
    language = LANGUAGES[request.language]
    source = language.source(request.code)
    program = language.program(source, embedded=embedded, args=request.args)
    extra = [
        SandboxFile(file.name, file.data) for file in request.files if file.name != program.file
    ]
    files = (SandboxFile(program.file, source.encode()), *extra)
    return Job(
        live.id,
        language,
        files,
        program,
        language.run_limits(interactive=request.waits_for_somebody),
        terminal=TerminalSize(request.cols, request.rows) if request.tty else None,
        network=language.network and live.owner.has_network,
        packages=packages,
        collects=request.artifacts,
    )
