"""A program under `bwrap`; see `base.Sandbox`."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence

from sandbox.runners.base import Exit, Job, Stream, TerminalSize, Usage
from sandbox.runners.bubblewrap.process import Process
from sandbox.runners.bubblewrap.pump import Pump
from sandbox.runners.bubblewrap.watcher import Watcher
from sandbox.runners.cgroup import Cgroup
from sandbox.runners.markers import MarkerFilter

logger = logging.getLogger(__name__)


class BubblewrapSandbox:
    """A program under `bwrap`; see `base.Sandbox`."""

    def __init__(self, process: Process, cgroup: Cgroup | None, job: Job, nonce: str) -> None:
        self._process = process
        self._cgroup = cgroup
        self._limits = job.limits
        self._compiled = job.program.compile is None
        self._pump = Pump(process, MarkerFilter(nonce, self._on_marker))
        self._watcher = None if cgroup else Watcher(process.pid, job.limits)

    def output(self) -> AsyncGenerator[tuple[Stream, bytes], None]:
        return self._pump.chunks()

    async def write_stdin(self, data: bytes) -> None:
        await self._process.write(data)

    async def close_stdin(self) -> None:
        await self._process.write_eof()

    async def resize(self, size: TerminalSize) -> None:
        self._process.resize(size)

    def usage(self) -> Usage:
        if self._cgroup:
            return self._cgroup.usage
        return Usage(memory_bytes=self._watcher.peak_bytes if self._watcher else None)

    async def disk_bytes(self) -> int | None:
        return None  # all that can be written to is in memory

    async def kill(self) -> None:
        # The outer bwrap's death ends the pid namespace, and with it everything inside.
        self._process.kill()
        if self._cgroup:
            await asyncio.to_thread(self._cgroup.kill)

    async def wait(self) -> Exit:
        exit_code = await self._process.wait()
        if self._watcher:
            await self._watcher.stop()
        counters = self._cgroup or self._watcher
        assert counters is not None
        return Exit(
            exit_code,
            self.usage(),
            oom_killed=counters.oom_killed,
            process_limited=counters.process_limited,
            compiled=self._compiled,
        )

    async def remove(self) -> None:
        await self.kill()
        self._pump.close()
        await self._process.close()
        if self._watcher:
            await self._watcher.stop()
        if self._cgroup and not await asyncio.to_thread(self._cgroup.remove):
            logger.error("a run's cgroup cannot be removed: %s", self._cgroup.folders)

    def _on_marker(self, words: Sequence[str]) -> None:
        """The compiler is done: from here on it is the program that runs."""
        if words != ["compiled"] or self._compiled:
            return
        self._compiled = True
        if self._cgroup:
            self._cgroup.set_cpu_quota(self._limits.cpu_quota_us, self._limits.cpu_period_us)
