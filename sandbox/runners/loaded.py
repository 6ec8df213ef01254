"""What the sandboxes of all runners have in common: a loader that waits, then its program."""

import asyncio
import logging
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Protocol

from sandbox.errors import SandboxError
from sandbox.runners import throttling
from sandbox.runners.base import Exit, Job, Leavings, Stream, TerminalSize, Usage
from sandbox.runners.cgroup import Cgroup
from sandbox.runners.collector import Collector
from sandbox.runners.loader import GO, payload
from sandbox.runners.markers import EXIT, MarkerFilter
from sandbox.runners.pool import Recipe
from sandbox.runners.pump import Pump

logger = logging.getLogger(__name__)

# A forged one can be longer than a number may be.
_STATUS = re.compile("[0-9]{1,3}")
_CTRL_D = b"\x04"
_PAYLOAD_TIMEOUT_S = 10.0
_COLLECT_TIMEOUT_S = 3.0
_ENTRY_BYTES = 2048  # what a tar has around each file, and its end


class Connection(Protocol):
    """The standard streams of a sandbox."""

    @property
    def is_closed(self) -> bool:
        """Whether what was at its other end is gone."""

    def streams(self) -> Sequence[AsyncIterator[tuple[Stream, bytes]]]:
        """What comes out: chunks of at most 64 KiB, to be read side by side."""

    async def write(self, data: bytes) -> None:
        """Returns once it is taken; what cannot arrive any more is dropped."""

    def write_eof(self) -> None:
        """End-of-file behind all that was written; again is no error. Not for a terminal."""

    def close(self) -> None:
        """Drop what was not sent or read; again is no error."""


class Counters(Protocol):
    """What the kernel, or who watches in its place, knows of a sandbox."""

    @property
    def usage(self) -> Usage: ...

    @property
    def oom_killed(self) -> bool: ...

    @property
    def process_limited(self) -> bool: ...


