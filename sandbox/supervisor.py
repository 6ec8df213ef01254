"""One program from start to end: its input fed, its output logged, its end told from outside."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from sandbox.errors import SandboxError
from sandbox.limits import Limits
from sandbox.live import Cause, LiveRun
from sandbox.output import OutputWriter
from sandbox.runners.base import Exit, Sandbox

# How long a sandbox may take to be gone once it was killed, before the platform is at fault.
_KILL_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Ending:
    """What became of the program; `cause` where the platform ended it."""

    exit: Exit
    cause: Cause | None
    truncated: bool
    duration_ms: int


async def supervise(live: LiveRun, sandbox: Sandbox, limits: Limits) -> Ending:
    """Read the program to its end, killing it at its limits or when `live.ending` says so.

    Raises `SandboxError` where the sandbox does not die or cannot be asked.
    """
    started = time.monotonic()
    writer = OutputWriter(live.log, limits.output_bytes)
    feeder = asyncio.create_task(_feed(live, sandbox))
    end = asyncio.create_task(_read_to_end(sandbox, writer))
    try:
        cause = await _first_cause(live, end, writer, limits.wall_time_s)
        if cause:
            # The reader goes on meanwhile: a kill returns only once the streams are drained.
            await asyncio.wait_for(sandbox.kill(), _KILL_TIMEOUT_S)
        exit = await asyncio.wait_for(end, _KILL_TIMEOUT_S if cause else None)
    except TimeoutError as error:
        raise SandboxError("The sandbox did not end after it was killed.") from error
    finally:
        feeder.cancel()
        end.cancel()
        await asyncio.gather(feeder, end, return_exceptions=True)
        writer.finish()
    duration_ms = round(1000 * (time.monotonic() - started))
    return Ending(exit, cause, writer.overflowed.is_set(), duration_ms)


async def _first_cause(
    live: LiveRun, end: asyncio.Task[Exit], writer: OutputWriter, wall_time_s: float
) -> Cause | None:
    """What ends the program: None where it does so itself."""
    overflow = asyncio.create_task(writer.overflowed.wait())
    try:
        either: set[asyncio.Future[Any]] = {end, live.ending, overflow}
        done, _ = await asyncio.wait(
            either,
            timeout=wall_time_s,
            return_when=asyncio.FIRST_COMPLETED,
        )
    finally:
        overflow.cancel()
    if end in done:
        return None
    if live.ending in done:
        return live.ending.result()
    return Cause.OUTPUT_LIMIT if overflow in done else Cause.TIME_LIMIT


async def _read_to_end(sandbox: Sandbox, writer: OutputWriter) -> Exit:
    async with aclosing(sandbox.output()) as chunks:
        async for stream, data in chunks:
            writer.write(stream, data)
    return await sandbox.wait()


async def _feed(live: LiveRun, sandbox: Sandbox) -> None:
    """Write what the client sends, in a task of its own: a program that does not read blocks it."""
    while (data := await live.stdin.get()) is not None:
        await sandbox.write_stdin(data)
    await sandbox.close_stdin()
