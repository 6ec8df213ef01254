"""A program in a container of its own; see `base.Sandbox`."""

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from sandbox.errors import SandboxError
from sandbox.limits import Limits
from sandbox.runners.base import Exit, Stream, TerminalSize, Usage
from sandbox.runners.cgroup import Cgroup
from sandbox.runners.docker.attachment import Attachment
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.loader import GO
from sandbox.runners.docker.pump import Pump
from sandbox.runners.docker.removals import Removals
from sandbox.runners.markers import EXIT, MarkerFilter

logger = logging.getLogger(__name__)

# A forged one can be longer than a number may be.
_STATUS = re.compile("[0-9]{1,3}")
_CTRL_D = b"\x04"


@dataclass(frozen=True)
class Host:
    """Where a container lives: what its sandbox needs besides the connection to it.

    `cgroup` is None where this process cannot read the machine's counters.
    """

    engine: Engine
    removals: Removals
    container: str
    cgroup: Cgroup | None


class DockerSandbox:
    """Made by `Container.launch`, when the payload is on its way."""

    def __init__(
        self, host: Host, attachment: Attachment, nonce: str, limits: Limits, *, terminal: bool
    ) -> None:
        self._host = host
        self._attachment = attachment
        self._limits = limits
        self._terminal = terminal
        self._takes_stdin = asyncio.Event()
        self._stdin_closed = False
        self._killed = False
        self._exit: Exit | None = None
        self._last_usage = Usage()
        if host.cgroup:
            host.cgroup.forget_peak()
        self._cpu_before_ms = self._counted().cpu_ms or 0
        self._compiled: asyncio.Task[None] | None = None
        filters = {Stream.STDOUT: MarkerFilter(nonce, self._on_marker)}
        if not terminal:
            filters[Stream.STDERR] = MarkerFilter(nonce, lambda words: None)
        self._pump = Pump(attachment, filters)

    async def output(self) -> AsyncGenerator[tuple[Stream, bytes], None]:
        async with contextlib.aclosing(self._pump.chunks()) as chunks:
            async for item in chunks:
                yield item
        self._takes_stdin.set()  # nobody is left to wait for

    async def write_stdin(self, data: bytes) -> None:
        await self._takes_stdin.wait()
        await self._attachment.write(data)

    async def close_stdin(self) -> None:
        await self._takes_stdin.wait()
        if self._terminal and not self._stdin_closed:
            # The first one sends a line that is not ended; only on an empty one it is the end.
            await self._attachment.write(2 * _CTRL_D)
        elif not self._terminal:
            self._attachment.write_eof()
        self._stdin_closed = True

    async def resize(self, size: TerminalSize) -> None:
        if self._terminal and self._exit is None:
            with contextlib.suppress(SandboxError):
                await self._host.engine.resize(self._host.container, size)

    def usage(self) -> Usage:
        counted = self._counted()
        if counted.cpu_ms is not None:
            own_ms = max(0, counted.cpu_ms - self._cpu_before_ms)
            self._last_usage = Usage(own_ms, counted.memory_bytes)
        return self._last_usage

    async def disk_bytes(self) -> int | None:
        """What it has written to its system's own files; None where the engine does not tell."""
        with contextlib.suppress(SandboxError):
            return await self._host.engine.written_bytes(self._host.container)
        return None

    async def kill(self) -> None:
        if self._exit:
            return
        self._killed = True
        self.usage()  # a dead container has no counters
        self._pump.release()
        await self._host.engine.kill(self._host.container)

    async def wait(self) -> Exit:
        """Once `output` is at its end. Without the loader's word, the engine is asked."""
        if self._exit:
            return self._exit
        engine = self._host.engine
        self._last_usage = self.usage()
        exit_code = await engine.wait(self._host.container)
        oom_killed = await engine.oom_killed(self._host.container)
        # One that is shut down ends its containers, which looks as if the program had done so.
        if not (self._killed or oom_killed or await engine.answers()):
            raise SandboxError("The Docker engine was stopped while the program ran.")
        return Exit(exit_code, self._last_usage, oom_killed)

    async def remove(self) -> None:
        self._takes_stdin.set()
        if self._compiled:
            self._compiled.cancel()
        self._attachment.close()
        await self._pump.close()
        with contextlib.suppress(asyncio.CancelledError):
            await self._host.removals.remove(self._host.container)

    def _counted(self) -> Usage:
        return self._host.cgroup.usage if self._host.cgroup else Usage()

    def _on_marker(self, words: Sequence[str]) -> None:
        match words:
            case ["compiled"] if self._compiled is None:
                self._compiled = asyncio.create_task(self._go_on())
            case ["running"]:
                self._takes_stdin.set()
            case [name, status, compiled, full] if name == EXIT and _STATUS.fullmatch(status):
                self._exit = self._judged(int(status), compiled == "1", full == "1")

    async def _go_on(self) -> None:
        """Let the compiled program run, under its own limit."""
        quota = self._limits.cpu_quota_us
        try:
            if quota != self._limits.compile_cpu_quota_us:
                await self._host.engine.limit_cpu(self._host.container, quota)
        except SandboxError as error:
            logger.error("a compiled program is not run: %s", error.detail)
            self._attachment.close()  # to its reader this is an engine that went away
        else:
            await self._attachment.write(GO)

    def _judged(self, status: int, compiled: bool, disk_full: bool) -> Exit:
        """The kernel's counters are read at once: they go with the container."""
        cgroup = self._host.cgroup
        return Exit(
            min(status, 255),
            self.usage(),
            oom_killed=bool(cgroup and cgroup.oom_killed),
            process_limited=bool(cgroup and cgroup.process_limited),
            disk_full=disk_full,
            compiled=compiled,
        )