class LoadedSandbox(ABC):
    """Made when its loader waits; `launch` or `remove` it. Launched, it is a `base.Sandbox`.

    `cgroup` is None where it has none, or where its counters cannot be read.
    """

    def __init__(self, connection: Connection, recipe: Recipe, cgroup: Cgroup | None) -> None:
        self._connection = connection
        self._cgroup = cgroup
        self._counters: Counters | None = cgroup
        self._limits = recipe.limits
        self._terminal = recipe.terminal
        self._nonce = secrets.token_hex(16)
        self._compiled = False
        self._going_on: asyncio.Task[None] | None = None
        self._relief: asyncio.Task[None] | None = None
        self._takes_stdin = asyncio.Event()
        self._stdin_closed = False
        self._killed = False
        self._exit: Exit | None = None
        self._last_usage = Usage()
        self._cpu_before_ms = 0
        self._collector: Collector | None = None
        self._filters = {Stream.STDOUT: MarkerFilter(self._nonce, self._on_marker)}
        if not self._terminal:
            self._filters[Stream.STDERR] = MarkerFilter(self._nonce, lambda words: None)
        self._pump = Pump(connection.streams(), self._filters)

    @property
    def is_alive(self) -> bool:
        """As far as can be told."""
        return not self._connection.is_closed

    async def launch(self, job: Job) -> None:
        """Send what to run, once. Where that fails the sandbox is removed."""
        self._compiled = job.program.compile is None
        if self._cgroup:
            self._cgroup.forget_peak()
        self._cpu_before_ms = self._counted().cpu_ms or 0
        if job.collects:
            self._collect(job)
        try:
            async with asyncio.timeout(_PAYLOAD_TIMEOUT_S):
                await self._connection.write(payload(job, self._nonce))
        except TimeoutError as error:
            await self.remove()
            raise SandboxError("The sandbox did not take the program.") from error
        except BaseException:
            await self.remove()
            raise

    async def output(self) -> AsyncGenerator[tuple[Stream, bytes], None]:
        async with aclosing(self._pump.chunks()) as chunks:
            async for item in chunks:
                yield item
        self._takes_stdin.set()  # nobody is left to wait for

    async def write_stdin(self, data: bytes) -> None:
        await self._takes_stdin.wait()
        await self._connection.write(data)

    async def close_stdin(self) -> None:
        await self._takes_stdin.wait()
        if self._terminal and not self._stdin_closed:
            # The first one sends a line that is not ended; only on an empty one it is the end.
            await self._connection.write(2 * _CTRL_D)
        elif not self._terminal:
            self._connection.write_eof()
        self._stdin_closed = True

    async def resize(self, size: TerminalSize) -> None:
        if self._terminal and self._exit is None:
            await self._resize(size)

    def usage(self) -> Usage:
        counted, last = self._counted(), self._last_usage
        cpu_ms, memory_bytes = last.cpu_ms, last.memory_bytes
        # They go with a container that was killed, each by itself.
        if counted.cpu_ms is not None:
            cpu_ms = max(0, counted.cpu_ms - self._cpu_before_ms)
        if counted.memory_bytes is not None:
            memory_bytes = counted.memory_bytes
        self._last_usage = Usage(cpu_ms, memory_bytes)
        return self._last_usage

    async def kill(self) -> None:
        if self._exit:
            return
        self._killed = True
        self.usage()
        self._pump.release()
        if self._relief:
            self._relief.cancel()
        if self._cgroup is None:
            await self._kill()
            return
        throttling.lift(self._cgroup)
        try:
            await self._kill()
        except BaseException:
            throttling.restore(self._cgroup, self._limits)
            raise

    async def wait(self) -> Exit:
        """Once `output` is at its end. Without the loader's word, what is around it is asked."""
        return self._exit or await self._wait()

    async def leavings(self) -> Leavings:
        if self._collector is None or self._exit is None:
            return Leavings()
        leavings = await self._collector.leavings(_COLLECT_TIMEOUT_S)
        self._release()
        return leavings

    async def remove(self) -> None:
        self._takes_stdin.set()
        self._connection.close()
        await self._pump.close()
        # They know this sandbox: with them it would stay until the garbage collector comes, with
        # megabytes that nobody asked for.
        self._filters.clear()
        for task in (self._going_on, self._relief):
            if task:
                task.cancel()
        self._going_on = self._relief = None
        await self._remove()

    @abstractmethod
    async def disk_bytes(self) -> int | None:
        """See `base.Sandbox`."""

    @abstractmethod
    async def _resize(self, size: TerminalSize) -> None: ...

    @abstractmethod
    async def _limit_cpu(self, quota_us: int) -> None:
        """May raise `SandboxError`."""

    @abstractmethod
    async def _kill(self) -> None: ...

    @abstractmethod
    async def _wait(self) -> Exit: ...

    @abstractmethod
    def _release(self) -> None:
        """The program has ended and its counters are read: its loader need not wait any more."""

    @abstractmethod
    async def _remove(self) -> None:
        """After its connection is closed."""

    def _counted(self) -> Usage:
        return self._counters.usage if self._counters else Usage()

    def _on_marker(self, words: Sequence[str]) -> None:
        match words:
            case ["compiled"] if self._going_on is None:
                self._compiled = True
                self._going_on = asyncio.create_task(self._go_on())
            case ["running"]:
                self._takes_stdin.set()
                if self._cgroup and not self._relief and not self._killed:
                    relief = throttling.relieve(self._cgroup, self._limits)
                    self._relief = asyncio.create_task(relief)
            case [name, status, compiled, full] if name == EXIT and _STATUS.fullmatch(status):
                self._exit = self._judged(
                    min(int(status), 255), compiled=compiled == "1", disk_full=full == "1"
                )
                if self._collector is None:
                    self._release()

    def _collect(self, job: Job) -> None:
        """Listen to what the loader hands out, which begins with what it was given."""
        given = sum(len(file.content) + _ENTRY_BYTES for file in job.files)
        limit = given + job.limits.artifact_bytes + job.limits.artifact_files * _ENTRY_BYTES
        self._collector = Collector(self._nonce, limit, encoded=self._terminal)
        self._filters[Stream.STDOUT].behind = self._collector.feed

    async def _go_on(self) -> None:
        """Let the compiled program run, under its own limit."""
        quota = self._limits.cpu_quota_us
        try:
            if quota != self._limits.compile_cpu_quota_us:
                await self._limit_cpu(quota)
        except SandboxError as error:
            logger.error("a compiled program is not run: %s", error.detail)
            self._connection.close()  # to its reader the sandbox is gone
        else:
            await self._connection.write(GO)

    def _judged(self, exit_code: int, *, compiled: bool, disk_full: bool = False) -> Exit:
        counters = self._counters
        return Exit(
            exit_code,
            self.usage(),
            oom_killed=bool(counters and counters.oom_killed),
            process_limited=bool(counters and counters.process_limited),
            disk_full=disk_full,
            compiled=compiled,
        )
