"""One program from start to end: its input fed, its output logged, its end told from outside."""

import asyncio
import time
from collections.abc import Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from sandbox.errors import SandboxError
from sandbox.limits import Limits
from sandbox.live import Cause, Input, InputEnd, LiveRun
from sandbox.output import OutputWriter
from sandbox.runners.base import Exit, Sandbox, TerminalSize

# How long a sandbox may take to be gone once it was killed, before the platform is at fault.
_KILL_TIMEOUT_S = 10.0
_CPU_INTERVAL_S = 0.25
_DISK_INTERVAL_S = 1.0


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
        cause = await _first_cause(live, end, writer, _limit_passed(sandbox, limits))
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
    live: LiveRun,
    end: asyncio.Task[Exit],
    writer: OutputWriter,
    limit_passed: Coroutine[Any, Any, Cause],
) -> Cause | None:
    """What ends the program: None where it does so itself."""
    overflow = asyncio.create_task(writer.overflowed.wait())
    limit = asyncio.create_task(limit_passed)
    try:
        either: set[asyncio.Future[Any]] = {end, live.ending, overflow, limit}
        done, _ = await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    finally:
        overflow.cancel()
        limit.cancel()
    if end in done:
        return None
    if live.ending in done:
        return live.ending.result()
    return Cause.OUTPUT_LIMIT if overflow in done else limit.result()


async def _limit_passed(sandbox: Sandbox, limits: Limits) -> Cause:
    """Returns once a limit is passed that the sandbox does not enforce by itself."""
    watches = [asyncio.create_task(_wall_time_passed(limits.wall_time_s))]
    if limits.cpu_time_s is not None:
        watches.append(asyncio.create_task(_cpu_time_passed(sandbox, limits.cpu_time_s)))
    if limits.disk_bytes is not None:
        watches.append(asyncio.create_task(_disk_filled(sandbox, limits.disk_bytes)))
    try:
        done, _ = await asyncio.wait(watches, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for watch in watches:
            watch.cancel()


async def _wall_time_passed(limit_s: float) -> Cause:
    await asyncio.sleep(limit_s)
    return Cause.TIME_LIMIT


async def _cpu_time_passed(sandbox: Sandbox, limit_s: float) -> Cause:
    """Where the machine does not tell the CPU time, the clock's stands for it."""
    started = time.monotonic()
    while True:
        await asyncio.sleep(_CPU_INTERVAL_S)
        cpu_ms = sandbox.usage().cpu_ms
        used_s = time.monotonic() - started if cpu_ms is None else cpu_ms / 1000
        if used_s > limit_s:
            return Cause.TIME_LIMIT


async def _disk_filled(sandbox: Sandbox, limit_bytes: int) -> Cause:
    while True:
        await asyncio.sleep(_DISK_INTERVAL_S)
        if (await sandbox.disk_bytes() or 0) > limit_bytes:
            return Cause.DISK_LIMIT


async def _read_to_end(sandbox: Sandbox, writer: OutputWriter) -> Exit:
    async with aclosing(sandbox.output()) as chunks:
        async for stream, data in chunks:
            writer.write(stream, data)
    return await sandbox.wait()


async def _feed(live: LiveRun, sandbox: Sandbox) -> None:
    """Hand on the request's input and what the client sends, in a task of its own: a program may
    not read it."""
    if live.request.stdin:  # ahead of what was typed while the run waited for its turn
        await sandbox.write_stdin(live.request.stdin.encode())
    if not live.request.interactive:
        await sandbox.close_stdin()
    while True:
        control = await live.controls.get()
        match control:
            case Input(data):
                await sandbox.write_stdin(data)
            case InputEnd():
                await sandbox.close_stdin()
            case TerminalSize() as size:
                await sandbox.resize(size)
        live.taken(control)
